/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network between its ends: queues, hubs, links, back ends over sockets,
 * frame parsing and checksums.
 */
#include "qemu/osdep.h"
#include <netinet/in.h>
#include "net/checksum.h"
#include "net/eth.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/keyval.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/sockets.h"
#include "qom/object_interfaces.h"

/* A NIC that records what it gets, and can be full. */
typedef struct Card {
    NICConf conf;
    NICState *nic;
    bool full;
    unsigned received, link_changes, too_early;
    uint8_t last[2000];
    size_t last_len;
} Card;

static bool card_can_receive(NetClientState *nc)
{
    return !((Card *)qemu_get_nic_opaque(nc))->full;
}

static ssize_t card_receive(NetClientState *nc, const uint8_t *buf,
                            size_t size)
{
    Card *card = qemu_get_nic_opaque(nc);

    if (card->full) {
        card->too_early++;
        return 0;
    }
    card->received++;
    card->last_len = MIN(size, sizeof(card->last));
    memcpy(card->last, buf, card->last_len);
    return size;
}

static void card_link_changed(NetClientState *nc)
{
    ((Card *)qemu_get_nic_opaque(nc))->link_changes++;
}

static NetClientInfo card_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .can_receive = card_can_receive,
    .receive = card_receive,
    .link_status_changed = card_link_changed,
};

static Card *card_new(const char *name, const char *netdev)
{
    Card *card = g_new0(Card, 1);

    if (netdev) {
        card->conf.peers.ncs[0] = qemu_find_netdev(netdev);
        g_assert_nonnull(card->conf.peers.ncs[0]);
        card->conf.peers.queues = 1;
    }
    qemu_macaddr_default_if_unset(&card->conf.macaddr);
    card->nic = qemu_new_nic(&card_info, &card->conf, "card", name, card);
    return card;
}

static void card_free(Card *card)
{
    qemu_del_nic(card->nic);
    g_free(card);
}

static void card_send(Card *card, size_t size)
{
    g_autofree uint8_t *frame = g_malloc(size);

    for (size_t i = 0; i < size; i++) {
        frame[i] = i * 7;
    }
    qemu_send_packet(qemu_get_queue(card->nic), frame, size);
}

static bool netdev_add(const char *options, Error **errp)
{
    json_t *opts = keyval_parse(options, "type", NULL, errp);
    bool ok = opts && net_client_init_json(opts, true, errp);

    json_decref(opts);
    return ok;
}

static void run_until(unsigned *counter, unsigned want)
{
    for (int ms = 0; *counter < want && ms < 5000; ms++) {
        g_main_context_iteration(NULL, FALSE);
        g_usleep(1000);
    }
    g_assert_cmpuint(*counter, ==, want);
}

static void test_hub(void)
{
    Card *a, *b, *c;

    g_assert_true(netdev_add("hubport,id=p1,hubid=3", &error_abort));
    g_assert_true(netdev_add("hubport,id=p2,hubid=3", &error_abort));
    g_assert_true(netdev_add("hubport,id=p3,hubid=3", &error_abort));
    a = card_new("a", "p1");
    b = card_new("b", "p2");
    c = card_new("c", "p3");
    card_send(a, 100);
    g_assert_cmpuint(a->received, ==, 0);
    g_assert_cmpuint(b->received, ==, 1);
    g_assert_cmpuint(c->received, ==, 1);
    g_assert_cmpuint(b->last_len, ==, 100);
    g_assert_cmphex(b->last[9], ==, 63);

    /* One that is full holds nobody up, and gets it later. */
    b->full = true;
    card_send(a, 60);
    g_assert_cmpuint(c->received, ==, 2);
    b->full = false;
    qemu_flush_queued_packets(qemu_get_queue(b->nic));
    g_assert_cmpuint(b->received, ==, 2);

    g_assert_true(net_set_link("p2", false, &error_abort));
    g_assert_cmpuint(b->link_changes, ==, 1);
    card_send(a, 60);
    g_assert_cmpuint(b->received, ==, 2);
    g_assert_cmpuint(c->received, ==, 3);
    g_assert_true(net_set_link("p2", true, &error_abort));
    card_send(a, 60);
    g_assert_cmpuint(b->received, ==, 3);

    /* A back end that goes leaves its card without link, not without life. */
    g_assert_true(net_client_del("p3", &error_abort));
    g_assert_cmpuint(c->link_changes, ==, 1);
    card_send(c, 60);
    card_send(a, 60);
    card_free(c);
    card_free(b);
    card_free(a);
    net_cleanup();
}

