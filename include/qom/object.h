/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object model: types with single inheritance and interfaces, classes
 * made on first use, instances with reference counts, properties, and the
 * tree of named objects that paths resolve in.
 *
 * A type is registered with a TypeInfo before anything uses it.  Registering
 * only notes the name: the class comes into being with the first instance or
 * the first look at the class.
 *
 * Locking: registration happens before threads exist.  Reference counts are
 * atomic; everything else is under the big lock.
 */
#ifndef QEMU_OBJECT_H
#define QEMU_OBJECT_H

#include <jansson.h>

#include "qapi/util.h"
#include "qemu/module.h"
#include "qom/global-property.h"

typedef struct TypeImpl *Type;
typedef struct TypeInfo TypeInfo;

#define TYPE_OBJECT "object"
#define TYPE_CONTAINER "container"

/*
 * Reads or writes a property through @v.  @name is the name to give the
 * visitor; @opaque came with object_property_add().
 */
typedef void ObjectPropertyAccessor(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp);
/* Finds what @part, the name of this property, stands for in a path. */
typedef Object *ObjectPropertyResolve(Object *obj, void *opaque,
                                      const char *part);
/* Called once when the property goes away, with its object or by name. */
typedef void ObjectPropertyRelease(Object *obj, const char *name,
                                   void *opaque);
/* Called for each new instance of a class, to put a default in place. */
typedef void ObjectPropertyInit(Object *obj, ObjectProperty *prop);
/* Called when an object leaves its parent. */
typedef void ObjectUnparent(Object *obj);
/* Releases the memory of an instance. */
typedef void ObjectFree(void *obj);

struct ObjectProperty {
    char *name;
    char *type;
    char *description;
    ObjectPropertyAccessor *get;
    ObjectPropertyAccessor *set;
    ObjectPropertyResolve *resolve;
    ObjectPropertyRelease *release;
    ObjectPropertyInit *init;
    void *opaque;
    json_t *defval;
    /* private */
    ObjectClass *klass;         /* whose property it is, NULL: an object's */
    uint32_t hash;              /* of the name */
    ObjectProperty *next;
    ObjectProperty **prevp;     /* NULL once it is out of its table */
    ObjectProperty *chain;      /* the next one in its slot of the index */
};

/* Properties in the order they were added, indexed once there are many. */
typedef struct ObjectPropertyTable {
    ObjectProperty *first;
    ObjectProperty **tail;
    struct ObjectPropertyIndex *index;
} ObjectPropertyTable;

#define OBJECT_CLASS_CAST_CACHE 4

/* The class of all classes; every class structure begins with its parent's. */
struct ObjectClass {
    /* private */
    Type type;
    GSList *interfaces;
    const char *object_cast_cache[OBJECT_CLASS_CAST_CACHE];
    const char *class_cast_cache[OBJECT_CLASS_CAST_CACHE];
    uint8_t cast_cache_turn;
    bool has_init;              /* some property of its own has an init... */
    bool has_release;           /* ... or a release */
    ObjectUnparent *unparent;
    ObjectPropertyTable properties;
};

/* The base of all instances; every instance begins with its parent's. */
struct Object {
    /* private */
    ObjectClass *class;
    ObjectFree *free;
    ObjectPropertyTable properties;
    uint32_t ref;
    ObjectProperty *own_prop;   /* the child<> property that holds us */
    Object *parent;
};

struct TypeInfo {
    const char *name;
    const char *parent;

    size_t instance_size;       /* 0: as the parent's */
    size_t instance_align;      /* 0: what malloc gives */
    void (*instance_init)(Object *obj);         /* parents first */
    void (*instance_post_init)(Object *obj);    /* after all instance_init */
    void (*instance_finalize)(Object *obj);     /* parents last */

    bool abstract;
    size_t class_size;          /* 0: as the parent's */

    void (*class_init)(ObjectClass *klass, void *data);
    /* Like class_init, but also run for each class derived from this one. */
    void (*class_base_init)(ObjectClass *klass, void *data);
    void *class_data;

