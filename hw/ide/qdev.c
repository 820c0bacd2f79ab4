/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IDE bus and what can be on it: "ide-hd", a disk, and "ide-cd", a
 * DVD-ROM drive.
 */
#include "qemu/osdep.h"
#include "hw/fw-path-provider.h"
#include "hw/ide/internal.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

#define TYPE_IDE_HD "ide-hd"
#define TYPE_IDE_CD "ide-cd"

/*** The bus ***/

/* "drive@0" */
static char *ide_fw_dev_path(DeviceState *dev)
{
    return g_strdup_printf("%s@%x", qdev_fw_name(dev),
                           ((IDEBus *)dev->parent_bus)->bus_id);
}

static void ide_bus_unrealize(BusState *qbus)
{
    IDEBus *bus = IDE_BUS(qbus);

    if (bus->vmstate) {
        qemu_del_vm_change_state_handler(bus->vmstate);
        bus->vmstate = NULL;
    }
    if (bus->restart_bh) {
        qemu_bh_delete(bus->restart_bh);
        bus->restart_bh = NULL;
    }
}

static void ide_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *k = BUS_CLASS(klass);

    k->get_fw_dev_path = ide_fw_dev_path;
    k->unrealize = ide_bus_unrealize;
}

void ide_bus_init(IDEBus *bus, size_t size, DeviceState *dev, int bus_id,
                  int max_units)
{
    qbus_init(bus, size, TYPE_IDE_BUS, dev, NULL);
    bus->bus_id = bus_id;
    bus->max_units = max_units;
    ide_bus_init_drives(bus);
}

void ide_create_drive(IDEBus *bus, int unit, DriveInfo *drive)
{
    DeviceState *dev = qdev_new(drive->media_cd ? TYPE_IDE_CD : TYPE_IDE_HD);

    qdev_prop_set_uint32(dev, "unit", unit);
    qdev_prop_set_drive_err(dev, "drive", blk_by_legacy_dinfo(drive),
                            &error_fatal);
    qdev_realize_and_unref(dev, &bus->qbus, &error_fatal);
}

bool ide_get_geometry(BusState *bus, int unit, uint32_t *cyls,
                      uint32_t *heads, uint32_t *secs)
{
    IDEState *s = &IDE_BUS(bus)->ifs[unit];

    if (!s->blk || s->drive_kind != IDE_HD) {
        return false;
    }
    *cyls = s->cylinders;
    *heads = s->heads;
    *secs = s->sectors;
    return true;
}

int ide_get_bios_chs_trans(BusState *bus, int unit)
{
    return IDE_BUS(bus)->ifs[unit].chs_trans;
}

/*** What the back end tells ***/

static void hd_resized(void *opaque)
{
    IDEState *s = opaque;
    uint64_t sectors;

    if (!s->identify_set) {
        return;
    }
    blk_get_geometry(s->blk, &sectors);
    s->nb_sectors = sectors;
    ata_identify_size(s);
}

static const BlockDevOps hd_block_ops = {
    .resize_cb = hd_resized,
};

static void cd_change_media(void *opaque, bool load, Error **errp)
{
    atapi_medium_changed(opaque, load);
}

static void cd_eject_request(void *opaque, bool force)
{
    atapi_eject_request(opaque, force);
}

static bool cd_is_tray_open(void *opaque)
{
    return ((IDEState *)opaque)->tray_open;
}

static bool cd_is_medium_locked(void *opaque)
{
    return ((IDEState *)opaque)->tray_locked;
}

static const BlockDevOps cd_block_ops = {
    .change_media_cb = cd_change_media,
    .eject_request_cb = cd_eject_request,
    .is_tray_open = cd_is_tray_open,
    .is_medium_locked = cd_is_medium_locked,
};

/*** Drives ***/

static void take_names(IDEState *s, IDEDevice *dev, IDEDriveKind kind)
{
    const char *model = dev->model ? dev->model :
                        kind == IDE_CD ? "QEMU DVD-ROM" : "QEMU HARDDISK";

    if (!dev->serial) {
        dev->serial = g_strdup_printf("QM%05u", s->serial_nr);
    }
    if (!dev->version) {
        dev->version = g_strdup("2.5+");
    }
    if (strlen(dev->serial) > 20) {
        warn_report("serial '%s' is longer than 20 characters: the guest "
                    "sees the first 20", dev->serial);
    }
    g_strlcpy(s->drive_serial_str, dev->serial, sizeof(s->drive_serial_str));
    g_strlcpy(s->version, dev->version, sizeof(s->version));
    g_strlcpy(s->drive_model_str, model, sizeof(s->drive_model_str));
}

