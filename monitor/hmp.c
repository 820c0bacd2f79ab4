/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The human monitor's commands: tables, finding one, running a line,
 * completing one.
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "trace.h"

/* ---- tables ---- */

typedef struct CommandSet {
    const HMPCommand *tables[64];       /* as registered */
    unsigned nr_tables;
    const HMPCommand **sorted;          /* made on first use */
} CommandSet;

static CommandSet top_set, info_set;

static void add_table(CommandSet *set, const HMPCommand *table)
{
    assert(set->nr_tables < ARRAY_SIZE(set->tables) && !set->sorted);
    set->tables[set->nr_tables++] = table;
}

void hmp_register(const HMPCommand *table)
{
    add_table(&top_set, table);
}

void hmp_register_info(const HMPCommand *table)
{
    add_table(&info_set, table);
}

static int compare_commands(gconstpointer a, gconstpointer b)
{
    const HMPCommand *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static const HMPCommand *const *sorted(CommandSet *set)
{
    if (!set->sorted) {
        g_autoptr(GPtrArray) all = g_ptr_array_new();

        for (unsigned i = 0; i < set->nr_tables; i++) {
            for (const HMPCommand *c = set->tables[i]; c->name; c++) {
                g_ptr_array_add(all, (gpointer)c);
            }
        }
        g_ptr_array_sort(all, compare_commands);
        g_ptr_array_add(all, NULL);
        set->sorted = (void *)g_ptr_array_steal(all, NULL);
    }
    return set->sorted;
}

const HMPCommand *const *hmp_commands(void)
{
    return sorted(&top_set);
}

const HMPCommand *const *hmp_info_commands(void)
{
    return sorted(&info_set);
}

/* Whether @name is one of the alternatives of "quit|q". */
static bool is_named(const HMPCommand *cmd, const char *name, size_t len)
{
    const char *p = cmd->name;

    while (p) {
        if (!strncmp(p, name, len) && (!p[len] || p[len] == '|')) {
            return true;
        }
        p = strchr(p, '|');
        p += p != NULL;
    }
    return false;
}

const HMPCommand *hmp_find(const HMPCommand *const *table, const char *name,
                           size_t len)
{
    for (; len && *table; table++) {
        if (is_named(*table, name, len)) {
            return *table;
        }
    }
    return NULL;
}

/* ---- running ---- */

static void skip_space(const char **p)
{
    while (g_ascii_isspace(**p)) {
        ++*p;
    }
}

/* Length of the command name at @p; a format may follow at once: "xp/4xw". */
static size_t name_length(const char *p)
{
    size_t n = 0;

    while (p[n] && p[n] != '/' && !g_ascii_isspace(p[n])) {
        n++;
    }
    return n;
}

static bool is_info(const HMPCommand *cmd)
{
    return !strcmp(cmd->name, "info");
}

/* The command at *@p, which is moved on to its arguments. */
static const HMPCommand *find_command(Monitor *mon, const char **p)
{
    const char *begin = *p;
    size_t len = name_length(*p);
    const HMPCommand *cmd = hmp_find(hmp_commands(), *p, len), *sub;
    const char *q;

    if (!cmd) {
        monitor_printf(mon, "unknown command: '%.*s'\n", (int)len, begin);
        return NULL;
    }
    *p += len;
    if (!is_info(cmd)) {
        return cmd;
    }
    q = *p;
    skip_space(&q);
    len = name_length(q);
    if (!len) {
        return cmd;
    }
    sub = hmp_find(hmp_info_commands(), q, len);
    if (!sub) {
        monitor_printf(mon, "unknown command: '%.*s'\n",
                       (int)(q + len - begin), begin);
        return NULL;
    }
    *p = q + len;
    return sub;
}

void hmp_run_line(Monitor *mon, const char *line)
{
    const HMPCommand *cmd;
    Monitor *before;
    json_t *args;

    skip_space(&line);
    if (!*line) {
        return;
    }
    trace_handle_hmp_command(line);
    before = monitor_set_cur_thread(mon);
    cmd = find_command(mon, &line);
    if (cmd) {
        args = hmp_parse_args(mon, cmd, line);
        if (args) {
            cmd->cmd(mon, args);
            json_decref(args);
        } else {
            int len = strcspn(cmd->name, "|");
            bool info = hmp_find(hmp_info_commands(), cmd->name, len) == cmd;

            monitor_printf(mon, "Try \"help %s%.*s\" for more information\n",
                           info ? "info " : "", len, cmd->name);
        }
    }
    monitor_set_cur_thread(before);
}

bool hmp_handle_error(Monitor *mon, Error *err)
{
    if (!err) {
        return false;
    }
    monitor_printf(mon, "Error: %s\n", error_get_pretty(err));
    if (error_get_hint(err)) {
        monitor_puts(mon, error_get_hint(err));
    }
    error_free(err);
    return true;
}

/* ---- a line whose output is kept ---- */

typedef struct MonitorText {
    Monitor mon;
    GString *text;
} MonitorText;

static void text_put(Monitor *mon, const char *str, size_t len)
{
    g_string_append_len(container_of(mon, MonitorText, mon)->text, str, len);
}

static void text_flush(Monitor *mon)
{
}

char *monitor_run_hmp_line(const char *line, int64_t cpu_index, Error **errp)
{
    static const MonitorOps ops = { .put = text_put, .flush = text_flush };
    MonitorText mt = {
        .mon = { .ops = &ops, .mon_cpu_index = cpu_index },
        .text = g_string_new(NULL),
    };
    Monitor *outer = monitor_cur();

    /* A descriptor that getfd stored on the outer monitor can be used. */
    if (outer) {
        mt.mon.fds = g_steal_pointer(&outer->fds);
    }
    hmp_run_line(&mt.mon, line);
    if (outer) {
        outer->fds = mt.mon.fds;
    } else {
        monitor_close_fds(&mt.mon);
    }
    return g_string_free(mt.text, false);
}

/* ---- completion ---- */

void readline_add_completion_of(ReadLineState *rs, const char *str,
                                const char *candidate)
{
    if (g_str_has_prefix(candidate, str)) {
        readline_add_completion(rs, candidate);
    }
}

static void complete_names(ReadLineState *rs, const char *str,
                           const HMPCommand *const *table)
{
    readline_set_completion_index(rs, strlen(str));
    for (; *table; table++) {
        g_auto(GStrv) names = g_strsplit((*table)->name, "|", 0);

        for (char **name = names; *name; name++) {
            readline_add_completion_of(rs, str, *name);
        }
    }
}

static void complete_file(ReadLineState *rs, const char *str)
{
    g_autofree char *dir = g_path_get_dirname(str);
    const char *slash = strrchr(str, '/');
    int keep = slash ? slash + 1 - str : 0;
    GDir *d = g_dir_open(slash ? dir : ".", 0, NULL);
    const char *name;

    readline_set_completion_index(rs, strlen(str));
    while (d && (name = g_dir_read_name(d))) {
        g_autofree char *full = g_strdup_printf("%.*s%s", keep, str, name);
        g_autofree char *shown = g_strconcat(full,
            g_file_test(full, G_FILE_TEST_IS_DIR) ? "/" : "", NULL);

        if (name[0] != '.' || str[keep] == '.') {
            readline_add_completion_of(rs, str, shown);
        }
    }
    if (d) {
        g_dir_close(d);
    }
}

/* The type letter of argument number @n (from 0), flags not counted. */
static char arg_type(const HMPCommand *cmd, int n)
{
    for (const char *p = cmd->args_type; p && *p; ) {
        const char *colon = strchr(p, ':');

        if (!colon) {
            break;
        }
        if (colon[1] != '-' && colon[1] != '/' && n-- == 0) {
            return colon[1];
        }
        p = strchr(colon, ',');
        p += p != NULL;
    }
    return 0;
}

void hmp_find_completions(ReadLineState *rs, const char *line)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const HMPCommand *const *table = hmp_commands();
    const HMPCommand *cmd;
    const char *last = "", *error;
    unsigned first = 0;

    /* Words, the last of which may be empty: that is what is completed. */
    for (;;) {
        char *word;

        skip_space(&line);
        if (!*line) {
            break;
        }
        word = hmp_next_word(&line, &error);
        if (!word) {
            return;
        }
        g_ptr_array_add(words, word);
        if (!*line) {
            last = word;
        }
    }
    if (!*last) {
        g_ptr_array_add(words, g_strdup(""));
        last = words->pdata[words->len - 1];
    }
    if (words->len > 1 && (!strcmp(words->pdata[0], "help") ||
                           !strcmp(words->pdata[0], "?"))) {
        first = 1;
    }
    if (words->len > first + 1 && !strcmp(words->pdata[first], "info")) {
        table = hmp_info_commands();
        first++;
    }
    if (words->len == first + 1) {
        complete_names(rs, last, table);
        return;
    }
    cmd = hmp_find(table, words->pdata[first], strlen(words->pdata[first]));
    if (!cmd) {
        return;
    }
    if (cmd->completion) {
        readline_set_completion_index(rs, strlen(last));
        cmd->completion(rs, words->len - first, last);
    } else if (arg_type(cmd, words->len - first - 2) == 'F') {
        complete_file(rs, last);
    }
}
