/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ready-made kinds of properties: strings, flags, enumerations, dates,
 * integers in place, links to other objects, and aliases.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/visitor.h"
#include "type-impl.h"

/* The opaque of an object's own property goes with it; a class's stays. */
static void release_opaque(Object *obj, const char *name, void *opaque)
{
    g_free(opaque);
}

/* ---- strings ---- */

typedef struct StringProperty {
    char *(*get)(Object *, Error **);
    void (*set)(Object *, const char *, Error **);
} StringProperty;

static void string_get(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    StringProperty *prop = opaque;
    Error *err = NULL;
    char *value = prop->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_str(v, name, &value, errp);
    g_free(value);
}

static void string_set(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    StringProperty *prop = opaque;
    char *value = NULL;

    if (visit_type_str(v, name, &value, errp)) {
        prop->set(obj, value, errp);
        g_free(value);
    }
}

static StringProperty *string_property(char *(*get)(Object *, Error **),
                                       void (*set)(Object *, const char *,
                                                   Error **))
{
    StringProperty *prop = g_new(StringProperty, 1);

    *prop = (StringProperty){ get, set };
    return prop;
}

ObjectProperty *object_property_add_str(Object *obj, const char *name,
                        char *(*get)(Object *, Error **),
                        void (*set)(Object *, const char *, Error **))
{
    return object_property_add(obj, name, "string", get ? string_get : NULL,
                               set ? string_set : NULL, release_opaque,
                               string_property(get, set));
}

ObjectProperty *object_class_property_add_str(ObjectClass *klass,
                        const char *name,
                        char *(*get)(Object *, Error **),
                        void (*set)(Object *, const char *, Error **))
{
    return object_class_property_add(klass, name, "string",
                                     get ? string_get : NULL,
                                     set ? string_set : NULL, NULL,
                                     string_property(get, set));
}

/* ---- flags ---- */

typedef struct BoolProperty {
    bool (*get)(Object *, Error **);
    void (*set)(Object *, bool, Error **);
} BoolProperty;

static void bool_get(Object *obj, Visitor *v, const char *name,
                     void *opaque, Error **errp)
{
    BoolProperty *prop = opaque;
    Error *err = NULL;
    bool value = prop->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_bool(v, name, &value, errp);
}

static void bool_set(Object *obj, Visitor *v, const char *name,
                     void *opaque, Error **errp)
{
    BoolProperty *prop = opaque;
    bool value;

    if (visit_type_bool(v, name, &value, errp)) {
        prop->set(obj, value, errp);
    }
}

static BoolProperty *bool_property(bool (*get)(Object *, Error **),
                                   void (*set)(Object *, bool, Error **))
{
    BoolProperty *prop = g_new(BoolProperty, 1);

    *prop = (BoolProperty){ get, set };
    return prop;
}

ObjectProperty *object_property_add_bool(Object *obj, const char *name,
                        bool (*get)(Object *, Error **),
                        void (*set)(Object *, bool, Error **))
{
    return object_property_add(obj, name, "bool", get ? bool_get : NULL,
                               set ? bool_set : NULL, release_opaque,
                               bool_property(get, set));
}

ObjectProperty *object_class_property_add_bool(ObjectClass *klass,
                        const char *name,
                        bool (*get)(Object *, Error **),
                        void (*set)(Object *, bool, Error **))
{
    return object_class_property_add(klass, name, "bool",
                                     get ? bool_get : NULL,
                                     set ? bool_set : NULL, NULL,
                                     bool_property(get, set));
}

/* ---- enumerations ---- */

typedef struct EnumProperty {
    const QEnumLookup *lookup;
    int (*get)(Object *, Error **);
    void (*set)(Object *, int, Error **);
} EnumProperty;

static void enum_get(Object *obj, Visitor *v, const char *name,
                     void *opaque, Error **errp)
{
    EnumProperty *prop = opaque;
    Error *err = NULL;
    int value = prop->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_enum(v, name, &value, prop->lookup, errp);
}

static void enum_set(Object *obj, Visitor *v, const char *name,
                     void *opaque, Error **errp)
{
    EnumProperty *prop = opaque;
    int value;

    if (visit_type_enum(v, name, &value, prop->lookup, errp)) {
        prop->set(obj, value, errp);
    }
}

static EnumProperty *enum_property(const QEnumLookup *lookup,
                                   int (*get)(Object *, Error **),
                                   void (*set)(Object *, int, Error **))
{
    EnumProperty *prop = g_new(EnumProperty, 1);

    *prop = (EnumProperty){ lookup, get, set };
    return prop;
}