    InterfaceInfo *interfaces;  /* ends with an entry without a type */
};

/* Interfaces: classes without instances that another type carries along. */
struct InterfaceInfo {
    const char *type;
};

struct InterfaceClass {
    ObjectClass parent_class;
    /* private */
    ObjectClass *concrete_class;
    Type interface_type;
};

#define TYPE_INTERFACE "interface"

/* ---- casts ---- */

#define OBJECT(obj) ((Object *)(obj))
#define OBJECT_CLASS(class) ((ObjectClass *)(class))

#define OBJECT_CHECK(type, obj, name) \
    ((type *)object_dynamic_cast_assert(OBJECT(obj), (name), \
                                        __FILE__, __LINE__, __func__))
#define OBJECT_CLASS_CHECK(class_type, class, name) \
    ((class_type *)object_class_dynamic_cast_assert(OBJECT_CLASS(class), \
                                    (name), __FILE__, __LINE__, __func__))
#define OBJECT_GET_CLASS(class, obj, name) \
    OBJECT_CLASS_CHECK(class, object_get_class(OBJECT(obj)), name)

#define INTERFACE_CLASS(klass) \
    OBJECT_CLASS_CHECK(InterfaceClass, klass, TYPE_INTERFACE)
#define INTERFACE_CHECK(interface, obj, name) \
    ((interface *)object_dynamic_cast_assert(OBJECT((obj)), (name), \
                                             __FILE__, __LINE__, __func__))

/* Defines the checked cast OBJ_NAME(x) from any object to @InstanceType. */
#define DECLARE_INSTANCE_CHECKER(InstanceType, OBJ_NAME, TYPENAME) \
    static inline G_GNUC_UNUSED InstanceType *OBJ_NAME(const void *obj) \
    { return OBJECT_CHECK(InstanceType, obj, TYPENAME); }

/* Defines OBJ_NAME_GET_CLASS(obj) and the checked cast OBJ_NAME_CLASS(klass). */
#define DECLARE_CLASS_CHECKERS(ClassType, OBJ_NAME, TYPENAME) \
    static inline G_GNUC_UNUSED ClassType * \
    OBJ_NAME##_GET_CLASS(const void *obj) \
    { return OBJECT_GET_CLASS(ClassType, obj, TYPENAME); } \
    static inline G_GNUC_UNUSED ClassType * \
    OBJ_NAME##_CLASS(const void *klass) \
    { return OBJECT_CLASS_CHECK(ClassType, klass, TYPENAME); }

#define DECLARE_OBJ_CHECKERS(InstanceType, ClassType, OBJ_NAME, TYPENAME) \
    DECLARE_INSTANCE_CHECKER(InstanceType, OBJ_NAME, TYPENAME) \
    DECLARE_CLASS_CHECKERS(ClassType, OBJ_NAME, TYPENAME)

