/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A driver of a virtio network card that breaks the rules: rings and buffers
 * in registers, the card's own among them, loops, sizes and indices that
 * cannot be.  The emulator goes on, the card asks for a reset (virtio 1.2,
 * 2.1.2) where its ring is broken, and after a reset it works.
 */
#include "virtio-net.h"
#include "qemu/bswap.h"

#define GATEWAY NET_IP(10, 0, 2, 2)
#define RING 64

typedef struct Guest {
    QTest *t;
    VirtioNetDriver *n;
} Guest;

/* May the device be whole after it? */
typedef enum After { BROKEN, WHOLE, EITHER } After;

static void desc(Guest *g, unsigned i, uint64_t addr, uint32_t len,
                 uint16_t flags, uint16_t next)
{
    uint8_t raw[16];

    stq_le_p(raw, addr);
    stl_le_p(raw + 8, len);
    stw_le_p(raw + 12, flags);
    stw_le_p(raw + 14, next);
    qtest_memwrite(g->t, g->n->tx->desc + 16 * i, raw, sizeof(raw));
}

/* Descriptor @head is the next packet to send; @step is what the index moves. */
static void offer(Guest *g, uint16_t head, uint16_t step)
{
    VirtioQueue *tx = g->n->tx;
    uint16_t idx = qtest_read(g->t, tx->avail + 2, 2);

    qtest_write(g->t, tx->avail + 4 + 2 * (idx % RING), head, 2);
    qtest_write(g->t, tx->avail + 2, (uint16_t)(idx + step), 2);
    pci_write(g->n->d->f, g->n->d->notify.bar, tx->notify_offset, 1, 2);
    for (int i = 0; i < 3; i++) {
        json_decref(qtest_qmp(g->t, "query-status", NULL));
    }
}

/*** What it does ***/

static void no_such_descriptor(Guest *g)
{
    offer(g, RING + 7, 1);
}

static void index_jumps(Guest *g)
{
    offer(g, 0, RING + 1);
}

static void chain_loops(Guest *g)
{
    desc(g, 0, g->n->tx_ram, 12, VRING_DESC_F_NEXT, 1);
    desc(g, 1, g->n->tx_ram, 60, VRING_DESC_F_NEXT, 0);
    offer(g, 0, 1);
}

static void chain_leads_out(Guest *g)
{
    desc(g, 0, g->n->tx_ram, 12, VRING_DESC_F_NEXT, 0x7fff);
    offer(g, 0, 1);
}

static void no_length(Guest *g)
{
    desc(g, 0, g->n->tx_ram, 0, 0, 0);
    offer(g, 0, 1);
}

static void no_header(Guest *g)
{
    desc(g, 0, g->n->tx_ram, 5, 0, 0);
    offer(g, 0, 1);
}

static void four_gigabytes(Guest *g)
{
    desc(g, 0, g->n->tx_ram, UINT32_MAX, 0, 0);
    offer(g, 0, 1);
}

static void nothing_there(Guest *g)
{
    desc(g, 0, 0x7000000000ull, 100, 0, 0);
    offer(g, 0, 1);
}

static void address_wraps(Guest *g)
{
    desc(g, 0, UINT64_MAX - 50, 100, 0, 0);
    offer(g, 0, 1);
}

static void to_be_written(Guest *g)
{
    desc(g, 0, g->n->tx_ram, 100, VRING_DESC_F_WRITE, 0);
    offer(g, 0, 1);
}

static void sends_its_registers(Guest *g)
{
    desc(g, 0, g->n->d->f->bar[g->n->d->common.bar], 100, 0, 0);
    offer(g, 0, 1);
}

static void sends_its_vectors(Guest *g)
{
    desc(g, 0, g->n->d->f->msix_table, 64, 0, 0);
    offer(g, 0, 1);
}

static void indirect_table(Guest *g, unsigned entries, bool nested)
{
    uint64_t table = g->n->tx_ram + 4096;
    uint8_t raw[16] = { 0 };

    for (unsigned i = 0; i < 16; i++) {
        stq_le_p(raw, nested ? table : g->n->tx_ram);
        stl_le_p(raw + 8, nested ? 16 : 20);
        stw_le_p(raw + 12, nested ? VRING_DESC_F_INDIRECT
                                  : VRING_DESC_F_NEXT);
        stw_le_p(raw + 14, (i + 1) % 16);
        qtest_memwrite(g->t, table + 16 * i, raw, sizeof(raw));
    }
    desc(g, 0, table, entries * 16, VRING_DESC_F_INDIRECT, 0);
    offer(g, 0, 1);
}

