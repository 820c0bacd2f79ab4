/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Down-counters on the virtual clock.
 *
 * A running counter is two numbers: the time at which it next reaches 0, and
 * the count that it started from (delta).  What it shows is the number of
 * periods left until then.  A deadline further away than delta periods means
 * that the counter still shows the 0 that comes before a late reload.
 */
#include "qemu/osdep.h"
#include "hw/clock.h"
#include "hw/ptimer.h"
#include "migration/vmstate.h"
#include "qemu/timer.h"

enum { STOPPED, PERIODIC, ONE_SHOT };

struct ptimer_state {
    uint8_t enabled;            /* one of the above */
    uint8_t policy;
    bool in_transaction;
    bool need_restart;          /* arm the timer when the transaction ends */
    uint64_t limit;
    uint64_t delta;
    int64_t period;             /* ns, and 2^-32 ns */
    uint32_t period_frac;
    int64_t last_event;
    int64_t next_event;
    ptimer_cb callback;
    void *callback_opaque;
    QEMUTimer *timer;
};

/* A guest must not make the host do nothing but expire timers. */
#define SHORTEST_CYCLE_NS 10000

static bool has_policy(const ptimer_state *s, unsigned policy)
{
    return s->policy & policy;
}

static unsigned __int128 fine_period(const ptimer_state *s)
{
    return (unsigned __int128)s->period << 32 | s->period_frac;
}

/* Length of n ticks in ns. */
static int64_t ticks_to_ns(const ptimer_state *s, uint64_t n)
{
    unsigned __int128 whole = (unsigned __int128)n * s->period;
    unsigned __int128 ns = whole + ((unsigned __int128)n * s->period_frac >>
                                    32);

    return ns > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)ns;
}

static void halt(ptimer_state *s)
{
    s->enabled = STOPPED;
    timer_del(s->timer);
}

/* Sets the deadline so many ticks after `from`. */
static void arm(ptimer_state *s, int64_t from, uint64_t ticks)
{
    int64_t ns = ticks_to_ns(s, ticks);

    if (s->enabled == PERIODIC && ns < SHORTEST_CYCLE_NS &&
        !qemu_clock_virtual_is_manual()) {
        ns = SHORTEST_CYCLE_NS;
    }
    s->last_event = from;
    s->next_event = from + ns;
    timer_mod(s->timer, s->next_event);
}

/*
 * From the end of a transaction that changed something: counts down from
 * delta, now.
 */
static void start(ptimer_state *s)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    if (!fine_period(s)) {
        halt(s);
        return;
    }
    if (s->delta == 0) {
        if (!has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_TRIGGER |
                           PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT)) {
            s->callback(s->callback_opaque);
            if (!s->enabled) {
                return;
            }
        }
        if (s->enabled == PERIODIC && s->limit) {
            bool late = has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_RELOAD);

            s->delta = s->limit;
            arm(s, now, s->limit + (late ? 1 : 0));
            return;
        }
        if (!(s->enabled == PERIODIC &&
              has_policy(s, PTIMER_POLICY_CONTINUOUS_TRIGGER)) &&
            !has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_TRIGGER)) {
            halt(s);
            return;
        }
        /* 0 stays on show until the tick that triggers. */
        arm(s, now, 1);
        return;
    }
    arm(s, now, s->delta);
}

/* The counter reached 0. */
static void tick(void *opaque)
{
    ptimer_state *s = opaque;

    ptimer_transaction_begin(s);
    if (s->enabled == ONE_SHOT) {
        s->delta = 0;
        s->enabled = STOPPED;
    } else if (s->limit) {
        /* The next cycle begins where this one ended, without drift. */
        bool wrap = has_policy(s, PTIMER_POLICY_WRAP_AFTER_ONE_PERIOD);

        s->delta = s->limit;
        arm(s, s->next_event, s->limit + (wrap ? 1 : 0));
    } else {
        s->delta = 0;
        if (has_policy(s, PTIMER_POLICY_CONTINUOUS_TRIGGER)) {
            arm(s, s->next_event, 1);
        } else {
            s->enabled = STOPPED;
        }
    }
    s->callback(s->callback_opaque);
    ptimer_transaction_commit(s);
}

uint64_t ptimer_get_count(ptimer_state *s)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    unsigned __int128 left, ticks;

    if (!s->enabled || !s->delta || !fine_period(s)) {
        return s->delta;
    }
    if (now >= s->next_event) {
        return 0;
    }
    if (now == s->last_event &&
        ticks_to_ns(s, s->delta) == s->next_event - s->last_event) {
        return s->delta;
    }
    left = (unsigned __int128)(s->next_event - now) << 32;
    ticks = left / fine_period(s);
    if (has_policy(s, PTIMER_POLICY_NO_COUNTER_ROUND_DOWN) &&
        left % fine_period(s)) {
        ticks++;
    }
    /* Past the end of delta's periods the 0 before the reload shows. */
    return ticks > s->delta ? 0 : (uint64_t)ticks;
}

