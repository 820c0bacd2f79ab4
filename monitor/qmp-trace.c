/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace events: QMP and HMP.
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qapi/qapi-types.h"
#include "trace/control.h"

static bool is_pattern(const char *name)
{
    return strpbrk(name, "*?") != NULL;
}

/* A plain name must be that of an event; a pattern may fit none. */
static bool check_name(const char *name, Error **errp)
{
    if (!is_pattern(name) && !trace_event_name(name)) {
        error_setg(errp, "unknown event \"%s\"", name);
        return false;
    }
    return true;
}

json_t *qmp_trace_event_get_state(json_t *args, Error **errp)
{
    const char *name = json_get_str(args, "name");
    TraceEventIter iter;
    TraceEvent *ev;
    json_t *list;

    if (!check_name(name, errp)) {
        return NULL;
    }
    list = json_array();
    trace_event_iter_init_pattern(&iter, name);
    while ((ev = trace_event_iter_next(&iter))) {
        int state = !ev->sstate ? TRACE_EVENT_STATE_UNAVAILABLE :
                    ev->log ? TRACE_EVENT_STATE_ENABLED :
                              TRACE_EVENT_STATE_DISABLED;

        json_array_append_new(list, json_pack("{s:s, s:b, s:s}",
                                              "name", ev->name, "vcpu", 0,
                                              "state",
                                              TraceEventState_str(state)));
    }
    return list;
}

static bool set_state(const char *name, bool enable, bool ignore_unavailable,
                      Error **errp)
{
    TraceEventIter iter;
    TraceEvent *ev;

    if (!check_name(name, errp)) {
        return false;
    }
    trace_event_iter_init_pattern(&iter, name);
    while (!ignore_unavailable && (ev = trace_event_iter_next(&iter))) {
        if (!ev->sstate) {
            error_setg(errp, "event \"%s\" is disabled", ev->name);
            return false;
        }
    }
    trace_event_iter_init_pattern(&iter, name);
    while ((ev = trace_event_iter_next(&iter))) {
        trace_event_set_state_dynamic(ev, enable);
    }
    return true;
}

json_t *qmp_trace_event_set_state(json_t *args, Error **errp)
{
    return set_state(json_get_str(args, "name"),
                     json_get_bool(args, "enable", false),
                     json_get_bool(args, "ignore-unavailable", false), errp)
           ? json_object() : NULL;
}

/* ---- for people ---- */

static void hmp_trace_event(Monitor *mon, const json_t *args)
{
    Error *err = NULL;

    set_state(json_get_str(args, "name"), json_get_bool(args, "option", false),
              true, &err);
    if (err) {
        monitor_printf(mon, "%s\n", error_get_pretty(err));
        error_free(err);
    }
}

static void info_trace_events(Monitor *mon, const json_t *args)
{
    const char *name = json_get_str(args, "name");
    TraceEventIter iter;
    TraceEvent *ev;
    Error *err = NULL;

    if (name && !check_name(name, &err)) {
        monitor_printf(mon, "%s\n", error_get_pretty(err));
        error_free(err);
        return;
    }
    trace_event_iter_init_pattern(&iter, name ?: "*");
    while ((ev = trace_event_iter_next(&iter))) {
        monitor_printf(mon, "%s : state %d\n", ev->name, ev->log);
    }
}

static void complete_event(ReadLineState *rs, int nb_args, const char *str)
{
    TraceEventIter iter;
    TraceEvent *ev;

    if (nb_args == 2) {
        trace_event_iter_init_all(&iter);
        while ((ev = trace_event_iter_next(&iter))) {
            readline_add_completion_of(rs, str, ev->name);
        }
    } else if (nb_args == 3) {
        readline_add_completion_of(rs, str, "on");
        readline_add_completion_of(rs, str, "off");
    }
}

static const HMPCommand commands[] = {
    { "trace-event", "name:s,option:b", "name on|off",
      "switch trace events on or off, by name or pattern", hmp_trace_event,
      complete_event },
    { }
};

static const HMPCommand info_commands[] = {
    { "trace-events", "name:s?", "[name]", "show trace events and whether "
      "they are on", info_trace_events, complete_event },
    { }
};

static void hmp_trace_init(void)
{
    hmp_register(commands);
    hmp_register_info(info_commands);
}
hmp_init(hmp_trace_init);
