/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole boards, full of devices, under a guest that writes at random: every
 * I/O port, configuration space, BAR and register of a chip, while its clock
 * goes on, and memory holds garbage for whoever reads descriptors there.  The
 * program must go on answering, and end well (under sanitizers: without a
 * leak).
 *
 * BOARD_STEPS=n makes histories longer, BOARD_SEED=n plays one seed only, and
 * BOARD_LOG=1 shows the steps.
 */
#include "qemu/osdep.h"
#include "pci.h"
#include "qemu/units.h"

#define STEPS 20000
#define RAM (64 * MiB)
/* The guest cannot end the program. */
#define STAYS "-action shutdown=pause,panic=pause,watchdog=none"

typedef struct Range {
    uint64_t base, size;
} Range;

typedef struct Board {
    const char *name, *devices;
    /* Registers of chips that are in memory; the last has size 0. */
    Range chips[8];
    /* Where software puts them: configuration register, value. */
    struct {
        uint8_t slot, fn, reg;
        uint32_t val;
    } places[8];
} Board;

#define BOTH_HAVE \
    " -device isa-debugcon,chardev=nul" \
    " -device edu -device pci-testdev -device virtio-rng-pci" \
    " -device virtio-balloon-pci -device virtio-serial-pci" \
    " -device virtconsole,chardev=nul3" \
    " -device virtio-net-pci,netdev=n0 -device e1000e,netdev=n1" \
    " -netdev hubport,id=n0,hubid=0 -netdev hubport,id=n1,hubid=0" \
    " -blockdev null-co,node-name=b0,size=1048576,read-zeroes=true" \
    " -blockdev null-co,node-name=b1,size=1048576,read-zeroes=true" \
    " -blockdev null-co,node-name=b2,size=1048576,read-zeroes=true" \
    " -device virtio-blk-pci,drive=b0 -device virtio-scsi-pci" \
    " -device scsi-hd,drive=b1 -device ide-hd,drive=b2,bus=ide.0" \
    " -device pci-serial,chardev=nul2"

static const Board boards[] = {
    { "q35", BOTH_HAVE
      " -device pcie-root-port,chassis=1,slot=1 -device pcie-pci-bridge",
      { { 0xfec00000, 0x1000 }, { 0xfed00000, 0x400 },
        { 0xfee00000, 0x1000 }, { 0xfed1c000, 0x4000 },
        { 0xb0000000, 0x100000 } },
      { { 0x1f, 0, 0x40, 0x601 }, { 0x1f, 0, 0x44, 0x80 },
        { 0x1f, 0, 0xf0, 0xfed1c001 }, { 0x1f, 3, 0x40, 1 },
        { 0, 0, 0x60, 0xb0000001 } } },
    { "pc", BOTH_HAVE " -device pci-bridge,chassis_nr=1",
      { { 0xfec00000, 0x1000 }, { 0xfed00000, 0x400 },
        { 0xfee00000, 0x1000 } },
      { { 0x01, 3, 0x40, 0x601 }, { 0x01, 3, 0x80, 1 } } },
};

typedef struct Play {
    const Board *board;
    QTest *t;
    GRand *rand;
    PciFn *fn[32 * 8];
    unsigned n_fn;
    bool log;
} Play;

static unsigned up_to(Play *p, unsigned n)
{
    return g_rand_int_range(p->rand, 0, n);
}

static uint32_t random_value(Play *p)
{
    switch (up_to(p, 6)) {
    case 0:
        return 0;
    case 1:
        return UINT32_MAX;
    case 2:
        return 1u << up_to(p, 32);
    case 3:
        /* An address in memory. */
        return g_rand_int(p->rand) % RAM & ~0xf;
    case 4:
        return up_to(p, 16);
    default:
        return g_rand_int(p->rand);
    }
}

/* As firmware does after a reset; not all functions have it at a time. */
static void set_up(Play *p)
{
    for (unsigned i = 0; p->board->places[i].reg; i++) {
        PciFn *f = pci_at(p->t, 0, p->board->places[i].slot,
                          p->board->places[i].fn);

        pci_cfg_write(f, p->board->places[i].reg, p->board->places[i].val,
                      4);
        g_free(f);
    }
    for (unsigned i = 0; i < p->n_fn; i++) {
        for (int bar = 0; bar < 6; bar++) {
            if (p->fn[i]->bar_size[bar]) {
                pci_cfg_write(p->fn[i], PCI_BASE_ADDRESS_0 + bar * 4,
                              p->fn[i]->bar[bar], 4);
            }
        }
        pci_cfg_write(p->fn[i], PCI_COMMAND, PCI_COMMAND_IO |
                      PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 2);
    }
}

static void find_functions(Play *p)
{
    for (unsigned devfn = 0; devfn < 256; devfn++) {
        PciFn *f = pci_at(p->t, 0, devfn >> 3, devfn & 7);

        if (pci_cfg_read(f, PCI_VENDOR_ID, 2) == 0xffff) {
            g_free(f);
            continue;
        }
        if (!(pci_cfg_read(f, PCI_HEADER_TYPE, 1) & 0x7f)) {
            pci_enable(f);
        }
        p->fn[p->n_fn++] = f;
    }
}

