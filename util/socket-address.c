/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Socket addresses: their text, and their JSON (QAPI's SocketAddress and
 * SocketAddressLegacy).
 */
#include "qemu/osdep.h"
#include "qemu/sockets.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/keyval.h"
#include "qemu/option.h"

static const char *const type_names[] = {
    [SOCKET_ADDRESS_TYPE_INET] = "inet",
    [SOCKET_ADDRESS_TYPE_UNIX] = "unix",
    [SOCKET_ADDRESS_TYPE_VSOCK] = "vsock",
    [SOCKET_ADDRESS_TYPE_FD] = "fd",
};

const char *SocketAddressType_str(SocketAddressType type)
{
    return type_names[type];
}

void qapi_free_SocketAddress(SocketAddress *addr)
{
    if (!addr) {
        return;
    }
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        g_free(addr->u.inet.host);
        g_free(addr->u.inet.port);
        break;
    case SOCKET_ADDRESS_TYPE_UNIX:
        g_free(addr->u.q_unix.path);
        break;
    case SOCKET_ADDRESS_TYPE_VSOCK:
        g_free(addr->u.vsock.cid);
        g_free(addr->u.vsock.port);
        break;
    default:
        g_free(addr->u.fd.str);
        break;
    }
    g_free(addr);
}

/* JSON */

/* Members, of which scalars may be strings as options have them. */

static char *member_str(const json_t *obj, const char *key, bool required,
                        Error **errp)
{
    const json_t *v = json_object_get(obj, key);

    if (json_is_string(v)) {
        return g_strdup(json_string_value(v));
    }
    if (v) {
        error_setg(errp, "Invalid parameter type for '%s', expected: string",
                   key);
    } else if (required) {
        error_setg(errp, "Parameter '%s' is missing", key);
    }
    return NULL;
}

static bool member_bool(const json_t *obj, const char *key, bool *has,
                        bool *value, Error **errp)
{
    const json_t *v = json_object_get(obj, key);

    *has = v != NULL;
    if (!v) {
        return true;
    }
    if (json_is_string(v)) {
        return parse_option_bool(key, json_string_value(v), value, errp);
    }
    if (!json_is_boolean(v)) {
        error_setg(errp, "Invalid parameter type for '%s', expected: boolean",
                   key);
        return false;
    }
    *value = json_is_true(v);
    return true;
}

static bool member_u16(const json_t *obj, const char *key, bool *has,
                       uint16_t *value, Error **errp)
{
    const json_t *v = json_object_get(obj, key);
    uint64_t n;

    *has = v != NULL;
    if (!v) {
        return true;
    }
    if (json_is_string(v)) {
        if (!parse_option_number(key, json_string_value(v), &n, errp)) {
            return false;
        }
    } else if (json_is_integer(v)) {
        n = json_integer_value(v);
    } else {
        error_setg(errp, "Invalid parameter type for '%s', expected: integer",
                   key);
        return false;
    }
    if (n > UINT16_MAX) {
        error_setg(errp, "Parameter '%s' expects uint16_t", key);
        return false;
    }
    *value = n;
    return true;
}

static bool inet_from_json(InetSocketAddress *inet, const json_t *obj,
                           Error **errp)
{
    return (inet->host = member_str(obj, "host", true, errp)) &&
           (inet->port = member_str(obj, "port", true, errp)) &&
           member_bool(obj, "numeric", &inet->has_numeric, &inet->numeric,
                       errp) &&
           member_u16(obj, "to", &inet->has_to, &inet->to, errp) &&
           member_bool(obj, "ipv4", &inet->has_ipv4, &inet->ipv4, errp) &&
           member_bool(obj, "ipv6", &inet->has_ipv6, &inet->ipv6, errp) &&
           member_bool(obj, "keep-alive", &inet->has_keep_alive,
                       &inet->keep_alive, errp);
}

