/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI PCI hot-plug: ACPI specification 6.4, section 6.3 (device insertion,
 * removal); the ports are those that QEMU publishes in
 * docs/specs/acpi_pci_hotplug.
 *
 * A device that comes or is asked to go sets its slot's bit in one of its
 * bus's registers and raises general purpose event 1.  The event's method
 * selects each bus, reads both registers and notifies the slots' devices; the
 * method _EJ0 of a slot then writes its bit to the eject register, and the
 * device goes.
 */
#include "qemu/osdep.h"
#include "hw/acpi/acpi_dev_interface.h"
#include "hw/acpi/pcihp.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_device.h"
#include "hw/pci/pcie_port.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"

/* Ports, all four bytes wide. */
#define PORT_UP 0x00            /* came; reading clears */
#define PORT_DOWN 0x04          /* asked to go */
#define PORT_EJECT 0x08         /* writing 1 takes the slot's devices out */
#define PORT_REMOVABLE 0x0c     /* can be taken out */
#define PORT_SELECT 0x10        /* the bus that the other ports are about */
#define PORT_INDEX 0x14         /* write a slot's bit, read its acpi-index once */
#define PORTS_LEN 0x18

/*** Buses and their numbers ***/

int acpi_pcihp_get_bsel(PCIBus *bus)
{
    Object *obj = OBJECT(bus);

    if (!object_property_find(obj, ACPI_PCIHP_PROP_BSEL)) {
        return -1;
    }
    return object_property_get_uint(obj, ACPI_PCIHP_PROP_BSEL, &error_abort);
}

static void free_number(Object *obj, const char *name, void *opaque)
{
    g_free(opaque);
}

static void get_number(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    visit_type_uint32(v, name, opaque, errp);
}

static void number_bus(AcpiPciHpState *s, PCIBus *bus, uint32_t *next)
{
    PCIBus *child;

    if (*next < ACPI_PCIHP_MAX_HOTPLUG_BUS &&
        qbus_is_hotpluggable(BUS(bus))) {
        object_property_add(OBJECT(bus), ACPI_PCIHP_PROP_BSEL, "uint32",
                            get_number, NULL, free_number,
                            g_memdup2(next, sizeof(*next)));
        ++*next;
    }
    if (s->use_acpi_hotplug_bridge) {
        QLIST_FOREACH(child, &bus->child, sibling) {
            number_bus(s, child, next);
        }
    }
}

void acpi_pcihp_number_buses(AcpiPciHpState *s)
{
    uint32_t next = ACPI_PCIHP_BSEL_DEFAULT;

    if (s->root && !s->buses_numbered) {
        s->buses_numbered = true;
        number_bus(s, s->root, &next);
    }
}

static PCIBus *find_bus(PCIBus *bus, unsigned bsel)
{
    PCIBus *child, *found;

    if (acpi_pcihp_get_bsel(bus) == bsel) {
        return bus;
    }
    QLIST_FOREACH(child, &bus->child, sibling) {
        found = find_bus(child, bsel);
        if (found) {
            return found;
        }
    }
    return NULL;
}

/*** Slots ***/

/*
 * Bridges that were there from the start stay: the tables describe what is
 * behind them.
 */
static bool is_removable(PCIDevice *d)
{
    DeviceState *dev = DEVICE(d);

    return DEVICE_GET_CLASS(dev)->hotpluggable &&
           (!object_dynamic_cast(OBJECT(d), TYPE_PCI_BRIDGE) ||
            dev->hotplugged);
}

static uint32_t removable_slots(PCIBus *bus)
{
    uint32_t mask = UINT32_MAX;

    for (int devfn = 0; devfn < PCI_DEVFN_MAX; devfn++) {
        if (bus->devices[devfn] && !is_removable(bus->devices[devfn])) {
            mask &= ~(1u << PCI_SLOT(devfn));
        }
    }
    return mask;
}

static void eject_slot(AcpiPciHpState *s, unsigned bsel, int slot)
{
    PCIBus *bus = find_bus(s->root, bsel);

    s->acpi_pcihp_pci_status[bsel].down &= ~(1u << slot);
    s->acpi_pcihp_pci_status[bsel].up &= ~(1u << slot);
    if (!bus) {
        return;
    }
    for (int func = PCI_FUNC_MAX - 1; func >= 0; func--) {
        PCIDevice *d = bus->devices[PCI_DEVFN(slot, func)];

        if (d && is_removable(d)) {
            HotplugHandler *handler = qdev_get_hotplug_handler(DEVICE(d));

            hotplug_handler_unplug(handler, DEVICE(d), &error_abort);
            object_unparent(OBJECT(d));
        }
    }
}

