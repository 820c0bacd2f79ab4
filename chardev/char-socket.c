/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Character devices on stream sockets: one connection at a time, as client
 * (which may try again) or as server (which takes the next).
 */
#include "qemu/osdep.h"
#include <glib-unix.h>
#include <poll.h>
#include "char-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/sockets.h"
#include "telnet.h"

OBJECT_DECLARE_SIMPLE_TYPE(SocketChardev, CHARDEV_SOCKET)

#define MAX_MSGFDS 16

struct SocketChardev {
    Chardev parent;

    SocketAddress *addr;
    int fd;                     /* the connection, or -1 */
    int listen_fd;
    int connect_fd;             /* on its way */
    GSource *accept_source, *connect_source, *reconnect_source;
    GMainContext *sources_context;      /* where those three are */
    bool is_server, nodelay;
    bool is_telnet;
    TelnetState telnet_state;
    /* Of a 0xff, which goes twice, or of a greeting: not sent yet. */
    const uint8_t *unsent;
    size_t unsent_len;
    int64_t reconnect;          /* seconds, 0: never */
    int read_fds[MAX_MSGFDS];   /* came with the last input */
    unsigned nread_fds;
    int write_fds[MAX_MSGFDS];  /* go with the next output */
    unsigned nwrite_fds;
};

static void socket_listen_again(SocketChardev *s);
static void move_sources(SocketChardev *s);
static void socket_connect_begin(SocketChardev *s);

static void drop_source(GSource **source)
{
    if (*source) {
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = NULL;
    }
}

static char *end_text(int fd, SocketAddress *(*end)(int, Error **))
{
    g_autoptr(SocketAddress) addr = end(fd, NULL);

    return addr ? socket_address_to_string(addr) : g_strdup("");
}

/* "tcp:LOCAL <-> REMOTE", "telnet:...", "unix:PATH", "disconnected:..." */
static void set_filename(SocketChardev *s)
{
    Chardev *chr = CHARDEV(s);
    bool inet = s->addr->type == SOCKET_ADDRESS_TYPE_INET;
    const char *kind = s->is_telnet ? "telnet:" : inet ? "tcp:" : "";
    const char *server = s->is_server ? ",server=on" : "";
    g_autofree char *addr = socket_address_to_string(s->addr);

    g_free(chr->filename);
    if (s->fd < 0) {
        chr->filename = g_strdup_printf("disconnected:%s%s%s",
                                        kind, addr, server);
    } else if (inet) {
        g_autofree char *local = end_text(s->fd, socket_local_address);
        g_autofree char *remote = end_text(s->fd, socket_remote_address);

        chr->filename = g_strdup_printf("%s%s%s <-> %s", kind, local, server,
                                        remote);
    } else {
        chr->filename = g_strdup_printf("%s%s", addr, server);
    }
}

static void close_msgfds(SocketChardev *s)
{
    for (unsigned i = 0; i < s->nread_fds; i++) {
        close(s->read_fds[i]);
    }
    s->nread_fds = 0;
}

static gboolean reconnect_due(gpointer opaque)
{
    SocketChardev *s = opaque;

    drop_source(&s->reconnect_source);
    socket_connect_begin(s);
    return G_SOURCE_REMOVE;
}

static void reconnect_later(SocketChardev *s)
{
    if (s->reconnect && !s->reconnect_source) {
        s->reconnect_source = qemu_chr_timeout_add_ms(
            CHARDEV(s), s->reconnect * 1000, reconnect_due, s);
        s->sources_context = CHARDEV(s)->gcontext;
    }
}

static void socket_disconnect(Chardev *chr)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);

    if (s->fd < 0) {
        return;
    }
    chr_watch_input(chr, -1, false, NULL);
    close_msgfds(s);
    s->nwrite_fds = 0;
    s->unsent_len = 0;
    close(s->fd);
    s->fd = -1;
    set_filename(s);
    if (chr->be_open) {
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
    }
    if (s->is_server) {
        socket_listen_again(s);
    } else {
        reconnect_later(s);
    }
}

/* Input */

