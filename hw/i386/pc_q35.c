/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The board "q35": Intel's Q35 host bridge with an ICH9 south bridge, as
 * QEMU's pc-q35-7.2.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/i386/pc-internal.h"
#include "hw/pci-host/q35.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "hw/southbridge/ich9.h"
#include "qapi/error.h"
#include "qemu/units.h"

/*
 * ECAM at 0xb0000000 leaves no room for RAM above; with much RAM the split is
 * at 2 GiB, so that the rest begins at a round address.
 */
static uint64_t q35_low_ram_limit(uint64_t ram_size)
{
    return ram_size >= MCH_HOST_BRIDGE_PCIEXBAR_DEFAULT
           ? 2 * GiB : MCH_HOST_BRIDGE_PCIEXBAR_DEFAULT;
}

static void q35_create_host(PCMachineState *pcms)
{
    MachineState *ms = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    DeviceState *dev = qdev_new(TYPE_Q35_HOST_DEVICE);
    Object *phb = OBJECT(dev);

    object_property_add_child(OBJECT(pcms), "q35", phb);
    object_property_set_link(phb, MCH_HOST_PROP_RAM_MEM, OBJECT(ms->ram),
                             &error_abort);
    object_property_set_link(phb, MCH_HOST_PROP_PCI_MEM,
                             OBJECT(pcms->pci_memory), &error_abort);
    object_property_set_link(phb, MCH_HOST_PROP_SYSTEM_MEM,
                             OBJECT(get_system_memory()), &error_abort);
    object_property_set_link(phb, MCH_HOST_PROP_IO_MEM,
                             OBJECT(get_system_io()), &error_abort);
    object_property_set_int(phb, PCI_HOST_BELOW_4G_MEM_SIZE,
                            x86ms->below_4g_mem_size, &error_abort);
    object_property_set_int(phb, PCI_HOST_ABOVE_4G_MEM_SIZE,
                            x86ms->above_4g_mem_size, &error_abort);
    object_property_set_bool(phb, PCI_HOST_BYPASS_IOMMU,
                             pcms->default_bus_bypass_iommu, &error_abort);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    pcms->bus = PCI_HOST_BRIDGE(dev)->bus;
}

static void q35_prepare_lpc(PCMachineState *pcms, DeviceState *dev)
{
    ICH9_LPC_DEVICE(dev)->pm.smm_enabled =
        x86_machine_is_smm_enabled(X86_MACHINE(pcms));
}

static void q35_wire_lpc(PCMachineState *pcms, DeviceState *dev)
{
    ICH9LPCState *lpc = ICH9_LPC_DEVICE(dev);

    for (int i = 0; i < GSI_NUM_PINS; i++) {
        qdev_connect_gpio_out_named(dev, ICH9_GPIO_GSI, i,
                                    X86_MACHINE(pcms)->gsi[i]);
    }
    ich9_lpc_route_pci_irqs(lpc, pcms->bus);
    pc_connect_isa_bus(pcms, lpc->isa_bus);
    pc_set_acpi_device(pcms, OBJECT(lpc));
}

static const PCChip q35_chips[] = {
    { TYPE_ICH9_LPC_DEVICE, PC_CHIP_PCI, PCI_DEVFN(0x1f, 0),
      .multifunction = true, .prepare = q35_prepare_lpc,
      .wire = q35_wire_lpc },
    PC_ISA_CHIPS,
    { "ich9-ahci", PC_CHIP_PCI, PCI_DEVFN(0x1f, 2), .multifunction = true,
      .wanted = pc_wants_sata, .wire = pc_wire_ahci },
    { TYPE_ICH9_SMB_DEVICE, PC_CHIP_PCI, PCI_DEVFN(0x1f, 3),
      .multifunction = true, .wanted = pc_wants_smbus,
      .wire = pc_wire_smbus },
    PC_NICS,
    { }
};

static void pc_q35_7_2_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    PCMachineClass *pcmc = PC_MACHINE_CLASS(oc);

    pcmc->low_ram_limit = q35_low_ram_limit;
    pcmc->create_host = q35_create_host;
    pcmc->chips = q35_chips;
    pcmc->hpet_intcap = 0xff0104;       /* 2, 8 and the PIRQs */
    pcmc->default_nic_model = "e1000e";
    mc->family = "pc_q35";
    mc->alias = "q35";
    mc->desc = "Standard PC (Q35 + ICH9, 2009)";
    mc->units_per_default_bus = 1;
    mc->default_display = "std";
    mc->default_nic = "e1000e";
    mc->no_floppy = true;
    mc->max_cpus = 288;
}

static const TypeInfo pc_q35_7_2 = {
    .name = MACHINE_TYPE_NAME("pc-q35-7.2"),
    .parent = TYPE_PC_MACHINE,
    .class_init = pc_q35_7_2_class_init,
};

static void pc_q35_register_types(void)
{
    type_register_static(&pc_q35_7_2);
}

type_init(pc_q35_register_types)
