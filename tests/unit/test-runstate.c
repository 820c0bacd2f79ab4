/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run states: legal transitions, start and stop with their handlers and
 * events, requests and what the main loop makes of them, the boot order.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp-event.h"
#include "qapi/visitor.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "qdev-fixture.h"

static void record_event(const char *name, json_t *data, int64_t time_us)
{
    json_t *reason = json_object_get(data, "reason");
    json_t *action = json_object_get(data, "action");

    if (reason) {
        test_log_add("%s(%s,%s)", name, json_string_value(reason),
                     json_is_true(json_object_get(data, "guest")) ? "guest"
                                                                  : "host");
    } else if (action) {
        test_log_add("%s(%s)", name, json_string_value(action));
    } else {
        test_log_add("%s", name);
    }
    json_decref(data);
}

static void pause_cpus(void)
{
    test_log_add("pause");
}

static void resume_cpus(void)
{
    test_log_add("resume");
}

static bool in_vcpu;

static bool in_vcpu_thread(void)
{
    return in_vcpu;
}

static int flush_result;

static int flush(void)
{
    test_log_add("flush");
    return flush_result;
}

static const VMControlOps control = {
    .pause_all_vcpus = pause_cpus,
    .resume_all_vcpus = resume_cpus,
    .in_vcpu_thread = in_vcpu_thread,
};

/* One look of the main loop: whether it ends, and with what. */
static bool look(int *status)
{
    *status = -1;
    return main_loop_should_exit(status);
}

static void assert_goes_on(void)
{
    int status;

    g_assert_false(look(&status));
}

static void test_transitions(void)
{
    static const struct {
        RunState from, to;
        bool legal;
    } pairs[] = {
        { RUN_STATE_PRELAUNCH, RUN_STATE_RUNNING, true },
        { RUN_STATE_PRELAUNCH, RUN_STATE_INMIGRATE, true },
        { RUN_STATE_PRELAUNCH, RUN_STATE_PAUSED, false },
        { RUN_STATE_RUNNING, RUN_STATE_PAUSED, true },
        { RUN_STATE_RUNNING, RUN_STATE_PRELAUNCH, false },
        { RUN_STATE_RUNNING, RUN_STATE_SHUTDOWN, true },
        { RUN_STATE_SHUTDOWN, RUN_STATE_RUNNING, false },
        { RUN_STATE_SHUTDOWN, RUN_STATE_PRELAUNCH, true },
        { RUN_STATE_INTERNAL_ERROR, RUN_STATE_RUNNING, false },
        { RUN_STATE_FINISH_MIGRATE, RUN_STATE_POSTMIGRATE, true },
        { RUN_STATE_POSTMIGRATE, RUN_STATE_RUNNING, true },
        { RUN_STATE_INMIGRATE, RUN_STATE_PAUSED, true },
        { RUN_STATE_SAVE_VM, RUN_STATE_RUNNING, true },
        { RUN_STATE_SAVE_VM, RUN_STATE_PAUSED, false },
    };
    char name[8];
    int i;

    for (i = 0; i < ARRAY_SIZE(pairs); i++) {
        g_assert_cmpint(runstate_may_follow(pairs[i].from, pairs[i].to), ==,
                        pairs[i].legal);
    }
    g_assert_true(runstate_check(RUN_STATE_PRELAUNCH));
    g_assert_false(runstate_is_running() || runstate_needs_reset());
    g_assert_false(runstate_store(name, sizeof(name)));

    /* An illegal one is refused. */
    runstate_set(RUN_STATE_WATCHDOG);
    g_assert_cmpint(runstate_get(), ==, RUN_STATE_PRELAUNCH);
}

