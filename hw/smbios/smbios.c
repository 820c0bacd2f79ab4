/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMBIOS structures: DMTF DSP0134, sections 5.2 (entry points), 6.1
 * (structures and their strings) and 7 (the types).
 *
 * A structure is its members, with strings by number, and then the strings.
 * Handles are the type times 256 plus a number; that is how they are told
 * apart by eye.
 */
#include "qemu/osdep.h"
#include "smbios-internal.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "qemu/uuid.h"

#define HEADER_SIZE 4
#define ANCHOR_21_SIZE 0x1f
#define ANCHOR_30_SIZE 0x18
/* The most that entry points of 32 bits can count. */
#define TABLES_21_MAX UINT16_MAX

#define DIMM_SIZE (16 * GiB)
#define ARRAY_HANDLE (16 << 8)
#define NO_HANDLE 0xfffe        /* errors are not told of */

enum {
    FIRMWARE = 0, SYSTEM = 1, BASEBOARD = 2, CHASSIS = 3, PROCESSOR = 4,
    MEMORY_ARRAY = 16, MEMORY_DEVICE = 17, MAPPED_ADDRESS = 19,
    BOOT_STATUS = 32, END_OF_TABLE = 127,
};

typedef struct Builder {
    const SmbiosMachine *m;
    SmbiosEntryPointType ep;
    GByteArray *out;
    unsigned count;
    unsigned largest;

    /* Of the structure in progress. */
    unsigned start;
    unsigned n_strings;
    GByteArray *strings;
} Builder;

/*** Structures ***/

static void put(Builder *b, uint64_t value, unsigned size)
{
    value = cpu_to_le64(value);
    g_byte_array_append(b->out, (const uint8_t *)&value, size);
}

/* False where a file replaces structures of that type. */
static bool begin(Builder *b, uint8_t type, unsigned number)
{
    if (smbios_type_in_file(type)) {
        return false;
    }
    b->start = b->out->len;
    b->n_strings = 0;
    g_byte_array_set_size(b->strings, 0);
    put(b, type, 1);
    put(b, 0, 1);               /* length of the members, to come */
    put(b, type << 8 | number, 2);
    return true;
}

/* A string's number; 0 for none or an empty one. */
static void put_string(Builder *b, const char *text)
{
    if (!text || !*text) {
        put(b, 0, 1);
        return;
    }
    g_byte_array_append(b->strings, (const uint8_t *)text, strlen(text) + 1);
    put(b, ++b->n_strings, 1);
}

static void end(Builder *b)
{
    b->out->data[b->start + 1] = b->out->len - b->start;
    if (!b->n_strings) {
        put(b, 0, 1);
    }
    g_byte_array_append(b->out, b->strings->data, b->strings->len);
    put(b, 0, 1);
    b->count++;
    b->largest = MAX(b->largest, b->out->len - b->start);
}

/*** Types ***/

/* 7.1: there is no firmware to tell of unless the user says so. */
static void add_firmware(Builder *b)
{
    const json_t *o = smbios_options(FIRMWARE);
    uint8_t major, minor;

    if (!smbios_type_given(FIRMWARE) || !begin(b, FIRMWARE, 0)) {
        return;
    }
    smbios_release(o, &major, &minor);
    put_string(b, smbios_text(o, "vendor", NULL));
    put_string(b, smbios_text(o, "version", NULL));
    put(b, 0xe800, 2);          /* start segment */
    put_string(b, smbios_text(o, "date", NULL));
    put(b, 0, 1);               /* ROM size: 64 KiB */
    put(b, 1u << 3, 8);         /* characteristics: not supported */
    put(b, 0, 1);
    /* A virtual machine, which can be told content; perhaps UEFI. */
    put(b, 0x14 | (smbios_switch(o, "uefi") ? 0x08 : 0), 1);
    put(b, major, 1);
    put(b, minor, 1);
    put(b, 0xffff, 2);          /* no embedded controller */
    end(b);
}

/* 7.2 */
static void add_system(Builder *b)
{
    const json_t *o = smbios_options(SYSTEM);
    QemuUUID uuid = qemu_uuid_bswap(qemu_uuid);

    if (!begin(b, SYSTEM, 0)) {
        return;
    }
    put_string(b, smbios_text(o, "manufacturer", b->m->manufacturer));
    put_string(b, smbios_text(o, "product", b->m->product));
    put_string(b, smbios_text(o, "version", b->m->version));
    put_string(b, smbios_text(o, "serial", NULL));
    g_byte_array_append(b->out, (const uint8_t *)&uuid, sizeof(uuid));
    put(b, 6, 1);               /* woken by its power switch */
    put_string(b, smbios_text(o, "sku", NULL));
    put_string(b, smbios_text(o, "family", NULL));
    end(b);
}

