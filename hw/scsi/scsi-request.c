/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a SCSI request, between adapter and device (hw/scsi/scsi.h).
 *
 * new -> enqueued -> continue, data, continue ... -> complete or cancel.
 * Data goes through the adapter piece by piece, or straight into the guest's
 * memory where the adapter gave a list of it.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/log.h"
#include "sysemu/block-backend.h"
#include "scsi-internal.h"

/*** References ***/

SCSIRequest *scsi_req_ref(SCSIRequest *req)
{
    assert(req->refcount > 0);
    req->refcount++;
    return req;
}

void scsi_req_unref(SCSIRequest *req)
{
    SCSIBus *bus = req->bus;

    assert(req->refcount > 0);
    if (--req->refcount) {
        return;
    }
    if (bus->info->free_request && req->hba_private) {
        bus->info->free_request(bus, req->hba_private);
    }
    if (req->ops->free_req) {
        req->ops->free_req(req);
    }
    object_unref(OBJECT(req->dev));
    object_unref(OBJECT(bus->qbus.parent));
    g_free(req);
}

/*** Making ***/

SCSIRequest *scsi_req_alloc(const SCSIReqOps *reqops, SCSIDevice *d,
                            uint32_t tag, uint32_t lun, void *hba_private)
{
    SCSIRequest *req = g_malloc0(MAX(reqops->size, sizeof(SCSIRequest)));

    req->refcount = 1;
    req->bus = scsi_bus_from_device(d);
    req->dev = d;
    req->tag = tag;
    req->lun = lun;
    req->hba_private = hba_private;
    req->status = -1;
    req->host_status = -1;
    req->ops = reqops;
    object_ref(OBJECT(d));
    /* The adapter must outlive what it will be told about. */
    object_ref(OBJECT(req->bus->qbus.parent));
    notifier_list_init(&req->cancel_notifiers);
    if (reqops->init_req) {
        reqops->init_req(req);
    }
    return req;
}

int scsi_bus_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                       size_t buf_len, void *hba_private)
{
    return scsi_req_parse_cdb(dev, cmd, buf, buf_len);
}

static bool parse(SCSIDevice *d, SCSICommand *cmd, uint8_t *buf,
                  size_t buf_len, void *hba_private)
{
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(d);

    if (sc->parse_cdb) {
        return !sc->parse_cdb(d, cmd, buf, buf_len, hba_private);
    }
    return !scsi_req_parse_cdb(d, cmd, buf, buf_len);
}

SCSIRequest *scsi_req_new(SCSIDevice *d, uint32_t tag, uint32_t lun,
                          uint8_t *buf, size_t buf_len, void *hba_private)
{
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(d);
    uint8_t cdb[SCSI_CMD_BUF_SIZE] = { 0 };
    SCSICommand cmd = { .len = 0 };
    const SCSIReqOps *ops;
    SCSIRequest *req;
    bool ok;

    /* Whatever the adapter has, only as much as the longest is looked at. */
    memcpy(cdb, buf, MIN(buf_len, sizeof(cdb)));
    ok = buf_len > 0 && parse(d, &cmd, cdb, MIN(buf_len, sizeof(cdb)),
                              hba_private);
    ops = scsi_core_answers(d, lun, ok, cdb);
    req = ops ? scsi_req_alloc(ops, d, tag, lun, hba_private)
              : sc->alloc_req(d, tag, lun, cdb, hba_private);
    req->cmd = cmd;
    memcpy(req->cmd.buf, cdb, sizeof(cdb));
    if (!ok) {
        req->cmd.mode = SCSI_XFER_NONE;
        req->cmd.lba = UINT64_MAX;
    }
    req->residual = req->cmd.xfer;
    return req;
}

/*** Queueing ***/

static void enqueue(SCSIRequest *req)
{
    assert(!req->enqueued);
    scsi_req_ref(req);
    req->enqueued = true;
    QTAILQ_INSERT_TAIL(&req->dev->requests, req, next);
}

static void dequeue(SCSIRequest *req)
{
    req->retry = false;
    if (req->enqueued) {
        QTAILQ_REMOVE(&req->dev->requests, req, next);
        req->enqueued = false;
        scsi_req_unref(req);
    }
}

static void take_sg_list(SCSIRequest *req)
{
    if (req->bus->info->get_sg_list) {
        req->sg = req->bus->info->get_sg_list(req);
    }
    if (req->sg) {
        /* All that the guest gave room for, until some of it is used. */
        req->residual = req->sg->size;
    }
}

int32_t scsi_req_enqueue(SCSIRequest *req)
{
    int32_t rc;

    take_sg_list(req);
    enqueue(req);
    scsi_req_ref(req);
    rc = req->ops->send_command(req, req->cmd.buf);
    scsi_req_unref(req);
    return rc;
}

void scsi_req_enqueue_loaded(SCSIRequest *req)
{
    take_sg_list(req);
    enqueue(req);
}

void scsi_req_retry(SCSIRequest *req)
{
    req->retry = true;
}

void scsi_req_go_on(SCSIRequest *req)
{
    req->retry = false;
    if (req->cmd.mode == SCSI_XFER_NONE) {
        int32_t len;

        dequeue(req);
        len = scsi_req_enqueue(req);
        if (len) {
            scsi_req_continue(req);
        }
    } else {
        scsi_req_continue(req);
    }
}

