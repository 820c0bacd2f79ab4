/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types by name, the classes made from them, and casts.
 *
 * Registration is one insertion into a hash by name.  A class is made with
 * the first instance or question: a copy of the parent's with its own
 * class_init run over it.  For each interface that a class implements it
 * carries a copy of the interface's class, to fill with its own functions.
 */
#include "qemu/osdep.h"

#include "qemu/atomic.h"
#include "type-impl.h"

#define TYPE_CHUNK 64

static struct {
    TypeImpl **slots;
    unsigned size;              /* a power of two */
    unsigned count;
    TypeImpl *first, *last;
    TypeImpl *chunk;
    unsigned chunk_left;
} types;

QEMU_NORETURN G_GNUC_PRINTF(1, 2)
static void type_bug(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}

/* ---- the table ---- */

uint32_t qom_name_hash(const char *name)
{
    uint32_t h = 2166136261u;

    for (const unsigned char *p = (const void *)name; *p; p++) {
        h = (h ^ *p) * 16777619u;
    }
    return h ^ h >> 15;
}

/* The slot that holds @name, or the free one where it belongs. */
static TypeImpl **find_slot(const char *name, uint32_t hash)
{
    unsigned i = hash & (types.size - 1);

    while (types.slots[i] && (types.slots[i]->hash != hash ||
                              strcmp(types.slots[i]->info->name, name))) {
        i = (i + 1) & (types.size - 1);
    }
    return &types.slots[i];
}

static void grow_table(void)
{
    g_free(types.slots);
    types.size = types.size ? types.size * 2 : 1024;
    types.slots = g_new0(TypeImpl *, types.size);
    for (TypeImpl *t = types.first; t; t = t->next) {
        *find_slot(t->info->name, t->hash) = t;
    }
}

TypeImpl *type_find(const char *name)
{
    return name && types.size ? *find_slot(name, qom_name_hash(name)) : NULL;
}

bool type_exists(const char *name)
{
    return type_find(name) != NULL;
}

Type type_register_static(const TypeInfo *info)
{
    TypeImpl **slot, *type;
    uint32_t hash = qom_name_hash(info->name);

    if (types.count * 2 >= types.size) {
        grow_table();
    }
    slot = find_slot(info->name, hash);
    if (*slot) {
        type_bug("type '%s' is registered twice", info->name);
    }
    if (!types.chunk_left) {
        types.chunk = g_new0(TypeImpl, TYPE_CHUNK);
        types.chunk_left = TYPE_CHUNK;
    }
    type = types.chunk++;
    types.chunk_left--;
    type->info = info;
    type->hash = hash;
    *slot = type;
    if (types.last) {
        types.last->next = type;
    } else {
        types.first = type;
    }
    types.last = type;
    types.count++;
    return type;
}

Type type_register(const TypeInfo *info)
{
    TypeInfo *copy = g_memdup2(info, sizeof(*info));
    unsigned n = 0;

    copy->name = g_strdup(info->name);
    copy->parent = g_strdup(info->parent);
    if (info->interfaces) {
        while (info->interfaces[n].type) {
            n++;
        }
        copy->interfaces = g_new0(InterfaceInfo, n + 1);
        while (n--) {
            copy->interfaces[n].type = g_strdup(info->interfaces[n].type);
        }
    }
    return type_register_static(copy);
}

void type_register_static_array(const TypeInfo *infos, int nr_infos)
{
    for (int i = 0; i < nr_infos; i++) {
        type_register_static(&infos[i]);
    }
}

/* ---- classes ---- */

bool type_resolve(TypeImpl *type)
{
    const TypeInfo *info = type->info;

    if (type->resolved) {
        return true;
    }
    type->class_size = info->class_size;
    type->instance_size = info->instance_size;
    type->instance_align = info->instance_align;
    if (info->parent) {
        TypeImpl *parent = type_find(info->parent);

        if (!parent || !type_resolve(parent)) {
            return false;
        }
        type->parent = parent;
        type->class_size = type->class_size ?: parent->class_size;
        type->instance_size = type->instance_size ?: parent->instance_size;
        type->instance_align = MAX(type->instance_align,
                                   parent->instance_align);
        if (type->class_size < parent->class_size ||
            type->instance_size < parent->instance_size) {
            type_bug("type '%s' is smaller than its parent '%s'",
                     info->name, info->parent);
        }
    }
    type->class_size = MAX(type->class_size, sizeof(ObjectClass));
    type->interface = !strcmp(info->name, TYPE_INTERFACE) ||
                      (type->parent && type->parent->interface);
    if (type->interface && type->instance_size) {
        type_bug("interface '%s' has an instance size", info->name);
    }
    type->abstract = info->abstract || type->interface;
    type->resolved = true;
    return true;
}

static TypeImpl *type_need(const char *name, const char *user)
{
    TypeImpl *type = type_find(name);

    if (!type || !type_resolve(type)) {
        type_bug("missing object type '%s', needed by '%s'", name, user);
    }
    return type;
}

bool type_is_below(const TypeImpl *type, const TypeImpl *above)
{
    while (type && type != above) {
        type = type->parent;
    }
    return type != NULL;
}

