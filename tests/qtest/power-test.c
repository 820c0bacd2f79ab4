/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI power management of both boards, and the watchdog of the ICH9. */
#include "qemu/osdep.h"
#include "pci.h"
#include "qtest.h"

#define PMBASE 0x600
#define PM1_STS PMBASE
#define PM1_EN (PMBASE + 2)
#define PM1_CNT (PMBASE + 4)
#define PM_TMR (PMBASE + 8)
#define TMR_HZ 3579545LL
#define SECOND 1000000000LL

#define TMR_STS 0x0001
#define PWRBTN_STS 0x0100
#define RTC_STS 0x0400
#define WAK_STS 0x8000
#define SLP_EN 0x2000

#define SCI 9

/* ICH9. */
#define SMI_EN (PMBASE + 0x30)
#define TCO (PMBASE + 0x60)
#define TCO1_STS (TCO + 4)
#define TCO2_STS (TCO + 6)
#define TCO1_CNT (TCO + 8)
#define TCO_TMR (TCO + 0x12)
#define TCO_TICK (6 * SECOND / 10)
#define RCBA 0xfed1c000
#define GCS (RCBA + 0x3410)

typedef struct Board {
    const char *name;
    const char *ioapic;         /* whose inputs are watched */
    uint16_t gpe;
    uint8_t apm_enable, apm_disable;
} Board;

static const Board q35 = { "q35", "ioapic", PMBASE + 0x20, 2, 3 };
static const Board pc = { "pc", "ioapic", 0xafe0, 0xf1, 0xf0 };

/* As firmware does it, and again after each reset. */
static void place_registers(QTest *t, const Board *b)
{
    bool ich9 = b == &q35;
    PciFn *f = ich9 ? pci_at(t, 0, 0x1f, 0) : pci_at(t, 0, 1, 3);

    pci_cfg_write(f, 0x40, PMBASE | 1, 4);
    pci_cfg_write(f, ich9 ? 0x44 : 0x80, ich9 ? 0x80 : 0x01, 1);
    if (ich9) {
        pci_cfg_write(f, 0xf0, RCBA | 1, 4);
    }
    g_free(f);
}

static QTest *start(const Board *b, const char *more)
{
    QTest *t = qtest_start("-machine %s -nodefaults %s", b->name, more);

    qtest_irq_intercept_in(t, b->ioapic);
    place_registers(t, b);
    return t;
}

/*** Timer and events ***/

static void test_timer(gconstpointer board)
{
    QTest *t = start(board, "");

    g_assert_cmpuint(qtest_in(t, PM_TMR, 4), ==, 0);
    qtest_clock_step(t, SECOND);
    g_assert_cmpuint(qtest_in(t, PM_TMR, 4), ==, TMR_HZ);
    qtest_out(t, PM_TMR, 1, 4);
    g_assert_cmpuint(qtest_in(t, PM_TMR, 4), ==, TMR_HZ);
    g_assert_cmphex(qtest_in(t, PM_TMR + 1, 1), ==, TMR_HZ >> 8 & 0xff);
    /* It has 24 bits. */
    qtest_clock_step(t, 4 * SECOND);
    g_assert_cmpuint(qtest_in(t, PM_TMR, 4), ==, 5 * TMR_HZ - (1 << 24));

    /* The top bit's next change is 2 s away; it interrupts if it may. */
    qtest_out(t, PM1_STS, TMR_STS, 2);
    g_assert_cmphex(qtest_in(t, PM1_STS, 2), ==, 0);
    qtest_out(t, PM1_EN, TMR_STS, 2);
    qtest_clock_step(t, SECOND);
    g_assert_false(qtest_irq_level(t, SCI));
    qtest_clock_step(t, 2 * SECOND);
    g_assert_true(qtest_irq_level(t, SCI));
    g_assert_cmphex(qtest_in(t, PM1_STS, 2), ==, TMR_STS);
    qtest_out(t, PM1_STS, TMR_STS, 2);
    g_assert_false(qtest_irq_level(t, SCI));
    qtest_quit(t);
}

