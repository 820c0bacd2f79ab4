/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to drives. */
#include "qemu/osdep.h"
#include "backend.h"
#include "qemu/main-loop.h"
#include "qapi/error.h"

/* What writes of a whole medium are cut into. */
#define ZERO_STEP (1 * 1024 * 1024 * 1024LL)

/*** Requests of any kind, as their submitters hold them ***/

void *qemu_aio_get(const AIOCBInfo *aiocb_info, BlockDriverState *bs,
                   BlockCompletionFunc *cb, void *opaque)
{
    BlockAIOCB *acb = g_malloc0(aiocb_info->aiocb_size);

    *acb = (BlockAIOCB) {
        .aiocb_info = aiocb_info, .bs = bs, .cb = cb, .opaque = opaque,
        .refcnt = 1,
    };
    return acb;
}

void qemu_aio_ref(void *p)
{
    ((BlockAIOCB *)p)->refcnt++;
}

void qemu_aio_unref(void *p)
{
    BlockAIOCB *acb = p;

    assert(acb->refcnt > 0);
    if (--acb->refcnt == 0) {
        g_free(acb);
    }
}

void *blk_aio_get(const AIOCBInfo *aiocb_info, BlockBackend *blk,
                  BlockCompletionFunc *cb, void *opaque)
{
    return qemu_aio_get(aiocb_info, blk_bs(blk), cb, opaque);
}

/* @acb cannot be used after it ended, so the reference is what waits. */
void blk_aio_cancel(BlockAIOCB *acb)
{
    qemu_aio_ref(acb);
    blk_aio_cancel_async(acb);
    BDRV_WAIT_WHILE(acb->refcnt > 1);
    qemu_aio_unref(acb);
}

void blk_aio_cancel_async(BlockAIOCB *acb)
{
    if (acb->aiocb_info->cancel_async) {
        acb->aiocb_info->cancel_async(acb);
    }
}

/*** Those of drives ***/

typedef struct BlkRequest {
    BlockAIOCB common;
    BlockBackend *blk;
    BdrvRequest req;
} BlkRequest;

static const AIOCBInfo blk_request_info = {
    .aiocb_size = sizeof(BlkRequest),
};

static void request_done(BdrvRequest *req, int ret)
{
    BlkRequest *r = container_of(req, BlkRequest, req);

    /* Not under way any more, for a callback that waits for the others. */
    r->blk->in_flight--;
    r->common.cb(r->common.opaque, ret);
    qemu_aio_unref(r);
}

static bool is_write(BdrvOp op)
{
    return op == BDRV_OP_WRITE || op == BDRV_OP_ZEROES ||
           op == BDRV_OP_DISCARD;
}

static int check_request(BlockBackend *blk, BdrvOp op, int64_t offset,
                         int64_t bytes)
{
    BlockDriverState *bs = blk_bs(blk);

    if (!blk_is_available(blk)) {
        return -ENOMEDIUM;
    }
    if (op == BDRV_OP_FLUSH) {
        return 0;
    }
    if (offset < 0 || bytes < 0 || bytes > INT64_MAX - offset) {
        return -EIO;
    }
    if (!blk->allow_write_beyond_eof && offset + bytes > bs->length) {
        return -EIO;
    }
    if ((op == BDRV_OP_READ || op == BDRV_OP_WRITE) &&
        bytes > BDRV_REQUEST_MAX_BYTES) {
        return -EIO;
    }
    return bytes && is_write(op) && (bs->read_only || blk->inactive)
           ? -EPERM : 0;
}

