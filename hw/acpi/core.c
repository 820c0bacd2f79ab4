/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI's fixed hardware registers: ACPI specification 6.4, section 4.8.3 (PM1
 * events, control and timer) and 4.8.4 (general purpose events).
 *
 * A status bit is set by hardware and cleared by writing 1 to it; together
 * with its enable bit it raises the system control interrupt (SCI).  All
 * registers may be accessed by bytes.
 */
#include "qemu/osdep.h"
#include "hw/acpi/acpi.h"
#include "hw/nvram/fw_cfg.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "sysemu/runstate.h"

#define TMR_BITS 24

/* A write of @size bytes from byte @at on to a register of 16 bits. */
static uint16_t deposit(uint16_t reg, hwaddr at, uint64_t val, unsigned size)
{
    uint16_t mask = (size == 1 ? 0xff : 0xffff) << (8 * at);

    return (reg & ~mask) | (val << (8 * at) & mask);
}

/*** PM timer ***/

static uint64_t tmr_ticks(void)
{
    return muldiv64(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL),
                    PM_TIMER_FREQUENCY, NANOSECONDS_PER_SECOND);
}

/* The status is set whenever the top bit changes, either way. */
void acpi_pm_tmr_calc_overflow_time(ACPIREGS *ar)
{
    uint64_t half = 1 << (TMR_BITS - 1);

    ar->tmr.overflow_time = (tmr_ticks() + half) & ~(half - 1);
}

void acpi_pm_tmr_update(ACPIREGS *ar, bool enable)
{
    int64_t expire;

    if (!enable) {
        timer_del(ar->tmr.timer);
        return;
    }
    /* Not before the tick has come. */
    expire = muldiv64(ar->tmr.overflow_time, NANOSECONDS_PER_SECOND,
                      PM_TIMER_FREQUENCY) + 1;
    timer_mod(ar->tmr.timer, expire);
}

static void tmr_expired(void *opaque)
{
    ACPIREGS *ar = opaque;

    if (runstate_check(RUN_STATE_SUSPENDED)) {
        qemu_system_wakeup_request(QEMU_WAKEUP_REASON_PMTIMER, NULL);
    }
    ar->tmr.update_sci(ar);
}

static uint64_t tmr_read(void *opaque, hwaddr addr, unsigned size)
{
    return (tmr_ticks() & MAKE_64BIT_MASK(0, TMR_BITS)) >> (8 * addr);
}

static void tmr_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
}

static const MemoryRegionOps tmr_ops = {
    .read = tmr_read,
    .write = tmr_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 4,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void acpi_pm_tmr_init(ACPIREGS *ar, acpi_update_sci_fn update_sci,
                      MemoryRegion *parent)
{
    ar->tmr.update_sci = update_sci;
    ar->tmr.timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, tmr_expired, ar);
    memory_region_init_io(&ar->tmr.io, memory_region_owner(parent), &tmr_ops,
                          ar, "acpi-tmr", 4);
    memory_region_add_subregion(parent, 8, &ar->tmr.io);
}

void acpi_pm_tmr_reset(ACPIREGS *ar)
{
    ar->tmr.overflow_time = 0;
    timer_del(ar->tmr.timer);
}

/*** PM1 events ***/

uint16_t acpi_pm1_evt_get_sts(ACPIREGS *ar)
{
    if ((int64_t)tmr_ticks() >= ar->tmr.overflow_time) {
        ar->pm1.evt.sts |= ACPI_BITMASK_TIMER_STATUS;
    }
    return ar->pm1.evt.sts;
}

static void write_status(ACPIREGS *ar, uint16_t cleared)
{
    if (acpi_pm1_evt_get_sts(ar) & cleared & ACPI_BITMASK_TIMER_STATUS) {
        acpi_pm_tmr_calc_overflow_time(ar);
    }
    ar->pm1.evt.sts &= ~cleared;
}

