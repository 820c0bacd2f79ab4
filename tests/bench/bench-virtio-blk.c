/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-blk in process: requests a second between a driver in this program
 * and a disk that forgets (null-co) or a file in the page cache, by each
 * engine; and interrupts a request.  The driver's own work on the rings is in
 * the figures.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-blk.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/main-loop.h"
#include "sysemu/blockdev.h"
#include "virtio-fixture.h"

#define RING 0x10000
#define HEADERS 0x100000
#define BUFFERS 0x200000
#define BLOCK 4096
#define DISK (64 * 1024 * 1024)

typedef struct Bench {
    VirtIODevice *vdev;
    Driver d;
    GRand *r;
    bool write;
} Bench;

static void *const cookie = (void *)1;

static void add(Bench *b, unsigned int i)
{
    hwaddr at = HEADERS + i * 64;
    DriverBuf bufs[] = {
        { at, sizeof(struct virtio_blk_outhdr), false },
        { BUFFERS + i * BLOCK, BLOCK, !b->write },
        { at + 32, 1, true },
    };
    struct virtio_blk_outhdr hdr = {
        .type = GUINT32_TO_LE(b->write ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN),
        /* Odd blocks: neighbours do not become one transfer. */
        .sector = GUINT64_TO_LE((uint64_t)g_rand_int_range(
            b->r, 0, DISK / BLOCK / 2) * 2 * (BLOCK / 512)),
    };

    memcpy(ram + at, &hdr, sizeof(hdr));
    driver_add(&b->d, bufs, 3, true, cookie);
}

static void batch(Bench *b, unsigned int depth)
{
    unsigned int left = depth;
    uint32_t len;

    for (unsigned int i = 0; i < depth; i++) {
        add(b, i);
    }
    if (driver_should_kick(&b->d)) {
        virtio_queue_notify(b->vdev, 0);
    }
    while (left) {
        if (driver_get(&b->d, &len, NULL) == cookie) {
            left--;
        } else {
            aio_poll(qemu_get_aio_context(), true);
        }
    }
    driver_want_interrupt(&b->d, true);
}

static void measure(Bench *b, const char *disk, unsigned int depth,
                    unsigned int requests)
{
    g_autofree char *title = g_strdup_printf("%s, %s 4 KiB, %u at a time",
                                             disk,
                                             b->write ? "write" : "read",
                                             depth);
    int64_t best = INT64_MAX;
    unsigned int interrupts = 0;

    for (int run = 0; run < 3; run++) {
        int64_t start = g_get_monotonic_time();

        virtio_fixture_interrupts(b->vdev);
        for (unsigned int i = 0; i < requests / depth; i++) {
            batch(b, depth);
        }
        interrupts = virtio_fixture_interrupts(b->vdev);
        best = MIN(best, g_get_monotonic_time() - start);
    }
    printf("%-44s %8.0f krequests/s, %.3f interrupts a request\n", title,
           requests * 1e3 / best, (double)interrupts / requests);
}

static void run(const char *disk, json_t *opts, unsigned int requests)
{
    static const unsigned int depths[] = { 1, 8, 64 };
    static unsigned int serial;
    DeviceState *dev = qdev_new(TYPE_VIRTIO_BLK);
    Bench b = { .r = g_rand_new_with_seed(1) };
    g_autofree char *node = g_strdup_printf("disk%u", serial++);
    Error *err = NULL;

    json_object_set_new(opts, "node-name", json_string(node));
    if (!blockdev_add_json(opts, &err)) {
        printf("%-44s %s\n", disk, error_get_pretty(err));
        error_free(err);
        return;
    }
    object_property_set_str(OBJECT(dev), "drive", node, &error_abort);
    b.vdev = VIRTIO_DEVICE(dev);
    virtio_fixture_plug(b.vdev);
    b.vdev->vm_running = true;
    driver_start(&b.d, b.vdev, 0, 256, ~(1ULL << VIRTIO_F_RING_PACKED), RING);
    for (int write = 0; write < 2; write++) {
        b.write = write;
        for (unsigned int i = 0; i < G_N_ELEMENTS(depths); i++) {
            measure(&b, disk, depths[i], requests);
        }
    }
    /* All of it, so that the image is let go of. */
    object_unparent(OBJECT(qdev_get_parent_bus(DEVICE(b.vdev))->parent));
    g_rand_free(b.r);
}

int main(void)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("bench-blk-XXXXXX", &path, NULL);

    g_assert_cmpint(posix_fallocate(fd, 0, DISK), ==, 0);
    close(fd);
    virtio_fixture_init();
    qemu_init_main_loop(&error_abort);
    run("null-co", json_pack("{s:s, s:i}", "driver", "null-co", "size", DISK),
        512000);
    run("file by threads", json_pack("{s:s, s:s}", "driver", "file",
                                     "filename", path), 64000);
    run("file by io_uring", json_pack("{s:s, s:s, s:s}", "driver", "file",
                                      "filename", path, "aio", "io_uring"),
        64000);
    unlink(path);
    return 0;
}
