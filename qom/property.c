/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties of objects and classes: keeping, finding, reading and writing.
 *
 * A table is a list in the order of addition.  From a certain length on it
 * also has slots by the name's hash; and it remembers, for names that end in
 * "[*]", the lowest number that may be free.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "qemu/qemu-print.h"
#include "type-impl.h"

#define INDEX_FROM 8

struct ObjectPropertyIndex {
    unsigned count;
    unsigned size;              /* of slots, a power of two, or 0 */
    ObjectProperty **slots;
    GHashTable *next_free;      /* of "name[*]", by "name": lowest to try */
};

/* ---- tables ---- */

static struct ObjectPropertyIndex *table_index(ObjectPropertyTable *table)
{
    if (!table->index) {
        table->index = g_new0(struct ObjectPropertyIndex, 1);
    }
    return table->index;
}

static bool is_named(const ObjectProperty *p, const char *name, uint32_t hash)
{
    return p->hash == hash && !strcmp(p->name, name);
}

static ObjectProperty *find(const ObjectPropertyTable *table,
                            const char *name, uint32_t hash)
{
    struct ObjectPropertyIndex *index = table->index;
    ObjectProperty *p;

    if (index && index->size) {
        p = index->slots[hash & (index->size - 1)];
        while (p && !is_named(p, name, hash)) {
            p = p->chain;
        }
    } else {
        p = table->first;
        while (p && !is_named(p, name, hash)) {
            p = p->next;
        }
    }
    return p;
}

ObjectProperty *property_table_find(const ObjectPropertyTable *table,
                                    const char *name)
{
    return find(table, name, qom_name_hash(name));
}

static void slot_insert(struct ObjectPropertyIndex *index,
                        ObjectProperty *prop)
{
    ObjectProperty **slot = &index->slots[prop->hash & (index->size - 1)];

    prop->chain = *slot;
    *slot = prop;
}

static void slot_remove(struct ObjectPropertyIndex *index,
                        ObjectProperty *prop)
{
    ObjectProperty **p = &index->slots[prop->hash & (index->size - 1)];

    while (*p != prop) {
        p = &(*p)->chain;
    }
    *p = prop->chain;
}

static void grow_slots(ObjectPropertyTable *table)
{
    struct ObjectPropertyIndex *index = table->index;

    g_free(index->slots);
    index->size = index->count * 4;
    index->slots = g_new0(ObjectProperty *, index->size);
    for (ObjectProperty *p = table->first; p; p = p->next) {
        slot_insert(index, p);
    }
}

static void table_insert(ObjectPropertyTable *table, ObjectProperty *prop)
{
    struct ObjectPropertyIndex *index = table_index(table);

    if (!table->tail) {
        table->tail = &table->first;
    }
    prop->prevp = table->tail;
    *table->tail = prop;
    table->tail = &prop->next;

    if (++index->count >= MAX(INDEX_FROM, index->size * 2)) {
        grow_slots(table);
    } else if (index->size) {
        slot_insert(index, prop);
    }
}

/* "base[7]" frees number 7 for the next "base[*]". */
static void note_free_number(struct ObjectPropertyIndex *index,
                             const char *name)
{
    const char *bracket = index->next_free ? strrchr(name, '[') : NULL;
    gpointer base, next;

    if (bracket) {
        g_autofree char *key = g_strndup(name, bracket - name);
        unsigned number = atoi(bracket + 1);

        if (g_hash_table_lookup_extended(index->next_free, key, &base,
                                         &next) &&
            number < GPOINTER_TO_UINT(next)) {
            g_hash_table_insert(index->next_free, g_steal_pointer(&key),
                                GUINT_TO_POINTER(number));
        }
    }
}

void property_remove(ObjectPropertyTable *table, ObjectProperty *prop)
{
    *prop->prevp = prop->next;
    if (prop->next) {
        prop->next->prevp = prop->prevp;
    } else {
        table->tail = prop->prevp;
    }
    prop->prevp = NULL;
    table->index->count--;
    if (table->index->size) {
        slot_remove(table->index, prop);
    }
    note_free_number(table->index, prop->name);
}

void property_free(ObjectProperty *prop)
{
    json_decref(prop->defval);
    g_free(prop->description);
    g_free(prop);                   /* with name and type behind it */
}

