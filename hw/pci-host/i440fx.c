/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The i440FX host bridge: Intel 82441FX data sheet (290549-001).
 *
 * Configuration mechanism #1, the programmable attribute map (section 4.2.15)
 * and the SMRAM register (4.2.17).
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/pci-host/i440fx.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/units.h"

#define I440FX_CONFIG_ADDR 0xcf8
#define I440FX_CONFIG_DATA 0xcfc
#define I440FX_HOLE64_SIZE_DEFAULT (2 * GiB)
/* PCI has what lies between RAM and the I/O APIC. */
#define I440FX_PCI_HOLE_END 0xfec00000

/* DRAM control in the data sheet; here, firmware finds RAM in 8 MiB units. */
#define I440FX_RAM_SIZE 0x57
#define I440FX_PAM 0x59
#define I440FX_PAM_SIZE 7
#define I440FX_SMRAM 0x72
#define SMRAM_C_BASE_SEG 0x02
#define SMRAM_G_SMRAME 0x08
#define SMRAM_D_OPEN 0x40

/*** Function 00.0 ***/

static void i440fx_update_memory_mappings(PCII440FXState *d)
{
    PCIDevice *pd = PCI_DEVICE(d);
    uint8_t smram = pd->config[I440FX_SMRAM];

    memory_region_transaction_begin();
    pam_update_all(d->pam_regions, pd->config + I440FX_PAM);
    memory_region_set_enabled(&d->smram_region, !(smram & SMRAM_D_OPEN));
    memory_region_set_enabled(&d->smram, smram & SMRAM_G_SMRAME);
    memory_region_transaction_commit();
}

static void i440fx_write_config(PCIDevice *dev, uint32_t address,
                                uint32_t val, int len)
{
    pci_default_write_config(dev, address, val, len);
    if (ranges_overlap(address, len, I440FX_PAM, I440FX_PAM_SIZE) ||
        range_covers_byte(address, len, I440FX_SMRAM)) {
        i440fx_update_memory_mappings(I440FX_PCI_DEVICE(dev));
    }
}

static int i440fx_post_load(void *opaque, int version_id)
{
    i440fx_update_memory_mappings(opaque);
    return 0;
}

static const VMStateDescription vmstate_i440fx = {
    .name = "I440FX",
    .version_id = 3,
    .minimum_version_id = 3,
    .post_load = i440fx_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCII440FXState),
        /* Once "in SMM", which processors know better. */
        VMSTATE_UNUSED(1),
        VMSTATE_END_OF_LIST()
    },
};

static void i440fx_realize(PCIDevice *dev, Error **errp)
{
    dev->config[I440FX_SMRAM] = SMRAM_C_BASE_SEG;
}

static void i440fx_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = i440fx_realize;
    k->config_write = i440fx_write_config;
    k->vendor_id = PCI_VENDOR_ID_INTEL;
    k->device_id = PCI_DEVICE_ID_INTEL_82441;
    k->revision = 0x02;
    k->class_id = PCI_CLASS_BRIDGE_HOST;
    dc->desc = "Host bridge";
    dc->vmsd = &vmstate_i440fx;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    /* Part of the host bridge; makes no sense without it. */
    dc->user_creatable = false;
    dc->hotpluggable = false;
}

/*** The bridge ***/

static void i440fx_init_memory(I440FXState *s)
{
    PCII440FXState *f = s->f;
    Object *owner = OBJECT(f);

    memory_region_init_alias(&f->smram_region, owner, "smram-region",
                             s->pci_address_space, SMRAM_C_BASE,
                             SMRAM_C_SIZE);
    memory_region_add_subregion_overlap(s->system_memory, SMRAM_C_BASE,
                                        &f->smram_region, 1);

    /* SMM's view; see q35-mch.c. */
    memory_region_init(&f->smram, owner, "smram", 4 * GiB);
    memory_region_set_enabled(&f->smram, false);
    memory_region_init_alias(&f->low_smram, owner, "smram-low",
                             s->ram_memory, SMRAM_C_BASE, SMRAM_C_SIZE);
    memory_region_add_subregion(&f->smram, SMRAM_C_BASE, &f->low_smram);
    object_property_add_const_link(qdev_get_machine(), "smram",
                                   OBJECT(&f->smram));

    pam_init_all(f->pam_regions, OBJECT(s), s->ram_memory, s->system_memory,
                 s->pci_address_space);
}

static void i440fx_pcihost_realize(DeviceState *dev, Error **errp)
{
    I440FXState *s = I440FX_PCI_HOST_BRIDGE(dev);
    PCIHostState *phb = PCI_HOST_BRIDGE(dev);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    PCIDevice *d;

    memory_region_add_subregion(s->io_memory, I440FX_CONFIG_ADDR,
                                &phb->conf_mem);
    sysbus_init_ioports(sbd, I440FX_CONFIG_ADDR, 4);
    memory_region_add_subregion(s->io_memory, I440FX_CONFIG_DATA,
                                &phb->data_mem);
    sysbus_init_ioports(sbd, I440FX_CONFIG_DATA, 4);
    memory_region_set_flush_coalesced(&phb->data_mem);
    memory_region_add_coalescing(&phb->conf_mem, 0, 4);

    phb->bus = pci_root_bus_new(dev, NULL, s->pci_address_space, s->io_memory,
                                0, TYPE_PCI_BUS);
    d = pci_create_simple(phb->bus, 0, TYPE_I440FX_PCI_DEVICE);
    s->f = I440FX_PCI_DEVICE(d);
    d->config[I440FX_RAM_SIZE] =
        MIN((s->below_4g_mem_size + s->above_4g_mem_size) / (8 * MiB), 255);

    range_set_bounds(&s->pci_hole, s->below_4g_mem_size,
                     I440FX_PCI_HOLE_END - 1);
    memory_region_add_subregion_overlap(s->system_memory, 0,
                                        s->pci_address_space, -1);
    i440fx_init_memory(s);
}

