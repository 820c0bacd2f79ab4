/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the monitors find the balloon. */
#include "qemu/osdep.h"
#include "sysemu/balloon.h"

static struct {
    QEMUBalloonEvent *event;
    QEMUBalloonStatus *status;
    void *opaque;
} balloon;

int qemu_add_balloon_handler(QEMUBalloonEvent *event_func,
                             QEMUBalloonStatus *stat_func, void *opaque)
{
    if (balloon.event) {
        return -1;
    }
    balloon.event = event_func;
    balloon.status = stat_func;
    balloon.opaque = opaque;
    return 0;
}

void qemu_remove_balloon_handler(void *opaque)
{
    if (balloon.opaque == opaque) {
        memset(&balloon, 0, sizeof(balloon));
    }
}

static bool have_balloon(Error **errp)
{
    if (!balloon.event) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_ACTIVE,
                  "No balloon device has been activated");
        return false;
    }
    return true;
}

bool qemu_balloon(ram_addr_t target, Error **errp)
{
    if (!have_balloon(errp)) {
        return false;
    }
    balloon.event(balloon.opaque, target);
    return true;
}

bool qemu_balloon_status(BalloonInfo *info, Error **errp)
{
    if (!have_balloon(errp)) {
        return false;
    }
    balloon.status(balloon.opaque, info);
    return true;
}
