/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X in a running emulator, as a driver meets it.  Names carry the row of
 * docs/internals/msix.rst; what the guest cannot see is in
 * tests/unit/test-msix.c.
 */
#include "pci.h"

#define DEMO_VENDOR 0x1b36
#define DEMO_DEVICE 0x11f0

static PciFn *demo_start(unsigned vectors)
{
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M "
                           "-device msix-demo,id=demo,vectors=%u", vectors);
    PciFn *f = pci_find(t, DEMO_VENDOR, DEMO_DEVICE, 0);

    g_assert_nonnull(f);
    pci_enable(f);
    msix_setup(f);
    g_assert_cmpuint(f->msix_count, ==, vectors);
    return f;
}

static void demo_end(PciFn *f)
{
    qtest_quit(f->t);
    g_free(f);
}

static void ring(PciFn *f, unsigned vector)
{
    pci_write(f, 0, 0, vector, 4);
}

static json_t *query_function(QTest *t, const char *id)
{
    json_t *list = qtest_qmp(t, "query-msix", json_pack("{s:s}", "device",
                                                        id));
    json_t *f = json_incref(json_array_get(list, 0));

    json_decref(list);
    return f;
}

static int64_t vector_count(QTest *t, unsigned vector, const char *count)
{
    json_t *f = query_function(t, "demo");
    json_t *v = json_array_get(json_object_get(f, "vectors"), vector);
    int64_t n = json_integer_value(json_object_get(v, count));

    json_decref(f);
    return n;
}

static void test_delivery(void)
{
    PciFn *f = demo_start(4);

    for (unsigned v = 0; v < 4; v++) {
        ring(f, v);
        for (unsigned other = 0; other < 4; other++) {
            g_assert_cmpint(msix_take(f, other), ==, other == v);
        }
    }
    ring(f, 4);
    ring(f, UINT32_MAX);
    for (unsigned v = 0; v < 4; v++) {
        g_assert_false(msix_take(f, v));
    }
    demo_end(f);
}

static void test_row01_quadwords(void)
{
    PciFn *f = demo_start(2);
    uint64_t entry = f->msix_table + 16;

    qtest_write(f->t, entry, f->msix_ram, 8);
    g_assert_cmphex(qtest_read(f->t, entry, 4), ==, (uint32_t)f->msix_ram);
    qtest_write(f->t, entry, f->msix_ram + 4, 4);
    g_assert_cmphex(qtest_read(f->t, entry, 8), ==, f->msix_ram + 4);
    ring(f, 1);
    g_assert_true(msix_take(f, 1));
    demo_end(f);
}

static void test_row02_bad_sizes(void)
{
    PciFn *f = demo_start(2);
    uint64_t entry = f->msix_table;
    uint64_t before = qtest_read(f->t, entry, 8);

    for (unsigned offset = 0; offset < 8; offset++) {
        qtest_write(f->t, entry + offset, UINT64_MAX, 1);
        g_assert_cmphex(qtest_read(f->t, entry + offset, 1), ==, 0);
        if (offset < 7) {
            qtest_write(f->t, entry + offset, UINT64_MAX, 2);
            g_assert_cmphex(qtest_read(f->t, entry + offset, 2), ==, 0);
        }
    }
    g_assert_cmphex(qtest_read(f->t, entry, 8), ==, before);
    demo_end(f);
}

static void test_row03_pba_writes(void)
{
    PciFn *f = demo_start(2);

    msix_mask(f, 1, true);
    ring(f, 1);
    for (unsigned size = 1; size <= 8; size *= 2) {
        qtest_write(f->t, f->msix_pba, 0, size);
        g_assert_true(msix_pending(f, 1));
        qtest_write(f->t, f->msix_pba, UINT64_MAX, size);
        g_assert_false(msix_pending(f, 0));
    }
    demo_end(f);
}

static void test_row04_around_the_end(void)
{
    PciFn *f = demo_start(3);
    uint64_t end = f->msix_table + 3 * 16;
    uint8_t ones[64];
    uint8_t back[64];

    memset(ones, 0xff, sizeof(ones));
    for (unsigned before = 0; before <= 8; before++) {
        qtest_memwrite(f->t, end - before, ones, sizeof(ones));
        qtest_memread(f->t, end - before, back, sizeof(back));
    }
    qtest_memwrite(f->t, f->bar[1] + f->bar_size[1] - 32, ones, 64);
    qtest_memread(f->t, f->msix_pba, back, 64);
    g_assert_cmphex(qtest_read(f->t, end, 8), ==, 0);
    msix_setup(f);
    ring(f, 2);
    g_assert_true(msix_take(f, 2));
    demo_end(f);
}

