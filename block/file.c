/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images in regular files of the host.
 *
 * System calls are made by threads (aio=threads) or handed to the kernel's
 * ring (aio=io_uring); what the ring has no call for, by threads in any case.
 *
 * A flush without a write since the last one costs nothing, and one serves
 * all who ask meanwhile; a write that must be on the disk when it ends (FUA)
 * is one of those.  Where writing back failed once, the kernel forgets what
 * it could not write, so that a later flush would succeed for nothing: such a
 * file never flushes again.
 */
#include "qemu/osdep.h"
#include "file.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/cutils.h"
#include "qemu/memalign.h"

/* Words of the option; AIO_NATIVE is QEMU's third engine. */
enum { AIO_THREADS, AIO_IO_URING, AIO_NATIVE };

/*** Flushes ***/

static void submit_by_engine(FileState *s, BdrvRequest *req, bool by_thread)
{
    if (by_thread) {
        req->work.run = file_run;
        bdrv_work_submit(&req->work);
    } else {
        bdrv_uring_submit(s->fd, req);
    }
}

static void flush_done(BdrvWork *work);

static void start_flush(BlockDriverState *bs)
{
    FileState *s = bs->opaque;

    s->flushing = true;
    s->flush = (BdrvRequest) {
        .op = BDRV_OP_FLUSH, .bs = bs, .progress = s->write_gen,
        .work.done = flush_done,
    };
    submit_by_engine(s, &s->flush, !s->io_uring);
}

static void flush_done(BdrvWork *work)
{
    BdrvRequest *flush = container_of(work, BdrvRequest, work);
    BlockDriverState *bs = flush->bs;
    FileState *s = bs->opaque;
    BdrvWork *list = s->waiting, *next;
    uint64_t gen = flush->progress;
    int ret = work->ret;

    s->waiting = NULL;
    s->flushing = false;
    if (ret == 0) {
        s->flushed_gen = MAX(s->flushed_gen, gen);
    } else if (!(bs->open_flags & BDRV_O_NOCACHE)) {
        s->lost_writes = ret;
    }
    if (s->lost_writes) {
        /* For later writes, too: see above. */
        ret = s->lost_writes;
        gen = UINT64_MAX;
    }
    /* The next one may begin before anybody hears of this one. */
    for (next = list; next && !s->flushing; next = next->next) {
        if (container_of(next, BdrvRequest, work)->progress > gen) {
            start_flush(bs);
        }
    }
    while (list) {
        BdrvRequest *req = container_of(list, BdrvRequest, work);

        next = list->next;
        if (req->progress > gen) {
            list->next = s->waiting;
            s->waiting = list;
        } else {
            bdrv_complete_later(req, ret);
        }
        list = next;
    }
}

/* Ends @req when all writes that ended before now are on the disk. */
static void flush_for(BlockDriverState *bs, BdrvRequest *req)
{
    FileState *s = bs->opaque;

    if (bs->open_flags & BDRV_O_NO_FLUSH) {
        bdrv_complete_later(req, 0);
    } else if (s->lost_writes) {
        bdrv_complete_later(req, s->lost_writes);
    } else if (s->flushed_gen == s->write_gen) {
        bdrv_complete_later(req, 0);
    } else {
        req->progress = s->write_gen;
        req->work.next = s->waiting;
        s->waiting = &req->work;
        if (!s->flushing) {
            start_flush(bs);
        }
    }
}

/*** Requests ***/

static void write_done(BdrvRequest *req, int ret)
{
    FileState *s = req->bs->opaque;

    s->write_gen++;
    if (ret == 0 && (req->flags & BDRV_REQ_FUA)) {
        flush_for(req->bs, req);
    } else {
        req->done(req, ret);
    }
}

static void discard_done(BdrvRequest *req, int ret)
{
    FileState *s = req->bs->opaque;

    if (ret == 0) {
        s->discard_nb_ok++;
        s->discard_bytes_ok += req->bytes;
    } else {
        s->discard_nb_failed++;
    }
    s->write_gen++;
    /* It is advice. */
    req->done(req, ret == -ENOTSUP ? 0 : ret);
}

static void file_done(BdrvWork *work)
{
    BdrvRequest *req = container_of(work, BdrvRequest, work);
    int ret = work->ret;

    if (req->iov_owned) {
        g_free(req->iov);
        req->iov_owned = false;
    }
    switch (req->op) {
    case BDRV_OP_WRITE:
    case BDRV_OP_ZEROES:
        write_done(req, ret);
        break;
    case BDRV_OP_DISCARD:
        discard_done(req, ret);
        break;
    default:
        req->done(req, ret);
        break;
    }
}

