/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a target answers itself: which logical units it has, commands to units
 * that are not there (SPC-4, 6.4.2 and 6.33), unit attentions, and commands
 * that nobody knows.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "scsi-internal.h"

typedef struct TargetReq {
    SCSIRequest req;
    int len;                    /* of what goes to the guest */
    uint8_t *buf;
    size_t size;
} TargetReq;

/*** Data, the same for all of these ***/

static void target_read_data(SCSIRequest *req)
{
    TargetReq *r = DO_UPCAST(TargetReq, req, req);
    int len = r->len;

    if (!len) {
        scsi_req_complete(req, GOOD);
        return;
    }
    r->len = 0;
    scsi_req_data(req, len);
}

static uint8_t *target_get_buf(SCSIRequest *req)
{
    return DO_UPCAST(TargetReq, req, req)->buf;
}

static void target_free_req(SCSIRequest *req)
{
    g_free(DO_UPCAST(TargetReq, req, req)->buf);
}

static uint8_t *make_buf(TargetReq *r, size_t size)
{
    g_free(r->buf);
    r->size = size;
    r->buf = g_malloc0(size);
    return r->buf;
}

static int32_t fail(SCSIRequest *req, SCSISense sense)
{
    scsi_req_build_sense(req, sense);
    scsi_req_complete(req, CHECK_CONDITION);
    return 0;
}

/*** Inquiry ***/

/* Byte 0: qualifier 1 (could be there) or 3 (cannot) of a unit. */
static int target_inquiry(TargetReq *r, const uint8_t *cdb)
{
    uint8_t type = r->req.lun ? TYPE_NO_LUN : 0x20 | TYPE_NOT_PRESENT;
    uint8_t *out = make_buf(r, 36);

    out[0] = type;
    if (cdb[1] & 1) {
        /* Vital product data: the list of pages, with itself alone. */
        if (cdb[2]) {
            return -1;
        }
        out[3] = 1;
        return 5;
    }
    if (cdb[2]) {
        return -1;
    }
    if (!r->req.lun) {
        out[2] = 5;             /* SPC-3 */
        out[3] = 2 | 0x10;      /* response format; HISUP */
        out[4] = 36 - 5;
        out[7] = 0x10 | (r->req.bus->info->tcq ? 2 : 0);
        memcpy(&out[8], "QEMU    ", 8);
        memcpy(&out[16], "QEMU TARGET     ", 16);
        memcpy(&out[32], "2.5", 3);
    }
    return 36;
}

/*** Report luns ***/

/* Addressing method of SAM-5, 4.7.7: peripheral below 256, flat above. */
static void put_lun(uint8_t *out, int lun)
{
    if (lun < 256) {
        out[1] = lun;
    } else {
        out[0] = 0x40 | lun >> 8;
        out[1] = lun;
    }
}

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int target_report_luns(TargetReq *r)
{
    SCSIDevice *self = r->req.dev;
    g_autoptr(GArray) luns = g_array_new(false, false, sizeof(int));
    int zero = 0;
    BusChild *kid;
    uint8_t *out;

    if (r->req.cmd.xfer < 16 || r->req.cmd.buf[2] > 2) {
        return -1;
    }
    g_array_append_val(luns, zero);
    QTAILQ_FOREACH(kid, &r->req.bus->qbus.children, sibling) {
        SCSIDevice *dev = SCSI_DEVICE(kid->child);

        if (dev->channel == self->channel && dev->id == self->id &&
            kid->child->realized && dev->lun) {
            int lun = dev->lun;

            g_array_append_val(luns, lun);
        }
    }
    g_array_sort(luns, by_number);
    out = make_buf(r, 8 + 8 * luns->len);
    stl_be_p(out, 8 * luns->len);
    for (guint i = 0; i < luns->len; i++) {
        put_lun(&out[8 + 8 * i], g_array_index(luns, int, i));
    }
    return r->size;
}

/*** Request sense ***/

