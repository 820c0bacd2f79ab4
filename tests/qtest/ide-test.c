/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IDE of the board pc, driven through its ports: PIO and bus master DMA on
 * real images, packet commands, errors of the back end, and what a hostile
 * guest may try.
 */
#include "image.h"
#include "pci.h"
#include "qemu/bswap.h"
#include <glib/gstdio.h>

#define CMD 0x1f0
#define CTL 0x3f6
#define CD_CMD 0x170
#define CD_CTL 0x376
#define BM 0xc000
#define BM_CD 0xc008

#define SECTORS 4096
#define BLOCKS 64
#define PRDS 0x10000
#define BUF 0x20000

static QTest *t;
static char *hd_path, *cd_path;

/* The bytes of the disk's image as they are in the file now. */
static void assert_in_file(size_t at, const void *data, size_t len)
{
    g_autofree char *all = NULL;
    gsize size;

    g_assert_true(g_file_get_contents(hd_path, &all, &size, NULL));
    g_assert_cmpmem(all + at, len, data, len);
}

static void enable(void)
{
    PciFn *f = pci_at(t, 0, 1, 1);

    pci_cfg_write(f, 0x20, BM | 1, 4);
    pci_cfg_write(f, 4, 5, 2);
    g_free(f);
}

static void start(const char *more)
{
    hd_path = image_make(SECTORS * 512);
    cd_path = image_make(BLOCKS * 2048);
    t = qtest_start("-machine pc -nodefaults -m 64M "
                    "-drive file=%s,format=raw,if=ide,index=0,id=hd "
                    "-drive file=%s,format=raw,if=none,id=cd "
                    "-device ide-cd,bus=ide.1,drive=cd,id=cddev %s", hd_path,
                    cd_path, more);
    enable();
}

static void stop(void)
{
    qtest_quit(t);
    g_unlink(hd_path);
    g_unlink(cd_path);
    g_free(hd_path);
    g_free(cd_path);
}

static uint8_t wait_not_busy(uint16_t ctl)
{
    uint8_t status = 0x80;

    for (int i = 0; i < 20000 && (status & 0x80); i++) {
        status = qtest_in(t, ctl, 1);
    }
    g_assert_cmphex(status & 0x80, ==, 0);
    return status;
}

static void outb(uint16_t port, uint8_t val)
{
    qtest_out(t, port, val, 1);
}

static uint8_t inb(uint16_t port)
{
    return qtest_in(t, port, 1);
}

/* 28 bits of sector; the registers twice, for EXT commands. */
static uint8_t command(uint8_t cmd, uint32_t sector, unsigned count)
{
    for (int i = 1; i >= 0; i--) {
        outb(CMD + 2, count >> 8 * i);
        outb(CMD + 3, i ? sector >> 24 : sector);
        outb(CMD + 4, i ? 0 : sector >> 8);
        outb(CMD + 5, i ? 0 : sector >> 16);
    }
    outb(CMD + 6, 0xe0);
    outb(CMD + 7, cmd);
    return wait_not_busy(CTL);
}

static void read_data(uint16_t cmd, uint16_t ctl, uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i += 2) {
        if (i % 512 == 0) {
            g_assert_cmphex(wait_not_busy(ctl) & 0x08, ==, 0x08);
        }
        stw_le_p(buf + i, qtest_in(t, cmd, 2));
    }
}

static void write_data(const uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i += 2) {
        if (i % 512 == 0) {
            g_assert_cmphex(wait_not_busy(CTL) & 0x08, ==, 0x08);
        }
        qtest_out(t, CMD, lduw_le_p(buf + i), 2);
    }
}

static void assert_pattern(const uint8_t *buf, size_t len, size_t at)
{
    for (size_t i = 0; i < len; i++) {
        if (buf[i] != image_pattern(at + i)) {
            g_assert_cmphex(buf[i], ==, image_pattern(at + i));
        }
    }
}

