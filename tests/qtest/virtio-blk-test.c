/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio disk on real image files, as a driver uses it, and what happens to
 * it from outside: errors and the stop they cause, a new size, a reset.
 */
#include "virtio-blk.h"

#define R(name) (1ull << VIRTIO_##name)
#define ALL_BLK (BLK_F(FLUSH) | BLK_F(DISCARD) | BLK_F(WRITE_ZEROES) | \
                 BLK_F(CONFIG_WCE) | BLK_F(MQ) | BLK_F(RO))
#define IMAGE_SIZE (4 * 1024 * 1024)

typedef struct Disk {
    QTest *t;
    VirtioBlk *b;
    char *image;
} Disk;

static char *make_image(void)
{
    char *path = NULL;
    int fd = g_file_open_tmp("virtio-blk-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, IMAGE_SIZE), ==, 0);
    close(fd);
    return path;
}

static Disk disk_start(const char *drive, const char *device, bool legacy,
                       uint64_t features)
{
    Disk d = { .image = make_image() };

    d.t = qtest_start("-machine q35 -nodefaults -m 64M "
                      "-drive if=none,id=d0,format=raw,file=%s%s "
                      "-device virtio-blk-pci,drive=d0%s",
                      d.image, drive, device);
    d.b = virtio_blk_open(d.t, 0, legacy, features);
    return d;
}

static void disk_end(Disk *d)
{
    virtio_blk_close(d->b);
    qtest_quit(d->t);
    unlink(d->image);
    g_free(d->image);
}

static void fill(uint8_t *buf, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++) {
        buf[i] = (i * 7 + (i >> 9) * 13 + seed) & 0xff;
    }
}

/* What the image file has at @offset. */
static void check_image(Disk *d, off_t offset, const void *want, size_t len)
{
    g_autofree uint8_t *got = g_malloc(len);
    int fd = open(d->image, O_RDONLY);

    g_assert_cmpint(pread(fd, got, len, offset), ==, len);
    g_assert_cmpmem(got, len, want, len);
    close(fd);
}

/*** Data ***/

typedef struct Way {
    const char *name, *drive, *device;
    bool legacy;
    uint64_t features;
} Way;

static const Way ways[] = {
    { "threads", "", "", false, ALL_BLK },
    { "io_uring", ",aio=io_uring", "", false, ALL_BLK },
    { "direct", ",cache=none", "", false, ALL_BLK },
    { "direct-uring", ",cache=none,aio=io_uring", "", false, ALL_BLK },
    { "directsync", ",cache=directsync", "", false, 0 },
    { "writethrough", ",cache=writethrough", "", false, ALL_BLK },
    { "unsafe", ",cache=unsafe", "", false, ALL_BLK },
    { "legacy", "", "", true, BLK_F(FLUSH) },
    { "packed", "", ",packed=on", false,
      ALL_BLK | R(F_RING_PACKED) | R(RING_F_INDIRECT_DESC) |
      R(RING_F_EVENT_IDX) },
    { "indirect", "", "", false,
      ALL_BLK | R(RING_F_INDIRECT_DESC) | R(RING_F_EVENT_IDX) },
    { "4k", "", ",logical_block_size=4096,physical_block_size=4096", false,
      ALL_BLK },
};

static bool usable(const Way *w)
{
    g_autofree char *image = make_image();
    bool ok = virtio_blk_can(w->drive, image);

    if (!ok) {
        g_test_skip("neither host nor file system has what it takes");
    }
    unlink(image);
    return ok;
}

static void test_data(const void *opaque)
{
    const Way *w = opaque;
    g_autofree uint8_t *a = g_malloc(65536), *back = g_malloc(65536);
    Disk d;

    if (!usable(w)) {
        return;
    }
    d = disk_start(w->drive, w->device, w->legacy, w->features);
    g_assert_cmpuint(d.b->capacity, ==, IMAGE_SIZE / 512);
    for (unsigned i = 0; i < 4; i++) {
        size_t len = 4096 << i;

        fill(a, len, i);
        virtio_blk_write(d.b, 64 * i, a, len);
        memset(back, 0, len);
        virtio_blk_read(d.b, 64 * i, back, len);
        g_assert_cmpmem(back, len, a, len);
    }
    g_assert_cmpuint(virtio_blk_flush(d.b), ==, VIRTIO_BLK_S_OK);
    check_image(&d, 64 * 3 * 512, a, 32768);
    disk_end(&d);
}