static void read_now_done(BdrvWork *work)
{
    BdrvRequest *req = container_of(work, BdrvRequest, work);

    ((FileState *)req->bs->opaque)->now_bytes -= req->bytes;
    file_done(work);
}

static void file_submit(BlockDriverState *bs, BdrvRequest *req)
{
    FileState *s = bs->opaque;
    bool is_rw = req->op == BDRV_OP_READ || req->op == BDRV_OP_WRITE;

    req->bs = bs;
    if (req->op == BDRV_OP_FLUSH) {
        flush_for(bs, req);
        return;
    }
    req->progress = 0;
    req->iov_owned = false;
    req->work.done = file_done;
    if (is_rw) {
        file_map_iov(req);
    }
    if (!s->io_uring && req->op == BDRV_OP_READ && file_read_now(bs, req)) {
        req->work.ret = 0;
        req->work.done = read_now_done;
        bdrv_work_finish(&req->work);
    } else {
        submit_by_engine(s, req, !s->io_uring || !is_rw);
    }
}

static void file_plug(BlockDriverState *bs)
{
    FileState *s = bs->opaque;

    if (s->io_uring) {
        bdrv_uring_plug();
    }
}

static void file_unplug(BlockDriverState *bs)
{
    FileState *s = bs->opaque;

    if (s->io_uring) {
        bdrv_uring_unplug();
    }
}

/*** What it is ***/

static int64_t file_getlength(BlockDriverState *bs)
{
    FileState *s = bs->opaque;
    off_t end = lseek(s->fd, 0, SEEK_END);

    return end < 0 ? -errno : end;
}

static int64_t file_allocated(BlockDriverState *bs)
{
    FileState *s = bs->opaque;
    struct stat st;

    return fstat(s->fd, &st) < 0 ? -errno : (int64_t)st.st_blocks * 512;
}

static bool reads(int fd, uint8_t *buf, size_t len)
{
    return pread(fd, buf, len, 0) >= 0 || errno != EINVAL;
}

/* The first of these that works, if the file objects to any at all. */
static uint32_t probe_alignment(int fd, uint8_t *buf, bool memory)
{
    static const uint32_t sizes[] = { 1, 512, 1024, 2048, 4096 };

    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        if (memory ? reads(fd, buf + sizes[i], 4096)
                   : reads(fd, buf, sizes[i])) {
            return i ? sizes[i] : 4096;
        }
    }
    return 4096;
}

static void file_refresh_limits(BlockDriverState *bs)
{
    FileState *s = bs->opaque;

    if (bs->open_flags & BDRV_O_NOCACHE) {
        uint8_t *buf = qemu_memalign(qemu_real_host_page_size(), 4096 * 2);

        bs->bl.request_alignment = probe_alignment(s->fd, buf, false);
        bs->bl.mem_alignment = probe_alignment(s->fd, buf, true);
        qemu_vfree(buf);
    }
}

static int file_truncate(BlockDriverState *bs, int64_t offset, bool exact,
                         PreallocMode prealloc, Error **errp)
{
    FileState *s = bs->opaque;
    int64_t now = file_getlength(bs);

    if (prealloc != PREALLOC_MODE_OFF && prealloc != PREALLOC_MODE_FALLOC) {
        error_setg(errp, "Unsupported preallocation mode '%s'",
                   PreallocMode_str(prealloc));
        return -ENOTSUP;
    }
    if (prealloc == PREALLOC_MODE_FALLOC && offset > now &&
        fallocate(s->fd, 0, now, offset - now) < 0) {
        error_setg_errno(errp, errno, "Could not preallocate data for the "
                         "new file");
        return -errno;
    }
    if (ftruncate(s->fd, offset) < 0) {
        int err = errno;

        error_setg_errno(errp, err, "Failed to resize the file");
        return -err;
    }
    s->write_gen++;
    return 0;
}

static json_t *file_stats(BlockDriverState *bs)
{
    FileState *s = bs->opaque;

    return json_pack("{s:s, s:I, s:I, s:I}", "driver", "file",
                     "discard-nb-ok", (json_int_t)s->discard_nb_ok,
                     "discard-nb-failed", (json_int_t)s->discard_nb_failed,
                     "discard-bytes-ok", (json_int_t)s->discard_bytes_ok);
}

