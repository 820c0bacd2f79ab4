/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fork of one signal line. */
#include "qemu/osdep.h"
#include "hw/core/split-irq.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"

static void set_input(void *opaque, int n, int level)
{
    SplitIRQ *s = opaque;
    int i;

    for (i = 0; i < s->num_lines; i++) {
        qemu_set_irq(s->out_irq[i], level);
    }
}

static void split_irq_realize(DeviceState *dev, Error **errp)
{
    SplitIRQ *s = SPLIT_IRQ(dev);

    if (!s->num_lines || s->num_lines > MAX_SPLIT_LINES) {
        error_setg(errp, "'num-lines' must be from 1 to %d",
                   MAX_SPLIT_LINES);
        return;
    }
    qdev_init_gpio_out(dev, s->out_irq, s->num_lines);
}

static void split_irq_init(Object *obj)
{
    qdev_init_gpio_in(DEVICE(obj), set_input, 1);
}

static Property split_irq_properties[] = {
    DEFINE_PROP_UINT16("num-lines", SplitIRQ, num_lines, 1),
    DEFINE_PROP_END_OF_LIST(),
};

static void split_irq_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    /* The fork keeps no state, so it has no reset and no VMState. */
    dc->realize = split_irq_realize;
    dc->user_creatable = false;
    device_class_set_props(dc, split_irq_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo split_irq_types[] = {
    {
        .name = TYPE_SPLIT_IRQ,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(SplitIRQ),
        .instance_init = split_irq_init,
        .class_init = split_irq_class_init,
    },
};

DEFINE_TYPES(split_irq_types)
