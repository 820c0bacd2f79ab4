/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device tree as text, for "info qtree". */
#ifndef HW_QDEV_PRINT_H
#define HW_QDEV_PRINT_H

#include "hw/qdev-core.h"

/* Prints bus (a NULL one: nothing) with its devices and theirs. */
void qbus_print(Monitor *mon, BusState *bus, int indent);

#endif /* HW_QDEV_PRINT_H */
