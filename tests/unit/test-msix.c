/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X, row by row: test names carry the number of the behaviour in
 * docs/internals/msix.rst that they hold us to.
 */
#include "qemu/osdep.h"
#include "msix-fixture.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/units.h"

#define DATA PCI_MSIX_ENTRY_DATA
#define CTRL PCI_MSIX_ENTRY_VECTOR_CTRL

static uint64_t entry(MSIXFixture *f, unsigned vector)
{
    return f->table + vector * PCI_MSIX_ENTRY_SIZE;
}

static void assert_one_message(unsigned vector)
{
    MSIMessage msg;

    g_assert_cmpuint(messages_taken(&msg), ==, 1);
    g_assert_cmphex(msg.address, ==, vector_address(vector));
    g_assert_cmphex(msg.data, ==, vector_data(vector));
}

static void assert_no_message(void)
{
    g_assert_cmpuint(messages_taken(NULL), ==, 0);
}

/* Section 1: the API */

typedef struct BadInit {
    const char *what;
    unsigned n, table_bar, table_offset, pba_bar, pba_offset, cap_pos;
    const char *says;
} BadInit;

static const BadInit bad_inits[] = {
    { "zero", 0, 0, 0, 2, 0, 0, "1 to 2048" },
    { "2049", 2049, 0, 0, 2, 0, 0, "1 to 2048" },
    { "65537 truncated", 65537, 0, 0, 2, 0, 0, "65537" },
    { "4G", UINT_MAX, 0, 0, 2, 0, 0, "1 to 2048" },
    { "table overlaps PBA", 4, 0, 0, 0, 56, 0, "overlap" },
    { "PBA overlaps table", 4, 0, 4, 0, 0, 0, "multiple of 8" },
    { "PBA inside table", 4, 0, 0x100, 0, 0x110, 0, "overlap" },
    { "PBA around table's start", 65, 0, 8, 0, 0, 0, "overlap" },
    { "table misaligned", 4, 0, 4, 2, 0, 0, "multiple of 8" },
    { "PBA misaligned", 4, 0, 0, 2, 12, 0, "multiple of 8" },
    { "table past the end", 4, 0, FIXTURE_BAR_SIZE - 56, 2, 0, 0, "fit" },
    { "PBA past the end", 65, 0, 0, 2, FIXTURE_BAR_SIZE - 8, 0, "fit" },
    { "offset that wraps", 1, 0, 0xfffffff8, 2, 0, 0, "fit" },
    { "no such BAR", 4, 6, 0, 2, 0, 0, "BAR 6" },
    { "no such PBA BAR", 4, 0, 0, 7, 0, 0, "BAR 7" },
    { "capability overlap", 4, 0, 0, 2, 0, 0x44, "" },
};

static void test_init_refuses(void)
{
    MSIXFixture *f = fixture_new();
    PCIDevice *dev = fixture_dev(f);

    for (unsigned i = 0; i < G_N_ELEMENTS(bad_inits); i++) {
        const BadInit *b = &bad_inits[i];
        g_autofree uint8_t *config = g_memdup2(dev->config, 256);
        g_autofree uint8_t *wmask = g_memdup2(dev->wmask, 256);
        g_autofree uint8_t *used = g_memdup2(dev->used, 256);
        uint32_t cap_present = dev->cap_present;
        Error *err = NULL;
        int ret;

        ret = msix_init(dev, b->n, &f->bar0, b->table_bar, b->table_offset,
                        b->pba_bar == 0 ? &f->bar0 : &f->bar2, b->pba_bar,
                        b->pba_offset, b->cap_pos, &err);
        g_test_message("%s", b->what);
        g_assert_cmpint(ret, ==, -EINVAL);
        g_assert_nonnull(err);
        g_assert_nonnull(strstr(error_get_pretty(err), b->says));
        error_free(err);

        g_assert_cmpmem(dev->config, 256, config, 256);
        g_assert_cmpmem(dev->wmask, 256, wmask, 256);
        g_assert_cmpmem(dev->used, 256, used, 256);
        g_assert_cmpuint(dev->cap_present, ==, cap_present);
        g_assert_false(msix_present(dev));
        g_assert_null(dev->msix_table);
        g_assert_cmpuint(msix_nr_vectors_allocated(dev), ==, 0);
        g_assert_true(QTAILQ_EMPTY(&f->bar0.subregions));
        g_assert_true(QTAILQ_EMPTY(&f->bar2.subregions));
    }
    fixture_free(f);
}

static void test_init_needs_msi(void)
{
    MSIXFixture *f = fixture_new();
    Error *err = NULL;

    msi_nonbroken = false;
    g_assert_cmpint(msix_init(fixture_dev(f), 4, &f->bar0, 0, 0, &f->bar2, 2,
                              0, 0, &err), ==, -ENOTSUP);
    error_free_or_abort(&err);
    g_assert_cmpint(msix_init_exclusive_bar(fixture_dev(f), 4, 4, &err), ==,
                    -ENOTSUP);
    error_free_or_abort(&err);
    msi_nonbroken = true;
    g_assert_false(msix_present(fixture_dev(f)));
    fixture_free(f);
}

