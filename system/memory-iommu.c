/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions that translate, and their notifiers.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "memory-internal.h"

/* Translations that lead to translations: a ring of them ends as a fault. */
#define MAX_IOMMU_STEPS 8

static const FlatRange fault = {
    .last = HWADDR_MAX,
    .mr = &io_mem_unassigned,
};

static int attrs_to_index(IOMMUMemoryRegion *iommu_mr,
                          IOMMUMemoryRegionClass *imrc, MemTxAttrs attrs)
{
    return imrc->attrs_to_index ? imrc->attrs_to_index(iommu_mr, attrs) : 0;
}

const FlatRange *memory_iommu_walk(const FlatRange *r, hwaddr *addr,
                                   hwaddr *len, bool is_write,
                                   MemTxAttrs attrs, hwaddr *mask,
                                   AddressSpace **target)
{
    for (int i = 0; i < MAX_IOMMU_STEPS; i++) {
        IOMMUMemoryRegion *iommu_mr = (IOMMUMemoryRegion *)r->mr;
        IOMMUMemoryRegionClass *imrc =
            memory_region_get_iommu_class_nocheck(iommu_mr);
        hwaddr offset = flat_range_offset(r, *addr), room;
        IOMMUTLBEntry e;

        e = imrc->translate(iommu_mr, offset, is_write ? IOMMU_WO : IOMMU_RO,
                            attrs_to_index(iommu_mr, imrc, attrs));
        if (!(e.perm & (is_write ? IOMMU_WO : IOMMU_RO)) || !e.target_as) {
            return &fault;
        }
        *addr = (e.translated_addr & ~e.addr_mask) | (offset & e.addr_mask);
        /* Neither past the page nor past the IOMMU's own range. */
        room = e.addr_mask - (offset & e.addr_mask);
        room = MIN(room, r->last - r->start - (offset - r->offset));
        if (*len - 1 > room) {
            *len = room + 1;
        }
        if (mask) {
            *mask &= e.addr_mask;
        }
        if (target) {
            *target = e.target_as;
        }
        r = flatview_lookup(address_space_to_flatview(e.target_as), *addr);
        if (!r->mr->is_iommu) {
            return r;
        }
    }
    return &fault;
}

/* ---- notifiers ---- */

static int update_notify_flags(IOMMUMemoryRegion *iommu_mr, Error **errp)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);
    IOMMUNotifierFlag flags = IOMMU_NOTIFIER_NONE;
    IOMMUNotifier *n;
    int ret = 0;

    IOMMU_NOTIFIER_FOREACH(n, iommu_mr) {
        flags |= n->notifier_flags;
    }
    if (flags != iommu_mr->iommu_notify_flags && imrc->notify_flag_changed) {
        ret = imrc->notify_flag_changed(iommu_mr,
                                        iommu_mr->iommu_notify_flags, flags,
                                        errp);
    }
    if (!ret) {
        iommu_mr->iommu_notify_flags = flags;
    }
    return ret;
}

int memory_region_register_iommu_notifier(MemoryRegion *mr, IOMMUNotifier *n,
                                          Error **errp)
{
    IOMMUMemoryRegion *iommu_mr = memory_region_get_iommu(mr);
    int ret;

    if (!iommu_mr || n->notifier_flags == IOMMU_NOTIFIER_NONE ||
        n->start > n->end || n->iommu_idx < 0 ||
        n->iommu_idx >= memory_region_iommu_num_indexes(iommu_mr)) {
        error_setg(errp, "invalid IOMMU notifier for memory region '%s'",
                   memory_region_name(mr));
        return -EINVAL;
    }
    QLIST_INSERT_HEAD(&iommu_mr->iommu_notify, n, node);
    ret = update_notify_flags(iommu_mr, errp);
    if (ret) {
        QLIST_REMOVE(n, node);
    }
    return ret;
}

void memory_region_unregister_iommu_notifier(MemoryRegion *mr,
                                             IOMMUNotifier *n)
{
    IOMMUMemoryRegion *iommu_mr = memory_region_get_iommu(mr);

    if (n->notifier_flags == IOMMU_NOTIFIER_NONE || !iommu_mr) {
        return;
    }
    QLIST_REMOVE(n, node);
    update_notify_flags(iommu_mr, NULL);
}

