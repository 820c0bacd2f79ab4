/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event notifiers in place of function calls: for kicks (host notifiers) and
 * interrupts (guest notifiers).  They let a queue run in a thread of its own,
 * or in another process, and hypervisors signal them without us.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "qemu/main-loop.h"
#include "virtqueue.h"

/*** Interrupts ***/

static void guest_notifier_read(EventNotifier *n)
{
    VirtQueue *vq = container_of(n, VirtQueue, guest_notifier);
    VirtIODevice *vdev = vq->vdev;
    BusState *bus = qdev_get_parent_bus(DEVICE(vdev));

    if (event_notifier_test_and_clear(n) && !vdev->broken) {
        qatomic_or(&vdev->isr, 1);
        VIRTIO_BUS_GET_CLASS(bus)->notify(bus->parent,
                                          vq->vector ^ VIRTIO_NO_VECTOR);
    }
}

static void config_notifier_read(EventNotifier *n)
{
    VirtIODevice *vdev = container_of(n, VirtIODevice, config_notifier);

    if (event_notifier_test_and_clear(n)) {
        virtio_notify_config(vdev);
    }
}

/*
 * Without irqfd we read the notifier and interrupt.  With it somebody else
 * does, and on unassignment what they did not get to is done here.
 */
static void set_guest_handler(EventNotifier *n, EventNotifierHandler *read,
                              bool assign, bool with_irqfd)
{
    event_notifier_set_handler(n, assign && !with_irqfd ? read : NULL);
    if (!assign) {
        read(n);
    }
}

void virtio_queue_set_guest_notifier_fd_handler(VirtQueue *vq, bool assign,
                                                bool with_irqfd)
{
    set_guest_handler(&vq->guest_notifier, guest_notifier_read, assign,
                      with_irqfd);
}

void virtio_config_set_guest_notifier_fd_handler(VirtIODevice *vdev,
                                                 bool assign,
                                                 bool with_irqfd)
{
    set_guest_handler(&vdev->config_notifier, config_notifier_read, assign,
                      with_irqfd);
}

EventNotifier *virtio_queue_get_guest_notifier(VirtQueue *vq)
{
    return &vq->guest_notifier;
}

EventNotifier *virtio_config_get_guest_notifier(VirtIODevice *vdev)
{
    return &vdev->config_notifier;
}

/*** Kicks ***/

EventNotifier *virtio_queue_get_host_notifier(VirtQueue *vq)
{
    return &vq->host_notifier;
}

void virtio_queue_set_host_notifier_enabled(VirtQueue *vq, bool enabled)
{
    vq->host_notifier_enabled = enabled;
}

void virtio_queue_host_notifier_read(EventNotifier *n)
{
    VirtQueue *vq = container_of(n, VirtQueue, host_notifier);

    if (event_notifier_test_and_clear(n)) {
        vq_run(vq);
    }
}

void virtio_queue_aio_attach_host_notifier(VirtQueue *vq, AioContext *ctx)
{
    aio_set_event_notifier(ctx, &vq->host_notifier, true,
                           virtio_queue_host_notifier_read, NULL, NULL);
    /* What was kicked while nobody listened. */
    virtio_queue_set_notification(vq, 1);
    event_notifier_set(&vq->host_notifier);
}

void virtio_queue_aio_attach_host_notifier_no_poll(VirtQueue *vq,
                                                   AioContext *ctx)
{
    virtio_queue_aio_attach_host_notifier(vq, ctx);
}

void virtio_queue_aio_detach_host_notifier(VirtQueue *vq, AioContext *ctx)
{
    aio_set_event_notifier(ctx, &vq->host_notifier, true, NULL, NULL, NULL);
}

/*** All queues of a device ***/

static void stop_queue(VirtIODevice *vdev, VirtioBusState *bus, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    event_notifier_set_handler(&vq->host_notifier, NULL);
    virtio_bus_set_host_notifier(bus, n, false);
    /* A kick that was on its way is not lost. */
    virtio_queue_host_notifier_read(&vq->host_notifier);
    virtio_bus_cleanup_host_notifier(bus, n);
}

int vdev_start_ioeventfd(VirtIODevice *vdev)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
    int num = virtio_get_num_queues(vdev);
    int n, ret;

    for (n = 0; n < num; n++) {
        VirtQueue *vq = &vdev->vq[n];

        ret = virtio_bus_set_host_notifier(bus, n, true);
        if (ret < 0) {
            while (n-- > 0) {
                stop_queue(vdev, bus, n);
            }
            return ret;
        }
        event_notifier_set_handler(&vq->host_notifier,
                                   virtio_queue_host_notifier_read);
    }
    for (n = 0; n < num; n++) {
        /* Requests may have been made before there was a notifier. */
        event_notifier_set(&vdev->vq[n].host_notifier);
    }
    return 0;
}

void vdev_stop_ioeventfd(VirtIODevice *vdev)
{
    VirtioBusState *bus = VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev)));
    int num = virtio_get_num_queues(vdev);
    int n;

    for (n = 0; n < num; n++) {
        stop_queue(vdev, bus, n);
    }
}

int virtio_device_start_ioeventfd(VirtIODevice *vdev)
{
    return virtio_bus_start_ioeventfd(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}

void virtio_device_stop_ioeventfd(VirtIODevice *vdev)
{
    virtio_bus_stop_ioeventfd(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}

int virtio_device_grab_ioeventfd(VirtIODevice *vdev)
{
    return virtio_bus_grab_ioeventfd(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}

void virtio_device_release_ioeventfd(VirtIODevice *vdev)
{
    virtio_bus_release_ioeventfd(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}

bool virtio_device_ioeventfd_enabled(VirtIODevice *vdev)
{
    return virtio_bus_ioeventfd_enabled(
        VIRTIO_BUS(qdev_get_parent_bus(DEVICE(vdev))));
}

int virtio_queue_set_host_notifier_mr(VirtIODevice *vdev, int n,
                                      MemoryRegion *mr, bool assign)
{
    BusState *bus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    return k->set_host_notifier_mr
               ? k->set_host_notifier_mr(bus->parent, n, mr, assign)
               : -ENOSYS;
}
