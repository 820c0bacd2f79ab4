/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SCSI buses: where devices sit on them (channel, target, logical unit:
 * SAM-5, 4.7), and what a device has besides its requests: unit attentions,
 * reset, migration.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/scsi/scsi.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/block-backend.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "scsi-internal.h"

static int next_bus_number;

void scsi_bus_init_named(SCSIBus *bus, size_t bus_size, DeviceState *host,
                         const SCSIBusInfo *info, const char *bus_name)
{
    qbus_init(bus, bus_size, TYPE_SCSI_BUS, host, bus_name);
    bus->busnr = next_bus_number++;
    bus->info = info;
    qbus_set_bus_hotplug_handler(BUS(bus));
}

/*** Addresses ***/

static bool is_at(SCSIDevice *dev, int channel, int target)
{
    return dev->channel == channel && dev->id == target;
}

static SCSIDevice *find(SCSIBus *bus, int channel, int target, int lun,
                        bool realized_only, SCSIDevice **other)
{
    BusChild *kid;

    *other = NULL;
    QTAILQ_FOREACH(kid, &bus->qbus.children, sibling) {
        SCSIDevice *dev = SCSI_DEVICE(kid->child);

        if (!is_at(dev, channel, target) ||
            (realized_only && !kid->child->realized)) {
            continue;
        }
        if (dev->lun == lun) {
            return dev;
        }
        /* The list has the newest first: the oldest speaks for the rest. */
        *other = dev;
    }
    return NULL;
}

SCSIDevice *scsi_device_find(SCSIBus *bus, int channel, int target, int lun)
{
    SCSIDevice *other, *dev = find(bus, channel, target, lun, true, &other);

    return dev ?: other;
}

SCSIDevice *scsi_device_get(SCSIBus *bus, int channel, int target, int lun)
{
    SCSIDevice *dev = scsi_device_find(bus, channel, target, lun);

    if (dev) {
        object_ref(OBJECT(dev));
    }
    return dev;
}

static SCSIDevice *occupant(SCSIBus *bus, SCSIDevice *dev, int target,
                            int lun)
{
    SCSIDevice *other, *there = find(bus, dev->channel, target, lun, false,
                                     &other);

    return there == dev ? NULL : there;
}

/* A free target, or a free unit of the target that was asked for. */
static bool choose_address(SCSIBus *bus, SCSIDevice *dev, Error **errp)
{
    const SCSIBusInfo *info = bus->info;

    if (dev->id == UINT32_MAX) {
        int target = 0;

        if (dev->lun == UINT32_MAX) {
            dev->lun = 0;
        }
        while (occupant(bus, dev, target, dev->lun)) {
            if (target++ >= info->max_target) {
                error_setg(errp, "no free target");
                return false;
            }
        }
        dev->id = target;
    } else if (dev->lun == UINT32_MAX) {
        int lun = 0;

        while (occupant(bus, dev, dev->id, lun)) {
            if (lun++ >= info->max_lun) {
                error_setg(errp, "no free lun");
                return false;
            }
        }
        dev->lun = lun;
    }
    return true;
}

static bool scsi_bus_check_address(BusState *qbus, DeviceState *qdev,
                                   Error **errp)
{
    SCSIDevice *dev = SCSI_DEVICE(qdev), *there;
    SCSIBus *bus = SCSI_BUS(qbus);

    if (dev->channel > bus->info->max_channel) {
        error_setg(errp, "bad scsi channel id: %d", dev->channel);
        return false;
    }
    if (dev->id != UINT32_MAX && dev->id > bus->info->max_target) {
        error_setg(errp, "bad scsi device id: %d", dev->id);
        return false;
    }
    if (dev->lun != UINT32_MAX && dev->lun > bus->info->max_lun) {
        error_setg(errp, "bad scsi device lun: %d", dev->lun);
        return false;
    }
    if (dev->id == UINT32_MAX || dev->lun == UINT32_MAX) {
        return true;
    }
    there = occupant(bus, dev, dev->id, dev->lun);
    if (there) {
        error_setg(errp, "lun already used by '%s'",
                   there->qdev.id ?: object_get_typename(OBJECT(there)));
        return false;
    }
    return true;
}

static char *scsi_bus_dev_path(DeviceState *dev)
{
    SCSIDevice *d = SCSI_DEVICE(dev);
    g_autofree char *hba = qdev_get_dev_path(dev->parent_bus->parent);

    return hba ? g_strdup_printf("%s/%d:%d:%d", hba, d->channel, d->id,
                                 d->lun)
               : g_strdup_printf("%d:%d:%d", d->channel, d->id, d->lun);
}

static char *scsi_bus_fw_dev_path(DeviceState *dev)
{
    SCSIDevice *d = SCSI_DEVICE(dev);

    return g_strdup_printf("channel@%x/%s@%x,%x", d->channel,
                           qdev_fw_name(dev), d->id, d->lun);
}

