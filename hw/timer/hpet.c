/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * High precision event timers: IA-PC HPET Specification 1.0a (2004), chapter
 * 2.  A counter of 64 bits at 100 MHz, and 3 to 32 comparators.
 *
 * The counter is the virtual clock plus an offset.  A comparator whose value
 * has passed already fires at once: systems that come late count on it.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "hw/timer/hpet.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/timer.h"

OBJECT_DECLARE_SIMPLE_TYPE(HPETState, HPET)

#define HPET_NUM_IRQ_ROUTES 32
#define LEGACY_TIMER0_ROUTE 0
#define LEGACY_TIMER1_ROUTE 8

/* General registers; of 64 bits, as all are. */
#define HPET_ID 0x000
#define HPET_CFG 0x010
#define HPET_STATUS 0x020
#define HPET_COUNTER 0x0f0
#define HPET_TIMERS 0x100
#define HPET_TIMER_SIZE 0x20
/* Of a timer. */
#define HPET_TN_CFG 0x00
#define HPET_TN_CMP 0x08
#define HPET_TN_ROUTE 0x10

#define HPET_ID_BITS 0x8086a001 /* vendor, legacy routes, 64 bits, revision */
#define HPET_ID_NUM_TIM_SHIFT 8
#define HPET_FS_PER_NS 1000000

#define HPET_CFG_ENABLE 0x001
#define HPET_CFG_LEGACY 0x002
#define HPET_CFG_WMASK 0x003

#define HPET_TN_TYPE_LEVEL 0x002
#define HPET_TN_ENABLE 0x004
#define HPET_TN_PERIODIC 0x008
#define HPET_TN_PERIODIC_CAP 0x010
#define HPET_TN_SIZE_CAP 0x020
#define HPET_TN_SETVAL 0x040
#define HPET_TN_32BIT 0x100
#define HPET_TN_INT_ROUTE_SHIFT 9
#define HPET_TN_INT_ROUTE_MASK 0x3e00
#define HPET_TN_FSB_ENABLE 0x4000
#define HPET_TN_FSB_CAP 0x8000
#define HPET_TN_CFG_WMASK 0x3f4e        /* and FSB_ENABLE where there is */
#define HPET_TN_INT_ROUTE_CAP_SHIFT 32

#define NO_COMPARATOR UINT64_MAX

/* A guest must not make the host do nothing but expire timers. */
#define SHORTEST_PERIOD_NS 10000

typedef struct HPETTimer {
    uint8_t tn;                 /* its number */
    QEMUTimer *qemu_timer;
    HPETState *state;
    uint64_t config;
    uint64_t cmp;
    uint64_t fsb;               /* data, and address above */
    uint64_t period;
    uint8_t wrap_flag;          /* it will fire for the wrap of 32 bits */
} HPETTimer;

struct HPETState {
    /*< private >*/
    SysBusDevice parent_obj;
    /*< public >*/

    MemoryRegion iomem;
    uint64_t hpet_offset;       /* ns: of the running counter to the clock */
    bool hpet_offset_saved;
    bool msi;
    qemu_irq irqs[HPET_NUM_IRQ_ROUTES];
    qemu_irq pit_enabled;
    uint8_t rtc_irq_level;
    uint32_t intcap;
    uint8_t num_timers;
    HPETTimer timer[HPET_MAX_TIMERS];

    uint64_t config;
    uint64_t isr;               /* of level-triggered timers */
    uint64_t hpet_counter;      /* while it is halted, and in streams */
    uint8_t num_timers_save;
};

static bool enabled(const HPETState *s)
{
    return s->config & HPET_CFG_ENABLE;
}

static bool legacy(const HPETState *s)
{
    return s->config & HPET_CFG_LEGACY;
}

static bool is_set(const HPETTimer *t, uint64_t bits)
{
    return (t->config & bits) == bits;
}

static uint64_t ticks_to_ns(uint64_t ticks)
{
    return ticks * HPET_CLK_PERIOD;
}