static void test_init_places(void)
{
    MSIXFixture *f = fixture_new();
    PCIDevice *dev = fixture_dev(f);
    uint8_t cap;

    g_assert_cmpint(msix_init(dev, 17, &f->bar2, 2, 0x1008, &f->bar2, 2,
                              0x2000, 0x90, &error_abort), ==, 0);
    cap = pci_find_capability(dev, PCI_CAP_ID_MSIX);
    g_assert_cmphex(cap, ==, 0x90);
    g_assert_cmphex(guest_cfg_read(f, cap + PCI_MSIX_FLAGS, 2), ==, 16);
    g_assert_cmphex(guest_cfg_read(f, cap + PCI_MSIX_TABLE, 4), ==, 0x100a);
    g_assert_cmphex(guest_cfg_read(f, cap + PCI_MSIX_PBA, 4), ==, 0x2002);
    g_assert_true(msix_present(dev));
    g_assert_false(msix_enabled(dev));
    g_assert_cmpuint(msix_nr_vectors_allocated(dev), ==, 17);
    g_assert_cmphex(guest_read(FIXTURE_BAR2 + 0x1008 + CTRL, 4), ==, 1);

    /* Twice is refused, and the first stays. */
    g_assert_cmpint(msix_init(dev, 4, &f->bar0, 0, 0, &f->bar0, 0, 0x800, 0,
                              NULL), ==, -EINVAL);
    g_assert_cmpuint(msix_nr_vectors_allocated(dev), ==, 17);
    msix_uninit(dev, &f->bar2, &f->bar2);
    fixture_free(f);
}

static const struct { unsigned n, bar_size, pba; } exclusive[] = {
    { 1, 4096, 2048 }, { 64, 4096, 2048 }, { 128, 4096, 2048 },
    { 129, 4096, 129 * 16 }, { 250, 4096, 250 * 16 },
    { 254, 4096, 254 * 16 }, { 255, 8192, 255 * 16 }, { 256, 8192, 4096 },
    { 2048, 65536, 32768 },
};

static void test_exclusive_layout(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(exclusive); i++) {
        MSIXFixture *f = fixture_exclusive(exclusive[i].n);
        PCIDevice *dev = fixture_dev(f);

        g_assert_cmpuint(memory_region_size(&dev->msix_exclusive_bar), ==,
                         exclusive[i].bar_size);
        g_assert_cmphex(guest_cfg_read(f, dev->msix_cap + PCI_MSIX_TABLE, 4),
                        ==, 4);
        g_assert_cmphex(guest_cfg_read(f, dev->msix_cap + PCI_MSIX_PBA, 4),
                        ==, exclusive[i].pba | 4);
        g_assert_cmphex(guest_cfg_read(f, dev->msix_cap + PCI_MSIX_FLAGS, 2),
                        ==, exclusive[i].n - 1);
        fixture_free(f);
    }
}

static void test_exclusive_refuses(void)
{
    MSIXFixture *f = fixture_new();
    static const unsigned counts[] = { 0, 2049, 65537, UINT_MAX };
    Error *err = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_assert_cmpint(msix_init_exclusive_bar(fixture_dev(f), counts[i], 4,
                                                &err), ==, -EINVAL);
        error_free_or_abort(&err);
    }
    g_assert_cmpint(msix_init_exclusive_bar(fixture_dev(f), 4, 6, &err), ==,
                    -EINVAL);
    error_free_or_abort(&err);
    g_assert_false(msix_present(fixture_dev(f)));
    fixture_free(f);
}

static void test_uninit(void)
{
    MSIXFixture *f = fixture_new();
    PCIDevice *dev = fixture_dev(f);
    g_autofree uint8_t *config = g_memdup2(dev->config, 256);
    g_autofree uint8_t *wmask = g_memdup2(dev->wmask, 256);

    for (int i = 0; i < 3; i++) {
        g_assert_cmpint(msix_init(dev, 4, &f->bar0, 0, 0, &f->bar2, 2, 0, 0,
                                  &error_abort), ==, 0);
        msix_uninit(dev, &f->bar0, &f->bar2);
        g_assert_cmpmem(dev->config, 256, config, 256);
        g_assert_cmpmem(dev->wmask, 256, wmask, 256);
        g_assert_false(msix_present(dev));
    }
    msix_uninit(dev, &f->bar0, &f->bar2);
    msix_uninit_exclusive_bar(dev);
    fixture_free(f);
}

/* A function without MSI-X: every call is harmless. */
static void test_absent(void)
{
    MSIXFixture *f = fixture_new();
    PCIDevice *dev = fixture_dev(f);

    g_assert_false(msix_present(dev));
    g_assert_false(msix_enabled(dev));
    g_assert_true(msix_is_masked(dev, 0));
    g_assert_false(msix_is_pending(dev, 0));
    g_assert_cmpuint(msix_nr_vectors_allocated(dev), ==, 0);
    msix_write_config(dev, 0, 0, 256);
    msix_reset(dev);
    msix_notify(dev, 0);
    msix_set_pending(dev, 0);
    msix_clr_pending(dev, 0);
    msix_set_mask(dev, 0, false);
    msix_set_message(dev, 0, (MSIMessage) { 0xfee00000, 1 });
    g_assert_cmphex(msix_get_message(dev, 0).address, ==, 0);
    g_assert_cmpint(msix_vector_use(dev, 0), ==, -EINVAL);
    msix_vector_unuse(dev, 0);
    msix_unuse_all_vectors(dev);
    g_assert_cmpint(fixture_set_notifiers(f), <, 0);
    msix_unset_vector_notifiers(dev);
    assert_no_message();
    fixture_free(f);
}

static void test_message_side_channel(void)
{
    MSIXFixture *f = fixture_msix(4);
    PCIDevice *dev = fixture_dev(f);
    MSIMessage msg = { vector_address(2), vector_data(2) };

    guest_enable(f, true, false);
    msix_notify(dev, 2);
    msix_set_message(dev, 2, msg);
    /* It unmasks, so what was pending goes out with the new message. */
    assert_one_message(2);
    g_assert_false(msix_is_masked(dev, 2));
    g_assert_cmphex(msix_get_message(dev, 2).address, ==, msg.address);
    g_assert_cmphex(guest_read(entry(f, 2) + DATA, 4), ==, msg.data);
    msix_set_message(dev, 4, msg);
    msix_set_message(dev, -1, msg);
    fixture_free(f);
}

