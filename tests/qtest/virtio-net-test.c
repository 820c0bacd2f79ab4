/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio network card on a user network, as a driver uses it: an address by
 * DHCP, the gateway answers, a page comes by TCP, each completion by MSI-X.
 */
#include "virtio-net.h"

#define F(name) (1ull << VIRTIO_NET_F_##name)
#define R(name) (1ull << VIRTIO_##name)
#define GATEWAY NET_IP(10, 0, 2, 2)

typedef struct Machine {
    QTest *t;
    VirtioNetDriver *n;
    NetHost *h;
} Machine;

static Machine machine_start(const char *options, bool legacy,
                             uint64_t features)
{
    Machine m;
    NetPort port;

    m.t = qtest_start("-machine q35 -nodefaults -m 128M %s", options);
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

#define USER_CARD "-netdev user,id=n0 -device virtio-net-pci,netdev=n0"

static void test_dhcp(void)
{
    Machine m = machine_start(USER_CARD, false, 0);
    uint8_t mac[6];

    g_assert_true(net_dhcp(m.h));
    g_assert_cmphex(m.h->ip, ==, NET_IP(10, 0, 2, 15));
    g_assert_cmphex(m.h->router, ==, GATEWAY);
    g_assert_cmphex(m.h->dns, ==, NET_IP(10, 0, 2, 3));
    g_assert_true(net_arp(m.h, GATEWAY, mac));
    g_assert_true(net_ping(m.h, GATEWAY, 56));
    g_assert_true(net_ping(m.h, GATEWAY, 1400));
    machine_end(&m);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-net/dhcp", test_dhcp);
    return g_test_run();
}
