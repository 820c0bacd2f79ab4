/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several queues of a virtio network card (virtio 1.2 section 5.1.6.5): pairs
 * up to the most there are, hashes and receive-side scaling, and offloads
 * that are switched while it runs; on a TAP interface with as many queues.
 */
#include "netns.h"
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "qemu/bswap.h"
#include "virtio-net.h"

#define F(name) (1ull << VIRTIO_NET_F_##name)
#define MQ_FEATURES (F(CTRL_VQ) | F(MQ) | F(RSS) | F(HASH_REPORT))
#define PAIRS 4
#define HOST_IP NET_IP(192, 168, 77, 1)
#define GUEST_IP NET_IP(192, 168, 77, 2)

static const char *missing;
static uint16_t http_port;
static char page[400000];

/* The key and the packets for which everybody knows the hashes. */
static const uint8_t key[40] = {
    0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
    0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
    0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
    0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static const struct {
    uint32_t dst, src;
    uint16_t dport, sport;
    uint32_t ip_hash, tcp_hash;
} known[] = {
    { NET_IP(161, 142, 100, 80), NET_IP(66, 9, 149, 187), 1766, 2794,
      0x323e8fc2, 0x51ccc178 },
    { NET_IP(65, 69, 140, 83), NET_IP(199, 92, 111, 2), 4739, 14230,
      0xd718262a, 0xc626b0ea },
    { NET_IP(12, 22, 207, 184), NET_IP(24, 19, 198, 95), 38024, 12898,
      0xd2d0a5de, 0x5c2b394a },
    { NET_IP(209, 142, 163, 6), NET_IP(38, 27, 205, 30), 2217, 48228,
      0x82989176, 0xafc7327f },
    { NET_IP(202, 188, 127, 2), NET_IP(153, 39, 163, 191), 1303, 44251,
      0x5d1809c5, 0x10e828a2 },
};

typedef struct Card {
    QTest *t;
    VirtioNetDriver *first, pairs[PAIRS];
    int wire;                   /* frames that are to go to the card */
} Card;

static Card *card_start(unsigned queues, const char *options,
                        uint64_t features)
{
    struct sockaddr_ll ll = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
    };
    Card *c = g_new0(Card, 1);

    c->t = qtest_start("-machine q35 -nodefaults -m 256M -netdev tap,id=n0,"
                       "ifname=tap8,script=no,downscript=no,queues=%u "
                       "-device virtio-net-pci,netdev=n0,mq=on,vectors=%u%s",
                       queues, 2 * queues + 2, options);
    g_assert_true(netns_configure("tap8", HOST_IP, 0xffffff00));
    c->first = virtio_net_open(c->t, 0, false, features, 64);
    g_assert_cmphex(c->first->d->features & features, ==, features);
    netns_neighbour("tap8", GUEST_IP, c->first->mac);
    c->pairs[0] = *c->first;
    for (unsigned i = 1; i < MIN(queues, PAIRS); i++) {
        c->pairs[i] = *c->first;
        virtio_net_add_pair(&c->pairs[i], i, 64, 2 + 2 * i);
    }
    c->wire = socket(AF_PACKET, SOCK_RAW, 0);
    ll.sll_ifindex = if_nametoindex("tap8");
    g_assert_cmpint(bind(c->wire, (struct sockaddr *)&ll, sizeof(ll)), ==, 0);
    return c;
}

static void card_stop(Card *c)
{
    QTest *t = c->t;

    close(c->wire);
    virtio_net_close(c->first);
    g_free(c);
    qtest_quit(t);
}

static uint8_t set_pairs(Card *c, uint16_t pairs)
{
    uint16_t raw = cpu_to_le16(pairs);

    return virtio_net_command(c->first, VIRTIO_NET_CTRL_MQ,
                              VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET, &raw, 2);
}

static void inject(Card *c, unsigned i, uint8_t protocol)
{
    uint8_t frame[60] = { 0 }, *ip = frame + 14;

    memcpy(frame, c->first->mac, 6);
    frame[6] = 0x52;
    stw_be_p(frame + 12, ETH_P_IP);
    ip[0] = 0x45;
    stw_be_p(ip + 2, 40);
    ip[8] = 64;
    ip[9] = protocol;
    stl_be_p(ip + 12, known[i].src);
    stl_be_p(ip + 16, known[i].dst);
    stw_be_p(ip + 10, net_checksum_end(net_checksum(0, ip, 20)));
    stw_be_p(ip + 20, known[i].sport);
    stw_be_p(ip + 22, known[i].dport);
    ip[32] = 0x50;
    g_assert_cmpint(send(c->wire, frame, sizeof(frame), 0), ==,
                    sizeof(frame));
}

