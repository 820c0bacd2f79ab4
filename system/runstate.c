/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the guest runs and why not: the states and their transitions,
 * starting and stopping, and what the main loop does about requests.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "trace.h"

RebootAction reboot_action = REBOOT_ACTION_RESET;
ShutdownAction shutdown_action = SHUTDOWN_ACTION_POWEROFF;
PanicAction panic_action = PANIC_ACTION_SHUTDOWN;

static RunState current_state = RUN_STATE_PRELAUNCH;
static VMControlOps control;
static int (*flush_storage)(void);

/*** States ***/

#define S(state) (UINT32_C(1) << RUN_STATE_##state)

/* From each state, the states that may follow. */
static const uint32_t successors[RUN_STATE__MAX] = {
    [RUN_STATE_DEBUG] = S(RUNNING) | S(FINISH_MIGRATE) | S(PRELAUNCH),
    [RUN_STATE_INMIGRATE] = S(INTERNAL_ERROR) | S(IO_ERROR) | S(PAUSED) |
        S(RUNNING) | S(SHUTDOWN) | S(SUSPENDED) | S(WATCHDOG) |
        S(GUEST_PANICKED) | S(FINISH_MIGRATE) | S(PRELAUNCH) |
        S(POSTMIGRATE) | S(COLO),
    [RUN_STATE_INTERNAL_ERROR] = S(PAUSED) | S(FINISH_MIGRATE) |
        S(PRELAUNCH),
    [RUN_STATE_IO_ERROR] = S(RUNNING) | S(FINISH_MIGRATE) | S(PRELAUNCH),
    [RUN_STATE_PAUSED] = S(RUNNING) | S(FINISH_MIGRATE) | S(POSTMIGRATE) |
        S(PRELAUNCH) | S(COLO),
    [RUN_STATE_POSTMIGRATE] = S(RUNNING) | S(FINISH_MIGRATE) | S(PRELAUNCH),
    [RUN_STATE_PRELAUNCH] = S(RUNNING) | S(FINISH_MIGRATE) | S(INMIGRATE),
    [RUN_STATE_FINISH_MIGRATE] = S(RUNNING) | S(PAUSED) | S(POSTMIGRATE) |
        S(PRELAUNCH) | S(COLO) | S(INTERNAL_ERROR) | S(IO_ERROR) |
        S(SHUTDOWN) | S(SUSPENDED) | S(WATCHDOG) | S(GUEST_PANICKED),
    [RUN_STATE_RESTORE_VM] = S(RUNNING) | S(PRELAUNCH),
    [RUN_STATE_RUNNING] = S(DEBUG) | S(INTERNAL_ERROR) | S(IO_ERROR) |
        S(PAUSED) | S(FINISH_MIGRATE) | S(RESTORE_VM) | S(SAVE_VM) |
        S(SHUTDOWN) | S(SUSPENDED) | S(WATCHDOG) | S(GUEST_PANICKED) |
        S(COLO),
    [RUN_STATE_SAVE_VM] = S(RUNNING),
    [RUN_STATE_SHUTDOWN] = S(PAUSED) | S(FINISH_MIGRATE) | S(PRELAUNCH) |
        S(COLO),
    [RUN_STATE_SUSPENDED] = S(RUNNING) | S(FINISH_MIGRATE) | S(PRELAUNCH) |
        S(COLO),
    [RUN_STATE_WATCHDOG] = S(RUNNING) | S(FINISH_MIGRATE) | S(PRELAUNCH) |
        S(COLO),
    [RUN_STATE_GUEST_PANICKED] = S(RUNNING) | S(FINISH_MIGRATE) |
        S(PRELAUNCH),
    [RUN_STATE_COLO] = S(RUNNING) | S(PRELAUNCH) | S(SHUTDOWN),
};

bool runstate_check(RunState state)
{
    return current_state == state;
}

RunState runstate_get(void)
{
    return current_state;
}

bool runstate_is_running(void)
{
    return runstate_check(RUN_STATE_RUNNING);
}

bool runstate_needs_reset(void)
{
    return runstate_check(RUN_STATE_INTERNAL_ERROR) ||
           runstate_check(RUN_STATE_SHUTDOWN);
}

bool runstate_may_follow(RunState from, RunState to)
{
    return successors[from] >> to & 1;
}

void runstate_set(RunState new_state)
{
    if (current_state == new_state) {
        return;
    }
    if (!runstate_may_follow(current_state, new_state)) {
        error_report("invalid runstate transition: '%s' -> '%s'",
                     RunState_str(current_state), RunState_str(new_state));
        return;
    }
    trace_runstate_set(RunState_str(current_state), RunState_str(new_state));
    current_state = new_state;
}

