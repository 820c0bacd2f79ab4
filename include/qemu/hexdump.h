/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes for people: offset, sixteen of them a line, text. */
#ifndef QEMU_HEXDUMP_H
#define QEMU_HEXDUMP_H

#define QEMU_HEXDUMP_LINE_BYTES 16
/* Buffer for a line: offset, bytes, text, NUL. */
#define QEMU_HEXDUMP_LINE_LEN 96

/* Formats the line at offset @b of @bufptr, which has @len bytes. */
void qemu_hexdump_line(char *line, unsigned int b, const void *bufptr,
                       unsigned int len, bool ascii);
void qemu_hexdump(FILE *fp, const char *prefix, const void *bufptr,
                  size_t size);

#endif /* QEMU_HEXDUMP_H */
