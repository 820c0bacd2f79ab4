/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XBZRLE; see the header. */
#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "migration/xbzrle.h"

/* --- Coding --- */

/* Length of the run of bytes from @i on that are equal, or that are not. */
static int run_length(const uint8_t *a, const uint8_t *b, int i, bool equal)
{
    int start = i;

    while (i < XBZRLE_PAGE) {
        if (equal && i % 8 == 0) {
            uint64_t x, y;

            memcpy(&x, a + i, 8);
            memcpy(&y, b + i, 8);
            if (x == y) {
                i += 8;
                continue;
            }
        }
        if ((a[i] == b[i]) != equal) {
            break;
        }
        i++;
    }
    return i - start;
}

/* A count below 2^14; the bytes it took, 0 where there is no room. */
static int put_count(uint8_t *out, int room, int n)
{
    if (n < 0x80 && room >= 1) {
        out[0] = n;
        return 1;
    }
    if (n >= 0x80 && room >= 2) {
        out[0] = (n & 0x7f) | 0x80;
        out[1] = n >> 7;
        return 2;
    }
    return 0;
}

static int get_count(const uint8_t *in, int left, int *n)
{
    if (left >= 1 && !(in[0] & 0x80)) {
        *n = in[0];
        return 1;
    }
    if (left >= 2 && !(in[1] & 0x80)) {
        *n = (in[0] & 0x7f) | in[1] << 7;
        return 2;
    }
    return 0;
}

int xbzrle_encode(const uint8_t *old, const uint8_t *new, uint8_t *out,
                  int out_len)
{
    int at = 0, done = 0;

    for (;;) {
        int same = run_length(old, new, at, true);
        int changed, n;

        at += same;
        if (at == XBZRLE_PAGE) {
            return done;
        }
        changed = run_length(old, new, at, false);
        n = put_count(out + done, out_len - done, same);
        if (!n) {
            return -1;
        }
        done += n;
        n = put_count(out + done, out_len - done, changed);
        if (!n || done + n + changed > out_len) {
            return -1;
        }
        done += n;
        memcpy(out + done, new + at, changed);
        done += changed;
        at += changed;
    }
}

int xbzrle_decode(const uint8_t *in, int in_len, uint8_t *page)
{
    int at = 0, done = 0;

    while (done < in_len) {
        int same, changed;
        int n = get_count(in + done, in_len - done, &same);

        /* Only the page may begin with a change. */
        if (!n || (!same && done)) {
            return -1;
        }
        done += n;
        n = get_count(in + done, in_len - done, &changed);
        if (!n || !changed) {
            return -1;
        }
        done += n;
        if (changed > in_len - done || same + changed > XBZRLE_PAGE - at) {
            return -1;
        }
        memcpy(page + at + same, in + done, changed);
        at += same + changed;
        done += changed;
    }
    return 0;
}

/* --- Cache: a slot for each page number modulo their count --- */

typedef struct Slot {
    uint64_t address;           /* UINT64_MAX: free */
    uint64_t round;
    uint8_t *page;
} Slot;

struct XbzrleCache {
    uint64_t n;
    Slot *slots;
};

XbzrleCache *xbzrle_cache_new(uint64_t size)
{
    XbzrleCache *c;

    if (size < XBZRLE_PAGE || !is_power_of_2(size)) {
        return NULL;
    }
    c = g_new0(XbzrleCache, 1);
    c->n = size / XBZRLE_PAGE;
    c->slots = g_try_new0(Slot, c->n);
    if (!c->slots) {
        g_free(c);
        return NULL;
    }
    for (uint64_t i = 0; i < c->n; i++) {
        c->slots[i].address = UINT64_MAX;
    }
    return c;
}

void xbzrle_cache_free(XbzrleCache *c)
{
    if (c) {
        for (uint64_t i = 0; i < c->n; i++) {
            g_free(c->slots[i].page);
        }
        g_free(c->slots);
        g_free(c);
    }
}

uint64_t xbzrle_cache_size(const XbzrleCache *c)
{
    return c->n * XBZRLE_PAGE;
}

static Slot *slot_of(XbzrleCache *c, uint64_t address)
{
    return &c->slots[address / XBZRLE_PAGE & (c->n - 1)];
}

uint8_t *xbzrle_cache_get(XbzrleCache *c, uint64_t address)
{
    Slot *slot = slot_of(c, address);

    return slot->address == address ? slot->page : NULL;
}

void xbzrle_cache_touch(XbzrleCache *c, uint64_t address, uint64_t round)
{
    slot_of(c, address)->round = round;
}

uint8_t *xbzrle_cache_put(XbzrleCache *c, uint64_t address,
                          const uint8_t *page, uint64_t round)
{
    Slot *slot = slot_of(c, address);

    if (slot->address != UINT64_MAX && slot->address != address &&
        slot->round + 2 > round) {
        return NULL;
    }
    if (!slot->page) {
        slot->page = g_try_malloc(XBZRLE_PAGE);
        if (!slot->page) {
            return NULL;
        }
    }
    slot->address = address;
    slot->round = round;
    return memcpy(slot->page, page, XBZRLE_PAGE);
}
