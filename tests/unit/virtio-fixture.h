/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio device on a bus that counts interrupts, guest RAM to put rings
 * into, and a driver for both ring formats that keeps to the rules (virtio
 * 1.2, 2.7 and 2.8), or breaks one on request.
 */
#ifndef TESTS_VIRTIO_FIXTURE_H
#define TESTS_VIRTIO_FIXTURE_H

#include "hw/virtio/virtio-bus.h"
#include "hw/virtio/virtio.h"

#define RAM_SIZE (8 * 1024 * 1024)
#define MMIO_BASE 0x40000000    /* registers, not memory */
#define MMIO_SIZE 0x10000
#define TEST_QUEUES 4
#define TEST_QUEUE_SIZE 256

extern uint8_t *ram;            /* guest address 0 */
extern unsigned int mmio_accesses;

void virtio_fixture_init(void);

/* A realized device that offers these features and VIRTIO_F_VERSION_1. */
VirtIODevice *virtio_fixture_device(uint64_t features);
void virtio_fixture_free(VirtIODevice *vdev);

/* Realizes a device of another kind, made by qdev_new(), on such a bus. */
void virtio_fixture_plug(VirtIODevice *vdev);

/* Interrupts since last asked. */
unsigned int virtio_fixture_interrupts(VirtIODevice *vdev);

/* Kicks: calls of the queues' handler. */
extern unsigned int handled;

typedef struct Driver {
    VirtIODevice *vdev;
    VirtQueue *vq;
    bool packed;
    bool event_idx;
    unsigned int num;
    uint64_t desc, avail, used;

    /* Split: free descriptors; packed: free ids.  A stack. */
    uint16_t free[1024];
    unsigned int nfree;

    uint16_t avail_idx;         /* split: count; packed: slot */
    uint16_t used_idx;
    bool avail_wrap, used_wrap;
    unsigned int slots_free;    /* packed */
    uint16_t kicked_idx;        /* avail_idx at the last question */
    bool kicked_wrap;
    struct {
        unsigned int ndescs;
        void *cookie;
        bool live;
    } state[1024];

    uint64_t indirect_next;     /* where the next indirect table goes */
    unsigned int in_flight;
} Driver;

typedef struct DriverBuf {
    uint64_t addr;
    uint32_t len;
    bool write;
} DriverBuf;

/*
 * Negotiates features (those of the device that are in mask, and version 1)
 * and sets up queue n with num entries at base (64 KiB aligned).
 */
void driver_start(Driver *d, VirtIODevice *vdev, int n, unsigned int num,
                  uint64_t mask, uint64_t base);

/* Makes a request available; its id, or -1 where there is no room. */
int driver_add(Driver *d, const DriverBuf *bufs, unsigned int count,
               bool indirect, void *cookie);

/* The next used request: its cookie, or NULL. */
void *driver_get(Driver *d, uint32_t *len, uint16_t *id);

/* Whether the device wants to hear of what was added since last asked. */
bool driver_should_kick(Driver *d);

/* From now on: an interrupt when the next of what is used appears, or no. */
void driver_want_interrupt(Driver *d, bool want);

/* With the event index: when the used side passes that many slots. */
void driver_want_interrupt_at(Driver *d, unsigned int slots);

/* Direct access to the ring, to break it. */
void driver_poke_desc(Driver *d, unsigned int i, uint64_t addr, uint32_t len,
                      uint16_t id_or_flags, uint16_t next_or_flags);
void driver_poke_avail(Driver *d, uint16_t position, uint16_t head);
void driver_poke_avail_idx(Driver *d, uint16_t idx);

#endif /* TESTS_VIRTIO_FIXTURE_H */
