/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads for system calls that block.
 *
 * Where there is work, one idle thread is called, or made if there is none, up
 * to a limit; when it has come and taken its work it calls the next.  So short
 * calls are made by the few threads that are awake anyway, and long ones soon
 * have all.  A thread goes after a while without work.  Results come back
 * through a stack that any thread pushes onto and the main loop empties at
 * once.
 */
#include "qemu/osdep.h"
#include "block/block_int.h"
#include "qemu/atomic.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"

#define MAX_THREADS 64
#define IDLE_US (10 * G_USEC_PER_SEC)

static GMutex lock;             /* of these */
static GCond more_work;
static BdrvWork *queue, **queue_tail = &queue;
static unsigned threads, idle;
static bool called;             /* a thread that has not come yet */

/* Finished, the newest first; and those that the main loop has taken. */
static BdrvWork *finished;
static BdrvWork *taken;
static QEMUBH *reap_bh;

static void push_finished(BdrvWork *work)
{
    BdrvWork *seen = qatomic_read(&finished), *found;

    for (;; seen = found) {
        work->next = seen;
        found = qatomic_cmpxchg(&finished, seen, work);
        if (found == seen) {
            break;
        }
    }
    /* Whoever found it empty says so; the loop takes all there is then. */
    if (!seen) {
        qemu_bh_schedule(reap_bh);
    }
}

static void *worker(void *opaque);

/* Unless all work is taken, or a thread on its way, or there are no more. */
static void call_thread(void)
{
    QemuThread thread;

    if (!queue || called) {
        return;
    }
    if (idle) {
        called = true;
        g_cond_signal(&more_work);
    } else if (threads < MAX_THREADS) {
        called = true;
        threads++;
        qemu_thread_create(&thread, "block worker", worker, NULL,
                           QEMU_THREAD_DETACHED);
    }
}

static bool wait_for_work(void)
{
    gint64 until = g_get_monotonic_time() + IDLE_US;
    bool in_time = true;

    while (!queue && in_time) {
        idle++;
        in_time = g_cond_wait_until(&more_work, &lock, until);
        idle--;
        called = false;
    }
    return queue != NULL;
}

static BdrvWork *next_work(void)
{
    BdrvWork *work;

    if (!queue && !wait_for_work()) {
        return NULL;
    }
    work = queue;
    queue = work->next;
    if (!queue) {
        queue_tail = &queue;
    }
    call_thread();
    return work;
}

static void *worker(void *opaque)
{
    BdrvWork *work;

    g_mutex_lock(&lock);
    called = false;
    while ((work = next_work())) {
        g_mutex_unlock(&lock);
        work->ret = work->run(work);
        push_finished(work);
        g_mutex_lock(&lock);
    }
    threads--;
    g_mutex_unlock(&lock);
    return NULL;
}

static void reap(void *opaque)
{
    bdrv_work_reap();
}

static void ensure_bh(void)
{
    if (!reap_bh) {
        reap_bh = qemu_bh_new(reap, NULL);
    }
}

void bdrv_work_submit(BdrvWork *work)
{
    ensure_bh();
    work->next = NULL;
    g_mutex_lock(&lock);
    *queue_tail = work;
    queue_tail = &work->next;
    call_thread();
    g_mutex_unlock(&lock);
}

void bdrv_work_finish(BdrvWork *work)
{
    ensure_bh();
    push_finished(work);
}

/* Moves what is finished behind what is taken, oldest first. */
static void take_finished(void)
{
    BdrvWork *work = qatomic_xchg(&finished, NULL);
    BdrvWork *first = NULL, **tail = &taken;

    while (work) {
        BdrvWork *next = work->next;

        work->next = first;
        first = work;
        work = next;
    }
    while (*tail) {
        tail = &(*tail)->next;
    }
    *tail = first;
}

/*
 * A callback may wait for others (bdrv_wait_step()), so each is off the list
 * before it is called, and the list is one for all levels.
 */
bool bdrv_work_reap(void)
{
    bool progress = false;
    BdrvWork *work;

    take_finished();
    while ((work = taken)) {
        taken = work->next;
        work->done(work);
        progress = true;
    }
    return progress;
}
