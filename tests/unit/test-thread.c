/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks and what threads wait for. */
#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/notify.h"
#include "qemu/thread.h"

static void test_mutex(void)
{
    QemuMutex m;
    QemuRecMutex r;
    QemuSpin s;

    qemu_mutex_init(&m);
    WITH_QEMU_LOCK_GUARD(&m) {
        g_assert_cmpint(qemu_mutex_trylock(&m), ==, -EBUSY);
    }
    g_assert_cmpint(qemu_mutex_trylock(&m), ==, 0);
    qemu_mutex_unlock(&m);
    qemu_mutex_destroy(&m);

    qemu_rec_mutex_init(&r);
    {
        QEMU_LOCK_GUARD(&r);
        QEMU_LOCK_GUARD(&r);
    }
    qemu_rec_mutex_destroy(&r);

    qemu_spin_init(&s);
    {
        QEMU_LOCK_GUARD(&s);
        g_assert_true(qemu_spin_locked(&s));
        g_assert_true(qemu_spin_trylock(&s));
    }
    g_assert_false(qemu_spin_locked(&s));
}

static void test_timeouts(void)
{
    QemuSemaphore sem;
    QemuCond cond;
    QemuMutex m;

    qemu_sem_init(&sem, 1);
    g_assert_cmpint(qemu_sem_timedwait(&sem, 0), ==, 0);
    g_assert_cmpint(qemu_sem_timedwait(&sem, 1), ==, -1);
    qemu_sem_post(&sem);
    qemu_sem_wait(&sem);
    qemu_sem_destroy(&sem);
    qemu_mutex_init(&m);
    qemu_cond_init(&cond);
    qemu_mutex_lock(&m);
    g_assert_false(qemu_cond_timedwait(&cond, &m, 1));
    qemu_mutex_unlock(&m);
    qemu_cond_destroy(&cond);
    qemu_mutex_destroy(&m);
}

typedef struct PingPong {
    QemuEvent ping;
    QemuSemaphore pong;
    bool ended;
    Notifier exit;
    QemuThread self;
} PingPong;

static void at_exit(Notifier *n, void *data)
{
    container_of(n, PingPong, exit)->ended = true;
}

static void *pong_main(void *opaque)
{
    PingPong *p = opaque;

    qemu_thread_get_self(&p->self);
    g_assert_true(qemu_thread_is_self(&p->self));
    p->exit.notify = at_exit;
    qemu_thread_atexit_add(&p->exit);
    for (int i = 0; i < 1000; i++) {
        qemu_event_wait(&p->ping);
        qemu_event_reset(&p->ping);
        qemu_sem_post(&p->pong);
    }
    qemu_thread_exit(p);
}

static void test_ping_pong(void)
{
    PingPong p = { .ended = false };
    QemuThread thread;

    qemu_event_init(&p.ping, false);
    qemu_sem_init(&p.pong, 0);
    qemu_thread_naming(true);
    qemu_thread_create(&thread, "a-name-that-is-too-long", pong_main, &p,
                       QEMU_THREAD_JOINABLE);
    for (int i = 0; i < 1000; i++) {
        qemu_event_set(&p.ping);
        qemu_sem_wait(&p.pong);
    }
    g_assert_true(qemu_thread_join(&thread) == &p);
    g_assert_true(p.ended);
    g_assert_false(qemu_thread_is_self(&p.self));
    qemu_event_destroy(&p.ping);
    qemu_sem_destroy(&p.pong);
}

static void test_lockcnt(void)
{
    QemuLockCnt l;

    qemu_lockcnt_init(&l);
    qemu_lockcnt_inc(&l);
    qemu_lockcnt_inc(&l);
    g_assert_false(qemu_lockcnt_dec_and_lock(&l));
    g_assert_cmpuint(qemu_lockcnt_count(&l), ==, 1);
    g_assert_true(qemu_lockcnt_dec_if_lock(&l));
    qemu_lockcnt_inc_and_unlock(&l);
    g_assert_true(qemu_lockcnt_dec_and_lock(&l));
    qemu_lockcnt_unlock(&l);
    g_assert_false(qemu_lockcnt_dec_if_lock(&l));
    qemu_lockcnt_destroy(&l);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/thread/mutex", test_mutex);
    g_test_add_func("/thread/timeouts", test_timeouts);
    g_test_add_func("/thread/ping-pong", test_ping_pong);
    g_test_add_func("/thread/lockcnt", test_lockcnt);
    return g_test_run();
}