/* The lowest function that has an index speaks for the slot. */
static uint32_t slot_acpi_index(PCIBus *bus, int slot)
{
    uint32_t index = 0;

    for (int func = 0; func < PCI_FUNC_MAX && !index; func++) {
        PCIDevice *d = bus->devices[PCI_DEVFN(slot, func)];

        index = d ? d->acpi_index : 0;
    }
    return index;
}

void acpi_pcihp_reset(AcpiPciHpState *s)
{
    if (!s->root) {
        return;
    }
    acpi_pcihp_number_buses(s);
    for (int bsel = 0; bsel < ACPI_PCIHP_MAX_HOTPLUG_BUS; bsel++) {
        AcpiPciHpPciStatus *status = &s->acpi_pcihp_pci_status[bsel];
        PCIBus *bus = find_bus(s->root, bsel);

        while (status->down) {
            eject_slot(s, bsel, ctz32(status->down));
        }
        status->up = 0;
        status->hotplug_enable = bus ? removable_slots(bus) : UINT32_MAX;
    }
}

/*** Ports ***/

static uint64_t pcihp_read(void *opaque, hwaddr addr, unsigned size)
{
    AcpiPciHpState *s = opaque;
    AcpiPciHpPciStatus *status;
    uint32_t val;

    if (s->hotplug_select >= ACPI_PCIHP_MAX_HOTPLUG_BUS) {
        return 0;
    }
    status = &s->acpi_pcihp_pci_status[s->hotplug_select];
    switch (addr) {
    case PORT_UP:
        val = status->up;
        if (s->use_acpi_hotplug_bridge) {
            status->up = 0;
        }
        return val;
    case PORT_DOWN:
        return status->down;
    case PORT_REMOVABLE:
        return status->hotplug_enable;
    case PORT_SELECT:
        return s->hotplug_select;
    case PORT_INDEX:
        val = s->acpi_index;
        s->acpi_index = 0;
        return val;
    default:
        return 0;
    }
}

static void ask_index(AcpiPciHpState *s, uint32_t slots)
{
    PCIBus *bus = find_bus(s->root, s->hotplug_select);

    s->acpi_index = bus && slots ? slot_acpi_index(bus, ctz32(slots)) : 0;
}

static void pcihp_write(void *opaque, hwaddr addr, uint64_t val,
                        unsigned size)
{
    AcpiPciHpState *s = opaque;
    uint32_t slots = val;

    /* An answer that was not fetched is forgotten. */
    s->acpi_index = 0;
    switch (addr) {
    case PORT_EJECT:
        if (s->hotplug_select < ACPI_PCIHP_MAX_HOTPLUG_BUS && slots) {
            eject_slot(s, s->hotplug_select, ctz32(slots));
        }
        break;
    case PORT_SELECT:
        s->hotplug_select = s->use_acpi_hotplug_bridge
                            ? slots : ACPI_PCIHP_BSEL_DEFAULT;
        break;
    case PORT_INDEX:
        ask_index(s, slots);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "ACPI PCI hot-plug: write to "
                      "read-only port %#" PRIx64 "\n", addr);
        break;
    }
}

