/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TCO watchdog of the ICH9: Intel data sheet 316972, section 13.9 (TCO
 * registers) and 5.14.2.3.
 *
 * A 10-bit counter falls every 0.6 s.  At its first timeout it raises an SMI
 * and starts over with 4; at the second one in a row it resets the machine,
 * unless NO_REBOOT is set.  It starts with the first write to TCO_RLD or
 * TCO1_CNT.
 */
#include "qemu/osdep.h"
#include "hw/acpi/ich9_tco.h"
#include "migration/vmstate.h"
#include "qemu/log.h"
#include "sysemu/watchdog.h"

/* After a first timeout: 2.4 s until the second. */
#define SECOND_TIMEOUT_TICKS 4

/* Status bits that are cleared by writing 1. */
#define TCO1_STS_W1C 0x178e
#define TCO2_STS_W1C 0x0017
#define TCO1_CNT_WMASK 0xfeff   /* all but NMI_NOW */

static bool may_run(const TCOIORegs *tr)
{
    /* Values below 2 are ignored. */
    return !(tr->tco.cnt1 & TCO_TMR_HLT) && (tr->tco.tmr & TCO_TMR_MASK) > 1;
}

static void start(TCOIORegs *tr)
{
    int ticks = tr->tco.rld & TCO_TMR_MASK;

    tr->expire_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                      ticks * TCO_TICK_NSEC;
    timer_mod(tr->tco_timer, tr->expire_time);
}

static void halt(TCOIORegs *tr)
{
    tr->expire_time = -1;
    timer_del(tr->tco_timer);
}

static void reload(TCOIORegs *tr)
{
    tr->tco.rld = tr->tco.tmr;
    start(tr);
}

static void timed_out(void *opaque)
{
    TCOIORegs *tr = opaque;

    if (!tr->timeouts_no) {
        tr->timeouts_no = 1;
        tr->tco.sts1 |= TCO_TIMEOUT;
        tr->tco.rld = SECOND_TIMEOUT_TICKS;
        start(tr);
        tr->ops->smi(tr);
        return;
    }
    tr->timeouts_no = 0;
    tr->tco.sts2 |= TCO2_SECOND_TO_STS | TCO2_BOOT_STS;
    if (!tr->ops->no_reboot(tr)) {
        halt(tr);
        watchdog_perform_action();
        return;
    }
    if (may_run(tr)) {
        reload(tr);
    } else {
        halt(tr);
    }
}

/*** Registers ***/

static void write_rld(TCOIORegs *tr, uint16_t val)
{
    tr->timeouts_no = 0;
    if (may_run(tr)) {
        reload(tr);
    } else {
        tr->tco.rld = val;
    }
}

static uint16_t read_rld(const TCOIORegs *tr)
{
    int64_t left;

    if (tr->expire_time == -1) {
        return tr->tco.rld;
    }
    left = tr->expire_time - qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    return MAX(left, 0) / TCO_TICK_NSEC + (tr->tco.rld & ~TCO_TMR_MASK);
}

/* The lock, once set, stays until reset. */
static void write_cnt1(TCOIORegs *tr, uint16_t val)
{
    tr->tco.cnt1 = (val & TCO1_CNT_WMASK) | (tr->tco.cnt1 & TCO_LOCK);
    if (!may_run(tr)) {
        halt(tr);
    } else {
        reload(tr);
    }
}

static uint16_t read_word(const TCOIORegs *tr, hwaddr addr)
{
    switch (addr) {
    case TCO_RLD:
        return read_rld(tr);
    case TCO_DAT_IN:
        return tr->tco.din | tr->tco.dout << 8;
    case TCO1_STS:
        return tr->tco.sts1;
    case TCO2_STS:
        return tr->tco.sts2;
    case TCO1_CNT:
        return tr->tco.cnt1;
    case TCO2_CNT:
        return tr->tco.cnt2;
    case TCO_MESSAGE1:
        return tr->tco.msg1 | tr->tco.msg2 << 8;
    case TCO_WDCNT:
        return tr->tco.wdcnt;
    case SW_IRQ_GEN:
        return tr->sw_irq_gen;
    case TCO_TMR:
        return tr->tco.tmr;
    default:
        return 0;
    }
}

