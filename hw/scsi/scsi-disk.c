/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SCSI disks and CD-ROM drives: SPC-4, SBC-3, MMC-6.
 *
 * A command that moves blocks becomes a request of scsi-disk-io.c, any other
 * one of scsi-disk-cmd.c.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"
#include "scsi-disk.h"

#define MAX_SERIAL_LEN 36

/* The defaults of the limits, in bytes. */
#define DEFAULT_DISCARD_GRANULARITY (4 * KiB)
#define DEFAULT_MAX_UNMAP_SIZE (1 * GiB)
#define DEFAULT_MAX_IO_SIZE INT_MAX

#define CD_BLOCKSIZE 2048

/* What pages 4 and 5 of the mode parameters can say. */
#define MAX_CYLS 65535
#define MAX_HEADS 255
#define MAX_SECS 255

/*** What the drive's back end tells ***/

static void medium_changed(void *opaque, bool load, Error **errp)
{
    SCSIDiskState *s = opaque;

    /*
     * Two attentions, one after the other: the medium went, which even a
     * guest that was not looking must see, and one came.
     */
    s->media_changed = load;
    s->tray_open = !load;
    scsi_device_set_ua(&s->qdev, SENSE_CODE(UNIT_ATTENTION_NO_MEDIUM));
    s->media_event = true;
    s->eject_request = false;
}

static void eject_requested(void *opaque, bool force)
{
    SCSIDiskState *s = opaque;

    s->eject_request = true;
    if (force) {
        s->tray_locked = false;
    }
}

static bool is_tray_open(void *opaque)
{
    return ((SCSIDiskState *)opaque)->tray_open;
}

static bool is_medium_locked(void *opaque)
{
    return ((SCSIDiskState *)opaque)->tray_locked;
}

static void resized(void *opaque)
{
    SCSIDiskState *s = opaque;

    if (!disk_is_rom(s)) {
        scsi_device_report_change(&s->qdev, SENSE_CODE(CAPACITY_CHANGED));
    }
}

static const BlockDevOps removable_ops = {
    .change_media_cb = medium_changed,
    .eject_request_cb = eject_requested,
    .is_tray_open = is_tray_open,
    .is_medium_locked = is_medium_locked,
    .resize_cb = resized,
};

static const BlockDevOps fixed_ops = {
    .resize_cb = resized,
};

static void unit_attention_reported(SCSIDevice *dev)
{
    SCSIDiskState *s = DO_UPCAST(SCSIDiskState, qdev, dev);

    if (s->media_changed) {
        s->media_changed = false;
        scsi_device_set_ua(&s->qdev, SENSE_CODE(MEDIUM_CHANGED));
    }
}

/*** Requests ***/

static bool moves_blocks(uint8_t code)
{
    switch (code) {
    case READ_6:
    case READ_10:
    case READ_12:
    case READ_16:
    case WRITE_6:
    case WRITE_10:
    case WRITE_12:
    case WRITE_16:
    case WRITE_VERIFY_10:
    case WRITE_VERIFY_12:
    case WRITE_VERIFY_16:
    case VERIFY_10:
    case VERIFY_12:
    case VERIFY_16:
        return true;
    default:
        return false;
    }
}

static SCSIRequest *alloc_request(SCSIDevice *d, uint32_t tag, uint32_t lun,
                                  uint8_t *buf, void *hba_private)
{
    return scsi_req_alloc(moves_blocks(buf[0]) ? &scsi_disk_dma_reqops
                                               : &scsi_disk_emulate_reqops,
                          d, tag, lun, hba_private);
}

/*** Life cycle ***/

static void disk_reset(DeviceState *dev)
{
    SCSIDiskState *s = SCSI_DISK_BASE(dev);

    scsi_device_purge_requests(&s->qdev, SENSE_CODE(RESET));
    s->tray_locked = false;
    s->tray_open = false;
    s->qdev.scsi_version = s->qdev.default_scsi_version;
}

static void set_text(char **text, const char *value)
{
    if (!*text) {
        *text = g_strdup(value);
    }
}

static bool check_medium(SCSIDiskState *s, Error **errp)
{
    BlockBackend *blk = s->qdev.conf.blk;

    if (!disk_has(s, SCSI_DISK_F_REMOVABLE) && !blk_is_inserted(blk)) {
        error_setg(errp, "Device needs media, but drive is empty");
        return false;
    }
    return true;
}

