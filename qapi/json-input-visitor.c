/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input from JSON: either with strict types, or from the strings of a
 * command line, which are parsed as what the visit asks for.
 *
 * A frame is an object or an array being visited.  Members that were asked
 * for are ticked off, so that the end of the structure can name one that
 * nobody knows.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"
#include "ranges.h"

typedef struct Frame {
    struct Frame *up;
    const char *name;           /* in the frame above */
    json_t *value;              /* NULL: a list from a string of ranges */
    size_t index;               /* of an array's next element */
    GHashTable *seen;           /* an object's members, made at the first */
    RangeList ranges;
} Frame;

typedef struct JsonInput {
    Visitor visitor;
    json_t *root;
    Frame *top;
    bool keyval;
} JsonInput;

static JsonInput *to_ji(Visitor *v)
{
    return container_of(v, JsonInput, visitor);
}

/* ---- names for errors: "a.b[2].c" ---- */

static void append_frame_name(GString *path, const Frame *frame)
{
    if (!frame) {
        return;
    }
    append_frame_name(path, frame->up);
    if (frame->up && json_is_array(frame->up->value)) {
        g_string_append_printf(path, "[%zu]", frame->up->index - 1);
    } else if (frame->name) {
        if (path->len) {
            g_string_append_c(path, '.');
        }
        g_string_append(path, frame->name);
    }
}

static char *full_name(JsonInput *ji, const char *name)
{
    GString *path = g_string_new(NULL);

    append_frame_name(path, ji->top);
    if (!ji->top) {
        g_string_append(path, name ?: "<anonymous>");
    } else if (json_is_object(ji->top->value)) {
        if (path->len) {
            g_string_append_c(path, '.');
        }
        g_string_append(path, name ?: "<anonymous>");
    } else if (ji->top->value) {
        g_string_append_printf(path, "[%zu]", ji->top->index - 1);
    }
    return g_string_free(path, false);
}

static bool wrong_type(JsonInput *ji, const char *name, const char *expected,
                       Error **errp)
{
    g_autofree char *full = full_name(ji, name);

    error_setg(errp, "Invalid parameter type for '%s', expected: %s",
               full, expected);
    return false;
}

static bool wrong_value(JsonInput *ji, const char *name, const char *expected,
                        Error **errp)
{
    g_autofree char *full = full_name(ji, name);

    error_setg(errp, "Parameter '%s' expects %s", full, expected);
    return false;
}

/* ---- getting at values ---- */

/* The value called @name, NULL without error if there is none. */
static json_t *try_get(JsonInput *ji, const char *name, bool consume)
{
    Frame *top = ji->top;
    void *member;

    if (!top) {
        return ji->root;
    }
    if (json_is_array(top->value)) {
        /* next_list() moved on already. */
        return json_array_get(top->value, top->index - 1);
    }
    member = json_object_iter_at(top->value, name);
    if (!member) {
        return NULL;
    }
    if (consume) {
        if (!top->seen) {
            top->seen = g_hash_table_new(g_str_hash, g_str_equal);
        }
        /* The object's own copy of the name outlives the caller's. */
        g_hash_table_add(top->seen, (gpointer)json_object_iter_key(member));
    }
    return json_object_iter_value(member);
}

static json_t *get(JsonInput *ji, const char *name, Error **errp)
{
    json_t *value = try_get(ji, name, true);

    if (!value) {
        g_autofree char *full = full_name(ji, name);

        error_setg(errp, "Parameter '%s' is missing", full);
    }
    return value;
}

/* The string to parse in keyval mode. */
static const char *get_text(JsonInput *ji, const char *name, Error **errp)
{
    json_t *value = get(ji, name, errp);

    if (!value) {
        return NULL;
    }
    if (!json_is_string(value)) {
        wrong_type(ji, name, "a scalar value", errp);
        return NULL;
    }
    return json_string_value(value);
}

/* ---- structure ---- */

static void push(JsonInput *ji, const char *name, json_t *value)
{
    Frame *frame = g_new0(Frame, 1);

    frame->up = ji->top;
    frame->name = name;
    frame->value = value;
    ji->top = frame;
}

static void pop(JsonInput *ji)
{
    Frame *frame = ji->top;

    ji->top = frame->up;
    if (frame->seen) {
        g_hash_table_destroy(frame->seen);
    }
    range_list_clear(&frame->ranges);
    g_free(frame);
}

static bool ji_start_struct(Visitor *v, const char *name, void **obj,
                            size_t size, Error **errp)
{
    JsonInput *ji = to_ji(v);
    json_t *value = get(ji, name, errp);

    if (obj) {
        *obj = NULL;
    }
    if (!value) {
        return false;
    }
    if (!json_is_object(value)) {
        return wrong_type(ji, name, "object", errp);
    }
    push(ji, name, value);
    if (obj) {
        *obj = g_malloc0(size);
    }
    return true;
}

