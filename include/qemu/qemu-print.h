/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to the monitor whose command is being run, else to a stream. */
#ifndef QEMU_PRINT_H
#define QEMU_PRINT_H

/* To stdout where there is no monitor; the number of bytes. */
int qemu_vprintf(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
int qemu_printf(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
/* To @stream; NULL: the monitor. */
int qemu_vfprintf(FILE *stream, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
int qemu_fprintf(FILE *stream, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Prints to the monitor, or returns -1; set by the monitor. */
extern int (*qemu_print_sink)(const char *fmt, va_list ap);

#endif /* QEMU_PRINT_H */
