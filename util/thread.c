/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads, locks, conditions, semaphores and events on POSIX threads and
 * Linux futexes.  All timed waits use the monotonic clock.
 */
#include "qemu/osdep.h"
#include "qemu/thread.h"
#include "qemu/notify.h"
#include "qemu/error-report.h"

#include <linux/futex.h>
#include <sys/syscall.h>

static bool name_threads;

/* Misuse of a lock: nothing sensible can follow. */
static QEMU_NORETURN void thread_bug(int err, const char *what)
{
    fprintf(stderr, "qemu: %s: %s\n", what, strerror(err));
    abort();
}

static inline void check(int err, const char *what)
{
    if (unlikely(err)) {
        thread_bug(err, what);
    }
}

static struct timespec deadline_after(int ms)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    ts.tv_sec += ms / 1000;
    ts.tv_nsec += ms % 1000 * 1000000L;
    if (ts.tv_nsec >= 1000000000L) {
        ts.tv_nsec -= 1000000000L;
        ts.tv_sec++;
    }
    return ts;
}

/* Mutexes */

void qemu_mutex_init(QemuMutex *mutex)
{
    check(pthread_mutex_init(&mutex->lock, NULL), __func__);
    mutex->initialized = true;
}

void qemu_mutex_destroy(QemuMutex *mutex)
{
    assert(mutex->initialized);
    mutex->initialized = false;
    check(pthread_mutex_destroy(&mutex->lock), __func__);
}

void qemu_mutex_lock(QemuMutex *mutex)
{
    assert(mutex->initialized);
    check(pthread_mutex_lock(&mutex->lock), __func__);
}

int qemu_mutex_trylock(QemuMutex *mutex)
{
    int err;

    assert(mutex->initialized);
    err = pthread_mutex_trylock(&mutex->lock);
    if (err == EBUSY) {
        return -EBUSY;
    }
    check(err, __func__);
    return 0;
}

void qemu_mutex_unlock(QemuMutex *mutex)
{
    assert(mutex->initialized);
    check(pthread_mutex_unlock(&mutex->lock), __func__);
}

void qemu_rec_mutex_init(QemuRecMutex *mutex)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    check(pthread_mutex_init(&mutex->m.lock, &attr), __func__);
    pthread_mutexattr_destroy(&attr);
    mutex->m.initialized = true;
}

void qemu_rec_mutex_destroy(QemuRecMutex *mutex)
{
    qemu_mutex_destroy(&mutex->m);
}

void qemu_rec_mutex_lock(QemuRecMutex *mutex)
{
    qemu_mutex_lock(&mutex->m);
}

int qemu_rec_mutex_trylock(QemuRecMutex *mutex)
{
    return qemu_mutex_trylock(&mutex->m);
}

void qemu_rec_mutex_unlock(QemuRecMutex *mutex)
{
    qemu_mutex_unlock(&mutex->m);
}

/* Conditions */

void qemu_cond_init(QemuCond *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    check(pthread_cond_init(&cond->cond, &attr), __func__);
    pthread_condattr_destroy(&attr);
    cond->initialized = true;
}

void qemu_cond_destroy(QemuCond *cond)
{
    assert(cond->initialized);
    cond->initialized = false;
    check(pthread_cond_destroy(&cond->cond), __func__);
}

void qemu_cond_signal(QemuCond *cond)
{
    assert(cond->initialized);
    check(pthread_cond_signal(&cond->cond), __func__);
}

void qemu_cond_broadcast(QemuCond *cond)
{
    assert(cond->initialized);
    check(pthread_cond_broadcast(&cond->cond), __func__);
}

void qemu_cond_wait(QemuCond *cond, QemuMutex *mutex)
{
    assert(cond->initialized);
    check(pthread_cond_wait(&cond->cond, &mutex->lock), __func__);
}

bool qemu_cond_timedwait(QemuCond *cond, QemuMutex *mutex, int ms)
{
    struct timespec ts = deadline_after(ms);
    int err;

    assert(cond->initialized);
    err = pthread_cond_timedwait(&cond->cond, &mutex->lock, &ts);
    if (err == ETIMEDOUT) {
        return false;
    }
    check(err, __func__);
    return true;
}

/* Semaphores */

