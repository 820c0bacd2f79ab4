/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Media of removable drives: trays, what is taken out and put in, and sizes.
 *
 * A drive with a tray changes its medium while the tray is open; one without
 * is told at once.  A guest that locked the tray is asked first.
 */
#include "qemu/osdep.h"
#include "backend.h"
#include "block/media.h"
#include "qapi/error.h"
#include "qapi/json.h"

BlockBackend *blk_by_name_or_id(const char *name, const char *id,
                                Error **errp)
{
    BlockBackend *blk;

    if (!name == !id) {
        error_setg(errp, "Need exactly one of 'device' and 'id'");
        return NULL;
    }
    if (id) {
        return blk_by_qdev_id(id, errp);
    }
    blk = blk_by_name(name);
    if (!blk) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  name);
    }
    return blk;
}

/* What a person called it. */
static const char *called(BlockBackend *blk, const char *id)
{
    return id ? id : blk_name(blk);
}

static bool check_removable(BlockBackend *blk, const char *id, Error **errp)
{
    if (!blk_dev_has_removable_media(blk)) {
        error_setg(errp, "Device '%s' is not removable", called(blk, id));
        return false;
    }
    return true;
}

/* 0; -EINPROGRESS where the guest must give the medium up; other: failed. */
static int open_tray(BlockBackend *blk, const char *id, bool force,
                     Error **errp)
{
    bool locked;

    if (!check_removable(blk, id, errp)) {
        return -ENOTSUP;
    }
    if (!blk_dev_has_tray(blk) || blk_dev_is_tray_open(blk)) {
        return 0;
    }
    locked = blk_dev_is_medium_locked(blk);
    if (locked) {
        blk_dev_eject_request(blk, force);
    }
    if (!locked || force) {
        blk_dev_change_media_cb(blk, false, &error_abort);
        return 0;
    }
    error_setg(errp, "Device '%s' is locked and force was not specified, "
               "wait for tray to open and try again", called(blk, id));
    return -EINPROGRESS;
}

bool blk_medium_open_tray(BlockBackend *blk, const char *id, bool force,
                          Error **errp)
{
    Error *err = NULL;
    int ret = open_tray(blk, id, force, &err);

    if (ret == 0 || ret == -EINPROGRESS) {
        error_free(err);
        return true;
    }
    error_propagate(errp, err);
    return false;
}

bool blk_medium_close_tray(BlockBackend *blk, const char *id, Error **errp)
{
    ERRP_GUARD();

    if (!check_removable(blk, id, errp)) {
        return false;
    }
    if (blk_dev_has_tray(blk) && blk_dev_is_tray_open(blk)) {
        blk_dev_change_media_cb(blk, true, errp);
    }
    return !*errp;
}

static bool check_access(BlockBackend *blk, const char *id, Error **errp)
{
    if (!check_removable(blk, id, errp)) {
        return false;
    }
    if (blk_dev_has_tray(blk) && !blk_dev_is_tray_open(blk)) {
        error_setg(errp, "Tray of device '%s' is not open", called(blk, id));
        return false;
    }
    return true;
}

bool blk_medium_remove(BlockBackend *blk, const char *id, Error **errp)
{
    if (!check_access(blk, id, errp)) {
        return false;
    }
    if (!blk_bs(blk)) {
        return true;
    }
    if (blk_op_is_blocked(blk, BLOCK_OP_TYPE_EJECT, errp)) {
        return false;
    }
    blk->empty_read_only = blk_bs(blk)->read_only;
    blk_remove_bs(blk);
    if (!blk_dev_has_tray(blk)) {
        blk_dev_change_media_cb(blk, false, &error_abort);
    }
    return true;
}

bool blk_medium_insert(BlockBackend *blk, const char *id,
                       BlockDriverState *bs, Error **errp)
{
    ERRP_GUARD();

    if (!check_access(blk, id, errp)) {
        return false;
    }
    if (blk_bs(blk)) {
        error_setg(errp, "There already is a medium in device '%s'",
                   called(blk, id));
        return false;
    }
    if (blk_insert_bs(blk, bs, errp) < 0) {
        return false;
    }
    if (!blk_dev_has_tray(blk)) {
        blk_dev_change_media_cb(blk, true, errp);
        if (*errp) {
            blk_remove_bs(blk);
            return false;
        }
    }
    return true;
}

bool blk_medium_insert_node(BlockBackend *blk, const char *id,
                            const char *node_name, Error **errp)
{
    BlockDriverState *bs = bdrv_find_node(node_name);
    BdrvChild *c;

    if (!bs) {
        error_setg(errp, "Node '%s' not found", node_name);
        return false;
    }
    QLIST_FOREACH(c, &bs->parents, next_parent) {
        if (c->blk) {
            error_setg(errp, "Node '%s' is already in use", node_name);
            return false;
        }
    }
    return blk_medium_insert(blk, id, bs, errp);
}

bool blk_medium_eject(BlockBackend *blk, const char *id, bool force,
                      Error **errp)
{
    return open_tray(blk, id, force, errp) == 0 &&
           blk_medium_remove(blk, id, errp);
}

bool blk_medium_change(BlockBackend *blk, const char *id,
                       const char *filename, const char *format, bool force,
                       const char *read_only_mode, Error **errp)
{
    bool read_only = !blk_supports_write_perm(blk);
    json_t *opts = json_object();
    BlockDriverState *bs;
    bool ok;

    if (read_only_mode && strcmp(read_only_mode, "retain")) {
        read_only = !strcmp(read_only_mode, "read-only");
    }
    if (format) {
        json_object_set_new(opts, "driver", json_string_any(format));
    }
    if (!check_removable(blk, id, errp)) {
        json_decref(opts);
        return false;
    }
    bs = bdrv_open(filename, opts, BDRV_O_AUTO_RDONLY |
                   (read_only ? 0 : BDRV_O_RDWR), errp);
    if (!bs) {
        return false;
    }
    ok = open_tray(blk, id, force, errp) == 0 &&
         blk_medium_remove(blk, id, errp) &&
         blk_medium_insert(blk, id, bs, errp) &&
         blk_medium_close_tray(blk, id, errp);
    bdrv_unref(bs);
    return ok;
}

bool block_resize(const char *device, const char *node_name, int64_t size,
                  Error **errp)
{
    BlockBackend *blk = device ? blk_by_name(device) : NULL;
    BlockDriverState *bs = blk ? blk_bs(blk) : NULL;
    int ret;

    if (!bs && node_name) {
        bs = bdrv_find_node(node_name);
    }
    if (blk && !bs) {
        error_setg(errp, "Device '%s' has no medium", device);
        return false;
    }
    if (!bs) {
        error_setg(errp, "Cannot find device='%s' nor node-name='%s'",
                   device ? device : "", node_name ? node_name : "");
        return false;
    }
    if (size < 0) {
        error_setg(errp, "Parameter 'size' expects a >0 size");
        return false;
    }
    blk = blk_new_with_bs(bs, BLK_PERM_RESIZE, BLK_PERM_ALL, errp);
    if (!blk) {
        return false;
    }
    blk_drain_all();
    ret = bdrv_truncate(bs, size, false, PREALLOC_MODE_OFF, errp);
    blk_unref(blk);
    return ret == 0;
}