/*** The disk ***/

static uint16_t word(const uint8_t *id, unsigned n)
{
    return lduw_le_p(id + 2 * n);
}

static void test_identify(void)
{
    uint8_t id[512];

    start("");
    g_assert_cmphex(command(0xec, 0, 0), ==, 0x58);
    read_data(CMD, CTL, id, 512);
    g_assert_cmphex(inb(CMD + 7), ==, 0x50);
    g_assert_cmphex(word(id, 0), ==, 0x0040);
    /* "QM00001", the bytes of each word exchanged. */
    g_assert_cmpmem(id + 20, 8, "MQ0000 1", 8);
    g_assert_cmphex(word(id, 47), ==, 0x8010);
    g_assert_cmphex(word(id, 59), ==, 0x0110);
    g_assert_cmpuint(word(id, 60) | word(id, 61) << 16, ==, SECTORS);
    g_assert_cmpuint(word(id, 100), ==, SECTORS);
    g_assert_cmphex(word(id, 83) & 0x2400, ==, 0x2400);
    g_assert_cmphex(word(id, 88), ==, 0x203f);

    /* Settings show: geometry, block size, transfer mode, write cache. */
    outb(CMD + 6, 0xe3);
    outb(CMD + 2, 9);
    outb(CMD + 7, 0x91);
    outb(CMD + 2, 4);
    outb(CMD + 7, 0xc6);
    outb(CMD + 1, 0x03);
    outb(CMD + 2, 0x22);
    outb(CMD + 7, 0xef);
    outb(CMD + 1, 0x82);
    outb(CMD + 7, 0xef);
    wait_not_busy(CTL);
    command(0xec, 0, 0);
    read_data(CMD, CTL, id, 512);
    g_assert_cmpuint(word(id, 55), ==, 4);
    g_assert_cmpuint(word(id, 56), ==, 9);
    g_assert_cmpuint(word(id, 3), !=, 4);
    g_assert_cmphex(word(id, 59), ==, 0x0104);
    g_assert_cmphex(word(id, 63), ==, 0x0407);
    g_assert_cmphex(word(id, 85) & 0x20, ==, 0);
    /* 5 is no block size, and 0x30 no mode. */
    outb(CMD + 2, 5);
    outb(CMD + 7, 0xc6);
    g_assert_cmphex(inb(CMD + 7), ==, 0x41);
    g_assert_cmphex(inb(CMD + 1), ==, 0x04);
    outb(CMD + 1, 0x03);
    outb(CMD + 2, 0x30);
    outb(CMD + 7, 0xef);
    g_assert_cmphex(inb(CMD + 7), ==, 0x41);
    stop();
}

static void test_pio(void)
{
    static const uint8_t reads[] = { 0x20, 0x24, 0xc4, 0x29 };
    static const uint8_t writes[] = { 0x30, 0x34, 0xc5, 0x39 };
    g_autofree uint8_t *buf = g_malloc(40 * 512);

    start("");
    for (int i = 0; i < ARRAY_SIZE(reads); i++) {
        command(reads[i], 100, 40);
        read_data(CMD, CTL, buf, 40 * 512);
        assert_pattern(buf, 40 * 512, 100 * 512);
        g_assert_cmphex(wait_not_busy(CTL), ==, 0x50);
    }
    for (int i = 0; i < ARRAY_SIZE(writes); i++) {
        memset(buf, 0x11 + i, 40 * 512);
        command(writes[i], 1000 + 100 * i, 40);
        write_data(buf, 40 * 512);
        g_assert_cmphex(wait_not_busy(CTL), ==, 0x50);
        g_assert_cmphex(command(0xe7, 0, 0), ==, 0x50);
        assert_in_file((1000 + 100 * i) * 512, buf, 40 * 512);
    }
    /* By cylinder, head and sector: 16 heads, 63 sectors. */
    outb(CMD + 2, 1);
    outb(CMD + 3, 5);
    outb(CMD + 4, 2);
    outb(CMD + 5, 0);
    outb(CMD + 6, 0xa3);
    outb(CMD + 7, 0x20);
    read_data(CMD, CTL, buf, 512);
    assert_pattern(buf, 512, ((2 * 16 + 3) * 63 + 4) * 512);
    /* Past the end. */
    g_assert_cmphex(command(0x20, SECTORS, 1), ==, 0x41);
    g_assert_cmphex(inb(CMD + 1), ==, 0x04);
    /* READ NATIVE MAX ADDRESS (EXT). */
    command(0xf8, 0, 0);
    g_assert_cmphex(inb(CMD + 3) | inb(CMD + 4) << 8, ==, SECTORS - 1);
    command(0x27, 0, 0);
    g_assert_cmphex(inb(CMD + 3) | inb(CMD + 4) << 8, ==, SECTORS - 1);
    stop();
}

