/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the 82574L tells of a received frame besides its bytes: checksums
 * (data sheet, 7.1.11), the hash that picks a queue (7.1.12), and the VLAN
 * tag that it takes off (7.3).
 */
#include "qemu/osdep.h"
#include <netinet/in.h>
#include "net/checksum.h"
#include "net/rss.h"
#include "e1000e-internal.h"

/* RSS types of the write-back, and what must be enabled for them. */
enum {
    RSS_NONE, RSS_TCPIPV4, RSS_IPV4, RSS_TCPIPV6, RSS_IPV6EX, RSS_IPV6
};

#define TCP_FLAGS 13
#define TCP_ACK 0x10

static unsigned rss_type(const E1000EState *s, const EthLayout *l)
{
    uint32_t mrqc = e1000e_get(s, R_MRQC);
    uint32_t rfctl = e1000e_get(s, R_RFCTL);
    bool tcp = l->l4 == ETH_L4_TCP && l->l4_len && !l->fragment;

    if (l->ip == ETH_IP_4) {
        return tcp && (mrqc & MRQC_TCPIPV4) ? RSS_TCPIPV4
             : mrqc & MRQC_IPV4 ? RSS_IPV4 : RSS_NONE;
    }
    if (l->ip == ETH_IP_6 && !(rfctl & RFCTL_IPV6_DIS)) {
        bool plain = rfctl & (RFCTL_IPV6_EX_DIS | RFCTL_NEW_IPV6_EXT_DIS);

        return tcp && (mrqc & MRQC_TCPIPV6) ? RSS_TCPIPV6
             : !plain && (mrqc & MRQC_IPV6EX) ? RSS_IPV6EX
             : mrqc & MRQC_IPV6 ? RSS_IPV6 : RSS_NONE;
    }
    return RSS_NONE;
}

/* RSS needs its enable, descriptors with room, and no checksum in its place. */
bool e1000e_rss_on(const E1000EState *s)
{
    return (e1000e_get(s, R_MRQC) & MRQC_ENABLE_MASK) == MRQC_ENABLE_RSS &&
           (e1000e_get(s, R_RFCTL) & RFCTL_EXSTEN) &&
           (e1000e_get(s, R_RXCSUM) & RXCSUM_PCSD);
}

static void choose_queue(E1000EState *s, E1000ERxFrame *f)
{
    struct iovec iov = { .iov_base = (void *)f->data, .iov_len = f->len };
    uint8_t key[NET_RSS_KEY_MIN];
    unsigned type, entry;

    if (!e1000e_rss_on(s)) {
        return;
    }
    type = rss_type(s, &f->l);
    for (unsigned i = 0; i < sizeof(key); i += 4) {
        stl_le_p(key + i, e1000e_get(s, R_RSSRK + i));
    }
    if (!type ||
        !net_rss_hash(&iov, 1, 0, &f->l,
                      type == RSS_TCPIPV4 || type == RSS_TCPIPV6,
                      type == RSS_IPV6EX, key, &f->hash)) {
        f->hash = 0;
        return;
    }
    entry = f->hash & 0x7f;
    f->queue = e1000e_get(s, R_RETA + entry / 4 * 4) >> (entry % 4 * 8 + 7) &
               1;
    f->mrq = type | f->queue << 8;
}

static bool ip4_checksum_ok(const E1000ERxFrame *f)
{
    const uint8_t *ip = f->data + f->l.l2_len;

    return net_raw_checksum(ip, f->l.ip_len) == 0;
}

/* Of a complete TCP or UDP packet. */
static bool l4_checksum_ok(const E1000ERxFrame *f)
{
    const uint8_t *ip = f->data + f->l.l2_len;
    size_t len = f->l.ip_total - f->l.ip_len;
    uint64_t sum;

    if (f->l.ip == ETH_IP_4) {
        sum = net_checksum_add(8, ip + 12);
    } else {
        sum = net_checksum_add(32, ip + 8);
    }
    sum += f->l.ip_proto + len;
    sum += net_checksum_add(len, f->data + f->l.l4_offset);
    sum = (uint32_t)sum + (sum >> 32);
    return net_checksum_finish(sum) == 0;
}

