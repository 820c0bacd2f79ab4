/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32C (Castagnoli): the reflected polynomial, four bits at a time. */
#include "qemu/osdep.h"
#include "qemu/crc32c.h"

#define POLY 0x82f63b78u
#define STEP(c) ((c) & 1 ? (c) >> 1 ^ POLY : (c) >> 1)
#define NIBBLE(n) STEP(STEP(STEP(STEP((uint32_t)(n)))))

static const uint32_t table[16] = {
    NIBBLE(0), NIBBLE(1), NIBBLE(2), NIBBLE(3),
    NIBBLE(4), NIBBLE(5), NIBBLE(6), NIBBLE(7),
    NIBBLE(8), NIBBLE(9), NIBBLE(10), NIBBLE(11),
    NIBBLE(12), NIBBLE(13), NIBBLE(14), NIBBLE(15),
};

uint32_t crc32c(uint32_t crc, const uint8_t *data, unsigned int length)
{
    while (length--) {
        crc ^= *data++;
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}
