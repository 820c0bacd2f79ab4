/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * msix-demo: the least that makes a PCIe function with MSI-X, registers and
 * migration.  Copy it to begin a device model.
 *
 * BAR 0 (memory): one register, DOORBELL.  A vector number written to it fires
 *                 that vector; read, it tells how many vectors there are.
 * BAR 1: MSI-X table and PBA.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qemu/log.h"
#include "qemu/module.h"

#define TYPE_MSIX_DEMO "msix-demo"
OBJECT_DECLARE_SIMPLE_TYPE(MSIXDemo, MSIX_DEMO)

struct MSIXDemo {
    PCIDevice parent_obj;
    MemoryRegion doorbell;
    uint32_t vectors;
};

static uint64_t msix_demo_read(void *opaque, hwaddr addr, unsigned size)
{
    return MSIX_DEMO(opaque)->vectors;
}

static void msix_demo_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    MSIXDemo *s = opaque;

    if (val < s->vectors) {
        msix_notify(&s->parent_obj, val);
    } else {
        qemu_log_mask(LOG_GUEST_ERROR, "msix-demo: no vector %" PRIu64 "\n",
                      val);
    }
}

static const MemoryRegionOps msix_demo_ops = {
    .read = msix_demo_read,
    .write = msix_demo_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void msix_demo_realize(PCIDevice *dev, Error **errp)
{
    MSIXDemo *s = MSIX_DEMO(dev);

    if (msix_init_exclusive_bar(dev, s->vectors, 1, errp) < 0) {
        return;
    }
    for (unsigned vector = 0; vector < s->vectors; vector++) {
        msix_vector_use(dev, vector);
    }
    pcie_endpoint_cap_init(dev, 0);
    memory_region_init_io(&s->doorbell, OBJECT(s), &msix_demo_ops, s,
                          "doorbell", 4);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->doorbell);
}

static const VMStateDescription vmstate_msix_demo = {
    .name = TYPE_MSIX_DEMO,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, MSIXDemo),
        VMSTATE_MSIX(parent_obj, MSIXDemo),
        VMSTATE_END_OF_LIST()
    }
};

static Property msix_demo_properties[] = {
    DEFINE_PROP_UINT32("vectors", MSIXDemo, vectors, 8),
    DEFINE_PROP_END_OF_LIST(),
};

static void msix_demo_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = msix_demo_realize;
    pc->exit = msix_uninit_exclusive_bar;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = 0x11f0;
    pc->class_id = PCI_CLASS_OTHERS;
    device_class_set_props(DEVICE_CLASS(klass), msix_demo_properties);
    DEVICE_CLASS(klass)->vmsd = &vmstate_msix_demo;
    set_bit(DEVICE_CATEGORY_MISC, DEVICE_CLASS(klass)->categories);
}

static const TypeInfo msix_demo_types[] = { {
    .name = TYPE_MSIX_DEMO, .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(MSIXDemo), .class_init = msix_demo_class_init,
    .interfaces = (InterfaceInfo[]) { { INTERFACE_PCIE_DEVICE }, { } } } };
DEFINE_TYPES(msix_demo_types)
