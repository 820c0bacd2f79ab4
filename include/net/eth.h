/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ethernet, VLAN, IPv4, IPv6, TCP and UDP headers within frames: where they
 * are and what they say (IEEE 802.3, 802.1Q; RFC 791, 8200, 9293, 768).
 *
 * All fields are big-endian and unaligned; nothing here trusts a length
 * that a frame claims.
 */
#ifndef QEMU_ETH_H
#define QEMU_ETH_H

#include <linux/if_ether.h>
#include "qemu/bswap.h"
#include "qemu/iov.h"

#ifndef ETH_P_VLAN
#define ETH_P_VLAN 0x8100
#endif
#ifndef ETH_P_DVLAN
#define ETH_P_DVLAN 0x88a8
#endif
#define ETH_MAX_IP4_HDR_LEN 60
#define ETH_MAX_IP_DGRAM_LEN 0xffff
#define ETH_MAX_L2_HDR_LEN (14 + 2 * 4)
#define VLAN_VID_MASK 0x0fff

struct eth_header {
    uint8_t h_dest[6];
    uint8_t h_source[6];
    uint16_t h_proto;
};

struct vlan_header {
    uint16_t h_tci;
    uint16_t h_proto;
};

typedef enum EthIPKind { ETH_IP_NONE, ETH_IP_4, ETH_IP_6 } EthIPKind;
typedef enum EthL4Kind {
    ETH_L4_NONE, ETH_L4_TCP, ETH_L4_UDP, ETH_L4_SCTP, ETH_L4_OTHER
} EthL4Kind;

/* What a frame holds; offsets from its first byte. */
typedef struct EthLayout {
    uint16_t l2_len;            /* 14 and 4 for each VLAN tag */
    uint16_t ethertype;         /* behind the tags */
    uint8_t vlan_tags;
    uint16_t vlan_tci;          /* of the outer tag */
    EthIPKind ip;
    uint16_t ip_len;            /* header with options or extensions */
    uint32_t ip_total;          /* header and payload, as the header says */
    uint8_t ip_proto;           /* of the payload */
    bool fragment;
    EthL4Kind l4;               /* NONE for fragments past the first */
    uint16_t l4_offset, l4_len; /* 0 where the header is cut short */
} EthLayout;

/*
 * Looks at up to 256 bytes of the frame.  False, with what was found so far,
 * where it is shorter than its headers.
 */
bool eth_parse(const struct iovec *iov, unsigned iovcnt, size_t offset,
               EthLayout *layout);

static inline bool is_multicast_ether_addr(const uint8_t *addr)
{
    return addr[0] & 1;
}

static inline bool is_broadcast_ether_addr(const uint8_t *addr)
{
    return (addr[0] & addr[1] & addr[2] & addr[3] & addr[4] & addr[5]) == 0xff;
}

static inline bool is_unicast_ether_addr(const uint8_t *addr)
{
    return !is_multicast_ether_addr(addr);
}

/* Of a frame of at least 14 (18 with a tag) bytes: one or two tags count. */
static inline size_t eth_get_l2_hdr_length(const void *p)
{
    uint16_t proto = lduw_be_p((const uint8_t *)p + 12);

    if (proto != ETH_P_VLAN && proto != ETH_P_DVLAN) {
        return 14;
    }
    return lduw_be_p((const uint8_t *)p + 16) == ETH_P_VLAN ? 22 : 18;
}

#endif /* QEMU_ETH_H */
