/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this folder need of each other. */
#ifndef HW_CORE_QDEV_INTERNAL_H
#define HW_CORE_QDEV_INTERNAL_H

#include "qemu/typedefs.h"

/* Part of a device's finalization: drops its lists and input lines. */
void qdev_finalize_gpios(DeviceState *dev);

/* Takes dev off its bus; both lose a reference. */
void qdev_leave_bus(DeviceState *dev);

/* Tell all listeners. */
void device_listeners_realize(DeviceState *dev);
void device_listeners_unrealize(DeviceState *dev);

#endif /* HW_CORE_QDEV_INTERNAL_H */
