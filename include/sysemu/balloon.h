/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's balloon: one device that can make the guest give memory back,
 * and the monitors that ask it to.
 */
#ifndef QEMU_BALLOON_H
#define QEMU_BALLOON_H

#include "exec/cpu-common.h"
#include "qapi/error.h"

typedef struct BalloonInfo {
    int64_t actual;             /* bytes the guest has at present */
} BalloonInfo;

/* Asks the guest to shrink or grow to @target bytes, as far as it will. */
typedef void QEMUBalloonEvent(void *opaque, ram_addr_t target);
typedef void QEMUBalloonStatus(void *opaque, BalloonInfo *info);

/*
 * Makes a device the balloon.  0, or -1 where there is one already.  Under
 * the big lock, as all of this.
 */
int qemu_add_balloon_handler(QEMUBalloonEvent *event_func,
                             QEMUBalloonStatus *stat_func, void *opaque);
/* The device with this @opaque is the balloon no longer. */
void qemu_remove_balloon_handler(void *opaque);

/*
 * What the monitors call; false with DeviceNotActive in @errp where there is
 * no balloon.  Sizes in bytes.
 */
bool qemu_balloon(ram_addr_t target, Error **errp);
bool qemu_balloon_status(BalloonInfo *info, Error **errp);

#endif /* QEMU_BALLOON_H */
