/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a frame holds (net/eth.h). */
#include "qemu/osdep.h"
#include <netinet/in.h>
#include "net/eth.h"

#define LOOK 256

static EthL4Kind l4_kind(uint8_t proto)
{
    switch (proto) {
    case IPPROTO_TCP:
        return ETH_L4_TCP;
    case IPPROTO_UDP:
        return ETH_L4_UDP;
    case IPPROTO_SCTP:
        return ETH_L4_SCTP;
    default:
        return ETH_L4_OTHER;
    }
}

static bool parse_l2(const uint8_t *p, size_t len, EthLayout *l)
{
    if (len < 14) {
        return false;
    }
    l->l2_len = 14;
    l->ethertype = lduw_be_p(p + 12);
    while ((l->ethertype == ETH_P_VLAN || l->ethertype == ETH_P_DVLAN) &&
           l->vlan_tags < 2) {
        if (len < l->l2_len + 4) {
            return false;
        }
        if (l->vlan_tags++ == 0) {
            l->vlan_tci = lduw_be_p(p + l->l2_len);
        }
        l->ethertype = lduw_be_p(p + l->l2_len + 2);
        l->l2_len += 4;
    }
    return true;
}

static bool parse_ip4(const uint8_t *ip, size_t len, EthLayout *l)
{
    uint16_t frag;

    if (len < 20 || ip[0] >> 4 != 4 || (ip[0] & 0xf) < 5) {
        return false;
    }
    l->ip = ETH_IP_4;
    l->ip_len = (ip[0] & 0xf) * 4;
    l->ip_total = lduw_be_p(ip + 2);
    l->ip_proto = ip[9];
    frag = lduw_be_p(ip + 6);
    l->fragment = frag & 0x3fff;
    l->l4 = frag & 0x1fff ? ETH_L4_NONE : l4_kind(l->ip_proto);
    return l->ip_total >= l->ip_len && len >= l->ip_len;
}

/* Extension headers up to the payload (RFC 8200 section 4). */
static bool parse_ip6(const uint8_t *ip, size_t len, EthLayout *l)
{
    size_t at = 40;
    uint8_t next;
    bool later_fragment = false;

    if (len < 40 || ip[0] >> 4 != 6) {
        return false;
    }
    l->ip = ETH_IP_6;
    l->ip_total = 40 + lduw_be_p(ip + 4);
    next = ip[6];
    for (;;) {
        if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING &&
            next != IPPROTO_FRAGMENT && next != IPPROTO_DSTOPTS) {
            break;
        }
        if (len < at + 8) {
            return false;
        }
        if (next == IPPROTO_FRAGMENT) {
            l->fragment = true;
            later_fragment = lduw_be_p(ip + at + 2) & 0xfff8;
            next = ip[at];
            at += 8;
        } else {
            next = ip[at];
            at += 8 * (ip[at + 1] + 1);
        }
    }
    l->ip_len = at;
    l->ip_proto = next;
    l->l4 = later_fragment ? ETH_L4_NONE : l4_kind(next);
    return len >= at;
}

static void parse_l4(const uint8_t *l4, size_t len, EthLayout *l)
{
    size_t need = l->l4 == ETH_L4_TCP ? 20 : l->l4 == ETH_L4_UDP ? 8 :
                  l->l4 == ETH_L4_SCTP ? 12 : 0;

    if (!need || len < need) {
        return;
    }
    l->l4_len = l->l4 == ETH_L4_TCP ? (l4[12] >> 4) * 4 : need;
    if (l->l4_len < need) {
        l->l4_len = 0;
    }
}

bool eth_parse(const struct iovec *iov, unsigned iovcnt, size_t offset,
               EthLayout *layout)
{
    uint8_t head[LOOK];
    size_t len = iov_to_buf(iov, iovcnt, offset, head, sizeof(head));
    bool ok;

    *layout = (EthLayout) { 0 };
    if (!parse_l2(head, len, layout)) {
        return false;
    }
    switch (layout->ethertype) {
    case ETH_P_IP:
        ok = parse_ip4(head + layout->l2_len, len - layout->l2_len, layout);
        break;
    case ETH_P_IPV6:
        ok = parse_ip6(head + layout->l2_len, len - layout->l2_len, layout);
        break;
    default:
        return true;
    }
    if (!ok) {
        layout->l4 = ETH_L4_NONE;
        return false;
    }
    if (layout->l4 != ETH_L4_NONE) {
        layout->l4_offset = layout->l2_len + layout->ip_len;
        parse_l4(head + layout->l4_offset, len - layout->l4_offset, layout);
    }
    return true;
}
