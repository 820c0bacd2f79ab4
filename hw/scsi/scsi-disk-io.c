/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of a disk that reach the medium: READ, WRITE, VERIFY, WRITE
 * SAME, UNMAP, SYNCHRONIZE CACHE (SBC-3, clause 5).
 *
 * A failed access is answered with sense data, or waits until the machine
 * goes on, as rerror and werror say.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/memalign.h"
#include "qemu/units.h"
#include "sysemu/block-backend.h"
#include "scsi-disk.h"

/* Moved at a time where the adapter cannot reach memory itself. */
#define BOUNCE_SIZE (128 * KiB)

/* Written at a time by WRITE SAME with a pattern. */
#define SAME_SIZE (512 * KiB)

uint64_t disk_nb_blocks(SCSIDiskState *s)
{
    uint64_t sectors;

    blk_get_geometry(s->qdev.conf.blk, &sectors);
    return sectors / (s->qdev.blocksize / BDRV_SECTOR_SIZE);
}

bool disk_lba_in_range(SCSIDiskState *s, uint64_t lba, uint64_t count)
{
    uint64_t blocks = disk_nb_blocks(s);

    return lba <= blocks && count <= blocks - lba;
}

static int64_t offset_of(SCSIDiskState *s, uint64_t lba)
{
    return lba * s->qdev.blocksize;
}

/*** Ends ***/

int32_t disk_fail(SCSIDiskReq *r, SCSISense sense)
{
    scsi_req_build_sense(&r->req, sense);
    scsi_req_complete(&r->req, CHECK_CONDITION);
    return 0;
}

/* What the policy says of an error; true if the request has been answered. */
static bool failed(SCSIDiskReq *r, int error)
{
    SCSIDiskState *s = disk_of(r);
    BlockBackend *blk = s->qdev.conf.blk;
    bool is_read = r->req.cmd.mode == SCSI_XFER_FROM_DEV;
    BlockErrorAction action = blk_get_error_action(blk, is_read, error);
    SCSISense sense = SENSE_CODE(NO_SENSE);
    int status;

    switch (action) {
    case BLOCK_ERROR_ACTION_IGNORE:
        break;
    case BLOCK_ERROR_ACTION_STOP:
        scsi_req_retry(&r->req);
        break;
    default:
        status = scsi_sense_from_errno(error, &sense);
        if (status == CHECK_CONDITION) {
            scsi_req_build_sense(&r->req, sense);
        }
        scsi_req_complete(&r->req, status);
        break;
    }
    blk_error_action(blk, action, is_read, error);
    return action != BLOCK_ERROR_ACTION_IGNORE;
}

bool disk_ended_early(SCSIDiskReq *r, int ret)
{
    BlockAcctStats *stats = blk_get_stats(disk_of(r)->qdev.conf.blk);

    if (r->req.io_canceled) {
        block_acct_failed(stats, &r->acct);
        scsi_req_cancel_complete(&r->req);
        return true;
    }
    if (ret < 0) {
        block_acct_failed(stats, &r->acct);
        return failed(r, -ret);
    }
    block_acct_done(stats, &r->acct);
    return false;
}

/*
 * Every asynchronous step holds a reference; its callback begins with this.
 */
static void step_begins(SCSIDiskReq *r)
{
    scsi_req_ref(&r->req);
}

static bool step_failed(SCSIDiskReq *r, int ret)
{
    assert(r->req.aiocb);
    r->req.aiocb = NULL;
    return disk_ended_early(r, ret);
}

/*** Flushing ***/

static void flushed(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;

    if (!step_failed(r, ret)) {
        scsi_req_complete(&r->req, GOOD);
    }
    scsi_req_unref(&r->req);
}

void disk_synchronize(SCSIDiskReq *r)
{
    BlockBackend *blk = disk_of(r)->qdev.conf.blk;

    step_begins(r);
    block_acct_start(blk_get_stats(blk), &r->acct, 0, BLOCK_ACCT_FLUSH);
    r->req.aiocb = blk_aio_flush(blk, flushed, r);
}

