/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory regions: the pieces that an address space is made of.
 *
 * A region is RAM, ROM, registers, a window on another region (alias), or a
 * container of subregions, which lie at offsets in it and may overlap by
 * priority.  The tree below an address space's root is rendered into a flat
 * view; accesses are looked up there.
 *
 * Locking: the tree changes under the iothread lock.  Accesses may come from
 * any thread; handlers run under the iothread lock unless the region says
 * otherwise (memory_region_clear_global_locking).  A region lives as long as
 * its owner, and whatever holds a region holds its owner.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "exec/cpu-common.h"
#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "exec/memop.h"
#include "exec/ramlist.h"
#include "qemu/bswap.h"
#include "qemu/int128.h"
#include "qemu/mem-reentrancy.h"
#include "qemu/notify.h"
#include "qemu/queue.h"
#include "qemu/range.h"
#include "qemu/rcu.h"
#include "qom/object.h"

#define RAM_ADDR_INVALID (~(ram_addr_t)0)

#define MAX_PHYS_ADDR_SPACE_BITS 62
#define MAX_PHYS_ADDR (((hwaddr)1 << MAX_PHYS_ADDR_SPACE_BITS) - 1)

#define TYPE_MEMORY_REGION "memory-region"
DECLARE_INSTANCE_CHECKER(MemoryRegion, MEMORY_REGION, TYPE_MEMORY_REGION)

typedef struct MemoryRegionOps MemoryRegionOps;
typedef struct MemoryRegionIoeventfd MemoryRegionIoeventfd;
typedef struct MemoryRegionClass {
    ObjectClass parent_class;
} MemoryRegionClass;

/* RAMBlock.flags, and what the functions that make RAM take of them */
#define RAM_PREALLOC      (1 << 0)  /* host memory came from outside */
#define RAM_SHARED        (1 << 1)  /* writes reach the file */
#define RAM_RESIZEABLE    (1 << 2)
#define RAM_UF_ZEROPAGE   (1 << 3)
#define RAM_MIGRATABLE    (1 << 4)
#define RAM_PMEM          (1 << 5)
#define RAM_UF_WRITEPROTECT (1 << 6)
#define RAM_NORESERVE     (1 << 7)  /* no swap space set aside */
#define RAM_PROTECTED     (1 << 8)
#define RAM_NAMED_FILE    (1 << 9)

/* A stretch of a region as an address space shows it. */
struct MemoryRegionSection {
    Int128 size;
    MemoryRegion *mr;
    FlatView *fv;
    hwaddr offset_within_region;
    hwaddr offset_within_address_space;
    bool readonly;
    bool nonvolatile;
    bool unmergeable;
};

/*
 * The handlers of a region.  addr is relative to the region; size is 1, 2, 4
 * or 8; data is in the low bytes, already in host order.
 */
struct MemoryRegionOps {
    uint64_t (*read)(void *opaque, hwaddr addr, unsigned size);
    void (*write)(void *opaque, hwaddr addr, uint64_t data, unsigned size);
    MemTxResult (*read_with_attrs)(void *opaque, hwaddr addr, uint64_t *data,
                                   unsigned size, MemTxAttrs attrs);
    MemTxResult (*write_with_attrs)(void *opaque, hwaddr addr, uint64_t data,
                                    unsigned size, MemTxAttrs attrs);

    enum device_endian endianness;

    /* What the guest may do; other accesses fail. */
    struct {
        unsigned min_access_size;   /* 0: 1 */
        unsigned max_access_size;   /* 0: any; and 4 at a time */
        bool unaligned;
        /* May refuse case by case. */
        bool (*accepts)(void *opaque, hwaddr addr, unsigned size,
                        bool is_write, MemTxAttrs attrs);
    } valid;
    /* What the handlers do; valid accesses are split or widened to it. */
    struct {
        unsigned min_access_size;   /* 0: 1 */
        unsigned max_access_size;   /* 0: 4 */
        bool unaligned;
    } impl;
};

struct MemoryRegion {
    Object parent_obj;

