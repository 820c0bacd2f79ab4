/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a device: creation, joining a bus, realize, unrealize, end.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "hw/vmstate-if.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qemu/cutils.h"
#include "qdev-internal.h"
#include "trace.h"

static bool hot_added;
static bool hot_removed;

/*** Creation ***/

DeviceState *qdev_new(const char *name)
{
    return DEVICE(object_new(name));
}

DeviceState *qdev_try_new(const char *name)
{
    ObjectClass *oc = object_class_by_name(name);

    if (!oc || object_class_is_abstract(oc) ||
        !object_class_dynamic_cast(oc, TYPE_DEVICE)) {
        return NULL;
    }
    return DEVICE(object_new_with_class(oc));
}

const char *qdev_set_id(DeviceState *dev, char *id, Error **errp)
{
    static unsigned anonymous;
    ObjectProperty *prop;

    if (!id) {
        g_autofree char *name = str_numbered("device", anonymous++);

        prop = object_property_add_child(container_get(qdev_get_machine(),
                                         "/peripheral-anon"), name,
                                         OBJECT(dev));
        return prop->name;
    }
    prop = object_property_try_add_child(container_get(qdev_get_machine(),
                                         "/peripheral"), id, OBJECT(dev),
                                         NULL);
    if (!prop) {
        error_setg(errp, "Duplicate device ID '%s'", id);
        g_free(id);
        return NULL;
    }
    dev->id = id;
    return prop->name;
}

void qdev_set_legacy_instance_id(DeviceState *dev, int alias_id,
                                 int required_for_version)
{
    assert(!dev->realized);
    dev->instance_id_alias = alias_id;
    dev->alias_required_for_version = required_for_version;
}

const VMStateDescription *qdev_get_vmsd(DeviceState *dev)
{
    return DEVICE_GET_CLASS(dev)->vmsd;
}

/*** Place on a bus ***/

BusState *qdev_get_parent_bus(DeviceState *dev)
{
    return dev->parent_bus;
}

BusState *qdev_get_child_bus(DeviceState *dev, const char *name)
{
    BusState *bus;
    Object *child = object_resolve_path_component(OBJECT(dev), name);

    bus = (BusState *)object_dynamic_cast(child, TYPE_BUS);
    return bus && bus->parent == dev ? bus : NULL;
}

void qdev_leave_bus(DeviceState *dev)
{
    BusState *bus = dev->parent_bus;
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (kid->child == dev) {
            g_autofree char *name = str_numbered("child", kid->index);

            QTAILQ_REMOVE(&bus->children, kid, sibling);
            bus->num_children--;
            object_property_del(OBJECT(bus), name);
            g_free(kid);
            break;
        }
    }
    dev->parent_bus = NULL;
    object_unref(OBJECT(dev));
    object_unref(OBJECT(bus));
}

static void join_bus(DeviceState *dev, BusState *bus)
{
    BusChild *kid = g_new0(BusChild, 1);
    g_autofree char *name = NULL;

    bus->num_children++;
    kid->index = bus->max_index++;
    kid->child = DEVICE(object_ref(OBJECT(dev)));
    QTAILQ_INSERT_HEAD(&bus->children, kid, sibling);

    name = str_numbered("child", kid->index);
    object_property_add_link(OBJECT(bus), name,
                             object_get_typename(OBJECT(dev)),
                             (Object **)&kid->child, NULL, 0);
    dev->parent_bus = BUS(object_ref(OBJECT(bus)));
}

bool qdev_set_parent_bus(DeviceState *dev, BusState *bus, Error **errp)
{
    BusState *old = dev->parent_bus;
    DeviceClass *dc = DEVICE_GET_CLASS(dev);
    BusClass *bc = BUS_GET_CLASS(bus);

    if (!dc->bus_type || !object_dynamic_cast(OBJECT(bus), dc->bus_type)) {
        error_setg(errp, "Device '%s' can't go on %s bus",
                   object_get_typename(OBJECT(dev)),
                   object_get_typename(OBJECT(bus)));
        return false;
    }
    if (bc->check_address && !bc->check_address(bus, dev, errp)) {
        return false;
    }

    /* The old bus must outlive the reset's change of parent. */
    object_ref(OBJECT(dev));
    object_ref(OBJECT(old));
    if (old) {
        qdev_leave_bus(dev);
    }
    join_bus(dev, bus);
    if (dev->realized) {
        resettable_change_parent(OBJECT(dev), OBJECT(bus), OBJECT(old));
    }
    object_unref(OBJECT(old));
    object_unref(OBJECT(dev));
    return true;
}

/*** Realize ***/

