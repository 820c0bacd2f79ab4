/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What host bridges share: the root bus and configuration mechanism #1, an
 * address and a data register (PCI Local Bus 3.0 section 3.2.2.3.2).
 */
#ifndef PCI_HOST_H
#define PCI_HOST_H

#include "hw/pci/pci.h"
#include "hw/sysbus.h"
#include "qom/object.h"

#define PCI_HOST_BYPASS_IOMMU "bypass-iommu"

#define TYPE_PCI_HOST_BRIDGE "pci-host-bridge"
OBJECT_DECLARE_TYPE(PCIHostState, PCIHostBridgeClass, PCI_HOST_BRIDGE)

struct PCIHostState {
    SysBusDevice busdev;

    MemoryRegion conf_mem;      /* the address register */
    MemoryRegion data_mem;      /* the data register */
    MemoryRegion mmcfg;
    uint32_t config_reg;        /* value of the address register */
    bool mig_enabled;           /* send config_reg in the stream */
    PCIBus *bus;
    bool bypass_iommu;

    QLIST_ENTRY(PCIHostState) next;
};

struct PCIHostBridgeClass {
    SysBusDeviceClass parent_class;

    /* "domain:bus" of a root bus, for device paths. */
    const char *(*root_bus_path)(PCIHostState *host, PCIBus *root);
};

/*
 * Configuration accesses to one function: @addr is the offset of its
 * configuration space, @limit its size; what reaches past the limit is
 * dropped on writes and reads as ones.  @pci_dev may not be NULL.
 */
void pci_host_config_write_common(PCIDevice *pci_dev, uint32_t addr,
                                  uint32_t limit, uint32_t val, uint32_t len);
uint32_t pci_host_config_read_common(PCIDevice *pci_dev, uint32_t addr,
                                     uint32_t limit, uint32_t len);

/*
 * The same by mechanism #1's address: bus in bits 23:16, device and function
 * in 15:8, offset in 7:0.  Where there is no function, writes are dropped and
 * reads give all ones.
 */
void pci_data_write(PCIBus *s, uint32_t addr, uint32_t val, unsigned len);
uint32_t pci_data_read(PCIBus *s, uint32_t addr, unsigned len);

/* For conf_mem and data_mem, with the PCIHostState as opaque. */
extern const MemoryRegionOps pci_host_conf_le_ops;
extern const MemoryRegionOps pci_host_conf_be_ops;
extern const MemoryRegionOps pci_host_data_le_ops;
extern const MemoryRegionOps pci_host_data_be_ops;

#endif /* PCI_HOST_H */
