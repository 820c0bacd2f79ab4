/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the fuzzers of virtio devices bring them up: see each one's step(). */
#ifndef TESTS_FUZZ_VIRTIO_NEGOTIATE_H
#define TESTS_FUZZ_VIRTIO_NEGOTIATE_H

#include "fuzz-virtio-common.h"

/*
 * Resets the device and starts its first @queues queues, with all features
 * but those that the input takes away.
 */
static inline void negotiate(VirtIODevice *vdev, FuzzInput *in,
                             Driver *drivers, int queues)
{
    uint64_t mask = ~(1ULL << VIRTIO_F_ACCESS_PLATFORM);

    for (unsigned int n = fuzz_take(in, 1) % 4; n > 0; n--) {
        mask &= ~(1ULL << fuzz_take(in, 1) % 64);
    }
    virtio_reset(vdev);
    memset(ram + RINGS, 0, queues * RING_STEP);
    for (int i = 0; i < queues; i++) {
        memset(&drivers[i], 0, sizeof(drivers[i]));
        driver_start(&drivers[i], vdev, i, 16, mask, RINGS + i * RING_STEP);
    }
}

#endif
