/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event loop contexts: bottom halves, timers and file descriptors as one
 * GSource, which can also be run by itself (aio_poll()).
 *
 * A loop that is about to sleep says so in @sleeping before it looks for work
 * the last time; who makes work looks at @sleeping afterwards, and writes to
 * the event notifier only where it is set.  So work that a loop makes for
 * itself costs no system call.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "qapi/error.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"

#include <poll.h>

#define IDLE_NS (10 * SCALE_MS)

typedef struct AioHandler AioHandler;

struct AioHandler {
    GPollFD pfd;
    IOHandler *io_read;
    IOHandler *io_write;
    void *opaque;
    bool is_external;
    bool polled;                /* the GSource has it */
    bool deleted;
    QLIST_ENTRY(AioHandler) node;
};

enum {
    BH_QUEUED = 1,              /* in the stack or the queue */
    BH_SCHEDULED = 2,
    BH_DELETED = 4,
    BH_ONESHOT = 8,
    BH_IDLE = 16,
};

struct QEMUBH {
    AioContext *ctx;
    QEMUBHFunc *cb;
    void *opaque;
    const char *name;
    MemReentrancyGuard *guard;
    QEMUBH *next;
    unsigned flags;
};

struct AioContext {
    GSource source;
    QemuRecMutex lock;

    QemuMutex list_lock;        /* guards the list, not its elements */
    QLIST_HEAD(, AioHandler) handlers;
    unsigned walking;           /* nothing is unlinked meanwhile */
    bool have_deleted;
    int external_disabled;

    QEMUBH *bh_stack;           /* newest first; any thread pushes */
    QEMUBH *bh_queue;           /* oldest first; the loop's own */
    QEMUBH **bh_queue_tail;
    unsigned bh_queue_len;

    bool sleeping;
    bool notified;
    EventNotifier notifier;
    GPollFD notifier_pfd;
    QEMUTimerListGroup tlg;
};

static __thread AioContext *current_ctx;

/* Waking */

void aio_notify(AioContext *ctx)
{
    smp_mb();
    if (qatomic_read(&ctx->sleeping) &&
        !qatomic_xchg(&ctx->notified, true)) {
        event_notifier_set(&ctx->notifier);
    }
}

static void about_to_sleep(AioContext *ctx)
{
    qatomic_set_mb(&ctx->sleeping, true);
}

static void awake(AioContext *ctx)
{
    qatomic_set(&ctx->sleeping, false);
    if (qatomic_read(&ctx->notified)) {
        event_notifier_test_and_clear(&ctx->notifier);
        qatomic_set_mb(&ctx->notified, false);
    }
}

/* Bottom halves */

static void bh_push(QEMUBH *bh, unsigned flags)
{
    AioContext *ctx = bh->ctx;
    unsigned old = qatomic_fetch_or(&bh->flags, flags | BH_QUEUED);

    if (!(old & BH_QUEUED)) {
        QEMUBH *seen = qatomic_read(&ctx->bh_stack), *found;

        for (;; seen = found) {
            bh->next = seen;
            found = qatomic_cmpxchg(&ctx->bh_stack, seen, bh);
            if (found == seen) {
                break;
            }
        }
    }
    if (!(flags & BH_IDLE)) {
        aio_notify(ctx);
    }
}

QEMUBH *aio_bh_new_full(AioContext *ctx, QEMUBHFunc *cb, void *opaque,
                        const char *name, MemReentrancyGuard *guard)
{
    QEMUBH *bh = g_new(QEMUBH, 1);

    *bh = (QEMUBH) {
        .ctx = ctx, .cb = cb, .opaque = opaque, .name = name, .guard = guard,
    };
    return bh;
}

void aio_bh_schedule_oneshot_full(AioContext *ctx, QEMUBHFunc *cb,
                                  void *opaque, const char *name)
{
    bh_push(aio_bh_new_full(ctx, cb, opaque, name, NULL),
            BH_SCHEDULED | BH_ONESHOT);
}

void aio_bh_call(QEMUBH *bh)
{
    MemReentrancyGuard *guard = bh->guard;
    bool before = false;

    if (guard) {
        before = guard->engaged_in_io;
        guard->engaged_in_io = true;
    }
    bh->cb(bh->opaque);
    if (guard) {
        guard->engaged_in_io = before;
    }
}

void qemu_bh_schedule(QEMUBH *bh)
{
    bh_push(bh, BH_SCHEDULED);
}

void qemu_bh_schedule_idle(QEMUBH *bh)
{
    bh_push(bh, BH_SCHEDULED | BH_IDLE);
}

