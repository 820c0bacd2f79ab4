/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace events: finding them, and switching them on and off.
 *
 * The generated trace_NAME() of a folder come by #include "trace.h" there.
 * An event that is on goes to the log; a tool attached to its USDT probe
 * ("qemu:NAME") sees it whether it is on or not.
 */
#ifndef TRACE_CONTROL_H
#define TRACE_CONTROL_H

typedef struct TraceEvent {
    const char *name;
    uint16_t *dstate;           /* how many want it: the log, USDT tools */
    bool sstate;                /* not compiled out by "disable" */
    bool log;                   /* it is on */
} TraceEvent;

/*
 * Whether anybody wants event TRACE_NAME: for what is costly to prepare.
 */
#define trace_event_get_state_static(id) ((id##_ENABLED))
#define trace_event_get_state(id) \
    (trace_event_get_state_static(id) && unlikely(_ ## id ## _DSTATE))
#define trace_event_get_state_backends(id) trace_event_get_state(id)

/* By exact name; NULL: there is none. */
TraceEvent *trace_event_name(const char *name);

static inline const char *trace_event_get_name(TraceEvent *ev)
{
    return ev->name;
}

/* For an event found by name: is it on, or does a tool watch it. */
static inline bool trace_event_get_state_dynamic(TraceEvent *ev)
{
    return *ev->dstate != 0;
}

/* No effect on an event that is compiled out. */
void trace_event_set_state_dynamic(TraceEvent *ev, bool state);

/* All events whose name matches a pattern with '*' and '?'; NULL: all. */
typedef struct TraceEventIter {
    TraceEvent *const *group;
    TraceEvent *event;
    const char *pattern;
} TraceEventIter;

void trace_event_iter_init_all(TraceEventIter *iter);
void trace_event_iter_init_pattern(TraceEventIter *iter, const char *pattern);
/* NULL: no more. */
TraceEvent *trace_event_iter_next(TraceEventIter *iter);

/*
 * Switches events by pattern, on, or off with a '-' in front.  Warns of a
 * name (not a pattern) that no event has.
 */
void trace_enable_events(const char *line_buf);
/* The same for each line of a file but those that start with '#'. */
bool trace_enable_events_file(const char *fname, Error **errp);
void trace_list_events(FILE *f);

/*
 * -trace: "[enable=]PATTERN,events=FILE,file=FILE"; "help" sets *@help.
 */
bool trace_opt_parse(const char *optstr, bool *help, Error **errp);

#endif /* TRACE_CONTROL_H */
