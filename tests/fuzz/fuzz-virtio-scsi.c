/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of the virtio SCSI host: commands that the input writes to a disk
 * that fails at one sector and to a CD, task management and notifications,
 * sizes of CDB and sense, changes of media and sizes, stops and resets.
 */
#include "fuzz-virtio-negotiate.h"
#include "block/block_int.h"
#include "block/media.h"
#include "hw/qdev-properties.h"
#include "hw/scsi/scsi.h"
#include "hw/virtio/virtio-scsi.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/bswap.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"
#include "sysemu/runstate.h"

#define QUEUES 4                /* control, events, two of commands */
#define CTRL_QUEUE 0
#define EVENT_QUEUE 1
#define FIRST_CMD_QUEUE 2
#define DISK_SECTORS 2048

static BlockBackend *disk_blk, *cd_blk;

/* Writes of sector 8 fail. */
static const char disk[] =
    "{ \"driver\": \"raw\", \"node-name\": \"disk\", \"discard\": \"unmap\","
    "  \"detect-zeroes\": \"unmap\", \"file\": { \"driver\": \"blkdebug\","
    "  \"image\": { \"driver\": \"null-co\", \"size\": 1048576,"
    "               \"read-zeroes\": true },"
    "  \"inject-error\": [ { \"event\": \"none\", \"iotype\": \"write\","
    "                        \"sector\": 8 } ] } }";
static const char medium[] =
    "{ \"driver\": \"null-co\", \"node-name\": \"medium\", \"size\": 1048576,"
    "  \"read-zeroes\": true, \"read-only\": true }";

static void add_unit(BusState *bus, const char *type, int id, int lun,
                     const char *node, const char *json)
{
    DeviceState *dev = qdev_new(type);

    g_assert(blockdev_add_json(json_parse_text(json, &error_abort),
                               &error_abort));
    object_property_set_str(OBJECT(dev), "drive", node, &error_abort);
    object_property_set_int(OBJECT(dev), "scsi-id", id, &error_abort);
    object_property_set_int(OBJECT(dev), "lun", lun, &error_abort);
    object_property_set_str(OBJECT(dev), "serial", "fuzz", &error_abort);
    qdev_realize_and_unref(dev, bus, &error_abort);
}

static VirtIODevice *make_device(void)
{
    DeviceState *dev = qdev_new(TYPE_VIRTIO_SCSI);
    VirtIOSCSI *s = VIRTIO_SCSI(dev);

    object_property_set_uint(OBJECT(dev), "num_queues",
                             QUEUES - FIRST_CMD_QUEUE, &error_abort);
    object_property_set_bool(OBJECT(dev), "packed", true, &error_abort);
    virtio_fixture_plug(VIRTIO_DEVICE(dev));
    add_unit(BUS(&s->bus), "scsi-hd", 0, 0, "disk", disk);
    add_unit(BUS(&s->bus), "scsi-cd", 1, 300, "medium", medium);
    disk_blk = scsi_device_find(&s->bus, 0, 0, 0)->conf.blk;
    cd_blk = scsi_device_find(&s->bus, 0, 1, 300)->conf.blk;
    VIRTIO_DEVICE(dev)->vm_running = true;
    return VIRTIO_DEVICE(dev);
}

/*** Requests ***/

static uint32_t length(FuzzInput *in)
{
    static const uint32_t odd[] = {
        0, 1, 8, 36, 252, 511, 513, 65536, 1u << 20, 1u << 31, UINT32_MAX,
    };
    unsigned int which = fuzz_take(in, 1);

    return which < ARRAY_SIZE(odd) ? odd[which] : (which & 15) * 512;
}