/* Descriptors that came along replace those nobody asked for. */
static ssize_t recv_with_fds(SocketChardev *s, void *buf, size_t len)
{
    char control[CMSG_SPACE(sizeof(int) * MAX_MSGFDS)];
    struct iovec iov = { buf, len };
    struct msghdr msg = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control),
    };
    ssize_t n = recvmsg(s->fd, &msg, MSG_CMSG_CLOEXEC);

    if (n <= 0) {
        return n;
    }
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
            close_msgfds(s);
            s->nread_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            memcpy(s->read_fds, CMSG_DATA(c), s->nread_fds * sizeof(int));
        }
    }
    return n;
}

static gboolean socket_readable(gint fd, GIOCondition cond, gpointer opaque)
{
    Chardev *chr = opaque;
    SocketChardev *s = CHARDEV_SOCKET(chr);
    uint8_t buf[16384];
    int room = MIN(qemu_chr_be_can_write(chr), (int)sizeof(buf));
    ssize_t n;

    if (room <= 0) {
        if (!(cond & G_IO_HUP)) {
            return G_SOURCE_CONTINUE;
        }
        /* Called so only when nothing is left to read. */
        socket_disconnect(chr);
        return G_SOURCE_REMOVE;
    }
    n = s->addr->type == SOCKET_ADDRESS_TYPE_UNIX ||
        s->addr->type == SOCKET_ADDRESS_TYPE_FD ?
        recv_with_fds(s, buf, room) : recv(fd, buf, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return G_SOURCE_CONTINUE;
    }
    if (n <= 0) {
        socket_disconnect(chr);
        return G_SOURCE_REMOVE;
    }
    if (s->is_telnet) {
        unsigned breaks = 0;

        n = telnet_filter(&s->telnet_state, buf, n, &breaks);
        while (breaks-- > 0) {
            qemu_chr_be_event(chr, CHR_EVENT_BREAK);
        }
    }
    if (n > 0) {
        qemu_chr_be_write(chr, buf, n);
    }
    return G_SOURCE_CONTINUE;
}

static void socket_update_read_handler(Chardev *chr)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);

    move_sources(s);
    if (s->fd >= 0) {
        chr_watch_input(chr, s->fd, true, socket_readable);
    }
}

/* Output */

static ssize_t send_with_fds(SocketChardev *s, const void *buf, size_t len)
{
    char control[CMSG_SPACE(sizeof(int) * MAX_MSGFDS)] = { 0 };
    struct iovec iov = { (void *)buf, len };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    struct cmsghdr *c;
    ssize_t n;

    msg.msg_control = control;
    msg.msg_controllen = CMSG_SPACE(sizeof(int) * s->nwrite_fds);
    c = CMSG_FIRSTHDR(&msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * s->nwrite_fds);
    memcpy(CMSG_DATA(c), s->write_fds, sizeof(int) * s->nwrite_fds);
    n = sendmsg(s->fd, &msg, MSG_NOSIGNAL);
    if (n > 0) {
        s->nwrite_fds = 0;
    }
    return n;
}

static ssize_t send_bytes(SocketChardev *s, const uint8_t *buf, size_t len)
{
    ssize_t n;

    do {
        n = s->nwrite_fds ? send_with_fds(s, buf, len)
                          : send(s->fd, buf, len, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* True once nothing is left of what goes before the data. */
static bool send_unsent(SocketChardev *s)
{
    while (s->unsent_len) {
        ssize_t n = send_bytes(s, s->unsent, s->unsent_len);

        if (n < 0) {
            return false;
        }
        s->unsent += n;
        s->unsent_len -= n;
    }
    return true;
}

/* A 0xff among the data is doubled: the first of the two is taken as sent. */
static ssize_t send_telnet(SocketChardev *s, const uint8_t *buf, size_t len)
{
    static const uint8_t second[] = { IAC };
    size_t plain = telnet_plain_run(buf, len);
    ssize_t n;

    if (!send_unsent(s)) {
        return -1;
    }
    if (plain) {
        return send_bytes(s, buf, plain);
    }
    n = send_bytes(s, buf, 1);
    if (n == 1) {
        s->unsent = second;
        s->unsent_len = 1;
        send_unsent(s);
    }
    return n;
}

static int socket_write(Chardev *chr, const uint8_t *buf, int len)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);
    ssize_t n;

    /* Nobody is there: lost, as on a line that is not plugged in. */
    if (s->fd < 0) {
        return len;
    }
    n = s->is_telnet ? send_telnet(s, buf, len) : send_bytes(s, buf, len);
    if (n < 0 && errno != EAGAIN) {
        int err = errno;

        /*
         * What the other end sent before it went is still to be read; the
         * reader then finds the end of the connection and tidies up.
         */
        shutdown(s->fd, SHUT_WR);
        errno = err;
    }
    return n;
}

static GSource *socket_add_watch(Chardev *chr, GIOCondition cond)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);

    return s->fd >= 0 ? g_unix_fd_source_new(s->fd, cond) : NULL;
}

