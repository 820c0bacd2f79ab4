/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Internet checksum (RFC 1071): sums of 16-bit big-endian words, kept
 * unfolded in 32 bits until net_checksum_finish().
 */
#ifndef QEMU_NET_CHECKSUM_H
#define QEMU_NET_CHECKSUM_H

#include "qemu/bswap.h"

#define CSUM_IP 0x01
#define CSUM_TCP 0x02
#define CSUM_UDP 0x04
#define CSUM_ALL (CSUM_IP | CSUM_TCP | CSUM_UDP)

/* @seq: bytes already summed; an odd count swaps the lanes of what follows. */
uint32_t net_checksum_add_cont(int len, const uint8_t *buf, int seq);
static inline uint32_t net_checksum_add(int len, const uint8_t *buf)
{
    return net_checksum_add_cont(len, buf, 0);
}

uint32_t net_checksum_add_iov(const struct iovec *iov,
                              const unsigned int iov_cnt, uint32_t iov_off,
                              uint32_t size, uint32_t csum_offset);

static inline uint16_t net_checksum_finish(uint32_t sum)
{
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum;
}

/* UDP, where 0 means "none", sends ~0 instead (RFC 768). */
static inline uint16_t net_checksum_finish_nozero(uint32_t sum)
{
    return net_checksum_finish(sum) ?: 0xffff;
}

static inline uint16_t net_raw_checksum(const uint8_t *data, int length)
{
    return net_checksum_finish(net_checksum_add(length, data));
}

/* Over @length bytes at @buf and the pseudo header of IPv4 @addrs (8 bytes). */
uint16_t net_checksum_tcpudp(uint16_t length, uint16_t proto,
                             const uint8_t *addrs, const uint8_t *buf);

/*
 * Fills in the checksums of the kinds in @csum_flag within the Ethernet frame
 * at @data; frames that are not complete IPv4 are left alone.
 */
void net_checksum_calculate(uint8_t *data, int length, int csum_flag);

#endif /* QEMU_NET_CHECKSUM_H */
