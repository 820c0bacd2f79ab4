/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One driver, two disks: the same requests, seeded and well-formed, to ours
 * and to the stock emulator's, each on an image of its own.  Features,
 * configuration space, statuses, lengths, data and what the monitors tell of
 * it must be the same, and at the end the images.
 *
 * INTEROP_SEED=n plays one seed only.
 */
#include "virtio-blk.h"

#define IMAGE_SIZE (1024 * 1024 + 1000)
#define STEPS 300
#define R(name) (1ull << VIRTIO_##name)

typedef struct Side {
    QTest *t;
    VirtioBlk *b;
    char *image;
} Side;

typedef struct Subject {
    const char *name, *machine, *drive, *device;
    bool legacy;
    uint64_t features;
} Subject;

/* Bit 30 is for drivers that acknowledge without looking. */
#define ALL (~0ull & ~(R(F_RING_PACKED) | R(F_ACCESS_PLATFORM) | 1ull << 30))

static const Subject subjects[] = {
    { "plain", "q35", "", "", false, ALL },
    { "legacy", "pc", "", "", true, ALL },
    { "packed", "q35", "", ",packed=on", false, ALL | R(F_RING_PACKED) },
    { "writethrough", "q35", ",cache=writethrough", "", false, ALL },
    { "no-config-wce", "q35", "", ",config-wce=off", false, ALL },
    { "4k", "q35", "", ",physical_block_size=4096,logical_block_size=4096",
      false, ALL },
    { "topology", "pc", "", ",physical_block_size=4096,min_io_size=4096,"
      "opt_io_size=65536,discard_granularity=4096,num-queues=4,"
      "queue-size=128,serial=0123456789012345678901", false, ALL },
    { "no-discard", "q35", "", ",discard=off,write-zeroes=off", false, ALL },
    { "old", "pc", "", ",seg-max-adjust=off,report-discard-granularity=off,"
      "x-enable-wce-if-config-wce=off,disable-modern=on", true, ALL },
    { "read-only", "q35", ",readonly=on", "", false, ALL },
    { "discard", "q35", ",discard=unmap,detect-zeroes=unmap", "", false,
      ALL },
    { "chs", "q35", "", ",cyls=100,heads=5,secs=9", false, ALL },
    { "limits", "q35", "", ",max-discard-sectors=16,"
      "max-write-zeroes-sectors=32", false, ALL },
};

static Side side_start(const Subject *s, bool stock)
{
    Side side = { };
    g_autofree uint8_t *data = g_malloc(IMAGE_SIZE);
    int fd = g_file_open_tmp("interop-blk-XXXXXX", &side.image, NULL);
    g_autofree char *options = NULL;

    for (size_t i = 0; i < IMAGE_SIZE; i++) {
        data[i] = i * 31 >> 5;
    }
    g_assert_cmpint(write(fd, data, IMAGE_SIZE), ==, IMAGE_SIZE);
    close(fd);
    options = g_strdup_printf("-machine %s -nodefaults -m 64M "
                              "-drive if=none,id=d0,format=raw,file=%s%s "
                              "-device virtio-blk-pci,drive=d0,addr=4%s",
                              s->machine, side.image, s->drive, s->device);
    side.t = stock ? qtest_start_stock("%s", options)
                   : qtest_start("%s", options);
    side.b = virtio_blk_open(side.t, 0, s->legacy, s->features);
    return side;
}

static void side_end(Side *side)
{
    virtio_blk_close(side->b);
    qtest_quit(side->t);
    unlink(side->image);
    g_free(side->image);
}

/*** What it is ***/

static void compare_identity(Side *a, Side *b)
{
    unsigned size = BLK_CONFIG(write_zeroes_may_unmap) + 4;

    g_assert_cmphex(virtio_host_features(a->b->d), ==,
                    virtio_host_features(b->b->d));
    for (unsigned i = 0; i < size; i++) {
        uint8_t x = virtio_config_read(a->b->d, i, 1);
        uint8_t y = virtio_config_read(b->b->d, i, 1);

        if (x != y) {
            g_test_message("configuration byte %u: ours %x, stock %x", i, x,
                           y);
            g_test_fail();
        }
    }
    for (unsigned i = 0; i < 16; i++) {
        g_assert_cmpuint(virtio_queue_max(a->b->d, i), ==,
                         virtio_queue_max(b->b->d, i));
    }
}

/*
 * Without what is of one process: names made up, times, files.  And without
 * discards, which the stock device does not count.
 */
