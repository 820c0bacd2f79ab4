/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What devices do to memory: reads and writes through their address space,
 * ordered against each other and the CPUs', and scatter-gather lists.
 */
#ifndef DMA_H
#define DMA_H

#include "block/accounting.h"
#include "block/aio.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "qemu/iov.h"

typedef enum {
    DMA_DIRECTION_TO_DEVICE = 0,
    DMA_DIRECTION_FROM_DEVICE = 1,
} DMADirection;

typedef uint64_t dma_addr_t;
#define DMA_ADDR_BITS 64
#define DMA_ADDR_FMT "%" PRIx64

typedef struct ScatterGatherEntry {
    dma_addr_t base;
    dma_addr_t len;
} ScatterGatherEntry;

struct QEMUSGList {
    ScatterGatherEntry *sg;
    int nsg;
    int nalloc;
    dma_addr_t size;        /* sum of the entries */
    DeviceState *dev;
    AddressSpace *as;
};

/* Earlier accesses are seen by others before later ones. */
static inline void dma_barrier(AddressSpace *as, DMADirection dir)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Whether the device may reach all of the range. */
static inline bool dma_memory_valid(AddressSpace *as, dma_addr_t addr,
                                    dma_addr_t len, DMADirection dir,
                                    MemTxAttrs attrs)
{
    return address_space_access_valid(as, addr, len,
                                      dir == DMA_DIRECTION_FROM_DEVICE,
                                      attrs);
}

/* Relaxed: without the barrier. */
static inline MemTxResult dma_memory_rw_relaxed(AddressSpace *as,
                                                dma_addr_t addr, void *buf,
                                                dma_addr_t len,
                                                DMADirection dir,
                                                MemTxAttrs attrs)
{
    return address_space_rw(as, addr, attrs, buf, len,
                            dir == DMA_DIRECTION_FROM_DEVICE);
}

static inline MemTxResult dma_memory_read_relaxed(AddressSpace *as,
                                                  dma_addr_t addr, void *buf,
                                                  dma_addr_t len)
{
    return dma_memory_rw_relaxed(as, addr, buf, len, DMA_DIRECTION_TO_DEVICE,
                                 MEMTXATTRS_UNSPECIFIED);
}

static inline MemTxResult dma_memory_write_relaxed(AddressSpace *as,
                                                   dma_addr_t addr,
                                                   const void *buf,
                                                   dma_addr_t len)
{
    return dma_memory_rw_relaxed(as, addr, (void *)buf, len,
                                 DMA_DIRECTION_FROM_DEVICE,
                                 MEMTXATTRS_UNSPECIFIED);
}

static inline MemTxResult dma_memory_rw(AddressSpace *as, dma_addr_t addr,
                                        void *buf, dma_addr_t len,
                                        DMADirection dir, MemTxAttrs attrs)
{
    dma_barrier(as, dir);
    return dma_memory_rw_relaxed(as, addr, buf, len, dir, attrs);
}

/* From memory to the device's buf. */
static inline MemTxResult dma_memory_read(AddressSpace *as, dma_addr_t addr,
                                          void *buf, dma_addr_t len,
                                          MemTxAttrs attrs)
{
    return dma_memory_rw(as, addr, buf, len, DMA_DIRECTION_TO_DEVICE, attrs);
}

/* From the device's buf to memory. */
static inline MemTxResult dma_memory_write(AddressSpace *as, dma_addr_t addr,
                                           const void *buf, dma_addr_t len,
                                           MemTxAttrs attrs)
{
    return dma_memory_rw(as, addr, (void *)buf, len,
                         DMA_DIRECTION_FROM_DEVICE, attrs);
}

/* Fills with c. */
MemTxResult dma_memory_set(AddressSpace *as, dma_addr_t addr, uint8_t c,
                           dma_addr_t len, MemTxAttrs attrs);

/* As address_space_map(). */
static inline void *dma_memory_map(AddressSpace *as, dma_addr_t addr,
                                   dma_addr_t *len, DMADirection dir,
                                   MemTxAttrs attrs)
{
    hwaddr xlen = *len;
    void *p = address_space_map(as, addr, &xlen,
                                dir == DMA_DIRECTION_FROM_DEVICE, attrs);

    *len = xlen;
    return p;
}

static inline void dma_memory_unmap(AddressSpace *as, void *buffer,
                                    dma_addr_t len, DMADirection dir,
                                    dma_addr_t access_len)
{
    address_space_unmap(as, buffer, (hwaddr)len,
                        dir == DMA_DIRECTION_FROM_DEVICE, access_len);
}

