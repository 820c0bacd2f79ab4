/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ISA bus and the base of its devices.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/isa/isa.h"
#include "hw/sysbus.h"
#include "qapi/error.h"

/* The bus of a machine without PCI hangs on the system bus through this. */
#define TYPE_ISABUS_BRIDGE "isabus-bridge"

static ISABus *isabus;

ISABus *isa_bus_new(DeviceState *dev, MemoryRegion *address_space,
                    MemoryRegion *address_space_io, Error **errp)
{
    DeviceState *bridge = NULL;

    if (isabus) {
        error_setg(errp, "Can't create a second ISA bus");
        return NULL;
    }
    if (!dev) {
        bridge = dev = qdev_new(TYPE_ISABUS_BRIDGE);
        sysbus_realize_and_unref(SYS_BUS_DEVICE(bridge), &error_fatal);
    }
    isabus = ISA_BUS(qbus_new(TYPE_ISA_BUS, dev, NULL));
    isabus->address_space = address_space;
    isabus->address_space_io = address_space_io;
    return isabus;
}

void isa_bus_irqs(ISABus *bus, qemu_irq *irqs)
{
    bus->irqs = irqs;
}

void isa_bus_dma(ISABus *bus, IsaDma *dma8, IsaDma *dma16)
{
    assert(!bus->dma[0] && !bus->dma[1]);
    bus->dma[0] = dma8;
    bus->dma[1] = dma16;
}

IsaDma *isa_get_dma(ISABus *bus, int nchan)
{
    return bus->dma[nchan > 3];
}

qemu_irq isa_get_irq(ISADevice *dev, unsigned isairq)
{
    ISABus *bus = dev ? isa_bus_from_device(dev) : isabus;

    assert(isairq < ISA_NUM_IRQS);
    return bus && bus->irqs ? bus->irqs[isairq] : NULL;
}

void isa_connect_gpio_out(ISADevice *isadev, int gpioirq, unsigned isairq)
{
    qdev_connect_gpio_out(DEVICE(isadev), gpioirq,
                          isa_get_irq(isadev, isairq));
}

MemoryRegion *isa_address_space(ISADevice *dev)
{
    return dev ? isa_bus_from_device(dev)->address_space
               : isabus->address_space;
}

MemoryRegion *isa_address_space_io(ISADevice *dev)
{
    return dev ? isa_bus_from_device(dev)->address_space_io
               : isabus->address_space_io;
}

static void isa_note_port(ISADevice *dev, uint16_t start)
{
    if (dev && (dev->ioport_id == -1 || start < dev->ioport_id)) {
        dev->ioport_id = start;
    }
}

void isa_register_ioport(ISADevice *dev, MemoryRegion *io, uint16_t start)
{
    memory_region_add_subregion(isa_address_space_io(dev), start, io);
    isa_note_port(dev, start);
}

int isa_register_portio_list(ISADevice *dev, PortioList *piolist,
                             uint16_t start, const MemoryRegionPortio *portio,
                             void *opaque, const char *name)
{
    if (!isabus) {
        return -ENODEV;
    }
    isa_note_port(dev, start);
    portio_list_init(piolist, OBJECT(dev), portio, opaque, name);
    portio_list_add(piolist, isa_address_space_io(dev), start);
    return 0;
}

ISADevice *isa_new(const char *name)
{
    return ISA_DEVICE(qdev_new(name));
}

ISADevice *isa_try_new(const char *name)
{
    DeviceState *dev = qdev_try_new(name);

    return dev ? ISA_DEVICE(dev) : NULL;
}

bool isa_realize_and_unref(ISADevice *dev, ISABus *bus, Error **errp)
{
    return qdev_realize_and_unref(DEVICE(dev), BUS(bus), errp);
}

ISADevice *isa_create_simple(ISABus *bus, const char *name)
{
    ISADevice *dev = isa_new(name);

    isa_realize_and_unref(dev, bus, &error_fatal);
    return dev;
}

/* "rtc@0070" */
static char *isabus_get_fw_dev_path(DeviceState *dev)
{
    ISADevice *d = ISA_DEVICE(dev);

    if (d->ioport_id == -1) {
        return g_strdup(qdev_fw_name(dev));
    }
    return g_strdup_printf("%s@%04x", qdev_fw_name(dev), d->ioport_id);
}

static void isa_bus_class_init(ObjectClass *klass, void *data)
{
    BUS_CLASS(klass)->get_fw_dev_path = isabus_get_fw_dev_path;
}

static void isa_device_init(Object *obj)
{
    ISA_DEVICE(obj)->ioport_id = -1;
}

static void isa_device_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->bus_type = TYPE_ISA_BUS;
}

static void isabus_bridge_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->fw_name = "isa";
}

static const TypeInfo isa_types[] = {
    {
        .name = TYPE_ISADMA,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(IsaDmaClass),
    },
    {
        .name = TYPE_ISA_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(ISABus),
        .class_init = isa_bus_class_init,
    },
    {
        .name = TYPE_ISA_DEVICE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(ISADevice),
        .instance_init = isa_device_init,
        .abstract = true,
        .class_size = sizeof(ISADeviceClass),
        .class_init = isa_device_class_init,
    },
    {
        .name = TYPE_ISABUS_BRIDGE,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(SysBusDevice),
        .class_init = isabus_bridge_class_init,
    },
};

DEFINE_TYPES(isa_types)
