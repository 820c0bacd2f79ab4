/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The "drive" property: the id of a drive or the name of a node.  For a node
 * a drive without a name is made, which goes with the device.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "block/block_int.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

static void get_drive(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    BlockBackend **field = object_field_prop_ptr(obj, opaque);
    const char *text = "";

    if (*field) {
        text = blk_name(*field);
        if (!*text && blk_bs(*field)) {
            text = blk_bs(*field)->node_name;
        }
    }
    visit_type_str(v, name, (char **)&text, errp);
}

/* A reference to what @text names, or NULL. */
static BlockBackend *find_drive(Object *obj, const char *name,
                                const char *text, Error **errp)
{
    BlockBackend *blk = blk_by_name(text);
    BlockDriverState *bs;

    if (blk) {
        blk_ref(blk);
        return blk;
    }
    bs = bdrv_find_node(text);
    if (bs) {
        return blk_new_with_bs(bs, 0, BLK_PERM_ALL, errp);
    }
    error_set_from_qdev_prop_error(errp, -ENOENT, obj, name, text);
    return NULL;
}

static void complain_of_user(BlockBackend *blk, const char *text,
                             Error **errp)
{
    DriveInfo *dinfo = blk_legacy_dinfo(blk);

    if (dinfo && dinfo->type != IF_NONE) {
        error_setg(errp, "Drive '%s' is already in use because it has been "
                   "automatically connected to another device (did you need "
                   "'if=none' in the drive options?)", text);
    } else {
        error_setg(errp, "Drive '%s' is already in use by another block "
                   "device", text);
    }
}

static void release_drive(Object *obj, const char *name, void *opaque)
{
    BlockBackend **field = object_field_prop_ptr(obj, opaque);

    if (*field) {
        blockdev_auto_del(*field);
        blk_detach_dev(*field, DEVICE(obj));
        *field = NULL;
    }
}

static void set_drive(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    BlockBackend **field = object_field_prop_ptr(obj, opaque), *blk;
    g_autofree char *text = NULL;

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    if (!*text) {
        release_drive(obj, name, opaque);
        return;
    }
    blk = find_drive(obj, name, text, errp);
    if (!blk) {
        return;
    }
    if (blk_attach_dev(blk, DEVICE(obj)) < 0) {
        complain_of_user(blk, text, errp);
    } else {
        release_drive(obj, name, opaque);
        *field = blk;
    }
    blk_unref(blk);
}

const PropertyInfo qdev_prop_drive = {
    .name = "str",
    .description = "Node name or ID of a block device to use as a backend",
    .get = get_drive,
    .set = set_drive,
    .release = release_drive,
};

/* Requests run in the main loop whatever the device does. */
const PropertyInfo qdev_prop_drive_iothread = {
    .name = "str",
    .description = "Node name or ID of a block device to use as a backend",
    .get = get_drive,
    .set = set_drive,
    .release = release_drive,
};

bool qdev_prop_set_drive_err(DeviceState *dev, const char *name,
                             BlockBackend *value, Error **errp)
{
    const char *text = "";

    if (value) {
        text = blk_name(value);
        if (!*text && blk_bs(value)) {
            text = blk_bs(value)->node_name;
        }
    }
    return object_property_set_str(OBJECT(dev), name, text, errp);
}

void qdev_prop_set_drive(DeviceState *dev, const char *name,
                         BlockBackend *value)
{
    qdev_prop_set_drive_err(dev, name, value, &error_abort);
}
