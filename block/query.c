/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is of drives and nodes, for the monitors: JSON as in QMP. */
#include "qemu/osdep.h"
#include "backend.h"
#include "block/media.h"
#include "qapi/json.h"

/*** Names ***/

char *bdrv_filename(BlockDriverState *bs)
{
    char *name = bs->drv->filename ? bs->drv->filename(bs) : NULL;
    json_t *all;
    g_autofree char *text = NULL;

    if (name) {
        return name;
    }
    /* No name says it all: the options do. */
    all = json_pack("{s:s}", "driver", bs->drv->name);
    json_object_update(all, bs->options);
    if (bs->file) {
        const char *key = bs->drv->child_key ? bs->drv->child_key : "file";
        g_autofree char *below = bdrv_filename(bs->file->bs);

        json_object_set_new(all, key,
                            json_pack("{s:s, s:o}", "driver",
                                      bs->file->bs->drv->name, "filename",
                                      json_string_any(below)));
    }
    text = json_to_text(all, false);
    json_decref(all);
    return g_strconcat("json:", text, NULL);
}

/*** Nodes ***/

/* The host file at the bottom; NULL where there is none. */
static BlockDriverState *bottom_file(BlockDriverState *bs)
{
    while (bs->file) {
        bs = bs->file->bs;
    }
    return strcmp(bs->drv->name, "file") ? NULL : bs;
}

static json_t *image_info(BlockDriverState *bs)
{
    g_autofree char *name = bdrv_filename(bs);
    int64_t allocated = bs->drv->allocated ? bs->drv->allocated(bs) : -1;
    json_t *info = json_pack("{s:I, s:o, s:s}", "virtual-size",
                             (json_int_t)bs->length, "filename",
                             json_string_any(name), "format", bs->drv->name);

    if (allocated >= 0) {
        json_object_set_new(info, "actual-size", json_integer(allocated));
    }
    if (bottom_file(bs)) {
        json_object_set_new(info, "dirty-flag", json_false());
    }
    return info;
}

static const char *detect_zeroes_name(BlockDriverState *bs)
{
    static const char *const names[] = { "off", "on", "unmap" };

    return names[bs->detect_zeroes];
}

static json_t *node_info(BlockDriverState *bs, BlockBackend *blk)
{
    g_autofree char *name = bdrv_filename(bs);

    return json_pack("{s:o, s:s, s:b, s:s, s:i, s:b, s:s, "
                     "s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:i, "
                     "s:{s:b, s:b, s:b}}",
                     "file", json_string_any(name),
                     "node-name", bs->node_name, "ro", bs->read_only,
                     "drv", bs->drv->name, "backing_file_depth", 0,
                     "encrypted", 0,
                     "detect_zeroes", detect_zeroes_name(bs),
                     "bps", 0, "bps_rd", 0, "bps_wr", 0,
                     "iops", 0, "iops_rd", 0, "iops_wr", 0,
                     "image", image_info(bs), "write_threshold", 0, "cache",
                     "writeback", blk ? blk->enable_write_cache : true,
                     "direct", (bs->open_flags & BDRV_O_NOCACHE) != 0,
                     "no-flush", (bs->open_flags & BDRV_O_NO_FLUSH) != 0);
}

json_t *bdrv_query_nodes(bool flat)
{
    json_t *list = json_array();
    BlockDriverState *bs;

    /* The newest first, as QEMU has it. */
    for (bs = bdrv_next_node(NULL); bs; bs = bdrv_next_node(bs)) {
        json_array_insert_new(list, 0, node_info(bs, NULL));
    }
    return list;
}

/*** Drives ***/

static bool is_shown(BlockBackend *blk)
{
    return blk->name || blk->dev;
}

static void add_qdev(json_t *info, BlockBackend *blk)
{
    g_autofree char *id = blk_get_attached_dev_id(blk);

    if (*id) {
        json_object_set_new(info, "qdev", json_string_any(id));
    }
}

static json_t *drive_info(BlockBackend *blk)
{
    json_t *info = json_pack("{s:s, s:s, s:b, s:b}", "device", blk_name(blk),
                             "type", "unknown",
                             "locked", blk_dev_is_medium_locked(blk),
                             "removable", blk_dev_has_removable_media(blk));

    add_qdev(info, blk);
    if (blk_dev_has_tray(blk)) {
        json_object_set_new(info, "tray_open",
                            json_boolean(blk_dev_is_tray_open(blk)));
    }
    if (blk_iostatus_is_enabled(blk)) {
        json_object_set_new(info, "io-status", json_string(
                                BlockDeviceIoStatus_str(blk->iostatus)));
    }
    if (blk_bs(blk)) {
        json_object_set_new(info, "inserted", node_info(blk_bs(blk), blk));
    }
    return info;
}