static void scsi_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *k = BUS_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    k->get_dev_path = scsi_bus_dev_path;
    k->get_fw_dev_path = scsi_bus_fw_dev_path;
    k->check_address = scsi_bus_check_address;
    hc->unplug = qdev_simple_device_unplug_cb;
}

static const TypeInfo scsi_bus_info = {
    .name = TYPE_SCSI_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(SCSIBus),
    .class_init = scsi_bus_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    }
};

/*** Unit attentions (SAM-5, 5.14) ***/

/*
 * Only one is kept: the one that tells the guest most.  A reset implies that
 * everything else may have changed.
 */
static int gravity(SCSISense sense)
{
    if (sense.key != UNIT_ATTENTION) {
        return 0;
    }
    switch (sense.asc) {
    case 0x29:                  /* reset: the qualifiers grow weaker */
        return 0x400 - sense.ascq;
    case 0x28:                  /* the medium may have changed */
        return 0x200;
    case 0x3f:
        return 0x120;
    default:
        return 0x100;
    }
}

void scsi_device_set_ua(SCSIDevice *sdev, SCSISense sense)
{
    if (sense.key == UNIT_ATTENTION &&
        gravity(sense) >= gravity(sdev->unit_attention)) {
        sdev->unit_attention = sense;
    }
}

void scsi_device_report_change(SCSIDevice *dev, SCSISense sense)
{
    SCSIBus *bus = scsi_bus_from_device(dev);

    scsi_device_set_ua(dev, sense);
    if (bus->info->change) {
        bus->info->change(bus, dev, sense);
    }
}

void scsi_device_unit_attention_reported(SCSIDevice *dev)
{
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(dev);

    if (sc->unit_attention_reported) {
        sc->unit_attention_reported(dev);
    }
}

int scsi_device_get_sense(SCSIDevice *dev, uint8_t *buf, int len, bool fixed)
{
    return scsi_convert_sense(dev->sense, dev->sense_len, buf, len, fixed);
}

void scsi_device_purge_requests(SCSIDevice *sdev, SCSISense sense)
{
    while (!QTAILQ_EMPTY(&sdev->requests)) {
        scsi_req_cancel_async(QTAILQ_FIRST(&sdev->requests), NULL);
    }
    blk_drain(sdev->conf.blk);
    scsi_device_set_ua(sdev, sense);
}

/*** Life cycle ***/

/* What the back end's errors stopped goes on with the machine. */
static void vm_state_changed(void *opaque, bool running, RunState state)
{
    SCSIDevice *s = opaque;
    SCSIRequest *req, *next;

    if (!running) {
        return;
    }
    QTAILQ_FOREACH_SAFE(req, &s->requests, next, next) {
        scsi_req_ref(req);
        if (req->retry) {
            scsi_req_go_on(req);
        }
        scsi_req_unref(req);
    }
}

static void scsi_device_realize(DeviceState *qdev, Error **errp)
{
    ERRP_GUARD();
    SCSIDevice *dev = SCSI_DEVICE(qdev);
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(dev);

    if (!choose_address(scsi_bus_from_device(dev), dev, errp)) {
        return;
    }
    QTAILQ_INIT(&dev->requests);
    sc->realize(dev, errp);
    if (!*errp) {
        dev->vmsentry = qdev_add_vm_change_state_handler(qdev,
                                                         vm_state_changed,
                                                         dev);
    }
}

static void scsi_device_unrealize(DeviceState *qdev)
{
    SCSIDevice *dev = SCSI_DEVICE(qdev);
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(dev);

    qemu_del_vm_change_state_handler(dev->vmsentry);
    scsi_device_purge_requests(dev, SENSE_CODE(NO_SENSE));
    if (sc->unrealize) {
        sc->unrealize(dev);
    }
    blockdev_mark_auto_del(dev->conf.blk);
}

/*** Migration ***/

/* Requests in flight are those that wait for the machine to go on. */
static int put_requests(QEMUFile *f, void *pv, size_t size,
                        const VMStateField *field, JSONWriter *vmdesc)
{
    SCSIDevice *s = pv;
    SCSIBus *bus = scsi_bus_from_device(s);
    SCSIRequest *req;

    QTAILQ_FOREACH(req, &s->requests, next) {
        qemu_put_byte(f, req->retry ? 1 : 2);
        qemu_put_buffer(f, req->cmd.buf, sizeof(req->cmd.buf));
        qemu_put_be32(f, req->tag);
        qemu_put_be32(f, req->lun);
        if (bus->info->save_request) {
            bus->info->save_request(f, req);
        }
        if (req->ops->save_request) {
            req->ops->save_request(f, req);
        }
    }
    qemu_put_byte(f, 0);
    return 0;
}