static void test_power_button(gconstpointer board)
{
    QTest *t = start(board, "");

    json_decref(qtest_qmp(t, "system_powerdown", NULL));
    json_decref(qtest_wait_event(t, "POWERDOWN"));
    g_assert_cmphex(qtest_in(t, PM1_STS, 2) & PWRBTN_STS, ==, 0);

    /* By bytes, which the specification allows. */
    qtest_out(t, PM1_EN + 1, PWRBTN_STS >> 8, 1);
    g_assert_cmphex(qtest_in(t, PM1_EN, 2), ==, PWRBTN_STS);
    json_decref(qtest_qmp(t, "system_powerdown", NULL));
    json_decref(qtest_wait_event(t, "POWERDOWN"));
    g_assert_true(qtest_irq_level(t, SCI));
    g_assert_cmphex(qtest_in(t, PM1_STS + 1, 1), ==, PWRBTN_STS >> 8);
    qtest_out(t, PM1_STS + 1, PWRBTN_STS >> 8, 1);
    g_assert_false(qtest_irq_level(t, SCI));
    qtest_quit(t);
}

static void test_gpe(gconstpointer board)
{
    const Board *b = board;
    QTest *t = start(b, "");
    unsigned half = b == &q35 ? 8 : 2;

    for (unsigned i = 0; i < 2 * half; i++) {
        qtest_out(t, b->gpe + i, 0xa5, 1);
    }
    /* Status can only be cleared; enables are what was written. */
    for (unsigned i = 0; i < 2 * half; i++) {
        g_assert_cmphex(qtest_in(t, b->gpe + i, 1), ==, i < half ? 0 : 0xa5);
    }
    qtest_quit(t);
}

/* A device that is plugged sets one. */
static void test_gpe_event(void)
{
    QTest *t = start(&pc, "");

    qtest_out(t, pc.gpe + 2, 0x02, 1);
    json_decref(qtest_qmp(t, "device_add", json_pack(
        "{s:s, s:s, s:s}", "driver", "edu", "id", "e", "addr", "5")));
    g_assert_cmphex(qtest_in(t, pc.gpe, 1), ==, 0x02);
    g_assert_true(qtest_irq_level(t, SCI));
    qtest_out(t, pc.gpe, 0x02, 1);
    g_assert_false(qtest_irq_level(t, SCI));
    qtest_quit(t);
}

/*** Modes and sleep ***/

static void test_apm(gconstpointer board)
{
    const Board *b = board;
    QTest *t = start(b, "");

    g_assert_cmphex(qtest_in(t, PM1_CNT, 2), ==, 0);
    qtest_out(t, 0xb2, b->apm_enable, 1);
    g_assert_cmphex(qtest_in(t, PM1_CNT, 2), ==, 1);
    g_assert_cmphex(qtest_in(t, 0xb2, 1), ==, b->apm_enable);
    qtest_out(t, 0xb2, b->apm_disable, 1);
    g_assert_cmphex(qtest_in(t, PM1_CNT, 2), ==, 0);
    qtest_out(t, 0xb3, 0x5a, 1);
    g_assert_cmphex(qtest_in(t, 0xb3, 1), ==, 0x5a);
    qtest_quit(t);
}

/* Without SMM there is nobody to leave ACPI mode for. */
static void test_no_smm(gconstpointer board)
{
    const Board *b = board;
    QTest *t = qtest_start("-machine %s,smm=off -nodefaults", b->name);

    place_registers(t, b);
    g_assert_cmphex(qtest_in(t, PM1_CNT, 2), ==, 1);
    qtest_out(t, 0xb2, b->apm_disable, 1);
    g_assert_cmphex(qtest_in(t, PM1_CNT, 2), ==, 1);
    if (b == &q35) {
        g_assert_cmphex(qtest_in(t, SMI_EN, 4), ==, 0x20);
    }
    qtest_quit(t);
}

static void test_off(gconstpointer board)
{
    QTest *t = start(board, "-no-shutdown");
    json_t *data;

    qtest_out(t, PM1_CNT, SLP_EN, 2);
    data = qtest_wait_event(t, "SHUTDOWN");
    g_assert_true(json_is_true(json_object_get(data, "guest")));
    g_assert_cmpstr(json_string_value(json_object_get(data, "reason")), ==,
                    "guest-shutdown");
    json_decref(data);
    qtest_quit(t);
}

