/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local APIC: Intel SDM volume 3A, chapter 11 (10 in older editions).
 *
 * Messages from devices and the I/O APIC, and interprocessor interrupts, are
 * handed out here; each processor's APIC keeps what it was sent in three
 * bitmaps of 256 vectors (section 11.8.4) and tells the processor when the
 * most urgent one outranks what it does.
 *
 * The register page at 0xfee00000 belongs to the processor that accesses it.
 * A test program that has no processor sees that of the first.
 */
#include "qemu/osdep.h"
#include "hw/intc/apic.h"
#include "hw/intc/i8259.h"
#include "hw/intc/ioapic.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"

#define APIC_VERSION 0x14
#define APIC_VERSION_LVT_SHIFT 16

/* Registers by address bits 11:4. */
enum {
    REG_ID = 0x02,
    REG_VERSION = 0x03,
    REG_TPR = 0x08,
    REG_APR = 0x09,
    REG_PPR = 0x0a,
    REG_EOI = 0x0b,
    REG_LDR = 0x0d,
    REG_DFR = 0x0e,
    REG_SPIV = 0x0f,
    REG_ISR = 0x10,
    REG_TMR = 0x18,
    REG_IRR = 0x20,
    REG_ESR = 0x28,
    REG_ICR_LOW = 0x30,
    REG_ICR_HIGH = 0x31,
    REG_LVT = 0x32,
    REG_TIMER_INITIAL = 0x38,
    REG_TIMER_CURRENT = 0x39,
    REG_TIMER_DIVIDE = 0x3e,
};

enum {
    DM_FIXED, DM_LOWEST, DM_SMI, DM_RESERVED, DM_NMI, DM_INIT, DM_SIPI,
    DM_EXTINT,
};

#define TRIGGER_LEVEL 1

#define LVT_DELIVERY_SHIFT 8
#define LVT_LEVEL (1 << 15)
#define LVT_MASKED (1 << 16)
#define LVT_TIMER_PERIODIC (1 << 17)
#define LVT_TIMER_MODE (3 << 17)
#define LVT_TIMER_TSC_DEADLINE (2 << 17)
#define LVT_TIMER_MODE_MASK (3 << 17)

#define SPIV_ENABLE (1 << 8)
#define SPIV_NO_EOI_BROADCAST (1 << 12)
#define SPIV_WMASK 0x1ff
#define ESR_ILLEGAL_ADDRESS (1 << 7)

#define ICR_DELIVERY_SHIFT 8
#define ICR_LOGICAL_SHIFT 11
#define ICR_ASSERT (1 << 14)
#define ICR_LEVEL_SHIFT 15
#define ICR_SHORTHAND_SHIFT 18

static QLIST_HEAD(, APICState) apics = QLIST_HEAD_INITIALIZER(apics);

/*** Bitmaps ***/

static void set_vector(uint32_t *map, int vector)
{
    map[vector / 32] |= 1u << (vector % 32);
}

static void clear_vector(uint32_t *map, int vector)
{
    map[vector / 32] &= ~(1u << (vector % 32));
}

static bool test_vector(const uint32_t *map, int vector)
{
    return map[vector / 32] >> (vector % 32) & 1;
}

/* The most urgent vector, or -1. */
static int highest_vector(const uint32_t *map)
{
    for (int i = 7; i >= 0; i--) {
        if (map[i]) {
            return i * 32 + 31 - clz32(map[i]);
        }
    }
    return -1;
}

/*** Priorities, section 11.8.3 ***/

static int processor_priority(APICState *s)
{
    int in_service = MAX(highest_vector(s->isr), 0) & 0xf0;

    return (s->tpr & 0xf0) >= in_service ? s->tpr : in_service;
}

static int arbitration_priority(APICState *s)
{
    int requested = MAX(highest_vector(s->irr), 0) & 0xf0;
    int in_service = MAX(highest_vector(s->isr), 0) & 0xf0;

    if ((s->tpr & 0xf0) >= requested && (s->tpr & 0xf0) > in_service) {
        return s->tpr;
    }
    return MAX(MAX(s->tpr & 0xf0, in_service), requested);
}

