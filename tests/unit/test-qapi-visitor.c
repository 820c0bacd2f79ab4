/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Visitors over JSON, keyval trees and strings.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/visitor.h"

static void check_error(Error *err, const char *text)
{
    g_assert_nonnull(err);
    g_assert_cmpstr(error_get_pretty(err), ==, text);
    error_free(err);
}

static Visitor *input(const char *text, bool keyval)
{
    json_t *value = json_parse_text(text, &error_abort);
    Visitor *v = keyval ? json_input_visitor_new_keyval(value)
                        : json_input_visitor_new(value);

    json_decref(value);
    return v;
}

/* ---- a nested structure ---- */

typedef struct Inner {
    int64_t number;
    bool has_text;
    char *text;
} Inner;

typedef struct Outer {
    uint8_t byte;
    bool flag;
    double real;
    Inner *inner;
    intList *list;
    uint64_t size;
} Outer;

static bool visit_inner(Visitor *v, const char *name, Inner **obj,
                        Error **errp)
{
    bool ok;

    if (!visit_start_struct(v, name, (void **)obj, sizeof(Inner), errp)) {
        return false;
    }
    if (!*obj) {
        g_assert_true(visit_is_dealloc(v));
        return true;
    }
    ok = visit_type_int(v, "number", &(*obj)->number, errp);
    if (ok && visit_optional(v, "text", &(*obj)->has_text)) {
        ok = visit_type_str(v, "text", &(*obj)->text, errp);
    }
    ok = ok && visit_check_struct(v, errp);
    visit_end_struct(v, (void **)obj);
    return ok;
}

static bool visit_outer(Visitor *v, const char *name, Outer **obj,
                        Error **errp)
{
    bool ok;

    if (!visit_start_struct(v, name, (void **)obj, sizeof(Outer), errp)) {
        return false;
    }
    ok = visit_type_uint8(v, "byte", &(*obj)->byte, errp) &&
         visit_type_bool(v, "flag", &(*obj)->flag, errp) &&
         visit_type_number(v, "real", &(*obj)->real, errp) &&
         visit_inner(v, "inner", &(*obj)->inner, errp) &&
         visit_type_intList(v, "list", &(*obj)->list, errp) &&
         visit_type_size(v, "size", &(*obj)->size, errp) &&
         visit_check_struct(v, errp);
    visit_end_struct(v, (void **)obj);
    return ok;
}

static void free_outer(Outer *o)
{
    Visitor *v = qapi_dealloc_visitor_new();

    visit_outer(v, NULL, &o, &error_abort);
    visit_free(v);
}

static Outer *read_outer(const char *text, bool keyval, Error **errp)
{
    Visitor *v = input(text, keyval);
    Outer *o = NULL;

    if (!visit_outer(v, NULL, &o, errp) && o) {
        free_outer(o);
        o = NULL;
    }
    visit_free(v);
    return o;
}

static char *print_outer(Outer *o)
{
    json_t *value;
    Visitor *v = json_output_visitor_new(&value);
    char *text;

    visit_outer(v, NULL, &o, &error_abort);
    visit_complete(v, &value);
    visit_free(v);
    text = json_to_text(value, false);
    json_decref(value);
    return text;
}

#define OUTER \
    "{\"byte\": 255, \"flag\": true, \"real\": 0.5, " \
    "\"inner\": {\"number\": -3, \"text\": \"hi\"}, " \
    "\"list\": [1, 2, 3], \"size\": 18446744073709551615}"

static void test_struct(void)
{
    Outer *o = read_outer(OUTER, false, &error_abort);
    g_autofree char *text = print_outer(o);

    g_assert_cmpint(o->byte, ==, 255);
    g_assert_cmpint(o->inner->number, ==, -3);
    g_assert_cmpuint(o->size, ==, UINT64_MAX);
    g_assert_cmpint(o->list->next->next->value, ==, 3);
    g_assert_null(o->list->next->next->next);
    g_assert_cmpstr(text, ==, OUTER);
    free_outer(o);
}

static void test_keyval(void)
{
    Outer *o = read_outer("{'byte':'0x1f','flag':'yes','real':'2.5',"
                          "'inner':{'number':'-7'},'list':['5','6'],"
                          "'size':'4G'}", true, &error_abort);

    g_assert_cmpint(o->byte, ==, 31);
    g_assert_true(o->flag);
    g_assert_true(o->real == 2.5);
    g_assert_cmpint(o->inner->number, ==, -7);
    g_assert_false(o->inner->has_text);
    g_assert_cmpint(o->list->next->value, ==, 6);
    g_assert_cmpuint(o->size, ==, 4ull << 30);
    free_outer(o);

    o = read_outer("{'byte':'1','flag':'off','real':'1','inner':"
                   "{'number':'1'},'list':'0-2,7','size':'1'}", true,
                   &error_abort);
    g_assert_cmpint(QAPI_LIST_LENGTH(o->list), ==, 4);
    g_assert_cmpint(o->list->next->next->next->value, ==, 7);
    free_outer(o);
}

