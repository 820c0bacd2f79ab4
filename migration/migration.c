/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outgoing migration: its state, how it begins, and how it ends. */
#include "qemu/osdep.h"
#include "block/block.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qapi-commands.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "sysemu/runstate.h"
#include "migration/migration-thread.h"
#include "migration/multifd.h"
#include "migration/postcopy.h"
#include "migration/ram.h"
#include "migration/return-path.h"
#include "migration/savevm-registry.h"
#include "migration/savevm.h"

static NotifierList state_notifiers =
    NOTIFIER_LIST_INITIALIZER(state_notifiers);

MigrationState *migrate_get_current(void)
{
    static MigrationState current;
    static bool made;

    if (!made) {
        made = true;
        qemu_mutex_init(&current.error_lock);
        qemu_sem_init(&current.wake, 0);
        qemu_sem_init(&current.go_on, 0);
    }
    return &current;
}

/* --- State --- */

static MigrationStatus status(const MigrationState *s)
{
    return qatomic_read(&s->state);
}

bool migration_set_state(int *state, MigrationStatus from, MigrationStatus to)
{
    if (qatomic_cmpxchg(state, from, to) != from) {
        return false;
    }
    if (CAP(EVENTS)) {
        qapi_event_send(QAPI_EVENT_MIGRATION,
                        json_pack("{s:s}", "status",
                                  MigrationStatus_str(to)));
    }
    return true;
}

bool migration_is_running(int state)
{
    switch (state) {
    case MIGRATION_STATUS_SETUP:
    case MIGRATION_STATUS_ACTIVE:
    case MIGRATION_STATUS_POSTCOPY_ACTIVE:
    case MIGRATION_STATUS_POSTCOPY_PAUSED:
    case MIGRATION_STATUS_POSTCOPY_RECOVER:
    case MIGRATION_STATUS_PRE_SWITCHOVER:
    case MIGRATION_STATUS_DEVICE:
    case MIGRATION_STATUS_WAIT_UNPLUG:
    case MIGRATION_STATUS_CANCELLING:
    case MIGRATION_STATUS_COLO:
        return true;
    default:
        return false;
    }
}

bool migration_is_busy(void)
{
    MigrationState *s = migrate_get_current();

    return migration_is_running(status(s)) || s->thread_made;
}

bool migration_is_idle(void)
{
    return !migration_is_busy();
}

bool migration_is_setup_or_active(int state)
{
    return migration_is_running(state) &&
           state != MIGRATION_STATUS_CANCELLING &&
           state != MIGRATION_STATUS_COLO;
}

bool migration_in_setup(MigrationState *s)
{
    return status(s) == MIGRATION_STATUS_SETUP;
}

bool migration_has_finished(MigrationState *s)
{
    return status(s) == MIGRATION_STATUS_COMPLETED;
}

bool migration_has_failed(MigrationState *s)
{
    return status(s) == MIGRATION_STATUS_CANCELLED ||
           status(s) == MIGRATION_STATUS_FAILED;
}

bool migration_in_postcopy_after_devices(MigrationState *s)
{
    return status(s) == MIGRATION_STATUS_POSTCOPY_ACTIVE;
}

bool migration_in_bg_snapshot(void)
{
    return false;       /* there are none */
}

void add_migration_state_change_notifier(Notifier *notify)
{
    notifier_list_add(&state_notifiers, notify);
}

void remove_migration_state_change_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

void migration_notify_state(MigrationState *s)
{
    notifier_list_notify(&state_notifiers, s);
}

/* --- Errors --- */

void migration_fail(MigrationState *s, Error *err)
{
    qemu_mutex_lock(&s->error_lock);
    if (s->error) {
        error_free(err);
    } else {
        s->error = err;
    }
    qemu_mutex_unlock(&s->error_lock);
}

bool migration_has_error(MigrationState *s)
{
    bool yes;

    qemu_mutex_lock(&s->error_lock);
    yes = s->error != NULL;
    qemu_mutex_unlock(&s->error_lock);
    return yes;
}

void migration_clear_error(MigrationState *s)
{
    qemu_mutex_lock(&s->error_lock);
    error_free(s->error);
    s->error = NULL;
    qemu_mutex_unlock(&s->error_lock);
}

