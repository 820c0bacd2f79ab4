/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The block layer: files by both engines and in all cache modes, raw's
 * window, faults, locks, permissions, options, lists and mistakes.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "block/block-internal.h"
#include "block/block_int.h"
#include "block/media.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"
#include "sysemu/dma.h"

#define SIZE (256 * 1024)

static char *dir;

/*** Helpers ***/

static char *image_path(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

/* An image with a byte pattern, for g_free(). */
static char *make_image(const char *name, size_t size)
{
    char *path = image_path(name);
    g_autofree uint8_t *data = g_malloc(size);

    for (size_t i = 0; i < size; i++) {
        data[i] = i * 5 + (i >> 9);
    }
    g_assert_true(g_file_set_contents(path, (char *)data, size, NULL));
    return path;
}

static json_t *options(const char *fmt, ...)
{
    va_list ap;
    g_autofree char *text = NULL;
    json_t *json;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    json = json_parse_text(text, &error_abort);
    return bdrv_opts_nest(json, &error_abort);
}

/* A drive on what these options describe; they must be good. */
static BlockBackend *drive(json_t *opts)
{
    BlockDriverState *bs = bdrv_open(NULL, opts, BDRV_O_RDWR, &error_abort);
    BlockBackend *blk = blk_new_with_bs(bs, BLK_PERM_CONSISTENT_READ |
                                        BLK_PERM_WRITE | BLK_PERM_RESIZE,
                                        BLK_PERM_ALL, &error_abort);

    bdrv_unref(bs);
    return blk;
}

/* The message that these options bring. */
static char *refusal(json_t *opts)
{
    Error *err = NULL;
    char *text;

    g_assert_null(bdrv_open(NULL, opts, BDRV_O_RDWR, &err));
    text = g_strdup(error_get_pretty(err));
    error_free(err);
    return text;
}

static void check_file(const char *path, size_t offset, const void *want,
                       size_t len)
{
    g_autofree char *data = NULL;
    gsize size;

    g_assert_true(g_file_get_contents(path, &data, &size, NULL));
    g_assert_cmpuint(size, >=, offset + len);
    g_assert_cmpmem(data + offset, len, want, len);
}

/*** Files ***/

typedef struct Mode {
    const char *name, *options;
} Mode;

static const Mode modes[] = {
    { "threads", "" },
    { "io_uring", ", \"aio\": \"io_uring\"" },
    { "direct", ", \"cache\": { \"direct\": true }" },
    { "direct-uring",
      ", \"aio\": \"io_uring\", \"cache\": { \"direct\": true }" },
    { "no-flush", ", \"cache\": { \"no-flush\": true }" },
};

/* Whether host and file system have what the mode needs. */
static bool usable(const Mode *m, const char *path)
{
    Error *err = NULL;
    int fd;

    if (strstr(m->options, "io_uring") && !bdrv_uring_available(&err)) {
        g_test_skip(error_get_pretty(err));
        error_free(err);
        return false;
    }
    if (strstr(m->options, "direct")) {
        fd = open(path, O_RDONLY | O_DIRECT);
        if (fd < 0) {
            g_test_skip("no O_DIRECT on this file system");
            return false;
        }
        close(fd);
    }
    return true;
}

static void noted(void *opaque, int ret)
{
    *(int *)opaque = ret;
}

/* Places and lengths of any alignment; what is beside them stays. */
static void test_file(const void *opaque)
{
    const Mode *m = opaque;
    g_autofree char *path = make_image("file.img", SIZE);
    g_autofree uint8_t *model = g_malloc(SIZE), *buf = g_malloc(SIZE);
    BlockBackend *blk;
    GRand *r;

    if (!usable(m, path)) {
        return;
    }
    blk = drive(options("{ \"driver\": \"file\", \"filename\": \"%s\"%s }",
                        path, m->options));
    r = g_rand_new_with_seed(7);
    g_assert_cmpint(blk_getlength(blk), ==, SIZE);
    g_assert_cmpint(blk_pread(blk, 0, SIZE, model, 0), ==, 0);
    check_file(path, 0, model, SIZE);
    for (int i = 0; i < 200; i++) {
        int64_t offset = g_rand_int_range(r, 0, SIZE);
        int64_t len = g_rand_int_range(r, 0, MIN(SIZE - offset, 20000) + 1);
        int skew = g_rand_int_range(r, 0, 4);

        if (skew + len > SIZE) {
            continue;
        }
        switch (g_rand_int_range(r, 0, 4)) {
        case 0:
            g_assert_cmpint(blk_pread(blk, offset, len, buf + skew, 0), ==,
                            0);
            g_assert_cmpmem(buf + skew, len, model + offset, len);
            break;
        case 1:
            memset(model + offset, 0, len);
            g_assert_cmpint(blk_pwrite_zeroes(blk, offset, len,
                                              i & 1 ? BDRV_REQ_MAY_UNMAP : 0),
                            ==, 0);
            break;
        default:
            memset(buf + skew, i, len);
            memset(model + offset, i, len);
            g_assert_cmpint(blk_pwrite(blk, offset, len, buf + skew,
                                       i & 1 ? BDRV_REQ_FUA : 0), ==, 0);
        }
    }
    g_assert_cmpint(blk_flush(blk), ==, 0);
    check_file(path, 0, model, SIZE);
    g_rand_free(r);
    blk_unref(blk);
}

/* Many at once, more than a ring holds; none called back from inside. */
static void test_many(const void *opaque)
{
    const Mode *m = opaque;
    enum { N = 400 };
    g_autofree char *path = make_image("many.img", SIZE);
    BlockBackend *blk;
    QEMUIOVector qiov[N];
    uint8_t *bufs;
    int ret[N];

    if (!usable(m, path)) {
        return;
    }
    blk = drive(options("{ \"driver\": \"file\", \"filename\": \"%s\"%s }",
                        path, m->options));
    bufs = qemu_memalign(4096, N * 512);
    for (int i = 0; i < N; i++) {
        memset(bufs + i * 512, i, 512);
        qemu_iovec_init_buf(&qiov[i], bufs + i * 512, 512);
        ret[i] = 1;
        if (i == 10) {
            blk_io_plug(blk);
        }
        blk_aio_pwritev(blk, i * 512, &qiov[i], 0, noted, &ret[i]);
        g_assert_cmpint(ret[i], ==, 1);
    }
    blk_io_unplug(blk);
    blk_drain(blk);
    for (int i = 0; i < N; i++) {
        g_assert_cmpint(ret[i], ==, 0);
    }
    check_file(path, 0, bufs, N * 512);
    qemu_vfree(bufs);
    blk_unref(blk);
}

/* Neighbours that share an aligned block: both arrive. */
static void test_overlap(void)
{
    const Mode direct = {
        "direct", ", \"cache\": { \"direct\": true }"
    };
    g_autofree char *path = make_image("overlap.img", SIZE);
    BlockBackend *blk;
    enum { N = 64 };
    uint8_t bytes[N];
    QEMUIOVector qiov[N];
    int ret[N];

    if (!usable(&direct, path)) {
        return;
    }
    blk = drive(options("{ \"driver\": \"file\", \"filename\": \"%s\"%s }",
                        path, direct.options));
    for (int i = 0; i < N; i++) {
        bytes[i] = 0x80 + i;
        qemu_iovec_init_buf(&qiov[i], &bytes[i], 1);
        blk_aio_pwritev(blk, 100 + i, &qiov[i], 0, noted, &ret[i]);
    }
    blk_drain(blk);
    check_file(path, 100, bytes, N);
    blk_unref(blk);
}

/* Two nodes on top of each other that both need alignment. */
static void test_nested_alignment(void)
{
    const Mode direct = {
        "direct", ", \"cache\": { \"direct\": true }"
    };
    g_autofree char *path = make_image("overlap.img", SIZE);
    g_autofree uint8_t *model = g_malloc(SIZE);
    enum { N = 32 };
    uint8_t bytes[N][100];
    QEMUIOVector qiov[N];
    BlockBackend *blk;
    int ret[N];

    if (!usable(&direct, path)) {
        return;
    }
    blk = drive(options("{ \"driver\": \"raw\", \"file\": { \"driver\": "
                        "\"blkdebug\", \"align\": 1024, \"image\": { "
                        "\"driver\": \"file\", \"filename\": \"%s\"%s } "
                        "} }", path, direct.options));
    g_assert_cmpint(blk_pread(blk, 0, SIZE, model, 0), ==, 0);
    for (int i = 0; i < N; i++) {
        memset(bytes[i], i, sizeof(bytes[i]));
        memset(model + 700 + i * 100, i, sizeof(bytes[i]));
        qemu_iovec_init_buf(&qiov[i], bytes[i], sizeof(bytes[i]));
        blk_aio_pwritev(blk, 700 + i * 100, &qiov[i], 0, noted, &ret[i]);
    }
    blk_drain(blk);
    for (int i = 0; i < N; i++) {
        g_assert_cmpint(ret[i], ==, 0);
    }
    check_file(path, 0, model, SIZE);
    blk_unref(blk);
}

/* A file that ends within a sector has zeroes to the sector's end. */
static void test_odd_length(const void *opaque)
{
    const Mode *m = opaque;
    g_autofree char *path = make_image("odd.img", 1000);
    uint8_t buf[1024], zeroes[24] = { };
    BlockBackend *blk;

    if (!usable(m, path)) {
        return;
    }
    blk = drive(options("{ \"driver\": \"file\", \"filename\": \"%s\"%s }",
                        path, m->options));
    g_assert_cmpint(blk_getlength(blk), ==, 1024);
    g_assert_cmpint(blk_pread(blk, 0, 1024, buf, 0), ==, 0);
    check_file(path, 0, buf, 1000);
    g_assert_cmpmem(buf + 1000, 24, zeroes, 24);
    g_assert_cmpint(blk_pread(blk, 512, 1024, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, 1024, 1, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_pread(blk, -1, 1, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_pread(blk, INT64_MAX, 1, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_pread(blk, 1024, 0, buf, 0), ==, 0);
    blk_unref(blk);
}

static void test_discard(void)
{
    g_autofree char *path = make_image("discard.img", SIZE);
    BlockBackend *blk;
    struct stat before, after;
    uint8_t zeroes[8192] = { };
    g_autofree uint8_t *data = g_malloc(SIZE);

    /* Ignored unless asked for. */
    blk = drive(options("{ \"driver\": \"raw\", \"file\": { \"driver\": "
                        "\"file\", \"filename\": \"%s\" } }", path));
    g_assert_cmpint(blk_pread(blk, 0, SIZE, data, 0), ==, 0);
    g_assert_cmpint(blk_pdiscard(blk, 0, 8192), ==, 0);
    check_file(path, 0, data, SIZE);
    blk_unref(blk);

    blk = drive(options("{ \"driver\": \"raw\", \"discard\": \"unmap\", "
                        "\"detect-zeroes\": \"unmap\", \"file\": { "
                        "\"driver\": \"file\", \"filename\": \"%s\" } }",
                        path));
    g_assert_cmpint(stat(path, &before), ==, 0);
    g_assert_cmpint(blk_pdiscard(blk, 4096, 8192), ==, 0);
    check_file(path, 4096, zeroes, 8192);
    /* A write of zeroes becomes a hole. */
    g_assert_cmpint(blk_pwrite(blk, 65536, 8192, zeroes, 0), ==, 0);
    check_file(path, 65536, zeroes, 8192);
    g_assert_cmpint(stat(path, &after), ==, 0);
    g_assert_cmpint(after.st_blocks, <=, before.st_blocks - 32);
    g_assert_cmpint(after.st_size, ==, SIZE);
    blk_unref(blk);
}

static void test_resize(void)
{
    g_autofree char *path = make_image("resize.img", SIZE);
    BlockBackend *blk = drive(options("{ \"driver\": \"raw\", \"file\": { "
                                      "\"driver\": \"file\", \"filename\": "
                                      "\"%s\" } }", path));
    uint8_t byte = 9;

    g_assert_cmpint(blk_truncate(blk, 2 * SIZE, false, PREALLOC_MODE_OFF, 0,
                                 &error_abort), ==, 0);
    g_assert_cmpint(blk_getlength(blk), ==, 2 * SIZE);
    g_assert_cmpint(blk_pwrite(blk, 2 * SIZE - 1, 1, &byte, 0), ==, 0);
    g_assert_cmpint(blk_truncate(blk, 512, false, PREALLOC_MODE_OFF, 0,
                                 &error_abort), ==, 0);
    g_assert_cmpint(blk_pwrite(blk, 512, 1, &byte, 0), ==, -EIO);
    blk_unref(blk);
}

/*** raw, null, blkdebug ***/

static void test_raw_window(void)
{
    g_autofree char *path = make_image("window.img", SIZE);
    BlockBackend *blk = drive(options("{ \"driver\": \"raw\", \"offset\": "
                                      "1024, \"size\": 2048, \"file\": { "
                                      "\"driver\": \"file\", \"filename\": "
                                      "\"%s\" } }", path));
    uint8_t buf[512];

    g_assert_cmpint(blk_getlength(blk), ==, 2048);
    g_assert_cmpint(blk_pread(blk, 512, 512, buf, 0), ==, 0);
    check_file(path, 1536, buf, 512);
    memset(buf, 0xee, 512);
    g_assert_cmpint(blk_pwrite(blk, 1536, 512, buf, 0), ==, 0);
    check_file(path, 2560, buf, 512);
    g_assert_cmpint(blk_pwrite(blk, 2048, 512, buf, 0), ==, -EIO);
    blk_unref(blk);
}

static void test_null(void)
{
    BlockBackend *blk = drive(options("{ \"driver\": \"null-co\", \"size\": "
                                      "4096, \"read-zeroes\": true, "
                                      "\"latency-ns\": 2000000 }"));
    uint8_t buf[512];
    int64_t start = g_get_monotonic_time();

    memset(buf, 1, 512);
    g_assert_cmpint(blk_getlength(blk), ==, 4096);
    g_assert_cmpint(blk_pread(blk, 0, 512, buf, 0), ==, 0);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, 2000);
    g_assert_cmpuint(buf[0] | buf[511], ==, 0);
    blk_unref(blk);
}

static void test_blkdebug(void)
{
    BlockBackend *blk;
    uint8_t buf[512] = { };

    blk = drive(options("{ \"driver\": \"raw\", \"file\": { \"driver\": "
        "\"blkdebug\", \"image\": { \"driver\": \"null-co\" }, "
        "\"inject-error\": [ "
        "{ \"event\": \"read_aio\", \"errno\": 28, \"once\": true, "
        "  \"iotype\": \"read\" }, "
        "{ \"event\": \"write_aio\", \"state\": 2, \"sector\": 4, "
        "  \"iotype\": \"write\" } ], "
        "\"set-state\": [ { \"event\": \"flush_to_disk\", \"new_state\": 2 "
        "} ] } }"));
    g_assert_cmpint(blk_pread(blk, 0, 512, buf, 0), ==, -ENOSPC);
    g_assert_cmpint(blk_pread(blk, 0, 512, buf, 0), ==, 0);
    /* Not in this state, not at this place. */
    g_assert_cmpint(blk_pwrite(blk, 2048, 512, buf, 0), ==, 0);
    g_assert_cmpint(blk_flush(blk), ==, 0);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, buf, 0), ==, 0);
    g_assert_cmpint(blk_pwrite(blk, 2048, 512, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, 2048, 512, buf, 0), ==, -EIO);
    blk_unref(blk);
}

static void test_blkdebug_config(void)
{
    g_autofree char *path = make_image("dbg.img", SIZE);
    g_autofree char *config = image_path("dbg.conf");
    g_autofree char *name = g_strdup_printf("blkdebug:%s:%s", config, path);
    g_autofree char *told = NULL;
    BlockDriverState *bs;
    BlockBackend *blk;
    uint8_t buf[512] = { };

    g_assert_true(g_file_set_contents(config,
        "# faults\n[inject-error]\nevent = \"pwritev\"\nerrno = \"5\"\n"
        "once = \"on\"\n\n[set-state]\nevent = \"none\"\nnew_state = \"3\"\n",
        -1, NULL));
    bs = bdrv_open(name, options("{ \"driver\": \"raw\" }"), BDRV_O_RDWR,
                   &error_abort);
    told = bdrv_filename(bs);
    g_assert_cmpstr(told, ==, name);
    blk = blk_new_with_bs(bs, BLK_PERM_WRITE, BLK_PERM_ALL, &error_abort);
    bdrv_unref(bs);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, buf, 0), ==, -EIO);
    g_assert_cmpint(blk_pwrite(blk, 0, 512, buf, 0), ==, 0);
    blk_unref(blk);
}