static void strip(json_t *value)
{
    static const char *const keys[] = {
        "node-name", "file", "filename", "wr_total_time_ns",
        "rd_total_time_ns", "flush_total_time_ns", "unmap_total_time_ns",
        "idle_time_ns", "actual-size", "unmap_bytes", "unmap_operations",
        "invalid_unmap_operations",
    };
    const char *key;
    json_t *sub;
    size_t i;

    for (i = 0; json_is_object(value) && i < G_N_ELEMENTS(keys); i++) {
        json_object_del(value, keys[i]);
    }
    json_object_foreach(value, key, sub) {
        strip(sub);
    }
    json_array_foreach(value, i, sub) {
        strip(sub);
    }
}

static void tell_differences(const char *path, json_t *x, json_t *y)
{
    const char *key;
    json_t *sub;
    size_t i;

    if (json_equal(x, y)) {
        return;
    }
    if (json_is_object(x) && json_object_size(x) == json_object_size(y)) {
        json_object_foreach(x, key, sub) {
            g_autofree char *p = g_strdup_printf("%s.%s", path, key);

            tell_differences(p, sub, json_object_get(y, key));
        }
    } else if (json_is_array(x) && json_array_size(x) == json_array_size(y)) {
        json_array_foreach(x, i, sub) {
            tell_differences(path, sub, json_array_get(y, i));
        }
    } else {
        g_autofree char *tx = json_dumps(x, JSON_ENCODE_ANY);
        g_autofree char *ty = json_dumps(y, JSON_ENCODE_ANY);

        g_test_message("%s: ours %s, stock %s", path, tx, ty);
        g_test_fail();
    }
}

static void compare_query(Side *a, Side *b, const char *command)
{
    json_t *x = qtest_qmp(a->t, command, NULL);
    json_t *y = qtest_qmp(b->t, command, NULL);

    strip(x);
    strip(y);
    tell_differences(command, x, y);
    json_decref(x);
    json_decref(y);
}

/*** What it does ***/

typedef struct Step {
    uint32_t type;
    uint64_t sector;
    uint32_t len, piece, sectors, flags;
    uint8_t fill;
    bool read;
} Step;

static Step make_step(GRand *r, uint64_t capacity, bool read_only)
{
    static const uint32_t types[] = {
        VIRTIO_BLK_T_IN, VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT, VIRTIO_BLK_T_OUT,
        VIRTIO_BLK_T_OUT, VIRTIO_BLK_T_FLUSH, VIRTIO_BLK_T_GET_ID,
        VIRTIO_BLK_T_DISCARD, VIRTIO_BLK_T_WRITE_ZEROES, 99, 24,
    };
    Step s = { .type = types[g_rand_int_range(r, 0, G_N_ELEMENTS(types))] };

    s.sector = g_rand_int_range(r, 0, capacity + 16);
    s.len = 512 * g_rand_int_range(r, 0, 64);
    if (g_rand_int_range(r, 0, 4)) {
        s.sector &= ~7ull;
        s.len &= ~4095u;
    }
    if (!g_rand_int_range(r, 0, 20)) {
        s.len += g_rand_int_range(r, 0, 512);
    }
    s.piece = 512 * g_rand_int_range(r, 2, 64);
    s.fill = g_rand_int_range(r, 0, 3) ? g_rand_int(r) : 0;
    s.sectors = g_rand_int_range(r, 0, 64);
    s.flags = g_rand_int_range(r, 0, 6) ? 0 : g_rand_int_range(r, 0, 4);
    s.read = s.type == VIRTIO_BLK_T_IN || s.type == VIRTIO_BLK_T_GET_ID;
    if (s.type == VIRTIO_BLK_T_FLUSH) {
        s.len = 0;
    }
    /* A discard of a read-only disk is an error here, and done there. */
    if (read_only && s.type == VIRTIO_BLK_T_DISCARD) {
        s.type = VIRTIO_BLK_T_WRITE_ZEROES;
    }
    return s;
}

/* Its status and length, and what it read. */
static void play(Side *side, const Step *s, uint8_t *status, uint32_t *len,
                 uint8_t *data)
{
    VirtioBlk *b = side->b;
    unsigned token;
    uint32_t size = s->len;

    if (s->type == VIRTIO_BLK_T_DISCARD ||
        s->type == VIRTIO_BLK_T_WRITE_ZEROES) {
        struct virtio_blk_discard_write_zeroes seg = {
            GUINT64_TO_LE(s->sector), GUINT32_TO_LE(s->sectors),
            GUINT32_TO_LE(s->flags),
        };

        qtest_memwrite(side->t, b->data, &seg, sizeof(seg));
        size = sizeof(seg);
    } else if (size) {
        qtest_memset(side->t, b->data, s->fill, size);
    }
    virtio_blk_add(b, s->type, s->sector, size, s->read, s->piece);
    virtio_kick(b->q);
    if (!virtio_wait(b->q, &token, len)) {
        g_error("%s: no answer to type %u sector %" PRIu64 " len %u",
                qtest_is_stock(side->t) ? "stock" : "ours", s->type,
                s->sector, size);
    }
    *status = qtest_read(side->t, b->status, 1);
    memset(data, 0, 65536);
    if (s->read && size) {
        qtest_memread(side->t, b->data, data, size);
    }
}

