/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI function for the PCI core's tests: BARs of every type, power
 * management and MSI.  `pci-fixture` is a conventional one,
 * `pci-fixture-express` an endpoint with error reporting.
 */
#ifndef TESTS_PCI_FIXTURE_H
#define TESTS_PCI_FIXTURE_H

#include "hw/pci/pci.h"
#include "migration/vmstate.h"

#define TYPE_PCI_FIXTURE "pci-fixture"
#define TYPE_PCI_FIXTURE_EXPRESS "pci-fixture-express"

/* Where the capabilities are. */
#define FIXTURE_PM 0x40
#define FIXTURE_MSI 0x50
#define FIXTURE_EXP 0x80
#define FIXTURE_AER 0x100
#define FIXTURE_MSI_VECTORS 8

/* BAR 0: 4 KiB memory; 1: 32 I/O ports; 2: 1 MiB of 64-bit prefetchable
 * memory; 5: 16 bytes of memory. */
#define FIXTURE_BAR0_SIZE 0x1000
#define FIXTURE_BAR1_SIZE 0x20
#define FIXTURE_BAR2_SIZE 0x100000
#define FIXTURE_BAR5_SIZE 0x10

typedef struct PCIFixture {
    PCIDevice parent_obj;

    MemoryRegion bar0, bar1, bar2, bar5;
    unsigned resets;
} PCIFixture;

static inline PCIFixture *pci_fixture(PCIDevice *d)
{
    return container_of(d, PCIFixture, parent_obj);
}

extern const VMStateDescription vmstate_pci_fixture;

#endif /* TESTS_PCI_FIXTURE_H */
