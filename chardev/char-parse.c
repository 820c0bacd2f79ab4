/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Character devices from the command line: -chardev's options, and the short
 * forms of -serial, -monitor, -qmp and their like.
 */
#include "qemu/osdep.h"
#include "char-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/id.h"
#include "qemu/keyval.h"
#include "qemu/sockets.h"

/* Values */

bool chr_opt_int(json_t *data, const char *key, int64_t min, int64_t max,
                 int64_t *value, Error **errp)
{
    const json_t *v = json_object_get(data, key);
    uint64_t size;

    if (!v) {
        return true;
    }
    if (json_is_integer(v)) {
        size = json_integer_value(v);
    } else if (!json_is_string(v) ||
               qemu_strtosz(json_string_value(v), NULL, &size) != 0) {
        error_setg(errp, "Parameter '%s' expects a number", key);
        return false;
    }
    if (size > INT64_MAX || (int64_t)size < min || (int64_t)size > max) {
        error_setg(errp, "Parameter '%s' expects a value from %" PRId64
                   " to %" PRId64, key, min, max);
        return false;
    }
    *value = size;
    return true;
}

bool chr_require(json_t *data, const char *key, Error **errp)
{
    if (!json_get_str(data, key)) {
        error_setg(errp, "Parameter '%s' is missing", key);
        return false;
    }
    return true;
}

/* Kinds */

#define COMMON "id", "backend", "mux", "logfile", "logappend"

static const char *const null_options[] = { COMMON, NULL };
static const char *const socket_options[] = {
    COMMON, "host", "port", "to", "ipv4", "ipv6", "path", "fd", "abstract",
    "tight", "server", "wait", "nodelay", "delay", "reconnect", "telnet",
    "tn3270", "websocket", "tls-creds", "tls-authz", NULL
};
static const char *const file_options[] = {
    COMMON, "path", "input-path", "append", NULL
};
static const char *const pipe_options[] = { COMMON, "path", NULL };
static const char *const stdio_options[] = { COMMON, "signal", NULL };
static const char *const ringbuf_options[] = { COMMON, "size", NULL };
static const char *const udp_options[] = {
    COMMON, "host", "port", "localaddr", "localport", "ipv4", "ipv6", NULL
};
static const char *const vc_options[] = {
    COMMON, "width", "height", "cols", "rows", NULL
};
static const char *const mux_options[] = { COMMON, "chardev", NULL };

static const ChardevKind kinds[] = {
    { "null", TYPE_CHARDEV_NULL, null_options },
    { "socket", TYPE_CHARDEV_SOCKET, socket_options },
    { "udp", TYPE_CHARDEV_UDP, udp_options },
    { "file", TYPE_CHARDEV_FILE, file_options },
    { "pipe", TYPE_CHARDEV_PIPE, pipe_options },
    { "serial", TYPE_CHARDEV_SERIAL, pipe_options },
    { "stdio", TYPE_CHARDEV_STDIO, stdio_options },
    { "pty", TYPE_CHARDEV_PTY, null_options },
    { "vc", TYPE_CHARDEV_VC, vc_options },
    { "ringbuf", TYPE_CHARDEV_RINGBUF, ringbuf_options },
    { "memory", TYPE_CHARDEV_RINGBUF, ringbuf_options },
    { "mux", TYPE_CHARDEV_MUX, mux_options },
    { }
};

const ChardevKind *chardev_kinds(void)
{
    return kinds;
}

const ChardevKind *chardev_kind(const char *name)
{
    for (const ChardevKind *k = kinds; k->name; k++) {
        if (strcmp(k->name, name) == 0) {
            return k;
        }
    }
    return NULL;
}

void qemu_chr_print_types(void)
{
    printf("Available chardev backend types: \n");
    for (const ChardevKind *k = kinds; k->name; k++) {
        printf("  %s\n", k->name);
    }
}

/* Options to data */

static void copy(json_t *to, const char *new_key, json_t *from,
                 const char *key)
{
    json_t *v = json_object_get(from, key);

    if (v) {
        json_object_set(to, new_key, v);
    }
}

static bool require(json_t *opts, const char *backend, const char *key,
                    const char *what, Error **errp)
{
    if (!json_get_str(opts, key)) {
        error_setg(errp, "chardev: %s: no %s given", backend, what);
        return false;
    }
    return true;
}