/*** Users of a node ***/

static void test_permissions(void)
{
    BlockDriverState *bs = bdrv_open(NULL, options(
        "{ \"driver\": \"null-co\", \"node-name\": \"n\" }"), BDRV_O_RDWR,
        &error_abort);
    Error *err = NULL;
    BlockBackend *a, *b;

    a = blk_new_with_bs(bs, BLK_PERM_WRITE, BLK_PERM_CONSISTENT_READ,
                        &error_abort);
    b = blk_new_with_bs(bs, BLK_PERM_CONSISTENT_READ, BLK_PERM_ALL,
                        &error_abort);
    g_assert_cmpint(blk_set_perm(b, BLK_PERM_WRITE, BLK_PERM_ALL, &err), ==,
                    -EPERM);
    g_assert_nonnull(strstr(error_get_pretty(err), "write"));
    error_free(err);
    err = NULL;
    /* What failed changed nothing. */
    g_assert_cmpint(blk_set_perm(a, BLK_PERM_WRITE, BLK_PERM_ALL, &err), ==,
                    0);
    g_assert_cmpint(blk_set_perm(b, BLK_PERM_WRITE, BLK_PERM_ALL, &err), ==,
                    0);
    blk_unref(b);
    blk_unref(a);
    bdrv_unref(bs);
    g_assert_null(bdrv_find_node("n"));
}

