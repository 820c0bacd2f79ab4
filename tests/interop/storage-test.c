/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disk controllers of the boards: the same random history of a driver is
 * played to our program and to the stock emulator, on images of the same
 * contents, and every register and every byte in memory compared.
 *
 * A history waits for the end of each command, as both work in their own
 * time.  Where we differ on purpose it does not go, or looks away; the places
 * say why.  INTEROP_SEED=n plays one seed only.
 */
#include "pci.h"
#include <glib/gstdio.h>

#define SHOWN 16
#define HD_SECTORS 8192
#define CD_BLOCKS 300

typedef struct Pair {
    QTest *t[2];                /* ours, stock */
    char *images[2][3];
    GRand *rand;
    GQueue log;                 /* char *, the last SHOWN steps */
    char where[64];             /* what is being compared */
    uint16_t bm;                /* bus master ports of the IDE function */
    unsigned channel;
} Pair;

static void G_GNUC_PRINTF(2, 3) note(Pair *p, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_queue_push_tail(&p->log, g_strdup_vprintf(fmt, ap));
    va_end(ap);
    if (g_queue_get_length(&p->log) > SHOWN) {
        g_free(g_queue_pop_head(&p->log));
    }
}

static void G_GNUC_PRINTF(2, 3) at(Pair *p, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_vsnprintf(p->where, sizeof(p->where), fmt, ap);
    va_end(ap);
}

static void same(Pair *p, uint64_t ours, uint64_t stock)
{
    if (ours != stock) {
        for (GList *l = p->log.head; l; l = l->next) {
            g_test_message("%s", (char *)l->data);
        }
        g_test_message("%s: ours 0x%" PRIx64 ", stock 0x%" PRIx64, p->where,
                       ours, stock);
        g_test_fail();
    }
}

/*** Images and machines ***/

static char *make_image(const char *name, size_t size)
{
    char *path = NULL;
    int fd = g_file_open_tmp(name, &path, NULL);
    uint8_t *data = g_malloc(size);

    g_assert_cmpint(fd, >=, 0);
    for (size_t i = 0; i < size; i++) {
        data[i] = i * 7 + i / 512 * 13 + (i >> 16);
    }
    g_assert_cmpint(write(fd, data, size), ==, size);
    close(fd);
    g_free(data);
    return path;
}

static void start(Pair *p, uint32_t seed, const char *machine,
                  const char *floppy)
{
    *p = (Pair) { .rand = g_rand_new_with_seed(seed) };
    for (int i = 0; i < 2; i++) {
        p->images[i][0] = make_image("hd-XXXXXX", HD_SECTORS * 512);
        p->images[i][1] = make_image("cd-XXXXXX", CD_BLOCKS * 2048);
        p->images[i][2] = make_image("fd-XXXXXX", 2880 * 512);
    }
#define OPTIONS(i) "-machine %s -nodefaults -m 64M " \
        "-drive file=%s,format=raw,if=ide,index=0 " \
        "-drive file=%s,format=raw,if=ide,index=2,media=cdrom " \
        "-drive file=%s,format=raw,if=%s,id=fd", machine, p->images[i][0], \
        p->images[i][1], p->images[i][2], floppy
    p->t[0] = qtest_start(OPTIONS(0));
    p->t[1] = qtest_start_stock(OPTIONS(1));
#undef OPTIONS
}

static void compare_images(Pair *p)
{
    for (int n = 0; n < 3; n++) {
        g_autofree char *a = NULL, *b = NULL;
        gsize la, lb;

        g_assert_true(g_file_get_contents(p->images[0][n], &a, &la, NULL));
        g_assert_true(g_file_get_contents(p->images[1][n], &b, &lb, NULL));
        g_assert_cmpuint(la, ==, lb);
        for (size_t s = 0; s < la; s += 512) {
            if (memcmp(a + s, b + s, 512)) {
                g_test_message("image %d differs at sector %zu", n, s / 512);
                g_test_fail();
                break;
            }
        }
    }
}

static void finish(Pair *p)
{
    qtest_quit(p->t[0]);
    qtest_quit(p->t[1]);
    compare_images(p);
    for (int i = 0; i < 2; i++) {
        for (int n = 0; n < 3; n++) {
            g_unlink(p->images[i][n]);
            g_free(p->images[i][n]);
        }
    }
    g_queue_clear_full(&p->log, g_free);
    g_rand_free(p->rand);
}

static int below(Pair *p, int n)
{
    return g_rand_int_range(p->rand, 0, n);
}

static void out(Pair *p, uint16_t port, uint32_t val, unsigned size)
{
    for (int i = 0; i < 2; i++) {
        qtest_out(p->t[i], port, val, size);
    }
}

