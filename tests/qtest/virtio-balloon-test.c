/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory balloon as a driver and an operator see it: pages given lose
 * what was in them, sizes are told both ways, statistics are asked for.
 */
#include "virtio.h"
#include <linux/virtio_balloon.h>

#define PAGE 4096
#define MIB (1024 * 1024)
#define RAM (64 * MIB)

typedef struct Balloon {
    QTest *t;
    VirtioDev *d;
    VirtioQueue *inflate, *deflate, *stats, *report;
} Balloon;

static Balloon open_balloon(const char *props, uint64_t wanted)
{
    Balloon b = {
        .t = qtest_start("-machine q35 -nodefaults -m 64M "
                         "-device virtio-balloon-pci,id=b,addr=4%s", props),
    };

    b.d = virtio_open(virtio_find(b.t, VIRTIO_ID_BALLOON, 0), false);
    virtio_negotiate(b.d, wanted);
    b.inflate = virtio_queue(b.d, 0, 0, VIRTIO_MSI_NO_VECTOR);
    b.deflate = virtio_queue(b.d, 1, 0, VIRTIO_MSI_NO_VECTOR);
    b.stats = virtio_queue(b.d, 2, 0, VIRTIO_MSI_NO_VECTOR);
    if (wanted & 1 << VIRTIO_BALLOON_F_REPORTING) {
        b.report = virtio_queue(b.d, 3, 0, VIRTIO_MSI_NO_VECTOR);
    }
    virtio_start(b.d);
    return b;
}

static void close_balloon(Balloon *b)
{
    virtio_close(b->d);
    qtest_quit(b->t);
}

/* The device serves a kick before it answers the write that was the kick. */
static void give(VirtioQueue *q, uint64_t addr, uint32_t len, bool write)
{
    VirtioSeg seg = { addr, len, write };
    unsigned token;
    uint32_t used;

    virtio_add(q, &seg, 1, false);
    virtio_kick(q);
    g_assert_true(virtio_pop(q, &token, &used));
}

static void give_pages(Balloon *b, VirtioQueue *q, const uint32_t *pfns,
                       unsigned n)
{
    uint64_t list = qtest_alloc(b->t, n * 4, 4);

    for (unsigned i = 0; i < n; i++) {
        qtest_write(b->t, list + 4 * i, pfns[i], 4);
    }
    give(q, list, n * 4, false);
}

static int64_t actual(Balloon *b)
{
    json_t *info = qtest_qmp(b->t, "query-balloon", NULL);
    int64_t bytes = json_integer_value(json_object_get(info, "actual"));

    json_decref(info);
    return bytes;
}

static void test_inflate(void)
{
    Balloon b = open_balloon("", 0);
    uint64_t page = qtest_alloc(b.t, 3 * PAGE, PAGE);
    uint32_t pfns[] = { page / PAGE, page / PAGE + 2 };

    qtest_memset(b.t, page, 0x5a, 3 * PAGE);
    give_pages(&b, b.inflate, pfns, 2);
    g_assert_cmphex(qtest_read(b.t, page, 8), ==, 0);
    g_assert_cmphex(qtest_read(b.t, page + 2 * PAGE, 8), ==, 0);
    /* The page between was not given. */
    g_assert_cmphex(qtest_read(b.t, page + PAGE, 8), ==, 0x5a5a5a5a5a5a5a5a);

    /* Given back, it can be written again. */
    give_pages(&b, b.deflate, pfns, 2);
    qtest_write(b.t, page, 0x1234, 8);
    g_assert_cmphex(qtest_read(b.t, page, 8), ==, 0x1234);
    close_balloon(&b);
}

/* What is no RAM is not touched, and nothing bad comes of it. */
static void test_hostile_pages(void)
{
    Balloon b = open_balloon("", 0);
    uint32_t pfns[] = {
        0xffffffff, 0xfee00, 0xfec00, 0xa0, RAM / PAGE, 0x80000000, 0,
    };
    VirtioSeg odd = { qtest_alloc(b.t, 16, 16), 7, false };
    unsigned token;
    uint32_t used;

    give_pages(&b, b.inflate, pfns, G_N_ELEMENTS(pfns));
    give_pages(&b, b.deflate, pfns, G_N_ELEMENTS(pfns));
    /* A list that ends inside a number. */
    virtio_add(b.inflate, &odd, 1, false);
    virtio_kick(b.inflate);
    g_assert_true(virtio_pop(b.inflate, &token, &used));
    g_assert_false(virtio_status(b.d) & VIRTIO_CONFIG_S_NEEDS_RESET);
    close_balloon(&b);
}

