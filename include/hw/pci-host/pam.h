/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programmable attribute map: whether 0xc0000 to 0xfffff are RAM or belong to
 * PCI, in thirteen segments (82441FX section 4.2.15, Q35 section 5.1.12).
 */
#ifndef QEMU_PAM_H
#define QEMU_PAM_H

#include "exec/memory.h"

#define SMRAM_C_BASE 0xa0000
#define SMRAM_C_END  0xc0000
#define SMRAM_C_SIZE (SMRAM_C_END - SMRAM_C_BASE)

/* The first is 64 KiB at 0xf0000, the others are 16 KiB each. */
#define PAM_REGIONS_COUNT 13

typedef struct PAMMemoryRegion {
    MemoryRegion mr[4];         /* by the two bits of the segment */
    unsigned current;
} PAMMemoryRegion;

/*
 * Makes all segments, with PCI chosen.  @owner is the host bridge's device;
 * @ram is the guest's RAM from address 0, @system where the segments go.
 */
void pam_init_all(PAMMemoryRegion *pam, Object *owner, MemoryRegion *ram,
                  MemoryRegion *system, MemoryRegion *pci);

/* As the seven registers @regs say. */
void pam_update_all(PAMMemoryRegion *pam, const uint8_t *regs);

#endif
