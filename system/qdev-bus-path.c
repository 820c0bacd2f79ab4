/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a bus by path: "/main-system-bus/i440FX-pcihost/pci.0" from the
 * root of buses, or a bus name alone that is looked for everywhere.  Elements
 * are buses and devices in turn; a device goes by its id, its type or its
 * alias.  A device at the end stands for its only bus.
 */
#include "qemu/osdep.h"
#include "hw/sysbus.h"
#include "monitor/qdev.h"
#include "qapi/error.h"

static BusState *find_bus_below(BusState *bus, const char *name)
{
    BusChild *kid;

    if (!strcmp(bus->name, name)) {
        return bus;
    }
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        BusState *child;

        QLIST_FOREACH(child, &kid->child->child_bus, sibling) {
            BusState *found = find_bus_below(child, name);

            if (found) {
                return found;
            }
        }
    }
    return NULL;
}

static DeviceState *find_device_on(BusState *bus, const char *name)
{
    const char *type = qdev_resolve_alias(name);
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (kid->child->id && !strcmp(kid->child->id, name)) {
            return kid->child;
        }
    }
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (!strcmp(object_get_typename(OBJECT(kid->child)), type)) {
            return kid->child;
        }
    }
    return NULL;
}

static BusState *find_child_bus(DeviceState *dev, const char *name)
{
    BusState *child;

    QLIST_FOREACH(child, &dev->child_bus, sibling) {
        if (!strcmp(child->name, name)) {
            return child;
        }
    }
    return NULL;
}

static void hint_devices(Error *const *errp, BusState *bus)
{
    const char *sep = " ";
    BusChild *kid;

    error_append_hint(errp, "devices at \"%s\":", bus->name);
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        DeviceState *dev = kid->child;

        error_append_hint(errp, "%s\"%s\"", sep,
                          dev->id ? dev->id
                                  : object_get_typename(OBJECT(dev)));
        sep = ", ";
    }
    error_append_hint(errp, "\n");
}

static void hint_child_buses(Error *const *errp, DeviceState *dev)
{
    const char *sep = " ";
    BusState *child;

    error_append_hint(errp, "child buses at \"%s\":",
                      dev->id ? dev->id : object_get_typename(OBJECT(dev)));
    QLIST_FOREACH(child, &dev->child_bus, sibling) {
        error_append_hint(errp, "%s\"%s\"", sep, child->name);
        sep = ", ";
    }
    error_append_hint(errp, "\n");
}

/* The device's only bus, for a path that ends with the device. */
static BusState *only_bus(DeviceState *dev, const char *elem, Error **errp)
{
    ERRP_GUARD();

    if (dev->num_child_bus == 1) {
        return QLIST_FIRST(&dev->child_bus);
    }
    if (dev->num_child_bus == 0) {
        error_setg(errp, "Device '%s' has no child bus", elem);
    } else {
        error_setg(errp, "Device '%s' has multiple child buses", elem);
        hint_child_buses(errp, dev);
    }
    return NULL;
}

/* One bus further along the path that @words holds from @i on. */
static BusState *step(BusState *bus, GPtrArray *words, unsigned *i,
                      Error **errp)
{
    ERRP_GUARD();
    const char *elem = words->pdata[(*i)++];
    DeviceState *dev = find_device_on(bus, elem);
    BusState *child;

    if (!dev) {
        error_setg(errp, "Device '%s' not found", elem);
        hint_devices(errp, bus);
        return NULL;
    }
    if (*i == words->len) {
        return only_bus(dev, elem, errp);
    }
    elem = words->pdata[(*i)++];
    child = find_child_bus(dev, elem);
    if (!child) {
        error_setg(errp, "Bus '%s' not found", elem);
        hint_child_buses(errp, dev);
    }
    return child;
}

BusState *qbus_find(const char *path, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    BusState *bus = sysbus_get_default();
    unsigned i = 0;

    for (char **p = parts; *p; p++) {
        if (**p) {
            g_ptr_array_add(words, *p);
        }
    }
    if (path[0] != '/') {
        const char *first = words->len ? words->pdata[i++] : "";

        bus = find_bus_below(bus, first);
        if (!bus) {
            error_setg(errp, "Bus '%s' not found", first);
            return NULL;
        }
    }
    while (bus && i < words->len) {
        bus = step(bus, words, &i, errp);
    }
    if (bus && bus->full) {
        error_setg(errp, "Bus '%s' is full", path);
        return NULL;
    }
    return bus;
}
