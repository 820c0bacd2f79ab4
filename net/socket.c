/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `-netdev socket`: which of its forms the options mean. */
#include "qemu/osdep.h"
#include "socket-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/sockets.h"

static bool socket_fd(const char *name, NetClientState *peer,
                      const char *fdname, Error **errp)
{
    int fd = socket_get_fd(fdname, errp);
    int type;
    socklen_t len = sizeof(type);

    if (fd < 0) {
        return false;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0) {
        error_setg_errno(errp, errno, "can't get the socket type of fd=%s",
                         fdname);
        return false;
    }
    if (type == SOCK_DGRAM) {
        net_init_socket_dgram_fd(name, peer, fd);
    } else if (type == SOCK_STREAM) {
        net_init_socket_fd(name, peer, fd);
    } else {
        error_setg(errp, "fd=%s is a socket neither of bytes nor of "
                   "datagrams", fdname);
        return false;
    }
    return true;
}

bool net_init_socket(json_t *opts, const char *name, NetClientState *peer,
                     Error **errp)
{
    static const char *const known[] = {
        "fd", "listen", "connect", "mcast", "localaddr", "udp", NULL
    };
    const char *fd = net_opt_str(opts, "fd");
    const char *listen = net_opt_str(opts, "listen");
    const char *connect = net_opt_str(opts, "connect");
    const char *mcast = net_opt_str(opts, "mcast");
    const char *udp = net_opt_str(opts, "udp");
    const char *local = net_opt_str(opts, "localaddr");

    if (!net_opts_check(opts, known, errp)) {
        return false;
    }
    if (!!fd + !!listen + !!connect + !!mcast + !!udp != 1) {
        error_setg(errp, "exactly one of listen=, connect=, mcast= or udp= "
                   "is required");
        return false;
    }
    if (local && !mcast && !udp) {
        error_setg(errp, "localaddr= is only valid with mcast= or udp=");
        return false;
    }
    if (udp && !local) {
        error_setg(errp, "localaddr= is mandatory with udp=");
        return false;
    }
    if (fd) {
        return socket_fd(name, peer, fd, errp);
    }
    if (mcast) {
        return net_init_socket_mcast(name, peer, mcast, local, errp);
    }
    if (udp) {
        return net_init_socket_udp(name, peer, udp, local, errp);
    }
    return net_init_socket_stream(name, peer, listen ? listen : connect,
                                  listen != NULL, errp);
}
