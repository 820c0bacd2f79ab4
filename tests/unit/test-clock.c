/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clock trees, ticks, clocks of devices, and the counters that use them. */
#include "qemu/osdep.h"
#include "hw/clock.h"
#include "hw/ptimer.h"
#include "hw/qdev-clock.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qdev-fixture.h"

static void log_event(void *opaque, ClockEvent event)
{
    Clock *clk = opaque;

    test_log_add("%s%u", event == ClockPreUpdate ? "pre" : "post",
                 clock_get_hz(clk));
}

static void test_tree(void)
{
    Object *owner = object_new("container");
    Clock *top = clock_new(owner, "top");
    Clock *mid = clock_new(owner, "mid");
    Clock *leaf = clock_new(owner, "leaf");

    g_assert_false(clock_is_enabled(top));
    clock_set_callback(leaf, log_event, leaf, ClockUpdate | ClockPreUpdate);
    clock_set_source(mid, top);
    clock_set_source(leaf, mid);
    g_assert_true(clock_has_source(leaf) && !clock_has_source(top));

    clock_update_hz(top, 1000);
    assert_log("pre0 post1000");
    g_assert_cmpuint(clock_get_hz(mid), ==, 1000);
    /* Nothing new: nobody is told. */
    clock_update_hz(top, 1000);
    assert_log("");
    /* Set now, told later. */
    g_assert_true(clock_set_hz(top, 2000));
    g_assert_cmpuint(clock_get_hz(leaf), ==, 1000);
    clock_propagate(top);
    assert_log("pre1000 post2000");

    /* Half the frequency below mid. */
    clock_set_mul_div(mid, 2, 1);
    clock_update_hz(top, 4000);
    g_assert_cmpuint(clock_get_hz(leaf), ==, 2000);
    assert_log("");             /* it was so before */
    clock_update(top, 0);
    g_assert_false(clock_is_enabled(leaf));
    assert_log("pre2000 post0");

    clock_clear_callback(leaf);
    clock_update_ns(top, 10);
    assert_log("");
    object_unref(owner);
}

static void test_source_gone(void)
{
    Object *owner = object_new("container");
    Object *other = object_new("container");
    Clock *top = clock_new(owner, "top");
    Clock *leaf = clock_new(other, "leaf");

    clock_update_hz(top, 50);
    clock_set_source(leaf, top);
    g_assert_cmpuint(clock_get_hz(leaf), ==, 50);
    object_unref(owner);
    g_assert_false(clock_has_source(leaf));
    object_unref(other);
}

static void test_ticks(void)
{
    Object *owner = object_new("container");
    Clock *clk = clock_new(owner, "clk");
    char *text;

    g_assert_cmpuint(clock_ns_to_ticks(clk, 100), ==, 0);
    clock_set_ns(clk, 10);
    g_assert_cmpuint(clock_ticks_to_ns(clk, 7), ==, 70);
    g_assert_cmpuint(clock_ns_to_ticks(clk, 79), ==, 7);
    g_assert_cmpuint(clock_ticks_to_ns(clk, UINT64_MAX), ==, INT64_MAX);
    g_assert_cmpuint(clock_ns_to_ticks(clk, UINT64_MAX), ==,
                     UINT64_MAX / 10);
    clock_set(clk, CLOCK_PERIOD_FROM_HZ(3));
    g_assert_cmpuint(clock_ticks_to_ns(clk, 3), ==, 999999999);
    text = clock_display_freq(clk);
    g_assert_cmpstr(text, ==, "3 Hz");
    g_free(text);
    clock_set_hz(clk, 25000000);
    text = clock_display_freq(clk);
    g_assert_cmpstr(text, ==, "25 MHz");
    g_free(text);
    object_unref(owner);
}

/*** Devices ***/

#define TYPE_CLOCKED "clocked-dev"
OBJECT_DECLARE_SIMPLE_TYPE(Clocked, CLOCKED)

struct Clocked {
    DeviceState parent_obj;
    Clock *in;
    Clock *out;
};

static void clocked_update(void *opaque, ClockEvent event)
{
    Clocked *c = opaque;

    test_log_add("clk%u", clock_get_hz(c->in));
    clock_update(c->out, clock_get(c->in) * 2);
}

static const ClockPortInitArray clocked_ports = {
    QDEV_CLOCK_IN(Clocked, in, clocked_update, ClockUpdate),
    QDEV_CLOCK_OUT(Clocked, out),
    QDEV_CLOCK_END
};

static void clocked_init(Object *obj)
{
    qdev_init_clocks(DEVICE(obj), clocked_ports);
}

