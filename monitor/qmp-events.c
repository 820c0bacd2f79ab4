/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events: their frame, and thinning out of kinds that come in swarms.
 *
 * Of a limited kind at most one a second goes out: the first at once, and
 * the newest when the second is over.  Where an event is about one of many
 * things, each thing has its own second.
 */
#include "qemu/osdep.h"

#include "monitor-internal.h"
#include "qapi/qmp-event.h"
#include "qemu/timer.h"
#include "sysemu/qtest.h"
#include "trace.h"

static const struct {
    const char *event;
    const char *key;            /* the member that tells things apart */
} limited[] = {
    { "RTC_CHANGE", NULL },
    { "WATCHDOG", NULL },
    { "BALLOON_CHANGE", NULL },
    { "VSERPORT_CHANGE", "id" },
    { "MEMORY_DEVICE_SIZE_CHANGE", "qom-path" },
    { "NIC_RX_FILTER_CHANGED", "path" },
};

/* A second that is under way. */
typedef struct EventSecond {
    char *what;                 /* event and value of its key */
    json_t *latest;             /* to be sent when it is over, or NULL */
    QEMUTimer *timer;
} EventSecond;

static GHashTable *seconds;     /* by what */
static GMutex seconds_lock;

static QEMUClockType event_clock(void)
{
    return qtest_enabled() ? QEMU_CLOCK_VIRTUAL : QEMU_CLOCK_REALTIME;
}

static void start_second(EventSecond *s)
{
    timer_mod_ns(s->timer, qemu_clock_get_ns(event_clock()) +
                           NANOSECONDS_PER_SECOND);
}

static void second_over(void *opaque)
{
    EventSecond *s = opaque;
    json_t *event;

    g_mutex_lock(&seconds_lock);
    event = g_steal_pointer(&s->latest);
    if (event) {
        start_second(s);
    } else {
        g_hash_table_remove(seconds, s->what);
        timer_free(s->timer);
        g_free(s->what);
        g_free(s);
    }
    g_mutex_unlock(&seconds_lock);
    if (event) {
        qmp_broadcast(event);
        json_decref(event);
    }
}

/* True if @event waits now for the end of a second. */
static bool hold_back(const char *name, json_t *data, json_t *event)
{
    g_autofree char *what = NULL;
    EventSecond *s;
    int i;

    for (i = 0; i < ARRAY_SIZE(limited); i++) {
        if (!strcmp(limited[i].event, name)) {
            break;
        }
    }
    if (i == ARRAY_SIZE(limited)) {
        return false;
    }
    what = g_strconcat(name, " ", limited[i].key ?
                       json_get_str(data, limited[i].key) : NULL, NULL);
    g_mutex_lock(&seconds_lock);
    if (!seconds) {
        seconds = g_hash_table_new(g_str_hash, g_str_equal);
    }
    s = g_hash_table_lookup(seconds, what);
    if (s) {
        json_decref(s->latest);
        s->latest = json_incref(event);
    } else {
        s = g_new0(EventSecond, 1);
        s->what = g_steal_pointer(&what);
        s->timer = timer_new_ns(event_clock(), second_over, s);
        g_hash_table_insert(seconds, s->what, s);
        start_second(s);
        s = NULL;
    }
    g_mutex_unlock(&seconds_lock);
    return s != NULL;
}

static void event_sink(const char *name, json_t *data, int64_t time_us)
{
    json_t *event = json_pack("{s:{s:I, s:I}, s:s}", "timestamp",
                              "seconds", (json_int_t)(time_us / 1000000),
                              "microseconds", (json_int_t)(time_us % 1000000),
                              "event", name);

    if (data) {
        json_object_set_new(event, "data", data);
    }
    if (hold_back(name, data, event)) {
        trace_monitor_event_held_back(name);
    } else {
        trace_monitor_event_emit(name);
        qmp_broadcast(event);
    }
    json_decref(event);
}

void qmp_events_init(void)
{
    qapi_event_set_sink(event_sink);
}
