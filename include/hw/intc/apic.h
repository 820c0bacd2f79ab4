/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC: one for each processor. */
#ifndef HW_INTC_APIC_H
#define HW_INTC_APIC_H

#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "hw/qdev-core.h"

#define TYPE_APIC "apic"
OBJECT_DECLARE_SIMPLE_TYPE(APICState, APIC)

#define APIC_DEFAULT_ADDRESS 0xfee00000
#define APIC_SPACE_SIZE 0x100000
/* Over everything else that claims the addresses. */
#define APIC_SPACE_PRIORITY 0x1000

#define MSR_IA32_APICBASE_BSP (1 << 8)
#define MSR_IA32_APICBASE_EXTD (1 << 10)
#define MSR_IA32_APICBASE_ENABLE (1 << 11)
#define MSR_IA32_APICBASE_BASE 0xfffff000u

enum {
    APIC_LVT_TIMER,
    APIC_LVT_THERMAL,
    APIC_LVT_PERFORM,
    APIC_LVT_LINT0,
    APIC_LVT_LINT1,
    APIC_LVT_ERROR,
    APIC_LVT_NB,
};

/* Requests that the APIC makes of its processor; see target/i386/cpu.h. */
#define APIC_CPU_HARD CPU_INTERRUPT_HARD
#define APIC_CPU_SMI CPU_INTERRUPT_TGT_EXT_2
#define APIC_CPU_NMI CPU_INTERRUPT_TGT_EXT_3
#define APIC_CPU_INIT CPU_INTERRUPT_RESET
#define APIC_CPU_SIPI CPU_INTERRUPT_TGT_INT_1

struct APICState {
    /*< private >*/
    DeviceState parent_obj;
    /*< public >*/

    MemoryRegion io_memory;
    CPUState *cpu;
    bool bsp;                   /* of the processor that starts */
    uint32_t apicbase;
    uint32_t initial_apic_id;
    uint8_t id;                 /* as the guest set it */
    uint8_t version;
    uint8_t arb_id;
    uint8_t tpr;
    uint32_t spurious_vec;
    uint8_t log_dest;
    uint8_t dest_mode;
    uint32_t isr[8];            /* 256 bits: in service */
    uint32_t tmr[8];            /* level-triggered */
    uint32_t irr[8];            /* requested */
    uint32_t lvt[APIC_LVT_NB];
    uint32_t esr;
    uint32_t icr[2];

    uint32_t divide_conf;
    int count_shift;
    uint32_t initial_count;
    int64_t initial_count_load_time;
    int64_t next_time;
    int64_t timer_expiry;       /* -1: not armed */
    QEMUTimer *timer;

    int32_t sipi_vector;
    int wait_for_sipi;

    QLIST_ENTRY(APICState) next;
};

/* The vector to serve now, which is then in service; -1 for none. */
int apic_get_interrupt(DeviceState *dev);

/* Whether the 8259s' output reaches the processor through this APIC. */
bool apic_accept_pic_intr(DeviceState *dev);
void apic_deliver_pic_intr(DeviceState *dev, int level);

/* What the timer's current count register reads. */
uint32_t apic_current_count(DeviceState *dev);

/* After an INIT: all but the APIC's enabling. */
void apic_init_reset(DeviceState *dev);

/*
 * Whether an interrupt reached an APIC since the reset, and was not lost to
 * one of the same vector that waits still: for clocks that count.
 */
void apic_reset_irq_delivered(void);
bool apic_get_irq_delivered(void);

/* Prints what "info lapic" shows. */
void apic_print(DeviceState *dev, Monitor *mon);

#endif