/* The vector that may interrupt the processor now, or -1. */
static int deliverable_vector(APICState *s)
{
    int vector = highest_vector(s->irr);

    if (!(s->spurious_vec & SPIV_ENABLE) || vector < 0 ||
        (vector & 0xf0) <= (processor_priority(s) & 0xf0)) {
        return -1;
    }
    return vector;
}

bool apic_accept_pic_intr(DeviceState *dev)
{
    APICState *s = APIC(dev);

    return !(s->apicbase & MSR_IA32_APICBASE_ENABLE) ||
           !(s->lvt[APIC_LVT_LINT0] & LVT_MASKED);
}

static void apic_update_irq(APICState *s)
{
    if (deliverable_vector(s) >= 0) {
        cpu_interrupt(s->cpu, APIC_CPU_HARD);
    } else if (!apic_accept_pic_intr(DEVICE(s)) || !isa_pic ||
               !pic_get_output(isa_pic)) {
        cpu_reset_interrupt(s->cpu, APIC_CPU_HARD);
    }
}

/* Interrupts that were not waiting already, since somebody last asked. */
static unsigned irqs_delivered;

void apic_reset_irq_delivered(void)
{
    irqs_delivered = 0;
}

bool apic_get_irq_delivered(void)
{
    return irqs_delivered != 0;
}

static void apic_set_irq(APICState *s, int vector, int trigger)
{
    irqs_delivered += !(s->irr[vector / 32] >> vector % 32 & 1);
    set_vector(s->irr, vector);
    if (trigger == TRIGGER_LEVEL) {
        set_vector(s->tmr, vector);
    } else {
        clear_vector(s->tmr, vector);
    }
    apic_update_irq(s);
}

int apic_get_interrupt(DeviceState *dev)
{
    APICState *s = APIC(dev);
    int vector = deliverable_vector(s);

    if (vector < 0) {
        return -1;
    }
    clear_vector(s->irr, vector);
    set_vector(s->isr, vector);
    apic_update_irq(s);
    return vector;
}

static void apic_eoi(APICState *s)
{
    int vector = highest_vector(s->isr);

    if (vector < 0) {
        return;
    }
    clear_vector(s->isr, vector);
    if (test_vector(s->tmr, vector) &&
        !(s->spurious_vec & SPIV_NO_EOI_BROADCAST)) {
        ioapic_eoi_broadcast(vector);
    }
    apic_update_irq(s);
}

/*** Messages ***/

typedef struct APICMessage {
    uint8_t dest;
    bool logical;
    uint8_t delivery;
    uint8_t vector;
    uint8_t trigger;
} APICMessage;

/* Section 11.6.2: physical id, flat model, cluster model. */
static bool is_addressed(APICState *s, const APICMessage *m)
{
    if (!m->logical) {
        return m->dest == 0xff || m->dest == s->id;
    }
    if (s->dest_mode == 0xf) {
        return m->dest & s->log_dest;
    }
    if (s->dest_mode == 0) {
        return (m->dest & 0xf0) == (s->log_dest & 0xf0) &&
               (m->dest & s->log_dest & 0x0f);
    }
    return false;
}

static void deliver_to(APICState *s, const APICMessage *m)
{
    switch (m->delivery) {
    case DM_FIXED:
    case DM_LOWEST:
        apic_set_irq(s, m->vector, m->trigger);
        break;
    case DM_SMI:
        cpu_interrupt(s->cpu, APIC_CPU_SMI);
        break;
    case DM_NMI:
        cpu_interrupt(s->cpu, APIC_CPU_NMI);
        break;
    case DM_INIT:
        cpu_interrupt(s->cpu, APIC_CPU_INIT);
        break;
    case DM_SIPI:
        s->sipi_vector = m->vector;
        cpu_interrupt(s->cpu, APIC_CPU_SIPI);
        break;
    default:
        /* External interrupts come by wire, 3 is reserved. */
        break;
    }
}

/*
 * Sends @m to those it addresses.  With a shorthand, @self is who sends, and
 * @to_self and @to_others say which the shorthand means.
 */
