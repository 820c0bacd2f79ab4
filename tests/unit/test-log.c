/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: items, files, ranges, and the limit on what a guest causes. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/error.h"
#include "qemu/log.h"

static char *path;

static char *log_text(void)
{
    char *text;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void test_items(void)
{
    g_assert_cmphex(qemu_str_to_log_mask("unimp,guest_errors"), ==,
                    LOG_UNIMP | LOG_GUEST_ERROR);
    g_assert_cmphex(qemu_str_to_log_mask("unimp,nonsense"), ==, 0);
    g_assert_cmphex(qemu_str_to_log_mask("all") & LOG_UNIMP, ==, LOG_UNIMP);
    g_assert_cmphex(qemu_str_to_log_mask("trace:x"), ==, 0);
}

static void test_file(void)
{
    g_autofree char *text = NULL;

    qemu_log("not on\n");
    g_assert_true(qemu_set_log_filename(path, &error_abort));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_true(qemu_set_log(LOG_UNIMP, &error_abort));
    g_assert_true(qemu_log_separate());
    qemu_log("a %d\n", 1);
    qemu_log_mask(LOG_UNIMP, "b %d\n", 2);
    qemu_log_mask(LOG_GUEST_ERROR, "c %d\n", 3);
    text = log_text();
    g_assert_cmpstr(text, ==, "a 1\nb 2\n");
    qemu_set_log(0, &error_abort);
}

static void test_bad_file(void)
{
    Error *err = NULL;

    g_assert_false(qemu_set_log_filename("x%s", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Bad logfile template: x%s");
    error_free_or_abort(&err);
    g_assert_false(qemu_set_log_filename("%d%d", &err));
    error_free_or_abort(&err);
    g_assert_true(qemu_set_log_filename("/nonexistent/x", &error_abort));
    g_assert_false(qemu_set_log(LOG_UNIMP, &err));
    error_free_or_abort(&err);
    g_assert_cmphex(qemu_loglevel, ==, 0);
}

/* However much a guest does, the log stays short and says what it lacks. */
static void test_limit(void)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    int64_t n = 0, shown = 0, suppressed = 0;
    gint64 end = g_get_monotonic_time() + 1100000;

    g_assert_true(qemu_set_log_filename_flags(path, LOG_GUEST_ERROR,
                                              &error_abort));
    while (g_get_monotonic_time() < end) {
        qemu_log_mask(LOG_GUEST_ERROR, "guest %" PRId64 "\n", n++);
        if (n > 1000) {
            g_usleep(10000);
        }
    }
    qemu_log_mask(LOG_GUEST_ERROR, "another place\n");
    text = log_text();
    lines = g_strsplit(text, "\n", 0);
    for (char **l = lines; **l; l++) {
        uint64_t m;

        if (sscanf(*l, "(repeated; %" SCNu64 " suppressed)", &m) == 1) {
            suppressed += m;
        } else if (g_str_has_prefix(*l, "guest ")) {
            shown++;
        } else {
            g_assert_cmpstr(*l, ==, "another place");
            g_assert_cmpstr(l[1], ==, "");
        }
    }
    g_assert_cmpint(shown, >, QEMU_LOG_GUEST_RATE);
    g_assert_cmpint(shown, <=, 3 * QEMU_LOG_GUEST_RATE);
    g_assert_cmpint(suppressed, >, 1000 - 2 * QEMU_LOG_GUEST_RATE);
    g_assert_cmpint(shown + suppressed, <=, n);
    qemu_set_log(0, &error_abort);
}

static void range_error(const char *ranges, const char *msg)
{
    Error *err = NULL;

    qemu_set_dfilter_ranges(ranges, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, msg);
    error_free(err);
}

static void test_ranges(void)
{
    g_assert_true(qemu_log_in_addr_range(0));
    qemu_set_dfilter_ranges("0x1000+0x100,0x2000-0x100,0x3000..0x30ff",
                            &error_abort);
    g_assert_false(qemu_log_in_addr_range(0xfff));
    g_assert_true(qemu_log_in_addr_range(0x1000));
    g_assert_true(qemu_log_in_addr_range(0x10ff));
    g_assert_false(qemu_log_in_addr_range(0x1100));
    g_assert_false(qemu_log_in_addr_range(0x1f00));
    g_assert_true(qemu_log_in_addr_range(0x1f01));
    g_assert_true(qemu_log_in_addr_range(0x2000));
    g_assert_false(qemu_log_in_addr_range(0x2001));
    g_assert_true(qemu_log_in_addr_range(0x30ff));
    qemu_set_dfilter_ranges("0xffffffffffffffff+1", &error_abort);
    g_assert_true(qemu_log_in_addr_range(UINT64_MAX));
    range_error("0x10", "Bad range specifier");
    range_error("x+10", "Invalid number to the left of +");
    range_error("1..y", "Invalid number to the right of ..");
    range_error("10+0", "Invalid range");
    range_error("0+0", "Invalid range");
    range_error("10-12", "Invalid range");
    range_error("2..1", "Invalid range");
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    path = g_strdup_printf("%s/test-log-%d", g_get_tmp_dir(), getpid());
    g_test_add_func("/log/items", test_items);
    g_test_add_func("/log/file", test_file);
    g_test_add_func("/log/bad-file", test_bad_file);
    g_test_add_func("/log/limit", test_limit);
    g_test_add_func("/log/ranges", test_ranges);
    ret = g_test_run();
    g_unlink(path);
    g_free(path);
    return ret;
}
