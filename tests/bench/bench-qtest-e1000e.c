/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The e1000e over qtest, beside the stock emulator: most of a ring at a time,
 * sent to nobody, and from a datagram socket.  Descriptors are written once; a
 * round moves the tail on and waits until the head is there.
 */
#include "qemu/osdep.h"
#include <sys/socket.h>
#include "e1000e.h"

#define RING 256
#define ROUNDS 300

enum {
    RCTL = 0x100, TCTL = 0x400, RFCTL = 0x5008,
    RDBAL = 0x2800, RDLEN = 0x2808, RDH = 0x2810, RDT = 0x2818,
    TDBAL = 0x3800, TDLEN = 0x3808, TDH = 0x3810, TDT = 0x3818,
};

static E1000EDriver *side_start(bool stock, const char *netdev,
                                const char *firmware)
{
    QTest *t = (stock ? qtest_start_stock : qtest_start)(
        "-machine q35 -nodefaults -m 64M -bios %s %s "
        "-device e1000e,romfile=%s", firmware, netdev,
        *netdev ? ",netdev=n0" : "");

    if (stock) {
        json_decref(qtest_qmp(t, "cont", NULL));
    }
    return e1000e_open(t, false);
}

static void ring_of(E1000EDriver *d, unsigned base, unsigned length,
                    uint64_t command)
{
    uint64_t ram = qtest_alloc(d->t, RING * 2048, 4096);
    uint64_t at = qtest_alloc(d->t, RING * 16, 4096);

    qtest_memset(d->t, ram, 0xff, RING * 2048);
    for (unsigned i = 0; i < RING; i++) {
        uint64_t words[2] = { ram + i * 2048, command };

        qtest_memwrite(d->t, at + 16 * i, words, sizeof(words));
    }
    e1000e_write(d, base, at);
    e1000e_write(d, length, RING * 16);
}

static void wait_head(E1000EDriver *d, unsigned head, unsigned tail)
{
    while (e1000e_read(d, head) != tail) {
        continue;
    }
}

static double bench_send(E1000EDriver *d, uint32_t len)
{
    unsigned tail = 0;
    int64_t start;

    e1000e_write(d, TCTL, 0);
    ring_of(d, TDBAL, TDLEN, 0x0b000000 | len);
    e1000e_write(d, TDH, 0);
    e1000e_write(d, TDT, 0);
    e1000e_write(d, TCTL, 2);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < ROUNDS; i++) {
        tail = (tail + RING - 1) % RING;
        e1000e_write(d, TDT, tail);
        wait_head(d, TDH, tail);
    }
    return (RING - 1.0) * ROUNDS * 1e3 / (g_get_monotonic_time() - start);
}

/* Legacy descriptors, whose addresses stay. */
static double bench_receive(E1000EDriver *d, uint32_t len, int fd)
{
    uint8_t frame[2048];
    unsigned tail = 0;
    int64_t start;

    memset(frame, 0xff, sizeof(frame));
    e1000e_write(d, RCTL, 0);
    e1000e_write(d, RFCTL, 0);
    ring_of(d, RDBAL, RDLEN, 0);
    e1000e_write(d, RDH, 0);
    e1000e_write(d, RDT, 0);
    e1000e_write(d, RCTL, 1u << 26 | 1u << 15 | 2);
    start = g_get_monotonic_time();
    for (unsigned i = 0; i < ROUNDS; i++) {
        tail = (tail + RING - 1) % RING;
        e1000e_write(d, RDT, tail);
        for (unsigned n = 0; n < RING - 1; n++) {
            send(fd, frame, len, 0);
        }
        wait_head(d, RDH, tail);
    }
    return (RING - 1.0) * ROUNDS * 1e3 / (g_get_monotonic_time() - start);
}

static double measure(bool stock, bool receive, uint32_t len,
                      const char *firmware)
{
    g_autofree char *netdev = g_strdup("");
    int fds[2] = { -1, -1 };
    E1000EDriver *d;
    QTest *t;
    double rate;

    if (receive) {
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), ==, 0);
        fcntl(fds[0], F_SETFD, FD_CLOEXEC);
        g_free(netdev);
        netdev = g_strdup_printf("-netdev socket,id=n0,fd=%d", fds[1]);
    }
    d = side_start(stock, netdev, firmware);
    t = d->t;
    rate = receive ? bench_receive(d, len, fds[0]) : bench_send(d, len);
    e1000e_close(d);
    qtest_quit(t);
    if (receive) {
        close(fds[0]);
        close(fds[1]);
    }
    return rate;
}

static void compare(const char *title, bool receive, uint32_t len,
                    const char *firmware)
{
    double ours = 0, stock = 0;

    for (int run = 0; run < 3; run++) {
        ours = MAX(ours, measure(false, receive, len, firmware));
        if (qtest_stock_binary()) {
            stock = MAX(stock, measure(true, receive, len, firmware));
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
    compare("send 60 bytes to nobody", false, 60, firmware);
    compare("send 1514 bytes to nobody", false, 1514, firmware);
    compare("receive 60 bytes from a socket", true, 60, firmware);
    compare("receive 1514 bytes from a socket", true, 1514, firmware);
    unlink(firmware);
    return 0;
}
