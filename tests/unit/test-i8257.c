/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DMA controllers as a device on the ISA bus sees them. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/dma/i8257.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"

#define RAM_SIZE (512 * 1024)

static ISABus *bus;
static uint8_t *ram;

/* A device that moves up to chunk bytes a turn. */
typedef struct Mover {
    bool to_memory;
    int chunk, turns, length;
    uint8_t data[0x20000];
} Mover;

static Mover mover;

static IsaDma *dma_of(int channel)
{
    return isa_get_dma(bus, channel);
}

static int mover_run(void *opaque, int channel, int pos, int len)
{
    Mover *m = opaque;
    IsaDma *dma = dma_of(channel);
    IsaDmaClass *k = ISADMA_GET_CLASS(dma);
    int n = MIN(m->chunk, len - pos);

    m->turns++;
    m->length = len;
    if (m->to_memory) {
        k->write_memory(dma, channel, m->data + pos, pos, n);
    } else {
        k->read_memory(dma, channel, m->data + pos, pos, n);
    }
    return pos + n;
}

/* Ports of a channel: address and count in the channel's units. */
static void program(int channel, uint32_t addr, int bytes, uint8_t mode)
{
    static const uint8_t pages[] = { 0x87, 0x83, 0x81, 0x82,
                                     0x8f, 0x8b, 0x89, 0x8a };
    int words = channel > 3;
    int base = words ? 0xc0 : 0, c = channel & 3;
    uint16_t start = words ? addr >> 1 & 0xffff : addr & 0xffff;
    uint16_t count = (bytes >> words) - 1;
    int control = words ? 0xd0 : 8;

    cpu_outb(control + (2 << words), 4 | c);
    cpu_outb(control + (4 << words), 0);
    cpu_outb(base + (2 * c << words), start);
    cpu_outb(base + (2 * c << words), start >> 8);
    cpu_outb(base + ((2 * c + 1) << words), count);
    cpu_outb(base + ((2 * c + 1) << words), count >> 8);
    cpu_outb(pages[channel], addr >> 16);
    cpu_outb(control + (3 << words), mode | c);
    cpu_outb(control + (2 << words), c);
}

static void start(int channel, bool to_memory, int chunk)
{
    IsaDma *dma = dma_of(channel);
    IsaDmaClass *k = ISADMA_GET_CLASS(dma);

    memset(&mover, 0, sizeof(mover));
    mover.to_memory = to_memory;
    mover.chunk = chunk;
    for (int i = 0; to_memory && i < sizeof(mover.data); i++) {
        mover.data[i] = i * 7 + (i >> 8);
    }
    k->register_channel(dma, channel, mover_run, &mover);
    k->hold_DREQ(dma, channel);
}

static void stop(int channel)
{
    IsaDma *dma = dma_of(channel);

    ISADMA_GET_CLASS(dma)->release_DREQ(dma, channel);
}

/* Bottom halves, until there are none due. */
static void settle(void)
{
    while (g_main_context_iteration(NULL, false)) {
    }
}

static uint16_t read_pair(int port)
{
    int low = cpu_inb(port);

    return low | cpu_inb(port) << 8;
}

static void test_to_memory(void)
{
    memset(ram, 0, RAM_SIZE);
    program(1, 0x11f00, 0x200, 0x44);
    start(1, true, 100);
    settle();
    g_assert_cmpint(mover.turns, ==, 6);
    g_assert_cmpint(mover.length, ==, 0x200);
    /* The address wraps at the end of the page. */
    g_assert_cmpmem(ram + 0x11f00, 0x100, mover.data, 0x100);
    g_assert_cmpmem(ram + 0x12000, 0x100, mover.data + 0x100, 0x100);
    /* Done: terminal count, once, and masked. */
    g_assert_cmphex(cpu_inb(0x08), ==, 0x22);
    g_assert_cmphex(cpu_inb(0x08), ==, 0x20);
    g_assert_cmphex(cpu_inb(0x0f) & 2, ==, 2);
    cpu_outb(0x0c, 0);
    g_assert_cmphex(read_pair(2), ==, 0x2100);
    g_assert_cmphex(read_pair(3), ==, 0xffff);
    stop(1);
}

static void test_page_wrap(void)
{
    memset(ram, 0, RAM_SIZE);
    program(3, 0x1ff80, 0x100, 0x44);
    start(3, true, 0x1000);
    settle();
    g_assert_cmpmem(ram + 0x1ff80, 0x80, mover.data, 0x80);
    g_assert_cmpmem(ram + 0x10000, 0x80, mover.data + 0x80, 0x80);
    g_assert_cmphex(ram[0x20000], ==, 0);
    stop(3);
}

