/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions called by a system reset, in order of registration. */
#ifndef QEMU_SYSEMU_RESET_H
#define QEMU_SYSEMU_RESET_H

#include "qapi/qapi-types.h"

typedef void QEMUResetHandler(void *opaque);

void qemu_register_reset(QEMUResetHandler *func, void *opaque);

/* Not called when a snapshot is loaded, which brings its own state. */
void qemu_register_reset_nosnapshotload(QEMUResetHandler *func, void *opaque);
void qemu_unregister_reset(QEMUResetHandler *func, void *opaque);

/* Calls them all. */
void qemu_devices_reset(ShutdownCause reason);

#endif /* QEMU_SYSEMU_RESET_H */
