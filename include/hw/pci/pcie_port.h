/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI Express ports (root, upstream, downstream) and slots.
 */
#ifndef QEMU_PCIE_PORT_H
#define QEMU_PCIE_PORT_H

#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "qom/object.h"

#define TYPE_PCIE_PORT "pcie-port"
OBJECT_DECLARE_SIMPLE_TYPE(PCIEPort, PCIE_PORT)

struct PCIEPort {
    /*< private >*/
    PCIBridge parent_obj;
    /*< public >*/

    uint8_t port;               /* Port Number in Link Capabilities */
};

void pcie_port_init_reg(PCIDevice *d);

PCIDevice *pcie_find_port_by_pn(PCIBus *bus, uint8_t pn);
PCIDevice *pcie_find_port_first(PCIBus *bus);
int pcie_count_ds_ports(PCIBus *bus);

#define TYPE_PCIE_SLOT "pcie-slot"
OBJECT_DECLARE_SIMPLE_TYPE(PCIESlot, PCIE_SLOT)

struct PCIESlot {
    /*< private >*/
    PCIEPort parent_obj;
    /*< public >*/

    uint8_t chassis;            /* chassis and slot: unique together */
    uint16_t slot;

    PCIExpLinkSpeed speed;
    PCIExpLinkWidth width;

    bool disable_acs;
    bool hotplug;               /* the slot takes devices at run time */
    bool native_hotplug;        /* ... and says so in its registers */

    QLIST_ENTRY(PCIESlot) next;
};

void pcie_chassis_create(uint8_t chassis_number);
PCIESlot *pcie_chassis_find_slot(uint8_t chassis, uint16_t slot);
/* 0, or -EBUSY where that chassis and slot are taken. */
int pcie_chassis_add_slot(PCIESlot *slot);
void pcie_chassis_del_slot(PCIESlot *s);

#define TYPE_PCIE_ROOT_PORT "pcie-root-port-base"
typedef struct PCIERootPortClass PCIERootPortClass;
DECLARE_CLASS_CHECKERS(PCIERootPortClass, PCIE_ROOT_PORT, TYPE_PCIE_ROOT_PORT)

struct PCIERootPortClass {
    PCIDeviceClass parent_class;
    DeviceRealize parent_realize;
    DeviceReset parent_reset;

    /* The vector of AER and slot interrupts. */
    uint8_t (*aer_vector)(const PCIDevice *dev);
    int (*interrupts_init)(PCIDevice *dev, Error **errp);
    void (*interrupts_uninit)(PCIDevice *dev);

    /* Offsets of the capabilities; acs_offset 0: no ACS. */
    int exp_offset;
    int aer_offset;
    int ssvid_offset;
    int acs_offset;
    int ssid;
};

#endif /* QEMU_PCIE_PORT_H */
