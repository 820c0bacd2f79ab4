/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties that name back ends: chardev and netdev. */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "hw/qdev-properties-system.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qdev-fixture.h"

#define TYPE_BACKED "backed-dev"
OBJECT_DECLARE_SIMPLE_TYPE(Backed, BACKED)

struct Backed {
    DeviceState parent_obj;
    CharBackend chr;
    NICConf conf;
    uint32_t vectors;
};

static Property backed_properties[] = {
    DEFINE_PROP_CHR("chardev", Backed, chr),
    DEFINE_NIC_PROPERTIES(Backed, conf),
    DEFINE_PROP_UINT32("vectors", Backed, vectors, 1),
    DEFINE_PROP_END_OF_LIST(),
};

static void backed_class_init(ObjectClass *oc, void *data)
{
    device_class_set_props(DEVICE_CLASS(oc), backed_properties);
}

static const TypeInfo backed_types[] = {
    {
        .name = TYPE_BACKED,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Backed),
        .class_init = backed_class_init,
    },
};

DEFINE_TYPES(backed_types)

static void assert_value(Backed *b, const char *name, const char *expected)
{
    g_autofree char *value = object_property_get_str(OBJECT(b), name,
                                                     &error_abort);

    g_assert_cmpstr(value, ==, expected);
}

static bool set(Backed *b, const char *name, const char *value, Error **errp)
{
    return object_property_set_str(OBJECT(b), name, value, errp);
}

static void test_chardev(void)
{
    json_t *opts = json_pack("{s:s, s:s}", "id", "c0", "backend", "ringbuf");
    Chardev *chr = qemu_chr_new_from_json(opts, NULL, &error_abort);
    Backed *a = BACKED(qdev_new(TYPE_BACKED));
    Backed *b = BACKED(qdev_new(TYPE_BACKED));
    Error *err = NULL;

    json_decref(opts);
    assert_value(a, "chardev", "");
    set(a, "chardev", "zz", &err);
    assert_error(err, "Property 'backed-dev.chardev' can't find value 'zz'");
    set(a, "chardev", "c0", &error_abort);
    assert_value(a, "chardev", "c0");
    g_assert_true(qemu_chr_fe_get_driver(&a->chr) == chr);

    /* One front end a device; the same once more is nothing new. */
    set(a, "chardev", "c0", &error_abort);
    set(b, "chardev", "c0", &err);
    assert_error(err, "Property 'backed-dev.chardev' can't take value 'c0': "
                 "Device 'c0' is in use");
    assert_value(b, "chardev", "");

    /* Given back by an empty name, and with the device. */
    set(a, "chardev", "", &error_abort);
    assert_value(a, "chardev", "");
    qdev_prop_set_chr(DEVICE(b), "chardev", chr);
    assert_value(b, "chardev", "c0");
    object_unref(OBJECT(b));
    qdev_prop_set_chr(DEVICE(a), "chardev", chr);
    qdev_prop_set_chr(DEVICE(a), "chardev", NULL);
    assert_value(a, "chardev", "");
    object_unref(OBJECT(a));
    qemu_chr_cleanup();
}

static void test_netdev(void)
{
    json_t *opts = json_pack("{s:s, s:s, s:s}", "type", "hubport", "id",
                             "n0", "hubid", "0");
    Backed *a = BACKED(qdev_new(TYPE_BACKED));
    Backed *b = BACKED(qdev_new(TYPE_BACKED));
    NetClientState other = { }, *nc;
    NICInfo nd = { .macaddr = { { 2, 0, 0, 0, 0, 1 } }, .nvectors = 5 };
    Error *err = NULL;

    net_client_init_json(opts, true, &error_abort);
    json_decref(opts);
    nc = qemu_find_netdev("n0");
    g_assert_nonnull(nc);

    assert_value(a, "netdev", "");
    set(a, "netdev", "zz", &err);
    assert_error(err, "Property 'backed-dev.netdev' can't find value 'zz'");
    set(a, "netdev", "", &err);
    assert_error(err, "Property 'backed-dev.netdev' can't find value ''");
    set(a, "netdev", "n0", &error_abort);
    assert_value(a, "netdev", "n0");
    g_assert_true(a->conf.peers.ncs[0] == nc);
    g_assert_cmpint(a->conf.peers.queues, ==, 1);
    set(a, "netdev", "n0", &err);
    assert_error(err, "Property 'backed-dev.netdev' doesn't take value "
                 "'n0'");

    nc->peer = &other;
    set(b, "netdev", "n0", &err);
    assert_error(err, "Property 'backed-dev.netdev' can't take value 'n0', "
                 "it's in use");
    g_assert_null(b->conf.peers.ncs[0]);
    nc->peer = NULL;

    nd.netdev = nc;
    qdev_set_nic_properties(DEVICE(b), &nd);
    assert_value(b, "netdev", "n0");
    assert_value(b, "mac", "02:00:00:00:00:01");
    g_assert_cmpuint(b->vectors, ==, 5);
    g_assert_true(nd.instantiated);
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
    g_assert_true(net_client_del("n0", &error_abort));
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    qemu_init_main_loop(&error_abort);
    g_test_add_func("/backend-props/chardev", test_chardev);
    g_test_add_func("/backend-props/netdev", test_netdev);
    return g_test_run();
}
