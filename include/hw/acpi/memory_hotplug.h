/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory hot-plug by ACPI, as far as it travels: there are no DIMMs here to
 * plug, so no registers either, but power management sends and takes the slot
 * that a guest selected.
 */
#ifndef HW_ACPI_MEMORY_HOTPLUG_H
#define HW_ACPI_MEMORY_HOTPLUG_H

#include "migration/vmstate.h"

typedef struct MemHotplugState {
    uint32_t selector;
} MemHotplugState;

extern const VMStateDescription vmstate_memory_hotplug;

#define VMSTATE_MEMORY_HOTPLUG(_field, _state) \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_memory_hotplug, MemHotplugState)

#endif
