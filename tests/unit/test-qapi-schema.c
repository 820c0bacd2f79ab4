/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that qapi-gen.py makes of qapi-test.json: argument checks,
 * values from strings, and introspection.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/schema.h"

static void check_command(const char *name, const char *args,
                          const char *error)
{
    int command = qapi_command_find(name);
    json_t *value = json_parse_text(args, &error_abort);
    Error *err = NULL;
    bool ok;

    g_assert_cmpint(command, >=, 0);
    g_assert_cmpstr(qapi_command_name(command), ==, name);
    ok = qapi_command_check(command, value, &err);
    g_assert_cmpstr(err ? error_get_pretty(err) : NULL, ==, error);
    g_assert_true(ok == !error);
    error_free(err);
    json_decref(value);
}

static void test_scalars(void)
{
    static const char *const cases[][2] = {
        { "{}", NULL },
        { "{'s':'x','n':1.5,'i':-1,'i8':127,'u64':18446744073709551615,"
          "'b':true,'nul':null,'a':[{}],'e':'red','l':[1,2]}", NULL },
        { "{'n':1}", NULL },
        { "{'u64':-1}", NULL },
        { "[]", "Invalid parameter type for '', expected: object" },
        { "{'s':1}", "Invalid parameter type for 's', expected: string" },
        { "{'s':'a\\u0000'}",
          "Parameter 's' expects a string without NUL characters" },
        { "{'n':'1'}", "Invalid parameter type for 'n', expected: number" },
        { "{'i':1.0}", "Invalid parameter type for 'i', expected: integer" },
        { "{'i':9223372036854775808}",
          "Invalid parameter type for 'i', expected: integer" },
        { "{'i8':128}", "Parameter 'i8' expects int8_t" },
        { "{'i16':-32769}", "Parameter 'i16' expects int16_t" },
        { "{'i32':2147483648}", "Parameter 'i32' expects int32_t" },
        { "{'u8':-1}", "Parameter 'u8' expects uint8_t" },
        { "{'u8':256}", "Parameter 'u8' expects uint8_t" },
        { "{'u16':65536}", "Parameter 'u16' expects uint16_t" },
        { "{'u32':4294967296}", "Parameter 'u32' expects uint32_t" },
        { "{'u32':'1'}", "Parameter 'u32' expects uint64" },
        { "{'u64':'1'}", "Parameter 'u64' expects uint64" },
        { "{'z':1.5}", "Parameter 'z' expects uint64" },
        { "{'b':1}", "Invalid parameter type for 'b', expected: boolean" },
        { "{'nul':0}", "Invalid parameter type for 'nul', expected: null" },
        { "{'e':'blue'}", "Parameter 'e' does not accept value 'blue'" },
        { "{'e':1}", "Invalid parameter type for 'e', expected: string" },
        { "{'l':'1'}", "Invalid parameter type for 'l', expected: array" },
        { "{'l':[1,65536]}", "Parameter 'l[1]' expects uint16_t" },
        { "{'q':1}", "Parameter 'q' is unexpected" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        check_command("all", cases[i][0], cases[i][1]);
    }
    check_command("clear", "{}", NULL);
    check_command("clear", "{'x':1}", "Parameter 'x' is unexpected");
    /* Left to the handler. */
    check_command("free-form", "{'anything':1}", NULL);
    g_assert_cmpint(qapi_command_find("nothing"), ==, -1);
    g_assert_cmpint(qapi_command_find(""), ==, -1);
    g_assert_true(qapi_event_exists("DRAWN"));
    g_assert_false(qapi_event_exists("draw"));
    g_assert_true(qapi_enum_has("Color", "green"));
    g_assert_false(qapi_enum_has("Color", "blue"));
    g_assert_false(qapi_enum_has("Point", "x"));
    g_assert_false(qapi_enum_has("Nothing", "x"));
}

static void test_nested(void)
{
    static const char *const cases[][2] = {
        { "{}", "Parameter 'shape' is missing" },
        { "{'shape':{}}", "Parameter 'shape.kind' is missing" },
        { "{'shape':{'kind':'square'}}",
          "Parameter 'kind' does not accept value 'square'" },
        { "{'shape':{'kind':'blob'}}", NULL },
        { "{'shape':{'kind':'blob','radius':1}}",
          "Parameter 'shape.radius' is unexpected" },
        { "{'shape':{'kind':'circle','radius':1}}",
          "Parameter 'shape.center' is missing" },
        { "{'shape':{'kind':'circle','radius':1,'center':{'x':1}}}",
          "Parameter 'shape.center.id' is missing" },
        { "{'shape':{'kind':'circle','radius':1,"
          "'center':{'id':'a','x':1}}}", NULL },
        { "{'shape':{'kind':'poly','fill':true,'points':[{'id':'a','x':1},"
          "{'id':'b','x':'1'}]}}", "Invalid parameter type for "
          "'shape.points[1].x', expected: integer" },
        { "{'shape':{'kind':'poly','points':[3]}}", "Invalid parameter type "
          "for 'shape.points[0]', expected: object" },
        { "{'shape':{'kind':'blob'},'on':'name'}", NULL },
        { "{'shape':{'kind':'blob'},'on':null}", NULL },
        { "{'shape':{'kind':'blob'},'on':{'kind':'blob'}}", NULL },
        { "{'shape':{'kind':'blob'},'on':{'kind':'blob','x':1}}",
          "Parameter 'on.x' is unexpected" },
        { "{'shape':{'kind':'blob'},'on':3}",
          "Invalid parameter type for 'on', expected: ShapeRef" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        check_command("draw", cases[i][0], cases[i][1]);
    }
}

static void check_strings(json_t *from(const char *, const json_t *, Error **),
                          const char *type, const char *in, const char *want)
{
    json_t *strings = json_parse_text(in, &error_abort);
    Error *err = NULL;
    json_t *value = from(type, strings, &err);
    g_autofree char *text = value ? json_to_text(value, false) : NULL;

    g_assert_cmpstr(value ? text : error_get_pretty(err), ==, want);
    error_free(err);
    json_decref(value);
    json_decref(strings);
}

static void test_options(void)
{
    static const char *const cases[][2] = {
        { "{'i':'x'}", "Parameter 'i' expects an int64 value" },
        { "{'u8':'x'}", "Parameter 'u8' expects a uint64 value" },
        { "{'u64':'x'}", "Parameter 'u64' expects a uint64 value" },
        { "{'z':'-1'}", "Parameter 'z' expects a size value" },
        { "{'q':'1'}", "Invalid parameter 'q'" },
        { "{'i':'7'}", "{\"i\": 7}" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        check_strings(qapi_from_options, "All", cases[i][0], cases[i][1]);
    }
}

static void test_keyval(void)
{
    static const char *const cases[][3] = {
        { "All", "{'i':'-0x10','u64':'18446744073709551615','z':'4k',"
          "'b':'on','n':'2.5','l':'1-3,7','e':'green','s':'5'}",
          "{\"s\": \"5\", \"n\": 2.5, \"i\": -16, "
          "\"u64\": 18446744073709551615, \"z\": 4096, \"b\": true, "
          "\"e\": \"green\", \"l\": [1, 2, 3, 7]}" },
        { "All", "{'l':['1','2']}", "{\"l\": [1, 2]}" },
        { "All", "{'i':'x'}", "Parameter 'i' expects integer" },
        { "All", "{'u8':'x'}", "Parameter 'u8' expects integer" },
        { "All", "{'u8':'256'}", "Parameter 'u8' expects uint8_t" },
        { "All", "{'z':'-1'}", "Parameter 'z' expects size" },
        { "All", "{'b':'maybe'}", "Parameter 'b' expects 'on' or 'off'" },
        { "All", "{'n':'x'}", "Parameter 'n' expects a finite number" },
        { "All", "{'l':'1-'}",
          "Parameter 'l' expects a uint64 value or range" },
        { "All", "{'l':'70000'}", "Parameter 'l' expects uint16_t" },
        { "All", "{'q':'1'}", "Parameter 'q' is unexpected" },
        { "All", "{'i':{}}",
          "Invalid parameter type for 'i', expected: a scalar value" },
        { "Shape", "{'kind':'circle','fill':'off','radius':'3',"
          "'center':{'id':'a','x':'1'}}",
          "{\"kind\": \"circle\", \"fill\": false, \"radius\": 3, "
          "\"center\": {\"id\": \"a\", \"x\": 1}}" },
        { "Shape", "{'radius':'3'}", "Parameter 'kind' is missing" },
        { "ShapeRef", "'abc'", "\"abc\"" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        check_strings(qapi_from_keyval, cases[i][0], cases[i][1],
                      cases[i][2]);
    }
}

/* ---- introspection ---- */

static json_t *find_entry(json_t *schema, const char *name)
{
    json_t *entry;
    size_t i;

    json_array_foreach(schema, i, entry) {
        if (!strcmp(json_get_str(entry, "name"), name)) {
            return entry;
        }
    }
    return NULL;
}

static void check_shown(json_t *schema, const char *name, const char *want)
{
    g_autofree char *text = NULL;

    g_assert_nonnull(find_entry(schema, name));
    text = json_to_text(find_entry(schema, name), false);
    g_assert_cmpstr(text, ==, want);
}

static const char *member_type(json_t *entry, const char *list,
                               const char *key, const char *name)
{
    json_t *member;
    size_t i;

    json_array_foreach(json_object_get(entry, list), i, member) {
        if (!g_strcmp0(json_get_str(member, key), name)) {
            return json_get_str(member, "type");
        }
    }
    return NULL;
}

static void test_introspect(void)
{
    json_t *schema = qapi_introspect();
    json_t *draw = find_entry(schema, "draw");
    json_t *all = find_entry(schema, "all");
    json_t *arg = find_entry(schema, json_get_str(draw, "arg-type"));
    json_t *shape, *color, *entry;
    size_t i;

    g_assert_cmpstr(json_get_str(draw, "meta-type"), ==, "command");
    g_assert_cmpint(json_get_str(draw, "ret-type")[0], ==, '[');
    g_assert_true(json_get_bool(all, "allow-oob", false));
    g_assert_cmpstr(json_string_value(json_array_get(
        json_object_get(all, "features"), 0)), ==, "unstable");
    g_assert_null(find_entry(schema, "Shape"));

    shape = find_entry(schema, member_type(arg, "members", "name", "shape"));
    g_assert_cmpstr(json_get_str(shape, "meta-type"), ==, "object");
    g_assert_cmpstr(json_get_str(shape, "tag"), ==, "kind");
    g_assert_cmpint(json_array_size(json_object_get(shape, "variants")), ==,
                    3);
    entry = find_entry(schema, member_type(shape, "variants", "case",
                                           "blob"));
    g_assert_cmpint(json_array_size(json_object_get(entry, "members")), ==,
                    0);
    entry = find_entry(schema, member_type(arg, "members", "name", "on"));
    g_assert_cmpstr(json_get_str(entry, "meta-type"), ==, "alternate");

    /* All integers are int, whatever their size; once each. */
    entry = find_entry(schema, json_get_str(all, "arg-type"));
    g_assert_cmpstr(member_type(entry, "members", "name", "u64"), ==, "int");
    g_assert_cmpstr(member_type(entry, "members", "name", "l"), ==, "[int]");
    check_shown(schema, "int", "{\"name\": \"int\", \"json-type\": \"int\", "
                "\"meta-type\": \"builtin\"}");
    check_shown(schema, "[int]", "{\"name\": \"[int]\", "
                "\"element-type\": \"int\", \"meta-type\": \"array\"}");
    check_shown(schema, "any", "{\"name\": \"any\", "
                "\"json-type\": \"value\", \"meta-type\": \"builtin\"}");

    color = find_entry(schema, member_type(entry, "members", "name", "e"));
    g_assert_cmpstr(json_get_str(color, "meta-type"), ==, "enum");
    g_assert_cmpstr(json_string_value(json_array_get(
        json_object_get(color, "values"), 1)), ==, "green");
    entry = json_array_get(json_object_get(color, "members"), 1);
    g_assert_cmpint(json_array_size(json_object_get(entry, "features")), ==,
                    1);

    /* Every name that is used is there, and only once. */
    json_array_foreach(schema, i, entry) {
        g_assert_true(find_entry(schema, json_get_str(entry, "name")) ==
                      entry);
    }
    entry = find_entry(schema, "CLEARED");
    g_assert_cmpstr(json_get_str(entry, "meta-type"), ==, "event");
    g_assert_nonnull(find_entry(schema, json_get_str(entry, "arg-type")));
    json_decref(schema);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema/scalars", test_scalars);
    g_test_add_func("/schema/nested", test_nested);
    g_test_add_func("/schema/keyval", test_keyval);
    g_test_add_func("/schema/options", test_options);
    g_test_add_func("/schema/introspect", test_introspect);
    return g_test_run();
}
