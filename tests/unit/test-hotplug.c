/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hot-plug: handlers of bus and machine, refusals, reset of new devices. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qdev-fixture.h"

#define TYPE_PLUG_HANDLER "plug-handler"
OBJECT_DECLARE_SIMPLE_TYPE(PlugHandler, PLUG_HANDLER)

struct PlugHandler {
    Object parent_obj;
    bool fail_pre_plug;
    bool fail_plug;
    const char *takes_bus;
};

static void pre_plug(HotplugHandler *h, DeviceState *dev, Error **errp)
{
    test_log_add("pre");
    g_assert_false(dev->realized);
    if (PLUG_HANDLER(h)->fail_pre_plug) {
        error_setg(errp, "no slot");
    }
}

static void plug(HotplugHandler *h, DeviceState *dev, Error **errp)
{
    test_log_add("plug");
    if (PLUG_HANDLER(h)->fail_plug) {
        error_setg(errp, "no plug");
    }
}

static void unplug_request(HotplugHandler *h, DeviceState *dev, Error **errp)
{
    test_log_add("request");
}

static void plug_handler_class_init(ObjectClass *oc, void *data)
{
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    hc->pre_plug = pre_plug;
    hc->plug = plug;
    hc->unplug_request = unplug_request;
    hc->unplug = qdev_simple_device_unplug_cb;
}

#define TYPE_COLD_DEV "cold-dev"

static void cold_class_init(ObjectClass *oc, void *data)
{
    DEVICE_CLASS(oc)->hotpluggable = false;
}

static const TypeInfo hotplug_types[] = {
    {
        .name = TYPE_PLUG_HANDLER,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(PlugHandler),
        .class_init = plug_handler_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { }
        },
    }, {
        .name = TYPE_COLD_DEV,
        .parent = TYPE_TEST_DEV,
        .class_init = cold_class_init,
    },
};

DEFINE_TYPES(hotplug_types)

typedef struct Fixture {
    TestDev *root;
    PlugHandler *handler;
} Fixture;

static void setup(Fixture *f)
{
    f->root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    f->handler = PLUG_HANDLER(object_new(TYPE_PLUG_HANDLER));
    object_property_add_child(object_get_root(), "handler[*]",
                              OBJECT(f->handler));
    object_unref(OBJECT(f->handler));
    g_string_truncate(test_log, 0);
}

static void teardown(Fixture *f)
{
    test_dev_delete(f->root);
    object_unparent(OBJECT(f->handler));
    g_string_truncate(test_log, 0);
}

static void test_bus_handler(void)
{
    Fixture f;
    TestDev *dev;

    setup(&f);
    g_assert_false(qbus_is_hotpluggable(f.root->bus));
    qbus_set_hotplug_handler(f.root->bus, OBJECT(f.handler));
    g_assert_true(qbus_is_hotpluggable(f.root->bus));

    dev = test_dev_create(TYPE_TEST_DEV, "d", f.root->bus);
    assert_log("pre +d plug");
    g_assert_true(qdev_get_hotplug_handler(DEVICE(dev)) ==
                  HOTPLUG_HANDLER(f.handler));
    g_assert_true(object_property_get_bool(OBJECT(dev), "hotpluggable",
                                           &error_abort));
    hotplug_handler_unplug_request(HOTPLUG_HANDLER(f.handler), DEVICE(dev),
                                   &error_abort);
    hotplug_handler_unplug(HOTPLUG_HANDLER(f.handler), DEVICE(dev),
                           &error_abort);
    assert_log("request -d");
    test_dev_delete(dev);
    assert_log("end");
    teardown(&f);
}

static bool only_named_bus(HotplugHandler *handler, BusState *bus)
{
    return !strcmp(bus->name, PLUG_HANDLER(handler)->takes_bus);
}

/* A handler may serve some of the buses that have it. */
static void test_handler_of_some_buses(void)
{
    Fixture f;
    HotplugHandlerClass *hc;

    setup(&f);
    hc = HOTPLUG_HANDLER_GET_CLASS(f.handler);
    hc->is_hotpluggable_bus = only_named_bus;
    qbus_set_hotplug_handler(f.root->bus, OBJECT(f.handler));
    f.handler->takes_bus = f.root->bus->name;
    g_assert_true(qbus_is_hotpluggable(f.root->bus));
    f.handler->takes_bus = "another";
    g_assert_false(qbus_is_hotpluggable(f.root->bus));
    hc->is_hotpluggable_bus = NULL;
    teardown(&f);
}

