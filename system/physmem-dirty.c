/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages of RAM were written to, for each client that asks.
 *
 * A writer stores its data, then sets bits; a client clears bits, then reads
 * the data.  Both have a full barrier between, so that a write is in what
 * the client reads or in what it finds set the next time.  A bitmap that was
 * never made says that all pages are dirty; once made it stays.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"
#include "memory-internal.h"

struct DirtyBitmapSnapshot {
    ram_addr_t start;           /* among all blocks, page-aligned */
    ram_addr_t end;
    unsigned long dirty[];
};

/* Pages first..end of a byte range, clipped to the block. */
typedef struct Pages {
    unsigned long first;
    unsigned long end;          /* exclusive */
} Pages;

static Pages pages_of(const RAMBlock *rb, ram_addr_t start, ram_addr_t length)
{
    ram_addr_t end;

    if (!length || start >= rb->max_length) {
        return (Pages) { };
    }
    end = start + MIN(length, rb->max_length - start);
    return (Pages) {
        .first = start >> TARGET_PAGE_BITS,
        .end = DIV_ROUND_UP(end, TARGET_PAGE_SIZE),
    };
}

static unsigned long pages_of_block(const RAMBlock *rb)
{
    return DIV_ROUND_UP(rb->max_length, TARGET_PAGE_SIZE);
}

/* The bits of a word that belong to pages, of which the word has some. */
static unsigned long word_mask(Pages p, unsigned long word)
{
    unsigned long mask = ~0UL, base = word * BITS_PER_LONG;

    if (p.first > base) {
        mask &= BITMAP_FIRST_WORD_MASK(p.first);
    }
    if (p.end - base < BITS_PER_LONG) {
        mask &= BITMAP_LAST_WORD_MASK(p.end - base);
    }
    return mask;
}

#define FOREACH_WORD(w, p) \
    for ((w) = (p).first / BITS_PER_LONG; (w) * BITS_PER_LONG < (p).end; (w)++)

void ram_block_start_dirty(RAMBlock *rb, unsigned client)
{
    unsigned long *map = rb->dirty[client], pages = pages_of_block(rb);

    if (map) {
        /* Nobody was obliged to record writes until now. */
        Pages all = { 0, pages };
        unsigned long w;

        FOREACH_WORD(w, all) {
            qatomic_or(&map[w], word_mask(all, w));
        }
        return;
    }
    map = bitmap_new(MAX(pages, 1));
    bitmap_set(map, 0, pages);
    qatomic_rcu_set(&rb->dirty[client], map);
}

static void set_pages(RAMBlock *rb, Pages p, unsigned client)
{
    unsigned long *map = qatomic_rcu_read(&rb->dirty[client]), w;

    if (!map) {
        return;
    }
    FOREACH_WORD(w, p) {
        unsigned long mask = word_mask(p, w);

        if (~qatomic_read(&map[w]) & mask) {
            qatomic_or(&map[w], mask);
        }
    }
}

void ram_block_set_dirty(RAMBlock *rb, ram_addr_t start, ram_addr_t length,
                         uint8_t mask)
{
    Pages p = pages_of(rb, start, length);

    smp_mb();
    for (unsigned client = 0; client < DIRTY_MEMORY_NUM; client++) {
        if (mask & (1 << client)) {
            set_pages(rb, p, client);
        }
    }
}

bool ram_block_get_dirty(RAMBlock *rb, ram_addr_t start, ram_addr_t length,
                         unsigned client)
{
    unsigned long *map = qatomic_rcu_read(&rb->dirty[client]), w;
    Pages p = pages_of(rb, start, length);

    if (!map) {
        return p.end > p.first;
    }
    FOREACH_WORD(w, p) {
        if (qatomic_read(&map[w]) & word_mask(p, w)) {
            return true;
        }
    }
    return false;
}

