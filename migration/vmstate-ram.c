/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM that migrates: the names of its blocks. */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ramblock.h"
#include "migration/vmstate.h"

void vmstate_register_ram(MemoryRegion *memory, DeviceState *owner)
{
    qemu_ram_set_idstr(memory->ram_block, memory_region_name(memory), owner);
    qemu_ram_set_migratable(memory->ram_block);
}

void vmstate_unregister_ram(MemoryRegion *memory, DeviceState *owner)
{
    qemu_ram_unset_idstr(memory->ram_block);
    qemu_ram_unset_migratable(memory->ram_block);
}

void vmstate_register_ram_global(MemoryRegion *memory)
{
    vmstate_register_ram(memory, NULL);
}
