/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device properties: defaults, what each kind takes and refuses and in which
 * words, what is fixed by realize, arrays, -global.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qemu/uuid.h"
#include "qdev-fixture.h"

#define TYPE_PROP_DEV "prop-dev"
OBJECT_DECLARE_SIMPLE_TYPE(PropDev, PROP_DEV)

struct PropDev {
    DeviceState parent_obj;

    uint32_t bits;
    uint64_t bits64;
    bool flag;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    int32_t i32;
    uint64_t u64;
    int64_t i64;
    uint64_t size;
    uint32_t size32;
    char *string;
    OnOffAuto ooa;
    LostTickPolicy policy;
    uint8_t mac[6];
    QemuUUID uuid;
    QemuUUID uuid_none;
    int32_t devfn;
    uint32_t blocksize;
    int speed;
    int width;
    OffAutoPCIBAR bar;
    DeviceState *link;
    uint32_t n_items;
    char **items;
};

static Property prop_dev_properties[] = {
    DEFINE_PROP_BIT("bit3", PropDev, bits, 3, true),
    DEFINE_PROP_BIT("bit4", PropDev, bits, 4, false),
    DEFINE_PROP_BIT64("bit40", PropDev, bits64, 40, true),
    DEFINE_PROP_BOOL("flag", PropDev, flag, true),
    DEFINE_PROP_UINT8("u8", PropDev, u8, 200),
    DEFINE_PROP_UINT16("u16", PropDev, u16, 60000),
    DEFINE_PROP_UINT32("u32", PropDev, u32, 4000000000u),
    DEFINE_PROP_INT32("i32", PropDev, i32, -5),
    DEFINE_PROP_UINT64("u64", PropDev, u64, UINT64_MAX),
    DEFINE_PROP_INT64("i64", PropDev, i64, INT64_MIN),
    DEFINE_PROP_SIZE("size", PropDev, size, 1 << 20),
    DEFINE_PROP_SIZE32("size32", PropDev, size32, 4096),
    DEFINE_PROP_STRING("string", PropDev, string),
    DEFINE_PROP_ON_OFF_AUTO("ooa", PropDev, ooa, ON_OFF_AUTO_ON),
    DEFINE_PROP_LOSTTICKPOLICY("policy", PropDev, policy,
                               LOST_TICK_POLICY_DELAY),
    DEFINE_PROP("mac", PropDev, mac, qdev_prop_macaddr, uint8_t[6]),
    DEFINE_PROP_UUID("uuid", PropDev, uuid),
    DEFINE_PROP_UUID_NODEFAULT("uuid-none", PropDev, uuid_none),
    DEFINE_PROP_PCI_DEVFN("addr", PropDev, devfn, -1),
    DEFINE_PROP_BLOCKSIZE("blocksize", PropDev, blocksize),
    DEFINE_PROP_SIGNED("speed", PropDev, speed, PCIE_LINK_SPEED_16,
                       qdev_prop_pcie_link_speed, int),
    DEFINE_PROP_SIGNED("width", PropDev, width, PCIE_LINK_WIDTH_32,
                       qdev_prop_pcie_link_width, int),
    DEFINE_PROP_OFF_AUTO_PCIBAR("bar", PropDev, bar, OFF_AUTOPCIBAR_OFF),
    DEFINE_PROP_LINK("link", PropDev, link, TYPE_DEVICE, DeviceState *),
    DEFINE_PROP_ARRAY("item", PropDev, n_items, items, qdev_prop_string,
                      char *),
    DEFINE_PROP_END_OF_LIST(),
};

static void prop_dev_class_init(ObjectClass *oc, void *data)
{
    device_class_set_props(DEVICE_CLASS(oc), prop_dev_properties);
}

static const TypeInfo prop_types[] = {
    {
        .name = TYPE_PROP_DEV,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(PropDev),
        .class_init = prop_dev_class_init,
    },
};

DEFINE_TYPES(prop_types)

static PropDev *new_dev(void)
{
    return PROP_DEV(qdev_new(TYPE_PROP_DEV));
}

static void test_defaults(void)
{
    PropDev *d = new_dev();

    g_assert_cmphex(d->bits, ==, 1 << 3);
    g_assert_cmphex(d->bits64, ==, UINT64_C(1) << 40);
    g_assert_true(d->flag);
    g_assert_cmpuint(d->u8, ==, 200);
    g_assert_cmpuint(d->u16, ==, 60000);
    g_assert_cmpuint(d->u32, ==, 4000000000u);
    g_assert_cmpint(d->i32, ==, -5);
    g_assert_cmpuint(d->u64, ==, UINT64_MAX);
    g_assert_cmpint(d->i64, ==, INT64_MIN);
    g_assert_cmpuint(d->size, ==, 1 << 20);
    g_assert_cmpuint(d->size32, ==, 4096);
    g_assert_null(d->string);
    g_assert_cmpint(d->ooa, ==, ON_OFF_AUTO_ON);
    g_assert_cmpint(d->policy, ==, LOST_TICK_POLICY_DELAY);
    g_assert_false(qemu_uuid_is_null(&d->uuid));
    g_assert_true(qemu_uuid_is_null(&d->uuid_none));
    g_assert_cmpint(d->devfn, ==, -1);
    g_assert_cmpint(d->speed, ==, 4);
    g_assert_cmpint(d->width, ==, 32);
    g_assert_cmpuint(d->n_items, ==, 0);
    object_unref(OBJECT(d));
}

