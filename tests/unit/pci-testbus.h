/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI host for unit tests: a root bus with address spaces of its own, some
 * RAM, and a recorder where a PC has its MSI window.
 *
 *     int main(int argc, char **argv)
 *     {
 *         g_test_init(&argc, &argv, NULL);
 *         pci_testbus_init();
 *         ...
 *     }
 */
#ifndef TESTS_PCI_TESTBUS_H
#define TESTS_PCI_TESTBUS_H

#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"

#define PCI_TESTBUS_RAM_SIZE 0x100000       /* RAM from address 0 on */
#define PCI_TESTBUS_MSI_BASE 0xfee00000     /* the recorder */
#define PCI_TESTBUS_MSI_SIZE 0x100000
#define PCI_TESTBUS_MMIO_BASE 0xc0000000    /* where map_bar puts things */

/* Once a program: types, the big lock, a platform with working MSI. */
void pci_testbus_init(void);

/*
 * A PCI Express root bus.  Its devices' DMA and its own CPU-side accesses
 * below go to one memory space: RAM, the recorder, BARs.  The log of messages
 * is cleared.
 */
PCIBus *pci_testbus_new(void);
/* The same with conventional PCI: no extended configuration space. */
PCIBus *pci_testbus_new_conventional(void);
/* Removes the bus with all of its devices. */
void pci_testbus_free(PCIBus *bus);

/*
 * A new function of type @type on @bus or a bus below it, at @devfn (-1: the
 * next free slot); NULL with @errp set where it does not realize.
 */
PCIDevice *pci_testbus_add(PCIBus *bus, const char *type, int devfn,
                           Error **errp);
/* Unplugs and frees it. */
void pci_testbus_remove(PCIDevice *dev);

/* Configuration cycles as a host bridge makes them. */
uint32_t pci_testbus_cfg_read(PCIDevice *dev, unsigned offset, unsigned len);
void pci_testbus_cfg_write(PCIDevice *dev, unsigned offset, uint32_t val,
                           unsigned len);

/* The memory and I/O space of the bus, as its CPUs see them. */
AddressSpace *pci_testbus_memory(PCIBus *bus);
AddressSpace *pci_testbus_io(PCIBus *bus);
/* One access of @len bytes (1, 2, 4 or 8), little endian. */
uint64_t pci_testbus_read(PCIBus *bus, hwaddr addr, unsigned len);
void pci_testbus_write(PCIBus *bus, hwaddr addr, uint64_t val, unsigned len);

/*
 * Programs the memory BAR @bar with a free address, switches memory decoding
 * and bus mastering on, and returns the address.
 */
hwaddr pci_testbus_map_bar(PCIDevice *dev, int bar);

/* Writes to the recorder since the bus was made or the log was cleared. */
typedef struct PCITestMessage {
    uint64_t address;
    uint64_t data;
    unsigned size;
    uint16_t requester_id;
} PCITestMessage;

unsigned pci_testbus_messages(void);
/* @n < pci_testbus_messages() */
const PCITestMessage *pci_testbus_message(unsigned n);
void pci_testbus_clear_messages(void);

/* Level and count of changes of the root bus's line @line, 0 to 3. */
int pci_testbus_irq_level(PCIBus *bus, int line);
unsigned pci_testbus_irq_changes(PCIBus *bus, int line);

#endif /* TESTS_PCI_TESTBUS_H */
