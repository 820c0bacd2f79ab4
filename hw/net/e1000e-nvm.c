/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The NVM of the 82574L: 64 words, read and written through EERD and EEWR
 * (data sheet 10.2.2.4, 10.2.2.10).  Section 6 says what the words hold.
 */
#include "qemu/osdep.h"
#include "e1000e-internal.h"

/* What a new card holds, but for address, identity and checksum. */
static const uint16_t contents[NVM_WORDS] = {
    /* 0x00: station address, image version */
    0x0000, 0x0000, 0x0000, 0x0420, 0xf746, 0x2010, 0xffff, 0xffff,
    /* 0x08: part number, PCI identity, initialization control */
    0x0000, 0x0000, 0x026b, 0x10d3, 0x8086, 0x10d3, 0x0000, 0x8058,
    0x0000, 0x2001, 0x7e7c, 0xffff, 0x1000, 0x00c8, 0x0000, 0x2704,
    /* 0x18: PCIe, PHY, LEDs */
    0x6cc9, 0x3150, 0x070e, 0x460b, 0x2d84, 0x0100, 0xf000, 0x0706,
    0x6000, 0x0080, 0x0f04, 0x7fff, 0x4f01, 0xc600, 0x0000, 0x20ff,
    0x0028, 0x0003, 0x0000, 0x0000, 0x0000, 0x0003, 0x0000, 0xffff,
    /* 0x30: boot agent */
    0x0100, 0xc000, 0x121c, 0xc007, 0xffff, 0xffff, 0xffff, 0xffff,
    0xffff, 0xffff, 0xffff, 0xffff, 0x0000, 0x0120, 0xffff, 0x0000,
};

void e1000e_nvm_reset(E1000EState *s)
{
    uint16_t *words = s->core.eeprom;
    uint16_t sum = 0;
    unsigned i;

    memcpy(words, contents, sizeof(contents));
    for (i = 0; i < 3; i++) {
        words[i] = lduw_le_p(s->core.permanent_mac + 2 * i);
    }
    for (i = 0; i < NVM_CHECKSUM; i++) {
        sum += words[i];
    }
    words[NVM_CHECKSUM] = NVM_SUM - sum;
}

void e1000e_nvm_load(E1000EState *s)
{
    *e1000e_reg(s, R_RAL) = ldl_le_p(s->core.permanent_mac);
    *e1000e_reg(s, R_RAH) = lduw_le_p(s->core.permanent_mac + 4) | RAH_AV;
    if (s->nic) {
        qemu_format_nic_info_str(qemu_get_queue(s->nic),
                                 s->core.permanent_mac);
    }
}

void e1000e_write_eerd(E1000EState *s, uint32_t val)
{
    unsigned word = (val & NVM_RW_ADDR_MASK) >> NVM_RW_ADDR_SHIFT;
    uint32_t reply = val & NVM_RW_ADDR_MASK;

    /* Past the end nothing ever answers. */
    if ((val & NVM_RW_START) && word < NVM_WORDS) {
        reply |= NVM_RW_DONE |
                 (uint32_t)s->core.eeprom[word] << NVM_RW_DATA_SHIFT;
    }
    *e1000e_reg(s, R_EERD) = reply;
}

void e1000e_write_eewr(E1000EState *s, uint32_t val)
{
    unsigned word = (val & NVM_RW_ADDR_MASK) >> NVM_RW_ADDR_SHIFT;

    if ((val & NVM_RW_START) && word < NVM_WORDS) {
        s->core.eeprom[word] = val >> NVM_RW_DATA_SHIFT;
    }
    *e1000e_reg(s, R_EEWR) = NVM_RW_DONE;
}

/*
 * No EEPROM hangs on the pins of this card, its NVM is behind EERD and EEWR:
 * who asks for the pins gets them, and finds them as left.
 */
void e1000e_write_eecd(E1000EState *s, uint32_t val)
{
    const uint32_t fixed = EECD_PRESENT | EECD_AUTO_RD | 0x7800;

    val = (val & ~(fixed | EECD_GNT)) | EECD_PRESENT | EECD_AUTO_RD;
    *e1000e_reg(s, R_EECD) = val & EECD_REQ ? val | EECD_GNT : val;
}