static json_t *socket_data(json_t *opts, Error **errp)
{
    static const char *const same[] = {
        "wait", "nodelay", "reconnect", "telnet", "tn3270", "websocket",
        "tls-creds", "tls-authz", NULL
    };
    static const char *const inet[] = {
        "host", "port", "to", "ipv4", "ipv6", NULL
    };
    const char *path = json_get_str(opts, "path");
    const char *host = json_get_str(opts, "host");
    const char *fd = json_get_str(opts, "fd");
    json_t *data, *addr;
    bool server = false, delay = true;

    if (!!path + !!fd + !!host > 1) {
        error_setg(errp, "None or one of 'path', 'fd' or 'host' option "
                   "required.");
        return NULL;
    }
    if (!path && !fd && !host && !json_get_str(opts, "port")) {
        error_setg(errp, "chardev: socket: no path, fd or host given");
        return NULL;
    }
    if (host && !json_get_str(opts, "port")) {
        error_setg(errp, "chardev: socket: no port given");
        return NULL;
    }
    if (!json_opt_bool(opts, "server", &server, errp) ||
        !json_opt_bool(opts, "delay", &delay, errp)) {
        return NULL;
    }
    addr = json_object();
    if (path) {
        json_object_set_new(addr, "type", json_string("unix"));
        copy(addr, "path", opts, "path");
        copy(addr, "abstract", opts, "abstract");
        copy(addr, "tight", opts, "tight");
    } else if (fd) {
        json_object_set_new(addr, "type", json_string("fd"));
        copy(addr, "str", opts, "fd");
    } else {
        json_object_set_new(addr, "type", json_string("inet"));
        json_object_set_new(addr, "host", json_string(""));
        for (unsigned i = 0; inet[i]; i++) {
            copy(addr, inet[i], opts, inet[i]);
        }
    }
    data = json_pack("{s:o, s:b}", "addr", addr, "server", server);
    if (server) {
        json_object_set_new(data, "wait", json_true());
    }
    if (!delay) {
        json_object_set_new(data, "nodelay", json_true());
    }
    for (unsigned i = 0; same[i]; i++) {
        copy(data, same[i], opts, same[i]);
    }
    return data;
}

static json_t *inet_address(json_t *opts, const char *host, const char *port)
{
    json_t *addr = json_pack("{ss, ss, ss}", "type", "inet", "host", host,
                             "port", port);

    copy(addr, "ipv4", opts, "ipv4");
    copy(addr, "ipv6", opts, "ipv6");
    return addr;
}

static json_t *udp_data(json_t *opts, Error **errp)
{
    const char *host = json_get_str(opts, "host");
    const char *port = json_get_str(opts, "port");
    const char *localaddr = json_get_str(opts, "localaddr");
    const char *localport = json_get_str(opts, "localport");
    json_t *data;

    if (!port || !*port) {
        error_setg(errp, "chardev: udp: remote port not specified");
        return NULL;
    }
    data = json_pack("{so}", "remote", inet_address(
        opts, host && *host ? host : "localhost", port));
    if ((localaddr && *localaddr) || (localport && *localport)) {
        json_object_set_new(data, "local", inet_address(
            opts, localaddr ? localaddr : "",
            localport && *localport ? localport : "0"));
    }
    return data;
}

json_t *chardev_data_from_options(const ChardevKind *kind, json_t *opts,
                                  Error **errp)
{
    json_t *data = NULL, *v;
    const char *key;

    json_object_foreach(opts, key, v) {
        if (!g_strv_contains(kind->options, key)) {
            error_setg(errp, "Invalid parameter '%s'", key);
            return NULL;
        }
    }
    if (strcmp(kind->name, "socket") == 0) {
        data = socket_data(opts, errp);
    } else if (strcmp(kind->name, "udp") == 0) {
        data = udp_data(opts, errp);
    } else if (strcmp(kind->name, "file") == 0) {
        if (require(opts, "file", "path", "filename", errp)) {
            data = json_object();
            copy(data, "out", opts, "path");
            copy(data, "in", opts, "input-path");
            copy(data, "append", opts, "append");
        }
    } else if (strcmp(kind->name, "pipe") == 0) {
        if (require(opts, "pipe", "path", "device path", errp)) {
            data = json_object();
            copy(data, "device", opts, "path");
        }
    } else if (strcmp(kind->typename, TYPE_CHARDEV_SERIAL) == 0) {
        if (require(opts, "serial/tty", "path", "device path", errp)) {
            data = json_object();
            copy(data, "device", opts, "path");
        }
    } else if (strcmp(kind->name, "mux") == 0) {
        if (require(opts, "mux", "chardev", "chardev", errp)) {
            data = json_object();
            copy(data, "chardev", opts, "chardev");
        }
    } else {
        static const char *const same[] = {
            "signal", "size", "width", "height", "cols", "rows",
        };

        data = json_object();
        for (int i = 0; i < ARRAY_SIZE(same); i++) {
            copy(data, same[i], opts, same[i]);
        }
    }
    if (data) {
        copy(data, "logfile", opts, "logfile");
        copy(data, "logappend", opts, "logappend");
    }
    return data;
}

