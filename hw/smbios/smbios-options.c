/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option -smbios: members of structures by name, or structures from a
 * file.
 */
#include "qemu/osdep.h"
#include "smbios-internal.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/cutils.h"
#include "qemu/keyval.h"
#include "qemu/option.h"
#include "qemu/uuid.h"

#define FILE_SIZE_MAX (1024 * 1024)
#define STRUCTURE_HEADER 4

static bool given[SMBIOS_TYPES], from_file[SMBIOS_TYPES];
static json_t *options[SMBIOS_TYPES];   /* objects, or arrays of instances */
static GByteArray *structures;

/*** Kinds of members ***/

static bool check_text(const char *key, const char *value, Error **errp)
{
    return true;
}

static bool check_number(const char *key, const char *value, Error **errp)
{
    uint64_t n;

    return parse_option_number(key, value, &n, errp);
}

static bool check_speed(const char *key, const char *value, Error **errp)
{
    uint64_t n;

    if (!parse_option_number(key, value, &n, errp)) {
        return false;
    }
    if (n > UINT16_MAX) {
        error_setg(errp, "SMBIOS '%s' is too large (> %d)", key, UINT16_MAX);
        return false;
    }
    return true;
}

static bool check_byte(const char *key, const char *value, Error **errp)
{
    uint64_t n;

    if (!parse_option_number(key, value, &n, errp)) {
        return false;
    }
    if (n > UINT8_MAX) {
        error_setg(errp, "SMBIOS '%s' is too large (> %d)", key, UINT8_MAX);
        return false;
    }
    return true;
}

static bool check_switch(const char *key, const char *value, Error **errp)
{
    bool on;

    return parse_option_bool(key, value, &on, errp);
}

static bool check_uuid(const char *key, const char *value, Error **errp)
{
    QemuUUID uuid;

    if (qemu_uuid_parse(value, &uuid)) {
        error_setg(errp, "Invalid UUID '%s'", value);
        return false;
    }
    /* It is the machine's, for all who tell it. */
    qemu_uuid = uuid;
    qemu_uuid_set = true;
    return true;
}

static bool parse_release(const char *value, uint8_t *major, uint8_t *minor)
{
    unsigned a, b;
    int end = 0;

    if (sscanf(value, "%3u.%3u%n", &a, &b, &end) != 2 || value[end] ||
        a > UINT8_MAX || b > UINT8_MAX) {
        return false;
    }
    *major = a;
    *minor = b;
    return true;
}

static bool check_release(const char *key, const char *value, Error **errp)
{
    uint8_t major, minor;

    if (!parse_release(value, &major, &minor)) {
        error_setg(errp, "Invalid release '%s': it is two numbers up to 255, "
                   "as in 1.2", value);
        return false;
    }
    return true;
}

/* From 1 on. */
static const char *const device_kinds[] = {
    "other", "unknown", "video", "scsi", "ethernet", "tokenring", "sound",
    "pata", "sata", "sas",
};

static bool find_kind(const char *value, uint8_t *kind)
{
    for (int i = 0; i < ARRAY_SIZE(device_kinds); i++) {
        if (!strcmp(value, device_kinds[i])) {
            *kind = i + 1;
            return true;
        }
    }
    return false;
}

static bool check_kind(const char *key, const char *value, Error **errp)
{
    uint8_t kind;

    if (!find_kind(value, &kind)) {
        error_setg(errp, "invalid parameter value: %s (it is one of other, "
                   "unknown, video, scsi, ethernet, tokenring, sound, pata, "
                   "sata, sas)", value);
        return false;
    }
    return true;
}

/*** Members ***/

typedef bool (*CheckFn)(const char *key, const char *value, Error **errp);