/* After the last block: with FUA it has to reach the medium first. */
static void written_out(SCSIDiskReq *r)
{
    if (r->fua) {
        disk_synchronize(r);
    } else {
        scsi_req_complete(&r->req, GOOD);
    }
}

/*** Reading and writing ***/

static bool is_write(const SCSIDiskReq *r)
{
    return r->req.cmd.mode == SCSI_XFER_TO_DEV;
}

static bool is_verify(const SCSIDiskReq *r)
{
    uint8_t code = r->req.cmd.buf[0];

    return code == VERIFY_10 || code == VERIFY_12 || code == VERIFY_16;
}

/* The piece that @iov holds next. */
static void prepare_bounce(SCSIDiskReq *r)
{
    if (!r->iov.iov_base) {
        r->buflen = MIN(r->sector_count * BDRV_SECTOR_SIZE, BOUNCE_SIZE);
        r->iov.iov_base = blk_blockalign(disk_of(r)->qdev.conf.blk,
                                         r->buflen);
    }
    r->iov.iov_len = MIN(r->sector_count * BDRV_SECTOR_SIZE, r->buflen);
    qemu_iovec_init_external(&r->qiov, &r->iov, 1);
}

static void advance(SCSIDiskReq *r)
{
    uint32_t n = r->iov.iov_len / BDRV_SECTOR_SIZE;

    r->sector += n;
    r->sector_count -= n;
}

/* All of it went straight between guest and drive. */
static void dma_done(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;

    if (!step_failed(r, ret)) {
        r->sector += r->sector_count;
        r->sector_count = 0;
        r->req.residual = 0;
        if (is_write(r)) {
            written_out(r);
        } else {
            scsi_req_complete(&r->req, GOOD);
        }
    }
    scsi_req_unref(&r->req);
}

static void start_dma(SCSIDiskReq *r)
{
    BlockBackend *blk = disk_of(r)->qdev.conf.blk;
    int64_t offset = r->sector << BDRV_SECTOR_BITS;

    step_begins(r);
    dma_acct_start(blk, &r->acct, r->req.sg,
                   is_write(r) ? BLOCK_ACCT_WRITE : BLOCK_ACCT_READ);
    r->req.aiocb = is_write(r)
        ? dma_blk_write(blk, r->req.sg, offset, BDRV_SECTOR_SIZE, dma_done, r)
        : dma_blk_read(blk, r->req.sg, offset, BDRV_SECTOR_SIZE, dma_done, r);
}

static void piece_was_read(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;

    if (!step_failed(r, ret)) {
        advance(r);
        scsi_req_data(&r->req, r->iov.iov_len);
    }
    scsi_req_unref(&r->req);
}

static void disk_read_data(SCSIRequest *req)
{
    SCSIDiskReq *r = disk_req(req);
    BlockBackend *blk = disk_of(r)->qdev.conf.blk;

    if (!r->sector_count) {
        scsi_req_complete(req, GOOD);
        return;
    }
    if (!blk_is_available(blk)) {
        disk_fail(r, SENSE_CODE(NO_MEDIUM));
        return;
    }
    if (req->sg) {
        start_dma(r);
        return;
    }
    prepare_bounce(r);
    step_begins(r);
    block_acct_start(blk_get_stats(blk), &r->acct, r->iov.iov_len,
                     BLOCK_ACCT_READ);
    req->aiocb = blk_aio_preadv(blk, r->sector << BDRV_SECTOR_BITS, &r->qiov,
                                0, piece_was_read, r);
}

static void want_more(SCSIDiskReq *r)
{
    prepare_bounce(r);
    scsi_req_data(&r->req, r->iov.iov_len);
}

static void piece_was_written(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;

    if (!step_failed(r, ret)) {
        advance(r);
        if (r->sector_count) {
            want_more(r);
        } else {
            written_out(r);
        }
    }
    scsi_req_unref(&r->req);
}

