/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What monitors may ask of user networks. */
#ifndef QEMU_NET_SLIRP_H
#define QEMU_NET_SLIRP_H

/*
 * hostfwd_add and hostfwd_remove on the user network @id (NULL: the first);
 * rules as in -netdev user,hostfwd=.  False sets @errp.
 */
bool net_slirp_hostfwd_add(const char *id, const char *rule, Error **errp);
bool net_slirp_hostfwd_remove(const char *id, const char *rule,
                              Error **errp);
/* `info usernet` */
void net_slirp_print_info(GString *to);

#endif