static uint32_t in_both(Pair *p, uint16_t port, unsigned size)
{
    uint32_t ours = qtest_in(p->t[0], port, size);

    same(p, ours, qtest_in(p->t[1], port, size));
    return ours;
}

static void compare_ram(Pair *p, uint64_t addr, size_t len)
{
    g_autofree uint8_t *a = g_malloc(len), *b = g_malloc(len);

    qtest_memread(p->t[0], addr, a, len);
    qtest_memread(p->t[1], addr, b, len);
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i]) {
            at(p, "memory at 0x%" PRIx64, addr + i);
            same(p, a[i], b[i]);
            return;
        }
    }
}

/*** IDE ***/

#define PRD_TABLE 0x10000
#define BUFFER 0x100000
#define BUFFER_SIZE 0x40000

static uint16_t base(Pair *p)
{
    return p->channel ? 0x170 : 0x1f0;
}

static uint16_t bm(Pair *p)
{
    return p->bm + 8 * p->channel;
}

static void wait_drive(Pair *p)
{
    for (int i = 0; i < 2; i++) {
        for (int n = 0; n < 3000; n++) {
            if (!(qtest_in(p->t[i], base(p) + 0x206, 1) & 0x80)) {
                break;
            }
            g_usleep(300);
        }
    }
}

static void wait_dma(Pair *p)
{
    for (int i = 0; i < 2; i++) {
        for (int n = 0; n < 300; n++) {
            uint8_t bmstatus = qtest_in(p->t[i], bm(p) + 2, 1);
            uint8_t status = qtest_in(p->t[i], base(p) + 0x206, 1);

            if (!(bmstatus & 1) || !(status & 0x88)) {
                break;
            }
            g_usleep(300);
        }
    }
    wait_drive(p);
}

static void compare_ide(Pair *p)
{
    at(p, "all registers");
    in_both(p, base(p) + 0x206, 1);
    for (int reg = 1; reg < 8; reg++) {
        at(p, "register %d", reg);
        in_both(p, base(p) + reg, 1);
    }
    for (int reg = 0; reg < 8; reg++) {
        /* With memory to spare after a packet its engine stops. */
        uint8_t seen = p->channel && reg == 2 ? 0xfe : 0xff;

        at(p, "bus master register %d", reg);
        same(p, qtest_in(p->t[0], bm(p) + reg, 1) & seen,
             qtest_in(p->t[1], bm(p) + reg, 1) & seen);
    }
}

/*
 * EXECUTE DEVICE DIAGNOSTIC is not among them: it interrupts here, as ATA has
 * it, and not there.  Nor are those that set geometry and block size, which
 * IDENTIFY DEVICE tells at once here, and never again there.
 */
static const uint8_t hd_commands[] = {
    0x00, 0x10, 0x20, 0x21, 0x24, 0x25, 0x27, 0x29, 0x30, 0x34, 0x35, 0x39,
    0x3c, 0x40, 0x42, 0x70, 0x94, 0x98, 0xa0, 0xa1, 0xb0, 0xc4,
    0xc5, 0xc8, 0xca, 0xe0, 0xe5, 0xe7, 0xea, 0xec, 0xef, 0xf5, 0xf8,
    0x20, 0xc8, 0xca, 0x25, 0x35, 0xc4, 0xc5, 0x30,
};

static const uint8_t cd_commands[] = {
    0x00, 0x08, 0x20, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0,
    0xa1, 0xec, 0xe7, 0xe5, 0xef, 0xc8,
};

/* Lengths are even: the stock emulator stops before an odd last byte. */
static void random_packet(Pair *p, uint8_t *packet)
{
    static const uint8_t codes[] = {
        0x00, 0x03, 0x12, 0x1b, 0x1e, 0x25, 0x28, 0x28, 0x28, 0x2b, 0x43,
        0x46, 0x4a, 0x51, 0x5a, 0xa8, 0xad, 0xbb, 0xbd, 0xbe,
    };
    static const uint8_t pages[] = { 0x01, 0x2a, 0x3f, 0x83, 0x00 };
    uint8_t code = below(p, 12) ? codes[below(p, ARRAY_SIZE(codes))]
                                : below(p, 256);

    memset(packet, 0, 12);
    packet[0] = code;
    switch (code) {
    case 0x28:
        packet[4] = below(p, 2);
        packet[5] = below(p, 60);
        packet[8] = below(p, 5);
        break;
    case 0xa8:
        packet[5] = below(p, 256);
        packet[9] = below(p, 5);
        break;
    case 0xbe:
        packet[5] = below(p, 256);
        packet[8] = below(p, 3);
        /* Not with headers: theirs are not in BCD. */
        packet[9] = below(p, 2) ? 0x10 : 0x00;
        break;
    case 0x5a:
        packet[2] = pages[below(p, ARRAY_SIZE(pages))] | below(p, 4) << 6;
        packet[8] = below(p, 40) * 2;
        break;
    case 0x12:
        packet[1] = below(p, 2);
        packet[2] = pages[below(p, ARRAY_SIZE(pages))];
        /* Cut short, page 0x83 tells a shorter length there. */
        packet[4] = packet[1] ? 0xfe : below(p, 60) * 2;
        break;
    case 0x43:
        packet[1] = below(p, 2) * 2;
        packet[6] = below(p, 3);
        packet[8] = below(p, 30) * 2;
        packet[9] = below(p, 4) << 6;
        break;
    case 0x1b:
        packet[4] = below(p, 4);
        break;
    case 0x1e:
        packet[4] = below(p, 2);
        break;
    default:
        packet[4] = below(p, 30) * 2;
        packet[7] = 0;
        packet[8] = below(p, 30) * 2;
        packet[9] = below(p, 10) * 2;
        break;
    }
}

