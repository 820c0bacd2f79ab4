/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clock inputs and outputs of devices: children that a name finds. */
#include "qemu/osdep.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-core.h"

static NamedClockList *add_entry(DeviceState *dev, const char *name,
                                 bool output, Clock *clk)
{
    NamedClockList *ncl = g_new0(NamedClockList, 1);

    ncl->name = g_strdup(name);
    ncl->output = output;
    ncl->alias = clk != NULL;
    ncl->clock = clk ? clk : CLOCK(object_new(TYPE_CLOCK));
    QLIST_INSERT_HEAD(&dev->clocks, ncl, node);
    return ncl;
}

static Clock *init_clock(DeviceState *dev, const char *name, bool output)
{
    NamedClockList *ncl = add_entry(dev, name, output, NULL);

    object_property_add_child(OBJECT(dev), name, OBJECT(ncl->clock));
    object_unref(OBJECT(ncl->clock));
    /* The list has a reference of its own: the child goes before it. */
    object_ref(OBJECT(ncl->clock));
    return ncl->clock;
}

Clock *qdev_init_clock_out(DeviceState *dev, const char *name)
{
    return init_clock(dev, name, true);
}

Clock *qdev_init_clock_in(DeviceState *dev, const char *name,
                          ClockCallback *callback, void *opaque,
                          unsigned int events)
{
    Clock *clk = init_clock(dev, name, false);

    if (callback) {
        clock_set_callback(clk, callback, opaque, events);
    }
    return clk;
}

void qdev_init_clocks(DeviceState *dev, const ClockPortInitArray clocks)
{
    const struct ClockPortInitElem *elem;

    for (elem = clocks; elem->name; elem++) {
        Clock **field = (Clock **)((char *)dev + elem->offset);

        *field = elem->is_output ?
            qdev_init_clock_out(dev, elem->name) :
            qdev_init_clock_in(dev, elem->name, elem->callback, dev,
                               elem->callback_events);
    }
}

static NamedClockList *find_entry(DeviceState *dev, const char *name)
{
    NamedClockList *ncl;

    QLIST_FOREACH(ncl, &dev->clocks, node) {
        if (strcmp(ncl->name, name) == 0) {
            return ncl;
        }
    }
    return NULL;
}

Clock *qdev_get_clock_in(DeviceState *dev, const char *name)
{
    NamedClockList *ncl = find_entry(dev, name);

    assert(ncl && !ncl->output);
    return ncl->clock;
}

Clock *qdev_get_clock_out(DeviceState *dev, const char *name)
{
    NamedClockList *ncl = find_entry(dev, name);

    assert(ncl && ncl->output);
    return ncl->clock;
}

void qdev_connect_clock_in(DeviceState *dev, const char *name, Clock *source)
{
    assert(!dev->realized);
    clock_set_source(qdev_get_clock_in(dev, name), source);
}

Clock *qdev_alias_clock(DeviceState *dev, const char *name,
                        DeviceState *alias_dev, const char *alias_name)
{
    NamedClockList *ncl = find_entry(dev, name);

    assert(ncl);
    add_entry(alias_dev, alias_name, ncl->output, ncl->clock);
    object_property_add_alias(OBJECT(alias_dev), alias_name, OBJECT(dev),
                              name);
    return ncl->clock;
}

void qdev_finalize_clocklist(DeviceState *dev)
{
    NamedClockList *ncl, *next;

    QLIST_FOREACH_SAFE(ncl, &dev->clocks, node, next) {
        QLIST_REMOVE(ncl, node);
        if (!ncl->alias) {
            clock_clear_callback(ncl->clock);
            object_unref(OBJECT(ncl->clock));
        }
        g_free(ncl->name);
        g_free(ncl);
    }
}
