/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio network card on a user network, as a driver uses it: an address by
 * DHCP, the gateway answers, a name is resolved, a page comes by TCP, each
 * completion by MSI-X.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include "netns.h"
#include "qemu/bswap.h"
#include "virtio-net.h"

#define F(name) (1ull << VIRTIO_NET_F_##name)
#define INDIRECT (1ull << VIRTIO_RING_F_INDIRECT_DESC)
#define EVENT_IDX (1ull << VIRTIO_RING_F_EVENT_IDX)
#define PACKED (1ull << VIRTIO_F_RING_PACKED)
#define IN_ORDER (1ull << VIRTIO_F_IN_ORDER)
#define GATEWAY NET_IP(10, 0, 2, 2)
#define PAGE_SIZE_BYTES 200000

static const char *no_netns;    /* why there is no namespace */
static uint16_t http_port;
static char page[PAGE_SIZE_BYTES];

typedef struct Machine {
    QTest *t;
    VirtioNetDriver *n;
    NetHost *h;
} Machine;

static Machine machine_start(bool legacy, uint64_t features,
                             const char *user_options,
                             const char *card_options)
{
    Machine m;
    NetPort port;

    m.t = qtest_start("-machine q35 -nodefaults -m 128M "
                      "-netdev user,id=n0%s "
                      "-device virtio-net-pci,id=nic,netdev=n0%s",
                      user_options, card_options);
    m.n = virtio_net_open(m.t, 0, legacy, features, 0);
    port = virtio_net_port(m.n);
    m.h = net_host_new(&port, m.n->mac);
    return m;
}

static void machine_end(Machine *m)
{
    g_free(m->h);
    virtio_net_close(m->n);
    qtest_quit(m->t);
}

static void fetch_page(Machine *m, uint32_t server, uint16_t port)
{
    size_t len = 0;
    g_autofree char *body = net_http_get(m->h, server, port, "/", &len);

    g_assert_nonnull(body);
    g_assert_cmpmem(body, len, page, sizeof(page));
}

/*** Every kind of ring ***/

typedef struct Flavour {
    const char *name;
    bool legacy;
    uint64_t features;
    const char *options;
} Flavour;

static const Flavour flavours[] = {
    { "split", false, 0, "" },
    { "split-indirect-event", false, INDIRECT | EVENT_IDX, "" },
    { "split-in-order", false, IN_ORDER, ",in_order=on" },
    { "split-mergeable", false, F(MRG_RXBUF) | EVENT_IDX, "" },
    { "packed", false, PACKED, ",packed=on" },
    { "packed-indirect-event", false, PACKED | INDIRECT | EVENT_IDX,
      ",packed=on" },
    { "packed-in-order", false, PACKED | IN_ORDER | F(MRG_RXBUF),
      ",packed=on,in_order=on" },
    { "small-rings", false, EVENT_IDX,
      ",rx_queue_size=256,tx_queue_size=256" },
    { "page-per-vq", false, F(CTRL_VQ), ",page-per-vq=on" },
    { "modern-only", false, 0, ",disable-legacy=on" },
    { "iommu-platform", false, 1ull << VIRTIO_F_ACCESS_PLATFORM,
      ",disable-legacy=on,iommu_platform=on,ats=on" },
    { "tx-timer", false, 0, ",tx=timer,x-txtimer=100000" },
    { "legacy", true, 0, ",disable-legacy=off" },
    { "legacy-mergeable", true, F(MRG_RXBUF) | INDIRECT | EVENT_IDX,
      ",disable-legacy=off,disable-modern=on" },
};

static void test_flavour(gconstpointer data)
{
    const Flavour *f = data;
    Machine m = machine_start(f->legacy, f->features, "", f->options);

    g_assert_cmphex(m.n->d->features & f->features, ==, f->features);
    g_assert_cmpuint(m.n->rx->vector, ==, 1);
    g_assert_cmpuint(m.n->tx->vector, ==, 2);
    g_assert_true(net_dhcp(m.h));
    g_assert_cmphex(m.h->ip, ==, NET_IP(10, 0, 2, 15));
    g_assert_true(net_ping(m.h, GATEWAY, 56));
    fetch_page(&m, GATEWAY, http_port);
    machine_end(&m);
}

