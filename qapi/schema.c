/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The generated tables at work: values checked against their types, strings
 * of a command line turned into what their types want, and the tables shown
 * to whoever asks with query-qmp-schema.
 *
 * One walk does both checks: take() returns its argument (strict), or a new
 * value made from strings (keyval).
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/schema.h"
#include "qapi/schema-tables.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "ranges.h"

/* Where the walk is: each step on the stack of its caller. */
typedef struct Path {
    const struct Path *up;
    const char *name;           /* NULL: an array's element */
    size_t index;
} Path;

typedef struct Walk {
    bool keyval;                /* strings become what their types want */
    bool flat;                  /* keyval: errors in the words of options */
    Error **errp;
} Walk;

static json_t *take(Walk *w, const QapiType *type, const json_t *value,
                    const Path *path);

static const char *pool(uint32_t offset)
{
    return qapi_pool + offset;
}

/* ---- errors ---- */

static void append_path(GString *to, const Path *path)
{
    if (!path) {
        return;
    }
    append_path(to, path->up);
    if (!path->name) {
        g_string_append_printf(to, "[%zu]", path->index);
    } else {
        if (to->len) {
            g_string_append_c(to, '.');
        }
        g_string_append(to, path->name);
    }
}

static char *path_text(const Path *path)
{
    GString *text = g_string_new(NULL);

    append_path(text, path);
    return g_string_free(text, false);
}

static json_t *wrong_type(Walk *w, const Path *path, const char *expected)
{
    g_autofree char *name = path_text(path);

    error_setg(w->errp, "Invalid parameter type for '%s', expected: %s",
               name, expected);
    return NULL;
}

static json_t *wrong_value(Walk *w, const Path *path, const char *expected)
{
    g_autofree char *name = path_text(path);

    error_setg(w->errp, "Parameter '%s' expects %s", name, expected);
    return NULL;
}

/* ---- scalars ---- */

static const struct {
    int64_t min, max;
    const char *name;
} int_kinds[] = {
    [QAPI_KIND_INT] = { INT64_MIN, INT64_MAX, "int64_t" },
    [QAPI_KIND_INT8] = { INT8_MIN, INT8_MAX, "int8_t" },
    [QAPI_KIND_INT16] = { INT16_MIN, INT16_MAX, "int16_t" },
    [QAPI_KIND_INT32] = { INT32_MIN, INT32_MAX, "int32_t" },
    [QAPI_KIND_UINT8] = { 0, UINT8_MAX, "uint8_t" },
    [QAPI_KIND_UINT16] = { 0, UINT16_MAX, "uint16_t" },
    [QAPI_KIND_UINT32] = { 0, UINT32_MAX, "uint32_t" },
};

static json_t *take_int(Walk *w, const QapiType *type, const json_t *value,
                        const Path *path)
{
    bool is_signed = type->kind <= QAPI_KIND_INT32;
    int64_t n;

    if (w->keyval) {
        const char *text = json_string_value(value);

        if (!text) {
            return wrong_type(w, path, "a scalar value");
        }
        if (qemu_strtoi64(text, NULL, 0, &n) < 0) {
            return wrong_value(w, path, !w->flat ? "integer"
                                        : is_signed ? "an int64 value"
                                                    : "a uint64 value");
        }
    } else {
        if (!json_is_integer(value) || json_is_big_uinteger(value)) {
            return is_signed ? wrong_type(w, path, "integer")
                             : wrong_value(w, path, "uint64");
        }
        n = json_integer_value(value);
    }
    if (n < int_kinds[type->kind].min || n > int_kinds[type->kind].max) {
        return wrong_value(w, path, int_kinds[type->kind].name);
    }
    return w->keyval ? json_integer(n) : json_incref((json_t *)value);
}

static json_t *take_uint64(Walk *w, const QapiType *type,
                           const json_t *value, const Path *path)
{
    const char *text;
    uint64_t n;

    if (!w->keyval) {
        /* Clients of old send large values as negative ones. */
        return json_is_integer(value) ? json_incref((json_t *)value)
                                      : wrong_value(w, path, "uint64");
    }
    text = json_string_value(value);
    if (!text) {
        return wrong_type(w, path, "a scalar value");
    }
    if (type->kind == QAPI_KIND_SIZE) {
        if (qemu_strtosz(text, NULL, &n) < 0) {
            return wrong_value(w, path, w->flat ? "a size value" : "size");
        }
    } else if (qemu_strtou64(text, NULL, 0, &n) < 0) {
        return wrong_value(w, path, w->flat ? "a uint64 value" : "integer");
    }
    return json_uinteger(n);
}

