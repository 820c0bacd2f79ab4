/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 8254 interval timer. */
#ifndef HW_I8254_H
#define HW_I8254_H

#include "hw/isa/isa.h"
#include "qemu/timer.h"

/* 14.31818 MHz divided by 12. */
#define PIT_FREQ 1193182

#define TYPE_I8254 "isa-pit"
OBJECT_DECLARE_SIMPLE_TYPE(PITState, I8254)

typedef struct PITChannel {
    int32_t count;              /* as loaded; 0x10000 for 0 */
    uint16_t latched_count;
    uint8_t count_latched;      /* bytes of it still to read: RW_STATE_* */
    uint8_t status_latched;
    uint8_t status;
    uint8_t read_state;
    uint8_t write_state;
    uint8_t write_latch;
    uint8_t rw_mode;
    uint8_t mode;
    uint8_t bcd;                /* stored only */
    uint8_t gate;
    int64_t count_load_time;
    int64_t next_transition_time;

    /* Of channel 0 only. */
    QEMUTimer *irq_timer;
    qemu_irq irq;
    uint32_t irq_disabled;      /* the HPET has taken the line */
} PITChannel;

struct PITState {
    /*< private >*/
    ISADevice parent_obj;
    /*< public >*/

    MemoryRegion ioports;
    uint32_t iobase;
    PITChannel channels[3];
};

typedef struct PITChannelInfo {
    int gate;
    int mode;
    int initial_count;
    int out;
} PITChannelInfo;

void pit_set_gate(ISADevice *dev, int channel, int val);
void pit_get_channel_info(ISADevice *dev, int channel, PITChannelInfo *info);

#endif
