/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floppy disk controller of the board pc: commands, DMA and programmed
 * transfers on a real image, changes of the medium, and bad commands.
 */
#include "image.h"
#include "pci.h"
#include <glib/gstdio.h>

#define DOR 0x3f2
#define MSR 0x3f4
#define FIFO 0x3f5
#define DIR 0x3f7
#define BUF 0x100000

static QTest *t;
static char *path;

static void outb(uint16_t port, uint8_t val)
{
    qtest_out(t, port, val, 1);
}

static uint8_t inb(uint16_t port)
{
    return qtest_in(t, port, 1);
}

/* Until it takes or gives a byte. */
static uint8_t wait_ready(void)
{
    for (int i = 0; i < 30000; i++) {
        uint8_t status = inb(MSR);

        if (status & 0x80) {
            return status;
        }
    }
    g_error("main status 0x%02x", inb(MSR));
}

static void reset(uint8_t dor)
{
    outb(DOR, dor & ~0x04);
    g_assert_cmphex(inb(MSR), ==, 0x00);
    outb(DOR, dor);
    for (int i = 0; i < 4; i++) {
        outb(FIFO, 0x08);
        g_assert_cmphex(inb(FIFO), ==, 0xc0 | i);
        inb(FIFO);
    }
    outb(FIFO, 0x08);
    g_assert_cmphex(inb(FIFO), ==, 0x80);
}

static void start(size_t size)
{
    path = image_make(size);
    t = qtest_start("-machine pc -nodefaults -m 64M "
                    "-drive file=%s,format=raw,if=floppy,id=fd", path);
    reset(0x1c);
}

static void stop(void)
{
    qtest_quit(t);
    g_unlink(path);
    g_free(path);
}

static void send(const uint8_t *cmd, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_assert_cmphex(wait_ready() & 0xc0, ==, 0x80);
        outb(FIFO, cmd[i]);
    }
}

/* All of the result; how long it is. */
static unsigned result(uint8_t *buf)
{
    unsigned n = 0;

    while ((wait_ready() & 0xd0) == 0xd0 && n < 16) {
        buf[n++] = inb(FIFO);
    }
    return n;
}

#define SEND(...) \
    send((const uint8_t []) { __VA_ARGS__ }, \
         sizeof((const uint8_t []) { __VA_ARGS__ }))

static void program_dma(uint8_t mode, unsigned len)
{
    outb(0x0a, 0x06);
    outb(0x0c, 0x00);
    outb(0x0b, mode | 2);
    outb(0x04, BUF & 0xff);
    outb(0x04, BUF >> 8 & 0xff);
    outb(0x81, BUF >> 16);
    outb(0x05, (len - 1) & 0xff);
    outb(0x05, (len - 1) >> 8);
    outb(0x0a, 0x02);
}

/* READ or WRITE DATA at a place; status register 0 of the result. */
static uint8_t transfer(uint8_t code, uint8_t track, uint8_t head,
                        uint8_t sect, uint8_t *res)
{
    SEND(code, head << 2, track, head, sect, 2, 18, 0x1b, 0xff);
    g_assert_cmpuint(result(res), ==, 7);
    return res[0];
}

static size_t offset(unsigned track, unsigned head, unsigned sect)
{
    return ((track * 2 + head) * 18 + sect - 1) * 512;
}

static void assert_pattern_at(uint64_t addr, size_t len, size_t at)
{
    g_autofree uint8_t *buf = g_malloc(len);

    qtest_memread(t, addr, buf, len);
    for (size_t i = 0; i < len; i++) {
        if (buf[i] != image_pattern(at + i)) {
            g_assert_cmphex(buf[i], ==, image_pattern(at + i));
        }
    }
}

static void assert_in_file(size_t at, uint8_t val, size_t len)
{
    g_autofree char *all = NULL;
    gsize size;

    g_assert_true(g_file_get_contents(path, &all, &size, NULL));
    for (size_t i = 0; i < len; i++) {
        g_assert_cmphex((uint8_t)all[at + i], ==, val);
    }
}

/*** Commands without data ***/

