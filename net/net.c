/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network clients and what passes between a pair of them (net/net.h).
 */
#include "qemu/osdep.h"
#include "net/net.h"
#include "net-impl.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"

static NetClientStateList net_clients =
    QTAILQ_HEAD_INITIALIZER(net_clients);

NetClientStateList *qemu_net_clients(void)
{
    return &net_clients;
}

/* Making */

static char *assign_name(const char *model)
{
    NetClientState *nc;
    int n = 0;

    QTAILQ_FOREACH(nc, &net_clients, next) {
        n += strcmp(nc->model, model) == 0;
    }
    return g_strdup_printf("%s.%d", model, n);
}

static void setup_client(NetClientState *nc, NetClientInfo *info,
                         NetClientState *peer, const char *model,
                         const char *name, NetClientDestructor *destructor)
{
    nc->info = info;
    nc->model = g_strdup(model);
    nc->name = name ? g_strdup(name) : assign_name(model);
    if (peer) {
        assert(!peer->peer);
        nc->peer = peer;
        peer->peer = nc;
    }
    QTAILQ_INSERT_TAIL(&net_clients, nc, next);
    nc->incoming_queue = qemu_new_net_queue(qemu_deliver_packet_iov, nc);
    nc->destructor = destructor;
    QTAILQ_INIT(&nc->filters);
}

static void free_client(NetClientState *nc)
{
    g_free(nc);
}

NetClientState *qemu_new_net_client(NetClientInfo *info, NetClientState *peer,
                                    const char *model, const char *name)
{
    NetClientState *nc = g_malloc0(info->size);

    assert(info->size >= sizeof(NetClientState));
    setup_client(nc, info, peer, model, name, free_client);
    return nc;
}

/*
 * The clients of a NIC's queues follow the NICState in one block, each of
 * info->size bytes.
 */
NICState *qemu_new_nic(NetClientInfo *info, NICConf *conf, const char *model,
                       const char *name, void *opaque)
{
    int queues = MAX(1, conf->peers.queues);
    NICState *nic = g_malloc0(info->size + sizeof(NetClientState) * queues);

    assert(info->type == NET_CLIENT_DRIVER_NIC);
    assert(info->size >= sizeof(NICState));
    nic->ncs = (void *)nic + info->size;
    nic->conf = conf;
    nic->opaque = opaque;
    for (int i = 0; i < queues; i++) {
        setup_client(&nic->ncs[i], info, conf->peers.ncs[i], model, name,
                     NULL);
        nic->ncs[i].queue_index = i;
    }
    return nic;
}

/* Removing */

static void cleanup_client(NetClientState *nc)
{
    NetFilterState *nf, *next;

    QTAILQ_FOREACH_SAFE(nf, &nc->filters, next, next) {
        nf->client_gone(nf);
    }
    QTAILQ_REMOVE(&net_clients, nc, next);
    if (nc->info->cleanup) {
        nc->info->cleanup(nc);
    }
}

static void release_client(NetClientState *nc)
{
    qemu_del_net_queue(nc->incoming_queue);
    if (nc->peer) {
        nc->peer->peer = NULL;
    }
    g_free(nc->name);
    g_free(nc->model);
    if (nc->destructor) {
        nc->destructor(nc);
    }
}

static void purge_from_peer(NetClientState *nc)
{
    if (nc->peer) {
        qemu_net_queue_purge(nc->peer->incoming_queue, nc);
    }
}

