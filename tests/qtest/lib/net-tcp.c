/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP (RFC 9293) with one connection at a time and one segment in flight:
 * enough to talk to a server or be one.  What is lost or out of order is sent
 * again by the peer, who gets no acknowledgement.
 */
#include "net-host.h"

#define TCP_HEADER 20
#define FIN 1
#define SYN 2
#define RST 4
#define PSH 8
#define ACK 16
#define WINDOW 32768
#define TRIES 8

static void send_segment(NetTcp *c, uint8_t flags, const void *data,
                         size_t len)
{
    NetHost *h = c->h;
    bool syn = flags & SYN;
    size_t header = TCP_HEADER + (syn ? 4 : 0), size = header + len;
    g_autofree uint8_t *frame = g_malloc0(NET_L4 + size + 60);
    uint8_t *tcp = frame + NET_L4;

    stw_be_p(tcp, c->local_port);
    stw_be_p(tcp + 2, c->peer_port);
    stl_be_p(tcp + 4, c->snd_nxt);
    stl_be_p(tcp + 8, flags & ACK ? c->rcv_nxt : 0);
    tcp[12] = header / 4 << 4;
    tcp[13] = flags;
    stw_be_p(tcp + 14, WINDOW);
    if (syn) {
        tcp[20] = 2;                    /* maximum segment size */
        tcp[21] = 4;
        stw_be_p(tcp + 22, h->mtu - 40);
    }
    if (len) {
        memcpy(tcp + header, data, len);
    }
    stw_be_p(tcp + 16, net_l4_checksum(h->ip, c->peer, IPPROTO_TCP, tcp,
                                       size));
    net_send_l4(h, frame, c->peer, IPPROTO_TCP, size);
}

/* The next segment of this connection is at h->frame + NET_L4. */
static ssize_t receive_segment(NetTcp *c, bool wait)
{
    const uint8_t *tcp = c->h->frame + NET_L4;
    ssize_t len;

    while ((len = net_receive_l4(c->h, IPPROTO_TCP, wait)) >= 0) {
        if (len >= TCP_HEADER && (tcp[12] >> 4) * 4 <= len &&
            (tcp[12] >> 4) * 4 >= TCP_HEADER &&
            lduw_be_p(tcp + 2) == c->local_port &&
            (!c->peer_port ||
             (lduw_be_p(tcp) == c->peer_port &&
              (uint32_t)ldl_be_p(c->h->frame + NET_ETH_HEADER + 12) ==
              c->peer))) {
            return len;
        }
    }
    return -1;
}

/* Takes what a segment has; false if nothing more will come. */
static bool take_segment(NetTcp *c, size_t len)
{
    const uint8_t *tcp = c->h->frame + NET_L4;
    size_t header = (tcp[12] >> 4) * 4, payload = len - header;
    uint32_t seq = ldl_be_p(tcp + 4), ack = ldl_be_p(tcp + 8);
    uint8_t flags = tcp[13];

    if (flags & RST) {
        c->reset = true;
        return false;
    }
    if ((flags & ACK) && (int32_t)(ack - c->snd_una) > 0 &&
        (int32_t)(ack - c->snd_nxt) <= 0) {
        c->snd_una = ack;
    }
    if (seq != c->rcv_nxt || c->got_fin) {
        if (payload || (flags & FIN)) {
            send_segment(c, ACK, NULL, 0);
        }
        return true;
    }
    g_byte_array_append(c->received, tcp + header, payload);
    c->rcv_nxt += payload;
    if (flags & FIN) {
        c->rcv_nxt++;
        c->got_fin = true;
    }
    if (payload || (flags & FIN)) {
        send_segment(c, ACK, NULL, 0);
    }
    return true;
}

static NetTcp *tcp_new(NetHost *h, uint16_t port)
{
    NetTcp *c = g_new0(NetTcp, 1);

    c->h = h;
    c->local_port = port;
    c->snd_nxt = c->snd_una = 0x10000000 + ++h->next_id * 0x1000;
    c->received = g_byte_array_new();
    return c;
}

static void tcp_free(NetTcp *c)
{
    g_byte_array_unref(c->received);
    g_free(c);
}

