/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes for people. */
#include "qemu/osdep.h"
#include "qemu/hexdump.h"

void qemu_hexdump_line(char *line, unsigned int b, const void *bufptr,
                       unsigned int len, bool ascii)
{
    const uint8_t *buf = (const uint8_t *)bufptr + b;
    unsigned n = b < len ? MIN(len - b, QEMU_HEXDUMP_LINE_BYTES) : 0;
    char *p = line + sprintf(line, "%04x:", b);

    for (unsigned i = 0; i < QEMU_HEXDUMP_LINE_BYTES; i++) {
        const char *gap = i % 4 ? "" : " ";

        if (i < n) {
            p += sprintf(p, " %s%02x", gap, buf[i]);
        } else if (ascii) {
            p += sprintf(p, " %s  ", gap);
        }
    }
    if (ascii) {
        *p++ = ' ';
        for (unsigned i = 0; i < n; i++) {
            *p++ = g_ascii_isprint(buf[i]) ? buf[i] : '.';
        }
    }
    *p = '\0';
}

void qemu_hexdump(FILE *fp, const char *prefix, const void *bufptr,
                  size_t size)
{
    char line[QEMU_HEXDUMP_LINE_LEN];

    for (size_t b = 0; b < size; b += QEMU_HEXDUMP_LINE_BYTES) {
        qemu_hexdump_line(line, b, bufptr, size, true);
        fprintf(fp, "%s: %s\n", prefix, line);
    }
}
