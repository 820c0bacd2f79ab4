/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An e1000e on a user network, as a driver uses it: an address by DHCP, the
 * gateway answers, a page comes by TCP, completions by MSI-X.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include "e1000e.h"
#include "netns.h"

#define GATEWAY NET_IP(10, 0, 2, 2)

enum { R_STATUS = 0x8, R_ICR = 0xc0, R_EITR = 0xe8, R_ICS = 0xc8 };
#define TAP_HOST NET_IP(192, 168, 79, 1)
#define TAP_GUEST NET_IP(192, 168, 79, 2)
#define STATUS_LU 2u
#define INT_LSC 4u

static const char *no_tap;
static uint16_t http_port;
static char page[100000];

typedef struct Machine {
    QTest *t;
    E1000EDriver *d;
    NetHost *h;
} Machine;

static Machine machine_start(const char *options, bool msix)
{
    Machine m;
    NetPort port;

    m.t = qtest_start("-nodefaults -m 128M -netdev user,id=n0 %s", options);
    m.d = e1000e_open(m.t, msix);
    port = e1000e_port(m.d);
    m.h = net_host_new(&port, m.d->mac);
    return m;
}

static void machine_end(Machine *m)
{
    g_free(m->h);
    e1000e_close(m->d);
    qtest_quit(m->t);
}

static void use(Machine *m)
{
    g_autofree char *body = NULL;
    size_t len = 0;

    g_assert_true(net_dhcp(m->h));
    g_assert_cmphex(m->h->ip, ==, NET_IP(10, 0, 2, 15));
    g_assert_true(net_ping(m->h, GATEWAY, 56));
    g_assert_true(net_ping(m->h, GATEWAY, 1400));
    body = net_http_get(m->h, GATEWAY, http_port, "/", &len);
    g_assert_nonnull(body);
    g_assert_cmpmem(body, len, page, sizeof(page));
}

typedef struct Place {
    const char *name, *options;
    bool msix;
} Place;

static const Place places[] = {
    { "q35", "-M q35 -device e1000e,netdev=n0,id=nic", true },
    { "q35-intx", "-M q35 -device e1000e,netdev=n0,id=nic", false },
    { "pc", "-M pc -device e1000e,netdev=n0,id=nic", true },
    { "disable-vnet-hdr",
      "-M q35 -device e1000e,netdev=n0,disable_vnet_hdr=1", true },
};

static void test_network(gconstpointer data)
{
    const Place *p = data;
    Machine m = machine_start(p->options, p->msix);

    use(&m);
    if (p->msix) {
        g_assert_cmpuint(m.d->rx_messages, >, 0);
        g_assert_cmpuint(m.d->tx_messages, >, 0);
    }
    machine_end(&m);
}

/*** A TAP interface: the host's TCP judges what the card makes ***/

static int listener(uint16_t *port)
{
    struct sockaddr_in sin = { .sin_family = AF_INET };
    socklen_t len = sizeof(sin);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    g_assert_cmpint(bind(fd, (struct sockaddr *)&sin, len), ==, 0);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&sin, &len), ==, 0);
    *port = ntohs(sin.sin_port);
    return fd;
}

static void read_all(int fd, size_t len)
{
    g_autofree char *got = g_malloc(len);
    size_t at = 0;
    ssize_t n;

    while (at < len && (n = read(fd, got + at, len - at)) > 0) {
        at += n;
    }
    g_assert_cmpmem(got, at, page, len);
}

/* Segments of 30000 bytes, cut by the card or, told so, by the host. */
static void test_tap(gconstpointer options)
{
    NetTcp *c;
    Machine m;
    NetPort port;
    uint16_t tcp_port;
    int server, fd;

    if (no_tap) {
        g_test_skip(no_tap);
        return;
    }
    m.t = qtest_start("-nodefaults -M q35 -netdev tap,id=n0,ifname=tap9,"
                      "script=no,downscript=no -device e1000e,netdev=n0%s",
                      (const char *)options);
    g_assert_true(netns_configure("tap9", TAP_HOST, 0xffffff00));
    m.d = e1000e_open(m.t, true);
    netns_neighbour("tap9", TAP_GUEST, m.d->mac);
    port = e1000e_port(m.d);
    m.h = net_host_new(&port, m.d->mac);
    m.h->ip = TAP_GUEST;
    m.h->mask = 0xffffff00;
    netns_mac("tap9", m.h->neighbour_mac);
    m.h->neighbour = TAP_HOST;

    g_assert_true(net_ping(m.h, TAP_HOST, 1000));
    server = listener(&tcp_port);
    c = net_tcp_connect(m.h, TAP_HOST, tcp_port);
    g_assert_nonnull(c);
    fd = accept(server, NULL, NULL);
    m.h->mtu = 30040;
    g_assert_true(net_tcp_send(c, page, 60000));
    read_all(fd, 60000);
    m.h->mtu = 1500;
    g_assert_cmpint(write(fd, page, 5000), ==, 5000);
    g_assert_true(net_tcp_receive(c, 5000));
    g_assert_cmpmem(c->received->data, c->received->len, page, 5000);
    close(fd);
    close(server);
    net_tcp_close(c);
    machine_end(&m);
}

