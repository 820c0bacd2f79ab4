/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inner end of character devices (chardev/char-fe.h). */
#include "qemu/osdep.h"
#include "char-impl.h"
#include "chardev/char-fe.h"
#include "qapi/error.h"

bool qemu_chr_fe_init(CharBackend *b, Chardev *s, Error **errp)
{
    if (s && CHARDEV_IS_MUX(s)) {
        if (!mux_add_front_end(s, b, errp)) {
            return false;
        }
    } else if (s) {
        if (s->be) {
            error_setg(errp, "Device '%s' is in use", s->label);
            return false;
        }
        s->be = b;
    }
    b->fe_open = false;
    b->chr = s;
    return true;
}

void qemu_chr_fe_deinit(CharBackend *b, bool del)
{
    Chardev *chr = b->chr;

    if (!chr) {
        return;
    }
    qemu_chr_fe_set_handlers(b, NULL, NULL, NULL, NULL, NULL, NULL, true);
    if (chr->be == b) {
        chr->be = NULL;
    }
    if (CHARDEV_IS_MUX(chr)) {
        mux_remove_front_end(chr, b);
    }
    b->chr = NULL;
    if (del) {
        if (OBJECT(chr)->parent) {
            object_unparent(OBJECT(chr));
        } else {
            object_unref(OBJECT(chr));
        }
    }
}

Chardev *qemu_chr_fe_get_driver(CharBackend *be)
{
    return be->chr;
}

bool qemu_chr_fe_backend_connected(CharBackend *be)
{
    return be->chr;
}

bool qemu_chr_fe_backend_open(CharBackend *be)
{
    return be->chr && be->chr->be_open;
}

void qemu_chr_fe_set_handlers_full(CharBackend *b,
                                   IOCanReadHandler *fd_can_read,
                                   IOReadHandler *fd_read,
                                   IOEventHandler *fd_event,
                                   BackendChangeHandler *be_change,
                                   void *opaque, GMainContext *context,
                                   bool set_open, bool sync_state)
{
    bool any = fd_can_read || fd_read || fd_event || opaque;
    Chardev *chr = b->chr;

    b->chr_can_read = fd_can_read;
    b->chr_read = fd_read;
    b->chr_event = fd_event;
    b->chr_be_change = be_change;
    b->opaque = opaque;
    if (!chr) {
        return;
    }
    if (CHARDEV_IS_MUX(chr)) {
        mux_update_handlers(chr, context);
    } else {
        qemu_chr_be_update_read_handlers(chr, context);
    }
    if (set_open) {
        qemu_chr_fe_set_open(b, any);
    }
    if (any) {
        qemu_chr_fe_take_focus(b);
        /* Who comes after the opening hears of it too. */
        if (sync_state && chr->be_open && fd_event) {
            fd_event(opaque, CHR_EVENT_OPENED);
        }
    }
}

void qemu_chr_fe_set_handlers(CharBackend *b, IOCanReadHandler *fd_can_read,
                              IOReadHandler *fd_read,
                              IOEventHandler *fd_event,
                              BackendChangeHandler *be_change, void *opaque,
                              GMainContext *context, bool set_open)
{
    qemu_chr_fe_set_handlers_full(b, fd_can_read, fd_read, fd_event,
                                  be_change, opaque, context, set_open, true);
}

void qemu_chr_fe_take_focus(CharBackend *b)
{
    if (b->chr && CHARDEV_IS_MUX(b->chr)) {
        mux_take_focus(b->chr, b);
    }
}

void qemu_chr_fe_accept_input(CharBackend *b)
{
    Chardev *chr = b->chr;

    if (chr) {
        ChardevClass *cc = CHARDEV_GET_CLASS(chr);

        if (cc->chr_accept_input) {
            cc->chr_accept_input(chr);
        }
        /* A loop that is about to sleep asks by itself. */
        if (!g_main_context_is_owner(chr->gcontext)) {
            g_main_context_wakeup(chr->gcontext);
        }
    }
}