static void test_set_mask(void)
{
    MSIXFixture *f = fixture_msix(4);
    PCIDevice *dev = fixture_dev(f);

    guest_enable(f, true, false);
    guest_program_all(f);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    msix_set_mask(dev, 1, true);
    g_assert_cmpint(f->routed[1], ==, 0);
    g_assert_cmphex(guest_read(entry(f, 1) + CTRL, 4), ==, 1);
    msix_notify(dev, 1);
    assert_no_message();
    msix_set_mask(dev, 1, false);
    assert_one_message(1);
    g_assert_cmpint(f->routed[1], ==, 1);
    msix_set_mask(dev, 4, false);
    msix_set_mask(dev, -1, false);
    fixture_free(f);
}

static void test_use_counts(void)
{
    MSIXFixture *f = fixture_msix(4);
    PCIDevice *dev = fixture_dev(f);

    guest_enable(f, true, false);
    guest_program_all(f);
    msix_vector_unuse(dev, 0);
    msix_notify(dev, 0);
    assert_no_message();
    msix_vector_unuse(dev, 0);
    g_assert_cmpint(msix_vector_use(dev, 0), ==, 0);
    msix_notify(dev, 0);
    assert_one_message(0);

    msix_vector_use(dev, 0);
    msix_vector_unuse(dev, 0);
    msix_notify(dev, 0);
    assert_one_message(0);

    /* The last unuse drops what is pending. */
    guest_mask(f, 0, true);
    msix_notify(dev, 0);
    g_assert_true(guest_pending(f, 0));
    msix_vector_unuse(dev, 0);
    g_assert_false(guest_pending(f, 0));

    g_assert_cmpint(msix_vector_use(dev, 4), ==, -EINVAL);
    g_assert_cmpint(msix_vector_use(dev, UINT_MAX), ==, -EINVAL);
    msix_vector_unuse(dev, 4);
    msix_notify(dev, 4);
    msix_notify(dev, UINT_MAX);
    msix_unuse_all_vectors(dev);
    msix_notify(dev, 1);
    assert_no_message();
    fixture_free(f);
}

static void test_reset(void)
{
    MSIXFixture *f = fixture_msix(70);
    PCIDevice *dev = fixture_dev(f);

    guest_enable(f, true, false);
    guest_program_all(f);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    guest_mask(f, 69, true);
    msix_notify(dev, 69);
    msix_reset(dev);

    g_assert_false(msix_enabled(dev));
    g_assert_cmphex(guest_cfg_read(f, dev->msix_cap + PCI_MSIX_FLAGS, 2), ==,
                    69);
    for (unsigned i = 0; i < 70; i++) {
        g_assert_cmphex(guest_read(entry(f, i), 8), ==, 0);
        g_assert_cmphex(guest_read(entry(f, i) + DATA, 8), ==, 1ULL << 32);
        g_assert_false(guest_pending(f, i));
        g_assert_cmpint(f->routed[i], ==, 0);
    }
    /* Use counts are the device's own and stay. */
    guest_enable(f, true, false);
    guest_program_all(f);
    msix_notify(dev, 69);
    assert_one_message(69);
    fixture_free(f);
}

/* Section 2: guest-visible behaviour */

static void test_row01_quadwords(void)
{
    MSIXFixture *f = fixture_msix(4);
    PCIDevice *dev = fixture_dev(f);
    unsigned uses;

    guest_write(entry(f, 1), vector_address(1), 8);
    g_assert_cmphex(guest_read(entry(f, 1), 4), ==,
                    (uint32_t)vector_address(1));
    g_assert_cmphex(guest_read(entry(f, 1), 8), ==, vector_address(1));

    /* Data and unmask in one write: a pending vector uses the new data. */
    guest_enable(f, true, false);
    msix_notify(dev, 1);
    guest_write(entry(f, 1) + DATA, vector_data(1), 8);
    assert_one_message(1);

    /* A changed address is one change, not a low and a high half. */
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    uses = f->uses;
    guest_write(entry(f, 1), 0x12345678fee00000ULL, 8);
    g_assert_cmpuint(f->uses, ==, uses + 1);
    g_assert_cmphex(f->route_message[1].address, ==, 0x12345678fee00000ULL);
    fixture_free(f);
}

static void test_row02_bad_accesses(void)
{
    MSIXFixture *f = fixture_msix(4);
    static const struct { unsigned offset, size; } bad[] = {
        { 0, 1 }, { 3, 1 }, { 12, 1 }, { 0, 2 }, { 2, 2 }, { 12, 2 },
    };

    guest_program_all(f);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        uint64_t addr = entry(f, 1) + bad[i].offset;
        uint64_t lo = guest_read(entry(f, 1), 8);
        uint64_t hi = guest_read(entry(f, 1) + 8, 8);

        guest_write(addr, UINT64_MAX, bad[i].size);
        g_assert_cmphex(guest_read(addr, bad[i].size), ==, 0);
        g_assert_cmphex(guest_read(entry(f, 1), 8), ==, lo);
        g_assert_cmphex(guest_read(entry(f, 1) + 8, 8), ==, hi);
        g_assert_cmphex(guest_read(f->pba, bad[i].size), ==, 0);
    }
    fixture_free(f);
}