static int64_t clock_ns(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static uint64_t counter(const HPETState *s)
{
    return enabled(s) ? (clock_ns() + s->hpet_offset) / HPET_CLK_PERIOD
                      : s->hpet_counter;
}

/*** Interrupts ***/

static qemu_irq line_of(const HPETTimer *t)
{
    unsigned route = (t->config & HPET_TN_INT_ROUTE_MASK) >>
                     HPET_TN_INT_ROUTE_SHIFT;

    if (legacy(t->state) && t->tn <= 1) {
        route = t->tn == 0 ? LEGACY_TIMER0_ROUTE : LEGACY_TIMER1_ROUTE;
    }
    return t->state->irqs[route];
}

/* Lines are shared: what this timer did not raise stays as it is. */
static void clear_irq(HPETTimer *t)
{
    uint64_t bit = UINT64_C(1) << t->tn;

    if (t->state->isr & bit) {
        t->state->isr &= ~bit;
        qemu_irq_lower(line_of(t));
    }
}

static void set_irq(HPETTimer *t)
{
    HPETState *s = t->state;

    if (!enabled(s) || !is_set(t, HPET_TN_ENABLE)) {
        clear_irq(t);
    } else if (is_set(t, HPET_TN_FSB_ENABLE)) {
        address_space_stl_le(&address_space_memory, t->fsb >> 32, t->fsb,
                             MEMTXATTRS_UNSPECIFIED, NULL);
    } else if (is_set(t, HPET_TN_TYPE_LEVEL)) {
        s->isr |= UINT64_C(1) << t->tn;
        qemu_irq_raise(line_of(t));
    } else {
        qemu_irq_pulse(line_of(t));
    }
}

/* The other chips' lines, while they are not taken over. */
static void hpet_handle_legacy_irq(void *opaque, int n, int level)
{
    HPETState *s = HPET(opaque);

    if (n == HPET_LEGACY_RTC_INT) {
        s->rtc_irq_level = level;
    }
    if (!legacy(s)) {
        qemu_set_irq(s->irqs[n == HPET_LEGACY_RTC_INT ? LEGACY_TIMER1_ROUTE
                                                      : LEGACY_TIMER0_ROUTE],
                     level);
    }
}

static void legacy_changed(HPETState *s)
{
    if (legacy(s)) {
        qemu_set_irq(s->pit_enabled, 0);
        qemu_irq_lower(s->irqs[LEGACY_TIMER0_ROUTE]);
        qemu_irq_lower(s->irqs[LEGACY_TIMER1_ROUTE]);
    } else {
        qemu_irq_lower(s->irqs[LEGACY_TIMER0_ROUTE]);
        qemu_set_irq(s->pit_enabled, 1);
        qemu_set_irq(s->irqs[LEGACY_TIMER1_ROUTE], s->rtc_irq_level);
    }
}

/*** Comparators ***/

/* Ticks from @now to the comparator's value; at least one. */
static uint64_t ticks_to_go(const HPETTimer *t, uint64_t now)
{
    if (is_set(t, HPET_TN_32BIT)) {
        int32_t diff = (uint32_t)t->cmp - (uint32_t)now;

        return diff > 0 ? diff : 1;
    } else {
        int64_t diff = t->cmp - now;

        return diff > 0 ? diff : 1;
    }
}

static void fire_in(HPETTimer *t, uint64_t ticks)
{
    /* What is centuries away need not be exact. */
    uint64_t ns = ticks_to_ns(MIN(ticks, INT64_MAX / (2 * HPET_CLK_PERIOD)));

    timer_mod(t->qemu_timer, clock_ns() + ns);
}

static void start_timer(HPETTimer *t)
{
    uint64_t now = counter(t->state);
    uint64_t diff = ticks_to_go(t, now);

    t->wrap_flag = 0;
    /* 2.3.9.2.1: 32 bits, not periodic: for the counter's wrap, too. */
    if (is_set(t, HPET_TN_32BIT) && !is_set(t, HPET_TN_PERIODIC)) {
        uint32_t to_wrap = UINT32_MAX - (uint32_t)now;

        if (to_wrap < (uint32_t)diff) {
            diff = to_wrap;
            t->wrap_flag = 1;
        }
    }
    fire_in(t, diff);
}

static void stop_timer(HPETTimer *t)
{
    timer_del(t->qemu_timer);
    clear_irq(t);
}

/* The first value in the future that is a number of periods later. */
static void advance_comparator(HPETTimer *t, uint64_t now)
{
    uint64_t behind = now - t->cmp;

    if (is_set(t, HPET_TN_32BIT)) {
        int32_t late = (uint32_t)behind;

        if (late >= 0) {
            t->cmp = (uint32_t)(t->cmp + (late / t->period + 1) * t->period);
        }
    } else if ((int64_t)behind >= 0) {
        t->cmp += (behind / t->period + 1) * t->period;
    }
}

static void hpet_timer_expired(void *opaque)
{
    HPETTimer *t = opaque;
    uint64_t now = counter(t->state);

    if (is_set(t, HPET_TN_PERIODIC) && t->period) {
        uint64_t shortest = SHORTEST_PERIOD_NS / HPET_CLK_PERIOD;

        advance_comparator(t, now);
        fire_in(t, t->period < shortest ? shortest : ticks_to_go(t, now));
    } else if (is_set(t, HPET_TN_32BIT) && t->wrap_flag) {
        t->wrap_flag = 0;
        fire_in(t, ticks_to_go(t, now));
    }
    set_irq(t);
}

/*** Registers ***/

static bool activating(uint64_t old, uint64_t new, uint64_t bit)
{
    return !(old & bit) && (new & bit);
}

static void set_running(HPETState *s, bool run)
{
    if (!run) {
        for (int i = 0; i < s->num_timers; i++) {
            stop_timer(&s->timer[i]);
        }
        return;
    }
    s->hpet_offset = ticks_to_ns(s->hpet_counter) - clock_ns();
    for (int i = 0; i < s->num_timers; i++) {
        HPETTimer *t = &s->timer[i];

        if (is_set(t, HPET_TN_ENABLE) && t->cmp != NO_COMPARATOR) {
            start_timer(t);
        }
    }
}

static void write_cfg(HPETState *s, uint64_t val)
{
    uint64_t old = s->config;
    uint64_t new = val & HPET_CFG_WMASK;

    if (activating(new, old, HPET_CFG_ENABLE)) {
        s->hpet_counter = counter(s);
        s->config &= ~HPET_CFG_ENABLE;
        set_running(s, false);
    }
    s->config = new;
    if (activating(old, new, HPET_CFG_ENABLE)) {
        set_running(s, true);
    }
    if ((old ^ new) & HPET_CFG_LEGACY) {
        legacy_changed(s);
    }
}

static void write_status(HPETState *s, uint64_t val)
{
    for (int i = 0; i < s->num_timers; i++) {
        if (val & s->isr & UINT64_C(1) << i) {
            clear_irq(&s->timer[i]);
        }
    }
}

static void write_tn_cfg(HPETTimer *t, uint64_t val)
{
    uint64_t old = t->config;
    uint64_t wmask = HPET_TN_CFG_WMASK |
                     (old & HPET_TN_FSB_CAP ? HPET_TN_FSB_ENABLE : 0);
    uint64_t new = (old & ~wmask) | (val & wmask);

    if ((old ^ new) & (HPET_TN_FSB_ENABLE | HPET_TN_INT_ROUTE_MASK |
                       HPET_TN_TYPE_LEVEL)) {
        clear_irq(t);           /* by the way that it came */
    }
    t->config = new;
    if (is_set(t, HPET_TN_32BIT)) {
        t->cmp = (uint32_t)t->cmp;
        t->period = (uint32_t)t->period;
    }
    if (activating(old, new, HPET_TN_ENABLE) && enabled(t->state)) {
        start_timer(t);
    } else if (activating(new, old, HPET_TN_ENABLE)) {
        stop_timer(t);
    }
}

static uint64_t insert(uint64_t old, uint64_t val, uint64_t mask)
{
    return (old & ~mask) | (val & mask);
}

/*
 * 2.3.9.2.2: a periodic timer's comparator is what it adds to; with VAL_SET,
 * which clears itself, software sets it, otherwise only the period.
 */
static void write_tn_cmp(HPETTimer *t, uint64_t val, uint64_t mask)
{
    uint64_t width = is_set(t, HPET_TN_32BIT) ? UINT32_MAX : UINT64_MAX;

    if (!(mask & width)) {
        return;                 /* the half that is not there */
    }
    val &= width;
    if (!is_set(t, HPET_TN_PERIODIC) || is_set(t, HPET_TN_SETVAL)) {
        t->cmp = insert(t->cmp, val, mask) & width;
    }
    if (is_set(t, HPET_TN_PERIODIC)) {
        t->period = insert(t->period, val, mask) & width >> 1;
    }
    t->config &= ~HPET_TN_SETVAL;
    if (enabled(t->state) && is_set(t, HPET_TN_ENABLE)) {
        start_timer(t);
    }
}

/* NULL for what is none of the timers' registers. */
static HPETTimer *timer_at(HPETState *s, hwaddr addr)
{
    unsigned n = (addr - HPET_TIMERS) / HPET_TIMER_SIZE;

    if (addr < HPET_TIMERS || n >= s->num_timers) {
        return NULL;
    }
    return &s->timer[n];
}

static uint64_t capabilities(const HPETState *s)
{
    return (uint64_t)HPET_CLK_PERIOD * HPET_FS_PER_NS << 32 | HPET_ID_BITS |
           (s->num_timers - 1) << HPET_ID_NUM_TIM_SHIFT;
}

static uint64_t read_reg(HPETState *s, hwaddr addr)
{
    HPETTimer *t = timer_at(s, addr);

    if (t) {
        switch (addr % HPET_TIMER_SIZE) {
        case HPET_TN_CFG:
            return t->config;
        case HPET_TN_CMP:
            return t->cmp;
        case HPET_TN_ROUTE:
            return t->fsb;
        default:
            return 0;
        }
    }
    switch (addr) {
    case HPET_ID:
        return capabilities(s);
    case HPET_CFG:
        return s->config;
    case HPET_STATUS:
        return s->isr;
    case HPET_COUNTER:
        return counter(s);
    default:
        return 0;
    }
}

static void write_timer(HPETTimer *t, hwaddr reg, uint64_t val, uint64_t mask)
{
    switch (reg) {
    case HPET_TN_CFG:
        write_tn_cfg(t, insert(t->config, val, mask));
        break;
    case HPET_TN_CMP:
        write_tn_cmp(t, val, mask);
        break;
    case HPET_TN_ROUTE:
        t->fsb = insert(t->fsb, val, mask);
        break;
    }
}

static void write_reg(HPETState *s, hwaddr addr, uint64_t val, uint64_t mask)
{
    HPETTimer *t = timer_at(s, addr);

    if (t) {
        write_timer(t, addr % HPET_TIMER_SIZE, val, mask);
        return;
    }
    switch (addr) {
    case HPET_CFG:
        write_cfg(s, insert(s->config, val, mask));
        break;
    case HPET_STATUS:
        write_status(s, val & mask);
        break;
    case HPET_COUNTER:
        if (enabled(s)) {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "hpet: write to the counter while it runs\n");
        } else {
            s->hpet_counter = insert(s->hpet_counter, val, mask);
        }
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "hpet: no register to write at 0x%"
                      HWADDR_PRIx "\n", addr);
        break;
    }
}

