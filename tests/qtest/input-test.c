/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keyboard controller, keyboard and mouse as a driver sees them, and input
 * from the monitors.  What is equal to the stock emulator is compared with it
 * in tests/interop; here is what is not, and what takes time.
 */
#include "qtest.h"

#define SET_MODE 0x60

static void kbc_mode(QTest *t, uint8_t mode)
{
    qtest_out(t, 0x64, SET_MODE, 1);
    qtest_out(t, 0x60, mode, 1);
}

/* All there is to read: "1c f0 1c", bytes of the mouse with an 'm'. */
static char *drained(QTest *t)
{
    GString *text = g_string_new("");
    uint8_t status;

    while ((status = qtest_in(t, 0x64, 1)) & 1 && text->len < 1000) {
        g_string_append_printf(text, "%s%s%02x", text->len ? " " : "",
                               status & 0x20 ? "m" : "",
                               qtest_in(t, 0x60, 1));
    }
    return g_string_free(text, FALSE);
}

#define assert_drained(t, expected) do { \
    g_autofree char *text_ = drained(t); \
    g_assert_cmpstr(text_, ==, expected); \
} while (0)

static void kbd(QTest *t, uint8_t byte, const char *answer)
{
    qtest_out(t, 0x60, byte, 1);
    assert_drained(t, answer);
}

static void mouse(QTest *t, uint8_t byte, const char *answer)
{
    qtest_out(t, 0x64, 0xd4, 1);
    qtest_out(t, 0x60, byte, 1);
    assert_drained(t, answer);
}

static void send(QTest *t, const char *events)
{
    g_autofree char *text = g_strdup_printf(
        "{\"execute\": \"input-send-event\", \"arguments\": "
        "{\"events\": [%s]}}", events);

    json_decref(qtest_qmp_text(t, text));
}

static void key(QTest *t, const char *name, bool down)
{
    g_autofree char *text = g_strdup_printf(
        "{\"type\": \"key\", \"data\": {\"down\": %s, \"key\": "
        "{\"type\": \"qcode\", \"data\": \"%s\"}}}",
        down ? "true" : "false", name);

    send(t, text);
}

static void button(QTest *t, const char *name, bool down)
{
    g_autofree char *text = g_strdup_printf(
        "{\"type\": \"btn\", \"data\": {\"down\": %s, \"button\": \"%s\"}}",
        down ? "true" : "false", name);

    send(t, text);
}

static void move(QTest *t, const char *axis, int value)
{
    g_autofree char *text = g_strdup_printf(
        "{\"type\": \"rel\", \"data\": {\"axis\": \"%s\", \"value\": %d}}",
        axis, value);

    send(t, text);
}

static QTest *start(const char *more)
{
    return qtest_start("-machine q35 -nodefaults %s", more);
}

/* Lines 1 and 12, edges and levels. */
static void test_interrupts(void)
{
    QTest *t = start("");

    qtest_irq_intercept_in(t, "/machine/q35/ioapic");
    key(t, "a", true);
    g_assert_true(qtest_irq_level(t, 1));
    qtest_in(t, 0x60, 1);
    g_assert_false(qtest_irq_level(t, 1));
    qtest_out(t, 0x64, 0xd4, 1);
    qtest_out(t, 0x60, 0xf4, 1);
    g_assert_true(qtest_irq_level(t, 12));
    g_assert_false(qtest_irq_level(t, 1));
    assert_drained(t, "mfa");
    g_assert_false(qtest_irq_level(t, 12));
    kbc_mode(t, 0x00);
    key(t, "a", false);
    g_assert_false(qtest_irq_level(t, 1));
    kbc_mode(t, 0x01);
    g_assert_true(qtest_irq_level(t, 1));
    qtest_quit(t);
}

static void command(QTest *t, uint8_t byte, const char *answer)
{
    qtest_out(t, 0x64, byte, 1);
    assert_drained(t, answer);
}

/* What a disabled interface has to say waits, for a command or for data. */
static void test_disable(void)
{
    QTest *t = start("");

    command(t, 0xad, "");
    command(t, 0x20, "13");
    key(t, "a", true);
    assert_drained(t, "");
    command(t, 0xae, "1c");
    command(t, 0x20, "03");
    command(t, 0xad, "");
    key(t, "b", true);
    kbd(t, 0xee, "ee 32");
    mouse(t, 0xf4, "mfa");
    command(t, 0xa7, "");
    command(t, 0x20, "23");
    button(t, "left", true);
    assert_drained(t, "");
    command(t, 0xa8, "m09 m00 m00");
    command(t, 0xab, "00");
    command(t, 0xa9, "00");
    command(t, 0xaa, "55");
    g_assert_cmphex(qtest_in(t, 0x64, 1), ==, 0x1c);
    qtest_quit(t);
}

