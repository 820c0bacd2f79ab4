/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables that the user adds: -acpitable. */
#ifndef HW_ACPI_USER_H
#define HW_ACPI_USER_H

#include <jansson.h>
#include "hw/acpi/acpi-tables.h"

/*
 * One -acpitable option, its values as strings: file= (whole tables) or data=
 * (what follows a header), names separated by colons, and the header's
 * fields.  False sets @errp.
 */
bool acpi_table_add(const json_t *opts, Error **errp);

/* Each table that was added, checksum and all. */
void acpi_user_tables_foreach(void (*fn)(const void *data, size_t len,
                                         void *opaque), void *opaque);

/*
 * The identity of a table SLIC, by which a system finds its licence, is that
 * of the FADT and of the RSDT, too.
 */
void acpi_user_tables_adopt_oem(AcpiTables *t);

#endif
