/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests on their way to a node's driver: zeroes found, alignment made up
 * for, overlapping writes kept apart.
 *
 * Where a node needs aligned requests (a file opened past the page cache), an
 * unaligned one is served in pieces through a bounce buffer of bounded size;
 * the first and the last piece of a write are read, changed and written back.
 * Until that is done no other write may touch the same blocks.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"

/* Of a bounce buffer: a multiple of every alignment. */
#define PIECE_MAX (1024 * 1024)

/*** Completion ***/

static void complete_now(BdrvWork *work)
{
    BdrvRequest *req = container_of(work, BdrvRequest, work);

    req->done(req, work->ret);
}

void bdrv_complete_later(BdrvRequest *req, int ret)
{
    req->work.done = complete_now;
    req->work.ret = ret;
    bdrv_work_finish(&req->work);
}

/*
 * A thread other than the main one may wait, too (a reset by a vCPU, the end
 * of a migration).  The big lock is ours, so the main loop is asleep or waits
 * for it; its sleep is not for us to share, but what it would do is.
 */
static void step_elsewhere(AioContext *ctx)
{
    if (!aio_bh_poll(ctx) &&
        !timerlistgroup_run_timers(aio_timer_list_group(ctx))) {
        g_usleep(20);
    }
}

void bdrv_wait_step(void)
{
    AioContext *ctx = qemu_get_aio_context();

    if (bdrv_work_reap() || bdrv_uring_reap()) {
        return;
    }
    if (getpid() == gettid()) {
        aio_poll(ctx, true);
    } else {
        step_elsewhere(ctx);
    }
}

/*** Pieces ***/

typedef struct Pieces {
    BdrvRequest sub;
    BdrvRequest *req;
    BlockDriverState *bs;
    int64_t pos;                /* what is done ends here */
    int64_t end;
    uint8_t *buf;
    QEMUIOVector qiov;
    bool read_first;            /* the piece is being read, to be changed */
} Pieces;

static void pieces_go_on(Pieces *p);

static void pieces_end(Pieces *p, int ret)
{
    BdrvRequest *req = p->req;

    qemu_vfree(p->buf);
    g_free(p);
    req->done(req, ret);
}

/* How much of the piece at sub is of the request, which begins at pos. */
static int64_t piece_len(const Pieces *p)
{
    return MIN(p->end, p->sub.offset + p->sub.bytes) - p->pos;
}

static void write_piece(Pieces *p)
{
    uint8_t *at = p->buf + (p->pos - p->sub.offset);

    if (p->req->op == BDRV_OP_ZEROES) {
        memset(at, 0, piece_len(p));
    } else {
        qemu_iovec_to_buf(p->req->qiov, p->req->qiov_offset +
                          (p->pos - p->req->offset), at, piece_len(p));
    }
    p->read_first = false;
    p->sub.op = BDRV_OP_WRITE;
    p->sub.flags = p->req->flags & BDRV_REQ_FUA;
    p->bs->drv->submit(p->bs, &p->sub);
}

static void piece_done(BdrvRequest *sub, int ret)
{
    Pieces *p = container_of(sub, Pieces, sub);

    if (ret < 0) {
        pieces_end(p, ret);
        return;
    }
    if (p->read_first) {
        write_piece(p);
        return;
    }
    if (sub->op == BDRV_OP_READ) {
        qemu_iovec_from_buf(p->req->qiov, p->req->qiov_offset +
                            (p->pos - p->req->offset),
                            p->buf + (p->pos - sub->offset), piece_len(p));
    }
    p->pos += piece_len(p);
    if (p->pos == p->end) {
        pieces_end(p, 0);
    } else {
        pieces_go_on(p);
    }
}

static void pieces_go_on(Pieces *p)
{
    int64_t align = p->bs->bl.request_alignment;
    int64_t start = QEMU_ALIGN_DOWN(p->pos, align);
    int64_t end = QEMU_ALIGN_UP(p->end, align);
    bool is_read = p->req->op == BDRV_OP_READ;

    p->sub = (BdrvRequest) {
        .op = BDRV_OP_READ, .offset = start, .done = piece_done,
        .qiov = &p->qiov, .bs = p->bs,
    };
    if (p->req->op == BDRV_OP_ZEROES) {
        if (p->pos == start && p->end - start >= align) {
            /* The driver's own way for what is aligned. */
            p->sub.op = BDRV_OP_ZEROES;
            p->sub.flags = p->req->flags;
            p->sub.bytes = QEMU_ALIGN_DOWN(p->end - start, align);
            p->bs->drv->submit(p->bs, &p->sub);
            return;
        }
        end = start + align;
    }
    p->sub.bytes = MIN(end - start, PIECE_MAX);
    if (!p->buf) {
        p->buf = qemu_memalign(MAX(p->bs->bl.mem_alignment, sizeof(void *)),
                               p->sub.bytes);
    }
    qemu_iovec_init_buf(&p->qiov, p->buf, p->sub.bytes);
    p->read_first = !is_read &&
                    (p->pos != start || p->end < start + p->sub.bytes);
    if (is_read || p->read_first) {
        p->bs->drv->submit(p->bs, &p->sub);
    } else {
        write_piece(p);
    }
}

