/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A serial port with a character device that is told and tells things. */
#include "qemu/osdep.h"
#include "chardev/char-serial.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "hw/char/serial.h"
#include "hw/irq.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/reset.h"

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR };

/* A serial line of the host, as far as a test needs one. */
#define TYPE_CHARDEV_LINE "chardev-test-line"
typedef struct LineChardev {
    Chardev parent;
    GString *sent;
    int room;                   /* characters it takes before it is full */
    QEMUSerialSetParams params;
    int breaks;
    int tiocm;
    bool has_lines;
} LineChardev;
DECLARE_INSTANCE_CHECKER(LineChardev, LINE, TYPE_CHARDEV_LINE)

static LineChardev *line;
static SerialState *port;
static int irq_level;

static int line_write(Chardev *chr, const uint8_t *buf, int len)
{
    LineChardev *l = LINE(chr);

    if (l->room == 0) {
        errno = EAGAIN;
        return -1;
    }
    len = MIN(len, l->room);
    l->room -= len;
    g_string_append_len(l->sent, (const char *)buf, len);
    return len;
}

static int line_ioctl(Chardev *chr, int cmd, void *arg)
{
    LineChardev *l = LINE(chr);

    switch (cmd) {
    case CHR_IOCTL_SERIAL_SET_PARAMS:
        l->params = *(QEMUSerialSetParams *)arg;
        return 0;
    case CHR_IOCTL_SERIAL_SET_BREAK:
        l->breaks = *(int *)arg;
        return 0;
    case CHR_IOCTL_SERIAL_GET_TIOCM:
        *(int *)arg = l->tiocm;
        return l->has_lines ? 0 : -ENOTSUP;
    case CHR_IOCTL_SERIAL_SET_TIOCM:
        l->tiocm = *(int *)arg;
        return l->has_lines ? 0 : -ENOTSUP;
    default:
        return -ENOTSUP;
    }
}

/* Never ready: the test calls the watch by making room and a loop's turn. */
static gboolean room_prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return line->room > 0;
}

static gboolean room_check(GSource *source)
{
    return line->room > 0;
}

static gboolean room_dispatch(GSource *source, GSourceFunc callback,
                              gpointer data)
{
    return ((FEWatchFunc)(void *)callback)(NULL, G_IO_OUT, data);
}

static GSource *line_add_watch(Chardev *chr, GIOCondition cond)
{
    static GSourceFuncs funcs = {
        .prepare = room_prepare, .check = room_check,
        .dispatch = room_dispatch,
    };

    return g_source_new(&funcs, sizeof(GSource));
}

static void line_init(Object *obj)
{
    LINE(obj)->sent = g_string_new("");
    LINE(obj)->room = INT_MAX;
}

static void line_finalize(Object *obj)
{
    g_string_free(LINE(obj)->sent, TRUE);
}

static void line_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->chr_write = line_write;
    CHARDEV_CLASS(oc)->chr_ioctl = line_ioctl;
    CHARDEV_CLASS(oc)->chr_add_watch = line_add_watch;
}

static const TypeInfo line_types[] = {
    {
        .name = TYPE_CHARDEV_LINE,
        .parent = TYPE_CHARDEV,
        .instance_size = sizeof(LineChardev),
        .instance_init = line_init,
        .instance_finalize = line_finalize,
        .class_init = line_class_init,
    },
};
DEFINE_TYPES(line_types)

static void note_level(void *opaque, int n, int level)
{
    irq_level = level;
}

static uint8_t get(int reg)
{
    return cpu_inb(reg);
}

static void put(int reg, uint8_t val)
{
    cpu_outb(reg, val);
}

/* From power-on, with modem lines or without. */
static void start(bool has_lines)
{
    line->has_lines = has_lines;
    line->tiocm = 0;
    line->room = INT_MAX;
    g_string_truncate(line->sent, 0);
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
}

static void receive(const char *text)
{
    Chardev *chr = &line->parent;

    for (; *text; text++) {
        if (qemu_chr_be_can_write(chr) > 0) {
            qemu_chr_be_write(chr, (const uint8_t *)text, 1);
        }
    }
}

