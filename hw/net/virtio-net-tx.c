/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transmission: virtio 1.2, 5.1.6.2.
 *
 * A kick does not send at once.  Either a bottom half does (tx=bh), so that a
 * driver that queues several packets is served in one go; or a timer does
 * (tx=timer), and a second kick before it fires.  A packet the back end
 * cannot take stays with it, and the queue rests until it is through.
 *
 * Packets go to the back end as the driver laid them out, without a copy.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "virtio-net-internal.h"

/*** One packet ***/

/* What the back end gets: its header, if it knows one, and the frame. */
static unsigned int host_view(VirtIONet *n, const VirtQueueElement *elem,
                              struct iovec *sg, unsigned int max)
{
    unsigned int num = 0;

    if (n->host_hdr_len) {
        /* The shorter header is the beginning of the longer one. */
        num = iov_copy(sg, max, elem->out_sg, elem->out_num, 0,
                       MIN(n->host_hdr_len, n->guest_hdr_len));
    }
    return num + iov_copy(sg + num, max - num, elem->out_sg, elem->out_num,
                          n->guest_hdr_len, SIZE_MAX);
}

static void packet_done(NetClientState *nc, ssize_t len);

/* 0 where the back end keeps it for a while. */
static ssize_t send_packet(VirtIONet *n, int pair,
                           const VirtQueueElement *elem)
{
    NetClientState *nc = virtio_net_client(n, pair);
    /* A buffer can be split in two: between header and frame. */
    struct iovec sg[VIRTQUEUE_MAX_SIZE + 2];
    unsigned int num;

    if (n->host_hdr_len == n->guest_hdr_len) {
        return qemu_sendv_packet_async(nc, elem->out_sg, elem->out_num,
                                       packet_done);
    }
    num = host_view(n, elem, sg, ARRAY_SIZE(sg));
    if (!num) {
        return -1;              /* a header and nothing else */
    }
    return qemu_sendv_packet_async(nc, sg, num, packet_done);
}

/* Lets go of a packet that is sent, or never will be. */
static void finish(VirtIONetQueue *q, VirtQueueElement *elem)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(q->n);

    virtqueue_push(q->tx_vq, elem, 0);
    virtio_notify(vdev, q->tx_vq);
    g_free(elem);
}

/*
 * Sends what waits, at most a burst.  The number of packets, or negative:
 * the queue rests until the back end is ready, or the driver resets.
 */
