/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The floppy disk controller on the ISA bus. */
#include "qemu/osdep.h"
#include "fdc-internal.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "sysemu/sysemu.h"

OBJECT_DECLARE_SIMPLE_TYPE(FDCtrlISABus, ISA_FDC)

struct FDCtrlISABus {
    ISADevice parent_obj;

    uint32_t iobase;
    uint32_t irq;
    uint32_t dma;
    FDCtrl state;
    int32_t bootindexA;
    int32_t bootindexB;
    PortioList portio_list;
};

static uint32_t isa_fdc_read(void *opaque, uint32_t port)
{
    return fdc_port_read(opaque, port);
}

static void isa_fdc_write(void *opaque, uint32_t port, uint32_t val)
{
    fdc_port_write(opaque, port, val);
}

/* Port 6 is of the hard disk; status register A is not decoded. */
static const MemoryRegionPortio fdc_ports[] = {
    { 1, 5, 1, .read = isa_fdc_read, .write = isa_fdc_write },
    { 7, 1, 1, .read = isa_fdc_read, .write = isa_fdc_write },
    PORTIO_END_OF_LIST(),
};

static void isa_fdc_reset(DeviceState *d)
{
    fdc_reset(&ISA_FDC(d)->state, false);
}

static void isa_fdc_realize(DeviceState *dev, Error **errp)
{
    ISADevice *isadev = ISA_DEVICE(dev);
    FDCtrlISABus *isa = ISA_FDC(dev);
    FDCtrl *f = &isa->state;

    if (isa->irq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"irq\" is: %u",
                   ISA_NUM_IRQS - 1);
        return;
    }
    if (isa->dma >= ISA_NUM_DMAS / 2) {
        error_setg(errp, "Maximum value for \"dma\" is: %u",
                   ISA_NUM_DMAS / 2 - 1);
        return;
    }
    isa_register_portio_list(isadev, &isa->portio_list, isa->iobase,
                             fdc_ports, f, "fdc");
    f->irq = isa_get_irq(isadev, isa->irq);
    f->dma_chann = isa->dma;
    f->dma = isa_get_dma(isa_bus_from_device(isadev), isa->dma);
    fdc_realize(f, dev);
}

void isa_fdc_init_drives(ISADevice *fdc, BlockBackend **drives)
{
    FDCtrl *f = &ISA_FDC(fdc)->state;

    for (int i = 0; i < MAX_FD; i++) {
        DeviceState *dev;

        if (!drives[i]) {
            continue;
        }
        dev = qdev_new(TYPE_FLOPPY_DRIVE);
        qdev_prop_set_uint32(dev, "unit", i);
        qdev_prop_set_enum(dev, "drive-type", f->drive_types[i]);
        qdev_prop_set_drive_err(dev, "drive", drives[i], &error_fatal);
        qdev_realize_and_unref(dev, BUS(&f->bus), &error_fatal);
    }
}

FloppyDriveType isa_fdc_get_drive_type(ISADevice *fdc, int i)
{
    return ISA_FDC(fdc)->state.drives[i].drive;
}

static const VMStateDescription vmstate_isa_fdc = {
    .name = "fdc",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(state, FDCtrlISABus, 0, vmstate_fdc, FDCtrl),
        VMSTATE_END_OF_LIST()
    },
};

static Property isa_fdc_properties[] = {
    DEFINE_PROP_UINT32("iobase", FDCtrlISABus, iobase, 0x3f0),
    DEFINE_PROP_UINT32("irq", FDCtrlISABus, irq, 6),
    DEFINE_PROP_UINT32("dma", FDCtrlISABus, dma, 2),
    DEFINE_PROP_FDC_DRIVE_TYPE("fdtypeA", FDCtrlISABus, state.drive_types[0],
                               FLOPPY_DRIVE_TYPE_AUTO),
    DEFINE_PROP_FDC_DRIVE_TYPE("fdtypeB", FDCtrlISABus, state.drive_types[1],
                               FLOPPY_DRIVE_TYPE_AUTO),
    DEFINE_PROP_FDC_DRIVE_TYPE("fallback", FDCtrlISABus, state.fallback,
                               FLOPPY_DRIVE_TYPE_288),
    DEFINE_PROP_END_OF_LIST(),
};

static void isa_fdc_init(Object *obj)
{
    FDCtrlISABus *isa = ISA_FDC(obj);

    device_add_bootindex_property(obj, &isa->bootindexA, "bootindexA",
                                  "/floppy@0", DEVICE(obj));
    device_add_bootindex_property(obj, &isa->bootindexB, "bootindexB",
                                  "/floppy@1", DEVICE(obj));
}

static void isa_fdc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "virtual floppy controller";
    dc->realize = isa_fdc_realize;
    dc->fw_name = "fdc";
    dc->reset = isa_fdc_reset;
    dc->vmsd = &vmstate_isa_fdc;
    device_class_set_props(dc, isa_fdc_properties);
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static const TypeInfo isa_fdc_info = {
    .name = TYPE_ISA_FDC,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(FDCtrlISABus),
    .instance_init = isa_fdc_init,
    .class_init = isa_fdc_class_init,
};

static void isa_fdc_register_types(void)
{
    type_register_static(&isa_fdc_info);
}

type_init(isa_fdc_register_types)
