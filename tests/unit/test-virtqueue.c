/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtqueues between a device and a driver that keeps to the rules: long
 * random histories in every combination of ring format, indirect descriptors,
 * event index and order, compared with what was asked for.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file.h"
#include "qemu/bitops.h"
#include "qemu/iov.h"
#include "virtio-fixture.h"

#define INDIRECT BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC)
#define EVENT_IDX BIT_ULL(VIRTIO_RING_F_EVENT_IDX)
#define PACKED BIT_ULL(VIRTIO_F_RING_PACKED)
#define IN_ORDER BIT_ULL(VIRTIO_F_IN_ORDER)
#define EVERYTHING (INDIRECT | EVENT_IDX | PACKED | IN_ORDER | \
                    BIT_ULL(VIRTIO_F_RING_RESET))

#define RING_BASE 0x10000
#define BUFFERS_BASE 0x100000
#define BUFFERS_SIZE 0x100000

/*** Random histories ***/

/* A request as the driver remembers it. */
typedef struct Request {
    unsigned int serial;
    unsigned int out_len, in_len;
    unsigned int count;
    DriverBuf bufs[8];
    uint32_t written;           /* by the device */
} Request;

typedef struct History {
    GRand *rand;
    VirtIODevice *vdev;
    Driver driver;
    bool indirect, in_order;
    uint64_t next_buffer;
    unsigned int serial;
    GPtrArray *taken;           /* VirtQueueElement, by the device */
    GQueue expected;            /* serials in the order of completion */
    unsigned int last_seen;
    unsigned int done;
} History;

static int pick(History *h, int n)
{
    return g_rand_int_range(h->rand, 0, n);
}

static uint64_t buffer_space(History *h, uint32_t len)
{
    if (h->next_buffer + len > BUFFERS_BASE + BUFFERS_SIZE) {
        h->next_buffer = BUFFERS_BASE;
    }
    h->next_buffer += len;
    return h->next_buffer - len;
}

/* The n-th byte of a request's data, either way. */
static uint8_t pattern(unsigned int serial, unsigned int n)
{
    return serial * 31 + n * 7 + (n >> 8);
}

static void fill_out(Request *r)
{
    unsigned int i, j, n = 0;

    for (i = 0; i < r->count; i++) {
        for (j = 0; !r->bufs[i].write && j < r->bufs[i].len; j++) {
            ram[r->bufs[i].addr + j] = pattern(r->serial, n++);
        }
    }
}

static void add_request(History *h)
{
    Request *r = g_new0(Request, 1);
    unsigned int outs = pick(h, 4);
    unsigned int i;

    r->serial = ++h->serial;
    r->count = outs + pick(h, 4);
    r->count += !r->count;
    for (i = 0; i < r->count; i++) {
        DriverBuf *b = &r->bufs[i];

        b->write = i >= outs;
        b->len = i == 0 && !b->write ? 4 + pick(h, 20) : 1 + pick(h, 300);
        b->addr = buffer_space(h, b->len);
        *(b->write ? &r->in_len : &r->out_len) += b->len;
    }
    fill_out(r);
    if (driver_add(&h->driver, r->bufs, r->count, h->indirect && pick(h, 2),
                   r) < 0) {
        g_free(r);
        h->serial--;
    }
}

static void take_request(History *h)
{
    VirtQueue *vq = h->driver.vq;
    bool empty = virtio_queue_empty(vq);
    VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));

    g_assert(!h->vdev->broken);
    g_assert(empty == !elem);
    if (elem) {
        g_ptr_array_add(h->taken, elem);
    }
}

/* The device finishes one of those it took, whichever. */
static void finish_request(History *h)
{
    VirtQueueElement *elem;
    Request *r;
    uint32_t i;

    if (!h->taken->len) {
        return;
    }
    elem = g_ptr_array_steal_index(h->taken, pick(h, h->taken->len));
    r = h->driver.state[elem->index].cookie;
    g_assert_cmpint(iov_size(elem->out_sg, elem->out_num), ==, r->out_len);
    g_assert_cmpint(iov_size(elem->in_sg, elem->in_num), ==, r->in_len);
    for (i = 0; i < r->out_len; i++) {
        uint8_t byte;

        iov_to_buf(elem->out_sg, elem->out_num, i, &byte, 1);
        g_assert_cmphex(byte, ==, pattern(r->serial, i));
    }
    r->written = r->in_len ? pick(h, r->in_len + 1) : 0;
    for (i = 0; i < r->written; i++) {
        uint8_t byte = pattern(~r->serial, i);

        iov_from_buf(elem->in_sg, elem->in_num, i, &byte, 1);
    }
    virtqueue_push(h->driver.vq, elem, r->written);
    if (!h->in_order) {
        g_queue_push_tail(&h->expected, GUINT_TO_POINTER(r->serial));
    }
    g_free(elem);
}

