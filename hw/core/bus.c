/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buses: named sets of devices, owned by a device (or, the system bus, by
 * nobody), that give their devices addresses and a hot-plug handler.
 */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qdev-internal.h"

void qbus_set_hotplug_handler(BusState *bus, Object *handler)
{
    object_property_set_link(OBJECT(bus), QDEV_HOTPLUG_HANDLER_PROPERTY,
                             handler, &error_abort);
}

void qbus_set_bus_hotplug_handler(BusState *bus)
{
    qbus_set_hotplug_handler(bus, OBJECT(bus));
}

bool qbus_is_hotpluggable(BusState *bus)
{
    HotplugHandler *handler = bus->hotplug_handler;
    HotplugHandlerClass *hc;

    if (!handler) {
        return false;
    }
    hc = HOTPLUG_HANDLER_GET_CLASS(handler);
    return !hc->is_hotpluggable_bus || hc->is_hotpluggable_bus(handler, bus);
}

int qbus_walk_children(BusState *bus, qdev_walkerfn *pre_devfn,
                       qbus_walkerfn *pre_busfn, qdev_walkerfn *post_devfn,
                       qbus_walkerfn *post_busfn, void *opaque)
{
    BusChild *kid, *next;
    int ret;

    if (pre_busfn) {
        ret = pre_busfn(bus, opaque);
        if (ret) {
            return MIN(ret, 0);
        }
    }
    QTAILQ_FOREACH_SAFE(kid, &bus->children, sibling, next) {
        ret = qdev_walk_children(kid->child, pre_devfn, pre_busfn,
                                 post_devfn, post_busfn, opaque);
        if (ret < 0) {
            return ret;
        }
    }
    return post_busfn ? MIN(post_busfn(bus, opaque), 0) : 0;
}

int qdev_walk_children(DeviceState *dev, qdev_walkerfn *pre_devfn,
                       qbus_walkerfn *pre_busfn, qdev_walkerfn *post_devfn,
                       qbus_walkerfn *post_busfn, void *opaque)
{
    BusState *bus;
    int ret;

    if (pre_devfn) {
        ret = pre_devfn(dev, opaque);
        if (ret) {
            return MIN(ret, 0);
        }
    }
    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        ret = qbus_walk_children(bus, pre_devfn, pre_busfn, post_devfn,
                                 post_busfn, opaque);
        if (ret < 0) {
            return ret;
        }
    }
    return post_devfn ? MIN(post_devfn(dev, opaque), 0) : 0;
}

DeviceState *qdev_find_recursive(BusState *bus, const char *id)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        DeviceState *dev = kid->child;
        BusState *child;

        if (dev->id && strcmp(dev->id, id) == 0) {
            return dev;
        }
        QLIST_FOREACH(child, &dev->child_bus, sibling) {
            DeviceState *found = qdev_find_recursive(child, id);

            if (found) {
                return found;
            }
        }
    }
    return NULL;
}

/* A name for a bus that its creator did not name. */
static char *make_up_name(BusState *bus)
{
    BusClass *bc = BUS_GET_CLASS(bus);
    g_autofree char *type = NULL;

    if (bus->parent && bus->parent->id) {
        return g_strdup_printf("%s.%d", bus->parent->id,
                               bus->parent->num_child_bus);
    }
    type = g_ascii_strdown(object_get_typename(OBJECT(bus)), -1);
    return g_strdup_printf("%s.%d", type, bc->automatic_ids++);
}

static void join_owner(BusState *bus, DeviceState *parent, const char *name)
{
    bus->parent = parent;
    bus->name = name ? g_strdup(name) : make_up_name(bus);
    if (!parent) {
        return;
    }
    QLIST_INSERT_HEAD(&parent->child_bus, bus, sibling);
    parent->num_child_bus++;
    object_property_add_child(OBJECT(parent), bus->name, OBJECT(bus));
    object_unref(OBJECT(bus));
}

void qbus_init(void *bus, size_t size, const char *typename,
               DeviceState *parent, const char *name)
{
    object_initialize(bus, size, typename);
    join_owner(bus, parent, name);
}

BusState *qbus_new(const char *typename, DeviceState *parent,
                   const char *name)
{
    BusState *bus = BUS(object_new(typename));

    join_owner(bus, parent, name);
    return bus;
}

bool qbus_realize(BusState *bus, Error **errp)
{
    return object_property_set_bool(OBJECT(bus), "realized", true, errp);
}

