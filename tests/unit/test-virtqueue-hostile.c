/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtqueues against drivers that break the rules: each breach stops the
 * device, and nothing else, until the driver resets it; whatever happens in
 * between is harmless.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file.h"
#include "qemu/bitops.h"
#include "virtio-fixture.h"

#define EVENT_IDX BIT_ULL(VIRTIO_RING_F_EVENT_IDX)
#define PACKED BIT_ULL(VIRTIO_F_RING_PACKED)
#define IN_ORDER BIT_ULL(VIRTIO_F_IN_ORDER)
#define EVERYTHING (BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC) | EVENT_IDX | \
                    PACKED | IN_ORDER | BIT_ULL(VIRTIO_F_RING_RESET))

#define BASE 0x10000
#define BUF 0x100000
#define TABLE 0x200000
#define NUM 8

#define NEXT VRING_DESC_F_NEXT
#define WRITE VRING_DESC_F_WRITE
#define INDIRECT VRING_DESC_F_INDIRECT
#define AVAIL BIT(VRING_PACKED_DESC_F_AVAIL)

static void *const cookie = (void *)1;

static void table_desc(unsigned int i, uint64_t addr, uint32_t len,
                       uint16_t a, uint16_t b)
{
    struct vring_desc *table = (void *)(ram + TABLE);

    table[i] = (struct vring_desc) {
        .addr = addr, .len = len, .flags = a, .next = b,
    };
}

/*** Requests, split ring: written at descriptor 0 and made available ***/

static void split_offer(Driver *d)
{
    driver_poke_avail(d, 0, 0);
    driver_poke_avail_idx(d, 1);
}

static void split_head(Driver *d)
{
    driver_poke_avail(d, 0, NUM);
    driver_poke_avail_idx(d, 1);
}

static void split_index_jump(Driver *d)
{
    driver_poke_desc(d, 0, BUF, 16, WRITE, 0);
    driver_poke_avail_idx(d, NUM + 1);
}

static void split_index_back(Driver *d)
{
    driver_poke_avail_idx(d, -1);
}

static void split_loop(Driver *d)
{
    driver_poke_desc(d, 0, BUF, 16, NEXT, 1);
    driver_poke_desc(d, 1, BUF, 16, NEXT, 0);
    split_offer(d);
}

static void split_self(Driver *d)
{
    driver_poke_desc(d, 0, BUF, 16, NEXT | WRITE, 0);
    split_offer(d);
}

static void split_next(Driver *d)
{
    driver_poke_desc(d, 0, BUF, 16, NEXT, NUM);
    split_offer(d);
}

static void split_empty_buffer(Driver *d)
{
    driver_poke_desc(d, 0, BUF, 0, WRITE, 0);
    split_offer(d);
}

static void split_last_address(Driver *d)
{
    driver_poke_desc(d, 0, UINT64_MAX - 8, 16, WRITE, 0);
    split_offer(d);
}

static void split_order(Driver *d)
{
    driver_poke_desc(d, 0, BUF, 16, NEXT | WRITE, 1);
    driver_poke_desc(d, 1, BUF, 16, 0, 0);
    split_offer(d);
}

static void split_indirect_empty(Driver *d)
{
    driver_poke_desc(d, 0, TABLE, 0, INDIRECT, 0);
    split_offer(d);
}

static void split_indirect_odd(Driver *d)
{
    driver_poke_desc(d, 0, TABLE, 24, INDIRECT, 0);
    split_offer(d);
}

static void split_indirect_nested(Driver *d)
{
    table_desc(0, TABLE, 16, INDIRECT, 0);
    driver_poke_desc(d, 0, TABLE, 16, INDIRECT, 0);
    split_offer(d);
}

static void split_indirect_loop(Driver *d)
{
    table_desc(0, BUF, 16, NEXT, 1);
    table_desc(1, BUF, 16, NEXT, 0);
    driver_poke_desc(d, 0, TABLE, 32, INDIRECT, 0);
    split_offer(d);
}