/* What "-device x,name=value" does; NULL or the error, to be freed. */
static char *set(PropDev *d, const char *name, const char *value)
{
    json_t *props = json_pack("{s:s}", name, value);
    Error *err = NULL;
    char *text = NULL;

    if (!object_set_properties_from_keyval(OBJECT(d), props, false, &err)) {
        text = g_strdup(error_get_pretty(err));
        error_free(err);
    }
    json_decref(props);
    return text;
}

static char *set_json(PropDev *d, const char *name, json_t *value)
{
    Error *err = NULL;
    char *text = NULL;

    if (!object_property_set_json(OBJECT(d), name, value, &err)) {
        text = g_strdup(error_get_pretty(err));
        error_free(err);
    }
    json_decref(value);
    return text;
}

typedef struct Case {
    const char *name;
    const char *value;
    const char *expected;       /* what is read back, for people */
    const char *error;          /* or why not */
} Case;

static const Case cases[] = {
    { "bit4", "on", "true" },
    { "bit3", "off", "false" },
    { "bit40", "no", "false" },
    { "bit3", "maybe", NULL, "Parameter 'bit3' expects 'on' or 'off'" },
    { "flag", "off", "false" },
    { "u8", "0x10", "16 (0x10)" },
    { "u8", "256", NULL, "Parameter 'u8' expects uint8_t" },
    { "u16", "70000", NULL, "Parameter 'u16' expects uint16_t" },
    { "u16", "abc", NULL, "Parameter 'u16' expects integer" },
    { "u32", "-1", NULL, "Parameter 'u32' expects uint32_t" },
    { "u32", "99999999999", NULL, "Parameter 'u32' expects uint32_t" },
    { "u32", "4294967295", "4294967295 (0xffffffff)" },
    { "i32", "-7", "-7 (0xfffffffffffffff9)" },
    { "u64", "18446744073709551615", "-1 (0xffffffffffffffff)" },
    { "size", "4G", "4294967296 (4 GiB)" },
    { "size", "zz", NULL, "Parameter 'size' expects size" },
    { "size32", "1M", "1048576 (1 MiB)" },
    { "size32", "5G", NULL, "Property prop-dev.size32 doesn't take value "
                            "5368709120 (maximum: 4294967295)" },
    { "string", "some text", "\"some text\"" },
    { "ooa", "auto", "\"auto\"" },
    { "ooa", "zz", NULL, "Parameter 'ooa' does not accept value 'zz'" },
    { "policy", "slew", "\"slew\"" },
    { "mac", "52:54:00:Ab:34:56", "\"52:54:00:ab:34:56\"" },
    { "mac", "52-54-00-12-34-57", "\"52:54:00:12:34:57\"" },
    { "mac", "zz", NULL, "Property 'prop-dev.mac' doesn't take value 'zz'" },
    { "mac", "52:54:00:12:34:5", NULL,
      "Property 'prop-dev.mac' doesn't take value '52:54:00:12:34:5'" },
    { "mac", "52:54:00:12:34:56:", NULL,
      "Property 'prop-dev.mac' doesn't take value '52:54:00:12:34:56:'" },
    { "uuid", "12345678-1234-5678-9abc-def012345678",
      "\"12345678-1234-5678-9abc-def012345678\"" },
    { "uuid", "zz", NULL, "Property 'prop-dev.uuid' doesn't take value 'zz'" },
    { "addr", "1c.2", "226 (0xe2)" },
    { "addr", "3", "24 (0x18)" },
    { "addr", "04.0", "32 (0x20)" },
    { "addr", "zz", NULL, "Property 'prop-dev.addr' doesn't take value 'zz'" },
    { "addr", "1.9", NULL,
      "Property 'prop-dev.addr' doesn't take value '1.9'" },
    { "addr", "99", NULL, "Property 'prop-dev.addr' doesn't take value '99'" },
    { "addr", "1.", NULL, "Property 'prop-dev.addr' doesn't take value '1.'" },
    { "addr", "100000001", NULL,
      "Property 'prop-dev.addr' doesn't take value '100000001'" },
    { "blocksize", "4096", "4096 (4 KiB)" },
    { "blocksize", "0", "0 (0 B)" },
    { "blocksize", "513", NULL, "Property .blocksize doesn't take value "
                                "'513', it's not a power of 2" },
    { "blocksize", "0x100000000", NULL,
      "Property .blocksize doesn't take value 4294967296 (minimum: 512, "
      "maximum: 2097152)" },
    { "speed", "2_5", "\"2_5\"" },
    { "speed", "3", NULL, "Parameter 'speed' does not accept value '3'" },
    { "width", "12", "\"12\"" },
    { "bar", "bar3", "\"bar3\"" },
    { "foo", "bar", NULL, "Property 'prop-dev.foo' not found" },
    { "link", "zz", NULL, "Device 'zz' not found" },
};

