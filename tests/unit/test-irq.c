/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signal lines, their interception, GPIOs of devices, gates and forks. */
#include "qemu/osdep.h"
#include "hw/core/split-irq.h"
#include "hw/irq.h"
#include "hw/or-irq.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qdev-fixture.h"

#define TYPE_WIRED "wired-dev"
OBJECT_DECLARE_SIMPLE_TYPE(Wired, WIRED)

struct Wired {
    DeviceState parent_obj;
    qemu_irq out[2];
    qemu_irq named[1];
};

static void wired_in(void *opaque, int n, int level)
{
    test_log_add("in%d=%d", n, level);
}

static void wired_named_in(void *opaque, int n, int level)
{
    test_log_add("extra%d=%d", n, level);
}

static void wired_init(Object *obj)
{
    Wired *w = WIRED(obj);

    qdev_init_gpio_in(DEVICE(obj), wired_in, 2);
    qdev_init_gpio_in_named(DEVICE(obj), wired_named_in, "extra", 1);
    /* Two calls make one array of lines. */
    qdev_init_gpio_in_named(DEVICE(obj), wired_named_in, "extra", 2);
    qdev_init_gpio_out(DEVICE(obj), w->out, 2);
    qdev_init_gpio_out_named(DEVICE(obj), w->named, "sig", 1);
}

static const TypeInfo wired_types[] = {
    {
        .name = TYPE_WIRED,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Wired),
        .instance_init = wired_init,
    },
};

DEFINE_TYPES(wired_types)

static void log_level(void *opaque, int n, int level)
{
    test_log_add("%s%d=%d", (char *)opaque, n, level);
}

static char irq_name[] = "irq";
static char spy_name[] = "spy";

static void test_lines(void)
{
    qemu_irq *irqs = qemu_allocate_irqs(log_level, irq_name, 2);
    qemu_irq one = qemu_allocate_irq(log_level, spy_name, 9);
    qemu_irq inverted;

    qemu_set_irq(irqs[1], 1);
    qemu_irq_raise(irqs[0]);
    qemu_irq_lower(irqs[0]);
    qemu_irq_pulse(one);
    assert_log("irq1=1 irq0=1 irq0=0 spy9=1 spy9=0");
    qemu_set_irq(NULL, 1);
    g_assert_false(qemu_irq_is_connected(NULL));
    g_assert_true(qemu_irq_is_connected(one));

    irqs = qemu_extend_irqs(irqs, 2, log_level, spy_name, 1);
    qemu_set_irq(irqs[2], 5);
    inverted = qemu_irq_invert(irqs[0]);
    qemu_irq_raise(inverted);
    qemu_irq_lower(inverted);
    assert_log("spy2=5 irq0=0 irq0=1");
    g_assert_null(qemu_irq_invert(NULL));

    qemu_free_irq(inverted);
    qemu_free_irq(one);
    qemu_free_irqs(irqs, 3);
}

static void spy(void *opaque, int n, int level)
{
    test_log_add("spy%d=%d", n, level);
    qemu_set_irq(*(qemu_irq *)opaque, level);
}

static void test_intercept_in(void)
{
    qemu_irq *irqs = qemu_allocate_irqs(log_level, irq_name, 3);

    qemu_irq_intercept_in(irqs, spy, 2);
    qemu_set_irq(irqs[1], 1);
    qemu_set_irq(irqs[2], 1);
    assert_log("spy1=1 irq1=1 irq2=1");
    /* Once more over it: both see it. */
    qemu_irq_intercept_in(irqs, spy, 1);
    qemu_set_irq(irqs[0], 1);
    assert_log("spy0=1 spy0=1 irq0=1");
    qemu_free_irqs(irqs, 3);
}

static DeviceState *wired_new(void)
{
    DeviceState *dev = qdev_new(TYPE_WIRED);

    qdev_realize(dev, NULL, &error_abort);
    return dev;
}

static void wired_free(DeviceState *dev)
{
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
}

static void test_gpio(void)
{
    DeviceState *a = wired_new(), *b = wired_new();
    g_autofree char *path = NULL;

    qemu_set_irq(qdev_get_gpio_in(a, 1), 3);
    qemu_set_irq(qdev_get_gpio_in_named(a, "extra", 2), 1);
    assert_log("in1=3 extra2=1");

    g_assert_null(qdev_get_gpio_out_connector(a, NULL, 0));
    qdev_connect_gpio_out(a, 0, qdev_get_gpio_in(b, 1));
    qdev_connect_gpio_out_named(a, "sig", 0,
                                qdev_get_gpio_in_named(b, "extra", 0));
    qemu_irq_raise(WIRED(a)->out[0]);
    qemu_irq_raise(WIRED(a)->named[0]);
    qemu_irq_raise(WIRED(a)->out[1]);
    assert_log("in1=1 extra0=1");
    g_assert_true(qdev_get_gpio_out_connector(a, NULL, 0) ==
                  qdev_get_gpio_in(b, 1));

    /* The wire is in the tree. */
    path = object_property_get_str(OBJECT(a), "unnamed-gpio-out[0]",
                                   &error_abort);
    g_assert_true(g_str_has_suffix(path, "/unnamed-gpio-in[1]"));
    g_assert_nonnull(object_property_find(OBJECT(b), "extra[2]"));

    qdev_connect_gpio_out(a, 0, NULL);
    qemu_irq_raise(WIRED(a)->out[0]);
    assert_log("");
    wired_free(a);
    wired_free(b);
}

