/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzzers of virtio devices share: where rings and buffers are. */
#ifndef TESTS_FUZZ_VIRTIO_COMMON_H
#define TESTS_FUZZ_VIRTIO_COMMON_H

#include "fuzz.h"
#include "block/aio.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "virtio-fixture.h"

#define RINGS 0x10000
#define RING_STEP 0x10000
#define BUFFERS 0x100000

/* Runs what the device has put off. */
static inline void settle(void)
{
    for (int n = 0; n < 64 && aio_poll(qemu_get_aio_context(), false); n++) {
        continue;
    }
}

/*
 * Now and then, at the end of an input: what waits for the big lock to be
 * free, as the rings given up by resets, would else pile up for ever.
 */
static inline void let_go(void)
{
    static unsigned int inputs;

    if (++inputs % 256 == 0) {
        drain_call_rcu();
    }
}

/* Mostly among the buffers; else where a driver has nothing to do. */
static inline hwaddr place(FuzzInput *in)
{
    static const hwaddr odd[] = {
        0, RINGS, RAM_SIZE - 64, RAM_SIZE, MMIO_BASE, UINT64_MAX - 63,
    };
    unsigned int which = fuzz_take(in, 1);

    return which < ARRAY_SIZE(odd) ? odd[which]
                                   : BUFFERS + fuzz_take(in, 2) * 4;
}

#endif
