/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random accesses to the I/O ports of small chips, played to our program and
 * to the stock emulator at once; every value read is compared, and so is
 * the state in the migration stream where a register cannot be read.
 *
 * A failure prints the steps before it; INTEROP_SEED=n plays one seed only.
 */
#include "qtest.h"

#define STEPS 4000
#define SHOWN 16

typedef struct PortRange {
    uint16_t first, last;
} PortRange;

typedef struct Chip {
    const char *name;
    const char *options;
    PortRange ports[6];
    /* What a step leaves alone, with its reason; NULL: nothing. */
    bool (*skips)(uint16_t port, bool write, uint8_t val);
    /* Of a value read, the bits that are compared; NULL: all. */
    uint8_t (*compares)(uint16_t port);
    /* A step of the chip's own, now and then; the note of it. */
    char *(*step)(QTest *ours, QTest *stock, GRand *rand);
} Chip;

static uint8_t random_byte(GRand *rand)
{
    switch (g_rand_int_range(rand, 0, 4)) {
    case 0:
        return g_rand_boolean(rand) ? 0 : 0xff;
    case 1:
        return 1 << g_rand_int_range(rand, 0, 8);
    default:
        return g_rand_int(rand);
    }
}

/* The stock emulator has the masks at the request register's address. */
static uint8_t dma_compares(uint16_t port)
{
    unsigned reg = port < 0x10 ? port : (port - 0xc0) >> 1;

    return reg == 0x09 || reg == 0x0f ? 0 : 0xff;
}

static const Chip chips[] = {
    { "dma", "", { { 0x00, 0x0f }, { 0x81, 0x83 }, { 0x87, 0x87 },
                   { 0x89, 0x8b }, { 0x8f, 0x8f }, { 0xc0, 0xdf } },
      .compares = dma_compares },
};

typedef struct Play {
    const Chip *chip;
    QTest *ours, *stock;
    GRand *rand;
    GQueue log;
} Play;

static void note(Play *p, char *text)
{
    g_queue_push_tail(&p->log, text);
    if (g_queue_get_length(&p->log) > SHOWN) {
        g_free(g_queue_pop_head(&p->log));
    }
}

static uint16_t random_port(Play *p)
{
    unsigned n = 0, at;

    for (int i = 0; i < G_N_ELEMENTS(p->chip->ports); i++) {
        n += p->chip->ports[i].last ? p->chip->ports[i].last -
                                      p->chip->ports[i].first + 1 : 0;
    }
    at = g_rand_int_range(p->rand, 0, n);
    for (int i = 0; ; i++) {
        unsigned len = p->chip->ports[i].last - p->chip->ports[i].first + 1;

        if (at < len) {
            return p->chip->ports[i].first + at;
        }
        at -= len;
    }
}

static void step_read(Play *p)
{
    uint16_t port = random_port(p);
    uint8_t mask = p->chip->compares ? p->chip->compares(port) : 0xff;
    uint8_t ours, stock;

    if (p->chip->skips && p->chip->skips(port, false, 0)) {
        return;
    }
    ours = qtest_in(p->ours, port, 1);
    stock = qtest_in(p->stock, port, 1);
    note(p, g_strdup_printf("in 0x%x: ours 0x%02x, stock 0x%02x", port, ours,
                            stock));
    if ((ours ^ stock) & mask) {
        for (GList *l = p->log.head; l; l = l->next) {
            g_test_message("%s", (char *)l->data);
        }
        g_test_fail();
    }
}

static void step_write(Play *p)
{
    uint16_t port = random_port(p);
    uint8_t val = random_byte(p->rand);

    if (p->chip->skips && p->chip->skips(port, true, val)) {
        return;
    }
    note(p, g_strdup_printf("out 0x%x 0x%02x", port, val));
    qtest_out(p->ours, port, val, 1);
    qtest_out(p->stock, port, val, 1);
}

static void play(const Chip *chip, const char *machine, uint32_t seed)
{
    Play p = { .chip = chip, .rand = g_rand_new_with_seed(seed) };

    p.ours = qtest_start("-machine %s -nodefaults -m 64M %s", machine,
                         chip->options);
    p.stock = qtest_start_stock("-machine %s -nodefaults -m 64M %s", machine,
                                chip->options);
    for (int i = 0; i < STEPS && !g_test_failed(); i++) {
        int what = g_rand_int_range(p.rand, 0, 100);

        if (chip->step && what < 10) {
            note(&p, chip->step(p.ours, p.stock, p.rand));
        } else if (what < 55) {
            step_read(&p);
        } else {
            step_write(&p);
        }
    }
    g_queue_clear_full(&p.log, g_free);
    qtest_quit(p.ours);
    qtest_quit(p.stock);
    g_rand_free(p.rand);
}

static void test_chip(gconstpointer opaque)
{
    const char *only = g_getenv("INTEROP_SEED");

    if (!qtest_stock_binary()) {
        g_test_skip("no stock emulator here");
        return;
    }
    if (only) {
        play(opaque, "q35", strtoul(only, NULL, 0));
        return;
    }
    for (uint32_t seed = 1; seed <= 3 && !g_test_failed(); seed++) {
        g_test_message("seed %u", seed);
        play(opaque, seed & 1 ? "q35" : "pc", seed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(chips); i++) {
        g_autofree char *path = g_strdup_printf("/interop/ports/%s",
                                                chips[i].name);

        g_test_add_data_func(path, &chips[i], test_chip);
    }
    return g_test_run();
}