bool qdev_realize(DeviceState *dev, BusState *bus, Error **errp)
{
    assert(!dev->realized && !dev->parent_bus);

    if (bus) {
        if (!qdev_set_parent_bus(dev, bus, errp)) {
            return false;
        }
    } else {
        assert(!DEVICE_GET_CLASS(dev)->bus_type);
    }
    return object_property_set_bool(OBJECT(dev), "realized", true, errp);
}

bool qdev_realize_and_unref(DeviceState *dev, BusState *bus, Error **errp)
{
    bool ok = qdev_realize(dev, bus, errp);

    object_unref(OBJECT(dev));
    return ok;
}

void qdev_unrealize(DeviceState *dev)
{
    object_property_set_bool(OBJECT(dev), "realized", false, &error_abort);
}

/* Gives a device that nobody named a place in the tree. */
static void adopt(DeviceState *dev)
{
    static unsigned count;
    g_autofree char *name = NULL;

    if (object_get_canonical_path_component(OBJECT(dev))) {
        return;
    }
    name = str_numbered("device", count++);
    object_property_add_child(container_get(qdev_get_machine(),
                                            "/unattached"),
                              name, OBJECT(dev));
}

static bool may_realize(DeviceState *dev, Error **errp)
{
    const VMStateDescription *vmsd = qdev_get_vmsd(dev);
    const char *type = object_get_typename(OBJECT(dev));

    if (dev->global_error) {
        error_propagate(errp, g_steal_pointer(&dev->global_error));
        return false;
    }
    if (dev->hotplugged && !DEVICE_GET_CLASS(dev)->hotpluggable) {
        error_setg(errp, "Device '%s' does not support hotplugging", type);
        return false;
    }
    if (vmsd && !vmstate_check_only_migratable(vmsd)) {
        error_setg(errp, "Device %s is not migratable, but "
                   "--only-migratable was specified", type);
        return false;
    }
    return true;
}

static bool register_state(DeviceState *dev, Error **errp)
{
    const VMStateDescription *vmsd = qdev_get_vmsd(dev);

    return !vmsd ||
        vmstate_register_with_alias_id(VMSTATE_IF(dev),
                                       VMSTATE_INSTANCE_ID_ANY, vmsd, dev,
                                       dev->instance_id_alias,
                                       dev->alias_required_for_version,
                                       errp) >= 0;
}

static void unregister_state(DeviceState *dev)
{
    if (qdev_get_vmsd(dev)) {
        vmstate_unregister(VMSTATE_IF(dev), qdev_get_vmsd(dev), dev);
    }
}

static bool realize_buses(DeviceState *dev, Error **errp)
{
    BusState *bus, *undo;

    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        if (!qbus_realize(bus, errp)) {
            QLIST_FOREACH(undo, &dev->child_bus, sibling) {
                if (undo == bus) {
                    break;
                }
                qbus_unrealize(undo);
            }
            return false;
        }
    }
    return true;
}

static void unrealize_buses(DeviceState *dev)
{
    BusState *bus;

    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        qbus_unrealize(bus);
    }
}

/*
 * A device that is plugged into a running machine starts from its power-on
 * state, and stays in reset for as long as its bus does.
 */
static void reset_after_hotplug(DeviceState *dev)
{
    resettable_assert_reset(OBJECT(dev), RESET_TYPE_COLD);
    resettable_change_parent(OBJECT(dev), OBJECT(dev->parent_bus), NULL);
    resettable_release_reset(OBJECT(dev), RESET_TYPE_COLD);
}

static void device_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    DeviceClass *dc = DEVICE_GET_CLASS(dev);
    HotplugHandler *handler;
    NamedClockList *ncl;

    if (!may_realize(dev, errp)) {
        return;
    }
    trace_qdev_realize(object_get_typename(OBJECT(dev)),
                       dev->id ? dev->id : "");
    adopt(dev);
    handler = qdev_get_hotplug_handler(dev);
    if (handler) {
        hotplug_handler_pre_plug(handler, dev, errp);
        if (*errp) {
            return;
        }
    }
    if (dc->realize) {
        dc->realize(dev, errp);
        if (*errp) {
            return;
        }
    }
    device_listeners_realize(dev);

    g_free(dev->canonical_path);
    dev->canonical_path = object_get_canonical_path(OBJECT(dev));
    QLIST_FOREACH(ncl, &dev->clocks, node) {
        if (!ncl->alias) {
            clock_setup_canonical_path(ncl->clock);
        }
    }
    if (!register_state(dev, errp)) {
        goto undo_realize;
    }
    resettable_state_clear(&dev->reset);
    if (!realize_buses(dev, errp)) {
        goto undo_state;
    }
    if (dev->hotplugged) {
        reset_after_hotplug(dev);
    }
    dev->pending_deleted_event = false;
    if (handler) {
        hotplug_handler_plug(handler, dev, errp);
        if (*errp) {
            goto undo_buses;
        }
    }
    __atomic_store_n(&dev->realized, true, __ATOMIC_RELEASE);
    return;

