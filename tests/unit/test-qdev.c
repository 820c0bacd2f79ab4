/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices and buses: creation, realize and its failures, the tree, the end. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/irq.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-print.h"
#include "hw/sysbus.h"
#include "monitor/monitor-impl.h"
#include "qapi/error.h"
#include "qapi/qmp-event.h"
#include "qdev-fixture.h"

/* A hub stands at the top, with devices on its bus, newest first. */
static void test_tree(void)
{
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "root", NULL);
    TestDev *a, *hub, *b;

    assert_log("+root +bus");
    a = test_dev_create(TYPE_TEST_DEV, "a", root->bus);
    hub = test_dev_create(TYPE_TEST_HUB, "hub", root->bus);
    b = test_dev_create(TYPE_TEST_DEV, "b", hub->bus);
    assert_log("+a +hub +bus +b");

    g_assert_true(DEVICE(b)->realized && qdev_is_realized(DEVICE(b)));
    g_assert_true(qdev_get_parent_bus(DEVICE(b)) == hub->bus);
    g_assert_true(hub->bus->parent == DEVICE(hub));
    g_assert_cmpint(root->bus->num_children, ==, 2);
    g_assert_true(QTAILQ_FIRST(&root->bus->children)->child == DEVICE(hub));
    g_assert_true(qdev_get_child_bus(DEVICE(hub), hub->bus->name) ==
                  hub->bus);
    g_assert_null(qdev_get_child_bus(DEVICE(hub), "nothing"));

    /* The bus shows its children as links. */
    g_assert_true(object_property_get_link(OBJECT(root->bus), "child[0]",
                                           &error_abort) == OBJECT(a));
    g_assert_true(object_property_get_link(OBJECT(a), "parent_bus",
                                           &error_abort) ==
                  OBJECT(root->bus));

    /* All goes with the top, what sits deepest first. */
    test_dev_delete(root);
    assert_log("-b -bus -hub -a -bus -root end end end end");
}

static void test_bus_names(void)
{
    TestDev *root = test_dev_new(TYPE_TEST_ROOT, "root");
    BusState *bus;
    unsigned first;

    /* Made of the type's name and a number that counts up ... */
    g_assert_cmpint(sscanf(root->bus->name, "test-bus.%u", &first), ==, 1);
    bus = qbus_new(TYPE_TEST_BUS, DEVICE(root), NULL);
    g_assert_cmpint(atoi(bus->name + strlen("test-bus.")), ==, first + 1);

    /* ... or of the device's id and the number of its buses, or given. */
    g_assert_cmpstr(qdev_set_id(DEVICE(root), g_strdup("top"), &error_abort),
                    ==, "top");
    bus = qbus_new(TYPE_TEST_BUS, DEVICE(root), NULL);
    g_assert_cmpstr(bus->name, ==, "top.2");
    bus = qbus_new(TYPE_TEST_BUS, DEVICE(root), "given");
    g_assert_cmpstr(bus->name, ==, "given");
    g_assert_cmpint(DEVICE(root)->num_child_bus, ==, 4);

    test_dev_delete(root);
    object_unref(OBJECT(root));
    assert_log("end");
}

static void test_ids(void)
{
    TestDev *a = test_dev_new(TYPE_TEST_ROOT, "a");
    TestDev *b = test_dev_new(TYPE_TEST_ROOT, "b");
    Error *err = NULL;
    g_autofree char *path = NULL;
    const char *name;

    g_assert_cmpstr(qdev_set_id(DEVICE(a), g_strdup("x"), &error_abort), ==,
                    "x");
    path = object_get_canonical_path(OBJECT(a));
    g_assert_cmpstr(path, ==, "/machine/peripheral/x");

    g_assert_null(qdev_set_id(DEVICE(b), g_strdup("x"), &err));
    assert_error(err, "Duplicate device ID 'x'");
    g_assert_null(DEVICE(b)->id);

    name = qdev_set_id(DEVICE(b), NULL, &error_abort);
    g_assert_true(g_str_has_prefix(name, "device["));
    g_assert_true(object_resolve_path_at(qdev_get_machine(),
                                         "peripheral-anon"));
    test_dev_delete(a);
    test_dev_delete(b);
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
    assert_log("end end");
}

