/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of -netdev and its like, as options. */
#include "qemu/osdep.h"
#include "net-impl.h"
#include "qapi/schema.h"
#include "qemu/keyval.h"
#include "qemu/option.h"

/* Options that may be given several times. */
static const char *const lists[] = {
    "hostfwd", "guestfwd", "dnssearch", NULL
};

/* Back ends whose options form objects: "addr.type=unix". */
static bool has_objects(json_t *opts)
{
    const char *type = net_opt_str(opts, "type");

    return type && (!strcmp(type, "stream") || !strcmp(type, "dgram"));
}

/* All values of @key in @text, each as { "str": value }. */
static json_t *collect(const char *text, const char *key)
{
    json_t *list = json_array();

    while (*text) {
        size_t len = strcspn(text, "=,");
        bool wanted = strlen(key) == len && !strncmp(text, key, len);

        text += len;
        if (*text == '=') {
            g_autofree char *value = NULL;

            text = get_opt_value(text + 1, &value);
            if (wanted) {
                json_array_append_new(list, json_pack("{s:s?}", "str",
                                                      value));
            }
        }
        text += *text == ',';
    }
    return list;
}

json_t *net_parse_opts(const char *text, const char *implied, bool *help,
                       Error **errp)
{
    json_t *opts = keyval_parse_flat(text, implied, help, errp);

    if (!opts) {
        return NULL;
    }
    if (has_objects(opts)) {
        json_decref(opts);
        return keyval_parse(text, implied, help, errp);
    }
    for (unsigned i = 0; lists[i]; i++) {
        if (json_object_get(opts, lists[i])) {
            json_object_set_new(opts, lists[i], collect(text, lists[i]));
        }
    }
    return opts;
}

bool net_client_init_typed(json_t *opts, Error **errp)
{
    return qapi_check("Netdev", opts, errp) &&
           net_client_init_json(opts, true, errp);
}
