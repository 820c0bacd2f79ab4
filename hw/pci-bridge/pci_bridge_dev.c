/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `pci-bridge`: a conventional PCI-to-PCI bridge with slot numbering, a
 * Standard Hot-Plug Controller and MSI.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/shpc.h"
#include "hw/pci/slotid_cap.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"

#define TYPE_PCI_BRIDGE_DEV "pci-bridge"
OBJECT_DECLARE_SIMPLE_TYPE(PCIBridgeDev, PCI_BRIDGE_DEV)

struct PCIBridgeDev {
    PCIBridge parent_obj;

    MemoryRegion bar;           /* the hot-plug controller's registers */
    uint8_t chassis_nr;
    OnOffAuto msi;
    PCIResReserve res_reserve;
};

#define SHPC_BAR 0

static void pci_bridge_dev_realize(PCIDevice *d, Error **errp)
{
    PCIBridgeDev *br = PCI_BRIDGE_DEV(d);

    pci_bridge_initfn(d, TYPE_PCI_BUS);
    if (shpc_present(d)) {
        pci_config_set_interrupt_pin(d->config, 1);
        memory_region_init(&br->bar, OBJECT(d), "shpc-bar",
                           shpc_bar_size(d));
        if (shpc_init(d, pci_bridge_get_sec_bus(PCI_BRIDGE(d)), &br->bar, 0,
                      errp) < 0) {
            goto exit_bridge;
        }
    }
    if (slotid_cap_init(d, 0, br->chassis_nr, 0, errp) < 0) {
        goto exit_shpc;
    }
    if (!shpc_init_msi(d, br->msi, errp)) {
        goto exit_slotid;
    }
    if (pci_bridge_qemu_reserve_cap_init(d, 0, br->res_reserve, errp) < 0) {
        goto exit_msi;
    }
    if (shpc_present(d)) {
        pci_register_bar(d, SHPC_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY |
                         PCI_BASE_ADDRESS_MEM_TYPE_64, &br->bar);
    }
    return;

exit_msi:
    msi_uninit(d);
exit_slotid:
    slotid_cap_cleanup(d);
exit_shpc:
    shpc_cleanup(d, &br->bar);
exit_bridge:
    pci_bridge_exitfn(d);
}

static void pci_bridge_dev_exit(PCIDevice *d)
{
    PCIBridgeDev *br = PCI_BRIDGE_DEV(d);

    msi_uninit(d);
    slotid_cap_cleanup(d);
    shpc_cleanup(d, &br->bar);
    pci_bridge_exitfn(d);
}

static void pci_bridge_dev_write_config(PCIDevice *d, uint32_t address,
                                        uint32_t val, int len)
{
    pci_bridge_write_config(d, address, val, len);
    shpc_cap_write_config(d, address, val, len);
}

static void pci_bridge_dev_reset(DeviceState *qdev)
{
    PCIDevice *d = PCI_DEVICE(qdev);

    pci_bridge_reset(qdev);
    shpc_reset(d);
}

static bool shpc_in_stream(void *opaque, int version_id)
{
    return shpc_present(opaque);
}

static const VMStateDescription vmstate_pci_bridge_dev = {
    .name = "pci_bridge",
    .priority = MIG_PRI_PCI_BUS,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCIBridge),
        SHPC_VMSTATE(shpc, PCIDevice, shpc_in_stream),
        VMSTATE_END_OF_LIST()
    }
};

static Property pci_bridge_dev_properties[] = {
    DEFINE_PROP_UINT8(PCI_BRIDGE_DEV_PROP_CHASSIS_NR, PCIBridgeDev,
                      chassis_nr, 0),
    DEFINE_PROP_ON_OFF_AUTO(PCI_BRIDGE_DEV_PROP_MSI, PCIBridgeDev, msi,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BIT(PCI_BRIDGE_DEV_PROP_SHPC, PCIDevice, cap_present,
                    QEMU_PCI_SHPC_BITNR, true),
    DEFINE_PROP_UINT32("bus-reserve", PCIBridgeDev, res_reserve.bus, -1),
    DEFINE_PROP_SIZE("io-reserve", PCIBridgeDev, res_reserve.io, -1),
    DEFINE_PROP_SIZE("mem-reserve", PCIBridgeDev, res_reserve.mem_non_pref,
                     -1),
    DEFINE_PROP_SIZE("pref32-reserve", PCIBridgeDev, res_reserve.mem_pref_32,
                     -1),
    DEFINE_PROP_SIZE("pref64-reserve", PCIBridgeDev, res_reserve.mem_pref_64,
                     -1),
    DEFINE_PROP_END_OF_LIST()
};

/* Without the controller nothing can be plugged in at run time. */

void pci_bridge_dev_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                            Error **errp)
{
    PCIDevice *d = PCI_DEVICE(hotplug_dev);

    if (!shpc_present(d)) {
        error_setg(errp, "standard hotplug controller has been disabled for "
                   "this %s", object_get_typename(OBJECT(hotplug_dev)));
        return;
    }
    shpc_device_plug_cb(hotplug_dev, dev, errp);
}

void pci_bridge_dev_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                              Error **errp)
{
    shpc_device_unplug_cb(hotplug_dev, dev, errp);
}

void pci_bridge_dev_unplug_request_cb(HotplugHandler *hotplug_dev,
                                      DeviceState *dev, Error **errp)
{
    PCIDevice *d = PCI_DEVICE(hotplug_dev);

    if (!shpc_present(d)) {
        error_setg(errp, "standard hotplug controller has been disabled for "
                   "this %s", object_get_typename(OBJECT(hotplug_dev)));
        return;
    }
    shpc_device_unplug_request_cb(hotplug_dev, dev, errp);
}

static void pci_bridge_dev_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    pc->is_bridge = true;
    pc->realize = pci_bridge_dev_realize;
    pc->exit = pci_bridge_dev_exit;
    pc->config_write = pci_bridge_dev_write_config;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = PCI_DEVICE_ID_REDHAT_BRIDGE;
    pc->class_id = PCI_CLASS_BRIDGE_PCI;
    dc->desc = "Standard PCI Bridge";
    dc->reset = pci_bridge_dev_reset;
    dc->vmsd = &vmstate_pci_bridge_dev;
    device_class_set_props(dc, pci_bridge_dev_properties);
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    hc->plug = pci_bridge_dev_plug_cb;
    hc->unplug = pci_bridge_dev_unplug_cb;
    hc->unplug_request = pci_bridge_dev_unplug_request_cb;
}

static const TypeInfo pci_bridge_dev_types[] = {
    {
        .name = TYPE_PCI_BRIDGE_DEV,
        .parent = TYPE_PCI_BRIDGE,
        .instance_size = sizeof(PCIBridgeDev),
        .class_init = pci_bridge_dev_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(pci_bridge_dev_types)