static bool ji_check_struct(Visitor *v, Error **errp)
{
    JsonInput *ji = to_ji(v);
    GHashTable *seen = ji->top->seen;
    const char *key;
    json_t *value;

    if (json_object_size(ji->top->value) ==
        (seen ? g_hash_table_size(seen) : 0)) {
        return true;
    }
    json_object_foreach(ji->top->value, key, value) {
        if (!seen || !g_hash_table_contains(seen, key)) {
            g_autofree char *full = full_name(ji, key);

            error_setg(errp, "Parameter '%s' is unexpected", full);
            return false;
        }
    }
    return true;
}

static void ji_end_struct(Visitor *v, void **obj)
{
    pop(to_ji(v));
}

static bool ji_start_list(Visitor *v, const char *name, GenericList **list,
                          size_t size, Error **errp)
{
    JsonInput *ji = to_ji(v);
    json_t *value = get(ji, name, errp);

    if (list) {
        *list = NULL;
    }
    if (!value) {
        return false;
    }
    if (ji->keyval && json_is_string(value)) {
        push(ji, name, NULL);
        ji->top->ranges.text = json_string_value(value);
        if (list && *ji->top->ranges.text) {
            *list = g_malloc0(size);
        }
        return true;
    }
    if (!json_is_array(value)) {
        return wrong_type(ji, name, "array", errp);
    }
    push(ji, name, value);
    if (json_array_size(value) && list) {
        *list = g_malloc0(size);
    }
    ji->top->index = 1;
    return true;
}

static GenericList *ji_next_list(Visitor *v, GenericList *tail, size_t size)
{
    Frame *top = to_ji(v)->top;

    if (top->value ? top->index >= json_array_size(top->value)
                   : !range_list_more(&top->ranges)) {
        return NULL;
    }
    top->index++;
    tail->next = g_malloc0(size);
    return tail->next;
}

static bool ji_check_list(Visitor *v, Error **errp)
{
    JsonInput *ji = to_ji(v);
    Frame *top = ji->top;

    if (top->value && top->index < json_array_size(top->value)) {
        GString *path = g_string_new(NULL);

        append_frame_name(path, top);
        error_setg(errp, "Only %zu list elements expected in %s",
                   top->index, path->str);
        g_string_free(path, true);
        return false;
    }
    return true;
}

static void ji_end_list(Visitor *v, void **list)
{
    pop(to_ji(v));
}

static bool ji_start_alternate(Visitor *v, const char *name,
                               GenericAlternate **obj, size_t size,
                               Error **errp)
{
    json_t *value = try_get(to_ji(v), name, false);

    if (!value) {
        *obj = NULL;
        return get(to_ji(v), name, errp) != NULL;
    }
    *obj = g_malloc0(size);
    (*obj)->type = json_typeof(value);
    return true;
}

static void ji_optional(Visitor *v, const char *name, bool *present)
{
    *present = try_get(to_ji(v), name, false) != NULL;
}

/* ---- scalars with their own JSON types ---- */

static bool ji_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    json_t *value = get(ji, name, errp);

    if (!value) {
        return false;
    }
    if (!json_is_integer(value) || json_is_big_uinteger(value)) {
        return wrong_type(ji, name, "integer", errp);
    }
    *obj = json_integer_value(value);
    return true;
}

static bool ji_uint64(Visitor *v, const char *name, uint64_t *obj,
                      Error **errp)
{
    JsonInput *ji = to_ji(v);
    json_t *value = get(ji, name, errp);

    if (!value) {
        return false;
    }
    if (!json_is_integer(value)) {
        return wrong_value(ji, name, "uint64", errp);
    }
    /* Clients of old send large values as negative ones. */
    *obj = json_integer_value(value);
    return true;
}

static bool ji_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    json_t *value = get(ji, name, errp);

    if (!value) {
        return false;
    }
    if (!json_is_boolean(value)) {
        return wrong_type(ji, name, "boolean", errp);
    }
    *obj = json_is_true(value);
    return true;
}

static bool ji_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    json_t *value = get(ji, name, errp);

    *obj = NULL;
    if (!value) {
        return false;
    }
    if (!json_is_string(value)) {
        return wrong_type(ji, name, "string", errp);
    }
    *obj = g_strdup(json_string_value(value));
    return true;
}

static bool ji_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    json_t *value = get(ji, name, errp);

    if (!value) {
        return false;
    }
    if (!json_is_number(value)) {
        return wrong_type(ji, name, "number", errp);
    }
    *obj = json_is_big_uinteger(value)
           ? (double)(uint64_t)json_integer_value(value)
           : json_number_value(value);
    return true;
}

