/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read-copy-update: readers of a shared structure take no lock; a writer
 * publishes a new version and frees the old one after a grace period, when
 * every reader that could have seen it has left its section.
 *
 * Sections nest and cost a thread-local access.
 * Any thread may read; it is known to writers from its first section on.
 * Deferred callbacks run in a thread of their own, started by the first of
 * them, with the BQL held.
 */
#ifndef QEMU_RCU_H
#define QEMU_RCU_H

#include "qemu/atomic.h"
#include "qemu/compiler.h"

typedef struct RcuReader RcuReader;

struct RcuReader {
    /* Grace period that the outermost section began in; 0: no section. */
    unsigned long epoch;
    unsigned depth;
    bool registered;
};

extern unsigned long rcu_epoch;
extern __thread RcuReader rcu_reader;
/* Readers execute a fence, for lack of membarrier(2). */
extern bool rcu_reader_fences;
/* Done by a thread's first section and at its end; no harm to do it twice. */
void rcu_register_thread(void);
void rcu_unregister_thread(void);

static inline void rcu_read_lock(void)
{
    RcuReader *r = &rcu_reader;

    if (r->depth++ > 0) {
        return;
    }
    if (unlikely(!r->registered)) {
        rcu_register_thread();
    }
    qatomic_set(&r->epoch, qatomic_read(&rcu_epoch));
    /* A writer sees the epoch, or this section sees what it published. */
    if (unlikely(qatomic_read(&rcu_reader_fences))) {
        smp_mb();
    }
    barrier();
}

static inline void rcu_read_unlock(void)
{
    RcuReader *r = &rcu_reader;

    if (--r->depth == 0) {
        qatomic_store_release(&r->epoch, 0);
    }
}

static inline bool rcu_read_locked(void)
{
    return rcu_reader.depth > 0;
}

/*
 * Waits for a grace period.  Not within a section; must not be called with a
 * lock held that a reader might wait for.
 */
void synchronize_rcu(void);

/*
 * Whether anybody could be reading: false if this thread is in no section
 * and no other thread is a reader.  Then what was replaced before the call
 * may be freed at once.
 */
bool rcu_others_reading(void);

struct rcu_head;
typedef void RCUCBFunc(struct rcu_head *head);

struct rcu_head {
    struct rcu_head *next;
    RCUCBFunc *func;
};

/* Calls @func(@head) after a grace period. */
void call_rcu1(struct rcu_head *head, RCUCBFunc *func);
/*
 * Waits until all callbacks queued so far have run.  Not within a section;
 * the BQL is given up meanwhile.
 */
void drain_call_rcu(void);

/* Frees @obj, with its rcu_head member @field, by @func(@obj). */
#define call_rcu(obj, func, field)                                          \
    ({                                                                      \
        typeof(obj) obj_ = (obj);                                           \
        void (*check_)(typeof(obj)) = (func);                               \
        (void)check_;                                                       \
        QEMU_BUILD_BUG_ON(offsetof(typeof(*obj_), field) != 0);             \
        call_rcu1(&obj_->field, (RCUCBFunc *)(func));                       \
    })
#define g_free_rcu(obj, field)                                              \
    ({                                                                      \
        typeof(obj) obj_ = (obj);                                           \
        QEMU_BUILD_BUG_ON(offsetof(typeof(*obj_), field) != 0);             \
        call_rcu1(&obj_->field, (RCUCBFunc *)(void *)g_free);               \
    })

typedef void RCUReadAuto;

static inline RCUReadAuto *rcu_read_auto_lock(void)
{
    rcu_read_lock();
    return (RCUReadAuto *)(uintptr_t)1;
}

static inline void rcu_read_auto_unlock(RCUReadAuto *r)
{
    rcu_read_unlock();
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RCUReadAuto, rcu_read_auto_unlock)

/* A section for a block; for the rest of the block around. */
#define WITH_RCU_READ_LOCK_GUARD() \
    WITH_RCU_READ_LOCK_GUARD_(glue(rcu_read_auto_, __COUNTER__))
#define WITH_RCU_READ_LOCK_GUARD_(var)                                      \
    for (g_autoptr(RCUReadAuto) var = rcu_read_auto_lock();                 \
         (var); rcu_read_auto_unlock(var), (var) = NULL)
#define RCU_READ_LOCK_GUARD() \
    g_autoptr(RCUReadAuto) rcu_read_auto_ G_GNUC_UNUSED = rcu_read_auto_lock()

/* Told before the RCU thread waits long for readers: kick them out. */
struct Notifier;
void rcu_add_force_rcu_notifier(struct Notifier *n);
void rcu_remove_force_rcu_notifier(struct Notifier *n);

#endif /* QEMU_RCU_H */
