/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `x3130-upstream` and `xio3130-downstream`, the ports of a switch: Texas
 * Instruments XIO3130 (data sheet SLLS693).  Offsets of the capabilities are
 * the chip's, and the same in both kinds of port.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pcie_port.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

#define MSI_OFFSET 0x70
#define MSI_VECTORS 1
#define SSVID_OFFSET 0x80
#define EXP_OFFSET 0x90
#define AER_OFFSET 0x100

#define PCI_DEVICE_ID_TI_XIO3130U 0x8232
#define PCI_DEVICE_ID_TI_XIO3130D 0x8233
#define REVISION_UPSTREAM 0x2
#define REVISION_DOWNSTREAM 0x1

/*
 * The capabilities that both kinds have; @type is PCI_EXP_TYPE_UPSTREAM or
 * _DOWNSTREAM.  False sets @errp, and nothing needs to be undone.
 */
static bool xio3130_init(PCIDevice *d, uint8_t type, Error **errp)
{
    pci_bridge_initfn(d, TYPE_PCIE_BUS);
    pcie_port_init_reg(d);
    if (msi_init(d, MSI_OFFSET, MSI_VECTORS, true, false,
                 errp) < 0) {
        goto exit_bridge;
    }
    if (pci_bridge_ssvid_init(d, SSVID_OFFSET, 0, 0, errp) < 0 ||
        pcie_cap_init(d, EXP_OFFSET, type, PCIE_PORT(d)->port,
                      errp) < 0) {
        goto exit_msi;
    }
    pcie_cap_flr_init(d);
    pcie_cap_deverr_reset(d);
    if (pcie_aer_init(d, PCI_ERR_VER, AER_OFFSET, PCI_ERR_SIZEOF,
                      errp) < 0) {
        goto exit_msi;
    }
    return true;

exit_msi:
    msi_uninit(d);
exit_bridge:
    pci_bridge_exitfn(d);
    return false;
}

static void xio3130_exit(PCIDevice *d)
{
    pcie_aer_exit(d);
    msi_uninit(d);
    pci_bridge_exitfn(d);
}

/*** Upstream ***/

static void upstream_write_config(PCIDevice *d, uint32_t address,
                                  uint32_t val, int len)
{
    pci_bridge_write_config(d, address, val, len);
    pcie_cap_flr_write_config(d, address, val, len);
    pcie_aer_write_config(d, address, val, len);
}

static void upstream_reset(DeviceState *qdev)
{
    pci_bridge_reset(qdev);
    pcie_cap_deverr_reset(PCI_DEVICE(qdev));
}

static void upstream_realize(PCIDevice *d, Error **errp)
{
    xio3130_init(d, PCI_EXP_TYPE_UPSTREAM, errp);
}

static const VMStateDescription vmstate_upstream = {
    .name = "xio3130-express-upstream-port",
    .priority = MIG_PRI_PCI_BUS,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj.parent_obj, PCIEPort),
        VMSTATE_STRUCT(parent_obj.parent_obj.exp.aer_log, PCIEPort, 0,
                       vmstate_pcie_aer_log, PCIEAERLog),
        VMSTATE_END_OF_LIST()
    }
};

static void upstream_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);

    pc->is_bridge = true;
    pc->config_write = upstream_write_config;
    pc->realize = upstream_realize;
    pc->exit = xio3130_exit;
    pc->vendor_id = PCI_VENDOR_ID_TI;
    pc->device_id = PCI_DEVICE_ID_TI_XIO3130U;
    pc->revision = REVISION_UPSTREAM;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->desc = "TI X3130 Upstream Port of PCI Express Switch";
    dc->reset = upstream_reset;
    dc->vmsd = &vmstate_upstream;
}

/*** Downstream ***/

static void downstream_write_config(PCIDevice *d, uint32_t address,
                                    uint32_t val, int len)
{
    uint16_t slt_ctl, slt_sta;

    pcie_cap_slot_get(d, &slt_ctl, &slt_sta);
    pci_bridge_write_config(d, address, val, len);
    pcie_cap_flr_write_config(d, address, val, len);
    pcie_cap_slot_write_config(d, slt_ctl, slt_sta, address, val, len);
    pcie_aer_write_config(d, address, val, len);
}

static void downstream_reset(DeviceState *qdev)
{
    PCIDevice *d = PCI_DEVICE(qdev);

    pcie_cap_deverr_reset(d);
    pcie_cap_slot_reset(d);
    pcie_cap_arifwd_reset(d);
    pci_bridge_reset(qdev);
}

static void downstream_realize(PCIDevice *d, Error **errp)
{
    PCIESlot *s = PCIE_SLOT(d);
    int ret;

    if (!xio3130_init(d, PCI_EXP_TYPE_DOWNSTREAM, errp)) {
        return;
    }
    pcie_cap_slot_init(d, s);
    pcie_cap_arifwd_init(d);
    pcie_chassis_create(s->chassis);
    ret = pcie_chassis_add_slot(s);
    if (ret < 0) {
        error_setg(errp, "Can't add chassis slot, error %d", ret);
        xio3130_exit(d);
    }
}

static void downstream_exit(PCIDevice *d)
{
    pcie_chassis_del_slot(PCIE_SLOT(d));
    xio3130_exit(d);
}

static Property downstream_props[] = {
    DEFINE_PROP_BIT(COMPAT_PROP_PCP, PCIDevice, cap_present,
                    QEMU_PCIE_SLTCAP_PCP_BITNR, true),
    DEFINE_PROP_END_OF_LIST()
};

static const VMStateDescription vmstate_downstream = {
    .name = "xio3130-express-downstream-port",
    .priority = MIG_PRI_PCI_BUS,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pcie_cap_slot_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj.parent_obj.parent_obj, PCIESlot),
        VMSTATE_STRUCT(parent_obj.parent_obj.parent_obj.exp.aer_log, PCIESlot,
                       0, vmstate_pcie_aer_log, PCIEAERLog),
        VMSTATE_END_OF_LIST()
    }
};

static void downstream_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);

    pc->is_bridge = true;
    pc->config_write = downstream_write_config;
    pc->realize = downstream_realize;
    pc->exit = downstream_exit;
    pc->vendor_id = PCI_VENDOR_ID_TI;
    pc->device_id = PCI_DEVICE_ID_TI_XIO3130D;
    pc->revision = REVISION_DOWNSTREAM;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->desc = "TI X3130 Downstream Port of PCI Express Switch";
    dc->reset = downstream_reset;
    dc->vmsd = &vmstate_downstream;
    device_class_set_props(dc, downstream_props);
}

static const TypeInfo xio3130_types[] = {
    {
        .name = "x3130-upstream",
        .parent = TYPE_PCIE_PORT,
        .class_init = upstream_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    }, {
        .name = "xio3130-downstream",
        .parent = TYPE_PCIE_SLOT,
        .class_init = downstream_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(xio3130_types)
