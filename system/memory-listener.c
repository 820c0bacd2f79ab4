/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory listeners: telling them of ranges, of ioeventfds, and of dirty
 * logging.
 */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "memory-internal.h"
#include "trace.h"

static QTAILQ_HEAD(, MemoryListener) memory_listeners =
    QTAILQ_HEAD_INITIALIZER(memory_listeners);

unsigned int global_dirty_tracking;
bool memory_eventfds_in_accel;

/* What comes is told in this order, what goes in the opposite one. */
#define UPWARDS(l, as) QTAILQ_FOREACH(l, &(as)->listeners, link_as)
#define DOWNWARDS(l, as) QTAILQ_FOREACH_REVERSE(l, &(as)->listeners, link_as)

bool address_space_watched(AddressSpace *as)
{
    MemoryListener *l;

    UPWARDS(l, as) {
        if (l->region_add || l->region_del || l->region_nop ||
            l->log_start || l->log_stop || l->log_sync || l->log_clear ||
            l->eventfd_add || l->eventfd_del) {
            return true;
        }
    }
    return false;
}

/* ---- ranges ---- */

static void tell_log_start(AddressSpace *as, MemoryRegionSection *s,
                           int before, int after)
{
    MemoryListener *l;

    UPWARDS(l, as) {
        if (l->log_start) {
            l->log_start(l, s, before, after);
        }
    }
}

static void tell_log_stop(AddressSpace *as, MemoryRegionSection *s,
                          int before, int after)
{
    MemoryListener *l;

    DOWNWARDS(l, as) {
        if (l->log_stop) {
            l->log_stop(l, s, before, after);
        }
    }
}

static void tell_gone(AddressSpace *as, const FlatRange *r, FlatView *view)
{
    MemoryRegionSection s = section_from_flat_range(r, view);
    MemoryListener *l;

    DOWNWARDS(l, as) {
        if (l->region_del) {
            l->region_del(l, &s);
        }
    }
}

static void tell_new(AddressSpace *as, const FlatRange *r, FlatView *view)
{
    MemoryRegionSection s = section_from_flat_range(r, view);
    MemoryListener *l;

    UPWARDS(l, as) {
        if (l->region_add) {
            l->region_add(l, &s);
        }
    }
}

/* The logging of an unchanged range may have changed. */
static void tell_kept(AddressSpace *as, const FlatRange *was,
                      const FlatRange *is, FlatView *view)
{
    MemoryRegionSection s = section_from_flat_range(is, view);
    int before = was->dirty_log_mask, after = is->dirty_log_mask;
    MemoryListener *l;

    UPWARDS(l, as) {
        if (l->region_nop) {
            l->region_nop(l, &s);
        }
    }
    if (after & ~before) {
        tell_log_start(as, &s, before, after);
    }
    if (before & ~after) {
        tell_log_stop(as, &s, before, after);
    }
}

static bool same_range(const FlatRange *a, const FlatRange *b)
{
    return a->start == b->start && a->last == b->last && a->mr == b->mr &&
           a->offset == b->offset && a->romd_mode == b->romd_mode &&
           a->readonly == b->readonly && a->nonvolatile == b->nonvolatile &&
           a->unmergeable == b->unmergeable;
}

/* The next range from r on that is something; NULL at the end. */
static const FlatRange *next_assigned(const FlatView *view,
                                      const FlatRange *r)
{
    while (r < &view->ranges[view->nr]) {
        if (flat_range_assigned(r)) {
            return r;
        }
        r++;
    }
    return NULL;
}

static void tell_pass(AddressSpace *as, FlatView *from, FlatView *to,
                      bool adding)
{
    const FlatRange *was = from ? next_assigned(from, from->ranges) : NULL;
    const FlatRange *is = next_assigned(to, to->ranges);

    while (was || is) {
        bool both = was && is && same_range(was, is);
        bool gone = !both && was && (!is || was->start <= is->start);

        if (both) {
            if (adding) {
                tell_kept(as, was, is, to);
            }
        } else if (gone) {
            if (!adding) {
                tell_gone(as, was, from);
            }
        } else if (adding) {
            tell_new(as, is, to);
        }
        if (both || gone) {
            was = next_assigned(from, was + 1);
        }
        if (!gone) {
            is = next_assigned(to, is + 1);
        }
    }
}

