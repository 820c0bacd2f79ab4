/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio network device between a driver and a back end that records
 * what it gets.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "hw/virtio/virtio-net.h"
#include "migration/qemu-file.h"
#include "qapi/error.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "sysemu/runstate.h"
#include "virtio-fixture.h"

#define RX_RING 0x10000
#define TX_RING 0x20000
#define CTRL_RING 0x30000
#define BUF 0x100000
#define BUF_SIZE 2048
#define SCRATCH 0x300000

#define HDR sizeof(struct virtio_net_hdr_mrg_rxbuf)
#define ALL_FEATURES (~(1ULL << VIRTIO_RING_F_EVENT_IDX | \
                        1ULL << VIRTIO_F_RING_PACKED | \
                        1ULL << VIRTIO_F_IN_ORDER))

/*** The back end ***/

typedef struct Wire {
    NetClientState nc;
    uint8_t last[70000];
    size_t len;
    unsigned int packets;
    bool busy;
} Wire;

static ssize_t wire_receive_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt)
{
    Wire *w = container_of(nc, Wire, nc);

    if (w->busy) {
        return 0;
    }
    w->packets++;
    w->len = iov_to_buf(iov, iovcnt, 0, w->last, sizeof(w->last));
    return iov_size(iov, iovcnt);
}

static ssize_t wire_receive(NetClientState *nc, const uint8_t *buf,
                            size_t size)
{
    struct iovec iov = { (void *)buf, size };

    return wire_receive_iov(nc, &iov, 1);
}

static NetClientInfo wire_info = {
    .type = NET_CLIENT_DRIVER_SOCKET,
    .size = sizeof(Wire),
    .receive = wire_receive,
    .receive_iov = wire_receive_iov,
};

/*** A running device ***/

typedef struct Net {
    VirtIONet *n;
    VirtIODevice *vdev;
    Wire *wire;
    Driver rx, tx, ctrl;
} Net;

static void start(Net *net, uint64_t features)
{
    driver_start(&net->rx, net->vdev, 0, 16, features, RX_RING);
    driver_start(&net->tx, net->vdev, 1, 16, features, TX_RING);
    driver_start(&net->ctrl, net->vdev, 2, 16, features, CTRL_RING);
}

static void net_init_test(Net *net)
{
    static unsigned int serial;
    g_autofree char *name = g_strdup_printf("wire%u", serial++);
    NetClientState *nc = qemu_new_net_client(&wire_info, NULL, "wire", name);
    DeviceState *dev = qdev_new(TYPE_VIRTIO_NET);

    net->wire = container_of(nc, Wire, nc);
    object_property_set_str(OBJECT(dev), "netdev", name, &error_abort);
    object_property_set_str(OBJECT(dev), "mac", "52:54:00:12:34:56",
                            &error_abort);
    net->n = VIRTIO_NET(dev);
    net->vdev = VIRTIO_DEVICE(dev);
    virtio_fixture_plug(net->vdev);
    net->vdev->vm_running = true;
    start(net, ALL_FEATURES);
}

static void net_fini(Net *net)
{
    virtio_fixture_free(net->vdev);
    qemu_del_net_client(&net->wire->nc);
}

static void *const cookie = (void *)1;

static void add_rx(Net *net, unsigned int count, uint32_t len)
{
    while (count--) {
        DriverBuf buf = { BUF + BUF_SIZE * net->rx.in_flight, len, true };

        g_assert_cmpint(driver_add(&net->rx, &buf, 1, false, cookie), >=, 0);
    }
    virtio_queue_notify(net->vdev, 0);
}

static void make_frame(uint8_t *frame, size_t len, const char *dst)
{
    size_t i;

    for (i = 0; i < len; i++) {
        frame[i] = i;
    }
    net_parse_macaddr(frame, dst);
    frame[12] = 0x08;
    frame[13] = 0x06;
}

#define OWN "52:54:00:12:34:56"

