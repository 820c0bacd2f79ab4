/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Character devices on file descriptors: files, named pipes, the terminal
 * that the program runs on, pseudo terminals.
 */
#include "qemu/osdep.h"
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <glib-unix.h>
#include "char-impl.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/error-report.h"
#include "qemu/module.h"

OBJECT_DECLARE_SIMPLE_TYPE(FDChardev, CHARDEV_FD)

struct FDChardev {
    Chardev parent;

    int fd_in, fd_out;
    guint watch;                /* of a pty whose other end is closed */
};

/*
 * A source that looks for input only while the front end takes some: asked
 * before every wait.  Meanwhile a hang-up may be of interest (poll() always
 * tells of it), but only if nothing that was sent before is still to come;
 * else the descriptor is taken out altogether.
 */
typedef struct InputSource {
    GSource source;
    Chardev *chr;
    GPollFD pfd;
    bool want_hup;
    bool hup_waits;             /* there was one, behind unread input */
    bool polled;
    bool busy;                  /* being dispatched: not again from inside */
} InputSource;

#define INPUT_EVENTS (G_IO_IN | G_IO_ERR | G_IO_HUP)

static gboolean input_prepare(GSource *source, gint *timeout)
{
    InputSource *s = (InputSource *)source;
    bool want = !s->busy && qemu_chr_be_can_write(s->chr) > 0;
    bool poll = want || (!s->busy && s->want_hup && !s->hup_waits);

    s->pfd.events = want ? INPUT_EVENTS : 0;
    if (poll != s->polled) {
        s->polled = poll;
        s->pfd.revents = 0;
        if (poll) {
            g_source_add_poll(source, &s->pfd);
        } else {
            g_source_remove_poll(source, &s->pfd);
        }
    }
    *timeout = -1;
    return FALSE;
}

static gboolean input_check(GSource *source)
{
    InputSource *s = (InputSource *)source;
    int unread = 0;

    if (!s->polled || !s->pfd.revents) {
        return FALSE;
    }
    if (s->pfd.events) {
        return TRUE;
    }
    s->hup_waits = ioctl(s->pfd.fd, FIONREAD, &unread) == 0 && unread > 0;
    return !s->hup_waits;
}

static gboolean input_dispatch(GSource *source, GSourceFunc callback,
                               gpointer opaque)
{
    InputSource *s = (InputSource *)source;
    gboolean more;

    s->busy = true;
    more = ((GUnixFDSourceFunc)(void (*)(void))callback)(
        s->pfd.fd, s->pfd.revents, opaque);
    s->busy = false;
    return more;
}

static GSourceFuncs input_funcs = {
    .prepare = input_prepare,
    .check = input_check,
    .dispatch = input_dispatch,
};

void chr_watch_input(Chardev *chr, int fd, bool want_hup,
                     gboolean (*readable)(gint fd, GIOCondition cond,
                                          gpointer chr))
{
    InputSource *s;

    if (chr->gsource) {
        g_source_destroy(chr->gsource);
        g_source_unref(chr->gsource);
        chr->gsource = NULL;
    }
    if (fd < 0) {
        return;
    }
    chr->gsource = g_source_new(&input_funcs, sizeof(InputSource));
    s = (InputSource *)chr->gsource;
    s->chr = chr;
    s->pfd.fd = fd;
    s->want_hup = want_hup;
    /*
     * Otherwise GLib takes the descriptor out of its set and puts it back,
     * with a wake-up of itself each, around every single dispatch.
     */
    g_source_set_can_recurse(chr->gsource, TRUE);
    g_source_set_callback(chr->gsource,
                          (GSourceFunc)(void (*)(void))readable, chr, NULL);
    /*
     * Nothing below runs the loop again.  GLib would guard against that by
     * taking our descriptor out of the loop and putting it back around each
     * call, with three system calls.
     */
    g_source_set_can_recurse(chr->gsource, TRUE);
    g_source_attach(chr->gsource, chr->gcontext);
}

/* Reading and writing */

static void pty_wait(FDChardev *s);

static gboolean fd_readable(gint fd, GIOCondition cond, gpointer opaque)
{
    Chardev *chr = opaque;
    FDChardev *s = CHARDEV_FD(chr);
    uint8_t buf[CHR_READ_BUF_LEN];
    int room = MIN(qemu_chr_be_can_write(chr), (int)sizeof(buf));
    ssize_t n;

    if (room <= 0) {
        return G_SOURCE_CONTINUE;
    }
    n = read(fd, buf, room);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return G_SOURCE_CONTINUE;
    }
    if (n > 0) {
        qemu_chr_be_write(chr, buf, n);
        return G_SOURCE_CONTINUE;
    }
    chr_watch_input(chr, -1, false, NULL);
    qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
    if (CHARDEV_IS_PTY(chr)) {
        pty_wait(s);
    }
    return G_SOURCE_REMOVE;
}