/* Typedefs, casts and g_autoptr() for a type with a class of its own. */
#define OBJECT_DECLARE_TYPE(InstanceType, ClassType, MODULE_OBJ_NAME) \
    typedef struct InstanceType InstanceType; \
    typedef struct ClassType ClassType; \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(InstanceType, object_unref) \
    DECLARE_OBJ_CHECKERS(InstanceType, ClassType, \
                         MODULE_OBJ_NAME, TYPE_##MODULE_OBJ_NAME)

/* The same for a type that uses its parent's class structure. */
#define OBJECT_DECLARE_SIMPLE_TYPE(InstanceType, MODULE_OBJ_NAME) \
    typedef struct InstanceType InstanceType; \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(InstanceType, object_unref) \
    DECLARE_INSTANCE_CHECKER(InstanceType, MODULE_OBJ_NAME, \
                             TYPE_##MODULE_OBJ_NAME)

/*
 * Define and register a type whose functions are called
 * module_obj_name_{init,finalize,class_init}.
 */
#define OBJECT_DO_DEFINE_TYPE_(ModuleObjName, module_obj_name, \
                               MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME, \
                               ABSTRACT, CLASS_SIZE, ...) \
    static void module_obj_name##_finalize(Object *obj); \
    static void module_obj_name##_class_init(ObjectClass *oc, void *data); \
    static void module_obj_name##_init(Object *obj); \
    static const TypeInfo module_obj_name##_info = { \
        .parent = TYPE_##PARENT_MODULE_OBJ_NAME, \
        .name = TYPE_##MODULE_OBJ_NAME, \
        .instance_size = sizeof(ModuleObjName), \
        .instance_align = __alignof__(ModuleObjName), \
        .instance_init = module_obj_name##_init, \
        .instance_finalize = module_obj_name##_finalize, \
        .class_size = CLASS_SIZE, \
        .class_init = module_obj_name##_class_init, \
        .abstract = ABSTRACT, \
        .interfaces = (InterfaceInfo[]) { __VA_ARGS__ }, \
    }; \
    static void module_obj_name##_register_types(void) \
    { \
        type_register_static(&module_obj_name##_info); \
    } \
    type_init(module_obj_name##_register_types)

#define OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name, \
                                    MODULE_OBJ_NAME, \
                                    PARENT_MODULE_OBJ_NAME, ABSTRACT, ...) \
    OBJECT_DO_DEFINE_TYPE_(ModuleObjName, module_obj_name, MODULE_OBJ_NAME, \
                           PARENT_MODULE_OBJ_NAME, ABSTRACT, \
                           sizeof(ModuleObjName##Class), __VA_ARGS__)
#define OBJECT_DEFINE_TYPE(ModuleObjName, module_obj_name, MODULE_OBJ_NAME, \
                           PARENT_MODULE_OBJ_NAME) \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name, \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME, \
                                false, { NULL })
#define OBJECT_DEFINE_TYPE_WITH_INTERFACES(ModuleObjName, module_obj_name, \
                                           MODULE_OBJ_NAME, \
                                           PARENT_MODULE_OBJ_NAME, ...) \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name, \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME, \
                                false, __VA_ARGS__)
#define OBJECT_DEFINE_ABSTRACT_TYPE(ModuleObjName, module_obj_name, \
                                    MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME) \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name, \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME, \
                                true, { NULL })
#define OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(ModuleObjName, \
                                                  module_obj_name, \
                                                  MODULE_OBJ_NAME, \
                                                  PARENT_MODULE_OBJ_NAME, ...) \
    OBJECT_DO_DEFINE_TYPE_(ModuleObjName, module_obj_name, MODULE_OBJ_NAME, \
                           PARENT_MODULE_OBJ_NAME, false, 0, __VA_ARGS__)
#define OBJECT_DEFINE_SIMPLE_TYPE(ModuleObjName, module_obj_name, \
                                  MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME) \
    OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(ModuleObjName, \
                                module_obj_name, MODULE_OBJ_NAME, \
                                PARENT_MODULE_OBJ_NAME, { NULL })

/*
 * @obj if its type is, derives from or implements @typename, else NULL.
 * @obj may be NULL.
 */
Object *object_dynamic_cast(Object *obj, const char *typename);
ObjectClass *object_class_dynamic_cast(ObjectClass *klass,
                                       const char *typename);

/* The slow path of the checked casts: ends the program on a wrong type. */
Object *object_cast_slow(Object *obj, const char *typename,
                         const char *file, int line, const char *func);
ObjectClass *object_class_cast_slow(ObjectClass *klass, const char *typename,
                                    const char *file, int line,
                                    const char *func);

/*
 * The checked casts.  Names are literals that the linker merges, so the
 * common case is one compare with what this class was cast to before.
 * A wrong cast is a bug in our code, reported with its place.  NULL passes.
 */
static inline Object *object_dynamic_cast_assert(Object *obj,
                                                 const char *typename,
                                                 const char *file, int line,
                                                 const char *func)
{
    if (likely(obj && obj->class->object_cast_cache[0] == typename)) {
        return obj;
    }
    return object_cast_slow(obj, typename, file, line, func);
}

