/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all visitors have in common: dispatch, ranges of the integer types,
 * enumerations, lists of the basic types, and the visitor that frees.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/visitor-impl.h"

static const char *shown(const char *name)
{
    return name ?: "null";
}

void visit_complete(Visitor *v, void *opaque)
{
    if (v->ops->complete) {
        v->ops->complete(v, opaque);
    }
}

void visit_free(Visitor *v)
{
    if (v) {
        v->ops->free(v);
    }
}

bool visit_is_input(Visitor *v)
{
    return v->ops->kind == VISITOR_INPUT;
}

bool visit_is_dealloc(Visitor *v)
{
    return v->ops->kind == VISITOR_DEALLOC;
}

/* ---- structure ---- */

bool visit_start_struct(Visitor *v, const char *name, void **obj,
                        size_t size, Error **errp)
{
    return v->ops->start_struct(v, name, obj, size, errp);
}

bool visit_check_struct(Visitor *v, Error **errp)
{
    return !v->ops->check_struct || v->ops->check_struct(v, errp);
}

void visit_end_struct(Visitor *v, void **obj)
{
    v->ops->end_struct(v, obj);
}

bool visit_start_list(Visitor *v, const char *name, GenericList **list,
                      size_t size, Error **errp)
{
    return v->ops->start_list(v, name, list, size, errp);
}

GenericList *visit_next_list(Visitor *v, GenericList *tail, size_t size)
{
    return v->ops->next_list(v, tail, size);
}

bool visit_check_list(Visitor *v, Error **errp)
{
    return !v->ops->check_list || v->ops->check_list(v, errp);
}

void visit_end_list(Visitor *v, void **list)
{
    v->ops->end_list(v, list);
}

bool visit_start_alternate(Visitor *v, const char *name,
                           GenericAlternate **obj, size_t size, Error **errp)
{
    return !v->ops->start_alternate ||
           v->ops->start_alternate(v, name, obj, size, errp);
}

void visit_end_alternate(Visitor *v, void **obj)
{
    if (visit_is_dealloc(v)) {
        g_free(*obj);
    }
}

bool visit_optional(Visitor *v, const char *name, bool *present)
{
    if (v->ops->optional) {
        v->ops->optional(v, name, present);
    }
    return *present;
}

bool visit_deprecated_accept(Visitor *v, const char *name, Error **errp)
{
    return true;
}

bool visit_deprecated(Visitor *v, const char *name)
{
    return true;
}

/* ---- integers ---- */

bool visit_type_int64(Visitor *v, const char *name, int64_t *obj,
                      Error **errp)
{
    return v->ops->type_int64(v, name, obj, errp);
}

bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    return v->ops->type_int64(v, name, obj, errp);
}

bool visit_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                       Error **errp)
{
    return v->ops->type_uint64(v, name, obj, errp);
}

bool visit_type_size(Visitor *v, const char *name, uint64_t *obj,
                     Error **errp)
{
    return (v->ops->type_size ?: v->ops->type_uint64)(v, name, obj, errp);
}

/* The narrow types go through the wide ones of the same signedness. */
#define NARROW_INTEGER(kind, wide, min, max)                                \
bool visit_type_##kind(Visitor *v, const char *name, kind##_t *obj,         \
                       Error **errp)                                        \
{                                                                           \
    wide##_t value = visit_is_input(v) ? 0 : *obj;                          \
                                                                            \
    if (!v->ops->type_##wide(v, name, &value, errp)) {                      \
        return false;                                                       \
    }                                                                       \
    if (value < (min) || value > (max)) {                                   \
        error_setg(errp, "Parameter '%s' expects " #kind "_t", shown(name));\
        return false;                                                       \
    }                                                                       \
    if (visit_is_input(v)) {                                                \
        *obj = value;                                                       \
    }                                                                       \
    return true;                                                            \
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtype-limits"
NARROW_INTEGER(uint8, uint64, 0, UINT8_MAX)
NARROW_INTEGER(uint16, uint64, 0, UINT16_MAX)
NARROW_INTEGER(uint32, uint64, 0, UINT32_MAX)
NARROW_INTEGER(int8, int64, INT8_MIN, INT8_MAX)
NARROW_INTEGER(int16, int64, INT16_MIN, INT16_MAX)
NARROW_INTEGER(int32, int64, INT32_MIN, INT32_MAX)
#pragma GCC diagnostic pop

/* ---- other scalars ---- */

bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    return v->ops->type_bool(v, name, obj, errp);
}

bool visit_type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    return v->ops->type_str(v, name, obj, errp);
}

bool visit_type_number(Visitor *v, const char *name, double *obj,
                       Error **errp)
{
    return v->ops->type_number(v, name, obj, errp);
}

bool visit_type_any(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    return v->ops->type_any(v, name, obj, errp);
}

bool visit_type_null(Visitor *v, const char *name, json_t **obj,
                     Error **errp)
{
    return v->ops->type_null(v, name, obj, errp);
}

