/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects for people: the tree, properties, object_add and object_del.
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qom/object_interfaces.h"

static Object *find_object(Monitor *mon, const char *path)
{
    bool ambiguous = false;
    Object *obj = object_resolve_path(path, &ambiguous);
    Error *err = NULL;

    if (!obj && ambiguous) {
        error_setg(&err, "Path '%s' is ambiguous", path);
    } else if (!obj) {
        error_setg(&err, "Device '%s' not found", path);
    }
    hmp_handle_error(mon, err);
    return obj;
}

static void qom_list(Monitor *mon, const json_t *args)
{
    const char *path = json_get_str(args, "path");
    Error *err = NULL;
    json_t *list, *info;
    size_t i;

    if (!path) {
        monitor_printf(mon, "/\n");
        return;
    }
    list = qmp_qom_list((json_t *)args, &err);
    json_array_foreach(list, i, info) {
        monitor_printf(mon, "%s (%s)\n", json_get_str(info, "name"),
                       json_get_str(info, "type"));
    }
    json_decref(list);
    hmp_handle_error(mon, err);
}

static void qom_get(Monitor *mon, const json_t *args)
{
    Object *obj = find_object(mon, json_get_str(args, "path"));
    Error *err = NULL;
    json_t *value;

    if (!obj) {
        return;
    }
    value = object_property_get_json(obj, json_get_str(args, "property"),
                                     &err);
    if (value) {
        g_autofree char *text = json_to_text(value, true);

        monitor_printf(mon, "%s\n", text);
        json_decref(value);
    }
    hmp_handle_error(mon, err);
}

static void qom_set(Monitor *mon, const json_t *args)
{
    Object *obj = find_object(mon, json_get_str(args, "path"));
    const char *property = json_get_str(args, "property");
    const char *text = json_get_str(args, "value");
    Error *err = NULL;

    if (!obj) {
        return;
    }
    if (json_has(args, "json")) {
        json_t *value = json_parse_text(text, &err);

        if (value) {
            object_property_set_json(obj, property, value, &err);
            json_decref(value);
        }
    } else {
        object_property_parse(obj, property, text, &err);
    }
    hmp_handle_error(mon, err);
}

/* ---- info qom-tree ---- */


static int by_component(gconstpointer a, gconstpointer b)
{
    return strcmp(object_get_canonical_path_component(*(Object **)a),
                  object_get_canonical_path_component(*(Object **)b));
}

static int collect_child(Object *child, void *opaque)
{
    g_ptr_array_add(opaque, child);
    return 0;
}

static void print_tree(Monitor *mon, Object *obj, int indent)
{
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    const char *name = object_get_canonical_path_component(obj);

    monitor_printf(mon, "%*s/%s (%s)\n", indent, "",
                   name && obj != object_get_root() ? name : "",
                   object_get_typename(obj));
    object_child_foreach(obj, collect_child, children);
    g_ptr_array_sort(children, by_component);
    for (guint i = 0; i < children->len; i++) {
        print_tree(mon, children->pdata[i], indent + 2);
    }
}

static void info_qom_tree(Monitor *mon, const json_t *args)
{
    const char *path = json_get_str(args, "path") ?: "/machine";
    Object *obj = find_object(mon, path);

    if (obj) {
        print_tree(mon, obj, 0);
    }
}

/* ---- objects of -object ---- */

static void object_add(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    user_creatable_add_from_str(json_get_str(args, "object"), &err);
    hmp_handle_error(mon, err);
}

static void object_del(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    user_creatable_del(json_get_str(args, "id"), &err);
    hmp_handle_error(mon, err);
}

/* ---- completion ---- */

static void complete_path(ReadLineState *rs, int nb_args, const char *str)
{
    const char *slash = strrchr(str, '/');
    g_autofree char *dir = slash ? g_strndup(str, slash - str + 1) : NULL;
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    Object *obj;

    if (nb_args != 2 || str[0] != '/') {
        return;
    }
    obj = object_resolve_path(dir, NULL);
    if (!obj) {
        return;
    }
    object_child_foreach(obj, collect_child, children);
    for (guint i = 0; i < children->len; i++) {
        const char *name =
            object_get_canonical_path_component(children->pdata[i]);
        g_autofree char *full = g_strconcat(dir, name, NULL);

        readline_add_completion_of(rs, str, full);
    }
}

static void complete_type(ReadLineState *rs, int nb_args, const char *str)
{
    GSList *list;

    if (nb_args != 2) {
        return;
    }
    list = object_class_get_list(TYPE_USER_CREATABLE, false);
    for (GSList *l = list; l; l = l->next) {
        readline_add_completion_of(rs, str, object_class_get_name(l->data));
    }
    g_slist_free(list);
}

static void complete_object(ReadLineState *rs, int nb_args, const char *str)
{
    g_autoptr(GPtrArray) children = g_ptr_array_new();

    if (nb_args != 2) {
        return;
    }
    object_child_foreach(object_get_objects_root(), collect_child, children);
    for (guint i = 0; i < children->len; i++) {
        readline_add_completion_of(rs, str,
            object_get_canonical_path_component(children->pdata[i]));
    }
}

static const HMPCommand commands[] = {
    { "object_add", "object:S", "[qom-type=]type,id=str[,prop=value][,...]",
      "make an object, as -object does", object_add, complete_type },
    { "object_del", "id:s", "id", "delete an object", object_del,
      complete_object },
    { "qom-get", "path:s,property:s", "path property",
      "print a property as JSON", qom_get, complete_path },
    { "qom-list", "path:s?", "path", "list the properties of an object",
      qom_list, complete_path },
    { "qom-set", "json:-j,path:s,property:s,value:S",
      "[-j] path property value", "set a property (-j: the value is JSON)",
      qom_set, complete_path },
    { }
};

static const HMPCommand info_commands[] = {
    { "qom-tree", "path:s?", "[path]", "show the tree of objects",
      info_qom_tree, complete_path },
    { }
};

static void hmp_qom_init(void)
{
    hmp_register(commands);
    hmp_register_info(info_commands);
}
hmp_init(hmp_qom_init);