static void split_indirect_next(Driver *d)
{
    table_desc(0, BUF, 16, NEXT, 2);
    driver_poke_desc(d, 0, TABLE, 32, INDIRECT, 0);
    split_offer(d);
}

static void split_indirect_mmio(Driver *d)
{
    driver_poke_desc(d, 0, MMIO_BASE, 32, INDIRECT, 0);
    split_offer(d);
}

static void split_indirect_nowhere(Driver *d)
{
    driver_poke_desc(d, 0, RAM_SIZE - 16, 32, INDIRECT, 0);
    split_offer(d);
}

/* As long as it can be said, all of it in the table, and more than fits. */
static void split_indirect_huge(Driver *d)
{
    int i;

    for (i = 0; i < 1200; i++) {
        table_desc(i, BUF, 1, NEXT, i + 1);
    }
    driver_poke_desc(d, 0, TABLE, 0xfffffff0, INDIRECT, 0);
    split_offer(d);
}

/*** Requests, packed ring ***/

static void packed_long(Driver *d)
{
    int i;

    for (i = NUM - 1; i >= 0; i--) {
        driver_poke_desc(d, i, BUF, 16, i, AVAIL | NEXT);
    }
}

static void packed_empty_buffer(Driver *d)
{
    driver_poke_desc(d, 0, BUF, 0, 0, AVAIL | WRITE);
}

static void packed_order(Driver *d)
{
    driver_poke_desc(d, 1, BUF, 16, 0, AVAIL);
    driver_poke_desc(d, 0, BUF, 16, 0, AVAIL | WRITE | NEXT);
}

static void packed_indirect_chained(Driver *d)
{
    table_desc(0, BUF, 16, 0, 0);
    driver_poke_desc(d, 1, TABLE, 16, 0, AVAIL | INDIRECT);
    driver_poke_desc(d, 0, BUF, 16, 0, AVAIL | NEXT);
}

static void packed_indirect_next(Driver *d)
{
    table_desc(0, BUF, 16, 0, 0);
    driver_poke_desc(d, 1, BUF, 16, 0, AVAIL);
    driver_poke_desc(d, 0, TABLE, 16, 0, AVAIL | INDIRECT | NEXT);
}

static void packed_indirect_odd(Driver *d)
{
    driver_poke_desc(d, 0, TABLE, 17, 0, AVAIL | INDIRECT);
}

static void packed_indirect_mmio(Driver *d)
{
    driver_poke_desc(d, 0, MMIO_BASE, 32, 0, AVAIL | INDIRECT);
}

static void packed_indirect_huge(Driver *d)
{
    int i;

    for (i = 0; i < 1200; i++) {
        table_desc(i, RAM_SIZE - 1, 2, 0, WRITE);
    }
    driver_poke_desc(d, 0, TABLE, 16 * 1200, 0, AVAIL | INDIRECT);
}

/*** Rings ***/

static void ring_mmio(Driver *d)
{
    virtio_queue_set_rings(d->vdev, 0, MMIO_BASE, d->avail, d->used);
}

static void used_mmio(Driver *d)
{
    virtio_queue_set_rings(d->vdev, 0, d->desc, d->avail, MMIO_BASE + 0x100);
}

static void avail_mmio(Driver *d)
{
    virtio_queue_set_rings(d->vdev, 0, d->desc, MMIO_BASE, d->used);
}

static void ring_nowhere(Driver *d)
{
    virtio_queue_set_rings(d->vdev, 0, 0xdead00000000, d->avail, d->used);
}

static void ring_past_end(Driver *d)
{
    virtio_queue_set_rings(d->vdev, 0, d->desc, RAM_SIZE - 8, d->used);
}

static void ring_last_address(Driver *d)
{
    virtio_queue_set_rings(d->vdev, 0, UINT64_MAX - 15, d->avail, d->used);
}

