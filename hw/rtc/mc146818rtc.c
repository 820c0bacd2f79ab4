/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MC146818 real time clock with RAM: Motorola MC146818A data sheet (1984);
 * IBM PC/AT Technical Reference for its ports and the century byte.
 *
 * Time is not counted but computed from a clock of the host or the machine.
 * There is a timer only for what somebody waits for: while neither the update
 * flag nor the alarm flag can change, there is none.  For the same reason PF
 * is set only while its interrupt is enabled, as guests use it.
 */
#include "qemu/osdep.h"
#include "hw/intc/apic.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qemu/bcd.h"
#include "qemu/cutils.h"
#include "sysemu/rtc.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

#define RTC_CLOCK_RATE 32768
#define SECOND NANOSECONDS_PER_SECOND
#define DAY 86400

/* UIP is up 244 us before an update, which then takes no time. */
#define UIP_HOLD_NS (8 * SECOND / RTC_CLOCK_RATE)

/* An alarm at values that no time of day has. */
#define NEVER INT64_MAX

/* REG_A: the divider chain runs for these inputs, or is held in reset. */
#define REG_A_DV 0x70
#define REG_A_DV_LAST_RUNNING 0x20
#define REG_A_DV_RESET 0x60

static QLIST_HEAD(, RTCState) rtc_devices = QLIST_HEAD_INITIALIZER(rtc_devices);

static uint8_t *reg(RTCState *s, int n)
{
    return &s->cmos_data[n];
}

static bool divider_runs(RTCState *s)
{
    return (*reg(s, RTC_REG_A) & REG_A_DV) <= REG_A_DV_LAST_RUNNING;
}

static bool setting(RTCState *s)
{
    return *reg(s, RTC_REG_B) & REG_B_SET;
}

static bool running(RTCState *s)
{
    return divider_runs(s) && !setting(s);
}

/*** The time ***/

static int64_t now_ns(void)
{
    return qemu_clock_get_ns(rtc_clock);
}

static int64_t since_base_ns(RTCState *s)
{
    return now_ns() - s->last_update + s->offset;
}

static int64_t fraction_ns(RTCState *s)
{
    int64_t rest = since_base_ns(s) % SECOND;

    return rest < 0 ? rest + SECOND : rest;
}

static int64_t time_s(RTCState *s)
{
    return s->base_rtc + (since_base_ns(s) - fraction_ns(s)) / SECOND;
}

static int to_register(RTCState *s, int value)
{
    return *reg(s, RTC_REG_B) & REG_B_DM ? value : to_bcd(value);
}

static int from_register(RTCState *s, int value)
{
    return *reg(s, RTC_REG_B) & REG_B_DM ? value : from_bcd(value);
}

/* With 12 hours, bit 7 is PM, and midnight is 12 AM. */
static int hours_from_register(RTCState *s, uint8_t value)
{
    int hours;

    if (*reg(s, RTC_REG_B) & REG_B_24H) {
        return from_register(s, value);
    }
    hours = from_register(s, value & 0x7f) % 12;
    return value & 0x80 ? hours + 12 : hours;
}

static uint8_t hours_to_register(RTCState *s, int hours)
{
    if (*reg(s, RTC_REG_B) & REG_B_24H) {
        return to_register(s, hours);
    }
    return to_register(s, hours % 12 ? hours % 12 : 12) |
           (hours >= 12 ? 0x80 : 0);
}

static void time_to_registers(RTCState *s, const struct tm *tm)
{
    int year = tm->tm_year + 1900 - s->base_year;

    *reg(s, RTC_SECONDS) = to_register(s, tm->tm_sec);
    *reg(s, RTC_MINUTES) = to_register(s, tm->tm_min);
    *reg(s, RTC_HOURS) = hours_to_register(s, tm->tm_hour);
    *reg(s, RTC_DAY_OF_WEEK) = to_register(s, tm->tm_wday + 1);
    *reg(s, RTC_DAY_OF_MONTH) = to_register(s, tm->tm_mday);
    *reg(s, RTC_MONTH) = to_register(s, tm->tm_mon + 1);
    *reg(s, RTC_YEAR) = to_register(s, year % 100);
    *reg(s, RTC_CENTURY) = to_register(s, year / 100);
}