static void test_commands(void)
{
    uint8_t res[16];

    start(1474560);
    SEND(0x10);
    g_assert_cmpuint(result(res), ==, 1);
    g_assert_cmphex(res[0], ==, 0x90);
    SEND(0x18);
    result(res);
    g_assert_cmphex(res[0], ==, 0x41);
    SEND(0x1f);
    result(res);
    g_assert_cmphex(res[0], ==, 0x80);
    /* What is set shows in the dump. */
    SEND(0x03, 0xd1, 0x04);
    SEND(0x13, 0x00, 0x57, 0x12);
    SEND(0x94);
    result(res);
    g_assert_cmphex(res[0], ==, 0x10);
    SEND(0x0e);
    g_assert_cmpuint(result(res), ==, 10);
    g_assert_cmphex(res[4], ==, 0x0d);
    g_assert_cmphex(res[5], ==, 0x05);
    g_assert_cmphex(res[6], ==, 18);
    g_assert_cmphex(res[7] & 0x80, ==, 0x80);
    g_assert_cmphex(res[8], ==, 0x57);
    g_assert_cmphex(res[9], ==, 0x12);
    stop();
}

static void test_seek(void)
{
    uint8_t res[16];

    start(1474560);
    qtest_irq_intercept_in(t, "/machine/i440fx/ioapic");
    g_assert_cmphex(inb(DIR) & 0x80, ==, 0x80);
    SEND(0x0f, 0x00, 40);
    g_assert_true(qtest_irq_level(t, 6));
    SEND(0x08);
    g_assert_cmpuint(result(res), ==, 2);
    g_assert_cmphex(res[0], ==, 0x20);
    g_assert_cmpuint(res[1], ==, 40);
    g_assert_false(qtest_irq_level(t, 6));
    /* The step told the drive that its medium is known. */
    g_assert_cmphex(inb(DIR) & 0x80, ==, 0);
    SEND(0x04, 0x00);
    result(res);
    g_assert_cmphex(res[0] & 0x10, ==, 0);
    SEND(0x07, 0x00);
    SEND(0x08);
    result(res);
    g_assert_cmpuint(res[1], ==, 0);
    SEND(0x04, 0x00);
    result(res);
    g_assert_cmphex(res[0] & 0x10, ==, 0x10);
    /* Relative, and not past the last track. */
    SEND(0xcf, 0x00, 200);
    SEND(0x08);
    result(res);
    g_assert_cmpuint(res[1], ==, 79);
    SEND(0x8f, 0x00, 200);
    SEND(0x08);
    result(res);
    g_assert_cmpuint(res[1], ==, 0);
    /* A sector's id passes by in a while. */
    SEND(0x4a, 0x00);
    g_assert_cmphex(inb(MSR) & 0x80, ==, 0);
    qtest_clock_step(t, 30 * 1000 * 1000);
    g_assert_cmpuint(result(res), ==, 7);
    g_assert_cmphex(res[0] & 0xc0, ==, 0);
    stop();
}

/*** Transfers ***/

static void test_dma(void)
{
    uint8_t res[16];

    start(1474560);
    program_dma(0x44, 4 * 512);
    g_assert_cmphex(transfer(0x46, 0, 0, 3, res) & 0xc0, ==, 0);
    g_assert_cmpuint(res[5], ==, 7);
    assert_pattern_at(BUF, 4 * 512, offset(0, 0, 3));
    /* Both sides of a track. */
    program_dma(0x44, 36 * 512);
    g_assert_cmphex(transfer(0xc6, 20, 0, 1, res) & 0xc0, ==, 0);
    assert_pattern_at(BUF, 36 * 512, offset(20, 0, 1));

    qtest_memset(t, BUF, 0xa5, 3 * 512);
    program_dma(0x48, 3 * 512);
    g_assert_cmphex(transfer(0x45, 79, 1, 10, res) & 0xc0, ==, 0);
    assert_in_file(offset(79, 1, 10), 0xa5, 3 * 512);
    /* Terminal count within a sector: the rest is zero. */
    program_dma(0x48, 700);
    g_assert_cmphex(transfer(0x45, 30, 0, 1, res) & 0xc0, ==, 0);
    assert_in_file(offset(30, 0, 1), 0xa5, 700);
    assert_in_file(offset(30, 0, 1) + 700, 0, 1024 - 700);
    /* Scans: equal data, then other. */
    program_dma(0x48, 512);
    g_assert_cmphex(transfer(0x51, 79, 1, 10, res) & 0xc0, ==, 0);
    g_assert_cmphex(res[2], ==, 0x08);
    program_dma(0x48, 512);
    transfer(0x51, 40, 1, 10, res);
    g_assert_cmphex(res[2], ==, 0x04);
    /* VERIFY needs no DMA. */
    outb(0x0a, 0x06);
    g_assert_cmphex(transfer(0x56, 5, 0, 1, res) & 0xc0, ==, 0);
    stop();
}

