/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main loop, contexts, bottom halves and the BQL. */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qapi/error.h"
#include "qemu/lockable.h"
#include "qemu/notify.h"

static int counter;

static void count(void *opaque)
{
    counter += opaque ? *(int *)opaque : 1;
}

static QEMUBH *self_bh;

static void reschedule(void *opaque)
{
    counter++;
    qemu_bh_schedule(self_bh);
}

static void test_bh(void)
{
    QEMUBH *bh = qemu_bh_new(count, NULL);

    counter = 0;
    main_loop_wait(true);
    g_assert_cmpint(counter, ==, 0);
    qemu_bh_schedule(bh);
    qemu_bh_schedule(bh);
    g_assert_cmpint(counter, ==, 0);
    /* Does not sleep: there is something to do. */
    main_loop_wait(false);
    g_assert_cmpint(counter, ==, 1);
    main_loop_wait(true);
    g_assert_cmpint(counter, ==, 1);
    qemu_bh_schedule(bh);
    qemu_bh_cancel(bh);
    main_loop_wait(true);
    g_assert_cmpint(counter, ==, 1);
    qemu_bh_schedule(bh);
    qemu_bh_delete(bh);
    main_loop_wait(true);
    g_assert_cmpint(counter, ==, 1);
    aio_bh_schedule_oneshot(qemu_get_aio_context(), count, NULL);
    main_loop_wait(false);
    g_assert_cmpint(counter, ==, 2);

    /* One that schedules itself runs once a round. */
    self_bh = qemu_bh_new(reschedule, NULL);
    counter = 0;
    qemu_bh_schedule(self_bh);
    main_loop_wait(true);
    main_loop_wait(true);
    g_assert_cmpint(counter, ==, 2);
    qemu_bh_delete(self_bh);
    main_loop_wait(true);
    g_assert_cmpint(counter, ==, 2);
}

static void check_guarded(void *opaque)
{
    MemReentrancyGuard *guard = opaque;

    g_assert_true(guard->engaged_in_io);
    counter++;
}

/* While it runs, the device counts as being accessed. */
static void test_bh_guard(void)
{
    MemReentrancyGuard guard = { false };
    QEMUBH *bh = qemu_bh_new_guarded(check_guarded, &guard, &guard);

    counter = 0;
    qemu_bh_schedule(bh);
    main_loop_wait(false);
    g_assert_cmpint(counter, ==, 1);
    g_assert_false(guard.engaged_in_io);
    guard.engaged_in_io = true;
    qemu_bh_schedule(bh);
    main_loop_wait(false);
    g_assert_cmpint(counter, ==, 2);
    g_assert_true(guard.engaged_in_io);
    qemu_bh_delete(bh);
    main_loop_wait(true);
}

static GString *order;

static void append(void *opaque)
{
    g_string_append(order, opaque);
}

static void poll_inside(void *opaque)
{
    g_string_append(order, "<");
    while (aio_poll(qemu_get_aio_context(), false)) {
        /* runs what the outer round has not yet */
    }
    g_string_append(order, ">");
}

static void test_bh_nested(void)
{
    AioContext *ctx = qemu_get_aio_context();

    order = g_string_new("");
    aio_bh_schedule_oneshot(ctx, append, (void *)"a");
    aio_bh_schedule_oneshot(ctx, poll_inside, NULL);
    aio_bh_schedule_oneshot(ctx, append, (void *)"b");
    aio_bh_schedule_oneshot(ctx, append, (void *)"c");
    main_loop_wait(false);
    g_assert_cmpstr(order->str, ==, "a<bc>");
    g_string_free(order, true);
}

static void test_bh_idle(void)
{
    QEMUBH *bh = qemu_bh_new(count, NULL);
    int64_t start = get_clock();

    counter = 0;
    qemu_bh_schedule_idle(bh);
    while (!counter) {
        main_loop_wait(false);
    }
    g_assert_cmpint(get_clock() - start, <, 2 * NANOSECONDS_PER_SECOND);
    qemu_bh_delete(bh);
    main_loop_wait(true);
}

typedef struct Pipe {
    int fd[2];
    char got[16];
    int reads;
    bool stop;
} Pipe;

