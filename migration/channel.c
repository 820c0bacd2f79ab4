/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Migration channels.
 *
 * A blocked thread is woken by shutdown() where there is a socket.  Pipes
 * have no such thing: they are made non-blocking, and the thread polls an
 * eventfd along with them.
 */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include <linux/sockios.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/cutils.h"
#include "qemu/main-loop.h"
#include "qemu/processor.h"
#include "qemu/sockets.h"
#include "qemu/units.h"
#include "qemu/timer.h"
#include "migration/channel.h"

struct MigChannel {
    int refs;
    int in, out;                /* -1: none; may be the same */
    bool is_socket;
    const char *what;           /* in errors */
    int stop_fd;                /* readable once it is shut down */
    pid_t child;                /* of exec:, or 0 */
    bool writes;                /* the child's failure is ours */
};

/* --- Addresses --- */

static bool parse_file(MigAddress *addr, const char *rest, Error **errp)
{
    const char *option = strstr(rest, ",offset=");

    addr->arg = option ? g_strndup(rest, option - rest) : g_strdup(rest);
    if (option && qemu_strtosz(option + strlen(",offset="), NULL,
                               &addr->offset)) {
        error_setg(errp, "file URI has bad offset %s",
                   option + strlen(",offset="));
        return false;
    }
    return true;
}

MigAddress *mig_address_parse(const char *uri, Error **errp)
{
    g_autoptr(MigAddress) addr = g_new0(MigAddress, 1);
    const char *rest;

    if (g_str_has_prefix(uri, "tcp:") || g_str_has_prefix(uri, "unix:")) {
        addr->transport = MIG_SOCKET;
        addr->socket = socket_parse(uri, errp);
        if (!addr->socket) {
            return NULL;
        }
    } else if (strstart(uri, "fd:", &rest)) {
        addr->transport = MIG_FD;
        addr->arg = g_strdup(rest);
    } else if (strstart(uri, "exec:", &rest)) {
        addr->transport = MIG_EXEC;
        addr->arg = g_strdup(rest);
    } else if (strstart(uri, "file:", &rest)) {
        addr->transport = MIG_FILE;
        if (!parse_file(addr, rest, errp)) {
            return NULL;
        }
    } else {
        error_setg(errp, "Parameter 'uri' expects a valid migration "
                   "protocol");
        return NULL;
    }
    return g_steal_pointer(&addr);
}

void mig_address_free(MigAddress *addr)
{
    if (addr) {
        qapi_free_SocketAddress(addr->socket);
        g_free(addr->arg);
        g_free(addr);
    }
}

/* --- Making channels --- */

static MigChannel *channel_new(int in, int out, const char *what)
{
    MigChannel *ch = g_new0(MigChannel, 1);

    ch->refs = 1;
    ch->in = in;
    ch->out = out;
    ch->what = what;
    ch->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return ch;
}

MigChannel *mig_channel_new_socket(void)
{
    MigChannel *ch = channel_new(-1, -1, "socket");

    ch->is_socket = true;
    return ch;
}

static MigChannel *channel_on_fd(int fd)
{
    MigChannel *ch;

    if (fd_is_socket(fd)) {
        ch = mig_channel_new_socket();
        qemu_socket_set_block(fd);
        ch->in = ch->out = fd;
    } else {
        ch = channel_new(fd, fd, "file");
        qemu_socket_try_set_nonblock(fd);
    }
    return ch;
}

static MigChannel *open_command(const char *command, bool output,
                                Error **errp)
{
    char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)command, NULL };
    g_autoptr(GError) gerr = NULL;
    GPid child;
    MigChannel *ch;
    int in, out;

    if (!g_spawn_async_with_pipes(NULL, argv, NULL,
                                  G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                  &child, &out, &in, NULL, &gerr)) {
        error_setg(errp, "cannot run '%s': %s", command, gerr->message);
        return NULL;
    }
    ch = channel_new(in, out, "command");
    qemu_socket_try_set_nonblock(in);
    qemu_socket_try_set_nonblock(out);
    ch->child = child;
    ch->writes = output;
    return ch;
}

static MigChannel *open_file(const MigAddress *addr, bool output,
                             Error **errp)
{
    int flags = O_CLOEXEC | (output ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY);
    int fd = open(addr->arg, flags, 0600);

    if (fd < 0) {
        error_setg_file_open(errp, errno, addr->arg);
        return NULL;
    }
    if (addr->offset && lseek(fd, addr->offset, SEEK_SET) < 0) {
        error_setg_errno(errp, errno, "cannot seek in '%s'", addr->arg);
        close(fd);
        return NULL;
    }
    return channel_on_fd(fd);
}

