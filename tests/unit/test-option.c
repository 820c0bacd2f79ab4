/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option lists and files of options. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/option.h"

static QemuOptsList list = {
    .name = "thing",
    .implied_opt_name = "kind",
    .head = QTAILQ_HEAD_INITIALIZER(list.head),
    .desc = {
        { .name = "kind", .type = QEMU_OPT_STRING },
        { .name = "size", .type = QEMU_OPT_SIZE, .def_value_str = "4k" },
        { .name = "num", .type = QEMU_OPT_NUMBER },
        { .name = "flag", .type = QEMU_OPT_BOOL },
        { /* end */ }
    },
};

static QemuOptsList any = {
    .name = "any",
    .merge_lists = true,
    .head = QTAILQ_HEAD_INITIALIZER(any.head),
    .desc = { { /* end */ } },
};

static void test_get(void)
{
    QemuOpts *opts = qemu_opts_parse(&list, "x,,y,num=0x10,flag=on,id=a,"
                                     "num=17", true, &error_abort);
    char *kind;

    g_assert_true(qemu_opts_find(&list, "a") == opts);
    g_assert_cmpstr(qemu_opts_id(opts), ==, "a");
    g_assert_cmpuint(qemu_opt_get_number(opts, "num", 1), ==, 17);
    g_assert_cmpuint(qemu_opt_get_size(opts, "size", 1), ==, 4096);
    g_assert_true(qemu_opt_get_bool(opts, "flag", false));
    kind = qemu_opt_get_del(opts, "kind");
    g_assert_cmpstr(kind, ==, "x,y");
    g_free(kind);
    g_assert_null(qemu_opt_get(opts, "kind"));
    g_assert_true(qemu_opt_get_bool(NULL, "flag", true));
    qemu_opts_del(opts);
    g_assert_null(qemu_opts_find(&list, "a"));
}

static void refuse(const char *params, const char *msg)
{
    Error *err = NULL;

    g_assert_null(qemu_opts_parse(&list, params, true, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, msg);
    error_free(err);
}

static void test_errors(void)
{
    QemuOpts *opts;

    refuse("nonsense=1", "Invalid parameter 'nonsense'");
    refuse("num=x", "Parameter 'num' expects a number");
    refuse("flag=x", "Parameter 'flag' expects 'on' or 'off'");
    refuse("size=x", "Parameter 'size' expects a non-negative number below "
           "2^64");
    refuse("id=1", "Parameter 'id' expects an identifier");
    opts = qemu_opts_parse(&list, "id=b", true, &error_abort);
    refuse("id=b", "Duplicate ID 'b' for thing");
    qemu_opts_del(opts);
    g_assert_true(QTAILQ_EMPTY(&list.head));
}

static void test_merge(void)
{
    QemuOpts *a = qemu_opts_parse(&any, "x=1", false, &error_abort);
    QemuOpts *b = qemu_opts_parse(&any, "y=2", false, &error_abort);

    g_assert_true(a == b);
    g_assert_cmpuint(qemu_opt_get_number(a, "x", 0), ==, 1);
    g_assert_cmpuint(qemu_opt_get_number(a, "y", 0), ==, 2);
    qemu_add_opts(&any);
    g_assert_true(qemu_find_opts_singleton("any") == a);
    qemu_opts_reset(&any);
}

static void test_help(void)
{
    g_assert_true(has_help_option("a,help"));
    g_assert_true(has_help_option("?"));
    g_assert_false(has_help_option("a=help"));
    g_assert_false(has_help_option("a=b,,help,c"));
}

static void collect(const char *group, json_t *opts, void *opaque,
                    Error **errp)
{
    char *json = json_dumps(opts, JSON_COMPACT);

    g_string_append_printf(opaque, "%s%s;", group, json);
    free(json);
    if (!strcmp(group, "bad")) {
        error_setg(errp, "refused");
    }
}

static char *read_config(const char *text)
{
    GString *got = g_string_new("");
    FILE *f = fmemopen((void *)text, strlen(text), "r");
    Error *err = NULL;
    int n = qemu_config_foreach(f, collect, got, "F", &err);

    fclose(f);
    if (n < 0) {
        g_string_append_printf(got, "%s", error_get_pretty(err));
        error_free(err);
    }
    return g_string_free(got, FALSE);
}

static void check_config(const char *text, const char *expect)
{
    g_autofree char *got = read_config(text);

    g_assert_cmpstr(got, ==, expect);
}

static void test_config(void)
{
    check_config("# nothing\n\n", "");
    check_config("[machine]\n type = \"q35\"\n\n[device \"a b\"]\n"
                 "driver=\"e1000,x\"\n",
                 "machine{\"type\":\"q35\"};"
                 "device{\"id\":\"a b\",\"driver\":\"e1000,x\"};");
    check_config("x = \"y\"\n", "F:1: no group defined");
    check_config("[a]\nx = y\n", "F:2: parse error");
    check_config("[a\n", "F:1: parse error");
    check_config("[a \"b]\n", "F:1: parse error");
    check_config("[bad]\nx = \"\"\n", "bad{\"x\":\"\"};F:2: refused");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/option/get", test_get);
    g_test_add_func("/option/errors", test_errors);
    g_test_add_func("/option/merge", test_merge);
    g_test_add_func("/option/help", test_help);
    g_test_add_func("/option/config", test_config);
    return g_test_run();
}
