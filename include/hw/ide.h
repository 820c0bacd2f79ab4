/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a board needs to know of IDE buses: where drives go. */
#ifndef HW_IDE_H
#define HW_IDE_H

#include "hw/isa/isa.h"
#include "hw/pci/pci.h"
#include "sysemu/blockdev.h"

#define TYPE_IDE_BUS "IDE"
OBJECT_DECLARE_SIMPLE_TYPE(IDEBus, IDE_BUS)

typedef struct IDEState IDEState;

#define MAX_IDE_DEVS 2          /* on a bus of a PCI IDE function */

/*
 * Makes the device of a drive of the command line on @bus, "ide-hd" or
 * "ide-cd"; ends the program where that fails.
 */
void ide_create_drive(IDEBus *bus, int unit, DriveInfo *drive);

/* The same for all drives of a PCI IDE function and of an AHCI adapter. */
void pci_ide_create_devs(PCIDevice *dev);
void ahci_ide_create_devs(PCIDevice *dev);
int ahci_get_num_ports(PCIDevice *dev);

/* Of a disk; false: there is none. */
bool ide_get_geometry(BusState *bus, int unit, uint32_t *cyls,
                      uint32_t *heads, uint32_t *secs);
/* The BIOS's translation for it, a BiosAtaTranslation. */
int ide_get_bios_chs_trans(BusState *bus, int unit);

#endif /* HW_IDE_H */