static const char *i440fx_root_bus_path(PCIHostState *host, PCIBus *root)
{
    return I440FX_PCI_HOST_BRIDGE(host)->short_root_bus ? "0000" : "0000:00";
}

/*** Windows that firmware tables describe ***/

static uint64_t hole64_start(I440FXState *s)
{
    Range w64;

    pci_bus_get_w64_range(PCI_HOST_BRIDGE(s)->bus, &w64);
    if (!range_is_empty(&w64) && range_lob(&w64)) {
        return range_lob(&w64);
    }
    return !s->pci_hole64_fix ? 0 :
           MAX(4 * GiB + s->above_4g_mem_size,
               machine_device_memory_end(MACHINE(qdev_get_machine())));
}

static uint64_t hole64_end(I440FXState *s)
{
    uint64_t wanted = ROUND_UP(hole64_start(s) + s->pci_hole64_size, 1 * GiB);
    uint64_t end;
    Range w64;

    pci_bus_get_w64_range(PCI_HOST_BRIDGE(s)->bus, &w64);
    end = range_is_empty(&w64) ? 0 : range_upb(&w64) + 1;
    return s->pci_hole64_fix && end < wanted ? wanted : end;
}

static void get_hole_start(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    Range *hole = &I440FX_PCI_HOST_BRIDGE(obj)->pci_hole;
    uint32_t value = range_is_empty(hole) ? 0 : range_lob(hole);

    visit_type_uint32(v, name, &value, errp);
}

static void get_hole_end(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    Range *hole = &I440FX_PCI_HOST_BRIDGE(obj)->pci_hole;
    uint32_t value = range_is_empty(hole) ? 0 : range_upb(hole) + 1;

    visit_type_uint32(v, name, &value, errp);
}

static void get_hole64_start(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    uint64_t value = hole64_start(I440FX_PCI_HOST_BRIDGE(obj));

    visit_type_uint64(v, name, &value, errp);
}

static void get_hole64_end(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    uint64_t value = hole64_end(I440FX_PCI_HOST_BRIDGE(obj));

    visit_type_uint64(v, name, &value, errp);
}

/*** Types ***/

static Property i440fx_props[] = {
    DEFINE_PROP_SIZE("pci-hole64-size", I440FXState, pci_hole64_size,
                     I440FX_HOLE64_SIZE_DEFAULT),
    DEFINE_PROP_UINT32("short_root_bus", I440FXState, short_root_bus, 0),
    DEFINE_PROP_BOOL("x-pci-hole64-fix", I440FXState, pci_hole64_fix, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void i440fx_pcihost_initfn(Object *obj)
{
    PCIHostState *phb = PCI_HOST_BRIDGE(obj);

    memory_region_init_io(&phb->conf_mem, obj, &pci_host_conf_le_ops, phb,
                          "pci-conf-idx", 4);
    memory_region_init_io(&phb->data_mem, obj, &pci_host_data_le_ops, phb,
                          "pci-conf-data", 4);
}

static void i440fx_pcihost_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIHostBridgeClass *hc = PCI_HOST_BRIDGE_CLASS(klass);

    hc->root_bus_path = i440fx_root_bus_path;
    dc->realize = i440fx_pcihost_realize;
    dc->fw_name = "pci";
    device_class_set_props(dc, i440fx_props);
    /* The board wires it. */
    dc->user_creatable = false;

    object_class_property_add(klass, "pci-hole-start", "uint32",
                              get_hole_start, NULL, NULL, NULL);
    object_class_property_add(klass, "pci-hole-end", "uint32",
                              get_hole_end, NULL, NULL, NULL);
    object_class_property_add(klass, "pci-hole64-start", "uint64",
                              get_hole64_start, NULL, NULL, NULL);
    object_class_property_add(klass, "pci-hole64-end", "uint64",
                              get_hole64_end, NULL, NULL, NULL);
}

static const TypeInfo i440fx_types[] = {
    {
        .name = TYPE_I440FX_PCI_DEVICE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PCII440FXState),
        .class_init = i440fx_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { },
        },
    },
    {
        .name = TYPE_I440FX_PCI_HOST_BRIDGE,
        .parent = TYPE_PCI_HOST_BRIDGE,
        .instance_size = sizeof(I440FXState),
        .instance_init = i440fx_pcihost_initfn,
        .class_init = i440fx_pcihost_class_init,
    },
};

DEFINE_TYPES(i440fx_types)
