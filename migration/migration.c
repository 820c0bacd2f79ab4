/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The outgoing migration: its thread, and how it begins and ends.
 *
 * The point of no return is the byte that ends the stream: until it is sent a
 * cancel or an error lets the guest run on here; once the state is COMPLETED
 * it belongs to the destination.
 */
#include "qemu/osdep.h"
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
#include "migration/migration.h"
#include "migration/multifd.h"
#include "migration/ram.h"
#include "migration/return-path.h"
#include "migration/savevm-registry.h"
#include "migration/savevm.h"

/* The bandwidth is shared out and measured in slices of this. */
#define SLICE_MS 100
/* No matter how little more there could be. */
#define FEW_BYTES (64 * 1024)

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

/* Takes over what the file has to say; false if it has an error. */
static bool file_good(MigrationState *s)
{
    Error *err = NULL;
    int ret = qemu_file_get_error_obj(s->to_dst, &err);

    if (!ret) {
        return true;
    }
    if (!err) {
        error_setg_errno(&err, -ret, "cannot write the migration stream");
    }
    migration_fail(s, err);
    return false;
}

/* --- Bandwidth --- */

void migration_wake(MigrationState *s)
{
    qemu_sem_post(&s->wake);
}

static void apply_bandwidth(MigrationState *s)
{
    bool postcopy = status(s) == MIGRATION_STATUS_POSTCOPY_ACTIVE;
    uint64_t limit = postcopy ? PARAM(MAX_POSTCOPY_BANDWIDTH)
                              : PARAM(MAX_BANDWIDTH);

    /* No limit is 0; the least is a byte, or nothing would ever move. */
    qemu_file_set_rate_limit(s->to_dst, limit ? MAX(limit * SLICE_MS / 1000,
                                                    1) : 0);
}

void migration_bandwidth_changed(void)
{
    migration_wake(migrate_get_current());
}

static int64_t now_ms(void)
{
    return qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
}

static void slice_begin(MigrationState *s)
{
    s->slice_start = now_ms();
    s->slice_bytes = ram_stats.transferred;
    s->slice_pages = ram_pages_sent();
    qemu_file_reset_rate_limit(s->to_dst);
}

/* What the slice says of the channel: once it is long enough, or at the end. */
static void slice_measure(MigrationState *s)
{
    int64_t span = now_ms() - s->slice_start;
    double bandwidth;

    if (span < 1) {
        return;
    }
    bandwidth = (double)(ram_stats.transferred - s->slice_bytes) / span;
    s->mbps = bandwidth * 8 / 1000;
    s->pages_per_second = (double)(ram_pages_sent() - s->slice_pages) *
                          1000 / span;
    s->threshold = bandwidth * PARAM(DOWNTIME_LIMIT);
    if (ram_stats.dirty_pages_rate && bandwidth >= 1) {
        s->expected_downtime = ram_stats.dirty_pages * TARGET_PAGE_SIZE /
                               bandwidth;
    }
}

/* Sleeps to the end of a slice whose share is used up, or until woken. */
static void slice_wait(MigrationState *s)
{
    int64_t left;

    if (now_ms() - s->slice_start >= SLICE_MS) {
        slice_measure(s);
        slice_begin(s);
        apply_bandwidth(s);
    }
    if (!qemu_file_rate_limit(s->to_dst) || qemu_file_get_error(s->to_dst)) {
        return;
    }
    left = s->slice_start + SLICE_MS - now_ms();
    if (left > 0 && qemu_sem_timedwait(&s->wake, left) == 0) {
        apply_bandwidth(s);
    }
}

/* --- The end of the guest's time here --- */

static bool still(MigrationState *s, MigrationStatus state)
{
    return status(s) == state && !migration_has_error(s);
}

/* Stops the machine; under the big lock. */
static bool stop_machine(MigrationState *s)
{
    Error *err = NULL;
    int ret;

    s->downtime_start = now_ms();
    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    s->vm_was_running = runstate_is_running();
    s->vm_old_state = runstate_get();
    global_state_store();
    ret = vm_stop_force_state(RUN_STATE_FINISH_MIGRATE);
    s->vm_stopped = true;
    if (ret < 0) {
        error_setg_errno(&err, -ret, "cannot stop the machine");
        migration_fail(s, err);
    }
    return ret >= 0;
}

