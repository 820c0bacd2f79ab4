/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reception: virtio 1.2, 5.1.6.3 and 5.1.6.4.
 *
 * A packet from the back end passes the receive filter, may change queues by
 * its hash, and is spread over one buffer of the driver, or several where it
 * can put them together.  Where there are too few buffers the back end keeps
 * the packet until the driver has added some.
 */
#include "qemu/osdep.h"
#include <netinet/in.h>
#include "net/checksum.h"
#include "net/eth.h"
#include "qemu/iov.h"
#include "virtio-net-internal.h"

/* An Ethernet header with a VLAN tag: all that the filter looks at. */
#define FILTER_BYTES 18

#define HDR_NUM_BUFFERS offsetof(struct virtio_net_hdr_mrg_rxbuf, num_buffers)

/* A packet on its way in. */
typedef struct RxPacket {
    const struct iovec *iov;
    int iovcnt;
    size_t size;                /* the back end's header included */
    uint32_t hash;
    uint16_t hash_report;
    bool hashed;
} RxPacket;

/*** The filter (5.1.6.5.1, 5.1.6.5.3) ***/

static bool in_table(const VirtIONet *n, const uint8_t *mac, uint32_t from,
                     uint32_t to)
{
    uint32_t i;

    for (i = from; i < to; i++) {
        if (!memcmp(&n->mac_table.macs[i * ETH_ALEN], mac, ETH_ALEN)) {
            return true;
        }
    }
    return false;
}

static bool address_wanted(const VirtIONet *n, const uint8_t *mac)
{
    const VirtioNetMacTable *t = &n->mac_table;

    if (is_broadcast_ether_addr(mac)) {
        return !n->nobcast;
    }
    if (is_multicast_ether_addr(mac)) {
        return !n->nomulti &&
               (n->allmulti || t->multi_overflow ||
                in_table(n, mac, t->first_multi, t->in_use));
    }
    return !n->nouni &&
           (n->alluni || t->uni_overflow || !memcmp(mac, n->mac, ETH_ALEN) ||
            in_table(n, mac, 0, t->first_multi));
}

static bool wanted(const VirtIONet *n, const RxPacket *p)
{
    uint8_t head[FILTER_BYTES] = { };

    if (n->promisc) {
        return true;
    }
    iov_to_buf(p->iov, p->iovcnt, n->host_hdr_len, head, sizeof(head));
    if (lduw_be_p(head + 12) == ETH_P_VLAN) {
        unsigned int vid = lduw_be_p(head + 14) & VLAN_VID_MASK;

        if (!(n->vlans[vid / 8] & 1 << vid % 8)) {
            return false;
        }
    }
    return address_wanted(n, head);
}

/*** Queues ***/

bool virtio_net_pair_active(VirtIONet *n, int pair)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    return vdev->vm_running && pair < n->curr_queue_pairs &&
           vdev->status & VIRTIO_CONFIG_S_DRIVER_OK &&
           virtio_queue_ready(n->vqs[pair].rx_vq);
}

/* The pair that the hash leads to; remembers the hash for the report. */
static int choose_pair(VirtIONet *n, RxPacket *p, int pair)
{
    const VirtioNetRss *rss = &n->rss;

    if (!rss->enabled) {
        return pair;
    }
    p->hash = virtio_net_hash(p->iov, p->iovcnt, n->host_hdr_len,
                              rss->hash_types, rss->key, &p->hash_report);
    p->hashed = rss->populate_hash;
    if (!rss->redirect) {
        return pair;
    }
    pair = p->hash_report == VIRTIO_NET_HASH_REPORT_NONE
           ? rss->default_queue
           : rss->table[p->hash & (rss->table_len - 1)];
    return MIN(pair, n->curr_queue_pairs - 1);
}

static bool has_room(VirtIONet *n, VirtIONetQueue *q, unsigned int bytes)
{
    return !virtio_queue_empty(q->rx_vq) &&
           (!n->mergeable_rx_bufs ||
            virtqueue_avail_bytes(q->rx_vq, bytes, 0));
}

