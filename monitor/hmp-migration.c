/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Migration for people: commands, progress, capabilities and parameters. */
#include "qemu/osdep.h"
#include "migration/migration.h"
#include "migration/options.h"
#include "migration/savevm-registry.h"
#include "monitor/hmp.h"
#include "qapi/qapi-commands.h"

/* ---- info ---- */

static const char *on_off(bool on)
{
    return on ? "on" : "off";
}

static void print_globals(Monitor *mon)
{
    const MigrationGlobals *g = &migration_globals;

    monitor_printf(mon, "globals:\n"
                   "store-global-state: %s\n"
                   "only-migratable: %s\n"
                   "send-configuration: %s\n"
                   "send-section-footer: %s\n"
                   "decompress-error-check: %s\n"
                   "clear-bitmap-shift: %u\n",
                   on_off(g->store_global_state), on_off(only_migratable),
                   on_off(g->send_configuration),
                   on_off(g->send_section_footer),
                   on_off(g->decompress_error_check), g->clear_bitmap_shift);
}

/* A line for each member that is there: "label: value unit". */
typedef struct InfoLine {
    const char *label, *key, *unit;
    bool kbytes;                /* of bytes */
    bool if_not_zero;
} InfoLine;

static const InfoLine time_lines[] = {
    { "expected downtime", "expected-downtime", " ms" },
    { "downtime", "downtime", " ms" },
    { "setup", "setup-time", " ms" },
    { "cpu throttle percentage", "cpu-throttle-percentage", "" },
};

static const InfoLine amount_lines[] = {
    { "remaining ram", "remaining", " kbytes", true },
    { "total ram", "total", " kbytes", true },
    { "duplicate", "duplicate", " pages" },
    { "skipped", "skipped", " pages" },
    { "normal", "normal", " pages" },
    { "normal bytes", "normal-bytes", " kbytes", true },
    { "dirty sync count", "dirty-sync-count", "" },
    { "page size", "page-size", " kbytes", true },
    { "multifd bytes", "multifd-bytes", " kbytes", true },
    { "pages-per-second", "pages-per-second", "" },
    { "dirty pages rate", "dirty-pages-rate", " pages", false, true },
    { "postcopy request count", "postcopy-requests", "", false, true },
    { "precopy ram", "precopy-bytes", " kbytes", true, true },
    { "downtime ram", "downtime-bytes", " kbytes", true, true },
    { "postcopy ram", "postcopy-bytes", " kbytes", true, true },
};

static void print_lines(Monitor *mon, const json_t *obj,
                        const InfoLine *lines, size_t n)
{
    for (const InfoLine *l = lines; l < lines + n; l++) {
        int64_t v = json_get_int(obj, l->key, 0);

        if (json_has(obj, l->key) && (v || !l->if_not_zero)) {
            monitor_printf(mon, "%s: %" PRId64 "%s\n", l->label,
                           l->kbytes ? v >> 10 : v, l->unit);
        }
    }
}

static double json_number_of(const json_t *obj, const char *key)
{
    return json_number_value(json_object_get(obj, key));
}

static void print_ram(Monitor *mon, const json_t *ram)
{
    monitor_printf(mon, "transferred ram: %" PRId64 " kbytes\n"
                   "throughput: %0.2f mbps\n",
                   json_get_int(ram, "transferred", 0) >> 10,
                   json_number_of(ram, "mbps"));
    print_lines(mon, ram, amount_lines, ARRAY_SIZE(amount_lines));
}

static void print_xbzrle(Monitor *mon, const json_t *x)
{
    monitor_printf(mon, "cache size: %" PRId64 " bytes\n"
                   "xbzrle transferred: %" PRId64 " kbytes\n"
                   "xbzrle pages: %" PRId64 " pages\n"
                   "xbzrle cache miss: %" PRId64 " pages\n"
                   "xbzrle cache miss rate: %0.2f\n"
                   "xbzrle encoding rate: %0.2f\n"
                   "xbzrle overflow: %" PRId64 "\n",
                   json_get_int(x, "cache-size", 0),
                   json_get_int(x, "bytes", 0) >> 10,
                   json_get_int(x, "pages", 0),
                   json_get_int(x, "cache-miss", 0),
                   json_number_of(x, "cache-miss-rate"),
                   json_number_of(x, "encoding-rate"),
                   json_get_int(x, "overflow", 0));
}

