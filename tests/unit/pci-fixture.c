/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions under test of the PCI core's tests (pci-fixture.h). */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "pci-fixture.h"
#include "qapi/error.h"
#include "qemu/module.h"

/* Each BAR answers with its number, so that tests see which one they met. */
static uint64_t bar_read(void *opaque, hwaddr addr, unsigned size)
{
    return (uintptr_t)opaque;
}

static void bar_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
}

static const MemoryRegionOps bar_ops = {
    .read = bar_read,
    .write = bar_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void add_bar(PCIDevice *d, MemoryRegion *mr, uintptr_t nr, uint64_t size,
                    uint8_t type)
{
    memory_region_init_io(mr, OBJECT(d), &bar_ops, (void *)(0xb0 + nr),
                          "fixture-bar", size);
    pci_register_bar(d, nr, type, mr);
}

static void fixture_realize(PCIDevice *d, Error **errp)
{
    PCIFixture *f = pci_fixture(d);

    pci_config_set_interrupt_pin(d->config, 1);
    add_bar(d, &f->bar0, 0, FIXTURE_BAR0_SIZE, PCI_BASE_ADDRESS_SPACE_MEMORY);
    add_bar(d, &f->bar1, 1, FIXTURE_BAR1_SIZE, PCI_BASE_ADDRESS_SPACE_IO);
    add_bar(d, &f->bar2, 2, FIXTURE_BAR2_SIZE,
            PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH);
    add_bar(d, &f->bar5, 5, FIXTURE_BAR5_SIZE, PCI_BASE_ADDRESS_SPACE_MEMORY);

    pci_add_capability(d, PCI_CAP_ID_PM, FIXTURE_PM, PCI_PM_SIZEOF,
                       &error_abort);
    pci_set_word(d->config + FIXTURE_PM + PCI_PM_PMC,
                 3 | PCI_PM_CAP_D1 | PCI_PM_CAP_PME_D3hot);
    pci_set_word(d->wmask + FIXTURE_PM + PCI_PM_CTRL,
                 PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE);
    msi_init(d, FIXTURE_MSI, FIXTURE_MSI_VECTORS, true, true, &error_abort);
    if (pci_is_express(d)) {
        pcie_endpoint_cap_init(d, FIXTURE_EXP);
        pcie_cap_deverr_init(d);
        pcie_cap_flr_init(d);
        d->exp.aer_log.log_max = 2;
        pcie_aer_init(d, PCI_ERR_VER, FIXTURE_AER, PCI_ERR_SIZEOF,
                      &error_abort);
    }
}

static void fixture_exit(PCIDevice *d)
{
    msi_uninit(d);
    if (pci_is_express(d)) {
        pcie_aer_exit(d);
    }
}

static void fixture_write_config(PCIDevice *d, uint32_t addr, uint32_t val,
                                 int len)
{
    pci_default_write_config(d, addr, val, len);
    if (pci_is_express(d)) {
        pcie_cap_flr_write_config(d, addr, val, len);
        pcie_aer_write_config(d, addr, val, len);
    }
}

static void fixture_reset(DeviceState *dev)
{
    pci_fixture(PCI_DEVICE(dev))->resets++;
}

const VMStateDescription vmstate_pci_fixture = {
    .name = "pci-fixture",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCIFixture),
        VMSTATE_END_OF_LIST()
    }
};

static void fixture_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(oc);

    pc->realize = fixture_realize;
    pc->exit = fixture_exit;
    pc->config_write = fixture_write_config;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = 0xfffd;
    pc->revision = 3;
    pc->class_id = PCI_CLASS_NETWORK_ETHERNET;
    dc->reset = fixture_reset;
    dc->vmsd = &vmstate_pci_fixture;
}

#define TYPE_FIXTURE_BASE "pci-fixture-base"

static const TypeInfo fixture_types[] = {
    {
        .name = TYPE_FIXTURE_BASE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PCIFixture),
        .class_init = fixture_class_init,
        .abstract = true,
    }, {
        .name = TYPE_PCI_FIXTURE,
        .parent = TYPE_FIXTURE_BASE,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE }, { }
        },
    }, {
        .name = TYPE_PCI_FIXTURE_EXPRESS,
        .parent = TYPE_FIXTURE_BASE,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE }, { }
        },
    },
};

DEFINE_TYPES(fixture_types)
