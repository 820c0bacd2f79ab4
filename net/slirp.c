/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `-netdev user`: a private network with a gateway, DHCP, DNS and TFTP that
 * needs no privileges, by libslirp.
 *
 * libslirp wants to be asked which descriptors to wait for before each wait;
 * a GSource on the main context does that.
 */
#include "qemu/osdep.h"
#include <slirp/libslirp.h>
#include <arpa/inet.h>
#include "chardev/char-fe.h"
#include "net-impl.h"
#include "net/slirp.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/cutils.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"

/* A guestfwd to a character device. */
typedef struct GuestForward {
    struct SlirpState *s;
    CharBackend chr;
    struct in_addr server;
    int port;
    QLIST_ENTRY(GuestForward) next;
} GuestForward;

typedef struct SlirpState {
    NetClientState nc;
    Slirp *slirp;
    GSource *source;
    QTAILQ_ENTRY(SlirpState) entry;
    QLIST_HEAD(, GuestForward) guestfwds;
} SlirpState;

static QTAILQ_HEAD(, SlirpState) stacks = QTAILQ_HEAD_INITIALIZER(stacks);

/* Waiting */

typedef struct SlirpSource {
    GSource source;
    SlirpState *s;
    GArray *fds;                /* GPollFD; does not move while waited for */
} SlirpSource;

static int poll_to_glib(int events)
{
    return (events & SLIRP_POLL_IN ? G_IO_IN : 0) |
           (events & SLIRP_POLL_OUT ? G_IO_OUT : 0) |
           (events & SLIRP_POLL_PRI ? G_IO_PRI : 0) |
           (events & SLIRP_POLL_ERR ? G_IO_ERR : 0) |
           (events & SLIRP_POLL_HUP ? G_IO_HUP : 0);
}

static int poll_from_glib(int events)
{
    return (events & G_IO_IN ? SLIRP_POLL_IN : 0) |
           (events & G_IO_OUT ? SLIRP_POLL_OUT : 0) |
           (events & G_IO_PRI ? SLIRP_POLL_PRI : 0) |
           (events & G_IO_ERR ? SLIRP_POLL_ERR : 0) |
           (events & G_IO_HUP ? SLIRP_POLL_HUP : 0);
}

static int add_poll(int fd, int events, void *opaque)
{
    SlirpSource *src = opaque;
    GPollFD pfd = { .fd = fd, .events = poll_to_glib(events) };

    g_array_append_val(src->fds, pfd);
    return src->fds->len - 1;
}

static int get_revents(int idx, void *opaque)
{
    SlirpSource *src = opaque;

    return poll_from_glib(g_array_index(src->fds, GPollFD, idx).revents);
}

static void unwatch_all(SlirpSource *src)
{
    for (unsigned i = 0; i < src->fds->len; i++) {
        g_source_remove_poll(&src->source,
                             &g_array_index(src->fds, GPollFD, i));
    }
    g_array_set_size(src->fds, 0);
}

static gboolean slirp_source_prepare(GSource *source, gint *timeout)
{
    SlirpSource *src = (SlirpSource *)source;
    uint32_t ms = UINT32_MAX;

    unwatch_all(src);
    slirp_pollfds_fill(src->s->slirp, &ms, add_poll, src);
    for (unsigned i = 0; i < src->fds->len; i++) {
        g_source_add_poll(source, &g_array_index(src->fds, GPollFD, i));
    }
    *timeout = ms > INT_MAX ? -1 : (gint)ms;
    return FALSE;
}

/* Its timeouts run out as well as its descriptors get ready. */
static gboolean slirp_source_check(GSource *source)
{
    return TRUE;
}

static gboolean slirp_source_dispatch(GSource *source, GSourceFunc callback,
                                      gpointer opaque)
{
    SlirpSource *src = (SlirpSource *)source;

    slirp_pollfds_poll(src->s->slirp, 0, get_revents, src);
    return G_SOURCE_CONTINUE;
}

static void slirp_source_finalize(GSource *source)
{
    g_array_free(((SlirpSource *)source)->fds, TRUE);
}

static GSourceFuncs slirp_source_funcs = {
    .prepare = slirp_source_prepare,
    .check = slirp_source_check,
    .dispatch = slirp_source_dispatch,
    .finalize = slirp_source_finalize,
};

