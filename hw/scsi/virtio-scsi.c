/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio SCSI host device: virtio 1.2, section 5.6; this file has the
 * request queues (5.6.6.1), the configuration and the device itself.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "migration/qemu-file-types.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/block-backend.h"
#include "virtio-scsi-internal.h"

/* What the configuration space says of events. */
#define EVENT_INFO_SIZE 16

/*** Requests of any queue ***/

static void init_req(VirtIOSCSIReq *req, VirtIOSCSI *s, VirtQueue *vq)
{
    memset((char *)req + sizeof(req->elem), 0,
           sizeof(*req) - sizeof(req->elem));
    req->dev = s;
    req->vq = vq;
}

VirtIOSCSIReq *virtio_scsi_pop_req(VirtIOSCSI *s, VirtQueue *vq)
{
    VirtIOSCSIReq *req = virtqueue_pop(vq, sizeof(*req));

    if (req) {
        init_req(req, s, vq);
    }
    return req;
}

void virtio_scsi_free_req(VirtIOSCSIReq *req)
{
    if (req->sgl.sg) {
        qemu_sglist_destroy(&req->sgl);
    }
    g_free(req);
}

void virtio_scsi_push_req(VirtIOSCSIReq *req, size_t len)
{
    virtqueue_push(req->vq, &req->elem, len);
    virtio_notify(VIRTIO_DEVICE(req->dev), req->vq);
    virtio_scsi_free_req(req);
}

void virtio_scsi_bad_req(VirtIOSCSIReq *req, const char *what)
{
    virtio_error(VIRTIO_DEVICE(req->dev), "virtio-scsi: %s", what);
    virtqueue_detach_element(req->vq, &req->elem, 0);
    virtio_scsi_free_req(req);
}

/* Bytes 2 and 3, in the flat addressing method or in the peripheral one. */
int virtio_scsi_lun(const uint8_t *lun)
{
    return lduw_be_p(&lun[2]) & 0x3fff;
}

SCSIDevice *virtio_scsi_device_get(VirtIOSCSI *s, const uint8_t *lun)
{
    if (lun[0] != 1 || (lun[2] != 0 && (lun[2] < 0x40 || lun[2] >= 0x80))) {
        return NULL;
    }
    return scsi_device_get(&s->bus, 0, lun[1], virtio_scsi_lun(lun));
}

/*** Commands: from the ring ***/

/* The data are what lies behind the first @skip bytes of a list. */
static void add_data(VirtIOSCSIReq *req, const struct iovec *iov,
                     const hwaddr *addr, unsigned num, size_t skip)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(req->dev);

    qemu_sglist_init(&req->sgl, DEVICE(vdev), num, vdev->dma_as);
    for (unsigned i = 0; i < num; i++) {
        size_t off = MIN(skip, iov[i].iov_len);

        skip -= off;
        if (off < iov[i].iov_len) {
            qemu_sglist_add(&req->sgl, addr[i] + off, iov[i].iov_len - off);
        }
    }
    req->data_size = req->sgl.size;
}

/* Reads the head, finds the data.  False: the device has been stopped. */
static bool parse_cmd(VirtIOSCSIReq *req)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(req->dev);
    VirtQueueElement *elem = &req->elem;
    size_t out_head = VIRTIO_SCSI_REQ_HEAD + vs->cdb_size;
    size_t in_head = VIRTIO_SCSI_RESP_HEAD + vs->sense_size;
    size_t out_size = iov_size(elem->out_sg, elem->out_num);
    size_t in_size = iov_size(elem->in_sg, elem->in_num);
    bool data_out, data_in;

    if (out_size < out_head || in_size < in_head) {
        virtio_scsi_bad_req(req, "a command without room for its head or "
                            "its response");
        return false;
    }
    iov_to_buf(elem->out_sg, elem->out_num, 0, &req->cmd,
               MIN(out_head, sizeof(req->cmd)));
    data_out = out_size > out_head;
    data_in = in_size > in_head;
    if (data_out && data_in) {
        virtio_scsi_bad_req(req, "a command with data both ways");
        return false;
    }
    if (data_out) {
        add_data(req, elem->out_sg, elem->out_addr, elem->out_num, out_head);
        req->mode = SCSI_XFER_TO_DEV;
    } else if (data_in) {
        add_data(req, elem->in_sg, elem->in_addr, elem->in_num, in_head);
        req->mode = SCSI_XFER_FROM_DEV;
    }
    return true;
}

