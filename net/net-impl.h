/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of net/ share. */
#ifndef NET_IMPL_H
#define NET_IMPL_H

#include "net/net.h"

/*
 * A back end's maker: clients named @name, peer of @peer (NULL with -netdev).
 * @opts are its own options, text or typed; unknown ones are refused.
 */
typedef bool NetInit(json_t *opts, const char *name, NetClientState *peer,
                     Error **errp);

NetInit net_init_slirp, net_init_socket, net_init_stream, net_init_dgram,
        net_init_tap, net_init_hubport;

/* pause.c: cards get nothing now. */
extern bool net_paused;

/* By its type; NULL with @errp. */
NetInit *net_find_backend(const char *type, Error **errp);

/* Hubs: each client of a hub hangs on a port, which is its peer. */
NetClientState *net_hub_add_port(int hub_id, const char *name,
                                 NetClientState *peer);
int net_hub_id_for_client(NetClientState *nc);
void net_hub_info(GString *to);
/* Warns of hubs that lack cards or back ends. */
void net_hub_check_clients(void);
void net_hub_flush(NetClientState *port);

/*
 * Options, whether they came as text or typed: false with @errp where the
 * value is none of the kind.  Absent ones leave *@value alone.
 */
bool net_opt_int(json_t *opts, const char *key, int64_t min, int64_t max,
                 int64_t *value, Error **errp);
const char *net_opt_str(json_t *opts, const char *key);
/*
 * A list of { "str": ... }, or one string: a new array of strings that may
 * be empty.
 */
json_t *net_opt_strings(json_t *opts, const char *key);
/* Refuses what is not in @known (NULL-terminated; type and id are). */
bool net_opts_check(json_t *opts, const char *const *known, Error **errp);

#endif /* NET_IMPL_H */
