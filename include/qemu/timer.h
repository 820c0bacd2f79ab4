/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks and timers.
 *
 * Times are nanoseconds.  A timer belongs to a list, a list to a clock and to
 * the event loop that runs it; a group has one list a clock.  Timers of one
 * list fire in the order of their deadlines, equal ones in the order in which
 * they were set.  timer_mod() and timer_del() may be called from any thread;
 * the callback runs in the loop's.
 */
#ifndef QEMU_TIMER_H
#define QEMU_TIMER_H

#include "qemu/bitops.h"
#include "qemu/notify.h"
#include "qemu/host-utils.h"

#define NANOSECONDS_PER_SECOND 1000000000LL

#define SCALE_MS 1000000
#define SCALE_US 1000
#define SCALE_NS 1

/*
 * REALTIME: host time that never jumps, also while the machine is stopped.
 * VIRTUAL: the machine's time; stands still while it is stopped, and moves
 *   only on command once qemu_clock_virtual_set_manual() was called.
 * HOST: the host's calendar time; may jump.
 * VIRTUAL_RT: as VIRTUAL, but not on command.
 */
typedef enum {
    QEMU_CLOCK_REALTIME = 0,
    QEMU_CLOCK_VIRTUAL = 1,
    QEMU_CLOCK_HOST = 2,
    QEMU_CLOCK_VIRTUAL_RT = 3,
    QEMU_CLOCK_MAX
} QEMUClockType;

/* The timer serves the outside world, not the machine. */
#define QEMU_TIMER_ATTR_EXTERNAL ((int)BIT(0))
#define QEMU_TIMER_ATTR_ALL 0xffffffff

typedef void QEMUTimerCB(void *opaque);
/* Told that the first deadline of a list moved nearer. */
typedef void QEMUTimerListNotifyCB(void *opaque, QEMUClockType type);

typedef struct QEMUTimerList QEMUTimerList;

struct QEMUTimerListGroup {
    QEMUTimerList *tl[QEMU_CLOCK_MAX];
};

struct QEMUTimer {
    int64_t expire_time;        /* ns; -1: not pending */
    QEMUTimerList *timer_list;
    QEMUTimerCB *cb;
    void *opaque;
    uint64_t seq;               /* order among equal deadlines */
    uint32_t heap_pos;          /* from 1; 0: not pending */
    int attributes;
    int scale;
};

/* The main loop's lists. */
extern QEMUTimerListGroup main_loop_tlg;

/* Reading clocks. */
int64_t qemu_clock_get_ns(QEMUClockType type);

static inline int64_t qemu_clock_get_ms(QEMUClockType type)
{
    return qemu_clock_get_ns(type) / SCALE_MS;
}

static inline int64_t qemu_clock_get_us(QEMUClockType type)
{
    return qemu_clock_get_ns(type) / SCALE_US;
}

/* Any pending timer in the main loop's list of this clock; any expired. */
bool qemu_clock_has_timers(QEMUClockType type);
bool qemu_clock_expired(QEMUClockType type);
/* Whether the clock's deadlines bound how long the main loop may sleep. */
bool qemu_clock_use_for_deadline(QEMUClockType type);
/*
 * ns to the next deadline in all lists of the clock, -1 for none (or a
 * stopped clock), 0 if one passed.  Timers with an attribute not in
 * @attr_mask are left out.
 */
int64_t qemu_clock_deadline_ns_all(QEMUClockType type, int attr_mask);
/* Wakes every loop that has a list of the clock. */
void qemu_clock_notify(QEMUClockType type);
/*
 * Lets timers of the clock fire, or not.  Disabling waits for callbacks
 * under way in other threads.
 */
void qemu_clock_enable(QEMUClockType type, bool enabled);
/* Fires what is due in the main loop's list(s); true if any did. */
bool qemu_clock_run_timers(QEMUClockType type);
bool qemu_clock_run_all_timers(void);

/*
 * The virtual clock.  It starts at 0, stopped; pause and resume are
 * idempotent.  Call with the BQL held.
 */
void qemu_clock_virtual_pause(void);
void qemu_clock_virtual_resume(void);
/* Sets the time (of a migrated machine); timers keep their deadlines. */
void qemu_clock_virtual_set(int64_t ns);
/* From now on the time moves by qemu_clock_virtual_step() only. */
void qemu_clock_virtual_set_manual(void);
bool qemu_clock_virtual_is_manual(void);
/*
 * Moves a manual clock on to @dest_ns, stopping at each deadline on the way
 * to fire its timers.  Never moves back.  Returns the new time.
 */
int64_t qemu_clock_virtual_step(int64_t dest_ns);
/* QEMU's name for the same. */
static inline int64_t qemu_clock_advance_virtual_time(int64_t dest)
{
    return qemu_clock_virtual_step(dest);
}

/* The virtual clock and the guest's cycle counter run, or stand. */
void cpu_enable_ticks(void);
void cpu_disable_ticks(void);
/* Virtual time as VIRTUAL_RT has it, and cycles at the host's rate. */
int64_t cpu_get_clock(void);
int64_t cpu_get_ticks(void);
/* Sets the cycle counter (of a migrated machine). */
void cpu_set_ticks(int64_t ticks);

/* Lists and groups: for event loops. */
QEMUTimerList *timerlist_new(QEMUClockType type, QEMUTimerListNotifyCB *cb,
                             void *opaque);