void address_space_tell_change(AddressSpace *as, FlatView *from, FlatView *to)
{
    if (address_space_watched(as)) {
        tell_pass(as, from, to, false);
        tell_pass(as, from, to, true);
    }
}

/* ---- ioeventfds ---- */

static MemoryRegionSection ioeventfd_section(AddressSpace *as,
                                             const MemoryRegionIoeventfd *fd)
{
    return (MemoryRegionSection) {
        .fv = as->current_map,
        .offset_within_address_space = fd->addr,
        .size = int128_make64(fd->size),
    };
}

static void tell_ioeventfd(AddressSpace *as, const MemoryRegionIoeventfd *fd,
                           bool add)
{
    MemoryRegionSection s = ioeventfd_section(as, fd);
    MemoryListener *l;

    if (add) {
        DOWNWARDS(l, as) {
            if (l->eventfd_add) {
                l->eventfd_add(l, &s, fd->match_data, fd->data, fd->e);
            }
        }
    } else {
        UPWARDS(l, as) {
            if (l->eventfd_del) {
                l->eventfd_del(l, &s, fd->match_data, fd->data, fd->e);
            }
        }
    }
}

static bool wants_ioeventfds(AddressSpace *as)
{
    MemoryListener *l;

    UPWARDS(l, as) {
        if (l->eventfd_add || l->eventfd_del) {
            return true;
        }
    }
    return false;
}

/* Accelerators compare with what is on the bus. */
static uint64_t data_on_bus(const MemoryRegion *mr,
                            const MemoryRegionIoeventfd *fd)
{
    if (mr->ops->endianness != DEVICE_BIG_ENDIAN) {
        return fd->data;
    }
    switch (fd->size) {
    case 2:
        return bswap16(fd->data);
    case 4:
        return bswap32(fd->data);
    case 8:
        return bswap64(fd->data);
    default:
        return fd->data;
    }
}

static GArray *collect_ioeventfds(FlatView *view)
{
    GArray *fds = g_array_new(false, false, sizeof(MemoryRegionIoeventfd));
    const FlatRange *r;

    FLATVIEW_FOREACH(r, view) {
        for (unsigned i = 0; i < r->mr->ioeventfd_nb; i++) {
            MemoryRegionIoeventfd fd = r->mr->ioeventfds[i];

            if (fd.addr - r->offset <= r->last - r->start) {
                fd.data = data_on_bus(r->mr, &fd);
                fd.addr = r->start + (fd.addr - r->offset);
                g_array_append_val(fds, fd);
            }
        }
    }
    return fds;
}

static bool has_ioeventfd(const MemoryRegionIoeventfd *fds, unsigned nb,
                          const MemoryRegionIoeventfd *fd)
{
    for (unsigned i = 0; i < nb; i++) {
        const MemoryRegionIoeventfd *o = &fds[i];

        if (o->addr == fd->addr && o->size == fd->size &&
            o->match_data == fd->match_data && o->e == fd->e &&
            (!fd->match_data || o->data == fd->data)) {
            return true;
        }
    }
    return false;
}

void address_space_update_ioeventfds(AddressSpace *as)
{
    g_autoptr(GArray) fds = NULL;
    MemoryRegionIoeventfd *now;

    if (!as->current_map || !wants_ioeventfds(as)) {
        return;
    }
    fds = collect_ioeventfds(as->current_map);
    now = (MemoryRegionIoeventfd *)fds->data;
    for (int i = 0; i < as->ioeventfd_nb; i++) {
        if (!has_ioeventfd(now, fds->len, &as->ioeventfds[i])) {
            tell_ioeventfd(as, &as->ioeventfds[i], false);
        }
    }
    for (unsigned i = 0; i < fds->len; i++) {
        if (!has_ioeventfd(as->ioeventfds, as->ioeventfd_nb, &now[i])) {
            tell_ioeventfd(as, &now[i], true);
        }
    }
    g_free(as->ioeventfds);
    as->ioeventfds = g_memdup2(now, fds->len * sizeof(*now));
    as->ioeventfd_nb = fds->len;
}

