/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enumerations by name and the parsing of small values.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/util.h"
#include "qemu/cutils.h"

const char *qapi_enum_lookup(const QEnumLookup *lookup, int val)
{
    assert(val >= 0 && val < lookup->size);
    return lookup->array[val];
}

int qapi_enum_parse(const QEnumLookup *lookup, const char *buf, int def,
                    Error **errp)
{
    if (!buf) {
        return def;
    }
    for (int i = 0; i < lookup->size; i++) {
        if (lookup->array[i] && !strcmp(lookup->array[i], buf)) {
            return i;
        }
    }
    error_setg(errp, "invalid parameter value: %s", buf);
    return def;
}

bool qapi_bool_parse(const char *name, const char *value, bool *obj,
                     Error **errp)
{
    if (parse_bool_text(value, obj)) {
        return true;
    }
    error_setg(errp, "Parameter '%s' expects 'on' or 'off'", name);
    return false;
}

static bool is_name_char(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_';
}

int parse_qapi_name(const char *name, bool complete)
{
    const char *p = name;

    /* "__" and a reversed domain name up to '_' come before a vendor's names */
    if (p[0] == '_') {
        if (p[1] != '_') {
            return -1;
        }
        p += 2;
        while (g_ascii_isalnum(*p) || *p == '-' || *p == '.') {
            p++;
        }
        if (*p++ != '_') {
            return -1;
        }
    }
    if (!g_ascii_isalpha(*p)) {
        return -1;
    }
    while (is_name_char(*p)) {
        p++;
    }
    if (complete && *p) {
        return -1;
    }
    return p - name;
}

bool json_opt_bool(const json_t *obj, const char *key, bool *value,
                   Error **errp)
{
    const json_t *v = json_object_get(obj, key);

    if (json_is_boolean(v)) {
        *value = json_is_true(v);
    } else if (v && (!json_is_string(v) ||
                     !parse_bool_text(json_string_value(v), value))) {
        error_setg(errp, "Parameter '%s' expects 'on' or 'off'", key);
        return false;
    }
    return true;
}
