/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PCI Express ports have in common, and the numbering of slots: a
 * chassis and a slot number together are unique in a machine (PCI Express
 * Base section 7.5.3.9; PCI-to-PCI Bridge Architecture 13.2).
 */
#include "qemu/osdep.h"
#include "hw/pci/pcie_port.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"

void pcie_port_init_reg(PCIDevice *d)
{
    /* Conventional signalling: 0 in PCI Express (7.5.1.1.4, 7.5.1.3.7). */
    pci_word_test_and_clear_mask(d->config + PCI_STATUS,
                                 PCI_STATUS_66MHZ | PCI_STATUS_FAST_BACK);
    pci_word_test_and_clear_mask(d->config + PCI_SEC_STATUS,
                                 PCI_STATUS_66MHZ | PCI_STATUS_FAST_BACK);
    pci_set_word(d->wmask + PCI_BRIDGE_CONTROL,
                 PCI_BRIDGE_CTL_PARITY | PCI_BRIDGE_CTL_SERR |
                 PCI_BRIDGE_CTL_ISA | PCI_BRIDGE_CTL_VGA |
                 PCI_BRIDGE_CTL_VGA_16BIT | PCI_BRIDGE_CTL_BUS_RESET);
    pci_set_word(d->w1cmask + PCI_BRIDGE_CONTROL, 0);
}

/*** Slots in use: there are few ***/

static QLIST_HEAD(, PCIESlot) slots = QLIST_HEAD_INITIALIZER(slots);

/* A chassis needs nothing but its number. */
void pcie_chassis_create(uint8_t chassis_number)
{
}

PCIESlot *pcie_chassis_find_slot(uint8_t chassis, uint16_t slot)
{
    PCIESlot *s;

    QLIST_FOREACH(s, &slots, next) {
        if (s->chassis == chassis && s->slot == slot) {
            return s;
        }
    }
    return NULL;
}

int pcie_chassis_add_slot(PCIESlot *slot)
{
    if (pcie_chassis_find_slot(slot->chassis, slot->slot)) {
        return -EBUSY;
    }
    QLIST_INSERT_HEAD(&slots, slot, next);
    return 0;
}

void pcie_chassis_del_slot(PCIESlot *s)
{
    QLIST_SAFE_REMOVE(s, next);
}

/*** Ports of a switch or root complex ***/

typedef bool PortTest(PCIDevice *d, int arg);

static PCIDevice *find_port(PCIBus *bus, PortTest *test, int arg)
{
    for (int devfn = 0; devfn < PCI_DEVFN_MAX; devfn++) {
        PCIDevice *d = bus->devices[devfn];

        if (d && pci_is_express(d) && d->exp.exp_cap &&
            object_dynamic_cast(OBJECT(d), TYPE_PCIE_PORT) && test(d, arg)) {
            return d;
        }
    }
    return NULL;
}

static bool has_number(PCIDevice *d, int pn)
{
    return PCIE_PORT(d)->port == pn;
}

static bool is_any(PCIDevice *d, int arg)
{
    return true;
}

PCIDevice *pcie_find_port_by_pn(PCIBus *bus, uint8_t pn)
{
    return find_port(bus, has_number, pn);
}

PCIDevice *pcie_find_port_first(PCIBus *bus)
{
    return find_port(bus, is_any, 0);
}

static void count_downstream(PCIBus *bus, PCIDevice *d, void *opaque)
{
    int *count = opaque;

    *count += pci_is_express(d) && d->exp.exp_cap &&
              pcie_cap_get_type(d) == PCI_EXP_TYPE_DOWNSTREAM;
}

int pcie_count_ds_ports(PCIBus *bus)
{
    int count = 0;

    pci_for_each_device_under_bus(bus, count_downstream, &count);
    return count;
}

/*** Types ***/

static Property pcie_port_props[] = {
    DEFINE_PROP_UINT8("port", PCIEPort, port, 0),
    DEFINE_PROP_UINT16("aer_log_max", PCIEPort,
                       parent_obj.parent_obj.exp.aer_log.log_max,
                       PCIE_AER_LOG_MAX_DEFAULT),
    DEFINE_PROP_END_OF_LIST()
};

static void pcie_port_class_init(ObjectClass *oc, void *data)
{
    device_class_set_props(DEVICE_CLASS(oc), pcie_port_props);
}

static Property pcie_slot_props[] = {
    DEFINE_PROP_UINT8("chassis", PCIESlot, chassis, 0),
    DEFINE_PROP_UINT16("slot", PCIESlot, slot, 0),
    DEFINE_PROP_BOOL("hotplug", PCIESlot, hotplug, true),
    DEFINE_PROP_BOOL("x-native-hotplug", PCIESlot, native_hotplug, true),
    DEFINE_PROP_END_OF_LIST()
};

static bool pcie_slot_is_hotpluggable_bus(HotplugHandler *handler,
                                          BusState *bus)
{
    return PCIE_SLOT(handler)->hotplug;
}

static void pcie_slot_class_init(ObjectClass *oc, void *data)
{
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    device_class_set_props(DEVICE_CLASS(oc), pcie_slot_props);
    hc->pre_plug = pcie_cap_slot_pre_plug_cb;
    hc->plug = pcie_cap_slot_plug_cb;
    hc->unplug = pcie_cap_slot_unplug_cb;
    hc->unplug_request = pcie_cap_slot_unplug_request_cb;
    hc->is_hotpluggable_bus = pcie_slot_is_hotpluggable_bus;
}

static const TypeInfo pcie_port_types[] = {
    {
        .name = TYPE_PCIE_PORT,
        .parent = TYPE_PCI_BRIDGE,
        .instance_size = sizeof(PCIEPort),
        .abstract = true,
        .class_init = pcie_port_class_init,
    }, {
        .name = TYPE_PCIE_SLOT,
        .parent = TYPE_PCIE_PORT,
        .instance_size = sizeof(PCIESlot),
        .abstract = true,
        .class_init = pcie_slot_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { }
        },
    },
};

DEFINE_TYPES(pcie_port_types)
