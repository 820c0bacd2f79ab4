/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables that firmware gets as files: the bytes of all tables in one
 * blob, the root pointer in another, and the script that puts both in place.
 */
#ifndef HW_ACPI_TABLES_H
#define HW_ACPI_TABLES_H

#include "hw/acpi/bios-linker-loader.h"

#define ACPI_TABLE_HEADER_SIZE 36

/* Generic address structure: ACPI specification 6.4, section 5.2.3.2. */
typedef enum {
    ACPI_SPACE_MEMORY = 0,
    ACPI_SPACE_IO = 1,
} AcpiAddressSpace;

typedef struct AcpiTables {
    GArray *blob;               /* bytes of all tables */
    GArray *rsdp;
    BIOSLinker *linker;
    char *oem_id;               /* up to 6 bytes */
    char *oem_table_id;         /* up to 8 bytes */
    char *root_oem_id;          /* the FADT's and the RSDT's, or NULL */
    char *root_oem_table_id;
    GArray *listed;             /* unsigned: offsets that the RSDT names */
} AcpiTables;

/*
 * The files' names are those that firmware looks for.  Strings are copied.
 */
AcpiTables *acpi_tables_new(const char *oem_id, const char *oem_table_id);
void acpi_tables_free(AcpiTables *t);

/* Appends a little-endian number of up to 8 bytes, and other bytes. */
void acpi_put(AcpiTables *t, uint64_t value, unsigned size);
void acpi_put_bytes(AcpiTables *t, const void *data, unsigned len);
void acpi_put_address(AcpiTables *t, AcpiAddressSpace space, uint8_t bits,
                      uint64_t address);
/* The number at an offset of the blob; 0 with size 0 bytes. */
void acpi_put_pointer(AcpiTables *t, unsigned target, unsigned size);

/*
 * A table begins with its header; what is appended until the end belongs to
 * it.  acpi_table_begin() returns its offset, which acpi_table_end() wants.
 * Listed tables are named by the RSDT.
 */
unsigned acpi_table_begin(AcpiTables *t, const char *signature,
                          uint8_t revision);
void acpi_table_end(AcpiTables *t, unsigned start, bool listed);

/* A table from a user, header and all; it is named by the RSDT. */
void acpi_table_add_user(AcpiTables *t, const void *data, unsigned len);

/* The RSDT, of the listed tables, and the RSDP that points to it. */
void acpi_tables_finish(AcpiTables *t);

#endif
