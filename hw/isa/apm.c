/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See hw/isa/apm.h. */
#include "qemu/osdep.h"
#include "hw/isa/apm.h"

static uint64_t apm_read(void *opaque, hwaddr addr, unsigned size)
{
    APMState *s = opaque;

    return addr ? s->apms : s->apmc;
}

static void apm_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    APMState *s = opaque;

    if (addr) {
        s->apms = val;
        return;
    }
    s->apmc = val;
    if (s->callback) {
        s->callback(val, s->arg);
    }
}

static const MemoryRegionOps apm_ops = {
    .read = apm_read,
    .write = apm_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

const VMStateDescription vmstate_apm = {
    .name = "APM State",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(apmc, APMState),
        VMSTATE_UINT8(apms, APMState),
        VMSTATE_END_OF_LIST()
    },
};

void apm_init(PCIDevice *dev, APMState *s, apm_ctrl_changed_t callback,
              void *arg)
{
    s->callback = callback;
    s->arg = arg;
    memory_region_init_io(&s->io, OBJECT(dev), &apm_ops, s, "apm-io", 2);
    memory_region_add_subregion(pci_address_space_io(dev), APM_CNT_IOPORT,
                                &s->io);
}
