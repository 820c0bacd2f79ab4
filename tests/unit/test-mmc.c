/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers of CD and DVD drives: MMC-6, clause 6. */
#include "qemu/osdep.h"
#include "hw/block/mmc.h"
#include "qemu/bswap.h"

#define CD_BLOCKS (80 * 60 * 75)

static void check(const uint8_t *out, int len, const uint8_t *want, int size)
{
    g_assert_cmpmem(out, len, want, size);
}

#define CHECK(out, len, ...) do { \
        static const uint8_t want_[] = { __VA_ARGS__ }; \
        check(out, len, want_, sizeof(want_)); \
    } while (0)

static void test_profile(void)
{
    g_assert_cmphex(mmc_profile(false, 1), ==, MMC_PROFILE_NONE);
    g_assert_cmphex(mmc_profile(true, 0), ==, MMC_PROFILE_CD_ROM);
    g_assert_cmphex(mmc_profile(true, CD_BLOCKS), ==, MMC_PROFILE_CD_ROM);
    g_assert_cmphex(mmc_profile(true, CD_BLOCKS + 1), ==,
                    MMC_PROFILE_DVD_ROM);
    g_assert_cmphex(mmc_profile(true, 1ull << 32), ==, MMC_PROFILE_DVD_ROM);
}

static void test_toc(void)
{
    uint8_t out[MMC_ANSWER_MAX];
    int len;

    memset(out, 0xff, sizeof(out));
    len = mmc_read_toc(out, 0, 0, false, 0x12345);
    CHECK(out, len, 0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0,
          0, 0x16, 0xaa, 0, 0, 1, 0x23, 0x45);
    len = mmc_read_toc(out, 0, 0xaa, true, CD_BLOCKS - 1);
    CHECK(out, len, 0, 10, 1, 1, 0, 0x16, 0xaa, 0, 0, 80, 1, 74);
    g_assert_cmpint(mmc_read_toc(out, 0, 2, false, 1), ==, -1);

    memset(out, 0xff, sizeof(out));
    len = mmc_read_toc(out, 1, 0, false, 5);
    CHECK(out, len, 0, 10, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);

    memset(out, 0xff, sizeof(out));
    len = mmc_read_toc(out, 2, 0, true, 75);
    CHECK(out, len, 0, 46, 1, 1,
          1, 0x14, 0, 0xa0, 0, 0, 0, 0, 1, 0, 0,
          1, 0x14, 0, 0xa1, 0, 0, 0, 0, 1, 0, 0,
          1, 0x14, 0, 0xa2, 0, 0, 0, 0, 0, 3, 0,
          1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0);
    g_assert_cmpint(mmc_read_toc(out, 3, 0, false, 1), ==, -1);
}

static void test_configuration(void)
{
    uint8_t out[MMC_ANSWER_MAX];
    int len;

    memset(out, 0xff, sizeof(out));
    len = mmc_get_configuration(out, MMC_PROFILE_CD_ROM);
    CHECK(out, len, 0, 0, 0, 16, 0, 0, 0, 8,
          0, 0, 3, 8, 0, 0x10, 0, 0, 0, 8, 1, 0);
    len = mmc_add_feature(out, len, 0x0102, 0x0b, "ab", 2);
    g_assert_cmpint(len, ==, 26);
    g_assert_cmpint(ldl_be_p(out), ==, 22);
    CHECK(out + 20, 6, 1, 2, 0x0b, 2, 'a', 'b');
}

static void test_status(void)
{
    uint8_t out[MMC_ANSWER_MAX];
    int len;

    memset(out, 0xff, sizeof(out));
    len = mmc_get_event_status(out, 0xff);
    CHECK(out, len, 0, 4, 4, 0x10, 0, 0, 0, 0);
    len = mmc_get_event_status(out, 0xef);
    CHECK(out, len, 0, 2, 0x80, 0x10);
    memset(out, 0xff, sizeof(out));
    len = mmc_mechanism_status(out);
    CHECK(out, len, 0, 0, 0, 0, 0, 1, 0, 0);
}

static void test_medium(void)
{
    uint8_t out[MMC_ANSWER_MAX];

    memset(out, 0xff, sizeof(out));
    g_assert_cmpint(mmc_read_disc_information(out, 0), ==, 34);
    CHECK(out, 10, 0, 32, 0x0e, 1, 1, 1, 1, 0x20, 0, 0);
    g_assert_cmpint(out[33], ==, 0);
    g_assert_cmpint(mmc_read_disc_information(out, 1), ==, -1);

    memset(out, 0xff, sizeof(out));
    g_assert_cmpint(mmc_read_dvd_structure(out, 0, 0x1000000), ==, 2052);
    CHECK(out, 22, 8, 2, 0, 0, 1, 0x0f, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff,
          0, 0xff, 0xff, 0xff, 0, 0);
    g_assert_cmpint(out[2051], ==, 0);
    g_assert_cmpint(mmc_read_dvd_structure(out, 1, 1), ==, 8);
    CHECK(out, 8, 0, 6, 0, 0, 0, 0, 0, 0);
    g_assert_cmpint(mmc_read_dvd_structure(out, 4, 1), ==, 2052);
    g_assert_cmpint(mmc_read_dvd_structure(out, 0xff, 1), ==, 20);
    CHECK(out, 20, 0, 18, 0, 0, 0, 0x40, 8, 4, 1, 0x40, 0, 8, 3, 0x40, 0, 192,
          4, 0x40, 8, 4);
    g_assert_cmpint(mmc_read_dvd_structure(out, 2, 1), ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mmc/profile", test_profile);
    g_test_add_func("/mmc/toc", test_toc);
    g_test_add_func("/mmc/configuration", test_configuration);
    g_test_add_func("/mmc/status", test_status);
    g_test_add_func("/mmc/medium", test_medium);
    return g_test_run();
}
