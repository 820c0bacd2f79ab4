/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial ports as PCI functions: one, two or four behind one BAR. */
#include "qemu/osdep.h"
#include "hw/char/serial.h"
#include "hw/irq.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

#define PCI_SERIAL_MAX_PORTS 4

#define TYPE_PCI_SERIAL "pci-serial"
#define TYPE_PCI_SERIAL_2X "pci-serial-2x"
#define TYPE_PCI_SERIAL_4X "pci-serial-4x"

/*
 * One layout for all; a single port is named differently in properties and in
 * the stream.
 */
typedef struct PCISerialState {
    PCIDevice dev;
    MemoryRegion iobar;
    char *names[PCI_SERIAL_MAX_PORTS];
    SerialState state[PCI_SERIAL_MAX_PORTS];
    uint32_t level[PCI_SERIAL_MAX_PORTS];
    uint8_t prog_if;
} PCISerialState;

static unsigned port_count(PCIDevice *pci)
{
    switch (PCI_DEVICE_GET_CLASS(pci)->device_id) {
    case PCI_DEVICE_ID_REDHAT_SERIAL4:
        return 4;
    case PCI_DEVICE_ID_REDHAT_SERIAL2:
        return 2;
    default:
        return 1;
    }
}

/* The function has one line for all. */
static void port_irq(void *opaque, int n, int level)
{
    PCISerialState *pci = opaque;
    bool any = false;

    pci->level[n] = level;
    for (int i = 0; i < PCI_SERIAL_MAX_PORTS; i++) {
        any |= pci->level[i] != 0;
    }
    pci_set_irq(&pci->dev, any);
}

static void pci_serial_exit(PCIDevice *dev)
{
    PCISerialState *pci = DO_UPCAST(PCISerialState, dev, dev);

    for (unsigned i = 0; i < port_count(dev); i++) {
        SerialState *s = &pci->state[i];

        if (!DEVICE(s)->realized) {
            continue;
        }
        memory_region_del_subregion(&pci->iobar, &s->io);
        qdev_unrealize(DEVICE(s));
        qemu_free_irq(s->irq);
        g_free(pci->names[i]);
        pci->names[i] = NULL;
    }
}

static void pci_serial_realize(PCIDevice *dev, Error **errp)
{
    PCISerialState *pci = DO_UPCAST(PCISerialState, dev, dev);
    unsigned n = port_count(dev);

    dev->config[PCI_CLASS_PROG] = pci->prog_if;
    dev->config[PCI_INTERRUPT_PIN] = 1;
    memory_region_init(&pci->iobar, OBJECT(dev),
                       n == 1 ? "serial" : "multiserial", 8 * n);
    for (unsigned i = 0; i < n; i++) {
        SerialState *s = &pci->state[i];

        s->irq = qemu_allocate_irq(port_irq, pci, i);
        if (!qdev_realize(DEVICE(s), NULL, errp)) {
            qemu_free_irq(s->irq);
            pci_serial_exit(dev);
            return;
        }
        pci->names[i] = n == 1 ? g_strdup("serial")
                               : g_strdup_printf("uart #%u", i + 1);
        memory_region_init_io(&s->io, OBJECT(dev), &serial_io_ops, s,
                              pci->names[i], 8);
        memory_region_add_subregion(&pci->iobar, 8 * i, &s->io);
    }
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_IO, &pci->iobar);
}

static const VMStateDescription vmstate_pci_serial = {
    .name = "pci-serial",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(dev, PCISerialState),
        VMSTATE_STRUCT(state[0], PCISerialState, 0, vmstate_serial,
                       SerialState),
        VMSTATE_END_OF_LIST()
    },
};


static bool has_four_ports(void *opaque, int version_id)
{
    return port_count(opaque) == 4;
}