static void test_row03_pba_is_read_only(void)
{
    MSIXFixture *f = fixture_msix(65);
    PCIDevice *dev = fixture_dev(f);

    guest_enable(f, true, false);
    msix_notify(dev, 64);
    for (unsigned size = 1; size <= 8; size *= 2) {
        guest_write(f->pba, UINT64_MAX, size);
        guest_write(f->pba + 8, 0, size);
    }
    g_assert_cmphex(guest_read(f->pba, 8), ==, 0);
    g_assert_cmphex(guest_read(f->pba + 8, 8), ==, 1);
    g_assert_cmphex(guest_read(f->pba + 8, 4), ==, 1);
    g_assert_cmphex(guest_read(f->pba + 12, 4), ==, 0);
    fixture_free(f);
}

static void test_row04_past_the_end(void)
{
    MSIXFixture *f = fixture_msix(3);
    PCIDevice *dev = fixture_dev(f);
    MSIMessage msg;

    guest_enable(f, true, false);
    guest_program_all(f);
    /* Just past, across the end, and far past: BAR space with nothing. */
    for (unsigned offset = 3 * 16 - 8; offset < 3 * 16 + 64; offset++) {
        for (unsigned size = 1; size <= 8; size *= 2) {
            if (offset + size > 3 * 16) {
                guest_write(f->table + offset, UINT64_MAX, size);
                guest_read(f->table + offset, size);
            }
        }
    }
    guest_write(f->table + FIXTURE_BAR_SIZE - 8, UINT64_MAX, 8);
    g_assert_cmphex(guest_read(f->table + 3 * 16, 8), ==, 0);
    guest_program(f, 2, vector_address(2), vector_data(2));
    guest_mask(f, 2, false);
    msix_notify(dev, 2);
    g_assert_cmpuint(messages_taken(&msg), ==, 1);
    g_assert_cmphex(msg.data, ==, vector_data(2));
    fixture_free(f);
}

typedef void Unmask(MSIXFixture *f);

static void by_vector_control(MSIXFixture *f)
{
    guest_mask(f, 1, false);
}

static void by_function_mask(MSIXFixture *f)
{
    guest_enable(f, true, false);
}

static void pend_and_unmask(MSIXFixture *f, Unmask *unmask)
{
    PCIDevice *dev = fixture_dev(f);

    msix_notify(dev, 1);
    msix_notify(dev, 1);
    assert_no_message();
    g_assert_true(msix_is_pending(dev, 1));
    g_assert_cmphex(guest_read(f->pba, 4), ==, 2);
    unmask(f);
    assert_one_message(1);
    g_assert_cmphex(guest_read(f->pba, 4), ==, 0);
    unmask(f);
    assert_no_message();
}

static void test_row05_unmask_delivers_once(void)
{
    MSIXFixture *f = fixture_msix(4);

    guest_program_all(f);
    guest_enable(f, true, false);
    guest_mask(f, 1, true);
    pend_and_unmask(f, by_vector_control);
    guest_enable(f, true, true);
    pend_and_unmask(f, by_function_mask);
    guest_enable(f, false, false);
    pend_and_unmask(f, by_function_mask);

    /* Masked twice over: only the last of the two delivers. */
    guest_enable(f, true, true);
    guest_mask(f, 1, true);
    msix_notify(fixture_dev(f), 1);
    guest_mask(f, 1, false);
    assert_no_message();
    guest_enable(f, true, false);
    assert_one_message(1);
    fixture_free(f);
}

static void test_row06_disable_is_masking(void)
{
    MSIXFixture *f = fixture_msix(4);

    guest_program_all(f);
    guest_mask(f, 3, true);
    guest_enable(f, true, false);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    g_assert_cmpuint(f->uses, ==, 3);
    for (unsigned i = 1; i <= 5; i++) {
        guest_enable(f, false, false);
        g_assert_cmpuint(f->releases, ==, 3 * i);
        guest_enable(f, true, false);
        g_assert_cmpuint(f->uses, ==, 3 + 3 * i);
    }
    g_assert_cmpint(f->routed[0], ==, 1);
    g_assert_cmpint(f->routed[3], ==, 0);
    msix_unset_vector_notifiers(fixture_dev(f));
    g_assert_cmpuint(f->releases, ==, f->uses);
    fixture_free(f);
}

static void test_row07_change_while_unmasked(void)
{
    MSIXFixture *f = fixture_msix(4);
    PCIDevice *dev = fixture_dev(f);
    MSIMessage msg;

    guest_program_all(f);
    guest_enable(f, true, false);
    guest_write(entry(f, 2) + DATA, 0xabcd, 4);
    msix_notify(dev, 2);
    g_assert_cmpuint(messages_taken(&msg), ==, 1);
    g_assert_cmphex(msg.data, ==, 0xabcd);

    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    guest_write(entry(f, 2) + DATA, 0xbcde, 4);
    g_assert_cmpuint(f->uses, ==, 5);
    g_assert_cmpuint(f->releases, ==, 1);
    g_assert_cmphex(f->route_message[2].data, ==, 0xbcde);
    guest_write(entry(f, 2) + DATA, 0xbcde, 4);
    guest_write(entry(f, 2) + DATA, 0xbcde, 8);
    g_assert_cmpuint(f->uses, ==, 5);
    /* Masked vectors have no route to change. */
    guest_mask(f, 1, true);
    guest_write(entry(f, 1) + DATA, 0x77, 4);
    g_assert_cmpuint(f->uses, ==, 5);
    guest_mask(f, 1, false);
    g_assert_cmphex(f->route_message[1].data, ==, 0x77);
    fixture_free(f);
}

static void test_row08_same_mask_bit(void)
{
    MSIXFixture *f = fixture_msix(4);

    guest_program_all(f);
    guest_mask(f, 1, true);
    guest_enable(f, true, false);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    for (int i = 0; i < 3; i++) {
        guest_mask(f, 0, false);
        guest_mask(f, 1, true);
        guest_enable(f, true, false);
    }
    g_assert_cmpuint(f->uses, ==, 3);
    g_assert_cmpuint(f->releases, ==, 0);
    fixture_free(f);
}

