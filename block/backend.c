/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives: what a device holds, with a medium in it or not (see
 * sysemu/block-backend.h).  Requests are in backend-io.c, errors in
 * backend-error.c.
 */
#include "qemu/osdep.h"
#include "backend.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qemu/id.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"
#include "sysemu/runstate.h"

static QTAILQ_HEAD(, BlockBackend) drives = QTAILQ_HEAD_INITIALIZER(drives);

/*** Making and finding ***/

BlockBackend *blk_new(AioContext *ctx, uint64_t perm, uint64_t shared_perm)
{
    BlockBackend *blk = g_new0(BlockBackend, 1);

    blk->refcnt = 1;
    blk->perm = perm;
    blk->shared_perm = shared_perm;
    blk->enable_write_cache = true;
    blk->on_read_error = BLOCKDEV_ON_ERROR_REPORT;
    blk->on_write_error = BLOCKDEV_ON_ERROR_ENOSPC;
    block_acct_init(&blk->stats);
    notifier_list_init(&blk->remove_notifiers);
    notifier_list_init(&blk->insert_notifiers);
    QTAILQ_INSERT_TAIL(&drives, blk, link);
    return blk;
}

BlockBackend *blk_new_with_bs(BlockDriverState *bs, uint64_t perm,
                              uint64_t shared_perm, Error **errp)
{
    BlockBackend *blk = blk_new(NULL, perm, shared_perm);

    if (blk_insert_bs(blk, bs, errp) < 0) {
        blk_unref(blk);
        return NULL;
    }
    return blk;
}

void blk_ref(BlockBackend *blk)
{
    blk->refcnt++;
}

void blk_unref(BlockBackend *blk)
{
    if (!blk || blk->refcnt > 1) {
        if (blk) {
            blk->refcnt--;
        }
        return;
    }
    blk_drain(blk);
    blk_remove_bs(blk);
    QTAILQ_REMOVE(&drives, blk, link);
    block_acct_cleanup(&blk->stats);
    g_free(blk->dinfo);
    g_free(blk->name);
    g_free(blk);
}

int blk_get_refcnt(BlockBackend *blk)
{
    return blk ? blk->refcnt : 0;
}

const char *blk_name(const BlockBackend *blk)
{
    return blk->name ? blk->name : "";
}

BlockBackend *blk_by_name(const char *name)
{
    BlockBackend *blk;

    QTAILQ_FOREACH(blk, &drives, link) {
        if (blk->name && !strcmp(blk->name, name)) {
            return blk;
        }
    }
    return NULL;
}

BlockBackend *blk_all_next(BlockBackend *blk)
{
    return blk ? QTAILQ_NEXT(blk, link) : QTAILQ_FIRST(&drives);
}

BlockBackend *blk_next(BlockBackend *blk)
{
    do {
        blk = blk_all_next(blk);
    } while (blk && !blk->name);
    return blk;
}

bool monitor_add_blk(BlockBackend *blk, const char *name, Error **errp)
{
    if (!id_wellformed(name)) {
        error_setg(errp, "Invalid device name");
        return false;
    }
    if (blk_by_name(name)) {
        error_setg(errp, "Device with id '%s' already exists", name);
        return false;
    }
    if (bdrv_find_node(name)) {
        error_setg(errp, "Device name '%s' conflicts with an existing node "
                   "name", name);
        return false;
    }
    blk->name = g_strdup(name);
    blk_ref(blk);
    return true;
}

void monitor_remove_blk(BlockBackend *blk)
{
    if (blk->name) {
        g_free(blk->name);
        blk->name = NULL;
        blk_unref(blk);
    }
}

/*** The medium ***/

BlockDriverState *blk_bs(BlockBackend *blk)
{
    return blk->root ? blk->root->bs : NULL;
}

char *blk_child_user(BlockBackend *blk)
{
    g_autofree char *dev = blk_get_attached_dev_id(blk);

    if (blk->name) {
        return g_strdup_printf("block device '%s'", blk->name);
    }
    return *dev ? g_strdup_printf("block device '%s'", dev)
                : g_strdup("an unnamed block device");
}

