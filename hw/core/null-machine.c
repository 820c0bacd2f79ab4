/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "-machine none": a board with nothing on it, for asking the program what it
 * can do, and for tests that bring their own devices.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"

static void none_init(MachineState *ms)
{
    /* A CPU only if one is asked for: there is no default model. */
    if (ms->cpu_type) {
        cpu_create(ms->cpu_type, &error_fatal);
    }
    if (ms->ram) {
        memory_region_add_subregion(get_system_memory(), 0, ms->ram);
    }
}

static void none_machine_init(MachineClass *mc)
{
    mc->desc = "empty machine";
    mc->init = none_init;
    mc->max_cpus = 1;
    mc->default_ram_size = 0;
    mc->default_ram_id = "ram";
    mc->no_serial = 1;
    mc->no_parallel = 1;
    mc->no_floppy = 1;
    mc->no_cdrom = 1;
    mc->no_sdcard = 1;
}

DEFINE_MACHINE("none", none_machine_init)