/* A request in many buffers, at odd places in memory, some of odd lengths. */
static void test_pieces(const void *opaque)
{
    const Way *w = opaque;
    g_autofree uint8_t *a = g_malloc(4096), *back = g_malloc(4096);
    unsigned token;
    uint32_t len;
    Disk d;

    if (!usable(w)) {
        return;
    }
    d = disk_start(w->drive, w->device, w->legacy, w->features);
    fill(a, 4096, 99);
    qtest_memwrite(d.t, d.b->data, a, 4096);
    virtio_blk_add(d.b, VIRTIO_BLK_T_OUT, 8, 4096, false, 331);
    virtio_kick(d.b->q);
    g_assert_true(virtio_wait(d.b->q, &token, &len));
    g_assert_cmpuint(qtest_read(d.t, d.b->status, 1), ==, VIRTIO_BLK_S_OK);
    qtest_memset(d.t, d.b->data, 0, 4096);
    virtio_blk_add(d.b, VIRTIO_BLK_T_IN, 8, 4096, true, 517);
    virtio_kick(d.b->q);
    g_assert_true(virtio_wait(d.b->q, &token, &len));
    g_assert_cmpuint(len, ==, 4097);
    qtest_memread(d.t, d.b->data, back, 4096);
    g_assert_cmpmem(back, 4096, a, 4096);
    disk_end(&d);
}

static void test_zeroes(void)
{
    Disk d = disk_start(",discard=unmap", "", false, ALL_BLK);
    g_autofree uint8_t *a = g_malloc(65536), *zero = g_malloc0(65536);
    struct stat st;

    fill(a, 65536, 1);
    virtio_blk_write(d.b, 0, a, 65536);
    g_assert_cmpuint(virtio_blk_dwz(d.b, VIRTIO_BLK_T_WRITE_ZEROES, 8, 8, 0),
                     ==, VIRTIO_BLK_S_OK);
    check_image(&d, 0, a, 4096);
    check_image(&d, 4096, zero, 4096);
    check_image(&d, 8192, a + 8192, 4096);
    g_assert_cmpuint(virtio_blk_dwz(d.b, VIRTIO_BLK_T_DISCARD, 0, 128, 0),
                     ==, VIRTIO_BLK_S_OK);
    check_image(&d, 0, zero, 65536);
    g_assert_cmpint(stat(d.image, &st), ==, 0);
    g_assert_cmpint(st.st_blocks, ==, 0);
    /* What the standard has a device refuse. */
    g_assert_cmpuint(virtio_blk_dwz(d.b, VIRTIO_BLK_T_DISCARD, 0, 8,
                                    VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP),
                     ==, VIRTIO_BLK_S_UNSUPP);
    g_assert_cmpuint(virtio_blk_dwz(d.b, VIRTIO_BLK_T_WRITE_ZEROES, 0, 8, 2),
                     ==, VIRTIO_BLK_S_UNSUPP);
    g_assert_cmpuint(virtio_blk_dwz(d.b, VIRTIO_BLK_T_WRITE_ZEROES,
                                    d.b->capacity - 1, 2, 0),
                     ==, VIRTIO_BLK_S_IOERR);
    disk_end(&d);
}

static void test_refused(void)
{
    Disk d = disk_start("", ",serial=a-name-of-20-lettersX", false, ALL_BLK);
    char id[20];

    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_IN, d.b->capacity, 512,
                                   true), ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_OUT, d.b->capacity - 1,
                                   1024, false), ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_IN, UINT64_MAX - 1, 512,
                                   true), ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_IN, 0, 100, true), ==,
                     VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(virtio_blk_do(d.b, 12345, 0, 512, true), ==,
                     VIRTIO_BLK_S_UNSUPP);
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_SCSI_CMD, 0, 512, true),
                     ==, VIRTIO_BLK_S_UNSUPP);
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_GET_ID, 0, 20, true), ==,
                     VIRTIO_BLK_S_OK);
    qtest_memread(d.t, d.b->data, id, 20);
    g_assert_cmpmem(id, 20, "a-name-of-20-letters", 20);
    disk_end(&d);
}

static void test_read_only(void)
{
    Disk d = disk_start(",readonly=on", "", false, ALL_BLK);

    g_assert_true(d.b->d->features & BLK_F(RO));
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_OUT, 0, 512, false), ==,
                     VIRTIO_BLK_S_IOERR);
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_IN, 0, 512, true), ==,
                     VIRTIO_BLK_S_OK);
    disk_end(&d);
}

