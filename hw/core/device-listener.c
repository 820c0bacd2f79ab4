/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who watch all devices come and go. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qdev-internal.h"

static QTAILQ_HEAD(, DeviceListener) listeners =
    QTAILQ_HEAD_INITIALIZER(listeners);

void device_listeners_realize(DeviceState *dev)
{
    DeviceListener *l, *next;

    QTAILQ_FOREACH_SAFE(l, &listeners, link, next) {
        if (l->realize) {
            l->realize(l, dev);
        }
    }
}

void device_listeners_unrealize(DeviceState *dev)
{
    DeviceListener *l;

    QTAILQ_FOREACH_REVERSE(l, &listeners, link) {
        if (l->unrealize) {
            l->unrealize(l, dev);
        }
    }
}

void device_listener_register(DeviceListener *listener)
{
    QTAILQ_INSERT_TAIL(&listeners, listener, link);
}

void device_listener_unregister(DeviceListener *listener)
{
    QTAILQ_REMOVE(&listeners, listener, link);
}

bool qdev_should_hide_device(const json_t *opts, bool from_json, Error **errp)
{
    ERRP_GUARD();
    DeviceListener *l;

    QTAILQ_FOREACH(l, &listeners, link) {
        if (l->hide_device) {
            if (l->hide_device(l, opts, from_json, errp)) {
                return true;
            }
            if (*errp) {
                return false;
            }
        }
    }
    return false;
}