void qemu_del_net_client(NetClientState *nc)
{
    NetClientState *ncs[MAX_QUEUE_NUM];
    int queues;

    assert(nc->info->type != NET_CLIENT_DRIVER_NIC);
    /* All queues of a multi-queue back end go together. */
    queues = qemu_find_net_clients_except(nc->name, ncs,
                                          NET_CLIENT_DRIVER_NIC,
                                          MAX_QUEUE_NUM);
    /*
     * A guest does not see its card go: the NIC keeps a peer that is down,
     * and frees it with itself.
     */
    if (nc->peer && nc->peer->info->type == NET_CLIENT_DRIVER_NIC) {
        NICState *nic = qemu_get_nic(nc->peer);

        if (nic->peer_deleted) {
            return;
        }
        nic->peer_deleted = true;
        for (int i = 0; i < queues; i++) {
            if (ncs[i]->peer) {
                ncs[i]->peer->link_down = true;
            }
        }
        if (nc->peer->info->link_status_changed) {
            nc->peer->info->link_status_changed(nc->peer);
        }
        for (int i = 0; i < queues; i++) {
            /* Whatever is done to the card's link, nothing comes here. */
            ncs[i]->link_down = true;
            purge_from_peer(ncs[i]);
            cleanup_client(ncs[i]);
        }
        return;
    }
    for (int i = 0; i < queues; i++) {
        purge_from_peer(ncs[i]);
        cleanup_client(ncs[i]);
        release_client(ncs[i]);
    }
}

void qemu_del_nic(NICState *nic)
{
    int queues = MAX(nic->conf->peers.queues, 1);

    qemu_macaddr_set_free(&nic->conf->macaddr);
    for (int i = 0; i < queues; i++) {
        NetClientState *nc = &nic->ncs[i];

        purge_from_peer(nc);
        if (nc->peer && nic->peer_deleted) {
            release_client(nc->peer);
            nc->peer = NULL;
        }
    }
    for (int i = queues - 1; i >= 0; i--) {
        cleanup_client(&nic->ncs[i]);
        release_client(&nic->ncs[i]);
    }
    g_free(nic);
}

void net_cleanup(void)
{
    NetClientState *nc;
    bool again;

    do {
        again = false;
        QTAILQ_FOREACH(nc, &net_clients, next) {
            if (nc->info->type != NET_CLIENT_DRIVER_NIC) {
                qemu_del_net_client(nc);
                again = true;
                break;
            }
        }
    } while (again);
}

bool net_client_del(const char *id, Error **errp)
{
    NetClientState *nc = qemu_find_netdev(id);

    if (!nc) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", id);
        return false;
    }
    if (!nc->is_netdev) {
        error_setg(errp, "Device '%s' is not a netdev", id);
        return false;
    }
    qemu_del_net_client(nc);
    return true;
}

/* Finding */

NetClientState *qemu_find_netdev(const char *id)
{
    NetClientState *nc;

    QTAILQ_FOREACH(nc, &net_clients, next) {
        if (nc->info->type != NET_CLIENT_DRIVER_NIC &&
            strcmp(nc->name, id) == 0) {
            return nc;
        }
    }
    return NULL;
}

int qemu_find_net_clients_except(const char *id, NetClientState **ncs,
                                 NetClientDriver type, int max)
{
    NetClientState *nc;
    int n = 0;

    QTAILQ_FOREACH(nc, &net_clients, next) {
        if (nc->info->type != type && (!id || strcmp(nc->name, id) == 0)) {
            if (n < max) {
                ncs[n] = nc;
            }
            n++;
        }
    }
    return MIN(n, max);
}

NetClientState *qemu_get_subqueue(NICState *nic, int queue_index)
{
    return nic->ncs + queue_index;
}

NetClientState *qemu_get_queue(NICState *nic)
{
    return qemu_get_subqueue(nic, 0);
}

NICState *qemu_get_nic(NetClientState *nc)
{
    NetClientState *nc0 = nc - nc->queue_index;

    return (NICState *)((char *)nc0 - nc->info->size);
}

void *qemu_get_nic_opaque(NetClientState *nc)
{
    return qemu_get_nic(nc)->opaque;
}

NetClientState *qemu_get_peer(NetClientState *nc, int queue_index)
{
    assert(nc);
    return (nc + queue_index)->peer;
}

