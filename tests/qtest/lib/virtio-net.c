/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A driver of virtio network cards (virtio-net.h). */
#include "virtio-net.h"
#include "qemu/bswap.h"

#define FRAME_SMALL 1536
#define FRAME_BIG 65562
#define CTRL_SIZE 4096
#define F(name) (1ull << VIRTIO_NET_F_##name)

static void offer_rx(VirtioNetDriver *n, unsigned buffer)
{
    VirtioSeg seg = { n->rx_ram + buffer * n->rx_size, n->rx_size, true };
    unsigned token = virtio_add(n->rx, &seg, 1, n->indirect);

    g_assert_cmpuint(token, <, G_N_ELEMENTS(n->rx_of_token));
    n->rx_of_token[token] = buffer;
}

static size_t header_size(VirtioDev *d)
{
    if (virtio_has(d, VIRTIO_NET_F_HASH_REPORT)) {
        return sizeof(struct virtio_net_hdr_v1_hash);
    }
    return d->legacy && !virtio_has(d, VIRTIO_NET_F_MRG_RXBUF) ?
           sizeof(struct virtio_net_hdr) : sizeof(struct virtio_net_hdr_v1);
}

static void start_pair(VirtioNetDriver *n, unsigned pair, unsigned size,
                       uint16_t vector)
{
    unsigned buffers;

    n->rx = virtio_queue(n->d, 2 * pair, size, vector);
    n->tx = virtio_queue(n->d, 2 * pair + 1, size, vector + 1);
    n->tx_ram = qtest_alloc(n->d->t, 64 + NET_FRAME_MAX, 64);
    buffers = MIN(VIRTIO_NET_RX_BUFFERS, n->rx->size);
    n->rx_ram = qtest_alloc(n->d->t, buffers * n->rx_size, 64);
    for (unsigned i = 0; i < buffers; i++) {
        offer_rx(n, i);
    }
}

void virtio_net_add_pair(VirtioNetDriver *n, unsigned pair, unsigned size,
                         uint16_t vector)
{
    start_pair(n, pair, size, vector);
    virtio_kick(n->rx);
}

VirtioNetDriver *virtio_net_open(QTest *t, unsigned nth, bool legacy,
                                 uint64_t features, unsigned size)
{
    VirtioNetDriver *n = g_new0(VirtioNetDriver, 1);
    bool big;

    n->d = virtio_open(virtio_find(t, VIRTIO_ID_NET, nth), legacy);
    virtio_negotiate(n->d, features | F(MAC));
    n->header = header_size(n->d);
    n->indirect = virtio_has(n->d, VIRTIO_RING_F_INDIRECT_DESC);
    for (unsigned i = 0; i < 6; i++) {
        n->mac[i] = virtio_config_read(n->d, i, 1);
    }
    big = n->d->features & (F(GUEST_TSO4) | F(GUEST_TSO6) | F(GUEST_UFO)) &&
          !virtio_has(n->d, VIRTIO_NET_F_MRG_RXBUF);
    n->rx_size = QEMU_ALIGN_UP(n->header + (big ? FRAME_BIG : FRAME_SMALL),
                               64);
    start_pair(n, 0, size, 1);
    if (virtio_has(n->d, VIRTIO_NET_F_CTRL_VQ)) {
        /* Behind all pairs, used or not (section 5.1.2). */
        unsigned pairs = virtio_has(n->d, VIRTIO_NET_F_MQ) ?
            virtio_config_read(n->d, offsetof(struct virtio_net_config,
                                              max_virtqueue_pairs), 2) : 1;

        n->ctrl = virtio_queue(n->d, 2 * pairs, 0, 3);
        n->ctrl_ram = qtest_alloc(t, CTRL_SIZE, 4096);
    }
    virtio_start(n->d);
    virtio_kick(n->rx);
    return n;
}

void virtio_net_close(VirtioNetDriver *n)
{
    virtio_close(n->d);
    g_free(n);
}

/* A millisecond; the stock emulator's clock runs by itself. */
static void pass_time(QTest *t)
{
    if (!qtest_is_stock(t)) {
        qtest_clock_step(t, 1000000);
    }
}

void virtio_net_send(VirtioNetDriver *n, const struct virtio_net_hdr_v1 *hdr,
                     const void *frame, size_t len)
{
    static const struct virtio_net_hdr_v1 plain;
    VirtioSeg segs[] = {
        { n->tx_ram, n->header }, { n->tx_ram + 64, len },
    };
    g_autofree uint8_t *header = g_malloc0(n->header);
    unsigned token, back;

    g_assert_cmpuint(len, <=, NET_FRAME_MAX);
    memcpy(header, hdr ? hdr : &plain, MIN(n->header, sizeof(plain)));
    qtest_memwrite(n->d->t, n->tx_ram, header, n->header);
    qtest_memwrite(n->d->t, n->tx_ram + 64, frame, len);
    token = virtio_add(n->tx, segs, 2, n->indirect);
    g_assert_cmpuint(token, !=, UINT_MAX);
    virtio_kick(n->tx);
    for (int ms = 0; !virtio_pop(n->tx, &back, NULL); ms++) {
        g_assert_cmpint(ms, <, 5000);
        pass_time(n->d->t);
        msix_take(n->d->f, n->tx->vector);
        g_usleep(ms ? 1000 : 0);
    }
    g_assert_cmpuint(back, ==, token);
}