static void test_start_stop(void)
{
    char name[10];

    vm_start();
    assert_log("RESUME resume");
    g_assert_true(runstate_is_running());
    g_assert_true(runstate_store(name, sizeof(name)));
    g_assert_cmpstr(name, ==, "running");
    vm_start();
    assert_log("");
    flush_result = -EIO;
    g_assert_cmpint(vm_stop(RUN_STATE_PAUSED), ==, -EIO);
    assert_log("pause STOP flush");
    flush_result = 0;
    g_assert_true(runstate_check(RUN_STATE_PAUSED));
    g_assert_cmpint(vm_stop(RUN_STATE_PAUSED), ==, 0);
    assert_log("flush");
    g_assert_cmpint(vm_stop_force_state(RUN_STATE_FINISH_MIGRATE), ==, 0);
    g_assert_true(runstate_check(RUN_STATE_FINISH_MIGRATE));
    assert_log("flush");
}

/* A CPU that stops the machine only asks for it. */
static void test_stop_from_cpu(void)
{
    vm_start();
    in_vcpu = true;
    g_assert_cmpint(vm_stop(RUN_STATE_IO_ERROR), ==, 0);
    in_vcpu = false;
    assert_log("RESUME resume");
    g_assert_true(runstate_is_running());
    assert_goes_on();
    assert_log("pause STOP flush");
    g_assert_true(runstate_check(RUN_STATE_IO_ERROR));

    /* Continued before the main loop came to it: clients see both. */
    vm_start();
    qemu_system_vmstop_request(RUN_STATE_PAUSED);
    vm_start();
    assert_log("RESUME resume STOP RESUME");
    assert_goes_on();
    assert_log("");
    vm_stop(RUN_STATE_PAUSED);
    g_string_truncate(test_log, 0);
}

/*** Handlers ***/

static VMChangeStateEntry *own_entry;

static void on_change(void *opaque, bool running, RunState state)
{
    test_log_add("%s%d", (char *)opaque, running);
}

static void on_prepare(void *opaque, bool running, RunState state)
{
    test_log_add("prep%d", running);
}

static void leave_on_stop(void *opaque, bool running, RunState state)
{
    test_log_add("self%d", running);
    if (!running) {
        qemu_del_vm_change_state_handler(own_entry);
    }
}

static void test_handlers(void)
{
    static char a[] = "a", b[] = "b", c[] = "c", deep[] = "deep";
    VMChangeStateEntry *ea, *eb, *ec, *ed, *eh;
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    TestDev *dev = test_dev_create(TYPE_TEST_DEV, "d", root->bus);

    g_string_truncate(test_log, 0);
    ed = qdev_add_vm_change_state_handler(DEVICE(dev), on_change, deep);
    eb = qemu_add_vm_change_state_handler_prio_full(on_change, on_prepare, b,
                                                    10);
    ea = qemu_add_vm_change_state_handler(on_change, a);
    ec = qemu_add_vm_change_state_handler(on_change, c);
    eh = qdev_add_vm_change_state_handler(DEVICE(root), on_change, a);
    own_entry = qemu_add_vm_change_state_handler_prio(leave_on_stop, NULL,
                                                      5);
    vm_start();
    assert_log("RESUME prep1 a1 c1 a1 deep1 self1 b1 resume");
    vm_stop(RUN_STATE_PAUSED);
    assert_log("pause prep0 b0 self0 deep0 a0 c0 a0 STOP flush");
    vm_state_notify(true, RUN_STATE_RUNNING);
    assert_log("prep1 a1 c1 a1 deep1 b1");
    qemu_del_vm_change_state_handler(ea);
    qemu_del_vm_change_state_handler(eb);
    qemu_del_vm_change_state_handler(ec);
    qemu_del_vm_change_state_handler(ed);
    qemu_del_vm_change_state_handler(eh);
    test_dev_delete(root);
    g_string_truncate(test_log, 0);
}

/*** Requests ***/

static void note_reset(void *opaque)
{
    test_log_add("(reset)");
}

