/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of incoming migration: the input is a stream for a board with one of
 * every device, loaded into a machine in this process.
 *
 * A stream that is refused must say what it is about.  One that is accepted
 * is what a guest could have left behind: its devices are then used as by a
 * driver who knows no better, and saved.  After each input the machine gets
 * the state it began with, which it must take.
 *
 * Built with -fsanitize=fuzzer it is a libFuzzer target; FUZZ_MACHINE is the
 * board.  Alone it takes "[-m BOARD] [-n RUNS] [-s SEED] [-w FOLDER]
 * [FILE...]" and changes real streams, those of the files (or of folders) and
 * its own, at random; each of its small streams is also cut short at every
 * byte.  -w writes its own streams, one a section: the seeds of a corpus.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "exec/ram_addr.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "migration/loadvm.h"
#include "migration/migration.h"
#include "migration/ram-internal.h"
#include "migration/savevm.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "sysemu/runstate.h"
#include "system/vl.h"

#define SECONDS_PER_INPUT 20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What the board gets, as far as it is there. */
static const char *const devices[][3] = {
    { "e1000e", "e1000e", "romfile=" },
    { "virtio-net-pci", "virtio-net-pci", "romfile=,mq=on,vectors=6" },
    { "virtio-blk-pci", "virtio-blk-pci", "drive=d0" },
    { "virtio-scsi-pci", "virtio-scsi-pci", "num_queues=2,id=scsi0" },
    { "virtio-serial-pci", "virtio-serial-pci", "id=serial0" },
    { "virtserialport", "virtserialport", "bus=serial0.0,chardev=c0,name=p" },
    { "virtio-rng-pci", "virtio-rng-pci", "rng=r0" },
    { "virtio-balloon-pci", "virtio-balloon-pci", "" },
    { "pcie-root-port", "pcie-root-port", "id=port0,slot=1" },
    { "pci-bridge", "pci-bridge", "chassis_nr=2,id=bridge0" },
    { "edu", "edu", "" },
    { "msix-demo", "msix-demo", "" },
};

typedef struct Bar {
    AddressSpace as;
    uint64_t size;
} Bar;

static GArray *bars;
static GByteArray *base;
static bool loud;

/* --- The machine --- */

static void add_arg(GPtrArray *args, const char *arg)
{
    g_ptr_array_add(args, g_strdup(arg));
}

static void add_devices(GPtrArray *args, const char *board)
{
    for (int i = 0; i < ARRAY_SIZE(devices); i++) {
        const char *const *d = devices[i];

        if (!object_class_by_name(d[0]) ||
            (!strcmp(d[0], "pcie-root-port") && strcmp(board, "q35"))) {
            continue;
        }
        if (strstr(d[2], "drive=")) {
            add_arg(args, "-blockdev");
            add_arg(args, "driver=null-co,node-name=d0,size=1048576,"
                    "read-zeroes=on");
        }
        add_arg(args, "-device");
        g_ptr_array_add(args, g_strdup_printf("%s,%s", d[1], d[2]));
    }
}

static void start_machine(const char *board)
{
    static const char *const common[] = {
        "fuzz-migration", "-accel", "qtest", "-display", "none",
        "-nodefaults", "-m", "4", "-incoming", "defer", "-object",
        "rng-builtin,id=r0", "-chardev", "null,id=c0", "-M",
    };
    GPtrArray *args = g_ptr_array_new();

    for (int i = 0; i < ARRAY_SIZE(common); i++) {
        add_arg(args, common[i]);
    }
    add_arg(args, board);
    error_init(common[0]);
    module_call_init(MODULE_INIT_QOM);
    add_devices(args, board);
    vl_init(args->len, (char **)args->pdata);
}

static void note_bars(PCIBus *bus, PCIDevice *dev, void *unused)
{
    /* A stream may say that the guest let go of it, and would be believed. */
    DEVICE_GET_CLASS(dev)->hotpluggable = false;
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &dev->io_regions[i];

        if (r->size && r->memory) {
            Bar *bar = g_new0(Bar, 1);

            bar->size = r->size;
            address_space_init(&bar->as, r->memory, dev->name);
            g_array_append_val(bars, bar);
        }
    }
}

static void note_bus(PCIBus *bus, void *unused)
{
    pci_for_each_device(bus, pci_bus_num(bus), note_bars, NULL);
}

/* --- Streams of our own --- */

static QEMUFile *begin_stream(GByteArray *out)
{
    QEMUFile *f = qemu_file_new_memory_output(out);

    savevm_header(f);
    return f;
}