static void test_gpio_intercept(void)
{
    DeviceState *a = wired_new();
    qemu_irq target = qemu_allocate_irq(log_level, irq_name, 4);
    qemu_irq icpt = qemu_allocate_irq(log_level, spy_name, 5);

    qdev_connect_gpio_out(a, 1, target);
    g_assert_true(qdev_intercept_gpio_out(a, icpt, NULL, 1) == target);
    qemu_irq_raise(WIRED(a)->out[1]);
    assert_log("spy5=1");
    wired_free(a);
    object_unparent(OBJECT(target));
    object_unparent(OBJECT(icpt));
    qemu_free_irq(target);
    qemu_free_irq(icpt);
}

static void test_pass_gpios(void)
{
    DeviceState *container = qdev_new(TYPE_TEST_ROOT);
    DeviceState *inner = qdev_new(TYPE_WIRED);
    qemu_irq target = qemu_allocate_irq(log_level, irq_name, 1);

    object_property_add_child(OBJECT(container), "inner", OBJECT(inner));
    object_unref(OBJECT(inner));
    qdev_pass_gpios(inner, container, NULL);
    qdev_connect_gpio_out(container, 0, target);
    qemu_irq_raise(WIRED(inner)->out[0]);
    qemu_irq_raise(qdev_get_gpio_in(container, 0));
    assert_log("irq1=1 in0=1");
    object_unref(OBJECT(container));
    object_unparent(OBJECT(target));
    qemu_free_irq(target);
    assert_log("end");
}

static void test_or(void)
{
    DeviceState *gate = qdev_new(TYPE_OR_IRQ);
    qemu_irq target = qemu_allocate_irq(log_level, irq_name, 0);
    Error *err = NULL;

    qdev_prop_set_uint16(gate, "num-lines", 49);
    g_assert_false(qdev_realize(gate, NULL, &err));
    assert_error(err, "'num-lines' must be from 1 to 48");
    qdev_prop_set_uint16(gate, "num-lines", 20);
    qdev_realize(gate, NULL, &error_abort);
    qdev_connect_gpio_out(gate, 0, target);

    qemu_irq_raise(qdev_get_gpio_in(gate, 3));
    qemu_irq_raise(qdev_get_gpio_in(gate, 19));
    qemu_irq_lower(qdev_get_gpio_in(gate, 3));
    qemu_irq_lower(qdev_get_gpio_in(gate, 19));
    assert_log("irq0=1 irq0=1 irq0=1 irq0=0");
    object_unparent(OBJECT(gate));
    object_unref(OBJECT(gate));
    object_unparent(OBJECT(target));
    qemu_free_irq(target);
}

static void test_split(void)
{
    DeviceState *fork = qdev_new(TYPE_SPLIT_IRQ);
    qemu_irq *targets = qemu_allocate_irqs(log_level, irq_name, 3);
    Error *err = NULL;
    int i;

    qdev_prop_set_uint16(fork, "num-lines", 0);
    g_assert_false(qdev_realize(fork, NULL, &err));
    assert_error(err, "'num-lines' must be from 1 to 16");
    qdev_prop_set_uint16(fork, "num-lines", 3);
    qdev_realize(fork, NULL, &error_abort);
    qdev_connect_gpio_out(fork, 0, targets[0]);
    qdev_connect_gpio_out(fork, 2, targets[2]);
    qemu_irq_raise(qdev_get_gpio_in(fork, 0));
    assert_log("irq0=1 irq2=1");
    object_unparent(OBJECT(fork));
    object_unref(OBJECT(fork));
    for (i = 0; i < 3; i++) {
        object_unparent(OBJECT(targets[i]));
    }
    qemu_free_irqs(targets, 3);
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    g_test_add_func("/irq/lines", test_lines);
    g_test_add_func("/irq/intercept-in", test_intercept_in);
    g_test_add_func("/irq/gpio", test_gpio);
    g_test_add_func("/irq/gpio-intercept", test_gpio_intercept);
    g_test_add_func("/irq/pass-gpios", test_pass_gpios);
    g_test_add_func("/irq/or", test_or);
    g_test_add_func("/irq/split", test_split);
    return g_test_run();
}