/* The header of another format may not be put into a guessed raw image. */
static void test_probed(void)
{
    char *image = make_image();
    QTest *t = qtest_start("-machine q35 -nodefaults -m 64M "
                           "-drive if=none,id=d0,file=%s "
                           "-device virtio-blk-pci,drive=d0", image);
    VirtioBlk *b = virtio_blk_open(t, 0, false, ALL_BLK);
    uint8_t buf[1024] = "QFI\xfb\0\0\0\3";

    buf[7] = 3;
    qtest_memwrite(t, b->data, buf, sizeof(buf));
    g_assert_cmpuint(virtio_blk_do(b, VIRTIO_BLK_T_OUT, 0, 1024, false), ==,
                     VIRTIO_BLK_S_IOERR);
    virtio_blk_write(b, 1, buf, 512);
    buf[0] = 0;
    virtio_blk_write(b, 0, buf, 512);
    virtio_blk_close(b);
    qtest_quit(t);
    unlink(image);
    g_free(image);
}

/*** Several at a time ***/

static int64_t stat_of(QTest *t, const char *key)
{
    json_t *reply = qtest_qmp(t, "query-blockstats", NULL);
    json_t *stats = json_object_get(json_array_get(reply, 0), "stats");
    int64_t value = json_integer_value(json_object_get(stats, key));

    g_assert_nonnull(json_object_get(stats, key));
    json_decref(reply);
    return value;
}

/* Eight neighbours in one go are one transfer, and each gets its data. */
static void test_merging(void)
{
    Disk d = disk_start("", "", false, ALL_BLK | R(RING_F_INDIRECT_DESC));
    uint64_t data = d.b->data, header = d.b->header, status = d.b->status;
    g_autofree uint8_t *a = g_malloc(8 * 512);

    fill(a, 8 * 512, 5);
    qtest_memwrite(d.t, data, a, 8 * 512);
    for (unsigned i = 0; i < 8; i++) {
        unsigned k = (i * 3) % 8;

        d.b->header = qtest_alloc(d.t, 64, 16);
        d.b->status = d.b->header + 32;
        d.b->data = data + k * 512;
        virtio_blk_add(d.b, VIRTIO_BLK_T_OUT, 100 + k, 512, false, 512);
    }
    virtio_kick(d.b->q);
    for (unsigned i = 0; i < 8; i++) {
        unsigned token;
        uint32_t len;

        g_assert_true(virtio_wait(d.b->q, &token, &len));
    }
    d.b->data = data;
    d.b->header = header;
    d.b->status = status;
    check_image(&d, 100 * 512, a, 8 * 512);
    g_assert_cmpint(stat_of(d.t, "wr_merged"), ==, 7);
    g_assert_cmpint(stat_of(d.t, "wr_operations"), ==, 8);
    g_assert_cmpint(stat_of(d.t, "wr_bytes"), ==, 8 * 512);
    disk_end(&d);
}

/*** Configuration ***/

static void test_config(void)
{
    Disk d = disk_start("", ",num-queues=3,min_io_size=4096,opt_io_size=8192,"
                        "physical_block_size=4096", false, ALL_BLK);
    VirtioDev *v = d.b->d;

    g_assert_true(v->features & BLK_F(MQ));
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(seg_max), 4), ==, 254);
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(blk_size), 4), ==, 512);
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(physical_block_exp),
                                        1), ==, 3);
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(min_io_size), 2), ==,
                     8);
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(opt_io_size), 4), ==,
                     16);
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(num_queues), 2), ==,
                     3);
    g_assert_cmpuint(virtio_queue_max(v, 2), ==, 256);
    g_assert_cmpuint(virtio_queue_max(v, 3), ==, 0);
    /* The cache is the driver's to switch, until a reset. */
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(wce), 1), ==, 1);
    virtio_config_write(v, BLK_CONFIG(wce), 0, 1);
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(wce), 1), ==, 0);
    virtio_blk_restart(d.b, ALL_BLK);
    g_assert_cmpuint(virtio_config_read(v, BLK_CONFIG(wce), 1), ==, 1);
    disk_end(&d);
}

static void test_resize(void)
{
    Disk d = disk_start("", "", false, ALL_BLK);

    virtio_config_vector(d.b->d, 0);
    json_decref(qtest_qmp(d.t, "block_resize",
                          json_pack("{s:s, s:i}", "device", "d0", "size",
                                    2 * IMAGE_SIZE)));
    g_assert_true(msix_wait(d.b->d->f, 0));
    g_assert_cmpuint(virtio_config_read(d.b->d, BLK_CONFIG(capacity), 4), ==,
                     2 * IMAGE_SIZE / 512);
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_IN, d.b->capacity, 512,
                                   true), ==, VIRTIO_BLK_S_OK);
    disk_end(&d);
}