/* Buffers that hold far too much are served in turns, and answered. */
static void test_long_lists(void)
{
    Balloon b = open_balloon("", 0);
    VirtioSeg segs[16];
    unsigned token, answers = 0;
    uint32_t used;
    json_t *status;

    for (unsigned i = 0; i < G_N_ELEMENTS(segs); i++) {
        segs[i] = (VirtioSeg){ 32 * MIB, 16 * MIB, false };
    }
    for (unsigned i = 0; i < 3; i++) {
        virtio_add(b.inflate, segs, G_N_ELEMENTS(segs), false);
    }
    virtio_kick(b.inflate);
    /* Monitors get their turn while it works. */
    status = qtest_qmp(b.t, "query-status", NULL);
    json_decref(status);
    for (int tries = 0; answers < 3 && tries < 100000; tries++) {
        answers += virtio_pop(b.inflate, &token, &used);
    }
    g_assert_cmpuint(answers, ==, 3);
    close_balloon(&b);
}

static void test_target(void)
{
    Balloon b = open_balloon("", 0);
    json_t *event;

    g_assert_cmpint(actual(&b), ==, RAM);
    json_decref(qtest_qmp(b.t, "balloon",
                          json_pack("{s:i}", "value", 48 * MIB)));
    /* The driver is told of a change of the configuration, by INTx. */
    g_assert_true(virtio_isr(b.d) & VIRTIO_PCI_ISR_CONFIG);
    g_assert_cmpint(virtio_config_read(b.d, 0, 4), ==, 16 * MIB / PAGE);
    /* It has given half of that so far. */
    virtio_config_write(b.d, 4, 8 * MIB / PAGE, 4);
    g_assert_cmpint(actual(&b), ==, 56 * MIB);
    event = qtest_wait_event(b.t, "BALLOON_CHANGE");
    g_assert_cmpint(json_integer_value(json_object_get(event, "actual")), ==,
                    56 * MIB);
    json_decref(event);

    /* More than there is means all of it. */
    json_decref(qtest_qmp(b.t, "balloon",
                          json_pack("{s:I}", "value",
                                    (json_int_t)1 << 40)));
    g_assert_cmpint(virtio_config_read(b.d, 0, 4), ==, 0);
    close_balloon(&b);
}

static void put_stat(Balloon *b, uint64_t at, uint16_t tag, uint64_t value)
{
    qtest_write(b->t, at, tag, 2);
    qtest_memwrite(b->t, at + 2, &value, 8);
}

static json_t *get_stats(Balloon *b)
{
    return qtest_qmp(b->t, "qom-get",
                     json_pack("{s:s, s:s}", "path", "/machine/peripheral/b",
                               "property", "guest-stats"));
}

static json_int_t stat_of(json_t *all, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(all, "stats"),
                                              name));
}