static GByteArray *device_stream(void)
{
    GByteArray *out = g_byte_array_new();
    QEMUFile *f = begin_stream(out);

    global_state_store();
    savevm_devices(f, NULL);
    qemu_put_byte(f, SAVEVM_EOF);
    qemu_fclose(f);
    return out;
}

static void ram_section(QEMUFile *f, int type)
{
    qemu_put_byte(f, type);
    qemu_put_be32(f, 1);
    if (type == SAVEVM_SECTION_START) {
        qemu_put_counted_string(f, "ram");
        qemu_put_be32(f, 0);
        qemu_put_be32(f, RAM_SECTION_VERSION);
    }
}

static void ram_section_end(QEMUFile *f)
{
    qemu_put_be64(f, RAM_FLAG_EOS);
    qemu_put_byte(f, SAVEVM_FOOTER);
    qemu_put_be32(f, 1);
}

/* A list of blocks and some pages of each kind. */
static GByteArray *ram_stream(void)
{
    GByteArray *out = g_byte_array_new();
    QEMUFile *f = begin_stream(out);
    static const uint8_t page[TARGET_PAGE_SIZE] = { 1, 2, 3 };
    uint64_t total = 0;
    RAMBlock *rb;

    ram_section(f, SAVEVM_SECTION_START);
    RCU_READ_LOCK_GUARD();
    RAMBLOCK_FOREACH(rb) {
        total += ram_block_migrates(rb) ? rb->used_length : 0;
    }
    qemu_put_be64(f, total | RAM_FLAG_SIZES);
    RAMBLOCK_FOREACH(rb) {
        if (ram_block_migrates(rb)) {
            qemu_put_counted_string(f, rb->idstr);
            qemu_put_be64(f, rb->used_length);
        }
    }
    ram_section_end(f);
    ram_section(f, SAVEVM_SECTION_PART);
    qemu_put_be64(f, 0x3000 | RAM_FLAG_ZERO);
    qemu_put_counted_string(f, "pc.ram");
    qemu_put_byte(f, 0);
    qemu_put_be64(f, 0x4000 | RAM_FLAG_ZERO | RAM_FLAG_CONTINUE);
    qemu_put_byte(f, 0);
    qemu_put_be64(f, 0x5000 | RAM_FLAG_PAGE | RAM_FLAG_CONTINUE);
    qemu_put_buffer(f, page, sizeof(page));
    qemu_put_be64(f, 0x5000 | RAM_FLAG_XBZRLE | RAM_FLAG_CONTINUE);
    qemu_put_byte(f, 1);
    qemu_put_be16(f, 4);
    qemu_put_be32(f, 0x0302abcd);
    ram_section_end(f);
    ram_section(f, SAVEVM_SECTION_END);
    ram_section_end(f);
    qemu_put_byte(f, SAVEVM_EOF);
    qemu_fclose(f);
    return out;
}

/* --- One input --- */

/* Whether the stream was taken; the machine may then be used. */
static bool load(const uint8_t *data, size_t size)
{
    QEMUFile *f = qemu_file_new_memory_input(data, size);
    Error *err = NULL;
    int ret;

    qemu_mutex_unlock_iothread();
    ret = loadvm(f, &err);
    qemu_mutex_lock_iothread();
    loadvm_cleanup();
    qemu_fclose(f);
    if (ret) {
        if (!err || !*error_get_pretty(err)) {
            g_error("a stream was refused without a word");
        }
        if (loud) {
            fprintf(stderr, "%s\n", error_get_pretty(err));
        }
        error_free(err);
    }
    return !ret;
}

static void settle(void)
{
    for (int i = 0; i < 4; i++) {
        main_loop_wait(true);
    }
}

/* Registers and the clock, as chance has it; @seed makes it come again. */
static void use(uint32_t seed)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    g_autoptr(GByteArray) saved = NULL;

    for (guint i = 0; i < bars->len; i++) {
        Bar *bar = g_array_index(bars, Bar *, i);
        uint64_t span = MIN(bar->size, 0x1000);

        for (int n = 0; n < 6; n++) {
            hwaddr at = g_rand_int(dice) % span & ~3;
            uint32_t value = g_rand_int(dice) >> (g_rand_int(dice) & 31);

            address_space_read(&bar->as, at, MEMTXATTRS_UNSPECIFIED, &value,
                               1 << (n % 3));
            address_space_write(&bar->as, at, MEMTXATTRS_UNSPECIFIED, &value,
                                1 << (n % 3));
        }
    }
    for (int n = 0; n < 40; n++) {
        uint16_t port = g_rand_int(dice) & 0x7ff;

        cpu_inb(port);
        cpu_outb(port, g_rand_int(dice));
    }
    qemu_clock_virtual_step(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + SCALE_MS);
    settle();
    saved = device_stream();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t seed = size;

    for (size_t i = 0; i < size; i++) {
        seed = seed * 31 + data[i];
    }
    alarm(SECONDS_PER_INPUT);
    if (load(data, size)) {
        use(seed);
    }
    /* In use, devices may have asked for a reset or worse: not here. */
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    settle();
    if (!load(base->data, base->len)) {
        loud = true;
        load(base->data, base->len);
        g_error("the machine does not take its own state any more");
    }
    alarm(0);
    return 0;
}