/* What a copied class must not share with the one it was copied from. */
static void class_begin(ObjectClass *klass, TypeImpl *type)
{
    klass->type = type;
    klass->interfaces = NULL;
    memset(klass->object_cast_cache, 0, sizeof(klass->object_cast_cache));
    memset(klass->class_cast_cache, 0, sizeof(klass->class_cast_cache));
    klass->has_init = klass->has_release = false;
    memset(&klass->properties, 0, sizeof(klass->properties));
}

/*
 * Gives @klass its own class of an interface: a copy of @from, which is the
 * parent class's one or the interface's bare class.
 */
static void class_add_interface(ObjectClass *klass, ObjectClass *from)
{
    TypeImpl *type = from->type;
    InterfaceClass *iface = g_malloc(type->class_size);

    memcpy(iface, from, type->class_size);
    class_begin(&iface->parent_class, type);
    iface->concrete_class = klass;
    iface->interface_type = type;
    klass->interfaces = g_slist_append(klass->interfaces, iface);
}

static bool class_has_interface(ObjectClass *klass, const TypeImpl *type)
{
    for (GSList *l = klass->interfaces; l; l = l->next) {
        if (type_is_below(((ObjectClass *)l->data)->type, type)) {
            return true;
        }
    }
    return false;
}

static void class_add_interfaces(ObjectClass *klass, TypeImpl *type)
{
    if (type->parent) {
        GSList *l = type->parent->class->interfaces;

        for (; l; l = l->next) {
            class_add_interface(klass, l->data);
        }
    }
    for (InterfaceInfo *i = type->info->interfaces; i && i->type; i++) {
        TypeImpl *iface = type_need(i->type, type->info->name);

        if (!class_has_interface(klass, iface)) {
            type_make_class(iface);
            class_add_interface(klass, iface->class);
        }
    }
}

void type_make_class(TypeImpl *type)
{
    ObjectClass *klass;

    if (likely(type->class)) {
        return;
    }
    if (!type_resolve(type)) {
        type_bug("missing object type '%s', parent of '%s'",
                 type->info->parent, type->info->name);
    }
    klass = g_malloc0(type->class_size);
    if (type->parent) {
        type_make_class(type->parent);
        memcpy(klass, type->parent->class, type->parent->class_size);
    }
    class_begin(klass, type);
    type->class = klass;
    class_add_interfaces(klass, type);

    for (TypeImpl *t = type->parent; t; t = t->parent) {
        if (t->info->class_base_init) {
            t->info->class_base_init(klass, type->info->class_data);
        }
    }
    if (type->info->class_init) {
        type->info->class_init(klass, type->info->class_data);
    }
}

ObjectClass *object_class_by_name(const char *typename)
{
    TypeImpl *type = type_find(typename);

    if (!type || !type_resolve(type)) {
        return NULL;
    }
    type_make_class(type);
    return type->class;
}

ObjectClass *module_object_class_by_name(const char *typename)
{
    return object_class_by_name(typename);
}

ObjectClass *object_class_get_parent(ObjectClass *klass)
{
    TypeImpl *parent = klass->type->parent;

    if (!parent) {
        return NULL;
    }
    type_make_class(parent);
    return parent->class;
}

const char *object_class_get_name(ObjectClass *klass)
{
    return klass->type->info->name;
}

bool object_class_is_abstract(ObjectClass *klass)
{
    return klass->type->abstract;
}

const char *object_get_typename(const Object *obj)
{
    return obj->class->type->info->name;
}

size_t object_type_get_instance_size(const char *typename)
{
    return type_need(typename, "object_type_get_instance_size")
        ->instance_size;
}

/* ---- lists ---- */

/* Like object_class_dynamic_cast(), from the registrations alone. */
static bool type_implements(TypeImpl *type, const TypeImpl *target)
{
    for (; type; type = type->parent) {
        if (type == target) {
            return true;
        }
        InterfaceInfo *i = target->interface ? type->info->interfaces : NULL;

        for (; i && i->type; i++) {
            TypeImpl *iface = type_find(i->type);

            if (iface && type_resolve(iface) &&
                type_is_below(iface, target)) {
                return true;
            }
        }
    }
    return false;
}

/* The next type from @type on that the list functions below want. */
static TypeImpl *next_wanted(TypeImpl *type, const char *implements,
                             bool include_abstract)
{
    TypeImpl *target = type_find(implements);

    if (implements && (!target || !type_resolve(target))) {
        return NULL;
    }
    while (type && (!type_resolve(type) ||
                    (type->abstract && !include_abstract) ||
                    (target && !type_implements(type, target)))) {
        type = type->next;
    }
    return type;
}

void object_type_foreach(void (*fn)(const char *name, const char *parent,
                                    bool abstract, void *opaque),
                         const char *implements, bool include_abstract,
                         void *opaque)
{
    TypeImpl *t = types.first;

    while ((t = next_wanted(t, implements, include_abstract))) {
        fn(t->info->name, t->info->parent, t->abstract, opaque);
        t = t->next;
    }
}