static void write_lun(hwaddr at, FuzzInput *in)
{
    static const uint8_t luns[][4] = {
        { 1, 0, 0, 0 }, { 1, 0, 0x40, 0 }, { 1, 1, 0x41, 44 },
        { 1, 1, 0x40, 0 }, { 1, 2, 0x40, 0 }, { 0, 0, 0, 0 },
        { 1, 0, 0xff, 0xff }, { 0xc1, 1, 0, 0 },
    };
    unsigned int which = fuzz_take(in, 1);

    /* Mostly the units that are there. */
    memcpy(ram + at, luns[which < 224 ? (which & 1) * 2 : which & 7], 4);
    memset(ram + at + 4, 0, 4);
}

/* A CDB with a length and an address that make sense, or anything. */
static void write_cdb(hwaddr at, FuzzInput *in)
{
    static const uint8_t known[] = {
        0x00, 0x03, 0x08, 0x0a, 0x12, 0x15, 0x1a, 0x1b, 0x1e, 0x25, 0x28,
        0x2a, 0x2e, 0x2f, 0x35, 0x41, 0x42, 0x43, 0x46, 0x4a, 0x51, 0x52,
        0x55, 0x5a, 0x88, 0x8a, 0x8e, 0x8f, 0x91, 0x93, 0x9e, 0xa0, 0xa8,
        0xaa, 0xad, 0xae, 0xbd, 0xbe,
    };
    uint8_t op = fuzz_take(in, 1);
    uint8_t *cdb = ram + at;

    memset(cdb, 0, 32);
    cdb[0] = op & 0x80 ? op : known[op % ARRAY_SIZE(known)];
    if (fuzz_take(in, 1) < 64) {
        fuzz_take_bytes(in, cdb + 1, 15);
        return;
    }
    cdb[1] = fuzz_take(in, 1) & 0x1b;
    if (cdb[0] < 0x20) {
        cdb[2] = fuzz_take(in, 1);
        cdb[3] = fuzz_take(in, 1) & 63;
        cdb[4] = fuzz_take(in, 1) & 63;
    } else if (cdb[0] < 0x80) {
        cdb[2] = cdb[0] > 0x40 ? fuzz_take(in, 1) : 0;
        stw_be_p(cdb + 4, fuzz_take(in, 2) % (DISK_SECTORS + 8));
        stw_be_p(cdb + 7, fuzz_take(in, 1));
    } else if (cdb[0] < 0xa0) {
        stl_be_p(cdb + 6, fuzz_take(in, 2) % (DISK_SECTORS + 8));
        stl_be_p(cdb + 10, fuzz_take(in, 1));
    } else {
        stl_be_p(cdb + 2, fuzz_take(in, 2) % (DISK_SECTORS + 8));
        stl_be_p(cdb + 6, fuzz_take(in, 1));
    }
}

static void add_command(VirtIODevice *vdev, FuzzInput *in, Driver *drivers,
                        bool kick)
{
    VirtIOSCSICommon *vs = VIRTIO_SCSI_COMMON(vdev);
    int queue = FIRST_CMD_QUEUE + (fuzz_take(in, 1) & 1);
    hwaddr head = BUFFERS + fuzz_take(in, 1) * 256;
    unsigned int parts = fuzz_take(in, 1) % 4;
    uint8_t odd = fuzz_take(in, 1);
    bool write = odd & 1;
    DriverBuf bufs[8];
    unsigned int n = 0;

    write_lun(head, in);
    stq_le_p(ram + head + 8, fuzz_take(in, 1) & 7);     /* its tag */
    write_cdb(head + 19, in);
    bufs[n++] = (DriverBuf) { head, odd < 8 ? odd : 19 + vs->cdb_size,
                              false };
    for (unsigned int i = 0; i < parts && !write; i++) {
        bufs[n++] = (DriverBuf) { place(in), length(in), false };
    }
    if (odd > 4) {
        bufs[n++] = (DriverBuf) { BUFFERS + 0x20000,
                                  odd < 12 ? odd : 12 + vs->sense_size, true };
    }
    for (unsigned int i = 0; i < parts && write; i++) {
        bufs[n++] = (DriverBuf) { place(in), length(in), true };
    }
    if (driver_add(&drivers[queue], bufs, n, fuzz_take(in, 1) & 1,
                   vdev) >= 0 && kick) {
        virtio_queue_notify(vdev, queue);
    }
}