static bool any_clean(RAMBlock *rb, Pages p, unsigned client)
{
    unsigned long *map = qatomic_rcu_read(&rb->dirty[client]), w;

    if (!map) {
        return false;
    }
    FOREACH_WORD(w, p) {
        if (~qatomic_read(&map[w]) & word_mask(p, w)) {
            return true;
        }
    }
    return false;
}

/* Clears the bits of one word; returns those that were set. */
static unsigned long take_word(unsigned long *word, unsigned long mask)
{
    if (!(qatomic_read(word) & mask)) {
        return 0;
    }
    return mask == ~0UL ? qatomic_xchg(word, 0)
                        : qatomic_fetch_and(word, ~mask) & mask;
}

bool ram_block_test_and_clear_dirty(RAMBlock *rb, ram_addr_t start,
                                    ram_addr_t length, unsigned client)
{
    Pages p = pages_of(rb, start, length);
    unsigned long found = 0, w;

    if (!rb->dirty[client]) {
        ram_block_start_dirty(rb, client);
    }
    FOREACH_WORD(w, p) {
        found |= take_word(&rb->dirty[client][w], word_mask(p, w));
    }
    smp_mb();
    return found != 0;
}

uint64_t cpu_physical_memory_sync_dirty_bitmap(RAMBlock *rb, ram_addr_t start,
                                               ram_addr_t length)
{
    Pages p = pages_of(rb, start, length);
    uint64_t fresh = 0;
    unsigned long w;

    if (!rb->dirty[DIRTY_MEMORY_MIGRATION]) {
        ram_block_start_dirty(rb, DIRTY_MEMORY_MIGRATION);
    }
    FOREACH_WORD(w, p) {
        unsigned long bits = take_word(&rb->dirty[DIRTY_MEMORY_MIGRATION][w],
                                       word_mask(p, w));

        fresh += ctpop64(bits & ~rb->bmap[w]);
        rb->bmap[w] |= bits;
    }
    smp_mb();
    return fresh;
}

/* ---- by region ---- */

uint8_t memory_region_get_dirty_log_mask(MemoryRegion *mr)
{
    uint8_t mask = mr->dirty_log_mask;
    RAMBlock *rb = mr->ram_block;

    if (qatomic_read(&global_dirty_tracking) &&
        ((rb && (rb->flags & RAM_MIGRATABLE)) || mr->is_iommu)) {
        mask |= 1 << DIRTY_MEMORY_MIGRATION;
    }
    return mask;
}

bool memory_region_is_logging(MemoryRegion *mr, uint8_t client)
{
    return memory_region_get_dirty_log_mask(mr) & (1 << client);
}

void memory_region_wrote(MemoryRegion *mr, hwaddr offset, hwaddr len)
{
    uint8_t mask = memory_region_get_dirty_log_mask(mr);

    if (mask && mr->ram_block) {
        ram_block_set_dirty(mr->ram_block, offset, len, mask);
    }
}

void memory_region_set_log(MemoryRegion *mr, bool log, unsigned client)
{
    assert(client == DIRTY_MEMORY_VGA && (log || mr->vga_logging_count));
    if (log ? mr->vga_logging_count++ : --mr->vga_logging_count) {
        return;
    }
    memory_region_transaction_begin();
    if (log && mr->ram_block) {
        ram_block_start_dirty(mr->ram_block, client);
    }
    mr->dirty_log_mask ^= 1 << client;
    memory_region_changed(mr);
    memory_region_transaction_commit();
}

void memory_region_set_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    assert(mr->ram_block);
    memory_region_wrote(mr, addr, size);
}

bool memory_region_get_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size,
                             unsigned client)
{
    assert(mr->ram_block);
    return ram_block_get_dirty(mr->ram_block, addr, size, client);
}

bool memory_region_test_and_clear_dirty(MemoryRegion *mr, hwaddr addr,
                                        hwaddr size, unsigned client)
{
    assert(mr->ram_block);
    return ram_block_test_and_clear_dirty(mr->ram_block, addr, size, client);
}

