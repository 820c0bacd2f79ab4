/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests through the kernel's submission ring (io_uring, by liburing).
 *
 * One ring serves all files; its descriptor becomes readable when something
 * is finished.  Where the ring is full, requests wait for what is under way.
 */
#include "qemu/osdep.h"
#include "file.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

#include <liburing.h>

#define RING_ENTRIES 128

static struct io_uring ring;
static bool ring_made;
static unsigned in_flight;      /* the kernel has them, or will at submit */
static unsigned unsubmitted;
static unsigned plugged;
static BdrvWork *waiting, **waiting_tail = &waiting;
static QEMUBH *retry_bh;

static void ring_readable(void *opaque)
{
    bdrv_uring_reap();
}

static void ring_submit(void *opaque)
{
    int ret;

    if (!unsubmitted) {
        return;
    }
    ret = io_uring_submit(&ring);
    if (ret >= 0) {
        unsubmitted -= MIN(unsubmitted, ret);
    }
    if (unsubmitted) {
        /* The kernel lacks memory or has too much to report: once more. */
        qemu_bh_schedule(retry_bh);
    }
}

bool bdrv_uring_available(Error **errp)
{
    int ret;

    if (ring_made) {
        return true;
    }
    ret = io_uring_queue_init(RING_ENTRIES, &ring, 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Unable to use linux io_uring, use "
                         "aio=threads instead");
        return false;
    }
    io_uring_ring_dontfork(&ring);
    retry_bh = qemu_bh_new(ring_submit, NULL);
    aio_set_fd_handler(qemu_get_aio_context(), ring.ring_fd, false,
                       ring_readable, NULL, NULL, NULL, NULL);
    ring_made = true;
    return true;
}

static void prepare(struct io_uring_sqe *sqe, BdrvRequest *req, int fd)
{
    int64_t at = req->offset + req->progress;

    switch (req->op) {
    case BDRV_OP_READ:
        io_uring_prep_readv(sqe, fd, req->iov, MIN(req->niov, IOV_MAX), at);
        break;
    case BDRV_OP_WRITE:
        io_uring_prep_writev(sqe, fd, req->iov, MIN(req->niov, IOV_MAX), at);
        break;
    default:
        io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
        break;
    }
    io_uring_sqe_set_data(sqe, req);
}

static bool try_enqueue(int fd, BdrvRequest *req)
{
    struct io_uring_sqe *sqe;

    if (in_flight >= RING_ENTRIES) {
        return false;
    }
    sqe = io_uring_get_sqe(&ring);
    if (!sqe) {
        return false;
    }
    prepare(sqe, req, fd);
    in_flight++;
    unsubmitted++;
    return true;
}

void bdrv_uring_submit(int fd, BdrvRequest *req)
{
    if (waiting || !try_enqueue(fd, req)) {
        req->work.next = NULL;
        *waiting_tail = &req->work;
        waiting_tail = &req->work.next;
    }
    if (!plugged) {
        ring_submit(NULL);
    }
}

void bdrv_uring_plug(void)
{
    plugged++;
}

void bdrv_uring_unplug(void)
{
    if (--plugged == 0) {
        ring_submit(NULL);
    }
}

static int fd_of(const BdrvRequest *req)
{
    return ((FileState *)req->bs->opaque)->fd;
}

static void start_waiting(void)
{
    while (waiting) {
        BdrvWork *work = waiting;
        BdrvRequest *req = container_of(work, BdrvRequest, work);

        if (!try_enqueue(fd_of(req), req)) {
            break;
        }
        waiting = work->next;
        if (!waiting) {
            waiting_tail = &waiting;
        }
    }
}

/* True if that was not all of it and the rest is on its way. */
static bool goes_on(BdrvRequest *req, int res)
{
    if (res == -EINTR || res == -EAGAIN) {
        bdrv_uring_submit(fd_of(req), req);
        return true;
    }
    if (res <= 0 || req->op == BDRV_OP_FLUSH) {
        return false;
    }
    req->progress += res;
    if (req->progress == req->bytes) {
        return false;
    }
    file_map_iov(req);
    bdrv_uring_submit(fd_of(req), req);
    return true;
}

static void finish(BdrvRequest *req, int res)
{
    if (goes_on(req, res)) {
        return;
    }
    if (res == 0 && req->op == BDRV_OP_READ) {
        /* The last sector of a file that ends within it. */
        qemu_iovec_memset(req->qiov, req->qiov_offset + req->progress, 0,
                          req->bytes - req->progress);
    }
    if (res == 0 && req->op == BDRV_OP_WRITE) {
        res = -ENOSPC;
    }
    req->work.ret = MIN(res, 0);
    req->work.done(&req->work);
}

bool bdrv_uring_reap(void)
{
    struct io_uring_cqe *cqe;
    bool progress = false;

    /* Who waits with the plug in would wait for ever. */
    ring_submit(NULL);
    /* A callback may reap as well: each entry is taken before its call. */
    while (ring_made && io_uring_peek_cqe(&ring, &cqe) == 0) {
        BdrvRequest *req = io_uring_cqe_get_data(cqe);
        int res = cqe->res;

        io_uring_cqe_seen(&ring, cqe);
        in_flight--;
        start_waiting();
        finish(req, res);
        progress = true;
    }
    ring_submit(NULL);
    return progress;
}
