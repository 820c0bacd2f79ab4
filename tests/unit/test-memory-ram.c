/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM blocks, the record of dirty pages, memory backends.
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/ram_addr.h"
#include "memory-fixture.h"
#include "qemu/bitmap.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"

#define ANY MEMTXATTRS_UNSPECIFIED
#define PAGE TARGET_PAGE_SIZE

static MemoryRegion *ram_new(Object *owner, const char *name, uint64_t size)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    memory_region_init_ram(mr, owner, name, size, &error_abort);
    return mr;
}

/* ---- blocks ---- */

static int count_block(RAMBlock *rb, void *opaque)
{
    return ++*(int *)opaque, 0;
}

static int blocks(void)
{
    int n = 0;

    drain_call_rcu();
    qemu_ram_foreach_block(count_block, &n);
    return n;
}

static int ordered(RAMBlock *rb, void *opaque)
{
    ram_addr_t *last = opaque;

    g_assert_cmphex(rb->max_length, <=, *last);
    *last = rb->max_length;
    return 0;
}

static void test_blocks(void)
{
    Object *owner = new_owner();
    MemoryRegion *a = ram_new(owner, "a", MiB);
    MemoryRegion *b = ram_new(owner, "b", 4 * MiB);
    MemoryRegion *c = ram_new(owner, "c", 2 * MiB);
    ram_addr_t last = RAM_ADDR_MAX, offset;
    uint8_t *host = memory_region_get_ram_ptr(b);
    GString *info;
    void *end;

    g_assert_cmpint(blocks(), ==, 3);
    qemu_ram_foreach_block(ordered, &last);
    g_assert_cmphex(memory_region_get_ram_addr(a) % (256 * KiB), ==, 0);
    g_assert_true(qemu_ram_block_by_name("b") == b->ram_block);
    g_assert_null(qemu_ram_block_by_name("d"));
    g_assert_true(qemu_ram_is_migratable(b->ram_block));

    g_assert_true(memory_region_from_host(host + 5000, &offset) == b);
    g_assert_cmphex(offset, ==, 5000);
    qemu_ram_block_from_host(host + 5000, true, &offset);
    g_assert_cmphex(offset, ==, 4096);
    end = host + 4 * MiB;
    g_assert_true(memory_region_from_host(end, &offset) != b);
    g_assert_cmphex(qemu_ram_addr_from_host(&last), ==, RAM_ADDR_INVALID);
    g_assert_true(qemu_map_ram_ptr(NULL, memory_region_get_ram_addr(c) + 3)
                  == memory_region_get_ram_ptr(c) + 3);
    g_assert_cmpint(memory_region_get_fd(a), ==, -1);

    info = ram_block_format();
    g_assert_nonnull(strstr(info->str, "                       b    4 KiB"));
    g_string_free(info, true);

    /* Memory goes back to the host and comes again as zeros. */
    host[PAGE] = 1;
    host[2 * PAGE] = 2;
    g_assert_cmpint(ram_block_discard_range(b->ram_block, PAGE, PAGE), ==, 0);
    g_assert_cmpint(host[PAGE], ==, 0);
    g_assert_cmpint(host[2 * PAGE], ==, 2);
    drop_owner(owner);
    g_assert_cmpint(blocks(), ==, 0);
    g_free(a);
    g_free(b);
    g_free(c);
}

static unsigned resized_to;

static void resized(const char *id, uint64_t length, void *host)
{
    resized_to = length;
}

static void test_resize(void)
{
    Object *owner = new_owner();
    MemoryRegion root, ram;
    AddressSpace as;
    Error *err = NULL;
    MemTxResult res;

    memory_region_init(&root, owner, "root", UINT64_MAX);
    memory_region_init_resizeable_ram(&ram, owner, "ram", PAGE, 16 * PAGE,
                                      resized, &error_abort);
    memory_region_add_subregion(&root, 0, &ram);
    address_space_init(&as, &root, "as");
    address_space_stb(&as, 2 * PAGE, 1, ANY, &res);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    memory_region_ram_resize(&ram, 2 * PAGE + 10, &error_abort);
    g_assert_cmpuint(resized_to, ==, 2 * PAGE + 10);
    g_assert_cmphex(memory_region_size(&ram), ==, 2 * PAGE + 10);
    g_assert_cmphex(qemu_ram_get_used_length(ram.ram_block), ==, 3 * PAGE);
    address_space_stb(&as, 2 * PAGE, 1, ANY, &res);
    g_assert_cmphex(res, ==, MEMTX_OK);
    address_space_stb(&as, 2 * PAGE + 10, 1, ANY, &res);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    memory_region_ram_resize(&ram, 17 * PAGE, &err);
    g_assert_nonnull(err);
    g_clear_pointer(&err, error_free);
    memory_region_ram_resize(&ram, UINT64_MAX - 5, &err);
    g_assert_nonnull(err);
    g_clear_pointer(&err, error_free);
    g_assert_cmphex(qemu_ram_get_used_length(ram.ram_block), ==, 3 * PAGE);
    memory_region_del_subregion(&root, &ram);
    address_space_destroy(&as);
    drop_owner(owner);
    blocks();
}