static void prd_table(Pair *p, unsigned bytes)
{
    unsigned n = 1 + below(p, 4), left = bytes;
    uint32_t addr = BUFFER + below(p, 64) * 2;

    for (unsigned i = 0; i < n; i++) {
        unsigned len = i == n - 1 ? left : below(p, left / 2 + 1) * 2;

        if (!len || len > 0x10000) {
            len = MIN(left, 0x8000);
        }
        len = MAX(len, 2);
        for (int k = 0; k < 2; k++) {
            qtest_write(p->t[k], PRD_TABLE + 8 * i, addr, 4);
            qtest_write(p->t[k], PRD_TABLE + 8 * i + 4,
                        (len & 0xffff) | (i == n - 1 ? 0x80000000 : 0), 4);
        }
        note(p, "PRD 0x%x 0x%x", addr, len);
        addr += len + below(p, 4) * 2;
        left -= MIN(left, len);
    }
    out(p, bm(p) + 4, PRD_TABLE, 4);
}

/* The engine of a packet device hangs there with too little memory. */
static void run_dma(Pair *p, bool to_memory, unsigned bytes)
{
    /* Sometimes too little or too much memory. */
    if (p->channel == 0 && below(p, 6) == 0) {
        bytes = MAX(2, bytes / 2 & ~1u);
    } else if (below(p, 6) == 0) {
        bytes += 512;
    }
    out(p, bm(p), 0, 1);
    out(p, bm(p) + 2, 0x06, 1);
    prd_table(p, MIN(bytes, 0x20000));
    note(p, "DMA %s of %u", to_memory ? "to memory" : "from memory", bytes);
    out(p, bm(p), to_memory ? 9 : 1, 1);
    wait_dma(p);
    compare_ide(p);
    out(p, bm(p), 0, 1);
    compare_ram(p, BUFFER, 0x8000);
}

static void move_pio(Pair *p)
{
    for (int n = 0; n < 5000 && !g_test_failed(); n++) {
        /* Over the end of a sector of a packet device it gets nothing there. */
        unsigned size = p->channel == 0 && below(p, 4) == 0 ? 4 : 2;
        uint8_t status[2];

        /* From block to block each is busy for its own time. */
        for (int i = 0; i < 2; i++) {
            status[i] = qtest_in(p->t[i], base(p) + 0x206, 1);
        }
        if ((status[0] | status[1]) & 0x80) {
            wait_drive(p);
            continue;
        }
        at(p, "alternate status in mid-transfer");
        same(p, status[0], status[1]);
        if (!(status[0] & 0x08)) {
            break;
        }
        if (below(p, 400) == 0) {
            note(p, "given up");
            break;
        }
        if (below(p, 2)) {
            out(p, base(p), g_rand_int(p->rand), size);
        }
        at(p, "data");
        in_both(p, base(p), size);
    }
    wait_drive(p);
}

