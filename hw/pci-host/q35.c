/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Q35 chip set's PCI Express host bridge: the root bus, the configuration
 * ports and the ECAM window.  The function 00.0 on that bus, with the
 * registers that steer all this, is in q35-mch.c.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/pci-host/q35.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/visitor.h"

#define MCH_CONFIG_ADDR 0xcf8
#define MCH_CONFIG_DATA 0xcfc
#define Q35_PCI_HOST_HOLE64_SIZE_DEFAULT (32 * GiB)

static void q35_host_realize(DeviceState *dev, Error **errp)
{
    PCIHostState *pci = PCI_HOST_BRIDGE(dev);
    Q35PCIHost *s = Q35_HOST_DEVICE(dev);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);

    memory_region_add_subregion(s->mch.address_space_io, MCH_CONFIG_ADDR,
                                &pci->conf_mem);
    sysbus_init_ioports(sbd, MCH_CONFIG_ADDR, 4);
    memory_region_add_subregion(s->mch.address_space_io, MCH_CONFIG_DATA,
                                &pci->data_mem);
    sysbus_init_ioports(sbd, MCH_CONFIG_DATA, 4);

    /* Firmware that writes an address and then data expects no batching. */
    memory_region_set_flush_coalesced(&pci->data_mem);
    memory_region_add_coalescing(&pci->conf_mem, 0, 4);

    pci->bus = pci_root_bus_new(DEVICE(s), "pcie.0",
                                s->mch.pci_address_space,
                                s->mch.address_space_io, 0, TYPE_PCIE_BUS);
    qdev_realize(DEVICE(&s->mch), BUS(pci->bus), errp);
}

static const char *q35_host_root_bus_path(PCIHostState *host, PCIBus *root)
{
    return Q35_HOST_DEVICE(host)->mch.short_root_bus ? "0000" : "0000:00";
}

/*** Windows that firmware tables describe ***/

static uint32_t hole_start(Q35PCIHost *s)
{
    return range_is_empty(&s->mch.pci_hole) ? 0
                                            : range_lob(&s->mch.pci_hole);
}

/* The end is exclusive, so 4 GiB itself shows as 0. */
static uint32_t hole_end(Q35PCIHost *s)
{
    return range_is_empty(&s->mch.pci_hole) ? 0
                                            : range_upb(&s->mch.pci_hole) + 1;
}

/* What firmware gave to 64-bit BARs; 0 where there are none. */
static uint64_t w64_start(Q35PCIHost *s)
{
    Range w64;

    pci_bus_get_w64_range(PCI_HOST_BRIDGE(s)->bus, &w64);
    return range_is_empty(&w64) ? 0 : range_lob(&w64);
}

static uint64_t hole64_start(Q35PCIHost *s)
{
    uint64_t start = w64_start(s);

    if (!start && s->pci_hole64_fix) {
        start = MAX(4 * GiB + s->mch.above_4g_mem_size,
                    machine_device_memory_end(MACHINE(qdev_get_machine())));
    }
    return start;
}

static uint64_t hole64_end(Q35PCIHost *s)
{
    uint64_t start = hole64_start(s);
    uint64_t end, wanted;
    Range w64;

    pci_bus_get_w64_range(PCI_HOST_BRIDGE(s)->bus, &w64);
    end = range_is_empty(&w64) ? 0 : range_upb(&w64) + 1;
    wanted = ROUND_UP(start + s->mch.pci_hole64_size, 1 * GiB);
    return s->pci_hole64_fix && end < wanted ? wanted : end;
}

static void get_hole_start(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    uint32_t value = hole_start(Q35_HOST_DEVICE(obj));

    visit_type_uint32(v, name, &value, errp);
}

static void get_hole_end(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    uint32_t value = hole_end(Q35_HOST_DEVICE(obj));

    visit_type_uint32(v, name, &value, errp);
}

static void get_hole64_start(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    uint64_t value = hole64_start(Q35_HOST_DEVICE(obj));

    visit_type_uint64(v, name, &value, errp);
}

static void get_hole64_end(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    uint64_t value = hole64_end(Q35_HOST_DEVICE(obj));

    visit_type_uint64(v, name, &value, errp);
}

/*** Type ***/

