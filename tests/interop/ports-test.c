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
#define SHOWN 24

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
    /* The machine runs (a processor that is halted). */
    bool running;
    /* What both have to be told first; NULL: nothing. */
    void (*start)(QTest *t);
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

/*
 * Masks are read where they are written (R/W in the ICH9 data sheet), too; the
 * stock emulator has them only at the request register's address.
 */
static uint8_t dma_compares(uint16_t port)
{
    unsigned reg = port < 0x10 ? port : (port - 0xc0) >> 1;

    return reg == 0x0f ? 0 : 0xff;
}

/*** Keyboard controller ***/

/* Both interfaces enabled, whatever command was interrupted, and empty. */
static void drain(QTest *t, uint8_t mode)
{
    qtest_out(t, 0x64, 0x60, 1);
    qtest_out(t, 0x60, mode, 1);
    for (int i = 0; i < 300 && (qtest_in(t, 0x64, 1) & 1); i++) {
        qtest_in(t, 0x60, 1);
    }
}

/* With and without translation. */
static uint8_t random_mode(GRand *rand)
{
    return g_rand_boolean(rand) ? 0x43 : 0x03;
}

/* The resolution is 0 in the stock emulator before. */
static void i8042_start(QTest *t)
{
    qtest_out(t, 0x64, 0xd4, 1);
    qtest_out(t, 0x60, 0xff, 1);
}

/*
 * Commands that reset the machine, and the output port, whose bit 0 does.
 * The mouse is spoken to in steps.  The stock keyboard refuses to make single
 * keys silent (0xf7 to 0xfd) and to resend (0xfe), and keeps old codes when it
 * is enabled (0xf4).
 */
static bool i8042_skips(uint16_t port, bool write, uint8_t val)
{
    if (!write) {
        return false;
    }
    if (port == 0x64) {
        return (val >= 0xf0 && val != 0xff) || val == 0xd1 || val == 0xd4;
    }
    return val == 0xf4 || (val >= 0xf7 && val != 0xff);
}

static json_t *random_event(GRand *rand)
{
    static const char *const keys[] = {
        "a", "shift", "shift_r", "ctrl", "ctrl_r", "alt", "alt_r", "print",
        "sysrq", "pause", "home", "kp_5", "menu", "f7", "henkan", "power",
        "audionext", "lang1", "less", "unmapped",
    };
    static const char *const buttons[] = {
        "left", "middle", "right", "wheel-up", "wheel-down", "side", "extra",
        "wheel-left", "wheel-right",
    };
    bool down = g_rand_boolean(rand);

    switch (g_rand_int_range(rand, 0, 6)) {
    case 0:
        return json_pack("{ss, s{ss, si}}", "type", "rel", "data", "axis",
                         down ? "x" : "y", "value",
                         g_rand_int_range(rand, -300, 300));
    case 1:
        return json_pack("{ss, s{ss, sb}}", "type", "btn", "data", "button",
                         buttons[g_rand_int_range(rand, 0,
                                                  G_N_ELEMENTS(buttons))],
                         "down", down);
    case 2:
        return json_pack("{ss, s{s{ss, si}, sb}}", "type", "key", "data",
                         "key", "type", "number", "data",
                         g_rand_int_range(rand, 0, 256), "down", down);
    default:
        return json_pack("{ss, s{s{ss, ss}, sb}}", "type", "key", "data",
                         "key", "type", "qcode", "data",
                         keys[g_rand_int_range(rand, 0, G_N_ELEMENTS(keys))],
                         "down", down);
    }
}

/*
 * A few events into empty queues: where one is full, the stock emulator drops
 * single bytes and not whole keys.
 */
static char *step_event(QTest *ours, QTest *stock, GRand *rand)
{
    uint8_t mode = random_mode(rand);
    json_t *events = json_array(), *args;
    char *text;

    drain(ours, mode);
    drain(stock, mode);
    for (int i = g_rand_int_range(rand, 1, 3); i > 0; i--) {
        json_array_append_new(events, random_event(rand));
    }
    args = json_pack("{so}", "events", events);
    text = json_dumps(args, JSON_COMPACT);
    json_decref(qtest_qmp(ours, "input-send-event", json_incref(args)));
    json_decref(qtest_qmp(stock, "input-send-event", args));
    return text;
}

/*
 * A command for the mouse, when it has nothing to say: the stock mouse sends
 * its report before the answer.  Left out are 0xe9, where the stock mouse
 * tells no buttons, 0xe7, which it ignores, 0xec without a 0xee before, which
 * it does not answer, and what it does not know.
 */
