/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adding and removing devices by name: -device, device_add, device_del.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/sysbus.h"
#include "migration/misc.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qapi-commands.h"
#include "qemu/id.h"
#include "qemu/option.h"
#include "qemu/timer.h"


/*** device_add ***/

static DeviceClass *find_device_class(const char *driver, Error **errp)
{
    ObjectClass *oc = object_class_by_name(qdev_resolve_alias(driver));
    DeviceClass *dc;

    if (!oc || !object_class_dynamic_cast(oc, TYPE_DEVICE)) {
        error_setg(errp, "'%s' is not a valid device model name", driver);
        return NULL;
    }
    if (object_class_is_abstract(oc)) {
        error_setg(errp, "Parameter 'driver' expects a non-abstract device "
                   "type");
        return NULL;
    }
    dc = DEVICE_CLASS(oc);
    if (!dc->user_creatable ||
        (phase_check(PHASE_MACHINE_READY) && !dc->hotpluggable)) {
        error_setg(errp, "Parameter 'driver' expects a pluggable device type");
        return NULL;
    }
    if (object_class_dynamic_cast(oc, TYPE_SYS_BUS_DEVICE)) {
        MachineClass *mc = MACHINE_GET_CLASS(qdev_get_machine());

        if (!device_type_is_dynamic_sysbus(mc, object_class_get_name(oc))) {
            error_setg(errp, "Parameter 'driver' expects a dynamic sysbus "
                       "device type for the machine");
            return NULL;
        }
    }
    return dc;
}

/* A bus of that type with room; full ones only if there is no other. */
static BusState *find_bus_of_type(BusState *bus, const char *type)
{
    BusState *full = NULL;
    BusChild *kid;

    if (object_dynamic_cast(OBJECT(bus), type)) {
        BusClass *bc = BUS_GET_CLASS(bus);

        if (!bus->full && !(bc->max_dev && bus->num_children >= bc->max_dev)) {
            return bus;
        }
        full = bus;
    }
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        BusState *child;

        QLIST_FOREACH(child, &kid->child->child_bus, sibling) {
            BusState *found = find_bus_of_type(child, type);

            if (found && !found->full) {
                return found;
            }
            full = full ? full : found;
        }
    }
    return full;
}

static bool choose_bus(const json_t *opts, const char *driver,
                       DeviceClass *dc, BusState **bus, Error **errp)
{
    const char *path = json_get_str(opts, "bus");

    *bus = NULL;
    if (path) {
        *bus = qbus_find(path, errp);
        if (!*bus) {
            return false;
        }
        if (!dc->bus_type ||
            !object_dynamic_cast(OBJECT(*bus), dc->bus_type)) {
            error_setg(errp, "Device '%s' can't go on %s bus", driver,
                       object_get_typename(OBJECT(*bus)));
            return false;
        }
    } else if (dc->bus_type) {
        *bus = find_bus_of_type(sysbus_get_default(), dc->bus_type);
        if (!*bus || (*bus)->full) {
            error_setg(errp, "No '%s' bus found for device '%s'",
                       dc->bus_type, driver);
            return false;
        }
    }
    if (phase_check(PHASE_MACHINE_READY) && *bus &&
        !qbus_is_hotpluggable(*bus)) {
        error_setg(errp, "Bus '%s' does not support hotplugging",
                   (*bus)->name);
        return false;
    }
    return true;
}

/* Hot-plug needs someone who wires the device up. */
static bool may_hotplug(DeviceState *dev, BusState *bus, Error **errp)
{
    if (!phase_check(PHASE_MACHINE_READY)) {
        return true;
    }
    if (!qdev_hotplug_allowed(dev, errp)) {
        return false;
    }
    if (!bus && !qdev_get_machine_hotplug_handler(dev)) {
        error_setg(errp, "Device '%s' can not be hotplugged on this machine",
                   object_get_typename(OBJECT(dev)));
        return false;
    }
    return true;
}

static bool set_properties(DeviceState *dev, const json_t *opts,
                           bool from_json, Error **errp)
{
    bool ok;

    dev->opts = json_copy((json_t *)opts);
    json_object_del(dev->opts, "driver");
    json_object_del(dev->opts, "bus");
    json_object_del(dev->opts, "id");
    ok = object_set_properties_from_keyval(OBJECT(dev), dev->opts, from_json,
                                           errp);
    json_decref(dev->opts);
    dev->opts = json_incref((json_t *)opts);
    return ok;
}

DeviceState *qdev_device_add_from_json(const json_t *opts, bool from_json,
                                       Error **errp)
{
    ERRP_GUARD();
    const char *driver = json_get_str(opts, "driver");
    const char *id = json_get_str(opts, "id");
    DeviceState *dev;
    DeviceClass *dc;
    BusState *bus;

    if (!driver) {
        error_setg(errp, "Parameter 'driver' is missing");
        return NULL;
    }
    if (id && !id_wellformed(id)) {
        error_setg(errp, "Parameter 'id' expects an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, "
                          "'-', '.', '_', starting with a letter.\n");
        return NULL;
    }
    dc = find_device_class(driver, errp);
    if (!dc || !choose_bus(opts, driver, dc, &bus, errp)) {
        return NULL;
    }
    if (qdev_should_hide_device(opts, from_json, errp) || *errp) {
        return NULL;
    }

    if (!migration_is_idle()) {
        error_setg(errp, "device_add not allowed while migrating");
        return NULL;
    }

    dev = qdev_new(object_class_get_name(OBJECT_CLASS(dc)));
    if (may_hotplug(dev, bus, errp) &&
        qdev_set_id(dev, g_strdup(id), errp) &&
        set_properties(dev, opts, from_json, errp) &&
        qdev_realize(dev, bus, errp)) {
        return dev;
    }
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    return NULL;
}

