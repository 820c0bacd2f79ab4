/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk controllers of a PC get the drives of the command line. */
#include "qemu/osdep.h"
#include "hw/block/fdc.h"
#include "hw/i386/pc-internal.h"
#include "hw/ide.h"
#include "hw/rtc/mc146818rtc.h"

bool pc_wants_sata(PCMachineState *pcms)
{
    return pcms->sata_enabled;
}

/* The buses of the disks that a BIOS knows, primary and secondary. */
static BusState *bios_buses[2];

static void note_buses(DeviceState *dev)
{
    bios_buses[0] = qdev_get_child_bus(dev, "ide.0");
    bios_buses[1] = qdev_get_child_bus(dev, "ide.1");
}

void pc_wire_piix_ide(PCMachineState *pcms, DeviceState *dev)
{
    note_buses(dev);
    pci_ide_create_devs(PCI_DEVICE(dev));
}

void pc_wire_ahci(PCMachineState *pcms, DeviceState *dev)
{
    note_buses(dev);
    ahci_ide_create_devs(PCI_DEVICE(dev));
}

/*** What firmware finds in the clock's memory ***/

#define CMOS_FLOPPY_TYPES 0x10
#define CMOS_EQUIPMENT 0x14
#define CMOS_DISK_TRANSLATION 0x39

void pc_cmos_set_disks(PCMachineState *pcms)
{
    for (int i = 0; i < 4 && bios_buses[0]; i++) {
        BusState *bus = bios_buses[i / 2];
        uint32_t cyls, heads, secs;
        int trans;

        if (!ide_get_geometry(bus, i % 2, &cyls, &heads, &secs)) {
            continue;
        }
        trans = ide_get_bios_chs_trans(bus, i % 2) - 1;
        if (i < 2) {
            pc_cmos_set_disk(pcms, i, cyls, heads, secs, trans);
        } else {
            rtc_set_memory(pcms->rtc, CMOS_DISK_TRANSLATION,
                           rtc_get_memory(pcms->rtc, CMOS_DISK_TRANSLATION) |
                           (trans & 3) << 2 * i);
        }
    }
}

/* The type of a drive as the clock's memory has it. */
static uint8_t cmos_drive_type(FloppyDriveType type)
{
    return type == FLOPPY_DRIVE_TYPE_144 ? 4 :
           type == FLOPPY_DRIVE_TYPE_288 ? 5 :
           type == FLOPPY_DRIVE_TYPE_120 ? 2 : 0;
}

/* A board that has none by itself gets one for the drives it is given. */
bool pc_wants_fdc(PCMachineState *pcms)
{
    return !MACHINE_GET_CLASS(pcms)->no_floppy ||
           drive_get(IF_FLOPPY, 0, 0) || drive_get(IF_FLOPPY, 0, 1);
}

void pc_wire_fdc(PCMachineState *pcms, DeviceState *dev)
{
    ISADevice *fdc = ISA_DEVICE(dev);
    BlockBackend *drives[MAX_FD] = { };
    uint8_t types[MAX_FD];
    unsigned n = 0;

    for (int i = 0; i < MAX_FD; i++) {
        DriveInfo *dinfo = drive_get(IF_FLOPPY, 0, i);

        if (dinfo) {
            drives[i] = blk_by_legacy_dinfo(dinfo);
        }
    }
    isa_fdc_init_drives(fdc, drives);
    for (int i = 0; i < MAX_FD; i++) {
        types[i] = cmos_drive_type(isa_fdc_get_drive_type(fdc, i));
        n += types[i] != 0;
    }
    rtc_set_memory(pcms->rtc, CMOS_FLOPPY_TYPES, types[0] << 4 | types[1]);
    if (n) {
        rtc_set_memory(pcms->rtc, CMOS_EQUIPMENT,
                       rtc_get_memory(pcms->rtc, CMOS_EQUIPMENT) | 1 |
                       (n - 1) << 6);
    }
}