static void prd(unsigned i, uint32_t addr, uint32_t len, bool last)
{
    qtest_write(t, PRDS + 8 * i, addr, 4);
    qtest_write(t, PRDS + 8 * i + 4, (len & 0xffff) | (last ? 1u << 31 : 0),
                4);
}

/* Starts the engine and waits until it or the drive is through. */
static uint8_t run_engine(uint16_t bm, uint16_t ctl, bool to_memory)
{
    outb(bm + 2, 0x06);
    outb(bm, to_memory ? 9 : 1);
    for (int i = 0; i < 20000; i++) {
        uint8_t status = qtest_in(t, bm + 2, 1);

        if ((status & 4) || !(status & 1)) {
            break;
        }
    }
    wait_not_busy(ctl);
    return inb(bm + 2);
}

static void test_dma(void)
{
    g_autofree uint8_t *buf = g_malloc(64 * 512);

    start("");
    qtest_out(t, BM + 4, PRDS, 4);
    prd(0, BUF, 1000, false);
    prd(1, BUF + 0x1000, 64 * 512 - 1000, true);
    g_assert_cmphex(command(0xc8, 7, 64) & 0x08, ==, 0x08);
    g_assert_cmphex(run_engine(BM, CTL, true), ==, 0x04);
    g_assert_cmphex(inb(CMD + 7), ==, 0x50);
    qtest_memread(t, BUF, buf, 1000);
    qtest_memread(t, BUF + 0x1000, buf + 1000, 64 * 512 - 1000);
    assert_pattern(buf, 64 * 512, 7 * 512);
    outb(BM, 0);

    memset(buf, 0x77, 64 * 512);
    qtest_memset(t, BUF, 0x77, 0x10000);
    command(0x35, 2000, 64);
    g_assert_cmphex(run_engine(BM, CTL, false), ==, 0x04);
    outb(BM, 0);
    command(0xe7, 0, 0);
    assert_in_file(2000 * 512, buf, 64 * 512);

    /* More memory than data: the engine stays active. */
    command(0xc8, 7, 1);
    g_assert_cmphex(run_engine(BM, CTL, true), ==, 0x05);
    outb(BM, 0);
    g_assert_cmphex(inb(BM + 2), ==, 0x04);
    /* Less: it stops without an interrupt, and nothing was moved. */
    qtest_memset(t, BUF, 0, 0x1000);
    prd(0, BUF, 512, true);
    command(0xc8, 7, 2);
    g_assert_cmphex(run_engine(BM, CTL, true), ==, 0x00);
    g_assert_cmphex(qtest_read(t, BUF + 0x100, 4), ==, 0);
    outb(BM, 0);
    /* The engine first, then the command. */
    outb(BM + 2, 0x06);
    outb(BM, 9);
    command(0xc8, 9, 1);
    for (int i = 0; i < 20000 && !(inb(BM + 2) & 4); i++) {
    }
    qtest_memread(t, BUF, buf, 512);
    assert_pattern(buf, 512, 9 * 512);
    stop();
}

