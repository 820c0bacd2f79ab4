/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP commands on drives and their images. */
#include "qemu/osdep.h"

#include "block/media.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "sysemu/blockdev.h"

static json_t *done(bool ok)
{
    return ok ? json_object() : NULL;
}

static BlockBackend *drive_of(const json_t *args, Error **errp)
{
    return blk_by_name_or_id(json_get_str(args, "device"),
                             json_get_str(args, "id"), errp);
}

/*** What there is ***/

json_t *qmp_query_block(json_t *args, Error **errp)
{
    return bdrv_query_blocks();
}

json_t *qmp_query_named_block_nodes(json_t *args, Error **errp)
{
    return bdrv_query_nodes(json_get_bool(args, "flat", false));
}

json_t *qmp_query_blockstats(json_t *args, Error **errp)
{
    return bdrv_query_stats(json_get_bool(args, "query-nodes", false));
}

/*** Nodes ***/

json_t *qmp_blockdev_add(json_t *args, Error **errp)
{
    return done(blockdev_add_json(json_deep_copy(args), errp));
}

json_t *qmp_blockdev_del(json_t *args, Error **errp)
{
    return done(blockdev_del(json_get_str(args, "node-name"), errp));
}

json_t *qmp_block_resize(json_t *args, Error **errp)
{
    return done(block_resize(json_get_str(args, "device"),
                             json_get_str(args, "node-name"),
                             json_get_int(args, "size", 0), errp));
}

/*** Media ***/

json_t *qmp_eject(json_t *args, Error **errp)
{
    BlockBackend *blk = drive_of(args, errp);

    return done(blk && blk_medium_eject(blk, json_get_str(args, "id"),
                                        json_get_bool(args, "force", false),
                                        errp));
}

json_t *qmp_blockdev_open_tray(json_t *args, Error **errp)
{
    BlockBackend *blk = drive_of(args, errp);

    return done(blk && blk_medium_open_tray(blk, json_get_str(args, "id"),
                                            json_get_bool(args, "force",
                                                          false), errp));
}

json_t *qmp_blockdev_close_tray(json_t *args, Error **errp)
{
    BlockBackend *blk = drive_of(args, errp);

    return done(blk && blk_medium_close_tray(blk, json_get_str(args, "id"),
                                             errp));
}

json_t *qmp_blockdev_remove_medium(json_t *args, Error **errp)
{
    BlockBackend *blk = drive_of(args, errp);

    return done(blk && blk_medium_remove(blk, json_get_str(args, "id"),
                                         errp));
}

json_t *qmp_blockdev_insert_medium(json_t *args, Error **errp)
{
    BlockBackend *blk = drive_of(args, errp);

    return done(blk && blk_medium_insert_node(blk, json_get_str(args, "id"),
                                              json_get_str(args,
                                                           "node-name"),
                                              errp));
}

json_t *qmp_blockdev_change_medium(json_t *args, Error **errp)
{
    BlockBackend *blk = drive_of(args, errp);

    return done(blk && blk_medium_change(blk, json_get_str(args, "id"),
                                         json_get_str(args, "filename"),
                                         json_get_str(args, "format"),
                                         json_get_bool(args, "force", false),
                                         json_get_str(args,
                                                      "read-only-mode"),
                                         errp));
}