/* How much of RAM is over there, and how long the rest may take. */
static void print_progress(Monitor *mon, const json_t *ram)
{
    int64_t left = json_get_int(ram, "remaining", 0);
    int64_t total = json_get_int(ram, "total", 0);
    double bytes_a_second = json_number_of(ram, "mbps") * 1000000 / 8;

    if (total > 0 && left <= total) {
        monitor_printf(mon, "progress: %d %%", (int)(100 * (total - left) /
                                                    total));
        if (left && bytes_a_second > 0) {
            monitor_printf(mon, ", %.0f s left", left / bytes_a_second);
        }
        monitor_printf(mon, "\n");
    }
}

static void print_status(Monitor *mon, const json_t *info)
{
    const char *error = json_get_str(info, "error-desc");

    monitor_printf(mon, "Migration status: %s",
                   json_get_str(info, "status"));
    if (error) {
        monitor_printf(mon, " (%s)", error);
    }
    monitor_printf(mon, "\ntotal time: %" PRId64 " ms\n",
                   json_get_int(info, "total-time", 0));
}

static void print_blockers(Monitor *mon, const json_t *info)
{
    const json_t *reason;
    size_t i;

    if (!json_has(info, "blocked-reasons")) {
        return;
    }
    monitor_printf(mon, "Outgoing migration blocked:\n");
    json_array_foreach(json_object_get(info, "blocked-reasons"), i, reason) {
        monitor_printf(mon, "  %s\n", json_string_value(reason));
    }
}

static void info_migrate(Monitor *mon, const json_t *args)
{
    json_t *info = qmp_query_migrate(NULL, NULL);
    const json_t *ram = json_object_get(info, "ram");
    const json_t *xbzrle = json_object_get(info, "xbzrle-cache");

    print_globals(mon);
    print_blockers(mon, info);
    if (json_has(info, "status")) {
        print_status(mon, info);
        if (json_has(info, "expected-downtime")) {
            print_progress(mon, ram);
        }
        print_lines(mon, info, time_lines, ARRAY_SIZE(time_lines));
    }
    if (ram) {
        print_ram(mon, ram);
    }
    if (xbzrle) {
        print_xbzrle(mon, xbzrle);
    }
    json_decref(info);
}

static void info_capabilities(Monitor *mon, const json_t *args)
{
    for (int i = 0; i < MIGRATION_CAPABILITY__MAX; i++) {
        monitor_printf(mon, "%s: %s\n", MigrationCapability_str(i),
                       on_off(migrate_capability(i)));
    }
}

static void info_parameters(Monitor *mon, const json_t *args)
{
    for (int i = 0; i < MIGRATION_PARAMETER__MAX; i++) {
        g_autofree char *text = migrate_parameter_text(i);

        monitor_printf(mon, "%s: %s\n", MigrationParameter_str(i), text);
    }
}

/* ---- commands ---- */

static void run_qmp(Monitor *mon, json_t *(*command)(json_t *, Error **),
                    json_t *args)
{
    Error *err = NULL;

    json_decref(command(args, &err));
    json_decref(args);
    hmp_handle_error(mon, err);
}

static void hmp_migrate(Monitor *mon, const json_t *args)
{
    json_t *qmp_args = json_pack("{s:s, s:b}", "uri",
                                 json_get_str(args, "uri"), "resume",
                                 (int)json_get_bool(args, "resume", false));
    Error *err = NULL;

    json_decref(qmp_migrate(qmp_args, &err));
    json_decref(qmp_args);
    if (!hmp_handle_error(mon, err) &&
        !json_get_bool(args, "detach", false)) {
        monitor_printf(mon, "terminal does not allow synchronous migration, "
                       "continuing detached\n");
    }
}

static void hmp_migrate_cancel(Monitor *mon, const json_t *args)
{
    run_qmp(mon, qmp_migrate_cancel, json_object());
}

static void hmp_migrate_incoming(Monitor *mon, const json_t *args)
{
    run_qmp(mon, qmp_migrate_incoming, json_incref((json_t *)args));
}

static void hmp_migrate_recover(Monitor *mon, const json_t *args)
{
    run_qmp(mon, qmp_migrate_recover, json_incref((json_t *)args));
}

