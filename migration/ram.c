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
#include "migration/converge.h"
#include "migration/migration.h"
#include "migration/multifd.h"
#include "migration/ram-internal.h"
#include "migration/register.h"

/* Pages looked at in one go. */
#define RUN_PAGES 64
/* A part of the section takes no longer, for the other sections' sake. */
#define PART_NS (50 * SCALE_MS)

RamStats ram_stats;

RamSave ram_save;

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
    if (ram_save.postcopy) {
        ram_stats.postcopy_bytes += bytes;
    } else if (ram_save.stopped) {
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
    for (guint i = 0; i < ram_save.blocks->len; i++) {
        SentBlock *b = ram_sent_block(i);

        b->rb->bmap = bitmap_new(MAX(b->pages, 1));
        if (ram_block_is_sent(b->rb)) {
            bitmap_set(b->rb->bmap, 0, b->pages);
            ram_stats.dirty_pages += b->pages;
        }
    }
}

static void bitmaps_free(void)
{
    for (guint i = 0; ram_save.blocks && i < ram_save.blocks->len; i++) {
        SentBlock *b = ram_sent_block(i);

        g_free(b->rb->bmap);
        b->rb->bmap = NULL;
    }
}

/* How fast the guest writes, once a second. */
static void measure_dirty_rate(uint64_t found)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    int64_t span = now - ram_save.sync_time;

    ram_save.sync_dirtied += found;
    if (span > NANOSECONDS_PER_SECOND) {
        ram_stats.dirty_pages_rate =
            ram_save.sync_dirtied * (double)NANOSECONDS_PER_SECOND / span;
        ram_save.sync_time = now;
        ram_save.sync_dirtied = 0;
    }
}