static bool check_serial(SCSIDiskState *s, Error **errp)
{
    if (s->serial && strlen(s->serial) > MAX_SERIAL_LEN) {
        error_setg(errp, "The serial number can't be longer than %d "
                   "characters", MAX_SERIAL_LEN);
        return false;
    }
    return true;
}

static void fill_identity(SCSIDiskState *s)
{
    set_text(&s->version, "2.5+");     /* of all machine types since */
    set_text(&s->vendor, "QEMU");
    if (!s->device_id) {
        if (s->serial) {
            s->device_id = g_strdup_printf("%.20s", s->serial);
        } else if (*blk_name(s->qdev.conf.blk)) {
            s->device_id = g_strdup_printf("%.20s",
                                           blk_name(s->qdev.conf.blk));
        }
    }
}

static void disk_realize(SCSIDiskState *s, Error **errp)
{
    BlockConf *conf = &s->qdev.conf;
    bool rom = disk_is_rom(s);

    if (!check_serial(s, errp) || !check_medium(s, errp) ||
        !blkconf_blocksizes(conf, errp)) {
        return;
    }
    if (!rom && !blkconf_geometry(conf, NULL, MAX_CYLS, MAX_HEADS, MAX_SECS,
                                  errp)) {
        return;
    }
    if (conf->discard_granularity == UINT32_MAX) {
        conf->discard_granularity = MAX(conf->logical_block_size,
                                        DEFAULT_DISCARD_GRANULARITY);
    }
    if (!blkconf_apply_backend_options(conf, rom ||
                                       !blk_supports_write_perm(conf->blk),
                                       !rom, errp)) {
        return;
    }
    s->qdev.blocksize = conf->logical_block_size;
    fill_identity(s);
    blk_set_dev_ops(conf->blk, disk_has(s, SCSI_DISK_F_REMOVABLE)
                    ? &removable_ops : &fixed_ops, s);
    blk_iostatus_enable(conf->blk);
}

static void disk_unrealize(SCSIDevice *dev)
{
    SCSIDiskState *s = DO_UPCAST(SCSIDiskState, qdev, dev);

    blk_set_dev_ops(s->qdev.conf.blk, NULL, NULL);
}

static void hd_realize(SCSIDevice *dev, Error **errp)
{
    SCSIDiskState *s = DO_UPCAST(SCSIDiskState, qdev, dev);

    if (!dev->conf.blk) {
        error_setg(errp, "drive property not set");
        return;
    }
    dev->type = TYPE_DISK;
    set_text(&s->product, "QEMU HARDDISK");
    disk_realize(s, errp);
}

static void cd_realize(SCSIDevice *dev, Error **errp)
{
    SCSIDiskState *s = DO_UPCAST(SCSIDiskState, qdev, dev);

    if (!dev->conf.blk) {
        /* A drive of its own, to which monitors can bring media. */
        dev->conf.blk = blk_new(qemu_get_aio_context(), 0, BLK_PERM_ALL);
        if (blk_attach_dev(dev->conf.blk, &dev->qdev)) {
            error_setg(errp, "the drive cannot be attached");
            return;
        }
    }
    dev->type = TYPE_ROM;
    s->features |= 1u << SCSI_DISK_F_REMOVABLE;
    if (!dev->conf.logical_block_size) {
        dev->conf.logical_block_size = CD_BLOCKSIZE;
    }
    if (!dev->conf.physical_block_size) {
        dev->conf.physical_block_size = CD_BLOCKSIZE;
    }
    set_text(&s->product, "QEMU CD-ROM");
    disk_realize(s, errp);
}

/*** Migration ***/

static const VMStateDescription vmstate_scsi_disk = {
    .name = "scsi-disk",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_SCSI_DEVICE(qdev, SCSIDiskState),
        VMSTATE_BOOL(media_changed, SCSIDiskState),
        VMSTATE_BOOL(media_event, SCSIDiskState),
        VMSTATE_BOOL(eject_request, SCSIDiskState),
        VMSTATE_BOOL(tray_open, SCSIDiskState),
        VMSTATE_BOOL(tray_locked, SCSIDiskState),
        VMSTATE_END_OF_LIST()
    }
};

/*** Types ***/

