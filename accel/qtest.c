/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The qtest server: a test program reads and writes ports and memory, moves
 * the clock and watches interrupt lines by commands, one a line, over a
 * character device.  docs/test-author.rst has the list of commands.
 *
 * A test waits for each answer, and makes tens of thousands of commands, so
 * the way from bytes to answer is short: lines are parsed where they were
 * received, nothing is allocated for the common commands, and all answers to
 * one batch of input leave in one write.
 *
 * The other side may be wrong but never ends the program: a line that does
 * not parse, names what is not there or asks for too much gets a FAIL or ERR
 * with the reason.
 */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/timer.h"
#include "sysemu/cpu-throttle.h"
#include "sysemu/qtest.h"
#include "sysemu/runstate.h"
#include <sys/sysmacros.h>

/* Most bytes that one command moves, and so the longest line we keep. */
#define QTEST_MAX_TRANSFER (64 * 1024 * 1024)
#define QTEST_MAX_LINE (2 * QTEST_MAX_TRANSFER + 256)
/* Buffers above this size are given back when they are empty. */
#define QTEST_KEEP_BUFFER (64 * 1024)
#define QTEST_MAX_WORDS 8

typedef struct Word {
    const char *p;
    size_t len;
} Word;

/* An interrupt line under watch. */
typedef struct QTestLine {
    qemu_irq passed_on;         /* of an output: what it fed before */
    int level;
} QTestLine;

typedef struct QTest {
    CharBackend chr;
    bool connected;
    bool batching;              /* answers are gathered, not sent */
    bool discarding;            /* up to the end of a line too long */
    GString *in;                /* a line that has not ended yet */
    GString *out;
    FILE *log;
    int64_t opened_us;
    Notifier wake;              /* of a guest that was slowed down */

    DeviceState *watched;
    GHashTable *lines;          /* number to QTestLine */
} QTest;

static QTest *qtest;
static bool (*extra_command)(CharBackend *chr, gchar **words);

bool qtest_driver(void)
{
    return qtest != NULL;
}

void qtest_set_command_cb(bool (*cb)(CharBackend *chr, gchar **words))
{
    extra_command = cb;
}

/*** Answers ***/

static double log_time(QTest *q)
{
    return (g_get_monotonic_time() - q->opened_us) / 1e6;
}

static void qtest_flush(QTest *q)
{
    if (q->out->len == 0) {
        return;
    }
    if (q->log) {
        fflush(q->log);
    }
    qemu_chr_fe_write_all(&q->chr, (uint8_t *)q->out->str, q->out->len);
    if (q->out->allocated_len > QTEST_KEEP_BUFFER) {
        g_string_free(q->out, TRUE);
        q->out = g_string_sized_new(256);
    } else {
        g_string_truncate(q->out, 0);
    }
}

/* Ends the line that starts at @start of the output. */
static void finish_line(QTest *q, size_t start)
{
    g_string_append_c(q->out, '\n');
    if (unlikely(q->log)) {
        fprintf(q->log, "[S +%.6f] %s", log_time(q), q->out->str + start);
    }
    if (!q->batching) {
        qtest_flush(q);
    }
}

static void reply_mem(QTest *q, const char *text, size_t len)
{
    size_t start = q->out->len;

    g_string_append_len(q->out, text, len);
    finish_line(q, start);
}

static void reply_ok(QTest *q)
{
    reply_mem(q, "OK", 2);
}

static void G_GNUC_PRINTF(2, 3) reply(QTest *q, const char *fmt, ...)
{
    size_t start = q->out->len;
    va_list ap;

    va_start(ap, fmt);
    g_string_append_vprintf(q->out, fmt, ap);
    va_end(ap);
    finish_line(q, start);
}