void qemu_sem_init(QemuSemaphore *sem, int init)
{
    if (init < 0) {
        thread_bug(EINVAL, __func__);
    }
    qemu_mutex_init(&sem->mutex);
    qemu_cond_init(&sem->cond);
    sem->count = init;
}

void qemu_sem_destroy(QemuSemaphore *sem)
{
    qemu_cond_destroy(&sem->cond);
    qemu_mutex_destroy(&sem->mutex);
}

void qemu_sem_post(QemuSemaphore *sem)
{
    qemu_mutex_lock(&sem->mutex);
    if (sem->count == UINT_MAX) {
        thread_bug(EOVERFLOW, __func__);
    }
    sem->count++;
    qemu_cond_signal(&sem->cond);
    qemu_mutex_unlock(&sem->mutex);
}

void qemu_sem_wait(QemuSemaphore *sem)
{
    qemu_mutex_lock(&sem->mutex);
    while (sem->count == 0) {
        qemu_cond_wait(&sem->cond, &sem->mutex);
    }
    sem->count--;
    qemu_mutex_unlock(&sem->mutex);
}

int qemu_sem_timedwait(QemuSemaphore *sem, int ms)
{
    struct timespec ts = deadline_after(ms);
    int err = 0;

    qemu_mutex_lock(&sem->mutex);
    while (sem->count == 0 && err != ETIMEDOUT) {
        err = pthread_cond_timedwait(&sem->cond.cond, &sem->mutex.lock, &ts);
    }
    if (sem->count > 0) {
        sem->count--;
        err = 0;
    }
    qemu_mutex_unlock(&sem->mutex);
    return err ? -1 : 0;
}

/* Events: a futex word in one of three states. */

enum { EV_CLEAR = 0, EV_SET = 1, EV_WAITED_FOR = 2 };

void qemu_event_init(QemuEvent *ev, bool init)
{
    ev->value = init ? EV_SET : EV_CLEAR;
    ev->initialized = true;
}

void qemu_event_destroy(QemuEvent *ev)
{
    assert(ev->initialized);
    ev->initialized = false;
}

void qemu_event_set(QemuEvent *ev)
{
    assert(ev->initialized);
    /* What the setter did before is seen by who finds the event set. */
    smp_mb();
    if (qatomic_read(&ev->value) != EV_SET &&
        qatomic_xchg(&ev->value, EV_SET) == EV_WAITED_FOR) {
        syscall(__NR_futex, &ev->value, FUTEX_WAKE_PRIVATE, INT_MAX,
                NULL, NULL, 0);
    }
}

void qemu_event_reset(QemuEvent *ev)
{
    assert(ev->initialized);
    qatomic_cmpxchg(&ev->value, EV_SET, EV_CLEAR);
}

void qemu_event_wait(QemuEvent *ev)
{
    unsigned value;

    assert(ev->initialized);
    while ((value = qatomic_load_acquire(&ev->value)) != EV_SET) {
        if (value == EV_CLEAR &&
            qatomic_cmpxchg(&ev->value, EV_CLEAR, EV_WAITED_FOR) == EV_SET) {
            break;
        }
        syscall(__NR_futex, &ev->value, FUTEX_WAIT_PRIVATE, EV_WAITED_FOR,
                NULL, NULL, 0);
    }
}

/* Counted visitors: the lock guards leaving zero and reaching it. */

void qemu_lockcnt_init(QemuLockCnt *lockcnt)
{
    qemu_mutex_init(&lockcnt->mutex);
    lockcnt->count = 0;
}

void qemu_lockcnt_destroy(QemuLockCnt *lockcnt)
{
    qemu_mutex_destroy(&lockcnt->mutex);
}

/* Adds @delta unless the count is @stop; whether it did. */
static bool lockcnt_add_unless(QemuLockCnt *lockcnt, int delta, unsigned stop)
{
    unsigned now = qatomic_read(&lockcnt->count);

    while (now != stop) {
        unsigned seen = qatomic_cmpxchg(&lockcnt->count, now, now + delta);

        if (seen == now) {
            return true;
        }
        now = seen;
    }
    return false;
}

void qemu_lockcnt_inc(QemuLockCnt *lockcnt)
{
    if (!lockcnt_add_unless(lockcnt, 1, 0)) {
        qemu_mutex_lock(&lockcnt->mutex);
        qemu_lockcnt_inc_and_unlock(lockcnt);
    }
}

