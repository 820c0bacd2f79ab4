/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32C (Castagnoli; RFC 3720, 12.1). */
#ifndef QEMU_CRC32C_H
#define QEMU_CRC32C_H

/*
 * Goes on from @crc, which is 0xffffffff at first; the result is inverted,
 * as the checksum is written.
 */
uint32_t crc32c(uint32_t crc, const uint8_t *data, unsigned int length);

#endif /* QEMU_CRC32C_H */