static void slirp_watch(SlirpState *s)
{
    SlirpSource *src;

    s->source = g_source_new(&slirp_source_funcs, sizeof(SlirpSource));
    src = (SlirpSource *)s->source;
    src->s = s;
    src->fds = g_array_new(FALSE, TRUE, sizeof(GPollFD));
    g_source_set_name(s->source, "slirp");
    g_source_attach(s->source, NULL);
}

/* What libslirp asks of us */

static ssize_t on_send_packet(const void *buf, size_t len, void *opaque)
{
    SlirpState *s = opaque;
    uint8_t frame[60];

    /* Cards drop runts; libslirp does not pad (IEEE 802.3, 3.2.8). */
    if (len < sizeof(frame) && !(s->nc.peer && s->nc.peer->do_not_pad)) {
        memcpy(frame, buf, len);
        memset(frame + len, 0, sizeof(frame) - len);
        buf = frame;
        len = sizeof(frame);
    }
    return qemu_send_packet(&s->nc, buf, len);
}

static void on_guest_error(const char *msg, void *opaque)
{
    qemu_log_mask(LOG_GUEST_ERROR, "%s\n", msg);
}

static int64_t on_clock_get_ns(void *opaque)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

typedef struct SlirpTimer {
    QEMUTimer timer;
    SlirpState *s;
    SlirpTimerId id;
    void *cb_opaque;
} SlirpTimer;

static void timer_fired(void *opaque)
{
    SlirpTimer *t = opaque;

    slirp_handle_timer(t->s->slirp, t->id, t->cb_opaque);
}

static void *on_timer_new(SlirpTimerId id, void *cb_opaque, void *opaque)
{
    SlirpTimer *t = g_new0(SlirpTimer, 1);

    t->s = opaque;
    t->id = id;
    t->cb_opaque = cb_opaque;
    timer_init_full(&t->timer, NULL, QEMU_CLOCK_VIRTUAL, SCALE_MS, 0,
                    timer_fired, t);
    return t;
}

static void on_timer_free(void *timer, void *opaque)
{
    SlirpTimer *t = timer;

    timer_del(&t->timer);
    g_free(t);
}

static void on_timer_mod(void *timer, int64_t expire_time, void *opaque)
{
    timer_mod(&((SlirpTimer *)timer)->timer, expire_time);
}

static void on_poll_fd(int fd, void *opaque)
{
}

static void on_notify(void *opaque)
{
    qemu_notify_event();
}

/* The library calls back while slirp_new() has not returned yet. */
static void on_init_completed(Slirp *slirp, void *opaque)
{
    ((SlirpState *)opaque)->slirp = slirp;
}

static const SlirpCb callbacks = {
    .send_packet = on_send_packet,
    .guest_error = on_guest_error,
    .clock_get_ns = on_clock_get_ns,
    .timer_free = on_timer_free,
    .timer_mod = on_timer_mod,
    .register_poll_fd = on_poll_fd,
    .unregister_poll_fd = on_poll_fd,
    .notify = on_notify,
    .init_completed = on_init_completed,
    .timer_new_opaque = on_timer_new,
};

/* The network client */

static ssize_t slirp_receive(NetClientState *nc, const uint8_t *buf,
                             size_t size)
{
    SlirpState *s = DO_UPCAST(SlirpState, nc, nc);

    slirp_input(s->slirp, buf, size);
    return size;
}

static void slirp_cleanup_client(NetClientState *nc)
{
    SlirpState *s = DO_UPCAST(SlirpState, nc, nc);
    GuestForward *fwd, *next;

    QTAILQ_REMOVE(&stacks, s, entry);
    g_source_destroy(s->source);
    g_source_unref(s->source);
    QLIST_FOREACH_SAFE(fwd, &s->guestfwds, next, next) {
        slirp_remove_guestfwd(s->slirp, fwd->server, fwd->port);
        qemu_chr_fe_deinit(&fwd->chr, true);
        g_free(fwd);
    }
    slirp_cleanup(s->slirp);
}

