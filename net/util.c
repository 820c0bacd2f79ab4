/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MAC addresses, the Ethernet CRC, and options of back ends. */
#include "qemu/osdep.h"
#include <zlib.h>
#include "net-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/cutils.h"

/* MAC addresses: 52:54:00:12:34:56 and up, as long as they are free */

#define MAC_COUNT 256
#define MAC_FIRST 0x56

static uint8_t mac_used[MAC_COUNT];
static const uint8_t mac_prefix[5] = { 0x52, 0x54, 0x00, 0x12, 0x34 };

static bool mac_is_ours(const MACAddr *mac)
{
    return memcmp(mac->a, mac_prefix, sizeof(mac_prefix)) == 0;
}

void qemu_macaddr_set_used(const MACAddr *macaddr)
{
    if (mac_is_ours(macaddr) && mac_used[macaddr->a[5]] < UINT8_MAX) {
        mac_used[macaddr->a[5]]++;
    }
}

void qemu_macaddr_set_free(const MACAddr *macaddr)
{
    if (mac_is_ours(macaddr) && mac_used[macaddr->a[5]]) {
        mac_used[macaddr->a[5]]--;
    }
}

void qemu_macaddr_default_if_unset(MACAddr *macaddr)
{
    static const MACAddr unset;

    if (memcmp(macaddr, &unset, sizeof(unset)) == 0) {
        memcpy(macaddr->a, mac_prefix, sizeof(mac_prefix));
        macaddr->a[5] = MAC_FIRST;
        for (unsigned i = 0; i < MAC_COUNT; i++) {
            if (!mac_used[(MAC_FIRST + i) % MAC_COUNT]) {
                macaddr->a[5] = MAC_FIRST + i;
                break;
            }
        }
    }
    qemu_macaddr_set_used(macaddr);
}

char *qemu_mac_strdup_printf(const uint8_t *a)
{
    return g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2],
                           a[3], a[4], a[5]);
}

bool net_parse_macaddr(uint8_t *macaddr, const char *p)
{
    for (int i = 0; i < 6; i++) {
        if (!g_ascii_isxdigit(p[0]) || !g_ascii_isxdigit(p[1])) {
            return false;
        }
        macaddr[i] = g_ascii_xdigit_value(p[0]) << 4 |
                     g_ascii_xdigit_value(p[1]);
        if (p[2] != (i == 5 ? '\0' : p[2] == '-' ? '-' : ':')) {
            return false;
        }
        p += 3;
    }
    return true;
}

/* CRC-32 of IEEE 802.3, in either bit order, without the final complement. */
uint32_t net_crc32(const uint8_t *p, int len)
{
    uint32_t crc = UINT32_MAX;

    for (; len > 0; len--, p++) {
        for (int bit = 0; bit < 8; bit++) {
            bool carry = (crc >> 31) ^ ((*p >> bit) & 1);

            crc <<= 1;
            if (carry) {
                crc ^= 0x04c11db7;
            }
        }
    }
    return crc;
}

uint32_t net_crc32_le(const uint8_t *p, int len)
{
    return ~(uint32_t)crc32(0, p, len);
}

/* Options */

const char *net_opt_str(json_t *opts, const char *key)
{
    return json_string_value(json_object_get(opts, key));
}

bool net_opt_int(json_t *opts, const char *key, int64_t min, int64_t max,
                 int64_t *value, Error **errp)
{
    const json_t *v = json_object_get(opts, key);
    int64_t n;

    if (!v) {
        return true;
    }
    if (json_is_integer(v)) {
        n = json_integer_value(v);
    } else if (!json_is_string(v) ||
               qemu_strtoi64(json_string_value(v), NULL, 0, &n) != 0) {
        error_setg(errp, "Parameter '%s' expects a number", key);
        return false;
    }
    if (n < min || n > max) {
        error_setg(errp, "Parameter '%s' expects a value from %" PRId64
                   " to %" PRId64, key, min, max);
        return false;
    }
    *value = n;
    return true;
}

json_t *net_opt_strings(json_t *opts, const char *key)
{
    const json_t *v = json_object_get(opts, key);
    json_t *list = json_array();
    size_t i;
    json_t *e;

    if (json_is_string(v)) {
        json_array_append(list, (json_t *)v);
    }
    json_array_foreach((json_t *)v, i, e) {
        json_t *str = json_is_object(e) ? json_object_get(e, "str") : e;

        if (json_is_string(str)) {
            json_array_append(list, str);
        }
    }
    return list;
}

bool net_opts_check(json_t *opts, const char *const *known, Error **errp)
{
    const char *key;
    json_t *v;

    json_object_foreach(opts, key, v) {
        if (strcmp(key, "type") != 0 && strcmp(key, "id") != 0 &&
            !g_strv_contains(known, key)) {
            error_setg(errp, "Invalid parameter '%s'", key);
            return false;
        }
    }
    return true;
}
