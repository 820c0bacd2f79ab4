/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -drive: a drive, its medium, and the place on a controller where a board
 * is to find it.
 */
#include "qemu/osdep.h"
#include "backend.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/id.h"
#include "qemu/option.h"

const char *const block_if_name[IF_COUNT] = {
    [IF_NONE] = "none", [IF_IDE] = "ide", [IF_SCSI] = "scsi",
    [IF_FLOPPY] = "floppy", [IF_PFLASH] = "pflash", [IF_MTD] = "mtd",
    [IF_SD] = "sd", [IF_VIRTIO] = "virtio", [IF_XEN] = "xen",
};

/* Units of a bus; 0: as many as there are. */
static int max_devs[IF_COUNT] = { [IF_IDE] = 2, [IF_SCSI] = 7 };

/* What is remembered beside what boards see. */
typedef struct DriveEntry {
    DriveInfo info;
    Location loc;
} DriveEntry;

/*** Finding ***/

DriveInfo *drive_get(BlockInterfaceType type, int bus, int unit)
{
    BlockBackend *blk;

    for (blk = blk_next(NULL); blk; blk = blk_next(blk)) {
        DriveInfo *d = blk->dinfo;

        if (d && d->type == type && d->bus == bus && d->unit == unit) {
            return d;
        }
    }
    return NULL;
}

static int bus_of(BlockInterfaceType type, int index)
{
    return max_devs[type] ? index / max_devs[type] : 0;
}

static int unit_of(BlockInterfaceType type, int index)
{
    return max_devs[type] ? index % max_devs[type] : index;
}

DriveInfo *drive_get_by_index(BlockInterfaceType type, int index)
{
    return drive_get(type, bus_of(type, index), unit_of(type, index));
}

int drive_get_max_bus(BlockInterfaceType type)
{
    BlockBackend *blk;
    int max = -1;

    for (blk = blk_next(NULL); blk; blk = blk_next(blk)) {
        if (blk->dinfo && blk->dinfo->type == type) {
            max = MAX(max, blk->dinfo->bus);
        }
    }
    return max;
}

int drive_get_max_devs(BlockInterfaceType type)
{
    return type >= IF_IDE && type < IF_COUNT ? max_devs[type] : 0;
}

void override_max_devs(BlockInterfaceType type, int n)
{
    if (n > 0) {
        max_devs[type] = n;
    }
}

BlockBackend *blk_by_legacy_dinfo(DriveInfo *dinfo)
{
    BlockBackend *blk;

    for (blk = blk_next(NULL); blk; blk = blk_next(blk)) {
        if (blk->dinfo == dinfo) {
            return blk;
        }
    }
    return NULL;
}

DriveInfo *blk_legacy_dinfo(BlockBackend *blk)
{
    return blk->dinfo;
}

DriveInfo *blk_set_legacy_dinfo(BlockBackend *blk, DriveInfo *dinfo)
{
    return blk->dinfo = dinfo;
}

void blockdev_mark_auto_del(BlockBackend *blk)
{
    if (blk->dinfo) {
        blk->dinfo->auto_del = 1;
    }
}

void blockdev_auto_del(BlockBackend *blk)
{
    if (blk->dinfo && blk->dinfo->auto_del) {
        monitor_remove_blk(blk);
    }
}

bool drive_check_orphaned(void)
{
    BlockBackend *blk;
    bool orphans = false;

    for (blk = blk_next(NULL); blk; blk = blk_next(blk)) {
        DriveEntry *e = (DriveEntry *)blk->dinfo;

        if (!e || e->info.is_default || e->info.type == IF_NONE ||
            blk->dev) {
            continue;
        }
        loc_push_restore(&e->loc);
        error_report("machine type does not support if=%s,bus=%d,unit=%d",
                     block_if_name[e->info.type], e->info.bus,
                     e->info.unit);
        loc_pop(&e->loc);
        orphans = true;
    }
    return orphans;
}

/*** Options ***/

typedef struct DriveOptions {
    BlockInterfaceType type;
    int bus, unit;              /* -1: not given */
    bool cdrom;
    bool read_only;
    bool writethrough;
    BlockdevOnError rerror, werror;
    int flags;
    char *id;
    char *file;
} DriveOptions;

