/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of the virtio block device: virtio 1.2, section 5.2.6.
 *
 * A request is a header, data and a status byte, cut into buffers as the
 * driver likes.  Those that are found together and are neighbours on the disk
 * go to it as one transfer.
 *
 * A transfer that failed may be kept, and the machine stopped (rerror=,
 * werror=); it is then served again from the header on, as if it had just
 * come.
 */
#include "qemu/osdep.h"
#include "virtio-blk-internal.h"
#include "qemu/bswap.h"
#include "qemu/log.h"

#define BATCH_MAX 32

typedef struct Batch {
    VirtIOBlockReq *reqs[BATCH_MAX];
    unsigned n;
    bool is_read;
} Batch;

/*** The end of a request ***/

static void undo_discards(VirtIOBlockReq *req)
{
    iov_discard_undo(&req->undo_in);
    iov_discard_undo(&req->undo_out);
}

static void free_req(VirtIOBlockReq *req)
{
    qemu_iovec_destroy(&req->qiov);
    g_free(req);
}

/* Gives it back to the driver with its status. */
static void complete(VirtIOBlockReq *req, uint8_t status)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(req->dev);

    *req->status = status;
    undo_discards(req);
    virtqueue_push(req->vq, &req->elem, req->in_len);
    virtio_notify(vdev, req->vq);
    free_req(req);
}

static void complete_invalid(VirtIOBlockReq *req, enum BlockAcctType type)
{
    block_acct_invalid(blk_get_stats(req->dev->blk), type);
    complete(req, VIRTIO_BLK_S_IOERR);
}

/*
 * What the policy says of an error: true if the request is dealt with (told
 * to the driver, or kept), false if it counts as served.
 */
static bool failed(VirtIOBlockReq *req, int error, bool is_read)
{
    VirtIOBlock *s = req->dev;
    BlockErrorAction action = blk_get_error_action(s->blk, is_read, error);

    if (action == BLOCK_ERROR_ACTION_STOP) {
        undo_discards(req);
        QTAILQ_INSERT_TAIL(&s->failed, req, next);
    } else if (action == BLOCK_ERROR_ACTION_REPORT) {
        block_acct_failed(blk_get_stats(s->blk), &req->acct);
        complete(req, VIRTIO_BLK_S_IOERR);
    }
    blk_error_action(s->blk, action, is_read, error);
    return action != BLOCK_ERROR_ACTION_IGNORE;
}

/* Of a request and those that were merged into it. */
static void transfer_done(void *opaque, int ret)
{
    VirtIOBlockReq *req = opaque;

    while (req) {
        VirtIOBlockReq *next = req->merged;

        req->merged = NULL;
        if (ret == 0 || !failed(req, -ret, req->is_read)) {
            block_acct_done(blk_get_stats(req->dev->blk), &req->acct);
            complete(req, VIRTIO_BLK_S_OK);
        }
        req = next;
    }
}

/* Flush, discard, write zeroes. */
static void other_done(void *opaque, int ret)
{
    transfer_done(opaque, ret);
}

/*** Reading and writing ***/

bool virtio_blk_range_ok(VirtIOBlock *s, uint64_t sector, uint64_t bytes)
{
    uint64_t sectors = bytes >> BDRV_SECTOR_BITS, total;

    blk_get_geometry(s->blk, &total);
    return sectors <= BDRV_REQUEST_MAX_SECTORS &&
           !(sector & s->sector_mask) &&
           bytes % s->conf.conf.logical_block_size == 0 &&
           sector <= total && sectors <= total - sector;
}

static void submit_one(VirtIOBlock *s, VirtIOBlockReq *first,
                       QEMUIOVector *qiov)
{
    int64_t offset = first->sector << BDRV_SECTOR_BITS;

    if (first->is_read) {
        blk_aio_preadv(s->blk, offset, qiov, 0, transfer_done, first);
    } else {
        blk_aio_pwritev(s->blk, offset, qiov, 0, transfer_done, first);
    }
}

