/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system bus: devices that the board maps and wires by number. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/sysbus.h"
#include "monitor/monitor.h"
#include "qapi/error.h"

static BusState *main_bus;

/*** Wiring ***/

void sysbus_init_mmio(SysBusDevice *dev, MemoryRegion *memory)
{
    int n = dev->num_mmio++;

    assert(n < QDEV_MAX_MMIO);
    dev->mmio[n].addr = -1;
    dev->mmio[n].memory = memory;
}

MemoryRegion *sysbus_mmio_get_region(SysBusDevice *dev, int n)
{
    assert(n >= 0 && n < dev->num_mmio);
    return dev->mmio[n].memory;
}

void sysbus_init_irq(SysBusDevice *dev, qemu_irq *p)
{
    qdev_init_gpio_out_named(DEVICE(dev), p, SYSBUS_DEVICE_GPIO_IRQ, 1);
}

void sysbus_pass_irq(SysBusDevice *dev, SysBusDevice *target)
{
    qdev_pass_gpios(DEVICE(target), DEVICE(dev), SYSBUS_DEVICE_GPIO_IRQ);
}

void sysbus_init_ioports(SysBusDevice *dev, uint32_t ioport, uint32_t size)
{
    assert(dev->num_pio + size <= QDEV_MAX_PIO);
    while (size--) {
        dev->pio[dev->num_pio++] = ioport++;
    }
}

static char *irq_name(int n)
{
    return g_strdup_printf(SYSBUS_DEVICE_GPIO_IRQ "[%d]", n);
}

bool sysbus_has_irq(SysBusDevice *dev, int n)
{
    g_autofree char *name = irq_name(n);

    return object_property_find(OBJECT(dev), name) != NULL;
}

bool sysbus_has_mmio(SysBusDevice *dev, unsigned int n)
{
    return n < dev->num_mmio;
}

void sysbus_connect_irq(SysBusDevice *dev, int n, qemu_irq irq)
{
    SysBusDeviceClass *sbdc = SYS_BUS_DEVICE_GET_CLASS(dev);

    qdev_connect_gpio_out_named(DEVICE(dev), SYSBUS_DEVICE_GPIO_IRQ, n, irq);
    if (sbdc->connect_irq_notifier) {
        sbdc->connect_irq_notifier(dev, irq);
    }
}

qemu_irq sysbus_get_connected_irq(SysBusDevice *dev, int n)
{
    return qdev_get_gpio_out_connector(DEVICE(dev), SYSBUS_DEVICE_GPIO_IRQ,
                                       n);
}

bool sysbus_is_irq_connected(SysBusDevice *dev, int n)
{
    return sysbus_get_connected_irq(dev, n) != NULL;
}

/*** Mapping ***/

MemoryRegion *sysbus_address_space(SysBusDevice *dev)
{
    return get_system_memory();
}

void sysbus_mmio_unmap(SysBusDevice *dev, int n)
{
    assert(n >= 0 && n < dev->num_mmio);
    if (dev->mmio[n].addr != (hwaddr)-1) {
        memory_region_del_subregion(get_system_memory(), dev->mmio[n].memory);
        dev->mmio[n].addr = -1;
    }
}

/* Puts region n at addr; true if it was not there already. */
static bool remap(SysBusDevice *dev, int n, hwaddr addr)
{
    assert(n >= 0 && n < dev->num_mmio);
    if (dev->mmio[n].addr == addr) {
        return false;
    }
    sysbus_mmio_unmap(dev, n);
    dev->mmio[n].addr = addr;
    return true;
}

void sysbus_mmio_map(SysBusDevice *dev, int n, hwaddr addr)
{
    if (remap(dev, n, addr)) {
        memory_region_add_subregion(get_system_memory(), addr,
                                    dev->mmio[n].memory);
    }
}

void sysbus_mmio_map_overlap(SysBusDevice *dev, int n, hwaddr addr,
                             int priority)
{
    if (remap(dev, n, addr)) {
        memory_region_add_subregion_overlap(get_system_memory(), addr,
                                            dev->mmio[n].memory, priority);
    }
}

void sysbus_add_io(SysBusDevice *dev, hwaddr addr, MemoryRegion *mem)
{
    memory_region_add_subregion(get_system_io(), addr, mem);
}

/*** Creation ***/

bool sysbus_realize(SysBusDevice *dev, Error **errp)
{
    return qdev_realize(DEVICE(dev), sysbus_get_default(), errp);
}