static bool check_medium(BlockBackend *blk, IDEDriveKind kind, Error **errp)
{
    if (kind == IDE_CD) {
        return true;
    }
    if (!blk_is_inserted(blk)) {
        error_setg(errp, "Device needs media, but drive is empty");
        return false;
    }
    if (!blk_is_writable(blk)) {
        error_setg(errp, "Can't use a read-only drive");
        return false;
    }
    return true;
}

bool ide_init_drive(IDEState *s, IDEDevice *dev, IDEDriveKind kind,
                    Error **errp)
{
    BlockBackend *blk = dev->conf.blk;
    uint64_t sectors;

    if (!check_medium(blk, kind, errp)) {
        return false;
    }
    take_names(s, dev, kind);
    blk_get_geometry(blk, &sectors);
    s->nb_sectors = sectors;
    s->drive_kind = kind;
    s->dev = dev;
    s->wwn = dev->wwn;
    s->rotation_rate = dev->rotation_rate;
    s->cylinders = dev->conf.cyls;
    s->heads = dev->conf.heads;
    s->sectors = dev->conf.secs;
    s->chs_trans = dev->chs_trans;
    s->smart_enabled = 1;
    s->smart_autosave = 1;
    s->io_buffer = qemu_memalign(2048, IDE_BUFFER_SIZE);
    memset(s->io_buffer, 0, IDE_BUFFER_SIZE);
    s->smart_selftest_data = g_malloc0(512);
    s->blk = blk;
    blk_set_dev_ops(blk, kind == IDE_CD ? &cd_block_ops : &hd_block_ops, s);
    blk_iostatus_enable(blk);
    ide_drive_reset(s);
    return true;
}

void ide_exit_drive(IDEState *s)
{
    if (!s->blk) {
        return;
    }
    blk_drain(s->blk);
    ide_cancel_requests(s->bus);
    blk_set_dev_ops(s->blk, NULL, NULL);
    qemu_sglist_destroy(&s->sg);
    qemu_vfree(s->io_buffer);
    g_free(s->smart_selftest_data);
    s->io_buffer = NULL;
    s->smart_selftest_data = NULL;
    s->blk = NULL;
    s->dev = NULL;
    ide_pio_halt(s);
}

/*** The place in the boot order, which names the unit ***/

static const char *boot_suffix(IDEDevice *dev)
{
    return dev->unit ? "/disk@1" : "/disk@0";
}

static void get_bootindex(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_int32(v, name, &IDE_DEVICE(obj)->conf.bootindex, errp);
}

static void set_bootindex(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    ERRP_GUARD();
    IDEDevice *dev = IDE_DEVICE(obj);
    int32_t index;

    if (!visit_type_int32(v, name, &index, errp)) {
        return;
    }
    check_boot_index(index, errp);
    if (*errp) {
        return;
    }
    dev->conf.bootindex = index;
    if (dev->qdev.realized) {
        add_boot_device_path(index, &dev->qdev, boot_suffix(dev));
    }
}

static void ide_dev_init(Object *obj)
{
    IDE_DEVICE(obj)->conf.bootindex = -1;
    object_property_add(obj, "bootindex", "int32", get_bootindex,
                        set_bootindex, NULL, NULL);
}

/*** Devices ***/

static bool find_unit(IDEDevice *dev, IDEBus *bus, Error **errp)
{
    if (dev->unit == -1) {
        dev->unit = bus->master ? 1 : 0;
    }
    if (dev->unit >= bus->max_units) {
        error_setg(errp, "Can't create IDE unit %d, bus supports only %d "
                   "units", dev->unit, bus->max_units);
        return false;
    }
    if (dev->unit ? bus->slave : bus->master) {
        error_setg(errp, "IDE unit %d is in use", dev->unit);
        return false;
    }
    return true;
}

static bool check_sizes(IDEDevice *dev, Error **errp)
{
    if (dev->conf.discard_granularity == -1) {
        dev->conf.discard_granularity = 512;
    } else if (dev->conf.discard_granularity &&
               dev->conf.discard_granularity != 512) {
        error_setg(errp, "discard_granularity must be 512 for ide");
        return false;
    }
    if (!blkconf_blocksizes(&dev->conf, errp)) {
        return false;
    }
    if (dev->conf.logical_block_size != 512) {
        error_setg(errp, "logical_block_size must be 512 for IDE");
        return false;
    }
    return true;
}

