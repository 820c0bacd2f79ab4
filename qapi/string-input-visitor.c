/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input from one string: a scalar, or a list of integers with ranges.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"
#include "ranges.h"

typedef struct StringInput {
    Visitor visitor;
    const char *text;
    bool in_list;
    RangeList ranges;
    const char *list_name;
} StringInput;

static StringInput *to_si(Visitor *v)
{
    return container_of(v, StringInput, visitor);
}

static bool expects(const char *name, const char *what, Error **errp)
{
    error_setg(errp, "Parameter '%s' expects %s", name ?: "null", what);
    return false;
}

static bool not_in_list(StringInput *si, const char *name, Error **errp)
{
    if (si->in_list) {
        error_setg(errp, "Parameter '%s' expects integers",
                   si->list_name ?: "null");
    }
    return !si->in_list;
}

static bool si_start_struct(Visitor *v, const char *name, void **obj,
                            size_t size, Error **errp)
{
    if (obj) {
        *obj = NULL;
    }
    error_setg(errp, "Invalid parameter type for '%s', expected: object",
               name ?: "null");
    return false;
}

static void si_end_struct(Visitor *v, void **obj)
{
}

static bool si_start_list(Visitor *v, const char *name, GenericList **list,
                          size_t size, Error **errp)
{
    StringInput *si = to_si(v);

    if (list) {
        *list = NULL;
    }
    if (!not_in_list(si, name, errp)) {
        return false;
    }
    si->in_list = true;
    si->list_name = name;
    si->ranges.text = si->text;
    if (list && *si->text) {
        *list = g_malloc0(size);
    }
    return true;
}

static GenericList *si_next_list(Visitor *v, GenericList *tail, size_t size)
{
    if (!range_list_more(&to_si(v)->ranges)) {
        return NULL;
    }
    tail->next = g_malloc0(size);
    return tail->next;
}

static bool si_check_list(Visitor *v, Error **errp)
{
    if (range_list_more(&to_si(v)->ranges)) {
        error_setg(errp, "Too many elements in list '%s'",
                   to_si(v)->list_name ?: "null");
        return false;
    }
    return true;
}

static void si_end_list(Visitor *v, void **list)
{
    StringInput *si = to_si(v);

    si->in_list = false;
    range_list_clear(&si->ranges);
}

static void si_optional(Visitor *v, const char *name, bool *present)
{
    *present = true;
}

static bool si_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    StringInput *si = to_si(v);
    int64_t value;

    if (si->in_list) {
        return range_list_next_int(&si->ranges, si->list_name, obj, errp);
    }
    if (qemu_strtoi64(si->text, NULL, 0, &value) < 0) {
        return expects(name, "int64", errp);
    }
    *obj = value;
    return true;
}

static bool si_uint64(Visitor *v, const char *name, uint64_t *obj,
                      Error **errp)
{
    StringInput *si = to_si(v);
    uint64_t value;

    if (si->in_list) {
        return range_list_next_uint(&si->ranges, si->list_name, obj, errp);
    }
    if (qemu_strtou64(si->text, NULL, 0, &value) < 0) {
        return expects(name, "uint64", errp);
    }
    *obj = value;
    return true;
}

static bool si_size(Visitor *v, const char *name, uint64_t *obj, Error **errp)
{
    StringInput *si = to_si(v);
    uint64_t value;

    if (!not_in_list(si, name, errp)) {
        return false;
    }
    if (qemu_strtosz(si->text, NULL, &value) < 0) {
        ERRP_GUARD();

        expects(name, "a non-negative number below 2^64", errp);
        error_append_hint(errp, "Optional suffix k, M, G, T, P or E means "
                          "kilo-, mega-, giga-, tera-, peta-\n"
                          "and exabytes, respectively.\n");
        return false;
    }
    *obj = value;
    return true;
}

static bool si_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    StringInput *si = to_si(v);

    return not_in_list(si, name, errp) &&
           qapi_bool_parse(name ?: "null", si->text, obj, errp);
}

static bool si_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    StringInput *si = to_si(v);

    *obj = NULL;
    if (!not_in_list(si, name, errp)) {
        return false;
    }
    *obj = g_strdup(si->text);
    return true;
}

static bool si_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    StringInput *si = to_si(v);
    double value;

    if (!not_in_list(si, name, errp)) {
        return false;
    }
    if (qemu_strtod_finite(si->text, NULL, &value) < 0) {
        return expects(name, "a number", errp);
    }
    *obj = value;
    return true;
}

static bool si_any(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    *obj = json_string_any(to_si(v)->text);
    return true;
}

static bool si_null(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    *obj = NULL;
    if (*to_si(v)->text) {
        error_setg(errp, "Invalid parameter type for '%s', expected: null",
                   name ?: "null");
        return false;
    }
    *obj = json_null();
    return true;
}

static void si_free(Visitor *v)
{
    g_free(to_si(v));
}

Visitor *string_input_visitor_new(const char *str)
{
    static const VisitorOps ops = {
        .kind = VISITOR_INPUT,
        .start_struct = si_start_struct,
        .end_struct = si_end_struct,
        .start_list = si_start_list,
        .next_list = si_next_list,
        .check_list = si_check_list,
        .end_list = si_end_list,
        .optional = si_optional,
        .type_int64 = si_int64,
        .type_uint64 = si_uint64,
        .type_size = si_size,
        .type_bool = si_bool,
        .type_str = si_str,
        .type_number = si_number,
        .type_any = si_any,
        .type_null = si_null,
        .free = si_free,
    };
    StringInput *si = g_new0(StringInput, 1);

    si->visitor.ops = &ops;
    si->text = str;
    return &si->visitor;
}
