/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making RAM blocks, and the record of dirty pages.
 *
 * Each block has a bitmap for each client that has ever asked; a client
 * without one counts every page as dirty.  Bits are set and cleared
 * atomically by whole words, so vCPUs, devices and migration need no lock.
 */
#ifndef RAM_ADDR_H
#define RAM_ADDR_H

#include "exec/ramlist.h"

/*
 * How blocks made from now on are treated: advised for huge pages (an
 * accelerator that runs code wants that), shared with equal pages of other
 * processes, part of core dumps.
 */
extern bool ram_blocks_huge;
extern bool ram_blocks_merge;
extern bool ram_blocks_dump;

#define DIRTY_CLIENTS_ALL     ((1 << DIRTY_MEMORY_NUM) - 1)
#define DIRTY_CLIENTS_NOCODE  (DIRTY_CLIENTS_ALL & ~(1 << DIRTY_MEMORY_CODE))

/*
 * New blocks of guest RAM.  size is rounded up to host pages; mr is the
 * region that will show it.  NULL with *errp set on failure.
 */
RAMBlock *qemu_ram_alloc(ram_addr_t size, uint32_t ram_flags,
                         MemoryRegion *mr, Error **errp);
/* host stays the caller's and must be page-aligned. */
RAMBlock *qemu_ram_alloc_from_ptr(ram_addr_t size, void *host,
                                  MemoryRegion *mr, Error **errp);
/* Can change between 0 and maxsz later; resized is told of it. */
RAMBlock *qemu_ram_alloc_resizeable(ram_addr_t size, ram_addr_t maxsz,
                                    void (*resized)(const char *,
                                                    uint64_t length,
                                                    void *host),
                                    MemoryRegion *mr, Error **errp);
/*
 * mem_path: a file, made if it is not there, or a directory in which an
 * unnamed file is made.  ram_flags: RAM_SHARED, RAM_NORESERVE.
 */
RAMBlock *qemu_ram_alloc_from_file(ram_addr_t size, MemoryRegion *mr,
                                   uint32_t ram_flags, const char *mem_path,
                                   bool readonly, Error **errp);
/* Takes over fd on success. */
RAMBlock *qemu_ram_alloc_from_fd(ram_addr_t size, MemoryRegion *mr,
                                 uint32_t ram_flags, int fd, off_t offset,
                                 bool readonly, Error **errp);
/* The memory goes when the last RCU reader has. */
void qemu_ram_free(RAMBlock *block);

/* 0, or -EINVAL with *errp set if the block cannot have that size. */
int qemu_ram_resize(RAMBlock *block, ram_addr_t newsize, Error **errp);
/* Writes back what a shared file holds of the range. */
void qemu_ram_msync(RAMBlock *block, ram_addr_t start, ram_addr_t length);
static inline void qemu_ram_writeback(RAMBlock *block)
{
    qemu_ram_msync(block, 0, block->used_length);
}
/* Fresh memory at the same host address, after a hardware error. */
void qemu_ram_remap(ram_addr_t addr, ram_addr_t length);

/* The block and its byte for an offset among all blocks; under RCU. */
RAMBlock *qemu_get_ram_block(ram_addr_t addr);
/* Host address of addr; the block is looked up when rb is NULL. */
void *qemu_map_ram_ptr(RAMBlock *rb, ram_addr_t addr);

/* Bytes of all blocks, rounded up: the end of the offsets in use. */
ram_addr_t last_ram_page(void);

/* ---- dirty pages, by offset among all blocks ---- */

/* Sets for each client in mask (bits by DIRTY_MEMORY_*). */
void cpu_physical_memory_set_dirty_range(ram_addr_t start, ram_addr_t length,
                                         uint8_t mask);
void cpu_physical_memory_set_dirty_flag(ram_addr_t addr, unsigned client);
/* Whether any page of the range is dirty for client. */
bool cpu_physical_memory_get_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client);
bool cpu_physical_memory_get_dirty_flag(ram_addr_t addr, unsigned client);
bool cpu_physical_memory_all_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client);
bool cpu_physical_memory_is_clean(ram_addr_t addr);
/* The clients of mask for which some page of the range is clean. */
uint8_t cpu_physical_memory_range_includes_clean(ram_addr_t start,
                                                 ram_addr_t length,
                                                 uint8_t mask);
bool cpu_physical_memory_test_and_clear_dirty(ram_addr_t start,
                                              ram_addr_t length,
                                              unsigned client);
void cpu_physical_memory_clear_dirty_range(ram_addr_t start,
                                           ram_addr_t length);

/*
 * Marks pages pages from start on by a bitmap in little-endian longs, as
 * accelerators give it, for all clients that log.  Returns how many it had.
 */
uint64_t cpu_physical_memory_set_dirty_lebitmap(unsigned long *bitmap,
                                                ram_addr_t start,
                                                ram_addr_t pages);

/* Takes the client's bits of a range of a region, see exec/memory.h. */
DirtyBitmapSnapshot *cpu_physical_memory_snapshot_and_clear_dirty
    (MemoryRegion *mr, hwaddr offset, hwaddr length, unsigned client);
bool cpu_physical_memory_snapshot_get_dirty(DirtyBitmapSnapshot *snap,
                                            ram_addr_t start,
                                            ram_addr_t length);

/*
 * Moves migration's dirty bits of start..start+length within rb into
 * rb->bmap.  Returns how many pages became dirty there that were not.
 */
uint64_t cpu_physical_memory_sync_dirty_bitmap(RAMBlock *rb, ram_addr_t start,
                                               ram_addr_t length);

/* The same by block and offset; mask and client as above. */
void ram_block_set_dirty(RAMBlock *rb, ram_addr_t start, ram_addr_t length,
                         uint8_t mask);
bool ram_block_get_dirty(RAMBlock *rb, ram_addr_t start, ram_addr_t length,
                         unsigned client);
bool ram_block_test_and_clear_dirty(RAMBlock *rb, ram_addr_t start,
                                    ram_addr_t length, unsigned client);
/* Makes the client's bitmap, all dirty, unless it is there. */
void ram_block_start_dirty(RAMBlock *rb, unsigned client);

#endif /* RAM_ADDR_H */
