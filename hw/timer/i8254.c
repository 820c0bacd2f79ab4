/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 8254 programmable interval timer: Intel data sheet 231164-005.
 *
 * A counter is not stepped; its value and its output follow from the time
 * since the count was loaded.  Only channel 0's output is watched, by a timer
 * for its next change.  Counting in BCD is not modelled.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/timer/i8254.h"
#include "migration/vmstate.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"

/* Which byte comes next; WORD0 and WORD1 when two do. */
enum {
    RW_STATE_LSB = 1,
    RW_STATE_MSB = 2,
    RW_STATE_WORD0 = 3,
    RW_STATE_WORD1 = 4,
};

#define CONTROL_READ_BACK 3
#define READ_BACK_NO_COUNT 0x20
#define READ_BACK_NO_STATUS 0x10

/*** The counter as a function of time ***/

/* Bit 2 of modes 2 and 3 is not decoded. */
static int effective_mode(const PITChannel *c)
{
    return c->mode > 5 ? c->mode - 4 : c->mode;
}

static uint64_t ticks_at(const PITChannel *c, int64_t now)
{
    return muldiv64(now - c->count_load_time, PIT_FREQ,
                    NANOSECONDS_PER_SECOND);
}

static int current_count(const PITChannel *c)
{
    uint64_t d = ticks_at(c, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));

    switch (effective_mode(c)) {
    case 2:
        return c->count - d % c->count;
    case 3:
        /* By two, so that the output changes after half the period. */
        return c->count - 2 * d % c->count;
    default:
        return (c->count - d) & 0xffff;
    }
}

/*
 * The output.  In mode 2 the pulse of one tick is positive here: what counts
 * for the interrupt is one rising edge a period.
 */
static int output_at(const PITChannel *c, int64_t now)
{
    uint64_t d = ticks_at(c, now);

    switch (effective_mode(c)) {
    case 0:
        return d >= c->count;
    case 1:
        return d < c->count;
    case 2:
        return d % c->count == 0 && d != 0;
    case 3:
        return d % c->count < (c->count + 1) / 2;
    default:
        return d == c->count;
    }
}

/* When the output changes next, or -1. */
static int64_t next_transition(const PITChannel *c, int64_t now)
{
    uint64_t d = ticks_at(c, now);
    uint64_t period_start = d / c->count * c->count;
    uint64_t next;
    int64_t time;

    switch (effective_mode(c)) {
    case 0:
    case 1:
        if (d >= c->count) {
            return -1;
        }
        next = c->count;
        break;
    case 2:
        next = d == period_start && d != 0 ? d + 1 : period_start + c->count;
        break;
    case 3:
        next = period_start + (c->count + 1) / 2;
        if (d >= next) {
            next = period_start + c->count;
        }
        break;
    default:
        if (d > c->count) {
            return -1;
        }
        next = d < c->count ? c->count : c->count + 1;
        break;
    }
    /* The first nanosecond at which the tick has come. */
    time = c->count_load_time + muldiv64(next, NANOSECONDS_PER_SECOND,
                                         PIT_FREQ);
    return ticks_at(c, time) < next ? time + 1 : time;
}

static void update_irq(PITChannel *c, int64_t now)
{
    if (!c->irq_timer || c->irq_disabled) {
        return;
    }
    qemu_set_irq(c->irq, output_at(c, now));
    c->next_transition_time = next_transition(c, now);
    if (c->next_transition_time != -1) {
        timer_mod(c->irq_timer, c->next_transition_time);
    } else {
        timer_del(c->irq_timer);
    }
}

static void irq_timer_expired(void *opaque)
{
    PITChannel *c = opaque;
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    /* It makes up for ticks, unless a stream moved the clock ages ahead. */
    if (c->next_transition_time < now - NANOSECONDS_PER_SECOND) {
        update_irq(c, now);
    } else {
        update_irq(c, c->next_transition_time);
    }
}

/*** Registers ***/

static void load_count(PITChannel *c, int value)
{
    c->count = value ? value : 0x10000;
    c->count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    update_irq(c, c->count_load_time);
}

/* A second latch before the first was read does nothing. */
static void latch_count(PITChannel *c)
{
    if (!c->count_latched) {
        c->latched_count = current_count(c);
        c->count_latched = c->rw_mode;
    }
}

