/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The HPET: counter, comparators, and the ways of its interrupts. */
#include "qemu/osdep.h"
#include "qtest.h"

#define HPET 0xfed00000
#define CFG (HPET + 0x10)
#define STATUS (HPET + 0x20)
#define COUNTER (HPET + 0xf0)
#define TN_CFG(n) (HPET + 0x100 + 0x20 * (n))
#define TN_CMP(n) (TN_CFG(n) + 8)
#define TN_ROUTE(n) (TN_CFG(n) + 16)

#define ENABLE 1
#define LEGACY 2

#define TN_LEVEL 0x002
#define TN_ENABLE 0x004
#define TN_PERIODIC 0x008
#define TN_SETVAL 0x040
#define TN_32BIT 0x100
#define TN_ROUTED(line) ((line) << 9)
#define TN_FSB 0x4000

#define TICK 10                 /* ns */
#define US 1000LL

static uint32_t rd(QTest *t, uint64_t addr)
{
    return qtest_read(t, addr, 4);
}

static void wr(QTest *t, uint64_t addr, uint32_t val)
{
    qtest_write(t, addr, val, 4);
}

static QTest *start(const char *more)
{
    QTest *t = qtest_start("-machine q35 -nodefaults %s", more);

    qtest_irq_intercept_in(t, "ioapic");
    return t;
}

static void test_counter(void)
{
    QTest *t = start("");

    g_assert_cmphex(qtest_read(t, HPET, 8), ==, 0x009896808086a201);
    qtest_clock_step(t, 1000);
    g_assert_cmphex(rd(t, COUNTER), ==, 0);
    qtest_write(t, COUNTER, 0xfffffff0, 8);
    wr(t, CFG, ENABLE);
    qtest_clock_step(t, 0x20 * TICK);
    g_assert_cmphex(qtest_read(t, COUNTER, 8), ==, 0x100000010);
    g_assert_cmphex(rd(t, COUNTER + 4), ==, 1);
    /* It cannot be written while it runs, and keeps its value halted. */
    wr(t, COUNTER, 5);
    g_assert_cmphex(rd(t, COUNTER), ==, 0x10);
    wr(t, CFG, 0);
    qtest_clock_step(t, 1000);
    g_assert_cmphex(rd(t, COUNTER), ==, 0x10);
    /* Bytes and words are nobody's. */
    qtest_write(t, CFG, 1, 1);
    g_assert_cmphex(rd(t, CFG), ==, 0);
    qtest_quit(t);
}

static void test_one_shot(void)
{
    QTest *t = start("");

    wr(t, TN_CFG(2), TN_ENABLE | TN_ROUTED(20));
    qtest_write(t, TN_CMP(2), 1000, 8);
    wr(t, CFG, ENABLE);
    qtest_clock_step(t, 1000 * TICK - 1);
    g_assert_cmpuint(qtest_irq_raised(t, 20), ==, 0);
    qtest_clock_step(t, 1);
    g_assert_cmpuint(qtest_irq_raised(t, 20), ==, 1);
    g_assert_false(qtest_irq_level(t, 20));
    g_assert_cmphex(rd(t, STATUS), ==, 0);
    qtest_clock_step(t, 1000 * 1000);
    g_assert_cmpuint(qtest_irq_raised(t, 20), ==, 1);
    /* Late: it fires at once. */
    qtest_write(t, TN_CMP(2), 500, 8);
    qtest_clock_step(t, TICK);
    g_assert_cmpuint(qtest_irq_raised(t, 20), ==, 2);
    /* Off: it does not. */
    qtest_write(t, TN_CMP(2), 200000, 8);
    wr(t, TN_CFG(2), TN_ROUTED(20));
    qtest_clock_step(t, 300000 * TICK);
    g_assert_cmpuint(qtest_irq_raised(t, 20), ==, 2);
    qtest_quit(t);
}

