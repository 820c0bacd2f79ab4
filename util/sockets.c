/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets by address (qemu/sockets.h). */
#include "qemu/osdep.h"
#include "qemu/sockets.h"
#include "qapi/error.h"
#include "qemu/cutils.h"

#include <linux/vm_sockets.h>
#include <poll.h>

int (*socket_fd_lookup)(const char *name, Error **errp);

/* File descriptors */

int qemu_socket(int domain, int type, int protocol)
{
    return socket(domain, type | SOCK_CLOEXEC, protocol);
}

int qemu_accept(int s, struct sockaddr *addr, socklen_t *addrlen)
{
    return accept4(s, addr, addrlen, SOCK_CLOEXEC);
}

int qemu_socketpair(int domain, int type, int protocol, int sv[2])
{
    return socketpair(domain, type | SOCK_CLOEXEC, protocol, sv);
}

static int set_option(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof(value));
}

int socket_set_cork(int fd, int v)
{
    return set_option(fd, IPPROTO_TCP, TCP_CORK, v);
}

int socket_set_nodelay(int fd)
{
    return set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

int socket_set_fast_reuse(int fd)
{
    return set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

int qemu_socket_try_set_nonblock(int fd)
{
    return qemu_set_nonblock(fd) < 0 ? -errno : 0;
}

void qemu_socket_set_nonblock(int fd)
{
    qemu_set_nonblock(fd);
}

void qemu_socket_set_block(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags >= 0) {
        fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    }
}

bool fd_is_socket(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

int fd_from_name(const char *fdstr, Error **errp)
{
    int fd;

    if (!g_ascii_isdigit(*fdstr) && socket_fd_lookup) {
        return socket_fd_lookup(fdstr, errp);
    }
    if (qemu_strtoi(fdstr, NULL, 10, &fd) < 0 || fd < 0) {
        error_setg(errp, "Unable to parse FD number %s", fdstr);
        return -1;
    }
    return fd;
}

int socket_get_fd(const char *fdstr, Error **errp)
{
    int fd = fd_from_name(fdstr, errp);

    if (fd >= 0 && !fd_is_socket(fd)) {
        error_setg(errp, "File descriptor '%s' is not a socket", fdstr);
        if (!g_ascii_isdigit(*fdstr)) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

static void close_keeping_errno(int fd)
{
    int err = errno;

    close(fd);
    errno = err;
}

/* Addresses of the kernel's; each resolver returns a list of them. */

typedef struct KernelAddr {
    struct KernelAddr *next;
    int family;
    socklen_t len;
    union {
        struct sockaddr sa;
        struct sockaddr_storage storage;
        struct sockaddr_un un;
        struct sockaddr_vm vm;
    };
} KernelAddr;

static void kernel_addr_free(KernelAddr *list)
{
    while (list) {
        KernelAddr *next = list->next;

        g_free(list);
        list = next;
    }
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KernelAddr, kernel_addr_free)

/* Which families "ipv4" and "ipv6" leave, in getaddrinfo()'s terms. */
static bool inet_family(const InetSocketAddress *inet, int *family,
                        Error **errp)
{
    bool no4 = inet->has_ipv4 && !inet->ipv4;
    bool no6 = inet->has_ipv6 && !inet->ipv6;
    bool only4 = inet->has_ipv4 && inet->ipv4 && !inet->has_ipv6;
    bool only6 = inet->has_ipv6 && inet->ipv6 && !inet->has_ipv4;

    if (no4 && no6) {
        error_setg(errp, "Cannot disable IPv4 and IPv6 at same time");
        return false;
    }
    *family = only4 || no6 ? PF_INET : only6 || no4 ? PF_INET6 : PF_UNSPEC;
    return true;
}

static KernelAddr *resolve_inet(const InetSocketAddress *inet, int socktype,
                                bool passive, Error **errp)
{
    struct addrinfo hints = {
        .ai_socktype = socktype,
        .ai_flags = (passive ? AI_PASSIVE : 0) |
                    (inet->has_numeric && inet->numeric ?
                     AI_NUMERICHOST | AI_NUMERICSERV : 0),
    };
    const char *host = passive && !*inet->host ? NULL : inet->host;
    struct addrinfo *res = NULL;
    KernelAddr *list = NULL, **tail = &list;
    int err;

    if (!inet_family(inet, &hints.ai_family, errp)) {
        return NULL;
    }
    err = getaddrinfo(host, inet->port, &hints, &res);
    if (err) {
        error_setg(errp, "address resolution failed for %s:%s: %s",
                   inet->host, inet->port, gai_strerror(err));
        return NULL;
    }
    for (struct addrinfo *ai = res; ai; ai = ai->ai_next) {
        KernelAddr *k = g_new0(KernelAddr, 1);

        k->family = ai->ai_family;
        k->len = ai->ai_addrlen;
        memcpy(&k->storage, ai->ai_addr, MIN(k->len, sizeof(k->storage)));
        *tail = k;
        tail = &k->next;
    }
    freeaddrinfo(res);
    return list;
}

static KernelAddr *resolve_unix(const UnixSocketAddress *addr, Error **errp)
{
    size_t len = strlen(addr->path);
    bool abstract = addr->has_abstract && addr->abstract;
    bool tight = !addr->has_tight || addr->tight;
    KernelAddr *k;

    /* An abstract name has a NUL in front, the others one behind. */
    if (len + abstract > sizeof(k->un.sun_path)) {
        error_setg(errp, "UNIX socket path '%s' is too long", addr->path);
        error_append_hint(errp, "Path must be less than %zu bytes\n",
                          sizeof(k->un.sun_path) - abstract);
        return NULL;
    }
    k = g_new0(KernelAddr, 1);
    k->family = AF_UNIX;
    k->un.sun_family = AF_UNIX;
    memcpy(k->un.sun_path + abstract, addr->path, len);
    k->len = abstract && tight ?
             offsetof(struct sockaddr_un, sun_path) + 1 + len : sizeof(k->un);
    return k;
}

static KernelAddr *resolve_vsock(const VsockSocketAddress *addr, Error **errp)
{
    unsigned cid, port;
    KernelAddr *k;

    if (qemu_strtoui(addr->cid, NULL, 10, &cid) < 0) {
        error_setg(errp, "Failed to parse cid '%s'", addr->cid);
        return NULL;
    }
    if (qemu_strtoui(addr->port, NULL, 10, &port) < 0) {
        error_setg(errp, "Failed to parse port '%s'", addr->port);
        return NULL;
    }
    k = g_new0(KernelAddr, 1);
    k->family = AF_VSOCK;
    k->vm.svm_family = AF_VSOCK;
    k->vm.svm_cid = cid;
    k->vm.svm_port = port;
    k->len = sizeof(k->vm);
    return k;
}

static KernelAddr *resolve(const SocketAddress *addr, int socktype,
                           bool passive, Error **errp)
{
    ERRP_GUARD();

    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return resolve_inet(&addr->u.inet, socktype, passive, errp);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return resolve_unix(&addr->u.q_unix, errp);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return resolve_vsock(&addr->u.vsock, errp);
    default:
        error_setg(errp, "a file descriptor is no address");
        return NULL;
    }
}

/* How messages name it. */
static char *address_name(const SocketAddress *addr)
{
    return addr->type == SOCKET_ADDRESS_TYPE_UNIX ?
           g_strdup(addr->u.q_unix.path) : socket_address_to_string(addr);
}

static void after_connect(const SocketAddress *addr, int fd)
{
    if (addr->type == SOCKET_ADDRESS_TYPE_INET &&
        addr->u.inet.has_keep_alive && addr->u.inet.keep_alive) {
        set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    }
}

/* Connecting */

/* Waits for a connection that a signal left half way; 0 or -1. */
static int finish_connect(int fd)
{
    struct pollfd pfd = { .fd = fd, .events = POLLOUT };
    int err;
    socklen_t len = sizeof(err);

    if (RETRY_ON_EINTR(poll(&pfd, 1, -1)) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0) {
        return -1;
    }
    errno = err;
    return err ? -1 : 0;
}

static int connect_one(const KernelAddr *k, bool wait, bool *in_progress)
{
    int fd = qemu_socket(k->family, SOCK_STREAM | (wait ? 0 : SOCK_NONBLOCK),
                         0);

    if (fd < 0) {
        return -1;
    }
    if (k->family != AF_UNIX) {
        socket_set_fast_reuse(fd);
    }
    if (connect(fd, &k->sa, k->len) == 0) {
        return fd;
    }
    /* A full backlog of a unix socket is EAGAIN, which ends in failure. */
    if (!wait && errno == EINPROGRESS) {
        *in_progress = true;
        return fd;
    }
    if (wait && errno == EINTR && finish_connect(fd) == 0) {
        return fd;
    }
    close_keeping_errno(fd);
    return -1;
}

static int connect_to(SocketAddress *addr, bool wait, bool *in_progress,
                      Error **errp)
{
    g_autoptr(KernelAddr) list = NULL;
    g_autofree char *name = NULL;

    if (addr->type == SOCKET_ADDRESS_TYPE_FD) {
        return socket_get_fd(addr->u.fd.str, errp);
    }
    list = resolve(addr, SOCK_STREAM, false, errp);
    if (!list) {
        return -1;
    }
    for (KernelAddr *k = list; k; k = k->next) {
        int fd = connect_one(k, wait, in_progress);

        if (fd >= 0) {
            after_connect(addr, fd);
            return fd;
        }
    }
    name = address_name(addr);
    error_setg_errno(errp, errno, "Failed to connect to '%s'", name);
    return -1;
}

int socket_connect(SocketAddress *addr, Error **errp)
{
    bool unused;

    return connect_to(addr, true, &unused, errp);
}

int socket_connect_start(SocketAddress *addr, bool *in_progress, Error **errp)
{
    int fd;

    *in_progress = false;
    fd = connect_to(addr, false, in_progress, errp);
    if (fd >= 0 && addr->type == SOCKET_ADDRESS_TYPE_FD) {
        qemu_socket_set_nonblock(fd);
    }
    return fd;
}

int socket_connect_result(int fd, Error **errp)
{
    int err = 0;
    socklen_t len = sizeof(err);

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0) {
        err = errno;
    }
    if (err) {
        error_setg_errno(errp, err, "Failed to connect socket");
    }
    return err ? -1 : 0;
}

int unix_connect(const char *path, Error **errp)
{
    SocketAddress addr = {
        .type = SOCKET_ADDRESS_TYPE_UNIX, .u.q_unix.path = (char *)path,
    };

    return socket_connect(&addr, errp);
}

int inet_connect(const char *str, Error **errp)
{
    g_autoptr(SocketAddress) addr = g_new0(SocketAddress, 1);

    addr->type = SOCKET_ADDRESS_TYPE_INET;
    return inet_parse(&addr->u.inet, str, errp) < 0 ? -1 :
           socket_connect(addr, errp);
}

/* Listening */

static void set_port(KernelAddr *k, unsigned port)
{
    if (k->family == AF_INET6) {
        ((struct sockaddr_in6 *)&k->storage)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)&k->storage)->sin_port = htons(port);
    }
}

