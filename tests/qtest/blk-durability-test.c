/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disk said is done survives the emulator's death.
 *
 * A driver keeps a disk busy with writes, zeroes and flushes; the process is
 * killed (SIGKILL) at a random point with requests in flight.  Guest memory
 * is a file, so that what was acknowledged up to that moment can be read
 * afterwards, and the image is checked against that: every sector has what
 * the last acknowledged write put there, or something newer.
 *
 * Fifty rounds; with SOAK set in the environment a thousand.
 */
#include "virtio-blk.h"

#define SECTORS 2048u
#define BATCH 14u
#define SLOT_SECTORS (SECTORS / BATCH)
#define WRITE_MAX 16u           /* sectors */
#define RAM_MB 16

typedef struct Write {
    uint64_t sector;
    uint32_t sectors, version;
    uint64_t header, status, data;
    uint32_t type;
} Write;

typedef struct State {
    char *image, *ram;
    uint32_t version;           /* of the last write made */
    /* Of each sector: what it must have at least, and may have. */
    uint32_t acknowledged[SECTORS], submitted[SECTORS];
    GRand *r;
} State;

static const char *const engines[] = {
    "", ",aio=io_uring", ",cache=writethrough", ",cache=none",
    ",cache=none,aio=io_uring", ",cache=directsync",
    ",aio=io_uring,cache=writethrough", ",discard=unmap,detect-zeroes=unmap",
};

/* A sector says what it is: twice, so that a torn one shows. */
static void stamp(uint8_t *sector, uint32_t version, uint32_t number)
{
    for (unsigned i = 0; i < 512; i += 16) {
        memcpy(sector + i, &version, 4);
        memcpy(sector + i + 4, &number, 4);
        memcpy(sector + i + 8, &version, 4);
        memcpy(sector + i + 12, &i, 4);
    }
    if (!version) {
        memset(sector, 0, 512);
    }
}

static void make_write(State *s, VirtioBlk *b, Write *w, unsigned slot)
{
    uint8_t data[WRITE_MAX * 512];

    w->sectors = g_rand_int_range(s->r, 1, WRITE_MAX + 1);
    w->sector = slot * SLOT_SECTORS +
                g_rand_int_range(s->r, 0, SLOT_SECTORS - w->sectors);
    w->version = ++s->version;
    w->type = VIRTIO_BLK_T_OUT;
    for (uint32_t i = 0; i < w->sectors; i++) {
        stamp(data + i * 512, w->version, w->sector + i);
        s->submitted[w->sector + i] = w->version;
    }
    qtest_memwrite(b->d->t, w->data, data, w->sectors * 512);
    b->header = w->header;
    b->status = w->status;
    b->data = w->data;
    virtio_blk_add(b, w->type, w->sector, w->sectors * 512, false,
                   WRITE_MAX * 512);
}

static void make_flush(VirtioBlk *b, Write *w)
{
    w->type = VIRTIO_BLK_T_FLUSH;
    w->sectors = 0;
    b->header = w->header;
    b->status = w->status;
    virtio_blk_add(b, w->type, 0, 0, false, 1);
}

static void acknowledge(State *s, const Write *w)
{
    for (uint32_t i = 0; i < w->sectors; i++) {
        s->acknowledged[w->sector + i] = w->version;
    }
}

static bool is_locked(int fd)
{
    struct flock fl = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 200,
    };

    g_assert_cmpint(fcntl(fd, F_OFD_GETLK, &fl), ==, 0);
    return fl.l_type != F_UNLCK;
}

/*
 * The kernel takes a ring of requests apart after its process is gone, and
 * holds the file, with its locks, until then.
 */
static void wait_unlocked(State *s)
{
    int fd = open(s->image, O_RDWR);

    for (int ms = 0; is_locked(fd); ms++) {
        g_assert_cmpint(ms, <, 10000);
        g_usleep(1000);
    }
    close(fd);
}

