/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the virtio network device share:
 *
 *   virtio-net.c            features, configuration, link, life cycle
 *   virtio-net-rx.c         from the back end into receive queues
 *   virtio-net-tx.c         from transmit queues to the back end
 *   virtio-net-ctrl.c       the control queue
 *   virtio-net-hash.c       which queue a packet goes to
 *   virtio-net-migration.c  the stream
 */
#ifndef HW_NET_VIRTIO_NET_INTERNAL_H
#define HW_NET_VIRTIO_NET_INTERNAL_H

#include "hw/virtio/virtio-net.h"

#define VIRTIO_NET_OFFLOADS ((1ULL << VIRTIO_NET_F_GUEST_CSUM) | \
                             (1ULL << VIRTIO_NET_F_GUEST_TSO4) | \
                             (1ULL << VIRTIO_NET_F_GUEST_TSO6) | \
                             (1ULL << VIRTIO_NET_F_GUEST_ECN) | \
                             (1ULL << VIRTIO_NET_F_GUEST_UFO))

#define VIRTIO_NET_HASHES (VIRTIO_NET_RSS_HASH_TYPE_IPv4 | \
                           VIRTIO_NET_RSS_HASH_TYPE_TCPv4 | \
                           VIRTIO_NET_RSS_HASH_TYPE_UDPv4 | \
                           VIRTIO_NET_RSS_HASH_TYPE_IPv6 | \
                           VIRTIO_NET_RSS_HASH_TYPE_TCPv6 | \
                           VIRTIO_NET_RSS_HASH_TYPE_UDPv6 | \
                           VIRTIO_NET_RSS_HASH_TYPE_IP_EX | \
                           VIRTIO_NET_RSS_HASH_TYPE_TCP_EX | \
                           VIRTIO_NET_RSS_HASH_TYPE_UDP_EX)

static inline NetClientState *virtio_net_client(VirtIONet *n, int pair)
{
    return qemu_get_subqueue(n->nic, pair);
}

/* Queues go rx, tx, rx, tx, ..., control. */
static inline int virtio_net_pair_of(int queue_index)
{
    return queue_index / 2;
}

static inline int virtio_net_pair_of_vq(VirtQueue *vq)
{
    return virtio_net_pair_of(virtio_get_queue_index(vq));
}

/* Whether a pair moves packets: driver, machine and number say so. */
bool virtio_net_pair_active(VirtIONet *n, int pair);

/* The number of pairs changed. */
void virtio_net_set_pairs(VirtIONet *n, uint16_t pairs);
/* Header sizes follow what was negotiated. */
void virtio_net_set_header(VirtIONet *n, bool mergeable, bool version_1,
                           bool hash_report);
uint64_t virtio_net_offloads_of(uint64_t features);
void virtio_net_apply_offloads(VirtIONet *n);
void virtio_net_set_status(VirtIODevice *vdev, uint8_t status);
/* Asks the driver to announce itself, rounds times. */
void virtio_net_start_announce(VirtIONet *n, unsigned int rounds);
void virtio_net_announced(VirtIONet *n);

/* Receive. */
ssize_t virtio_net_receive(NetClientState *nc, const uint8_t *buf,
                           size_t size);
ssize_t virtio_net_receive_iov(NetClientState *nc, const struct iovec *iov,
                               int iovcnt);
void virtio_net_handle_rx(VirtIODevice *vdev, VirtQueue *vq);

/* Transmit. */
void virtio_net_handle_tx(VirtIODevice *vdev, VirtQueue *vq);
void virtio_net_tx_resume(VirtIONetQueue *q);   /* tx_waiting: get going */
void virtio_net_tx_pause(VirtIONetQueue *q);    /* not now, tx_waiting stays */
void virtio_net_tx_drop(VirtIONetQueue *q);     /* the link is down */
/* What the back end has of the pair's comes back, unsent. */
void virtio_net_tx_purge(VirtIONetQueue *q);
void virtio_net_tx_cleanup(VirtIONetQueue *q);

/* Control. */
void virtio_net_handle_ctrl(VirtIODevice *vdev, VirtQueue *vq);
json_t *virtio_net_query_rx_filter(NetClientState *nc);

/*
 * The hash of a packet (offset: of its Ethernet header), of the first kind
 * that is in types; *report is VIRTIO_NET_HASH_REPORT_*, NONE if no kind fits.
 */
uint32_t virtio_net_hash(const struct iovec *iov, int iovcnt, size_t offset,
                         uint32_t types, const uint8_t *key,
                         uint16_t *report);

/* The stream. */
extern const VMStateDescription vmstate_virtio_net;
extern const VMStateDescription vmstate_virtio_net_device;
int virtio_net_post_load(VirtIODevice *vdev);

#endif /* HW_NET_VIRTIO_NET_INTERNAL_H */