static void check_in(const Request *r)
{
    unsigned int i, j, n = 0;

    for (i = 0; i < r->count; i++) {
        for (j = 0; r->bufs[i].write && j < r->bufs[i].len; j++, n++) {
            if (n < r->written) {
                g_assert_cmphex(ram[r->bufs[i].addr + j], ==,
                                pattern(~r->serial, n));
            }
        }
    }
}

static void get_request(History *h)
{
    uint32_t len = 0;
    Request *r = driver_get(&h->driver, &len, NULL);

    if (!r) {
        return;
    }
    g_assert_cmpint(len, ==, r->written);
    check_in(r);
    if (h->in_order) {
        g_assert_cmpint(r->serial, ==, h->last_seen + 1);
        h->last_seen = r->serial;
    } else {
        g_assert_cmpint(r->serial, ==,
                        GPOINTER_TO_UINT(g_queue_pop_head(&h->expected)));
    }
    h->done++;
    g_free(r);
}

static void count_bytes(History *h)
{
    unsigned int in, out;

    virtqueue_get_avail_bytes(h->driver.vq, &in, &out, UINT_MAX, UINT_MAX);
    if (virtio_queue_empty(h->driver.vq)) {
        g_assert_cmpint(in + out, ==, 0);
    } else {
        g_assert_cmpint(in + out, >, 0);
        g_assert(virtqueue_avail_bytes(h->driver.vq, in, out));
        g_assert(!virtqueue_avail_bytes(h->driver.vq, in + 1, out));
    }
}

static void put_back(History *h)
{
    VirtQueueElement *elem = virtqueue_pop(h->driver.vq, sizeof(*elem));

    if (elem) {
        virtqueue_unpop(h->driver.vq, elem, 0);
        g_free(elem);
    }
}

static void drain(History *h)
{
    do {
        take_request(h);
        finish_request(h);
    } while (h->taken->len || !virtio_queue_empty(h->driver.vq));
    while (h->driver.in_flight) {
        get_request(h);
    }
}

static void run_history(uint64_t features, unsigned int num, uint32_t seed)
{
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    History h = {
        .rand = g_rand_new_with_seed(seed),
        .vdev = vdev,
        .indirect = features & INDIRECT,
        .in_order = features & IN_ORDER,
        .next_buffer = BUFFERS_BASE,
        .taken = g_ptr_array_new(),
    };
    int i;

    g_queue_init(&h.expected);
    driver_start(&h.driver, vdev, 1, num, features, RING_BASE);
    for (i = 0; i < 3000; i++) {
        switch (pick(&h, 9)) {
        case 0: case 1: case 2:
            add_request(&h);
            break;
        case 3: case 4:
            take_request(&h);
            break;
        case 5: case 6:
            finish_request(&h);
            break;
        case 7:
            get_request(&h);
            break;
        case 8:
            pick(&h, 2) ? count_bytes(&h) : put_back(&h);
            break;
        }
    }
    drain(&h);
    g_assert_cmpint(h.done, ==, h.serial);
    g_assert(!vdev->broken);

    g_ptr_array_unref(h.taken);
    g_queue_clear(&h.expected);
    g_rand_free(h.rand);
    virtio_fixture_free(vdev);
}

static void test_histories(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    static const unsigned int sizes[] = { 1, 2, 8, 37, 256 };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(sizes); i++) {
        /* A split ring's length is a power of two; a packed one's is not. */
        if (sizes[i] != 37 || features & PACKED) {
            run_history(features, sizes[i], 1000 + i);
        }
    }
}

/*** Events ***/

/* A request of one byte each way. */
static void *const cookie = (void *)1;

static void add_one(Driver *d)
{
    DriverBuf bufs[] = {
        { BUFFERS_BASE, 1, false }, { BUFFERS_BASE + 16, 1, true },
    };

    g_assert_cmpint(driver_add(d, bufs, 2, false, cookie), >=, 0);
}

static void serve_one(Driver *d)
{
    VirtQueueElement *elem = virtqueue_pop(d->vq, sizeof(*elem));

    g_assert_nonnull(elem);
    virtqueue_push(d->vq, elem, 1);
    virtio_notify(d->vdev, d->vq);
    g_free(elem);
}

static void get_one(Driver *d)
{
    uint32_t len;

    g_assert(driver_get(d, &len, NULL) == cookie);
}