static bool take_number(json_t *opts, const char *key, int *value,
                        Error **errp)
{
    g_autofree char *text = NULL;
    uint64_t n;

    *value = -1;
    if (!bdrv_opt_str(opts, key, &text, errp)) {
        return false;
    }
    if (!text) {
        return true;
    }
    if (!parse_option_number(key, text, &n, errp)) {
        return false;
    }
    if (n > INT_MAX) {
        error_setg(errp, "Parameter '%s' is too large", key);
        return false;
    }
    *value = n;
    return true;
}

static bool take_interface(json_t *opts, BlockInterfaceType def,
                           DriveOptions *o, Error **errp)
{
    g_autofree char *text = NULL;

    if (!bdrv_opt_str(opts, "if", &text, errp)) {
        return false;
    }
    o->type = def;
    for (int i = 0; text; i++) {
        if (i == IF_COUNT) {
            error_setg(errp, "unsupported bus type '%s'", text);
            return false;
        }
        if (!strcmp(block_if_name[i], text)) {
            o->type = i;
            break;
        }
    }
    return true;
}

static bool take_place(json_t *opts, DriveOptions *o, Error **errp)
{
    int index;

    if (!take_number(opts, "bus", &o->bus, errp) ||
        !take_number(opts, "unit", &o->unit, errp) ||
        !take_number(opts, "index", &index, errp)) {
        return false;
    }
    if (index >= 0) {
        if (o->bus > 0 || o->unit >= 0) {
            error_setg(errp, "index cannot be used with bus and unit");
            return false;
        }
        o->bus = bus_of(o->type, index);
        o->unit = unit_of(o->type, index);
    }
    o->bus = MAX(o->bus, 0);
    if (o->unit < 0) {
        /* The first free place. */
        o->unit = 0;
        while (drive_get(o->type, o->bus, o->unit)) {
            o->unit++;
            if (max_devs[o->type] && o->unit >= max_devs[o->type]) {
                o->unit -= max_devs[o->type];
                o->bus++;
            }
        }
    }
    if (max_devs[o->type] && o->unit >= max_devs[o->type]) {
        error_setg(errp, "unit %d too big (max is %d)", o->unit,
                   max_devs[o->type] - 1);
        return false;
    }
    if (drive_get(o->type, o->bus, o->unit)) {
        error_setg(errp, "drive with bus=%d, unit=%d (index=%d) exists",
                   o->bus, o->unit, index);
        return false;
    }
    return true;
}

static bool take_media(json_t *opts, DriveOptions *o, Error **errp)
{
    g_autofree char *text = NULL;

    if (!bdrv_opt_str(opts, "media", &text, errp)) {
        return false;
    }
    if (text && strcmp(text, "disk") && strcmp(text, "cdrom")) {
        error_setg(errp, "'%s' invalid media", text);
        return false;
    }
    o->cdrom = text && !strcmp(text, "cdrom");
    o->read_only = o->cdrom;
    return true;
}

static char *default_id(const DriveOptions *o)
{
    const char *media = o->type == IF_IDE || o->type == IF_SCSI
                        ? o->cdrom ? "-cd" : "-hd" : "";

    return max_devs[o->type] ?
           g_strdup_printf("%s%d%s%d", block_if_name[o->type], o->bus,
                           media, o->unit) :
           g_strdup_printf("%s%s%d", block_if_name[o->type], media, o->unit);
}

static bool take_id(json_t *opts, DriveOptions *o, Error **errp)
{
    if (!bdrv_opt_str(opts, "id", &o->id, errp)) {
        return false;
    }
    if (!o->id) {
        o->id = default_id(o);
    }
    if (!id_wellformed(o->id)) {
        error_setg(errp, "Parameter 'id' expects an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, "
                          "'-', '.', '_', starting with a letter.\n");
        return false;
    }
    if (blk_by_name(o->id)) {
        error_setg(errp, "Duplicate ID '%s' for drive", o->id);
        return false;
    }
    return true;
}