static json_t *take_number(Walk *w, const json_t *value, const Path *path)
{
    const char *text;
    double n;

    if (!w->keyval) {
        return json_is_number(value) ? json_incref((json_t *)value)
                                     : wrong_type(w, path, "number");
    }
    text = json_string_value(value);
    if (!text || qemu_strtod_finite(text, NULL, &n) < 0) {
        return wrong_value(w, path, "a finite number");
    }
    return json_real(n);
}

static json_t *take_bool(Walk *w, const json_t *value, const Path *path)
{
    const char *text;
    bool b;

    if (!w->keyval) {
        return json_is_boolean(value) ? json_incref((json_t *)value)
                                      : wrong_type(w, path, "boolean");
    }
    text = json_string_value(value);
    if (!text || !qapi_bool_parse("", text, &b, NULL)) {
        return wrong_value(w, path, "'on' or 'off'");
    }
    return json_boolean(b);
}

static json_t *take_str(Walk *w, const json_t *value, const Path *path)
{
    if (!json_is_string(value)) {
        return wrong_type(w, path, "string");
    }
    /* C code behind would see only the part before a NUL. */
    if (strlen(json_string_value(value)) != json_string_length(value)) {
        return wrong_value(w, path, "a string without NUL characters");
    }
    return json_incref((json_t *)value);
}

/* The index of @value among the names of @type, -1 if it is none. */
static int enum_value(const QapiType *type, const char *value)
{
    for (unsigned i = 0; i < type->count; i++) {
        if (!strcmp(pool(qapi_members[type->first + i].name), value)) {
            return i;
        }
    }
    return -1;
}

static json_t *take_enum(Walk *w, const QapiType *type, const json_t *value,
                         const Path *path)
{
    json_t *result = take_str(w, value, path);

    if (result && enum_value(type, json_string_value(value)) < 0) {
        g_autofree char *element = path->name ? NULL : path_text(path);

        error_setg(w->errp, "Parameter '%s' does not accept value '%s'",
                   path->name ?: element, json_string_value(value));
        json_decref(result);
        return NULL;
    }
    return result;
}

static json_t *take_null(Walk *w, const json_t *value, const Path *path)
{
    bool is_null = w->keyval ? json_is_string(value) &&
                               !json_string_length(value)
                             : json_is_null(value);

    return is_null ? json_null() : wrong_type(w, path, "null");
}

/* ---- arrays ---- */

/* "0-3,5" as an array of integers. */
static json_t *take_ranges(Walk *w, const QapiType *element,
                           const json_t *value, const Path *path)
{
    RangeList list = { .text = json_string_value(value) };
    g_autofree char *name = path_text(path);
    json_t *array = json_array();

    while (range_list_more(&list)) {
        g_autofree char *text = NULL;
        json_t *item, *string;
        int64_t i;
        uint64_t u;
        bool ok;

        if (element->kind <= QAPI_KIND_INT32) {
            ok = range_list_next_int(&list, name, &i, w->errp);
            text = ok ? g_strdup_printf("%" PRId64, i) : NULL;
        } else {
            ok = range_list_next_uint(&list, name, &u, w->errp);
            text = ok ? g_strdup_printf("%" PRIu64, u) : NULL;
        }
        string = ok ? json_string(text) : NULL;
        item = ok ? take(w, element, string, path) : NULL;
        json_decref(string);
        if (!item) {
            json_decref(array);
            return NULL;
        }
        json_array_append_new(array, item);
    }
    return array;
}

static json_t *take_array(Walk *w, const QapiType *type, const json_t *value,
                          const Path *path)
{
    const QapiType *element = &qapi_types[type->first];
    json_t *array, *item;
    size_t i;

    if (w->keyval && json_is_string(value) &&
        element->kind >= QAPI_KIND_INT && element->kind <= QAPI_KIND_SIZE) {
        return take_ranges(w, element, value, path);
    }
    if (!json_is_array(value)) {
        return wrong_type(w, path, "array");
    }
    array = w->keyval ? json_array() : json_incref((json_t *)value);
    json_array_foreach(value, i, item) {
        Path here = { .up = path, .index = i };
        json_t *taken = take(w, element, item, &here);

        if (!taken) {
            json_decref(array);
            return NULL;
        }
        if (w->keyval) {
            json_array_append_new(array, taken);
        } else {
            json_decref(taken);
        }
    }
    return array;
}

/* ---- structures ---- */

/*
 * Takes the @count members from @first on; adds to *@used how many of them
 * were there.
 */
