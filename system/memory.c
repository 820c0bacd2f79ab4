/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of memory regions: how it is linked and changed, and what can be
 * asked of a region.  Making regions is in memory-init.c, rendering the tree
 * in memory-flat.c.
 */
#include "qemu/osdep.h"
#include "exec/ioport.h"
#include "exec/ram_addr.h"
#include "qapi/visitor.h"
#include "memory-internal.h"

Object *memory_region_owner(MemoryRegion *mr)
{
    return mr->owner;
}

uint64_t memory_region_size(MemoryRegion *mr)
{
    if (int128_eq(mr->size, int128_2_64())) {
        return UINT64_MAX;
    }
    return int128_get64(mr->size);
}

const char *memory_region_name(const MemoryRegion *mr)
{
    return mr->name;
}

void memory_region_ref(MemoryRegion *mr)
{
    if (mr && mr->owner) {
        object_ref(mr->owner);
    }
}

void memory_region_unref(MemoryRegion *mr)
{
    if (mr && mr->owner) {
        object_unref(mr->owner);
    }
}

bool memory_region_is_ram_device(MemoryRegion *mr)
{
    return mr->ram_device;
}

bool memory_region_is_protected(MemoryRegion *mr)
{
    return mr->ram && (mr->ram_block->flags & RAM_PROTECTED);
}

bool memory_region_is_nonvolatile(MemoryRegion *mr)
{
    return mr->nonvolatile;
}

bool memory_region_is_mapped(MemoryRegion *mr)
{
    return mr->container || mr->mapped_via_alias > 0;
}

/* The RAM region that mr is or shows, and where in it mr begins. */
static MemoryRegion *ram_behind(MemoryRegion *mr, hwaddr *offset)
{
    *offset = 0;
    while (mr->alias) {
        *offset += mr->alias_offset;
        mr = mr->alias;
    }
    return mr;
}

int memory_region_get_fd(MemoryRegion *mr)
{
    hwaddr offset;

    mr = ram_behind(mr, &offset);
    return mr->ram_block ? mr->ram_block->fd : -1;
}

void *memory_region_get_ram_ptr(MemoryRegion *mr)
{
    hwaddr offset;

    mr = ram_behind(mr, &offset);
    assert(mr->ram_block);
    return mr->ram_block->host + offset;
}

MemoryRegion *memory_region_from_host(void *ptr, ram_addr_t *offset)
{
    RAMBlock *block;

    RCU_READ_LOCK_GUARD();
    block = qemu_ram_block_from_host(ptr, false, offset);
    return block ? block->mr : NULL;
}

ram_addr_t memory_region_get_ram_addr(MemoryRegion *mr)
{
    return mr->ram_block ? mr->ram_block->offset : RAM_ADDR_INVALID;
}

uint64_t memory_region_get_alignment(const MemoryRegion *mr)
{
    return mr->align;
}

void memory_region_ram_resize(MemoryRegion *mr, ram_addr_t newsize,
                              Error **errp)
{
    assert(mr->ram_block);
    qemu_ram_resize(mr->ram_block, newsize, errp);
}

void memory_region_msync(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    if (mr->ram_block) {
        qemu_ram_msync(mr->ram_block, addr, size);
    }
}

void memory_region_writeback(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    if (mr->dirty_log_mask) {
        memory_region_msync(mr, addr, size);
    }
}

/* ---- flags ---- */

static void set_flag(MemoryRegion *mr, bool *flag, bool value)
{
    if (*flag != value) {
        memory_region_transaction_begin();
        *flag = value;
        memory_region_changed(mr);
        memory_region_transaction_commit();
    }
}

void memory_region_set_readonly(MemoryRegion *mr, bool readonly)
{
    set_flag(mr, &mr->readonly, readonly);
}

void memory_region_set_nonvolatile(MemoryRegion *mr, bool nonvolatile)
{
    set_flag(mr, &mr->nonvolatile, nonvolatile);
}

void memory_region_set_unmergeable(MemoryRegion *mr, bool unmergeable)
{
    set_flag(mr, &mr->unmergeable, unmergeable);
}

void memory_region_rom_device_set_romd(MemoryRegion *mr, bool romd_mode)
{
    set_flag(mr, &mr->romd_mode, romd_mode);
}

