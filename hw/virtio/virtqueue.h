/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a virtqueue, shared by the files that implement it:
 *
 *   virtqueue.c          requests: taking, mapping, giving back, in order
 *   virtqueue-split.c    the split ring (virtio 1.2, 2.7)
 *   virtqueue-packed.c   the packed ring (virtio 1.2, 2.8)
 *   virtqueue-config.c   where a ring is, how long, its caches
 *   virtio.c             the device around the queues
 *   virtio-migration.c   the stream
 *
 * All of a ring is the driver's to write at any time.  So: each value is read
 * once, checked, then used; every walk has a bound that does not come from
 * the ring; and a breach ends in virtio_error().
 */
#ifndef HW_VIRTIO_VIRTQUEUE_H
#define HW_VIRTIO_VIRTQUEUE_H

#include "hw/virtio/virtio-bus.h"
#include "hw/virtio/virtio.h"
#include "qemu/atomic.h"
#include "qemu/rcu.h"

/* The parts of a ring, translated once.  Replaced as a whole, under RCU. */
typedef struct VRingCaches {
    struct rcu_head rcu;
    MemoryRegionCache desc;
    MemoryRegionCache avail;    /* packed: the driver's event structure */
    MemoryRegionCache used;     /* packed: the device's */
} VRingCaches;

typedef struct VRing {
    unsigned int num;
    unsigned int num_default;   /* 0: the queue does not exist */
    unsigned int align;         /* of the used part, in the legacy layout */
    hwaddr desc;                /* 0: not set up */
    hwaddr avail;
    hwaddr used;
    VRingCaches *caches;
} VRing;

/*
 * A place in the ring.  Split: a count of requests, modulo 2^16, and wrap is
 * not used.  Packed: a slot, and the value that the wrap counter has there.
 */
typedef struct VQCursor {
    uint16_t idx;
    bool wrap;
} VQCursor;

/* A request on its way back; the flags are for queues that keep the order. */
typedef struct VQDone {
    uint32_t len;
    uint16_t id;
    uint16_t ndescs;
    bool filled;                /* waits for older ones */
    bool detached;              /* will not come back: passed over */
} VQDone;

typedef struct VQOps VQOps;

struct VirtQueue {
    VRing vring;
    const VQOps *ops;           /* follows the negotiated features */
    VQCursor avail;             /* the next request to take */
    VQCursor used;              /* the next one to give back */

    /* The driver's index as last read, so that a batch reads it once. */
    uint16_t shadow_avail_idx;

    /* used.idx at the last interrupt decision, for the event index. */
    uint16_t signalled_used;
    bool signalled_used_valid;

    bool notification;          /* the device wants kicks */
    uint16_t queue_index;
    unsigned int inuse;         /* taken and not given back */
    uint16_t vector;

    /* Made when first needed, VIRTQUEUE_MAX_SIZE entries each. */
    VQDone *batch;              /* packed: filled, not flushed */
    VQDone *order;              /* in order: taken, not given back ... */
    uint16_t order_head;        /* ... from the oldest, modulo the size */
    uint16_t order_tail;

    VirtIOHandleOutput handle_output;
    VirtIODevice *vdev;
    EventNotifier guest_notifier;
    EventNotifier host_notifier;
    bool host_notifier_enabled;
    QLIST_ENTRY(VirtQueue) node;        /* of those with the same vector */
};

/* One buffer of a request. */
typedef struct VQDesc {
    hwaddr addr;
    uint32_t len;
    bool write;
} VQDesc;

/* A walk over the descriptors of one request. */
typedef struct VQChain {
    VirtQueue *vq;
    MemoryRegionCache *table;     /* of the ring, or the indirect one */
    MemoryRegionCache indirect;
    bool in_indirect;
    bool more;
    uint16_t id;                /* valid once the walk is over */
    unsigned int ndescs;        /* ring slots so far */
    unsigned int next;          /* index into table */
    unsigned int entries;       /* of table */
    unsigned int direct;        /* descriptors of the ring so far */
    unsigned int seen;          /* those and indirect ones ... */
    unsigned int limit;         /* ... of at most */
} VQChain;