void qemu_foreach_nic(qemu_nic_foreach func, void *opaque)
{
    NetClientState *nc;

    QTAILQ_FOREACH(nc, &net_clients, next) {
        if (nc->info->type == NET_CLIENT_DRIVER_NIC && nc->queue_index == 0) {
            func(qemu_get_nic(nc), opaque);
        }
    }
}

/* Sending */

static bool is_paused(const NetClientState *nc)
{
    return net_paused && nc->info->type == NET_CLIENT_DRIVER_NIC;
}

int qemu_can_receive_packet(NetClientState *nc)
{
    if (nc->receive_disabled || is_paused(nc)) {
        return 0;
    }
    return !nc->info->can_receive || nc->info->can_receive(nc);
}

int qemu_can_send_packet(NetClientState *nc)
{
    return !nc->peer || qemu_can_receive_packet(nc->peer);
}

/* A client without a vector entry gets the packet in one piece. */
static ssize_t deliver_in_one(NetClientState *nc, unsigned flags,
                              const struct iovec *iov, int iovcnt)
{
    NetReceive *receive = (flags & QEMU_NET_PACKET_FLAG_RAW) &&
                          nc->info->receive_raw ? nc->info->receive_raw :
                          nc->info->receive;
    g_autofree uint8_t *copy = NULL;
    size_t size = iov_size(iov, iovcnt);

    if (iovcnt == 1) {
        return receive(nc, iov[0].iov_base, iov[0].iov_len);
    }
    if (size > NET_BUFSIZE) {
        return -1;
    }
    copy = g_malloc(size);
    iov_to_buf(iov, iovcnt, 0, copy, size);
    return receive(nc, copy, size);
}

ssize_t qemu_deliver_packet_iov(NetClientState *sender, unsigned flags,
                                const struct iovec *iov, int iovcnt,
                                void *opaque)
{
    NetClientState *nc = opaque;
    ssize_t ret;

    if (nc->link_down) {
        return iov_size(iov, iovcnt);
    }
    if (nc->receive_disabled || is_paused(nc)) {
        return 0;
    }
    if (nc->info->receive_iov && !(flags & QEMU_NET_PACKET_FLAG_RAW)) {
        ret = nc->info->receive_iov(nc, iov, iovcnt);
    } else {
        ret = deliver_in_one(nc, flags, iov, iovcnt);
    }
    if (ret == 0) {
        nc->receive_disabled = 1;
    }
    return ret;
}

/*
 * Filters of the sender see what it sends, then those of the receiver what
 * it gets; one that takes the packet ends its way.
 */
static ssize_t run_filters(NetClientState *nc, NetFilterDirection direction,
                           NetClientState *sender, unsigned flags,
                           const struct iovec *iov, int iovcnt,
                           NetPacketSent *sent_cb)
{
    NetFilterState *nf;

    QTAILQ_FOREACH(nf, &nc->filters, next) {
        if (nf->on && (nf->direction == direction ||
                       nf->direction == NET_FILTER_DIRECTION_ALL)) {
            ssize_t ret = nf->receive_iov(nf, sender, flags, iov, iovcnt,
                                          sent_cb);

            if (ret) {
                return ret;
            }
        }
    }
    return 0;
}

static ssize_t send_iov_with_flags(NetClientState *sender, unsigned flags,
                                   const struct iovec *iov, int iovcnt,
                                   NetPacketSent *sent_cb)
{
    size_t size = iov_size(iov, iovcnt);
    ssize_t ret;

    if (size > NET_BUFSIZE || sender->link_down || !sender->peer) {
        return size;
    }
    ret = run_filters(sender, NET_FILTER_DIRECTION_TX, sender, flags, iov,
                      iovcnt, sent_cb);
    if (ret == 0) {
        ret = run_filters(sender->peer, NET_FILTER_DIRECTION_RX, sender,
                          flags, iov, iovcnt, sent_cb);
    }
    if (ret) {
        return ret;
    }
    return qemu_net_queue_send_iov(sender->peer->incoming_queue, sender,
                                   flags, iov, iovcnt, sent_cb);
}

