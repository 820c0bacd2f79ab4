/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls behind requests to a file, as a thread makes them. */
#include "qemu/osdep.h"
#include "file.h"
#include "qemu/atomic.h"
#include "qemu/memalign.h"

#define ZERO_BUFFER (64 * 1024)
/* One read, and all of a round of the loop: so long it stands still. */
#define READ_NOW_MAX (64 * 1024)
#define READ_NOW_ROUND (1024 * 1024)

void file_map_iov(BdrvRequest *req)
{
    QEMUIOVector *qiov = req->qiov;
    size_t from = req->qiov_offset + req->progress;
    size_t bytes = req->bytes - req->progress;
    struct iovec *old = req->iov_owned ? req->iov : NULL;

    if (from == 0 && qiov->size == bytes) {
        req->iov = qiov->iov;
        req->niov = qiov->niov;
        return;
    }
    req->iov = g_new(struct iovec, qiov->niov);
    req->niov = iov_copy(req->iov, qiov->niov, qiov->iov, qiov->niov, from,
                         bytes);
    req->iov_owned = true;
    g_free(old);
}

/*
 * A small read of what the page cache has takes less time than a thread
 * takes to wake up.
 */
bool file_read_now(BlockDriverState *bs, BdrvRequest *req)
{
    FileState *s = bs->opaque;
    ssize_t n;

    if (s->no_nowait || req->bytes > READ_NOW_MAX || req->niov > IOV_MAX ||
        s->now_bytes > READ_NOW_ROUND ||
        (bs->open_flags & BDRV_O_NOCACHE)) {
        return false;
    }
    n = preadv2(s->fd, req->iov, req->niov, req->offset, RWF_NOWAIT);
    if (n < 0 && errno == EOPNOTSUPP) {
        s->no_nowait = true;
    }
    /* Some of it is none of it: a thread begins at the beginning. */
    if (n != req->bytes) {
        return false;
    }
    s->now_bytes += n;
    return true;
}

static int read_all(int fd, BdrvRequest *req)
{
    while (req->progress < req->bytes) {
        ssize_t n = preadv(fd, req->iov, MIN(req->niov, IOV_MAX),
                           req->offset + req->progress);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -errno;
        }
        if (n == 0) {
            /* The last sector of a file that ends within it. */
            qemu_iovec_memset(req->qiov, req->qiov_offset + req->progress, 0,
                              req->bytes - req->progress);
            return 0;
        }
        req->progress += n;
        if (req->progress < req->bytes) {
            file_map_iov(req);
        }
    }
    return 0;
}

static int write_all(int fd, BdrvRequest *req)
{
    while (req->progress < req->bytes) {
        ssize_t n = pwritev(fd, req->iov, MIN(req->niov, IOV_MAX),
                            req->offset + req->progress);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n < 0 ? -errno : -ENOSPC;
        }
        req->progress += n;
        if (req->progress < req->bytes) {
            file_map_iov(req);
        }
    }
    return 0;
}

static int sync_file(int fd)
{
    return fdatasync(fd) < 0 ? -errno : 0;
}

/* 0, -ENOTSUP where the file system has no such thing, or -errno. */
static int allocate(int fd, int mode, int64_t offset, int64_t bytes)
{
    int ret = RETRY_ON_EINTR(fallocate(fd, mode, offset, bytes));

    if (ret == 0) {
        return 0;
    }
    return errno == EOPNOTSUPP || errno == ENOSYS || errno == ENODEV ||
           errno == ENOTTY ? -ENOTSUP : -errno;
}

static int punch_hole(FileState *s, int64_t offset, int64_t bytes)
{
    int ret = -ENOTSUP;

    if (qatomic_read(&s->has_punch_hole)) {
        ret = allocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                       offset, bytes);
        if (ret == -ENOTSUP) {
            qatomic_set(&s->has_punch_hole, false);
        }
    }
    return ret;
}

static int write_zero_bytes(int fd, int64_t offset, int64_t bytes)
{
    size_t size = MIN(bytes, ZERO_BUFFER);
    uint8_t *buf = qemu_memalign(4096, ZERO_BUFFER);
    int ret = 0;

    memset(buf, 0, size);
    while (bytes && ret == 0) {
        ssize_t n = pwrite(fd, buf, MIN(bytes, size), offset);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            ret = n < 0 ? -errno : -ENOSPC;
            break;
        }
        offset += n;
        bytes -= n;
    }
    qemu_vfree(buf);
    return ret;
}

static int zero_range(FileState *s, int64_t offset, int64_t bytes)
{
    int ret = -ENOTSUP;

    if (qatomic_read(&s->has_zero_range)) {
        ret = allocate(s->fd, FALLOC_FL_ZERO_RANGE, offset, bytes);
        if (ret == -ENOTSUP) {
            qatomic_set(&s->has_zero_range, false);
        }
    }
    return ret;
}

static int write_zeroes(FileState *s, BdrvRequest *req)
{
    int64_t size = lseek(s->fd, 0, SEEK_END);
    int ret = -ENOTSUP;

    /* A hole must not end beyond the file: that would not grow. */
    if ((req->flags & BDRV_REQ_MAY_UNMAP) &&
        req->offset + req->bytes <= size) {
        ret = punch_hole(s, req->offset, req->bytes);
    }
    if (ret == -ENOTSUP) {
        ret = zero_range(s, req->offset, req->bytes);
    }
    if (ret == -ENOTSUP && !(req->flags & BDRV_REQ_NO_FALLBACK)) {
        ret = write_zero_bytes(s->fd, req->offset, req->bytes);
    }
    return ret;
}

int file_run(BdrvWork *work)
{
    BdrvRequest *req = container_of(work, BdrvRequest, work);
    FileState *s = req->bs->opaque;

    switch (req->op) {
    case BDRV_OP_READ:
        return read_all(s->fd, req);
    case BDRV_OP_WRITE:
        return write_all(s->fd, req);
    case BDRV_OP_ZEROES:
        return write_zeroes(s, req);
    case BDRV_OP_DISCARD:
        return punch_hole(s, req->offset, req->bytes);
    case BDRV_OP_FLUSH:
        return sync_file(s->fd);
    }
    return -ENOTSUP;
}