bool runstate_store(char *str, size_t size)
{
    return g_strlcpy(str, RunState_str(current_state), size) < size;
}

void runstate_set_control_ops(const VMControlOps *ops)
{
    control = *ops;
}

void runstate_set_flush_hook(int (*flush)(void))
{
    flush_storage = flush;
}

static void pause_cpus(void)
{
    if (control.pause_all_vcpus) {
        control.pause_all_vcpus();
    }
}

/* After a reset or on waking up, too: a machine that stands still stays so. */
static void resume_cpus(void)
{
    if (runstate_check(RUN_STATE_RUNNING) && control.resume_all_vcpus) {
        control.resume_all_vcpus();
    }
}

/*** Stop and start ***/

static int stop(RunState state, bool tell_clients)
{
    if (runstate_is_running()) {
        cpu_disable_ticks();
        pause_cpus();
        runstate_set(state);
        vm_state_notify(false, state);
        if (tell_clients) {
            qapi_event_send(QAPI_EVENT_STOP, NULL);
        }
    }
    return flush_storage ? flush_storage() : 0;
}

int vm_stop(RunState state)
{
    if (control.in_vcpu_thread && control.in_vcpu_thread()) {
        /* A CPU cannot wait for itself: the main loop stops all of them. */
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(state);
        return 0;
    }
    return stop(state, true);
}

int vm_shutdown(void)
{
    return stop(RUN_STATE_SHUTDOWN, false);
}

int vm_stop_force_state(RunState state)
{
    if (runstate_is_running()) {
        return vm_stop(state);
    }
    runstate_set(state);
    return flush_storage ? flush_storage() : 0;
}

int vm_prepare_start(bool step_pending)
{
    RunState requested;
    bool had_request = qemu_vmstop_requested(&requested);

    if (runstate_is_running()) {
        if (had_request) {
            /* Stopped and continued before anybody saw it. */
            qapi_event_send(QAPI_EVENT_STOP, NULL);
            qapi_event_send(QAPI_EVENT_RESUME, NULL);
        }
        return -1;
    }
    qapi_event_send(QAPI_EVENT_RESUME, NULL);
    cpu_enable_ticks();
    runstate_set(RUN_STATE_RUNNING);
    vm_state_notify(true, RUN_STATE_RUNNING);
    return 0;
}

void vm_start(void)
{
    if (!vm_prepare_start(false)) {
        resume_cpus();
    }
}

/*
 * Requests.  Atomic variables that any thread and signal handlers may set;
 * SHUTDOWN_CAUSE_NONE, RUN_STATE__MAX and false stand for no request.
 */

static int reset_requested;
static int shutdown_requested;
static int shutdown_exit_code;
static int shutdown_signal;
static int shutdown_pid;
static int powerdown_requested;
static int debug_requested;
static int suspend_requested;
static int wakeup_reason;
static int vmstop_requested = RUN_STATE__MAX;

static unsigned wakeup_reason_mask =
    ~(1u << QEMU_WAKEUP_REASON_NONE);
static bool wakeup_supported;

static NotifierList powerdown_notifiers =
    NOTIFIER_LIST_INITIALIZER(powerdown_notifiers);
static NotifierList shutdown_notifiers =
    NOTIFIER_LIST_INITIALIZER(shutdown_notifiers);
static NotifierList suspend_notifiers =
    NOTIFIER_LIST_INITIALIZER(suspend_notifiers);
static NotifierList wakeup_notifiers =
    NOTIFIER_LIST_INITIALIZER(wakeup_notifiers);

static void request(int *flag, int value)
{
    qatomic_set(flag, value);
    qemu_notify_event();
}

void qemu_system_reset_request(ShutdownCause reason)
{
    trace_qemu_system_reset_request(reason);
    if (reboot_action == REBOOT_ACTION_SHUTDOWN &&
        reason != SHUTDOWN_CAUSE_SUBSYSTEM_RESET) {
        request(&shutdown_requested, reason);
    } else {
        request(&reset_requested, reason);
    }
}

ShutdownCause qemu_reset_requested_get(void)
{
    return qatomic_read(&reset_requested);
}

void qemu_system_shutdown_request(ShutdownCause reason)
{
    trace_qemu_system_shutdown_request(reason);
    request(&shutdown_requested, reason);
}

void qemu_system_shutdown_request_with_code(ShutdownCause reason,
                                            int exit_code)
{
    shutdown_exit_code = exit_code;
    qemu_system_shutdown_request(reason);
}

ShutdownCause qemu_shutdown_requested_get(void)
{
    return qatomic_read(&shutdown_requested);
}