/*
 * The driver wants an interrupt for the next request it has not seen: one
 * comes for that, and (with the event index) none for those behind it.
 */
static void test_interrupts(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    Driver d;
    int lap;

    driver_start(&d, vdev, 0, 8, features, RING_BASE);
    for (lap = 0; lap < 50; lap++) {
        virtio_fixture_interrupts(vdev);
        driver_want_interrupt(&d, true);
        add_one(&d);
        add_one(&d);
        add_one(&d);
        serve_one(&d);
        g_assert_cmpint(virtio_fixture_interrupts(vdev), ==, 1);
        serve_one(&d);
        g_assert_cmpint(virtio_fixture_interrupts(vdev), ==,
                        features & EVENT_IDX ? 0 : 1);
        get_one(&d);
        get_one(&d);
        driver_want_interrupt(&d, false);
        serve_one(&d);
        g_assert_cmpint(virtio_fixture_interrupts(vdev), ==, 0);
        get_one(&d);
    }
    virtio_fixture_free(vdev);
}

/*
 * Exactly the request whose slot the event names interrupts, wherever in the
 * ring that is and however many slots a request has.
 */
static void check_event(Driver *d, unsigned int slots, unsigned int after)
{
    DriverBuf buf = { BUFFERS_BASE, 1, true };
    DriverBuf bufs[] = { buf, buf, buf };
    unsigned int i;

    driver_want_interrupt(d, true);
    driver_add(d, bufs, slots, false, cookie);
    serve_one(d);
    get_one(d);
    virtio_fixture_interrupts(d->vdev);

    /* A split ring counts requests. */
    driver_want_interrupt_at(d, after * (d->packed ? slots : 1));
    for (i = 0; i < 4; i++) {
        driver_add(d, bufs, slots, false, cookie);
        serve_one(d);
        g_assert_cmpint(virtio_fixture_interrupts(d->vdev), ==, i == after);
        get_one(d);
    }
}

static void test_event_index(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    unsigned int lap, slots, after;
    Driver d;

    driver_start(&d, vdev, 0, 13, features | EVENT_IDX, RING_BASE);
    for (lap = 0; lap < 20; lap++) {
        for (slots = 1; slots <= 3; slots++) {
            for (after = 0; after < 4; after++) {
                check_event(&d, slots, after);
            }
        }
    }
    virtio_fixture_free(vdev);
}

/*
 * However much is given back before the device asks whether to interrupt, a
 * whole lap of the index included, the driver that waits gets its interrupt.
 */
static void test_silent_laps(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    unsigned int lap = features & PACKED ? 8 : 65536;
    DriverBuf buf = { BUFFERS_BASE, 1, true };
    unsigned int n, i;
    Driver d;

    driver_start(&d, vdev, 0, 8, features, RING_BASE);
    for (n = lap - 2; n <= lap + 2; n++) {
        driver_want_interrupt(&d, true);
        for (i = 0; i < n; i++) {
            VirtQueueElement *elem;

            driver_add(&d, &buf, 1, false, cookie);
            elem = virtqueue_pop(d.vq, sizeof(*elem));
            virtqueue_push(d.vq, elem, 1);
            g_free(elem);
            get_one(&d);
        }
        virtio_notify(vdev, d.vq);
        g_assert_cmpint(virtio_fixture_interrupts(vdev), ==, 1);
    }
    virtio_fixture_free(vdev);
}

/* A batch that goes around the ring is one event at most. */
static void test_batches(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    VirtQueueElement *elems[5];
    Driver d;
    int lap, i;

    driver_start(&d, vdev, 0, 13, features, RING_BASE);
    for (lap = 0; lap < 40; lap++) {
        unsigned int n = 1 + lap % 5;

        driver_want_interrupt(&d, true);
        for (i = 0; i < n; i++) {
            add_one(&d);
        }
        for (i = 0; i < n; i++) {
            elems[i] = virtqueue_pop(d.vq, sizeof(*elems[i]));
            virtqueue_fill(d.vq, elems[i], 1, i);
            g_free(elems[i]);
        }
        g_assert_null(driver_get(&d, &(uint32_t){ 0 }, NULL));
        virtqueue_flush(d.vq, n);
        virtio_notify(vdev, d.vq);
        virtio_notify(vdev, d.vq);
        g_assert_cmpint(virtio_fixture_interrupts(vdev), ==,
                        features & EVENT_IDX ? 1 : 2);
        for (i = 0; i < n; i++) {
            get_one(&d);
        }
    }
    virtio_fixture_free(vdev);
}

