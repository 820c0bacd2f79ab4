/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read-copy-update. */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/notify.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"

typedef struct Node {
    struct rcu_head rcu;
    int value;
    QLIST_ENTRY(Node) link;
} Node;

static int freed;

static void node_free(Node *node)
{
    g_assert_true(qemu_mutex_iothread_locked());
    qatomic_inc(&freed);
    node->value = -1;
    g_free(node);
}

static void test_alone(void)
{
    g_assert_false(rcu_others_reading());
    rcu_read_lock();
    g_assert_true(rcu_others_reading());
    {
        RCU_READ_LOCK_GUARD();
        WITH_RCU_READ_LOCK_GUARD() {
            g_assert_cmpuint(rcu_reader.depth, ==, 3);
        }
    }
    g_assert_true(rcu_read_locked());
    rcu_read_unlock();
    g_assert_false(rcu_read_locked());
    /* A registered thread alone need not wait. */
    g_assert_false(rcu_others_reading());
    synchronize_rcu();
}

typedef struct Reader {
    QemuEvent in, go;
    bool left;
} Reader;

static void *reader_main(void *opaque)
{
    Reader *r = opaque;

    rcu_read_lock();
    qemu_event_set(&r->in);
    qemu_event_wait(&r->go);
    g_usleep(2000);
    qatomic_set(&r->left, true);
    rcu_read_unlock();
    return NULL;
}

static void test_wait(void)
{
    Reader r = { .left = false };
    QemuThread thread;

    qemu_event_init(&r.in, false);
    qemu_event_init(&r.go, false);
    qemu_thread_create(&thread, "reader", reader_main, &r,
                       QEMU_THREAD_JOINABLE);
    qemu_event_wait(&r.in);
    g_assert_true(rcu_others_reading());
    qemu_event_set(&r.go);
    synchronize_rcu();
    g_assert_true(qatomic_read(&r.left));
    qemu_thread_join(&thread);
    g_assert_false(rcu_others_reading());
}

static void test_call(void)
{
    qemu_mutex_lock_iothread();
    drain_call_rcu();
    for (int i = 0; i < 100; i++) {
        Node *node = g_new0(Node, 1);

        call_rcu(node, node_free, rcu);
    }
    g_free_rcu(g_new0(Node, 1), rcu);
    drain_call_rcu();
    g_assert_cmpint(freed, ==, 100);
    qemu_mutex_unlock_iothread();
}

/* Readers of a pointer that is replaced all the time see live objects. */

static Node *shared;
static bool stop;
static QemuSemaphore started;

static void *stress_main(void *opaque)
{
    qemu_sem_post(&started);
    while (!qatomic_read(&stop)) {
        RCU_READ_LOCK_GUARD();
        Node *node = qatomic_rcu_read(&shared);

        for (int i = 0; i < 10; i++) {
            g_assert_cmpint(qatomic_read(&node->value), ==, 1);
        }
    }
    return NULL;
}

static void test_stress(void)
{
    QemuThread threads[2];

    shared = g_new0(Node, 1);
    shared->value = 1;
    qemu_sem_init(&started, 0);
    for (int i = 0; i < 2; i++) {
        qemu_thread_create(&threads[i], "stress", stress_main, NULL,
                           QEMU_THREAD_JOINABLE);
    }
    qemu_sem_wait(&started);
    qemu_sem_wait(&started);
    for (int i = 0; i < 50; i++) {
        Node *node = g_new0(Node, 1), *old = shared;

        node->value = 1;
        qatomic_rcu_set(&shared, node);
        if (i % 2) {
            synchronize_rcu();
            old->value = -1;
            g_free(old);
        } else {
            call_rcu(old, node_free, rcu);
        }
    }
    qatomic_set(&stop, true);
    for (int i = 0; i < 2; i++) {
        qemu_thread_join(&threads[i]);
    }
    drain_call_rcu();
    g_free(shared);
}

static void test_queue(void)
{
    QLIST_HEAD(, Node) list = QLIST_HEAD_INITIALIZER(list);
    Node n[4] = { { .value = 0 }, { .value = 1 }, { .value = 2 },
                  { .value = 3 } };
    Node *node, *next;
    int sum = 0;

    QLIST_INSERT_HEAD_RCU(&list, &n[2], link);
    QLIST_INSERT_BEFORE_RCU(&n[2], &n[1], link);
    QLIST_INSERT_AFTER_RCU(&n[2], &n[3], link);
    QLIST_INSERT_HEAD_RCU(&list, &n[0], link);
    QLIST_FOREACH_RCU(node, &list, link) {
        g_assert_cmpint(node->value, ==, sum++);
    }
    /* Standing on what is removed leads on. */
    QLIST_FOREACH_SAFE_RCU(node, &list, link, next) {
        QLIST_REMOVE_RCU(node, link);
        g_assert_true(QLIST_NEXT_RCU(node, link) == next);
    }
    g_assert_true(QLIST_EMPTY_RCU(&list));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rcu/alone", test_alone);
    g_test_add_func("/rcu/wait", test_wait);
    g_test_add_func("/rcu/call", test_call);
    g_test_add_func("/rcu/stress", test_stress);
    g_test_add_func("/rcu/queue", test_queue);
    return g_test_run();
}
