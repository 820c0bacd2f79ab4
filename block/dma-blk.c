/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transfers between scatter-gather lists and drives (sysemu/dma.h).
 *
 * As much of the list as can be mapped is mapped and moved, then the next
 * part.  Where nothing can be, because the one bounce buffer for memory that
 * is not RAM is in use, the transfer waits for it.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "qemu/main-loop.h"
#include "sysemu/block-backend.h"
#include "sysemu/dma.h"

/* Entries mapped at a time. */
#define PARTS_MAX IOV_MAX

/*
 * A block of which only a part can be mapped at a time waits for others to
 * give the bounce buffer back, but not for ever: it may be the list's own
 * doing, when a block has memory in two places that both need the buffer.
 */
#define STALLS_MAX 64

typedef struct DMABlk {
    BlockAIOCB common;
    AioContext *ctx;
    QEMUSGList *sg;
    int64_t offset;             /* on the disk, of the part under way */
    uint32_t align;
    DMADirection dir;
    DMAIOFunc *io_func;
    void *io_func_opaque;
    BlockAIOCB *acb;            /* the part under way */
    QEMUIOVector iov;
    int index;                  /* where the next part begins */
    dma_addr_t within;
    unsigned stalls;            /* rounds without a whole block */
    QEMUBH *bh;                 /* waits for the bounce buffer, or to start */
    bool canceled;
} DMABlk;

static void unmap(DMABlk *d)
{
    for (int i = 0; i < d->iov.niov; i++) {
        dma_memory_unmap(d->sg->as, d->iov.iov[i].iov_base,
                         d->iov.iov[i].iov_len, d->dir,
                         d->iov.iov[i].iov_len);
    }
    qemu_iovec_reset(&d->iov);
}

static void finish(DMABlk *d, int ret)
{
    unmap(d);
    if (d->bh) {
        cpu_unregister_map_client(d->bh);
        qemu_bh_delete(d->bh);
        d->bh = NULL;
    }
    d->common.cb(d->common.opaque, ret);
    qemu_iovec_destroy(&d->iov);
    qemu_aio_unref(d);
}

static void advance(DMABlk *d, dma_addr_t len)
{
    d->within += len;
    while (d->index < d->sg->nsg && d->within == d->sg->sg[d->index].len) {
        d->index++;
        d->within = 0;
    }
}

/* The last @bytes that were mapped are left for the next part. */
static void take_back(DMABlk *d, size_t bytes)
{
    while (bytes) {
        struct iovec *last = &d->iov.iov[d->iov.niov - 1];
        size_t len = MIN(bytes, last->iov_len);
        dma_addr_t left = len;

        if (len == last->iov_len) {
            dma_memory_unmap(d->sg->as, last->iov_base, len, d->dir, 0);
        }
        qemu_iovec_discard_back(&d->iov, len);
        bytes -= len;
        while (left) {
            dma_addr_t step;

            if (!d->within) {
                d->index--;
                d->within = d->sg->sg[d->index].len;
            }
            step = MIN(left, d->within);
            d->within -= step;
            left -= step;
        }
    }
}

static void map(DMABlk *d)
{
    advance(d, 0);
    while (d->index < d->sg->nsg && d->iov.niov < PARTS_MAX) {
        ScatterGatherEntry *e = &d->sg->sg[d->index];
        dma_addr_t len = MIN(e->len - d->within,
                             BDRV_REQUEST_MAX_BYTES - d->iov.size);
        void *mem;

        if (!len) {
            break;
        }
        mem = dma_memory_map(d->sg->as, e->base + d->within, &len, d->dir,
                             MEMTXATTRS_UNSPECIFIED);
        if (!mem) {
            break;
        }
        qemu_iovec_add(&d->iov, mem, len);
        advance(d, len);
    }
}

static void part_done(void *opaque, int ret);

