/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum (net/checksum.h). */
#include "qemu/osdep.h"
#include <netinet/in.h>
#include "net/checksum.h"
#include "net/eth.h"

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

/*
 * The sum of words is that of the words with their bytes swapped, swapped (RFC
 * 1071, 2 (B)): they are added as this machine has them, several at once.
 */
uint32_t net_checksum_add_cont(int len, const uint8_t *buf, int seq)
{
    uint64_t sum = 0, more = 0;
    uint16_t last = 0;
    int i;

    for (i = 0; i + 16 <= len; i += 16) {
        uint64_t a = ldq_he_p(buf + i), b = ldq_he_p(buf + i + 8);

        sum += (a & UINT32_MAX) + (a >> 32);
        more += (b & UINT32_MAX) + (b >> 32);
    }
    sum = (uint64_t)fold(sum) + fold(more);
    for (; i + 2 <= len; i += 2) {
        sum += lduw_he_p(buf + i);
    }
    if (i < len) {
        memcpy(&last, buf + i, 1);
        sum += last;
    }
    last = cpu_to_be16(fold(sum));
    return seq & 1 ? bswap16(last) : last;
}

/* One's-complement addition of unfolded sums: the carry comes back in. */
static uint32_t add_sums(uint32_t a, uint32_t b)
{
    uint64_t sum = (uint64_t)a + b;

    return (uint32_t)sum + (uint32_t)(sum >> 32);
}

uint32_t net_checksum_add_iov(const struct iovec *iov,
                              const unsigned int iov_cnt, uint32_t iov_off,
                              uint32_t size, uint32_t csum_offset)
{
    uint32_t sum = 0;
    size_t skip = iov_off;

    for (unsigned i = 0; i < iov_cnt && size; i++) {
        size_t n;

        if (skip >= iov[i].iov_len) {
            skip -= iov[i].iov_len;
            continue;
        }
        n = MIN(size, iov[i].iov_len - skip);
        sum = add_sums(sum, net_checksum_add_cont(
            n, (uint8_t *)iov[i].iov_base + skip, csum_offset));
        csum_offset += n;
        size -= n;
        skip = 0;
    }
    return sum;
}

uint16_t net_checksum_tcpudp(uint16_t length, uint16_t proto,
                             const uint8_t *addrs, const uint8_t *buf)
{
    uint32_t sum = net_checksum_add(length, buf);

    sum = add_sums(sum, net_checksum_add(8, addrs));
    return net_checksum_finish(add_sums(sum, proto + length));
}

void net_checksum_calculate(uint8_t *data, int length, int csum_flag)
{
    size_t l2, header, l4;
    uint8_t *ip, *where;
    uint16_t total;

    /* Room for an IPv4 header, and so for a tag that may be there. */
    if (length < 14 + 20) {
        return;
    }
    l2 = eth_get_l2_hdr_length(data);
    if ((size_t)length < l2 + 20 ||
        lduw_be_p(data + l2 - 2) != ETH_P_IP) {
        return;
    }
    ip = data + l2;
    header = (ip[0] & 0xf) * 4;
    total = lduw_be_p(ip + 2);
    if (ip[0] >> 4 != 4 || header < 20 || total < header ||
        total > length - l2) {
        return;
    }
    if (csum_flag & CSUM_IP) {
        stw_be_p(ip + 10, 0);
        stw_be_p(ip + 10, net_raw_checksum(ip, header));
    }
    /* A fragment does not hold what its checksum is of. */
    if (lduw_be_p(ip + 6) & 0x3fff) {
        return;
    }
    l4 = total - header;
    if (ip[9] == IPPROTO_TCP && (csum_flag & CSUM_TCP) && l4 >= 20) {
        where = ip + header + 16;
    } else if (ip[9] == IPPROTO_UDP && (csum_flag & CSUM_UDP) && l4 >= 8) {
        where = ip + header + 6;
    } else {
        return;
    }
    stw_be_p(where, 0);
    total = net_checksum_tcpudp(l4, ip[9], ip + 12, ip + header);
    stw_be_p(where, total == 0 && ip[9] == IPPROTO_UDP ? 0xffff : total);
}
