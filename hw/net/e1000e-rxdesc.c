/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Receive descriptors of the 82574L (data sheet, 7.1.4 to 7.1.10): legacy,
 * extended and packet-split, read, filled and written back.
 *
 * A write-back ends with the 8 bytes that hold DD, so that who sees DD sees
 * the rest.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "e1000e-internal.h"

/* What RDH and RDT count; a packet-split descriptor has two of them. */
#define RING_ENTRY 16

typedef struct Ring {
    uint64_t base;
    unsigned step;              /* entries that a descriptor has */
    unsigned count, head;       /* entries */
    unsigned at;                /* offset of its registers */
} Ring;

static void ring_of(const E1000EState *s, unsigned queue, Ring *r)
{
    r->at = queue * RING_STRIDE;
    r->step = MAX(s->core.rx_desc_len / RING_ENTRY, 1);
    r->base = e1000e_get(s, R_RDBAL + r->at) |
              (uint64_t)e1000e_get(s, R_RDBAH + r->at) << 32;
    r->count = e1000e_get(s, R_RDLEN + r->at) / RING_ENTRY;
    r->head = e1000e_get(s, R_RDH + r->at);
}

static bool is_split(const E1000EState *s)
{
    return s->core.rx_desc_len > RING_ENTRY;
}

/* The length of the headers that go to a buffer of their own, or 0. */
static uint32_t split_at(const E1000EState *s, const E1000ERxFrame *f,
                         uint32_t *header)
{
    *header = 0;
    if (f->l.ip == ETH_IP_NONE) {
        return 0;
    }
    *header = f->l.l4_len && f->l.l4 != ETH_L4_OTHER && !f->l.fragment
        ? f->l.l4_offset + f->l.l4_len : f->l.l2_len + f->l.ip_len;
    return *header <= s->core.rxbuf_sizes[0] && *header <= f->len
        ? *header : 0;
}

static uint32_t payload_room(const E1000EState *s)
{
    return s->core.rxbuf_sizes[1] + s->core.rxbuf_sizes[2] +
           s->core.rxbuf_sizes[3];
}

bool e1000e_rx_fits(E1000EState *s, const E1000ERxFrame *f,
                    unsigned available)
{
    uint32_t header, split;

    if (!available || !s->core.rx_desc_buf_size) {
        return false;
    }
    split = is_split(s) ? split_at(s, f, &header) : 0;
    return split
        ? f->len - split <= (uint64_t)available * payload_room(s)
        : f->len <= (uint64_t)available * s->core.rx_desc_buf_size;
}

/* Up to size bytes from *at on; a null buffer swallows them. */
static uint32_t fill(E1000EState *s, const E1000ERxFrame *f, size_t *at,
                     uint64_t addr, uint32_t size)
{
    uint32_t n = MIN(size, f->len - *at);

    if (n && addr) {
        pci_dma_write(PCI_DEVICE(s), addr, f->data + *at, n);
    }
    *at += n;
    return n;
}

static void store(E1000EState *s, hwaddr addr, uint64_t val)
{
    stq_le_pci_dma(PCI_DEVICE(s), addr, val, MEMTXATTRS_UNSPECIFIED);
}

static uint64_t status_word(const E1000ERxFrame *f, bool last, uint32_t len)
{
    uint32_t status = last ? f->status | RXS_EOP : RXS_DD;

    return status | (uint64_t)len << 32 |
           (uint64_t)(last ? f->vlan : 0) << 48;
}

static uint64_t hash_word(const E1000ERxFrame *f, bool last)
{
    uint32_t upper = f->hashed ? f->hash : f->ip_id | (uint32_t)f->csum << 16;

    return last ? f->mrq | (uint64_t)upper << 32 : 0;
}

static void put_legacy(E1000EState *s, const E1000ERxFrame *f, size_t *at,
                       hwaddr desc, const uint64_t *words)
{
    uint32_t n = fill(s, f, at, words[0], s->core.rx_desc_buf_size);
    bool last = *at == f->len;
    uint32_t status = last ? f->status | RXS_EOP : RXS_DD;
    uint64_t word = n | (uint64_t)(status & 0xff) << 32 |
                    (uint64_t)(status >> 24) << 40;

    if (last) {
        word |= (uint64_t)f->csum << 16 | (uint64_t)f->vlan << 48;
    }
    store(s, desc + 8, word);
}

static void put_extended(E1000EState *s, const E1000ERxFrame *f, size_t *at,
                         hwaddr desc, const uint64_t *words)
{
    uint32_t n = fill(s, f, at, words[0], s->core.rx_desc_buf_size);
    bool last = *at == f->len;

    store(s, desc, hash_word(f, last));
    smp_wmb();
    store(s, desc + 8, status_word(f, last, n));
}

static void put_split(E1000EState *s, const E1000ERxFrame *f, size_t *at,
                      hwaddr desc, const uint64_t *words)
{
    uint32_t header, split = split_at(s, f, &header);
    uint32_t lengths[E1000E_RX_BUFFERS] = { 0 };
    uint64_t header_status = *at == 0 ? header & 0x3ff : 0;
    bool last;

    if (!split) {
        lengths[0] = fill(s, f, at, words[0], s->core.rxbuf_sizes[0]);
    } else if (*at == 0) {
        lengths[0] = fill(s, f, at, words[0], split);
        header_status |= RXH_HDRSP;
    }
    for (unsigned i = 1; i < E1000E_RX_BUFFERS; i++) {
        lengths[i] = fill(s, f, at, words[i], s->core.rxbuf_sizes[i]);
    }
    last = *at == f->len;
    store(s, desc, hash_word(f, last));
    store(s, desc + 16, header_status | (uint64_t)lengths[1] << 16 |
                        (uint64_t)lengths[2] << 32 |
                        (uint64_t)lengths[3] << 48);
    store(s, desc + 24, 0);
    smp_wmb();
    store(s, desc + 8, status_word(f, last, lengths[0]));
}

bool e1000e_rx_write(E1000EState *s, E1000ERxFrame *f, unsigned available)
{
    void (*put)(E1000EState *, const E1000ERxFrame *, size_t *, hwaddr,
                const uint64_t *) =
        is_split(s) ? put_split
        : e1000e_get(s, R_RFCTL) & RFCTL_EXSTEN ? put_extended : put_legacy;
    size_t at = 0;
    unsigned used = 0;
    Ring r;

    ring_of(s, f->queue, &r);
    while (at < f->len && used < available) {
        hwaddr desc = r.base + (hwaddr)r.head * RING_ENTRY;
        uint64_t words[E1000E_RX_BUFFERS];

        if (pci_dma_read(PCI_DEVICE(s), desc, words, r.step * RING_ENTRY) !=
            MEMTX_OK) {
            return false;
        }
        for (unsigned i = 0; i < 2 * r.step; i++) {
            words[i] = le64_to_cpu(words[i]);
        }
        put(s, f, &at, desc, words);
        used++;
        r.head = r.head + r.step < r.count ? r.head + r.step : 0;
    }
    *e1000e_reg(s, R_RDH + r.at) = r.head;
    return true;
}