static int socket_sync_read(Chardev *chr, const uint8_t *buf, int len)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);
    ssize_t n;

    struct pollfd pfd = { .fd = s->fd, .events = POLLIN };

    if (s->fd < 0) {
        return 0;
    }
    do {
        RETRY_ON_EINTR(poll(&pfd, 1, -1));
        n = recv_with_fds(s, (void *)buf, len);
    } while (n < 0 && (errno == EAGAIN || errno == EINTR));
    if (n <= 0) {
        socket_disconnect(chr);
    }
    return n;
}

static int socket_get_msgfds(Chardev *chr, int *fds, int num)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);
    unsigned n = MIN(s->nread_fds, (unsigned)num);

    memcpy(fds, s->read_fds, n * sizeof(int));
    /* Those that did not fit are of no more use to anybody. */
    for (unsigned i = n; i < s->nread_fds; i++) {
        close(s->read_fds[i]);
    }
    s->nread_fds = 0;
    return n;
}

static int socket_set_msgfds(Chardev *chr, int *fds, int num)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);

    if (s->fd < 0 || num > MAX_MSGFDS ||
        s->addr->type == SOCKET_ADDRESS_TYPE_INET) {
        return -1;
    }
    memcpy(s->write_fds, fds, num * sizeof(int));
    s->nwrite_fds = num;
    return 0;
}

/* Connections */

static void socket_connected(SocketChardev *s, int fd)
{
    Chardev *chr = CHARDEV(s);

    drop_source(&s->accept_source);
    s->fd = fd;
    qemu_socket_set_nonblock(fd);
    if (s->nodelay) {
        socket_set_nodelay(fd);
    }
    set_filename(s);
    if (s->is_telnet && s->is_server) {
        s->telnet_state = TELNET_DATA;
        s->unsent = telnet_greeting;
        s->unsent_len = telnet_greeting_size;
        send_unsent(s);
    }
    socket_update_read_handler(chr);
    qemu_chr_be_event(chr, CHR_EVENT_OPENED);
}