static void test_hostile_prds(void)
{
    g_autofree uint64_t *table = g_new(uint64_t, 8192);

    start("");
    /* A table that is nowhere, of all ones, and one without end. */
    qtest_out(t, BM + 4, 0xfffffffc, 4);
    command(0xc8, 0, 8);
    run_engine(BM, CTL, true);
    outb(BM, 0);
    qtest_out(t, BM + 4, 0xe0000000, 4);
    command(0xc8, 0, 8);
    run_engine(BM, CTL, true);
    outb(BM, 0);
    for (int i = 0; i < 8192; i++) {
        stq_le_p(table + i, BUF | 2ULL << 32);
    }
    qtest_memwrite(t, 0x300000, table, 8192 * 8);
    qtest_out(t, BM + 4, 0x300000, 4);
    command(0x25, 0, 4000);
    g_assert_cmphex(run_engine(BM, CTL, true) & 1, ==, 0);
    outb(BM, 0);
    /* Memory that is none, and the interrupt controller's registers. */
    qtest_out(t, BM + 4, PRDS, 4);
    prd(0, 0xe0000000, 4096, false);
    prd(1, 0xfec00000, 4096, false);
    prd(2, 0xfffffffe, 0x10000, true);
    command(0xc8, 0, 64);
    run_engine(BM, CTL, true);
    outb(BM, 0);
    command(0xca, 3000, 64);
    run_engine(BM, CTL, false);
    /* Bus mastering off in between; then it still works. */
    outb(BM, 0);
    prd(0, BUF, 512, true);
    command(0xc8, 3, 1);
    g_assert_cmphex(run_engine(BM, CTL, true), ==, 0x04);
    stop();
}

static void test_resets(void)
{
    start("");
    command(0x30, 0, 4);
    g_assert_cmphex(inb(CTL) & 0x08, ==, 0x08);
    outb(CTL, 0x04);
    outb(CTL, 0x00);
    g_assert_cmphex(wait_not_busy(CTL), ==, 0x50);
    g_assert_cmphex(inb(CMD + 1), ==, 0x01);
    g_assert_cmphex(inb(CMD + 2), ==, 0x01);
    g_assert_cmphex(inb(CMD + 4) | inb(CMD + 5) << 8, ==, 0x0000);
    g_assert_cmphex(inb(CD_CMD + 4) | inb(CD_CMD + 5) << 8, ==, 0xeb14);
    /* With a request under way. */
    for (int i = 0; i < 30; i++) {
        outb(CMD + 2, 8);
        outb(CMD + 3, i);
        outb(CMD + 6, 0xe0);
        outb(CMD + 7, i & 1 ? 0x20 : 0xc8);
        if (!(i & 1)) {
            qtest_out(t, BM + 4, PRDS, 4);
            prd(0, BUF, 4096, true);
            outb(BM, 9);
        }
        outb(CTL, 0x04);
        outb(CTL, 0x00);
        g_assert_cmphex(wait_not_busy(CTL), ==, 0x50);
        outb(BM, 0);
    }
    /* The drive that is not there. */
    outb(CMD + 6, 0xf0);
    g_assert_cmphex(inb(CMD + 7), ==, 0x00);
    outb(CMD + 7, 0xec);
    g_assert_cmphex(inb(CMD + 7), ==, 0x00);
    outb(CMD + 6, 0xe0);
    json_decref(qtest_qmp(t, "system_reset", NULL));
    json_decref(qtest_wait_event(t, "RESET"));
    g_assert_cmphex(inb(CMD + 7), ==, 0x50);
    stop();
}

