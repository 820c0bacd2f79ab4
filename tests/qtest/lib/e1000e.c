/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver of the 82574L (e1000e.h). */
#include "e1000e.h"
#include "net-host.h"

enum {
    CTRL = 0x0000, STATUS = 0x0008, EERD = 0x0014, CTRL_EXT = 0x0018,
    ICR = 0x00c0, IMS = 0x00d0, IMC = 0x00d8, EIAC = 0x00dc, IVAR = 0x00e4,
    RCTL = 0x0100, TCTL = 0x0400, RXCSUM = 0x5000, RFCTL = 0x5008,
    RDBAL = 0x2800, RDBAH = 0x2804, RDLEN = 0x2808, RDT = 0x2818,
    TDBAL = 0x3800, TDBAH = 0x3804, TDLEN = 0x3808, TDT = 0x3818,
};

#define CTRL_RST (1u << 26)
#define CTRL_EXT_IAME (1u << 27)
#define STATUS_LU (1u << 1)
#define CAUSES (1u << 2 | 1u << 7 | 1u << 20 | 1u << 22 | 1u << 24)
#define RXS_DD 1u
#define RXS_EOP 2u
#define TX_DATA (1u << 29 | 1u << 20)
#define TX_LAST (0x0bu << 24)           /* EOP, IFCS, RS */
#define TX_TSE (1u << 26)
#define MAX_FRAME 1514
#define STEP_NS 1000000
#define PATIENCE_MS 5000

uint32_t e1000e_read(E1000EDriver *d, unsigned reg)
{
    return pci_read(d->f, 0, reg, 4);
}

void e1000e_write(E1000EDriver *d, unsigned reg, uint32_t val)
{
    pci_write(d->f, 0, reg, val, 4);
}

static void offer_rx(E1000EDriver *d, unsigned i)
{
    uint64_t words[2] = { d->rx_ram + i * E1000E_BUFFER, 0 };

    qtest_memwrite(d->t, d->rx_ring + 16 * i, words, sizeof(words));
}

static void set_up_rings(E1000EDriver *d)
{
    d->rx_ring = qtest_alloc(d->t, E1000E_RING * 16, 4096);
    d->tx_ring = qtest_alloc(d->t, E1000E_RING * 16, 4096);
    d->rx_ram = qtest_alloc(d->t, E1000E_RING * E1000E_BUFFER, 4096);
    d->tx_ram = qtest_alloc(d->t, NET_FRAME_MAX, 4096);
    for (unsigned i = 0; i < E1000E_RING; i++) {
        offer_rx(d, i);
    }
    e1000e_write(d, RDBAL, d->rx_ring);
    e1000e_write(d, RDBAH, 0);
    e1000e_write(d, RDLEN, E1000E_RING * 16);
    e1000e_write(d, TDBAL, d->tx_ring);
    e1000e_write(d, TDBAH, 0);
    e1000e_write(d, TDLEN, E1000E_RING * 16);
    e1000e_write(d, RFCTL, 1u << 15 | 1u << 12);        /* EXSTEN, ACKDIS */
    e1000e_write(d, RXCSUM, 3u << 8);
    e1000e_write(d, TCTL, 0x3f << 12 | 0xf << 4 | 1u << 3 | 1u << 1);
    e1000e_write(d, RCTL, 1u << 26 | 1u << 15 | 1u << 1);
    e1000e_write(d, RDT, E1000E_RING - 1);
}

static void read_mac(E1000EDriver *d)
{
    for (unsigned word = 0; word < 3; word++) {
        uint32_t val;

        e1000e_write(d, EERD, word << 2 | 1);
        val = e1000e_read(d, EERD);
        g_assert_cmphex(val & 2, ==, 2);
        d->mac[2 * word] = val >> 16;
        d->mac[2 * word + 1] = val >> 24;
    }
}

E1000EDriver *e1000e_open(QTest *t, bool msix)
{
    E1000EDriver *d = g_new0(E1000EDriver, 1);

    d->t = t;
    d->msix = msix;
    d->f = pci_find(t, 0x8086, 0x10d3, 0);
    g_assert_nonnull(d->f);
    pci_enable(d->f);
    e1000e_write(d, IMC, UINT32_MAX);
    e1000e_write(d, CTRL, e1000e_read(d, CTRL) | CTRL_RST);
    e1000e_write(d, IMC, UINT32_MAX);
    e1000e_read(d, ICR);
    read_mac(d);
    if (msix) {
        msix_setup(d->f);
        e1000e_write(d, IVAR, (8u | E1000E_RX_VECTOR) |
                              (8u | E1000E_TX_VECTOR) << 8 |
                              (8u | E1000E_OTHER_VECTOR) << 16);
        e1000e_write(d, EIAC, 1u << 20 | 1u << 22);
        e1000e_write(d, CTRL_EXT, CTRL_EXT_IAME);
    }
    set_up_rings(d);
    e1000e_write(d, IMS, CAUSES);
    for (int ms = 0; !(e1000e_read(d, STATUS) & STATUS_LU); ms++) {
        g_assert_cmpint(ms, <, PATIENCE_MS);
        qtest_clock_step(t, STEP_NS);
    }
    return d;
}