static void disk_write_data(SCSIRequest *req)
{
    SCSIDiskReq *r = disk_req(req);
    BlockBackend *blk = disk_of(r)->qdev.conf.blk;

    if (!blk_is_available(blk)) {
        disk_fail(r, SENSE_CODE(NO_MEDIUM));
        return;
    }
    if (req->sg) {
        if (r->sector_count) {
            start_dma(r);
        } else {
            written_out(r);     /* only the flush was left */
        }
        return;
    }
    if (!r->started) {
        r->started = true;
        want_more(r);
        return;
    }
    step_begins(r);
    block_acct_start(blk_get_stats(blk), &r->acct, r->iov.iov_len,
                     BLOCK_ACCT_WRITE);
    req->aiocb = blk_aio_pwritev(blk, r->sector << BDRV_SECTOR_BITS, &r->qiov,
                                 0, piece_was_written, r);
}

/* Protection information (RDPROTECT, WRPROTECT): no drive has it. */
static bool wants_protection(const uint8_t *cdb)
{
    return cdb[0] >> 5 != 0 && cdb[1] & 0xe0;
}

static int32_t disk_dma_command(SCSIRequest *req, uint8_t *cdb)
{
    SCSIDiskReq *r = disk_req(req);
    SCSIDiskState *s = disk_of(r);
    uint32_t blocks = scsi_data_cdb_xfer(cdb);
    uint32_t per_block = s->qdev.blocksize / BDRV_SECTOR_SIZE;

    if (!blk_is_available(s->qdev.conf.blk)) {
        return disk_fail(r, SENSE_CODE(NO_MEDIUM));
    }
    if (wants_protection(cdb) || (is_verify(r) && cdb[1] & 6)) {
        return disk_fail(r, SENSE_CODE(INVALID_FIELD));
    }
    if (is_write(r) && !blk_is_writable(s->qdev.conf.blk)) {
        return disk_fail(r, SENSE_CODE(WRITE_PROTECTED));
    }
    if (!disk_lba_in_range(s, req->cmd.lba, blocks)) {
        return disk_fail(r, SENSE_CODE(LBA_OUT_OF_RANGE));
    }
    if (!is_verify(r)) {
        /* The block limits page says so. */
        if ((uint64_t)blocks * per_block > BDRV_REQUEST_MAX_SECTORS) {
            return disk_fail(r, SENSE_CODE(INVALID_FIELD));
        }
        r->sector = req->cmd.lba * per_block;
        r->sector_count = blocks * per_block;
        r->fua = is_write(r) && (cdb[0] >> 5 != 0) && cdb[1] & 8;
    }
    if (!r->sector_count) {
        scsi_req_complete(req, GOOD);
        return 0;
    }
    return is_write(r) ? -(int32_t)MIN(req->cmd.xfer, INT32_MAX)
                       : (int32_t)MIN(req->cmd.xfer, INT32_MAX);
}

/*** WRITE SAME (5.44 and 5.45) ***/

typedef struct SameState {
    SCSIDiskReq *r;
    uint64_t offset;            /* in bytes */
    uint64_t left;
    struct iovec iov;
    QEMUIOVector qiov;
} SameState;

static void same_written(void *opaque, int ret);

static void write_same_piece(SameState *w)
{
    SCSIDiskReq *r = w->r;
    BlockBackend *blk = disk_of(r)->qdev.conf.blk;

    w->iov.iov_len = MIN(w->left, w->iov.iov_len);
    qemu_iovec_init_external(&w->qiov, &w->iov, 1);
    block_acct_start(blk_get_stats(blk), &r->acct, w->iov.iov_len,
                     BLOCK_ACCT_WRITE);
    r->req.aiocb = blk_aio_pwritev(blk, w->offset, &w->qiov, 0, same_written,
                                   w);
}

static void same_written(void *opaque, int ret)
{
    SameState *w = opaque;
    SCSIDiskReq *r = w->r;

    if (!step_failed(r, ret)) {
        w->offset += w->iov.iov_len;
        w->left -= w->iov.iov_len;
        if (w->left) {
            write_same_piece(w);
            return;
        }
        scsi_req_complete(&r->req, GOOD);
    }
    scsi_req_unref(&r->req);
    qemu_vfree(w->iov.iov_base);
    g_free(w);
}

