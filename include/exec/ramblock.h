/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A piece of guest RAM: host memory, its name, and which pages changed. */
#ifndef QEMU_EXEC_RAMBLOCK_H
#define QEMU_EXEC_RAMBLOCK_H

#include "exec/cpu-common.h"
#include "qemu/rcu.h"

/* Who wants to know of writes; bit numbers of a region's log mask. */
#define DIRTY_MEMORY_VGA       0
#define DIRTY_MEMORY_CODE      1
#define DIRTY_MEMORY_MIGRATION 2
#define DIRTY_MEMORY_NUM       3

typedef struct RAMBlockNotifier RAMBlockNotifier;

struct RAMBlock {
    struct rcu_head rcu;
    MemoryRegion *mr;
    uint8_t *host;
    uint8_t *colo_cache;
    ram_addr_t offset;          /* first byte among all blocks */
    ram_addr_t used_length;
    ram_addr_t max_length;
    void (*resized)(const char *, uint64_t length, void *host);
    uint32_t flags;             /* RAM_* */
    char idstr[256];            /* under the iothread lock */
    QLIST_ENTRY(RAMBlock) next; /* RCU readers */
    QLIST_HEAD(, RAMBlockNotifier) ramblock_notifiers;
    int fd;                     /* -1: anonymous */
    size_t page_size;           /* of the host memory behind it */
    unsigned long *bmap;        /* migration: pages still to be sent */
    unsigned long *receivedmap; /* migration: pages that have arrived */
    unsigned long *clear_bmap;  /* migration: log_clear is due */
    uint8_t clear_bmap_shift;
    ram_addr_t postcopy_length;

    /*
     * private: a bit a page for each client.  Absent means that nobody has
     * looked yet, and all pages count as dirty.
     */
    unsigned long *dirty[DIRTY_MEMORY_NUM];
    off_t fd_offset;            /* of host in the file */
};

static inline bool offset_in_ramblock(RAMBlock *b, ram_addr_t offset)
{
    return b && b->host && offset < b->used_length;
}

static inline void *ramblock_ptr(RAMBlock *block, ram_addr_t offset)
{
    return block->host + offset;
}

/* Bit of receivedmap for an address in host memory. */
static inline unsigned long ramblock_recv_bitmap_offset(void *host_addr,
                                                        RAMBlock *rb)
{
    return ((uint8_t *)host_addr - rb->host) >> TARGET_PAGE_BITS;
}

/* Whether the host memory survives this process: shared file, not private. */
bool ramblock_is_pmem(RAMBlock *rb);

#endif /* QEMU_EXEC_RAMBLOCK_H */
