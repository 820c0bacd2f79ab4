/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets by address: TCP and UDP over IPv4 and IPv6, unix, vsock, and file
 * descriptors that were passed to us.
 */
#ifndef QEMU_SOCKETS_H
#define QEMU_SOCKETS_H

#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/un.h>

#include <jansson.h>

typedef enum SocketAddressType {
    SOCKET_ADDRESS_TYPE_INET,
    SOCKET_ADDRESS_TYPE_UNIX,
    SOCKET_ADDRESS_TYPE_VSOCK,
    SOCKET_ADDRESS_TYPE_FD,
    SOCKET_ADDRESS_TYPE__MAX,
} SocketAddressType;

const char *SocketAddressType_str(SocketAddressType type);

typedef struct InetSocketAddress {
    char *host;
    char *port;
    bool has_numeric, numeric;
    bool has_to;
    uint16_t to;                /* highest port to try when listening */
    bool has_ipv4, ipv4;
    bool has_ipv6, ipv6;
    bool has_keep_alive, keep_alive;
} InetSocketAddress;

typedef struct UnixSocketAddress {
    char *path;
    bool has_abstract, abstract;        /* not a name in the file system */
    bool has_tight, tight;              /* an abstract name without padding */
} UnixSocketAddress;

typedef struct VsockSocketAddress {
    char *cid;
    char *port;
} VsockSocketAddress;

typedef struct String {
    char *str;
} String;

typedef struct SocketAddress {
    SocketAddressType type;
    union {
        InetSocketAddress inet;
        UnixSocketAddress q_unix;
        VsockSocketAddress vsock;
        String fd;              /* a number, or a name known by getfd */
    } u;
} SocketAddress;

void qapi_free_SocketAddress(SocketAddress *addr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SocketAddress, qapi_free_SocketAddress)
SocketAddress *socket_address_clone(const SocketAddress *addr);

/*
 * From { "type": "inet", "host": ..., ... } (QAPI's SocketAddress) or
 * { "type": "inet", "data": { ... } } (SocketAddressLegacy); values may be
 * strings.  And to the former.
 */
SocketAddress *socket_address_from_json(const json_t *obj, Error **errp);
json_t *socket_address_to_json(const SocketAddress *addr);

/* "unix:PATH", "fd:NAME", "vsock:CID:PORT", "[tcp:]HOST:PORT[,OPTION...]". */
SocketAddress *socket_parse(const char *str, Error **errp);
/* "HOST:PORT[,to=N][,ipv4=on|off][,ipv6=on|off][,keep-alive=on|off]" */
int inet_parse(InetSocketAddress *addr, const char *str, Error **errp);
/* The address as text, in the form that socket_parse() takes. */
char *socket_address_to_string(const SocketAddress *addr);

/*
 * File descriptors, closed on exec; -1 with @errp set.  Connecting waits.
 */
int socket_connect(SocketAddress *addr, Error **errp);
int socket_listen(SocketAddress *addr, int num, Error **errp);
int socket_dgram(SocketAddress *remote, SocketAddress *local, Error **errp);
int unix_listen(const char *path, Error **errp);
int unix_connect(const char *path, Error **errp);
int inet_connect(const char *str, Error **errp);
/*
 * Starts connecting to @addr without waiting: the fd is non-blocking, and
 * *@in_progress tells whether to wait for it to become writable and then ask
 * socket_connect_result().  Host names are looked up first.
 */
int socket_connect_start(SocketAddress *addr, bool *in_progress, Error **errp);
int socket_connect_result(int fd, Error **errp);
/* Removes the name of a unix socket that listened. */
void socket_listen_cleanup(int fd, Error **errp);

/* The addresses of the ends of a connected socket. */
SocketAddress *socket_local_address(int fd, Error **errp);
SocketAddress *socket_remote_address(int fd, Error **errp);

/*
 * The file descriptor for a name: a number is itself, other names are looked
 * up by socket_fd_lookup, which the monitor sets (NULL: there are none).
 */
int socket_get_fd(const char *fdstr, Error **errp);
/* The same for any kind of file. */
int fd_from_name(const char *fdstr, Error **errp);
extern int (*socket_fd_lookup)(const char *name, Error **errp);

int qemu_socket(int domain, int type, int protocol);
int qemu_accept(int s, struct sockaddr *addr, socklen_t *addrlen);
int socket_set_cork(int fd, int v);
int socket_set_nodelay(int fd);
int socket_set_fast_reuse(int fd);
void qemu_socket_set_block(int fd);
int qemu_socket_try_set_nonblock(int fd);
void qemu_socket_set_nonblock(int fd);
int qemu_socketpair(int domain, int type, int protocol, int sv[2]);
bool fd_is_socket(int fd);
static inline int closesocket(int fd)
{
    return close(fd);
}

/* UDP and multicast: "HOST:PORT" to an IPv4 address.  0 or -1. */
int parse_host_port(struct sockaddr_in *saddr, const char *str, Error **errp);

#endif /* QEMU_SOCKETS_H */