/* Leaves a trace of where the time went. */
static void took_too_long(int sig)
{
    abort();
}

static void fuzz_start(const char *board)
{
    PCIBus *root;

    signal(SIGALRM, took_too_long);
    start_machine(board);
    bars = g_array_new(false, true, sizeof(Bar *));
    root = pci_find_primary_bus();
    pci_for_each_bus(root, note_bus, NULL);
    base = device_stream();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *board = getenv("FUZZ_MACHINE");

    fuzz_start(board ? board : "q35");
    return 0;
}

#ifndef FUZZ_WITH_LIBFUZZER
/* --- Changes at random --- */

/* Bytes of a stream that is cut short everywhere, or kept in a corpus. */
#define SMALL_STREAM 5000

typedef struct Span {
    size_t start, end;
} Span;

/* The sections, so that small ones have their share of changes. */
static GArray *find_sections(const GByteArray *s)
{
    GArray *spans = g_array_new(false, false, sizeof(Span));
    size_t at = 0, last = 0;

    for (; at + 5 < s->len; at++) {
        if (s->data[at] == SAVEVM_FOOTER &&
            !memcmp(s->data + at + 1, s->data + last + 1, 4)) {
            Span span = { last, at + 5 };

            g_array_append_val(spans, span);
            last = at + 5;
        } else if (!last && s->data[at] == SAVEVM_SECTION_FULL &&
                   !s->data[at + 1] && !s->data[at + 2]) {
            last = at;
        }
    }
    if (!spans->len) {
        Span all = { 0, s->len };

        g_array_append_val(spans, all);
    }
    return spans;
}

static void change_bytes(GByteArray *s, Span span, GRand *dice)
{
    static const uint32_t numbers[] = {
        0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000,
        0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
    };
    /* Behind id, name, instance and version, seven times of eight. */
    size_t header = 14 + s->data[span.start + 5];
    size_t start = span.start + header < span.end && g_rand_int(dice) % 8
                   ? span.start + header : span.start;
    size_t length = span.end - start;
    /* What matters stands at the beginning, and behind PCI's registers. */
    size_t reach = g_rand_boolean(dice) ? MIN(length, 64)
                 : g_rand_boolean(dice) ? MIN(length, 900) : length;
    size_t at = start + g_rand_int(dice) % reach;
    uint32_t number = numbers[g_rand_int(dice) % ARRAY_SIZE(numbers)];

    switch (g_rand_int(dice) % 5) {
    case 0:
        s->data[at] ^= 1 << (g_rand_int(dice) & 7);
        break;
    case 1:
        s->data[at] = g_rand_int(dice);
        break;
    case 2:
        s->data[at] = number;
        break;
    case 3:
        if (at + 2 <= s->len) {
            stw_be_p(s->data + at, number);
        }
        break;
    default:
        if (at + 4 <= s->len) {
            stl_be_p(s->data + at, number);
        }
        break;
    }
}

static GByteArray *changed(const GByteArray *from, const GArray *spans,
                           GRand *dice)
{
    GByteArray *s = g_byte_array_append(g_byte_array_new(), from->data,
                                        from->len);
    Span span = g_array_index(spans, Span, g_rand_int(dice) % spans->len);
    int n = 1 + g_rand_int(dice) % 3;

    switch (g_rand_int(dice) % 16) {
    case 0:                     /* ends early */
        g_byte_array_set_size(s, g_rand_int(dice) % s->len);
        break;
    case 1:                     /* lacks something */
        n = 1 + g_rand_int(dice) % MIN(16, span.end - span.start);
        g_byte_array_remove_range(s, span.start, n);
        break;
    case 2:                     /* lacks a section */
        g_byte_array_remove_range(s, span.start, span.end - span.start);
        break;
    case 3:                     /* comes twice */
        g_byte_array_set_size(s, span.end);
        g_byte_array_append(s, from->data + span.start,
                            from->len - span.start);
        break;
    default:
        while (n--) {
            change_bytes(s, span, dice);
        }
    }
    return s;
}

