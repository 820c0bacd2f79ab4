/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 8259A programmable interrupt controller.
 *
 * Intel 8259A data sheet (231468-003): initialization words ICW1 to ICW4,
 * operation words OCW1 to OCW3.  PCs have two, the second on line 2 of the
 * first, and for each a register (ELCR) that makes lines level-triggered one
 * by one: ICH9 data sheet section 13.4.10.
 *
 * The 8080 mode of the chip is not modelled, nor the level mode for all lines
 * that ICW1 can select.
 */
#include "qemu/osdep.h"
#include "hw/intc/i8259.h"
#include "hw/intc/intc.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

#define ICW1 0x10
#define ICW1_IC4 0x01
#define ICW1_SINGLE 0x02
#define ICW4_AEOI 0x02
#define ICW4_SFNM 0x10

#define OCW3 0x08
#define OCW3_RIS 0x01           /* read the in-service register */
#define OCW3_RR 0x02
#define OCW3_POLL 0x04
#define OCW3_SMM 0x20
#define OCW3_ESMM 0x40

/* The top three bits of OCW2: rotate, specific, end of interrupt. */
enum {
    OCW2_ROTATE_AEOI_CLEAR = 0,
    OCW2_EOI = 1,
    OCW2_NOP = 2,
    OCW2_SPECIFIC_EOI = 3,
    OCW2_ROTATE_AEOI_SET = 4,
    OCW2_ROTATE_EOI = 5,
    OCW2_SET_PRIORITY = 6,
    OCW2_ROTATE_SPECIFIC_EOI = 7,
};

#define CASCADE_LINE 2
#define SPURIOUS_LINE 7
#define NO_LINE 8

DeviceState *isa_pic;

/*** Priorities ***/

/* How far from the top the first line of @mask is; NO_LINE for none. */
static int first_rank(PICState *s, uint8_t mask)
{
    uint8_t rotated = mask >> s->priority_add |
                      mask << (8 - s->priority_add);

    return rotated ? __builtin_ctz(rotated) : NO_LINE;
}

static int line_of_rank(PICState *s, int rank)
{
    return (rank + s->priority_add) & 7;
}

/* The line to interrupt for, or -1. */
static int pending_line(PICState *s)
{
    int rank = first_rank(s, s->irr & ~s->imr);
    uint8_t in_service = s->isr;

    if (rank == NO_LINE) {
        return -1;
    }
    if (s->special_mask) {
        in_service &= ~s->imr;
    }
    /* A slave's line lets its more urgent requests through. */
    if (s->special_fully_nested_mode && s->master) {
        in_service &= ~(1 << CASCADE_LINE);
    }
    return rank < first_rank(s, in_service) ? line_of_rank(s, rank) : -1;
}

static void pic_update_irq(PICState *s)
{
    qemu_set_irq(s->int_out, pending_line(s) >= 0);
}

static void count_rising(PICState *s, int irq, int level)
{
    uint8_t mask = 1 << irq;

    if (!level) {
        s->counted_levels &= ~mask;
    } else if (!(s->counted_levels & mask)) {
        s->counted_levels |= mask;
        if (s->master) {
            s->counts[irq]++;
        } else if (isa_pic) {
            I8259(isa_pic)->counts[irq + 8]++;
        }
    }
}

static void pic_set_irq(void *opaque, int irq, int level)
{
    PICState *s = opaque;
    uint8_t mask = 1 << irq;

    count_rising(s, irq, level);
    if (s->elcr & mask) {
        s->irr = level ? s->irr | mask : s->irr & ~mask;
    } else if (level && !(s->last_irr & mask)) {
        s->irr |= mask;
    }
    s->last_irr = level ? s->last_irr | mask : s->last_irr & ~mask;
    pic_update_irq(s);
}

/*** Acknowledgement ***/

static void pic_intack(PICState *s, int irq)
{
    if (!s->auto_eoi) {
        s->isr |= 1 << irq;
    } else if (s->rotate_on_auto_eoi) {
        s->priority_add = (irq + 1) & 7;
    }
    /* A level stays pending for as long as it lasts. */
    if (!(s->elcr & (1 << irq))) {
        s->irr &= ~(1 << irq);
    }
    pic_update_irq(s);
}

/* A request that vanished before it was acknowledged shows as line 7. */
static int acknowledge(PICState *s)
{
    int irq = pending_line(s);

    if (irq < 0) {
        return SPURIOUS_LINE;
    }
    pic_intack(s, irq);
    return irq;
}

