/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UUIDs (RFC 4122): the random ones (version 4) and their text. */
#include "qemu/osdep.h"
#include "qemu/uuid.h"
#include "qemu/guest-random.h"

QemuUUID qemu_uuid;
bool qemu_uuid_set;

void qemu_uuid_generate(QemuUUID *uuid)
{
    qemu_guest_getrandom_nofail(uuid->data, sizeof(uuid->data));
    /* 4.4: version 4 and the variant of the RFC. */
    uuid->data[6] = (uuid->data[6] & 0x0f) | 0x40;
    uuid->data[8] = (uuid->data[8] & 0x3f) | 0x80;
}

int qemu_uuid_is_null(const QemuUUID *uu)
{
    static const QemuUUID null_uuid;

    return qemu_uuid_is_equal(uu, &null_uuid);
}

int qemu_uuid_is_equal(const QemuUUID *lhv, const QemuUUID *rhv)
{
    return memcmp(lhv, rhv, sizeof(*lhv)) == 0;
}

/* Bytes in front of which a dash stands. */
static bool dash_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void qemu_uuid_unparse(const QemuUUID *uuid, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < 16; i++) {
        if (dash_before(i)) {
            *out++ = '-';
        }
        *out++ = digits[uuid->data[i] >> 4];
        *out++ = digits[uuid->data[i] & 15];
    }
    *out = '\0';
}

char *qemu_uuid_unparse_strdup(const QemuUUID *uuid)
{
    char *text = g_malloc(UUID_FMT_LEN + 1);

    qemu_uuid_unparse(uuid, text);
    return text;
}

int qemu_uuid_parse(const char *str, QemuUUID *uuid)
{
    QemuUUID out;

    for (int i = 0; i < 16; i++) {
        int high, low;

        if (dash_before(i) && *str++ != '-') {
            return -1;
        }
        high = g_ascii_xdigit_value(str[0]);
        low = high < 0 ? -1 : g_ascii_xdigit_value(str[1]);
        if (low < 0) {
            return -1;
        }
        out.data[i] = high << 4 | low;
        str += 2;
    }
    if (*str) {
        return -1;
    }
    *uuid = out;
    return 0;
}

QemuUUID qemu_uuid_bswap(QemuUUID uuid)
{
    bswap32s(&uuid.fields.time_low);
    bswap16s(&uuid.fields.time_mid);
    bswap16s(&uuid.fields.time_high_and_version);
    return uuid;
}

uint32_t qemu_uuid_hash(const void *uuid)
{
    const QemuUUID *id = uuid;
    uint32_t h = 2166136261u;   /* FNV-1a */

    for (int i = 0; i < 16; i++) {
        h = (h ^ id->data[i]) * 16777619u;
    }
    return h;
}
