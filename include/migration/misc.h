/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rest of the machine may ask of the migration engine. */
#ifndef MIGRATION_MISC_H
#define MIGRATION_MISC_H

#include <jansson.h>

typedef struct MigrationState MigrationState;
struct Notifier;

/* At start-up: the registrations that the engine itself needs. */
void migration_object_init(void);
void migration_shutdown(void);
/* The last section of a machine's own: once all devices are there. */
void register_global_state(void);

/*
 * An incoming migration from @uri ("tcp:HOST:PORT", "unix:PATH", "fd:N",
 * "exec:COMMAND", "file:PATH[,offset=N]", "defer"); returns once the channel
 * is waited for.
 */
void qemu_start_incoming_migration(const char *uri, Error **errp);

/* Of the outgoing migration; all callable under the big lock. */
bool migration_is_idle(void);
bool migration_is_running(int state);
bool migration_is_setup_or_active(int state);
bool migration_in_setup(MigrationState *s);
bool migration_has_finished(MigrationState *s);
bool migration_has_failed(MigrationState *s);
bool migration_in_postcopy_after_devices(MigrationState *s);
bool migration_in_bg_snapshot(void);
/* Of the incoming one. */
bool migration_in_incoming_postcopy(void);
bool migration_incoming_postcopy_advised(void);

/* Called with the MigrationState as data at each change of state. */
void add_migration_state_change_notifier(struct Notifier *notify);
void remove_migration_state_change_notifier(struct Notifier *notify);

/*
 * How network cards are to announce themselves, as announce-self takes it: a
 * new reference.
 */
json_t *migrate_announce_params(void);

/* The -dump-vmstate text: every description that a device type could
 * register. */
void dump_vmstate_json_to_file(FILE *out_fp);

#endif /* MIGRATION_MISC_H */