static const VMStateDescription vmstate_pci_multi_serial = {
    .name = "pci-serial-multi",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(dev, PCISerialState),
        VMSTATE_STRUCT_SUB_ARRAY(state, PCISerialState, 0, 2, 0,
                                 vmstate_serial, SerialState),
        VMSTATE_STRUCT_TEST(state[2], PCISerialState, has_four_ports, 0,
                            vmstate_serial, SerialState),
        VMSTATE_STRUCT_TEST(state[3], PCISerialState, has_four_ports, 0,
                            vmstate_serial, SerialState),
        VMSTATE_UINT32_ARRAY(level, PCISerialState, PCI_SERIAL_MAX_PORTS),
        VMSTATE_END_OF_LIST()
    },
};

static Property pci_serial_properties[] = {
    DEFINE_PROP_UINT8("prog_if", PCISerialState, prog_if, 0x02),
    DEFINE_PROP_END_OF_LIST(),
};

static Property pci_serial_2x_properties[] = {
    DEFINE_PROP_CHR("chardev1", PCISerialState, state[0].chr),
    DEFINE_PROP_CHR("chardev2", PCISerialState, state[1].chr),
    DEFINE_PROP_UINT8("prog_if", PCISerialState, prog_if, 0x02),
    DEFINE_PROP_END_OF_LIST(),
};

static Property pci_serial_4x_properties[] = {
    DEFINE_PROP_CHR("chardev1", PCISerialState, state[0].chr),
    DEFINE_PROP_CHR("chardev2", PCISerialState, state[1].chr),
    DEFINE_PROP_CHR("chardev3", PCISerialState, state[2].chr),
    DEFINE_PROP_CHR("chardev4", PCISerialState, state[3].chr),
    DEFINE_PROP_UINT8("prog_if", PCISerialState, prog_if, 0x02),
    DEFINE_PROP_END_OF_LIST(),
};

static void pci_serial_init(Object *obj)
{
    PCIDevice *dev = PCI_DEVICE(obj);
    PCISerialState *pci = DO_UPCAST(PCISerialState, dev, dev);
    unsigned n = port_count(dev);

    if (n == 1) {
        object_initialize_child(obj, "serial", &pci->state[0], TYPE_SERIAL);
        qdev_alias_all_properties(DEVICE(&pci->state[0]), obj);
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        object_initialize_child(obj, "serial[*]", &pci->state[i],
                                TYPE_SERIAL);
    }
}

static void pci_serial_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);
    uint16_t id = GPOINTER_TO_UINT(data);

    pc->realize = pci_serial_realize;
    pc->exit = pci_serial_exit;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = id;
    pc->revision = 1;
    pc->class_id = PCI_CLASS_COMMUNICATION_SERIAL;
    dc->vmsd = id == PCI_DEVICE_ID_REDHAT_SERIAL ? &vmstate_pci_serial
                                                 : &vmstate_pci_multi_serial;
    device_class_set_props(dc, id == PCI_DEVICE_ID_REDHAT_SERIAL
                               ? pci_serial_properties
                               : id == PCI_DEVICE_ID_REDHAT_SERIAL2
                               ? pci_serial_2x_properties
                               : pci_serial_4x_properties);
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

#define PCI_SERIAL_TYPE(type, id) { \
    .name = type, \
    .parent = TYPE_PCI_DEVICE, \
    .instance_size = sizeof(PCISerialState), \
    .instance_init = pci_serial_init, \
    .class_init = pci_serial_class_init, \
    .class_data = GUINT_TO_POINTER(id), \
    .interfaces = (InterfaceInfo[]) { \
        { INTERFACE_CONVENTIONAL_PCI_DEVICE }, \
        { }, \
    }, \
}

static const TypeInfo pci_serial_types[] = {
    PCI_SERIAL_TYPE(TYPE_PCI_SERIAL, PCI_DEVICE_ID_REDHAT_SERIAL),
    PCI_SERIAL_TYPE(TYPE_PCI_SERIAL_2X, PCI_DEVICE_ID_REDHAT_SERIAL2),
    PCI_SERIAL_TYPE(TYPE_PCI_SERIAL_4X, PCI_DEVICE_ID_REDHAT_SERIAL4),
};

DEFINE_TYPES(pci_serial_types)