/* Registers of one byte; what they hold is for software at the other end. */
static void write_byte(TCOIORegs *tr, hwaddr addr, uint8_t val)
{
    switch (addr) {
    case TCO_DAT_IN:
        tr->tco.din = val;
        tr->tco.sts1 |= TCO_SMI_STS;
        tr->ops->smi(tr);
        break;
    case TCO_DAT_OUT:
        tr->tco.dout = val;
        tr->tco.sts1 |= TCO_INT_STS;
        break;
    case TCO_MESSAGE1:
        tr->tco.msg1 = val;
        break;
    case TCO_MESSAGE2:
        tr->tco.msg2 = val;
        break;
    case TCO_WDCNT:
        tr->tco.wdcnt = val;
        break;
    case SW_IRQ_GEN:
        tr->sw_irq_gen = val;
        break;
    }
}

/* True if there is a register of two bytes at @addr. */
static bool write_word(TCOIORegs *tr, hwaddr addr, uint16_t val,
                       uint16_t written)
{
    switch (addr) {
    case TCO_RLD:
        write_rld(tr, val);
        return true;
    case TCO1_STS:
        tr->tco.sts1 &= ~(val & written & TCO1_STS_W1C);
        return true;
    case TCO2_STS:
        tr->tco.sts2 &= ~(val & written & TCO2_STS_W1C);
        return true;
    case TCO1_CNT:
        write_cnt1(tr, val);
        return true;
    case TCO2_CNT:
        tr->tco.cnt2 = val;
        return true;
    case TCO_TMR:
        tr->tco.tmr = val;
        return true;
    default:
        return false;
    }
}

static uint64_t tco_read(void *opaque, hwaddr addr, unsigned size)
{
    return read_word(opaque, addr & ~1) >> (8 * (addr & 1));
}

static void tco_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    TCOIORegs *tr = opaque;
    unsigned shift = 8 * (addr & 1);
    uint16_t written = (size == 1 ? 0xff : 0xffff) << shift;
    uint16_t word = (read_word(tr, addr & ~1) & ~written) | val << shift;

    if (write_word(tr, addr & ~1, word, written)) {
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        write_byte(tr, addr + i, val >> (8 * i));
    }
}

static const MemoryRegionOps tco_ops = {
    .read = tco_read,
    .write = tco_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 2,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** Life ***/

void acpi_pm_tco_init(TCOIORegs *tr, const TCOOps *ops, MemoryRegion *parent)
{
    tr->ops = ops;
    tr->tco_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, timed_out, tr);
    acpi_pm_tco_reset(tr);
    memory_region_init_io(&tr->io, memory_region_owner(parent), &tco_ops, tr,
                          "sm-tco", 32);
    memory_region_add_subregion(parent, 0x60, &tr->io);
}

void acpi_pm_tco_reset(TCOIORegs *tr)
{
    memset(&tr->tco, 0, sizeof(tr->tco));
    tr->tco.cnt2 = TCO2_CNT_DEFAULT;
    tr->tco.tmr = TCO_TMR_DEFAULT;
    tr->sw_irq_gen = SW_IRQ_GEN_DEFAULT;
    tr->timeouts_no = 0;
    halt(tr);
}

const VMStateDescription vmstate_tco_io_sts = {
    .name = "tco io device status",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(tco.rld, TCOIORegs),
        VMSTATE_UINT8(tco.din, TCOIORegs),
        VMSTATE_UINT8(tco.dout, TCOIORegs),
        VMSTATE_UINT16(tco.sts1, TCOIORegs),
        VMSTATE_UINT16(tco.sts2, TCOIORegs),
        VMSTATE_UINT16(tco.cnt1, TCOIORegs),
        VMSTATE_UINT16(tco.cnt2, TCOIORegs),
        VMSTATE_UINT8(tco.msg1, TCOIORegs),
        VMSTATE_UINT8(tco.msg2, TCOIORegs),
        VMSTATE_UINT8(tco.wdcnt, TCOIORegs),
        VMSTATE_UINT16(tco.tmr, TCOIORegs),
        VMSTATE_UINT8(sw_irq_gen, TCOIORegs),
        VMSTATE_TIMER_PTR(tco_timer, TCOIORegs),
        VMSTATE_INT64(expire_time, TCOIORegs),
        VMSTATE_UINT8(timeouts_no, TCOIORegs),
        VMSTATE_END_OF_LIST()
    },
};