ssize_t qemu_sendv_packet_async(NetClientState *nc, const struct iovec *iov,
                                int iovcnt, NetPacketSent *sent_cb)
{
    return send_iov_with_flags(nc, QEMU_NET_PACKET_FLAG_NONE, iov, iovcnt,
                               sent_cb);
}

ssize_t qemu_sendv_packet(NetClientState *nc, const struct iovec *iov,
                          int iovcnt)
{
    return qemu_sendv_packet_async(nc, iov, iovcnt, NULL);
}

ssize_t qemu_send_packet_async(NetClientState *nc, const uint8_t *buf,
                               int size, NetPacketSent *sent_cb)
{
    struct iovec iov = { (void *)buf, size };

    return qemu_sendv_packet_async(nc, &iov, 1, sent_cb);
}

ssize_t qemu_send_packet(NetClientState *nc, const uint8_t *buf, int size)
{
    return qemu_send_packet_async(nc, buf, size, NULL);
}

ssize_t qemu_send_packet_raw(NetClientState *nc, const uint8_t *buf, int size)
{
    struct iovec iov = { (void *)buf, size };

    return send_iov_with_flags(nc, QEMU_NET_PACKET_FLAG_RAW, &iov, 1, NULL);
}

ssize_t qemu_receive_packet(NetClientState *nc, const uint8_t *buf, int size)
{
    if (!qemu_can_receive_packet(nc)) {
        return 0;
    }
    return qemu_net_queue_receive(nc->incoming_queue, buf, size);
}

ssize_t qemu_receive_packet_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt)
{
    size_t size = iov_size(iov, iovcnt);
    g_autofree uint8_t *copy = NULL;

    if (iovcnt == 1) {
        return qemu_receive_packet(nc, iov[0].iov_base, size);
    }
    if (size > NET_BUFSIZE) {
        return -1;
    }
    copy = g_malloc(size);
    iov_to_buf(iov, iovcnt, 0, copy, size);
    return qemu_receive_packet(nc, copy, size);
}

void qemu_purge_queued_packets(NetClientState *nc)
{
    if (nc->peer) {
        qemu_net_queue_purge(nc->peer->incoming_queue, nc);
    }
}

void qemu_flush_or_purge_queued_packets(NetClientState *nc, bool purge)
{
    nc->receive_disabled = 0;
    if (nc->peer && nc->peer->info->type == NET_CLIENT_DRIVER_HUBPORT) {
        net_hub_flush(nc->peer);
    }
    if (!qemu_net_queue_flush(nc->incoming_queue) && purge && nc->peer) {
        qemu_net_queue_purge(nc->incoming_queue, nc->peer);
    }
}

void qemu_flush_queued_packets(NetClientState *nc)
{
    qemu_flush_or_purge_queued_packets(nc, false);
}

/* Offloads */

bool qemu_has_ufo(NetClientState *nc)
{
    return nc && nc->info->has_ufo && nc->info->has_ufo(nc);
}

bool qemu_has_vnet_hdr(NetClientState *nc)
{
    return nc && nc->info->has_vnet_hdr && nc->info->has_vnet_hdr(nc);
}

bool qemu_has_vnet_hdr_len(NetClientState *nc, int len)
{
    return nc && nc->info->has_vnet_hdr_len &&
           nc->info->has_vnet_hdr_len(nc, len);
}

bool qemu_get_using_vnet_hdr(NetClientState *nc)
{
    return nc && nc->info->get_using_vnet_hdr &&
           nc->info->get_using_vnet_hdr(nc);
}

void qemu_using_vnet_hdr(NetClientState *nc, bool enable)
{
    if (nc && nc->info->using_vnet_hdr) {
        nc->info->using_vnet_hdr(nc, enable);
    }
}

void qemu_set_offload(NetClientState *nc, int csum, int tso4, int tso6,
                      int ecn, int ufo)
{
    if (nc && nc->info->set_offload) {
        nc->info->set_offload(nc, csum, tso4, tso6, ecn, ufo);
    }
}

