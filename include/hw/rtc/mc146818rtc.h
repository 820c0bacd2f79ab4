/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock and the memory that keeps a PC's settings (CMOS). */
#ifndef HW_RTC_MC146818RTC_H
#define HW_RTC_MC146818RTC_H

#include "hw/isa/isa.h"
#include "qapi/qapi-types.h"
#include "qemu/notify.h"
#include "qemu/timer.h"

#define TYPE_MC146818_RTC "mc146818rtc"
OBJECT_DECLARE_SIMPLE_TYPE(RTCState, MC146818_RTC)

struct RTCState {
    ISADevice parent_obj;

    MemoryRegion io;
    MemoryRegion coalesced_io;
    uint8_t cmos_data[128];
    uint8_t cmos_index;
    uint8_t isairq;
    uint16_t io_base;
    int32_t base_year;
    /*
     * The time, in seconds since 1970 as far as the registers are right, was
     * base_rtc and offset ns when rtc_clock showed last_update.
     */
    uint64_t base_rtc;
    uint64_t last_update;
    int64_t offset;
    qemu_irq irq;
    /* Periodic interrupts. */
    QEMUTimer *periodic_timer;
    int64_t next_periodic_time;
    uint32_t period;            /* in ticks of 32.768 kHz */
    /* The next update that somebody would notice. */
    QEMUTimer *update_timer;
    uint64_t next_alarm_time;
    /* Periodic interrupts that came while the last one was not served. */
    uint16_t irq_reinject_on_ack_count;
    uint32_t irq_coalesced;
    QEMUTimer *coalesced_timer;
    LostTickPolicy lost_tick_policy;
    Notifier suspend_notifier;
    QLIST_ENTRY(RTCState) link;
};

/* A clock on @bus; with @intercept_irq its interrupt goes there. */
ISADevice *mc146818_rtc_init(ISABus *bus, int base_year,
                             qemu_irq intercept_irq);
/* The memory, as the board writes it. */
void rtc_set_memory(ISADevice *dev, int addr, int val);
int rtc_get_memory(ISADevice *dev, int addr);
/* Forgets all interrupts that are to be delivered late. */
void rtc_reset_reinjection(void);

#endif
