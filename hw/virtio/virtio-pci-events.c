/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kicks and interrupts of a virtio PCI function by event notifier.
 *
 * Kicks: a notifier stands at each address that notifies a queue.
 *
 * Interrupts: a queue that runs in a thread of its own sets its guest
 * notifier, which is read here and becomes the queue's MSI-X message (or
 * INTx).  While the vector is masked nobody reads it, so that the notifier
 * remembers what the pending bit must show; the MSI-X vector notifiers say
 * when that begins, ends, and is looked at.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "qemu/error-report.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-pci-internal.h"

/*** Kicks ***/

bool virtio_pci_ioeventfd_enabled(DeviceState *d)
{
    return VIRTIO_PCI(d)->flags & VIRTIO_PCI_FLAG_USE_IOEVENTFD;
}

typedef void EventfdChange(MemoryRegion *mr, hwaddr addr, unsigned size,
                           bool match_data, uint64_t data, EventNotifier *e);

int virtio_pci_ioeventfd_assign(DeviceState *d, EventNotifier *notifier,
                                int n, bool assign)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    EventfdChange *change = assign ? memory_region_add_eventfd
                                   : memory_region_del_eventfd;

    if (virtio_pci_modern(proxy)) {
        change(&proxy->notify.mr, n * virtio_pci_queue_mult(proxy), 2,
               false, n, notifier);
        if (proxy->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
            change(&proxy->notify_pio.mr, 0, 2, true, n, notifier);
        }
    }
    if (virtio_pci_legacy(proxy)) {
        change(&proxy->bar, VIRTIO_PCI_QUEUE_NOTIFY, 2, true, n, notifier);
    }
    return 0;
}

void virtio_pci_start_ioeventfd(VirtIOPCIProxy *proxy)
{
    virtio_bus_start_ioeventfd(&proxy->bus);
}

void virtio_pci_stop_ioeventfd(VirtIOPCIProxy *proxy)
{
    if (virtio_pci_vdev(proxy)) {
        virtio_bus_stop_ioeventfd(&proxy->bus);
    }
}

int virtio_pci_set_host_notifier_mr(DeviceState *d, int n, MemoryRegion *mr,
                                    bool assign)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    hwaddr offset = n * (hwaddr)virtio_pci_queue_mult(proxy);

    /* A page of somebody else's takes the place of a queue's address. */
    if (n >= VIRTIO_QUEUE_MAX || !virtio_pci_modern(proxy) ||
        virtio_pci_queue_mult(proxy) != memory_region_size(mr)) {
        return -EINVAL;
    }
    if (assign) {
        memory_region_add_subregion_overlap(&proxy->notify.mr, offset, mr, 1);
    } else {
        memory_region_del_subregion(&proxy->notify.mr, mr);
    }
    return 0;
}

/*** Interrupts ***/

bool virtio_pci_query_guest_notifiers(DeviceState *d)
{
    /* Level-triggered INTx needs the register read that MSI-X saves. */
    return msix_enabled(&VIRTIO_PCI(d)->pci_dev);
}

/* Queues with a guest notifier that interrupt by the vector. */
#define FOR_EACH_NOTIFIER_QUEUE(vq, proxy, vdev, vector) \
    for (vq = virtio_vector_first_queue(vdev, vector); vq; \
         vq = virtio_vector_next_queue(vq)) \
        if (virtio_get_queue_index(vq) < (proxy)->nvqs_with_notifiers)

static int vector_use(PCIDevice *dev, unsigned vector, MSIMessage msg)
{
    VirtIOPCIProxy *proxy = container_of(dev, VirtIOPCIProxy, pci_dev);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    VirtQueue *vq;

    FOR_EACH_NOTIFIER_QUEUE(vq, proxy, vdev, vector) {
        int n = virtio_get_queue_index(vq);

        /* What is in the notifier already is read, and sent, next. */
        virtio_queue_set_guest_notifier_fd_handler(vq, true, false);
        if (vdev->use_guest_notifier_mask && k->guest_notifier_mask) {
            k->guest_notifier_mask(vdev, n, false);
            if (k->guest_notifier_pending &&
                k->guest_notifier_pending(vdev, n)) {
                event_notifier_set(virtio_queue_get_guest_notifier(vq));
            }
        }
    }
    return 0;
}

