/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The e1000e in process: packets a second each way, and MSI-X messages a
 * packet with and without throttling (EITR), at one packet a microsecond of
 * virtual time.
 */
#include "qemu/osdep.h"
#include "e1000e-fixture.h"

#define PACKETS 400000
#define COUNT 128               /* of descriptors */
#define RING 0x18000
#define LAST (TXD_CMD_EOP | TXD_CMD_RS | TXD_CMD_IFCS)
#define DATA (TXD_CMD_DEXT | TXD_DTYP_DATA << TXD_DTYP_SHIFT)

static double seconds(int64_t since)
{
    return (g_get_monotonic_time() - since) / 1e6;
}

static void report(const char *what, unsigned len, unsigned packets,
                   double time)
{
    printf("%-34s %5u bytes %10.0f packets/s %8.1f ns\n", what, len,
           packets / time, time * 1e9 / packets);
}

static void transmit(unsigned len)
{
    Nic *n = nic_new(false);
    int64_t start;

    n->wire->deaf = true;
    nic_msix(n);
    nic_write(n, R_TDBAL, RING);
    nic_write(n, R_TDLEN, COUNT * 16);
    for (unsigned i = 0; i < COUNT; i++) {
        pci_testbus_write(n->bus, RING + 16 * i, TX_BUFFER, 8);
        pci_testbus_write(n->bus, RING + 16 * i + 8, LAST | len, 8);
    }
    nic_write(n, R_TCTL, TCTL_EN);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < PACKETS; i += COUNT / 2) {
        nic_write(n, R_TDT, (i + COUNT / 2) % COUNT);
    }
    report("transmit, 64 a doorbell", len, PACKETS, seconds(start));
    nic_free(n);
}

static void transmit_tso(void)
{
    static uint8_t frame[70000];
    const unsigned payload = 60000, mss = 1448, rounds = 5000;
    Nic *n = nic_new(false);
    size_t len = make_packet(frame, true, true, payload);
    int64_t start;

    n->wire->deaf = true;
    nic_start_tx(n);
    nic_put(n, TX_BUFFER, frame, len);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < rounds; i++) {
        nic_tx_context(n, 0, 14 | 24 << 8 | 33 << 16, 34 | 50 << 8,
                       TXD_TUCMD_TCP | TXD_TUCMD_IP | TXD_CMD_TSE | payload,
                       54 << 8 | mss << 16);
        nic_tx(n, 0, TX_BUFFER, DATA | TXD_CMD_TSE | LAST | len, 3 << 8);
    }
    report("transmit, segmented in software", mss + 54, n->wire->frames,
           seconds(start));
    nic_free(n);
}

static void start_receiver(Nic *n)
{
    nic_msix(n);
    nic_write(n, R_RDBAL, RING);
    nic_write(n, R_RDLEN, COUNT * 16);
    for (unsigned i = 0; i < COUNT; i++) {
        pci_testbus_write(n->bus, RING + 16 * i, 0x20000 + 2048 * i, 8);
    }
    nic_write(n, R_RDT, COUNT - 1);
    nic_write(n, R_EIAC, INT_RXQ(0));
    nic_write(n, R_CTRL_EXT, CTRL_EXT_IAME);
    nic_write(n, R_IMS, INT_RXQ(0));
    nic_write(n, R_RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC);
}

static void receive(unsigned len)
{
    static uint8_t frame[1514];
    Nic *n = nic_new(false);
    int64_t start;

    make_packet(frame, true, true, len - 54);
    start_receiver(n);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < PACKETS; i++) {
        nic_inject(n, frame, len);
        if (i % 32 == 31) {
            nic_write(n, R_RDT, (i + COUNT) % COUNT);
            pci_testbus_clear_messages();
        }
    }
    report("receive", len, PACKETS, seconds(start));
    nic_free(n);
}

static void messages(unsigned eitr)
{
    static uint8_t frame[60];
    const unsigned packets = 100000;
    Nic *n = nic_new(false);
    unsigned seen = 0;

    make_packet(frame, true, true, 6);
    start_receiver(n);
    nic_write(n, R_EITR, eitr);
    for (unsigned i = 0; i < packets; i++) {
        nic_inject(n, frame, sizeof(frame));
        nic_step(1000);
        if (i % 32 == 31) {
            nic_write(n, R_RDT, (i + COUNT) % COUNT);
        }
        seen += nic_messages(n, 0);
    }
    printf("receive, EITR %4u (%4u us) %22.4f messages a packet\n", eitr,
           eitr * 256 / 1000, (double)seen / packets);
    nic_free(n);
}

int main(void)
{
    pci_testbus_init();
    qemu_clock_virtual_set_manual();
    transmit(60);
    transmit(1514);
    transmit_tso();
    receive(60);
    receive(1514);
    messages(0);
    messages(195);              /* 20000 a second */
    messages(976);              /* 4000 a second */
    return 0;
}