static void pipe_read(void *opaque)
{
    Pipe *p = opaque;

    p->reads++;
    g_assert_cmpint(read(p->fd[0], p->got, sizeof(p->got)), >, 0);
    if (p->stop) {
        qemu_set_fd_handler(p->fd[0], NULL, NULL, NULL);
    }
}

static void test_fd(void)
{
    Pipe p = { .reads = 0 };
    int one = 1;

    g_assert_cmpint(qemu_pipe(p.fd), ==, 0);
    qemu_set_fd_handler(p.fd[0], pipe_read, NULL, &p);
    main_loop_wait(true);
    g_assert_cmpint(p.reads, ==, 0);
    g_assert_cmpint(write(p.fd[1], "x", 1), ==, 1);
    main_loop_wait(false);
    g_assert_cmpint(p.reads, ==, 1);
    main_loop_wait(true);
    g_assert_cmpint(p.reads, ==, 1);

    /* Removed while it is called; writable at once. */
    p.stop = true;
    counter = 0;
    qemu_set_fd_handler(p.fd[1], NULL, count, &one);
    g_assert_cmpint(write(p.fd[1], "x", 1), ==, 1);
    main_loop_wait(false);
    g_assert_cmpint(p.reads, ==, 2);
    g_assert_cmpint(counter, ==, 1);
    g_assert_cmpint(write(p.fd[1], "x", 1), ==, 1);
    main_loop_wait(false);
    g_assert_cmpint(p.reads, ==, 2);
    g_assert_cmpint(counter, ==, 2);
    qemu_set_fd_handler(p.fd[1], NULL, NULL, NULL);
    main_loop_wait(true);
    g_assert_cmpint(counter, ==, 2);
    close(p.fd[0]);
    close(p.fd[1]);
}

static EventNotifier ev;
static int ev_seen;

static void ev_handler(EventNotifier *e)
{
    g_assert_true(e == &ev);
    ev_seen += event_notifier_test_and_clear(e);
}

static void test_notifier(void)
{
    g_assert_cmpint(event_notifier_init(&ev, true), ==, 0);
    g_assert_cmpint(event_notifier_test_and_clear(&ev), ==, 1);
    g_assert_cmpint(event_notifier_test_and_clear(&ev), ==, 0);
    event_notifier_set_handler(&ev, ev_handler);
    event_notifier_set(&ev);
    event_notifier_set(&ev);
    main_loop_wait(false);
    main_loop_wait(true);
    g_assert_cmpint(ev_seen, ==, 1);
    event_notifier_set_handler(&ev, NULL);
    event_notifier_set(&ev);
    main_loop_wait(true);
    g_assert_cmpint(ev_seen, ==, 1);
    event_notifier_cleanup(&ev);
    event_notifier_cleanup(&ev);
}

static void test_timer(void)
{
    int64_t start = get_clock();
    QEMUTimer *t = timer_new_us(QEMU_CLOCK_REALTIME, count, NULL);

    counter = 0;
    timer_mod(t, qemu_clock_get_us(QEMU_CLOCK_REALTIME) + 300);
    while (!counter) {
        main_loop_wait(false);
    }
    g_assert_cmpint(get_clock() - start, >=, 299 * SCALE_US);
    timer_free(t);
}

static QEMUBH *thread_bh;

static void *other_thread(void *opaque)
{
    g_assert_false(qemu_mutex_iothread_locked());
    g_assert_false(qemu_in_main_thread());
    {
        QEMU_IOTHREAD_LOCK_GUARD();
        QEMU_LOCK_GUARD((QemuMutex *)opaque);
        g_assert_true(qemu_mutex_iothread_locked());
    }
    g_assert_false(qemu_mutex_iothread_locked());
    qemu_bh_schedule(thread_bh);
    return opaque;
}

/* The loop sleeps without the BQL and is woken by another thread. */
static void test_thread(void)
{
    QemuThread thread;
    QemuMutex m;

    counter = 0;
    qemu_mutex_init(&m);
    thread_bh = qemu_bh_new(count, NULL);
    g_assert_true(qemu_mutex_iothread_locked());
    qemu_thread_create(&thread, "t", other_thread, &m, QEMU_THREAD_JOINABLE);
    while (!counter) {
        main_loop_wait(false);
    }
    g_assert_true(qemu_thread_join(&thread) == &m);
    qemu_bh_delete(thread_bh);
    qemu_mutex_destroy(&m);
    main_loop_wait(true);
}

