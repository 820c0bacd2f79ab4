/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random bytes for the guest: getrandom(2), or a generator of GLib's in each
 * thread once -seed made results repeatable.
 */
#include "qemu/osdep.h"
#include "qemu/guest-random.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"

#include <sys/random.h>

static bool repeatable;
static __thread GRand *thread_rand;

static GRand *rand_from(uint64_t seed)
{
    guint32 words[2] = { seed, seed >> 32 };

    return g_rand_new_with_seed_array(words, 2);
}

int qemu_guest_random_seed_main(const char *seedstr, Error **errp)
{
    uint64_t seed;

    if (qemu_strtou64(seedstr, NULL, 0, &seed) < 0) {
        error_setg(errp, "Invalid seed number: '%s'", seedstr);
        return -1;
    }
    repeatable = true;
    qemu_guest_random_seed_thread_part2(seed);
    return 0;
}

uint64_t qemu_guest_random_seed_thread_part1(void)
{
    uint64_t seed = 0;

    if (repeatable) {
        qemu_guest_getrandom_nofail(&seed, sizeof(seed));
    }
    return seed;
}

void qemu_guest_random_seed_thread_part2(uint64_t seed)
{
    if (repeatable) {
        if (thread_rand) {
            g_rand_free(thread_rand);
        }
        thread_rand = rand_from(seed);
    }
}

static void repeatable_bytes(uint8_t *buf, size_t len)
{
    if (!thread_rand) {
        thread_rand = rand_from(0);
    }
    while (len) {
        guint32 word = g_rand_int(thread_rand);
        size_t n = MIN(len, sizeof(word));

        memcpy(buf, &word, n);
        buf += n;
        len -= n;
    }
}

int qemu_guest_getrandom(void *buf, size_t len, Error **errp)
{
    if (repeatable) {
        repeatable_bytes(buf, len);
        return 0;
    }
    while (len) {
        ssize_t n = RETRY_ON_EINTR(getrandom(buf, len, 0));

        if (n < 0) {
            error_setg_errno(errp, errno, "Cannot get random bytes");
            return -1;
        }
        buf = (char *)buf + n;
        len -= n;
    }
    return 0;
}

void qemu_guest_getrandom_nofail(void *buf, size_t len)
{
    Error *err = NULL;

    if (qemu_guest_getrandom(buf, len, &err) < 0) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
}
