/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of the virtio core: the input is a sequence of register writes,
 * ring contents and device actions on a device with four queues.
 *
 * Built with -fsanitize=fuzzer it is a libFuzzer target.  Alone it runs the
 * files given as arguments or, without any, inputs made up from a seed.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "virtio-fixture.h"

#define BASE 0x10000
#define RING_BYTES 0x8000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Input {
    const uint8_t *data;
    size_t left;
} Input;

static uint32_t take(Input *in, unsigned int bytes)
{
    uint32_t val = 0;

    while (bytes-- && in->left) {
        val = val << 8 | *in->data++;
        in->left--;
    }
    return val;
}

static hwaddr place(Input *in)
{
    static const hwaddr places[] = {
        BASE, BASE + 0x4000, BASE + 0x6000, 0, RAM_SIZE - 64, MMIO_BASE,
        UINT64_MAX - 63, 0xfffffffff000,
    };

    return places[take(in, 1) % ARRAY_SIZE(places)];
}

static void serve(VirtQueue *vq, Input *in)
{
    VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));

    if (elem) {
        virtqueue_push(vq, elem, take(in, 1));
        g_free(elem);
    }
}

static void step(VirtIODevice *vdev, Input *in)
{
    unsigned int op = take(in, 1), n = take(in, 1) % TEST_QUEUES;
    VirtQueue *vq = virtio_get_queue(vdev, n);
    hwaddr desc, avail;
    unsigned int bytes;

    switch (op % 12) {
    case 0:
        virtio_set_features(vdev, (uint64_t)take(in, 2) << 28);
        break;
    case 1:
        virtio_queue_set_num(vdev, n, take(in, 2));
        break;
    case 2:
        desc = place(in);
        avail = place(in);
        virtio_queue_set_rings(vdev, n, desc, avail, place(in));
        break;
    case 3:
        virtio_queue_set_rings(vdev, n, BASE, BASE + 0x4000, BASE + 0x6000);
        break;
    case 4:
        virtio_set_status(vdev, take(in, 1));
        break;
    case 5:
        virtio_queue_set_notification(vq, take(in, 1) & 1);
        virtio_notify(vdev, vq);
        break;
    case 6:
        virtio_queue_reset(vdev, n);
        break;
    case 7:
        virtio_reset(vdev);
        break;
    case 8:
        stl_le_p(ram + BASE + take(in, 2) % RING_BYTES, take(in, 4));
        break;
    case 9:
        virtqueue_get_avail_bytes(vq, &bytes, NULL, UINT_MAX, UINT_MAX);
        virtqueue_drop_all(vq);
        break;
    default:
        serve(vq, in);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static VirtIODevice *vdev;
    Input in = { data, size };

    if (!vdev) {
        virtio_fixture_init();
        vdev = virtio_fixture_device(UINT64_MAX &
                                     ~(1ULL << VIRTIO_F_ACCESS_PLATFORM));
    }
    memset(ram + BASE, 0, RING_BYTES);
    while (in.left) {
        step(vdev, &in);
    }
    virtio_reset(vdev);
    return 0;
}

#ifndef FUZZ_WITH_LIBFUZZER
static void run_file(const char *name)
{
    g_autofree char *contents = NULL;
    gsize len;

    if (g_file_get_contents(name, &contents, &len, NULL)) {
        LLVMFuzzerTestOneInput((uint8_t *)contents, len);
    }
}

int main(int argc, char **argv)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    uint8_t input[400];
    int i;
    size_t j;

    for (i = 1; i < argc; i++) {
        run_file(argv[i]);
    }
    for (i = 0; argc == 1 && i < 3000; i++) {
        for (j = 0; j < sizeof(input); j++) {
            input[j] = g_rand_int(rand);
        }
        LLVMFuzzerTestOneInput(input, sizeof(input));
    }
    return 0;
}
#endif
