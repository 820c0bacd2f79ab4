/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Monitors: what code below the monitor may use of them (printing, the
 * current one, passed file descriptors; qapi/monitor-base.c, floor 1), and
 * how they are made (monitor/, floor 8).
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <jansson.h>

/* ---- for all floors ---- */

/* The monitor whose command this thread runs, NULL outside of commands. */
Monitor *monitor_cur(void);
/* Sets it and returns the one before. */
Monitor *monitor_set_cur_thread(Monitor *mon);
bool monitor_cur_is_qmp(void);

/* Text for a person; on a QMP monitor it goes nowhere.  @mon NULL: stdout. */
int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
int monitor_printf(Monitor *mon, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
int monitor_puts(Monitor *mon, const char *str);
void monitor_flush(Monitor *mon);

/*
 * The descriptor that getfd stored as @fdname, now the caller's; -1 with
 * @errp set if there is none.
 */
int monitor_get_fd(Monitor *mon, const char *fdname, Error **errp);
/* The same, or a plain number, which is inherited; @mon may be NULL. */
int monitor_fd_param(Monitor *mon, const char *fdname, Error **errp);

/* A new descriptor for /dev/fdset/@fdset_id opened with @flags; -1 + errno. */
int monitor_fdset_dup_fd_add(int64_t fdset_id, int flags);
void monitor_fdset_dup_fd_remove(int dup_fd);

/* ---- for the program's start and end ---- */

/*
 * A monitor on the character device @chardev_id, which must exist and be
 * free.  It lives until monitor_cleanup().
 */
void monitor_new_qmp(const char *chardev_id, bool pretty, Error **errp);
void monitor_new_hmp(const char *chardev_id, bool readline, Error **errp);
/*
 * -mon: { "chardev", "mode": "control"|"readline", "pretty", "id" }, all
 * values strings, as keyval_parse() returns them.
 */
void monitor_new_from_json(json_t *opts, Error **errp);

/*
 * For a command that goes on after its handler returned: no prompt and no
 * more input until monitor_resume().  0, or -ENOTTY where nobody sits at a
 * prompt.  Nests; needs the big lock.
 */
int monitor_suspend(Monitor *mon);
void monitor_resume(Monitor *mon);

/* Sends what is queued and releases all monitors. */
void monitor_cleanup(void);

/* Runs an HMP line and returns what it printed, for g_free(). */
char *monitor_run_hmp_line(const char *line, int64_t cpu_index, Error **errp);

#endif
