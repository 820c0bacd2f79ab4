/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bus between a virtio device and its transport: plugging, and who hears
 * the kicks.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/virtio/virtio-bus.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/kvm.h"
#include "virtqueue.h"

static DeviceState *proxy_of(VirtioBusState *bus)
{
    return BUS(bus)->parent;
}

/*** Plugging ***/

/*
 * A device that bypasses the platform sees all of memory; one that does not
 * sees what the transport's bus shows it (6.1, VIRTIO_F_ACCESS_PLATFORM).
 * Being on the platform is asked for by property; a device model that cannot
 * be drops the feature, and then it must not be asked.
 */
static bool choose_dma_as(VirtIODevice *vdev, VirtioBusState *bus,
                          bool asked, Error **errp)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    vdev->dma_as = &address_space_memory;
    if (!asked) {
        return true;
    }
    if (!virtio_host_has_feature(vdev, VIRTIO_F_ACCESS_PLATFORM)) {
        error_setg(errp, "iommu_platform=true is not supported by the device");
        return false;
    }
    if (k->get_dma_as) {
        vdev->dma_as = k->get_dma_as(proxy_of(bus));
    }
    return true;
}

void virtio_bus_device_plugged(VirtIODevice *vdev, Error **errp)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    bool asked = virtio_host_has_feature(vdev, VIRTIO_F_ACCESS_PLATFORM);
    Error *err = NULL;

    if (k->pre_plugged) {
        k->pre_plugged(proxy_of(bus), &err);
    }
    if (!err) {
        vdev->host_features = vdc->get_features(vdev, vdev->host_features,
                                                &err);
    }
    if (!err && choose_dma_as(vdev, bus, asked, &err) && k->device_plugged) {
        k->device_plugged(proxy_of(bus), &err);
    }
    if (err) {
        error_propagate(errp, err);
    }
}

void virtio_bus_device_unplugged(VirtIODevice *vdev)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    if (k->device_unplugged) {
        k->device_unplugged(proxy_of(bus));
    }
}

void virtio_bus_reset(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    if (vdev) {
        virtio_reset(vdev);
    }
}

uint16_t virtio_bus_get_vdev_id(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    return vdev ? vdev->device_id : 0;
}

size_t virtio_bus_get_vdev_config_len(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    return vdev ? vdev->config_len : 0;
}

uint32_t virtio_bus_get_vdev_bad_features(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioDeviceClass *k;

    if (!vdev) {
        return 0;
    }
    k = VIRTIO_DEVICE_GET_CLASS(vdev);
    return k->bad_features ? k->bad_features(vdev) : 0;
}

void virtio_bus_get_vdev_config(VirtioBusState *bus, uint8_t *config)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    if (vdev && VIRTIO_DEVICE_GET_CLASS(vdev)->get_config) {
        VIRTIO_DEVICE_GET_CLASS(vdev)->get_config(vdev, config);
    }
}

void virtio_bus_set_vdev_config(VirtioBusState *bus, uint8_t *config)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    if (vdev && VIRTIO_DEVICE_GET_CLASS(vdev)->set_config) {
        VIRTIO_DEVICE_GET_CLASS(vdev)->set_config(vdev, config);
    }
}

bool virtio_bus_device_iommu_enabled(VirtIODevice *vdev)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    return k->iommu_enabled && k->iommu_enabled(proxy_of(bus));
}

/*** Kicks by event notifier ***/

bool virtio_bus_ioeventfd_enabled(VirtioBusState *bus)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    return k->ioeventfd_assign && k->ioeventfd_enabled(proxy_of(bus));
}

/*
 * Whether a notifier gains anything: a hypervisor signals it, or a device
 * listens in another thread.  Otherwise the kick would make a detour through
 * the main loop, and the register write need not end before the work.
 */
static bool worthwhile(VirtioDeviceClass *vdc)
{
    return kvm_eventfds_enabled() ||
           vdc->start_ioeventfd != vdev_start_ioeventfd;
}