/* ---- coming and going of listeners ---- */

static void replay_ranges(MemoryListener *l, FlatView *view, bool add)
{
    const FlatRange *r;

    FLATVIEW_FOREACH(r, view) {
        MemoryRegionSection s = section_from_flat_range(r, view);

        if (add) {
            if (l->region_add) {
                l->region_add(l, &s);
            }
            if (r->dirty_log_mask && l->log_start) {
                l->log_start(l, &s, 0, r->dirty_log_mask);
            }
        } else {
            if (r->dirty_log_mask && l->log_stop) {
                l->log_stop(l, &s, r->dirty_log_mask, 0);
            }
            if (l->region_del) {
                l->region_del(l, &s);
            }
        }
    }
}

static void replay_ioeventfds(MemoryListener *l, AddressSpace *as, bool add)
{
    for (int i = 0; i < as->ioeventfd_nb; i++) {
        const MemoryRegionIoeventfd *fd = &as->ioeventfds[i];
        MemoryRegionSection s = ioeventfd_section(as, fd);

        if (add && l->eventfd_add) {
            l->eventfd_add(l, &s, fd->match_data, fd->data, fd->e);
        } else if (!add && l->eventfd_del) {
            l->eventfd_del(l, &s, fd->match_data, fd->data, fd->e);
        }
    }
}

static void replay(MemoryListener *l, AddressSpace *as, bool add)
{
    if (l->begin) {
        l->begin(l);
    }
    if (add && global_dirty_tracking && l->log_global_start) {
        l->log_global_start(l);
    }
    if (address_space_watched(as)) {
        FlatView *view = address_space_get_flatview(as);

        replay_ranges(l, view, add);
        replay_ioeventfds(l, as, add);
        flatview_unref(view);
    }
    if (l->commit) {
        l->commit(l);
    }
}

#define INSERT_BY_PRIORITY(head, l, field)                                  \
    do {                                                                    \
        MemoryListener *other_;                                             \
                                                                            \
        QTAILQ_FOREACH(other_, head, field) {                               \
            if ((l)->priority < other_->priority) {                         \
                break;                                                      \
            }                                                               \
        }                                                                   \
        if (other_) {                                                       \
            QTAILQ_INSERT_BEFORE(other_, l, field);                         \
        } else {                                                            \
            QTAILQ_INSERT_TAIL(head, l, field);                             \
        }                                                                   \
    } while (0)

void memory_listener_register(MemoryListener *listener, AddressSpace *filter)
{
    AddressSpace *as = filter;

    address_space_track(as);
    listener->address_space = as;
    INSERT_BY_PRIORITY(&memory_listeners, listener, link);
    INSERT_BY_PRIORITY(&as->listeners, listener, link_as);
    replay(listener, as, true);
    /* Of ioeventfds nobody kept count before there was a first listener. */
    address_space_update_ioeventfds(as);
}

void memory_listener_unregister(MemoryListener *listener)
{
    AddressSpace *as = listener->address_space;

    if (!as) {
        return;
    }
    replay(listener, as, false);
    QTAILQ_REMOVE(&memory_listeners, listener, link);
    QTAILQ_REMOVE(&as->listeners, listener, link_as);
    listener->address_space = NULL;
    if (as->ioeventfds && !wants_ioeventfds(as)) {
        g_free(as->ioeventfds);
        as->ioeventfds = NULL;
        as->ioeventfd_nb = 0;
    }
}

void address_space_remove_listeners(AddressSpace *as)
{
    while (!QTAILQ_EMPTY(&as->listeners)) {
        memory_listener_unregister(QTAILQ_FIRST(&as->listeners));
    }
}