static inline ObjectClass *
object_class_dynamic_cast_assert(ObjectClass *klass, const char *typename,
                                 const char *file, int line, const char *func)
{
    if (likely(klass && klass->class_cast_cache[0] == typename)) {
        return klass;
    }
    return object_class_cast_slow(klass, typename, file, line, func);
}

/* ---- types and classes ---- */

/*
 * Registers a type.  The static form keeps @info and its strings, which must
 * live for ever; the other copies them.  A name can be registered once only.
 */
Type type_register_static(const TypeInfo *info);
Type type_register(const TypeInfo *info);
void type_register_static_array(const TypeInfo *infos, int nr_infos);

/* Registers all elements of an array of TypeInfo when the program starts. */
#define DEFINE_TYPES(type_array) \
static void do_qemu_init_ ## type_array(void) \
{ \
    type_register_static_array(type_array, ARRAY_SIZE(type_array)); \
} \
type_init(do_qemu_init_ ## type_array)

/* True if a type of that name is registered; makes no class. */
bool type_exists(const char *name);
/* Instance size of a type, or of its nearest parent that gives one. */
size_t object_type_get_instance_size(const char *typename);
/*
 * Calls @fn for every registered type that is, derives from or implements
 * @implements (NULL: all), in order of registration, without making classes.
 * Abstract ones, which includes interfaces, only if asked for.  @parent is
 * NULL for a type without one.
 */
void object_type_foreach(void (*fn)(const char *name, const char *parent,
                                    bool abstract, void *opaque),
                         const char *implements, bool include_abstract,
                         void *opaque);

/* Prints the properties of a class as -object/-device help; false if none. */
bool type_print_class_properties(const char *type);

/* The class of a registered type, made if needed; NULL if there is none. */
ObjectClass *object_class_by_name(const char *typename);
/* The same; there are no loadable modules, the name is QEMU's. */
ObjectClass *module_object_class_by_name(const char *typename);
ObjectClass *object_class_get_parent(ObjectClass *klass);
const char *object_class_get_name(ObjectClass *klass);
bool object_class_is_abstract(ObjectClass *klass);

/*
 * Calls @fn for each class that is, derives from or implements
 * @implements_type (NULL: all); abstract ones only if asked for.  Makes the
 * classes it offers to @fn.
 */
void object_class_foreach(void (*fn)(ObjectClass *klass, void *opaque),
                          const char *implements_type, bool include_abstract,
                          void *opaque);
/* The same as a list for g_slist_free(); the second sorted by name. */
GSList *object_class_get_list(const char *implements_type,
                              bool include_abstract);
GSList *object_class_get_list_sorted(const char *implements_type,
                                     bool include_abstract);

static inline ObjectClass *object_get_class(Object *obj)
{
    return obj->class;
}
const char *object_get_typename(const Object *obj);

/* ---- instances ---- */

/* A new instance with one reference, owned by the caller. */
Object *object_new_with_class(ObjectClass *klass);
Object *object_new(const char *typename);

/*
 * New instance as child @id of @parent (both may be NULL), with properties
 * from pairs of strings up to a NULL, completed if it is user creatable.
 * The parent holds the only reference if there is a parent, else the caller.
 * NULL with @errp set on failure.
 */
Object *object_new_with_props(const char *typename, Object *parent,
                              const char *id, Error **errp, ...)
    QEMU_SENTINEL;
Object *object_new_with_propv(const char *typename, Object *parent,
                              const char *id, Error **errp, va_list vargs);

/* Sets properties from pairs of strings up to a NULL; stops at an error. */
bool object_set_props(Object *obj, Error **errp, ...) QEMU_SENTINEL;
bool object_set_propv(Object *obj, Error **errp, va_list vargs);

/* Makes an instance in memory of the caller's, @size bytes; one reference. */
void object_initialize(void *obj, size_t size, const char *typename);

/*
 * Makes an instance inside @parentobj and its child.  The parent holds the
 * only reference: it goes when the parent goes, or with object_unparent().
 */
bool object_initialize_child_with_props(Object *parentobj,
                                        const char *propname,
                                        void *childobj, size_t size,
                                        const char *type, Error **errp, ...)
    QEMU_SENTINEL;
bool object_initialize_child_with_propsv(Object *parentobj,
                                         const char *propname,
                                         void *childobj, size_t size,
                                         const char *type, Error **errp,
                                         va_list vargs);
#define object_initialize_child(parent, propname, child, type) \
    object_initialize_child_internal((parent), (propname), \
                                     (child), sizeof(*(child)), (type))
void object_initialize_child_internal(Object *parent, const char *propname,
                                      void *child, size_t size,
                                      const char *type);

/* References.  The instance is finalized with the last; NULL is harmless. */
Object *object_ref(void *obj);
void object_unref(void *obj);

/* Takes an object out of its parent; the parent's reference is dropped. */
void object_unparent(Object *obj);

/* ---- defaults from machine types and -global ---- */

/*
 * Elements of the arrays are GlobalProperty, applied in order.  With @errp
 * the first failure ends it; without, failures are warned of.
 */
bool object_apply_global_props(Object *obj, const GPtrArray *props,
                               Error **errp);
/* Lists that object_apply_compat_props() applies; borrowed, for ever. */
void object_set_machine_compat_props(GPtrArray *compat_props);
void object_set_accelerator_compat_props(GPtrArray *compat_props);
/* A default that stands in for an old option; optional: no error if absent. */
void object_register_sugar_prop(const char *driver, const char *prop,
                                const char *value, bool optional);
void object_apply_compat_props(Object *obj);

/* ---- properties ---- */

/*
 * Adds a property.  @name may end in "[*]": the lowest free number takes the
 * star's place.  try_add fails with @errp if the name is taken; add may not
 * meet that.  NULL for @get or @set makes it unreadable or unwritable.
 */
ObjectProperty *object_property_try_add(Object *obj, const char *name,
                                        const char *type,
                                        ObjectPropertyAccessor *get,
                                        ObjectPropertyAccessor *set,
                                        ObjectPropertyRelease *release,
                                        void *opaque, Error **errp);
ObjectProperty *object_property_add(Object *obj, const char *name,
                                    const char *type,
                                    ObjectPropertyAccessor *get,
                                    ObjectPropertyAccessor *set,
                                    ObjectPropertyRelease *release,
                                    void *opaque);
void object_property_del(Object *obj, const char *name);

/* The same for a class: all its instances have the property. */
ObjectProperty *object_class_property_add(ObjectClass *klass,
                                          const char *name, const char *type,
                                          ObjectPropertyAccessor *get,
                                          ObjectPropertyAccessor *set,
                                          ObjectPropertyRelease *release,
                                          void *opaque);

/* Default of a property: set in each new instance, shown in help. */
void object_property_set_default_bool(ObjectProperty *prop, bool value);
void object_property_set_default_str(ObjectProperty *prop, const char *value);
void object_property_set_default_list(ObjectProperty *prop);
void object_property_set_default_int(ObjectProperty *prop, int64_t value);
void object_property_set_default_uint(ObjectProperty *prop, uint64_t value);

/* Looks in the classes, then in the object; the _err forms say what lacks. */
ObjectProperty *object_property_find(Object *obj, const char *name);
ObjectProperty *object_property_find_err(Object *obj, const char *name,
                                         Error **errp);
ObjectProperty *object_class_property_find(ObjectClass *klass,
                                           const char *name);
ObjectProperty *object_class_property_find_err(ObjectClass *klass,
                                               const char *name,
                                               Error **errp);

typedef struct ObjectPropertyIterator {
    ObjectClass *nextclass;
    ObjectProperty *next;
} ObjectPropertyIterator;

/*
 * Walks an object's own properties in the order added, then those of its
 * class and the classes above; the property just returned may be deleted.
 */
void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj);
void object_class_property_iter_init(ObjectPropertyIterator *iter,
                                     ObjectClass *klass);