void qemu_bh_cancel(QEMUBH *bh)
{
    qatomic_and(&bh->flags, ~BH_SCHEDULED);
}

void qemu_bh_delete(QEMUBH *bh)
{
    if (bh) {
        bh_push(bh, BH_DELETED);
    }
}

/* Moves what was pushed behind what is queued, in the order of pushing. */
static void bh_collect(AioContext *ctx)
{
    QEMUBH *bh = qatomic_xchg(&ctx->bh_stack, NULL);
    QEMUBH *first = NULL, *last = bh;

    while (bh) {
        QEMUBH *next = bh->next;

        bh->next = first;
        first = bh;
        ctx->bh_queue_len++;
        bh = next;
    }
    if (first) {
        *ctx->bh_queue_tail = first;
        ctx->bh_queue_tail = &last->next;
    }
}

int aio_bh_poll(AioContext *ctx)
{
    unsigned left;
    int progress = 0;

    if (!qatomic_read(&ctx->bh_stack) && !ctx->bh_queue) {
        return 0;
    }
    bh_collect(ctx);
    /*
     * What is scheduled from here on is for the next round.  A callback may
     * poll again: the inner round then runs what the outer one has left.
     */
    for (left = ctx->bh_queue_len; left && ctx->bh_queue; left--) {
        QEMUBH *bh = ctx->bh_queue;
        unsigned flags;

        ctx->bh_queue = bh->next;
        if (!ctx->bh_queue) {
            ctx->bh_queue_tail = &ctx->bh_queue;
        }
        ctx->bh_queue_len--;
        /* Once it is not queued another thread may push it. */
        flags = qatomic_fetch_and(&bh->flags,
                                  ~(BH_QUEUED | BH_SCHEDULED | BH_IDLE));
        if ((flags & BH_SCHEDULED) && !(flags & BH_DELETED)) {
            progress |= !(flags & BH_IDLE);
            aio_bh_call(bh);
        }
        if (flags & (BH_DELETED | BH_ONESHOT)) {
            g_free(bh);
        }
    }
    return progress;
}

/* How long the loop may sleep as far as bottom halves are concerned. */
static int64_t bh_timeout(AioContext *ctx)
{
    QEMUBH *lists[] = { qatomic_load_acquire(&ctx->bh_stack), ctx->bh_queue };
    int64_t timeout = -1;

    for (int i = 0; i < ARRAY_SIZE(lists); i++) {
        for (QEMUBH *bh = lists[i]; bh; bh = bh->next) {
            unsigned flags = qatomic_read(&bh->flags);

            if ((flags & BH_DELETED) ||
                (flags & (BH_SCHEDULED | BH_IDLE)) == BH_SCHEDULED) {
                return 0;
            }
            if (flags & BH_SCHEDULED) {
                timeout = IDLE_NS;
            }
        }
    }
    return timeout;
}

/* File descriptors */

static void handler_update_poll(AioContext *ctx, AioHandler *h)
{
    bool want = !h->deleted && !(h->is_external && ctx->external_disabled);

    if (want != h->polled) {
        if (want) {
            g_source_add_poll(&ctx->source, &h->pfd);
        } else {
            g_source_remove_poll(&ctx->source, &h->pfd);
        }
        h->polled = want;
    }
}

static void handlers_walk_begin(AioContext *ctx)
{
    QEMU_LOCK_GUARD(&ctx->list_lock);
    ctx->walking++;
}

static void handlers_walk_end(AioContext *ctx)
{
    AioHandler *h, *next;

    QEMU_LOCK_GUARD(&ctx->list_lock);
    if (--ctx->walking || !ctx->have_deleted) {
        return;
    }
    QLIST_FOREACH_SAFE(h, &ctx->handlers, node, next) {
        if (h->deleted) {
            QLIST_REMOVE(h, node);
            g_free(h);
        }
    }
    ctx->have_deleted = false;
}

static AioHandler *handler_find(AioContext *ctx, int fd)
{
    AioHandler *h;

    QLIST_FOREACH(h, &ctx->handlers, node) {
        if (h->pfd.fd == fd && !h->deleted) {
            return h;
        }
    }
    return NULL;
}

static void handler_delete(AioContext *ctx, AioHandler *h)
{
    h->deleted = true;
    h->pfd.revents = 0;
    handler_update_poll(ctx, h);
    if (ctx->walking) {
        ctx->have_deleted = true;
    } else {
        QLIST_REMOVE(h, node);
        g_free(h);
    }
}