static void hd_command(Pair *p)
{
    uint8_t cmd = hd_commands[below(p, ARRAY_SIZE(hd_commands))];
    unsigned sector = below(p, 10) ? below(p, 200) : HD_SECTORS - 4;
    unsigned count = 1 + below(p, 8);
    uint8_t feature = below(p, 2) ? 0xd0 + below(p, 12) : below(p, 256);
    /* Autosave cannot be switched on again there. */
    bool smart = cmd == 0xb0 && below(p, 4);

    feature = feature == 0xd2 ? 0xd0 : feature;
    if (below(p, 20) == 0) {
        cmd = below(p, 256);
        cmd = cmd == 0x90 || cmd == 0x91 || cmd == 0xc6 ? 0x00 : cmd;
    }
    /* The registers before the last ones count with some commands. */
    out(p, base(p) + 6, below(p, 5) ? 0xe0 : 0xa0, 1);
    for (int i = 0; i < 2; i++) {
        out(p, base(p) + 1, i ? feature : 0, 1);
        out(p, base(p) + 2, i ? count : 0, 1);
        out(p, base(p) + 3, i ? MAX(sector & 0xff, 1) : 0, 1);
        out(p, base(p) + 4, i ? smart ? 0x4f : sector >> 8 : 0, 1);
        out(p, base(p) + 5, i ? smart ? 0xc2 : 0 : 0, 1);
    }
    note(p, "command 0x%02x, sector %u, count %u, feature 0x%02x", cmd,
         sector, count, feature);
    out(p, base(p) + 7, cmd, 1);
    wait_drive(p);
    compare_ide(p);
    if (cmd == 0xc8 || cmd == 0x25) {
        run_dma(p, true, count * 512);
    } else if (cmd == 0xca || cmd == 0x35) {
        run_dma(p, false, count * 512);
    } else {
        move_pio(p);
    }
}

static void cd_command(Pair *p)
{
    uint8_t cmd = cd_commands[below(p, ARRAY_SIZE(cd_commands))];
    unsigned limit = below(p, 3) ? 0xfffe : 2 * (1 + below(p, 2000));
    bool dma = below(p, 3) == 0;
    uint8_t packet[12];

    out(p, base(p) + 6, 0xa0, 1);
    out(p, base(p) + 1, cmd == 0xef ? below(p, 256) : dma, 1);
    out(p, base(p) + 4, limit & 0xff, 1);
    out(p, base(p) + 5, limit >> 8, 1);
    note(p, "command 0x%02x, limit %u, dma %d", cmd, limit, dma);
    out(p, base(p) + 7, cmd, 1);
    wait_drive(p);
    compare_ide(p);
    if (cmd != 0xa0) {
        move_pio(p);
        return;
    }
    random_packet(p, packet);
    note(p, "packet %02x %02x %02x %02x %02x %02x %02x %02x %02x %02x",
         packet[0], packet[1], packet[2], packet[3], packet[4], packet[5],
         packet[6], packet[7], packet[8], packet[9]);
    /* What lies behind a short page there is from an earlier reply. */
    for (int i = 0; i < 6; i++) {
        out(p, base(p), packet[2 * i] | packet[2 * i + 1] << 8, 2);
    }
    if (dma) {
        compare_ide(p);
        run_dma(p, true, 10240);
    } else {
        wait_drive(p);
        compare_ide(p);
        move_pio(p);
    }
}

/* A software reset makes an interrupt there; ATA has none. */
static void reset_channel(Pair *p, uint8_t control)
{
    out(p, base(p) + 0x206, control, 1);
    out(p, base(p) + 0x206, control & ~0x04, 1);
    g_usleep(1500);
    wait_drive(p);
    out(p, bm(p) + 2, 0x64, 1);
    /* Nor does it select drive 0. */
    out(p, base(p) + 6, 0xa0, 1);
}

static void ide_step(Pair *p)
{
    unsigned reg = 1 + below(p, 6);
    uint8_t val = below(p, 256);

    p->channel = below(p, 2);
    switch (below(p, 10)) {
    case 0:
        note(p, "channel %u register %u: 0x%02x", p->channel, reg, val);
        out(p, base(p) + reg, val, 1);
        break;
    case 1:
        val = below(p, 4) ? below(p, 2) * 2 | below(p, 2) * 0x80 : 0x04;
        note(p, "channel %u control 0x%02x", p->channel, val);
        reset_channel(p, val);
        break;
    case 2:
        reg = below(p, 8);
        if (reg != 0) {
            note(p, "channel %u bus master register %u: 0x%02x", p->channel,
                 reg, val);
            out(p, bm(p) + reg, val, 1);
        }
        break;
    default:
        note(p, "channel %u", p->channel);
        /* One that sits there with data would take no command. */
        reset_channel(p, 0x04);
        if (p->channel) {
            cd_command(p);
        } else {
            hd_command(p);
        }
        break;
    }
    wait_drive(p);
    compare_ide(p);
}

static void play_ide(uint32_t seed)
{
    Pair p;

    start(&p, seed, "pc", "floppy");
    p.bm = 0xc000;
    for (int i = 0; i < 2; i++) {
        PciFn *f = pci_at(p.t[i], 0, 1, 1);

        for (int reg = 0; reg < 256; reg += 4) {
            uint32_t val = pci_cfg_read(f, reg, 4);

            if (i == 0) {
                PciFn *g = pci_at(p.t[1], 0, 1, 1);

                at(&p, "config 0x%x", reg);
                same(&p, val, pci_cfg_read(g, reg, 4));
                g_free(g);
            }
        }
        pci_cfg_write(f, 0x20, p.bm | 1, 4);
        pci_cfg_write(f, 4, 5, 2);
        g_free(f);
    }
    /* Before features are set; that is forgotten there. */
    out(&p, 0x1f7, 0xec, 1);
    move_pio(&p);
    for (int step = 0; step < 250 && !g_test_failed(); step++) {
        ide_step(&p);
    }
    finish(&p);
}

