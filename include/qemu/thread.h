/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads and what they wait for, on POSIX threads.
 *
 * A call that POSIX says can only fail by misuse (locking what was never
 * initialized, unlocking what another thread holds) ends the process: that
 * is a bug here, never something that a guest can do.
 */
#ifndef QEMU_THREAD_H
#define QEMU_THREAD_H

#include <pthread.h>
#include <semaphore.h>

#include "qemu/atomic.h"
#include "qemu/processor.h"

struct QemuMutex {
    pthread_mutex_t lock;
    bool initialized;
};

/* A mutex that its holder may lock again. */
typedef struct QemuRecMutex {
    QemuMutex m;
} QemuRecMutex;

typedef struct QemuCond {
    pthread_cond_t cond;
    bool initialized;
} QemuCond;

typedef struct QemuSemaphore {
    QemuMutex mutex;
    QemuCond cond;
    unsigned int count;
} QemuSemaphore;

/* A flag to wait for; setting it when it is set costs one atomic read. */
typedef struct QemuEvent {
    unsigned value;
    bool initialized;
} QemuEvent;

typedef struct QemuThread {
    pthread_t thread;
} QemuThread;

/* A lock for a few instructions; the waiter spins. */
struct QemuSpin {
    int value;
};

typedef void QemuMutexLockFunc(QemuMutex *m, const char *f, int l);
typedef int QemuMutexTrylockFunc(QemuMutex *m, const char *f, int l);

void qemu_mutex_init(QemuMutex *mutex);
void qemu_mutex_destroy(QemuMutex *mutex);
void qemu_mutex_lock(QemuMutex *mutex);
/* 0, or -EBUSY. */
int qemu_mutex_trylock(QemuMutex *mutex);
void qemu_mutex_unlock(QemuMutex *mutex);

void qemu_rec_mutex_init(QemuRecMutex *mutex);
void qemu_rec_mutex_destroy(QemuRecMutex *mutex);
void qemu_rec_mutex_lock(QemuRecMutex *mutex);
int qemu_rec_mutex_trylock(QemuRecMutex *mutex);
void qemu_rec_mutex_unlock(QemuRecMutex *mutex);

void qemu_cond_init(QemuCond *cond);
void qemu_cond_destroy(QemuCond *cond);
void qemu_cond_signal(QemuCond *cond);
void qemu_cond_broadcast(QemuCond *cond);
void qemu_cond_wait(QemuCond *cond, QemuMutex *mutex);
/* False after @ms milliseconds without a signal. */
bool qemu_cond_timedwait(QemuCond *cond, QemuMutex *mutex, int ms);

void qemu_sem_init(QemuSemaphore *sem, int init);
void qemu_sem_post(QemuSemaphore *sem);
void qemu_sem_wait(QemuSemaphore *sem);
/* 0, or -1 after @ms milliseconds. */
int qemu_sem_timedwait(QemuSemaphore *sem, int ms);
void qemu_sem_destroy(QemuSemaphore *sem);

void qemu_event_init(QemuEvent *ev, bool init);
void qemu_event_set(QemuEvent *ev);
void qemu_event_reset(QemuEvent *ev);
void qemu_event_wait(QemuEvent *ev);
void qemu_event_destroy(QemuEvent *ev);

#define QEMU_THREAD_JOINABLE 0
#define QEMU_THREAD_DETACHED 1

/* The thread starts with all signals blocked. */
void qemu_thread_create(QemuThread *thread, const char *name,
                        void *(*start_routine)(void *), void *arg, int mode);
void *qemu_thread_join(QemuThread *thread);
void qemu_thread_get_self(QemuThread *thread);
bool qemu_thread_is_self(QemuThread *thread);
QEMU_NORETURN void qemu_thread_exit(void *retval);
/* -name x,debug-threads=on: threads made from now on carry their names. */
void qemu_thread_naming(bool enable);
/* Kernel's number of the calling thread. */
int qemu_get_thread_id(void);

struct Notifier;
/* Called when the calling thread ends; unregistered by its address. */
void qemu_thread_atexit_add(struct Notifier *notifier);
void qemu_thread_atexit_remove(struct Notifier *notifier);

static inline void qemu_spin_init(QemuSpin *spin)
{
    qatomic_set(&spin->value, 0);
}

static inline void qemu_spin_destroy(QemuSpin *spin)
{
}

/* True if somebody else has it. */
static inline bool qemu_spin_trylock(QemuSpin *spin)
{
    return __atomic_exchange_n(&spin->value, 1, __ATOMIC_ACQUIRE) != 0;
}

static inline bool qemu_spin_locked(QemuSpin *spin)
{
    return qatomic_read(&spin->value);
}

static inline void qemu_spin_lock(QemuSpin *spin)
{
    while (unlikely(qemu_spin_trylock(spin))) {
        while (qemu_spin_locked(spin)) {
            cpu_relax();
        }
    }
}

static inline void qemu_spin_unlock(QemuSpin *spin)
{
    qatomic_store_release(&spin->value, 0);
}

/*
 * A count of visitors together with a lock: visitors come and go without
 * the lock, and who wants to free what they visit takes the lock when the
 * count is zero, which keeps new ones out.
 */
typedef struct QemuLockCnt {
    QemuMutex mutex;
    unsigned count;
} QemuLockCnt;

void qemu_lockcnt_init(QemuLockCnt *lockcnt);
void qemu_lockcnt_destroy(QemuLockCnt *lockcnt);
void qemu_lockcnt_inc(QemuLockCnt *lockcnt);
void qemu_lockcnt_dec(QemuLockCnt *lockcnt);
/* True, locked, if the count became zero. */
bool qemu_lockcnt_dec_and_lock(QemuLockCnt *lockcnt);
/* True, decremented and locked, if the count was one; else no change. */
bool qemu_lockcnt_dec_if_lock(QemuLockCnt *lockcnt);
void qemu_lockcnt_lock(QemuLockCnt *lockcnt);
void qemu_lockcnt_unlock(QemuLockCnt *lockcnt);
void qemu_lockcnt_inc_and_unlock(QemuLockCnt *lockcnt);
unsigned qemu_lockcnt_count(QemuLockCnt *lockcnt);

#endif /* QEMU_THREAD_H */
