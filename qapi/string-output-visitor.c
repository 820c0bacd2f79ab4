/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output to one string: a scalar, or a list with runs of integers drawn
 * together, "0-3,5".  For people, numbers also come in hexadecimal and sizes
 * with a unit; what has structure is only hinted at.
 */
#include "qemu/osdep.h"

#include "qapi/json.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"

typedef struct StringOutput {
    Visitor visitor;
    bool human;
    unsigned depth;             /* of structures, whose contents are left out */
    bool in_list;
    GString *out;
    GString *hex;               /* a list of integers once more, for people */
    bool in_run;
    bool run_signed;
    uint64_t first, last;       /* of the run of integers not yet written */
} StringOutput;

static StringOutput *to_so(Visitor *v)
{
    return container_of(v, StringOutput, visitor);
}

static void comma(GString *to)
{
    if (to->len) {
        g_string_append_c(to, ',');
    }
}

static void append_number(GString *to, uint64_t n, bool is_signed)
{
    if (is_signed) {
        g_string_append_printf(to, "%" PRId64, (int64_t)n);
    } else {
        g_string_append_printf(to, "%" PRIu64, n);
    }
}

static void flush_run(StringOutput *so)
{
    if (!so->in_run) {
        return;
    }
    so->in_run = false;
    comma(so->out);
    append_number(so->out, so->first, so->run_signed);
    if (so->last != so->first) {
        g_string_append_c(so->out, '-');
        append_number(so->out, so->last, so->run_signed);
    }
    comma(so->hex);
    g_string_append_printf(so->hex, "0x%" PRIx64, so->first);
    if (so->last != so->first) {
        g_string_append_printf(so->hex, "-0x%" PRIx64, so->last);
    }
}

static bool add_integer(StringOutput *so, uint64_t n, bool is_signed)
{
    if (so->depth) {
        return true;
    }
    if (so->in_list) {
        if (so->in_run && n == so->last + 1) {
            so->last = n;
        } else {
            flush_run(so);
            so->in_run = true;
            so->run_signed = is_signed;
            so->first = so->last = n;
        }
        return true;
    }
    append_number(so->out, n, is_signed);
    if (so->human) {
        g_string_append_printf(so->out, " (0x%" PRIx64 ")", n);
    }
    return true;
}

/* @text stands by itself or as an element of a list. */
static bool add_text(StringOutput *so, const char *text)
{
    if (!so->depth) {
        if (so->in_list) {
            comma(so->out);
        }
        g_string_append(so->out, text);
    }
    return true;
}

static bool so_start_struct(Visitor *v, const char *name, void **obj,
                            size_t size, Error **errp)
{
    StringOutput *so = to_so(v);

    add_text(so, "<omitted>");
    so->depth++;
    return true;
}

static void so_end_struct(Visitor *v, void **obj)
{
    to_so(v)->depth--;
}

static bool so_start_list(Visitor *v, const char *name, GenericList **list,
                          size_t size, Error **errp)
{
    StringOutput *so = to_so(v);

    if (so->in_list || so->depth) {
        return so_start_struct(v, name, NULL, 0, errp);
    }
    so->in_list = true;
    return true;
}

static GenericList *so_next_list(Visitor *v, GenericList *tail, size_t size)
{
    return tail->next;
}

static void so_end_list(Visitor *v, void **list)
{
    StringOutput *so = to_so(v);

    if (so->depth) {
        so->depth--;
        return;
    }
    flush_run(so);
    so->in_list = false;
    if (so->human && so->hex->len) {
        g_string_append_printf(so->out, " (%s)", so->hex->str);
    }
}

static bool so_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    return add_integer(to_so(v), *obj, true);
}

static bool so_uint64(Visitor *v, const char *name, uint64_t *obj,
                      Error **errp)
{
    /* "info qtree" shows UINT64_MAX as -1, which is how it is meant. */
    return add_integer(to_so(v), *obj, true);
}

static bool so_size(Visitor *v, const char *name, uint64_t *obj, Error **errp)
{
    StringOutput *so = to_so(v);
    g_autofree char *size = NULL;
    g_autofree char *text = NULL;

    if (!so->human) {
        return add_integer(so, *obj, false);
    }
    size = size_to_str(*obj);
    text = g_strdup_printf("%" PRIu64 " (%s)", *obj, size);
    return add_text(so, text);
}

static bool so_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    return add_text(to_so(v), *obj ? "true" : "false");
}

static bool so_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    StringOutput *so = to_so(v);
    g_autofree char *text = NULL;

    if (!so->human) {
        return add_text(so, *obj ?: "");
    }
    text = *obj ? g_strdup_printf("\"%s\"", *obj) : g_strdup("<null>");
    return add_text(so, text);
}

static bool so_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    g_autofree char *text = g_strdup_printf("%.17g", *obj);

    return add_text(to_so(v), text);
}

static bool so_any(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    g_autofree char *text = json_to_text(*obj, false);

    return add_text(to_so(v), text);
}

static bool so_null(Visitor *v, const char *name, json_t **obj, Error **errp)
{
    return add_text(to_so(v), to_so(v)->human ? "<null>" : "");
}

static void so_complete(Visitor *v, void *opaque)
{
    StringOutput *so = to_so(v);
    char **result = opaque;

    *result = g_string_free(g_steal_pointer(&so->out), false);
}

static void so_free(Visitor *v)
{
    StringOutput *so = to_so(v);

    if (so->out) {
        g_string_free(so->out, true);
    }
    g_string_free(so->hex, true);
    g_free(so);
}

Visitor *string_output_visitor_new(bool human, char **result)
{
    static const VisitorOps ops = {
        .kind = VISITOR_OUTPUT,
        .start_struct = so_start_struct,
        .end_struct = so_end_struct,
        .start_list = so_start_list,
        .next_list = so_next_list,
        .end_list = so_end_list,
        .type_int64 = so_int64,
        .type_uint64 = so_uint64,
        .type_size = so_size,
        .type_bool = so_bool,
        .type_str = so_str,
        .type_number = so_number,
        .type_any = so_any,
        .type_null = so_null,
        .complete = so_complete,
        .free = so_free,
    };
    StringOutput *so = g_new0(StringOutput, 1);

    so->visitor.ops = &ops;
    so->human = human;
    so->out = g_string_new(NULL);
    so->hex = g_string_new(NULL);
    *result = NULL;
    return &so->visitor;
}
