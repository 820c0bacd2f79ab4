/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power management function of the PIIX4. */
#ifndef HW_ACPI_PIIX4_H
#define HW_ACPI_PIIX4_H

#include "hw/acpi/acpi.h"
#include "hw/acpi/cpu.h"
#include "hw/acpi/memory_hotplug.h"
#include "hw/acpi/pcihp.h"
#include "hw/i2c/pm_smbus.h"
#include "hw/isa/apm.h"
#include "hw/pci/pci.h"

#define TYPE_PIIX4_PM "PIIX4_PM"
OBJECT_DECLARE_SIMPLE_TYPE(PIIX4PMState, PIIX4_PM)

#define PIIX4_GPE_BASE 0xafe0
#define PIIX4_GPE_LEN 4

struct PIIX4PMState {
    /*< private >*/
    PCIDevice parent_obj;
    /*< public >*/

    MemoryRegion io;            /* at PMBA */
    MemoryRegion io_gpe;
    ACPIREGS ar;
    APMState apm;
    PMSMBus smb;
    uint32_t smb_io_base;

    qemu_irq irq;               /* SCI */
    qemu_irq smi_irq;
    bool smm_enabled;
    bool smm_compat;
    Notifier machine_ready;
    Notifier powerdown_notifier;

    AcpiPciHpState acpi_pci_hotplug;
    bool not_migrate_acpi_index;
    bool cpu_hotplug_legacy;
    CPUHotplugState cpuhp_state;
    bool acpi_memory_hotplug_enabled;
    MemHotplugState acpi_memory_hotplug;
    uint8_t disable_s3;
    uint8_t disable_s4;
    uint8_t s4_val;
};

#endif