static unsigned sent_calls;
static ssize_t sent_ret;

static void sent(NetClientState *nc, ssize_t ret)
{
    sent_calls++;
    sent_ret = ret;
}

static void test_queue(void)
{
    Card *a, *b;
    NetClientState *nc;

    g_assert_true(netdev_add("hubport,id=p1,hubid=0", &error_abort));
    a = card_new("a", "p1");
    nc = qemu_find_netdev("p1");
    a->full = true;
    g_assert_cmpint(qemu_send_packet_async(nc, (uint8_t *)"hello", 5, sent),
                    ==, 0);
    g_assert_cmpuint(sent_calls, ==, 0);
    /* It said so, and was not bothered. */
    g_assert_cmpuint(a->too_early, ==, 0);
    a->full = false;
    qemu_flush_queued_packets(qemu_get_queue(a->nic));
    g_assert_cmpuint(sent_calls, ==, 1);
    g_assert_cmpint(sent_ret, ==, 5);
    g_assert_cmpmem(a->last, a->last_len, "hello", 5);

    /* Senders that do not wait lose packets in the end, not memory. */
    a->full = true;
    for (int i = 0; i < 20000; i++) {
        qemu_send_packet(nc, (uint8_t *)"x", 1);
    }
    a->full = false;
    a->received = 0;
    qemu_flush_queued_packets(qemu_get_queue(a->nic));
    g_assert_cmpuint(a->received, ==, 10000);

    a->full = true;
    qemu_send_packet_async(nc, (uint8_t *)"bye", 3, sent);
    qemu_purge_queued_packets(nc);
    g_assert_cmpuint(sent_calls, ==, 2);
    g_assert_cmpint(sent_ret, ==, 0);
    /* Larger than any frame: gone at once. */
    b = card_new("b", NULL);
    card_send(b, 200000);
    card_free(b);
    card_free(a);
    net_cleanup();
}

/* Two ends of one back end over a real socket. */
static void exchange(const char *server, const char *client)
{
    Card *a, *b;
    g_autofree char *first = g_strdup_printf("%s,id=n1", server);
    g_autofree char *second = g_strdup_printf("%s,id=n2", client);
    unsigned up = 0;

    g_assert_true(netdev_add(first, &error_abort));
    g_assert_true(netdev_add(second, &error_abort));
    a = card_new("a", "n1");
    b = card_new("b", "n2");
    for (int ms = 0; !up && ms < 5000; ms++) {
        g_main_context_iteration(NULL, FALSE);
        up = !qemu_find_netdev("n1")->link_down &&
             !qemu_find_netdev("n2")->link_down;
        g_usleep(1000);
    }
    card_send(a, 1514);
    run_until(&b->received, 1);
    g_assert_cmpuint(b->last_len, ==, 1514);
    g_assert_cmphex(b->last[1513], ==, (uint8_t)(1513 * 7));
    for (int i = 0; i < 300; i++) {
        card_send(b, 60 + i);
        g_main_context_iteration(NULL, FALSE);
    }
    run_until(&a->received, 300);
    g_assert_cmpuint(a->last_len, ==, 359);
    card_free(a);
    card_free(b);
    net_cleanup();
}

