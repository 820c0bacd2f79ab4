/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM in a migration: the "ram" section of both ends, and its statistics.
 */
#ifndef MIGRATION_RAM_H
#define MIGRATION_RAM_H

#include "exec/ramblock.h"

/*
 * Words of the section: an address (below, an offset in a block) with flags
 * in its page offset.
 */
#define RAM_FLAG_ZERO       0x02    /* a page of one byte, which follows */
#define RAM_FLAG_SIZES      0x04    /* the address is the sum of all sizes */
#define RAM_FLAG_PAGE       0x08    /* a page follows */
#define RAM_FLAG_EOS        0x10    /* end of this part */
#define RAM_FLAG_CONTINUE   0x20    /* of the same block: no name follows */
#define RAM_FLAG_XBZRLE     0x40    /* a difference follows */
#define RAM_FLAG_HOOK       0x80    /* of RDMA */
#define RAM_FLAG_COMPRESSED 0x100
#define RAM_FLAG_MULTIFD_FLUSH 0x200
#define RAM_SECTION_VERSION 4

/* Counters of the outgoing migration, read by anybody. */
typedef struct RamStats {
    uint64_t transferred;       /* bytes of RAM sections, headers included */
    uint64_t precopy_bytes, downtime_bytes, postcopy_bytes, multifd_bytes;
    uint64_t zero_pages, normal_pages;
    uint64_t dirty_sync_count;
    uint64_t dirty_pages_rate;  /* a second */
    uint64_t postcopy_requests;
    uint64_t dirty_pages;       /* left to send */
    uint64_t total;             /* bytes of all blocks */
} RamStats;
extern RamStats ram_stats;

typedef struct XbzrleStats {
    uint64_t cache_size, bytes, pages, cache_miss, overflow;
    double cache_miss_rate, encoding_rate;
} XbzrleStats;
extern XbzrleStats xbzrle_stats;

/* Pages that were sent in any way. */
static inline uint64_t ram_pages_sent(void)
{
    return ram_stats.zero_pages + ram_stats.normal_pages + xbzrle_stats.pages;
}

/* Registers the section. */
void ram_mig_init(void);

/* Whether a block goes at all, and whether its pages do. */
bool ram_block_migrates(RAMBlock *rb);
bool ram_block_is_sent(RAMBlock *rb);

/* --- Postcopy, at the source --- */

/* Sizes of host pages behind RAM, or'ed together. */
uint64_t ram_page_sizes(void);
/* After the last sync: commands that discard what is out of date over there. */
void ram_postcopy_begin(QEMUFile *f);
/* Bytes that the destination waits for; @name NULL: of the same block as the
 * last time.  The return path's thread. */
bool ram_postcopy_request(const char *name, uint64_t start, uint64_t len,
                          Error **errp);
/* Names of the blocks, by number; NULL after the last. */
const char *ram_sent_block_name(int i);
/* Reads the bitmap of pages of the block that have arrived. */
bool ram_postcopy_reload(QEMUFile *f, const char *name, Error **errp);
/* All bitmaps are there. */
void ram_postcopy_resumed(void);

/* --- What the files of ram share --- */

/* The word in front of a page, with the block's name where it is new. */
void ram_put_page_header(QEMUFile *f, RAMBlock *rb, uint64_t offset,
                         int flags);
void ram_count_bytes(uint64_t bytes);

/* XBZRLE at the source, by the migration thread. */
void ram_xbzrle_start(void);
void ram_xbzrle_stop(void);
bool ram_xbzrle_active(void);
/* A new round over RAM begins. */
void ram_xbzrle_round(void);
/* The page is sent as zero. */
void ram_xbzrle_zero(RAMBlock *rb, uint64_t offset);
/* False if the page is left to be sent as it is. */
bool ram_xbzrle_send(QEMUFile *f, RAMBlock *rb, uint64_t offset);

/* Sets the page to zero unless it is. */
void ram_set_zero(void *host, size_t size);
/*
 * Of @n pages at @host, private and anonymous memory, the bits of those that
 * the kernel never gave memory to, and are zero, in @absent.  All clear where
 * it is not known.
 */
void ram_find_absent(RAMBlock *rb, uint64_t first_page, size_t n,
                     unsigned long *absent);

/* Guest stopped, big lock held: what is dirty now is all that is left. */
void ram_last_sync(QEMUFile *f);

struct MigrationIncoming;

/* A block that the incoming stream announced, or NULL; while one loads. */
RAMBlock *ram_load_find_block(const char *name);
/* The same by number (NULL after the last), and by an address inside. */
RAMBlock *ram_load_block(int i);
RAMBlock *ram_load_block_at(void *host);

/*
 * Which pages have come, where postcopy was announced; else all of this does
 * nothing.  From any thread.
 */
void ram_load_mark(RAMBlock *rb, uint64_t offset, uint64_t len);
void ram_load_unmark(RAMBlock *rb, uint64_t offset, uint64_t len);
bool ram_load_has(RAMBlock *rb, uint64_t offset);
uint64_t ram_load_missing(RAMBlock *rb);
void ram_load_send_bitmap(struct MigrationIncoming *mis, RAMBlock *rb);

int ram_load(QEMUFile *f, void *opaque, int version_id);
int ram_load_setup(QEMUFile *f, void *opaque);
int ram_load_cleanup(void *opaque);

#endif /* MIGRATION_RAM_H */