/* The injected frame, among what the host may have to say itself. */
static bool receive_from(VirtioNetDriver *n, uint32_t src)
{
    uint8_t frame[NET_FRAME_MAX];
    size_t len;

    while ((len = virtio_net_receive(n, frame, sizeof(frame), true)) > 0) {
        if (len >= 34 && lduw_be_p(frame + 12) == ETH_P_IP &&
            (uint32_t)ldl_be_p(frame + 26) == src) {
            return true;
        }
    }
    return false;
}

/*** Pairs ***/

static void test_most_pairs(void)
{
    enum { MOST = 256 };
    VirtioNetDriver last;
    NetPort port;
    NetHost *h;
    Card *c;

    if (missing) {
        g_test_skip(missing);
        return;
    }
    c = card_start(MOST, "", F(CTRL_VQ) | F(MQ));
    g_assert_cmpuint(virtio_config_read(c->first->d, offsetof(
        struct virtio_net_config, max_virtqueue_pairs), 2), ==, MOST);
    g_assert_cmpuint(c->first->d->f->msix_count, ==, 2 * MOST + 2);
    g_assert_cmpint(set_pairs(c, 0), ==, VIRTIO_NET_ERR);
    g_assert_cmpint(set_pairs(c, MOST + 1), ==, VIRTIO_NET_ERR);
    last = *c->first;
    virtio_net_add_pair(&last, MOST - 1, 64, 2 * MOST);
    g_assert_cmpint(set_pairs(c, MOST), ==, VIRTIO_NET_OK);
    port = virtio_net_port(&last);
    h = net_host_new(&port, last.mac);
    h->ip = GUEST_IP;
    h->mask = 0xffffff00;
    netns_mac("tap8", h->neighbour_mac);
    h->neighbour = HOST_IP;
    {
        size_t len;
        g_autofree char *body = net_http_get(h, HOST_IP, http_port, "/",
                                             &len);

        g_assert_nonnull(body);
        g_assert_cmpmem(body, len, page, sizeof(page));
    }
    g_free(h);
    g_assert_cmpint(set_pairs(c, 1), ==, VIRTIO_NET_OK);
    card_stop(c);
}

/*** Hashes ***/

typedef struct RssCommand {
    uint8_t bytes[256];
    size_t len;
} RssCommand;

static void put(RssCommand *r, uint32_t val, unsigned size)
{
    uint8_t raw[4];

    stl_le_p(raw, val);
    memcpy(r->bytes + r->len, raw, size);
    r->len += size;
}

static uint8_t configure_rss(Card *c, uint32_t types, uint16_t mask,
                             uint16_t fallback, size_t key_len)
{
    RssCommand r = { .len = 0 };

    put(&r, types, 4);
    put(&r, mask, 2);
    put(&r, fallback, 2);
    for (unsigned i = 0; i <= mask && i < 16; i++) {
        put(&r, i % PAIRS, 2);
    }
    put(&r, PAIRS, 2);
    put(&r, key_len, 1);
    memcpy(r.bytes + r.len, key, MIN(key_len, sizeof(key)));
    r.len += MIN(key_len, sizeof(key));
    return virtio_net_command(c->first, VIRTIO_NET_CTRL_MQ,
                              VIRTIO_NET_CTRL_MQ_RSS_CONFIG, r.bytes, r.len);
}

static void check_hash(VirtioNetDriver *n, uint32_t hash, uint16_t report)
{
    g_assert_cmphex(le32_to_cpu(n->last.hash_value), ==, hash);
    g_assert_cmphex(le16_to_cpu(n->last.hash_report), ==, report);
}

static void test_rss(void)
{
    Card *c;

    if (missing) {
        g_test_skip(missing);
        return;
    }
    c = card_start(PAIRS, ",rss=on,hash=on", MQ_FEATURES);
    g_assert_cmpuint(c->first->header, ==, 20);
    g_assert_cmpint(configure_rss(c, VIRTIO_NET_RSS_HASH_TYPE_IPv4 |
                                  VIRTIO_NET_RSS_HASH_TYPE_TCPv4, 15, 3, 40),
                    ==, VIRTIO_NET_OK);
    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
        VirtioNetDriver *n = &c->pairs[(known[i].tcp_hash & 15) % PAIRS];

        inject(c, i, IPPROTO_TCP);
        g_assert_true(receive_from(n, known[i].src));
        check_hash(n, known[i].tcp_hash, VIRTIO_NET_HASH_REPORT_TCPv4);

        n = &c->pairs[(known[i].ip_hash & 15) % PAIRS];
        inject(c, i, IPPROTO_ICMP);
        g_assert_true(receive_from(n, known[i].src));
        check_hash(n, known[i].ip_hash, VIRTIO_NET_HASH_REPORT_IPv4);
    }
    /* What has no hash goes to the queue for the rest. */
    g_assert_cmpint(configure_rss(c, VIRTIO_NET_RSS_HASH_TYPE_TCPv4, 15, 2,
                                  40), ==, VIRTIO_NET_OK);
    inject(c, 0, IPPROTO_ICMP);
    g_assert_true(receive_from(&c->pairs[2], known[0].src));
    check_hash(&c->pairs[2], 0, VIRTIO_NET_HASH_REPORT_NONE);
    card_stop(c);
}

