/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PC's memory map: RAM below and above 4 GiB, room for memory that is
 * plugged in later, option ROMs and firmware.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/i386/pc-internal.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/units.h"

#define PC_ROM_BASE 0xc0000
#define PC_ROM_SIZE 0x20000

/*
 * How much RAM lies below 4 GiB.  The user's limit, if any, bounds the
 * board's; one that is not a round number is worth a word, because guests
 * map such RAM with small pages.
 */
void pc_split_ram(PCMachineState *pcms)
{
    MachineState *ms = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    uint64_t limit = PC_MACHINE_GET_CLASS(pcms)->low_ram_limit(ms->ram_size);

    if (x86ms->max_ram_below_4g) {
        limit = MIN(limit, x86ms->max_ram_below_4g);
        if (limit == x86ms->max_ram_below_4g && ms->ram_size > limit &&
            limit % GiB) {
            warn_report("There is possibly poor performance as the ram size "
                        "(0x%" PRIx64 ") is more then twice the size of "
                        "max-ram-below-4g (%" PRIu64 ") and "
                        "max-ram-below-4g is not a multiple of 1G.",
                        (uint64_t)ms->ram_size, limit);
        }
    } else {
        x86ms->max_ram_below_4g = 4 * GiB;
    }
    x86ms->below_4g_mem_size = MIN(ms->ram_size, limit);
    x86ms->above_4g_mem_size = ms->ram_size - x86ms->below_4g_mem_size;
}

static void map_ram(PCMachineState *pcms)
{
    MachineState *ms = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    MemoryRegion *system = get_system_memory();

    memory_region_init_alias(&pcms->ram_below_4g, NULL, "ram-below-4g",
                             ms->ram, 0, x86ms->below_4g_mem_size);
    memory_region_add_subregion(system, 0, &pcms->ram_below_4g);
    if (x86ms->above_4g_mem_size) {
        memory_region_init_alias(&pcms->ram_above_4g, NULL, "ram-above-4g",
                                 ms->ram, x86ms->below_4g_mem_size,
                                 x86ms->above_4g_mem_size);
        memory_region_add_subregion(system, x86ms->above_4g_mem_start,
                                    &pcms->ram_above_4g);
    }
}

/* Each slot may need to be aligned to the largest page there is. */
static void map_device_memory(PCMachineState *pcms)
{
    MachineState *ms = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    uint64_t base, size;

    if (ms->ram_size >= ms->maxram_size) {
        return;
    }
    base = ROUND_UP(x86ms->above_4g_mem_start + x86ms->above_4g_mem_size,
                    1 * GiB);
    size = ms->maxram_size - ms->ram_size + ms->ram_slots * GiB;
    if (base + size < size) {
        error_report("unsupported amount of maximum memory: %" PRIu64,
                     (uint64_t)ms->maxram_size);
        exit(1);
    }
    ms->device_memory = g_new0(DeviceMemoryState, 1);
    ms->device_memory->base = base;
    memory_region_init(&ms->device_memory->mr, OBJECT(pcms), "device-memory",
                       size);
    memory_region_add_subregion(get_system_memory(), base,
                                &ms->device_memory->mr);
}

void pc_memory_init(PCMachineState *pcms)
{
    MachineState *ms = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);

    map_ram(pcms);
    map_device_memory(pcms);
    x86_bios_rom_init(ms, "bios-256k.bin", pcms->pci_memory, false);

    memory_region_init_ram(&pcms->option_roms, NULL, "pc.rom", PC_ROM_SIZE,
                           &error_fatal);
    memory_region_set_readonly(&pcms->option_roms, true);
    memory_region_add_subregion_overlap(pcms->pci_memory, PC_ROM_BASE,
                                        &pcms->option_roms, 1);

    x86ms->fw_cfg = pc_fw_cfg_init(pcms);
    rom_set_fw(x86ms->fw_cfg);
}