static void test_reset_request(void)
{
    qemu_register_reset(note_reset, NULL);
    qemu_system_reset_request(SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
    g_assert_cmpint(qemu_reset_requested_get(), ==,
                    SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
    assert_goes_on();
    /* The machine stood still before it, and does so after. */
    assert_log("pause (reset) RESET(host-qmp-system-reset,host)");
    g_assert_true(runstate_check(RUN_STATE_PRELAUNCH));
    assert_goes_on();
    assert_log("");

    vm_start();
    assert_log("RESUME resume");
    qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
    assert_goes_on();
    assert_log("pause (reset) RESET(guest-reset,guest) resume");
    /* Parts of a machine, and snapshots, reset without a word. */
    qemu_system_reset_request(SHUTDOWN_CAUSE_SUBSYSTEM_RESET);
    assert_goes_on();
    assert_log("pause (reset) resume");
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    assert_log("(reset)");
    vm_stop(RUN_STATE_PAUSED);
    assert_log("pause STOP flush");
    qemu_unregister_reset(note_reset, NULL);
}

static void on_shutdown(Notifier *n, void *data)
{
    ShutdownCause *cause = data;

    test_log_add("notified%d", *cause);
}

static void test_shutdown_request(void)
{
    static Notifier notifier = { .notify = on_shutdown };
    int status;

    qemu_register_shutdown_notifier(&notifier);
    qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
    g_assert_cmpint(qemu_shutdown_requested_get(), ==,
                    SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
    g_assert_true(look(&status));
    g_assert_cmpint(status, ==, 0);
    assert_log("SHUTDOWN(guest-shutdown,guest) notified6");

    /* -no-shutdown */
    vm_start();
    g_string_truncate(test_log, 0);
    shutdown_action = SHUTDOWN_ACTION_PAUSE;
    qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
    g_assert_false(look(&status));
    assert_log("SHUTDOWN(guest-shutdown,guest) notified6 pause STOP flush");
    g_assert_true(runstate_needs_reset());

    /* A signal ends the program even so, and as a success. */
    qemu_system_killed(SIGTERM, 0);
    g_assert_true(look(&status));
    g_assert_cmpint(status, ==, 0);
    assert_log("SHUTDOWN(host-signal,host) notified4");
    notifier_remove(&notifier);

    /* -no-reboot: a reset is the end, unless only a part is reset. */
    reboot_action = REBOOT_ACTION_SHUTDOWN;
    qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
    g_assert_true(look(&status));
    assert_log("SHUTDOWN(guest-reset,guest)");
    qemu_system_reset_request(SHUTDOWN_CAUSE_SUBSYSTEM_RESET);
    g_assert_false(look(&status));
    assert_log("pause");
    reboot_action = REBOOT_ACTION_RESET;
}

static void test_panic(void)
{
    int status;

    vm_start();
    g_string_truncate(test_log, 0);
    panic_action = PANIC_ACTION_NONE;
    qemu_system_guest_panicked(NULL);
    assert_log("GUEST_PANICKED(run)");
    g_assert_true(runstate_is_running());

    panic_action = PANIC_ACTION_PAUSE;
    qemu_system_guest_panicked(NULL);
    assert_log("GUEST_PANICKED(pause) pause STOP flush");
    g_assert_true(runstate_check(RUN_STATE_GUEST_PANICKED));

    panic_action = PANIC_ACTION_EXIT_FAILURE;
    vm_start();
    qemu_system_guest_panicked(NULL);
    g_assert_true(look(&status));
    g_assert_cmpint(status, ==, EXIT_FAILURE);
    qemu_system_guest_crashloaded(NULL);
    assert_log("RESUME resume GUEST_PANICKED(poweroff) pause STOP flush "
               "SHUTDOWN(guest-panic,guest) GUEST_CRASHLOADED(run)");
    panic_action = PANIC_ACTION_SHUTDOWN;
}

static void on_notify(Notifier *n, void *data)
{
    test_log_add("notified");
}

static void test_power(void)
{
    static Notifier down = { .notify = on_notify };
    static Notifier sleep = { .notify = on_notify };
    static Notifier wake = { .notify = on_notify };
    Error *err = NULL;

    qemu_register_powerdown_notifier(&down);
    qemu_register_suspend_notifier(&sleep);
    qemu_register_wakeup_notifier(&wake);
    vm_start();
    g_string_truncate(test_log, 0);

    qemu_system_powerdown_request();
    assert_goes_on();
    assert_log("POWERDOWN notified");

    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, &err);
    assert_error(err, "Unable to wake up: guest is not in suspended state");
    qemu_system_suspend_request();
    assert_goes_on();
    assert_log("pause notified SUSPEND");
    g_assert_true(runstate_check(RUN_STATE_SUSPENDED));

    /* A source that is switched off does not wake. */
    qemu_system_wakeup_enable(QEMU_WAKEUP_REASON_RTC, false);
    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_RTC, &error_abort);
    assert_goes_on();
    assert_log("");
    qemu_system_wakeup_enable(QEMU_WAKEUP_REASON_RTC, true);
    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_RTC, &error_abort);
    assert_goes_on();
    assert_log("pause notified resume WAKEUP");
    g_assert_true(runstate_is_running());

    g_assert_false(qemu_wakeup_suspend_enabled());
    qemu_register_wakeup_support();
    g_assert_true(qemu_wakeup_suspend_enabled());

    qemu_system_debug_request();
    assert_goes_on();
    assert_log("pause STOP flush");
    g_assert_true(runstate_check(RUN_STATE_DEBUG));
}