/* 7.3 */
static void add_baseboard(Builder *b)
{
    const json_t *o = smbios_options(BASEBOARD);

    if (!smbios_type_given(BASEBOARD) || !begin(b, BASEBOARD, 0)) {
        return;
    }
    put_string(b, smbios_text(o, "manufacturer", b->m->manufacturer));
    put_string(b, smbios_text(o, "product", b->m->product));
    put_string(b, smbios_text(o, "version", b->m->version));
    put_string(b, smbios_text(o, "serial", NULL));
    put_string(b, smbios_text(o, "asset", NULL));
    put(b, 1, 1);               /* hosts others */
    put_string(b, smbios_text(o, "location", NULL));
    put(b, CHASSIS << 8, 2);
    put(b, 0x0a, 1);            /* motherboard */
    put(b, 0, 1);
    end(b);
}

/* 7.4 */
static void add_chassis(Builder *b)
{
    const json_t *o = smbios_options(CHASSIS);

    if (!begin(b, CHASSIS, 0)) {
        return;
    }
    put_string(b, smbios_text(o, "manufacturer", b->m->manufacturer));
    put(b, 1, 1);               /* other than what the list has */
    put_string(b, smbios_text(o, "version", b->m->version));
    put_string(b, smbios_text(o, "serial", NULL));
    put_string(b, smbios_text(o, "asset", NULL));
    put(b, 3, 1);               /* safe: boot, power, thermal */
    put(b, 3, 1);
    put(b, 3, 1);
    put(b, 2, 1);               /* security unknown */
    put(b, 0, 4);
    put(b, 0, 1);               /* height unspecified */
    put(b, 0, 1);               /* power cords unspecified */
    put(b, 0, 2);               /* nothing contained */
    put_string(b, smbios_text(o, "sku", NULL));
    end(b);
}

/* 7.5, once a socket */
static void add_processor(Builder *b, unsigned socket)
{
    const json_t *o = smbios_options(PROCESSOR);
    g_autofree char *name = g_strdup_printf("%s %u",
                                            smbios_text(o, "sock_pfx", "CPU"),
                                            socket);

    if (!begin(b, PROCESSOR, socket)) {
        return;
    }
    put_string(b, name);
    put(b, 3, 1);               /* a central processor */
    put(b, 1, 1);               /* family: other */
    put_string(b, smbios_text(o, "manufacturer", b->m->manufacturer));
    put(b, smbios_number(o, "processor-id", b->m->processor_id), 8);
    put_string(b, smbios_text(o, "version", b->m->version));
    put(b, 0, 1);               /* voltage unknown */
    put(b, 0, 2);               /* clock unknown */
    put(b, smbios_number(o, "max-speed", 2000), 2);
    put(b, smbios_number(o, "current-speed", 2000), 2);
    put(b, 0x41, 1);            /* populated, enabled */
    put(b, 1, 1);               /* upgrade: other */
    put(b, 0xffff, 2);          /* no caches are told of */
    put(b, 0xffff, 2);
    put(b, 0xffff, 2);
    put_string(b, smbios_text(o, "serial", NULL));
    put_string(b, smbios_text(o, "asset", NULL));
    put_string(b, smbios_text(o, "part", NULL));
    put(b, MIN(b->m->cores, 0xff), 1);
    put(b, MIN(b->m->cores, 0xff), 1);
    put(b, MIN(b->m->threads, 0xff), 1);
    put(b, 1u << 1, 2);         /* characteristics unknown */
    put(b, 1, 2);               /* family, the long form */
    if (b->ep == SMBIOS_ENTRY_POINT_TYPE_64) {
        put(b, b->m->cores, 2);
        put(b, b->m->cores, 2);
        put(b, b->m->threads, 2);
    }
    end(b);
}

/* 7.9 */
static void add_ports(Builder *b)
{
    const json_t *instances = smbios_instances(SMBIOS_PORT);
    size_t i;
    json_t *o;

    json_array_foreach((json_t *)instances, i, o) {
        if (!begin(b, SMBIOS_PORT, i)) {
            return;
        }
        put_string(b, smbios_text(o, "internal_reference", NULL));
        put(b, 0, 1);           /* no connector inside */
        put_string(b, smbios_text(o, "external_reference", NULL));
        put(b, smbios_number(o, "connector_type", 0), 1);
        put(b, smbios_number(o, "port_type", 0), 1);
        end(b);
    }
}

