/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames over connected sockets: `-netdev stream` and the listening,
 * connecting and fd= forms of `-netdev socket`.
 *
 * One connection at a time; a server takes the next when one ends, a client
 * with reconnect= tries again.  Without a connection the link is down.
 */
#include "qemu/osdep.h"
#include "frames.h"
#include "socket-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/qmp-event.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/sockets.h"
#include "qemu/timer.h"

typedef struct StreamState {
    NetClientState nc;
    FrameStream stream;         /* directly behind nc: see frames.c */
    int listen_fd;
    int connect_fd;             /* on its way */
    SocketAddress *addr;
    uint32_t reconnect;         /* seconds, 0: never */
    QEMUTimer *timer;
} StreamState;

QEMU_BUILD_BUG_ON(offsetof(StreamState, stream) != sizeof(NetClientState));

static void accept_one(void *opaque);

static StreamState *state_of(FrameStream *stream)
{
    return container_of(stream, StreamState, stream);
}

static void reconnect_later(StreamState *s)
{
    if (s->reconnect) {
        timer_mod(s->timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) +
                  s->reconnect * 1000LL);
    }
}

static void stream_closed(FrameStream *stream)
{
    StreamState *s = state_of(stream);

    s->nc.link_down = true;
    qemu_set_info_str(&s->nc, "%s", "");
    qapi_event_send("NETDEV_STREAM_DISCONNECTED",
                    json_pack("{s:s}", "netdev-id", s->nc.name));
    if (s->listen_fd >= 0) {
        qemu_set_fd_handler(s->listen_fd, accept_one, NULL, s);
    } else {
        reconnect_later(s);
    }
}

static void stream_connected(StreamState *s, int fd)
{
    g_autoptr(SocketAddress) remote = socket_remote_address(fd, NULL);
    g_autofree char *text = remote ? socket_address_to_string(remote)
                                   : g_strdup("fd");

    socket_set_nodelay(fd);
    qemu_set_info_str(&s->nc, "%s", text);
    frame_stream_open(&s->stream, &s->nc, fd, stream_closed);
    qapi_event_send("NETDEV_STREAM_CONNECTED",
                    json_pack("{s:s, s:o}", "netdev-id", s->nc.name, "addr",
                              remote ? socket_address_to_json(remote)
                                     : json_object()));
}

static void accept_one(void *opaque)
{
    StreamState *s = opaque;
    int fd = qemu_accept(s->listen_fd, NULL, NULL);

    if (fd >= 0) {
        qemu_set_fd_handler(s->listen_fd, NULL, NULL, NULL);
        stream_connected(s, fd);
    }
}

static void connect_failed(StreamState *s, Error *err)
{
    warn_reportf_err(err, "%s: ", s->nc.name);
    reconnect_later(s);
}

static void connect_done(void *opaque)
{
    StreamState *s = opaque;
    int fd = s->connect_fd;
    Error *err = NULL;

    s->connect_fd = -1;
    qemu_set_fd_handler(fd, NULL, NULL, NULL);
    if (socket_connect_result(fd, &err) < 0) {
        close(fd);
        connect_failed(s, err);
        return;
    }
    stream_connected(s, fd);
}

/* Goes on with what socket_connect_start() returned. */
static void connect_go_on(StreamState *s, int fd, bool in_progress)
{
    if (in_progress) {
        s->connect_fd = fd;
        qemu_set_fd_handler(fd, NULL, connect_done, s);
    } else {
        stream_connected(s, fd);
    }
}

static void connect_start(StreamState *s)
{
    bool in_progress = false;
    Error *err = NULL;
    int fd = socket_connect_start(s->addr, &in_progress, &err);

    if (fd < 0) {
        connect_failed(s, err);
    } else {
        connect_go_on(s, fd, in_progress);
    }
}

static void connect_again(void *opaque)
{
    connect_start(opaque);
}

static ssize_t stream_receive_iov(NetClientState *nc, const struct iovec *iov,
                                  int iovcnt)
{
    return frame_stream_send(&DO_UPCAST(StreamState, nc, nc)->stream, iov,
                             iovcnt);
}

static ssize_t stream_receive(NetClientState *nc, const uint8_t *buf,
                              size_t size)
{
    struct iovec iov = { (void *)buf, size };

    return stream_receive_iov(nc, &iov, 1);
}

static void stream_cleanup(NetClientState *nc)
{
    StreamState *s = DO_UPCAST(StreamState, nc, nc);

    frame_stream_close(&s->stream);
    if (s->connect_fd >= 0) {
        qemu_set_fd_handler(s->connect_fd, NULL, NULL, NULL);
        close(s->connect_fd);
    }
    if (s->listen_fd >= 0) {
        qemu_set_fd_handler(s->listen_fd, NULL, NULL, NULL);
        socket_listen_cleanup(s->listen_fd, NULL);
        close(s->listen_fd);
    }
    timer_free(s->timer);
    qapi_free_SocketAddress(s->addr);
}