int qemu_get_vnet_hdr_len(NetClientState *nc)
{
    return nc && nc->info->get_vnet_hdr_len ? nc->info->get_vnet_hdr_len(nc)
                                            : 0;
}

void qemu_set_vnet_hdr_len(NetClientState *nc, int len)
{
    if (nc && nc->info->set_vnet_hdr_len) {
        nc->vnet_hdr_len = len;
        nc->info->set_vnet_hdr_len(nc, len);
    }
}

int qemu_set_vnet_le(NetClientState *nc, bool is_le)
{
    /* What a little-endian host does anyway needs nobody's help. */
    if (nc && nc->info->set_vnet_le) {
        return nc->info->set_vnet_le(nc, is_le);
    }
    return HOST_BIG_ENDIAN && is_le ? -ENOSYS : 0;
}

int qemu_set_vnet_be(NetClientState *nc, bool is_be)
{
    if (nc && nc->info->set_vnet_be) {
        return nc->info->set_vnet_be(nc, is_be);
    }
    return !HOST_BIG_ENDIAN && is_be ? -ENOSYS : 0;
}

/* Link */

bool net_set_link(const char *name, bool up, Error **errp)
{
    NetClientState *ncs[MAX_QUEUE_NUM];
    int queues = qemu_find_net_clients_except(name, ncs,
                                              NET_CLIENT_DRIVER__MAX,
                                              MAX_QUEUE_NUM);
    NetClientState *nc;

    if (queues == 0) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", name);
        return false;
    }
    nc = ncs[0];
    for (int i = 0; i < queues; i++) {
        ncs[i]->link_down = !up;
    }
    if (nc->info->link_status_changed) {
        nc->info->link_status_changed(nc);
    }
    /*
     * A back end pulls its NIC's cable too; a NIC's own link says nothing
     * of the back end.
     */
    if (nc->peer && nc->peer->info->type == NET_CLIENT_DRIVER_NIC) {
        for (int i = 0; i < queues; i++) {
            if (ncs[i]->peer) {
                ncs[i]->peer->link_down = !up;
            }
        }
        if (nc->peer->info->link_status_changed) {
            nc->peer->info->link_status_changed(nc->peer);
        }
    }
    return true;
}

/* Text */

void qemu_set_info_str(NetClientState *nc, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(nc->info_str, sizeof(nc->info_str), fmt, ap);
    va_end(ap);
}

void qemu_format_nic_info_str(NetClientState *nc, uint8_t macaddr[6])
{
    qemu_set_info_str(nc, "model=%s,macaddr=%02x:%02x:%02x:%02x:%02x:%02x",
                      nc->model, macaddr[0], macaddr[1], macaddr[2],
                      macaddr[3], macaddr[4], macaddr[5]);
}

static void print_client(GString *to, NetClientState *nc)
{
    NetFilterState *nf;

    g_string_append_printf(to, "%s: index=%d,type=%s,%s\n", nc->name,
                           nc->queue_index,
                           NetClientDriver_str(nc->info->type), nc->info_str);
    if (!QTAILQ_EMPTY(&nc->filters)) {
        g_string_append(to, "filters:\n");
    }
    QTAILQ_FOREACH(nf, &nc->filters, next) {
        g_string_append(to, "  - ");
        nf->print(nf, to);
    }
}

void net_print_info(GString *to)
{
    NetClientState *nc;

    net_hub_info(to);
    QTAILQ_FOREACH(nc, &net_clients, next) {
        NetClientState *peer = nc->peer;

        if (net_hub_id_for_client(nc) >= 0) {
            continue;
        }
        /* A back end is shown below its NIC, or alone. */
        if (!peer || nc->info->type == NET_CLIENT_DRIVER_NIC) {
            print_client(to, nc);
        }
        if (peer && nc->info->type == NET_CLIENT_DRIVER_NIC) {
            g_string_append(to, " \\ ");
            print_client(to, peer);
        }
    }
}