/* Shorter than where the device is in it. */
static void packed_shrink(Driver *d)
{
    DriverBuf buf = { BUF, 4, true };
    int i;

    for (i = 0; i < 5; i++) {
        VirtQueueElement *elem;

        driver_add(d, &buf, 1, false, cookie);
        elem = virtqueue_pop(d->vq, sizeof(*elem));
        virtqueue_push(d->vq, elem, 4);
        g_free(elem);
    }
    virtio_queue_set_num(d->vdev, 0, 3);
}

static const struct HostileCase {
    const char *name;
    uint64_t features;
    void (*breach)(Driver *d);
} cases[] = {
    { "split/head-past-table", 0, split_head },
    { "split/index-jump", 0, split_index_jump },
    { "split/index-back", 0, split_index_back },
    { "split/loop", 0, split_loop },
    { "split/loop-of-one", 0, split_self },
    { "split/next-past-table", 0, split_next },
    { "split/empty-buffer", 0, split_empty_buffer },
    { "split/buffer-past-last-address", 0, split_last_address },
    { "split/readable-after-writable", 0, split_order },
    { "split/indirect-empty", 0, split_indirect_empty },
    { "split/indirect-odd-size", 0, split_indirect_odd },
    { "split/indirect-nested", 0, split_indirect_nested },
    { "split/indirect-loop", 0, split_indirect_loop },
    { "split/indirect-next-past-table", 0, split_indirect_next },
    { "split/indirect-mmio", 0, split_indirect_mmio },
    { "split/indirect-nowhere", 0, split_indirect_nowhere },
    { "split/indirect-huge", 0, split_indirect_huge },
    { "split/ring-mmio", 0, ring_mmio },
    { "split/ring-used-mmio", EVENT_IDX, used_mmio },
    { "split/ring-avail-mmio", 0, avail_mmio },
    { "split/ring-nowhere", 0, ring_nowhere },
    { "split/ring-past-end", 0, ring_past_end },
    { "split/ring-last-address", 0, ring_last_address },
    { "packed/too-long", PACKED, packed_long },
    { "packed/empty-buffer", PACKED, packed_empty_buffer },
    { "packed/readable-after-writable", PACKED, packed_order },
    { "packed/indirect-in-chain", PACKED, packed_indirect_chained },
    { "packed/indirect-with-next", PACKED, packed_indirect_next },
    { "packed/indirect-odd-size", PACKED, packed_indirect_odd },
    { "packed/indirect-mmio", PACKED, packed_indirect_mmio },
    { "packed/indirect-huge", PACKED, packed_indirect_huge },
    { "packed/ring-mmio", PACKED, ring_mmio },
    { "packed/ring-used-mmio", PACKED | EVENT_IDX, used_mmio },
    { "packed/ring-nowhere", PACKED, ring_nowhere },
    { "packed/shrink", PACKED, packed_shrink },
};

static void check_works(VirtIODevice *vdev, uint64_t features)
{
    DriverBuf buf = { BUF, 4, true };
    VirtQueueElement *elem;
    uint32_t len;
    Driver d;

    driver_start(&d, vdev, 0, NUM, features, BASE);
    driver_add(&d, &buf, 1, true, cookie);
    elem = virtqueue_pop(d.vq, sizeof(*elem));
    g_assert_nonnull(elem);
    virtqueue_push(d.vq, elem, 4);
    g_free(elem);
    g_assert(driver_get(&d, &len, NULL) == cookie);
    g_assert_cmpint(len, ==, 4);
    g_assert(!vdev->broken);
}

/* Everything that a device model might still do is harmless. */
static void check_dead(Driver *d)
{
    unsigned int in = 1, out = 1;

    virtio_fixture_interrupts(d->vdev);
    g_assert_null(virtqueue_pop(d->vq, sizeof(VirtQueueElement)));
    g_assert(virtio_queue_empty(d->vq));
    virtqueue_get_avail_bytes(d->vq, &in, &out, UINT_MAX, UINT_MAX);
    g_assert_cmpint(in + out, ==, 0);
    g_assert_cmpint(virtqueue_drop_all(d->vq), ==, 0);
    virtio_queue_set_notification(d->vq, 1);
    virtio_queue_set_notification(d->vq, 0);
    handled = 0;
    virtio_queue_notify(d->vdev, 0);
    g_assert_cmpint(handled, ==, 0);
    virtio_notify(d->vdev, d->vq);
    virtio_notify_config(d->vdev);
    g_assert_cmpint(virtio_fixture_interrupts(d->vdev), ==, 0);
}

