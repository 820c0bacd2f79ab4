/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices and buses that write a log. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qdev-fixture.h"

GString *test_log;

void test_log_add(const char *fmt, ...)
{
    va_list ap;

    if (test_log->len) {
        g_string_append_c(test_log, ' ');
    }
    va_start(ap, fmt);
    g_string_append_vprintf(test_log, fmt, ap);
    va_end(ap);
}

static const char *name_of(DeviceState *dev)
{
    const char *name = TEST_DEV(dev)->name;

    return name ? name : "?";
}

static void test_dev_realize(DeviceState *dev, Error **errp)
{
    if (TEST_DEV(dev)->fail_realize) {
        error_setg(errp, "told to fail");
        return;
    }
    test_log_add("+%s", name_of(dev));
}

static void test_dev_unrealize(DeviceState *dev)
{
    test_log_add("-%s", name_of(dev));
}

static void test_dev_finalize(Object *obj)
{
    test_log_add("end");
}

static void hub_init(Object *obj)
{
    TEST_DEV(obj)->bus = qbus_new(TYPE_TEST_BUS, DEVICE(obj), NULL);
}

static Property test_dev_properties[] = {
    DEFINE_PROP_STRING("name", TestDev, name),
    DEFINE_PROP_BOOL("fail", TestDev, fail_realize, false),
    DEFINE_PROP_UINT32("number", TestDev, number, 7),
    DEFINE_PROP_END_OF_LIST(),
};

static void test_dev_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->realize = test_dev_realize;
    dc->unrealize = test_dev_unrealize;
    dc->bus_type = TYPE_TEST_BUS;
    device_class_set_props(dc, test_dev_properties);
}

static void root_class_init(ObjectClass *oc, void *data)
{
    DEVICE_CLASS(oc)->bus_type = NULL;
}

static void test_bus_realize(BusState *bus, Error **errp)
{
    test_log_add("+bus");
}

static void test_bus_unrealize(BusState *bus)
{
    test_log_add("-bus");
}

static void test_bus_class_init(ObjectClass *oc, void *data)
{
    BUS_CLASS(oc)->realize = test_bus_realize;
    BUS_CLASS(oc)->unrealize = test_bus_unrealize;
}

static const TypeInfo fixture_types[] = {
    {
        .name = TYPE_TEST_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(BusState),
        .class_init = test_bus_class_init,
    }, {
        .name = TYPE_TEST_DEV,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(TestDev),
        .instance_finalize = test_dev_finalize,
        .class_init = test_dev_class_init,
    }, {
        .name = TYPE_TEST_HUB,
        .parent = TYPE_TEST_DEV,
        .instance_init = hub_init,
    }, {
        .name = TYPE_TEST_ROOT,
        .parent = TYPE_TEST_HUB,
        .class_init = root_class_init,
    },
};

DEFINE_TYPES(fixture_types)

TestDev *test_dev_new(const char *type, const char *name)
{
    DeviceState *dev = qdev_new(type);

    qdev_prop_set_string(dev, "name", name);
    return TEST_DEV(dev);
}

TestDev *test_dev_create(const char *type, const char *name, BusState *bus)
{
    TestDev *td = test_dev_new(type, name);

    qdev_realize_and_unref(DEVICE(td), bus, &error_abort);
    return td;
}

void test_dev_delete(TestDev *td)
{
    object_unparent(OBJECT(td));
}

void test_qdev_init(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    test_log = g_string_new(NULL);
}
