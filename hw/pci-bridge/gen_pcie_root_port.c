/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `pcie-root-port`: a root port of no real chipset, with MSI-X.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/pci/pcie_port.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

#define TYPE_GEN_PCIE_ROOT_PORT "pcie-root-port"
OBJECT_DECLARE_SIMPLE_TYPE(GenPCIERootPort, GEN_PCIE_ROOT_PORT)

/* Places of the capabilities: part of the migration format. */
#define SSVID_OFFSET 0x40
#define MSIX_OFFSET 0x48
#define EXP_OFFSET 0x54
#define AER_OFFSET 0x100
#define ACS_OFFSET (AER_OFFSET + PCI_ERR_SIZEOF)

#define MSIX_BAR 0
#define MSIX_VECTORS 1

struct GenPCIERootPort {
    PCIESlot parent_obj;

    bool migrate_msix;
    PCIResReserve res_reserve;
};

static uint8_t gen_rp_aer_vector(const PCIDevice *d)
{
    return 0;
}

static int gen_rp_interrupts_init(PCIDevice *d, Error **errp)
{
    int ret = msix_init_exclusive_bar(d, MSIX_VECTORS, MSIX_BAR, errp);

    if (ret == 0) {
        msix_vector_use(d, 0);
    }
    return ret;
}

static void gen_rp_interrupts_uninit(PCIDevice *d)
{
    msix_uninit_exclusive_bar(d);
}

static bool gen_rp_has_msix(void *opaque, int version_id)
{
    GenPCIERootPort *grp = opaque;

    return grp->migrate_msix;
}

static void gen_rp_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    PCIDevice *d = PCI_DEVICE(dev);
    GenPCIERootPort *grp = GEN_PCIE_ROOT_PORT(d);
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_GET_CLASS(d);

    rpc->parent_realize(dev, errp);
    if (*errp) {
        return;
    }
    if (pci_bridge_qemu_reserve_cap_init(d, 0, grp->res_reserve, errp) < 0) {
        DEVICE_GET_CLASS(dev)->unrealize(dev);
        return;
    }
    if (!grp->res_reserve.io) {
        /* No room wanted: software finds no I/O window. */
        pci_word_test_and_clear_mask(d->wmask + PCI_COMMAND, PCI_COMMAND_IO);
        d->wmask[PCI_IO_BASE] = 0;
        d->wmask[PCI_IO_LIMIT] = 0;
    }
}

static const VMStateDescription vmstate_rp = {
    .name = "pcie-root-port",
    .priority = MIG_PRI_PCI_BUS,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pcie_cap_slot_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj.parent_obj.parent_obj, PCIESlot),
        VMSTATE_STRUCT(parent_obj.parent_obj.parent_obj.exp.aer_log, PCIESlot,
                       0, vmstate_pcie_aer_log, PCIEAERLog),
        VMSTATE_MSIX_TEST(parent_obj.parent_obj.parent_obj.parent_obj,
                          GenPCIERootPort, gen_rp_has_msix),
        VMSTATE_END_OF_LIST()
    }
};

static Property gen_rp_props[] = {
    DEFINE_PROP_BOOL("x-migrate-msix", GenPCIERootPort, migrate_msix, true),
    DEFINE_PROP_UINT32("bus-reserve", GenPCIERootPort, res_reserve.bus, -1),
    DEFINE_PROP_SIZE("io-reserve", GenPCIERootPort, res_reserve.io, -1),
    DEFINE_PROP_SIZE("mem-reserve", GenPCIERootPort,
                     res_reserve.mem_non_pref, -1),
    DEFINE_PROP_SIZE("pref32-reserve", GenPCIERootPort,
                     res_reserve.mem_pref_32, -1),
    DEFINE_PROP_SIZE("pref64-reserve", GenPCIERootPort,
                     res_reserve.mem_pref_64, -1),
    DEFINE_PROP_PCIE_LINK_SPEED("x-speed", PCIESlot, speed,
                                PCIE_LINK_SPEED_16),
    DEFINE_PROP_PCIE_LINK_WIDTH("x-width", PCIESlot, width,
                                PCIE_LINK_WIDTH_32),
    DEFINE_PROP_END_OF_LIST()
};

static void gen_rp_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_CLASS(oc);

    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = PCI_DEVICE_ID_REDHAT_PCIE_RP;
    dc->desc = "PCI Express Root Port";
    dc->vmsd = &vmstate_rp;
    device_class_set_props(dc, gen_rp_props);
    device_class_set_parent_realize(dc, gen_rp_realize,
                                    &rpc->parent_realize);
    rpc->aer_vector = gen_rp_aer_vector;
    rpc->interrupts_init = gen_rp_interrupts_init;
    rpc->interrupts_uninit = gen_rp_interrupts_uninit;
    rpc->ssvid_offset = SSVID_OFFSET;
    rpc->exp_offset = EXP_OFFSET;
    rpc->aer_offset = AER_OFFSET;
    rpc->acs_offset = ACS_OFFSET;
}

static const TypeInfo gen_rp_types[] = {
    {
        .name = TYPE_GEN_PCIE_ROOT_PORT,
        .parent = TYPE_PCIE_ROOT_PORT,
        .instance_size = sizeof(GenPCIERootPort),
        .class_init = gen_rp_class_init,
    },
};

DEFINE_TYPES(gen_rp_types)
