/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA helpers: filling, and scatter-gather lists.
 */
#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "qom/object.h"
#include "sysemu/dma.h"

MemTxResult dma_memory_set(AddressSpace *as, dma_addr_t addr, uint8_t c,
                           dma_addr_t len, MemTxAttrs attrs)
{
    dma_barrier(as, DMA_DIRECTION_FROM_DEVICE);
    return address_space_set(as, addr, c, len, attrs);
}

void qemu_sglist_init(QEMUSGList *qsg, DeviceState *dev, int alloc_hint,
                      AddressSpace *as)
{
    *qsg = (QEMUSGList) {
        .sg = g_new(ScatterGatherEntry, MAX(alloc_hint, 1)),
        .nalloc = MAX(alloc_hint, 1),
        .as = as,
        .dev = dev,
    };
    if (dev) {
        object_ref(OBJECT(dev));
    }
}

void qemu_sglist_add(QEMUSGList *qsg, dma_addr_t base, dma_addr_t len)
{
    if (qsg->nsg == qsg->nalloc) {
        qsg->nalloc = 2 * qsg->nalloc + 1;
        qsg->sg = g_renew(ScatterGatherEntry, qsg->sg, qsg->nalloc);
    }
    qsg->sg[qsg->nsg++] = (ScatterGatherEntry) { base, len };
    qsg->size += len;
}

void qemu_sglist_destroy(QEMUSGList *qsg)
{
    if (qsg->dev) {
        object_unref(OBJECT(qsg->dev));
    }
    g_free(qsg->sg);
    *qsg = (QEMUSGList) { };
}

static MemTxResult dma_buf_rw(void *buf, dma_addr_t len, dma_addr_t *residual,
                              QEMUSGList *sg, DMADirection dir,
                              MemTxAttrs attrs)
{
    dma_addr_t rest = sg->size;
    uint8_t *p = buf;
    MemTxResult res = MEMTX_OK;

    len = MIN(len, rest);
    for (int i = 0; i < sg->nsg && len; i++) {
        dma_addr_t l = MIN(len, sg->sg[i].len);

        res |= dma_memory_rw(sg->as, sg->sg[i].base, p, l, dir, attrs);
        p += l;
        len -= l;
        rest -= l;
    }
    if (residual) {
        *residual = rest;
    }
    return res;
}

MemTxResult dma_buf_read(void *ptr, dma_addr_t len, dma_addr_t *residual,
                         QEMUSGList *sg, MemTxAttrs attrs)
{
    return dma_buf_rw(ptr, len, residual, sg, DMA_DIRECTION_FROM_DEVICE,
                      attrs);
}

MemTxResult dma_buf_write(void *ptr, dma_addr_t len, dma_addr_t *residual,
                          QEMUSGList *sg, MemTxAttrs attrs)
{
    return dma_buf_rw(ptr, len, residual, sg, DMA_DIRECTION_TO_DEVICE, attrs);
}

uint64_t dma_aligned_pow2_mask(uint64_t start, uint64_t end,
                               int max_addr_bits)
{
    uint64_t max_mask = max_addr_bits >= 64
                        ? UINT64_MAX : ((uint64_t)1 << max_addr_bits) - 1;
    uint64_t align_mask = start ? (start & -start) - 1 : UINT64_MAX;
    uint64_t size_mask = end - start;

    /* Of the length, the largest power of two that fits. */
    if (size_mask != UINT64_MAX) {
        size_mask = pow2floor(size_mask + 1) - 1;
    }
    return MIN(MIN(max_mask, align_mask), size_mask);
}