static gboolean accept_ready(gint fd, GIOCondition cond, gpointer opaque)
{
    SocketChardev *s = opaque;
    int conn = qemu_accept(fd, NULL, NULL);

    if (conn >= 0) {
        socket_connected(s, conn);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static GSource *watch_fd(SocketChardev *s, int fd, GIOCondition cond,
                         gboolean (*fn)(gint, GIOCondition, gpointer))
{
    GSource *source = g_unix_fd_source_new(fd, cond);

    g_source_set_callback(source, G_SOURCE_FUNC(fn), s, NULL);
    g_source_attach(source, CHARDEV(s)->gcontext);
    s->sources_context = CHARDEV(s)->gcontext;
    return source;
}

static void socket_listen_again(SocketChardev *s)
{
    if (s->listen_fd >= 0 && !s->accept_source) {
        s->accept_source = watch_fd(s, s->listen_fd, G_IO_IN, accept_ready);
    }
}

static void connect_failed(SocketChardev *s, Error *err)
{
    if (s->reconnect) {
        error_free(err);
        reconnect_later(s);
    } else {
        error_reportf_err(err, "chardev '%s': ", CHARDEV(s)->label);
    }
}

static gboolean connect_ready(gint fd, GIOCondition cond, gpointer opaque)
{
    SocketChardev *s = opaque;
    Error *err = NULL;

    drop_source(&s->connect_source);
    s->connect_fd = -1;
    if (socket_connect_result(fd, &err) < 0) {
        close(fd);
        connect_failed(s, err);
    } else {
        socket_connected(s, fd);
    }
    return G_SOURCE_REMOVE;
}

static void socket_connect_begin(SocketChardev *s)
{
    bool in_progress = false;
    Error *err = NULL;
    int fd = socket_connect_start(s->addr, &in_progress, &err);

    if (fd < 0) {
        connect_failed(s, err);
    } else if (in_progress) {
        s->connect_fd = fd;
        s->connect_source = watch_fd(s, fd, G_IO_OUT, connect_ready);
    } else {
        socket_connected(s, fd);
    }
}

static int socket_wait_connected(Chardev *chr, Error **errp)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);

    if (s->fd >= 0) {
        return 0;
    }
    if (s->is_server) {
        int conn;

        info_report("QEMU waiting for connection on: %s", chr->filename);
        qemu_socket_set_block(s->listen_fd);
        conn = RETRY_ON_EINTR(qemu_accept(s->listen_fd, NULL, NULL));
        qemu_socket_set_nonblock(s->listen_fd);
        if (conn < 0) {
            error_setg_errno(errp, errno, "Unable to accept a connection");
            return -1;
        }
        socket_connected(s, conn);
        return 0;
    }
    drop_source(&s->connect_source);
    if (s->connect_fd >= 0) {
        close(s->connect_fd);
        s->connect_fd = -1;
    }
    for (;;) {
        int fd = socket_connect(s->addr, s->reconnect ? NULL : errp);

        if (fd >= 0) {
            socket_connected(s, fd);
            return 0;
        }
        if (!s->reconnect) {
            return -1;
        }
        g_usleep(s->reconnect * G_USEC_PER_SEC);
    }
}

static int socket_add_client(Chardev *chr, int fd)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);

    if (s->fd >= 0) {
        return -1;
    }
    socket_connected(s, fd);
    return 0;
}

/* Opening */

static bool open_server(SocketChardev *s, bool wait, Error **errp)
{
    s->listen_fd = socket_listen(s->addr, 1, errp);
    if (s->listen_fd < 0) {
        return false;
    }
    /* Port 0 became a real one. */
    if (s->addr->type == SOCKET_ADDRESS_TYPE_INET) {
        SocketAddress *real = socket_local_address(s->listen_fd, NULL);

        if (real) {
            qapi_free_SocketAddress(s->addr);
            s->addr = real;
        }
    }
    qemu_socket_set_nonblock(s->listen_fd);
    set_filename(s);
    if (wait) {
        return socket_wait_connected(CHARDEV(s), errp) == 0;
    }
    socket_listen_again(s);
    return true;
}

static bool open_client(SocketChardev *s, Error **errp)
{
    int fd;

    if (s->reconnect) {
        socket_connect_begin(s);
        return true;
    }
    fd = s->addr->type == SOCKET_ADDRESS_TYPE_FD ?
         socket_get_fd(s->addr->u.fd.str, errp) :
         socket_connect(s->addr, errp);
    if (fd < 0) {
        return false;
    }
    socket_connected(s, fd);
    return true;
}

/* Waiting for connections goes where the front end's handlers went. */
static void move_sources(SocketChardev *s)
{
    bool retries = s->reconnect_source != NULL;

    if (s->sources_context == CHARDEV(s)->gcontext) {
        return;
    }
    s->sources_context = CHARDEV(s)->gcontext;
    if (s->accept_source) {
        drop_source(&s->accept_source);
        socket_listen_again(s);
    }
    if (s->connect_source) {
        drop_source(&s->connect_source);
        s->connect_source = watch_fd(s, s->connect_fd, G_IO_OUT,
                                     connect_ready);
    }
    if (retries) {
        drop_source(&s->reconnect_source);
        reconnect_later(s);
    }
}