static NetClientInfo slirp_info = {
    .type = NET_CLIENT_DRIVER_USER,
    .size = sizeof(SlirpState),
    .receive = slirp_receive,
    .cleanup = slirp_cleanup_client,
};

/* Addresses in options */

static bool parse_in(json_t *opts, const char *key, struct in_addr *addr,
                     Error **errp)
{
    const char *str = net_opt_str(opts, key);

    if (str && !inet_aton(str, addr)) {
        error_setg(errp, "Parameter '%s' expects an IPv4 address, not '%s'",
                   key, str);
        return false;
    }
    return true;
}

static bool parse_in6(json_t *opts, const char *key, struct in6_addr *addr,
                      Error **errp)
{
    const char *str = net_opt_str(opts, key);

    if (str && inet_pton(AF_INET6, str, addr) != 1) {
        error_setg(errp, "Parameter '%s' expects an IPv6 address, not '%s'",
                   key, str);
        return false;
    }
    return true;
}

/* "10.0.2.0", "10.0.2.0/24" or "10.0.2.0/255.255.255.0" */
static bool parse_net(json_t *opts, SlirpConfig *cfg, Error **errp)
{
    const char *str = net_opt_str(opts, "net");
    g_auto(GStrv) parts = NULL;
    uint32_t net, mask;

    if (!str) {
        return true;
    }
    parts = g_strsplit(str, "/", 2);
    if (!inet_aton(parts[0], &cfg->vnetwork)) {
        goto bad;
    }
    net = ntohl(cfg->vnetwork.s_addr);
    if (!parts[1]) {
        /* By the address's class (RFC 791 section 3.2). */
        mask = !(net & 0x80000000) ? 0xff000000 :
               !(net & 0x40000000) ? 0xffff0000 : 0xffffff00;
    } else if (strchr(parts[1], '.')) {
        if (!inet_aton(parts[1], &cfg->vnetmask)) {
            goto bad;
        }
        mask = ntohl(cfg->vnetmask.s_addr);
    } else {
        int bits;

        if (qemu_strtoi(parts[1], NULL, 10, &bits) != 0 || bits < 4 ||
            bits > 32) {
            goto bad;
        }
        mask = bits == 32 ? UINT32_MAX : ~(UINT32_MAX >> bits);
    }
    cfg->vnetmask.s_addr = htonl(mask);
    cfg->vnetwork.s_addr = htonl(net & mask);
    cfg->vhost.s_addr = htonl((net & mask) | 2);
    cfg->vdhcp_start.s_addr = htonl((net & mask) | 15);
    cfg->vnameserver.s_addr = htonl((net & mask) | 3);
    return true;
bad:
    error_setg(errp, "Parameter 'net' expects ADDRESS[/BITS|/MASK], not '%s'",
               str);
    return false;
}

static bool in_network(const SlirpConfig *cfg, struct in_addr addr)
{
    return (addr.s_addr & cfg->vnetmask.s_addr) == cfg->vnetwork.s_addr;
}

static bool parse_ipv4(json_t *opts, SlirpConfig *cfg, Error **errp)
{
    static const struct { const char *key; size_t offset; } addrs[] = {
        { "host", offsetof(SlirpConfig, vhost) },
        { "dhcpstart", offsetof(SlirpConfig, vdhcp_start) },
        { "dns", offsetof(SlirpConfig, vnameserver) },
    };

    cfg->vnetwork.s_addr = htonl(0x0a000200);
    cfg->vnetmask.s_addr = htonl(0xffffff00);
    cfg->vhost.s_addr = htonl(0x0a000202);
    cfg->vnameserver.s_addr = htonl(0x0a000203);
    cfg->vdhcp_start.s_addr = htonl(0x0a00020f);
    if (!parse_net(opts, cfg, errp)) {
        return false;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(addrs); i++) {
        struct in_addr *addr = (void *)((char *)cfg + addrs[i].offset);

        if (!parse_in(opts, addrs[i].key, addr, errp)) {
            return false;
        }
        if (!in_network(cfg, *addr)) {
            error_setg(errp, "Parameter '%s': %s is not in the network",
                       addrs[i].key, inet_ntoa(*addr));
            return false;
        }
    }
    if (cfg->vhost.s_addr == cfg->vnameserver.s_addr) {
        error_setg(errp, "Parameter 'dns' must not be the host's address");
        return false;
    }
    return true;
}

