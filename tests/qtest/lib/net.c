/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small host of net.h: Ethernet, ARP (RFC 826), IPv4 without fragments
 * (RFC 791), ICMP echo (RFC 792), UDP (RFC 768), DHCP (RFC 2131), DNS (RFC
 * 1035), TFTP (RFC 1350).
 */
#include "net-host.h"

#define ARP_SIZE 28
#define DHCP_COOKIE 0x63825363
#define MAX_STRAY 256           /* frames looked at before giving up */

/*** Bytes and sums ***/

uint32_t net_checksum(uint32_t sum, const void *buf, size_t len)
{
    const uint8_t *p = buf;

    for (size_t i = 0; i + 1 < len; i += 2) {
        sum += p[i] << 8 | p[i + 1];
    }
    if (len & 1) {
        sum += p[len - 1] << 8;
    }
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

uint16_t net_checksum_end(uint32_t sum)
{
    return ~net_checksum(sum, NULL, 0);
}

uint16_t net_l4_checksum(uint32_t src, uint32_t dst, uint8_t protocol,
                         const void *buf, size_t len)
{
    uint8_t pseudo[12] = { [9] = protocol };

    stl_be_p(pseudo, src);
    stl_be_p(pseudo + 4, dst);
    stw_be_p(pseudo + 10, len);
    return net_checksum_end(net_checksum(net_checksum(0, pseudo, 12), buf,
                                         len));
}

/*** The host ***/

NetHost *net_host_new(const NetPort *port, const uint8_t mac[6])
{
    /* A peer remembers connections for a while: no host repeats a port. */
    static uint16_t hosts;
    NetHost *h = g_new0(NetHost, 1);

    h->port = *port;
    memcpy(h->mac, mac, 6);
    h->mtu = 1500;
    h->next_port = 20000 + hosts++ % 256 * 128;
    return h;
}

static void fill_ethernet(NetHost *h, uint8_t *frame, const uint8_t *mac,
                          uint16_t type)
{
    if (mac) {
        memcpy(frame, mac, 6);
    } else {
        memset(frame, 0xff, 6);
    }
    memcpy(frame + 6, h->mac, 6);
    stw_be_p(frame + 12, type);
}

static void send_frame(NetHost *h, uint8_t *frame, size_t len)
{
    /* Short ones are padded, IEEE 802.3 section 3.2.8. */
    if (len < 60) {
        memset(frame + len, 0, 60 - len);
        len = 60;
    }
    h->port.send(h->port.opaque, frame, len);
}

static void send_arp(NetHost *h, uint16_t op, const uint8_t *mac, uint32_t ip)
{
    uint8_t frame[60] = { 0 }, *arp = frame + NET_ETH_HEADER;

    fill_ethernet(h, frame, mac, ETH_P_ARP);
    stw_be_p(arp, 1);
    stw_be_p(arp + 2, ETH_P_IP);
    arp[4] = 6;
    arp[5] = 4;
    stw_be_p(arp + 6, op);
    memcpy(arp + 8, h->mac, 6);
    stl_be_p(arp + 14, h->ip);
    if (mac) {
        memcpy(arp + 18, mac, 6);
    }
    stl_be_p(arp + 24, ip);
    send_frame(h, frame, NET_ETH_HEADER + ARP_SIZE);
}

size_t net_ip_frame(NetHost *h, uint8_t *frame, const uint8_t *mac,
                    uint32_t ip, uint8_t protocol, size_t len)
{
    uint8_t *hdr = frame + NET_ETH_HEADER;

    fill_ethernet(h, frame, mac, ETH_P_IP);
    memset(hdr, 0, IP_HEADER);
    hdr[0] = 0x45;
    stw_be_p(hdr + 2, IP_HEADER + len);
    stw_be_p(hdr + 4, ++h->next_id);
    hdr[8] = 64;
    hdr[9] = protocol;
    stl_be_p(hdr + 12, h->ip);
    stl_be_p(hdr + 16, ip);
    stw_be_p(hdr + 10, net_checksum_end(net_checksum(0, hdr, IP_HEADER)));
    return NET_L4 + len;
}

/*** Receiving ***/

/* What the host answers by itself. */
static bool answer(NetHost *h, size_t len)
{
    uint8_t *arp = h->frame + NET_ETH_HEADER, *icmp = h->frame + NET_L4;
    uint16_t type = lduw_be_p(h->frame + 12);

    if (type == ETH_P_ARP && len >= NET_ETH_HEADER + ARP_SIZE &&
        lduw_be_p(arp + 6) == 1 && h->ip &&
        (uint32_t)ldl_be_p(arp + 24) == h->ip) {
        uint8_t mac[6];

        memcpy(mac, arp + 8, 6);
        send_arp(h, 2, mac, ldl_be_p(arp + 14));
        return true;
    }
    if (type == ETH_P_IP && len >= NET_L4 + 8 && h->ip &&
        h->frame[NET_ETH_HEADER + 9] == IPPROTO_ICMP && icmp[0] == 8) {
        uint32_t from = ldl_be_p(h->frame + NET_ETH_HEADER + 12);
        size_t size = lduw_be_p(h->frame + NET_ETH_HEADER + 2) - IP_HEADER;
        uint8_t mac[6];

        if (NET_L4 + size > len) {
            return true;
        }
        memcpy(mac, h->frame + 6, 6);
        icmp[0] = 0;
        stw_be_p(icmp + 2, 0);
        stw_be_p(icmp + 2, net_checksum_end(net_checksum(0, icmp, size)));
        send_frame(h, h->frame, net_ip_frame(h, h->frame, mac, from,
                                             IPPROTO_ICMP, size));
        return true;
    }
    return false;
}

/* Whether h->frame is a good packet for us; *len becomes its real size. */
static bool is_ip(NetHost *h, size_t *len)
{
    const uint8_t *hdr = h->frame + NET_ETH_HEADER;
    uint32_t dst = ldl_be_p(hdr + 16);
    size_t total = lduw_be_p(hdr + 2);

    if (*len < NET_L4 || lduw_be_p(h->frame + 12) != ETH_P_IP ||
        hdr[0] != 0x45 || total < IP_HEADER ||
        NET_ETH_HEADER + total > *len ||
        net_checksum_end(net_checksum(0, hdr, IP_HEADER)) != 0 ||
        (lduw_be_p(hdr + 6) & 0x3fff)) {
        return false;
    }
    *len = NET_ETH_HEADER + total;
    return !h->ip || dst == h->ip || dst == UINT32_MAX ||
           dst == (h->ip | ~h->mask);
}

static bool sum_is_good(NetHost *h, size_t len)
{
    const uint8_t *hdr = h->frame + NET_ETH_HEADER, *l4 = h->frame + NET_L4;
    uint8_t protocol = hdr[9];
    size_t l4_len = len - NET_L4;

    if (protocol == IPPROTO_ICMP) {
        return net_checksum_end(net_checksum(0, l4, l4_len)) == 0;
    }
    if (protocol == IPPROTO_UDP && l4_len >= 8 && lduw_be_p(l4 + 6) == 0) {
        return true;
    }
    return net_l4_checksum(ldl_be_p(hdr + 12), ldl_be_p(hdr + 16), protocol,
                           l4, l4_len) == 0;
}

ssize_t net_receive_l4(NetHost *h, uint8_t protocol, bool wait)
{
    for (int n = 0; n < MAX_STRAY; n++) {
        size_t len = h->port.receive(h->port.opaque, h->frame,
                                     sizeof(h->frame), wait);

        if (len == 0) {
            return -1;
        }
        if (len < NET_ETH_HEADER || answer(h, len)) {
            continue;
        }
        if (is_ip(h, &len) && h->frame[NET_ETH_HEADER + 9] == protocol &&
            sum_is_good(h, len)) {
            return len - NET_L4;
        }
        h->dropped++;
    }
    return -1;
}

/*** ARP ***/

bool net_arp(NetHost *h, uint32_t ip, uint8_t mac[6])
{
    const uint8_t *arp = h->frame + NET_ETH_HEADER;

    send_arp(h, 1, NULL, ip);
    for (int n = 0; n < MAX_STRAY; n++) {
        size_t len = h->port.receive(h->port.opaque, h->frame,
                                     sizeof(h->frame), true);

        if (len == 0) {
            return false;
        }
        if (len >= NET_ETH_HEADER + ARP_SIZE && !answer(h, len) &&
            lduw_be_p(h->frame + 12) == ETH_P_ARP &&
            lduw_be_p(arp + 6) == 2 && (uint32_t)ldl_be_p(arp + 14) == ip) {
            memcpy(mac, arp + 8, 6);
            return true;
        }
    }
    return false;
}

bool net_send_l4(NetHost *h, uint8_t *frame, uint32_t ip, uint8_t protocol,
                 size_t len)
{
    uint32_t hop = h->mask && (ip & h->mask) != (h->ip & h->mask) ?
                   h->router : ip;

    if (ip == UINT32_MAX) {
        send_frame(h, frame, net_ip_frame(h, frame, NULL, ip, protocol, len));
        return true;
    }
    if (h->neighbour != hop) {
        if (!net_arp(h, hop, h->neighbour_mac)) {
            return false;
        }
        h->neighbour = hop;
    }
    send_frame(h, frame, net_ip_frame(h, frame, h->neighbour_mac, ip,
                                      protocol, len));
    return true;
}

/*** ICMP ***/

bool net_ping(NetHost *h, uint32_t ip, size_t size)
{
    g_autofree uint8_t *frame = g_malloc0(NET_L4 + 8 + MAX(size, 60));
    uint8_t *icmp = frame + NET_L4;
    uint16_t id = ++h->next_id;
    ssize_t len;

    icmp[0] = 8;
    stw_be_p(icmp + 4, id);
    stw_be_p(icmp + 6, 1);
    for (size_t i = 0; i < size; i++) {
        icmp[8 + i] = i * 13 + id;
    }
    stw_be_p(icmp + 2, net_checksum_end(net_checksum(0, icmp, 8 + size)));
    if (!net_send_l4(h, frame, ip, IPPROTO_ICMP, 8 + size)) {
        return false;
    }
    while ((len = net_receive_l4(h, IPPROTO_ICMP, true)) >= 0) {
        const uint8_t *got = h->frame + NET_L4;

        if (len == 8 + size && got[0] == 0 &&
            (uint32_t)ldl_be_p(h->frame + NET_ETH_HEADER + 12) == ip &&
            memcmp(got + 4, icmp + 4, 4 + size) == 0) {
            return true;
        }
    }
    return false;
}

/*** UDP ***/

void net_udp_send(NetHost *h, uint32_t ip, uint16_t from, uint16_t to,
                  const void *data, size_t len)
{
    g_autofree uint8_t *frame = g_malloc0(NET_L4 + 8 + MAX(len, 60));
    uint8_t *udp = frame + NET_L4;
    uint16_t sum;

    stw_be_p(udp, from);
    stw_be_p(udp + 2, to);
    stw_be_p(udp + 4, 8 + len);
    memcpy(udp + 8, data, len);
    sum = net_l4_checksum(h->ip, ip, IPPROTO_UDP, udp, 8 + len);
    stw_be_p(udp + 6, sum ?: 0xffff);
    net_send_l4(h, frame, ip, IPPROTO_UDP, 8 + len);
}

ssize_t net_udp_receive(NetHost *h, uint16_t to, void *data, size_t max,
                        uint32_t *ip, uint16_t *from)
{
    const uint8_t *udp = h->frame + NET_L4;
    ssize_t len;

    while ((len = net_receive_l4(h, IPPROTO_UDP, true)) >= 0) {
        size_t size = lduw_be_p(udp + 4);

        if (len < 8 || size < 8 || size > len || lduw_be_p(udp + 2) != to) {
            continue;
        }
        if (ip) {
            *ip = ldl_be_p(h->frame + NET_ETH_HEADER + 12);
        }
        if (from) {
            *from = lduw_be_p(udp);
        }
        memcpy(data, udp + 8, MIN(max, size - 8));
        return size - 8;
    }
    return -1;
}

/*** DHCP ***/

#define DHCP_SIZE 300
#define DHCP_OPTIONS 240
#define DHCP_DISCOVER 1
#define DHCP_OFFER 2
#define DHCP_REQUEST 3
#define DHCP_ACK 5
#define DHCP_XID 0x4d534958

static const uint8_t *dhcp_option(const uint8_t *msg, size_t len,
                                  uint8_t code, uint8_t *size)
{
    for (size_t i = DHCP_OPTIONS; i < len && msg[i] != 255;) {
        if (msg[i] == 0) {
            i++;
            continue;
        }
        if (i + 1 >= len || i + 2 + msg[i + 1] > len) {
            break;
        }
        if (msg[i] == code) {
            *size = msg[i + 1];
            return msg + i + 2;
        }
        i += 2 + msg[i + 1];
    }
    return NULL;
}

static uint32_t dhcp_address(const uint8_t *msg, size_t len, uint8_t code)
{
    uint8_t size;
    const uint8_t *opt = dhcp_option(msg, len, code, &size);

    return opt && size >= 4 ? ldl_be_p(opt) : 0;
}

static void dhcp_send(NetHost *h, uint8_t type, uint32_t ip, uint32_t server)
{
    uint8_t msg[DHCP_SIZE] = { 1, 1, 6 }, *opt = msg + DHCP_OPTIONS;

    stl_be_p(msg + 4, DHCP_XID);
    stw_be_p(msg + 10, 0x8000);         /* answer by broadcast */
    memcpy(msg + 28, h->mac, 6);
    stl_be_p(msg + 236, DHCP_COOKIE);
    *opt++ = 53;
    *opt++ = 1;
    *opt++ = type;
    if (ip) {
        *opt++ = 50;
        *opt++ = 4;
        stl_be_p(opt, ip);
        opt[4] = 54;
        opt[5] = 4;
        stl_be_p(opt + 6, server);
        opt += 10;
    }
    *opt = 255;
    net_udp_send(h, UINT32_MAX, 68, 67, msg, sizeof(msg));
}

/* The answer of that type; its size or -1. */
static ssize_t dhcp_receive(NetHost *h, uint8_t type, uint8_t *msg,
                            size_t max)
{
    ssize_t len;

    while ((len = net_udp_receive(h, 68, msg, max, NULL, NULL)) >= 0) {
        uint8_t size;
        const uint8_t *opt;

        if (len < DHCP_OPTIONS || len > max || msg[0] != 2 ||
            ldl_be_p(msg + 4) != DHCP_XID ||
            ldl_be_p(msg + 236) != DHCP_COOKIE) {
            continue;
        }
        opt = dhcp_option(msg, len, 53, &size);
        if (opt && size == 1 && *opt == type) {
            return len;
        }
    }
    return -1;
}

bool net_dhcp(NetHost *h)
{
    uint8_t msg[1500], size;
    const uint8_t *name;
    uint32_t server;
    ssize_t len;

    h->ip = h->mask = 0;
    dhcp_send(h, DHCP_DISCOVER, 0, 0);
    len = dhcp_receive(h, DHCP_OFFER, msg, sizeof(msg));
    if (len < 0) {
        return false;
    }
    server = dhcp_address(msg, len, 54);
    dhcp_send(h, DHCP_REQUEST, ldl_be_p(msg + 16), server);
    len = dhcp_receive(h, DHCP_ACK, msg, sizeof(msg));
    if (len < 0) {
        return false;
    }
    h->ip = ldl_be_p(msg + 16);
    h->mask = dhcp_address(msg, len, 1);
    h->router = dhcp_address(msg, len, 3);
    h->dns = dhcp_address(msg, len, 6);
    name = dhcp_option(msg, len, 12, &size);
    if (name && size < sizeof(h->hostname)) {
        memcpy(h->hostname, name, size);
        h->hostname[size] = '\0';
    }
    return true;
}

/*** DNS ***/

static size_t dns_put_name(uint8_t *p, const char *name)
{
    g_auto(GStrv) labels = g_strsplit(name, ".", 0);
    uint8_t *start = p;

    for (char **l = labels; *l; l++) {
        size_t len = strlen(*l);

        g_assert_cmpuint(len, <, 64);
        *p++ = len;
        memcpy(p, *l, len);
        p += len;
    }
    *p++ = 0;
    return p - start;
}

static size_t dns_skip_name(const uint8_t *msg, size_t len, size_t at)
{
    while (at < len && msg[at]) {
        if (msg[at] >= 0xc0) {
            return at + 2;
        }
        at += 1 + msg[at];
    }
    return at + 1;
}

/* The first A record of an answer. */
static bool dns_find_address(const uint8_t *msg, size_t len, uint32_t *ip)
{
    size_t at = dns_skip_name(msg, len, 12) + 4;

    for (unsigned n = lduw_be_p(msg + 6); n > 0; n--) {
        at = dns_skip_name(msg, len, at);
        if (at + 10 > len || at + 10 + lduw_be_p(msg + at + 8) > len) {
            return false;
        }
        if (lduw_be_p(msg + at) == 1 && lduw_be_p(msg + at + 8) == 4) {
            *ip = ldl_be_p(msg + at + 10);
            return true;
        }
        at += 10 + lduw_be_p(msg + at + 8);
    }
    return false;
}

bool net_resolve(NetHost *h, const char *name, uint32_t *ip)
{
    uint16_t port = h->next_port++, id = ++h->next_id;
    uint8_t msg[600] = { 0 };
    size_t len;
    ssize_t got;

    g_assert_cmpuint(strlen(name), <, 256);
    stw_be_p(msg, id);
    msg[2] = 1;                         /* recursion desired */
    stw_be_p(msg + 4, 1);
    len = 12 + dns_put_name(msg + 12, name);
    stw_be_p(msg + len, 1);
    stw_be_p(msg + len + 2, 1);
    net_udp_send(h, h->dns, port, 53, msg, len + 4);
    while ((got = net_udp_receive(h, port, msg, sizeof(msg), NULL,
                                  NULL)) >= 0) {
        if (got >= 12 && got <= sizeof(msg) && lduw_be_p(msg) == id) {
            return (msg[3] & 15) == 0 && dns_find_address(msg, got, ip);
        }
    }
    return false;
}

/*** TFTP ***/

uint8_t *net_tftp_get(NetHost *h, uint32_t server, const char *file,
                      size_t *len)
{
    g_autoptr(GByteArray) data = g_byte_array_new();
    g_autoptr(GByteArray) request = g_byte_array_new();
    uint16_t port = h->next_port++, peer;
    uint8_t msg[600];
    ssize_t got;

    g_byte_array_append(request, (const uint8_t *)"\0\1", 2);
    g_byte_array_append(request, (const uint8_t *)file, strlen(file) + 1);
    g_byte_array_append(request, (const uint8_t *)"octet", 6);
    net_udp_send(h, server, port, 69, request->data, request->len);
    while ((got = net_udp_receive(h, port, msg, sizeof(msg), NULL,
                                  &peer)) >= 4) {
        uint8_t ack[4] = { 0, 4, msg[2], msg[3] };

        if (lduw_be_p(msg) != 3) {
            return NULL;
        }
        if (lduw_be_p(msg + 2) == data->len / 512 + 1) {
            g_byte_array_append(data, msg + 4, got - 4);
        }
        net_udp_send(h, server, port, peer, ack, sizeof(ack));
        if (got - 4 < 512) {
            *len = data->len;
            return g_byte_array_free(g_steal_pointer(&data), false);
        }
    }
    return NULL;
}
