/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buses: the tree of them below host bridges, their numbers, and what can be
 * found by number.
 *
 * Numbers are what bridges' registers say at the moment; software may give
 * them in any order, twice, or not at all.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_host.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qapi/error.h"

PCIHostStateList pci_host_bridges = QLIST_HEAD_INITIALIZER(pci_host_bridges);

/* The monitor's "info qtree" lines; set there. */
void (*pci_bus_print_dev)(Monitor *mon, DeviceState *dev, int indent);

/*** Numbers ***/

static int pcibus_num(PCIBus *bus)
{
    return bus->parent_dev ? bus->parent_dev->config[PCI_SECONDARY_BUS] : 0;
}

static uint16_t pcibus_numa_node(PCIBus *bus)
{
    return UINT16_MAX;          /* not assigned */
}

int pci_bus_num(PCIBus *bus)
{
    return ((PCIBusClass *)object_get_class(OBJECT(bus)))->bus_num(bus);
}

uint16_t pci_bus_numa_node(PCIBus *bus)
{
    return PCI_BUS_GET_CLASS(bus)->numa_node(bus);
}

bool pci_bus_is_express(PCIBus *bus)
{
    return object_dynamic_cast(OBJECT(bus), TYPE_PCIE_BUS);
}

static void widen_range(PCIBus *bus, PCIDevice *d, void *opaque)
{
    int *max_bus = opaque;

    if (IS_PCI_BRIDGE(d)) {
        *max_bus = MAX(*max_bus, d->config[PCI_SUBORDINATE_BUS]);
    }
}

void pci_bus_range(PCIBus *bus, int *min_bus, int *max_bus)
{
    *min_bus = *max_bus = pci_bus_num(bus);
    pci_for_each_device_under_bus(bus, widen_range, max_bus);
}

/*
 * Whether a configuration cycle for bus @num passes to @bus: its bridge
 * forwards what is in its range, unless it holds the bus in reset.
 */
static bool pci_bus_takes(PCIBus *bus, int num)
{
    PCIDevice *bridge = bus->parent_dev;
    int min, max;

    if (pci_bus_is_root(bus)) {
        pci_bus_range(bus, &min, &max);
        return num >= min && num <= max;
    }
    return !(pci_get_word(bridge->config + PCI_BRIDGE_CONTROL) &
             PCI_BRIDGE_CTL_BUS_RESET) &&
           num >= bridge->config[PCI_SECONDARY_BUS] &&
           num <= bridge->config[PCI_SUBORDINATE_BUS];
}

PCIBus *pci_find_bus_nr(PCIBus *bus, int num)
{
    while (bus && pci_bus_num(bus) != num) {
        PCIBus *child;

        QLIST_FOREACH(child, &bus->child, sibling) {
            if (pci_bus_takes(child, num)) {
                break;
            }
        }
        bus = child;
    }
    return bus;
}

PCIDevice *pci_find_device(PCIBus *bus, int bus_num, uint8_t devfn)
{
    bus = pci_find_bus_nr(bus, bus_num);
    return bus ? bus->devices[devfn] : NULL;
}

PCIBus *pci_find_primary_bus(void)
{
    PCIHostState *host = QLIST_FIRST(&pci_host_bridges);

    /* With several of them none is the primary one. */
    return host && !QLIST_NEXT(host, next) ? host->bus : NULL;
}

static PCIDevice *find_by_id(PCIBus *bus, const char *id)
{
    DeviceState *dev = qdev_find_recursive(&bus->qbus, id);

    return dev ? (PCIDevice *)object_dynamic_cast(OBJECT(dev),
                                                  TYPE_PCI_DEVICE) : NULL;
}

int pci_qdev_find_device(const char *id, PCIDevice **pdev)
{
    PCIHostState *host;
    int ret = -ENODEV;

    QLIST_FOREACH(host, &pci_host_bridges, next) {
        DeviceState *dev = qdev_find_recursive(&host->bus->qbus, id);

        if (!dev) {
            continue;
        }
        ret = -EINVAL;
        *pdev = find_by_id(host->bus, id);
        if (*pdev) {
            return 0;
        }
    }
    return ret;
}

/*** Walks ***/

void pci_for_each_device_under_bus(PCIBus *bus, pci_bus_dev_fn fn,
                                   void *opaque)
{
    for (int devfn = 0; devfn < PCI_DEVFN_MAX; devfn++) {
        if (bus->devices[devfn]) {
            fn(bus, bus->devices[devfn], opaque);
        }
    }
}

void pci_for_each_device_under_bus_reverse(PCIBus *bus, pci_bus_dev_fn fn,
                                           void *opaque)
{
    for (int devfn = PCI_DEVFN_MAX - 1; devfn >= 0; devfn--) {
        if (bus->devices[devfn]) {
            fn(bus, bus->devices[devfn], opaque);
        }
    }
}

