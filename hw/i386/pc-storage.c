/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk controllers of a PC get the drives of the command line. */
#include "qemu/osdep.h"
#include "hw/i386/pc-internal.h"
#include "hw/ide.h"

bool pc_wants_sata(PCMachineState *pcms)
{
    return pcms->sata_enabled;
}

void pc_wire_piix_ide(PCMachineState *pcms, DeviceState *dev)
{
    pci_ide_create_devs(PCI_DEVICE(dev));
}

void pc_wire_ahci(PCMachineState *pcms, DeviceState *dev)
{
    ahci_ide_create_devs(PCI_DEVICE(dev));
}