/*** AHCI ***/

#define AHCI_BAR 0xfe000000
#define LIST(port) (0x20000 + 0x10000 * (port))

static uint64_t port_reg(int port, unsigned reg)
{
    return AHCI_BAR + 0x100 + 0x80 * port + reg;
}

static void mem_write(Pair *p, uint64_t addr, uint32_t val)
{
    for (int i = 0; i < 2; i++) {
        qtest_write(p->t[i], addr, val, 4);
    }
}

static void bytes_both(Pair *p, uint64_t addr, const void *buf, size_t len)
{
    for (int i = 0; i < 2; i++) {
        qtest_memwrite(p->t[i], addr, buf, len);
    }
}

static void wait_slot(Pair *p, int port, unsigned slot)
{
    for (int i = 0; i < 2; i++) {
        for (int n = 0; n < 2000; n++) {
            uint32_t tfd = qtest_read(p->t[i], port_reg(port, 0x20), 4);
            uint32_t ci = qtest_read(p->t[i], port_reg(port, 0x38), 4);
            uint32_t sact = qtest_read(p->t[i], port_reg(port, 0x34), 4);

            if (!(tfd & 0x88) && ((tfd & 1) || (!ci && !sact))) {
                break;
            }
            g_usleep(300);
        }
    }
}

static void compare_ahci(Pair *p, int port)
{
    static const uint8_t regs[] = {
        0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x20, 0x24, 0x28, 0x2c,
        0x30, 0x34, 0x38, 0x3c,
    };

    for (int i = 0; i < ARRAY_SIZE(regs); i++) {
        at(p, "port %d register 0x%x", port, regs[i]);
        same(p, qtest_read(p->t[0], port_reg(port, regs[i]), 4),
             qtest_read(p->t[1], port_reg(port, regs[i]), 4));
    }
    for (int reg = 0; reg < 0x14; reg += 4) {
        at(p, "register 0x%x", reg);
        same(p, qtest_read(p->t[0], AHCI_BAR + reg, 4),
             qtest_read(p->t[1], AHCI_BAR + reg, 4));
    }
    /*
     * The FISes but for PIO Setup: there direction and final status are those
     * of Serial ATA here, and of the start of the transfer there.
     */
    compare_ram(p, LIST(port) + 0x400 + 0x40, 0x20);
    compare_ram(p, BUFFER, 0x3000);
}

static void ahci_restart(Pair *p, int port)
{
    uint32_t cmd = 0x6;

    mem_write(p, port_reg(port, 0x18), cmd);
    mem_write(p, port_reg(port, 0x00), LIST(port));
    mem_write(p, port_reg(port, 0x08), LIST(port) + 0x400);
    mem_write(p, port_reg(port, 0x30), 0xffffffff);
    mem_write(p, port_reg(port, 0x10), 0xffffffff);
    mem_write(p, port_reg(port, 0x14), 0xffffffff);
    mem_write(p, port_reg(port, 0x18), cmd | 0x10);
    mem_write(p, port_reg(port, 0x18), cmd | 0x11);
    g_usleep(500);
}

/* The regions of a command; sometimes too many, never too few. */
static unsigned put_regions(Pair *p, uint64_t table, unsigned bytes)
{
    unsigned n = 0;
    uint64_t addr = BUFFER + below(p, 100) * 2;

    while (bytes && n < 7) {
        uint32_t len = n == 6 ? bytes : MIN(bytes, 2u * (1 + below(p, 2000)));
        uint32_t prd[4] = { addr, 0, 0, len - 1 };

        bytes_both(p, table + 0x80 + 16 * n, prd, sizeof(prd));
        addr += len;
        bytes -= len;
        n++;
    }
    return n;
}

static void settle(Pair *p, int port);