static void latch_status(PITChannel *c)
{
    if (!c->status_latched) {
        int out = output_at(c, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));

        c->status = out << 7 | c->rw_mode << 4 | c->mode << 1 | c->bcd;
        c->status_latched = 1;
    }
}

static void write_control(PITState *s, uint8_t val)
{
    int channel = val >> 6;
    int access = val >> 4 & 3;
    PITChannel *c;

    if (channel == CONTROL_READ_BACK) {
        for (int i = 0; i < 3; i++) {
            if (!(val & 2 << i)) {
                continue;
            }
            if (!(val & READ_BACK_NO_COUNT)) {
                latch_count(&s->channels[i]);
            }
            if (!(val & READ_BACK_NO_STATUS)) {
                latch_status(&s->channels[i]);
            }
        }
        return;
    }
    c = &s->channels[channel];
    if (access == 0) {
        latch_count(c);
        return;
    }
    c->rw_mode = access;
    c->read_state = access;
    c->write_state = access;
    c->mode = val >> 1 & 7;
    c->bcd = val & 1;
}

static void write_count(PITChannel *c, uint8_t val)
{
    switch (c->write_state) {
    case RW_STATE_MSB:
        load_count(c, val << 8);
        break;
    case RW_STATE_WORD0:
        c->write_latch = val;
        c->write_state = RW_STATE_WORD1;
        break;
    case RW_STATE_WORD1:
        load_count(c, c->write_latch | val << 8);
        c->write_state = RW_STATE_WORD0;
        break;
    default:
        load_count(c, val);
        break;
    }
}

static void pit_ioport_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    PITState *s = opaque;

    if (addr == 3) {
        write_control(s, val);
    } else {
        write_count(&s->channels[addr & 3], val);
    }
}

/* The next byte of @count as *@state says, which moves on. */
static uint8_t next_byte(int count, uint8_t *state, uint8_t after_low,
                         uint8_t at_end)
{
    switch (*state) {
    case RW_STATE_MSB:
    case RW_STATE_WORD1:
        *state = at_end;
        return count >> 8;
    case RW_STATE_WORD0:
        *state = after_low;
        return count;
    default:
        *state = at_end;
        return count;
    }
}

static uint64_t pit_ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    PITState *s = opaque;
    PITChannel *c;

    if (addr == 3) {
        return 0;               /* the control word cannot be read */
    }
    c = &s->channels[addr & 3];
    if (c->status_latched) {
        c->status_latched = 0;
        return c->status;
    }
    if (c->count_latched) {
        return next_byte(c->latched_count, &c->count_latched, RW_STATE_MSB,
                         0);
    }
    return next_byte(current_count(c), &c->read_state, RW_STATE_WORD1,
                     c->read_state == RW_STATE_WORD1 ? RW_STATE_WORD0
                                                     : c->read_state);
}

