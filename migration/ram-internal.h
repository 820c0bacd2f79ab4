/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ram.c and ram-postcopy.c share: the state of RAM that is being sent. */
#ifndef MIGRATION_RAM_INTERNAL_H
#define MIGRATION_RAM_INTERNAL_H

#include "qemu/queue.h"
#include "qemu/thread.h"
#include "migration/ram.h"

/* A block while it is being sent. */
typedef struct SentBlock {
    RAMBlock *rb;
    uint64_t pages;
    ram_addr_t length;          /* when it was announced */
} SentBlock;

/* Pages that the destination waits for. */
typedef struct PageRequest {
    RAMBlock *rb;
    uint64_t page;
    uint64_t n;
    QSIMPLEQ_ENTRY(PageRequest) next;
} PageRequest;

typedef struct RamSave {
    GArray *blocks;             /* of SentBlock */
    /* Bitmaps of the blocks, the requests, and where the search goes on. */
    QemuMutex lock;
    bool lock_made;
    guint block;
    uint64_t page;
    QSIMPLEQ_HEAD(, PageRequest) requests;
    int n_requests;             /* atomic for a look without the lock */
    RAMBlock *requested;        /* the last one named */
    /* Which block the last page in the stream belongs to. */
    RAMBlock *named;
    bool first_round;
    bool logging;
    int64_t sync_time;          /* ns */
    uint64_t sync_dirtied;
    bool stopped;               /* the guest, for the statistics */
    bool postcopy;              /* the guest runs there */
} RamSave;
extern RamSave ram_save;

static inline SentBlock *ram_sent_block(guint i)
{
    return &g_array_index(ram_save.blocks, SentBlock, i);
}

/* Takes the pages of the oldest request that are still to be sent; with the
 * lock.  0: there is none. */
size_t ram_postcopy_take_request(RAMBlock **rb, uint64_t *first);
void ram_postcopy_drop_requests(void);

#endif /* MIGRATION_RAM_INTERNAL_H */