/*
 * Clients give property values with JSON's types or as the text that a
 * command line has: both become text.
 */
static json_t *scalars_as_text(const json_t *args)
{
    json_t *texts = json_object(), *value;
    const char *key;

    json_object_foreach((json_t *)args, key, value) {
        if (json_is_number(value)) {
            g_autofree char *text = json_to_text(value, false);

            json_object_set_new(texts, key, json_string(text));
        } else if (json_is_boolean(value)) {
            json_object_set_new(texts, key, json_string(
                                json_is_true(value) ? "on" : "off"));
        } else {
            json_object_set(texts, key, value);
        }
    }
    return texts;
}

json_t *qmp_device_add(json_t *args, Error **errp)
{
    ERRP_GUARD();
    json_t *texts = scalars_as_text(args);
    DeviceState *dev = qdev_device_add_from_json(texts, false, errp);

    json_decref(texts);

    if (*errp) {
        return NULL;
    }
    object_unref(OBJECT(dev));
    return json_object();
}

/*** device_del ***/

void qdev_unplug(DeviceState *dev, Error **errp)
{
    DeviceClass *dc = DEVICE_GET_CLASS(dev);
    HotplugHandler *handler;
    Error *err = NULL;

    if (qdev_unplug_blocked(dev, errp)) {
        return;
    }
    if (!migration_is_idle() && !dev->allow_unplug_during_migration) {
        error_setg(errp, "device_del not allowed while migrating");
        return;
    }
    if (dev->parent_bus && !qbus_is_hotpluggable(dev->parent_bus)) {
        error_setg(errp, "Bus '%s' does not support hotplugging",
                   dev->parent_bus->name);
        return;
    }
    if (!dc->hotpluggable) {
        error_setg(errp, "Device '%s' does not support hotplugging",
                   object_get_typename(OBJECT(dev)));
        return;
    }
    handler = qdev_get_hotplug_handler(dev);
    if (!handler) {
        error_setg(errp, "Device '%s' can not be unplugged on this machine",
                   object_get_typename(OBJECT(dev)));
        return;
    }

    /* With a guest to ask, the rest happens when it agrees. */
    if (HOTPLUG_HANDLER_GET_CLASS(handler)->unplug_request) {
        hotplug_handler_unplug_request(handler, dev, errp);
        return;
    }
    hotplug_handler_unplug(handler, dev, &err);
    if (err) {
        error_propagate(errp, err);
    } else {
        object_unparent(OBJECT(dev));
    }
}

/* By the id that the user gave, or by its path in the tree of objects. */
static DeviceState *find_device(const char *id, Error **errp)
{
    Object *peripheral = object_resolve_path("/machine/peripheral", NULL);
    Object *obj = object_resolve_path_at(peripheral, id);

    if (!obj) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", id);
        return NULL;
    }
    if (!object_dynamic_cast(obj, TYPE_DEVICE)) {
        error_setg(errp, "%s is not a hotpluggable device", id);
        return NULL;
    }
    return DEVICE(obj);
}

static void device_del(const char *id, Error **errp)
{
    DeviceState *dev = find_device(id, errp);
    int64_t now = qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL);

    if (!dev) {
        return;
    }
    if (dev->pending_deleted_event &&
        (dev->pending_deleted_expires_ms == 0 ||
         dev->pending_deleted_expires_ms > now)) {
        error_setg(errp, "Device %s is already in the process of unplug", id);
        return;
    }
    qdev_unplug(dev, errp);
}

json_t *qmp_device_del(json_t *args, Error **errp)
{
    ERRP_GUARD();

    device_del(json_get_str(args, "id"), errp);
    return *errp ? NULL : json_object();
}

/*** HMP ***/

static void hmp_device_add(Monitor *mon, const json_t *args)
{
    const char *driver = json_get_str(args, "driver");
    Error *err = NULL;

    if (driver && (!strcmp(driver, "help") || !strcmp(driver, "?"))) {
        qdev_print_devices();
    } else if (driver && json_has(args, "help")) {
        qdev_print_device_help(driver, &err);
    } else {
        object_unref(OBJECT(qdev_device_add_from_json(args, false, &err)));
    }
    hmp_handle_error(mon, err);
}

static void hmp_device_del(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    device_del(json_get_str(args, "id"), &err);
    hmp_handle_error(mon, err);
}

static void complete_driver(ReadLineState *rs, int nb_args, const char *str)
{
    GSList *list = nb_args == 2 ? object_class_get_list(TYPE_DEVICE, false)
                                : NULL;

    for (GSList *l = list; l; l = l->next) {
        if (DEVICE_CLASS(l->data)->user_creatable) {
            readline_add_completion_of(rs, str,
                                       object_class_get_name(l->data));
        }
    }
    g_slist_free(list);
}

static void complete_device(ReadLineState *rs, int nb_args, const char *str)
{
    Object *peripheral = object_resolve_path("/machine/peripheral", NULL);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    if (nb_args != 2 || !peripheral) {
        return;
    }
    object_property_iter_init(&iter, peripheral);
    while ((prop = object_property_iter_next(&iter))) {
        if (g_str_has_prefix(prop->type, "child<")) {
            readline_add_completion_of(rs, str, prop->name);
        }
    }
}

static const HMPCommand device_commands[] = {
    { "device_add", "device:O:driver", "driver[,prop=value][,...]",
      "add device, like -device on the command line", hmp_device_add,
      complete_driver },
    { "device_del", "id:s", "device", "remove device", hmp_device_del,
      complete_device },
    { }
};

static void register_device_commands(void)
{
    hmp_register(device_commands);
}

hmp_init(register_device_commands)
