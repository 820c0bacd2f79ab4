/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instances: from memory to object and back, references, and making an
 * object with its properties in one call.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qom/object_interfaces.h"
#include "type-impl.h"

/* ---- making ---- */

static void run_instance_init(Object *obj, TypeImpl *type)
{
    if (type->parent) {
        run_instance_init(obj, type->parent);
    }
    if (type->info->instance_init) {
        type->info->instance_init(obj);
    }
}

/* @data is zeroed, the class made. */
static void object_initialize_of(void *data, size_t size, TypeImpl *type)
{
    Object *obj = data;

    if (type->abstract || type->instance_size > size) {
        fprintf(stderr, "cannot make an instance of '%s' in %zu bytes\n",
                type->info->name, size);
        abort();
    }
    obj->class = type->class;
    obj->ref = 1;
    object_init_class_properties(obj);
    run_instance_init(obj, type);
    for (TypeImpl *t = type; t; t = t->parent) {
        if (t->info->instance_post_init) {
            t->info->instance_post_init(obj);
        }
    }
}

static TypeImpl *type_of_name(const char *typename)
{
    ObjectClass *klass = object_class_by_name(typename);

    if (!klass) {
        fprintf(stderr, "missing object type '%s'\n", typename);
        abort();
    }
    return klass->type;
}

void object_initialize(void *data, size_t size, const char *typename)
{
    TypeImpl *type = type_of_name(typename);

    memset(data, 0, MIN(size, type->instance_size));
    object_initialize_of(data, size, type);
}

static Object *object_new_of(TypeImpl *type)
{
    size_t size;
    Object *obj;
    ObjectFree *free_fn = g_free;

    type_make_class(type);
    size = type->instance_size;
    if (likely(type->instance_align <= __alignof__(max_align_t))) {
        /* Large ones are fresh pages that nothing need touch yet. */
        obj = g_malloc0(size);
    } else {
        size_t align = type->instance_align;

        obj = aligned_alloc(align, ROUND_UP(size, align));
        if (!obj) {
            g_error("out of memory for a '%s'", type->info->name);
        }
        memset(obj, 0, size);
        free_fn = free;
    }
    object_initialize_of(obj, size, type);
    obj->free = free_fn;
    return obj;
}

Object *object_new_with_class(ObjectClass *klass)
{
    return object_new_of(klass->type);
}

Object *object_new(const char *typename)
{
    return object_new_of(type_of_name(typename));
}

/* ---- ending ---- */

static void object_finalize(Object *obj)
{
    property_table_clear(&obj->properties, obj);
    if (unlikely(obj->parent)) {
        fprintf(stderr, "'%s' loses its last reference as a child\n",
                object_get_typename(obj));
        abort();
    }
    object_release_class_properties(obj);
    for (TypeImpl *t = obj->class->type; t; t = t->parent) {
        if (t->info->instance_finalize) {
            t->info->instance_finalize(obj);
        }
    }
    /* A finalizer of a base class may have added some. */
    property_table_clear(&obj->properties, obj);
    if (obj->free) {
        obj->free(obj);
    }
}

Object *object_ref(void *objptr)
{
    Object *obj = objptr;

    if (obj) {
        qatomic_inc(&obj->ref);
    }
    return obj;
}

void object_unref(void *objptr)
{
    Object *obj = objptr;
    uint32_t before;

    if (!obj) {
        return;
    }
    before = qatomic_fetch_dec(&obj->ref);
    assert(before > 0);
    if (before == 1) {
        object_finalize(obj);
    }
}

void object_unparent(Object *obj)
{
    if (obj->parent && obj->own_prop->prevp) {
        object_property_remove(obj->parent, obj->own_prop);
    }
}

/* ---- making with properties ---- */

bool object_set_propv(Object *obj, Error **errp, va_list vargs)
{
    const char *name;

    while ((name = va_arg(vargs, const char *))) {
        const char *value = va_arg(vargs, const char *);

        assert(value);
        if (!object_property_parse(obj, name, value, errp)) {
            return false;
        }
    }
    return true;
}

bool object_set_props(Object *obj, Error **errp, ...)
{
    va_list vargs;
    bool ok;

    va_start(vargs, errp);
    ok = object_set_propv(obj, errp, vargs);
    va_end(vargs);
    return ok;
}

