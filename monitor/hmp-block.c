/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands on drives and their images. */
#include "qemu/osdep.h"

#include "block/media.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/keyval.h"
#include "sysemu/blockdev.h"

/*** info block ***/

static void print_image(Monitor *mon, const json_t *image)
{
    g_autofree char *size = size_to_str(json_get_int(image, "virtual-size",
                                                     0));
    g_autofree char *on_disk = json_has(image, "actual-size") ?
        size_to_str(json_get_int(image, "actual-size", 0)) :
        g_strdup("unavailable");

    monitor_printf(mon, "\nImages:\nimage: %s\nfile format: %s\n"
                   "virtual size: %s (%" PRId64 " bytes)\ndisk size: %s\n",
                   json_get_str(image, "filename"),
                   json_get_str(image, "format"), size,
                   json_get_int(image, "virtual-size", 0), on_disk);
}

static void print_inserted(Monitor *mon, const json_t *inserted, bool verbose)
{
    const json_t *cache = json_object_get(inserted, "cache");
    const char *zeroes = json_get_str(inserted, "detect_zeroes");

    monitor_printf(mon, "    Cache mode:       %s%s%s\n",
                   json_get_bool(cache, "writeback", false) ? "writeback"
                                                           : "writethrough",
                   json_get_bool(cache, "direct", false) ? ", direct" : "",
                   json_get_bool(cache, "no-flush", false)
                   ? ", ignore flushes" : "");
    if (strcmp(zeroes, "off")) {
        monitor_printf(mon, "    Detect zeroes:    %s\n", zeroes);
    }
    if (verbose) {
        print_image(mon, json_object_get(inserted, "image"));
    }
}

static void print_medium(Monitor *mon, const json_t *inserted)
{
    if (!inserted) {
        monitor_printf(mon, ": [not inserted]\n");
        return;
    }
    monitor_printf(mon, ": %s (%s%s)\n", json_get_str(inserted, "file"),
                   json_get_str(inserted, "drv"),
                   json_get_bool(inserted, "ro", false) ? ", read-only" : "");
}

static void print_drive(Monitor *mon, const json_t *info, bool verbose)
{
    const json_t *inserted = json_object_get(info, "inserted");
    const char *node = json_get_str(inserted, "node-name");
    const char *name = json_get_str(info, "device");
    const char *qdev = json_get_str(info, "qdev");
    const char *status = json_get_str(info, "io-status");

    if (*name) {
        monitor_printf(mon, "%s", name);
        if (node) {
            monitor_printf(mon, " (%s)", node);
        }
    } else {
        monitor_printf(mon, "%s", node ? node : qdev ? qdev : "<anonymous>");
    }
    print_medium(mon, inserted);
    if (qdev) {
        monitor_printf(mon, "    Attached to:      %s\n", qdev);
    }
    if (status && strcmp(status, "ok")) {
        monitor_printf(mon, "    I/O status:       %s\n", status);
    }
    if (json_get_bool(info, "removable", false)) {
        monitor_printf(mon, "    Removable device: %slocked, tray %s\n",
                       json_get_bool(info, "locked", false) ? "" : "not ",
                       json_get_bool(info, "tray_open", false) ? "open"
                                                               : "closed");
    }
    if (inserted) {
        print_inserted(mon, inserted, verbose);
    }
}

static void print_node(Monitor *mon, const json_t *info, bool verbose)
{
    monitor_printf(mon, "%s", json_get_str(info, "node-name"));
    print_medium(mon, info);
    print_inserted(mon, info, verbose);
}

static void info_block(Monitor *mon, const json_t *args)
{
    const char *wanted = json_get_str(args, "device");
    bool verbose = json_get_bool(args, "verbose", false);
    bool nodes = json_get_bool(args, "nodes", false);
    json_t *list = nodes ? bdrv_query_nodes(false) : bdrv_query_blocks();
    json_t *info;
    bool first = true;
    size_t i;

    json_array_foreach(list, i, info) {
        const char *name = json_get_str(info, nodes ? "node-name" : "device");

        if (wanted && strcmp(wanted, name)) {
            continue;
        }
        if (!first) {
            monitor_printf(mon, "\n");
        }
        first = false;
        (nodes ? print_node : print_drive)(mon, info, verbose);
    }
    json_decref(list);
}