/* Under the big lock. */
static void bitmaps_sync(bool last)
{
    uint64_t found = 0;

    ram_stats.dirty_sync_count++;
    memory_global_dirty_log_sync(last);
    qemu_mutex_lock(&ram_save.lock);
    WITH_RCU_READ_LOCK_GUARD() {
        for (guint i = 0; i < ram_save.blocks->len; i++) {
            SentBlock *b = ram_sent_block(i);

            if (ram_block_is_sent(b->rb)) {
                found += cpu_physical_memory_sync_dirty_bitmap(b->rb, 0,
                                                               b->length);
            }
        }
    }
    ram_stats.dirty_pages += found;
    qemu_mutex_unlock(&ram_save.lock);
    memory_global_after_dirty_log_sync();
    measure_dirty_rate(found);
    converge_round(found * TARGET_PAGE_SIZE, ram_stats.transferred);
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
    for (guint i = 0; i < ram_save.blocks->len; i++) {
        SentBlock *b = ram_sent_block(i);

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
    if (rb == ram_save.named) {
        qemu_put_be64(f, offset | flags | RAM_FLAG_CONTINUE);
        ram_count_bytes(8);
    } else {
        qemu_put_be64(f, offset | flags);
        qemu_put_counted_string(f, rb->idstr);
        ram_count_bytes(9 + strlen(rb->idstr));
        ram_save.named = rb;
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
    if (multifd_send_active() && !ram_save.postcopy) {
        multifd_send_page(rb, offset);
        ram_stats.normal_pages++;
        return;
    }
    if (!ram_save.first_round && !ram_save.postcopy &&
        ram_xbzrle_active() && ram_xbzrle_send(f, rb, offset)) {
        return;
    }
    ram_put_page_header(f, rb, offset, RAM_FLAG_PAGE);
    qemu_put_buffer_async(f, host, TARGET_PAGE_SIZE, false);
    ram_count_bytes(TARGET_PAGE_SIZE);
    ram_stats.normal_pages++;
}

/*
 * From @page on, which is dirty, what goes in one piece: at most @max pages,
 * but in postcopy all of a page of the host's, which is placed as a whole.
 */
static size_t run_length(const SentBlock *b, uint64_t *page, size_t max)
{
    uint64_t unit = b->rb->page_size >> TARGET_PAGE_BITS;
    uint64_t limit;

    if (ram_save.postcopy && unit > 1) {
        *page = QEMU_ALIGN_DOWN(*page, unit);
        return MIN(unit, b->pages - *page);
    }
    limit = MIN(b->pages, *page + max);
    return MIN(find_next_zero_bit(b->rb->bmap, limit, *page + 1), limit) -
           *page;
}

/* The next dirty pages in order: how many, 0 when none is left. */
static size_t find_run(RAMBlock **rb, uint64_t *first, size_t max)
{
    for (guint tries = ram_save.blocks->len ? ram_save.blocks->len + 1 : 0;
         tries; tries--) {
        SentBlock *b = ram_sent_block(ram_save.block);
        uint64_t page = find_next_bit(b->rb->bmap, b->pages, ram_save.page);

        if (page < b->pages) {
            size_t n = run_length(b, &page, max);

            *rb = b->rb;
            *first = page;
            ram_save.page = page + n;
            return n;
        }
        ram_save.page = 0;
        ram_save.block++;
        if (ram_save.block == ram_save.blocks->len) {
            ram_save.block = 0;
            ram_save.first_round = false;
        }
    }
    return 0;
}

/*
 * Takes pages to be sent, requested ones first: how many, 0 when none is
 * left.  Their bits are clear afterwards.
 */
static size_t take_run(RAMBlock **rb, uint64_t *first, size_t max,
                       bool *urgent)
{
    size_t n;

    qemu_mutex_lock(&ram_save.lock);
    n = ram_postcopy_take_request(rb, first);
    *urgent = n > 0;
    if (!n) {
        n = find_run(rb, first, max);
    }
    if (n) {
        ram_stats.dirty_pages -= bitmap_count_one_with_offset((*rb)->bmap,
                                                              *first, n);
        bitmap_clear((*rb)->bmap, *first, n);
    }
    qemu_mutex_unlock(&ram_save.lock);
    return n;
}

/* Sends one run; false when there is none. */
static bool send_run(QEMUFile *f)
{
    DECLARE_BITMAP(absent, RUN_PAGES) = { 0 };
    RAMBlock *rb;
    uint64_t first;
    bool urgent;
    /* A slice of the bandwidth is overrun by a page at most. */
    size_t max = MIN(qemu_file_rate_left(f) / TARGET_PAGE_SIZE + 1,
                     RUN_PAGES);
    size_t n = take_run(&rb, &first, max, &urgent);

    if (n && ram_save.first_round && !ram_save.postcopy) {
        ram_find_absent(rb, first, n, absent);
    }
    for (size_t i = 0; i < n; i++) {
        if (i < RUN_PAGES && test_bit(i, absent)) {
            send_zero_page(f, rb, (first + i) << TARGET_PAGE_BITS);
        } else {
            send_page(f, rb, first + i);
        }
    }
    if (urgent) {
        qemu_fflush(f);
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

    ram_save.blocks = g_array_new(false, true, sizeof(SentBlock));
    ram_stats.total = 0;
    RAMBLOCK_FOREACH(rb) {
        if (ram_block_migrates(rb)) {
            SentBlock b = {
                .rb = rb, .length = rb->used_length,
                .pages = rb->used_length >> TARGET_PAGE_BITS,
            };

            /* No command may take it away meanwhile. */
            memory_region_ref(rb->mr);
            g_array_append_val(ram_save.blocks, b);
            if (ram_block_is_sent(rb)) {
                ram_stats.total += rb->used_length;
            }
        }
    }
}

uint64_t ram_page_sizes(void)
{
    uint64_t sizes = 0;
    RAMBlock *rb;

    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(rb) {
        sizes |= ram_block_is_sent(rb) ? rb->page_size : 0;
    }
    return sizes;
}

const char *ram_sent_block_name(int i)
{
    return i < ram_save.blocks->len ? ram_sent_block(i)->rb->idstr : NULL;
}

/* What the destination must have: the name and length of each block. */
static void put_blocks(QEMUFile *f)
{
    uint64_t all = 0;

    for (guint i = 0; i < ram_save.blocks->len; i++) {
        all += ram_sent_block(i)->length;
    }
    qemu_put_be64(f, all | RAM_FLAG_SIZES);
    for (guint i = 0; i < ram_save.blocks->len; i++) {
        SentBlock *b = ram_sent_block(i);

        qemu_put_counted_string(f, b->rb->idstr);
        qemu_put_be64(f, b->length);
        if (CAP(POSTCOPY_RAM) &&
            b->rb->page_size != qemu_real_host_page_size()) {
            qemu_put_be64(f, b->rb->page_size);
        }
        if (CAP(X_IGNORE_SHARED)) {
            qemu_put_be64(f, b->rb->mr->addr);
        }
    }
}

/* Under the big lock. */
static int ram_save_setup(QEMUFile *f, void *opaque)
{
    memset(&ram_stats, 0, sizeof(ram_stats));
    if (!ram_save.lock_made) {
        qemu_mutex_init(&ram_save.lock);
        ram_save.lock_made = true;
    }
    WITH_RCU_READ_LOCK_GUARD() {
        find_blocks();
    }
    ram_save.block = 0;
    ram_save.page = 0;
    ram_save.named = NULL;
    ram_save.first_round = true;
    ram_save.stopped = false;
    ram_save.postcopy = false;
    ram_save.requested = NULL;
    QSIMPLEQ_INIT(&ram_save.requests);
    ram_save.n_requests = 0;
    ram_save.sync_dirtied = 0;
    ram_save.sync_time = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    ram_xbzrle_start();
    converge_start();
    bitmaps_make();
    memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION);
    ram_save.logging = true;
    bitmaps_sync(false);
    put_blocks(f);
    put_end(f);
    return 0;
}

/* Also where setup never was. */
static void ram_save_cleanup(void *opaque)
{
    if (ram_save.logging) {
        memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
        ram_save.logging = false;
    }
    converge_stop();
    ram_xbzrle_stop();
    ram_postcopy_drop_requests();
    bitmaps_free();
    if (ram_save.blocks) {
        for (guint i = 0; i < ram_save.blocks->len; i++) {
            memory_region_unref(ram_sent_block(i)->rb->mr);
        }
        g_array_unref(ram_save.blocks);
        ram_save.blocks = NULL;
    }
}

static int ram_save_iterate(QEMUFile *f, void *opaque)
{
    int64_t start = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    bool done = false;

    while (!done && !qemu_file_get_error(f) &&
           (!qemu_file_rate_limit(f) ||
            qatomic_read(&ram_save.n_requests)) &&
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
    if (!ram_save.postcopy &&
        (ram_stats.dirty_pages * TARGET_PAGE_SIZE < threshold ||
         !ram_stats.dirty_pages)) {
        QEMU_IOTHREAD_LOCK_GUARD();
        if (!blocks_unchanged(f)) {
            return;
        }
        bitmaps_sync(false);
    }
    *(CAP(POSTCOPY_RAM) ? either : precopy) +=
        ram_stats.dirty_pages * TARGET_PAGE_SIZE;
}

static bool ram_has_postcopy(void *opaque)
{
    return CAP(POSTCOPY_RAM);
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
        converge_stop();
        bitmaps_sync(true);
        ram_save.stopped = true;
    }
}

static const SaveVMHandlers ram_handlers = {
    .save_setup = ram_save_setup,
    .save_live_iterate = ram_save_iterate,
    .save_live_complete_precopy = ram_save_complete,
    .save_live_complete_postcopy = ram_save_complete,
    .has_postcopy = ram_has_postcopy,
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