/*** The user network ***/

static void test_addresses(void)
{
    Machine m = machine_start(false, 0, ",net=192.168.7.0/24,"
                              "host=192.168.7.1,dns=192.168.7.5,"
                              "dhcpstart=192.168.7.40,hostname=guest7", "");
    uint8_t mac[6];

    g_assert_true(net_dhcp(m.h));
    g_assert_cmphex(m.h->ip, ==, NET_IP(192, 168, 7, 40));
    g_assert_cmphex(m.h->mask, ==, 0xffffff00);
    g_assert_cmphex(m.h->router, ==, NET_IP(192, 168, 7, 1));
    g_assert_cmphex(m.h->dns, ==, NET_IP(192, 168, 7, 5));
    g_assert_cmpstr(m.h->hostname, ==, "guest7");
    g_assert_true(net_arp(m.h, m.h->router, mac));
    g_assert_true(net_ping(m.h, m.h->router, 1400));
    fetch_page(&m, m.h->router, http_port);
    machine_end(&m);
}

static void test_resolve(void)
{
    Machine m;
    uint32_t ip = 0;

    if (no_netns) {
        g_test_skip(no_netns);
        return;
    }
    g_assert_true(netns_dns_server("www.example.test", NET_IP(192, 0, 2, 7)));
    m = machine_start(false, 0, "", "");
    g_assert_true(net_dhcp(m.h));
    g_assert_true(net_resolve(m.h, "www.example.test", &ip));
    g_assert_cmphex(ip, ==, NET_IP(192, 0, 2, 7));
    g_assert_false(net_resolve(m.h, "nobody.example.test", &ip));
    machine_end(&m);
}

/* The checksum of ICMPv6 has a pseudo header (RFC 8200 section 8.1). */
static uint16_t icmp6_checksum(const uint8_t *ip, size_t len)
{
    uint8_t rest[8] = { [3] = len, [7] = IPPROTO_ICMPV6 };
    uint32_t sum = net_checksum(0, ip + 8, 32);

    sum = net_checksum(sum, rest, sizeof(rest));
    return net_checksum_end(net_checksum(sum, ip + 40, len));
}

/* The prefix that a router advertisement (RFC 4861) in @frame has. */
static const uint8_t *advertised_prefix(const uint8_t *frame, size_t len)
{
    const uint8_t *icmp = frame + 54;

    if (len < 70 || lduw_be_p(frame + 12) != 0x86dd ||
        frame[20] != IPPROTO_ICMPV6 || icmp[0] != 134) {
        return NULL;
    }
    for (size_t at = 70; at + 32 <= len && frame[at + 1];
         at += 8 * frame[at + 1]) {
        if (frame[at] == 3) {
            return frame + at;
        }
    }
    return NULL;
}

static void test_ipv6(void)
{
    static const uint8_t want[16] = { 0xfd, 0x00, 0x00, 0x07 };
    Machine m = machine_start(false, 0, ",ipv6-prefix=fd00:7::,"
                              "ipv6-prefixlen=64", "");
    uint8_t frame[62] = { 0x33, 0x33, 0, 0, 0, 2 }, *ip = frame + 14;
    uint8_t got[NET_FRAME_MAX];
    const uint8_t *option = NULL;
    size_t len;

    memcpy(frame + 6, m.n->mac, 6);
    stw_be_p(frame + 12, 0x86dd);
    ip[0] = 0x60;
    stw_be_p(ip + 4, 8);
    ip[6] = IPPROTO_ICMPV6;
    ip[7] = 255;
    memcpy(ip + 8, "\xfe\x80", 2);             /* from fe80::1:2 */
    ip[21] = 1;
    ip[23] = 2;
    memcpy(ip + 24, "\xff\x02", 2);            /* to all routers */
    ip[39] = 2;
    ip[40] = 133;                               /* solicitation */
    stw_be_p(ip + 42, icmp6_checksum(ip, 8));
    virtio_net_send(m.n, NULL, frame, sizeof(frame));
    while (!option &&
           (len = virtio_net_receive(m.n, got, sizeof(got), true)) > 0) {
        option = advertised_prefix(got, len);
    }
    g_assert_nonnull(option);
    g_assert_cmpuint(option[2], ==, 64);
    g_assert_cmpmem(option + 16, 16, want, 16);
    machine_end(&m);
}

