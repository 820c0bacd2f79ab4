/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The incoming migration: waiting for it, its thread, and starting the
 * machine that came.
 *
 * A stream that fails leaves a machine of which nobody knows what it is: it
 * never runs, and the program ends with status 1.
 */
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
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "migration/incoming.h"
#include "migration/loadvm.h"
#include "migration/misc.h"
#include "migration/multifd.h"
#include "migration/postcopy.h"
#include "net/announce.h"

MigrationIncoming *migration_incoming(void)
{
    static MigrationIncoming current;
    static bool made;

    if (!made) {
        made = true;
        qemu_mutex_init(&current.rp_lock);
    }
    return &current;
}

bool migration_in_incoming_postcopy(void)
{
    return postcopy_incoming_listening();
}

bool migration_incoming_postcopy_advised(void)
{
    return postcopy_incoming_advised();
}

/* --- The end, in the main loop --- */

void incoming_close_channel(MigrationIncoming *mis)
{
    qemu_mutex_lock(&mis->rp_lock);
    if (mis->to_src) {
        qemu_fclose(mis->to_src);
        mis->to_src = NULL;
    }
    qemu_fclose(mis->from_src);
    mis->from_src = NULL;
    mig_channel_unref(mis->channel);
    mis->channel = NULL;
    qemu_mutex_unlock(&mis->rp_lock);
}

static void close_files(MigrationIncoming *mis)
{
    incoming_close_channel(mis);
    json_decref(mis->address);
    mis->address = NULL;
}

static void load_failed(MigrationIncoming *mis)
{
    error_report("%s", error_get_pretty(mis->error));
    error_report("load of migration failed: %s", strerror(-mis->ret));
    migration_set_state(&mis->state, mis->state, MIGRATION_STATUS_FAILED);
    migration_rp_send_u32(mis, MIG_RP_SHUT, 1);
    /* Also under -no-shutdown: there is nothing to look at. */
    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    qemu_system_shutdown_request_with_code(SHUTDOWN_CAUSE_HOST_ERROR,
                                           EXIT_FAILURE);
}

/* Switches learn that the guest's cards are here now. */
static void announce_cards(void)
{
    json_t *params = migrate_announce_params();

    net_announce_self(params, NULL);
    json_decref(params);
}

/* As it was at the source; a running machine waits for "cont" under -S. */
static void start_machine(void)
{
    Error *err = NULL;
    RunState state;

    announce_cards();
    if (!bdrv_activate_all(&err)) {
        /* The state came, but not the images: for a person to mend. */
        error_report_err(err);
        autostart = 0;
    }

    if (!global_state_received(&state) || state == RUN_STATE_RUNNING) {
        if (autostart) {
            vm_start();
        } else {
            runstate_set(RUN_STATE_PAUSED);
        }
    } else if (runstate_may_follow(RUN_STATE_INMIGRATE, state)) {
        runstate_set(state);
    } else {
        runstate_set(RUN_STATE_PAUSED);
    }
}

static void join_incoming(MigrationIncoming *mis)
{
    if (mis->thread_made) {
        qemu_thread_join(&mis->thread);
        mis->thread_made = false;
    }
}

/* The stream has been read to its end, or as far as it goes. */
static void incoming_finish_bh(void *opaque)
{
    MigrationIncoming *mis = opaque;

    loadvm_cleanup();
    if (mis->error) {
        load_failed(mis);
    } else {
        start_machine();
        migration_set_state(&mis->state, MIGRATION_STATUS_ACTIVE,
                            MIGRATION_STATUS_COMPLETED);
        migration_rp_send_u32(mis, MIG_RP_SHUT, 0);
    }
    /* It has nothing left to do but to end: the guest need not wait for it. */
    join_incoming(mis);
    close_files(mis);
}

/* Postcopy: the guest can run, its RAM follows. */
static void incoming_run_bh(void *opaque)
{
    MigrationIncoming *mis = opaque;

    if (mis->thread_made) {
        join_incoming(mis);
        start_machine();
    }
}

/* Postcopy: all of RAM is here. */
static void incoming_ended_bh(void *opaque)
{
    MigrationIncoming *mis = opaque;

    incoming_run_bh(mis);
    postcopy_incoming_join();
    loadvm_cleanup();
    migration_set_state(&mis->state, MIGRATION_STATUS_POSTCOPY_ACTIVE,
                        MIGRATION_STATUS_COMPLETED);
    migration_rp_send_u32(mis, MIG_RP_SHUT, 0);
    close_files(mis);
}

static void in_main_loop(QEMUBHFunc *function, MigrationIncoming *mis)
{
    aio_bh_schedule_oneshot(qemu_get_aio_context(), function, mis);
}

/* --- Postcopy's listening thread --- */

bool incoming_guest_began(MigrationIncoming *mis, Error *err)
{
    bool began;

    qemu_mutex_lock(&mis->rp_lock);
    began = mis->run_reached;
    if (!began) {
        mis->ret = -EIO;
        mis->error = err;
    }
    qemu_mutex_unlock(&mis->rp_lock);
    return began;
}

void incoming_postcopy_ended(MigrationIncoming *mis)
{
    bool began;

    qemu_mutex_lock(&mis->rp_lock);
    began = mis->run_reached;
    qemu_mutex_unlock(&mis->rp_lock);
    if (began) {
        in_main_loop(incoming_ended_bh, mis);
    }
}