void qbus_unrealize(BusState *bus)
{
    object_property_set_bool(OBJECT(bus), "realized", false, &error_abort);
}

static bool bus_get_realized(Object *obj, Error **errp)
{
    return BUS(obj)->realized;
}

static void bus_set_realized(Object *obj, bool value, Error **errp)
{
    BusState *bus = BUS(obj);
    BusClass *bc = BUS_GET_CLASS(bus);
    BusChild *kid, *next;

    if (value == bus->realized) {
        return;
    }
    if (value) {
        if (bc->realize) {
            g_autoptr(Error) err = NULL;

            bc->realize(bus, &err);
            if (err) {
                error_propagate(errp, g_steal_pointer(&err));
                return;
            }
        }
    } else {
        QTAILQ_FOREACH_SAFE(kid, &bus->children, sibling, next) {
            qdev_unrealize(kid->child);
        }
        if (bc->unrealize) {
            bc->unrealize(bus);
        }
    }
    bus->realized = value;
}

static void bus_unparent(Object *obj)
{
    BusState *bus = BUS(obj);
    BusChild *kid;

    while ((kid = QTAILQ_FIRST(&bus->children))) {
        DeviceState *dev = kid->child;

        object_unparent(OBJECT(dev));
        if (QTAILQ_FIRST(&bus->children) == kid) {
            /* Never realized: it had no place in the tree to lose. */
            qdev_leave_bus(dev);
        }
    }
    if (bus->parent) {
        QLIST_REMOVE(bus, sibling);
        bus->parent->num_child_bus--;
        bus->parent = NULL;
    }
}

/* What firmware calls a device when the bus has no better idea. */
static char *default_fw_dev_path(DeviceState *dev)
{
    return g_strdup(object_get_typename(OBJECT(dev)));
}

/*** Reset ***/

static ResettableState *bus_reset_state(Object *obj)
{
    return &BUS(obj)->reset;
}

static void bus_reset_children(Object *obj, ResettableChildCallback cb,
                               void *opaque, ResetType type)
{
    BusChild *kid, *next;

    QTAILQ_FOREACH_SAFE(kid, &BUS(obj)->children, sibling, next) {
        cb(OBJECT(kid->child), opaque, type);
    }
}

/* bc->reset of classes with phases: for subclasses that chain to it. */
static void run_phases(BusState *bus)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(bus);

    if (rc->phases.enter) {
        rc->phases.enter(OBJECT(bus), RESET_TYPE_COLD);
    }
    if (rc->phases.hold) {
        rc->phases.hold(OBJECT(bus));
    }
    if (rc->phases.exit) {
        rc->phases.exit(OBJECT(bus));
    }
}

static void call_single_reset(Object *obj)
{
    BUS_GET_CLASS(obj)->reset(BUS(obj));
}

static ResettableTrFunction bus_single_reset(Object *obj)
{
    BusClass *bc = BUS_GET_CLASS(obj);

    return bc->reset && bc->reset != run_phases ? call_single_reset : NULL;
}

/*** Type ***/

static void bus_instance_init(Object *obj)
{
    BusState *bus = BUS(obj);

    QTAILQ_INIT(&bus->children);
    object_property_add_link(obj, QDEV_HOTPLUG_HANDLER_PROPERTY,
                             TYPE_HOTPLUG_HANDLER,
                             (Object **)&bus->hotplug_handler,
                             object_property_allow_set_link, 0);
}

static void bus_finalize(Object *obj)
{
    g_free(BUS(obj)->name);
}

static void bus_class_init(ObjectClass *oc, void *data)
{
    BusClass *bc = BUS_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    oc->unparent = bus_unparent;
    object_class_property_add_bool(oc, "realized", bus_get_realized,
                                   bus_set_realized);
    bc->get_fw_dev_path = default_fw_dev_path;
    bc->reset = run_phases;
    rc->get_state = bus_reset_state;
    rc->child_foreach = bus_reset_children;
    rc->get_transitional_function = bus_single_reset;
}

static const TypeInfo bus_types[] = {
    {
        .name = TYPE_BUS,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(BusState),
        .abstract = true,
        .class_size = sizeof(BusClass),
        .instance_init = bus_instance_init,
        .instance_finalize = bus_finalize,
        .class_init = bus_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_RESETTABLE_INTERFACE },
            { }
        },
    },
};

DEFINE_TYPES(bus_types)