static void test_kicks(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    Driver d;
    int lap;

    driver_start(&d, vdev, 0, 8, features, RING_BASE);
    for (lap = 0; lap < 30; lap++) {
        virtio_queue_set_notification(d.vq, 1);
        driver_should_kick(&d);
        add_one(&d);
        g_assert(driver_should_kick(&d));
        virtio_queue_set_notification(d.vq, 0);
        g_assert(!virtio_queue_get_notification(d.vq));
        serve_one(&d);
        get_one(&d);
        if (d.packed || !d.event_idx) {
            add_one(&d);
            g_assert(!driver_should_kick(&d));
            serve_one(&d);
            get_one(&d);
        }
    }
    handled = 0;
    virtio_queue_notify(vdev, 0);
    g_assert_cmpint(handled, ==, 1);
    virtio_fixture_free(vdev);
}

/*** The rest of the interface ***/

static void test_rewind(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    DriverBuf buf = { BUFFERS_BASE, 4, true };
    VirtQueueElement *a, *b;
    Driver d;

    driver_start(&d, vdev, 0, 4, features, RING_BASE);
    driver_add(&d, &buf, 1, false, cookie);
    driver_add(&d, &buf, 1, false, cookie);
    a = virtqueue_pop(d.vq, sizeof(*a));
    b = virtqueue_pop(d.vq, sizeof(*b));
    g_assert(!virtqueue_rewind(d.vq, 3));
    g_assert(virtqueue_rewind(d.vq, 2));
    g_assert_cmpint(a->index, !=, b->index);
    g_free(b);
    b = virtqueue_pop(d.vq, sizeof(*b));
    g_assert_cmpint(b->index, ==, a->index);
    virtqueue_push(d.vq, b, 4);
    g_assert_cmpint(virtqueue_drop_all(d.vq), ==, 1);
    get_one(&d);
    get_one(&d);
    g_assert(virtio_queue_empty(d.vq));
    g_free(a);
    g_free(b);
    virtio_fixture_free(vdev);
}

/* The driver takes one queue back, and gives it again with another size. */
static void test_queue_reset(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    Driver d, other;
    int i;

    driver_start(&other, vdev, 1, 8, features, RING_BASE + 0x20000);
    for (i = 0; i < 5; i++) {
        driver_start(&d, vdev, 0, 4 << i, features, RING_BASE);
        add_one(&d);
        add_one(&d);
        serve_one(&d);
        virtio_queue_reset(vdev, 0);
        g_assert_null(virtqueue_pop(d.vq, sizeof(VirtQueueElement)));
        g_assert_cmpint(virtio_queue_get_num(vdev, 0), ==, TEST_QUEUE_SIZE);
        g_assert_cmpint(virtio_queue_vector(vdev, 0), ==, VIRTIO_NO_VECTOR);
        add_one(&other);
        serve_one(&other);
        get_one(&other);
    }
    g_assert(!vdev->broken);
    virtio_fixture_free(vdev);
}

static void test_vectors(void)
{
    VirtIODevice *vdev = virtio_fixture_device(EVERYTHING);
    VirtQueue *vq;

    virtio_queue_set_vector(vdev, 0, 3);
    virtio_queue_set_vector(vdev, 2, 3);
    virtio_queue_set_vector(vdev, 900, 5);
    vq = virtio_vector_first_queue(vdev, 3);
    g_assert_cmpint(virtio_get_queue_index(vq), ==, 2);
    vq = virtio_vector_next_queue(vq);
    g_assert_cmpint(virtio_get_queue_index(vq), ==, 0);
    g_assert_null(virtio_vector_next_queue(vq));
    g_assert_cmpint(virtio_queue_vector(vdev, 900), ==, 5);
    g_assert_cmpint(virtio_queue_vector(vdev, 901), ==, VIRTIO_NO_VECTOR);
    g_assert_cmpint(virtio_queue_vector(vdev, 5000), ==, VIRTIO_NO_VECTOR);
    virtio_reset(vdev);
    g_assert_null(virtio_vector_first_queue(vdev, 3));
    g_assert_cmpint(virtio_queue_vector(vdev, 900), ==, VIRTIO_NO_VECTOR);
    virtio_fixture_free(vdev);
}

/*** Migration ***/