static void inject(Net *net, const char *dst, size_t len)
{
    g_autofree uint8_t *frame = g_malloc(len);

    make_frame(frame, len, dst);
    qemu_send_packet(&net->wire->nc, frame, len);
}

static uint32_t got_rx(Net *net)
{
    uint32_t len = 0;

    return driver_get(&net->rx, &len, NULL) ? len : 0;
}

static int ctrl(Net *net, uint8_t class, uint8_t cmd, const void *data,
                uint32_t len)
{
    DriverBuf bufs[] = {
        { SCRATCH, 2, false }, { SCRATCH + 16, len, false },
        { SCRATCH + 8, 1, true },
    };
    uint32_t written;

    if (!len) {
        bufs[1] = bufs[2];
    } else {
        memcpy(ram + SCRATCH + 16, data, len);
    }
    ram[SCRATCH] = class;
    ram[SCRATCH + 1] = cmd;
    ram[SCRATCH + 8] = 0xee;
    driver_add(&net->ctrl, bufs, len ? 3 : 2, false, cookie);
    virtio_queue_notify(net->vdev, 2);
    g_assert(driver_get(&net->ctrl, &written, NULL) == cookie);
    g_assert_cmpint(written, ==, 1);
    return ram[SCRATCH + 8];
}

/*** Tests ***/

static void send(Net *net, size_t hdr, size_t len)
{
    DriverBuf bufs[] = {
        { SCRATCH, hdr, false }, { SCRATCH + 0x100, len, false },
    };

    memset(ram + SCRATCH, 0, 64);
    make_frame(ram + SCRATCH + 0x100, len, "ff:ff:ff:ff:ff:ff");
    driver_add(&net->tx, bufs, len ? 2 : 1, false, cookie);
    virtio_queue_notify(net->vdev, 1);
    while (aio_poll(qemu_get_aio_context(), false)) {
        continue;
    }
}

static void test_transmit(void)
{
    uint32_t len;
    Net net;
    int i;

    net_init_test(&net);
    for (i = 0; i < 100; i++) {
        size_t size = 14 + i * 53;

        send(&net, HDR, size);
        g_assert(driver_get(&net.tx, &len, NULL) == cookie);
        g_assert_cmpint(net.wire->packets, ==, i + 1);
        g_assert_cmpmem(net.wire->last, net.wire->len,
                        ram + SCRATCH + 0x100, size);
    }

    /* A back end that cannot takes it later, and then what waits as well. */
    net.wire->busy = true;
    send(&net, HDR, 60);
    send(&net, HDR, 60);
    g_assert_null(driver_get(&net.tx, &len, NULL));
    net.wire->busy = false;
    qemu_flush_queued_packets(&net.wire->nc);
    g_assert(driver_get(&net.tx, &len, NULL) == cookie);
    g_assert(driver_get(&net.tx, &len, NULL) == cookie);
    g_assert_cmpint(net.wire->packets, ==, 102);

    /* Reset while it has one. */
    net.wire->busy = true;
    send(&net, HDR, 60);
    virtio_reset(net.vdev);
    net.wire->busy = false;
    qemu_flush_queued_packets(&net.wire->nc);
    start(&net, ALL_FEATURES);
    send(&net, HDR, 60);
    g_assert(driver_get(&net.tx, &len, NULL) == cookie);

    /* No whole header. */
    send(&net, 5, 0);
    g_assert(net.vdev->broken);
    net_fini(&net);
}