void memory_region_clear_global_locking(MemoryRegion *mr)
{
    mr->global_locking = false;
    /* One flag cannot tell two threads from one that came back. */
    mr->disable_reentrancy_guard = true;
}

/*
 * A coalesced write may be held back by the accelerator.  We hold nothing
 * back, which is allowed: the device sees each write when it is made.
 */
void memory_region_set_coalescing(MemoryRegion *mr)
{
    memory_region_set_flush_coalesced(mr);
}

void memory_region_add_coalescing(MemoryRegion *mr, hwaddr offset,
                                  uint64_t size)
{
    memory_region_set_flush_coalesced(mr);
}

void memory_region_clear_coalescing(MemoryRegion *mr)
{
}

void memory_region_set_flush_coalesced(MemoryRegion *mr)
{
    mr->flush_coalesced_mmio = true;
}

void memory_region_clear_flush_coalesced(MemoryRegion *mr)
{
    mr->flush_coalesced_mmio = false;
}

/* ---- ioeventfds ---- */

static int ioeventfd_compare(const MemoryRegionIoeventfd *a,
                             const MemoryRegionIoeventfd *b)
{
    if (a->addr != b->addr) {
        return a->addr < b->addr ? -1 : 1;
    }
    if (a->size != b->size) {
        return a->size < b->size ? -1 : 1;
    }
    if (a->match_data != b->match_data) {
        return a->match_data ? 1 : -1;
    }
    if (a->match_data && a->data != b->data) {
        return a->data < b->data ? -1 : 1;
    }
    return a->e == b->e ? 0 : (uintptr_t)a->e < (uintptr_t)b->e ? -1 : 1;
}

void memory_region_add_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e)
{
    MemoryRegionIoeventfd fd = {
        .addr = addr, .size = size, .match_data = match_data,
        .data = data, .e = e,
    };
    unsigned i;

    memory_region_transaction_begin();
    for (i = 0; i < mr->ioeventfd_nb; i++) {
        int order = ioeventfd_compare(&fd, &mr->ioeventfds[i]);

        assert(order != 0);
        if (order < 0) {
            break;
        }
    }
    mr->ioeventfds = g_renew(MemoryRegionIoeventfd, mr->ioeventfds,
                             mr->ioeventfd_nb + 1);
    memmove(&mr->ioeventfds[i + 1], &mr->ioeventfds[i],
            (mr->ioeventfd_nb - i) * sizeof(fd));
    mr->ioeventfds[i] = fd;
    mr->ioeventfd_nb++;
    memory_ioeventfds_changed();
    memory_region_transaction_commit();
}

void memory_region_del_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e)
{
    MemoryRegionIoeventfd fd = {
        .addr = addr, .size = size, .match_data = match_data,
        .data = data, .e = e,
    };
    unsigned i;

    memory_region_transaction_begin();
    for (i = 0; i < mr->ioeventfd_nb; i++) {
        if (ioeventfd_compare(&fd, &mr->ioeventfds[i]) == 0) {
            mr->ioeventfd_nb--;
            memmove(&mr->ioeventfds[i], &mr->ioeventfds[i + 1],
                    (mr->ioeventfd_nb - i) * sizeof(fd));
            memory_ioeventfds_changed();
            break;
        }
    }
    memory_region_transaction_commit();
}

/* ---- the tree ---- */

/* Among equals the one that was put in last is in front. */
static void link_subregion(MemoryRegion *mr, MemoryRegion *subregion)
{
    MemoryRegion *other;

    QTAILQ_FOREACH(other, &mr->subregions, subregions_link) {
        if (subregion->priority >= other->priority) {
            QTAILQ_INSERT_BEFORE(other, subregion, subregions_link);
            return;
        }
    }
    QTAILQ_INSERT_TAIL(&mr->subregions, subregion, subregions_link);
}

static void count_mapping(MemoryRegion *mr, int by)
{
    MemoryRegion *alias;

    for (alias = mr->alias; alias; alias = alias->alias) {
        alias->mapped_via_alias += by;
    }
}

void memory_region_add_subregion_overlap(MemoryRegion *mr, hwaddr offset,
                                         MemoryRegion *subregion,
                                         int priority)
{
    assert(!subregion->container);
    memory_region_transaction_begin();
    memory_region_ref(subregion);
    subregion->container = mr;
    subregion->addr = offset;
    subregion->priority = priority;
    count_mapping(subregion, 1);
    link_subregion(mr, subregion);
    memory_region_linked(mr, subregion);
    memory_region_transaction_commit();
}