static void issue(Pair *p, int port, unsigned slot, const uint8_t *cfis,
                  uint32_t flags, const uint8_t *packet, unsigned bytes)
{
    uint64_t table = LIST(port) + 0x1000 + slot * 0x400;
    unsigned n = put_regions(p, table, bytes);
    uint32_t header[8] = { 5 | flags | n << 16, 0, table, 0 };

    bytes_both(p, LIST(port) + slot * 32, header, sizeof(header));
    bytes_both(p, table, cfis, 20);
    bytes_both(p, table + 0x40, packet, 12);
    note(p, "port %d slot %u command 0x%02x flags 0x%x, %u bytes", port, slot,
         cfis[2], flags, bytes);
    if (cfis[2] == 0x60 || cfis[2] == 0x61) {
        mem_write(p, port_reg(port, 0x34), 1u << slot);
    }
    mem_write(p, port_reg(port, 0x38), 1u << slot);
    wait_slot(p, port, slot);
    compare_ahci(p, port);
    if (qtest_read(p->t[0], port_reg(port, 0x20), 4) & 1) {
        note(p, "port started anew");
        ahci_restart(p, port);
        mem_write(p, port_reg(port, 0x10), 0xffffffff);
        settle(p, port);
    }
    mem_write(p, port_reg(port, 0x10), 0xffffffff);
    mem_write(p, AHCI_BAR + 8, 0xffffffff);
}

/*
 * A queued command begins with a status of its own here, there it leaves the
 * one of a reset, an error or a command without seek.
 */
static void settle(Pair *p, int port)
{
    const uint8_t cfis[20] = { 0x27, 0x80, port ? 0xe7 : 0xe5 };
    const uint8_t packet[12] = { };

    issue(p, port, 0, cfis, 0, packet, 0);
}

static void ahci_command(Pair *p, int port)
{
    static const uint8_t codes[] = {
        0x20, 0x24, 0x25, 0x25, 0x30, 0x35, 0x35, 0x60, 0x60, 0x61, 0x61,
        0x27, 0xe7, 0xec, 0xc8, 0xca, 0xb0, 0xef, 0xe5, 0x29, 0x39, 0xea,
    };
    uint8_t cmd = codes[below(p, ARRAY_SIZE(codes))];
    unsigned slot = below(p, 32), count = 1 + below(p, 8);
    unsigned sector = below(p, 12) ? below(p, 300) : HD_SECTORS - 4;
    bool ncq = cmd == 0x60 || cmd == 0x61;
    bool write = cmd == 0x30 || cmd == 0x35 || cmd == 0x61 || cmd == 0xca ||
                 cmd == 0x39;
    uint8_t packet[12] = { };
    uint8_t cfis[20] = {
        0x27, 0x80, cmd, ncq ? count : 0xd0, sector, sector >> 8, 0, 0x40,
        0, 0, 0, 0, ncq ? slot << 3 : count,
    };

    if (below(p, 15) == 0) {
        cfis[2] = below(p, 2) ? 0x94 : 0x98;
    }
    if (cmd == 0xb0) {
        cfis[5] = 0x4f;
        cfis[6] = 0xc2;
    }
    if (ncq) {
        settle(p, port);
    }
    issue(p, port, slot, cfis, write ? 0x40 : 0, packet,
          cmd == 0xec || cmd == 0xb0 ? 512 : count * 512);
}

static void ahci_packet(Pair *p, int port)
{
    uint8_t packet[12];
    bool dma = below(p, 2);
    uint8_t cfis[20] = {
        0x27, 0x80, 0xa0, dma, 0, 0xfe, 0xff, 0, 0, 0, 0, 0, 0,
    };

    do {
        random_packet(p, packet);
    } while (packet[0] == 0x1b);
    note(p, "packet %02x %02x %02x %02x %02x %02x %02x %02x %02x %02x",
         packet[0], packet[1], packet[2], packet[3], packet[4], packet[5],
         packet[6], packet[7], packet[8], packet[9]);
    issue(p, port, below(p, 32), cfis, 0x20, packet, 12288);
}

static void ahci_step(Pair *p)
{
    int port = below(p, 2) * 2;
    unsigned reg;
    uint32_t val = g_rand_int(p->rand);

    switch (below(p, 14)) {
    case 0:
        note(p, "COMRESET of port %d", port);
        mem_write(p, port_reg(port, 0x18), 0x6);
        mem_write(p, port_reg(port, 0x2c), 0x301);
        mem_write(p, port_reg(port, 0x2c), 0x300);
        ahci_restart(p, port);
        settle(p, port);
        break;
    case 1:
        note(p, "reset of the adapter");
        mem_write(p, AHCI_BAR + 4, 0x80000001);
        g_usleep(3000);
        compare_ahci(p, port);
        mem_write(p, AHCI_BAR + 4, 0x80000002);
        for (port = 0; port < 3; port += 2) {
            ahci_restart(p, port);
            settle(p, port);
        }
        port = 0;
        break;
    case 2:
        reg = below(p, 3) ? below(p, 8) * 4 : 0x2c + below(p, 5) * 4;
        /* What starts the port or issues commands has steps of its own. */
        if (reg == 0x18 || reg == 0x34) {
            reg = 0x14;
        }
        if (reg == 0x2c) {
            val &= ~0xfu;
        }
        port = 1;
        note(p, "port %d register 0x%x: 0x%x", port, reg, val);
        mem_write(p, port_reg(port, reg), val);
        break;
    case 3:
        note(p, "index and data ports");
        out(p, 0xc030, 0x100 + below(p, 0x200) * 4, 4);
        in_both(p, 0xc030, 4);
        in_both(p, 0xc034, 4);
        break;
    case 4:
        reg = below(p, 0x180);
        at(p, "2 bytes at 0x%x", reg);
        same(p, qtest_read(p->t[0], AHCI_BAR + reg, 2),
             qtest_read(p->t[1], AHCI_BAR + reg, 2));
        break;
    default:
        if (port) {
            ahci_packet(p, port);
        } else {
            ahci_command(p, port);
        }
        break;
    }
    compare_ahci(p, port);
}