static void quit(void *opaque)
{
    *(bool *)opaque = true;
}

static void *iothread(void *opaque)
{
    AioContext *ctx = opaque;
    bool done = false;

    qemu_set_current_aio_context(ctx);
    g_assert_true(in_aio_context_home_thread(ctx));
    aio_bh_schedule_oneshot(ctx, quit, &done);
    while (!done) {
        aio_poll(ctx, true);
    }
    while (!counter) {
        aio_poll(ctx, true);
    }
    return NULL;
}

static void test_iothread(void)
{
    AioContext *ctx = aio_context_new(&error_abort);
    QEMUTimer *t = aio_timer_new(ctx, QEMU_CLOCK_REALTIME, SCALE_NS, count,
                                 NULL);
    QemuThread thread;
    Pipe p = { .reads = 0 };

    counter = 0;
    g_assert_cmpint(qemu_pipe(p.fd), ==, 0);
    g_assert_cmpint(write(p.fd[1], "x", 1), ==, 1);
    aio_set_fd_handler(ctx, p.fd[0], true, pipe_read, NULL, NULL, NULL, &p);
    aio_disable_external(ctx);
    g_assert_false(aio_poll(ctx, false));
    aio_enable_external(ctx);
    g_assert_true(aio_poll(ctx, false));
    g_assert_cmpint(p.reads, ==, 1);
    aio_set_fd_handler(ctx, p.fd[0], true, NULL, NULL, NULL, NULL, NULL);
    qemu_thread_create(&thread, "io", iothread, ctx, QEMU_THREAD_JOINABLE);
    timer_mod(t, get_clock() + 100 * SCALE_US);
    qemu_thread_join(&thread);
    g_assert_cmpint(counter, ==, 1);
    timer_free(t);
    aio_context_unref(ctx);
    close(p.fd[0]);
    close(p.fd[1]);
}

static void poll_hook(Notifier *n, void *data)
{
    MainLoopPoll *mlpoll = data;
    static guint at;
    static GPollFD pfd;

    if (mlpoll->state == MAIN_LOOP_POLL_FILL) {
        pfd.fd = ev.rfd;
        pfd.events = G_IO_IN;
        at = mlpoll->pollfds->len;
        g_array_append_val(mlpoll->pollfds, pfd);
        mlpoll->timeout = MIN(mlpoll->timeout, 1000);
    } else {
        g_assert_cmpint(mlpoll->state, ==, MAIN_LOOP_POLL_OK);
        counter += g_array_index(mlpoll->pollfds, GPollFD, at).revents &
                   G_IO_IN;
    }
}

static void test_poll_notifier(void)
{
    Notifier n = { .notify = poll_hook };

    event_notifier_init(&ev, true);
    counter = 0;
    main_loop_poll_add_notifier(&n);
    main_loop_wait(false);
    g_assert_cmpint(counter, ==, G_IO_IN);
    main_loop_poll_remove_notifier(&n);
    main_loop_wait(true);
    g_assert_cmpint(counter, ==, G_IO_IN);
    event_notifier_cleanup(&ev);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(qemu_init_main_loop(&error_abort), ==, 0);
    g_test_add_func("/mainloop/bh", test_bh);
    g_test_add_func("/mainloop/bh-guard", test_bh_guard);
    g_test_add_func("/mainloop/bh-nested", test_bh_nested);
    g_test_add_func("/mainloop/bh-idle", test_bh_idle);
    g_test_add_func("/mainloop/fd", test_fd);
    g_test_add_func("/mainloop/notifier", test_notifier);
    g_test_add_func("/mainloop/timer", test_timer);
    g_test_add_func("/mainloop/thread", test_thread);
    g_test_add_func("/mainloop/iothread", test_iothread);
    g_test_add_func("/mainloop/poll-notifier", test_poll_notifier);
    return g_test_run();
}
