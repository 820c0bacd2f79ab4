/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packed ring: virtio 1.2, section 2.8.
 *
 * One table that both sides write: a descriptor is available when its AVAIL
 * bit equals the wrap counter and its USED bit does not, and used when both
 * equal it.  Each side says in a structure of its own when it wants events.
 */
#include "qemu/osdep.h"
#include "virtqueue.h"

#define DESC_F_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define DESC_F_USED (1u << VRING_PACKED_DESC_F_USED)

#define EVENT_WRAP (1u << VRING_PACKED_EVENT_F_WRAP_CTR)

static hwaddr slot_offset(unsigned int slot)
{
    return sizeof(struct vring_packed_desc) * (hwaddr)slot;
}

static uint16_t read_flags(MemoryRegionCache *table, unsigned int slot)
{
    return lduw_le_phys_cached(table, slot_offset(slot) +
                               offsetof(struct vring_packed_desc, flags));
}

static void read_desc(MemoryRegionCache *table, unsigned int slot,
                      struct vring_packed_desc *desc)
{
    address_space_read_cached(table, slot_offset(slot), desc, sizeof(*desc));
    desc->addr = le64_to_cpu(desc->addr);
    desc->len = le32_to_cpu(desc->len);
    desc->id = le16_to_cpu(desc->id);
    desc->flags = le16_to_cpu(desc->flags);
}

static int packed_open(VirtQueue *vq, VRingCaches *c, const VQCursor *at,
                       VQChain *chain)
{
    uint16_t flags = read_flags(&c->desc, at->idx);
    bool avail = flags & DESC_F_AVAIL;
    bool used = flags & DESC_F_USED;

    if (avail != at->wrap || used == at->wrap) {
        return 0;
    }
    /* The rest of the descriptor was written before its flags. */
    smp_rmb();

    chain->vq = vq;
    chain->table = &c->desc;
    chain->in_indirect = false;
    chain->more = true;
    chain->ndescs = 0;
    chain->next = at->idx;
    chain->entries = vq->vring.num;
    chain->direct = 0;
    chain->seen = 0;
    chain->limit = vq->vring.num;
    return 1;
}

static int packed_next_indirect(VQChain *chain, VQDesc *desc)
{
    struct vring_packed_desc raw;

    if (chain->next >= chain->entries) {
        return 0;
    }
    read_desc(chain->table, chain->next++, &raw);
    desc->addr = raw.addr;
    desc->len = raw.len;
    desc->write = raw.flags & VRING_DESC_F_WRITE;
    return 1;
}

static int packed_next(VQChain *chain, VQDesc *desc)
{
    VirtQueue *vq = chain->vq;
    struct vring_packed_desc raw;

    if (chain->in_indirect) {
        return packed_next_indirect(chain, desc);
    }
    if (!chain->more) {
        return 0;
    }
    if (chain->seen++ >= chain->limit) {
        virtio_error(vq->vdev, "queue %u: a request longer than the ring",
                     vq->queue_index);
        return -EINVAL;
    }

    read_desc(chain->table, chain->next, &raw);
    chain->ndescs++;
    chain->direct++;
    chain->id = raw.id;
    if (raw.flags & VRING_DESC_F_INDIRECT) {
        /* It stands alone (2.8.21). */
        if (chain->seen > 1 || (raw.flags & VRING_DESC_F_NEXT)) {
            virtio_error(vq->vdev, "queue %u: an indirect table in a chain",
                         vq->queue_index);
            return -EINVAL;
        }
        if (!vq_chain_enter_indirect(chain, raw.addr, raw.len)) {
            return -EINVAL;
        }
        return packed_next_indirect(chain, desc);
    }

    desc->addr = raw.addr;
    desc->len = raw.len;
    desc->write = raw.flags & VRING_DESC_F_WRITE;
    chain->more = raw.flags & VRING_DESC_F_NEXT;
    if (++chain->next == chain->entries) {
        chain->next = 0;
    }
    return 1;
}

static void packed_advance(const VirtQueue *vq, VQCursor *at, int ndescs)
{
    int slot = at->idx + ndescs;
    int num = vq->vring.num;

    if (slot >= num) {
        slot -= num;
        at->wrap = !at->wrap;
    } else if (slot < 0) {
        slot += num;
        at->wrap = !at->wrap;
    }
    at->idx = slot;
}

/* The driver learns it from the used descriptors. */
static void packed_taken(VirtQueue *vq, VRingCaches *c)
{
}

static void packed_fill(VirtQueue *vq, VRingCaches *c, const VQDone *done,
                        unsigned int idx)
{
    if (unlikely(!vq->batch)) {
        vq->batch = g_new(VQDone, VIRTQUEUE_MAX_SIZE);
    }
    vq->batch[idx] = *done;
}

