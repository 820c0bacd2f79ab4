/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A serial port on the ISA bus: COM1 to COM4. */
#include "qemu/osdep.h"
#include "hw/char/serial.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

OBJECT_DECLARE_SIMPLE_TYPE(ISASerialState, ISA_SERIAL)

struct ISASerialState {
    ISADevice parent_obj;

    uint32_t index;
    uint32_t iobase;
    uint32_t isairq;
    SerialState state;
};

static const struct {
    uint16_t iobase;
    uint8_t irq;
} ports[] = { { 0x3f8, 4 }, { 0x2f8, 3 }, { 0x3e8, 4 }, { 0x2e8, 3 } };

static void serial_isa_realize(DeviceState *dev, Error **errp)
{
    static uint32_t next_index;
    ISADevice *isadev = ISA_DEVICE(dev);
    ISASerialState *isa = ISA_SERIAL(dev);
    SerialState *s = &isa->state;

    if (isa->index == -1) {
        isa->index = next_index;
    }
    if (isa->index >= ARRAY_SIZE(ports)) {
        error_setg(errp, "Max. supported number of ISA serial ports is %zu.",
                   ARRAY_SIZE(ports));
        return;
    }
    if (isa->iobase == -1) {
        isa->iobase = ports[isa->index].iobase;
    }
    if (isa->isairq == -1) {
        isa->isairq = ports[isa->index].irq;
    }
    if (isa->isairq >= ISA_NUM_IRQS) {
        error_setg(errp, "property 'irq' of isa-serial must be at most %d",
                   ISA_NUM_IRQS - 1);
        return;
    }
    s->irq = isa_get_irq(isadev, isa->isairq);
    if (!qdev_realize(DEVICE(s), NULL, errp)) {
        return;
    }
    next_index = MAX(next_index, isa->index + 1);
    qdev_set_legacy_instance_id(dev, isa->iobase, 3);
    memory_region_init_io(&s->io, OBJECT(isa), &serial_io_ops, s, "serial",
                          8);
    isa_register_ioport(isadev, &s->io, isa->iobase);
}

static const VMStateDescription vmstate_isa_serial = {
    .name = "serial",
    .version_id = 3,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(state, ISASerialState, 0, vmstate_serial, SerialState),
        VMSTATE_END_OF_LIST()
    },
};

static Property serial_isa_properties[] = {
    DEFINE_PROP_UINT32("index", ISASerialState, index, -1),
    DEFINE_PROP_UINT32("iobase", ISASerialState, iobase, -1),
    DEFINE_PROP_UINT32("irq", ISASerialState, isairq, -1),
    DEFINE_PROP_END_OF_LIST(),
};

static void serial_isa_initfn(Object *obj)
{
    ISASerialState *isa = ISA_SERIAL(obj);

    object_initialize_child(obj, "serial", &isa->state, TYPE_SERIAL);
    qdev_alias_all_properties(DEVICE(&isa->state), obj);
}

static void serial_isa_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = serial_isa_realize;
    dc->vmsd = &vmstate_isa_serial;
    device_class_set_props(dc, serial_isa_properties);
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static const TypeInfo serial_isa_info = {
    .name = TYPE_ISA_SERIAL,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(ISASerialState),
    .instance_init = serial_isa_initfn,
    .class_init = serial_isa_class_init,
};

static void serial_isa_register_types(void)
{
    type_register_static(&serial_isa_info);
}

type_init(serial_isa_register_types)
