/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory core, in process: nanoseconds for an access, microseconds for
 * a change of the map of about 100 regions.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "sysemu/dma.h"

#define REGIONS 100
#define ANY MEMTXATTRS_UNSPECIFIED

static Object *owner;
static MemoryRegion root, ram, table, chips[REGIONS];
static AddressSpace as;
static uint32_t regs[1024];

static uint64_t table_read(void *opaque, hwaddr addr, unsigned size)
{
    return regs[addr / 4];
}

static void table_write(void *opaque, hwaddr addr, uint64_t data,
                        unsigned size)
{
    regs[addr / 4] = data;
    if (size == 8) {
        regs[addr / 4 + 1] = data >> 32;
    }
}

static const MemoryRegionOps table_ops = {
    .read = table_read,
    .write = table_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .max_access_size = 8 },
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

/* The best of several runs of n: others use this machine, too. */
#define TIME(title, unit, scale, n, body)                                   \
    do {                                                                    \
        double best_ = 1e18;                                                \
                                                                            \
        for (int run_ = 0; run_ < 7; run_++) {                              \
            double start_ = now();                                          \
                                                                            \
            for (unsigned i = 0; i < (n); i++) {                            \
                body;                                                       \
            }                                                               \
            best_ = MIN(best_, (now() - start_) / (n));                     \
        }                                                                   \
        printf("%-40s %9.1f %s\n", title, best_ / (scale), unit);           \
    } while (0)

#define NS(title, body) TIME(title, "ns", 1, 200000, body)
#define US(title, n, body) TIME(title, "us", 1e3, n, body)

static void nothing(MemoryListener *l, MemoryRegionSection *s)
{
}

static void build(void)
{
    owner = object_new(TYPE_CONTAINER);
    memory_region_init(&root, owner, "root", UINT64_MAX);
    memory_region_init_ram(&ram, owner, "ram", 64 << 20, &error_abort);
    memory_region_add_subregion(&root, 0, &ram);
    memory_region_init_io(&table, owner, &table_ops, NULL, "table", 4096);
    memory_region_add_subregion(&root, 0xfebf1000, &table);
    for (unsigned i = 0; i < REGIONS; i++) {
        memory_region_init_io(&chips[i], owner, &table_ops, NULL, "chip",
                              0x800);
        memory_region_add_subregion(&root, 0xe0000000 + i * 0x1000,
                                    &chips[i]);
    }
    address_space_init(&as, &root, "bench");
}

static void bench_accesses(void)
{
    uint32_t word = 5;
    uint64_t quad = 6, val;
    uint8_t page[4096] = { };
    MemoryRegionCache c;
    MemReentrancyGuard guard = { };

    NS("table write, 4 bytes", address_space_write(&as, 0xfebf1000 + 16, ANY,
                                                   &word, 4));
    table.guard = &guard;
    NS("table write, 4 bytes, guarded",
       address_space_write(&as, 0xfebf1000 + 16, ANY, &word, 4));
    NS("table write, 8 bytes, guarded",
       address_space_write(&as, 0xfebf1000 + 16, ANY, &quad, 8));
    NS("table read, 4 bytes, guarded",
       address_space_read(&as, 0xfebf1000 + 16, ANY, &word, 4));
    NS("stl_le to the table", stl_le_phys(&as, 0xfebf1000 + 16, 1));
    NS("dispatch write alone",
       memory_region_dispatch_write(&table, 16, 1, MO_32 | MO_LE, ANY));
    NS("dispatch read alone",
       memory_region_dispatch_read(&table, 16, &val, MO_32 | MO_LE, ANY));
    NS("RAM write, 4 bytes", address_space_write(&as, 0x123450, ANY, &word,
                                                 4));
    NS("RAM read, 4 bytes", address_space_read(&as, 0x123450, ANY, &word,
                                               4));
    NS("RAM read, 4 KiB", address_space_read(&as, 0x123000, ANY, page,
                                             4096));
    NS("ldl_le from RAM", val = ldl_le_phys(&as, 0x123450));
    NS("dma_memory_write, 4 bytes", dma_memory_write(&as, 0x123450, &word, 4,
                                                     ANY));
    NS("RAM and registers in turn",
       stl_le_phys(&as, i & 1 ? 0xfebf1010 : 0x123450, 1));
    NS("100 devices in turn",
       stl_le_phys(&as, 0xe0000000 + i * 7 % REGIONS * 0x1000, 1));
    address_space_cache_init(&c, &as, 0x200000, 4096, true);
    NS("lduw_le, cached", val += lduw_le_phys_cached(&c, i % 4096 & ~1));
    NS("stw_le, cached", stw_le_phys_cached(&c, i % 4096 & ~1, i));
    address_space_cache_destroy(&c);
    NS("make and drop a cache",
       address_space_cache_init(&c, &as, 0x200000, 4096, true);
       address_space_cache_destroy(&c));
    NS("map and unmap RAM", {
        hwaddr len = 4096;
        void *p = address_space_map(&as, 0x300000, &len, true, ANY);

        address_space_unmap(&as, p, len, true, len);
    });
    memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION);
    NS("RAM write, 4 bytes, logged", address_space_write(&as, 0x123450, ANY,
                                                         &word, 4));
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
}

static void move(unsigned i)
{
    memory_region_set_address(&table, 0xfebf1000 + (i & 1) * 0x10000);
}

static void bench_changes(void)
{
    MemoryListener l = { .region_add = nothing, .region_del = nothing };

    US("change that nobody sees", 20000, move(i));
    US("change and look", 2000, move(i); ldl_le_phys(&as, 0x1000));
    memory_listener_register(&l, &as);
    US("change with a listener", 2000, move(i));
    memory_listener_unregister(&l);
    US("make and end a region", 20000, {
        MemoryRegion mr;

        memory_region_init_io(&mr, owner, &table_ops, NULL, "new", 64);
        memory_region_add_subregion(&root, 0xf0000000, &mr);
        memory_region_del_subregion(&root, &mr);
        object_unparent(OBJECT(&mr));
    });
}

int main(void)
{
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    build();
    bench_accesses();
    bench_changes();
    return 0;
}
