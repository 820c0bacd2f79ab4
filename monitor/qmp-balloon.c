/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The balloon in both monitors. */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qemu/units.h"
#include "sysemu/balloon.h"

json_t *qmp_query_balloon(json_t *args, Error **errp)
{
    BalloonInfo info;

    if (!qemu_balloon_status(&info, errp)) {
        return NULL;
    }
    return json_pack("{s:I}", "actual", (json_int_t)info.actual);
}

json_t *qmp_balloon(json_t *args, Error **errp)
{
    int64_t target = json_get_int(args, "value", 0);
    BalloonInfo info;

    if (!qemu_balloon_status(&info, errp)) {
        return NULL;
    }
    if (target <= 0) {
        error_setg(errp, "Parameter 'target' expects a size");
        return NULL;
    }
    return qemu_balloon(target, errp) ? json_object() : NULL;
}

static void hmp_balloon(Monitor *mon, const json_t *args)
{
    json_t *opts = json_pack("{s:O}", "value", json_object_get(args, "value"));
    Error *err = NULL;

    json_decref(qmp_balloon(opts, &err));
    json_decref(opts);
    hmp_handle_error(mon, err);
}

static void hmp_info_balloon(Monitor *mon, const json_t *args)
{
    BalloonInfo info;
    Error *err = NULL;

    if (qemu_balloon_status(&info, &err)) {
        monitor_printf(mon, "balloon: actual=%" PRId64 "\n",
                       info.actual / (int64_t)MiB);
    }
    hmp_handle_error(mon, err);
}

static const HMPCommand commands[] = {
    { "balloon", "value:M", "target", "ask the guest to make do with that "
      "much memory (in MiB)", hmp_balloon },
    { }
};

static const HMPCommand info_commands[] = {
    { "balloon", "", "", "how much memory the guest has", hmp_info_balloon },
    { }
};

static void hmp_balloon_init(void)
{
    hmp_register(commands);
    hmp_register_info(info_commands);
}
hmp_init(hmp_balloon_init);
