/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables as firmware gets them: fetches the files, carries out the
 * script of etc/table-loader, and follows the pointers; what changes when
 * firmware has placed what the tables describe.
 */
#include "pci.h"
#include "qemu/bswap.h"

#define FW_CFG 0x510
#define FW_CFG_DMA 0x514
#define FILE_DIR 0x19
#define DMA_READ 2

/* Where requests and what they fetch are in guest memory. */
#define REQUEST 0x100000
#define BUFFER 0x200000
#define CHUNK 0x10000

#define PMBASE 0x600

static const char *const boards[] = { "q35", "pc" };

static uint32_t le32(const uint8_t *p)
{
    return ldl_le_p(p);         /* whose type is int */
}

/*** fw_cfg ***/

static void select_item(QTest *t, uint16_t key)
{
    qtest_out(t, FW_CFG, key, 2);
}

static void fetch(QTest *t, void *data, size_t size)
{
    for (size_t at = 0; at < size; at += CHUNK) {
        size_t n = MIN(size - at, CHUNK);
        struct {
            uint32_t control, length;
            uint64_t address;
        } request = {
            cpu_to_be32(DMA_READ), cpu_to_be32(n), cpu_to_be64(BUFFER),
        };

        qtest_memwrite(t, REQUEST, &request, sizeof(request));
        qtest_out(t, FW_CFG_DMA, 0, 4);
        qtest_out(t, FW_CFG_DMA + 4, bswap32(REQUEST), 4);
        qtest_memread(t, REQUEST, &request, 4);
        g_assert_cmphex(request.control, ==, 0);
        qtest_memread(t, BUFFER, (uint8_t *)data + at, n);
    }
}

/* The file's bytes, or NULL where there is no such file. */
static GByteArray *read_file(QTest *t, const char *name)
{
    uint8_t count[4], entry[64];
    GByteArray *data;
    unsigned n;

    select_item(t, FILE_DIR);
    fetch(t, count, 4);
    n = ldl_be_p(count);
    while (n--) {
        fetch(t, entry, sizeof(entry));
        if (strcmp((char *)entry + 8, name)) {
            continue;
        }
        data = g_byte_array_new();
        g_byte_array_set_size(data, ldl_be_p(entry));
        select_item(t, lduw_be_p(entry + 4));
        fetch(t, data->data, data->len);
        return data;
    }
    return NULL;
}

/*** The script ***/

#define MAX_FILES 4

typedef struct Memory {
    QTest *t;
    unsigned n;
    char *names[MAX_FILES];
    uint64_t addresses[MAX_FILES];
    GByteArray *files[MAX_FILES];
} Memory;

static unsigned find(Memory *m, const uint8_t *name)
{
    for (unsigned i = 0; i < m->n; i++) {
        if (!strcmp(m->names[i], (const char *)name)) {
            return i;
        }
    }
    g_assert_not_reached();
}

static uint8_t sum(const uint8_t *p, size_t len)
{
    uint8_t total = 0;

    while (len--) {
        total += *p++;
    }
    return total;
}

static void allocate(Memory *m, const uint8_t *c)
{
    uint32_t align = le32(c + 60);
    uint64_t base = c[64] == 2 ? 0xf0010 : 0x7ffe0040;

    g_assert_true(c[64] == 1 || c[64] == 2);
    g_assert_true(align && !(align & (align - 1)));
    g_assert_cmpuint(m->n, <, MAX_FILES);
    m->names[m->n] = g_strdup((const char *)c + 4);
    m->addresses[m->n] = ROUND_UP(base + m->n * 0x100000, align);
    m->files[m->n] = read_file(m->t, m->names[m->n]);
    g_assert_nonnull(m->files[m->n]);
    m->n++;
}

static void add_pointer(Memory *m, const uint8_t *c)
{
    unsigned dest = find(m, c + 4), src = find(m, c + 60);
    uint32_t offset = le32(c + 116);
    uint8_t size = c[120];
    uint64_t value = 0;

    g_assert_cmpuint(offset + size, <=, m->files[dest]->len);
    memcpy(&value, m->files[dest]->data + offset, size);
    g_assert_cmpuint(value, <, m->files[src]->len);
    value += m->addresses[src];
    memcpy(m->files[dest]->data + offset, &value, size);
}

static void add_checksum(Memory *m, const uint8_t *c)
{
    GByteArray *file = m->files[find(m, c + 4)];
    uint32_t offset = le32(c + 60), start = le32(c + 64),
             len = le32(c + 68);

    g_assert_cmpuint(start + len, <=, file->len);
    g_assert_true(start <= offset && offset < start + len);
    file->data[offset] -= sum(file->data + start, len);
}

