/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a PC has of devices that options other than -device ask for, or that
 * it has unless -nodefaults is given: where they are made, in which order.
 */
#include "qemu/osdep.h"
#include "hw/char/serial.h"
#include "hw/i386/pc-internal.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "sysemu/sysemu.h"

static void create_port(PCMachineState *pcms, const char *type, int index,
                        Chardev *chr)
{
    ISADevice *dev;

    if (!chr) {
        return;
    }
    dev = isa_new(type);
    qdev_prop_set_uint32(DEVICE(dev), "index", index);
    qdev_prop_set_chr(DEVICE(dev), "chardev", chr);
    isa_realize_and_unref(dev, pcms->isa_bus, &error_fatal);
}

void pc_create_ports(PCMachineState *pcms)
{
    for (int i = 0; i < MAX_ISA_SERIAL_PORTS; i++) {
        create_port(pcms, TYPE_ISA_SERIAL, i, serial_hd(i));
    }
    for (int i = 0; i < MAX_PARALLEL_PORTS; i++) {
        create_port(pcms, "isa-parallel", i, parallel_hds[i]);
    }
}

/*
 * A graphics card would take the first free slot.  There is none, but what
 * comes after it is found where it is with one.
 */
static void keep_slot_for_graphics(PCIBus *bus)
{
    if (vga_interface_type == VGA_NONE) {
        return;
    }
    for (int slot = 0; slot < PCI_SLOT_MAX; slot++) {
        if (!bus->devices[PCI_DEVFN(slot, 0)] &&
            !(bus->slot_reserved_mask & 1u << slot)) {
            bus->slot_reserved_mask |= 1u << slot;
            return;
        }
    }
}

void pc_create_nics(PCMachineState *pcms)
{
    keep_slot_for_graphics(pcms->bus);
    pc_nic_init(pcms);
}
