/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the outgoing migration's thread have in common. */
#ifndef MIGRATION_THREAD_H
#define MIGRATION_THREAD_H

#include "migration/migration.h"

/* The thread itself, and what the main loop does at its end. */
void *migration_thread(void *opaque);
void migration_cleanup_bh(void *opaque);

int64_t migration_now_ms(void);
/* In this state, and without an error. */
bool migration_still(MigrationState *s, MigrationStatus state);
/* Takes over what the file has to say; false if it has an error. */
bool migration_file_good(MigrationState *s);

/* A slice of the bandwidth: begins one, and sleeps to its end if it is used
 * up, or until the thread is woken. */
void migration_slice_begin(MigrationState *s);
void migration_slice_wait(MigrationState *s);

/* Stops the machine and notes the time; takes the big lock. */
bool migration_stop_machine(MigrationState *s);
/*
 * From ACTIVE to @to; where the capability says so, by way of PRE_SWITCHOVER,
 * in which management looks at the stopped machine.  Without the big lock.
 */
bool migration_pause_before_switchover(MigrationState *s, MigrationStatus to);
/* Devices into memory, and their description; under the big lock. */
GByteArray *migration_save_devices(MigrationState *s, char **description);
/* The machine is the destination's. */
void migration_completed(MigrationState *s);
/* Closes the stream; what goes wrong then is the migration's error. */
void migration_finish_channel(MigrationState *s);
/* Closes it whatever comes of that. */
void migration_drop_channel(MigrationState *s);

/* Of a paused migration. */
void migration_clear_error(MigrationState *s);
void migration_report_error(MigrationState *s, const char *what);

#endif /* MIGRATION_THREAD_H */