/* Messages that come back to the function's own registers end somewhere. */
static void test_row04_message_to_itself(void)
{
    PciFn *f = demo_start(2);

    qtest_write(f->t, f->msix_table, f->bar[0], 8);
    qtest_write(f->t, f->msix_table + 8, 0, 8);
    ring(f, 0);
    qtest_write(f->t, f->msix_table, f->msix_table + 12, 8);
    qtest_write(f->t, f->msix_table + 8, 1, 8);
    ring(f, 0);
    qtest_write(f->t, f->msix_table + 16, f->msix_table + 16 + 12, 8);
    qtest_write(f->t, f->msix_table + 24, 0, 8);
    ring(f, 1);
    /* Nowhere, and past the address bus. */
    qtest_write(f->t, f->msix_table + 16, UINT64_MAX, 8);
    ring(f, 1);
    msix_setup(f);
    ring(f, 1);
    g_assert_true(msix_take(f, 1));
    demo_end(f);
}

static void test_row05_pend_and_deliver(void)
{
    PciFn *f = demo_start(2);

    for (int how = 0; how < 3; how++) {
        switch (how) {
        case 0: msix_mask(f, 1, true); break;
        case 1: msix_control(f, true, true); break;
        case 2: msix_control(f, false, false); break;
        }
        ring(f, 1);
        ring(f, 1);
        g_assert_true(msix_pending(f, 1));
        g_assert_false(msix_take(f, 1));
        if (how == 0) {
            msix_mask(f, 1, false);
        } else {
            msix_control(f, true, false);
        }
        g_assert_true(msix_take(f, 1));
        g_assert_false(msix_pending(f, 1));
        g_assert_cmpint(vector_count(f->t, 1, "sent"), ==, how + 1);
    }
    demo_end(f);
}

static void test_row07_change_while_unmasked(void)
{
    PciFn *f = demo_start(2);

    qtest_write(f->t, f->msix_table, f->msix_ram + 4, 4);
    qtest_write(f->t, f->msix_table + 8, msix_data(1), 4);
    ring(f, 0);
    g_assert_true(msix_take(f, 1));
    g_assert_false(msix_take(f, 0));
    demo_end(f);
}

static void test_row11_bus_master(void)
{
    PciFn *f = demo_start(2);

    pci_cfg_write(f, PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    ring(f, 0);
    pci_cfg_write(f, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 2);
    g_assert_false(msix_take(f, 0));
    g_assert_cmpint(vector_count(f->t, 0, "dropped"), ==, 1);
    ring(f, 0);
    g_assert_true(msix_take(f, 0));
    demo_end(f);
}

static void test_row14_control_sizes(void)
{
    PciFn *f = demo_start(2);
    uint8_t cap = f->msix_cap;

    for (unsigned size = 1; size <= 4; size *= 2) {
        uint32_t enable = 0x80000000u >> (8 * (4 - size));
        uint8_t reg = cap + 4 - size;

        pci_cfg_write(f, reg, 0, size);
        g_assert_cmphex(pci_cfg_read(f, cap + 2, 2), ==, 1);
        pci_cfg_write(f, reg, enable, size);
        g_assert_cmphex(pci_cfg_read(f, cap + 2, 2), ==, 0x8001);
        ring(f, 0);
        g_assert_true(msix_take(f, 0));
    }
    demo_end(f);
}

static void test_row15_read_only(void)
{
    PciFn *f = demo_start(2);
    uint8_t cap = f->msix_cap;
    uint32_t table = pci_cfg_read(f, cap + 4, 4);
    uint32_t pba = pci_cfg_read(f, cap + 8, 4);

    pci_cfg_write(f, cap + 2, 0xffff, 2);
    pci_cfg_write(f, cap + 4, UINT32_MAX, 4);
    pci_cfg_write(f, cap + 8, UINT32_MAX, 4);
    g_assert_cmphex(pci_cfg_read(f, cap + 2, 2), ==, 0xc001);
    g_assert_cmphex(pci_cfg_read(f, cap + 4, 4), ==, table);
    g_assert_cmphex(pci_cfg_read(f, cap + 8, 4), ==, pba);
    qtest_write(f->t, f->msix_table + 12, 0xfffffffe, 4);
    g_assert_cmphex(qtest_read(f->t, f->msix_table + 12, 4), ==, 0xfffffffe);
    demo_end(f);
}

static void test_row16_2048_vectors(void)
{
    PciFn *f = demo_start(2048);

    ring(f, 2047);
    g_assert_true(msix_take(f, 2047));
    msix_control(f, true, true);
    ring(f, 0);
    ring(f, 1024);
    ring(f, 2047);
    g_assert_true(msix_pending(f, 2047));
    g_assert_cmphex(qtest_read(f->t, f->msix_pba + 128, 8), ==, 1);
    msix_control(f, true, false);
    g_assert_true(msix_take(f, 0));
    g_assert_true(msix_take(f, 1024));
    g_assert_true(msix_take(f, 2047));
    demo_end(f);
}

static void test_bad_counts(void)
{
    static const char *const counts[] = { "0", "2049", "65537" };

    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_autofree char *output = NULL;

        g_assert_cmpint(qtest_run(&output, "-accel qtest -nodefaults "
                                  "-display none -machine q35 "
                                  "-device msix-demo,vectors=%s", counts[i]),
                        ==, 1);
        g_assert_nonnull(strstr(output, counts[i]));
        g_assert_nonnull(strstr(output, "1 to 2048 vectors"));
    }
}