static void check_l4(E1000EState *s, E1000ERxFrame *f, bool csum_ok)
{
    bool udp = f->l.l4 == ETH_L4_UDP;

    if (!(e1000e_get(s, R_RXCSUM) & RXCSUM_TUOFLD) || f->l.fragment ||
        !f->l.l4_len || (!udp && f->l.l4 != ETH_L4_TCP) ||
        f->l.ip_total < f->l.ip_len + f->l.l4_len ||
        f->l.l2_len + f->l.ip_total > f->len) {
        return;
    }
    if (udp && lduw_be_p(f->data + f->l.l4_offset + 6) == 0) {
        return;                         /* the sender made none */
    }
    f->status |= RXS_TCPCS | (udp ? RXS_UDPCS : 0);
    if (!csum_ok && !l4_checksum_ok(f)) {
        f->status |= RXE_TCPE;
    }
}

static void check_sums(E1000EState *s, E1000ERxFrame *f, bool csum_ok)
{
    uint32_t rfctl = e1000e_get(s, R_RFCTL);

    if (f->l.ip == ETH_IP_4) {
        if (e1000e_get(s, R_RXCSUM) & RXCSUM_IPOFLD) {
            f->status |= RXS_IPCS;
            if (!ip4_checksum_ok(f)) {
                f->status |= RXE_IPE;
            }
        }
        check_l4(s, f, csum_ok);
    } else if (f->l.ip == ETH_IP_6 && !(rfctl & RFCTL_IPV6_XSUM_DIS)) {
        check_l4(s, f, csum_ok);
    }
}

static bool is_pure_ack(const E1000ERxFrame *f)
{
    const uint8_t *tcp = f->data + f->l.l4_offset;

    return f->l.l4 == ETH_L4_TCP && f->l.l4_len && !f->l.fragment &&
           f->l.ip_len + f->l.l4_len == f->l.ip_total &&
           (tcp[TCP_FLAGS] & TCP_ACK);
}

/* The sum of all from PCSS on, or, with IPPCSE, of the IP payload. */
static void packet_checksum(E1000EState *s, E1000ERxFrame *f)
{
    uint32_t rxcsum = e1000e_get(s, R_RXCSUM);
    size_t from = rxcsum & RXCSUM_PCSS, to = f->len;

    if (f->l.ip == ETH_IP_4) {
        f->ip_id = lduw_be_p(f->data + f->l.l2_len + 4);
        f->status |= RXS_IPIDV;
    }
    if ((rxcsum & RXCSUM_IPPCSE) && f->l.ip != ETH_IP_NONE) {
        from = f->l.l2_len + f->l.ip_len;
        to = MIN(f->l.l2_len + f->l.ip_total, f->len);
    }
    if (from < to) {
        f->csum = ~net_raw_checksum(f->data + from, to - from);
    }
}

static uint32_t packet_type(const EthLayout *l)
{
    bool l4 = l->l4_len && (l->l4 == ETH_L4_TCP || l->l4 == ETH_L4_UDP);

    return l->ip == ETH_IP_NONE ? RXS_TYPE(0)
         : l->ip == ETH_IP_4 ? RXS_TYPE(l4 ? 2 : 1) : RXS_TYPE(l4 ? 6 : 5);
}

void e1000e_rx_offload(E1000EState *s, E1000ERxFrame *f, bool csum_ok)
{
    struct iovec iov = { .iov_base = (void *)f->data, .iov_len = f->len };

    f->status = RXS_DD;
    if (!eth_parse(&iov, 1, 0, &f->l)) {
        f->l.ip = ETH_IP_NONE;
        f->l.l4 = ETH_L4_NONE;
    }
    f->status |= packet_type(&f->l);
    choose_queue(s, f);
    check_sums(s, f, csum_ok);
    f->ack = is_pure_ack(f);
    if (f->ack && !(e1000e_get(s, R_RFCTL) & RFCTL_ACKD_DIS)) {
        f->status |= RXS_ACK;
    }
    if (e1000e_get(s, R_RXCSUM) & RXCSUM_PCSD) {
        f->hashed = true;
    } else {
        packet_checksum(s, f);
    }
}