static BlockAIOCB *submit(BlockBackend *blk, BdrvOp op, int64_t offset,
                          int64_t bytes, QEMUIOVector *qiov,
                          BdrvRequestFlags flags, BlockCompletionFunc *cb,
                          void *opaque)
{
    BlkRequest *r = g_new(BlkRequest, 1);
    int ret = check_request(blk, op, offset, bytes);

    if (!blk->enable_write_cache &&
        (op == BDRV_OP_WRITE || op == BDRV_OP_ZEROES)) {
        flags |= BDRV_REQ_FUA;
    }
    *r = (BlkRequest) {
        .common = {
            .aiocb_info = &blk_request_info, .cb = cb, .opaque = opaque,
            .refcnt = 1,
        },
        .blk = blk,
        .req = {
            .op = op, .offset = offset, .bytes = bytes, .qiov = qiov,
            .flags = flags, .done = request_done,
        },
    };
    blk->in_flight++;
    if (ret < 0 || (!bytes && op != BDRV_OP_FLUSH)) {
        bdrv_complete_later(&r->req, ret);
    } else {
        bdrv_submit(blk->root->bs, &r->req);
    }
    return &r->common;
}

BlockAIOCB *blk_aio_preadv(BlockBackend *blk, int64_t offset,
                           QEMUIOVector *qiov, BdrvRequestFlags flags,
                           BlockCompletionFunc *cb, void *opaque)
{
    return submit(blk, BDRV_OP_READ, offset, qiov->size, qiov, flags, cb,
                  opaque);
}

BlockAIOCB *blk_aio_pwritev(BlockBackend *blk, int64_t offset,
                            QEMUIOVector *qiov, BdrvRequestFlags flags,
                            BlockCompletionFunc *cb, void *opaque)
{
    return submit(blk, BDRV_OP_WRITE, offset, qiov->size, qiov, flags, cb,
                  opaque);
}

BlockAIOCB *blk_aio_pwrite_zeroes(BlockBackend *blk, int64_t offset,
                                  int64_t bytes, BdrvRequestFlags flags,
                                  BlockCompletionFunc *cb, void *opaque)
{
    return submit(blk, BDRV_OP_ZEROES, offset, bytes, NULL, flags, cb,
                  opaque);
}

BlockAIOCB *blk_aio_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes,
                             BlockCompletionFunc *cb, void *opaque)
{
    return submit(blk, BDRV_OP_DISCARD, offset, bytes, NULL, 0, cb, opaque);
}

BlockAIOCB *blk_aio_flush(BlockBackend *blk, BlockCompletionFunc *cb,
                          void *opaque)
{
    return submit(blk, BDRV_OP_FLUSH, 0, 0, NULL, 0, cb, opaque);
}

BlockAIOCB *blk_abort_aio_request(BlockBackend *blk, BlockCompletionFunc *cb,
                                  void *opaque, int ret)
{
    BlkRequest *r = blk_aio_get(&blk_request_info, blk, cb, opaque);

    r->blk = blk;
    r->req.done = request_done;
    blk->in_flight++;
    bdrv_complete_later(&r->req, ret);
    return &r->common;
}

/*** Waiting ***/

typedef struct Sync {
    bool ended;
    int ret;
} Sync;

static void sync_done(void *opaque, int ret)
{
    *(Sync *)opaque = (Sync) { true, ret };
}

static int submit_and_wait(BlockBackend *blk, BdrvOp op, int64_t offset,
                           int64_t bytes, QEMUIOVector *qiov,
                           BdrvRequestFlags flags)
{
    Sync s = { };

    submit(blk, op, offset, bytes, qiov, flags, sync_done, &s);
    BDRV_WAIT_WHILE(!s.ended);
    return s.ret;
}

int blk_preadv(BlockBackend *blk, int64_t offset, int64_t bytes,
               QEMUIOVector *qiov, BdrvRequestFlags flags)
{
    return submit_and_wait(blk, BDRV_OP_READ, offset, bytes, qiov, flags);
}

int blk_pwritev(BlockBackend *blk, int64_t offset, int64_t bytes,
                QEMUIOVector *qiov, BdrvRequestFlags flags)
{
    return submit_and_wait(blk, BDRV_OP_WRITE, offset, bytes, qiov, flags);
}

