/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packet queues between network clients (net/queue.h). */
#include "qemu/osdep.h"
#include "net/net.h"
#include "net/queue.h"
#include "qemu/iov.h"
#include "qemu/queue.h"

/* Packets kept for senders that do not wait; the rest is lost, as on wires. */
#define MAX_UNASKED 10000

struct NetPacket {
    QTAILQ_ENTRY(NetPacket) entry;
    NetClientState *sender;
    unsigned flags;
    size_t size;
    NetPacketSent *sent_cb;
    uint8_t data[];
};

struct NetQueue {
    NetQueueDeliverFunc *deliver;
    void *opaque;
    unsigned count;
    bool delivering;
    QTAILQ_HEAD(, NetPacket) packets;
};

NetQueue *qemu_new_net_queue(NetQueueDeliverFunc *deliver, void *opaque)
{
    NetQueue *queue = g_new0(NetQueue, 1);

    queue->deliver = deliver;
    queue->opaque = opaque;
    QTAILQ_INIT(&queue->packets);
    return queue;
}

static void queue_unlink(NetQueue *queue, NetPacket *packet)
{
    QTAILQ_REMOVE(&queue->packets, packet, entry);
    queue->count--;
}

void qemu_del_net_queue(NetQueue *queue)
{
    NetPacket *packet, *next;

    QTAILQ_FOREACH_SAFE(packet, &queue->packets, entry, next) {
        queue_unlink(queue, packet);
        g_free(packet);
    }
    g_free(queue);
}

void qemu_net_queue_append_iov(NetQueue *queue, NetClientState *sender,
                               unsigned flags, const struct iovec *iov,
                               int iovcnt, NetPacketSent *sent_cb)
{
    size_t size = iov_size(iov, iovcnt);
    NetPacket *packet;

    if (queue->count >= MAX_UNASKED && !sent_cb) {
        return;
    }
    packet = g_malloc(sizeof(*packet) + size);
    packet->sender = sender;
    packet->flags = flags;
    packet->sent_cb = sent_cb;
    packet->size = iov_to_buf(iov, iovcnt, 0, packet->data, size);
    queue->count++;
    QTAILQ_INSERT_TAIL(&queue->packets, packet, entry);
}

static ssize_t queue_deliver(NetQueue *queue, NetClientState *sender,
                             unsigned flags, const struct iovec *iov,
                             int iovcnt)
{
    ssize_t ret;

    queue->delivering = true;
    ret = queue->deliver(sender, flags, iov, iovcnt, queue->opaque);
    queue->delivering = false;
    return ret;
}

ssize_t qemu_net_queue_send_iov(NetQueue *queue, NetClientState *sender,
                                unsigned flags, const struct iovec *iov,
                                int iovcnt, NetPacketSent *sent_cb)
{
    ssize_t ret = 0;

    if (!queue->delivering && QTAILQ_EMPTY(&queue->packets) &&
        (!sender || qemu_can_send_packet(sender))) {
        ret = queue_deliver(queue, sender, flags, iov, iovcnt);
    }
    if (ret == 0) {
        qemu_net_queue_append_iov(queue, sender, flags, iov, iovcnt, sent_cb);
        return 0;
    }
    qemu_net_queue_flush(queue);
    return ret;
}

ssize_t qemu_net_queue_send(NetQueue *queue, NetClientState *sender,
                            unsigned flags, const uint8_t *data, size_t size,
                            NetPacketSent *sent_cb)
{
    struct iovec iov = { (void *)data, size };

    return qemu_net_queue_send_iov(queue, sender, flags, &iov, 1, sent_cb);
}

ssize_t qemu_net_queue_receive(NetQueue *queue, const uint8_t *data,
                               size_t size)
{
    struct iovec iov = { (void *)data, size };

    if (queue->delivering) {
        return 0;
    }
    return queue_deliver(queue, NULL, QEMU_NET_PACKET_FLAG_NONE, &iov, 1);
}

void qemu_net_queue_purge(NetQueue *queue, NetClientState *from)
{
    NetPacket *packet, *next;

    QTAILQ_FOREACH_SAFE(packet, &queue->packets, entry, next) {
        if (packet->sender == from) {
            queue_unlink(queue, packet);
            if (packet->sent_cb) {
                packet->sent_cb(packet->sender, 0);
            }
            g_free(packet);
        }
    }
}

bool qemu_net_queue_flush(NetQueue *queue)
{
    if (queue->delivering) {
        return false;
    }
    while (!QTAILQ_EMPTY(&queue->packets)) {
        NetPacket *packet = QTAILQ_FIRST(&queue->packets);
        struct iovec iov = { packet->data, packet->size };
        ssize_t ret;

        queue_unlink(queue, packet);
        ret = queue_deliver(queue, packet->sender, packet->flags, &iov, 1);
        if (ret == 0) {
            queue->count++;
            QTAILQ_INSERT_HEAD(&queue->packets, packet, entry);
            return false;
        }
        if (packet->sent_cb) {
            packet->sent_cb(packet->sender, ret);
        }
        g_free(packet);
    }
    return true;
}
