/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of objects: children, containers and paths.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/visitor.h"
#include "type-impl.h"

/* ---- children ---- */

static void child_get(Object *obj, Visitor *v, const char *name,
                      void *opaque, Error **errp)
{
    char *path = object_get_canonical_path(opaque);

    if (!path) {
        path = g_strdup("");        /* the tree it is in is not the root's */
    }
    visit_type_str(v, name, &path, errp);
    g_free(path);
}

static Object *child_resolve(Object *parent, void *opaque, const char *part)
{
    return opaque;
}

static void child_release(Object *obj, const char *name, void *opaque)
{
    Object *child = opaque;

    if (child->class->unparent) {
        child->class->unparent(child);
    }
    child->parent = NULL;
    child->own_prop = NULL;
    object_unref(child);
}

bool object_property_is_child(const ObjectProperty *prop)
{
    return prop->get == child_get;
}

ObjectProperty *object_property_try_add_child(Object *obj, const char *name,
                                              Object *child, Error **errp)
{
    /* Not printf: this is done for each object of a starting machine. */
    g_autofree char *type = g_strconcat("child<",
                                        object_get_typename(child), ">",
                                        NULL);
    ObjectProperty *prop;

    assert(!child->parent);
    prop = object_property_try_add(obj, name, type, child_get, NULL,
                                   child_release, child, errp);
    if (!prop) {
        return NULL;
    }
    prop->resolve = child_resolve;
    object_ref(child);
    child->parent = obj;
    child->own_prop = prop;
    return prop;
}

ObjectProperty *object_property_add_child(Object *obj, const char *name,
                                          Object *child)
{
    return object_property_try_add_child(obj, name, child, &error_abort);
}

static int child_foreach(Object *obj, int (*fn)(Object *, void *),
                         void *opaque, bool recursive)
{
    ObjectProperty *prop, *next;
    int ret = 0;

    for (prop = obj->properties.first; prop && !ret; prop = next) {
        Object *child;

        next = prop->next;
        if (!object_property_is_child(prop)) {
            continue;
        }
        child = prop->opaque;
        object_ref(child);
        ret = fn(child, opaque);
        if (!ret && recursive) {
            ret = child_foreach(child, fn, opaque, true);
        }
        object_unref(child);
    }
    return ret;
}

int object_child_foreach(Object *obj, int (*fn)(Object *child, void *opaque),
                         void *opaque)
{
    return child_foreach(obj, fn, opaque, false);
}

int object_child_foreach_recursive(Object *obj,
                                   int (*fn)(Object *child, void *opaque),
                                   void *opaque)
{
    return child_foreach(obj, fn, opaque, true);
}

/* ---- containers and roots ---- */

static const TypeInfo container_info = {
    .name = TYPE_CONTAINER,
    .parent = TYPE_OBJECT,
};

static void __attribute__((constructor)) register_container(void)
{
    type_register_static(&container_info);
}

Object *object_get_root(void)
{
    static Object *root;

    if (unlikely(!root)) {
        root = object_new(TYPE_CONTAINER);
    }
    return root;
}

Object *object_get_internal_root(void)
{
    static Object *root;

    if (!root) {
        root = object_new(TYPE_CONTAINER);
    }
    return root;
}

Object *object_get_objects_root(void)
{
    static Object *objects;

    if (!objects) {
        objects = container_get(object_get_root(), "/objects");
    }
    return objects;
}

Object *container_get(Object *root, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 0);
    Object *obj = root;

    assert(parts[0] && !parts[0][0]);
    for (char **part = parts + 1; *part && **part; part++) {
        Object *child = object_resolve_path_component(obj, *part);

        if (!child) {
            child = object_new(TYPE_CONTAINER);
            object_property_add_child(obj, *part, child);
            object_unref(child);
        }
        obj = child;
    }
    return obj;
}

/* ---- paths ---- */

const char *object_get_canonical_path_component(const Object *obj)
{
    return obj->parent ? obj->own_prop->name : NULL;
}

char *object_get_canonical_path(const Object *obj)
{
    const Object *root = object_get_root();
    size_t len = 0;
    char *path, *p;

    if (obj == root) {
        return g_strdup("/");
    }
    for (const Object *o = obj; o != root; o = o->parent) {
        if (!o->parent) {
            return NULL;
        }
        len += 1 + strlen(o->own_prop->name);
    }
    path = g_malloc(len + 1);
    p = path + len;
    *p = '\0';
    for (const Object *o = obj; o != root; o = o->parent) {
        size_t n = strlen(o->own_prop->name);

        p -= n;
        memcpy(p, o->own_prop->name, n);
        *--p = '/';
    }
    return path;
}

Object *object_resolve_path_component(Object *parent, const char *part)
{
    ObjectProperty *prop = object_property_find(parent, part);

    if (!prop || !prop->resolve) {
        return NULL;
    }
    return prop->resolve(parent, prop->opaque, part);
}

/* Follows @parts down from @parent to an object of @typename. */
static Object *walk_down(Object *parent, char **parts, const char *typename)
{
    for (; parent && *parts; parts++) {
        if (**parts) {
            parent = object_resolve_path_component(parent, *parts);
        }
    }
    return object_dynamic_cast(parent, typename);
}

/* The only object of the tree that @parts lead to from anywhere in it. */
static Object *search_tree(Object *parent, char **parts,
                           const char *typename, bool *ambiguous)
{
    Object *found = walk_down(parent, parts, typename);
    ObjectProperty *prop;

    for (prop = parent->properties.first; prop; prop = prop->next) {
        Object *below;

        if (!object_property_is_child(prop)) {
            continue;
        }
        below = search_tree(prop->opaque, parts, typename, ambiguous);
        if (*ambiguous || (below && found && below != found)) {
            *ambiguous = true;
            return NULL;
        }
        found = found ?: below;
    }
    return found;
}

Object *object_resolve_path_type(const char *path, const char *typename,
                                 bool *ambiguousp)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 0);
    bool ambiguous = false;
    Object *obj = NULL;

    if (parts[0] && !parts[0][0]) {
        obj = walk_down(object_get_root(), parts + 1, typename);
    } else {
        /* An empty path leads from every object to itself. */
        obj = search_tree(object_get_root(), parts, typename, &ambiguous);
    }
    if (ambiguousp) {
        *ambiguousp = ambiguous;
    }
    return obj;
}

Object *object_resolve_path(const char *path, bool *ambiguous)
{
    return object_resolve_path_type(path, TYPE_OBJECT, ambiguous);
}

Object *object_resolve_path_at(Object *parent, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 0);

    if (*path == '/') {
        return walk_down(object_get_root(), parts + 1, TYPE_OBJECT);
    }
    return walk_down(parent, parts, TYPE_OBJECT);
}
