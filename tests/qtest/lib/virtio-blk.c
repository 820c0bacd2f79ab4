/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A driver of virtio-blk devices (virtio 1.2, 5.2), on lib/virtio.h. */
#include "virtio-blk.h"
#include <linux/io_uring.h>
#include <sys/syscall.h>

#define QUEUE_LEN 16

static bool opens(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

bool virtio_blk_can(const char *options, const char *image)
{
    struct io_uring_params params = { };
    bool direct = strstr(options, "cache=none") ||
                  strstr(options, "cache=directsync");

    if (strstr(options, "io_uring") &&
        !opens(syscall(SYS_io_uring_setup, 1, &params))) {
        return false;
    }
    return !direct || opens(open(image, O_RDONLY | O_DIRECT));
}

static void start(VirtioBlk *b, uint64_t features)
{
    virtio_negotiate(b->d, features);
    b->q = virtio_queue(b->d, 0, b->d->legacy ? 0 : QUEUE_LEN, 1);
    virtio_start(b->d);
    b->capacity = virtio_config_read(b->d, BLK_CONFIG(capacity), 4) |
                  virtio_config_read(b->d, BLK_CONFIG(capacity) + 4, 4) << 32;
}

VirtioBlk *virtio_blk_open(QTest *t, unsigned nth, bool legacy,
                           uint64_t features)
{
    VirtioBlk *b = g_new0(VirtioBlk, 1);
    PciFn *f = virtio_find(t, VIRTIO_ID_BLOCK, nth);

    g_assert_nonnull(f);
    b->d = virtio_open(f, legacy);
    b->header = qtest_alloc(t, 64, 16);
    b->status = b->header + 32;
    b->data = qtest_alloc(t, BLK_DATA_SIZE, 4096);
    start(b, features);
    return b;
}

void virtio_blk_restart(VirtioBlk *b, uint64_t features)
{
    virtio_restart(b->d);
    start(b, features);
}

void virtio_blk_close(VirtioBlk *b)
{
    virtio_close(b->d);
    g_free(b);
}

unsigned virtio_blk_add(VirtioBlk *b, uint32_t type, uint64_t sector,
                        size_t len, bool read, size_t piece)
{
    struct virtio_blk_outhdr hdr = {
        .type = GUINT32_TO_LE(type), .sector = GUINT64_TO_LE(sector),
    };
    VirtioSeg segs[VIRTIO_SEGS_MAX] = { { b->header, sizeof(hdr) } };
    unsigned n = 1;

    qtest_memwrite(b->d->t, b->header, &hdr, sizeof(hdr));
    qtest_write(b->d->t, b->status, 0xff, 1);
    for (size_t at = 0; at < len; at += piece) {
        segs[n++] = (VirtioSeg) { b->data + at, MIN(piece, len - at), read };
        g_assert_cmpuint(n, <, VIRTIO_SEGS_MAX);
    }
    segs[n++] = (VirtioSeg) { b->status, 1, true };
    return virtio_add(b->q, segs, n, virtio_has(b->d,
                                         VIRTIO_RING_F_INDIRECT_DESC));
}

uint8_t virtio_blk_do(VirtioBlk *b, uint32_t type, uint64_t sector,
                      size_t len, bool read)
{
    unsigned token = virtio_blk_add(b, type, sector, len, read, MAX(len, 1));
    unsigned got;
    uint32_t written;

    virtio_kick(b->q);
    g_assert_true(virtio_wait(b->q, &got, &written));
    g_assert_cmpuint(got, ==, token);
    g_assert_cmpuint(written, ==, (read ? len : 0) + 1);
    return qtest_read(b->d->t, b->status, 1);
}

void virtio_blk_read(VirtioBlk *b, uint64_t sector, void *buf, size_t len)
{
    g_assert_cmpuint(virtio_blk_do(b, VIRTIO_BLK_T_IN, sector, len, true), ==,
                     VIRTIO_BLK_S_OK);
    qtest_memread(b->d->t, b->data, buf, len);
}

void virtio_blk_write(VirtioBlk *b, uint64_t sector, const void *buf,
                      size_t len)
{
    qtest_memwrite(b->d->t, b->data, buf, len);
    g_assert_cmpuint(virtio_blk_do(b, VIRTIO_BLK_T_OUT, sector, len, false),
                     ==, VIRTIO_BLK_S_OK);
}

uint8_t virtio_blk_flush(VirtioBlk *b)
{
    return virtio_blk_do(b, VIRTIO_BLK_T_FLUSH, 0, 0, false);
}

uint8_t virtio_blk_dwz(VirtioBlk *b, uint32_t type, uint64_t sector,
                       uint32_t sectors, uint32_t flags)
{
    struct virtio_blk_discard_write_zeroes seg = {
        .sector = GUINT64_TO_LE(sector),
        .num_sectors = GUINT32_TO_LE(sectors),
        .flags = GUINT32_TO_LE(flags),
    };

    qtest_memwrite(b->d->t, b->data, &seg, sizeof(seg));
    return virtio_blk_do(b, type, 0, sizeof(seg), false);
}
