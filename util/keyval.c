/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option arguments as JSON objects: both dialects (qemu/keyval.h).
 *
 * Paths first become objects all the way down; afterwards those whose members
 * are numbers become arrays.
 */
#include "qemu/osdep.h"
#include "qemu/keyval.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/id.h"

#define FRAGMENT_MAX 127
/* Deepest path, so that nobody down the line recurses for ever. */
#define PATH_MAX_DEPTH 64

/* Length of the name of a member at the start of @s: 0 if there is none. */
static size_t name_len(const char *s)
{
    const char *p = s;

    if (p[0] == '_' && p[1] == '_') {
        /* "__", a domain name backwards, "_": somebody's extension. */
        p += 2;
        p += strspn(p, "abcdefghijklmnopqrstuvwxyz"
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");
        if (*p++ != '_') {
            return 0;
        }
    }
    if (!g_ascii_isalpha(*p)) {
        return 0;
    }
    while (g_ascii_isalnum(*p) || *p == '-' || *p == '_') {
        p++;
    }
    return p - s;
}

static bool is_index(const char *s)
{
    return *s && !s[strspn(s, "0123456789")];
}

static bool inconsistent(const char *path, size_t len, Error **errp)
{
    error_setg(errp, "Parameters '%.*s.*' used inconsistently", (int)len,
               path);
    return false;
}

/*
 * Stores @value (stolen) at the path @key, of @key_len characters, which is
 * a copy for this function to cut up.
 */
static bool store(json_t *obj, const char *key, json_t *value, Error **errp)
{
    g_autofree char *path = g_strdup(key);
    char *s = path;

    for (int depth = 0; ; depth++) {
        size_t len = s == path ? 0 : strspn(s, "0123456789");
        char *end;
        json_t *old;

        if (!len || (s[len] && s[len] != '.')) {
            len = name_len(s);
        }
        end = s + len;
        if (!len || (*end && *end != '.') || depth == PATH_MAX_DEPTH) {
            error_setg(errp, "Invalid parameter '%s'", key);
            break;
        }
        if (len > FRAGMENT_MAX) {
            error_setg(errp, "Parameter%s '%.*s' is too long",
                       s != path || *end ? " fragment" : "", (int)len, s);
            break;
        }
        if (!*end) {
            if (json_is_object(json_object_get(obj, s))) {
                inconsistent(key, strlen(key), errp);
                break;
            }
            json_object_set_new(obj, s, value);
            return true;
        }
        *end = '\0';
        old = json_object_get(obj, s);
        if (!old) {
            old = json_object();
            json_object_set_new(obj, s, old);
        } else if (!json_is_object(old)) {
            inconsistent(key, end - path, errp);
            break;
        }
        obj = old;
        s = end + 1;
    }
    json_decref(value);
    return false;
}

/* A value up to a single comma, with double ones made single; moves *@p on. */
static json_t *take_value(const char **p)
{
    g_autoptr(GString) text = g_string_new("");
    const char *s = *p;

    for (; *s && (*s != ',' || s[1] == ','); s++) {
        s += *s == ',';
        g_string_append_c(text, *s);
    }
    *p = *s ? s + 1 : s;
    /* The command line is in the user's encoding: keep what is no UTF-8. */
    return json_stringn_nocheck(text->str, text->len);
}

/* One KEY=VALUE at *@p. */
static bool parse_one(json_t *obj, const char **p, const char *implied_key,
                      bool *help, Error **errp)
{
    const char *s = *p;
    size_t len = strcspn(s, "=,");
    g_autofree char *key = NULL;

    if (s[len] != '=') {
        if (help && is_help_option_n(s, len)) {
            *help = true;
            *p = s[len] ? s + len + 1 : s + len;
            return true;
        }
        if (implied_key && len) {
            /* Commas cannot be escaped here: the key would be ambiguous. */
            *p = s[len] ? s + len + 1 : s + len;
            return store(obj, implied_key, json_stringn_nocheck(s, len),
                         errp);
        }
    }
    key = g_strndup(s, len);
    if (!len) {
        error_setg(errp, "Invalid parameter ''");
        return false;
    }
    if (s[len] != '=') {
        error_setg(errp, "Expected '=' after parameter '%s'", key);
        return false;
    }
    *p = s + len + 1;
    return store(obj, key, take_value(p), errp);
}

/* Where in the argument we are, for messages: "a.b." */
typedef struct Prefix {
    const struct Prefix *up;
    const char *name;
} Prefix;

static void prefix_append(GString *to, const Prefix *prefix)
{
    if (prefix) {
        prefix_append(to, prefix->up);
        g_string_append_printf(to, "%s.", prefix->name);
    }
}

static char *prefix_text(const Prefix *prefix)
{
    GString *text = g_string_new("");

    prefix_append(text, prefix);
    return g_string_free(text, FALSE);
}

/* The array of the members of @obj, all of which are numbers. */
static json_t *make_array(json_t *obj, const Prefix *prefix, Error **errp)
{
    size_t n = json_object_size(obj);
    g_autofree json_t **by_index = g_new0(json_t *, n);
    json_t *value, *array;
    const char *key;

    json_object_foreach(obj, key, value) {
        int i;

        if (qemu_strtoi(key, NULL, 10, &i) == 0 && i < n) {
            by_index[i] = value;
        }
    }
    array = json_array();
    for (size_t i = 0; i < n; i++) {
        if (!by_index[i]) {
            g_autofree char *at = prefix_text(prefix);

            error_setg(errp, "Parameter '%s%zu' missing", at, i);
            json_decref(array);
            return NULL;
        }
        json_array_append(array, by_index[i]);
    }
    return array;
}

/* @obj with all that should be arrays replaced; a new reference. */
static json_t *listify(json_t *obj, const Prefix *prefix, Error **errp)
{
    size_t indices = 0;
    const char *key;
    json_t *value;

    json_object_foreach(obj, key, value) {
        indices += is_index(key);
        if (json_is_object(value)) {
            Prefix here = { prefix, key };
            json_t *listified = listify(value, &here, errp);

            if (!listified) {
                return NULL;
            }
            /* Replacing the value of a key is safe while iterating. */
            json_object_set_new(obj, key, listified);
        }
    }
    if (!indices || !prefix) {
        return json_incref(obj);
    }
    if (indices < json_object_size(obj)) {
        g_autofree char *at = prefix_text(prefix);

        inconsistent(at, strlen(at) - 1, errp);
        return NULL;
    }
    return make_array(obj, prefix, errp);
}

json_t *keyval_parse(const char *params, const char *implied_key, bool *help,
                     Error **errp)
{
    json_t *obj = json_object(), *result = NULL;
    bool ok = true;

    if (help) {
        *help = false;
    }
    while (ok && *params) {
        ok = parse_one(obj, &params, implied_key, help, errp);
        implied_key = NULL;
    }
    if (ok) {
        result = listify(obj, NULL, errp);
    }
    json_decref(obj);
    return result;
}

static bool merge(json_t *dst, const json_t *src, const Prefix *prefix,
                  Error **errp)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)src, key, value) {
        json_t *old = json_object_get(dst, key);
        Prefix here = { prefix, key };

        if (old && (json_is_object(old) || json_is_array(old) ||
                    json_is_object(value) || json_is_array(value)) &&
            json_typeof(old) != json_typeof(value)) {
            g_autofree char *at = prefix_text(&here);

            return inconsistent(at, strlen(at) - 1, errp);
        }
        if (json_is_object(old)) {
            if (!merge(old, value, &here, errp)) {
                return false;
            }
        } else if (json_is_array(old)) {
            json_array_extend(old, value);
        } else {
            json_object_set(dst, key, value);
        }
    }
    return true;
}

