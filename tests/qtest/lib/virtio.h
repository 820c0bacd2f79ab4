/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small driver of virtio-pci devices (virtio 1.2): modern or legacy
 * registers, split or packed rings, indirect tables, event indices, a vector
 * of MSI-X for each queue.
 *
 *     VirtioDev *d = virtio_open(pci_find(t, 0x1af4, 0x1041, 0), false);
 *     virtio_negotiate(d, 1ull << VIRTIO_F_VERSION_1 | ...);
 *     VirtioQueue *q = virtio_queue(d, 0, 0, 1);
 *     virtio_start(d);
 *
 *     VirtioSeg segs[] = { { addr, len }, { addr2, len2, .write = true } };
 *     unsigned token = virtio_add(q, segs, 2, false);
 *     virtio_kick(q);
 *     g_assert_true(virtio_wait(q, &token, &written));
 *
 * Buffers are guest RAM from qtest_alloc(), which is filled and read by
 * qtest_memwrite() and qtest_memread().
 */
#ifndef TESTS_QTEST_VIRTIO_H
#define TESTS_QTEST_VIRTIO_H

#include "pci.h"
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>

#define VIRTIO_VENDOR 0x1af4

/* Where a structure of the modern interface is. */
typedef struct VirtioPlace {
    unsigned bar;
    uint32_t offset, length;    /* length 0: there is none */
} VirtioPlace;

typedef struct VirtioQueue VirtioQueue;

typedef struct VirtioDev {
    QTest *t;
    PciFn *f;
    bool legacy;
    uint64_t features;          /* negotiated */
    VirtioPlace common, isr, device, notify;
    uint32_t notify_multiplier;
    GPtrArray *queues;
} VirtioDev;

struct VirtioQueue {
    VirtioDev *d;
    unsigned index, size;
    uint16_t vector;            /* as the device read it back */
    bool packed, event_idx, in_order;
    /* Descriptors, the driver's and the device's part; for tests that bend
     * the rules. */
    uint64_t desc, avail, used;
    uint64_t indirect;          /* a table of its own for each slot */
    uint16_t next_avail, next_used;
    bool avail_wrap, used_wrap; /* packed */
    unsigned free_slots;
    uint16_t *chain_len;        /* slots taken by the buffer with that id */
    uint16_t *next_free;        /* chains of slots (split) or ids (packed) */
    uint16_t free_head, free_tail;
    GQueue order;               /* ids in flight, in order of adding */
    int batch_last;             /* in order: used up to this id; or -1 */
    uint32_t batch_len;
    uint16_t kicked;            /* next_avail at the last kick */
    bool kicked_wrap, want_interrupts;
    uint64_t notify_offset;
};

typedef struct VirtioSeg {
    uint64_t addr;
    uint32_t len;
    bool write;                 /* by the device */
} VirtioSeg;

#define VIRTIO_SEGS_MAX 64      /* of a buffer */

/*
 * The @nth device with that virtio id, transitional or modern: its function
 * for virtio_open(), or NULL.
 */
PciFn *virtio_find(QTest *t, uint16_t virtio_id, unsigned nth);

/*
 * Takes over @f: places BARs, sets MSI-X up where there is any, resets the
 * device and acknowledges it as its driver; by the legacy registers if
 * @legacy, else by the modern ones, which must exist.
 */
VirtioDev *virtio_open(PciFn *f, bool legacy);
/* Resets it and frees all of it. */
void virtio_close(VirtioDev *d);
/* The same where the emulator is gone. */
void virtio_forget(VirtioDev *d);

uint64_t virtio_host_features(VirtioDev *d);
/*
 * What the device offers of @wanted, which it must then accept; returns that.
 * VIRTIO_F_VERSION_1 is always wanted of a modern device.
 */
uint64_t virtio_negotiate(VirtioDev *d, uint64_t wanted);
static inline bool virtio_has(const VirtioDev *d, unsigned feature)
{
    return d->features >> feature & 1;
}

uint8_t virtio_status(VirtioDev *d);
void virtio_set_status(VirtioDev *d, uint8_t status);
/* DRIVER_OK. */
void virtio_start(VirtioDev *d);
/* Status 0, and back to where virtio_open() left it; queues are gone. */
void virtio_restart(VirtioDev *d);
uint8_t virtio_isr(VirtioDev *d);

uint64_t virtio_config_read(VirtioDev *d, unsigned offset, unsigned size);
void virtio_config_write(VirtioDev *d, unsigned offset, uint64_t val,
                         unsigned size);
/* Returns what the device made of it. */
uint16_t virtio_config_vector(VirtioDev *d, uint16_t vector);

/* How long the device would have queue @index; 0: there is none. */
unsigned virtio_queue_max(VirtioDev *d, unsigned index);
/*
 * Makes queue @index with @size slots (0: as many as the device wants; a
 * legacy device has no choice) and starts it, with @vector of MSI-X or
 * VIRTIO_MSI_NO_VECTOR.
 */
VirtioQueue *virtio_queue(VirtioDev *d, unsigned index, unsigned size,
                          uint16_t vector);
/* VIRTIO_F_RING_RESET; the queue is gone after it. */
void virtio_queue_reset(VirtioQueue *q);

/*
 * Offers a buffer; @indirect puts it in a table of its own where that was
 * negotiated.  Returns a token for it, or UINT_MAX if there is no room.
 */
unsigned virtio_add(VirtioQueue *q, const VirtioSeg *segs, unsigned count,
                    bool indirect);
/* Tells the device, unless it asked for silence; true if it was told. */
bool virtio_kick(VirtioQueue *q);
/* The next used buffer; false if there is none. */
bool virtio_pop(VirtioQueue *q, unsigned *token, uint32_t *len);
/* The same, after waiting some seconds for the queue's message. */
bool virtio_wait(VirtioQueue *q, unsigned *token, uint32_t *len);
/* Whether the device may send messages for used buffers. */
void virtio_want_interrupts(VirtioQueue *q, bool want);

/* One buffer there and back: added, kicked, waited for. */
uint32_t virtio_do(VirtioQueue *q, const VirtioSeg *segs, unsigned count);

#endif /* TESTS_QTEST_VIRTIO_H */