void aio_set_fd_handler(AioContext *ctx, int fd, bool is_external,
                        IOHandler *io_read, IOHandler *io_write,
                        AioPollFn *io_poll, IOHandler *io_poll_ready,
                        void *opaque)
{
    WITH_QEMU_LOCK_GUARD(&ctx->list_lock) {
        AioHandler *h = handler_find(ctx, fd);

        if (!io_read && !io_write) {
            if (h) {
                handler_delete(ctx, h);
            }
        } else {
            if (!h) {
                h = g_new0(AioHandler, 1);
                h->pfd.fd = fd;
                QLIST_INSERT_HEAD(&ctx->handlers, h, node);
            } else if (h->io_read != io_read || h->io_write != io_write ||
                       h->opaque != opaque) {
                /* What was seen before was meant for others. */
                h->pfd.revents = 0;
            }
            h->io_read = io_read;
            h->io_write = io_write;
            h->opaque = opaque;
            h->is_external = is_external;
            h->pfd.events = (io_read ? G_IO_IN | G_IO_HUP | G_IO_ERR : 0) |
                            (io_write ? G_IO_OUT | G_IO_ERR : 0);
            handler_update_poll(ctx, h);
        }
    }
    aio_notify(ctx);
}

void aio_set_event_notifier(AioContext *ctx, EventNotifier *notifier,
                            bool is_external, EventNotifierHandler *io_read,
                            AioPollFn *io_poll,
                            EventNotifierHandler *io_poll_ready)
{
    aio_set_fd_handler(ctx, event_notifier_get_fd(notifier), is_external,
                       (IOHandler *)io_read, NULL, io_poll,
                       (IOHandler *)io_poll_ready, notifier);
}

static void externals_update(AioContext *ctx, int change)
{
    AioHandler *h;

    QEMU_LOCK_GUARD(&ctx->list_lock);
    ctx->external_disabled += change;
    QLIST_FOREACH(h, &ctx->handlers, node) {
        handler_update_poll(ctx, h);
    }
}

void aio_disable_external(AioContext *ctx)
{
    externals_update(ctx, 1);
}

void aio_enable_external(AioContext *ctx)
{
    assert(ctx->external_disabled > 0);
    externals_update(ctx, -1);
    aio_notify(ctx);
}

bool aio_external_disabled(AioContext *ctx)
{
    return ctx->external_disabled > 0;
}

static bool handlers_pending(AioContext *ctx)
{
    bool pending = false;
    AioHandler *h;

    QEMU_LOCK_GUARD(&ctx->list_lock);
    QLIST_FOREACH(h, &ctx->handlers, node) {
        pending |= h->polled && (h->pfd.revents & h->pfd.events);
    }
    return pending;
}

static bool handlers_dispatch(AioContext *ctx)
{
    bool progress = false;
    AioHandler *h;

    handlers_walk_begin(ctx);
    QLIST_FOREACH(h, &ctx->handlers, node) {
        int ready = h->pfd.revents & h->pfd.events;

        if (!ready || !h->polled) {
            continue;
        }
        h->pfd.revents = 0;
        progress = true;
        if ((ready & (G_IO_IN | G_IO_HUP | G_IO_ERR)) && h->io_read) {
            h->io_read(h->opaque);
        }
        /* The first callback may have removed or changed the handler. */
        if ((ready & (G_IO_OUT | G_IO_ERR)) && !h->deleted && h->io_write) {
            h->io_write(h->opaque);
        }
    }
    handlers_walk_end(ctx);
    return progress;
}

/* The loop */

int64_t aio_compute_timeout(AioContext *ctx)
{
    int64_t timeout = bh_timeout(ctx);

    if (timeout == 0) {
        return 0;
    }
    return qemu_soonest_timeout(timeout,
                                timerlistgroup_deadline_ns(&ctx->tlg));
}

static bool aio_dispatch(AioContext *ctx)
{
    bool progress = aio_bh_poll(ctx) != 0;

    progress |= handlers_dispatch(ctx);
    progress |= timerlistgroup_run_timers(&ctx->tlg);
    return progress;
}

bool aio_pending(AioContext *ctx)
{
    return bh_timeout(ctx) >= 0 || handlers_pending(ctx) ||
           timerlistgroup_deadline_ns(&ctx->tlg) == 0;
}

