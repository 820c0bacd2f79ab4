/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An e1000e on the test bus, a wire that records what it sends, and the
 * least of a driver: rings in RAM, MSI-X vectors, descriptors.
 */
#ifndef TESTS_E1000E_FIXTURE_H
#define TESTS_E1000E_FIXTURE_H

#include "../../hw/net/e1000e-internal.h"
#include "pci-testbus.h"

#define NIC_MAC "52:54:00:12:34:56"
#define RX_RING(q) (0x10000 + (q) * 0x1000)
#define TX_RING(q) (0x14000 + (q) * 0x1000)
#define RING_COUNT 16
#define RX_BUFFER(q, i) (0x20000 + ((q) * RING_COUNT + (i)) * 0x4000)
#define TX_BUFFER 0xa0000       /* to the end of RAM */
#define FRAMES_KEPT 64

typedef struct Wire {
    NetClientState nc;
    bool vnet;                  /* takes virtio's header */
    unsigned frames;            /* since last cleared */
    uint8_t *frame[FRAMES_KEPT];
    size_t len[FRAMES_KEPT];
    bool deaf;                  /* counts only */
} Wire;

typedef struct Nic {
    PCIBus *bus;
    PCIDevice *dev;
    E1000EState *s;
    hwaddr regs, msix;          /* BARs */
    Wire *wire;
} Nic;

/* A realized card, BARs mapped, bus master on. */
Nic *nic_new(bool vnet);
void nic_free(Nic *n);

uint32_t nic_read(Nic *n, unsigned reg);
void nic_write(Nic *n, unsigned reg, uint32_t val);
void nic_put(Nic *n, hwaddr addr, const void *buf, size_t len);
void nic_get(Nic *n, hwaddr addr, void *buf, size_t len);

/* Vectors with messages of their own; none delivered before. */
void nic_msix(Nic *n);
/* Messages of the vector since the last call. */
unsigned nic_messages(Nic *n, unsigned vector);
/* On by that much virtual time. */
void nic_step(int64_t ns);

/* Rings with a buffer a descriptor; RCTL is written with rctl and EN. */
void nic_start_rx(Nic *n, uint32_t rctl);
void nic_start_tx(Nic *n);
/* A frame from the wire. */
void nic_inject(Nic *n, const void *frame, size_t len);

/* Puts a descriptor behind the others and tells the card. */
void nic_tx(Nic *n, unsigned q, uint64_t addr, uint32_t lower,
            uint32_t upper);
void nic_tx_context(Nic *n, unsigned q, uint32_t ip, uint32_t tcp,
                    uint32_t lower, uint32_t upper);
void wire_clear(Wire *w);

/* The Internet checksum of a TCP or UDP frame is right (untagged). */
bool frame_checksums_ok(const uint8_t *frame, size_t len);
/*
 * An Ethernet frame with IPv4 or IPv6 and TCP or UDP around payload bytes;
 * its size.  Checksums are those that a driver leaves for segmentation.
 */
size_t make_packet(uint8_t *frame, bool ip4, bool tcp, size_t payload);

#endif /* TESTS_E1000E_FIXTURE_H */