/*
 * Single values: ld*_dma(as, addr, &val, attrs), st*_dma(as, addr, val,
 * attrs), in little or big endian.
 */
#define DMA_LDST_DEFINE_(ld_name, st_name, bits, end)                       \
    static inline MemTxResult ld##ld_name##_##end##_dma(AddressSpace *as,   \
                                                dma_addr_t addr,            \
                                                uint##bits##_t *pval,       \
                                                MemTxAttrs attrs)           \
    {                                                                       \
        MemTxResult res = dma_memory_read(as, addr, pval, bits / 8, attrs); \
                                                                            \
        *pval = end##bits##_to_cpu(*pval);                                  \
        return res;                                                         \
    }                                                                       \
    static inline MemTxResult st##st_name##_##end##_dma(AddressSpace *as,   \
                                                dma_addr_t addr,            \
                                                uint##bits##_t val,         \
                                                MemTxAttrs attrs)           \
    {                                                                       \
        val = cpu_to_##end##bits(val);                                      \
        return dma_memory_write(as, addr, &val, bits / 8, attrs);           \
    }

DMA_LDST_DEFINE_(uw, w, 16, le)
DMA_LDST_DEFINE_(l, l, 32, le)
DMA_LDST_DEFINE_(q, q, 64, le)
DMA_LDST_DEFINE_(uw, w, 16, be)
DMA_LDST_DEFINE_(l, l, 32, be)
DMA_LDST_DEFINE_(q, q, 64, be)
#undef DMA_LDST_DEFINE_

static inline MemTxResult ldub_dma(AddressSpace *as, dma_addr_t addr,
                                   uint8_t *val, MemTxAttrs attrs)
{
    return dma_memory_read(as, addr, val, 1, attrs);
}

static inline MemTxResult stb_dma(AddressSpace *as, dma_addr_t addr,
                                  uint8_t val, MemTxAttrs attrs)
{
    return dma_memory_write(as, addr, &val, 1, attrs);
}

/* ---- scatter-gather lists ---- */

/* dev (may be NULL) is held until _destroy; alloc_hint: entries to expect. */
void qemu_sglist_init(QEMUSGList *qsg, DeviceState *dev, int alloc_hint,
                      AddressSpace *as);
void qemu_sglist_add(QEMUSGList *qsg, dma_addr_t base, dma_addr_t len);
void qemu_sglist_destroy(QEMUSGList *qsg);

/*
 * Between ptr and the list's memory, len bytes at most: read is from the
 * device (ptr) to memory, write the other way.  *residual (may be NULL) gets
 * what the list has beyond that.
 */
MemTxResult dma_buf_read(void *ptr, dma_addr_t len, dma_addr_t *residual,
                         QEMUSGList *sg, MemTxAttrs attrs);
MemTxResult dma_buf_write(void *ptr, dma_addr_t len, dma_addr_t *residual,
                          QEMUSGList *sg, MemTxAttrs attrs);

/*
 * A transfer between a scatter-gather list and a disk.  The list's memory is
 * mapped piece by piece and @io_func called for each piece with its place on
 * the disk, whose length is a multiple of @align (bytes, a power of two).
 * Memory that is not RAM goes through a bounce buffer.
 * @cb is called once, in @ctx, never from here.  The list must live that long.
 */
typedef BlockAIOCB *DMAIOFunc(int64_t offset, QEMUIOVector *iov,
                              BlockCompletionFunc *cb, void *cb_opaque,
                              void *opaque);

BlockAIOCB *dma_blk_io(AioContext *ctx, QEMUSGList *sg, uint64_t offset,
                       uint32_t align, DMAIOFunc *io_func,
                       void *io_func_opaque, BlockCompletionFunc *cb,
                       void *opaque, DMADirection dir);
BlockAIOCB *dma_blk_read(BlockBackend *blk, QEMUSGList *sg, uint64_t offset,
                         uint32_t align, BlockCompletionFunc *cb,
                         void *opaque);
BlockAIOCB *dma_blk_write(BlockBackend *blk, QEMUSGList *sg, uint64_t offset,
                          uint32_t align, BlockCompletionFunc *cb,
                          void *opaque);
/* Begins the accounting of a transfer of the list's size. */
void dma_acct_start(BlockBackend *blk, BlockAcctCookie *cookie,
                    QEMUSGList *sg, enum BlockAcctType type);

/*
 * The mask (2^n - 1) of the largest naturally aligned block that begins at
 * start, within start..end and max_addr_bits.
 */
uint64_t dma_aligned_pow2_mask(uint64_t start, uint64_t end,
                               int max_addr_bits);

#endif /* DMA_H */
