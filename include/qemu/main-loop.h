/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main loop, and the big lock that it gives up while it sleeps.
 */
#ifndef QEMU_MAIN_LOOP_H
#define QEMU_MAIN_LOOP_H

#include "block/aio.h"

#define SIG_IPI SIGUSR1

/* How much a handler can take at present; 0: do not read. */
typedef int IOCanReadHandler(void *opaque);
typedef void IOReadHandler(void *opaque, const uint8_t *buf, int size);

/*
 * Makes the main loop's contexts and clocks, in the thread that will run it,
 * and takes the BQL.  0, or -errno with @errp set.
 */
int qemu_init_main_loop(Error **errp);

/*
 * One round: sleeps until there is something to do (not with @nonblocking),
 * without the BQL, then does it with the BQL.
 */
void main_loop_wait(int nonblocking);

/* The context for block I/O and bottom halves; that of fd handlers. */
AioContext *qemu_get_aio_context(void);
AioContext *iohandler_get_aio_context(void);
/* True while fd handlers or bottom halves of the main loop run. */
bool qemu_in_main_thread(void);

/* Wakes the main loop. */
void qemu_notify_event(void);

/*
 * Main loop: calls @fd_read / @fd_write when @fd is ready; both NULL: no
 * more.  Remove it before closing the fd.
 */
void qemu_set_fd_handler(int fd, IOHandler *fd_read, IOHandler *fd_write,
                         void *opaque);
/* Main loop: calls @handler when @e is set (it clears it); NULL: no more. */
void event_notifier_set_handler(EventNotifier *e,
                                EventNotifierHandler *handler);

/*
 * The big lock ("BQL"; QEMU 7.2 calls it the I/O thread's mutex) guards all
 * device state.  Not recursive.
 */
bool qemu_mutex_iothread_locked(void);
void qemu_mutex_lock_iothread_impl(const char *file, int line);
void qemu_mutex_unlock_iothread(void);
#define qemu_mutex_lock_iothread() \
    qemu_mutex_lock_iothread_impl(__FILE__, __LINE__)
void qemu_cond_wait_iothread(QemuCond *cond);
bool qemu_cond_timedwait_iothread(QemuCond *cond, int ms);

/* Takes the BQL, if this thread lacks it, to the end of the block. */
typedef struct IOThreadLockAuto IOThreadLockAuto;

static inline IOThreadLockAuto *qemu_iothread_auto_lock(const char *file,
                                                        int line)
{
    if (qemu_mutex_iothread_locked()) {
        return NULL;
    }
    qemu_mutex_lock_iothread_impl(file, line);
    return (IOThreadLockAuto *)(uintptr_t)1;
}

static inline void qemu_iothread_auto_unlock(IOThreadLockAuto *l)
{
    qemu_mutex_unlock_iothread();
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(IOThreadLockAuto, qemu_iothread_auto_unlock)

#define QEMU_IOTHREAD_LOCK_GUARD()                              \
    g_autoptr(IOThreadLockAuto) iothread_lock_auto_             \
        G_GNUC_UNUSED = qemu_iothread_auto_lock(__FILE__, __LINE__)

/* Bottom halves of the main loop. */
QEMUBH *qemu_bh_new_full(QEMUBHFunc *cb, void *opaque, const char *name,
                         MemReentrancyGuard *guard);
#define qemu_bh_new(cb, opaque) \
    qemu_bh_new_full((cb), (opaque), stringify(cb), NULL)
#define qemu_bh_new_guarded(cb, opaque, guard) \
    qemu_bh_new_full((cb), (opaque), stringify(cb), guard)

/* What code of the block layer says about its callers: facts, no checks. */
#define GLOBAL_STATE_CODE() do { } while (0)
#define IO_CODE() do { } while (0)
#define IO_OR_GS_CODE() do { } while (0)

/*
 * Called around each sleep of the main loop: before it with
 * MAIN_LOOP_POLL_FILL, where @timeout (ms) may be lowered, then with _ERR or
 * _OK.  For libraries with file descriptors of their own.
 */
enum {
    MAIN_LOOP_POLL_FILL,
    MAIN_LOOP_POLL_ERR,
    MAIN_LOOP_POLL_OK,
};

typedef struct MainLoopPoll {
    int state;
    uint32_t timeout;           /* ms; UINT32_MAX for ever */
    GArray *pollfds;            /* of GPollFD; users append theirs */
} MainLoopPoll;

void main_loop_poll_add_notifier(Notifier *notify);
void main_loop_poll_remove_notifier(Notifier *notify);

#endif /* QEMU_MAIN_LOOP_H */
