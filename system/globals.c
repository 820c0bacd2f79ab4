/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What options say and everybody may read; exit notifiers. */
#include "qemu/osdep.h"
#include "sysemu/sysemu.h"

const char *qemu_name;
int autostart = 1;
int vga_interface_type = VGA_NONE;
bool vga_interface_created;
int graphic_rotate;
int old_param;
uint8_t *boot_splash_filedata;
bool enable_cpu_pm;
bool fd_bootchk = true;
QEMUClockType rtc_clock = QEMU_CLOCK_HOST;
QEMUOptionRom option_rom[MAX_OPTION_ROMS];
int nb_option_roms;
Chardev *parallel_hds[MAX_PARALLEL_PORTS];

static bool no_defaults;
static GPtrArray *serial_hds;

bool defaults_enabled(void)
{
    return !no_defaults;
}

void set_defaults_enabled(bool enabled)
{
    no_defaults = !enabled;
}

Chardev *serial_hd(int i)
{
    return serial_hds && i >= 0 && i < serial_hds->len ?
           g_ptr_array_index(serial_hds, i) : NULL;
}

void serial_hd_set(int i, Chardev *chr)
{
    if (!serial_hds) {
        serial_hds = g_ptr_array_new();
    }
    if (i >= serial_hds->len) {
        g_ptr_array_set_size(serial_hds, i + 1);
    }
    g_ptr_array_index(serial_hds, i) = chr;
}

static NotifierList exit_notifiers = NOTIFIER_LIST_INITIALIZER(exit_notifiers);

void qemu_add_exit_notifier(Notifier *notify)
{
    notifier_list_add(&exit_notifiers, notify);
}

void qemu_remove_exit_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

void qemu_run_exit_notifiers(void)
{
    /* One that ends the program again must not bring us back here. */
    static bool done;

    if (!done) {
        done = true;
        notifier_list_notify(&exit_notifiers, NULL);
    }
}