static bool parse_ipv6(json_t *opts, SlirpConfig *cfg, Error **errp)
{
    int64_t bits = 64;

    inet_pton(AF_INET6, "fec0::", &cfg->vprefix_addr6);
    if (!parse_in6(opts, "ipv6-prefix", &cfg->vprefix_addr6, errp) ||
        !net_opt_int(opts, "ipv6-prefixlen", 0, 126, &bits, errp)) {
        return false;
    }
    cfg->vprefix_len = bits;
    cfg->vhost6 = cfg->vprefix_addr6;
    cfg->vhost6.s6_addr[15] |= 2;
    cfg->vnameserver6 = cfg->vprefix_addr6;
    cfg->vnameserver6.s6_addr[15] |= 3;
    return parse_in6(opts, "ipv6-host", &cfg->vhost6, errp) &&
           parse_in6(opts, "ipv6-dns", &cfg->vnameserver6, errp);
}

/* Port forwards */

/* "[tcp|udp]:[hostaddr]:hostport-[guestaddr]:guestport" */
typedef struct HostForward {
    bool udp;
    struct in_addr host, guest;
    int host_port, guest_port;
} HostForward;

static bool parse_addr_port(const char *str, struct in_addr *addr, int *port)
{
    const char *colon = strchr(str, ':');
    g_autofree char *host = NULL;

    if (!colon || qemu_strtoi(colon + 1, NULL, 10, port) != 0 || *port < 0 ||
        *port > 65535) {
        return false;
    }
    host = g_strndup(str, colon - str);
    return !*host || inet_aton(host, addr);
}

static bool parse_protocol(const char **str, bool *udp)
{
    *udp = strstart(*str, "udp:", str);
    return *udp || strstart(*str, "tcp:", str) || strstart(*str, ":", str);
}

static bool parse_hostfwd(const char *str, bool both, HostForward *fwd,
                          Error **errp)
{
    const char *p = str;
    g_auto(GStrv) ends = NULL;

    *fwd = (HostForward) { .guest_port = 0 };
    ends = parse_protocol(&p, &fwd->udp) ? g_strsplit(p, "-", 2) : NULL;
    if (!ends || !ends[0] || !parse_addr_port(ends[0], &fwd->host,
                                              &fwd->host_port) ||
        (both && (!ends[1] || !parse_addr_port(ends[1], &fwd->guest,
                                               &fwd->guest_port) ||
                  fwd->guest_port == 0)) ||
        (!both && ends[1])) {
        error_setg(errp, "Invalid host forwarding rule '%s' (it is "
                   "[tcp|udp]:[ADDR]:PORT%s)", str,
                   both ? "-[ADDR]:PORT" : "");
        return false;
    }
    return true;
}

static bool add_hostfwd(SlirpState *s, const char *str, Error **errp)
{
    HostForward fwd;

    if (!parse_hostfwd(str, true, &fwd, errp)) {
        return false;
    }
    if (slirp_add_hostfwd(s->slirp, fwd.udp, fwd.host, fwd.host_port,
                          fwd.guest, fwd.guest_port) < 0) {
        error_setg_errno(errp, errno, "Could not set up host forwarding rule "
                         "'%s'", str);
        return false;
    }
    return true;
}

static int guestfwd_can_read(void *opaque)
{
    GuestForward *fwd = opaque;

    return slirp_socket_can_recv(fwd->s->slirp, fwd->server, fwd->port);
}

static void guestfwd_read(void *opaque, const uint8_t *buf, int size)
{
    GuestForward *fwd = opaque;

    slirp_socket_recv(fwd->s->slirp, fwd->server, fwd->port, buf, size);
}

static ssize_t guestfwd_write(const void *buf, size_t len, void *opaque)
{
    return qemu_chr_fe_write_all(&((GuestForward *)opaque)->chr, buf, len);
}

static bool guestfwd_to_chardev(SlirpState *s, const char *target,
                                struct in_addr server, int port, Error **errp)
{
    g_autofree char *label = g_strdup_printf("guestfwd.tcp.%d", port);
    Chardev *chr = qemu_chr_new(label, target, NULL);
    GuestForward *fwd;

