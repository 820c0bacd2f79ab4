/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port 0x61: the gate of timer channel 2, the speaker's data, and the state
 * of the timer's output (ICH9 data sheet section 13.7.1, NMI_SC).
 *
 * The speaker itself is silent.
 */
#include "qemu/osdep.h"
#include "hw/audio/pcspk.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "hw/timer/i8254.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

OBJECT_DECLARE_SIMPLE_TYPE(PCSpkState, PC_SPEAKER)

#define PORT_GATE 0x01
#define PORT_DATA 0x02
#define PORT_REFRESH 0x10
#define PORT_OUT 0x20

struct PCSpkState {
    ISADevice parent_obj;

    MemoryRegion ioport;
    uint32_t iobase;
    char *audiodev;
    PITState *pit;
    uint8_t data_on;
    uint8_t dummy_refresh_clock;
    bool migrate;
};

/* Software waits for the refresh bit to change: each read changes it. */
static uint64_t pcspk_io_read(void *opaque, hwaddr addr, unsigned size)
{
    PCSpkState *s = opaque;
    PITChannelInfo ch;

    pit_get_channel_info(ISA_DEVICE(s->pit), 2, &ch);
    s->dummy_refresh_clock ^= PORT_REFRESH;
    return (ch.gate ? PORT_GATE : 0) | (s->data_on ? PORT_DATA : 0) |
           s->dummy_refresh_clock | (ch.out ? PORT_OUT : 0);
}

static void pcspk_io_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    PCSpkState *s = opaque;

    s->data_on = !!(val & PORT_DATA);
    pit_set_gate(ISA_DEVICE(s->pit), 2, val & PORT_GATE);
}

static const MemoryRegionOps pcspk_io_ops = {
    .read = pcspk_io_read,
    .write = pcspk_io_write,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

static void pcspk_initfn(Object *obj)
{
    PCSpkState *s = PC_SPEAKER(obj);

    memory_region_init_io(&s->ioport, obj, &pcspk_io_ops, s, "pcspk", 1);
    object_property_add_link(obj, "pit", TYPE_I8254, (Object **)&s->pit,
                             qdev_prop_allow_set_link_before_realize, 0);
}

static void pcspk_realize(DeviceState *dev, Error **errp)
{
    PCSpkState *s = PC_SPEAKER(dev);

    if (!s->pit) {
        error_setg(errp, "the speaker's port needs a timer chip");
        return;
    }
    isa_register_ioport(ISA_DEVICE(dev), &s->ioport, s->iobase);
}

static bool pcspk_is_migrated(void *opaque)
{
    PCSpkState *s = opaque;

    return s->migrate;
}

static const VMStateDescription vmstate_spk = {
    .name = "pcspk",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = pcspk_is_migrated,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(data_on, PCSpkState),
        VMSTATE_UINT8(dummy_refresh_clock, PCSpkState),
        VMSTATE_END_OF_LIST()
    },
};

static Property pcspk_properties[] = {
    DEFINE_PROP_STRING("audiodev", PCSpkState, audiodev),
    DEFINE_PROP_UINT32("iobase", PCSpkState, iobase, 0x61),
    DEFINE_PROP_BOOL("migrate", PCSpkState, migrate, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void pcspk_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = pcspk_realize;
    set_bit(DEVICE_CATEGORY_SOUND, dc->categories);
    dc->vmsd = &vmstate_spk;
    device_class_set_props(dc, pcspk_properties);
    /* The board says which timer it has. */
    dc->user_creatable = false;
}

static const TypeInfo pcspk_info = {
    .name = TYPE_PC_SPEAKER,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(PCSpkState),
    .instance_init = pcspk_initfn,
    .class_init = pcspk_class_init,
};

static void pcspk_register(void)
{
    type_register_static(&pcspk_info);
}

type_init(pcspk_register)