/* "OK 0x" and at least @digits hexadecimal digits. */
static void reply_hex(QTest *q, uint64_t value, int digits)
{
    char text[32] = "OK 0x";
    int n = digits;

    while (n < 16 && value >> (4 * n)) {
        n++;
    }
    for (int i = 0; i < n; i++) {
        text[5 + i] = "0123456789abcdef"[(value >> (4 * (n - 1 - i))) & 15];
    }
    reply_mem(q, text, 5 + n);
}

void qtest_sendf(CharBackend *chr, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;
    size_t len;

    if (!qtest || !qtest->connected) {
        return;
    }
    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    len = strlen(text);
    if (len && text[len - 1] == '\n') {
        len--;
    }
    reply_mem(qtest, text, len);
}

/*** Words and numbers ***/

static bool word_is(const Word *w, const char *text)
{
    size_t len = strlen(text);

    return w->len == len && !memcmp(w->p, text, len);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The whole word as strtoull() with base 0 reads it, a sign included. */
static bool parse_number(const Word *w, uint64_t *result)
{
    const char *p = w->p, *end = p + w->len;
    bool negative = false;
    unsigned base = 10;
    uint64_t value = 0;

    if (p < end && (*p == '-' || *p == '+')) {
        negative = *p++ == '-';
    }
    if (end - p >= 3 && p[0] == '0' && (p[1] | 0x20) == 'x') {
        base = 16;
        p += 2;
    } else if (end - p >= 2 && p[0] == '0') {
        base = 8;
        p++;
    }
    if (p == end) {
        return false;
    }
    for (; p < end; p++) {
        int digit = hex_digit(*p);

        if (digit < 0 || digit >= base ||
            __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            return false;
        }
    }
    *result = negative ? -value : value;
    return true;
}

/* The first @n arguments as numbers, or a FAIL that says what is wrong. */
static bool get_numbers(QTest *q, const Word *w, int nwords, int n,
                        uint64_t *numbers)
{
    if (nwords < n + 1) {
        reply(q, "FAIL %.*s needs %d argument%s", (int)w[0].len, w[0].p, n,
              n == 1 ? "" : "s");
        return false;
    }
    for (int i = 0; i < n; i++) {
        if (!parse_number(&w[1 + i], &numbers[i])) {
            reply(q, "FAIL %.*s: '%.*s' is not a number", (int)w[0].len,
                  w[0].p, (int)MIN(w[1 + i].len, 64), w[1 + i].p);
            return false;
        }
    }
    return true;
}

/* Address and length of a block, and @nargs arguments in all. */
static bool get_block(QTest *q, const Word *w, int nwords, int nargs,
                      uint64_t *block)
{
    if (nwords < nargs + 1) {
        reply(q, "FAIL %.*s needs %d arguments", (int)w[0].len, w[0].p,
              nargs);
        return false;
    }
    if (!get_numbers(q, w, nwords, 2, block)) {
        return false;
    }
    if (block[1] > QTEST_MAX_TRANSFER) {
        reply(q, "FAIL %.*s: length 0x%" PRIx64 " is above 0x%x",
              (int)w[0].len, w[0].p, block[1], QTEST_MAX_TRANSFER);
        return false;
    }
    return true;
}

/*** Ports and memory ***/

/* What a processor would see. */
static AddressSpace *test_memory(void)
{
    return first_cpu && first_cpu->as ? first_cpu->as : &address_space_memory;
}

static uint64_t load_le(const uint8_t *p, int size)
{
    uint64_t value = 0;

    for (int i = 0; i < size; i++) {
        value |= (uint64_t)p[i] << (8 * i);
    }
    return value;
}

static void store_le(uint8_t *p, int size, uint64_t value)
{
    for (int i = 0; i < size; i++) {
        p[i] = value >> (8 * i);
    }
}

static bool port_in_range(QTest *q, const Word *w, uint64_t port)
{
    if (port > 0xffff) {
        reply(q, "FAIL %.*s: port 0x%" PRIx64 " is above 0xffff",
              (int)w[0].len, w[0].p, port);
        return false;
    }
    return true;
}

static void do_out(QTest *q, const Word *w, int nwords, int size)
{
    uint64_t arg[2];
    uint8_t buf[4];

    if (!get_numbers(q, w, nwords, 2, arg) || !port_in_range(q, w, arg[0])) {
        return;
    }
    store_le(buf, size, arg[1]);
    address_space_write(&address_space_io, arg[0], MEMTXATTRS_UNSPECIFIED,
                        buf, size);
    reply_ok(q);
}

static void do_in(QTest *q, const Word *w, int nwords, int size)
{
    uint64_t port;
    uint8_t buf[4];

    if (!get_numbers(q, w, nwords, 1, &port) || !port_in_range(q, w, port)) {
        return;
    }
    address_space_read(&address_space_io, port, MEMTXATTRS_UNSPECIFIED,
                       buf, size);
    reply_hex(q, load_le(buf, size), 4);
}

static void do_write_value(QTest *q, const Word *w, int nwords, int size)
{
    uint64_t arg[2];
    uint8_t buf[8];

    if (get_numbers(q, w, nwords, 2, arg)) {
        store_le(buf, size, arg[1]);
        address_space_write(test_memory(), arg[0], MEMTXATTRS_UNSPECIFIED,
                            buf, size);
        reply_ok(q);
    }
}

static void do_read_value(QTest *q, const Word *w, int nwords, int size)
{
    uint64_t addr;
    uint8_t buf[8];

    if (get_numbers(q, w, nwords, 1, &addr)) {
        address_space_read(test_memory(), addr, MEMTXATTRS_UNSPECIFIED,
                           buf, size);
        reply_hex(q, load_le(buf, size), 16);
    }
}

static void append_hex(GString *to, const uint8_t *data, size_t len)
{
    size_t at = to->len;
    char *p;

    g_string_set_size(to, at + 2 * len);
    p = to->str + at;
    for (size_t i = 0; i < len; i++) {
        *p++ = "0123456789abcdef"[data[i] >> 4];
        *p++ = "0123456789abcdef"[data[i] & 15];
    }
}

static void do_read(QTest *q, const Word *w, int nwords, int unused)
{
    size_t start = q->out->len;
    uint64_t block[2];
    uint8_t buf[4096];

    if (!get_block(q, w, nwords, 2, block)) {
        return;
    }
    if (block[1] == 0) {
        reply(q, "ERR read of no bytes");
        return;
    }
    g_string_append(q->out, "OK 0x");
    while (block[1]) {
        size_t n = MIN(block[1], sizeof(buf));

        address_space_read(test_memory(), block[0], MEMTXATTRS_UNSPECIFIED,
                           buf, n);
        append_hex(q->out, buf, n);
        block[0] += n;
        block[1] -= n;
    }
    finish_line(q, start);
}

/*
 * Missing digits at the end stand for zeros, as in QEMU.  The data reaches
 * memory in one access, so that registers see writes of their size.
 */
static void do_write(QTest *q, const Word *w, int nwords, int unused)
{
    uint8_t small[512];
    g_autofree uint8_t *large = NULL;
    uint8_t *data = small;
    uint64_t block[2];
    size_t digits;

    if (!get_block(q, w, nwords, 3, block)) {
        return;
    }
    if (w[3].len < 3 || w[3].p[0] != '0' || (w[3].p[1] | 0x20) != 'x') {
        reply(q, "ERR invalid argument size");
        return;
    }
    if (block[1] > sizeof(small)) {
        data = large = g_malloc(block[1]);
    }
    digits = w[3].len - 2;
    for (size_t i = 0; i < block[1]; i++) {
        int high, low;

        if (2 * i + 2 > digits) {
            memset(data + i, 0, block[1] - i);
            break;
        }
        high = hex_digit(w[3].p[2 + 2 * i]);
        low = hex_digit(w[3].p[3 + 2 * i]);
        if (high < 0 || low < 0) {
            reply(q, "ERR write: byte %zu of the data is not hexadecimal", i);
            return;
        }
        data[i] = high << 4 | low;
    }
    address_space_write(test_memory(), block[0], MEMTXATTRS_UNSPECIFIED,
                        data, block[1]);
    reply_ok(q);
}

static void do_b64read(QTest *q, const Word *w, int nwords, int unused)
{
    g_autofree uint8_t *data = NULL;
    g_autofree char *text = NULL;
    size_t start = q->out->len;
    uint64_t block[2];

    if (!get_block(q, w, nwords, 2, block)) {
        return;
    }
    data = g_malloc(MAX(block[1], 1));
    address_space_read(test_memory(), block[0], MEMTXATTRS_UNSPECIFIED,
                       data, block[1]);
    text = g_base64_encode(data, block[1]);
    g_string_append(q->out, "OK ");
    g_string_append(q->out, text);
    finish_line(q, start);
}

static void do_b64write(QTest *q, const Word *w, int nwords, int unused)
{
    g_autofree uint8_t *data = NULL;
    g_autofree char *text = NULL;
    uint64_t block[2];
    gsize len;

    if (!get_block(q, w, nwords, 3, block)) {
        return;
    }
    text = g_strndup(w[3].p, w[3].len);
    data = g_base64_decode(text, &len);
    if (len != block[1]) {
        reply(q, "ERR b64write: told %" PRIu64 " bytes, found %zu",
              block[1], len);
        return;
    }
    address_space_write(test_memory(), block[0], MEMTXATTRS_UNSPECIFIED,
                        data, len);
    reply_ok(q);
}

static void do_memset(QTest *q, const Word *w, int nwords, int unused)
{
    g_autofree uint8_t *data = NULL;
    uint64_t arg[3];

    if (!get_block(q, w, nwords, 3, arg) ||
        !get_numbers(q, w, nwords, 3, arg)) {
        return;
    }
    if (arg[1]) {
        data = g_malloc(arg[1]);
        memset(data, arg[2], arg[1]);
        address_space_write(test_memory(), arg[0], MEMTXATTRS_UNSPECIFIED,
                            data, arg[1]);
    }
    reply_ok(q);
}

static void do_endianness(QTest *q, const Word *w, int nwords, int unused)
{
    reply(q, "OK little");
}

static void do_big_endian(QTest *q, const Word *w, int nwords, int unused)
{
    reply(q, "OK 0");
}

/*** The clock ***/

static void unknown_command(QTest *q, const Word *w, int nwords)
{
    if (extra_command) {
        g_autofree char *line = g_strndup(w[0].p, w[nwords - 1].p +
                                          w[nwords - 1].len - w[0].p);
        g_auto(GStrv) words = g_strsplit(line, " ", 0);

        if (extra_command(&q->chr, words)) {
            return;
        }
    }
    reply(q, "FAIL Unknown command '%.*s'", (int)MIN(w[0].len, 128), w[0].p);
}

static void clock_to(QTest *q, int64_t ns)
{
    reply(q, "OK %" PRIi64, qemu_clock_virtual_step(ns));
}

static void do_clock_step(QTest *q, const Word *w, int nwords, int unused)
{
    uint64_t step;
    int64_t dest;

    if (!qtest_enabled()) {
        unknown_command(q, w, nwords);
        return;
    }
    if (nwords > 1) {
        if (!get_numbers(q, w, nwords, 1, &step)) {
            return;
        }
    } else {
        step = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                          QEMU_TIMER_ATTR_ALL);
    }
    if (__builtin_add_overflow(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL),
                               (int64_t)step, &dest)) {
        dest = INT64_MAX;
    }
    clock_to(q, dest);
}