static void fd_update_read_handler(Chardev *chr)
{
    FDChardev *s = CHARDEV_FD(chr);

    if (!s->watch) {
        chr_watch_input(chr, s->fd_in, false, fd_readable);
    }
}

static int fd_write(Chardev *chr, const uint8_t *buf, int len)
{
    FDChardev *s = CHARDEV_FD(chr);
    ssize_t n;

    /* A pty that nobody opened loses what is written to it. */
    if (s->fd_out < 0 || s->watch) {
        return len;
    }
    do {
        n = write(s->fd_out, buf, len);
    } while (n < 0 && errno == EINTR);
    return n;
}

static GSource *fd_add_watch(Chardev *chr, GIOCondition cond)
{
    FDChardev *s = CHARDEV_FD(chr);

    return s->fd_out >= 0 && !s->watch ? g_unix_fd_source_new(s->fd_out, cond)
                                       : NULL;
}

void qemu_chr_open_fd(Chardev *chr, int fd_in, int fd_out)
{
    FDChardev *s = CHARDEV_FD(chr);

    s->fd_in = fd_in;
    s->fd_out = fd_out;
    if (fd_in >= 0) {
        g_unix_set_fd_nonblocking(fd_in, TRUE, NULL);
    }
    if (fd_out >= 0 && fd_out != fd_in) {
        g_unix_set_fd_nonblocking(fd_out, TRUE, NULL);
    }
}

int chr_fd(Chardev *chr)
{
    return CHARDEV_FD(chr)->fd_out;
}

static void fd_init(Object *obj)
{
    FDChardev *s = CHARDEV_FD(obj);

    s->fd_in = s->fd_out = -1;
}

static void fd_finalize(Object *obj)
{
    FDChardev *s = CHARDEV_FD(obj);

    if (s->watch) {
        g_source_remove(s->watch);
    }
    chr_watch_input(CHARDEV(obj), -1, false, NULL);
    if (s->fd_in > STDERR_FILENO) {
        qemu_close(s->fd_in);
    }
    if (s->fd_out > STDERR_FILENO && s->fd_out != s->fd_in) {
        qemu_close(s->fd_out);
    }
}

static void fd_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->chr_write = fd_write;
    cc->chr_add_watch = fd_add_watch;
    cc->chr_update_read_handler = fd_update_read_handler;
}

/* file: output to "out" (QAPI) or "path", input from "in" */

static void file_open(Chardev *chr, json_t *data, bool *be_opened,
                      Error **errp)
{
    const char *out = json_get_str(data, "out");
    const char *in = json_get_str(data, "in");
    bool append = false;
    int fd_in = -1, fd_out;

    if (!chr_require(data, "out", errp) ||
        !json_opt_bool(data, "append", &append, errp)) {
        return;
    }
    fd_out = qemu_open_old(out, O_WRONLY | O_CREAT |
                           (append ? O_APPEND : O_TRUNC), 0666);
    if (fd_out < 0) {
        error_setg_file_open(errp, errno, out);
        return;
    }
    if (in) {
        fd_in = qemu_open_old(in, O_RDONLY);
        if (fd_in < 0) {
            error_setg_file_open(errp, errno, in);
            qemu_close(fd_out);
            return;
        }
    }
    qemu_chr_open_fd(chr, fd_in, fd_out);
}

static void file_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = file_open;
}

/* pipe: PATH.in and PATH.out, or PATH for both */

static int open_pipe(const char *path, const char *suffix)
{
    g_autofree char *name = g_strconcat(path, suffix, NULL);

    return qemu_open_old(name, O_RDWR);
}

static void pipe_open(Chardev *chr, json_t *data, bool *be_opened,
                      Error **errp)
{
    const char *path = json_get_str(data, "device");
    int fd_in, fd_out;

    if (!chr_require(data, "device", errp)) {
        return;
    }
    fd_in = open_pipe(path, ".in");
    fd_out = open_pipe(path, ".out");
    if (fd_in < 0 || fd_out < 0) {
        if (fd_in >= 0) {
            qemu_close(fd_in);
        }
        if (fd_out >= 0) {
            qemu_close(fd_out);
        }
        fd_in = fd_out = open_pipe(path, "");
        if (fd_in < 0) {
            error_setg_file_open(errp, errno, path);
            return;
        }
    }
    qemu_chr_open_fd(chr, fd_in, fd_out);
}

static void pipe_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = pipe_open;
}

/* stdio */

/*
 * Terminal and descriptors are shared with whoever started us, and left as
 * they were: also at an exit() from anywhere.
 */
static struct termios old_tty;
static int old_flags[2];        /* of stdin and stdout */
static bool stdio_in_use, stdio_allow_signal, stdio_is_tty;