/* One buffer's worth; returns what it holds behind a header, if any. */
static size_t take_buffer(VirtioNetDriver *n, size_t skip, uint8_t *to,
                          size_t max, unsigned token, uint32_t len)
{
    uint64_t addr = n->rx_ram + n->rx_of_token[token] * n->rx_size;

    g_assert_cmpuint(len, >=, skip);
    g_assert_cmpuint(len - skip, <=, max);
    if (len > skip) {
        qtest_memread(n->d->t, addr + skip, to, len - skip);
    }
    return len - skip;
}

static bool wait_rx(VirtioNetDriver *n, unsigned *token, uint32_t *len,
                    bool wait)
{
    /* The message of an earlier frame may have told of this one. */
    if (virtio_pop(n->rx, token, len)) {
        return true;
    }
    for (int ms = 0; wait && ms < 3000; ms++) {
        if (msix_take(n->d->f, n->rx->vector) &&
            virtio_pop(n->rx, token, len)) {
            return true;
        }
        pass_time(n->d->t);
        g_usleep(1000);
    }
    return false;
}

size_t virtio_net_receive(VirtioNetDriver *n, void *frame, size_t max,
                          bool wait)
{
    unsigned token, more = 1, buffers[64];
    uint32_t len;
    size_t size;

    if (!wait_rx(n, &token, &len, wait)) {
        return 0;
    }
    buffers[0] = n->rx_of_token[token];
    memset(&n->last, 0, sizeof(n->last));
    g_assert_cmpuint(len, >=, n->header);
    qtest_memread(n->d->t, n->rx_ram + buffers[0] * n->rx_size, &n->last,
                  n->header);
    size = take_buffer(n, n->header, frame, max, token, len);
    if (n->header > sizeof(struct virtio_net_hdr) &&
        virtio_has(n->d, VIRTIO_NET_F_MRG_RXBUF)) {
        more = le16_to_cpu(n->last.hdr.num_buffers);
    }
    g_assert_cmpuint(more, >=, 1);
    g_assert_cmpuint(more, <=, G_N_ELEMENTS(buffers));
    for (unsigned i = 1; i < more; i++) {
        g_assert_true(virtio_pop(n->rx, &token, &len));
        buffers[i] = n->rx_of_token[token];
        size += take_buffer(n, 0, (uint8_t *)frame + size, max - size, token,
                            len);
    }
    for (unsigned i = 0; i < more; i++) {
        offer_rx(n, buffers[i]);
    }
    virtio_kick(n->rx);
    return size;
}

static void port_send(void *opaque, const void *frame, size_t len)
{
    virtio_net_send(opaque, NULL, frame, len);
}

/* The sum so far stands in the field (section 5.1.6.4). */
static void complete_checksum(uint8_t *frame, size_t len, size_t start,
                              size_t offset)
{
    g_assert_cmpuint(start + offset + 2, <=, len);
    stw_be_p(frame + start + offset,
             net_checksum_end(net_checksum(0, frame + start, len - start)));
}

static size_t port_receive(void *opaque, void *frame, size_t max, bool wait)
{
    VirtioNetDriver *n = opaque;
    size_t len = virtio_net_receive(n, frame, max, wait);

    if (len && n->last.hdr.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
        complete_checksum(frame, len, le16_to_cpu(n->last.hdr.csum_start),
                          le16_to_cpu(n->last.hdr.csum_offset));
    }
    return len;
}

NetPort virtio_net_port(VirtioNetDriver *n)
{
    return (NetPort) { port_send, port_receive, n };
}

uint8_t virtio_net_command(VirtioNetDriver *n, uint8_t class, uint8_t cmd,
                           const void *data, size_t len)
{
    uint8_t header[2] = { class, cmd };
    VirtioSeg segs[3] = { { n->ctrl_ram, 2 } };
    unsigned count = 1;
    uint8_t ack = 0xee;

    g_assert_nonnull(n->ctrl);
    g_assert_cmpuint(len, <=, CTRL_SIZE - 16);
    qtest_memwrite(n->d->t, n->ctrl_ram, header, 2);
    qtest_memwrite(n->d->t, n->ctrl_ram + 8, &ack, 1);
    if (len) {
        qtest_memwrite(n->d->t, n->ctrl_ram + 16, data, len);
        segs[count++] = (VirtioSeg) { n->ctrl_ram + 16, len };
    }
    segs[count++] = (VirtioSeg) { n->ctrl_ram + 8, 1, true };
    g_assert_cmpuint(virtio_do(n->ctrl, segs, count), ==, 1);
    qtest_memread(n->d->t, n->ctrl_ram + 8, &ack, 1);
    return ack;
}