static void test_periodic(void)
{
    for (int width = 0; width < 2; width++) {
        QTest *t = start("");

        /* Linux's way: first value with SETVAL, then the period. */
        wr(t, CFG, ENABLE);
        wr(t, TN_CFG(0), TN_ENABLE | TN_PERIODIC | TN_SETVAL | TN_ROUTED(2) |
           (width ? TN_32BIT : 0));
        wr(t, TN_CMP(0), 5000);
        if (!width) {
            /* The other half needs the bit again. */
            wr(t, TN_CFG(0), rd(t, TN_CFG(0)) | TN_SETVAL);
            wr(t, TN_CMP(0) + 4, 0);
        }
        g_assert_cmphex(rd(t, TN_CFG(0)) & TN_SETVAL, ==, 0);
        wr(t, TN_CMP(0), 2000);
        g_assert_cmphex(rd(t, TN_CMP(0)), ==, 5000);
        qtest_clock_step(t, 5000 * TICK - 1);
        g_assert_cmpuint(qtest_irq_raised(t, 2), ==, 0);
        qtest_clock_step(t, 1);
        g_assert_cmpuint(qtest_irq_raised(t, 2), ==, 1);
        g_assert_cmphex(rd(t, TN_CMP(0)), ==, 7000);
        qtest_clock_step(t, 10 * 2000 * TICK);
        g_assert_cmpuint(qtest_irq_raised(t, 2), ==, 11);
        g_assert_cmphex(rd(t, TN_CMP(0)), ==, 27000);
        qtest_quit(t);
    }
}

/* One 64-bit write sets comparator and period at once. */
static void test_wide_write(void)
{
    QTest *t = start("");

    wr(t, TN_CFG(1), TN_ENABLE | TN_PERIODIC | TN_SETVAL | TN_ROUTED(8));
    qtest_write(t, TN_CMP(1), 3000, 8);
    wr(t, CFG, ENABLE);
    qtest_clock_step(t, 9000 * TICK);
    g_assert_cmpuint(qtest_irq_raised(t, 8), ==, 3);
    g_assert_cmphex(qtest_read(t, TN_CMP(1), 8), ==, 12000);
    qtest_quit(t);
}

/* A period that a host could not follow makes the machine no slower. */
static void test_shortest_period(void)
{
    QTest *t = start("");
    unsigned raised;

    wr(t, TN_CFG(0), TN_ENABLE | TN_PERIODIC | TN_SETVAL | TN_32BIT |
       TN_ROUTED(2));
    wr(t, TN_CMP(0), 1);
    wr(t, CFG, ENABLE);
    qtest_clock_step(t, 1000 * US);
    raised = qtest_irq_raised(t, 2);
    g_assert_cmpuint(raised, >, 50);
    g_assert_cmpuint(raised, <=, 101);
    qtest_quit(t);
}

/* 32 bits, one shot: for the comparator, and for the counter's wrap. */
static void test_wrap(void)
{
    QTest *t = start("");

    qtest_write(t, COUNTER, 0xfffffc18, 8);
    wr(t, TN_CFG(0), TN_ENABLE | TN_32BIT | TN_ROUTED(2));
    wr(t, TN_CMP(0), 1000);
    wr(t, CFG, ENABLE);
    qtest_clock_step(t, 1000 * TICK);
    g_assert_cmpuint(qtest_irq_raised(t, 2), ==, 1);
    qtest_clock_step(t, 999 * TICK);
    g_assert_cmpuint(qtest_irq_raised(t, 2), ==, 1);
    qtest_clock_step(t, TICK);
    g_assert_cmpuint(qtest_irq_raised(t, 2), ==, 2);
    qtest_quit(t);
}

static void test_level(void)
{
    QTest *t = start("");

    wr(t, TN_CFG(0), TN_ENABLE | TN_LEVEL | TN_ROUTED(23));
    wr(t, TN_CMP(0), 100);
    wr(t, TN_CMP(0) + 4, 0);
    wr(t, CFG, ENABLE);
    qtest_clock_step(t, 100 * TICK);
    g_assert_true(qtest_irq_level(t, 23));
    g_assert_cmphex(rd(t, STATUS), ==, 1);
    wr(t, STATUS, 6);
    g_assert_true(qtest_irq_level(t, 23));
    wr(t, STATUS, 1);
    g_assert_false(qtest_irq_level(t, 23));
    g_assert_cmphex(rd(t, STATUS), ==, 0);

    /* Halted or reset, it lets go. */
    wr(t, TN_CMP(0), 200);
    qtest_clock_step(t, 200 * TICK);
    g_assert_true(qtest_irq_level(t, 23));
    wr(t, CFG, 0);
    g_assert_false(qtest_irq_level(t, 23));
    wr(t, CFG, ENABLE);
    wr(t, TN_CMP(0), 300);
    qtest_clock_step(t, 300 * TICK);
    g_assert_true(qtest_irq_level(t, 23));
    json_decref(qtest_qmp(t, "system_reset", NULL));
    json_decref(qtest_wait_event(t, "RESET"));
    g_assert_false(qtest_irq_level(t, 23));
    g_assert_cmphex(rd(t, COUNTER), ==, 0);
    g_assert_cmphex(qtest_read(t, TN_CMP(0), 8), ==, UINT64_MAX);
    g_assert_cmphex(qtest_read(t, TN_CFG(0), 8), ==, 0xff010400000030);
    qtest_quit(t);
}

