/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network for people.
 */
#include "qemu/osdep.h"

#include "migration/misc.h"
#include "monitor-internal.h"
#include "net/announce.h"
#include "net/net.h"
#include "net/slirp.h"
#include "qapi/error.h"

static void print_text(Monitor *mon, void (*print)(GString *to))
{
    GString *text = g_string_new(NULL);

    print(text);
    monitor_printf(mon, "%s", text->str);
    g_string_free(text, true);
}

static void info_network(Monitor *mon, const json_t *args)
{
    print_text(mon, net_print_info);
}

static void info_usernet(Monitor *mon, const json_t *args)
{
    print_text(mon, net_slirp_print_info);
}

static void print_types(Monitor *mon)
{
    monitor_printf(mon, "Available netdev backend types:\n");
    for (const char *const *type = net_client_types(); *type; type++) {
        monitor_printf(mon, "%s\n", *type);
    }
}

static void hmp_netdev_add(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    bool help = false;
    json_t *opts = net_parse_opts(json_get_str(args, "netdev"), "type",
                                  &help, &err);

    if (help) {
        print_types(mon);
    } else if (opts) {
        net_client_init_json(opts, true, &err);
    }
    json_decref(opts);
    hmp_handle_error(mon, err);
}

static void hmp_netdev_del(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    net_client_del(json_get_str(args, "id"), &err);
    hmp_handle_error(mon, err);
}

static void hmp_set_link(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    net_set_link(json_get_str(args, "name"), json_get_bool(args, "up", false),
                 &err);
    hmp_handle_error(mon, err);
}

/* The id may be left out, so the first word is the rule if it is alone. */
static void split_rule(const json_t *args, const char **id, const char **rule)
{
    const char *first = json_get_str(args, "arg1");
    const char *second = json_get_str(args, "arg2");

    *id = second ? first : NULL;
    *rule = second ? second : first;
}

static void hmp_hostfwd_add(Monitor *mon, const json_t *args)
{
    const char *id, *rule;
    Error *err = NULL;

    split_rule(args, &id, &rule);
    if (!net_slirp_hostfwd_add(id, rule, &err)) {
        monitor_printf(mon, "%s\n", error_get_pretty(err));
        error_free(err);
    }
}

static void hmp_hostfwd_remove(Monitor *mon, const json_t *args)
{
    const char *id, *rule;
    Error *err = NULL;

    split_rule(args, &id, &rule);
    if (net_slirp_hostfwd_remove(id, rule, &err)) {
        monitor_printf(mon, "host forwarding rule for %s removed\n", rule);
    } else {
        monitor_printf(mon, "%s\n", error_get_pretty(err));
        error_free(err);
    }
}

static void hmp_announce_self(Monitor *mon, const json_t *args)
{
    const char *interfaces = json_get_str(args, "interfaces");
    const char *id = json_get_str(args, "id");
    json_t *params = migrate_announce_params();
    Error *err = NULL;

    if (interfaces && *interfaces) {
        g_auto(GStrv) names = g_strsplit(interfaces, ",", 0);
        json_t *list = json_array();

        for (char **name = names; *name; name++) {
            json_array_append_new(list, json_string_any(*name));
        }
        json_object_set_new(params, "interfaces", list);
    }
    if (id) {
        json_object_set_new(params, "id", json_string_any(id));
    }
    net_announce_self(params, &err);
    json_decref(params);
    hmp_handle_error(mon, err);
}

/*** Completion ***/

static void complete_names(ReadLineState *rs, const char *str,
                           bool (*wanted)(const NetClientState *nc))
{
    NetClientState *nc;

    QTAILQ_FOREACH(nc, qemu_net_clients(), next) {
        if (nc->queue_index == 0 && (!wanted || wanted(nc))) {
            readline_add_completion_of(rs, str, nc->name);
        }
    }
}

static bool is_netdev(const NetClientState *nc)
{
    return nc->is_netdev;
}

static void complete_netdev(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        complete_names(rs, str, is_netdev);
    }
}

static void complete_type(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        for (const char *const *t = net_client_types(); *t; t++) {
            readline_add_completion_of(rs, str, *t);
        }
    }
}

static void complete_link(ReadLineState *rs, int nb_args, const char *str)
{
    if (nb_args == 2) {
        complete_names(rs, str, NULL);
    } else if (nb_args == 3) {
        readline_add_completion_of(rs, str, "on");
        readline_add_completion_of(rs, str, "off");
    }
}

/*** Tables ***/

static const HMPCommand commands[] = {
    { "announce_self", "interfaces:s?,id:s?", "[interfaces] [id]",
      "let cards announce where they are, by RARP and by their drivers",
      hmp_announce_self },
    { "hostfwd_add", "arg1:s,arg2:s?",
      "[netdev_id] [tcp|udp]:[hostaddr]:hostport-[guestaddr]:guestport",
      "forward a port of the host to the guest (on a user network)",
      hmp_hostfwd_add, complete_netdev },
    { "hostfwd_remove", "arg1:s,arg2:s?",
      "[netdev_id] [tcp|udp]:[hostaddr]:hostport",
      "end such a forwarding", hmp_hostfwd_remove, complete_netdev },
    { "netdev_add", "netdev:S",
      "type,id=str[,prop=value][,...]", "make a network back end, as -netdev "
      "does ('netdev_add help' lists the types)", hmp_netdev_add,
      complete_type },
    { "netdev_del", "id:s", "id", "remove a network back end",
      hmp_netdev_del, complete_netdev },
    { "set_link", "name:s,up:b", "name on|off",
      "connect or disconnect a card or back end", hmp_set_link,
      complete_link },
    { }
};

static const HMPCommand info_commands[] = {
    { "network", "", "", "show cards and network back ends", info_network },
    { "usernet", "", "", "show the connections of user networks",
      info_usernet },
    { }
};

static void hmp_net_init(void)
{
    hmp_register(commands);
    hmp_register_info(info_commands);
}
hmp_init(hmp_net_init);