static void test_rss_refused(void)
{
    uint32_t types = VIRTIO_NET_RSS_HASH_TYPE_IPv4;
    Card *c;

    if (missing) {
        g_test_skip(missing);
        return;
    }
    c = card_start(PAIRS, ",rss=on,hash=on", MQ_FEATURES);
    /* A table that is no power of two, too large, or cut short. */
    g_assert_cmpint(configure_rss(c, types, 14, 0, 40), ==, VIRTIO_NET_ERR);
    g_assert_cmpint(configure_rss(c, types, 255, 0, 40), ==, VIRTIO_NET_ERR);
    g_assert_cmpint(configure_rss(c, types, 127, 0, 40), ==, VIRTIO_NET_ERR);
    /* A queue that is not there; a key that is too long, or none. */
    g_assert_cmpint(configure_rss(c, types, 15, PAIRS, 40), ==,
                    VIRTIO_NET_ERR);
    g_assert_cmpint(configure_rss(c, types, 15, 0, 41), ==, VIRTIO_NET_ERR);
    g_assert_cmpint(configure_rss(c, types, 15, 0, 0), ==, VIRTIO_NET_ERR);
    g_assert_cmpint(configure_rss(c, types, 15, 0, 40), ==, VIRTIO_NET_OK);
    card_stop(c);
}

/*** Offloads ***/

/* The longest frame that fetching the page brings. */
static size_t longest;

static size_t watch_receive(void *opaque, void *frame, size_t max, bool wait)
{
    NetPort port = virtio_net_port(opaque);
    size_t len = port.receive(opaque, frame, max, wait);

    longest = MAX(longest, len);
    return len;
}

static size_t fetch(VirtioNetDriver *n)
{
    NetPort port = virtio_net_port(n);
    g_autofree char *body = NULL;
    size_t len = 0;
    NetHost *h;

    port.receive = watch_receive;
    longest = 0;
    h = net_host_new(&port, n->mac);
    h->ip = GUEST_IP;
    h->mask = 0xffffff00;
    body = net_http_get(h, HOST_IP, http_port, "/", &len);
    g_assert_nonnull(body);
    g_assert_cmpmem(body, len, page, sizeof(page));
    g_free(h);
    return longest;
}

static void test_guest_offloads(void)
{
    uint64_t offloads = F(GUEST_CSUM) | F(GUEST_TSO4);
    uint64_t raw = cpu_to_le64(offloads), none = 0;
    Card *c;

    if (missing) {
        g_test_skip(missing);
        return;
    }
    c = card_start(1, "", F(CTRL_VQ) | F(CTRL_GUEST_OFFLOADS) | offloads |
                   F(MRG_RXBUF));
    g_assert_cmpuint(fetch(c->first), >, 1514);
    g_assert_cmpint(virtio_net_command(c->first,
                                       VIRTIO_NET_CTRL_GUEST_OFFLOADS,
                                       VIRTIO_NET_CTRL_GUEST_OFFLOADS_SET,
                                       &none, 8), ==, VIRTIO_NET_OK);
    g_assert_cmpuint(fetch(c->first), <=, 1514);
    g_assert_cmpint(virtio_net_command(c->first,
                                       VIRTIO_NET_CTRL_GUEST_OFFLOADS,
                                       VIRTIO_NET_CTRL_GUEST_OFFLOADS_SET,
                                       &raw, 8), ==, VIRTIO_NET_OK);
    g_assert_cmpuint(fetch(c->first), >, 1514);
    /* One that was not negotiated. */
    raw = cpu_to_le64(F(GUEST_TSO6));
    g_assert_cmpint(virtio_net_command(c->first,
                                       VIRTIO_NET_CTRL_GUEST_OFFLOADS,
                                       VIRTIO_NET_CTRL_GUEST_OFFLOADS_SET,
                                       &raw, 8), ==, VIRTIO_NET_ERR);
    card_stop(c);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(page); i++) {
        page[i] = 'a' + i * i % 23;
    }
    missing = netns_enter();
    if (!missing && access("/dev/net/tun", R_OK | W_OK) < 0) {
        missing = "/dev/net/tun is not accessible";
    }
    http_port = netns_http_server(page, sizeof(page));
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-net-mq/most-pairs", test_most_pairs);
    g_test_add_func("/virtio-net-mq/rss", test_rss);
    g_test_add_func("/virtio-net-mq/rss-refused", test_rss_refused);
    g_test_add_func("/virtio-net-mq/guest-offloads", test_guest_offloads);
    return g_test_run();
}
