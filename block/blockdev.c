/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -blockdev, blockdev-add and blockdev-del: nodes that a person names. */
#include "qemu/osdep.h"
#include "block/block_int.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

bool blockdev_add_json(json_t *opts, Error **errp)
{
    BlockDriverState *bs = NULL;

    if (!json_has(opts, "node-name")) {
        error_setg(errp, "'node-name' must be specified for the root node");
        json_decref(opts);
    } else if (blk_by_name(json_get_str(opts, "node-name"))) {
        error_setg(errp, "node-name=%s is conflicting with a device id",
                   json_get_str(opts, "node-name"));
        json_decref(opts);
    } else {
        bs = bdrv_open(NULL, opts, BDRV_O_RDWR, errp);
    }
    if (!bs) {
        return false;
    }
    bs->monitor_owned = true;
    return true;
}

bool blockdev_del(const char *node_name, Error **errp)
{
    BlockDriverState *bs = bdrv_find_node(node_name);

    if (!bs) {
        error_setg(errp, "Failed to find node with node-name='%s'",
                   node_name);
        return false;
    }
    if (!QLIST_EMPTY(&bs->parents) && bs->parents.lh_first->blk) {
        error_setg(errp, "Node %s is in use", node_name);
        return false;
    }
    if (!bs->monitor_owned) {
        error_setg(errp, "Node %s is not owned by the monitor", node_name);
        return false;
    }
    if (bs->refcnt > 1) {
        error_setg(errp, "Block device %s is in use", node_name);
        return false;
    }
    bs->monitor_owned = false;
    bdrv_unref(bs);
    return true;
}

void blockdev_close_all(void)
{
    BlockBackend *blk;
    BlockDriverState *bs, *next;

    blk_drain_all();
    for (blk = blk_all_next(NULL); blk; blk = blk_all_next(blk)) {
        blk_remove_bs(blk);
    }
    for (bs = bdrv_next_node(NULL); bs; bs = next) {
        next = bdrv_next_node(bs);
        if (bs->monitor_owned && bs->refcnt == 1) {
            bs->monitor_owned = false;
            bdrv_unref(bs);
            /* Its children went, too: begin again. */
            next = bdrv_next_node(NULL);
        }
    }
}
