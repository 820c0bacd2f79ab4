/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The AHCI adapter of the board q35, as a driver with command lists in memory
 * uses it: reads and writes of all kinds, queueing with every tag, packets,
 * errors and recovery, MSI, and addresses that a hostile guest may give.
 */
#include "image.h"
#include "pci.h"
#include "qemu/bswap.h"
#include <glib/gstdio.h>

#define BAR 0xfe000000
#define SECTORS 8192
#define BLOCKS 128
#define BASE(port) (0x100000 + 0x100000 * (port))
#define FIS(port) (BASE(port) + 0x400)
#define TABLE(port, slot) (BASE(port) + 0x1000 + (slot) * 0x400)
#define DATA 0x1000000

/* Registers of a port. */
enum {
    CLB = 0x00, FB = 0x08, IS = 0x10, IE = 0x14, CMD = 0x18, TFD = 0x20,
    SIG = 0x24, SSTS = 0x28, SCTL = 0x2c, SERR = 0x30, SACT = 0x34,
    CI = 0x38,
};

static QTest *t;
static PciFn *fn;
static char *hd_path, *cd_path;

static uint32_t hba(unsigned reg)
{
    return qtest_read(t, BAR + reg, 4);
}

static void set_hba(unsigned reg, uint32_t val)
{
    qtest_write(t, BAR + reg, val, 4);
}

static uint32_t get(int port, unsigned reg)
{
    return hba(0x100 + 0x80 * port + reg);
}

static void set(int port, unsigned reg, uint32_t val)
{
    set_hba(0x100 + 0x80 * port + reg, val);
}

static void start_port(int port)
{
    set(port, CMD, 0x06);
    set(port, CLB, BASE(port));
    set(port, CLB + 4, 0);
    set(port, FB, FIS(port));
    set(port, FB + 4, 0);
    set(port, SERR, UINT32_MAX);
    set(port, IS, UINT32_MAX);
    set(port, IE, UINT32_MAX);
    set(port, CMD, 0x16);
    set(port, CMD, 0x17);
}

static void start_with(const char *disk, const char *more)
{
    hd_path = image_make(SECTORS * 512);
    cd_path = image_make(BLOCKS * 2048);
    t = qtest_start("-machine q35 -nodefaults -m 64M %s%s%s "
                    "-drive file=%s,format=raw,if=ide,index=2,media=cdrom %s",
                    disk, *disk ? "" : "-drive format=raw,if=ide,index=0,file=",
                    *disk ? "" : hd_path, cd_path, more);
    fn = pci_at(t, 0, 0x1f, 2);
    pci_cfg_write(fn, 0x24, BAR, 4);
    pci_cfg_write(fn, 0x20, 0xc021, 4);
    pci_cfg_write(fn, 4, 7, 2);
    set_hba(0x04, 0x80000002);
    start_port(0);
    start_port(2);
}

static void start(void)
{
    start_with("", "");
}

static void stop(void)
{
    g_free(fn);
    qtest_quit(t);
    g_unlink(hd_path);
    g_unlink(cd_path);
    g_free(hd_path);
    g_free(cd_path);
}

/*** Commands ***/

typedef struct Request {
    int port;
    unsigned slot;
    uint8_t cmd, feature;
    uint64_t lba;
    unsigned count;
    bool write;
    const uint8_t *packet;
    uint64_t data;
    uint32_t len;               /* in regions of at most 64 KiB */
} Request;

