/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device properties with a syntax or a range of their own: MAC addresses,
 * UUIDs, PCI slots, block sizes, PCI Express link rates, policies.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/uuid.h"

/* Enumerations that need no more than their names. */
#define ENUM_INFO(prop, qapi, text) \
    const PropertyInfo prop = { \
        .name = #qapi, \
        .description = text, \
        .enum_table = &qapi##_lookup, \
        .get = qdev_propinfo_get_enum, \
        .set = qdev_propinfo_set_enum, \
        .set_default_value = qdev_propinfo_set_default_value_enum, \
        .init_default = qdev_propinfo_init_default_32, \
    };

ENUM_INFO(qdev_prop_losttickpolicy, LostTickPolicy, NULL)
ENUM_INFO(qdev_prop_blockdev_on_error, BlockdevOnError,
          "Error handling policy, report/ignore/enospc/stop/auto")
ENUM_INFO(qdev_prop_bios_chs_trans, BiosAtaTranslation,
          "Logical CHS translation algorithm, auto/none/lba/large/rechs")
ENUM_INFO(qdev_prop_off_auto_pcibar, OffAutoPCIBAR,
          "off/auto/bar0/bar1/bar2/bar3/bar4/bar5")

const PropertyInfo qdev_prop_fdc_drive_type = {
    .name = "FdcDriveType",
    .description = "FDC drive type, 144/288/120/none/auto",
    .enum_table = &FloppyDriveType_lookup,
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
    .init_default = qdev_propinfo_init_default_32,
};

/*** MAC address ***/

#define MAC_LEN 6
#define MAC_TEXT_LEN (3 * MAC_LEN - 1)

static void format_mac(const uint8_t *mac, char text[MAC_TEXT_LEN + 1])
{
    snprintf(text, MAC_TEXT_LEN + 1, "%02x:%02x:%02x:%02x:%02x:%02x",
             mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

/* "52:54:00:12:34:56"; dashes do as well as colons. */
static bool parse_mac(const char *text, uint8_t *mac)
{
    int i;

    if (strlen(text) != MAC_TEXT_LEN) {
        return false;
    }
    for (i = 0; i < MAC_LEN; i++) {
        const char *p = text + 3 * i;

        if (!g_ascii_isxdigit(p[0]) || !g_ascii_isxdigit(p[1]) ||
            (i < MAC_LEN - 1 && p[2] != ':' && p[2] != '-')) {
            return false;
        }
        mac[i] = g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1]);
    }
    return true;
}

static void get_mac(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    char text[MAC_TEXT_LEN + 1];
    char *p = text;

    format_mac(object_field_prop_ptr(obj, opaque), text);
    visit_type_str(v, name, &p, errp);
}

static void set_mac(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    g_autofree char *text = NULL;
    uint8_t mac[MAC_LEN];

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    if (!parse_mac(text, mac)) {
        error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, text);
        return;
    }
    memcpy(object_field_prop_ptr(obj, opaque), mac, MAC_LEN);
}

const PropertyInfo qdev_prop_macaddr = {
    .name = "str",
    .description = "Ethernet 6-byte MAC Address, example: 52:54:00:12:34:56",
    .get = get_mac,
    .set = set_mac,
};

void qdev_prop_set_macaddr(DeviceState *dev, const char *name,
                           const uint8_t *value)
{
    char text[MAC_TEXT_LEN + 1];

    format_mac(value, text);
    object_property_set_str(OBJECT(dev), name, text, &error_abort);
}

/*** UUID ***/

#define UUID_AUTO "auto"

static void get_uuid(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    char text[UUID_FMT_LEN + 1];
    char *p = text;

    qemu_uuid_unparse(object_field_prop_ptr(obj, opaque), text);
    visit_type_str(v, name, &p, errp);
}

static void set_uuid(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    QemuUUID *uuid = object_field_prop_ptr(obj, opaque);
    g_autofree char *text = NULL;

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    if (strcmp(text, UUID_AUTO) == 0) {
        qemu_uuid_generate(uuid);
    } else if (qemu_uuid_parse(text, uuid) < 0) {
        error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, text);
    }
}

static void set_default_uuid_auto(ObjectProperty *op, const Property *prop)
{
    object_property_set_default_str(op, UUID_AUTO);
}

const PropertyInfo qdev_prop_uuid = {
    .name = "str",
    .description = "UUID (aka GUID) or \"" UUID_AUTO
                   "\" for random value (default)",
    .get = get_uuid,
    .set = set_uuid,
    .set_default_value = set_default_uuid_auto,
};

/*** PCI slot and function: 5 bits and 3 ***/

#define PCI_DEVFN_AUTO (-1)

static int print_devfn(Object *obj, Property *prop, char *dest, size_t len)
{
    int32_t devfn = *(int32_t *)object_field_prop_ptr(obj, prop);

    if (devfn == PCI_DEVFN_AUTO) {
        return snprintf(dest, len, "<unset>");
    }
    return snprintf(dest, len, "%02x.%x", devfn >> 3, devfn & 7);
}

/* Hexadecimal "slot" or "slot.function". */
static bool parse_devfn(const char *text, int32_t *devfn)
{
    const char *p = text;
    unsigned part[2] = { 0, 0 };
    int i;

    for (i = 0; i < 2; i++) {
        char *end;

        if (!g_ascii_isxdigit(*p)) {
            return false;
        }
        part[i] = MIN(strtoul(p, &end, 16), 0xffff);
        p = end;
        if (i == 1 || *p != '.') {
            break;
        }
        p++;
    }
    if (*p || part[0] > 31 || part[1] > 7) {
        return false;
    }
    *devfn = part[0] << 3 | part[1];
    return true;
}