static const TypeInfo clocked_types[] = {
    {
        .name = TYPE_CLOCKED,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Clocked),
        .instance_init = clocked_init,
    },
};

DEFINE_TYPES(clocked_types)

static void test_devices(void)
{
    DeviceState *a = qdev_new(TYPE_CLOCKED), *b = qdev_new(TYPE_CLOCKED);
    DeviceState *outer = qdev_new(TYPE_TEST_ROOT);

    qdev_connect_clock_in(b, "in", qdev_get_clock_out(a, "out"));
    g_assert_true(qdev_alias_clock(a, "in", outer, "clk") == CLOCKED(a)->in);
    g_assert_true(qdev_get_clock_in(outer, "clk") == CLOCKED(a)->in);
    qdev_realize(a, NULL, &error_abort);
    qdev_realize(b, NULL, &error_abort);
    g_assert_true(g_str_has_suffix(CLOCKED(b)->in->canonical_path, "/in"));

    clock_update_hz(CLOCKED(a)->in, 100);
    assert_log("");             /* set by its owner: only children hear */
    clock_update(CLOCKED(a)->out, CLOCK_PERIOD_FROM_HZ(50));
    assert_log("clk50");
    g_assert_cmpuint(clock_get_hz(CLOCKED(b)->out), ==, 25);

    object_unref(OBJECT(outer));
    object_unparent(OBJECT(a));
    object_unref(OBJECT(a));
    object_unparent(OBJECT(b));
    object_unref(OBJECT(b));
    assert_log("end");
}

static void test_stream(void)
{
    Object *owner = object_new("container");
    Clock *a = clock_new(owner, "a"), *b = clock_new(owner, "b");
    GByteArray *bytes = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(bytes);

    clock_set_hz(a, 123);
    clock_set_mul_div(a, 3, 7);
    g_assert_cmpint(vmstate_save_state(f, &vmstate_clock, a, NULL), ==, 0);
    qemu_fclose(f);
    f = qemu_file_new_memory_input(bytes->data, bytes->len);
    g_assert_cmpint(vmstate_load_state(f, &vmstate_clock, b, 0), ==, 0);
    qemu_fclose(f);
    g_assert_cmpuint(clock_get(b), ==, clock_get(a));
    g_assert_cmpuint(b->multiplier, ==, 3);
    g_assert_cmpuint(b->divider, ==, 7);

    /* A divider of 0 would be divided by. */
    memset(bytes->data + bytes->len - 4, 0, 4);
    f = qemu_file_new_memory_input(bytes->data, bytes->len);
    g_assert_cmpint(vmstate_load_state(f, &vmstate_clock, b, 0), <, 0);
    qemu_fclose(f);
    g_byte_array_free(bytes, true);
    object_unref(owner);
}

/*** Counters ***/

static int fired;

static void fire(void *opaque)
{
    fired++;
}