/* @n requests that are neighbours: the first one's vector gets all. */
static void submit_merged(VirtIOBlock *s, VirtIOBlockReq **reqs, unsigned n)
{
    VirtIOBlockReq *first = reqs[0];
    QEMUIOVector all;
    unsigned i;

    if (n > 1) {
        int parts = 0;

        for (i = 0; i < n; i++) {
            parts += reqs[i]->qiov.niov;
        }
        qemu_iovec_init(&all, parts);
        for (i = 0; i < n; i++) {
            qemu_iovec_concat(&all, &reqs[i]->qiov, 0, reqs[i]->qiov.size);
            reqs[i]->merged = i + 1 < n ? reqs[i + 1] : NULL;
        }
        first->qiov = all;
        block_acct_merge_done(blk_get_stats(s->blk), first->is_read ?
                              BLOCK_ACCT_READ : BLOCK_ACCT_WRITE, n - 1);
    }
    submit_one(s, first, &first->qiov);
}

static int by_sector(const void *a, const void *b)
{
    const VirtIOBlockReq *x = *(VirtIOBlockReq *const *)a;
    const VirtIOBlockReq *y = *(VirtIOBlockReq *const *)b;

    return (x->sector > y->sector) - (x->sector < y->sector);
}

static void submit_batch(VirtIOBlock *s, Batch *b)
{
    const uint64_t max_bytes = blk_get_max_transfer(s->blk);
    const int max_iov = blk_get_max_iov(s->blk);
    unsigned start = 0;
    uint64_t bytes = 0;
    int niov = 0;

    if (b->n > 1) {
        qsort(b->reqs, b->n, sizeof(b->reqs[0]), by_sector);
    }
    for (unsigned i = 0; i < b->n; i++) {
        VirtIOBlockReq *req = b->reqs[i];

        if (i > start) {
            VirtIOBlockReq *first = b->reqs[start];

            if (first->sector + (bytes >> BDRV_SECTOR_BITS) != req->sector ||
                niov + req->qiov.niov > max_iov ||
                bytes + req->qiov.size > max_bytes) {
                submit_merged(s, b->reqs + start, i - start);
                start = i;
                bytes = niov = 0;
            }
        }
        bytes += req->qiov.size;
        niov += req->qiov.niov;
    }
    if (start < b->n) {
        submit_merged(s, b->reqs + start, b->n - start);
    }
    b->n = 0;
}

static void handle_rw(VirtIOBlockReq *req, struct iovec *iov, unsigned niov,
                      Batch *b)
{
    VirtIOBlock *s = req->dev;
    enum BlockAcctType type = req->is_read ? BLOCK_ACCT_READ
                                           : BLOCK_ACCT_WRITE;

    qemu_iovec_init_external(&req->qiov, iov, niov);
    req->sector = le64_to_cpu(req->out.sector);
    if ((!req->is_read && !blk_is_writable(s->blk)) ||
        !virtio_blk_range_ok(s, req->sector, req->qiov.size)) {
        complete_invalid(req, type);
        return;
    }
    block_acct_start(blk_get_stats(s->blk), &req->acct, req->qiov.size, type);
    if (b->n && (b->n == BATCH_MAX || b->is_read != req->is_read ||
                 !s->conf.request_merging)) {
        submit_batch(s, b);
    }
    b->is_read = req->is_read;
    b->reqs[b->n++] = req;
}

/*** The others ***/

static void handle_flush(VirtIOBlockReq *req, Batch *b)
{
    VirtIOBlock *s = req->dev;

    block_acct_start(blk_get_stats(s->blk), &req->acct, 0, BLOCK_ACCT_FLUSH);
    /* What came before it need not be part of it, but drivers hope so. */
    submit_batch(s, b);
    blk_aio_flush(s->blk, other_done, req);
}

/* The name is text without an end mark where it fills its 20 bytes. */
static void handle_get_id(VirtIOBlockReq *req, struct iovec *iov,
                          unsigned niov)
{
    char id[VIRTIO_BLK_ID_BYTES] = "";
    const char *serial = req->dev->conf.serial ? req->dev->conf.serial : "";

    memcpy(id, serial, MIN(strlen(serial), sizeof(id)));
    iov_from_buf(iov, niov, 0, id, MIN(strlen(serial) + 1, sizeof(id)));
    complete(req, VIRTIO_BLK_S_OK);
}