void memory_region_add_subregion(MemoryRegion *mr, hwaddr offset,
                                 MemoryRegion *subregion)
{
    memory_region_add_subregion_overlap(mr, offset, subregion, 0);
}

void memory_region_del_subregion(MemoryRegion *mr, MemoryRegion *subregion)
{
    assert(subregion->container == mr);
    memory_region_transaction_begin();
    if (subregion->enabled) {
        memory_region_changed(mr);
    }
    subregion->container = NULL;
    count_mapping(subregion, -1);
    QTAILQ_REMOVE(&mr->subregions, subregion, subregions_link);
    memory_region_transaction_commit();
    /* Last: this may have been what kept it, and mr, alive. */
    memory_region_unref(subregion);
}

void memory_region_set_enabled(MemoryRegion *mr, bool enabled)
{
    if (enabled == mr->enabled) {
        return;
    }
    memory_region_transaction_begin();
    mr->enabled = enabled;
    memory_region_changed_force(mr);
    memory_region_transaction_commit();
}

void memory_region_set_size(MemoryRegion *mr, uint64_t size)
{
    Int128 s = size == UINT64_MAX ? int128_2_64() : int128_make64(size);

    if (int128_eq(s, mr->size)) {
        return;
    }
    memory_region_transaction_begin();
    mr->size = s;
    memory_region_changed(mr);
    memory_region_transaction_commit();
}

void memory_region_set_address(MemoryRegion *mr, hwaddr addr)
{
    if (addr == mr->addr) {
        return;
    }
    memory_region_transaction_begin();
    mr->addr = addr;
    if (mr->container) {
        QTAILQ_REMOVE(&mr->container->subregions, mr, subregions_link);
        link_subregion(mr->container, mr);
        memory_region_changed(mr);
    }
    memory_region_transaction_commit();
}

void memory_region_set_alias_offset(MemoryRegion *mr, hwaddr offset)
{
    assert(mr->alias);
    if (offset == mr->alias_offset) {
        return;
    }
    memory_region_transaction_begin();
    mr->alias_offset = offset;
    memory_region_changed(mr);
    memory_region_transaction_commit();
}

/* ---- lookup ---- */

MemoryRegionSection section_from_flat_range(const FlatRange *r, FlatView *fv)
{
    return (MemoryRegionSection) {
        .mr = r->mr,
        .fv = fv,
        .offset_within_region = r->offset,
        .size = int128_add(int128_make64(r->last - r->start), int128_one()),
        .offset_within_address_space = r->start,
        .readonly = r->readonly,
        .nonvolatile = r->nonvolatile,
        .unmergeable = r->unmergeable,
    };
}

/* The space whose root mr is below, with addr made relative to the root. */
static AddressSpace *space_of_region(MemoryRegion *mr, hwaddr *addr)
{
    AddressSpace *as;

    *addr += mr->addr;
    while (mr->container) {
        mr = mr->container;
        *addr += mr->addr;
    }
    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        if (as->root == mr) {
            return as;
        }
    }
    return NULL;
}

/* As memory_region_find(), without the reference; under RCU. */
static MemoryRegionSection find_section(MemoryRegion *mr, hwaddr addr,
                                        uint64_t size)
{
    MemoryRegionSection none = { .mr = NULL };
    AddressSpace *as = space_of_region(mr, &addr);
    const FlatRange *r;
    MemoryRegionSection s;
    FlatView *view;
    hwaddr last;

    if (!as || !size) {
        return none;
    }
    last = size - 1 > UINT64_MAX - addr ? UINT64_MAX : addr + size - 1;
    view = address_space_to_flatview(as);
    r = flatview_lookup(view, addr);
    while (!flat_range_assigned(r)) {
        if (r->last >= last) {
            return none;
        }
        r++;
    }
    s = section_from_flat_range(r, view);
    addr = MAX(addr, r->start);
    last = MIN(last, r->last);
    s.offset_within_region += addr - r->start;
    s.offset_within_address_space = addr;
    s.size = int128_add(int128_make64(last - addr), int128_one());
    return s;
}