/* Every table's sum must come out by the script alone. */
static Memory run_script(QTest *t)
{
    GByteArray *script = read_file(t, "etc/table-loader");
    Memory m = { .t = t };

    g_assert_nonnull(script);
    g_assert_cmpuint(script->len % 128, ==, 0);
    for (unsigned at = 0; at < script->len; at += 128) {
        const uint8_t *c = script->data + at;

        switch (le32(c)) {
        case 0:
            break;
        case 1:
            allocate(&m, c);
            break;
        case 2:
            add_pointer(&m, c);
            break;
        case 3:
            add_checksum(&m, c);
            break;
        default:
            g_assert_not_reached();
        }
    }
    g_byte_array_unref(script);
    return m;
}

static void free_memory(Memory *m)
{
    for (unsigned i = 0; i < m->n; i++) {
        g_free(m->names[i]);
        g_byte_array_unref(m->files[i]);
    }
}

/*** Tables ***/

static const uint8_t *table_at(Memory *m, uint64_t address)
{
    for (unsigned i = 0; i < m->n; i++) {
        uint64_t offset = address - m->addresses[i];

        if (address >= m->addresses[i] && offset < m->files[i]->len) {
            const uint8_t *table = m->files[i]->data + offset;
            uint32_t len = le32(table + 4);

            g_assert_cmpuint(offset + len, <=, m->files[i]->len);
            if (memcmp(table, "FACS", 4)) {
                g_assert_cmpuint(sum(table, len), ==, 0);
            }
            return table;
        }
    }
    g_assert_not_reached();
}

static const uint8_t *rsdt(Memory *m)
{
    const uint8_t *rsdp = m->files[find(m, (void *)"etc/acpi/rsdp")]->data;

    g_assert_cmpmem(rsdp, 8, "RSD PTR ", 8);
    g_assert_cmpuint(sum(rsdp, 20), ==, 0);
    return table_at(m, le32(rsdp + 16));
}

static const uint8_t *find_table(Memory *m, const char *signature)
{
    const uint8_t *root = rsdt(m);

    for (unsigned at = 36; at < le32(root + 4); at += 4) {
        const uint8_t *table = table_at(m, le32(root + at));

        if (!memcmp(table, signature, 4)) {
            return table;
        }
    }
    return NULL;
}

static uint32_t pm1_event_port(QTest *t)
{
    Memory m = run_script(t);
    const uint8_t *fadt = find_table(&m, "FACP");
    uint32_t port;

    g_assert_nonnull(fadt);
    port = le32(fadt + 56);
    free_memory(&m);
    return port;
}

static void place_pm(QTest *t, bool q35, uint32_t base)
{
    g_autofree PciFn *pm = q35 ? pci_at(t, 0, 0x1f, 0) : pci_at(t, 0, 1, 3);

    pci_cfg_write(pm, 0x40, base | 1, 4);
    pci_cfg_write(pm, q35 ? 0x44 : 0x80, q35 ? 0x80 : 1, 1);
}

/*** Tests ***/

static void test_tables(void)
{
    static const char *const always[] = { "FACP", "APIC", "HPET", "WAET" };

    for (int b = 0; b < 2; b++) {
        QTest *t = qtest_start("-machine %s -nodefaults -m 64M -smp 2 "
                               "-device edu,addr=9", boards[b]);
        Memory m = run_script(t);
        const uint8_t *fadt, *dsdt, *facs;

        for (int i = 0; i < ARRAY_SIZE(always); i++) {
            g_assert_nonnull(find_table(&m, always[i]));
        }
        fadt = find_table(&m, "FACP");
        facs = table_at(&m, le32(fadt + 36));
        dsdt = table_at(&m, le32(fadt + 40));
        g_assert_cmpmem(facs, 4, "FACS", 4);
        g_assert_cmpuint(le32(fadt + 36) % 64, ==, 0);
        g_assert_cmpmem(dsdt, 4, "DSDT", 4);
        /* Both pointers to the DSDT agree, where there are two. */
        if (b == 0) {
            g_assert_cmphex(ldq_le_p(fadt + 140), ==, le32(fadt + 40));
        }
        /* The ECAM window is off. */
        g_assert_null(find_table(&m, "MCFG"));
        free_memory(&m);
        qtest_quit(t);
    }
}

/*
 * Tables are made when the guest asks for the first of them, and stay until
 * the next reset, so that their parts agree.
 */
static void test_built_when_read(void)
{
    for (int b = 0; b < 2; b++) {
        QTest *t = qtest_start("-machine %s -nodefaults -m 64M", boards[b]);

        place_pm(t, b == 0, PMBASE);
        g_assert_cmphex(pm1_event_port(t), ==, PMBASE);
        place_pm(t, b == 0, PMBASE + 0x100);
        g_assert_cmphex(pm1_event_port(t), ==, PMBASE);

        json_decref(qtest_qmp(t, "system_reset", NULL));
        json_decref(qtest_wait_event(t, "RESET"));
        place_pm(t, b == 0, PMBASE + 0x100);
        g_assert_cmphex(pm1_event_port(t), ==, PMBASE + 0x100);
        qtest_quit(t);
    }
}