int pic_read_irq(DeviceState *d)
{
    PICState *s = I8259(d);
    int irq = pending_line(s);

    if (irq == CASCADE_LINE && s->slave) {
        int vector = s->slave->irq_base + acknowledge(s->slave);

        pic_intack(s, irq);
        return vector;
    }
    return s->irq_base + acknowledge(s);
}

int pic_get_output(DeviceState *d)
{
    return pending_line(I8259(d)) >= 0;
}

void i8259_cascade(PICState *master, PICState *slave)
{
    master->slave = slave;
    qdev_connect_gpio_out(DEVICE(slave), 0,
                          qdev_get_gpio_in(DEVICE(master), CASCADE_LINE));
}

/*** Registers ***/

/* ICW1 clears all but the trigger modes; levels are still there. */
static void pic_init_reset(PICState *s)
{
    s->last_irr = 0;
    s->irr &= s->elcr;
    s->imr = 0;
    s->isr = 0;
    s->priority_add = 0;
    s->irq_base = 0;
    s->read_reg_select = 0;
    s->poll = 0;
    s->special_mask = 0;
    s->init_state = 0;
    s->auto_eoi = 0;
    s->rotate_on_auto_eoi = 0;
    s->special_fully_nested_mode = 0;
    s->init4 = 0;
    s->single_mode = 0;
    pic_update_irq(s);
}

static void pic_write_ocw2(PICState *s, uint8_t val)
{
    int rank;

    switch (val >> 5) {
    case OCW2_ROTATE_AEOI_CLEAR:
    case OCW2_ROTATE_AEOI_SET:
        s->rotate_on_auto_eoi = val >> 7;
        return;
    case OCW2_EOI:
    case OCW2_ROTATE_EOI:
        rank = first_rank(s, s->isr);
        if (rank == NO_LINE) {
            return;
        }
        s->isr &= ~(1 << line_of_rank(s, rank));
        if (val >> 5 == OCW2_ROTATE_EOI) {
            s->priority_add = (line_of_rank(s, rank) + 1) & 7;
        }
        break;
    case OCW2_SPECIFIC_EOI:
        s->isr &= ~(1 << (val & 7));
        break;
    case OCW2_SET_PRIORITY:
        s->priority_add = (val + 1) & 7;
        break;
    case OCW2_ROTATE_SPECIFIC_EOI:
        s->isr &= ~(1 << (val & 7));
        s->priority_add = ((val & 7) + 1) & 7;
        break;
    default:
        return;
    }
    pic_update_irq(s);
}

static void pic_write_command(PICState *s, uint8_t val)
{
    if (val & ICW1) {
        pic_init_reset(s);
        s->init_state = 1;
        s->init4 = val & ICW1_IC4;
        s->single_mode = val & ICW1_SINGLE;
    } else if (val & OCW3) {
        if (val & OCW3_POLL) {
            s->poll = 1;
        }
        if (val & OCW3_RR) {
            s->read_reg_select = val & OCW3_RIS;
        }
        if (val & OCW3_ESMM) {
            s->special_mask = !!(val & OCW3_SMM);
        }
    } else {
        pic_write_ocw2(s, val);
    }
}

static void pic_write_data(PICState *s, uint8_t val)
{
    switch (s->init_state) {
    case 0:
        s->imr = val;
        pic_update_irq(s);
        break;
    case 1:
        s->irq_base = val & 0xf8;
        s->init_state = s->single_mode ? (s->init4 ? 3 : 0) : 2;
        break;
    case 2:
        /* Who is on which line is how PCs are wired. */
        s->init_state = s->init4 ? 3 : 0;
        break;
    default:
        s->special_fully_nested_mode = !!(val & ICW4_SFNM);
        s->auto_eoi = !!(val & ICW4_AEOI);
        s->init_state = 0;
        break;
    }
}

static void pic_ioport_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    if (addr == 0) {
        pic_write_command(opaque, val);
    } else {
        pic_write_data(opaque, val);
    }
}

/* Polling acknowledges without the processor's cycle. */
static uint8_t pic_poll(PICState *s)
{
    int irq = pending_line(s);

    s->poll = 0;
    if (irq < 0) {
        return 0;
    }
    pic_intack(s, irq);
    return irq | 0x80;
}

static uint64_t pic_ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    PICState *s = opaque;

    if (s->poll) {
        return pic_poll(s);
    }
    if (addr == 0) {
        return s->read_reg_select ? s->isr : s->irr;
    }
    return s->imr;
}

static const MemoryRegionOps pic_base_ops = {
    .read = pic_ioport_read,
    .write = pic_ioport_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

static void elcr_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    PICState *s = opaque;

    s->elcr = val & s->elcr_mask;
}