/*** Commands: to the ring ***/

static void push_cmd(VirtIOSCSIReq *req)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(req->dev);
    size_t head = VIRTIO_SCSI_RESP_HEAD + vs->sense_size;
    size_t sense = MIN(vs->sense_size, sizeof(req->resp.sense));

    /* Sense is of any length that the driver chose; the rest is zero. */
    iov_from_buf(req->elem.in_sg, req->elem.in_num, 0, &req->resp,
                 VIRTIO_SCSI_RESP_HEAD + sense);
    if (req->sreq) {
        req->sreq->hba_private = NULL;
        scsi_req_unref(req->sreq);
    }
    virtio_scsi_push_req(req, head + (req->mode == SCSI_XFER_FROM_DEV
                                      ? req->data_size : 0));
}

static void answer_cmd(VirtIOSCSIReq *req, uint8_t response)
{
    req->resp.response = response;
    push_cmd(req);
}

static void cmd_complete(SCSIRequest *r, size_t residual)
{
    VirtIOSCSIReq *req = r->hba_private;
    size_t used = req->sgl.size - MIN(residual, req->sgl.size);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(req->dev);

    if (r->io_canceled) {
        return;
    }
    req->resp.response = VIRTIO_SCSI_S_OK;
    req->resp.status = r->status;
    if (r->cmd.mode == SCSI_XFER_NONE) {
        used = 0;
    }
    req->resp.resid = cpu_to_le32(MIN(req->data_size - used, UINT32_MAX));
    if (r->status == CHECK_CONDITION) {
        size_t room = MIN(vs->sense_size, sizeof(req->resp.sense));

        req->resp.sense_len = cpu_to_le32(scsi_req_get_sense(
            r, req->resp.sense, room));
    }
    push_cmd(req);
}

static void cmd_failed(SCSIRequest *r)
{
    static const struct {
        int16_t host;
        uint8_t response;
    } meanings[] = {
        { SCSI_HOST_NO_LUN, VIRTIO_SCSI_S_INCORRECT_LUN },
        { SCSI_HOST_BUSY, VIRTIO_SCSI_S_BUSY },
        { SCSI_HOST_TIME_OUT, VIRTIO_SCSI_S_ABORTED },
        { SCSI_HOST_ABORTED, VIRTIO_SCSI_S_ABORTED },
        { SCSI_HOST_BAD_RESPONSE, VIRTIO_SCSI_S_TRANSPORT_FAILURE },
        { SCSI_HOST_RESET, VIRTIO_SCSI_S_RESET },
        { SCSI_HOST_TRANSPORT_DISRUPTED, VIRTIO_SCSI_S_TRANSPORT_FAILURE },
        { SCSI_HOST_TARGET_FAILURE, VIRTIO_SCSI_S_TARGET_FAILURE },
        { SCSI_HOST_RESERVATION_ERROR, VIRTIO_SCSI_S_NEXUS_FAILURE },
    };
    uint8_t response = VIRTIO_SCSI_S_FAILURE;

    for (int i = 0; i < ARRAY_SIZE(meanings); i++) {
        if (meanings[i].host == r->host_status) {
            response = meanings[i].response;
        }
    }
    answer_cmd(r->hba_private, response);
}

static void cmd_cancelled(SCSIRequest *r)
{
    VirtIOSCSIReq *req = r->hba_private;

    if (!req) {
        return;
    }
    answer_cmd(req, req->dev->resetting ? VIRTIO_SCSI_S_RESET
                                        : VIRTIO_SCSI_S_ABORTED);
}

static QEMUSGList *cmd_sg_list(SCSIRequest *r)
{
    VirtIOSCSIReq *req = r->hba_private;
    QEMUSGList *sgl = &req->sgl;

    if (!sgl->nsg) {
        return NULL;
    }
    /* What is beyond the command's length must stay as it is. */
    while (sgl->nsg && sgl->size > r->cmd.xfer) {
        ScatterGatherEntry *last = &sgl->sg[sgl->nsg - 1];
        size_t excess = sgl->size - r->cmd.xfer;

        if (excess >= last->len) {
            excess = last->len;
            sgl->nsg--;
        }
        last->len -= excess;
        sgl->size -= excess;
    }
    return sgl;
}

