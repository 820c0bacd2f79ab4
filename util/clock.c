/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clocks.  The machine's own ("virtual") clock and cycle counter are the
 * host's plus an offset while it runs, and the offset alone while it stands.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "qemu/atomic.h"

#include <poll.h>

/*
 * Written with the BQL held, read by anybody: a reader that sees an odd or a
 * changed @version tries again.
 */
static struct {
    unsigned version;
    bool running;
    bool manual;
    int64_t clock_offset;
    int64_t ticks_offset;
    int64_t manual_now;
} vclock;

static void vclock_write_begin(void)
{
    qatomic_set(&vclock.version, vclock.version + 1);
    smp_wmb();
}

static void vclock_write_end(void)
{
    smp_wmb();
    qatomic_set(&vclock.version, vclock.version + 1);
}

/* *@host, read between, is added to *@offset while the machine runs. */
static int64_t vclock_read(const int64_t *offset, int64_t (*host)(void))
{
    unsigned version;
    int64_t now;

    do {
        version = qatomic_load_acquire(&vclock.version) & ~1u;
        now = qatomic_read(offset);
        if (qatomic_read(&vclock.running)) {
            now += host();
        }
        smp_rmb();
    } while (qatomic_read(&vclock.version) != version);
    return now;
}

int64_t cpu_get_clock(void)
{
    return vclock_read(&vclock.clock_offset, get_clock);
}

int64_t cpu_get_ticks(void)
{
    return vclock_read(&vclock.ticks_offset, cpu_get_host_ticks);
}

static void vclock_run(bool run)
{
    int sign = run ? -1 : 1;

    if (vclock.running == run) {
        return;
    }
    vclock_write_begin();
    qatomic_set(&vclock.clock_offset,
                vclock.clock_offset + sign * get_clock());
    qatomic_set(&vclock.ticks_offset,
                vclock.ticks_offset + sign * cpu_get_host_ticks());
    qatomic_set(&vclock.running, run);
    vclock_write_end();
    if (run) {
        qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
        qemu_clock_notify(QEMU_CLOCK_VIRTUAL_RT);
    }
}

void cpu_enable_ticks(void)
{
    vclock_run(true);
}

void cpu_disable_ticks(void)
{
    vclock_run(false);
}

void qemu_clock_virtual_resume(void)
{
    vclock_run(true);
}

void qemu_clock_virtual_pause(void)
{
    vclock_run(false);
}

void qemu_clock_virtual_set(int64_t ns)
{
    vclock_write_begin();
    qatomic_set(&vclock.clock_offset,
                ns - (vclock.running ? get_clock() : 0));
    qatomic_set(&vclock.manual_now, ns);
    vclock_write_end();
    qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
}

void cpu_set_ticks(int64_t ticks)
{
    vclock_write_begin();
    qatomic_set(&vclock.ticks_offset,
                ticks - (vclock.running ? cpu_get_host_ticks() : 0));
    vclock_write_end();
}

void qemu_clock_virtual_set_manual(void)
{
    vclock.manual_now = 0;
    qatomic_set(&vclock.manual, true);
}

bool qemu_clock_virtual_is_manual(void)
{
    return qatomic_read(&vclock.manual);
}

int64_t qemu_clock_get_ns(QEMUClockType type)
{
    switch (type) {
    case QEMU_CLOCK_HOST:
        return get_clock_realtime();
    case QEMU_CLOCK_VIRTUAL:
        if (unlikely(qatomic_read(&vclock.manual))) {
            return qatomic_read_i64(&vclock.manual_now);
        }
        /* fall through */
    case QEMU_CLOCK_VIRTUAL_RT:
        return cpu_get_clock();
    case QEMU_CLOCK_REALTIME:
    default:
        return get_clock();
    }
}

int64_t qemu_clock_virtual_step(int64_t dest_ns)
{
    /*
     * A timer that a guest made to fire again and again without time
     * passing must not hold up time for ever.
     */
    const int rounds_at_one_instant = 1000;
    int64_t now = qatomic_read(&vclock.manual_now);
    int rounds = 0;

    while (now < dest_ns) {
        int64_t wait = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                                  QEMU_TIMER_ATTR_ALL);

        if (wait == 0 && ++rounds > rounds_at_one_instant) {
            wait = 1;
        }
        if (wait < 0 || wait > dest_ns - now) {
            wait = dest_ns - now;
        }
        if (wait > 0) {
            rounds = 0;
            now += wait;
            qatomic_set_i64(&vclock.manual_now, now);
        }
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
    }
    qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
    return now;
}

int qemu_timeout_ns_to_ms(int64_t ns)
{
    if (ns < 0) {
        return -1;
    }
    return MIN(DIV_ROUND_UP((uint64_t)ns, SCALE_MS), INT_MAX);
}

int qemu_poll_ns(GPollFD *fds, guint nfds, int64_t timeout)
{
    struct timespec ts;

    QEMU_BUILD_BUG_ON(sizeof(GPollFD) != sizeof(struct pollfd));
    /* The older call is the quicker one where it is exact enough. */
    if (timeout <= 0) {
        return poll((struct pollfd *)fds, nfds, timeout < 0 ? -1 : 0);
    }
    ts.tv_sec = timeout / NANOSECONDS_PER_SECOND;
    ts.tv_nsec = timeout % NANOSECONDS_PER_SECOND;
    return ppoll((struct pollfd *)fds, nfds, &ts, NULL);
}