bool aio_poll(AioContext *ctx, bool blocking)
{
    g_autofree struct pollfd *fds = NULL;
    g_autofree AioHandler **polled = NULL;
    unsigned n = 0;
    AioHandler *h;

    about_to_sleep(ctx);
    WITH_QEMU_LOCK_GUARD(&ctx->list_lock) {
        ctx->walking++;
        QLIST_FOREACH(h, &ctx->handlers, node) {
            n += h->polled;
        }
        fds = g_new(struct pollfd, n + 1);
        polled = g_new(AioHandler *, n);
        n = 0;
        QLIST_FOREACH(h, &ctx->handlers, node) {
            if (h->polled) {
                fds[n] = (struct pollfd) { h->pfd.fd, h->pfd.events, 0 };
                polled[n++] = h;
            }
        }
    }
    fds[n] = (struct pollfd) { ctx->notifier_pfd.fd, POLLIN, 0 };
    if (qemu_poll_ns((GPollFD *)fds, n + 1,
                     blocking ? aio_compute_timeout(ctx) : 0) > 0) {
        for (unsigned i = 0; i < n; i++) {
            polled[i]->pfd.revents = fds[i].revents;
        }
    }
    awake(ctx);
    handlers_walk_end(ctx);
    return aio_dispatch(ctx);
}

/* The GSource */

static gboolean source_prepare(GSource *source, gint *timeout)
{
    AioContext *ctx = (AioContext *)source;

    about_to_sleep(ctx);
    *timeout = qemu_timeout_ns_to_ms(aio_compute_timeout(ctx));
    return *timeout == 0;
}

static gboolean source_check(GSource *source)
{
    AioContext *ctx = (AioContext *)source;

    awake(ctx);
    return aio_pending(ctx);
}

static gboolean source_dispatch(GSource *source, GSourceFunc callback,
                                gpointer user_data)
{
    AioContext *ctx = (AioContext *)source;

    /* A source that was ready before the sleep is not checked after it. */
    awake(ctx);
    aio_dispatch(ctx);
    return TRUE;
}

static void source_finalize(GSource *source)
{
    AioContext *ctx = (AioContext *)source;
    AioHandler *h;

    bh_collect(ctx);
    while (ctx->bh_queue) {
        QEMUBH *bh = ctx->bh_queue;

        ctx->bh_queue = bh->next;
        if (bh->flags & (BH_DELETED | BH_ONESHOT)) {
            g_free(bh);
        }
    }
    while ((h = QLIST_FIRST(&ctx->handlers))) {
        QLIST_REMOVE(h, node);
        g_free(h);
    }
    event_notifier_cleanup(&ctx->notifier);
    timerlistgroup_deinit(&ctx->tlg);
    qemu_mutex_destroy(&ctx->list_lock);
    qemu_rec_mutex_destroy(&ctx->lock);
}

static GSourceFuncs aio_source_funcs = {
    source_prepare, source_check, source_dispatch, source_finalize,
};

static void timer_notify(void *opaque, QEMUClockType type)
{
    aio_notify(opaque);
}

AioContext *aio_context_new(Error **errp)
{
    AioContext *ctx = (AioContext *)g_source_new(&aio_source_funcs,
                                                 sizeof(*ctx));
    int err;

    ctx->bh_queue_tail = &ctx->bh_queue;
    QLIST_INIT(&ctx->handlers);
    qemu_rec_mutex_init(&ctx->lock);
    qemu_mutex_init(&ctx->list_lock);
    timerlistgroup_init(&ctx->tlg, timer_notify, ctx);
    err = event_notifier_init(&ctx->notifier, false);
    if (err < 0) {
        g_source_unref(&ctx->source);
        error_setg_errno(errp, -err, "Failed to initialize event notifier");
        return NULL;
    }
    ctx->notifier_pfd.fd = event_notifier_get_fd(&ctx->notifier);
    ctx->notifier_pfd.events = G_IO_IN;
    g_source_add_poll(&ctx->source, &ctx->notifier_pfd);
    g_source_set_can_recurse(&ctx->source, TRUE);
    return ctx;
}

void aio_context_ref(AioContext *ctx)
{
    g_source_ref(&ctx->source);
}

void aio_context_unref(AioContext *ctx)
{
    g_source_unref(&ctx->source);
}

GSource *aio_get_g_source(AioContext *ctx)
{
    return g_source_ref(&ctx->source);
}

void aio_context_acquire(AioContext *ctx)
{
    qemu_rec_mutex_lock(&ctx->lock);
}

void aio_context_release(AioContext *ctx)
{
    qemu_rec_mutex_unlock(&ctx->lock);
}

QEMUTimerListGroup *aio_timer_list_group(AioContext *ctx)
{
    return &ctx->tlg;
}

void qemu_set_current_aio_context(AioContext *ctx)
{
    current_ctx = ctx;
}

AioContext *qemu_get_current_aio_context(void)
{
    if (current_ctx) {
        return current_ctx;
    }
    return qemu_mutex_iothread_locked() ? qemu_get_aio_context() : NULL;
}

bool in_aio_context_home_thread(AioContext *ctx)
{
    return ctx == qemu_get_current_aio_context();
}
