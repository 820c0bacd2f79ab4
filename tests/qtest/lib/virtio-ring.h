/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What virtio.c and virtio-ring.c share. */
#ifndef TESTS_QTEST_VIRTIO_RING_H
#define TESTS_QTEST_VIRTIO_RING_H

#include "virtio.h"

/* A queue with empty rings in RAM, unknown to the device. */
VirtioQueue *virtio_queue_alloc(VirtioDev *d, unsigned index, unsigned size);
void virtio_queue_free(void *q);
/* Writes the doorbell. */
void virtio_notify_queue(VirtioQueue *q);

#endif
