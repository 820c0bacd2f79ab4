/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One seeded random script of a driver, good and bad, played to our program
 * and to the stock emulator at once: configuration space, BARs and MSI-X
 * tables, all access sizes, every reply compared.
 *
 * Where we differ on purpose is said in steers_the_board() and in the subjects,
 * with the reason.  A failure prints the steps before
 * it; INTEROP_SEED=n plays one seed only.
 */
#include "pci.h"

#define STEPS 2500
#define SHOWN 12

typedef struct Subject {
    const char *machine, *device;
    uint16_t vendor, id;
    /* BARs whose registers may be accessed at random. */
    unsigned bars;
    /*
     * Registers of BAR 0, a bit for each 4 bytes, whose values depend on how
     * fast a thread of the stock emulator is.
     */
    uint64_t racing;
    /* Offset of 8 bytes of configuration space that are not played with. */
    uint8_t left_out;
} Subject;

/* The factorial and "computing" in the status register. */
#define EDU_RACING (1 << 0x08 / 4 | 1 << 0x20 / 4)

static const Subject subjects[] = {
    { "q35", "pci-testdev", 0x1b36, 0x0005, 0x3, 0 },
    { "pc", "pci-testdev", 0x1b36, 0x0005, 0x3, 0 },
    { "q35", "edu", 0x1234, 0x11e8, 0x1, EDU_RACING },
    { "pc", "edu", 0x1234, 0x11e8, 0x1, EDU_RACING },
    { "q35", "virtio-rng-pci", 0x1af4, 0x1005, 0x2, 0 },
    { "q35", "virtio-rng-pci,disable-legacy=on", 0x1af4, 0x1044, 0x2, 0 },
    { "pc", "virtio-rng-pci", 0x1af4, 0x1005, 0x3, 0 },
    /*
     * BAR 0 and the window on it are e1000e-test.py's.  Nor power states: the
     * stock emulator leaves D3hot without a reset (PCI PM 5.4.1).
     */
    { "q35", "e1000e", 0x8086, 0x10d3, 0xa, 0, 0xc8 },
    { "pc", "e1000e", 0x8086, 0x10d3, 0xa, 0, 0xc8 },
    { "q35", "virtio-net-pci,mac=52:54:00:12:34:56,romfile=", 0x1af4, 0x1000,
      0x2, 0 },
    { "pc", "virtio-net-pci,mac=52:54:00:12:34:56,romfile=,vectors=9", 0x1af4,
      0x1000, 0x3, 0 },
    /* Not compared yet: the window on the hot-plug controller's registers. */
    { "pc", "pci-bridge,chassis_nr=1", 0x1b36, 0x0001, 0x0, 0, 0x40 },
    /*
     * Nor is slot control: the stock emulator also interrupts when the
     * condition of a hot-plug event ends, we do when it arises (PCIe Base
     * 6.7.3.4).
     */
    { "q35", "pcie-root-port,chassis=1,slot=1", 0x1b36, 0x000c, 0x0, 0, 0x68 },
};

/*
 * Config registers of a subject that a step leaves alone: whose effect is
 * not of the function itself.
 */
static bool steers_the_board(const Subject *s, unsigned reg)
{
    /* Bus numbers and windows of bridges decide where the next BAR is. */
    bool bridge = strstr(s->device, "bridge") || strstr(s->device, "port");

    return (s->left_out && reg / 8 * 8 == s->left_out) ||
           (reg >= PCI_BASE_ADDRESS_0 && reg < 0x28) ||
           (bridge && reg >= 0x18 && reg < 0x40);
}