/* Makes the SCSI request; false: answered. */
static bool prepare_cmd(VirtIOSCSI *s, VirtIOSCSIReq *req)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    SCSIDevice *d;
    SCSICommand *cmd;

    if (!parse_cmd(req)) {
        return false;
    }
    d = virtio_scsi_device_get(s, req->cmd.lun);
    if (!d) {
        answer_cmd(req, VIRTIO_SCSI_S_BAD_TARGET);
        return false;
    }
    req->sreq = scsi_req_new(d, le64_to_cpu(req->cmd.tag),
                             virtio_scsi_lun(req->cmd.lun), req->cmd.cdb,
                             MIN(vs->cdb_size, sizeof(req->cmd.cdb)), req);
    object_unref(OBJECT(d));
    cmd = &req->sreq->cmd;
    if (cmd->mode != SCSI_XFER_NONE && cmd->xfer &&
        (cmd->mode != req->mode || cmd->xfer > req->sgl.size)) {
        answer_cmd(req, VIRTIO_SCSI_S_OVERRUN);
        return false;
    }
    scsi_req_ref(req->sreq);
    return true;
}

static void submit_cmd(VirtIOSCSIReq *req)
{
    SCSIRequest *sreq = req->sreq;

    if (scsi_req_enqueue(sreq)) {
        scsi_req_continue(sreq);
    }
    scsi_req_unref(sreq);
}

static void handle_cmd(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);
    VirtIOSCSIReq *req;

    do {
        virtio_queue_set_notification(vq, 0);
        while ((req = virtio_scsi_pop_req(s, vq))) {
            if (prepare_cmd(s, req)) {
                submit_cmd(req);
            }
        }
        virtio_queue_set_notification(vq, 1);
    } while (!vdev->broken && !virtio_queue_empty(vq));
}

/*** Requests in a stream ***/

static void save_request(QEMUFile *f, SCSIRequest *sreq)
{
    VirtIOSCSIReq *req = sreq->hba_private;
    uint32_t n = virtio_get_queue_index(req->vq) - VIRTIO_SCSI_VQ_NUM_FIXED;

    qemu_put_be32(f, n);
    qemu_put_virtqueue_element(VIRTIO_DEVICE(req->dev), f, &req->elem);
}

static void *load_request(QEMUFile *f, SCSIRequest *sreq)
{
    VirtIOSCSI *s = container_of(sreq->bus, VirtIOSCSI, bus);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(s);
    uint32_t n = qemu_get_be32(f);
    VirtIOSCSIReq *req;

    if (n >= vs->conf.num_queues) {
        error_report("virtio-scsi: a request of queue %" PRIu32 " of %"
                     PRIu32, n, vs->conf.num_queues);
        return NULL;
    }
    req = qemu_get_virtqueue_element(VIRTIO_DEVICE(s), f, sizeof(*req));
    if (!req) {
        return NULL;
    }
    init_req(req, s, vs->cmd_vqs[n]);
    if (!parse_cmd(req)) {
        return NULL;
    }
    req->sreq = scsi_req_ref(sreq);
    if (sreq->cmd.mode != SCSI_XFER_NONE && sreq->cmd.xfer &&
        (sreq->cmd.mode != req->mode || sreq->cmd.xfer > req->sgl.size)) {
        error_report("virtio-scsi: a request whose data do not fit");
        scsi_req_unref(sreq);
        virtio_scsi_free_req(req);
        return NULL;
    }
    return req;
}

static void free_request(SCSIBus *bus, void *priv)
{
    virtio_scsi_free_req(priv);
}

/*** Hot-plug, changes ***/

static void device_changed(SCSIBus *bus, SCSIDevice *dev, SCSISense sense)
{
    VirtIOSCSI *s = container_of(bus, VirtIOSCSI, bus);

    if (dev->type != TYPE_ROM &&
        virtio_vdev_has_feature(VIRTIO_DEVICE(s), VIRTIO_SCSI_F_CHANGE)) {
        virtio_scsi_push_event(s, dev, VIRTIO_SCSI_T_PARAM_CHANGE,
                               sense.asc | sense.ascq << 8);
    }
}

static void tell_of_device(VirtIOSCSI *s, DeviceState *dev, uint32_t reason)
{
    if (virtio_vdev_has_feature(VIRTIO_DEVICE(s), VIRTIO_SCSI_F_HOTPLUG)) {
        virtio_scsi_push_event(s, SCSI_DEVICE(dev),
                               VIRTIO_SCSI_T_TRANSPORT_RESET, reason);
    }
    s->bus.unit_attention = SENSE_CODE(REPORTED_LUNS_CHANGED);
}

