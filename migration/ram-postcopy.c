/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM in postcopy, at the source: which pages are out of date over there, and
 * which the guest there waits for.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "migration/migration.h"
#include "migration/postcopy.h"
#include "migration/ram-internal.h"
#include "migration/savevm.h"

/* Ranges that one command discards. */
#define DISCARDS 12
/* A guest waits for no more at a time than it has CPUs. */
#define REQUESTS_MAX 65536

/* --- The switch --- */

typedef struct Discards {
    QEMUFile *f;
    const char *name;
    int n;
    uint64_t range[DISCARDS][2];        /* start and length in bytes */
} Discards;

/* Version, name, a 0, the ranges. */
static void discards_send(Discards *d)
{
    uint8_t data[3 + 255 + DISCARDS * 16];
    size_t len = strlen(d->name);
    uint8_t *p = data;

    if (!d->n) {
        return;
    }
    *p++ = 0;
    *p++ = len;
    memcpy(p, d->name, len);
    p += len;
    *p++ = 0;
    for (int i = 0; i < d->n; i++, p += 16) {
        stq_be_p(p, d->range[i][0]);
        stq_be_p(p + 8, d->range[i][1]);
    }
    savevm_command(d->f, SAVEVM_CMD_POSTCOPY_RAM_DISCARD, data, p - data);
    d->n = 0;
}

/* Host pages are dropped and placed as a whole: one dirty part dirties all. */
static void round_to_host_pages(SentBlock *b)
{
    uint64_t unit = b->rb->page_size >> TARGET_PAGE_BITS;
    uint64_t page = 0;

    while (unit > 1 && (page = find_next_bit(b->rb->bmap, b->pages, page)) <
                       b->pages) {
        page = QEMU_ALIGN_DOWN(page, unit);
        bitmap_set(b->rb->bmap, page, MIN(unit, b->pages - page));
        page += unit;
    }
}

static void discard_dirty(QEMUFile *f, SentBlock *b)
{
    Discards d = { .f = f, .name = b->rb->idstr };
    uint64_t page = 0;

    while ((page = find_next_bit(b->rb->bmap, b->pages, page)) < b->pages) {
        uint64_t end = find_next_zero_bit(b->rb->bmap, b->pages, page);

        d.range[d.n][0] = page << TARGET_PAGE_BITS;
        d.range[d.n][1] = (end - page) << TARGET_PAGE_BITS;
        if (++d.n == DISCARDS) {
            discards_send(&d);
        }
        page = end;
    }
    discards_send(&d);
}

static void count_dirty(void)
{
    ram_stats.dirty_pages = 0;
    for (guint i = 0; i < ram_save.blocks->len; i++) {
        SentBlock *b = ram_sent_block(i);

        ram_stats.dirty_pages += bitmap_count_one(b->rb->bmap, b->pages);
    }
}

void ram_postcopy_begin(QEMUFile *f)
{
    qemu_mutex_lock(&ram_save.lock);
    ram_save.postcopy = true;
    for (guint i = 0; i < ram_save.blocks->len; i++) {
        SentBlock *b = ram_sent_block(i);

        if (ram_block_is_sent(b->rb)) {
            round_to_host_pages(b);
            discard_dirty(f, b);
        }
    }
    count_dirty();
    ram_save.block = 0;
    ram_save.page = 0;
    qemu_mutex_unlock(&ram_save.lock);
}

/* --- Requests --- */

static SentBlock *block_by_name(const char *name)
{
    for (guint i = 0; i < ram_save.blocks->len; i++) {
        SentBlock *b = ram_sent_block(i);

        if (!strcmp(b->rb->idstr, name)) {
            return b;
        }
    }
    return NULL;
}

static SentBlock *block_of(const RAMBlock *rb)
{
    for (guint i = 0; i < ram_save.blocks->len; i++) {
        if (ram_sent_block(i)->rb == rb) {
            return ram_sent_block(i);
        }
    }
    return NULL;
}