static int64_t now(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static void pass(int64_t ns)
{
    qemu_clock_virtual_step(now() + ns);
}

/* A counter of 10 periods of 100 ns, running. */
static ptimer_state *counter(uint8_t policy, int oneshot, uint64_t limit)
{
    ptimer_state *p = ptimer_init(fire, NULL, policy);

    fired = 0;
    ptimer_transaction_begin(p);
    ptimer_set_period(p, 100);
    ptimer_set_limit(p, limit, 1);
    ptimer_run(p, oneshot);
    ptimer_transaction_commit(p);
    return p;
}

static void test_ptimer_one_shot(void)
{
    ptimer_state *p = counter(0, 1, 10);

    g_assert_cmpuint(ptimer_get_count(p), ==, 10);
    pass(50);
    g_assert_cmpuint(ptimer_get_count(p), ==, 9);
    pass(949);
    g_assert_cmpuint(ptimer_get_count(p), ==, 0);
    g_assert_cmpint(fired, ==, 0);
    pass(1);
    g_assert_cmpint(fired, ==, 1);
    pass(5000);
    g_assert_cmpint(fired, ==, 1);
    g_assert_cmpuint(ptimer_get_count(p), ==, 0);
    ptimer_free(p);
}

static void test_ptimer_periodic(void)
{
    ptimer_state *p = counter(0, 0, 10);

    pass(1000);
    g_assert_cmpint(fired, ==, 1);
    g_assert_cmpuint(ptimer_get_count(p), ==, 10);
    pass(350);
    g_assert_cmpuint(ptimer_get_count(p), ==, 6);
    pass(10650);
    g_assert_cmpint(fired, ==, 12);

    /* Stop keeps the count, run goes on from it. */
    pass(350);
    ptimer_transaction_begin(p);
    ptimer_stop(p);
    ptimer_transaction_commit(p);
    pass(5000);
    g_assert_cmpuint(ptimer_get_count(p), ==, 6);
    ptimer_transaction_begin(p);
    ptimer_run(p, 0);
    ptimer_transaction_commit(p);
    pass(600);
    g_assert_cmpint(fired, ==, 13);

    /* Another period from the count that there is. */
    pass(500);
    ptimer_transaction_begin(p);
    ptimer_set_period(p, 1000);
    ptimer_transaction_commit(p);
    pass(4999);
    g_assert_cmpint(fired, ==, 13);
    pass(1);
    g_assert_cmpint(fired, ==, 14);
    ptimer_free(p);
}

static void test_ptimer_policies(void)
{
    ptimer_state *p;

    p = counter(PTIMER_POLICY_NO_COUNTER_ROUND_DOWN, 0, 10);
    pass(50);
    g_assert_cmpuint(ptimer_get_count(p), ==, 10);
    ptimer_free(p);

    p = counter(PTIMER_POLICY_WRAP_AFTER_ONE_PERIOD |
                PTIMER_POLICY_NO_COUNTER_ROUND_DOWN, 0, 10);
    pass(1050);
    g_assert_cmpint(fired, ==, 1);
    g_assert_cmpuint(ptimer_get_count(p), ==, 0);
    pass(100);
    g_assert_cmpuint(ptimer_get_count(p), ==, 10);
    pass(950);
    g_assert_cmpint(fired, ==, 2);
    ptimer_free(p);

    /* At 0: a trigger at once, or not. */
    p = counter(0, 1, 0);
    g_assert_cmpint(fired, ==, 1);
    ptimer_free(p);
    p = counter(PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT, 1, 0);
    g_assert_cmpint(fired, ==, 0);
    pass(1000);
    g_assert_cmpint(fired, ==, 0);
    ptimer_free(p);
    p = counter(PTIMER_POLICY_NO_IMMEDIATE_TRIGGER, 1, 0);
    g_assert_cmpint(fired, ==, 0);
    pass(100);
    g_assert_cmpint(fired, ==, 1);
    ptimer_free(p);

    /* Limit 0: stops, or triggers for ever. */
    p = counter(0, 0, 0);
    pass(1000);
    g_assert_cmpint(fired, ==, 1);
    ptimer_free(p);
    p = counter(PTIMER_POLICY_CONTINUOUS_TRIGGER, 0, 0);
    pass(1000);
    g_assert_cmpint(fired, ==, 11);
    ptimer_free(p);
}

static void test_ptimer_stream(void)
{
    ptimer_state *a = counter(0, 0, 10), *b;
    GByteArray *bytes = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(bytes);

    pass(350);
    g_assert_cmpint(vmstate_save_state(f, &vmstate_ptimer, a, NULL), ==, 0);
    qemu_fclose(f);
    ptimer_free(a);
    b = ptimer_init(fire, NULL, 0);
    f = qemu_file_new_memory_input(bytes->data, bytes->len);
    g_assert_cmpint(vmstate_load_state(f, &vmstate_ptimer, b, 1), ==, 0);
    qemu_fclose(f);
    g_assert_cmpuint(ptimer_get_count(b), ==, 6);
    pass(650);
    g_assert_cmpint(fired, ==, 1);

    bytes->data[0] = 3;         /* no such mode */
    f = qemu_file_new_memory_input(bytes->data, bytes->len);
    g_assert_cmpint(vmstate_load_state(f, &vmstate_ptimer, b, 1), <, 0);
    qemu_fclose(f);
    ptimer_free(b);
    g_byte_array_free(bytes, true);
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    qemu_init_main_loop(&error_abort);
    qemu_clock_virtual_set_manual();
    g_test_add_func("/clock/tree", test_tree);
    g_test_add_func("/clock/source-gone", test_source_gone);
    g_test_add_func("/clock/ticks", test_ticks);
    g_test_add_func("/clock/devices", test_devices);
    g_test_add_func("/clock/stream", test_stream);
    g_test_add_func("/ptimer/one-shot", test_ptimer_one_shot);
    g_test_add_func("/ptimer/periodic", test_ptimer_periodic);
    g_test_add_func("/ptimer/policies", test_ptimer_policies);
    g_test_add_func("/ptimer/stream", test_ptimer_stream);
    return g_test_run();
}
