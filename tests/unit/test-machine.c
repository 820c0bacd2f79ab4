/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a machine object to a board that is ready: memory, CPUs, notifiers,
 * the first reset, NMIs, firmware paths that a machine makes.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/fw-path-provider.h"
#include "hw/nmi.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "qdev-fixture.h"

/*** A CPU model ***/

#define TYPE_TEST_CPU "test-cpu"

static void test_cpu_set_pc(CPUState *cpu, vaddr pc)
{
    test_log_add("pc=%" PRIx64, pc);
}

static void test_cpu_class_init(ObjectClass *oc, void *data)
{
    CPU_CLASS(oc)->set_pc = test_cpu_set_pc;
}

/*** A machine that handles NMIs and names devices for firmware ***/

#define TYPE_FULL_MACHINE MACHINE_TYPE_NAME("full")

static void full_nmi(NMIState *n, int cpu_index, Error **errp)
{
    test_log_add("nmi%d", cpu_index);
    if (cpu_index < 0) {
        error_setg(errp, "no such CPU");
    }
}

static char *full_fw_path(FWPathProvider *p, BusState *bus, DeviceState *dev)
{
    return TEST_DEV(dev)->number == 8 ? g_strdup("eight") : NULL;
}

static void full_init(MachineState *ms)
{
    test_log_add("init");
    memory_region_add_subregion(get_system_memory(), 0x1000000, ms->ram);
}

static void full_reset(MachineState *ms, ShutdownCause reason)
{
    test_log_add("machine-reset");
    qemu_devices_reset(reason);
}

static const char * const full_cpu_types[] = { TYPE_TEST_CPU, NULL };

static void full_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->init = full_init;
    mc->reset = full_reset;
    mc->default_ram_size = 1024 * 1024;
    mc->default_ram_id = "full.ram";
    mc->default_boot_order = "cad";
    mc->valid_cpu_types = full_cpu_types;
    NMI_CLASS(oc)->nmi_monitor_handler = full_nmi;
    FW_PATH_PROVIDER_CLASS(oc)->get_dev_path = full_fw_path;
}

static const TypeInfo machine_types[] = {
    {
        .name = TYPE_TEST_CPU,
        .parent = TYPE_CPU,
        .class_init = test_cpu_class_init,
    }, {
        .name = TYPE_FULL_MACHINE,
        .parent = TYPE_MACHINE,
        .class_init = full_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_NMI },
            { TYPE_FW_PATH_PROVIDER },
            { }
        },
    },
};

DEFINE_TYPES(machine_types)

/*** Compatibility lists ***/

static void test_compat(void)
{
    static GlobalProperty props[] = {
        { "test-dev", "number", "99" },
        { "no-such-type", "x", "y" },
    };
    GPtrArray *list = g_ptr_array_new();
    TestDev *td;

    compat_props_add(list, hw_compat_7_1, hw_compat_7_1_len);
    g_assert_cmpuint(list->len, ==, hw_compat_7_1_len);
    compat_props_add(list, props, ARRAY_SIZE(props));
    object_set_machine_compat_props(list);
    td = test_dev_new(TYPE_TEST_ROOT, "r");
    g_assert_cmpuint(td->number, ==, 99);
    object_unref(OBJECT(td));
    object_set_machine_compat_props(NULL);
    g_ptr_array_free(list, true);
    g_string_truncate(test_log, 0);
}

/*** CPUs ***/

static CPUState *kicked;

static void kick(CPUState *cpu)
{
    kicked = cpu;
}

static void test_cpus(void)
{
    CPUState *a = cpu_create(TYPE_TEST_CPU, &error_abort);
    CPUState *b = cpu_create(TYPE_TEST_CPU, &error_abort);
    CPUState *cpu;
    int n = 0;

    g_assert_cmpint(a->cpu_index, ==, 0);
    g_assert_cmpint(b->cpu_index, ==, 1);
    g_assert_true(first_cpu == a && CPU_NEXT(a) == b);
    CPU_FOREACH(cpu) {
        n++;
    }
    g_assert_cmpint(n, ==, 2);
    g_assert_true(qemu_get_cpu(1) == b && cpu_by_arch_id(0) == a);
    g_assert_false(cpu_exists(2) || qemu_get_cpu(2));

    cpu_kick_hook = kick;
    cpu_interrupt(b, CPU_INTERRUPT_HARD);
    g_assert_true(kicked == b);
    kicked = NULL;
    current_cpu = b;
    cpu_interrupt(b, CPU_INTERRUPT_HALT);
    g_assert_null(kicked);
    current_cpu = NULL;
    g_assert_cmphex(b->interrupt_request, ==,
                    CPU_INTERRUPT_HARD | CPU_INTERRUPT_HALT);
    cpu_reset_interrupt(b, CPU_INTERRUPT_HARD);
    g_assert_cmphex(b->interrupt_request, ==, CPU_INTERRUPT_HALT);
    g_assert_false(cpu_has_work(b));
    cpu_set_pc(b, 0xfff0);
    assert_log("pc=fff0");

    b->start_powered_off = true;
    cpu_reset(b);
    g_assert_cmphex(b->interrupt_request, ==, 0);
    g_assert_cmpint(b->halted, ==, 1);

    /* The number is free again. */
    object_unparent(OBJECT(b));
    b = cpu_create(TYPE_TEST_CPU, &error_abort);
    g_assert_cmpint(b->cpu_index, ==, 1);
    object_unparent(OBJECT(a));
    object_unparent(OBJECT(b));
    g_assert_null(first_cpu);
    cpu_kick_hook = NULL;
}