static void test_tftp(void)
{
    g_autofree char *dir = g_dir_make_tmp("tftp-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "boot.img", NULL);
    g_autofree char *options = g_strdup_printf(",tftp=%s", dir);
    g_autofree uint8_t *got = NULL;
    size_t len = 0;
    Machine m;

    g_assert_true(g_file_set_contents(file, page, 5000, NULL));
    m = machine_start(false, 0, options, "");
    g_assert_true(net_dhcp(m.h));
    got = net_tftp_get(m.h, GATEWAY, "boot.img", &len);
    g_assert_cmpmem(got, len, page, 5000);
    g_assert_null(net_tftp_get(m.h, GATEWAY, "../boot.img", &len));
    machine_end(&m);
    unlink(file);
    rmdir(dir);
}

static void test_guestfwd(void)
{
    Machine m = machine_start(false, 0, ",restrict=on,guestfwd=tcp:10.0.2.9:"
                              "99-cmd:echo\\ from-the-host", "");
    NetTcp *c;

    g_assert_true(net_dhcp(m.h));
    c = net_tcp_connect(m.h, NET_IP(10, 0, 2, 9), 99);
    g_assert_nonnull(c);
    g_assert_true(net_tcp_receive(c, 14));
    g_assert_cmpmem(c->received->data, c->received->len, "from-the-host\n",
                    14);
    net_tcp_close(c);
    /* There is no way out otherwise. */
    g_assert_null(net_tcp_connect(m.h, GATEWAY, http_port));
    machine_end(&m);
}

static int host_connect(uint16_t port)
{
    struct sockaddr_in sin = {
        .sin_family = AF_INET, .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void talk_through(Machine *m, uint16_t port)
{
    int fd = host_connect(port);
    char reply[16];
    NetTcp *c;

    g_assert_cmpint(fd, >=, 0);
    c = net_tcp_accept(m->h, 22);
    g_assert_nonnull(c);
    g_assert_cmpint(write(fd, "to the guest", 12), ==, 12);
    g_assert_true(net_tcp_receive(c, 12));
    g_assert_cmpmem(c->received->data, c->received->len, "to the guest", 12);
    g_assert_true(net_tcp_send(c, "to the host", 11));
    g_assert_cmpint(read(fd, reply, sizeof(reply)), ==, 11);
    g_assert_cmpmem(reply, 11, "to the host", 11);
    close(fd);
    net_tcp_close(c);
}

static void test_hostfwd(void)
{
    uint16_t port = netns_free_port(SOCK_STREAM), later;
    g_autofree char *options = g_strdup_printf(
        ",hostfwd=tcp:127.0.0.1:%u-:22", port);
    Machine m = machine_start(false, 0, options, "");
    g_autofree char *added = NULL, *info = NULL, *removed = NULL;

    g_assert_true(net_dhcp(m.h));
    talk_through(&m, port);
    later = netns_free_port(SOCK_STREAM);
    added = qtest_hmp(m.t, "hostfwd_add n0 tcp:127.0.0.1:%u-10.0.2.15:22",
                      later);
    g_assert_cmpstr(added, ==, "");
    talk_through(&m, later);
    info = qtest_hmp(m.t, "info usernet");
    g_assert_nonnull(strstr(info, "TCP[HOST_FORWARD]"));
    removed = qtest_hmp(m.t, "hostfwd_remove n0 tcp:127.0.0.1:%u", later);
    g_assert_nonnull(strstr(removed, " removed"));
    g_assert_cmpint(host_connect(later), <, 0);
    machine_end(&m);
}

/*** A record of it ***/

static void test_pcap(void)
{
    Machine m = machine_start(false, 0, "", "");
    const char *pcap = qtest_path(m.t, "n0.pcap");
    g_autofree char *tshark = g_find_program_in_path("tshark");
    g_autofree char *out = NULL, *command = NULL, *info = NULL;
    int status = -1;

    json_decref(qtest_qmp(m.t, "object-add", json_pack(
        "{s:s, s:s, s:s, s:s}", "qom-type", "filter-dump", "id", "f0",
        "netdev", "n0", "file", pcap)));
    info = qtest_hmp(m.t, "info network");
    g_assert_nonnull(strstr(info, "filters:\n  - f0: type=filter-dump"));
    g_assert_true(net_dhcp(m.h));
    g_assert_true(net_ping(m.h, GATEWAY, 56));
    fetch_page(&m, GATEWAY, http_port);
    json_decref(qtest_qmp(m.t, "object-del", json_pack("{s:s}", "id",
                                                       "f0")));
    if (tshark) {
        command = g_strdup_printf("%s -r %s -d tcp.port==%u,http", tshark,
                                  pcap, http_port);
        g_assert_true(g_spawn_command_line_sync(command, &out, NULL, &status,
                                                NULL));
        g_assert_cmpint(status, ==, 0);
        g_assert_nonnull(strstr(out, "DHCP ACK"));
        g_assert_nonnull(strstr(out, "Echo (ping) reply"));
        g_assert_nonnull(strstr(out, "HTTP/1.0 200 OK"));
    } else {
        g_test_skip("tshark is not installed");
    }
    machine_end(&m);
}

/*** Interrupts ***/

static void test_vectors(void)
{
    Machine m = machine_start(false, F(STATUS), "", ",vectors=5");
    PciFn *f = m.n->d->f;

    g_assert_cmpuint(f->msix_count, ==, 5);
    g_assert_true(net_dhcp(m.h));
    g_assert_true(net_ping(m.h, GATEWAY, 56));
    /* A masked vector is pending until it may go. */
    msix_take(f, 1);
    msix_mask(f, 1, true);
    g_assert_false(msix_pending(f, 1));
    /* Nobody listens there, which the gateway says. */
    net_udp_send(m.h, GATEWAY, 1, 2, "x", 1);
    for (int ms = 0; !msix_pending(f, 1); ms++) {
        g_assert_cmpint(ms, <, 5000);
        g_usleep(1000);
    }
    g_assert_false(msix_take(f, 1));
    msix_mask(f, 1, false);
    g_assert_true(msix_take(f, 1));
    g_assert_false(msix_pending(f, 1));
    g_assert_true(net_ping(m.h, GATEWAY, 56));
    machine_end(&m);
}

/* Vectors beyond the table are refused by reading back as none. */
static void test_vector_readback(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -device virtio-net-pci,"
                           "vectors=4,disable-legacy=off");
    VirtioDev *d = virtio_open(virtio_find(t, VIRTIO_ID_NET, 0), false);

    for (int legacy = 0; legacy < 2; legacy++) {
        d->legacy = legacy;
        g_assert_cmphex(virtio_config_vector(d, 3), ==, 3);
        g_assert_cmphex(virtio_config_vector(d, 4), ==, VIRTIO_MSI_NO_VECTOR);
        g_assert_cmphex(virtio_config_vector(d, 0xfffe), ==,
                        VIRTIO_MSI_NO_VECTOR);
    }
    d->legacy = false;
    virtio_negotiate(d, 0);
    g_assert_cmphex(virtio_queue(d, 0, 16, 3)->vector, ==, 3);
    g_assert_cmphex(virtio_queue(d, 1, 16, 4)->vector, ==,
                    VIRTIO_MSI_NO_VECTOR);
    virtio_close(d);
    qtest_quit(t);
}

static void test_many_vectors(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -device virtio-net-pci,"
                           "vectors=2048");
    VirtioDev *d = virtio_open(virtio_find(t, VIRTIO_ID_NET, 0), false);

    g_assert_cmpuint(d->f->msix_count, ==, 2048);
    g_assert_cmphex(virtio_config_vector(d, 2047), ==, 2047);
    virtio_close(d);
    qtest_quit(t);
}

static void set_link(Machine *m, const char *name, bool up)
{
    json_decref(qtest_qmp(m->t, "set_link", json_pack("{s:s, s:b}", "name",
                                                      name, "up", up)));
}

static void test_link(void)
{
    Machine m = machine_start(false, F(STATUS), "", "");
    unsigned status = offsetof(struct virtio_net_config, status);

    g_assert_cmphex(virtio_config_vector(m.n->d, 0), ==, 0);
    g_assert_true(net_dhcp(m.h));
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "n0" : "nic";

        g_assert_cmphex(virtio_config_read(m.n->d, status, 2), ==, 1);
        set_link(&m, name, false);
        g_assert_true(msix_wait(m.n->d->f, 0));
        g_assert_cmphex(virtio_config_read(m.n->d, status, 2), ==, 0);
        /* What is sent meanwhile is lost, but not its buffer. */
        net_udp_send(m.h, GATEWAY, 1, 2, "x", 1);
        set_link(&m, name, true);
        g_assert_true(msix_wait(m.n->d->f, 0));
    }
    g_assert_true(net_ping(m.h, GATEWAY, 56));
    machine_end(&m);
}

