/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of a virtqueue, whatever its ring looks like: taken, mapped, given
 * back; in the order they came where VIRTIO_F_IN_ORDER (virtio 1.2, 6.1) says
 * so.  How each ring is read and written is in virtqueue-split.c and
 * virtqueue-packed.c.
 */
#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "sysemu/dma.h"
#include "virtqueue.h"

/*** Walking a request ***/

bool vq_chain_enter_indirect(VQChain *chain, hwaddr addr, uint32_t len)
{
    VirtQueue *vq = chain->vq;
    hwaddr size = MIN(len, VIRTQUEUE_MAX_SIZE * sizeof(struct vring_desc));
    int64_t got;

    QEMU_BUILD_BUG_ON(sizeof(struct vring_desc) !=
                      sizeof(struct vring_packed_desc));

    if (chain->in_indirect) {
        virtio_error(vq->vdev, "queue %u: an indirect table in another",
                     vq->queue_index);
        return false;
    }
    if (!len || len % sizeof(struct vring_desc)) {
        virtio_error(vq->vdev, "queue %u: an indirect table of %u bytes",
                     vq->queue_index, len);
        return false;
    }
    got = address_space_cache_init(&chain->indirect, vq->vdev->dma_as, addr,
                                   size, false);
    chain->in_indirect = true;
    chain->table = &chain->indirect;
    if (got < (int64_t)size || !vq_cache_is_memory(&chain->indirect)) {
        virtio_error(vq->vdev, "queue %u: no memory for an indirect table of "
                     "%u bytes at 0x%" HWADDR_PRIx, vq->queue_index, len,
                     addr);
        return false;
    }
    chain->entries = size / sizeof(struct vring_desc);
    chain->limit = chain->seen + chain->entries;
    chain->next = 0;
    return true;
}

void vq_chain_close(VQChain *chain)
{
    if (chain->in_indirect) {
        address_space_cache_destroy(&chain->indirect);
        chain->in_indirect = false;
    }
}

/* A device that was reset under way may give back more than it took. */
static void gone(VirtQueue *vq, unsigned int count)
{
    vq->inuse -= MIN(count, vq->inuse);
}

/*** Order (VIRTIO_F_IN_ORDER) ***/

static bool keeps_order(const VirtQueue *vq)
{
    return virtio_vdev_has_feature(vq->vdev, VIRTIO_F_IN_ORDER);
}

static VQDone *order_entry(VirtQueue *vq, uint16_t position)
{
    if (unlikely(!vq->order)) {
        vq->order = g_new(VQDone, VIRTQUEUE_MAX_SIZE);
    }
    return &vq->order[position % VIRTQUEUE_MAX_SIZE];
}

static void order_take(VirtQueue *vq, const VirtQueueElement *elem)
{
    *order_entry(vq, vq->order_tail++) = (VQDone) {
        .id = elem->index,
        .ndescs = elem->ndescs,
    };
}

/* The entry of an element in flight; the oldest is the likely one. */
static VQDone *order_find(VirtQueue *vq, const VirtQueueElement *elem)
{
    uint16_t at;

    for (at = vq->order_head; at != vq->order_tail; at++) {
        VQDone *done = order_entry(vq, at);

        if (done->id == elem->index && !done->filled && !done->detached) {
            return done;
        }
    }
    return NULL;
}

/* Forgets the newest. */
static void order_untake(VirtQueue *vq)
{
    if (vq->order_tail != vq->order_head) {
        vq->order_tail--;
    }
}

/* Shows the driver all that is done with nothing undone before it. */
static void order_flush(VirtQueue *vq, VRingCaches *c)
{
    unsigned int count = 0;

    while (vq->order_head != vq->order_tail) {
        VQDone *done = order_entry(vq, vq->order_head);

        if (!done->filled && !done->detached) {
            break;
        }
        if (done->filled) {
            vq->ops->fill(vq, c, done, count++);
        }
        vq->order_head++;
    }
    if (count) {
        vq->ops->flush(vq, c, count);
        gone(vq, count);
    }
}

/*** Mapping ***/

