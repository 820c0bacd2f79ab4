/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output to JSON.
 */
#include "qemu/osdep.h"

#include "qapi/json.h"
#include "qapi/visitor-impl.h"

typedef struct JsonOutput {
    Visitor visitor;
    json_t *root;
    GPtrArray *open;            /* objects and arrays, outermost first */
} JsonOutput;

static JsonOutput *to_jo(Visitor *v)
{
    return container_of(v, JsonOutput, visitor);
}

/* Puts @value, which it takes over, where the visit is. */
static bool add(Visitor *v, const char *name, json_t *value)
{
    JsonOutput *jo = to_jo(v);
    json_t *top = jo->open->len ? jo->open->pdata[jo->open->len - 1] : NULL;

    if (!top) {
        json_decref(jo->root);
        jo->root = value;
    } else if (json_is_array(top)) {
        json_array_append_new(top, value);
    } else {
        json_object_set_new(top, name, value);
    }
    return true;
}

static bool jo_start_struct(Visitor *v, const char *name, void **obj,
                            size_t size, Error **errp)
{
    json_t *object = json_object();

    add(v, name, object);
    g_ptr_array_add(to_jo(v)->open, object);
    return true;
}

static bool jo_start_list(Visitor *v, const char *name, GenericList **list,
                          size_t size, Error **errp)
{
    json_t *array = json_array();

    add(v, name, array);
    g_ptr_array_add(to_jo(v)->open, array);
    return true;
}

static GenericList *jo_next_list(Visitor *v, GenericList *tail, size_t size)
{
    return tail->next;
}

static void jo_end(Visitor *v, void **obj)
{
    JsonOutput *jo = to_jo(v);

    g_ptr_array_set_size(jo->open, jo->open->len - 1);
}

static bool jo_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    return add(v, name, json_integer(*obj));
}

static bool jo_uint64(Visitor *v, const char *name, uint64_t *obj,
                      Error **errp)
{
    return add(v, name, json_uinteger(*obj));
}

static bool jo_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    return add(v, name, json_boolean(*obj));
}

static bool jo_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    return add(v, name, json_string_any(*obj));
}

static bool jo_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    /* JSON has no infinities. */
    return add(v, name, json_real(*obj) ?: json_null());
}

static bool jo_any(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    return add(v, name, json_incref(*obj));
}

static bool jo_null(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    return add(v, name, json_null());
}

static void jo_complete(Visitor *v, void *opaque)
{
    json_t **result = opaque;

    *result = g_steal_pointer(&to_jo(v)->root);
}

static void jo_free(Visitor *v)
{
    JsonOutput *jo = to_jo(v);

    json_decref(jo->root);
    g_ptr_array_free(jo->open, true);
    g_free(jo);
}

Visitor *json_output_visitor_new(json_t **result)
{
    static const VisitorOps ops = {
        .kind = VISITOR_OUTPUT,
        .start_struct = jo_start_struct,
        .end_struct = jo_end,
        .start_list = jo_start_list,
        .next_list = jo_next_list,
        .end_list = jo_end,
        .type_int64 = jo_int64,
        .type_uint64 = jo_uint64,
        .type_bool = jo_bool,
        .type_str = jo_str,
        .type_number = jo_number,
        .type_any = jo_any,
        .type_null = jo_null,
        .complete = jo_complete,
        .free = jo_free,
    };
    JsonOutput *jo = g_new0(JsonOutput, 1);

    jo->visitor.ops = &ops;
    jo->open = g_ptr_array_new();
    *result = NULL;
    return &jo->visitor;
}
