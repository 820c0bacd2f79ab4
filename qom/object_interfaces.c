/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that people make by name: -object and its monitor twins.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/schema.h"
#include "qemu/id.h"
#include "qemu/qemu-print.h"
#include "qom/object_interfaces.h"
#include "type-impl.h"

bool user_creatable_complete(UserCreatable *uc, Error **errp)
{
    UserCreatableClass *ucc = USER_CREATABLE_GET_CLASS(uc);
    Error *err = NULL;

    if (ucc->complete) {
        ucc->complete(uc, &err);
        error_propagate(errp, err);
    }
    return !err;
}

bool user_creatable_can_be_deleted(UserCreatable *uc)
{
    UserCreatableClass *ucc = USER_CREATABLE_GET_CLASS(uc);

    return !ucc->can_be_deleted || ucc->can_be_deleted(uc);
}

/* ---- making ---- */

Object *user_creatable_add_type(const char *type, const char *id,
                                const json_t *props, bool from_json,
                                Error **errp)
{
    ObjectClass *klass = object_class_by_name(type);
    Object *obj;

    if (!klass) {
        error_setg(errp, "invalid object type: %s", type);
        return NULL;
    }
    if (!object_class_dynamic_cast(klass, TYPE_USER_CREATABLE)) {
        error_setg(errp, "object type '%s' isn't supported by object-add",
                   type);
        return NULL;
    }
    if (object_class_is_abstract(klass)) {
        error_setg(errp, "object type '%s' is abstract", type);
        return NULL;
    }
    if (!id_wellformed(id)) {
        ERRP_GUARD();

        error_setg(errp, "Parameter 'id' expects an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, "
                          "'-', '.', '_', starting with a letter.\n");
        return NULL;
    }

    obj = object_new_with_class(klass);
    if (!object_set_properties_from_keyval(obj, props, from_json, errp) ||
        !object_property_try_add_child(object_get_objects_root(), id, obj,
                                       errp)) {
        object_unref(obj);
        return NULL;
    }
    if (!user_creatable_complete((UserCreatable *)obj, errp)) {
        object_unparent(obj);
        object_unref(obj);
        return NULL;
    }
    object_unref(obj);              /* /objects has one */
    return obj;
}

static const char *need_string(const json_t *opts, const char *key,
                               Error **errp)
{
    json_t *value = json_object_get(opts, key);

    if (!value) {
        error_setg(errp, "Parameter '%s' is missing", key);
    } else if (!json_is_string(value)) {
        error_setg(errp, "Invalid parameter type for '%s', expected: string",
                   key);
    }
    return json_string_value(value);
}

static bool is_user_creatable(const char *type)
{
    ObjectClass *klass = object_class_by_name(type);

    return klass && object_class_dynamic_cast(klass, TYPE_USER_CREATABLE);
}

bool user_creatable_add_json(const json_t *opts, bool from_json, Error **errp)
{
    const char *type = need_string(opts, "qom-type", errp);
    const char *id = type ? need_string(opts, "id", errp) : NULL;
    json_t *props;
    bool ok;

    if (!id) {
        return false;
    }
    if (!is_user_creatable(type)) {
        error_setg(errp, "Parameter 'qom-type' does not accept value '%s'",
                   type);
        return false;
    }
    /* A type that the schema lacks has only its properties to check by. */
    if (!qapi_enum_has("ObjectType", type)) {
        props = json_copy((json_t *)opts);
    } else if (from_json) {
        props = qapi_check("ObjectOptions", opts, errp)
                ? json_copy((json_t *)opts) : NULL;
    } else {
        props = qapi_from_options("ObjectOptions", opts, errp);
        from_json = true;
    }
    if (!props) {
        return false;
    }
    json_object_del(props, "qom-type");
    json_object_del(props, "id");
    ok = user_creatable_add_type(type, json_get_str(opts, "id"), props,
                                 from_json, errp) != NULL;
    json_decref(props);
    return ok;
}

/* ---- help ---- */

void user_creatable_print_types(void)
{
    GSList *list = object_class_get_list_sorted(TYPE_USER_CREATABLE, false);

    qemu_printf("List of user creatable objects:\n");
    for (GSList *l = list; l; l = l->next) {
        qemu_printf("  %s\n", object_class_get_name(l->data));
    }
    g_slist_free(list);
}

/* ---- deleting ---- */

bool user_creatable_del(const char *id, Error **errp)
{
    Object *obj = object_resolve_path_component(object_get_objects_root(),
                                                id);

    if (!obj) {
        error_setg(errp, "object '%s' not found", id);
        return false;
    }
    if (!user_creatable_can_be_deleted(USER_CREATABLE(obj))) {
        error_setg(errp, "object '%s' is in use, can not be deleted", id);
        return false;
    }
    object_unparent(obj);
    return true;
}

void user_creatable_cleanup(void)
{
    if (type_exists(TYPE_CONTAINER) &&
        object_resolve_path_component(object_get_root(), "objects")) {
        property_table_clear(&object_get_objects_root()->properties,
                             object_get_objects_root());
    }
}

static void __attribute__((constructor)) register_interface(void)
{
    static const TypeInfo info = {
        .name = TYPE_USER_CREATABLE,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(UserCreatableClass),
    };

    type_register_static(&info);
}
