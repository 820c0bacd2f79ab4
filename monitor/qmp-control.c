/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands about the session and the program.
 */
#include "qemu/osdep.h"

#include "config-host.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qapi/schema.h"
#include "qapi/schema-tables.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

json_t *qmp_query_version(json_t *args, Error **errp)
{
    int major = 0, minor = 0, micro = 0;

    sscanf(QEMU_VERSION, "%d.%d.%d", &major, &minor, &micro);
    return json_pack("{s:{s:i, s:i, s:i}, s:s}", "qemu", "micro", micro,
                     "minor", minor, "major", major, "package", "");
}

json_t *qmp_query_commands(json_t *args, Error **errp)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < qapi_nr_commands; i++) {
        json_array_append_new(list, json_pack("{s:s}", "name",
                                              qapi_command_name(i)));
    }
    return list;
}

json_t *qmp_query_qmp_schema(json_t *args, Error **errp)
{
    return qapi_introspect();
}

json_t *qmp_quit(json_t *args, Error **errp)
{
    /* This means the program, whatever -action says of guests. */
    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    qemu_system_shutdown_request(SHUTDOWN_CAUSE_HOST_QMP_QUIT);
    return json_object();
}

json_t *qmp_query_name(json_t *args, Error **errp)
{
    json_t *info = json_object();

    if (qemu_name) {
        json_object_set_new(info, "name", json_string_any(qemu_name));
    }
    return info;
}

json_t *qmp_human_monitor_command(json_t *args, Error **errp)
{
    int64_t cpu_index = json_get_int(args, "cpu-index", -1);
    g_autofree char *text = NULL;

    if (json_has(args, "cpu-index") && !monitor_cpu_exists(cpu_index)) {
        error_setg(errp, "Parameter 'cpu-index' expects a CPU number");
        return NULL;
    }
    text = monitor_run_hmp_line(json_get_str(args, "command-line"), cpu_index,
                                errp);
    return text ? json_string_any(text) : NULL;
}
