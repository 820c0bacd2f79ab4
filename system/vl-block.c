/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -blockdev, -drive, -hda and its like, -cdrom, and the default drives. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/schema.h"
#include "qemu/keyval.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "vl.h"

#define CDROM_INDEX 2

/*** Options ***/

void vl_opt_blockdev(const char *arg, Error **errp)
{
    json_t *opts, *typed;

    if (*arg == '{') {
        bool from_json;

        typed = vl_parse_opts_or_json(arg, NULL, &from_json, NULL, errp);
        if (typed && !qapi_check("BlockdevOptions", typed, errp)) {
            json_decref(typed);
            return;
        }
    } else {
        opts = keyval_parse(arg, "driver", NULL, errp);
        typed = opts ? qapi_from_keyval("BlockdevOptions", opts, errp) : NULL;
        json_decref(opts);
    }
    if (typed) {
        vl_note(&vl.blockdevs, arg, typed, true);
    }
}

void vl_opt_drive(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse_flat(arg, NULL, NULL, errp);

    if (opts) {
        vl_note(&vl.drives, arg, opts, false);
    }
}

static void note_drive(const char *file, const char *index,
                       const char *media)
{
    vl_note(&vl.drives, file,
            json_pack("{s:o, s:s, s:s}", "file", json_string_any(file),
                      "index", index, "media", media), false);
}

void vl_opt_hda(const char *arg, Error **errp)
{
    note_drive(arg, "0", "disk");
}

static void note_floppy(const char *file, const char *index)
{
    vl_note(&vl.drives, file,
            json_pack("{s:s, s:o, s:s}", "if", "floppy", "file",
                      json_string_any(file), "index", index), false);
}

void vl_opt_fda(const char *arg, Error **errp)
{
    note_floppy(arg, "0");
}

void vl_opt_fdb(const char *arg, Error **errp)
{
    note_floppy(arg, "1");
}

void vl_opt_hdb(const char *arg, Error **errp)
{
    note_drive(arg, "1", "disk");
}

void vl_opt_hdc(const char *arg, Error **errp)
{
    note_drive(arg, "2", "disk");
}

void vl_opt_hdd(const char *arg, Error **errp)
{
    note_drive(arg, "3", "disk");
}

void vl_opt_cdrom(const char *arg, Error **errp)
{
    note_drive(arg, stringify(CDROM_INDEX), "cdrom");
}

/*** Making them ***/

static void create_blockdev(VLItem *item, Error **errp)
{
    blockdev_add_json(json_deep_copy(item->opts), errp);
}

/* What has no place on the board is a card of its own. */
static void note_virtio_card(DriveInfo *dinfo)
{
    const char *id = blk_name(blk_by_legacy_dinfo(dinfo));

    vl_note(&vl.devices, NULL,
            json_pack("{s:s, s:s}", "driver", "virtio-blk-pci", "drive", id),
            false);
}

static BlockInterfaceType default_interface(void)
{
    return MACHINE_GET_CLASS(current_machine)->block_default_type;
}

static void create_drive(VLItem *item, Error **errp)
{
    DriveInfo *dinfo = drive_new_from_json(json_deep_copy(item->opts),
                                           default_interface(), errp);

    if (dinfo && dinfo->type == IF_VIRTIO) {
        note_virtio_card(dinfo);
    }
}

/* Where the command line has one of these, it has what it wants. */
static bool has_device_of(const char *const *kinds)
{
    for (unsigned i = 0; vl.devices && i < vl.devices->len; i++) {
        VLItem *item = vl.devices->pdata[i];
        const char *driver = json_get_str(item->opts, "driver");

        if (driver && g_strv_contains(kinds, driver)) {
            return true;
        }
    }
    return false;
}

static bool create_default_cdrom(Error **errp)
{
    static const char *const kinds[] = {
        "ide-cd", "ide-hd", "scsi-cd", "scsi-hd", NULL,
    };
    MachineClass *mc = MACHINE_GET_CLASS(current_machine);
    BlockInterfaceType type = mc->block_default_type;
    DriveInfo *dinfo;

    if (!defaults_enabled() || mc->no_cdrom || type == IF_NONE ||
        has_device_of(kinds) || drive_get_by_index(type, CDROM_INDEX)) {
        return true;
    }
    dinfo = drive_new_from_json(json_pack("{s:s, s:s}", "index",
                                          stringify(CDROM_INDEX),
                                          "media", "cdrom"), type, errp);
    if (dinfo) {
        dinfo->is_default = true;
    }
    return dinfo != NULL;
}

static bool create_default_floppy(Error **errp)
{
    static const char *const kinds[] = { "isa-fdc", "floppy", NULL };
    MachineClass *mc = MACHINE_GET_CLASS(current_machine);
    DriveInfo *dinfo;

    if (!defaults_enabled() || mc->no_floppy || has_device_of(kinds) ||
        drive_get_by_index(IF_FLOPPY, 0)) {
        return true;
    }
    dinfo = drive_new_from_json(json_pack("{s:s}", "index", "0"), IF_FLOPPY,
                                errp);
    if (dinfo) {
        dinfo->is_default = true;
    }
    return dinfo != NULL;
}

/* What a machine that stops leaves behind. */
static int settle_drives(void)
{
    bdrv_drain_all();
    return bdrv_flush_all();
}

bool vl_create_drives(Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(current_machine);

    runstate_set_flush_hook(settle_drives);
    override_max_devs(mc->block_default_type, mc->units_per_default_bus);
    return vl_foreach(vl.blockdevs, create_blockdev, errp) &&
           vl_foreach(vl.drives, create_drive, errp) &&
           create_default_cdrom(errp) && create_default_floppy(errp);
}