static Property q35_host_props[] = {
    DEFINE_PROP_UINT64(PCIE_HOST_MCFG_BASE, Q35PCIHost, parent_obj.base_addr,
                       MCH_HOST_BRIDGE_PCIEXBAR_DEFAULT),
    DEFINE_PROP_SIZE(PCI_HOST_PROP_PCI_HOLE64_SIZE, Q35PCIHost,
                     mch.pci_hole64_size, Q35_PCI_HOST_HOLE64_SIZE_DEFAULT),
    DEFINE_PROP_UINT32("short_root_bus", Q35PCIHost, mch.short_root_bus, 0),
    DEFINE_PROP_SIZE(PCI_HOST_BELOW_4G_MEM_SIZE, Q35PCIHost,
                     mch.below_4g_mem_size, 0),
    DEFINE_PROP_SIZE(PCI_HOST_ABOVE_4G_MEM_SIZE, Q35PCIHost,
                     mch.above_4g_mem_size, 0),
    DEFINE_PROP_BOOL("x-pci-hole64-fix", Q35PCIHost, pci_hole64_fix, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void add_region_link(Object *obj, const char *name,
                            MemoryRegion **region)
{
    object_property_add_link(obj, name, TYPE_MEMORY_REGION,
                             (Object **)region,
                             qdev_prop_allow_set_link_before_realize, 0);
}

static void q35_host_initfn(Object *obj)
{
    Q35PCIHost *s = Q35_HOST_DEVICE(obj);
    PCIHostState *phb = PCI_HOST_BRIDGE(obj);
    PCIExpressHost *pehb = PCIE_HOST_BRIDGE(obj);

    memory_region_init_io(&phb->conf_mem, obj, &pci_host_conf_le_ops, phb,
                          "pci-conf-idx", 4);
    memory_region_init_io(&phb->data_mem, obj, &pci_host_data_le_ops, phb,
                          "pci-conf-data", 4);

    object_initialize_child(OBJECT(s), "mch", &s->mch, TYPE_MCH_PCI_DEVICE);
    qdev_prop_set_int32(DEVICE(&s->mch), "addr", PCI_DEVFN(0, 0));
    qdev_prop_set_bit(DEVICE(&s->mch), "multifunction", false);

    /* The child's birth cleared what the properties had put into it. */
    s->mch.pci_hole64_size = Q35_PCI_HOST_HOLE64_SIZE_DEFAULT;

    object_property_add(obj, PCI_HOST_PROP_PCI_HOLE_START, "uint32",
                        get_hole_start, NULL, NULL, NULL);
    object_property_add(obj, PCI_HOST_PROP_PCI_HOLE_END, "uint32",
                        get_hole_end, NULL, NULL, NULL);
    object_property_add(obj, PCI_HOST_PROP_PCI_HOLE64_START, "uint64",
                        get_hole64_start, NULL, NULL, NULL);
    object_property_add(obj, PCI_HOST_PROP_PCI_HOLE64_END, "uint64",
                        get_hole64_end, NULL, NULL, NULL);
    object_property_add_uint64_ptr(obj, PCIE_HOST_MCFG_SIZE, &pehb->size,
                                   OBJ_PROP_FLAG_READ);

    add_region_link(obj, MCH_HOST_PROP_RAM_MEM, &s->mch.ram_memory);
    add_region_link(obj, MCH_HOST_PROP_PCI_MEM, &s->mch.pci_address_space);
    add_region_link(obj, MCH_HOST_PROP_SYSTEM_MEM, &s->mch.system_memory);
    add_region_link(obj, MCH_HOST_PROP_IO_MEM, &s->mch.address_space_io);
}

static void q35_host_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIHostBridgeClass *hc = PCI_HOST_BRIDGE_CLASS(klass);

    hc->root_bus_path = q35_host_root_bus_path;
    dc->realize = q35_host_realize;
    device_class_set_props(dc, q35_host_props);
    /* The board wires it. */
    dc->user_creatable = false;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->fw_name = "pci";
}

static const TypeInfo q35_host_info = {
    .name = TYPE_Q35_HOST_DEVICE,
    .parent = TYPE_PCIE_HOST_BRIDGE,
    .instance_size = sizeof(Q35PCIHost),
    .instance_init = q35_host_initfn,
    .class_init = q35_host_class_init,
};

static void q35_host_register(void)
{
    type_register_static(&q35_host_info);
}

type_init(q35_host_register);