static const struct {
    uint8_t type;
    const char *key;
    CheckFn check;
} members[] = {
    { 0, "vendor", check_text },
    { 0, "version", check_text },
    { 0, "date", check_text },
    { 0, "release", check_release },
    { 0, "uefi", check_switch },
    { 1, "manufacturer", check_text },
    { 1, "product", check_text },
    { 1, "version", check_text },
    { 1, "serial", check_text },
    { 1, "uuid", check_uuid },
    { 1, "sku", check_text },
    { 1, "family", check_text },
    { 2, "manufacturer", check_text },
    { 2, "product", check_text },
    { 2, "version", check_text },
    { 2, "serial", check_text },
    { 2, "asset", check_text },
    { 2, "location", check_text },
    { 3, "manufacturer", check_text },
    { 3, "version", check_text },
    { 3, "serial", check_text },
    { 3, "asset", check_text },
    { 3, "sku", check_text },
    { 4, "sock_pfx", check_text },
    { 4, "manufacturer", check_text },
    { 4, "version", check_text },
    { 4, "serial", check_text },
    { 4, "asset", check_text },
    { 4, "part", check_text },
    { 4, "max-speed", check_speed },
    { 4, "current-speed", check_speed },
    { 4, "processor-id", check_number },
    { SMBIOS_PORT, "internal_reference", check_text },
    { SMBIOS_PORT, "external_reference", check_text },
    { SMBIOS_PORT, "connector_type", check_byte },
    { SMBIOS_PORT, "port_type", check_byte },
    { SMBIOS_OEM_STRINGS, "value", check_text },
    { SMBIOS_OEM_STRINGS, "path", check_text },
    { 17, "loc_pfx", check_text },
    { 17, "bank", check_text },
    { 17, "manufacturer", check_text },
    { 17, "serial", check_text },
    { 17, "asset", check_text },
    { 17, "part", check_text },
    { 17, "speed", check_speed },
    { SMBIOS_ONBOARD, "designation", check_text },
    { SMBIOS_ONBOARD, "kind", check_kind },
    { SMBIOS_ONBOARD, "instance", check_byte },
    { SMBIOS_ONBOARD, "pcidev", check_text },
};

static bool check_member(unsigned type, const char *key, const char *value,
                         Error **errp)
{
    bool known_type = false;

    for (int i = 0; i < ARRAY_SIZE(members); i++) {
        if (members[i].type != type) {
            continue;
        }
        known_type = true;
        if (!strcmp(members[i].key, key)) {
            return members[i].check(key, value, errp);
        }
    }
    if (known_type) {
        error_setg(errp, "Invalid parameter '%s'", key);
    } else {
        error_setg(errp, "Don't know how to build fields for SMBIOS type %u",
                   type);
    }
    return false;
}

static bool is_known_type(unsigned type)
{
    for (int i = 0; i < ARRAY_SIZE(members); i++) {
        if (members[i].type == type) {
            return true;
        }
    }
    return false;
}

/*** type= ***/

typedef struct OptionText {
    GPtrArray *keys, *values;
    const char *type, *file;
} OptionText;

static void note_pair(const char *key, const char *value, void *opaque)
{
    OptionText *o = opaque;

    g_ptr_array_add(o->keys, g_strdup(key));
    g_ptr_array_add(o->values, g_strdup(value));
    if (!strcmp(key, "type")) {
        o->type = g_ptr_array_index(o->values, o->values->len - 1);
    } else if (!strcmp(key, "file")) {
        o->file = g_ptr_array_index(o->values, o->values->len - 1);
    }
}

/* A string for type 11: as it is, or a file's contents. */
static bool add_oem_string(json_t *strings, const char *key,
                           const char *value, Error **errp)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *text = NULL;
    gsize len;

    if (!strcmp(key, "value")) {
        json_array_append_new(strings, json_string_nocheck(value));
        return true;
    }
    if (!g_file_get_contents(value, &text, &len, &err)) {
        error_setg(errp, "cannot read a string from '%s': %s", value,
                   err->message);
        return false;
    }
    if (!len || len > FILE_SIZE_MAX || memchr(text, '\0', len)) {
        error_setg(errp, "'%s' holds no string for SMBIOS: it is empty, too "
                   "large, or has a NUL", value);
        return false;
    }
    json_array_append_new(strings, json_string_nocheck(text));
    return true;
}

static bool add_members(OptionText *o, unsigned type, json_t *object,
                        Error **errp)
{
    for (unsigned i = 0; i < o->keys->len; i++) {
        const char *key = o->keys->pdata[i], *value = o->values->pdata[i];

        if (!strcmp(key, "type")) {
            continue;
        }
        if (!check_member(type, key, value, errp)) {
            return false;
        }
        if (type == SMBIOS_OEM_STRINGS) {
            if (!add_oem_string(options[type], key, value, errp)) {
                return false;
            }
        } else {
            json_object_set_new(object, key, json_string_nocheck(value));
        }
    }
    return true;
}

static bool has_instances(unsigned type)
{
    return type == SMBIOS_PORT || type == SMBIOS_OEM_STRINGS ||
           type == SMBIOS_ONBOARD;
}

static void add_type(OptionText *o, Error **errp)
{
    uint64_t type;
    json_t *object;

    if (!parse_option_number("type", o->type, &type, errp)) {
        return;
    }
    if (type >= SMBIOS_TYPES) {
        error_setg(errp, "out of range!");
        error_append_hint(errp, "SMBIOS types are 0 to %d\n",
                          SMBIOS_TYPES - 1);
        return;
    }
    if (!is_known_type(type)) {
        error_setg(errp, "Don't know how to build fields for SMBIOS type %u",
                   (unsigned)type);
        return;
    }
    if (from_file[type]) {
        error_setg(errp, "can't add fields, binary file already loaded!");
        return;
    }
    if (!options[type]) {
        options[type] = has_instances(type) ? json_array() : json_object();
    }
    given[type] = true;
    object = has_instances(type) ? json_object() : json_incref(options[type]);
    if (add_members(o, type, object, errp) && has_instances(type) &&
        type != SMBIOS_OEM_STRINGS) {
        json_array_append(options[type], object);
    }
    json_decref(object);
}

