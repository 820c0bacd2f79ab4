/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame a datagram: `-netdev dgram` and the udp=, mcast= and fd= forms of
 * `-netdev socket`.
 */
#include "qemu/osdep.h"
#include "net-impl.h"
#include "socket-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/sockets.h"

typedef struct DgramState {
    NetClientState nc;
    int fd;
    bool read_paused;           /* until the peer took what it was given */
    bool send_paused;           /* until the socket takes more */
    /* Where frames go; length 0 for a connected socket. */
    struct sockaddr_storage dest;
    socklen_t dest_len;
    char *local_path;           /* unlinked at the end */
    uint8_t buf[NET_BUFSIZE];
} DgramState;

static void dgram_readable(void *opaque);
static void dgram_writable(void *opaque);

static void dgram_watch(DgramState *s)
{
    qemu_set_fd_handler(s->fd, s->read_paused ? NULL : dgram_readable,
                        s->send_paused ? dgram_writable : NULL, s);
}

static void dgram_writable(void *opaque)
{
    DgramState *s = opaque;

    s->send_paused = false;
    dgram_watch(s);
    qemu_flush_queued_packets(&s->nc);
}

static void dgram_taken(NetClientState *nc, ssize_t len)
{
    DgramState *s = DO_UPCAST(DgramState, nc, nc);

    s->read_paused = false;
    dgram_watch(s);
}

static void dgram_readable(void *opaque)
{
    DgramState *s = opaque;
    ssize_t n = recv(s->fd, s->buf, sizeof(s->buf), MSG_DONTWAIT);

    if (n > 0 && qemu_send_packet_async(&s->nc, s->buf, n,
                                        dgram_taken) == 0) {
        s->read_paused = true;
        dgram_watch(s);
    } else if (n == 0 && !s->dest_len) {
        /* The other end of a socket pair is gone. */
        s->nc.link_down = true;
        qemu_set_fd_handler(s->fd, NULL, NULL, NULL);
    }
}

static ssize_t dgram_receive_iov(NetClientState *nc, const struct iovec *iov,
                                 int iovcnt)
{
    DgramState *s = DO_UPCAST(DgramState, nc, nc);
    struct msghdr msg = {
        .msg_name = s->dest_len ? &s->dest : NULL,
        .msg_namelen = s->dest_len,
        .msg_iov = (struct iovec *)iov,
        .msg_iovlen = iovcnt,
    };
    ssize_t n;

    do {
        n = sendmsg(s->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
        s->send_paused = true;
        dgram_watch(s);
        return 0;
    }
    /* Nobody there (ECONNREFUSED, ENOENT): lost, as on a wire. */
    return iov_size(iov, iovcnt);
}

static ssize_t dgram_receive(NetClientState *nc, const uint8_t *buf,
                             size_t size)
{
    struct iovec iov = { (void *)buf, size };

    return dgram_receive_iov(nc, &iov, 1);
}

static void dgram_cleanup(NetClientState *nc)
{
    DgramState *s = DO_UPCAST(DgramState, nc, nc);

    qemu_set_fd_handler(s->fd, NULL, NULL, NULL);
    close(s->fd);
    if (s->local_path) {
        unlink(s->local_path);
        g_free(s->local_path);
    }
}

static NetClientInfo dgram_info = {
    .type = NET_CLIENT_DRIVER_DGRAM,
    .size = sizeof(DgramState),
    .receive = dgram_receive,
    .receive_iov = dgram_receive_iov,
    .cleanup = dgram_cleanup,
};

static NetClientInfo socket_info = {
    .type = NET_CLIENT_DRIVER_SOCKET,
    .size = sizeof(DgramState),
    .receive = dgram_receive,
    .receive_iov = dgram_receive_iov,
    .cleanup = dgram_cleanup,
};

static DgramState *dgram_new(NetClientInfo *info, const char *name,
                             NetClientState *peer, int fd)
{
    NetClientState *nc = qemu_new_net_client(
        info, peer, info == &dgram_info ? "dgram" : "socket", name);
    DgramState *s = DO_UPCAST(DgramState, nc, nc);

    s->fd = fd;
    qemu_socket_set_nonblock(fd);
    dgram_watch(s);
    return s;
}

static void set_dest(DgramState *s, const void *dest, socklen_t len)
{
    memcpy(&s->dest, dest, len);
    s->dest_len = len;
}

static int mcast_socket(const struct sockaddr_in *group,
                        const struct in_addr *local, Error **errp)
{
    int fd = qemu_socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    struct ip_mreq imr = { .imr_multiaddr = group->sin_addr };
    unsigned char loop = 1;

    if (fd < 0) {
        error_setg_errno(errp, errno, "can't create datagram socket");
        return -1;
    }
    imr.imr_interface.s_addr = local ? local->s_addr : htonl(INADDR_ANY);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(fd, (const struct sockaddr *)group, sizeof(*group)) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &imr,
                   sizeof(imr)) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &loop,
                   sizeof(loop)) < 0 ||
        (local && setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, local,
                             sizeof(*local)) < 0)) {
        error_setg_errno(errp, errno, "can't join multicast group %s",
                         inet_ntoa(group->sin_addr));
        close(fd);
        return -1;
    }
    return fd;
}

