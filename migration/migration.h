/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine: an outgoing and an incoming migration, at most one of each.
 *
 * Outgoing: the migration thread connects, sends RAM in rounds while the
 * guest runs, stops it, sends the rest and the devices.  The big lock is
 * taken for looking at the machine and never held over a write to the
 * channel, so that the monitor answers however slow the other end is.
 *
 * Incoming: a thread reads the stream, and takes the big lock to load a
 * device.  The machine starts from the main loop when all has arrived.
 */
#ifndef MIGRATION_MIGRATION_H
#define MIGRATION_MIGRATION_H

#include "migration/channel.h"
#include "migration/misc.h"
#include "migration/options.h"
#include "qemu/notify.h"
#include "qemu/thread.h"

/* --- Outgoing --- */

struct MigrationState {
    int state;                  /* MigrationStatus, atomic */
    MigAddress *address;
    MigChannel *channel;        /* under the big lock */
    QEMUFile *to_dst;           /* the thread's */
    QemuThread thread;
    bool thread_made;

    QemuMutex error_lock;
    Error *error;               /* the first */

    /* Wakes the thread early: new bandwidth, cancel, postcopy request. */
    QemuSemaphore wake;
    QemuSemaphore go_on;        /* migrate-continue */

    bool vm_was_running;
    RunState vm_old_state;
    bool vm_stopped;            /* by us */
    MigrationStatus last_state; /* the one that COMPLETED follows */
    bool committed;             /* no cancel any more; under the big lock */
    bool start_postcopy;        /* asked for, atomic */
    bool quit;                  /* the program ends, atomic */

    /* ms */
    int64_t start_time, setup_time, total_time;
    int64_t downtime_start, downtime, expected_downtime;

    /* Of the last time slice. */
    int64_t slice_start;
    uint64_t slice_bytes, slice_pages;
    double mbps, pages_per_second;
    /* When the rest last fitted: how much it was, what had been sent. */
    uint64_t tried_left, tried_at;
    bool drained;               /* the channel, since it fits */
    uint64_t threshold;         /* bytes that fit into the downtime limit */

    struct MigrationReturnPath *rp;
};

MigrationState *migrate_get_current(void);

/* Whether an outgoing migration is under way. */
bool migration_is_busy(void);
/* From @from to @to with an event; false if the state is another. */
bool migration_set_state(int *state, MigrationStatus from, MigrationStatus to);
/* Keeps the first error; owns @err. */
void migration_fail(MigrationState *s, Error *err);
bool migration_has_error(MigrationState *s);
/* The limit of -set-parameters goes into effect. */
void migration_bandwidth_changed(void);
void migration_wake(MigrationState *s);
/* Tells everybody of the new state: from the main loop. */
void migration_notify_state(MigrationState *s);

/* --- Incoming --- */

typedef struct MigrationIncoming {
    bool run_reached;           /* in postcopy; under rp_lock */
    int state;                  /* MigrationStatus, atomic */
    bool deferred;              /* -incoming defer, nothing begun yet */
    MigListener *listener;
    json_t *address;            /* where it listens, a list */
    MigChannel *channel;
    QEMUFile *from_src;
    QEMUFile *to_src;           /* the return path */
    QemuMutex rp_lock;          /* for writing to it */
    QemuThread thread;
    bool thread_made;
    int ret;                    /* of the load */
    Error *error;
} MigrationIncoming;

MigrationIncoming *migration_incoming(void);

/* Messages to the source; dropped where there is no return path. */
enum {
    MIG_RP_SHUT = 1, MIG_RP_PONG, MIG_RP_REQ_PAGES_ID, MIG_RP_REQ_PAGES,
    MIG_RP_RECV_BITMAP, MIG_RP_RESUME_ACK,
};
void migration_rp_send(MigrationIncoming *mis, int type, const void *data,
                       uint16_t len);
void migration_rp_send_u32(MigrationIncoming *mis, int type, uint32_t value);

/* --- The "globalstate" section: in which state the machine was --- */

/* Notes the present state for the section. */
void global_state_store(void);
/* What came: false if nothing did. */
bool global_state_received(RunState *state);

/* The "timer" section. */
void timer_state_register(void);

/* --- Properties of the object that -global migration.x=y means --- */

typedef struct MigrationGlobals {
    bool store_global_state;
    bool send_configuration;
    bool send_section_footer;
    bool decompress_error_check;
    uint8_t clear_bitmap_shift;
} MigrationGlobals;
extern MigrationGlobals migration_globals;

#define TYPE_MIGRATION "migration"

#endif /* MIGRATION_MIGRATION_H */