static void test_to_disk(gconstpointer board)
{
    QTest *t = start(board, "");

    qtest_out(t, PM1_CNT, SLP_EN | 2 << 10, 2);
    json_decref(qtest_wait_event(t, "SUSPEND_DISK"));
    json_decref(qtest_wait_event(t, "SHUTDOWN"));
    g_assert_cmpint(qtest_wait_exit(t), ==, 0);
}

static void suspend(QTest *t)
{
    qtest_out(t, PM1_CNT + 1, (SLP_EN | 1 << 10) >> 8, 1);
    json_decref(qtest_wait_event(t, "SUSPEND"));
}

static void assert_woken(QTest *t, const Board *b, uint16_t status)
{
    json_decref(qtest_wait_event(t, "WAKEUP"));
    place_registers(t, b);
    g_assert_cmphex(qtest_in(t, PM1_STS, 2) & ~TMR_STS, ==,
                    status & ~TMR_STS);
    /* Devices were reset, memory was not. */
    g_assert_cmphex(qtest_in(t, PM1_EN, 2), ==, 0);
    g_assert_cmphex(qtest_read(t, 0x100000, 4), ==, 0x12345678);
}

static void test_to_ram(gconstpointer board)
{
    const Board *b = board;
    QTest *t = start(b, "-rtc clock=vm,base=2001-02-03");
    g_autofree char *error = NULL;
    json_t *machine = qtest_qmp(t, "query-current-machine", NULL);

    g_assert_true(json_is_true(json_object_get(machine,
                                               "wakeup-suspend-support")));
    json_decref(machine);
    error = qtest_qmp_error(t, "system_wakeup", NULL, "GenericError");
    g_assert_nonnull(strstr(error, "not in suspended state"));

    qtest_write(t, 0x100000, 0x12345678, 4);
    suspend(t);
    /* Firmware finds in the clock's memory that it is to resume. */
    qtest_out(t, 0x70, 0x0f, 1);
    g_assert_cmphex(qtest_in(t, 0x71, 1), ==, 0xfe);
    json_decref(qtest_qmp(t, "system_wakeup", NULL));
    assert_woken(t, b, WAK_STS | PWRBTN_STS);
    qtest_quit(t);
}

static void set_cmos(QTest *t, uint8_t reg, uint8_t val)
{
    qtest_out(t, 0x70, reg, 1);
    qtest_out(t, 0x71, val, 1);
}

/* The machine's own time stands still in S3: the clock must be the host's. */
static void test_alarm_wakes(gconstpointer board)
{
    const Board *b = board;
    QTest *t = start(b, "");

    qtest_write(t, 0x100000, 0x12345678, 4);
    for (int alarm = 1; alarm < 6; alarm += 2) {
        set_cmos(t, alarm, 0xff);       /* any second of any minute */
    }
    set_cmos(t, 0xb, 0x22);
    qtest_out(t, PM1_EN, RTC_STS, 2);
    suspend(t);
    assert_woken(t, b, WAK_STS | RTC_STS);
    qtest_quit(t);
}

/*** ICH9 only ***/

static void test_sci_routes(void)
{
    static const uint8_t routes[][2] = {
        { 0, 9 }, { 1, 10 }, { 2, 11 }, { 4, 20 }, { 5, 21 },
    };
    QTest *t = start(&q35, "");
    PciFn *f = pci_at(t, 0, 0x1f, 0);

    qtest_out(t, PM1_EN, TMR_STS, 2);   /* the status is up from the start */
    for (int i = 0; i < ARRAY_SIZE(routes); i++) {
        pci_cfg_write(f, 0x44, 0x80 | routes[i][0], 1);
        for (int j = 0; j < ARRAY_SIZE(routes); j++) {
            g_assert_cmpint(qtest_irq_level(t, routes[j][1]), ==, i == j);
        }
    }
    /* Reserved: as it was. */
    pci_cfg_write(f, 0x44, 0x83, 1);
    g_assert_true(qtest_irq_level(t, 21));
    g_free(f);
    qtest_quit(t);
}

