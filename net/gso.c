/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segmentation in software (net/gso.h): RFC 791, 8200, 9293, 768. */
#include "qemu/osdep.h"
#include "net/gso.h"

#define IP4_LENGTH 2
#define IP4_ID 4
#define IP4_CHECKSUM 10
#define IP4_HEADER 20
#define IP6_LENGTH 4
#define IP6_HEADER 40
#define TCP_SEQ 4
#define TCP_FLAGS 13
#define TCP_CHECKSUM 16
#define TCP_HEADER 20
#define TCP_FIN 0x01
#define TCP_PSH 0x08
#define TCP_CWR 0x80
#define UDP_LENGTH 4
#define UDP_CHECKSUM 6
#define UDP_HEADER 8

static bool fits(size_t len, const NetGso *g)
{
    size_t l3 = g->ip4 ? IP4_HEADER : IP6_HEADER;
    size_t l4 = g->tcp ? TCP_HEADER : UDP_HEADER;

    return g->mss && g->hdr_len <= NET_GSO_HEADERS_MAX &&
           g->hdr_len <= len && g->l3 + l3 <= g->l4 &&
           g->l4 + l4 <= g->hdr_len;
}

static void set_lengths(uint8_t *header, const NetGso *g, size_t payload)
{
    uint8_t *ip = header + g->l3;

    if (g->ip4) {
        stw_be_p(ip + IP4_LENGTH, g->hdr_len - g->l3 + payload);
        if (g->ip_csum) {
            stw_be_p(ip + IP4_CHECKSUM, 0);
            stw_be_p(ip + IP4_CHECKSUM, net_raw_checksum(ip, g->l4 - g->l3));
        }
    } else {
        stw_be_p(ip + IP6_LENGTH, g->hdr_len - g->l3 - IP6_HEADER + payload);
    }
    if (!g->tcp) {
        stw_be_p(header + g->l4 + UDP_LENGTH,
                 g->hdr_len - g->l4 + payload);
    }
}

static uint8_t *l4_checksum(uint8_t *header, const NetGso *g)
{
    return header + g->l4 + (g->tcp ? TCP_CHECKSUM : UDP_CHECKSUM);
}

/* The field's partial sum is one of the words that are summed. */
static void set_checksum(uint8_t *header, const NetGso *g,
                         const uint8_t *payload, size_t n)
{
    struct iovec iov[] = {
        { .iov_base = header + g->l4, .iov_len = g->hdr_len - g->l4 },
        { .iov_base = (void *)payload, .iov_len = n },
    };
    size_t len = g->hdr_len - g->l4 + n;
    uint64_t sum = (uint64_t)net_checksum_add_iov(iov, 2, 0, len, 0) + len;
    uint32_t folded = (uint32_t)sum + (uint32_t)(sum >> 32);

    stw_be_p(l4_checksum(header, g),
             g->tcp ? net_checksum_finish(folded)
                    : net_checksum_finish_nozero(folded));
}

bool net_gso_segment(const uint8_t *packet, size_t len, const NetGso *g,
                     NetGsoEmit *emit, void *opaque)
{
    uint8_t header[NET_GSO_HEADERS_MAX];
    size_t at = g->hdr_len;
    uint16_t nth = 0;

    if (!fits(len, g)) {
        return false;
    }
    do {
        size_t n = MIN(len - at, g->mss);
        struct iovec iov[] = {
            { .iov_base = header, .iov_len = g->hdr_len },
            { .iov_base = (void *)(packet + at), .iov_len = n },
        };

        memcpy(header, packet, g->hdr_len);
        if (g->ip4) {
            uint8_t *id = header + g->l3 + IP4_ID;

            stw_be_p(id, lduw_be_p(id) + nth);
        }
        if (g->tcp) {
            uint8_t *tcp = header + g->l4;

            stl_be_p(tcp + TCP_SEQ, ldl_be_p(tcp + TCP_SEQ) +
                                    (uint32_t)(at - g->hdr_len));
            if (at + n < len) {
                tcp[TCP_FLAGS] &= ~(TCP_FIN | TCP_PSH);
            }
            if (nth) {
                tcp[TCP_FLAGS] &= ~TCP_CWR;
            }
        }
        set_lengths(header, g, n);
        if (g->l4_csum) {
            set_checksum(header, g, packet + at, n);
        }
        emit(opaque, iov, n ? 2 : 1, g->hdr_len + n);
        at += n;
        nth++;
    } while (at < len);
    return true;
}

bool net_gso_prepare(uint8_t *packet, size_t len, const NetGso *g)
{
    uint8_t *field;

    if (!fits(len, g) || len - g->l3 > UINT16_MAX) {
        return false;
    }
    set_lengths(packet, g, len - g->hdr_len);
    field = l4_checksum(packet, g);
    stw_be_p(field, (uint16_t)~net_checksum_finish(lduw_be_p(field) +
                                                   (len - g->l4)));
    return true;
}

bool net_checksum_insert(uint8_t *packet, size_t len, size_t start,
                         size_t end, size_t at, bool nozero)
{
    uint32_t sum;

    if (start >= end || end > len || at + 2 > len) {
        return false;
    }
    sum = net_checksum_add(end - start, packet + start);
    stw_be_p(packet + at, nozero ? net_checksum_finish_nozero(sum)
                                 : net_checksum_finish(sum));
    return true;
}
