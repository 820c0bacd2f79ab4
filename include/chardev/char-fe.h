/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inner end of a character device: what a device model, a monitor or a
 * network peer holds to talk through one.
 */
#ifndef QEMU_CHAR_FE_H
#define QEMU_CHAR_FE_H

#include "chardev/char.h"
#include "qemu/main-loop.h"

typedef void IOEventHandler(void *opaque, QEMUChrEvent event);
/* Tells that the Chardev was replaced (chardev-change); 0: taken. */
typedef int BackendChangeHandler(void *opaque);

struct CharBackend {
    Chardev *chr;
    IOEventHandler *chr_event;
    IOCanReadHandler *chr_can_read;
    IOReadHandler *chr_read;
    BackendChangeHandler *chr_be_change;
    void *opaque;
    int tag;                    /* which of a multiplexer's */
    int fe_open;
};

/*
 * Claims @s (NULL: nothing is there; output is dropped) for @b.  Only a
 * multiplexer can be claimed by several.
 */
bool qemu_chr_fe_init(CharBackend *b, Chardev *s, Error **errp);
/* Gives it back; @del: and destroys it. */
void qemu_chr_fe_deinit(CharBackend *b, bool del);
Chardev *qemu_chr_fe_get_driver(CharBackend *be);
bool qemu_chr_fe_backend_connected(CharBackend *be);
bool qemu_chr_fe_backend_open(CharBackend *be);

/*
 * @fd_can_read says how much @fd_read takes; @fd_event is told of opening,
 * closing and breaks.  The handlers run in @context (NULL: the main loop).
 * Without handlers, input waits outside.  @set_open: and say that the front
 * end is open (or, without handlers, closed).
 */
void qemu_chr_fe_set_handlers(CharBackend *b, IOCanReadHandler *fd_can_read,
                              IOReadHandler *fd_read,
                              IOEventHandler *fd_event,
                              BackendChangeHandler *be_change, void *opaque,
                              GMainContext *context, bool set_open);
void qemu_chr_fe_set_handlers_full(CharBackend *b,
                                   IOCanReadHandler *fd_can_read,
                                   IOReadHandler *fd_read,
                                   IOEventHandler *fd_event,
                                   BackendChangeHandler *be_change,
                                   void *opaque, GMainContext *context,
                                   bool set_open, bool sync_state);

/* The focus of a multiplexer. */
void qemu_chr_fe_take_focus(CharBackend *b);
/* chr_can_read() now says more than 0. */
void qemu_chr_fe_accept_input(CharBackend *b);
void qemu_chr_fe_disconnect(CharBackend *be);
int qemu_chr_fe_wait_connected(CharBackend *be, Error **errp);
void qemu_chr_fe_set_echo(CharBackend *be, bool echo);
void qemu_chr_fe_set_open(CharBackend *be, int fe_open);
void qemu_chr_fe_printf(CharBackend *be, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/*
 * Calls @func (from the device's context) once the device meets @cond:
 * room to write, mostly.  A tag for g_source_remove(), 0 where there is
 * nothing to wait for.
 */
typedef gboolean (*FEWatchFunc)(void *do_not_use, GIOCondition condition,
                                void *data);
guint qemu_chr_fe_add_watch(CharBackend *be, GIOCondition cond,
                            FEWatchFunc func, void *user_data);

/* Bytes taken, maybe fewer; -1 with errno. */
int qemu_chr_fe_write(CharBackend *be, const uint8_t *buf, int len);
/* All of it, waiting where needed (then other threads wait as well). */
int qemu_chr_fe_write_all(CharBackend *be, const uint8_t *buf, int len);
/* Reads without a main loop, waiting. */
int qemu_chr_fe_read_all(CharBackend *be, uint8_t *buf, int len);
/* CHR_IOCTL_*; -ENOTSUP where the device knows none. */
int qemu_chr_fe_ioctl(CharBackend *be, int cmd, void *arg);
/* File descriptors that came with input, and to go with output; -1: none. */
int qemu_chr_fe_get_msgfd(CharBackend *be);
int qemu_chr_fe_get_msgfds(CharBackend *be, int *fds, int num);
int qemu_chr_fe_set_msgfds(CharBackend *be, int *fds, int num);

#endif /* QEMU_CHAR_FE_H */