/* Lets management look at the stopped machine; without the big lock. */
static bool pause_before_switchover(MigrationState *s)
{
    s->last_state = MIGRATION_STATUS_ACTIVE;
    if (!CAP(PAUSE_BEFORE_SWITCHOVER)) {
        return true;
    }
    while (qemu_sem_timedwait(&s->go_on, 0) == 0) {
        continue;       /* of a migration that was cancelled */
    }
    if (!migration_set_state(&s->state, MIGRATION_STATUS_ACTIVE,
                             MIGRATION_STATUS_PRE_SWITCHOVER)) {
        return false;
    }
    qemu_sem_wait(&s->go_on);
    s->last_state = MIGRATION_STATUS_DEVICE;
    return migration_set_state(&s->state, MIGRATION_STATUS_PRE_SWITCHOVER,
                               MIGRATION_STATUS_DEVICE);
}

/* Devices into memory; under the big lock. */
static GByteArray *save_devices(MigrationState *s, char **description)
{
    GByteArray *bytes = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(bytes);
    Error *err = NULL;
    int ret = savevm_devices(f, description);

    qemu_fflush(f);
    if (ret) {
        if (!qemu_file_get_error_obj(f, &err) || !err) {
            error_setg_errno(&err, -ret, "cannot save the devices");
        }
        migration_fail(s, err);
    }
    qemu_fclose(f);
    return bytes;
}

/* The machine is the destination's. */
static void completed(MigrationState *s)
{
    if (migration_has_error(s)) {
        return;
    }
    slice_measure(s);
    s->downtime = now_ms() - s->downtime_start;
    s->total_time = now_ms() - s->start_time;
    qemu_mutex_lock_iothread();
    runstate_set(RUN_STATE_POSTMIGRATE);
    migration_set_state(&s->state, s->last_state,
                        MIGRATION_STATUS_COMPLETED);
    qemu_mutex_unlock_iothread();
}

/*
 * The rest of RAM and all devices.  Both are fixed under the big lock, and
 * sent without it.
 */
static void complete(MigrationState *s)
{
    bool committed;

    bool describe = savevm_wants_description();
    g_autofree char *description = NULL;
    g_autoptr(GByteArray) devices = NULL;
    bool stopped;

    qemu_mutex_lock_iothread();
    stopped = stop_machine(s);
    qemu_mutex_unlock_iothread();
    if (!stopped || !pause_before_switchover(s)) {
        return;
    }

    qemu_mutex_lock_iothread();
    ram_last_sync(s->to_dst);
    devices = save_devices(s, describe ? &description : NULL);
    qemu_mutex_unlock_iothread();

    qemu_file_set_rate_limit(s->to_dst, 0);
    savevm_complete_live(s->to_dst, false, false);
    qemu_put_buffer(s->to_dst, devices->data, devices->len);
    qemu_fflush(s->to_dst);
    qemu_mutex_lock_iothread();
    s->committed = file_good(s) && still(s, s->last_state);
    committed = s->committed;
    qemu_mutex_unlock_iothread();
    if (!committed) {
        return;
    }
    /* The byte that lets the destination run. */
    qemu_put_byte(s->to_dst, SAVEVM_EOF);
    if (description) {
        savevm_description(s->to_dst, description);
    }
    qemu_fflush(s->to_dst);
    if (file_good(s) && return_path_wait(s)) {
        migration_finish_channel(s);
        completed(s);
    }
}

void migration_finish_channel(MigrationState *s)
{
    Error *err = NULL;
    MigChannel *ch;
    int ret;

    qemu_mutex_lock_iothread();
    ch = s->channel;
    s->channel = NULL;
    qemu_mutex_unlock_iothread();
    mig_channel_unref(ch);
    if (s->to_dst) {
        ret = qemu_fclose_errp(s->to_dst, &err);
        s->to_dst = NULL;
        if (ret && !err) {
            error_setg_errno(&err, -ret, "cannot close the channel");
        }
        if (err) {
            migration_fail(s, err);
        }
    }
}

/* --- The thread --- */

static bool connect_channel(MigrationState *s)
{
    Error *err = NULL;

    if (s->address->transport == MIG_SOCKET &&
        !mig_channel_connect(s->channel, s->address, &err)) {
        migration_fail(s, err);
        return false;
    }
    s->to_dst = mig_channel_output(s->channel);
    return !CAP(MULTIFD) || multifd_send_start(s);
}

