/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the rest of a line to a command's arguments, by its args_type
 * (monitor/hmp.h).
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/keyval.h"

typedef struct Parse {
    Monitor *mon;
    const HMPCommand *cmd;
    const char *p;              /* what is left of the line */
    json_t *args;
} Parse;

static void skip_space(Parse *ps)
{
    while (g_ascii_isspace(*ps->p)) {
        ps->p++;
    }
}

static bool complain(Parse *ps, const char *what)
{
    monitor_printf(ps->mon, "%s: %s\n", ps->cmd->name, what);
    return false;
}

/* ---- words ---- */

char *hmp_next_word(const char **p, const char **error)
{
    GString *word = g_string_new(NULL);
    const char *q = *p;

    if (*q != '"') {
        while (*q && !g_ascii_isspace(*q)) {
            g_string_append_c(word, *q++);
        }
        *p = q;
        return g_string_free(word, false);
    }
    for (q++; *q != '"'; q++) {
        static const char names[] = "nr\\'\"", values[] = "\n\r\\'\"";
        const char *name;

        if (!*q) {
            *error = "unterminated string";
            g_string_free(word, true);
            return NULL;
        }
        if (*q != '\\') {
            g_string_append_c(word, *q);
            continue;
        }
        name = *++q ? strchr(names, *q) : NULL;
        if (!name) {
            *error = "unsupported escape code";
            g_string_free(word, true);
            return NULL;
        }
        g_string_append_c(word, values[name - names]);
    }
    *p = q + 1;
    return g_string_free(word, false);
}

static bool parse_word(Parse *ps, const char *name, char type, bool optional)
{
    const char *error = NULL;
    g_autofree char *word = NULL;

    skip_space(ps);
    if (!*ps->p) {
        return optional ||
               complain(ps, type == 'F' ? "filename expected" :
                            type == 'B' ? "block device name expected" :
                                          "string expected");
    }
    word = hmp_next_word(&ps->p, &error);
    if (!word) {
        return complain(ps, error);
    }
    json_object_set_new(ps->args, name, json_string_any(word));
    return true;
}

static bool parse_rest(Parse *ps, const char *name, bool optional)
{
    g_autofree char *rest = NULL;

    skip_space(ps);
    if (!*ps->p) {
        return optional || complain(ps, "string expected");
    }
    rest = g_strchomp(g_strdup(ps->p));
    ps->p += strlen(ps->p);
    json_object_set_new(ps->args, name, json_string_any(rest));
    return true;
}

/* key=value,... right into the arguments; and "help" if that was asked. */
static bool parse_keyval(Parse *ps, const char *implied)
{
    Error *err = NULL;
    g_autofree char *word = NULL;
    const char *error = NULL;
    bool help = false;
    json_t *opts;

    skip_space(ps);
    word = hmp_next_word(&ps->p, &error);
    if (!word) {
        return complain(ps, error);
    }
    opts = keyval_parse_flat(word, implied, &help, &err);
    if (!opts) {
        hmp_handle_error(ps->mon, err);
        return false;
    }
    if (help) {
        json_object_set_new(ps->args, "help", json_true());
    }
    json_object_update(ps->args, opts);
    json_decref(opts);
    return true;
}

/* ---- numbers ---- */

static bool store_int(Parse *ps, const char *name, int64_t value)
{
    json_object_set_new(ps->args, name, json_integer(value));
    return true;
}

static bool parse_int(Parse *ps, const char *name, char type, bool optional)
{
    const char *error = NULL;
    int64_t value;

    skip_space(ps);
    if (!*ps->p && optional) {
        return true;
    }
    if (!hmp_eval(&ps->p, &value, &error)) {
        monitor_printf(ps->mon, "%s\n", error);
        return false;
    }
    if (type == 'i' && (value < INT32_MIN || value > UINT32_MAX)) {
        return complain(ps, "integer is for 32-bit values");
    }
    if (type == 'M') {
        if (value < 0 || value > INT64_MAX >> 20) {
            return complain(ps, "enter a positive value");
        }
        value <<= 20;
    }
    return store_int(ps, name, value);
}

static bool parse_size(Parse *ps, const char *name, bool optional)
{
    uint64_t value;

    skip_space(ps);
    if (!*ps->p && optional) {
        return true;
    }
    if (qemu_strtosz_MiB(ps->p, &ps->p, &value) < 0 || value > INT64_MAX ||
        (*ps->p && !g_ascii_isspace(*ps->p))) {
        return complain(ps, "invalid size");
    }
    return store_int(ps, name, value);
}

static bool parse_seconds(Parse *ps, const char *name, bool optional)
{
    static const struct {
        const char *suffix;
        double factor;
    } units[] = { { "ms", 1e-3 }, { "us", 1e-6 }, { "ns", 1e-9 } };
    double value;

    skip_space(ps);
    if (!*ps->p && optional) {
        return true;
    }
    if (qemu_strtod_finite(ps->p, &ps->p, &value) < 0) {
        return complain(ps, "invalid number");
    }
    for (int i = 0; i < ARRAY_SIZE(units); i++) {
        if (strstart(ps->p, units[i].suffix, &ps->p)) {
            value *= units[i].factor;
            break;
        }
    }
    if (*ps->p && !g_ascii_isspace(*ps->p)) {
        return complain(ps, "unknown unit suffix");
    }
    json_object_set_new(ps->args, name, json_real(value));
    return true;
}