static bool take_cache(json_t *opts, DriveOptions *o, Error **errp)
{
    static const struct {
        const char *name;
        bool writethrough;
        int flags;
    } modes[] = {
        { "writeback" },
        { "writethrough", true },
        { "none", false, BDRV_O_NOCACHE },
        { "off", false, BDRV_O_NOCACHE },
        { "directsync", true, BDRV_O_NOCACHE },
        { "unsafe", false, BDRV_O_NO_FLUSH },
    };
    g_autofree char *text = NULL;
    bool writeback;
    int i = 0;

    if (!bdrv_opt_str(opts, "cache", &text, errp)) {
        return false;
    }
    while (text && i < ARRAY_SIZE(modes) && strcmp(modes[i].name, text)) {
        i++;
    }
    if (i == ARRAY_SIZE(modes)) {
        error_setg(errp, "invalid cache option");
        return false;
    }
    o->flags |= modes[i].flags;
    writeback = !modes[i].writethrough;
    if (!bdrv_opt_bool(opts, "cache.writeback", &writeback, errp)) {
        return false;
    }
    o->writethrough = !writeback;
    return true;
}

static bool take_aio(json_t *opts, DriveOptions *o, Error **errp)
{
    g_autofree char *text = NULL;

    if (!bdrv_opt_str(opts, "aio", &text, errp)) {
        return false;
    }
    if (!text || !strcmp(text, "threads")) {
        return true;
    }
    if (!strcmp(text, "io_uring")) {
        o->flags |= BDRV_O_IO_URING;
        return true;
    }
    error_setg(errp, strcmp(text, "native") ? "invalid aio option" :
               "aio=native is not part of this program; use aio=threads or "
               "aio=io_uring");
    return false;
}

static bool take_policy(json_t *opts, const char *key, bool is_read,
                        BlockInterfaceType type, BlockdevOnError *value,
                        Error **errp)
{
    g_autofree char *text = NULL;

    if (!bdrv_opt_str(opts, key, &text, errp)) {
        return false;
    }
    if (!text) {
        return true;
    }
    if (type != IF_IDE && type != IF_SCSI && type != IF_VIRTIO &&
        type != IF_NONE) {
        error_setg(errp, "%s is not supported by this bus type", key);
        return false;
    }
    if (!strcmp(text, "ignore")) {
        *value = BLOCKDEV_ON_ERROR_IGNORE;
    } else if (!is_read && !strcmp(text, "enospc")) {
        *value = BLOCKDEV_ON_ERROR_ENOSPC;
    } else if (!strcmp(text, "stop")) {
        *value = BLOCKDEV_ON_ERROR_STOP;
    } else if (!strcmp(text, "report")) {
        *value = BLOCKDEV_ON_ERROR_REPORT;
    } else {
        error_setg(errp, "'%s' invalid %s error action", text,
                   is_read ? "read" : "write");
        return false;
    }
    return true;
}

/* What QEMU's drives can do beyond these is refused by name. */
static bool refuse_foreign(json_t *opts, Error **errp)
{
    static const char *const switches[] = { "snapshot", "copy-on-read" };
    static const char *const prefixes[] = {
        "throttling.", "iops", "bps", "stats-", "group",
    };
    const char *key;
    json_t *value;

    for (int i = 0; i < ARRAY_SIZE(switches); i++) {
        bool on = false;

        if (!bdrv_opt_bool(opts, switches[i], &on, errp)) {
            return false;
        }
        if (on) {
            error_setg(errp, "%s=on is not part of this program",
                       switches[i]);
            return false;
        }
    }
    json_object_foreach(opts, key, value) {
        for (int i = 0; i < ARRAY_SIZE(prefixes); i++) {
            if (g_str_has_prefix(key, prefixes[i])) {
                error_setg(errp, "'%s' is not part of this program", key);
                return false;
            }
        }
    }
    return true;
}

static void print_formats(void)
{
    const BlockDriver *drv = NULL;

    printf("Supported formats:");
    while ((drv = bdrv_next_driver(drv))) {
        printf(" %s", drv->name);
    }
    printf("\n");
}

static bool take_format(json_t *opts, Error **errp)
{
    const char *format = json_get_str(opts, "format");

    if (!format) {
        return true;
    }
    if (is_help_option(format)) {
        print_formats();
        exit(0);
    }
    if (json_has(opts, "driver")) {
        error_setg(errp, "Cannot specify both 'driver' and 'format'");
        return false;
    }
    json_object_set(opts, "driver", json_object_get(opts, "format"));
    json_object_del(opts, "format");
    return true;
}