static void test_values(void)
{
    PropDev *d = new_dev();
    int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        const Case *c = &cases[i];
        g_autofree char *error = set(d, c->name, c->value);
        g_autofree char *value = NULL;

        g_test_message("%s=%s", c->name, c->value);
        g_assert_cmpstr(error, ==, c->error);
        if (c->expected) {
            value = object_property_print(OBJECT(d), c->name, true,
                                          &error_abort);
            g_assert_cmpstr(value, ==, c->expected);
        }
    }
    g_assert_cmpint(d->speed, ==, 1);
    g_assert_cmpint(d->width, ==, 12);
    object_unref(OBJECT(d));
}

static void test_json_types(void)
{
    PropDev *d = new_dev();
    char *error;

    g_assert_null(set_json(d, "addr", json_integer(0x18)));
    g_assert_cmpint(d->devfn, ==, 0x18);
    g_assert_null(set_json(d, "addr", json_string("05.1")));
    g_assert_cmpint(d->devfn, ==, 0x29);
    error = set_json(d, "addr", json_integer(-99));
    g_assert_cmpstr(error, ==,
                    "Parameter 'addr' expects a value between -1 and 255");
    g_free(error);
    error = set_json(d, "addr", json_true());
    g_assert_cmpstr(error, ==, "Invalid parameter type for 'addr', expected "
                    "int or str");
    g_free(error);
    error = set_json(d, "flag", json_string("on"));
    g_assert_cmpstr(error, ==,
                    "Invalid parameter type for 'flag', expected: boolean");
    g_free(error);
    error = set_json(d, "mac", json_integer(4));
    g_assert_cmpstr(error, ==,
                    "Invalid parameter type for 'mac', expected: string");
    g_free(error);
    g_assert_cmpint(d->devfn, ==, 0x29);
    object_unref(OBJECT(d));
}

/* "legacy-addr": how "info qtree" shows a slot. */
static void test_printed(void)
{
    PropDev *d = new_dev();
    char *text;

    text = object_property_get_str(OBJECT(d), "legacy-addr", &error_abort);
    g_assert_cmpstr(text, ==, "<unset>");
    g_free(text);
    g_assert_null(set(d, "addr", "1f.3"));
    text = object_property_get_str(OBJECT(d), "legacy-addr", &error_abort);
    g_assert_cmpstr(text, ==, "1f.3");
    g_free(text);
    g_assert_null(object_property_find(OBJECT(d), "legacy-mac"));
    object_unref(OBJECT(d));
}

static void test_fixed_by_realize(void)
{
    PropDev *d = new_dev();
    char *error;
    Error *err = NULL;

    qdev_set_id(DEVICE(d), g_strdup("n"), &error_abort);
    qdev_realize(DEVICE(d), NULL, &error_abort);
    error = set(d, "u32", "1");
    g_assert_cmpstr(error, ==, "Attempt to set property 'u32' on device 'n' "
                    "(type 'prop-dev') after it was realized");
    g_free(error);
    object_property_set_link(OBJECT(d), "link", OBJECT(d), &err);
    assert_error(err, "Attempt to set link property 'link' on device 'n' "
                 "(type 'prop-dev') after it was realized");
    object_unparent(OBJECT(d));
    object_unref(OBJECT(d));

    d = new_dev();
    qdev_realize(DEVICE(d), NULL, &error_abort);
    error = set(d, "mac", "52:54:00:12:34:56");
    g_assert_cmpstr(error, ==, "Attempt to set property 'mac' on anonymous "
                    "device (type 'prop-dev') after it was realized");
    g_free(error);
    object_unparent(OBJECT(d));
    object_unref(OBJECT(d));
}