    /* what dispatch looks at */
    const MemoryRegionOps *ops;
    void *opaque;
    MemReentrancyGuard *guard;      /* of the owner; NULL: none */
    Int128 size;
    MemoryRegion *alias;
    RAMBlock *ram_block;
    unsigned ioeventfd_nb;
    bool disable_reentrancy_guard;
    bool global_locking;
    bool flush_coalesced_mmio;
    bool romd_mode;
    bool ram;
    bool subpage;
    bool readonly;                  /* for RAM: guest writes are dropped */
    bool rom_device;
    bool ram_device;
    bool is_iommu;
    bool nonvolatile;
    bool unmergeable;
    bool enabled;
    bool terminates;                /* hides what lies below */
    bool warning_printed;
    uint8_t dirty_log_mask;
    uint8_t vga_logging_count;

    Object *owner;
    MemoryRegion *container;
    int mapped_via_alias;
    hwaddr addr;
    void (*destructor)(MemoryRegion *mr);
    uint64_t align;
    hwaddr alias_offset;
    int32_t priority;
    QTAILQ_HEAD(, MemoryRegion) subregions;     /* front to back */
    QTAILQ_ENTRY(MemoryRegion) subregions_link;
    const char *name;
    MemoryRegionIoeventfd *ioeventfds;          /* sorted */
    struct RamDiscardManager *rdm;

    /* private: what has to be rendered anew */
    QLIST_HEAD(, MemoryRegion) aliases;         /* that show this region */
    QLIST_ENTRY(MemoryRegion) aliases_link;
    uint64_t changed;               /* generation of the last change below */
    FlatView *view;                 /* the last rendered, not held */
};

/* ---- making regions ---- */

/*
 * Common to all: mr is uninitialized memory in (or owned by) owner; name is
 * copied and becomes owner's child "name[N]"; size UINT64_MAX means 2^64.
 * The region goes with its owner or with object_unparent().
 */

/* A container. */
void memory_region_init(MemoryRegion *mr, Object *owner, const char *name,
                        uint64_t size);
/* Registers; ops NULL: nothing answers. */
void memory_region_init_io(MemoryRegion *mr, Object *owner,
                           const MemoryRegionOps *ops, void *opaque,
                           const char *name, uint64_t size);
/* A window on orig from offset on; orig must outlive it or be told. */
void memory_region_init_alias(MemoryRegion *mr, Object *owner,
                              const char *name, MemoryRegion *orig,
                              hwaddr offset, uint64_t size);
/* Claims addresses that the accelerator handles itself. */
void memory_region_init_reservation(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size);

/* RAM that does not migrate by itself; on error mr is an empty container. */
void memory_region_init_ram_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp);
/* ram_flags: RAM_SHARED, RAM_NORESERVE */
void memory_region_init_ram_flags_nomigrate(MemoryRegion *mr, Object *owner,
                                            const char *name, uint64_t size,
                                            uint32_t ram_flags, Error **errp);
/* Starts with size, can become max_size; see qemu_ram_resize(). */
void memory_region_init_resizeable_ram(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       uint64_t max_size,
                                       void (*resized)(const char *,
                                                       uint64_t length,
                                                       void *host),
                                       Error **errp);
/* align: of the host address, 0 for the default. */
void memory_region_init_ram_from_file(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      uint64_t align, uint32_t ram_flags,
                                      const char *path, bool readonly,
                                      Error **errp);
void memory_region_init_ram_from_fd(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size,
                                    uint32_t ram_flags, int fd,
                                    ram_addr_t offset, Error **errp);
/* ptr stays the caller's. */
void memory_region_init_ram_ptr(MemoryRegion *mr, Object *owner,
                                const char *name, uint64_t size, void *ptr);
/* Registers of a host device: only aligned accesses of a size reach them. */
void memory_region_init_ram_device_ptr(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       void *ptr);
void memory_region_init_rom_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp);
/* Reads see memory, writes go to ops (flash). */
void memory_region_init_rom_device_nomigrate(MemoryRegion *mr, Object *owner,
                                             const MemoryRegionOps *ops,
                                             void *opaque, const char *name,
                                             uint64_t size, Error **errp);

/* The same, migrating as "<path of owner>/name"; owner is a device or NULL. */
void memory_region_init_ram(MemoryRegion *mr, Object *owner,
                            const char *name, uint64_t size, Error **errp);
void memory_region_init_rom(MemoryRegion *mr, Object *owner,
                            const char *name, uint64_t size, Error **errp);
