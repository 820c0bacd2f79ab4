/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "info" about the program, the machine and its memory.
 */
#include "qemu/osdep.h"

#include "config-host.h"
#include "exec/memory.h"
#include "exec/ramlist.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/loader.h"
#include "hw/qdev-print.h"
#include "hw/sysbus.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "sysemu/runstate.h"

static void info_version(Monitor *mon, const json_t *args)
{
    monitor_printf(mon, "%s\n", QEMU_VERSION);
}

static void info_status(Monitor *mon, const json_t *args)
{
    monitor_printf(mon, "VM status: %s",
                   runstate_is_running() ? "running" : "paused");
    if (!runstate_is_running() && !runstate_check(RUN_STATE_PAUSED)) {
        monitor_printf(mon, " (%s)", RunState_str(runstate_get()));
    }
    monitor_printf(mon, "\n");
}

/* Runs a QMP command without arguments; prints its error. */
static json_t *query(Monitor *mon, json_t *(*command)(json_t *, Error **))
{
    json_t *no_args = json_object();
    Error *err = NULL;
    json_t *result = command(no_args, &err);

    json_decref(no_args);
    hmp_handle_error(mon, err);
    return result;
}

static void info_name(Monitor *mon, const json_t *args)
{
    json_t *info = query(mon, qmp_query_name);

    if (json_has(info, "name")) {
        monitor_printf(mon, "%s\n", json_get_str(info, "name"));
    }
    json_decref(info);
}

static void info_uuid(Monitor *mon, const json_t *args)
{
    json_t *info = query(mon, qmp_query_uuid);

    monitor_printf(mon, "%s\n", json_get_str(info, "UUID"));
    json_decref(info);
}

static void info_kvm(Monitor *mon, const json_t *args)
{
    json_t *info = query(mon, qmp_query_kvm);

    monitor_printf(mon, "kvm support: %s\n",
                   !json_get_bool(info, "present", false) ? "not compiled" :
                   json_get_bool(info, "enabled", false) ? "enabled" :
                                                           "disabled");
    json_decref(info);
}

static void info_chardev(Monitor *mon, const json_t *args)
{
    json_t *list = query(mon, qmp_query_chardev), *info;
    size_t i;

    json_array_foreach(list, i, info) {
        monitor_printf(mon, "%s: filename=%s\n", json_get_str(info, "label"),
                       json_get_str(info, "filename"));
    }
    json_decref(list);
}

static void info_cpus(Monitor *mon, const json_t *args)
{
    json_t *list = query(mon, qmp_query_cpus_fast), *info;
    int current = MAX(0, mon->mon_cpu_index);
    size_t i;

    json_array_foreach(list, i, info) {
        int index = json_get_int(info, "cpu-index", -1);

        monitor_printf(mon, "%c CPU #%d: thread_id=%" PRId64 "\n",
                       index == current ? '*' : ' ', index,
                       json_get_int(info, "thread-id", 0));
    }
    json_decref(list);
}

static void info_hotpluggable_cpus(Monitor *mon, const json_t *args)
{
    json_t *list = query(mon, qmp_query_hotpluggable_cpus), *info, *value;
    const char *key;
    size_t i;

    if (!list) {
        return;
    }
    monitor_printf(mon, "Hotpluggable CPUs:\n");
    json_array_foreach(list, i, info) {
        monitor_printf(mon, "  type: \"%s\"\n", json_get_str(info, "type"));
        monitor_printf(mon, "  vcpus_count: \"%" PRIu64 "\"\n",
                       json_get_int(info, "vcpus-count", 0));
        if (json_has(info, "qom-path")) {
            monitor_printf(mon, "  qom_path: \"%s\"\n",
                           json_get_str(info, "qom-path"));
        }
        monitor_printf(mon, "  CPUInstance Properties:\n");
        json_object_foreach(json_object_get(info, "props"), key, value) {
            monitor_printf(mon, "    %s: \"%" PRIu64 "\"\n", key,
                           (uint64_t)json_integer_value(value));
        }
    }
    json_decref(list);
}