static void write_used(VirtQueue *vq, VRingCaches *c, const VQDone *done,
                       const VQCursor *at, bool first)
{
    struct vring_packed_desc raw = {
        .id = cpu_to_le16(done->id),
        .len = cpu_to_le32(done->len),
    };
    hwaddr offset = slot_offset(at->idx);
    hwaddr id = offset + offsetof(struct vring_packed_desc, id);
    hwaddr len = offset + offsetof(struct vring_packed_desc, len);
    hwaddr flags = offset + offsetof(struct vring_packed_desc, flags);
    uint16_t mark = at->wrap ? DESC_F_AVAIL | DESC_F_USED : 0;

    if (done->len) {
        mark |= VRING_DESC_F_WRITE;
    }
    address_space_write_cached(&c->desc, len, &raw.len, sizeof(raw.len));
    address_space_write_cached(&c->desc, id, &raw.id, sizeof(raw.id));
    if (first) {
        /* It makes the batch visible: everything else comes before. */
        smp_wmb();
    }
    stw_le_phys_cached(&c->desc, flags, mark);
    address_space_cache_invalidate(&c->desc, offset, sizeof(raw));
}

/*
 * Whether a move from 'from' to 'to' (at most one lap) passed the slot.  One
 * that was passed is no measure any more of how far the ring has moved.
 */
static bool passed(const VQCursor *from, const VQCursor *to, uint16_t slot)
{
    if (from->wrap == to->wrap) {
        return slot > from->idx && slot <= to->idx;
    }
    return slot > from->idx || slot <= to->idx;
}

static void packed_flush(VirtQueue *vq, VRingCaches *c, unsigned int count)
{
    VQCursor first = vq->used;
    VQCursor at = first;
    unsigned int i;

    if (!count) {
        return;
    }
    packed_advance(vq, &at, vq->batch[0].ndescs);
    for (i = 1; i < count; i++) {
        write_used(vq, c, &vq->batch[i], &at, false);
        packed_advance(vq, &at, vq->batch[i].ndescs);
    }
    write_used(vq, c, &vq->batch[0], &first, true);

    if (passed(&first, &at, vq->signalled_used)) {
        vq->signalled_used_valid = false;
    }
    vq->used = at;
}

static void packed_set_notification(VirtQueue *vq, VRingCaches *c, bool on)
{
    hwaddr off_wrap = offsetof(struct vring_packed_desc_event, off_wrap);
    hwaddr flags = offsetof(struct vring_packed_desc_event, flags);
    uint16_t want = VRING_PACKED_EVENT_FLAG_DISABLE;

    if (on && virtio_vdev_has_feature(vq->vdev, VIRTIO_RING_F_EVENT_IDX)) {
        want = VRING_PACKED_EVENT_FLAG_DESC;
        stw_le_phys_cached(&c->used, off_wrap, vq->avail.idx |
                           (vq->avail.wrap ? EVENT_WRAP : 0));
        /* The place before the request to look at it. */
        smp_wmb();
    } else if (on) {
        want = VRING_PACKED_EVENT_FLAG_ENABLE;
    }
    stw_le_phys_cached(&c->used, flags, want);
    address_space_cache_invalidate(&c->used, 0,
                                   sizeof(struct vring_packed_desc_event));
    if (on) {
        /* The caller looks for requests next: those after this kick. */
        smp_mb();
    }
}

static bool packed_should_notify(VirtQueue *vq, VRingCaches *c)
{
    int now = vq->used.idx;
    int before = vq->signalled_used;
    bool known = vq->signalled_used_valid;
    uint16_t want, off_wrap;
    int event;

    /* The used descriptors must be out before the driver's wish is read. */
    smp_mb();
    want = lduw_le_phys_cached(&c->avail,
               offsetof(struct vring_packed_desc_event, flags));
    vq->signalled_used = now;
    vq->signalled_used_valid = true;
    if (want == VRING_PACKED_EVENT_FLAG_DISABLE) {
        return false;
    }
    if (want != VRING_PACKED_EVENT_FLAG_DESC || !known) {
        return true;
    }

    smp_rmb();
    off_wrap = lduw_le_phys_cached(&c->avail,
                   offsetof(struct vring_packed_desc_event, off_wrap));
    event = off_wrap & ~EVENT_WRAP;
    /* Slots count from the start of this lap; the last lap's are negative. */
    if (!!(off_wrap & EVENT_WRAP) != vq->used.wrap) {
        event -= vq->vring.num;
    }
    if (before > now) {
        before -= vq->vring.num;
    }
    return vring_need_event(event, now, before);
}

static void packed_sizes(const VirtQueue *vq, hwaddr *desc, hwaddr *avail,
                         hwaddr *used)
{
    *desc = sizeof(struct vring_packed_desc) * (hwaddr)vq->vring.num;
    *avail = sizeof(struct vring_packed_desc_event);
    *used = sizeof(struct vring_packed_desc_event);
}

const VQOps vq_packed_ops = {
    .open = packed_open,
    .next = packed_next,
    .advance = packed_advance,
    .taken = packed_taken,
    .fill = packed_fill,
    .flush = packed_flush,
    .set_notification = packed_set_notification,
    .should_notify = packed_should_notify,
    .sizes = packed_sizes,
};