int blk_insert_bs(BlockBackend *blk, BlockDriverState *bs, Error **errp)
{
    uint64_t perm = blk->perm, shared = blk->shared_perm;

    if (blk->inactive) {
        perm = 0;
        shared = BLK_PERM_ALL;
    }
    bdrv_ref(bs);
    blk->root = bdrv_child_new(bs, "root", NULL, blk, perm, shared, errp);
    if (!blk->root) {
        return -EPERM;
    }
    notifier_list_notify(&blk->insert_notifiers, blk);
    return 0;
}

void blk_remove_bs(BlockBackend *blk)
{
    BdrvChild *root = blk->root;

    if (root) {
        notifier_list_notify(&blk->remove_notifiers, blk);
        blk_drain(blk);
        blk->root = NULL;
        bdrv_child_free(root);
    }
}

int blk_set_perm(BlockBackend *blk, uint64_t perm, uint64_t shared_perm,
                 Error **errp)
{
    if (blk->root && !blk->inactive &&
        bdrv_child_set_perm(blk->root, perm, shared_perm, errp) < 0) {
        return -EPERM;
    }
    blk->perm = perm;
    blk->shared_perm = shared_perm;
    return 0;
}

void blk_get_perm(BlockBackend *blk, uint64_t *perm, uint64_t *shared_perm)
{
    *perm = blk->perm;
    *shared_perm = blk->shared_perm;
}

bool blk_set_inactive(BlockBackend *blk, bool inactive, Error **errp)
{
    if (blk->inactive == inactive) {
        return true;
    }
    if (blk->root &&
        bdrv_child_set_perm(blk->root, inactive ? 0 : blk->perm,
                            inactive ? BLK_PERM_ALL : blk->shared_perm,
                            errp) < 0) {
        return false;
    }
    blk->inactive = inactive;
    return true;
}

void blk_add_remove_bs_notifier(BlockBackend *blk, Notifier *notify)
{
    notifier_list_add(&blk->remove_notifiers, notify);
}

void blk_add_insert_bs_notifier(BlockBackend *blk, Notifier *notify)
{
    notifier_list_add(&blk->insert_notifiers, notify);
}

void blk_node_resized(BlockBackend *blk)
{
    if (blk->dev_ops && blk->dev_ops->resize_cb) {
        blk->dev_ops->resize_cb(blk->dev_opaque);
    }
}

/*** The device ***/

int blk_attach_dev(BlockBackend *blk, DeviceState *dev)
{
    if (blk->dev) {
        return -EBUSY;
    }
    /* The image is the other side's until its state has come. */
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        blk_set_inactive(blk, true, NULL);
    }
    /* Not the device: it holds the drive, and lets it go when it ends. */
    blk_ref(blk);
    blk->dev = dev;
    blk_iostatus_reset(blk);
    return 0;
}

void blk_detach_dev(BlockBackend *blk, DeviceState *dev)
{
    assert(blk->dev == dev);
    blk->dev = NULL;
    blk->dev_ops = NULL;
    blk->dev_opaque = NULL;
    blk_set_perm(blk, 0, BLK_PERM_ALL, &error_abort);
    blk_unref(blk);
}

DeviceState *blk_get_attached_dev(BlockBackend *blk)
{
    return blk->dev;
}

static char *dev_path(BlockBackend *blk)
{
    return blk->dev ? object_get_canonical_path(OBJECT(blk->dev))
                    : g_strdup("");
}

char *blk_get_attached_dev_id(BlockBackend *blk)
{
    return blk->dev && blk->dev->id ? g_strdup(blk->dev->id) : dev_path(blk);
}

BlockBackend *blk_by_dev(void *dev)
{
    BlockBackend *blk;

    QTAILQ_FOREACH(blk, &drives, link) {
        if (blk->dev == dev) {
            return blk;
        }
    }
    return NULL;
}

/* The device itself, or a part of it as virtio's are. */
static bool is_part_of(DeviceState *dev, Object *whole)
{
    return dev && (OBJECT(dev) == whole || OBJECT(dev)->parent == whole);
}