bool ram_postcopy_request(const char *name, uint64_t start, uint64_t len,
                          Error **errp)
{
    SentBlock *b = name ? block_by_name(name) : block_of(ram_save.requested);
    PageRequest *r;

    if (!ram_save.postcopy || !b || !ram_block_is_sent(b->rb)) {
        error_setg(errp, "pages of no block");
        return false;
    }
    ram_save.requested = b->rb;
    if (!len || (start | len) & ~TARGET_PAGE_MASK || start >= b->length ||
        len > b->length - start) {
        error_setg(errp, "0x%" PRIx64 " bytes at 0x%" PRIx64 " of block "
                   "'%s' were asked for", len, start, b->rb->idstr);
        return false;
    }
    if (qatomic_read(&ram_save.n_requests) >= REQUESTS_MAX) {
        error_setg(errp, "too many pages were asked for");
        return false;
    }
    r = g_new0(PageRequest, 1);
    r->rb = b->rb;
    r->page = start >> TARGET_PAGE_BITS;
    r->n = len >> TARGET_PAGE_BITS;
    qemu_mutex_lock(&ram_save.lock);
    QSIMPLEQ_INSERT_TAIL(&ram_save.requests, r, next);
    qatomic_inc(&ram_save.n_requests);
    ram_stats.postcopy_requests++;
    qemu_mutex_unlock(&ram_save.lock);
    return true;
}

static void drop_first(PageRequest *r)
{
    QSIMPLEQ_REMOVE_HEAD(&ram_save.requests, next);
    qatomic_dec(&ram_save.n_requests);
    g_free(r);
}

size_t ram_postcopy_take_request(RAMBlock **rb, uint64_t *first)
{
    PageRequest *r;

    while ((r = QSIMPLEQ_FIRST(&ram_save.requests)) != NULL) {
        uint64_t unit = r->rb->page_size >> TARGET_PAGE_BITS;
        uint64_t page = find_next_bit(r->rb->bmap, r->page + r->n, r->page);

        if (page >= r->page + r->n) {
            drop_first(r);      /* it is on its way */
            continue;
        }
        r->n -= page - r->page;
        r->page = page;
        *rb = r->rb;
        *first = QEMU_ALIGN_DOWN(page, unit);
        return MIN(unit, block_of(r->rb)->pages - *first);
    }
    return 0;
}

void ram_postcopy_drop_requests(void)
{
    while (ram_save.n_requests) {
        drop_first(QSIMPLEQ_FIRST(&ram_save.requests));
    }
}

/* --- A new connection --- */

bool ram_postcopy_reload(QEMUFile *f, const char *name, Error **errp)
{
    SentBlock *b = block_by_name(name);
    uint64_t size = qemu_get_be64(f), end;
    g_autofree unsigned long *map = NULL;
    uint64_t want = b ? ROUND_UP(DIV_ROUND_UP(b->pages, 8), 8) : 0;

    if (!b || size != want) {
        error_setg(errp, "bitmap of 0x%" PRIx64 " bytes for a block", size);
        return false;
    }
    map = bitmap_new(ROUND_UP(b->pages, BITS_PER_LONG));
    qemu_get_buffer(f, (uint8_t *)map, size);
    end = qemu_get_be64(f);
    if (qemu_file_get_error(f) || end != POSTCOPY_BITMAP_END) {
        error_setg(errp, "bitmap of block '%s' is not whole", b->rb->idstr);
        return false;
    }
    bitmap_from_le(map, map, ROUND_UP(b->pages, BITS_PER_LONG));
    qemu_mutex_lock(&ram_save.lock);
    /* What has not arrived is to be sent. */
    bitmap_complement(b->rb->bmap, map, b->pages);
    qemu_mutex_unlock(&ram_save.lock);
    return true;
}

void ram_postcopy_resumed(void)
{
    qemu_mutex_lock(&ram_save.lock);
    count_dirty();
    ram_save.named = NULL;
    ram_save.block = 0;
    ram_save.page = 0;
    qemu_mutex_unlock(&ram_save.lock);
}