static uint64_t elcr_read(void *opaque, hwaddr addr, unsigned size)
{
    PICState *s = opaque;

    return s->elcr;
}

static const MemoryRegionOps pic_elcr_ops = {
    .read = elcr_read,
    .write = elcr_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

/*** Observation ***/

static bool pic_get_statistics(InterruptStatsProvider *obj,
                               uint64_t **irq_counts, unsigned *nb_irqs)
{
    PICState *s = I8259(obj);

    if (!s->master) {
        return false;
    }
    *irq_counts = s->counts;
    *nb_irqs = ARRAY_SIZE(s->counts);
    return true;
}

static void pic_print_info(InterruptStatsProvider *obj, Monitor *mon)
{
    PICState *s = I8259(obj);

    monitor_printf(mon, "pic%d: irr=%02x imr=%02x isr=%02x hprio=%d "
                   "irq_base=%02x rr_sel=%d elcr=%02x fnm=%d\n",
                   s->master ? 0 : 1, s->irr, s->imr, s->isr,
                   s->priority_add, s->irq_base, s->read_reg_select, s->elcr,
                   s->special_fully_nested_mode);
}

/*** Type ***/

static void pic_reset(DeviceState *dev)
{
    PICState *s = I8259(dev);

    s->elcr = 0;
    pic_init_reset(s);
}

static int pic_post_load(void *opaque, int version_id)
{
    PICState *s = opaque;

    if (s->priority_add > 7 || s->init_state > 3 || (s->irq_base & 7)) {
        error_report("i8259: priority_add %u, init_state %u, irq_base 0x%x: "
                     "out of range", s->priority_add, s->init_state,
                     s->irq_base);
        /* Lines still change before the program ends. */
        s->priority_add &= 7;
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_pic = {
    .name = "i8259",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pic_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(last_irr, PICState),
        VMSTATE_UINT8(irr, PICState),
        VMSTATE_UINT8(imr, PICState),
        VMSTATE_UINT8(isr, PICState),
        VMSTATE_UINT8(priority_add, PICState),
        VMSTATE_UINT8(irq_base, PICState),
        VMSTATE_UINT8(read_reg_select, PICState),
        VMSTATE_UINT8(poll, PICState),
        VMSTATE_UINT8(special_mask, PICState),
        VMSTATE_UINT8(init_state, PICState),
        VMSTATE_UINT8(auto_eoi, PICState),
        VMSTATE_UINT8(rotate_on_auto_eoi, PICState),
        VMSTATE_UINT8(special_fully_nested_mode, PICState),
        VMSTATE_UINT8(init4, PICState),
        VMSTATE_UINT8(single_mode, PICState),
        VMSTATE_UINT8(elcr, PICState),
        VMSTATE_END_OF_LIST()
    },
};

static void pic_realize(DeviceState *dev, Error **errp)
{
    PICState *s = I8259(dev);

    memory_region_init_io(&s->base_io, OBJECT(s), &pic_base_ops, s, "pic", 2);
    memory_region_init_io(&s->elcr_io, OBJECT(s), &pic_elcr_ops, s, "elcr",
                          1);
    isa_register_ioport(NULL, &s->base_io, s->iobase);
    if (s->elcr_addr != -1) {
        isa_register_ioport(NULL, &s->elcr_io, s->elcr_addr);
    }
    qdev_init_gpio_out(dev, &s->int_out, 1);
    qdev_init_gpio_in(dev, pic_set_irq, 8);
    qdev_set_legacy_instance_id(dev, s->iobase, 1);
    if (s->master) {
        isa_pic = dev;
    }
}

static Property pic_properties[] = {
    DEFINE_PROP_UINT32("iobase", PICState, iobase, -1),
    DEFINE_PROP_UINT32("elcr_addr", PICState, elcr_addr, -1),
    DEFINE_PROP_UINT8("elcr_mask", PICState, elcr_mask, -1),
    DEFINE_PROP_BOOL("master", PICState, master, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void pic_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(klass);

    dc->realize = pic_realize;
    dc->reset = pic_reset;
    dc->vmsd = &vmstate_pic;
    device_class_set_props(dc, pic_properties);
    /* The board connects the lines. */
    dc->user_creatable = false;
    ic->get_statistics = pic_get_statistics;
    ic->print_info = pic_print_info;
}

static const TypeInfo pic_info = {
    .name = TYPE_I8259,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(PICState),
    .class_init = pic_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_INTERRUPT_STATS_PROVIDER },
        { }
    },
};

static void pic_register_types(void)
{
    type_register_static(&pic_info);
}

type_init(pic_register_types)
