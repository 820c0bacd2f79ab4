/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control and event queues of the virtio SCSI device: virtio 1.2,
 * 5.6.6.2 (task management, asynchronous notifications) and 5.6.6.3.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "virtio-scsi-internal.h"

/*** Answers ***/

static void answer(VirtIOSCSIReq *req, const void *buf, size_t len)
{
    iov_from_buf(req->elem.in_sg, req->elem.in_num, 0, buf, len);
    virtio_scsi_push_req(req, len);
}

static void answer_tmf(VirtIOSCSIReq *req, uint8_t response)
{
    answer(req, &response, sizeof(struct virtio_scsi_ctrl_tmf_resp));
}

/*** Cancelling ***/

/* A task management that waits for requests to end. */
typedef struct Waiting {
    Notifier notifier;
    VirtIOSCSIReq *tmf;
} Waiting;

static void one_ended(VirtIOSCSIReq *tmf)
{
    if (--tmf->waiting_for == 0) {
        answer_tmf(tmf, tmf->resp.response);
    }
}

static void request_ended(Notifier *notifier, void *data)
{
    Waiting *w = container_of(notifier, Waiting, notifier);

    notifier_remove(notifier);
    one_ended(w->tmf);
    g_free(w);
}

static void cancel(VirtIOSCSIReq *tmf, SCSIRequest *r)
{
    Waiting *w = g_new0(Waiting, 1);

    w->notifier.notify = request_ended;
    w->tmf = tmf;
    tmf->waiting_for++;
    scsi_req_cancel_async(r, &w->notifier);
}

static bool is_of_unit(SCSIRequest *r, int lun)
{
    VirtIOSCSIReq *req = r->hba_private;

    return req && virtio_scsi_lun(req->cmd.lun) == lun;
}

/*** Task management functions ***/

typedef struct TmfReq {
    uint32_t type, subtype;
    uint8_t lun[8];
    uint64_t tag;
} QEMU_PACKED TmfReq;

static SCSIRequest *find_task(SCSIDevice *d, const TmfReq *tmf)
{
    SCSIRequest *r;

    QTAILQ_FOREACH(r, &d->requests, next) {
        VirtIOSCSIReq *req = r->hba_private;

        if (is_of_unit(r, virtio_scsi_lun(tmf->lun)) &&
            req->cmd.tag == tmf->tag) {
            return r;
        }
    }
    return NULL;
}

static void abort_all(VirtIOSCSIReq *req, SCSIDevice *d, int lun)
{
    SCSIRequest *r, *next;

    QTAILQ_FOREACH_SAFE(r, &d->requests, next, next) {
        if (is_of_unit(r, lun)) {
            cancel(req, r);
        }
    }
}

static void reset_unit(VirtIOSCSI *s, SCSIDevice *d)
{
    s->resetting++;
    device_cold_reset(&d->qdev);
    s->resetting--;
}

static void reset_target(VirtIOSCSI *s, uint8_t target)
{
    BusChild *kid;

    s->resetting++;
    QTAILQ_FOREACH(kid, &s->bus.qbus.children, sibling) {
        SCSIDevice *d = SCSI_DEVICE(kid->child);

        if (d->channel == 0 && d->id == target && kid->child->realized) {
            device_cold_reset(kid->child);
        }
    }
    s->resetting--;
}

/* What needs a unit that is there; the answer. */
static uint8_t manage_unit(VirtIOSCSI *s, VirtIOSCSIReq *req, SCSIDevice *d,
                           const TmfReq *tmf)
{
    SCSIRequest *r = NULL;

    switch (le32_to_cpu(tmf->subtype)) {
    case VIRTIO_SCSI_T_TMF_ABORT_TASK:
    case VIRTIO_SCSI_T_TMF_QUERY_TASK:
        r = find_task(d, tmf);
        if (r && le32_to_cpu(tmf->subtype) == VIRTIO_SCSI_T_TMF_QUERY_TASK) {
            return VIRTIO_SCSI_S_FUNCTION_SUCCEEDED;
        }
        if (r) {
            cancel(req, r);
        }
        return VIRTIO_SCSI_S_OK;
    case VIRTIO_SCSI_T_TMF_ABORT_TASK_SET:
    case VIRTIO_SCSI_T_TMF_CLEAR_TASK_SET:
        abort_all(req, d, virtio_scsi_lun(tmf->lun));
        return VIRTIO_SCSI_S_OK;
    case VIRTIO_SCSI_T_TMF_QUERY_TASK_SET:
        QTAILQ_FOREACH(r, &d->requests, next) {
            if (is_of_unit(r, virtio_scsi_lun(tmf->lun))) {
                return VIRTIO_SCSI_S_FUNCTION_SUCCEEDED;
            }
        }
        return VIRTIO_SCSI_S_OK;
    default:
        reset_unit(s, d);
        return VIRTIO_SCSI_S_OK;
    }
}

