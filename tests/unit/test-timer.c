/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers and the virtual clock. */
#include "qemu/osdep.h"
#include "qemu/timer.h"

static GString *order;

static void note(void *opaque)
{
    g_string_append_printf(order, "%s@%" PRId64 " ", (const char *)opaque,
                           qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

static void check_order(const char *expect)
{
    g_assert_cmpstr(order->str, ==, expect);
    g_string_truncate(order, 0);
}

static void test_step(void)
{
    int64_t t0 = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    QEMUTimer *a = timer_new_ns(QEMU_CLOCK_VIRTUAL, note, (void *)"a");
    QEMUTimer *b = timer_new_ns(QEMU_CLOCK_VIRTUAL, note, (void *)"b");
    QEMUTimer c;

    g_assert_cmpint(t0, ==, 0);
    timer_init_us(&c, QEMU_CLOCK_VIRTUAL, note, (void *)"c");
    g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                               QEMU_TIMER_ATTR_ALL), ==, -1);
    timer_mod_ns(a, 500);
    timer_mod(&c, 1);
    timer_mod_ns(b, 500);
    g_assert_true(timer_pending(&c));
    g_assert_cmpuint(timer_expire_time_ns(&c), ==, 1000);
    g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                               QEMU_TIMER_ATTR_ALL), ==, 500);
    g_assert_cmpint(qemu_clock_virtual_step(499), ==, 499);
    check_order("");
    g_assert_cmpint(qemu_clock_virtual_step(2000), ==, 2000);
    check_order("a@500 b@500 c@1000 ");
    g_assert_false(timer_pending(&c));
    g_assert_cmpuint(timer_expire_time_ns(&c), ==, -1);
    /* Never back. */
    g_assert_cmpint(qemu_clock_virtual_step(100), ==, 2000);

    /* Setting again moves behind its equals; anticipation does not delay. */
    timer_mod_ns(a, 2100);
    timer_mod_ns(b, 2100);
    timer_mod_ns(a, 2100);
    timer_mod_anticipate_ns(a, 3000);
    timer_mod(&c, 5);
    timer_mod_anticipate(&c, 3);
    qemu_clock_virtual_step(2500);
    check_order("b@2100 a@2100 ");
    timer_del(&c);
    timer_del(&c);
    qemu_clock_virtual_step(6000);
    check_order("");
    timer_free(a);
    timer_free(b);
    timer_free(NULL);
}

static void test_many(void)
{
    enum { N = 1000 };
    QEMUTimer t[N];
    int64_t base = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    g_autoptr(GString) expect = g_string_new("");
    char names[N][8];

    for (int i = 0; i < N; i++) {
        int when = i * 389 % N;

        snprintf(names[i], sizeof(names[i]), "%d", when);
        timer_init_ns(&t[i], QEMU_CLOCK_VIRTUAL, note, names[i]);
        timer_mod_ns(&t[i], base + when);
    }
    for (int i = 0; i < N; i += 2) {
        timer_del(&t[i]);
    }
    for (int when = 0; when < N; when++) {
        for (int i = 1; i < N; i += 2) {
            if (i * 389 % N == when) {
                g_string_append_printf(expect, "%d@%" PRId64 " ", when,
                                       base + when);
            }
        }
    }
    qemu_clock_virtual_step(base + N);
    check_order(expect->str);
}

static QEMUTimer again;
static int again_count;

static void set_again(void *opaque)
{
    again_count++;
    timer_mod_ns(&again, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

/* A timer that fires at once for ever lets time and the caller go on. */
static void test_storm(void)
{
    int64_t t0 = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    timer_init_ns(&again, QEMU_CLOCK_VIRTUAL, set_again, NULL);
    timer_mod_ns(&again, 0);
    g_assert_true(qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL));
    g_assert_cmpint(again_count, ==, 1);
    g_assert_cmpint(qemu_clock_virtual_step(t0 + 10), ==, t0 + 10);
    g_assert_cmpint(again_count, <, 20000);
    timer_del(&again);
}

static void test_disabled(void)
{
    QEMUTimer *a = timer_new_ns(QEMU_CLOCK_VIRTUAL, note, (void *)"a");
    int64_t t0 = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    timer_mod_ns(a, t0);
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, false);
    g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                               QEMU_TIMER_ATTR_ALL), ==, -1);
    g_assert_true(qemu_clock_expired(QEMU_CLOCK_VIRTUAL));
    g_assert_false(qemu_clock_run_all_timers());
    check_order("");
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    g_assert_true(qemu_clock_run_all_timers());
    g_string_truncate(order, 0);
    timer_free(a);
}

static void test_attributes(void)
{
    int64_t t0 = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    QEMUTimer *a = timer_new_full(NULL, QEMU_CLOCK_VIRTUAL, SCALE_NS,
                                  QEMU_TIMER_ATTR_EXTERNAL, note, NULL);
    QEMUTimer *b = timer_new_ns(QEMU_CLOCK_VIRTUAL, note, NULL);

    timer_mod_ns(a, t0 + 5);
    timer_mod_ns(b, t0 + 9);
    g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, 0), ==, 9);
    g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                               QEMU_TIMER_ATTR_ALL), ==, 5);
    timer_free(a);
    timer_free(b);
}

/* Stopped, started and set: by the clock that is not on command. */
static void test_pause(void)
{
    int64_t t1, t2, c1;

    t1 = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL_RT);
    g_assert_cmpint(t1, ==, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL_RT));
    qemu_clock_virtual_resume();
    qemu_clock_virtual_resume();
    while ((t2 = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL_RT)) == t1) {
        /* it moves */
    }
    g_assert_cmpint(t2, >, t1);
    g_assert_cmpint(t2 - t1, <, 10 * NANOSECONDS_PER_SECOND);
    qemu_clock_virtual_pause();
    t1 = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL_RT);
    c1 = cpu_get_ticks();
    g_assert_cmpint(t1, >=, t2);
    g_assert_cmpint(t1, ==, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL_RT));
    g_assert_cmpint(c1, ==, cpu_get_ticks());
    qemu_clock_virtual_set(123456789);
    cpu_set_ticks(77);
    g_assert_cmpint(cpu_get_clock(), ==, 123456789);
    g_assert_cmpint(cpu_get_ticks(), ==, 77);
}

static void test_units(void)
{
    g_assert_cmpint(qemu_timeout_ns_to_ms(-1), ==, -1);
    g_assert_cmpint(qemu_timeout_ns_to_ms(0), ==, 0);
    g_assert_cmpint(qemu_timeout_ns_to_ms(1), ==, 1);
    g_assert_cmpint(qemu_timeout_ns_to_ms(SCALE_MS), ==, 1);
    g_assert_cmpint(qemu_timeout_ns_to_ms(INT64_MAX), ==, INT_MAX);
    g_assert_cmpint(qemu_soonest_timeout(-1, 5), ==, 5);
    g_assert_cmpint(qemu_soonest_timeout(7, -1), ==, 7);
    g_assert_cmpint(qemu_soonest_timeout(7, 3), ==, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    order = g_string_new("");
    g_test_add_func("/timer/units", test_units);
    qemu_clock_virtual_set_manual();
    g_test_add_func("/timer/step", test_step);
    g_test_add_func("/timer/many", test_many);
    g_test_add_func("/timer/storm", test_storm);
    g_test_add_func("/timer/disabled", test_disabled);
    g_test_add_func("/timer/attributes", test_attributes);
    g_test_add_func("/timer/pause", test_pause);
    return g_test_run();
}
