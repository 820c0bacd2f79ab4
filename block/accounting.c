/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting requests (block/accounting.h). */
#include "qemu/osdep.h"
#include "block/accounting.h"
#include "qemu/lockable.h"
#include "qemu/timer.h"
#include "sysemu/qtest.h"

/* Under qtest the virtual clock, so that what is counted can be foreseen. */
#define QTEST_LATENCY_NS (1 * SCALE_MS)

static int64_t now_ns(void)
{
    return qemu_clock_get_ns(qtest_enabled() ? QEMU_CLOCK_VIRTUAL
                                             : QEMU_CLOCK_REALTIME);
}

void block_acct_init(BlockAcctStats *stats)
{
    qemu_mutex_init(&stats->lock);
    stats->account_invalid = stats->account_failed = true;
}

void block_acct_cleanup(BlockAcctStats *stats)
{
    qemu_mutex_destroy(&stats->lock);
}

static bool choose(enum OnOffAuto value, bool now)
{
    return value == ON_OFF_AUTO_AUTO ? now : value == ON_OFF_AUTO_ON;
}

void block_acct_setup(BlockAcctStats *stats, enum OnOffAuto account_invalid,
                      enum OnOffAuto account_failed)
{
    stats->account_invalid = choose(account_invalid, stats->account_invalid);
    stats->account_failed = choose(account_failed, stats->account_failed);
}

void block_acct_start(BlockAcctStats *stats, BlockAcctCookie *cookie,
                      int64_t bytes, enum BlockAcctType type)
{
    *cookie = (BlockAcctCookie) {
        .bytes = bytes, .start_time_ns = now_ns(), .type = type,
    };
}

static void ended(BlockAcctStats *stats, BlockAcctCookie *cookie, bool failed)
{
    int64_t now = now_ns();
    int64_t took = qtest_enabled() ? QTEST_LATENCY_NS
                                   : now - cookie->start_time_ns;
    enum BlockAcctType type = cookie->type;

    cookie->type = BLOCK_ACCT_NONE;
    if (type == BLOCK_ACCT_NONE) {
        return;
    }
    QEMU_LOCK_GUARD(&stats->lock);
    if (failed) {
        stats->failed_ops[type]++;
    } else {
        stats->nr_bytes[type] += cookie->bytes;
        stats->nr_ops[type]++;
    }
    if (!failed || stats->account_failed) {
        stats->total_time_ns[type] += took;
        stats->last_access_time_ns = now;
    }
}

void block_acct_done(BlockAcctStats *stats, BlockAcctCookie *cookie)
{
    ended(stats, cookie, false);
}

void block_acct_failed(BlockAcctStats *stats, BlockAcctCookie *cookie)
{
    ended(stats, cookie, true);
}

void block_acct_invalid(BlockAcctStats *stats, enum BlockAcctType type)
{
    QEMU_LOCK_GUARD(&stats->lock);
    stats->invalid_ops[type]++;
    if (stats->account_invalid) {
        stats->last_access_time_ns = now_ns();
    }
}

void block_acct_merge_done(BlockAcctStats *stats, enum BlockAcctType type,
                           int num_requests)
{
    QEMU_LOCK_GUARD(&stats->lock);
    stats->merged[type] += num_requests;
}

int64_t block_acct_idle_time_ns(BlockAcctStats *stats)
{
    return now_ns() - stats->last_access_time_ns;
}
