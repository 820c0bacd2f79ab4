/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio entropy device: virtio 1.2, section 5.4.
 *
 * One queue of buffers for the device to fill.  No more than max-bytes are
 * given in a period of guest time, which begins with the first request after
 * the last one ended.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-rng.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "sysemu/runstate.h"

#define QUEUE_SIZE 8

/* Asked from the back end at a time, however much the guest wants. */
#define CHUNK_MAX (1 * 1024 * 1024)

static void serve(VirtIORNG *vrng);

static bool guest_ready(VirtIORNG *vrng)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vrng);

    return virtio_queue_ready(vrng->vq) &&
           vdev->status & VIRTIO_CONFIG_S_DRIVER_OK;
}

/* The back end has bytes: spread them over the waiting buffers. */
static void receive(void *opaque, const void *data, size_t size)
{
    VirtIORNG *vrng = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(vrng);
    VirtQueueElement *elem;
    size_t done = 0;

    vrng->waiting = false;
    if (!guest_ready(vrng)) {
        return;
    }
    vrng->quota_remaining -= size;
    if (!runstate_check(RUN_STATE_RUNNING)) {
        /* Asked for again when the machine goes on. */
        return;
    }
    while (done < size) {
        size_t len;

        elem = virtqueue_pop(vrng->vq, sizeof(*elem));
        if (!elem) {
            break;
        }
        len = iov_from_buf(elem->in_sg, elem->in_num, 0,
                           (const uint8_t *)data + done, size - done);
        done += len;
        virtqueue_push(vrng->vq, elem, len);
        g_free(elem);
    }
    virtio_notify(vdev, vrng->vq);
    if (!virtio_queue_empty(vrng->vq)) {
        serve(vrng);
    }
}

/* Asks the back end for what waiting buffers hold, within the quota. */
static void serve(VirtIORNG *vrng)
{
    unsigned int quota, wanted;

    if (!guest_ready(vrng) || vrng->waiting) {
        return;
    }
    if (vrng->activate_timer) {
        timer_mod(vrng->rate_limit_timer,
                  qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
                  vrng->conf.period_ms);
        vrng->activate_timer = false;
    }
    quota = MIN(MAX(vrng->quota_remaining, 0), CHUNK_MAX);
    virtqueue_get_avail_bytes(vrng->vq, &wanted, NULL, quota, 0);
    wanted = MIN(wanted, quota);
    if (wanted) {
        vrng->waiting = true;
        rng_backend_request_entropy(vrng->rng, wanted, receive, vrng);
    }
}

static void handle_input(VirtIODevice *vdev, VirtQueue *vq)
{
    serve(VIRTIO_RNG(vdev));
}

/* A period is over. */
static void refill_quota(void *opaque)
{
    VirtIORNG *vrng = opaque;

    vrng->quota_remaining = vrng->conf.max_bytes;
    serve(vrng);
    vrng->activate_timer = true;
}

static void vm_state_changed(void *opaque, bool running, RunState state)
{
    if (running) {
        serve(opaque);
    }
}

static uint64_t virtio_rng_get_features(VirtIODevice *vdev, uint64_t f,
                                        Error **errp)
{
    return f;
}

static void virtio_rng_set_status(VirtIODevice *vdev, uint8_t status)
{
    vdev->status = status;
    serve(VIRTIO_RNG(vdev));
}

static bool check_config(const VirtIORNGConf *conf, Error **errp)
{
    if (!conf->period_ms) {
        error_setg(errp, "'period' parameter expects a positive integer");
        return false;
    }
    if (conf->max_bytes > INT64_MAX) {
        error_setg(errp, "'max-bytes' parameter must be non-negative, "
                   "and less than 2^63");
        return false;
    }
    return true;
}

/* A back end of the device's own, where none was given. */
static bool make_backend(VirtIORNG *vrng, Error **errp)
{
    Object *backend = object_new(TYPE_RNG_BUILTIN);
    bool ok = user_creatable_complete(USER_CREATABLE(backend), errp);

    if (ok) {
        object_property_add_child(OBJECT(vrng), "default-backend", backend);
        object_property_set_link(OBJECT(vrng), "rng", backend, &error_abort);
    }
    /* The child property keeps it. */
    object_unref(backend);
    return ok;
}

static void virtio_rng_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIORNG *vrng = VIRTIO_RNG(dev);

    if (!check_config(&vrng->conf, errp) ||
        (!vrng->conf.rng && !make_backend(vrng, errp))) {
        return;
    }
    vrng->rng = vrng->conf.rng;

    virtio_init(vdev, VIRTIO_ID_RNG, 0);
    vrng->vq = virtio_add_queue(vdev, QUEUE_SIZE, handle_input);
    vrng->quota_remaining = vrng->conf.max_bytes;
    vrng->rate_limit_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, refill_quota,
                                          vrng);
    vrng->activate_timer = true;
    vrng->vmstate = qemu_add_vm_change_state_handler(vm_state_changed, vrng);
}

static void virtio_rng_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIORNG *vrng = VIRTIO_RNG(dev);

    rng_backend_cancel_requests(vrng->rng, vrng);
    qemu_del_vm_change_state_handler(vrng->vmstate);
    timer_free(vrng->rate_limit_timer);
    virtio_del_queue(vdev, 0);
    virtio_cleanup(vdev);
}

static const VMStateDescription vmstate_virtio_rng = {
    .name = "virtio-rng",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static Property virtio_rng_properties[] = {
    DEFINE_PROP_UINT64("max-bytes", VirtIORNG, conf.max_bytes, INT64_MAX),
    DEFINE_PROP_UINT32("period", VirtIORNG, conf.period_ms, 1 << 16),
    DEFINE_PROP_LINK("rng", VirtIORNG, conf.rng, TYPE_RNG_BACKEND,
                     RngBackend *),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_rng_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_rng_properties);
    dc->vmsd = &vmstate_virtio_rng;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = virtio_rng_realize;
    vdc->unrealize = virtio_rng_unrealize;
    vdc->get_features = virtio_rng_get_features;
    vdc->set_status = virtio_rng_set_status;
}

static const TypeInfo virtio_rng_info = {
    .name = TYPE_VIRTIO_RNG,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIORNG),
    .class_init = virtio_rng_class_init,
};

static void virtio_rng_register_types(void)
{
    type_register_static(&virtio_rng_info);
}

type_init(virtio_rng_register_types)
