/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Toeplitz hash of receive-side scaling over addresses and ports of a
 * frame, as NDIS, virtio (1.2, 5.1.6.4.3) and network cards define it.
 */
#ifndef QEMU_NET_RSS_H
#define QEMU_NET_RSS_H

#include "net/eth.h"

/* Two IPv6 addresses and two ports, and the key's window. */
#define NET_RSS_TUPLE_MAX (16 + 16 + 4)
#define NET_RSS_KEY_MIN (NET_RSS_TUPLE_MAX + 4)

/*
 * The hash of an IPv4 or IPv6 frame that eth_parse() took apart, over the
 * addresses and, with @ports, the first 4 bytes of its payload; with
 * @extensions home addresses count in place of plain ones.  @key has
 * NET_RSS_KEY_MIN bytes.  False where the frame is cut short.
 */
bool net_rss_hash(const struct iovec *iov, unsigned iovcnt, size_t offset,
                  const EthLayout *l, bool ports, bool extensions,
                  const uint8_t *key, uint32_t *hash);

#endif /* QEMU_NET_RSS_H */