static int load_one(QEMUFile *f, SCSIDevice *s, bool retry)
{
    SCSIBus *bus = scsi_bus_from_device(s);
    uint8_t cdb[SCSI_CMD_BUF_SIZE];
    SCSIRequest *req;
    uint32_t tag, lun;
    void *priv = NULL;
    int ret = 0;

    qemu_get_buffer(f, cdb, sizeof(cdb));
    tag = qemu_get_be32(f);
    lun = qemu_get_be32(f);
    req = scsi_req_new(s, tag, lun, cdb, sizeof(cdb), NULL);
    if (bus->info->load_request) {
        priv = bus->info->load_request(f, req);
        if (!priv) {
            scsi_req_unref(req);
            return -EINVAL;
        }
        req->hba_private = priv;
    }
    if (req->ops->load_request) {
        ret = req->ops->load_request(f, req);
    }
    req->retry = retry;
    scsi_req_enqueue_loaded(req);
    scsi_req_unref(req);
    return ret;
}

/* No adapter has more in flight: a longer list is none. */
#define REQUESTS_MAX 65536

static int get_requests(QEMUFile *f, void *pv, size_t size,
                        const VMStateField *field)
{
    SCSIDevice *s = pv;
    int kind, n = 0;

    while ((kind = qemu_get_byte(f)) != 0) {
        int ret = qemu_file_get_error(f);

        if (!ret && (kind > 2 || ++n > REQUESTS_MAX)) {
            ret = -EINVAL;
        }
        if (!ret) {
            ret = load_one(f, s, kind == 1);
        }
        if (ret) {
            error_report("%s: bad request %d in the stream",
                         object_get_typename(OBJECT(s)), n);
            return ret;
        }
    }
    return 0;
}

static const VMStateInfo vmstate_info_requests = {
    .name = "scsi-requests",
    .get = get_requests,
    .put = put_requests,
};

/* How much of the sense the first version of the stream had. */
#define SENSE_BUF_SIZE_OLD 96

static bool long_sense_needed(void *opaque)
{
    return ((SCSIDevice *)opaque)->sense_len > SENSE_BUF_SIZE_OLD;
}

static const VMStateDescription vmstate_scsi_sense = {
    .name = "SCSIDevice/sense",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = long_sense_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_SUB_ARRAY(sense, SCSIDevice, SENSE_BUF_SIZE_OLD,
                                SCSI_SENSE_BUF_SIZE - SENSE_BUF_SIZE_OLD),
        VMSTATE_END_OF_LIST()
    }
};

static int scsi_device_post_load(void *opaque, int version_id)
{
    SCSIDevice *s = opaque;

    if (s->sense_len > SCSI_SENSE_BUF_SIZE) {
        error_report("%s: sense data of %" PRIu32 " bytes",
                     object_get_typename(OBJECT(s)), s->sense_len);
        return -EINVAL;
    }
    return 0;
}

const VMStateDescription vmstate_scsi_device = {
    .name = "SCSIDevice",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = scsi_device_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(unit_attention.key, SCSIDevice),
        VMSTATE_UINT8(unit_attention.asc, SCSIDevice),
        VMSTATE_UINT8(unit_attention.ascq, SCSIDevice),
        VMSTATE_BOOL(sense_is_ua, SCSIDevice),
        VMSTATE_UINT8_SUB_ARRAY(sense, SCSIDevice, 0, SENSE_BUF_SIZE_OLD),
        VMSTATE_UINT32(sense_len, SCSIDevice),
        {
            .name = "requests",
            .info = &vmstate_info_requests,
            .flags = VMS_SINGLE,
        },
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_scsi_sense,
        NULL
    }
};

/*** Type ***/

static Property scsi_props[] = {
    DEFINE_PROP_UINT32("channel", SCSIDevice, channel, 0),
    DEFINE_PROP_UINT32("scsi-id", SCSIDevice, id, -1),
    DEFINE_PROP_UINT32("lun", SCSIDevice, lun, -1),
    DEFINE_PROP_END_OF_LIST(),
};

static void scsi_device_instance_init(Object *obj)
{
    SCSIDevice *s = SCSI_DEVICE(obj);

    QTAILQ_INIT(&s->requests);
    device_add_bootindex_property(obj, &s->conf.bootindex, "bootindex", NULL,
                                  &s->qdev);
}

static void scsi_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_STORAGE, k->categories);
    k->bus_type = TYPE_SCSI_BUS;
    k->realize = scsi_device_realize;
    k->unrealize = scsi_device_unrealize;
    device_class_set_props(k, scsi_props);
}

static const TypeInfo scsi_device_info = {
    .name = TYPE_SCSI_DEVICE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(SCSIDevice),
    .instance_init = scsi_device_instance_init,
    .class_size = sizeof(SCSIDeviceClass),
    .class_init = scsi_device_class_init,
    .abstract = true,
};

static void scsi_register_types(void)
{
    type_register_static(&scsi_bus_info);
    type_register_static(&scsi_device_info);
}

type_init(scsi_register_types)