void memory_region_iommu_replay(IOMMUMemoryRegion *iommu_mr, IOMMUNotifier *n)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);
    uint64_t step, last;
    hwaddr addr = 0;

    if (imrc->replay) {
        imrc->replay(iommu_mr, n);
        return;
    }
    step = memory_region_iommu_get_min_page_size(iommu_mr);
    last = memory_region_size(&iommu_mr->parent_obj) - 1;
    for (;;) {
        IOMMUTLBEntry e = imrc->translate(iommu_mr, addr, IOMMU_NONE,
                                          n->iommu_idx);

        if (e.perm != IOMMU_NONE) {
            n->notify(n, &e);
        }
        if (last - addr < step) {
            break;
        }
        addr += step;
    }
}

void memory_region_notify_iommu_one(IOMMUNotifier *notifier,
                                    IOMMUTLBEvent *event)
{
    IOMMUTLBEntry e = event->entry;
    hwaddr last = e.iova + e.addr_mask;

    if (!(event->type & notifier->notifier_flags) ||
        notifier->start > last || notifier->end < e.iova) {
        return;
    }
    /* It is told of its own part. */
    e.iova = MAX(e.iova, notifier->start);
    e.translated_addr += e.iova - event->entry.iova;
    e.addr_mask = MIN(last, notifier->end) - e.iova;
    notifier->notify(notifier, &e);
}

void memory_region_unmap_iommu_notifier_range(IOMMUNotifier *n)
{
    IOMMUTLBEvent event = {
        .type = IOMMU_NOTIFIER_UNMAP,
        .entry = {
            .iova = n->start,
            .addr_mask = n->end - n->start,
            .perm = IOMMU_NONE,
        },
    };

    memory_region_notify_iommu_one(n, &event);
}

void memory_region_notify_iommu(IOMMUMemoryRegion *iommu_mr, int iommu_idx,
                                IOMMUTLBEvent event)
{
    IOMMUNotifier *n, *next;

    QLIST_FOREACH_SAFE(n, &iommu_mr->iommu_notify, node, next) {
        if (n->iommu_idx == iommu_idx) {
            memory_region_notify_iommu_one(n, &event);
        }
    }
}

/* ---- questions ---- */

uint64_t memory_region_iommu_get_min_page_size(IOMMUMemoryRegion *iommu_mr)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->get_min_page_size ? imrc->get_min_page_size(iommu_mr)
                                   : TARGET_PAGE_SIZE;
}

int memory_region_iommu_get_attr(IOMMUMemoryRegion *iommu_mr,
                                 enum IOMMUMemoryRegionAttr attr, void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->get_attr ? imrc->get_attr(iommu_mr, attr, data) : -EINVAL;
}

int memory_region_iommu_attrs_to_index(IOMMUMemoryRegion *iommu_mr,
                                       MemTxAttrs attrs)
{
    return attrs_to_index(iommu_mr, IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr),
                          attrs);
}

int memory_region_iommu_num_indexes(IOMMUMemoryRegion *iommu_mr)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->num_indexes ? imrc->num_indexes(iommu_mr) : 1;
}

int memory_region_iommu_set_page_size_mask(IOMMUMemoryRegion *iommu_mr,
                                           uint64_t page_size_mask,
                                           Error **errp)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->iommu_set_page_size_mask
           ? imrc->iommu_set_page_size_mask(iommu_mr, page_size_mask, errp)
           : 0;
}

static const TypeInfo iommu_region_info = {
    .name = TYPE_IOMMU_MEMORY_REGION,
    .parent = TYPE_MEMORY_REGION,
    .instance_size = sizeof(IOMMUMemoryRegion),
    .class_size = sizeof(IOMMUMemoryRegionClass),
    .abstract = true,
};

static void iommu_region_register_types(void)
{
    type_register_static(&iommu_region_info);
}

type_init(iommu_region_register_types)
