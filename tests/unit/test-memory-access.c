/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses: sizes and byte orders against a model of registers, rules,
 * edges of regions, re-entrancy, caches, mappings, IOMMUs.
 */
#include "qemu/osdep.h"
#include "exec/ioport.h"
#include "memory-fixture.h"
#include "qemu/bswap.h"
#include "qemu/event_notifier.h"
#include "sysemu/dma.h"

#define BASE 0x1000
#define ANY MEMTXATTRS_UNSPECIFIED

/* ---- a device that is an array of bytes and remembers how it is asked ---- */

typedef struct Access {
    bool write;
    hwaddr addr;
    unsigned size;
    uint64_t data;
} Access;

typedef struct Chip {
    MemoryRegion mr;
    MemoryRegionOps ops;
    uint8_t regs[64];
    Access log[16];
    unsigned nr;
} Chip;

static void chip_log(Chip *c, bool write, hwaddr addr, unsigned size,
                     uint64_t data)
{
    if (c->nr < ARRAY_SIZE(c->log)) {
        c->log[c->nr++] = (Access) { write, addr, size, data };
    }
}

static uint64_t chip_read(void *opaque, hwaddr addr, unsigned size)
{
    Chip *c = opaque;
    bool big = c->ops.endianness == DEVICE_BIG_ENDIAN;
    uint64_t val = 0;

    g_assert_cmphex(addr + size, <=, memory_region_size(&c->mr));
    for (unsigned i = 0; i < size; i++) {
        val |= (uint64_t)c->regs[addr + i] << 8 * (big ? size - 1 - i : i);
    }
    chip_log(c, false, addr, size, val);
    return val;
}

static void chip_write(void *opaque, hwaddr addr, uint64_t data,
                       unsigned size)
{
    Chip *c = opaque;
    bool big = c->ops.endianness == DEVICE_BIG_ENDIAN;

    g_assert_cmphex(addr + size, <=, memory_region_size(&c->mr));
    if (size < 8) {
        g_assert_cmphex(data >> (8 * size), ==, 0);
    }
    for (unsigned i = 0; i < size; i++) {
        c->regs[addr + i] = data >> 8 * (big ? size - 1 - i : i);
    }
    chip_log(c, true, addr, size, data);
}

typedef struct Board {
    Object *owner;
    MemoryRegion root;
    MemoryRegion ram;
    Chip chip;
    AddressSpace as;
} Board;

/* RAM of 64 KiB at 0x10000, the chip (size bytes) at BASE. */
static Board *board_new(uint64_t size)
{
    Board *b = g_new0(Board, 1);

    b->owner = new_owner();
    memory_region_init(&b->root, b->owner, "root", UINT64_MAX);
    memory_region_init_ram(&b->ram, b->owner, "ram", 0x10000, &error_abort);
    memory_region_add_subregion(&b->root, 0x10000, &b->ram);
    b->chip.ops.read = chip_read;
    b->chip.ops.write = chip_write;
    b->chip.ops.endianness = DEVICE_LITTLE_ENDIAN;
    memory_region_init_io(&b->chip.mr, b->owner, &b->chip.ops, &b->chip,
                          "chip", size);
    memory_region_add_subregion(&b->root, BASE, &b->chip.mr);
    address_space_init(&b->as, &b->root, "board");
    return b;
}

static void board_free(Board *b)
{
    memory_region_del_subregion(&b->root, &b->ram);
    if (b->chip.mr.container) {
        memory_region_del_subregion(b->chip.mr.container, &b->chip.mr);
    }
    address_space_destroy(&b->as);
    drop_owner(b->owner);
    g_free(b);
}

/* ---- sizes and byte orders ---- */

static uint64_t number_at(const uint8_t *p, unsigned size, bool big)
{
    uint64_t val = 0;

    for (unsigned i = 0; i < size; i++) {
        val |= (uint64_t)p[i] << 8 * (big ? size - 1 - i : i);
    }
    return val;
}

static void check_log(Chip *c, bool write, unsigned size, unsigned impl)
{
    unsigned parts = size > impl ? size / impl : 1;

    g_assert_cmpuint(c->nr, ==, parts);
    for (unsigned i = 0; i < parts; i++) {
        g_assert_cmpint(c->log[i].write, ==, write);
        g_assert_cmpuint(c->log[i].size, ==, impl);
    }
}

static void check_sizes(Board *b, unsigned size, unsigned min, unsigned max,
                        bool big_device)
{
    static const MemOp ends[] = { MO_LE, MO_BE };
    unsigned impl = MAX(MIN(size, max), min);
    Chip *c = &b->chip;

    c->ops.impl.min_access_size = min;
    c->ops.impl.max_access_size = max;
    c->ops.endianness = big_device ? DEVICE_BIG_ENDIAN : DEVICE_LITTLE_ENDIAN;
    for (int e = 0; e < 2; e++) {
        MemOp op = size_memop(size) | ends[e];
        uint64_t val, want = 0x1122334455667788 >> (64 - 8 * size);

        for (int i = 0; i < 64; i++) {
            c->regs[i] = 0xa0 + i;
        }
        c->nr = 0;
        g_assert_cmphex(memory_region_dispatch_read(&c->mr, 16, &val, op,
                                                    ANY), ==, MEMTX_OK);
        g_assert_cmphex(val, ==, number_at(&c->regs[16], size, e));
        check_log(c, false, size, impl);

        c->nr = 0;
        g_assert_cmphex(memory_region_dispatch_write(&c->mr, 16, want, op,
                                                     ANY), ==, MEMTX_OK);
        g_assert_cmphex(number_at(&c->regs[16], size, e), ==, want);
        check_log(c, true, size, impl);
        /* A device that takes more at a time gets zeros for the rest. */
        g_assert_cmphex(c->regs[16 + MAX(size, impl)], ==,
                        0xa0 + 16 + MAX(size, impl));
    }
}

