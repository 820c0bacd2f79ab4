/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers and their lists.  A list is a binary heap by deadline, then by the
 * order of setting; its first deadline is also kept where the event loop can
 * look at it without the lock.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "qemu/lockable.h"

#define NO_DEADLINE INT64_MAX

struct QEMUTimerList {
    QEMUClockType type;
    QemuMutex lock;             /* guards the heap */
    QEMUTimer **heap;           /* heap[0] is not used */
    uint32_t num;
    uint32_t room;
    uint64_t seq;
    int64_t first;              /* deadline; atomic */
    QemuEvent idle;             /* no callback is running */
    QEMUTimerListNotifyCB *notify_cb;
    void *notify_opaque;
    QLIST_ENTRY(QEMUTimerList) node;
};

typedef QLIST_HEAD(, QEMUTimerList) TimerLists;

QEMUTimerListGroup main_loop_tlg;

/* All lists by clock, guarded by @lists_lock. */
static TimerLists clock_lists[QEMU_CLOCK_MAX];
static QemuMutex lists_lock = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .initialized = true,
};
static bool clock_disabled[QEMU_CLOCK_MAX];
/* The list whose callback this thread is in. */
static __thread QEMUTimerList *running_list;

/* The heap */

static bool timer_before(const QEMUTimer *a, const QEMUTimer *b)
{
    return a->expire_time < b->expire_time ||
           (a->expire_time == b->expire_time && a->seq < b->seq);
}

static void heap_put(QEMUTimerList *list, uint32_t pos, QEMUTimer *ts)
{
    list->heap[pos] = ts;
    ts->heap_pos = pos;
}

/* Places @ts, for which there is a gap at @pos, at or above it. */
static void heap_up(QEMUTimerList *list, uint32_t pos, QEMUTimer *ts)
{
    while (pos > 1 && timer_before(ts, list->heap[pos / 2])) {
        heap_put(list, pos, list->heap[pos / 2]);
        pos /= 2;
    }
    heap_put(list, pos, ts);
}

/* Places @ts, for which there is a gap at @pos, at or below it. */
static void heap_down(QEMUTimerList *list, uint32_t pos, QEMUTimer *ts)
{
    uint32_t child;

    while ((child = pos * 2) <= list->num) {
        if (child < list->num &&
            timer_before(list->heap[child + 1], list->heap[child])) {
            child++;
        }
        if (!timer_before(list->heap[child], ts)) {
            break;
        }
        heap_put(list, pos, list->heap[child]);
        pos = child;
    }
    heap_put(list, pos, ts);
}

static void heap_publish(QEMUTimerList *list)
{
    qatomic_set_i64(&list->first,
                    list->num ? list->heap[1]->expire_time : NO_DEADLINE);
}

static void heap_remove(QEMUTimerList *list, QEMUTimer *ts)
{
    uint32_t pos = ts->heap_pos;
    QEMUTimer *last;

    if (!pos) {
        return;
    }
    last = list->heap[list->num--];
    if (last != ts) {
        if (pos > 1 && timer_before(last, list->heap[pos / 2])) {
            heap_up(list, pos, last);
        } else {
            heap_down(list, pos, last);
        }
    }
    ts->heap_pos = 0;
    qatomic_set_i64(&ts->expire_time, -1);
    heap_publish(list);
}

/* True if the first deadline of the list moved nearer. */
static bool heap_insert(QEMUTimerList *list, QEMUTimer *ts, int64_t expire)
{
    if (list->num + 1 >= list->room) {
        list->room = list->room ? list->room * 2 : 16;
        list->heap = g_renew(QEMUTimer *, list->heap, list->room);
    }
    qatomic_set_i64(&ts->expire_time, MAX(expire, 0));
    ts->seq = list->seq++;
    heap_up(list, ++list->num, ts);
    heap_publish(list);
    return ts->heap_pos == 1;
}

/* Lists */

QEMUTimerList *timerlist_new(QEMUClockType type, QEMUTimerListNotifyCB *cb,
                             void *opaque)
{
    QEMUTimerList *list = g_new0(QEMUTimerList, 1);

    list->type = type;
    list->first = NO_DEADLINE;
    list->notify_cb = cb;
    list->notify_opaque = opaque;
    qemu_mutex_init(&list->lock);
    qemu_event_init(&list->idle, true);
    WITH_QEMU_LOCK_GUARD(&lists_lock) {
        QLIST_INSERT_HEAD(&clock_lists[type], list, node);
    }
    return list;
}

void timerlist_free(QEMUTimerList *list)
{
    assert(!timerlist_has_timers(list));
    WITH_QEMU_LOCK_GUARD(&lists_lock) {
        QLIST_REMOVE(list, node);
    }
    qemu_mutex_destroy(&list->lock);
    qemu_event_destroy(&list->idle);
    g_free(list->heap);
    g_free(list);
}

bool timerlist_has_timers(QEMUTimerList *list)
{
    return qatomic_read_i64(&list->first) != NO_DEADLINE;
}