static void test_hostile(gconstpointer data)
{
    const struct HostileCase *c = data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    VirtQueueElement *held;
    DriverBuf buf = { BUF, 4, true };
    unsigned int accesses = mmio_accesses;
    Driver d, other;

    driver_start(&d, vdev, 0, NUM, c->features, BASE);
    driver_start(&other, vdev, 1, NUM, c->features, BASE + 0x20000);
    driver_add(&other, &buf, 1, false, cookie);
    held = virtqueue_pop(other.vq, sizeof(*held));
    g_assert_nonnull(held);

    /* Counting looks at a ring before pop does; neither takes it. */
    c->breach(&d);
    g_assert_null(virtqueue_pop(d.vq, sizeof(VirtQueueElement)));
    g_assert(vdev->broken);
    g_assert(vdev->status & VIRTIO_CONFIG_S_NEEDS_RESET);
    g_assert_cmpint(virtio_fixture_interrupts(vdev), ==, 1);
    check_dead(&d);

    /* A request in flight on another queue ends, unseen. */
    virtqueue_push(other.vq, held, 4);
    g_free(held);
    g_assert_null(driver_get(&other, &(uint32_t){ 0 }, NULL));

    g_assert_cmpint(mmio_accesses, ==, accesses);
    virtio_reset(vdev);
    check_works(vdev, c->features);
    virtio_fixture_free(vdev);
}

/* The same ones met by a device that counts, or drops, what waits. */
static void test_hostile_count(gconstpointer data)
{
    const struct HostileCase *c = data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    unsigned int in = 0, out = 0;
    Driver d;

    driver_start(&d, vdev, 0, NUM, c->features, BASE);
    c->breach(&d);
    virtqueue_get_avail_bytes(d.vq, &in, &out, UINT_MAX, UINT_MAX);
    virtio_reset(vdev);
    check_works(vdev, c->features);
    virtio_reset(vdev);

    driver_start(&d, vdev, 0, NUM, c->features, BASE);
    c->breach(&d);
    virtqueue_drop_all(d.vq);
    virtio_reset(vdev);
    check_works(vdev, c->features);
    virtio_fixture_free(vdev);
}

/*** More than the ring can hold ***/

static void test_in_flight(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    VirtQueueElement *elems[NUM];
    DriverBuf buf = { BUF, 4, true };
    Driver d;
    int i;

    driver_start(&d, vdev, 0, NUM, features, BASE);
    for (i = 0; i < NUM; i++) {
        driver_add(&d, &buf, 1, false, cookie);
        elems[i] = virtqueue_pop(d.vq, sizeof(*elems[i]));
        g_assert_nonnull(elems[i]);
    }
    /* The ring's worth is out; the driver pretends to have more. */
    if (features & PACKED) {
        driver_poke_desc(&d, 0, BUF, 4, 0,
                         BIT(VRING_PACKED_DESC_F_USED) | WRITE);
    } else {
        driver_poke_avail_idx(&d, NUM + 1);
    }
    g_assert_null(virtqueue_pop(d.vq, sizeof(VirtQueueElement)));
    g_assert(vdev->broken);
    for (i = 0; i < NUM; i++) {
        virtqueue_push(d.vq, elems[i], 0);
        g_free(elems[i]);
    }
    virtio_fixture_free(vdev);
}

/*** The registers of a live queue ***/