static void test_row09_intx_stays_down(void)
{
    MSIXFixture *f = fixture_msix(2);
    PCIDevice *dev = fixture_dev(f);

    pci_irq_assert(dev);
    g_assert_true(fixture_intx());
    guest_enable(f, true, false);
    g_assert_false(fixture_intx());
    /* Whatever the device does now. */
    pci_irq_deassert(dev);
    pci_irq_assert(dev);
    g_assert_false(fixture_intx());
    /* A level that is still up comes back; one that went does not. */
    guest_enable(f, false, false);
    g_assert_true(fixture_intx());
    guest_enable(f, true, true);
    g_assert_false(fixture_intx());
    pci_irq_deassert(dev);
    guest_enable(f, false, false);
    g_assert_false(fixture_intx());
    fixture_free(f);
}

static void test_row10_msix_wins(void)
{
    MSIXFixture *f = fixture_msix(2);
    PCIDevice *dev = fixture_dev(f);

    g_assert_cmpint(msi_init(dev, 0x60, 1, true, false, &error_abort), ==, 0);
    guest_cfg_write(f, 0x60 + PCI_MSI_ADDRESS_LO, vector_address(9), 4);
    guest_cfg_write(f, 0x60 + PCI_MSI_DATA_64, vector_data(9), 2);
    guest_cfg_write(f, 0x60 + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE, 2);
    msi_notify(dev, 0);
    assert_one_message(9);

    guest_program_all(f);
    guest_enable(f, true, false);
    msi_notify(dev, 0);
    assert_no_message();
    msix_notify(dev, 1);
    assert_one_message(1);
    guest_enable(f, false, false);
    msi_notify(dev, 0);
    assert_one_message(9);
    msi_uninit(dev);
    fixture_free(f);
}

static void test_row11_bus_master(void)
{
    MSIXFixture *f = fixture_msix(2);
    PCIDevice *dev = fixture_dev(f);
    uint16_t command = guest_cfg_read(f, PCI_COMMAND, 2);
    MSIXVectorStats stats;

    msix_stats_start();
    guest_program_all(f);
    guest_enable(f, true, false);
    guest_cfg_write(f, PCI_COMMAND, command & ~PCI_COMMAND_MASTER, 2);
    msix_notify(dev, 1);
    assert_no_message();
    g_assert_false(guest_pending(f, 1));
    guest_cfg_write(f, PCI_COMMAND, command, 2);
    assert_no_message();
    msix_notify(dev, 1);
    assert_one_message(1);
    stats = msix_stats_get(dev, 1);
    g_assert_cmpuint(stats.dropped[MSIX_DROP_BUS_MASTER], ==, 1);
    g_assert_cmpuint(msix_stats_dropped(&stats), ==, 1);
    g_assert_cmpuint(stats.sent, ==, 1);
    fixture_free(f);
}

static void test_row12_d3hot(void)
{
    MSIXFixture *f = fixture_msix(2);
    PCIDevice *dev = fixture_dev(f);
    unsigned pmcsr = dev->exp.pm_cap + PCI_PM_CTRL;

    g_assert_cmpuint(dev->exp.pm_cap, !=, 0);
    msix_stats_start();
    guest_program_all(f);
    guest_enable(f, true, false);
    guest_cfg_write(f, pmcsr, 3, 2);
    msix_notify(dev, 0);
    assert_no_message();
    g_assert_cmpuint(msix_stats_get(dev, 0).dropped[MSIX_DROP_D3HOT], ==, 1);
    guest_cfg_write(f, pmcsr, 0, 2);
    assert_no_message();
    msix_notify(dev, 0);
    assert_one_message(0);
    fixture_free(f);
}

static void test_row13_poll(void)
{
    static const struct { unsigned offset, size, first, end; } reads[] = {
        { 0, 4, 0, 32 }, { 0, 8, 0, 64 }, { 4, 4, 32, 64 },
        { 8, 8, 64, 100 }, { 8, 4, 64, 96 }, { 12, 4, 96, 100 },
    };
    MSIXFixture *f = fixture_msix(100);

    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    g_assert_cmpuint(f->polls, ==, 1);
    g_assert_cmpuint(f->poll_end, ==, 100);
    for (unsigned i = 0; i < G_N_ELEMENTS(reads); i++) {
        guest_read(f->pba + reads[i].offset, reads[i].size);
        g_assert_cmpuint(f->polls, ==, i + 2);
        g_assert_cmpuint(f->poll_first, ==, reads[i].first);
        g_assert_cmpuint(f->poll_end, ==, reads[i].end);
    }
    fixture_free(f);

    /* Bits past the last vector: nothing to poll for. */
    f = fixture_msix(5);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    guest_read(f->pba + 4, 4);
    g_assert_cmpuint(f->polls, ==, 1);
    guest_read(f->pba, 8);
    g_assert_cmpuint(f->poll_end, ==, 5);
    fixture_free(f);
}

