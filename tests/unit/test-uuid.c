/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UUIDs and the source of random bytes. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/guest-random.h"
#include "qemu/uuid.h"

static const char text[] = "00112233-4455-6677-8899-aabbccddeeff";

static void test_text(void)
{
    QemuUUID u = { { { 1 } } }, keep = u, v;
    static const char *const bad[] = {
        "", "0", "00112233-4455-6677-8899-aabbccddeef",
        "00112233-4455-6677-8899-aabbccddeeff0",
        "001122334455-6677-8899-aabbccddeeff",
        "00112233-4455-6677-8899-aabbccddeefg",
        "0011223344556677-8899-aabbccddeeff-0",
    };
    g_autofree char *out = NULL;

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_assert_cmpint(qemu_uuid_parse(bad[i], &u), ==, -1);
        g_assert_true(qemu_uuid_is_equal(&u, &keep));
    }
    g_assert_cmpint(qemu_uuid_parse(text, &u), ==, 0);
    for (int i = 0; i < 16; i++) {
        g_assert_cmphex(u.data[i], ==, i * 0x11);
    }
    out = qemu_uuid_unparse_strdup(&u);
    g_assert_cmpstr(out, ==, text);
    v = qemu_uuid_bswap(u);
    g_assert_cmphex(v.data[0], ==, 0x33);
    g_assert_cmphex(v.data[7], ==, 0x66);
    g_assert_cmphex(v.data[8], ==, 0x88);
    v = (QemuUUID) { { UUID_LE(0x00112233, 0x4455, 0x6677, 0x88, 0x99, 0xaa,
                               0xbb, 0xcc, 0xdd, 0xee, 0xff) } };
    v = qemu_uuid_bswap(v);
    g_assert_true(qemu_uuid_is_equal(&u, &v));
    g_assert_cmphex(qemu_uuid_hash(&u), ==, qemu_uuid_hash(&v));
    g_assert_cmpint(qemu_uuid_parse(UUID_NONE, &u), ==, 0);
    g_assert_true(qemu_uuid_is_null(&u));
}

static void test_generate(void)
{
    QemuUUID u, v;

    qemu_uuid_generate(&u);
    qemu_uuid_generate(&v);
    g_assert_false(qemu_uuid_is_equal(&u, &v));
    g_assert_cmphex(u.data[6] & 0xf0, ==, 0x40);
    g_assert_cmphex(u.data[8] & 0xc0, ==, 0x80);
}

static void test_seed(void)
{
    QemuUUID a, b;
    Error *err = NULL;

    g_assert_cmpint(qemu_guest_random_seed_main("x", &err), ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(qemu_guest_random_seed_main("7", &error_abort), ==, 0);
    qemu_uuid_generate(&a);
    qemu_guest_random_seed_main("7", &error_abort);
    qemu_uuid_generate(&b);
    g_assert_true(qemu_uuid_is_equal(&a, &b));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uuid/text", test_text);
    g_test_add_func("/uuid/generate", test_generate);
    g_test_add_func("/uuid/seed", test_seed);
    return g_test_run();
}