void memory_region_reset_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size,
                               unsigned client)
{
    memory_region_test_and_clear_dirty(mr, addr, size, client);
}

void memory_region_flush_rom_device(MemoryRegion *mr, hwaddr addr,
                                    hwaddr size)
{
    /* The caller has changed what reads see. */
    if (mr->rom_device) {
        memory_region_wrote(mr, addr, size);
    }
}

DirtyBitmapSnapshot *cpu_physical_memory_snapshot_and_clear_dirty
    (MemoryRegion *mr, hwaddr offset, hwaddr length, unsigned client)
{
    RAMBlock *rb = mr->ram_block;
    Pages p = pages_of(rb, offset, length);
    unsigned long first_word = p.first / BITS_PER_LONG, w;
    unsigned long words = DIV_ROUND_UP(p.end, BITS_PER_LONG) - first_word;
    DirtyBitmapSnapshot *snap = g_malloc0(sizeof(*snap) +
                                          words * sizeof(unsigned long));

    snap->start = rb->offset + first_word * BITS_PER_LONG * TARGET_PAGE_SIZE;
    snap->end = rb->offset + ((ram_addr_t)p.end << TARGET_PAGE_BITS);
    if (!rb->dirty[client]) {
        ram_block_start_dirty(rb, client);
    }
    FOREACH_WORD(w, p) {
        snap->dirty[w - first_word] = take_word(&rb->dirty[client][w],
                                                word_mask(p, w));
    }
    smp_mb();
    return snap;
}

bool cpu_physical_memory_snapshot_get_dirty(DirtyBitmapSnapshot *snap,
                                            ram_addr_t start,
                                            ram_addr_t length)
{
    unsigned long page, end;

    if (!length || start < snap->start || start >= snap->end) {
        return false;
    }
    length = MIN(length, snap->end - start);
    page = (start - snap->start) >> TARGET_PAGE_BITS;
    end = DIV_ROUND_UP(start - snap->start + length, TARGET_PAGE_SIZE);
    return find_next_bit(snap->dirty, end, page) < end;
}

DirtyBitmapSnapshot *memory_region_snapshot_and_clear_dirty(MemoryRegion *mr,
                                                            hwaddr addr,
                                                            hwaddr size,
                                                            unsigned client)
{
    DirtyBitmapSnapshot *snap;

    assert(mr->ram_block);
    memory_region_sync_dirty_bitmap(mr);
    snap = cpu_physical_memory_snapshot_and_clear_dirty(mr, addr, size,
                                                        client);
    memory_region_clear_dirty_bitmap(mr, addr, size);
    return snap;
}

bool memory_region_snapshot_get_dirty(MemoryRegion *mr,
                                      DirtyBitmapSnapshot *snap,
                                      hwaddr addr, hwaddr size)
{
    return cpu_physical_memory_snapshot_get_dirty(snap,
                                                  mr->ram_block->offset + addr,
                                                  size);
}

/* ---- by offset among all blocks ---- */

/*
 * Runs body for each piece of start..start+length that is in one block, as
 * rb, rb_start and rb_length.
 */
#define FOREACH_PIECE(body)                                                 \
    do {                                                                    \
        RCU_READ_LOCK_GUARD();                                              \
        while (length) {                                                    \
            RAMBlock *rb = qemu_get_ram_block(start);                       \
            ram_addr_t rb_start, rb_length;                                 \
                                                                            \
            if (!rb) {                                                      \
                break;                                                      \
            }                                                               \
            rb_start = start - rb->offset;                                  \
            rb_length = MIN(length, rb->max_length - rb_start);             \
            body;                                                           \
            start += rb_length;                                             \
            length -= rb_length;                                            \
        }                                                                   \
    } while (0)