ObjectProperty *object_property_add_enum(Object *obj, const char *name,
                        const char *typename, const QEnumLookup *lookup,
                        int (*get)(Object *, Error **),
                        void (*set)(Object *, int, Error **))
{
    return object_property_add(obj, name, typename, get ? enum_get : NULL,
                               set ? enum_set : NULL, release_opaque,
                               enum_property(lookup, get, set));
}

ObjectProperty *object_class_property_add_enum(ObjectClass *klass,
                        const char *name,
                        const char *typename, const QEnumLookup *lookup,
                        int (*get)(Object *, Error **),
                        void (*set)(Object *, int, Error **))
{
    return object_class_property_add(klass, name, typename,
                                     get ? enum_get : NULL,
                                     set ? enum_set : NULL, NULL,
                                     enum_property(lookup, get, set));
}

int object_property_get_enum(Object *obj, const char *name,
                             const char *typename, Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);

    if (!prop) {
        return -1;
    }
    if (prop->get != enum_get || strcmp(prop->type, typename)) {
        error_setg(errp, "Property %s on %s is not '%s' enum type",
                   name, object_get_typename(obj), typename);
        return -1;
    }
    return ((EnumProperty *)prop->opaque)->get(obj, errp);
}

/* ---- dates ---- */

typedef struct TMProperty {
    void (*get)(Object *, struct tm *, Error **);
} TMProperty;

static void tm_get(Object *obj, Visitor *v, const char *name,
                   void *opaque, Error **errp)
{
    TMProperty *prop = opaque;
    Error *err = NULL;
    struct tm tm;
    bool ok;

    prop->get(obj, &tm, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    ok = visit_type_int32(v, "tm_year", &tm.tm_year, errp) &&
         visit_type_int32(v, "tm_mon", &tm.tm_mon, errp) &&
         visit_type_int32(v, "tm_mday", &tm.tm_mday, errp) &&
         visit_type_int32(v, "tm_hour", &tm.tm_hour, errp) &&
         visit_type_int32(v, "tm_min", &tm.tm_min, errp) &&
         visit_type_int32(v, "tm_sec", &tm.tm_sec, errp);
    if (ok) {
        visit_check_struct(v, errp);
    }
    visit_end_struct(v, NULL);
}

static TMProperty *tm_property(void (*get)(Object *, struct tm *, Error **))
{
    TMProperty *prop = g_new(TMProperty, 1);

    prop->get = get;
    return prop;
}

ObjectProperty *object_property_add_tm(Object *obj, const char *name,
                        void (*get)(Object *, struct tm *, Error **))
{
    return object_property_add(obj, name, "struct tm", get ? tm_get : NULL,
                               NULL, release_opaque, tm_property(get));
}

ObjectProperty *object_class_property_add_tm(ObjectClass *klass,
                        const char *name,
                        void (*get)(Object *, struct tm *, Error **))
{
    return object_class_property_add(klass, name, "struct tm",
                                     get ? tm_get : NULL, NULL, NULL,
                                     tm_property(get));
}

/* ---- integers in place ---- */

#define INTEGER_IN_PLACE(kind)                                              \
static void kind##_get(Object *obj, Visitor *v, const char *name,           \
                       void *opaque, Error **errp)                          \
{                                                                           \
    kind##_t value = *(kind##_t *)opaque;                                   \
                                                                            \
    visit_type_##kind(v, name, &value, errp);                               \
}                                                                           \
                                                                            \