static void do_clock_set(QTest *q, const Word *w, int nwords, int unused)
{
    uint64_t ns;

    if (!qtest_enabled()) {
        unknown_command(q, w, nwords);
    } else if (get_numbers(q, w, nwords, 1, &ns)) {
        clock_to(q, MIN(ns, (uint64_t)INT64_MAX));
    }
}

/*** Interrupt lines ***/

static QTestLine *line_state(QTest *q, int n)
{
    QTestLine *line = g_hash_table_lookup(q->lines, GINT_TO_POINTER(n));

    if (!line) {
        line = g_new0(QTestLine, 1);
        g_hash_table_insert(q->lines, GINT_TO_POINTER(n), line);
    }
    return line;
}

static void line_changed(QTest *q, int n, int level)
{
    QTestLine *line = line_state(q, n);

    if (line->level != level) {
        line->level = level;
        if (q->connected) {
            reply(q, "IRQ %s %d", level ? "raise" : "lower", n);
        }
    }
}

/* @opaque is the input's own line, as it was. */
static void watched_input(void *opaque, int n, int level)
{
    qemu_irq *input = opaque;

    qemu_set_irq(*input, level);
    line_changed(qtest, n, level);
}

static void watched_output(void *opaque, int n, int level)
{
    QTestLine *line = opaque;

    qemu_set_irq(line->passed_on, level);
    line_changed(qtest, n, level);
}