static void test_smart_and_power(void)
{
    uint8_t page[512], sum = 0;

    start("");
    for (int pass = 0; pass < 2; pass++) {
        outb(CMD + 1, pass ? 0xd9 : 0xd0);
        outb(CMD + 4, 0x4f);
        outb(CMD + 5, 0xc2);
        outb(CMD + 6, 0xa0);
        outb(CMD + 7, 0xb0);
        if (pass == 0) {
            read_data(CMD, CTL, page, 512);
        }
    }
    for (int i = 0; i < 512; i++) {
        sum += page[i];
    }
    g_assert_cmphex(sum, ==, 0);
    g_assert_cmphex(page[2], ==, 0x01);
    /* Switched off, it has no status. */
    outb(CMD + 1, 0xda);
    outb(CMD + 7, 0xb0);
    g_assert_cmphex(inb(CMD + 7), ==, 0x41);
    g_assert_cmphex(command(0xe0, 0, 0), ==, 0x40);
    command(0xe5, 0, 0);
    g_assert_cmphex(inb(CMD + 2), ==, 0xff);
    stop();
}

static void test_trim(void)
{
    g_autofree uint8_t *zeroes = g_malloc0(64 * 512);
    uint8_t ranges[512] = { 0 };

    hd_path = image_make(SECTORS * 512);
    cd_path = image_make(BLOCKS * 2048);
    t = qtest_start("-machine pc -nodefaults -m 64M -drive file=%s,format=raw,"
                    "if=ide,index=0,discard=unmap", hd_path);
    enable();
    qtest_out(t, BM + 4, PRDS, 4);
    prd(0, BUF, 512, true);
    stq_le_p(ranges, 128 | (uint64_t)64 << 48);
    qtest_memwrite(t, BUF, ranges, 512);
    /* The drive has to have been asked what it can. */
    command(0xec, 0, 0);
    read_data(CMD, CTL, ranges, 512);
    outb(CMD + 1, 0);
    outb(CMD + 1, 1);
    g_assert_cmphex(command(0x06, 0, 1) & 0x08, ==, 0x08);
    g_assert_cmphex(run_engine(BM, CTL, false), ==, 0x04);
    g_assert_cmphex(inb(CMD + 7), ==, 0x50);
    outb(BM, 0);
    assert_in_file(128 * 512, zeroes, 64 * 512);
    /* A range past the end. */
    memset(ranges, 0, sizeof(ranges));
    stq_le_p(ranges, SECTORS | (uint64_t)64 << 48);
    qtest_memwrite(t, BUF, ranges, 512);
    outb(CMD + 1, 1);
    command(0x06, 0, 1);
    run_engine(BM, CTL, false);
    g_assert_cmphex(inb(CMD + 7), ==, 0x41);
    stop();
}

/*** Packets ***/

/* The reply, its length in *len; the error register if there is one. */
static uint8_t packet(const uint8_t *cdb, size_t n, uint8_t *reply,
                      size_t *len, unsigned limit)
{
    uint8_t full[12] = { 0 };
    size_t got = 0;

    memcpy(full, cdb, n);
    outb(CD_CMD + 6, 0xa0);
    outb(CD_CMD + 1, 0);
    outb(CD_CMD + 4, limit & 0xff);
    outb(CD_CMD + 5, limit >> 8);
    outb(CD_CMD + 7, 0xa0);
    g_assert_cmphex(wait_not_busy(CD_CTL) & 0x08, ==, 0x08);
    g_assert_cmphex(inb(CD_CMD + 2) & 3, ==, 1);
    for (int i = 0; i < 12; i += 2) {
        qtest_out(t, CD_CMD, lduw_le_p(full + i), 2);
    }
    while (wait_not_busy(CD_CTL) & 0x08) {
        unsigned block = inb(CD_CMD + 4) | inb(CD_CMD + 5) << 8;

        g_assert_cmphex(inb(CD_CMD + 2) & 3, ==, 2);
        g_assert_cmpuint(block, <=, limit);
        g_assert_cmpuint(block, >, 0);
        for (unsigned i = 0; i < block; i += 2) {
            uint16_t w = qtest_in(t, CD_CMD, 2);

            if (reply) {
                stw_le_p(reply + got + i, w);
            }
        }
        got += block;
    }
    g_assert_cmphex(inb(CD_CMD + 2) & 3, ==, 3);
    if (len) {
        *len = got;
    }
    return inb(CD_CMD + 7) & 1 ? inb(CD_CMD + 1) : 0;
}