/* 7.12; its handle is odd, but what it always was. */
static void add_oem_strings(Builder *b)
{
    const json_t *strings = smbios_instances(SMBIOS_OEM_STRINGS);
    size_t i;
    json_t *text;

    if (!json_array_size(strings) || !begin(b, SMBIOS_OEM_STRINGS, 0)) {
        return;
    }
    stw_le_p(b->out->data + b->start + 2, 0xe00);
    put(b, json_array_size(strings), 1);
    json_array_foreach((json_t *)strings, i, text) {
        const char *s = json_string_value(text);

        /* An empty one would end the list. */
        s = *s ? s : " ";
        g_byte_array_append(b->strings, (const uint8_t *)s, strlen(s) + 1);
        b->n_strings++;
    }
    end(b);
}

/* 7.17; in KiB, or from 2 TiB on in bytes elsewhere */
static void add_memory_array(Builder *b, unsigned dimms)
{
    uint64_t kib = b->m->ram_size / KiB;
    bool fits = kib < 0x80000000;

    if (!begin(b, MEMORY_ARRAY, 0)) {
        return;
    }
    put(b, 1, 1);               /* location: other */
    put(b, 3, 1);               /* system memory */
    put(b, 6, 1);               /* ECC over several bits */
    put(b, fits ? kib : 0x80000000, 4);
    put(b, NO_HANDLE, 2);
    put(b, dimms, 2);
    put(b, fits ? 0 : b->m->ram_size, 8);
    end(b);
}

/* 7.18; in MiB, twice where 15 bits do not hold it */
static void add_dimm(Builder *b, unsigned number, uint64_t size)
{
    const json_t *o = smbios_options(MEMORY_DEVICE);
    g_autofree char *name = g_strdup_printf("%s %u",
                                            smbios_text(o, "loc_pfx", "DIMM"),
                                            number);
    uint64_t mib = size / MiB;
    bool fits = mib < 0x7fff;
    uint64_t speed = smbios_number(o, "speed", 0);

    if (!begin(b, MEMORY_DEVICE, number)) {
        return;
    }
    put(b, ARRAY_HANDLE, 2);
    put(b, NO_HANDLE, 2);
    put(b, 0xffff, 2);          /* widths unknown */
    put(b, 0xffff, 2);
    put(b, fits ? mib : 0x7fff, 2);
    put(b, 9, 1);               /* DIMM */
    put(b, 0, 1);               /* of no set */
    put_string(b, name);
    put_string(b, smbios_text(o, "bank", NULL));
    put(b, 7, 1);               /* RAM */
    put(b, 1u << 1, 2);         /* detail: other */
    put(b, speed, 2);
    put_string(b, smbios_text(o, "manufacturer", b->m->manufacturer));
    put_string(b, smbios_text(o, "serial", NULL));
    put_string(b, smbios_text(o, "asset", NULL));
    put_string(b, smbios_text(o, "part", NULL));
    put(b, 0, 1);               /* ranks unknown */
    put(b, fits ? 0 : mib, 4);
    put(b, speed, 2);
    put(b, 0, 2);               /* voltages unknown */
    put(b, 0, 2);
    put(b, 0, 2);
    end(b);
}

/* 7.20; in KiB, or beyond 4 TiB in bytes elsewhere */
static void add_mapped_address(Builder *b, unsigned number,
                               const SmbiosArea *area)
{
    uint64_t start = area->address / KiB;
    uint64_t last = start + area->length / KiB - 1;
    bool fits = last < UINT32_MAX;

    if (!begin(b, MAPPED_ADDRESS, number)) {
        return;
    }
    put(b, fits ? start : UINT32_MAX, 4);
    put(b, fits ? last : UINT32_MAX, 4);
    put(b, ARRAY_HANDLE, 2);
    put(b, 1, 1);               /* one DIMM in a row */
    put(b, fits ? 0 : area->address, 8);
    put(b, fits ? 0 : area->address + area->length - 1, 8);
    end(b);
}

static void add_memory(Builder *b)
{
    unsigned dimms = DIV_ROUND_UP(b->m->ram_size, DIMM_SIZE);

    add_memory_array(b, dimms);
    for (unsigned i = 0; i < dimms; i++) {
        add_dimm(b, i, MIN(DIMM_SIZE, b->m->ram_size - i * DIMM_SIZE));
    }
    for (unsigned i = 0; i < b->m->n_areas; i++) {
        add_mapped_address(b, i, &b->m->areas[i]);
    }
}

/* 7.33 */
static void add_boot_status(Builder *b)
{
    if (begin(b, BOOT_STATUS, 0)) {
        put(b, 0, 6);
        put(b, 0, 1);           /* no errors */
        end(b);
    }
}