BlockBackend *blk_by_qdev_id(const char *id, Error **errp)
{
    Object *obj = object_resolve_path_at(container_get(object_get_root(),
                                                       "/machine/peripheral"),
                                         id);
    BlockBackend *blk;

    if (!obj || !object_dynamic_cast(obj, TYPE_DEVICE)) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  id);
        return NULL;
    }
    QTAILQ_FOREACH(blk, &drives, link) {
        if (is_part_of(blk->dev, obj)) {
            return blk;
        }
    }
    error_setg(errp, "Device does not have a block device backend");
    return NULL;
}

void blk_set_dev_ops(BlockBackend *blk, const BlockDevOps *ops, void *opaque)
{
    blk->dev_ops = ops;
    blk->dev_opaque = opaque;
}

/*** Tray and medium, as the device sees them ***/

bool blk_dev_has_removable_media(BlockBackend *blk)
{
    return !blk->dev || (blk->dev_ops && blk->dev_ops->change_media_cb);
}

bool blk_dev_has_tray(BlockBackend *blk)
{
    return blk->dev_ops && blk->dev_ops->is_tray_open;
}

bool blk_dev_is_tray_open(BlockBackend *blk)
{
    return blk_dev_has_tray(blk) &&
           blk->dev_ops->is_tray_open(blk->dev_opaque);
}

bool blk_dev_is_medium_locked(BlockBackend *blk)
{
    return blk->dev_ops && blk->dev_ops->is_medium_locked &&
           blk->dev_ops->is_medium_locked(blk->dev_opaque);
}

void blk_dev_eject_request(BlockBackend *blk, bool force)
{
    if (blk->dev_ops && blk->dev_ops->eject_request_cb) {
        blk->dev_ops->eject_request_cb(blk->dev_opaque, force);
    }
}

static void send_tray_moved(BlockBackend *blk, bool open)
{
    g_autofree char *id = blk_get_attached_dev_id(blk);

    qapi_event_send(QAPI_EVENT_DEVICE_TRAY_MOVED,
                    json_pack("{s:s, s:s, s:b}", "device", blk_name(blk),
                              "id", id, "tray-open", open));
}

void blk_dev_change_media_cb(BlockBackend *blk, bool load, Error **errp)
{
    ERRP_GUARD();
    bool was_open = blk_dev_is_tray_open(blk), is_open;

    if (!blk->dev_ops || !blk->dev_ops->change_media_cb) {
        return;
    }
    blk->dev_ops->change_media_cb(blk->dev_opaque, load, errp);
    is_open = blk_dev_is_tray_open(blk);
    if (!*errp && was_open != is_open) {
        send_tray_moved(blk, is_open);
    }
}

void blk_eject(BlockBackend *blk, bool eject_flag)
{
    send_tray_moved(blk, eject_flag);
}

void blk_lock_medium(BlockBackend *blk, bool locked)
{
    /* Of interest to host drives alone. */
}

/*** What it is ***/

bool blk_is_inserted(BlockBackend *blk)
{
    return blk->root != NULL;
}

bool blk_is_available(BlockBackend *blk)
{
    return blk_is_inserted(blk) && !blk_dev_is_tray_open(blk);
}

bool blk_is_writable(BlockBackend *blk)
{
    return blk->perm & BLK_PERM_WRITE;
}

bool blk_supports_write_perm(BlockBackend *blk)
{
    return blk->root ? !blk_bs(blk)->read_only : !blk->empty_read_only;
}

bool blk_is_sg(BlockBackend *blk)
{
    return false;
}

int64_t blk_getlength(BlockBackend *blk)
{
    return blk->root ? bdrv_getlength(blk_bs(blk)) : -ENOMEDIUM;
}

int64_t blk_nb_sectors(BlockBackend *blk)
{
    int64_t length = blk_getlength(blk);

    return length < 0 ? length : length >> BDRV_SECTOR_BITS;
}

void blk_get_geometry(BlockBackend *blk, uint64_t *nb_sectors_ptr)
{
    *nb_sectors_ptr = MAX(blk_nb_sectors(blk), 0);
}

int blk_probe_blocksizes(BlockBackend *blk, BlockSizes *bsz)
{
    BlockDriverState *bs = blk_bs(blk);

    if (!bs) {
        return -ENOMEDIUM;
    }
    return bs->drv->probe_blocksizes ? bs->drv->probe_blocksizes(bs, bsz)
                                     : -ENOTSUP;
}

