/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of the virtio network device: rings and buffers that the input
 * writes, control commands, packets of every length from a back end that
 * knows the offload header, with several queues, hashes and RSS.
 */
#include "fuzz-virtio-common.h"
#include "hw/virtio/virtio-net.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/iov.h"
#include "qemu/rcu.h"

#define PAIRS 3
#define QUEUES (2 * PAIRS + 1)
#define BUFFERS_BYTES 0x40000

typedef struct Wire {
    NetClientState nc;
    bool busy, using_header;
    int header;
} Wire;

static NetClientState *wires[PAIRS];

static Wire *to_wire(NetClientState *nc)
{
    return container_of(nc, Wire, nc);
}

static ssize_t wire_receive_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt)
{
    uint8_t sink[256];

    if (to_wire(nc)->busy) {
        return 0;
    }
    /* All of it is to be readable. */
    for (int i = 0; i < iovcnt; i++) {
        iov_to_buf(iov + i, 1, 0, sink, sizeof(sink));
    }
    return iov_size(iov, iovcnt);
}

static ssize_t wire_receive(NetClientState *nc, const uint8_t *buf,
                            size_t size)
{
    return to_wire(nc)->busy ? 0 : size;
}

static bool wire_yes(NetClientState *nc)
{
    return true;
}

static bool wire_has_len(NetClientState *nc, int len)
{
    return true;
}

static void wire_use_header(NetClientState *nc, bool use)
{
    to_wire(nc)->using_header = use;
}

static void wire_set_len(NetClientState *nc, int len)
{
    to_wire(nc)->header = len;
}

static void wire_set_offload(NetClientState *nc, int csum, int tso4, int tso6,
                             int ecn, int ufo)
{
}

static NetClientInfo wire_info = {
    .type = NET_CLIENT_DRIVER_TAP,
    .size = sizeof(Wire),
    .receive = wire_receive,
    .receive_iov = wire_receive_iov,
    .has_ufo = wire_yes,
    .has_vnet_hdr = wire_yes,
    .has_vnet_hdr_len = wire_has_len,
    .using_vnet_hdr = wire_use_header,
    .set_vnet_hdr_len = wire_set_len,
    .set_offload = wire_set_offload,
};

static VirtIODevice *make_device(void)
{
    DeviceState *dev = qdev_new(TYPE_VIRTIO_NET);

    for (int i = 0; i < PAIRS; i++) {
        wires[i] = qemu_new_net_client(&wire_info, NULL, "wire", "w0");
    }
    object_property_set_str(OBJECT(dev), "netdev", "w0", &error_abort);
    object_property_set_str(OBJECT(dev), "mac", "52:54:00:12:34:56",
                            &error_abort);
    object_property_set_bool(OBJECT(dev), "mq", true, &error_abort);
    object_property_set_bool(OBJECT(dev), "rss", true, &error_abort);
    object_property_set_bool(OBJECT(dev), "hash", true, &error_abort);
    object_property_set_bool(OBJECT(dev), "packed", true, &error_abort);
    object_property_set_bool(OBJECT(dev), "in_order", true, &error_abort);
    virtio_fixture_plug(VIRTIO_DEVICE(dev));
    VIRTIO_DEVICE(dev)->vm_running = true;
    return VIRTIO_DEVICE(dev);
}

/*** Steps ***/

static uint32_t length(FuzzInput *in)
{
    static const uint32_t odd[] = { 0, 1, 9, 10, 11, 12, 13, 20, 65535, 65536,
                                    65550, UINT32_MAX };
    unsigned int which = fuzz_take(in, 1);

    return which < ARRAY_SIZE(odd) ? odd[which] : fuzz_take(in, 2);
}

/* Mostly all. */
static uint64_t features(FuzzInput *in)
{
    uint64_t without = 0;

    for (unsigned int n = fuzz_take(in, 1) % 8; n > 0; n--) {
        without |= 1ULL << fuzz_take(in, 1) % 64;
    }
    return ~without;
}

/* All rings anew, with some of the features. */
static void negotiate(VirtIODevice *vdev, uint64_t mask, Driver *drivers)
{
    virtio_reset(vdev);
    memset(ram + RINGS, 0, QUEUES * RING_STEP);
    mask &= ~(1ULL << VIRTIO_F_ACCESS_PLATFORM);
    for (int i = 0; i < QUEUES; i++) {
        memset(&drivers[i], 0, sizeof(drivers[i]));
    }
    for (int i = 0; i < virtio_get_num_queues(vdev) && i < QUEUES; i++) {
        driver_start(&drivers[i], vdev, i, 16, mask, RINGS + i * RING_STEP);
    }
}

/*
 * What comes back is not looked at, as the input may have written anything
 * into the rings.  A full ring starts anew.
 */