/* Properties, place in the tree, completion: what both makers share. */
static bool object_furnish(Object *obj, Object *parent, const char *id,
                           Error **errp, va_list vargs)
{
    UserCreatable *uc;

    if (!object_set_propv(obj, errp, vargs)) {
        return false;
    }
    if (id && !object_property_try_add_child(parent, id, obj, errp)) {
        return false;
    }
    uc = (UserCreatable *)object_dynamic_cast(obj, TYPE_USER_CREATABLE);
    if (uc && !user_creatable_complete(uc, errp)) {
        if (id) {
            object_unparent(obj);
        }
        return false;
    }
    return true;
}

Object *object_new_with_propv(const char *typename, Object *parent,
                              const char *id, Error **errp, va_list vargs)
{
    ObjectClass *klass = object_class_by_name(typename);
    Object *obj;

    if (!klass) {
        error_setg(errp, "invalid object type: %s", typename);
        return NULL;
    }
    if (object_class_is_abstract(klass)) {
        error_setg(errp, "object type '%s' is abstract", typename);
        return NULL;
    }
    obj = object_new_with_class(klass);
    if (!object_furnish(obj, parent, id, errp, vargs)) {
        object_unref(obj);
        return NULL;
    }
    if (id) {
        object_unref(obj);          /* the parent has one */
    }
    return obj;
}

Object *object_new_with_props(const char *typename, Object *parent,
                              const char *id, Error **errp, ...)
{
    va_list vargs;
    Object *obj;

    va_start(vargs, errp);
    obj = object_new_with_propv(typename, parent, id, errp, vargs);
    va_end(vargs);
    return obj;
}

bool object_initialize_child_with_propsv(Object *parentobj,
                                         const char *propname,
                                         void *childobj, size_t size,
                                         const char *type, Error **errp,
                                         va_list vargs)
{
    bool ok;

    object_initialize(childobj, size, type);
    ok = object_furnish(childobj, parentobj, propname, errp, vargs);
    /* Either the parent has a reference now, or the object goes. */
    object_unref(childobj);
    return ok;
}

bool object_initialize_child_with_props(Object *parentobj,
                                        const char *propname,
                                        void *childobj, size_t size,
                                        const char *type, Error **errp, ...)
{
    va_list vargs;
    bool ok;

    va_start(vargs, errp);
    ok = object_initialize_child_with_propsv(parentobj, propname, childobj,
                                             size, type, errp, vargs);
    va_end(vargs);
    return ok;
}

void object_initialize_child_internal(Object *parent, const char *propname,
                                      void *child, size_t size,
                                      const char *type)
{
    object_initialize(child, size, type);
    object_property_add_child(parent, propname, child);
    object_unref(child);
}

/* ---- defaults from outside ---- */

enum { COMPAT_ACCELERATOR, COMPAT_MACHINE, COMPAT_SUGAR, COMPAT_NR };
static GPtrArray *compat_lists[COMPAT_NR];

bool object_apply_global_props(Object *obj, const GPtrArray *props,
                               Error **errp)
{
    for (guint i = 0; props && i < props->len; i++) {
        GlobalProperty *p = g_ptr_array_index(props, i);
        Error *err = NULL;

        if (!object_dynamic_cast(obj, p->driver) ||
            (p->optional && !object_property_find(obj, p->property))) {
            continue;
        }
        p->used = true;
        if (object_property_parse(obj, p->property, p->value, &err)) {
            continue;
        }
        error_prepend(&err, "can't apply global %s.%s=%s: ",
                      p->driver, p->property, p->value);
        if (errp) {
            error_propagate(errp, err);
            return false;
        }
        warn_report_err(err);
    }
    return true;
}

void object_set_machine_compat_props(GPtrArray *compat_props)
{
    compat_lists[COMPAT_MACHINE] = compat_props;
}

void object_set_accelerator_compat_props(GPtrArray *compat_props)
{
    compat_lists[COMPAT_ACCELERATOR] = compat_props;
}

void object_register_sugar_prop(const char *driver, const char *prop,
                                const char *value, bool optional)
{
    GlobalProperty *g = g_new0(GlobalProperty, 1);

    g->driver = g_strdup(driver);
    g->property = g_strdup(prop);
    g->value = g_strdup(value);
    g->optional = optional;
    if (!compat_lists[COMPAT_SUGAR]) {
        compat_lists[COMPAT_SUGAR] = g_ptr_array_new();
    }
    g_ptr_array_add(compat_lists[COMPAT_SUGAR], g);
}

void object_apply_compat_props(Object *obj)
{
    for (int i = 0; i < COMPAT_NR; i++) {
        object_apply_global_props(obj, compat_lists[i], NULL);
    }
}