void migration_report_error(MigrationState *s, const char *what)
{
    qemu_mutex_lock(&s->error_lock);
    error_report("%s%s%s", what, s->error ? " " : "",
                 s->error ? error_get_pretty(s->error) : "");
    qemu_mutex_unlock(&s->error_lock);
}

/* --- The end --- */

/* The machine goes on here, in the state it had. */
static void resume_machine(MigrationState *s)
{
    Error *err = NULL;

    /* After the switch of a postcopy the guest is somewhere else. */
    if (s->committed &&
        s->last_state == MIGRATION_STATUS_POSTCOPY_ACTIVE) {
        return;
    }
    if (!s->vm_stopped || !runstate_check(RUN_STATE_FINISH_MIGRATE)) {
        return;
    }
    if (!bdrv_activate_all(&err)) {
        error_report_err(err);
        runstate_set(RUN_STATE_POSTMIGRATE);
        return;
    }
    if (s->vm_was_running) {
        vm_start();
    } else {
        runstate_set(s->vm_old_state);
    }
}

/* Main loop: the thread has ended, whichever way. */
void migration_cleanup_bh(void *opaque)
{
    MigrationState *s = opaque;

    qemu_thread_join(&s->thread);
    s->thread_made = false;
    savevm_cleanup();
    if (status(s) != MIGRATION_STATUS_COMPLETED) {
        resume_machine(s);
        if (status(s) == MIGRATION_STATUS_CANCELLING) {
            migration_set_state(&s->state, MIGRATION_STATUS_CANCELLING,
                                MIGRATION_STATUS_CANCELLED);
        } else {
            if (s->error) {
                error_report("%s", error_get_pretty(s->error));
            }
            migration_set_state(&s->state, status(s),
                                MIGRATION_STATUS_FAILED);
        }
    }
    mig_address_free(s->address);
    s->address = NULL;
    migration_notify_state(s);
}

/* --- Commands --- */

static bool may_migrate(Error **errp)
{
    if (migration_is_busy()) {
        error_setg(errp, "There's a migration process in progress");
        return false;
    }
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        error_setg(errp, "Guest is waiting for an incoming migration");
        return false;
    }
    if (runstate_check(RUN_STATE_POSTMIGRATE)) {
        error_setg(errp, "Can't migrate the vm that was paused due to "
                   "previous migration");
        return false;
    }
    if (migration_blockers) {
        error_propagate(errp, error_copy(migration_blockers->data));
        return false;
    }
    return savevm_check_migratable(errp);
}

static void state_reset(MigrationState *s)
{
    error_free(s->error);
    s->error = NULL;
    s->vm_stopped = false;
    s->committed = false;
    s->start_postcopy = false;
    s->start_time = migration_now_ms();
    s->setup_time = s->total_time = s->downtime = 0;
    s->expected_downtime = PARAM(DOWNTIME_LIMIT);
    s->mbps = s->pages_per_second = 0;
    s->threshold = 0;
    memset(&ram_stats, 0, sizeof(ram_stats));
    while (qemu_sem_timedwait(&s->wake, 0) == 0) {
        continue;
    }
}

/* A migration that does not even begin has failed, too. */
static json_t *begin_failed(MigrationState *s, Error *err, Error **errp)
{
    error_propagate(errp, error_copy(err));
    migration_fail(s, err);
    qatomic_set(&s->state, MIGRATION_STATUS_FAILED);
    return NULL;
}

/* The address, and the channel as far as it can be had without waiting. */
static MigAddress *parse_and_open(const char *uri, MigChannel **ch,
                                  Error **errp)
{
    g_autoptr(MigAddress) addr = mig_address_parse(uri, errp);

    if (addr) {
        *ch = addr->transport == MIG_SOCKET ? mig_channel_new_socket()
              : mig_channel_open(addr, true, errp);
    }
    return addr && *ch ? g_steal_pointer(&addr) : NULL;
}