static void test_stream(void)
{
    g_autofree char *dir = g_dir_make_tmp("net-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "s", NULL);
    g_autofree char *server = g_strdup_printf(
        "stream,server=on,addr.type=unix,addr.path=%s", path);
    g_autofree char *client = g_strdup_printf(
        "stream,addr.type=unix,addr.path=%s", path);

    exchange(server, client);
    unlink(path);
    rmdir(dir);
}

static void test_socket_pair(void)
{
    int sv[2];
    g_autofree char *a = NULL, *b = NULL;

    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    a = g_strdup_printf("socket,fd=%d", sv[0]);
    b = g_strdup_printf("socket,fd=%d", sv[1]);
    exchange(a, b);
}

static void test_dgram(void)
{
    g_autofree char *dir = g_dir_make_tmp("net-XXXXXX", NULL);
    g_autofree char *a = g_strdup_printf(
        "dgram,local.type=unix,local.path=%s/a,remote.type=unix,"
        "remote.path=%s/b", dir, dir);
    g_autofree char *b = g_strdup_printf(
        "dgram,local.type=unix,local.path=%s/b,remote.type=unix,"
        "remote.path=%s/a", dir, dir);

    exchange(a, b);
    rmdir(dir);
}

/* Lengths on the wire are not to be believed. */
static void test_stream_hostile(void)
{
    static const uint8_t huge[] = { 0x7f, 0xff, 0xff, 0xff, 1, 2, 3 };
    int sv[2];
    g_autofree char *a = NULL;
    char byte;
    ssize_t n = -1;
    Card *card;

    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    a = g_strdup_printf("socket,id=n1,fd=%d", sv[0]);
    g_assert_true(netdev_add(a, &error_abort));
    card = card_new("a", "n1");
    g_assert_cmpint(write(sv[1], huge, sizeof(huge)), ==, sizeof(huge));
    qemu_socket_set_nonblock(sv[1]);
    for (int ms = 0; n != 0 && ms < 5000; ms++) {
        g_main_context_iteration(NULL, FALSE);
        n = read(sv[1], &byte, 1);
        g_usleep(1000);
    }
    g_assert_cmpint(n, ==, 0);
    g_assert_cmpuint(card->received, ==, 0);
    close(sv[1]);
    card_free(card);
    net_cleanup();
}

static const struct { const char *options, *says; } bad[] = {
    { "hubport,hubid=0", "'id' is missing" },
    { "hubport,id=x", "'hubid' is missing" },
    { "hubport,id=x,hubid=-1", "'hubid'" },
    { "hubport,id=x,hubid=0,colour=red", "Invalid parameter 'colour'" },
    { "hubport,id=0x,hubid=0", "'id' expects an identifier" },
    { "nonsense,id=x", "does not accept value 'nonsense'" },
    { "vhost-user,id=x", "not compiled into this binary" },
    { "user,id=x,net=banana", "'net'" },
    { "user,id=x,net=10.0.0.0/99", "'net'" },
    { "user,id=x,host=1.2.3.4", "'host'" },
    { "user,id=x,dns=10.0.2.2", "'dns'" },
    { "user,id=x,hostfwd=nonsense", "Invalid host forwarding rule" },
    { "user,id=x,hostfwd=tcp::99999-:80", "Invalid host forwarding rule" },
    { "user,id=x,guestfwd=tcp:1", "Invalid guest forwarding rule" },
    { "user,id=x,ipv4=off,ipv6=off", "both disabled" },
    { "user,id=x,ipv6-prefix=z", "'ipv6-prefix'" },
    { "user,id=x,smb=/tmp", "'smb' is not supported" },
    { "user,id=x,restrict=maybe", "'on' or 'off'" },
    { "socket,id=x", "exactly one of" },
    { "socket,id=x,listen=:0,connect=:0", "exactly one of" },
    { "socket,id=x,mcast=10.0.0.1:5", "multicast" },
    { "socket,id=x,udp=127.0.0.1:5", "localaddr= is mandatory" },
    { "socket,id=x,fd=987654", "987654" },
    { "stream,id=x", "'addr.type' is missing" },
    { "stream,id=x,addr.type=unix,addr.path=/nonexistent/s", "nonexistent" },
    { "dgram,id=x", "requires local= or remote=" },
    { "tap,id=x,queues=0", "'queues'" },
    { "tap,id=x,fd=0,ifname=y", "ifname= is invalid" },
};

static void test_bad_options(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        Error *err = NULL;

        g_assert_false(netdev_add(bad[i].options, &err));
        if (!strstr(error_get_pretty(err), bad[i].says)) {
            g_error("%s: %s", bad[i].options, error_get_pretty(err));
        }
        error_free(err);
        g_assert_null(qemu_find_netdev("x"));
    }
    g_assert_true(netdev_add("hubport,id=x,hubid=0", &error_abort));
    g_assert_false(netdev_add("hubport,id=x,hubid=0", NULL));
    net_cleanup();
}

