/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boards q35 and pc: identities, memory map, ECAM, PAM and SMRAM, fw_cfg,
 * interrupt controllers and timer.
 */
#include "qemu/osdep.h"
#include "pci.h"
#include "qtest.h"

static const char *const boards[] = { "q35", "pc" };

/* The text of info mtree has a line with all of these words. */
static bool mtree_has(QTest *t, const char *words)
{
    g_autofree char *text = qtest_hmp(t, "info mtree");

    return strstr(text, words) != NULL;
}

static void cfg_out(QTest *t, unsigned devfn, unsigned reg, uint32_t val,
                    unsigned size)
{
    qtest_out(t, 0xcf8, 0x80000000 | devfn << 8 | (reg & ~3), 4);
    qtest_out(t, 0xcfc + (reg & 3), val, size);
}

static uint32_t cfg_in(QTest *t, unsigned devfn, unsigned reg, unsigned size)
{
    qtest_out(t, 0xcf8, 0x80000000 | devfn << 8 | (reg & ~3), 4);
    return qtest_in(t, 0xcfc + (reg & 3), size);
}

/*** Identities ***/

static void test_identities(void)
{
    static const struct {
        int board;
        uint8_t devfn;
        uint32_t id, class;
        uint8_t revision, header;
    } fns[] = {
        { 0, 0x00, 0x29c08086, 0x060000, 0, 0x00 },
        { 0, 0xf8, 0x29188086, 0x060100, 2, 0x80 },
        { 1, 0x00, 0x12378086, 0x060000, 2, 0x00 },
        { 1, 0x08, 0x70008086, 0x060100, 0, 0x80 },
    };

    for (int b = 0; b < 2; b++) {
        QTest *t = qtest_start("-machine %s", boards[b]);

        for (int i = 0; i < ARRAY_SIZE(fns); i++) {
            if (fns[i].board != b) {
                continue;
            }
            g_assert_cmphex(cfg_in(t, fns[i].devfn, 0, 4), ==, fns[i].id);
            g_assert_cmphex(cfg_in(t, fns[i].devfn, 8, 4), ==,
                            fns[i].class << 8 | fns[i].revision);
            g_assert_cmphex(cfg_in(t, fns[i].devfn, 0xe, 1), ==,
                            fns[i].header);
            g_assert_cmphex(cfg_in(t, fns[i].devfn, 0x2c, 4), ==, 0x11001af4);
        }
        /* Where nothing is. */
        g_assert_cmphex(cfg_in(t, 0x50, 0, 4), ==, 0xffffffff);
        qtest_quit(t);
    }
}

/*** Memory ***/

static void test_ram_split(void)
{
    static const struct {
        const char *board, *size;
        uint64_t below, above;
    } cases[] = {
        { "q35", "2G", 0x80000000, 0 },
        { "q35", "2816M", 0x80000000, 0x30000000 },
        { "q35", "8G", 0x80000000, 0x180000000 },
        { "pc", "3G", 0xc0000000, 0 },
        { "pc", "3584M", 0xc0000000, 0x20000000 },
        { "pc", "8G", 0xc0000000, 0x140000000 },
        { "q35,max-ram-below-4g=1G", "2G", 0x40000000, 0x40000000 },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        QTest *t = qtest_start("-machine %s -m %s", cases[i].board,
                               cases[i].size);
        uint64_t last = cases[i].below - 4;

        qtest_write(t, last, 0x12345678, 4);
        g_assert_cmphex(qtest_read(t, last, 4), ==, 0x12345678);
        qtest_write(t, last + 4, 0x12345678, 4);
        g_assert_cmphex(qtest_read(t, last + 4, 4), ==, 0);
        if (cases[i].above) {
            last = 0x100000000 + cases[i].above - 4;
            qtest_write(t, last, 0x9abcdef0, 4);
            g_assert_cmphex(qtest_read(t, last, 4), ==, 0x9abcdef0);
        }
        qtest_quit(t);
    }
}