/* In a signal handler: nothing here may take a lock or allocate. */
void qemu_system_killed(int signal, pid_t pid)
{
    shutdown_signal = signal;
    shutdown_pid = pid;
    /* Whoever kills us does not mean "pause". */
    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    request(&shutdown_requested, SHUTDOWN_CAUSE_HOST_SIGNAL);
}

void qemu_register_shutdown_notifier(Notifier *notifier)
{
    notifier_list_add(&shutdown_notifiers, notifier);
}

void qemu_system_powerdown_request(void)
{
    trace_qemu_system_powerdown_request();
    request(&powerdown_requested, true);
}

void qemu_register_powerdown_notifier(Notifier *notifier)
{
    notifier_list_add(&powerdown_notifiers, notifier);
}

void qemu_system_debug_request(void)
{
    request(&debug_requested, true);
}

void qemu_system_suspend_request(void)
{
    if (!runstate_check(RUN_STATE_SUSPENDED)) {
        request(&suspend_requested, true);
    }
}

void qemu_register_suspend_notifier(Notifier *notifier)
{
    notifier_list_add(&suspend_notifiers, notifier);
}

void qemu_system_wakeup_request(WakeupReason reason, Error **errp)
{
    trace_system_wakeup_request(reason);
    if (!runstate_check(RUN_STATE_SUSPENDED)) {
        error_setg(errp, "Unable to wake up: guest is not in suspended "
                   "state");
        return;
    }
    if (wakeup_reason_mask >> reason & 1) {
        runstate_set(RUN_STATE_RUNNING);
        request(&wakeup_reason, reason);
    }
}

void qemu_system_wakeup_enable(WakeupReason reason, bool enabled)
{
    unsigned bit = 1u << reason;

    wakeup_reason_mask = enabled ? wakeup_reason_mask | bit
                                 : wakeup_reason_mask & ~bit;
}

void qemu_register_wakeup_notifier(Notifier *notifier)
{
    notifier_list_add(&wakeup_notifiers, notifier);
}

void qemu_register_wakeup_support(void)
{
    wakeup_supported = true;
}

bool qemu_wakeup_suspend_enabled(void)
{
    return wakeup_supported;
}

void qemu_system_vmstop_request_prepare(void)
{
}

void qemu_system_vmstop_request(RunState reason)
{
    request(&vmstop_requested, reason);
}

bool qemu_vmstop_requested(RunState *r)
{
    *r = qatomic_xchg(&vmstop_requested, RUN_STATE__MAX);
    return *r != RUN_STATE__MAX;
}

/*** Panics ***/

static void guest_panicked(const char *event, GuestPanicAction action)
{
    qapi_event_send(event, json_pack("{s:s}", "action",
                                     GuestPanicAction_str(action)));
}

void qemu_system_guest_panicked(GuestPanicInformation *info)
{
    qemu_log_mask(LOG_GUEST_ERROR, "Guest crashed\n");

    switch (panic_action) {
    case PANIC_ACTION_PAUSE:
        guest_panicked(QAPI_EVENT_GUEST_PANICKED, GUEST_PANIC_ACTION_PAUSE);
        vm_stop(RUN_STATE_GUEST_PANICKED);
        break;
    case PANIC_ACTION_SHUTDOWN:
    case PANIC_ACTION_EXIT_FAILURE:
        guest_panicked(QAPI_EVENT_GUEST_PANICKED,
                       GUEST_PANIC_ACTION_POWEROFF);
        vm_stop(RUN_STATE_GUEST_PANICKED);
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_PANIC);
        break;
    default:
        guest_panicked(QAPI_EVENT_GUEST_PANICKED, GUEST_PANIC_ACTION_RUN);
        break;
    }
}

void qemu_system_guest_crashloaded(GuestPanicInformation *info)
{
    qemu_log_mask(LOG_GUEST_ERROR, "Guest crash loaded\n");
    guest_panicked(QAPI_EVENT_GUEST_CRASHLOADED, GUEST_PANIC_ACTION_RUN);
}

/*** What the main loop does ***/

static void send_cause(const char *event, ShutdownCause cause)
{
    qapi_event_send(event, json_pack("{s:b, s:s}",
                                     "guest", shutdown_caused_by_guest(cause),
                                     "reason", ShutdownCause_str(cause)));
}