static void info_blockstats(Monitor *mon, const json_t *args)
{
    static const char *const keys[] = {
        "rd_bytes", "wr_bytes", "rd_operations", "wr_operations",
        "flush_operations", "wr_total_time_ns", "rd_total_time_ns",
        "flush_total_time_ns", "rd_merged", "wr_merged", "idle_time_ns",
    };
    json_t *list = bdrv_query_stats(false), *info;
    size_t i;

    json_array_foreach(list, i, info) {
        const json_t *stats = json_object_get(info, "stats");

        if (!*json_get_str(info, "device")) {
            continue;
        }
        monitor_printf(mon, "%s:", json_get_str(info, "device"));
        for (int k = 0; k < ARRAY_SIZE(keys); k++) {
            monitor_printf(mon, " %s=%" PRId64, keys[k],
                           json_get_int(stats, keys[k], 0));
        }
        monitor_printf(mon, "\n");
    }
    json_decref(list);
}

/*** Commands ***/

static void hmp_block_resize(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    block_resize(json_get_str(args, "device"), NULL,
                 json_get_int(args, "size", 0), &err);
    hmp_handle_error(mon, err);
}

static void hmp_eject(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    BlockBackend *blk = blk_by_name_or_id(json_get_str(args, "device"), NULL,
                                          &err);

    if (blk) {
        blk_medium_eject(blk, NULL, json_get_bool(args, "force", false),
                         &err);
    }
    hmp_handle_error(mon, err);
}

static void hmp_change(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    const char *mode = json_get_str(args, "read-only-mode");
    BlockBackend *blk;

    if (mode && strcmp(mode, "retain") && strcmp(mode, "read-only") &&
        strcmp(mode, "read-write")) {
        error_setg(&err, "Invalid parameter '%s'", mode);
        hmp_handle_error(mon, err);
        return;
    }
    blk = blk_by_name_or_id(json_get_str(args, "device"), NULL, &err);
    if (blk) {
        blk_medium_change(blk, NULL, json_get_str(args, "target"),
                          json_get_str(args, "arg"),
                          json_get_bool(args, "force", false), mode, &err);
    }
    hmp_handle_error(mon, err);
}

static void hmp_drive_add(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    json_t *opts = keyval_parse_flat(json_get_str(args, "opts"), NULL, NULL,
                                     &err);
    DriveInfo *dinfo = opts ? drive_new_from_json(opts, IF_NONE, &err) : NULL;

    if (dinfo && dinfo->type == IF_NONE) {
        monitor_printf(mon, "OK\n");
    } else if (dinfo) {
        monitor_printf(mon, "Can't hot-add drive to type %d\n", dinfo->type);
        monitor_remove_blk(blk_by_legacy_dinfo(dinfo));
    }
    hmp_handle_error(mon, err);
}

/* The name is free at once; a device keeps an empty drive. */
static void hmp_drive_del(Monitor *mon, const json_t *args)
{
    const char *id = json_get_str(args, "id");
    BlockBackend *blk = blk_by_name(id);

    if (!blk) {
        monitor_printf(mon, "Device '%s' not found\n", id);
        return;
    }
    blk_ref(blk);
    blk_remove_bs(blk);
    monitor_remove_blk(blk);
    if (blk_get_attached_dev(blk)) {
        /* Stopping the machine would help nobody: no image comes back. */
        blk_set_on_error(blk, BLOCKDEV_ON_ERROR_REPORT,
                         BLOCKDEV_ON_ERROR_REPORT);
    }
    blk_unref(blk);
}

static void complete_drive(ReadLineState *rs, int nb_args, const char *str)
{
    BlockBackend *blk;

    for (blk = blk_next(NULL); nb_args == 2 && blk; blk = blk_next(blk)) {
        readline_add_completion_of(rs, str, blk_name(blk));
    }
}

static const HMPCommand info_commands[] = {
    { "block", "nodes:-n,verbose:-v,device:B?", "[-n] [-v] [device]",
      "show drives (-n: nodes; -v: more of each)", info_block,
      complete_drive },
    { "blockstats", "", "", "show how much drives were used",
      info_blockstats },
    { }
};

static const HMPCommand commands[] = {
    { "block_resize", "device:B,size:o", "device size",
      "give an image another size", hmp_block_resize, complete_drive },
    { "eject", "force:-f,device:B", "[-f] device",
      "take the medium out of a drive (-f: even if it is locked)", hmp_eject,
      complete_drive },
    { "change", "force:-f,device:B,target:F,arg:s?,read-only-mode:s?",
      "[-f] device filename [format [read-only-mode]]",
      "put another medium into a drive", hmp_change, complete_drive },
    { "drive_add", "dummy:s,opts:s", "dummy opts",
      "add a drive with if=none, as -drive does", hmp_drive_add },
    { "drive_del", "id:B", "device",
      "take the image from a drive and forget its name", hmp_drive_del,
      complete_drive },
    { }
};

static void hmp_block_init(void)
{
    hmp_register_info(info_commands);
    hmp_register(commands);
}
hmp_init(hmp_block_init);