static void test_struct_errors(void)
{
    static const struct {
        bool keyval;
        const char *in, *error;
    } cases[] = {
        { false, "{}", "Parameter 'byte' is missing" },
        { false, "[]", "Invalid parameter type for '<anonymous>', "
          "expected: object" },
        { false, "{'byte':256}", "Parameter 'byte' expects uint8_t" },
        { false, "{'byte':-1}", "Parameter 'byte' expects uint8_t" },
        { false, "{'byte':'1'}", "Parameter 'byte' expects uint64" },
        { false, "{'byte':1,'flag':1}",
          "Invalid parameter type for 'flag', expected: boolean" },
        { false, "{'byte':1,'flag':true,'real':'x'}",
          "Invalid parameter type for 'real', expected: number" },
        { false, "{'byte':1,'flag':true,'real':1,'inner':3}",
          "Invalid parameter type for 'inner', expected: object" },
        { false, "{'byte':1,'flag':true,'real':1,'inner':{}}",
          "Parameter 'inner.number' is missing" },
        { false, "{'byte':1,'flag':true,'real':1,'inner':{'number':1.5}}",
          "Invalid parameter type for 'inner.number', expected: integer" },
        { false, "{'byte':1,'flag':true,'real':1,"
          "'inner':{'number':1,'x':2}}",
          "Parameter 'inner.x' is unexpected" },
        { false, "{'byte':1,'flag':true,'real':1,'inner':{'number':1},"
          "'list':[1,'a']}",
          "Invalid parameter type for 'list[1]', expected: integer" },
        { false, "{'byte':1,'flag':true,'real':1,'inner':{'number':1},"
          "'list':3}", "Invalid parameter type for 'list', expected: array" },
        { false, "{'byte':1,'flag':true,'real':1,'inner':{'number':1},"
          "'list':[],'size':1,'zz':{}}", "Parameter 'zz' is unexpected" },
        { false, "{'byte':1,'flag':true,'real':1,"
          "'inner':{'number':9223372036854775808}}",
          "Invalid parameter type for 'inner.number', expected: integer" },
        { true, "{'byte':'a'}", "Parameter 'byte' expects integer" },
        { true, "{'byte':'256'}", "Parameter 'byte' expects uint8_t" },
        { true, "{'byte':{}}", "Invalid parameter type for 'byte', "
          "expected: a scalar value" },
        { true, "{'byte':'1','flag':'maybe'}",
          "Parameter 'flag' expects 'on' or 'off'" },
        { true, "{'byte':'1','flag':'on','real':'x'}",
          "Parameter 'real' expects a finite number" },
        { true, "{'byte':'1','flag':'on','real':'1','inner':"
          "{'number':'99999999999999999999'}}",
          "Parameter 'inner.number' expects integer" },
        { true, "{'byte':'1','flag':'on','real':'1','inner':"
          "{'number':'1'},'list':'5-2'}",
          "Parameter 'list' expects an int64 value or range" },
        { true, "{'byte':'1','flag':'on','real':'1','inner':"
          "{'number':'1'},'list':[],'size':'4Q'}",
          "Parameter 'size' expects size" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Error *err = NULL;

        g_assert_null(read_outer(cases[i].in, cases[i].keyval, &err));
        check_error(err, cases[i].error);
    }
}

/* ---- integers ---- */

#define CHECK_RANGE(type, text, good) do { \
    Visitor *v_ = string_input_visitor_new(text); \
    Visitor *j_ = input(text, false); \
    type##_t value_ = 42; \
    Error *err_ = NULL; \
    g_assert_true(visit_type_##type(v_, "x", &value_, &err_) == (good)); \
    g_assert_true((err_ == NULL) == (good)); \
    g_assert_true((good) || value_ == 42); \
    error_free(err_); \
    err_ = NULL; \
    g_assert_true(visit_type_##type(j_, "x", &value_, &err_) == (good)); \
    error_free(err_); \
    visit_free(v_); \
    visit_free(j_); \
} while (0)

static void test_ranges(void)
{
    CHECK_RANGE(int8, "127", true);
    CHECK_RANGE(int8, "128", false);
    CHECK_RANGE(int8, "-128", true);
    CHECK_RANGE(int8, "-129", false);
    CHECK_RANGE(int16, "32767", true);
    CHECK_RANGE(int16, "32768", false);
    CHECK_RANGE(int32, "-2147483648", true);
    CHECK_RANGE(int32, "2147483648", false);
    CHECK_RANGE(int64, "9223372036854775807", true);
    CHECK_RANGE(int64, "9223372036854775808", false);
    CHECK_RANGE(uint8, "255", true);
    CHECK_RANGE(uint8, "256", false);
    CHECK_RANGE(uint16, "65535", true);
    CHECK_RANGE(uint16, "65536", false);
    CHECK_RANGE(uint32, "4294967295", true);
    CHECK_RANGE(uint32, "4294967296", false);
    CHECK_RANGE(uint64, "18446744073709551615", true);
    CHECK_RANGE(uint64, "1.5", false);
}

/* ---- strings ---- */

static void test_string_list(void)
{
    static const struct {
        const char *in, *out, *human;
    } cases[] = {
        { "", "", "" },
        { "5", "5", "5 (0x5)" },
        { "0-3,5", "0-3,5", "0-3,5 (0x0-0x3,0x5)" },
        { "1,2,3,7,8,10-12", "1-3,7-8,10-12",
          "1-3,7-8,10-12 (0x1-0x3,0x7-0x8,0xa-0xc)" },
        { "-2-1", "-2-1", NULL },
        { "0x10,7", "16,7", "16,7 (0x10,0x7)" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Visitor *v = string_input_visitor_new(cases[i].in);
        intList *list = NULL;

        g_assert_true(visit_type_intList(v, "x", &list, &error_abort));
        visit_free(v);
        for (int human = 0; human < 2; human++) {
            const char *want = human ? cases[i].human : cases[i].out;
            char *text;

            v = string_output_visitor_new(human, &text);
            visit_type_intList(v, "x", &list, &error_abort);
            visit_complete(v, &text);
            visit_free(v);
            if (want) {
                g_assert_cmpstr(text, ==, want);
            }
            g_free(text);
        }
        qapi_free_intList(list);
    }
}

static void test_string_list_errors(void)
{
    static const char *const cases[] = {
        "x", "1,", ",1", "1-", "3-2", "1,,2", "1 2", "0-65536",
        "1-18446744073709551615", "9223372036854775808",
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        Visitor *v = string_input_visitor_new(cases[i]);
        Error *err = NULL;
        intList *list = NULL;

        g_assert_false(visit_type_intList(v, "x", &list, &err));
        g_assert_null(list);
        check_error(err, "Parameter 'x' expects an int64 value or range");
        visit_free(v);
    }
}

static char *print_size(bool human, uint64_t value)
{
    char *text;
    Visitor *v = string_output_visitor_new(human, &text);

    visit_type_size(v, "x", &value, &error_abort);
    visit_complete(v, &text);
    visit_free(v);
    return text;
}

static void test_string_scalars(void)
{
    g_autofree char *plain = print_size(false, 4 << 20);
    g_autofree char *human = print_size(true, 4 << 20);
    Visitor *v = string_input_visitor_new("4M");
    uint64_t size;
    Error *err = NULL;
    Inner *inner = NULL;

    g_assert_cmpstr(plain, ==, "4194304");
    g_assert_cmpstr(human, ==, "4194304 (4 MiB)");
    g_assert_true(visit_type_size(v, "x", &size, &error_abort));
    g_assert_cmpuint(size, ==, 4 << 20);
    g_assert_false(visit_inner(v, "x", &inner, &err));
    check_error(err, "Invalid parameter type for 'x', expected: object");
    visit_free(v);
}

static void test_lists(void)
{
    Visitor *v = input("['a', 'b']", false);
    strList *list = NULL;
    Error *err = NULL;
    uint16List *numbers = NULL;

    g_assert_true(visit_type_strList(v, NULL, &list, &error_abort));
    g_assert_cmpstr(list->next->value, ==, "b");
    qapi_free_strList(list);
    visit_free(v);

    v = input("[1, 70000]", false);
    g_assert_false(visit_type_uint16List(v, NULL, &numbers, &err));
    check_error(err, "Parameter 'null' expects uint16_t");
    g_assert_null(numbers);
    visit_free(v);
}

static void test_any(void)
{
    Visitor *v = input("{'a': [null]}", false);
    json_t *value = NULL;

    g_assert_true(visit_type_any(v, NULL, &value, &error_abort));
    g_assert_true(json_is_null(json_array_get(json_object_get(value, "a"),
                                              0)));
    json_decref(value);
    visit_free(v);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/visitor/struct", test_struct);
    g_test_add_func("/visitor/keyval", test_keyval);
    g_test_add_func("/visitor/struct-errors", test_struct_errors);
    g_test_add_func("/visitor/ranges", test_ranges);
    g_test_add_func("/visitor/string-list", test_string_list);
    g_test_add_func("/visitor/string-list-errors", test_string_list_errors);
    g_test_add_func("/visitor/string-scalars", test_string_scalars);
    g_test_add_func("/visitor/lists", test_lists);
    g_test_add_func("/visitor/any", test_any);
    return g_test_run();
}
