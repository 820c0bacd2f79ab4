/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The qtest line protocol: good lines get the very replies of the stock
 * emulator, bad ones a refusal in one line and no harm.
 */
#include "qtest.h"

/* Replies compared to the letter. */
static const char *const lines[] = {
    "endianness",
    "writeb 0x100000 0x12", "readb 0x100000",
    "writew 0x100000 0x1234", "readw 0x100000",
    "writel 0x100000 0x12345678", "readl 0x100000",
    "writeq 0x100000 0x123456789abcdef0", "readq 0x100000",
    "readb 0x100001", "readw 0x100001", "readl 0x100003", "readq 0x100007",
    "write 0x100000 0x5 0x0102030405", "read 0x100000 0x8",
    "write 0x100000 0x4 0x01", "read 0x100000 0x4",
    "write 0x100000 0x2 0x01020304", "read 0x100000 0x4",
    "b64write 0x100000 0x4 AQIDBA==", "b64read 0x100000 0x4",
    "b64read 0x100000 0x5",
    "memset 0x100000 0x10 0xa5", "read 0x100000 0x10",
    "memset 0x100000 0x0 0xa5", "memset 0x100000 16 0", "readq 0x100000",
    "read 1048576 8", "read 01000000 8",
    /* Ports: PCI configuration, and one that nobody has. */
    "outl 0xcf8 0x80000000", "inl 0xcf8", "inl 0xcfc", "inw 0xcfc",
    "inb 0xcfe", "inw 0xcfd", "inb 0xcf8",
    "outb 0x1234 0x5", "inb 0x1234", "inw 0x1234", "inl 0x1234",
    /* Memory that nobody has. */
    "readb 0xd0000000", "readw 0xd0000000", "readl 0xd0000000",
    "readq 0xd0000000", "read 0xd0000000 0x8", "writel 0xd0000000 1",
    "readl 0xffffffffff000000", "read 0xfffffffffffffff8 0x10",
    /* ROM area and the hole below 1 MiB. */
    "readl 0xa0000", "writel 0xa0000 0x12345678", "readl 0xa0000",
    "writel 0xe0000 0x12345678",
};

static void test_same(gconstpointer opaque)
{
    const char *machine = opaque;
    QTest *ours, *stock;

    if (!qtest_stock_binary()) {
        g_test_skip("no stock emulator here");
        return;
    }
    ours = qtest_start("-machine %s -nodefaults -m 64M", machine);
    stock = qtest_start_stock("-machine %s -nodefaults -m 64M", machine);
    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *a = qtest_line(ours, "%s", lines[i]);
        g_autofree char *b = qtest_line(stock, "%s", lines[i]);

        if (g_strcmp0(a, b) != 0) {
            g_test_message("%s: ours %s, stock %s", lines[i], a, b);
            g_test_fail();
        }
    }
    qtest_quit(ours);
    qtest_quit(stock);
}

/* Lines that are no command; the stock emulator ends on some of them. */
static const char *const bad_lines[] = {
    "", " ", "nonsense", "readb", "readb ", "readb x", "readb 0x", "readb 1 2 3",
    "writeb", "writeb 1", "writeb x 1", "writeb 1 x", "readx 1", "inb", "inq 1",
    "inb 0x10000", "outb 0x10000 1", "outb 1", "outb -1 1",
    "read", "read 1", "read 0 -1", "read 0 0xffffffffffffffff", "read 0 x",
    "read 0 0", "write", "write 0", "write 0 1", "write 0 1 zz",
    "write 0 1 0x", "write 0 1 0xz0", "write 0 0 0x00",
    "write 0 0xffffffffffff 0x00", "b64write 0 4 ====", "b64write 0 4",
    "b64write 0 4 AQ==", "b64read 0", "b64read 0 0",
    "memset", "memset 0", "memset 0 1", "memset 0 0xffffffffffffffff 0",
    "memset 0 1 x", "clock_step x", "clock_set", "clock_set x",
    "clock_step -1", "irq_intercept_in", "irq_intercept_in /nobody",
    "irq_intercept_out /machine/nobody", "set_irq_in", "set_irq_in /machine a",
    "set_irq_in /machine/nobody unnamed-gpio-in 0 1", "module_load",
    "module_load a", "endianness 1", "big_endian 1", "rtas", "READB 0",
};

