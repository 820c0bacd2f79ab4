/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of "info mtree": trees of regions, or what they render to.
 */
#include "qemu/osdep.h"
#include "qemu/qemu-print.h"
#include "memory-internal.h"

#define HEX "%016" PRIx64

typedef struct Mtree {
    GString *out;
    bool owner;
    bool disabled;
    GPtrArray *targets;         /* of aliases: printed on their own */
} Mtree;

static const char *region_kind(const MemoryRegion *mr)
{
    while (mr->alias) {
        mr = mr->alias;
    }
    if (mr->ram_device) {
        return "ramd";
    }
    if (mr->rom_device && mr->romd_mode) {
        return "romd";
    }
    return !mr->ram ? "i/o" : mr->readonly ? "rom" : "ram";
}

static const char *region_name(const MemoryRegion *mr)
{
    return mr->name && *mr->name ? mr->name : "(noname)";
}

/* ---- whose a region is ---- */

/* The name that a user gave to a device; NULL for none. */
static const char *user_id(Object *obj)
{
    Object *parent = obj->parent;
    const char *folder;

    folder = parent ? object_get_canonical_path_component(parent) : NULL;
    return folder && !strcmp(folder, "peripheral")
           ? object_get_canonical_path_component(obj) : NULL;
}

static void put_object(GString *out, const char *label, Object *obj)
{
    bool dev = object_dynamic_cast(obj, "device");
    const char *id = dev ? user_id(obj) : NULL;
    g_autofree char *path = NULL;

    g_string_append_printf(out, " %s:{%s", label, dev ? "dev" : "obj");
    if (id) {
        g_string_append_printf(out, " id=%s", id);
    } else if ((path = object_get_canonical_path(obj))) {
        g_string_append_printf(out, " path=%s", path);
    } else {
        g_string_append_printf(out, " type=%s", object_get_typename(obj));
    }
    g_string_append_c(out, '}');
}

static void put_owner(GString *out, MemoryRegion *mr)
{
    Object *parent = OBJECT(mr)->parent;

    if (!mr->owner && !parent) {
        g_string_append(out, " orphan");
        return;
    }
    if (mr->owner) {
        put_object(out, "owner", mr->owner);
    }
    if (parent && parent != mr->owner) {
        put_object(out, "parent", parent);
    }
}

/* ---- trees ---- */

static uint64_t extent(const MemoryRegion *mr)
{
    return int128_nz(mr->size)
           ? int128_getlo(int128_sub(mr->size, int128_one())) : 0;
}

/* By address; at the same one, what is in front first. */
static int compare_regions(const void *a, const void *b)
{
    const MemoryRegion *x = *(MemoryRegion *const *)a;
    const MemoryRegion *y = *(MemoryRegion *const *)b;

    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    return x->priority > y->priority ? -1 : x->priority < y->priority;
}

static void put_region(Mtree *t, const MemoryRegion *mr, unsigned level,
                       hwaddr start, hwaddr last)
{
    g_string_append_printf(t->out, "%*s" HEX "-" HEX " (prio %d, %s%s): ",
                           (int)level * 2, "", start, last, mr->priority,
                           mr->nonvolatile ? "nv-" : "", region_kind(mr));
    if (mr->alias) {
        g_string_append_printf(t->out, "alias %s @%s " HEX "-" HEX,
                               region_name(mr), region_name(mr->alias),
                               mr->alias_offset,
                               mr->alias_offset + extent(mr));
    } else {
        g_string_append(t->out, region_name(mr));
    }
    if (!mr->enabled) {
        g_string_append(t->out, " [disabled]");
    }
    if (t->owner) {
        put_owner(t->out, (MemoryRegion *)mr);
    }
    g_string_append_c(t->out, '\n');
}

static void put_tree(Mtree *t, MemoryRegion *mr, unsigned level, hwaddr base)
{
    hwaddr start = base + mr->addr, last = start + extent(mr);
    g_autoptr(GPtrArray) subs = NULL;
    MemoryRegion *sub;

    if (start < base || last < start) {
        g_string_append(t->out, "[DETECTED OVERFLOW!] ");
    }
    if (mr->alias && !g_ptr_array_find(t->targets, mr->alias, NULL)) {
        g_ptr_array_add(t->targets, mr->alias);
    }
    if (mr->enabled || t->disabled) {
        put_region(t, mr, level, start, last);
    }
    if (QTAILQ_EMPTY(&mr->subregions)) {
        return;
    }
    subs = g_ptr_array_new();
    QTAILQ_FOREACH(sub, &mr->subregions, subregions_link) {
        g_ptr_array_add(subs, sub);
    }
    g_ptr_array_sort(subs, compare_regions);
    for (unsigned i = 0; i < subs->len; i++) {
        put_tree(t, g_ptr_array_index(subs, i), level + 1, start);
    }
}

static int compare_spaces(const void *a, const void *b)
{
    return strcmp((*(AddressSpace *const *)a)->name,
                  (*(AddressSpace *const *)b)->name);
}

