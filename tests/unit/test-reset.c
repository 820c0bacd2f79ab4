/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reset: the three phases over a tree, counted assertions, moves between
 * parents, classes with one function, and the system's list.
 */
#include "qemu/osdep.h"
#include "hw/resettable.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "sysemu/reset.h"
#include "qdev-fixture.h"

/* A node of a plain reset tree: up to four children. */
#define TYPE_NODE "reset-node"
OBJECT_DECLARE_SIMPLE_TYPE(Node, NODE)

struct Node {
    Object parent_obj;
    char name;
    ResettableState state;
    Node *kids[4];
    void (*in_exit)(Node *n);
};

static void node_enter(Object *obj, ResetType type)
{
    test_log_add("e%c", NODE(obj)->name);
}

static void node_hold(Object *obj)
{
    test_log_add("h%c", NODE(obj)->name);
}

static void node_exit(Object *obj)
{
    Node *n = NODE(obj);

    test_log_add("x%c", n->name);
    if (n->in_exit) {
        n->in_exit(n);
    }
}

static ResettableState *node_state(Object *obj)
{
    return &NODE(obj)->state;
}

static void node_children(Object *obj, ResettableChildCallback cb,
                          void *opaque, ResetType type)
{
    Node *n = NODE(obj);
    int i;

    for (i = 0; i < ARRAY_SIZE(n->kids); i++) {
        if (n->kids[i]) {
            cb(OBJECT(n->kids[i]), opaque, type);
        }
    }
}

static void node_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    rc->get_state = node_state;
    rc->child_foreach = node_children;
    rc->phases.enter = node_enter;
    rc->phases.hold = node_hold;
    rc->phases.exit = node_exit;
}

/* Devices: one function; phases; and one function over the other's. */
#define TYPE_OLD_DEV "reset-old"
#define TYPE_OLD_SUB "reset-old-sub"
#define TYPE_NEW_DEV "reset-new"
#define TYPE_NEW_SUB "reset-new-sub"
#define TYPE_MIXED_DEV "reset-mixed"

static DeviceReset old_parent_reset;
static DeviceReset mixed_parent_reset;
static ResettablePhases new_parent_phases;

static void old_reset(DeviceState *dev)
{
    test_log_add("old");
}

static void old_sub_reset(DeviceState *dev)
{
    test_log_add("sub(");
    old_parent_reset(dev);
    test_log_add(")");
}

static void new_enter(Object *obj, ResetType type)
{
    test_log_add("enter");
}

static void new_hold(Object *obj)
{
    test_log_add("hold");
}

static void new_exit(Object *obj)
{
    test_log_add("exit");
}

static void new_sub_hold(Object *obj)
{
    test_log_add("sub(");
    new_parent_phases.hold(obj);
    test_log_add(")");
}

static void mixed_reset(DeviceState *dev)
{
    test_log_add("mixed(");
    mixed_parent_reset(dev);
    test_log_add(")");
}

static void old_class_init(ObjectClass *oc, void *data)
{
    DEVICE_CLASS(oc)->reset = old_reset;
}

static void old_sub_class_init(ObjectClass *oc, void *data)
{
    device_class_set_parent_reset(DEVICE_CLASS(oc), old_sub_reset,
                                  &old_parent_reset);
}

static void new_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    rc->phases.enter = new_enter;
    rc->phases.hold = new_hold;
    rc->phases.exit = new_exit;
}

static void new_sub_class_init(ObjectClass *oc, void *data)
{
    resettable_class_set_parent_phases(RESETTABLE_CLASS(oc), NULL,
                                       new_sub_hold, NULL,
                                       &new_parent_phases);
}

static void mixed_class_init(ObjectClass *oc, void *data)
{
    device_class_set_parent_reset(DEVICE_CLASS(oc), mixed_reset,
                                  &mixed_parent_reset);
}

