/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The split ring: virtio 1.2, section 2.7.
 *
 * A table of descriptors that link to each other, an array of heads that the
 * driver made available, an array of heads that the device has used.  Both
 * arrays end with an event index (2.7.7, 2.7.8) where that is negotiated.
 */
#include "qemu/osdep.h"
#include "virtqueue.h"

/* Offsets into the available and the used part. */
#define RING_FLAGS 0
#define RING_IDX 2
#define RING_ENTRIES 4

static hwaddr avail_entry(const VirtQueue *vq, unsigned int i)
{
    return RING_ENTRIES + sizeof(uint16_t) * (hwaddr)i;
}

static hwaddr used_entry(const VirtQueue *vq, unsigned int i)
{
    return RING_ENTRIES + sizeof(struct vring_used_elem) * (hwaddr)i;
}

uint16_t vq_split_read_avail_idx(VRingCaches *c)
{
    return lduw_le_phys_cached(&c->avail, RING_IDX);
}

uint16_t vq_split_read_used_idx(const VirtQueue *vq, VRingCaches *c)
{
    return lduw_le_phys_cached(&c->used, RING_IDX);
}

static void used_write16(VRingCaches *c, hwaddr offset, uint16_t value)
{
    MemoryRegionCache *used = &c->used;

    stw_le_phys_cached(used, offset, value);
    address_space_cache_invalidate(used, offset, sizeof(value));
}

static int split_open(VirtQueue *vq, VRingCaches *c,
                      const VQCursor *at, VQChain *chain)
{
    unsigned int num = vq->vring.num;
    unsigned int head;

    if (at->idx == vq->shadow_avail_idx) {
        unsigned int waiting;

        vq->shadow_avail_idx = vq_split_read_avail_idx(c);
        waiting = (uint16_t)(vq->shadow_avail_idx - at->idx);
        if (!waiting) {
            return 0;
        }
        if (waiting > num) {
            virtio_error(vq->vdev, "queue %u: %u requests available in a "
                         "ring of %u", vq->queue_index, waiting, num);
            return -EINVAL;
        }
        /* The index covers entries and descriptors written before it. */
        smp_rmb();
    }

    head = lduw_le_phys_cached(&c->avail,
                               avail_entry(vq, at->idx % num));
    if (head >= num) {
        virtio_error(vq->vdev, "queue %u: head %u of a table of %u",
                     vq->queue_index, head, num);
        return -EINVAL;
    }

    chain->vq = vq;
    chain->table = &c->desc;
    chain->in_indirect = false;
    chain->more = true;
    chain->id = head;
    chain->ndescs = 1;
    chain->next = head;
    chain->entries = num;
    chain->direct = 0;
    chain->seen = 0;
    chain->limit = num;
    return 1;
}

static int split_next(VQChain *chain, VQDesc *desc)
{
    VirtQueue *vq = chain->vq;
    struct vring_desc raw;
    unsigned int flags;

    if (!chain->more) {
        return 0;
    }
    for (;;) {
        if (chain->seen++ >= chain->limit) {
            virtio_error(vq->vdev, "queue %u: request %u has more "
                         "descriptors than its table, or a loop",
                         vq->queue_index, chain->id);
            return -EINVAL;
        }
        chain->direct += !chain->in_indirect;
        address_space_read_cached(chain->table,
                                  chain->next * (hwaddr)sizeof(raw),
                                  &raw, sizeof(raw));
        flags = le16_to_cpu(raw.flags);
        if (likely(!(flags & VRING_DESC_F_INDIRECT))) {
            break;
        }
        /* It may come behind direct ones, and ends the chain (2.7.5.3.2). */
        if (!vq_chain_enter_indirect(chain, le64_to_cpu(raw.addr),
                                     le32_to_cpu(raw.len))) {
            return -EINVAL;
        }
    }

    desc->addr = le64_to_cpu(raw.addr);
    desc->len = le32_to_cpu(raw.len);
    desc->write = flags & VRING_DESC_F_WRITE;
    chain->more = flags & VRING_DESC_F_NEXT;
    chain->next = le16_to_cpu(raw.next);
    if (chain->more && chain->next >= chain->entries) {
        virtio_error(vq->vdev, "queue %u: descriptor %u of a table of %u",
                     vq->queue_index, chain->next, chain->entries);
        return -EINVAL;
    }
    return 1;
}