MigChannel *mig_channel_open(const MigAddress *addr, bool output,
                             Error **errp)
{
    int fd;

    switch (addr->transport) {
    case MIG_EXEC:
        return open_command(addr->arg, output, errp);
    case MIG_FILE:
        return open_file(addr, output, errp);
    default:
        fd = monitor_fd_param(monitor_cur(), addr->arg, errp);
        return fd < 0 ? NULL : channel_on_fd(fd);
    }
}

#define LOCAL_BUFFER_SIZE (2 * MiB)

/* How long a peer may take to close a stream that it has read. */
#define DELIVERY_MS 1000

/* How often to ask whether the peer has read everything. */
#define DRAIN_STEP_US 50

/* How long a reader looks again before it sleeps. */
#define MOMENT_NS (30 * SCALE_US)

/* Waits for @events on @fd, or for the end: false. */
static bool channel_wait(MigChannel *ch, int fd, short events)
{
    struct pollfd p[2] = {
        { .fd = fd, .events = events },
        { .fd = ch->stop_fd, .events = POLLIN },
    };

    while (poll(p, 2, -1) < 0 && errno == EINTR) {
        continue;
    }
    return !(p[1].revents & POLLIN);
}

bool mig_channel_connect(MigChannel *ch, const MigAddress *addr,
                         Error **errp)
{
    bool in_progress;
    int fd = socket_connect_start(addr->socket, &in_progress, errp);

    if (fd < 0) {
        return false;
    }
    if (in_progress && !channel_wait(ch, fd, POLLOUT)) {
        error_setg(errp, "connecting was cancelled");
        close(fd);
        return false;
    }
    if (in_progress && socket_connect_result(fd, errp) < 0) {
        close(fd);
        return false;
    }
    qemu_socket_set_block(fd);
    if (addr->socket->type == SOCKET_ADDRESS_TYPE_INET) {
        socket_set_nodelay(fd);
    } else {
        /* Both ends work at a time, rather than wake each other. */
        int size = LOCAL_BUFFER_SIZE;

        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    }
    ch->out = fd;
    qatomic_store_release(&ch->in, fd);
    if (!channel_wait(ch, fd, POLLOUT)) {
        /* Shut down while there was nothing to shut down. */
        shutdown(fd, SHUT_RDWR);
    }
    return true;
}

bool mig_channel_is_socket(MigChannel *ch)
{
    return ch->is_socket;
}

/* --- Ends --- */

MigChannel *mig_channel_ref(MigChannel *ch)
{
    qatomic_inc(&ch->refs);
    return ch;
}

void mig_channel_shutdown(MigChannel *ch)
{
    uint64_t one = 1;
    int fd;

    if (write(ch->stop_fd, &one, sizeof(one)) < 0) {
        /* Full: it is readable, which is all that counts. */
    }
    fd = qatomic_load_acquire(&ch->in);
    if (ch->is_socket && fd >= 0) {
        shutdown(fd, SHUT_RDWR);
    }
}

static bool channel_stopped(MigChannel *ch)
{
    struct pollfd p = { .fd = ch->stop_fd, .events = POLLIN };

    return poll(&p, 1, 0) > 0;
}

static void close_fds(MigChannel *ch)
{
    if (ch->in >= 0) {
        close(ch->in);
    }
    if (ch->out >= 0 && ch->out != ch->in) {
        close(ch->out);
    }
    ch->in = ch->out = -1;
}