/* As two processes do: each opening has locks of its own. */
static void test_locks(void)
{
    g_autofree char *path = make_image("lock.img", SIZE);
    const uint64_t reads = BLK_PERM_CONSISTENT_READ;
    BlockDriverState *bs[2];
    BlockBackend *blk[2];
    Error *err = NULL;

    for (int i = 0; i < 2; i++) {
        bs[i] = bdrv_open(NULL, options("{ \"driver\": \"file\", "
                                        "\"filename\": \"%s\" }", path),
                          BDRV_O_RDWR, &error_abort);
        blk[i] = blk_new_with_bs(bs[i], 0, BLK_PERM_ALL, &error_abort);
        bdrv_unref(bs[i]);
    }
    blk_set_perm(blk[0], reads | BLK_PERM_WRITE, reads, &error_abort);
    blk_set_perm(blk[1], reads, BLK_PERM_ALL, &error_abort);
    g_assert_cmpint(blk_set_perm(blk[1], reads | BLK_PERM_WRITE,
                                 BLK_PERM_ALL, &err), ==, -EPERM);
    g_assert_cmpstr(error_get_pretty(err), ==, "Failed to get \"write\" lock");
    error_free(err);
    err = NULL;
    g_assert_cmpint(blk_set_perm(blk[1], reads, reads, &err), ==, -EPERM);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Failed to get shared \"write\" lock");
    error_free(err);
    blk_set_perm(blk[0], reads, BLK_PERM_ALL, &error_abort);
    blk_set_perm(blk[1], reads | BLK_PERM_WRITE, reads, &error_abort);
    blk_unref(blk[0]);
    blk_unref(blk[1]);
}