/* A number is the byte itself, as it is read; text is slot and function. */
static void set_devfn(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    int32_t *field = object_field_prop_ptr(obj, opaque);
    g_autofree GenericAlternate *alt = NULL;
    g_autofree char *text = NULL;
    int64_t value;

    if (!visit_start_alternate(v, name, &alt, sizeof(*alt), errp)) {
        return;
    }
    /* A visitor of plain text knows no alternatives: text it is. */
    switch (alt ? alt->type : JSON_STRING) {
    case JSON_STRING:
        if (visit_type_str(v, name, &text, errp) &&
            !parse_devfn(text, field)) {
            error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, text);
        }
        break;
    case JSON_INTEGER:
    case JSON_REAL:             /* refused as what it should be */
        if (!visit_type_int(v, name, &value, errp)) {
            break;
        }
        if (value < PCI_DEVFN_AUTO || value > 255) {
            error_setg(errp, "Parameter '%s' expects a value between -1 and "
                       "255", name ? name : "null");
            break;
        }
        *field = value;
        break;
    default:
        error_setg(errp, "Invalid parameter type for '%s', expected int or "
                   "str", name ? name : "null");
        break;
    }
    visit_end_alternate(v, NULL);
}

const PropertyInfo qdev_prop_pci_devfn = {
    .name = "int32",
    .description = "Slot and optional function number, example: 06.0 or 06",
    .print = print_devfn,
    .get = qdev_propinfo_get_int32,
    .set = set_devfn,
    .set_default_value = qdev_propinfo_set_default_value_int,
    .init_default = qdev_propinfo_init_default_32,
};

/*** Block size ***/

#define MIN_BLOCK_SIZE 512
#define MAX_BLOCK_SIZE (2 * 1024 * 1024)

/* 0 stands for the back end's own. */
static bool check_block_size(const char *id, const char *name, uint64_t value,
                             Error **errp)
{
    if (value && (value < MIN_BLOCK_SIZE || value > MAX_BLOCK_SIZE)) {
        error_setg(errp, "Property %s.%s doesn't take value %" PRIu64
                   " (minimum: %d, maximum: %d)", id, name, value,
                   MIN_BLOCK_SIZE, MAX_BLOCK_SIZE);
        return false;
    }
    if (value & (value - 1)) {
        error_setg(errp, "Property %s.%s doesn't take value '%" PRIu64
                   "', it's not a power of 2", id, name, value);
        return false;
    }
    return true;
}

static void set_blocksize(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uint32_t *field = object_field_prop_ptr(obj, opaque);
    const char *id = DEVICE(obj)->id;
    uint64_t value;

    if (visit_type_size(v, name, &value, errp) &&
        check_block_size(id ? id : "", name, value, errp)) {
        *field = value;
    }
}

const PropertyInfo qdev_prop_blocksize = {
    .name = "size",
    .description = "A power of two between 512 B and 2 MiB",
    .get = qdev_propinfo_get_size32,
    .set = set_blocksize,
    .set_default_value = qdev_propinfo_set_default_value_uint,
    .init_default = qdev_propinfo_init_default_32,
};

/*
 * PCI Express links.  The field has the value of the Link Capabilities
 * register (PCIe 4.0, 7.5.3.6): speeds count from 1, a width is its number of
 * lanes.  The default in the Property is of the QAPI enumeration, though.
 */

static int find_code(const int *codes, int n, int code)
{
    int i;

    for (i = 0; i < n; i++) {
        if (codes[i] == code) {
            return i;
        }
    }
    return -1;
}

static void get_code(Object *obj, Visitor *v, const char *name,
                     Property *prop, const int *codes, int n, Error **errp)
{
    int value = find_code(codes, n,
                          *(int *)object_field_prop_ptr(obj, prop));

    if (value < 0) {
        error_setg(errp, "Property '%s.%s' has no name for its value",
                   object_get_typename(obj), name);
        return;
    }
    visit_type_enum(v, name, &value, prop->info->enum_table, errp);
}

static void set_code(Object *obj, Visitor *v, const char *name,
                     Property *prop, const int *codes, Error **errp)
{
    int value;

    if (visit_type_enum(v, name, &value, prop->info->enum_table, errp)) {
        *(int *)object_field_prop_ptr(obj, prop) = codes[value];
    }
}

#define LINK_INFO(kind, qapi, text, ...) \
    static const int kind##_codes[] = { __VA_ARGS__ }; \
    static void get_##kind(Object *obj, Visitor *v, const char *name, \
                           void *opaque, Error **errp) \
    { \
        get_code(obj, v, name, opaque, kind##_codes, \
                 ARRAY_SIZE(kind##_codes), errp); \
    } \
    static void set_##kind(Object *obj, Visitor *v, const char *name, \
                           void *opaque, Error **errp) \
    { \
        set_code(obj, v, name, opaque, kind##_codes, errp); \
    } \
    QEMU_BUILD_BUG_ON(ARRAY_SIZE(kind##_codes) != qapi##__COUNT_); \
    const PropertyInfo qdev_prop_##kind = { \
        .name = #qapi, \
        .description = text, \
        .enum_table = &qapi##_lookup, \
        .get = get_##kind, \
        .set = set_##kind, \
        .set_default_value = qdev_propinfo_set_default_value_enum, \
    };

#define PCIELinkSpeed__COUNT_ PCIE_LINK_SPEED__MAX
#define PCIELinkWidth__COUNT_ PCIE_LINK_WIDTH__MAX

LINK_INFO(pcie_link_speed, PCIELinkSpeed, "2_5/5/8/16", 1, 2, 3, 4)
LINK_INFO(pcie_link_width, PCIELinkWidth, "1/2/4/8/12/16/32",
          1, 2, 4, 8, 12, 16, 32)