static void test_pam(void)
{
    for (int b = 0; b < 2; b++) {
        QTest *t = qtest_start("-machine %s", boards[b]);
        unsigned pam = b == 0 ? 0x91 : 0x5a;
        uint32_t rom = qtest_read(t, 0xc0000, 4);

        /* RAM both ways, then reads only: the value stays. */
        cfg_out(t, 0, pam, 0x03, 1);
        qtest_write(t, 0xc0000, 0x600df00d, 4);
        g_assert_cmphex(qtest_read(t, 0xc0000, 4), ==, 0x600df00d);
        cfg_out(t, 0, pam, 0x01, 1);
        qtest_write(t, 0xc0000, 0, 4);
        g_assert_cmphex(qtest_read(t, 0xc0000, 4), ==, 0x600df00d);
        cfg_out(t, 0, pam, 0x00, 1);
        g_assert_cmphex(qtest_read(t, 0xc0000, 4), ==, rom);
        qtest_quit(t);
    }
}

static void test_smram_q35(void)
{
    QTest *t = qtest_start("-machine q35 -m 256M");

    /* Open, the RAM under the graphic card's window shows. */
    g_assert_true(mtree_has(t, "alias smram-region"));
    cfg_out(t, 0, 0x9d, 0x4a, 1);
    g_assert_false(mtree_has(t, "alias smram-region"));
    qtest_write(t, 0xa0000, 0x1111, 4);
    g_assert_cmphex(qtest_read(t, 0xa0000, 4), ==, 0x1111);
    cfg_out(t, 0, 0x9d, 0x0a, 1);

    /* TSEG hides the end of RAM. */
    qtest_write(t, 0xff00000, 0x2222, 4);
    cfg_out(t, 0, 0x9e, 0x01, 1);
    g_assert_cmphex(qtest_read(t, 0xff00000, 4), ==, 0xffffffff);
    g_assert_true(mtree_has(t, "tseg-window"));
    cfg_out(t, 0, 0x9e, 0x00, 1);
    g_assert_cmphex(qtest_read(t, 0xff00000, 4), ==, 0x2222);

    /* Locked: it cannot be opened, nor TSEG changed. */
    cfg_out(t, 0, 0x9d, 0x1a, 1);
    cfg_out(t, 0, 0x9d, 0x4a, 1);
    g_assert_cmphex(cfg_in(t, 0, 0x9d, 1), ==, 0x1a);
    cfg_out(t, 0, 0x9e, 0x87, 1);
    g_assert_cmphex(cfg_in(t, 0, 0x9e, 1), ==, 0x38);

    /* The protocol of the SMBASE register. */
    cfg_out(t, 0, 0x9c, 0x02, 1);
    g_assert_cmphex(cfg_in(t, 0, 0x9c, 1), ==, 0);
    cfg_out(t, 0, 0x9c, 0xff, 1);
    g_assert_cmphex(cfg_in(t, 0, 0x9c, 1), ==, 1);
    cfg_out(t, 0, 0x9c, 0x02, 1);
    g_assert_cmphex(cfg_in(t, 0, 0x9c, 1), ==, 2);
    g_assert_cmphex(qtest_read(t, 0x30000, 4), ==, 0xffffffff);

    json_decref(qtest_qmp(t, "system_reset", NULL));
    json_decref(qtest_wait_event(t, "RESET"));
    g_assert_cmphex(cfg_in(t, 0, 0x9c, 4), ==, 0x00380200);
    qtest_quit(t);
}

static void test_ecam(void)
{
    QTest *t = qtest_start("-machine q35");

    g_assert_cmphex(qtest_read(t, 0xb0000000, 4), ==, 0);
    cfg_out(t, 0, 0x60, 0xb0000001, 4);
    g_assert_cmphex(qtest_read(t, 0xb0000000, 4), ==, 0x29c08086);
    g_assert_cmphex(qtest_read(t, 0xb00f8000, 4), ==, 0x29188086);
    g_assert_cmphex(qtest_read(t, 0xb0100000, 4), ==, 0xffffffff);
    cfg_out(t, 0, 0x60, 0xe0000001, 4);
    g_assert_cmphex(qtest_read(t, 0xe0000000, 4), ==, 0x29c08086);
    cfg_out(t, 0, 0x60, 0xe0000000, 4);
    g_assert_cmphex(qtest_read(t, 0xe0000000, 4), ==, 0);
    qtest_quit(t);
}

/*** fw_cfg ***/