bool keyval_merge(json_t *dst, const json_t *src, Error **errp)
{
    return merge(dst, src, NULL, errp);
}

json_t *keyval_parse_into(json_t *into, const char *params,
                          const char *implied_key, bool *help, Error **errp)
{
    json_t *obj = keyval_parse(params, implied_key, help, errp);
    bool ok = obj && keyval_merge(into, obj, errp);

    json_decref(obj);
    return ok ? into : NULL;
}

/* The second dialect */

static bool store_flat(json_t *obj, const char *key, json_t *value,
                       Error **errp)
{
    ERRP_GUARD();

    if (!strcmp(key, "id")) {
        if (json_object_get(obj, "id")) {
            json_decref(value);
            return true;
        }
        if (!id_wellformed(json_string_value(value))) {
            error_setg(errp, "Parameter 'id' expects an identifier");
            error_append_hint(errp, "Identifiers consist of letters, digits, "
                              "'-', '.', '_', starting with a letter.\n");
            json_decref(value);
            return false;
        }
    }
    json_object_set_new_nocheck(obj, key, value);
    return true;
}

/* A list-valued key again: what a list's text may be, "0-3,5", is joined. */
static json_t *joined(json_t *obj, const char *key, json_t *value)
{
    const char *old = json_string_value(json_object_get(obj, key));
    json_t *both;

    if (!old) {
        return value;
    }
    both = json_sprintf("%s,%s", old, json_string_value(value));
    if (!both) {
        return value;           /* no UTF-8: no list either */
    }
    json_decref(value);
    return both;
}