undo_buses:
    unrealize_buses(dev);
undo_state:
    unregister_state(dev);
undo_realize:
    g_clear_pointer(&dev->canonical_path, g_free);
    if (dc->unrealize) {
        dc->unrealize(dev);
    }
}

static void device_unrealize(DeviceState *dev)
{
    DeviceClass *dc = DEVICE_GET_CLASS(dev);

    trace_qdev_unrealize(object_get_typename(OBJECT(dev)),
                         dev->id ? dev->id : "");
    __atomic_store_n(&dev->realized, false, __ATOMIC_RELEASE);
    unrealize_buses(dev);
    device_listeners_unrealize(dev);
    unregister_state(dev);
    if (dc->unrealize) {
        dc->unrealize(dev);
    }
    dev->pending_deleted_event = true;
}

static bool device_get_realized(Object *obj, Error **errp)
{
    return DEVICE(obj)->realized;
}

static void device_set_realized(Object *obj, bool value, Error **errp)
{
    DeviceState *dev = DEVICE(obj);

    if (value == dev->realized) {
        return;
    }
    if (value) {
        device_realize(dev, errp);
    } else {
        device_unrealize(dev);
    }
}

/*** Hot-plug ***/

bool qdev_machine_modified(void)
{
    return hot_added || hot_removed;
}

static bool device_get_hotpluggable(Object *obj, Error **errp)
{
    DeviceState *dev = DEVICE(obj);

    return DEVICE_GET_CLASS(obj)->hotpluggable &&
           (!dev->parent_bus || qbus_is_hotpluggable(dev->parent_bus));
}

static bool device_get_hotplugged(Object *obj, Error **errp)
{
    return DEVICE(obj)->hotplugged;
}

void qdev_simple_device_unplug_cb(HotplugHandler *hotplug_dev,
                                  DeviceState *dev, Error **errp)
{
    qdev_unrealize(dev);
}

HotplugHandler *qdev_get_machine_hotplug_handler(DeviceState *dev)
{
    MachineClass *mc;

    if (!current_machine) {
        return NULL;
    }
    mc = MACHINE_GET_CLASS(current_machine);
    return mc->get_hotplug_handler ?
           mc->get_hotplug_handler(current_machine, dev) : NULL;
}

HotplugHandler *qdev_get_bus_hotplug_handler(DeviceState *dev)
{
    return dev->parent_bus ? dev->parent_bus->hotplug_handler : NULL;
}

HotplugHandler *qdev_get_hotplug_handler(DeviceState *dev)
{
    HotplugHandler *handler = qdev_get_machine_hotplug_handler(dev);

    return handler ? handler : qdev_get_bus_hotplug_handler(dev);
}

bool qdev_hotplug_allowed(DeviceState *dev, Error **errp)
{
    MachineClass *mc;

    if (!current_machine) {
        return true;
    }
    mc = MACHINE_GET_CLASS(current_machine);
    return !mc->hotplug_allowed ||
           mc->hotplug_allowed(current_machine, dev, errp);
}

void qdev_add_unplug_blocker(DeviceState *dev, Error *reason)
{
    dev->unplug_blockers = g_slist_prepend(dev->unplug_blockers, reason);
}

void qdev_del_unplug_blocker(DeviceState *dev, Error *reason)
{
    dev->unplug_blockers = g_slist_remove(dev->unplug_blockers, reason);
}

bool qdev_unplug_blocked(DeviceState *dev, Error **errp)
{
    if (!dev->unplug_blockers) {
        return false;
    }
    error_propagate(errp, error_copy(dev->unplug_blockers->data));
    return true;
}

void qdev_send_deleted_event(const char *id, const char *path)
{
    json_t *data;

    if (!qapi_event_wanted()) {
        return;
    }
    data = json_pack("{s:s}", "path", path);
    if (id) {
        json_object_set_new(data, "device", json_string(id));
    }
    qapi_event_send(QAPI_EVENT_DEVICE_DELETED, data);
}

/*** Reset ***/

static ResettableState *device_reset_state(Object *obj)
{
    return &DEVICE(obj)->reset;
}

static void device_reset_children(Object *obj, ResettableChildCallback cb,
                                  void *opaque, ResetType type)
{
    BusState *bus, *next;

    QLIST_FOREACH_SAFE(bus, &DEVICE(obj)->child_bus, sibling, next) {
        cb(OBJECT(bus), opaque, type);
    }
}