static void put_request(const Request *r)
{
    uint64_t table = TABLE(r->port, r->slot);
    bool ncq = r->cmd == 0x60 || r->cmd == 0x61;
    unsigned low = ncq ? r->slot << 3 : r->count;
    uint8_t feature = ncq ? r->count : r->feature;
    uint8_t cfis[20] = {
        0x27, 0x80, r->cmd, feature, r->lba, r->lba >> 8, r->lba >> 16, 0x40,
        r->lba >> 24, r->lba >> 32, r->lba >> 40, ncq ? r->count >> 8 : 0,
        low, ncq ? 0 : r->count >> 8,
    };
    unsigned regions = 0;
    uint32_t header[8] = { 0 };

    if (r->packet) {
        cfis[5] = 0xfe;
        cfis[6] = 0xff;
        qtest_memwrite(t, table + 0x40, r->packet, 12);
    }
    qtest_memwrite(t, table, cfis, sizeof(cfis));
    for (uint32_t done = 0; done < r->len; regions++) {
        uint32_t len = MIN(r->len - done, 0x10000);
        uint32_t prd[4] = { r->data + done, (r->data + done) >> 32, 0,
                            len - 1 };

        qtest_memwrite(t, table + 0x80 + 16 * regions, prd, sizeof(prd));
        done += len;
    }
    header[0] = 5 | (r->packet ? 0x20 : 0) | (r->write ? 0x40 : 0) |
                regions << 16;
    header[2] = table;
    qtest_memwrite(t, BASE(r->port) + 32 * r->slot, header, sizeof(header));
}

/* Until it is done or the port has an error; the task file then. */
static uint32_t wait_port(int port, uint32_t slots)
{
    uint32_t tfd = 0;

    for (int i = 0; i < 30000; i++) {
        uint32_t issued = get(port, CI) | get(port, SACT);

        tfd = get(port, TFD);
        if (!(tfd & 0x88) && ((tfd & 1) || !(issued & slots))) {
            return tfd;
        }
    }
    g_error("port %d: CI 0x%x SACT 0x%x TFD 0x%x", port, get(port, CI),
            get(port, SACT), tfd);
}

static uint32_t run(const Request *r)
{
    put_request(r);
    set(r->port, IS, UINT32_MAX);
    if (r->cmd == 0x60 || r->cmd == 0x61) {
        set(r->port, SACT, 1u << r->slot);
    }
    set(r->port, CI, 1u << r->slot);
    return wait_port(r->port, 1u << r->slot);
}

