/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of the virtio block device: requests whose headers, buffers and
 * rings the input writes, on a disk that fails at one sector, with every
 * policy for errors, resets, new sizes and stops in between.
 */
#include "fuzz-virtio-negotiate.h"
#include "block/block_int.h"
#include "block/media.h"
#include "hw/virtio/virtio-blk.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/bswap.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"
#include "sysemu/runstate.h"

#define QUEUES 2
#define DISK_SECTORS 2048

/* Writes of sector 8 fail. */
static const char disk[] =
    "{ \"driver\": \"raw\", \"node-name\": \"disk\", \"discard\": \"unmap\","
    "  \"detect-zeroes\": \"unmap\", \"file\": { \"driver\": \"blkdebug\","
    "  \"image\": { \"driver\": \"null-co\", \"size\": 1048576 },"
    "  \"inject-error\": [ { \"event\": \"none\", \"iotype\": \"write\","
    "                        \"sector\": 8 } ] } }";

static VirtIODevice *make_device(void)
{
    DeviceState *dev = qdev_new(TYPE_VIRTIO_BLK);

    g_assert(blockdev_add_json(json_parse_text(disk, &error_abort),
                               &error_abort));
    object_property_set_str(OBJECT(dev), "drive", "disk", &error_abort);
    object_property_set_str(OBJECT(dev), "serial", "fuzz", &error_abort);
    object_property_set_uint(OBJECT(dev), "num-queues", QUEUES, &error_abort);
    object_property_set_bool(OBJECT(dev), "packed", true, &error_abort);
    virtio_fixture_plug(VIRTIO_DEVICE(dev));
    VIRTIO_DEVICE(dev)->vm_running = true;
    return VIRTIO_DEVICE(dev);
}

/*** Steps ***/

static uint32_t length(FuzzInput *in)
{
    static const uint32_t odd[] = {
        0, 1, 15, 16, 17, 511, 513, 65536, 1u << 20, 1u << 31, UINT32_MAX,
    };
    unsigned int which = fuzz_take(in, 1);

    return which < ARRAY_SIZE(odd) ? odd[which] : (which & 15) * 512;
}

static void write_header(hwaddr at, FuzzInput *in)
{
    static const uint32_t types[] = {
        VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT, VIRTIO_BLK_T_FLUSH,
        VIRTIO_BLK_T_GET_ID, VIRTIO_BLK_T_DISCARD,
        VIRTIO_BLK_T_WRITE_ZEROES, VIRTIO_BLK_T_SCSI_CMD, UINT32_MAX,
    };
    uint64_t sector = fuzz_take(in, 2) % (DISK_SECTORS + 8);

    stl_le_p(ram + at, types[fuzz_take(in, 1) % ARRAY_SIZE(types)]);
    stq_le_p(ram + at + 8, fuzz_take(in, 1) < 8 ? UINT64_MAX - sector
                                                : sector);
    /* Where it is a segment: sector, count, flags. */
    stq_le_p(ram + at + 16, sector);
    stl_le_p(ram + at + 24, fuzz_take(in, 1));
    stl_le_p(ram + at + 28, fuzz_take(in, 1) & 3);
}

static void add(VirtIODevice *vdev, FuzzInput *in, Driver *d, bool kick)
{
    hwaddr header = BUFFERS + fuzz_take(in, 1) * 64;
    unsigned int parts = fuzz_take(in, 1) % 5;
    bool write = fuzz_take(in, 1) & 1;
    DriverBuf bufs[8];
    unsigned int n = 0;

    write_header(header, in);
    bufs[n++] = (DriverBuf) { header, 16, false };
    if (fuzz_take(in, 1) & 1) {
        bufs[n++] = (DriverBuf) { header + 16, 16, false };
    }
    for (; parts; parts--) {
        bufs[n++] = (DriverBuf) { place(in), length(in), write };
    }
    if (fuzz_take(in, 1) > 8) {
        bufs[n++] = (DriverBuf) { BUFFERS + 0x8000, 1, true };
    }
    if (driver_add(d, bufs, n, fuzz_take(in, 1) & 1, vdev) >= 0 && kick) {
        virtio_queue_notify(vdev, d->vq == virtio_get_queue(vdev, 1));
    }
}

static void policy(BlockBackend *blk, FuzzInput *in)
{
    static const BlockdevOnError policies[] = {
        BLOCKDEV_ON_ERROR_REPORT, BLOCKDEV_ON_ERROR_IGNORE,
        BLOCKDEV_ON_ERROR_STOP, BLOCKDEV_ON_ERROR_ENOSPC,
    };

    blk_set_on_error(blk, policies[fuzz_take(in, 1) % 4],
                     policies[fuzz_take(in, 1) % 4]);
}

static void step(VirtIODevice *vdev, FuzzInput *in, Driver *drivers)
{
    BlockBackend *blk = VIRTIO_BLK(vdev)->blk;
    uint8_t op = fuzz_take(in, 1);
    Driver *d = &drivers[fuzz_take(in, 1) % QUEUES];
    uint8_t config[64];

    switch (op % 16) {
    case 0:
        negotiate(vdev, in, drivers, QUEUES);
        break;
    case 1:
        policy(blk, in);
        break;
    case 2:
        /* The machine went on. */
        vm_state_notify(true, RUN_STATE_RUNNING);
        settle();
        break;
    case 3:
        stl_le_p(ram + RINGS + fuzz_take(in, 3) % (QUEUES * RING_STEP - 4),
                 fuzz_take(in, 4));
        break;
    case 4:
        virtio_queue_reset(vdev, fuzz_take(in, 1) % QUEUES);
        break;
    case 5:
        virtio_config_writeb(vdev, fuzz_take(in, 1), fuzz_take(in, 1));
        VIRTIO_DEVICE_GET_CLASS(vdev)->get_config(vdev, config);
        break;
    case 6:
        virtio_set_status(vdev, fuzz_take(in, 1));
        break;
    case 7:
        settle();
        break;
    case 8:
        virtio_queue_notify(vdev, fuzz_take(in, 1) % QUEUES);
        break;
    case 9:
        blk_drain(blk);
        break;
    default:
        add(vdev, in, d, op & 16);
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
    blk_set_on_error(VIRTIO_BLK(vdev)->blk, BLOCKDEV_ON_ERROR_REPORT,
                     BLOCKDEV_ON_ERROR_REPORT);
    memset(ram + BUFFERS, 0, 0x10000);
    negotiate(vdev, &in, drivers, QUEUES);
    while (in.left) {
        step(vdev, &in, drivers);
    }
    settle();
    virtio_reset(vdev);
    let_go();
    return 0;
}