static void test_reset_values(void)
{
    start(false);
    g_assert_cmphex(get(IER), ==, 0);
    g_assert_cmphex(get(IIR), ==, 0x01);
    g_assert_cmphex(get(LCR), ==, 0);
    g_assert_cmphex(get(MCR), ==, 0x08);
    g_assert_cmphex(get(LSR), ==, 0x60);
    g_assert_cmphex(get(MSR), ==, 0xb0);
}

static void test_parameters(void)
{
    start(false);
    put(LCR, 0x80);
    put(RBR, 1);
    put(IER, 0);
    put(LCR, 0x03);
    g_assert_cmpint(line->params.speed, ==, 115200);
    g_assert_cmpint(line->params.data_bits, ==, 8);
    g_assert_cmpint(line->params.stop_bits, ==, 1);
    g_assert_cmpint(line->params.parity, ==, 'N');
    g_assert_cmpint(port->char_transmit_time, ==,
                    NANOSECONDS_PER_SECOND / 115200 * 10);
    put(LCR, 0x5e);             /* break, even, two stop bits, 7 bits */
    g_assert_cmpint(line->params.data_bits, ==, 7);
    g_assert_cmpint(line->params.stop_bits, ==, 2);
    g_assert_cmpint(line->params.parity, ==, 'E');
    g_assert_cmpint(line->breaks, ==, 1);
    put(LCR, 0x0a);
    g_assert_cmpint(line->params.parity, ==, 'O');
    g_assert_cmpint(line->breaks, ==, 0);
    /* A divisor of 0 is nothing that a line could be set to. */
    put(LCR, 0x80);
    put(RBR, 0);
    g_assert_cmpint(line->params.speed, ==, 115200);
}

static void test_fifo(void)
{
    start(false);
    put(IIR, 0x81);             /* on, level 8 */
    put(IER, 0x01);
    receive("1234567");
    g_assert_cmpint(irq_level, ==, 0);
    receive("8");
    g_assert_cmpint(irq_level, ==, 1);
    g_assert_cmphex(get(IIR), ==, 0xc4);
    g_assert_cmpint(get(RBR), ==, '1');
    g_assert_cmpint(irq_level, ==, 0);
    /* Room for 16, and input waits outside then. */
    receive("9abcdefghijk");
    g_assert_cmpint(qemu_chr_be_can_write(&line->parent), ==, 0);
    for (const char *c = "23456789abcdefgh"; *c; c++) {
        g_assert_cmphex(get(LSR) & 1, ==, 1);
        g_assert_cmpint(get(RBR), ==, *c);
    }
    g_assert_cmphex(get(LSR), ==, 0x60);
    /* Switching it off clears it. */
    receive("x");
    put(IIR, 0x00);
    g_assert_cmphex(get(LSR), ==, 0x60);
}

/* Bytes below the level interrupt after four characters' time. */
static void test_fifo_timeout(void)
{
    start(false);
    put(IIR, 0xc1);
    put(IER, 0x01);
    receive("a");
    g_assert_cmphex(get(IIR), ==, 0xc1);
    g_assert_cmpint(timer_expire_time_ns(port->fifo_timeout_timer) -
                    qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), <=,
                    4 * NANOSECONDS_PER_SECOND / 960);
    while (get(IIR) == 0xc1) {
        main_loop_wait(false);
    }
    g_assert_cmphex(get(IIR), ==, 0xcc);
    g_assert_cmpint(irq_level, ==, 1);
    g_assert_cmpint(get(RBR), ==, 'a');
    g_assert_cmphex(get(IIR), ==, 0xc1);
    g_assert_cmpint(irq_level, ==, 0);
}

static void test_break(void)
{
    start(false);
    put(IER, 0x04);
    qemu_chr_be_event(&line->parent, CHR_EVENT_BREAK);
    g_assert_cmphex(get(IIR), ==, 0x06);
    g_assert_cmphex(get(LSR), ==, 0x71);
    g_assert_cmphex(get(IIR), ==, 0x01);
    g_assert_cmphex(get(RBR), ==, 0);
    g_assert_cmphex(get(LSR), ==, 0x60);
}

