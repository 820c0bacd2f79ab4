/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is asked when a device comes to or leaves a bus or a machine.
 *
 * The handler of a device is its machine's (MachineClass.get_hotplug_handler)
 * or else its bus's.  Every call may refuse through errp, except where said.
 */
#ifndef HW_HOTPLUG_H
#define HW_HOTPLUG_H

#include "qom/object.h"

#define TYPE_HOTPLUG_HANDLER "hotplug-handler"

typedef struct HotplugHandlerClass HotplugHandlerClass;
DECLARE_CLASS_CHECKERS(HotplugHandlerClass, HOTPLUG_HANDLER,
                       TYPE_HOTPLUG_HANDLER)
#define HOTPLUG_HANDLER(obj) \
    INTERFACE_CHECK(HotplugHandler, (obj), TYPE_HOTPLUG_HANDLER)

typedef void (*hotplug_fn)(HotplugHandler *plug_handler,
                           DeviceState *plugged_dev, Error **errp);

struct HotplugHandlerClass {
    InterfaceClass parent;

    hotplug_fn pre_plug;        /* before realize: check, reserve, may fail */
    hotplug_fn plug;            /* after realize: wire up; must not fail when
                                   pre_plug checked everything */
    hotplug_fn unplug_request;  /* ask the guest to let the device go */
    hotplug_fn unplug;          /* the device goes now */
    /* Whether anything can be plugged there; NULL: it can. */
    bool (*is_hotpluggable_bus)(HotplugHandler *plug_handler, BusState *bus);
};

void hotplug_handler_plug(HotplugHandler *plug_handler,
                          DeviceState *plugged_dev, Error **errp);
void hotplug_handler_pre_plug(HotplugHandler *plug_handler,
                              DeviceState *plugged_dev, Error **errp);
void hotplug_handler_unplug_request(HotplugHandler *plug_handler,
                                    DeviceState *plugged_dev, Error **errp);
void hotplug_handler_unplug(HotplugHandler *plug_handler,
                            DeviceState *plugged_dev, Error **errp);

#endif /* HW_HOTPLUG_H */
