/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI hot-plug that the operating system's ACPI interpreter carries out: the
 * I/O ports that the methods of the DSDT use, and the hot-plug handler behind
 * them.  A power management chip owns one and forwards its handlers here.
 *
 * Buses that take part have numbers ("bsel", property acpi-pcihp-bsel).
 */
#ifndef HW_ACPI_PCIHP_H
#define HW_ACPI_PCIHP_H

#include "exec/memory.h"
#include "hw/hotplug.h"
#include "hw/pci/pci_bus.h"
#include "migration/vmstate.h"

#define ACPI_PCIHP_IO_BASE_PROP "acpi-pcihp-io-base"
#define ACPI_PCIHP_IO_LEN_PROP "acpi-pcihp-io-len"
#define ACPI_PCIHP_PROP_BSEL "acpi-pcihp-bsel"

#define ACPI_PCIHP_IO_BASE_PIIX 0xae00
#define ACPI_PCIHP_IO_BASE_ICH9 0x0cc0

/* The root bus's number, where it takes part. */
#define ACPI_PCIHP_BSEL_DEFAULT 0x0
#define ACPI_PCIHP_MAX_HOTPLUG_BUS 256

/* Of one bus; a bit a slot. */
typedef struct AcpiPciHpPciStatus {
    uint32_t up;                /* came, not yet told */
    uint32_t down;              /* asked to go */
    uint32_t hotplug_enable;    /* not soldered on */
} AcpiPciHpPciStatus;

typedef struct AcpiPciHpState {
    AcpiPciHpPciStatus acpi_pcihp_pci_status[ACPI_PCIHP_MAX_HOTPLUG_BUS];
    uint32_t hotplug_select;
    PCIBus *root;
    MemoryRegion io;
    uint16_t io_base;
    uint16_t io_len;
    /* Properties of the owner, set before acpi_pcihp_init(). */
    bool use_acpi_hotplug_bridge;   /* buses behind bridges too */
    bool use_acpi_root_pci_hotplug; /* the root bus */
    uint32_t acpi_index;        /* the answer to the last question for one */
    bool buses_numbered;
} AcpiPciHpState;

/*
 * Maps the ports at @io_base of @io and makes @owner, which must be a
 * HotplugHandler and ACPI_DEVICE_IF, the handler of @root.
 */
void acpi_pcihp_init(Object *owner, AcpiPciHpState *s, PCIBus *root,
                     MemoryRegion *io, uint16_t io_base);

/* Takes out what waits to go; forgets what waits to be told. */
void acpi_pcihp_reset(AcpiPciHpState *s);

/* Gives the buses that are there their numbers: once, before the tables. */
void acpi_pcihp_number_buses(AcpiPciHpState *s);

/* The number of a bus, or -1. */
int acpi_pcihp_get_bsel(PCIBus *bus);

/* The handlers; @hotplug_dev is the owner. */
void acpi_pcihp_device_pre_plug_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp);
void acpi_pcihp_device_plug_cb(HotplugHandler *hotplug_dev,
                               AcpiPciHpState *s, DeviceState *dev,
                               Error **errp);
void acpi_pcihp_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                         AcpiPciHpState *s, DeviceState *dev,
                                         Error **errp);
void acpi_pcihp_device_unplug_cb(HotplugHandler *hotplug_dev,
                                 AcpiPciHpState *s, DeviceState *dev,
                                 Error **errp);
bool acpi_pcihp_is_hotpluggable_bus(AcpiPciHpState *s, BusState *bus);

extern const VMStateDescription vmstate_acpi_pcihp_pci_status;

/*
 * Fields of the owner's state @_state, whose AcpiPciHpState is @_pcihp; the
 * tests say whether they are in the stream.
 */
#define VMSTATE_PCI_HOTPLUG(_pcihp, _state, _test_pcihp, _test_index) \
    VMSTATE_UINT32_TEST(_pcihp.hotplug_select, _state, _test_pcihp), \
    VMSTATE_STRUCT_ARRAY_TEST(_pcihp.acpi_pcihp_pci_status, _state, \
                              ACPI_PCIHP_MAX_HOTPLUG_BUS, _test_pcihp, 1, \
                              vmstate_acpi_pcihp_pci_status, \
                              AcpiPciHpPciStatus), \
    VMSTATE_UINT32_TEST(_pcihp.acpi_index, _state, _test_index)

#endif