void cpu_physical_memory_set_dirty_range(ram_addr_t start, ram_addr_t length,
                                         uint8_t mask)
{
    FOREACH_PIECE(ram_block_set_dirty(rb, rb_start, rb_length, mask));
}

void cpu_physical_memory_set_dirty_flag(ram_addr_t addr, unsigned client)
{
    cpu_physical_memory_set_dirty_range(addr, 1, 1 << client);
}

bool cpu_physical_memory_get_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client)
{
    bool dirty = false;

    FOREACH_PIECE(dirty |= ram_block_get_dirty(rb, rb_start, rb_length,
                                               client));
    return dirty;
}

bool cpu_physical_memory_get_dirty_flag(ram_addr_t addr, unsigned client)
{
    return cpu_physical_memory_get_dirty(addr, 1, client);
}

bool cpu_physical_memory_all_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client)
{
    bool clean = false;

    FOREACH_PIECE(clean |= any_clean(rb, pages_of(rb, rb_start, rb_length),
                                     client));
    return !clean;
}

uint8_t cpu_physical_memory_range_includes_clean(ram_addr_t start,
                                                 ram_addr_t length,
                                                 uint8_t mask)
{
    uint8_t clean = 0;

    for (unsigned client = 0; client < DIRTY_MEMORY_NUM; client++) {
        if ((mask & (1 << client)) &&
            !cpu_physical_memory_all_dirty(start, length, client)) {
            clean |= 1 << client;
        }
    }
    return clean;
}

bool cpu_physical_memory_is_clean(ram_addr_t addr)
{
    return cpu_physical_memory_range_includes_clean(addr, 1,
                                                    DIRTY_CLIENTS_ALL);
}

bool cpu_physical_memory_test_and_clear_dirty(ram_addr_t start,
                                              ram_addr_t length,
                                              unsigned client)
{
    bool dirty = false;

    FOREACH_PIECE(dirty |= ram_block_test_and_clear_dirty(rb, rb_start,
                                                          rb_length, client));
    return dirty;
}

void cpu_physical_memory_clear_dirty_range(ram_addr_t start,
                                           ram_addr_t length)
{
    for (unsigned client = 0; client < DIRTY_MEMORY_NUM; client++) {
        cpu_physical_memory_test_and_clear_dirty(start, length, client);
    }
}

/* The clients that an accelerator's report is for. */
static uint8_t clients_of(const RAMBlock *rb)
{
    uint8_t mask = 1 << DIRTY_MEMORY_VGA;

    if (qatomic_read(&global_dirty_tracking)) {
        mask |= 1 << DIRTY_MEMORY_MIGRATION;
    }
    return mask;
}

uint64_t cpu_physical_memory_set_dirty_lebitmap(unsigned long *bitmap,
                                                ram_addr_t start,
                                                ram_addr_t pages)
{
    unsigned long words = DIV_ROUND_UP(pages, BITS_PER_LONG);
    uint64_t dirty = 0;
    RAMBlock *rb;
    ram_addr_t base;

    RCU_READ_LOCK_GUARD();
    rb = qemu_get_ram_block(start);
    if (!rb) {
        return 0;
    }
    base = (start - rb->offset) >> TARGET_PAGE_BITS;
    for (unsigned long w = 0; w < words; w++) {
        unsigned long bits = le64_to_cpu(bitmap[w]);

        dirty += ctpop64(bits);
        while (bits) {
            unsigned bit = ctz64(bits);
            unsigned run = cto64(bits >> bit);
            Pages p;

            p.first = base + w * BITS_PER_LONG + bit;
            p.end = MIN(p.first + run, pages_of_block(rb));
            for (unsigned c = 0; c < DIRTY_MEMORY_NUM; c++) {
                if (clients_of(rb) & (1 << c)) {
                    set_pages(rb, p, c);
                }
            }
            bits = bit + run < BITS_PER_LONG
                   ? bits & (~0UL << (bit + run)) : 0;
        }
    }
    return dirty;
}
