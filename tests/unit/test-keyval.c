/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option arguments as JSON. */
#include "qemu/osdep.h"
#include "qemu/keyval.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

static char *dump(json_t *v)
{
    char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

    json_decref(v);
    return text;
}

typedef json_t *Parser(const char *, const char *, bool *, Error **);

/* @expect is JSON, or "!" and an error message. */
static void check_by(Parser *parse, const char *params, const char *implied,
                     const char *expect)
{
    Error *err = NULL;
    json_t *v = parse(params, implied, NULL, &err);

    if (*expect == '!') {
        g_assert_null(v);
        g_assert_cmpstr(error_get_pretty(err), ==, expect + 1);
        error_free(err);
    } else {
        g_autofree char *text = NULL;

        g_assert_null(err);
        text = dump(v);
        g_assert_cmpstr(text, ==, expect);
    }
}

static void check(const char *params, const char *implied, const char *expect)
{
    check_by(keyval_parse, params, implied, expect);
}

static void test_simple(void)
{
    check("", NULL, "{}");
    check("a=b", NULL, "{\"a\":\"b\"}");
    check("a=b,", NULL, "{\"a\":\"b\"}");
    check("a=,b=c", NULL, "{\"a\":\"\",\"b\":\"c\"}");
    check("a=b,a=c", NULL, "{\"a\":\"c\"}");
    check("a=b=c", NULL, "{\"a\":\"b=c\"}");
    check("a=x,,y,,,b=,,", NULL, "{\"a\":\"x,y,\",\"b\":\",\"}");
    check("type,b=c", "t", "{\"t\":\"type\",\"b\":\"c\"}");
    check("a.b=c", "t", "{\"a\":{\"b\":\"c\"}}");
    check("__org.x_y=1", NULL, "{\"__org.x_y\":\"1\"}");
    check("__org_x.a-b_C=1", NULL, "{\"__org_x\":{\"a-b_C\":\"1\"}}");
}

static void test_nested(void)
{
    check("a.b.c=1,a.d=2,e=3", NULL,
          "{\"a\":{\"b\":{\"c\":\"1\"},\"d\":\"2\"},\"e\":\"3\"}");
    check("a.0=x,a.1=y", NULL, "{\"a\":[\"x\",\"y\"]}");
    check("a.1.b=y,a.0.b=x", NULL,
          "{\"a\":[{\"b\":\"x\"},{\"b\":\"y\"}]}");
    check("a.00=x", NULL, "{\"a\":[\"x\"]}");
    check("a.0.0=x", NULL, "{\"a\":[[\"x\"]]}");
}

static void test_errors(void)
{
    g_autofree char *name = g_strnfill(128, 'a');
    g_autofree char *arg = g_strdup_printf("%s=x", name);
    g_autofree char *msg = g_strdup_printf("!Parameter '%s' is too long",
                                           name);
    g_autofree char *arg2 = g_strdup_printf("b.%s=x", name);
    g_autofree char *msg2 = g_strdup_printf("!Parameter fragment '%s' is too "
                                            "long", name);

    check("a", NULL, "!Expected '=' after parameter 'a'");
    check("help", NULL, "!Expected '=' after parameter 'help'");
    check("t,b", "t", "!Expected '=' after parameter 'b'");
    check("t,,x=3", "t", "!Invalid parameter ''");
    check("=x", NULL, "!Invalid parameter ''");
    check("a.=x", NULL, "!Invalid parameter 'a.'");
    check("a..b=x", NULL, "!Invalid parameter 'a..b'");
    check(".a=x", NULL, "!Invalid parameter '.a'");
    check("1=x", NULL, "!Invalid parameter '1'");
    check("a b=x", NULL, "!Invalid parameter 'a b'");
    check("a.0x=x", NULL, "!Invalid parameter 'a.0x'");
    check("a=1,a.b=2", NULL, "!Parameters 'a.*' used inconsistently");
    check("a.b=2,a=1", NULL, "!Parameters 'a.*' used inconsistently");
    check("a.0=1,a.b=2", NULL, "!Parameters 'a.*' used inconsistently");
    check("a.0=1,a.0.b=2", NULL, "!Parameters 'a.0.*' used inconsistently");
    check("b.a.0=1,b.a.2=2", NULL, "!Parameter 'b.a.1' missing");
    check("a.99999999999999999999=1", NULL, "!Parameter 'a.0' missing");
    check(arg, NULL, msg);
    check(arg2, NULL, msg2);
}