static int flush_tx(VirtIONetQueue *q)
{
    VirtIONet *n = q->n;
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    int pair = virtio_net_pair_of_vq(q->tx_vq);
    VirtQueueElement *elem;
    int sent = 0;

    if (!(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        return 0;
    }
    if (q->in_transit) {
        virtio_queue_set_notification(q->tx_vq, 0);
        return -EBUSY;
    }
    while (sent < n->net_conf.txburst) {
        elem = virtqueue_pop(q->tx_vq, sizeof(*elem));
        if (!elem) {
            break;
        }
        if (iov_size(elem->out_sg, elem->out_num) < n->guest_hdr_len) {
            virtio_error(vdev, "a packet to send without its header");
            virtqueue_detach_element(q->tx_vq, elem, 0);
            g_free(elem);
            return -EINVAL;
        }
        if (send_packet(n, pair, elem) == 0) {
            virtio_queue_set_notification(q->tx_vq, 0);
            q->in_transit = elem;
            return -EBUSY;
        }
        finish(q, elem);
        sent++;
    }
    return sent;
}

/*** When ***/

static void schedule(VirtIONetQueue *q)
{
    if (q->n->tx_by_timer) {
        timer_mod(q->tx_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                  q->n->net_conf.txtimer);
    } else {
        qemu_bh_schedule(q->tx_bh);
    }
}

/* More to do, some other time; the driver need not say so. */
static void schedule_quietly(VirtIONetQueue *q)
{
    virtio_queue_set_notification(q->tx_vq, 0);
    q->tx_waiting = 1;
    schedule(q);
}

/* Sends until there is nothing more, then waits for kicks again. */
static void flush_and_listen(VirtIONetQueue *q)
{
    int ret = flush_tx(q);

    if (ret >= 0 && ret < q->n->net_conf.txburst) {
        /* What the driver added before it saw that it must kick again. */
        virtio_queue_set_notification(q->tx_vq, 1);
        ret = flush_tx(q);
    }
    if (ret > 0) {
        schedule_quietly(q);
    }
}

/* The back end is through with the packet it kept (or gave it up). */
static void packet_done(NetClientState *nc, ssize_t len)
{
    VirtIONet *n = qemu_get_nic_opaque(nc);
    VirtIONetQueue *q = &n->vqs[nc->queue_index];
    VirtIODevice *vdev = VIRTIO_DEVICE(n);
    VirtQueueElement *elem = q->in_transit;

    q->in_transit = NULL;
    if (!elem) {
        return;
    }
    if (!(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        /* Reset meanwhile: the ring is not ours to write any more. */
        virtqueue_detach_element(q->tx_vq, elem, 0);
        g_free(elem);
        return;
    }
    finish(q, elem);
    if (vdev->vm_running) {
        flush_and_listen(q);
    } else {
        /* The machine stopped, and the back end forgot the packet. */
        q->tx_waiting = 1;
    }
}

/* The bottom half or the timer. */
static void tx_due(void *opaque)
{
    VirtIONetQueue *q = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(q->n);

    /* It stays waiting while the machine is stopped. */
    if (!vdev->vm_running) {
        return;
    }
    q->tx_waiting = 0;
    if (vdev->status & VIRTIO_CONFIG_S_DRIVER_OK) {
        flush_and_listen(q);
    }
}

static void make_trigger(VirtIONetQueue *q)
{
    if (q->n->tx_by_timer && !q->tx_timer) {
        q->tx_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, tx_due, q);
    } else if (!q->n->tx_by_timer && !q->tx_bh) {
        q->tx_bh = qemu_bh_new_guarded(
            tx_due, q, &DEVICE(q->n)->mem_reentrancy_guard);
    }
}

void virtio_net_handle_tx(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIONet *n = VIRTIO_NET(vdev);
    VirtIONetQueue *q = &n->vqs[virtio_net_pair_of_vq(vq)];

    if (!(n->status & VIRTIO_NET_S_LINK_UP)) {
        virtio_net_tx_drop(q);
        return;
    }
    make_trigger(q);
    if (!vdev->vm_running) {
        /* A kick on its way when the machine stopped. */
        q->tx_waiting = 1;
    } else if (!q->tx_waiting) {
        schedule_quietly(q);
    } else if (n->tx_by_timer) {
        timer_del(q->tx_timer);
        q->tx_waiting = 0;
        flush_and_listen(q);
    }
}

/*** From outside ***/

void virtio_net_tx_resume(VirtIONetQueue *q)
{
    make_trigger(q);
    schedule(q);
}

void virtio_net_tx_pause(VirtIONetQueue *q)
{
    if (q->tx_timer) {
        timer_del(q->tx_timer);
    }
    if (q->tx_bh) {
        qemu_bh_cancel(q->tx_bh);
    }
}

void virtio_net_tx_drop(VirtIONetQueue *q)
{
    if (virtqueue_drop_all(q->tx_vq)) {
        virtio_notify(VIRTIO_DEVICE(q->n), q->tx_vq);
    }
}

void virtio_net_tx_purge(VirtIONetQueue *q)
{
    NetClientState *nc = virtio_net_client(q->n, q - q->n->vqs);

    if (nc->peer) {
        qemu_flush_or_purge_queued_packets(nc->peer, true);
    }
    if (q->in_transit) {
        /* A back end that keeps no queue has forgotten it. */
        virtqueue_detach_element(q->tx_vq, q->in_transit, 0);
        g_clear_pointer(&q->in_transit, g_free);
    }
}

void virtio_net_tx_cleanup(VirtIONetQueue *q)
{
    g_clear_pointer(&q->tx_timer, timer_free);
    g_clear_pointer(&q->tx_bh, qemu_bh_delete);
    q->tx_waiting = 0;
}