static unsigned get_port(const KernelAddr *k)
{
    return ntohs(k->family == AF_INET6 ?
                 ((struct sockaddr_in6 *)&k->storage)->sin6_port :
                 ((struct sockaddr_in *)&k->storage)->sin_port);
}

/* The first free port from that of @k up to the one in "to". */
static int listen_inet_one(const InetSocketAddress *inet, KernelAddr *k,
                           int num, Error **errp)
{
    unsigned port = get_port(k);
    unsigned last = inet->has_to ? MAX(inet->to, port) : port;
    const char *what = "create";

    for (; port <= last; port++) {
        int fd = qemu_socket(k->family, SOCK_STREAM, 0);

        if (fd < 0) {
            break;
        }
        socket_set_fast_reuse(fd);
        if (k->family == AF_INET6) {
            bool both = !inet->has_ipv4 || inet->ipv4;

            /* "::" takes IPv4 as well, unless that is not wanted. */
            set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !both);
        }
        set_port(k, port);
        what = "bind";
        if (bind(fd, &k->sa, k->len) == 0) {
            what = "listen on";
            if (listen(fd, num) == 0) {
                return fd;
            }
        }
        close_keeping_errno(fd);
        if (errno != EADDRINUSE) {
            break;
        }
    }
    error_setg_errno(errp, errno, "Failed to %s socket", what);
    return -1;
}

