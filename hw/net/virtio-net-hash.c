/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hash by which receive-side scaling tells connections apart: the
 * Toeplitz hash of addresses and ports, virtio 1.2, 5.1.6.4.3.
 */
#include "qemu/osdep.h"
#include "net/rss.h"
#include "virtio-net-internal.h"

QEMU_BUILD_BUG_ON(NET_RSS_KEY_MIN > VIRTIO_NET_RSS_MAX_KEY_SIZE);

/* Kinds for one protocol, best first; 0 ends. */
typedef struct Kind {
    uint32_t type;
    uint16_t report;
    bool ports;
    bool extensions;
} Kind;

#define KIND(name, ports, extensions, report_name) \
    { VIRTIO_NET_RSS_HASH_TYPE_##name, \
      VIRTIO_NET_HASH_REPORT_##report_name, ports, extensions }

static const Kind ip4_tcp[] = {
    KIND(TCPv4, true, false, TCPv4), KIND(IPv4, false, false, IPv4), { }
};
static const Kind ip4_udp[] = {
    KIND(UDPv4, true, false, UDPv4), KIND(IPv4, false, false, IPv4), { }
};
static const Kind ip4_other[] = { KIND(IPv4, false, false, IPv4), { } };

#define IP6_KINDS KIND(IP_EX, false, true, IPv6_EX), \
    KIND(IPv6, false, false, IPv6), { }

static const Kind ip6_tcp[] = {
    KIND(TCP_EX, true, true, TCPv6_EX), KIND(TCPv6, true, false, TCPv6),
    IP6_KINDS
};
static const Kind ip6_udp[] = {
    KIND(UDP_EX, true, true, UDPv6_EX), KIND(UDPv6, true, false, UDPv6),
    IP6_KINDS
};
static const Kind ip6_other[] = { IP6_KINDS };

static const Kind *choose(const EthLayout *l, uint32_t types)
{
    bool tcp = l->l4 == ETH_L4_TCP && !l->fragment && l->l4_len;
    bool udp = l->l4 == ETH_L4_UDP && !l->fragment && l->l4_len;
    const Kind *k = l->ip == ETH_IP_4
        ? (tcp ? ip4_tcp : udp ? ip4_udp : ip4_other)
        : (tcp ? ip6_tcp : udp ? ip6_udp : ip6_other);

    while (k->type && !(k->type & types)) {
        k++;
    }
    return k->type ? k : NULL;
}

uint32_t virtio_net_hash(const struct iovec *iov, int iovcnt, size_t offset,
                         uint32_t types, const uint8_t *key, uint16_t *report)
{
    const Kind *kind;
    uint32_t hash;
    EthLayout l;

    *report = VIRTIO_NET_HASH_REPORT_NONE;
    eth_parse(iov, iovcnt, offset, &l);
    if (l.ip == ETH_IP_NONE || !(kind = choose(&l, types)) ||
        !net_rss_hash(iov, iovcnt, offset, &l, kind->ports,
                      kind->extensions, key, &hash)) {
        return 0;
    }
    *report = kind->report;
    return hash;
}
