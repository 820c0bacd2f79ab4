/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware's image: a ROM that ends at 4 GiB, where the processor starts,
 * and whose last 128 KiB show below 1 MiB too.
 *
 * Tests program the machine themselves, so under qtest an image that nobody
 * asked for by name may be missing.
 */
#include "qemu/osdep.h"
#include "hw/i386/x86.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "sysemu/qtest.h"

#define BIOS_GRANULE (64 * KiB)
#define ISA_BIOS_SIZE (128 * KiB)
/* What stands there without an image: as much as the usual image has. */
#define EMPTY_BIOS_SIZE (256 * KiB)

/* Where the image is, or NULL where there is none and none is needed. */
static char *find_bios(const char *name, bool asked_for)
{
    char *filename = qemu_find_file(QEMU_FILE_TYPE_BIOS, name);

    if (!filename && (asked_for || !qtest_enabled())) {
        error_report("could not load PC BIOS '%s'", name);
        exit(1);
    }
    return filename;
}

static int64_t checked_size(const char *name, const char *filename)
{
    int64_t size = get_image_size(filename);

    if (size <= 0 || size % BIOS_GRANULE || size > 16 * MiB) {
        error_report("could not load PC BIOS '%s'", name);
        exit(1);
    }
    return size;
}

void x86_bios_rom_init(MachineState *ms, const char *default_firmware,
                       MemoryRegion *rom_memory, bool isapc_ram_fw)
{
    const char *name = ms->firmware ? ms->firmware : default_firmware;
    g_autofree char *filename = find_bios(name, ms->firmware != NULL);
    int64_t size = filename ? checked_size(name, filename) : EMPTY_BIOS_SIZE;
    uint64_t isa_size = MIN(size, ISA_BIOS_SIZE);
    MemoryRegion *bios = g_new(MemoryRegion, 1);
    MemoryRegion *isa_bios = g_new(MemoryRegion, 1);

    memory_region_init_ram(bios, NULL, "pc.bios", size, &error_fatal);
    if (!isapc_ram_fw) {
        memory_region_set_readonly(bios, true);
    }
    /*
     * Nobody runs the image under qtest, and a test that reads it finds it
     * after the first reset as on any machine.
     */
    if (filename &&
        rom_add_file_fixed(filename, (uint32_t)-size, -1) != 0) {
        error_report("could not load PC BIOS '%s'", name);
        exit(1);
    }

    memory_region_init_alias(isa_bios, NULL, "isa-bios", bios,
                             size - isa_size, isa_size);
    memory_region_add_subregion_overlap(rom_memory, 1 * MiB - isa_size,
                                        isa_bios, 1);
    if (!isapc_ram_fw) {
        memory_region_set_readonly(isa_bios, true);
    }
    memory_region_add_subregion(rom_memory, (uint32_t)-size, bios);
}