static bool clock_enabled(QEMUClockType type)
{
    return !qatomic_read(&clock_disabled[type]);
}

/* ns from the clock's present time to @deadline; 0 if it passed. */
static int64_t clock_until(QEMUClockType type, int64_t deadline)
{
    return MAX(deadline - qemu_clock_get_ns(type), 0);
}

int64_t timerlist_deadline_ns(QEMUTimerList *list)
{
    int64_t first = qatomic_read_i64(&list->first);

    if (first == NO_DEADLINE || !clock_enabled(list->type)) {
        return -1;
    }
    return clock_until(list->type, first);
}

bool timerlist_expired(QEMUTimerList *list)
{
    int64_t first = qatomic_read_i64(&list->first);

    return first != NO_DEADLINE && first <= qemu_clock_get_ns(list->type);
}

QEMUClockType timerlist_get_clock(QEMUTimerList *list)
{
    return list->type;
}

void timerlist_notify(QEMUTimerList *list)
{
    if (list->notify_cb) {
        list->notify_cb(list->notify_opaque, list->type);
    }
}

bool timerlist_run_timers(QEMUTimerList *list)
{
    QEMUTimerList *outer = running_list;
    uint64_t seq_end;
    int64_t now;
    bool progress = false;

    if (!timerlist_has_timers(list)) {
        return false;
    }
    qemu_event_reset(&list->idle);
    if (!clock_enabled(list->type)) {
        goto out;
    }
    now = qemu_clock_get_ns(list->type);
    running_list = list;
    qemu_mutex_lock(&list->lock);
    /* Timers set by callbacks wait for the next round: it will end. */
    seq_end = list->seq;
    while (list->num) {
        QEMUTimer *ts = list->heap[1];
        QEMUTimerCB *cb = ts->cb;
        void *opaque = ts->opaque;

        if (ts->expire_time > now || ts->seq >= seq_end) {
            break;
        }
        heap_remove(list, ts);
        qemu_mutex_unlock(&list->lock);
        cb(opaque);
        progress = true;
        qemu_mutex_lock(&list->lock);
    }
    qemu_mutex_unlock(&list->lock);
    running_list = outer;
out:
    qemu_event_set(&list->idle);
    return progress;
}

/* Groups */

void timerlistgroup_init(QEMUTimerListGroup *tlg, QEMUTimerListNotifyCB *cb,
                         void *opaque)
{
    for (int i = 0; i < QEMU_CLOCK_MAX; i++) {
        tlg->tl[i] = timerlist_new(i, cb, opaque);
    }
}

void timerlistgroup_deinit(QEMUTimerListGroup *tlg)
{
    for (int i = 0; i < QEMU_CLOCK_MAX; i++) {
        timerlist_free(tlg->tl[i]);
    }
}

bool timerlistgroup_run_timers(QEMUTimerListGroup *tlg)
{
    bool progress = false;

    for (int i = 0; i < QEMU_CLOCK_MAX; i++) {
        progress |= timerlist_run_timers(tlg->tl[i]);
    }
    return progress;
}

int64_t timerlistgroup_deadline_ns(QEMUTimerListGroup *tlg)
{
    int64_t soonest = -1;

    for (int i = 0; i < QEMU_CLOCK_MAX; i++) {
        int64_t wait = timerlist_deadline_ns(tlg->tl[i]);

        /* Waiting does not bring a deadline of a manual clock nearer. */
        if (wait == 0 || qemu_clock_use_for_deadline(i)) {
            soonest = qemu_soonest_timeout(soonest, wait);
        }
    }
    return soonest;
}

void init_clocks(QEMUTimerListNotifyCB *notify_cb)
{
    for (int i = 0; i < QEMU_CLOCK_MAX; i++) {
        if (!main_loop_tlg.tl[i]) {
            main_loop_tlg.tl[i] = timerlist_new(i, notify_cb, NULL);
        } else if (notify_cb) {
            main_loop_tlg.tl[i]->notify_cb = notify_cb;
        }
    }
}

/* Clocks, as far as their timers are concerned */

static QEMUTimerList *main_list(QEMUClockType type)
{
    if (unlikely(!main_loop_tlg.tl[type])) {
        init_clocks(NULL);
    }
    return main_loop_tlg.tl[type];
}

bool qemu_clock_use_for_deadline(QEMUClockType type)
{
    return type != QEMU_CLOCK_VIRTUAL || !qemu_clock_virtual_is_manual();
}

bool qemu_clock_has_timers(QEMUClockType type)
{
    return timerlist_has_timers(main_list(type));
}

bool qemu_clock_expired(QEMUClockType type)
{
    return timerlist_expired(main_list(type));
}

bool qemu_clock_run_timers(QEMUClockType type)
{
    return timerlist_run_timers(main_list(type));
}

bool qemu_clock_run_all_timers(void)
{
    bool progress = false;

    for (int i = 0; i < QEMU_CLOCK_MAX; i++) {
        if (qemu_clock_use_for_deadline(i) || qemu_clock_expired(i)) {
            progress |= qemu_clock_run_timers(i);
        }
    }
    return progress;
}

