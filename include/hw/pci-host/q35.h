/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory controller hub of the Q35 chip set. */
#ifndef HW_Q35_H
#define HW_Q35_H

#include "hw/pci-host/pam.h"
#include "hw/pci/pci.h"
#include "hw/pci/pcie_host.h"
#include "qemu/range.h"
#include "qemu/units.h"

#define TYPE_Q35_HOST_DEVICE "q35-pcihost"
OBJECT_DECLARE_SIMPLE_TYPE(Q35PCIHost, Q35_HOST_DEVICE)

#define TYPE_MCH_PCI_DEVICE "mch"
OBJECT_DECLARE_SIMPLE_TYPE(MCHPCIState, MCH_PCI_DEVICE)

/* Links of the host that the board sets, and sizes of RAM. */
#define MCH_HOST_PROP_RAM_MEM "ram-mem"
#define MCH_HOST_PROP_PCI_MEM "pci-mem"
#define MCH_HOST_PROP_SYSTEM_MEM "system-mem"
#define MCH_HOST_PROP_IO_MEM "io-mem"
#define PCI_HOST_PROP_PCI_HOLE_START "pci-hole-start"
#define PCI_HOST_PROP_PCI_HOLE_END "pci-hole-end"
#define PCI_HOST_PROP_PCI_HOLE64_START "pci-hole64-start"
#define PCI_HOST_PROP_PCI_HOLE64_END "pci-hole64-end"
#define PCI_HOST_PROP_PCI_HOLE64_SIZE "pci-hole64-size"
#define PCI_HOST_BELOW_4G_MEM_SIZE "below-4g-mem-size"
#define PCI_HOST_ABOVE_4G_MEM_SIZE "above-4g-mem-size"

struct MCHPCIState {
    /*< private >*/
    PCIDevice parent_obj;
    /*< public >*/

    MemoryRegion *ram_memory;
    MemoryRegion *pci_address_space;
    MemoryRegion *system_memory;
    MemoryRegion *address_space_io;
    PAMMemoryRegion pam_regions[PAM_REGIONS_COUNT];

    /* What everyone sees: PCI, or nothing, in place of SMRAM. */
    MemoryRegion smram_region;
    MemoryRegion open_high_smram;
    MemoryRegion tseg_blackhole;
    MemoryRegion smbase_blackhole;

    /* What a processor in system management mode sees on top. */
    MemoryRegion smram;
    MemoryRegion low_smram;
    MemoryRegion high_smram;
    MemoryRegion tseg_window;
    MemoryRegion smbase_window;

    bool has_smram_at_smbase;
    Range pci_hole;
    uint64_t below_4g_mem_size;
    uint64_t above_4g_mem_size;
    uint64_t pci_hole64_size;
    uint32_t short_root_bus;
    uint16_t ext_tseg_mbytes;
};

struct Q35PCIHost {
    /*< private >*/
    PCIExpressHost parent_obj;
    /*< public >*/

    bool pci_hole64_fix;
    MCHPCIState mch;
};

#define Q35_MASK(bit, ms_bit, ls_bit) \
    ((uint##bit##_t)(((1ULL << ((ms_bit) + 1)) - 1) & ~((1ULL << (ls_bit)) - 1)))

/* Where firmware puts the ECAM window, and where boards keep room for it. */
#define MCH_HOST_BRIDGE_PCIEXBAR_DEFAULT 0xb0000000
#define MCH_HOST_BRIDGE_PCIEXBAR_MAX 0x10000000

/* The hub's requester id on the internal bus. */
#define Q35_PSEUDO_BUS_PLATFORM 0xff
#define Q35_PSEUDO_DEVFN_IOAPIC 0x00

#endif