static void test_pio(void)
{
    uint8_t res[16];

    start(1474560);
    SEND(0x03, 0xdf, 0x03);
    SEND(0x46, 0x00, 2, 0, 17, 2, 18, 0x1b, 0xff);
    for (int i = 0; i < 1024; i++) {
        g_assert_cmphex(wait_ready() & 0xf0, ==, 0xf0);
        g_assert_cmphex(inb(FIFO), ==, image_pattern(offset(2, 0, 17) + i));
    }
    g_assert_cmpuint(result(res), ==, 7);
    g_assert_cmphex(res[0] & 0xc0, ==, 0);
    SEND(0x45, 0x00, 2, 0, 18, 2, 18, 0x1b, 0xff);
    for (int i = 0; i < 512; i++) {
        g_assert_cmphex(wait_ready() & 0xf0, ==, 0xb0);
        outb(FIFO, 0x3c);
    }
    g_assert_cmpuint(result(res), ==, 7);
    g_assert_cmphex(res[0] & 0xc0, ==, 0);
    assert_in_file(offset(2, 0, 18), 0x3c, 512);
    /* FORMAT TRACK: an id for each sector. */
    SEND(0x4d, 0x00, 2, 18, 0x54, 0xf6);
    for (int sect = 1; sect <= 18; sect++) {
        const uint8_t id[4] = { 7, 0, sect, 2 };

        for (int i = 0; i < 4; i++) {
            g_assert_cmphex(wait_ready() & 0xf0, ==, 0xb0);
            outb(FIFO, id[i]);
        }
    }
    g_assert_cmpuint(result(res), ==, 7);
    g_assert_cmphex(res[0] & 0xc0, ==, 0);
    assert_in_file(offset(7, 0, 1), 0xf6, 18 * 512);
    stop();
}

static void test_errors(void)
{
    uint8_t res[16];

    start(1474560);
    program_dma(0x44, 512);
    g_assert_cmphex(transfer(0x46, 0, 0, 19, res) & 0xc0, ==, 0x40);
    g_assert_cmphex(res[1], ==, 0x80);
    g_assert_cmphex(transfer(0x46, 200, 0, 1, res) & 0xc0, ==, 0x40);
    g_assert_cmphex(transfer(0x46, 80, 0, 1, res) & 0xc0, ==, 0x40);
    g_assert_cmphex(transfer(0x46, 0, 0, 0, res) & 0xc0, ==, 0x40);
    /* The wrong data rate. */
    outb(DIR, 0x02);
    g_assert_cmphex(transfer(0x46, 0, 0, 1, res) & 0xc0, ==, 0x40);
    g_assert_cmphex(res[1], ==, 0x01);
    outb(DIR, 0x00);
    /* The drive that is not there. */
    SEND(0x46, 0x01, 0, 0, 1, 2, 18, 0x1b, 0xff);
    result(res);
    g_assert_cmphex(res[0] & 0xc1, ==, 0x41);
    /* Sizes that are none. */
    SEND(0x46, 0x00, 0, 0, 10, 2, 3, 0x1b, 0xff);
    result(res);
    g_assert_cmphex(res[0] & 0xc0, ==, 0x40);
    g_assert_cmphex(transfer(0x46, 0, 0, 1, res) & 0xc0, ==, 0);
    stop();
}

