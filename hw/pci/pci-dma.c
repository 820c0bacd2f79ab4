/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function reaches as a master: its own address space, which shows
 * memory as an IOMMU (or nobody) translates it while the Bus Master bit is on
 * (PCI Local Bus 3.0 section 6.2.2); and the identity its requests carry.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_host.h"
#include "pci-internal.h"
#include "trace.h"

/*** Requester IDs ***/

/*
 * A bridge between PCI Express and conventional PCI passes requests on as
 * its own: function 0 of device 0 on its secondary bus (PCI Express to
 * PCI/PCI-X Bridge 1.0 section 2.3).  A conventional bridge uses its own
 * number.  What is furthest up has the last word.
 */
PCIReqIDCache pci_requester(PCIDevice *d)
{
    PCIReqIDCache id = { .dev = d, .type = PCI_REQ_ID_BDF };

    for (PCIBus *bus = pci_get_bus(d); bus->parent_dev;
         bus = pci_get_bus(bus->parent_dev)) {
        PCIDevice *bridge = bus->parent_dev;

        if (!pci_is_express(bridge)) {
            id = (PCIReqIDCache) { bridge, PCI_REQ_ID_BDF };
        } else if (pcie_cap_get_type(bridge) == PCI_EXP_TYPE_PCI_BRIDGE) {
            id = (PCIReqIDCache) { bridge, PCI_REQ_ID_SECONDARY_BUS };
        }
    }
    return id;
}

/* On the way of every message: no casts that search. */
uint16_t pci_requester_id(PCIDevice *d)
{
    const PCIReqIDCache *id = &d->requester_id_cache;
    PCIDevice *from = id->dev;

    if (unlikely(id->type == PCI_REQ_ID_SECONDARY_BUS)) {
        return PCI_BUILD_BDF(from->config[PCI_SECONDARY_BUS], 0);
    }
    return PCI_BUILD_BDF(pci_bus_num((PCIBus *)from->qdev.parent_bus),
                         from->devfn);
}

void pci_msi_trigger(PCIDevice *d, MSIMessage msg)
{
    MemTxAttrs attrs = { .requester_id = pci_requester_id(d) };

    trace_pci_msi_trigger(d->name, msg.address, msg.data);
    address_space_stl_le(&d->bus_master_as, msg.address, msg.data, attrs,
                         NULL);
}

/*** IOMMUs ***/

bool pci_bus_bypass_iommu(PCIBus *bus)
{
    while (!pci_bus_is_root(bus)) {
        bus = pci_get_bus(bus->parent_dev);
    }
    return object_dynamic_cast(OBJECT(bus->qbus.parent),
                               TYPE_PCI_HOST_BRIDGE) &&
           PCI_HOST_BRIDGE(bus->qbus.parent)->bypass_iommu;
}

/*
 * The IOMMU of the nearest bus that has one is asked for the function as it
 * sees it, which bridges to conventional PCI hide as above.
 */
AddressSpace *pci_device_iommu_address_space(PCIDevice *d)
{
    PCIBus *bus = pci_get_bus(d);
    PCIBus *as_bus = bus;
    uint8_t devfn = d->devfn;

    while (!bus->iommu_fn && bus->parent_dev) {
        PCIDevice *bridge = bus->parent_dev;

        if (!pci_bus_is_express(bus)) {
            if (pci_is_express(bridge) &&
                pcie_cap_get_type(bridge) == PCI_EXP_TYPE_PCI_BRIDGE) {
                devfn = PCI_DEVFN(0, 0);
                as_bus = bus;
            } else {
                devfn = bridge->devfn;
                as_bus = pci_get_bus(bridge);
            }
        }
        bus = pci_get_bus(bridge);
    }
    if (bus->iommu_fn && !pci_bus_bypass_iommu(bus)) {
        return bus->iommu_fn(as_bus, bus->iommu_opaque, devfn);
    }
    return &address_space_memory;
}

/*** The address space of a function ***/

void pci_bus_master_update(PCIDevice *d)
{
    memory_region_set_enabled(&d->bus_master_enable_region,
                              pci_is_awake(d) &&
                              (pci_get_word(d->config + PCI_COMMAND) &
                               PCI_COMMAND_MASTER));
}

static void pci_bus_master_attach(PCIDevice *d)
{
    AddressSpace *as = pci_device_iommu_address_space(d);

    memory_region_init_alias(&d->bus_master_enable_region, OBJECT(d),
                             "bus master", as->root, 0,
                             memory_region_size(as->root));
    memory_region_set_enabled(&d->bus_master_enable_region, false);
    memory_region_add_subregion(&d->bus_master_container_region, 0,
                                &d->bus_master_enable_region);
}

static void pci_bus_master_detach(PCIDevice *d)
{
    memory_region_del_subregion(&d->bus_master_container_region,
                                &d->bus_master_enable_region);
    object_unparent(OBJECT(&d->bus_master_enable_region));
}

void pci_bus_master_init(PCIDevice *d)
{
    memory_region_init(&d->bus_master_container_region, OBJECT(d),
                       "bus master container", UINT64_MAX);
    address_space_init(&d->bus_master_as, &d->bus_master_container_region,
                       d->name);
    pci_bus_master_attach(d);
}

void pci_bus_master_exit(PCIDevice *d)
{
    pci_bus_master_detach(d);
    address_space_destroy(&d->bus_master_as);
}

/* The IOMMU changed: functions that were there before must notice. */
static void pci_bus_master_retarget(PCIBus *bus, PCIDevice *d, void *opaque)
{
    AddressSpace *as = pci_device_iommu_address_space(d);

    if (d->bus_master_enable_region.alias != as->root) {
        memory_region_transaction_begin();
        pci_bus_master_detach(d);
        pci_bus_master_attach(d);
        pci_bus_master_update(d);
        memory_region_transaction_commit();
    }
}

static void pci_retarget_bus(PCIBus *bus, void *opaque)
{
    pci_for_each_device_under_bus(bus, pci_bus_master_retarget, NULL);
}

void pci_setup_iommu(PCIBus *bus, PCIIOMMUFunc fn, void *opaque)
{
    bus->iommu_fn = fn;
    bus->iommu_opaque = opaque;
    pci_for_each_bus(bus, pci_retarget_bus, NULL);
}