/* However long its chain, a request takes one entry. */
static void split_advance(const VirtQueue *vq, VQCursor *at, int ndescs)
{
    at->idx += ndescs > 0 ? 1 : -1;
}

static bool event_idx(const VirtQueue *vq)
{
    return virtio_vdev_has_feature(vq->vdev, VIRTIO_RING_F_EVENT_IDX);
}

/* "Kick me when the index passes this": behind the used entries. */
static void set_avail_event(VirtQueue *vq, VRingCaches *c,
                            uint16_t value)
{
    used_write16(c, used_entry(vq, vq->vring.num), value);
}

static void split_taken(VirtQueue *vq, VRingCaches *c)
{
    if (vq->notification && event_idx(vq)) {
        set_avail_event(vq, c, vq->avail.idx);
    }
}

static void split_fill(VirtQueue *vq, VRingCaches *c,
                       const VQDone *done, unsigned int idx)
{
    hwaddr offset = used_entry(vq, (uint16_t)(vq->used.idx + idx) %
                                   vq->vring.num);
    struct vring_used_elem raw = {
        .id = cpu_to_le32(done->id),
        .len = cpu_to_le32(done->len),
    };
    MemoryRegionCache *used = &c->used;

    address_space_write_cached(used, offset, &raw, sizeof(raw));
    address_space_cache_invalidate(used, offset, sizeof(raw));
}

static void split_flush(VirtQueue *vq, VRingCaches *c,
                        unsigned int count)
{
    uint16_t before = vq->used.idx;
    uint16_t after = before + count;

    /* The entries, then the index. */
    smp_wmb();
    vq->used.idx = after;
    used_write16(c, RING_IDX, after);

    /* The index overtook the remembered one: comparing them says nothing. */
    if (unlikely((int16_t)(after - vq->signalled_used) <
                 (uint16_t)(after - before))) {
        vq->signalled_used_valid = false;
    }
}

static void split_set_notification(VirtQueue *vq, VRingCaches *c,
                                   bool on)
{
    if (event_idx(vq)) {
        if (on) {
            set_avail_event(vq, c, vq_split_read_avail_idx(c));
        }
    } else {
        MemoryRegionCache *used = &c->used;
        uint16_t flags = lduw_le_phys_cached(used, RING_FLAGS);

        if (on) {
            flags &= ~VRING_USED_F_NO_NOTIFY;
        } else {
            flags |= VRING_USED_F_NO_NOTIFY;
        }
        used_write16(c, RING_FLAGS, flags);
    }
    if (on) {
        /* The caller looks for requests next: those after this kick. */
        smp_mb();
    }
}

static bool split_should_notify(VirtQueue *vq, VRingCaches *c)
{
    MemoryRegionCache *avail = &c->avail;
    uint16_t before = vq->signalled_used;
    bool known = vq->signalled_used_valid;

    /* The used index must be out before the driver's wish is read. */
    smp_mb();
    if (virtio_vdev_has_feature(vq->vdev, VIRTIO_F_NOTIFY_ON_EMPTY) &&
        !vq->inuse && vq_split_read_avail_idx(c) == vq->avail.idx) {
        return true;
    }
    if (!event_idx(vq)) {
        return !(lduw_le_phys_cached(avail, RING_FLAGS) &
                 VRING_AVAIL_F_NO_INTERRUPT);
    }
    vq->signalled_used_valid = true;
    vq->signalled_used = vq->used.idx;
    return !known ||
           vring_need_event(lduw_le_phys_cached(avail,
                                avail_entry(vq, vq->vring.num)),
                            vq->used.idx, before);
}

static void split_sizes(const VirtQueue *vq, hwaddr *desc, hwaddr *avail,
                        hwaddr *used)
{
    unsigned int event = event_idx(vq) ? sizeof(uint16_t) : 0;

    *desc = sizeof(struct vring_desc) * (hwaddr)vq->vring.num;
    *avail = avail_entry(vq, vq->vring.num) + event;
    *used = used_entry(vq, vq->vring.num) + event;
}

const VQOps vq_split_ops = {
    .open = split_open,
    .next = split_next,
    .advance = split_advance,
    .taken = split_taken,
    .fill = split_fill,
    .flush = split_flush,
    .set_notification = split_set_notification,
    .should_notify = split_should_notify,
    .sizes = split_sizes,
};
