/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio SCSI host device as a PCI function. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-pci.h"
#include "hw/virtio/virtio-scsi.h"
#include "qapi/error.h"
#include "qemu/module.h"

#define TYPE_VIRTIO_SCSI_PCI "virtio-scsi-pci-base"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSCSIPCI, VIRTIO_SCSI_PCI)

struct VirtIOSCSIPCI {
    VirtIOPCIProxy parent_obj;
    VirtIOSCSI vdev;
};

static Property virtio_scsi_pci_properties[] = {
    DEFINE_PROP_BIT("ioeventfd", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT, true),
    DEFINE_PROP_UINT32("vectors", VirtIOPCIProxy, nvectors,
                       DEV_NVECTORS_UNSPECIFIED),
    DEFINE_PROP_END_OF_LIST(),
};

/* A queue for each processor, as far as there are vectors and queues. */
static uint32_t optimal_queues(void)
{
    uint32_t most = MIN(PCI_MSIX_FLAGS_QSIZE, VIRTIO_QUEUE_MAX) -
                    VIRTIO_SCSI_VQ_NUM_FIXED - 1;

    return MIN(current_machine->smp.cpus, most);
}

static void virtio_scsi_pci_realize(VirtIOPCIProxy *vpci_dev, Error **errp)
{
    VirtIOSCSIPCI *dev = VIRTIO_SCSI_PCI(vpci_dev);
    DeviceState *vdev = DEVICE(&dev->vdev);
    VirtIOSCSIConf *conf = &dev->vdev.parent_obj.conf;
    DeviceState *proxy = DEVICE(vpci_dev);

    if (conf->num_queues == VIRTIO_SCSI_AUTO_NUM_QUEUES) {
        conf->num_queues = optimal_queues();
    }
    /* One for configuration changes, one for each queue. */
    if (vpci_dev->nvectors == DEV_NVECTORS_UNSPECIFIED) {
        vpci_dev->nvectors = conf->num_queues + VIRTIO_SCSI_VQ_NUM_FIXED + 1;
    }
    /* Drives find their bus by this name. */
    if (proxy->id) {
        g_autofree char *bus_name = g_strdup_printf("%s.0", proxy->id);

        virtio_device_set_child_bus_name(VIRTIO_DEVICE(vdev), bus_name);
    }
    qdev_realize(vdev, BUS(&vpci_dev->bus), errp);
}

static void virtio_scsi_pci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pk = PCI_DEVICE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = virtio_scsi_pci_realize;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
    device_class_set_props(dc, virtio_scsi_pci_properties);
    pk->vendor_id = PCI_VENDOR_ID_REDHAT_QUMRANET;
    pk->device_id = PCI_DEVICE_ID_VIRTIO_SCSI;
    pk->revision = VIRTIO_PCI_ABI_VERSION;
    pk->class_id = PCI_CLASS_STORAGE_SCSI;
}

static void virtio_scsi_pci_init(Object *obj)
{
    VirtIOSCSIPCI *dev = VIRTIO_SCSI_PCI(obj);

    virtio_instance_init_common(obj, &dev->vdev, sizeof(dev->vdev),
                                TYPE_VIRTIO_SCSI);
}

static const VirtioPCIDeviceTypeInfo virtio_scsi_pci_info = {
    .base_name = TYPE_VIRTIO_SCSI_PCI,
    .generic_name = "virtio-scsi-pci",
    .transitional_name = "virtio-scsi-pci-transitional",
    .non_transitional_name = "virtio-scsi-pci-non-transitional",
    .instance_size = sizeof(VirtIOSCSIPCI),
    .instance_init = virtio_scsi_pci_init,
    .class_init = virtio_scsi_pci_class_init,
};

static void virtio_scsi_pci_register(void)
{
    virtio_pci_types_register(&virtio_scsi_pci_info);
}

type_init(virtio_scsi_pci_register)