void property_table_clear(ObjectPropertyTable *table, Object *obj)
{
    /* A release function may remove further ones. */
    while (table->first) {
        object_property_remove(obj, table->first);
    }
    if (table->index) {
        g_free(table->index->slots);
        if (table->index->next_free) {
            g_hash_table_destroy(table->index->next_free);
        }
        g_clear_pointer(&table->index, g_free);
    }
    table->tail = NULL;
}

/* ---- adding ---- */

static ObjectProperty *property_new(const char *name, const char *type,
                                    ObjectPropertyAccessor *get,
                                    ObjectPropertyAccessor *set,
                                    ObjectPropertyRelease *release,
                                    void *opaque)
{
    size_t name_size = strlen(name) + 1, type_size = strlen(type) + 1;
    ObjectProperty *prop = g_malloc0(sizeof(*prop) + name_size + type_size);

    prop->name = memcpy(prop + 1, name, name_size);
    prop->type = memcpy(prop->name + name_size, type, type_size);
    prop->hash = qom_name_hash(name);
    prop->get = get;
    prop->set = set;
    prop->release = release;
    prop->opaque = opaque;
    return prop;
}

/* The name that "base[*]" stands for. */
static char *pick_number(Object *obj, const char *name, size_t len)
{
    struct ObjectPropertyIndex *index = table_index(&obj->properties);
    char *base = g_strndup(name, len - 3);
    unsigned number;
    char *full;

    if (!index->next_free) {
        index->next_free = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                 g_free, NULL);
    }
    number = GPOINTER_TO_UINT(g_hash_table_lookup(index->next_free, base));
    full = str_numbered(base, number);
    while (object_property_find(obj, full)) {
        g_free(full);
        full = str_numbered(base, ++number);
    }
    g_hash_table_insert(index->next_free, base, GUINT_TO_POINTER(number + 1));
    return full;
}

ObjectProperty *object_property_try_add(Object *obj, const char *name,
                                        const char *type,
                                        ObjectPropertyAccessor *get,
                                        ObjectPropertyAccessor *set,
                                        ObjectPropertyRelease *release,
                                        void *opaque, Error **errp)
{
    g_autofree char *numbered = NULL;
    size_t len = strlen(name);
    ObjectProperty *prop;

    if (len >= 3 && !strcmp(name + len - 3, "[*]")) {
        name = numbered = pick_number(obj, name, len);
    } else if (object_property_find(obj, name)) {
        error_setg(errp,
                   "attempt to add duplicate property '%s' to object (type '%s')",
                   name, object_get_typename(obj));
        return NULL;
    }
    prop = property_new(name, type, get, set, release, opaque);
    table_insert(&obj->properties, prop);
    return prop;
}

ObjectProperty *object_property_add(Object *obj, const char *name,
                                    const char *type,
                                    ObjectPropertyAccessor *get,
                                    ObjectPropertyAccessor *set,
                                    ObjectPropertyRelease *release,
                                    void *opaque)
{
    return object_property_try_add(obj, name, type, get, set, release,
                                   opaque, &error_abort);
}

ObjectProperty *object_class_property_add(ObjectClass *klass,
                                          const char *name, const char *type,
                                          ObjectPropertyAccessor *get,
                                          ObjectPropertyAccessor *set,
                                          ObjectPropertyRelease *release,
                                          void *opaque)
{
    ObjectProperty *prop;

    if (object_class_property_find(klass, name)) {
        error_setg(&error_abort, "class '%s' has property '%s' twice",
                   object_class_get_name(klass), name);
    }
    prop = property_new(name, type, get, set, release, opaque);
    prop->klass = klass;
    klass->has_release |= release != NULL;
    table_insert(&klass->properties, prop);
    return prop;
}

/* Takes @prop out of @obj, then lets it release what it holds. */
void object_property_remove(Object *obj, ObjectProperty *prop)
{
    property_remove(&obj->properties, prop);
    if (prop->release) {
        prop->release(obj, prop->name, prop->opaque);
    }
    property_free(prop);
}

void object_property_del(Object *obj, const char *name)
{
    ObjectProperty *prop = property_table_find(&obj->properties, name);

    assert(prop);
    object_property_remove(obj, prop);
}

/* ---- defaults ---- */