/* Options that QEMU has and this does not do. */
static bool check_refused(json_t *data, Error **errp)
{
    static const char *const refused[] = {
        "tn3270", "websocket", NULL
    };

    for (unsigned i = 0; refused[i]; i++) {
        bool on = false;

        if (!json_opt_bool(data, refused[i], &on, errp)) {
            return false;
        }
        if (on) {
            error_setg(errp, "'%s' is not part of this program; the socket "
                       "carries plain bytes, or telnet", refused[i]);
            return false;
        }
    }
    if (json_has(data, "tls-creds") || json_has(data, "tls-authz")) {
        error_setg(errp, "TLS is not part of this program");
        return false;
    }
    return true;
}

static void socket_open(Chardev *chr, json_t *data, bool *be_opened,
                        Error **errp)
{
    SocketChardev *s = CHARDEV_SOCKET(chr);
    bool server = true, wait = false, nodelay = false;

    if (!check_refused(data, errp) ||
        !json_opt_bool(data, "telnet", &s->is_telnet, errp) ||
        !json_opt_bool(data, "server", &server, errp) ||
        !json_opt_bool(data, "nodelay", &nodelay, errp) ||
        !chr_opt_int(data, "reconnect", 0, INT_MAX / 1000, &s->reconnect,
                     errp)) {
        return;
    }
    if (!json_opt_bool(data, "wait", &wait, errp)) {
        return;
    }
    if (server && s->reconnect) {
        error_setg(errp, "'reconnect' option is incompatible with socket in "
                   "server listen mode");
        return;
    }
    if (!server && json_has(data, "wait")) {
        error_setg(errp, "'wait' option is incompatible with socket in "
                   "client connect mode");
        return;
    }
    s->addr = socket_address_from_json(json_object_get(data, "addr"), errp);
    if (!s->addr) {
        return;
    }
    s->is_server = server;
    s->nodelay = nodelay;
    qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT);
    if (server || s->reconnect) {
        qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_RECONNECTABLE);
    }
    if (s->addr->type == SOCKET_ADDRESS_TYPE_UNIX) {
        qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_FD_PASS);
    }
    set_filename(s);
    *be_opened = false;
    if (server) {
        open_server(s, wait, errp);
    } else {
        open_client(s, errp);
    }
}

static void socket_init(Object *obj)
{
    SocketChardev *s = CHARDEV_SOCKET(obj);

    s->fd = s->listen_fd = s->connect_fd = -1;
}

static void socket_finalize(Object *obj)
{
    SocketChardev *s = CHARDEV_SOCKET(obj);
    Chardev *chr = CHARDEV(obj);

    chr_watch_input(chr, -1, false, NULL);
    drop_source(&s->accept_source);
    drop_source(&s->connect_source);
    drop_source(&s->reconnect_source);
    close_msgfds(s);
    if (s->fd >= 0) {
        close(s->fd);
    }
    if (s->connect_fd >= 0) {
        close(s->connect_fd);
    }
    if (s->listen_fd >= 0) {
        socket_listen_cleanup(s->listen_fd, NULL);
        close(s->listen_fd);
    }
    qapi_free_SocketAddress(s->addr);
}

static bool get_connected(Object *obj, Error **errp)
{
    return CHARDEV_SOCKET(obj)->fd >= 0;
}

static void socket_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->open = socket_open;
    cc->chr_write = socket_write;
    cc->chr_sync_read = socket_sync_read;
    cc->chr_add_watch = socket_add_watch;
    cc->chr_update_read_handler = socket_update_read_handler;
    cc->chr_wait_connected = socket_wait_connected;
    cc->chr_disconnect = socket_disconnect;
    cc->chr_add_client = socket_add_client;
    cc->get_msgfds = socket_get_msgfds;
    cc->set_msgfds = socket_set_msgfds;
    object_class_property_add_bool(oc, "connected", get_connected, NULL);
}

static const TypeInfo socket_types[] = {
    {
        .name = TYPE_CHARDEV_SOCKET,
        .parent = TYPE_CHARDEV,
        .instance_size = sizeof(SocketChardev),
        .instance_init = socket_init,
        .instance_finalize = socket_finalize,
        .class_init = socket_class_init,
    },
};
DEFINE_TYPES(socket_types)