static void run_changes(const GByteArray *from, int runs, GRand *dice)
{
    g_autoptr(GArray) spans = find_sections(from);

    for (int i = 0; i < runs; i++) {
        g_autoptr(GByteArray) s = changed(from, spans, dice);

        LLVMFuzzerTestOneInput(s->data, s->len);
    }
}

/* A stream with one section of @from. */
static GByteArray *one_section(const GByteArray *from, const GArray *spans,
                               guint i)
{
    Span first = g_array_index(spans, Span, 0);
    Span span = g_array_index(spans, Span, i);
    GByteArray *s = g_byte_array_new();

    g_byte_array_append(s, from->data, first.start);
    g_byte_array_append(s, from->data + span.start, span.end - span.start);
    g_byte_array_append(s, (const uint8_t []) { SAVEVM_EOF }, 1);
    return s;
}

/* Without its last byte, or any more, it must be refused. */
static void cut_short(const GByteArray *s)
{
    for (guint n = 0; n < s->len; n++) {
        alarm(SECONDS_PER_INPUT);
        if (load(s->data, n)) {
            g_error("%u bytes of %u were taken for all", n, s->len);
        }
    }
    /* And the machine is as good as before. */
    LLVMFuzzerTestOneInput(s->data, s->len);
}

static void cut_sections_short(void)
{
    g_autoptr(GArray) spans = find_sections(base);

    for (guint i = 0; i < spans->len; i++) {
        g_autoptr(GByteArray) s = one_section(base, spans, i);

        if (s->len < SMALL_STREAM) {
            cut_short(s);
        }
    }
}

static void run_file(const char *name, int runs, GRand *dice)
{
    g_autoptr(GDir) folder = g_dir_open(name, 0, NULL);
    GByteArray *s;
    char *contents;
    gsize len;

    while (folder) {
        const char *entry = g_dir_read_name(folder);
        g_autofree char *path = NULL;

        if (!entry) {
            return;
        }
        path = g_build_filename(name, entry, NULL);
        run_file(path, runs, dice);
    }
    if (!g_file_get_contents(name, &contents, &len, NULL)) {
        g_error("cannot read %s", name);
    }
    s = g_byte_array_new_take((uint8_t *)contents, len);
    LLVMFuzzerTestOneInput(s->data, s->len);
    run_changes(s, runs, dice);
    g_byte_array_unref(s);
}

static void write_stream(const char *folder, const char *name,
                         const GByteArray *s)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (!g_file_set_contents(path, (const char *)s->data, s->len, NULL)) {
        g_error("cannot write %s", path);
    }
}

/* One a section, named as it is. */
static void write_corpus(const char *folder, const char *board)
{
    g_autoptr(GArray) spans = find_sections(base);

    for (guint i = 0; i < spans->len; i++) {
        g_autoptr(GByteArray) s = one_section(base, spans, i);
        const uint8_t *head = base->data + g_array_index(spans, Span, i).start;
        g_autofree char *idstr = g_strndup((const char *)head + 6, head[5]);
        const char *slash = strrchr(idstr, '/');
        g_autofree char *name = NULL;

        if (s->len < SMALL_STREAM) {
            name = g_strdup_printf("%s-%s-%u", board,
                                   slash ? slash + 1 : idstr, i);
            write_stream(folder, name, s);
        }
    }
}

int main(int argc, char **argv)
{
    g_autoptr(GRand) dice = NULL;
    g_autoptr(GByteArray) ram = NULL;
    const char *board = "q35", *folder = NULL;
    int opt, runs = 600, seed = 1;

    while ((opt = getopt(argc, argv, "m:n:s:w:v")) != -1) {
        switch (opt) {
        case 'm':
            board = optarg;
            break;
        case 'n':
            runs = atoi(optarg);
            break;
        case 's':
            seed = atoi(optarg);
            break;
        case 'w':
            folder = optarg;
            break;
        case 'v':
            loud = true;
            break;
        default:
            return 2;
        }
    }
    dice = g_rand_new_with_seed(seed);
    fuzz_start(board);
    ram = ram_stream();
    if (folder) {
        write_corpus(folder, board);
        write_stream(folder, "ram", ram);
        return 0;
    }
    for (int i = optind; i < argc; i++) {
        run_file(argv[i], runs / 200, dice);
    }
    cut_sections_short();
    cut_short(ram);
    run_changes(base, runs, dice);
    run_changes(ram, runs / 5, dice);
    return 0;
}
#endif
