/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capabilities and parameters of migration.  Written by commands under the
 * big lock; read from anywhere (a value each, atomically).
 */
#ifndef MIGRATION_OPTIONS_H
#define MIGRATION_OPTIONS_H

#include "qapi/qapi-types.h"

bool migrate_capability(MigrationCapability cap);
/* Numbers as they are; booleans are 0 and 1, enumerations their value. */
uint64_t migrate_parameter(MigrationParameter param);

/* Refuses what does not go together, or does not exist on this host. */
bool migrate_capability_set(MigrationCapability cap, bool on, Error **errp);
/* A value out of its range is refused by the parameter's name. */
bool migrate_parameter_set(MigrationParameter param, uint64_t value,
                           Error **errp);

/* What people see: "134217728 bytes/second"; g_free() it. */
char *migrate_parameter_text(MigrationParameter param);
/* Parses what people write, sizes with units. */
bool migrate_parameter_parse(MigrationParameter param, const char *text,
                             Error **errp);

#define CAP(name) migrate_capability(MIGRATION_CAPABILITY_##name)
#define PARAM(name) migrate_parameter(MIGRATION_PARAMETER_##name)

#endif /* MIGRATION_OPTIONS_H */
