/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory regions that translate: what an IOMMU puts between a device and
 * memory.  Included by exec/memory.h.
 */
#ifndef MEMORY_IOMMU_H
#define MEMORY_IOMMU_H

typedef struct IOMMUMemoryRegionClass IOMMUMemoryRegionClass;
typedef struct IOMMUNotifier IOMMUNotifier;
typedef struct IOMMUTLBEntry IOMMUTLBEntry;
typedef struct IOMMUTLBEvent IOMMUTLBEvent;

#define TYPE_IOMMU_MEMORY_REGION "iommu-memory-region"
typedef struct IOMMUMemoryRegion IOMMUMemoryRegion;
DECLARE_OBJ_CHECKERS(IOMMUMemoryRegion, IOMMUMemoryRegionClass,
                     IOMMU_MEMORY_REGION, TYPE_IOMMU_MEMORY_REGION)

typedef enum {
    IOMMU_NONE = 0,
    IOMMU_RO = 1,
    IOMMU_WO = 2,
    IOMMU_RW = 3,
} IOMMUAccessFlags;

#define IOMMU_ACCESS_FLAG(r, w) (((r) ? IOMMU_RO : 0) | ((w) ? IOMMU_WO : 0))

/* addr_mask + 1 bytes at iova stand for those at translated_addr. */
struct IOMMUTLBEntry {
    AddressSpace *target_as;
    hwaddr iova;
    hwaddr translated_addr;
    hwaddr addr_mask;           /* 0xfff: a page of 4 KiB */
    IOMMUAccessFlags perm;
};

typedef enum {
    IOMMU_NOTIFIER_NONE = 0,
    IOMMU_NOTIFIER_UNMAP = 0x1,     /* a translation is gone */
    IOMMU_NOTIFIER_MAP = 0x2,       /* a translation is new */
    IOMMU_NOTIFIER_DEVIOTLB_UNMAP = 0x04,   /* a device's own cache */
} IOMMUNotifierFlag;

#define IOMMU_NOTIFIER_IOTLB_EVENTS \
    (IOMMU_NOTIFIER_MAP | IOMMU_NOTIFIER_UNMAP)
#define IOMMU_NOTIFIER_DEVIOTLB_EVENTS IOMMU_NOTIFIER_DEVIOTLB_UNMAP
#define IOMMU_NOTIFIER_ALL \
    (IOMMU_NOTIFIER_IOTLB_EVENTS | IOMMU_NOTIFIER_DEVIOTLB_EVENTS)

typedef void (*IOMMUNotify)(struct IOMMUNotifier *notifier,
                            IOMMUTLBEntry *data);

/* Wants the events of notifier_flags in start..end (inclusive). */
struct IOMMUNotifier {
    IOMMUNotify notify;
    IOMMUNotifierFlag notifier_flags;
    hwaddr start;
    hwaddr end;
    int iommu_idx;
    QLIST_ENTRY(IOMMUNotifier) node;
};

struct IOMMUTLBEvent {
    IOMMUNotifierFlag type;
    IOMMUTLBEntry entry;
};

static inline void iommu_notifier_init(IOMMUNotifier *n, IOMMUNotify fn,
                                       IOMMUNotifierFlag flags,
                                       hwaddr start, hwaddr end,
                                       int iommu_idx)
{
    n->notify = fn;
    n->notifier_flags = flags;
    n->start = start;
    n->end = end;
    n->iommu_idx = iommu_idx;
}

enum IOMMUMemoryRegionAttr {
    IOMMU_ATTR_SPAPR_TCE_FD
};

struct IOMMUMemoryRegionClass {
    MemoryRegionClass parent_class;

    /*
     * The translation of addr (an offset in the region); perm IOMMU_NONE for
     * a fault.  flag IOMMU_NONE asks without an access.  Under RCU, maybe
     * without the iothread lock.
     */
    IOMMUTLBEntry (*translate)(IOMMUMemoryRegion *iommu, hwaddr addr,
                               IOMMUAccessFlags flag, int iommu_idx);
    /* NULL: TARGET_PAGE_SIZE */
    uint64_t (*get_min_page_size)(IOMMUMemoryRegion *iommu);
    /* The union of notifiers' flags changes; an error refuses the change. */
    int (*notify_flag_changed)(IOMMUMemoryRegion *iommu,
                               IOMMUNotifierFlag old_flags,
                               IOMMUNotifierFlag new_flags, Error **errp);
    /* Tells notifier all translations; NULL: translate() for each page. */
    void (*replay)(IOMMUMemoryRegion *iommu, IOMMUNotifier *notifier);
    int (*get_attr)(IOMMUMemoryRegion *iommu,
                    enum IOMMUMemoryRegionAttr attr, void *data);
    int (*attrs_to_index)(IOMMUMemoryRegion *iommu, MemTxAttrs attrs);
    int (*num_indexes)(IOMMUMemoryRegion *iommu);
    int (*iommu_set_page_size_mask)(IOMMUMemoryRegion *iommu,
                                    uint64_t page_size_mask, Error **errp);
};

/* private: the region's part; defined after MemoryRegion */

static inline IOMMUMemoryRegionClass *
memory_region_get_iommu_class_nocheck(IOMMUMemoryRegion *iommu_mr)
{
    return (IOMMUMemoryRegionClass *)(((Object *)iommu_mr)->class);
}

/*
 * Initializes the instance of mrtypename (a subtype of
 * TYPE_IOMMU_MEMORY_REGION) that _iommu_mr points to.
 */
void memory_region_init_iommu(void *_iommu_mr, size_t instance_size,
                              const char *mrtypename, Object *owner,
                              const char *name, uint64_t size);

uint64_t memory_region_iommu_get_min_page_size(IOMMUMemoryRegion *iommu_mr);

/* For the IOMMU: tells all notifiers, or one, of an event. */
void memory_region_notify_iommu(IOMMUMemoryRegion *iommu_mr, int iommu_idx,
                                IOMMUTLBEvent event);
void memory_region_notify_iommu_one(IOMMUNotifier *notifier,
                                    IOMMUTLBEvent *event);
void memory_region_unmap_iommu_notifier_range(IOMMUNotifier *n);

/* For users of translations; 0, or -errno with *errp set. */
int memory_region_register_iommu_notifier(MemoryRegion *mr, IOMMUNotifier *n,
                                          Error **errp);
void memory_region_unregister_iommu_notifier(MemoryRegion *mr,
                                             IOMMUNotifier *n);
void memory_region_iommu_replay(IOMMUMemoryRegion *iommu_mr,
                                IOMMUNotifier *n);

int memory_region_iommu_get_attr(IOMMUMemoryRegion *iommu_mr,
                                 enum IOMMUMemoryRegionAttr attr, void *data);
int memory_region_iommu_attrs_to_index(IOMMUMemoryRegion *iommu_mr,
                                       MemTxAttrs attrs);
int memory_region_iommu_num_indexes(IOMMUMemoryRegion *iommu_mr);
int memory_region_iommu_set_page_size_mask(IOMMUMemoryRegion *iommu_mr,
                                           uint64_t page_size_mask,
                                           Error **errp);

#endif /* MEMORY_IOMMU_H */