static void ide_dev_realize(DeviceState *qdev, IDEDriveKind kind,
                            Error **errp)
{
    IDEDevice *dev = IDE_DEVICE(qdev);
    IDEBus *bus = IDE_BUS(qdev_get_parent_bus(qdev));

    if (!find_unit(dev, bus, errp) || !check_sizes(dev, errp)) {
        return;
    }
    if (kind == IDE_HD &&
        !blkconf_geometry(&dev->conf, &dev->chs_trans, 65535, 16, 255,
                          errp)) {
        return;
    }
    if (!blkconf_apply_backend_options(&dev->conf, kind == IDE_CD,
                                       kind == IDE_HD, errp)) {
        return;
    }
    if (!ide_init_drive(&bus->ifs[dev->unit], dev, kind, errp)) {
        return;
    }
    if (dev->unit) {
        bus->slave = dev;
    } else {
        bus->master = dev;
    }
    add_boot_device_path(dev->conf.bootindex, qdev, boot_suffix(dev));
    add_boot_device_lchs(qdev, boot_suffix(dev), dev->conf.lcyls,
                         dev->conf.lheads, dev->conf.lsecs);
}

static void ide_hd_realize(DeviceState *qdev, Error **errp)
{
    if (!IDE_DEVICE(qdev)->conf.blk) {
        error_setg(errp, "No drive specified");
        return;
    }
    ide_dev_realize(qdev, IDE_HD, errp);
}

static void ide_cd_realize(DeviceState *qdev, Error **errp)
{
    IDEDevice *dev = IDE_DEVICE(qdev);

    if (!dev->conf.blk) {
        /* An empty drive without a name; it goes with the property. */
        dev->conf.blk = blk_new(qemu_get_aio_context(), 0, BLK_PERM_ALL);
        blk_attach_dev(dev->conf.blk, qdev);
        blk_unref(dev->conf.blk);
    }
    ide_dev_realize(qdev, IDE_CD, errp);
}

static void ide_dev_unrealize(DeviceState *qdev)
{
    IDEDevice *dev = IDE_DEVICE(qdev);
    IDEBus *bus = IDE_BUS(qdev_get_parent_bus(qdev));

    del_boot_device_path(qdev, boot_suffix(dev));
    del_boot_device_lchs(qdev, boot_suffix(dev));
    ide_exit_drive(&bus->ifs[dev->unit]);
    if (dev->unit) {
        bus->slave = NULL;
    } else {
        bus->master = NULL;
    }
}

#define DEFINE_IDE_DEV_PROPERTIES()                                         \
    DEFINE_BLOCK_PROPERTIES(IDEDevice, conf),                               \
    DEFINE_BLOCK_ERROR_PROPERTIES(IDEDevice, conf),                         \
    DEFINE_PROP_STRING("ver", IDEDevice, version),                          \
    DEFINE_PROP_UINT64("wwn", IDEDevice, wwn, 0),                           \
    DEFINE_PROP_STRING("serial", IDEDevice, serial),                        \
    DEFINE_PROP_STRING("model", IDEDevice, model)

static Property ide_hd_properties[] = {
    DEFINE_IDE_DEV_PROPERTIES(),
    DEFINE_BLOCK_CHS_PROPERTIES(IDEDevice, conf),
    DEFINE_PROP_BIOS_CHS_TRANS("bios-chs-trans", IDEDevice, chs_trans,
                               BIOS_ATA_TRANSLATION_AUTO),
    DEFINE_PROP_UINT16("rotation_rate", IDEDevice, rotation_rate, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static Property ide_cd_properties[] = {
    DEFINE_IDE_DEV_PROPERTIES(),
    DEFINE_PROP_END_OF_LIST(),
};

static Property ide_device_properties[] = {
    DEFINE_PROP_UINT32("unit", IDEDevice, unit, -1),
    DEFINE_PROP_END_OF_LIST(),
};

static void ide_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);

    k->bus_type = TYPE_IDE_BUS;
    k->unrealize = ide_dev_unrealize;
    k->fw_name = "drive";
    set_bit(DEVICE_CATEGORY_STORAGE, k->categories);
    device_class_set_props(k, ide_device_properties);
}

static void ide_hd_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = ide_hd_realize;
    dc->desc = "virtual IDE disk";
    device_class_set_props(dc, ide_hd_properties);
}

static void ide_cd_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = ide_cd_realize;
    dc->desc = "virtual IDE CD-ROM";
    device_class_set_props(dc, ide_cd_properties);
}

static const TypeInfo ide_types[] = {
    {
        .name = TYPE_IDE_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(IDEBus),
        .class_init = ide_bus_class_init,
    },
    {
        .name = TYPE_IDE_DEVICE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(IDEDevice),
        .instance_init = ide_dev_init,
        .abstract = true,
        .class_init = ide_device_class_init,
    },
    {
        .name = TYPE_IDE_HD,
        .parent = TYPE_IDE_DEVICE,
        .class_init = ide_hd_class_init,
    },
    {
        .name = TYPE_IDE_CD,
        .parent = TYPE_IDE_DEVICE,
        .class_init = ide_cd_class_init,
    },
};

DEFINE_TYPES(ide_types)
