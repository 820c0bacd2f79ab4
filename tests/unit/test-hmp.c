/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The human monitor's parts: expressions, arguments, line editing.
 */
#include "qemu/osdep.h"

#include "../../monitor/monitor-internal.h"
#include "qapi/error.h"

/* ---- a monitor that keeps what is printed ---- */

static GString *printed;

static void test_put(Monitor *mon, const char *str, size_t len)
{
    g_string_append_len(printed, str, len);
}

static void test_flush(Monitor *mon)
{
}

static const MonitorOps test_ops = { .put = test_put, .flush = test_flush };
static Monitor test_mon = { .ops = &test_ops, .mon_cpu_index = -1 };

bool hmp_handle_error(Monitor *mon, Error *err)
{
    monitor_printf(mon, "Error: %s\n", error_get_pretty(err));
    error_free(err);
    return true;
}

/* ---- expressions ---- */

static void test_expr(void)
{
    static const struct {
        const char *text;
        int64_t value;
        const char *error;
    } cases[] = {
        { "1", 1 }, { "0x10+010", 24 }, { " 1 + 2*3 ", 7 },
        { "(1+2)*3", 9 }, { "-5/2", -2 }, { "7%4", 3 }, { "~0", -1 },
        { "1|6&3", 3 },         /* of one rank, left to right */
        { "2+4|1", 7 }, { "'a'", 97 }, { "0xffffffffffffffff", -1 },
        { "9223372036854775808/-1", INT64_MIN },
        { "1%-1", 0 }, { "--1", 1 },
        { "", 0, "unexpected end of expression" },
        { "1+", 0, "unexpected end of expression" },
        { "1/0", 0, "division by zero" },
        { "1%0", 0, "division by zero" },
        { "(1", 0, "')' expected" },
        { "$pc", 0, "unknown register" },
        { "\"a", 0, "invalid char '\"' in expression" },
        { "'a", 0, "missing terminating ' character" },
        { "18446744073709551616", 0, "number too large" },
    };
    g_autofree char *deep = g_strnfill(100000, '(');
    const char *p, *error;
    int64_t value;

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        p = cases[i].text;
        g_assert_true(hmp_eval(&p, &value, &error) == !cases[i].error);
        g_assert_cmpstr(error, ==, cases[i].error);
        if (!error) {
            g_assert_cmpint(value, ==, cases[i].value);
            g_assert_cmpint(*p, ==, 0);
        }
    }
    p = deep;
    g_assert_false(hmp_eval(&p, &value, &error));
}

/* ---- arguments ---- */

static void check_args(const char *types, const char *line, const char *want)
{
    HMPCommand cmd = { .name = "cmd", .args_type = types };
    g_autofree char *text = NULL;
    json_t *args;

    printed = g_string_new(NULL);
    args = hmp_parse_args(&test_mon, &cmd, line);
    text = args ? json_to_text(args, false) : g_strdup(printed->str);
    g_assert_cmpstr(g_strchomp(text), ==, want);
    json_decref(args);
    g_string_free(printed, true);
}