static void init_from_default(Object *obj, ObjectProperty *prop)
{
    Visitor *v = json_input_visitor_new(prop->defval);

    /* An accessor that refuses its own default is a bug in its code. */
    prop->set(obj, v, prop->name, prop->opaque, &error_abort);
    visit_free(v);
}

static void set_default(ObjectProperty *prop, json_t *value)
{
    assert(!prop->defval && value);
    prop->defval = value;
    prop->init = init_from_default;
    if (prop->klass) {
        prop->klass->has_init = true;
    }
}

void object_property_set_default_bool(ObjectProperty *prop, bool value)
{
    set_default(prop, json_boolean(value));
}

void object_property_set_default_str(ObjectProperty *prop, const char *value)
{
    set_default(prop, json_string(value));
}

void object_property_set_default_list(ObjectProperty *prop)
{
    set_default(prop, json_array());
}

void object_property_set_default_int(ObjectProperty *prop, int64_t value)
{
    set_default(prop, json_integer(value));
}

void object_property_set_default_uint(ObjectProperty *prop, uint64_t value)
{
    set_default(prop, json_uinteger(value));
}

void object_init_class_properties(Object *obj)
{
    for (TypeImpl *t = obj->class->type; t; t = t->parent) {
        ObjectProperty *p = t->class->has_init ?
                            t->class->properties.first : NULL;

        for (; p; p = p->next) {
            if (p->init) {
                p->init(obj, p);
            }
        }
    }
}

void object_release_class_properties(Object *obj)
{
    for (TypeImpl *t = obj->class->type; t; t = t->parent) {
        ObjectProperty *p = t->class->has_release ?
                            t->class->properties.first : NULL;

        for (; p; p = p->next) {
            if (p->release) {
                p->release(obj, p->name, p->opaque);
            }
        }
    }
}

/* ---- finding ---- */

static ObjectProperty *class_find(ObjectClass *klass, const char *name,
                                  uint32_t hash)
{
    ObjectProperty *prop = NULL;

    for (TypeImpl *t = klass->type; t && !prop; t = t->parent) {
        prop = find(&t->class->properties, name, hash);
    }
    return prop;
}

ObjectProperty *object_class_property_find(ObjectClass *klass,
                                           const char *name)
{
    return class_find(klass, name, qom_name_hash(name));
}

ObjectProperty *object_property_find(Object *obj, const char *name)
{
    uint32_t hash = qom_name_hash(name);

    return class_find(obj->class, name, hash) ?:
           find(&obj->properties, name, hash);
}

ObjectProperty *object_property_find_err(Object *obj, const char *name,
                                         Error **errp)
{
    ObjectProperty *prop = object_property_find(obj, name);

    if (!prop) {
        error_setg(errp, "Property '%s.%s' not found",
                   object_get_typename(obj), name);
    }
    return prop;
}

ObjectProperty *object_class_property_find_err(ObjectClass *klass,
                                               const char *name,
                                               Error **errp)
{
    ObjectProperty *prop = object_class_property_find(klass, name);

    if (!prop) {
        error_setg(errp, "Property '.%s' not found", name);
    }
    return prop;
}

void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj)
{
    iter->next = obj->properties.first;
    iter->nextclass = obj->class;
}

void object_class_property_iter_init(ObjectPropertyIterator *iter,
                                     ObjectClass *klass)
{
    iter->next = klass->properties.first;
    iter->nextclass = object_class_get_parent(klass);
}

ObjectProperty *object_property_iter_next(ObjectPropertyIterator *iter)
{
    ObjectProperty *prop;

    while (!iter->next) {
        if (!iter->nextclass) {
            return NULL;
        }
        iter->next = iter->nextclass->properties.first;
        iter->nextclass = object_class_get_parent(iter->nextclass);
    }
    prop = iter->next;
    iter->next = prop->next;
    return prop;
}

/* ---- reading and writing ---- */

bool object_property_get(Object *obj, const char *name, Visitor *v,
                         Error **errp)
{
    ERRP_GUARD();
    ObjectProperty *prop = object_property_find_err(obj, name, errp);

    if (!prop) {
        return false;
    }
    if (!prop->get) {
        error_setg(errp, "Property '%s.%s' is not readable",
                   object_get_typename(obj), name);
        return false;
    }
    prop->get(obj, v, name, prop->opaque, errp);
    return !*errp;
}

