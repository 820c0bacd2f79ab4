/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread of the outgoing migration: connecting, rounds over RAM, and the
 * switch.
 *
 * The point of no return is the byte that ends the stream: until it is sent a
 * cancel or an error lets the guest run on here; once the state is COMPLETED
 * it belongs to the destination.
 */
#include "qemu/osdep.h"
#include "block/block.h"
#include "qapi/error.h"
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
#include "migration/savevm.h"

/* The bandwidth is shared out and measured in slices of this. */
#define SLICE_MS 100
/* No matter how little more there could be. */
#define FEW_BYTES (64 * 1024)
/* The longest to let the destination catch up. */
#define DRAIN_MS 500

/* Takes over what the file has to say; false if it has an error. */
bool migration_file_good(MigrationState *s)
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
    int state = qatomic_read(&s->state);
    uint64_t limit = state == MIGRATION_STATUS_POSTCOPY_ACTIVE
                     ? PARAM(MAX_POSTCOPY_BANDWIDTH) : PARAM(MAX_BANDWIDTH);

    /* No limit is 0; the least is a byte, or nothing would ever move. */
    qemu_file_set_rate_limit(s->to_dst, limit ? MAX(limit * SLICE_MS / 1000,
                                                    1) : 0);
}

void migration_bandwidth_changed(void)
{
    migration_wake(migrate_get_current());
}

int64_t migration_now_ms(void)
{
    return qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
}

void migration_slice_begin(MigrationState *s)
{
    s->slice_start = migration_now_ms();
    s->slice_bytes = ram_stats.transferred;
    s->slice_pages = ram_pages_sent();
    qemu_file_reset_rate_limit(s->to_dst);
    apply_bandwidth(s);
}

