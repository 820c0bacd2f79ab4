/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query-pci: what software would find in configuration space.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci-internal.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_host.h"
#include "qapi/qapi-commands.h"

static json_t *range_info(json_int_t base, json_int_t limit)
{
    return json_pack("{s:I, s:I}", "base", base, "limit", limit);
}

static json_t *region_info(PCIDevice *dev, int bar)
{
    const PCIIORegion *r = &dev->io_regions[bar];
    bool io = r->type & PCI_BASE_ADDRESS_SPACE_IO;
    json_t *info = json_pack("{s:i, s:s, s:I, s:I}", "bar", bar,
                             "type", io ? "io" : "memory",
                             "address", (json_int_t)r->addr,
                             "size", (json_int_t)r->size);

    if (!io) {
        json_object_set_new(info, "prefetch", json_boolean(
            r->type & PCI_BASE_ADDRESS_MEM_PREFETCH));
        json_object_set_new(info, "mem_type_64", json_boolean(
            r->type & PCI_BASE_ADDRESS_MEM_TYPE_64));
    }
    return info;
}

static json_t *regions_info(PCIDevice *dev)
{
    json_t *list = json_array();

    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        if (dev->io_regions[i].size) {
            json_array_append_new(list, region_info(dev, i));
        }
    }
    return list;
}

static json_t *bus_devices(PCIBus *bus);

/*
 * The bus below is that of the bridge, not the one of that number: two may
 * have the same for a while.
 */
static json_t *bridge_info(PCIDevice *dev)
{
    const uint8_t *config = dev->config;
    static const struct {
        const char *name;
        uint8_t type;
    } windows[] = {
        { "io_range", PCI_BASE_ADDRESS_SPACE_IO },
        { "memory_range", PCI_BASE_ADDRESS_SPACE_MEMORY },
        { "prefetchable_range", PCI_BASE_ADDRESS_MEM_PREFETCH },
    };
    json_t *bus = json_pack("{s:i, s:i, s:i}",
                            "number", config[PCI_PRIMARY_BUS],
                            "secondary", config[PCI_SECONDARY_BUS],
                            "subordinate", config[PCI_SUBORDINATE_BUS]);
    json_t *info = json_pack("{s:o}", "bus", bus);

    for (int i = 0; i < ARRAY_SIZE(windows); i++) {
        json_object_set_new(bus, windows[i].name, range_info(
            pci_bridge_get_base(dev, windows[i].type),
            pci_bridge_get_limit(dev, windows[i].type)));
    }
    if (config[PCI_SECONDARY_BUS]) {
        json_object_set_new(info, "devices", bus_devices(
            pci_bridge_get_sec_bus(PCI_BRIDGE(dev))));
    }
    return info;
}

static json_t *class_info(PCIDevice *dev)
{
    uint16_t class = pci_get_word(dev->config + PCI_CLASS_DEVICE);
    const char *desc = pci_class_desc(class);
    json_t *info = json_pack("{s:i}", "class", class);

    if (desc) {
        json_object_set_new(info, "desc", json_string(desc));
    }
    return info;
}

static json_t *id_info(PCIDevice *dev)
{
    const uint8_t *config = dev->config;
    json_t *info = json_pack("{s:i, s:i}",
                             "vendor", pci_get_word(config + PCI_VENDOR_ID),
                             "device", pci_get_word(config + PCI_DEVICE_ID));

    if ((config[PCI_HEADER_TYPE] & ~PCI_HEADER_TYPE_MULTI_FUNCTION) ==
        PCI_HEADER_TYPE_NORMAL) {
        json_object_set_new(info, "subsystem", json_integer(
            pci_get_word(config + PCI_SUBSYSTEM_ID)));
        json_object_set_new(info, "subsystem-vendor", json_integer(
            pci_get_word(config + PCI_SUBSYSTEM_VENDOR_ID)));
    }
    return info;
}

static json_t *device_info(PCIDevice *dev)
{
    int pin = dev->config[PCI_INTERRUPT_PIN];
    json_t *info = json_pack("{s:i, s:i, s:i, s:o, s:o, s:i, s:s, s:o}",
                             "bus", pci_dev_bus_num(dev),
                             "slot", PCI_SLOT(dev->devfn),
                             "function", PCI_FUNC(dev->devfn),
                             "class_info", class_info(dev),
                             "id", id_info(dev),
                             "irq_pin", pin,
                             "qdev_id", dev->qdev.id ? dev->qdev.id : "",
                             "regions", regions_info(dev));

    if (pin) {
        json_object_set_new(info, "irq", json_integer(
            dev->config[PCI_INTERRUPT_LINE]));
    }
    if (IS_PCI_BRIDGE(dev)) {
        json_object_set_new(info, "pci_bridge", bridge_info(dev));
    }
    return info;
}

static void add_device(PCIBus *bus, PCIDevice *dev, void *opaque)
{
    json_array_append_new(opaque, device_info(dev));
}

static json_t *bus_devices(PCIBus *bus)
{
    json_t *list = json_array();

    pci_for_each_device_under_bus(bus, add_device, list);
    return list;
}

json_t *qmp_query_pci(json_t *args, Error **errp)
{
    json_t *list = json_array();
    PCIHostState *host;

    QLIST_FOREACH(host, &pci_host_bridges, next) {
        json_array_append_new(list, json_pack("{s:i, s:o}",
                                              "bus", pci_bus_num(host->bus),
                                              "devices",
                                              bus_devices(host->bus)));
    }
    return list;
}