/* Task management, or a question about notifications. */
static void add_control(VirtIODevice *vdev, FuzzInput *in, Driver *drivers)
{
    hwaddr at = BUFFERS + 0x18000 + (fuzz_take(in, 1) & 15) * 64;
    uint8_t odd = fuzz_take(in, 1);
    DriverBuf bufs[] = {
        { at, odd < 24 ? odd : 24, false },
        { at + 32, odd > 250 ? odd - 250 : 5, true },
    };

    stl_le_p(ram + at, odd < 16 ? odd : odd > 240 ? 1 + (odd & 1) : 0);
    stl_le_p(ram + at + 4, fuzz_take(in, 1) % 9);
    write_lun(at + 8, in);
    stq_le_p(ram + at + 16, fuzz_take(in, 1) & 7);
    if (driver_add(&drivers[CTRL_QUEUE], bufs, ARRAY_SIZE(bufs),
                   fuzz_take(in, 1) & 1, vdev) >= 0) {
        virtio_queue_notify(vdev, CTRL_QUEUE);
    }
}

static void add_event(VirtIODevice *vdev, FuzzInput *in, Driver *drivers)
{
    uint8_t odd = fuzz_take(in, 1);
    DriverBuf buf = { BUFFERS + 0x19000, odd < 16 ? odd : 16, true };

    if (driver_add(&drivers[EVENT_QUEUE], &buf, 1, odd & 1, vdev) >= 0) {
        virtio_queue_notify(vdev, EVENT_QUEUE);
    }
}

/*** What a person does ***/

static void policy(FuzzInput *in)
{
    static const BlockdevOnError policies[] = {
        BLOCKDEV_ON_ERROR_REPORT, BLOCKDEV_ON_ERROR_IGNORE,
        BLOCKDEV_ON_ERROR_STOP, BLOCKDEV_ON_ERROR_ENOSPC,
    };

    blk_set_on_error(disk_blk, policies[fuzz_take(in, 1) % 4],
                     policies[fuzz_take(in, 1) % 4]);
}

static void change_unit(VirtIODevice *vdev, FuzzInput *in)
{
    uint8_t what = fuzz_take(in, 1);
    SCSIDevice *d = scsi_device_find(&VIRTIO_SCSI(vdev)->bus, 0, what & 1,
                                     what & 1 ? 300 : 0);

    if (what & 2) {
        scsi_device_report_change(d, SENSE_CODE(CAPACITY_CHANGED));
    } else if (what & 4) {
        blk_drain(what & 1 ? cd_blk : disk_blk);
    } else {
        device_cold_reset(DEVICE(d));
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
        policy(in);
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
        /* Sense and CDB sizes are at 20 and 24. */
        virtio_config_writel(vdev, 20 + (fuzz_take(in, 1) & 4),
                             fuzz_take(in, 1));
        VIRTIO_DEVICE_GET_CLASS(vdev)->get_config(vdev, config);
        break;
    case 6:
        virtio_set_status(vdev, fuzz_take(in, 1));
        break;
    case 7:
        settle();
        break;
    case 8:
        change_unit(vdev, in);
        break;
    case 9:
        add_event(vdev, in, drivers);
        break;
    case 10:
        add_control(vdev, in, drivers);
        break;
    default:
        add_command(vdev, in, drivers, op & 16);
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
    blk_set_on_error(disk_blk, BLOCKDEV_ON_ERROR_REPORT,
                     BLOCKDEV_ON_ERROR_REPORT);
    memset(ram + BUFFERS, 0, 0x30000);
    negotiate(vdev, &in, drivers, QUEUES);
    while (in.left) {
        step(vdev, &in, drivers);
    }
    settle();
    virtio_reset(vdev);
    settle();
    let_go();
    return 0;
}