static char *step_mouse(QTest *ours, QTest *stock, GRand *rand)
{
    static const uint8_t commands[] = {
        0xe6, 0xea, 0xeb, 0xf0, 0xf2, 0xf4, 0xf4, 0xf4, 0xf5,
        0xf6, 0xff,
    };
    static const uint8_t rates[][6] = {
        { 0xf3, 200, 0xf3, 100, 0xf3, 80 },
        { 0xf3, 200, 0xf3, 200, 0xf3, 80 },
        { 0xf3, 60, 0xf3, 200, 0xf3, 100 },
        { 0xe8, 3, 0xe8, 0, 0xe8, 2 },
        { 0xee, 0x12, 0xe9, 0xf3, 0xee, 0xec },
    };
    uint8_t bytes[6] = { 0 };
    int n = 1;

    if (g_rand_int_range(rand, 0, 3) == 0) {
        memcpy(bytes, rates[g_rand_int_range(rand, 0, 5)], n = 6);
    } else {
        bytes[0] = commands[g_rand_int_range(rand, 0,
                                             G_N_ELEMENTS(commands))];
    }
    for (QTest *t = ours; t; t = t == ours ? stock : NULL) {
        drain(t, 0x03);
        for (int i = 0; i < n; i++) {
            qtest_out(t, 0x64, 0xd4, 1);
            qtest_out(t, 0x60, bytes[i], 1);
            if (i < n - 1) {
                drain(t, 0x03);
            }
        }
    }
    return g_strdup_printf("mouse 0x%02x %u ...", bytes[0], bytes[1]);
}

/* A command that there is, with data for those that take some. */
static char *step_command(QTest *ours, QTest *stock, GRand *rand)
{
    static const uint8_t commands[] = {
        0x20, 0x60, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xad, 0xae, 0xc0, 0xd0,
        0xd2, 0xd3, 0xdd, 0xdf,
    };
    uint8_t command = commands[g_rand_int_range(rand, 0,
                                                G_N_ELEMENTS(commands))];
    uint8_t data = g_rand_int(rand);

    for (QTest *t = ours; t; t = t == ours ? stock : NULL) {
        qtest_out(t, 0x64, command, 1);
        if (command == 0x60 || command == 0xd2 || command == 0xd3) {
            qtest_out(t, 0x60, data, 1);
        }
    }
    return g_strdup_printf("command 0x%02x, data 0x%02x", command, data);
}

static char *step_i8042(QTest *ours, QTest *stock, GRand *rand)
{
    uint8_t mode;

    switch (g_rand_int_range(rand, 0, 8)) {
    case 0:
        return step_mouse(ours, stock, rand);
    case 1:
        mode = random_mode(rand);
        drain(ours, mode);
        drain(stock, mode);
        return g_strdup_printf("drained, mode 0x%02x", mode);
    case 2:
    case 3:
    case 4:
        return step_command(ours, stock, rand);
    default:
        return step_event(ours, stock, rand);
    }
}

/*** Serial port ***/

/* Into a loop, or out of it. */
static void serial_start(QTest *t)
{
    qtest_out(t, 0x3fc, 0x1b, 1);
}

/*
 * In a loop the stock emulator has no changes of modem lines; here they are
 * remembered and interrupt, as in the data sheet.
 */
static bool serial_skips(uint16_t port, bool write, uint8_t val)
{
    return write && port == 0x3f9 && (val & 0x08);
}

static uint8_t serial_compares(uint16_t port)
{
    return port == 0x3fe ? 0xf0 : 0xff;
}

/*** Parallel port ***/

/* EPP cycles time out here; the stock emulator's bit for that stays. */
static uint8_t parallel_compares(uint16_t port)
{
    return port == 0x379 ? 0xfe : 0xff;
}

static const Chip chips[] = {
    { "serial", "-serial null", { { 0x3f8, 0x3ff } }, .start = serial_start,
      .skips = serial_skips, .compares = serial_compares },
    { "parallel", "-parallel null", { { 0x378, 0x37f } },
      .compares = parallel_compares },
    { "i8042", "", { { 0x60, 0x60 }, { 0x64, 0x64 }, { 0x60, 0x60 } },
      .running = true, .skips = i8042_skips, .start = i8042_start,
      .step = step_i8042 },
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

/* Firmware that halts the processor at once. */
static char *make_halting_firmware(void)
{
    static const uint8_t cli_hlt_jmp[] = { 0xfa, 0xf4, 0xeb, 0xfc };
    g_autofree uint8_t *image = g_malloc0(64 * 1024);
    char *path;
    int fd = g_file_open_tmp("halting-XXXXXX", &path, NULL);

    memcpy(image + 0xfff0, cli_hlt_jmp, sizeof(cli_hlt_jmp));
    g_assert_cmpint(write(fd, image, 64 * 1024), ==, 64 * 1024);
    close(fd);
    return path;
}

static void play(const Chip *chip, const char *machine, uint32_t seed)
{
    g_autofree char *firmware = make_halting_firmware();
    Play p = { .chip = chip, .rand = g_rand_new_with_seed(seed) };

    p.ours = qtest_start("-machine %s -nodefaults -m 64M %s", machine,
                         chip->options);
    p.stock = qtest_start_stock("-machine %s -nodefaults -m 64M -bios %s %s",
                                machine, firmware, chip->options);
    if (chip->running) {
        json_decref(qtest_qmp(p.stock, "cont", NULL));
    }
    if (chip->start) {
        chip->start(p.ours);
        chip->start(p.stock);
    }
    for (int i = 0; i < STEPS && !g_test_failed(); i++) {
        int what = g_rand_int_range(p.rand, 0, 100);

        if (chip->step && what < 20) {
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
    unlink(firmware);
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
