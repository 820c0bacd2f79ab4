/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flat views: rendering the tree of regions, when it is done, and address
 * spaces.
 *
 * A region that changes passes the number of the present generation on to
 * whatever shows it: its container, aliases of it, and so on to the roots,
 * as far as they are enabled.
 * A view carries the generation it was rendered in, which ends with that.
 * So a view is out of date if and only if its root has a higher number, and
 * in one generation no region has to pass anything on twice.
 *
 * A commit renders only for address spaces that have listeners for ranges or
 * are used without the big lock.  Others just lose their view, and the next
 * access renders; most changes while a machine is put together are never
 * seen by anyone.
 *
 * Address spaces with equal roots share a view.  A root that shows nothing
 * but another region, in its place and whole, counts as that region: so do
 * all PCI functions that may master the bus.
 */
#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/main-loop.h"
#include "exec/address-spaces.h"
#include "memory-internal.h"
#include "trace.h"

AddressSpaceList address_spaces = QTAILQ_HEAD_INITIALIZER(address_spaces);
static QTAILQ_HEAD(, AddressSpace) tracked_spaces =
    QTAILQ_HEAD_INITIALIZER(tracked_spaces);

static uint64_t generation = 1;

/* ---- rendering ---- */

/* What containers and aliases on the way add to a leaf. */
typedef struct Inherited {
    bool readonly;
    bool nonvolatile;
    bool unmergeable;
} Inherited;

/* Offset 0 of mr is at base, which may be out of sight; so may the rest. */
static void gather_leaves(GArray *leaves, MemoryRegion *mr, Int128 base,
                          Int128 first, Int128 last, Inherited above)
{
    MemoryRegion *sub;

    first = int128_max(first, base);
    last = int128_min(last, int128_sub(int128_add(base, mr->size),
                                       int128_one()));
    if (!mr->enabled || int128_gt(first, last)) {
        return;
    }
    above.readonly |= mr->readonly;
    above.nonvolatile |= mr->nonvolatile;
    above.unmergeable |= mr->unmergeable;

    if (mr->alias) {
        base = int128_sub(base, int128_make64(mr->alias_offset));
        gather_leaves(leaves, mr->alias, base, first, last, above);
        return;
    }
    QTAILQ_FOREACH(sub, &mr->subregions, subregions_link) {
        gather_leaves(leaves, sub,
                      int128_add(base, int128_make64(sub->addr)),
                      first, last, above);
    }
    if (mr->terminates) {
        FlatRange leaf = {
            .start = int128_get64(first),
            .last = int128_get64(last),
            .mr = mr,
            .offset = int128_get64(int128_sub(first, base)),
            .romd_mode = mr->romd_mode,
            .readonly = above.readonly,
            .nonvolatile = above.nonvolatile,
            .unmergeable = above.unmergeable,
        };

        g_array_append_val(leaves, leaf);
    }
}

/* Where a leaf begins to count, or (exclusive end) ceases to. */
typedef struct Edge {
    hwaddr at;
    unsigned leaf;
    bool begin;
} Edge;

static int compare_edges(const void *a, const void *b)
{
    hwaddr x = ((const Edge *)a)->at, y = ((const Edge *)b)->at;

    return x < y ? -1 : x > y;
}

static bool mergeable(const FlatRange *a, const FlatRange *b)
{
    return a->last + 1 == b->start && a->mr == b->mr &&
           a->offset + (b->start - a->start) == b->offset &&
           a->romd_mode == b->romd_mode && a->readonly == b->readonly &&
           a->nonvolatile == b->nonvolatile &&
           !a->unmergeable && !b->unmergeable;
}

static void append_range(GArray *ranges, const FlatRange *leaf, hwaddr start,
                         hwaddr last)
{
    FlatRange r = { .mr = &io_mem_unassigned, .offset = start };
    FlatRange *prev;

    if (leaf) {
        r = *leaf;
        r.offset += start - leaf->start;
    }
    r.start = start;
    r.last = last;
    prev = ranges->len ? &g_array_index(ranges, FlatRange, ranges->len - 1)
                       : NULL;
    if (prev && mergeable(prev, &r)) {
        prev->last = last;
    } else {
        g_array_append_val(ranges, r);
    }
}

