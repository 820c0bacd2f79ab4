/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -netdev, -nic and -net. */
#include "qemu/osdep.h"
#include "hw/net/pci-nic.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/help_option.h"
#include "sysemu/sysemu.h"
#include "vl.h"

static void print_types(void)
{
    printf("Available netdev backend types:\n");
    for (const char *const *type = net_client_types(); *type; type++) {
        printf("%s\n", *type);
    }
}

static void print_models(void)
{
    GPtrArray *models = pci_nic_models();

    for (unsigned i = 0; models->pdata[i]; i++) {
        printf("%s\n", (char *)models->pdata[i]);
    }
    g_ptr_array_unref(models);
}

void vl_opt_netdev(const char *arg, Error **errp)
{
    bool from_json = *arg == '{', help = false;
    json_t *opts;

    vl.net_given = true;
    opts = from_json ?
           vl_parse_opts_or_json(arg, NULL, &from_json, NULL, errp) :
           net_parse_opts(arg, "type", &help, errp);
    if (help) {
        print_types();
        json_decref(opts);
        exit(0);
    }
    if (opts) {
        vl_note(&vl.netdevs, arg, opts, from_json);
    }
}

static void note_nic(GPtrArray **list, const char *arg, Error **errp)
{
    json_t *opts = net_parse_opts(arg, "type", NULL, errp);
    const char *model = json_get_str(opts, "model");

    vl.net_given = true;
    if (model && is_help_option(model)) {
        print_models();
        json_decref(opts);
        exit(0);
    }
    if (opts) {
        vl_note(list, arg, opts, false);
    }
}

void vl_opt_nic(const char *arg, Error **errp)
{
    note_nic(&vl.nics, arg, errp);
}

void vl_opt_net(const char *arg, Error **errp)
{
    note_nic(&vl.nets, arg, errp);
}

static void create_netdev(VLItem *item, Error **errp)
{
    const char *id = json_get_str(item->opts, "id");

    if (item->from_json) {
        net_client_init_typed(item->opts, errp);
    } else if (id && qemu_find_netdev(id)) {
        error_setg(errp, "Duplicate ID '%s' for netdev", id);
    } else {
        net_client_init_json(item->opts, true, errp);
    }
}

static void create_nic(VLItem *item, Error **errp)
{
    net_init_nic(item->opts, errp);
}

static void create_net(VLItem *item, Error **errp)
{
    net_init_net(item->opts, errp);
}

bool vl_create_net(Error **errp)
{
    net_follow_machine();
    /* A card of the board's kind that reaches the outside. */
    if (!vl.net_given && defaults_enabled()) {
        vl_note(&vl.nets, NULL, json_pack("{s:s}", "type", "nic"), false);
        vl_note(&vl.nets, NULL, json_pack("{s:s}", "type", "user"), false);
    }
    return vl_foreach(vl.netdevs, create_netdev, errp) &&
           vl_foreach(vl.nics, create_nic, errp) &&
           vl_foreach(vl.nets, create_net, errp);
}

void vl_check_net(void)
{
    if (vl.net_given || !defaults_enabled()) {
        net_check_clients();
    }
}