/* ---- dirty logging ---- */

static void sync_dirty(MemoryRegion *mr, bool last_stage)
{
    MemoryListener *l;

    QTAILQ_FOREACH(l, &memory_listeners, link) {
        if (l->log_sync) {
            FlatView *view = address_space_get_flatview(l->address_space);
            const FlatRange *r;

            FLATVIEW_FOREACH(r, view) {
                if (r->dirty_log_mask && (!mr || r->mr == mr)) {
                    MemoryRegionSection s = section_from_flat_range(r, view);

                    l->log_sync(l, &s);
                }
            }
            flatview_unref(view);
            trace_memory_region_sync_dirty(mr ? mr->name : "(all)",
                                           l->name ?: "", 0);
        } else if (l->log_sync_global) {
            trace_memory_region_sync_dirty(mr ? mr->name : "(all)",
                                           l->name ?: "", 1);
            l->log_sync_global(l, last_stage);
        }
    }
}

void memory_region_sync_dirty_bitmap(MemoryRegion *mr)
{
    sync_dirty(mr, false);
}

static void clear_in_view(MemoryListener *l, FlatView *view,
                          MemoryRegion *mr, hwaddr start, hwaddr len)
{
    const FlatRange *r;

    FLATVIEW_FOREACH(r, view) {
        MemoryRegionSection s;
        hwaddr first, last;

        if (!r->dirty_log_mask || r->mr != mr) {
            continue;
        }
        first = MAX(r->offset, start);
        last = MIN(r->offset + (r->last - r->start), start + len - 1);
        if (first > last) {
            continue;
        }
        s = section_from_flat_range(r, view);
        s.offset_within_address_space += first - r->offset;
        s.offset_within_region = first;
        s.size = int128_make64(last - first + 1);
        l->log_clear(l, &s);
    }
}

void memory_region_clear_dirty_bitmap(MemoryRegion *mr, hwaddr start,
                                      hwaddr len)
{
    MemoryListener *l;

    if (!len) {
        return;
    }
    QTAILQ_FOREACH(l, &memory_listeners, link) {
        if (l->log_clear) {
            FlatView *view = address_space_get_flatview(l->address_space);

            clear_in_view(l, view, mr, start, len);
            flatview_unref(view);
        }
    }
}

void memory_global_dirty_log_sync(bool last_stage)
{
    sync_dirty(NULL, last_stage);
}

void memory_global_after_dirty_log_sync(void)
{
    MemoryListener *l;

    QTAILQ_FOREACH(l, &memory_listeners, link) {
        if (l->log_global_after_sync) {
            l->log_global_after_sync(l);
        }
    }
}

static void start_all_blocks(void)
{
    RAMBlock *block;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(block) {
        ram_block_start_dirty(block, DIRTY_MEMORY_MIGRATION);
    }
}

void memory_global_dirty_log_start(unsigned int flags)
{
    unsigned int before = global_dirty_tracking;
    MemoryListener *l;

    flags &= GLOBAL_DIRTY_MASK & ~before;
    if (!flags) {
        return;
    }
    if (!before) {
        /* What was written unseen counts as dirty. */
        start_all_blocks();
    }
    qatomic_set(&global_dirty_tracking, before | flags);
    trace_global_dirty_changed(global_dirty_tracking);
    if (before) {
        return;
    }
    QTAILQ_FOREACH(l, &memory_listeners, link) {
        if (l->log_global_start) {
            l->log_global_start(l);
        }
    }
    memory_all_changed();
}

void memory_global_dirty_log_stop(unsigned int flags)
{
    unsigned int before = global_dirty_tracking;
    MemoryListener *l;

    qatomic_set(&global_dirty_tracking, before & ~flags);
    trace_global_dirty_changed(global_dirty_tracking);
    if (!before || global_dirty_tracking) {
        return;
    }
    memory_all_changed();
    QTAILQ_FOREACH_REVERSE(l, &memory_listeners, link) {
        if (l->log_global_stop) {
            l->log_global_stop(l);
        }
    }
}
