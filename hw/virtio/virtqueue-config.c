/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a virtqueue's ring is and how long: set by the driver through the
 * transport, or by a stream; and the caches that follow from it.
 *
 * A driver may write these registers at any time, a live queue's too, so each
 * change ends in vq_update(), which makes place, size, format and position
 * agree again or gives the device up.
 */
#include "qemu/osdep.h"
#include "virtqueue.h"

/*** Caches ***/

static void free_caches_rcu(VRingCaches *c)
{
    address_space_cache_destroy(&c->desc);
    address_space_cache_destroy(&c->avail);
    address_space_cache_destroy(&c->used);
    g_free(c);
}

static void replace_caches(VirtQueue *vq, VRingCaches *c)
{
    VRingCaches *old = vq->vring.caches;

    qatomic_rcu_set(&vq->vring.caches, c);
    if (old) {
        call_rcu(old, free_caches_rcu, rcu);
    }
}

void vq_free_caches(VirtQueue *vq)
{
    replace_caches(vq, NULL);
}

static bool init_cache(VirtQueue *vq, MemoryRegionCache *cache,
                       const char *part, hwaddr addr, hwaddr size,
                       bool is_write)
{
    int64_t got = address_space_cache_init(cache, vq->vdev->dma_as, addr,
                                           size, is_write);

    if (got >= (int64_t)size && vq_cache_is_memory(cache)) {
        return true;
    }
    virtio_error(vq->vdev, "queue %u: no memory for its %s at 0x%"
                 HWADDR_PRIx, vq->queue_index, part, addr);
    return false;
}

void virtio_init_region_cache(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];
    bool packed = vq_packed(vq);
    hwaddr desc, avail, used;
    VRingCaches *c;

    if (!vq->vring.desc || !vq->vring.num) {
        vq_free_caches(vq);
        return;
    }

    vq->ops->sizes(vq, &desc, &avail, &used);
    c = g_new0(VRingCaches, 1);
    address_space_cache_init_empty(&c->desc);
    address_space_cache_init_empty(&c->avail);
    address_space_cache_init_empty(&c->used);
    /* A packed ring's descriptors are where used ones are written, too. */
    if (init_cache(vq, &c->desc, "descriptors", vq->vring.desc, desc,
                   packed) &&
        init_cache(vq, &c->used, "used part", vq->vring.used, used, true) &&
        init_cache(vq, &c->avail, "available part", vq->vring.avail, avail,
                   false)) {
        replace_caches(vq, c);
    } else {
        free_caches_rcu(c);
        vq_free_caches(vq);
    }
}

/* Makes everything follow a change of place, size or features. */
static void vq_update(VirtQueue *vq)
{
    unsigned int num = vq->vring.num;

    if (vq_packed(vq) && vq->vring.desc &&
        (vq->avail.idx >= num || vq->used.idx >= num)) {
        vq_free_caches(vq);
        virtio_error(vq->vdev, "queue %u: made shorter than where it is",
                     vq->queue_index);
        return;
    }
    virtio_init_region_cache(vq->vdev, vq->queue_index);
}

void vq_choose_format(VirtQueue *vq)
{
    bool packed = virtio_vdev_has_feature(vq->vdev, VIRTIO_F_RING_PACKED);
    const VQOps *ops = packed ? &vq_packed_ops : &vq_split_ops;

    vq->ops = ops;
    if (vq->vring.desc) {
        vq_update(vq);
    }
}

/*** Life ***/

void vq_reset(VirtQueue *vq)
{
    vq->vring.desc = 0;
    vq->vring.avail = 0;
    vq->vring.used = 0;
    vq->vring.num = vq->vring.num_default;
    vq->avail = (VQCursor) { .idx = 0, .wrap = true };
    vq->used = (VQCursor) { .idx = 0, .wrap = true };
    vq->shadow_avail_idx = 0;
    vq->signalled_used = 0;
    vq->signalled_used_valid = false;
    vq->notification = true;
    vq->inuse = 0;
    vq->order_head = vq->order_tail = 0;
    vq_free_caches(vq);
}

/*** The driver's registers ***/

static bool exists(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.num != 0;
}

/* The split ring's legacy layout (2.7.2): parts follow each other. */
void virtio_queue_update_rings(VirtIODevice *vdev, int n)
{
    VRing *ring = &vdev->vq[n].vring;

    if (!ring->num || !ring->desc || !ring->align) {
        return;
    }
    ring->avail = ring->desc + ring->num * sizeof(struct vring_desc);
    ring->used = vring_align(ring->avail +
                             offsetof(struct vring_avail, ring[ring->num]),
                             ring->align);
    vq_update(&vdev->vq[n]);
}

void virtio_queue_set_addr(VirtIODevice *vdev, int n, hwaddr addr)
{
    if (!exists(vdev, n)) {
        return;
    }
    vdev->vq[n].vring.desc = addr;
    virtio_queue_update_rings(vdev, n);
}