static const TypeInfo reset_types[] = {
    {
        .name = TYPE_NODE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Node),
        .class_init = node_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_RESETTABLE_INTERFACE },
            { }
        },
    }, {
        .name = TYPE_OLD_DEV,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(DeviceState),
        .class_init = old_class_init,
    }, {
        .name = TYPE_OLD_SUB,
        .parent = TYPE_OLD_DEV,
        .class_init = old_sub_class_init,
    }, {
        .name = TYPE_NEW_DEV,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(DeviceState),
        .class_init = new_class_init,
    }, {
        .name = TYPE_NEW_SUB,
        .parent = TYPE_NEW_DEV,
        .class_init = new_sub_class_init,
    }, {
        .name = TYPE_MIXED_DEV,
        .parent = TYPE_NEW_DEV,
        .class_init = mixed_class_init,
    },
};

DEFINE_TYPES(reset_types)

static Node *node_new(char name)
{
    Node *n = NODE(object_new(TYPE_NODE));

    n->name = name;
    return n;
}

static void free_nodes(Node *a, Node *b, Node *c)
{
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
    object_unref(OBJECT(c));
}

/* Each phase over the whole tree before the next; children first. */
static void test_order(void)
{
    Node *a = node_new('a'), *b = node_new('b'), *c = node_new('c');

    a->kids[0] = b;
    a->kids[1] = c;
    resettable_reset(OBJECT(a), RESET_TYPE_COLD);
    assert_log("eb ec ea hb hc ha xb xc xa");
    g_assert_false(resettable_is_in_reset(OBJECT(a)));
    free_nodes(a, b, c);
}

static void test_counting(void)
{
    Node *a = node_new('a'), *b = node_new('b');

    a->kids[0] = b;
    resettable_assert_reset(OBJECT(b), RESET_TYPE_COLD);
    assert_log("eb hb");
    resettable_assert_reset(OBJECT(a), RESET_TYPE_COLD);
    assert_log("ea ha");
    g_assert_cmpuint(b->state.count, ==, 2);
    resettable_release_reset(OBJECT(b), RESET_TYPE_COLD);
    assert_log("");
    g_assert_true(resettable_is_in_reset(OBJECT(b)));
    resettable_release_reset(OBJECT(a), RESET_TYPE_COLD);
    assert_log("xb xa");
    g_assert_false(resettable_is_in_reset(OBJECT(b)));
    /* One release too many changes nothing. */
    resettable_release_reset(OBJECT(a), RESET_TYPE_COLD);
    g_assert_false(resettable_is_in_reset(OBJECT(a)));
    assert_log("");
    free_nodes(a, b, NULL);
}

static void test_change_parent(void)
{
    Node *in = node_new('i'), *out = node_new('o'), *kid = node_new('k');

    resettable_assert_reset(OBJECT(in), RESET_TYPE_COLD);
    assert_log("ei hi");
    resettable_change_parent(OBJECT(kid), OBJECT(in), NULL);
    in->kids[0] = kid;
    assert_log("ek hk");
    in->kids[0] = NULL;
    resettable_change_parent(OBJECT(kid), OBJECT(out), OBJECT(in));
    out->kids[0] = kid;
    assert_log("xk");
    resettable_release_reset(OBJECT(in), RESET_TYPE_COLD);
    assert_log("xi");
    free_nodes(in, out, kid);
}

/* Another reset asked for in an exit phase, as by a reset register. */
static void reset_again(Node *n)
{
    n->in_exit = NULL;
    resettable_reset(OBJECT(n), RESET_TYPE_COLD);
}

static void test_reset_in_exit(void)
{
    Node *a = node_new('a');

    a->in_exit = reset_again;
    resettable_reset(OBJECT(a), RESET_TYPE_COLD);
    assert_log("ea ha xa ea ha xa");
    g_assert_false(resettable_is_in_reset(OBJECT(a)));
    free_nodes(a, NULL, NULL);
}