static void disk_base_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    SCSIDeviceClass *sc = SCSI_DEVICE_CLASS(klass);

    dc->fw_name = "disk";
    dc->reset = disk_reset;
    dc->vmsd = &vmstate_scsi_disk;
    sc->alloc_req = alloc_request;
    sc->unrealize = disk_unrealize;
    sc->unit_attention_reported = unit_attention_reported;
}

#define COMMON_PROPERTIES                                                   \
    DEFINE_BLOCK_PROPERTIES(SCSIDiskState, qdev.conf),                      \
    DEFINE_BLOCK_ERROR_PROPERTIES(SCSIDiskState, qdev.conf),                \
    DEFINE_PROP_STRING("ver", SCSIDiskState, version),                      \
    DEFINE_PROP_STRING("serial", SCSIDiskState, serial),                    \
    DEFINE_PROP_STRING("vendor", SCSIDiskState, vendor),                    \
    DEFINE_PROP_STRING("product", SCSIDiskState, product),                  \
    DEFINE_PROP_STRING("device_id", SCSIDiskState, device_id),              \
    DEFINE_PROP_UINT64("wwn", SCSIDiskState, qdev.wwn, 0),                  \
    DEFINE_PROP_UINT64("port_wwn", SCSIDiskState, qdev.port_wwn, 0),        \
    DEFINE_PROP_UINT16("port_index", SCSIDiskState, port_index, 0),         \
    DEFINE_PROP_UINT64("max_io_size", SCSIDiskState, max_io_size,           \
                       DEFAULT_MAX_IO_SIZE),                                \
    DEFINE_PROP_INT32("scsi_version", SCSIDiskState,                        \
                      qdev.default_scsi_version, 5),                        \
    DEFINE_PROP_BIT("quirk_mode_page_vendor_specific_apple", SCSIDiskState, \
                    quirks, SCSI_DISK_QUIRK_MODE_PAGE_VENDOR_SPECIFIC_APPLE, \
                    false)

static Property hd_properties[] = {
    COMMON_PROPERTIES,
    DEFINE_PROP_BIT("removable", SCSIDiskState, features,
                    SCSI_DISK_F_REMOVABLE, false),
    DEFINE_PROP_BIT("dpofua", SCSIDiskState, features, SCSI_DISK_F_DPOFUA,
                    false),
    DEFINE_PROP_UINT64("max_unmap_size", SCSIDiskState, max_unmap_size,
                       DEFAULT_MAX_UNMAP_SIZE),
    DEFINE_PROP_UINT16("rotation_rate", SCSIDiskState, rotation_rate, 0),
    DEFINE_BLOCK_CHS_PROPERTIES(SCSIDiskState, qdev.conf),
    DEFINE_PROP_END_OF_LIST(),
};

static Property cd_properties[] = {
    COMMON_PROPERTIES,
    DEFINE_PROP_BIT("quirk_mode_page_apple_vendor", SCSIDiskState, quirks,
                    SCSI_DISK_QUIRK_MODE_PAGE_APPLE_VENDOR, false),
    DEFINE_PROP_BIT("quirk_mode_sense_rom_use_dbd", SCSIDiskState, quirks,
                    SCSI_DISK_QUIRK_MODE_SENSE_ROM_USE_DBD, false),
    DEFINE_PROP_BIT("quirk_mode_page_truncated", SCSIDiskState, quirks,
                    SCSI_DISK_QUIRK_MODE_PAGE_TRUNCATED, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void hd_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->desc = "virtual SCSI disk";
    SCSI_DEVICE_CLASS(klass)->realize = hd_realize;
    device_class_set_props(DEVICE_CLASS(klass), hd_properties);
}

static void cd_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->desc = "virtual SCSI CD-ROM";
    SCSI_DEVICE_CLASS(klass)->realize = cd_realize;
    device_class_set_props(DEVICE_CLASS(klass), cd_properties);
}

static const TypeInfo scsi_disk_types[] = {
    {
        .name = TYPE_SCSI_DISK_BASE,
        .parent = TYPE_SCSI_DEVICE,
        .instance_size = sizeof(SCSIDiskState),
        .class_init = disk_base_class_init,
        .abstract = true,
    },
    {
        .name = "scsi-hd",
        .parent = TYPE_SCSI_DISK_BASE,
        .class_init = hd_class_init,
    },
    {
        .name = "scsi-cd",
        .parent = TYPE_SCSI_DISK_BASE,
        .class_init = cd_class_init,
    },
};

DEFINE_TYPES(scsi_disk_types)