ObjectProperty *object_property_iter_next(ObjectPropertyIterator *iter);

/* Reads into an output visitor, writes from an input visitor. */
bool object_property_get(Object *obj, const char *name, Visitor *v,
                         Error **errp);
bool object_property_set(Object *obj, const char *name, Visitor *v,
                         Error **errp);

/* By C type.  Strings are for g_free(); -1, 0 or NULL on error. */
bool object_property_set_str(Object *obj, const char *name,
                             const char *value, Error **errp);
char *object_property_get_str(Object *obj, const char *name, Error **errp);
bool object_property_set_link(Object *obj, const char *name,
                              Object *value, Error **errp);
Object *object_property_get_link(Object *obj, const char *name,
                                 Error **errp);
bool object_property_set_bool(Object *obj, const char *name,
                              bool value, Error **errp);
bool object_property_get_bool(Object *obj, const char *name, Error **errp);
bool object_property_set_int(Object *obj, const char *name,
                             int64_t value, Error **errp);
int64_t object_property_get_int(Object *obj, const char *name, Error **errp);
bool object_property_set_uint(Object *obj, const char *name,
                              uint64_t value, Error **errp);
uint64_t object_property_get_uint(Object *obj, const char *name,
                                  Error **errp);
int object_property_get_enum(Object *obj, const char *name,
                             const char *typename, Error **errp);

