/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands on types, objects and their properties.
 */
#include "qemu/osdep.h"

#include "hw/qdev-core.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qom/object_interfaces.h"

static Object *find_object(const json_t *args, Error **errp)
{
    const char *path = json_get_str(args, "path");
    bool ambiguous = false;
    Object *obj = object_resolve_path(path, &ambiguous);

    if (!obj && ambiguous) {
        error_setg(errp, "Path '%s' is ambiguous", path);
    } else if (!obj) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", path);
    }
    return obj;
}

json_t *qmp_qom_list(json_t *args, Error **errp)
{
    Object *obj = find_object(args, errp);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    json_t *list;

    if (!obj) {
        return NULL;
    }
    list = json_array();
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        /* From the general to the special: "type" comes first. */
        json_array_insert_new(list, prop->klass ? 0 : json_array_size(list),
                              json_pack("{s:s, s:s}", "name", prop->name,
                                        "type", prop->type));
    }
    return list;
}

json_t *qmp_qom_get(json_t *args, Error **errp)
{
    Object *obj = find_object(args, errp);

    return obj ? object_property_get_json(obj, json_get_str(args, "property"),
                                          errp) : NULL;
}

json_t *qmp_qom_set(json_t *args, Error **errp)
{
    Object *obj = find_object(args, errp);
    bool ok = obj && object_property_set_json(obj,
                                              json_get_str(args, "property"),
                                              json_object_get(args, "value"),
                                              errp);

    return ok ? json_object() : NULL;
}

/* ---- types ---- */

static void add_type(const char *name, const char *parent, bool abstract,
                     void *opaque)
{
    json_t *info = json_pack("{s:s}", "name", name);

    if (abstract) {
        json_object_set_new(info, "abstract", json_true());
    }
    if (parent) {
        json_object_set_new(info, "parent", json_string(parent));
    }
    json_array_append_new(opaque, info);
}

json_t *qmp_qom_list_types(json_t *args, Error **errp)
{
    json_t *list = json_array();

    object_type_foreach(add_type, json_get_str(args, "implements"),
                        json_get_bool(args, "abstract", false), list);
    return list;
}

static void add_property(json_t *list, const ObjectProperty *prop)
{
    json_t *info = json_pack("{s:s, s:s}", "name", prop->name,
                             "type", prop->type);

    if (prop->description) {
        json_object_set_new(info, "description",
                            json_string_any(prop->description));
    }
    if (prop->defval) {
        json_object_set(info, "default-value", prop->defval);
    }
    json_array_append_new(list, info);
}

json_t *qmp_qom_list_properties(json_t *args, Error **errp)
{
    const char *typename = json_get_str(args, "typename");
    ObjectClass *klass = module_object_class_by_name(typename);
    json_t *list;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    Object *obj = NULL;

    if (!klass) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Class '%s' not found", typename);
        return NULL;
    }
    /* An instance has more to show than its class. */
    if (object_class_is_abstract(klass)) {
        object_class_property_iter_init(&iter, klass);
    } else {
        obj = object_new(typename);
        object_property_iter_init(&iter, obj);
    }
    list = json_array();
    while ((prop = object_property_iter_next(&iter))) {
        add_property(list, prop);
    }
    object_unref(obj);
    return list;
}

/* What every device has and nobody sets. */
static bool is_plumbing(const ObjectProperty *prop)
{
    static const char *const names[] = {
        "type", "realized", "hotpluggable", "hotplugged", "parent_bus",
    };

    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        if (!strcmp(prop->name, names[i])) {
            return true;
        }
    }
    return g_str_has_prefix(prop->name, "legacy-");
}

json_t *qmp_device_list_properties(json_t *args, Error **errp)
{
    const char *typename = json_get_str(args, "typename");
    ObjectClass *klass = module_object_class_by_name(typename);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    json_t *list;
    Object *obj;

    if (!klass) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", typename);
        return NULL;
    }
    if (!object_class_dynamic_cast(klass, TYPE_DEVICE) ||
        object_class_is_abstract(klass)) {
        error_setg(errp, "Parameter 'typename' expects a non-abstract "
                   "device type");
        return NULL;
    }
    list = json_array();
    obj = object_new(typename);
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        if (!is_plumbing(prop)) {
            add_property(list, prop);
        }
    }
    object_unref(obj);
    return list;
}

/* ---- made by people ---- */

json_t *qmp_object_add(json_t *args, Error **errp)
{
    return user_creatable_add_json(args, true, errp) ? json_object() : NULL;
}

json_t *qmp_object_del(json_t *args, Error **errp)
{
    return user_creatable_del(json_get_str(args, "id"), errp) ? json_object()
                                                              : NULL;
}