bool sysbus_realize_and_unref(SysBusDevice *dev, Error **errp)
{
    return qdev_realize_and_unref(DEVICE(dev), sysbus_get_default(), errp);
}

DeviceState *sysbus_create_varargs(const char *name, hwaddr addr, ...)
{
    DeviceState *dev = qdev_new(name);
    SysBusDevice *s = SYS_BUS_DEVICE(dev);
    qemu_irq irq;
    va_list ap;
    int n = 0;

    sysbus_realize_and_unref(s, &error_fatal);
    if (addr != (hwaddr)-1) {
        sysbus_mmio_map(s, 0, addr);
    }
    va_start(ap, addr);
    while ((irq = va_arg(ap, qemu_irq))) {
        sysbus_connect_irq(s, n++, irq);
    }
    va_end(ap);
    return dev;
}

/*** Devices that -device made ***/

typedef struct DynamicSearch {
    FindSysbusDeviceFunc *func;
    void *opaque;
} DynamicSearch;

static int visit_dynamic(Object *obj, void *opaque)
{
    DynamicSearch *s = opaque;

    if (object_dynamic_cast(obj, TYPE_SYS_BUS_DEVICE)) {
        s->func(SYS_BUS_DEVICE(obj), s->opaque);
        return 0;
    }
    return object_child_foreach(obj, visit_dynamic, s);
}

void foreach_dynamic_sysbus_device(FindSysbusDeviceFunc *func, void *opaque)
{
    static const char *const homes[] = { "/peripheral", "/peripheral-anon" };
    DynamicSearch s = { func, opaque };
    int i;

    for (i = 0; i < ARRAY_SIZE(homes); i++) {
        visit_dynamic(container_get(qdev_get_machine(), homes[i]), &s);
    }
}

/*** Bus ***/

static void print_dev(Monitor *mon, DeviceState *dev, int indent)
{
    SysBusDevice *s = SYS_BUS_DEVICE(dev);
    int i;

    for (i = 0; i < s->num_mmio; i++) {
        monitor_printf(mon, "%*smmio %016" PRIx64 "/%016" PRIx64 "\n",
                       indent, "", s->mmio[i].addr,
                       memory_region_size(s->mmio[i].memory));
    }
}

static char *get_fw_dev_path(DeviceState *dev)
{
    SysBusDevice *s = SYS_BUS_DEVICE(dev);
    SysBusDeviceClass *sbdc = SYS_BUS_DEVICE_GET_CLASS(dev);
    const char *name = qdev_fw_name(dev);

    if (sbdc->explicit_ofw_unit_address) {
        g_autofree char *addr = sbdc->explicit_ofw_unit_address(s);

        if (addr) {
            return g_strdup_printf("%s@%s", name, addr);
        }
    }
    if (s->num_mmio) {
        return g_strdup_printf("%s@" HWADDR_FMT_plx, name, s->mmio[0].addr);
    }
    if (s->num_pio) {
        return g_strdup_printf("%s@i%04x", name, s->pio[0]);
    }
    return g_strdup(name);
}

static void system_bus_class_init(ObjectClass *oc, void *data)
{
    BusClass *bc = BUS_CLASS(oc);

    bc->print_dev = print_dev;
    bc->get_fw_dev_path = get_fw_dev_path;
}

BusState *sysbus_get_default(void)
{
    if (!main_bus) {
        Object *home;

        main_bus = g_malloc0(object_type_get_instance_size(TYPE_SYSTEM_BUS));
        qbus_init(main_bus, object_type_get_instance_size(TYPE_SYSTEM_BUS),
                  TYPE_SYSTEM_BUS, NULL, "main-system-bus");
        OBJECT(main_bus)->free = g_free;
        home = container_get(qdev_get_machine(), "/unattached");
        object_property_add_child(home, "sysbus", OBJECT(main_bus));
        object_unref(OBJECT(main_bus));
    }
    return main_bus;
}

static void sysbus_device_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->bus_type = TYPE_SYSTEM_BUS;
    /*
     * Only a board knows where such a device goes; classes that can stand
     * anywhere, and machines that allow them, say so.
     */
    dc->user_creatable = false;
}

static const TypeInfo sysbus_types[] = {
    {
        .name = TYPE_SYSTEM_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(BusState),
        .class_init = system_bus_class_init,
    }, {
        .name = TYPE_SYS_BUS_DEVICE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(SysBusDevice),
        .abstract = true,
        .class_size = sizeof(SysBusDeviceClass),
        .class_init = sysbus_device_class_init,
    },
};

DEFINE_TYPES(sysbus_types)