/* Waits for the command, whose pipes are closed; a cancelled one is ended. */
static int reap_child(MigChannel *ch, Error **errp)
{
    bool stopped = channel_stopped(ch);
    int status = 0;

    for (int tries = 0; stopped && tries < 20; tries++) {
        kill(ch->child, tries < 10 ? SIGTERM : SIGKILL);
        if (waitpid(ch->child, &status, WNOHANG) == ch->child) {
            ch->child = 0;
            return -EIO;
        }
        g_usleep(10000);
    }
    while (waitpid(ch->child, &status, 0) < 0 && errno == EINTR) {
        continue;
    }
    ch->child = 0;
    if (ch->writes && status) {
        error_setg(errp, "the command failed (status %d)",
                   WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        return -EIO;
    }
    return 0;
}

/* Closes for good: what a command has to say of itself is known then. */
static int channel_finish(MigChannel *ch, Error **errp)
{
    close_fds(ch);
    return ch->child ? reap_child(ch, errp) : 0;
}

void mig_channel_unref(MigChannel *ch)
{
    if (ch && qatomic_fetch_dec(&ch->refs) == 1) {
        channel_finish(ch, NULL);
        close(ch->stop_fd);
        g_free(ch);
    }
}

/* --- Bytes --- */

static int advance_iov(struct iovec **iov, int *niov, size_t done)
{
    while (*niov && done >= (*iov)->iov_len) {
        done -= (*iov)->iov_len;
        (*iov)++;
        (*niov)--;
    }
    if (*niov) {
        (*iov)->iov_base = (char *)(*iov)->iov_base + done;
        (*iov)->iov_len -= done;
    }
    return *niov;
}

static ssize_t write_some(MigChannel *ch, struct iovec *iov, int niov)
{
    if (ch->is_socket) {
        struct msghdr msg = { .msg_iov = iov, .msg_iovlen = niov };

        return sendmsg(ch->out, &msg, MSG_NOSIGNAL);
    }
    return writev(ch->out, iov, niov);
}

int mig_channel_write(MigChannel *ch, struct iovec *iov, int niov,
                      Error **errp)
{
    while (niov) {
        ssize_t n = write_some(ch, iov, MIN(niov, IOV_MAX));

        if (n >= 0) {
            advance_iov(&iov, &niov, n);
        } else if (errno == EAGAIN && !channel_wait(ch, ch->out, POLLOUT)) {
            error_setg(errp, "%s was shut down", ch->what);
            return -EIO;
        } else if (errno != EAGAIN && errno != EINTR) {
            int ret = -errno;

            error_setg_errno(errp, errno, "Unable to write to %s", ch->what);
            return ret;
        }
    }
    return 0;
}

/* Bytes that the peer has not taken; 0 where the host does not know. */
static int bytes_on_the_way(MigChannel *ch)
{
    int n = 0;

    return ioctl(ch->out, SIOCOUTQ, &n) == 0 ? n : 0;
}

int mig_channel_drain(MigChannel *ch, int ms)
{
    int64_t end = qemu_clock_get_ns(QEMU_CLOCK_REALTIME) + ms * SCALE_MS;
    int left = ch->is_socket ? bytes_on_the_way(ch) : 0;

    /* Nothing tells when it has: poll() is content with a part. */
    while (left && !channel_stopped(ch) &&
           qemu_clock_get_ns(QEMU_CLOCK_REALTIME) < end) {
        g_usleep(DRAIN_STEP_US);
        left = bytes_on_the_way(ch);
    }
    return left;
}

bool mig_channel_delivered(MigChannel *ch, Error **errp)
{
    struct pollfd p[2] = {
        { .fd = ch->in, .events = POLLIN },
        { .fd = ch->stop_fd, .events = POLLIN },
    };
    char unwanted[64];
    bool patient = true;

    if (!ch->is_socket || shutdown(ch->out, SHUT_WR) < 0) {
        return true;
    }
    while (patient) {
        int n = poll(p, 2, DELIVERY_MS);
        ssize_t got;

        patient = n != 0 || bytes_on_the_way(ch);
        if (n <= 0) {
            continue;
        }
        if (p[1].revents & POLLIN) {
            break;
        }
        got = read(ch->in, unwanted, sizeof(unwanted));
        if (got < 0 && errno != EINTR && errno != EAGAIN) {
            error_setg_errno(errp, errno, "the destination went away before "
                             "it had read everything: %s", ch->what);
            return false;
        }
        patient = got != 0;
    }
    return true;
}

/*
 * Sleeping for what comes a moment later costs more than looking again, on a
 * virtual machine above all.
 */
static ssize_t read_some(MigChannel *ch, const struct iovec *iov, int niov)
{
    struct msghdr msg = { .msg_iov = (struct iovec *)iov,
                          .msg_iovlen = niov };
    int64_t end = 0, now;

    if (!ch->is_socket) {
        return readv(ch->in, iov, niov);
    }
    do {
        ssize_t n = recvmsg(ch->in, &msg, MSG_DONTWAIT);

        if (n >= 0 || errno != EAGAIN) {
            return n;
        }
        now = qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
        end = end ? end : now + MOMENT_NS;
        cpu_relax();
    } while (now < end);
    return recvmsg(ch->in, &msg, 0);
}

static ssize_t channel_readv(MigChannel *ch, const struct iovec *iov,
                             int niov, Error **errp)
{
    for (;;) {
        ssize_t n = read_some(ch, iov, MIN(niov, IOV_MAX));

        if (n >= 0) {
            return n;
        }
        if (errno == EAGAIN && !channel_wait(ch, ch->in, POLLIN)) {
            error_setg(errp, "%s was shut down", ch->what);
            return -EIO;
        }
        if (errno != EAGAIN && errno != EINTR) {
            int ret = -errno;

            error_setg_errno(errp, errno, "Unable to read from %s", ch->what);
            return ret;
        }
    }
}

static ssize_t channel_read(MigChannel *ch, void *buf, size_t len,
                            Error **errp)
{
    struct iovec iov = { .iov_base = buf, .iov_len = len };

    return channel_readv(ch, &iov, 1, errp);
}

bool mig_channel_readv_all(MigChannel *ch, struct iovec *iov, int niov,
                           Error **errp)
{
    while (niov) {
        ssize_t n = channel_readv(ch, iov, niov, errp);

        if (n <= 0) {
            if (!n) {
                error_setg(errp, "%s ends unexpectedly", ch->what);
            }
            return false;
        }
        advance_iov(&iov, &niov, n);
    }
    return true;
}

int mig_channel_read_all(MigChannel *ch, void *buf, size_t len, bool *eof,
                         Error **errp)
{
    size_t done = 0;

    *eof = false;
    while (done < len) {
        ssize_t n = channel_read(ch, (char *)buf + done, len - done, errp);

        if (n < 0) {
            return n;
        }
        if (n == 0) {
            *eof = !done;
            if (*eof) {
                return 0;
            }
            error_setg(errp, "%s ends in the middle of a packet", ch->what);
            return -EIO;
        }
        done += n;
    }
    return 0;
}

/* --- As files --- */

static ssize_t file_read(void *opaque, void *buf, size_t len, Error **errp)
{
    return channel_read(opaque, buf, len, errp);
}

static int file_writev(void *opaque, struct iovec *iov, int niov,
                       Error **errp)
{
    return mig_channel_write(opaque, iov, niov, errp);
}

static void file_shutdown(void *opaque)
{
    mig_channel_shutdown(opaque);
}

static int file_close(void *opaque, Error **errp)
{
    MigChannel *ch = opaque;
    int ret = 0;

    if (qatomic_read(&ch->refs) == 1) {
        ret = channel_finish(ch, errp);
    }
    mig_channel_unref(ch);
    return ret;
}

static QEMUFile *file_return_path(void *opaque, bool input)
{
    return input ? mig_channel_input(opaque) : mig_channel_output(opaque);
}

static const QEMUFileOps channel_ops = {
    .read = file_read,
    .writev = file_writev,
    .shutdown = file_shutdown,
    .close = file_close,
    .get_return_path = file_return_path,
};

QEMUFile *mig_channel_output(MigChannel *ch)
{
    return qemu_file_new_output(&channel_ops, mig_channel_ref(ch));
}

QEMUFile *mig_channel_input(MigChannel *ch)
{
    return qemu_file_new_input(&channel_ops, mig_channel_ref(ch));
}

/* --- Listening --- */

struct MigListener {
    int fd;
    bool nodelay;
    void (*accepted)(MigChannel *ch, void *opaque);
    void *opaque;
};

static void listener_ready(void *opaque)
{
    MigListener *l = opaque;
    int fd = qemu_accept(l->fd, NULL, NULL);

    if (fd >= 0) {
        if (l->nodelay) {
            socket_set_nodelay(fd);
        }
        l->accepted(channel_on_fd(fd), l->opaque);
    }
}

MigListener *mig_listen(const MigAddress *addr, int backlog,
                        void (*accepted)(MigChannel *ch, void *opaque),
                        void *opaque, Error **errp)
{
    int fd = socket_listen(addr->socket, backlog, errp);
    MigListener *l;

    if (fd < 0) {
        return NULL;
    }
    l = g_new0(MigListener, 1);
    l->fd = fd;
    l->nodelay = addr->socket->type == SOCKET_ADDRESS_TYPE_INET;
    l->accepted = accepted;
    l->opaque = opaque;
    qemu_set_fd_handler(fd, listener_ready, NULL, l);
    return l;
}

json_t *mig_listener_address(MigListener *l)
{
    g_autoptr(SocketAddress) addr = socket_local_address(l->fd, NULL);

    return addr ? socket_address_to_json(addr) : NULL;
}

void mig_listener_stop(MigListener *l)
{
    if (l) {
        qemu_set_fd_handler(l->fd, NULL, NULL, NULL);
        socket_listen_cleanup(l->fd, NULL);
        close(l->fd);
        g_free(l);
    }
}
