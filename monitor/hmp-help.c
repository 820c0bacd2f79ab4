/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * help, and info by itself.
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qemu/log.h"

static void help_one(Monitor *mon, const char *prefix, const HMPCommand *cmd)
{
    monitor_printf(mon, "%s%s %s -- %s\n", prefix, cmd->name, cmd->params,
                   cmd->help);
}

void hmp_help_table(Monitor *mon, const char *prefix,
                    const HMPCommand *const *table)
{
    for (; *table; table++) {
        help_one(mon, prefix, *table);
    }
}

static void help_log_items(Monitor *mon)
{
    monitor_printf(mon, "Log items (comma separated):\n%-15s %s\n", "none",
                   "remove all logs");
    for (const QEMULogItem *item = qemu_log_items; item->mask; item++) {
        monitor_printf(mon, "%-15s %s\n", item->name, item->help);
    }
}

void hmp_help(Monitor *mon, const json_t *args)
{
    const HMPCommand *const *table = hmp_commands();
    const char *name = json_get_str(args, "name");
    g_auto(GStrv) words = g_strsplit_set(name ?: "", " \t", 2);
    const HMPCommand *cmd;
    const char *prefix = "";

    if (!name) {
        hmp_help_table(mon, "", table);
        return;
    }
    if (!strcmp(words[0], "info")) {
        table = hmp_info_commands();
        prefix = "info ";
        if (!words[1]) {
            hmp_help_table(mon, prefix, table);
            return;
        }
        g_free(words[0]);
        words[0] = g_strdup(g_strstrip(words[1]));
    }
    cmd = hmp_find(table, words[0], strlen(words[0]));
    if (!cmd) {
        monitor_printf(mon, "unknown command: '%s'\n", name);
        return;
    }
    help_one(mon, prefix, cmd);
    if (!strcmp(cmd->name, "log")) {
        help_log_items(mon);
    }
}

static void hmp_info(Monitor *mon, const json_t *args)
{
    hmp_help_table(mon, "info ", hmp_info_commands());
}

static const HMPCommand commands[] = {
    { "help|?", "name:S?", "[cmd]", "show the help", hmp_help },
    { "info", "", "[subcommand]", "show various information about the "
      "system state", hmp_info },
    { }
};

static void hmp_help_init(void)
{
    hmp_register(commands);
}
hmp_init(hmp_help_init);