void memory_region_init_rom_device(MemoryRegion *mr, Object *owner,
                                   const MemoryRegionOps *ops, void *opaque,
                                   const char *name, uint64_t size,
                                   Error **errp);

/* ---- properties of regions ---- */

Object *memory_region_owner(MemoryRegion *mr);
/* 2^64 comes as UINT64_MAX. */
uint64_t memory_region_size(MemoryRegion *mr);
const char *memory_region_name(const MemoryRegion *mr);

static inline bool memory_region_is_ram(MemoryRegion *mr)
{
    return mr->ram;
}
bool memory_region_is_ram_device(MemoryRegion *mr);
static inline bool memory_region_is_rom(MemoryRegion *mr)
{
    return mr->ram && mr->readonly;
}
static inline bool memory_region_is_romd(MemoryRegion *mr)
{
    return mr->rom_device && mr->romd_mode;
}
bool memory_region_is_protected(MemoryRegion *mr);
bool memory_region_is_nonvolatile(MemoryRegion *mr);
/* Whether a container holds it, directly or through an alias. */
bool memory_region_is_mapped(MemoryRegion *mr);

/* Clients that log writes to it, DIRTY_MEMORY_* as bits. */
uint8_t memory_region_get_dirty_log_mask(MemoryRegion *mr);
bool memory_region_is_logging(MemoryRegion *mr, uint8_t client);

/* Of RAM: the file behind it, or -1; the region from a host pointer. */
int memory_region_get_fd(MemoryRegion *mr);
MemoryRegion *memory_region_from_host(void *ptr, ram_addr_t *offset);
/* Host memory; stays where it is as long as the region lives. */
void *memory_region_get_ram_ptr(MemoryRegion *mr);
ram_addr_t memory_region_get_ram_addr(MemoryRegion *mr);
uint64_t memory_region_get_alignment(const MemoryRegion *mr);
/* Of resizable RAM only. */
void memory_region_ram_resize(MemoryRegion *mr, ram_addr_t newsize,
                              Error **errp);
void memory_region_msync(MemoryRegion *mr, hwaddr addr, hwaddr size);
void memory_region_writeback(MemoryRegion *mr, hwaddr addr, hwaddr size);

/* Holds and releases the owner; mr may be NULL. */
void memory_region_ref(MemoryRegion *mr);
void memory_region_unref(MemoryRegion *mr);

/* Writes to read-only RAM are dropped. */
void memory_region_set_readonly(MemoryRegion *mr, bool readonly);
void memory_region_set_nonvolatile(MemoryRegion *mr, bool nonvolatile);
void memory_region_set_unmergeable(MemoryRegion *mr, bool unmergeable);
/* Of a ROM device: reads see memory (true) or ops (false). */
void memory_region_rom_device_set_romd(MemoryRegion *mr, bool romd_mode);

/* Merging of writes is an optimization, and done without here. */
void memory_region_set_coalescing(MemoryRegion *mr);
void memory_region_add_coalescing(MemoryRegion *mr, hwaddr offset,
                                  uint64_t size);
void memory_region_clear_coalescing(MemoryRegion *mr);
void memory_region_set_flush_coalesced(MemoryRegion *mr);
void memory_region_clear_flush_coalesced(MemoryRegion *mr);

/*
 * Handlers run without the iothread lock, perhaps several at a time; the
 * re-entrancy guard does not watch them.
 */
void memory_region_clear_global_locking(MemoryRegion *mr);

/*
 * A write of size bytes (0: of any size) to addr, of data if match_data,
 * signals e and does not reach ops.  An exact duplicate is a bug of the
 * caller's.
 */
void memory_region_add_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e);
void memory_region_del_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e);

/* ---- the tree ---- */

/* Subregions that overlap without a priority: the later one is seen. */
void memory_region_add_subregion(MemoryRegion *mr, hwaddr offset,
                                 MemoryRegion *subregion);
void memory_region_add_subregion_overlap(MemoryRegion *mr, hwaddr offset,
                                         MemoryRegion *subregion,
                                         int priority);
void memory_region_del_subregion(MemoryRegion *mr, MemoryRegion *subregion);

void memory_region_set_enabled(MemoryRegion *mr, bool enabled);
void memory_region_set_address(MemoryRegion *mr, hwaddr addr);
void memory_region_set_size(MemoryRegion *mr, uint64_t size);
void memory_region_set_alias_offset(MemoryRegion *mr, hwaddr offset);