/* Buffers of a request while it is put together. */
typedef struct VQBuffers {
    unsigned int out_num;
    unsigned int in_num;
    hwaddr addr[VIRTQUEUE_MAX_SIZE];
    struct iovec iov[VIRTQUEUE_MAX_SIZE];
} VQBuffers;

static DMADirection direction(bool write)
{
    return write ? DMA_DIRECTION_FROM_DEVICE : DMA_DIRECTION_TO_DEVICE;
}

/* One buffer, which may lie in several pieces of host memory. */
static bool map_buffer(VirtQueue *vq, VQBuffers *b, const VQDesc *desc)
{
    VirtIODevice *vdev = vq->vdev;
    hwaddr addr = desc->addr;
    uint32_t left = desc->len;

    if (!left) {
        virtio_error(vdev, "queue %u: a buffer of no bytes",
                     vq->queue_index);
        return false;
    }
    if (addr + left - 1 < addr) {
        virtio_error(vdev, "queue %u: a buffer past the last address",
                     vq->queue_index);
        return false;
    }
    if (!desc->write && b->in_num) {
        virtio_error(vdev, "queue %u: a readable buffer behind a writable "
                     "one", vq->queue_index);
        return false;
    }

    while (left) {
        unsigned int n = b->out_num + b->in_num;
        dma_addr_t piece = left;

        if (n == VIRTQUEUE_MAX_SIZE) {
            virtio_error(vdev, "queue %u: more than %u buffers in a request",
                         vq->queue_index, VIRTQUEUE_MAX_SIZE);
            return false;
        }
        b->iov[n].iov_base = dma_memory_map(vdev->dma_as, addr, &piece,
                                            direction(desc->write),
                                            MEMTXATTRS_UNSPECIFIED);
        if (!b->iov[n].iov_base) {
            virtio_error(vdev, "queue %u: cannot map %u bytes at 0x%"
                         HWADDR_PRIx, vq->queue_index, left, addr);
            return false;
        }
        b->iov[n].iov_len = piece;
        b->addr[n] = addr;
        *(desc->write ? &b->in_num : &b->out_num) += 1;
        addr += piece;
        left -= piece;
    }
    return true;
}

/* Unmaps iov, into which (with write) at most 'written' bytes went. */
static void unmap(AddressSpace *as, const struct iovec *iov, unsigned int num,
                  bool write, size_t written)
{
    unsigned int i;

    for (i = 0; i < num; i++) {
        size_t len = iov[i].iov_len;
        size_t access = write ? MIN(len, written) : len;

        if (iov[i].iov_base) {
            dma_memory_unmap(as, iov[i].iov_base, len, direction(write),
                             access);
        }
        written -= write ? access : 0;
    }
}

VirtQueueElement *vq_alloc_element(size_t sz, unsigned int out_num,
                                   unsigned int in_num)
{
    unsigned int num = out_num + in_num;
    size_t addrs = QEMU_ALIGN_UP(sz, __alignof__(hwaddr));
    size_t iovs = QEMU_ALIGN_UP(addrs + num * sizeof(hwaddr),
                                __alignof__(struct iovec));
    VirtQueueElement *elem = g_malloc(iovs + num * sizeof(struct iovec));
    char *base = (char *)elem;

    assert(sz >= sizeof(VirtQueueElement));
    elem->out_num = out_num;
    elem->in_num = in_num;
    elem->out_addr = (hwaddr *)(base + addrs);
    elem->in_addr = elem->out_addr + out_num;
    elem->out_sg = (struct iovec *)(base + iovs);
    elem->in_sg = elem->out_sg + out_num;
    elem->len = 0;
    return elem;
}

/*** Taking ***/

static bool map_chain(VQChain *chain, VQBuffers *b)
{
    VQDesc desc;
    int more;

    while ((more = chain->vq->ops->next(chain, &desc)) > 0) {
        if (!map_buffer(chain->vq, b, &desc)) {
            return false;
        }
    }
    return more == 0;
}