/* Memory in which the queue, if it is there, finds a request or several. */
static void plausible_ring(VirtIODevice *vdev, int n)
{
    unsigned int at = virtio_queue_get_last_avail_idx(vdev, n);
    unsigned int i;

    for (i = 0; i < 1024; i++) {
        uint8_t *desc = ram + BASE + 16 * i;

        stq_le_p(desc, BUF);
        stl_le_p(desc + 8, 16);
        stw_le_p(desc + 12, WRITE);
        stw_le_p(desc + 14, 0);
        if (virtio_vdev_has_feature(vdev, VIRTIO_F_RING_PACKED)) {
            stw_le_p(desc + 14, at & 0x8000 ? AVAIL | WRITE :
                     BIT(VRING_PACKED_DESC_F_USED) | WRITE);
        }
    }
    memset(ram + BASE + 0x4000, 0, 0x4000);
    stw_le_p(ram + BASE + 0x4002, at + 1);
}

/* Any sequence of them is survived; the ring may well be broken. */
static void test_live_registers(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    GRand *rand = g_rand_new_with_seed(7);
    static const hwaddr places[] = {
        0, BASE, BASE + 8, RAM_SIZE - 64, MMIO_BASE, UINT64_MAX - 63,
        0xfffffffff000, BUF,
    };
    int i, worked = 0;

#define ANY(n) g_rand_int_range(rand, 0, n)
#define PLACE places[ANY(ARRAY_SIZE(places))]
    for (i = 0; i < 20000; i++) {
        VirtQueue *vq = virtio_get_queue(vdev, ANY(TEST_QUEUES));
        VirtQueueElement *elem;
        int n = ANY(TEST_QUEUES + 1);   /* one of them does not exist */

        switch (ANY(10)) {
        case 0:
            virtio_set_features(vdev, (uint64_t)g_rand_int(rand) << 28);
            break;
        case 1:
            virtio_queue_set_num(vdev, n, ANY(1200));
            break;
        case 2:
            virtio_queue_set_rings(vdev, n, PLACE, PLACE, PLACE);
            break;
        case 3:
            if (ANY(2)) {
                virtio_queue_set_addr(vdev, n, PLACE);
                break;
            }
            n = virtio_get_queue_index(vq);
            virtio_queue_set_rings(vdev, n, BASE, BASE + 0x4000,
                                   BASE + 0x6000);
            plausible_ring(vdev, n);
            break;
        case 4:
            virtio_queue_set_last_avail_idx(vdev,
                                            virtio_get_queue_index(vq),
                                            g_rand_int(rand));
            break;
        case 5:
            virtio_set_status(vdev, ANY(256));
            break;
        case 6:
            virtio_queue_set_notification(vq, ANY(2));
            virtio_notify(vdev, vq);
            break;
        case 7:
            virtio_queue_reset(vdev, n);
            break;
        case 8:
            if (!ANY(4)) {
                stw_le_p(ram + BASE + ANY(0x200) * 2, g_rand_int(rand));
            }
            elem = virtqueue_pop(vq, sizeof(*elem));
            if (elem) {
                virtqueue_push(vq, elem, ANY(64));
                g_free(elem);
                worked++;
            }
            break;
        default:
            if (vdev->broken || !ANY(20)) {
                virtio_reset(vdev);
                virtio_set_features(vdev, features);
            }
        }
    }
    g_test_message("%d requests among it", worked);
    g_assert_cmpint(worked, >, 0);
    virtio_reset(vdev);
    check_works(vdev, features);
    g_rand_free(rand);
    virtio_fixture_free(vdev);
}

/*** Streams ***/

static GByteArray *save(VirtIODevice *vdev)
{
    GByteArray *bytes = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(bytes);

    virtio_save(vdev, f);
    qemu_fclose(f);
    return bytes;
}

static int load(VirtIODevice *vdev, const uint8_t *data, size_t len)
{
    QEMUFile *f = qemu_file_new_memory_input(data, len);
    int ret = virtio_load(vdev, f, 1);

    qemu_fclose(f);
    return ret;
}

