/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -nic and -net: network cards that the board makes, with their back ends.
 *
 * With -nic a card and its back end are peers; with -net, cards and back ends
 * all hang on the hub with the number 0.
 */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "net-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/error-report.h"
#include "qemu/id.h"

NICInfo nd_table[MAX_NICS];
int nb_nics;

static bool check_id(json_t *opts, char **id, Error **errp)
{
    const char *given = net_opt_str(opts, "id");

    if (given && qemu_find_netdev(given)) {
        error_setg(errp, "Duplicate ID '%s'", given);
        return false;
    }
    *id = given ? g_strdup(given) : id_generate(ID_NET);
    return true;
}

static bool parse_mac(const char *text, MACAddr *mac, Error **errp)
{
    if (!net_parse_macaddr(mac->a, text)) {
        error_setg(errp, "invalid syntax for ethernet address");
        return false;
    }
    if (mac->a[0] & 1) {
        error_setg(errp, "NIC cannot have multicast MAC address (odd 1st "
                   "byte)");
        return false;
    }
    return true;
}

/*
 * A card for the board to make.  @nic has its options, all text, and @peer,
 * or NULL, its back end.
 */
static bool add_nic(json_t *nic, NetClientState *peer, Error **errp)
{
    const char *mac = net_opt_str(nic, "macaddr");
    int64_t vectors = DEV_NVECTORS_UNSPECIFIED;
    NICInfo *nd;

    if (nb_nics == MAX_NICS) {
        error_setg(errp, "no more on-board/default NIC slots available");
        return false;
    }
    nd = &nd_table[nb_nics];
    if ((mac && !parse_mac(mac, &nd->macaddr, errp)) ||
        !net_opt_int(nic, "vectors", 0, 0x7ffffff, &vectors, errp)) {
        return false;
    }
    nd->name = g_strdup(net_opt_str(nic, "id"));
    nd->model = g_strdup(net_opt_str(nic, "model"));
    nd->devaddr = g_strdup(net_opt_str(nic, "addr"));
    nd->nvectors = vectors;
    nd->netdev = peer;
    nd->used = 1;
    nb_nics++;
    return true;
}

/*** -nic ***/

/* Takes what is the card's out of @opts. */
static json_t *split_nic(json_t *opts)
{
    static const struct { const char *from, *to; } keys[] = {
        { "id", "id" }, { "model", "model" }, { "mac", "macaddr" },
    };
    json_t *nic = json_object();

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        json_t *v = json_object_get(opts, keys[i].from);

        if (v) {
            json_object_set(nic, keys[i].to, v);
            json_object_del(opts, keys[i].from);
        }
    }
    return nic;
}

static bool init_nic(json_t *opts, json_t *nic, const char *type,
                     Error **errp)
{
    g_autofree char *id = NULL;
    NetInit *init = net_find_backend(type, errp);

    return init && check_id(nic, &id, errp) && init(opts, id, NULL, errp) &&
           add_nic(nic, qemu_find_netdev(id), errp);
}

bool net_init_nic(json_t *opts, Error **errp)
{
    const char *type = net_opt_str(opts, "type");
    json_t *backend, *nic;
    bool ok;

    if (!type) {
        error_setg(errp, "Parameter 'type' is missing");
        return false;
    }
    if (strcmp(type, "none") == 0) {
        return true;
    }
    backend = json_copy(opts);
    nic = split_nic(backend);
    ok = init_nic(backend, nic, type, errp);
    json_decref(nic);
    json_decref(backend);
    return ok;
}

/*** -net ***/

static bool init_net_nic(json_t *opts, Error **errp)
{
    static const char *const known[] = {
        "macaddr", "model", "addr", "vectors", "netdev", NULL
    };
    const char *netdev = net_opt_str(opts, "netdev");
    NetClientState *peer;

    if (!net_opts_check(opts, known, errp)) {
        return false;
    }
    if (netdev) {
        peer = qemu_find_netdev(netdev);
        if (!peer) {
            error_setg(errp, "netdev '%s' not found", netdev);
            return false;
        }
        if (peer->peer) {
            error_setg(errp, "netdev '%s' is in use", netdev);
            return false;
        }
    } else {
        peer = net_hub_add_port(0, NULL, NULL);
    }
    return add_nic(opts, peer, errp);
}

bool net_init_net(json_t *opts, Error **errp)
{
    const char *type = net_opt_str(opts, "type");
    g_autofree char *id = NULL;
    NetClientState *port;
    NetInit *init;

    if (!type) {
        error_setg(errp, "Parameter 'type' is missing");
        return false;
    }
    if (strcmp(type, "none") == 0) {
        return true;
    }
    if (strcmp(type, "nic") == 0) {
        return init_net_nic(opts, errp);
    }
    if (strcmp(type, "hubport") == 0) {
        error_setg(errp, "network backend 'hubport' is only supported with "
                   "-netdev/-nic");
        return false;
    }
    init = net_find_backend(type, errp);
    if (!init || !check_id(opts, &id, errp)) {
        return false;
    }
    port = net_hub_add_port(0, NULL, NULL);
    if (!init(opts, id, port, errp)) {
        qemu_del_net_client(port);
        return false;
    }
    return true;
}

/*** What may be a mistake ***/

static void check_client(NetClientState *nc)
{
    if (!nc->peer) {
        warn_report("%s %s has no peer",
                    nc->info->type == NET_CLIENT_DRIVER_NIC ? "nic"
                                                            : "netdev",
                    nc->name);
    }
}

void net_check_clients(void)
{
    NetClientState *nc;

    net_hub_check_clients();
    QTAILQ_FOREACH(nc, qemu_net_clients(), next) {
        check_client(nc);
    }
    for (int i = 0; i < nb_nics; i++) {
        NICInfo *nd = &nd_table[i];

        if (nd->used && !nd->instantiated) {
            warn_report("requested NIC (%s, model %s) was not created "
                        "(not supported by this machine?)",
                        nd->name ?: "anonymous", nd->model ?: "unspecified");
        }
    }
}