/* 7.42 */
static bool add_onboard(Builder *b, Error **errp)
{
    const json_t *instances = smbios_instances(SMBIOS_ONBOARD);
    size_t i;
    json_t *o;

    json_array_foreach((json_t *)instances, i, o) {
        const char *id = smbios_text(o, "pcidev", NULL);
        PCIDevice *d = NULL;

        if (id && pci_qdev_find_device(id, &d) < 0) {
            error_setg(errp, "-smbios type=41: no PCI device '%s'", id);
            return false;
        }
        if (!begin(b, SMBIOS_ONBOARD, i)) {
            return true;
        }
        put_string(b, smbios_text(o, "designation", NULL));
        put(b, smbios_device_kind(o) | 0x80, 1);        /* enabled */
        put(b, smbios_number(o, "instance", 1), 1);
        put(b, 0, 2);           /* segment */
        put(b, d ? pci_dev_bus_num(d) : 0, 1);
        put(b, d ? d->devfn : 0, 1);
        end(b);
    }
    return true;
}

/* 7.45 */
static void add_end(Builder *b)
{
    if (begin(b, END_OF_TABLE, 0)) {
        end(b);
    }
}

/*** Entry points (5.2); addresses and sums are firmware's ***/

static GByteArray *anchor_21(const Builder *b)
{
    GByteArray *anchor = g_byte_array_new();
    uint8_t *p;

    g_byte_array_set_size(anchor, ANCHOR_21_SIZE);
    p = anchor->data;
    memset(p, 0, ANCHOR_21_SIZE);
    memcpy(p, "_SM_", 4);
    p[5] = ANCHOR_21_SIZE;
    p[6] = 2;
    p[7] = 8;
    stw_le_p(p + 8, b->largest);
    memcpy(p + 0x10, "_DMI_", 5);
    stw_le_p(p + 0x16, b->out->len);
    stw_le_p(p + 0x1c, b->count);
    p[0x1e] = 0x28;
    return anchor;
}

static GByteArray *anchor_30(const Builder *b)
{
    GByteArray *anchor = g_byte_array_new();
    uint8_t *p;

    g_byte_array_set_size(anchor, ANCHOR_30_SIZE);
    p = anchor->data;
    memset(p, 0, ANCHOR_30_SIZE);
    memcpy(p, "_SM3_", 5);
    p[6] = ANCHOR_30_SIZE;
    p[7] = 3;
    p[0x0a] = 1;                /* revision of the entry point */
    stl_le_p(p + 0x0c, b->out->len);
    return anchor;
}

/* The user's files, and how many structures they have. */
static void add_files(Builder *b)
{
    const GByteArray *files = smbios_file_structures();
    unsigned at = 0;

    while (files && at < files->len) {
        unsigned stop = at + files->data[at + 1];

        while (files->data[stop] || files->data[stop + 1]) {
            stop++;
        }
        b->count++;
        b->largest = MAX(b->largest, stop + 2 - at);
        at = stop + 2;
    }
    if (files) {
        g_byte_array_append(b->out, files->data, files->len);
    }
}

static bool check_size(const Builder *b, Error **errp)
{
    if (b->ep == SMBIOS_ENTRY_POINT_TYPE_32 &&
        (b->out->len > TABLES_21_MAX || b->count > UINT16_MAX)) {
        error_setg(errp, "SMBIOS 2.1 table length %u exceeds %u; "
                   "-machine smbios-entry-point-type=64 has no such limit",
                   b->out->len, TABLES_21_MAX);
        return false;
    }
    return true;
}

bool smbios_build(const SmbiosMachine *m, SmbiosEntryPointType ep,
                  SmbiosTables *out, Error **errp)
{
    g_autoptr(GByteArray) strings = g_byte_array_new();
    g_autoptr(GByteArray) tables = g_byte_array_new();
    Builder b = { .m = m, .ep = ep, .out = tables, .strings = strings };

    add_files(&b);
    add_firmware(&b);
    add_system(&b);
    add_baseboard(&b);
    add_chassis(&b);
    for (unsigned i = 0; i < m->sockets; i++) {
        add_processor(&b, i);
    }
    add_ports(&b);
    add_oem_strings(&b);
    add_memory(&b);
    add_boot_status(&b);
    if (!add_onboard(&b, errp)) {
        return false;
    }
    add_end(&b);
    if (!check_size(&b, errp)) {
        return false;
    }
    out->anchor = ep == SMBIOS_ENTRY_POINT_TYPE_64 ? anchor_30(&b)
                                                   : anchor_21(&b);
    out->tables = g_steal_pointer(&tables);
    return true;
}
