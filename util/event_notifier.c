/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event notifiers on eventfd(2), and on pipes where that fails.
 */
#include "qemu/osdep.h"
#include "qemu/event_notifier.h"

#include <sys/eventfd.h>

int event_notifier_init(EventNotifier *e, int active)
{
    int fds[2];
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    if (fd >= 0) {
        fds[0] = fds[1] = fd;
    } else if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) < 0) {
        return -errno;
    }
    e->rfd = fds[0];
    e->wfd = fds[1];
    e->initialized = true;
    if (active) {
        event_notifier_set(e);
    }
    return 0;
}

void event_notifier_cleanup(EventNotifier *e)
{
    if (!e->initialized) {
        return;
    }
    if (e->rfd != e->wfd) {
        close(e->rfd);
    }
    close(e->wfd);
    e->rfd = -1;
    e->wfd = -1;
    e->initialized = false;
}

void event_notifier_init_fd(EventNotifier *e, int fd)
{
    e->rfd = fd;
    e->wfd = fd;
    e->initialized = true;
}

int event_notifier_set(EventNotifier *e)
{
    static const uint64_t one = 1;

    if (!e->initialized) {
        return -1;
    }
    /* A counter or pipe that is full is set already. */
    if (RETRY_ON_EINTR(write(e->wfd, &one, sizeof(one))) < 0 &&
        errno != EAGAIN) {
        return -errno;
    }
    return 0;
}

int event_notifier_test_and_clear(EventNotifier *e)
{
    uint64_t buf[64];
    bool was_set = false;
    ssize_t n;

    if (!e->initialized) {
        return 0;
    }
    do {
        n = RETRY_ON_EINTR(read(e->rfd, buf, sizeof(buf)));
        was_set |= n > 0;
        /* An eventfd is empty after one read; a pipe after a short one. */
    } while (n == sizeof(buf));
    return was_set;
}

int event_notifier_get_fd(const EventNotifier *e)
{
    return e->rfd;
}

int event_notifier_get_wfd(const EventNotifier *e)
{
    return e->wfd;
}
