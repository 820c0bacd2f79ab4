/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small wrappers of what the C library and the kernel offer.
 */
#include "qemu/osdep.h"

int qemu_pagesize(void)
{
    static int size;

    if (!size) {
        size = sysconf(_SC_PAGESIZE);
    }
    return size;
}