    if (!chr) {
        error_setg(errp, "Could not open guest forwarding device '%s'",
                   target);
        return false;
    }
    fwd = g_new0(GuestForward, 1);
    if (!qemu_chr_fe_init(&fwd->chr, chr, errp)) {
        object_unparent(OBJECT(chr));
        g_free(fwd);
        return false;
    }
    if (slirp_add_guestfwd(s->slirp, guestfwd_write, fwd, &server,
                           port) < 0) {
        error_setg(errp, "Could not forward guest port %d: address in use or "
                   "not in the network", port);
        qemu_chr_fe_deinit(&fwd->chr, true);
        g_free(fwd);
        return false;
    }
    fwd->s = s;
    fwd->server = server;
    fwd->port = port;
    QLIST_INSERT_HEAD(&s->guestfwds, fwd, next);
    qemu_chr_fe_set_handlers(&fwd->chr, guestfwd_can_read, guestfwd_read,
                             NULL, NULL, fwd, NULL, true);
    return true;
}

/* "[tcp]:server:port-CHARDEV" or "...-cmd:COMMAND" */
static bool add_guestfwd(SlirpState *s, const char *str, Error **errp)
{
    const char *p = str, *target;
    struct in_addr server = { 0 };
    g_autofree char *end = NULL;
    bool udp;
    int port;

    target = strchr(str, '-');
    if (!parse_protocol(&p, &udp) || udp || !target || target < p) {
        goto bad;
    }
    end = g_strndup(p, target++ - p);
    if (!parse_addr_port(end, &server, &port) || port == 0 || !*target) {
        goto bad;
    }
    if (strstart(target, "cmd:", &target)) {
        if (slirp_add_exec(s->slirp, target, &server, port) < 0) {
            error_setg(errp, "Could not forward guest port %d: address in "
                       "use or not in the network", port);
            return false;
        }
        return true;
    }
    return guestfwd_to_chardev(s, target, server, port, errp);
bad:
    error_setg(errp, "Invalid guest forwarding rule '%s' (it is "
               "[tcp]:ADDR:PORT-CHARDEV or ...-cmd:COMMAND)", str);
    return false;
}

static bool add_forwards(SlirpState *s, json_t *opts, const char *key,
                         bool (*add)(SlirpState *, const char *, Error **),
                         Error **errp)
{
    json_t *list = net_opt_strings(opts, key);
    bool ok = true;
    size_t i;
    json_t *str;

    json_array_foreach(list, i, str) {
        ok = ok && add(s, json_string_value(str), errp);
    }
    json_decref(list);
    return ok;
}

/* Monitor commands */

static SlirpState *slirp_find(const char *id, Error **errp)
{
    SlirpState *s;

    if (!id) {
        s = QTAILQ_FIRST(&stacks);
        if (!s) {
            error_setg(errp, "no user network is in use");
        }
        return s;
    }
    QTAILQ_FOREACH(s, &stacks, entry) {
        if (strcmp(s->nc.name, id) == 0) {
            return s;
        }
    }
    error_setg(errp, "'%s' is no user network", id);
    return NULL;
}

bool net_slirp_hostfwd_add(const char *id, const char *rule, Error **errp)
{
    SlirpState *s = slirp_find(id, errp);

    return s && add_hostfwd(s, rule, errp);
}

bool net_slirp_hostfwd_remove(const char *id, const char *rule, Error **errp)
{
    SlirpState *s = slirp_find(id, errp);
    HostForward fwd;

    if (!s || !parse_hostfwd(rule, false, &fwd, errp)) {
        return false;
    }
    if (slirp_remove_hostfwd(s->slirp, fwd.udp, fwd.host,
                             fwd.host_port) < 0) {
        error_setg(errp, "host forwarding rule '%s' not found", rule);
        return false;
    }
    return true;
}

void net_slirp_print_info(GString *to)
{
    SlirpState *s;

    QTAILQ_FOREACH(s, &stacks, entry) {
        int hub = net_hub_id_for_client(&s->nc);
        char *info = slirp_connection_info(s->slirp);

        if (hub >= 0) {
            g_string_append_printf(to, "Hub %d (%s):\n%s", hub, s->nc.name,
                                   info);
        } else {
            g_string_append_printf(to, "%s:\n%s", s->nc.name, info);
        }
        g_free(info);
    }
}