static void time_from_registers(RTCState *s, struct tm *tm)
{
    memset(tm, 0, sizeof(*tm));
    tm->tm_sec = from_register(s, *reg(s, RTC_SECONDS));
    tm->tm_min = from_register(s, *reg(s, RTC_MINUTES));
    tm->tm_hour = hours_from_register(s, *reg(s, RTC_HOURS));
    tm->tm_wday = from_register(s, *reg(s, RTC_DAY_OF_WEEK)) - 1;
    tm->tm_mday = from_register(s, *reg(s, RTC_DAY_OF_MONTH));
    tm->tm_mon = from_register(s, *reg(s, RTC_MONTH)) - 1;
    tm->tm_year = from_register(s, *reg(s, RTC_YEAR)) + s->base_year +
                  from_register(s, *reg(s, RTC_CENTURY)) * 100 - 1900;
}

/* Brings the registers up to date. */
static void update_registers(RTCState *s)
{
    time_t t = time_s(s);
    struct tm tm;

    /* A stream can say a year beyond all numbers. */
    if (gmtime_r(&t, &tm)) {
        time_to_registers(s, &tm);
    }
}

/* From now on the time is what the registers say and @fraction ns. */
static void start_from_registers(RTCState *s, int64_t fraction)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(s));
    struct tm tm;

    time_from_registers(s, &tm);
    s->base_rtc = mktimegm(&tm);
    s->last_update = now_ns();
    s->offset = fraction;
    qapi_event_send(QAPI_EVENT_RTC_CHANGE,
                    json_pack("{s:I, s:s}", "offset",
                              (json_int_t)qemu_timedate_diff(&tm),
                              "qom-path", path));
}

/*** Interrupts ***/

/* Sets flags; where one is enabled and new, IRQF and the line follow. */
static void set_flags(RTCState *s, uint8_t flags)
{
    uint8_t new = flags & ~*reg(s, RTC_REG_C);

    *reg(s, RTC_REG_C) |= flags;
    if (new & *reg(s, RTC_REG_B)) {
        *reg(s, RTC_REG_C) |= REG_C_IRQF;
        qemu_irq_raise(s->irq);
    }
}

/* False if the last one is still waiting to be served. */
static bool deliver_counted(RTCState *s)
{
    apic_reset_irq_delivered();
    qemu_irq_raise(s->irq);
    return apic_get_irq_delivered();
}

/*** Updates and alarms ***/

static bool alarm_matches(RTCState *s, int alarm_reg, int value)
{
    uint8_t alarm = *reg(s, alarm_reg);

    if ((alarm & RTC_ALARM_DONT_CARE) == RTC_ALARM_DONT_CARE) {
        return true;
    }
    return value == (alarm_reg == RTC_HOURS_ALARM
                     ? hours_from_register(s, alarm)
                     : from_register(s, alarm));
}

/* Seconds until the alarm, from 1 to a day; 0 for never. */
static unsigned seconds_to_alarm(RTCState *s)
{
    unsigned now = (time_s(s) % DAY + DAY) % DAY;
    unsigned wait = 1;

    /* To the next hour, in it to the minute, in it to the second. */
    while (wait <= DAY) {
        unsigned t = (now + wait) % DAY;

        if (!alarm_matches(s, RTC_HOURS_ALARM, t / 3600)) {
            wait += 3600 - t % 3600;
        } else if (!alarm_matches(s, RTC_MINUTES_ALARM, t / 60 % 60)) {
            wait += 60 - t % 60;
        } else if (!alarm_matches(s, RTC_SECONDS_ALARM, t % 60)) {
            /* No second of any minute may match: then look no further. */
            if (t % 60 == 59 && wait > 120) {
                return 0;
            }
            wait++;
        } else {
            return wait;
        }
    }
    return 0;
}

static void schedule_update(RTCState *s)
{
    uint8_t flags = *reg(s, RTC_REG_C);
    int64_t next_update;
    unsigned wait;

    /* Setting the time stops alarms, but not updates. */
    if (!divider_runs(s) ||
        ((flags & REG_C_UF) && ((flags & REG_C_AF) || setting(s)))) {
        timer_del(s->update_timer);
        return;
    }
    next_update = now_ns() + SECOND - fraction_ns(s);
    wait = seconds_to_alarm(s);
    s->next_alarm_time = wait ? next_update + (wait - 1) * SECOND : NEVER;
    if (!(flags & REG_C_UF)) {
        timer_mod(s->update_timer, next_update);
    } else if (wait) {
        timer_mod(s->update_timer, s->next_alarm_time);
    } else {
        timer_del(s->update_timer);
    }
}