static void do_tmf(VirtIOSCSI *s, VirtIOSCSIReq *req, const TmfReq *tmf)
{
    uint32_t function = le32_to_cpu(tmf->subtype);
    SCSIDevice *d;

    if (function > VIRTIO_SCSI_T_TMF_QUERY_TASK_SET ||
        function == VIRTIO_SCSI_T_TMF_CLEAR_ACA) {
        answer_tmf(req, VIRTIO_SCSI_S_FUNCTION_REJECTED);
        return;
    }
    if (function == VIRTIO_SCSI_T_TMF_I_T_NEXUS_RESET) {
        reset_target(s, tmf->lun[1]);
        answer_tmf(req, VIRTIO_SCSI_S_OK);
        return;
    }
    d = virtio_scsi_device_get(s, tmf->lun);
    if (!d) {
        answer_tmf(req, VIRTIO_SCSI_S_BAD_TARGET);
        return;
    }
    /* The answer comes when the last of the requests has ended. */
    req->waiting_for = 1;
    req->resp.response = d->lun == virtio_scsi_lun(tmf->lun)
                         ? manage_unit(s, req, d, tmf)
                         : VIRTIO_SCSI_S_INCORRECT_LUN;
    one_ended(req);
    object_unref(OBJECT(d));
}

/* No events of these kinds ever come (5.6.6.2): none can be had. */
static void do_notification(VirtIOSCSIReq *req)
{
    struct virtio_scsi_ctrl_an_resp resp = {
        .event_actual = 0,
        .response = VIRTIO_SCSI_S_OK,
    };

    answer(req, &resp, sizeof(resp));
}

static void handle_control(VirtIOSCSI *s, VirtIOSCSIReq *req)
{
    union {
        uint32_t type;
        TmfReq tmf;
        struct virtio_scsi_ctrl_an_req an;
    } in = { 0 };
    size_t out = iov_to_buf(req->elem.out_sg, req->elem.out_num, 0, &in,
                            sizeof(in));
    size_t room = iov_size(req->elem.in_sg, req->elem.in_num);

    if (out < sizeof(in.type)) {
        virtio_scsi_bad_req(req, "a control request without its type");
        return;
    }
    switch (le32_to_cpu(in.type)) {
    case VIRTIO_SCSI_T_TMF:
        if (out < sizeof(in.tmf) ||
            room < sizeof(struct virtio_scsi_ctrl_tmf_resp)) {
            virtio_scsi_bad_req(req, "a short task management request");
            return;
        }
        do_tmf(s, req, &in.tmf);
        break;
    case VIRTIO_SCSI_T_AN_QUERY:
    case VIRTIO_SCSI_T_AN_SUBSCRIBE:
        if (out < sizeof(in.an) ||
            room < sizeof(struct virtio_scsi_ctrl_an_resp)) {
            virtio_scsi_bad_req(req, "a short notification request");
            return;
        }
        do_notification(req);
        break;
    default:
        virtio_scsi_bad_req(req, "a control request of an unknown type");
        break;
    }
}

void virtio_scsi_handle_ctrl(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);
    VirtIOSCSIReq *req;

    while ((req = virtio_scsi_pop_req(s, vq))) {
        handle_control(s, req);
    }
}

/*** Events ***/

void virtio_scsi_push_event(VirtIOSCSI *s, SCSIDevice *dev, uint32_t event,
                            uint32_t reason)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    struct virtio_scsi_event out = { 0 };
    VirtIOSCSIReq *req;

    if (!(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        return;
    }
    req = virtio_scsi_pop_req(s, vs->event_vq);
    if (!req) {
        s->events_dropped = true;
        return;
    }
    if (iov_size(req->elem.in_sg, req->elem.in_num) < sizeof(out)) {
        virtio_scsi_bad_req(req, "an event buffer that is too short");
        return;
    }
    if (s->events_dropped) {
        event |= VIRTIO_SCSI_T_EVENTS_MISSED;
        s->events_dropped = false;
    }
    stl_le_p(&out.event, event);
    stl_le_p(&out.reason, reason);
    if (dev) {
        out.lun[0] = 1;
        out.lun[1] = dev->id;
        /* Above 255 in the flat method. */
        out.lun[2] = dev->lun >= 256 ? dev->lun >> 8 | 0x40 : 0;
        out.lun[3] = dev->lun;
    }
    answer(req, &out, sizeof(out));
}

/* The driver gave buffers again: what was lost can be said. */
void virtio_scsi_handle_event(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);

    if (s->events_dropped) {
        virtio_scsi_push_event(s, NULL, VIRTIO_SCSI_T_NO_EVENT, 0);
    }
}