static void send_message(const APICMessage *m, APICState *self, bool to_self,
                         bool to_others)
{
    APICState *best = NULL;
    APICState *s;

    QLIST_FOREACH(s, &apics, next) {
        bool wanted = self ? (s == self ? to_self : to_others)
                           : is_addressed(s, m);

        if (!wanted) {
            continue;
        }
        if (m->delivery != DM_LOWEST) {
            deliver_to(s, m);
        } else if (!best ||
                   arbitration_priority(s) < arbitration_priority(best)) {
            best = s;
        }
    }
    if (best) {
        deliver_to(best, m);
    }
}

/* What a device, or the I/O APIC, wrote to the message addresses. */
static void receive_msi(hwaddr addr, uint32_t data)
{
    APICMessage m = {
        .dest = addr >> 12 & 0xff,
        .logical = addr >> 2 & 1,
        .vector = data & 0xff,
        .delivery = data >> 8 & 7,
        .trigger = data >> 15 & 1,
    };

    send_message(&m, NULL, false, false);
}

/* The command register was written: section 11.6.1. */
static void send_ipi(APICState *s)
{
    uint32_t low = s->icr[0];
    APICMessage m = {
        .dest = s->icr[1] >> 24,
        .logical = low >> ICR_LOGICAL_SHIFT & 1,
        .vector = low & 0xff,
        .delivery = low >> ICR_DELIVERY_SHIFT & 7,
        .trigger = low >> ICR_LEVEL_SHIFT & 1,
    };

    if (m.delivery == DM_INIT && m.trigger && !(low & ICR_ASSERT)) {
        APICState *other;

        /* Level de-assert only sets the arbitration ids. */
        QLIST_FOREACH(other, &apics, next) {
            other->arb_id = other->id;
        }
        return;
    }
    switch (low >> ICR_SHORTHAND_SHIFT & 3) {
    case 0:
        send_message(&m, NULL, false, false);
        break;
    case 1:
        send_message(&m, s, true, false);
        break;
    case 2:
        send_message(&m, s, true, true);
        break;
    case 3:
        send_message(&m, s, false, true);
        break;
    }
}

/*** Local interrupts, section 11.5 ***/

static void deliver_local(APICState *s, int source)
{
    uint32_t lvt = s->lvt[source];

    if (lvt & LVT_MASKED) {
        return;
    }
    switch (lvt >> LVT_DELIVERY_SHIFT & 7) {
    case DM_SMI:
        cpu_interrupt(s->cpu, APIC_CPU_SMI);
        break;
    case DM_NMI:
        cpu_interrupt(s->cpu, APIC_CPU_NMI);
        break;
    case DM_EXTINT:
        cpu_interrupt(s->cpu, APIC_CPU_HARD);
        break;
    case DM_FIXED:
        apic_set_irq(s, lvt & 0xff,
                     source == APIC_LVT_LINT0 && (lvt & LVT_LEVEL));
        break;
    }
}

void apic_deliver_pic_intr(DeviceState *dev, int level)
{
    APICState *s = APIC(dev);
    uint32_t lvt = s->lvt[APIC_LVT_LINT0];

    if (level) {
        deliver_local(s, APIC_LVT_LINT0);
        return;
    }
    switch (lvt >> LVT_DELIVERY_SHIFT & 7) {
    case DM_FIXED:
        if (lvt & LVT_LEVEL) {
            clear_vector(s->irr, lvt & 0xff);
            apic_update_irq(s);
        }
        break;
    case DM_EXTINT:
        apic_update_irq(s);
        break;
    }
}

/*** Timer, section 11.5.4: one tick of the bus clock is a nanosecond ***/

/* A guest must not make the host do nothing but expire timers. */
#define SHORTEST_PERIOD_NS 1000

/*
 * The counter stands, and there is no deadline: it is in an MSR, which no
 * processor writes here.
 */
static bool tsc_deadline_mode(APICState *s)
{
    return (s->lvt[APIC_LVT_TIMER] & LVT_TIMER_MODE) ==
           LVT_TIMER_TSC_DEADLINE;
}

static uint64_t timer_ticks(APICState *s, int64_t now)
{
    return (uint64_t)(now - s->initial_count_load_time) >> s->count_shift;
}

