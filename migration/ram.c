/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending RAM.
 *
 * Every block has a bitmap of pages that are still to be sent.  It begins
 * full; a sync adds what the guest wrote since the last one.  A page's bit is
 * cleared before the page is read, so that a write in between is found by the
 * next sync and the page goes again.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "qapi/error.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "migration/migration.h"
#include "migration/multifd.h"
#include "migration/ram.h"
#include "migration/register.h"

/* Pages looked at in one go. */
#define RUN_PAGES 64
/* A part of the section takes no longer, for the other sections' sake. */
#define PART_NS (50 * SCALE_MS)

RamStats ram_stats;

/* A block while it is being sent. */
typedef struct SentBlock {
    RAMBlock *rb;
    uint64_t pages;
    ram_addr_t length;          /* when it was announced */
} SentBlock;

static struct {
    GArray *blocks;             /* of SentBlock */
    /* Bitmaps of the blocks, and where the search goes on. */
    QemuMutex lock;
    bool lock_made;
    guint block;
    uint64_t page;
    /* Which block the last page in the stream belongs to. */
    RAMBlock *named;
    bool first_round;
    bool logging;
    int64_t sync_time;          /* ns */
    uint64_t sync_dirtied;
    bool stopped;               /* the guest, for the statistics */
} ram;

/* --- Which blocks --- */

bool ram_block_migrates(RAMBlock *rb)
{
    return qemu_ram_is_migratable(rb);
}

bool ram_block_is_sent(RAMBlock *rb)
{
    return ram_block_migrates(rb) &&
           !(CAP(X_IGNORE_SHARED) && qemu_ram_is_shared(rb));
}

/* --- Statistics --- */

void ram_count_bytes(uint64_t bytes)
{
    ram_stats.transferred += bytes;
    if (ram.stopped) {
        ram_stats.downtime_bytes += bytes;
    } else {
        ram_stats.precopy_bytes += bytes;
    }
}

/* --- Dirty pages --- */

/* All pages of all blocks, as at the start. */
static void bitmaps_make(void)
{
    ram_stats.dirty_pages = 0;
    for (guint i = 0; i < ram.blocks->len; i++) {
        SentBlock *b = &g_array_index(ram.blocks, SentBlock, i);

        b->rb->bmap = bitmap_new(MAX(b->pages, 1));
        if (ram_block_is_sent(b->rb)) {
            bitmap_set(b->rb->bmap, 0, b->pages);
            ram_stats.dirty_pages += b->pages;
        }
    }
}

static void bitmaps_free(void)
{
    for (guint i = 0; ram.blocks && i < ram.blocks->len; i++) {
        SentBlock *b = &g_array_index(ram.blocks, SentBlock, i);

        g_free(b->rb->bmap);
        b->rb->bmap = NULL;
    }
}

/* How fast the guest writes, once a second. */
static void measure_dirty_rate(uint64_t found)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    int64_t span = now - ram.sync_time;

    ram.sync_dirtied += found;
    if (span > NANOSECONDS_PER_SECOND) {
        ram_stats.dirty_pages_rate =
            ram.sync_dirtied * (double)NANOSECONDS_PER_SECOND / span;
        ram.sync_time = now;
        ram.sync_dirtied = 0;
    }
}

/* Under the big lock. */
static void bitmaps_sync(bool last)
{
    uint64_t found = 0;

    ram_stats.dirty_sync_count++;
    memory_global_dirty_log_sync(last);
    qemu_mutex_lock(&ram.lock);
    WITH_RCU_READ_LOCK_GUARD() {
        for (guint i = 0; i < ram.blocks->len; i++) {
            SentBlock *b = &g_array_index(ram.blocks, SentBlock, i);

            if (ram_block_is_sent(b->rb)) {
                found += cpu_physical_memory_sync_dirty_bitmap(b->rb, 0,
                                                               b->length);
            }
        }
    }
    ram_stats.dirty_pages += found;
    qemu_mutex_unlock(&ram.lock);
    memory_global_after_dirty_log_sync();
    measure_dirty_rate(found);
    ram_xbzrle_round();
    if (CAP(EVENTS)) {
        qapi_event_send(QAPI_EVENT_MIGRATION_PASS,
                        json_pack("{s:I}", "pass",
                                  (json_int_t)ram_stats.dirty_sync_count));
    }
}

/* A block that the guest's firmware made larger is not what was announced. */
static bool blocks_unchanged(QEMUFile *f)
{
    for (guint i = 0; i < ram.blocks->len; i++) {
        SentBlock *b = &g_array_index(ram.blocks, SentBlock, i);

        if (b->rb->used_length != b->length) {
            Error *err = NULL;

            error_setg(&err, "RAM block '%s' resized during precopy",
                       b->rb->idstr);
            qemu_file_set_error_obj(f, -EBUSY, err);
            return false;
        }
    }
    return true;
}