static GByteArray *save(VirtIODevice *vdev)
{
    GByteArray *bytes = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(bytes);

    g_assert_cmpint(virtio_save(vdev, f), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    return bytes;
}

static int load(VirtIODevice *vdev, const GByteArray *bytes, size_t len)
{
    QEMUFile *f = qemu_file_new_memory_input(bytes->data, len);
    int ret = virtio_load(vdev, f, 1);

    qemu_fclose(f);
    return ret;
}

/* Half-way through, with requests in all states, another device goes on. */
static void test_migration(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *source = virtio_fixture_device(EVERYTHING);
    VirtIODevice *dest = virtio_fixture_device(EVERYTHING);
    GByteArray *bytes, *again;
    Driver d;
    int i;

    driver_start(&d, source, 2, 16, features, RING_BASE);
    for (i = 0; i < 21; i++) {
        add_one(&d);
        serve_one(&d);
        get_one(&d);
    }
    add_one(&d);
    add_one(&d);
    serve_one(&d);
    bytes = save(source);
    g_assert_cmpint(load(dest, bytes, bytes->len), ==, 0);
    again = save(dest);
    g_assert_cmpmem(bytes->data, bytes->len, again->data, again->len);

    d.vdev = dest;
    d.vq = virtio_get_queue(dest, 2);
    get_one(&d);
    serve_one(&d);
    get_one(&d);
    for (i = 0; i < 40; i++) {
        add_one(&d);
        serve_one(&d);
        get_one(&d);
    }
    g_assert(!dest->broken);
    g_byte_array_unref(bytes);
    g_byte_array_unref(again);
    virtio_fixture_free(source);
    virtio_fixture_free(dest);
}

/* A request in flight goes along; in order, it is the first to come back. */
static void test_migrate_element(gconstpointer data)
{
    uint64_t features = *(const uint64_t *)data;
    VirtIODevice *source = virtio_fixture_device(EVERYTHING);
    VirtIODevice *dest = virtio_fixture_device(EVERYTHING);
    GByteArray *elem_bytes = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(elem_bytes);
    VirtQueueElement *elem;
    GByteArray *bytes;
    Driver d;

    driver_start(&d, source, 0, 16, features, RING_BASE);
    add_one(&d);
    elem = virtqueue_pop(d.vq, sizeof(*elem));
    qemu_put_virtqueue_element(source, f, elem);
    qemu_fclose(f);
    g_free(elem);
    bytes = save(source);
    g_assert_cmpint(load(dest, bytes, bytes->len), ==, 0);
    f = qemu_file_new_memory_input(elem_bytes->data, elem_bytes->len);
    elem = qemu_get_virtqueue_element(dest, f, sizeof(*elem));
    g_assert_cmpint(qemu_file_get_error(f), ==, 0);
    qemu_fclose(f);

    d.vdev = dest;
    d.vq = virtio_get_queue(dest, 0);
    g_assert_cmpint(elem->in_num + elem->out_num, ==, 2);
    virtqueue_push(d.vq, elem, 1);
    get_one(&d);
    add_one(&d);
    serve_one(&d);
    get_one(&d);
    g_free(elem);
    g_byte_array_unref(bytes);
    g_byte_array_unref(elem_bytes);
    virtio_fixture_free(source);
    virtio_fixture_free(dest);
}

int main(int argc, char **argv)
{
    static const uint64_t combinations[] = {
        0, INDIRECT, EVENT_IDX, INDIRECT | EVENT_IDX, IN_ORDER,
        IN_ORDER | INDIRECT | EVENT_IDX,
        PACKED, PACKED | INDIRECT, PACKED | EVENT_IDX,
        PACKED | INDIRECT | EVENT_IDX, PACKED | IN_ORDER, EVERYTHING,
    };
    static const struct {
        const char *name;
        GTestDataFunc func;
    } tests[] = {
        { "histories", test_histories },
        { "interrupts", test_interrupts },
        { "event-index", test_event_index },
        { "silent-laps", test_silent_laps },
        { "batches", test_batches },
        { "kicks", test_kicks },
        { "rewind", test_rewind },
        { "queue-reset", test_queue_reset },
        { "migration", test_migration },
        { "migration-in-flight", test_migrate_element },
    };
    unsigned int i, j;

    g_test_init(&argc, &argv, NULL);
    virtio_fixture_init();
    for (i = 0; i < ARRAY_SIZE(tests); i++) {
        for (j = 0; j < ARRAY_SIZE(combinations); j++) {
            uint64_t f = combinations[j];
            g_autofree char *path = g_strdup_printf(
                "/virtqueue/%s/%s%s%s%s", tests[i].name,
                f & PACKED ? "packed" : "split",
                f & INDIRECT ? "+indirect" : "",
                f & EVENT_IDX ? "+event-idx" : "",
                f & IN_ORDER ? "+in-order" : "");

            g_test_add_data_func(path, &combinations[j], tests[i].func);
        }
    }
    g_test_add_func("/virtqueue/vectors", test_vectors);
    return g_test_run();
}
