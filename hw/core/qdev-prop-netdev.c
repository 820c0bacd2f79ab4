/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The "netdev" property: the id of a network back end.  All its queues become
 * the peers that the NIC will have.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties-system.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qapi/visitor.h"

static void get_netdev(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    NICPeers *peers = object_field_prop_ptr(obj, opaque);
    char *id = (char *)(peers->ncs[0] ? peers->ncs[0]->name : "");

    visit_type_str(v, name, &id, errp);
}

/* 0, or -errno and nothing taken. */
static int take_queues(NICPeers *peers, NetClientState **found, int queues)
{
    int i;

    for (i = 0; i < queues; i++) {
        if (found[i]->peer) {
            return -EEXIST;
        }
        if (peers->ncs[i]) {
            return -EINVAL;
        }
    }
    for (i = 0; i < queues; i++) {
        found[i]->queue_index = i;
        peers->ncs[i] = found[i];
    }
    peers->queues = queues;
    return 0;
}

static void set_netdev(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    NICPeers *peers = object_field_prop_ptr(obj, opaque);
    g_autofree NetClientState **found = NULL;
    g_autofree char *id = NULL;
    int queues, ret;

    if (!visit_type_str(v, name, &id, errp)) {
        return;
    }
    found = g_new0(NetClientState *, MAX_QUEUE_NUM);
    queues = qemu_find_net_clients_except(id, found, NET_CLIENT_DRIVER_NIC,
                                          MAX_QUEUE_NUM);
    if (queues > MAX_QUEUE_NUM) {
        error_setg(errp, "queues of backend '%s'(%d) exceeds QEMU "
                   "limitation(%d)", id, queues, MAX_QUEUE_NUM);
        return;
    }
    ret = queues ? take_queues(peers, found, queues) : -ENOENT;
    error_set_from_qdev_prop_error(errp, ret, obj, name, id);
}

const PropertyInfo qdev_prop_netdev = {
    .name = "str",
    .description = "ID of a netdev to use as a backend",
    .get = get_netdev,
    .set = set_netdev,
};

void qdev_prop_set_netdev(DeviceState *dev, const char *name,
                          NetClientState *value)
{
    if (value) {
        object_property_set_str(OBJECT(dev), name, value->name, &error_abort);
    }
}

void qdev_set_nic_properties(DeviceState *dev, NICInfo *nd)
{
    qdev_prop_set_macaddr(dev, "mac", nd->macaddr.a);
    qdev_prop_set_netdev(dev, "netdev", nd->netdev);
    if (nd->nvectors != DEV_NVECTORS_UNSPECIFIED &&
        object_property_find(OBJECT(dev), "vectors")) {
        qdev_prop_set_uint32(dev, "vectors", nd->nvectors);
    }
    nd->instantiated = 1;
}