static void expect_refusal(QTest *t, const char *line)
{
    g_autofree char *reply = qtest_line(t, "%s", line);

    if (!reply) {
        g_error("\"%s\" ended the emulator", line);
    }
    g_test_message("\"%s\": %s", line, reply);
    /* Some are harmless variants of good ones. */
    g_assert_true(g_str_has_prefix(reply, "FAIL") ||
                  g_str_has_prefix(reply, "ERR") ||
                  g_str_has_prefix(reply, "OK"));
    g_assert_cmpuint(strlen(reply), >, 1);
}

static void test_bad_lines(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M");

    for (unsigned i = 0; i < G_N_ELEMENTS(bad_lines); i++) {
        expect_refusal(t, bad_lines[i]);
    }
    qtest_write(t, 0x100000, 0x55, 1);
    g_assert_cmphex(qtest_read(t, 0x100000, 1), ==, 0x55);
    qtest_quit(t);
}

/* Bytes that are no text, and a line without end. */
static void test_garbage(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M");
    g_autofree char *huge = g_malloc(1 << 20);
    GRand *rand = g_rand_new_with_seed(7);
    g_autofree char *reply = NULL;

    for (unsigned n = 0; n < 200; n++) {
        unsigned len = g_rand_int_range(rand, 1, 100);
        char line[101];
        g_autofree char *answer = NULL;

        for (unsigned i = 0; i < len; i++) {
            line[i] = g_rand_int_range(rand, 1, 256);
            if (line[i] == '\n') {
                line[i] = ' ';
            }
        }
        line[len] = '\n';
        qtest_send_raw(t, line, len + 1);
        answer = qtest_read_line(t);
        g_assert_nonnull(answer);
    }
    memset(huge, 'a', 1 << 20);
    huge[(1 << 20) - 1] = '\n';
    qtest_send_raw(t, huge, 1 << 20);
    reply = qtest_read_line(t);
    g_assert_nonnull(reply);
    g_assert_false(g_str_has_prefix(reply, "OK"));
    qtest_write(t, 0x100000, 0x55, 1);
    qtest_quit(t);
    g_rand_free(rand);
}

/* A line in pieces, and several in one packet. */
static void test_framing(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M");
    static const char three[] = "writeb 0x100000 1\nreadb 0x100000\n"
                                "endianness\n";
    g_autofree char *a = NULL, *b = NULL, *c = NULL, *d = NULL;

    qtest_send_raw(t, "endi", 4);
    g_usleep(20000);
    qtest_send_raw(t, "anness\n", 7);
    a = qtest_read_line(t);
    g_assert_cmpstr(a, ==, "OK little");
    qtest_send_raw(t, three, strlen(three));
    b = qtest_read_line(t);
    c = qtest_read_line(t);
    d = qtest_read_line(t);
    g_assert_cmpstr(b, ==, "OK");
    g_assert_cmpstr(c, ==, "OK 0x0000000000000001");
    g_assert_cmpstr(d, ==, "OK little");
    qtest_quit(t);
}

static void test_clock(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M");

    g_assert_cmpint(qtest_clock_step(t, 100), ==, 100);
    g_assert_cmpint(qtest_clock_step(t, 0), ==, 100);
    g_assert_cmpint(qtest_clock_set(t, 5000), ==, 5000);
    g_assert_cmpint(qtest_clock_step(t, 1000000000), ==, 1000005000);
    qtest_quit(t);
}

/* The other end hangs up: so do we, with status 0. */
static void test_hang_up(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M");

    qtest_hang_up(t);
    g_assert_cmpint(qtest_wait_exit(t), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/protocol/same/q35", "q35", test_same);
    g_test_add_data_func("/protocol/same/pc", "pc", test_same);
    g_test_add_func("/protocol/bad-lines", test_bad_lines);
    g_test_add_func("/protocol/garbage", test_garbage);
    g_test_add_func("/protocol/framing", test_framing);
    g_test_add_func("/protocol/clock", test_clock);
    g_test_add_func("/protocol/hang-up", test_hang_up);
    return g_test_run();
}