/* Changes between these (they nest) show together, at the outermost commit. */
void memory_region_transaction_begin(void);
void memory_region_transaction_commit(void);

/* Whether addr of container is shown by something; disabled ones do not. */
bool memory_region_present(MemoryRegion *container, hwaddr addr);

/*
 * The first section in addr..addr+size, with mr referenced
 * (memory_region_unref() it); mr NULL: there is none.
 */
MemoryRegionSection memory_region_find(MemoryRegion *mr, hwaddr addr,
                                       uint64_t size);

MemoryRegionSection *memory_region_section_new_copy(MemoryRegionSection *s);
void memory_region_section_free_copy(MemoryRegionSection *s);

static inline bool MemoryRegionSection_eq(MemoryRegionSection *a,
                                          MemoryRegionSection *b)
{
    return a->mr == b->mr && a->fv == b->fv &&
           a->offset_within_region == b->offset_within_region &&
           a->offset_within_address_space == b->offset_within_address_space &&
           int128_eq(a->size, b->size) && a->readonly == b->readonly &&
           a->nonvolatile == b->nonvolatile &&
           a->unmergeable == b->unmergeable;
}

/* ---- dirty pages ---- */

/* Turns a client's logging of a RAM region on and off; DIRTY_MEMORY_VGA. */
void memory_region_set_log(MemoryRegion *mr, bool log, unsigned client);
void memory_region_set_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size);
/* Whether any page of the range is dirty; sync first where needed. */
bool memory_region_get_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size,
                             unsigned client);
bool memory_region_test_and_clear_dirty(MemoryRegion *mr, hwaddr addr,
                                        hwaddr size, unsigned client);
void memory_region_reset_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size,
                               unsigned client);
/* The range's bits, which are cleared; g_free() the result. */
DirtyBitmapSnapshot *memory_region_snapshot_and_clear_dirty(MemoryRegion *mr,
                                                            hwaddr addr,
                                                            hwaddr size,
                                                            unsigned client);
bool memory_region_snapshot_get_dirty(MemoryRegion *mr,
                                      DirtyBitmapSnapshot *snap,
                                      hwaddr addr, hwaddr size);
/* Lets listeners report and re-arm. */
void memory_region_sync_dirty_bitmap(MemoryRegion *mr);
void memory_region_clear_dirty_bitmap(MemoryRegion *mr, hwaddr start,
                                      hwaddr len);
/* The code in a range has changed. */
void memory_region_flush_rom_device(MemoryRegion *mr, hwaddr addr,
                                    hwaddr size);

/* ---- parts in headers of their own ---- */

#include "exec/memory-iommu.h"
#include "exec/memory-listener.h"
#include "exec/memory-discard.h"

struct IOMMUMemoryRegion {
    MemoryRegion parent_obj;

    QLIST_HEAD(, IOMMUNotifier) iommu_notify;
    IOMMUNotifierFlag iommu_notify_flags;
};

#define IOMMU_NOTIFIER_FOREACH(n, mr) \
    QLIST_FOREACH((n), &(mr)->iommu_notify, node)

/* The IOMMU region that mr is or shows through aliases; NULL: none. */
static inline IOMMUMemoryRegion *memory_region_get_iommu(MemoryRegion *mr)
{
    while (mr->alias) {
        mr = mr->alias;
    }
    return mr->is_iommu ? (IOMMUMemoryRegion *)mr : NULL;
}
#define memory_region_is_iommu(mr) (memory_region_get_iommu(mr) != NULL)

#include "exec/memory-access.h"

/* ---- observation ---- */

/*
 * The text of "info mtree": all trees, or flat views (flatview; with
 * dispatch_tree their lookup tables); owner adds who made each region,
 * disabled those that are not shown.
 */
void mtree_info(bool flatview, bool dispatch_tree, bool owner, bool disabled);
/* The same, appended to out. */
void mtree_format(GString *out, bool flatview, bool dispatch_tree, bool owner,
                  bool disabled);

/* ---- hooks of higher floors ---- */

/* The guard of the device owner is; NULL if it is none.  hw/core sets it. */
extern MemReentrancyGuard *(*memory_guard_of_owner)(Object *owner);

#endif /* MEMORY_H */