static uint32_t current_count(APICState *s)
{
    uint64_t ticks = timer_ticks(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    uint64_t period = (uint64_t)s->initial_count + 1;

    if (tsc_deadline_mode(s)) {
        return 0;
    }
    if (s->lvt[APIC_LVT_TIMER] & LVT_TIMER_PERIODIC) {
        return s->initial_count - ticks % period;
    }
    return ticks >= s->initial_count ? 0 : s->initial_count - ticks;
}

uint32_t apic_current_count(DeviceState *dev)
{
    return current_count(APIC(dev));
}

/* Arms the timer for the next expiry after @now, if there is one. */
static void apic_timer_update(APICState *s, int64_t now)
{
    uint64_t period = (uint64_t)s->initial_count + 1;
    uint64_t ticks = timer_ticks(s, now);
    bool periodic = s->lvt[APIC_LVT_TIMER] & LVT_TIMER_PERIODIC;

    s->timer_expiry = -1;
    if ((s->lvt[APIC_LVT_TIMER] & LVT_MASKED) || s->initial_count == 0 ||
        tsc_deadline_mode(s) || (!periodic && ticks >= s->initial_count)) {
        timer_del(s->timer);
        return;
    }
    ticks = periodic ? (ticks / period + 1) * period : period;
    s->next_time = s->initial_count_load_time + (ticks << s->count_shift);
    if (periodic) {
        s->next_time = MAX(s->next_time, now + SHORTEST_PERIOD_NS);
    }
    s->timer_expiry = s->next_time;
    timer_mod(s->timer, s->next_time);
}

static void apic_timer_expired(void *opaque)
{
    APICState *s = opaque;

    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    deliver_local(s, APIC_LVT_TIMER);
    /* It makes up for ticks, unless a stream moved the clock ages ahead. */
    apic_timer_update(s, s->next_time < now - NANOSECONDS_PER_SECOND
                         ? now : s->next_time);
}

static void set_divide(APICState *s, uint32_t val)
{
    unsigned v;

    s->divide_conf = val & 0xb;
    v = (s->divide_conf & 3) | (s->divide_conf >> 1 & 4);
    s->count_shift = (v + 1) & 7;
}

/*** Registers ***/

static uint32_t read_register(APICState *s, int index)
{
    switch (index) {
    case REG_ID:
        return (uint32_t)s->id << 24;
    case REG_VERSION:
        return s->version | (APIC_LVT_NB - 1) << APIC_VERSION_LVT_SHIFT;
    case REG_TPR:
        return s->tpr;
    case REG_APR:
        return arbitration_priority(s);
    case REG_PPR:
        return processor_priority(s);
    case REG_EOI:
        return 0;
    case REG_LDR:
        return (uint32_t)s->log_dest << 24;
    case REG_DFR:
        return (uint32_t)s->dest_mode << 28 | 0xfffffff;
    case REG_SPIV:
        return s->spurious_vec;
    case REG_ISR ... REG_ISR + 7:
        return s->isr[index & 7];
    case REG_TMR ... REG_TMR + 7:
        return s->tmr[index & 7];
    case REG_IRR ... REG_IRR + 7:
        return s->irr[index & 7];
    case REG_ESR:
        return s->esr;
    case REG_ICR_LOW:
    case REG_ICR_HIGH:
        return s->icr[index & 1];
    case REG_LVT ... REG_LVT + APIC_LVT_NB - 1:
        return s->lvt[index - REG_LVT];
    case REG_TIMER_INITIAL:
        return s->initial_count;
    case REG_TIMER_CURRENT:
        return current_count(s);
    case REG_TIMER_DIVIDE:
        return s->divide_conf;
    default:
        s->esr |= ESR_ILLEGAL_ADDRESS;
        return 0;
    }
}

static void write_lvt(APICState *s, int n, uint32_t val)
{
    s->lvt[n] = val;
    if (n == APIC_LVT_TIMER) {
        apic_timer_update(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    } else if (n == APIC_LVT_LINT0) {
        apic_update_irq(s);
    }
}

static void write_register(APICState *s, int index, uint32_t val)
{
    switch (index) {
    case REG_ID:
        s->id = val >> 24;
        break;
    case REG_TPR:
        s->tpr = val;
        apic_update_irq(s);
        break;
    case REG_EOI:
        apic_eoi(s);
        break;
    case REG_LDR:
        s->log_dest = val >> 24;
        break;
    case REG_DFR:
        s->dest_mode = val >> 28;
        break;
    case REG_SPIV:
        s->spurious_vec = val & SPIV_WMASK;
        apic_update_irq(s);
        break;
    case REG_ICR_LOW:
        s->icr[0] = val;
        send_ipi(s);
        break;
    case REG_ICR_HIGH:
        s->icr[1] = val;
        break;
    case REG_LVT ... REG_LVT + APIC_LVT_NB - 1:
        write_lvt(s, index - REG_LVT, val);
        break;
    case REG_TIMER_INITIAL:
        if (tsc_deadline_mode(s)) {
            break;
        }
        s->initial_count = val;
        s->initial_count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        apic_timer_update(s, s->initial_count_load_time);
        break;
    case REG_TIMER_DIVIDE:
        set_divide(s, val);
        apic_timer_update(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
        break;
    case REG_VERSION:
    case REG_APR:
    case REG_PPR:
    case REG_ISR ... REG_ISR + 7:
    case REG_TMR ... REG_TMR + 7:
    case REG_IRR ... REG_IRR + 7:
    case REG_ESR:
    case REG_TIMER_CURRENT:
        break;
    default:
        s->esr |= ESR_ILLEGAL_ADDRESS;
        break;
    }
}

/* Of the processor that accesses the page. */
static APICState *accessed_apic(void)
{
    CPUState *cpu = current_cpu ? current_cpu : first_cpu;
    APICState *s;

    QLIST_FOREACH(s, &apics, next) {
        if (s->cpu == cpu) {
            return s;
        }
    }
    return NULL;
}

static uint64_t apic_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    APICState *s = accessed_apic();

    if (size < 4 || !s || addr > 0xfff) {
        return 0;
    }
    return read_register(s, addr >> 4 & 0xff);
}

/*
 * Messages have the same addresses as the registers: what is above the page,
 * or at the register numbers that no APIC has, is a message.
 */
static void apic_mem_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    APICState *s;

    if (size < 4) {
        return;
    }
    if (addr > 0xfff || !(addr >> 4)) {
        receive_msi(addr, val);
        return;
    }
    s = accessed_apic();
    if (s) {
        write_register(s, addr >> 4 & 0xff, val);
    }
}

static const MemoryRegionOps apic_io_ops = {
    .read = apic_mem_read,
    .write = apic_mem_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 4,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/*** Reset ***/

void apic_init_reset(DeviceState *dev)
{
    APICState *s = APIC(dev);

    s->tpr = 0;
    s->spurious_vec = 0xff;
    s->log_dest = 0;
    s->dest_mode = 0xf;
    memset(s->isr, 0, sizeof(s->isr));
    memset(s->tmr, 0, sizeof(s->tmr));
    memset(s->irr, 0, sizeof(s->irr));
    for (int i = 0; i < APIC_LVT_NB; i++) {
        s->lvt[i] = LVT_MASKED;
    }
    s->esr = 0;
    memset(s->icr, 0, sizeof(s->icr));
    s->divide_conf = 0;
    s->count_shift = 0;
    s->initial_count = 0;
    s->initial_count_load_time = 0;
    s->next_time = 0;
    s->wait_for_sipi = !s->bsp;
    timer_del(s->timer);
    s->timer_expiry = -1;
}

static void apic_reset(DeviceState *dev)
{
    APICState *s = APIC(dev);

    s->apicbase = APIC_DEFAULT_ADDRESS | MSR_IA32_APICBASE_ENABLE |
                  (s->bsp ? MSR_IA32_APICBASE_BSP : 0);
    s->id = s->initial_apic_id;
    apic_init_reset(dev);
}

/*** Migration ***/

static int apic_pre_load(void *opaque)
{
    APICState *s = opaque;

    /* Streams of old lack these. */
    s->arb_id = 0;
    s->wait_for_sipi = 0;
    return 0;
}

static int apic_post_load(void *opaque, int version_id)
{
    APICState *s = opaque;

    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    if (s->count_shift < 0 || s->count_shift > 7) {
        error_report("apic: count_shift %d: out of range", s->count_shift);
        s->count_shift = 0;
        return -EINVAL;
    }
    /* Nothing was loaded in the future. */
    s->initial_count_load_time = MIN(s->initial_count_load_time, now);
    if (s->timer_expiry == -1) {
        timer_del(s->timer);
        return 0;
    }
    s->next_time = s->timer_expiry;
    if (s->timer_expiry < now - NANOSECONDS_PER_SECOND) {
        /* It makes up for ticks that it missed, but not for ages of them. */
        apic_timer_update(s, now);
    } else {
        timer_mod(s->timer, s->timer_expiry);
    }
    return 0;
}

static bool apic_sipi_needed(void *opaque)
{
    APICState *s = opaque;

    return s->wait_for_sipi != 0;
}

static const VMStateDescription vmstate_apic_sipi = {
    .name = "apic_sipi",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = apic_sipi_needed,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(sipi_vector, APICState),
        VMSTATE_INT32(wait_for_sipi, APICState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_apic = {
    .name = "apic",
    .version_id = 3,
    .minimum_version_id = 3,
    .pre_load = apic_pre_load,
    .post_load = apic_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(apicbase, APICState),
        VMSTATE_UINT8(id, APICState),
        VMSTATE_UINT8(arb_id, APICState),
        VMSTATE_UINT8(tpr, APICState),
        VMSTATE_UINT32(spurious_vec, APICState),
        VMSTATE_UINT8(log_dest, APICState),
        VMSTATE_UINT8(dest_mode, APICState),
        VMSTATE_UINT32_ARRAY(isr, APICState, 8),
        VMSTATE_UINT32_ARRAY(tmr, APICState, 8),
        VMSTATE_UINT32_ARRAY(irr, APICState, 8),
        VMSTATE_UINT32_ARRAY(lvt, APICState, APIC_LVT_NB),
        VMSTATE_UINT32(esr, APICState),
        VMSTATE_UINT32_ARRAY(icr, APICState, 2),
        VMSTATE_UINT32(divide_conf, APICState),
        VMSTATE_INT32(count_shift, APICState),
        VMSTATE_UINT32(initial_count, APICState),
        VMSTATE_INT64(initial_count_load_time, APICState),
        VMSTATE_INT64(next_time, APICState),
        VMSTATE_INT64(timer_expiry, APICState),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_apic_sipi,
        NULL
    },
};

/*** Type ***/

static void apic_realize(DeviceState *dev, Error **errp)
{
    APICState *s = APIC(dev);

    if (s->initial_apic_id >= 0xff) {
        error_setg(errp, "APIC id %u needs x2APIC, which is not modelled",
                   s->initial_apic_id);
        return;
    }
    if (!s->cpu) {
        error_setg(errp, "an APIC needs its processor");
        return;
    }
    s->bsp = s->cpu->cpu_index == 0;
    memory_region_init_io(&s->io_memory, OBJECT(s), &apic_io_ops, s,
                          "apic-msi", APIC_SPACE_SIZE);
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, apic_timer_expired, s);
    QLIST_INSERT_HEAD(&apics, s, next);
    /* Messages are heard: devices may offer MSI. */
    msi_nonbroken = true;
    vmstate_register_with_alias_id(NULL, s->initial_apic_id, &vmstate_apic, s,
                                   -1, 0, NULL);
}

static void apic_unrealize(DeviceState *dev)
{
    APICState *s = APIC(dev);

    vmstate_unregister(NULL, &vmstate_apic, s);
    QLIST_REMOVE(s, next);
    timer_free(s->timer);
}

static Property apic_properties[] = {
    DEFINE_PROP_UINT32("id", APICState, initial_apic_id, -1),
    DEFINE_PROP_UINT8("version", APICState, version, APIC_VERSION),
    DEFINE_PROP_END_OF_LIST(),
};

static void apic_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = apic_realize;
    dc->unrealize = apic_unrealize;
    dc->reset = apic_reset;
    device_class_set_props(dc, apic_properties);
    /* Comes with its processor. */
    dc->user_creatable = false;
}

static const TypeInfo apic_info = {
    .name = TYPE_APIC,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(APICState),
    .class_init = apic_class_init,
};

static void apic_register_types(void)
{
    type_register_static(&apic_info);
}

type_init(apic_register_types)