static void test_cpu_option(void)
{
    Error *err = NULL;

    g_assert_null(parse_cpu_option(TYPE_CPU, "", &err));
    assert_error(err, "-cpu option cannot be empty");
    g_assert_null(parse_cpu_option(TYPE_CPU, "zz", &err));
    assert_error(err, "unable to find CPU model 'zz'");
    g_assert_null(parse_cpu_option(TYPE_CPU, TYPE_DEVICE, &err));
    assert_error(err, "unable to find CPU model 'device'");
    g_assert_cmpstr(parse_cpu_option(TYPE_CPU, TYPE_TEST_CPU, &error_abort),
                    ==, TYPE_TEST_CPU);
}

/*** NMI ***/

static void test_nmi(void)
{
    Error *err = NULL;
    Object *machine;

    nmi_monitor_handle(0, &err);
    assert_error(err, "machine does not provide NMIs");
    machine = object_new(TYPE_FULL_MACHINE);
    object_property_add_child(object_get_root(), "other", machine);
    nmi_monitor_handle(3, &error_abort);
    nmi_monitor_handle(-1, &err);
    assert_error(err, "no such CPU");
    assert_log("nmi3 nmi-1");
    object_unparent(machine);
    object_unref(machine);
}

/*** The board: from here on there is /machine ***/

static void on_ready(Notifier *n, void *data)
{
    test_log_add("ready");
}

static void set_order(void *opaque, const char *order, Error **errp)
{
    test_log_add("order=%s", order);
}

static void test_board(void)
{
    static Notifier ready = { .notify = on_ready };
    static Notifier late = { .notify = on_ready };
    MachineState *ms = MACHINE(object_new(TYPE_FULL_MACHINE));
    Error *err = NULL;
    Object *backend;
    json_t *size;
    TestDev *root, *hub;
    char *path;

    object_unparent(container_get(object_get_root(), "/machine"));
    object_property_add_child(object_get_root(), "machine", OBJECT(ms));
    object_unref(OBJECT(ms));
    g_assert_true(qdev_get_machine() == OBJECT(ms));
    current_machine = ms;
    g_assert_true(qdev_get_machine() == OBJECT(ms));
    phase_advance(PHASE_MACHINE_CREATED);
    phase_advance(PHASE_ACCEL_CREATED);
    runstate_set_control_ops(&(VMControlOps) { });

    ms->cpu_type = TYPE_TEST_ROOT;
    machine_run_board_init(ms, NULL, &err);
    assert_error(err, "Invalid CPU type: test-root");
    ms->cpu_type = TYPE_TEST_CPU;

    /* A backend of another size than -m. */
    backend = object_new_with_props(TYPE_MEMORY_BACKEND_RAM,
                                    object_get_objects_root(), "m0",
                                    &error_abort, "size", "2M", NULL);
    object_property_set_link(OBJECT(ms), "memory-backend", backend,
                             &error_abort);
    machine_run_board_init(ms, NULL, &err);
    assert_error(err, "Machine memory size does not match the size of the "
                 "memory backend");
    object_property_set_link(OBJECT(ms), "memory-backend", NULL,
                             &error_abort);
    object_unparent(backend);
    assert_log("");

    machine_run_board_init(ms, NULL, &error_abort);
    assert_log("init");
    g_assert_true(phase_check(PHASE_MACHINE_INITIALIZED));
    backend = object_resolve_path("/objects/full.ram", NULL);
    g_assert_true((Object *)ms->memdev == backend);
    g_assert_true(host_memory_backend_is_mapped(ms->memdev));
    g_assert_cmpstr(memory_region_name(ms->ram), ==, "full.ram");
    size = object_property_get_json(OBJECT(backend), "size", &error_abort);
    g_assert_cmpint(json_integer_value(size), ==, 1024 * 1024);
    json_decref(size);
    g_assert_true(memory_region_present(get_system_memory(), 0x1000000));

    ms->boot_config.once = g_strdup("n");
    qemu_register_boot_set(set_order, NULL);
    qemu_add_machine_init_done_notifier(&ready);
    qdev_machine_creation_done(&error_abort);
    assert_log("order=n ready");
    g_assert_true(phase_check(PHASE_MACHINE_READY));
    qemu_add_machine_init_done_notifier(&late);
    assert_log("ready");
    qemu_remove_machine_init_done_notifier(&late);

    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    assert_log("machine-reset");
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    assert_log("machine-reset order=cad");

    /* Firmware paths as the machine has them. */
    root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    hub = test_dev_create(TYPE_TEST_HUB, "h", root->bus);
    path = qdev_get_fw_dev_path(DEVICE(hub));
    g_assert_cmpstr(path, ==, "/test-hub");
    g_free(path);
    hub->number = 8;
    path = qdev_get_fw_dev_path(DEVICE(hub));
    g_assert_cmpstr(path, ==, "/eight");
    g_free(path);
    test_dev_delete(root);
    g_string_truncate(test_log, 0);
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    qemu_init_main_loop(&error_abort);
    memory_map_init();
    g_test_add_func("/board/compat", test_compat);
    g_test_add_func("/board/cpus", test_cpus);
    g_test_add_func("/board/cpu-option", test_cpu_option);
    g_test_add_func("/board/nmi", test_nmi);
    g_test_add_func("/board/board", test_board);
    return g_test_run();
}