static uint32_t moved(const Request *r)
{
    return qtest_read(t, BASE(r->port) + 32 * r->slot + 4, 4);
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

/*** Tests ***/

static void test_registers(void)
{
    start();
    g_assert_cmphex(hba(0x00), ==, 0xc0141f05);
    g_assert_cmphex(hba(0x0c), ==, 0x3f);
    g_assert_cmphex(hba(0x10), ==, 0x10000);
    g_assert_cmphex(get(0, SSTS), ==, 0x113);
    g_assert_cmphex(get(1, SSTS), ==, 0);
    g_assert_cmphex(get(0, SIG), ==, 0x00000101);
    g_assert_cmphex(get(2, SIG), ==, 0xeb140101);
    /* Through the index and data ports. */
    qtest_out(t, 0xc030, 0x128, 4);
    g_assert_cmphex(qtest_in(t, 0xc034, 4), ==, 0x113);
    qtest_out(t, 0xc030, 0x114, 4);
    qtest_out(t, 0xc034, 0x3, 4);
    g_assert_cmphex(get(0, IE), ==, 3);
    /* Read in parts, and over the end of a register. */
    g_assert_cmphex(qtest_read(t, BAR + 0x12a, 2), ==, 0);
    g_assert_cmphex(qtest_read(t, BAR + 0x129, 1), ==, 0x01);
    g_assert_cmphex(qtest_read(t, BAR + 0x126, 4), ==, 0x01130000);
    /* An adapter's reset. */
    set_hba(0x04, 0x80000001);
    for (int i = 0; i < 1000 && (hba(0x04) & 1); i++) {
    }
    g_assert_cmphex(hba(0x04), ==, 0x80000000);
    g_assert_cmphex(get(0, CMD), ==, 0x06);
    g_assert_cmphex(get(0, TFD), ==, 0x7f);
    stop();
    t = qtest_start("-machine q35,sata=off -nodefaults");
    g_assert_null(pci_find(t, 0x8086, 0x2922, 0));
    qtest_quit(t);
}

static void test_read_write(void)
{
    static const struct {
        uint8_t read, write;
        unsigned count;
    } kinds[] = {
        { 0x20, 0x30, 3 }, { 0x24, 0x34, 40 }, { 0xc8, 0xca, 256 },
        { 0x25, 0x35, 1000 }, { 0xc4, 0xc5, 50 }, { 0x60, 0x61, 300 },
    };

    start();
    for (int i = 0; i < ARRAY_SIZE(kinds); i++) {
        uint32_t len = kinds[i].count * 512;
        Request r = {
            .slot = i, .cmd = kinds[i].write, .lba = 2000, .write = true,
            .count = kinds[i].count & (kinds[i].count == 256 ? 0xff : 0xffff),
            .data = DATA, .len = len,
        };
        g_autofree uint8_t *buf = g_malloc(len);
        bool ncq = r.cmd == 0x61;

        memset(buf, 0x30 + i, len);
        qtest_memset(t, DATA, 0x30 + i, len);
        g_assert_cmphex(run(&r), ==, 0x50);
        if (!ncq) {
            g_assert_cmpuint(moved(&r), ==, len);
        }
        g_assert_cmphex(get(0, IS) & (ncq ? 0x8 : 0x1), !=, 0);
        qtest_memset(t, DATA, 0, len);
        r.cmd = kinds[i].read;
        r.write = false;
        g_assert_cmphex(run(&r), ==, 0x50);
        for (uint32_t at = 0; at < len; at += 512) {
            g_assert_cmphex(qtest_read(t, DATA + at, 4), ==,
                            0x01010101u * (0x30 + i));
        }
        r.lba = 100;
        g_assert_cmphex(run(&r), ==, 0x50);
        assert_pattern_at(DATA, len, 100 * 512);
    }
    stop();
}

static void test_all_tags(void)
{
    uint32_t tfd;

    start();
    for (unsigned slot = 0; slot < 32; slot++) {
        Request r = {
            .slot = slot, .cmd = 0x60, .lba = slot * 16, .count = 16,
            .data = DATA + slot * 0x2000, .len = 0x2000,
        };

        put_request(&r);
    }
    set(0, SACT, UINT32_MAX);
    set(0, CI, UINT32_MAX);
    tfd = wait_port(0, UINT32_MAX);
    g_assert_cmphex(tfd, ==, 0x50);
    g_assert_cmphex(get(0, SACT), ==, 0);
    g_assert_cmphex(get(0, CI), ==, 0);
    assert_pattern_at(DATA, 32 * 0x2000, 0);
    stop();
}

static void test_interrupts(void)
{
    Request r = { .cmd = 0xe7 };
    uint64_t where;

    start();
    where = qtest_alloc(t, 16, 16);
    /* A message of its own for each event. */
    pci_cfg_write(fn, 0x84, where, 4);
    pci_cfg_write(fn, 0x88, 0, 4);
    pci_cfg_write(fn, 0x8c, 0x4567, 2);
    pci_cfg_write(fn, 0x82, 0x81, 2);
    for (int i = 0; i < 3; i++) {
        qtest_write(t, where, 0, 4);
        g_assert_cmphex(run(&r), ==, 0x50);
        g_assert_cmphex(qtest_read(t, where, 4), ==, 0x4567);
        g_assert_cmphex(hba(0x08) & 1, ==, 1);
        set(0, IS, UINT32_MAX);
        g_assert_cmphex(hba(0x08) & 1, ==, 0);
    }
    /* Masked: none. */
    qtest_write(t, where, 0, 4);
    set(0, IE, 0);
    run(&r);
    g_assert_cmphex(qtest_read(t, where, 4), ==, 0);
    /* Unmasked with the cause there: now. */
    set(0, IE, 1);
    g_assert_cmphex(qtest_read(t, where, 4), ==, 0x4567);
    stop();
}

static void test_packets(void)
{
    static const uint8_t inquiry[12] = { 0x12, 0, 0, 0, 36 };
    static const uint8_t sense[12] = { 0x03, 0, 0, 0, 18 };
    static const uint8_t bad[12] = { 0x28, 0, 0x7f, 0, 0, 0, 0, 0, 1 };
    static const uint8_t read_all[12] = { 0x28, 0, 0, 0, 0, 0, 0, 0, BLOCKS };
    Request r = {
        .port = 2, .slot = 3, .cmd = 0xa0, .packet = inquiry, .data = DATA,
        .len = 36,
    };

    start();
    for (int dma = 0; dma < 2; dma++) {
        r.feature = dma;
        r.packet = inquiry;
        r.len = 36;
        qtest_memset(t, DATA, 0, 64);
        g_assert_cmphex(run(&r), ==, 0x50);
        g_assert_cmphex(qtest_read(t, DATA, 4), ==, 0x21008005);
        r.packet = read_all;
        r.len = BLOCKS * 2048;
        g_assert_cmphex(run(&r), ==, 0x50);
        g_assert_cmpuint(moved(&r), ==, BLOCKS * 2048);
        assert_pattern_at(DATA, BLOCKS * 2048, 0);
        /* An error keeps the command issued; the port goes on anew. */
        r.packet = bad;
        g_assert_cmphex(run(&r), ==, 0x5041);
        g_assert_cmphex(get(2, IS) & 0x40000000, !=, 0);
        g_assert_cmphex(get(2, CI), ==, 1u << 3);
        start_port(2);
        g_assert_cmphex(get(2, CI), ==, 0);
        r.packet = sense;
        r.len = 18;
        g_assert_cmphex(run(&r), ==, 0x50);
        g_assert_cmphex(qtest_read(t, DATA + 2, 1), ==, 5);
    }
    stop();
}

static void test_errors(void)
{
    Request r = { .cmd = 0x25, .lba = SECTORS - 1, .count = 2, .data = DATA,
                  .len = 1024 };

    start();
    g_assert_cmphex(run(&r), ==, 0x0441);
    start_port(0);
    /* Queued, past the end: by the Set Device Bits FIS. */
    r.cmd = 0x60;
    g_assert_cmphex(run(&r), ==, 0x0441);
    g_assert_cmphex(qtest_read(t, FIS(0) + 0x58, 4) & 0xff0000ff, ==,
                    0x040000a1);
    g_assert_cmphex(get(0, SACT), ==, 1);
    start_port(0);
    g_assert_cmphex(get(0, SACT), ==, 0);
    /* Less memory than data. */
    r.lba = 0;
    r.len = 512;
    g_assert_cmphex(run(&r), ==, 0x0441);
    g_assert_cmphex(get(0, IS) & 0x01000000, !=, 0);
    start_port(0);
    /* No such command. */
    r.cmd = 0xfe;
    g_assert_cmphex(run(&r), ==, 0x0441);
    start_port(0);
    r.cmd = 0x25;
    r.len = 1024;
    g_assert_cmphex(run(&r), ==, 0x50);
    stop();
}

static void test_resets(void)
{
    Request r = { .cmd = 0x25, .lba = 5, .count = 256, .data = DATA,
                  .len = 256 * 512 };
    uint8_t cfis[20] = { 0x27, 0 };

    start();
    for (int i = 0; i < 20; i++) {
        /* With a transfer under way. */
        put_request(&r);
        set(0, CI, 1);
        if (i & 1) {
            set(0, SCTL, 0x301);
            set(0, SCTL, 0x300);
            for (int n = 0; n < 10000 && get(0, SSTS) != 0x113; n++) {
            }
        } else {
            set_hba(0x04, 0x80000001);
            for (int n = 0; n < 10000 && (hba(0x04) & 1); n++) {
            }
            g_assert_cmphex(hba(0x04) & 1, ==, 0);
            set_hba(0x04, 0x80000002);
        }
        start_port(0);
        g_assert_cmphex(run(&r), ==, 0x50);
        assert_pattern_at(DATA, 4096, 5 * 512);
    }
    /* SRST: two FISes. */
    for (int i = 0; i < 2; i++) {
        cfis[15] = i ? 0 : 4;
        put_request(&r);
        qtest_memwrite(t, TABLE(0, 0), cfis, sizeof(cfis));
        set(0, CI, 1);
        for (int n = 0; n < 10000 && get(0, CI); n++) {
        }
    }
    for (int n = 0; n < 10000 && get(0, TFD) != 0x130; n++) {
    }
    g_assert_cmphex(get(0, TFD), ==, 0x130);
    g_assert_cmphex(get(0, SIG), ==, 0x101);
    g_assert_cmphex(run(&r), ==, 0x50);
    stop();
}

/*** A hostile guest ***/

static void test_hostile_addresses(void)
{
    static const uint64_t places[] = {
        0xe0000000, 0xfffffffffffff000, BAR, BAR + 0x100, 0xfec00000,
        0x3fffc00,
    };
    Request r = { .cmd = 0x25, .count = 8, .data = DATA, .len = 4096 };

    start();
    for (int i = 0; i < ARRAY_SIZE(places); i++) {
        /* The command list there; the FIS area; a table; the data. */
        set(0, CMD, 0x06);
        set(0, CLB, places[i]);
        set(0, CLB + 4, places[i] >> 32);
        set(0, CMD, 0x17);
        set(0, CI, UINT32_MAX);
        start_port(0);
        set(0, CMD, 0x06);
        set(0, FB, places[i]);
        set(0, FB + 4, places[i] >> 32);
        set(0, CMD, 0x17);
        for (int kind = 0; kind < 3; kind++) {
            r.cmd = kind == 0 ? 0x25 : kind == 1 ? 0xec : 0x60;
            put_request(&r);
            set(0, SACT, kind == 2);
            set(0, CI, 1);
            for (int n = 0; n < 2000 && (get(0, CI) | get(0, SACT)); n++) {
            }
        }
        start_port(0);
        put_request(&r);
        qtest_write(t, BASE(0) + 8, places[i], 4);
        qtest_write(t, BASE(0) + 12, places[i] >> 32, 4);
        set(0, CI, 1);
        start_port(0);
        for (int kind = 0; kind < 4; kind++) {
            static const uint8_t cmds[] = { 0x25, 0x35, 0xec, 0x60 };
            Request bad = r;

            bad.cmd = cmds[kind];
            bad.write = kind == 1;
            bad.lba = 4000;
            bad.data = places[i];
            put_request(&bad);
            set(0, SACT, kind == 3);
            set(0, CI, 1);
            for (int n = 0; n < 3000 && (get(0, CI) | get(0, SACT)); n++) {
            }
            set_hba(0x04, 0x80000001);
            for (int n = 0; n < 10000 && (hba(0x04) & 1); n++) {
            }
            set_hba(0x04, 0x80000002);
            start_port(0);
        }
    }
    r.cmd = 0x25;
    r.lba = 0;
    g_assert_cmphex(run(&r), ==, 0x50);
    stop();
}

/* Data that would be written to the adapter's own registers. */
static void test_hostile_self(void)
{
    Request r = { .cmd = 0x35, .write = true, .count = 8, .data = DATA,
                  .len = 4096 };

    start();
    /* A sector that resets the adapter and issues everything. */
    for (int i = 0; i < 1024; i++) {
        qtest_write(t, DATA + 4 * i, 0x80000001, 4);
    }
    g_assert_cmphex(run(&r), ==, 0x50);
    for (int kind = 0; kind < 3; kind++) {
        static const uint8_t cmds[] = { 0x25, 0x20, 0x60 };
        Request self = r;

        self.write = false;
        self.cmd = cmds[kind];
        self.data = BAR;
        put_request(&self);
        set(0, SACT, kind == 2);
        set(0, CI, 1);
        for (int n = 0; n < 5000 && (get(0, CI) | get(0, SACT)); n++) {
        }
        set_hba(0x04, 0x80000001);
        for (int n = 0; n < 10000 && (hba(0x04) & 1); n++) {
        }
        set_hba(0x04, 0x80000002);
        start_port(0);
    }
    r.write = false;
    r.cmd = 0x25;
    r.lba = 100;
    g_assert_cmphex(run(&r), ==, 0x50);
    assert_pattern_at(DATA, 4096, 100 * 512);
    stop();
}

static void test_hostile_tables(void)
{
    GRand *rand = g_rand_new_with_seed(7);
    uint8_t junk[0x400];
    Request r = { .cmd = 0x25, .count = 8, .data = DATA, .len = 4096 };

    start();
    for (int i = 0; i < 300; i++) {
        int port = g_rand_boolean(rand) ? 0 : 2;
        uint32_t header[8];

        for (int n = 0; n < sizeof(junk); n++) {
            junk[n] = g_rand_int_range(rand, 0, 4) ? 0 : g_rand_int(rand);
        }
        junk[0] = 0x27;
        junk[1] = g_rand_int_range(rand, 0, 5) ? 0x80 : g_rand_int(rand);
        junk[2] = g_rand_int(rand);
        qtest_memwrite(t, TABLE(port, 0), junk, sizeof(junk));
        for (int n = 0; n < 8; n++) {
            header[n] = g_rand_int(rand);
        }
        header[0] &= 0x0007ffff;
        header[2] = TABLE(port, 0);
        header[3] = 0;
        qtest_memwrite(t, BASE(port), header, sizeof(header));
        set(port, SACT, g_rand_int(rand) & 1);
        set(port, CI, 1);
        if (i % 16 == 15) {
            set(port, SCTL, 0x301);
            set(port, SCTL, 0x300);
        }
        if (i % 4 == 3) {
            start_port(port);
        }
    }
    set_hba(0x04, 0x80000001);
    for (int n = 0; n < 20000 && (hba(0x04) & 1); n++) {
    }
    g_assert_cmphex(hba(0x04) & 1, ==, 0);
    start_port(0);
    g_assert_cmphex(run(&r), ==, 0x50);
    g_rand_free(rand);
    stop();
}

/*** Errors of the back end ***/

static void stop_and_continue(uint8_t cmd)
{
    bool write = cmd == 0x35 || cmd == 0x61;
    g_autofree char *disk = g_strdup_printf(
        "-blockdev '{\"driver\":\"blkdebug\",\"node-name\":\"b\",\"image\":"
        "{\"driver\":\"null-co\",\"size\":4194304,\"read-zeroes\":true},"
        "\"inject-error\":[{\"event\":\"none\",\"iotype\":\"%s\",\"errno\":5,"
        "\"sector\":40,\"once\":true}]}' -device ide-hd,bus=ide.0,drive=b,"
        "rerror=stop,werror=stop", write ? "write" : "read");
    Request r = { .slot = 9, .cmd = cmd, .lba = 40, .count = 8,
                  .write = write, .data = DATA, .len = 4096 };

    start_with(disk, "");
    qtest_memset(t, DATA, 0x77, 4096);
    put_request(&r);
    set(0, SACT, cmd == 0x60 || cmd == 0x61 ? 1u << 9 : 0);
    set(0, CI, 1u << 9);
    json_decref(qtest_wait_event(t, "STOP"));
    json_decref(qtest_qmp(t, "cont", NULL));
    json_decref(qtest_wait_event(t, "RESUME"));
    g_assert_cmphex(wait_port(0, 1u << 9), ==, 0x50);
    if (!write) {
        g_assert_cmphex(qtest_read(t, DATA, 4), ==, 0);
    }
    stop();
}

static void test_error_stop(void)
{
    static const uint8_t cmds[] = { 0x20, 0x25, 0x35, 0x60, 0x61 };

    for (int i = 0; i < ARRAY_SIZE(cmds); i++) {
        stop_and_continue(cmds[i]);
    }
}

/*** Plugging ***/

static void test_unplug(void)
{
    g_autofree char *why = NULL;

    start_with("-blockdev null-co,node-name=x -device "
               "ide-hd,drive=x,bus=ide.0,id=d", "");
    /* SATA disks are not hot-pluggable here, as on the stock machine. */
    why = qtest_qmp_error(t, "device_del", json_pack("{s:s}", "id", "d"),
                          "GenericError");
    g_assert_nonnull(strstr(why, "does not support hotplugging"));
    stop();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ahci/registers", test_registers);
    g_test_add_func("/ahci/read-write", test_read_write);
    g_test_add_func("/ahci/all-tags", test_all_tags);
    g_test_add_func("/ahci/interrupts", test_interrupts);
    g_test_add_func("/ahci/packets", test_packets);
    g_test_add_func("/ahci/errors", test_errors);
    g_test_add_func("/ahci/resets", test_resets);
    g_test_add_func("/ahci/hostile-addresses", test_hostile_addresses);
    g_test_add_func("/ahci/hostile-self", test_hostile_self);
    g_test_add_func("/ahci/hostile-tables", test_hostile_tables);
    g_test_add_func("/ahci/error-stop", test_error_stop);
    g_test_add_func("/ahci/unplug", test_unplug);
    return g_test_run();
}