static void test_receive(void)
{
    Net net;
    size_t size;

    net_init_test(&net);
    /* Kept until there are buffers. */
    inject(&net, OWN, 100);
    g_assert_cmpint(got_rx(&net), ==, 0);
    add_rx(&net, 4, BUF_SIZE);
    g_assert_cmpint(got_rx(&net), ==, HDR + 100);
    g_assert_cmpint(lduw_le_p(ram + BUF + 10), ==, 1);

    /* Every length over several buffers. */
    for (size = 14; size < 3 * BUF_SIZE; size += 97) {
        uint32_t left = HDR + size;

        virtio_reset(net.vdev);
        start(&net, ALL_FEATURES);
        add_rx(&net, 4, BUF_SIZE);
        inject(&net, OWN, size);
        g_assert_cmpint(lduw_le_p(ram + BUF + 10), ==,
                        DIV_ROUND_UP(left, BUF_SIZE));
        while (left) {
            uint32_t len = got_rx(&net);

            g_assert_cmpint(len, ==, MIN(left, BUF_SIZE));
            left -= len;
        }
        g_assert_cmpint(ram[BUF + HDR + 13], ==, 6);
    }
    net_fini(&net);
}

/* Without mergeable buffers a packet that does not fit is lost, no more. */
static void test_receive_single(void)
{
    Net net;

    net_init_test(&net);
    virtio_reset(net.vdev);
    start(&net, ALL_FEATURES & ~(1ULL << VIRTIO_NET_F_MRG_RXBUF));
    add_rx(&net, 2, 200);
    inject(&net, OWN, 400);
    g_assert_cmpint(got_rx(&net), ==, 0);
    g_assert(!net.vdev->broken);
    inject(&net, OWN, 100);
    g_assert_cmpint(got_rx(&net), ==, HDR + 100);

    /* Not even the header fits. */
    virtio_reset(net.vdev);
    start(&net, ALL_FEATURES & ~(1ULL << VIRTIO_NET_F_MRG_RXBUF));
    add_rx(&net, 1, 5);
    inject(&net, OWN, 100);
    g_assert(net.vdev->broken);
    net_fini(&net);
}

static bool received(Net *net, const char *dst)
{
    inject(net, dst, 64);
    return got_rx(net) != 0;
}

static void test_filter(void)
{
    static const uint8_t table[] = {
        1, 0, 0, 0, 0x52, 0x54, 0, 0x99, 0x99, 0x99,
        1, 0, 0, 0, 0x33, 0x33, 0, 0, 0, 1,
    };
    static const uint8_t none[8], mac[] = { 0x52, 0x54, 0, 1, 2, 3 };
    uint8_t off = 0, on = 1, huge[4] = { 0xff, 0xff, 0xff, 0xff };
    Net net;

    net_init_test(&net);
    add_rx(&net, 15, BUF_SIZE);
    g_assert(received(&net, "52:54:00:aa:aa:aa"));
    g_assert_cmpint(ctrl(&net, 0, 0, &off, 1), ==, 0);
    g_assert(!received(&net, "52:54:00:aa:aa:aa"));
    g_assert(received(&net, OWN));
    g_assert(received(&net, "ff:ff:ff:ff:ff:ff"));
    g_assert(!received(&net, "33:33:00:00:00:01"));
    g_assert_cmpint(ctrl(&net, 1, 0, table, sizeof(table)), ==, 0);
    g_assert(received(&net, "33:33:00:00:00:01"));
    g_assert(!received(&net, "33:33:00:00:00:02"));
    g_assert(received(&net, "52:54:00:99:99:99"));
    g_assert_cmpint(ctrl(&net, 0, 1, &on, 1), ==, 0);
    g_assert(received(&net, "33:33:00:00:00:02"));
    g_assert_cmpint(ctrl(&net, 1, 1, mac, 6), ==, 0);
    g_assert(!received(&net, OWN));
    g_assert(received(&net, "52:54:00:01:02:03"));
    g_assert_cmpint(ctrl(&net, 0, 5, &on, 1), ==, 0);
    g_assert(!received(&net, "ff:ff:ff:ff:ff:ff"));

    /* Refused, and nothing changes. */
    g_assert_cmpint(ctrl(&net, 0, 9, &on, 1), ==, 1);
    g_assert_cmpint(ctrl(&net, 9, 0, &on, 1), ==, 1);
    g_assert_cmpint(ctrl(&net, 1, 0, huge, 4), ==, 1);
    g_assert_cmpint(ctrl(&net, 1, 0, table, sizeof(table) - 1), ==, 1);
    g_assert_cmpint(ctrl(&net, 2, 0, "\0\x10", 2), ==, 1);
    g_assert_cmpint(ctrl(&net, 2, 0, "\x05", 1), ==, 1);
    g_assert_cmpint(ctrl(&net, 3, 0, NULL, 0), ==, 1);
    g_assert_cmpint(ctrl(&net, 4, 0, "\1\0", 2), ==, 1);
    g_assert_cmpint(ctrl(&net, 5, 0, "\1\0\0\0\0\0\0\0", 8), ==, 1);
    g_assert_cmpint(ctrl(&net, 2, 0, "\x05\0", 2), ==, 0);
    g_assert_cmpint(ctrl(&net, 1, 0, none, 8), ==, 0);
    g_assert(!received(&net, "52:54:00:99:99:99"));
    g_assert(!net.vdev->broken);
    net_fini(&net);
}

