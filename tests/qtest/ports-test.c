/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial, parallel and debug ports, and what there is without -nodefaults. */
#include "qtest.h"

static char *ringbuf(QTest *t, const char *device)
{
    json_t *text = qtest_qmp(t, "ringbuf-read", json_pack(
        "{ss, si}", "device", device, "size", 100));
    char *copy = g_strdup(json_string_value(text));

    json_decref(text);
    return copy;
}

#define assert_ringbuf(t, device, expected) do { \
    g_autofree char *text_ = ringbuf(t, device); \
    g_assert_cmpstr(text_, ==, expected); \
} while (0)

static void test_serial(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults "
                           "-chardev ringbuf,id=c -serial chardev:c "
                           "-chardev ringbuf,id=d "
                           "-device isa-serial,chardev=d,index=1");

    qtest_irq_intercept_in(t, "/machine/q35/ioapic");
    qtest_out(t, 0x3f8, 'A', 1);
    qtest_out(t, 0x2f8, 'B', 1);
    assert_ringbuf(t, "c", "A");
    assert_ringbuf(t, "d", "B");
    qtest_out(t, 0x3f9, 0x01, 1);
    qtest_out(t, 0x2f9, 0x01, 1);
    qtest_out(t, 0x2fc, 0x18, 1);       /* a loop */
    qtest_out(t, 0x2f8, 'x', 1);
    g_assert_true(qtest_irq_level(t, 3));
    g_assert_false(qtest_irq_level(t, 4));
    g_assert_cmphex(qtest_in(t, 0x2f8, 1), ==, 'x');
    g_assert_cmphex(qtest_in(t, 0x3fd, 1), ==, 0x60);
    qtest_quit(t);
}

static void test_parallel(void)
{
    QTest *t = qtest_start("-machine pc -nodefaults "
                           "-chardev ringbuf,id=c -parallel chardev:c");

    qtest_irq_intercept_in(t, "/machine/i440fx/ioapic");
    for (const char *s = "Hi"; *s; s++) {
        qtest_out(t, 0x378, *s, 1);
        qtest_out(t, 0x37a, 0x1d, 1);
        g_assert_cmphex(qtest_in(t, 0x379, 1) & 0x80, ==, 0);
        qtest_out(t, 0x37a, 0x1c, 1);
    }
    assert_ringbuf(t, "c", "Hi");
    g_assert_true(qtest_irq_level(t, 7));
    qtest_in(t, 0x379, 1);
    g_assert_false(qtest_irq_level(t, 7));
    /* Nobody answers in EPP cycles. */
    qtest_out(t, 0x37a, 0x00, 1);
    g_assert_cmphex(qtest_in(t, 0x379, 1) & 1, ==, 0);
    g_assert_cmphex(qtest_in(t, 0x37c, 1), ==, 0xff);
    g_assert_cmphex(qtest_in(t, 0x379, 1) & 1, ==, 1);
    qtest_quit(t);
}

static void test_debugcon(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults "
                           "-chardev ringbuf,id=c -debugcon chardev:c");

    qtest_out(t, 0xe9, '!', 1);
    assert_ringbuf(t, "c", "!");
    qtest_quit(t);
    t = qtest_start("-machine q35 -nodefaults -chardev ringbuf,id=c "
                    "-device isa-debugcon,chardev=c,readback=0x55");
    qtest_out(t, 0xe9, 'o', 1);
    qtest_out(t, 0xe9, 'k', 1);
    assert_ringbuf(t, "c", "ok");
    g_assert_cmphex(qtest_in(t, 0xe9, 1), ==, 0x55);
    qtest_quit(t);
}

static void test_debug_exit(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults "
                           "-device isa-debug-exit,iobase=0xf4,iosize=4");

    g_assert_cmphex(qtest_in(t, 0xf4, 4), ==, 0);
    qtest_out(t, 0xf4, 0x10, 4);
    g_assert_cmpint(qtest_wait_exit(t), ==, 0x21);
}