static void play_ahci(uint32_t seed)
{
    Pair p;

    start(&p, seed, "q35", "none");
    for (int i = 0; i < 2; i++) {
        PciFn *f = pci_at(p.t[i], 0, 0x1f, 2);

        if (i == 0) {
            PciFn *g = pci_at(p.t[1], 0, 0x1f, 2);

            for (int reg = 0; reg < 256; reg += 4) {
                at(&p, "config 0x%x", reg);
                same(&p, pci_cfg_read(f, reg, 4), pci_cfg_read(g, reg, 4));
            }
            g_free(g);
        }
        pci_cfg_write(f, 0x24, AHCI_BAR, 4);
        pci_cfg_write(f, 0x20, 0xc021, 4);
        pci_cfg_write(f, 4, 7, 2);
        g_free(f);
    }
    mem_write(&p, AHCI_BAR + 4, 0x80000002);
    compare_ahci(&p, 0);
    compare_ahci(&p, 1);
    compare_ahci(&p, 2);
    for (int port = 0; port < 3; port += 2) {
        ahci_restart(&p, port);
        settle(&p, port);
    }
    for (int step = 0; step < 300 && !g_test_failed(); step++) {
        ahci_step(&p);
    }
    finish(&p);
}

/*** Floppy disk controller ***/

static void wait_fdc(Pair *p)
{
    for (int i = 0; i < 2; i++) {
        for (int n = 0; n < 3000; n++) {
            if (qtest_in(p->t[i], 0x3f4, 1) & 0x80) {
                break;
            }
            g_usleep(300);
        }
    }
}

static void fdc_reset(Pair *p, uint8_t dor)
{
    note(p, "reset, output 0x%02x", dor);
    out(p, 0x3f2, dor & ~0x04, 1);
    out(p, 0x3f2, dor, 1);
    /* As every driver has to. */
    for (int i = 0; i < 4; i++) {
        out(p, 0x3f5, 0x08, 1);
        at(p, "sense interrupt status after reset");
        in_both(p, 0x3f5, 1);
        in_both(p, 0x3f5, 1);
    }
}

static void fdc_program_dma(Pair *p, bool to_memory, unsigned len)
{
    out(p, 0x0a, 0x06, 1);
    out(p, 0x0c, 0x00, 1);
    out(p, 0x0b, to_memory ? 0x46 : 0x4a, 1);
    out(p, 0x04, BUFFER & 0xff, 1);
    out(p, 0x04, BUFFER >> 8 & 0xff, 1);
    out(p, 0x81, BUFFER >> 16, 1);
    out(p, 0x05, (len - 1) & 0xff, 1);
    out(p, 0x05, (len - 1) >> 8, 1);
    out(p, 0x0a, 0x02, 1);
}

static void fdc_send(Pair *p, const uint8_t *cmd, unsigned len)
{
    g_autoptr(GString) text = g_string_new("floppy command");

    for (unsigned i = 0; i < len; i++) {
        g_string_append_printf(text, " %02x", cmd[i]);
    }
    note(p, "%s", text->str);
    for (unsigned i = 0; i < len; i++) {
        out(p, 0x3f5, cmd[i], 1);
    }
    wait_fdc(p);
}

static void fdc_results(Pair *p)
{
    for (int n = 0; n < 20; n++) {
        at(p, "main status %d", n);
        if ((in_both(p, 0x3f4, 1) & 0xd0) != 0xd0 || g_test_failed()) {
            break;
        }
        at(p, "result %d", n);
        in_both(p, 0x3f5, 1);
    }
}