static void test_row14_config_write_sizes(void)
{
    MSIXFixture *f = fixture_msix(4);
    PCIDevice *dev = fixture_dev(f);
    uint8_t cap = dev->msix_cap;

    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    guest_program_all(f);
    for (unsigned i = 0; i < 3; i++) {
        unsigned uses = f->uses;

        switch (i) {
        case 0:
            guest_cfg_write(f, cap + 3, PCI_MSIX_FLAGS_ENABLE >> 8, 1);
            break;
        case 1:
            guest_cfg_write(f, cap + 2, PCI_MSIX_FLAGS_ENABLE, 2);
            break;
        case 2:
            guest_cfg_write(f, cap, (uint32_t)PCI_MSIX_FLAGS_ENABLE << 16, 4);
            break;
        }
        g_assert_true(msix_enabled(dev));
        g_assert_cmpuint(f->uses, ==, uses + 4);
        guest_cfg_write(f, cap + 3, 0, 1);
        g_assert_false(msix_enabled(dev));
        g_assert_cmpuint(f->uses, ==, f->releases);
    }
    /* The byte below and the registers behind are not the control byte. */
    guest_cfg_write(f, cap + 2, 0xff, 1);
    guest_cfg_write(f, cap + 4, UINT32_MAX, 4);
    g_assert_false(msix_enabled(dev));
    fixture_free(f);
}