/* What nobody named is found in /machine/unattached. */
static void test_unattached(void)
{
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    g_autofree char *path = object_get_canonical_path(OBJECT(root));

    g_assert_true(g_str_has_prefix(path, "/machine/unattached/device["));
    g_assert_cmpstr(DEVICE(root)->canonical_path, ==, path);
    test_dev_delete(root);
    assert_log("+r +bus -bus -r end");
}

static void test_realize_fails(void)
{
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    TestDev *bad = test_dev_new(TYPE_TEST_HUB, "bad");
    Error *err = NULL;

    assert_log("+r +bus");
    object_property_set_bool(OBJECT(bad), "fail", true, &error_abort);
    g_assert_false(qdev_realize(DEVICE(bad), root->bus, &err));
    assert_error(err, "told to fail");
    g_assert_false(DEVICE(bad)->realized);
    g_assert_false(bad->bus->realized);
    g_assert_null(DEVICE(bad)->canonical_path);
    test_dev_delete(bad);
    g_assert_cmpint(root->bus->num_children, ==, 0);
    object_unref(OBJECT(bad));
    test_dev_delete(root);
    assert_log("end -bus -r end");
}

static void test_wrong_bus(void)
{
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    TestDev *dev = test_dev_new(TYPE_TEST_DEV, "d");
    Error *err = NULL;

    g_assert_false(qdev_set_parent_bus(DEVICE(dev), sysbus_get_default(),
                                       &err));
    assert_error(err, "Device 'test-dev' can't go on System bus");
    g_assert_null(DEVICE(dev)->parent_bus);
    object_unref(OBJECT(dev));
    test_dev_delete(root);
    assert_log("+r +bus end -bus -r end");
}

static void test_try_new(void)
{
    g_assert_null(qdev_try_new("no-such-type"));
    g_assert_null(qdev_try_new(TYPE_DEVICE));
    g_assert_null(qdev_try_new(TYPE_TEST_BUS));
}

/* Unrealize without unparent: the device may be realized again. */
static void test_realize_again(void)
{
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    TestDev *dev = test_dev_create(TYPE_TEST_DEV, "d", root->bus);

    object_property_set_bool(OBJECT(root), "realized", false, &error_abort);
    assert_log("+r +bus +d -d -bus -r");
    g_assert_false(DEVICE(dev)->realized);
    g_assert_false(root->bus->realized);
    object_property_set_bool(OBJECT(root), "realized", true, &error_abort);
    object_property_set_bool(OBJECT(dev), "realized", true, &error_abort);
    assert_log("+r +bus +d");
    test_dev_delete(root);
    assert_log("-d -bus -r end end");
}

static void test_walk_and_find(void)
{
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    TestDev *hub = test_dev_create(TYPE_TEST_HUB, "h", root->bus);
    TestDev *dev = test_dev_new(TYPE_TEST_DEV, "d");

    qdev_set_id(DEVICE(dev), g_strdup("deep"), &error_abort);
    qdev_realize_and_unref(DEVICE(dev), hub->bus, &error_abort);
    g_assert_true(qdev_find_recursive(root->bus, "deep") == DEVICE(dev));
    g_assert_null(qdev_find_recursive(root->bus, "other"));
    test_dev_delete(root);
    g_string_truncate(test_log, 0);
}

/*** Listeners and events ***/

static void heard_realize(DeviceListener *l, DeviceState *dev)
{
    test_log_add("heard+%s", TEST_DEV(dev)->name);
}

static void heard_unrealize(DeviceListener *l, DeviceState *dev)
{
    test_log_add("heard-%s", TEST_DEV(dev)->name);
}

