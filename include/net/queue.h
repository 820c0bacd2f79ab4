/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets on their way to one network client.
 *
 * A packet that cannot be delivered now is kept if its sender gave a
 * callback, which runs when it has gone; without one, up to a limit is kept
 * and the rest dropped.  Nothing is delivered while the receiver says that it
 * cannot: when it can again, it flushes its queue.  Delivery is never nested:
 * a packet sent while one is being delivered on the same queue waits its turn.
 */
#ifndef QEMU_NET_QUEUE_H
#define QEMU_NET_QUEUE_H

typedef struct NetPacket NetPacket;
typedef struct NetQueue NetQueue;

/* @ret is the delivered size, or 0 where the packet was thrown away. */
typedef void (NetPacketSent)(NetClientState *sender, ssize_t ret);

#define QEMU_NET_PACKET_FLAG_NONE 0
#define QEMU_NET_PACKET_FLAG_RAW (1 << 0)       /* no vnet header in front */

/* Bytes taken; 0 to be tried again later; negative to drop the packet. */
typedef ssize_t (NetQueueDeliverFunc)(NetClientState *sender, unsigned flags,
                                      const struct iovec *iov, int iovcnt,
                                      void *opaque);

NetQueue *qemu_new_net_queue(NetQueueDeliverFunc *deliver, void *opaque);
/* Throws away what is in it; callbacks do not run. */
void qemu_del_net_queue(NetQueue *queue);

/* Bytes taken now, or 0: kept (@sent_cb runs later) or dropped. */
ssize_t qemu_net_queue_send(NetQueue *queue, NetClientState *sender,
                            unsigned flags, const uint8_t *data, size_t size,
                            NetPacketSent *sent_cb);
ssize_t qemu_net_queue_send_iov(NetQueue *queue, NetClientState *sender,
                                unsigned flags, const struct iovec *iov,
                                int iovcnt, NetPacketSent *sent_cb);
/* Delivery that skips the queue's order: loopback within a device. */
ssize_t qemu_net_queue_receive(NetQueue *queue, const uint8_t *data,
                               size_t size);
void qemu_net_queue_append_iov(NetQueue *queue, NetClientState *sender,
                               unsigned flags, const struct iovec *iov,
                               int iovcnt, NetPacketSent *sent_cb);

/* Throws away the packets of @from; their callbacks run with 0. */
void qemu_net_queue_purge(NetQueue *queue, NetClientState *from);
/* Delivers what can be; false if something is left. */
bool qemu_net_queue_flush(NetQueue *queue);

#endif /* QEMU_NET_QUEUE_H */