static void test_args(void)
{
    static const char *const cases[][3] = {
        { "", "", "{}" },
        { "", " x", "cmd: extraneous characters at the end of line" },
        { "a:s", " foo ", "{\"a\": \"foo\"}" },
        { "a:s", " \"f \\\"o\\\\o\\n\"", "{\"a\": \"f \\\"o\\\\o\\n\"}" },
        { "a:s", " \"foo", "cmd: unterminated string" },
        { "a:s", " \"f\\x", "cmd: unsupported escape code" },
        { "a:s", "", "cmd: string expected" },
        { "a:F", "", "cmd: filename expected" },
        { "a:B", "", "cmd: block device name expected" },
        { "a:s?", "", "{}" },
        { "a:s,b:s?", " x y", "{\"a\": \"x\", \"b\": \"y\"}" },
        { "a:s,b:S", " x y  z ", "{\"a\": \"x\", \"b\": \"y  z\"}" },
        { "a:i,b:l", " 1+1 0x100000000", "{\"a\": 2, \"b\": 4294967296}" },
        { "a:i", " 0x100000000", "cmd: integer is for 32-bit values" },
        { "a:i", " -2147483649", "cmd: integer is for 32-bit values" },
        { "a:i", " x", "invalid char 'x' in expression" },
        { "a:i?", "", "{}" },
        { "a:M", " 3", "{\"a\": 3145728}" },
        { "a:M", " -1", "cmd: enter a positive value" },
        { "a:o", " 2", "{\"a\": 2097152}" },
        { "a:o", " 2k", "{\"a\": 2048}" },
        { "a:o", " 2q", "cmd: invalid size" },
        { "a:T", " 1.5ms", "{\"a\": 0.0015}" },
        { "a:T", " 1.5h", "cmd: unknown unit suffix" },
        { "a:b", " on", "{\"a\": true}" },
        { "a:b", " maybe", "cmd: Expected 'on' or 'off'" },
        { "f:-f,a:s", " -f x", "{\"f\": true, \"a\": \"x\"}" },
        { "f:-f,a:s", " x", "{\"a\": \"x\"}" },
        { "f:-f,g:-g", " -g", "{\"g\": true}" },
        { "f:-f,g:-g", " -x", "cmd: unsupported option -x" },
        { "f:-fs,a:s?", " -f val x", "{\"f\": \"val\", \"a\": \"x\"}" },
        { "fmt:/,a:l", "/4xb 5",
          "{\"fmt\": {\"count\": 4, \"format\": 120, \"size\": 1}, "
          "\"a\": 5}" },
        { "fmt:/,a:l", " 5",
          "{\"fmt\": {\"count\": 1, \"format\": 120, \"size\": 4}, "
          "\"a\": 5}" },
        { "fmt:/,a:l", " /c 5",
          "{\"fmt\": {\"count\": 1, \"format\": 99, \"size\": 1}, "
          "\"a\": 5}" },
        { "fmt:/,a:l", "/z 5", "invalid char in format: 'z'" },
        { "fmt:/,a:l", "/99999999x 5", "invalid count" },
        { "device:O:driver", " e1000e,id=n,addr=4",
          "{\"driver\": \"e1000e\", \"id\": \"n\", \"addr\": \"4\"}" },
        { "device:O:driver", " e1000e,help",
          "{\"help\": true, \"driver\": \"e1000e\"}" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        check_args(cases[i][0], cases[i][1], cases[i][2]);
    }
}

/* ---- line editing, on a model of a terminal's line ---- */

typedef struct Terminal {
    ReadLineState *rs;
    char screen[256];
    size_t cursor;
    GString *sequence;          /* that has begun */
    GString *lines;             /* that were entered */
} Terminal;

static void terminal_control(Terminal *t, const char *seq)
{
    unsigned n = 1;
    char end = seq[strlen(seq) - 1];

    sscanf(seq, "\033[%u", &n);
    switch (end) {
    case 'C':
        t->cursor += n;
        break;
    case 'D':
        g_assert_cmpint(t->cursor, >=, n);
        t->cursor -= n;
        break;
    case 'K':
        memset(t->screen + t->cursor, 0, sizeof(t->screen) - t->cursor);
        break;
    case 'H':
        t->cursor = 0;
        break;
    case 'J':
        memset(t->screen, 0, sizeof(t->screen));
        break;
    default:
        g_assert_not_reached();
    }
}

static void terminal_put(void *opaque, const char *str, size_t len)
{
    Terminal *t = opaque;

    for (; len; str++, len--) {
        if (t->sequence->len || *str == '\033') {
            g_string_append_c(t->sequence, *str);
            if (t->sequence->len > 2 && g_ascii_isalpha(*str)) {
                terminal_control(t, t->sequence->str);
                g_string_truncate(t->sequence, 0);
            }
        } else if (*str == '\n') {
            memset(t->screen, 0, sizeof(t->screen));
        } else if (*str == '\r') {
            t->cursor = 0;
        } else {
            t->screen[t->cursor++] = *str;
        }
    }
}

static void terminal_flush(void *opaque)
{
}

static bool terminal_line(void *opaque, const char *line)
{
    Terminal *t = opaque;

    g_string_append_printf(t->lines, "%s|", line);
    return strcmp(line, "wait");
}

static void terminal_complete(void *opaque, const char *line)
{
    Terminal *t = opaque;
    static const char *const words[] = {
        "alpha", "alphabet", "beta", "dir/",
    };

    readline_set_completion_index(t->rs, strlen(line));
    for (int i = 0; i < ARRAY_SIZE(words); i++) {
        if (g_str_has_prefix(words[i], line)) {
            readline_add_completion(t->rs, words[i]);
        }
    }
}

/* Types @keys; the screen and the lines entered must be as given. */
static void check_keys(const char *keys, const char *screen,
                       const char *lines)
{
    static const ReadLineOps ops = {
        .put = terminal_put, .flush = terminal_flush,
        .line = terminal_line, .complete = terminal_complete,
    };
    Terminal t = {
        .sequence = g_string_new(NULL), .lines = g_string_new(NULL),
    };

    t.rs = readline_new(&ops, &t, "> ");
    readline_show(t.rs, true);
    for (const char *p = keys; *p; p++) {
        readline_handle_byte(t.rs, *p);
    }
    /* The cursor's place is shown by a mark. */
    memmove(t.screen + t.cursor + 1, t.screen + t.cursor,
            sizeof(t.screen) - t.cursor - 1);
    t.screen[t.cursor] = '_';
    g_assert_cmpstr(t.screen, ==, screen);
    g_assert_cmpstr(t.lines->str, ==, lines);
    readline_free(t.rs);
    g_string_free(t.sequence, true);
    g_string_free(t.lines, true);
}

#define LEFT "\033[D"
#define RIGHT "\033[C"
#define UP "\033[A"
#define DOWN "\033[B"

static void test_readline(void)
{
    check_keys("", "> _", "");
    check_keys("abc", "> abc_", "");
    check_keys("abc\r", "> _", "abc|");
    check_keys("abc\n", "> _", "abc|");
    check_keys("abc\r\n", "> _", "abc|");
    check_keys("a\rb\r", "> _", "a|b|");
    check_keys("abc" LEFT LEFT "x", "> ax_bc", "");
    check_keys("abc" LEFT LEFT LEFT LEFT "x", "> x_abc", "");
    check_keys("abc\001x", "> x_abc", "");
    check_keys("abc\001x\005y", "> xabcy_", "");
    check_keys("abc" LEFT "\177", "> a_c", "");
    check_keys("abc\001\004", "> _bc", "");
    check_keys("abc" LEFT "\033[3~", "> ab_", "");
    check_keys("abc\033[1~x\033[4~y", "> xabcy_", "");
    check_keys("abc\033OHx\033OFy", "> xabcy_", "");
    check_keys("foo bar\027x", "> foo x_", "");
    check_keys("foo bar" LEFT "\025", "> _r", "");
    check_keys("foo bar\001\033f\013", "> foo_", "");
    check_keys("foo bar\033b\033bx", "> x_foo bar", "");
    check_keys("foo bar\033[1;5Dx", "> foo x_bar", "");
    check_keys("abc\014", "> abc_", "");
    check_keys("\177\004" LEFT RIGHT, "> _", "");
    check_keys("wait\r", "_", "wait|");
    check_keys("a\003\037b", "> ab_", "");
}

static void test_history(void)
{
    check_keys("one\rtwo\rx" UP, "> two_", "one|two|");
    check_keys("one\rtwo\rx" UP UP UP, "> one_", "one|two|");
    check_keys("one\rtwo\rx" UP UP DOWN DOWN DOWN, "> x_", "one|two|");
    check_keys("one\rtwo\r" UP UP "\r" UP, "> one_", "one|two|one|");
    check_keys("one\r\r" UP, "> one_", "one||");
    check_keys(UP DOWN, "> _", "");
}

static void test_completion(void)
{
    check_keys("b\t", "> beta _", "");
    check_keys("al\t", "> alpha_", "");
    check_keys("al\t\t", "> alpha_", "");       /* and the list above */
    check_keys("d\t", "> dir/_", "");
    check_keys("x\t", "> x_", "");
    check_keys("bx" LEFT "\t", "> beta _x", "");
}

static void test_long_line(void)
{
    static const ReadLineOps ops = {
        .put = terminal_put, .flush = terminal_flush,
        .line = terminal_line, .complete = terminal_complete,
    };
    Terminal t = {
        .sequence = g_string_new(NULL), .lines = g_string_new(NULL),
    };
    ReadLineState *rs = readline_new(&ops, &t, "");

    /* A flood without an end of line is cut off. */
    for (int i = 0; i < 100000; i++) {
        t.cursor = 0;
        readline_handle_byte(rs, 'x');
    }
    t.cursor = 0;
    readline_handle_byte(rs, '\r');
    g_assert_cmpint(t.lines->len, <=, 4097);
    readline_free(rs);
    g_string_free(t.sequence, true);
    g_string_free(t.lines, true);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hmp/expr", test_expr);
    g_test_add_func("/hmp/args", test_args);
    g_test_add_func("/hmp/readline", test_readline);
    g_test_add_func("/hmp/history", test_history);
    g_test_add_func("/hmp/completion", test_completion);
    g_test_add_func("/hmp/long-line", test_long_line);
    return g_test_run();
}