/* A path of any depth is refused before it is a danger. */
static void test_deep(void)
{
    GString *s = g_string_new("a");
    Error *err = NULL;

    for (int i = 0; i < 100000; i++) {
        g_string_append(s, ".b");
    }
    g_string_append(s, "=1");
    g_assert_null(keyval_parse(s->str, NULL, NULL, &err));
    error_free_or_abort(&err);
    g_string_free(s, true);
}

static void test_help(void)
{
    bool help;
    json_t *v;

    v = keyval_parse("help,a=b,?", "t", &help, &error_abort);
    g_assert_true(help);
    g_assert_cmpint(json_object_size(v), ==, 1);
    json_decref(v);
    v = keyval_parse("t,a=help", "t", &help, &error_abort);
    g_assert_false(help);
    json_decref(v);
}

static void test_merge(void)
{
    json_t *v = json_object();
    g_autofree char *text = NULL;
    Error *err = NULL;

    g_assert_true(keyval_parse_into(v, "q35,smp.cpus=2,l.0=a", "type", NULL,
                                    &error_abort) == v);
    keyval_parse_into(v, "smp.cores=4,smp.cpus=3,l.0=b,x=1", "type", NULL,
                      &error_abort);
    g_assert_null(keyval_parse_into(v, "smp=3", "type", NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameters 'smp.*' used inconsistently");
    error_free_or_abort(&err);
    g_assert_null(keyval_parse_into(v, "smp.cpus.x=3", NULL, NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameters 'smp.cpus.*' used inconsistently");
    error_free_or_abort(&err);
    text = dump(v);
    g_assert_cmpstr(text, ==,
                    "{\"type\":\"q35\",\"smp\":{\"cpus\":\"3\","
                    "\"cores\":\"4\"},\"l\":[\"a\",\"b\"],\"x\":\"1\"}");
}

static int eat(const char *fmt, va_list ap)
{
    return 0;
}

static void test_flat(void)
{
    bool help;
    json_t *v;

    error_report_sink = eat;
    check_by(keyval_parse_flat, "e1000,,x,a.b=c,1=2", "driver",
             "{\"driver\":\"e1000,x\",\"a.b\":\"c\",\"1\":\"2\"}");
    check_by(keyval_parse_flat, "socket,server,nowait,=3", "backend",
             "{\"backend\":\"socket\",\"server\":\"on\",\"wait\":\"off\","
             "\"\":\"3\"}");
    check_by(keyval_parse_flat, "a=1,a=2,id=x,id=y", NULL,
             "{\"a\":\"2\",\"id\":\"x\"}");
    check_by(keyval_parse_flat, "id=3", NULL,
             "!Parameter 'id' expects an identifier");
    v = keyval_parse_flat("x,help", "driver", &help, &error_abort);
    g_assert_true(help);
    g_assert_cmpint(json_object_size(v), ==, 1);
    json_decref(v);
    error_report_sink = NULL;
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keyval/simple", test_simple);
    g_test_add_func("/keyval/nested", test_nested);
    g_test_add_func("/keyval/errors", test_errors);
    g_test_add_func("/keyval/deep", test_deep);
    g_test_add_func("/keyval/help", test_help);
    g_test_add_func("/keyval/merge", test_merge);
    g_test_add_func("/keyval/flat", test_flat);
    return g_test_run();
}