/* What a ring loses by a reset, the others keep. */
static void test_queue_reset(void)
{
    Machine m = machine_start(false, 1ull << VIRTIO_F_RING_RESET, "",
                              ",queue_reset=on");

    g_assert_true(virtio_has(m.n->d, VIRTIO_F_RING_RESET));
    g_assert_true(net_dhcp(m.h));
    for (int i = 0; i < 3; i++) {
        virtio_queue_reset(m.n->tx);
        m.n->tx = virtio_queue(m.n->d, 1, 64 << i, 2);
        g_assert_true(net_ping(m.h, GATEWAY, 100));
    }
    machine_end(&m);
}

/*** The control queue ***/

static json_t *rx_filter(QTest *t)
{
    json_t *list = qtest_qmp(t, "query-rx-filter", NULL);
    json_t *f = json_incref(json_array_get(list, 0));

    json_decref(list);
    return f;
}

static void test_control(void)
{
    Machine m = machine_start(false, F(CTRL_VQ) | F(CTRL_RX) | F(CTRL_VLAN) |
                              F(CTRL_MAC_ADDR), "", "");
    static const uint8_t table[] = {
        1, 0, 0, 0, 0x52, 0x54, 0, 0xaa, 0xbb, 0xcc,
        2, 0, 0, 0, 1, 0, 0x5e, 0, 0, 1, 1, 0, 0x5e, 0, 0, 2,
    };
    uint8_t off = 0, vid[2] = { 0x34, 0x02 };
    json_t *f, *event;

    g_assert_true(net_dhcp(m.h));
    json_decref(rx_filter(m.t));
    g_assert_cmpint(virtio_net_command(m.n, VIRTIO_NET_CTRL_RX,
                                       VIRTIO_NET_CTRL_RX_PROMISC, &off, 1),
                    ==, VIRTIO_NET_OK);
    event = qtest_wait_event(m.t, "NIC_RX_FILTER_CHANGED");
    g_assert_cmpstr(json_string_value(json_object_get(event, "name")), ==,
                    "nic");
    json_decref(event);
    g_assert_cmpint(virtio_net_command(m.n, VIRTIO_NET_CTRL_MAC,
                                       VIRTIO_NET_CTRL_MAC_TABLE_SET, table,
                                       sizeof(table)), ==, VIRTIO_NET_OK);
    g_assert_cmpint(virtio_net_command(m.n, VIRTIO_NET_CTRL_VLAN,
                                       VIRTIO_NET_CTRL_VLAN_ADD, vid, 2), ==,
                    VIRTIO_NET_OK);
    f = rx_filter(m.t);
    g_assert_false(json_is_true(json_object_get(f, "promiscuous")));
    g_assert_cmpuint(json_array_size(json_object_get(f, "unicast-table")),
                     ==, 1);
    g_assert_cmpuint(json_array_size(json_object_get(f, "multicast-table")),
                     ==, 2);
    g_assert_cmpint(json_integer_value(json_array_get(
        json_object_get(f, "vlan-table"), 0)), ==, 0x234);
    json_decref(f);
    g_assert_true(net_ping(m.h, GATEWAY, 56));
    /* Broken commands fail, and the next still works. */
    g_assert_cmpint(virtio_net_command(m.n, 77, 1, &off, 1), ==,
                    VIRTIO_NET_ERR);
    g_assert_cmpint(virtio_net_command(m.n, VIRTIO_NET_CTRL_MAC,
                                       VIRTIO_NET_CTRL_MAC_TABLE_SET, table,
                                       7), ==, VIRTIO_NET_ERR);
    off = 1;
    g_assert_cmpint(virtio_net_command(m.n, VIRTIO_NET_CTRL_RX,
                                       VIRTIO_NET_CTRL_RX_PROMISC, &off, 1),
                    ==, VIRTIO_NET_OK);
    machine_end(&m);
}