static void write_enable(ACPIREGS *ar, uint16_t val)
{
    ar->pm1.evt.en = val;
    qemu_system_wakeup_enable(QEMU_WAKEUP_REASON_RTC,
                              val & ACPI_BITMASK_RT_CLOCK_ENABLE);
    qemu_system_wakeup_enable(QEMU_WAKEUP_REASON_PMTIMER,
                              val & ACPI_BITMASK_TIMER_ENABLE);
}

void acpi_pm1_evt_power_down(ACPIREGS *ar)
{
    if (ar->pm1.evt.en & ACPI_BITMASK_POWER_BUTTON_ENABLE) {
        ar->pm1.evt.sts |= ACPI_BITMASK_POWER_BUTTON_STATUS;
        ar->tmr.update_sci(ar);
    }
}

static uint64_t evt_read(void *opaque, hwaddr addr, unsigned size)
{
    ACPIREGS *ar = opaque;
    uint16_t reg = addr < 2 ? acpi_pm1_evt_get_sts(ar) : ar->pm1.evt.en;

    return reg >> (8 * (addr & 1));
}

static void evt_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    ACPIREGS *ar = opaque;

    if (addr < 2) {
        write_status(ar, deposit(0, addr, val, size));
    } else {
        write_enable(ar, deposit(ar->pm1.evt.en, addr & 1, val, size));
    }
    ar->pm1.evt.update_sci(ar);
}

static const MemoryRegionOps evt_ops = {
    .read = evt_read,
    .write = evt_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 2,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void acpi_pm1_evt_init(ACPIREGS *ar, acpi_update_sci_fn update_sci,
                       MemoryRegion *parent)
{
    ar->pm1.evt.update_sci = update_sci;
    memory_region_init_io(&ar->pm1.evt.io, memory_region_owner(parent),
                          &evt_ops, ar, "acpi-evt", 4);
    memory_region_add_subregion(parent, 0, &ar->pm1.evt.io);
}

void acpi_pm1_evt_reset(ACPIREGS *ar)
{
    ar->pm1.evt.sts = 0;
    write_enable(ar, 0);
}

/*** PM1 control ***/

/* 4.8.3.2.1; the types are those that our tables give in \_Sx. */
static void enter_sleep(ACPIREGS *ar, unsigned type)
{
    if (type == 0) {
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
    } else if (type == 1) {
        qemu_system_suspend_request();
    } else if (type == ar->pm1.cnt.s4_val) {
        qapi_event_send(QAPI_EVENT_SUSPEND_DISK, NULL);
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
    }
}

static uint64_t cnt_read(void *opaque, hwaddr addr, unsigned size)
{
    ACPIREGS *ar = opaque;

    return ar->pm1.cnt.cnt >> (8 * addr);
}

static void cnt_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    ACPIREGS *ar = opaque;
    uint16_t new = deposit(ar->pm1.cnt.cnt, addr, val, size);

    ar->pm1.cnt.cnt = new & ~ACPI_BITMASK_SLEEP_ENABLE;
    if (new & ACPI_BITMASK_SLEEP_ENABLE) {
        enter_sleep(ar, (new & ACPI_BITMASK_SLEEP_TYPE) >> 10);
    }
}