bool object_property_set(Object *obj, const char *name, Visitor *v,
                         Error **errp)
{
    ERRP_GUARD();
    ObjectProperty *prop = object_property_find_err(obj, name, errp);

    if (!prop) {
        return false;
    }
    if (!prop->set) {
        error_setg(errp, "Property '%s.%s' is not writable",
                   object_get_typename(obj), name);
        return false;
    }
    prop->set(obj, v, name, prop->opaque, errp);
    return !*errp;
}

bool object_property_set_json(Object *obj, const char *name,
                              const json_t *value, Error **errp)
{
    Visitor *v = json_input_visitor_new((json_t *)value);
    bool ok = object_property_set(obj, name, v, errp);

    visit_free(v);
    return ok;
}

json_t *object_property_get_json(Object *obj, const char *name, Error **errp)
{
    json_t *value = NULL;
    Visitor *v = json_output_visitor_new(&value);

    if (object_property_get(obj, name, v, errp)) {
        visit_complete(v, &value);
    }
    visit_free(v);
    return value;
}

/* Sets from a value made for the purpose, which it takes over. */
static bool set_and_drop(Object *obj, const char *name, json_t *value,
                         Error **errp)
{
    bool ok = object_property_set_json(obj, name, value, errp);

    json_decref(value);
    return ok;
}

bool object_property_set_str(Object *obj, const char *name,
                             const char *value, Error **errp)
{
    return set_and_drop(obj, name, json_string_any(value), errp);
}

bool object_property_set_bool(Object *obj, const char *name,
                              bool value, Error **errp)
{
    return set_and_drop(obj, name, json_boolean(value), errp);
}

bool object_property_set_int(Object *obj, const char *name,
                             int64_t value, Error **errp)
{
    return set_and_drop(obj, name, json_integer(value), errp);
}

bool object_property_set_uint(Object *obj, const char *name,
                              uint64_t value, Error **errp)
{
    return set_and_drop(obj, name, json_uinteger(value), errp);
}

bool object_property_set_link(Object *obj, const char *name,
                              Object *value, Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);
    g_autofree char *path = NULL;

    if (!prop) {
        return false;
    }
    if (prop->set) {
        ERRP_GUARD();

        if (object_link_write(obj, prop, value, errp)) {
            return !*errp;
        }
    }
    /* No plain link: an alias, or something that takes a path. */
    path = value ? object_get_canonical_path(value) : g_strdup("");
    if (!path) {
        error_setg(errp, "Property '%s.%s' cannot take an object without "
                   "a path", object_get_typename(obj), name);
        return false;
    }
    return object_property_set_str(obj, name, path, errp);
}

/* Reads a property of JSON type @type; what to call it in the error. */
static json_t *get_typed(Object *obj, const char *name, json_type type,
                         const char *type_name, Error **errp)
{
    json_t *value = object_property_get_json(obj, name, errp);
    bool fits;

    if (!value) {
        return NULL;
    }
    fits = type == JSON_TRUE ? json_is_boolean(value)
                             : json_typeof(value) == type;
    if (!fits) {
        error_setg(errp, "Invalid parameter type for '%s', expected: %s",
                   name, type_name);
        json_decref(value);
        return NULL;
    }
    return value;
}

char *object_property_get_str(Object *obj, const char *name, Error **errp)
{
    json_t *value = get_typed(obj, name, JSON_STRING, "string", errp);
    char *result = value ? g_strdup(json_string_value(value)) : NULL;

    json_decref(value);
    return result;
}

bool object_property_get_bool(Object *obj, const char *name, Error **errp)
{
    json_t *value = get_typed(obj, name, JSON_TRUE, "boolean", errp);
    bool result = json_is_true(value);

    json_decref(value);
    return result;
}

int64_t object_property_get_int(Object *obj, const char *name, Error **errp)
{
    json_t *value = get_typed(obj, name, JSON_INTEGER, "int", errp);
    int64_t result = -1;

    if (value) {
        if (json_is_big_uinteger(value)) {
            error_setg(errp, "Invalid parameter type for '%s', expected: int",
                       name);
        } else {
            result = json_integer_value(value);
        }
    }
    json_decref(value);
    return result;
}