static void announce(Machine *m)
{
    json_decref(qtest_qmp(m->t, "announce-self", json_pack(
        "{s:i, s:i, s:i, s:i}", "initial", 1, "max", 10, "rounds", 1,
        "step", 1)));
    qtest_clock_step(m->t, 1000000);
}

static void test_announce(void)
{
    Machine m = machine_start(false, F(CTRL_VQ) | F(GUEST_ANNOUNCE) |
                              F(STATUS), "", "");
    unsigned status = offsetof(struct virtio_net_config, status);

    g_assert_cmphex(virtio_config_vector(m.n->d, 0), ==, 0);
    announce(&m);
    g_assert_true(msix_wait(m.n->d->f, 0));
    g_assert_cmphex(virtio_config_read(m.n->d, status, 2), ==,
                    VIRTIO_NET_S_LINK_UP | VIRTIO_NET_S_ANNOUNCE);
    g_assert_cmpint(virtio_net_command(m.n, VIRTIO_NET_CTRL_ANNOUNCE,
                                       VIRTIO_NET_CTRL_ANNOUNCE_ACK, NULL, 0),
                    ==, VIRTIO_NET_OK);
    g_assert_cmphex(virtio_config_read(m.n->d, status, 2), ==,
                    VIRTIO_NET_S_LINK_UP);
    machine_end(&m);
}

