/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network as a guest sees it: a host with one Ethernet port that speaks
 * ARP, IPv4, ICMP, UDP, DHCP, DNS and TCP.  What it is plugged into is up to
 * the test, which gives functions that send and receive frames.
 *
 * Addresses and ports are in host byte order.  All calls return when the
 * answer came or when receive() gave up; meanwhile the host answers ARP
 * requests for its address and echo requests.
 */
#ifndef TESTS_QTEST_NET_H
#define TESTS_QTEST_NET_H

#include "qemu/osdep.h"

#define NET_FRAME_MAX 65600
#define NET_IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define NET_ETH_HEADER 14

typedef struct NetPort {
    void (*send)(void *opaque, const void *frame, size_t len);
    /*
     * The next frame, or 0 after waiting as long as the port finds
     * reasonable: some seconds with @wait, else not at all.
     */
    size_t (*receive)(void *opaque, void *frame, size_t max, bool wait);
    void *opaque;
} NetPort;

typedef struct NetHost {
    NetPort port;
    uint8_t mac[6];
    uint32_t ip, mask, router, dns;
    char hostname[64];          /* from DHCP, may be empty */
    uint16_t mtu;               /* 1500 */
    /* The last neighbour asked for. */
    uint32_t neighbour;
    uint8_t neighbour_mac[6];
    uint16_t next_id, next_port;
    /* Counts of frames that were not for the one who waited. */
    unsigned dropped;
    uint8_t frame[NET_FRAME_MAX];
} NetHost;

/* A host without an address yet; g_free() it. */
NetHost *net_host_new(const NetPort *port, const uint8_t mac[6]);

/* One's complement sum, for checksums: fold with net_checksum_end(). */
uint32_t net_checksum(uint32_t sum, const void *buf, size_t len);
uint16_t net_checksum_end(uint32_t sum);

/* ARP: who has @ip? */
bool net_arp(NetHost *h, uint32_t ip, uint8_t mac[6]);
/* DHCP's four messages; sets address, mask, router and dns. */
bool net_dhcp(NetHost *h);
/* An echo of @size bytes came back unchanged. */
bool net_ping(NetHost *h, uint32_t ip, size_t size);

/* Sends a datagram; the checksum is in it. */
void net_udp_send(NetHost *h, uint32_t ip, uint16_t from, uint16_t to,
                  const void *data, size_t len);
/* The next datagram to port @to: its size and the sender, or -1. */
ssize_t net_udp_receive(NetHost *h, uint16_t to, void *data, size_t max,
                        uint32_t *ip, uint16_t *from);
/* DNS: an A record of @name from the server h->dns. */
bool net_resolve(NetHost *h, const char *name, uint32_t *ip);
/* TFTP, octet mode; the file for g_free(), or NULL. */
uint8_t *net_tftp_get(NetHost *h, uint32_t server, const char *file,
                      size_t *len);

/* TCP: a connection at a time, segments in order. */
typedef struct NetTcp {
    NetHost *h;
    uint32_t peer;
    uint16_t local_port, peer_port;
    uint32_t snd_nxt, snd_una, rcv_nxt;
    bool got_fin, reset;
    GByteArray *received;
} NetTcp;

/* NULL if refused or unanswered. */
NetTcp *net_tcp_connect(NetHost *h, uint32_t ip, uint16_t port);
/* Waits for someone to connect to @port. */
NetTcp *net_tcp_accept(NetHost *h, uint16_t port);
bool net_tcp_send(NetTcp *c, const void *data, size_t len);
/* Until the peer ends its side or @len bytes came; in c->received. */
bool net_tcp_receive(NetTcp *c, size_t len);
/* FIN both ways, and frees it. */
void net_tcp_close(NetTcp *c);

/* GET of HTTP/1.0: the body for g_free(), or NULL. */
char *net_http_get(NetHost *h, uint32_t ip, uint16_t port, const char *path,
                   size_t *len);

/*
 * Frames by hand: Ethernet and IPv4 headers in front of @len bytes that stand
 * at frame + 34; returns the frame's size.  @mac NULL: broadcast.
 */
size_t net_ip_frame(NetHost *h, uint8_t *frame, const uint8_t *mac,
                    uint32_t ip, uint8_t protocol, size_t len);

#endif /* TESTS_QTEST_NET_H */