static void test_row15_reserved_and_read_only(void)
{
    MSIXFixture *f = fixture_msix(4);
    PCIDevice *dev = fixture_dev(f);
    uint8_t cap = dev->msix_cap;
    uint32_t table = guest_cfg_read(f, cap + PCI_MSIX_TABLE, 4);

    guest_write(entry(f, 0) + CTRL, 0xfffffffe, 4);
    g_assert_cmphex(guest_read(entry(f, 0) + CTRL, 4), ==, 0xfffffffe);
    guest_write(entry(f, 0), 0xfee00003, 4);
    g_assert_cmphex(guest_read(entry(f, 0), 4), ==, 0xfee00003);
    guest_enable(f, true, false);
    g_assert_false(msix_is_masked(dev, 0));
    guest_write(entry(f, 0) + CTRL, 0xffffffff, 4);
    g_assert_true(msix_is_masked(dev, 0));

    guest_cfg_write(f, cap + PCI_MSIX_FLAGS, 0xffff, 2);
    g_assert_cmphex(guest_cfg_read(f, cap + PCI_MSIX_FLAGS, 2), ==,
                    3 | PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    guest_cfg_write(f, cap + PCI_MSIX_TABLE, UINT32_MAX, 4);
    guest_cfg_write(f, cap + PCI_MSIX_PBA, UINT32_MAX, 4);
    g_assert_cmphex(guest_cfg_read(f, cap + PCI_MSIX_TABLE, 4), ==, table);
    fixture_free(f);
}

static void test_row16_2048_vectors(void)
{
    MSIXFixture *f = fixture_exclusive(2048);
    PCIDevice *dev = fixture_dev(f);
    g_autoptr(GByteArray) stream = NULL;
    MSIMessage msg;

    guest_program_all(f);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    guest_enable(f, true, false);
    g_assert_cmpuint(f->uses, ==, 2048);
    g_assert_cmpint(f->routed[2047], ==, 1);
    guest_enable(f, true, true);
    g_assert_cmpuint(f->releases, ==, 2048);
    for (unsigned i = 0; i < 2048; i++) {
        msix_notify(dev, i);
    }
    g_assert_cmphex(guest_read(f->pba, 8), ==, UINT64_MAX);
    g_assert_cmphex(guest_read(f->pba + 2048 / 8 - 8, 8), ==, UINT64_MAX);
    stream = fixture_save(f);
    g_assert_cmpuint(stream->len, ==, 2048 * 16 + 2048 / 8);

    guest_enable(f, true, false);
    g_assert_cmpuint(messages_taken(&msg), ==, 2048);
    g_assert_cmphex(msg.data, ==, vector_data(2047));
    msix_notify(dev, 2047);
    assert_one_message(2047);
    msix_notify(dev, 2048);
    assert_no_message();

    guest_enable(f, true, true);
    g_assert_cmpint(fixture_load(f, stream->data, stream->len), ==, 0);
    g_assert_cmphex(guest_read(f->pba + 2048 / 8 - 8, 8), ==, UINT64_MAX);
    fixture_free(f);
}

/* Section 3: migration */

static void test_row17_save_load(void)
{
    MSIXFixture *f = fixture_msix(9);
    PCIDevice *dev = fixture_dev(f);
    g_autoptr(GByteArray) stream = NULL;

    guest_program_all(f);
    guest_enable(f, true, false);
    guest_mask(f, 3, true);
    guest_mask(f, 8, true);
    msix_vector_unuse(dev, 5);
    msix_notify(dev, 3);
    msix_notify(dev, 8);
    stream = fixture_save(f);
    g_assert_cmpuint(stream->len, ==, 9 * 16 + 2);

    msix_reset(dev);
    /* Configuration space is loaded before, without a guest's write. */
    dev->config[dev->msix_cap + PCI_MSIX_FLAGS + 1] |=
        PCI_MSIX_FLAGS_ENABLE >> 8;
    g_assert_cmpint(fixture_load(f, stream->data, stream->len), ==, 0);
    assert_no_message();
    g_assert_cmphex(guest_read(f->pba, 8), ==, (1 << 3) | (1 << 8));
    for (unsigned i = 0; i < 9; i++) {
        g_assert_cmphex(guest_read(entry(f, i), 8), ==, vector_address(i));
        g_assert_cmphex(guest_read(entry(f, i) + DATA, 4), ==,
                        vector_data(i));
        g_assert_cmpint(msix_is_masked(dev, i), ==, i == 3 || i == 8);
    }
    guest_mask(f, 3, false);
    assert_one_message(3);
    guest_mask(f, 3, true);
    guest_mask(f, 3, false);
    assert_no_message();
    guest_mask(f, 8, false);
    assert_one_message(8);
    msix_notify(dev, 0);
    assert_one_message(0);
    fixture_free(f);
}

/* Loading with routes in use swaps them for those of the loaded table. */
static void test_row17_load_routes(void)
{
    MSIXFixture *f = fixture_msix(4);
    g_autoptr(GByteArray) stream = NULL;

    guest_program_all(f);
    guest_enable(f, true, false);
    guest_mask(f, 0, true);
    stream = fixture_save(f);
    guest_mask(f, 0, false);
    guest_mask(f, 1, true);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    g_assert_cmpint(fixture_load(f, stream->data, stream->len), ==, 0);
    g_assert_cmpint(f->routed[0], ==, 0);
    g_assert_cmpint(f->routed[1], ==, 1);
    g_assert_cmpint(f->routed[2], ==, 1);
    fixture_free(f);
}

static void test_row18_bad_streams(void)
{
    MSIXFixture *f = fixture_msix(9);
    g_autoptr(GByteArray) stream = NULL;
    g_autoptr(GByteArray) after = NULL;

    guest_program_all(f);
    guest_enable(f, true, false);
    stream = fixture_save(f);
    for (unsigned len = 0; len < stream->len; len++) {
        g_assert_cmpint(fixture_load(f, stream->data, len), <, 0);
    }
    /* A pending bit for vector 9 of 9. */
    stream->data[9 * 16 + 1] = 1 << 1;
    g_assert_cmpint(fixture_load(f, stream->data, stream->len), <, 0);
    stream->data[9 * 16 + 1] = 0;
    after = fixture_save(f);
    g_assert_cmpmem(after->data, after->len, stream->data, stream->len);
    fixture_free(f);
}

static void test_row18_other_count(void)
{
    MSIXFixture *f = fixture_msix(9);
    PCIDevice *dev = fixture_dev(f);
    g_autofree uint8_t *config = g_memdup2(dev->config, 256);
    Error *err = NULL;

    g_assert_true(msix_config_loadable(dev, config, &error_abort));
    pci_set_word(config + dev->msix_cap + PCI_MSIX_FLAGS, 4);
    g_assert_false(msix_config_loadable(dev, config, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "5 MSI-X vectors"));
    g_assert_nonnull(strstr(error_get_pretty(err), "has 9"));
    g_assert_nonnull(strstr(error_get_pretty(err), dev->name));
    error_free(err);
    fixture_free(f);
}

static void test_row19_layout(void)
{
    MSIXFixture *f = fixture_msix(3);
    g_autoptr(GByteArray) stream = NULL;
    /* Little-endian fields in table order, then the pending bits. */
    static const uint8_t expect[] = {
        0x0c, 0x10, 0xe0, 0xfe, 0, 0, 0, 0, 0x21, 0x43, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
        0, 0, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
        0x02,
    };

    guest_enable(f, true, false);
    guest_program(f, 0, 0xfee0100c, 0x4321);
    guest_mask(f, 0, false);
    guest_program(f, 2, 0x100000000ULL, 0);
    msix_notify(fixture_dev(f), 1);
    stream = fixture_save(f);
    g_assert_cmpmem(stream->data, stream->len, expect, sizeof(expect));
    g_assert_cmpstr(vmstate_msix.name, ==, "msix");
    g_assert_cmpint(vmstate_msix.version_id, ==, 0);
    g_assert_cmpstr(vmstate_msix.fields[0].name, ==, "msix");
    g_assert_cmpstr(vmstate_msix.fields[0].info->name, ==, "msix state");
    fixture_free(f);
}

/* Section 4: observation */

static void test_row20_observer(void)
{
    static const RecordedEvent expect[] = {
        { MSIX_EVENT_CONFIG, 0, -1 }, { MSIX_EVENT_ENABLE, 0, -1 },
        { MSIX_EVENT_PENDED, 0, 1 }, { MSIX_EVENT_UNMASK, 0, 1 },
        { MSIX_EVENT_SENT, 0, 1 }, { MSIX_EVENT_SENT, 0, 1 },
        { MSIX_EVENT_DROPPED, MSIX_DROP_UNUSED, 2 },
        { MSIX_EVENT_MASK, 0, 1 },
        { MSIX_EVENT_CONFIG, 0, -1 }, { MSIX_EVENT_DISABLE, 0, -1 },
    };
    MSIXFixture *f = fixture_msix(2);
    PCIDevice *dev = fixture_dev(f);

    guest_program(f, 1, vector_address(1), vector_data(1));
    g_array_set_size(fixture_events, 0);
    guest_enable(f, true, false);
    msix_notify(dev, 1);
    guest_mask(f, 1, false);
    msix_notify(dev, 1);
    msix_notify(dev, 2);
    guest_mask(f, 1, true);
    guest_enable(f, false, false);
    g_assert_cmpuint(fixture_events->len, ==, G_N_ELEMENTS(expect));
    for (unsigned i = 0; i < G_N_ELEMENTS(expect); i++) {
        RecordedEvent *e = &g_array_index(fixture_events, RecordedEvent, i);

        g_assert_cmpint(e->type, ==, expect[i].type);
        g_assert_cmpint(e->reason, ==, expect[i].reason);
        g_assert_cmpint(e->vector, ==, expect[i].vector);
    }
    fixture_free(f);
}

static bool admit_none(PCIDevice *dev, unsigned vector)
{
    return false;
}

static void ignore_event(PCIDevice *dev, const MSIXEvent *event)
{
}

static void test_row20_observer_refuses(void)
{
    static const MSIXObserver refuser = { admit_none, ignore_event };
    MSIXFixture *f = fixture_msix(2);
    RecordedEvent *e;

    guest_program_all(f);
    guest_enable(f, true, false);
    msix_observer_add(&refuser);
    msix_notify(fixture_dev(f), 1);
    assert_no_message();
    e = &g_array_index(fixture_events, RecordedEvent,
                       fixture_events->len - 1);
    g_assert_cmpint(e->type, ==, MSIX_EVENT_DROPPED);
    g_assert_cmpint(e->reason, ==, MSIX_DROP_REFUSED);
    msix_observer_remove(&refuser);
    msix_notify(fixture_dev(f), 1);
    assert_one_message(1);
    fixture_free(f);
}

static void test_row21_stats(void)
{
    MSIXFixture *f = fixture_msix(2);
    PCIDevice *dev = fixture_dev(f);
    MSIXVectorStats stats;

    msix_stats_start();
    guest_program_all(f);
    guest_enable(f, true, false);
    msix_notify(dev, 0);
    guest_mask(f, 0, true);
    msix_notify(dev, 0);
    msix_notify(dev, 0);
    guest_mask(f, 0, false);
    msix_notify(dev, 2);
    stats = msix_stats_get(dev, 0);
    g_assert_cmpuint(stats.sent, ==, 2);
    g_assert_cmpuint(stats.pended, ==, 2);
    g_assert_cmpuint(msix_stats_dropped(&stats), ==, 0);
    stats = msix_stats_get(dev, -1);
    g_assert_cmpuint(stats.dropped[MSIX_DROP_UNUSED], ==, 1);
    stats = msix_stats_get(dev, 2);
    g_assert_cmpuint(msix_stats_dropped(&stats), ==, 0);
    fixture_free(f);
}

/* Section 5 and the notifiers' contract */

static void test_row26_notifier_economy(void)
{
    MSIXFixture *f = fixture_msix(64);
    unsigned uses, releases;

    guest_program_all(f);
    guest_enable(f, true, false);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    uses = f->uses;
    releases = f->releases;
    for (unsigned i = 0; i < 64; i++) {
        guest_write(entry(f, i), guest_read(entry(f, i), 8), 8);
        guest_write(entry(f, i) + DATA, guest_read(entry(f, i) + DATA, 8), 8);
    }
    g_assert_cmpuint(f->uses, ==, uses);
    guest_write(entry(f, 9), 0xfee01000, 4);
    g_assert_cmpuint(f->uses, ==, uses + 1);
    g_assert_cmpuint(f->releases, ==, releases + 1);
    fixture_free(f);
}

static void test_failing_use_undoes(void)
{
    MSIXFixture *f = fixture_msix(4);
    PCIDevice *dev = fixture_dev(f);

    guest_program_all(f);
    guest_enable(f, true, false);
    f->fail_use_of = 2;
    g_assert_cmpint(fixture_set_notifiers(f), ==, -ENOSPC);
    g_assert_cmpuint(f->uses, ==, 2);
    g_assert_cmpuint(f->releases, ==, 2);
    g_assert_null(dev->msix_vector_use_notifier);
    guest_mask(f, 0, true);
    guest_mask(f, 0, false);
    g_assert_cmpuint(f->uses, ==, 2);

    /* One that fails later leaves its vector to msix_notify(). */
    guest_mask(f, 2, true);
    g_assert_cmpint(fixture_set_notifiers(f), ==, 0);
    guest_mask(f, 2, false);
    g_assert_cmpint(f->routed[2], ==, 0);
    msix_notify(dev, 2);
    assert_one_message(2);
    guest_mask(f, 2, true);
    g_assert_cmpint(f->routed[2], ==, 0);
    f->fail_use_of = -1;
    guest_mask(f, 2, false);
    g_assert_cmpint(f->routed[2], ==, 1);
    fixture_free(f);
}

static const struct { const char *name; void (*test)(void); } tests[] = {
    { "init/refuses", test_init_refuses },
    { "init/needs-msi", test_init_needs_msi },
    { "init/places", test_init_places },
    { "exclusive/layout", test_exclusive_layout },
    { "exclusive/refuses", test_exclusive_refuses },
    { "uninit", test_uninit },
    { "absent", test_absent },
    { "set-message", test_message_side_channel },
    { "set-mask", test_set_mask },
    { "use-counts", test_use_counts },
    { "reset", test_reset },
    { "row01/quadwords", test_row01_quadwords },
    { "row02/bad-accesses", test_row02_bad_accesses },
    { "row03/pba-is-read-only", test_row03_pba_is_read_only },
    { "row04/past-the-end", test_row04_past_the_end },
    { "row05/unmask-delivers-once", test_row05_unmask_delivers_once },
    { "row06/disable-is-masking", test_row06_disable_is_masking },
    { "row07/change-while-unmasked", test_row07_change_while_unmasked },
    { "row08/same-mask-bit", test_row08_same_mask_bit },
    { "row09/intx-stays-down", test_row09_intx_stays_down },
    { "row10/msix-wins", test_row10_msix_wins },
    { "row11/bus-master", test_row11_bus_master },
    { "row12/d3hot", test_row12_d3hot },
    { "row13/poll", test_row13_poll },
    { "row14/config-write-sizes", test_row14_config_write_sizes },
    { "row15/reserved-and-read-only", test_row15_reserved_and_read_only },
    { "row16/2048-vectors", test_row16_2048_vectors },
    { "row17/save-load", test_row17_save_load },
    { "row17/load-routes", test_row17_load_routes },
    { "row18/bad-streams", test_row18_bad_streams },
    { "row18/other-count", test_row18_other_count },
    { "row19/layout", test_row19_layout },
    { "row20/observer", test_row20_observer },
    { "row20/observer-refuses", test_row20_observer_refuses },
    { "row21/stats", test_row21_stats },
    { "row26/notifier-economy", test_row26_notifier_economy },
    { "notifiers/failing-use-undoes", test_failing_use_undoes },
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