/* Images are let go of and taken back, as migration does. */
static void test_inactive(void)
{
    g_autofree char *path = make_image("inactive.img", SIZE);
    BlockBackend *blk = drive(options("{ \"driver\": \"file\", \"filename\": "
                                      "\"%s\" }", path));
    uint8_t byte = 1;
    int fd = open(path, O_RDWR);

    g_assert_cmpint(qemu_lock_fd_test(fd, 100, 100, true), <, 0);
    g_assert_true(blk_set_inactive(blk, true, &error_abort));
    g_assert_cmpint(qemu_lock_fd_test(fd, 100, 200, true), ==, 0);
    g_assert_cmpint(blk_pwrite(blk, 0, 1, &byte, 0), ==, -EPERM);
    g_assert_true(bdrv_activate_all(&error_abort));
    g_assert_cmpint(qemu_lock_fd_test(fd, 100, 100, true), <, 0);
    g_assert_cmpint(blk_pwrite(blk, 0, 1, &byte, 0), ==, 0);
    close(fd);
    blk_unref(blk);
}

/*** Options ***/

static void test_mistakes(void)
{
    static const struct {
        const char *options, *message;
    } cases[] = {
        { "{}", "A block device must be specified for \"file\"" },
        { "{ \"driver\": \"qcow2\" }", "Unknown driver 'qcow2'" },
        { "{ \"driver\": \"file\" }",
          "The 'file' block driver requires a file name" },
        { "{ \"driver\": \"file\", \"filename\": \"/\" }",
          "'file' driver requires '/' to be a regular file" },
        { "{ \"driver\": \"file\", \"filename\": \"/nonexistent\" }",
          "Could not open '/nonexistent': No such file or directory" },
        { "{ \"driver\": \"null-co\", \"foo\": 1 }",
          "Block protocol 'null-co' doesn't support the option 'foo'" },
        { "{ \"driver\": \"raw\", \"foo\": 1, \"file.driver\": \"null-co\" }",
          "Block format 'raw' does not support the option 'foo'" },
        { "{ \"driver\": \"raw\", \"size\": 100, "
          "\"file.driver\": \"null-co\" }",
          "Specified size is not multiple of 512" },
        { "{ \"driver\": \"raw\", \"offset\": \"2G\", "
          "\"file.driver\": \"null-co\" }",
          "Offset (2147483648) cannot be greater than size of the containing "
          "file (1073741824)" },
        { "{ \"driver\": \"null-co\", \"node-name\": \"1x\" }",
          "Invalid node-name: '1x'" },
        { "{ \"driver\": \"null-co\", \"read-only\": \"maybe\" }",
          "Parameter 'read-only' expects 'on' or 'off'" },
        { "{ \"driver\": \"null-co\", \"detect-zeroes\": \"unmap\" }",
          "setting detect-zeroes to unmap is not allowed without setting "
          "discard operation to unmap" },
        { "{ \"driver\": \"raw\", \"file\": \"nobody\" }",
          "Cannot find device='nobody' nor node-name='nobody'" },
        { "{ \"driver\": \"blkdebug\", \"image.driver\": \"null-co\", "
          "\"inject-error\": [ { \"event\": \"l1_update\" } ] }",
          "Invalid event name \"l1_update\"" },
        { "{ \"driver\": \"blkdebug\", \"image.driver\": \"null-co\", "
          "\"inject-error\": [ { } ] }", "Missing event name for rule" },
    };

    for (int i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = refusal(options("%s", cases[i].options));

        g_assert_cmpstr(text, ==, cases[i].message);
    }
    g_assert_null(bdrv_next_node(NULL));
}