struct VQOps {
    /*
     * Opens the request at 'at': 1, 0 where there is none, or negative where
     * the ring is broken.  After a walk the caller owes vq_chain_close().
     */
    int (*open)(VirtQueue *vq, VRingCaches *c, const VQCursor *at,
                VQChain *chain);

    /* Its next buffer: 1, 0 at the end, negative where it is broken. */
    int (*next)(VQChain *chain, VQDesc *desc);

    /* Moves past (or, negative, back by) ndescs slots of one request. */
    void (*advance)(const VirtQueue *vq, VQCursor *at, int ndescs);

    /* Tells the driver up to where requests were taken. */
    void (*taken)(VirtQueue *vq, VRingCaches *c);

    /* The idx-th of a batch is done; nothing is visible before flush. */
    void (*fill)(VirtQueue *vq, VRingCaches *c, const VQDone *done,
                 unsigned int idx);
    void (*flush)(VirtQueue *vq, VRingCaches *c, unsigned int count);

    void (*set_notification)(VirtQueue *vq, VRingCaches *c, bool on);

    /* Whether the driver wants to hear of what was flushed. */
    bool (*should_notify)(VirtQueue *vq, VRingCaches *c);

    /* Bytes of the three parts. */
    void (*sizes)(const VirtQueue *vq, hwaddr *desc, hwaddr *avail,
                  hwaddr *used);
};

extern const VQOps vq_split_ops;
extern const VQOps vq_packed_ops;

/* The caches, NULL while the queue is not set up; in an RCU section. */
static inline VRingCaches *vq_caches(const VirtQueue *vq)
{
    return qatomic_rcu_read(&vq->vring.caches);
}

static inline bool vq_packed(const VirtQueue *vq)
{
    return vq->ops == &vq_packed_ops;
}

/*
 * Continues a walk in the indirect table that is len bytes at addr; false
 * where there is no such table in memory.
 */
bool vq_chain_enter_indirect(VQChain *chain, hwaddr addr, uint32_t len);
void vq_chain_close(VQChain *chain);

/* Room for an element of sz bytes and its arrays, in one block. */
VirtQueueElement *vq_alloc_element(size_t sz, unsigned int out_num,
                                   unsigned int in_num);

/* Lets vq->ops, and the caches, follow the negotiated features. */
void vq_choose_format(VirtQueue *vq);

/* Power-on state, the size included; drops the caches. */
void vq_reset(VirtQueue *vq);
void vq_free_caches(VirtQueue *vq);

/* The split ring's indices as the driver sees them, for migration. */
uint16_t vq_split_read_avail_idx(VRingCaches *c);
uint16_t vq_split_read_used_idx(const VirtQueue *vq, VRingCaches *c);

/* Whether the driver wants to hear of what was flushed since last asked. */
bool vq_should_notify(VirtQueue *vq);

/* Whether a cache leads to memory: rings and tables nowhere else. */
static inline bool vq_cache_is_memory(const MemoryRegionCache *cache)
{
    /* Behind an IOMMU there is no pointer, and each access is translated. */
    return cache->ptr || memory_region_get_iommu(cache->mrs.mr);
}

/* The queue's handler, unless there is nothing to handle. */
void vq_run(VirtQueue *vq);

/* virtio_set_features() without the question whether it is too late. */
int virtio_set_features_nocheck(VirtIODevice *vdev, uint64_t val);

/* Kicks of every queue by event notifier: what all devices do by default. */
int vdev_start_ioeventfd(VirtIODevice *vdev);
void vdev_stop_ioeventfd(VirtIODevice *vdev);

#endif /* HW_VIRTIO_VIRTQUEUE_H */
