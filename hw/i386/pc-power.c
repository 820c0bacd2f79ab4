/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power management on a PC: the chip with the ACPI registers, and wakeup. */
#include "qemu/osdep.h"
#include "hw/i386/pc-internal.h"
#include "qapi/error.h"
#include "sysemu/reset.h"

void pc_set_acpi_device(PCMachineState *pcms, Object *chip)
{
    object_property_add_link(OBJECT(pcms), PC_MACHINE_ACPI_DEVICE_PROP,
                             TYPE_HOTPLUG_HANDLER,
                             (Object **)&pcms->acpi_dev,
                             object_property_allow_set_link,
                             OBJ_PROP_LINK_STRONG);
    object_property_set_link(OBJECT(pcms), PC_MACHINE_ACPI_DEVICE_PROP, chip,
                             &error_abort);
}

/*
 * Suspended to RAM, all but RAM lost its power: the processors begin at
 * their reset vector, and firmware finds in PM1 status that it is to resume.
 */
void pc_machine_wakeup(MachineState *ms)
{
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
}