bool visit_type_enum(Visitor *v, const char *name, int *obj,
                     const QEnumLookup *lookup, Error **errp)
{
    g_autofree char *given = NULL;
    int value;

    if (visit_is_dealloc(v)) {
        return true;
    }
    if (!visit_is_input(v)) {
        char *text = (char *)qapi_enum_lookup(lookup, *obj);

        return v->ops->type_str(v, name, &text, errp);
    }
    if (!v->ops->type_str(v, name, &given, errp)) {
        return false;
    }
    value = qapi_enum_parse(lookup, given, -1, NULL);
    if (value < 0) {
        error_setg(errp, "Parameter '%s' does not accept value '%s'",
                   shown(name), given);
        return false;
    }
    *obj = value;
    return true;
}

/* ---- lists of scalars ---- */

#define SCALAR_LIST(kind)                                                   \
bool visit_type_##kind##List(Visitor *v, const char *name,                  \
                             kind##List **obj, Error **errp)                \
{                                                                           \
    const size_t size = sizeof(**obj);                                      \
    kind##List *tail;                                                       \
    bool ok = true;                                                         \
                                                                            \
    if (!visit_start_list(v, name, (GenericList **)obj, size, errp)) {      \
        return false;                                                       \
    }                                                                       \
    for (tail = *obj; tail && ok;                                           \
         tail = (kind##List *)visit_next_list(v, (GenericList *)tail,       \
                                              size)) {                      \
        ok = visit_type_##kind(v, NULL, &tail->value, errp);                \
        if (!ok) {                                                          \
            break;                                                          \
        }                                                                   \
    }                                                                       \
    if (ok) {                                                               \
        ok = visit_check_list(v, errp);                                     \
    }                                                                       \
    visit_end_list(v, (void **)obj);                                        \
    if (!ok && visit_is_input(v)) {                                         \
        qapi_free_##kind##List(*obj);                                       \
        *obj = NULL;                                                        \
    }                                                                       \
    return ok;                                                              \
}                                                                           \
                                                                            \
void qapi_free_##kind##List(kind##List *obj)                                \
{                                                                           \
    Visitor *v;                                                             \
                                                                            \
    if (obj) {                                                              \
        v = qapi_dealloc_visitor_new();                                     \
        visit_type_##kind##List(v, NULL, &obj, NULL);                       \
        visit_free(v);                                                      \
    }                                                                       \
}

SCALAR_LIST(str)
SCALAR_LIST(number)
SCALAR_LIST(int)
SCALAR_LIST(int8)
SCALAR_LIST(int16)
SCALAR_LIST(int32)
SCALAR_LIST(int64)
SCALAR_LIST(uint8)
SCALAR_LIST(uint16)
SCALAR_LIST(uint32)
SCALAR_LIST(uint64)
SCALAR_LIST(size)
SCALAR_LIST(bool)

/* ---- the visitor that frees ---- */

static bool dealloc_start_struct(Visitor *v, const char *name, void **obj,
                                 size_t size, Error **errp)
{
    return true;
}

static void dealloc_end_struct(Visitor *v, void **obj)
{
    if (obj) {
        g_free(*obj);
    }
}

static bool dealloc_start_list(Visitor *v, const char *name,
                               GenericList **list, size_t size, Error **errp)
{
    return true;
}

static GenericList *dealloc_next_list(Visitor *v, GenericList *tail,
                                      size_t size)
{
    GenericList *next = tail->next;

    g_free(tail);
    return next;
}

static void dealloc_end_list(Visitor *v, void **list)
{
}

static bool dealloc_int64(Visitor *v, const char *name, int64_t *obj,
                          Error **errp)
{
    return true;
}

static bool dealloc_uint64(Visitor *v, const char *name, uint64_t *obj,
                           Error **errp)
{
    return true;
}

static bool dealloc_bool(Visitor *v, const char *name, bool *obj,
                         Error **errp)
{
    return true;
}

static bool dealloc_number(Visitor *v, const char *name, double *obj,
                           Error **errp)
{
    return true;
}

static bool dealloc_str(Visitor *v, const char *name, char **obj,
                        Error **errp)
{
    if (obj) {
        g_free(*obj);
    }
    return true;
}

static bool dealloc_json(Visitor *v, const char *name, json_t **obj,
                         Error **errp)
{
    if (obj) {
        json_decref(*obj);
    }
    return true;
}

static void dealloc_free(Visitor *v)
{
    g_free(v);
}

Visitor *qapi_dealloc_visitor_new(void)
{
    static const VisitorOps ops = {
        .kind = VISITOR_DEALLOC,
        .start_struct = dealloc_start_struct,
        .end_struct = dealloc_end_struct,
        .start_list = dealloc_start_list,
        .next_list = dealloc_next_list,
        .end_list = dealloc_end_list,
        .type_int64 = dealloc_int64,
        .type_uint64 = dealloc_uint64,
        .type_bool = dealloc_bool,
        .type_str = dealloc_str,
        .type_number = dealloc_number,
        .type_any = dealloc_json,
        .type_null = dealloc_json,
        .free = dealloc_free,
    };
    Visitor *v = g_new(Visitor, 1);

    v->ops = &ops;
    return v;
}