/* In set 3 keys can be told to send no break code. */
static void test_make_only(void)
{
    QTest *t = start("");

    kbd(t, 0xf0, "fa");
    kbd(t, 0x03, "fa");
    key(t, "a", true);
    key(t, "a", false);
    assert_drained(t, "1c f0 1c");
    kbd(t, 0xfd, "fa");
    kbd(t, 0x1c, "fa");
    key(t, "a", true);
    key(t, "a", false);
    key(t, "b", true);
    key(t, "b", false);
    assert_drained(t, "1c 32 f0 32");
    kbd(t, 0xf9, "fa");
    key(t, "b", true);
    key(t, "b", false);
    assert_drained(t, "32");
    kbd(t, 0xfc, "fa");
    kbd(t, 0x32, "fa");
    key(t, "b", true);
    key(t, "b", false);
    assert_drained(t, "32 f0 32");
    /* Defaults have none such. */
    kbd(t, 0xf6, "fa");
    kbd(t, 0xf0, "fa");
    kbd(t, 0x03, "fa");
    key(t, "a", true);
    key(t, "a", false);
    assert_drained(t, "1c f0 1c");
    qtest_quit(t);
}

static void test_resend(void)
{
    QTest *t = start("");

    kbd(t, 0xf2, "fa ab 83");
    kbd(t, 0xfe, "83");
    mouse(t, 0xff, "mfa maa m00");
    mouse(t, 0xe9, "mfa m00 m02 m64");
    mouse(t, 0xfe, "m64");
    mouse(t, 0xe1, "mfe");      /* no command */
    qtest_quit(t);
}

/* A key that does not fit is dropped as a whole. */
static void test_full_queue(void)
{
    QTest *t = start("");
    int bytes = 0;

    for (int i = 0; i < 5; i++) {
        key(t, "home", true);
    }
    key(t, "a", true);
    key(t, "a", true);
    /* Fifteen or sixteen bytes: "e0 6c" fits no more, a command's reply does. */
    kbd(t, 0xf2, "fa ab 83 e0 6c e0 6c e0 6c e0 6c e0 6c 1c 1c");
    for (int i = 0; i < 100; i++) {
        key(t, "home", i & 1);
    }
    while (qtest_in(t, 0x64, 1) & 1) {
        qtest_in(t, 0x60, 1);
        bytes++;
    }
    g_assert_cmpint(bytes, <=, 16);
    qtest_quit(t);
}

static void test_mouse(void)
{
    QTest *t = start("");

    move(t, "x", 5);
    assert_drained(t, "");      /* off */
    mouse(t, 0xf4, "mfa");
    button(t, "left", true);
    button(t, "right", true);
    assert_drained(t, "m09 m00 m00 m0b m00 m00");
    mouse(t, 0xe9, "mfa m25 m02 m64");
    /* 2:1: small steps shrink, large ones double. */
    mouse(t, 0xe7, "mfa");
    move(t, "x", 4);
    move(t, "x", -100);
    assert_drained(t, "m0b m06 m00 m1b m38 m00");
    mouse(t, 0xe6, "mfa");
    /* A command takes the place of a report nobody read. */
    move(t, "y", -3);
    mouse(t, 0xf2, "mfa m00");
    /* Far movements take several reports, and stay bounded. */
    for (int i = 0; i < 20; i++) {
        move(t, "x", INT32_MAX);
    }
    assert_drained(t, "m0b m7f m00 m0b m7f m00 m0b m7f m00 m0b m7f m00 "
                   "m0b m7f m00");
    qtest_quit(t);
}