void pci_for_each_device(PCIBus *bus, int bus_num, pci_bus_dev_fn fn,
                         void *opaque)
{
    bus = pci_find_bus_nr(bus, bus_num);
    if (bus) {
        pci_for_each_device_under_bus(bus, fn, opaque);
    }
}

void pci_for_each_device_reverse(PCIBus *bus, int bus_num, pci_bus_dev_fn fn,
                                 void *opaque)
{
    bus = pci_find_bus_nr(bus, bus_num);
    if (bus) {
        pci_for_each_device_under_bus_reverse(bus, fn, opaque);
    }
}

void pci_for_each_bus_depth_first(PCIBus *bus, pci_bus_ret_fn begin,
                                  pci_bus_fn end, void *parent_state)
{
    PCIBus *child;
    void *state;

    if (!bus) {
        return;
    }
    state = begin ? begin(bus, parent_state) : parent_state;
    QLIST_FOREACH(child, &bus->child, sibling) {
        pci_for_each_bus_depth_first(child, begin, end, state);
    }
    if (end) {
        end(bus, state);
    }
}

void pci_for_each_bus(PCIBus *bus, pci_bus_fn fn, void *opaque)
{
    pci_for_each_bus_depth_first(bus, NULL, fn, opaque);
}

/*** Ways up ***/

PCIBus *pci_device_root_bus(const PCIDevice *d)
{
    PCIBus *bus = pci_get_bus(d);

    while (!pci_bus_is_root(bus)) {
        bus = pci_get_bus(bus->parent_dev);
    }
    return bus;
}

const char *pci_root_bus_path(PCIDevice *d)
{
    PCIBus *root = pci_device_root_bus(d);
    Object *parent = OBJECT(root->qbus.parent);

    if (object_dynamic_cast(parent, TYPE_PCI_HOST_BRIDGE)) {
        PCIHostState *host = PCI_HOST_BRIDGE(parent);
        PCIHostBridgeClass *hc = PCI_HOST_BRIDGE_GET_CLASS(host);

        if (hc->root_bus_path) {
            return hc->root_bus_path(host, root);
        }
    }
    return root->qbus.name;
}

MemoryRegion *pci_address_space(PCIDevice *d)
{
    return pci_get_bus(d)->address_space_mem;
}

MemoryRegion *pci_address_space_io(PCIDevice *d)
{
    return pci_get_bus(d)->address_space_io;
}

/*** Names ***/

/* "0000:00:1c.0:02.0": the root bus, then a slot and function a level. */
static char *pcibus_get_dev_path(DeviceState *dev)
{
    PCIDevice *d = PCI_DEVICE(dev);
    GString *path = g_string_new(NULL);
    PCIDevice *at = d;

    for (;;) {
        PCIBus *bus = pci_get_bus(at);
        g_autofree char *step = g_strdup_printf(":%02x.%x",
                                                PCI_SLOT(at->devfn),
                                                PCI_FUNC(at->devfn));

        g_string_prepend(path, step);
        if (pci_bus_is_root(bus)) {
            break;
        }
        at = bus->parent_dev;
    }
    g_string_prepend(path, pci_root_bus_path(d));
    return g_string_free(path, false);
}

/* "ethernet@3,1", or by identity where the class has no name. */
static char *pcibus_get_fw_dev_path(DeviceState *dev)
{
    PCIDevice *d = PCI_DEVICE(dev);
    const char *name =
        pci_class_fw_name(pci_get_word(d->config + PCI_CLASS_DEVICE));
    GString *path = g_string_new(name);

    if (!name) {
        g_string_append_printf(path, "pci%04x,%04x",
                               pci_get_word(d->config + PCI_VENDOR_ID),
                               pci_get_word(d->config + PCI_DEVICE_ID));
    }
    g_string_append_printf(path, "@%x", PCI_SLOT(d->devfn));
    if (PCI_FUNC(d->devfn)) {
        g_string_append_printf(path, ",%x", PCI_FUNC(d->devfn));
    }
    return g_string_free(path, false);
}

static void pcibus_print_dev(Monitor *mon, DeviceState *dev, int indent)
{
    if (pci_bus_print_dev) {
        pci_bus_print_dev(mon, dev, indent);
    }
}

/*** Life ***/

static void pcibus_realize(BusState *qbus, Error **errp)
{
    PCIBus *bus = PCI_BUS(qbus);

    vmstate_register(NULL, VMSTATE_INSTANCE_ID_ANY, &vmstate_pcibus, bus);
}

static void pciebus_realize(BusState *qbus, Error **errp)
{
    PCIBus *bus = PCI_BUS(qbus);

    pcibus_realize(qbus, errp);
    /* Behind a bridge to conventional PCI there is no way to reach it. */
    if (pci_bus_is_root(bus) ||
        pci_bus_allows_extended_config_space(pci_get_bus(bus->parent_dev))) {
        bus->flags |= PCI_BUS_EXTENDED_CONFIG_SPACE;
    }
}

static void pcibus_unrealize(BusState *qbus)
{
    vmstate_unregister(NULL, &vmstate_pcibus, PCI_BUS(qbus));
}