/* --- Pages --- */

void ram_put_page_header(QEMUFile *f, RAMBlock *rb, uint64_t offset,
                         int flags)
{
    if (rb == ram.named) {
        qemu_put_be64(f, offset | flags | RAM_FLAG_CONTINUE);
        ram_count_bytes(8);
    } else {
        qemu_put_be64(f, offset | flags);
        qemu_put_counted_string(f, rb->idstr);
        ram_count_bytes(9 + strlen(rb->idstr));
        ram.named = rb;
    }
}

static void send_zero_page(QEMUFile *f, RAMBlock *rb, uint64_t offset)
{
    ram_put_page_header(f, rb, offset, RAM_FLAG_ZERO);
    qemu_put_byte(f, 0);
    ram_xbzrle_zero(rb, offset);
    ram_count_bytes(1);
    ram_stats.zero_pages++;
}

static void send_page(QEMUFile *f, RAMBlock *rb, uint64_t page)
{
    uint64_t offset = page << TARGET_PAGE_BITS;
    const uint8_t *host = rb->host + offset;

    if (buffer_is_zero(host, TARGET_PAGE_SIZE)) {
        send_zero_page(f, rb, offset);
        return;
    }
    if (multifd_send_active()) {
        multifd_send_page(rb, offset);
        ram_stats.normal_pages++;
        return;
    }
    if (!ram.first_round && ram_xbzrle_active() &&
        ram_xbzrle_send(f, rb, offset)) {
        return;
    }
    ram_put_page_header(f, rb, offset, RAM_FLAG_PAGE);
    qemu_put_buffer_async(f, host, TARGET_PAGE_SIZE, false);
    ram_count_bytes(TARGET_PAGE_SIZE);
    ram_stats.normal_pages++;
}

/*
 * Takes the next run of dirty pages, of at most @max: how many, 0 when none
 * is left.  Their bits are clear afterwards.
 */
static size_t take_run(RAMBlock **rb, uint64_t *first, size_t max)
{
    size_t n = 0;

    qemu_mutex_lock(&ram.lock);
    for (guint tries = ram.blocks->len ? ram.blocks->len + 1 : 0; tries;
         tries--) {
        SentBlock *b = &g_array_index(ram.blocks, SentBlock, ram.block);
        uint64_t page = find_next_bit(b->rb->bmap, b->pages, ram.page);

        if (page < b->pages) {
            uint64_t end = find_next_zero_bit(b->rb->bmap,
                MIN(b->pages, page + max), page + 1);

            n = MIN(end, MIN(b->pages, page + max)) - page;
            bitmap_clear(b->rb->bmap, page, n);
            ram_stats.dirty_pages -= n;
            *rb = b->rb;
            *first = page;
            ram.page = page + n;
            break;
        }
        ram.page = 0;
        ram.block++;
        if (ram.block == ram.blocks->len) {
            ram.block = 0;
            ram.first_round = false;
        }
    }
    qemu_mutex_unlock(&ram.lock);
    return n;
}

/* Sends one run; false when there is none. */
static bool send_run(QEMUFile *f)
{
    DECLARE_BITMAP(absent, RUN_PAGES) = { 0 };
    RAMBlock *rb;
    uint64_t first;
    /* A slice of the bandwidth is overrun by a page at most. */
    size_t max = MIN(qemu_file_rate_left(f) / TARGET_PAGE_SIZE + 1,
                     RUN_PAGES);
    size_t n = take_run(&rb, &first, max);

    if (n && ram.first_round) {
        ram_find_absent(rb, first, n, absent);
    }
    for (size_t i = 0; i < n; i++) {
        if (test_bit(i, absent)) {
            send_zero_page(f, rb, (first + i) << TARGET_PAGE_BITS);
        } else {
            send_page(f, rb, first + i);
        }
    }
    return n > 0;
}

/* --- The section's handlers --- */

/* What went over other connections counts against the bandwidth, too. */
static void count_multifd(QEMUFile *f)
{
    uint64_t bytes = multifd_take_sent_bytes();

    if (bytes) {
        ram_stats.multifd_bytes += bytes;
        ram_stats.transferred += bytes;
        qemu_file_acct_rate_limit(f, bytes);
    }
}

static void put_end(QEMUFile *f)
{
    if (!multifd_send_sync()) {
        qemu_file_set_error(f, -EIO);
    }
    count_multifd(f);
    qemu_put_be64(f, RAM_FLAG_EOS);
    ram_count_bytes(8);
    if (multifd_send_active()) {
        /* The other connections wait at the destination for this word. */
        qemu_fflush(f);
    }
}

