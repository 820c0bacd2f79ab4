/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands on network back ends and cards.
 */
#include "qemu/osdep.h"
#include "net/announce.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qapi-commands.h"

json_t *qmp_netdev_add(json_t *args, Error **errp)
{
    return net_client_init_json(args, true, errp) ? json_object() : NULL;
}

json_t *qmp_netdev_del(json_t *args, Error **errp)
{
    return net_client_del(json_get_str(args, "id"), errp) ? json_object()
                                                          : NULL;
}

json_t *qmp_set_link(json_t *args, Error **errp)
{
    return net_set_link(json_get_str(args, "name"),
                        json_get_bool(args, "up", false), errp) ?
           json_object() : NULL;
}

json_t *qmp_query_rx_filter(json_t *args, Error **errp)
{
    const char *name = json_get_str(args, "name");
    json_t *list = json_array();
    bool found = false;
    NetClientState *nc;

    QTAILQ_FOREACH(nc, qemu_net_clients(), next) {
        if (name && strcmp(nc->name, name) != 0) {
            continue;
        }
        found = true;
        if (nc->info->query_rx_filter) {
            /* One filter for all queues. */
            if (nc->queue_index == 0) {
                json_array_append_new(list, nc->info->query_rx_filter(nc));
            }
        } else if (name) {
            error_setg(errp, nc->info->type == NET_CLIENT_DRIVER_NIC ?
                       "net client(%s) doesn't support rx-filter querying" :
                       "net client(%s) isn't a NIC", name);
            json_decref(list);
            return NULL;
        }
    }
    if (name && !found) {
        error_setg(errp, "invalid net client name: %s", name);
        json_decref(list);
        return NULL;
    }
    return list;
}

json_t *qmp_announce_self(json_t *args, Error **errp)
{
    return net_announce_self(args, errp) ? json_object() : NULL;
}