static void submit_in_pieces(BlockDriverState *bs, BdrvRequest *req)
{
    Pieces *p = g_new0(Pieces, 1);

    p->req = req;
    p->bs = bs;
    p->pos = req->offset;
    p->end = req->offset + req->bytes;
    pieces_go_on(p);
}

/*** Alignment ***/

static bool memory_is_aligned(const BdrvRequest *req, uint32_t align)
{
    size_t skip = req->qiov_offset, left = req->bytes;

    for (int i = 0; i < req->qiov->niov && left; i++) {
        const struct iovec *iov = &req->qiov->iov[i];
        size_t len;

        if (skip >= iov->iov_len) {
            skip -= iov->iov_len;
            continue;
        }
        len = MIN(iov->iov_len - skip, left);
        if (((uintptr_t)iov->iov_base + skip) % align || len % align) {
            return false;
        }
        left -= len;
        skip = 0;
    }
    return true;
}

static bool is_aligned(BlockDriverState *bs, const BdrvRequest *req)
{
    if ((req->offset | req->bytes) & (bs->bl.request_alignment - 1)) {
        return false;
    }
    return !req->qiov || bs->bl.mem_alignment == 1 ||
           memory_is_aligned(req, bs->bl.mem_alignment);
}

static void submit_aligned(BlockDriverState *bs, BdrvRequest *req)
{
    int64_t align = bs->bl.request_alignment;

    if (is_aligned(bs, req)) {
        bs->drv->submit(bs, req);
    } else if (req->op == BDRV_OP_DISCARD) {
        /* Advice: what is not a whole block keeps its contents. */
        int64_t start = QEMU_ALIGN_UP(req->offset, align);
        int64_t end = QEMU_ALIGN_DOWN(req->offset + req->bytes, align);

        if (start >= end) {
            bdrv_complete_later(req, 0);
            return;
        }
        req->offset = start;
        req->bytes = end - start;
        bs->drv->submit(bs, req);
    } else {
        submit_in_pieces(bs, req);
    }
}

/*** Overlapping writes ***/

static BdrvRequest *overlapping(BlockDriverState *bs, const BdrvRequest *req)
{
    BdrvRequest *other;

    QTAILQ_FOREACH(other, &bs->tracked, track) {
        if (other->start < req->end && req->start < other->end) {
            return other;
        }
    }
    return NULL;
}

static void tracked_done(BdrvRequest *req, int ret);

/* In the place of a request that is tracked here, on its way further down. */
typedef struct Deputy {
    BdrvRequest sub;
    BdrvRequest *of;
} Deputy;

static void deputy_done(BdrvRequest *sub, int ret)
{
    Deputy *d = container_of(sub, Deputy, sub);
    BdrvRequest *of = d->of;

    g_free(d);
    of->done(of, ret);
}

static BdrvRequest *make_deputy(BlockDriverState *bs, BdrvRequest *req)
{
    Deputy *d = g_new(Deputy, 1);

    *d = (Deputy) {
        .sub = {
            .op = req->op, .flags = req->flags, .offset = req->offset,
            .bytes = req->bytes, .qiov = req->qiov,
            .qiov_offset = req->qiov_offset, .done = deputy_done, .bs = bs,
        },
        .of = req,
    };
    return &d->sub;
}

static void start_tracked(BlockDriverState *bs, BdrvRequest *req)
{
    req->tracked_done = req->done;
    req->done = tracked_done;
    QTAILQ_INSERT_TAIL(&bs->tracked, req, track);
    /* The node below has lists of its own. */
    submit_aligned(bs, bs->file ? make_deputy(bs, req) : req);
}

static void tracked_done(BdrvRequest *req, int ret)
{
    BlockDriverState *bs = req->bs;
    BdrvRequest *other, *next;

    QTAILQ_REMOVE(&bs->tracked, req, track);
    QTAILQ_FOREACH_SAFE(other, &bs->waiting, track, next) {
        if (!overlapping(bs, other)) {
            QTAILQ_REMOVE(&bs->waiting, other, track);
            start_tracked(bs, other);
        }
    }
    req->done = req->tracked_done;
    req->done(req, ret);
}

