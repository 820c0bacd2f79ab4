/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power management registers of the ICH9, found by PMBASE. */
#ifndef HW_ACPI_ICH9_H
#define HW_ACPI_ICH9_H

#include "hw/acpi/acpi.h"
#include "hw/acpi/cpu.h"
#include "hw/acpi/memory_hotplug.h"
#include "hw/acpi/ich9_tco.h"
#include "hw/acpi/pcihp.h"
#include "hw/hotplug.h"
#include "migration/vmstate.h"

#define ICH9_PMIO_SIZE 128
#define ICH9_PMIO_GPE0_STS 0x20
#define ICH9_PMIO_GPE0_LEN 16
#define ICH9_PMIO_SMI_EN 0x30
#define ICH9_PMIO_SMI_EN_GBL 0x0001
#define ICH9_PMIO_SMI_EN_BIOS 0x0004
#define ICH9_PMIO_SMI_EN_SWSMI_TMR 0x0040
#define ICH9_PMIO_SMI_EN_APMC_EN 0x0020
#define ICH9_PMIO_SMI_EN_TCO_EN 0x2000
#define ICH9_PMIO_SMI_STS 0x34
#define ICH9_PMIO_TCO_RLD 0x60
#define ICH9_PMIO_TCO_LEN 32

/* Commands at the APM port that switch ACPI mode. */
#define ICH9_APM_ACPI_ENABLE 0x2
#define ICH9_APM_ACPI_DISABLE 0x3

typedef struct ICH9LPCPMRegs {
    ACPIREGS acpi_regs;
    MemoryRegion io;
    MemoryRegion io_gpe;
    MemoryRegion io_smi;

    uint32_t smi_en;
    uint32_t smi_en_wmask;      /* what GEN_PMCON_1 has not locked */
    uint32_t smi_sts;

    qemu_irq irq;               /* SCI */
    uint32_t pm_io_base;        /* 0 while not decoded */
    Notifier powerdown_notifier;

    bool cpu_hotplug_legacy;
    CPUHotplugState cpuhp_state;
    bool acpi_memory_hotplug_enabled;
    MemHotplugState acpi_memory_hotplug;
    AcpiPciHpState acpi_pci_hotplug;
    bool keep_pci_slot_hpc;
    uint8_t disable_s3;
    uint8_t disable_s4;
    uint8_t s4_val;
    bool smm_enabled;
    bool smm_compat;
    bool enable_tco;
    TCOIORegs tco_regs;
} ICH9LPCPMRegs;

extern const VMStateDescription vmstate_ich9_pm;

/* The properties, with their defaults: in @obj's instance_init. */
void ich9_pm_add_properties(Object *obj, ICH9LPCPMRegs *pm);
/* @tco: what the watchdog may do; @io: where PMBASE is decoded. */
void ich9_pm_init(DeviceState *lpc, ICH9LPCPMRegs *pm, MemoryRegion *io,
                  const TCOOps *tco);
void ich9_pm_reset(ICH9LPCPMRegs *pm);
/* PMBASE and ACPI_CNTL say: at @pm_io_base, or nowhere with 0. */
void ich9_pm_iospace_update(ICH9LPCPMRegs *pm, uint32_t pm_io_base);
void ich9_pm_update_sci(ICH9LPCPMRegs *pm);

/*
 * Hot-plug: the handlers of the chip that holds @pm.  AcpiDeviceIf and
 * HotplugHandler of ICH9-LPC come here.
 */
void ich9_pm_device_pre_plug_cb(HotplugHandler *hotplug_dev,
                                DeviceState *dev, Error **errp);
void ich9_pm_device_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                            Error **errp);
void ich9_pm_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                      DeviceState *dev, Error **errp);
void ich9_pm_device_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                              Error **errp);
bool ich9_pm_is_hotpluggable_bus(HotplugHandler *hotplug_dev, BusState *bus);

#endif