static unsigned told_added, told_removed;

static void added(RAMBlockNotifier *n, void *host, size_t size, size_t max)
{
    told_added++;
}

static void removed(RAMBlockNotifier *n, void *host, size_t size, size_t max)
{
    told_removed++;
}

static void test_block_notifier(void)
{
    Object *owner = new_owner();
    RAMBlockNotifier n = { .ram_block_added = added,
                           .ram_block_removed = removed };
    MemoryRegion *a = ram_new(owner, "a", MiB), *b;

    ram_block_notifier_add(&n);
    g_assert_cmpuint(told_added, ==, 1);
    b = ram_new(owner, "b", MiB);
    g_assert_cmpuint(told_added, ==, 2);
    object_unparent(OBJECT(b));
    g_assert_cmpuint(told_removed, ==, 1);
    ram_block_notifier_remove(&n);
    g_assert_cmpuint(told_removed, ==, 2);
    drop_owner(owner);
    blocks();
    g_free(a);
    g_free(b);
}

static void test_impossible(void)
{
    Object *owner = new_owner();
    MemoryRegion *mr = g_new0(MemoryRegion, 1);
    Error *err = NULL;

    memory_region_init_ram(mr, owner, "huge", UINT64_MAX, &err);
    g_assert_nonnull(err);
    g_clear_pointer(&err, error_free);
    memory_region_init_ram(mr, owner, "huge", 1ULL << 60, &err);
    g_assert_nonnull(err);
    g_clear_pointer(&err, error_free);
    g_assert_cmpint(blocks(), ==, 0);
    drop_owner(owner);
    g_free(mr);
}

/* ---- dirty pages ---- */

typedef struct Dirty {
    Object *owner;
    MemoryRegion root;
    MemoryRegion *ram;
    AddressSpace as;
} Dirty;

#define PAGES 200

static Dirty *dirty_new(void)
{
    Dirty *d = g_new0(Dirty, 1);

    d->owner = new_owner();
    memory_region_init(&d->root, d->owner, "root", UINT64_MAX);
    d->ram = ram_new(d->owner, "ram", PAGES * PAGE);
    memory_region_add_subregion(&d->root, 0x100000, d->ram);
    address_space_init(&d->as, &d->root, "as");
    return d;
}

static void dirty_free(Dirty *d)
{
    memory_region_del_subregion(&d->root, d->ram);
    address_space_destroy(&d->as);
    drop_owner(d->owner);
    blocks();
    g_free(d->ram);
    g_free(d);
}