static void test_too_deep(void)
{
    g_autofree char *path = make_image("deep.img", 512);
    GString *name = g_string_new(NULL);
    Error *err = NULL;

    for (int i = 0; i < 2 * BDRV_MAX_DEPTH; i++) {
        g_string_append(name, "blkdebug::");
    }
    g_string_append(name, path);
    g_assert_null(bdrv_open(name->str, json_object(), 0, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Too many nodes on top of each other");
    error_free(err);
    g_string_free(name, TRUE);
    g_assert_null(bdrv_next_node(NULL));
}

static void test_foreign_formats(void)
{
    static const char *const heads[] = {
        "QFI\xfb\0\0\0\3", "KDMV....", "conectix", "vhdxfile",
    };
    static const char *const names[] = { "qcow2", "vmdk", "vpc", "vhdx" };

    for (int i = 0; i < G_N_ELEMENTS(heads); i++) {
        g_autofree char *path = image_path("foreign.img");
        g_autofree char *want = g_strdup_printf("Unknown driver '%s'",
                                                names[i]);
        Error *err = NULL;

        g_assert_true(g_file_set_contents(path, heads[i], 8, NULL));
        g_assert_null(bdrv_open(path, json_object(), BDRV_O_RDWR, &err));
        g_assert_cmpstr(error_get_pretty(err), ==, want);
        error_free(err);
    }
}

/*** Drives of -drive ***/

static DriveInfo *add_drive(const char *text)
{
    return drive_new_from_json(json_parse_text(text, &error_abort), IF_IDE,
                               &error_abort);
}

static void test_drives(void)
{
    DriveInfo *a = add_drive("{ \"file\": \"null-co://\", \"format\": "
                             "\"raw\" }");
    DriveInfo *b = add_drive("{ \"index\": \"3\", \"media\": \"cdrom\" }");
    DriveInfo *c = add_drive("{ \"if\": \"scsi\", \"unit\": \"5\", \"file\": "
                             "\"null-co://\", \"format\": \"raw\", "
                             "\"cache\": \"directsync\", \"werror\": "
                             "\"stop\" }");
    BlockBackend *blk = blk_by_legacy_dinfo(c);
    Error *err = NULL;

    g_assert_true(drive_get(IF_IDE, 0, 0) == a);
    g_assert_true(drive_get(IF_IDE, 1, 1) == b);
    g_assert_true(drive_get_by_index(IF_IDE, 3) == b);
    g_assert_true(drive_get(IF_SCSI, 0, 5) == c);
    g_assert_null(drive_get(IF_IDE, 0, 1));
    g_assert_cmpint(drive_get_max_bus(IF_IDE), ==, 1);
    g_assert_cmpint(drive_get_max_bus(IF_VIRTIO), ==, -1);
    g_assert_cmpstr(blk_name(blk_by_legacy_dinfo(a)), ==, "ide0-hd0");
    g_assert_cmpstr(blk_name(blk_by_legacy_dinfo(b)), ==, "ide1-cd1");
    g_assert_true(b->media_cd);
    g_assert_false(blk_is_inserted(blk_by_legacy_dinfo(b)));
    g_assert_false(blk_enable_write_cache(blk));
    g_assert_true(blk_get_flags(blk) & BDRV_O_NOCACHE);
    g_assert_cmpint(blk_get_error_action(blk, false, EIO), ==,
                    BLOCK_ERROR_ACTION_STOP);
    g_assert_cmpint(blk_get_error_action(blk, true, ENOSPC), ==,
                    BLOCK_ERROR_ACTION_REPORT);
    g_assert_null(drive_new_from_json(json_pack("{s:s}", "index", "3"),
                                      IF_IDE, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "drive with bus=1, unit=1 (index=3) exists");
    error_free(err);
    while ((blk = blk_next(NULL))) {
        monitor_remove_blk(blk);
    }
}

static void test_media(void)
{
    g_autofree char *path = make_image("medium.img", SIZE);
    DriveInfo *d = add_drive("{ \"if\": \"none\", \"id\": \"cd\", \"media\": "
                             "\"cdrom\" }");
    BlockBackend *blk = blk_by_legacy_dinfo(d);
    Error *err = NULL;
    json_t *list;

    g_assert_true(blk_medium_change(blk, NULL, path, "raw", false, NULL,
                                    &error_abort));
    g_assert_cmpint(blk_getlength(blk), ==, SIZE);
    g_assert_true(blk_bs(blk)->read_only);
    list = bdrv_query_blocks();
    g_assert_cmpstr(json_get_str(json_object_get(json_array_get(list, 0),
                                                 "inserted"), "file"), ==,
                    path);
    json_decref(list);
    g_assert_true(blk_medium_eject(blk, NULL, false, &error_abort));
    g_assert_cmpint(blk_getlength(blk), ==, -ENOMEDIUM);
    g_assert_cmpint(blk_flush(blk), ==, -ENOMEDIUM);
    g_assert_false(blk_medium_change(blk, NULL, "/nonexistent", NULL, false,
                                     NULL, &err));
    error_free(err);
    monitor_remove_blk(blk);
}

static void test_blockdev_del(void)
{
    Error *err = NULL;

    g_assert_true(blockdev_add_json(options("{ \"driver\": \"null-co\", "
                                            "\"node-name\": \"below\" }"),
                                    &error_abort));
    g_assert_true(blockdev_add_json(options("{ \"driver\": \"raw\", "
                                            "\"node-name\": \"above\", "
                                            "\"file\": \"below\" }"),
                                    &error_abort));
    g_assert_false(blockdev_del("below", &err));
    error_free(err);
    err = NULL;
    g_assert_false(blockdev_add_json(options("{ \"driver\": \"null-co\", "
                                             "\"node-name\": \"above\" }"),
                                     &err));
    error_free(err);
    g_assert_true(blockdev_del("above", &error_abort));
    g_assert_true(blockdev_del("below", &error_abort));
    g_assert_null(bdrv_next_node(NULL));
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    dir = g_dir_make_tmp("test-block-XXXXXX", NULL);
    for (int i = 0; i < G_N_ELEMENTS(modes); i++) {
        const char *name = modes[i].name;
        g_autofree char *file = g_strdup_printf("/block/file/%s", name);
        g_autofree char *many = g_strdup_printf("/block/many/%s", name);
        g_autofree char *odd = g_strdup_printf("/block/odd-length/%s", name);

        g_test_add_data_func(file, &modes[i], test_file);
        g_test_add_data_func(many, &modes[i], test_many);
        g_test_add_data_func(odd, &modes[i], test_odd_length);
    }
    g_test_add_func("/block/overlap", test_overlap);
    g_test_add_func("/block/nested-alignment", test_nested_alignment);
    g_test_add_func("/block/discard", test_discard);
    g_test_add_func("/block/resize", test_resize);
    g_test_add_func("/block/raw/window", test_raw_window);
    g_test_add_func("/block/null", test_null);
    g_test_add_func("/block/blkdebug/options", test_blkdebug);
    g_test_add_func("/block/blkdebug/config", test_blkdebug_config);
    g_test_add_func("/block/permissions", test_permissions);
    g_test_add_func("/block/locks", test_locks);
    g_test_add_func("/block/inactive", test_inactive);
    g_test_add_func("/block/mistakes", test_mistakes);
    g_test_add_func("/block/too-deep", test_too_deep);
    g_test_add_func("/block/foreign-formats", test_foreign_formats);
    g_test_add_func("/block/drives", test_drives);
    g_test_add_func("/block/media", test_media);
    g_test_add_func("/block/blockdev-del", test_blockdev_del);
    status = g_test_run();
    for (const char *const *f = (const char *const[]) {
             "file.img", "many.img", "odd.img", "overlap.img", "discard.img",
             "resize.img", "window.img", "dbg.img", "dbg.conf", "lock.img",
             "inactive.img", "deep.img", "foreign.img", "medium.img", NULL };
         *f; f++) {
        g_autofree char *path = image_path(*f);

        g_unlink(path);
    }
    g_rmdir(dir);
    return status;
}
