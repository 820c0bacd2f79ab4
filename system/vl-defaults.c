/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is there although no option asks for it: a serial port, a parallel
 * port and a monitor, on the terminal with -nographic and on consoles of the
 * display otherwise.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "sysemu/sysemu.h"
#include "vl.h"

#define CONSOLE "vc:80Cx24C"

/* Devices that somebody who gives them wants instead of the default one. */
static const struct {
    const char *driver;
    bool *wanted;
} replacements[] = {
    { "isa-serial", &vl.default_serial },
    { "isa-parallel", &vl.default_parallel },
};

static bool has_device(const char *driver)
{
    for (unsigned i = 0; vl.devices && i < vl.devices->len; i++) {
        const VLItem *item = vl.devices->pdata[i];

        if (!g_strcmp0(json_get_str(item->opts, "driver"), driver)) {
            return true;
        }
    }
    return false;
}

static void decide(const MachineClass *mc)
{
    bool enabled = defaults_enabled();

    for (int i = 0; i < ARRAY_SIZE(replacements); i++) {
        if (has_device(replacements[i].driver)) {
            *replacements[i].wanted = false;
        }
    }
    vl.default_serial &= enabled && !mc->no_serial;
    vl.default_parallel &= enabled && !mc->no_parallel;
    vl.default_monitor &= enabled;
    /* There is no graphics card; a board may leave room for one. */
    if (enabled && !vl.vga && mc->default_display) {
        vga_interface_type = VGA_STD;
    }
}

void vl_add_defaults(const MachineClass *mc, Error **errp)
{
    bool serial, parallel, monitor;

    decide(mc);
    serial = vl.default_serial;
    parallel = vl.default_parallel;
    monitor = vl.default_monitor;
    if (vl.nographic && serial && monitor) {
        vl_opt_serial("mon:stdio", errp);
        monitor = false;
    } else if (vl.nographic && serial) {
        vl_opt_serial("stdio", errp);
    } else if (serial) {
        vl_opt_serial(CONSOLE, errp);
    }
    if (parallel) {
        vl_opt_parallel(vl.nographic ? "null" : CONSOLE, errp);
    }
    if (monitor) {
        vl_opt_monitor(vl.nographic ? "stdio" : CONSOLE, errp);
    }
    vl.default_monitor = false;
}