static void updated(void *opaque)
{
    RTCState *s = opaque;
    uint8_t flags = REG_C_UF;

    if (!setting(s) && now_ns() >= s->next_alarm_time) {
        flags |= REG_C_AF;
        if ((*reg(s, RTC_REG_B) & REG_B_AIE) &&
            runstate_check(RUN_STATE_SUSPENDED)) {
            qemu_system_wakeup_request(QEMU_WAKEUP_REASON_RTC, NULL);
        }
    }
    set_flags(s, flags);
    schedule_update(s);
}

/*** Periodic interrupts ***/

/* The rate in ticks of 32.768 kHz; 0 for none. */
static uint32_t periodic_ticks(RTCState *s)
{
    unsigned rate = *reg(s, RTC_REG_A) & 0x0f;

    if (!rate || !(*reg(s, RTC_REG_B) & REG_B_PIE)) {
        return 0;
    }
    /* The two fastest are as two of the slower ones, with this crystal. */
    return 1u << ((rate <= 2 ? rate + 7 : rate) - 1);
}

static void schedule_periodic(RTCState *s, int64_t after)
{
    uint64_t tick;

    if (!s->period) {
        timer_del(s->periodic_timer);
        return;
    }
    tick = muldiv64(after, RTC_CLOCK_RATE, SECOND);
    tick = (tick & ~(uint64_t)(s->period - 1)) + s->period;
    /* Not before the tick has come. */
    s->next_periodic_time = muldiv64(tick, SECOND, RTC_CLOCK_RATE) + 1;
    timer_mod(s->periodic_timer, s->next_periodic_time);
}

static void schedule_coalesced(RTCState *s)
{
    int64_t period_ns = muldiv64(s->period, SECOND, RTC_CLOCK_RATE);

    if (!s->irq_coalesced || !s->period) {
        timer_del(s->coalesced_timer);
    } else {
        /* The more there are, the faster, up to 8 in the time of one. */
        timer_mod(s->coalesced_timer, now_ns() +
                  period_ns / (MIN(s->irq_coalesced, 7) + 1));
    }
}

static void rate_changed(RTCState *s)
{
    uint32_t old = s->period;

    s->period = periodic_ticks(s);
    if (s->period == old) {
        return;
    }
    /* What is owed is time. */
    s->irq_coalesced = s->period ? (uint64_t)s->irq_coalesced * old / s->period
                                 : 0;
    schedule_periodic(s, now_ns());
    if (s->lost_tick_policy == LOST_TICK_POLICY_SLEW) {
        schedule_coalesced(s);
    }
}

static void periodic_tick(void *opaque)
{
    RTCState *s = opaque;
    int64_t now = now_ns();

    /* Where the host's clock jumped, the guest does not make up for it. */
    schedule_periodic(s, now - s->next_periodic_time > SECOND
                         ? now : s->next_periodic_time);
    if (s->lost_tick_policy != LOST_TICK_POLICY_SLEW) {
        set_flags(s, REG_C_PF);
        return;
    }
    *reg(s, RTC_REG_C) |= REG_C_PF | REG_C_IRQF;
    if (!deliver_counted(s)) {
        s->irq_coalesced++;
        schedule_coalesced(s);
    }
}

static void coalesced_tick(void *opaque)
{
    RTCState *s = opaque;

    if (s->irq_coalesced) {
        *reg(s, RTC_REG_C) |= REG_C_PF | REG_C_IRQF;
        if (deliver_counted(s)) {
            s->irq_coalesced--;
        }
    }
    schedule_coalesced(s);
}

void rtc_reset_reinjection(void)
{
    RTCState *s;

    QLIST_FOREACH(s, &rtc_devices, link) {
        s->irq_coalesced = 0;
    }
}

/*** Registers ***/

