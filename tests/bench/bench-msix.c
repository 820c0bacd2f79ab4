/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X, ns an operation: budgets are 20 ns for msix_notify() of an open
 * vector and 40 ns for a table write through the memory API.
 */
#include "qemu/osdep.h"
#include "../unit/msix-fixture.h"
#include "../unit/pci-testbus.h"

#define ROUNDS 2000000

static MSIXFixture *f;

static void notify_to_ram(unsigned i)
{
    msix_notify(fixture_dev(f), 0);
}

static void notify_masked(unsigned i)
{
    msix_notify(fixture_dev(f), 1);
}

static void write_table(unsigned i)
{
    guest_write(f->table + 2 * PCI_MSIX_ENTRY_SIZE, i, 4);
}

static void mask_function(unsigned i)
{
    guest_cfg_write(f, fixture_dev(f)->msix_cap + PCI_MSIX_FLAGS,
                    PCI_MSIX_FLAGS_ENABLE |
                    (i & 1 ? 0 : PCI_MSIX_FLAGS_MASKALL), 2);
}

static void measure(const char *title, void (*op)(unsigned), unsigned rounds)
{
    int64_t best = INT64_MAX;

    for (int run = 0; run < 5; run++) {
        int64_t start = g_get_monotonic_time();

        for (unsigned i = 0; i < rounds; i++) {
            op(i);
        }
        best = MIN(best, g_get_monotonic_time() - start);
    }
    printf("%-40s %8.1f ns\n", title, best * 1000.0 / rounds);
}

static void run(const char *who)
{
    g_autofree char *to_ram = g_strdup_printf("msix_notify, open, %s", who);
    g_autofree char *masked = g_strdup_printf("msix_notify, masked, %s", who);

    measure(to_ram, notify_to_ram, ROUNDS);
    measure(masked, notify_masked, ROUNDS);
}

int main(void)
{
    f = fixture_exclusive(2048);
    guest_enable(f, true, false);
    guest_program(f, 0, 0x1000, 0x40);      /* a word of RAM */
    guest_mask(f, 0, false);

    fixture_stop_recording();
    run("nobody looks");
    msix_stats_start();
    run("counted");
    measure("table write through the memory API", write_table, ROUNDS);
    measure("function mask of 2048 vectors", mask_function, ROUNDS / 10);
    return 0;
}