static uint64_t hpet_read(void *opaque, hwaddr addr, unsigned size)
{
    return read_reg(opaque, addr & ~7) >> (8 * (addr & 4));
}

static void hpet_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    unsigned shift = 8 * (addr & 4);
    uint64_t mask = size == 8 ? UINT64_MAX : (uint64_t)UINT32_MAX << shift;

    write_reg(opaque, addr & ~7, val << shift, mask);
}

static const MemoryRegionOps hpet_ops = {
    .read = hpet_read,
    .write = hpet_write,
    .valid.min_access_size = 4,
    .valid.max_access_size = 8,
    .impl.min_access_size = 4,
    .impl.max_access_size = 8,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/*** State ***/

static int hpet_pre_save(void *opaque)
{
    HPETState *s = opaque;

    s->hpet_counter = counter(s);
    s->num_timers_save = s->num_timers;
    return 0;
}

static int hpet_post_load(void *opaque, int version_id)
{
    HPETState *s = opaque;

    if (!s->hpet_offset_saved) {
        s->hpet_offset = ticks_to_ns(s->hpet_counter) - clock_ns();
    }
    s->msi = is_set(&s->timer[0], HPET_TN_FSB_CAP);
    return 0;
}

static bool same_number_of_timers(void *opaque, int version_id)
{
    HPETState *s = opaque;

    return s->num_timers == s->num_timers_save;
}

static bool rtc_level_needed(void *opaque)
{
    HPETState *s = opaque;

    return s->rtc_irq_level != 0;
}

static bool offset_needed(void *opaque)
{
    HPETState *s = opaque;

    return enabled(s) && s->hpet_offset_saved;
}

static const VMStateDescription vmstate_rtc_level = {
    .name = "hpet/rtc_irq_level",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = rtc_level_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(rtc_irq_level, HPETState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_offset = {
    .name = "hpet/offset",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = offset_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(hpet_offset, HPETState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_hpet_timer = {
    .name = "hpet_timer",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_EQUAL(tn, HPETTimer, NULL),
        VMSTATE_UINT64(config, HPETTimer),
        VMSTATE_UINT64(cmp, HPETTimer),
        VMSTATE_UINT64(fsb, HPETTimer),
        VMSTATE_UINT64(period, HPETTimer),
        VMSTATE_UINT8(wrap_flag, HPETTimer),
        VMSTATE_TIMER_PTR(qemu_timer, HPETTimer),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_hpet = {
    .name = "hpet",
    .version_id = 2,
    .minimum_version_id = 1,
    .pre_save = hpet_pre_save,
    .post_load = hpet_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(config, HPETState),
        VMSTATE_UINT64(isr, HPETState),
        VMSTATE_UINT64(hpet_counter, HPETState),
        VMSTATE_UINT8_V(num_timers_save, HPETState, 2),
        VMSTATE_VALIDATE("num_timers must match", same_number_of_timers),
        VMSTATE_STRUCT_VARRAY_UINT8(timer, HPETState, num_timers, 0,
                                    vmstate_hpet_timer, HPETTimer),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_rtc_level,
        &vmstate_offset,
        NULL
    },
};

/*** Life ***/

static void reset_timer(HPETTimer *t)
{
    HPETState *s = t->state;

    stop_timer(t);
    t->cmp = NO_COMPARATOR;
    t->config = HPET_TN_PERIODIC_CAP | HPET_TN_SIZE_CAP |
                (uint64_t)s->intcap << HPET_TN_INT_ROUTE_CAP_SHIFT;
    if (s->msi) {
        t->config |= HPET_TN_FSB_CAP;
    }
    t->fsb = 0;
    t->period = 0;
    t->wrap_flag = 0;
}

static void hpet_reset(DeviceState *d)
{
    HPETState *s = HPET(d);

    for (int i = 0; i < s->num_timers; i++) {
        reset_timer(&s->timer[i]);
    }
    qemu_set_irq(s->pit_enabled, 1);
    s->hpet_counter = 0;
    s->hpet_offset = 0;
    s->config = 0;
    s->isr = 0;
    /* The clock, which is reset too, says its level again. */
    s->rtc_irq_level = 0;
}

static void hpet_init(Object *obj)
{
    HPETState *s = HPET(obj);

    memory_region_init_io(&s->iomem, obj, &hpet_ops, s, "hpet", HPET_LEN);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->iomem);
}

static void hpet_realize(DeviceState *dev, Error **errp)
{
    HPETState *s = HPET(dev);

    if (!s->intcap) {
        error_setg(errp, "hpet.hpet-intcap property not initialized");
        return;
    }
    s->num_timers = MIN(MAX(s->num_timers, HPET_MIN_TIMERS),
                        HPET_MAX_TIMERS);
    for (int i = 0; i < HPET_NUM_IRQ_ROUTES; i++) {
        sysbus_init_irq(SYS_BUS_DEVICE(dev), &s->irqs[i]);
    }
    for (int i = 0; i < HPET_MAX_TIMERS; i++) {
        HPETTimer *t = &s->timer[i];

        t->qemu_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, hpet_timer_expired,
                                     t);
        t->tn = i;
        t->state = s;
    }
    qdev_init_gpio_in(dev, hpet_handle_legacy_irq, 2);
    qdev_init_gpio_out(dev, &s->pit_enabled, 1);
}

static Property hpet_properties[] = {
    DEFINE_PROP_UINT8("timers", HPETState, num_timers, HPET_MIN_TIMERS),
    DEFINE_PROP_BOOL("msi", HPETState, msi, false),
    DEFINE_PROP_UINT32(HPET_INTCAP, HPETState, intcap, 0),
    DEFINE_PROP_BOOL("hpet-offset-saved", HPETState, hpet_offset_saved, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void hpet_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = hpet_realize;
    dc->reset = hpet_reset;
    dc->vmsd = &vmstate_hpet;
    device_class_set_props(dc, hpet_properties);
}

static const TypeInfo hpet_info = {
    .name = TYPE_HPET,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(HPETState),
    .instance_init = hpet_init,
    .class_init = hpet_class_init,
};

static void hpet_register_types(void)
{
    type_register_static(&hpet_info);
}

type_init(hpet_register_types)