static void kind##_set(Object *obj, Visitor *v, const char *name,           \
                       void *opaque, Error **errp)                          \
{                                                                           \
    kind##_t value;                                                         \
                                                                            \
    if (visit_type_##kind(v, name, &value, errp)) {                         \
        *(kind##_t *)opaque = value;                                        \
    }                                                                       \
}                                                                           \
                                                                            \
ObjectProperty *object_property_add_##kind##_ptr(Object *obj,               \
        const char *name, const kind##_t *v, ObjectPropertyFlags flags)     \
{                                                                           \
    return object_property_add(obj, name, #kind,                            \
                               flags & OBJ_PROP_FLAG_READ ?                 \
                               kind##_get : NULL,                           \
                               flags & OBJ_PROP_FLAG_WRITE ?                \
                               kind##_set : NULL, NULL, (void *)v);         \
}                                                                           \
                                                                            \
ObjectProperty *object_class_property_add_##kind##_ptr(ObjectClass *klass,  \
        const char *name, const kind##_t *v, ObjectPropertyFlags flags)     \
{                                                                           \
    return object_class_property_add(klass, name, #kind,                    \
                                     flags & OBJ_PROP_FLAG_READ ?           \
                                     kind##_get : NULL,                     \
                                     flags & OBJ_PROP_FLAG_WRITE ?          \
                                     kind##_set : NULL, NULL, (void *)v);   \
}

INTEGER_IN_PLACE(uint8)
INTEGER_IN_PLACE(uint16)
INTEGER_IN_PLACE(uint32)
INTEGER_IN_PLACE(uint64)

/* ---- links ---- */

typedef struct LinkProperty {
    union {
        Object **targetp;
        Object *target;         /* OBJ_PROP_LINK_DIRECT */
        ptrdiff_t offset;       /* OBJ_PROP_LINK_CLASS */
    };
    void (*check)(const Object *, const char *, Object *, Error **);
    ObjectPropertyLinkFlags flags;
    const char *type;           /* of the property: "link<T>" */
} LinkProperty;

static Object **link_place(Object *obj, LinkProperty *link)
{
    if (link->flags & OBJ_PROP_LINK_DIRECT) {
        return &link->target;
    }
    if (link->flags & OBJ_PROP_LINK_CLASS) {
        return (Object **)((char *)obj + link->offset);
    }
    return link->targetp;
}

void object_property_allow_set_link(const Object *obj, const char *name,
                                    Object *val, Error **errp)
{
    /* Allow every target: the type was checked already. */
}

static void link_get(Object *obj, Visitor *v, const char *name,
                     void *opaque, Error **errp)
{
    Object *target = *link_place(obj, opaque);
    char *path = target ? object_get_canonical_path(target) : NULL;

    if (!path) {
        path = g_strdup("");
    }
    visit_type_str(v, name, &path, errp);
    g_free(path);
}

/* The T of "link<T>", which is @type's. */
static char *link_target_type(const char *type)
{
    return g_strndup(type + strlen("link<"), strlen(type) - strlen("link<>"));
}

static Object *resolve_link(const LinkProperty *link, const char *name,
                            const char *path, Error **errp)
{
    g_autofree char *target_type = link_target_type(link->type);
    bool ambiguous = false;
    Object *target = object_resolve_path_type(path, target_type, &ambiguous);

    if (ambiguous) {
        error_setg(errp, "Path '%s' does not uniquely identify an object",
                   path);
    } else if (!target) {
        target = object_resolve_path(path, &ambiguous);
        if (target || ambiguous) {
            error_setg(errp, "Invalid parameter type for '%s', expected: %s",
                       name, target_type);
        } else {
            error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                      "Device '%s' not found", path);
        }
        target = NULL;
    }
    return target;
}

static void link_store(Object *obj, const char *name, LinkProperty *link,
                       Object *target, Error **errp)
{
    Object **place = link_place(obj, link);
    Object *old = *place;
    Error *err = NULL;

    link->check(obj, name, target, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    *place = target;
    if (link->flags & OBJ_PROP_LINK_STRONG) {
        object_ref(target);
        object_unref(old);
    }
}

static void link_set(Object *obj, Visitor *v, const char *name,
                     void *opaque, Error **errp)
{
    g_autofree char *path = NULL;
    Object *target = NULL;

    if (!visit_type_str(v, name, &path, errp)) {
        return;
    }
    if (*path) {
        target = resolve_link(opaque, name, path, errp);
        if (!target) {
            return;
        }
    }
    link_store(obj, name, opaque, target, errp);
}

static void link_release(Object *obj, const char *name, void *opaque)
{
    LinkProperty *link = opaque;
    Object **place = link_place(obj, link);

    if (link->flags & OBJ_PROP_LINK_STRONG) {
        Object *target = *place;

        *place = NULL;
        object_unref(target);
    }
    if (!(link->flags & OBJ_PROP_LINK_CLASS)) {
        g_free(link);
    }
}

bool object_link_read(Object *obj, const ObjectProperty *prop,
                      Object **target)
{
    if (prop->get != link_get) {
        return false;
    }
    *target = *link_place(obj, prop->opaque);
    return true;
}

bool object_link_write(Object *obj, const ObjectProperty *prop,
                       Object *target, Error **errp)
{
    if (prop->set != link_set) {
        return false;
    }
    if (target) {
        g_autofree char *type = link_target_type(prop->type);

        if (!object_dynamic_cast(target, type)) {
            error_setg(errp, "Invalid parameter type for '%s', expected: %s",
                       prop->name, type);
            return true;
        }
    }
    link_store(obj, prop->name, prop->opaque, target, errp);
    return true;
}

static Object *link_resolve(Object *obj, void *opaque, const char *part)
{
    return *link_place(obj, opaque);
}

static ObjectProperty *add_link(Object *obj, const char *name,
        const char *type, void *place,
        void (*check)(const Object *, const char *, Object *, Error **),
        ObjectPropertyLinkFlags flags)
{
    LinkProperty *link = g_new(LinkProperty, 1);
    g_autofree char *full_type = g_strconcat("link<", type, ">", NULL);
    ObjectProperty *prop;

    link->targetp = place;
    link->check = check;
    link->flags = flags;
    prop = object_property_add(obj, name, full_type, link_get,
                               check ? link_set : NULL, link_release, link);
    prop->resolve = link_resolve;
    link->type = prop->type;
    return prop;
}

ObjectProperty *object_property_add_link(Object *obj, const char *name,
        const char *type, Object **targetp,
        void (*check)(const Object *, const char *, Object *, Error **),
        ObjectPropertyLinkFlags flags)
{
    return add_link(obj, name, type, targetp, check, flags);
}

ObjectProperty *object_property_add_const_link(Object *obj, const char *name,
                                               Object *target)
{
    return add_link(obj, name, object_get_typename(target), target, NULL,
                    OBJ_PROP_LINK_DIRECT);
}

ObjectProperty *object_class_property_add_link(ObjectClass *oc,
        const char *name, const char *type, ptrdiff_t offset,
        void (*check)(const Object *, const char *, Object *, Error **),
        ObjectPropertyLinkFlags flags)
{
    LinkProperty *link = g_new(LinkProperty, 1);
    g_autofree char *full_type = g_strconcat("link<", type, ">", NULL);
    ObjectProperty *prop;

    link->offset = offset;
    link->check = check;
    link->flags = flags | OBJ_PROP_LINK_CLASS;
    prop = object_class_property_add(oc, name, full_type, link_get,
                                     check ? link_set : NULL, link_release,
                                     link);
    prop->resolve = link_resolve;
    link->type = prop->type;
    return prop;
}

/* ---- aliases ---- */

typedef struct AliasProperty {
    Object *target;
    ObjectProperty *prop;       /* of the target's class, or NULL */
    char name[];
} AliasProperty;

/* The target's property; its own, unlike its class's, may have gone. */
static ObjectProperty *alias_target(AliasProperty *alias, Error **errp)
{
    return alias->prop ?: object_property_find_err(alias->target, alias->name,
                                                   errp);
}

/*
 * The visitor knows the value by the alias's name, so the target's accessor
 * is called with that name.
 */
static void alias_get(Object *obj, Visitor *v, const char *name,
                      void *opaque, Error **errp)
{
    AliasProperty *alias = opaque;
    ObjectProperty *prop = alias_target(alias, errp);

    if (prop) {
        if (prop->get) {
            prop->get(alias->target, v, name, prop->opaque, errp);
        } else {
            error_setg(errp, "Property '%s.%s' is not readable",
                       object_get_typename(alias->target), alias->name);
        }
    }
}

static void alias_set(Object *obj, Visitor *v, const char *name,
                      void *opaque, Error **errp)
{
    AliasProperty *alias = opaque;
    ObjectProperty *prop = alias_target(alias, errp);

    if (prop) {
        if (prop->set) {
            prop->set(alias->target, v, name, prop->opaque, errp);
        } else {
            error_setg(errp, "Property '%s.%s' is not writable",
                       object_get_typename(alias->target), alias->name);
        }
    }
}

static Object *alias_resolve(Object *obj, void *opaque, const char *part)
{
    AliasProperty *alias = opaque;

    return object_resolve_path_component(alias->target, alias->name);
}

ObjectProperty *object_property_add_alias(Object *obj, const char *name,
                        Object *target_obj, const char *target_name)
{
    ObjectProperty *target = object_property_find_err(target_obj, target_name,
                                                      &error_abort);
    g_autofree char *type = NULL;
    AliasProperty *alias;
    ObjectProperty *prop;

    if (object_property_is_child(target)) {
        type = g_strdup_printf("link%s", target->type + strlen("child"));
    } else {
        type = g_strdup(target->type);
    }
    alias = g_malloc0(sizeof(*alias) + strlen(target_name) + 1);
    alias->target = target_obj;
    alias->prop = target->klass ? target : NULL;
    strcpy(alias->name, target_name);
    prop = object_property_add(obj, name, type, alias_get, alias_set,
                               release_opaque, alias);
    prop->resolve = alias_resolve;
    if (target->defval) {
        prop->defval = json_incref(target->defval);
    }
    object_property_set_description(obj, prop->name, target->description);
    return prop;
}
