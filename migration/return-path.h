/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the destination says to the source: messages of a 16-bit type, a
 * 16-bit length and data, read by a thread of their own.
 */
#ifndef MIGRATION_RETURN_PATH_H
#define MIGRATION_RETURN_PATH_H

#include "migration/migration.h"

/* Asks the destination to answer; false with the migration failed. */
bool return_path_open(MigrationState *s);
/* Waits for the destination's last word; true if it is content, or if there
 * is no return path. */
bool return_path_wait(MigrationState *s);
/* The same on a new connection, where both ends know of the return path. */
bool return_path_reopen(MigrationState *s);
/* Ends the thread, whatever it waits for. */
void return_path_stop(MigrationState *s);

#endif /* MIGRATION_RETURN_PATH_H */
