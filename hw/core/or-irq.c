/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gate that joins signal lines. */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/or-irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

static void update_output(OrIRQState *s)
{
    int level = 0;
    int i;

    for (i = 0; i < s->num_lines; i++) {
        level |= s->levels[i];
    }
    qemu_set_irq(s->out_irq, level);
}

static void set_input(void *opaque, int n, int level)
{
    OrIRQState *s = opaque;

    s->levels[n] = level;
    update_output(s);
}

static void or_irq_reset(DeviceState *dev)
{
    OrIRQState *s = OR_IRQ(dev);

    /* The inputs will be driven again by whoever feeds them. */
    memset(s->levels, 0, sizeof(s->levels));
}

static void or_irq_realize(DeviceState *dev, Error **errp)
{
    OrIRQState *s = OR_IRQ(dev);

    if (!s->num_lines || s->num_lines > MAX_OR_LINES) {
        error_setg(errp, "'num-lines' must be from 1 to %d", MAX_OR_LINES);
        return;
    }
    qdev_init_gpio_in(dev, set_input, s->num_lines);
}

static void or_irq_init(Object *obj)
{
    OrIRQState *s = OR_IRQ(obj);

    qdev_init_gpio_out(DEVICE(obj), &s->out_irq, 1);
}

/*
 * The first format has 16 levels; wider gates add the whole array as a
 * subsection.
 */
#define OLD_MAX_OR_LINES 16

static bool is_wide(void *opaque)
{
    return OR_IRQ(opaque)->num_lines >= OLD_MAX_OR_LINES;
}

static const VMStateDescription vmstate_or_irq_extras = {
    .name = "or-irq-extras",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = is_wide,
    .fields = (VMStateField[]) {
        VMSTATE_VARRAY_UINT16_UNSAFE(levels, OrIRQState, num_lines, 0,
                                     vmstate_info_bool, bool),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_or_irq = {
    .name = TYPE_OR_IRQ,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL_SUB_ARRAY(levels, OrIRQState, 0, OLD_MAX_OR_LINES),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_or_irq_extras,
        NULL
    },
};

static Property or_irq_properties[] = {
    DEFINE_PROP_UINT16("num-lines", OrIRQState, num_lines, 1),
    DEFINE_PROP_END_OF_LIST(),
};

static void or_irq_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->reset = or_irq_reset;
    dc->realize = or_irq_realize;
    dc->vmsd = &vmstate_or_irq;
    /* Only a board can wire it. */
    dc->user_creatable = false;
    device_class_set_props(dc, or_irq_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo or_irq_types[] = {
    {
        .name = TYPE_OR_IRQ,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(OrIRQState),
        .instance_init = or_irq_init,
        .class_init = or_irq_class_init,
    },
};

DEFINE_TYPES(or_irq_types)