static uint8_t check_dwz(VirtIOBlockReq *req, bool is_discard,
                         const struct virtio_blk_discard_write_zeroes *seg)
{
    VirtIOBlock *s = req->dev;
    uint32_t flags = le32_to_cpu(seg->flags);
    uint32_t sectors = le32_to_cpu(seg->num_sectors);

    if (sectors > (is_discard ? s->conf.max_discard_sectors
                              : s->conf.max_write_zeroes_sectors) ||
        !virtio_blk_range_ok(s, le64_to_cpu(seg->sector),
                             (uint64_t)sectors << BDRV_SECTOR_BITS)) {
        return VIRTIO_BLK_S_IOERR;
    }
    /* Whether a discarded block may be unmapped is not a question. */
    if (flags & ~(is_discard ? 0 : VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP)) {
        return VIRTIO_BLK_S_UNSUPP;
    }
    return blk_is_writable(s->blk) || !sectors ? VIRTIO_BLK_S_OK
                                               : VIRTIO_BLK_S_IOERR;
}

static void handle_dwz(VirtIOBlockReq *req, bool is_discard,
                       const struct virtio_blk_discard_write_zeroes *seg)
{
    VirtIOBlock *s = req->dev;
    uint8_t status = check_dwz(req, is_discard, seg);
    int64_t offset = le64_to_cpu(seg->sector) << BDRV_SECTOR_BITS;
    int64_t bytes = (int64_t)le32_to_cpu(seg->num_sectors) <<
                    BDRV_SECTOR_BITS;
    enum BlockAcctType type = is_discard ? BLOCK_ACCT_UNMAP
                                         : BLOCK_ACCT_WRITE;

    if (status != VIRTIO_BLK_S_OK) {
        block_acct_invalid(blk_get_stats(s->blk), type);
        complete(req, status);
        return;
    }
    block_acct_start(blk_get_stats(s->blk), &req->acct, bytes, type);
    if (is_discard) {
        blk_aio_pdiscard(s->blk, offset, bytes, other_done, req);
    } else {
        bool unmap = le32_to_cpu(seg->flags) &
                     VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP;

        blk_aio_pwrite_zeroes(s->blk, offset, bytes,
                              unmap ? BDRV_REQ_MAY_UNMAP : 0, other_done,
                              req);
    }
}

/* The one segment that we allow; false if the device is broken now. */
static bool parse_dwz(VirtIOBlockReq *req, bool is_discard,
                      struct iovec *iov, unsigned niov)
{
    struct virtio_blk_discard_write_zeroes seg;

    if (iov_to_buf(iov, niov, 0, &seg, sizeof(seg)) != sizeof(seg)) {
        virtio_error(VIRTIO_DEVICE(req->dev),
                     "virtio-blk discard/write_zeroes header too short");
        return false;
    }
    if (iov_size(iov, niov) > sizeof(seg)) {
        complete(req, VIRTIO_BLK_S_UNSUPP);
    } else {
        handle_dwz(req, is_discard, &seg);
    }
    return true;
}

/*** From the ring ***/

/* Takes header and status off the buffers; false if the device is broken. */
static bool parse(VirtIOBlockReq *req, struct iovec **out, unsigned *nout,
                  struct iovec **in, unsigned *nin)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(req->dev);
    struct iovec *last;

    if (req->elem.out_num < 1 || req->elem.in_num < 1) {
        virtio_error(vdev, "virtio-blk missing headers");
        return false;
    }
    *out = req->elem.out_sg;
    *nout = req->elem.out_num;
    *in = req->elem.in_sg;
    *nin = req->elem.in_num;
    if (iov_to_buf(*out, *nout, 0, &req->out, sizeof(req->out)) !=
        sizeof(req->out)) {
        virtio_error(vdev, "virtio-blk request outhdr too short");
        return false;
    }
    last = *in + *nin - 1;
    if (last->iov_len < 1) {
        virtio_error(vdev, "virtio-blk request inhdr too short");
        return false;
    }
    req->in_len = iov_size(*in, *nin);
    req->status = (uint8_t *)last->iov_base + last->iov_len - 1;
    iov_discard_front_undoable(out, nout, sizeof(req->out), &req->undo_out);
    iov_discard_back_undoable(*in, nin, 1, &req->undo_in);
    return true;
}

