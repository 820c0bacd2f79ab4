/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables that the user adds: ACPI specification 6.4, section 5.2.6. */
#include "qemu/osdep.h"
#include "hw/acpi/acpi-user.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"

#define TABLE_SIZE_MAX (1024 * 1024)

typedef struct QEMU_PACKED TableHeader {
    char signature[4];
    uint32_t length;
    uint8_t revision;
    uint8_t checksum;
    char oem_id[6];
    char oem_table_id[8];
    uint32_t oem_revision;
    char creator_id[4];
    uint32_t creator_revision;
} TableHeader;

QEMU_BUILD_BUG_ON(sizeof(TableHeader) != ACPI_TABLE_HEADER_SIZE);

/* Each field of the header that has an option. */
static const struct {
    const char *key;
    unsigned offset, size;
    bool text;
} fields[] = {
    { "sig", offsetof(TableHeader, signature), 4, true },
    { "rev", offsetof(TableHeader, revision), 1 },
    { "oem_id", offsetof(TableHeader, oem_id), 6, true },
    { "oem_table_id", offsetof(TableHeader, oem_table_id), 8, true },
    { "oem_rev", offsetof(TableHeader, oem_revision), 4 },
    { "asl_compiler_id", offsetof(TableHeader, creator_id), 4, true },
    { "asl_compiler_rev", offsetof(TableHeader, creator_revision), 4 },
};

static GPtrArray *user_tables;  /* GByteArray */

static bool set_text(uint8_t *at, const char *key, const char *value,
                     unsigned size, Error **errp)
{
    size_t len = strlen(value);

    if (len > size) {
        error_setg(errp, "'%s' of an ACPI table has up to %u characters, not "
                   "%zu", key, size, len);
        return false;
    }
    memset(at, 0, size);
    memcpy(at, value, len);
    return true;
}

static bool set_number(uint8_t *at, const char *key, const char *value,
                       unsigned size, Error **errp)
{
    uint64_t max = size == 1 ? UINT8_MAX : UINT32_MAX;
    uint64_t n;

    if (qemu_strtou64(value, NULL, 0, &n) || n > max) {
        error_setg(errp, "'%s' of an ACPI table is a number up to %" PRIu64
                   ", not '%s'", key, max, value);
        return false;
    }
    n = cpu_to_le64(n);
    memcpy(at, &n, size);
    return true;
}

static bool check_keys(const json_t *opts, Error **errp)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)opts, key, value) {
        bool known = !strcmp(key, "file") || !strcmp(key, "data");

        for (int i = 0; i < ARRAY_SIZE(fields) && !known; i++) {
            known = !strcmp(key, fields[i].key);
        }
        if (!known) {
            error_setg(errp, "Invalid parameter '%s'", key);
            return false;
        }
    }
    return true;
}

static bool append_files(GByteArray *table, const char *names, Error **errp)
{
    g_auto(GStrv) list = g_strsplit(names, ":", 0);

    for (char **name = list; *name; name++) {
        g_autoptr(GError) err = NULL;
        g_autofree char *data = NULL;
        gsize len;

        if (!g_file_get_contents(*name, &data, &len, &err)) {
            error_setg(errp, "cannot read ACPI table: %s", err->message);
            return false;
        }
        if (len > TABLE_SIZE_MAX - MIN(table->len, TABLE_SIZE_MAX)) {
            error_setg(errp, "ACPI table '%s' has more than %u bytes", names,
                       TABLE_SIZE_MAX);
            return false;
        }
        g_byte_array_append(table, (const uint8_t *)data, len);
    }
    return true;
}

/* What a table has where neither a file nor an option says. */
static void put_default_header(GByteArray *table)
{
    TableHeader h = {
        .revision = 1,
        .oem_revision = cpu_to_le32(1),
        .creator_revision = cpu_to_le32(1),
    };

    memcpy(h.signature, "QEMU", 4);
    memcpy(h.oem_id, "QEMUQE", 6);
    memcpy(h.oem_table_id, "QEMUQEMU", 8);
    memcpy(h.creator_id, "QEMU", 4);
    g_byte_array_append(table, (const uint8_t *)&h, sizeof(h));
}

static bool check_file_header(const GByteArray *table, const char *names,
                              Error **errp)
{
    uint32_t len;

    if (table->len < sizeof(TableHeader)) {
        error_setg(errp, "ACPI table '%s' has %u bytes, fewer than the %zu "
                   "of a header; data= takes contents without one", names,
                   table->len, sizeof(TableHeader));
        return false;
    }
    len = ldl_le_p(table->data + offsetof(TableHeader, length));
    if (len != table->len) {
        warn_report("ACPI table has wrong length, header says %" PRIu32
                    ", actual size %u bytes", len, table->len);
    }
    return true;
}

static bool set_fields(GByteArray *table, const json_t *opts, bool *any,
                       Error **errp)
{
    *any = false;
    for (int i = 0; i < ARRAY_SIZE(fields); i++) {
        const char *value = json_get_str(opts, fields[i].key);
        uint8_t *at = table->data + fields[i].offset;

        if (!value) {
            continue;
        }
        *any = true;
        if (!(fields[i].text ? set_text : set_number)(at, fields[i].key,
                                                      value, fields[i].size,
                                                      errp)) {
            return false;
        }
    }
    return true;
}

static void finish(GByteArray *table)
{
    uint8_t *checksum = table->data + offsetof(TableHeader, checksum);
    uint8_t sum = 0;

    stl_le_p(table->data + offsetof(TableHeader, length), table->len);
    *checksum = 0;
    for (unsigned i = 0; i < table->len; i++) {
        sum += table->data[i];
    }
    *checksum = -sum;
}

static bool make_table(GByteArray *table, const json_t *opts, Error **errp)
{
    const char *file = json_get_str(opts, "file");
    const char *data = json_get_str(opts, "data");
    bool any;

    if (!check_keys(opts, errp)) {
        return false;
    }
    if (!file == !data) {
        error_setg(errp, "an ACPI table needs either file= or data=");
        return false;
    }
    if (data) {
        put_default_header(table);
    }
    if (!append_files(table, file ? file : data, errp) ||
        (file && !check_file_header(table, file, errp)) ||
        !set_fields(table, opts, &any, errp)) {
        return false;
    }
    if (data && !any) {
        warn_report("ACPI table: no headers are specified");
    }
    finish(table);
    return true;
}

bool acpi_table_add(const json_t *opts, Error **errp)
{
    GByteArray *table = g_byte_array_new();

    if (!make_table(table, opts, errp)) {
        g_byte_array_unref(table);
        return false;
    }
    if (!user_tables) {
        user_tables =
            g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
    }
    g_ptr_array_add(user_tables, table);
    return true;
}

void acpi_user_tables_foreach(void (*fn)(const void *data, size_t len,
                                         void *opaque), void *opaque)
{
    for (unsigned i = 0; user_tables && i < user_tables->len; i++) {
        GByteArray *table = user_tables->pdata[i];

        fn(table->data, table->len, opaque);
    }
}

static void adopt_slic(const void *data, size_t len, void *opaque)
{
    const TableHeader *h = data;
    AcpiTables *t = opaque;

    if (!memcmp(h->signature, "SLIC", 4) && !t->root_oem_id) {
        t->root_oem_id = g_strndup(h->oem_id, 6);
        t->root_oem_table_id = g_strndup(h->oem_table_id, 8);
    }
}

void acpi_user_tables_adopt_oem(AcpiTables *t)
{
    acpi_user_tables_foreach(adopt_slic, t);
}