static int listen_inet(SocketAddress *addr, int num, Error **errp)
{
    g_autoptr(KernelAddr) list = resolve(addr, SOCK_STREAM, true, errp);
    Error *err = NULL;

    for (KernelAddr *k = list; k; k = k->next) {
        int fd;

        error_free(err);
        err = NULL;
        fd = listen_inet_one(&addr->u.inet, k, num, &err);
        if (fd >= 0) {
            return fd;
        }
    }
    error_propagate(errp, err);
    return -1;
}

static int listen_other(SocketAddress *addr, int num, Error **errp)
{
    g_autoptr(KernelAddr) k = resolve(addr, SOCK_STREAM, true, errp);
    g_autofree char *name = address_name(addr);
    int fd = k ? qemu_socket(k->family, SOCK_STREAM, 0) : -1;

    if (!k) {
        return -1;
    }
    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to create socket");
        return -1;
    }
    /* What a process that is gone left behind is in the way. */
    if (k->family == AF_UNIX && k->un.sun_path[0] &&
        unlink(addr->u.q_unix.path) < 0 && errno != ENOENT) {
        error_setg_errno(errp, errno, "Failed to unlink socket %s", name);
    } else if (bind(fd, &k->sa, k->len) < 0) {
        error_setg_errno(errp, errno, "Failed to bind socket to %s", name);
    } else if (listen(fd, num) < 0) {
        error_setg_errno(errp, errno, "Failed to listen on socket");
    } else {
        return fd;
    }
    close(fd);
    return -1;
}