/* --- The thread --- */

/* True if the guest is to run although the stream goes on. */
static bool reach_run(MigrationIncoming *mis, int ret)
{
    qemu_mutex_lock(&mis->rp_lock);
    mis->run_reached = !ret && !mis->ret && postcopy_incoming_listening();
    qemu_mutex_unlock(&mis->rp_lock);
    return mis->run_reached;
}

static void *incoming_thread(void *opaque)
{
    MigrationIncoming *mis = opaque;
    Error *err = NULL, *other = NULL;
    int ret;

    rcu_register_thread();
    ret = loadvm(mis->from_src, &err);
    if (reach_run(mis, ret)) {
        in_main_loop(incoming_run_bh, mis);
        rcu_unregister_thread();
        return NULL;
    }
    if (postcopy_incoming_listening()) {
        mig_channel_shutdown(mis->channel);
        postcopy_incoming_join();
    }
    if (ret && multifd_recv_error(&other)) {
        error_free(err);
        err = other;
    }
    if (mis->error && err) {
        error_free(mis->error);
    }
    mis->error = err ? err : mis->error;
    mis->ret = ret ? ret : mis->ret;
    multifd_recv_stop();
    rcu_unregister_thread();
    in_main_loop(incoming_finish_bh, mis);
    return NULL;
}

static void incoming_begin(MigrationIncoming *mis, MigChannel *ch)
{
    mis->channel = ch;
    mis->from_src = mig_channel_input(ch);
    migration_set_state(&mis->state, mis->state, MIGRATION_STATUS_ACTIVE);
    mis->thread_made = true;
    qemu_thread_create(&mis->thread, "incoming", incoming_thread, mis,
                       QEMU_THREAD_JOINABLE);
}

/* --- Waiting --- */

/* A new connection for a postcopy that broke. */
static void incoming_recover(MigrationIncoming *mis, MigChannel *ch)
{
    qemu_mutex_lock(&mis->rp_lock);
    mis->channel = ch;
    mis->from_src = mig_channel_input(ch);
    mis->to_src = mig_channel_output(ch);
    qemu_mutex_unlock(&mis->rp_lock);
    migration_set_state(&mis->state, MIGRATION_STATUS_POSTCOPY_PAUSED,
                        MIGRATION_STATUS_POSTCOPY_RECOVER);
    postcopy_incoming_recovered();
}

static void incoming_accepted(MigChannel *ch, void *opaque)
{
    MigrationIncoming *mis = opaque;

    if (mis->run_reached) {
        mig_listener_stop(mis->listener);
        mis->listener = NULL;
        incoming_recover(mis, ch);
        return;
    }

    if (!mis->channel) {
        mis->channel = ch;
    } else {
        multifd_recv_accept(ch);
    }
    if (multifd_recv_complete()) {
        mig_listener_stop(mis->listener);
        mis->listener = NULL;
        incoming_begin(mis, mis->channel);
    }
}

static void incoming_listen(MigrationIncoming *mis, const MigAddress *addr,
                            Error **errp)
{
    json_t *where;

    mis->listener = mig_listen(addr, 1 + PARAM(MULTIFD_CHANNELS),
                               incoming_accepted, mis, errp);
    if (!mis->listener) {
        return;
    }
    where = mig_listener_address(mis->listener);
    if (where) {
        mis->address = json_pack("[o]", where);
    }
}

void qemu_start_incoming_migration(const char *uri, Error **errp)
{
    MigrationIncoming *mis = migration_incoming();
    g_autoptr(MigAddress) addr = NULL;

    if (!strcmp(uri, "defer")) {
        mis->deferred = true;
        return;
    }
    addr = mig_address_parse(uri, NULL);
    if (!addr) {
        error_setg(errp, "unknown migration protocol: %s", uri);
        return;
    }
    if (addr->transport == MIG_SOCKET) {
        incoming_listen(mis, addr, errp);
    } else {
        MigChannel *ch = mig_channel_open(addr, false, errp);

        if (ch && mis->run_reached) {
            incoming_recover(mis, ch);
        } else if (ch) {
            incoming_begin(mis, ch);
        }
    }
    if (mis->listener || mis->channel) {
        mis->deferred = false;
    }
}

json_t *qmp_migrate_incoming(json_t *args, Error **errp)
{
    ERRP_GUARD();
    MigrationIncoming *mis = migration_incoming();

    if (!runstate_check(RUN_STATE_INMIGRATE)) {
        error_setg(errp, "'-incoming' was not specified on the command line");
        return NULL;
    }
    if (!mis->deferred) {
        error_setg(errp, "The incoming migration has already been started");
        return NULL;
    }
    qemu_start_incoming_migration(json_get_str(args, "uri"), errp);
    return *errp ? NULL : json_object();
}

json_t *qmp_migrate_recover(json_t *args, Error **errp)
{
    ERRP_GUARD();
    MigrationIncoming *mis = migration_incoming();

    if (qatomic_read(&mis->state) != MIGRATION_STATUS_POSTCOPY_PAUSED) {
        error_setg(errp, "Migrate recover can only be run when postcopy is "
                   "paused.");
        return NULL;
    }
    if (mis->listener) {
        error_setg(errp, "Migrate recovery is triggered already");
        return NULL;
    }
    qemu_start_incoming_migration(json_get_str(args, "uri"), errp);
    return *errp ? NULL : json_object();
}