static void watch_outputs(QTest *q, DeviceState *dev, NamedGPIOList *list)
{
    for (int i = 0; i < list->num_out; i++) {
        QTestLine *line = line_state(q, i);
        qemu_irq icpt = qemu_allocate_irq(watched_output, line, i);

        line->passed_on = qdev_intercept_gpio_out(dev, icpt, list->name, i);
    }
}

static DeviceState *find_device(QTest *q, const Word *w)
{
    g_autofree char *path = g_strndup(w->p, w->len);
    Object *obj = object_dynamic_cast(object_resolve_path(path, NULL),
                                      TYPE_DEVICE);

    if (!obj) {
        reply(q, "FAIL Unknown device");
    }
    return (DeviceState *)obj;
}

static void do_intercept(QTest *q, const Word *w, int nwords, int outputs)
{
    g_autofree char *name = NULL;
    NamedGPIOList *list;
    DeviceState *dev;
    bool found = false;

    if (nwords < 2) {
        reply(q, "FAIL %.*s needs a device", (int)w[0].len, w[0].p);
        return;
    }
    dev = find_device(q, &w[1]);
    if (!dev) {
        return;
    }
    if (q->watched) {
        if (q->watched != dev) {
            reply(q, "FAIL IRQ intercept already enabled");
        } else {
            reply_ok(q);
        }
        return;
    }
    if (nwords > 2) {
        name = g_strndup(w[2].p, w[2].len);
    }
    QLIST_FOREACH(list, &dev->gpios, node) {
        if (g_strcmp0(list->name, name)) {
            continue;
        }
        found = true;
        if (outputs) {
            watch_outputs(q, dev, list);
        } else {
            qemu_irq_intercept_in(list->in, watched_input, list->num_in);
        }
    }
    if (name && !found) {
        reply(q, "FAIL No lines of that name");
        return;
    }
    q->watched = dev;
    reply_ok(q);
}