static bool file_set_perm(BlockDriverState *bs, uint64_t perm,
                          uint64_t shared, Error **errp)
{
    FileState *s = bs->opaque;

    return !s->lock || bdrv_file_lock(s->fd, s->filename, &s->held_perm,
                                      &s->held_unshared, perm, shared, errp);
}

/*** Opening ***/

static bool file_parse_filename(const char *filename, json_t *options,
                                Error **errp)
{
    strstart(filename, "file:", &filename);
    json_object_set_new(options, "filename", json_string_any(filename));
    return true;
}

static bool take_options(BlockDriverState *bs, json_t *options, Error **errp)
{
    static const char *const aio_words[] = { "threads", "io_uring", "native",
                                             NULL };
    static const char *const lock_words[] = { "off", "on", "auto", NULL };
    FileState *s = bs->opaque;
    int aio = bs->open_flags & BDRV_O_IO_URING ? AIO_IO_URING : AIO_THREADS;
    int lock = 2;

    if (!bdrv_opt_str(options, "filename", &s->filename, errp) ||
        !bdrv_opt_choice(options, "aio", aio_words, &aio, errp) ||
        !bdrv_opt_choice(options, "locking", lock_words, &lock, errp)) {
        return false;
    }
    if (!s->filename || !*s->filename) {
        error_setg(errp, "The 'file' block driver requires a file name");
        return false;
    }
    if (aio == AIO_NATIVE) {
        error_setg(errp, "aio=native is not part of this program; use "
                   "aio=threads or aio=io_uring");
        return false;
    }
    s->lock = lock > 0;
    s->io_uring = aio == AIO_IO_URING;
    return !s->io_uring || bdrv_uring_available(errp);
}

static int open_flags(const BlockDriverState *bs)
{
    return (bs->read_only ? O_RDONLY : O_RDWR) |
           (bs->open_flags & BDRV_O_NOCACHE ? O_DIRECT : 0);
}

static bool open_fd(BlockDriverState *bs, Error **errp)
{
    FileState *s = bs->opaque;
    int err;

    s->fd = qemu_open_old(s->filename, open_flags(bs));
    if (s->fd < 0 && !bs->read_only && (errno == EACCES || errno == EROFS) &&
        (bs->open_flags & BDRV_O_AUTO_RDONLY)) {
        bs->read_only = true;
        s->fd = qemu_open_old(s->filename, open_flags(bs));
    }
    if (s->fd >= 0) {
        return true;
    }
    err = errno;
    if (err == EISDIR) {
        error_setg(errp, "'file' driver requires '%s' to be a regular file",
                   s->filename);
        return false;
    }
    error_setg_errno(errp, err, "Could not open '%s'", s->filename);
    if (err == EINVAL && (bs->open_flags & BDRV_O_NOCACHE)) {
        error_append_hint(errp, "The file system may not support O_DIRECT "
                          "(cache.direct=on, cache=none).\n");
    }
    return false;
}

static bool file_open(BlockDriverState *bs, json_t *options, Error **errp)
{
    FileState *s = bs->opaque;
    struct stat st;

    s->fd = -1;
    s->has_zero_range = s->has_punch_hole = true;
    if (!take_options(bs, options, errp) || !open_fd(bs, errp)) {
        return false;
    }
    if (fstat(s->fd, &st) < 0) {
        error_setg_errno(errp, errno, "Could not stat file");
        return false;
    }
    if (!S_ISREG(st.st_mode)) {
        error_setg(errp, "'file' driver requires '%s' to be a regular file",
                   s->filename);
        return false;
    }
    return true;
}

static void file_close(BlockDriverState *bs)
{
    FileState *s = bs->opaque;

    if (s->fd >= 0) {
        qemu_close(s->fd);
    }
    g_free(s->filename);
}

static char *file_filename(BlockDriverState *bs)
{
    FileState *s = bs->opaque;

    return g_strdup(s->filename);
}

static const BlockDriver bdrv_file = {
    .name = "file",
    .instance_size = sizeof(FileState),
    .is_protocol = true,
    .protocols = (const char *const[]) { "file", NULL },
    .parse_filename = file_parse_filename,
    .open = file_open,
    .close = file_close,
    .submit = file_submit,
    .getlength = file_getlength,
    .allocated = file_allocated,
    .truncate = file_truncate,
    .refresh_limits = file_refresh_limits,
    .set_perm = file_set_perm,
    .plug = file_plug,
    .unplug = file_unplug,
    .stats = file_stats,
    .filename = file_filename,
};

bdrv_init(bdrv_file);
