/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Second names of devices.  Most are short names that stand for the PCI form
 * of a device that other machines have on another bus.
 */
#include "qemu/osdep.h"
#include "monitor/qdev.h"

static const struct {
    const char *type;
    const char *alias;
} aliases[] = {
    { "AC97", "ac97" },
    { "ES1370", "es1370" },
    { "e1000", "e1000-82540em" },
    { "ich9-ahci", "ahci" },
    { "lsi53c895a", "lsi" },
    { "virtio-9p-pci", "virtio-9p" },
    { "virtio-balloon-pci", "virtio-balloon" },
    { "virtio-blk-pci", "virtio-blk" },
    { "virtio-gpu-pci", "virtio-gpu" },
    { "virtio-input-host-pci", "virtio-input-host" },
    { "virtio-iommu-pci", "virtio-iommu" },
    { "virtio-keyboard-pci", "virtio-keyboard" },
    { "virtio-mouse-pci", "virtio-mouse" },
    { "virtio-net-pci", "virtio-net" },
    { "virtio-rng-pci", "virtio-rng" },
    { "virtio-scsi-pci", "virtio-scsi" },
    { "virtio-serial-pci", "virtio-serial" },
    { "virtio-tablet-pci", "virtio-tablet" },
};

const char *qdev_resolve_alias(const char *driver)
{
    for (int i = 0; i < ARRAY_SIZE(aliases); i++) {
        if (!strcmp(aliases[i].alias, driver)) {
            return aliases[i].type;
        }
    }
    return driver;
}

const char *qdev_find_alias(const char *typename)
{
    for (int i = 0; i < ARRAY_SIZE(aliases); i++) {
        if (!strcmp(aliases[i].type, typename)) {
            return aliases[i].alias;
        }
    }
    return NULL;
}