static bool hide_b(DeviceListener *l, const json_t *opts, bool from_json,
                   Error **errp)
{
    const char *id = json_string_value(json_object_get(opts, "id"));

    if (g_strcmp0(id, "bad") == 0) {
        error_setg(errp, "bad options");
    }
    return g_strcmp0(id, "b") == 0;
}

static void test_listener(void)
{
    DeviceListener l = {
        .realize = heard_realize,
        .unrealize = heard_unrealize,
        .hide_device = hide_b,
    };
    json_t *opts = json_pack("{s:s}", "id", "b");
    Error *err = NULL;
    TestDev *root;

    device_listener_register(&l);
    root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    test_dev_delete(root);
    assert_log("+r heard+r +bus -bus heard-r -r end");

    g_assert_true(qdev_should_hide_device(opts, true, &error_abort));
    json_object_set_new(opts, "id", json_string("c"));
    g_assert_false(qdev_should_hide_device(opts, true, &error_abort));
    json_object_set_new(opts, "id", json_string("bad"));
    g_assert_false(qdev_should_hide_device(opts, true, &err));
    assert_error(err, "bad options");

    device_listener_unregister(&l);
    g_assert_false(qdev_should_hide_device(opts, true, &error_abort));
    json_decref(opts);
}

static void record_event(const char *name, json_t *data, int64_t time_us)
{
    const char *id = json_string_value(json_object_get(data, "device"));
    const char *path = json_string_value(json_object_get(data, "path"));

    test_log_add("%s(%s,%s)", name, id ? id : "-", path);
    json_decref(data);
}

static void test_deleted_event(void)
{
    TestDev *root = test_dev_new(TYPE_TEST_ROOT, "r");

    qapi_event_set_sink(record_event);
    qdev_set_id(DEVICE(root), g_strdup("me"), &error_abort);
    qdev_realize_and_unref(DEVICE(root), NULL, &error_abort);
    test_dev_delete(root);
    assert_log("+r +bus -bus -r end "
               "DEVICE_DELETED(me,/machine/peripheral/me)");
    qapi_event_set_sink(NULL);
}

/*** Firmware paths ***/

static char *fw_name_of(DeviceState *dev)
{
    return g_strdup_printf("%s@%u", qdev_fw_name(dev),
                           TEST_DEV(dev)->number);
}

static void test_fw_path(void)
{
    BusClass *bc = BUS_CLASS(object_class_by_name(TYPE_TEST_BUS));
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    TestDev *hub = test_dev_create(TYPE_TEST_HUB, "h", root->bus);
    TestDev *dev = test_dev_create(TYPE_TEST_DEV, "d", hub->bus);
    g_autofree char *path = NULL;
    char *(*before)(DeviceState *) = bc->get_fw_dev_path;

    bc->get_fw_dev_path = fw_name_of;
    path = qdev_get_fw_dev_path(DEVICE(dev));
    g_assert_cmpstr(path, ==, "/test-hub@7/test-dev@7");
    bc->get_fw_dev_path = before;
    g_assert_null(qdev_get_dev_path(DEVICE(dev)));
    test_dev_delete(root);
    g_string_truncate(test_log, 0);
}

static void test_sysbus_default(void)
{
    BusState *bus = sysbus_get_default();
    g_autofree char *path = object_get_canonical_path(OBJECT(bus));

    g_assert_true(bus == sysbus_get_default());
    g_assert_cmpstr(bus->name, ==, "main-system-bus");
    g_assert_cmpstr(path, ==, "/machine/unattached/sysbus");
}

static void test_unplug_blockers(void)
{
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    Error *reason = NULL, *err = NULL;

    error_setg(&reason, "busy");
    g_assert_false(qdev_unplug_blocked(DEVICE(root), &error_abort));
    qdev_add_unplug_blocker(DEVICE(root), reason);
    g_assert_true(qdev_unplug_blocked(DEVICE(root), &err));
    assert_error(err, "busy");
    qdev_del_unplug_blocker(DEVICE(root), reason);
    g_assert_false(qdev_unplug_blocked(DEVICE(root), &error_abort));
    error_free(reason);
    test_dev_delete(root);
    g_string_truncate(test_log, 0);
}