static void test_sizes(void)
{
    Board *b = board_new(64);

    for (unsigned size = 1; size <= 8; size *= 2) {
        for (unsigned min = 1; min <= 8; min *= 2) {
            for (unsigned max = min; max <= 8; max *= 2) {
                check_sizes(b, size, min, max, false);
                check_sizes(b, size, min, max, true);
            }
        }
    }
    board_free(b);
}

static void expect_accesses(Chip *c, unsigned n, ...)
{
    va_list ap;

    va_start(ap, n);
    g_assert_cmpuint(c->nr, ==, n);
    for (unsigned i = 0; i < n; i++) {
        hwaddr addr = va_arg(ap, int);
        unsigned size = va_arg(ap, int);

        g_assert_cmphex(c->log[i].addr, ==, addr);
        g_assert_cmpuint(c->log[i].size, ==, size);
    }
    va_end(ap);
    c->nr = 0;
}

/* How a stretch of bytes is cut: naturally aligned powers of two. */
static void test_cutting(void)
{
    Board *b = board_new(64);
    Chip *c = &b->chip;
    uint8_t buf[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 };

    /* Nothing said: four at a time. */
    address_space_write(&b->as, BASE, ANY, buf, 8);
    expect_accesses(c, 2, 0, 4, 4, 4);

    c->ops.valid.max_access_size = 8;
    c->ops.impl.max_access_size = 8;
    address_space_write(&b->as, BASE + 8, ANY, buf, 8);
    expect_accesses(c, 1, 8, 8);
    address_space_write(&b->as, BASE + 16, ANY, buf, 7);
    expect_accesses(c, 3, 16, 4, 20, 2, 22, 1);
    address_space_write(&b->as, BASE + 17, ANY, buf, 7);
    expect_accesses(c, 3, 17, 1, 18, 2, 20, 4);
    address_space_read(&b->as, BASE + 24, ANY, buf, 16);
    expect_accesses(c, 2, 24, 8, 32, 8);
    for (unsigned size = 1; size <= 8; size *= 2) {
        address_space_read(&b->as, BASE + 8, ANY, buf, size);
        expect_accesses(c, 1, 8, size);
    }
    /* Whoever wants it in one piece gets it so. */
    c->ops.valid.unaligned = true;
    c->ops.impl.unaligned = true;
    address_space_read(&b->as, BASE + 1, ANY, buf, 4);
    expect_accesses(c, 1, 1, 4);
    board_free(b);
}

/* ---- rules ---- */

static bool accepts_even(void *opaque, hwaddr addr, unsigned size,
                         bool is_write, MemTxAttrs attrs)
{
    return is_write || attrs.requester_id == 7;
}

static void test_rules(void)
{
    Board *b = board_new(64);
    Chip *c = &b->chip;
    uint64_t val;

    memset(c->regs, 0x55, sizeof(c->regs));
    c->ops.valid.min_access_size = 4;
    c->ops.valid.max_access_size = 4;
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, 0, &val, MO_16, ANY),
                    ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(val, ==, 0);
    g_assert_cmphex(memory_region_dispatch_write(&c->mr, 0, 0, MO_64, ANY),
                    ==, MEMTX_DECODE_ERROR);
    /* Not aligned. */
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, 2, &val, MO_32, ANY),
                    ==, MEMTX_DECODE_ERROR);
    c->ops.valid.unaligned = true;
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, 2, &val, MO_32, ANY),
                    ==, MEMTX_OK);
    g_assert_cmphex(val, ==, 0x55555555);
    c->nr = 0;

    c->ops.valid.accepts = accepts_even;
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, 0, &val, MO_32, ANY),
                    ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, 0, &val, MO_32,
                    (MemTxAttrs) { .requester_id = 7 }), ==, MEMTX_OK);
    c->nr = 0;
    c->ops.valid.accepts = NULL;

    /* Memory only. */
    g_assert_cmphex(address_space_read(&b->as, BASE,
                    (MemTxAttrs) { .memory = 1 }, &val, 4), ==,
                    MEMTX_ACCESS_ERROR);
    g_assert_cmphex(address_space_read(&b->as, 0x10000,
                    (MemTxAttrs) { .memory = 1 }, &val, 4), ==, MEMTX_OK);
    g_assert_cmpuint(c->nr, ==, 0);

    /* Handlers that are not there. */
    c->ops.read = NULL;
    c->ops.write = NULL;
    val = 99;
    g_assert_cmphex(address_space_read(&b->as, BASE, ANY, &val, 8), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmphex(val, ==, 0);
    g_assert_cmphex(address_space_write(&b->as, BASE, ANY, &val, 8), ==,
                    MEMTX_DECODE_ERROR);
    board_free(b);
}

static MemTxResult attrs_read(void *opaque, hwaddr addr, uint64_t *data,
                              unsigned size, MemTxAttrs attrs)
{
    *data = attrs.requester_id;
    return addr ? MEMTX_ERROR : MEMTX_OK;
}