static bool parse_bool(Parse *ps, const char *name, bool optional)
{
    const char *error;
    g_autofree char *word = NULL;
    bool value;

    skip_space(ps);
    if (!*ps->p && optional) {
        return true;
    }
    word = hmp_next_word(&ps->p, &error);
    if (!word || !qapi_bool_parse(name, word, &value, NULL)) {
        return complain(ps, "Expected 'on' or 'off'");
    }
    json_object_set_new(ps->args, name, json_boolean(value));
    return true;
}

/* "/4xw": how many, in which form, of what size; what is kept from last. */
static bool parse_format(Parse *ps, const char *name)
{
    int count = 1, format = -1, size = -1;

    skip_space(ps);
    if (*ps->p == '/') {
        const char *p = ps->p + 1;

        if (g_ascii_isdigit(*p) &&
            (qemu_strtoi(p, &p, 10, &count) < 0 || count > 65536)) {
            monitor_printf(ps->mon, "invalid count\n");
            return false;
        }
        for (; *p && !g_ascii_isspace(*p); p++) {
            switch (*p) {
            case 'o': case 'd': case 'u': case 'x': case 'i': case 'c':
                format = *p;
                break;
            case 'b':
                size = 1;
                break;
            case 'h':
                size = 2;
                break;
            case 'w':
                size = 4;
                break;
            case 'g':
            case 'L':
                size = 8;
                break;
            default:
                monitor_printf(ps->mon, "invalid char in format: '%c'\n",
                               *p);
                return false;
            }
        }
        ps->p = p;
    }
    if (format < 0) {
        format = 'x';
    }
    if (size < 0) {
        size = format == 'c' ? 1 : format == 'i' ? -1 : 4;
    }
    json_object_set_new(ps->args, name,
                        json_pack("{s:i, s:i, s:i}", "count", count,
                                  "format", format, "size", size));
    return true;
}

/* "-x", and with @with_value the word behind it. */
static bool parse_flag(Parse *ps, const char *name, char flag,
                       bool with_value)
{
    const char *p;

    skip_space(ps);
    p = ps->p;
    if (p[0] != '-' || !g_ascii_isalpha(p[1])) {
        return true;
    }
    if (p[1] != flag) {
        /* Another flag's turn may come; if not, the end will tell. */
        return true;
    }
    if (p[2] && !g_ascii_isspace(p[2])) {
        return complain(ps, "invalid option");
    }
    ps->p = p + 2;
    if (with_value) {
        return parse_word(ps, name, 's', false);
    }
    json_object_set_new(ps->args, name, json_true());
    return true;
}

/* ---- all of it ---- */

static bool parse_one(Parse *ps, const char *name, const char *spec)
{
    bool optional = strchr(spec, '?') != NULL;

    switch (spec[0]) {
    case 's':
    case 'F':
    case 'B':
        return parse_word(ps, name, spec[0], optional);
    case 'S':
        return parse_rest(ps, name, optional);
    case 'O':
        return parse_keyval(ps, spec[1] == ':' ? spec + 2 : NULL);
    case 'i':
    case 'l':
    case 'M':
        return parse_int(ps, name, spec[0], optional);
    case 'o':
        return parse_size(ps, name, optional);
    case 'T':
        return parse_seconds(ps, name, optional);
    case 'b':
        return parse_bool(ps, name, optional);
    case '/':
        return parse_format(ps, name);
    case '-':
        return parse_flag(ps, name, spec[1], spec[1] && spec[2] == 's');
    default:
        return complain(ps, "unknown type in the command's table");
    }
}

json_t *hmp_parse_args(Monitor *mon, const HMPCommand *cmd, const char *p)
{
    Parse ps = { .mon = mon, .cmd = cmd, .p = p, .args = json_object() };
    g_auto(GStrv) specs = g_strsplit(cmd->args_type ?: "", ",", 0);
    bool ok = true;

    for (char **spec = specs; ok && *spec && **spec; spec++) {
        char *colon = strchr(*spec, ':');

        assert(colon);
        *colon = '\0';
        ok = parse_one(&ps, *spec, colon + 1);
    }
    if (ok) {
        skip_space(&ps);
        if (ps.p[0] == '-' && g_ascii_isalpha(ps.p[1]) && !ps.p[2]) {
            monitor_printf(mon, "%s: unsupported option -%c\n", cmd->name,
                           ps.p[1]);
            ok = false;
        } else if (*ps.p) {
            ok = complain(&ps, "extraneous characters at the end of line");
        }
    }
    if (!ok) {
        json_decref(ps.args);
        return NULL;
    }
    return ps.args;
}