static void write_pattern(SCSIDiskReq *r, const uint8_t *block,
                          uint64_t blocks)
{
    SCSIDiskState *s = disk_of(r);
    uint32_t size = s->qdev.blocksize;
    SameState *w = g_new0(SameState, 1);

    w->r = r;
    w->offset = offset_of(s, r->req.cmd.lba);
    w->left = blocks * size;
    w->iov.iov_len = MIN(w->left, MAX(SAME_SIZE / size, 1) * size);
    w->iov.iov_base = blk_blockalign(s->qdev.conf.blk, w->iov.iov_len);
    for (size_t i = 0; i < w->iov.iov_len; i += size) {
        memcpy((uint8_t *)w->iov.iov_base + i, block, size);
    }
    step_begins(r);
    write_same_piece(w);
}

static void aio_complete(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;

    if (!step_failed(r, ret)) {
        scsi_req_complete(&r->req, GOOD);
    }
    scsi_req_unref(&r->req);
}

void disk_write_same(SCSIDiskReq *r, const uint8_t *block)
{
    SCSIDiskState *s = disk_of(r);
    BlockBackend *blk = s->qdev.conf.blk;
    const uint8_t *cdb = r->req.cmd.buf;
    uint64_t blocks = scsi_cdb_xfer(cdb);
    bool unmap = cdb[1] & 8, anchor = cdb[1] & 0x10;

    /* Zero would be "to the end", which WSNZ says is refused. */
    if (!blocks || wants_protection(cdb) || (cdb[1] & 6) ||
        (anchor && !unmap)) {
        disk_fail(r, SENSE_CODE(INVALID_FIELD));
        return;
    }
    if (!blk_is_writable(blk)) {
        disk_fail(r, SENSE_CODE(WRITE_PROTECTED));
        return;
    }
    if (!disk_lba_in_range(s, r->req.cmd.lba, blocks)) {
        disk_fail(r, SENSE_CODE(LBA_OUT_OF_RANGE));
        return;
    }
    if (block && !buffer_is_zero(block, s->qdev.blocksize)) {
        write_pattern(r, block, blocks);
        return;
    }
    step_begins(r);
    block_acct_start(blk_get_stats(blk), &r->acct,
                     blocks * s->qdev.blocksize, BLOCK_ACCT_WRITE);
    r->req.aiocb = blk_aio_pwrite_zeroes(blk, offset_of(s, r->req.cmd.lba),
                                         blocks * s->qdev.blocksize,
                                         unmap ? BDRV_REQ_MAY_UNMAP : 0,
                                         aio_complete, r);
}

/*** UNMAP (5.28) ***/

typedef struct UnmapState {
    uint16_t left;              /* descriptors of 16 bytes */
    const uint8_t *next;        /* in the request's buffer */
} UnmapState;

static void unmap_next(SCSIDiskReq *r);

static void unmapped(void *opaque, int ret)
{
    SCSIDiskReq *r = opaque;

    if (!step_failed(r, ret)) {
        unmap_next(r);
    }
    scsi_req_unref(&r->req);
}

static void unmap_next(SCSIDiskReq *r)
{
    SCSIDiskState *s = disk_of(r);
    BlockBackend *blk = s->qdev.conf.blk;
    UnmapState *u = r->unmap;

    while (u->left) {
        uint64_t lba = ldq_be_p(u->next);
        uint64_t bytes = (uint64_t)ldl_be_p(u->next + 8) * s->qdev.blocksize;

        u->next += 16;
        u->left--;
        if (bytes) {
            step_begins(r);
            block_acct_start(blk_get_stats(blk), &r->acct, bytes,
                             BLOCK_ACCT_UNMAP);
            r->req.aiocb = blk_aio_pdiscard(blk, offset_of(s, lba), bytes,
                                            unmapped, r);
            return;
        }
    }
    scsi_req_complete(&r->req, GOOD);
}