json_t *bdrv_query_blocks(void)
{
    json_t *list = json_array();
    BlockBackend *blk;

    for (blk = blk_all_next(NULL); blk; blk = blk_all_next(blk)) {
        if (is_shown(blk)) {
            json_array_append_new(list, drive_info(blk));
        }
    }
    return list;
}

/*** Statistics ***/

static void set_int(json_t *to, const char *fmt, const char *kind,
                    uint64_t value)
{
    g_autofree char *key = g_strdup_printf(fmt, kind);

    json_object_set_new(to, key, json_integer(value));
}

static json_t *stats_of(const BlockAcctStats *s, bool is_drive,
                        uint64_t wr_highest_offset)
{
    static const struct {
        const char *name;
        enum BlockAcctType type;
    } kinds[] = {
        { "rd", BLOCK_ACCT_READ }, { "wr", BLOCK_ACCT_WRITE },
        { "flush", BLOCK_ACCT_FLUSH }, { "unmap", BLOCK_ACCT_UNMAP },
    };
    json_t *out = json_object();

    for (int i = 0; i < ARRAY_SIZE(kinds); i++) {
        const char *name = kinds[i].name;
        enum BlockAcctType t = kinds[i].type;

        if (t != BLOCK_ACCT_FLUSH) {
            set_int(out, "%s_bytes", name, s->nr_bytes[t]);
            set_int(out, "%s_merged", name, s->merged[t]);
        }
        set_int(out, "%s_operations", name, s->nr_ops[t]);
        set_int(out, "failed_%s_operations", name, s->failed_ops[t]);
        set_int(out, "invalid_%s_operations", name, s->invalid_ops[t]);
        set_int(out, "%s_total_time_ns", name, s->total_time_ns[t]);
    }
    json_object_set_new(out, "wr_highest_offset",
                        json_integer(wr_highest_offset));
    json_object_set_new(out, "account_invalid",
                        json_boolean(is_drive && s->account_invalid));
    json_object_set_new(out, "account_failed",
                        json_boolean(is_drive && s->account_failed));
    json_object_set_new(out, "timed_stats", json_array());
    return out;
}

static json_t *node_stats(BlockDriverState *bs)
{
    const BlockAcctStats none = { };
    json_t *info = json_pack("{s:s, s:o}", "node-name", bs->node_name,
                             "stats", stats_of(&none, false,
                                               bs->wr_highest_offset));

    if (bs->drv->stats) {
        json_object_set_new(info, "driver-specific", bs->drv->stats(bs));
    }
    if (bs->file) {
        json_object_set_new(info, "parent", node_stats(bs->file->bs));
    }
    return info;
}

static json_t *drive_stats(BlockBackend *blk)
{
    BlockDriverState *bs = blk_bs(blk);
    json_t *info = bs ? node_stats(bs) : json_object();
    json_t *stats;

    qemu_mutex_lock(&blk->stats.lock);
    stats = stats_of(&blk->stats, true, bs ? bs->wr_highest_offset : 0);
    qemu_mutex_unlock(&blk->stats.lock);
    if (blk->stats.last_access_time_ns) {
        json_object_set_new(stats, "idle_time_ns", json_integer(
                                block_acct_idle_time_ns(&blk->stats)));
    }
    json_object_set_new(info, "stats", stats);
    json_object_set_new(info, "device", json_string(blk_name(blk)));
    add_qdev(info, blk);
    return info;
}

json_t *bdrv_query_stats(bool by_node)
{
    json_t *list = json_array();
    BlockDriverState *bs;
    BlockBackend *blk;

    if (by_node) {
        for (bs = bdrv_next_node(NULL); bs; bs = bdrv_next_node(bs)) {
            json_array_append_new(list, node_stats(bs));
        }
        return list;
    }
    for (blk = blk_all_next(NULL); blk; blk = blk_all_next(blk)) {
        if (is_shown(blk)) {
            json_array_append_new(list, drive_stats(blk));
        }
    }
    return list;
}