static void test_smi_lock(void)
{
    QTest *t = start(&q35, "");
    PciFn *f = pci_at(t, 0, 0x1f, 0);

    qtest_out(t, SMI_EN, 0x21, 4);
    g_assert_cmphex(qtest_in(t, SMI_EN, 4), ==, 0x21);
    pci_cfg_write(f, 0xa0, 0x10, 2);
    qtest_out(t, SMI_EN, 0, 4);
    g_assert_cmphex(qtest_in(t, SMI_EN, 4), ==, 1);
    pci_cfg_write(f, 0xa0, 0, 2);
    g_assert_cmphex(pci_cfg_read(f, 0xa0, 2), ==, 0x10);
    /* TCO_LOCK does the same for the watchdog's. */
    qtest_out(t, TCO1_CNT, 0x1800, 2);
    qtest_out(t, SMI_EN, 0x2000, 4);
    g_assert_cmphex(qtest_in(t, SMI_EN, 4), ==, 1);
    qtest_out(t, TCO1_CNT, 0, 2);
    g_assert_cmphex(qtest_in(t, TCO1_CNT, 2), ==, 0x1000);
    g_free(f);
    qtest_quit(t);
}

static void test_smi_features(void)
{
    QTest *t = start(&q35, "");
    uint8_t files[2] = { 0 };
    uint32_t n = 0;

    /* Find requested-features and features-ok in the directory. */
    qtest_out(t, 0x510, 0x19, 2);
    for (int i = 0; i < 4; i++) {
        n = n << 8 | qtest_in(t, 0x511, 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        char entry[64];

        for (int c = 0; c < 64; c++) {
            entry[c] = qtest_in(t, 0x511, 1);
        }
        if (!strcmp(entry + 8, "etc/smi/requested-features")) {
            files[0] = entry[5];
        } else if (!strcmp(entry + 8, "etc/smi/features-ok")) {
            files[1] = entry[5];
        }
    }
    g_assert_cmpuint(files[0], >, 0);
    g_assert_cmpuint(files[1], >, 0);
    /* Nothing asked for is fine, and settles it. */
    qtest_out(t, 0x510, files[1], 2);
    g_assert_cmphex(qtest_in(t, 0x511, 1), ==, 1);
    qtest_quit(t);
}

/*** Watchdog ***/

static void feed(QTest *t, uint16_t ticks)
{
    qtest_out(t, TCO_TMR, ticks, 2);
    qtest_out(t, TCO, 0, 2);
}

static void test_tco_counts(void)
{
    QTest *t = start(&q35, "");

    /* Quiet until it is started. */
    qtest_clock_step(t, 100 * TCO_TICK);
    g_assert_cmphex(qtest_in(t, TCO1_STS, 2), ==, 0);
    feed(t, 10);
    g_assert_cmpuint(qtest_in(t, TCO, 2), ==, 10);
    qtest_clock_step(t, 3 * TCO_TICK);
    g_assert_cmpuint(qtest_in(t, TCO, 2), ==, 7);
    qtest_out(t, TCO, 0, 2);
    g_assert_cmpuint(qtest_in(t, TCO, 2), ==, 10);
    qtest_clock_step(t, 10 * TCO_TICK - 1);
    g_assert_cmphex(qtest_in(t, TCO1_STS, 2), ==, 0);
    qtest_clock_step(t, 1);
    g_assert_cmphex(qtest_in(t, TCO1_STS, 2), ==, 0x0008);
    g_assert_cmpuint(qtest_in(t, TCO, 2), ==, 4);
    qtest_out(t, TCO1_STS, 0x0008, 2);
    g_assert_cmphex(qtest_in(t, TCO1_STS, 2), ==, 0);
    /* Halted it waits. */
    qtest_out(t, TCO1_CNT, 0x0800, 2);
    qtest_clock_step(t, 100 * TCO_TICK);
    g_assert_cmphex(qtest_in(t, TCO2_STS, 2), ==, 0);
    qtest_out(t, TCO1_CNT, 0, 2);
    qtest_clock_step(t, 10 * TCO_TICK);
    g_assert_cmphex(qtest_in(t, TCO2_STS, 2), ==, 0x0006);
    /* The strap forbids more than that. */
    g_assert_false(qtest_has_event(t, "WATCHDOG"));
    qtest_quit(t);
}

static void test_tco_bites(void)
{
    static const struct {
        const char *option, *action, *event;
    } cases[] = {
        { "", "reset", "RESET" },
        { "-action watchdog=pause", "pause", "STOP" },
        { "-watchdog-action shutdown", "shutdown", "POWERDOWN" },
        { "-watchdog-action none", "none", NULL },
        { "-watchdog-action poweroff -no-shutdown", "poweroff", "SHUTDOWN" },
        { "-watchdog-action debug", "debug", NULL },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *options = g_strdup_printf(
            "-global ICH9-LPC.noreboot=false %s", cases[i].option);
        QTest *t = start(&q35, options);
        json_t *data;

        /* As the data sheet wants it: clear NO_REBOOT where that is set. */
        qtest_write(t, GCS, qtest_read(t, GCS, 4) & ~0x20, 4);
        feed(t, 4);
        qtest_clock_step(t, 4 * TCO_TICK);
        g_assert_false(qtest_has_event(t, "WATCHDOG"));
        qtest_clock_step(t, 4 * TCO_TICK);
        data = qtest_wait_event(t, "WATCHDOG");
        g_assert_cmpstr(json_string_value(json_object_get(data, "action")),
                        ==, cases[i].action);
        json_decref(data);
        if (cases[i].event) {
            json_decref(qtest_wait_event(t, cases[i].event));
        }
        qtest_quit(t);
    }
}

/* The register forbids it, or the strap, which the register cannot overrule. */
static void test_tco_no_reboot(void)
{
    for (int strap = 0; strap < 2; strap++) {
        QTest *t = start(&q35, strap ? "" : "-global ICH9-LPC.noreboot=false");

        qtest_write(t, GCS, strap ? 0 : 0x20, 4);
        feed(t, 4);
        qtest_clock_step(t, 8 * TCO_TICK);
        g_assert_cmphex(qtest_in(t, TCO2_STS, 2), ==, 0x0006);
        g_assert_false(qtest_has_event(t, "WATCHDOG"));
        qtest_quit(t);
    }
}

static void test_watchdog_commands(void)
{
    QTest *t = start(&q35, "-global ICH9-LPC.noreboot=false");
    g_autofree char *error = NULL, *hmp = NULL, *output = NULL;
    json_t *data;

    json_decref(qtest_qmp(t, "watchdog-set-action",
                          json_pack("{s:s}", "action", "inject-nmi")));
    json_decref(qtest_qmp(t, "set-action",
                          json_pack("{s:s}", "watchdog", "none")));
    error = qtest_qmp_error(t, "watchdog-set-action",
                            json_pack("{s:s}", "action", "bark"),
                            "GenericError");
    g_assert_nonnull(strstr(error, "bark"));
    hmp = qtest_hmp(t, "watchdog_action bark");
    g_assert_nonnull(strstr(hmp, "bark"));
    feed(t, 4);
    qtest_clock_step(t, 8 * TCO_TICK);
    data = qtest_wait_event(t, "WATCHDOG");
    g_assert_cmpstr(json_string_value(json_object_get(data, "action")), ==,
                    "none");
    json_decref(data);
    qtest_quit(t);

    g_assert_cmpint(qtest_run(&output, "-machine none -watchdog-action bark "
                              "-display none"), ==, 1);
    g_assert_nonnull(strstr(output, "bark"));
}

static void add(const char *name, GTestDataFunc test)
{
    const Board *const boards[] = { &q35, &pc };

    for (int i = 0; i < ARRAY_SIZE(boards); i++) {
        g_autofree char *path = g_strdup_printf("/power/%s/%s",
                                                boards[i]->name, name);

        g_test_add_data_func(path, boards[i], test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("timer", test_timer);
    add("power-button", test_power_button);
    add("gpe", test_gpe);
    add("apm", test_apm);
    add("no-smm", test_no_smm);
    add("off", test_off);
    add("to-disk", test_to_disk);
    add("to-ram", test_to_ram);
    add("alarm-wakes", test_alarm_wakes);
    g_test_add_func("/power/gpe-event", test_gpe_event);
    g_test_add_func("/power/sci-routes", test_sci_routes);
    g_test_add_func("/power/smi-lock", test_smi_lock);
    g_test_add_func("/power/smi-features", test_smi_features);
    g_test_add_func("/power/tco/counts", test_tco_counts);
    g_test_add_func("/power/tco/bites", test_tco_bites);
    g_test_add_func("/power/tco/no-reboot", test_tco_no_reboot);
    g_test_add_func("/power/tco/commands", test_watchdog_commands);
    return g_test_run();
}
