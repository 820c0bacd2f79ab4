/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the command line has for firmware: tables at once, files for fw_cfg
 * and option ROMs once there is a board that takes them.
 */
#include "qemu/osdep.h"
#include "hw/acpi/acpi-user.h"
#include "hw/firmware/smbios.h"
#include "hw/loader.h"
#include "hw/nvram/fw_cfg.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/keyval.h"
#include "qemu/option.h"
#include "vl.h"

static GPtrArray *fw_cfg_items, *option_roms;

void vl_opt_acpitable(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse_flat(arg, NULL, NULL, errp);

    if (opts) {
        acpi_table_add(opts, errp);
        json_decref(opts);
    }
}

void vl_opt_smbios(const char *arg, Error **errp)
{
    smbios_option_add(arg, errp);
}

/*** -fw_cfg ***/

void vl_opt_fw_cfg(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse_flat(arg, "name", NULL, errp);

    if (opts) {
        vl_note(&fw_cfg_items, arg, opts, false);
    }
}

static char *item_contents(const json_t *opts, gsize *len, Error **errp)
{
    const char *file = json_get_str(opts, "file");
    const char *string = json_get_str(opts, "string");
    g_autoptr(GError) err = NULL;
    char *data;

    if (!file == !string) {
        error_setg(errp, "a fw_cfg item needs either file= or string=");
        return NULL;
    }
    if (string) {
        /* Without the NUL. */
        *len = strlen(string);
        return g_strdup(string);
    }
    if (!g_file_get_contents(file, &data, len, &err)) {
        error_setg(errp, "can't load %s: %s", file, err->message);
        return NULL;
    }
    return data;
}

static void add_fw_cfg_item(VLItem *item, Error **errp)
{
    static const char *const keys[] = { "name", "file", "string", NULL };
    const char *name = json_get_str(item->opts, "name");
    FWCfgState *fw_cfg = fw_cfg_find();
    char *data;
    gsize len;

    if (!vl_check_keys(item->opts, keys, errp)) {
        return;
    }
    if (!fw_cfg) {
        error_setg(errp, "this machine has no fw_cfg device");
        return;
    }
    if (!name || !*name) {
        error_setg(errp, "Parameter 'name' is missing");
        return;
    }
    if (!fw_cfg_check_file_name(fw_cfg, name, errp)) {
        return;
    }
    if (!g_str_has_prefix(name, "opt/")) {
        warn_report("externally provided fw_cfg item names should be "
                    "prefixed with \"opt/\"");
    }
    data = item_contents(item->opts, &len, errp);
    if (data) {
        fw_cfg_add_file(fw_cfg, name, data, len);
    }
}

/*** -option-rom ***/

void vl_opt_option_rom(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse_flat(arg, "romfile", NULL, errp);

    if (opts) {
        vl_note(&option_roms, arg, opts, false);
    }
}

static void add_option_rom(VLItem *item, Error **errp)
{
    static const char *const keys[] = { "romfile", "bootindex", NULL };
    const char *file = json_get_str(item->opts, "romfile");
    const char *index = json_get_str(item->opts, "bootindex");
    g_autofree char *path = NULL;
    uint64_t bootindex = 0;

    if (!vl_check_keys(item->opts, keys, errp)) {
        return;
    }
    if (!file || !*file) {
        error_setg(errp, "Option ROM file is not specified");
        return;
    }
    if (index && (!parse_option_number("bootindex", index, &bootindex,
                                       errp))) {
        return;
    }
    if (bootindex > INT32_MAX) {
        error_setg(errp, "'bootindex' is too large: %s", index);
        return;
    }
    path = qemu_find_file(QEMU_FILE_TYPE_BIOS, file);
    if (!path || get_image_size(path) <= 0) {
        error_setg(errp, "cannot find an option ROM '%s'", file);
        return;
    }
    if (!fw_cfg_find()) {
        error_setg(errp, "this machine has no firmware to run option ROMs");
        return;
    }
    if (rom_add_option(path, index ? (int32_t)bootindex : -1) < 0) {
        error_setg(errp, "cannot use option ROM '%s'", file);
    }
}

bool vl_add_firmware_files(Error **errp)
{
    return vl_foreach(fw_cfg_items, add_fw_cfg_item, errp) &&
           vl_foreach(option_roms, add_option_rom, errp);
}
