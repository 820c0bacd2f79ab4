/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read-copy-update by epochs.
 *
 * A reader notes the epoch in which its outermost section began.  A writer
 * starts a new epoch and waits until no reader is in a section of an older
 * one: whoever is in a newer one cannot have seen what was replaced before.
 *
 * The order of a reader's note and its reads, against the writer's replacing
 * and its look at the notes, is the writer's business where the kernel has
 * membarrier(2): it makes every thread of the process pass a fence.  Readers
 * execute one themselves only where it does not.
 */
#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/notify.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>

/* Never 0, which says that a reader is in no section. */
unsigned long rcu_epoch = 1;
__thread RcuReader rcu_reader;
bool rcu_reader_fences = true;

static QemuMutex readers_lock = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .initialized = true,
};
static GPtrArray *readers;      /* of RcuReader; under readers_lock */
static NotifierList force_notifiers;    /* under readers_lock */

/* One grace period at a time. */
static QemuMutex period_lock = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .initialized = true,
};

static bool membarrier(int cmd)
{
    return syscall(__NR_membarrier, cmd, 0, 0) == 0;
}

/* Readers */

static pthread_key_t reader_key;

static void reader_thread_ends(void *opaque)
{
    rcu_unregister_thread();
}

static void readers_init(void)
{
    readers = g_ptr_array_new();
    pthread_key_create(&reader_key, reader_thread_ends);
    qatomic_set(&rcu_reader_fences,
                !membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED));
}

void rcu_register_thread(void)
{
    RcuReader *r = &rcu_reader;

    if (r->registered) {
        return;
    }
    QEMU_LOCK_GUARD(&readers_lock);
    if (!readers) {
        readers_init();
    }
    g_ptr_array_add(readers, r);
    /* Any value but NULL, so that the end of the thread is told. */
    pthread_setspecific(reader_key, r);
    r->registered = true;
}

void rcu_unregister_thread(void)
{
    RcuReader *r = &rcu_reader;

    if (r->registered) {
        QEMU_LOCK_GUARD(&readers_lock);
        g_ptr_array_remove_fast(readers, r);
        r->registered = false;
    }
}

bool rcu_others_reading(void)
{
    RcuReader *r = &rcu_reader;

    if (r->depth > 0) {
        return true;
    }
    QEMU_LOCK_GUARD(&readers_lock);
    return readers && readers->len > (r->registered ? 1 : 0);
}

void rcu_add_force_rcu_notifier(Notifier *n)
{
    QEMU_LOCK_GUARD(&readers_lock);
    notifier_list_add(&force_notifiers, n);
}

void rcu_remove_force_rcu_notifier(Notifier *n)
{
    QEMU_LOCK_GUARD(&readers_lock);
    notifier_remove(n);
}

/* Grace periods */

static bool readers_before(unsigned long epoch)
{
    QEMU_LOCK_GUARD(&readers_lock);
    for (guint i = 0; readers && i < readers->len; i++) {
        RcuReader *r = g_ptr_array_index(readers, i);
        unsigned long in = qatomic_load_acquire(&r->epoch);

        if (in && in != epoch) {
            return true;
        }
    }
    return false;
}

static void period_wait(unsigned long epoch)
{
    unsigned naps = 0;

    while (readers_before(epoch)) {
        if (naps == 0) {
            QEMU_LOCK_GUARD(&readers_lock);
            notifier_list_notify(&force_notifiers, NULL);
        }
        /* Sections are short: 0.1 ms, and up to 5 where one is not. */
        g_usleep(MIN(100 << MIN(naps, 6), 5000));
        naps++;
    }
}

void synchronize_rcu(void)
{
    unsigned long epoch;

    if (!rcu_others_reading()) {
        smp_mb();
        return;
    }
    assert(!rcu_read_locked());
    QEMU_LOCK_GUARD(&period_lock);
    epoch = rcu_epoch + 1 ? rcu_epoch + 1 : 1;
    /*
     * A reader may note the old epoch, read, and not be seen yet: the fence
     * makes its note visible, or its reads come after the replacement.
     */
    qatomic_set_mb(&rcu_epoch, epoch);
    if (!rcu_reader_fences) {
        membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    }
    period_wait(epoch);
    smp_mb();
}

/* Deferred callbacks: a stack that their thread takes over as a whole. */

static struct rcu_head *pending;
static QemuEvent pending_event;
static int pending_count;
static pthread_once_t thread_once = PTHREAD_ONCE_INIT;

static struct rcu_head *take_pending(void)
{
    struct rcu_head *head = qatomic_xchg(&pending, NULL);
    struct rcu_head *in_order = NULL;

    while (head) {
        struct rcu_head *next = head->next;

        head->next = in_order;
        in_order = head;
        head = next;
    }
    return in_order;
}

static void *rcu_thread_main(void *opaque)
{
    for (;;) {
        struct rcu_head *head;

        qemu_event_reset(&pending_event);
        head = take_pending();
        if (!head) {
            qemu_event_wait(&pending_event);
            continue;
        }
        synchronize_rcu();
        qemu_mutex_lock_iothread();
        while (head) {
            struct rcu_head *next = head->next;

            head->func(head);
            qatomic_dec(&pending_count);
            head = next;
        }
        qemu_mutex_unlock_iothread();
    }
    return NULL;
}

static void rcu_thread_start(void)
{
    QemuThread thread;

    qemu_event_init(&pending_event, false);
    qemu_thread_create(&thread, "rcu", rcu_thread_main, NULL,
                       QEMU_THREAD_DETACHED);
}

void call_rcu1(struct rcu_head *head, RCUCBFunc *func)
{
    struct rcu_head *seen = qatomic_read(&pending);

    pthread_once(&thread_once, rcu_thread_start);
    head->func = func;
    qatomic_inc(&pending_count);
    for (;;) {
        struct rcu_head *found;

        head->next = seen;
        found = qatomic_cmpxchg(&pending, seen, head);
        if (found == seen) {
            break;
        }
        seen = found;
    }
    qemu_event_set(&pending_event);
}

typedef struct Drain {
    struct rcu_head rcu;
    QemuEvent done;
} Drain;

static void drain_done(Drain *drain)
{
    qemu_event_set(&drain->done);
}

void drain_call_rcu(void)
{
    bool locked = qemu_mutex_iothread_locked();
    Drain drain;

    if (!qatomic_read(&pending_count)) {
        return;
    }
    /* Callbacks want the BQL. */
    if (locked) {
        qemu_mutex_unlock_iothread();
    }
    qemu_event_init(&drain.done, false);
    call_rcu(&drain, drain_done, rcu);
    qemu_event_wait(&drain.done);
    qemu_event_destroy(&drain.done);
    if (locked) {
        qemu_mutex_lock_iothread();
    }
}
