/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the PC board say to each other. */
#ifndef HW_I386_PC_INTERNAL_H
#define HW_I386_PC_INTERNAL_H

#include "hw/i386/pc.h"

/* pc-memory.c */
void pc_split_ram(PCMachineState *pcms);
void pc_memory_init(PCMachineState *pcms);

/* pc-chips.c */
void pc_create_chips(PCMachineState *pcms, const PCChip *chips);

/* pc-nic.c */
void pc_nic_init(PCMachineState *pcms);

/* pc-cmos.c: what firmware reads in the clock's memory. */
void pc_wire_rtc(PCMachineState *pcms, DeviceState *dev);
void pc_prepare_rtc(PCMachineState *pcms, DeviceState *dev);
/* The processors that run from the start. */
void pc_cmos_set_cpus(PCMachineState *pcms);

/* pc-smbios.c: once all devices are there. */
void pc_smbios_setup(PCMachineState *pcms);

/* pc-storage.c */
bool pc_wants_sata(PCMachineState *pcms);
void pc_wire_piix_ide(PCMachineState *pcms, DeviceState *dev);
void pc_wire_ahci(PCMachineState *pcms, DeviceState *dev);
bool pc_wants_fdc(PCMachineState *pcms);
void pc_wire_fdc(PCMachineState *pcms, DeviceState *dev);
/* Once all disks are there. */
void pc_cmos_set_disks(PCMachineState *pcms);

/* fw_cfg.c: what every PC offers, at once and when it is complete. */
FWCfgState *pc_fw_cfg_init(PCMachineState *pcms);
void pc_fw_cfg_machine_done(PCMachineState *pcms);

#endif