static bool take_members(Walk *w, unsigned first, unsigned count,
                         const json_t *value, json_t *result, size_t *used,
                         const Path *path)
{
    for (unsigned i = first; i < first + count; i++) {
        const QapiMember *m = &qapi_members[i];
        Path here = { .up = path, .name = pool(m->name) };
        json_t *member = json_object_get(value, here.name);
        json_t *taken;

        if (!member) {
            g_autofree char *name = NULL;

            if (m->optional) {
                continue;
            }
            name = path_text(&here);
            error_setg(w->errp, "Parameter '%s' is missing", name);
            return false;
        }
        taken = take(w, &qapi_types[m->type], member, &here);
        if (!taken) {
            return false;
        }
        ++*used;
        if (w->keyval) {
            json_object_set_new(result, here.name, taken);
        } else {
            json_decref(taken);
        }
    }
    return true;
}

static bool has_member(const QapiType *type, const char *name)
{
    return type && enum_value(type, name) >= 0;     /* the same table */
}

static bool unexpected_member(Walk *w, const QapiType *type,
                              const QapiType *branch, const json_t *value,
                              const Path *path)
{
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)value, key, member) {
        if (!has_member(type, key) && !has_member(branch, key)) {
            Path here = { .up = path, .name = key };
            g_autofree char *name = path_text(&here);

            error_setg(w->errp, w->flat ? "Invalid parameter '%s'"
                                        : "Parameter '%s' is unexpected",
                       name);
            return true;
        }
    }
    return false;
}

static json_t *take_struct(Walk *w, const QapiType *type, const json_t *value,
                           const Path *path)
{
    const QapiType *branch = NULL;
    json_t *result;
    size_t used = 0;

    if (!json_is_object(value)) {
        return wrong_type(w, path, "object");
    }
    result = w->keyval ? json_object() : json_incref((json_t *)value);
    if (!take_members(w, type->first, type->count, value, result, &used,
                      path)) {
        goto fail;
    }
    if (type->kind == QAPI_KIND_UNION) {
        const QapiMember *tag = &qapi_members[type->first + type->tag];
        const char *which = json_get_str(value, pool(tag->name));
        int i = which ? enum_value(&qapi_types[tag->type], which) : 0;

        /* An optional tag that is absent means the first case. */
        branch = &qapi_types[qapi_members[type->variants + i].type];
        if (!take_members(w, branch->first, branch->count, value, result,
                          &used, path)) {
            goto fail;
        }
    }
    if (used != json_object_size(value) &&
        unexpected_member(w, type, branch, value, path)) {
        goto fail;
    }
    return result;

fail:
    json_decref(result);
    return NULL;
}

/* ---- alternates ---- */

static bool kind_fits(QapiKind kind, const json_t *value)
{
    switch (kind) {
    case QAPI_KIND_STR:
    case QAPI_KIND_ENUM:
        return json_is_string(value);
    case QAPI_KIND_NUMBER:
        return json_is_number(value);
    case QAPI_KIND_INT ... QAPI_KIND_SIZE:
        return json_is_integer(value);
    case QAPI_KIND_BOOL:
        return json_is_boolean(value);
    case QAPI_KIND_NULL:
        return json_is_null(value);
    case QAPI_KIND_STRUCT:
    case QAPI_KIND_UNION:
        return json_is_object(value);
    case QAPI_KIND_ARRAY:
        return json_is_array(value);
    default:
        return true;
    }
}

static json_t *take_alternate(Walk *w, const QapiType *type,
                              const json_t *value, const Path *path)
{
    for (unsigned i = 0; i < type->nr_variants; i++) {
        const QapiMember *m = &qapi_members[type->variants + i];
        const QapiType *branch = &qapi_types[m->type];
        json_t *taken;

        if (w->keyval && json_is_string(value)) {
            /* Any text could be it: the first that takes it. */
            Walk quiet = { .keyval = true, .flat = w->flat };

            taken = take(&quiet, branch, value, path);
            if (taken) {
                return taken;
            }
        } else if (kind_fits(branch->kind, value)) {
            return take(w, branch, value, path);
        }
    }
    return wrong_type(w, path, pool(type->name));
}

