/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending pages of RAM as differences.
 *
 * What is in the cache is what the destination has.  The guest may write to a
 * page at any time, so a page that goes into the cache is copied first and
 * the copy is sent.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "migration/options.h"
#include "migration/qemu-file.h"
#include "migration/ram.h"
#include "migration/xbzrle.h"

#define ENCODING_XBZRLE 1

XbzrleStats xbzrle_stats;

static XbzrleCache *cache;
/* Pages tried, for the rates; and as of the last round. */
static uint64_t tried, tried_then, missed_then, pages_then, bytes_then;

void ram_xbzrle_start(void)
{
    memset(&xbzrle_stats, 0, sizeof(xbzrle_stats));
    tried = tried_then = missed_then = pages_then = bytes_then = 0;
    if (CAP(XBZRLE)) {
        cache = xbzrle_cache_new(PARAM(XBZRLE_CACHE_SIZE));
    }
}

void ram_xbzrle_stop(void)
{
    xbzrle_cache_free(cache);
    cache = NULL;
}

bool ram_xbzrle_active(void)
{
    return cache != NULL;
}

/* A new size takes effect between two rounds: the cache begins anew. */
static void follow_size(void)
{
    uint64_t size = PARAM(XBZRLE_CACHE_SIZE);

    if (cache && xbzrle_cache_size(cache) != size) {
        XbzrleCache *other = xbzrle_cache_new(size);

        if (other) {
            xbzrle_cache_free(cache);
            cache = other;
        }
    }
}

void ram_xbzrle_round(void)
{
    uint64_t pages = xbzrle_stats.pages - pages_then;

    follow_size();
    if (tried > tried_then) {
        xbzrle_stats.cache_miss_rate =
            (double)(xbzrle_stats.cache_miss - missed_then) /
            (tried - tried_then);
        xbzrle_stats.encoding_rate = !pages ? 0 :
            (double)pages * XBZRLE_PAGE /
            MAX(xbzrle_stats.bytes - bytes_then, 1);
    }
    tried_then = tried;
    missed_then = xbzrle_stats.cache_miss;
    pages_then = xbzrle_stats.pages;
    bytes_then = xbzrle_stats.bytes;
}

void ram_xbzrle_zero(RAMBlock *rb, uint64_t offset)
{
    uint8_t *copy = cache ? xbzrle_cache_get(cache, rb->offset + offset)
                          : NULL;

    if (copy) {
        memset(copy, 0, XBZRLE_PAGE);
    }
}

static void send_difference(QEMUFile *f, RAMBlock *rb, uint64_t offset,
                            const uint8_t *code, int len)
{
    ram_put_page_header(f, rb, offset, RAM_FLAG_XBZRLE);
    qemu_put_byte(f, ENCODING_XBZRLE);
    qemu_put_be16(f, len);
    qemu_put_buffer(f, code, len);
    ram_count_bytes(3 + len);
    xbzrle_stats.pages++;
    /* With the header, for an honest rate. */
    xbzrle_stats.bytes += 11 + len;
}

static void send_copy(QEMUFile *f, RAMBlock *rb, uint64_t offset,
                      const uint8_t *copy)
{
    ram_put_page_header(f, rb, offset, RAM_FLAG_PAGE);
    qemu_put_buffer(f, copy, XBZRLE_PAGE);
    ram_count_bytes(XBZRLE_PAGE);
    ram_stats.normal_pages++;
}

bool ram_xbzrle_send(QEMUFile *f, RAMBlock *rb, uint64_t offset)
{
    uint8_t page[XBZRLE_PAGE], code[XBZRLE_PAGE];
    uint64_t address = rb->offset + offset;
    uint64_t round = ram_stats.dirty_sync_count;
    uint8_t *copy = xbzrle_cache_get(cache, address);
    int len;

    tried++;
    if (!copy) {
        xbzrle_stats.cache_miss++;
        copy = xbzrle_cache_put(cache, address, rb->host + offset, round);
        if (copy) {
            send_copy(f, rb, offset, copy);
        }
        return copy != NULL;
    }
    memcpy(page, rb->host + offset, XBZRLE_PAGE);
    xbzrle_cache_touch(cache, address, round);
    len = xbzrle_encode(copy, page, code, sizeof(code));
    memcpy(copy, page, XBZRLE_PAGE);
    if (len > 0) {
        send_difference(f, rb, offset, code, len);
    } else if (len < 0) {
        xbzrle_stats.overflow++;
        send_copy(f, rb, offset, copy);
    }
    return true;
}