static void test_user_starts(void)
{
    Card *card;

    g_assert_true(netdev_add("user,id=u,hostname=guest,restrict=on",
                             &error_abort));
    card = card_new("a", "u");
    card_send(card, 60);
    g_main_context_iteration(NULL, FALSE);
    card_free(card);
    net_cleanup();
}

static void test_mac(void)
{
    MACAddr a = { 0 }, b = { 0 };
    uint8_t mac[6];

    qemu_macaddr_default_if_unset(&a);
    qemu_macaddr_default_if_unset(&b);
    g_assert_cmphex(a.a[0], ==, 0x52);
    g_assert_cmpint(memcmp(&a, &b, 6), !=, 0);
    qemu_macaddr_set_free(&a);
    qemu_macaddr_set_free(&b);
    g_assert_true(net_parse_macaddr(mac, "52:54:00:12:34:fF"));
    g_assert_cmphex(mac[5], ==, 0xff);
    g_assert_false(net_parse_macaddr(mac, "52:54:00:12:34"));
    g_assert_false(net_parse_macaddr(mac, "52:54:00:12:34:56:78"));
    g_assert_false(net_parse_macaddr(mac, "x2:54:00:12:34:56"));
    g_assert_false(net_parse_macaddr(mac, ""));
    /* The check value of CRC-32 is of its complement (reflected). */
    g_assert_cmphex(~net_crc32_le((const uint8_t *)"123456789", 9), ==,
                    0xcbf43926);
}

/* Worked example of RFC 1071 section 3, in every cut and alignment. */
static void test_checksum(void)
{
    static const uint8_t words[] = { 0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7 };
    struct iovec iov[3];

    g_assert_cmphex(net_raw_checksum(words, 8), ==, (uint16_t)~0xddf2);
    for (size_t a = 0; a <= 8; a++) {
        for (size_t b = a; b <= 8; b++) {
            iov[0] = (struct iovec) { (void *)words, a };
            iov[1] = (struct iovec) { (void *)(words + a), b - a };
            iov[2] = (struct iovec) { (void *)(words + b), 8 - b };
            g_assert_cmphex(net_checksum_finish(
                net_checksum_add_iov(iov, 3, 0, 8, 0)), ==,
                (uint16_t)~0xddf2);
        }
    }
}

/* An IPv4 UDP frame whose checksums were computed by hand elsewhere. */
static const uint8_t udp_frame[] = {
    0x52, 0x55, 0x0a, 0x00, 0x02, 0x02, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56,
    0x08, 0x00,
    0x45, 0x00, 0x00, 0x20, 0x12, 0x34, 0x00, 0x00, 0x40, 0x11, 0x00, 0x00,
    0x0a, 0x00, 0x02, 0x0f, 0x0a, 0x00, 0x02, 0x02,
    0x04, 0xd2, 0x00, 0x35, 0x00, 0x0c, 0x00, 0x00, 't', 'e', 's', 't',
};