#define PACKET(reply, len, ...) \
    packet((const uint8_t []) { __VA_ARGS__ }, \
           sizeof((const uint8_t []) { __VA_ARGS__ }), reply, len, 0xfffe)

static void assert_sense(uint8_t key, uint8_t asc)
{
    uint8_t reply[64];

    g_assert_cmphex(PACKET(reply, NULL, 0x03, 0, 0, 0, 18), ==, 0);
    g_assert_cmphex(reply[2], ==, key);
    g_assert_cmphex(reply[12], ==, asc);
}

static void test_packets(void)
{
    g_autofree uint8_t *reply = g_malloc(BLOCKS * 2048 + 4);
    static const uint8_t read_all[] = {
        0x28, 0, 0, 0, 0, 0, 0, 0, BLOCKS,
    };
    size_t len;

    start("");
    g_assert_cmphex(PACKET(NULL, NULL, 0x00), ==, 0);
    PACKET(reply, &len, 0x12, 0, 0, 0, 36);
    g_assert_cmpuint(len, ==, 36);
    g_assert_cmpmem(reply + 16, 12, "QEMU DVD-ROM", 12);
    /* An odd length ends too, with a byte of padding. */
    PACKET(reply, &len, 0x12, 0, 0, 0, 5);
    g_assert_cmpuint(len, ==, 5);
    PACKET(reply, &len, 0x25);
    g_assert_cmphex(ldl_be_p(reply), ==, BLOCKS - 1);
    g_assert_cmpuint(ldl_be_p(reply + 4), ==, 2048);
    for (int i = 0; i < 3; i++) {
        static const unsigned limits[] = { 0xfffe, 2048, 3000 };

        memset(reply, 0, BLOCKS * 2048);
        packet(read_all, 9, reply, &len, limits[i]);
        g_assert_cmpuint(len, ==, BLOCKS * 2048);
        assert_pattern(reply, len, 0);
    }
    /* A raw sector: its address in BCD, minutes, seconds, frames. */
    PACKET(reply, &len, 0xbe, 0, 0, 0, 0, 60, 0, 0, 2, 0xf8);
    g_assert_cmpuint(len, ==, 2 * 2352);
    g_assert_cmphex(ldl_be_p(reply + 12), ==, 0x00026001);
    assert_pattern(reply + 16, 2048, 60 * 2048);
    assert_pattern(reply + 2352 + 16, 2048, 61 * 2048);
    /* READ TOC: one track and the lead-out. */
    PACKET(reply, &len, 0x43, 0, 0, 0, 0, 0, 0, 0, 20);
    g_assert_cmpuint(len, ==, 20);
    g_assert_cmphex(reply[6], ==, 1);
    g_assert_cmphex(reply[14], ==, 0xaa);
    g_assert_cmpuint(ldl_be_p(reply + 16), ==, BLOCKS);
    /* Errors. */
    g_assert_cmphex(PACKET(NULL, NULL, 0x28, 0, 0, 0, 0, BLOCKS, 0, 0, 1), ==,
                    0x50);
    assert_sense(5, 0x21);
    g_assert_cmphex(PACKET(NULL, NULL, 0xff), ==, 0x50);
    assert_sense(5, 0x20);
    g_assert_cmphex(PACKET(NULL, NULL, 0xa8, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff,
                           0xff), ==, 0x50);
    assert_sense(5, 0x21);
    stop();
}