hwaddr virtio_queue_get_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.desc;
}

void virtio_queue_set_rings(VirtIODevice *vdev, int n, hwaddr desc,
                            hwaddr avail, hwaddr used)
{
    VirtQueue *vq = &vdev->vq[n];

    if (!exists(vdev, n)) {
        return;
    }
    vq->vring.desc = desc;
    vq->vring.avail = avail;
    vq->vring.used = used;
    vq_update(vq);
}

void virtio_queue_set_num(VirtIODevice *vdev, int n, int num)
{
    VirtQueue *vq = &vdev->vq[n];

    /* A queue neither comes into being nor vanishes this way. */
    if (!num != !vq->vring.num || num > VIRTQUEUE_MAX_SIZE || num < 0 ||
        num == vq->vring.num) {
        return;
    }
    vq->vring.num = num;
    if (vq->vring.desc) {
        vq_update(vq);
    }
}

int virtio_queue_get_num(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.num;
}

int virtio_queue_get_max_num(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.num_default;
}

int virtio_get_num_queues(VirtIODevice *vdev)
{
    int n = 0;

    while (n < VIRTIO_QUEUE_MAX && vdev->vq[n].vring.num) {
        n++;
    }
    return n;
}

void virtio_queue_set_align(VirtIODevice *vdev, int n, int align)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    /* For transports whose register it is (legacy virtio-mmio). */
    if (!k->has_variable_vring_alignment || align <= 0) {
        return;
    }
    vdev->vq[n].vring.align = align;
    virtio_queue_update_rings(vdev, n);
}

/*** What back ends that run a ring themselves ask ***/

hwaddr virtio_queue_get_desc_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.desc;
}

hwaddr virtio_queue_get_avail_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.avail;
}

hwaddr virtio_queue_get_used_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.used;
}

hwaddr virtio_queue_get_desc_size(VirtIODevice *vdev, int n)
{
    hwaddr desc, avail, used;

    vdev->vq[n].ops->sizes(&vdev->vq[n], &desc, &avail, &used);
    return desc;
}

hwaddr virtio_queue_get_avail_size(VirtIODevice *vdev, int n)
{
    hwaddr desc, avail, used;

    vdev->vq[n].ops->sizes(&vdev->vq[n], &desc, &avail, &used);
    return avail;
}

hwaddr virtio_queue_get_used_size(VirtIODevice *vdev, int n)
{
    hwaddr desc, avail, used;

    vdev->vq[n].ops->sizes(&vdev->vq[n], &desc, &avail, &used);
    return used;
}

bool virtio_queue_enabled_legacy(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.desc != 0;
}

bool virtio_queue_enabled(VirtIODevice *vdev, int n)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    if (k->queue_enabled) {
        return k->queue_enabled(qbus->parent, n);
    }
    return virtio_queue_enabled_legacy(vdev, n);
}

/* A packed position in 16 bits. */
static uint16_t pack(const VQCursor *at)
{
    return at->idx | (at->wrap ? 0x8000 : 0);
}

static VQCursor unpack(uint16_t value)
{
    return (VQCursor) { .idx = value & 0x7fff, .wrap = value & 0x8000 };
}

unsigned int virtio_queue_get_last_avail_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    if (!vq_packed(vq)) {
        return vq->avail.idx;
    }
    return pack(&vq->avail) | (unsigned int)pack(&vq->used) << 16;
}

void virtio_queue_set_last_avail_idx(VirtIODevice *vdev, int n,
                                     unsigned int idx)
{
    VirtQueue *vq = &vdev->vq[n];

    if (vq_packed(vq)) {
        vq->avail = unpack(idx);
        vq->used = unpack(idx >> 16);
        vq_update(vq);
    } else {
        vq->avail.idx = vq->shadow_avail_idx = idx;
    }
}

/* Nothing is in flight any more: go on where the ring says we were. */
void virtio_queue_restore_last_avail_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];
    VRingCaches *c;

    if (vq_packed(vq)) {
        vq->avail = vq->used;
        return;
    }
    RCU_READ_LOCK_GUARD();
    c = vq_caches(vq);
    if (vq->vring.desc && c) {
        vq->avail.idx = vq->shadow_avail_idx = vq_split_read_used_idx(vq, c);
    }
}

void virtio_queue_update_used_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];
    VRingCaches *c;

    RCU_READ_LOCK_GUARD();
    c = vq_caches(vq);
    if (!vq_packed(vq) && vq->vring.desc && c) {
        vq->used.idx = vq_split_read_used_idx(vq, c);
    }
}

void virtio_queue_invalidate_signalled_used(VirtIODevice *vdev, int n)
{
    vdev->vq[n].signalled_used_valid = false;
}