static void submit_tracked(BlockDriverState *bs, BdrvRequest *req)
{
    int64_t align = bs->bl.request_alignment;

    req->start = QEMU_ALIGN_DOWN(req->offset, align);
    req->end = QEMU_ALIGN_UP(req->offset + req->bytes, align);
    if (overlapping(bs, req)) {
        QTAILQ_INSERT_TAIL(&bs->waiting, req, track);
    } else {
        start_tracked(bs, req);
    }
}

/*** Requests ***/

static bool writes(const BdrvRequest *req)
{
    return req->op == BDRV_OP_WRITE || req->op == BDRV_OP_ZEROES;
}

static void detect_zeroes(BlockDriverState *bs, BdrvRequest *req)
{
    if (qemu_iovec_is_zero(req->qiov, req->qiov_offset, req->bytes)) {
        req->op = BDRV_OP_ZEROES;
        if (bs->detect_zeroes == BDRV_DETECT_ZEROES_UNMAP) {
            req->flags |= BDRV_REQ_MAY_UNMAP;
        }
    }
}

void bdrv_submit(BlockDriverState *bs, BdrvRequest *req)
{
    req->bs = bs;
    if (writes(req)) {
        bs->wr_highest_offset = MAX(bs->wr_highest_offset,
                                    req->offset + req->bytes);
        if (req->op == BDRV_OP_WRITE && bs->detect_zeroes) {
            detect_zeroes(bs, req);
        }
        if (!(bs->open_flags & BDRV_O_UNMAP)) {
            req->flags &= ~BDRV_REQ_MAY_UNMAP;
        }
    } else if (req->op == BDRV_OP_DISCARD &&
               !(bs->open_flags & BDRV_O_UNMAP)) {
        bdrv_complete_later(req, 0);
        return;
    }
    if (likely(bs->bl.request_alignment == 1 && bs->bl.mem_alignment == 1) ||
        req->op == BDRV_OP_FLUSH) {
        bs->drv->submit(bs, req);
    } else if (req->op == BDRV_OP_READ) {
        submit_aligned(bs, req);
    } else {
        submit_tracked(bs, req);
    }
}

/*** Waiting for the end ***/

typedef struct Waited {
    BdrvRequest req;
    bool ended;
    int ret;
} Waited;

static void waited_done(BdrvRequest *req, int ret)
{
    Waited *w = container_of(req, Waited, req);

    w->ended = true;
    w->ret = ret;
}

int bdrv_do(BlockDriverState *bs, BdrvOp op, int64_t offset, int64_t bytes,
            QEMUIOVector *qiov, BdrvRequestFlags flags)
{
    Waited w = {
        .req = { .op = op, .offset = offset, .bytes = bytes, .qiov = qiov,
                 .flags = flags, .done = waited_done },
    };

    bdrv_submit(bs, &w.req);
    BDRV_WAIT_WHILE(!w.ended);
    return w.ret;
}

int bdrv_pread(BlockDriverState *bs, int64_t offset, int64_t bytes,
               void *buf)
{
    QEMUIOVector qiov = QEMU_IOVEC_INIT_BUF(qiov, buf, bytes);

    return bdrv_do(bs, BDRV_OP_READ, offset, bytes, &qiov, 0);
}

/*** Length ***/

int64_t bdrv_getlength(BlockDriverState *bs)
{
    return bs->length;
}

int bdrv_refresh_length(BlockDriverState *bs)
{
    int64_t length = bs->drv->getlength(bs);

    if (length < 0) {
        return length;
    }
    if (length > BDRV_MAX_LENGTH) {
        return -EFBIG;
    }
    bs->length = QEMU_ALIGN_UP(length, (int64_t)BDRV_SECTOR_SIZE);
    return 0;
}

static void tell_resized(BlockDriverState *bs)
{
    BdrvChild *c;

    QLIST_FOREACH(c, &bs->parents, next_parent) {
        if (c->blk) {
            blk_node_resized(c->blk);
        } else if (bdrv_refresh_length(c->parent) == 0) {
            tell_resized(c->parent);
        }
    }
}

int bdrv_truncate(BlockDriverState *bs, int64_t offset, bool exact,
                  PreallocMode prealloc, Error **errp)
{
    int ret;

    if (bs->read_only) {
        error_setg(errp, "Image is read-only");
        return -EACCES;
    }
    if (!bs->drv->truncate) {
        error_setg(errp, "Image format driver does not support resize");
        return -ENOTSUP;
    }
    ret = bs->drv->truncate(bs, offset, exact, prealloc, errp);
    if (ret < 0) {
        return ret;
    }
    ret = bdrv_refresh_length(bs);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Could not refresh total sector count");
        return ret;
    }
    tell_resized(bs);
    return 0;
}
