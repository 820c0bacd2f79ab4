/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON text: reading, writing, and values out of a stream with garbage.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"

static void check_round_trip(const char *in, const char *out)
{
    json_t *value = json_parse_text(in, &error_abort);
    g_autofree char *text = json_to_text(value, false);

    g_assert_cmpstr(text, ==, out);
    json_decref(value);
}

static void test_round_trip(void)
{
    static const char *const cases[][2] = {
        { "{}", "{}" },
        { " [ ] ", "[]" },
        { "{\"a\":1,'b':[true,false,null]}",
          "{\"a\": 1, \"b\": [true, false, null]}" },
        { "-0", "0" },
        { "9223372036854775807", "9223372036854775807" },
        { "-9223372036854775808", "-9223372036854775808" },
        { "9223372036854775808", "9223372036854775808" },
        { "18446744073709551615", "18446744073709551615" },
        { "18446744073709551616", "1.8446744073709552e+19" },
        { "-9223372036854775809", "-9.2233720368547758e+18" },
        { "1e5", "100000" },
        { "1.5E-3", "0.0015" },
        { "'it\\'s \"q\" \\/'", "\"it's \\\"q\\\" /\"" },
        { "\"\\b\\f\\n\\r\\t\\u0001\\u007f\"",
          "\"\\b\\f\\n\\r\\t\\u0001\\u007F\"" },
        { "\"\xc3\xa9\xf0\x9f\x98\x80\"", "\"\\u00E9\\uD83D\\uDE00\"" },
        { "\"\\ud83d\\ude00\"", "\"\\uD83D\\uDE00\"" },
        { "\"a\\u0000b\"", "\"a\\u0000b\"" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        check_round_trip(cases[i][0], cases[i][1]);
    }
}

static void test_pretty(void)
{
    json_t *value = json_parse_text("{'a': [1, {}], 'b': 2}", &error_abort);
    g_autofree char *text = json_to_text(value, true);

    g_assert_cmpstr(text, ==,
                    "{\n    \"a\": [\n        1,\n        {}\n    ],\n"
                    "    \"b\": 2\n}");
    json_decref(value);
}

static void test_uinteger(void)
{
    json_t *small = json_uinteger(5), *big = json_uinteger(UINT64_MAX);
    json_t *minus = json_integer(-1);

    g_assert_false(json_is_big_uinteger(small));
    g_assert_true(json_is_big_uinteger(big));
    g_assert_false(json_is_big_uinteger(minus));
    g_assert_cmpint(json_integer_value(big), ==, -1);
    json_decref(big);
    json_decref(minus);
    /* Memory that held a marked one does not mark the next. */
    for (int i = 0; i < 100; i++) {
        json_t *value = json_uinteger(UINT64_MAX);

        json_decref(value);
        value = json_integer(-1);
        g_assert_false(json_is_big_uinteger(value));
        json_decref(value);
    }
    json_decref(small);
}

static void test_strings(void)
{
    json_t *value = json_string_any("ok\xff");

    g_assert_cmpstr(json_string_value(value), ==, "ok\xef\xbf\xbd");
    json_decref(value);
    value = json_string_any(NULL);
    g_assert_cmpstr(json_string_value(value), ==, "");
    json_decref(value);
}

static void test_errors(void)
{
    static const char *const cases[][2] = {
        { "", "premature EOI" },
        { "{", "premature EOI" },
        { "[1", "premature EOI" },
        { "[1,", "premature EOI" },
        { "\"abc", "premature EOI" },
        { "\"abc\\", "premature EOI" },
        { "{'a'", "premature EOI" },
        { "{]", "key is not a string in object" },
        { "[}", "expecting value" },
        { "[1,]", "expecting value" },
        { "{'a' 1}", "missing : in object pair" },
        { "{'a':1 'b':2}", "expected separator in dict" },
        { "[1 2]", "expected separator in list" },
        { "{'a':1,'a':2}", "duplicate key" },
        { "{'\\u0000':1}", "invalid key in object" },
        { "zz", "invalid keyword 'zz'" },
        { "tru", "invalid keyword 'tru'" },
        { "1 2", "expecting end of input" },
        { "01", "stray '01'" },
        { "1.", "stray '1.'" },
        { "1.e5", "stray '1.e'" },
        { "1e", "stray '1e'" },
        { "-", "stray '-'" },
        { "-x", "stray '-x'" },
        { "1e999", "number 1e999 is out of range" },
        { "%p", "stray '%'" },
        { "\"\\x\"", "invalid escape sequence in string" },
        { "\"\\u12\"", "\\u12\" is not a valid Unicode character" },
        { "\"\\u12", "\\u12 is not a valid Unicode character" },
        { "\"\\ud800\"", "\\ud800 is not a valid Unicode character" },
        { "\"\\ud800\\u0041\"",
          "\\ud800\\u0041 is not a valid Unicode character" },
        { "\"\\udc00\"", "\\udc00 is not a valid Unicode character" },
        { "\"\xed\xa0\x80\"", "invalid UTF-8 sequence in string" },
        { "\"a\nb\"", "stray '\"a\n'" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Error *err = NULL;
        g_autofree char *want = g_strdup_printf("JSON parse error, %s",
                                                cases[i][1]);

        g_assert_null(json_parse_text(cases[i][0], &err));
        g_assert_cmpstr(error_get_pretty(err), ==, want);
        error_free(err);
    }
}

static void test_position(void)
{
    Error *err = NULL;

    g_assert_null(json_parse_text("{'abc': %}", &err));
    g_assert_cmpstr(error_get_hint(err), ==,
                    "The error is at character 9.\n");
    error_free(err);
}

static void test_depth(void)
{
    g_autofree char *text = g_malloc0(2 * JSON_MAX_DEPTH + 3);
    Error *err = NULL;
    json_t *value;

    memset(text, '[', JSON_MAX_DEPTH);
    memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
    value = json_parse_text(text, &error_abort);
    json_decref(value);
    memset(text, '[', JSON_MAX_DEPTH + 1);
    memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
    g_assert_null(json_parse_text(text, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "JSON nesting depth limit exceeded");
    error_free(err);
}

/* ---- the framer ---- */

static void collect(void *opaque, json_t *value, Error *err)
{
    GString *log = opaque;

    if (value) {
        json_append_text(log, value, false);
        g_string_append_c(log, '|');
    } else {
        g_string_append_c(log, '!');
        error_free(err);
    }
}

static char *frame(const char *in, size_t len, size_t chunk)
{
    GString *log = g_string_new(NULL);
    JSONFramer *f = json_framer_new(collect, log);

    for (size_t i = 0; i < len; i += chunk) {
        json_framer_feed(f, in + i, MIN(chunk, len - i));
    }
    json_framer_finish(f);
    json_framer_free(f);
    return g_string_free(log, false);
}

static void test_framer(void)
{
    static const char *const cases[][2] = {
        { "{}{}", "{}|{}|" },
        { "{\"a\": [1, 2]}\r\n\r\n[3]", "{\"a\": [1, 2]}|[3]|" },
        { "1 true null \"x\"'y'", "1|true|null|\"x\"|\"y\"|" },
        { "{'a':'}{'}[']']", "{\"a\": \"}{\"}|[\"]\"]|" },
        { "{'a':'\\'}'}", "{\"a\": \"'}\"}|" },
        { "{]\n{}", "!{}|" },
        { "{\xff{}", "!{}|" },
        { "{\x01{}", "!{}|" },
        { "{'bad \xff{}", "!{}|" },
        { "{'execute': 'x', 'id':'\n{}", "!{}|" },
        { "{'x\\\n{}", "!{}|" },
        { "%p\n{}", "!{}|" },
        { "@ 'x' 12{}", "!{}|" },
        { "%\xff{}", "!{}|" },
        { "&{}", "!{}|" },
        { "}{}", "!{}|" },
        { ",:{}", "!!{}|" },
        { "tru {}", "!{}|" },
        { "-\n{}", "!{}|" },
        { "{'a':01}{}", "!{}|" },
        { "{'a':nul}{}", "!{}|" },
        { "{'a':'\\u12'}{}", "!{}|" },
        { "{'a':1,'a':2}{}", "!{}|" },
        { "[[[", "!" },
        { "\"half", "!" },
        { "12", "12|" },
        { "", "" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        for (size_t chunk = 1; chunk < 8; chunk++) {
            g_autofree char *log = frame(cases[i][0], strlen(cases[i][0]),
                                         chunk);

            g_assert_cmpstr(log, ==, cases[i][1]);
        }
    }
}

static void test_framer_limits(void)
{
    g_autofree char *deep = g_malloc(2 * JSON_MAX_DEPTH + 10);
    g_autofree char *log = NULL;
    size_t n = JSON_MAX_DEPTH;

    memset(deep, '[', n);
    memset(deep + n, ']', n);
    log = frame(deep, 2 * n, 100);
    g_assert_cmpint(log[strlen(log) - 1], ==, '|');
    g_free(log);
    memset(deep, '[', n + 1);
    strcpy(deep + n + 1, "{}");
    log = frame(deep, n + 3, 100);
    g_assert_cmpstr(log, ==, "!{}|");
}

/* Text larger than the limit is dropped, without keeping it in memory. */
static void test_framer_size(void)
{
    GString *log = g_string_new(NULL);
    JSONFramer *f = json_framer_new(collect, log);
    g_autofree char *chunk = g_malloc(1024 * 1024);

    memset(chunk, 'x', 1024 * 1024);
    json_framer_feed(f, "\"", 1);
    for (int i = 0; i < JSON_MAX_TEXT / (1024 * 1024); i++) {
        json_framer_feed(f, chunk, 1024 * 1024);
    }
    g_assert_cmpstr(log->str, ==, "!");
    json_framer_feed(f, "\n{}", 3);
    g_assert_true(g_str_has_suffix(log->str, "{}|"));
    g_string_truncate(log, 0);

    memset(chunk, ',', 1024 * 1024);
    json_framer_feed(f, "[", 1);
    for (int i = 0; i < 2; i++) {
        json_framer_feed(f, chunk, 1024 * 1024);
    }
    g_assert_cmpint(log->str[0], ==, '!');
    g_string_free(log, true);
    json_framer_free(f);
}

/* Whatever came before, a line feed outside a string and then a value work. */
static void test_framer_random(void)
{
    static const char alphabet[] = "{}[]:,\"'\\ \n01-+.eEtrufalsn\xff\x01\x80";
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    for (int round = 0; round < 3000; round++) {
        GString *text = g_string_new(NULL);
        int len = g_rand_int_range(rand, 0, 40);
        g_autofree char *log = NULL;

        for (int i = 0; i < len; i++) {
            g_string_append_c(text, alphabet[g_rand_int_range(rand, 0,
                                                    sizeof(alphabet) - 1)]);
        }
        /* \xff ends whatever is open: a client's way to start afresh. */
        g_string_append(text, "\xff{\"ok\": 1}");
        log = frame(text->str, text->len, g_rand_int_range(rand, 1, 9));
        g_assert_true(g_str_has_suffix(log, "{\"ok\": 1}|"));
        g_string_free(text, true);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/round-trip", test_round_trip);
    g_test_add_func("/json/pretty", test_pretty);
    g_test_add_func("/json/uinteger", test_uinteger);
    g_test_add_func("/json/strings", test_strings);
    g_test_add_func("/json/errors", test_errors);
    g_test_add_func("/json/position", test_position);
    g_test_add_func("/json/depth", test_depth);
    g_test_add_func("/json/framer", test_framer);
    g_test_add_func("/json/framer-limits", test_framer_limits);
    g_test_add_func("/json/framer-size", test_framer_size);
    g_test_add_func("/json/framer-random", test_framer_random);
    return g_test_run();
}