/* False if the device is broken now; the request is the caller's then. */
static bool handle_request(VirtIOBlockReq *req, Batch *b)
{
    struct iovec *out, *in;
    unsigned nout, nin;
    uint32_t type;

    if (!parse(req, &out, &nout, &in, &nin)) {
        return false;
    }
    type = le32_to_cpu(req->out.type);
    switch (type & ~(uint32_t)(VIRTIO_BLK_T_OUT | VIRTIO_BLK_T_BARRIER)) {
    case VIRTIO_BLK_T_IN:
        req->is_read = !(type & VIRTIO_BLK_T_OUT);
        handle_rw(req, req->is_read ? in : out, req->is_read ? nin : nout, b);
        break;
    case VIRTIO_BLK_T_FLUSH:
        handle_flush(req, b);
        break;
    case VIRTIO_BLK_T_GET_ID:
        handle_get_id(req, in, nin);
        break;
    case VIRTIO_BLK_T_DISCARD & ~VIRTIO_BLK_T_OUT:
        return parse_dwz(req, true, out, nout);
    case VIRTIO_BLK_T_WRITE_ZEROES & ~VIRTIO_BLK_T_OUT:
        return parse_dwz(req, false, out, nout);
    default:
        complete(req, VIRTIO_BLK_S_UNSUPP);
        break;
    }
    return true;
}

/* Not given back: the driver resets the device. */
static void abandon(VirtIOBlockReq *req)
{
    undo_discards(req);
    virtqueue_detach_element(req->vq, &req->elem, 0);
    free_req(req);
}

static void init_req(VirtIOBlock *s, VirtQueue *vq, VirtIOBlockReq *req)
{
    const size_t elem = sizeof(VirtQueueElement);

    memset((uint8_t *)req + elem, 0, sizeof(*req) - elem);
    req->dev = s;
    req->vq = vq;
}

static bool serve_all(VirtIOBlock *s, VirtQueue *vq, Batch *b)
{
    VirtIOBlockReq *req;

    while ((req = virtqueue_pop(vq, sizeof(*req)))) {
        init_req(s, vq, req);
        if (!handle_request(req, b)) {
            abandon(req);
            return false;
        }
    }
    return true;
}

void virtio_blk_handle_output(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);
    bool suppress = virtio_queue_get_notification(vq);
    Batch b = { };

    blk_io_plug(s->blk);
    do {
        if (suppress) {
            virtio_queue_set_notification(vq, 0);
        }
        if (!serve_all(s, vq, &b)) {
            break;
        }
        if (suppress) {
            virtio_queue_set_notification(vq, 1);
        }
    } while (!virtio_queue_empty(vq));
    submit_batch(s, &b);
    blk_io_unplug(s->blk);
}

/*** Failed ones ***/

void virtio_blk_retry(VirtIOBlock *s)
{
    VirtIOBlockReq *req, *next;
    Batch b = { };
    QTAILQ_HEAD(, VirtIOBlockReq) list = QTAILQ_HEAD_INITIALIZER(list);

    /* What fails at once is for the next time. */
    QTAILQ_FOREACH_SAFE(req, &s->failed, next, next) {
        QTAILQ_REMOVE(&s->failed, req, next);
        QTAILQ_INSERT_TAIL(&list, req, next);
    }
    blk_io_plug(s->blk);
    while ((req = QTAILQ_FIRST(&list))) {
        QTAILQ_REMOVE(&list, req, next);
        qemu_iovec_destroy(&req->qiov);
        init_req(s, req->vq, req);
        if (!handle_request(req, &b)) {
            abandon(req);
            break;
        }
    }
    QTAILQ_FOREACH_SAFE(req, &list, next, next) {
        abandon(req);
    }
    submit_batch(s, &b);
    blk_io_unplug(s->blk);
}

void virtio_blk_drop_failed(VirtIOBlock *s)
{
    VirtIOBlockReq *req;

    while ((req = QTAILQ_FIRST(&s->failed))) {
        QTAILQ_REMOVE(&s->failed, req, next);
        abandon(req);
    }
}
