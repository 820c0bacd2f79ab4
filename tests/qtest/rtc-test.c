/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock of the PC: time, alarms, rates, its memory and what QMP says. */
#include "qemu/osdep.h"
#include "qtest.h"

#define MS (1000 * 1000LL)
#define SECOND (1000 * MS)

#define IRQ 8

enum { SEC, SEC_ALARM, MIN_, MIN_ALARM, HOUR, HOUR_ALARM, WEEKDAY, DAY, MONTH,
       YEAR, REG_A, REG_B, REG_C, REG_D, CENTURY = 0x32 };

#define B_SET 0x80
#define B_PIE 0x40
#define B_AIE 0x20
#define B_UIE 0x10
#define B_BINARY 0x04
#define B_24H 0x02

static uint8_t cmos(QTest *t, uint8_t reg)
{
    qtest_out(t, 0x70, reg, 1);
    return qtest_in(t, 0x71, 1);
}

static void set_cmos(QTest *t, uint8_t reg, uint8_t val)
{
    qtest_out(t, 0x70, reg, 1);
    qtest_out(t, 0x71, val, 1);
}

/* Starts at @date, with lines watched, and no other timers. */
static QTest *start(const char *date)
{
    QTest *t = qtest_start("-machine q35,hpet=off,pit=off -nodefaults "
                           "-rtc clock=vm,base=%s", date);

    qtest_irq_intercept_in(t, "ioapic");
    return t;
}

static void assert_time(QTest *t, uint8_t hour, uint8_t min, uint8_t sec)
{
    g_assert_cmphex(cmos(t, HOUR), ==, hour);
    g_assert_cmphex(cmos(t, MIN_), ==, min);
    g_assert_cmphex(cmos(t, SEC), ==, sec);
}

static void test_time(void)
{
    QTest *t = start("1999-12-31T23:59:58");

    g_assert_cmphex(qtest_in(t, 0x70, 1), ==, 0xff);
    g_assert_cmphex(cmos(t, REG_A), ==, 0x26);
    g_assert_cmphex(cmos(t, REG_B), ==, B_24H);
    g_assert_cmphex(cmos(t, REG_D), ==, 0x80);
    assert_time(t, 0x23, 0x59, 0x58);
    g_assert_cmphex(cmos(t, WEEKDAY), ==, 6);           /* Friday */
    g_assert_cmphex(cmos(t, CENTURY), ==, 0x19);
    qtest_clock_step(t, 2 * SECOND - 1);
    assert_time(t, 0x23, 0x59, 0x59);
    qtest_clock_step(t, 1);
    assert_time(t, 0x00, 0x00, 0x00);
    g_assert_cmphex(cmos(t, DAY), ==, 1);
    g_assert_cmphex(cmos(t, MONTH), ==, 1);
    g_assert_cmphex(cmos(t, YEAR), ==, 0);
    g_assert_cmphex(cmos(t, CENTURY), ==, 0x20);
    g_assert_cmphex(cmos(t, 0x37), ==, 0x20);           /* PS/2's place */
    /* 2000 has a leap day. */
    qtest_clock_step(t, 59 * 86400 * SECOND);
    g_assert_cmphex(cmos(t, MONTH), ==, 2);
    g_assert_cmphex(cmos(t, DAY), ==, 0x29);
    qtest_quit(t);
}

static void test_formats(void)
{
    static const struct {
        uint8_t format, hour, min;
    } cases[] = {
        { B_24H, 0x12, 0x34 }, { B_24H | B_BINARY, 12, 34 },
        { 0, 0x92, 0x34 }, { B_BINARY, 0x80 | 12, 34 },
    };
    QTest *t = start("2001-02-03T12:34:56");

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        set_cmos(t, REG_B, cases[i].format);
        g_assert_cmphex(cmos(t, HOUR), ==, cases[i].hour);
        g_assert_cmphex(cmos(t, MIN_), ==, cases[i].min);
    }
    /* Midnight is 12 AM, and in binary BCD's digits would be others. */
    set_cmos(t, REG_B, 0);
    set_cmos(t, HOUR, 0x12);
    set_cmos(t, REG_B, B_24H | B_BINARY);
    g_assert_cmphex(cmos(t, HOUR), ==, 0);
    qtest_quit(t);
}