static Chardev *new_from_data(const char *id, const ChardevKind *kind,
                              json_t *data, bool mux, GMainContext *context,
                              Error **errp)
{
    g_autofree char *base = mux ? g_strdup_printf("%s-base", id) : NULL;
    Chardev *chr = qemu_chardev_new(base ? base : id, kind->typename, data,
                                    context, errp);

    if (chr && CHARDEV_IS_PTY(chr)) {
        /* QMP has it in its reply; who starts programs reads it here. */
        printf("char device redirected to %s (label %s)\n",
               chr->filename + strlen("pty:"), chr->label);
        fflush(stdout);
    }
    if (chr && mux) {
        Chardev *m = mux_new(id, base, context, errp);

        if (!m) {
            object_unparent(OBJECT(chr));
        }
        return m;
    }
    return chr;
}

/* QEMU's that are not here are refused by name. */
static const char *const elsewhere[] = {
    "braille", "dbus", "msmouse", "parallel", "parport", "qemu-vdagent",
    "spiceport", "spicevmc", "testdev", "wctablet", NULL
};

Chardev *qemu_chr_new_from_json(json_t *opts, GMainContext *context,
                                Error **errp)
{
    const char *id = json_get_str(opts, "id");
    const char *backend = json_get_str(opts, "backend");
    const ChardevKind *kind;
    Chardev *chr;
    json_t *data;
    bool mux = false;

    if (backend && (!strcmp(backend, "help") || !strcmp(backend, "?"))) {
        qemu_chr_print_types();
        return NULL;
    }
    if (!backend) {
        error_setg(errp, "chardev: \"%s\" missing backend", id ? id : "");
        return NULL;
    }
    if (!id) {
        error_setg(errp, "chardev: no id specified");
        return NULL;
    }
    if (!id_wellformed(id) && id[0] != '#' && strncmp(id, "compat_", 7)) {
        error_setg(errp, "Parameter 'id' expects an identifier");
        return NULL;
    }
    if (qemu_chr_find(id)) {
        error_setg(errp, "Chardev with id '%s' already exists", id);
        return NULL;
    }
    if (!strcmp(backend, "tty")) {
        warn_report("The alias 'tty' is deprecated, use 'serial' instead");
        backend = "serial";
    }
    kind = chardev_kind(backend);
    if (!kind) {
        if (g_strv_contains(elsewhere, backend)) {
            error_setg(errp, "chardev backend '%s' is not part of this "
                       "program", backend);
        } else {
            error_setg(errp, "'%s' is not a valid char driver name", backend);
        }
        return NULL;
    }
    if (!json_opt_bool(opts, "mux", &mux, errp)) {
        return NULL;
    }
    data = chardev_data_from_options(kind, opts, errp);
    if (!data) {
        return NULL;
    }
    chr = new_from_data(id, kind, data, mux, context, errp);
    json_decref(data);
    return chr;
}

/* Short forms */

static void set(json_t *opts, const char *key, const char *value)
{
    json_object_set_new(opts, key, json_string(value));
}

/* "HOST:PORT" or "[HOST]:PORT" in place of "host". */
static bool split_address(json_t *opts, Error **errp)
{
    g_autofree char *where = g_strdup(json_get_str(opts, "host"));
    char *colon = where ? strrchr(where, ':') : NULL;
    char *host = where;

    if (!colon) {
        error_setg(errp, "'%s' is no address: it must be host:port",
                   where ? where : "");
        return false;
    }
    *colon = '\0';
    if (*host == '[' && colon > host + 1 && colon[-1] == ']') {
        host++;
        colon[-1] = '\0';
    }
    set(opts, "host", host);
    set(opts, "port", colon + 1);
    return true;
}

static bool parse_socket(json_t *opts, const char *text, bool is_unix,
                         Error **errp)
{
    json_t *parsed = keyval_parse_flat_quiet(text, is_unix ? "path" : "host",
                                             errp);

    if (!parsed) {
        return false;
    }
    json_object_update_missing(opts, parsed);
    json_decref(parsed);
    set(opts, "backend", "socket");
    return is_unix || split_address(opts, errp);
}