void ptimer_set_count(ptimer_state *s, uint64_t count)
{
    assert(s->in_transaction);
    s->delta = count;
    s->need_restart = s->need_restart || s->enabled;
}

void ptimer_run(ptimer_state *s, int oneshot)
{
    bool was_stopped = !s->enabled;

    assert(s->in_transaction);
    if (was_stopped && !fine_period(s)) {
        return;
    }
    s->enabled = oneshot ? ONE_SHOT : PERIODIC;
    s->need_restart = s->need_restart || was_stopped;
}

void ptimer_stop(ptimer_state *s)
{
    assert(s->in_transaction);
    if (s->enabled) {
        s->delta = ptimer_get_count(s);
        halt(s);
        s->need_restart = false;
    }
}

/* The count so far was measured in the old period. */
static void before_period_change(ptimer_state *s)
{
    assert(s->in_transaction);
    s->delta = ptimer_get_count(s);
    s->need_restart = s->need_restart || s->enabled;
}

void ptimer_set_period(ptimer_state *s, int64_t period)
{
    before_period_change(s);
    s->period = period;
    s->period_frac = 0;
}

void ptimer_set_period_from_clock(ptimer_state *s, const Clock *clk,
                                  unsigned int divisor)
{
    unsigned __int128 fine = (unsigned __int128)clock_get(clk) * divisor;

    before_period_change(s);
    s->period = MIN(fine >> 32, INT64_MAX);
    s->period_frac = fine;
}

void ptimer_set_freq(ptimer_state *s, uint32_t freq)
{
    before_period_change(s);
    s->period = freq ? NANOSECONDS_PER_SECOND / freq : 0;
    s->period_frac = freq ? (NANOSECONDS_PER_SECOND << 32) / freq : 0;
}

uint64_t ptimer_get_limit(ptimer_state *s)
{
    return s->limit;
}

void ptimer_set_limit(ptimer_state *s, uint64_t limit, int reload)
{
    assert(s->in_transaction);
    s->limit = limit;
    if (reload) {
        ptimer_set_count(s, limit);
    }
}

void ptimer_transaction_begin(ptimer_state *s)
{
    assert(!s->in_transaction);
    s->in_transaction = true;
    s->need_restart = false;
}

void ptimer_transaction_commit(ptimer_state *s)
{
    assert(s->in_transaction);
    /*
     * A callback from start() may change the counter again; as one that keeps
     * writing 0 would never end, the second restart waits for its deadline.
     */
    if (s->need_restart) {
        s->need_restart = false;
        start(s);
        if (s->need_restart && s->enabled) {
            arm(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), MAX(s->delta, 1));
        }
    }
    s->need_restart = false;
    s->in_transaction = false;
}

ptimer_state *ptimer_init(ptimer_cb callback, void *callback_opaque,
                          uint8_t policy_mask)
{
    ptimer_state *s = g_new0(ptimer_state, 1);

    /* Both say when a counter at 0 triggers, and not the same. */
    assert((policy_mask & PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT) == 0 ||
           (policy_mask & PTIMER_POLICY_NO_IMMEDIATE_TRIGGER) == 0);
    s->callback = callback;
    s->callback_opaque = callback_opaque;
    s->policy = policy_mask;
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, tick, s);
    return s;
}

void ptimer_free(ptimer_state *s)
{
    timer_free(s->timer);
    g_free(s);
}

/* A stream must not bring a counter that never ends or runs backwards. */
static int check_loaded(void *opaque, int version_id)
{
    ptimer_state *s = opaque;

    if (s->enabled > ONE_SHOT || s->period < 0 ||
        (s->enabled && !fine_period(s))) {
        return -EINVAL;
    }
    return 0;
}

const VMStateDescription vmstate_ptimer = {
    .name = "ptimer",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = check_loaded,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(enabled, ptimer_state),
        VMSTATE_UINT64(limit, ptimer_state),
        VMSTATE_UINT64(delta, ptimer_state),
        VMSTATE_UINT32(period_frac, ptimer_state),
        VMSTATE_INT64(period, ptimer_state),
        VMSTATE_INT64(last_event, ptimer_state),
        VMSTATE_INT64(next_event, ptimer_state),
        VMSTATE_TIMER_PTR(timer, ptimer_state),
        VMSTATE_END_OF_LIST()
    },
};
