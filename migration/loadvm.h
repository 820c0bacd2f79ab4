/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a stream. */
#ifndef MIGRATION_LOADVM_H
#define MIGRATION_LOADVM_H

#include "migration/qemu-file.h"

/*
 * Reads a stream to its end, taking the big lock for what is not live; called
 * without it.  0 or a negative errno with @errp set; the machine is then not
 * fit to run.  In postcopy, 0 means that the guest is to run, and the rest is
 * for loadvm_main() on another thread.
 */
int loadvm(QEMUFile *f, Error **errp);
/* Sections, without the header in front of them. */
int loadvm_main(QEMUFile *f, Error **errp);
void loadvm_cleanup(void);

#endif /* MIGRATION_LOADVM_H */
