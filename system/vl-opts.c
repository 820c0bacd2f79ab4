/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of options, and what is noted of them until their time comes. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/keyval.h"
#include "qemu/option.h"
#include "vl.h"

/*** Parsing ***/

json_t *vl_parse_opts_or_json(const char *params, const char *implied_key,
                              bool *from_json, bool *help, Error **errp)
{
    json_t *opts;

    *from_json = *params == '{';
    if (!*from_json) {
        return keyval_parse_flat(params, implied_key, help, errp);
    }
    opts = json_parse_text(params, errp);
    if (opts && !json_is_object(opts)) {
        error_setg(errp, "a JSON object is needed here");
        json_decref(opts);
        return NULL;
    }
    return opts;
}

bool vl_check_keys(const json_t *opts, const char *const *keys, Error **errp)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)opts, key, value) {
        int i = 0;

        while (keys[i] && strcmp(keys[i], key)) {
            i++;
        }
        if (!keys[i]) {
            error_setg(errp, "Invalid parameter '%s'", key);
            return false;
        }
    }
    return true;
}

bool vl_get_switch(const json_t *opts, const char *key, bool *value,
                   Error **errp)
{
    const json_t *v = json_object_get(opts, key);

    if (!v) {
        return true;
    }
    if (json_is_boolean(v)) {
        *value = json_is_true(v);
        return true;
    }
    return parse_option_bool(key, json_string_value(v), value, errp);
}

/*** Notes ***/

VLItem *vl_note(GPtrArray **list, const char *text, json_t *opts,
                bool from_json)
{
    VLItem *item = g_new0(VLItem, 1);

    loc_save(&item->loc);
    item->text = g_strdup(text);
    item->opts = opts;
    item->from_json = from_json;
    if (!*list) {
        *list = g_ptr_array_new();
    }
    g_ptr_array_add(*list, item);
    return item;
}

bool vl_foreach(GPtrArray *list, void (*fn)(VLItem *item, Error **errp),
                Error **errp)
{
    ERRP_GUARD();

    for (unsigned i = 0; list && i < list->len; i++) {
        VLItem *item = list->pdata[i];

        loc_push_restore(&item->loc);
        fn(item, errp);
        if (*errp) {
            return false;
        }
        loc_pop(&item->loc);
    }
    return true;
}
