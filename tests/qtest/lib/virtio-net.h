/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A driver of virtio network cards (virtio 1.2 section 5.1): one pair of
 * queues and the control queue, each with a vector of its own.
 */
#ifndef TESTS_QTEST_VIRTIO_NET_H
#define TESTS_QTEST_VIRTIO_NET_H

#include <linux/virtio_net.h>
#include "net.h"
#include "virtio.h"

#define VIRTIO_NET_RX_BUFFERS 32

typedef struct VirtioNetDriver {
    VirtioDev *d;
    VirtioQueue *rx, *tx, *ctrl;        /* ctrl: NULL without VIRTIO_NET_F_CTRL_VQ */
    uint8_t mac[6];
    size_t header;
    size_t rx_size;             /* of a buffer */
    uint64_t rx_ram, tx_ram, ctrl_ram;
    unsigned rx_of_token[1024]; /* which buffer it is */
    /* Header of the last frame received, in the device's byte order. */
    struct virtio_net_hdr_v1_hash last;
    bool indirect;
} VirtioNetDriver;

/*
 * The @nth card, with what it offers of @features; buffers of 64 KiB where
 * the device may send as much.  @size is that of its queues, 0 for the most.
 */
VirtioNetDriver *virtio_net_open(QTest *t, unsigned nth, bool legacy,
                                 uint64_t features, unsigned size);
void virtio_net_close(VirtioNetDriver *n);

/*
 * Makes @n, a copy of an open card, drive the pair of queues number @pair with
 * vectors from @vector on; closing the card ends that, too.
 */
void virtio_net_add_pair(VirtioNetDriver *n, unsigned pair, unsigned size,
                         uint16_t vector);

/* @hdr NULL: no offloads.  Returns once the device has used the buffer. */
void virtio_net_send(VirtioNetDriver *n, const struct virtio_net_hdr_v1 *hdr,
                     const void *frame, size_t len);
/* As NetPort.receive; virtual time goes on while it waits. */
size_t virtio_net_receive(VirtioNetDriver *n, void *frame, size_t max,
                          bool wait);
/* What a NetHost needs; checksums left to the driver are made good. */
NetPort virtio_net_port(VirtioNetDriver *n);

/* A control command: VIRTIO_NET_OK or VIRTIO_NET_ERR. */
uint8_t virtio_net_command(VirtioNetDriver *n, uint8_t class, uint8_t cmd,
                           const void *data, size_t len);

#endif
