/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons that keep a machine from migrating. */
#ifndef MIGRATION_BLOCKER_H
#define MIGRATION_BLOCKER_H

/*
 * Adds @reason, which stays the caller's, until migrate_del_blocker().  0;
 * -EACCES under -only-migratable and -EBUSY during a migration, with @errp
 * set.
 */
int migrate_add_blocker(Error *reason, Error **errp);
/* The same without regard to -only-migratable. */
int migrate_add_blocker_internal(Error *reason, Error **errp);
void migrate_del_blocker(Error *reason);

#endif /* MIGRATION_BLOCKER_H */
