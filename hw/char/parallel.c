/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parallel port: the PC's "standard parallel port" (IBM Technical Reference,
 * "IBM Monochrome Display and Printer Adapter") with the registers of EPP 1.9
 * (IEEE 1284-1994, annex D).
 *
 * A printer that is always ready sits behind it: each strobed byte goes to
 * the character device.  It does not speak EPP, so cycles of that end with
 * the time-out bit set.
 */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

#define TYPE_ISA_PARALLEL "isa-parallel"
OBJECT_DECLARE_SIMPLE_TYPE(ISAParallelState, ISA_PARALLEL)

enum { REG_DATA, REG_STATUS, REG_CONTROL, REG_EPP_ADDR, REG_EPP_DATA };

#define STATUS_TIMEOUT 0x01
#define STATUS_ERROR 0x08       /* low: an error */
#define STATUS_ONLINE 0x10
#define STATUS_ACK 0x40         /* low: a byte was taken */
#define STATUS_READY 0x80       /* low: busy */
#define STATUS_IDLE (STATUS_READY | STATUS_ACK | STATUS_ONLINE | STATUS_ERROR)

#define CONTROL_STROBE 0x01
#define CONTROL_INIT 0x04       /* low: the printer is reset */
#define CONTROL_SELECT 0x08
#define CONTROL_INTEN 0x10
#define CONTROL_INPUT 0x20      /* the data lines are inputs */
#define CONTROL_ONES 0xc0

typedef struct ParallelState {
    uint8_t dataw;
    uint8_t datar;
    uint8_t status;
    uint8_t control;
    qemu_irq irq;
    int irq_pending;
    int epp_timeout;
    CharBackend chr;
} ParallelState;

struct ISAParallelState {
    ISADevice parent_obj;

    uint32_t index;
    uint32_t iobase;
    uint32_t isairq;
    ParallelState state;
    MemoryRegion io;
};

static void update_irq(ParallelState *s)
{
    qemu_set_irq(s->irq, s->irq_pending != 0);
}

/*** Writing ***/

static void write_control(ParallelState *s, uint8_t val)
{
    val |= CONTROL_ONES;
    if (!(val & CONTROL_INIT)) {
        s->status = STATUS_IDLE;
    } else if (val & CONTROL_SELECT) {
        if (val & CONTROL_STROBE) {
            s->status &= ~STATUS_READY;
            if (!(s->control & CONTROL_STROBE)) {
                /* The printer waits as long as whoever reads from it. */
                qemu_chr_fe_write_all(&s->chr, &s->dataw, 1);
            }
        } else if (s->control & CONTROL_INTEN) {
            s->irq_pending = 1;
        }
    }
    update_irq(s);
    s->control = val;
}

static void epp_cycle(ParallelState *s)
{
    s->epp_timeout = 1;
    s->status |= STATUS_TIMEOUT;
}

static void parallel_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    ParallelState *s = opaque;

    switch (addr) {
    case REG_DATA:
        s->dataw = val;
        update_irq(s);
        break;
    case REG_STATUS:
        break;
    case REG_CONTROL:
        write_control(s, val);
        break;
    default:
        epp_cycle(s);
        break;
    }
}

/*** Reading ***/

/* A busy printer acknowledges the byte while it is watched. */
static uint8_t read_status(ParallelState *s)
{
    uint8_t status = s->status;

    s->irq_pending = 0;
    if (!(s->status & STATUS_READY) && !(s->control & CONTROL_STROBE)) {
        if (s->status & STATUS_ACK) {
            s->status &= ~STATUS_ACK;
        } else {
            s->status |= STATUS_ACK | STATUS_READY;
        }
    }
    update_irq(s);
    return status;
}

static uint64_t parallel_read(void *opaque, hwaddr addr, unsigned size)
{
    ParallelState *s = opaque;

    switch (addr) {
    case REG_DATA:
        return s->control & CONTROL_INPUT ? s->datar : s->dataw;
    case REG_STATUS:
        return read_status(s);
    case REG_CONTROL:
        return s->control;
    default:
        epp_cycle(s);
        return 0xff;
    }
}

