/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See hw/pci-host/pam.h. */
#include "qemu/osdep.h"
#include "hw/pci-host/pam.h"

#define PAM_BIOS_BASE 0xf0000
#define PAM_BIOS_SIZE 0x10000
#define PAM_EXPAN_BASE 0xc0000
#define PAM_EXPAN_SIZE 0x4000

/* A segment's bits: reads, and writes, go to RAM. */
enum {
    PAM_PCI = 0,
    PAM_READ_RAM = 1,
    PAM_WRITE_RAM = 2,
    PAM_RAM = 3,
};

/*
 * The mode that writes RAM and reads PCI is for copying a ROM to the RAM
 * below it.  The memory API has no region that does both, so it acts as RAM.
 */
static void pam_init(PAMMemoryRegion *pam, Object *owner, MemoryRegion *ram,
                     MemoryRegion *system, MemoryRegion *pci, uint32_t start,
                     uint32_t size)
{
    memory_region_init_alias(&pam->mr[PAM_RAM], owner, "pam-ram", ram,
                             start, size);
    memory_region_init_alias(&pam->mr[PAM_READ_RAM], owner, "pam-rom", ram,
                             start, size);
    memory_region_set_readonly(&pam->mr[PAM_READ_RAM], true);
    memory_region_init_alias(&pam->mr[PAM_PCI], owner, "pam-pci", pci,
                             start, size);
    memory_region_init_alias(&pam->mr[PAM_WRITE_RAM], owner, "pam-pci", ram,
                             start, size);

    for (int i = 0; i < ARRAY_SIZE(pam->mr); i++) {
        memory_region_set_enabled(&pam->mr[i], i == PAM_PCI);
        memory_region_add_subregion_overlap(system, start, &pam->mr[i], 1);
    }
    pam->current = PAM_PCI;
}

void pam_init_all(PAMMemoryRegion *pam, Object *owner, MemoryRegion *ram,
                  MemoryRegion *system, MemoryRegion *pci)
{
    pam_init(&pam[0], owner, ram, system, pci, PAM_BIOS_BASE, PAM_BIOS_SIZE);
    for (int i = 1; i < PAM_REGIONS_COUNT; i++) {
        pam_init(&pam[i], owner, ram, system, pci,
                 PAM_EXPAN_BASE + (i - 1) * PAM_EXPAN_SIZE, PAM_EXPAN_SIZE);
    }
}

/* Register 0 has segment 0 in its high half; the others have two each. */
static unsigned pam_mode(const uint8_t *regs, int segment)
{
    unsigned shift = segment == 0 || segment % 2 == 0 ? 4 : 0;

    return (regs[DIV_ROUND_UP(segment, 2)] >> shift) & 3;
}

void pam_update_all(PAMMemoryRegion *pam, const uint8_t *regs)
{
    memory_region_transaction_begin();
    for (int i = 0; i < PAM_REGIONS_COUNT; i++) {
        unsigned mode = pam_mode(regs, i);

        if (mode != pam[i].current) {
            memory_region_set_enabled(&pam[i].mr[pam[i].current], false);
            memory_region_set_enabled(&pam[i].mr[mode], true);
            pam[i].current = mode;
        }
    }
    memory_region_transaction_commit();
}