static json_t *resume(MigrationState *s, const char *uri, Error **errp)
{
    MigAddress *addr;
    MigChannel *ch = NULL;

    if (status(s) != MIGRATION_STATUS_POSTCOPY_PAUSED) {
        error_setg(errp, "Cannot resume if there is no paused migration");
        return NULL;
    }
    addr = parse_and_open(uri, &ch, errp);
    if (!addr) {
        return NULL;
    }
    if (!postcopy_resume(s, addr, ch, errp)) {
        mig_address_free(addr);
        mig_channel_unref(ch);
        return NULL;
    }
    return json_object();
}

json_t *qmp_migrate(json_t *args, Error **errp)
{
    MigrationState *s = migrate_get_current();
    const char *uri = json_get_str(args, "uri");
    Error *err = NULL;

    if (json_get_bool(args, "resume", false)) {
        return resume(s, uri, errp);
    }
    if (!may_migrate(errp)) {
        return NULL;
    }
    state_reset(s);
    s->address = parse_and_open(uri, &s->channel, &err);
    if (!s->address) {
        return begin_failed(s, err, errp);
    }
    migration_set_state(&s->state, status(s), MIGRATION_STATUS_SETUP);
    migration_notify_state(s);
    qemu_thread_create(&s->thread, "live_migration", migration_thread, s,
                       QEMU_THREAD_JOINABLE);
    s->thread_made = true;
    return json_object();
}

json_t *qmp_migrate_cancel(json_t *args, Error **errp)
{
    MigrationState *s = migrate_get_current();
    MigrationStatus old;

    do {
        old = status(s);
        if (!migration_is_running(old) || s->committed ||
            old == MIGRATION_STATUS_CANCELLING) {
            return json_object();
        }
    } while (!migration_set_state(&s->state, old,
                                  MIGRATION_STATUS_CANCELLING));
    if (s->channel) {
        mig_channel_shutdown(s->channel);
    }
    multifd_send_shutdown();
    migration_wake(s);
    qemu_sem_post(&s->go_on);
    return json_object();
}

json_t *qmp_migrate_continue(json_t *args, Error **errp)
{
    MigrationState *s = migrate_get_current();
    const char *wanted = json_get_str(args, "state");

    if (strcmp(wanted, MigrationStatus_str(status(s))) ||
        status(s) != MIGRATION_STATUS_PRE_SWITCHOVER) {
        error_setg(errp, "Migration not in expected state: %s",
                   MigrationStatus_str(status(s)));
        return NULL;
    }
    qemu_sem_post(&s->go_on);
    return json_object();
}

json_t *qmp_migrate_start_postcopy(json_t *args, Error **errp)
{
    MigrationState *s = migrate_get_current();

    if (!CAP(POSTCOPY_RAM)) {
        error_setg(errp, "Enable postcopy with migrate_set_capability before "
                   "the start of migration");
        return NULL;
    }
    if (status(s) == MIGRATION_STATUS_NONE) {
        error_setg(errp, "Postcopy must be started after migration has been "
                   "started");
        return NULL;
    }
    qatomic_set(&s->start_postcopy, true);
    migration_wake(s);
    return json_object();
}

json_t *qmp_migrate_pause(json_t *args, Error **errp)
{
    MigrationState *s = migrate_get_current();
    MigrationIncoming *mis = migration_incoming();

    if (status(s) == MIGRATION_STATUS_POSTCOPY_ACTIVE && s->channel) {
        mig_channel_shutdown(s->channel);
        migration_wake(s);
    } else if (qatomic_read(&mis->state) ==
               MIGRATION_STATUS_POSTCOPY_ACTIVE && mis->channel) {
        mig_channel_shutdown(mis->channel);
    } else {
        error_setg(errp, "migrate-pause is currently only supported during "
                   "postcopy-active state");
        return NULL;
    }
    return json_object();
}

static bool in_progress(void)
{
    return migration_is_busy();
}

void migration_object_init(void)
{
    migration_in_progress = in_progress;
    object_unref(object_new(TYPE_MIGRATION));
    timer_state_register();
    ram_mig_init();
}

void migration_shutdown(void)
{
    MigrationState *s = migrate_get_current();

    if (s->thread_made) {
        json_decref(qmp_migrate_cancel(NULL, NULL));
        postcopy_quit(s);
        qemu_mutex_unlock_iothread();
        qemu_thread_join(&s->thread);
        qemu_mutex_lock_iothread();
        s->thread_made = false;
    }
}