/*
 * Walks all edges by address with the set of leaves that are there; of
 * those, the first in front-to-back order is seen.
 */
static void sweep(GArray *leaves, GArray *ranges)
{
    unsigned n = leaves->len, nr_edges = 0, words = BITS_TO_LONGS(n + 1);
    g_autofree Edge *edges = g_new(Edge, 2 * n);
    g_autofree unsigned long *there = g_new0(unsigned long, words);
    hwaddr at = 0;
    unsigned i = 0;

    for (unsigned l = 0; l < n; l++) {
        FlatRange *r = &g_array_index(leaves, FlatRange, l);

        edges[nr_edges++] = (Edge) { r->start, l, true };
        if (r->last != UINT64_MAX) {
            edges[nr_edges++] = (Edge) { r->last + 1, l, false };
        }
    }
    if (nr_edges) {
        qsort(edges, nr_edges, sizeof(Edge), compare_edges);
    }

    for (;;) {
        unsigned seen;
        hwaddr next;

        while (i < nr_edges && edges[i].at == at) {
            (edges[i].begin ? set_bit : clear_bit)(edges[i].leaf, there);
            i++;
        }
        next = i < nr_edges ? edges[i].at : 0;
        seen = find_first_bit(there, n);
        append_range(ranges, seen < n ? &g_array_index(leaves, FlatRange, seen)
                                      : NULL, at, next - 1);
        if (i == nr_edges) {
            return;
        }
        at = next;
    }
}

/* What accesses need to know is worked out once. */
static void complete_range(FlatRange *r)
{
    MemoryRegion *mr = r->mr;

    r->dirty_log_mask = memory_region_get_dirty_log_mask(mr);
    if (mr->ram_block && !mr->ram_device && mr->ram_block->host) {
        r->host = mr->ram_block->host + r->offset;
        r->direct_read = mr->ram || memory_region_is_romd(mr);
        r->direct_write = mr->ram && !r->readonly;
    }
}

/*
 * A region can be taken apart before the last view that mentions it goes, so
 * what is held is noted where it can be found without the region.
 */
static Object *hold_owner(MemoryRegion *mr)
{
    Object *owner = mr ? mr->owner : NULL;

    return owner ? object_ref(owner) : NULL;
}

static void release_owner(Object *owner)
{
    if (owner) {
        object_unref(owner);
    }
}

static FlatView *view_from_ranges(GArray *ranges, MemoryRegion *root)
{
    size_t size = sizeof(FlatView) + ranges->len * sizeof(FlatRange);
    FlatView *view = g_malloc0(size + ranges->len * sizeof(hwaddr));
    hwaddr *starts = (hwaddr *)((char *)view + size);

    view->ref = 1;
    view->nr = ranges->len;
    view->starts = starts;
    for (unsigned i = 0; i < view->nr; i++) {
        FlatRange *r = &view->ranges[i];

        *r = g_array_index(ranges, FlatRange, i);
        complete_range(r);
        starts[i] = r->start;
        r->owner = hold_owner(r->mr);
    }
    view->root_owner = hold_owner(root);
    trace_flatview_new(view, root);
    return view;
}

static FlatView *render(MemoryRegion *root)
{
    g_autoptr(GArray) leaves = g_array_new(false, false, sizeof(FlatRange));
    g_autoptr(GArray) ranges = g_array_new(false, false, sizeof(FlatRange));

    if (root) {
        gather_leaves(leaves, root, int128_zero(), int128_zero(),
                      int128_make64(UINT64_MAX), (Inherited) { });
    }
    sweep(leaves, ranges);
    return view_from_ranges(ranges, root);
}

