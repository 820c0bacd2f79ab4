/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory mapped configuration space: PCI Express Base section 7.2.2.
 */
#include "qemu/osdep.h"
#include "hw/pci/pcie_host.h"
#include "pci-internal.h"
#include "exec/address-spaces.h"

static PCIDevice *device_of(PCIExpressHost *e, hwaddr addr)
{
    return pci_find_device(e->pci.bus, PCIE_MMCFG_BUS(addr),
                           PCIE_MMCFG_DEVFN(addr));
}

static void mmcfg_write(void *opaque, hwaddr addr, uint64_t val, unsigned len)
{
    PCIDevice *d = device_of(opaque, addr);

    if (d) {
        pci_host_config_write_common(d, PCIE_MMCFG_CONFOFFSET(addr),
                                     pci_config_size(d), val, len);
    }
}

static uint64_t mmcfg_read(void *opaque, hwaddr addr, unsigned len)
{
    PCIDevice *d = device_of(opaque, addr);

    return d ? pci_host_config_read_common(d, PCIE_MMCFG_CONFOFFSET(addr),
                                           pci_config_size(d), len) : ~0u;
}

static const MemoryRegionOps mmcfg_ops = {
    .read = mmcfg_read,
    .write = mmcfg_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void pcie_host_mmcfg_init(PCIExpressHost *e, uint32_t size)
{
    assert(size >= PCIE_MMCFG_SIZE_MIN && size <= PCIE_MMCFG_SIZE_MAX);
    assert(!(size & (size - 1)));
    e->size = size;
    memory_region_init_io(&e->mmio, OBJECT(e), &mmcfg_ops, e,
                          "pcie-mmcfg-mmio", e->size);
}

void pcie_host_mmcfg_unmap(PCIExpressHost *e)
{
    /* The address is a property, too, and may have been set before. */
    if (memory_region_is_mapped(&e->mmio)) {
        memory_region_del_subregion(get_system_memory(), &e->mmio);
    }
    e->base_addr = PCIE_BASE_ADDR_UNMAPPED;
}

/* The region lives as long as the host and only changes size and place. */
void pcie_host_mmcfg_map(PCIExpressHost *e, hwaddr addr, uint32_t size)
{
    if (!e->mmio.ops) {
        pcie_host_mmcfg_init(e, size);
    }
    e->size = size;
    memory_region_set_size(&e->mmio, size);
    e->base_addr = addr;
    memory_region_add_subregion(get_system_memory(), addr, &e->mmio);
}

void pcie_host_mmcfg_update(PCIExpressHost *e, int enable, hwaddr addr,
                            uint32_t size)
{
    memory_region_transaction_begin();
    pcie_host_mmcfg_unmap(e);
    if (enable) {
        pcie_host_mmcfg_map(e, addr, size);
    }
    memory_region_transaction_commit();
}

static void pcie_host_init(Object *obj)
{
    PCIExpressHost *e = PCIE_HOST_BRIDGE(obj);

    e->base_addr = PCIE_BASE_ADDR_UNMAPPED;
}

static const TypeInfo pcie_host_types[] = {
    {
        .name = TYPE_PCIE_HOST_BRIDGE,
        .parent = TYPE_PCI_HOST_BRIDGE,
        .abstract = true,
        .instance_size = sizeof(PCIExpressHost),
        .instance_init = pcie_host_init,
    },
};

DEFINE_TYPES(pcie_host_types)