static uint64_t fw_cfg_item(QTest *t, uint16_t key, unsigned size)
{
    uint64_t value = 0;

    qtest_out(t, 0x510, key, 2);
    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)qtest_in(t, 0x511, 1) << (8 * i);
    }
    return value;
}

static void test_fw_cfg(void)
{
    for (int b = 0; b < 2; b++) {
        QTest *t = qtest_start("-machine %s -m 64M -smp 2,maxcpus=3 "
                               "-uuid 00112233-4455-6677-8899-aabbccddeeff",
                               boards[b]);
        uint64_t request = qtest_alloc(t, 16, 16);
        uint64_t buffer = qtest_alloc(t, 16, 16);

        g_assert_cmphex(fw_cfg_item(t, 0, 4), ==, 0x554d4551);
        g_assert_cmphex(fw_cfg_item(t, 1, 4), ==, 3);
        g_assert_cmphex(fw_cfg_item(t, 2, 4), ==, 0x33221100);
        g_assert_cmphex(fw_cfg_item(t, 3, 8), ==, 64 << 20);
        g_assert_cmphex(fw_cfg_item(t, 5, 2), ==, 2);
        g_assert_cmphex(fw_cfg_item(t, 0xf, 2), ==, 3);
        /* Past the end, and past the last key. */
        g_assert_cmphex(fw_cfg_item(t, 1, 8), ==, 3);
        g_assert_cmphex(fw_cfg_item(t, 0x3fff, 4), ==, 0);

        /* By DMA: select the signature and read four bytes. */
        g_assert_cmphex(qtest_in(t, 0x514, 4), ==, 0x554d4551);
        qtest_write(t, request, __builtin_bswap32(0x0000000a), 4);
        qtest_write(t, request + 4, __builtin_bswap32(4), 4);
        qtest_write(t, request + 8, __builtin_bswap64(buffer), 8);
        qtest_out(t, 0x514, 0, 4);
        qtest_out(t, 0x518, __builtin_bswap32(request), 4);
        g_assert_cmphex(qtest_read(t, request, 4), ==, 0);
        g_assert_cmphex(qtest_read(t, buffer, 4), ==, 0x554d4551);

        /* Writing to what is read-only is an error. */
        qtest_write(t, request, __builtin_bswap32(0x00000018), 4);
        qtest_out(t, 0x518, __builtin_bswap32(request), 4);
        g_assert_cmphex(qtest_read(t, request, 4), ==, 0x01000000);
        qtest_quit(t);
    }
}

/*** Interrupts ***/

static void pic_init(QTest *t)
{
    static const uint8_t words[2][4] = {
        { 0x11, 0x20, 4, 1 }, { 0x11, 0x28, 2, 1 },
    };

    for (int i = 0; i < 2; i++) {
        uint16_t port = i ? 0xa0 : 0x20;

        qtest_out(t, port, words[i][0], 1);
        for (int w = 1; w < 4; w++) {
            qtest_out(t, port + 1, words[i][w], 1);
        }
    }
}

static void test_i8259(void)
{
    QTest *t = qtest_start("-machine q35");

    pic_init(t);
    /* Channel 0 of the timer in mode 0: one edge on line 0. */
    qtest_out(t, 0x43, 0x30, 1);
    qtest_out(t, 0x40, 100, 1);
    qtest_out(t, 0x40, 0, 1);
    qtest_out(t, 0x20, 0x0c, 1);        /* poll: nothing yet */
    qtest_in(t, 0x20, 1);
    g_assert_cmphex(qtest_in(t, 0x20, 1) & 1, ==, 0);
    qtest_clock_step(t, 200000);
    g_assert_cmphex(qtest_in(t, 0x20, 1) & 1, ==, 1);
    qtest_out(t, 0x20, 0x0c, 1);
    g_assert_cmphex(qtest_in(t, 0x20, 1), ==, 0x80);
    qtest_out(t, 0x20, 0x0b, 1);
    g_assert_cmphex(qtest_in(t, 0x20, 1), ==, 1);       /* in service */
    qtest_out(t, 0x20, 0x20, 1);
    g_assert_cmphex(qtest_in(t, 0x20, 1), ==, 0);

    qtest_out(t, 0x21, 0x5a, 1);
    g_assert_cmphex(qtest_in(t, 0x21, 1), ==, 0x5a);
    qtest_out(t, 0x4d0, 0xff, 1);
    g_assert_cmphex(qtest_in(t, 0x4d0, 1), ==, 0xf8);
    qtest_out(t, 0x4d1, 0xff, 1);
    g_assert_cmphex(qtest_in(t, 0x4d1, 1), ==, 0xde);
    qtest_quit(t);
}