static void check_image(State *s, const char *engine, int round)
{
    g_autofree uint8_t *image = g_malloc(SECTORS * 512);
    int fd = open(s->image, O_RDONLY);

    g_assert_cmpint(pread(fd, image, SECTORS * 512, 0), ==, SECTORS * 512);
    close(fd);
    for (uint32_t i = 0; i < SECTORS; i++) {
        uint8_t *sector = image + i * 512, want[512];
        uint32_t version;

        memcpy(&version, sector, 4);
        stamp(want, version, i);
        if (memcmp(want, sector, 512) || version < s->acknowledged[i] ||
            (version != s->acknowledged[i] &&
             version != s->submitted[i])) {
            g_test_message("round %d (%s): sector %u has version %u%s, "
                           "acknowledged %u, last %u", round, engine, i,
                           version,
                           memcmp(want, sector, 512) ? ", torn" : "",
                           s->acknowledged[i], s->submitted[i]);
            g_test_fail();
        }
        /* What is there now stays. */
        s->acknowledged[i] = s->submitted[i] = version;
    }
}

/* Which of these the dead process had said are done. */
static void read_acknowledged(State *s, const Write *writes, unsigned n)
{
    int fd = open(s->ram, O_RDONLY);

    for (unsigned i = 0; i < n; i++) {
        uint8_t status = 0xff;

        g_assert_cmpint(pread(fd, &status, 1, writes[i].status), ==, 1);
        if (status == VIRTIO_BLK_S_OK) {
            acknowledge(s, &writes[i]);
        }
    }
    close(fd);
}

static void one_round(State *s, int round, const char *engine)
{
    QTest *t = qtest_start("-machine q35,memory-backend=m -nodefaults "
                           "-m %dM -object memory-backend-file,id=m,"
                           "mem-path=%s,size=%dM,share=on "
                           "-drive if=none,id=d0,format=raw,file=%s%s "
                           "-device virtio-blk-pci,drive=d0", RAM_MB, s->ram,
                           RAM_MB, s->image, engine);
    VirtioBlk *b = virtio_blk_open(t, 0, false, BLK_F(FLUSH) |
                                   1ull << VIRTIO_RING_F_INDIRECT_DESC);
    int batches = g_rand_int_range(s->r, 1, 4);
    Write writes[BATCH] = { };

    for (unsigned i = 0; i < BATCH; i++) {
        writes[i].header = qtest_alloc(t, 64, 64);
        writes[i].status = writes[i].header + 32;
        writes[i].data = qtest_alloc(t, WRITE_MAX * 512, 512);
    }
    while (batches--) {
        for (unsigned i = 0; i < BATCH; i++) {
            if (g_rand_int_range(s->r, 0, 5)) {
                make_write(s, b, &writes[i], i);
            } else {
                make_flush(b, &writes[i]);
            }
        }
        virtio_kick(b->q);
        if (!batches) {
            break;
        }
        for (unsigned i = 0; i < BATCH; i++) {
            unsigned token;
            uint32_t len;

            g_assert_true(virtio_wait(b->q, &token, &len));
        }
        for (unsigned i = 0; i < BATCH; i++) {
            g_assert_cmpuint(qtest_read(t, writes[i].status, 1), ==,
                             VIRTIO_BLK_S_OK);
            acknowledge(s, &writes[i]);
        }
    }
    g_usleep(g_rand_int_range(s->r, 0, 600));
    kill(qtest_pid(t), SIGKILL);
    g_assert_cmpint(qtest_wait_exit(t), ==, 128 + SIGKILL);
    /* There is no device left to close. */
    virtio_forget(b->d);
    g_free(b);
    wait_unlocked(s);
    read_acknowledged(s, writes, BATCH);
    check_image(s, engine, round);
}

static char *make_file(size_t size)
{
    char *path = NULL;
    int fd = g_file_open_tmp("blk-durability-XXXXXX", &path, NULL);

    g_assert_cmpint(ftruncate(fd, size), ==, 0);
    close(fd);
    return path;
}

static void test_kill(void)
{
    State *s = g_new0(State, 1);
    int rounds = g_getenv("SOAK") ? 1000 : 50;

    s->image = make_file(SECTORS * 512);
    s->ram = make_file(RAM_MB * 1024 * 1024);
    s->r = g_rand_new_with_seed(g_test_rand_int());
    for (int i = 0; i < rounds && !g_test_failed(); i++) {
        const char *engine = engines[i % G_N_ELEMENTS(engines)];

        one_round(s, i, virtio_blk_can(engine, s->image) ? engine : "");
    }
    unlink(s->image);
    unlink(s->ram);
    g_free(s->image);
    g_free(s->ram);
    g_rand_free(s->r);
    g_free(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/blk-durability/kill", test_kill);
    return g_test_run();
}