static void test_attrs(void)
{
    Board *b = board_new(64);
    MemTxAttrs attrs = { .requester_id = 0x1234 };
    MemTxResult res;
    uint8_t buf[8];

    b->chip.ops.read = NULL;
    b->chip.ops.read_with_attrs = attrs_read;
    g_assert_cmphex(address_space_ldl_le(&b->as, BASE, attrs, &res), ==,
                    0x1234);
    g_assert_cmphex(res, ==, MEMTX_OK);
    address_space_lduw_le(&b->as, BASE + 4, attrs, &res);
    g_assert_cmphex(res, ==, MEMTX_ERROR);
    /* Failures of any part count. */
    g_assert_cmphex(address_space_read(&b->as, BASE, attrs, buf, 8), ==,
                    MEMTX_ERROR);
    board_free(b);
}

/* What is nowhere: zeros in memory, ones on the I/O bus. */
static void test_unassigned(void)
{
    Board *b = board_new(64);
    MemoryRegion io;
    AddressSpace ports;
    uint8_t big[0x4000];
    uint64_t val = 1;

    g_assert_cmphex(address_space_read(&b->as, 0x50000, ANY, &val, 8), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmphex(val, ==, 0);
    g_assert_cmphex(address_space_write(&b->as, 0x50000, ANY, &val, 8), ==,
                    MEMTX_DECODE_ERROR);
    /* From nothing into RAM. */
    memset(big, 0xee, sizeof(big));
    *(uint8_t *)memory_region_get_ram_ptr(&b->ram) = 0x77;
    g_assert_cmphex(address_space_read(&b->as, 0xe000, ANY, big,
                                       sizeof(big)), ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(big[0x1fff], ==, 0);
    g_assert_cmphex(big[0x2000], ==, 0x77);
    /* Around the end of 64 bits. */
    g_assert_cmphex(address_space_read(&b->as, -4ULL, ANY, &val, 8), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_false(address_space_access_valid(&b->as, 0x50000, 4, true, ANY));
    g_assert_true(address_space_access_valid(&b->as, 0x10000, 0x10000, true,
                                             ANY));
    g_assert_false(address_space_access_valid(&b->as, 0x10000, 0x10001, true,
                                              ANY));

    memory_region_init_io(&io, b->owner, &unassigned_io_ops, NULL, "io",
                          0x10000);
    address_space_init(&ports, &io, "ports");
    g_assert_cmphex(address_space_ldl_le(&ports, 0x80, ANY, NULL), ==,
                    0xffffffff);
    g_assert_cmphex(address_space_ldub(&ports, 0x80, ANY, NULL), ==, 0xff);
    address_space_destroy(&ports);
    board_free(b);
}

/* ---- edges ---- */

/* Bytes past a region's end are the next one's, whatever the width. */
static void test_past_the_end(void)
{
    Board *b = board_new(6);
    Chip *c = &b->chip;
    uint64_t val;
    uint8_t buf[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    MemTxResult res;

    c->ops.valid.unaligned = true;
    c->ops.impl.unaligned = true;
    c->ops.valid.max_access_size = 8;
    c->ops.impl.max_access_size = 8;
    g_assert_cmphex(address_space_write(&b->as, BASE, ANY, buf, 8), ==,
                    MEMTX_DECODE_ERROR);
    expect_accesses(c, 2, 0, 4, 4, 2);
    val = address_space_ldl_le(&b->as, BASE + 4, ANY, &res);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(val, ==, 0x0605);
    expect_accesses(c, 1, 4, 2);
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, 4, &val, MO_32, ANY),
                    ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, -1ULL, &val, MO_16,
                                                ANY), ==, MEMTX_DECODE_ERROR);
    g_assert_cmpuint(c->nr, ==, 0);

    /* A handler that takes four bytes does not get two that are not there. */
    c->ops.impl.min_access_size = 4;
    c->regs[5] = 0x99;
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, 5, &val, MO_8, ANY),
                    ==, MEMTX_DECODE_ERROR);
    g_assert_cmpuint(c->nr, ==, 0);
    memory_region_set_size(&c->mr, 8);
    c->regs[7] = 0x42;
    g_assert_cmphex(memory_region_dispatch_read(&c->mr, 7, &val, MO_8, ANY),
                    ==, MEMTX_OK);
    g_assert_cmphex(val, ==, 0x42);
    expect_accesses(c, 1, 4, 4);
    g_assert_cmphex(memory_region_dispatch_write(&c->mr, 7, 1, MO_8, ANY), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmpuint(c->nr, ==, 0);
    board_free(b);
}

/* As ports 0xcf8 and 0xcf9: the first byte says whose an access is. */
static void test_overlaid_register(void)
{
    Board *b = board_new(4);
    Chip *over = g_new0(Chip, 1);

    over->ops = b->chip.ops;
    memory_region_init_io(&over->mr, b->owner, &over->ops, over, "over", 1);
    memory_region_add_subregion_overlap(&b->root, BASE + 1, &over->mr, 1);
    address_space_stl_le(&b->as, BASE, 0x80001234, ANY, NULL);
    expect_accesses(&b->chip, 1, 0, 4);
    g_assert_cmpuint(over->nr, ==, 0);
    address_space_stb(&b->as, BASE + 1, 6, ANY, NULL);
    expect_accesses(over, 1, 0, 1);
    memory_region_del_subregion(&b->root, &over->mr);
    board_free(b);
    g_free(over);
}

