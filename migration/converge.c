/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auto-converge: a guest that keeps writing faster than its pages go is
 * slowed down, more and more until they catch up.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "sysemu/cpu-throttle.h"
#include "migration/converge.h"
#include "migration/options.h"

/* Time over which written and sent bytes are compared. */
#define PERIOD_NS NANOSECONDS_PER_SECOND

/* Periods in a row that went badly, before anything is done. */
#define BAD_PERIODS 2

static struct {
    int64_t since;
    uint64_t dirtied;           /* bytes in this period */
    uint64_t sent_before;
    int bad;
} now;

void converge_start(void)
{
    now.since = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    now.dirtied = now.sent_before = 0;
    now.bad = 0;
}

void converge_stop(void)
{
    cpu_throttle_stop();
}

/*
 * At the tail no more is taken from the guest than it needs to get below the
 * limit.
 */
static int increment(uint64_t dirtied, uint64_t limit)
{
    int full = PARAM(CPU_THROTTLE_INCREMENT);
    int running = 100 - cpu_throttle_get_percentage();
    int enough = running * (double)limit / dirtied;

    return PARAM(CPU_THROTTLE_TAILSLOW) ? MAX(MIN(full, running - enough), 1)
                                        : full;
}

static void slow_down(uint64_t dirtied, uint64_t limit)
{
    int percent = cpu_throttle_get_percentage();

    percent = percent ? percent + increment(dirtied, limit)
                      : PARAM(CPU_THROTTLE_INITIAL);
    cpu_throttle_set(MIN(percent, PARAM(MAX_CPU_THROTTLE)));
}

void converge_round(uint64_t dirtied, uint64_t sent)
{
    int64_t time = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
    uint64_t limit;

    now.dirtied += dirtied;
    if (!CAP(AUTO_CONVERGE) || time - now.since < PERIOD_NS) {
        return;
    }
    limit = (sent - now.sent_before) / 100 *
            PARAM(THROTTLE_TRIGGER_THRESHOLD);
    if (now.dirtied <= limit) {
        now.bad = 0;
    } else if (++now.bad >= BAD_PERIODS) {
        now.bad = 0;
        slow_down(now.dirtied, limit);
    }
    now.since = time;
    now.sent_before = sent;
    now.dirtied = 0;
}