static void test_mcfg(void)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M");
    g_autofree PciFn *mch = pci_at(t, 0, 0, 0);
    const uint8_t *mcfg;
    Memory m;

    /* 64 MiB at 0xe0000000: 64 buses. */
    pci_cfg_write(mch, 0x60, 0xe0000005, 4);
    m = run_script(t);
    mcfg = find_table(&m, "MCFG");
    g_assert_nonnull(mcfg);
    g_assert_cmphex(ldq_le_p(mcfg + 44), ==, 0xe0000000);
    g_assert_cmpuint(mcfg[54], ==, 0);
    g_assert_cmpuint(mcfg[55], ==, 63);
    free_memory(&m);
    qtest_quit(t);
}

/* A machine with so many slots that the tables outgrow the first step. */
static void test_many_slots(void)
{
    GString *args = g_string_new("-machine pc -nodefaults -m 64M");
    GByteArray *file;
    QTest *t;
    Memory m;

    for (int i = 0; i < 25; i++) {
        g_string_append_printf(args, " -device pci-bridge,id=b%d,"
                               "chassis_nr=%d", i, i + 1);
    }
    for (int i = 0; i < 25; i++) {
        g_string_append_printf(args, " -device pci-bridge,bus=b%d,"
                               "chassis_nr=%d,addr=3 -device pci-bridge,"
                               "bus=b%d,chassis_nr=%d,addr=4", i, i + 101, i,
                               i + 201);
    }
    t = qtest_start("%s", args->str);
    file = read_file(t, "etc/acpi/tables");
    g_assert_cmpuint(file->len, >, 0x20000);
    g_assert_cmpuint(file->len % 0x20000, ==, 0);
    g_byte_array_unref(file);
    m = run_script(t);
    g_assert_nonnull(find_table(&m, "WAET"));
    free_memory(&m);
    qtest_quit(t);
    g_string_free(args, true);
}

static void test_switched_off(void)
{
    static const char *const options[] = {
        "-machine pc,acpi=off", "-machine q35 -no-acpi",
    };

    for (int i = 0; i < ARRAY_SIZE(options); i++) {
        QTest *t = qtest_start("%s -nodefaults -m 64M", options[i]);

        g_assert_null(read_file(t, "etc/acpi/tables"));
        g_assert_null(read_file(t, "etc/table-loader"));
        qtest_quit(t);
    }
}

/* What cannot be right is refused by name. */
static void test_bad_options(void)
{
    static const struct {
        const char *args, *message;
    } cases[] = {
        { "-acpitable sig=ABCD", "either file= or data=" },
        { "-acpitable data=/dev/null,sig=ABCDE", "up to 4 characters" },
        { "-acpitable data=/dev/null,rev=300", "a number up to 255" },
        { "-acpitable file=/dev/null", "fewer than the 36 of a header" },
        { "-acpitable file=/no/such", "No such file" },
        { "-acpitable data=/dev/null,x=y", "Invalid parameter 'x'" },
        { "-smbios type=200", "SMBIOS type 200" },
        { "-smbios type=0,release=x", "Invalid release 'x'" },
        { "-smbios file=/dev/null", "not one structure" },
        { "-smbios type=41,pcidev=none", "no PCI device 'none'" },
        { "-option-rom none", "cannot find an option ROM 'none'" },
        { "-fw_cfg opt/x", "either file= or string=" },
        { "-fw_cfg etc/e820,string=x", "duplicate fw_cfg file name" },
        { "-kernel x", "this program does not" },
        { "-initrd x", "this program does not" },
        { "-append x", "this program does not" },
        { "-boot order=z", "Invalid boot device" },
        { "-boot splash=/no/such", "splash file '/no/such'" },
        { "-boot splash=/dev/null", "must be JPEG or 24 bit BMP" },
        { "-boot splash-time=65536", "between 0 and 65535" },
        { "-boot reboot-timeout=-2", "between -1 and 65535" },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *output = NULL;
        int status = qtest_run(&output, "-machine pc -nodefaults -display "
                               "none -accel qtest %s", cases[i].args);

        g_test_message("%s: %s", cases[i].args, output);
        g_assert_cmpint(status, ==, 1);
        g_assert_nonnull(strstr(output, cases[i].message));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/acpi/tables", test_tables);
    g_test_add_func("/acpi/built-when-read", test_built_when_read);
    g_test_add_func("/acpi/mcfg", test_mcfg);
    g_test_add_func("/acpi/many-slots", test_many_slots);
    g_test_add_func("/acpi/switched-off", test_switched_off);
    g_test_add_func("/acpi/bad-options", test_bad_options);
    return g_test_run();
}
