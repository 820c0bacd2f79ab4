/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Postcopy: the guest moves first, its RAM follows.
 *
 * The source names the pages that are out of date at the destination, which
 * drops them, and sends the devices in one package.  The destination guards
 * its RAM with userfaultfd, runs the guest, and asks for the page whenever
 * the guest touches one that is missing; meanwhile the source sends the rest.
 *
 * From the moment the package is sent neither end alone has the machine: when
 * the connection breaks, both wait ("postcopy-paused") for a new one.
 */
#ifndef MIGRATION_POSTCOPY_H
#define MIGRATION_POSTCOPY_H

#include "migration/migration.h"

/* The devices of a machine in one package. */
#define POSTCOPY_PACKAGE_MAX (1u << 24)
/* Ends a bitmap on the return path. */
#define POSTCOPY_BITMAP_END 0x0123456789abcdefULL

/* Whether this host can be a destination; says why not. */
bool postcopy_supported(Error **errp);

/* --- Source --- */

/* What is said before RAM begins; the migration thread. */
void postcopy_advise(MigrationState *s);
/* From ACTIVE to the end; the migration thread. */
void postcopy_run(MigrationState *s);
/* From the return path's thread; false if the message is bad. */
bool postcopy_rp_message(MigrationState *s, QEMUFile *f, unsigned type,
                         const uint8_t *data, unsigned len, Error **errp);
/* "migrate" with resume: true if the thread takes up @addr, which it owns. */
bool postcopy_resume(MigrationState *s, MigAddress *addr, MigChannel *ch,
                     Error **errp);

/* The return path is broken: nobody will answer. */
void postcopy_rp_broken(void);
/* The program ends. */
void postcopy_quit(MigrationState *s);

/* --- Destination --- */

/* One of the commands of postcopy: 0, 1 to end the loop over sections, or a
 * negative errno with @errp set. */
int postcopy_load_command(QEMUFile *f, int command, unsigned len,
                          Error **errp);
/* Whether the source announced it, and whether RAM is guarded. */
bool postcopy_incoming_advised(void);
bool postcopy_incoming_listening(void);
/* Pages of a part of the "ram" section, while RAM is guarded. */
int postcopy_load_page(QEMUFile *f, RAMBlock *rb, uint64_t offset, int flags);
/* The end of the incoming thread with the stream still open: true if the
 * listening thread goes on with it. */
bool postcopy_incoming_running(void);

#endif /* MIGRATION_POSTCOPY_H */
