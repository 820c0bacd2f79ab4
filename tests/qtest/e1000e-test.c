/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An e1000e on a user network, as a driver uses it: an address by DHCP, the
 * gateway answers, a page comes by TCP, completions by MSI-X.
 */
#include <netinet/in.h>
#include "e1000e.h"
#include "netns.h"

#define GATEWAY NET_IP(10, 0, 2, 2)

enum { R_STATUS = 0x8, R_ICR = 0xc0, R_EITR = 0xe8, R_ICS = 0xc8 };
#define STATUS_LU 2u
#define INT_LSC 4u

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
    netns_enter();
    http_port = netns_http_server(page, sizeof(page));
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_strdup_printf("/e1000e/network/%s",
                                                places[i].name);

        g_test_add_data_func(path, &places[i], test_network);
    }
    g_test_add_func("/e1000e/link", test_link);
    g_test_add_func("/e1000e/throttle", test_throttle);
    g_test_add_func("/e1000e/reset", test_reset);
    g_test_add_func("/e1000e/hotplug", test_hotplug);
    g_test_add_func("/e1000e/options", test_options);
    return g_test_run();
}