static void test_dirty_vga(void)
{
    Dirty *d = dirty_new();
    DirtyBitmapSnapshot *snap;
    MemoryRegionCache c;
    hwaddr len = 2 * PAGE;
    void *p;

    g_assert_false(memory_region_is_logging(d->ram, DIRTY_MEMORY_VGA));
    memory_region_set_log(d->ram, true, DIRTY_MEMORY_VGA);
    g_assert_true(memory_region_is_logging(d->ram, DIRTY_MEMORY_VGA));
    /* At first everything is. */
    g_assert_true(memory_region_get_dirty(d->ram, 7 * PAGE, 1,
                                          DIRTY_MEMORY_VGA));
    memory_region_reset_dirty(d->ram, 0, PAGES * PAGE, DIRTY_MEMORY_VGA);
    g_assert_false(memory_region_get_dirty(d->ram, 0, PAGES * PAGE,
                                           DIRTY_MEMORY_VGA));

    /* However it is written. */
    address_space_write(&d->as, 0x100000 + 5 * PAGE - 1, ANY, "ab", 2);
    stl_le_phys(&d->as, 0x100000 + 10 * PAGE, 1);
    memory_region_set_dirty(d->ram, 20 * PAGE + 5, 1);
    p = address_space_map(&d->as, 0x100000 + 30 * PAGE, &len, true, ANY);
    address_space_unmap(&d->as, p, len, true, PAGE + 1);
    address_space_cache_init(&c, &d->as, 0x100000 + 70 * PAGE, PAGE, true);
    stw_le_phys_cached(&c, 4, 1);
    address_space_cache_destroy(&c);
    address_space_write_rom(&d->as, 0x100000 + 80 * PAGE, ANY, "a", 1);

    snap = memory_region_snapshot_and_clear_dirty(d->ram, 0, PAGES * PAGE,
                                                  DIRTY_MEMORY_VGA);
    for (int i = 0; i < PAGES; i++) {
        bool want = i == 4 || i == 5 || i == 10 || i == 20 || i == 30 ||
                    i == 31 || i == 70 || i == 80;

        g_assert_cmpint(memory_region_snapshot_get_dirty(d->ram, snap,
                                                         i * PAGE, PAGE), ==,
                        want);
    }
    g_assert_true(memory_region_snapshot_get_dirty(d->ram, snap, 0,
                                                   PAGES * PAGE));
    g_assert_false(memory_region_get_dirty(d->ram, 0, PAGES * PAGE,
                                           DIRTY_MEMORY_VGA));
    g_free(snap);

    /* A part in the middle of words leaves the rest alone. */
    memory_region_set_dirty(d->ram, 0, PAGES * PAGE);
    snap = memory_region_snapshot_and_clear_dirty(d->ram, 60 * PAGE,
                                                  10 * PAGE,
                                                  DIRTY_MEMORY_VGA);
    for (int i = 0; i < PAGES; i++) {
        bool in = i >= 60 && i < 70;

        g_assert_cmpint(memory_region_snapshot_get_dirty(d->ram, snap,
                                                         i * PAGE, 1), ==,
                        in);
        g_assert_cmpint(memory_region_get_dirty(d->ram, i * PAGE, 1,
                                                DIRTY_MEMORY_VGA), ==, !in);
    }
    g_free(snap);
    memory_region_set_log(d->ram, false, DIRTY_MEMORY_VGA);
    dirty_free(d);
}

static unsigned log_starts, log_stops, global_starts, global_stops, syncs;

static void log_start(MemoryListener *l, MemoryRegionSection *s, int old,
                      int new)
{
    log_starts++;
}

static void log_stop(MemoryListener *l, MemoryRegionSection *s, int old,
                     int new)
{
    log_stops++;
}

static void global_start(MemoryListener *l)
{
    global_starts++;
}

static void global_stop(MemoryListener *l)
{
    global_stops++;
}

/* As an accelerator, which knows of writes that never came by here. */
static void log_sync(MemoryListener *l, MemoryRegionSection *s)
{
    unsigned long bits[4] = { 1UL << 9 | 1UL << 63, 0, 3, 0 };

    syncs++;
    g_assert_cmpuint(cpu_physical_memory_set_dirty_lebitmap(bits,
                     memory_region_get_ram_addr(s->mr), PAGES), ==, 4);
}

