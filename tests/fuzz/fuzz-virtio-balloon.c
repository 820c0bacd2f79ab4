/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of the virtio balloon: pages that are RAM, registers or nothing,
 * reports of ranges of any alignment, statistics, targets, poison, resets.
 */
#include "fuzz-virtio-negotiate.h"
#include "hw/boards.h"
#include "hw/virtio/virtio-balloon.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "sysemu/balloon.h"

#define QUEUES 4                /* inflate, deflate, statistics, reports */
#define STATS_QUEUE 2
#define REPORTS_QUEUE 3
#define PAGE 4096

/* What is given away; the rings and buffers stay. */
#define GIVEN_BASE 0x400000
#define GIVEN_PAGES 256

static VirtIODevice *make_device(void)
{
    static MachineState machine;
    DeviceState *dev = qdev_new(TYPE_VIRTIO_BALLOON);

    object_property_set_bool(OBJECT(dev), "free-page-reporting", true,
                             &error_abort);
    object_property_set_bool(OBJECT(dev), "packed", true, &error_abort);
    virtio_fixture_plug(VIRTIO_DEVICE(dev));
    /* From here on: only its size is asked for. */
    machine.ram_size = RAM_SIZE;
    current_machine = &machine;
    VIRTIO_DEVICE(dev)->vm_running = true;
    return VIRTIO_DEVICE(dev);
}

/*** Steps ***/

static uint32_t page_number(FuzzInput *in)
{
    static const uint32_t odd[] = {
        RAM_SIZE / PAGE - 1, RAM_SIZE / PAGE, MMIO_BASE / PAGE, UINT32_MAX,
    };
    unsigned int which = fuzz_take(in, 1);

    return which < ARRAY_SIZE(odd) ? odd[which]
                                   : GIVEN_BASE / PAGE + which % GIVEN_PAGES;
}

static uint32_t length(FuzzInput *in)
{
    static const uint32_t odd[] = {
        0, 1, 3, 9, 10, 11, 4095, 4097, 65536, 1u << 31, UINT32_MAX,
    };
    unsigned int which = fuzz_take(in, 1);

    return which < ARRAY_SIZE(odd) ? odd[which] : (which & 15) * 4;
}

/* Page numbers, or tags and values, where the buffers are. */
static void write_contents(hwaddr at, int queue, FuzzInput *in)
{
    for (unsigned int n = fuzz_take(in, 1) % 16; n > 0; n--) {
        if (queue == STATS_QUEUE) {
            stw_le_p(ram + at, fuzz_take(in, 1) % (VIRTIO_BALLOON_S_NR + 2));
            stq_le_p(ram + at + 2, fuzz_take(in, 4));
            at += 10;
        } else {
            stl_le_p(ram + at, page_number(in));
            at += 4;
        }
    }
}

static void add(VirtIODevice *vdev, FuzzInput *in, Driver *drivers, bool kick)
{
    int queue = fuzz_take(in, 1) % QUEUES;
    hwaddr contents = BUFFERS + fuzz_take(in, 1) * 256;
    unsigned int n = 0;
    DriverBuf bufs[6];

    if (queue == REPORTS_QUEUE) {
        for (unsigned int left = fuzz_take(in, 1) % 5 + 1; left; left--) {
            bool whole = fuzz_take(in, 1) & 1;

            bufs[n++] = (DriverBuf) {
                .addr = (hwaddr)page_number(in) * PAGE +
                        (whole ? 0 : fuzz_take(in, 2)),
                .len = whole ? (fuzz_take(in, 1) % 8) * PAGE : length(in),
                .write = fuzz_take(in, 1) > 8,
            };
        }
    } else {
        write_contents(contents, queue, in);
        /* So few page numbers that they are done in no time. */
        bufs[n++] = (DriverBuf) { contents, MIN(length(in), 4097), false };
        if (fuzz_take(in, 1) & 1) {
            bufs[n++] = (DriverBuf) { place(in), MIN(length(in), 4097),
                                      fuzz_take(in, 1) & 1 };
        }
    }
    if (driver_add(&drivers[queue], bufs, n, fuzz_take(in, 1) & 1,
                   vdev) >= 0 && kick) {
        virtio_queue_notify(vdev, queue);
    }
}

/* What a monitor does. */
static void ask(VirtIODevice *vdev, FuzzInput *in)
{
    BalloonInfo info;

    switch (fuzz_take(in, 1) % 3) {
    case 0:
        qemu_balloon(fuzz_take(in, 4), NULL);
        qemu_balloon_status(&info, NULL);
        break;
    case 1:
        object_property_set_int(OBJECT(vdev), "guest-stats-polling-interval",
                                fuzz_take(in, 1), &error_abort);
        break;
    default:
        object_property_set_int(OBJECT(vdev), "guest-stats-polling-interval",
                                0, &error_abort);
        break;
    }
}

static void step(VirtIODevice *vdev, FuzzInput *in, Driver *drivers)
{
    uint8_t op = fuzz_take(in, 1);
    uint8_t config[64];

    switch (op % 16) {
    case 0:
        negotiate(vdev, in, drivers, QUEUES);
        break;
    case 1:
        ask(vdev, in);
        break;
    case 2:
        stl_le_p(ram + RINGS + fuzz_take(in, 3) % (QUEUES * RING_STEP - 4),
                 fuzz_take(in, 4));
        break;
    case 3:
        virtio_queue_reset(vdev, fuzz_take(in, 1) % QUEUES);
        break;
    case 4:
        virtio_config_writel(vdev, fuzz_take(in, 1), fuzz_take(in, 4));
        VIRTIO_DEVICE_GET_CLASS(vdev)->get_config(vdev, config);
        break;
    case 5:
        virtio_set_status(vdev, fuzz_take(in, 1));
        break;
    case 6:
        virtio_queue_notify(vdev, fuzz_take(in, 1) % QUEUES);
        break;
    default:
        add(vdev, in, drivers, op & 16);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static VirtIODevice *vdev;
    Driver drivers[QUEUES];
    FuzzInput in = { data, size };

    if (!vdev) {
        virtio_fixture_init();
        qemu_init_main_loop(&error_abort);
        vdev = make_device();
    }
    memset(ram + BUFFERS, 0, 0x10000);
    negotiate(vdev, &in, drivers, QUEUES);
    while (in.left) {
        step(vdev, &in, drivers);
    }
    virtio_reset(vdev);
    let_go();
    return 0;
}
