/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "info qtree": buses, devices, their lines, clocks and properties. */
#include "qemu/osdep.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-print.h"
#include "hw/qdev-properties.h"
#include "monitor/monitor.h"
#include "qapi/error.h"

#define STEP 2

static void print_lines(Monitor *mon, DeviceState *dev, int indent)
{
    NamedGPIOList *ngl;
    NamedClockList *ncl;

    QLIST_FOREACH(ngl, &dev->gpios, node) {
        const char *name = ngl->name ? ngl->name : "";

        if (ngl->num_in) {
            monitor_printf(mon, "%*sgpio-in \"%s\" %d\n", indent, "", name,
                           ngl->num_in);
        }
        if (ngl->num_out) {
            monitor_printf(mon, "%*sgpio-out \"%s\" %d\n", indent, "", name,
                           ngl->num_out);
        }
    }
    QLIST_FOREACH(ncl, &dev->clocks, node) {
        double period = clock_get(ncl->clock);

        monitor_printf(mon, "%*sclock-%s%s \"%s\" freq_hz=%e\n", indent, "",
                       ncl->output ? "out" : "in",
                       ncl->alias ? " (alias)" : "", ncl->name,
                       period ? CLOCK_PERIOD_1SEC / period : 0.0);
    }
}

/*
 * The form made for people where there is one, as it is; else the value as
 * its type prints.  NULL for what cannot be read.
 */
static char *printed_value(DeviceState *dev, const Property *prop)
{
    if (prop->info->print) {
        g_autofree char *name = g_strdup_printf("legacy-%s", prop->name);

        return object_property_get_str(OBJECT(dev), name, NULL);
    }
    return object_property_print(OBJECT(dev), prop->name, true, NULL);
}

static void print_props(Monitor *mon, DeviceState *dev, const Property *prop,
                        int indent)
{
    for (; prop && prop->name; prop++) {
        g_autofree char *value = NULL;

        if (prop->link_type) {
            /* Wiring, which the object tree shows. */
            continue;
        }
        value = printed_value(dev, prop);
        if (value) {
            monitor_printf(mon, "%*s%s = %s\n", indent, "", prop->name,
                           *value ? value : "<null>");
        }
    }
}

static void print_device(Monitor *mon, DeviceState *dev, int indent)
{
    ObjectClass *oc = object_get_class(OBJECT(dev));
    ObjectClass *top = object_class_by_name(TYPE_DEVICE);
    BusClass *bc;
    BusState *bus;

    monitor_printf(mon, "%*sdev: %s, id \"%s\"\n", indent, "",
                   object_get_typename(OBJECT(dev)), dev->id ? dev->id : "");
    indent += STEP;
    print_lines(mon, dev, indent);
    for (; oc != top; oc = object_class_get_parent(oc)) {
        print_props(mon, dev, DEVICE_CLASS(oc)->props_, indent);
    }
    bc = BUS_GET_CLASS(dev->parent_bus);
    if (bc->print_dev) {
        bc->print_dev(mon, dev, indent);
    }
    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        qbus_print(mon, bus, indent);
    }
}

void qbus_print(Monitor *mon, BusState *bus, int indent)
{
    BusChild *kid;

    if (!bus) {
        return;
    }
    monitor_printf(mon, "%*sbus: %s\n", indent, "", bus->name);
    indent += STEP;
    monitor_printf(mon, "%*stype %s\n", indent, "",
                   object_get_typename(OBJECT(bus)));
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        print_device(mon, kid->child, indent);
    }
}