/* NULL where every descriptor is good. */
static const SCSISense *check_unmap(SCSIDiskState *s, const uint8_t *list,
                                    int len, int *descriptors)
{
    int bytes;

    if (len < 8) {
        return &SENSE_CODE(INVALID_PARAM_LEN);
    }
    bytes = lduw_be_p(&list[2]);
    if (len < lduw_be_p(list) + 2 || len < bytes + 8 || bytes & 15) {
        return &SENSE_CODE(INVALID_PARAM_LEN);
    }
    *descriptors = bytes / 16;
    if (*descriptors > 255) {
        return &SENSE_CODE(INVALID_PARAM);
    }
    if (!blk_is_writable(s->qdev.conf.blk)) {
        return &SENSE_CODE(WRITE_PROTECTED);
    }
    for (int i = 0; i < *descriptors; i++) {
        const uint8_t *d = list + 8 + 16 * i;

        if (!disk_lba_in_range(s, ldq_be_p(d), ldl_be_p(d + 8))) {
            return &SENSE_CODE(LBA_OUT_OF_RANGE);
        }
    }
    return NULL;
}

void disk_unmap(SCSIDiskReq *r, const uint8_t *list)
{
    SCSIDiskState *s = disk_of(r);
    const SCSISense *wrong;
    int descriptors = 0;

    if (r->req.cmd.buf[1] & 1) {
        disk_fail(r, SENSE_CODE(INVALID_FIELD));    /* anchor */
        return;
    }
    wrong = check_unmap(s, list, r->req.cmd.xfer, &descriptors);
    if (wrong) {
        disk_fail(r, *wrong);
        return;
    }
    g_free(r->unmap);           /* of a try that stopped the machine */
    r->unmap = g_new0(UnmapState, 1);
    r->unmap->left = descriptors;
    r->unmap->next = list + 8;
    unmap_next(r);
}

/*** Migration of what waits for the machine to go on ***/

static void disk_save_request(QEMUFile *f, SCSIRequest *req)
{
    SCSIDiskReq *r = disk_req(req);

    qemu_put_be64(f, r->sector);
    qemu_put_be32(f, r->sector_count);
    qemu_put_be32(f, r->buflen);
    if (!r->buflen) {
        return;
    }
    if (is_write(r)) {
        qemu_put_buffer(f, r->iov.iov_base, r->iov.iov_len);
    } else if (!req->retry) {
        qemu_put_be32(f, r->iov.iov_len);
        qemu_put_buffer(f, r->iov.iov_base, r->iov.iov_len);
    }
}

static int disk_load_request(QEMUFile *f, SCSIRequest *req)
{
    SCSIDiskReq *r = disk_req(req);
    SCSIDiskState *s = disk_of(r);
    uint32_t buflen;

    r->sector = qemu_get_be64(f);
    r->sector_count = qemu_get_be32(f);
    buflen = qemu_get_be32(f);
    if (!disk_lba_in_range(s, r->sector / (s->qdev.blocksize / 512), 0) ||
        buflen > BOUNCE_SIZE ||
        buflen > r->sector_count * BDRV_SECTOR_SIZE) {
        return -EINVAL;
    }
    r->fua = is_write(r) && (req->cmd.buf[0] >> 5) && req->cmd.buf[1] & 8;
    if (!buflen) {
        return 0;
    }
    prepare_bounce(r);
    r->started = true;
    if (is_write(r)) {
        qemu_get_buffer(f, r->iov.iov_base, r->iov.iov_len);
    } else if (!req->retry) {
        uint32_t len = qemu_get_be32(f);

        if (len > r->buflen) {
            return -EINVAL;
        }
        r->iov.iov_len = len;
        qemu_get_buffer(f, r->iov.iov_base, r->iov.iov_len);
    }
    return 0;
}

static uint8_t *dma_get_buf(SCSIRequest *req)
{
    return disk_req(req)->iov.iov_base;
}

static void dma_free_req(SCSIRequest *req)
{
    qemu_vfree(disk_req(req)->iov.iov_base);
}

const SCSIReqOps scsi_disk_dma_reqops = {
    .size = sizeof(SCSIDiskReq),
    .free_req = dma_free_req,
    .send_command = disk_dma_command,
    .read_data = disk_read_data,
    .write_data = disk_write_data,
    .get_buf = dma_get_buf,
    .save_request = disk_save_request,
    .load_request = disk_load_request,
};