/* QEMU knows this one by two names. */
static bool take_read_only(json_t *opts, DriveOptions *o, Error **errp)
{
    json_t *old_name = json_object_get(opts, "readonly");

    if (old_name) {
        json_object_set(opts, "read-only", old_name);
        json_object_del(opts, "readonly");
    }
    return bdrv_opt_bool(opts, "read-only", &o->read_only, errp);
}

/*
 * A hole for a write of zeroes, but no holes at all: of -blockdev that is a
 * mistake, here it has always been plain zeroes.
 */
static void settle_detect_zeroes(json_t *opts)
{
    const char *zeroes = json_get_str(opts, "detect-zeroes");
    const char *discard = json_get_str(opts, "discard");

    if (!g_strcmp0(zeroes, "unmap") &&
        (!discard || !strcmp(discard, "ignore") || !strcmp(discard, "off"))) {
        json_object_set_new(opts, "detect-zeroes", json_string("on"));
    }
}

static bool take_drive_options(json_t *opts, BlockInterfaceType def,
                               DriveOptions *o, Error **errp)
{
    *o = (DriveOptions) {
        .rerror = BLOCKDEV_ON_ERROR_REPORT,
        .werror = BLOCKDEV_ON_ERROR_ENOSPC,
    };
    settle_detect_zeroes(opts);
    return refuse_foreign(opts, errp) &&
           take_media(opts, o, errp) &&
           take_interface(opts, def, o, errp) &&
           take_place(opts, o, errp) &&
           take_id(opts, o, errp) &&
           take_read_only(opts, o, errp) &&
           take_policy(opts, "werror", false, o->type, &o->werror, errp) &&
           take_policy(opts, "rerror", true, o->type, &o->rerror, errp) &&
           take_cache(opts, o, errp) &&
           take_aio(opts, o, errp) &&
           take_format(opts, errp) &&
           bdrv_opt_str(opts, "file", &o->file, errp);
}

/*** Making ***/

/* The medium that is described; true with none where nothing is. */
static bool open_medium(const DriveOptions *o, json_t *opts,
                        BlockDriverState **bs, Error **errp)
{
    const char *file = o->file && *o->file ? o->file : NULL;
    int flags = o->flags | BDRV_O_AUTO_RDONLY |
                (o->read_only ? 0 : BDRV_O_RDWR);

    *bs = NULL;
    if (!file && !json_object_size(opts)) {
        return true;
    }
    opts = bdrv_opts_nest(json_incref(opts), errp);
    if (!opts) {
        return false;
    }
    *bs = bdrv_open(file, opts, flags, errp);
    return *bs != NULL;
}

static DriveInfo *add_drive(const DriveOptions *o, BlockDriverState *bs,
                            Error **errp)
{
    BlockBackend *blk = blk_new(NULL, BLK_PERM_CONSISTENT_READ,
                                BLK_PERM_ALL);
    DriveEntry *e;

    blk->empty_read_only = o->read_only;
    blk_set_enable_write_cache(blk, !o->writethrough);
    blk_set_on_error(blk, o->rerror, o->werror);
    if ((bs && blk_insert_bs(blk, bs, errp) < 0) ||
        !monitor_add_blk(blk, o->id, errp)) {
        blk_unref(blk);
        return NULL;
    }
    e = g_new0(DriveEntry, 1);
    e->info.type = o->type;
    e->info.bus = o->bus;
    e->info.unit = o->unit;
    e->info.media_cd = o->cdrom;
    loc_save(&e->loc);
    blk->dinfo = &e->info;
    /* The monitor's reference stays. */
    blk_unref(blk);
    return &e->info;
}

DriveInfo *drive_new_from_json(json_t *opts, BlockInterfaceType def,
                               Error **errp)
{
    DriveInfo *dinfo = NULL;
    BlockDriverState *bs = NULL;
    DriveOptions o;

    if (take_drive_options(opts, def, &o, errp) &&
        open_medium(&o, opts, &bs, errp)) {
        dinfo = add_drive(&o, bs, errp);
    }
    bdrv_unref(bs);
    g_free(o.id);
    g_free(o.file);
    json_decref(opts);
    return dinfo;
}
