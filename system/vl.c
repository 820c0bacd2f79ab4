/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start-up: what the options asked for, in the order that things need each
 * other.
 *
 * Whoever started us waits for the connections, so those to -qtest, -chardev,
 * -qmp and -monitor are made first; what they ask is answered once the main
 * loop runs.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "hw/pci/msix-observer.h"
#include "hw/qdev-properties.h"
#include "migration/misc.h"
#include "monitor/monitor.h"
#include "monitor/qdev.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qemu/accel.h"
#include "qemu/cutils.h"
#include "qemu/datadir.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/blockdev.h"
#include "sysemu/cpus.h"
#include "sysemu/qtest.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "vl.h"

VLState vl = {
    .default_monitor = true,
    .default_serial = true,
    .default_parallel = true,
};

/*** Steps ***/

static bool start_log(Error **errp)
{
    int mask = 0;

    if (vl.log_mask) {
        mask = qemu_str_to_log_mask(vl.log_mask);
        if (!mask) {
            qemu_print_log_usage(stdout);
            exit(1);
        }
    }
    if (vl.dfilter) {
        qemu_set_dfilter_ranges(vl.dfilter, &error_fatal);
    }
    if (!vl.log_mask && !vl.log_file) {
        return true;
    }
    /* -trace may have switched its part on. */
    mask |= qemu_loglevel;
    return vl.log_file ?
           qemu_set_log_filename_flags(vl.log_file, mask, errp) :
           qemu_set_log(mask, errp);
}

static bool start_process(Error **errp)
{
    if (vl.daemonize) {
        if (vl.nographic) {
            error_setg(errp, "-nographic cannot be used with -daemonize");
            return false;
        }
        if (!vl_daemonize(errp)) {
            return false;
        }
    }
    return start_log(errp) && vl_write_pidfile(errp);
}

static bool add_defaults(Error **errp)
{
    ERRP_GUARD();
    MachineClass *mc = vl_select_machine(errp);

    if (mc) {
        vl_add_defaults(mc, errp);
    }
    return !*errp;
}

static bool connect_clients(Error **errp)
{
    if (vl.qtest_chardev &&
        !qtest_server_init(vl.qtest_chardev, vl.qtest_log, errp)) {
        return false;
    }
    return vl_create_chardevs(errp) && vl_open_compat_monitors(errp);
}

static void create_device(VLItem *item, Error **errp)
{
    DeviceState *dev = qdev_device_add_from_json(item->opts, item->from_json,
                                                 errp);

    if (dev) {
        object_unref(OBJECT(dev));
    }
}

static bool create_machine(Error **errp)
{
    if (!vl_create_machine(errp) || !vl_start_accel(errp)) {
        return false;
    }
    migration_object_init();
    msix_stats_start();
    qemu_add_default_firmwarepath();
    return vl_create_net(errp) && vl_create_objects(errp) &&
           vl_set_memory(errp) && vl_choose_cpu(errp) && vl_set_numa(errp) &&
           vl_create_ports(errp) && vl_create_monitors(errp) &&
           vl_create_drives(errp) && vl_init_board(errp) &&
           vl_add_firmware_files(errp);
}

static bool complete_machine(Error **errp)
{
    ERRP_GUARD();

    if (!vl_foreach(vl.devices, create_device, errp)) {
        return false;
    }
    qdev_prop_check_globals();
    qdev_machine_creation_done(errp);
    if (*errp) {
        return false;
    }
    if (drive_check_orphaned()) {
        exit(1);
    }
    vl_check_net();
    accel_setup_post(current_machine);
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    return true;
}

/*** All of it ***/

/* Runs it, or waits for the state in which it is to run. */
static bool start_machine(Error **errp)
{
    ERRP_GUARD();

    register_global_state();
    if (vl.incoming) {
        qemu_start_incoming_migration(vl.incoming, errp);
    } else if (autostart) {
        vm_start();
    }
    return !*errp;
}

static Error *start_error;

/* Ends the program with a message, which names the option it is about. */
static void vl_check(bool ok)
{
    if (!ok) {
        error_report_err(start_error);
        exit(1);
    }
}

/* The options are done: what goes wrong from here on is nobody's argument. */
static void leave_command_line(void)
{
    loc_set_none();
}

void vl_init(int argc, char **argv)
{
    Error **err = &start_error;

    error_init(argv[0]);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_exec_dir(argv[0]);

    vl_check(vl_parse_command_line(argc, argv, err));
    leave_command_line();
    vl_check(add_defaults(err));

    vl_check(start_process(err));
    vl_check(qemu_init_main_loop(err) == 0);
    vl_catch_signals();
    qemu_init_cpu_loop();
    /*
     * Until the machine runs, its timers do not: a stream moves their clock
     * before it brings their state, and what a reset armed would go off over
     * the state that is there already.
     */
    pause_all_vcpus();

    vl_check(connect_clients(err));
    if (vl.incoming) {
        runstate_set(RUN_STATE_INMIGRATE);
    }
    vl_check(create_machine(err));
    vl_check(complete_machine(err));
    vl_check(start_machine(err));
    vl_daemon_ready();
}

void vl_cleanup(void)
{
    migration_shutdown();
    vm_shutdown();
    blockdev_close_all();
    qemu_run_exit_notifiers();
    monitor_cleanup();
    qemu_chr_cleanup();
    user_creatable_cleanup();
    net_cleanup();
}