static json_t *take(Walk *w, const QapiType *type, const json_t *value,
                    const Path *path)
{
    switch ((QapiKind)type->kind) {
    case QAPI_KIND_STR:
        return take_str(w, value, path);
    case QAPI_KIND_NUMBER:
        return take_number(w, value, path);
    case QAPI_KIND_INT ... QAPI_KIND_UINT32:
        return take_int(w, type, value, path);
    case QAPI_KIND_UINT64:
    case QAPI_KIND_SIZE:
        return take_uint64(w, type, value, path);
    case QAPI_KIND_BOOL:
        return take_bool(w, value, path);
    case QAPI_KIND_NULL:
        return take_null(w, value, path);
    case QAPI_KIND_ANY:
        return json_incref((json_t *)value);
    case QAPI_KIND_ENUM:
        return take_enum(w, type, value, path);
    case QAPI_KIND_STRUCT:
    case QAPI_KIND_UNION:
        return take_struct(w, type, value, path);
    case QAPI_KIND_ALTERNATE:
        return take_alternate(w, type, value, path);
    case QAPI_KIND_ARRAY:
        return take_array(w, type, value, path);
    }
    g_assert_not_reached();
}

/* ---- by name ---- */

static const QapiType *type_by_name(const char *name)
{
    for (unsigned i = 0; i < qapi_nr_types; i++) {
        if (!strcmp(pool(qapi_types[i].name), name)) {
            return &qapi_types[i];
        }
    }
    return NULL;
}

static json_t *take_by_name(Walk *w, const char *type_name,
                            const json_t *value)
{
    const QapiType *type = type_by_name(type_name);

    assert(type);
    return take(w, type, value, NULL);
}

bool qapi_check(const char *type_name, const json_t *value, Error **errp)
{
    Walk w = { .errp = errp };
    json_t *taken = take_by_name(&w, type_name, value);

    json_decref(taken);
    return taken != NULL;
}

json_t *qapi_from_keyval(const char *type_name, const json_t *strings,
                         Error **errp)
{
    Walk w = { .keyval = true, .errp = errp };

    return take_by_name(&w, type_name, strings);
}

json_t *qapi_from_options(const char *type_name, const json_t *strings,
                          Error **errp)
{
    Walk w = { .keyval = true, .flat = true, .errp = errp };

    return take_by_name(&w, type_name, strings);
}

bool qapi_enum_has(const char *type_name, const char *value)
{
    const QapiType *type = type_by_name(type_name);

    return type && type->kind == QAPI_KIND_ENUM &&
           enum_value(type, value) >= 0;
}

int qapi_command_find(const char *name)
{
    unsigned low = 0, high = qapi_nr_commands;

    while (low < high) {
        unsigned mid = (low + high) / 2;
        int order = strcmp(name, pool(qapi_commands[mid].name));

        if (!order) {
            return mid;
        }
        if (order < 0) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return -1;
}

const char *qapi_command_name(int command)
{
    return pool(qapi_commands[command].name);
}

bool qapi_command_check(int command, const json_t *args, Error **errp)
{
    const QapiCommand *cmd = &qapi_commands[command];
    Walk w = { .errp = errp };
    json_t *taken;

    if (cmd->flags & QAPI_CMD_NO_CHECK) {
        return true;
    }
    taken = take(&w, &qapi_types[cmd->arg], args, NULL);
    json_decref(taken);
    return taken != NULL;
}

bool qapi_event_exists(const char *name)
{
    for (unsigned i = 0; i < qapi_nr_events; i++) {
        if (!strcmp(pool(qapi_events[i].name), name)) {
            return true;
        }
    }
    return false;
}

/* ---- introspection ---- */

/* All integer kinds are "int"; types of our own are numbers. */
static json_t *shown_name(unsigned index)
{
    const QapiType *type = &qapi_types[index];

    if (type->kind == QAPI_KIND_ARRAY) {
        json_t *element = shown_name(type->first);
        json_t *name = json_sprintf("[%s]", json_string_value(element));

        json_decref(element);
        return name;
    }
    if (type->kind >= QAPI_KIND_INT && type->kind <= QAPI_KIND_SIZE) {
        return json_string("int");
    }
    if (type->kind <= QAPI_KIND_ANY) {
        return json_string(pool(type->name));
    }
    return json_sprintf("%u", index);
}

static void add_features(json_t *entry, uint32_t features)
{
    g_auto(GStrv) names = NULL;
    json_t *array;

    if (!*pool(features)) {
        return;
    }
    array = json_array();
    names = g_strsplit(pool(features), ",", 0);
    for (char **p = names; *p; p++) {
        json_array_append_new(array, json_string(*p));
    }
    json_object_set_new(entry, "features", array);
}

static json_t *show_members(const QapiType *type)
{
    json_t *array = json_array();

    for (unsigned i = type->first; i < type->first + type->count; i++) {
        const QapiMember *m = &qapi_members[i];
        json_t *entry = json_pack("{s:s, s:o}", "name", pool(m->name),
                                  "type", shown_name(m->type));

        if (m->optional) {
            json_object_set_new(entry, "default", json_null());
        }
        add_features(entry, m->features);
        json_array_append_new(array, entry);
    }
    return array;
}

static json_t *show_variants(const QapiType *type, bool with_case)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < type->nr_variants; i++) {
        const QapiMember *m = &qapi_members[type->variants + i];
        json_t *entry = json_pack("{s:o}", "type", shown_name(m->type));

        if (with_case) {
            json_object_set_new(entry, "case", json_string(pool(m->name)));
        }
        json_array_append_new(array, entry);
    }
    return array;
}