static void test_statistics(void)
{
    Balloon b = open_balloon("", 1 << VIRTIO_BALLOON_F_STATS_VQ);
    uint64_t list = qtest_alloc(b.t, 128, 8);
    VirtioSeg seg = { list, 10 * (VIRTIO_BALLOON_S_NR + 1), false };
    unsigned token;
    uint32_t used;
    json_t *all;

    /* All of them: what was never said is a number beyond our parser's. */
    for (unsigned i = 0; i < VIRTIO_BALLOON_S_NR; i++) {
        put_stat(&b, list + 10 * i, i, 90 + i);
    }
    put_stat(&b, list + 10 * VIRTIO_BALLOON_S_MEMFREE,
             VIRTIO_BALLOON_S_MEMFREE, 12345678);
    put_stat(&b, list + 10 * VIRTIO_BALLOON_S_NR, 4711, 1); /* the future's */
    virtio_add(b.stats, &seg, 1, false);
    virtio_kick(b.stats);
    /* The device keeps the buffer until it asks. */
    g_assert_false(virtio_pop(b.stats, &token, &used));
    all = get_stats(&b);
    g_assert_cmpint(stat_of(all, "stat-free-memory"), ==, 12345678);
    g_assert_cmpint(stat_of(all, "stat-disk-caches"), ==,
                    90 + VIRTIO_BALLOON_S_CACHES);
    g_assert_cmpint(json_integer_value(json_object_get(all, "last-update")),
                    >, 0);
    json_decref(all);

    json_decref(qtest_qmp(b.t, "qom-set",
                          json_pack("{s:s, s:s, s:i}",
                                    "path", "/machine/peripheral/b",
                                    "property",
                                    "guest-stats-polling-interval",
                                    "value", 2)));
    g_assert_true(virtio_pop(b.stats, &token, &used));
    put_stat(&b, list + 10 * VIRTIO_BALLOON_S_MEMFREE,
             VIRTIO_BALLOON_S_MEMFREE, 1);
    virtio_add(b.stats, &seg, 1, false);
    virtio_kick(b.stats);
    qtest_clock_step(b.t, 1900000000);
    g_assert_false(virtio_pop(b.stats, &token, &used));
    qtest_clock_step(b.t, 200000000);
    g_assert_true(virtio_pop(b.stats, &token, &used));
    all = get_stats(&b);
    g_assert_cmpint(stat_of(all, "stat-free-memory"), ==, 1);
    json_decref(all);
    close_balloon(&b);
}

static void test_reporting(void)
{
    Balloon b = open_balloon(",free-page-reporting=on",
                             1 << VIRTIO_BALLOON_F_REPORTING |
                             1 << VIRTIO_BALLOON_F_PAGE_POISON);
    uint64_t page = qtest_alloc(b.t, 2 * PAGE, PAGE);

    qtest_memset(b.t, page, 0x77, 2 * PAGE);
    give(b.report, page, PAGE, true);
    g_assert_cmphex(qtest_read(b.t, page, 8), ==, 0);
    g_assert_cmphex(qtest_read(b.t, page + PAGE, 8), ==, 0x7777777777777777);
    /* A poisoned page must not turn into zeros. */
    virtio_config_write(b.d, 12, 0xaaaaaaaa, 4);
    give(b.report, page + PAGE, PAGE, true);
    g_assert_cmphex(qtest_read(b.t, page + PAGE, 8), ==, 0x7777777777777777);
    /* Part of a page is the guest's business. */
    virtio_config_write(b.d, 12, 0, 4);
    give(b.report, page + PAGE + 512, 1024, true);
    g_assert_cmphex(qtest_read(b.t, page + PAGE + 512, 8), ==,
                    0x7777777777777777);
    close_balloon(&b);
}

static void test_refusals(void)
{
    g_autofree char *out = NULL, *none = NULL;
    Balloon b = open_balloon("", 0);

    g_assert_cmpint(qtest_run(&out, "-machine q35 -nodefaults -display none "
                              "-accel qtest "
                              "-device virtio-balloon-pci,id=x "
                              "-device virtio-balloon-pci,id=y"), ==, 1);
    g_assert_nonnull(strstr(out, "Only one balloon device is supported"));
    g_clear_pointer(&out, g_free);
    g_assert_cmpint(qtest_run(&out, "-machine q35 -nodefaults -display none "
                              "-accel qtest -device virtio-balloon-pci,"
                              "free-page-hint=on"), ==, 1);
    g_assert_nonnull(strstr(out, "'free-page-hint' requires 'iothread'"));
    none = qtest_qmp_error(b.t, "balloon", json_pack("{s:i}", "value", 0),
                           "GenericError");
    g_assert_cmpstr(none, ==, "Parameter 'target' expects a size");
    close_balloon(&b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-balloon/inflate", test_inflate);
    g_test_add_func("/virtio-balloon/hostile-pages", test_hostile_pages);
    g_test_add_func("/virtio-balloon/long-lists", test_long_lists);
    g_test_add_func("/virtio-balloon/target", test_target);
    g_test_add_func("/virtio-balloon/statistics", test_statistics);
    g_test_add_func("/virtio-balloon/reporting", test_reporting);
    g_test_add_func("/virtio-balloon/refusals", test_refusals);
    return g_test_run();
}