/* What the slice says of the channel: once it is long enough, or at the end. */
static void slice_measure(MigrationState *s)
{
    int64_t span = migration_now_ms() - s->slice_start;
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
void migration_slice_wait(MigrationState *s)
{
    int64_t left;

    if (migration_now_ms() - s->slice_start >= SLICE_MS) {
        slice_measure(s);
        migration_slice_begin(s);
    }
    if (!qemu_file_rate_limit(s->to_dst) || qemu_file_get_error(s->to_dst)) {
        return;
    }
    left = s->slice_start + SLICE_MS - migration_now_ms();
    if (left > 0 && qemu_sem_timedwait(&s->wake, left) == 0) {
        apply_bandwidth(s);
    }
}

/* --- The end of the guest's time here --- */

bool migration_still(MigrationState *s, MigrationStatus state)
{
    return qatomic_read(&s->state) == state && !migration_has_error(s);
}

bool migration_stop_machine(MigrationState *s)
{
    Error *err = NULL;
    int ret;

    QEMU_IOTHREAD_LOCK_GUARD();
    s->downtime_start = migration_now_ms();
    qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    s->vm_was_running = runstate_is_running();
    s->vm_old_state = runstate_get();
    global_state_store();
    ret = vm_stop_force_state(RUN_STATE_FINISH_MIGRATE);
    s->vm_stopped = true;
    if (ret >= 0) {
        /* Images are unlocked before the other side looks at them. */
        ret = bdrv_inactivate_all();
    }
    if (ret < 0) {
        error_setg_errno(&err, -ret, "cannot stop the machine");
        migration_fail(s, err);
    }
    return ret >= 0;
}

bool migration_pause_before_switchover(MigrationState *s, MigrationStatus to)
{
    s->last_state = to;
    if (!CAP(PAUSE_BEFORE_SWITCHOVER)) {
        return to == MIGRATION_STATUS_ACTIVE ||
               migration_set_state(&s->state, MIGRATION_STATUS_ACTIVE, to);
    }
    if (to == MIGRATION_STATUS_ACTIVE) {
        s->last_state = MIGRATION_STATUS_DEVICE;
    }
    while (qemu_sem_timedwait(&s->go_on, 0) == 0) {
        continue;       /* of a migration that was cancelled */
    }
    if (!migration_set_state(&s->state, MIGRATION_STATUS_ACTIVE,
                             MIGRATION_STATUS_PRE_SWITCHOVER)) {
        return false;
    }
    qemu_sem_wait(&s->go_on);
    return migration_set_state(&s->state, MIGRATION_STATUS_PRE_SWITCHOVER,
                               s->last_state);
}

GByteArray *migration_save_devices(MigrationState *s, char **description)
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

void migration_completed(MigrationState *s)
{
    if (migration_has_error(s)) {
        return;
    }
    slice_measure(s);
    s->total_time = migration_now_ms() - s->start_time;
    qemu_mutex_lock_iothread();
    runstate_set(RUN_STATE_POSTMIGRATE);
    migration_set_state(&s->state, s->last_state,
                        MIGRATION_STATUS_COMPLETED);
    qemu_mutex_unlock_iothread();
}

/*
 * Whether the destination has it all: it says so on the return path; without
 * one, it has at least read it.
 */
static bool arrived(MigrationState *s)
{
    Error *err = NULL;

    if (s->rp) {
        return return_path_wait(s);
    }
    if (!mig_channel_delivered(s->channel, &err)) {
        migration_fail(s, err);
        return false;
    }
    return true;
}

/*
 * The rest of RAM and all devices.  Both are fixed under the big lock, and
 * sent without it.
 */
static void complete(MigrationState *s)
{
    bool describe = savevm_wants_description();
    g_autofree char *description = NULL;
    g_autoptr(GByteArray) devices = NULL;
    bool committed;

    if (!migration_stop_machine(s) ||
        !migration_pause_before_switchover(s, MIGRATION_STATUS_ACTIVE)) {
        return;
    }

    qemu_mutex_lock_iothread();
    ram_last_sync(s->to_dst);
    devices = migration_save_devices(s, describe ? &description : NULL);
    qemu_mutex_unlock_iothread();

    qemu_file_set_rate_limit(s->to_dst, 0);
    savevm_complete_live(s->to_dst, false, false);
    qemu_put_buffer(s->to_dst, devices->data, devices->len);
    qemu_fflush(s->to_dst);
    qemu_mutex_lock_iothread();
    s->committed = migration_file_good(s) && migration_still(s, s->last_state);
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
    s->downtime = migration_now_ms() - s->downtime_start;
    if (migration_file_good(s) && arrived(s)) {
        migration_finish_channel(s);
        migration_completed(s);
    }
}

/* Closes the stream: 0 or -errno. */
static int close_channel(MigrationState *s, Error **errp)
{
    MigChannel *ch;
    int ret = 0;

    qemu_mutex_lock_iothread();
    ch = s->channel;
    s->channel = NULL;
    qemu_mutex_unlock_iothread();
    mig_channel_unref(ch);
    if (s->to_dst) {
        ret = qemu_fclose_errp(s->to_dst, errp);
        s->to_dst = NULL;
    }
    return ret;
}

void migration_finish_channel(MigrationState *s)
{
    Error *err = NULL;
    int ret = close_channel(s, &err);

    if (ret && !err) {
        error_setg_errno(&err, -ret, "cannot close the channel");
    }
    if (err) {
        migration_fail(s, err);
    }
}

void migration_drop_channel(MigrationState *s)
{
    close_channel(s, NULL);
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
    if ((CAP(RETURN_PATH) || CAP(POSTCOPY_RAM)) && !return_path_open(s)) {
        return false;
    }
    if (CAP(POSTCOPY_RAM)) {
        postcopy_advise(s);
    }
    qemu_mutex_lock_iothread();
    ret = savevm_setup(s->to_dst);
    qemu_mutex_unlock_iothread();
    qemu_fflush(s->to_dst);
    s->setup_time = migration_now_ms() - s->start_time;
    return migration_file_good(s) && !ret &&
           migration_set_state(&s->state, MIGRATION_STATUS_SETUP,
                               MIGRATION_STATUS_ACTIVE);
}

/*
 * Whether to stop the guest now that @left bytes fit into the downtime.  As
 * long as more is sent than the guest dirties meanwhile, going on makes the
 * downtime shorter still.
 */
static bool enough_sent(MigrationState *s, uint64_t left)
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

/*
 * What is still on the way would keep the guest waiting, too: let it run until
 * the destination has caught up, once, and look again at what it dirtied.
 */
static bool time_to_stop(MigrationState *s, uint64_t left)
{
    if (!enough_sent(s, left)) {
        return false;
    }
    if (s->drained) {
        return true;
    }
    s->drained = true;
    qemu_fflush(s->to_dst);
    mig_channel_drain(s->channel, MIN(PARAM(DOWNTIME_LIMIT), DRAIN_MS));
    return false;
}

/* Rounds over RAM until what is left fits into the downtime. */
static void rounds(MigrationState *s)
{
    migration_slice_begin(s);
    s->tried_left = 0;
    s->drained = false;
    while (migration_still(s, MIGRATION_STATUS_ACTIVE)) {
        uint64_t precopy, either, postcopy;

        if (!s->threshold) {
            slice_measure(s);   /* the first slice is not over */
        }
        savevm_pending(s->to_dst, s->threshold, &precopy, &either,
                       &postcopy);
        if (!migration_file_good(s)) {
            return;
        }
        if (qatomic_read(&s->start_postcopy) && precopy <= s->threshold) {
            postcopy_run(s);
            return;
        }
        if (precopy + either + postcopy <= s->threshold &&
            time_to_stop(s, precopy + either + postcopy)) {
            complete(s);
            return;
        }
        savevm_iterate(s->to_dst, false);
        migration_slice_wait(s);
        if (!migration_file_good(s)) {
            return;
        }
    }
}

void *migration_thread(void *opaque)
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
    aio_bh_schedule_oneshot(qemu_get_aio_context(), migration_cleanup_bh, s);
    return NULL;
}

