/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers without the big lock while the map changes under them.
 */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "memory-fixture.h"
#include "qemu/atomic.h"
#include "qemu/rcu.h"

#define ANY MEMTXATTRS_UNSPECIFIED
#define PAGE TARGET_PAGE_SIZE
#define READERS 3
#define CHANGES 400

typedef struct Scene {
    Object *owner;
    MemoryRegion root, ram[2], regs, wander;
    AddressSpace as;
    bool stop;
    unsigned ready;
    unsigned accesses;
} Scene;

static uint64_t regs_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0x600d;
}

static void regs_write(void *opaque, hwaddr addr, uint64_t data,
                       unsigned size)
{
}

static const MemoryRegionOps regs_ops = {
    .read = regs_read,
    .write = regs_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static Scene *scene_new(void)
{
    Scene *s = g_new0(Scene, 1);

    s->owner = new_owner();
    memory_region_init(&s->root, s->owner, "root", UINT64_MAX);
    for (int i = 0; i < 2; i++) {
        memory_region_init_ram(&s->ram[i], s->owner, i ? "b" : "a", PAGE,
                               &error_abort);
        memset(memory_region_get_ram_ptr(&s->ram[i]), i ? 0xbb : 0xaa, PAGE);
        memory_region_set_enabled(&s->ram[i], i == 0);
        memory_region_add_subregion_overlap(&s->root, 0x1000, &s->ram[i], i);
    }
    memory_region_init_io(&s->regs, s->owner, &regs_ops, s, "regs", PAGE);
    memory_region_clear_global_locking(&s->regs);
    memory_region_add_subregion(&s->root, 0x4000, &s->regs);
    memory_region_init_io(&s->wander, s->owner, &regs_ops, s, "wander", 16);
    memory_region_add_subregion(&s->root, 0x100000, &s->wander);
    address_space_init(&s->as, &s->root, "scene");
    return s;
}

static void scene_free(Scene *s)
{
    for (int i = 0; i < 2; i++) {
        memory_region_del_subregion(&s->root, &s->ram[i]);
    }
    memory_region_del_subregion(&s->root, &s->regs);
    memory_region_del_subregion(&s->root, &s->wander);
    address_space_destroy(&s->as);
    drain_call_rcu();
    drop_owner(s->owner);
    g_free(s);
}

/* One of the two is there at any time, and never a bit of both. */
static void *reader(void *opaque)
{
    Scene *s = opaque;

    qatomic_inc(&s->ready);
    while (!qatomic_read(&s->stop)) {
        uint32_t word = ldl_le_phys(&s->as, 0x1000);
        MemoryRegionCache c;
        MemTxResult res;

        g_assert_true(word == 0xaaaaaaaa || word == 0xbbbbbbbb);
        g_assert_cmphex(lduw_le_phys(&s->as, 0x4010), ==, 0x600d);
        address_space_cache_init(&c, &s->as, 0x1000, PAGE, false);
        word = ldl_le_phys_cached(&c, 0);
        g_assert_true(word == 0xaaaaaaaa || word == 0xbbbbbbbb);
        g_assert_cmphex(ldl_le_phys_cached(&c, PAGE - 4), ==, word);
        address_space_cache_destroy(&c);
        /* Sometimes nothing, sometimes registers that want the lock. */
        word = address_space_lduw_le(&s->as, 0x100000, ANY, &res);
        g_assert_cmphex(word, ==, res == MEMTX_OK ? 0x600d : 0);
        qatomic_inc(&s->accesses);
    }
    return NULL;
}

/* Lets others have the lock until they have got something done. */
static void let_others_run(Scene *s)
{
    unsigned before = qatomic_read(&s->accesses);

    qemu_mutex_unlock_iothread();
    while (qatomic_read(&s->accesses) == before) {
        g_thread_yield();
    }
    qemu_mutex_lock_iothread();
}

static void test_readers(void)
{
    Scene *s = scene_new();
    GThread *threads[READERS];

    for (int i = 0; i < READERS; i++) {
        threads[i] = g_thread_new("reader", reader, s);
    }
    let_others_run(s);
    for (unsigned i = 0; i < CHANGES; i++) {
        memory_region_transaction_begin();
        memory_region_set_enabled(&s->ram[i & 1], false);
        memory_region_set_enabled(&s->ram[~i & 1], true);
        memory_region_transaction_commit();
        if (i % 3 == 0) {
            memory_region_set_address(&s->wander, i % 2 ? 0x100000
                                                        : 0x200000);
        }
        if (i % 16 == 0) {
            let_others_run(s);
        }
    }
    qatomic_set(&s->stop, true);
    qemu_mutex_unlock_iothread();
    for (int i = 0; i < READERS; i++) {
        g_thread_join(threads[i]);
    }
    qemu_mutex_lock_iothread();
    g_assert_true(s->as.eager);
    scene_free(s);
}

/* A device with RAM: the region goes with it, whoever holds it last. */
#define TYPE_BRIEF "test-brief"
OBJECT_DECLARE_SIMPLE_TYPE(Brief, BRIEF)

struct Brief {
    Object parent_obj;
    MemoryRegion ram;
};

static const TypeInfo brief_info = {
    .name = TYPE_BRIEF,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(Brief),
};

static void test_coming_and_going(void)
{
    Scene *s = scene_new();
    GThread *thread = g_thread_new("reader", reader, s);

    let_others_run(s);
    for (unsigned i = 0; i < 100; i++) {
        Brief *dev = BRIEF(object_new(TYPE_BRIEF));

        memory_region_init_ram_nomigrate(&dev->ram, OBJECT(dev), "brief",
                                         PAGE, &error_abort);
        stw_le_p(memory_region_get_ram_ptr(&dev->ram), 0x600d);
        memory_region_add_subregion_overlap(&s->root, 0x100000, &dev->ram, 1);
        if (i % 8 == 0) {
            let_others_run(s);
        }
        memory_region_del_subregion(&s->root, &dev->ram);
        object_unref(OBJECT(dev));
    }
    qatomic_set(&s->stop, true);
    qemu_mutex_unlock_iothread();
    g_thread_join(thread);
    qemu_mutex_lock_iothread();
    scene_free(s);
}

/* ---- dirty pages ---- */

#define PAGES 64

typedef struct Copy {
    AddressSpace as;
    MemoryRegion ram;
    bool stop;
    unsigned writes;
} Copy;

static void *writer(void *opaque)
{
    Copy *c = opaque;
    uint32_t n = 1;

    while (!qatomic_read(&c->stop)) {
        for (unsigned i = 0; i < PAGES; i++) {
            stl_le_phys(&c->as, (hwaddr)i * PAGE, n);
        }
        n++;
        qatomic_inc(&c->writes);
    }
    return NULL;
}

/* A copy that takes dirty pages only is complete in the end. */
static void test_no_write_lost(void)
{
    Object *owner = new_owner();
    Copy c = { };
    uint32_t copy[PAGES] = { };
    uint8_t *host;
    GThread *thread;

    memory_region_init_ram(&c.ram, owner, "ram", PAGES * PAGE, &error_abort);
    address_space_init(&c.as, &c.ram, "copy");
    host = memory_region_get_ram_ptr(&c.ram);
    memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION);
    thread = g_thread_new("writer", writer, &c);
    qemu_mutex_unlock_iothread();
    for (bool last = false; !last; ) {
        last = qatomic_read(&c.writes) > 2000;
        if (last) {
            qatomic_set(&c.stop, true);
            g_thread_join(thread);
        }
        for (unsigned i = 0; i < PAGES; i++) {
            if (memory_region_test_and_clear_dirty(&c.ram, i * PAGE, PAGE,
                                                   DIRTY_MEMORY_MIGRATION)) {
                copy[i] = qatomic_read((uint32_t *)(host + i * PAGE));
            }
        }
    }
    qemu_mutex_lock_iothread();
    for (unsigned i = 0; i < PAGES; i++) {
        g_assert_cmphex(copy[i], ==, ldl_le_p(host + i * PAGE));
    }
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    address_space_destroy(&c.as);
    drain_call_rcu();
    drop_owner(owner);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    memory_fixture_init();
    type_register_static(&brief_info);
    g_test_add_func("/memory-threads/readers", test_readers);
    g_test_add_func("/memory-threads/coming-and-going",
                    test_coming_and_going);
    g_test_add_func("/memory-threads/no-write-lost", test_no_write_lost);
    return g_test_run();
}