static void vector_release(PCIDevice *dev, unsigned vector)
{
    VirtIOPCIProxy *proxy = container_of(dev, VirtIOPCIProxy, pci_dev);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    VirtQueue *vq;

    FOR_EACH_NOTIFIER_QUEUE(vq, proxy, vdev, vector) {
        if (vdev->use_guest_notifier_mask && k->guest_notifier_mask) {
            k->guest_notifier_mask(vdev, virtio_get_queue_index(vq), true);
        }
        /* As good as an irqfd: it stays set, and nobody reads it. */
        virtio_queue_set_guest_notifier_fd_handler(
            vq, true, msix_enabled(dev));
    }
}

static void vector_poll(PCIDevice *dev, unsigned int start, unsigned int end)
{
    VirtIOPCIProxy *proxy = container_of(dev, VirtIOPCIProxy, pci_dev);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    unsigned int vector;
    VirtQueue *vq;

    for (vector = start; vector < end; vector++) {
        if (!msix_is_masked(dev, vector)) {
            continue;
        }
        FOR_EACH_NOTIFIER_QUEUE(vq, proxy, vdev, vector) {
            EventNotifier *e = virtio_queue_get_guest_notifier(vq);
            bool pending = k->guest_notifier_pending
                ? k->guest_notifier_pending(vdev, virtio_get_queue_index(vq))
                : event_notifier_test_and_clear(e);

            if (pending) {
                msix_set_pending(dev, vector);
            }
        }
    }
}

static int set_guest_notifier(VirtIODevice *vdev, int n, bool assign)
{
    VirtQueue *vq = virtio_get_queue(vdev, n);
    EventNotifier *e = virtio_queue_get_guest_notifier(vq);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (assign) {
        int ret = event_notifier_init(e, 0);

        if (ret < 0) {
            return ret;
        }
        virtio_queue_set_guest_notifier_fd_handler(vq, true, false);
    } else {
        virtio_queue_set_guest_notifier_fd_handler(vq, false, false);
        event_notifier_cleanup(e);
    }
    if (vdev->use_guest_notifier_mask && k->guest_notifier_mask) {
        k->guest_notifier_mask(vdev, n, !assign);
    }
    return 0;
}

static void unset_guest_notifiers(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                                  int nvqs)
{
    msix_unset_vector_notifiers(&proxy->pci_dev);
    while (nvqs-- > 0) {
        set_guest_notifier(vdev, nvqs, false);
    }
    proxy->nvqs_with_notifiers = 0;
}

int virtio_pci_set_guest_notifiers(DeviceState *d, int nvqs, bool assign)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(d);
    VirtIODevice *vdev = virtio_pci_vdev(proxy);
    int n, ret;

    if (!assign) {
        unset_guest_notifiers(proxy, vdev, proxy->nvqs_with_notifiers);
        return 0;
    }
    if (proxy->nvqs_with_notifiers) {
        return -EBUSY;
    }

    nvqs = MIN(nvqs, virtio_get_num_queues(vdev));
    for (n = 0; n < nvqs; n++) {
        ret = set_guest_notifier(vdev, n, true);
        if (ret < 0) {
            unset_guest_notifiers(proxy, vdev, n);
            return ret;
        }
    }
    proxy->nvqs_with_notifiers = nvqs;
    if (msix_enabled(&proxy->pci_dev)) {
        ret = msix_set_vector_notifiers(&proxy->pci_dev, vector_use,
                                        vector_release, vector_poll);
        if (ret < 0) {
            unset_guest_notifiers(proxy, vdev, nvqs);
            return ret;
        }
    }
    return 0;
}
