/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power management on a PC: the chip with the ACPI registers, and wakeup. */
#include "qemu/osdep.h"
#include "hw/i386/pc-internal.h"
#include "hw/acpi/piix4.h"
#include "hw/i2c/smbus_eeprom.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"
#include "sysemu/reset.h"
#include "target/i386/cpu.h"

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

/*** SMBus ***/

#define PC_SMBUS_EEPROMS 8

bool pc_wants_smbus(PCMachineState *pcms)
{
    return pcms->smbus_enabled;
}

/* Where modules have their SPD; blank, since this memory has no modules. */
void pc_wire_smbus(PCMachineState *pcms, DeviceState *dev)
{
    pcms->smbus = I2C_BUS(qdev_get_child_bus(dev, "i2c"));
    smbus_eeprom_init(pcms->smbus, PC_SMBUS_EEPROMS, NULL, 0);
}

/*** PIIX4 ***/

bool pc_wants_piix4_pm(PCMachineState *pcms)
{
    return x86_machine_is_acpi_enabled(X86_MACHINE(pcms));
}

void pc_prepare_piix4_pm(PCMachineState *pcms, DeviceState *dev)
{
    qdev_prop_set_uint32(dev, "smb_io_base", 0xb100);
    qdev_prop_set_bit(dev, "smm-enabled",
                      x86_machine_is_smm_enabled(X86_MACHINE(pcms)));
}

static void smi_line(void *opaque, int irq, int level)
{
    CPUState *cpu = first_cpu;

    if (level && cpu) {
        cpu_interrupt(cpu, CPU_INTERRUPT_SMI);
    }
}

void pc_wire_piix4_pm(PCMachineState *pcms, DeviceState *dev)
{
    qdev_connect_gpio_out(dev, 0, X86_MACHINE(pcms)->gsi[9]);
    qdev_connect_gpio_out_named(dev, "smi-irq", 0,
                                qemu_allocate_irq(smi_line, NULL, 0));
    pc_set_acpi_device(pcms, OBJECT(dev));
    pc_wire_smbus(pcms, dev);
}

/*** Wakeup ***/

/*
 * Suspended to RAM, all but RAM lost its power: the processors begin at
 * their reset vector, and firmware finds in PM1 status that it is to resume.
 */
void pc_machine_wakeup(MachineState *ms)
{
    qemu_devices_reset(SHUTDOWN_CAUSE_NONE);
}