static bool same_ranges(const FlatView *a, const FlatView *b)
{
    if (a == b) {
        return true;
    }
    if (a->nr != b->nr) {
        return false;
    }
    for (unsigned i = 0; i < a->nr; i++) {
        const FlatRange *x = &a->ranges[i], *y = &b->ranges[i];

        if (x->start != y->start || x->last != y->last || x->mr != y->mr ||
            x->offset != y->offset || x->host != y->host ||
            x->direct_read != y->direct_read ||
            x->direct_write != y->direct_write ||
            x->dirty_log_mask != y->dirty_log_mask ||
            x->romd_mode != y->romd_mode || x->readonly != y->readonly ||
            x->nonvolatile != y->nonvolatile ||
            x->unmergeable != y->unmergeable) {
            return false;
        }
    }
    return true;
}

/* ---- views ---- */

const FlatRange *flatview_search(FlatView *view, hwaddr addr)
{
    unsigned slot = (addr >> TARGET_PAGE_BITS) % FLATVIEW_RECENT;
    const hwaddr *base = view->starts;
    unsigned n = view->nr;

    /* The last start that is not above addr; the first start is 0. */
    while (n > 1) {
        unsigned half = n / 2;

        base = base[half] <= addr ? base + half : base;
        n -= half;
    }
    n = base - view->starts;
    qatomic_set(&view->recent[slot], n);
    return &view->ranges[n];
}

bool flatview_ref(FlatView *view)
{
    unsigned ref = qatomic_read(&view->ref);

    while (ref) {
        unsigned found = qatomic_cmpxchg(&view->ref, ref, ref + 1);

        if (found == ref) {
            return true;
        }
        ref = found;
    }
    return false;
}

void memory_view_forget(FlatView *view)
{
    if (view && view->root) {
        view->root->view = NULL;
        view->root = NULL;
    }
}

/* Under the big lock; no reader has the view any more. */
static void flatview_free(FlatView *view)
{
    Object *root_owner = view->root_owner;

    trace_flatview_destroy(view, view->root);
    memory_view_forget(view);
    for (unsigned i = 0; i < view->nr; i++) {
        release_owner(view->ranges[i].owner);
    }
    g_free(view);
    release_owner(root_owner);
}

/* Views that no one can be reading, until the transaction is over. */
static FlatView *retired;
static unsigned transaction_depth;

static void free_retired(void)
{
    while (retired && !transaction_depth) {
        FlatView *view = retired;

        retired = (FlatView *)view->rcu.next;
        flatview_free(view);
    }
}

/*
 * There is no grace period to wait for: while one thread sets up a machine,
 * none has to be started that would do the waiting.
 */
static bool nobody_reading(void)
{
    return qemu_mutex_iothread_locked() && !rcu_others_reading();
}

void flatview_unref(FlatView *view)
{
    if (qatomic_fetch_dec(&view->ref) != 1) {
        return;
    }
    if (nobody_reading()) {
        /* It may be the end of devices: not in the middle of a change. */
        view->rcu.next = (struct rcu_head *)retired;
        retired = view;
        free_retired();
    } else {
        call_rcu(view, flatview_free, rcu);
    }
}

/* What is to be rendered for a space with this root; NULL: nothing. */
static MemoryRegion *effective_root(MemoryRegion *mr)
{
    while (mr->enabled && !mr->readonly && !mr->nonvolatile &&
           !mr->unmergeable) {
        MemoryRegion *only = NULL, *sub;

        if (mr->alias) {
            if (mr->alias_offset || int128_lt(mr->size, mr->alias->size)) {
                return mr;
            }
            mr = mr->alias;
            continue;
        }
        if (mr->terminates) {
            return mr;
        }
        QTAILQ_FOREACH(sub, &mr->subregions, subregions_link) {
            if (sub->enabled) {
                if (only) {
                    return mr;
                }
                only = sub;
            }
        }
        if (!only) {
            return NULL;
        }
        if (only->addr || int128_lt(mr->size, only->size)) {
            return mr;
        }
        mr = only;
    }
    return mr->enabled ? mr : NULL;
}