static uint32_t ioapic_read(QTest *t, uint8_t reg)
{
    qtest_write(t, 0xfec00000, reg, 4);
    return qtest_read(t, 0xfec00010, 4);
}

static void ioapic_write(QTest *t, uint8_t reg, uint32_t val)
{
    qtest_write(t, 0xfec00000, reg, 4);
    qtest_write(t, 0xfec00010, val, 4);
}

static void test_ioapic(void)
{
    QTest *t = qtest_start("-machine q35");

    g_assert_cmphex(ioapic_read(t, 1), ==, 0x170020);
    ioapic_write(t, 0, 0xffffffff);
    g_assert_cmphex(ioapic_read(t, 0), ==, 0x0f000000);
    g_assert_cmphex(ioapic_read(t, 0x12), ==, 0x10000);
    ioapic_write(t, 0x12, 0xffffffff);
    g_assert_cmphex(ioapic_read(t, 0x12), ==, 0xffffafff);

    /* Pin 2 (the timer), edge, vector 0x31, to APIC 0. */
    qtest_write(t, 0xfee000f0, 0x1ff, 4);
    ioapic_write(t, 0x15, 0);
    ioapic_write(t, 0x14, 0x31);
    qtest_out(t, 0x43, 0x30, 1);
    qtest_out(t, 0x40, 100, 1);
    qtest_out(t, 0x40, 0, 1);
    g_assert_cmphex(qtest_read(t, 0xfee00210, 4), ==, 0);
    qtest_clock_step(t, 200000);
    g_assert_cmphex(qtest_read(t, 0xfee00210, 4), ==, 1 << 17);
    qtest_quit(t);
}

static void test_apic(void)
{
    QTest *t = qtest_start("-machine q35 -smp 2");

    g_assert_cmphex(qtest_read(t, 0xfee00030, 4), ==, 0x50014);
    g_assert_cmphex(qtest_read(t, 0xfee000e0, 4), ==, 0xffffffff);
    qtest_write(t, 0xfee000f0, 0x1ff, 4);

    /* A message, as devices send it: vector 0x41 for APIC 0, then for 1. */
    qtest_write(t, 0xfee00000, 0x41, 4);
    g_assert_cmphex(qtest_read(t, 0xfee00220, 4), ==, 1 << 1);
    qtest_write(t, 0xfee01000, 0x42, 4);
    g_assert_cmphex(qtest_read(t, 0xfee00220, 4), ==, 1 << 1);

    /* Its own timer, periodic, a tick a nanosecond. */
    qtest_write(t, 0xfee003e0, 0xb, 4);
    qtest_write(t, 0xfee00320, 0x20050, 4);
    qtest_write(t, 0xfee00380, 999, 4);
    qtest_clock_step(t, 500);
    g_assert_cmpuint(qtest_read(t, 0xfee00390, 4), ==, 499);
    g_assert_cmphex(qtest_read(t, 0xfee00220, 4), ==, 1 << 1);
    qtest_clock_step(t, 500);
    g_assert_cmphex(qtest_read(t, 0xfee00220, 4), ==, 1 << 16 | 1 << 1);

    /* With TSC deadlines the counter stands, and cannot be written. */
    qtest_write(t, 0xfee00320, 0x40051, 4);
    qtest_write(t, 0xfee00380, 5, 4);
    g_assert_cmpuint(qtest_read(t, 0xfee00380, 4), ==, 999);
    g_assert_cmpuint(qtest_read(t, 0xfee00390, 4), ==, 0);
    qtest_clock_step(t, 5000);
    g_assert_cmphex(qtest_read(t, 0xfee00220, 4), ==, 1 << 16 | 1 << 1);

    /* To all but itself: nothing more here. */
    qtest_write(t, 0xfee00300, 0xc0055, 4);
    g_assert_cmphex(qtest_read(t, 0xfee00220, 4), ==, 1 << 16 | 1 << 1);
    qtest_write(t, 0xfee00300, 0x40055, 4);
    g_assert_cmphex(qtest_read(t, 0xfee00220, 4), ==,
                    1 << 21 | 1 << 16 | 1 << 1);
    qtest_quit(t);
}