int socket_listen(SocketAddress *addr, int num, Error **errp)
{
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return listen_inet(addr, num, errp);
    case SOCKET_ADDRESS_TYPE_FD: {
        int fd = socket_get_fd(addr->u.fd.str, errp);

        if (fd >= 0 && listen(fd, num) < 0) {
            error_setg_errno(errp, errno, "Failed to listen on fd socket");
            close(fd);
            return -1;
        }
        return fd;
    }
    default:
        return listen_other(addr, num, errp);
    }
}

int unix_listen(const char *path, Error **errp)
{
    SocketAddress addr = {
        .type = SOCKET_ADDRESS_TYPE_UNIX, .u.q_unix.path = (char *)path,
    };

    return socket_listen(&addr, 1, errp);
}

void socket_listen_cleanup(int fd, Error **errp)
{
    g_autoptr(SocketAddress) addr = socket_local_address(fd, NULL);

    if (addr && addr->type == SOCKET_ADDRESS_TYPE_UNIX &&
        !addr->u.q_unix.has_abstract && *addr->u.q_unix.path &&
        unlink(addr->u.q_unix.path) < 0 && errno != ENOENT) {
        error_setg_errno(errp, errno, "Failed to unlink socket %s",
                         addr->u.q_unix.path);
    }
}

/* Datagrams */