static void test_dirty_migration(void)
{
    Dirty *d = dirty_new();
    RAMBlock *rb = d->ram->ram_block;
    MemoryListener l = {
        .log_start = log_start, .log_stop = log_stop, .log_sync = log_sync,
        .log_global_start = global_start, .log_global_stop = global_stop,
    };

    rb->bmap = bitmap_new(PAGES);
    memory_listener_register(&l, &d->as);
    g_assert_cmpuint(log_starts, ==, 0);
    memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION);
    memory_global_dirty_log_start(GLOBAL_DIRTY_DIRTY_RATE);
    g_assert_cmpuint(log_starts, ==, 1);
    g_assert_cmpuint(global_starts, ==, 1);

    g_assert_cmpuint(cpu_physical_memory_sync_dirty_bitmap(rb, 0,
                     rb->used_length), ==, PAGES);
    g_assert_cmpuint(cpu_physical_memory_sync_dirty_bitmap(rb, 0,
                     rb->used_length), ==, 0);
    bitmap_zero(rb->bmap, PAGES);
    stb_phys(&d->as, 0x100000 + 77 * PAGE, 1);
    memory_global_dirty_log_sync(false);
    g_assert_cmpuint(syncs, ==, 1);
    g_assert_cmpuint(cpu_physical_memory_sync_dirty_bitmap(rb, 0,
                     rb->used_length), ==, 5);
    for (int i = 0; i < PAGES; i++) {
        g_assert_cmpint(test_bit(i, rb->bmap), ==,
                        i == 9 || i == 63 || i == 77 || i == 128 ||
                        i == 129);
    }
    /* Counted is what is new. */
    stb_phys(&d->as, 0x100000 + 77 * PAGE, 1);
    stb_phys(&d->as, 0x100000 + 78 * PAGE, 1);
    g_assert_cmpuint(cpu_physical_memory_sync_dirty_bitmap(rb, 0,
                     rb->used_length), ==, 1);

    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    g_assert_cmpuint(global_stops, ==, 0);
    memory_global_dirty_log_stop(GLOBAL_DIRTY_DIRTY_RATE);
    g_assert_cmpuint(global_stops, ==, 1);
    g_assert_cmpuint(log_stops, ==, 1);

    /* What happened meanwhile is not known, so it is all dirty. */
    stb_phys(&d->as, 0x100000 + 3 * PAGE, 1);
    bitmap_zero(rb->bmap, PAGES);
    memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION);
    g_assert_cmpuint(cpu_physical_memory_sync_dirty_bitmap(rb, 0,
                     rb->used_length), ==, PAGES);
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    memory_listener_unregister(&l);
    g_clear_pointer(&rb->bmap, g_free);
    dirty_free(d);
}

/* Random ranges against one bool a page. */
static void test_dirty_model(void)
{
    Dirty *d = dirty_new();
    bool model[PAGES] = { };
    ram_addr_t base = memory_region_get_ram_addr(d->ram);

    memory_region_set_log(d->ram, true, DIRTY_MEMORY_VGA);
    memory_region_reset_dirty(d->ram, 0, PAGES * PAGE, DIRTY_MEMORY_VGA);
    for (int round = 0; round < 2000; round++) {
        unsigned start = below(PAGES * PAGE), len = 1 + below(80 * PAGE);
        unsigned first, last;
        bool any = false, all = true;

        len = MIN(len, PAGES * PAGE - start);
        first = start / PAGE;
        last = (start + len - 1) / PAGE;
        for (unsigned i = first; i <= last; i++) {
            any |= model[i];
            all &= model[i];
        }
        g_assert_cmpint(memory_region_get_dirty(d->ram, start, len,
                                                DIRTY_MEMORY_VGA), ==, any);
        g_assert_cmpint(cpu_physical_memory_all_dirty(base + start, len,
                                                      DIRTY_MEMORY_VGA), ==,
                        all);
        if (below(2)) {
            cpu_physical_memory_set_dirty_range(base + start, len,
                                                1 << DIRTY_MEMORY_VGA);
        } else {
            g_assert_cmpint(memory_region_test_and_clear_dirty(d->ram, start,
                            len, DIRTY_MEMORY_VGA), ==, any);
        }
        for (unsigned i = first; i <= last; i++) {
            model[i] = memory_region_get_dirty(d->ram, i * PAGE, 1,
                                               DIRTY_MEMORY_VGA);
        }
        for (unsigned i = 0; i < PAGES; i++) {
            g_assert_cmpint(memory_region_get_dirty(d->ram, i * PAGE, 1,
                                                    DIRTY_MEMORY_VGA), ==,
                            model[i]);
        }
    }
    memory_region_set_log(d->ram, false, DIRTY_MEMORY_VGA);
    dirty_free(d);
}

/* ---- backends ---- */

static Object *backend(const char *type, Error **errp, ...)
{
    Object *obj = object_new(type);
    const char *name;
    Error *err = NULL;
    va_list ap;

    object_property_add_child(object_get_objects_root(), "mem", obj);
    object_unref(obj);
    va_start(ap, errp);
    while (!err && (name = va_arg(ap, const char *))) {
        object_property_parse(obj, name, va_arg(ap, const char *), &err);
    }
    va_end(ap);
    if (!err && user_creatable_complete(USER_CREATABLE(obj), &err)) {
        return obj;
    }
    object_unparent(obj);
    error_propagate(errp, err);
    return NULL;
}