/* A device's input @n of that name; NULL where it has none. */
static qemu_irq find_input(DeviceState *dev, const char *name, uint64_t n)
{
    NamedGPIOList *list;

    QLIST_FOREACH(list, &dev->gpios, node) {
        if (!g_strcmp0(list->name, name) && n < list->num_in) {
            return list->in[n];
        }
    }
    return NULL;
}

static void do_set_irq_in(QTest *q, const Word *w, int nwords, int unused)
{
    g_autofree char *name = NULL;
    uint64_t n, level;
    DeviceState *dev;
    qemu_irq irq;

    if (nwords < 5) {
        reply(q, "FAIL set_irq_in needs 4 arguments");
        return;
    }
    dev = find_device(q, &w[1]);
    if (!dev) {
        return;
    }
    if (!parse_number(&w[3], &n) || !parse_number(&w[4], &level)) {
        reply(q, "FAIL set_irq_in: number or level is not a number");
        return;
    }
    if (!word_is(&w[2], "unnamed-gpio-in")) {
        name = g_strndup(w[2].p, w[2].len);
    }
    irq = find_input(dev, name, n);
    if (!irq) {
        reply(q, "FAIL Unknown IRQ");
        return;
    }
    qemu_set_irq(irq, (int)level);
    reply_ok(q);
}

