/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option arguments as lists of strings (qemu/option.h), and the lists of
 * them that have names (qemu/config-file.h).
 */
#include "qemu/osdep.h"
#include "qemu/option.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/id.h"
#include "qemu/keyval.h"

struct QemuOpt {
    char *name;
    char *str;
    QTAILQ_ENTRY(QemuOpt) next;
};

struct QemuOpts {
    char *id;
    QemuOptsList *list;
    QTAILQ_HEAD(, QemuOpt) head;
    QTAILQ_ENTRY(QemuOpts) next;
};

/* Values */

const char *get_opt_value(const char *p, char **value)
{
    GString *text = g_string_new("");

    for (; *p && (*p != ',' || p[1] == ','); p++) {
        p += *p == ',';
        g_string_append_c(text, *p);
    }
    *value = g_string_free(text, FALSE);
    return p;
}

bool parse_option_bool(const char *name, const char *value, bool *ret,
                       Error **errp)
{
    if (!strcmp(value, "on")) {
        *ret = true;
    } else if (!strcmp(value, "off")) {
        *ret = false;
    } else if (!parse_bool_text(value, ret)) {
        error_setg(errp, "Parameter '%s' expects 'on' or 'off'", name);
        return false;
    }
    return true;
}

bool parse_option_number(const char *name, const char *value, uint64_t *ret,
                         Error **errp)
{
    int err = qemu_strtou64(value, NULL, 0, ret);

    if (err == -ERANGE) {
        error_setg(errp, "Value '%s' is too large for parameter '%s'", value,
                   name);
    } else if (err) {
        error_setg(errp, "Parameter '%s' expects a number", name);
    }
    return !err;
}

bool parse_option_size(const char *name, const char *value, uint64_t *ret,
                       Error **errp)
{
    ERRP_GUARD();
    int err = qemu_strtosz(value, NULL, ret);

    if (err == -ERANGE) {
        error_setg(errp, "Value '%s' is out of range for parameter '%s'",
                   value, name);
    } else if (err) {
        error_setg(errp, "Parameter '%s' expects a non-negative number "
                   "below 2^64", name);
        error_append_hint(errp, "Optional suffix k, M, G, T, P or E means "
                          "kilo-, mega-, giga-, tera-, peta-\nand exabytes, "
                          "respectively.\n");
    }
    return !err;
}

bool has_help_option(const char *param)
{
    while (*param) {
        size_t len = strcspn(param, ",");
        char *value;

        if (is_help_option_n(param, len)) {
            return true;
        }
        param = get_opt_value(param, &value);
        g_free(value);
        param += *param == ',';
    }
    return false;
}

/* One set */

static const QemuOptDesc *desc_find(const QemuOptsList *list, const char *name)
{
    for (const QemuOptDesc *d = list->desc; d->name; d++) {
        if (!strcmp(d->name, name)) {
            return d;
        }
    }
    return NULL;
}

static QemuOpt *opt_find(QemuOpts *opts, const char *name)
{
    QemuOpt *opt;

    QTAILQ_FOREACH_REVERSE(opt, &opts->head, next) {
        if (!strcmp(opt->name, name)) {
            return opt;
        }
    }
    return NULL;
}

static void opt_del(QemuOpts *opts, QemuOpt *opt)
{
    QTAILQ_REMOVE(&opts->head, opt, next);
    g_free(opt->name);
    g_free(opt->str);
    g_free(opt);
}

const char *qemu_opt_get(QemuOpts *opts, const char *name)
{
    QemuOpt *opt = opts ? opt_find(opts, name) : NULL;
    const QemuOptDesc *desc;

    if (!opts || opt) {
        return opt ? opt->str : NULL;
    }
    desc = desc_find(opts->list, name);
    return desc ? desc->def_value_str : NULL;
}

int qemu_opt_unset(QemuOpts *opts, const char *name)
{
    QemuOpt *opt;
    int n = 0;

    for (; (opt = opt_find(opts, name)); n++) {
        opt_del(opts, opt);
    }
    return n;
}

