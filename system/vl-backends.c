/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -chardev, -mon, -qmp, -monitor, -serial, -parallel and -object. */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/cutils.h"
#include "qemu/keyval.h"
#include "qom/object_interfaces.h"
#include "sysemu/sysemu.h"
#include "vl.h"

/*** Character devices ***/

void vl_opt_chardev(const char *arg, Error **errp)
{
    bool help = false;
    json_t *opts = keyval_parse_flat(arg, "backend", &help, errp);

    if (!opts) {
        return;
    }
    if (help) {
        json_object_set_new(opts, "backend", json_string("help"));
        qemu_chr_new_from_json(opts, NULL, errp);
        exit(0);
    }
    vl_note(&vl.chardevs, arg, opts, false);
}

static void create_chardev(VLItem *item, Error **errp)
{
    qemu_chr_new_from_json(item->opts, NULL, errp);
}

bool vl_create_chardevs(Error **errp)
{
    return vl_foreach(vl.chardevs, create_chardev, errp);
}

/*** Monitors ***/

void vl_opt_mon(const char *arg, Error **errp)
{
    static const char *const keys[] = {
        "chardev", "mode", "pretty", "id", NULL,
    };
    json_t *opts = keyval_parse_flat(arg, "chardev", NULL, errp);

    if (!opts) {
        return;
    }
    if (!vl_check_keys(opts, keys, errp)) {
        json_decref(opts);
        return;
    }
    vl.default_monitor = false;
    vl_note(&vl.mons, arg, opts, false);
}

/*
 * "-qmp unix:path" is a character device with a name that we make up, and a
 * monitor on it; "chardev:id" names one that exists.
 */
static void add_compat_monitor(const char *dev, const char *mode, bool pretty,
                               Error **errp)
{
    static int counter;
    g_autofree char *label = NULL;
    const char *id = NULL;

    vl.default_monitor = false;
    if (!strcmp(dev, "none")) {
        return;
    }
    if (strstart(dev, "chardev:", &id)) {
        label = g_strdup(id);
    } else {
        label = g_strdup_printf("compat_monitor%d", counter++);
        if (!qemu_chr_new_mux_mon(label, dev, NULL)) {
            error_setg(errp, "parse error: %s", dev);
            return;
        }
    }
    vl_note(&vl.mons, NULL,
            json_pack("{s:s, s:s, s:s}", "chardev", label, "mode", mode,
                      "pretty", pretty ? "on" : "off"), false);
}

/* What was asked for, until sockets may be opened. */
static GPtrArray *compat_monitors;

static void note_compat_monitor(const char *dev, const char *mode,
                                const char *pretty)
{
    vl.default_monitor = false;
    vl_note(&compat_monitors, dev,
            json_pack("{s:s, s:s}", "mode", mode, "pretty", pretty), false);
}

void vl_opt_qmp(const char *arg, Error **errp)
{
    note_compat_monitor(arg, "control", "off");
}

void vl_opt_qmp_pretty(const char *arg, Error **errp)
{
    note_compat_monitor(arg, "control", "on");
}

void vl_opt_monitor(const char *arg, Error **errp)
{
    note_compat_monitor(arg, "readline", "off");
}

static void create_compat_monitor(VLItem *item, Error **errp)
{
    add_compat_monitor(item->text, json_get_str(item->opts, "mode"),
                       !strcmp(json_get_str(item->opts, "pretty"), "on"),
                       errp);
}

/* Opens the devices of -qmp and -monitor: early, as clients wait for it. */
bool vl_open_compat_monitors(Error **errp)
{
    return vl_foreach(compat_monitors, create_compat_monitor, errp);
}

static void create_monitor(VLItem *item, Error **errp)
{
    monitor_new_from_json(item->opts, errp);
}

bool vl_create_monitors(Error **errp)
{
    return vl_foreach(vl.mons, create_monitor, errp);
}

/*** Ports ***/

static GPtrArray *debugcons;
static VLItem *debugcon_device;

void vl_opt_serial(const char *arg, Error **errp)
{
    vl.default_serial = false;
    vl_note(&vl.serials, arg, NULL, false);
}

void vl_opt_parallel(const char *arg, Error **errp)
{
    vl.default_parallel = false;
    vl_note(&vl.parallels, arg, NULL, false);
}

/* A character device and, among the -device options, what uses it. */
void vl_opt_debugcon(const char *arg, Error **errp)
{
    if (debugcon_device) {
        error_setg(errp, "there can be one debug console only; further ones "
                   "are '-device isa-debugcon'");
        return;
    }
    vl_note(&debugcons, arg, NULL, false);
    debugcon_device = vl_note(&vl.devices, arg, json_pack(
        "{ss}", "driver", "isa-debugcon"), false);
}

static void create_debugcon(VLItem *item, Error **errp)
{
    Chardev *chr = qemu_chr_new_mux_mon("debugcon", item->text, NULL);

    if (!chr) {
        error_setg(errp, "invalid character backend '%s'", item->text);
        return;
    }
    json_object_set_new(debugcon_device->opts, "chardev",
                        json_string(chr->label));
}

static Chardev *open_port(const char *kind, int n, const char *dev,
                          Error **errp)
{
    g_autofree char *label = g_strdup_printf("%s%d", kind, n);
    Chardev *chr;

    if (!strcmp(dev, "none")) {
        return NULL;
    }
    chr = qemu_chr_new_mux_mon(label, dev, NULL);
    if (!chr) {
        error_setg(errp, "could not connect %s device to character backend "
                   "'%s'", kind, dev);
    }
    return chr;
}

static void create_serial(VLItem *item, Error **errp)
{
    static int n;

    serial_hd_set(n, open_port("serial", n, item->text, errp));
    n++;
}

static void create_parallel(VLItem *item, Error **errp)
{
    static int n;

    if (n == MAX_PARALLEL_PORTS) {
        error_setg(errp, "too many parallel ports");
        return;
    }
    parallel_hds[n] = open_port("parallel", n, item->text, errp);
    n++;
}

bool vl_create_ports(Error **errp)
{
    return vl_foreach(debugcons, create_debugcon, errp) &&
           vl_foreach(vl.serials, create_serial, errp) &&
           vl_foreach(vl.parallels, create_parallel, errp);
}

/*** Objects ***/

void vl_opt_object(const char *arg, Error **errp)
{
    bool from_json;
    json_t *opts = user_creatable_parse_str(arg, &from_json, errp);

    if (opts) {
        vl_note(&vl.objects, arg, opts, from_json);
    } else if (!*errp) {
        exit(0);                /* help was printed */
    }
}

static void create_object(VLItem *item, Error **errp)
{
    user_creatable_add_json(item->opts, item->from_json, errp);
}

bool vl_create_objects(Error **errp)
{
    return vl_foreach(vl.objects, create_object, errp);
}
