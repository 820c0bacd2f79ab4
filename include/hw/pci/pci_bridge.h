/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI-to-PCI bridges, conventional and PCI Express ports alike: PCI-to-PCI
 * Bridge Architecture 1.2; type 1 header of PCI Express Base 7.5.1.3.
 */
#ifndef QEMU_PCI_BRIDGE_H
#define QEMU_PCI_BRIDGE_H

#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "qom/object.h"

/* Bits of Bridge Control that the kernel's header does not name. */
#define PCI_BRIDGE_CTL_VGA_16BIT 0x10       /* decode 16 bits of VGA ports */
#define PCI_BRIDGE_CTL_DISCARD 0x100        /* primary discard timer */
#define PCI_BRIDGE_CTL_SEC_DISCARD 0x200    /* secondary discard timer */
#define PCI_BRIDGE_CTL_DISCARD_STATUS 0x400
#define PCI_BRIDGE_CTL_DISCARD_SERR 0x800

/* Parts of the VGA ranges that a bridge forwards. */
enum {
    QEMU_PCI_VGA_MEM,           /* 0xa0000 to 0xbffff */
    QEMU_PCI_VGA_IO_LO,         /* 0x3b0 to 0x3bb */
    QEMU_PCI_VGA_IO_HI,         /* 0x3c0 to 0x3df */
    QEMU_PCI_VGA_NUM_REGIONS,
};

#define QEMU_PCI_VGA_MEM_BASE 0xa0000
#define QEMU_PCI_VGA_MEM_SIZE 0x20000
#define QEMU_PCI_VGA_IO_LO_BASE 0x3b0
#define QEMU_PCI_VGA_IO_LO_SIZE 0xc
#define QEMU_PCI_VGA_IO_HI_BASE 0x3c0
#define QEMU_PCI_VGA_IO_HI_SIZE 0x20

/*
 * What of the secondary address spaces shows on the primary bus: aliases
 * there of parts of the former.
 */
struct PCIBridgeWindows {
    MemoryRegion alias_pref_mem;
    MemoryRegion alias_mem;
    MemoryRegion alias_io;
    MemoryRegion alias_vga[QEMU_PCI_VGA_NUM_REGIONS];
};
typedef struct PCIBridgeWindows PCIBridgeWindows;

#define TYPE_PCI_BRIDGE "base-pci-bridge"
OBJECT_DECLARE_SIMPLE_TYPE(PCIBridge, PCI_BRIDGE)
#define IS_PCI_BRIDGE(dev) object_dynamic_cast(OBJECT(dev), TYPE_PCI_BRIDGE)

struct PCIBridge {
    /*< private >*/
    PCIDevice parent_obj;
    /*< public >*/

    PCIBus sec_bus;
    /* The address spaces of the secondary bus, and the windows to them. */
    MemoryRegion address_space_mem;
    MemoryRegion address_space_io;
    PCIBridgeWindows windows;

    pci_map_irq_fn map_irq;
    const char *bus_name;       /* of the secondary bus; NULL: our id */
};

#define PCI_BRIDGE_DEV_PROP_CHASSIS_NR "chassis_nr"
#define PCI_BRIDGE_DEV_PROP_MSI "msi"
#define PCI_BRIDGE_DEV_PROP_SHPC "shpc"

/* Subsystem identity, which a type 1 header has no register for. */
int pci_bridge_ssvid_init(PCIDevice *dev, uint8_t offset, uint16_t svid,
                          uint16_t ssid, Error **errp);

PCIDevice *pci_bridge_get_device(PCIBus *bus);
PCIBus *pci_bridge_get_sec_bus(PCIBridge *br);

/*
 * A window, by PCI_BASE_ADDRESS_{SPACE_IO,SPACE_MEMORY,MEM_PREFETCH}: first
 * and last address.  Closed where the limit is below the base.
 */
pcibus_t pci_bridge_get_base(const PCIDevice *bridge, uint8_t type);
pcibus_t pci_bridge_get_limit(const PCIDevice *bridge, uint8_t type);

void pci_bridge_update_mappings(PCIBridge *br);
void pci_bridge_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                             int len);
/* Closes all windows, for resets where nothing below may answer. */
void pci_bridge_disable_base_limit(PCIDevice *dev);
void pci_bridge_reset(DeviceState *qdev);

/* Realize and unrealize of the common part; the bus is of type @typename. */
void pci_bridge_initfn(PCIDevice *pci_dev, const char *typename);
void pci_bridge_exitfn(PCIDevice *pci_dev);

void pci_bridge_dev_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                            Error **errp);
void pci_bridge_dev_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                              Error **errp);
void pci_bridge_dev_unplug_request_cb(HotplugHandler *hotplug_dev,
                                      DeviceState *dev, Error **errp);

/* Before realize: name of the secondary bus, and how INTx maps. */
void pci_bridge_map_irq(PCIBridge *br, const char *bus_name,
                        pci_map_irq_fn map_irq);

/* A vendor capability that tells firmware how much room to leave. */
typedef struct PCIBridgeQemuCap {
    uint8_t id;                 /* PCI_CAP_ID_VNDR */
    uint8_t next;
    uint8_t len;
    uint8_t type;               /* REDHAT_PCI_CAP_RESOURCE_RESERVE */
    uint32_t bus_res;           /* each: all ones where nothing is asked */
    uint64_t io;
    uint32_t mem;
    uint32_t mem_pref_32;       /* one of the two */
    uint64_t mem_pref_64;
} QEMU_PACKED PCIBridgeQemuCap;

#define REDHAT_PCI_CAP_TYPE_OFFSET 3
#define REDHAT_PCI_CAP_RESOURCE_RESERVE 1

/* The same as properties set it; all ones is "not set". */
typedef struct PCIResReserve {
    uint32_t bus;
    uint64_t io;
    uint64_t mem_non_pref;
    uint64_t mem_pref_32;
    uint64_t mem_pref_64;
} PCIResReserve;

#define REDHAT_PCI_CAP_RES_RESERVE_BUS_RES 4
#define REDHAT_PCI_CAP_RES_RESERVE_IO 8
#define REDHAT_PCI_CAP_RES_RESERVE_MEM 16
#define REDHAT_PCI_CAP_RES_RESERVE_PREF_MEM_32 20
#define REDHAT_PCI_CAP_RES_RESERVE_PREF_MEM_64 24
#define REDHAT_PCI_CAP_RES_RESERVE_CAP_SIZE 32

int pci_bridge_qemu_reserve_cap_init(PCIDevice *dev, int cap_offset,
                                     PCIResReserve res_reserve, Error **errp);

#endif /* QEMU_PCI_BRIDGE_H */
