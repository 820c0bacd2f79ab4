/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a chip with ACPI event registers offers to hot-plug and to the tables:
 * it raises events for the operating system, and lists what it reports.
 */
#ifndef ACPI_DEV_INTERFACE_H
#define ACPI_DEV_INTERFACE_H

#include "hw/boards.h"
#include "qapi/qapi-types.h"
#include "qom/object.h"

/* Bits of the first general purpose event register. */
typedef enum {
    ACPI_PCI_HOTPLUG_STATUS = 2,
    ACPI_CPU_HOTPLUG_STATUS = 4,
    ACPI_MEMORY_HOTPLUG_STATUS = 8,
    ACPI_NVDIMM_HOTPLUG_STATUS = 16,
    ACPI_VMGENID_CHANGE_STATUS = 32,
    ACPI_POWER_DOWN_STATUS = 64,
} AcpiEventStatusBits;

#define TYPE_ACPI_DEVICE_IF "acpi-device-interface"

typedef struct AcpiDeviceIfClass AcpiDeviceIfClass;
DECLARE_CLASS_CHECKERS(AcpiDeviceIfClass, ACPI_DEVICE_IF, TYPE_ACPI_DEVICE_IF)
#define ACPI_DEVICE_IF(obj) \
    INTERFACE_CHECK(AcpiDeviceIf, (obj), TYPE_ACPI_DEVICE_IF)

typedef struct AcpiDeviceIf AcpiDeviceIf;
typedef struct ACPIOSTInfoList ACPIOSTInfoList;

/* Sets bits @event of the event status, which may interrupt. */
void acpi_send_event(DeviceState *dev, AcpiEventStatusBits event);

struct AcpiDeviceIfClass {
    InterfaceClass parent_class;

    /* Appends what the guest said of its slots (_OST) to *@list. */
    void (*ospm_status)(AcpiDeviceIf *adev, ACPIOSTInfoList ***list);
    void (*send_event)(AcpiDeviceIf *adev, AcpiEventStatusBits ev);
    /* The processor's entry of the MADT; the table is a byte array. */
    void (*madt_cpu)(int uid, const CPUArchIdList *apic_ids, GArray *entry,
                     bool force_enabled);
};

#endif
