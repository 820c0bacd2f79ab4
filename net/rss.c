/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Receive-side scaling's hash of a frame (net/rss.h). */
#include "qemu/osdep.h"
#include "net/rss.h"

#define HEADER_BYTES 256        /* as far as headers are followed */

#define IP4_SRC 12
#define IP4_HEADER 20
#define IP6_SRC 8
#define IP6_DST 24
#define IP6_HEADER 40

typedef struct Tuple {
    uint8_t bytes[NET_RSS_TUPLE_MAX];
    unsigned int len;
} Tuple;

static void append(Tuple *t, const uint8_t *bytes, unsigned int len)
{
    memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
}

/*
 * Each set bit of the input adds the 32 bits of the key that begin at its
 * place.
 */
static uint32_t toeplitz(const Tuple *t, const uint8_t *key)
{
    uint32_t window = ldl_be_p(key);
    uint32_t hash = 0;
    unsigned int i;
    int bit;

    for (i = 0; i < t->len; i++) {
        uint8_t next = key[i + 4];

        for (bit = 7; bit >= 0; bit--) {
            if (t->bytes[i] >> bit & 1) {
                hash ^= window;
            }
            window = window << 1 | (next >> bit & 1);
        }
    }
    return hash;
}

/*** IPv6 extension headers: the addresses that stand for the plain ones ***/

#define IP6_HOP_BY_HOP 0
#define IP6_ROUTING 43
#define IP6_DESTINATION 60
#define ROUTING_TYPE_HOME 2
#define OPTION_PAD1 0
#define OPTION_HOME_ADDRESS 0xc9

/* The home address in destination options of len bytes, or NULL. */
static const uint8_t *home_address(const uint8_t *options, size_t len)
{
    size_t at = 2;

    while (at + 2 <= len) {
        size_t size = options[at + 1];

        if (options[at] == OPTION_PAD1) {
            at++;
            continue;
        }
        if (at + 2 + size > len) {
            break;
        }
        if (options[at] == OPTION_HOME_ADDRESS && size == 16) {
            return options + at + 2;
        }
        at += 2 + size;
    }
    return NULL;
}

/* Replaces source and destination by those that extensions give. */
static void follow_extensions(const uint8_t *ip, size_t len,
                              const uint8_t **src, const uint8_t **dst)
{
    uint8_t next = ip[6];
    size_t at = IP6_HEADER;

    while ((next == IP6_HOP_BY_HOP || next == IP6_ROUTING ||
            next == IP6_DESTINATION) && at + 8 <= len) {
        const uint8_t *ext = ip + at;
        size_t size = 8 * (ext[1] + 1);

        if (size > len - at) {
            break;
        }
        if (next == IP6_DESTINATION) {
            const uint8_t *home = home_address(ext, size);

            *src = home ? home : *src;
        } else if (next == IP6_ROUTING && ext[2] == ROUTING_TYPE_HOME &&
                   size == 24) {
            *dst = ext + 8;
        }
        next = ext[0];
        at += size;
    }
}

/*** The hash ***/

bool net_rss_hash(const struct iovec *iov, unsigned iovcnt, size_t offset,
                  const EthLayout *l, bool ports, bool extensions,
                  const uint8_t *key, uint32_t *hash)
{
    uint8_t frame[HEADER_BYTES];
    size_t len = iov_to_buf(iov, iovcnt, offset, frame, sizeof(frame));
    const uint8_t *ip = frame + l->l2_len;
    Tuple t = { .len = 0 };

    if (l->ip == ETH_IP_NONE || l->l2_len + IP4_HEADER > len) {
        return false;
    }
    len -= l->l2_len;
    if (l->ip == ETH_IP_4) {
        append(&t, ip + IP4_SRC, 8);
    } else {
        const uint8_t *src = ip + IP6_SRC, *dst = ip + IP6_DST;

        if (len < IP6_HEADER) {
            return false;
        }
        if (extensions) {
            follow_extensions(ip, len, &src, &dst);
        }
        append(&t, src, 16);
        append(&t, dst, 16);
    }
    if (ports) {
        if (l->l4_offset + 4 > len + l->l2_len) {
            return false;
        }
        append(&t, frame + l->l4_offset, 4);
    }
    *hash = toeplitz(&t, key);
    return true;
}