static void test_array(void)
{
    PropDev *d = new_dev();
    char *error;

    error = set(d, "item[0]", "x");
    g_assert_cmpstr(error, ==, "Property 'prop-dev.item[0]' not found");
    g_free(error);
    error = set(d, "len-item", "70000");
    g_assert_nonnull(error);
    g_free(error);
    g_assert_null(set(d, "len-item", "3"));
    g_assert_cmpuint(d->n_items, ==, 3);
    g_assert_null(set(d, "item[0]", "zero"));
    g_assert_null(set(d, "item[2]", "two"));
    g_assert_cmpstr(d->items[0], ==, "zero");
    g_assert_null(d->items[1]);
    g_assert_cmpstr(d->items[2], ==, "two");
    error = set(d, "item[3]", "x");
    g_assert_cmpstr(error, ==, "Property 'prop-dev.item[3]' not found");
    g_free(error);
    error = set(d, "len-item", "4");
    g_assert_cmpstr(error, ==, "array size property len-item may not be set "
                    "more than once");
    g_free(error);
    object_unref(OBJECT(d));
}

static void test_setters(void)
{
    static const uint8_t mac[6] = { 1, 2, 3, 4, 5, 6 };
    PropDev *d = new_dev();

    qdev_prop_set_bit(DEVICE(d), "bit4", true);
    qdev_prop_set_uint8(DEVICE(d), "u8", 1);
    qdev_prop_set_uint16(DEVICE(d), "u16", 2);
    qdev_prop_set_uint32(DEVICE(d), "u32", UINT32_MAX);
    qdev_prop_set_int32(DEVICE(d), "i32", -1);
    qdev_prop_set_uint64(DEVICE(d), "u64", UINT64_MAX - 1);
    qdev_prop_set_string(DEVICE(d), "string", "s");
    qdev_prop_set_macaddr(DEVICE(d), "mac", mac);
    qdev_prop_set_enum(DEVICE(d), "policy", LOST_TICK_POLICY_DISCARD);
    g_assert_cmphex(d->bits, ==, 0x18);
    g_assert_cmpuint(d->u8, ==, 1);
    g_assert_cmpuint(d->u16, ==, 2);
    g_assert_cmpuint(d->u32, ==, UINT32_MAX);
    g_assert_cmpint(d->i32, ==, -1);
    g_assert_cmpuint(d->u64, ==, UINT64_MAX - 1);
    g_assert_cmpstr(d->string, ==, "s");
    g_assert_cmpmem(d->mac, 6, mac, 6);
    g_assert_cmpint(d->policy, ==, LOST_TICK_POLICY_DISCARD);
    object_unref(OBJECT(d));
}

static void test_alias(void)
{
    PropDev *d = new_dev();
    Object *other = object_new(TYPE_TEST_ROOT);

    qdev_alias_all_properties(DEVICE(d), other);
    object_property_set_uint(other, "u16", 5, &error_abort);
    g_assert_cmpuint(d->u16, ==, 5);
    object_unref(other);
    object_unref(OBJECT(d));
    g_string_truncate(test_log, 0);
}

/*** -global, last: globals stay ***/

static void test_globals(void)
{
    static GlobalProperty good = { "test-dev", "number", "42" };
    static GlobalProperty bad = { "prop-dev", "mac", "zz" };
    static GlobalProperty unused = { "no-such-type", "x", "1" };
    TestDev *td;
    PropDev *d;
    Error *err = NULL;

    g_assert_cmpint(qdev_prop_check_globals(), ==, 0);
    qdev_prop_register_global(&good);
    td = test_dev_new(TYPE_TEST_ROOT, "r");     /* derived: it counts */
    g_assert_cmpuint(td->number, ==, 42);
    g_assert_true(good.used);
    g_assert_true(qdev_find_global_prop(OBJECT(td), "number") == &good);
    g_assert_null(qdev_find_global_prop(OBJECT(td), "name"));
    g_assert_cmpint(qdev_prop_check_globals(), ==, 0);
    object_unref(OBJECT(td));

    qdev_prop_register_global(&unused);
    g_assert_cmpint(qdev_prop_check_globals(), ==, 1);

    qdev_prop_register_global(&bad);
    d = new_dev();
    g_assert_false(qdev_realize(DEVICE(d), NULL, &err));
    assert_error(err, "can't apply global prop-dev.mac=zz: Property "
                 "'prop-dev.mac' doesn't take value 'zz'");
    object_unref(OBJECT(d));
    d = new_dev();              /* an error that nobody asked for is freed */
    object_unref(OBJECT(d));
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    g_test_add_func("/props/defaults", test_defaults);
    g_test_add_func("/props/values", test_values);
    g_test_add_func("/props/json-types", test_json_types);
    g_test_add_func("/props/printed", test_printed);
    g_test_add_func("/props/fixed-by-realize", test_fixed_by_realize);
    g_test_add_func("/props/array", test_array);
    g_test_add_func("/props/setters", test_setters);
    g_test_add_func("/props/alias", test_alias);
    g_test_add_func("/props/globals", test_globals);
    return g_test_run();
}