#define REFUSED(message, ...)                                               \
    do {                                                                    \
        Error *err_ = NULL;                                                 \
                                                                            \
        g_assert_null(backend(__VA_ARGS__, NULL));                          \
        g_assert_nonnull(err_);                                             \
        g_assert_cmpstr(error_get_pretty(err_), ==, message);               \
        error_free(err_);                                                   \
        g_assert_cmpint(blocks(), ==, 0);                                   \
    } while (0)

static void check_backend(Object *obj, uint64_t size)
{
    HostMemoryBackend *be = MEMORY_BACKEND(obj);
    MemoryRegion *mr = host_memory_backend_get_memory(be);
    g_autofree char *name = host_memory_backend_get_name(be);

    g_assert_nonnull(mr);
    g_assert_cmphex(memory_region_size(mr), ==, size);
    g_assert_cmpstr(name, ==, "mem");
    g_assert_cmpstr(memory_region_name(mr), ==, "mem");
    g_assert_cmpint(qemu_ram_is_migratable(mr->ram_block), ==, false);
    memset(memory_region_get_ram_ptr(mr), 0x5a, size);
    g_assert_true(user_creatable_can_be_deleted(USER_CREATABLE(obj)));
    host_memory_backend_set_mapped(be, true);
    g_assert_false(user_creatable_can_be_deleted(USER_CREATABLE(obj)));
    host_memory_backend_set_mapped(be, false);
    g_assert_false(object_property_parse(obj, "size", "4096", NULL));
    g_assert_false(object_property_parse(obj, "share", "on", NULL));
    object_unparent(obj);
    g_assert_cmpint(blocks(), ==, 0);
}

static void test_backend_ram(void)
{
    Object *obj;

    check_backend(backend(TYPE_MEMORY_BACKEND_RAM, &error_abort, "size", "1M",
                          NULL), MiB);
    check_backend(backend(TYPE_MEMORY_BACKEND_RAM, &error_abort, "size", "1M",
                          "share", "on", "prealloc", "on",
                          "prealloc-threads", "3", "merge", "off", "dump",
                          "off", NULL), MiB);
    REFUSED("Parameter 'size' is missing", TYPE_MEMORY_BACKEND_RAM, &err_);
    REFUSED("property 'size' of memory-backend-ram doesn't take value '0'",
            TYPE_MEMORY_BACKEND_RAM, &err_, "size", "0");
    REFUSED("'prealloc=on' and 'reserve=off' are incompatible",
            TYPE_MEMORY_BACKEND_RAM, &err_, "size", "1M", "prealloc", "on",
            "reserve", "off");
    REFUSED("host-nodes must be set for policy bind",
            TYPE_MEMORY_BACKEND_RAM, &err_, "size", "1M", "policy", "bind");
    REFUSED("host-nodes must be empty for policy default, or you should "
            "explicitly specify a policy other than default",
            TYPE_MEMORY_BACKEND_RAM, &err_, "size", "1M", "host-nodes", "0");
    REFUSED("Invalid host-nodes value: 128", TYPE_MEMORY_BACKEND_RAM, &err_,
            "size", "1M", "host-nodes", "0,128");

    /* Reserved memory can be filled later, too. */
    obj = backend(TYPE_MEMORY_BACKEND_RAM, &error_abort, "size", "1M",
                  NULL);
    g_assert_true(object_property_set_bool(obj, "prealloc", true,
                                           &error_abort));
    g_assert_true(object_property_get_bool(obj, "prealloc", NULL));
    check_backend(obj, MiB);
}

static void test_backend_memfd(void)
{
    Object *obj = backend(TYPE_MEMORY_BACKEND_MEMFD, &error_abort, "size",
                          "2M", NULL);
    MemoryRegion *mr = host_memory_backend_get_memory(MEMORY_BACKEND(obj));
    int fd = memory_region_get_fd(mr);
    struct stat st;
    uint32_t *there;

    g_assert_true(qemu_ram_is_shared(mr->ram_block));
    g_assert_cmpint(fstat(fd, &st), ==, 0);
    g_assert_cmpint(st.st_size, ==, 2 * MiB);
    g_assert_cmpint(ftruncate(fd, MiB), ==, -1);
    /* Another process would see what is written. */
    there = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    *(uint32_t *)memory_region_get_ram_ptr(mr) = 0x12345;
    g_assert_cmphex(*there, ==, 0x12345);
    munmap(there, 4096);
    g_assert_cmpint(ram_block_discard_range(mr->ram_block, 0, MiB), ==, 0);
    g_assert_cmphex(*(uint32_t *)memory_region_get_ram_ptr(mr), ==, 0);
    check_backend(obj, 2 * MiB);

    obj = backend(TYPE_MEMORY_BACKEND_MEMFD, &error_abort, "size", "1M",
                  "seal", "off", "share", "off", NULL);
    check_backend(obj, MiB);
}

