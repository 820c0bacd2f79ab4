/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floppy disk drives: where the head is, which format a medium has, and the
 * device "floppy" on the controller's bus.
 */
#include "qemu/osdep.h"
#include "fdc-internal.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

/* Data rates, as the controller codes them. */
enum { RATE_500K, RATE_300K, RATE_250K, RATE_1M };

typedef struct Format {
    FloppyDriveType drive;      /* the kind that takes it */
    uint8_t sectors, tracks, heads, rate;
} Format;

/* The first of a kind is the usual one. */
static const Format formats[] = {
    { FLOPPY_DRIVE_TYPE_144, 18, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_144, 20, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_144, 21, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_144, 21, 82, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_144, 21, 83, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_144, 22, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_144, 23, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_144, 24, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_288, 36, 80, 2, RATE_1M },
    { FLOPPY_DRIVE_TYPE_288, 39, 80, 2, RATE_1M },
    { FLOPPY_DRIVE_TYPE_288, 40, 80, 2, RATE_1M },
    { FLOPPY_DRIVE_TYPE_288, 44, 80, 2, RATE_1M },
    { FLOPPY_DRIVE_TYPE_288, 48, 80, 2, RATE_1M },
    { FLOPPY_DRIVE_TYPE_144, 9, 80, 2, RATE_250K },
    { FLOPPY_DRIVE_TYPE_144, 10, 80, 2, RATE_250K },
    { FLOPPY_DRIVE_TYPE_144, 10, 82, 2, RATE_250K },
    { FLOPPY_DRIVE_TYPE_144, 10, 83, 2, RATE_250K },
    { FLOPPY_DRIVE_TYPE_144, 13, 80, 2, RATE_250K },
    { FLOPPY_DRIVE_TYPE_144, 14, 80, 2, RATE_250K },
    { FLOPPY_DRIVE_TYPE_120, 15, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_120, 18, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_120, 18, 82, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_120, 18, 83, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_120, 20, 80, 2, RATE_500K },
    { FLOPPY_DRIVE_TYPE_120, 9, 80, 2, RATE_300K },
    { FLOPPY_DRIVE_TYPE_120, 11, 80, 2, RATE_300K },
    { FLOPPY_DRIVE_TYPE_120, 9, 40, 2, RATE_300K },
    { FLOPPY_DRIVE_TYPE_120, 9, 40, 1, RATE_300K },
    { FLOPPY_DRIVE_TYPE_120, 10, 41, 2, RATE_300K },
    { FLOPPY_DRIVE_TYPE_120, 10, 42, 2, RATE_300K },
    { FLOPPY_DRIVE_TYPE_120, 8, 40, 2, RATE_250K },
    { FLOPPY_DRIVE_TYPE_120, 8, 40, 1, RATE_250K },
    { FLOPPY_DRIVE_TYPE_144, 9, 40, 2, RATE_300K },
};

static uint64_t format_size(const Format *fmt)
{
    return (uint64_t)fmt->sectors * fmt->tracks * fmt->heads;
}

/* A drive for 2.88 MB takes the media of the one for 1.44 MB too. */
static bool drive_takes(FloppyDriveType drive, const Format *fmt)
{
    return drive == FLOPPY_DRIVE_TYPE_AUTO || drive == fmt->drive ||
           (drive == FLOPPY_DRIVE_TYPE_288 &&
            fmt->drive == FLOPPY_DRIVE_TYPE_144);
}

/* By size; else the usual one of the kind. */
static const Format *find_format(FloppyDriveType drive, uint64_t sectors)
{
    const Format *usual = &formats[0];

    for (int i = ARRAY_SIZE(formats) - 1; i >= 0; i--) {
        if (formats[i].drive == drive) {
            usual = &formats[i];
        }
    }
    for (int i = 0; i < ARRAY_SIZE(formats); i++) {
        if (drive_takes(drive, &formats[i]) &&
            format_size(&formats[i]) == sectors) {
            return &formats[i];
        }
    }
    return usual;
}