/* INTx of slot 4 comes to PIRQ E and input 20, and where E is routed. */
static void test_pirq(void)
{
    QTest *t = qtest_start("-machine q35 -device edu,addr=4");
    PciFn *f = pci_at(t, 0, 4, 0);

    pic_init(t);
    pci_enable(f);
    cfg_out(t, 0xf8, 0x68, 0x0a, 1);
    g_assert_cmphex(qtest_in(t, 0xa0, 1), ==, 0);
    pci_write(f, 0, 0x60, 1, 4);
    g_assert_cmphex(qtest_in(t, 0xa0, 1), ==, 1 << 2);
    pci_write(f, 0, 0x64, 1, 4);
    g_free(f);
    qtest_quit(t);
}

/*** Timer ***/

static void test_i8254(void)
{
    QTest *t = qtest_start("-machine pc");

    /* Channel 2, mode 2, 1000 ticks: the count falls with time. */
    qtest_out(t, 0x43, 0xb4, 1);
    qtest_out(t, 0x42, 0xe8, 1);
    qtest_out(t, 0x42, 0x03, 1);
    qtest_clock_step(t, 100 * 1000 * 1000 / 1193);      /* 100 ticks */
    qtest_out(t, 0x43, 0x80, 1);
    g_assert_cmpuint(qtest_in(t, 0x42, 1) | qtest_in(t, 0x42, 1) << 8, ==,
                     900);
    /* Read back: status of channel 2. */
    qtest_out(t, 0x43, 0xe8, 1);
    g_assert_cmphex(qtest_in(t, 0x42, 1) & 0x3f, ==, 0x34);
    qtest_quit(t);
}

static void test_resets(void)
{
    static const struct {
        uint16_t port;
        uint8_t value;
    } ways[] = { { 0xcf9, 0x06 }, { 0x92, 0x01 } };

    for (int b = 0; b < 2; b++) {
        QTest *t = qtest_start("-machine %s", boards[b]);

        for (int i = 0; i < ARRAY_SIZE(ways); i++) {
            qtest_out(t, ways[i].port, ways[i].value, 1);
            json_decref(qtest_wait_event(t, "RESET"));
            g_assert_cmphex(qtest_in(t, ways[i].port, 1), ==, 0);
        }
        qtest_quit(t);
    }
}

/* Without an APIC: whoever has messages has its line, too. */
static void test_no_apic(void)
{
    QTest *t = qtest_start("-machine q35 -cpu qemu64,-apic -nic none "
                           "-global q35-pcihost.MCFG=1 "
                           "-device virtio-rng-pci,addr=9");
    PciFn *f = pci_at(t, 0, 0x1f, 2);

    g_assert_cmphex(pci_cap(f, PCI_CAP_ID_MSI, 0), ==, 0);
    g_assert_cmphex(pci_cap(f, PCI_CAP_ID_SATA, 0), !=, 0);
    g_assert_cmphex(pci_cfg_read(f, PCI_INTERRUPT_PIN, 1), ==, 1);
    g_free(f);
    qtest_quit(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/board/identities", test_identities);
    g_test_add_func("/board/ram-split", test_ram_split);
    g_test_add_func("/board/pam", test_pam);
    g_test_add_func("/board/smram-q35", test_smram_q35);
    g_test_add_func("/board/ecam", test_ecam);
    g_test_add_func("/board/fw-cfg", test_fw_cfg);
    g_test_add_func("/board/i8259", test_i8259);
    g_test_add_func("/board/ioapic", test_ioapic);
    g_test_add_func("/board/apic", test_apic);
    g_test_add_func("/board/pirq", test_pirq);
    g_test_add_func("/board/i8254", test_i8254);
    g_test_add_func("/board/resets", test_resets);
    g_test_add_func("/board/no-apic", test_no_apic);
    return g_test_run();
}