static bool ji_any(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    *obj = json_incref(get(to_ji(v), name, errp));
    return *obj != NULL;
}

static bool ji_null(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    json_t *value = get(ji, name, errp);

    *obj = NULL;
    if (!value) {
        return false;
    }
    if (!json_is_null(value)) {
        return wrong_type(ji, name, "null", errp);
    }
    *obj = json_null();
    return true;
}

/* ---- scalars from strings ---- */

static bool kv_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    int64_t value;
    const char *text;

    if (ji->top && !ji->top->value) {
        return range_list_next_int(&ji->top->ranges, ji->top->name, obj,
                                   errp);
    }
    text = get_text(ji, name, errp);
    if (!text) {
        return false;
    }
    if (qemu_strtoi64(text, NULL, 0, &value) < 0) {
        return wrong_value(ji, name, "integer", errp);
    }
    *obj = value;
    return true;
}

static bool kv_uint64(Visitor *v, const char *name, uint64_t *obj,
                      Error **errp)
{
    JsonInput *ji = to_ji(v);
    uint64_t value;
    const char *text;

    if (ji->top && !ji->top->value) {
        return range_list_next_uint(&ji->top->ranges, ji->top->name, obj,
                                    errp);
    }
    text = get_text(ji, name, errp);
    if (!text) {
        return false;
    }
    if (qemu_strtou64(text, NULL, 0, &value) < 0) {
        return wrong_value(ji, name, "integer", errp);
    }
    *obj = value;
    return true;
}

static bool kv_size(Visitor *v, const char *name, uint64_t *obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    uint64_t value;
    const char *text = get_text(ji, name, errp);

    if (!text) {
        return false;
    }
    if (qemu_strtosz(text, NULL, &value) < 0) {
        return wrong_value(ji, name, "size", errp);
    }
    *obj = value;
    return true;
}

static bool kv_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    const char *text = get_text(ji, name, errp);
    g_autofree char *full = NULL;

    if (!text) {
        return false;
    }
    full = full_name(ji, name);
    return qapi_bool_parse(full, text, obj, errp);
}

static bool kv_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    const char *text = get_text(to_ji(v), name, errp);

    *obj = g_strdup(text);
    return text != NULL;
}

static bool kv_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    double value;
    const char *text = get_text(ji, name, errp);

    if (!text) {
        return false;
    }
    if (qemu_strtod_finite(text, NULL, &value) < 0) {
        return wrong_value(ji, name, "a finite number", errp);
    }
    *obj = value;
    return true;
}

static bool kv_null(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    JsonInput *ji = to_ji(v);
    const char *text = get_text(ji, name, errp);

    *obj = NULL;
    if (!text) {
        return false;
    }
    if (*text) {
        return wrong_type(ji, name, "null", errp);
    }
    *obj = json_null();
    return true;
}

/* ---- life ---- */

static void ji_free(Visitor *v)
{
    JsonInput *ji = to_ji(v);

    while (ji->top) {
        pop(ji);
    }
    json_decref(ji->root);
    g_free(ji);
}

#define COMMON_OPS \
    .kind = VISITOR_INPUT, \
    .start_struct = ji_start_struct, \
    .check_struct = ji_check_struct, \
    .end_struct = ji_end_struct, \
    .start_list = ji_start_list, \
    .next_list = ji_next_list, \
    .check_list = ji_check_list, \
    .end_list = ji_end_list, \
    .start_alternate = ji_start_alternate, \
    .optional = ji_optional, \
    .type_any = ji_any, \
    .free = ji_free

static const VisitorOps strict_ops = {
    COMMON_OPS,
    .type_int64 = ji_int64,
    .type_uint64 = ji_uint64,
    .type_bool = ji_bool,
    .type_str = ji_str,
    .type_number = ji_number,
    .type_null = ji_null,
};

static const VisitorOps keyval_ops = {
    COMMON_OPS,
    .type_int64 = kv_int64,
    .type_uint64 = kv_uint64,
    .type_size = kv_size,
    .type_bool = kv_bool,
    .type_str = kv_str,
    .type_number = kv_number,
    .type_null = kv_null,
};

static Visitor *new_visitor(json_t *obj, bool keyval)
{
    JsonInput *ji = g_new0(JsonInput, 1);

    ji->visitor.ops = keyval ? &keyval_ops : &strict_ops;
    ji->keyval = keyval;
    ji->root = json_incref(obj);
    return &ji->visitor;
}

Visitor *json_input_visitor_new(json_t *obj)
{
    return new_visitor(obj, false);
}

Visitor *json_input_visitor_new_keyval(json_t *obj)
{
    return new_visitor(obj, true);
}
