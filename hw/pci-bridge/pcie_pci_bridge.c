/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `pcie-pci-bridge`: from PCI Express to conventional PCI (PCI Express to
 * PCI/PCI-X Bridge 1.0), with a Standard Hot-Plug Controller and MSI.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/shpc.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"

#define TYPE_PCIE_PCI_BRIDGE_DEV "pcie-pci-bridge"
OBJECT_DECLARE_SIMPLE_TYPE(PCIEPCIBridge, PCIE_PCI_BRIDGE_DEV)

struct PCIEPCIBridge {
    PCIBridge parent_obj;

    OnOffAuto msi;
    MemoryRegion shpc_bar;
};

#define AER_OFFSET 0x100

/* Power management without anything to manage: software expects it. */
static bool bridge_init_pm(PCIDevice *d, Error **errp)
{
    int cap = pci_add_capability(d, PCI_CAP_ID_PM, 0, PCI_PM_SIZEOF, errp);

    if (cap < 0) {
        return false;
    }
    pci_set_word(d->config + cap + PCI_PM_PMC, 0x3);    /* version 1.2 */
    return true;
}

static void pcie_pci_bridge_realize(PCIDevice *d, Error **errp)
{
    PCIEPCIBridge *br = PCIE_PCI_BRIDGE_DEV(d);

    pci_config_set_interrupt_pin(d->config, 1);
    pci_bridge_initfn(d, TYPE_PCI_BUS);
    memory_region_init(&br->shpc_bar, OBJECT(d), "shpc-bar",
                       shpc_bar_size(d));
    d->cap_present |= QEMU_PCI_CAP_SHPC;
    if (shpc_init(d, pci_bridge_get_sec_bus(PCI_BRIDGE(d)), &br->shpc_bar, 0,
                  errp) < 0) {
        goto exit_bridge;
    }
    if (pcie_cap_init(d, 0, PCI_EXP_TYPE_PCI_BRIDGE, 0, errp) < 0) {
        goto exit_shpc;
    }
    if (!bridge_init_pm(d, errp)) {
        goto exit_shpc;
    }
    pcie_cap_arifwd_init(d);
    pcie_cap_deverr_init(d);
    if (pcie_aer_init(d, PCI_ERR_VER, AER_OFFSET, PCI_ERR_SIZEOF,
                      errp) < 0) {
        goto exit_shpc;
    }
    if (!shpc_init_msi(d, br->msi, errp)) {
        goto exit_aer;
    }
    pci_register_bar(d, 0, PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_TYPE_64, &br->shpc_bar);
    return;

exit_aer:
    pcie_aer_exit(d);
exit_shpc:
    shpc_cleanup(d, &br->shpc_bar);
exit_bridge:
    pci_bridge_exitfn(d);
}

static void pcie_pci_bridge_exit(PCIDevice *d)
{
    PCIEPCIBridge *br = PCIE_PCI_BRIDGE_DEV(d);

    msi_uninit(d);
    pcie_aer_exit(d);
    shpc_cleanup(d, &br->shpc_bar);
    pci_bridge_exitfn(d);
}

static void pcie_pci_bridge_reset(DeviceState *qdev)
{
    PCIDevice *d = PCI_DEVICE(qdev);

    pci_bridge_reset(qdev);
    pcie_cap_deverr_reset(d);
    pcie_cap_arifwd_reset(d);
    shpc_reset(d);
}

static void pcie_pci_bridge_write_config(PCIDevice *d, uint32_t address,
                                         uint32_t val, int len)
{
    pci_bridge_write_config(d, address, val, len);
    pcie_aer_write_config(d, address, val, len);
    shpc_cap_write_config(d, address, val, len);
}

static const VMStateDescription vmstate_pcie_pci_bridge = {
    .name = TYPE_PCIE_PCI_BRIDGE_DEV,
    .priority = MIG_PRI_PCI_BUS,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCIBridge),
        SHPC_VMSTATE(shpc, PCIDevice, NULL),
        VMSTATE_END_OF_LIST()
    }
};

static Property pcie_pci_bridge_properties[] = {
    DEFINE_PROP_ON_OFF_AUTO("msi", PCIEPCIBridge, msi, ON_OFF_AUTO_AUTO),
    DEFINE_PROP_END_OF_LIST()
};

static void pcie_pci_bridge_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    pc->is_bridge = true;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = PCI_DEVICE_ID_REDHAT_PCIE_BRIDGE;
    pc->realize = pcie_pci_bridge_realize;
    pc->exit = pcie_pci_bridge_exit;
    pc->config_write = pcie_pci_bridge_write_config;
    dc->reset = pcie_pci_bridge_reset;
    dc->vmsd = &vmstate_pcie_pci_bridge;
    device_class_set_props(dc, pcie_pci_bridge_properties);
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    hc->plug = shpc_device_plug_cb;
    hc->unplug = shpc_device_unplug_cb;
    hc->unplug_request = shpc_device_unplug_request_cb;
}

static const TypeInfo pcie_pci_bridge_types[] = {
    {
        .name = TYPE_PCIE_PCI_BRIDGE_DEV,
        .parent = TYPE_PCI_BRIDGE,
        .instance_size = sizeof(PCIEPCIBridge),
        .class_init = pcie_pci_bridge_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(pcie_pci_bridge_types)