static void show_enum(json_t *entry, const QapiType *type)
{
    json_t *members = json_array(), *values = json_array();

    for (unsigned i = type->first; i < type->first + type->count; i++) {
        const QapiMember *m = &qapi_members[i];
        json_t *member = json_pack("{s:s}", "name", pool(m->name));

        add_features(member, m->features);
        json_array_append_new(members, member);
        json_array_append_new(values, json_string(pool(m->name)));
    }
    json_object_set_new(entry, "members", members);
    json_object_set_new(entry, "values", values);
}

static const char *builtin_json_type(QapiKind kind)
{
    switch (kind) {
    case QAPI_KIND_STR:
        return "string";
    case QAPI_KIND_NUMBER:
        return "number";
    case QAPI_KIND_BOOL:
        return "boolean";
    case QAPI_KIND_NULL:
        return "null";
    case QAPI_KIND_ANY:
        return "value";
    default:
        return "int";
    }
}

static void show_type(json_t *array, unsigned index, bool *int_shown)
{
    const QapiType *type = &qapi_types[index];
    const char *meta = "object";
    json_t *entry;

    if (!type->shown) {
        return;
    }
    if (type->kind >= QAPI_KIND_INT && type->kind <= QAPI_KIND_SIZE) {
        if (*int_shown) {
            return;
        }
        *int_shown = true;
    }
    if (type->kind == QAPI_KIND_ARRAY &&
        qapi_types[type->first].kind >= QAPI_KIND_INT &&
        qapi_types[type->first].kind <= QAPI_KIND_SIZE) {
        if (int_shown[1]) {
            return;
        }
        int_shown[1] = true;
    }
    entry = json_pack("{s:o}", "name", shown_name(index));
    switch ((QapiKind)type->kind) {
    case QAPI_KIND_ENUM:
        meta = "enum";
        show_enum(entry, type);
        break;
    case QAPI_KIND_UNION:
        json_object_set_new(entry, "tag", json_string(
            pool(qapi_members[type->first + type->tag].name)));
        json_object_set_new(entry, "variants", show_variants(type, true));
        /* fall through */
    case QAPI_KIND_STRUCT:
        json_object_set_new(entry, "members", show_members(type));
        break;
    case QAPI_KIND_ALTERNATE:
        meta = "alternate";
        json_object_set_new(entry, "members", show_variants(type, false));
        break;
    case QAPI_KIND_ARRAY:
        meta = "array";
        json_object_set_new(entry, "element-type", shown_name(type->first));
        break;
    default:
        meta = "builtin";
        json_object_set_new(entry, "json-type",
                            json_string(builtin_json_type(type->kind)));
    }
    json_object_set_new(entry, "meta-type", json_string(meta));
    add_features(entry, type->features);
    json_array_append_new(array, entry);
}

json_t *qapi_introspect(void)
{
    bool int_shown[2] = { false };      /* int, and the array of them */
    json_t *array = json_array();

    for (unsigned i = 0; i < qapi_nr_commands; i++) {
        const QapiCommand *cmd = &qapi_commands[i];
        json_t *entry = json_pack("{s:s, s:s, s:o, s:o}",
                                  "name", pool(cmd->name),
                                  "meta-type", "command",
                                  "arg-type", shown_name(cmd->arg),
                                  "ret-type", shown_name(cmd->ret));

        if (cmd->flags & QAPI_CMD_ALLOW_OOB) {
            json_object_set_new(entry, "allow-oob", json_true());
        }
        add_features(entry, cmd->features);
        json_array_append_new(array, entry);
    }
    for (unsigned i = 0; i < qapi_nr_events; i++) {
        const QapiEvent *event = &qapi_events[i];
        json_t *entry = json_pack("{s:s, s:s, s:o}",
                                  "name", pool(event->name),
                                  "meta-type", "event",
                                  "arg-type", shown_name(event->arg));

        add_features(entry, event->features);
        json_array_append_new(array, entry);
    }
    for (unsigned i = 0; i < qapi_nr_types; i++) {
        show_type(array, i, int_shown);
    }
    return array;
}
