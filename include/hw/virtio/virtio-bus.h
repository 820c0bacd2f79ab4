/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bus between a virtio device and its transport: one device, plugged into
 * a proxy (a PCI function, say) whose methods carry kicks, interrupts and
 * transport state.
 */
#ifndef VIRTIO_BUS_H
#define VIRTIO_BUS_H

#include "hw/qdev-core.h"
#include "hw/virtio/virtio.h"

#define TYPE_VIRTIO_BUS "virtio-bus"
typedef struct VirtioBusClass VirtioBusClass;
typedef struct VirtioBusState VirtioBusState;
DECLARE_OBJ_CHECKERS(VirtioBusState, VirtioBusClass,
                     VIRTIO_BUS, TYPE_VIRTIO_BUS)

/* d is the proxy everywhere. */
struct VirtioBusClass {
    BusClass parent;

    /* An interrupt: vector, or VIRTIO_NO_VECTOR. */
    void (*notify)(DeviceState *d, uint16_t vector);

    /* The proxy's part of a stream, of each queue, and what came later. */
    void (*save_config)(DeviceState *d, QEMUFile *f);
    void (*save_queue)(DeviceState *d, int n, QEMUFile *f);
    void (*save_extra_state)(DeviceState *d, QEMUFile *f);
    int (*load_config)(DeviceState *d, QEMUFile *f);
    int (*load_queue)(DeviceState *d, int n, QEMUFile *f);
    int (*load_done)(DeviceState *d, QEMUFile *f);
    int (*load_extra_state)(DeviceState *d, QEMUFile *f);
    bool (*has_extra_state)(DeviceState *d);

    /* Whether interrupts of a queue's thread can go by event notifier. */
    bool (*query_guest_notifiers)(DeviceState *d);
    int (*set_guest_notifiers)(DeviceState *d, int nvqs, bool assign);
    int (*set_host_notifier_mr)(DeviceState *d, int n, MemoryRegion *mr,
                                bool assign);

    /* The machine runs (and the driver started the device), or not. */
    void (*vmstate_change)(DeviceState *d, bool running);

    /* Before the device's features are asked for, and after. */
    void (*pre_plugged)(DeviceState *d, Error **errp);
    void (*device_plugged)(DeviceState *d, Error **errp);
    void (*device_unplugged)(DeviceState *d);

    int (*query_nvectors)(DeviceState *d);

    /* Kicks by event notifier. */
    bool (*ioeventfd_enabled)(DeviceState *d);
    int (*ioeventfd_assign)(DeviceState *d, EventNotifier *notifier,
                            int n, bool assign);

    bool (*queue_enabled)(DeviceState *d, int n);
    bool has_variable_vring_alignment;

    /* What the device sees as memory where it does not bypass the platform. */
    AddressSpace *(*get_dma_as)(DeviceState *d);
    bool (*iommu_enabled)(DeviceState *d);
};

struct VirtioBusState {
    BusState parent_obj;

    bool ioeventfd_started;

    /* Users that take kicks of all queues themselves. */
    int ioeventfd_grabbed;
};

/* Completes a realized device with its transport, and undoes it. */
void virtio_bus_device_plugged(VirtIODevice *vdev, Error **errp);
void virtio_bus_device_unplugged(VirtIODevice *vdev);

void virtio_bus_reset(VirtioBusState *bus);

/* Of the device on the bus; 0 or NULL where there is none. */
uint16_t virtio_bus_get_vdev_id(VirtioBusState *bus);
size_t virtio_bus_get_vdev_config_len(VirtioBusState *bus);
uint32_t virtio_bus_get_vdev_bad_features(VirtioBusState *bus);
void virtio_bus_get_vdev_config(VirtioBusState *bus, uint8_t *config);
void virtio_bus_set_vdev_config(VirtioBusState *bus, uint8_t *config);

static inline VirtIODevice *virtio_bus_get_device(VirtioBusState *bus)
{
    BusChild *kid = QTAILQ_FIRST(&BUS(bus)->children);

    return kid ? (VirtIODevice *)kid->child : NULL;
}

/*
 * Kicks of all queues by event notifier, as far as the transport does that.
 * 0, or negative where kicks stay as they were.
 */
bool virtio_bus_ioeventfd_enabled(VirtioBusState *bus);
int virtio_bus_start_ioeventfd(VirtioBusState *bus);
void virtio_bus_stop_ioeventfd(VirtioBusState *bus);

/* For someone else to set handlers on the notifiers; calls nest. */
int virtio_bus_grab_ioeventfd(VirtioBusState *bus);
void virtio_bus_release_ioeventfd(VirtioBusState *bus);

/* One queue's notifier; cleanup frees it once it is no more assigned. */
int virtio_bus_set_host_notifier(VirtioBusState *bus, int n, bool assign);
void virtio_bus_cleanup_host_notifier(VirtioBusState *bus, int n);

/* Whether the device is behind an IOMMU it must use. */
bool virtio_bus_device_iommu_enabled(VirtIODevice *vdev);

#endif /* VIRTIO_BUS_H */
