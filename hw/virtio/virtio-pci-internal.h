/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the virtio PCI transport share:
 *
 *   virtio-pci.c         the function: identity, BARs, reset, plugging, stream
 *   virtio-pci-legacy.c  the I/O registers of transitional devices (4.1.4.10)
 *   virtio-pci-modern.c  capabilities and what they point to (4.1.4)
 *   virtio-pci-events.c  kicks and interrupts by event notifier
 *   virtio-pci-types.c   the variants of a device's type
 */
#ifndef HW_VIRTIO_VIRTIO_PCI_INTERNAL_H
#define HW_VIRTIO_VIRTIO_PCI_INTERNAL_H

#include "hw/virtio/virtio-pci.h"

/* The device behind the function; NULL once it is unplugged. */
static inline VirtIODevice *virtio_pci_vdev(VirtIOPCIProxy *proxy)
{
    return virtio_bus_get_device(&proxy->bus);
}

/*
 * The driver chooses a vector (of the present queue, or for configuration
 * changes); one that does not exist becomes VIRTIO_NO_VECTOR, as it sees by
 * reading back (4.1.5.1.2).
 */
void virtio_pci_set_config_vector(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                  uint32_t val);
void virtio_pci_set_queue_vector(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                 uint32_t val);

/* The driver writes the status byte; 0 resets. */
void virtio_pci_set_status(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                           uint8_t val);

/* Reads and clears the interrupt status, and lowers INTx. */
uint8_t virtio_pci_take_isr(VirtIOPCIProxy *proxy, VirtIODevice *vdev);

/* Reset by the driver or the system: the virtio side of the function. */
void virtio_pci_reset_queues(VirtIOPCIProxy *proxy);

/*** Legacy ***/

void virtio_pci_legacy_init(VirtIOPCIProxy *proxy, VirtIODevice *vdev);

/*** Modern ***/

/* Adds the capabilities and registers the BARs. */
void virtio_pci_modern_init(VirtIOPCIProxy *proxy, VirtIODevice *vdev);
void virtio_pci_modern_exit(VirtIOPCIProxy *proxy);

/* Bytes between the notification addresses of two queues. */
unsigned int virtio_pci_queue_mult(const VirtIOPCIProxy *proxy);

/* Configuration space accesses that touch the window capability. */
void virtio_pci_window_write(VirtIOPCIProxy *proxy, uint32_t addr, int len);
void virtio_pci_window_read(VirtIOPCIProxy *proxy, uint32_t addr, int len);

/*** Event notifiers ***/

void virtio_pci_start_ioeventfd(VirtIOPCIProxy *proxy);
void virtio_pci_stop_ioeventfd(VirtIOPCIProxy *proxy);

/* VirtioBusClass methods. */
bool virtio_pci_ioeventfd_enabled(DeviceState *d);
int virtio_pci_ioeventfd_assign(DeviceState *d, EventNotifier *notifier,
                                int n, bool assign);
bool virtio_pci_query_guest_notifiers(DeviceState *d);
int virtio_pci_set_guest_notifiers(DeviceState *d, int nvqs, bool assign);
int virtio_pci_set_host_notifier_mr(DeviceState *d, int n, MemoryRegion *mr,
                                    bool assign);

/*** The stream ***/

void virtio_pci_save_config(DeviceState *d, QEMUFile *f);
int virtio_pci_load_config(DeviceState *d, QEMUFile *f);
void virtio_pci_save_queue(DeviceState *d, int n, QEMUFile *f);
int virtio_pci_load_queue(DeviceState *d, int n, QEMUFile *f);
bool virtio_pci_has_extra_state(DeviceState *d);
void virtio_pci_save_extra_state(DeviceState *d, QEMUFile *f);
int virtio_pci_load_extra_state(DeviceState *d, QEMUFile *f);

#endif /* HW_VIRTIO_VIRTIO_PCI_INTERNAL_H */