static void test_link(void)
{
    struct virtio_net_config cfg;
    uint32_t len;
    Net net;

    net_init_test(&net);
    virtio_fixture_interrupts(net.vdev);
    qemu_get_queue(net.n->nic)->link_down = true;
    qemu_get_queue(net.n->nic)->info->link_status_changed(
        qemu_get_queue(net.n->nic));
    g_assert_cmpint(virtio_fixture_interrupts(net.vdev), ==, 1);
    g_assert_cmpint(virtio_config_modern_readw(net.vdev,
                        offsetof(struct virtio_net_config, status)), ==, 0);
    send(&net, HDR, 60);
    g_assert(driver_get(&net.tx, &len, NULL) == cookie);
    g_assert_cmpint(net.wire->packets, ==, 0);
    g_assert_cmpint(sizeof(cfg.mac), ==, 6);
    net_fini(&net);
}

static void test_migration(void)
{
    GByteArray *bytes = g_byte_array_new(), *again = g_byte_array_new();
    uint8_t off = 0;
    Net a, b;
    QEMUFile *f;
    size_t i;

    net_init_test(&a);
    net_init_test(&b);
    ctrl(&a, 0, 0, &off, 1);
    ctrl(&a, 2, 0, "\x05\0", 2);
    f = qemu_file_new_memory_output(bytes);
    virtio_save(a.vdev, f);
    qemu_fclose(f);
    f = qemu_file_new_memory_input(bytes->data, bytes->len);
    g_assert_cmpint(virtio_load(b.vdev, f, 11), ==, 0);
    qemu_fclose(f);
    f = qemu_file_new_memory_output(again);
    virtio_save(b.vdev, f);
    qemu_fclose(f);
    g_assert_cmpmem(bytes->data, bytes->len, again->data, again->len);

    /* Any short stream, or one with a changed byte, is survived. */
    for (i = 0; i < 700; i++) {
        bytes->data[i] ^= 0x81;
        f = qemu_file_new_memory_input(bytes->data,
                                       i % 2 ? bytes->len : i);
        virtio_load(b.vdev, f, 11);
        qemu_fclose(f);
        bytes->data[i] ^= 0x81;
        virtio_reset(b.vdev);
    }
    g_byte_array_unref(bytes);
    g_byte_array_unref(again);
    net_fini(&a);
    net_fini(&b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    virtio_fixture_init();
    qemu_init_main_loop(&error_abort);
    g_test_add_func("/virtio-net/transmit", test_transmit);
    g_test_add_func("/virtio-net/receive", test_receive);
    g_test_add_func("/virtio-net/receive-single", test_receive_single);
    g_test_add_func("/virtio-net/filter", test_filter);
    g_test_add_func("/virtio-net/link", test_link);
    g_test_add_func("/virtio-net/migration", test_migration);
    return g_test_run();
}
