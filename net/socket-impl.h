/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms of `-netdev socket`, by the file that makes them. */
#ifndef NET_SOCKET_IMPL_H
#define NET_SOCKET_IMPL_H

#include "net-impl.h"

/* stream.c */
bool net_init_socket_stream(const char *name, NetClientState *peer,
                            const char *where, bool listen, Error **errp);
void net_init_socket_fd(const char *name, NetClientState *peer, int fd);
/* dgram.c */
bool net_init_socket_mcast(const char *name, NetClientState *peer,
                           const char *group, const char *local,
                           Error **errp);
bool net_init_socket_udp(const char *name, NetClientState *peer,
                         const char *remote, const char *local, Error **errp);
void net_init_socket_dgram_fd(const char *name, NetClientState *peer, int fd);

#endif
