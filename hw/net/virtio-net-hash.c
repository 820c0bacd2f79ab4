/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hash by which receive-side scaling tells connections apart: the
 * Toeplitz hash of addresses and ports, virtio 1.2, 5.1.6.4.3.
 */
#include "qemu/osdep.h"
#include "net/eth.h"
#include "qemu/iov.h"
#include "virtio-net-internal.h"

#define HEADER_BYTES 256        /* as far as headers are followed */

#define IP4_SRC 12
#define IP4_HEADER 20
#define IP6_SRC 8
#define IP6_DST 24
#define IP6_HEADER 40

/* Two IPv6 addresses and two ports. */
#define TUPLE_MAX (16 + 16 + 4)

typedef struct Tuple {
    uint8_t bytes[TUPLE_MAX];
    unsigned int len;
} Tuple;

static void append(Tuple *t, const uint8_t *bytes, unsigned int len)
{
    memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
}

/*
 * Each set bit of the input adds the 32 bits of the key that begin at its
 * place.
 */
static uint32_t toeplitz(const Tuple *t, const uint8_t *key)
{
    uint32_t window = ldl_be_p(key);
    uint32_t hash = 0;
    unsigned int i;
    int bit;

    for (i = 0; i < t->len; i++) {
        uint8_t next = key[i + 4];

        for (bit = 7; bit >= 0; bit--) {
            if (t->bytes[i] >> bit & 1) {
                hash ^= window;
            }
            window = window << 1 | (next >> bit & 1);
        }
    }
    return hash;
}

QEMU_BUILD_BUG_ON(TUPLE_MAX + 4 > VIRTIO_NET_RSS_MAX_KEY_SIZE);

/*** IPv6 extension headers: the addresses that stand for the plain ones ***/

#define IP6_HOP_BY_HOP 0
#define IP6_ROUTING 43
#define IP6_DESTINATION 60
#define ROUTING_TYPE_HOME 2
#define OPTION_PAD1 0
#define OPTION_HOME_ADDRESS 0xc9

/* The home address in destination options of len bytes, or NULL. */
static const uint8_t *home_address(const uint8_t *options, size_t len)
{
    size_t at = 2;

    while (at + 2 <= len) {
        size_t size = options[at + 1];

        if (options[at] == OPTION_PAD1) {
            at++;
            continue;
        }
        if (at + 2 + size > len) {
            break;
        }
        if (options[at] == OPTION_HOME_ADDRESS && size == 16) {
            return options + at + 2;
        }
        at += 2 + size;
    }
    return NULL;
}

/* Replaces source and destination by those that extensions give. */
static void follow_extensions(const uint8_t *ip, size_t len,
                              const uint8_t **src, const uint8_t **dst)
{
    uint8_t next = ip[6];
    size_t at = IP6_HEADER;

    while ((next == IP6_HOP_BY_HOP || next == IP6_ROUTING ||
            next == IP6_DESTINATION) && at + 8 <= len) {
        const uint8_t *ext = ip + at;
        size_t size = 8 * (ext[1] + 1);

        if (size > len - at) {
            break;
        }
        if (next == IP6_DESTINATION) {
            const uint8_t *home = home_address(ext, size);

            *src = home ? home : *src;
        } else if (next == IP6_ROUTING && ext[2] == ROUTING_TYPE_HOME &&
                   size == 24) {
            *dst = ext + 8;
        }
        next = ext[0];
        at += size;
    }
}

/*** Which kind ***/

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
    uint8_t frame[HEADER_BYTES];
    size_t len = iov_to_buf(iov, iovcnt, offset, frame, sizeof(frame));
    const uint8_t *ip;
    const Kind *kind;
    EthLayout l;
    Tuple t = { .len = 0 };

    *report = VIRTIO_NET_HASH_REPORT_NONE;
    eth_parse(iov, iovcnt, offset, &l);
    if (l.ip == ETH_IP_NONE || l.l2_len + IP4_HEADER > len ||
        !(kind = choose(&l, types))) {
        return 0;
    }
    ip = frame + l.l2_len;
    len -= l.l2_len;
    if (l.ip == ETH_IP_4) {
        append(&t, ip + IP4_SRC, 8);
    } else {
        const uint8_t *src = ip + IP6_SRC, *dst = ip + IP6_DST;

        if (len < IP6_HEADER) {
            return 0;
        }
        if (kind->extensions) {
            follow_extensions(ip, len, &src, &dst);
        }
        append(&t, src, 16);
        append(&t, dst, 16);
    }
    if (kind->ports) {
        if (l.l4_offset + 4 > len + l.l2_len) {
            return 0;
        }
        append(&t, frame + l.l4_offset, 4);
    }
    *report = kind->report;
    return toeplitz(&t, key);
}