/* The back end may go: the card's cable is out then. */
static void test_netdev_del(void)
{
    Machine m = machine_start(false, F(STATUS), "", "");
    g_autofree char *text = NULL;

    g_assert_cmphex(virtio_config_vector(m.n->d, 0), ==, 0);
    g_assert_true(net_dhcp(m.h));
    json_decref(qtest_qmp(m.t, "netdev_del", json_pack("{s:s}", "id",
                                                       "n0")));
    g_assert_true(msix_wait(m.n->d->f, 0));
    g_assert_cmphex(virtio_config_read(m.n->d, offsetof(
        struct virtio_net_config, status), 2), ==, 0);
    net_udp_send(m.h, GATEWAY, 1, 2, "x", 1);
    /* Bringing its link up again does not bring the back end back. */
    set_link(&m, "nic", true);
    net_udp_send(m.h, GATEWAY, 1, 2, "x", 1);
    text = qtest_qmp_error(m.t, "netdev_del", json_pack("{s:s}", "id", "n0"),
                           "DeviceNotFound");
    g_assert_cmpstr(text, ==, "Device 'n0' not found");
    machine_end(&m);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(page); i++) {
        page[i] = 'a' + i * i % 23;
    }
    no_netns = netns_enter();
    http_port = netns_http_server(page, sizeof(page));
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(flavours); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-net/ring/%s",
                                                flavours[i].name);

        g_test_add_data_func(path, &flavours[i], test_flavour);
    }
    g_test_add_func("/virtio-net/user/addresses", test_addresses);
    g_test_add_func("/virtio-net/user/resolve", test_resolve);
    g_test_add_func("/virtio-net/user/ipv6", test_ipv6);
    g_test_add_func("/virtio-net/user/tftp", test_tftp);
    g_test_add_func("/virtio-net/user/guestfwd", test_guestfwd);
    g_test_add_func("/virtio-net/user/hostfwd", test_hostfwd);
    g_test_add_func("/virtio-net/user/pcap", test_pcap);
    g_test_add_func("/virtio-net/vectors", test_vectors);
    g_test_add_func("/virtio-net/vector-readback", test_vector_readback);
    g_test_add_func("/virtio-net/many-vectors", test_many_vectors);
    g_test_add_func("/virtio-net/link", test_link);
    g_test_add_func("/virtio-net/queue-reset", test_queue_reset);
    g_test_add_func("/virtio-net/control", test_control);
    g_test_add_func("/virtio-net/announce", test_announce);
    g_test_add_func("/virtio-net/netdev-del", test_netdev_del);
    return g_test_run();
}