static void access_port(Play *p, uint16_t port)
{
    unsigned size = 1 << up_to(p, 3);

    if (g_rand_boolean(p->rand)) {
        uint32_t val = random_value(p);

        if (p->log) {
            g_test_message("out%u 0x%x 0x%x", size, port, val);
        }
        qtest_out(p->t, port, val, size);
    } else {
        if (p->log) {
            g_test_message("in%u 0x%x", size, port);
        }
        qtest_in(p->t, port, size);
    }
}

static void access_memory(Play *p, uint64_t addr)
{
    unsigned size = 1 << up_to(p, 4);

    addr &= ~(uint64_t)(up_to(p, 8) ? size - 1 : 0);
    if (g_rand_boolean(p->rand)) {
        uint64_t val = random_value(p) |
                       (up_to(p, 4) ? 0 : (uint64_t)random_value(p) << 32);

        if (p->log) {
            g_test_message("write%u 0x%" PRIx64 " 0x%" PRIx64, size, addr,
                           val);
        }
        qtest_write(p->t, addr, val, size);
    } else {
        if (p->log) {
            g_test_message("read%u 0x%" PRIx64, size, addr);
        }
        qtest_read(p->t, addr, size);
    }
}

static void access_bar(Play *p)
{
    PciFn *f = p->fn[up_to(p, p->n_fn)];
    unsigned bar = up_to(p, 6);
    uint64_t size = f->bar_size[bar];

    if (!size) {
        return;
    }
    /* Most registers are at the beginning. */
    size = MIN(size, up_to(p, 2) ? 64 : 0x20000);
    if (f->bar_is_io[bar]) {
        access_port(p, f->bar[bar] + up_to(p, size));
    } else {
        access_memory(p, f->bar[bar] + up_to(p, size));
    }
}

static void access_config(Play *p)
{
    PciFn *f = p->fn[up_to(p, p->n_fn)];
    unsigned size = 1 << up_to(p, 3);
    unsigned reg = up_to(p, 256) & ~(size - 1);

    if (p->log) {
        g_test_message("config %x.%x 0x%x", f->devfn >> 3, f->devfn & 7, reg);
    }
    if (g_rand_boolean(p->rand)) {
        pci_cfg_write(f, reg, random_value(p), size);
    } else {
        pci_cfg_read(f, reg, size);
    }
}

static void access_chip(Play *p)
{
    const Range *r = p->board->chips;
    unsigned n = 0;

    while (r[n].size) {
        n++;
    }
    r += up_to(p, n);
    access_memory(p, r->base + up_to(p, r->size));
}

static void fill_memory(Play *p)
{
    uint32_t words[64];

    for (int i = 0; i < G_N_ELEMENTS(words); i++) {
        words[i] = random_value(p);
    }
    qtest_memwrite(p->t, g_rand_int(p->rand) % (RAM - sizeof(words)), words,
                   sizeof(words));
}

static void step(Play *p)
{
    static const Range ports[] = {
        { 0, 0x100 }, { 0x160, 0x20 }, { 0x1f0, 0x10 }, { 0x370, 0x90 },
        { 0x4d0, 2 }, { 0x510, 12 }, { 0x600, 0x80 }, { 0xae00, 0x200 },
        { 0xb100, 0x40 }, { 0xcc0, 0x40 }, { 0xcf8, 8 }, { 0, 0x10000 },
    };
    const Range *r = &ports[up_to(p, G_N_ELEMENTS(ports))];

    switch (up_to(p, 100)) {
    case 0:
        qtest_clock_step(p->t, g_rand_int(p->rand) % (1u << up_to(p, 28)) +
                         1);
        break;
    case 1:
        set_up(p);
        break;
    case 2:
        fill_memory(p);
        break;
    case 3 ... 15:
        access_config(p);
        break;
    case 16 ... 35:
        access_chip(p);
        break;
    case 36 ... 60:
        access_bar(p);
        break;
    default:
        access_port(p, r->base + up_to(p, r->size));
    }
}

static void play(const Board *board, uint32_t seed)
{
    const char *steps = g_getenv("BOARD_STEPS");
    Play p = { .board = board, .rand = g_rand_new_with_seed(seed),
               .log = g_getenv("BOARD_LOG") };

    p.t = qtest_start("-machine %s -m 64 " STAYS " -chardev null,id=nul "
                      "-chardev null,id=nul2 -chardev null,id=nul3 "
                      "-vga none -serial null "
                      "-parallel null %s", board->name, board->devices);
    find_functions(&p);
    set_up(&p);
    for (int i = steps ? atoi(steps) : STEPS; i > 0; i--) {
        step(&p);
    }
    json_decref(qtest_qmp(p.t, "system_reset", NULL));
    g_free(qtest_hmp(p.t, "info mtree -f"));
    g_free(qtest_hmp(p.t, "info pci"));
    json_decref(qtest_qmp(p.t, "query-status", NULL));
    while (p.n_fn) {
        g_free(p.fn[--p.n_fn]);
    }
    qtest_quit(p.t);
    g_rand_free(p.rand);
}

static void test_board(gconstpointer board)
{
    const char *only = g_getenv("BOARD_SEED");

    if (only) {
        play(board, strtoul(only, NULL, 0));
        return;
    }
    for (uint32_t seed = 1; seed <= 2; seed++) {
        g_test_message("seed %u", seed);
        play(board, seed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < G_N_ELEMENTS(boards); i++) {
        g_autofree char *path = g_strdup_printf("/board-random/%s",
                                                boards[i].name);

        g_test_add_data_func(path, &boards[i], test_board);
    }
    return g_test_run();
}