/* Making */

static bool parse_config(json_t *opts, SlirpConfig *cfg, Error **errp)
{
    bool restricted = false;
    const json_t *v4 = json_object_get(opts, "ipv4");
    const json_t *v6 = json_object_get(opts, "ipv6");

    cfg->version = SLIRP_CONFIG_VERSION_MAX;
    cfg->in_enabled = cfg->in6_enabled = true;
    if (!json_opt_bool(opts, "ipv4", &cfg->in_enabled, errp) ||
        !json_opt_bool(opts, "ipv6", &cfg->in6_enabled, errp) ||
        !json_opt_bool(opts, "restrict", &restricted, errp)) {
        return false;
    }
    /* Asking for one is not asking for the other. */
    if (v4 && cfg->in_enabled && !v6) {
        cfg->in6_enabled = false;
    }
    if (v6 && cfg->in6_enabled && !v4) {
        cfg->in_enabled = false;
    }
    if (!cfg->in_enabled && !cfg->in6_enabled) {
        error_setg(errp, "IPv4 and IPv6 are both disabled");
        return false;
    }
    cfg->restricted = restricted;
    cfg->vhostname = net_opt_str(opts, "hostname");
    cfg->vdomainname = net_opt_str(opts, "domainname");
    cfg->tftp_path = net_opt_str(opts, "tftp");
    cfg->tftp_server_name = net_opt_str(opts, "tftp-server-name");
    cfg->bootfile = net_opt_str(opts, "bootfile");
    if (cfg->vhostname && strlen(cfg->vhostname) > 32) {
        error_setg(errp, "Parameter 'hostname' is longer than 32 bytes");
        return false;
    }
    return parse_ipv4(opts, cfg, errp) && parse_ipv6(opts, cfg, errp);
}

bool net_init_slirp(json_t *opts, const char *name, NetClientState *peer,
                    Error **errp)
{
    static const char *const known[] = {
        "ipv4", "ipv6", "net", "host", "restrict", "hostname", "domainname",
        "dhcpstart", "dns", "dnssearch", "tftp", "tftp-server-name",
        "bootfile", "hostfwd", "guestfwd", "ipv6-prefix", "ipv6-prefixlen",
        "ipv6-host", "ipv6-dns", NULL
    };
    SlirpConfig cfg = { 0 };
    json_t *search = NULL;
    g_autofree const char **dnssearch = NULL;
    NetClientState *nc;
    SlirpState *s;
    bool ok;

    if (json_object_get(opts, "smb")) {
        error_setg(errp, "Parameter 'smb' is not supported: no SMB server is "
                   "started; use hostfwd or guestfwd with one of your own");
        return false;
    }
    if (!net_opts_check(opts, known, errp) ||
        !parse_config(opts, &cfg, errp)) {
        return false;
    }
    search = net_opt_strings(opts, "dnssearch");
    dnssearch = g_new0(const char *, json_array_size(search) + 1);
    for (size_t i = 0; i < json_array_size(search); i++) {
        dnssearch[i] = json_string_value(json_array_get(search, i));
    }
    cfg.vdnssearch = dnssearch[0] ? dnssearch : NULL;

    nc = qemu_new_net_client(&slirp_info, peer, "user", name);
    qemu_set_info_str(nc, "net=%s,restrict=%s", inet_ntoa(cfg.vnetwork),
                      cfg.restricted ? "on" : "off");
    s = DO_UPCAST(SlirpState, nc, nc);
    QLIST_INIT(&s->guestfwds);
    QTAILQ_INSERT_TAIL(&stacks, s, entry);
    s->slirp = slirp_new(&cfg, &callbacks, s);
    json_decref(search);
    slirp_watch(s);

    ok = add_forwards(s, opts, "hostfwd", add_hostfwd, errp) &&
         add_forwards(s, opts, "guestfwd", add_guestfwd, errp);
    if (!ok) {
        qemu_del_net_client(nc);
    }
    return ok;
}