static void *pop_chain(VirtQueue *vq, VQChain *chain, size_t sz)
{
    AddressSpace *as = vq->vdev->dma_as;
    VQBuffers b;        /* not cleared: as much is valid as the counts say */
    VirtQueueElement *elem;
    unsigned int num;

    b.out_num = b.in_num = 0;
    if (!map_chain(chain, &b)) {
        unmap(as, b.iov, b.out_num, false, 0);
        unmap(as, b.iov + b.out_num, b.in_num, true, 0);
        return NULL;
    }
    num = b.out_num + b.in_num;
    elem = vq_alloc_element(sz, b.out_num, b.in_num);
    elem->index = chain->id;
    elem->ndescs = chain->ndescs;
    memcpy(elem->out_addr, b.addr, num * sizeof(b.addr[0]));
    memcpy(elem->out_sg, b.iov, num * sizeof(b.iov[0]));
    return elem;
}

/* The caches of a queue that may be worked on, else NULL. */
static VRingCaches *usable(VirtQueue *vq)
{
    if (virtio_device_disabled(vq->vdev)) {
        return NULL;
    }
    return vq_caches(vq);
}

void *virtqueue_pop(VirtQueue *vq, size_t sz)
{
    VirtQueueElement *elem;
    VRingCaches *c;
    VQChain chain;

    RCU_READ_LOCK_GUARD();
    c = usable(vq);
    if (!c || vq->ops->open(vq, c, &vq->avail, &chain) <= 0) {
        return NULL;
    }
    if (vq->inuse >= vq->vring.num) {
        virtio_error(vq->vdev, "queue %u: more than %u requests in flight",
                     vq->queue_index, vq->vring.num);
        return NULL;
    }
    elem = pop_chain(vq, &chain, sz);
    vq_chain_close(&chain);
    if (elem) {
        vq->ops->advance(vq, &vq->avail, elem->ndescs);
        vq->inuse++;
        if (keeps_order(vq)) {
            order_take(vq, elem);
        }
        vq->ops->taken(vq, c);
    }
    return elem;
}

int virtio_queue_empty(VirtQueue *vq)
{
    VRingCaches *c;
    VQChain chain;

    RCU_READ_LOCK_GUARD();
    c = usable(vq);
    return !c || vq->ops->open(vq, c, &vq->avail, &chain) <= 0;
}

/* Adds what one request holds; false where it is broken. */
static bool count_chain(VQChain *chain, unsigned int *in, unsigned int *out)
{
    VQDesc desc;
    int more;

    while ((more = chain->vq->ops->next(chain, &desc)) > 0) {
        unsigned int *sum = desc.write ? in : out;

        /* The sums are of 32 bits: full is enough for any maximum. */
        *sum = *sum + desc.len < *sum ? UINT_MAX : *sum + desc.len;
    }
    return more == 0;
}

void virtqueue_get_avail_bytes(VirtQueue *vq, unsigned int *in_bytes,
                               unsigned int *out_bytes,
                               unsigned max_in_bytes, unsigned max_out_bytes)
{
    unsigned int in = 0, out = 0, slots = 0;
    VQCursor at = vq->avail;
    VRingCaches *c;
    VQChain chain;
    bool ok = true;

    RCU_READ_LOCK_GUARD();
    c = usable(vq);
    while (ok && c && slots < vq->vring.num &&
           vq->ops->open(vq, c, &at, &chain) > 0) {
        ok = count_chain(&chain, &in, &out);
        vq_chain_close(&chain);
        vq->ops->advance(vq, &at, chain.ndescs);
        /* Direct descriptors of all requests share one table. */
        slots += MAX(chain.ndescs, chain.direct);
        if (in >= max_in_bytes && out >= max_out_bytes) {
            break;
        }
    }
    if (in_bytes) {
        *in_bytes = ok ? in : 0;
    }
    if (out_bytes) {
        *out_bytes = ok ? out : 0;
    }
}

int virtqueue_avail_bytes(VirtQueue *vq, unsigned int in_bytes,
                          unsigned int out_bytes)
{
    unsigned int in, out;

    virtqueue_get_avail_bytes(vq, &in, &out, in_bytes, out_bytes);
    return in >= in_bytes && out >= out_bytes;
}

/*** Giving back ***/

static void unmap_element(VirtQueue *vq, const VirtQueueElement *elem,
                          unsigned int len)
{
    AddressSpace *as = vq->vdev->dma_as;

    unmap(as, elem->in_sg, elem->in_num, true, len);
    unmap(as, elem->out_sg, elem->out_num, false, 0);
}