static NetClientInfo stream_info = {
    .type = NET_CLIENT_DRIVER_STREAM,
    .size = sizeof(StreamState),
    .receive = stream_receive,
    .receive_iov = stream_receive_iov,
    .cleanup = stream_cleanup,
};

static NetClientInfo socket_info = {
    .type = NET_CLIENT_DRIVER_SOCKET,
    .size = sizeof(StreamState),
    .receive = stream_receive,
    .receive_iov = stream_receive_iov,
    .cleanup = stream_cleanup,
};

static StreamState *stream_new(NetClientInfo *info, const char *name,
                               NetClientState *peer)
{
    NetClientState *nc = qemu_new_net_client(
        info, peer, info == &stream_info ? "stream" : "socket", name);
    StreamState *s = DO_UPCAST(StreamState, nc, nc);

    s->listen_fd = s->connect_fd = s->stream.fd = -1;
    s->timer = timer_new_ms(QEMU_CLOCK_REALTIME, connect_again, s);
    nc->link_down = true;
    return s;
}

/* Takes @addr over, also where it fails. */
static bool stream_listen(NetClientInfo *info, const char *name,
                          NetClientState *peer, SocketAddress *addr,
                          Error **errp)
{
    int fd = socket_listen(addr, 1, errp);
    g_autofree char *text = socket_address_to_string(addr);
    StreamState *s;

    if (fd < 0) {
        qapi_free_SocketAddress(addr);
        return false;
    }
    s = stream_new(info, name, peer);
    s->addr = addr;
    s->listen_fd = fd;
    qemu_socket_set_nonblock(fd);
    qemu_set_info_str(&s->nc, "listening %s", text);
    qemu_set_fd_handler(fd, accept_one, NULL, s);
    return true;
}

/* Without reconnect the first try must not fail at once. */
static bool stream_connect(NetClientInfo *info, const char *name,
                           NetClientState *peer, SocketAddress *addr,
                           uint32_t reconnect, Error **errp)
{
    StreamState *s;
    bool in_progress = false;
    int fd = -1;

    if (!reconnect) {
        fd = socket_connect_start(addr, &in_progress, errp);
        if (fd < 0) {
            qapi_free_SocketAddress(addr);
            return false;
        }
    }
    s = stream_new(info, name, peer);
    s->addr = addr;
    s->reconnect = reconnect;
    if (reconnect) {
        connect_start(s);
    } else {
        connect_go_on(s, fd, in_progress);
    }
    return true;
}

bool net_init_stream(json_t *opts, const char *name, NetClientState *peer,
                     Error **errp)
{
    static const char *const known[] = { "addr", "server", "reconnect", NULL };
    SocketAddress *addr;
    bool server = false;
    int64_t reconnect = 0;

    if (!net_opts_check(opts, known, errp) ||
        !json_opt_bool(opts, "server", &server, errp) ||
        !net_opt_int(opts, "reconnect", 0, INT_MAX / 1000, &reconnect,
                     errp)) {
        return false;
    }
    if (!json_object_get(opts, "addr")) {
        error_setg(errp, "Parameter 'addr.type' is missing");
        return false;
    }
    if (server && reconnect) {
        error_setg(errp, "'reconnect' option is incompatible with socket in "
                   "server mode");
        return false;
    }
    addr = socket_address_from_json(json_object_get(opts, "addr"), errp);
    if (!addr) {
        return false;
    }
    return server ? stream_listen(&stream_info, name, peer, addr, errp)
                  : stream_connect(&stream_info, name, peer, addr, reconnect,
                                   errp);
}

bool net_init_socket_stream(const char *name, NetClientState *peer,
                            const char *where, bool listen, Error **errp)
{
    /* ":port" and "host:port"; a host that is left out is any, or local. */
    g_autofree char *full = NULL;
    SocketAddress *addr;

    full = where[0] == ':' ? g_strdup_printf("%s%s", listen ? "0.0.0.0"
                                             : "127.0.0.1", where)
                           : g_strdup(where);
    addr = socket_parse(full, errp);
    if (!addr) {
        return false;
    }
    return listen ? stream_listen(&socket_info, name, peer, addr, errp)
                  : stream_connect(&socket_info, name, peer, addr, 0, errp);
}

void net_init_socket_fd(const char *name, NetClientState *peer, int fd)
{
    StreamState *s = stream_new(&socket_info, name, peer);

    stream_connected(s, fd);
    qemu_set_info_str(&s->nc, "socket: fd=%d", fd);
}
