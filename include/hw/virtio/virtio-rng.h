/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio entropy device: virtio 1.2, section 5.4. */
#ifndef QEMU_VIRTIO_RNG_H
#define QEMU_VIRTIO_RNG_H

#include "hw/virtio/virtio.h"
#include "qemu/timer.h"
#include "standard-headers/linux/virtio_rng.h"
#include "sysemu/rng.h"

#define TYPE_VIRTIO_RNG "virtio-rng-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIORNG, VIRTIO_RNG)

struct VirtIORNGConf {
    RngBackend *rng;            /* NULL: one of its own */
    uint64_t max_bytes;         /* in each ... */
    uint32_t period_ms;         /* ... of guest time */
};

struct VirtIORNG {
    VirtIODevice parent_obj;

    VirtQueue *vq;
    VirtIORNGConf conf;
    RngBackend *rng;
    QEMUTimer *rate_limit_timer;
    int64_t quota_remaining;    /* of the present period */
    bool activate_timer;        /* the period begins with the next request */
    bool waiting;               /* the back end owes bytes */
    VMChangeStateEntry *vmstate;
};

#endif /* QEMU_VIRTIO_RNG_H */