static void test_message(void)
{
    QTest *t = start("-global hpet.msi=on -global hpet.timers=4");
    uint64_t target = qtest_alloc(t, 4, 4);

    g_assert_cmphex(qtest_read(t, HPET, 4), ==, 0x8086a301);
    g_assert_cmphex(rd(t, TN_CFG(3)), ==, 0x8030);
    wr(t, TN_CFG(3), TN_ENABLE | TN_FSB);
    qtest_write(t, TN_ROUTE(3), target << 32 | 0xabcd, 8);
    qtest_write(t, TN_CMP(3), 100, 8);
    wr(t, CFG, ENABLE);
    g_assert_cmphex(qtest_read(t, target, 4), ==, 0);
    qtest_clock_step(t, 100 * TICK);
    g_assert_cmphex(qtest_read(t, target, 4), ==, 0xabcd);
    g_assert_cmphex(rd(t, STATUS), ==, 0);
    qtest_quit(t);

    /* Without the capability the bit cannot be set. */
    t = start("");
    wr(t, TN_CFG(0), TN_FSB);
    g_assert_cmphex(rd(t, TN_CFG(0)), ==, 0x30);
    qtest_quit(t);
}

/* Legacy routes: lines 0 and 8 are the timers', not the other chips'. */
static void test_legacy(void)
{
    QTest *t = start("-rtc clock=vm,base=2001-02-03");
    unsigned pit;

    qtest_clock_step(t, 1000 * 1000 * US);
    pit = qtest_irq_raised(t, 0);
    g_assert_cmpuint(pit, >=, 17);
    /* The clock at 2 Hz. */
    qtest_out(t, 0x70, 0x0a, 1);
    qtest_out(t, 0x71, 0x2f, 1);
    qtest_out(t, 0x70, 0x0b, 1);
    qtest_out(t, 0x71, 0x42, 1);

    wr(t, CFG, LEGACY | ENABLE);
    wr(t, TN_CFG(0), TN_ENABLE | TN_ROUTED(20));
    qtest_write(t, TN_CMP(0), 1000, 8);
    wr(t, TN_CFG(1), TN_ENABLE | TN_ROUTED(21));
    qtest_write(t, TN_CMP(1), 2000, 8);
    qtest_clock_step(t, 1000 * 1000 * US);
    g_assert_cmpuint(qtest_irq_raised(t, 0), ==, pit + 1);
    g_assert_cmpuint(qtest_irq_raised(t, 8), ==, 1);
    g_assert_cmpuint(qtest_irq_raised(t, 20), ==, 0);
    g_assert_cmpuint(qtest_irq_raised(t, 21), ==, 0);

    /* Given back, the clock's line shows what it holds up. */
    wr(t, CFG, ENABLE);
    g_assert_true(qtest_irq_level(t, 8));
    pit = qtest_irq_raised(t, 0);
    qtest_clock_step(t, 1000 * 1000 * US);
    g_assert_cmpuint(qtest_irq_raised(t, 0) - pit, >=, 17);
    qtest_quit(t);
}

static void test_off(void)
{
    QTest *t = qtest_start("-machine pc,hpet=off");
    g_autofree char *tree = qtest_hmp(t, "info qtree");
    g_autofree char *error = NULL;

    g_assert_null(strstr(tree, "hpet"));
    g_assert_cmphex(rd(t, HPET), ==, 0);
    qtest_quit(t);

    g_assert_cmpint(qtest_run(&error, "-machine pc,hpet=off -device hpet "
                              "-display none -accel qtest"), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hpet/counter", test_counter);
    g_test_add_func("/hpet/one-shot", test_one_shot);
    g_test_add_func("/hpet/periodic", test_periodic);
    g_test_add_func("/hpet/wide-write", test_wide_write);
    g_test_add_func("/hpet/shortest-period", test_shortest_period);
    g_test_add_func("/hpet/wrap", test_wrap);
    g_test_add_func("/hpet/level", test_level);
    g_test_add_func("/hpet/message", test_message);
    g_test_add_func("/hpet/legacy", test_legacy);
    g_test_add_func("/hpet/off", test_off);
    return g_test_run();
}