/* Modem lines of the other end: changes are remembered and interrupt. */
static void test_modem_lines(void)
{
    start(true);
    g_assert_cmphex(get(MSR) & 0xf0, ==, 0);
    put(IER, 0x08);
    line->tiocm |= CHR_TIOCM_CTS | CHR_TIOCM_RI;
    while (!irq_level) {
        main_loop_wait(false);
    }
    g_assert_cmphex(get(IIR), ==, 0x00);
    /* The start of a ring is no event. */
    g_assert_cmphex(get(MSR), ==, 0x51);
    g_assert_cmphex(get(MSR), ==, 0x50);
    g_assert_cmpint(irq_level, ==, 0);
    line->tiocm &= ~CHR_TIOCM_RI;
    g_assert_cmphex(get(MSR), ==, 0x14);
    put(MCR, 0x03);
    g_assert_cmphex(line->tiocm & (CHR_TIOCM_DTR | CHR_TIOCM_RTS), ==,
                    CHR_TIOCM_DTR | CHR_TIOCM_RTS);
    put(MCR, 0x00);
    g_assert_cmphex(line->tiocm & (CHR_TIOCM_DTR | CHR_TIOCM_RTS), ==, 0);
}

/* In a loop, outputs are inputs and nothing leaves. */
static void test_loop(void)
{
    start(false);
    put(MCR, 0x10);
    get(MSR);
    put(IER, 0x08);
    put(MCR, 0x15);
    g_assert_cmphex(get(IIR), ==, 0x00);
    g_assert_cmphex(get(MSR), ==, 0x62);
    g_assert_cmphex(get(MSR), ==, 0x60);
    put(MCR, 0x1a);
    g_assert_cmphex(get(MSR), ==, 0x9f);
    put(RBR, 'z');
    g_assert_cmphex(get(LSR), ==, 0x61);
    g_assert_cmpint(get(RBR), ==, 'z');
    g_assert_cmpstr(line->sent->str, ==, "");
    put(RBR, 'a');
    put(RBR, 'b');
    g_assert_cmphex(get(LSR), ==, 0x63);        /* overrun, told once */
    g_assert_cmphex(get(LSR), ==, 0x61);
}

/* A full device keeps the transmitter busy; nothing is lost. */
static void test_transmit(void)
{
    start(false);
    put(RBR, 'a');
    g_assert_cmpstr(line->sent->str, ==, "a");
    line->room = 0;
    put(IIR, 0x01);
    put(IER, 0x02);
    get(IIR);
    for (int i = 0; i < 17; i++) {
        put(RBR, 'b' + i);
    }
    g_assert_cmphex(get(LSR), ==, 0x00);
    g_assert_cmpint(irq_level, ==, 0);
    line->room = INT_MAX;
    while (get(LSR) != 0x60) {
        main_loop_wait(false);
    }
    g_assert_cmpstr(line->sent->str, ==, "abcdefghijklmnopqr");
    g_assert_cmphex(get(IIR), ==, 0xc2);
    g_assert_cmphex(get(IIR), ==, 0xc1);
    /* Reset takes back what waits. */
    line->room = 0;
    put(RBR, 'x');
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
    line->room = INT_MAX;
    g_main_context_iteration(NULL, false);
    g_assert_cmpint(line->sent->str[line->sent->len - 1], ==, 'r');
}

static void make_port(void)
{
    Chardev *chr = qemu_chardev_new("line", TYPE_CHARDEV_LINE, NULL, NULL,
                                    &error_abort);
    DeviceState *dev = qdev_new(TYPE_SERIAL);

    line = LINE(chr);
    port = SERIAL(dev);
    port->irq = qemu_allocate_irq(note_level, NULL, 0);
    qdev_prop_set_chr(dev, "chardev", chr);
    qdev_realize(dev, NULL, &error_abort);
    memory_region_init_io(&port->io, OBJECT(dev), &serial_io_ops, port,
                          "serial", 8);
    memory_region_add_subregion(get_system_io(), 0, &port->io);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    cpu_enable_ticks();
    make_port();
    g_test_add_func("/serial/reset-values", test_reset_values);
    g_test_add_func("/serial/parameters", test_parameters);
    g_test_add_func("/serial/fifo", test_fifo);
    g_test_add_func("/serial/fifo-timeout", test_fifo_timeout);
    g_test_add_func("/serial/break", test_break);
    g_test_add_func("/serial/modem-lines", test_modem_lines);
    g_test_add_func("/serial/loop", test_loop);
    g_test_add_func("/serial/transmit", test_transmit);
    return g_test_run();
}
