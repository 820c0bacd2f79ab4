/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What net.c and net-tcp.c share. */
#ifndef TESTS_QTEST_NET_HOST_H
#define TESTS_QTEST_NET_HOST_H

#include <linux/if_ether.h>
#include <netinet/in.h>
#include "net.h"
#include "qemu/bswap.h"

#define IP_HEADER 20
/* Where the payload of an IPv4 packet without options begins. */
#define NET_L4 (NET_ETH_HEADER + IP_HEADER)

/*
 * Sends the @len bytes at frame + NET_L4, which has room for 60 bytes in all,
 * to the next hop; false if it is not there.
 */
bool net_send_l4(NetHost *h, uint8_t *frame, uint32_t ip, uint8_t protocol,
                 size_t len);
/*
 * The next good packet of @protocol to this host, at h->frame + NET_L4: its
 * size, or -1.
 */
ssize_t net_receive_l4(NetHost *h, uint8_t protocol, bool wait);
/* 0 over a packet that has its checksum in it, if that is good. */
uint16_t net_l4_checksum(uint32_t src, uint32_t dst, uint8_t protocol,
                         const void *buf, size_t len);

#endif
