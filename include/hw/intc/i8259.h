/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pair of 8259A interrupt controllers. */
#ifndef HW_I8259_H
#define HW_I8259_H

#include "hw/isa/isa.h"

#define TYPE_I8259 "isa-i8259"
OBJECT_DECLARE_SIMPLE_TYPE(PICState, I8259)

struct PICState {
    /*< private >*/
    ISADevice parent_obj;
    /*< public >*/

    uint8_t last_irr;           /* levels, for edges */
    uint8_t irr;
    uint8_t imr;
    uint8_t isr;
    uint8_t priority_add;       /* the line of highest priority */
    uint8_t irq_base;
    uint8_t read_reg_select;
    uint8_t poll;
    uint8_t special_mask;
    uint8_t init_state;         /* the next initialization word, 0: none */
    uint8_t auto_eoi;
    uint8_t rotate_on_auto_eoi;
    uint8_t special_fully_nested_mode;
    uint8_t init4;              /* a fourth word comes */
    uint8_t single_mode;
    uint8_t elcr;               /* lines that are level-triggered */
    uint8_t elcr_mask;

    PICState *slave;            /* on line 2 of the master */
    qemu_irq int_out;
    bool master;
    uint32_t iobase;
    uint32_t elcr_addr;
    MemoryRegion base_io;
    MemoryRegion elcr_io;

    /* How often lines were raised; the master counts for both. */
    uint64_t counts[ISA_NUM_IRQS];
    uint8_t counted_levels;
};

/* Connects @slave's output to @master's line 2. */
void i8259_cascade(PICState *master, PICState *slave);

/* Acknowledges the pending interrupt of the pair: its vector. */
int pic_read_irq(DeviceState *master);
/* Whether the master asserts its output. */
int pic_get_output(DeviceState *master);

/* The master, for those who ask for external interrupts; may be NULL. */
extern DeviceState *isa_pic;

#endif