void qemu_system_reset(ShutdownCause reason)
{
    MachineClass *mc = current_machine ? MACHINE_GET_CLASS(current_machine)
                                       : NULL;

    if (control.synchronize_all_states) {
        control.synchronize_all_states();
    }
    if (mc && mc->reset) {
        mc->reset(current_machine, reason);
    } else {
        qemu_devices_reset(reason);
    }
    switch (reason) {
    case SHUTDOWN_CAUSE_NONE:
    case SHUTDOWN_CAUSE_SUBSYSTEM_RESET:
    case SHUTDOWN_CAUSE_SNAPSHOT_LOAD:
        break;
    default:
        send_cause(QAPI_EVENT_RESET, reason);
        break;
    }
    if (control.synchronize_all_post_reset) {
        control.synchronize_all_post_reset();
    }
}

static void say_who_killed_us(void)
{
    g_autofree char *path = NULL;
    g_autofree char *command = NULL;

    if (!shutdown_signal) {
        return;
    }
    if (!shutdown_pid) {
        /* As a terminal's ^C: whoever did it knows. */
        error_report("terminating on signal %d", shutdown_signal);
    } else {
        path = g_strdup_printf("/proc/%d/cmdline", shutdown_pid);
        /* Arguments end with a NUL each: what is read is the first one. */
        g_file_get_contents(path, &command, NULL, NULL);
        error_report("terminating on signal %d from pid %d (%s)",
                     shutdown_signal, shutdown_pid,
                     command && *command ? command : "<unknown process>");
    }
    shutdown_signal = 0;
}

static void do_suspend(void)
{
    pause_cpus();
    notifier_list_notify(&suspend_notifiers, NULL);
    runstate_set(RUN_STATE_SUSPENDED);
    qapi_event_send(QAPI_EVENT_SUSPEND, NULL);
}

/* True with *status for the end of the program. */
static bool do_shutdown(ShutdownCause cause, int *status)
{
    say_who_killed_us();
    send_cause(QAPI_EVENT_SHUTDOWN, cause);
    notifier_list_notify(&shutdown_notifiers, &cause);

    if (shutdown_action == SHUTDOWN_ACTION_PAUSE) {
        vm_stop(RUN_STATE_SHUTDOWN);
        return false;
    }
    *status = shutdown_exit_code;
    if (cause == SHUTDOWN_CAUSE_GUEST_PANIC &&
        panic_action == PANIC_ACTION_EXIT_FAILURE) {
        *status = EXIT_FAILURE;
    }
    return true;
}

static void do_reset(ShutdownCause cause)
{
    pause_cpus();
    qemu_system_reset(cause);
    resume_cpus();
    /*
     * A machine that stopped for a reason is as good as new; one that waits
     * for, or is in, a migration still does.
     */
    if (!runstate_check(RUN_STATE_RUNNING) &&
        !runstate_check(RUN_STATE_INMIGRATE) &&
        !runstate_check(RUN_STATE_FINISH_MIGRATE)) {
        runstate_set(RUN_STATE_PRELAUNCH);
    }
}

static void do_wakeup(WakeupReason reason)
{
    MachineClass *mc = current_machine ? MACHINE_GET_CLASS(current_machine)
                                       : NULL;

    pause_cpus();
    if (control.synchronize_all_states) {
        control.synchronize_all_states();
    }
    if (mc && mc->wakeup) {
        mc->wakeup(current_machine);
    }
    notifier_list_notify(&wakeup_notifiers, &reason);
    resume_cpus();
    qapi_event_send(QAPI_EVENT_WAKEUP, NULL);
}

static void do_powerdown(void)
{
    qapi_event_send(QAPI_EVENT_POWERDOWN, NULL);
    notifier_list_notify(&powerdown_notifiers, NULL);
}

bool main_loop_should_exit(int *status)
{
    RunState stop_state;
    int value;

    if (qatomic_xchg(&debug_requested, false)) {
        vm_stop(RUN_STATE_DEBUG);
    }
    if (qatomic_xchg(&suspend_requested, false)) {
        do_suspend();
    }
    value = qatomic_xchg(&shutdown_requested, SHUTDOWN_CAUSE_NONE);
    if (value && do_shutdown(value, status)) {
        return true;
    }
    value = qatomic_xchg(&reset_requested, SHUTDOWN_CAUSE_NONE);
    if (value) {
        do_reset(value);
    }
    value = qatomic_xchg(&wakeup_reason, QEMU_WAKEUP_REASON_NONE);
    if (value) {
        do_wakeup(value);
    }
    if (qatomic_xchg(&powerdown_requested, false)) {
        do_powerdown();
    }
    if (qemu_vmstop_requested(&stop_state)) {
        vm_stop(stop_state);
    }
    return false;
}

int qemu_main_loop(void)
{
    int status = EXIT_SUCCESS;

    while (!main_loop_should_exit(&status)) {
        main_loop_wait(false);
    }
    return status;
}