/* A short stream is an error, one with a changed byte is survived. */
static void test_streams(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *source = virtio_fixture_device(EVERYTHING);
    VirtIODevice *dest = virtio_fixture_device(EVERYTHING);
    DriverBuf buf = { BUF, 4, true };
    VirtQueueElement *elem;
    GByteArray *bytes;
    unsigned int i;
    Driver d;

    driver_start(&d, source, 0, NUM, features, BASE);
    driver_add(&d, &buf, 1, false, cookie);
    elem = virtqueue_pop(d.vq, sizeof(*elem));
    virtqueue_push(d.vq, elem, 0);
    g_free(elem);
    bytes = save(source);

    /* Up to the subsections, which may be missing. */
    for (i = 0; i < 24 + TEST_QUEUES * 14; i++) {
        g_assert_cmpint(load(dest, bytes->data, i), !=, 0);
        virtio_reset(dest);
    }
    for (i = 0; i < bytes->len; i += i < 300 ? 1 : 97) {
        uint8_t byte = bytes->data[i];

        bytes->data[i] ^= 1 << i % 8;
        if (load(dest, bytes->data, bytes->len) == 0) {
            elem = virtqueue_pop(virtio_get_queue(dest, 0), sizeof(*elem));
            if (elem) {
                virtqueue_push(virtio_get_queue(dest, 0), elem, 1);
                g_free(elem);
            }
        }
        bytes->data[i] = byte;
        virtio_reset(dest);
    }
    check_works(dest, features);
    g_byte_array_unref(bytes);
    virtio_fixture_free(source);
    virtio_fixture_free(dest);
}

/* Elements in flight: counts and addresses are a stranger's. */
static void test_stream_elements(void)
{
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    g_autofree uint32_t *wire = g_malloc0(49168 + 4);
    VirtQueueElement *elem;
    unsigned int variant;

    for (variant = 0; variant < 3; variant++) {
        QEMUFile *f;
        Driver d;

        driver_start(&d, vdev, 0, NUM, PACKED, BASE);
        wire[1] = variant == 0 ? 1025 : 1;              /* out_num */
        wire[4 + 2 * 1024] = 0xfffffff0;                /* out_addr[0] */
        f = qemu_file_new_memory_input(wire, variant == 1 ? 100 : 49172);
        ((uint64_t *)wire)[2 + 4 * 1024 + 1] = 1ULL << 40; /* out_sg[0].len */
        elem = qemu_get_virtqueue_element(vdev, f, sizeof(*elem));
        g_assert(qemu_file_get_error(f) || vdev->broken);
        g_assert(variant || elem->out_num == 0);
        virtqueue_push(d.vq, elem, 0);
        g_free(elem);
        qemu_fclose(f);
        virtio_reset(vdev);
    }
    virtio_fixture_free(vdev);
}

static void add_features(const char *name, GTestDataFunc func)
{
    static const uint64_t combinations[] = {
        0, EVENT_IDX, IN_ORDER, PACKED, PACKED | EVENT_IDX,
        PACKED | IN_ORDER,
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(combinations); i++) {
        uint64_t f = combinations[i];
        g_autofree char *path = g_strdup_printf(
            "/virtqueue-hostile/%s/%s%s%s", name,
            f & PACKED ? "packed" : "split", f & EVENT_IDX ? "+event-idx" : "",
            f & IN_ORDER ? "+in-order" : "");

        g_test_add_data_func(path, &combinations[i], func);
    }
}

int main(int argc, char **argv)
{
    unsigned int i;

    g_test_init(&argc, &argv, NULL);
    virtio_fixture_init();
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *path = g_strconcat("/virtqueue-hostile/",
                                            cases[i].name, NULL);
        g_autofree char *count = g_strconcat("/virtqueue-hostile/count/",
                                             cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], test_hostile);
        g_test_add_data_func(count, &cases[i], test_hostile_count);
    }
    add_features("in-flight", test_in_flight);
    add_features("live-registers", test_live_registers);
    add_features("streams", test_streams);
    g_test_add_func("/virtqueue-hostile/stream-elements",
                    test_stream_elements);
    return g_test_run();
}