static void test_pci_serial(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -chardev ringbuf,id=c "
                           "-device pci-serial-4x,chardev3=c,addr=4.0");
    uint16_t bar = 0xc000;

    qtest_out(t, 0xcf8, 0x80002010, 4);
    qtest_out(t, 0xcfc, bar, 4);
    qtest_out(t, 0xcf8, 0x80002004, 4);
    qtest_out(t, 0xcfc, 0x0001, 2);
    qtest_out(t, bar + 16, 'q', 1);
    assert_ringbuf(t, "c", "q");
    qtest_out(t, bar + 17, 0x01, 1);
    qtest_out(t, bar + 20, 0x18, 1);
    qtest_out(t, bar + 16, 'z', 1);
    qtest_out(t, 0xcf8, 0x80002004, 4);
    g_assert_cmphex(qtest_in(t, 0xcfe, 2) & 0x08, ==, 0x08);
    g_assert_cmphex(qtest_in(t, bar + 16, 1), ==, 'z');
    g_assert_cmphex(qtest_in(t, 0xcfe, 2) & 0x08, ==, 0);
    qtest_quit(t);
}

/* As QEMU's own test programs start: with what a PC has by default. */
static void test_defaults(void)
{
    static const char *const machines[] = { "pc", "q35" };
    g_autofree char *dump = NULL;
    QTest *none;

    for (int i = 0; i < G_N_ELEMENTS(machines); i++) {
        QTest *t = qtest_start("-M %s -device pci-testdev,addr=04.0",
                               machines[i]);
        g_autofree char *chardevs = qtest_hmp(t, "info chardev");
        g_autofree char *pci = qtest_hmp(t, "info pci");

        g_assert_nonnull(strstr(chardevs, "serial0: filename=vc"));
        g_assert_nonnull(strstr(chardevs, "parallel0: filename=vc"));
        g_assert_cmphex(qtest_in(t, 0x3fd, 1), ==, 0x60);
        /* A network card, after the slot of a graphics card. */
        qtest_out(t, 0xcf8, i == 0 ? 0x80001800 : 0x80001000, 4);
        g_assert_cmphex(qtest_in(t, 0xcfc, 2), ==, 0x8086);
        g_assert_nonnull(strstr(pci, "Ethernet controller"));
        qtest_quit(t);
    }
    /* Nothing at all, which can be looked at all the same. */
    none = qtest_start("-M none");
    qtest_memset(none, 0, 0x55, 16);
    g_assert_cmphex(qtest_read(none, 0, 4), ==, 0);
    dump = qtest_hmp(none, "xp /4xb 0");
    g_assert_nonnull(dump);
    qtest_quit(none);
}

/* -device instead of the default; none of it with "none". */
static void test_replaced(void)
{
    QTest *t = qtest_start("-M pc -chardev null,id=c "
                           "-device isa-serial,chardev=c,index=1 "
                           "-parallel none");
    g_autofree char *chardevs = qtest_hmp(t, "info chardev");

    g_assert_null(strstr(chardevs, "serial0"));
    g_assert_null(strstr(chardevs, "parallel0"));
    g_assert_cmphex(qtest_in(t, 0x3fd, 1), ==, 0xff);
    g_assert_cmphex(qtest_in(t, 0x2fd, 1), ==, 0x60);
    qtest_quit(t);
}

static void refused(const char *options, const char *words)
{
    g_autofree char *output = NULL;
    int status = qtest_run(&output, "-accel qtest -display none -nodefaults "
                           "-machine q35 -chardev null,id=c %s", options);

    g_assert_cmpint(status, ==, 1);
    if (!strstr(output, words)) {
        g_test_message("%s: %s", options, output);
        g_test_fail();
    }
}

static void test_refused(void)
{
    refused("-device isa-serial,chardev=c,index=4", "serial ports is 4");
    refused("-device isa-serial,chardev=c,irq=16", "'irq'");
    refused("-device isa-serial,chardev=c,baudbase=0", "'baudbase'");
    refused("-device isa-serial,chardev=nobody", "nobody");
    refused("-device isa-parallel", "empty char device");
    refused("-device isa-parallel,chardev=c,irq=77", "'irq'");
    refused("-device isa-debugcon", "empty char device");
    refused("-device isa-debug-exit,iosize=0", "'iosize'");
    refused("-device vmmouse", "'i8042' link");
    refused("-serial vc:big", "800x600");
    refused("-debugcon zz", "zz");
    refused("-machine q35,vmport=maybe", "vmport");
    refused("-global i8042.kbd-irq=16", "kbd-irq");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ports/serial", test_serial);
    g_test_add_func("/ports/parallel", test_parallel);
    g_test_add_func("/ports/debugcon", test_debugcon);
    g_test_add_func("/ports/debug-exit", test_debug_exit);
    g_test_add_func("/ports/pci-serial", test_pci_serial);
    g_test_add_func("/ports/defaults", test_defaults);
    g_test_add_func("/ports/replaced", test_replaced);
    g_test_add_func("/ports/refused", test_refused);
    return g_test_run();
}
