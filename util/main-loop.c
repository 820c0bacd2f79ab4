/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main loop over GLib's default context, and the BQL.
 *
 * GLib's own iteration is taken apart, so that the sleep is as exact as the
 * timers (nanoseconds), includes file descriptors of libraries that have
 * them polled by us, and happens without the BQL.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qapi/error.h"
#include "qemu/notify.h"

/* The big lock */

static QemuMutex bql = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .initialized = true,
};
static __thread bool bql_held;

bool qemu_mutex_iothread_locked(void)
{
    return bql_held;
}

void qemu_mutex_lock_iothread_impl(const char *file, int line)
{
    if (unlikely(bql_held)) {
        fprintf(stderr, "qemu: %s:%d: BQL taken twice\n", file, line);
        abort();
    }
    qemu_mutex_lock(&bql);
    bql_held = true;
}

void qemu_mutex_unlock_iothread(void)
{
    assert(bql_held);
    bql_held = false;
    qemu_mutex_unlock(&bql);
}

void qemu_cond_wait_iothread(QemuCond *cond)
{
    assert(bql_held);
    bql_held = false;
    qemu_cond_wait(cond, &bql);
    bql_held = true;
}

bool qemu_cond_timedwait_iothread(QemuCond *cond, int ms)
{
    bool signalled;

    assert(bql_held);
    bql_held = false;
    signalled = qemu_cond_timedwait(cond, &bql, ms);
    bql_held = true;
    return signalled;
}

/* Contexts */

static AioContext *main_ctx;    /* bottom halves, block I/O */
static AioContext *iohandler_ctx;       /* everybody's file descriptors */
static __thread bool is_main_thread;

static AioContext *attached_context(Error **errp)
{
    AioContext *ctx = aio_context_new(errp);

    if (ctx) {
        GSource *source = aio_get_g_source(ctx);

        g_source_attach(source, NULL);
        g_source_unref(source);
    }
    return ctx;
}

static void main_timer_notify(void *opaque, QEMUClockType type)
{
    qemu_notify_event();
}

int qemu_init_main_loop(Error **errp)
{
    if (main_ctx) {
        return 0;
    }
    init_clocks(main_timer_notify);
    main_ctx = attached_context(errp);
    iohandler_ctx = main_ctx ? attached_context(errp) : NULL;
    if (!iohandler_ctx) {
        return -EMFILE;
    }
    is_main_thread = true;
    g_main_context_acquire(NULL);
    if (!bql_held) {
        qemu_mutex_lock_iothread();
    }
    return 0;
}

AioContext *qemu_get_aio_context(void)
{
    return main_ctx;
}

AioContext *iohandler_get_aio_context(void)
{
    return iohandler_ctx;
}

bool qemu_in_main_thread(void)
{
    return is_main_thread;
}

void qemu_notify_event(void)
{
    if (main_ctx) {
        aio_notify(main_ctx);
    }
}

void qemu_set_fd_handler(int fd, IOHandler *fd_read, IOHandler *fd_write,
                         void *opaque)
{
    aio_set_fd_handler(iohandler_ctx, fd, false, fd_read, fd_write, NULL,
                       NULL, opaque);
}

void event_notifier_set_handler(EventNotifier *e,
                                EventNotifierHandler *handler)
{
    aio_set_event_notifier(iohandler_ctx, e, false, handler, NULL, NULL);
}

QEMUBH *qemu_bh_new_full(QEMUBHFunc *cb, void *opaque, const char *name,
                         MemReentrancyGuard *guard)
{
    return aio_bh_new_full(main_ctx, cb, opaque, name, guard);
}

/* The loop */

static NotifierList poll_notifiers;
static GArray *pollfds;

void main_loop_poll_add_notifier(Notifier *notify)
{
    notifier_list_add(&poll_notifiers, notify);
}

void main_loop_poll_remove_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

/* GLib's file descriptors behind those there are; the priority to check. */
static int glib_fill(GMainContext *context, int64_t *timeout)
{
    guint own = pollfds->len;
    gint priority, n, ms;

    g_main_context_prepare(context, &priority);
    n = 8;
    do {
        g_array_set_size(pollfds, own + n);
        n = g_main_context_query(context, priority, &ms,
                                 &g_array_index(pollfds, GPollFD, own),
                                 pollfds->len - own);
    } while (n > pollfds->len - own);
    g_array_set_size(pollfds, own + n);
    if (ms >= 0) {
        *timeout = qemu_soonest_timeout(*timeout, ms * (int64_t)SCALE_MS);
    }
    return priority;
}

static int poll_unlocked(int64_t timeout)
{
    GPollFD *fds = (GPollFD *)pollfds->data;
    int ret;

    if (timeout) {
        qemu_mutex_unlock_iothread();
        ret = qemu_poll_ns(fds, pollfds->len, timeout);
        qemu_mutex_lock_iothread();
    } else {
        ret = qemu_poll_ns(fds, pollfds->len, 0);
    }
    return ret;
}

void main_loop_wait(int nonblocking)
{
    GMainContext *context = g_main_context_default();
    MainLoopPoll mlpoll = {
        .state = MAIN_LOOP_POLL_FILL,
        .timeout = nonblocking ? 0 : UINT32_MAX,
    };
    int64_t timeout;
    guint own;
    int priority, ret;

    if (!pollfds) {
        pollfds = g_array_new(FALSE, FALSE, sizeof(GPollFD));
    }
    g_array_set_size(pollfds, 0);
    mlpoll.pollfds = pollfds;
    notifier_list_notify(&poll_notifiers, &mlpoll);
    own = pollfds->len;
    timeout = mlpoll.timeout == UINT32_MAX ? -1 :
              mlpoll.timeout * (int64_t)SCALE_MS;

    priority = glib_fill(context, &timeout);
    /* Behind prepare: from there on a new deadline wakes us. */
    timeout = qemu_soonest_timeout(timeout,
                                   timerlistgroup_deadline_ns(&main_loop_tlg));
    ret = poll_unlocked(timeout);
    if (g_main_context_check(context, priority,
                             &g_array_index(pollfds, GPollFD, own),
                             pollfds->len - own)) {
        g_main_context_dispatch(context);
    }
    if (!notifier_list_empty(&poll_notifiers)) {
        /* What the handlers made of the array is no business of ours. */
        mlpoll.state = ret < 0 ? MAIN_LOOP_POLL_ERR : MAIN_LOOP_POLL_OK;
        notifier_list_notify(&poll_notifiers, &mlpoll);
    }
    qemu_clock_run_all_timers();
}