/*** Data ***/

uint8_t *scsi_req_get_buf(SCSIRequest *req)
{
    return req->ops->get_buf(req);
}

void scsi_req_continue(SCSIRequest *req)
{
    if (req->io_canceled) {
        return;
    }
    if (req->cmd.mode == SCSI_XFER_TO_DEV) {
        req->ops->write_data(req);
    } else {
        req->ops->read_data(req);
    }
}

/* Between the device's buffer and the guest's memory, all at once. */
static void move_to_guest(SCSIRequest *req, int len)
{
    uint8_t *buf = scsi_req_get_buf(req);
    dma_addr_t residual = 0;

    if (req->dma_started) {
        /* The list is used up: a device must not come twice. */
        scsi_req_continue(req);
        return;
    }
    req->dma_started = true;
    if (req->cmd.mode == SCSI_XFER_FROM_DEV) {
        dma_buf_read(buf, len, &residual, req->sg, MEMTXATTRS_UNSPECIFIED);
    } else {
        dma_buf_write(buf, len, &residual, req->sg, MEMTXATTRS_UNSPECIFIED);
    }
    req->residual = residual;
    scsi_req_continue(req);
}

void scsi_req_data(SCSIRequest *req, int len)
{
    if (req->io_canceled) {
        return;
    }
    if (req->sg) {
        move_to_guest(req, len);
        return;
    }
    req->residual -= MIN(req->residual, (uint64_t)len);
    req->bus->info->transfer_data(req, len);
}

/*** Ending ***/

void scsi_req_build_sense(SCSIRequest *req, SCSISense sense)
{
    req->sense_len = scsi_build_sense(req->sense, sense);
}

int scsi_req_get_sense(SCSIRequest *req, uint8_t *buf, int len)
{
    if (!req->sense_len) {
        return 0;
    }
    return scsi_convert_sense(req->sense, req->sense_len, buf, len, true);
}

/* REQUEST SENSE tells of the last command, if it failed. */
static void keep_sense(SCSIRequest *req)
{
    SCSIDevice *dev = req->dev;

    dev->sense_len = req->sense_len;
    memcpy(dev->sense, req->sense, req->sense_len);
    dev->sense_is_ua = req->ops == &scsi_reqops_unit_attention;
}

void scsi_req_complete(SCSIRequest *req, int status)
{
    assert(req->status == -1 && req->host_status == -1);
    if (req->io_canceled) {
        return;
    }
    req->status = status;
    req->host_status = SCSI_HOST_OK;
    if (status == GOOD) {
        req->sense_len = 0;
    }
    keep_sense(req);
    scsi_req_ref(req);
    dequeue(req);
    req->bus->info->complete(req, req->residual);
    notifier_list_notify(&req->cancel_notifiers, req);
    scsi_req_unref(req);
}

void scsi_req_complete_failed(SCSIRequest *req, int host_status)
{
    assert(req->status == -1 && req->host_status == -1);
    req->host_status = host_status;
    scsi_req_ref(req);
    dequeue(req);
    if (req->bus->info->fail) {
        req->bus->info->fail(req);
    } else {
        req->status = CHECK_CONDITION;
        scsi_req_build_sense(req, SENSE_CODE(IO_ERROR));
        req->bus->info->complete(req, req->residual);
    }
    notifier_list_notify(&req->cancel_notifiers, req);
    scsi_req_unref(req);
}

void scsi_req_cancel_complete(SCSIRequest *req)
{
    assert(req->io_canceled);
    if (req->bus->info->cancel) {
        req->bus->info->cancel(req);
    }
    notifier_list_notify(&req->cancel_notifiers, req);
    scsi_req_unref(req);
}

/* True if it must be waited for: aiocb is what. */
static bool begin_cancel(SCSIRequest *req)
{
    scsi_req_ref(req);          /* for scsi_req_cancel_complete() */
    dequeue(req);
    req->io_canceled = true;
    if (!req->aiocb) {
        scsi_req_cancel_complete(req);
        return false;
    }
    return true;
}

void scsi_req_cancel_async(SCSIRequest *req, Notifier *notifier)
{
    if (notifier) {
        notifier_list_add(&req->cancel_notifiers, notifier);
    }
    /* Without aiocb it ended before; with io_canceled it is ending. */
    if (req->io_canceled || !req->enqueued) {
        return;
    }
    if (begin_cancel(req)) {
        blk_aio_cancel_async(req->aiocb);
    }
}

void scsi_req_cancel(SCSIRequest *req)
{
    if (req->enqueued && !req->io_canceled && begin_cancel(req)) {
        blk_aio_cancel(req->aiocb);
    }
}

void scsi_req_print(SCSIRequest *req)
{
    FILE *log = qemu_log_trylock();

    if (!log) {
        return;
    }
    fprintf(log, "SCSI %d:%d:%d tag %" PRIx32 ":", req->dev->channel,
            req->dev->id, req->lun, req->tag);
    for (int i = 0; i < req->cmd.len; i++) {
        fprintf(log, " %02x", req->cmd.buf[i]);
    }
    fprintf(log, "\n");
    qemu_log_unlock(log);
}
