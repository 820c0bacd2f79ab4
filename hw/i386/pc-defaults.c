/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a PC has of devices that options other than -device ask for, or that
 * it has unless -nodefaults is given: where they are made, in which order.
 */
#include "qemu/osdep.h"
#include "hw/i386/pc-internal.h"
#include "hw/pci/pci_bus.h"
#include "sysemu/sysemu.h"

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