static void set_link(Machine *m, bool up)
{
    json_decref(qtest_qmp(m->t, "set_link", json_pack("{s:s, s:b}", "name",
                                                      "nic", "up", up)));
}

static void test_link(void)
{
    Machine m = machine_start("-M q35 -device e1000e,netdev=n0,id=nic", true);

    use(&m);
    msix_take(m.d->f, E1000E_OTHER_VECTOR);
    set_link(&m, false);
    g_assert_true(msix_wait(m.d->f, E1000E_OTHER_VECTOR));
    g_assert_cmphex(e1000e_read(m.d, R_STATUS) & STATUS_LU, ==, 0);
    g_assert_cmphex(e1000e_read(m.d, R_ICR) & INT_LSC, ==, INT_LSC);
    e1000e_write(m.d, R_ICR, UINT32_MAX);
    set_link(&m, true);
    /* Negotiation takes half a second. */
    qtest_clock_step(m.t, 499 * 1000000);
    g_assert_cmphex(e1000e_read(m.d, R_STATUS) & STATUS_LU, ==, 0);
    qtest_clock_step(m.t, 2 * 1000000);
    g_assert_cmphex(e1000e_read(m.d, R_STATUS) & STATUS_LU, ==, STATUS_LU);
    g_assert_true(msix_wait(m.d->f, E1000E_OTHER_VECTOR));
    g_assert_true(net_ping(m.h, GATEWAY, 56));
    machine_end(&m);
}

static void test_throttle(void)
{
    Machine m = machine_start("-M q35 -device e1000e,netdev=n0", true);

    e1000e_write(m.d, R_EITR, 1000);            /* 256 us, vector 0 */
    e1000e_write(m.d, R_ICS, 1u << 20);
    g_assert_true(msix_take(m.d->f, E1000E_RX_VECTOR));
    e1000e_write(m.d, R_ICS, 1u << 20);
    g_assert_false(msix_take(m.d->f, E1000E_RX_VECTOR));
    qtest_clock_step(m.t, 255 * 1000);
    g_assert_false(msix_take(m.d->f, E1000E_RX_VECTOR));
    qtest_clock_step(m.t, 2 * 1000);
    g_assert_true(msix_take(m.d->f, E1000E_RX_VECTOR));
    machine_end(&m);
}

static void test_reset(void)
{
    Machine m = machine_start("-M q35 -device e1000e,netdev=n0", true);
    NetPort port;

    use(&m);
    json_decref(qtest_qmp(m.t, "system_reset", NULL));
    json_decref(qtest_wait_event(m.t, "RESET"));
    g_free(m.h);
    g_free(m.d->f);
    g_free(m.d);
    m.d = e1000e_open(m.t, true);
    port = e1000e_port(m.d);
    m.h = net_host_new(&port, m.d->mac);
    use(&m);
    machine_end(&m);
}

static void test_hotplug(void)
{
    Machine m = { .t = qtest_start("-nodefaults -M pc -m 128M "
                                   "-netdev user,id=n0") };
    NetPort port;

    json_decref(qtest_qmp(m.t, "device_add", json_pack(
        "{s:s, s:s, s:s, s:s}", "driver", "e1000e", "id", "nic", "netdev",
        "n0", "addr", "6")));
    m.d = e1000e_open(m.t, true);
    port = e1000e_port(m.d);
    m.h = net_host_new(&port, m.d->mac);
    use(&m);
    machine_end(&m);
}

static void test_options(void)
{
    g_autofree char *output = NULL, *bad = NULL;

    g_assert_cmpint(qtest_run(&output, "-device e1000e,help"), ==, 0);
    g_assert_nonnull(strstr(output, "disable_vnet_hdr=<uint8>"));
    g_assert_cmpint(qtest_run(&bad, "-M none -device e1000e,netdev=nobody"),
                    !=, 0);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(page); i++) {
        page[i] = 'a' + i * i % 23;
    }
    no_tap = netns_enter();
    if (!no_tap && access("/dev/net/tun", R_OK | W_OK) < 0) {
        no_tap = "/dev/net/tun is not accessible";
    }
    http_port = netns_http_server(page, sizeof(page));
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_strdup_printf("/e1000e/network/%s",
                                                places[i].name);

        g_test_add_data_func(path, &places[i], test_network);
    }
    g_test_add_data_func("/e1000e/tap/vnet-header", "", test_tap);
    g_test_add_data_func("/e1000e/tap/software", ",disable_vnet_hdr=1",
                         test_tap);
    g_test_add_func("/e1000e/link", test_link);
    g_test_add_func("/e1000e/throttle", test_throttle);
    g_test_add_func("/e1000e/reset", test_reset);
    g_test_add_func("/e1000e/hotplug", test_hotplug);
    g_test_add_func("/e1000e/options", test_options);
    return g_test_run();
}
