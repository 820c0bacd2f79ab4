/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flag that one thread (or the kernel: ioeventfd, irqfd) sets and an event
 * loop waits for: an eventfd, or a pipe where there is none.
 */
#ifndef QEMU_EVENT_NOTIFIER_H
#define QEMU_EVENT_NOTIFIER_H

struct EventNotifier {
    int rfd;
    int wfd;
    bool initialized;
};

typedef void EventNotifierHandler(EventNotifier *);

/* 0 or -errno; @active: starts set. */
int event_notifier_init(EventNotifier *e, int active);
void event_notifier_cleanup(EventNotifier *e);
/* Around a file descriptor of someone else's, which becomes @e's. */
void event_notifier_init_fd(EventNotifier *e, int fd);
/* 0 or -errno; any thread, and signal handlers. */
int event_notifier_set(EventNotifier *e);
/* Whether it was set; it is clear afterwards. */
int event_notifier_test_and_clear(EventNotifier *e);
int event_notifier_get_fd(const EventNotifier *e);
int event_notifier_get_wfd(const EventNotifier *e);

#endif /* QEMU_EVENT_NOTIFIER_H */
