/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports through which an operating system learns of processors that come and
 * go (QEMU's "ACPI CPU hotplug interface", of which the DSDT's methods are the
 * only users).
 */
#ifndef HW_ACPI_CPU_H
#define HW_ACPI_CPU_H

#include "exec/memory.h"
#include "migration/vmstate.h"

/* Where boards have them. */
#define PIIX4_CPU_HOTPLUG_IO_BASE 0xaf00
#define ICH9_CPU_HOTPLUG_IO_BASE 0x0cd8

/* What a guest was told, or told us, of one processor. */
typedef struct AcpiCpuStatus {
    bool is_inserting;
    bool is_removing;
    bool fw_remove;
    uint32_t ost_event;
    uint32_t ost_status;
} AcpiCpuStatus;

typedef struct CPUHotplugState {
    MemoryRegion legacy_reg;    /* while nobody asked for more */
    MemoryRegion ctrl_reg;
    bool *legacy;
    uint32_t selector;
    uint8_t command;
    uint32_t dev_count;
    AcpiCpuStatus *devs;
} CPUHotplugState;

extern const VMStateDescription vmstate_cpu_hotplug;

/*
 * Adds the ports of @owner at @base of @io: those that *@legacy says, a
 * property of the owner that changes when software turns to the others.
 */
void acpi_cpu_hotplug_init(CPUHotplugState *s, Object *owner,
                           MemoryRegion *io, hwaddr base, bool *legacy);

/* From a map of processors to registers; there is no way back. */
void acpi_cpu_hotplug_leave_legacy(CPUHotplugState *s);

#define VMSTATE_CPU_HOTPLUG(_field, _state) \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_cpu_hotplug, CPUHotplugState)

#endif
