/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options that come from elsewhere than their own words: -readconfig files,
 * and -set and -global, which reach into what other options made.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/config-file.h"
#include "qemu/keyval.h"
#include "vl.h"

/* Groups of a file, and the lists that their options make. */
static const struct {
    const char *group;
    GPtrArray **list;
} groups[] = {
    { "accel", &vl.accels },
    { "chardev", &vl.chardevs },
    { "device", &vl.devices },
    { "drive", &vl.drives },
    { "mon", &vl.mons },
    { "net", &vl.nets },
    { "netdev", &vl.netdevs },
    { "nic", &vl.nics },
    { "object", &vl.objects },
};

static GPtrArray **list_of_group(const char *group)
{
    for (int i = 0; i < ARRAY_SIZE(groups); i++) {
        if (!strcmp(groups[i].group, group)) {
            return groups[i].list;
        }
    }
    return NULL;
}

static bool add_global(const char *driver, const char *property,
                       const char *value, Error **errp)
{
    GlobalProperty *g;

    if (!driver || !property || !value) {
        error_setg(errp, "options 'driver', 'property', and 'value' are "
                   "required");
        return false;
    }
    g = g_new0(GlobalProperty, 1);
    g->driver = g_strdup(driver);
    g->property = g_strdup(property);
    g->value = g_strdup(value);
    qdev_prop_register_global(g);
    return true;
}

/* One section of a file; @opts has the section's id, if any, too. */
static void take_group(const char *group, json_t *opts, void *opaque,
                       Error **errp)
{
    GPtrArray **list = list_of_group(group);

    if (list == &vl.netdevs || list == &vl.nics || list == &vl.nets) {
        vl.net_given = true;
    }
    if (list) {
        vl_note(list, NULL, json_incref(opts), false);
    } else if (!strcmp(group, "machine")) {
        vl_merge_machine(opts, errp);
    } else if (!strcmp(group, "memory")) {
        vl_merge_memory(opts, errp);
    } else if (!strcmp(group, "smp-opts") || !strcmp(group, "boot-opts")) {
        json_t *wrapped = json_pack("{sO}", group[0] == 's' ? "smp" : "boot",
                                    opts);

        vl_merge_machine(wrapped, errp);
        json_decref(wrapped);
    } else if (!strcmp(group, "global")) {
        add_global(json_get_str(opts, "driver"),
                   json_get_str(opts, "property"),
                   json_get_str(opts, "value"), errp);
    } else {
        error_setg(errp, "There is no option group '%s'", group);
    }
}

void vl_opt_readconfig(const char *arg, Error **errp)
{
    qemu_read_config_file(arg, take_group, NULL, errp);
}

void vl_opt_set(const char *arg, Error **errp)
{
    g_auto(GStrv) path = g_strsplit(arg, ".", 3);
    const char *equals = strchr(arg, '=');
    GPtrArray **list;
    char *value;

    if (g_strv_length(path) != 3 || !equals || !(value = strchr(path[2], '='))) {
        error_setg(errp, "can't parse: \"%s\"", arg);
        return;
    }
    *value++ = '\0';
    list = list_of_group(path[0]);
    if (!list) {
        error_setg(errp, "There is no option group '%s'", path[0]);
        return;
    }
    for (unsigned i = 0; *list && i < (*list)->len; i++) {
        VLItem *item = (*list)->pdata[i];

        if (!g_strcmp0(json_get_str(item->opts, "id"), path[1])) {
            json_object_set_new(item->opts, path[2], json_string(value));
            return;
        }
    }
    error_setg(errp, "there is no %s \"%s\" defined", path[0], path[1]);
}

/* "driver.property=value", or the three by name. */
void vl_opt_global(const char *arg, Error **errp)
{
    size_t driver_len = strcspn(arg, ".=");
    const char *equals = strchr(arg, '=');
    json_t *opts;

    if (arg[driver_len] == '.' && equals) {
        g_autofree char *driver = g_strndup(arg, driver_len);
        g_autofree char *property =
            g_strndup(arg + driver_len + 1, equals - arg - driver_len - 1);

        add_global(driver, property, equals + 1, errp);
        return;
    }
    opts = keyval_parse_flat(arg, NULL, NULL, errp);
    if (opts) {
        static const char *const keys[] = {
            "driver", "property", "value", NULL,
        };

        if (vl_check_keys(opts, keys, errp)) {
            add_global(json_get_str(opts, "driver"),
                       json_get_str(opts, "property"),
                       json_get_str(opts, "value"), errp);
        }
        json_decref(opts);
    }
}