/* Everything is linked in, so whatever exists is there already. */
static void do_module_load(QTest *q, const Word *w, int nwords, int unused)
{
    if (nwords < 3) {
        reply(q, "FAIL module_load needs 2 arguments");
    } else {
        reply_ok(q);
    }
}

/*** Dispatch ***/

static const struct {
    const char *name;
    void (*fn)(QTest *q, const Word *w, int nwords, int arg);
    int arg;
} commands[] = {
    { "writel", do_write_value, 4 },
    { "readl", do_read_value, 4 },
    { "write", do_write },
    { "read", do_read },
    { "outl", do_out, 4 },
    { "inl", do_in, 4 },
    { "outw", do_out, 2 },
    { "inw", do_in, 2 },
    { "outb", do_out, 1 },
    { "inb", do_in, 1 },
    { "writeq", do_write_value, 8 },
    { "readq", do_read_value, 8 },
    { "writew", do_write_value, 2 },
    { "readw", do_read_value, 2 },
    { "writeb", do_write_value, 1 },
    { "readb", do_read_value, 1 },
    { "clock_step", do_clock_step },
    { "clock_set", do_clock_set },
    { "memset", do_memset },
    { "b64read", do_b64read },
    { "b64write", do_b64write },
    { "endianness", do_endianness },
    { "big_endian", do_big_endian },
    { "irq_intercept_in", do_intercept, false },
    { "irq_intercept_out", do_intercept, true },
    { "set_irq_in", do_set_irq_in },
    { "module_load", do_module_load },
};

static void run_line(QTest *q, const char *line, size_t len)
{
    const char *p = line, *end = line + len;
    Word w[QTEST_MAX_WORDS];
    int nwords = 0;

    if (unlikely(q->log)) {
        fprintf(q->log, "[R +%.6f] %.*s\n", log_time(q), (int)len, line);
    }
    if (end > p && end[-1] == '\r') {
        end--;
    }
    while (nwords < QTEST_MAX_WORDS) {
        const char *stop;

        while (p < end && *p == ' ') {
            p++;
        }
        if (p == end) {
            break;
        }
        stop = memchr(p, ' ', end - p);
        stop = stop ? stop : end;
        w[nwords++] = (Word) { p, stop - p };
        p = stop;
    }
    if (nwords == 0) {
        reply(q, "FAIL Empty command");
        return;
    }
    for (int i = 0; i < ARRAY_SIZE(commands); i++) {
        if (word_is(&w[0], commands[i].name)) {
            commands[i].fn(q, w, nwords, commands[i].arg);
            return;
        }
    }
    unknown_command(q, w, nwords);
}

/* Keeps the beginning of a line whose end has not come yet. */
static void keep_rest(QTest *q, const char *p, size_t len)
{
    if (q->discarding) {
        return;
    }
    if (q->in->len + len > QTEST_MAX_LINE) {
        g_string_truncate(q->in, 0);
        q->discarding = true;
        return;
    }
    g_string_append_len(q->in, p, len);
}