void qemu_chr_fe_disconnect(CharBackend *be)
{
    if (be->chr && CHARDEV_GET_CLASS(be->chr)->chr_disconnect) {
        CHARDEV_GET_CLASS(be->chr)->chr_disconnect(be->chr);
    }
}

int qemu_chr_fe_wait_connected(CharBackend *be, Error **errp)
{
    if (!be->chr) {
        error_setg(errp, "missing associated backend");
        return -1;
    }
    return qemu_chr_wait_connected(be->chr, errp);
}

void qemu_chr_fe_set_echo(CharBackend *be, bool echo)
{
    if (be->chr && CHARDEV_GET_CLASS(be->chr)->chr_set_echo) {
        CHARDEV_GET_CLASS(be->chr)->chr_set_echo(be->chr, echo);
    }
}

void qemu_chr_fe_set_open(CharBackend *be, int fe_open)
{
    if (!be->chr || be->fe_open == fe_open) {
        return;
    }
    be->fe_open = fe_open;
    if (CHARDEV_GET_CLASS(be->chr)->chr_set_fe_open) {
        CHARDEV_GET_CLASS(be->chr)->chr_set_fe_open(be->chr, fe_open);
    }
}

void qemu_chr_fe_printf(CharBackend *be, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    qemu_chr_fe_write_all(be, (uint8_t *)text, strlen(text));
}

guint qemu_chr_fe_add_watch(CharBackend *be, GIOCondition cond,
                            FEWatchFunc func, void *user_data)
{
    Chardev *s = be->chr;
    GSource *source;
    guint tag;

    if (!s || !CHARDEV_GET_CLASS(s)->chr_add_watch) {
        return 0;
    }
    source = CHARDEV_GET_CLASS(s)->chr_add_watch(s, cond);
    if (!source) {
        return 0;
    }
    g_source_set_callback(source, G_SOURCE_FUNC(func), user_data, NULL);
    tag = g_source_attach(source, s->gcontext);
    g_source_unref(source);
    return tag;
}

int qemu_chr_fe_write(CharBackend *be, const uint8_t *buf, int len)
{
    return be->chr ? qemu_chr_write(be->chr, buf, len, false) : 0;
}

int qemu_chr_fe_write_all(CharBackend *be, const uint8_t *buf, int len)
{
    return be->chr ? qemu_chr_write(be->chr, buf, len, true) : 0;
}

int qemu_chr_fe_read_all(CharBackend *be, uint8_t *buf, int len)
{
    Chardev *s = be->chr;
    int done = 0;

    if (!s || !CHARDEV_GET_CLASS(s)->chr_sync_read) {
        return 0;
    }
    while (done < len) {
        int n = CHARDEV_GET_CLASS(s)->chr_sync_read(s, buf + done,
                                                    len - done);

        if (n < 0 && errno == EAGAIN) {
            g_usleep(100);
            continue;
        }
        if (n < 0) {
            return n;
        }
        if (n == 0) {
            break;
        }
        done += n;
    }
    return done;
}

int qemu_chr_fe_ioctl(CharBackend *be, int cmd, void *arg)
{
    Chardev *s = be->chr;

    return s && CHARDEV_GET_CLASS(s)->chr_ioctl ?
           CHARDEV_GET_CLASS(s)->chr_ioctl(s, cmd, arg) : -ENOTSUP;
}

int qemu_chr_fe_get_msgfds(CharBackend *be, int *fds, int num)
{
    Chardev *s = be->chr;

    return s && CHARDEV_GET_CLASS(s)->get_msgfds ?
           CHARDEV_GET_CLASS(s)->get_msgfds(s, fds, num) : -1;
}

int qemu_chr_fe_get_msgfd(CharBackend *be)
{
    int fd;

    return qemu_chr_fe_get_msgfds(be, &fd, 1) == 1 ? fd : -1;
}

int qemu_chr_fe_set_msgfds(CharBackend *be, int *fds, int num)
{
    Chardev *s = be->chr;

    return s && CHARDEV_GET_CLASS(s)->set_msgfds ?
           CHARDEV_GET_CLASS(s)->set_msgfds(s, fds, num) : -1;
}