static const MemoryRegionOps cnt_ops = {
    .read = cnt_read,
    .write = cnt_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 2,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Firmware or system must see why it runs again: 4.8.3.1.1, WAK_STS. */
static void woken_up(Notifier *notifier, void *data)
{
    ACPIREGS *ar = container_of(notifier, ACPIREGS, wakeup);
    const WakeupReason *reason = data;

    ar->pm1.evt.sts |= ACPI_BITMASK_WAKE_STATUS;
    if (*reason == QEMU_WAKEUP_REASON_RTC) {
        ar->pm1.evt.sts |= ACPI_BITMASK_RT_CLOCK_STATUS;
    } else if (*reason == QEMU_WAKEUP_REASON_PMTIMER) {
        ar->pm1.evt.sts |= ACPI_BITMASK_TIMER_STATUS;
    } else {
        /* Some cause there must be: people press buttons. */
        ar->pm1.evt.sts |= ACPI_BITMASK_POWER_BUTTON_STATUS;
    }
}

/*
 * One byte a state, S0 to S5: bit 7 for there being such a state, and the
 * sleep type in the low bits.
 */
static void tell_firmware(bool disable_s3, bool disable_s4, uint8_t s4_val)
{
    const uint8_t states[6] = {
        0x80, 0, 0, disable_s3 ? 0x01 : 0x81,
        disable_s4 ? s4_val : s4_val | 0x80, 0x80,
    };
    FWCfgState *fw_cfg = fw_cfg_find();

    if (fw_cfg) {
        fw_cfg_add_file(fw_cfg, "etc/system-states",
                        g_memdup2(states, sizeof(states)), sizeof(states));
    }
}

void acpi_pm1_cnt_init(ACPIREGS *ar, MemoryRegion *parent, bool disable_s3,
                       bool disable_s4, uint8_t s4_val, bool acpi_only)
{
    ar->pm1.cnt.s4_val = s4_val;
    ar->pm1.cnt.acpi_only = acpi_only;
    ar->wakeup.notify = woken_up;
    qemu_register_wakeup_notifier(&ar->wakeup);
    qemu_register_wakeup_support();
    memory_region_init_io(&ar->pm1.cnt.io, memory_region_owner(parent),
                          &cnt_ops, ar, "acpi-cnt", 2);
    memory_region_add_subregion(parent, 4, &ar->pm1.cnt.io);
    tell_firmware(disable_s3, disable_s4, s4_val);
}

void acpi_pm1_cnt_update(ACPIREGS *ar, bool sci_enable, bool sci_disable)
{
    if (ar->pm1.cnt.acpi_only) {
        return;
    }
    if (sci_enable) {
        ar->pm1.cnt.cnt |= ACPI_BITMASK_SCI_ENABLE;
    } else if (sci_disable) {
        ar->pm1.cnt.cnt &= ~ACPI_BITMASK_SCI_ENABLE;
    }
}

void acpi_pm1_cnt_reset(ACPIREGS *ar)
{
    ar->pm1.cnt.cnt = ar->pm1.cnt.acpi_only ? ACPI_BITMASK_SCI_ENABLE : 0;
}

/*** General purpose events ***/

void acpi_gpe_init(ACPIREGS *ar, uint8_t len)
{
    ar->gpe.len = len;
    ar->gpe.sts = g_malloc0(len);
    ar->gpe.en = g_malloc0(len);
}

void acpi_gpe_reset(ACPIREGS *ar)
{
    memset(ar->gpe.sts, 0, ar->gpe.len);
    memset(ar->gpe.en, 0, ar->gpe.len);
}

void acpi_gpe_ioport_writeb(ACPIREGS *ar, uint32_t addr, uint32_t val)
{
    unsigned half = ar->gpe.len / 2;

    if (addr < half) {
        ar->gpe.sts[addr] &= ~val;
    } else if (addr < ar->gpe.len) {
        ar->gpe.en[addr - half] = val;
    }
}

uint32_t acpi_gpe_ioport_readb(ACPIREGS *ar, uint32_t addr)
{
    unsigned half = ar->gpe.len / 2;

    if (addr < half) {
        return ar->gpe.sts[addr];
    }
    return addr < ar->gpe.len ? ar->gpe.en[addr - half] : 0;
}

void acpi_send_gpe_event(ACPIREGS *ar, qemu_irq irq,
                         AcpiEventStatusBits status)
{
    ar->gpe.sts[0] |= status;
    acpi_update_sci(ar, irq);
}

void acpi_update_sci(ACPIREGS *ar, qemu_irq irq)
{
    uint16_t sts = acpi_pm1_evt_get_sts(ar);
    uint16_t en = ar->pm1.evt.en;
    bool level = sts & en & ACPI_BITMASK_PM1_COMMON_ENABLED;

    for (int i = 0; i < ar->gpe.len / 2; i++) {
        level |= (ar->gpe.sts[i] & ar->gpe.en[i]) != 0;
    }
    qemu_set_irq(irq, level);
    acpi_pm_tmr_update(ar, (en & ACPI_BITMASK_TIMER_ENABLE) &&
                       !(sts & ACPI_BITMASK_TIMER_STATUS));
}
