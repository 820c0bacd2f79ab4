/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Standard Hot-Plug Controller of a conventional bridge: PCI Standard
 * Hot-Plug Controller and Subsystem Specification 1.0.
 */
#ifndef SHPC_H
#define SHPC_H

#include "hw/hotplug.h"
#include "hw/pci/pci_device.h"
#include "migration/vmstate.h"

/* Bytes of the memory BAR that its registers need. */
int shpc_bar_size(PCIDevice *dev);

/*
 * Gives @dev, the bridge above @sec_bus, a controller for slots 1 to 31 with
 * its registers at @offset of @bar, and makes it the bus's hot-plug handler.
 * 0, or a negative error with @errp set.
 */
int shpc_init(PCIDevice *dev, PCIBus *sec_bus, MemoryRegion *bar,
              unsigned offset, Error **errp);
/*
 * The controller is all of a bridge that interrupts: one message, unless
 * @wanted is off, or auto where messages do not work.
 */
bool shpc_init_msi(PCIDevice *dev, OnOffAuto wanted, Error **errp);
/* Undoes it; harmless without a controller.  Frees all. */
void shpc_cleanup(PCIDevice *dev, MemoryRegion *bar);
void shpc_reset(PCIDevice *dev);

/* Takes notice of a write that is in dev->config already. */
void shpc_cap_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                           int len);

void shpc_device_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                         Error **errp);
void shpc_device_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp);
void shpc_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp);

static inline bool shpc_present(const PCIDevice *dev)
{
    return dev->cap_present & QEMU_PCI_CAP_SHPC;
}

/* All registers; of a PCIDevice, which need not be the whole state. */
extern const VMStateInfo shpc_vmstate_info;
#define SHPC_VMSTATE(_field, _type, _test) {        \
    .name = (stringify(_field)),                    \
    .info = &shpc_vmstate_info,                     \
    .flags = VMS_SINGLE,                            \
    .field_exists = (_test),                        \
}

#endif /* SHPC_H */