bool net_init_socket_mcast(const char *name, NetClientState *peer,
                           const char *group, const char *local, Error **errp)
{
    struct sockaddr_in addr;
    struct in_addr iface;
    DgramState *s;
    int fd;

    if (parse_host_port(&addr, group, errp) < 0) {
        return false;
    }
    if (!IN_MULTICAST(ntohl(addr.sin_addr.s_addr))) {
        error_setg(errp, "specified mcastaddr %s (0x%08x) does not contain a "
                   "multicast address", inet_ntoa(addr.sin_addr),
                   (int)ntohl(addr.sin_addr.s_addr));
        return false;
    }
    if (local && !inet_aton(local, &iface)) {
        error_setg(errp, "localaddr '%s' is not a valid IPv4 address", local);
        return false;
    }
    fd = mcast_socket(&addr, local ? &iface : NULL, errp);
    if (fd < 0) {
        return false;
    }
    s = dgram_new(&socket_info, name, peer, fd);
    set_dest(s, &addr, sizeof(addr));
    qemu_set_info_str(&s->nc, "socket: mcast=%s:%d", inet_ntoa(addr.sin_addr),
                      ntohs(addr.sin_port));
    return true;
}

bool net_init_socket_udp(const char *name, NetClientState *peer,
                         const char *remote, const char *local, Error **errp)
{
    struct sockaddr_in to, from;
    DgramState *s;
    int fd, on = 1;

    if (parse_host_port(&from, local, errp) < 0 ||
        parse_host_port(&to, remote, errp) < 0) {
        return false;
    }
    fd = qemu_socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0) {
        error_setg_errno(errp, errno, "can't bind ip=%s to socket",
                         inet_ntoa(from.sin_addr));
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    s = dgram_new(&socket_info, name, peer, fd);
    set_dest(s, &to, sizeof(to));
    qemu_set_info_str(&s->nc, "socket: udp=%s:%d", inet_ntoa(to.sin_addr),
                      ntohs(to.sin_port));
    return true;
}

void net_init_socket_dgram_fd(const char *name, NetClientState *peer, int fd)
{
    DgramState *s = dgram_new(&socket_info, name, peer, fd);

    qemu_set_info_str(&s->nc, "socket: fd=%d (datagrams)", fd);
}

/* -netdev dgram */