/* The spaces with first's root, unless first is not the first of them. */
static GPtrArray *spaces_with_root_of(AddressSpace *first)
{
    GPtrArray *same = g_ptr_array_new();
    AddressSpace *as;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        if (as->root == first->root) {
            g_ptr_array_add(same, as);
        }
    }
    if (g_ptr_array_index(same, 0) != first) {
        g_ptr_array_set_size(same, 0);
    }
    g_ptr_array_sort(same, compare_spaces);
    return same;
}

static void put_trees(Mtree *t)
{
    AddressSpace *as;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        g_autoptr(GPtrArray) same = spaces_with_root_of(as);

        if (!same->len) {
            continue;
        }
        for (unsigned i = 0; i < same->len; i++) {
            AddressSpace *s = g_ptr_array_index(same, i);

            g_string_append_printf(t->out, "address-space: %s\n", s->name);
        }
        put_tree(t, as->root, 1, 0);
        g_string_append_c(t->out, '\n');
    }
    /* Grows on the way. */
    for (unsigned i = 0; i < t->targets->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(t->targets, i);

        g_string_append_printf(t->out, "memory-region: %s\n",
                               region_name(mr));
        put_tree(t, mr, 1, 0);
        g_string_append_c(t->out, '\n');
    }
}

/* ---- flat views ---- */

static bool recently_used(FlatView *view, unsigned n)
{
    for (unsigned i = 0; i < FLATVIEW_RECENT; i++) {
        if (qatomic_read(&view->recent[i]) == n) {
            return true;
        }
    }
    return false;
}

static void put_dispatch(GString *out, FlatView *view)
{
    g_string_append(out, "  Dispatch\n    Physical sections\n");
    for (unsigned i = 0; i < view->nr; i++) {
        const FlatRange *r = &view->ranges[i];
        bool assigned = flat_range_assigned(r);

        g_string_append_printf(out, "      #%u @" HEX ".." HEX " %s%s%s%s\n",
                               i, r->start, r->last,
                               assigned ? region_name(r->mr) : "(noname)",
                               assigned ? "" : " [unassigned]",
                               r->mr == view->root ? " [ROOT]" : "",
                               recently_used(view, i) ? " [MRU]" : "");
    }
    g_string_append_printf(out, "    Search over %u starts, %u recent\n",
                           view->nr, FLATVIEW_RECENT);
}

static void put_ranges(Mtree *t, FlatView *view, bool dispatch_tree)
{
    const FlatRange *r;

    if (!view->root) {
        g_string_append(t->out, "  No rendered FlatView\n\n");
        return;
    }
    FLATVIEW_FOREACH(r, view) {
        g_string_append_printf(t->out,
                               "  " HEX "-" HEX " (prio %d, %s%s): %s",
                               r->start, r->last, r->mr->priority,
                               r->nonvolatile ? "nv-" : "",
                               r->readonly ? "rom" : region_kind(r->mr),
                               region_name(r->mr));
        if (r->offset) {
            g_string_append_printf(t->out, " @" HEX, r->offset);
        }
        if (t->owner) {
            put_owner(t->out, r->mr);
        }
        g_string_append_c(t->out, '\n');
    }
    if (dispatch_tree) {
        put_dispatch(t->out, view);
    }
    g_string_append_c(t->out, '\n');
}

static void put_views(Mtree *t, bool dispatch_tree)
{
    g_autoptr(GPtrArray) seen = g_ptr_array_new();
    AddressSpace *as, *other;

    RCU_READ_LOCK_GUARD();
    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        FlatView *view = address_space_to_flatview(as);

        if (g_ptr_array_find(seen, view, NULL)) {
            continue;
        }
        g_string_append_printf(t->out, "FlatView #%u\n", seen->len);
        g_ptr_array_add(seen, view);
        QTAILQ_FOREACH(other, &address_spaces, address_spaces_link) {
            if (address_space_to_flatview(other) != view) {
                continue;
            }
            g_string_append_printf(t->out, " AS \"%s\", root: %s",
                                   other->name, region_name(other->root));
            if (other->root->alias) {
                g_string_append_printf(t->out, ", alias %s",
                                       region_name(other->root->alias));
            }
            g_string_append_c(t->out, '\n');
        }
        g_string_append_printf(t->out, " Root memory region: %s\n",
                               view->root ? region_name(view->root)
                                          : "(none)");
        put_ranges(t, view, dispatch_tree);
    }
}

void mtree_format(GString *out, bool flatview, bool dispatch_tree, bool owner,
                  bool disabled)
{
    Mtree t = { .out = out, .owner = owner, .disabled = disabled };

    if (flatview) {
        put_views(&t, dispatch_tree);
        return;
    }
    t.targets = g_ptr_array_new();
    put_trees(&t);
    g_ptr_array_unref(t.targets);
}

void mtree_info(bool flatview, bool dispatch_tree, bool owner, bool disabled)
{
    GString *out = g_string_new("");

    mtree_format(out, flatview, dispatch_tree, owner, disabled);
    qemu_printf("%s", out->str);
    g_string_free(out, true);
}