int blk_pread(BlockBackend *blk, int64_t offset, int64_t bytes, void *buf,
              BdrvRequestFlags flags)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);

    return blk_preadv(blk, offset, bytes, &qiov, flags);
}

int blk_pwrite(BlockBackend *blk, int64_t offset, int64_t bytes,
               const void *buf, BdrvRequestFlags flags)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);

    return blk_pwritev(blk, offset, bytes, &qiov, flags);
}

int blk_pwrite_zeroes(BlockBackend *blk, int64_t offset, int64_t bytes,
                      BdrvRequestFlags flags)
{
    return submit_and_wait(blk, BDRV_OP_ZEROES, offset, bytes, NULL, flags);
}

int blk_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes)
{
    return submit_and_wait(blk, BDRV_OP_DISCARD, offset, bytes, NULL, 0);
}

int blk_flush(BlockBackend *blk)
{
    return submit_and_wait(blk, BDRV_OP_FLUSH, 0, 0, NULL, 0);
}

int blk_make_zero(BlockBackend *blk, BdrvRequestFlags flags)
{
    int64_t length = blk_getlength(blk);
    int ret = MIN(length, 0);

    for (int64_t at = 0; at < length && ret == 0; at += ZERO_STEP) {
        ret = blk_pwrite_zeroes(blk, at, MIN(length - at, ZERO_STEP), flags);
    }
    return ret;
}

int blk_truncate(BlockBackend *blk, int64_t offset, bool exact,
                 PreallocMode prealloc, BdrvRequestFlags flags, Error **errp)
{
    if (!blk_is_available(blk)) {
        error_setg(errp, "No medium inserted");
        return -ENOMEDIUM;
    }
    blk_drain(blk);
    return bdrv_truncate(blk_bs(blk), offset, exact, prealloc, errp);
}

/*** Drain ***/

void blk_io_plug(BlockBackend *blk)
{
    BlockDriverState *bs = blk_bs(blk);

    while (bs && bs->file) {
        bs = bs->file->bs;
    }
    if (bs && bs->drv->plug) {
        bs->drv->plug(bs);
    }
}

void blk_io_unplug(BlockBackend *blk)
{
    BlockDriverState *bs = blk_bs(blk);

    while (bs && bs->file) {
        bs = bs->file->bs;
    }
    if (bs && bs->drv->unplug) {
        bs->drv->unplug(bs);
    }
}

void blk_inc_in_flight(BlockBackend *blk)
{
    blk->in_flight++;
}

void blk_dec_in_flight(BlockBackend *blk)
{
    assert(blk->in_flight);
    blk->in_flight--;
    aio_notify(qemu_get_aio_context());
}

static bool dev_is_busy(BlockBackend *blk)
{
    return blk->dev_ops && blk->dev_ops->drained_poll &&
           blk->dev_ops->drained_poll(blk->dev_opaque);
}

void blk_drain(BlockBackend *blk)
{
    if (blk->dev_ops && blk->dev_ops->drained_begin) {
        blk->dev_ops->drained_begin(blk->dev_opaque);
    }
    BDRV_WAIT_WHILE(blk->in_flight || dev_is_busy(blk));
    if (blk->dev_ops && blk->dev_ops->drained_end) {
        blk->dev_ops->drained_end(blk->dev_opaque);
    }
}

void blk_drain_all(void)
{
    for (BlockBackend *blk = NULL; (blk = blk_all_next(blk)); ) {
        blk_drain(blk);
    }
}

void bdrv_drain_all(void)
{
    blk_drain_all();
}

int bdrv_flush_all(void)
{
    BlockDriverState *bs;
    int ret = 0;

    for (bs = bdrv_next_node(NULL); bs; bs = bdrv_next_node(bs)) {
        int one = bs->file || bs->read_only
                  ? 0 : bdrv_do(bs, BDRV_OP_FLUSH, 0, 0, NULL, 0);

        ret = ret ? ret : one;
    }
    return ret;
}