static const MemoryRegionOps parallel_ops = {
    .read = parallel_read,
    .write = parallel_write,
    .valid.unaligned = true,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** Type ***/

static void parallel_reset(DeviceState *dev)
{
    ParallelState *s = &ISA_PARALLEL(dev)->state;

    s->datar = 0xff;
    s->dataw = 0xff;
    s->status = STATUS_IDLE | STATUS_TIMEOUT;
    s->control = CONTROL_SELECT | CONTROL_INIT | CONTROL_ONES;
    s->irq_pending = 0;
    s->epp_timeout = 0;
    update_irq(s);
}

static const VMStateDescription vmstate_parallel_isa = {
    .name = "parallel_isa",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(state.dataw, ISAParallelState),
        VMSTATE_UINT8(state.datar, ISAParallelState),
        VMSTATE_UINT8(state.status, ISAParallelState),
        VMSTATE_UINT8(state.control, ISAParallelState),
        VMSTATE_INT32(state.irq_pending, ISAParallelState),
        VMSTATE_INT32(state.epp_timeout, ISAParallelState),
        VMSTATE_END_OF_LIST()
    },
};

static int parallel_can_receive(void *opaque)
{
    return 1;
}

static bool choose_port(ISAParallelState *isa, Error **errp)
{
    static const uint16_t ports[] = { 0x378, 0x278, 0x3bc };
    static uint32_t next_index;

    if (isa->index == -1) {
        isa->index = next_index;
    }
    if (isa->index >= ARRAY_SIZE(ports)) {
        error_setg(errp, "Max. supported number of parallel ports is %zu.",
                   ARRAY_SIZE(ports));
        return false;
    }
    if (isa->iobase == -1) {
        isa->iobase = ports[isa->index];
    }
    if (isa->isairq >= ISA_NUM_IRQS) {
        error_setg(errp, "property 'irq' of isa-parallel must be at most %d",
                   ISA_NUM_IRQS - 1);
        return false;
    }
    next_index = MAX(next_index, isa->index + 1);
    return true;
}

static void parallel_isa_realize(DeviceState *dev, Error **errp)
{
    ISADevice *isadev = ISA_DEVICE(dev);
    ISAParallelState *isa = ISA_PARALLEL(dev);
    ParallelState *s = &isa->state;

    if (!qemu_chr_fe_backend_connected(&s->chr)) {
        error_setg(errp, "Can't create parallel device, empty char device");
        return;
    }
    if (!choose_port(isa, errp)) {
        return;
    }
    s->irq = isa_get_irq(isadev, isa->isairq);
    qemu_chr_fe_set_handlers(&s->chr, parallel_can_receive, NULL, NULL, NULL,
                             s, NULL, true);
    /* At 0x3bc a video adapter begins after three ports. */
    memory_region_init_io(&isa->io, OBJECT(isa), &parallel_ops, s, "parallel",
                          isa->iobase & 7 ? 4 : 8);
    isa_register_ioport(isadev, &isa->io, isa->iobase);
    qdev_set_legacy_instance_id(dev, isa->iobase, 1);
}

static Property parallel_isa_properties[] = {
    DEFINE_PROP_UINT32("index", ISAParallelState, index, -1),
    DEFINE_PROP_UINT32("iobase", ISAParallelState, iobase, -1),
    DEFINE_PROP_UINT32("irq", ISAParallelState, isairq, 7),
    DEFINE_PROP_CHR("chardev", ISAParallelState, state.chr),
    DEFINE_PROP_END_OF_LIST(),
};

static void parallel_isa_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = parallel_isa_realize;
    dc->reset = parallel_reset;
    dc->vmsd = &vmstate_parallel_isa;
    device_class_set_props(dc, parallel_isa_properties);
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static const TypeInfo parallel_isa_info = {
    .name = TYPE_ISA_PARALLEL,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(ISAParallelState),
    .class_init = parallel_isa_class_init,
};

static void parallel_register_types(void)
{
    type_register_static(&parallel_isa_info);
}

type_init(parallel_register_types)