static void compare_images(Side *a, Side *b)
{
    g_autofree char *x = NULL, *y = NULL;
    gsize nx, ny;

    g_assert_true(g_file_get_contents(a->image, &x, &nx, NULL));
    g_assert_true(g_file_get_contents(b->image, &y, &ny, NULL));
    g_assert_cmpmem(x, nx, y, ny);
}

static void play_all(const Subject *s, uint32_t seed)
{
    Side a = side_start(s, false), b = side_start(s, true);
    g_autofree uint8_t *da = g_malloc(65536), *db = g_malloc(65536);
    GRand *r = g_rand_new_with_seed(seed);

    compare_identity(&a, &b);
    for (int i = 0; i < STEPS && !g_test_failed(); i++) {
        Step step = make_step(r, a.b->capacity,
                              virtio_has(a.b->d, VIRTIO_BLK_F_RO));
        uint8_t sa, sb;
        uint32_t la, lb;

        play(&a, &step, &sa, &la, da);
        play(&b, &step, &sb, &lb, db);
        if (sa != sb || la != lb || memcmp(da, db, 65536)) {
            g_test_message("seed %u, step %d: type %u sector %" PRIu64
                           " len %u sectors %u flags %u: ours %u/%u, stock "
                           "%u/%u%s", seed, i, step.type, step.sector,
                           step.len, step.sectors, step.flags, sa, la, sb,
                           lb, memcmp(da, db, 65536) ? ", data differ" : "");
            g_test_fail();
        }
    }
    compare_query(&a, &b, "query-block");
    /* Writes to what cannot be written: invalid here, failed there. */
    if (!virtio_has(a.b->d, VIRTIO_BLK_F_RO)) {
        compare_query(&a, &b, "query-blockstats");
    }
    compare_images(&a, &b);
    g_rand_free(r);
    side_end(&a);
    side_end(&b);
}

static void test_subject(const void *opaque)
{
    const char *seed = g_getenv("INTEROP_SEED");

    if (!qtest_stock_binary()) {
        g_test_skip("no stock emulator here");
        return;
    }
    if (seed) {
        play_all(opaque, atoi(seed));
        return;
    }
    for (uint32_t i = 1; i <= 2 && !g_test_failed(); i++) {
        play_all(opaque, i);
    }
}

/*** One image, two emulators ***/

/* Whoever has it writable keeps the other off it; sharing lets it in. */
static void test_exclusion(void)
{
    g_autofree char *image = NULL;
    int fd = g_file_open_tmp("interop-blk-XXXXXX", &image, NULL);

    if (!qtest_stock_binary()) {
        g_test_skip("no stock emulator here");
        return;
    }
    g_assert_cmpint(ftruncate(fd, 65536), ==, 0);
    close(fd);
    for (int ours_first = 0; ours_first < 2; ours_first++) {
        for (int shared = 0; shared < 2; shared++) {
            g_autofree char *options = g_strdup_printf(
                "-machine q35 -nodefaults -drive if=none,id=d,format=raw,"
                "file=%s -device virtio-blk-pci,drive=d%s", image,
                shared ? ",share-rw=on" : "");
            QTest *first = ours_first ? qtest_start("%s", options)
                                      : qtest_start_stock("%s", options);
            g_autofree char *reply = NULL;
            QTest *second;

            options = (g_free(options), g_strdup_printf(
                "-machine q35 -nodefaults -device pcie-root-port,id=p "
                "-drive if=none,id=d,format=raw,file=%s,file.locking=on",
                image));
            second = ours_first ? qtest_start_stock("%s", options)
                                : qtest_start("%s", options);
            if (shared) {
                json_decref(qtest_qmp(second, "device_add", json_pack(
                    "{s:s, s:s, s:s, s:b}", "driver", "virtio-blk-pci",
                    "drive", "d", "bus", "p", "share-rw", 1)));
            } else {
                reply = qtest_qmp_error(second, "device_add", json_pack(
                    "{s:s, s:s, s:s}", "driver", "virtio-blk-pci",
                    "drive", "d", "bus", "p"), "GenericError");
                g_assert_cmpstr(reply, ==, "Failed to get \"write\" lock");
            }
            qtest_quit(second);
            qtest_quit(first);
        }
    }
    unlink(image);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-blk/same/%s",
                                                subjects[i].name);

        g_test_add_data_func(path, &subjects[i], test_subject);
    }
    g_test_add_func("/virtio-blk/exclusion", test_exclusion);
    return g_test_run();
}