static void end_loop(void *opaque)
{
    qemu_system_shutdown_request_with_code(SHUTDOWN_CAUSE_GUEST_SHUTDOWN, 5);
}

static void test_main_loop(void)
{
    QEMUTimer *t = timer_new_ns(QEMU_CLOCK_REALTIME, end_loop, NULL);

    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    timer_mod(t, qemu_clock_get_ns(QEMU_CLOCK_REALTIME) + 1000000);
    g_assert_cmpint(qemu_main_loop(), ==, 5);
    timer_free(t);
    assert_log("SHUTDOWN(guest-shutdown,guest)");
}

static void on_exit_notify(Notifier *n, void *data)
{
    test_log_add("exit");
}

static void test_exit_notifiers(void)
{
    static Notifier a = { .notify = on_exit_notify };
    static Notifier b = { .notify = on_exit_notify };

    qemu_add_exit_notifier(&a);
    qemu_add_exit_notifier(&b);
    qemu_remove_exit_notifier(&b);
    qemu_run_exit_notifiers();
    qemu_run_exit_notifiers();
    assert_log("exit");
}

/*** Boot order ***/

static char *fw_name_of(DeviceState *dev)
{
    return g_strdup(TEST_DEV(dev)->name);
}

static void test_boot_index(void)
{
    BusClass *bc = BUS_CLASS(object_class_by_name(TYPE_TEST_BUS));
    char *(*before)(DeviceState *) = bc->get_fw_dev_path;
    TestDev *root = test_dev_create(TYPE_TEST_ROOT, "r", NULL);
    TestDev *a = test_dev_create(TYPE_TEST_DEV, "a", root->bus);
    TestDev *b = test_dev_create(TYPE_TEST_DEV, "b", root->bus);
    int32_t index_a, index_b;
    Error *err = NULL;
    char *list;
    size_t size;

    bc->get_fw_dev_path = fw_name_of;
    device_add_bootindex_property(OBJECT(a), &index_a, "bootindex", "/disk",
                                  DEVICE(a));
    device_add_bootindex_property(OBJECT(b), &index_b, "bootindex", NULL,
                                  DEVICE(b));
    g_assert_cmpint(index_a, ==, -1);
    g_assert_null(get_boot_devices_list(&size));
    g_assert_cmpuint(size, ==, 0);

    object_property_set_int(OBJECT(a), "bootindex", 5, &error_abort);
    object_property_set_int(OBJECT(b), "bootindex", 2, &error_abort);
    g_assert_true(get_boot_device(0) == DEVICE(b));
    g_assert_null(get_boot_device(2));
    list = get_boot_devices_list(&size);
    g_assert_cmpstr(list, ==, "/b\n/a/disk");
    g_assert_cmpuint(size, ==, strlen(list) + 1);
    g_free(list);

    object_property_set_int(OBJECT(b), "bootindex", 5, &err);
    assert_error(err, "The bootindex 5 has already been used");
    g_assert_cmpint(index_b, ==, 2);
    object_property_set_int(OBJECT(b), "bootindex", 2, &error_abort);
    object_property_set_int(OBJECT(b), "bootindex", -1, &error_abort);
    list = get_boot_devices_list(&size);
    g_assert_cmpstr(list, ==, "/a/disk");
    g_free(list);

    add_boot_device_lchs(DEVICE(a), "/disk", 1024, 16, 63);
    add_boot_device_lchs(DEVICE(b), NULL, 0, 0, 0);
    list = get_boot_devices_lchs_list(&size);
    g_assert_cmpstr(list, ==, "/a/disk 1024 16 63");
    g_free(list);
    del_boot_device_lchs(DEVICE(a), "/disk");

    bc->get_fw_dev_path = before;
    test_dev_delete(root);
    /* The device's end took its entry away. */
    g_assert_null(get_boot_devices_list(&size));
    g_string_truncate(test_log, 0);
}

