/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The section at a stream's start that says which machine it is of. */
#ifndef MIGRATION_CONFIGURATION_H
#define MIGRATION_CONFIGURATION_H

#include "migration/qemu-file.h"

/* What follows the section's type byte. */
void configuration_save(QEMUFile *f);
/* Compares it with this machine: 0, or a negative errno with @errp set. */
int configuration_load(QEMUFile *f, Error **errp);

#endif /* MIGRATION_CONFIGURATION_H */