uint64_t object_property_get_uint(Object *obj, const char *name,
                                  Error **errp)
{
    json_t *value = get_typed(obj, name, JSON_INTEGER, "uint", errp);
    uint64_t result = 0;

    if (value) {
        if (json_integer_value(value) < 0 && !json_is_big_uinteger(value)) {
            error_setg(errp, "Invalid parameter type for '%s', "
                       "expected: uint", name);
        } else {
            result = json_integer_value(value);
        }
    }
    json_decref(value);
    return result;
}

Object *object_property_get_link(Object *obj, const char *name, Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);
    g_autofree char *path = NULL;
    Object *target;

    if (!prop) {
        return NULL;
    }
    if (object_link_read(obj, prop, &target)) {
        return target;
    }
    path = object_property_get_str(obj, name, errp);
    if (!path || !*path) {
        return NULL;
    }
    target = object_resolve_path_type(path, TYPE_OBJECT, NULL);
    if (!target) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", path);
    }
    return target;
}

bool object_property_parse(Object *obj, const char *name,
                           const char *string, Error **errp)
{
    Visitor *v = string_input_visitor_new(string);
    bool ok = object_property_set(obj, name, v, errp);

    visit_free(v);
    return ok;
}

char *object_property_print(Object *obj, const char *name, bool human,
                            Error **errp)
{
    char *string = NULL;
    Visitor *v = string_output_visitor_new(human, &string);

    if (object_property_get(obj, name, v, errp)) {
        visit_complete(v, &string);
    }
    visit_free(v);
    return string;
}

const char *object_property_get_type(Object *obj, const char *name,
                                     Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);

    return prop ? prop->type : NULL;
}

bool object_set_properties_from_keyval(Object *obj, const json_t *props,
                                       bool from_json, Error **errp)
{
    Visitor *v = from_json ? json_input_visitor_new((json_t *)props)
                           : json_input_visitor_new_keyval((json_t *)props);
    bool ok = visit_start_struct(v, NULL, NULL, 0, errp);
    const char *key;
    json_t *value;

    if (ok) {
        json_object_foreach((json_t *)props, key, value) {
            ok = object_property_set(obj, key, v, errp);
            if (!ok) {
                break;
            }
        }
        ok = ok && visit_check_struct(v, errp);
        visit_end_struct(v, NULL);
    }
    visit_free(v);
    return ok;
}

/* ---- help ---- */

static void describe(ObjectProperty *prop, const char *description)
{
    g_free(prop->description);
    prop->description = g_strdup(description);
}

void object_property_set_description(Object *obj, const char *name,
                                     const char *description)
{
    describe(object_property_find_err(obj, name, &error_abort), description);
}

void object_class_property_set_description(ObjectClass *klass,
                                           const char *name,
                                           const char *description)
{
    describe(object_class_property_find_err(klass, name, &error_abort),
             description);
}

char *object_property_help(const char *name, const char *type,
                           const json_t *defval, const char *description)
{
    GString *str = g_string_new(NULL);

    g_string_append_printf(str, "  %s=<%s>", name, type);
    if (description || defval) {
        g_string_append_printf(str, "%*s - ",
                               (int)(str->len < 24 ? 24 - str->len : 0), "");
    }
    if (description) {
        g_string_append(str, description);
    }
    if (defval) {
        g_autofree char *text = json_to_text(defval, false);

        g_string_append_printf(str, " (default: %s)", text);
    }
    return g_string_free(str, false);
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool type_print_class_properties(const char *type)
{
    ObjectClass *klass = object_class_by_name(type);
    g_autoptr(GPtrArray) lines = NULL;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    if (!klass) {
        return false;
    }
    lines = g_ptr_array_new_with_free_func(g_free);
    object_class_property_iter_init(&iter, klass);
    while ((prop = object_property_iter_next(&iter))) {
        if (prop->set) {
            g_ptr_array_add(lines, object_property_help(prop->name,
                                       prop->type, prop->defval,
                                       prop->description));
        }
    }
    g_ptr_array_sort(lines, compare_strings);
    if (lines->len) {
        qemu_printf("%s options:\n", type);
    } else {
        qemu_printf("There are no options for %s.\n", type);
    }
    for (guint i = 0; i < lines->len; i++) {
        qemu_printf("%s\n", (char *)g_ptr_array_index(lines, i));
    }
    return true;
}