/* While SET is up the registers keep still, and the fraction runs on. */
static void test_set(void)
{
    QTest *t = start("2001-02-03T04:05:06");

    qtest_clock_step(t, SECOND / 4);
    set_cmos(t, REG_B, B_SET | B_24H);
    set_cmos(t, SEC, 0x30);
    qtest_clock_step(t, 5 * SECOND);
    assert_time(t, 0x04, 0x05, 0x30);
    set_cmos(t, REG_B, B_24H);
    qtest_clock_step(t, 3 * SECOND / 4 - 1);
    assert_time(t, 0x04, 0x05, 0x30);
    qtest_clock_step(t, 1);
    assert_time(t, 0x04, 0x05, 0x31);

    /* The divider held in reset starts with half a second. */
    set_cmos(t, REG_A, 0x66);
    qtest_clock_step(t, 7 * SECOND);
    assert_time(t, 0x04, 0x05, 0x31);
    set_cmos(t, REG_A, 0x26);
    qtest_clock_step(t, SECOND / 2 - 1);
    assert_time(t, 0x04, 0x05, 0x31);
    qtest_clock_step(t, 1);
    assert_time(t, 0x04, 0x05, 0x32);
    qtest_quit(t);
}

static void test_update(void)
{
    QTest *t = start("2001-02-03T04:05:06");

    /* 244 us of warning. */
    qtest_clock_step(t, SECOND - 245 * MS / 1000);
    g_assert_cmphex(cmos(t, REG_A), ==, 0x26);
    qtest_clock_step(t, 2 * MS / 1000);
    g_assert_cmphex(cmos(t, REG_A), ==, 0xa6);
    g_assert_cmphex(cmos(t, REG_C), ==, 0);
    qtest_clock_step(t, 243 * MS / 1000);
    g_assert_cmphex(cmos(t, REG_A), ==, 0x26);
    /* The flag comes without being enabled, and raises nothing. */
    g_assert_cmphex(cmos(t, REG_C), ==, 0x10);
    g_assert_cmphex(cmos(t, REG_C), ==, 0);
    g_assert_false(qtest_irq_level(t, IRQ));

    set_cmos(t, REG_B, B_UIE | B_24H);
    qtest_clock_step(t, SECOND - 1);
    g_assert_false(qtest_irq_level(t, IRQ));
    qtest_clock_step(t, 1);
    g_assert_true(qtest_irq_level(t, IRQ));
    g_assert_cmphex(cmos(t, REG_C), ==, 0x90);
    g_assert_false(qtest_irq_level(t, IRQ));
    /* Enabled with the flag up it interrupts at once. */
    set_cmos(t, REG_B, B_24H);
    qtest_clock_step(t, SECOND);
    g_assert_false(qtest_irq_level(t, IRQ));
    set_cmos(t, REG_B, B_UIE | B_24H);
    g_assert_true(qtest_irq_level(t, IRQ));
    set_cmos(t, REG_B, B_24H);
    g_assert_false(qtest_irq_level(t, IRQ));
    qtest_quit(t);
}

static void test_alarm(void)
{
    static const struct {
        uint8_t hour, min, sec;
        int wait;
    } cases[] = {
        { 0x04, 0x05, 0x09, 3 },
        { 0xc0, 0x05, 0x07, 1 },
        { 0xff, 0xff, 0xff, 1 },
        { 0xff, 0xff, 0x05, 59 },
        { 0xff, 0x00, 0x00, 54 * 60 + 54 },
        { 0x03, 0x00, 0x00, 23 * 3600 - 5 * 60 - 6 },
        { 0x04, 0x05, 0x06, 86400 },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        QTest *t = start("2001-02-03T04:05:06");

        set_cmos(t, SEC_ALARM, cases[i].sec);
        set_cmos(t, MIN_ALARM, cases[i].min);
        set_cmos(t, HOUR_ALARM, cases[i].hour);
        set_cmos(t, REG_B, B_AIE | B_24H);
        qtest_clock_step(t, cases[i].wait * SECOND - 1);
        g_assert_false(qtest_irq_level(t, IRQ));
        qtest_clock_step(t, 1);
        g_assert_true(qtest_irq_level(t, IRQ));
        g_assert_cmphex(cmos(t, REG_C), ==, 0xb0);
        qtest_quit(t);
    }
}