static void stdio_restore(void)
{
    if (!stdio_in_use) {
        return;
    }
    stdio_in_use = false;
    if (stdio_is_tty) {
        tcsetattr(STDIN_FILENO, TCSANOW, &old_tty);
    }
    for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++) {
        if (old_flags[fd] >= 0) {
            fcntl(fd, F_SETFL, old_flags[fd]);
        }
    }
}

static void stdio_set_echo(Chardev *chr, bool echo)
{
    struct termios tty = old_tty;

    if (!stdio_is_tty) {
        return;
    }
    if (!echo) {
        tty.c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR |
                         ICRNL | IXON);
        tty.c_oflag |= OPOST;
        tty.c_lflag &= ~(ECHO | ECHONL | ICANON | IEXTEN);
        tty.c_cflag = (tty.c_cflag & ~(CSIZE | PARENB)) | CS8;
        tty.c_cc[VMIN] = 1;
        tty.c_cc[VTIME] = 0;
    }
    if (!stdio_allow_signal) {
        tty.c_lflag &= ~ISIG;
    }
    tcsetattr(STDIN_FILENO, TCSANOW, &tty);
}

static void stdio_open(Chardev *chr, json_t *data, bool *be_opened,
                       Error **errp)
{
    static bool registered;
    bool allow_signal = true;

    if (!json_opt_bool(data, "signal", &allow_signal, errp)) {
        return;
    }
    if (stdio_in_use) {
        error_setg(errp, "cannot use stdio by multiple character devices");
        return;
    }
    stdio_in_use = true;
    stdio_allow_signal = allow_signal;
    stdio_is_tty = tcgetattr(STDIN_FILENO, &old_tty) == 0;
    old_flags[STDIN_FILENO] = fcntl(STDIN_FILENO, F_GETFL);
    old_flags[STDOUT_FILENO] = fcntl(STDOUT_FILENO, F_GETFL);
    if (!registered) {
        registered = true;
        atexit(stdio_restore);
    }
    qemu_chr_open_fd(chr, STDIN_FILENO, STDOUT_FILENO);
    stdio_set_echo(chr, false);
}

static void stdio_finalize(Object *obj)
{
    if (CHARDEV_FD(obj)->fd_in == STDIN_FILENO) {
        stdio_restore();
    }
}

static void stdio_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = stdio_open;
    CHARDEV_CLASS(oc)->chr_set_echo = stdio_set_echo;
}

/* pty */

/* Nobody has the other end open: look again now and then. */
static gboolean pty_look(gpointer opaque)
{
    FDChardev *s = opaque;
    Chardev *chr = CHARDEV(s);
    GPollFD pfd = { .fd = s->fd_in, .events = G_IO_OUT };

    if (g_poll(&pfd, 1, 0) < 0 || (pfd.revents & G_IO_HUP)) {
        return G_SOURCE_CONTINUE;
    }
    s->watch = 0;
    qemu_chr_be_event(chr, CHR_EVENT_OPENED);
    chr_watch_input(chr, s->fd_in, false, fd_readable);
    return G_SOURCE_REMOVE;
}

static void pty_wait(FDChardev *s)
{
    if (!s->watch) {
        s->watch = g_timeout_add(200, pty_look, s);
    }
}

static void pty_open(Chardev *chr, json_t *data, bool *be_opened,
                     Error **errp)
{
    int master, slave;
    char name[64];
    struct termios tty;

    if (openpty(&master, &slave, name, NULL, NULL) < 0) {
        error_setg_errno(errp, errno, "Failed to create PTY");
        return;
    }
    tcgetattr(slave, &tty);
    cfmakeraw(&tty);
    tcsetattr(slave, TCSAFLUSH, &tty);
    close(slave);
    qemu_set_cloexec(master);
    chr->filename = g_strdup_printf("pty:%s", name);
    qemu_chr_open_fd(chr, master, master);
    *be_opened = false;
    pty_wait(CHARDEV_FD(chr));
}

static void pty_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = pty_open;
}

static const TypeInfo fd_types[] = {
    {
        .name = TYPE_CHARDEV_FD,
        .parent = TYPE_CHARDEV,
        .abstract = true,
        .instance_size = sizeof(FDChardev),
        .instance_init = fd_init,
        .instance_finalize = fd_finalize,
        .class_init = fd_class_init,
    }, {
        .name = TYPE_CHARDEV_FILE,
        .parent = TYPE_CHARDEV_FD,
        .class_init = file_class_init,
    }, {
        .name = TYPE_CHARDEV_PIPE,
        .parent = TYPE_CHARDEV_FD,
        .class_init = pipe_class_init,
    }, {
        .name = TYPE_CHARDEV_STDIO,
        .parent = TYPE_CHARDEV_FD,
        .instance_finalize = stdio_finalize,
        .class_init = stdio_class_init,
    }, {
        .name = TYPE_CHARDEV_PTY,
        .parent = TYPE_CHARDEV_FD,
        .class_init = pty_class_init,
    },
};
DEFINE_TYPES(fd_types)
