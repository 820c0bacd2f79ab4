/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all ACPI tables have in common: ACPI specification 6.4, sections
 * 5.2.5 (RSDP), 5.2.6 (headers) and 5.2.7 (RSDT).
 */
#include "qemu/osdep.h"
#include "hw/acpi/acpi-tables.h"
#include "hw/acpi/acpi.h"
#include "qemu/bswap.h"

#define HEADER_LENGTH 4
#define HEADER_CHECKSUM 9
#define RSDP_CHECKSUM 8
#define RSDP_SIZE 20
#define RSDP_RSDT_ADDRESS 16
/* The FACS must be aligned to this (5.2.10); it is the blob's first table. */
#define TABLES_ALIGN 64
#define RSDP_ALIGN 16

AcpiTables *acpi_tables_new(const char *oem_id, const char *oem_table_id)
{
    AcpiTables *t = g_new0(AcpiTables, 1);

    t->blob = g_array_new(false, true, 1);
    t->rsdp = g_array_new(false, true, 1);
    t->listed = g_array_new(false, false, sizeof(unsigned));
    t->linker = bios_linker_loader_init();
    t->oem_id = g_strdup(oem_id);
    t->oem_table_id = g_strdup(oem_table_id);
    bios_linker_loader_alloc(t->linker, ACPI_BUILD_RSDP_FILE, t->rsdp,
                             RSDP_ALIGN, true);
    bios_linker_loader_alloc(t->linker, ACPI_BUILD_TABLE_FILE, t->blob,
                             TABLES_ALIGN, false);
    return t;
}

void acpi_tables_free(AcpiTables *t)
{
    bios_linker_loader_cleanup(t->linker);
    g_array_unref(t->blob);
    g_array_unref(t->rsdp);
    g_array_unref(t->listed);
    g_free(t->oem_id);
    g_free(t->oem_table_id);
    g_free(t->root_oem_id);
    g_free(t->root_oem_table_id);
    g_free(t);
}

void acpi_put(AcpiTables *t, uint64_t value, unsigned size)
{
    value = cpu_to_le64(value);
    g_array_append_vals(t->blob, &value, size);
}

void acpi_put_bytes(AcpiTables *t, const void *data, unsigned len)
{
    g_array_append_vals(t->blob, data, len);
}

/* A string of a fixed width, with zeros after it. */
static void put_padded(GArray *blob, const char *text, unsigned width)
{
    char field[8] = { 0 };

    memcpy(field, text, strnlen(text, width));
    g_array_append_vals(blob, field, width);
}

void acpi_put_address(AcpiTables *t, AcpiAddressSpace space, uint8_t bits,
                      uint64_t address)
{
    acpi_put(t, space, 1);
    acpi_put(t, bits, 1);
    acpi_put(t, 0, 1);          /* bit offset */
    acpi_put(t, 0, 1);          /* access size: as the register is */
    acpi_put(t, address, 8);
}

void acpi_put_pointer(AcpiTables *t, unsigned target, unsigned size)
{
    unsigned at = t->blob->len;

    acpi_put(t, 0, size);
    bios_linker_loader_add_pointer(t->linker, ACPI_BUILD_TABLE_FILE, at, size,
                                   ACPI_BUILD_TABLE_FILE, target);
}

unsigned acpi_table_begin(AcpiTables *t, const char *signature,
                          uint8_t revision)
{
    unsigned start = t->blob->len;
    bool root = t->root_oem_id && (!memcmp(signature, "FACP", 4) ||
                                   !memcmp(signature, "RSDT", 4));

    acpi_put_bytes(t, signature, 4);
    acpi_put(t, 0, 4);          /* length, to come */
    acpi_put(t, revision, 1);
    acpi_put(t, 0, 1);          /* checksum, by firmware */
    put_padded(t->blob, root ? t->root_oem_id : t->oem_id, 6);
    put_padded(t->blob, root ? t->root_oem_table_id : t->oem_table_id, 8);
    acpi_put(t, 1, 4);          /* OEM revision */
    acpi_put_bytes(t, "BXPC", 4);
    acpi_put(t, 1, 4);          /* creator's revision */
    return start;
}

static void list_table(AcpiTables *t, unsigned start)
{
    g_array_append_val(t->listed, start);
}

void acpi_table_end(AcpiTables *t, unsigned start, bool listed)
{
    unsigned len = t->blob->len - start;

    stl_le_p(t->blob->data + start + HEADER_LENGTH, len);
    bios_linker_loader_add_checksum(t->linker, ACPI_BUILD_TABLE_FILE, start,
                                    len, start + HEADER_CHECKSUM);
    if (listed) {
        list_table(t, start);
    }
}

void acpi_table_add_user(AcpiTables *t, const void *data, unsigned len)
{
    list_table(t, t->blob->len);
    acpi_put_bytes(t, data, len);
}

static unsigned add_rsdt(AcpiTables *t)
{
    unsigned start = acpi_table_begin(t, "RSDT", 1);

    for (unsigned i = 0; i < t->listed->len; i++) {
        acpi_put_pointer(t, g_array_index(t->listed, unsigned, i), 4);
    }
    acpi_table_end(t, start, false);
    return start;
}

/* Revision 0, that of ACPI 1.0: it knows an RSDT only. */
static void add_rsdp(AcpiTables *t, unsigned rsdt)
{
    g_array_append_vals(t->rsdp, "RSD PTR ", 8);
    g_array_set_size(t->rsdp, 9);           /* checksum */
    put_padded(t->rsdp, t->oem_id, 6);
    g_array_set_size(t->rsdp, RSDP_SIZE);
    bios_linker_loader_add_pointer(t->linker, ACPI_BUILD_RSDP_FILE,
                                   RSDP_RSDT_ADDRESS, 4,
                                   ACPI_BUILD_TABLE_FILE, rsdt);
    bios_linker_loader_add_checksum(t->linker, ACPI_BUILD_RSDP_FILE, 0,
                                    RSDP_SIZE, RSDP_CHECKSUM);
}

void acpi_tables_finish(AcpiTables *t)
{
    add_rsdp(t, add_rsdt(t));
}