static void go_on(void *opaque)
{
    DMABlk *d = opaque;
    bool is_last, some;

    if (d->canceled) {
        finish(d, -ECANCELED);
        return;
    }
    map(d);
    is_last = d->index == d->sg->nsg;
    if (is_last && !d->iov.size) {
        finish(d, 0);
        return;
    }
    some = d->iov.size > 0;
    take_back(d, d->iov.size % d->align);
    if (!d->iov.size) {
        if (is_last || (some && ++d->stalls > STALLS_MAX)) {
            /* Less than a block, or it crosses what maps at a time. */
            finish(d, -EINVAL);
            return;
        }
        cpu_register_map_client(d->bh);
        return;
    }
    d->stalls = 0;
    d->acb = d->io_func(d->offset, &d->iov, part_done, d, d->io_func_opaque);
}

static void part_done(void *opaque, int ret)
{
    DMABlk *d = opaque;

    d->acb = NULL;
    d->offset += d->iov.size;
    unmap(d);
    if (ret < 0) {
        finish(d, ret);
    } else {
        go_on(d);
    }
}

static void dma_cancel(BlockAIOCB *acb)
{
    DMABlk *d = container_of(acb, DMABlk, common);

    d->canceled = true;
    if (d->acb) {
        blk_aio_cancel_async(d->acb);
    } else if (d->bh) {
        /* Waits for the bounce buffer: not any more. */
        cpu_unregister_map_client(d->bh);
        qemu_bh_schedule(d->bh);
    }
}

static AioContext *dma_context(BlockAIOCB *acb)
{
    return container_of(acb, DMABlk, common)->ctx;
}

static const AIOCBInfo dma_info = {
    .aiocb_size = sizeof(DMABlk),
    .cancel_async = dma_cancel,
    .get_aio_context = dma_context,
};

BlockAIOCB *dma_blk_io(AioContext *ctx, QEMUSGList *sg, uint64_t offset,
                       uint32_t align, DMAIOFunc *io_func,
                       void *io_func_opaque, BlockCompletionFunc *cb,
                       void *opaque, DMADirection dir)
{
    DMABlk *d = qemu_aio_get(&dma_info, NULL, cb, opaque);

    d->ctx = ctx;
    d->sg = sg;
    d->offset = offset;
    d->align = align;
    d->dir = dir;
    d->io_func = io_func;
    d->io_func_opaque = io_func_opaque;
    qemu_iovec_init(&d->iov, MIN(sg->nsg, PARTS_MAX));
    d->bh = aio_bh_new(ctx, go_on, d);
    map(d);
    if (d->iov.size && d->iov.size % align == 0) {
        /* The usual case needs no round of the loop. */
        d->acb = io_func(offset, &d->iov, part_done, d, io_func_opaque);
    } else {
        unmap(d);
        d->index = d->within = 0;
        qemu_bh_schedule(d->bh);
    }
    return &d->common;
}

static BlockAIOCB *read_part(int64_t offset, QEMUIOVector *iov,
                             BlockCompletionFunc *cb, void *cb_opaque,
                             void *opaque)
{
    return blk_aio_preadv(opaque, offset, iov, 0, cb, cb_opaque);
}

BlockAIOCB *dma_blk_read(BlockBackend *blk, QEMUSGList *sg, uint64_t offset,
                         uint32_t align, BlockCompletionFunc *cb,
                         void *opaque)
{
    return dma_blk_io(blk_get_aio_context(blk), sg, offset, align, read_part,
                      blk, cb, opaque, DMA_DIRECTION_FROM_DEVICE);
}

static BlockAIOCB *write_part(int64_t offset, QEMUIOVector *iov,
                              BlockCompletionFunc *cb, void *cb_opaque,
                              void *opaque)
{
    return blk_aio_pwritev(opaque, offset, iov, 0, cb, cb_opaque);
}

BlockAIOCB *dma_blk_write(BlockBackend *blk, QEMUSGList *sg, uint64_t offset,
                          uint32_t align, BlockCompletionFunc *cb,
                          void *opaque)
{
    return dma_blk_io(blk_get_aio_context(blk), sg, offset, align, write_part,
                      blk, cb, opaque, DMA_DIRECTION_TO_DEVICE);
}

void dma_acct_start(BlockBackend *blk, BlockAcctCookie *cookie,
                    QEMUSGList *sg, enum BlockAcctType type)
{
    block_acct_start(blk_get_stats(blk), cookie, sg->size, type);
}