static void hmp_migrate_pause(Monitor *mon, const json_t *args)
{
    run_qmp(mon, qmp_migrate_pause, json_object());
}

static void hmp_migrate_start_postcopy(Monitor *mon, const json_t *args)
{
    run_qmp(mon, qmp_migrate_start_postcopy, json_object());
}

static void hmp_migrate_continue(Monitor *mon, const json_t *args)
{
    const char *state = json_get_str(args, "state");
    Error *err = NULL;

    if (qapi_enum_parse(&MigrationStatus_lookup, state, -1, &err) >= 0) {
        run_qmp(mon, qmp_migrate_continue, json_incref((json_t *)args));
    }
    hmp_handle_error(mon, err);
}

static void hmp_set_capability(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    int cap = qapi_enum_parse(&MigrationCapability_lookup,
                              json_get_str(args, "capability"), -1, &err);

    if (cap >= 0) {
        migrate_capability_set(cap, json_get_bool(args, "state", false),
                               &err);
    }
    hmp_handle_error(mon, err);
}

static void hmp_set_parameter(Monitor *mon, const json_t *args)
{
    Error *err = NULL;
    int param = qapi_enum_parse(&MigrationParameter_lookup,
                                json_get_str(args, "parameter"), -1, &err);

    if (param >= 0) {
        migrate_parameter_parse(param, json_get_str(args, "value"), &err);
    }
    hmp_handle_error(mon, err);
}

/* ---- completion ---- */

static void complete_enum(ReadLineState *rs, const char *str,
                          const QEnumLookup *lookup)
{
    readline_set_completion_index(rs, strlen(str));
    for (int i = 0; i < lookup->size; i++) {
        readline_add_completion_of(rs, str, lookup->array[i]);
    }
}

static void complete_capability(ReadLineState *rs, int nb_args,
                                const char *str)
{
    if (nb_args == 2) {
        complete_enum(rs, str, &MigrationCapability_lookup);
    } else if (nb_args == 3) {
        readline_set_completion_index(rs, strlen(str));
        readline_add_completion_of(rs, str, "on");
        readline_add_completion_of(rs, str, "off");
    }
}

static void complete_parameter(ReadLineState *rs, int nb_args,
                               const char *str)
{
    if (nb_args == 2) {
        complete_enum(rs, str, &MigrationParameter_lookup);
    }
}

static const HMPCommand commands[] = {
    { "migrate", "detach:-d,resume:-r,uri:s", "[-d] [-r] uri",
      "migrate to URI (using -d to not wait for completion)\n"
      "\t\t\t -r to resume a paused migration", hmp_migrate },
    { "migrate_cancel", "", "", "cancel the current VM migration",
      hmp_migrate_cancel },
    { "migrate_continue", "state:s", "state",
      "Continue migration from the given paused state",
      hmp_migrate_continue },
    { "migrate_incoming", "uri:s", "uri",
      "Continue an incoming migration from an -incoming defer",
      hmp_migrate_incoming },
    { "migrate_recover", "uri:s", "uri",
      "Continue a paused incoming postcopy migration", hmp_migrate_recover },
    { "migrate_pause", "", "", "Pause an ongoing migration (postcopy-only)",
      hmp_migrate_pause },
    { "migrate_start_postcopy", "", "",
      "Followup to a migration command to switch the migration to postcopy "
      "mode. The postcopy-ram capability must be set on both source and "
      "destination before the original migration command.",
      hmp_migrate_start_postcopy },
    { "migrate_set_capability", "capability:s,state:b", "capability state",
      "Enable/Disable the usage of a capability for migration",
      hmp_set_capability, complete_capability },
    { "migrate_set_parameter", "parameter:s,value:s", "parameter value",
      "Set the parameter for migration", hmp_set_parameter,
      complete_parameter },
    { }
};

static const HMPCommand info_commands[] = {
    { "migrate", "", "", "show migration status", info_migrate },
    { "migrate_capabilities", "", "", "show current migration capabilities",
      info_capabilities },
    { "migrate_parameters", "", "", "show current migration parameters",
      info_parameters },
    { }
};

static void hmp_migration_init(void)
{
    hmp_register(commands);
    hmp_register_info(info_commands);
}
hmp_init(hmp_migration_init);
