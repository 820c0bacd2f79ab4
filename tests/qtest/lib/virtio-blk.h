/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A driver of virtio-blk devices: one request at a time, or several. */
#ifndef TESTS_QTEST_VIRTIO_BLK_H
#define TESTS_QTEST_VIRTIO_BLK_H

#include "virtio.h"
#include <linux/virtio_blk.h>

#define BLK_F(name) (1ull << VIRTIO_BLK_F_##name)
#define BLK_CONFIG(field) offsetof(struct virtio_blk_config, field)

typedef struct VirtioBlk {
    VirtioDev *d;
    VirtioQueue *q;             /* queue 0, vector 1 */
    uint64_t header, status, data;      /* one request's; 1 MiB of data */
    uint64_t capacity;          /* in sectors */
} VirtioBlk;

#define BLK_DATA_SIZE (1024 * 1024)

/*
 * Whether this host and the file system of @image have what the drive's
 * @options ask for: io_uring, O_DIRECT.
 */
bool virtio_blk_can(const char *options, const char *image);

/* The @nth disk, negotiated with what it offers of @features, and started. */
VirtioBlk *virtio_blk_open(QTest *t, unsigned nth, bool legacy,
                           uint64_t features);
/* The same after a reset. */
void virtio_blk_restart(VirtioBlk *b, uint64_t features);
void virtio_blk_close(VirtioBlk *b);

/*
 * Offers a request with @len bytes at b->data, for the device to write if
 * @read, as one buffer or in pieces of @piece bytes; returns its token.
 */
unsigned virtio_blk_add(VirtioBlk *b, uint32_t type, uint64_t sector,
                        size_t len, bool read, size_t piece);
/* The same, kicked and waited for; returns the status. */
uint8_t virtio_blk_do(VirtioBlk *b, uint32_t type, uint64_t sector,
                      size_t len, bool read);
/* @len bytes from the disk, or to it; the status must be OK. */
void virtio_blk_read(VirtioBlk *b, uint64_t sector, void *buf, size_t len);
void virtio_blk_write(VirtioBlk *b, uint64_t sector, const void *buf,
                      size_t len);
uint8_t virtio_blk_flush(VirtioBlk *b);
/* DISCARD or WRITE_ZEROES of one segment. */
uint8_t virtio_blk_dwz(VirtioBlk *b, uint32_t type, uint64_t sector,
                       uint32_t sectors, uint32_t flags);

#endif /* TESTS_QTEST_VIRTIO_BLK_H */