/* After the devices' own resets: their place on the bus. */
static void pcibus_reset(BusState *qbus)
{
    PCIBus *bus = PCI_BUS(qbus);

    for (int i = 0; i < PCI_DEVFN_MAX; i++) {
        if (bus->devices[i]) {
            pci_do_device_reset(bus->devices[i]);
        }
    }
}

static void pci_root_bus_internal_init(PCIBus *bus, DeviceState *parent,
                                       MemoryRegion *mem, MemoryRegion *io,
                                       uint8_t devfn_min)
{
    assert(PCI_FUNC(devfn_min) == 0);
    bus->devfn_min = devfn_min;
    bus->slot_reserved_mask = 0;
    bus->address_space_mem = mem;
    bus->address_space_io = io;
    bus->flags |= PCI_BUS_IS_ROOT;
    QLIST_INIT(&bus->child);

    if (object_dynamic_cast(OBJECT(parent), TYPE_PCI_HOST_BRIDGE)) {
        PCIHostState *host = PCI_HOST_BRIDGE(parent);

        host->bus = bus;
        QLIST_INSERT_HEAD(&pci_host_bridges, host, next);
    }
}

void pci_root_bus_init(PCIBus *bus, size_t bus_size, DeviceState *parent,
                       const char *name, MemoryRegion *address_space_mem,
                       MemoryRegion *address_space_io, uint8_t devfn_min,
                       const char *typename)
{
    qbus_init(bus, bus_size, typename, parent, name);
    pci_root_bus_internal_init(bus, parent, address_space_mem,
                               address_space_io, devfn_min);
}

PCIBus *pci_root_bus_new(DeviceState *parent, const char *name,
                         MemoryRegion *address_space_mem,
                         MemoryRegion *address_space_io, uint8_t devfn_min,
                         const char *typename)
{
    PCIBus *bus = PCI_BUS(qbus_new(typename, parent, name));

    pci_root_bus_internal_init(bus, parent, address_space_mem,
                               address_space_io, devfn_min);
    return bus;
}

void pci_root_bus_cleanup(PCIBus *bus)
{
    Object *parent = OBJECT(bus->qbus.parent);

    if (object_dynamic_cast(parent, TYPE_PCI_HOST_BRIDGE)) {
        QLIST_SAFE_REMOVE(PCI_HOST_BRIDGE(parent), next);
    }
}

PCIBus *pci_register_root_bus(DeviceState *parent, const char *name,
                              pci_set_irq_fn set_irq, pci_map_irq_fn map_irq,
                              void *irq_opaque,
                              MemoryRegion *address_space_mem,
                              MemoryRegion *address_space_io,
                              uint8_t devfn_min, int nirq,
                              const char *typename)
{
    PCIBus *bus = pci_root_bus_new(parent, name, address_space_mem,
                                   address_space_io, devfn_min, typename);

    pci_bus_irqs(bus, set_irq, irq_opaque, nirq);
    pci_bus_map_irqs(bus, map_irq);
    return bus;
}

void pci_unregister_root_bus(PCIBus *bus)
{
    pci_bus_irqs_cleanup(bus);
    pci_root_bus_cleanup(bus);
}

static void pcibus_finalize(Object *obj)
{
    PCIBus *bus = PCI_BUS(obj);

    g_free(bus->irq_count);
}

static void pcibus_class_init(ObjectClass *oc, void *data)
{
    BusClass *bc = BUS_CLASS(oc);
    PCIBusClass *pbc = PCI_BUS_CLASS(oc);

    bc->print_dev = pcibus_print_dev;
    bc->get_dev_path = pcibus_get_dev_path;
    bc->get_fw_dev_path = pcibus_get_fw_dev_path;
    bc->realize = pcibus_realize;
    bc->unrealize = pcibus_unrealize;
    bc->reset = pcibus_reset;
    pbc->bus_num = pcibus_num;
    pbc->numa_node = pcibus_numa_node;
}

static void pciebus_class_init(ObjectClass *oc, void *data)
{
    BUS_CLASS(oc)->realize = pciebus_realize;
}

static const TypeInfo pci_bus_types[] = {
    {
        .name = TYPE_PCI_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(PCIBus),
        .instance_finalize = pcibus_finalize,
        .class_size = sizeof(PCIBusClass),
        .class_init = pcibus_class_init,
    }, {
        .name = TYPE_PCIE_BUS,
        .parent = TYPE_PCI_BUS,
        .class_init = pciebus_class_init,
    }, {
        .name = INTERFACE_CONVENTIONAL_PCI_DEVICE,
        .parent = TYPE_INTERFACE,
    }, {
        .name = INTERFACE_PCIE_DEVICE,
        .parent = TYPE_INTERFACE,
    }, {
        .name = INTERFACE_CXL_DEVICE,
        .parent = TYPE_INTERFACE,
    },
};

DEFINE_TYPES(pci_bus_types)