static bool dgram_unix(const char *name, NetClientState *peer,
                       SocketAddress *local, SocketAddress *remote,
                       Error **errp)
{
    struct sockaddr_un from = { .sun_family = AF_UNIX };
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    DgramState *s;
    int fd;

    if (!remote || remote->type != SOCKET_ADDRESS_TYPE_UNIX) {
        error_setg(errp, "dgram requires remote unix socket");
        return false;
    }
    if (strlen(local->u.q_unix.path) >= sizeof(from.sun_path) ||
        strlen(remote->u.q_unix.path) >= sizeof(to.sun_path)) {
        error_setg(errp, "the path of a unix socket has at most %zu bytes",
                   sizeof(from.sun_path) - 1);
        return false;
    }
    strcpy(from.sun_path, local->u.q_unix.path);
    strcpy(to.sun_path, remote->u.q_unix.path);
    unlink(from.sun_path);
    fd = qemu_socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0) {
        error_setg_errno(errp, errno, "can't bind unix=%s to socket",
                         from.sun_path);
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    s = dgram_new(&dgram_info, name, peer, fd);
    s->local_path = g_strdup(from.sun_path);
    set_dest(s, &to, sizeof(to));
    qemu_set_info_str(&s->nc, "udp=%s:%s", from.sun_path, to.sun_path);
    return true;
}

static bool dgram_fd(const char *name, NetClientState *peer,
                     SocketAddress *local, Error **errp)
{
    int fd = socket_get_fd(local->u.fd.str, errp);

    if (fd < 0) {
        return false;
    }
    if (!fd_is_socket(fd)) {
        error_setg(errp, "'%s' is no socket", local->u.fd.str);
        return false;
    }
    qemu_set_info_str(&dgram_new(&dgram_info, name, peer, fd)->nc, "fd=%d",
                      fd);
    return true;
}

static bool dgram_inet(const char *name, NetClientState *peer,
                       SocketAddress *local, SocketAddress *remote,
                       Error **errp)
{
    g_autofree char *to = NULL, *from = NULL;
    struct sockaddr_in addr;

    if (!remote || remote->type != SOCKET_ADDRESS_TYPE_INET) {
        error_setg(errp, "remote= must be an inet address");
        return false;
    }
    to = g_strdup_printf("%s:%s", remote->u.inet.host, remote->u.inet.port);
    if (parse_host_port(&addr, to, errp) < 0) {
        return false;
    }
    if (IN_MULTICAST(ntohl(addr.sin_addr.s_addr))) {
        return net_init_socket_mcast(name, peer, to, local ?
                                     local->u.inet.host : NULL, errp);
    }
    if (!local) {
        error_setg(errp, "dgram requires local= parameter");
        return false;
    }
    from = g_strdup_printf("%s:%s", local->u.inet.host, local->u.inet.port);
    return net_init_socket_udp(name, peer, to, from, errp);
}

bool net_init_dgram(json_t *opts, const char *name, NetClientState *peer,
                    Error **errp)
{
    static const char *const known[] = { "local", "remote", NULL };
    json_t *l = json_object_get(opts, "local");
    json_t *r = json_object_get(opts, "remote");
    g_autoptr(SocketAddress) local = NULL;
    g_autoptr(SocketAddress) remote = NULL;

    if (!net_opts_check(opts, known, errp)) {
        return false;
    }
    if (!l && !r) {
        error_setg(errp, "dgram requires local= or remote= parameter");
        return false;
    }
    if ((l && !(local = socket_address_from_json(l, errp))) ||
        (r && !(remote = socket_address_from_json(r, errp)))) {
        return false;
    }
    if (local && local->type == SOCKET_ADDRESS_TYPE_FD) {
        return dgram_fd(name, peer, local, errp);
    }
    if (local && local->type == SOCKET_ADDRESS_TYPE_UNIX) {
        return dgram_unix(name, peer, local, remote, errp);
    }
    if (local && local->type != SOCKET_ADDRESS_TYPE_INET) {
        error_setg(errp, "local= must be an inet, unix or fd address");
        return false;
    }
    return dgram_inet(name, peer, local, remote, errp);
}