static void indirect_loops(Guest *g)
{
    indirect_table(g, 16, false);
}

static void indirect_in_indirect(Guest *g)
{
    indirect_table(g, 16, true);
}

static void indirect_is_odd(Guest *g)
{
    desc(g, 0, g->n->tx_ram, 17, VRING_DESC_F_INDIRECT, 0);
    offer(g, 0, 1);
}

static void indirect_is_huge(Guest *g)
{
    desc(g, 0, g->n->tx_ram, 0xfffffff0, VRING_DESC_F_INDIRECT, 0);
    offer(g, 0, 1);
}

static void indirect_in_registers(Guest *g)
{
    desc(g, 0, g->n->d->f->bar[g->n->d->common.bar], 64,
         VRING_DESC_F_INDIRECT, 0);
    offer(g, 0, 1);
}

/* The answer to a request goes to the card's own registers. */
static void receives_into(Guest *g, uint64_t addr)
{
    VirtioQueue *rx = g->n->rx;
    uint8_t packet[72] = { 0 }, *frame = packet + 12, raw[16];
    static const uint8_t arp[] = {
        8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 0x52, 0x54, 0, 0x12, 0x34, 0x56,
        10, 0, 2, 15, 0, 0, 0, 0, 0, 0, 10, 0, 2, 2,
    };

    stq_le_p(raw, addr);
    stl_le_p(raw + 8, 2048);
    stw_le_p(raw + 12, VRING_DESC_F_WRITE);
    stw_le_p(raw + 14, 0);
    for (unsigned i = 0; i < rx->size; i++) {
        qtest_memwrite(g->t, rx->desc + 16 * i, raw, sizeof(raw));
    }
    memset(frame, 0xff, 6);
    memcpy(frame + 6, g->n->mac, 6);
    memcpy(frame + 12, arp, sizeof(arp));
    qtest_memwrite(g->t, g->n->tx_ram, packet, sizeof(packet));
    desc(g, 0, g->n->tx_ram, sizeof(packet), 0, 0);
    offer(g, 0, 1);
    for (int i = 0; i < 20; i++) {
        json_decref(qtest_qmp(g->t, "query-status", NULL));
    }
}

static void receives_into_registers(Guest *g)
{
    receives_into(g, g->n->d->f->bar[g->n->d->common.bar]);
}

static void receives_into_doorbells(Guest *g)
{
    receives_into(g, g->n->d->f->bar[g->n->d->notify.bar] +
                     g->n->d->notify.offset);
}

static void receives_into_vectors(Guest *g)
{
    receives_into(g, g->n->d->f->msix_table);
}

static void receives_into_its_ring(Guest *g)
{
    receives_into(g, g->n->rx->desc);
}

static const struct {
    const char *name;
    void (*act)(Guest *g);
    After after;
} cases[] = {
    { "no-such-descriptor", no_such_descriptor, BROKEN },
    { "index-jumps", index_jumps, BROKEN },
    { "chain-loops", chain_loops, BROKEN },
    { "chain-leads-out", chain_leads_out, BROKEN },
    { "no-length", no_length, BROKEN },
    { "no-header", no_header, BROKEN },
    { "four-gigabytes", four_gigabytes, EITHER },
    { "nothing-there", nothing_there, EITHER },
    { "address-wraps", address_wraps, EITHER },
    { "to-be-written", to_be_written, BROKEN },
    { "sends-its-registers", sends_its_registers, EITHER },
    { "sends-its-vectors", sends_its_vectors, EITHER },
    { "indirect-loops", indirect_loops, BROKEN },
    { "indirect-in-indirect", indirect_in_indirect, BROKEN },
    { "indirect-is-odd", indirect_is_odd, BROKEN },
    { "indirect-is-huge", indirect_is_huge, BROKEN },
    { "indirect-in-registers", indirect_in_registers, EITHER },
    { "receives-into-registers", receives_into_registers, EITHER },
    { "receives-into-doorbells", receives_into_doorbells, EITHER },
    { "receives-into-vectors", receives_into_vectors, EITHER },
    { "receives-into-its-ring", receives_into_its_ring, EITHER },
};