/* Keys of the monitors come one after the other in virtual time. */
static void test_sendkey(void)
{
    QTest *t = start("");
    g_autofree char *nothing = NULL, *unknown = NULL, *error = NULL;

    nothing = qtest_hmp(t, "sendkey ctrl-alt-a 50");
    g_assert_cmpstr(nothing, ==, "");
    assert_drained(t, "14");
    qtest_clock_step(t, 49 * 1000 * 1000);
    assert_drained(t, "");
    qtest_clock_step(t, 1000 * 1000);
    assert_drained(t, "11");
    qtest_clock_step(t, 50 * 1000 * 1000);
    assert_drained(t, "1c");
    for (int i = 0; i < 4; i++) {
        qtest_clock_step(t, 50 * 1000 * 1000);
    }
    assert_drained(t, "f0 1c f0 11 f0 14");
    unknown = qtest_hmp(t, "sendkey a-zz");
    g_assert_nonnull(strstr(unknown, "invalid parameter: zz"));
    json_decref(qtest_qmp_text(t, "{\"execute\": \"send-key\", \"arguments\":"
                                  " {\"keys\": [{\"type\": \"number\","
                                  " \"data\": 30}]}}"));
    qtest_clock_step(t, 10 * 1000 * 1000);
    assert_drained(t, "1c f0 1c");
    error = qtest_qmp_error(t, "send-key",
                            json_pack("{s[], si}", "keys", "hold-time", -1),
                            "GenericError");
    g_assert_nonnull(strstr(error, "hold-time"));
    qtest_quit(t);
}

static void test_errors(void)
{
    QTest *t = start("");
    g_autofree char *error = NULL;

    error = qtest_qmp_error(t, "input-send-event", json_pack(
        "{s[{ss, s{ss, si}}]}", "events", "type", "abs", "data", "axis", "x",
        "value", 1), "GenericError");
    g_assert_cmpstr(error, ==, "Input handler not found for event type abs");
    g_free(error);
    error = qtest_qmp_error(t, "input-send-event", json_pack(
        "{ss, s[]}", "device", "zz", "events"), "DeviceNotFound");
    g_free(error);
    json_decref(qtest_qmp(t, "stop", NULL));
    error = qtest_qmp_error(t, "input-send-event", json_pack(
        "{s[]}", "events"), "GenericError");
    g_assert_cmpstr(error, ==, "VM not running");
    qtest_quit(t);
}

static void test_mice(void)
{
    QTest *t = start("");
    g_autofree char *mice = qtest_hmp(t, "info mice");
    g_autofree char *set = qtest_hmp(t, "mouse_set 77");
    json_t *list = qtest_qmp(t, "query-mice", NULL);

    g_assert_nonnull(strstr(mice, "* Mouse #2: QEMU PS/2 Mouse"));
    g_assert_nonnull(strstr(set, "Mouse at index '77' not found"));
    g_assert_cmpint(json_array_size(list), ==, 1);
    json_decref(list);
    qtest_quit(t);
    t = start("-machine i8042=off");
    list = qtest_qmp(t, "query-mice", NULL);
    g_assert_cmpint(json_array_size(list), ==, 0);
    g_assert_cmphex(qtest_in(t, 0x64, 1), ==, 0xff);
    json_decref(list);
    qtest_quit(t);
}

/* With kbd-throttle, bytes of devices come a millisecond apart. */
static void test_throttle(void)
{
    QTest *t = start("-global i8042.kbd-throttle=on");

    key(t, "a", true);
    key(t, "b", true);
    assert_drained(t, "1c");
    qtest_clock_step(t, 999 * 1000);
    assert_drained(t, "");
    qtest_clock_step(t, 1000);
    assert_drained(t, "32");
    qtest_quit(t);
}

/* Both ways to reset the machine. */
static void test_reset(void)
{
    QTest *t = start("");

    kbd(t, 0xf5, "fa");
    qtest_out(t, 0x64, 0xfe, 1);
    json_decref(qtest_wait_event(t, "RESET"));
    key(t, "a", true);
    assert_drained(t, "1c");
    qtest_out(t, 0x64, 0xd1, 1);
    qtest_out(t, 0x60, 0x02, 1);
    json_decref(qtest_wait_event(t, "RESET"));
    /* And what pulses another line does not. */
    qtest_out(t, 0x64, 0xff, 1);
    g_assert_cmphex(qtest_in(t, 0x64, 1), ==, 0x18);
    qtest_quit(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/input/interrupts", test_interrupts);
    g_test_add_func("/input/disable", test_disable);
    g_test_add_func("/input/make-only", test_make_only);
    g_test_add_func("/input/resend", test_resend);
    g_test_add_func("/input/full-queue", test_full_queue);
    g_test_add_func("/input/mouse", test_mouse);
    g_test_add_func("/input/sendkey", test_sendkey);
    g_test_add_func("/input/errors", test_errors);
    g_test_add_func("/input/mice", test_mice);
    g_test_add_func("/input/throttle", test_throttle);
    g_test_add_func("/input/reset", test_reset);
    return g_test_run();
}
