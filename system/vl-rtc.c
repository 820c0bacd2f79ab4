/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -rtc: the machine's time of day. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/keyval.h"
#include "qemu/timer.h"
#include "sysemu/rtc.h"
#include "sysemu/sysemu.h"
#include "vl.h"

static bool set_clock(const char *name, Error **errp)
{
    static const struct {
        const char *name;
        QEMUClockType clock;
    } clocks[] = {
        { "host", QEMU_CLOCK_HOST },
        { "rt", QEMU_CLOCK_REALTIME },
        { "vm", QEMU_CLOCK_VIRTUAL },
    };

    for (int i = 0; i < ARRAY_SIZE(clocks); i++) {
        if (!strcmp(name, clocks[i].name)) {
            rtc_clock = clocks[i].clock;
            return true;
        }
    }
    error_setg(errp, "clock is one of host, rt, vm, not %s", name);
    return false;
}

/* The clock chip makes up for lost ticks, or does not. */
static bool set_driftfix(const char *name, Error **errp)
{
    static GlobalProperty slew = {
        .driver = "mc146818rtc",
        .property = "lost_tick_policy",
        .value = "slew",
    };

    if (!strcmp(name, "slew")) {
        qdev_prop_register_global(&slew);
        return true;
    }
    if (strcmp(name, "none")) {
        error_setg(errp, "driftfix is one of none, slew, not %s", name);
        return false;
    }
    return true;
}

void vl_opt_rtc(const char *arg, Error **errp)
{
    static const char *const keys[] = { "base", "clock", "driftfix", NULL };
    json_t *opts = keyval_parse_flat(arg, NULL, NULL, errp);
    const char *base, *clock, *driftfix;

    if (!opts || !vl_check_keys(opts, keys, errp)) {
        json_decref(opts);
        return;
    }
    base = json_get_str(opts, "base");
    clock = json_get_str(opts, "clock");
    driftfix = json_get_str(opts, "driftfix");
    if ((!clock || set_clock(clock, errp)) &&
        (!base || rtc_set_base(base, errp)) && driftfix) {
        set_driftfix(driftfix, errp);
    }
    json_decref(opts);
}