typedef struct Pair {
    const Subject *subject;
    PciFn *ours, *stock;
    GQueue log;                 /* char *, the last SHOWN steps */
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

static void same(Pair *p, uint64_t ours, uint64_t stock)
{
    if (ours != stock) {
        for (GList *l = p->log.head; l; l = l->next) {
            g_test_message("%s", (char *)l->data);
        }
        g_test_message("ours 0x%" PRIx64 ", stock 0x%" PRIx64, ours, stock);
        g_test_fail();
    }
}

static void step_cfg_read(Pair *p, GRand *rand)
{
    unsigned size = 1 << g_rand_int_range(rand, 0, 3);
    unsigned reg = g_rand_int_range(rand, 0, 256 / size) * size;

    note(p, "config read of %u at 0x%02x", size, reg);
    same(p, pci_cfg_read(p->ours, reg, size),
         pci_cfg_read(p->stock, reg, size));
}

static void step_cfg_write(Pair *p, GRand *rand)
{
    unsigned size = 1 << g_rand_int_range(rand, 0, 3);
    unsigned reg = g_rand_int_range(rand, 0, 256 / size) * size;
    uint32_t val = g_rand_int(rand);

    if (steers_the_board(p->subject, reg)) {
        return;
    }
    if (g_rand_boolean(rand)) {
        val = g_rand_boolean(rand) ? UINT32_MAX : 0;
    }
    val &= size == 4 ? UINT32_MAX : (1u << 8 * size) - 1;
    note(p, "config write of %u at 0x%02x: 0x%x", size, reg, val);
    pci_cfg_write(p->ours, reg, val, size);
    pci_cfg_write(p->stock, reg, val, size);
}

static void compare_config(Pair *p)
{
    for (unsigned reg = 0; reg < 256; reg += 4) {
        note(p, "all of config space: 0x%02x", reg);
        same(p, pci_cfg_read(p->ours, reg, 4),
             pci_cfg_read(p->stock, reg, 4));
    }
}

static void step_bar(Pair *p, GRand *rand)
{
    unsigned bar = g_rand_int_range(rand, 0, 6);
    unsigned size = 1 << g_rand_int_range(rand, 0, 4);
    uint64_t span, offset, val;

    if (!(p->subject->bars >> bar & 1) || !p->ours->bar_size[bar]) {
        return;
    }
    if (p->ours->bar_is_io[bar] && size == 8) {
        size = 4;
    }
    span = MIN(p->ours->bar_size[bar], 4096);
    if (g_rand_boolean(rand)) {
        span = MIN(span, 64);
    }
    offset = g_rand_int_range(rand, 0, span / size) * size;
    if (g_rand_int_range(rand, 0, 10) == 0 && offset + 2 * size <= span) {
        offset += g_rand_int_range(rand, 0, size);
    }
    if (g_rand_boolean(rand)) {
        note(p, "BAR %u read of %u at 0x%" PRIx64, bar, size, offset);
        if (bar == 0 && offset < 256 &&
            (p->subject->racing >> offset / 4 & 3)) {
            return;
        }
        same(p, pci_read(p->ours, bar, offset, size),
             pci_read(p->stock, bar, offset, size));
    } else {
        val = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
        val = g_rand_boolean(rand) ? val : g_rand_int_range(rand, 0, 32);
        if (size < 8) {
            val &= (1ULL << 8 * size) - 1;
        }
        note(p, "BAR %u write of %u at 0x%" PRIx64 ": 0x%" PRIx64, bar, size,
             offset, val);
        pci_write(p->ours, bar, offset, val, size);
        pci_write(p->stock, bar, offset, val, size);
    }
}

/* Random config writes turn decoding off; without it BARs tell nothing. */
static void step_decode(Pair *p)
{
    note(p, "decoding and bus master on");
    pci_cfg_write(p->ours, PCI_COMMAND, 7, 2);
    pci_cfg_write(p->stock, PCI_COMMAND, 7, 2);
}

static void compare_msix(Pair *p)
{
    PciFn *f = p->ours;

    if (!f->msix_cap) {
        return;
    }
    step_decode(p);
    for (unsigned offset = 0; offset < f->msix_count * 16; offset += 8) {
        note(p, "MSI-X table at 0x%x", offset);
        same(p, qtest_read(f->t, f->msix_table + offset, 8),
             qtest_read(p->stock->t, p->stock->msix_table + offset, 8));
    }
    for (unsigned v = 0; v < f->msix_count; v += 8) {
        note(p, "PBA of %u", v);
        same(p, msix_pending(f, v), msix_pending(p->stock, v));
    }
}

static void set_up(PciFn *f)
{
    pci_enable(f);
    if (pci_cap(f, PCI_CAP_ID_MSIX, 0)) {
        msix_setup(f);
    }
}

static void play(const Subject *s, uint32_t seed)
{
    GRand *rand = g_rand_new_with_seed(seed);
    Pair p = { .subject = s };
    QTest *ours = qtest_start("-machine %s -nodefaults -m 64M -device %s", s->machine,
                              s->device);
    QTest *stock = qtest_start_stock("-machine %s -nodefaults -m 64M -device %s",
                                     s->machine, s->device);

    p.ours = pci_find(ours, s->vendor, s->id, 0);
    p.stock = pci_find(stock, s->vendor, s->id, 0);
    g_assert_nonnull(p.stock);
    g_assert_nonnull(p.ours);
    g_assert_cmphex(p.ours->devfn, ==, p.stock->devfn);
    compare_config(&p);
    set_up(p.ours);
    set_up(p.stock);
    for (unsigned bar = 0; bar < 6; bar++) {
        g_assert_cmphex(p.ours->bar[bar], ==, p.stock->bar[bar]);
        g_assert_cmphex(p.ours->bar_size[bar], ==, p.stock->bar_size[bar]);
    }
    compare_config(&p);

    for (unsigned step = 0; step < STEPS && !g_test_failed(); step++) {
        int what = g_rand_int_range(rand, 0, 100);

        if (what < 25) {
            step_cfg_read(&p, rand);
        } else if (what < 40) {
            step_cfg_write(&p, rand);
        } else if (what < 90) {
            step_bar(&p, rand);
        } else if (what < 97) {
            step_decode(&p);
        } else if (what < 98) {
            compare_config(&p);
        } else {
            compare_msix(&p);
        }
    }
    if (!g_test_failed()) {
        compare_config(&p);
        compare_msix(&p);
    }
    g_queue_clear_full(&p.log, g_free);
    g_free(p.ours);
    g_free(p.stock);
    qtest_quit(ours);
    qtest_quit(stock);
    g_rand_free(rand);
}

static void test_subject(gconstpointer opaque)
{
    const char *only = g_getenv("INTEROP_SEED");

    if (!qtest_stock_binary()) {
        g_test_skip("no stock emulator here");
        return;
    }
    if (only) {
        play(opaque, strtoul(only, NULL, 0));
        return;
    }
    for (uint32_t seed = 1; seed <= 3 && !g_test_failed(); seed++) {
        g_test_message("seed %u", seed);
        play(opaque, seed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *path = g_strdup_printf("/interop/random/%s/%s",
                                                subjects[i].machine,
                                                subjects[i].device);

        g_test_add_data_func(path, &subjects[i], test_subject);
    }
    return g_test_run();
}