static void add(VirtIODevice *vdev, FuzzInput *in, Driver *d, int queue,
                const DriverBuf *bufs, unsigned int count)
{
    static const uint64_t all = ~(1ULL << VIRTIO_F_ACCESS_PLATFORM);

    if (driver_add(d, bufs, count, fuzz_take(in, 1) & 1, vdev) < 0) {
        virtio_queue_reset(vdev, queue);
        memset(ram + RINGS + queue * RING_STEP, 0, RING_STEP);
        driver_start(d, vdev, queue, 16, all & vdev->guest_features,
                     RINGS + queue * RING_STEP);
        driver_add(d, bufs, count, false, vdev);
    }
    virtio_queue_notify(vdev, queue);
}

static void add_buffer(VirtIODevice *vdev, FuzzInput *in, Driver *d, int queue)
{
    DriverBuf bufs[4];
    unsigned int count = 1 + fuzz_take(in, 1) % ARRAY_SIZE(bufs);
    bool rx = queue % 2 == 0 && queue != virtio_get_num_queues(vdev) - 1;

    if (!d->vq) {
        return;
    }
    for (unsigned int i = 0; i < count; i++) {
        bufs[i] = (DriverBuf) { place(in), length(in), rx };
    }
    if (fuzz_take(in, 1) < 16) {
        bufs[count - 1].write = !bufs[count - 1].write;
    }
    add(vdev, in, d, queue, bufs, count);
}

static void command(VirtIODevice *vdev, FuzzInput *in, Driver *d, int queue)
{
    DriverBuf bufs[] = {
        { BUFFERS, 2, false }, { BUFFERS + 16, length(in) % 4096, false },
        { BUFFERS + 8, 1, true },
    };

    if (!d->vq) {
        return;
    }
    ram[BUFFERS] = fuzz_take(in, 1) % 6;
    ram[BUFFERS + 1] = fuzz_take(in, 1) % 4;
    fuzz_take_bytes(in, ram + BUFFERS + 16, MIN(bufs[1].len, 64));
    add(vdev, in, d, queue, bufs, 3);
}

static void packet(FuzzInput *in)
{
    static uint8_t frame[NET_BUFSIZE + 16];
    uint8_t which = fuzz_take(in, 1);
    NetClientState *nc = wires[which < PAIRS ? which : 0];
    uint32_t size = MIN(length(in), sizeof(frame));

    fuzz_take_bytes(in, frame, MIN(size, 96));
    qemu_send_packet(nc, frame, size);
}

static void step(VirtIODevice *vdev, FuzzInput *in, Driver *drivers)
{
    unsigned int op = fuzz_take(in, 1);
    int queues = MIN(virtio_get_num_queues(vdev), QUEUES);
    int q = fuzz_take(in, 1) % (queues + 8);

    /* The first pair is the one that always works. */
    q = q < queues ? q : q % 2;
    switch (op % 16) {
    case 0:
        negotiate(vdev, features(in), drivers);
        break;
    case 1:
        stl_le_p(ram + RINGS + fuzz_take(in, 3) % (QUEUES * RING_STEP),
                 fuzz_take(in, 4));
        break;
    case 2:
        to_wire(wires[q % PAIRS])->busy = fuzz_take(in, 1) & 1;
        qemu_flush_queued_packets(wires[q % PAIRS]);
        break;
    case 3:
        net_set_link("w0", fuzz_take(in, 1) & 3, NULL);
        break;
    case 4:
        virtio_config_writeb(vdev, fuzz_take(in, 1), fuzz_take(in, 1));
        virtio_config_readl(vdev, fuzz_take(in, 1));
        break;
    case 5:
        virtio_queue_reset(vdev, q);
        drivers[q].vq = NULL;
        break;
    case 6: case 7:
        command(vdev, in, &drivers[queues - 1], queues - 1);
        break;
    case 8: case 9: case 10:
        packet(in);
        break;
    default:
        add_buffer(vdev, in, &drivers[q], q);
        break;
    }
    settle();
    /* A broken device does nothing any more. */
    if (vdev->broken) {
        negotiate(vdev, features(in), drivers);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static VirtIODevice *vdev;
    static Driver drivers[QUEUES];
    FuzzInput in = { data, size };

    if (!vdev) {
        virtio_fixture_init();
        qemu_init_main_loop(&error_abort);
        vdev = make_device();
    }
    memset(ram + BUFFERS, 0, BUFFERS_BYTES);
    negotiate(vdev, features(&in), drivers);
    while (in.left) {
        step(vdev, &in, drivers);
    }
    /* Back to how it was. */
    for (int i = 0; i < PAIRS; i++) {
        to_wire(wires[i])->busy = false;
        qemu_flush_queued_packets(wires[i]);
        qemu_purge_queued_packets(wires[i]);
    }
    net_set_link("w0", true, NULL);
    virtio_reset(vdev);
    settle();
    drain_call_rcu();
    return 0;
}
