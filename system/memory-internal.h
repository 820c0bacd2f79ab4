/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the memory core share.
 *
 * A flat view is an address space's tree rendered to an array of ranges that
 * covers all of 0..2^64-1: what nothing claims is a range of the unassigned
 * region, so that a lookup cannot fail.  Views never change; readers find
 * the present one by address_space_to_flatview() under RCU.
 */
#ifndef MEMORY_INTERNAL_H
#define MEMORY_INTERNAL_H

#include "exec/memory.h"
#include "qemu/atomic.h"

typedef struct FlatRange {
    hwaddr start;
    hwaddr last;                /* inclusive */
    MemoryRegion *mr;
    Object *owner;              /* of mr, held by the view */
    hwaddr offset;              /* in mr, of start */
    uint8_t *host;              /* of start; NULL: never direct */
    bool direct_read;
    bool direct_write;
    uint8_t dirty_log_mask;
    bool romd_mode;
    bool readonly;
    bool nonvolatile;
    bool unmergeable;
} FlatRange;

/* Lookups are repetitive: remembered by the low bits of the page number. */
#define FLATVIEW_RECENT 16

struct FlatView {
    struct rcu_head rcu;
    unsigned ref;
    unsigned nr;
    MemoryRegion *root;         /* of which this is the view; NULL: none */
    Object *root_owner;
    uint64_t generation;
    const hwaddr *starts;       /* of the ranges, for the search */
    uint32_t recent[FLATVIEW_RECENT];
    FlatRange ranges[];
};

struct MemoryRegionIoeventfd {
    hwaddr addr;
    unsigned size;              /* 0: any */
    bool match_data;
    uint64_t data;              /* as the device sees it */
    EventNotifier *e;
};

extern MemoryRegion io_mem_unassigned;
extern const MemoryRegionOps unassigned_mem_ops;
extern const MemoryRegionOps ram_device_mem_ops;

static inline bool flat_range_assigned(const FlatRange *r)
{
    return r->mr != &io_mem_unassigned;
}

const FlatRange *flatview_search(FlatView *view, hwaddr addr);

/* The range that addr is in. */
static inline const FlatRange *flatview_lookup(FlatView *view, hwaddr addr)
{
    unsigned slot = (addr >> TARGET_PAGE_BITS) % FLATVIEW_RECENT;
    const FlatRange *r = &view->ranges[qatomic_read(&view->recent[slot])];

    if (likely(addr - r->start <= r->last - r->start)) {
        return r;
    }
    return flatview_search(view, addr);
}

/* Calls what follows for each range that is not unassigned. */
#define FLATVIEW_FOREACH(r, view)                                           \
    for ((r) = (view)->ranges; (r) < &(view)->ranges[(view)->nr]; (r)++)    \
        if (!flat_range_assigned(r)) {                                      \
        } else

MemoryRegionSection section_from_flat_range(const FlatRange *r, FlatView *fv);

/* ---- memory-flat.c ---- */

typedef QTAILQ_HEAD(, AddressSpace) AddressSpaceList;
extern AddressSpaceList address_spaces;

/* Something that mr shows has changed: whoever shows mr is rendered anew. */
void memory_region_changed(MemoryRegion *mr);
/* The same if mr is not enabled, because that is what changed. */
void memory_region_changed_force(MemoryRegion *mr);
/* mr has come to contain sub. */
void memory_region_linked(MemoryRegion *mr, MemoryRegion *sub);
/* The view's root has another one now, or is gone. */
void memory_view_forget(FlatView *view);
/* Every space is rendered anew: what ranges say of logging has changed. */
void memory_all_changed(void);
/* An ioeventfd came or went. */
void memory_ioeventfds_changed(void);
/* as is looked at by commits as long as it is current or has listeners. */
void address_space_track(AddressSpace *as);

/* ---- memory-listener.c ---- */