static void test_help(void)
{
    g_autofree char *list = NULL, *device = NULL;

    g_assert_cmpint(qtest_run(&list, "-device help"), ==, 0);
    g_assert_nonnull(strstr(list, "name \"msix-demo\", bus PCI"));
    g_assert_nonnull(strstr(list, "name \"virtio-rng-pci\", bus PCI"));
    g_assert_cmpint(qtest_run(&device, "-device msix-demo,help"), ==, 0);
    g_assert_nonnull(strstr(device, "vectors=<uint32>"));
}

static void test_reset(void)
{
    PciFn *f = demo_start(2);

    msix_mask(f, 0, true);
    ring(f, 0);
    json_decref(qtest_qmp(f->t, "system_reset", NULL));
    json_decref(qtest_wait_event(f->t, "RESET"));
    g_assert_cmphex(pci_cfg_read(f, f->msix_cap + 2, 2), ==, 1);
    pci_cfg_write(f, PCI_BASE_ADDRESS_1, f->bar[1], 4);
    pci_cfg_write(f, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 2);
    g_assert_cmphex(qtest_read(f->t, f->msix_table, 8), ==, 0);
    g_assert_cmphex(qtest_read(f->t, f->msix_table + 12, 4), ==, 1);
    g_assert_cmphex(qtest_read(f->t, f->msix_pba, 8), ==, 0);
    demo_end(f);
}

static void test_row21_query(void)
{
    PciFn *f = demo_start(4);
    g_autofree char *info = NULL, *other = NULL, *error = NULL;
    json_t *function, *vector;

    ring(f, 2);
    msix_mask(f, 2, true);
    ring(f, 2);
    function = query_function(f->t, "demo");
    g_assert_true(json_is_true(json_object_get(function, "enabled")));
    g_assert_cmpstr(json_string_value(json_object_get(function, "type")), ==,
                    "msix-demo");
    g_assert_cmpint(json_integer_value(json_object_get(function,
                                                       "table-bar")), ==, 1);
    vector = json_array_get(json_object_get(function, "vectors"), 2);
    g_assert_cmphex(json_integer_value(json_object_get(vector, "address")),
                    ==, f->msix_ram + 8);
    g_assert_cmphex(json_integer_value(json_object_get(vector, "data")), ==,
                    msix_data(2));
    g_assert_true(json_is_true(json_object_get(vector, "masked")));
    g_assert_true(json_is_true(json_object_get(vector, "pending")));
    g_assert_cmpint(json_integer_value(json_object_get(vector, "sent")), ==,
                    1);
    g_assert_cmpint(json_integer_value(json_object_get(vector, "pended")), ==,
                    1);
    json_decref(function);

    info = qtest_hmp(f->t, "info msix demo");
    g_assert_nonnull(strstr(info, "msix-demo \"demo\""));
    g_assert_nonnull(strstr(info, "pending"));
    other = qtest_hmp(f->t, "info msix nobody");
    g_assert_nonnull(strstr(other, "'nobody' not found"));
    error = qtest_qmp_error(f->t, "query-msix",
                            json_pack("{s:s}", "device", "nobody"),
                            "DeviceNotFound");
    demo_end(f);
}

static const struct { const char *name; void (*test)(void); } tests[] = {
    { "delivery", test_delivery },
    { "bad-counts", test_bad_counts },
    { "help", test_help },
    { "reset", test_reset },
    { "row01/quadwords", test_row01_quadwords },
    { "row02/bad-sizes", test_row02_bad_sizes },
    { "row03/pba-writes", test_row03_pba_writes },
    { "row04/around-the-end", test_row04_around_the_end },
    { "row04/message-to-itself", test_row04_message_to_itself },
    { "row05/pend-and-deliver", test_row05_pend_and_deliver },
    { "row07/change-while-unmasked", test_row07_change_while_unmasked },
    { "row11/bus-master", test_row11_bus_master },
    { "row14/control-sizes", test_row14_control_sizes },
    { "row15/read-only", test_row15_read_only },
    { "row16/2048-vectors", test_row16_2048_vectors },
    { "row21/query", test_row21_query },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/msix/%s", tests[i].name);

        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}
