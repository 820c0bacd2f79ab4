/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages for people (qemu/error-report.h). */
#include "qemu/osdep.h"
#include "qemu/error-report.h"

bool message_with_timestamp;
bool error_with_guestname;
const char *error_guest_name;
int (*error_report_sink)(const char *fmt, va_list ap);
bool (*error_report_in_qmp)(void);

static const char *progname = "";
static Location std_loc = { .kind = LOC_NONE };
static Location *cur_loc = &std_loc;

void error_init(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');

    progname = slash ? slash + 1 : argv0;
}

const char *error_get_progname(void)
{
    return progname;
}

Location *loc_push_restore(Location *loc)
{
    assert(!loc->prev);
    loc->prev = cur_loc;
    return cur_loc = loc;
}

Location *loc_push_none(Location *loc)
{
    *loc = (Location) { .kind = LOC_NONE };
    return loc_push_restore(loc);
}

Location *loc_pop(Location *loc)
{
    assert(cur_loc == loc && loc->prev);
    cur_loc = loc->prev;
    loc->prev = NULL;
    return loc;
}

Location *loc_save(Location *loc)
{
    *loc = *cur_loc;
    loc->prev = NULL;
    return loc;
}

void loc_restore(Location *loc)
{
    Location *prev = cur_loc->prev;

    *cur_loc = *loc;
    cur_loc->prev = prev;
}

void loc_set_none(void)
{
    cur_loc->kind = LOC_NONE;
}

void loc_set_cmdline(char **argv, int idx, int cnt)
{
    cur_loc->kind = LOC_CMDLINE;
    cur_loc->num = cnt;
    cur_loc->ptr = argv + idx;
}

void loc_set_file(const char *fname, int lno)
{
    cur_loc->kind = LOC_FILE;
    cur_loc->num = lno;
    if (fname) {
        cur_loc->ptr = fname;
    }
}

int error_vprintf(const char *fmt, va_list ap)
{
    if (error_report_sink) {
        va_list copy;
        int ret;

        va_copy(copy, ap);
        ret = error_report_sink(fmt, copy);
        va_end(copy);
        if (ret >= 0) {
            return ret;
        }
    }
    return vfprintf(stderr, fmt, ap);
}

int error_printf(const char *fmt, ...)
{
    va_list ap;
    int ret;

    va_start(ap, fmt);
    ret = error_vprintf(fmt, ap);
    va_end(ap);
    return ret;
}

int error_printf_unless_qmp(const char *fmt, ...)
{
    va_list ap;
    int ret;

    if (error_report_in_qmp && error_report_in_qmp()) {
        return -1;
    }
    va_start(ap, fmt);
    ret = error_vprintf(fmt, ap);
    va_end(ap);
    return ret;
}

static void append_location(GString *line)
{
    const char *const *argv;

    switch (cur_loc->kind) {
    case LOC_CMDLINE:
        argv = cur_loc->ptr;
        for (int i = 0; i < cur_loc->num; i++) {
            g_string_append_printf(line, i ? " %s" : "%s", argv[i]);
        }
        g_string_append(line, ": ");
        break;
    case LOC_FILE:
        g_string_append_printf(line, "%s:", (const char *)cur_loc->ptr);
        if (cur_loc->num) {
            g_string_append_printf(line, "%d:", cur_loc->num);
        }
        g_string_append_c(line, ' ');
        break;
    default:
        break;
    }
}

/* A whole line in one write: messages of several threads stay apart. */
static void G_GNUC_PRINTF(2, 0)
vreport(const char *severity, const char *fmt, va_list ap)
{
    GString *line = g_string_new(NULL);

    if (message_with_timestamp) {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        g_autofree char *stamp = g_date_time_format(now, "%FT%T.%fZ ");

        g_string_append(line, stamp);
    }
    if (error_with_guestname && error_guest_name) {
        g_string_append_printf(line, "%s ", error_guest_name);
    }
    if (*progname) {
        g_string_append_printf(line, "%s: ", progname);
    }
    append_location(line);
    g_string_append(line, severity);
    g_string_append_vprintf(line, fmt, ap);
    error_printf("%s\n", line->str);
    g_string_free(line, TRUE);
}

void error_vreport(const char *fmt, va_list ap)
{
    vreport("", fmt, ap);
}

void warn_vreport(const char *fmt, va_list ap)
{
    vreport("warning: ", fmt, ap);
}

void info_vreport(const char *fmt, va_list ap)
{
    vreport("info: ", fmt, ap);
}

void error_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    error_vreport(fmt, ap);
    va_end(ap);
}

void warn_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    warn_vreport(fmt, ap);
    va_end(ap);
}

void info_report(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    info_vreport(fmt, ap);
    va_end(ap);
}

bool error_report_once_cond(bool *printed, const char *fmt, ...)
{
    va_list ap;

    if (*printed) {
        return false;
    }
    *printed = true;
    va_start(ap, fmt);
    error_vreport(fmt, ap);
    va_end(ap);
    return true;
}

bool warn_report_once_cond(bool *printed, const char *fmt, ...)
{
    va_list ap;

    if (*printed) {
        return false;
    }
    *printed = true;
    va_start(ap, fmt);
    warn_vreport(fmt, ap);
    va_end(ap);
    return true;
}
