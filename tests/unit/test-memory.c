/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees of memory regions against a model that looks at every byte, and
 * what listeners are told of their changes.
 */
#include "qemu/osdep.h"
#include "memory-fixture.h"

#define SPACE 512           /* bytes of the root */
#define MAX_NODES 24

/* ---- the model ---- */

typedef struct Node Node;
struct Node {
    MemoryRegion mr;
    Node *parent;
    Node *target;           /* of an alias */
    hwaddr addr;
    hwaddr alias_offset;
    uint64_t size;
    int priority;
    unsigned seq;           /* the later one is in front */
    bool enabled;
    bool terminates;
    bool readonly;
    bool romd;
};

typedef struct World {
    Object *owner;
    AddressSpace as;
    Node nodes[MAX_NODES];
    unsigned nr;
    unsigned seq;
} World;

typedef struct Seen {
    Node *node;
    hwaddr offset;
    bool readonly;
} Seen;

static bool in_front(const Node *a, const Node *b)
{
    return a->priority != b->priority ? a->priority > b->priority
                                      : a->seq > b->seq;
}

/* What the model has at offset of node. */
static Seen look(World *w, Node *node, hwaddr offset, bool readonly)
{
    Node *order[MAX_NODES];
    unsigned n = 0;
    Seen s;

    if (!node->enabled || offset >= node->size) {
        return (Seen) { };
    }
    readonly |= node->readonly;
    if (node->target) {
        return look(w, node->target, offset + node->alias_offset, readonly);
    }
    for (unsigned i = 0; i < w->nr; i++) {
        Node *sub = &w->nodes[i];
        unsigned at = n;

        if (sub->parent != node) {
            continue;
        }
        while (at > 0 && in_front(sub, order[at - 1])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = sub;
        n++;
    }
    for (unsigned i = 0; i < n; i++) {
        if (offset >= order[i]->addr) {
            s = look(w, order[i], offset - order[i]->addr, readonly);
            if (s.node) {
                return s;
            }
        }
    }
    return node->terminates ? (Seen) { node, offset, readonly } : (Seen) { };
}

/* ---- a listener that keeps book ---- */

typedef struct Book {
    MemoryListener listener;
    GArray *sections;           /* MemoryRegionSection, known now */
    GArray *nops;
    bool open;
    hwaddr last_add;
    unsigned commits;
} Book;

static bool same_section(const MemoryRegionSection *a,
                         const MemoryRegionSection *b)
{
    return a->mr == b->mr && a->size == b->size &&
           a->offset_within_region == b->offset_within_region &&
           a->offset_within_address_space == b->offset_within_address_space &&
           a->readonly == b->readonly;
}

static void book_begin(MemoryListener *l)
{
    Book *b = container_of(l, Book, listener);

    g_assert_false(b->open);
    b->open = true;
    b->last_add = 0;
    g_array_set_size(b->nops, 0);
}

static void book_commit(MemoryListener *l)
{
    Book *b = container_of(l, Book, listener);

    g_assert_true(b->open);
    b->open = false;
    b->commits++;
}

static void in_order(Book *b, const MemoryRegionSection *s)
{
    g_assert_cmphex(s->offset_within_address_space, >=, b->last_add);
    b->last_add = s->offset_within_address_space;
}

static void book_add(MemoryListener *l, MemoryRegionSection *s)
{
    Book *b = container_of(l, Book, listener);

    g_assert_true(b->open);
    in_order(b, s);
    g_array_append_val(b->sections, *s);
    g_array_append_val(b->nops, *s);
}

static void book_del(MemoryListener *l, MemoryRegionSection *s)
{
    Book *b = container_of(l, Book, listener);

    g_assert_true(b->open);
    /* All that goes, goes before anything comes. */
    g_assert_cmpuint(b->nops->len, ==, 0);
    for (unsigned i = 0; i < b->sections->len; i++) {
        if (same_section(&g_array_index(b->sections, MemoryRegionSection, i),
                         s)) {
            g_array_remove_index_fast(b->sections, i);
            return;
        }
    }
    g_assert_not_reached();
}

static void book_nop(MemoryListener *l, MemoryRegionSection *s)
{
    Book *b = container_of(l, Book, listener);

    in_order(b, s);
    for (unsigned i = 0; i < b->sections->len; i++) {
        if (same_section(&g_array_index(b->sections, MemoryRegionSection, i),
                         s)) {
            g_array_append_val(b->nops, *s);
            return;
        }
    }
    g_assert_not_reached();
}

static void book_open(Book *b, AddressSpace *as)
{
    *b = (Book) {
        .listener = {
            .begin = book_begin,
            .commit = book_commit,
            .region_add = book_add,
            .region_del = book_del,
            .region_nop = book_nop,
            .name = "book",
        },
        .sections = g_array_new(false, false, sizeof(MemoryRegionSection)),
        .nops = g_array_new(false, false, sizeof(MemoryRegionSection)),
    };
    memory_listener_register(&b->listener, as);
}

static void book_close(Book *b)
{
    memory_listener_unregister(&b->listener);
    g_assert_cmpuint(b->sections->len, ==, 0);
    g_array_unref(b->sections);
    g_array_unref(b->nops);
}

/* ---- comparing ---- */

static void check_byte(World *w, hwaddr addr)
{
    Seen want = look(w, &w->nodes[0], addr, false);
    MemoryRegionSection s = memory_region_find(&w->nodes[0].mr, addr, 1);
    hwaddr xlat, len = 1;
    MemoryRegion *mr;

    g_assert_true(s.mr == (want.node ? &want.node->mr : NULL));
    if (s.mr) {
        g_assert_cmphex(s.offset_within_region, ==, want.offset);
        g_assert_cmphex(s.offset_within_address_space, ==, addr);
        g_assert_cmpuint(int128_get64(s.size), ==, 1);
        g_assert_cmpint(s.readonly, ==, want.readonly);
        memory_region_unref(s.mr);
    }
    mr = address_space_translate(&w->as, addr, &xlat, &len, false,
                                 MEMTXATTRS_UNSPECIFIED);
    if (want.node) {
        g_assert_true(mr == &want.node->mr);
        g_assert_cmphex(xlat, ==, want.offset);
    }
}

/* The book has each byte that the model has, and none twice. */
static void check_book(World *w, Book *b)
{
    unsigned covered[SPACE] = { };

    for (unsigned i = 0; i < b->sections->len; i++) {
        MemoryRegionSection *s =
            &g_array_index(b->sections, MemoryRegionSection, i);

        for (uint64_t o = 0; o < int128_get64(s->size); o++) {
            hwaddr addr = s->offset_within_address_space + o;
            Seen want = look(w, &w->nodes[0], addr, false);

            g_assert_cmphex(addr, <, SPACE);
            covered[addr]++;
            g_assert_true(want.node && s->mr == &want.node->mr);
            g_assert_cmphex(s->offset_within_region + o, ==, want.offset);
            g_assert_cmpint(s->readonly, ==, want.readonly);
        }
    }
    for (hwaddr addr = 0; addr < SPACE; addr++) {
        g_assert_cmpuint(covered[addr], ==,
                         look(w, &w->nodes[0], addr, false).node ? 1 : 0);
    }
}

/* ---- random changes ---- */

static uint64_t dummy_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void dummy_write(void *opaque, hwaddr addr, uint64_t data,
                        unsigned size)
{
}

static const MemoryRegionOps dummy_ops = {
    .read = dummy_read,
    .write = dummy_write,
};

static void add_node(World *w)
{
    Node *n = &w->nodes[w->nr];

    *n = (Node) { .enabled = true, .size = 1 + below(200) };
    switch (w->nr == 0 ? 0 : below(4)) {
    case 0:
        if (w->nr == 0) {
            n->size = SPACE;
        }
        memory_region_init(&n->mr, w->owner, "box", n->size);
        break;
    case 1:
        /* Of an earlier one: no rings. */
        n->target = &w->nodes[below(w->nr)];
        if (n->target == &w->nodes[0]) {
            n->target = NULL;
            memory_region_init(&n->mr, w->owner, "box", n->size);
            break;
        }
        n->alias_offset = below(100);
        memory_region_init_alias(&n->mr, w->owner, "alias", &n->target->mr,
                                 n->alias_offset, n->size);
        break;
    case 2:
    case 3:
        n->terminates = true;
        memory_region_init_io(&n->mr, w->owner, &dummy_ops, n, "io", n->size);
        break;
    }
    w->nr++;
}

/* Parents come before children and alias targets before aliases. */
static bool may_contain(World *w, Node *parent, Node *n)
{
    return parent < n && !parent->target;
}

static void link_node(World *w, Node *n)
{
    Node *parent = &w->nodes[below(n - w->nodes)];

    if (n->parent || !may_contain(w, parent, n)) {
        return;
    }
    /* What an alias shows must not come to contain the alias. */
    for (Node *p = parent; p; p = p->parent) {
        for (Node *a = w->nodes; a < &w->nodes[w->nr]; a++) {
            if (a->target == p) {
                return;
            }
        }
    }
    n->parent = parent;
    n->addr = below(SPACE * 3 / 4);
    n->priority = (int)below(4) - 1;
    n->seq = ++w->seq;
    memory_region_add_subregion_overlap(&parent->mr, n->addr, &n->mr,
                                        n->priority);
}

static void unlink_node(Node *n)
{
    if (n->parent) {
        memory_region_del_subregion(&n->parent->mr, &n->mr);
        n->parent = NULL;
    }
}

static void change(World *w)
{
    Node *n = &w->nodes[1 + below(w->nr - 1)];

    switch (below(8)) {
    case 0:
    case 1:
    case 2:
        link_node(w, n);
        break;
    case 3:
        unlink_node(n);
        break;
    case 4:
        n->enabled = !n->enabled;
        memory_region_set_enabled(&n->mr, n->enabled);
        break;
    case 5:
        n->size = below(200);
        memory_region_set_size(&n->mr, n->size);
        break;
    case 6:
        n->readonly = !n->readonly;
        memory_region_set_readonly(&n->mr, n->readonly);
        break;
    case 7:
        if (n->target) {
            n->alias_offset = below(100);
            memory_region_set_alias_offset(&n->mr, n->alias_offset);
        } else if (n->parent) {
            hwaddr addr = below(SPACE);

            if (addr != n->addr) {
                n->addr = addr;
                n->seq = ++w->seq;
                memory_region_set_address(&n->mr, addr);
            }
        }
        break;
    }
}

static void check_all(World *w)
{
    for (hwaddr addr = 0; addr < SPACE; addr++) {
        check_byte(w, addr);
    }
}

static void run_world(bool listen, unsigned rounds)
{
    World *w = g_new0(World, 1);
    Book book;

    w->owner = new_owner();
    for (unsigned i = 0; i < MAX_NODES; i++) {
        add_node(w);
    }
    address_space_init(&w->as, &w->nodes[0].mr, "world");
    if (listen) {
        book_open(&book, &w->as);
    }
    for (unsigned i = 0; i < rounds; i++) {
        unsigned steps = 1 + below(5);

        memory_region_transaction_begin();
        while (steps--) {
            change(w);
            if (below(16) == 0) {
                /* A look in the middle is no reason to miss what follows. */
                memory_region_present(&w->nodes[0].mr, below(SPACE));
            }
        }
        memory_region_transaction_commit();
        if (listen) {
            check_book(w, &book);
        }
        if (!listen || i % 8 == 0) {
            check_all(w);
        }
    }
    if (listen) {
        book_close(&book);
    }
    address_space_destroy(&w->as);
    for (unsigned i = w->nr; i-- > 1;) {
        unlink_node(&w->nodes[i]);
    }
    drop_owner(w->owner);
    g_free(w);
}

static void test_random(void)
{
    for (unsigned i = 0; i < 6; i++) {
        run_world(false, 40);
    }
}

static void test_random_listener(void)
{
    for (unsigned i = 0; i < 6; i++) {
        run_world(true, 60);
    }
}

/* ---- the edges of 64 bits ---- */

static void test_whole_space(void)
{
    Object *owner = new_owner();
    MemoryRegion root, all, top;
    AddressSpace as;
    MemoryRegionSection s;

    memory_region_init(&root, owner, "root", UINT64_MAX);
    memory_region_init_io(&all, owner, &dummy_ops, NULL, "all", UINT64_MAX);
    memory_region_init_io(&top, owner, &dummy_ops, NULL, "top", 0x1000);
    address_space_init(&as, &root, "as");
    g_assert_cmphex(memory_region_size(&all), ==, UINT64_MAX);
    memory_region_add_subregion(&root, 0, &all);
    memory_region_add_subregion_overlap(&root, -0x1000ULL, &top, 1);

    s = memory_region_find(&root, UINT64_MAX, 1);
    g_assert_true(s.mr == &top);
    g_assert_cmphex(s.offset_within_region, ==, 0xfff);
    memory_region_unref(s.mr);
    s = memory_region_find(&root, 0, UINT64_MAX);
    g_assert_true(s.mr == &all);
    g_assert_true(s.size == (Int128)-0x1000ULL);
    memory_region_unref(s.mr);

    /* Half of it out of sight. */
    memory_region_set_address(&top, -0x800ULL);
    s = memory_region_find(&root, UINT64_MAX, 1);
    g_assert_cmphex(s.offset_within_region, ==, 0x7ff);
    memory_region_unref(s.mr);
    s = memory_region_find(&root, 0, 1);
    g_assert_true(s.mr == &all);
    memory_region_unref(s.mr);

    memory_region_del_subregion(&root, &top);
    s = memory_region_find(&root, 5, 0);
    g_assert_null(s.mr);
    s = memory_region_find(&root, 0, UINT64_MAX);
    g_assert_true(s.size == (Int128)UINT64_MAX);
    memory_region_unref(s.mr);
    memory_region_del_subregion(&root, &all);
    s = memory_region_find(&root, 0, UINT64_MAX);
    g_assert_null(s.mr);
    g_assert_false(memory_region_present(&root, 0));
    address_space_destroy(&as);
    drop_owner(owner);
}

/* ---- sharing of views ---- */

static void test_shared_view(void)
{
    Object *owner = new_owner();
    MemoryRegion sys, io, container[2], window[2];
    AddressSpace main_as, dma_as[2];
    FlatView *view;

    memory_region_init(&sys, owner, "sys", UINT64_MAX);
    memory_region_init_io(&io, owner, &dummy_ops, NULL, "io", 64);
    memory_region_add_subregion(&sys, 64, &io);
    address_space_init(&main_as, &sys, "main");
    for (int i = 0; i < 2; i++) {
        memory_region_init(&container[i], owner, "box", UINT64_MAX);
        memory_region_init_alias(&window[i], owner, "dma", &sys, 0,
                                 UINT64_MAX);
        memory_region_set_enabled(&window[i], false);
        memory_region_add_subregion(&container[i], 0, &window[i]);
        address_space_init(&dma_as[i], &container[i], "dma");
    }
    view = address_space_to_flatview(&main_as);
    g_assert_true(address_space_to_flatview(&dma_as[0]) != view);
    g_assert_true(address_space_to_flatview(&dma_as[0]) ==
                  address_space_to_flatview(&dma_as[1]));
    memory_region_set_enabled(&window[0], true);
    g_assert_true(address_space_to_flatview(&main_as) == view);
    g_assert_true(address_space_to_flatview(&dma_as[0]) == view);
    g_assert_true(address_space_to_flatview(&dma_as[1]) != view);
    memory_region_set_enabled(&window[1], true);
    g_assert_true(address_space_to_flatview(&dma_as[1]) == view);

    /* What changes in one is seen in all. */
    memory_region_set_enabled(&io, false);
    for (int i = 0; i < 2; i++) {
        hwaddr xlat, len = 1;

        g_assert_true(address_space_translate(&dma_as[i], 64, &xlat, &len,
                                              false, MEMTXATTRS_UNSPECIFIED)
                      != &io);
        address_space_destroy(&dma_as[i]);
        memory_region_del_subregion(&container[i], &window[i]);
    }
    address_space_destroy(&main_as);
    memory_region_del_subregion(&sys, &io);
    drop_owner(owner);
}

/* ---- listeners ---- */

static unsigned commits;

static void count_commit(MemoryListener *l)
{
    commits++;
}

static void test_listener_quiet(void)
{
    Object *owner = new_owner();
    MemoryRegion root, other_root, io, box;
    AddressSpace as, other;
    MemoryListener plain = { .commit = count_commit };
    Book book;

    memory_region_init(&root, owner, "root", 0x1000);
    memory_region_init(&other_root, owner, "other", 0x1000);
    memory_region_init(&box, owner, "box", 0x100);
    memory_region_init_io(&io, owner, &dummy_ops, NULL, "io", 64);
    address_space_init(&as, &root, "as");
    address_space_init(&other, &other_root, "other");
    book_open(&book, &as);
    memory_listener_register(&plain, &as);
    g_assert_cmpuint(book.commits, ==, 1);
    commits = 0;

    /* Another space's business. */
    memory_region_add_subregion(&other_root, 0, &io);
    memory_region_del_subregion(&other_root, &io);
    g_assert_cmpuint(book.commits, ==, 1);

    /* One commit for all that is in a transaction. */
    memory_region_transaction_begin();
    memory_region_add_subregion(&root, 0, &io);
    memory_region_set_address(&io, 0x20);
    memory_region_set_size(&io, 16);
    memory_region_transaction_commit();
    g_assert_cmpuint(book.commits, ==, 2);
    g_assert_cmpuint(book.sections->len, ==, 1);
    g_assert_cmpuint(commits, ==, 1);

    /* Nothing that can be seen: no call. */
    memory_region_transaction_begin();
    memory_region_set_enabled(&io, false);
    memory_region_set_enabled(&io, true);
    memory_region_transaction_commit();
    memory_region_add_subregion(&root, 0x200, &box);
    g_assert_cmpuint(book.commits, ==, 2);

    /* In a box that is off, too. */
    memory_region_del_subregion(&root, &io);
    memory_region_set_enabled(&box, false);
    memory_region_add_subregion(&box, 0, &io);
    g_assert_cmpuint(book.commits, ==, 3);
    memory_region_set_enabled(&box, true);
    g_assert_cmpuint(book.commits, ==, 4);
    g_assert_cmpuint(book.sections->len, ==, 1);

    memory_listener_unregister(&plain);
    book_close(&book);
    memory_region_del_subregion(&box, &io);
    memory_region_del_subregion(&root, &box);
    address_space_destroy(&as);
    address_space_destroy(&other);
    drop_owner(owner);
}

/* A region relinked elsewhere in the generation of its last change. */
static void test_move_between_boxes(void)
{
    Object *owner = new_owner();
    MemoryRegion root, a, b, io;
    AddressSpace as;
    MemoryRegionSection s;

    memory_region_init(&root, owner, "root", 0x1000);
    memory_region_init(&a, owner, "a", 0x100);
    memory_region_init(&b, owner, "b", 0x100);
    memory_region_init_io(&io, owner, &dummy_ops, NULL, "io", 64);
    memory_region_add_subregion(&root, 0, &a);
    memory_region_add_subregion(&root, 0x100, &b);
    memory_region_set_enabled(&b, false);
    memory_region_add_subregion(&a, 0, &io);
    address_space_init(&as, &root, "as");
    s = memory_region_find(&root, 0, 0x1000);
    g_assert_cmphex(s.offset_within_address_space, ==, 0);
    memory_region_unref(s.mr);

    memory_region_transaction_begin();
    memory_region_del_subregion(&a, &io);
    memory_region_add_subregion(&b, 0, &io);
    memory_region_set_enabled(&b, true);
    memory_region_transaction_commit();
    s = memory_region_find(&root, 0, 0x1000);
    g_assert_cmphex(s.offset_within_address_space, ==, 0x100);
    memory_region_unref(s.mr);

    memory_region_del_subregion(&b, &io);
    memory_region_del_subregion(&root, &a);
    memory_region_del_subregion(&root, &b);
    address_space_destroy(&as);
    drop_owner(owner);
}

/*
 * A box that is off changes in one generation, moves, and is turned on: its
 * new place is rendered anew.
 */
static void test_move_then_enable(void)
{
    Object *owner = new_owner();
    MemoryRegion root, a, b, box, io;
    AddressSpace as;

    memory_region_init(&root, owner, "root", 0x1000);
    memory_region_init(&a, owner, "a", 0x100);
    memory_region_init(&b, owner, "b", 0x100);
    memory_region_init(&box, owner, "box", 0x100);
    memory_region_init_io(&io, owner, &dummy_ops, NULL, "io", 64);
    memory_region_add_subregion(&root, 0, &a);
    memory_region_add_subregion(&root, 0x100, &b);
    memory_region_add_subregion(&a, 0, &box);
    memory_region_add_subregion(&box, 0, &io);
    address_space_init(&as, &root, "as");
    g_assert_true(memory_region_present(&root, 0));

    memory_region_transaction_begin();
    memory_region_set_enabled(&box, false);
    memory_region_del_subregion(&a, &box);
    memory_region_transaction_commit();
    memory_region_transaction_begin();
    memory_region_set_enabled(&box, true);
    memory_region_set_enabled(&box, false);
    memory_region_add_subregion(&b, 0, &box);
    memory_region_transaction_commit();
    /* Rendered, but not b's part. */
    g_assert_false(memory_region_present(&root, 0x100));
    memory_region_transaction_begin();
    memory_region_set_enabled(&box, true);
    memory_region_set_enabled(&box, false);
    memory_region_del_subregion(&b, &box);
    memory_region_add_subregion(&a, 0, &box);
    memory_region_set_enabled(&box, true);
    memory_region_transaction_commit();
    g_assert_true(memory_region_present(&root, 0));

    memory_region_del_subregion(&a, &box);
    memory_region_del_subregion(&box, &io);
    memory_region_del_subregion(&root, &a);
    memory_region_del_subregion(&root, &b);
    address_space_destroy(&as);
    drop_owner(owner);
}

/* Windows side by side on one region: one range unless they differ. */
static void test_merging(void)
{
    Object *owner = new_owner();
    MemoryRegion root, io, window[2];
    AddressSpace as;
    Book book;

    memory_region_init(&root, owner, "root", 0x1000);
    memory_region_init_io(&io, owner, &dummy_ops, NULL, "io", 0x1000);
    for (int i = 0; i < 2; i++) {
        memory_region_init_alias(&window[i], owner, "window", &io,
                                 0x100 + i * 16, 16);
        memory_region_add_subregion(&root, 0x200 + i * 16, &window[i]);
    }
    address_space_init(&as, &root, "as");
    book_open(&book, &as);
    g_assert_cmpuint(book.sections->len, ==, 1);
    memory_region_set_readonly(&window[0], true);
    g_assert_cmpuint(book.sections->len, ==, 2);
    memory_region_set_readonly(&window[1], true);
    g_assert_cmpuint(book.sections->len, ==, 1);
    memory_region_set_nonvolatile(&window[1], true);
    g_assert_cmpuint(book.sections->len, ==, 2);
    memory_region_set_nonvolatile(&window[1], false);
    memory_region_set_unmergeable(&window[1], true);
    g_assert_cmpuint(book.sections->len, ==, 2);
    memory_region_set_unmergeable(&window[1], false);
    memory_region_set_address(&window[1], 0x211);
    g_assert_cmpuint(book.sections->len, ==, 2);
    memory_region_set_address(&window[1], 0x210);
    /* Another part of it in the same place is another range. */
    memory_region_set_alias_offset(&window[1], 0x180);
    g_assert_cmpuint(book.sections->len, ==, 2);
    memory_region_set_alias_offset(&window[1], 0x190);
    g_assert_cmphex(g_array_index(book.sections, MemoryRegionSection,
                                  1).offset_within_region, ==, 0x190);
    book_close(&book);
    for (int i = 0; i < 2; i++) {
        memory_region_del_subregion(&root, &window[i]);
    }
    address_space_destroy(&as);
    drop_owner(owner);
}

/* ---- ioeventfds ---- */

typedef struct FdCount {
    MemoryListener listener;
    int present;
    hwaddr addr;
} FdCount;

static void fd_add(MemoryListener *l, MemoryRegionSection *s, bool match,
                   uint64_t data, EventNotifier *e)
{
    FdCount *c = container_of(l, FdCount, listener);

    c->present++;
    c->addr = s->offset_within_address_space;
}

static void fd_del(MemoryListener *l, MemoryRegionSection *s, bool match,
                   uint64_t data, EventNotifier *e)
{
    container_of(l, FdCount, listener)->present--;
}

static void test_eventfd_listener(void)
{
    Object *owner = new_owner();
    MemoryRegion root, io;
    AddressSpace as;
    EventNotifier e = { };
    FdCount c = { .listener = { .eventfd_add = fd_add,
                                .eventfd_del = fd_del } };
    FdCount late = c;

    memory_region_init(&root, owner, "root", 0x1000);
    memory_region_init_io(&io, owner, &dummy_ops, NULL, "io", 64);
    address_space_init(&as, &root, "as");
    memory_region_add_eventfd(&io, 4, 2, true, 1, &e);
    memory_listener_register(&c.listener, &as);
    g_assert_cmpint(c.present, ==, 0);
    memory_region_add_subregion(&root, 0x40, &io);
    g_assert_cmpint(c.present, ==, 1);
    g_assert_cmphex(c.addr, ==, 0x44);
    memory_region_transaction_begin();
    memory_region_add_eventfd(&io, 4, 2, true, 2, &e);
    memory_region_add_eventfd(&io, 0, 0, false, 0, &e);
    memory_region_transaction_commit();
    g_assert_cmpint(c.present, ==, 3);
    memory_listener_register(&late.listener, &as);
    g_assert_cmpint(late.present, ==, 3);
    memory_region_set_address(&io, 0x80);
    g_assert_cmpint(c.present, ==, 3);
    g_assert_cmpint(late.present, ==, 3);
    memory_region_del_eventfd(&io, 4, 2, true, 1, &e);
    g_assert_cmpint(c.present, ==, 2);
    memory_listener_unregister(&c.listener);
    g_assert_cmpint(c.present, ==, 0);
    memory_region_set_size(&io, 2);
    g_assert_cmpint(late.present, ==, 1);
    memory_region_set_enabled(&io, false);
    g_assert_cmpint(late.present, ==, 0);
    memory_listener_unregister(&late.listener);
    memory_region_del_eventfd(&io, 4, 2, true, 2, &e);
    memory_region_del_eventfd(&io, 0, 0, false, 0, &e);
    memory_region_del_subregion(&root, &io);
    address_space_destroy(&as);
    drop_owner(owner);
}

/* ---- life and death ---- */

static void test_owner_outlives_view(void)
{
    Object *owner = new_owner(), *dev = new_owner();
    MemoryRegion root;
    MemoryRegion *io = g_new0(MemoryRegion, 1);
    AddressSpace as;
    FlatView *view;

    memory_region_init(&root, owner, "root", 0x1000);
    memory_region_init_io(io, dev, &dummy_ops, NULL, "io", 64);
    address_space_init(&as, &root, "as");
    memory_region_add_subregion(&root, 0x40, io);
    view = address_space_get_flatview(&as);
    g_assert_cmpuint(dev->ref, ==, 3);      /* ours, the tree's, the view's */
    memory_region_del_subregion(&root, io);
    g_assert_cmpuint(dev->ref, ==, 2);
    flatview_unref(view);
    g_assert_cmpuint(dev->ref, ==, 1);
    object_unref(dev);
    g_free(io);
    address_space_destroy(&as);
    drop_owner(owner);
}

/* An alias of what is gone shows nothing. */
static void test_dead_alias_target(void)
{
    Object *owner = new_owner(), *dev = new_owner();
    MemoryRegion root, alias, io;
    AddressSpace as;
    MemoryRegionSection s;

    memory_region_init(&root, owner, "root", 0x1000);
    memory_region_init_io(&io, dev, &dummy_ops, NULL, "io", 64);
    memory_region_init_alias(&alias, owner, "alias", &io, 0, 64);
    address_space_init(&as, &root, "as");
    object_unref(dev);
    memory_region_add_subregion(&root, 0, &alias);
    s = memory_region_find(&root, 0, 64);
    g_assert_null(s.mr);
    memory_region_del_subregion(&root, &alias);
    address_space_destroy(&as);
    drop_owner(owner);
}

static void test_properties(void)
{
    Object *owner = new_owner();
    MemoryRegion root, io;

    memory_region_init(&root, owner, "a/b[c]", 0x1000);
    memory_region_init_io(&io, owner, &dummy_ops, NULL, "io", UINT64_MAX);
    memory_region_add_subregion_overlap(&root, 0x40, &io, -3);
    g_assert_cmpuint(object_property_get_uint(OBJECT(&io), "addr", NULL), ==,
                     0x40);
    g_assert_cmpint(object_property_get_int(OBJECT(&io), "priority", NULL),
                    ==, -3);
    g_assert_cmpuint(object_property_get_uint(OBJECT(&io), "size", NULL), ==,
                     UINT64_MAX);
    g_assert_cmpstr(object_get_canonical_path_component(OBJECT(&root)), ==,
                    "a\\x2fb\\x5bc\\x5d[0]");
    g_assert_cmpstr(memory_region_name(&root), ==, "a/b[c]");
    memory_region_del_subregion(&root, &io);
    drop_owner(owner);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    memory_fixture_init();
    g_test_add_func("/memory/random", test_random);
    g_test_add_func("/memory/random-listener", test_random_listener);
    g_test_add_func("/memory/whole-space", test_whole_space);
    g_test_add_func("/memory/shared-view", test_shared_view);
    g_test_add_func("/memory/listener-quiet", test_listener_quiet);
    g_test_add_func("/memory/move-between-boxes", test_move_between_boxes);
    g_test_add_func("/memory/move-then-enable", test_move_then_enable);
    g_test_add_func("/memory/merging", test_merging);
    g_test_add_func("/memory/eventfd-listener", test_eventfd_listener);
    g_test_add_func("/memory/owner-outlives-view", test_owner_outlives_view);
    g_test_add_func("/memory/dead-alias-target", test_dead_alias_target);
    g_test_add_func("/memory/properties", test_properties);
    return g_test_run();
}
