/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trace events: finding them, and switching them on and off. */
#include "qemu/osdep.h"
#include "trace/backends.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qemu/log.h"

/* The linker's names for the ends of the section; there may be no group. */
extern TraceEvent *const __start_trace_groups[] __attribute__((weak));
extern TraceEvent *const __stop_trace_groups[] __attribute__((weak));

/* Finding */

void trace_event_iter_init_pattern(TraceEventIter *iter, const char *pattern)
{
    *iter = (TraceEventIter) {
        .group = __start_trace_groups, .pattern = pattern,
    };
}

void trace_event_iter_init_all(TraceEventIter *iter)
{
    trace_event_iter_init_pattern(iter, NULL);
}

static TraceEvent *iter_step(TraceEventIter *iter)
{
    while (iter->group < __stop_trace_groups) {
        TraceEvent *ev = iter->event ? iter->event : *iter->group;

        if (ev->name) {
            iter->event = ev + 1;
            return ev;
        }
        iter->event = NULL;
        iter->group++;
    }
    return NULL;
}

TraceEvent *trace_event_iter_next(TraceEventIter *iter)
{
    TraceEvent *ev;

    do {
        ev = iter_step(iter);
    } while (ev && iter->pattern &&
             !g_pattern_match_simple(iter->pattern, ev->name));
    return ev;
}

TraceEvent *trace_event_name(const char *name)
{
    TraceEventIter iter;
    TraceEvent *ev;

    trace_event_iter_init_all(&iter);
    while ((ev = trace_event_iter_next(&iter))) {
        if (!strcmp(ev->name, name)) {
            break;
        }
    }
    return ev;
}

void trace_list_events(FILE *f)
{
    TraceEventIter iter;
    TraceEvent *ev;

    trace_event_iter_init_all(&iter);
    while ((ev = trace_event_iter_next(&iter))) {
        fprintf(f, "%s\n", ev->name);
    }
}

/* Switching */

void trace_event_set_state_dynamic(TraceEvent *ev, bool state)
{
    if (ev->sstate && ev->log != state) {
        ev->log = state;
        /* Tools that attach count as well. */
        __atomic_fetch_add(ev->dstate, state ? 1 : -1, __ATOMIC_RELAXED);
    }
}

static void log_on(void)
{
    Error *err = NULL;

    if (!qemu_set_log(qemu_loglevel | LOG_TRACE, &err)) {
        error_report_err(err);
    }
}

/* Whether there is any; @pattern may start with '-'. */
static bool switch_events(const char *pattern)
{
    bool on = *pattern != '-';
    bool found = false;
    TraceEventIter iter;
    TraceEvent *ev;

    pattern += !on;
    trace_event_iter_init_pattern(&iter, pattern);
    while ((ev = trace_event_iter_next(&iter))) {
        trace_event_set_state_dynamic(ev, on);
        found = true;
    }
    if (!found && !strpbrk(pattern, "*?")) {
        warn_report("trace event '%s' does not exist", pattern);
    }
    return found;
}

void trace_enable_events(const char *line_buf)
{
    if (is_help_option(line_buf)) {
        trace_list_events(stdout);
        return;
    }
    if (switch_events(line_buf)) {
        log_on();
    }
}

bool trace_enable_events_file(const char *fname, Error **errp)
{
    g_autofree char *line = NULL;
    size_t room = 0;
    Location loc;
    FILE *f = fopen(fname, "re");

    if (!f) {
        error_setg_errno(errp, errno, "%s", fname);
        return false;
    }
    loc_push_none(&loc);
    for (int number = 1; getline(&line, &room, f) >= 0; number++) {
        loc_set_file(fname, number);
        g_strstrip(line);
        if (*line && *line != '#') {
            trace_enable_events(line);
        }
    }
    loc_pop(&loc);
    fclose(f);
    return true;
}

bool trace_opt_parse(const char *optstr, bool *help, Error **errp)
{
    json_t *opts = keyval_parse_flat(optstr, "enable", help, errp);
    json_t *value;
    const char *key;
    bool ok = opts != NULL;

    json_object_foreach(opts, key, value) {
        const char *text = json_string_value(value);

        if (!strcmp(key, "enable")) {
            if (is_help_option(text)) {
                *help = true;
            } else {
                trace_enable_events(text);
            }
        } else if (!strcmp(key, "events")) {
            ok = ok && trace_enable_events_file(text, errp);
        } else if (!strcmp(key, "file")) {
            ok = ok && qemu_set_log_filename(text, errp);
        } else if (ok) {
            error_setg(errp, "Invalid parameter '%s'", key);
            ok = false;
        }
    }
    json_decref(opts);
    return ok;
}

/* -d trace:PATTERN */
static bool log_item(const char *pattern)
{
    trace_enable_events(pattern);
    return !is_help_option(pattern);
}

static void __attribute__((constructor)) trace_control_init(void)
{
    qemu_log_trace_enable = log_item;
}

/* The log */

void trace_log(const char *fmt, ...)
{
    FILE *f = qemu_loglevel_mask(LOG_TRACE) ? qemu_log_trylock() : NULL;
    va_list ap;

    if (!f) {
        return;
    }
    if (message_with_timestamp) {
        int64_t us = g_get_real_time();

        fprintf(f, FMT_pid "@%" PRId64 ".%06d:", getpid(), us / 1000000,
                (int)(us % 1000000));
    }
    va_start(ap, fmt);
    vfprintf(f, fmt, ap);
    va_end(ap);
    qemu_log_unlock(f);
}