int blk_probe_geometry(BlockBackend *blk, HDGeometry *geo)
{
    return -ENOTSUP;
}

int blk_get_flags(BlockBackend *blk)
{
    return blk->root ? blk_bs(blk)->open_flags : 0;
}

uint32_t blk_get_request_alignment(BlockBackend *blk)
{
    return blk->root ? blk_bs(blk)->bl.request_alignment : BDRV_SECTOR_SIZE;
}

uint32_t blk_get_max_transfer(BlockBackend *blk)
{
    return QEMU_ALIGN_DOWN(INT_MAX, blk_get_request_alignment(blk));
}

uint64_t blk_get_max_hw_transfer(BlockBackend *blk)
{
    return blk_get_max_transfer(blk);
}

int blk_get_max_iov(BlockBackend *blk)
{
    return blk->root ? blk_bs(blk)->bl.max_iov : IOV_MAX;
}

int blk_get_max_hw_iov(BlockBackend *blk)
{
    return blk_get_max_iov(blk);
}

void *blk_try_blockalign(BlockBackend *blk, size_t size)
{
    return qemu_try_memalign(4096, MAX(size, 1));
}

void *blk_blockalign(BlockBackend *blk, size_t size)
{
    return qemu_memalign(4096, MAX(size, 1));
}

bool blk_enable_write_cache(BlockBackend *blk)
{
    return blk->enable_write_cache;
}

void blk_set_enable_write_cache(BlockBackend *blk, bool wce)
{
    blk->enable_write_cache = wce;
}

void blk_set_allow_write_beyond_eof(BlockBackend *blk, bool allow)
{
    blk->allow_write_beyond_eof = allow;
}

void blk_set_allow_aio_context_change(BlockBackend *blk, bool allow)
{
    /* There is one context. */
}

void blk_set_disable_request_queuing(BlockBackend *blk, bool disable)
{
    /* Nothing queues. */
}

AioContext *blk_get_aio_context(BlockBackend *blk)
{
    return qemu_get_aio_context();
}

int blk_set_aio_context(BlockBackend *blk, AioContext *new_context,
                        Error **errp)
{
    if (new_context == qemu_get_aio_context()) {
        return 0;
    }
    error_setg(errp, "block devices run in the main loop only");
    return -ENOTSUP;
}

BlockAcctStats *blk_get_stats(BlockBackend *blk)
{
    return &blk->stats;
}

/*** Blocked operations ***/

bool blk_op_is_blocked(BlockBackend *blk, BlockOpType op, Error **errp)
{
    if (!blk->op_blocker) {
        return false;
    }
    error_setg(errp, "Node '%s' is busy: %s", blk->root ?
               blk_bs(blk)->node_name : "", error_get_pretty(blk->op_blocker));
    return true;
}

void blk_op_unblock(BlockBackend *blk, BlockOpType op, Error *reason)
{
    /* Blocking is of all operations or none. */
}

void blk_op_block_all(BlockBackend *blk, Error *reason)
{
    blk->op_blocker = reason;
}

void blk_op_unblock_all(BlockBackend *blk, Error *reason)
{
    if (blk->op_blocker == reason) {
        blk->op_blocker = NULL;
    }
}

/*** Migration ***/

bool bdrv_activate_all(Error **errp)
{
    BlockBackend *blk;
    BlockDriverState *bs;

    for (bs = bdrv_next_node(NULL); bs; bs = bdrv_next_node(bs)) {
        int ret;

        bs->open_flags &= ~BDRV_O_INACTIVE;
        /* The other side may have grown it. */
        ret = bs->file ? 0 : bdrv_refresh_length(bs);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Could not refresh total sector "
                             "count");
            return false;
        }
    }
    QTAILQ_FOREACH(blk, &drives, link) {
        if (!blk_set_inactive(blk, false, errp)) {
            return false;
        }
    }
    return true;
}

int bdrv_inactivate_all(void)
{
    BlockBackend *blk;
    int ret = bdrv_flush_all();

    QTAILQ_FOREACH(blk, &drives, link) {
        if (blk->dev) {
            blk_set_inactive(blk, true, &error_abort);
        }
    }
    return ret;
}