/* "HOST:PORT@LOCALADDR:LOCALPORT", most of which may be missing. */
static bool parse_udp(json_t *opts, const char *text)
{
    g_autoptr(GRegex) form = g_regex_new("^([^:@]*):([0-9]+)"
                                         "(?:@([^:@]*):([0-9]+))?$", 0, 0,
                                         NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_auto(GStrv) part = NULL;

    set(opts, "backend", "udp");
    if (!g_regex_match(form, text, 0, &match)) {
        return false;
    }
    part = g_match_info_fetch_all(match);
    set(opts, "host", part[1]);
    set(opts, "port", part[2]);
    if (part[3]) {
        set(opts, "localaddr", part[3]);
        set(opts, "localport", part[4]);
    }
    return true;
}

/* "80Cx24C" characters, or "800x600" pixels. */
static bool parse_vc(json_t *opts, const char *text)
{
    g_autoptr(GRegex) form = g_regex_new("^([1-9][0-9]*)(C?)x([1-9][0-9]*)"
                                         "(C?)$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_auto(GStrv) part = NULL;

    set(opts, "backend", "vc");
    if (!*text) {
        return true;
    }
    if (!g_regex_match(form, text, 0, &match)) {
        return false;
    }
    part = g_match_info_fetch_all(match);
    set(opts, *part[2] ? "cols" : "width", part[1]);
    set(opts, *part[4] ? "rows" : "height", part[3]);
    return true;
}

json_t *qemu_chr_parse_compat(const char *label, const char *filename,
                              bool permit_mux_mon, Error **errp)
{
    json_t *opts = json_object();
    const char *p;
    bool ok = true;

    set(opts, "id", label);
    if (strstart(filename, "mon:", &p)) {
        if (!permit_mux_mon) {
            error_setg(errp, "mon: isn't supported in this context");
            json_decref(opts);
            return NULL;
        }
        filename = p;
        set(opts, "mux", "on");
        if (strcmp(filename, "stdio") == 0) {
            /* Ctrl-C goes to the guest. */
            set(opts, "signal", "off");
        }
    }
    if (chardev_kind(filename) &&
        (!strcmp(filename, "null") || !strcmp(filename, "pty") ||
         !strcmp(filename, "stdio") || !strcmp(filename, "ringbuf"))) {
        set(opts, "backend", filename);
    } else if (!strcmp(filename, "vc") || strstart(filename, "vc:", &p)) {
        ok = parse_vc(opts, filename[2] ? p : "");
        if (!ok) {
            error_setg(errp, "'%s' is no size of a console: it must be like "
                       "800x600 or 80Cx24C", p);
        }
    } else if (strstart(filename, "file:", &p)) {
        set(opts, "backend", "file");
        set(opts, "path", p);
    } else if (strstart(filename, "pipe:", &p)) {
        set(opts, "backend", "pipe");
        set(opts, "path", p);
    } else if (g_str_has_prefix(filename, "/dev/") &&
               !g_str_has_prefix(filename, "/dev/parport")) {
        set(opts, "backend", "serial");
        set(opts, "path", filename);
    } else if (strstart(filename, "unix:", &p)) {
        ok = parse_socket(opts, p, true, errp);
    } else if (strstart(filename, "tcp:", &p)) {
        ok = parse_socket(opts, p, false, errp);
    } else if (strstart(filename, "telnet:", &p)) {
        ok = parse_socket(opts, p, false, errp);
        set(opts, "telnet", "on");
    } else if (strstart(filename, "udp:", &p)) {
        ok = parse_udp(opts, p);
        if (!ok) {
            error_setg(errp, "'%s' is no address: it must be "
                       "[host]:port[@[localaddr]:localport]", p);
        }
    } else if (strstart(filename, "fd:", &p)) {
        set(opts, "backend", "socket");
        set(opts, "fd", p);
    } else {
        g_autofree char *kind = g_strndup(filename, strcspn(filename, ":,"));

        if (g_strv_contains(elsewhere, kind) ||
            !strcmp(kind, "websocket") || g_str_has_prefix(kind, "/dev/")) {
            error_setg(errp, "character device '%s' is not part of this "
                       "program", filename);
        } else {
            error_setg(errp, "'%s' is not a valid char driver", filename);
        }
        ok = false;
    }
    if (!ok) {
        json_decref(opts);
        return NULL;
    }
    return opts;
}

static Chardev *chr_new(const char *label, const char *filename,
                        bool permit_mux_mon, GMainContext *context)
{
    Error *err = NULL;
    const char *id;
    json_t *opts;
    Chardev *chr;

    if (strstart(filename, "chardev:", &id)) {
        chr = qemu_chr_find(id);
        if (!chr) {
            error_report("chardev '%s' not found", id);
        }
        return chr;
    }
    opts = qemu_chr_parse_compat(label, filename, permit_mux_mon, &err);
    chr = opts ? qemu_chr_new_from_json(opts, context, &err) : NULL;
    if (chr && json_has(opts, "mux") && qemu_chr_attach_hmp) {
        qemu_chr_attach_hmp(chr, true);
    }
    json_decref(opts);
    if (err) {
        error_report_err(err);
    }
    return chr;
}

Chardev *qemu_chr_new(const char *label, const char *filename,
                      GMainContext *context)
{
    return chr_new(label, filename, false, context);
}

Chardev *qemu_chr_new_mux_mon(const char *label, const char *filename,
                              GMainContext *context)
{
    return chr_new(label, filename, true, context);
}
