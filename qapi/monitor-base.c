/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What code on any floor does with monitors: print to them and take file
 * descriptors that a client passed.  The monitors themselves are floor 8.
 */
#include "qemu/osdep.h"

#include "monitor/monitor-impl.h"
#include "qapi/error.h"
#include "qemu/cutils.h"

static __thread Monitor *current;

Monitor *monitor_cur(void)
{
    return current;
}

Monitor *monitor_set_cur_thread(Monitor *mon)
{
    Monitor *before = current;

    current = mon;
    return before;
}

bool monitor_cur_is_qmp(void)
{
    return current && current->is_qmp;
}

/* ---- text ---- */

/* Terminals want a carriage return with each line feed. */
int monitor_puts(Monitor *mon, const char *str)
{
    const char *line = str, *end;

    if (!mon) {
        return fputs(str, stdout);
    }
    if (mon->is_qmp) {
        return -1;
    }
    while ((end = strchr(line, '\n'))) {
        mon->ops->put(mon, line, end - line);
        mon->ops->put(mon, "\r\n", 2);
        line = end + 1;
    }
    mon->ops->put(mon, line, strlen(line));
    if (line != str) {
        mon->ops->flush(mon);
    }
    return strlen(str);
}

int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap)
{
    g_autofree char *text = NULL;

    if (!mon) {
        return vprintf(fmt, ap);
    }
    if (mon->is_qmp) {
        return -1;
    }
    text = g_strdup_vprintf(fmt, ap);
    return monitor_puts(mon, text);
}

int monitor_printf(Monitor *mon, const char *fmt, ...)
{
    va_list ap;
    int ret;

    va_start(ap, fmt);
    ret = monitor_vprintf(mon, fmt, ap);
    va_end(ap);
    return ret;
}

void monitor_flush(Monitor *mon)
{
    if (mon) {
        mon->ops->flush(mon);
    }
}

/* ---- passed file descriptors ---- */

/* What a fd table maps to: 0 is a valid descriptor, but no valid pointer. */
static void close_stored(gpointer value)
{
    close(GPOINTER_TO_INT(value) - 1);
}

void monitor_store_fd(Monitor *mon, const char *name, int fd)
{
    if (!mon->fds) {
        mon->fds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         close_stored);
    }
    g_hash_table_replace(mon->fds, g_strdup(name), GINT_TO_POINTER(fd + 1));
}

void monitor_close_fds(Monitor *mon)
{
    g_clear_pointer(&mon->fds, g_hash_table_destroy);
}

int monitor_get_fd(Monitor *mon, const char *fdname, Error **errp)
{
    gpointer key, value;

    if (!mon->fds ||
        !g_hash_table_steal_extended(mon->fds, fdname, &key, &value)) {
        error_setg(errp, "File descriptor named '%s' has not been found",
                   fdname);
        return -1;
    }
    g_free(key);
    return GPOINTER_TO_INT(value) - 1;
}

int monitor_fd_param(Monitor *mon, const char *fdname, Error **errp)
{
    int fd;

    if (!g_ascii_isdigit(fdname[0]) && mon) {
        return monitor_get_fd(mon, fdname, errp);
    }
    if (qemu_strtoi(fdname, NULL, 10, &fd) < 0 || fd < 0) {
        error_setg(errp, "Invalid file descriptor number '%s'", fdname);
        return -1;
    }
    return fd;
}