static void write_a(RTCState *s, uint8_t val)
{
    bool held = (*reg(s, RTC_REG_A) & REG_A_DV_RESET) == REG_A_DV_RESET;

    if ((val & REG_A_DV_RESET) == REG_A_DV_RESET) {
        if (running(s)) {
            update_registers(s);
        }
    } else if (held && (val & REG_A_DV) <= REG_A_DV_LAST_RUNNING &&
               !setting(s)) {
        /* The first update comes half a second later. */
        start_from_registers(s, SECOND / 2);
    }
    *reg(s, RTC_REG_A) = val & ~REG_A_UIP;
    rate_changed(s);
    schedule_update(s);
}

static void write_b(RTCState *s, uint8_t val)
{
    uint8_t *c = reg(s, RTC_REG_C);

    if (val & REG_B_SET) {
        if (running(s)) {
            update_registers(s);
        }
        val &= ~REG_B_UIE;
    } else if (setting(s) && divider_runs(s)) {
        start_from_registers(s, fraction_ns(s));
    } else if (running(s)) {
        /* In the old format; the new one applies from the next look on. */
        update_registers(s);
    }
    *reg(s, RTC_REG_B) = val;
    if (val & *c & REG_C_MASK) {
        *c |= REG_C_IRQF;
        qemu_irq_raise(s->irq);
    } else {
        *c &= ~REG_C_IRQF;
        qemu_irq_lower(s->irq);
    }
    rate_changed(s);
    schedule_update(s);
}

/* The divider goes on below the second that is written. */
static void write_time(RTCState *s, int n, uint8_t val)
{
    if (running(s)) {
        update_registers(s);
    }
    *reg(s, n) = val;
    if (running(s)) {
        start_from_registers(s, fraction_ns(s));
        schedule_update(s);
    }
}

static uint8_t read_c(RTCState *s)
{
    uint8_t val = *reg(s, RTC_REG_C);

    qemu_irq_lower(s->irq);
    *reg(s, RTC_REG_C) = 0;
    if (val & (REG_C_UF | REG_C_AF)) {
        schedule_update(s);
    }
    /* Whoever serves them at once gets some more. */
    if (s->irq_coalesced && (*reg(s, RTC_REG_B) & REG_B_PIE) &&
        s->irq_reinject_on_ack_count < 20) {
        s->irq_reinject_on_ack_count++;
        *reg(s, RTC_REG_C) |= REG_C_IRQF | REG_C_PF;
        if (deliver_counted(s)) {
            s->irq_coalesced--;
        }
    } else {
        s->irq_reinject_on_ack_count = 0;
    }
    return val;
}

static int register_number(RTCState *s)
{
    return s->cmos_index == RTC_IBM_PS2_CENTURY_BYTE ? RTC_CENTURY
                                                     : s->cmos_index;
}

static uint8_t cmos_read(RTCState *s)
{
    int n = register_number(s);

    switch (n) {
    case RTC_SECONDS:
    case RTC_MINUTES:
    case RTC_HOURS:
    case RTC_DAY_OF_WEEK ... RTC_YEAR:
    case RTC_CENTURY:
        if (running(s)) {
            update_registers(s);
        }
        return *reg(s, n);
    case RTC_REG_A:
        return (*reg(s, n) & ~REG_A_UIP) |
               (running(s) && fraction_ns(s) >= SECOND - UIP_HOLD_NS
                ? REG_A_UIP : 0);
    case RTC_REG_C:
        return read_c(s);
    default:
        return *reg(s, n);
    }
}

static void cmos_write(RTCState *s, uint8_t val)
{
    int n = register_number(s);

    switch (n) {
    case RTC_SECONDS_ALARM:
    case RTC_MINUTES_ALARM:
    case RTC_HOURS_ALARM:
        *reg(s, n) = val;
        schedule_update(s);
        break;
    case RTC_SECONDS:
    case RTC_MINUTES:
    case RTC_HOURS:
    case RTC_DAY_OF_WEEK ... RTC_YEAR:
    case RTC_CENTURY:
        write_time(s, n, val);
        break;
    case RTC_REG_A:
        write_a(s, val);
        break;
    case RTC_REG_B:
        write_b(s, val);
        break;
    case RTC_REG_C:
    case RTC_REG_D:
        break;                  /* read only */
    default:
        *reg(s, n) = val;
        break;
    }
}