/* Of the device; of a unit that is not there, that it is not (SPC-4, 6.39). */
static int target_request_sense(TargetReq *r, const uint8_t *cdb)
{
    SCSIDevice *dev = r->req.dev;
    bool fixed = !(cdb[1] & 1);
    uint8_t *out = make_buf(r, SCSI_SENSE_BUF_SIZE);
    int len;

    if (r->req.lun != dev->lun) {
        return scsi_build_sense_buf(out, r->size, r->req.lun
                                    ? SENSE_CODE(LUN_NOT_SUPPORTED)
                                    : SENSE_CODE(NO_SENSE), fixed);
    }
    if (!dev->sense_len && dev->unit_attention.key == UNIT_ATTENTION) {
        len = scsi_build_sense_buf(out, r->size, dev->unit_attention, fixed);
        dev->unit_attention = SENSE_CODE(NO_SENSE);
        scsi_device_unit_attention_reported(dev);
        return len;
    }
    len = scsi_device_get_sense(dev, out, r->size, fixed);
    if (dev->sense_is_ua) {
        scsi_device_unit_attention_reported(dev);
        dev->sense_is_ua = false;
    }
    dev->sense_len = 0;
    return len;
}

/*** The target's commands ***/

static int32_t target_send_command(SCSIRequest *req, uint8_t *cdb)
{
    TargetReq *r = DO_UPCAST(TargetReq, req, req);
    bool foreign = req->lun != req->dev->lun;
    int len = 0;

    switch (cdb[0]) {
    case INQUIRY:
        len = target_inquiry(r, cdb);
        break;
    case REQUEST_SENSE:
        len = target_request_sense(r, cdb);
        break;
    case REPORT_LUNS:
        if (req->lun) {
            return fail(req, SENSE_CODE(LUN_NOT_SUPPORTED));
        }
        len = target_report_luns(r);
        break;
    case TEST_UNIT_READY:
        if (foreign && req->lun) {
            return fail(req, SENSE_CODE(LUN_NOT_SUPPORTED));
        }
        break;
    default:
        return fail(req, req->lun ? SENSE_CODE(LUN_NOT_SUPPORTED)
                                  : SENSE_CODE(INVALID_OPCODE));
    }
    if (len < 0) {
        return fail(req, SENSE_CODE(INVALID_FIELD));
    }
    r->len = MIN(len, req->cmd.xfer);
    if (!r->len) {
        scsi_req_complete(req, GOOD);
    }
    return r->len;
}

/*** Refusals ***/

static int32_t invalid_field(SCSIRequest *req, uint8_t *cdb)
{
    return fail(req, SENSE_CODE(INVALID_FIELD));
}

static int32_t invalid_opcode(SCSIRequest *req, uint8_t *cdb)
{
    return fail(req, SENSE_CODE(INVALID_OPCODE));
}

static int32_t unit_attention(SCSIRequest *req, uint8_t *cdb)
{
    SCSISense *ua = req->dev->unit_attention.key == UNIT_ATTENTION
                    ? &req->dev->unit_attention : &req->bus->unit_attention;
    SCSISense sense = *ua;

    *ua = SENSE_CODE(NO_SENSE);
    scsi_device_unit_attention_reported(req->dev);
    return fail(req, sense);
}

#define CORE_REQ_OPS(function)          \
    {                                   \
        .size = sizeof(TargetReq),      \
        .send_command = function,       \
        .read_data = target_read_data,  \
        .get_buf = target_get_buf,      \
        .free_req = target_free_req,    \
    }

const SCSIReqOps scsi_reqops_invalid_field = CORE_REQ_OPS(invalid_field);
const SCSIReqOps scsi_reqops_invalid_opcode = CORE_REQ_OPS(invalid_opcode);
const SCSIReqOps scsi_reqops_unit_attention = CORE_REQ_OPS(unit_attention);
const SCSIReqOps scsi_reqops_target = CORE_REQ_OPS(target_send_command);

/* These are answered whatever attention waits (SAM-5, 5.14; MMC-6, 4.1.6.1). */
static bool is_exempt_from_ua(uint8_t code)
{
    return code == INQUIRY || code == REPORT_LUNS || code == REQUEST_SENSE ||
           code == GET_CONFIGURATION || code == GET_EVENT_STATUS_NOTIFICATION;
}

const SCSIReqOps *scsi_core_answers(SCSIDevice *d, uint32_t lun, bool parsed,
                                    const uint8_t *cdb)
{
    bool attention = d->unit_attention.key == UNIT_ATTENTION ||
                     scsi_bus_from_device(d)->unit_attention.key ==
                     UNIT_ATTENTION;

    if (!parsed) {
        return &scsi_reqops_invalid_opcode;
    }
    if (lun != d->lun || cdb[0] == REPORT_LUNS || cdb[0] == REQUEST_SENSE) {
        return &scsi_reqops_target;
    }
    if (attention && !is_exempt_from_ua(cdb[0])) {
        return &scsi_reqops_unit_attention;
    }
    return NULL;
}
