/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands that start, stop and reset the machine.
 */
#include "qemu/osdep.h"

#include "hw/nmi.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qapi/qapi-types.h"
#include "hw/rtc/mc146818rtc.h"
#include "sysemu/block-backend.h"
#include "sysemu/runstate.h"
#include "sysemu/watchdog.h"
#include "sysemu/sysemu.h"

json_t *qmp_query_status(json_t *args, Error **errp)
{
    json_t *info = json_object();

    json_object_set_new(info, "status",
                        json_string(RunState_str(runstate_get())));
    json_object_set_new(info, "singlestep", json_false());
    json_object_set_new(info, "running",
                        json_boolean(runstate_is_running()));
    return info;
}

json_t *qmp_stop(json_t *args, Error **errp)
{
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        autostart = 0;
    } else {
        vm_stop(RUN_STATE_PAUSED);
    }
    return json_object();
}

json_t *qmp_cont(json_t *args, Error **errp)
{
    if (runstate_needs_reset()) {
        error_setg(errp, "Resetting the Virtual Machine is required");
        return NULL;
    }
    if (runstate_check(RUN_STATE_FINISH_MIGRATE)) {
        error_setg(errp, "Migration is not finalized yet");
        return NULL;
    }
    for (BlockBackend *blk = NULL; (blk = blk_all_next(blk)); ) {
        blk_iostatus_reset(blk);
    }
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        autostart = 1;
        return json_object();
    }
    /* After a migration the images are the other side's: take them back. */
    if (!bdrv_activate_all(errp)) {
        return NULL;
    }
    if (!runstate_check(RUN_STATE_SUSPENDED)) {
        vm_start();
    }
    return json_object();
}

json_t *qmp_system_reset(json_t *args, Error **errp)
{
    qemu_system_reset_request(SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
    return json_object();
}

json_t *qmp_system_powerdown(json_t *args, Error **errp)
{
    qemu_system_powerdown_request();
    return json_object();
}

json_t *qmp_system_wakeup(json_t *args, Error **errp)
{
    ERRP_GUARD();

    if (!qemu_wakeup_suspend_enabled()) {
        error_setg(errp, "wake-up from suspend is not supported by this "
                   "guest");
    } else {
        qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, errp);
    }
    return *errp ? NULL : json_object();
}

json_t *qmp_rtc_reset_reinjection(json_t *args, Error **errp)
{
    rtc_reset_reinjection();
    return json_object();
}

json_t *qmp_inject_nmi(json_t *args, Error **errp)
{
    ERRP_GUARD();
    Monitor *mon = monitor_cur();

    nmi_monitor_handle(mon && mon->mon_cpu_index >= 0 ? mon->mon_cpu_index
                                                      : 0, errp);
    return *errp ? NULL : json_object();
}

/* The value of member @name, or @now where it is absent. */
static int new_action(const json_t *args, const char *name,
                      const QEnumLookup *lookup, int now)
{
    return qapi_enum_parse(lookup, json_get_str(args, name), now, NULL);
}

json_t *qmp_set_action(json_t *args, Error **errp)
{
    reboot_action = new_action(args, "reboot", &RebootAction_lookup,
                               reboot_action);
    shutdown_action = new_action(args, "shutdown", &ShutdownAction_lookup,
                                 shutdown_action);
    panic_action = new_action(args, "panic", &PanicAction_lookup,
                              panic_action);
    watchdog_action = new_action(args, "watchdog", &WatchdogAction_lookup,
                                 watchdog_action);
    return json_object();
}

json_t *qmp_watchdog_set_action(json_t *args, Error **errp)
{
    watchdog_action = new_action(args, "action", &WatchdogAction_lookup,
                                 watchdog_action);
    return json_object();
}
