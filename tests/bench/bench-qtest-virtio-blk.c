/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-blk over qtest, beside the stock emulator: a ring full of requests
 * at a time, to a disk that forgets and to a file in the page cache.  Rings
 * are filled once; a round moves the index on by a ring, kicks, and waits for
 * the device to be through.
 *
 * Runs alternate, and the best of each counts.  On a host with other work the
 * processor time of a request tells more than the rate.  A word of a title as
 * argument: only those.
 */
#include "qemu/osdep.h"
#include "virtio-blk.h"

#define RING 256
#define ROUNDS 200
#define FIRMWARE_SIZE 65536
#define DISK_SIZE (64 * 1024 * 1024)

typedef struct Disk {
    const char *title, *drive;
    bool write;
    uint32_t len;
    bool sync;                  /* each write is on the disk when it ends */
} Disk;

static void wait_used(VirtioQueue *q)
{
    while ((uint16_t)qtest_read(q->d->t, q->used + 2, 2) != q->next_avail) {
        continue;
    }
}

static void fill_ring(QTest *t, VirtioQueue *q, const Disk *d)
{
    uint64_t headers = qtest_alloc(t, RING * 64, 64);
    uint64_t data = qtest_alloc(t, d->len, 4096);

    for (unsigned i = 0; i < RING; i++) {
        struct virtio_blk_outhdr hdr = {
            .type = GUINT32_TO_LE(d->write ? VIRTIO_BLK_T_OUT
                                           : VIRTIO_BLK_T_IN),
            .sector = GUINT64_TO_LE((i * 37 % RING) * 256),
        };
        VirtioSeg segs[] = {
            { headers + i * 64, sizeof(hdr) }, { data, d->len, !d->write },
            { headers + i * 64 + 32, 1, true },
        };

        qtest_memwrite(t, headers + i * 64, &hdr, sizeof(hdr));
        virtio_add(q, segs, 3, true);
    }
    virtio_kick(q);
}

typedef struct Result {
    double rate;                /* 1000 requests/s */
    double cpu_us;              /* of the emulator, for each request */
} Result;

static double cpu_us(QTest *t)
{
    struct timespec ts;
    clockid_t clock;

    g_assert_cmpint(clock_getcpuclockid(qtest_pid(t), &clock), ==, 0);
    g_assert_cmpint(clock_gettime(clock, &ts), ==, 0);
    return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

static void measure(bool stock, const Disk *d, const char *image,
                    const char *firmware, Result *best)
{
    g_autofree char *drive = g_strdup_printf(d->drive, image);
    QTest *t = (stock ? qtest_start_stock : qtest_start)(
        "-machine q35 -nodefaults -m 64M -bios %s %s "
        "-device virtio-blk-pci,drive=d", firmware, drive);
    VirtioDev *v = virtio_open(virtio_find(t, VIRTIO_ID_BLOCK, 0), false);
    VirtioQueue *q;
    int64_t start;
    double rate, cpu;

    if (stock) {
        json_decref(qtest_qmp(t, "cont", NULL));
    }
    /* A driver that knows of flushes has a cache to write to. */
    virtio_negotiate(v, 1ull << VIRTIO_RING_F_INDIRECT_DESC |
                     (d->sync ? 0 : BLK_F(FLUSH)));
    q = virtio_queue(v, 0, RING, VIRTIO_MSI_NO_VECTOR);
    virtio_start(v);
    fill_ring(t, q, d);
    wait_used(q);
    cpu = cpu_us(t);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < ROUNDS; i++) {
        q->next_avail += RING;
        qtest_write(t, q->avail + 2, q->next_avail, 2);
        virtio_kick(q);
        wait_used(q);
    }
    rate = (double)RING * ROUNDS * 1e3 / (g_get_monotonic_time() - start);
    cpu = (cpu_us(t) - cpu) / (RING * ROUNDS);
    best->rate = MAX(best->rate, rate);
    best->cpu_us = best->cpu_us ? MIN(best->cpu_us, cpu) : cpu;
    virtio_close(v);
    qtest_quit(t);
}

static char *make_file(size_t size, int byte)
{
    g_autofree char *data = g_malloc(size);
    char *path = NULL;
    int fd = g_file_open_tmp("bench-blk-XXXXXX", &path, NULL);

    memset(data, byte, size);
    g_assert_cmpint(write(fd, data, size), ==, size);
    close(fd);
    return path;
}

int main(int argc, char **argv)
{
    static const Disk disks[] = {
        { "read 4 KiB, null-co", "-blockdev null-co,node-name=d", false,
          4096 },
        { "write 4 KiB, null-co", "-blockdev null-co,node-name=d", true,
          4096 },
        { "read 4 KiB, file, threads",
          "-drive if=none,id=d,format=raw,file=%s", false, 4096 },
        { "write 4 KiB, file, threads",
          "-drive if=none,id=d,format=raw,file=%s", true, 4096 },
        { "read 4 KiB, file, io_uring",
          "-drive if=none,id=d,format=raw,file=%s,aio=io_uring", false,
          4096 },
        { "write 4 KiB, file, io_uring",
          "-drive if=none,id=d,format=raw,file=%s,aio=io_uring", true, 4096 },
        { "read 64 KiB, file, io_uring",
          "-drive if=none,id=d,format=raw,file=%s,aio=io_uring", false,
          65536 },
        { "write 4 KiB through, file, threads",
          "-drive if=none,id=d,format=raw,file=%s", true, 4096, true },
        { "write 4 KiB through, file, io_uring",
          "-drive if=none,id=d,format=raw,file=%s,aio=io_uring", true, 4096,
          true },
    };
    /* The stock emulator's processor stands there. */
    g_autofree char *firmware = make_file(FIRMWARE_SIZE, 0xf4);
    g_autofree char *image = make_file(DISK_SIZE, 1);

    printf("%-38s %8s %8s %6s   %s\n", "[1000 requests/s]", "ours", "stock",
           "ratio", "processor time of each [us]");
    for (int i = 0; i < G_N_ELEMENTS(disks); i++) {
        Result ours = { }, stock = { };

        if (argc > 1 && !strstr(disks[i].title, argv[1])) {
            continue;
        }
        for (int run = 0; run < 3; run++) {
            measure(false, &disks[i], image, firmware, &ours);
            if (qtest_stock_binary()) {
                measure(true, &disks[i], image, firmware, &stock);
            }
        }
        printf("%-38s %8.1f %8.1f %5.1fx %8.1f %8.1f\n", disks[i].title,
               ours.rate, stock.rate,
               stock.rate ? ours.rate / stock.rate : 0,
               ours.cpu_us, stock.cpu_us);
    }
    unlink(firmware);
    unlink(image);
    return 0;
}