static bool is_in(const char *const *list, const char *key)
{
    while (list && *list && strcmp(*list, key)) {
        list++;
    }
    return list && *list;
}

static json_t *parse_flat(const char *params, const char *implied_key,
                          const char *const *lists, bool *help, bool warn,
                          Error **errp)
{
    json_t *obj = json_object();

    if (help) {
        *help = false;
    }
    for (bool ok = true; *params; implied_key = NULL) {
        size_t len = strcspn(params, "=,");
        g_autofree char *key = g_strndup(params, len);

        if (params[len] == '=') {
            json_t *value;

            params += len + 1;
            value = take_value(&params);
            if (is_in(lists, key)) {
                value = joined(obj, key, value);
            }
            ok = store_flat(obj, key, value, errp);
        } else if (help && is_help_option(key)) {
            *help = true;
            params += len + (params[len] == ',');
        } else if (implied_key) {
            ok = store_flat(obj, implied_key, take_value(&params), errp);
        } else {
            bool off = g_str_has_prefix(key, "no");
            const char *name = off ? key + 2 : key;

            if (warn) {
                warn_report("short-form boolean option '%s' deprecated", key);
                error_printf("Please use %s=%s instead\n", name,
                             off ? "off" : "on");
            }
            params += len + (params[len] == ',');
            ok = store_flat(obj, name, json_string(off ? "off" : "on"), errp);
        }
        if (!ok) {
            json_decref(obj);
            return NULL;
        }
    }
    return obj;
}

json_t *keyval_parse_flat(const char *params, const char *implied_key,
                          bool *help, Error **errp)
{
    return parse_flat(params, implied_key, NULL, help, true, errp);
}

json_t *keyval_parse_flat_lists(const char *params, const char *implied_key,
                                const char *const *lists, bool *help,
                                Error **errp)
{
    return parse_flat(params, implied_key, lists, help, true, errp);
}

json_t *keyval_parse_flat_quiet(const char *params, const char *implied_key,
                                Error **errp)
{
    return parse_flat(params, implied_key, NULL, NULL, false, errp);
}

void keyval_foreach_flat(const char *params,
                         void (*fn)(const char *key, const char *value,
                                    void *opaque), void *opaque)
{
    while (*params) {
        size_t len = strcspn(params, "=,");
        g_autofree char *key = g_strndup(params, len);
        json_t *value;

        params += len;
        if (*params == '=') {
            params++;
            value = take_value(&params);
        } else {
            params += *params == ',';
            value = json_string("on");
        }
        fn(key, json_string_value(value), opaque);
        json_decref(value);
    }
}