void object_class_foreach(void (*fn)(ObjectClass *klass, void *opaque),
                          const char *implements_type, bool include_abstract,
                          void *opaque)
{
    TypeImpl *t = types.first;

    while ((t = next_wanted(t, implements_type, include_abstract))) {
        type_make_class(t);
        fn(t->class, opaque);
        t = t->next;
    }
}

static void collect_class(ObjectClass *klass, void *opaque)
{
    GSList **list = opaque;

    *list = g_slist_prepend(*list, klass);
}

GSList *object_class_get_list(const char *implements_type,
                              bool include_abstract)
{
    GSList *list = NULL;

    object_class_foreach(collect_class, implements_type, include_abstract,
                         &list);
    return g_slist_reverse(list);
}

static gint compare_classes(gconstpointer a, gconstpointer b)
{
    return g_ascii_strcasecmp(object_class_get_name((ObjectClass *)a),
                              object_class_get_name((ObjectClass *)b));
}

GSList *object_class_get_list_sorted(const char *implements_type,
                                     bool include_abstract)
{
    return g_slist_sort(object_class_get_list(implements_type,
                                              include_abstract),
                        compare_classes);
}

/* ---- casts ---- */

/* The class of an interface that @klass implements. */
static ObjectClass *find_interface(ObjectClass *klass, const TypeImpl *target)
{
    ObjectClass *found = NULL;

    for (GSList *l = klass->interfaces; l; l = l->next) {
        ObjectClass *iface = l->data;

        if (iface->type == target) {
            return iface;
        }
        if (type_is_below(iface->type, target)) {
            if (found) {
                return NULL;        /* it could be either */
            }
            found = iface;
        }
    }
    return found;
}

ObjectClass *object_class_dynamic_cast(ObjectClass *klass,
                                       const char *typename)
{
    TypeImpl *target;

    if (!klass) {
        return NULL;
    }
    if (klass->type->info->name == typename) {
        return klass;
    }
    for (GSList *l = klass->interfaces; l; l = l->next) {
        ObjectClass *iface = l->data;

        if (iface->type->info->name == typename) {
            return iface;
        }
    }
    target = type_find(typename);
    if (!target) {
        return NULL;
    }
    if (type_is_below(klass->type, target)) {
        return klass;
    }
    return find_interface(klass, target);
}

Object *object_dynamic_cast(Object *obj, const char *typename)
{
    if (obj && object_class_dynamic_cast(obj->class, typename)) {
        return obj;
    }
    return NULL;
}

/* Racing threads at worst lose an entry: each is one aligned pointer. */
static bool cast_cache_hit(const char **cache, const char *typename)
{
    for (int i = 0; i < OBJECT_CLASS_CAST_CACHE; i++) {
        if (qatomic_read(&cache[i]) == typename) {
            return true;
        }
    }
    return false;
}

static void cast_cache_add(ObjectClass *klass, const char **cache,
                           const char *typename)
{
    unsigned turn = klass->cast_cache_turn++;

    qatomic_set(&cache[turn % OBJECT_CLASS_CAST_CACHE], typename);
}

Object *object_cast_slow(Object *obj, const char *typename,
                         const char *file, int line, const char *func)
{
    ObjectClass *klass;

    if (!obj || cast_cache_hit(obj->class->object_cast_cache, typename)) {
        return obj;
    }
    klass = obj->class;
    if (!object_class_dynamic_cast(klass, typename)) {
        type_bug("%s:%d:%s: Object %p is not an instance of type %s but %s",
                 file, line, func, obj, typename, object_get_typename(obj));
    }
    cast_cache_add(klass, klass->object_cast_cache, typename);
    return obj;
}

ObjectClass *object_class_cast_slow(ObjectClass *klass, const char *typename,
                                    const char *file, int line,
                                    const char *func)
{
    ObjectClass *result;

    if (!klass || cast_cache_hit(klass->class_cast_cache, typename)) {
        return klass;
    }
    result = object_class_dynamic_cast(klass, typename);
    if (!result) {
        type_bug("%s:%d:%s: Class %s is not of type %s",
                 file, line, func, object_class_get_name(klass), typename);
    }
    /* An interface's class is another address: that cannot be cached so. */
    if (result == klass) {
        cast_cache_add(klass, klass->class_cast_cache, typename);
    }
    return result;
}

/* ---- the two types that all others come from ---- */

static char *get_type_name(Object *obj, Error **errp)
{
    return g_strdup(object_get_typename(obj));
}

static void object_class_init(ObjectClass *oc, void *data)
{
    object_class_property_add_str(oc, "type", get_type_name, NULL);
}

static void __attribute__((constructor)) register_roots(void)
{
    static const TypeInfo roots[] = {
        {
            .name = TYPE_OBJECT,
            .instance_size = sizeof(Object),
            .class_size = sizeof(ObjectClass),
            .class_init = object_class_init,
            .abstract = true,
        }, {
            .name = TYPE_INTERFACE,
            .class_size = sizeof(InterfaceClass),
            .abstract = true,
        },
    };

    type_register_static_array(roots, ARRAY_SIZE(roots));
}