/* The first deadline among timers without attributes out of @attr_mask. */
static int64_t timerlist_first_with(QEMUTimerList *list, int attr_mask)
{
    int64_t first = NO_DEADLINE;

    if (attr_mask == (int)QEMU_TIMER_ATTR_ALL) {
        return qatomic_read_i64(&list->first);
    }
    QEMU_LOCK_GUARD(&list->lock);
    for (uint32_t i = 1; i <= list->num; i++) {
        if (!(list->heap[i]->attributes & ~attr_mask)) {
            first = MIN(first, list->heap[i]->expire_time);
        }
    }
    return first;
}

int64_t qemu_clock_deadline_ns_all(QEMUClockType type, int attr_mask)
{
    int64_t first = NO_DEADLINE;
    QEMUTimerList *list;

    if (!clock_enabled(type)) {
        return -1;
    }
    WITH_QEMU_LOCK_GUARD(&lists_lock) {
        QLIST_FOREACH(list, &clock_lists[type], node) {
            first = MIN(first, timerlist_first_with(list, attr_mask));
        }
    }
    return first == NO_DEADLINE ? -1 : clock_until(type, first);
}

void qemu_clock_notify(QEMUClockType type)
{
    QEMUTimerList *list;

    QEMU_LOCK_GUARD(&lists_lock);
    QLIST_FOREACH(list, &clock_lists[type], node) {
        timerlist_notify(list);
    }
}

void qemu_clock_enable(QEMUClockType type, bool enabled)
{
    bool was = clock_enabled(type);
    QEMUTimerList *list;

    qatomic_set_mb(&clock_disabled[type], !enabled);
    if (enabled && !was) {
        qemu_clock_notify(type);
    } else if (!enabled && was) {
        QEMU_LOCK_GUARD(&lists_lock);
        QLIST_FOREACH(list, &clock_lists[type], node) {
            if (list != running_list) {
                qemu_event_wait(&list->idle);
            }
        }
    }
}

/* Timers */

void timer_init_full(QEMUTimer *ts, QEMUTimerListGroup *timer_list_group,
                     QEMUClockType type, int scale, int attributes,
                     QEMUTimerCB *cb, void *opaque)
{
    *ts = (QEMUTimer) {
        .expire_time = -1,
        .timer_list = timer_list_group ? timer_list_group->tl[type] :
                      main_list(type),
        .cb = cb,
        .opaque = opaque,
        .attributes = attributes,
        .scale = scale,
    };
}

void timer_deinit(QEMUTimer *ts)
{
    assert(!timer_pending(ts));
    ts->timer_list = NULL;
}

void timer_del(QEMUTimer *ts)
{
    QEMUTimerList *list = ts->timer_list;

    if (list) {
        QEMU_LOCK_GUARD(&list->lock);
        heap_remove(list, ts);
    }
}

void timer_mod_ns(QEMUTimer *ts, int64_t expire_time)
{
    QEMUTimerList *list = ts->timer_list;
    bool nearer = false;

    WITH_QEMU_LOCK_GUARD(&list->lock) {
        heap_remove(list, ts);
        nearer = heap_insert(list, ts, expire_time);
    }
    if (nearer) {
        timerlist_notify(list);
    }
}

void timer_mod_anticipate_ns(QEMUTimer *ts, int64_t expire_time)
{
    QEMUTimerList *list = ts->timer_list;
    bool nearer = false;

    WITH_QEMU_LOCK_GUARD(&list->lock) {
        if (!ts->heap_pos || ts->expire_time > expire_time) {
            heap_remove(list, ts);
            nearer = heap_insert(list, ts, expire_time);
        }
    }
    if (nearer) {
        timerlist_notify(list);
    }
}

/* In ns; what is too far to be told in ns never comes. */
static int64_t timer_scaled(const QEMUTimer *ts, int64_t time)
{
    int64_t ns;

    return __builtin_mul_overflow(time, ts->scale, &ns) ?
           (time < 0 ? 0 : NO_DEADLINE - 1) : ns;
}

void timer_mod(QEMUTimer *ts, int64_t expire_time)
{
    timer_mod_ns(ts, timer_scaled(ts, expire_time));
}

void timer_mod_anticipate(QEMUTimer *ts, int64_t expire_time)
{
    timer_mod_anticipate_ns(ts, timer_scaled(ts, expire_time));
}

bool timer_pending(QEMUTimer *ts)
{
    return qatomic_read(&ts->heap_pos) != 0;
}

bool timer_expired(QEMUTimer *timer_head, int64_t current_time)
{
    return timer_pending(timer_head) &&
           qatomic_read_i64(&timer_head->expire_time) <=
           timer_scaled(timer_head, current_time);
}

uint64_t timer_expire_time_ns(QEMUTimer *ts)
{
    return timer_pending(ts) ? qatomic_read_i64(&ts->expire_time) : -1;
}