static void test_backend_file(void)
{
    g_autofree char *dir = g_dir_make_tmp("memory-XXXXXX", NULL);
    g_autofree char *path = g_strdup_printf("%s/ram", dir);
    g_autofree char *message = NULL;
    Object *obj;
    uint8_t byte = 0;
    int fd;

    obj = backend(TYPE_MEMORY_BACKEND_FILE, &error_abort, "size", "1M",
                  "mem-path", path, "share", "on", NULL);
    check_backend(obj, MiB);
    fd = open(path, O_RDONLY);
    g_assert_cmpint(pread(fd, &byte, 1, MiB - 1), ==, 1);
    g_assert_cmphex(byte, ==, 0x5a);
    close(fd);

    /* Private: the file keeps what it has. */
    obj = backend(TYPE_MEMORY_BACKEND_FILE, &error_abort, "size", "1M",
                  "mem-path", path, NULL);
    memset(memory_region_get_ram_ptr(host_memory_backend_get_memory(
                                     MEMORY_BACKEND(obj))), 0, 16);
    check_backend(obj, MiB);
    /* Read-only, there is ROM. */
    obj = backend(TYPE_MEMORY_BACKEND_FILE, &error_abort, "size", "1M",
                  "mem-path", path, "readonly", "on", NULL);
    g_assert_true(memory_region_is_rom(host_memory_backend_get_memory(
                                       MEMORY_BACKEND(obj))));
    object_unparent(obj);
    blocks();

    REFUSED("backing store size 0x100000 does not match 'size' option "
            "0x200000", TYPE_MEMORY_BACKEND_FILE, &err_, "size", "2M",
            "mem-path", path);
    REFUSED("alignment 0x3 must be multiples of page size 0x1000",
            TYPE_MEMORY_BACKEND_FILE, &err_, "size", "1M", "mem-path", path,
            "align", "3");
    REFUSED("Parameter 'mem-path' is missing", TYPE_MEMORY_BACKEND_FILE,
            &err_, "size", "1M");
    message = g_strdup_printf("can't open backing store %s/x/y for guest "
                              "RAM: No such file or directory", dir);
    g_free(path);
    path = g_strdup_printf("%s/x/y", dir);
    REFUSED(message, TYPE_MEMORY_BACKEND_FILE, &err_, "size", "1M",
            "mem-path", path);

    /* In a directory, a file that nobody sees. */
    obj = backend(TYPE_MEMORY_BACKEND_FILE, &error_abort, "size", "1M",
                  "mem-path", dir, "align", "2M", NULL);
    g_assert_cmphex((uintptr_t)memory_region_get_ram_ptr(
                    host_memory_backend_get_memory(MEMORY_BACKEND(obj))) %
                    (2 * MiB), ==, 0);
    check_backend(obj, MiB);
    g_free(path);
    path = g_strdup_printf("%s/ram", dir);
    g_assert_cmpint(unlink(path), ==, 0);
    /* A failure leaves no file behind. */
    REFUSED("alignment 0x3 must be multiples of page size 0x1000",
            TYPE_MEMORY_BACKEND_FILE, &err_, "size", "1M", "mem-path", path,
            "align", "3");
    g_assert_cmpint(rmdir(dir), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    memory_fixture_init();
    g_test_add_func("/memory-ram/blocks", test_blocks);
    g_test_add_func("/memory-ram/resize", test_resize);
    g_test_add_func("/memory-ram/notifier", test_block_notifier);
    g_test_add_func("/memory-ram/impossible", test_impossible);
    g_test_add_func("/memory-ram/dirty-vga", test_dirty_vga);
    g_test_add_func("/memory-ram/dirty-migration", test_dirty_migration);
    g_test_add_func("/memory-ram/dirty-model", test_dirty_model);
    g_test_add_func("/memory-ram/backend-ram", test_backend_ram);
    g_test_add_func("/memory-ram/backend-memfd", test_backend_memfd);
    g_test_add_func("/memory-ram/backend-file", test_backend_file);
    return g_test_run();
}