SocketAddress *socket_address_from_json(const json_t *obj, Error **errp)
{
    g_autofree char *type = member_str(obj, "type", true, errp);
    g_autoptr(SocketAddress) addr = g_new0(SocketAddress, 1);
    const json_t *data = json_object_get(obj, "data");
    int t = 0;
    bool ok = false;

    if (!type) {
        return NULL;
    }
    while (t < SOCKET_ADDRESS_TYPE__MAX && strcmp(type, type_names[t])) {
        t++;
    }
    if (t == SOCKET_ADDRESS_TYPE__MAX) {
        error_setg(errp, "Parameter 'type' does not accept value '%s'", type);
        return NULL;
    }
    if (json_is_object(data)) {
        obj = data;
    }
    addr->type = t;
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        ok = inet_from_json(&addr->u.inet, obj, errp);
        break;
    case SOCKET_ADDRESS_TYPE_UNIX:
        addr->u.q_unix.path = member_str(obj, "path", true, errp);
        ok = addr->u.q_unix.path &&
             member_bool(obj, "abstract", &addr->u.q_unix.has_abstract,
                         &addr->u.q_unix.abstract, errp) &&
             member_bool(obj, "tight", &addr->u.q_unix.has_tight,
                         &addr->u.q_unix.tight, errp);
        break;
    case SOCKET_ADDRESS_TYPE_VSOCK:
        ok = (addr->u.vsock.cid = member_str(obj, "cid", true, errp)) &&
             (addr->u.vsock.port = member_str(obj, "port", true, errp));
        break;
    default:
        addr->u.fd.str = member_str(obj, "str", true, errp);
        ok = addr->u.fd.str != NULL;
        break;
    }
    return ok ? g_steal_pointer(&addr) : NULL;
}

static void set_bool(json_t *obj, const char *key, bool has, bool value)
{
    if (has) {
        json_object_set_new(obj, key, json_boolean(value));
    }
}

static void set_str(json_t *obj, const char *key, const char *value)
{
    json_object_set_new(obj, key, json_string_nocheck(value));
}

json_t *socket_address_to_json(const SocketAddress *addr)
{
    const InetSocketAddress *inet = &addr->u.inet;
    json_t *obj = json_object();

    set_str(obj, "type", type_names[addr->type]);
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        set_str(obj, "host", inet->host);
        set_str(obj, "port", inet->port);
        set_bool(obj, "numeric", inet->has_numeric, inet->numeric);
        if (inet->has_to) {
            json_object_set_new(obj, "to", json_integer(inet->to));
        }
        set_bool(obj, "ipv4", inet->has_ipv4, inet->ipv4);
        set_bool(obj, "ipv6", inet->has_ipv6, inet->ipv6);
        set_bool(obj, "keep-alive", inet->has_keep_alive, inet->keep_alive);
        break;
    case SOCKET_ADDRESS_TYPE_UNIX:
        set_str(obj, "path", addr->u.q_unix.path);
        set_bool(obj, "abstract", addr->u.q_unix.has_abstract,
                 addr->u.q_unix.abstract);
        set_bool(obj, "tight", addr->u.q_unix.has_tight,
                 addr->u.q_unix.tight);
        break;
    case SOCKET_ADDRESS_TYPE_VSOCK:
        set_str(obj, "cid", addr->u.vsock.cid);
        set_str(obj, "port", addr->u.vsock.port);
        break;
    default:
        set_str(obj, "str", addr->u.fd.str);
        break;
    }
    return obj;
}

SocketAddress *socket_address_clone(const SocketAddress *addr)
{
    json_t *obj = socket_address_to_json(addr);
    SocketAddress *copy = socket_address_from_json(obj, &error_abort);

    json_decref(obj);
    return copy;
}

/* Text */

/* The options behind "HOST:PORT" or a path: keyval's second dialect. */
static bool parse_options(json_t *into, const char *str, Error **errp)
{
    json_t *opts;

    if (*str == '\0') {
        return true;
    }
    if (*str++ != ',') {
        return false;
    }
    opts = keyval_parse_flat(str, NULL, NULL, errp);
    if (!opts) {
        return false;
    }
    json_object_update(into, opts);
    json_decref(opts);
    return true;
}