bool fdc_drive_has_medium(FDrive *drv)
{
    return drv->blk && blk_is_inserted(drv->blk);
}

void fdc_drive_revalidate(FDrive *drv)
{
    const Format *fmt;
    uint64_t sectors;

    if (!fdc_drive_has_medium(drv)) {
        drv->last_sect = 0;
        drv->max_track = 0;
        drv->heads = drv->blk ? 1 : 0;
        drv->ro = true;
        return;
    }
    blk_get_geometry(drv->blk, &sectors);
    fmt = find_format(drv->drive, sectors);
    drv->last_sect = fmt->sectors;
    drv->max_track = fmt->tracks;
    drv->heads = fmt->heads;
    drv->media_rate = fmt->rate;
    drv->ro = !blk_is_writable(drv->blk);
}

uint64_t fdc_drive_sector(FDrive *drv)
{
    return ((uint64_t)drv->track * drv->heads + drv->head) * drv->last_sect +
           drv->sect - 1;
}

FDSeek fdc_drive_seek(FDrive *drv, uint8_t head, uint8_t track, uint8_t sect,
                      bool implied)
{
    bool moves = track != drv->track;

    if (track > drv->max_track || (head && drv->heads < 2) || head > 1) {
        return FD_SEEK_NO_TRACK;
    }
    if (sect > drv->last_sect || !sect) {
        return FD_SEEK_NO_SECTOR;
    }
    if (moves && !implied) {
        return FD_SEEK_NOT_IMPLIED;
    }
    /* The step that a seek makes clears the sign of a change. */
    if (moves && fdc_drive_has_medium(drv)) {
        drv->media_changed = 0;
    }
    drv->head = head;
    drv->track = track;
    drv->sect = sect;
    return moves ? FD_SEEK_MOVED : FD_SEEK_SAME_TRACK;
}

void fdc_drive_recalibrate(FDrive *drv)
{
    drv->head = 0;
    fdc_drive_seek(drv, 0, 0, 1, true);
}

/*** The bus and the device ***/

static const TypeInfo floppy_bus_info = {
    .name = TYPE_FLOPPY_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(FloppyBus),
};

void fdc_bus_init(FDCtrl *f, DeviceState *owner)
{
    qbus_init(&f->bus, sizeof(f->bus), TYPE_FLOPPY_BUS, owner, NULL);
    f->bus.fdc = f;
}

OBJECT_DECLARE_SIMPLE_TYPE(FloppyDrive, FLOPPY_DRIVE)

struct FloppyDrive {
    DeviceState qdev;
    uint32_t unit;
    BlockConf conf;
    FloppyDriveType type;
};

static void floppy_change_media(void *opaque, bool load, Error **errp)
{
    FDrive *drv = opaque;

    drv->media_changed = 1;
    if (!load) {
        /* The next one may be read-only. */
        blk_set_perm(drv->blk, 0, BLK_PERM_ALL, &error_abort);
    } else if (!blkconf_apply_backend_options(
                   drv->conf, !blk_supports_write_perm(drv->blk), false,
                   errp)) {
        return;
    }
    fdc_drive_revalidate(drv);
}

static const BlockDevOps floppy_block_ops = {
    .change_media_cb = floppy_change_media,
};

static bool floppy_find_unit(FloppyDrive *dev, FDCtrl *f, Error **errp)
{
    if (dev->unit == -1) {
        for (dev->unit = 0; dev->unit < MAX_FD; dev->unit++) {
            if (!f->drives[dev->unit].blk) {
                break;
            }
        }
    }
    if (dev->unit >= MAX_FD) {
        error_setg(errp, "Can't create floppy unit %d, bus supports only %d "
                   "units", dev->unit, MAX_FD);
        return false;
    }
    if (f->drives[dev->unit].blk) {
        error_setg(errp, "Floppy unit %d is in use", dev->unit);
        return false;
    }
    return true;
}