int socket_dgram(SocketAddress *remote, SocketAddress *local, Error **errp)
{
    g_autoptr(KernelAddr) to = resolve(remote, SOCK_DGRAM, false, errp);
    g_autoptr(KernelAddr) from = NULL;
    g_autofree char *name = NULL;
    int fd;

    if (!to) {
        return -1;
    }
    if (local) {
        from = resolve(local, SOCK_DGRAM, true, errp);
        if (!from) {
            return -1;
        }
    }
    fd = qemu_socket(to->family, SOCK_DGRAM, 0);
    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to create socket");
        return -1;
    }
    socket_set_fast_reuse(fd);
    if (from && bind(fd, &from->sa, from->len) < 0) {
        error_setg_errno(errp, errno, "Failed to bind socket");
        close(fd);
        return -1;
    }
    if (connect(fd, &to->sa, to->len) < 0) {
        name = address_name(remote);
        error_setg_errno(errp, errno, "Failed to connect to '%s'", name);
        close(fd);
        return -1;
    }
    return fd;
}

int parse_host_port(struct sockaddr_in *saddr, const char *str, Error **errp)
{
    InetSocketAddress inet = { .has_ipv4 = true, .ipv4 = true };
    KernelAddr *k = NULL;
    int ret = -1;

    if (inet_parse(&inet, str, errp) == 0) {
        inet.has_ipv4 = inet.ipv4 = true;
        inet.has_ipv6 = false;
        k = resolve_inet(&inet, SOCK_STREAM, true, errp);
    }
    if (k) {
        memcpy(saddr, &k->storage, sizeof(*saddr));
        ret = 0;
    }
    kernel_addr_free(k);
    g_free(inet.host);
    g_free(inet.port);
    return ret;
}

/* Addresses of sockets */

static SocketAddress *from_kernel(const KernelAddr *k, Error **errp)
{
    SocketAddress *addr = g_new0(SocketAddress, 1);
    char host[NI_MAXHOST], port[NI_MAXSERV];
    int err;

    switch (k->sa.sa_family) {
    case AF_INET:
    case AF_INET6:
        err = getnameinfo(&k->sa, k->len, host, sizeof(host), port,
                          sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
        if (err) {
            error_setg(errp, "Cannot format numeric socket address: %s",
                       gai_strerror(err));
            break;
        }
        addr->type = SOCKET_ADDRESS_TYPE_INET;
        addr->u.inet.host = g_strdup(host);
        addr->u.inet.port = g_strdup(port);
        if (k->sa.sa_family == AF_INET) {
            addr->u.inet.has_ipv4 = addr->u.inet.ipv4 = true;
        } else {
            addr->u.inet.has_ipv6 = addr->u.inet.ipv6 = true;
        }
        return addr;
    case AF_UNIX: {
        size_t head = offsetof(struct sockaddr_un, sun_path);
        size_t len = k->len > head ? k->len - head : 0;
        bool abstract = len > 0 && !k->un.sun_path[0];

        addr->type = SOCKET_ADDRESS_TYPE_UNIX;
        addr->u.q_unix.path = g_strndup(k->un.sun_path + abstract,
                                        len - abstract);
        if (abstract) {
            addr->u.q_unix.has_abstract = addr->u.q_unix.abstract = true;
        }
        return addr;
    }
    case AF_VSOCK:
        addr->type = SOCKET_ADDRESS_TYPE_VSOCK;
        addr->u.vsock.cid = g_strdup_printf("%u", k->vm.svm_cid);
        addr->u.vsock.port = g_strdup_printf("%u", k->vm.svm_port);
        return addr;
    default:
        error_setg(errp, "socket family %d unsupported", k->sa.sa_family);
        break;
    }
    g_free(addr);
    return NULL;
}

SocketAddress *socket_local_address(int fd, Error **errp)
{
    KernelAddr k = { .len = sizeof(k.storage) };

    if (getsockname(fd, &k.sa, &k.len) < 0) {
        error_setg_errno(errp, errno, "Unable to query local socket address");
        return NULL;
    }
    return from_kernel(&k, errp);
}

SocketAddress *socket_remote_address(int fd, Error **errp)
{
    KernelAddr k = { .len = sizeof(k.storage) };

    if (getpeername(fd, &k.sa, &k.len) < 0) {
        error_setg_errno(errp, errno,
                         "Unable to query remote socket address");
        return NULL;
    }
    return from_kernel(&k, errp);
}
