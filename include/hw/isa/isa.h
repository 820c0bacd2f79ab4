/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ISA bus: a range of memory, I/O ports, sixteen interrupt lines and two
 * DMA controllers.  Devices decode fixed addresses of their own.
 */
#ifndef HW_ISA_H
#define HW_ISA_H

#include "exec/ioport.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "qom/object.h"

#define ISA_NUM_IRQS 16
#define ISA_NUM_DMAS 8

#define TYPE_ISA_DEVICE "isa-device"
OBJECT_DECLARE_TYPE(ISADevice, ISADeviceClass, ISA_DEVICE)

#define TYPE_ISA_BUS "ISA"
OBJECT_DECLARE_SIMPLE_TYPE(ISABus, ISA_BUS)

/* A DMA controller, as devices see it. */
#define TYPE_ISADMA "isa-dma"

typedef struct IsaDmaClass IsaDmaClass;
DECLARE_CLASS_CHECKERS(IsaDmaClass, ISADMA, TYPE_ISADMA)
#define ISADMA(obj) INTERFACE_CHECK(IsaDma, (obj), TYPE_ISADMA)

typedef struct IsaDma IsaDma;

typedef enum {
    ISADMA_TRANSFER_VERIFY,
    ISADMA_TRANSFER_READ,
    ISADMA_TRANSFER_WRITE,
    ISADMA_TRANSFER_ILLEGAL,
} IsaDmaTransferMode;

/* Moves up to dma_len bytes from dma_pos on; the position reached. */
typedef int (*IsaDmaTransferHandler)(void *opaque, int nchan, int dma_pos,
                                     int dma_len);

struct IsaDmaClass {
    InterfaceClass parent;

    bool (*has_autoinitialization)(IsaDma *obj, int nchan);
    int (*read_memory)(IsaDma *obj, int nchan, void *buf, int pos, int len);
    int (*write_memory)(IsaDma *obj, int nchan, void *buf, int pos, int len);
    void (*hold_DREQ)(IsaDma *obj, int nchan);
    void (*release_DREQ)(IsaDma *obj, int nchan);
    void (*schedule)(IsaDma *obj);
    void (*register_channel)(IsaDma *obj, int nchan,
                             IsaDmaTransferHandler transfer_handler,
                             void *opaque);
};

struct ISADeviceClass {
    DeviceClass parent_class;
};

struct ISABus {
    /*< private >*/
    BusState parent_obj;
    /*< public >*/

    MemoryRegion *address_space;
    MemoryRegion *address_space_io;
    qemu_irq *irqs;
    IsaDma *dma[2];             /* 8-bit channels, 16-bit channels */
};

struct ISADevice {
    /*< private >*/
    DeviceState parent_obj;
    /*< public >*/

    int ioport_id;              /* its first port, for firmware paths */
};

/*
 * The one ISA bus, below @dev (NULL: a bridge on the system bus).  NULL with
 * @errp set where there is one already.
 */
ISABus *isa_bus_new(DeviceState *dev, MemoryRegion *address_space,
                    MemoryRegion *address_space_io, Error **errp);

/* Where the sixteen lines go; the array must live as long as the bus. */
void isa_bus_irqs(ISABus *bus, qemu_irq *irqs);
void isa_bus_dma(ISABus *bus, IsaDma *dma8, IsaDma *dma16);
IsaDma *isa_get_dma(ISABus *bus, int nchan);

/* A line of the bus that @dev sits on, or of the only bus with @dev NULL. */
qemu_irq isa_get_irq(ISADevice *dev, unsigned isairq);
void isa_connect_gpio_out(ISADevice *isadev, int gpioirq, unsigned isairq);

MemoryRegion *isa_address_space(ISADevice *dev);
MemoryRegion *isa_address_space_io(ISADevice *dev);

ISADevice *isa_new(const char *name);
ISADevice *isa_try_new(const char *name);
bool isa_realize_and_unref(ISADevice *dev, ISABus *bus, Error **errp);
/* Ends the program where that fails: for boards. */
ISADevice *isa_create_simple(ISABus *bus, const char *name);

/* The name keeps "Super I/O" chips working that ask for their bus. */
static inline ISABus *isa_bus_from_device(ISADevice *d)
{
    return ISA_BUS(qdev_get_parent_bus(DEVICE(d)));
}

/* Ports at @start; @dev may be NULL. */
void isa_register_ioport(ISADevice *dev, MemoryRegion *io, uint16_t start);

/* The same for a list of ports with handlers, which @piolist describes. */
int isa_register_portio_list(ISADevice *dev, PortioList *piolist,
                             uint16_t start, const MemoryRegionPortio *portio,
                             void *opaque, const char *name);

#endif