static void fdc_transfer(Pair *p)
{
    /* No scans: there all end as if they had found equal data. */
    static const uint8_t codes[] = { 0x46, 0x66, 0xc6, 0x45, 0xc5, 0x42,
                                     0x56 };
    uint8_t code = codes[below(p, ARRAY_SIZE(codes))];
    uint8_t head = below(p, 2), sect = 1 + below(p, 18);
    unsigned sectors = 1 + below(p, 4);
    uint8_t cmd[9] = {
        code, 0, below(p, 79), 0, sect, 2, 18, 0x1b, 0xff,
    };

    /* With both sides it goes on to the next cylinder there. */
    if (!(code & 0x80)) {
        cmd[1] = head << 2;
        cmd[3] = head;
    }

    if ((code & 0x1f) == 0x06 || (code & 0x1f) == 0x02) {
        fdc_program_dma(p, true, sectors * 512);
    } else {
        fdc_program_dma(p, false, sectors * 512);
    }
    fdc_send(p, cmd, 9);
    fdc_results(p);
    compare_ram(p, BUFFER, 0x1000);
}

/* What the next command says would else have bits of the seek there. */
static void sense_interrupt(Pair *p)
{
    const uint8_t cmd = 0x08;

    fdc_results(p);
    fdc_send(p, &cmd, 1);
}

static void fdc_step(Pair *p)
{
    uint8_t drive = below(p, 3) ? 0 : below(p, 4);
    uint8_t cmd[4] = { 0, drive, below(p, 90), below(p, 256) };

    switch (below(p, 14)) {
    case 0:
        fdc_reset(p, 0x1c);
        break;
    case 1:
        cmd[0] = 0x08;
        fdc_send(p, cmd, 1);
        break;
    case 2:
        cmd[0] = 0x07;
        fdc_send(p, cmd, 2);
        sense_interrupt(p);
        break;
    case 3:
        cmd[0] = 0x0f;
        cmd[2] = below(p, 79);
        fdc_send(p, cmd, 3);
        sense_interrupt(p);
        break;
    case 4:
        cmd[0] = 0x04;
        cmd[1] |= below(p, 2) << 2;
        fdc_send(p, cmd, 2);
        break;
    case 5:
        cmd[0] = 0x13;
        cmd[1] = 0;
        cmd[2] = 0x40 | below(p, 64);
        fdc_send(p, cmd, 4);
        break;
    case 6:
        cmd[0] = below(p, 2) ? 0x94 : 0x14;
        fdc_send(p, cmd, 1);
        break;
    case 7:
        cmd[0] = below(p, 2) ? 0x0e : 0x10;
        fdc_send(p, cmd, 1);
        break;
    case 8:
        cmd[0] = 0x12;
        cmd[1] = 0x80 | below(p, 8);
        fdc_send(p, cmd, 2);
        break;
    case 9:
        cmd[0] = 0x03;
        cmd[1] = below(p, 256);
        cmd[2] = below(p, 128) << 1;
        fdc_send(p, cmd, 3);
        break;
    default:
        fdc_transfer(p);
        break;
    }
    fdc_results(p);
    for (int reg = 1; reg < 8; reg++) {
        if (reg == 2) {
            /* There it also shows the drive of the last command. */
            at(p, "digital output");
            same(p, qtest_in(p->t[0], 0x3f2, 1) & ~3,
                 qtest_in(p->t[1], 0x3f2, 1) & ~3);
        } else if (reg != 5 && reg != 6) {
            at(p, "port 0x%x", 0x3f0 + reg);
            in_both(p, 0x3f0 + reg, 1);
        }
    }
}

static void play_fdc(uint32_t seed)
{
    Pair p;

    start(&p, seed, "pc", "floppy");
    fdc_reset(&p, 0x1c);
    for (int step = 0; step < 400 && !g_test_failed(); step++) {
        fdc_step(&p);
    }
    finish(&p);
}

/*** ***/

typedef struct Subject {
    const char *name;
    void (*play)(uint32_t seed);
} Subject;

static const Subject subjects[] = {
    { "piix3-ide", play_ide }, { "ich9-ahci", play_ahci },
    { "isa-fdc", play_fdc },
};

static void test_subject(gconstpointer opaque)
{
    const Subject *s = opaque;
    const char *only = g_getenv("INTEROP_SEED");

    if (!qtest_stock_binary()) {
        g_test_skip("no stock emulator here");
        return;
    }
    if (only) {
        s->play(strtoul(only, NULL, 0));
        return;
    }
    for (uint32_t seed = 1; seed <= 3 && !g_test_failed(); seed++) {
        g_test_message("seed %u", seed);
        s->play(seed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < ARRAY_SIZE(subjects); i++) {
        g_autofree char *path = g_strdup_printf("/interop/storage/%s",
                                                subjects[i].name);

        g_test_add_data_func(path, &subjects[i], test_subject);
    }
    return g_test_run();
}