/* From and to text, as the command line and HMP have it. */
bool object_property_parse(Object *obj, const char *name,
                           const char *string, Error **errp);
char *object_property_print(Object *obj, const char *name, bool human,
                            Error **errp);
const char *object_property_get_type(Object *obj, const char *name,
                                     Error **errp);

/* From and to JSON, with JSON's types; get returns a new reference. */
bool object_property_set_json(Object *obj, const char *name,
                              const json_t *value, Error **errp);
json_t *object_property_get_json(Object *obj, const char *name,
                                 Error **errp);

/*
 * Sets a property for each member of @props.  From a command line
 * (!@from_json) all values are strings that the property's type parses.
 */
bool object_set_properties_from_keyval(Object *obj, const json_t *props,
                                       bool from_json, Error **errp);

void object_property_set_description(Object *obj, const char *name,
                                     const char *description);
void object_class_property_set_description(ObjectClass *klass,
                                           const char *name,
                                           const char *description);
/* The line of a help text for a property; for g_free(). */
char *object_property_help(const char *name, const char *type,
                           const json_t *defval, const char *description);

/* ---- the tree ---- */

Object *object_get_root(void);
Object *object_get_objects_root(void);      /* "/objects": -object */
Object *object_get_internal_root(void);     /* not seen by anyone outside */

/* Own name in the parent (borrowed), NULL without parent. */
const char *object_get_canonical_path_component(const Object *obj);
/* Absolute path for g_free(), NULL if not below the root. */
char *object_get_canonical_path(const Object *obj);

/*
 * Finds an object by path: absolute from the root, or a partial one (its
 * last components) if it fits just one object; *@ambiguous (may be NULL)
 * tells that it fits several.  The path "" with a type finds the only object
 * of that type.  Borrowed reference.
 */
Object *object_resolve_path(const char *path, bool *ambiguous);
Object *object_resolve_path_type(const char *path, const char *typename,
                                 bool *ambiguous);
/* Absolute if @path begins with '/', else below @parent only. */
Object *object_resolve_path_at(Object *parent, const char *path);
Object *object_resolve_path_component(Object *parent, const char *part);

/* Makes @child (with a new reference of the parent's) a named child. */
ObjectProperty *object_property_try_add_child(Object *obj, const char *name,
                                              Object *child, Error **errp);
ObjectProperty *object_property_add_child(Object *obj, const char *name,
                                          Object *child);

typedef enum {
    OBJ_PROP_LINK_STRONG = 0x1, /* the link holds a reference */
    OBJ_PROP_LINK_DIRECT = 0x2, /* private: the target itself is stored */
    OBJ_PROP_LINK_CLASS = 0x4,  /* private: an offset is stored */
} ObjectPropertyLinkFlags;

/* The @check that allows every new target; NULL allows none. */
void object_property_allow_set_link(const Object *obj, const char *name,
                                    Object *child, Error **errp);