static void set_order(void *opaque, const char *order, Error **errp)
{
    test_log_add("order=%s", order);
}

static void test_boot_letters(void)
{
    Error *err = NULL;

    qemu_boot_set("c", &err);
    assert_error(err, "no function defined to set boot device list for this "
                 "architecture");
    qemu_register_boot_set(set_order, NULL);
    qemu_boot_set("cad", &error_abort);
    assert_log("order=cad");
    qemu_boot_set("zz", &err);
    assert_error(err, "Invalid boot device 'z'");
    qemu_boot_set("cc", &err);
    assert_error(err, "Boot device 'c' was given twice");

    /* -boot once: the first reset is the boot it is for. */
    qemu_register_reset(restore_boot_order, g_strdup("n"));
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
    assert_log("");
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
    assert_log("order=n");
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
    assert_log("");
}

static void test_serial(void)
{
    Chardev *chr = (Chardev *)&test_log;

    g_assert_null(serial_hd(0));
    serial_hd_set(2, chr);
    g_assert_true(serial_hd(2) == chr);
    g_assert_null(serial_hd(1));
    g_assert_null(serial_hd(-1));
    g_assert_null(serial_hd(3));
    serial_hd_set(2, NULL);
    g_assert_true(defaults_enabled());
    set_defaults_enabled(false);
    g_assert_false(defaults_enabled());
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    qemu_init_main_loop(&error_abort);
    qapi_event_set_sink(record_event);
    runstate_set_control_ops(&control);
    runstate_set_flush_hook(flush);
    g_test_add_func("/runstate/transitions", test_transitions);
    g_test_add_func("/runstate/start-stop", test_start_stop);
    g_test_add_func("/runstate/stop-from-cpu", test_stop_from_cpu);
    g_test_add_func("/runstate/handlers", test_handlers);
    g_test_add_func("/runstate/reset", test_reset_request);
    g_test_add_func("/runstate/shutdown", test_shutdown_request);
    g_test_add_func("/runstate/panic", test_panic);
    g_test_add_func("/runstate/power", test_power);
    g_test_add_func("/runstate/main-loop", test_main_loop);
    g_test_add_func("/runstate/exit-notifiers", test_exit_notifiers);
    g_test_add_func("/boot/index", test_boot_index);
    g_test_add_func("/boot/letters", test_boot_letters);
    g_test_add_func("/boot/serial", test_serial);
    return g_test_run();
}
