/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transport's part of a virtio device's stream: the function's
 * configuration space and vectors first, what a modern driver wrote in a
 * subsection at the end.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "migration/qemu-file-types.h"
#include "qemu/error-report.h"
#include "virtio-pci-internal.h"

void virtio_pci_save_config(DeviceState *d, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);

    pci_device_save(&proxy->pci_dev, f);
    msix_save(&proxy->pci_dev, f);
    if (msix_present(&proxy->pci_dev)) {
        qemu_put_be16(f, vdev->config_vector);
    }
}

/* Takes a vector that came into use; one that does not exist is an error. */
static int load_vector(VirtIOPCIProxy *proxy, QEMUFile *f, uint16_t *vector)
{
    *vector = VIRTIO_NO_VECTOR;
    if (msix_present(&proxy->pci_dev)) {
        *vector = qemu_get_be16(f);
    }
    if (*vector != VIRTIO_NO_VECTOR &&
        msix_vector_use(&proxy->pci_dev, *vector) < 0) {
        error_report("%s: vector %u of %u", proxy->pci_dev.name, *vector,
                     proxy->nvectors);
        return -EINVAL;
    }
    return 0;
}

int virtio_pci_load_config(DeviceState *d, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);
    int ret = pci_device_load(&proxy->pci_dev, f);

    if (ret) {
        return ret;
    }
    msix_unuse_all_vectors(&proxy->pci_dev);
    msix_load(&proxy->pci_dev, f);
    return load_vector(proxy, f, &vdev->config_vector);
}

void virtio_pci_save_queue(DeviceState *d, int n, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);

    if (msix_present(&proxy->pci_dev)) {
        qemu_put_be16(f, virtio_queue_vector(virtio_pci_vdev(proxy), n));
    }
}

int virtio_pci_load_queue(DeviceState *d, int n, QEMUFile *f)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    uint16_t vector;
    int ret = load_vector(proxy, f, &vector);

    if (!ret) {
        virtio_queue_set_vector(virtio_pci_vdev(proxy), n, vector);
    }
    return ret;
}

/*** Modern state ***/

static bool modern_state_needed(void *opaque)
{
    return virtio_pci_modern(opaque);
}

static int modern_state_pre_load(void *opaque)
{
    VirtIOPCIProxy *proxy = opaque;

    proxy->vqs_touched = VIRTIO_QUEUE_MAX;
    return 0;
}

static const VMStateDescription vmstate_modern_queue = {
    .name = "virtio_pci/modern_queue_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(num, VirtIOPCIQueue),
        VMSTATE_UNUSED(1),
        VMSTATE_BOOL(enabled, VirtIOPCIQueue),
        VMSTATE_UINT32_ARRAY(desc, VirtIOPCIQueue, 2),
        VMSTATE_UINT32_ARRAY(avail, VirtIOPCIQueue, 2),
        VMSTATE_UINT32_ARRAY(used, VirtIOPCIQueue, 2),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_modern_state = {
    .name = "virtio_pci/modern_state",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = modern_state_needed,
    .pre_load = modern_state_pre_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(dfselect, VirtIOPCIProxy),
        VMSTATE_UINT32(gfselect, VirtIOPCIProxy),
        VMSTATE_UINT32_ARRAY(guest_features, VirtIOPCIProxy, 2),
        VMSTATE_STRUCT_ARRAY(vqs, VirtIOPCIProxy, VIRTIO_QUEUE_MAX, 0,
                             vmstate_modern_queue, VirtIOPCIQueue),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_virtio_pci = {
    .name = "virtio_pci",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_modern_state,
        NULL
    }
};

bool virtio_pci_has_extra_state(DeviceState *d)
{
    return VIRTIO_PCI(d)->flags & VIRTIO_PCI_FLAG_MIGRATE_EXTRA;
}

void virtio_pci_save_extra_state(DeviceState *d, QEMUFile *f)
{
    vmstate_save_state(f, &vmstate_virtio_pci, VIRTIO_PCI(d), NULL);
}

int virtio_pci_load_extra_state(DeviceState *d, QEMUFile *f)
{
    return vmstate_load_state(f, &vmstate_virtio_pci, VIRTIO_PCI(d), 1);
}