static void find_blocks(void)
{
    RAMBlock *rb;

    ram.blocks = g_array_new(false, true, sizeof(SentBlock));
    ram_stats.total = 0;
    RAMBLOCK_FOREACH(rb) {
        if (ram_block_migrates(rb)) {
            SentBlock b = {
                .rb = rb, .length = rb->used_length,
                .pages = rb->used_length >> TARGET_PAGE_BITS,
            };

            /* No command may take it away meanwhile. */
            memory_region_ref(rb->mr);
            g_array_append_val(ram.blocks, b);
            if (ram_block_is_sent(rb)) {
                ram_stats.total += rb->used_length;
            }
        }
    }
}

/* What the destination must have: the name and length of each block. */
static void put_blocks(QEMUFile *f)
{
    uint64_t all = 0;

    for (guint i = 0; i < ram.blocks->len; i++) {
        all += g_array_index(ram.blocks, SentBlock, i).length;
    }
    qemu_put_be64(f, all | RAM_FLAG_SIZES);
    for (guint i = 0; i < ram.blocks->len; i++) {
        SentBlock *b = &g_array_index(ram.blocks, SentBlock, i);

        qemu_put_counted_string(f, b->rb->idstr);
        qemu_put_be64(f, b->length);
        if (CAP(X_IGNORE_SHARED)) {
            qemu_put_be64(f, b->rb->mr->addr);
        }
    }
}

/* Under the big lock. */
static int ram_save_setup(QEMUFile *f, void *opaque)
{
    memset(&ram_stats, 0, sizeof(ram_stats));
    if (!ram.lock_made) {
        qemu_mutex_init(&ram.lock);
        ram.lock_made = true;
    }
    WITH_RCU_READ_LOCK_GUARD() {
        find_blocks();
    }
    ram.block = 0;
    ram.page = 0;
    ram.named = NULL;
    ram.first_round = true;
    ram.stopped = false;
    ram.sync_dirtied = 0;
    ram.sync_time = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    ram_xbzrle_start();
    bitmaps_make();
    memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION);
    ram.logging = true;
    bitmaps_sync(false);
    put_blocks(f);
    put_end(f);
    return 0;
}

/* Also where setup never was. */
static void ram_save_cleanup(void *opaque)
{
    if (ram.logging) {
        memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
        ram.logging = false;
    }
    ram_xbzrle_stop();
    bitmaps_free();
    if (ram.blocks) {
        for (guint i = 0; i < ram.blocks->len; i++) {
            memory_region_unref(
                g_array_index(ram.blocks, SentBlock, i).rb->mr);
        }
        g_array_unref(ram.blocks);
        ram.blocks = NULL;
    }
}

static int ram_save_iterate(QEMUFile *f, void *opaque)
{
    int64_t start = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    bool done = false;

    while (!done && !qemu_file_rate_limit(f) &&
           qemu_clock_get_ns(QEMU_CLOCK_REALTIME) - start < PART_NS) {
        done = !send_run(f);
        count_multifd(f);
    }
    put_end(f);
    return qemu_file_get_error(f) ? qemu_file_get_error(f) : done;
}

static void ram_save_pending(QEMUFile *f, void *opaque, uint64_t threshold,
                             uint64_t *precopy, uint64_t *either,
                             uint64_t *postcopy)
{
    if (ram_stats.dirty_pages * TARGET_PAGE_SIZE < threshold ||
        !ram_stats.dirty_pages) {
        QEMU_IOTHREAD_LOCK_GUARD();
        if (!blocks_unchanged(f)) {
            return;
        }
        bitmaps_sync(false);
    }
    *precopy += ram_stats.dirty_pages * TARGET_PAGE_SIZE;
}

/* The guest stands, and the last sync was under the same big lock. */
static int ram_save_complete(QEMUFile *f, void *opaque)
{
    while (!qemu_file_get_error(f) && send_run(f)) {
        continue;
    }
    put_end(f);
    return qemu_file_get_error(f);
}

void ram_last_sync(QEMUFile *f)
{
    if (blocks_unchanged(f)) {
        bitmaps_sync(true);
        ram.stopped = true;
    }
}

static const SaveVMHandlers ram_handlers = {
    .save_setup = ram_save_setup,
    .save_live_iterate = ram_save_iterate,
    .save_live_complete_precopy = ram_save_complete,
    .save_live_pending = ram_save_pending,
    .save_cleanup = ram_save_cleanup,
    .load_setup = ram_load_setup,
    .load_state = ram_load,
    .load_cleanup = ram_load_cleanup,
};

void ram_mig_init(void)
{
    register_savevm_live("ram", 0, RAM_SECTION_VERSION, &ram_handlers, NULL);
}
