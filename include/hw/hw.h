/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a machine that cannot go on. */
#ifndef QEMU_HW_H
#define QEMU_HW_H

#include "qemu/compiler.h"

/* Prints the message and aborts.  Never for anything a guest can cause. */
QEMU_NORETURN void hw_error(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#endif /* QEMU_HW_H */
