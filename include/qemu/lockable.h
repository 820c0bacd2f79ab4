/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks of any kind, held for a scope:
 *
 *     QEMU_LOCK_GUARD(&s->lock);             to the end of the block
 *     WITH_QEMU_LOCK_GUARD(&s->lock) { ... } for that block
 */
#ifndef QEMU_LOCKABLE_H
#define QEMU_LOCKABLE_H

#include "qemu/thread.h"

typedef void QemuLockUnlockFunc(void *);

typedef struct QemuLockable {
    void *object;
    QemuLockUnlockFunc *lock;
    QemuLockUnlockFunc *unlock;
} QemuLockable;

static inline void qemu_lockable_lock(QemuLockable *x)
{
    x->lock(x->object);
}

static inline void qemu_lockable_unlock(QemuLockable *x)
{
    x->unlock(x->object);
}

#define QML_OBJ_(x, name) (&(QemuLockable) {                    \
        .object = (void *)(x),                                  \
        .lock = (QemuLockUnlockFunc *)qemu_##name##_lock,       \
        .unlock = (QemuLockUnlockFunc *)qemu_##name##_unlock,   \
    })

/* A QemuLockable around a lock, good until the end of the block. */
#define QEMU_MAKE_LOCKABLE(x)                                   \
    _Generic((x),                                               \
             QemuLockable *: (x),                               \
             QemuMutex *: QML_OBJ_(x, mutex),                   \
             QemuRecMutex *: QML_OBJ_(x, rec_mutex),            \
             QemuSpin *: QML_OBJ_(x, spin))
#define QEMU_MAKE_LOCKABLE_NONNULL(x) QEMU_MAKE_LOCKABLE(x)

static inline QemuLockable *qemu_lockable_auto_lock(QemuLockable *x)
{
    qemu_lockable_lock(x);
    return x;
}

static inline void qemu_lockable_auto_unlock(QemuLockable *x)
{
    qemu_lockable_unlock(x);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuLockable, qemu_lockable_auto_unlock)

#define QEMU_LOCK_GUARD(x)                                              \
    g_autoptr(QemuLockable)                                             \
    glue(qemu_lockable_auto_, __COUNTER__) G_GNUC_UNUSED =              \
        qemu_lockable_auto_lock(QEMU_MAKE_LOCKABLE(x))

#define WITH_QEMU_LOCK_GUARD(x)                                         \
    WITH_QEMU_LOCK_GUARD_(x, glue(qemu_lockable_auto_, __COUNTER__))
#define WITH_QEMU_LOCK_GUARD_(x, var)                                   \
    for (g_autoptr(QemuLockable) var =                                  \
             qemu_lockable_auto_lock(QEMU_MAKE_LOCKABLE(x)); var;       \
         qemu_lockable_auto_unlock(var), var = NULL)

#endif /* QEMU_LOCKABLE_H */
