/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TCO watchdog of the ICH9. */
#ifndef HW_ACPI_TCO_H
#define HW_ACPI_TCO_H

#include "exec/memory.h"
#include "migration/vmstate.h"
#include "qemu/timer.h"

#define TCO_TICK_NSEC 600000000LL       /* 0.6 s */

/* Offsets in the block at PMBASE + 0x60. */
enum {
    TCO_RLD = 0x00,
    TCO_DAT_IN = 0x02,
    TCO_DAT_OUT = 0x03,
    TCO1_STS = 0x04,
    TCO2_STS = 0x06,
    TCO1_CNT = 0x08,
    TCO2_CNT = 0x0a,
    TCO_MESSAGE1 = 0x0c,
    TCO_MESSAGE2 = 0x0d,
    TCO_WDCNT = 0x0e,
    SW_IRQ_GEN = 0x10,
    TCO_TMR = 0x12,
};

#define SW_IRQ_GEN_DEFAULT 0x03
#define TCO_TMR_DEFAULT 0x0004
#define TCO_TMR_MASK 0x03ff

#define TCO_SMI_STS 0x0002      /* SW_TCO_SMI */
#define TCO_INT_STS 0x0004
#define TCO_TIMEOUT 0x0008
#define TCO2_SECOND_TO_STS 0x0002
#define TCO2_BOOT_STS 0x0004
#define TCO_LOCK 0x1000
#define TCO_TMR_HLT 0x0800
#define TCO2_CNT_DEFAULT 0x0008

typedef struct TCOIORegs TCOIORegs;

/* What the watchdog does to its chip. */
typedef struct TCOOps {
    void (*smi)(TCOIORegs *tr);
    /* The straps and GCS forbid the reset. */
    bool (*no_reboot)(TCOIORegs *tr);
} TCOOps;

struct TCOIORegs {
    struct {
        uint16_t rld;
        uint8_t din;
        uint8_t dout;
        uint16_t sts1;
        uint16_t sts2;
        uint16_t cnt1;
        uint16_t cnt2;
        uint8_t msg1;
        uint8_t msg2;
        uint8_t wdcnt;
        uint16_t tmr;
    } tco;
    uint8_t sw_irq_gen;

    const TCOOps *ops;
    QEMUTimer *tco_timer;
    int64_t expire_time;        /* -1: halted */
    uint8_t timeouts_no;
    MemoryRegion io;
};

extern const VMStateDescription vmstate_tco_io_sts;

/* Maps the block in @parent. */
void acpi_pm_tco_init(TCOIORegs *tr, const TCOOps *ops, MemoryRegion *parent);
void acpi_pm_tco_reset(TCOIORegs *tr);

#endif