static void run_input_line(QTest *q, const char *p, size_t len)
{
    if (q->discarding) {
        q->discarding = false;
        reply(q, "FAIL Line of more than %d bytes", QTEST_MAX_LINE);
    } else if (q->in->len) {
        g_string_append_len(q->in, p, len);
        run_line(q, q->in->str, q->in->len);
        if (q->in->allocated_len > QTEST_KEEP_BUFFER) {
            g_string_free(q->in, TRUE);
            q->in = g_string_new("");
        } else {
            g_string_truncate(q->in, 0);
        }
    } else {
        run_line(q, p, len);
    }
}

static void qtest_read(void *opaque, const uint8_t *buf, int size)
{
    QTest *q = opaque;
    const char *p = (const char *)buf, *end = p + size, *newline;

    q->batching = true;
    while ((newline = memchr(p, '\n', end - p))) {
        run_input_line(q, p, newline - p);
        p = newline + 1;
    }
    q->batching = false;
    if (p < end) {
        keep_rest(q, p, end - p);
    }
    qtest_flush(q);
}

/* Under the qtest accelerator the client is the guest, and sleeps as one. */
static int qtest_can_read(void *opaque)
{
    return qtest_enabled() && cpu_throttle_asleep() ? 0 : 65536;
}

static void qtest_wake(Notifier *n, void *unused)
{
    qemu_chr_fe_accept_input(&container_of(n, QTest, wake)->chr);
}

/*** Start and end ***/

static void qtest_event(void *opaque, QEMUChrEvent event)
{
    QTest *q = opaque;

    switch (event) {
    case CHR_EVENT_OPENED:
        q->connected = true;
        q->opened_us = g_get_monotonic_time();
        if (q->log) {
            fprintf(q->log, "[I 0.000000] OPENED\n");
            fflush(q->log);
        }
        break;
    case CHR_EVENT_CLOSED:
        if (!q->connected) {
            break;
        }
        q->connected = false;
        if (q->log) {
            fprintf(q->log, "[I +%.6f] CLOSED\n", log_time(q));
            fflush(q->log);
        }
        /* The test is gone, and with it the reason to be here. */
        shutdown_action = SHUTDOWN_ACTION_POWEROFF;
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_HOST_SIGNAL);
        break;
    default:
        break;
    }
}

/* A transcript that nobody will read is not worth writing. */
static bool file_is_dev_null(FILE *f)
{
    struct stat st;

    return fstat(fileno(f), &st) == 0 && S_ISCHR(st.st_mode) &&
           st.st_rdev == makedev(1, 3);
}

static bool open_log(const char *log, FILE **file, Error **errp)
{
    if (!log) {
        *file = stderr;
    } else if (!strcmp(log, "none")) {
        *file = NULL;
    } else {
        *file = fopen(log, "w");
        if (!*file) {
            error_setg_errno(errp, errno, "cannot open qtest log '%s'", log);
            return false;
        }
    }
    if (*file && file_is_dev_null(*file)) {
        if (*file != stderr) {
            fclose(*file);
        }
        *file = NULL;
    }
    return true;
}

bool qtest_server_init(const char *chardev, const char *log, Error **errp)
{
    Chardev *chr;
    FILE *file;
    QTest *q;

    if (!open_log(log, &file, errp)) {
        return false;
    }
    chr = qemu_chr_new("qtest", chardev, NULL);
    if (!chr) {
        error_setg(errp, "Failed to initialize device for qtest: \"%s\"",
                   chardev);
        return false;
    }
    q = g_new0(QTest, 1);
    q->log = file;
    q->in = g_string_new("");
    q->out = g_string_sized_new(256);
    q->lines = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    qtest = q;
    if (!qemu_chr_fe_init(&q->chr, chr, errp)) {
        return false;
    }
    qemu_chr_fe_set_handlers(&q->chr, qtest_can_read, qtest_read, qtest_event,
                             NULL, q, NULL, true);
    qemu_chr_fe_set_echo(&q->chr, true);
    q->wake.notify = qtest_wake;
    cpu_throttle_add_wake_notifier(&q->wake);
    return true;
}