/* Whether some listener needs the map at every commit. */
bool address_space_watched(AddressSpace *as);
/* Tells listeners of the way from one view (may be NULL) to another. */
void address_space_tell_change(AddressSpace *as, FlatView *from,
                               FlatView *to);
void address_space_update_ioeventfds(AddressSpace *as);

/* ---- memory-dispatch.c ---- */

/*
 * Takes the big lock if mr wants it and this thread has it not; the result
 * tells whether it is to be released.
 */
bool memory_region_lock_for_io(MemoryRegion *mr);
/* Bytes of the next access of an l-byte stretch at addr in mr, l > 0. */
unsigned memory_region_access_size(MemoryRegion *mr, hwaddr l, hwaddr addr);
/* Whether a write is taken by an ioeventfd in this process. */
bool memory_region_signal_eventfd(MemoryRegion *mr, hwaddr addr,
                                  uint64_t data, unsigned size);

/* ---- memory-iommu.c ---- */

/*
 * Follows the translations that begin at *addr in an IOMMU's range r.  Gives
 * the range it comes to in the end, and *addr there; an unassigned one for a
 * fault.  *len is cut to the translation; *mask (may be NULL) and *target
 * (may be NULL) get the smallest page on the way and the last address space.
 */
const FlatRange *memory_iommu_walk(const FlatRange *r, hwaddr *addr,
                                   hwaddr *len, bool is_write,
                                   MemTxAttrs attrs, hwaddr *mask,
                                   AddressSpace **target);

/* ---- memory-access.c ---- */

/*
 * The range behind addr, through IOMMUs.  *xaddr is the address where that
 * range is, *len is cut to what is contiguous: of memory, the range; of
 * registers, the region, for an access is decoded by its first byte alone
 * (ports 0xcf8 and 0xcf9 of a PC are two devices').
 */
const FlatRange *flatview_resolve(FlatView *view, hwaddr addr, hwaddr *xaddr,
                                  hwaddr *len, bool is_write,
                                  MemTxAttrs attrs);

MemTxResult flatview_read(FlatView *view, hwaddr addr, MemTxAttrs attrs,
                          void *buf, hwaddr len);
MemTxResult flatview_write(FlatView *view, hwaddr addr, MemTxAttrs attrs,
                           const void *buf, hwaddr len);

/* One access to handlers, under the big lock if they want it. */
MemTxResult memory_region_io_read(MemoryRegion *mr, hwaddr offset,
                                  uint64_t *val, MemOp op, MemTxAttrs attrs);
MemTxResult memory_region_io_write(MemoryRegion *mr, hwaddr offset,
                                   uint64_t val, MemOp op, MemTxAttrs attrs);

/* One value of op's size and byte order at any address. */
uint64_t flatview_load(FlatView *view, hwaddr addr, MemOp op,
                       MemTxAttrs attrs, MemTxResult *result);
void flatview_store(FlatView *view, hwaddr addr, uint64_t val, MemOp op,
                    MemTxAttrs attrs, MemTxResult *result);

static inline hwaddr flat_range_offset(const FlatRange *r, hwaddr addr)
{
    return addr - r->start + r->offset;
}

/* A value is never torn; memcpy() promises nothing. */
static inline void copy_guest_bytes(void *to, const void *from, hwaddr len)
{
    switch (len) {
    case 1:
        *(uint8_t *)to = *(const uint8_t *)from;
        break;
    case 2:
        __builtin_memcpy(to, from, 2);
        break;
    case 4:
        __builtin_memcpy(to, from, 4);
        break;
    case 8:
        __builtin_memcpy(to, from, 8);
        break;
    default:
        memcpy(to, from, len);
        break;
    }
}

/* ---- physmem.c, physmem-dirty.c ---- */

/* Records a write of len bytes at offset of a RAM region. */
void memory_region_wrote(MemoryRegion *mr, hwaddr offset, hwaddr len);

#endif /* MEMORY_INTERNAL_H */
