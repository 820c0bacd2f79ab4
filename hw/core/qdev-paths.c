/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for where a device is: for migration sections, for firmware (Open
 * Firmware device paths), and the machine's own place in the object tree.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/fw-path-provider.h"
#include "hw/qdev-core.h"

Object *qdev_get_machine(void)
{
    /* Until there is a machine, a container stands in for it. */
    return current_machine ? OBJECT(current_machine)
                           : container_get(object_get_root(), "/machine");
}

char *qdev_get_dev_path(DeviceState *dev)
{
    BusClass *bc;

    if (!dev || !dev->parent_bus) {
        return NULL;
    }
    bc = BUS_GET_CLASS(dev->parent_bus);
    return bc->get_dev_path ? bc->get_dev_path(dev) : NULL;
}

const char *qdev_fw_name(DeviceState *dev)
{
    DeviceClass *dc = DEVICE_GET_CLASS(dev);

    return dc->fw_name ? dc->fw_name : object_get_typename(OBJECT(dev));
}

/* Whatever holds the device may know better than its bus. */
static char *element_from_owners(BusState *bus, DeviceState *dev)
{
    Object *obj = OBJECT(dev)->parent;

    for (; obj; obj = obj->parent) {
        char *element = fw_path_provider_try_get_dev_path(obj, bus, dev);

        if (element) {
            return element;
        }
    }
    return NULL;
}

char *qdev_get_own_fw_dev_path_from_handler(BusState *bus, DeviceState *dev)
{
    return fw_path_provider_try_get_dev_path(OBJECT(dev), bus, dev);
}

/* Appends "/element" for each device from the root to dev. */
static void append_elements(GString *path, DeviceState *dev)
{
    BusState *bus = dev->parent_bus;
    g_autofree char *element = NULL;

    if (!bus) {
        return;
    }
    if (bus->parent) {
        append_elements(path, bus->parent);
    }
    element = element_from_owners(bus, dev);
    if (!element && BUS_GET_CLASS(bus)->get_fw_dev_path) {
        element = BUS_GET_CLASS(bus)->get_fw_dev_path(dev);
    }
    if (element) {
        g_string_append_printf(path, "/%s", element);
    }
}

char *qdev_get_fw_dev_path(DeviceState *dev)
{
    GString *path = g_string_new(NULL);

    append_elements(path, dev);
    return g_string_free(path, false);
}