char *qemu_opt_get_del(QemuOpts *opts, const char *name)
{
    char *value = g_strdup(qemu_opt_get(opts, name));

    if (opts) {
        qemu_opt_unset(opts, name);
    }
    return value;
}

/* Values were checked against their descriptions when they were set. */
bool qemu_opt_get_bool(QemuOpts *opts, const char *name, bool defval)
{
    const char *value = qemu_opt_get(opts, name);

    if (value) {
        parse_option_bool(name, value, &defval, NULL);
    }
    return defval;
}

uint64_t qemu_opt_get_number(QemuOpts *opts, const char *name, uint64_t defval)
{
    const char *value = qemu_opt_get(opts, name);
    uint64_t n;

    return value && parse_option_number(name, value, &n, NULL) ? n : defval;
}

uint64_t qemu_opt_get_size(QemuOpts *opts, const char *name, uint64_t defval)
{
    const char *value = qemu_opt_get(opts, name);
    uint64_t n;

    return value && parse_option_size(name, value, &n, NULL) ? n : defval;
}

bool qemu_opt_set(QemuOpts *opts, const char *name, const char *value,
                  Error **errp)
{
    const QemuOptDesc *desc = desc_find(opts->list, name);
    uint64_t n;
    bool b;
    QemuOpt *opt;

    if (!desc && opts->list->desc[0].name) {
        error_setg(errp, "Invalid parameter '%s'", name);
        return false;
    }
    if (desc &&
        ((desc->type == QEMU_OPT_BOOL &&
          !parse_option_bool(name, value, &b, errp)) ||
         (desc->type == QEMU_OPT_NUMBER &&
          !parse_option_number(name, value, &n, errp)) ||
         (desc->type == QEMU_OPT_SIZE &&
          !parse_option_size(name, value, &n, errp)))) {
        return false;
    }
    opt = g_new0(QemuOpt, 1);
    opt->name = g_strdup(name);
    opt->str = g_strdup(value);
    QTAILQ_INSERT_TAIL(&opts->head, opt, next);
    return true;
}

bool qemu_opt_set_bool(QemuOpts *opts, const char *name, bool val,
                       Error **errp)
{
    return qemu_opt_set(opts, name, val ? "on" : "off", errp);
}

bool qemu_opt_set_number(QemuOpts *opts, const char *name, int64_t val,
                         Error **errp)
{
    g_autofree char *text = g_strdup_printf("%" PRId64, val);

    return qemu_opt_set(opts, name, text, errp);
}

int qemu_opt_foreach(QemuOpts *opts, qemu_opt_loopfunc func, void *opaque,
                     Error **errp)
{
    QemuOpt *opt, *next;
    int ret = 0;

    QTAILQ_FOREACH_SAFE(opt, &opts->head, next, next) {
        ret = func(opaque, opt->name, opt->str, errp);
        if (ret) {
            break;
        }
    }
    return ret;
}

/* Sets of a kind */

QemuOpts *qemu_opts_find(QemuOptsList *list, const char *id)
{
    QemuOpts *opts;

    QTAILQ_FOREACH(opts, &list->head, next) {
        if (g_strcmp0(opts->id, id) == 0) {
            return opts;
        }
    }
    return NULL;
}

QemuOpts *qemu_opts_create(QemuOptsList *list, const char *id,
                           int fail_if_exists, Error **errp)
{
    ERRP_GUARD();
    QemuOpts *opts = NULL;

    if (list->merge_lists) {
        opts = qemu_opts_find(list, NULL);
        if (opts) {
            return opts;
        }
        id = NULL;
    } else if (id) {
        if (!id_wellformed(id)) {
            error_setg(errp, "Parameter 'id' expects an identifier");
            error_append_hint(errp, "Identifiers consist of letters, digits, "
                              "'-', '.', '_', starting with a letter.\n");
            return NULL;
        }
        opts = qemu_opts_find(list, id);
        if (opts && fail_if_exists) {
            error_setg(errp, "Duplicate ID '%s' for %s", id, list->name);
            return NULL;
        }
        if (opts) {
            return opts;
        }
    }
    opts = g_new0(QemuOpts, 1);
    opts->id = g_strdup(id);
    opts->list = list;
    QTAILQ_INIT(&opts->head);
    QTAILQ_INSERT_TAIL(&list->head, opts, next);
    return opts;
}