int virtio_bus_start_ioeventfd(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    int ret;

    if (!virtio_bus_ioeventfd_enabled(bus)) {
        return -ENOSYS;
    }
    if (bus->ioeventfd_started || !worthwhile(vdc)) {
        return 0;
    }
    /* Someone who grabbed them all has set them up. */
    if (!bus->ioeventfd_grabbed) {
        ret = vdc->start_ioeventfd(vdev);
        if (ret < 0) {
            error_report("%s: no event notifiers (%s), kicks are slower",
                         vdev->name, strerror(-ret));
            return ret;
        }
    }
    bus->ioeventfd_started = true;
    return 0;
}

void virtio_bus_stop_ioeventfd(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    if (!bus->ioeventfd_started) {
        return;
    }
    if (!bus->ioeventfd_grabbed) {
        VIRTIO_DEVICE_GET_CLASS(vdev)->stop_ioeventfd(vdev);
    }
    bus->ioeventfd_started = false;
}

int virtio_bus_grab_ioeventfd(VirtioBusState *bus)
{
    if (!virtio_bus_ioeventfd_enabled(bus)) {
        return -ENOSYS;
    }
    if (!bus->ioeventfd_grabbed && bus->ioeventfd_started) {
        virtio_bus_stop_ioeventfd(bus);
        /* To be set up again by the release. */
        bus->ioeventfd_started = true;
    }
    bus->ioeventfd_grabbed++;
    return 0;
}

void virtio_bus_release_ioeventfd(VirtioBusState *bus)
{
    if (!bus->ioeventfd_grabbed || --bus->ioeventfd_grabbed) {
        return;
    }
    if (bus->ioeventfd_started) {
        bus->ioeventfd_started = false;
        virtio_bus_start_ioeventfd(bus);
    }
}

int virtio_bus_set_host_notifier(VirtioBusState *bus, int n, bool assign)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    VirtQueue *vq = virtio_get_queue(vdev, n);
    EventNotifier *notifier = virtio_queue_get_host_notifier(vq);
    int ret;

    if (!k->ioeventfd_assign) {
        return -ENOSYS;
    }
    if (assign) {
        ret = event_notifier_init(notifier, 1);
        if (ret < 0) {
            return ret;
        }
        ret = k->ioeventfd_assign(proxy_of(bus), notifier, n, true);
        if (ret < 0) {
            event_notifier_cleanup(notifier);
            return ret;
        }
    } else {
        k->ioeventfd_assign(proxy_of(bus), notifier, n, false);
    }
    virtio_queue_set_host_notifier_enabled(vq, assign);
    return 0;
}

void virtio_bus_cleanup_host_notifier(VirtioBusState *bus, int n)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    VirtQueue *vq = virtio_get_queue(vdev, n);
    EventNotifier *notifier = virtio_queue_get_host_notifier(vq);

    /* A kick that nobody took yet is served now. */
    if (event_notifier_test_and_clear(notifier)) {
        event_notifier_set(notifier);
        virtio_queue_host_notifier_read(notifier);
    }
    event_notifier_cleanup(notifier);
}

/*** Names ***/

static char *virtio_bus_get_dev_path(DeviceState *dev)
{
    /* The device has no place of its own: the proxy's. */
    return qdev_get_dev_path(qdev_get_parent_bus(dev)->parent);
}

static char *virtio_bus_get_fw_dev_path(DeviceState *dev)
{
    return NULL;
}

static void virtio_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *bus_class = BUS_CLASS(klass);

    bus_class->get_dev_path = virtio_bus_get_dev_path;
    bus_class->get_fw_dev_path = virtio_bus_get_fw_dev_path;
}

static const TypeInfo virtio_bus_info = {
    .name = TYPE_VIRTIO_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(VirtioBusState),
    .class_size = sizeof(VirtioBusClass),
    .abstract = true,
    .class_init = virtio_bus_class_init,
};

static void virtio_bus_register_types(void)
{
    type_register_static(&virtio_bus_info);
}

type_init(virtio_bus_register_types)