static bool setup(MigrationState *s)
{
    int ret;

    apply_bandwidth(s);
    savevm_header(s->to_dst);
    if (CAP(RETURN_PATH) && !return_path_open(s)) {
        return false;
    }
    qemu_mutex_lock_iothread();
    ret = savevm_setup(s->to_dst);
    qemu_mutex_unlock_iothread();
    qemu_fflush(s->to_dst);
    s->setup_time = now_ms() - s->start_time;
    return file_good(s) && !ret &&
           migration_set_state(&s->state, MIGRATION_STATUS_SETUP,
                               MIGRATION_STATUS_ACTIVE);
}

/*
 * Whether to stop the guest now that @left bytes fit into the downtime.  As
 * long as more is sent than the guest dirties meanwhile, going on makes the
 * downtime shorter still.
 */
static bool time_to_stop(MigrationState *s, uint64_t left)
{
    uint64_t sent = ram_stats.transferred - s->tried_at;

    if (left <= FEW_BYTES) {
        return true;
    }
    if (!s->tried_left) {
        s->tried_left = left;
        s->tried_at = ram_stats.transferred;
        return false;
    }
    if (sent < s->tried_left / 4) {
        return false;
    }
    if (left + sent / 2 > s->tried_left) {
        return true;
    }
    s->tried_left = left;
    s->tried_at = ram_stats.transferred;
    return false;
}

/* Rounds over RAM until what is left fits into the downtime. */
static void rounds(MigrationState *s)
{
    slice_begin(s);
    s->tried_left = 0;
    while (still(s, MIGRATION_STATUS_ACTIVE)) {
        uint64_t precopy, either, postcopy;

        if (!s->threshold) {
            slice_measure(s);   /* the first slice is not over */
        }
        savevm_pending(s->to_dst, s->threshold, &precopy, &either,
                       &postcopy);
        if (!file_good(s)) {
            return;
        }
        if (precopy + either + postcopy <= s->threshold &&
            time_to_stop(s, precopy + either + postcopy)) {
            complete(s);
            return;
        }
        savevm_iterate(s->to_dst, false);
        slice_wait(s);
        if (!file_good(s)) {
            return;
        }
    }
}

static void cleanup_bh(void *opaque);

static void *migration_thread(void *opaque)
{
    MigrationState *s = opaque;

    rcu_register_thread();
    if (connect_channel(s) && setup(s)) {
        rounds(s);
    }
    return_path_stop(s);
    if (s->to_dst) {
        multifd_send_shutdown();
        qemu_file_shutdown(s->to_dst);
    }
    multifd_send_stop();
    migration_finish_channel(s);
    rcu_unregister_thread();
    aio_bh_schedule_oneshot(qemu_get_aio_context(), cleanup_bh, s);
    return NULL;
}

/* The machine goes on here, in the state it had. */
static void resume_machine(MigrationState *s)
{
    if (!s->vm_stopped || !runstate_check(RUN_STATE_FINISH_MIGRATE)) {
        return;
    }
    if (s->vm_was_running) {
        vm_start();
    } else {
        runstate_set(s->vm_old_state);
    }
}

/* Main loop: the thread has ended, whichever way. */
static void cleanup_bh(void *opaque)
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
    s->start_time = now_ms();
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
    mig_address_free(s->address);
    s->address = NULL;
    qatomic_set(&s->state, MIGRATION_STATUS_FAILED);
    return NULL;
}

json_t *qmp_migrate(json_t *args, Error **errp)
{
    MigrationState *s = migrate_get_current();
    Error *err = NULL;

    if (json_get_bool(args, "resume", false)) {
        error_setg(errp, "Cannot resume if there is no paused migration");
        return NULL;
    }
    if (!may_migrate(errp)) {
        return NULL;
    }
    state_reset(s);
    s->address = mig_address_parse(json_get_str(args, "uri"), &err);
    if (!s->address) {
        return begin_failed(s, err, errp);
    }
    if (s->address->transport == MIG_SOCKET) {
        s->channel = mig_channel_new_socket();
    } else {
        s->channel = mig_channel_open(s->address, true, &err);
        if (!s->channel) {
            return begin_failed(s, err, errp);
        }
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
        qemu_mutex_unlock_iothread();
        qemu_thread_join(&s->thread);
        qemu_mutex_lock_iothread();
        s->thread_made = false;
    }
}
