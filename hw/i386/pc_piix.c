/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The board "pc": Intel's i440FX host bridge with a PIIX3 south bridge, as
 * QEMU's pc-i440fx-7.2.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/acpi/piix4.h"
#include "hw/i386/pc-internal.h"
#include "hw/pci-host/i440fx.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "hw/southbridge/piix.h"
#include "qapi/error.h"
#include "qemu/units.h"

/* 3.5 GiB, unless RAM goes beyond: then a round address. */
static uint64_t piix_low_ram_limit(uint64_t ram_size)
{
    return ram_size >= 0xe0000000 ? 3 * GiB : 0xe0000000;
}

static void piix_create_host(PCMachineState *pcms)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    DeviceState *dev = qdev_new(TYPE_I440FX_PCI_HOST_BRIDGE);
    I440FXState *s = I440FX_PCI_HOST_BRIDGE(dev);

    object_property_add_child(OBJECT(pcms), "i440fx", OBJECT(dev));
    s->system_memory = get_system_memory();
    s->io_memory = get_system_io();
    s->pci_address_space = pcms->pci_memory;
    s->ram_memory = MACHINE(pcms)->ram;
    s->below_4g_mem_size = x86ms->below_4g_mem_size;
    s->above_4g_mem_size = x86ms->above_4g_mem_size;
    object_property_set_bool(OBJECT(dev), PCI_HOST_BYPASS_IOMMU,
                             pcms->default_bus_bypass_iommu, &error_abort);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    pcms->bus = PCI_HOST_BRIDGE(dev)->bus;
}

static void piix_wire_piix3(PCMachineState *pcms, DeviceState *dev)
{
    PIIX3State *piix3 = PIIX3_PCI_DEVICE(dev);

    piix3_route_pci_irqs(piix3, pcms->bus, X86_MACHINE(pcms)->gsi);
    pc_connect_isa_bus(pcms, piix3->isa_bus);
}

static const PCChip piix_chips[] = {
    { TYPE_PIIX3_DEVICE, PC_CHIP_PCI, PCI_DEVFN(1, 0),
      .multifunction = true, .wire = piix_wire_piix3 },
    PC_ISA_CHIPS,
    PC_NICS,
    { "piix3-ide", PC_CHIP_PCI, PCI_DEVFN(1, 1), .wire = pc_wire_piix_ide },
    { TYPE_PIIX4_PM, PC_CHIP_PCI, PCI_DEVFN(1, 3),
      .wanted = pc_wants_piix4_pm, .prepare = pc_prepare_piix4_pm,
      .wire = pc_wire_piix4_pm },
    { }
};

static void pc_i440fx_7_2_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    PCMachineClass *pcmc = PC_MACHINE_CLASS(oc);

    pcmc->low_ram_limit = piix_low_ram_limit;
    pcmc->create_host = piix_create_host;
    pcmc->chips = piix_chips;
    pcmc->hpet_intcap = 0x4;
    pcmc->default_nic_model = "e1000";
    mc->family = "pc_piix";
    mc->alias = "pc";
    mc->is_default = true;
    mc->desc = "Standard PC (i440FX + PIIX, 1996)";
    mc->default_display = "std";
    mc->default_nic = "e1000";
}

static const TypeInfo pc_i440fx_7_2 = {
    .name = MACHINE_TYPE_NAME("pc-i440fx-7.2"),
    .parent = TYPE_PC_MACHINE,
    .class_init = pc_i440fx_7_2_class_init,
};

static void pc_piix_register_types(void)
{
    type_register_static(&pc_i440fx_7_2);
}

type_init(pc_piix_register_types)