static void hotplug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    if (dev->hotplugged) {
        tell_of_device(VIRTIO_SCSI(handler), dev, VIRTIO_SCSI_EVT_RESET_RESCAN);
    }
}

static void hotunplug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    /* After the event the guest must not find it any more. */
    object_ref(OBJECT(dev));
    qdev_simple_device_unplug_cb(handler, dev, errp);
    tell_of_device(VIRTIO_SCSI(handler), dev, VIRTIO_SCSI_EVT_RESET_REMOVED);
    object_unref(OBJECT(dev));
}

static const SCSIBusInfo virtio_scsi_bus_info = {
    .tcq = true,
    .max_channel = VIRTIO_SCSI_MAX_CHANNEL,
    .max_target = VIRTIO_SCSI_MAX_TARGET,
    .max_lun = VIRTIO_SCSI_MAX_LUN,
    .complete = cmd_complete,
    .fail = cmd_failed,
    .cancel = cmd_cancelled,
    .change = device_changed,
    .get_sg_list = cmd_sg_list,
    .save_request = save_request,
    .load_request = load_request,
    .free_request = free_request,
};

/*** Configuration space (5.6.4) ***/

static uint32_t seg_max(VirtIOSCSICommon *vs)
{
    return vs->conf.seg_max_adjust ? vs->conf.virtqueue_size - 2 : 128 - 2;
}

static void get_config(VirtIODevice *vdev, uint8_t *data)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(vdev);
    struct virtio_scsi_config *config = (void *)data;

    stl_le_p(&config->num_queues, vs->conf.num_queues);
    stl_le_p(&config->seg_max, seg_max(vs));
    stl_le_p(&config->max_sectors, vs->conf.max_sectors);
    stl_le_p(&config->cmd_per_lun, vs->conf.cmd_per_lun);
    stl_le_p(&config->event_info_size, EVENT_INFO_SIZE);
    stl_le_p(&config->sense_size, vs->sense_size);
    stl_le_p(&config->cdb_size, vs->cdb_size);
    stw_le_p(&config->max_channel, VIRTIO_SCSI_MAX_CHANNEL);
    stw_le_p(&config->max_target, VIRTIO_SCSI_MAX_TARGET);
    stl_le_p(&config->max_lun, VIRTIO_SCSI_MAX_LUN);
}

/* The driver may choose how long CDB and sense are. */
static void set_config(VirtIODevice *vdev, const uint8_t *data)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(vdev);
    const struct virtio_scsi_config *config = (const void *)data;
    uint32_t sense_size = ldl_le_p(&config->sense_size);
    uint32_t cdb_size = ldl_le_p(&config->cdb_size);

    if (sense_size >= 65536 || cdb_size >= 256) {
        virtio_error(vdev, "bad data written to virtio-scsi configuration "
                     "space");
        return;
    }
    vs->sense_size = sense_size;
    vs->cdb_size = cdb_size;
}

static uint64_t get_features(VirtIODevice *vdev, uint64_t requested,
                             Error **errp)
{
    return requested | VIRTIO_SCSI(vdev)->host_features;
}

/*** Life cycle ***/

static void reset(VirtIODevice *vdev)
{
    VirtIOSCSI *s = VIRTIO_SCSI(vdev);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(vdev);

    s->resetting++;
    bus_cold_reset(BUS(&s->bus));
    s->resetting--;
    vs->sense_size = VIRTIO_SCSI_SENSE_DEFAULT_SIZE;
    vs->cdb_size = VIRTIO_SCSI_CDB_DEFAULT_SIZE;
    s->events_dropped = false;
}

static bool check_conf(VirtIOSCSICommon *vs, Error **errp)
{
    VirtIOSCSIConf *conf = &vs->conf;

    if (!conf->num_queues ||
        conf->num_queues > VIRTIO_QUEUE_MAX - VIRTIO_SCSI_VQ_NUM_FIXED) {
        error_setg(errp, "Invalid number of queues (= %" PRIu32 "), must be "
                   "a positive integer less than %d.", conf->num_queues,
                   VIRTIO_QUEUE_MAX - VIRTIO_SCSI_VQ_NUM_FIXED);
        return false;
    }
    if (conf->virtqueue_size <= 2) {
        error_setg(errp, "invalid virtqueue_size property (= %" PRIu32 "), "
                   "must be > 2", conf->virtqueue_size);
        return false;
    }
    if (conf->virtqueue_size > VIRTQUEUE_MAX_SIZE) {
        error_setg(errp, "invalid virtqueue_size property (= %" PRIu32 "), "
                   "must be <= %d", conf->virtqueue_size,
                   VIRTQUEUE_MAX_SIZE);
        return false;
    }
    return true;
}