void qemu_lockcnt_dec(QemuLockCnt *lockcnt)
{
    qatomic_dec(&lockcnt->count);
}

bool qemu_lockcnt_dec_and_lock(QemuLockCnt *lockcnt)
{
    if (lockcnt_add_unless(lockcnt, -1, 1)) {
        return false;
    }
    qemu_mutex_lock(&lockcnt->mutex);
    if (qatomic_fetch_dec(&lockcnt->count) == 1) {
        return true;
    }
    qemu_mutex_unlock(&lockcnt->mutex);
    return false;
}

bool qemu_lockcnt_dec_if_lock(QemuLockCnt *lockcnt)
{
    if (qatomic_read(&lockcnt->count) != 1) {
        return false;
    }
    qemu_mutex_lock(&lockcnt->mutex);
    if (qatomic_cmpxchg(&lockcnt->count, 1, 0) == 1) {
        return true;
    }
    qemu_mutex_unlock(&lockcnt->mutex);
    return false;
}

void qemu_lockcnt_lock(QemuLockCnt *lockcnt)
{
    qemu_mutex_lock(&lockcnt->mutex);
}

void qemu_lockcnt_unlock(QemuLockCnt *lockcnt)
{
    qemu_mutex_unlock(&lockcnt->mutex);
}

void qemu_lockcnt_inc_and_unlock(QemuLockCnt *lockcnt)
{
    qatomic_inc(&lockcnt->count);
    qemu_mutex_unlock(&lockcnt->mutex);
}

unsigned qemu_lockcnt_count(QemuLockCnt *lockcnt)
{
    return qatomic_read(&lockcnt->count);
}

/* Threads */

typedef struct ThreadStart {
    void *(*routine)(void *);
    void *arg;
    char *name;
} ThreadStart;

static void *thread_main(void *opaque)
{
    ThreadStart start = *(ThreadStart *)opaque;

    g_free(opaque);
    if (start.name) {
        pthread_setname_np(pthread_self(), start.name);
        g_free(start.name);
    }
    return start.routine(start.arg);
}

void qemu_thread_naming(bool enable)
{
    name_threads = enable;
}

void qemu_thread_create(QemuThread *thread, const char *name,
                        void *(*start_routine)(void *), void *arg, int mode)
{
    ThreadStart *start = g_new(ThreadStart, 1);
    sigset_t all, old;
    pthread_attr_t attr;

    *start = (ThreadStart) {
        .routine = start_routine, .arg = arg,
        /* The kernel keeps 15 characters. */
        .name = name_threads ? g_strndup(name, 15) : NULL,
    };
    pthread_attr_init(&attr);
    if (mode == QEMU_THREAD_DETACHED) {
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    }
    sigfillset(&all);
    /* Faults of the thread itself stay fatal. */
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    check(pthread_create(&thread->thread, &attr, thread_main, start),
          __func__);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
}

void *qemu_thread_join(QemuThread *thread)
{
    void *ret;

    check(pthread_join(thread->thread, &ret), __func__);
    return ret;
}

void qemu_thread_get_self(QemuThread *thread)
{
    thread->thread = pthread_self();
}

bool qemu_thread_is_self(QemuThread *thread)
{
    return pthread_equal(pthread_self(), thread->thread);
}

void qemu_thread_exit(void *retval)
{
    pthread_exit(retval);
}

int qemu_get_thread_id(void)
{
    return syscall(SYS_gettid);
}

/* At the end of a thread: a key with a destructor leads to its list. */

static pthread_key_t exit_key;
static pthread_once_t exit_key_once = PTHREAD_ONCE_INIT;

static void thread_ends(void *opaque)
{
    NotifierList *list = opaque;

    notifier_list_notify(list, NULL);
    g_free(list);
}

static void exit_key_make(void)
{
    check(pthread_key_create(&exit_key, thread_ends), __func__);
}

void qemu_thread_atexit_add(Notifier *notifier)
{
    NotifierList *list;

    pthread_once(&exit_key_once, exit_key_make);
    list = pthread_getspecific(exit_key);
    if (!list) {
        list = g_new(NotifierList, 1);
        notifier_list_init(list);
        pthread_setspecific(exit_key, list);
    }
    notifier_list_add(list, notifier);
}

void qemu_thread_atexit_remove(Notifier *notifier)
{
    notifier_remove(notifier);
}