void e1000e_close(E1000EDriver *d)
{
    e1000e_write(d, RCTL, 0);
    e1000e_write(d, TCTL, 0);
    e1000e_write(d, IMC, UINT32_MAX);
    g_free(d->f);
    g_free(d);
}

static void put_tx(E1000EDriver *d, uint64_t a, uint32_t lower,
                   uint32_t upper)
{
    uint64_t words[2] = { a, lower | (uint64_t)upper << 32 };

    qtest_memwrite(d->t, d->tx_ring + 16 * d->tx_next, words, sizeof(words));
    d->tx_next = (d->tx_next + 1) % E1000E_RING;
}

/*
 * Takes checksums out of the frame, which the card is to put there, and lets
 * it cut what is too long.  Returns the options of data descriptors.
 */
static uint32_t prepare_offloads(E1000EDriver *d, uint8_t *frame, size_t len,
                                 uint32_t *command)
{
    unsigned proto = frame[23], field = proto == IPPROTO_TCP ? 50 : 40;
    bool tcp = proto == IPPROTO_TCP, large = tcp && len > MAX_FRAME;
    uint32_t sum;

    if (len < 54 || lduw_be_p(frame + 12) != ETH_P_IP || frame[14] != 0x45 ||
        (!tcp && proto != IPPROTO_UDP)) {
        return 0;
    }
    stw_be_p(frame + 24, 0);
    /* The pseudo header, without the length where that is of segments. */
    sum = net_checksum(proto + (large ? 0 : lduw_be_p(frame + 16) - 20),
                       frame + 26, 8);
    stw_be_p(frame + field, ~net_checksum_end(sum));
    put_tx(d, 14u | 24u << 8 | 33u << 16 | 34ull << 32 |
              (uint64_t)field << 40,
           1u << 29 | 1u << 25 | (unsigned)tcp << 24 |
           (large ? TX_TSE | (len - 54) : 0),
           large ? 54u << 8 | (MAX_FRAME - 54u) << 16 : 0);
    *command |= large ? TX_TSE : 0;
    return 3u << 8;
}

void e1000e_send(E1000EDriver *d, const void *frame, size_t len)
{
    g_autofree uint8_t *copy = g_memdup2(frame, len);
    uint32_t command = TX_DATA | TX_LAST, options, at;

    options = prepare_offloads(d, copy, len, &command);
    at = d->tx_next;
    qtest_memwrite(d->t, d->tx_ram, copy, len);
    put_tx(d, d->tx_ram, command | len, options);
    e1000e_write(d, TDT, d->tx_next);
    g_assert_cmphex(qtest_read(d->t, d->tx_ring + 16 * at + 12, 1) & 1, ==,
                    1);
    if (d->msix) {
        g_assert_true(msix_wait(d->f, E1000E_TX_VECTOR));
        d->tx_messages++;
    }
}

size_t e1000e_receive(E1000EDriver *d, void *frame, size_t max, bool wait)
{
    uint64_t desc = d->rx_ring + 16 * d->rx_next;
    size_t len;

    for (int ms = 0; !(qtest_read(d->t, desc + 8, 4) & RXS_DD); ms++) {
        if (!wait || ms == PATIENCE_MS) {
            return 0;
        }
        g_usleep(1000);
        qtest_clock_step(d->t, STEP_NS);
    }
    if (d->msix) {
        d->rx_messages += msix_take(d->f, E1000E_RX_VECTOR);
    }
    d->rx_status = qtest_read(d->t, desc + 8, 4);
    g_assert_cmphex(d->rx_status & RXS_EOP, ==, RXS_EOP);
    len = MIN(qtest_read(d->t, desc + 12, 2), max);
    qtest_memread(d->t, d->rx_ram + d->rx_next * E1000E_BUFFER, frame, len);
    offer_rx(d, d->rx_next);
    e1000e_write(d, RDT, d->rx_next);
    d->rx_next = (d->rx_next + 1) % E1000E_RING;
    return len;
}

static void port_send(void *opaque, const void *frame, size_t len)
{
    e1000e_send(opaque, frame, len);
}

static size_t port_receive(void *opaque, void *frame, size_t max, bool wait)
{
    return e1000e_receive(opaque, frame, max, wait);
}

NetPort e1000e_port(E1000EDriver *d)
{
    return (NetPort) { port_send, port_receive, d };
}
