/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-net in process: packets a second between a driver in this program
 * and a back end that takes and makes them, and interrupts a packet.  The
 * driver's own work on the rings is in the figures.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "hw/virtio/virtio-net.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "virtio-fixture.h"

#define RX_RING 0x10000
#define TX_RING 0x20000
#define BUF 0x100000
#define BUF_SIZE 2048
#define BATCH 64
#define BATCHES 4000
#define HDR sizeof(struct virtio_net_hdr_mrg_rxbuf)

typedef struct Wire {
    NetClientState nc;
    unsigned int packets;
} Wire;

static ssize_t wire_receive_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt)
{
    container_of(nc, Wire, nc)->packets++;
    return iov_size(iov, iovcnt);
}

static ssize_t wire_receive(NetClientState *nc, const uint8_t *buf,
                            size_t size)
{
    container_of(nc, Wire, nc)->packets++;
    return size;
}

static NetClientInfo wire_info = {
    .type = NET_CLIENT_DRIVER_SOCKET,
    .size = sizeof(Wire),
    .receive = wire_receive,
    .receive_iov = wire_receive_iov,
};

typedef struct Bench {
    VirtIODevice *vdev;
    Wire *wire;
    Driver rx, tx;
    size_t size;
    bool indirect;
    uint8_t frame[BUF_SIZE];
} Bench;

static void *const cookie = (void *)1;

static void send_batch(Bench *b)
{
    uint32_t len;

    for (unsigned int i = 0; i < BATCH; i++) {
        DriverBuf bufs[] = {
            { BUF + i * BUF_SIZE, HDR, false },
            { BUF + i * BUF_SIZE + 64, b->size, false },
        };

        driver_add(&b->tx, bufs, 2, b->indirect, cookie);
    }
    if (driver_should_kick(&b->tx)) {
        virtio_queue_notify(b->vdev, 1);
    }
    while (aio_poll(qemu_get_aio_context(), false)) {
        continue;
    }
    for (unsigned int i = 0; i < BATCH; i++) {
        g_assert(driver_get(&b->tx, &len, NULL) == cookie);
    }
    driver_want_interrupt(&b->tx, true);
}

static void receive_batch(Bench *b)
{
    uint32_t len;

    for (unsigned int i = 0; i < BATCH; i++) {
        DriverBuf buf = { BUF + i * BUF_SIZE, BUF_SIZE, true };

        driver_add(&b->rx, &buf, 1, b->indirect, cookie);
    }
    if (driver_should_kick(&b->rx)) {
        virtio_queue_notify(b->vdev, 0);
    }
    for (unsigned int i = 0; i < BATCH; i++) {
        qemu_send_packet(&b->wire->nc, b->frame, b->size);
    }
    for (unsigned int i = 0; i < BATCH; i++) {
        g_assert(driver_get(&b->rx, &len, NULL) == cookie);
    }
    driver_want_interrupt(&b->rx, true);
}

static void measure(Bench *b, const char *rings, const char *what,
                    void (*batch)(Bench *b))
{
    g_autofree char *title = g_strdup_printf("%s %zu bytes, %s", what,
                                             b->size, rings);
    int64_t best = INT64_MAX;
    unsigned int interrupts = 0;

    for (int run = 0; run < 5; run++) {
        int64_t start = g_get_monotonic_time();

        virtio_fixture_interrupts(b->vdev);
        for (unsigned int i = 0; i < BATCHES; i++) {
            batch(b);
        }
        interrupts = virtio_fixture_interrupts(b->vdev);
        best = MIN(best, g_get_monotonic_time() - start);
    }
    printf("%-44s %7.2f Mpackets/s, %.3f interrupts a packet\n", title,
           (double)BATCH * BATCHES / best,
           (double)interrupts / (BATCH * BATCHES));
}

static void run(const char *rings, uint64_t without, bool packed,
                bool indirect)
{
    DeviceState *dev = qdev_new(TYPE_VIRTIO_NET);
    static unsigned int serial;
    g_autofree char *name = g_strdup_printf("wire%u", serial++);
    g_autofree Bench *b = g_new0(Bench, 1);
    static const size_t sizes[] = { 60, 1514 };

    b->wire = container_of(qemu_new_net_client(&wire_info, NULL, "wire",
                                               name), Wire, nc);
    b->indirect = indirect;
    object_property_set_str(OBJECT(dev), "netdev", name, &error_abort);
    object_property_set_bool(OBJECT(dev), "packed", packed, &error_abort);
    b->vdev = VIRTIO_DEVICE(dev);
    virtio_fixture_plug(b->vdev);
    b->vdev->vm_running = true;
    driver_start(&b->rx, b->vdev, 0, 256, ~without, RX_RING);
    driver_start(&b->tx, b->vdev, 1, 256, ~without, TX_RING);
    memset(b->frame, 0xff, 6);
    for (unsigned int i = 0; i < G_N_ELEMENTS(sizes); i++) {
        b->size = sizes[i];
        measure(b, rings, "send", send_batch);
        measure(b, rings, "receive", receive_batch);
    }
    virtio_fixture_free(b->vdev);
    qemu_del_net_client(&b->wire->nc);
}

int main(void)
{
    uint64_t event = 1ULL << VIRTIO_RING_F_EVENT_IDX;
    uint64_t ring_packed = 1ULL << VIRTIO_F_RING_PACKED;

    virtio_fixture_init();
    qemu_init_main_loop(&error_abort);
    run("split", ring_packed | event, false, false);
    run("split, event index", ring_packed, false, false);
    run("split, indirect", ring_packed | event, false, true);
    run("packed", event, true, false);
    run("packed, event index", 0, true, false);
    return 0;
}