MemoryRegionSection memory_region_find(MemoryRegion *mr, hwaddr addr,
                                       uint64_t size)
{
    MemoryRegionSection s;

    RCU_READ_LOCK_GUARD();
    s = find_section(mr, addr, size);
    memory_region_ref(s.mr);
    return s;
}

bool memory_region_present(MemoryRegion *container, hwaddr addr)
{
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = find_section(container, addr, 1).mr;
    return mr && mr != container;
}

MemoryRegionSection *memory_region_section_new_copy(MemoryRegionSection *s)
{
    MemoryRegionSection *copy = g_new(MemoryRegionSection, 1);

    *copy = *s;
    memory_region_ref(copy->mr);
    if (copy->fv) {
        bool held = flatview_ref(copy->fv);

        assert(held);
    }
    return copy;
}

void memory_region_section_free_copy(MemoryRegionSection *s)
{
    if (s->fv) {
        flatview_unref(s->fv);
    }
    memory_region_unref(s->mr);
    g_free(s);
}

/* ---- the object ---- */

static Object *region_resolve_container(Object *obj, void *opaque,
                                        const char *part)
{
    return OBJECT(((MemoryRegion *)obj)->container);
}

static void region_get_container(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    MemoryRegion *mr = (MemoryRegion *)obj;
    g_autofree char *path = NULL;

    if (mr->container) {
        path = object_get_canonical_path(OBJECT(mr->container));
    }
    if (!path) {
        path = g_strdup("");
    }
    visit_type_str(v, name, &path, errp);
}

static void region_get_addr(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &((MemoryRegion *)obj)->addr, errp);
}

static void region_get_priority(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    visit_type_int32(v, name, &((MemoryRegion *)obj)->priority, errp);
}

static void region_get_size(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    uint64_t size = memory_region_size((MemoryRegion *)obj);

    visit_type_uint64(v, name, &size, errp);
}

static void region_class_init(ObjectClass *oc, void *data)
{
    ObjectProperty *op;

    op = object_class_property_add(oc, "container",
                                   "link<" TYPE_MEMORY_REGION ">",
                                   region_get_container, NULL, NULL, NULL);
    op->resolve = region_resolve_container;
    object_class_property_add(oc, "addr", "uint64", region_get_addr,
                              NULL, NULL, NULL);
    object_class_property_add(oc, "priority", "uint32", region_get_priority,
                              NULL, NULL, NULL);
    object_class_property_add(oc, "size", "uint64", region_get_size,
                              NULL, NULL, NULL);
}

static void region_init(Object *obj)
{
    MemoryRegion *mr = (MemoryRegion *)obj;

    mr->ops = &unassigned_mem_ops;
    mr->enabled = true;
    mr->romd_mode = true;
    mr->global_locking = true;
    QTAILQ_INIT(&mr->subregions);
    QLIST_INIT(&mr->aliases);
}

static void region_finalize(Object *obj)
{
    MemoryRegion *mr = (MemoryRegion *)obj;
    MemoryRegion *sub, *next;

    assert(!mr->container);
    /*
     * Nothing shows this region any more, but what it contains may live on.
     * Disabled, it makes no one render.
     */
    mr->enabled = false;
    memory_region_transaction_begin();
    QTAILQ_FOREACH_SAFE(sub, &mr->subregions, subregions_link, next) {
        memory_region_del_subregion(mr, sub);
    }
    memory_region_transaction_commit();

    QLIST_FOREACH_SAFE(sub, &mr->aliases, aliases_link, next) {
        QLIST_REMOVE(sub, aliases_link);
        sub->alias = NULL;
    }
    if (mr->alias) {
        QLIST_REMOVE(mr, aliases_link);
    }
    memory_view_forget(mr->view);
    if (mr->destructor) {
        mr->destructor(mr);
    }
    g_free((char *)mr->name);
    g_free(mr->ioeventfds);
}

static const TypeInfo region_info = {
    .name = TYPE_MEMORY_REGION,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(MemoryRegion),
    .instance_init = region_init,
    .instance_finalize = region_finalize,
    .class_size = sizeof(MemoryRegionClass),
    .class_init = region_class_init,
};

static void region_register_types(void)
{
    type_register_static(&region_info);
}

type_init(region_register_types)
