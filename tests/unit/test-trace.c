/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trace events, on a few made for this. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "trace-test.h"

static char *path;
static GString *messages;

static char *take_log(void)
{
    char *text;

    /* A new file: what follows is not mixed with what was. */
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_true(qemu_set_log_filename(path, &error_abort));
    return text;
}

static void check_log(const char *expect)
{
    g_autofree char *text = take_log();

    g_assert_cmpstr(text, ==, expect);
}

static void fire(void)
{
    trace_test_plain();
    trace_test_args("n", true, 0x1234567890, NULL);
    trace_test_more(-1, 2, 3, 4, -5, 6);
    trace_test_off(7);
}

static void all_off(void)
{
    trace_enable_events("-*");
}

static void test_log(void)
{
    g_assert_true(qemu_set_log_filename_flags(path, LOG_TRACE, &error_abort));
    fire();
    check_log("");
    trace_enable_events("test_plain");
    trace_enable_events("test_[x]*");
    fire();
    check_log("test_plain nothing to say\n");
    trace_enable_events("test_*");
    trace_enable_events("-test_m?re");
    fire();
    check_log("test_plain nothing to say\n"
              "test_args n 1 0x1234567890 (nil)\n");
    all_off();
    trace_enable_events("test_more");
    fire();
    check_log("test_more -1 2 3 4 -5 6\n");
    all_off();
    fire();
    check_log("");
}

static void test_states(void)
{
    TraceEvent *ev = trace_event_name("test_args");
    TraceEvent *off = trace_event_name("test_off");
    TraceEventIter iter;
    int n = 0;

    g_assert_cmpstr(trace_event_get_name(ev), ==, "test_args");
    g_assert_null(trace_event_name("test_"));
    g_assert_false(trace_event_get_state_backends(TRACE_TEST_ARGS));
    trace_event_set_state_dynamic(ev, true);
    trace_event_set_state_dynamic(ev, true);
    g_assert_true(trace_event_get_state(TRACE_TEST_ARGS));
    g_assert_true(trace_event_get_state_dynamic(ev));
    trace_event_set_state_dynamic(ev, false);
    g_assert_false(trace_event_get_state(TRACE_TEST_ARGS));
    g_assert_false(off->sstate);
    trace_event_set_state_dynamic(off, true);
    g_assert_false(trace_event_get_state(TRACE_TEST_OFF));
    g_assert_false(trace_event_get_state_dynamic(off));
    trace_event_iter_init_pattern(&iter, "test_*");
    while (trace_event_iter_next(&iter)) {
        n++;
    }
    g_assert_cmpint(n, ==, 4);
}

/* A tool that attaches counts the semaphore up and down by itself. */
static void test_tool(void)
{
    TraceEvent *ev = trace_event_name("test_args");

    ++*ev->dstate;
    g_assert_true(trace_event_get_state(TRACE_TEST_ARGS));
    fire();
    check_log("");
    trace_event_set_state_dynamic(ev, true);
    trace_event_set_state_dynamic(ev, false);
    g_assert_true(trace_event_get_state(TRACE_TEST_ARGS));
    --*ev->dstate;
    g_assert_false(trace_event_get_state(TRACE_TEST_ARGS));
}

static int collect(const char *fmt, va_list ap)
{
    g_string_append_vprintf(messages, fmt, ap);
    return 0;
}

static void test_option(void)
{
    g_autofree char *list = g_strdup_printf("%s.events", path);
    g_autofree char *opt = g_strdup_printf("events=%s,file=%s", list, path);
    Error *err = NULL;
    bool help;

    messages = g_string_new("");
    error_report_sink = collect;
    g_assert_true(trace_opt_parse("test_plain", &help, &error_abort));
    g_assert_false(help);
    g_assert_true(trace_event_get_state(TRACE_TEST_PLAIN));
    all_off();
    g_assert_true(trace_opt_parse("help", &help, &error_abort));
    g_assert_true(help);
    g_assert_false(trace_opt_parse("x,bogus=3", &help, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Invalid parameter 'bogus'");
    error_free_or_abort(&err);
    g_assert_nonnull(strstr(messages->str,
                            "trace event 'x' does not exist"));
    g_assert_false(trace_opt_parse("events=/nonexistent", &help, &err));
    error_free_or_abort(&err);

    g_assert_true(g_file_set_contents(list, "# comment\n\ntest_*\n"
                                      "-test_args\nnone\n", -1, NULL));
    g_string_truncate(messages, 0);
    g_assert_true(trace_opt_parse(opt, &help, &error_abort));
    g_assert_nonnull(strstr(messages->str, ":5: warning: trace event 'none' "
                            "does not exist"));
    g_assert_true(trace_event_get_state(TRACE_TEST_PLAIN));
    g_assert_false(trace_event_get_state(TRACE_TEST_ARGS));
    g_unlink(list);
    all_off();

    g_assert_cmphex(qemu_str_to_log_mask("trace:test_p*,unimp"), ==,
                    LOG_TRACE | LOG_UNIMP);
    g_assert_true(trace_event_get_state(TRACE_TEST_PLAIN));
    error_report_sink = NULL;
    g_string_free(messages, true);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    path = g_strdup_printf("%s/test-trace-%d", g_get_tmp_dir(), getpid());
    g_test_add_func("/trace/log", test_log);
    g_test_add_func("/trace/states", test_states);
    g_test_add_func("/trace/tool", test_tool);
    g_test_add_func("/trace/option", test_option);
    ret = g_test_run();
    g_unlink(path);
    g_free(path);
    return ret;
}