static void test_words_down(void)
{
    for (int i = 0; i < RAM_SIZE; i++) {
        ram[i] = i ^ i >> 8;
    }
    /* Bit 0 of the page goes nowhere: 0x20000 and 0x30000 are one page. */
    program(5, 0x31000, 8, 0x68);
    start(5, false, 8);
    settle();
    for (int i = 0; i < 8; i += 2) {
        g_assert_cmpmem(mover.data + i, 2, ram + 0x31000 - i, 2);
    }
    g_assert_cmphex(cpu_inb(0xd0), ==, 0x22);
    stop(5);
}

static void test_autoinit(void)
{
    memset(ram, 0, RAM_SIZE);
    program(0, 0x1000, 16, 0x54);
    start(0, true, 16);
    for (int i = 0; i < 3; i++) {
        g_main_context_iteration(NULL, false);
    }
    g_assert_cmpint(mover.turns, >=, 2);
    g_assert_cmphex(cpu_inb(0x0f) & 1, ==, 0);
    cpu_outb(0x0c, 0);
    g_assert_cmphex(read_pair(0), ==, 0x1000);
    g_assert_cmphex(read_pair(1), ==, 15);
    g_assert_true(ISADMA_GET_CLASS(dma_of(0))->
                  has_autoinitialization(dma_of(0), 0));
    stop(0);
    settle();
}

/* Verify, and a direction that is not the device's, leave memory alone. */
static void test_directions(void)
{
    static const uint8_t modes[] = { 0x40, 0x48, 0x4c };

    for (int i = 0; i < ARRAY_SIZE(modes); i++) {
        memset(ram, 0, RAM_SIZE);
        program(2, 0x2000, 32, modes[i]);
        start(2, true, 32);
        settle();
        g_assert_cmpint(mover.turns, ==, 1);
        g_assert_true(!ram[0x2000] && !memcmp(ram + 0x2000, ram + 0x2001, 31));
        stop(2);
    }
    program(2, 0x2000, 32, 0x44);
    start(2, false, 32);
    settle();
    g_assert_cmphex(mover.data[0], ==, 0xff);
    stop(2);
}

/* What keeps a channel from running, and what lets it. */
static void test_gates(void)
{
    program(1, 0x1000, 4, 0x44);
    cpu_outb(0x0a, 5);
    start(1, true, 4);
    settle();
    g_assert_cmpint(mover.turns, ==, 0);
    cpu_outb(0x08, 4);
    cpu_outb(0x0a, 1);
    settle();
    g_assert_cmpint(mover.turns, ==, 0);
    cpu_outb(0x08, 0);
    settle();
    g_assert_cmpint(mover.turns, ==, 1);
    /* Cascade. */
    program(1, 0x1000, 4, 0xc0);
    settle();
    g_assert_cmpint(mover.turns, ==, 1);
    stop(1);
    /* A request by software. */
    program(1, 0x1000, 4, 0x44);
    settle();
    g_assert_cmpint(mover.turns, ==, 1);
    cpu_outb(0x09, 5);
    settle();
    g_assert_cmpint(mover.turns, ==, 2);
    cpu_outb(0x09, 1);
}

/* Memory to memory is not there: the command is ignored. */
static void test_command(void)
{
    cpu_outb(0x08, 4);
    cpu_outb(0x08, 1);
    program(1, 0x1000, 4, 0x44);
    start(1, true, 4);
    settle();
    g_assert_cmpint(mover.turns, ==, 0);
    cpu_outb(0x0d, 0);
    g_assert_cmphex(cpu_inb(0x0f), ==, 0x0f);
    stop(1);
}

static void test_init(void)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    memory_region_init_ram(mr, NULL, "ram", RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0, mr);
    ram = memory_region_get_ram_ptr(mr);
    bus = isa_bus_new(NULL, get_system_memory(), get_system_io(),
                      &error_abort);
    i8257_dma_init(bus, false);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    test_init();
    g_test_add_func("/i8257/to-memory", test_to_memory);
    g_test_add_func("/i8257/page-wrap", test_page_wrap);
    g_test_add_func("/i8257/words-down", test_words_down);
    g_test_add_func("/i8257/autoinit", test_autoinit);
    g_test_add_func("/i8257/directions", test_directions);
    g_test_add_func("/i8257/gates", test_gates);
    g_test_add_func("/i8257/command", test_command);
    return g_test_run();
}
