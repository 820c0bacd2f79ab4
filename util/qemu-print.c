/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to the monitor, else to a stream. */
#include "qemu/osdep.h"
#include "qemu/qemu-print.h"

int (*qemu_print_sink)(const char *fmt, va_list ap);

int qemu_vfprintf(FILE *stream, const char *fmt, va_list ap)
{
    if (!stream) {
        return qemu_print_sink ? qemu_print_sink(fmt, ap) : -1;
    }
    return vfprintf(stream, fmt, ap);
}

int qemu_vprintf(const char *fmt, va_list ap)
{
    va_list again;
    int n = -1;

    va_copy(again, ap);
    if (qemu_print_sink) {
        n = qemu_print_sink(fmt, again);
    }
    va_end(again);
    return n >= 0 ? n : vprintf(fmt, ap);
}

int qemu_printf(const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = qemu_vprintf(fmt, ap);
    va_end(ap);
    return n;
}

int qemu_fprintf(FILE *stream, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = qemu_vfprintf(stream, fmt, ap);
    va_end(ap);
    return n;
}
