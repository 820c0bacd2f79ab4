/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Swarms of events: what reaches the monitors, and when.
 */
#include "qemu/osdep.h"

#include "../../monitor/monitor-internal.h"
#include "qapi/qapi-events.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "sysemu/accel-flags.h"

static GString *sent;

void qmp_broadcast(json_t *event)
{
    json_t *data = json_object_get(event, "data");

    g_assert_true(json_has(event, "timestamp"));
    g_string_append(sent, json_get_str(event, "event"));
    if (data) {
        g_string_append_printf(sent, " %s",
                               json_get_str(data, "action") ?: "?");
    }
    g_string_append_c(sent, '|');
}

static void check_sent(const char *want)
{
    g_assert_cmpstr(sent->str, ==, want);
    g_string_truncate(sent, 0);
}

static void watchdog(const char *action)
{
    qapi_event_send(QAPI_EVENT_WATCHDOG, json_pack("{s:s}", "action",
                                                   action));
}

static void pass_ms(int64_t ms)
{
    qemu_clock_virtual_step(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                            ms * SCALE_MS);
}

static void test_plain(void)
{
    for (int i = 0; i < 3; i++) {
        qapi_event_send(QAPI_EVENT_STOP, NULL);
    }
    check_sent("STOP|STOP|STOP|");
}

static void test_limited(void)
{
    watchdog("reset");
    check_sent("WATCHDOG reset|");
    watchdog("pause");
    watchdog("debug");
    watchdog("none");
    check_sent("");
    qapi_event_send(QAPI_EVENT_STOP, NULL);     /* another kind */
    check_sent("STOP|");
    pass_ms(999);
    check_sent("");
    pass_ms(1);
    check_sent("WATCHDOG none|");               /* the newest */
    watchdog("reset");
    check_sent("");                             /* the next second runs */
    pass_ms(1000);
    check_sent("WATCHDOG reset|");
    pass_ms(1000);
    check_sent("");
    pass_ms(5000);
    watchdog("pause");
    check_sent("WATCHDOG pause|");              /* quiet since: at once */
    pass_ms(2000);
    check_sent("");
}

static void test_no_sink(void)
{
    qapi_event_set_sink(NULL);
    g_assert_false(qapi_event_wanted());
    watchdog("reset");
    check_sent("");
    qmp_events_init();
    g_assert_true(qapi_event_wanted());
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    qtest_allowed = true;
    qemu_clock_virtual_set_manual();
    sent = g_string_new(NULL);
    qmp_events_init();
    g_test_add_func("/events/plain", test_plain);
    g_test_add_func("/events/limited", test_limited);
    g_test_add_func("/events/no-sink", test_no_sink);
    return g_test_run();
}
