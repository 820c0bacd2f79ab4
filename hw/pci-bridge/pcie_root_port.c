/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Root ports: what all models of them have in common.  PCI Express Base
 * sections 1.3.1 and 7.5; a model adds its identity, its way to interrupt,
 * and where its capabilities are.
 */
#include "qemu/osdep.h"
#include "hw/pci/pcie_port.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"

static void rp_update_vector(PCIDevice *d)
{
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_GET_CLASS(d);

    if (rpc->aer_vector) {
        pcie_aer_root_set_vector(d, rpc->aer_vector(d));
    }
}

static void rp_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                            int len)
{
    uint32_t root_cmd =
        pci_get_long(d->config + d->exp.aer_cap + PCI_ERR_ROOT_COMMAND);
    uint16_t slt_ctl, slt_sta;

    pcie_cap_slot_get(d, &slt_ctl, &slt_sta);
    pci_bridge_write_config(d, address, val, len);
    rp_update_vector(d);
    pcie_cap_slot_write_config(d, slt_ctl, slt_sta, address, val, len);
    pcie_aer_write_config(d, address, val, len);
    pcie_aer_root_write_config(d, address, val, len, root_cmd);
}

static void rp_reset(DeviceState *qdev)
{
    PCIDevice *d = PCI_DEVICE(qdev);

    rp_update_vector(d);
    pcie_cap_root_reset(d);
    pcie_cap_deverr_reset(d);
    pcie_cap_slot_reset(d);
    pcie_cap_arifwd_reset(d);
    pcie_acs_reset(d);
    pcie_aer_root_reset(d);
    pci_bridge_reset(qdev);
    pci_bridge_disable_base_limit(d);
}

/* The capabilities from the slot's on; false sets @errp and leaves them. */
static bool rp_init_capabilities(PCIDevice *d, Error **errp)
{
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_GET_CLASS(d);
    PCIESlot *s = PCIE_SLOT(d);
    int ret;

    if (pcie_cap_init(d, rpc->exp_offset, PCI_EXP_TYPE_ROOT_PORT,
                      PCIE_PORT(d)->port, errp) < 0) {
        return false;
    }
    pcie_cap_arifwd_init(d);
    pcie_cap_deverr_init(d);
    pcie_cap_slot_init(d, s);
    pcie_cap_root_init(d);

    pcie_chassis_create(s->chassis);
    ret = pcie_chassis_add_slot(s);
    if (ret < 0) {
        error_setg(errp, "Can't add chassis slot, error %d", ret);
        return false;
    }
    if (pcie_aer_init(d, PCI_ERR_VER, rpc->aer_offset, PCI_ERR_SIZEOF,
                      errp) < 0) {
        pcie_chassis_del_slot(s);
        return false;
    }
    pcie_aer_root_init(d);
    rp_update_vector(d);
    if (rpc->acs_offset && !s->disable_acs) {
        pcie_acs_init(d, rpc->acs_offset);
    }
    return true;
}

static void rp_realize(PCIDevice *d, Error **errp)
{
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_GET_CLASS(d);
    PCIDeviceClass *dc = PCI_DEVICE_GET_CLASS(d);

    pci_config_set_interrupt_pin(d->config, 1);
    pci_bridge_initfn(d, TYPE_PCIE_BUS);
    pcie_port_init_reg(d);

    if (pci_bridge_ssvid_init(d, rpc->ssvid_offset, dc->vendor_id, rpc->ssid,
                              errp) < 0) {
        goto exit_bridge;
    }
    if (rpc->interrupts_init && rpc->interrupts_init(d, errp) < 0) {
        goto exit_bridge;
    }
    if (!rp_init_capabilities(d, errp)) {
        goto exit_interrupts;
    }
    return;

exit_interrupts:
    if (rpc->interrupts_uninit) {
        rpc->interrupts_uninit(d);
    }
exit_bridge:
    pci_bridge_exitfn(d);
}

static void rp_exit(PCIDevice *d)
{
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_GET_CLASS(d);

    pcie_aer_exit(d);
    pcie_chassis_del_slot(PCIE_SLOT(d));
    if (rpc->interrupts_uninit) {
        rpc->interrupts_uninit(d);
    }
    pci_bridge_exitfn(d);
}

static Property rp_props[] = {
    DEFINE_PROP_BIT(COMPAT_PROP_PCP, PCIDevice, cap_present,
                    QEMU_PCIE_SLTCAP_PCP_BITNR, true),
    DEFINE_PROP_BOOL("disable-acs", PCIESlot, disable_acs, false),
    DEFINE_PROP_END_OF_LIST()
};

static void rp_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);

    pc->is_bridge = true;
    pc->config_write = rp_write_config;
    pc->realize = rp_realize;
    pc->exit = rp_exit;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->reset = rp_reset;
    device_class_set_props(dc, rp_props);
}

static const TypeInfo rp_types[] = {
    {
        .name = TYPE_PCIE_ROOT_PORT,
        .parent = TYPE_PCIE_SLOT,
        .class_init = rp_class_init,
        .abstract = true,
        .class_size = sizeof(PCIERootPortClass),
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(rp_types)