/* "HOST:PORT", "[HOST]:PORT", ":PORT": where it ends, NULL if it is none. */
static const char *parse_host_and_port(const char *str, char **host,
                                       char **port)
{
    const char *colon;
    size_t len;

    if (*str == '[') {
        const char *end = strchr(str, ']');

        if (!end || end[1] != ':') {
            return NULL;
        }
        *host = g_strndup(str + 1, end - str - 1);
        colon = end + 1;
    } else {
        len = strcspn(str, ":,");
        if (str[len] != ':') {
            return NULL;
        }
        *host = g_strndup(str, len);
        colon = str + len;
    }
    len = strcspn(colon + 1, ",");
    *port = g_strndup(colon + 1, len);
    return colon + 1 + len;
}

int inet_parse(InetSocketAddress *addr, const char *str, Error **errp)
{
    ERRP_GUARD();
    char *host = NULL, *port = NULL;
    const char *rest = parse_host_and_port(str, &host, &port);
    json_t *obj = json_object();
    bool ok = rest && *port;

    if (ok) {
        set_str(obj, "host", host);
        set_str(obj, "port", port);
        ok = parse_options(obj, rest, errp) &&
             inet_from_json(addr, obj, errp);
    }
    if (!ok && !*errp) {
        error_setg(errp, "error parsing address '%s'", str);
    }
    g_free(host);
    g_free(port);
    json_decref(obj);
    return ok ? 0 : -1;
}

static bool unix_parse(json_t *obj, const char *str, Error **errp)
{
    size_t len = strcspn(str, ",");
    g_autofree char *path = g_strndup(str, len);

    if (!len) {
        error_setg(errp, "invalid Unix socket address");
        return false;
    }
    set_str(obj, "path", path);
    return parse_options(obj, str + len, errp);
}

SocketAddress *socket_parse(const char *str, Error **errp)
{
    ERRP_GUARD();
    json_t *obj = json_object();
    SocketAddress *addr = NULL;
    const char *rest;

    if (strstart(str, "unix:", &rest)) {
        set_str(obj, "type", "unix");
        if (unix_parse(obj, rest, errp)) {
            addr = socket_address_from_json(obj, errp);
        }
    } else if (strstart(str, "fd:", &rest)) {
        set_str(obj, "type", "fd");
        set_str(obj, "str", rest);
        if (*rest) {
            addr = socket_address_from_json(obj, errp);
        } else {
            error_setg(errp, "invalid file descriptor address");
        }
    } else if (strstart(str, "vsock:", &rest)) {
        char *cid = NULL, *port = NULL;
        const char *end = parse_host_and_port(rest, &cid, &port);

        if (end && !*end && *cid && *port) {
            set_str(obj, "type", "vsock");
            set_str(obj, "cid", cid);
            set_str(obj, "port", port);
            addr = socket_address_from_json(obj, errp);
        } else {
            error_setg(errp, "error parsing address '%s'", rest);
        }
        g_free(cid);
        g_free(port);
    } else {
        strstart(str, "tcp:", &str);
        addr = g_new0(SocketAddress, 1);
        addr->type = SOCKET_ADDRESS_TYPE_INET;
        if (inet_parse(&addr->u.inet, str, errp) < 0) {
            qapi_free_SocketAddress(addr);
            addr = NULL;
        }
    }
    json_decref(obj);
    return addr;
}

char *socket_address_to_string(const SocketAddress *addr)
{
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return g_strdup_printf(strchr(addr->u.inet.host, ':') ?
                               "[%s]:%s" : "%s:%s",
                               addr->u.inet.host, addr->u.inet.port);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return g_strdup_printf("unix:%s", addr->u.q_unix.path);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return g_strdup_printf("vsock:%s:%s", addr->u.vsock.cid,
                               addr->u.vsock.port);
    default:
        return g_strdup_printf("fd:%s", addr->u.fd.str);
    }
}