static const MemoryRegionOps pit_ioport_ops = {
    .read = pit_ioport_read,
    .write = pit_ioport_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** The other chips ***/

/* A rising gate starts the count anew, except where it only permits it. */
void pit_set_gate(ISADevice *dev, int channel, int val)
{
    PITChannel *c = &I8254(dev)->channels[channel];
    int mode = effective_mode(c);

    if (mode != 0 && mode != 4 && c->gate < val) {
        c->count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        update_irq(c, c->count_load_time);
    }
    c->gate = val;
}

void pit_get_channel_info(ISADevice *dev, int channel, PITChannelInfo *info)
{
    PITChannel *c = &I8254(dev)->channels[channel];

    info->gate = c->gate;
    info->mode = c->mode;
    info->initial_count = c->count;
    info->out = output_at(c, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

/* The HPET takes and gives back the interrupt line of channel 0. */
static void pit_irq_control(void *opaque, int n, int enable)
{
    PITChannel *c = &I8254(opaque)->channels[0];

    c->irq_disabled = !enable;
    if (enable) {
        update_irq(c, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    } else {
        timer_del(c->irq_timer);
    }
}

/*** State ***/

static void pit_reset(DeviceState *dev)
{
    PITState *s = I8254(dev);

    for (int i = 0; i < 3; i++) {
        PITChannel *c = &s->channels[i];

        c->mode = 3;
        c->gate = i != 2;
        c->count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        c->count = 0x10000;
        if (i == 0 && !c->irq_disabled) {
            c->next_transition_time = next_transition(c, c->count_load_time);
            timer_mod(c->irq_timer, c->next_transition_time);
        }
    }
}

static int pit_post_load(void *opaque, int version_id)
{
    PITState *s = opaque;
    PITChannel *c = &s->channels[0];
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    for (int i = 0; i < 3; i++) {
        PITChannel *each = &s->channels[i];

        if (each->count <= 0 || each->count > 0x10000 || each->mode > 7) {
            error_report("i8254: channel %d: count %d in mode %u: out of "
                         "range", i, each->count, each->mode);
            each->count = 0x10000;
            return -EINVAL;
        }
        /* Nothing was loaded in the future. */
        each->count_load_time = MIN(each->count_load_time, now);
    }
    /* A timer makes up for ticks that it missed, but not for ages of them. */
    if (c->next_transition_time < now - NANOSECONDS_PER_SECOND &&
        c->next_transition_time != -1) {
        c->next_transition_time = next_transition(c, now);
    }
    if (c->next_transition_time != -1 && !c->irq_disabled) {
        timer_mod(c->irq_timer, c->next_transition_time);
    } else {
        timer_del(c->irq_timer);
    }
    return 0;
}

static const VMStateDescription vmstate_pit_channel = {
    .name = "pit channel",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(count, PITChannel),
        VMSTATE_UINT16(latched_count, PITChannel),
        VMSTATE_UINT8(count_latched, PITChannel),
        VMSTATE_UINT8(status_latched, PITChannel),
        VMSTATE_UINT8(status, PITChannel),
        VMSTATE_UINT8(read_state, PITChannel),
        VMSTATE_UINT8(write_state, PITChannel),
        VMSTATE_UINT8(write_latch, PITChannel),
        VMSTATE_UINT8(rw_mode, PITChannel),
        VMSTATE_UINT8(mode, PITChannel),
        VMSTATE_UINT8(bcd, PITChannel),
        VMSTATE_UINT8(gate, PITChannel),
        VMSTATE_INT64(count_load_time, PITChannel),
        VMSTATE_INT64(next_transition_time, PITChannel),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_pit = {
    .name = "i8254",
    .version_id = 3,
    .minimum_version_id = 2,
    .post_load = pit_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32_V(channels[0].irq_disabled, PITState, 3),
        VMSTATE_STRUCT_ARRAY(channels, PITState, 3, 2, vmstate_pit_channel,
                             PITChannel),
        VMSTATE_INT64(channels[0].next_transition_time, PITState),
        VMSTATE_END_OF_LIST()
    },
};

/*** Type ***/

static void pit_realize(DeviceState *dev, Error **errp)
{
    PITState *s = I8254(dev);
    PITChannel *c = &s->channels[0];

    /* Whoever is reset first may ask already. */
    for (int i = 0; i < 3; i++) {
        s->channels[i].count = 0x10000;
        s->channels[i].mode = 3;
    }
    c->irq_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, irq_timer_expired, c);
    qdev_init_gpio_out(dev, &c->irq, 1);
    qdev_init_gpio_in(dev, pit_irq_control, 1);
    memory_region_init_io(&s->ioports, OBJECT(s), &pit_ioport_ops, s, "pit",
                          4);
    isa_register_ioport(ISA_DEVICE(dev), &s->ioports, s->iobase);
    qdev_set_legacy_instance_id(dev, s->iobase, 2);
}

static Property pit_properties[] = {
    DEFINE_PROP_UINT32("iobase", PITState, iobase, 0x40),
    DEFINE_PROP_END_OF_LIST(),
};

static void pit_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = pit_realize;
    dc->reset = pit_reset;
    dc->vmsd = &vmstate_pit;
    device_class_set_props(dc, pit_properties);
    /* The board connects the line, and who takes it away. */
    dc->user_creatable = false;
}

static const TypeInfo pit_info = {
    .name = TYPE_I8254,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(PITState),
    .class_init = pit_class_init,
};

static void pit_register_types(void)
{
    type_register_static(&pit_info);
}

type_init(pit_register_types)
