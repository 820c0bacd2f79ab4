/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the guest runs, why not, and requests to change that.
 *
 * Requests may come from any thread or a signal handler: they set a flag and
 * wake the main loop, which carries them out under the big lock.
 */
#ifndef SYSEMU_RUNSTATE_H
#define SYSEMU_RUNSTATE_H

#include "qapi/qapi-types.h"
#include "qemu/notify.h"

bool runstate_check(RunState state);

/* A transition that is not in the table is reported, and not made. */
void runstate_set(RunState new_state);
bool runstate_may_follow(RunState from, RunState to);
RunState runstate_get(void);
bool runstate_is_running(void);
bool runstate_needs_reset(void);

/* The state's name into str; false if it does not fit. */
bool runstate_store(char *str, size_t size);

/*** Handlers of state changes ***/

typedef void VMChangeStateHandler(void *opaque, bool running, RunState state);

VMChangeStateEntry *qemu_add_vm_change_state_handler(VMChangeStateHandler *cb,
                                                     void *opaque);

/* When the machine starts, low priorities go first; when it stops, last. */
VMChangeStateEntry *qemu_add_vm_change_state_handler_prio(
        VMChangeStateHandler *cb, void *opaque, int priority);
VMChangeStateEntry *qemu_add_vm_change_state_handler_prio_full(
        VMChangeStateHandler *cb, VMChangeStateHandler *prepare_cb,
        void *opaque, int priority);

/* The priority is the depth of dev in the tree of buses. */
VMChangeStateEntry *qdev_add_vm_change_state_handler(DeviceState *dev,
                                                     VMChangeStateHandler *cb,
                                                     void *opaque);

/* Allowed from within a handler, too. */
void qemu_del_vm_change_state_handler(VMChangeStateEntry *e);
void vm_state_notify(bool running, RunState state);

static inline bool shutdown_caused_by_guest(ShutdownCause cause)
{
    return cause >= SHUTDOWN_CAUSE_GUEST_SHUTDOWN;
}

/*** Start and stop ***/

/*
 * What stands above and must act when the machine starts or stops.  Each may
 * be NULL.  The accelerator (floor 8) sets this once.
 */
typedef struct VMControlOps {
    void (*resume_all_vcpus)(void);
    void (*pause_all_vcpus)(void);
    bool (*in_vcpu_thread)(void);
    void (*synchronize_all_states)(void);
    void (*synchronize_all_post_reset)(void);
} VMControlOps;

void runstate_set_control_ops(const VMControlOps *ops);

/*
 * Called by vm_stop() after the CPUs stopped: block devices drain, flush, and
 * return 0 or -errno.
 */
void runstate_set_flush_hook(int (*flush)(void));

/* No effect when running or when an unfinished reset forbids it. */
void vm_start(void);

/* 0 if the caller may resume the CPUs now, -1 if they run already. */
int vm_prepare_start(bool step_pending);

/* Result of the flush. From a vCPU thread, only requests the stop. */
int vm_stop(RunState state);

/* As vm_stop(), and sets the state even when stopped already. */
int vm_stop_force_state(RunState state);
int vm_shutdown(void);

/*** Requests ***/

typedef enum WakeupReason {
    QEMU_WAKEUP_REASON_NONE = 0,
    QEMU_WAKEUP_REASON_RTC,
    QEMU_WAKEUP_REASON_PMTIMER,
    QEMU_WAKEUP_REASON_OTHER,
} WakeupReason;

void qemu_system_reset_request(ShutdownCause reason);
void qemu_system_suspend_request(void);
void qemu_register_suspend_notifier(Notifier *notifier);
bool qemu_wakeup_suspend_enabled(void);
void qemu_system_wakeup_request(WakeupReason reason, Error **errp);
void qemu_system_wakeup_enable(WakeupReason reason, bool enabled);

/* data is a pointer to the WakeupReason. */
void qemu_register_wakeup_notifier(Notifier *notifier);
void qemu_register_wakeup_support(void);
void qemu_system_shutdown_request(ShutdownCause reason);
void qemu_system_shutdown_request_with_code(ShutdownCause reason,
                                            int exit_code);
void qemu_system_powerdown_request(void);
void qemu_register_powerdown_notifier(Notifier *notifier);

/* data is a pointer to the ShutdownCause. */
void qemu_register_shutdown_notifier(Notifier *notifier);
void qemu_system_debug_request(void);
void qemu_system_vmstop_request(RunState reason);
void qemu_system_vmstop_request_prepare(void);
bool qemu_vmstop_requested(RunState *r);
ShutdownCause qemu_shutdown_requested_get(void);
ShutdownCause qemu_reset_requested_get(void);

/* From a signal handler. */
void qemu_system_killed(int signal, pid_t pid);

/* Resets now; SHUTDOWN_CAUSE_NONE sends no event. */
void qemu_system_reset(ShutdownCause reason);

/* What the guest said of its end; NULL where it said nothing. */
typedef struct GuestPanicInformation GuestPanicInformation;
void qemu_system_guest_panicked(GuestPanicInformation *info);
void qemu_system_guest_crashloaded(GuestPanicInformation *info);

/*** -action, -no-reboot, -no-shutdown ***/

extern RebootAction reboot_action;
extern ShutdownAction shutdown_action;
extern PanicAction panic_action;

/*** The main loop ***/

/* Runs until a shutdown is to be obeyed; returns the exit status. */
int qemu_main_loop(void);

/* One look at what was requested; true with *status when it is the end. */
bool main_loop_should_exit(int *status);

#endif /* SYSEMU_RUNSTATE_H */