static void test_packet_dma(void)
{
    g_autofree uint8_t *reply = g_malloc(BLOCKS * 2048);
    static const uint8_t read_all[12] = {
        0x28, 0, 0, 0, 0, 0, 0, 0, BLOCKS,
    };

    start("");
    qtest_out(t, BM_CD + 4, PRDS, 4);
    prd(0, BUF, 0x10000, false);
    prd(1, BUF + 0x10000, 0x10000, true);
    outb(CD_CMD + 6, 0xa0);
    outb(CD_CMD + 1, 1);
    outb(CD_CMD + 7, 0xa0);
    wait_not_busy(CD_CTL);
    for (int i = 0; i < 12; i += 2) {
        qtest_out(t, CD_CMD, lduw_le_p(read_all + i), 2);
    }
    g_assert_cmphex(run_engine(BM_CD, CD_CTL, true), ==, 0x04);
    g_assert_cmphex(inb(CD_CMD + 7), ==, 0x50);
    qtest_memread(t, BUF, reply, BLOCKS * 2048);
    assert_pattern(reply, BLOCKS * 2048, 0);
    stop();
}

static void test_medium_change(void)
{
    g_autofree char *other = image_make(32 * 2048);
    uint8_t reply[64];

    start("");
    /* Locked, the drive keeps it and the monitor's wish is told. */
    PACKET(NULL, NULL, 0x1e, 0, 0, 0, 1);
    g_assert_cmphex(PACKET(NULL, NULL, 0x1b, 0, 0, 0, 2), ==, 0x20);
    assert_sense(2, 0x53);
    g_free(qtest_qmp_error(t, "eject", json_pack("{s:s}", "id", "cddev"),
                           "GenericError"));
    PACKET(reply, NULL, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8);
    g_assert_cmphex(reply[4], ==, 0x01);
    PACKET(NULL, NULL, 0x1e, 0, 0, 0, 0);
    /* The guest opens and closes the tray. */
    g_assert_cmphex(PACKET(NULL, NULL, 0x1b, 0, 0, 0, 2), ==, 0);
    json_decref(qtest_wait_event(t, "DEVICE_TRAY_MOVED"));
    g_assert_cmphex(PACKET(NULL, NULL, 0x00), ==, 0x20);
    assert_sense(2, 0x3a);
    g_assert_cmphex(PACKET(NULL, NULL, 0x1b, 0, 0, 0, 3), ==, 0);
    g_assert_cmphex(PACKET(NULL, NULL, 0x00), ==, 0);
    /* Another medium: gone, then a unit attention, then it is there. */
    json_decref(qtest_qmp(t, "blockdev-change-medium",
                          json_pack("{s:s, s:s, s:s}", "id", "cddev",
                                    "filename", other, "format", "raw")));
    g_assert_cmphex(PACKET(NULL, NULL, 0x00), ==, 0x20);
    assert_sense(2, 0x3a);
    g_assert_cmphex(PACKET(NULL, NULL, 0x00), ==, 0x60);
    assert_sense(6, 0x28);
    g_assert_cmphex(PACKET(NULL, NULL, 0x00), ==, 0);
    PACKET(reply, NULL, 0x25);
    g_assert_cmphex(ldl_be_p(reply), ==, 31);
    PACKET(reply, NULL, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8);
    g_assert_cmphex(reply[4], ==, 0x02);
    g_unlink(other);
    stop();
}

/*** Errors of the back end ***/

static void start_failing(const char *event, const char *policy)
{
    hd_path = image_make(SECTORS * 512);
    cd_path = image_make(BLOCKS * 2048);
    t = qtest_start("-machine pc -nodefaults -m 64M -blockdev "
                    "'{\"driver\":\"blkdebug\",\"node-name\":\"b\",\"image\":"
                    "{\"driver\":\"file\",\"filename\":\"%s\"},"
                    "\"inject-error\":[{\"event\":\"none\",\"iotype\":\"%s\","
                    "\"errno\":5,\"once\":true}]}' "
                    "-device ide-hd,bus=ide.0,drive=b,rerror=%s,werror=%s",
                    hd_path, event, policy, policy);
    enable();
}