static const MemoryRegionOps pcihp_ops = {
    .read = pcihp_read,
    .write = pcihp_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

void acpi_pcihp_init(Object *owner, AcpiPciHpState *s, PCIBus *root,
                     MemoryRegion *io, uint16_t io_base)
{
    s->root = root;
    s->io_base = io_base;
    s->io_len = PORTS_LEN;
    memory_region_init_io(&s->io, owner, &pcihp_ops, s, "acpi-pci-hotplug",
                          PORTS_LEN);
    memory_region_add_subregion(io, io_base, &s->io);
    object_property_add_uint16_ptr(owner, ACPI_PCIHP_IO_BASE_PROP,
                                   &s->io_base, OBJ_PROP_FLAG_READ);
    object_property_add_uint16_ptr(owner, ACPI_PCIHP_IO_LEN_PROP,
                                   &s->io_len, OBJ_PROP_FLAG_READ);
    qbus_set_hotplug_handler(BUS(root), owner);
}

/*** Hot-plug handler ***/

bool acpi_pcihp_is_hotpluggable_bus(AcpiPciHpState *s, BusState *bus)
{
    PCIBus *pci = PCI_BUS(bus);
    Object *slot;

    if (pci_bus_is_root(pci)) {
        return s->use_acpi_root_pci_hotplug;
    }
    slot = object_dynamic_cast(OBJECT(pci_bridge_get_device(pci)),
                               TYPE_PCIE_SLOT);
    return !slot || PCIE_SLOT(slot)->hotplug;
}

void acpi_pcihp_device_pre_plug_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp)
{
    PCIDevice *d = PCI_DEVICE(dev);

    if (dev->hotplugged && acpi_pcihp_get_bsel(pci_get_bus(d)) < 0) {
        error_setg(errp, "Bus '%s' takes no part in ACPI hot-plug: it has no "
                   "'" ACPI_PCIHP_PROP_BSEL "'", BUS(pci_get_bus(d))->name);
    }
}

/*
 * From now on what is behind a bridge is ours, too: even behind an upstream
 * port, where nothing but downstream ports can be, which are not removable.
 */
static void take_over_bridge(HotplugHandler *hotplug_dev, PCIDevice *d)
{
    Object *slot = object_dynamic_cast(OBJECT(d), TYPE_PCIE_SLOT);

    if (!slot || PCIE_SLOT(slot)->hotplug) {
        qbus_set_hotplug_handler(BUS(pci_bridge_get_sec_bus(PCI_BRIDGE(d))),
                                 OBJECT(hotplug_dev));
    }
}

/* Ports switch their slots on when software says so; ours never will. */
static void power_slot(PCIBus *bus)
{
    PCIDevice *port = pci_bridge_get_device(bus);

    if (port && object_dynamic_cast(OBJECT(port), TYPE_PCIE_SLOT)) {
        pcie_cap_slot_enable_power(port);
    }
}

void acpi_pcihp_device_plug_cb(HotplugHandler *hotplug_dev,
                               AcpiPciHpState *s, DeviceState *dev,
                               Error **errp)
{
    PCIDevice *d = PCI_DEVICE(dev);
    int bsel;

    if (!dev->hotplugged) {
        if (s->use_acpi_hotplug_bridge &&
            object_dynamic_cast(OBJECT(d), TYPE_PCI_BRIDGE)) {
            take_over_bridge(hotplug_dev, d);
        }
        return;
    }
    bsel = acpi_pcihp_get_bsel(pci_get_bus(d));
    g_return_if_fail(bsel >= 0);
    s->acpi_pcihp_pci_status[bsel].up |= 1u << PCI_SLOT(d->devfn);
    power_slot(pci_get_bus(d));
    acpi_send_event(DEVICE(hotplug_dev), ACPI_PCI_HOTPLUG_STATUS);
}

void acpi_pcihp_device_unplug_cb(HotplugHandler *hotplug_dev,
                                 AcpiPciHpState *s, DeviceState *dev,
                                 Error **errp)
{
    qdev_unrealize(dev);
}

void acpi_pcihp_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                         AcpiPciHpState *s, DeviceState *dev,
                                         Error **errp)
{
    PCIDevice *d = PCI_DEVICE(dev);
    int bsel = acpi_pcihp_get_bsel(pci_get_bus(d));

    if (bsel < 0) {
        error_setg(errp, "Bus '%s' takes no part in ACPI hot-plug: it has no "
                   "'" ACPI_PCIHP_PROP_BSEL "'", BUS(pci_get_bus(d))->name);
        return;
    }
    if (!is_removable(d)) {
        error_setg(errp, "Hot-unplug failed: a bridge that was there when "
                   "the machine started cannot be taken out");
        return;
    }
    dev->pending_deleted_event = true;
    s->acpi_pcihp_pci_status[bsel].down |= 1u << PCI_SLOT(d->devfn);
    acpi_send_event(DEVICE(hotplug_dev), ACPI_PCI_HOTPLUG_STATUS);
}

/*** Migration ***/

const VMStateDescription vmstate_acpi_pcihp_pci_status = {
    .name = "acpi_pcihp_pci_status",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(up, AcpiPciHpPciStatus),
        VMSTATE_UINT32(down, AcpiPciHpPciStatus),
        VMSTATE_END_OF_LIST()
    },
};