static void info_memory_size_summary(Monitor *mon, const json_t *args)
{
    json_t *info = query(mon, qmp_query_memory_size_summary);

    monitor_printf(mon, "base memory: %" PRIu64 "\n"
                   "plugged memory: %" PRIu64 "\n",
                   json_get_int(info, "base-memory", 0),
                   json_get_int(info, "plugged-memory", 0));
    json_decref(info);
}

static void info_memdev(Monitor *mon, const json_t *args)
{
    json_t *list = query(mon, qmp_query_memdev), *info;
    size_t i, j;

    json_array_foreach(list, i, info) {
        static const char *const flags[] = {
            "merge", "dump", "prealloc", "share", "reserve",
        };
        json_t *nodes = json_object_get(info, "host-nodes"), *node;

        monitor_printf(mon, "memory backend: %s\n"
                       "  size:  %" PRIu64 "\n",
                       json_get_str(info, "id") ?: "(null)",
                       json_get_int(info, "size", 0));
        for (int f = 0; f < ARRAY_SIZE(flags); f++) {
            monitor_printf(mon, "  %s: %s\n", flags[f],
                           json_get_bool(info, flags[f], false) ? "true"
                                                                : "false");
        }
        monitor_printf(mon, "  policy: %s\n  host nodes: ",
                       json_get_str(info, "policy") ?: "default");
        json_array_foreach(nodes, j, node) {
            monitor_printf(mon, "%s%" PRId64, j ? "," : "",
                           (int64_t)json_integer_value(node));
        }
        monitor_printf(mon, "\n");
    }
    monitor_printf(mon, "\n");
    json_decref(list);
}

static void info_qtree(Monitor *mon, const json_t *args)
{
    BusState *bus = sysbus_get_default();

    if (bus) {
        qbus_print(mon, bus, 0);
    }
}

static void info_mtree(Monitor *mon, const json_t *args)
{
    bool flat = json_has(args, "flatview");
    bool dispatch = json_has(args, "dispatch_tree");
    g_autoptr(GString) text = g_string_new(NULL);

    mtree_format(text, flat, dispatch, json_has(args, "owner"),
                 json_has(args, "disabled"));
    monitor_puts(mon, text->str);
}

static void info_ramblock(Monitor *mon, const json_t *args)
{
    GString *text = ram_block_format();

    monitor_puts(mon, text->str);
    g_string_free(text, true);
}

static void info_roms(Monitor *mon, const json_t *args)
{
    g_autofree char *text = rom_info();

    monitor_puts(mon, text);
}

static void info_history(Monitor *mon, const json_t *args)
{
    MonitorChr *mc = monitor_chr_of(mon);
    const char *line;

    /* Lines from elsewhere than a terminal have no history. */
    if (!mc || !to_hmp(mc)->rs) {
        return;
    }
    for (int i = 0; (line = readline_history(to_hmp(mc)->rs, i)); i++) {
        monitor_printf(mon, "%d: '%s'\n", i, line);
    }
}

static const HMPCommand commands[] = {
    { "chardev", "", "", "show the character devices", info_chardev },
    { "cpus", "", "", "show the processors", info_cpus },
    { "history", "", "", "show the lines entered before", info_history },
    { "hotpluggable-cpus", "", "", "show the places for processors",
      info_hotpluggable_cpus },
    { "kvm", "", "", "show whether KVM is in use", info_kvm },
    { "memdev", "", "", "show the memory backends", info_memdev },
    { "memory_size_summary", "", "", "show how much memory there is",
      info_memory_size_summary },
    { "mtree", "flatview:-f,dispatch_tree:-d,owner:-o,disabled:-D",
      "[-f][-d][-o][-D]", "show the memory tree (-f: as it is seen flat; "
      "-d: and its lookup tables; -o: with owners; -D: with what is "
      "disabled)", info_mtree },
    { "name", "", "", "show the name of this machine", info_name },
    { "qtree", "", "", "show the tree of devices", info_qtree },
    { "ramblock", "", "", "show the blocks of guest memory",
      info_ramblock },
    { "roms", "", "", "show the ROM images", info_roms },
    { "status", "", "", "show whether the machine runs", info_status },
    { "uuid", "", "", "show the UUID of this machine", info_uuid },
    { "version", "", "", "show the version of the program", info_version },
    { }
};

static void hmp_info_init(void)
{
    hmp_register_info(commands);
}
hmp_init(hmp_info_init);