static void test_rom(void)
{
    Board *b = board_new(64);
    MemoryRegion rom, shadow;
    uint32_t val = 0x12345678;

    memory_region_init_rom(&rom, b->owner, "rom", 0x1000, &error_abort);
    memory_region_init_alias(&shadow, b->owner, "shadow", &b->ram, 0x1000,
                             0x1000);
    memory_region_set_readonly(&shadow, true);
    memory_region_add_subregion(&b->root, 0x40000, &rom);
    memory_region_add_subregion(&b->root, 0x50000, &shadow);

    g_assert_cmphex(address_space_write(&b->as, 0x40000, ANY, &val, 4), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmphex(address_space_ldl_le(&b->as, 0x40000, ANY, NULL), ==, 0);
    address_space_write_rom(&b->as, 0x40000, ANY, &val, 4);
    g_assert_cmphex(address_space_ldl_le(&b->as, 0x40000, ANY, NULL), ==,
                    val);
    /* RAM that is seen through something read-only. */
    g_assert_cmphex(address_space_write(&b->as, 0x50000, ANY, &val, 4), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmphex(address_space_ldl_le(&b->as, 0x11000, ANY, NULL), ==, 0);
    address_space_stl_le(&b->as, 0x11000, 5, ANY, NULL);
    g_assert_cmphex(address_space_ldl_le(&b->as, 0x50000, ANY, NULL), ==, 5);
    memory_region_set_readonly(&shadow, false);
    address_space_stl_le(&b->as, 0x50000, 6, ANY, NULL);
    g_assert_cmphex(address_space_ldl_le(&b->as, 0x11000, ANY, NULL), ==, 6);

    memory_region_del_subregion(&b->root, &rom);
    memory_region_del_subregion(&b->root, &shadow);
    board_free(b);
}

static void test_rom_device(void)
{
    Board *b = board_new(64);
    Chip *flash = g_new0(Chip, 1);

    flash->ops = b->chip.ops;
    memory_region_init_rom_device(&flash->mr, b->owner, &flash->ops, flash,
                                  "flash", 0x1000, &error_abort);
    memory_region_add_subregion(&b->root, 0x40000, &flash->mr);
    *(uint8_t *)memory_region_get_ram_ptr(&flash->mr) = 0xab;
    g_assert_cmphex(address_space_ldub(&b->as, 0x40000, ANY, NULL), ==, 0xab);
    g_assert_cmpuint(flash->nr, ==, 0);
    address_space_stb(&b->as, 0x40000, 0x90, ANY, NULL);
    expect_accesses(flash, 1, 0, 1);
    memory_region_rom_device_set_romd(&flash->mr, false);
    g_assert_cmphex(address_space_ldub(&b->as, 0x40000, ANY, NULL), ==, 0x90);
    expect_accesses(flash, 1, 0, 1);
    memory_region_rom_device_set_romd(&flash->mr, true);
    g_assert_cmphex(address_space_ldub(&b->as, 0x40000, ANY, NULL), ==, 0xab);
    g_assert_cmpuint(flash->nr, ==, 0);
    memory_region_del_subregion(&b->root, &flash->mr);
    board_free(b);
    g_free(flash);
}

/* ---- values ---- */

static void test_values(void)
{
    Board *b = board_new(64);
    uint8_t *ram = memory_region_get_ram_ptr(&b->ram);
    AddressSpace *as = &b->as;
    MemTxResult res;

    stq_phys(as, 0x10000, 0x1122334455667788);
    g_assert_cmphex(ldq_le_p(ram), ==, 0x1122334455667788);
    g_assert_cmphex(ldub_phys(as, 0x10000), ==, 0x88);
    g_assert_cmphex(lduw_le_phys(as, 0x10001), ==, 0x6677);
    g_assert_cmphex(lduw_be_phys(as, 0x10001), ==, 0x7766);
    g_assert_cmphex(ldl_le_phys(as, 0x10000), ==, 0x55667788);
    g_assert_cmphex(ldl_be_phys(as, 0x10000), ==, 0x88776655);
    g_assert_cmphex(ldq_be_phys(as, 0x10000), ==, 0x8877665544332211);
    stw_be_phys(as, 0x10010, 0x0102);
    stl_be_phys(as, 0x10012, 0x03040506);
    stq_be_phys(as, 0x10016, 0x0708090a0b0c0d0e);
    for (int i = 0; i < 14; i++) {
        g_assert_cmphex(ram[0x10 + i], ==, i + 1);
    }
    /* Half in RAM, half in nothing; and the device's byte order. */
    stw_le_p(ram + 0xfffe, 0xbeef);
    g_assert_cmphex(address_space_ldl_le(as, 0x1fffe, ANY, &res), ==, 0xbeef);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    address_space_stl_le(as, 0x1fffe, 0x12345678, ANY, &res);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(lduw_le_p(ram + 0xfffe), ==, 0x5678);
    stl_be_phys(as, BASE, 0x11223344);
    g_assert_cmphex(b->chip.regs[0], ==, 0x11);
    b->chip.ops.endianness = DEVICE_BIG_ENDIAN;
    g_assert_cmphex(ldl_le_phys(as, BASE), ==, 0x44332211);
    board_free(b);
}

static void test_dma(void)
{
    Board *b = board_new(64);
    uint8_t buf[64], back[64];
    dma_addr_t rest;
    QEMUSGList sg;
    uint32_t val;

    for (unsigned i = 0; i < sizeof(buf); i++) {
        buf[i] = i;
    }
    qemu_sglist_init(&sg, NULL, 1, &b->as);
    qemu_sglist_add(&sg, 0x10100, 10);
    qemu_sglist_add(&sg, 0x10001, 20);
    qemu_sglist_add(&sg, 0x18000, 100);
    g_assert_cmphex(dma_buf_read(buf, 64, &rest, &sg, ANY), ==, MEMTX_OK);
    g_assert_cmpuint(rest, ==, 130 - 64);
    g_assert_cmphex(ldub_phys(&b->as, 0x10001), ==, 10);
    g_assert_cmphex(ldub_phys(&b->as, 0x18000), ==, 30);
    g_assert_cmphex(dma_buf_write(back, 64, NULL, &sg, ANY), ==, MEMTX_OK);
    g_assert_cmpmem(buf, 64, back, 64);
    qemu_sglist_destroy(&sg);
    qemu_sglist_init(&sg, NULL, 1, &b->as);
    qemu_sglist_add(&sg, 0x50000, 10);
    g_assert_cmphex(dma_buf_read(buf, 64, &rest, &sg, ANY), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmpuint(rest, ==, 0);
    qemu_sglist_destroy(&sg);

    g_assert_cmphex(dma_memory_set(&b->as, 0x10ffe, 0x5a, 0x1000, ANY), ==,
                    MEMTX_OK);
    g_assert_cmphex(ldl_be_dma(&b->as, 0x11ffc, &val, ANY), ==, MEMTX_OK);
    g_assert_cmphex(val, ==, 0x5a5a0000);
    g_assert_cmphex(stl_le_dma(&b->as, 0x10000, 0x01020304, ANY), ==,
                    MEMTX_OK);
    g_assert_cmphex(ldub_phys(&b->as, 0x10000), ==, 4);

    g_assert_cmphex(dma_aligned_pow2_mask(0, UINT64_MAX, 64), ==, UINT64_MAX);
    g_assert_cmphex(dma_aligned_pow2_mask(0, UINT64_MAX, 48), ==,
                    (1ULL << 48) - 1);
    g_assert_cmphex(dma_aligned_pow2_mask(0x3000, 0x7fff, 64), ==, 0xfff);
    g_assert_cmphex(dma_aligned_pow2_mask(0x4000, 0x6fff, 64), ==, 0x1fff);
    board_free(b);
}

/* ---- re-entrancy ---- */

typedef struct Loop {
    Board *b;
    MemReentrancyGuard guard;
    hwaddr target;
    unsigned entered;
    MemTxResult inner;
} Loop;

static Loop *guarded;

static MemReentrancyGuard *guard_of(Object *owner)
{
    return guarded ? &guarded->guard : NULL;
}

static void loop_write(void *opaque, hwaddr addr, uint64_t data,
                       unsigned size)
{
    Loop *l = opaque;

    l->entered++;
    l->inner = address_space_write(&l->b->as, l->target, ANY, &data, 4);
}

static const MemoryRegionOps loop_ops = {
    .write = loop_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void test_reentrancy(void)
{
    Board *b = board_new(64);
    Loop l = { .b = b };
    MemoryRegion a, other;

    guarded = &l;
    memory_guard_of_owner = guard_of;
    memory_region_init_io(&a, b->owner, &loop_ops, &l, "loop", 16);
    memory_region_init_io(&other, b->owner, &loop_ops, &l, "other", 16);
    memory_guard_of_owner = NULL;
    memory_region_add_subregion(&b->root, 0x2000, &a);
    memory_region_add_subregion(&b->root, 0x3000, &other);

    l.target = 0x2000;
    stl_le_phys(&b->as, 0x2000, 1);
    g_assert_cmpuint(l.entered, ==, 1);
    g_assert_cmphex(l.inner, ==, MEMTX_ACCESS_ERROR);
    g_assert_false(l.guard.engaged_in_io);
    /* All regions of a device are one device. */
    stl_le_phys(&b->as, 0x3000, 1);
    g_assert_cmpuint(l.entered, ==, 2);
    /* Other devices and memory are free to be reached. */
    l.target = BASE;
    stl_le_phys(&b->as, 0x2000, 1);
    g_assert_cmphex(l.inner, ==, MEMTX_OK);
    g_assert_cmpuint(b->chip.nr, ==, 1);
    l.target = 0x10000;
    stl_le_phys(&b->as, 0x2000, 77);
    g_assert_cmphex(ldl_le_phys(&b->as, 0x10000), ==, 77);

    /* Who does without the guard does not do so for ever. */
    a.disable_reentrancy_guard = true;
    l.target = 0x2000;
    l.entered = 0;
    stl_le_phys(&b->as, 0x2000, 1);
    g_assert_cmpuint(l.entered, >, 1);
    g_assert_cmpuint(l.entered, <, 1000);

    guarded = NULL;
    memory_region_del_subregion(&b->root, &a);
    memory_region_del_subregion(&b->root, &other);
    board_free(b);
}

/* ---- ioeventfds ---- */

static void test_eventfd(void)
{
    Board *b = board_new(64);
    EventNotifier any, seven;
    uint16_t val = 7;

    event_notifier_init(&any, 0);
    event_notifier_init(&seven, 0);
    memory_region_add_eventfd(&b->chip.mr, 4, 2, true, 7, &seven);
    memory_region_add_eventfd(&b->chip.mr, 8, 0, false, 0, &any);

    address_space_write(&b->as, BASE + 4, ANY, &val, 2);
    g_assert_true(event_notifier_test_and_clear(&seven));
    g_assert_cmpuint(b->chip.nr, ==, 0);
    val = 8;
    address_space_write(&b->as, BASE + 4, ANY, &val, 2);
    stl_le_phys(&b->as, BASE + 4, 7);
    g_assert_false(event_notifier_test_and_clear(&seven));
    expect_accesses(&b->chip, 2, 4, 2, 4, 4);
    for (unsigned size = 1; size <= 4; size *= 2) {
        address_space_write(&b->as, BASE + 8, ANY, "1234", size);
        g_assert_true(event_notifier_test_and_clear(&any));
    }
    g_assert_cmpuint(b->chip.nr, ==, 0);
    memory_eventfds_in_accel = true;
    address_space_write(&b->as, BASE + 8, ANY, "1234", 4);
    memory_eventfds_in_accel = false;
    expect_accesses(&b->chip, 1, 8, 4);

    memory_region_del_eventfd(&b->chip.mr, 4, 2, true, 7, &seven);
    memory_region_del_eventfd(&b->chip.mr, 8, 0, false, 0, &any);
    memory_region_del_eventfd(&b->chip.mr, 8, 0, false, 0, &any);
    event_notifier_cleanup(&any);
    event_notifier_cleanup(&seven);
    board_free(b);
}

/* ---- caches ---- */

static void test_cache(void)
{
    Board *b = board_new(64);
    uint8_t *ram = memory_region_get_ram_ptr(&b->ram), buf[8];
    MemoryRegionCache c;
    MemTxResult res;

    /* Cut at the end of RAM. */
    g_assert_cmpint(address_space_cache_init(&c, &b->as, 0x1fff0, 64, true),
                    ==, 16);
    g_assert_true(c.ptr == ram + 0xfff0);
    stl_le_phys_cached(&c, 12, 0xcafe);
    g_assert_cmphex(ldl_le_p(ram + 0xfffc), ==, 0xcafe);
    g_assert_cmphex(lduw_be_phys_cached(&c, 12), ==, 0xfeca);
    /* Nothing behind it, however it is asked for. */
    g_assert_cmphex(address_space_ldl_le_cached(&c, 13, ANY, &res), ==, 0);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    address_space_stq_le_cached(&c, 9, -1, ANY, &res);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(address_space_write_cached(&c, 12, buf, 5), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmphex(address_space_read_cached(&c, -4ULL, buf, 8), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmphex(ldl_le_p(ram + 0xfffc), ==, 0xcafe);
    address_space_cache_destroy(&c);

    /* Registers: by dispatch, and cut at their end. */
    g_assert_cmpint(address_space_cache_init(&c, &b->as, BASE + 60, 4096,
                                             true), ==, 4);
    g_assert_null(c.ptr);
    stl_le_phys_cached(&c, 0, 0x01020304);
    expect_accesses(&b->chip, 1, 60, 4);
    g_assert_cmphex(ldub_phys_cached(&c, 3), ==, 1);
    expect_accesses(&b->chip, 1, 63, 1);
    g_assert_cmphex(ldub_phys_cached(&c, 4), ==, 0);
    g_assert_cmphex(address_space_read_cached(&c, 2, buf, 4), ==,
                    MEMTX_DECODE_ERROR);
    g_assert_cmpuint(b->chip.nr, ==, 0);

    /* The map goes on without the chip; the cache has it still. */
    memory_region_del_subregion(&b->root, &b->chip.mr);
    g_assert_cmphex(ldub_phys_cached(&c, 3), ==, 1);
    address_space_cache_destroy(&c);
    address_space_cache_destroy(&c);

    /* For reading only. */
    address_space_cache_init(&c, &b->as, 0x10000, 16, false);
    address_space_stb_cached(&c, 0, 9, ANY, &res);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(ram[0], ==, 0);
    address_space_cache_destroy(&c);

    c = MEMORY_REGION_CACHE_INVALID;
    g_assert_cmphex(ldl_le_phys_cached(&c, 0), ==, 0);
    g_assert_cmpint(address_space_cache_init(&c, &b->as, 0, 0, false), ==, 0);
    address_space_cache_destroy(&c);
    board_free(b);
}

/* ---- mappings ---- */

static unsigned woken;

static void wake(void *opaque)
{
    woken++;
}

static void test_map(void)
{
    Board *b = board_new(64);
    uint8_t *ram = memory_region_get_ram_ptr(&b->ram);
    hwaddr len = 0x1000, len2 = 64;
    QEMUBH *bh = qemu_bh_new(wake, NULL);
    uint8_t *p, *q;

    p = address_space_map(&b->as, 0x1f800, &len, true, ANY);
    g_assert_true(p == ram + 0xf800);
    g_assert_cmphex(len, ==, 0x800);
    address_space_unmap(&b->as, p, len, true, len);

    b->chip.regs[3] = 0x33;
    p = address_space_map(&b->as, BASE, &len2, false, ANY);
    g_assert_nonnull(p);
    g_assert_cmphex(len2, ==, 64);
    g_assert_cmphex(p[3], ==, 0x33);
    b->chip.nr = 0;
    /* There is one bounce buffer; RAM needs none. */
    len = 4;
    q = address_space_map(&b->as, BASE, &len, true, ANY);
    g_assert_null(q);
    g_assert_cmphex(len, ==, 0);
    len = 4;
    q = address_space_map(&b->as, 0x10000, &len, true, ANY);
    g_assert_true(q == ram);
    address_space_unmap(&b->as, q, len, true, len);
    cpu_register_map_client(bh);
    main_loop_wait(true);
    g_assert_cmpuint(woken, ==, 0);
    p[0] = 0x44;
    address_space_unmap(&b->as, p, len2, false, len2);
    g_assert_cmpuint(b->chip.nr, ==, 0);
    main_loop_wait(true);
    g_assert_cmpuint(woken, ==, 1);

    /* Writes reach the registers at the end, as far as there were any. */
    len = 64;
    p = address_space_map(&b->as, BASE, &len, true, ANY);
    g_assert_cmpuint(b->chip.nr, ==, 0);
    memset(p, 0x11, 64);
    address_space_unmap(&b->as, p, len, true, 8);
    expect_accesses(&b->chip, 2, 0, 4, 4, 4);
    g_assert_cmphex(b->chip.regs[7], ==, 0x11);
    g_assert_cmphex(b->chip.regs[8], ==, 0);

    cpu_register_map_client(bh);
    main_loop_wait(true);
    g_assert_cmpuint(woken, ==, 2);
    cpu_unregister_map_client(bh);
    len = 0;
    g_assert_null(address_space_map(&b->as, BASE, &len, true, ANY));
    qemu_bh_delete(bh);
    board_free(b);
}

/* ---- IOMMU ---- */

#define TYPE_TEST_IOMMU "test-iommu-region"
static AddressSpace *iommu_target;
static hwaddr iommu_map[4];     /* by page; 0: fault */

static IOMMUTLBEntry test_translate(IOMMUMemoryRegion *iommu, hwaddr addr,
                                    IOMMUAccessFlags flag, int idx)
{
    hwaddr to = addr >> 12 < 4 ? iommu_map[addr >> 12] : 0;

    return (IOMMUTLBEntry) {
        .target_as = iommu_target,
        .iova = addr & ~0xfffULL,
        .translated_addr = to & ~0xfffULL,
        .addr_mask = 0xfff,
        .perm = to ? to & 3 : IOMMU_NONE,
    };
}

static IOMMUNotifierFlag seen_flags;

static int test_flags(IOMMUMemoryRegion *iommu, IOMMUNotifierFlag old_flags,
                      IOMMUNotifierFlag new_flags, Error **errp)
{
    seen_flags = new_flags;
    return 0;
}

static void test_iommu_class_init(ObjectClass *oc, void *data)
{
    IOMMU_MEMORY_REGION_CLASS(oc)->translate = test_translate;
    IOMMU_MEMORY_REGION_CLASS(oc)->notify_flag_changed = test_flags;
}

static const TypeInfo test_iommu_info = {
    .name = TYPE_TEST_IOMMU,
    .parent = TYPE_IOMMU_MEMORY_REGION,
    .class_init = test_iommu_class_init,
};

static IOMMUTLBEntry told[8];
static unsigned nr_told;

static void note(IOMMUNotifier *n, IOMMUTLBEntry *e)
{
    told[nr_told++] = *e;
}

static void check_notifiers(MemoryRegion *mr)
{
    IOMMUMemoryRegion *iommu = IOMMU_MEMORY_REGION(mr);
    IOMMUNotifier n;
    IOMMUTLBEvent event = {
        .type = IOMMU_NOTIFIER_UNMAP,
        .entry = { .iova = 0x1000, .addr_mask = 0x1fff },
    };

    iommu_notifier_init(&n, note, IOMMU_NOTIFIER_IOTLB_EVENTS, 0x2000,
                        0x3fff, 0);
    g_assert_cmpint(memory_region_register_iommu_notifier(mr, &n,
                                                          &error_abort), ==,
                    0);
    g_assert_cmphex(seen_flags, ==, IOMMU_NOTIFIER_IOTLB_EVENTS);
    memory_region_notify_iommu(iommu, 0, event);
    g_assert_cmpuint(nr_told, ==, 1);
    g_assert_cmphex(told[0].iova, ==, 0x2000);
    g_assert_cmphex(told[0].addr_mask, ==, 0xfff);
    event.entry.addr_mask = 0xfff;
    memory_region_notify_iommu(iommu, 0, event);
    g_assert_cmpuint(nr_told, ==, 1);
    nr_told = 0;
    memory_region_iommu_replay(iommu, &n);
    g_assert_cmpuint(nr_told, ==, 3);
    memory_region_unregister_iommu_notifier(mr, &n);
    g_assert_cmphex(seen_flags, ==, 0);
}

static void test_iommu(void)
{
    Board *b = board_new(64);
    IOMMUMemoryRegion iommu;
    MemoryRegion *mr = (MemoryRegion *)&iommu;
    AddressSpace dma;
    MemoryRegionCache c;
    IOMMUTLBEntry e;
    MemTxResult res;
    hwaddr len;
    uint8_t *ram = memory_region_get_ram_ptr(&b->ram), *p, buf[16];

    iommu_target = &b->as;
    iommu_map[0] = 0x12000 | IOMMU_RW;
    iommu_map[1] = 0x13000 | IOMMU_RW;
    iommu_map[2] = 0x10000 | IOMMU_RO;
    memory_region_init_iommu(&iommu, sizeof(iommu), TYPE_TEST_IOMMU, b->owner,
                             "iommu", 0x4000);
    address_space_init(&dma, mr, "dma");
    g_assert_true(memory_region_is_iommu(mr));

    stl_le_phys(&dma, 0x10, 0x1234);
    g_assert_cmphex(ldl_le_p(ram + 0x2010), ==, 0x1234);
    /* From one page into another that lies before it. */
    stq_le_p(ram + 0x3ffc, 0x1111111122222222);
    stq_le_p(ram, 0x3333333344444444);
    g_assert_cmphex(ldq_le_phys(&dma, 0x1ffc), ==, 0x4444444422222222);
    /* No writing, nothing there. */
    address_space_stl_le(&dma, 0x2000, 1, ANY, &res);
    g_assert_cmphex(res, ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(address_space_read(&dma, 0x2ff8, ANY, buf, 16), ==,
                    MEMTX_DECODE_ERROR);

    /* Two pages that are one piece of memory. */
    len = 0x4000;
    p = address_space_map(&dma, 0x800, &len, true, ANY);
    g_assert_true(p == ram + 0x2800);
    g_assert_cmphex(len, ==, 0x1800);
    address_space_unmap(&dma, p, len, true, len);

    /* A cache follows changes of the translation. */
    g_assert_cmpint(address_space_cache_init(&c, &dma, 0x10, 64, true), ==,
                    64);
    g_assert_cmphex(ldl_le_phys_cached(&c, 0), ==, 0x1234);
    iommu_map[0] = 0x14000 | IOMMU_RW;
    g_assert_cmphex(ldl_le_phys_cached(&c, 0), ==, 0);
    address_space_cache_destroy(&c);

    e = address_space_get_iotlb_entry(&dma, 0x1234, true, ANY);
    g_assert_true(e.target_as == &b->as);
    g_assert_cmphex(e.translated_addr, ==, 0x13000);
    g_assert_cmphex(e.addr_mask, ==, 0xfff);
    e = address_space_get_iotlb_entry(&dma, 0x3234, true, ANY);
    g_assert_cmpint(e.perm, ==, IOMMU_NONE);

    check_notifiers(mr);
    /* Translations in a ring end. */
    iommu_target = &dma;
    iommu_map[0] = IOMMU_RW | 0x1000;
    iommu_map[1] = IOMMU_RW | 0x1000;
    g_assert_cmphex(address_space_read(&dma, 0, ANY, buf, 4), ==,
                    MEMTX_DECODE_ERROR);
    address_space_destroy(&dma);
    board_free(b);
}

/* ---- lists of ports ---- */

static uint32_t port_log[8][2];
static unsigned nr_ports;

static uint32_t port_read(void *opaque, uint32_t addr)
{
    return addr & 0xff;
}

static void port_write(void *opaque, uint32_t addr, uint32_t val)
{
    port_log[nr_ports][0] = addr;
    port_log[nr_ports++][1] = val;
}

static const MemoryRegionPortio ports[] = {
    { 0, 2, 1, .read = port_read, .write = port_write },
    { 0, 1, 4, .write = port_write },
    { 0x10, 1, 2, .read = port_read, .write = port_write },
    PORTIO_END_OF_LIST(),
};

static void test_portio(void)
{
    Object *owner = new_owner();
    MemoryRegion io;
    AddressSpace as;
    PortioList list;

    memory_region_init_io(&io, owner, &unassigned_io_ops, NULL, "io", 0x1000);
    address_space_init(&as, &io, "io");
    portio_list_init(&list, owner, ports, NULL, "ports");
    portio_list_add(&list, &io, 0x100);
    g_assert_cmpuint(list.nr, ==, 2);
    g_assert_cmphex(ldub_phys(&as, 0x101), ==, 1);
    g_assert_cmphex(lduw_le_phys(&as, 0x100), ==, 0x0100);
    /* The second byte has no port. */
    g_assert_cmphex(lduw_le_phys(&as, 0x101), ==, 0xff01);
    g_assert_cmphex(ldub_phys(&as, 0x110), ==, 0xff);
    g_assert_cmphex(lduw_le_phys(&as, 0x110), ==, 0x10);
    g_assert_cmphex(ldub_phys(&as, 0x108), ==, 0xff);
    stl_le_phys(&as, 0x100, 0x12345678);
    stw_le_phys(&as, 0x100, 0xabcd);
    stb_phys(&as, 0x110, 1);
    g_assert_cmpuint(nr_ports, ==, 3);
    g_assert_cmphex(port_log[0][1], ==, 0x12345678);
    g_assert_cmphex(port_log[1][1], ==, 0xcd);
    g_assert_cmphex(port_log[2][0], ==, 0x101);
    g_assert_cmphex(port_log[2][1], ==, 0xab);
    portio_list_set_address(&list, 0x200);
    g_assert_cmphex(ldub_phys(&as, 0x201), ==, 1);
    g_assert_cmphex(ldub_phys(&as, 0x101), ==, 0xff);
    portio_list_set_enabled(&list, false);
    g_assert_cmphex(ldub_phys(&as, 0x201), ==, 0xff);
    portio_list_del(&list);
    portio_list_destroy(&list);
    address_space_destroy(&as);
    drop_owner(owner);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    memory_fixture_init();
    type_register_static(&test_iommu_info);
    g_test_add_func("/memory-access/sizes", test_sizes);
    g_test_add_func("/memory-access/cutting", test_cutting);
    g_test_add_func("/memory-access/rules", test_rules);
    g_test_add_func("/memory-access/attrs", test_attrs);
    g_test_add_func("/memory-access/unassigned", test_unassigned);
    g_test_add_func("/memory-access/past-the-end", test_past_the_end);
    g_test_add_func("/memory-access/overlaid", test_overlaid_register);
    g_test_add_func("/memory-access/rom", test_rom);
    g_test_add_func("/memory-access/rom-device", test_rom_device);
    g_test_add_func("/memory-access/values", test_values);
    g_test_add_func("/memory-access/dma", test_dma);
    g_test_add_func("/memory-access/reentrancy", test_reentrancy);
    g_test_add_func("/memory-access/eventfd", test_eventfd);
    g_test_add_func("/memory-access/cache", test_cache);
    g_test_add_func("/memory-access/map", test_map);
    g_test_add_func("/memory-access/iommu", test_iommu);
    g_test_add_func("/memory-access/portio", test_portio);
    return g_test_run();
}
