/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hubs: what comes in at one port goes out at all others.  `-netdev hubport`
 * makes ports; the hub is made with its first and lives until its last.
 */
#include "qemu/osdep.h"
#include "net-impl.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"

typedef struct NetHub NetHub;

typedef struct NetHubPort {
    NetClientState nc;
    QLIST_ENTRY(NetHubPort) next;
    NetHub *hub;                /* NULL: deleted, but a card still has it */
    int id;
} NetHubPort;

struct NetHub {
    int id;
    int num_ports;
    QLIST_ENTRY(NetHub) next;
    QLIST_HEAD(, NetHubPort) ports;
};

static QLIST_HEAD(, NetHub) hubs = QLIST_HEAD_INITIALIZER(hubs);

static ssize_t port_receive_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt)
{
    NetHubPort *source = DO_UPCAST(NetHubPort, nc, nc), *port;

    if (!source->hub) {
        return iov_size(iov, iovcnt);
    }
    QLIST_FOREACH(port, &source->hub->ports, next) {
        if (port != source) {
            qemu_sendv_packet(&port->nc, iov, iovcnt);
        }
    }
    return iov_size(iov, iovcnt);
}

static ssize_t port_receive(NetClientState *nc, const uint8_t *buf,
                            size_t len)
{
    struct iovec iov = { (void *)buf, len };

    return port_receive_iov(nc, &iov, 1);
}

/* One that can take a packet is enough: a hub does not wait for the slow. */
static bool port_can_receive(NetClientState *nc)
{
    NetHubPort *source = DO_UPCAST(NetHubPort, nc, nc), *port;

    if (!source->hub) {
        return true;
    }
    QLIST_FOREACH(port, &source->hub->ports, next) {
        if (port != source && qemu_can_send_packet(&port->nc)) {
            return true;
        }
    }
    return false;
}

static void port_cleanup(NetClientState *nc)
{
    NetHubPort *port = DO_UPCAST(NetHubPort, nc, nc);

    QLIST_REMOVE(port, next);
    if (QLIST_EMPTY(&port->hub->ports)) {
        QLIST_REMOVE(port->hub, next);
        g_free(port->hub);
    }
    port->hub = NULL;
}

static NetClientInfo port_info = {
    .type = NET_CLIENT_DRIVER_HUBPORT,
    .size = sizeof(NetHubPort),
    .can_receive = port_can_receive,
    .receive = port_receive,
    .receive_iov = port_receive_iov,
    .cleanup = port_cleanup,
};

static NetHub *hub_get(int id)
{
    NetHub *hub;

    QLIST_FOREACH(hub, &hubs, next) {
        if (hub->id == id) {
            return hub;
        }
    }
    hub = g_new0(NetHub, 1);
    hub->id = id;
    QLIST_INIT(&hub->ports);
    QLIST_INSERT_HEAD(&hubs, hub, next);
    return hub;
}

NetClientState *net_hub_add_port(int hub_id, const char *name,
                                 NetClientState *peer)
{
    NetHub *hub = hub_get(hub_id);
    int id = hub->num_ports++;
    g_autofree char *default_name = g_strdup_printf("hub%dport%d", hub->id,
                                                    id);
    NetClientState *nc = qemu_new_net_client(&port_info, peer, "hub",
                                             name ? name : default_name);
    NetHubPort *port = DO_UPCAST(NetHubPort, nc, nc);

    port->id = id;
    port->hub = hub;
    QLIST_INSERT_HEAD(&hub->ports, port, next);
    return nc;
}

int net_hub_id_for_client(NetClientState *nc)
{
    NetClientState *port = nc->info->type == NET_CLIENT_DRIVER_HUBPORT ? nc :
        nc->peer && nc->peer->info->type == NET_CLIENT_DRIVER_HUBPORT ?
        nc->peer : NULL;
    NetHub *hub = port ? DO_UPCAST(NetHubPort, nc, port)->hub : NULL;

    return hub ? hub->id : -1;
}

void net_hub_info(GString *to)
{
    NetHub *hub;
    NetHubPort *port;

    QLIST_FOREACH(hub, &hubs, next) {
        g_string_append_printf(to, "hub %d\n", hub->id);
        QLIST_FOREACH(port, &hub->ports, next) {
            NetClientState *peer = port->nc.peer;

            g_string_append_printf(to, " \\ %s", port->nc.name);
            if (peer) {
                g_string_append_printf(
                    to, ": %s: index=%d,type=%s,%s", peer->name,
                    peer->queue_index, NetClientDriver_str(peer->info->type),
                    peer->info_str);
            }
            g_string_append_c(to, '\n');
        }
    }
}

void net_hub_check_clients(void)
{
    NetHub *hub;
    NetHubPort *port;

    QLIST_FOREACH(hub, &hubs, next) {
        bool has_nic = false, has_host = false;

        QLIST_FOREACH(port, &hub->ports, next) {
            NetClientState *peer = port->nc.peer;

            if (!peer) {
                warn_report("hub port %s has no peer", port->nc.name);
            } else if (peer->info->type == NET_CLIENT_DRIVER_NIC) {
                has_nic = true;
            } else {
                has_host = true;
            }
        }
        if (has_host && !has_nic) {
            warn_report("hub %d with no nics", hub->id);
        }
        if (has_nic && !has_host) {
            warn_report("hub %d is not connected to host network", hub->id);
        }
    }
}

/* The client behind @port can receive again: so can all who send to it. */
void net_hub_flush(NetClientState *nc)
{
    NetHubPort *source = DO_UPCAST(NetHubPort, nc, nc), *port;

    if (!source->hub) {
        return;
    }
    QLIST_FOREACH(port, &source->hub->ports, next) {
        if (port != source) {
            port->nc.receive_disabled = 0;
            qemu_net_queue_flush(port->nc.incoming_queue);
        }
    }
}

bool net_init_hubport(json_t *opts, const char *name, NetClientState *peer,
                      Error **errp)
{
    static const char *const known[] = { "hubid", "netdev", NULL };
    const char *netdev = net_opt_str(opts, "netdev");
    NetClientState *other = peer;
    int64_t hubid = -1;

    if (!net_opts_check(opts, known, errp) ||
        !net_opt_int(opts, "hubid", 0, INT_MAX, &hubid, errp)) {
        return false;
    }
    if (hubid < 0) {
        error_setg(errp, "Parameter 'hubid' is missing");
        return false;
    }
    if (netdev) {
        other = qemu_find_netdev(netdev);
        if (!other) {
            error_setg(errp, "netdev '%s' not found", netdev);
            return false;
        }
        if (other->peer) {
            error_setg(errp, "netdev '%s' is in use", netdev);
            return false;
        }
    }
    net_hub_add_port(hubid, name, other);
    return true;
}