static FlatView *empty_view(void)
{
    static FlatView *view;

    if (!view) {
        view = render(NULL);
    }
    qatomic_inc(&view->ref);
    return view;
}

/* The view of a root as of now, with a reference. */
static FlatView *view_of_root(MemoryRegion *root)
{
    FlatView *old, *view;

    if (!root) {
        return empty_view();
    }
    old = root->view && flatview_ref(root->view) ? root->view : NULL;
    if (old && root->changed <= old->generation) {
        return old;
    }
    view = render(root);
    if (old && same_ranges(old, view)) {
        /* Nobody has to notice that anything happened. */
        flatview_free(view);
        view = old;
    } else {
        memory_view_forget(root->view);
        if (old) {
            flatview_unref(old);
        }
        root->view = view;
        view->root = root;
    }
    view->generation = generation++;
    return view;
}

void flatview_for_each_range(FlatView *fv, flatview_cb cb, void *opaque)
{
    const FlatRange *r;

    FLATVIEW_FOREACH(r, fv) {
        Int128 len = int128_add(int128_make64(r->last - r->start),
                                int128_one());

        if (cb(int128_make64(r->start), len, r->mr, r->offset, opaque)) {
            break;
        }
    }
}

/* ---- changes ---- */

static bool topology_changed, ioeventfds_changed;

static void pass_on_change(MemoryRegion *mr)
{
    MemoryRegion *alias;

    while (mr && mr->changed != generation) {
        mr->changed = generation;
        QLIST_FOREACH(alias, &mr->aliases, aliases_link) {
            if (alias->enabled) {
                pass_on_change(alias);
            }
        }
        mr = mr->container;
        if (mr && !mr->enabled) {
            break;
        }
    }
}

void memory_region_changed_force(MemoryRegion *mr)
{
    topology_changed = true;
    pass_on_change(mr);
}

void memory_region_changed(MemoryRegion *mr)
{
    if (mr->enabled) {
        memory_region_changed_force(mr);
    }
}

void memory_region_linked(MemoryRegion *mr, MemoryRegion *sub)
{
    /*
     * A region that has passed on a change in this generation will not do so
     * again, even if it is enabled only later: its new container has to have
     * done it, too.
     */
    if (sub->enabled || sub->changed == generation) {
        memory_region_changed(mr);
    }
}

void memory_ioeventfds_changed(void)
{
    ioeventfds_changed = true;
}

void memory_region_transaction_begin(void)
{
    transaction_depth++;
}

static void publish(AddressSpace *as, FlatView *view)
{
    FlatView *old = as->current_map;

    qatomic_rcu_set(&as->current_map, view);
    if (old) {
        flatview_unref(old);
    }
}

static void tell(AddressSpace *as, bool begin)
{
    MemoryListener *l;

    QTAILQ_FOREACH(l, &as->listeners, link_as) {
        void (*fn)(MemoryListener *) = begin ? l->begin : l->commit;

        if (fn) {
            fn(l);
        }
    }
}

static void refresh_space(AddressSpace *as)
{
    FlatView *old = as->current_map, *view;

    as->generation = generation++;
    if (!as->eager && !address_space_watched(as)) {
        publish(as, NULL);
        tell(as, true);
        tell(as, false);
        return;
    }
    view = view_of_root(effective_root(as->root));
    if (old && same_ranges(old, view)) {
        publish(as, view);
        return;
    }
    tell(as, true);
    address_space_tell_change(as, old, view);
    publish(as, view);
    address_space_update_ioeventfds(as);
    tell(as, false);
}

static void untrack_idle_space(AddressSpace *as)
{
    if (!as->current_map && QTAILQ_EMPTY(&as->listeners)) {
        as->tracked = false;
        QTAILQ_REMOVE(&tracked_spaces, as, tracked_link);
    }
}