/* Values that no time has: it never comes, and costs nothing. */
static void test_no_alarm(void)
{
    QTest *t = start("2001-02-03T04:05:06");

    set_cmos(t, SEC_ALARM, 0x7a);
    set_cmos(t, MIN_ALARM, 0xff);
    set_cmos(t, HOUR_ALARM, 0xff);
    set_cmos(t, REG_B, B_AIE | B_24H);
    qtest_clock_step(t, 3 * 86400 * SECOND);
    g_assert_false(qtest_irq_level(t, IRQ));
    g_assert_cmphex(cmos(t, REG_C), ==, 0x10);
    qtest_quit(t);
}

static void test_periodic(void)
{
    static const struct {
        uint8_t rate;
        unsigned hz;
    } rates[] = {
        { 1, 256 }, { 2, 128 }, { 3, 8192 }, { 6, 1024 }, { 15, 2 },
    };
    QTest *t = start("2001-02-03T04:05:06");

    for (int i = 0; i < ARRAY_SIZE(rates); i++) {
        unsigned before;

        set_cmos(t, REG_A, 0x20 | rates[i].rate);
        set_cmos(t, REG_B, B_PIE | B_24H);
        before = qtest_irq_raised(t, IRQ);
        for (unsigned n = 0; n < 10; n++) {
            qtest_clock_step(t, SECOND / rates[i].hz + 1);
            g_assert_cmphex(cmos(t, REG_C) & 0xc0, ==, 0xc0);
        }
        g_assert_cmpuint(qtest_irq_raised(t, IRQ) - before, ==, 10);
        set_cmos(t, REG_B, B_24H);
    }
    /* Not served, it comes once. */
    set_cmos(t, REG_B, B_PIE | B_24H);
    qtest_clock_step(t, 5 * SECOND);
    g_assert_true(qtest_irq_level(t, IRQ));
    cmos(t, REG_C);
    set_cmos(t, REG_A, 0x20);
    qtest_clock_step(t, 5 * SECOND);
    g_assert_cmphex(cmos(t, REG_C) & 0xc0, ==, 0);
    qtest_quit(t);
}

static void assert_member(json_t *tm, const char *name, int value)
{
    g_assert_cmpint(json_integer_value(json_object_get(tm, name)), ==, value);
}

static void test_qmp(void)
{
    QTest *t = start("2001-02-03T04:05:06");
    json_t *tm, *event;

    qtest_clock_step(t, 60 * SECOND);
    tm = qtest_qmp(t, "qom-get", json_pack("{s:s, s:s}", "path", "/machine",
                                           "property", "rtc-time"));
    assert_member(tm, "tm_year", 101);
    assert_member(tm, "tm_mon", 1);
    assert_member(tm, "tm_mday", 3);
    assert_member(tm, "tm_min", 6);
    json_decref(tm);

    set_cmos(t, YEAR, 0x05);
    event = qtest_wait_event(t, "RTC_CHANGE");
    /* In the past of whoever runs this. */
    g_assert_cmpint(json_integer_value(json_object_get(event, "offset")), <,
                    0);
    g_assert_nonnull(json_object_get(event, "qom-path"));
    json_decref(event);

    json_decref(qtest_qmp(t, "rtc-reset-reinjection", NULL));
    qtest_quit(t);
}