void qemu_opts_del(QemuOpts *opts)
{
    QemuOpt *opt;

    if (!opts) {
        return;
    }
    while ((opt = QTAILQ_FIRST(&opts->head))) {
        opt_del(opts, opt);
    }
    QTAILQ_REMOVE(&opts->list->head, opts, next);
    g_free(opts->id);
    g_free(opts);
}

void qemu_opts_reset(QemuOptsList *list)
{
    QemuOpts *opts, *next;

    QTAILQ_FOREACH_SAFE(opts, &list->head, next, next) {
        qemu_opts_del(opts);
    }
}

const char *qemu_opts_id(QemuOpts *opts)
{
    return opts->id;
}

void qemu_opts_set_id(QemuOpts *opts, char *id)
{
    g_free(opts->id);
    opts->id = id;
}

static bool opts_from_json(QemuOpts *opts, json_t *obj, Error **errp)
{
    const char *key;
    json_t *value;

    json_object_foreach(obj, key, value) {
        if (strcmp(key, "id") &&
            !qemu_opt_set(opts, key, json_string_value(value), errp)) {
            return false;
        }
    }
    return true;
}

bool qemu_opts_do_parse(QemuOpts *opts, const char *params,
                        const char *firstname, Error **errp)
{
    json_t *obj = keyval_parse_flat(params, firstname, NULL, errp);
    bool ok = obj && opts_from_json(opts, obj, errp);

    json_decref(obj);
    return ok;
}

QemuOpts *qemu_opts_parse(QemuOptsList *list, const char *params,
                          bool permit_abbrev, Error **errp)
{
    const char *first = permit_abbrev ? list->implied_opt_name : NULL;
    json_t *obj = keyval_parse_flat(params, first, NULL, errp);
    QemuOpts *opts = NULL;

    if (obj) {
        const char *id = json_string_value(json_object_get(obj, "id"));

        opts = qemu_opts_create(list, id, !list->merge_lists, errp);
        if (opts && !opts_from_json(opts, obj, errp)) {
            qemu_opts_del(opts);
            opts = NULL;
        }
        json_decref(obj);
    }
    return opts;
}

QemuOpts *qemu_opts_parse_noisily(QemuOptsList *list, const char *params,
                                  bool permit_abbrev)
{
    Error *err = NULL;
    QemuOpts *opts = qemu_opts_parse(list, params, permit_abbrev, &err);

    if (!opts) {
        error_report_err(err);
    }
    return opts;
}

int qemu_opts_foreach(QemuOptsList *list, qemu_opts_loopfunc func,
                      void *opaque, Error **errp)
{
    QemuOpts *opts, *next;
    int ret = 0;

    QTAILQ_FOREACH_SAFE(opts, &list->head, next, next) {
        ret = func(opaque, opts, errp);
        if (ret) {
            break;
        }
    }
    return ret;
}

/* Kinds by name */

static GPtrArray *kinds;

void qemu_add_opts(QemuOptsList *list)
{
    if (!kinds) {
        kinds = g_ptr_array_new();
    }
    g_ptr_array_add(kinds, list);
}

QemuOptsList *qemu_find_opts_err(const char *group, Error **errp)
{
    for (guint i = 0; kinds && i < kinds->len; i++) {
        QemuOptsList *list = g_ptr_array_index(kinds, i);

        if (!strcmp(list->name, group)) {
            return list;
        }
    }
    error_setg(errp, "There is no option group '%s'", group);
    return NULL;
}

QemuOptsList *qemu_find_opts(const char *group)
{
    Error *err = NULL;
    QemuOptsList *list = qemu_find_opts_err(group, &err);

    if (err) {
        error_report_err(err);
    }
    return list;
}

QemuOpts *qemu_find_opts_singleton(const char *group)
{
    QemuOptsList *list = qemu_find_opts(group);

    return list ? qemu_opts_create(list, NULL, 0, &error_abort) : NULL;
}