/*** "info qtree" ***/

static void collect(Monitor *mon, const char *data, size_t len)
{
    g_string_append_len(test_log, data, len);
}

static void no_flush(Monitor *mon)
{
}

static void print_number(Monitor *mon, DeviceState *dev, int indent)
{
    monitor_printf(mon, "%*snumber is %u\n", indent, "",
                   TEST_DEV(dev)->number);
}

static void test_print(void)
{
    static const MonitorOps ops = { .put = collect, .flush = no_flush };
    BusClass *bc = BUS_CLASS(object_class_by_name(TYPE_TEST_BUS));
    Monitor mon = { .ops = &ops };
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    TestDev *hub = test_dev_new(TYPE_TEST_HUB, "h");
    TestDev *dev = test_dev_new(TYPE_TEST_DEV, "");
    BusState *bus = qbus_new(TYPE_TEST_BUS, DEVICE(root), "top");
    BusState *inner = qbus_new(TYPE_TEST_BUS, DEVICE(hub), "inner");
    qemu_irq pins[3];

    qdev_set_id(DEVICE(hub), g_strdup("my-hub"), &error_abort);
    qdev_init_gpio_out(DEVICE(dev), pins, 2);
    qdev_init_gpio_out_named(DEVICE(dev), pins + 2, "sig", 1);
    clock_set_hz(qdev_init_clock_out(DEVICE(dev), "clk"), 25000000);
    object_unparent(OBJECT(hub->bus));
    qdev_realize_and_unref(DEVICE(hub), bus, &error_abort);
    qdev_realize_and_unref(DEVICE(dev), inner, &error_abort);
    g_string_truncate(test_log, 0);

    bc->print_dev = print_number;
    qbus_print(&mon, bus, 0);
    bc->print_dev = NULL;
    assert_log("bus: top\r\n"
               "  type test-bus\r\n"
               "  dev: test-hub, id \"my-hub\"\r\n"
               "    name = \"h\"\r\n"
               "    fail = false\r\n"
               "    number = 7 (0x7)\r\n"
               "    number is 7\r\n"
               "    bus: inner\r\n"
               "      type test-bus\r\n"
               "      dev: test-dev, id \"\"\r\n"
               "        gpio-out \"sig\" 1\r\n"
               "        gpio-out \"\" 2\r\n"
               "        clock-out \"clk\" freq_hz=2.500000e+07\r\n"
               "        name = \"\"\r\n"
               "        fail = false\r\n"
               "        number = 7 (0x7)\r\n"
               "        number is 7\r\n");
    test_dev_delete(root);
    g_string_truncate(test_log, 0);
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    g_test_add_func("/qdev/tree", test_tree);
    g_test_add_func("/qdev/bus-names", test_bus_names);
    g_test_add_func("/qdev/ids", test_ids);
    g_test_add_func("/qdev/unattached", test_unattached);
    g_test_add_func("/qdev/realize-fails", test_realize_fails);
    g_test_add_func("/qdev/wrong-bus", test_wrong_bus);
    g_test_add_func("/qdev/try-new", test_try_new);
    g_test_add_func("/qdev/realize-again", test_realize_again);
    g_test_add_func("/qdev/walk-and-find", test_walk_and_find);
    g_test_add_func("/qdev/listener", test_listener);
    g_test_add_func("/qdev/deleted-event", test_deleted_event);
    g_test_add_func("/qdev/fw-path", test_fw_path);
    g_test_add_func("/qdev/sysbus-default", test_sysbus_default);
    g_test_add_func("/qdev/print", test_print);
    g_test_add_func("/qdev/unplug-blockers", test_unplug_blockers);
    return g_test_run();
}
