/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that people add and remove: -device, device_add, device_del, and
 * the help on them.
 */
#ifndef MONITOR_QDEV_H
#define MONITOR_QDEV_H

#include <jansson.h>

#include "hw/qdev-core.h"

/*
 * Creates a device from an object with "driver", perhaps "bus" and "id", and
 * its properties.  @from_json: values have JSON's types; else all are strings
 * that the properties' types parse.  @opts is borrowed.  The new device has
 * one more reference for the caller, which object_unref() gives up; NULL with
 * @errp set on failure, or without an error where the device hides for now.
 */
DeviceState *qdev_device_add_from_json(const json_t *opts, bool from_json,
                                       Error **errp);

/* Asks @dev's bus or machine to let it go; DEVICE_DELETED tells when. */
void qdev_unplug(DeviceState *dev, Error **errp);

/*
 * The bus at @path: a path from the root of buses, the end of one, or a name.
 * NULL with @errp set.
 */
BusState *qbus_find(const char *path, Error **errp);

/* The type name for an alias; @driver itself if it is none. */
const char *qdev_resolve_alias(const char *driver);
/* The alias of a type name, NULL if it has none. */
const char *qdev_find_alias(const char *typename);

/* Prints the list of devices, or the properties of one; false if unknown. */
void qdev_print_devices(void);
bool qdev_print_device_help(const char *driver, Error **errp);

#endif