/*** Errors ***/

#define DEBUG_DRIVE \
    "-blockdev driver=file,node-name=f,filename=%s " \
    "-blockdev '{\"driver\":\"raw\",\"node-name\":\"r\",\"file\":{" \
    "\"driver\":\"blkdebug\",\"image\":\"f\",\"inject-error\":[{" \
    "\"event\":\"write_aio\",\"errno\":%d,\"once\":true,\"sector\":8," \
    "\"iotype\":\"write\"}]}}' "

static Disk debug_start(int error, const char *device)
{
    Disk d = { .image = make_image() };

    d.t = qtest_start("-machine q35 -nodefaults -m 64M " DEBUG_DRIVE
                      "-device virtio-blk-pci,drive=r%s", d.image, error,
                      device);
    d.b = virtio_blk_open(d.t, 0, false, ALL_BLK);
    return d;
}

static void test_error_report(void)
{
    Disk d = debug_start(5, "");
    json_t *data;

    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_OUT, 8, 512, false), ==,
                     VIRTIO_BLK_S_IOERR);
    data = qtest_wait_event(d.t, "BLOCK_IO_ERROR");
    g_assert_cmpstr(json_string_value(json_object_get(data, "action")), ==,
                    "report");
    g_assert_cmpstr(json_string_value(json_object_get(data, "operation")),
                    ==, "write");
    g_assert_cmpstr(json_string_value(json_object_get(data, "node-name")),
                    ==, "r");
    g_assert_true(json_is_false(json_object_get(data, "nospace")));
    json_decref(data);
    g_assert_cmpint(stat_of(d.t, "failed_wr_operations"), ==, 1);
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_OUT, 8, 512, false), ==,
                     VIRTIO_BLK_S_OK);
    disk_end(&d);
}

static void test_error_ignore(void)
{
    Disk d = debug_start(5, ",werror=ignore");

    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_OUT, 8, 512, false), ==,
                     VIRTIO_BLK_S_OK);
    disk_end(&d);
}

static char *io_status(QTest *t)
{
    json_t *reply = qtest_qmp(t, "query-block", NULL);
    char *status = g_strdup(json_string_value(json_object_get(
                       json_array_get(reply, 0), "io-status")));

    json_decref(reply);
    return status;
}

/* No space: the machine stops, and goes on when somebody made room. */
static void test_error_stop(void)
{
    Disk d = debug_start(28, "");
    g_autofree char *before = NULL, *after = NULL;
    uint8_t buf[512];
    unsigned token;
    uint32_t len;

    fill(buf, sizeof(buf), 3);
    qtest_memwrite(d.t, d.b->data, buf, sizeof(buf));
    virtio_blk_add(d.b, VIRTIO_BLK_T_OUT, 8, 512, false, 512);
    virtio_kick(d.b->q);
    json_decref(qtest_wait_event(d.t, "BLOCK_IO_ERROR"));
    json_decref(qtest_wait_event(d.t, "STOP"));
    before = io_status(d.t);
    g_assert_cmpstr(before, ==, "nospace");
    g_assert_false(virtio_pop(d.b->q, &token, &len));
    json_decref(qtest_qmp(d.t, "cont", NULL));
    g_assert_true(virtio_wait(d.b->q, &token, &len));
    g_assert_cmpuint(qtest_read(d.t, d.b->status, 1), ==, VIRTIO_BLK_S_OK);
    after = io_status(d.t);
    g_assert_cmpstr(after, ==, "ok");
    check_image(&d, 8 * 512, buf, 512);
    disk_end(&d);
}

/* Reset while stopped: the request is forgotten, the queue starts anew. */
static void test_error_reset(void)
{
    Disk d = debug_start(28, "");

    virtio_blk_add(d.b, VIRTIO_BLK_T_OUT, 8, 512, false, 512);
    virtio_kick(d.b->q);
    json_decref(qtest_wait_event(d.t, "STOP"));
    virtio_blk_restart(d.b, ALL_BLK);
    json_decref(qtest_qmp(d.t, "cont", NULL));
    g_assert_cmpuint(virtio_blk_do(d.b, VIRTIO_BLK_T_OUT, 8, 512, false), ==,
                     VIRTIO_BLK_S_OK);
    disk_end(&d);
}

