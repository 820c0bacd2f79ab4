/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flag that stops a device from being entered again by its own DMA.  It
 * stands by itself because two floors share it: a device carries one
 * (hw/qdev-core.h), and MMIO dispatch sets and tests it.
 */
#ifndef QEMU_MEM_REENTRANCY_H
#define QEMU_MEM_REENTRANCY_H

#include "qemu/typedefs.h"

struct MemReentrancyGuard {
    bool engaged_in_io;     /* an access to this device is being handled */
};

#endif /* QEMU_MEM_REENTRANCY_H */