/*** file= ***/

/*
 * The length of the structure at @data, or 0 where there is none: a header
 * with its length, then strings and an empty one, or two NULs for no strings.
 */
static size_t structure_len(const uint8_t *data, size_t len)
{
    const uint8_t *end;

    if (len < STRUCTURE_HEADER || data[1] < STRUCTURE_HEADER ||
        data[1] >= len) {
        return 0;
    }
    for (end = data + data[1]; end + 1 < data + len; end++) {
        if (!end[0] && !end[1]) {
            return end + 2 - data;
        }
    }
    return 0;
}

/*
 * A structure without strings may come without the two NULs; they are
 * supplied where the file has no room for them.
 */
static void add_file(const char *name, Error **errp)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autofree char *data = NULL;
    gsize len;

    if (!g_file_get_contents(name, &data, &len, &err)) {
        error_setg(errp, "Cannot read SMBIOS file %s: %s", name,
                   err->message);
        return;
    }
    if (len > FILE_SIZE_MAX) {
        error_setg(errp, "SMBIOS file %s has more than %d bytes", name,
                   FILE_SIZE_MAX);
        return;
    }
    g_byte_array_append(file, (uint8_t *)data, len);
    if (len >= STRUCTURE_HEADER && file->data[1] == len) {
        g_byte_array_append(file, (const uint8_t *)"\0\0", 2);
    }
    if (!file->len || structure_len(file->data, file->len) != file->len) {
        error_setg(errp, "SMBIOS file %s is not one structure: a header that "
                   "tells its length, that many bytes, strings, and a NUL",
                   name);
        return;
    }
    if (given[file->data[0]]) {
        error_setg(errp, "can't load type %d struct, fields already "
                   "specified!", file->data[0]);
        return;
    }
    from_file[file->data[0]] = true;
    if (!structures) {
        structures = g_byte_array_new();
    }
    g_byte_array_append(structures, file->data, file->len);
}

static bool check_only_file(OptionText *o, Error **errp)
{
    for (unsigned i = 0; i < o->keys->len; i++) {
        if (strcmp(o->keys->pdata[i], "file")) {
            error_setg(errp, "Invalid parameter '%s'",
                       (char *)o->keys->pdata[i]);
            return false;
        }
    }
    return true;
}

void smbios_option_add(const char *arg, Error **errp)
{
    ERRP_GUARD();
    OptionText o = {
        .keys = g_ptr_array_new_with_free_func(g_free),
        .values = g_ptr_array_new_with_free_func(g_free),
    };

    keyval_foreach_flat(arg, note_pair, &o);
    if (o.file) {
        if (check_only_file(&o, errp)) {
            add_file(o.file, errp);
        }
    } else if (o.type) {
        add_type(&o, errp);
    } else {
        error_setg(errp, "Must specify type= or file=");
    }
    g_ptr_array_unref(o.keys);
    g_ptr_array_unref(o.values);
}

/*** For those who build ***/

bool smbios_type_in_file(unsigned type)
{
    return from_file[type];
}

bool smbios_type_given(unsigned type)
{
    return given[type];
}

const GByteArray *smbios_file_structures(void)
{
    return structures;
}

const json_t *smbios_options(unsigned type)
{
    return options[type];
}

const json_t *smbios_instances(unsigned type)
{
    return options[type];
}

const char *smbios_text(const json_t *opts, const char *key,
                        const char *otherwise)
{
    const char *value = opts ? json_get_str(opts, key) : NULL;

    return value ? value : otherwise;
}

uint64_t smbios_number(const json_t *opts, const char *key,
                       uint64_t otherwise)
{
    const char *value = smbios_text(opts, key, NULL);
    uint64_t n = otherwise;

    if (value) {
        parse_option_number(key, value, &n, &error_abort);
    }
    return n;
}

bool smbios_switch(const json_t *opts, const char *key)
{
    const char *value = smbios_text(opts, key, NULL);
    bool on = false;

    if (value) {
        parse_option_bool(key, value, &on, &error_abort);
    }
    return on;
}

void smbios_release(const json_t *opts, uint8_t *major, uint8_t *minor)
{
    *major = *minor = 0;
    parse_release(smbios_text(opts, "release", ""), major, minor);
}

uint8_t smbios_device_kind(const json_t *opts)
{
    uint8_t kind = 1;

    find_kind(smbios_text(opts, "kind", "other"), &kind);
    return kind;
}