/* A property that reads and writes *@targetp as the path of an object. */
ObjectProperty *object_property_add_link(Object *obj, const char *name,
        const char *type, Object **targetp,
        void (*check)(const Object *obj, const char *name, Object *val,
                      Error **errp),
        ObjectPropertyLinkFlags flags);
/* @offset: of the Object * in the instance. */
ObjectProperty *object_class_property_add_link(ObjectClass *oc,
        const char *name, const char *type, ptrdiff_t offset,
        void (*check)(const Object *obj, const char *name, Object *val,
                      Error **errp),
        ObjectPropertyLinkFlags flags);
ObjectProperty *object_property_add_const_link(Object *obj, const char *name,
                                               Object *target);

/* @get returns a string for g_free(). */
ObjectProperty *object_property_add_str(Object *obj, const char *name,
                        char *(*get)(Object *, Error **),
                        void (*set)(Object *, const char *, Error **));
ObjectProperty *object_class_property_add_str(ObjectClass *klass,
                        const char *name,
                        char *(*get)(Object *, Error **),
                        void (*set)(Object *, const char *, Error **));
ObjectProperty *object_property_add_bool(Object *obj, const char *name,
                        bool (*get)(Object *, Error **),
                        void (*set)(Object *, bool, Error **));
ObjectProperty *object_class_property_add_bool(ObjectClass *klass,
                        const char *name,
                        bool (*get)(Object *, Error **),
                        void (*set)(Object *, bool, Error **));
ObjectProperty *object_property_add_enum(Object *obj, const char *name,
                        const char *typename, const QEnumLookup *lookup,
                        int (*get)(Object *, Error **),
                        void (*set)(Object *, int, Error **));
ObjectProperty *object_class_property_add_enum(ObjectClass *klass,
                        const char *name,
                        const char *typename, const QEnumLookup *lookup,
                        int (*get)(Object *, Error **),
                        void (*set)(Object *, int, Error **));
ObjectProperty *object_property_add_tm(Object *obj, const char *name,
                        void (*get)(Object *, struct tm *, Error **));
ObjectProperty *object_class_property_add_tm(ObjectClass *klass,
                        const char *name,
                        void (*get)(Object *, struct tm *, Error **));

typedef enum {
    OBJ_PROP_FLAG_READ = 1 << 0,
    OBJ_PROP_FLAG_WRITE = 1 << 1,
    OBJ_PROP_FLAG_READWRITE = OBJ_PROP_FLAG_READ | OBJ_PROP_FLAG_WRITE,
} ObjectPropertyFlags;

/* Integers at *@v, which must live as long as the object or the class. */
ObjectProperty *object_property_add_uint8_ptr(Object *obj, const char *name,
                        const uint8_t *v, ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint8_ptr(ObjectClass *klass,
                        const char *name,
                        const uint8_t *v, ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint16_ptr(Object *obj, const char *name,
                        const uint16_t *v, ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint16_ptr(ObjectClass *klass,
                        const char *name,
                        const uint16_t *v, ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint32_ptr(Object *obj, const char *name,
                        const uint32_t *v, ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint32_ptr(ObjectClass *klass,
                        const char *name,
                        const uint32_t *v, ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint64_ptr(Object *obj, const char *name,
                        const uint64_t *v, ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint64_ptr(ObjectClass *klass,
                        const char *name,
                        const uint64_t *v, ObjectPropertyFlags flags);

/* A second name for a property of the same or another object. */
ObjectProperty *object_property_add_alias(Object *obj, const char *name,
                        Object *target_obj, const char *target_name);

/*
 * Calls @fn for each child (recursive: and theirs, parents first) until it
 * returns non-zero, which is then returned.  @fn may remove the child.
 */
int object_child_foreach(Object *obj, int (*fn)(Object *child, void *opaque),
                         void *opaque);
int object_child_foreach_recursive(Object *obj,
                                   int (*fn)(Object *child, void *opaque),
                                   void *opaque);

/* The container at the absolute @path below @root, made as needed. */
Object *container_get(Object *root, const char *path);

#endif /* QEMU_OBJECT_H */
