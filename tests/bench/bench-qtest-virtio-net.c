/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-net over qtest, beside the stock emulator: a ring full of packets at
 * a time, sent to nobody, and to and from a datagram socket.  Rings are filled
 * once; a round moves the index on by a ring, kicks, and waits for the device
 * to be through.
 */
#include "qemu/osdep.h"
#include <sys/socket.h>
#include "virtio-net.h"

#define RING 256
#define ROUNDS 300

typedef struct Side {
    QTest *t;
    VirtioDev *d;
    VirtioQueue *rx, *tx;
    int fd;
} Side;

static void wait_used(VirtioQueue *q)
{
    while ((uint16_t)qtest_read(q->d->t, q->used + 2, 2) != q->next_avail) {
        continue;
    }
}

/* All slots again. */
static void offer_ring(VirtioQueue *q)
{
    q->next_avail += RING;
    qtest_write(q->d->t, q->avail + 2, q->next_avail, 2);
    virtio_kick(q);
}

static void fill_ring(VirtioQueue *q, uint32_t len, bool write)
{
    uint64_t ram = qtest_alloc(q->d->t, RING * 2048, 4096);

    qtest_memset(q->d->t, ram, 0, RING * 2048);
    for (unsigned i = 0; i < RING; i++) {
        VirtioSeg seg = { ram + i * 2048, len, write };

        virtio_add(q, &seg, 1, false);
    }
    virtio_kick(q);
}

static void side_start(Side *s, bool stock, const char *netdev, int fd,
                       const char *firmware)
{
    s->t = (stock ? qtest_start_stock : qtest_start)(
        "-machine q35 -nodefaults -m 64M -bios %s %s "
        "-device virtio-net-pci,romfile=%s", firmware, netdev,
        fd >= 0 ? ",netdev=n0" : "");
    s->fd = fd;
    if (stock) {
        json_decref(qtest_qmp(s->t, "cont", NULL));
    }
    s->d = virtio_open(virtio_find(s->t, VIRTIO_ID_NET, 0), false);
    virtio_negotiate(s->d, 0);
    s->rx = virtio_queue(s->d, 0, RING, VIRTIO_MSI_NO_VECTOR);
    s->tx = virtio_queue(s->d, 1, RING, VIRTIO_MSI_NO_VECTOR);
    virtio_start(s->d);
}

static void drain(int fd)
{
    uint8_t frame[2048];

    while (fd >= 0 && recv(fd, frame, sizeof(frame), MSG_DONTWAIT) > 0) {
        continue;
    }
}

/* The other end reads meanwhile, as datagrams beyond a few make it wait. */
static gpointer reader(gpointer fd)
{
    uint8_t frame[2048];

    while (recv(GPOINTER_TO_INT(fd), frame, sizeof(frame), 0) > 1) {
        continue;
    }
    return NULL;
}

static double bench_send(Side *s, uint32_t len)
{
    int64_t start;

    fill_ring(s->tx, 12 + len, false);
    wait_used(s->tx);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < ROUNDS; i++) {
        offer_ring(s->tx);
        wait_used(s->tx);
    }
    return (double)RING * ROUNDS * 1e3 / (g_get_monotonic_time() - start);
}

static double bench_receive(Side *s, uint32_t len)
{
    uint8_t frame[2048];
    int64_t start;

    memset(frame, 0xff, sizeof(frame));
    fill_ring(s->rx, 2048, true);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i) {
            offer_ring(s->rx);
        }
        for (unsigned n = 0; n < RING; n++) {
            send(s->fd, frame, len, 0);
        }
        wait_used(s->rx);
    }
    return (double)RING * ROUNDS * 1e3 / (g_get_monotonic_time() - start);
}

static double measure(bool stock, bool wire, bool receive, uint32_t len,
                      const char *firmware)
{
    g_autofree char *netdev = NULL;
    GThread *thread = NULL;
    int fds[2] = { -1, -1 };
    double rate;
    Side s;

    if (wire) {
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), ==, 0);
        fcntl(fds[0], F_SETFD, FD_CLOEXEC);
        netdev = g_strdup_printf("-netdev socket,id=n0,fd=%d", fds[1]);
    }
    side_start(&s, stock, wire ? netdev : "", fds[0],
               firmware);
    if (wire && !receive) {
        thread = g_thread_new("reader", reader, GINT_TO_POINTER(fds[0]));
    }
    rate = receive ? bench_receive(&s, len) : bench_send(&s, len);
    if (thread) {
        /* One byte ends the reader. */
        send(fds[1], "", 1, 0);
        g_thread_join(thread);
    }
    drain(fds[0]);
    virtio_close(s.d);
    qtest_quit(s.t);
    if (wire) {
        close(fds[0]);
        close(fds[1]);
    }
    return rate;
}

static void compare(const char *title, bool wire, bool receive, uint32_t len,
                    const char *firmware)
{
    double ours = 0, stock = 0;

    for (int run = 0; run < 3; run++) {
        ours = MAX(ours, measure(false, wire, receive, len, firmware));
        if (qtest_stock_binary()) {
            stock = MAX(stock, measure(true, wire, receive, len, firmware));
        }
    }
    printf("%-40s %9.0f %9.0f %7.1fx\n", title, ours, stock,
           stock ? ours / stock : 0);
}

int main(void)
{
    g_autofree char *firmware = qtest_halting_firmware();

    printf("%-40s %9s %9s %8s\n", "[1000 packets/s]", "ours", "stock",
           "ratio");
    compare("send 60 bytes to nobody", false, false, 60, firmware);
    compare("send 1514 bytes to nobody", false, false, 1514, firmware);
    compare("send 60 bytes to a socket", true, false, 60, firmware);
    compare("send 1514 bytes to a socket", true, false, 1514, firmware);
    compare("receive 60 bytes from a socket", true, true, 60, firmware);
    compare("receive 1514 bytes from a socket", true, true, 1514, firmware);
    unlink(firmware);
    return 0;
}