/*** Drivers that break the rules ***/

static void broken(const VirtioSeg *segs, unsigned n)
{
    Disk d = disk_start("", "", false, ALL_BLK);

    virtio_add(d.b->q, segs, n, false);
    virtio_kick(d.b->q);
    g_assert_true(virtio_status(d.b->d) & VIRTIO_CONFIG_S_NEEDS_RESET);
    virtio_blk_restart(d.b, ALL_BLK);
    g_assert_cmpuint(virtio_blk_flush(d.b), ==, VIRTIO_BLK_S_OK);
    disk_end(&d);
}

static void test_broken(void)
{
    const VirtioSeg no_status[] = { { 0x200000, 16 } };
    const VirtioSeg no_header[] = { { 0x200000, 512, true } };
    const VirtioSeg short_header[] = {
        { 0x200000, 15 }, { 0x201000, 1, true },
    };

    broken(no_status, 1);
    broken(no_header, 1);
    broken(short_header, 2);
}

/* Header, data and status in the device's own registers and vector table. */
static void test_own_registers(void)
{
    Disk d = disk_start("", "", false, ALL_BLK);
    PciFn *f = d.b->d->f;
    unsigned token;
    uint32_t len;

    for (int bar = 0; bar < 6; bar++) {
        const VirtioSeg segs[] = {
            { d.b->header, 16 }, { f->bar[bar], 4096, true },
            { f->bar[bar], 1, true },
        };
        struct virtio_blk_outhdr hdr = { };

        if (f->bar_is_io[bar] || !f->bar_size[bar]) {
            continue;
        }
        qtest_memwrite(d.t, d.b->header, &hdr, sizeof(hdr));
        virtio_add(d.b->q, segs, 3, false);
        virtio_kick(d.b->q);
        virtio_wait(d.b->q, &token, &len);
        json_decref(qtest_qmp(d.t, "query-status", NULL));
        virtio_blk_restart(d.b, ALL_BLK);
    }
    disk_end(&d);
}

/* A device that could not be made lets go of its drive. */
static void test_failed_add(void)
{
    char *image = make_image();
    QTest *t = qtest_start("-machine pc -nodefaults -m 64M "
                           "-drive if=none,id=d0,format=raw,file=%s", image);

    for (int i = 0; i < 3; i++) {
        g_autofree char *text = qtest_qmp_error(t, "device_add", json_pack(
            "{s:s, s:s, s:i}", "driver", "virtio-blk-pci", "drive", "d0",
            "num-queues", 0), "GenericError");

        g_assert_cmpstr(text, ==,
                        "num-queues property must be larger than 0");
    }
    json_decref(qtest_qmp(t, "device_add", json_pack(
        "{s:s, s:s, s:s}", "driver", "virtio-blk-pci", "drive", "d0",
        "id", "v")));
    qtest_quit(t);
    unlink(image);
    g_free(image);
}

/* F_UNLCK if nobody has the image. */
static int lock_on(int fd)
{
    struct flock fl = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 100,
        .l_len = 200,
    };

    g_assert_cmpint(fcntl(fd, F_OFD_GETLK, &fl), ==, 0);
    return fl.l_type;
}

/* The guest's device goes, and -drive's drive with it. */
static void test_unplug(void)
{
    char *image = make_image();
    QTest *t = qtest_start("-machine pc -nodefaults -m 64M "
                           "-drive if=none,id=d0,format=raw,file=%s "
                           "-device virtio-blk-pci,drive=d0,id=v", image);
    json_t *list;
    int fd = open(image, O_RDWR);

    g_assert_cmpint(lock_on(fd), !=, F_UNLCK);
    json_decref(qtest_qmp(t, "device_del", json_pack("{s:s}", "id", "v")));
    /* A guest that does not answer is asked no more after a reset. */
    json_decref(qtest_qmp(t, "system_reset", NULL));
    json_decref(qtest_wait_event(t, "DEVICE_DELETED"));
    json_decref(qtest_wait_event(t, "RESET"));
    list = qtest_qmp(t, "query-block", NULL);
    g_assert_cmpuint(json_array_size(list), ==, 0);
    json_decref(list);
    g_assert_cmpint(lock_on(fd), ==, F_UNLCK);
    close(fd);
    qtest_quit(t);
    unlink(image);
    g_free(image);
}