static void reset_one(const char *type)
{
    DeviceState *dev = qdev_new(type);

    device_cold_reset(dev);
    g_assert_false(device_is_in_reset(dev));
    object_unref(OBJECT(dev));
}

static void test_device_classes(void)
{
    reset_one(TYPE_OLD_DEV);
    assert_log("old");
    reset_one(TYPE_OLD_SUB);
    assert_log("sub( old )");
    reset_one(TYPE_NEW_DEV);
    assert_log("enter hold exit");
    reset_one(TYPE_NEW_SUB);
    assert_log("enter sub( hold ) exit");
    /* One function that chains to a parent with phases. */
    reset_one(TYPE_MIXED_DEV);
    assert_log("mixed( enter hold exit )");
}

static void hub_log_reset(DeviceState *dev)
{
    test_log_add("%s", TEST_DEV(dev)->name);
}

static void bus_log_reset(BusState *bus)
{
    test_log_add("bus");
}

static void test_device_tree(void)
{
    DeviceClass *dc = DEVICE_CLASS(object_class_by_name(TYPE_TEST_ROOT));
    DeviceClass *kid_dc = DEVICE_CLASS(object_class_by_name(TYPE_TEST_DEV));
    BusClass *bc = BUS_CLASS(object_class_by_name(TYPE_TEST_BUS));
    DeviceReset before = dc->reset, kid_before = kid_dc->reset;
    void (*bus_before)(BusState *) = bc->reset;
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "root", NULL);

    test_dev_create(TYPE_TEST_DEV, "a", root->bus);
    test_dev_create(TYPE_TEST_DEV, "b", root->bus);
    g_string_truncate(test_log, 0);
    dc->reset = hub_log_reset;
    kid_dc->reset = hub_log_reset;
    bc->reset = bus_log_reset;

    device_cold_reset(DEVICE(root));
    assert_log("b a bus root");
    bus_cold_reset(root->bus);
    assert_log("b a bus");
    qdev_reset_all(DEVICE(root));
    assert_log("b a bus root");
    qbus_reset_all(root->bus);
    assert_log("b a bus");
    device_legacy_reset(DEVICE(root));
    assert_log("root");

    resettable_assert_reset(OBJECT(root), RESET_TYPE_COLD);
    g_assert_true(bus_is_in_reset(root->bus));
    resettable_release_reset(OBJECT(root), RESET_TYPE_COLD);
    g_assert_false(bus_is_in_reset(root->bus));

    dc->reset = before;
    kid_dc->reset = kid_before;
    bc->reset = bus_before;
    test_dev_delete(root);
    g_string_truncate(test_log, 0);
}

/*** The system's list ***/

static void note(void *opaque)
{
    test_log_add("%s", (char *)opaque);
}

static void leave(void *opaque)
{
    test_log_add("leave");
    qemu_unregister_reset(leave, opaque);
}

static void test_list(void)
{
    static char a[] = "a", b[] = "b";

    qemu_register_reset(note, a);
    qemu_register_reset(leave, NULL);
    qemu_register_reset_nosnapshotload(note, b);
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
    assert_log("a leave b");
    qemu_devices_reset(SHUTDOWN_CAUSE_SNAPSHOT_LOAD);
    assert_log("a");
    qemu_unregister_reset(note, a);
    qemu_unregister_reset(note, a);
    qemu_devices_reset(SHUTDOWN_CAUSE_GUEST_RESET);
    assert_log("b");
    qemu_unregister_reset(note, b);
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    g_test_add_func("/reset/order", test_order);
    g_test_add_func("/reset/counting", test_counting);
    g_test_add_func("/reset/change-parent", test_change_parent);
    g_test_add_func("/reset/reset-in-exit", test_reset_in_exit);
    g_test_add_func("/reset/device-classes", test_device_classes);
    g_test_add_func("/reset/device-tree", test_device_tree);
    g_test_add_func("/reset/list", test_list);
    return g_test_run();
}