/*
 * dc->reset of classes with phases, so that a subclass with one function can
 * chain to a parent with three.
 */
static void run_phases(DeviceState *dev)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(dev);

    if (rc->phases.enter) {
        rc->phases.enter(OBJECT(dev), RESET_TYPE_COLD);
    }
    if (rc->phases.hold) {
        rc->phases.hold(OBJECT(dev));
    }
    if (rc->phases.exit) {
        rc->phases.exit(OBJECT(dev));
    }
}

static void call_single_reset(Object *obj)
{
    DEVICE_GET_CLASS(obj)->reset(DEVICE(obj));
}

static ResettableTrFunction device_single_reset(Object *obj)
{
    DeviceClass *dc = DEVICE_GET_CLASS(obj);

    return dc->reset && dc->reset != run_phases ? call_single_reset : NULL;
}

/*** Type ***/

/* For memory regions: the flag of the device that owns one. */
static MemReentrancyGuard *guard_of(Object *owner)
{
    Object *dev = object_dynamic_cast(owner, TYPE_DEVICE);

    return dev ? &DEVICE(dev)->mem_reentrancy_guard : NULL;
}

static void device_init(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    if (phase_check(PHASE_MACHINE_READY)) {
        dev->hotplugged = 1;
        hot_added = true;
    }
    dev->instance_id_alias = -1;
    QLIST_INIT(&dev->gpios);
    QLIST_INIT(&dev->clocks);
    QLIST_INIT(&dev->child_bus);
}

/* After the instance_init of all classes, so that users' wishes come last. */
static void device_post_init(Object *obj)
{
    object_apply_compat_props(obj);
    qdev_prop_set_globals(DEVICE(obj));
}

static void device_finalize(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    qdev_finalize_gpios(dev);
    qdev_finalize_clocklist(dev);
    if (dev->pending_deleted_event && dev->canonical_path) {
        qdev_send_deleted_event(dev->id, dev->canonical_path);
    }
    g_free(dev->canonical_path);
    g_slist_free(dev->unplug_blockers);
    error_free(dev->global_error);
    json_decref(dev->opts);
    g_free(dev->id);
}

static void device_unparent(Object *obj)
{
    DeviceState *dev = DEVICE(obj);
    BusState *bus;

    if (dev->realized) {
        qdev_unrealize(dev);
    }
    while ((bus = QLIST_FIRST(&dev->child_bus))) {
        object_unparent(OBJECT(bus));
    }
    if (dev->parent_bus) {
        qdev_leave_bus(dev);
        hot_removed = hot_removed || phase_check(PHASE_MACHINE_READY);
    }
}

static char *device_get_vmstate_id(VMStateIf *obj)
{
    return qdev_get_dev_path(DEVICE(obj));
}

static void device_class_base_init(ObjectClass *oc, void *data)
{
    /* Properties of the parents are theirs: tools walk up the classes. */
    DEVICE_CLASS(oc)->props_ = NULL;
}

static void device_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    VMStateIfClass *vc = VMSTATE_IF_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    /* The first device's class comes before the first device's region. */
    memory_guard_of_owner = guard_of;

    oc->unparent = device_unparent;
    dc->hotpluggable = true;
    dc->user_creatable = true;
    dc->reset = run_phases;
    vc->get_id = device_get_vmstate_id;
    rc->get_state = device_reset_state;
    rc->child_foreach = device_reset_children;
    rc->get_transitional_function = device_single_reset;

    object_class_property_add_bool(oc, "realized", device_get_realized,
                                   device_set_realized);
    object_class_property_add_bool(oc, "hotpluggable",
                                   device_get_hotpluggable, NULL);
    object_class_property_add_bool(oc, "hotplugged",
                                   device_get_hotplugged, NULL);
    object_class_property_add_link(oc, "parent_bus", TYPE_BUS,
                                   offsetof(DeviceState, parent_bus), NULL,
                                   0);
}

static const TypeInfo device_types[] = {
    {
        .name = TYPE_DEVICE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(DeviceState),
        .instance_init = device_init,
        .instance_post_init = device_post_init,
        .instance_finalize = device_finalize,
        .class_base_init = device_class_base_init,
        .class_init = device_class_init,
        .abstract = true,
        .class_size = sizeof(DeviceClass),
        .interfaces = (InterfaceInfo[]) {
            { TYPE_VMSTATE_IF },
            { TYPE_RESETTABLE_INTERFACE },
            { }
        },
    },
};

DEFINE_TYPES(device_types)