/* Whether there are buffers; if not, the driver is to kick for new ones. */
static bool wait_for_room(VirtIONet *n, VirtIONetQueue *q,
                          unsigned int bytes)
{
    if (!has_room(n, q, bytes)) {
        virtio_queue_set_notification(q->rx_vq, 1);
        /* Some may have come before the driver saw that. */
        if (!has_room(n, q, bytes)) {
            return false;
        }
    }
    virtio_queue_set_notification(q->rx_vq, 0);
    return true;
}

/*** Headers ***/

/*
 * Old DHCP clients take packets from a raw socket and do not accept one whose
 * checksum is still to be made: make it.  True where the frame (data, of len
 * bytes) was changed.
 */
static bool complete_dhcp_checksum(struct virtio_net_hdr *hdr, uint8_t *data,
                                   size_t len)
{
    if (lduw_be_p(data + 12) != ETH_P_IP || data[23] != IPPROTO_UDP ||
        lduw_be_p(data + 34) != 67) {
        return false;
    }
    net_checksum_calculate(data, len, CSUM_UDP);
    hdr->flags &= ~VIRTIO_NET_HDR_F_NEEDS_CSUM;
    return true;
}

/* Frames that may be such, with the ports in front of them. */
#define DHCP_MIN 38
#define DHCP_MAX 1500

/*
 * Makes the driver's header.  Returns the frame where it is not what came
 * from the back end (in scratch), else NULL.
 */
static uint8_t *make_header(VirtIONet *n, const RxPacket *p,
                            struct virtio_net_hdr_v1_hash *out,
                            uint8_t *scratch)
{
    struct virtio_net_hdr *hdr = (struct virtio_net_hdr *)out;
    size_t len = p->size - n->host_hdr_len;
    uint8_t *frame = NULL;

    memset(out, 0, sizeof(*out));
    if (n->host_hdr_len) {
        iov_to_buf(p->iov, p->iovcnt, 0, hdr, sizeof(*hdr));
        if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM && len >= DHCP_MIN &&
            len < DHCP_MAX) {
            iov_to_buf(p->iov, p->iovcnt, n->host_hdr_len, scratch, len);
            if (complete_dhcp_checksum(hdr, scratch, len)) {
                frame = scratch;
            }
        }
    }
    if (p->hashed) {
        out->hash_value = cpu_to_le32(p->hash);
        out->hash_report = cpu_to_le16(p->hash_report);
    }
    return frame;
}

/*** Into the buffers ***/

/* A packet's buffers until all of it is in them. */
typedef struct RxBuffers {
    unsigned int num;
    VirtQueueElement *elem[VIRTQUEUE_MAX_SIZE];
    uint32_t len[VIRTQUEUE_MAX_SIZE];
} RxBuffers;

/* From offset on in src to offset on in dst, as much as fits. */
static size_t copy_iov(const struct iovec *dst, unsigned int dst_cnt,
                       size_t dst_offset, const struct iovec *src,
                       unsigned int src_cnt, size_t src_offset)
{
    size_t done = 0;
    unsigned int i;

    for (i = 0; i < src_cnt; i++) {
        size_t len = src[i].iov_len, got;

        if (src_offset >= len) {
            src_offset -= len;
            continue;
        }
        len -= src_offset;
        got = iov_from_buf(dst, dst_cnt, dst_offset + done,
                           (uint8_t *)src[i].iov_base + src_offset, len);
        done += got;
        src_offset = 0;
        if (got < len) {
            break;
        }
    }
    return done;
}

static void give_up(VirtIONetQueue *q, RxBuffers *b)
{
    unsigned int i;

    for (i = 0; i < b->num; i++) {
        virtqueue_detach_element(q->rx_vq, b->elem[i], b->len[i]);
        g_free(b->elem[i]);
    }
}

/*
 * Spreads header and frame; false where the buffers do not hold it, with
 * whatever was taken in b.
 */
