/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading option sets from a file (-readconfig). */
#include "qemu/osdep.h"
#include "qemu/config-file.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

#define CONFIG_LINE_MAX 65536

/* [group] or [group "id"]; false if @line is neither. */
static bool parse_header(char *line, char **group, char **id)
{
    char *end = strrchr(line, ']');
    char *quote;

    if (*line != '[' || !end || end[1]) {
        return false;
    }
    *end = '\0';
    line++;
    quote = strchr(line, '"');
    if (quote) {
        char *close = strrchr(quote, '"');

        if (close == quote || close[1]) {
            return false;
        }
        *close = '\0';
        *id = g_strdup(quote + 1);
        *quote = '\0';
    }
    *group = g_strdup(g_strstrip(line));
    return **group != '\0';
}

/* name = "value" */
static bool parse_setting(char *line, json_t *opts)
{
    char *eq = strchr(line, '='), *value, *end;

    if (!eq) {
        return false;
    }
    *eq = '\0';
    g_strstrip(line);
    value = g_strstrip(eq + 1);
    end = strrchr(value, '"');
    if (!*line || *value != '"' || end == value || end[1]) {
        return false;
    }
    *end = '\0';
    json_object_set_new_nocheck(opts, line, json_string_nocheck(value + 1));
    return true;
}

typedef struct ConfigGroup {
    char *name;
    json_t *opts;
    int count;
} ConfigGroup;

static bool finish_group(ConfigGroup *group, QEMUConfigCB *cb, void *opaque,
                         Error **errp)
{
    Error *err = NULL;

    if (group->name) {
        cb(group->name, group->opts, opaque, &err);
        g_clear_pointer(&group->name, g_free);
        g_clear_pointer(&group->opts, json_decref);
        group->count++;
    }
    error_propagate(errp, err);
    return !err;
}

static bool parse_line(char *line, ConfigGroup *group, QEMUConfigCB *cb,
                       void *opaque, Error **errp)
{
    char *id = NULL;

    g_strstrip(line);
    if (!*line || *line == '#') {
        return true;
    }
    if (*line == '[') {
        if (!finish_group(group, cb, opaque, errp)) {
            return false;
        }
        group->opts = json_object();
        if (parse_header(line, &group->name, &id)) {
            if (id) {
                json_object_set_new_nocheck(group->opts, "id",
                                            json_string_nocheck(id));
                g_free(id);
            }
            return true;
        }
        g_free(id);
    } else if (!group->name) {
        error_setg(errp, "no group defined");
        return false;
    } else if (parse_setting(line, group->opts)) {
        return true;
    }
    error_setg(errp, "parse error");
    return false;
}

int qemu_config_foreach(FILE *fp, QEMUConfigCB *cb, void *opaque,
                        const char *fname, Error **errp)
{
    ERRP_GUARD();
    g_autofree char *line = g_malloc(CONFIG_LINE_MAX);
    ConfigGroup group = { .count = 0 };
    bool ok = true;
    Location loc;

    loc_push_none(&loc);
    for (int number = 1; ok && fgets(line, CONFIG_LINE_MAX, fp); number++) {
        loc_set_file(fname, number);
        ok = parse_line(line, &group, cb, opaque, errp);
    }
    if (ok && ferror(fp)) {
        error_setg_errno(errp, errno, "Cannot read config file");
        ok = false;
    }
    ok = ok && finish_group(&group, cb, opaque, errp);
    g_free(group.name);
    json_decref(group.opts);
    loc_pop(&loc);
    if (!ok) {
        /* The caller reports it, when the place is gone. */
        error_prepend(errp, "%s:%d: ", fname, loc.num);
    }
    return ok ? group.count : -EINVAL;
}

int qemu_read_config_file(const char *filename, QEMUConfigCB *cb,
                          void *opaque, Error **errp)
{
    FILE *f = fopen(filename, "re");
    int ret;

    if (!f) {
        error_setg_file_open(errp, errno, filename);
        return -errno;
    }
    ret = qemu_config_foreach(f, cb, opaque, filename, errp);
    fclose(f);
    return ret;
}
