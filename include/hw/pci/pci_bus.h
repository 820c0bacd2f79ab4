/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of a PCI bus, for host bridges, bridges and the core.  Devices need
 * only pci.h.
 */
#ifndef QEMU_PCI_BUS_H
#define QEMU_PCI_BUS_H

#include "hw/pci/pci.h"

struct PCIBusClass {
    /*< private >*/
    BusClass parent_class;
    /*< public >*/

    /* The number configuration cycles use for it now. */
    int (*bus_num)(PCIBus *bus);
    uint16_t (*numa_node)(PCIBus *bus);
};

enum PCIBusFlags {
    /* No bridge above it: set by host bridges. */
    PCI_BUS_IS_ROOT = 0x0001,
    /* Configuration cycles reach offsets 0x100 to 0xfff. */
    PCI_BUS_EXTENDED_CONFIG_SPACE = 0x0002,
    /* Beginning of a CXL hierarchy. */
    PCI_BUS_CXL = 0x0004,
};

#define PCI_NO_PASID UINT32_MAX

struct PCIBus {
    BusState qbus;
    enum PCIBusFlags flags;

    PCIIOMMUFunc iommu_fn;      /* NULL: ask the bus above */
    void *iommu_opaque;

    uint8_t devfn_min;          /* automatic addresses begin here */
    uint32_t slot_reserved_mask;    /* bit a slot: not for devices */

    /* Where INTx goes: set_irq is NULL on a bus below a bridge. */
    pci_set_irq_fn set_irq;
    pci_map_irq_fn map_irq;
    pci_route_irq_fn route_intx_to_irq;
    void *irq_opaque;

    PCIDevice *devices[PCI_SLOT_MAX * PCI_FUNC_MAX];
    PCIDevice *parent_dev;      /* the bridge above, NULL for a root bus */
    MemoryRegion *address_space_mem;
    MemoryRegion *address_space_io;

    QLIST_HEAD(, PCIBus) child; /* buses below our bridges */
    QLIST_ENTRY(PCIBus) sibling;

    /*
     * How many functions assert each of the nirq lines of a root bus.  Sent
     * in the migration stream, as int32.
     */
    int nirq;
    int *irq_count;
};

/*
 * What "info qtree" prints of a function, indented; the monitor sets it, as
 * it knows how to print.  May be NULL.
 */
extern void (*pci_bus_print_dev)(Monitor *mon, DeviceState *dev, int indent);

static inline bool pci_bus_is_cxl(PCIBus *bus)
{
    return bus->flags & PCI_BUS_CXL;
}

static inline bool pci_bus_is_root(PCIBus *bus)
{
    return bus->flags & PCI_BUS_IS_ROOT;
}

static inline bool pci_bus_allows_extended_config_space(PCIBus *bus)
{
    return bus->flags & PCI_BUS_EXTENDED_CONFIG_SPACE;
}

#endif /* QEMU_PCI_BUS_H */