NetTcp *net_tcp_connect(NetHost *h, uint32_t ip, uint16_t port)
{
    NetTcp *c = tcp_new(h, h->next_port++);
    const uint8_t *tcp = h->frame + NET_L4;

    c->peer = ip;
    c->peer_port = port;
    send_segment(c, SYN, NULL, 0);
    while (receive_segment(c, true) >= 0) {
        if ((tcp[13] & RST) || (uint32_t)ldl_be_p(tcp + 8) != c->snd_nxt + 1) {
            break;
        }
        if ((tcp[13] & (SYN | ACK)) == (SYN | ACK)) {
            c->snd_una = ++c->snd_nxt;
            c->rcv_nxt = ldl_be_p(tcp + 4) + 1;
            send_segment(c, ACK, NULL, 0);
            return c;
        }
    }
    tcp_free(c);
    return NULL;
}

NetTcp *net_tcp_accept(NetHost *h, uint16_t port)
{
    NetTcp *c = tcp_new(h, port);
    const uint8_t *tcp = h->frame + NET_L4;
    ssize_t len;

    while ((len = receive_segment(c, true)) >= 0) {
        if (!c->peer_port && (tcp[13] & (SYN | ACK)) == SYN) {
            c->peer = ldl_be_p(h->frame + NET_ETH_HEADER + 12);
            c->peer_port = lduw_be_p(tcp);
            c->rcv_nxt = ldl_be_p(tcp + 4) + 1;
            send_segment(c, SYN | ACK, NULL, 0);
        } else if (c->peer_port && (tcp[13] & ACK) &&
                   (uint32_t)ldl_be_p(tcp + 8) == c->snd_nxt + 1) {
            c->snd_nxt++;
            take_segment(c, len);
            return c;
        }
    }
    tcp_free(c);
    return NULL;
}

bool net_tcp_send(NetTcp *c, const void *data, size_t len)
{
    const uint8_t *p = data;
    size_t mss = c->h->mtu - 40;

    while (len > 0) {
        size_t n = MIN(len, mss);
        ssize_t got;

        send_segment(c, ACK | PSH, p, n);
        c->snd_nxt += n;
        while (c->snd_una != c->snd_nxt) {
            got = receive_segment(c, true);
            if (got < 0 || !take_segment(c, got)) {
                return false;
            }
        }
        p += n;
        len -= n;
    }
    return true;
}

bool net_tcp_receive(NetTcp *c, size_t len)
{
    while (c->received->len < len && !c->got_fin) {
        ssize_t got = receive_segment(c, true);

        if (got < 0 || !take_segment(c, got)) {
            return false;
        }
    }
    return c->received->len >= len || c->got_fin;
}

void net_tcp_close(NetTcp *c)
{
    ssize_t got;

    if (!c->reset) {
        send_segment(c, ACK | FIN, NULL, 0);
        c->snd_nxt++;
        for (int n = 0; n < TRIES &&
             !(c->got_fin && c->snd_una == c->snd_nxt); n++) {
            got = receive_segment(c, true);
            if (got < 0 || !take_segment(c, got)) {
                break;
            }
        }
    }
    tcp_free(c);
}

char *net_http_get(NetHost *h, uint32_t ip, uint16_t port, const char *path,
                   size_t *len)
{
    g_autofree char *request = g_strdup_printf("GET %s HTTP/1.0\r\n\r\n",
                                               path);
    NetTcp *c = net_tcp_connect(h, ip, port);
    char *body = NULL;
    const char *text, *end;

    if (!c) {
        return NULL;
    }
    if (net_tcp_send(c, request, strlen(request)) &&
        net_tcp_receive(c, SIZE_MAX)) {
        size_t got = c->received->len;

        g_byte_array_append(c->received, (const uint8_t *)"", 1);
        text = (const char *)c->received->data;
        end = strstr(text, "\r\n\r\n");
        if (g_str_has_prefix(text, "HTTP/1.") && end &&
            strstr(text, " 200 ")) {
            *len = got - (end + 4 - text);
            body = g_malloc(*len + 1);
            memcpy(body, end + 4, *len);
            body[*len] = '\0';
        }
    }
    net_tcp_close(c);
    return body;
}
