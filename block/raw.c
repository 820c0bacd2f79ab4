/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images without a format: the disk is the file, or a part of it that begins
 * at "offset" and has "size" bytes.
 *
 * Where the format was guessed, a guest could write the header of another
 * format to its first sector and have it believed the next time, with any
 * file of the host as the backing file.  Such writes are refused.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"

typedef struct RawState {
    uint64_t offset;
    uint64_t size;              /* 0: to the end of the file */
} RawState;

static int raw_probe(const uint8_t *buf, size_t len)
{
    /* Anything can be raw. */
    return 1;
}

static bool raw_open(BlockDriverState *bs, json_t *options, Error **errp)
{
    RawState *s = bs->opaque;
    int64_t length = bdrv_getlength(bs->file->bs);
    bool has_size;

    if (!bdrv_opt_size(options, "offset", &s->offset, NULL, errp) ||
        !bdrv_opt_size(options, "size", &s->size, &has_size, errp)) {
        return false;
    }
    if (s->offset > length) {
        error_setg(errp, "Offset (%" PRIu64 ") cannot be greater than size "
                   "of the containing file (%" PRId64 ")", s->offset, length);
        return false;
    }
    if (has_size && s->size > length - s->offset) {
        error_setg(errp, "The sum of offset (%" PRIu64 ") and size (%" PRIu64
                   ") has to be smaller or equal to the  actual size of the "
                   "containing file (%" PRId64 ")", s->offset, s->size,
                   length);
        return false;
    }
    if (has_size && s->size % BDRV_SECTOR_SIZE) {
        error_setg(errp, "Specified size is not multiple of %llu",
                   BDRV_SECTOR_SIZE);
        return false;
    }
    return true;
}

static void raw_refresh_limits(BlockDriverState *bs)
{
    if (bs->open_flags & BDRV_O_PROBED) {
        /* Whole sectors are what can be looked at. */
        bs->bl.request_alignment = BDRV_SECTOR_SIZE;
    }
}

static bool would_fool_us(BlockDriverState *bs, BdrvRequest *req)
{
    uint8_t buf[BDRV_SECTOR_SIZE];
    size_t len;

    if (!(bs->open_flags & BDRV_O_PROBED) || req->op != BDRV_OP_WRITE ||
        req->offset >= BDRV_SECTOR_SIZE || !req->bytes) {
        return false;
    }
    len = qemu_iovec_to_buf(req->qiov, req->qiov_offset, buf, sizeof(buf));
    return strcmp(bdrv_probe(buf, len), "raw");
}

static void raw_submit(BlockDriverState *bs, BdrvRequest *req)
{
    RawState *s = bs->opaque;

    if (would_fool_us(bs, req)) {
        bdrv_complete_later(req, -EPERM);
        return;
    }
    req->offset += s->offset;
    bdrv_submit(bs->file->bs, req);
}

static int64_t raw_getlength(BlockDriverState *bs)
{
    RawState *s = bs->opaque;
    int64_t length = bdrv_getlength(bs->file->bs);

    return s->size ? s->size : MAX(length - (int64_t)s->offset, 0);
}

static int raw_truncate(BlockDriverState *bs, int64_t offset, bool exact,
                        PreallocMode prealloc, Error **errp)
{
    RawState *s = bs->opaque;

    if (s->size) {
        error_setg(errp, "Cannot resize fixed-size raw disks");
        return -ENOTSUP;
    }
    if (INT64_MAX - offset < s->offset) {
        error_setg(errp, "Disk size too large for the chosen offset");
        return -EINVAL;
    }
    return bdrv_truncate(bs->file->bs, offset + s->offset, exact, prealloc,
                         errp);
}

static int raw_probe_blocksizes(BlockDriverState *bs, BlockSizes *bsz)
{
    BlockDriverState *file = bs->file->bs;
    RawState *s = bs->opaque;
    int ret = file->drv->probe_blocksizes ?
              file->drv->probe_blocksizes(file, bsz) : -ENOTSUP;

    return ret == 0 && s->offset % MAX(bsz->log, bsz->phys) ? -ENOTSUP : ret;
}

static int64_t raw_allocated(BlockDriverState *bs)
{
    BlockDriverState *file = bs->file->bs;

    return file->drv->allocated ? file->drv->allocated(file) : -ENOTSUP;
}

static char *raw_filename(BlockDriverState *bs)
{
    RawState *s = bs->opaque;
    BlockDriverState *file = bs->file->bs;

    /* A part of a file is not that file. */
    return s->offset || s->size || !file->drv->filename
           ? NULL : file->drv->filename(file);
}

static const BlockDriver bdrv_raw = {
    .name = "raw",
    .instance_size = sizeof(RawState),
    .probe = raw_probe,
    .open = raw_open,
    .submit = raw_submit,
    .getlength = raw_getlength,
    .allocated = raw_allocated,
    .truncate = raw_truncate,
    .refresh_limits = raw_refresh_limits,
    .probe_blocksizes = raw_probe_blocksizes,
    .filename = raw_filename,
};

bdrv_init(bdrv_raw);