static void test_parse(void)
{
    uint8_t frame[sizeof(udp_frame) + 4];
    struct iovec iov = { (void *)udp_frame, sizeof(udp_frame) };
    EthLayout l;

    g_assert_true(eth_parse(&iov, 1, 0, &l));
    g_assert_cmpint(l.ip, ==, ETH_IP_4);
    g_assert_cmpint(l.l4, ==, ETH_L4_UDP);
    g_assert_cmpuint(l.l4_offset, ==, 34);
    g_assert_cmpuint(l.l4_len, ==, 8);
    g_assert_cmpuint(l.ip_total, ==, 32);

    /* The same behind a VLAN tag. */
    memcpy(frame, udp_frame, 12);
    stw_be_p(frame + 12, ETH_P_VLAN);
    stw_be_p(frame + 14, 0x2064);
    memcpy(frame + 16, udp_frame + 12, sizeof(udp_frame) - 12);
    iov = (struct iovec) { frame, sizeof(frame) };
    g_assert_true(eth_parse(&iov, 1, 0, &l));
    g_assert_cmpuint(l.vlan_tags, ==, 1);
    g_assert_cmphex(l.vlan_tci, ==, 0x2064);
    g_assert_cmpuint(l.l4_offset, ==, 38);

    /* Cut short anywhere: no claim beyond what is there. */
    for (size_t len = 0; len < sizeof(frame); len++) {
        iov.iov_len = len;
        eth_parse(&iov, 1, 0, &l);
        g_assert_cmpuint(l.l4_offset, <=, len);
        g_assert_cmpuint(l.l4_offset + l.l4_len, <=, MAX(len, 38));
    }
}

static void test_calculate(void)
{
    uint8_t frame[sizeof(udp_frame)];
    uint32_t sum;

    memcpy(frame, udp_frame, sizeof(frame));
    net_checksum_calculate(frame, sizeof(frame), CSUM_ALL);
    /* Right when header and pseudo header sum up to all ones. */
    g_assert_cmphex(net_raw_checksum(frame + 14, 20), ==, 0);
    sum = net_checksum_add(12, frame + 34) + net_checksum_add(8, frame + 26) +
          IPPROTO_UDP + 12;
    g_assert_cmphex(net_checksum_finish(sum), ==, 0);
    /* Lengths that do not fit are left alone. */
    for (int len = 0; len < (int)sizeof(frame); len++) {
        memcpy(frame, udp_frame, sizeof(frame));
        net_checksum_calculate(frame, len, CSUM_ALL);
        g_assert_cmpmem(frame, sizeof(frame), udp_frame, sizeof(frame));
    }
    /* Nor is a tag looked for behind the end. */
    for (int len = 0; len < 38; len++) {
        g_autofree uint8_t *tagged = g_malloc0(len + 1);

        if (len >= 14) {
            stw_be_p(tagged + 12, ETH_P_VLAN);
        }
        net_checksum_calculate(tagged, len, CSUM_ALL);
    }
}

static void test_pcap(void)
{
    g_autofree char *dir = g_dir_make_tmp("net-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "p", NULL);
    g_autofree char *data = NULL;
    gsize len;
    Object *filter;
    Card *a;

    g_assert_true(netdev_add("hubport,id=p1,hubid=0", &error_abort));
    a = card_new("a", "p1");
    filter = object_new_with_props("filter-dump", object_get_objects_root(),
                                   "f0", &error_abort, "netdev", "p1",
                                   "file", file, "maxlen", "100", NULL);
    card_send(a, 60);
    card_send(a, 200);
    object_unparent(filter);
    card_send(a, 60);
    g_assert_true(g_file_get_contents(file, &data, &len, NULL));
    g_assert_cmpuint(len, ==, 24 + 16 + 60 + 16 + 100);
    g_assert_cmphex(*(uint32_t *)data, ==, 0xa1b2c3d4);
    g_assert_cmpuint(*(uint32_t *)(data + 24 + 16 + 60 + 12), ==, 200);
    card_free(a);
    net_cleanup();
    unlink(file);
    rmdir(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/net/hub", test_hub);
    g_test_add_func("/net/queue", test_queue);
    g_test_add_func("/net/stream", test_stream);
    g_test_add_func("/net/socket-pair", test_socket_pair);
    g_test_add_func("/net/dgram", test_dgram);
    g_test_add_func("/net/stream-hostile", test_stream_hostile);
    g_test_add_func("/net/bad-options", test_bad_options);
    g_test_add_func("/net/user-starts", test_user_starts);
    g_test_add_func("/net/mac", test_mac);
    g_test_add_func("/net/checksum", test_checksum);
    g_test_add_func("/net/parse", test_parse);
    g_test_add_func("/net/calculate", test_calculate);
    g_test_add_func("/net/pcap", test_pcap);
    return g_test_run();
}
