/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User creatable objects as a command line has them.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/keyval.h"
#include "qom/object_interfaces.h"

json_t *user_creatable_parse_str(const char *optarg, bool *from_json,
                                 Error **errp)
{
    static const char *const lists[] = { "host-nodes", NULL };
    bool help = false;
    json_t *opts;

    *from_json = optarg[0] == '{';
    if (*from_json) {
        opts = json_parse_text(optarg, errp);
        if (opts && !json_is_object(opts)) {
            error_setg(errp, "-object expects a JSON object");
            g_clear_pointer(&opts, json_decref);
        }
        return opts;
    }
    opts = keyval_parse_flat_lists(optarg, "qom-type", lists, &help, errp);
    if (opts && help) {
        const char *type = json_get_str(opts, "qom-type");

        if (!type || !type_print_class_properties(type)) {
            user_creatable_print_types();
        }
        g_clear_pointer(&opts, json_decref);
    }
    return opts;
}

bool user_creatable_add_from_str(const char *optarg, Error **errp)
{
    bool from_json, ok;
    json_t *opts = user_creatable_parse_str(optarg, &from_json, errp);

    ok = opts && user_creatable_add_json(opts, from_json, errp);
    json_decref(opts);
    return ok;
}

bool user_creatable_print_help(const char *type, const char *params)
{
    bool help = false;
    json_t *opts;

    if (!strcmp(type, "help") || !strcmp(type, "?")) {
        user_creatable_print_types();
        return true;
    }
    opts = params ? keyval_parse_flat(params, NULL, &help, NULL) : NULL;
    json_decref(opts);
    return help && type_print_class_properties(type);
}