/* The image is free; the device stays, with nothing in it. */
static void test_drive_del(void)
{
    char *image = make_image();
    QTest *t = qtest_start("-machine pc -nodefaults -m 64M "
                           "-drive if=none,id=d0,format=raw,file=%s "
                           "-device virtio-blk-pci,drive=d0,id=v", image);
    int fd = open(image, O_RDWR);
    char *answer = qtest_hmp(t, "drive_del d0");

    g_assert_cmpstr(answer, ==, "");
    g_free(answer);
    g_assert_cmpint(lock_on(fd), ==, F_UNLCK);
    answer = qtest_hmp(t, "info block");
    g_assert_nonnull(strstr(answer, "virtio-backend: [not inserted]"));
    g_free(answer);
    answer = qtest_hmp(t, "drive_del d0");
    g_assert_nonnull(strstr(answer, "Device 'd0' not found"));
    g_free(answer);
    close(fd);
    qtest_quit(t);
    unlink(image);
    g_free(image);
}

static void test_messages(void)
{
    static const struct {
        const char *options, *message;
    } cases[] = {
        { "-device virtio-blk-pci", "drive property not set" },
        { "-drive if=none,id=d -device virtio-blk-pci,drive=d",
          "Device needs media, but drive is empty" },
        { "-device virtio-blk-pci,drive=nope",
          "Property 'virtio-blk-device.drive' can't find value 'nope'" },
        { "-drive if=none,id=d,file=null-co://,format=raw "
          "-device virtio-blk-pci,drive=d,num-queues=0",
          "num-queues property must be larger than 0" },
        { "-drive if=none,id=d,file=null-co://,format=raw "
          "-device virtio-blk-pci,drive=d,queue-size=100",
          "must be a power of 2 (max 1024)" },
        { "-drive if=none,id=d,file=null-co://,format=raw "
          "-device virtio-blk-pci,drive=d,logical_block_size=1024",
          "logical_block_size > physical_block_size not supported" },
        { "-drive if=none,id=d,file=null-co://,format=raw "
          "-device virtio-blk-pci,drive=d -device virtio-blk-pci,drive=d",
          "Drive 'd' is already in use by another block device" },
        { "-drive if=none,id=d,file=null-co://,format=raw "
          "-device virtio-blk-pci,drive=d,scsi=on", "scsi=on" },
        { "-drive if=virtio,file=null-co://,format=raw,id=d "
          "-device virtio-blk-pci,drive=d", "Drive 'd' is already in use" },
        { "-drive if=none,id=d,file=/nonexistent,format=raw",
          "Could not open '/nonexistent': No such file or directory" },
        { "-drive if=none,id=d,file=x,format=qcow2",
          "Unknown driver 'qcow2'" },
        { "-blockdev qcow2,node-name=x", "does not accept value 'qcow2'" },
    };

    for (int i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = NULL;

        g_assert_cmpint(qtest_run(&text, "-machine q35 -nodefaults %s",
                                  cases[i].options), ==, 1);
        if (!strstr(text, cases[i].message)) {
            g_test_message("%s: %s", cases[i].options, text);
            g_test_fail();
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *data = g_strdup_printf("/virtio-blk/data/%s",
                                                ways[i].name);
        g_autofree char *pieces = g_strdup_printf("/virtio-blk/pieces/%s",
                                                  ways[i].name);

        g_test_add_data_func(data, &ways[i], test_data);
        g_test_add_data_func(pieces, &ways[i], test_pieces);
    }
    g_test_add_func("/virtio-blk/zeroes", test_zeroes);
    g_test_add_func("/virtio-blk/refused", test_refused);
    g_test_add_func("/virtio-blk/read-only", test_read_only);
    g_test_add_func("/virtio-blk/probed", test_probed);
    g_test_add_func("/virtio-blk/merging", test_merging);
    g_test_add_func("/virtio-blk/config", test_config);
    g_test_add_func("/virtio-blk/resize", test_resize);
    g_test_add_func("/virtio-blk/error/report", test_error_report);
    g_test_add_func("/virtio-blk/error/ignore", test_error_ignore);
    g_test_add_func("/virtio-blk/error/stop", test_error_stop);
    g_test_add_func("/virtio-blk/error/reset", test_error_reset);
    g_test_add_func("/virtio-blk/broken", test_broken);
    g_test_add_func("/virtio-blk/own-registers", test_own_registers);
    g_test_add_func("/virtio-blk/failed-add", test_failed_add);
    g_test_add_func("/virtio-blk/unplug", test_unplug);
    g_test_add_func("/virtio-blk/drive-del", test_drive_del);
    g_test_add_func("/virtio-blk/messages", test_messages);
    return g_test_run();
}