static void device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSCSI *s = VIRTIO_SCSI(dev);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(dev);
    uint32_t size = vs->conf.virtqueue_size;

    if (vs->conf.num_queues == VIRTIO_SCSI_AUTO_NUM_QUEUES) {
        vs->conf.num_queues = 1;
    }
    if (!check_conf(vs, errp)) {
        return;
    }
    virtio_init(vdev, VIRTIO_ID_SCSI, sizeof(struct virtio_scsi_config));
    vs->sense_size = VIRTIO_SCSI_SENSE_DEFAULT_SIZE;
    vs->cdb_size = VIRTIO_SCSI_CDB_DEFAULT_SIZE;
    vs->ctrl_vq = virtio_add_queue(vdev, size, virtio_scsi_handle_ctrl);
    vs->event_vq = virtio_add_queue(vdev, size, virtio_scsi_handle_event);
    vs->cmd_vqs = g_new0(VirtQueue *, vs->conf.num_queues);
    for (uint32_t i = 0; i < vs->conf.num_queues; i++) {
        vs->cmd_vqs[i] = virtio_add_queue(vdev, size, handle_cmd);
    }
    scsi_bus_init_named(&s->bus, sizeof(s->bus), dev, &virtio_scsi_bus_info,
                        vdev->bus_name);
    /* Over ours, which tells the guest. */
    qbus_set_hotplug_handler(BUS(&s->bus), OBJECT(dev));
}

static void device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(dev);

    qbus_set_hotplug_handler(BUS(&VIRTIO_SCSI(dev)->bus), NULL);
    for (int n = virtio_get_num_queues(vdev) - 1; n >= 0; n--) {
        virtio_del_queue(vdev, n);
    }
    g_free(vs->cmd_vqs);
    virtio_cleanup(vdev);
}

static const VMStateDescription vmstate_virtio_scsi = {
    .name = "virtio-scsi",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static Property virtio_scsi_properties[] = {
    DEFINE_PROP_UINT32("num_queues", VirtIOSCSI, parent_obj.conf.num_queues,
                       VIRTIO_SCSI_AUTO_NUM_QUEUES),
    DEFINE_PROP_UINT32("virtqueue_size", VirtIOSCSI,
                       parent_obj.conf.virtqueue_size, 256),
    DEFINE_PROP_BOOL("seg_max_adjust", VirtIOSCSI,
                     parent_obj.conf.seg_max_adjust, true),
    DEFINE_PROP_UINT32("max_sectors", VirtIOSCSI, parent_obj.conf.max_sectors,
                       0xffff),
    DEFINE_PROP_UINT32("cmd_per_lun", VirtIOSCSI, parent_obj.conf.cmd_per_lun,
                       128),
    DEFINE_PROP_BIT("hotplug", VirtIOSCSI, host_features,
                    VIRTIO_SCSI_F_HOTPLUG, true),
    DEFINE_PROP_BIT("param_change", VirtIOSCSI, host_features,
                    VIRTIO_SCSI_F_CHANGE, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void common_class_init(ObjectClass *klass, void *data)
{
    VIRTIO_DEVICE_CLASS(klass)->get_config = get_config;
    set_bit(DEVICE_CATEGORY_STORAGE, DEVICE_CLASS(klass)->categories);
}

static void virtio_scsi_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    device_class_set_props(dc, virtio_scsi_properties);
    dc->vmsd = &vmstate_virtio_scsi;
    vdc->realize = device_realize;
    vdc->unrealize = device_unrealize;
    vdc->set_config = set_config;
    vdc->get_features = get_features;
    vdc->reset = reset;
    hc->plug = hotplug;
    hc->unplug = hotunplug;
}

static const TypeInfo virtio_scsi_types[] = {
    {
        .name = TYPE_VIRTIO_SCSI_COMMON,
        .parent = TYPE_VIRTIO_DEVICE,
        .instance_size = sizeof(VirtIOSCSICommon),
        .class_init = common_class_init,
        .abstract = true,
    },
    {
        .name = TYPE_VIRTIO_SCSI,
        .parent = TYPE_VIRTIO_SCSI_COMMON,
        .instance_size = sizeof(VirtIOSCSI),
        .class_init = virtio_scsi_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { }
        },
    },
};

DEFINE_TYPES(virtio_scsi_types)