static void test_refusals(void)
{
    Fixture f;
    TestDev *dev;
    Error *err = NULL;

    setup(&f);
    qbus_set_hotplug_handler(f.root->bus, OBJECT(f.handler));
    f.handler->fail_pre_plug = true;
    dev = test_dev_new(TYPE_TEST_HUB, "d");
    g_assert_false(qdev_realize(DEVICE(dev), f.root->bus, &err));
    assert_error(err, "no slot");
    assert_log("pre");

    /* A plug that fails takes everything back. */
    f.handler->fail_pre_plug = false;
    f.handler->fail_plug = true;
    g_assert_false(object_property_set_bool(OBJECT(dev), "realized", true,
                                            &err));
    assert_error(err, "no plug");
    assert_log("pre +d +bus plug -bus -d");
    g_assert_false(DEVICE(dev)->realized);
    g_assert_null(DEVICE(dev)->canonical_path);
    test_dev_delete(dev);
    object_unref(OBJECT(dev));
    teardown(&f);
}

/*** The machine has the first word ***/

#define TYPE_PLUG_MACHINE MACHINE_TYPE_NAME("plug")

static HotplugHandler *machine_handler;

static HotplugHandler *get_handler(MachineState *ms, DeviceState *dev)
{
    return machine_handler;
}

static bool refuse_numbers(MachineState *ms, DeviceState *dev, Error **errp)
{
    if (TEST_DEV(dev)->number != 7) {
        error_setg(errp, "only 7");
        return false;
    }
    return true;
}

static void plug_machine_init(MachineClass *mc)
{
    mc->desc = "machine with a handler";
    mc->get_hotplug_handler = get_handler;
    mc->hotplug_allowed = refuse_numbers;
}

DEFINE_MACHINE("plug", plug_machine_init)

static void test_machine_handler(void)
{
    Fixture f;
    TestDev *dev;
    Error *err = NULL;

    setup(&f);
    current_machine = MACHINE(object_new(TYPE_PLUG_MACHINE));
    g_assert_null(qdev_get_machine_hotplug_handler(DEVICE(f.root)));
    machine_handler = HOTPLUG_HANDLER(f.handler);
    g_assert_true(qdev_get_machine_hotplug_handler(DEVICE(f.root)) ==
                  machine_handler);
    dev = test_dev_create(TYPE_TEST_DEV, "d", f.root->bus);
    assert_log("pre +d plug");
    g_assert_true(qdev_hotplug_allowed(DEVICE(dev), &error_abort));
    dev->number = 8;
    g_assert_false(qdev_hotplug_allowed(DEVICE(dev), &err));
    assert_error(err, "only 7");
    machine_handler = NULL;
    object_unref(OBJECT(current_machine));
    current_machine = NULL;
    teardown(&f);
}

/*** Last: from here on the machine is ready ***/

static void log_reset(DeviceState *dev)
{
    test_log_add("reset");
}

static void test_running_machine(void)
{
    DeviceClass *dc = DEVICE_CLASS(object_class_by_name(TYPE_TEST_DEV));
    DeviceReset before = dc->reset;
    Fixture f;
    TestDev *dev;
    Error *err = NULL;

    setup(&f);
    while (!phase_check(PHASE_MACHINE_READY)) {
        MachineInitPhase next = PHASE_MACHINE_CREATED;

        while (phase_check(next)) {
            next++;
        }
        phase_advance(next);
    }
    g_assert_false(qdev_machine_modified());
    qbus_set_hotplug_handler(f.root->bus, OBJECT(f.handler));
    dc->reset = log_reset;

    dev = test_dev_create(TYPE_TEST_DEV, "d", f.root->bus);
    assert_log("pre +d reset plug");
    g_assert_true(object_property_get_bool(OBJECT(dev), "hotplugged",
                                           &error_abort));
    g_assert_true(qdev_machine_modified());
    test_dev_delete(dev);
    assert_log("-d end");

    /* On a bus in reset it stays there until the bus is released. */
    resettable_assert_reset(OBJECT(f.root->bus), RESET_TYPE_COLD);
    dev = test_dev_create(TYPE_TEST_DEV, "d", f.root->bus);
    g_assert_true(device_is_in_reset(DEVICE(dev)));
    resettable_release_reset(OBJECT(f.root->bus), RESET_TYPE_COLD);
    g_assert_false(device_is_in_reset(DEVICE(dev)));
    g_string_truncate(test_log, 0);

    dev = TEST_DEV(qdev_new(TYPE_COLD_DEV));
    g_assert_false(qdev_realize(DEVICE(dev), f.root->bus, &err));
    assert_error(err, "Device 'cold-dev' does not support hotplugging");
    test_dev_delete(dev);
    object_unref(OBJECT(dev));
    dc->reset = before;
    teardown(&f);
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    g_test_add_func("/hotplug/bus-handler", test_bus_handler);
    g_test_add_func("/hotplug/some-buses", test_handler_of_some_buses);
    g_test_add_func("/hotplug/refusals", test_refusals);
    g_test_add_func("/hotplug/machine-handler", test_machine_handler);
    g_test_add_func("/hotplug/running-machine", test_running_machine);
    return g_test_run();
}