static void test_error_report(void)
{
    start_failing("read", "report");
    /* The geometry was not guessed from the partition table: it failed. */
    qtest_out(t, BM + 4, PRDS, 4);
    prd(0, BUF, 512, true);
    for (int i = 0; i < 2; i++) {
        command(0xc8, 3, 1);
        run_engine(BM, CTL, true);
        if (inb(CMD + 7) == 0x41) {
            break;
        }
        outb(BM, 0);
    }
    outb(BM, 0);
    command(0xc8, 3, 1);
    g_assert_cmphex(run_engine(BM, CTL, true), ==, 0x04);
    g_assert_cmphex(inb(CMD + 7), ==, 0x50);
    stop();
}

static void stop_and_continue(uint8_t cmd)
{
    uint8_t data[512];

    memset(data, 0x5a, sizeof(data));
    start_failing("write", "stop");
    qtest_out(t, BM + 4, PRDS, 4);
    prd(0, BUF, 512, true);
    qtest_memset(t, BUF, 0x5a, 512);
    command(cmd, 50, 1);
    if (cmd == 0xca) {
        outb(BM, 1);
    } else {
        write_data(data, 512);
    }
    json_decref(qtest_wait_event(t, "STOP"));
    json_decref(qtest_qmp(t, "cont", NULL));
    json_decref(qtest_wait_event(t, "RESUME"));
    for (int i = 0; i < 20000 && !(inb(BM + 2) & 4); i++) {
    }
    g_assert_cmphex(wait_not_busy(CTL), ==, 0x50);
    outb(BM, 0);
    command(0xe7, 0, 0);
    assert_in_file(50 * 512, data, 512);
    stop();
}

static void test_error_stop_pio(void)
{
    stop_and_continue(0x30);
}

static void test_error_stop_dma(void)
{
    stop_and_continue(0xca);
}

/*** Options ***/

static void assert_refused(const char *options, const char *why)
{
    g_autofree char *out = NULL;

    g_assert_cmpint(qtest_run(&out, "-machine pc -nodefaults -accel qtest "
                              "-blockdev null-co,node-name=x -blockdev "
                              "null-co,node-name=y %s", options), ==, 1);
    if (!strstr(out, why)) {
        g_error("\"%s\" is not in: %s", why, out);
    }
}

static void test_options(void)
{
    assert_refused("-device ide-hd", "No drive specified");
    assert_refused("-device ide-hd,drive=x,bus=ide.0,unit=2", "unit 2");
    assert_refused("-device ide-hd,drive=x,bus=ide.0,unit=0 "
                   "-device ide-hd,drive=y,bus=ide.0,unit=0", "in use");
    assert_refused("-device ide-hd,drive=x,logical_block_size=4096,"
                   "physical_block_size=4096",
                   "logical_block_size");
    assert_refused("-device piix3-ide", "other IDE");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ide/identify", test_identify);
    g_test_add_func("/ide/pio", test_pio);
    g_test_add_func("/ide/dma", test_dma);
    g_test_add_func("/ide/hostile-prds", test_hostile_prds);
    g_test_add_func("/ide/resets", test_resets);
    g_test_add_func("/ide/smart-and-power", test_smart_and_power);
    g_test_add_func("/ide/trim", test_trim);
    g_test_add_func("/ide/packets", test_packets);
    g_test_add_func("/ide/packet-dma", test_packet_dma);
    g_test_add_func("/ide/medium-change", test_medium_change);
    g_test_add_func("/ide/error-report", test_error_report);
    g_test_add_func("/ide/error-stop-pio", test_error_stop_pio);
    g_test_add_func("/ide/error-stop-dma", test_error_stop_dma);
    g_test_add_func("/ide/options", test_options);
    return g_test_run();
}
