/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of memory hot-plug by ACPI, of a machine without slots. */
#include "qemu/osdep.h"
#include "hw/acpi/memory_hotplug.h"

const VMStateDescription vmstate_memory_hotplug = {
    .name = "memory hotplug state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(selector, MemHotplugState),
        VMSTATE_END_OF_LIST()
    },
};
