/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hot-plug handler interface: absent methods have nothing to say. */
#include "qemu/osdep.h"
#include "hw/hotplug.h"

static void call(hotplug_fn fn, HotplugHandler *handler, DeviceState *dev,
                 Error **errp)
{
    if (fn) {
        fn(handler, dev, errp);
    }
}

void hotplug_handler_pre_plug(HotplugHandler *plug_handler,
                              DeviceState *plugged_dev, Error **errp)
{
    call(HOTPLUG_HANDLER_GET_CLASS(plug_handler)->pre_plug, plug_handler,
         plugged_dev, errp);
}

void hotplug_handler_plug(HotplugHandler *plug_handler,
                          DeviceState *plugged_dev, Error **errp)
{
    call(HOTPLUG_HANDLER_GET_CLASS(plug_handler)->plug, plug_handler,
         plugged_dev, errp);
}

void hotplug_handler_unplug_request(HotplugHandler *plug_handler,
                                    DeviceState *plugged_dev, Error **errp)
{
    call(HOTPLUG_HANDLER_GET_CLASS(plug_handler)->unplug_request,
         plug_handler, plugged_dev, errp);
}

void hotplug_handler_unplug(HotplugHandler *plug_handler,
                            DeviceState *plugged_dev, Error **errp)
{
    call(HOTPLUG_HANDLER_GET_CLASS(plug_handler)->unplug, plug_handler,
         plugged_dev, errp);
}

static const TypeInfo hotplug_types[] = {
    {
        .name = TYPE_HOTPLUG_HANDLER,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(HotplugHandlerClass),
    },
};

DEFINE_TYPES(hotplug_types)