static uint64_t ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    RTCState *s = opaque;

    return addr & 1 ? cmos_read(s) : 0xff;
}

/* Bit 7 of the index masks NMIs, of which this machine has none. */
static void ioport_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    RTCState *s = opaque;

    if (addr & 1) {
        cmos_write(s, val);
    } else {
        s->cmos_index = val & 0x7f;
    }
}

static const MemoryRegionOps cmos_ops = {
    .read = ioport_read,
    .write = ioport_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void rtc_set_memory(ISADevice *dev, int addr, int val)
{
    if (addr >= 0 && addr < 128) {
        *reg(MC146818_RTC(dev), addr) = val;
    }
}

int rtc_get_memory(ISADevice *dev, int addr)
{
    assert(addr >= 0 && addr < 128);
    return *reg(MC146818_RTC(dev), addr);
}

/*** State ***/

static int rtc_post_load(void *opaque, int version_id)
{
    RTCState *s = opaque;
    int64_t now = now_ns();

    if (s->cmos_index >= sizeof(s->cmos_data)) {
        return -EINVAL;
    }
    if (version_id <= 2 || rtc_clock == QEMU_CLOCK_REALTIME) {
        /* There is no telling what the other side's clock showed. */
        start_from_registers(s, 0);
        schedule_update(s);
    }
    s->period = periodic_ticks(s);
    /* Not if the host's clock differs much. */
    if (now < s->next_periodic_time - SECOND ||
        now > s->next_periodic_time + SECOND) {
        schedule_periodic(s, now);
    }
    if (s->lost_tick_policy == LOST_TICK_POLICY_SLEW) {
        schedule_coalesced(s);
    }
    return 0;
}

static int rtc_pre_save(void *opaque)
{
    RTCState *s = opaque;

    if (running(s)) {
        update_registers(s);
    }
    return 0;
}

static bool reinject_needed(void *opaque)
{
    RTCState *s = opaque;

    return s->irq_reinject_on_ack_count != 0;
}

static const VMStateDescription vmstate_reinject = {
    .name = "rtc/irq_reinject_on_ack_count",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = reinject_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(irq_reinject_on_ack_count, RTCState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_rtc = {
    .name = "mc146818rtc",
    .version_id = 3,
    .minimum_version_id = 1,
    .pre_save = rtc_pre_save,
    .post_load = rtc_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_BUFFER(cmos_data, RTCState),
        VMSTATE_UINT8(cmos_index, RTCState),
        VMSTATE_UNUSED(7 * 4),
        VMSTATE_TIMER_PTR(periodic_timer, RTCState),
        VMSTATE_INT64(next_periodic_time, RTCState),
        VMSTATE_UNUSED(3 * 8),
        VMSTATE_UINT32_V(irq_coalesced, RTCState, 2),
        VMSTATE_UINT32_V(period, RTCState, 2),
        VMSTATE_UINT64_V(base_rtc, RTCState, 3),
        VMSTATE_UINT64_V(last_update, RTCState, 3),
        VMSTATE_INT64_V(offset, RTCState, 3),
        VMSTATE_TIMER_PTR_V(update_timer, RTCState, 3),
        VMSTATE_UINT64_V(next_alarm_time, RTCState, 3),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_reinject,
        NULL
    },
};

/* The RESET# pin: it does not touch time, alarm and memory. */
static void rtc_reset(DeviceState *dev)
{
    RTCState *s = MC146818_RTC(dev);

    *reg(s, RTC_REG_B) &= ~(REG_B_PIE | REG_B_AIE | REG_B_UIE | REG_B_SQWE);
    *reg(s, RTC_REG_C) = 0;
    qemu_irq_lower(s->irq);
    s->irq_coalesced = 0;
    s->irq_reinject_on_ack_count = 0;
    rate_changed(s);
    schedule_update(s);
}

/*** Life ***/

/* Firmware finds here what woke it: it resumes. */
static void rtc_notify_suspend(Notifier *notifier, void *data)
{
    RTCState *s = container_of(notifier, RTCState, suspend_notifier);

    rtc_set_memory(ISA_DEVICE(s), 0xf, 0xfe);
}

static void rtc_get_date(Object *obj, struct tm *tm, Error **errp)
{
    RTCState *s = MC146818_RTC(obj);

    if (running(s)) {
        update_registers(s);
    }
    time_from_registers(s, tm);
}

static void set_date_of_host(RTCState *s)
{
    struct tm tm;

    qemu_get_timedate(&tm, 0);
    s->base_rtc = mktimegm(&tm);
    s->last_update = now_ns();
    s->offset = 0;
    time_to_registers(s, &tm);
}

static bool check_properties(RTCState *s, Error **errp)
{
    if (s->lost_tick_policy != LOST_TICK_POLICY_DISCARD &&
        s->lost_tick_policy != LOST_TICK_POLICY_SLEW) {
        error_setg(errp, "Invalid lost tick policy: it may be discard or "
                   "slew");
        return false;
    }
    if (s->isairq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"irq\" is: %u",
                   ISA_NUM_IRQS - 1);
        return false;
    }
    return true;
}

static void rtc_realize(DeviceState *dev, Error **errp)
{
    RTCState *s = MC146818_RTC(dev);

    if (!check_properties(s, errp)) {
        return;
    }
    *reg(s, RTC_REG_A) = 0x26;  /* 32.768 kHz; 1024 interrupts a second */
    *reg(s, RTC_REG_B) = REG_B_24H;
    *reg(s, RTC_REG_C) = 0x00;
    *reg(s, RTC_REG_D) = REG_D_VRT;
    set_date_of_host(s);

    s->periodic_timer = timer_new_ns(rtc_clock, periodic_tick, s);
    s->update_timer = timer_new_ns(rtc_clock, updated, s);
    s->coalesced_timer = timer_new_ns(rtc_clock, coalesced_tick, s);
    schedule_update(s);
    s->suspend_notifier.notify = rtc_notify_suspend;
    qemu_register_suspend_notifier(&s->suspend_notifier);

    memory_region_init_io(&s->io, OBJECT(s), &cmos_ops, s, "rtc", 2);
    isa_register_ioport(ISA_DEVICE(dev), &s->io, s->io_base);
    memory_region_init_io(&s->coalesced_io, OBJECT(s), &cmos_ops, s,
                          "rtc-index", 1);
    memory_region_add_subregion(&s->io, 0, &s->coalesced_io);

    qdev_set_legacy_instance_id(dev, s->io_base, 3);
    object_property_add_tm(OBJECT(s), "date", rtc_get_date);
    qdev_init_gpio_out(dev, &s->irq, 1);
    QLIST_INSERT_HEAD(&rtc_devices, s, link);
}

ISADevice *mc146818_rtc_init(ISABus *bus, int base_year,
                             qemu_irq intercept_irq)
{
    ISADevice *isadev = isa_new(TYPE_MC146818_RTC);
    DeviceState *dev = DEVICE(isadev);

    qdev_prop_set_int32(dev, "base_year", base_year);
    isa_realize_and_unref(isadev, bus, &error_fatal);
    if (intercept_irq) {
        qdev_connect_gpio_out(dev, 0, intercept_irq);
    } else {
        isa_connect_gpio_out(isadev, 0, MC146818_RTC(dev)->isairq);
    }
    return isadev;
}

static Property rtc_properties[] = {
    DEFINE_PROP_INT32("base_year", RTCState, base_year, 1980),
    DEFINE_PROP_UINT16("iobase", RTCState, io_base, 0x70),
    DEFINE_PROP_UINT8("irq", RTCState, isairq, RTC_ISA_IRQ),
    DEFINE_PROP_LOSTTICKPOLICY("lost_tick_policy", RTCState,
                               lost_tick_policy, LOST_TICK_POLICY_DISCARD),
    DEFINE_PROP_END_OF_LIST(),
};

static void rtc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = rtc_realize;
    dc->reset = rtc_reset;
    dc->vmsd = &vmstate_rtc;
    device_class_set_props(dc, rtc_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    /* The board writes its memory, and connects its line. */
    dc->user_creatable = false;
}

static const TypeInfo rtc_info = {
    .name = TYPE_MC146818_RTC,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(RTCState),
    .class_init = rtc_class_init,
};

static void rtc_register_types(void)
{
    type_register_static(&rtc_info);
}

type_init(rtc_register_types)
