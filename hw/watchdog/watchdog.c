/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The action of a watchdog: see sysemu/watchdog.h. */
#include "qemu/osdep.h"
#include "hw/nmi.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qemu/error-report.h"
#include "sysemu/runstate.h"
#include "sysemu/watchdog.h"

WatchdogAction watchdog_action = WATCHDOG_ACTION_RESET;

void watchdog_perform_action(void)
{
    qapi_event_send(QAPI_EVENT_WATCHDOG,
                    json_pack("{s:s}", "action",
                              WatchdogAction_str(watchdog_action)));
    switch (watchdog_action) {
    case WATCHDOG_ACTION_RESET:
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        break;
    case WATCHDOG_ACTION_SHUTDOWN:
        qemu_system_powerdown_request();
        break;
    case WATCHDOG_ACTION_POWEROFF:
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        break;
    case WATCHDOG_ACTION_PAUSE:
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(RUN_STATE_WATCHDOG);
        break;
    case WATCHDOG_ACTION_DEBUG:
        info_report("watchdog: timer fired");
        break;
    case WATCHDOG_ACTION_INJECT_NMI:
        nmi_monitor_handle(0, NULL);
        break;
    default:
        break;
    }
}