void address_space_track(AddressSpace *as)
{
    if (!as->tracked) {
        as->tracked = true;
        as->generation = generation++;
        QTAILQ_INSERT_TAIL(&tracked_spaces, as, tracked_link);
    }
}

static void commit_changes(void)
{
    bool topology = topology_changed;
    AddressSpace *as, *next;

    topology_changed = false;
    ioeventfds_changed = false;
    QTAILQ_FOREACH_SAFE(as, &tracked_spaces, tracked_link, next) {
        if (topology && as->root->changed > as->generation) {
            refresh_space(as);
        } else {
            address_space_update_ioeventfds(as);
        }
        untrack_idle_space(as);
    }
}

void memory_region_transaction_commit(void)
{
    assert(transaction_depth);
    if (transaction_depth == 1) {
        /* Listeners may change the map; that waits until all have seen it. */
        while (topology_changed || ioeventfds_changed) {
            commit_changes();
        }
    }
    if (--transaction_depth == 0 && unlikely(retired)) {
        free_retired();
    }
}

void memory_all_changed(void)
{
    AddressSpace *as;

    memory_region_transaction_begin();
    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        MemoryRegion *root = effective_root(as->root);

        if (root) {
            memory_region_changed(root);
        }
    }
    memory_region_transaction_commit();
}

/* ---- address spaces ---- */

/* The first look at an address space since it changed. */
static FlatView *render_on_demand(AddressSpace *as)
{
    bool lock = !qemu_mutex_iothread_locked();

    if (lock) {
        qemu_mutex_lock_iothread();
    }
    if (!as->current_map) {
        FlatView *view = view_of_root(effective_root(as->root));

        as->generation = generation++;
        publish(as, view);
        address_space_track(as);
    }
    if (lock) {
        /* This thread shall not have to wait for the lock again. */
        as->eager = true;
        qemu_mutex_unlock_iothread();
    }
    return as->current_map;
}

FlatView *address_space_to_flatview(AddressSpace *as)
{
    FlatView *view = qatomic_rcu_read(&as->current_map);

    return likely(view) ? view : render_on_demand(as);
}

FlatView *address_space_get_flatview(AddressSpace *as)
{
    FlatView *view;

    RCU_READ_LOCK_GUARD();
    do {
        view = address_space_to_flatview(as);
        /* If it has just been replaced, there is another now. */
    } while (!flatview_ref(view));
    return view;
}

void address_space_init(AddressSpace *as, MemoryRegion *root,
                        const char *name)
{
    memory_region_ref(root);
    *as = (AddressSpace) {
        .name = g_strdup(name ?: "anonymous"),
        .root = root,
    };
    QTAILQ_INIT(&as->listeners);
    QTAILQ_INSERT_TAIL(&address_spaces, as, address_spaces_link);
}

typedef struct DeadSpace {
    struct rcu_head rcu;
    Object *root_owner;
} DeadSpace;

static void bury(DeadSpace *dead)
{
    release_owner(dead->root_owner);
    g_free(dead);
}

void address_space_destroy(AddressSpace *as)
{
    DeadSpace *dead;

    assert(QTAILQ_EMPTY(&as->listeners));
    QTAILQ_REMOVE(&address_spaces, as, address_spaces_link);
    if (!as->current_map || nobody_reading()) {
        publish(as, empty_view());
        memory_region_unref(as->root);
    } else {
        /*
         * Readers that are late see nothing; their accesses, and the
         * structure itself, last as long as the owner of the root.
         */
        publish(as, empty_view());
        dead = g_new0(DeadSpace, 1);
        dead->root_owner = as->root->owner;
        call_rcu(dead, bury, rcu);
    }
    if (as->tracked) {
        as->tracked = false;
        QTAILQ_REMOVE(&tracked_spaces, as, tracked_link);
    }
    g_free(as->name);
    as->name = NULL;
    g_free(as->ioeventfds);
    as->ioeventfds = NULL;
    as->ioeventfd_nb = 0;
}