static Guest guest_open(QTest *t)
{
    Guest g = { t };

    g.n = virtio_net_open(t, 0, false, 1ull << VIRTIO_RING_F_INDIRECT_DESC,
                          RING);
    return g;
}

/* From a reset on everything works as if nothing had been. */
static void check_works(QTest *t)
{
    Guest g = guest_open(t);
    NetPort port = virtio_net_port(g.n);
    NetHost *h = net_host_new(&port, g.n->mac);

    g_assert_true(net_dhcp(h));
    g_assert_true(net_ping(h, GATEWAY, 56));
    g_free(h);
    virtio_net_close(g.n);
}

static void test_case(gconstpointer data)
{
    unsigned i = GPOINTER_TO_UINT(data);
    QTest *t = qtest_start("-machine q35 -nodefaults -m 128M "
                           "-netdev user,id=n0 "
                           "-device virtio-net-pci,netdev=n0");
    Guest g = guest_open(t);
    uint8_t status;

    cases[i].act(&g);
    status = virtio_status(g.n->d);
    if (cases[i].after != EITHER) {
        g_assert_cmphex(status & VIRTIO_CONFIG_S_NEEDS_RESET, ==,
                        cases[i].after == BROKEN ?
                        VIRTIO_CONFIG_S_NEEDS_RESET : 0);
    }
    virtio_net_close(g.n);
    check_works(t);
    qtest_quit(t);
}

/*** Rings where no memory is ***/

static void write_rings(VirtioDev *d, unsigned index, uint64_t addr)
{
    unsigned bar = d->common.bar;
    uint32_t at = d->common.offset;

    pci_write(d->f, bar, at + 22, index, 2);
    for (unsigned reg = 32; reg < 56; reg += 8) {
        pci_write(d->f, bar, at + reg, (uint32_t)addr, 4);
        pci_write(d->f, bar, at + reg + 4, addr >> 32, 4);
    }
    pci_write(d->f, bar, at + 28, 1, 2);
}

static void test_rings(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 128M "
                           "-netdev user,id=n0 "
                           "-device virtio-net-pci,netdev=n0");
    PciFn *probe = virtio_find(t, VIRTIO_ID_NET, 0);
    VirtioDev *d = virtio_open(probe, false);
    const uint64_t places[] = {
        d->f->bar[d->common.bar], d->f->msix_table, 0xfee00000, 0xfec00000,
        0xa0000, 0x7ffff000000ull, UINT64_MAX - 0xfff, 127 << 20 | 0xff000,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        virtio_restart(d);
        virtio_negotiate(d, 0);
        for (unsigned q = 0; q < 2; q++) {
            write_rings(d, q, places[i]);
        }
        virtio_start(d);
        for (unsigned q = 0; q < 3; q++) {
            pci_write(d->f, d->notify.bar, d->notify.offset +
                      q * d->notify_multiplier, q, 2);
        }
        json_decref(qtest_qmp(t, "query-status", NULL));
        json_decref(qtest_qmp(t, "query-status", NULL));
    }
    virtio_close(d);
    check_works(t);
    qtest_quit(t);
}

/*** Packets of every length ***/

static void test_lengths(void)
{
    static const size_t steps[] = { 1, 7, 64, 777, 4093 };
    QTest *t = qtest_start("-machine q35 -nodefaults -m 128M "
                           "-netdev user,id=n0,restrict=on "
                           "-device virtio-net-pci,netdev=n0");
    Guest g = guest_open(t);
    g_autofree uint8_t *frame = g_malloc0(NET_FRAME_MAX);

    memset(frame, 0xff, 6);
    memcpy(frame + 6, g.n->mac, 6);
    stw_be_p(frame + 12, 0x0800);
    frame[14] = 0x45;
    for (size_t len = 1; len <= 65537; len += steps[
             len < 80 ? 0 : len < 300 ? 1 : len < 2000 ? 2 :
             len < 9000 ? 3 : 4]) {
        virtio_net_send(g.n, NULL, frame, len);
    }
    virtio_net_send(g.n, NULL, frame, 65537);
    g_assert_cmphex(virtio_status(g.n->d) & VIRTIO_CONFIG_S_NEEDS_RESET, ==,
                    0);
    virtio_net_close(g.n);
    qtest_quit(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-net-hostile/%s",
                                                cases[i].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_case);
    }
    g_test_add_func("/virtio-net-hostile/rings", test_rings);
    g_test_add_func("/virtio-net-hostile/lengths", test_lengths);
    return g_test_run();
}
