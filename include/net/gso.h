/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segmentation of large TCP and UDP packets, and partial checksums, for
 * devices that offer them where the back end does not.
 */
#ifndef QEMU_NET_GSO_H
#define QEMU_NET_GSO_H

#include "net/checksum.h"
#include "qemu/iov.h"

#define NET_GSO_HEADERS_MAX 256

/* Where things are in the packet; all from its first byte. */
typedef struct NetGso {
    uint16_t l3, l4;
    uint16_t hdr_len;           /* of all headers, which each segment gets */
    uint16_t mss;               /* payload of a segment, the last excepted */
    bool ip4;                   /* IPv4, else IPv6 */
    bool tcp;                   /* TCP, else UDP */
    bool ip_csum;               /* compute the IPv4 header's checksum */
    /*
     * Complete the checksum of TCP or UDP; its field has the sum of the
     * pseudo header without the length.
     */
    bool l4_csum;
} NetGso;

/* One segment in @iovcnt pieces, valid during the call. */
typedef void NetGsoEmit(void *opaque, const struct iovec *iov, int iovcnt,
                        size_t len);

/*
 * Cuts @packet into segments and gives each to @emit.  False, with nothing
 * emitted, where @gso does not fit the packet: headers that are cut short or
 * longer than NET_GSO_HEADERS_MAX, no segment size.
 */
bool net_gso_segment(const uint8_t *packet, size_t len, const NetGso *gso,
                     NetGsoEmit *emit, void *opaque);

/*
 * Makes the packet one that a peer will cut: lengths of the whole, IPv4's
 * checksum, and the pseudo header's sum with the length.  False where it
 * does not fit, or is longer than IP can say.
 */
bool net_gso_prepare(uint8_t *packet, size_t len, const NetGso *gso);

/*
 * Puts the checksum of bytes @start to @end (exclusive) at @at, what is there
 * before included in the sum.  False, with nothing changed, where one of them
 * is out of the packet.  @nozero: 0 is sent as 0xffff (UDP).
 */
bool net_checksum_insert(uint8_t *packet, size_t len, size_t start,
                         size_t end, size_t at, bool nozero);

#endif /* QEMU_NET_GSO_H */
