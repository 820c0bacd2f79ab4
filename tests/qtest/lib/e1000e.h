/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A driver of the Intel 82574L (its data sheet, chapter 4): one receive and
 * one transmit ring, extended descriptors, checksums by the card, interrupts
 * by INTx or MSI-X.
 */
#ifndef TESTS_QTEST_E1000E_H
#define TESTS_QTEST_E1000E_H

#include "net.h"
#include "pci.h"

#define E1000E_RING 32
#define E1000E_BUFFER 2048

/* Vectors as the driver assigns them. */
enum { E1000E_RX_VECTOR, E1000E_TX_VECTOR, E1000E_OTHER_VECTOR };

typedef struct E1000EDriver {
    QTest *t;
    PciFn *f;
    bool msix;
    uint8_t mac[6];
    uint64_t rx_ring, tx_ring, rx_ram, tx_ram;
    unsigned rx_next, tx_next;
    uint32_t rx_status;         /* of the last frame received */
    /* Messages seen; one may be of several frames received. */
    unsigned rx_messages, tx_messages;
} E1000EDriver;

/* The first card of the machine: reset, set up, receiving. */
E1000EDriver *e1000e_open(QTest *t, bool msix);
void e1000e_close(E1000EDriver *d);

uint32_t e1000e_read(E1000EDriver *d, unsigned reg);
void e1000e_write(E1000EDriver *d, unsigned reg, uint32_t val);

/*
 * Sends a frame whose checksums the card is to make, if it is IPv4 with TCP
 * or UDP, and which it cuts, if it is TCP and too long; returns once it is
 * gone.  With MSI-X its message must have come.
 */
void e1000e_send(E1000EDriver *d, const void *frame, size_t len);
/* As NetPort.receive; virtual time goes on while it waits. */
size_t e1000e_receive(E1000EDriver *d, void *frame, size_t max, bool wait);
NetPort e1000e_port(E1000EDriver *d);

#endif