/* Of a drive that is to suit its medium. */
static FloppyDriveType suiting_type(FDCtrl *f, BlockBackend *blk)
{
    uint64_t sectors;

    if (!blk_is_inserted(blk)) {
        return f->fallback;
    }
    blk_get_geometry(blk, &sectors);
    for (int i = 0; i < ARRAY_SIZE(formats); i++) {
        if (format_size(&formats[i]) == sectors) {
            return formats[i].drive;
        }
    }
    return f->fallback;
}

static void floppy_realize(DeviceState *qdev, Error **errp)
{
    FloppyDrive *dev = FLOPPY_DRIVE(qdev);
    FDCtrl *f = ((FloppyBus *)qdev_get_parent_bus(qdev))->fdc;
    FDrive *drv;
    bool read_only;

    if (!floppy_find_unit(dev, f, errp)) {
        return;
    }
    drv = &f->drives[dev->unit];
    if (!dev->conf.blk) {
        dev->conf.blk = blk_new(qemu_get_aio_context(), 0, BLK_PERM_ALL);
        blk_attach_dev(dev->conf.blk, qdev);
        blk_unref(dev->conf.blk);
    }
    if (!blkconf_blocksizes(&dev->conf, errp)) {
        return;
    }
    if (dev->conf.logical_block_size != 512 ||
        dev->conf.physical_block_size != 512) {
        error_setg(errp, "Physical and logical block size must be 512 for "
                   "floppy");
        return;
    }
    /* Errors are told to the host: there is nothing to stop for. */
    dev->conf.rerror = BLOCKDEV_ON_ERROR_AUTO;
    dev->conf.werror = BLOCKDEV_ON_ERROR_AUTO;
    read_only = !blk_bs(dev->conf.blk) || !blk_supports_write_perm(dev->conf.blk);
    if (!blkconf_apply_backend_options(&dev->conf, read_only, false, errp)) {
        return;
    }
    if (dev->type == FLOPPY_DRIVE_TYPE_AUTO) {
        dev->type = f->drive_types[dev->unit];
    }
    if (dev->type == FLOPPY_DRIVE_TYPE_AUTO) {
        dev->type = suiting_type(f, dev->conf.blk);
    }
    drv->fdctrl = f;
    drv->conf = &dev->conf;
    drv->blk = dev->conf.blk;
    drv->drive = dev->type;
    drv->media_changed = 1;
    blk_set_dev_ops(drv->blk, &floppy_block_ops, drv);
    fdc_drive_revalidate(drv);
    drv->sect = 1;
}

static void floppy_unrealize(DeviceState *qdev)
{
    FloppyDrive *dev = FLOPPY_DRIVE(qdev);
    FDCtrl *f = ((FloppyBus *)qdev_get_parent_bus(qdev))->fdc;
    FDrive *drv = &f->drives[dev->unit];

    fdc_cancel(f);
    blk_set_dev_ops(drv->blk, NULL, NULL);
    drv->blk = NULL;
    drv->conf = NULL;
    drv->drive = FLOPPY_DRIVE_TYPE_NONE;
    fdc_drive_revalidate(drv);
}

static Property floppy_properties[] = {
    DEFINE_PROP_UINT32("unit", FloppyDrive, unit, -1),
    DEFINE_BLOCK_PROPERTIES(FloppyDrive, conf),
    DEFINE_PROP_FDC_DRIVE_TYPE("drive-type", FloppyDrive, type,
                               FLOPPY_DRIVE_TYPE_AUTO),
    DEFINE_PROP_END_OF_LIST(),
};

static void floppy_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);

    k->realize = floppy_realize;
    k->unrealize = floppy_unrealize;
    k->bus_type = TYPE_FLOPPY_BUS;
    k->desc = "virtual floppy drive";
    set_bit(DEVICE_CATEGORY_STORAGE, k->categories);
    device_class_set_props(k, floppy_properties);
}

static const TypeInfo floppy_info = {
    .name = TYPE_FLOPPY_DRIVE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(FloppyDrive),
    .class_init = floppy_class_init,
};

static void fdc_drive_register_types(void)
{
    type_register_static(&floppy_bus_info);
    type_register_static(&floppy_info);
}

type_init(fdc_drive_register_types)
