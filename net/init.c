/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -netdev, -nic and netdev_add: from options to a back end. */
#include "qemu/osdep.h"
#include "net-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/id.h"

static const struct {
    const char *type;
    NetInit *init;
} backends[] = {
    { "user", net_init_slirp },
    { "socket", net_init_socket },
    { "stream", net_init_stream },
    { "dgram", net_init_dgram },
    { "tap", net_init_tap },
    { "hubport", net_init_hubport },
};

/* What QEMU has and we do not is refused by name. */
static const char *const elsewhere[] = {
    "none", "nic", "bridge", "l2tpv3", "netmap", "vde", "vhost-user", "vhost-vdpa",
    "vmnet-host", "vmnet-shared", "vmnet-bridged", NULL
};

const char *const *net_client_types(void)
{
    static const char *types[G_N_ELEMENTS(backends) + 1];

    for (unsigned i = 0; i < G_N_ELEMENTS(backends); i++) {
        types[i] = backends[i].type;
    }
    return types;
}

NetInit *net_find_backend(const char *type, Error **errp)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(backends); i++) {
        if (strcmp(backends[i].type, type) == 0) {
            return backends[i].init;
        }
    }
    if (g_strv_contains(elsewhere, type)) {
        error_setg(errp, "network backend '%s' is not compiled into this "
                   "binary", type);
    } else {
        error_setg(errp, "Parameter 'type' does not accept value '%s'", type);
    }
    return NULL;
}

static bool mark_netdevs(const char *id)
{
    NetClientState *ncs[MAX_QUEUE_NUM];
    int n = qemu_find_net_clients_except(id, ncs, NET_CLIENT_DRIVER_NIC,
                                         MAX_QUEUE_NUM);

    for (int i = 0; i < n; i++) {
        ncs[i]->is_netdev = true;
    }
    return true;
}

bool net_client_init_json(json_t *opts, bool is_netdev, Error **errp)
{
    const char *type = net_opt_str(opts, "type");
    const char *id = net_opt_str(opts, "id");
    NetInit *init;

    if (!type) {
        error_setg(errp, "Parameter 'type' is missing");
        return false;
    }
    if (!id) {
        error_setg(errp, "Parameter 'id' is missing");
        return false;
    }
    if (!id_wellformed(id)) {
        error_setg(errp, "Parameter 'id' expects an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, "
                          "'-', '.', '_', starting with a letter.\n");
        return false;
    }
    if (qemu_find_netdev(id)) {
        error_setg(errp, "Duplicate ID '%s'", id);
        return false;
    }
    init = net_find_backend(type, errp);
    return init && init(opts, id, NULL, errp) &&
           (!is_netdev || mark_netdevs(id));
}