static void test_reset(void)
{
    QTest *t = start("2001-02-03T04:05:06");

    set_cmos(t, 0x50, 0xaa);
    set_cmos(t, SEC_ALARM, 0x07);
    set_cmos(t, REG_B, B_PIE | B_AIE | B_UIE | B_24H | B_BINARY);
    qtest_clock_step(t, SECOND);
    g_assert_true(qtest_irq_level(t, IRQ));
    json_decref(qtest_qmp(t, "system_reset", NULL));
    json_decref(qtest_wait_event(t, "RESET"));
    g_assert_false(qtest_irq_level(t, IRQ));
    g_assert_cmphex(cmos(t, REG_B), ==, B_24H | B_BINARY);
    g_assert_cmphex(cmos(t, REG_C), ==, 0);
    g_assert_cmphex(cmos(t, SEC_ALARM), ==, 0x07);
    g_assert_cmphex(cmos(t, 0x50), ==, 0xaa);
    g_assert_cmpuint(cmos(t, SEC), ==, 7);
    qtest_quit(t);
}

static void test_options(void)
{
    static const struct {
        const char *options, *words;
    } bad[] = {
        { "-rtc base=yesterday", "invalid datetime format" },
        { "-rtc base=2001-02-30x", "invalid datetime format" },
        { "-rtc clock=sun", "clock=sun" },
        { "-rtc driftfix=more", "driftfix=more" },
        { "-rtc speed=2", "speed" },
        { "-machine pc -boot order=cdan", "Too many boot devices" },
        { "-machine pc -boot order=p", "Invalid boot device for PC: 'p'" },
        { "-machine pc -global mc146818rtc.lost_tick_policy=delay",
          "lost tick policy" },
    };
    QTest *t;

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_autofree char *output = NULL;

        g_assert_cmpint(qtest_run(&output, "%s -display none -accel qtest",
                                  bad[i].options), ==, 1);
        g_assert_nonnull(strstr(output, bad[i].words));
    }
    t = qtest_start("-machine pc -rtc driftfix=slew,base=2010-11-12,clock=vm");
    g_assert_cmphex(cmos(t, YEAR), ==, 0x10);
    qtest_quit(t);
}

/* With slew, what is not served is made up for. */
static void test_slew(void)
{
    QTest *t = qtest_start("-machine q35,hpet=off,pit=off -nodefaults "
                           "-rtc clock=vm,base=2001-02-03,driftfix=slew");
    unsigned served = 0;

    /* Pin 8 to vector 0x30, which nobody takes off the APIC. */
    qtest_write(t, 0xfee000f0, 0x1ff, 4);
    qtest_write(t, 0xfec00000, 0x20, 4);
    qtest_write(t, 0xfec00010, 0x30, 4);
    set_cmos(t, REG_A, 0x2f);           /* 2 Hz */
    set_cmos(t, REG_B, B_PIE | B_24H);
    qtest_clock_step(t, 3 * SECOND);
    /* One was delivered; each look at C finds one of the others. */
    for (int i = 0; i < 3; i++) {
        served += (cmos(t, REG_C) & 0x40) != 0;
    }
    g_assert_cmpuint(served, ==, 3);
    json_decref(qtest_qmp(t, "rtc-reset-reinjection", NULL));
    cmos(t, REG_C);
    g_assert_cmphex(cmos(t, REG_C) & 0x40, ==, 0);
    qtest_quit(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rtc/time", test_time);
    g_test_add_func("/rtc/formats", test_formats);
    g_test_add_func("/rtc/set", test_set);
    g_test_add_func("/rtc/update", test_update);
    g_test_add_func("/rtc/alarm", test_alarm);
    g_test_add_func("/rtc/no-alarm", test_no_alarm);
    g_test_add_func("/rtc/periodic", test_periodic);
    g_test_add_func("/rtc/qmp", test_qmp);
    g_test_add_func("/rtc/reset", test_reset);
    g_test_add_func("/rtc/options", test_options);
    g_test_add_func("/rtc/slew", test_slew);
    return g_test_run();
}