static void test_720k(void)
{
    uint8_t res[16];

    start(737280);
    program_dma(0x44, 512);
    g_assert_cmphex(transfer(0x46, 0, 0, 9, res) & 0xc0, ==, 0x40);
    outb(DIR, 0x02);
    g_assert_cmphex(transfer(0x46, 3, 1, 9, res) & 0xc0, ==, 0);
    assert_pattern_at(BUF, 512, ((3 * 2 + 1) * 9 + 8) * 512);
    stop();
}

static void test_medium_change(void)
{
    g_autofree char *other = image_make(1474560);
    uint8_t res[16];

    start(1474560);
    SEND(0x0f, 0x00, 5);
    SEND(0x08);
    result(res);
    g_assert_cmphex(inb(DIR) & 0x80, ==, 0);
    json_decref(qtest_qmp(t, "eject", json_pack("{s:s, s:b}", "device", "fd",
                                                "force", true)));
    g_assert_cmphex(inb(DIR) & 0x80, ==, 0x80);
    program_dma(0x44, 512);
    g_assert_cmphex(transfer(0x46, 0, 0, 1, res) & 0xc0, ==, 0x40);
    json_decref(qtest_qmp(t, "blockdev-change-medium",
                          json_pack("{s:s, s:s, s:s, s:s}", "device", "fd",
                                    "filename", other, "format", "raw",
                                    "read-only-mode", "read-only")));
    g_assert_cmphex(inb(DIR) & 0x80, ==, 0x80);
    SEND(0x0f, 0x00, 6);
    SEND(0x08);
    result(res);
    g_assert_cmphex(inb(DIR) & 0x80, ==, 0);
    program_dma(0x44, 512);
    g_assert_cmphex(transfer(0x46, 0, 0, 1, res) & 0xc0, ==, 0);
    /* It cannot be written. */
    SEND(0x04, 0x00);
    result(res);
    g_assert_cmphex(res[0] & 0x40, ==, 0x40);
    program_dma(0x48, 512);
    g_assert_cmphex(transfer(0x45, 0, 0, 1, res) & 0xc0, ==, 0x40);
    g_assert_cmphex(res[1], ==, 0x02);
    g_unlink(other);
    stop();
}

static void test_random_bytes(void)
{
    GRand *rand = g_rand_new_with_seed(11);
    uint8_t res[16];

    start(1474560);
    for (int i = 0; i < 6000; i++) {
        switch (g_rand_int_range(rand, 0, 8)) {
        case 0:
            outb(0x3f1 + g_rand_int_range(rand, 0, 4), g_rand_int(rand));
            break;
        case 1:
            inb(FIFO);
            break;
        case 2:
            outb(DIR, g_rand_int(rand));
            break;
        case 3:
            if (i % 64 == 0) {
                program_dma(0x40 | g_rand_int_range(rand, 0, 4) << 2, 3000);
            }
            break;
        default:
            outb(FIFO, g_rand_int_range(rand, 0, 3) ? g_rand_int(rand) : 2);
            break;
        }
    }
    reset(0x1c);
    outb(DIR, 0x00);
    SEND(0x03, 0xdf, 0x02);
    SEND(0x13, 0x00, 0x57, 0x00);
    SEND(0x07, 0x00);
    SEND(0x08);
    result(res);
    program_dma(0x44, 512);
    g_assert_cmphex(transfer(0x46, 1, 0, 1, res) & 0xc0, ==, 0);
    g_rand_free(rand);
    stop();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fdc/commands", test_commands);
    g_test_add_func("/fdc/seek", test_seek);
    g_test_add_func("/fdc/dma", test_dma);
    g_test_add_func("/fdc/pio", test_pio);
    g_test_add_func("/fdc/errors", test_errors);
    g_test_add_func("/fdc/720k", test_720k);
    g_test_add_func("/fdc/medium-change", test_medium_change);
    g_test_add_func("/fdc/random-bytes", test_random_bytes);
    return g_test_run();
}
