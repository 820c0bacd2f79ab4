/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the incoming side's files share.  In postcopy the stream outlives the
 * incoming thread: a listening thread goes on with it.
 */
#ifndef MIGRATION_INCOMING_H
#define MIGRATION_INCOMING_H

#include "migration/migration.h"

/* From the listening thread. */

/* Whether the guest runs, or is sure to.  If not, it never will, because of
 * @err, which is then taken over. */
bool incoming_guest_began(MigrationIncoming *mis, Error *err);
/* The stream is at its end, or given up. */
void incoming_postcopy_ended(MigrationIncoming *mis);
/* Closes both directions; another connection may follow. */
void incoming_close_channel(MigrationIncoming *mis);

/* To it, from postcopy-recv.c. */
void postcopy_incoming_join(void);
void postcopy_incoming_recovered(void);

#endif /* MIGRATION_INCOMING_H */
