/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports 0x7e and 0x7f by which an option ROM of QEMU asks to have a 32-bit
 * system's accesses to the APIC's task priority patched into calls of the ROM.
 *
 * There is no such ROM here and no patching: the ports answer as unused ones
 * do, and writes have no effect.  The state of a machine that runs QEMU's ROM
 * is kept, so that it can go back; one whose code is patched already cannot
 * come here, since it would call what nobody serves.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"

#define TYPE_VAPIC "kvmvapic"
OBJECT_DECLARE_SIMPLE_TYPE(VAPICROMState, VAPIC)

#define VAPIC_IO_PORT 0x7e

enum {
    VAPIC_INACTIVE = 0,
    VAPIC_ACTIVE = 1,           /* code is patched */
    VAPIC_STANDBY = 2,          /* the ROM has said where it is */
};

typedef struct VAPICHandlers {
    uint32_t set_tpr;
    uint32_t set_tpr_eax;
    uint32_t get_tpr[8];
    uint32_t get_tpr_stack;
} VAPICHandlers;

typedef struct GuestROMState {
    uint32_t vaddr;
    uint32_t fixup_start;
    uint32_t fixup_end;
    uint32_t vapic_vaddr;
    uint32_t vapic_size;
    uint32_t vcpu_shift;
    uint32_t real_tpr_addr;
    VAPICHandlers up;
    VAPICHandlers mp;
} GuestROMState;

struct VAPICROMState {
    SysBusDevice busdev;

    MemoryRegion io;
    GuestROMState rom_state;
    uint32_t state;
    uint32_t real_tpr_addr;
    uint32_t rom_state_vaddr;
    uint32_t vapic_paddr;
    uint32_t rom_state_paddr;
};

static uint64_t vapic_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static void vapic_write(void *opaque, hwaddr addr, uint64_t data,
                        unsigned size)
{
    qemu_log_mask(LOG_UNIMP, "kvmvapic: accesses to the task priority are "
                  "not patched here\n");
}

static const MemoryRegionOps vapic_ops = {
    .read = vapic_read,
    .write = vapic_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

static const VMStateDescription vmstate_handlers = {
    .name = "kvmvapic-handlers",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(set_tpr, VAPICHandlers),
        VMSTATE_UINT32(set_tpr_eax, VAPICHandlers),
        VMSTATE_UINT32_ARRAY(get_tpr, VAPICHandlers, 8),
        VMSTATE_UINT32(get_tpr_stack, VAPICHandlers),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_guest_rom = {
    .name = "kvmvapic-guest-rom",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UNUSED(8),
        VMSTATE_UINT32(vaddr, GuestROMState),
        VMSTATE_UINT32(fixup_start, GuestROMState),
        VMSTATE_UINT32(fixup_end, GuestROMState),
        VMSTATE_UINT32(vapic_vaddr, GuestROMState),
        VMSTATE_UINT32(vapic_size, GuestROMState),
        VMSTATE_UINT32(vcpu_shift, GuestROMState),
        VMSTATE_UINT32(real_tpr_addr, GuestROMState),
        VMSTATE_STRUCT(up, GuestROMState, 0, vmstate_handlers, VAPICHandlers),
        VMSTATE_STRUCT(mp, GuestROMState, 0, vmstate_handlers, VAPICHandlers),
        VMSTATE_END_OF_LIST()
    },
};

static int vapic_post_load(void *opaque, int version_id)
{
    VAPICROMState *s = opaque;

    if (s->state == VAPIC_ACTIVE) {
        error_report("kvmvapic: the machine runs code patched for KVM's "
                     "virtual APIC, which is not there");
        return -ENOTSUP;
    }
    return s->state == VAPIC_INACTIVE || s->state == VAPIC_STANDBY ? 0
                                                                   : -EINVAL;
}

static const VMStateDescription vmstate_vapic = {
    .name = "kvm-tpr-opt",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = vapic_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(rom_state, VAPICROMState, 0, vmstate_guest_rom,
                       GuestROMState),
        VMSTATE_UINT32(state, VAPICROMState),
        VMSTATE_UINT32(real_tpr_addr, VAPICROMState),
        VMSTATE_UINT32(rom_state_vaddr, VAPICROMState),
        VMSTATE_UINT32(vapic_paddr, VAPICROMState),
        VMSTATE_UINT32(rom_state_paddr, VAPICROMState),
        VMSTATE_END_OF_LIST()
    },
};

static void vapic_reset(DeviceState *dev)
{
    VAPICROMState *s = VAPIC(dev);

    s->state = VAPIC_INACTIVE;
    s->rom_state_paddr = 0;
}

static void vapic_realize(DeviceState *dev, Error **errp)
{
    VAPICROMState *s = VAPIC(dev);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);

    memory_region_init_io(&s->io, OBJECT(s), &vapic_ops, s, "kvmvapic", 2);
    memory_region_add_subregion(get_system_io(), VAPIC_IO_PORT, &s->io);
    sysbus_init_ioports(sbd, VAPIC_IO_PORT, 2);
}

static void vapic_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->reset = vapic_reset;
    dc->vmsd = &vmstate_vapic;
    dc->realize = vapic_realize;
}

static const TypeInfo vapic_type = {
    .name = TYPE_VAPIC,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(VAPICROMState),
    .class_init = vapic_class_init,
};

static void vapic_register(void)
{
    type_register_static(&vapic_type);
}

type_init(vapic_register)
