/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XBZRLE: the coding, against hand-made bytes and at random; the cache. */
#include "qemu/osdep.h"
#include "migration/xbzrle.h"

static uint8_t old[XBZRLE_PAGE], new[XBZRLE_PAGE], got[XBZRLE_PAGE];
static uint8_t code[XBZRLE_PAGE];

static void assert_code(const uint8_t *want, int len)
{
    int n = xbzrle_encode(old, new, code, sizeof(code));

    g_assert_cmpint(n, ==, len);
    g_assert_cmpmem(code, n, want, len);
    memcpy(got, old, sizeof(got));
    g_assert_cmpint(xbzrle_decode(code, n, got), ==, 0);
    g_assert_cmpmem(got, sizeof(got), new, sizeof(new));
}

static void reset(void)
{
    memset(old, 0x11, sizeof(old));
    memcpy(new, old, sizeof(new));
}

static void test_known(void)
{
    reset();
    assert_code(NULL, 0);
    new[0] = 1;
    assert_code((uint8_t[]) { 0, 1, 1 }, 3);
    new[200] = 2;
    new[201] = 3;
    assert_code((uint8_t[]) { 0, 1, 1, 0xc7, 0x01, 2, 2, 3 }, 8);
    reset();
    new[XBZRLE_PAGE - 1] = 9;
    assert_code((uint8_t[]) { 0xff, 0x1f, 1, 9 }, 4);
}

static void test_overflow(void)
{
    reset();
    for (int i = 0; i < XBZRLE_PAGE; i += 2) {
        new[i] = 0;
    }
    g_assert_cmpint(xbzrle_encode(old, new, code, sizeof(code)), ==, -1);
    memset(new, 0, sizeof(new));
    g_assert_cmpint(xbzrle_encode(old, new, code, sizeof(code)), ==, -1);
    reset();
    new[5] = 0;
    g_assert_cmpint(xbzrle_encode(old, new, code, 2), ==, -1);
    g_assert_cmpint(xbzrle_encode(old, new, code, 3), ==, 3);
}

static void test_random(void)
{
    GRand *r = g_rand_new_with_seed(3);

    for (int n = 0; n < 2000; n++) {
        int len;

        for (int i = 0; i < XBZRLE_PAGE; i += 4) {
            uint32_t v = g_rand_int(r);

            memcpy(old + i, &v, 4);
        }
        memcpy(new, old, sizeof(new));
        for (int i = g_rand_int_range(r, 0, 100); i > 0; i--) {
            int at = g_rand_int_range(r, 0, XBZRLE_PAGE);
            int run = g_rand_int_range(r, 1, 64);

            memset(new + at, g_rand_int(r), MIN(run, XBZRLE_PAGE - at));
        }
        len = xbzrle_encode(old, new, code, sizeof(code));
        memcpy(got, old, sizeof(got));
        if (len >= 0) {
            g_assert_cmpint(xbzrle_decode(code, len, got), ==, 0);
            g_assert_cmpmem(got, sizeof(got), new, sizeof(new));
        }
    }
    g_rand_free(r);
}

static void test_bad(void)
{
    static const struct { uint8_t in[6]; int len; } bad[] = {
        { { 0 }, 1 },                           /* no second count */
        { { 0, 0 }, 2 },                        /* nothing changes */
        { { 0, 2, 1 }, 3 },                     /* a byte is missing */
        { { 0x80 }, 1 },                        /* half a count */
        { { 0x80, 0x80, 0x01, 1, 1 }, 5 },      /* a count of three bytes */
        { { 0, 1, 1, 0, 1, 1 }, 6 },            /* runs are not joined */
        { { 0x80, 0x20, 1, 1 }, 4 },            /* behind the page's end */
        { { 0xff, 0x1f, 2, 1, 1 }, 5 },
    };
    GRand *r = g_rand_new_with_seed(4);

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_autofree uint8_t *in = g_memdup2(bad[i].in, bad[i].len);

        g_assert_cmpint(xbzrle_decode(in, bad[i].len, got), ==, -1);
    }
    for (int n = 0; n < 20000; n++) {
        int len = g_rand_int_range(r, 0, 40);
        g_autofree uint8_t *in = g_malloc(len);

        for (int i = 0; i < len; i++) {
            in[i] = g_rand_int(r);
        }
        xbzrle_decode(in, len, got);
    }
    g_rand_free(r);
}

static void test_cache(void)
{
    XbzrleCache *c = xbzrle_cache_new(4 * XBZRLE_PAGE);

    g_assert_null(xbzrle_cache_new(XBZRLE_PAGE / 2));
    g_assert_null(xbzrle_cache_new(3 * XBZRLE_PAGE));
    g_assert_cmpuint(xbzrle_cache_size(c), ==, 4 * XBZRLE_PAGE);
    reset();
    g_assert_null(xbzrle_cache_get(c, 0));
    g_assert_nonnull(xbzrle_cache_put(c, 0, old, 5));
    g_assert_nonnull(xbzrle_cache_put(c, XBZRLE_PAGE, old, 5));
    /* Its slot is taken by a page just used ... */
    g_assert_null(xbzrle_cache_put(c, 4 * XBZRLE_PAGE, old, 6));
    xbzrle_cache_touch(c, 0, 6);
    g_assert_null(xbzrle_cache_put(c, 4 * XBZRLE_PAGE, old, 7));
    /* ... until that has rested. */
    g_assert_nonnull(xbzrle_cache_put(c, 4 * XBZRLE_PAGE, old, 8));
    g_assert_null(xbzrle_cache_get(c, 0));
    g_assert_cmpuint(xbzrle_cache_get(c, 4 * XBZRLE_PAGE)[0], ==, 0x11);
    xbzrle_cache_free(c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xbzrle/known", test_known);
    g_test_add_func("/xbzrle/overflow", test_overflow);
    g_test_add_func("/xbzrle/random", test_random);
    g_test_add_func("/xbzrle/bad", test_bad);
    g_test_add_func("/xbzrle/cache", test_cache);
    return g_test_run();
}