void virtqueue_fill(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len, unsigned int idx)
{
    VQDone done = { .id = elem->index, .ndescs = elem->ndescs, .len = len };
    VRingCaches *c;

    RCU_READ_LOCK_GUARD();
    unmap_element(vq, elem, len);
    c = usable(vq);
    if (!c) {
        return;
    }
    if (keeps_order(vq)) {
        VQDone *entry = order_find(vq, elem);

        if (!entry) {
            /* It came with a stream: older than all that was taken here. */
            entry = order_entry(vq, --vq->order_head);
            *entry = done;
        }
        entry->len = len;
        entry->filled = true;
    } else {
        vq->ops->fill(vq, c, &done, idx);
    }
}

void virtqueue_flush(VirtQueue *vq, unsigned int count)
{
    VRingCaches *c;

    RCU_READ_LOCK_GUARD();
    c = usable(vq);
    if (!c) {
        gone(vq, count);
    } else if (keeps_order(vq)) {
        order_flush(vq, c);
    } else {
        vq->ops->flush(vq, c, count);
        gone(vq, count);
    }
}

void virtqueue_push(VirtQueue *vq, const VirtQueueElement *elem,
                    unsigned int len)
{
    RCU_READ_LOCK_GUARD();
    virtqueue_fill(vq, elem, len, 0);
    virtqueue_flush(vq, 1);
}

void virtqueue_detach_element(VirtQueue *vq, const VirtQueueElement *elem,
                              unsigned int len)
{
    VQDone *entry = keeps_order(vq) ? order_find(vq, elem) : NULL;

    if (entry) {
        entry->detached = true;
    }
    gone(vq, 1);
    unmap_element(vq, elem, len);
}

void virtqueue_unpop(VirtQueue *vq, const VirtQueueElement *elem,
                     unsigned int len)
{
    vq->ops->advance(vq, &vq->avail, -(int)elem->ndescs);
    virtqueue_detach_element(vq, elem, len);
    order_untake(vq);
}

bool virtqueue_rewind(VirtQueue *vq, unsigned int num)
{
    if (num > vq->inuse) {
        return false;
    }
    vq->inuse -= num;
    while (num--) {
        /* Whoever rewinds a packed queue has one slot a request in it. */
        vq->ops->advance(vq, &vq->avail, -1);
        order_untake(vq);
    }
    return true;
}

unsigned int virtqueue_drop_all(VirtQueue *vq)
{
    unsigned int dropped = 0;
    VirtQueueElement elem = { };
    VRingCaches *c;
    VQChain chain;
    VQDesc desc;

    RCU_READ_LOCK_GUARD();
    c = usable(vq);
    while (c && vq->inuse < vq->vring.num &&
           vq->ops->open(vq, c, &vq->avail, &chain) > 0) {
        int more;

        do {
            more = vq->ops->next(&chain, &desc);
        } while (more > 0);
        vq_chain_close(&chain);
        if (more < 0) {
            break;
        }
        elem.index = chain.id;
        elem.ndescs = chain.ndescs;
        vq->ops->advance(vq, &vq->avail, elem.ndescs);
        vq->ops->taken(vq, c);
        vq->inuse++;
        if (keeps_order(vq)) {
            order_take(vq, &elem);
        }
        virtqueue_push(vq, &elem, 0);
        dropped++;
        c = usable(vq);
    }
    return dropped;
}

/*** Events ***/

void virtio_queue_set_notification(VirtQueue *vq, int enable)
{
    VRingCaches *c;

    vq->notification = enable;
    if (!vq->vring.desc) {
        return;
    }
    RCU_READ_LOCK_GUARD();
    c = vq_caches(vq);
    if (c) {
        vq->ops->set_notification(vq, c, enable);
    }
}

bool virtio_queue_get_notification(VirtQueue *vq)
{
    return vq->notification;
}

bool vq_should_notify(VirtQueue *vq)
{
    VRingCaches *c;

    RCU_READ_LOCK_GUARD();
    c = vq_caches(vq);
    return c && vq->ops->should_notify(vq, c);
}
