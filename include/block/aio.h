/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event loops: file descriptors, event notifiers, bottom halves and timers
 * behind one GSource.  The main loop has two contexts, one for block I/O and
 * bottom halves, one for everybody's file descriptors; an I/O thread has one.
 */
#ifndef QEMU_AIO_H
#define QEMU_AIO_H

#include "qemu/event_notifier.h"
#include "qemu/mem-reentrancy.h"
#include "qemu/queue.h"
#include "qemu/thread.h"
#include "qemu/timer.h"

typedef void IOHandler(void *opaque);
typedef void QEMUBHFunc(void *opaque);
/* True if there was something to do: then the ready handler is called. */
typedef bool AioPollFn(void *opaque);

/*
 * A request under way, as who submitted it holds it.  A kind of request
 * begins its structure with this one; it is freed with its last reference.
 * @cb gets the result, 0 or -errno, once.
 */
typedef struct BlockAIOCB BlockAIOCB;
typedef void BlockCompletionFunc(void *opaque, int ret);

typedef struct AIOCBInfo {
    /* Asks for an early end; the callback still comes.  May be NULL. */
    void (*cancel_async)(BlockAIOCB *acb);
    AioContext *(*get_aio_context)(BlockAIOCB *acb);
    size_t aiocb_size;
} AIOCBInfo;

struct BlockAIOCB {
    const AIOCBInfo *aiocb_info;
    BlockDriverState *bs;
    BlockCompletionFunc *cb;
    void *opaque;
    int refcnt;
};

/* A request of @aiocb_info's size with one reference; the rest is zero. */
void *qemu_aio_get(const AIOCBInfo *aiocb_info, BlockDriverState *bs,
                   BlockCompletionFunc *cb, void *opaque);
void qemu_aio_ref(void *p);
void qemu_aio_unref(void *p);

AioContext *aio_context_new(Error **errp);
void aio_context_ref(AioContext *ctx);
void aio_context_unref(AioContext *ctx);
/* The lock of those who use a context from another thread; recursive. */
void aio_context_acquire(AioContext *ctx);
void aio_context_release(AioContext *ctx);

/* A new reference to the context's source, for g_source_attach(). */
GSource *aio_get_g_source(AioContext *ctx);
/* Timers on these are fired by this context's loop. */
QEMUTimerListGroup *aio_timer_list_group(AioContext *ctx);

/* Makes the loop, wherever it runs, look again at what there is to do. */
void aio_notify(AioContext *ctx);

/*
 * One round of the loop in the calling thread; with @blocking it waits
 * until there is something to do.  True if anything was done.
 */
bool aio_poll(AioContext *ctx, bool blocking);
/* Whether a round would find something to do. */
bool aio_pending(AioContext *ctx);

/*
 * Calls @io_read / @io_write when @fd is ready; both NULL: no more (a
 * callback under way in another thread may still be running).  The fd must
 * be removed before it is closed.  @io_poll may be NULL and is not used.
 */
void aio_set_fd_handler(AioContext *ctx, int fd, bool is_external,
                        IOHandler *io_read, IOHandler *io_write,
                        AioPollFn *io_poll, IOHandler *io_poll_ready,
                        void *opaque);
void aio_set_event_notifier(AioContext *ctx, EventNotifier *notifier,
                            bool is_external, EventNotifierHandler *io_read,
                            AioPollFn *io_poll,
                            EventNotifierHandler *io_poll_ready);
/* While disabled, file descriptors with is_external are not looked at. */
void aio_disable_external(AioContext *ctx);
void aio_enable_external(AioContext *ctx);
bool aio_external_disabled(AioContext *ctx);

/*
 * Bottom halves: functions that the loop calls soon, once for any number of
 * schedulings.  Scheduling, cancelling and deleting are for any thread.
 *
 * A bottom half with a guard counts as an access to the guarded device while
 * it runs, so that its DMA cannot reach that device's own registers.
 */
QEMUBH *aio_bh_new_full(AioContext *ctx, QEMUBHFunc *cb, void *opaque,
                        const char *name, MemReentrancyGuard *guard);
#define aio_bh_new(ctx, cb, opaque) \
    aio_bh_new_full((ctx), (cb), (opaque), stringify(cb), NULL)
#define aio_bh_new_guarded(ctx, cb, opaque, guard) \
    aio_bh_new_full((ctx), (cb), (opaque), stringify(cb), guard)

/* Calls @cb once, with nothing to delete. */
void aio_bh_schedule_oneshot_full(AioContext *ctx, QEMUBHFunc *cb,
                                  void *opaque, const char *name);
#define aio_bh_schedule_oneshot(ctx, cb, opaque) \
    aio_bh_schedule_oneshot_full((ctx), (cb), (opaque), stringify(cb))

/* Runs what is scheduled; nonzero if any but idle ones did. */
int aio_bh_poll(AioContext *ctx);
void aio_bh_call(QEMUBH *bh);

void qemu_bh_schedule(QEMUBH *bh);
/* At the next round of the loop or in 10 ms; does not wake it. */
void qemu_bh_schedule_idle(QEMUBH *bh);
void qemu_bh_cancel(QEMUBH *bh);
/* The structure goes when the loop no longer needs it.  NULL is allowed. */
void qemu_bh_delete(QEMUBH *bh);

static inline QEMUTimer *aio_timer_new(AioContext *ctx, QEMUClockType type,
                                       int scale, QEMUTimerCB *cb,
                                       void *opaque)
{
    return timer_new_full(aio_timer_list_group(ctx), type, scale, 0, cb,
                          opaque);
}

static inline QEMUTimer *aio_timer_new_with_attrs(AioContext *ctx,
                                                  QEMUClockType type,
                                                  int scale, int attributes,
                                                  QEMUTimerCB *cb,
                                                  void *opaque)
{
    return timer_new_full(aio_timer_list_group(ctx), type, scale, attributes,
                          cb, opaque);
}

static inline void aio_timer_init(AioContext *ctx, QEMUTimer *ts,
                                  QEMUClockType type, int scale,
                                  QEMUTimerCB *cb, void *opaque)
{
    timer_init_full(ts, aio_timer_list_group(ctx), type, scale, 0, cb, opaque);
}

/* How long the loop may sleep, in ns; -1 for ever. */
int64_t aio_compute_timeout(AioContext *ctx);

/* The context that the calling thread runs: the main one by default. */
AioContext *qemu_get_current_aio_context(void);
void qemu_set_current_aio_context(AioContext *ctx);
/* True in the thread that runs @ctx. */
bool in_aio_context_home_thread(AioContext *ctx);

#endif /* QEMU_AIO_H */
