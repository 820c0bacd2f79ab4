/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making the chips of a board from its table, and the wiring of those that
 * all PC boards have.
 */
#include "qemu/osdep.h"
#include "hw/i386/pc-internal.h"
#include "hw/input/i8042.h"
#include "hw/irq.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "target/i386/cpu.h"

static void place_chip(PCMachineState *pcms, const PCChip *chip,
                       DeviceState *dev)
{
    if (chip->bus == PC_CHIP_PCI) {
        qdev_prop_set_int32(dev, "addr", chip->address);
        qdev_prop_set_bit(dev, "multifunction", chip->multifunction);
    }
    if (chip->host_child) {
        object_property_add_child(OBJECT(BUS(pcms->bus)->parent),
                                  chip->host_child, OBJECT(dev));
    }
}

static void realize_chip(PCMachineState *pcms, const PCChip *chip,
                         DeviceState *dev)
{
    BusState *bus = NULL;

    if (chip->bus == PC_CHIP_PCI) {
        bus = BUS(pcms->bus);
    } else if (chip->bus == PC_CHIP_ISA) {
        bus = BUS(pcms->isa_bus);
    } else {
        bus = sysbus_get_default();
    }
    qdev_realize_and_unref(dev, bus, &error_fatal);
    if (chip->bus == PC_CHIP_SYSBUS && chip->address) {
        sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, chip->address);
    }
}

void pc_create_chips(PCMachineState *pcms, const PCChip *chips)
{
    for (const PCChip *chip = chips; chip->type || chip->create; chip++) {
        DeviceState *dev;

        if (chip->wanted && !chip->wanted(pcms)) {
            continue;
        }
        if (chip->create) {
            chip->create(pcms);
            continue;
        }
        dev = qdev_new(chip->type);
        place_chip(pcms, chip, dev);
        if (chip->prepare) {
            chip->prepare(pcms, dev);
        }
        realize_chip(pcms, chip, dev);
        if (chip->wire) {
            chip->wire(pcms, dev);
        }
    }
}

void pc_connect_isa_bus(PCMachineState *pcms, ISABus *isa_bus)
{
    pcms->isa_bus = isa_bus;
    isa_bus_irqs(isa_bus, X86_MACHINE(pcms)->gsi);
}

/*** Interrupt controllers ***/

bool pc_wants_pic(PCMachineState *pcms)
{
    return X86_MACHINE(pcms)->pic != ON_OFF_AUTO_OFF;
}

static void prepare_pic(DeviceState *dev, uint32_t iobase, uint32_t elcr_addr,
                        uint8_t elcr_mask, bool master)
{
    qdev_prop_set_uint32(dev, "iobase", iobase);
    qdev_prop_set_uint32(dev, "elcr_addr", elcr_addr);
    qdev_prop_set_uint8(dev, "elcr_mask", elcr_mask);
    qdev_prop_set_bit(dev, "master", master);
}

/* Timer, keyboard and cascade are edges for ever. */
void pc_prepare_pic_master(PCMachineState *pcms, DeviceState *dev)
{
    prepare_pic(dev, 0x20, 0x4d0, 0xf8, true);
}

/* So are clock and coprocessor. */
void pc_prepare_pic_slave(PCMachineState *pcms, DeviceState *dev)
{
    prepare_pic(dev, 0xa0, 0x4d1, 0xde, false);
}

void pc_wire_pic_master(PCMachineState *pcms, DeviceState *dev)
{
    for (int i = 0; i < 8; i++) {
        pcms->gsi_state.i8259_irq[i] = qdev_get_gpio_in(dev, i);
    }
    qdev_connect_gpio_out(dev, 0, x86_allocate_cpu_irq());
}

void pc_wire_pic_slave(PCMachineState *pcms, DeviceState *dev)
{
    for (int i = 0; i < 8; i++) {
        pcms->gsi_state.i8259_irq[8 + i] = qdev_get_gpio_in(dev, i);
    }
    i8259_cascade(I8259(isa_pic), I8259(dev));
}

void pc_wire_ioapic(PCMachineState *pcms, DeviceState *dev)
{
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        pcms->gsi_state.ioapic_irq[i] = qdev_get_gpio_in(dev, i);
    }
}

/*** Timers ***/

bool pc_wants_pit(PCMachineState *pcms)
{
    return X86_MACHINE(pcms)->pit != ON_OFF_AUTO_OFF;
}

/* The HPET's timers can take the lines of this chip and of the clock. */
void pc_wire_pit(PCMachineState *pcms, DeviceState *dev)
{
    pcms->pit = ISA_DEVICE(dev);
    if (!pcms->hpet) {
        qdev_connect_gpio_out(dev, 0, X86_MACHINE(pcms)->gsi[0]);
        return;
    }
    qdev_connect_gpio_out(dev, 0, qdev_get_gpio_in(pcms->hpet,
                                                   HPET_LEGACY_PIT_INT));
    qdev_connect_gpio_out(pcms->hpet, 0, qdev_get_gpio_in(dev, 0));
}

bool pc_wants_hpet(PCMachineState *pcms)
{
    return pcms->hpet_enabled;
}

void pc_prepare_hpet(PCMachineState *pcms, DeviceState *dev)
{
    /* -global may have said it already. */
    if (!object_property_get_uint(OBJECT(dev), HPET_INTCAP, NULL)) {
        qdev_prop_set_uint32(dev, HPET_INTCAP,
                             PC_MACHINE_GET_CLASS(pcms)->hpet_intcap);
    }
}

void pc_wire_hpet(PCMachineState *pcms, DeviceState *dev)
{
    pcms->hpet = dev;
    for (int i = 0; i < GSI_NUM_PINS; i++) {
        sysbus_connect_irq(SYS_BUS_DEVICE(dev), i,
                           X86_MACHINE(pcms)->gsi[i]);
    }
}

void pc_prepare_speaker(PCMachineState *pcms, DeviceState *dev)
{
    object_property_set_link(OBJECT(dev), "pit", OBJECT(pcms->pit),
                             &error_abort);
}

/*** Ports ***/

/*
 * The gate of address line 20 is open while one of the chips opens it (ICH9
 * data sheet section 13.7.3: port 92 and the keyboard controller are ORed).
 */
enum { A20_I8042, A20_PORT92 };

static void set_a20(void *opaque, int chip, int level)
{
    static unsigned open;
    CPUState *cpu;

    open = level ? open | 1u << chip : open & ~(1u << chip);
    CPU_FOREACH(cpu) {
        x86_cpu_set_a20(X86_CPU(cpu), open != 0);
    }
}

bool pc_wants_i8042(PCMachineState *pcms)
{
    return pcms->i8042_enabled;
}

void pc_wire_i8042(PCMachineState *pcms, DeviceState *dev)
{
    pcms->i8042 = ISA_DEVICE(dev);
    i8042_setup_a20_line(pcms->i8042,
                         qemu_allocate_irq(set_a20, NULL, A20_I8042));
}

bool pc_wants_vmport(PCMachineState *pcms)
{
    return pcms->i8042 && pcms->vmport != ON_OFF_AUTO_OFF;
}

void pc_prepare_vmmouse(PCMachineState *pcms, DeviceState *dev)
{
    object_property_set_link(OBJECT(dev), "i8042", OBJECT(pcms->i8042),
                             &error_abort);
}


void pc_wire_port92(PCMachineState *pcms, DeviceState *dev)
{
    qdev_connect_gpio_out_named(dev, "a20", 0,
                                qemu_allocate_irq(set_a20, NULL, A20_PORT92));
}