/* The list must be empty. */
void timerlist_free(QEMUTimerList *list);
bool timerlist_has_timers(QEMUTimerList *list);
bool timerlist_expired(QEMUTimerList *list);
int64_t timerlist_deadline_ns(QEMUTimerList *list);
QEMUClockType timerlist_get_clock(QEMUTimerList *list);
bool timerlist_run_timers(QEMUTimerList *list);
void timerlist_notify(QEMUTimerList *list);

/* Each clock has a list, telling @cb. */
void timerlistgroup_init(QEMUTimerListGroup *tlg, QEMUTimerListNotifyCB *cb,
                         void *opaque);
void timerlistgroup_deinit(QEMUTimerListGroup *tlg);
bool timerlistgroup_run_timers(QEMUTimerListGroup *tlg);
/* ns to the next deadline of a group, -1 for none. */
int64_t timerlistgroup_deadline_ns(QEMUTimerListGroup *tlg);

/*
 * Timers.  A timer in a structure of its owner's: timer_init*() and
 * timer_del() before the memory goes.  One of its own: timer_new*() and
 * timer_free().  @scale says how many ns the unit of timer_mod() has.
 */
void timer_init_full(QEMUTimer *ts, QEMUTimerListGroup *timer_list_group,
                     QEMUClockType type, int scale, int attributes,
                     QEMUTimerCB *cb, void *opaque);
/* Forgets the list; the timer must not be pending. */
void timer_deinit(QEMUTimer *ts);

static inline void timer_init(QEMUTimer *ts, QEMUClockType type, int scale,
                              QEMUTimerCB *cb, void *opaque)
{
    timer_init_full(ts, NULL, type, scale, 0, cb, opaque);
}

static inline void timer_init_ns(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_NS, cb, opaque);
}

static inline void timer_init_us(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_US, cb, opaque);
}

static inline void timer_init_ms(QEMUTimer *ts, QEMUClockType type,
                                 QEMUTimerCB *cb, void *opaque)
{
    timer_init(ts, type, SCALE_MS, cb, opaque);
}

static inline QEMUTimer *timer_new_full(QEMUTimerListGroup *timer_list_group,
                                        QEMUClockType type, int scale,
                                        int attributes, QEMUTimerCB *cb,
                                        void *opaque)
{
    QEMUTimer *ts = g_new0(QEMUTimer, 1);

    timer_init_full(ts, timer_list_group, type, scale, attributes, cb, opaque);
    return ts;
}

static inline QEMUTimer *timer_new(QEMUClockType type, int scale,
                                   QEMUTimerCB *cb, void *opaque)
{
    return timer_new_full(NULL, type, scale, 0, cb, opaque);
}

static inline QEMUTimer *timer_new_ns(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_NS, cb, opaque);
}

static inline QEMUTimer *timer_new_us(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_US, cb, opaque);
}

static inline QEMUTimer *timer_new_ms(QEMUClockType type, QEMUTimerCB *cb,
                                      void *opaque)
{
    return timer_new(type, SCALE_MS, cb, opaque);
}

/* No effect on a timer that is not pending, or zeroed. */
void timer_del(QEMUTimer *ts);

/* NULL is allowed. */
static inline void timer_free(QEMUTimer *ts)
{
    if (ts) {
        timer_del(ts);
        g_free(ts);
    }
}

/*
 * Sets the deadline, in ns or in the timer's unit; a negative one counts
 * as 0.  The _anticipate forms only ever bring it nearer.
 */
void timer_mod_ns(QEMUTimer *ts, int64_t expire_time);
void timer_mod_anticipate_ns(QEMUTimer *ts, int64_t expire_time);
void timer_mod(QEMUTimer *ts, int64_t expire_timer);
void timer_mod_anticipate(QEMUTimer *ts, int64_t expire_time);

bool timer_pending(QEMUTimer *ts);
/* Whether @current_time, in the timer's unit, has reached the deadline. */
bool timer_expired(QEMUTimer *timer_head, int64_t current_time);
/* Deadline in ns; -1: not pending. */
uint64_t timer_expire_time_ns(QEMUTimer *ts);

/* The deadline in a migration stream (VMSTATE_TIMER); floor 2 has them. */
void timer_get(QEMUFile *f, QEMUTimer *ts);
void timer_put(QEMUFile *f, QEMUTimer *ts);

/* ms to give to poll(), rounded up; -1 (for ever) stays. */
int qemu_timeout_ns_to_ms(int64_t ns);
/* poll() with a timeout in ns. */
int qemu_poll_ns(GPollFD *fds, guint nfds, int64_t timeout);

/* The nearer of two timeouts, where a negative one means for ever. */
static inline int64_t qemu_soonest_timeout(int64_t timeout1, int64_t timeout2)
{
    return (uint64_t)timeout1 < (uint64_t)timeout2 ? timeout1 : timeout2;
}

/*
 * Makes the main loop's lists; @notify_cb as in timerlist_new().  The first
 * timer does it with no @notify_cb where nobody else did.
 */
void init_clocks(QEMUTimerListNotifyCB *notify_cb);

/* Host time in ns: monotonic; and since 1970. */
static inline int64_t get_clock(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * NANOSECONDS_PER_SECOND + ts.tv_nsec;
}

static inline int64_t get_clock_realtime(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * NANOSECONDS_PER_SECOND + ts.tv_nsec;
}

/* The host's cycle counter. */
static inline int64_t cpu_get_host_ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    return get_clock();
#endif
}

#endif /* QEMU_TIMER_H */
