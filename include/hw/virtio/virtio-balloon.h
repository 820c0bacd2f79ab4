/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The traditional memory balloon: virtio 1.2, section 5.5. */
#ifndef QEMU_VIRTIO_BALLOON_H
#define QEMU_VIRTIO_BALLOON_H

#include "hw/virtio/virtio.h"
#include "qemu/timer.h"
#include "standard-headers/linux/virtio_balloon.h"

#define TYPE_VIRTIO_BALLOON "virtio-balloon-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOBalloon, VIRTIO_BALLOON)

struct VirtIOBalloon {
    VirtIODevice parent_obj;

    VirtQueue *ivq, *dvq, *svq, *reporting_vq;
    QEMUBH *bh;                 /* goes on with what was too much at once */
    uint32_t num_pages;         /* that the guest should give, of 4 KiB */
    uint32_t actual;            /* that it says it gave */
    uint32_t poison_val;
    uint64_t host_features;
    bool qemu_4_0_config_size;

    /* The buffer of statistics that waits for the next question. */
    VirtQueueElement *stats_vq_elem;
    uint64_t stats[VIRTIO_BALLOON_S_NR];
    int64_t stats_last_update;  /* seconds since 1970; 0: never */
    int64_t stats_poll_interval;    /* seconds; 0: not asked for */
    QEMUTimer *stats_timer;
};

#endif /* QEMU_VIRTIO_BALLOON_H */