static bool spread(VirtIONet *n, VirtIONetQueue *q, RxBuffers *b,
                   const struct virtio_net_hdr_v1_hash *hdr,
                   const struct iovec *src, unsigned int src_cnt,
                   size_t offset, size_t size)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(n);

    b->num = 0;
    do {
        VirtQueueElement *elem;
        size_t at = 0, got;

        if (b->num == VIRTQUEUE_MAX_SIZE ||
            !(elem = virtqueue_pop(q->rx_vq, sizeof(*elem)))) {
            /* There were enough bytes when they were counted. */
            virtio_error(vdev, "receive buffers came to an end");
            return false;
        }
        b->elem[b->num] = elem;
        b->len[b->num++] = 0;
        if (b->num == 1) {
            at = iov_from_buf(elem->in_sg, elem->in_num, 0, hdr,
                              n->guest_hdr_len);
            if (at < n->guest_hdr_len) {
                virtio_error(vdev, "a receive buffer too short for the "
                             "header");
                return false;
            }
        }
        got = copy_iov(elem->in_sg, elem->in_num, at, src, src_cnt, offset);
        offset += got;
        b->len[b->num - 1] = at + got;
    } while (offset < size && n->mergeable_rx_bufs);
    return offset >= size;
}

static void hand_over(VirtIONet *n, VirtIONetQueue *q, RxBuffers *b)
{
    unsigned int i;

    if (n->guest_hdr_len > sizeof(struct virtio_net_hdr)) {
        uint16_t num = cpu_to_le16(b->num);

        iov_from_buf(b->elem[0]->in_sg, b->elem[0]->in_num, HDR_NUM_BUFFERS,
                     &num, sizeof(num));
    }
    for (i = 0; i < b->num; i++) {
        virtqueue_fill(q->rx_vq, b->elem[i], b->len[i], i);
        g_free(b->elem[i]);
    }
    virtqueue_flush(q->rx_vq, b->num);
    virtio_notify(VIRTIO_DEVICE(n), q->rx_vq);
}

static ssize_t deliver(VirtIONet *n, VirtIONetQueue *q, const RxPacket *p)
{
    struct virtio_net_hdr_v1_hash hdr;
    uint8_t scratch[DHCP_MAX];
    RxBuffers b;                /* not cleared: as much is valid as num says */
    uint8_t *frame = make_header(n, p, &hdr, scratch);
    struct iovec changed = {
        .iov_base = frame,
        .iov_len = p->size - n->host_hdr_len,
    };
    bool ok;

    ok = frame ? spread(n, q, &b, &hdr, &changed, 1, 0, changed.iov_len)
               : spread(n, q, &b, &hdr, p->iov, p->iovcnt, n->host_hdr_len,
                        p->size);
    if (ok) {
        hand_over(n, q, &b);
    } else if (!VIRTIO_DEVICE(n)->broken && b.num == 1) {
        /* One buffer, too short: it waits for the next packet. */
        virtqueue_unpop(q->rx_vq, b.elem[0], b.len[0]);
        g_free(b.elem[0]);
    } else {
        give_up(q, &b);
    }
    return p->size;
}

ssize_t virtio_net_receive_iov(NetClientState *nc, const struct iovec *iov,
                               int iovcnt)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    RxPacket p = { iov, iovcnt, iov_size(iov, iovcnt) };
    int pair = nc->queue_index;
    VirtIONetQueue *q;

    RCU_READ_LOCK_GUARD();
    if (!virtio_net_pair_active(n, pair)) {
        return -1;
    }
    if (p.size < n->host_hdr_len + sizeof(struct eth_header)) {
        return p.size;
    }
    pair = choose_pair(n, &p, pair);
    q = &n->vqs[pair];
    if (!virtio_net_pair_active(n, pair)) {
        return -1;
    }
    if (!wait_for_room(n, q, p.size - n->host_hdr_len + n->guest_hdr_len)) {
        return 0;
    }
    return wanted(n, &p) ? deliver(n, q, &p) : p.size;
}

ssize_t virtio_net_receive(NetClientState *nc, const uint8_t *buf,
                           size_t size)
{
    struct iovec iov = { .iov_base = (uint8_t *)buf, .iov_len = size };

    return virtio_net_receive_iov(nc, &iov, 1);
}

/* New buffers: what the back end has kept may go in now. */
void virtio_net_handle_rx(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    int pair = virtio_net_pair_of_vq(vq);
    int i;

    if (!n->rss.enabled || !n->rss.redirect) {
        qemu_flush_queued_packets(virtio_net_client(n, pair));
        return;
    }
    /* Any client's first packet may be one for this queue. */
    for (i = 0; i < n->curr_queue_pairs; i++) {
        qemu_flush_queued_packets(virtio_net_client(n, i));
    }
}
