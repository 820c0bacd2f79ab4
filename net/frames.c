/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames over byte streams (frames.h). */
#include "qemu/osdep.h"
#include "frames.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/sockets.h"

static void stream_readable(void *opaque);
static void stream_writable(void *opaque);

static void stream_watch(FrameStream *stream)
{
    qemu_set_fd_handler(stream->fd,
                        stream->read_paused ? NULL : stream_readable,
                        stream->send_paused ? stream_writable : NULL, stream);
}

void frame_stream_open(FrameStream *stream, NetClientState *nc, int fd,
                       void (*closed)(FrameStream *stream))
{
    stream->nc = nc;
    stream->fd = fd;
    stream->closed = closed;
    stream->send_paused = stream->read_paused = false;
    stream->sent = 0;
    stream->need = stream->have = 0;
    nc->link_down = false;
    qemu_socket_set_nonblock(fd);
    qemu_set_fd_handler(fd, stream_readable, NULL, stream);
    qemu_flush_queued_packets(nc);
}

void frame_stream_close(FrameStream *stream)
{
    if (stream->fd >= 0) {
        qemu_set_fd_handler(stream->fd, NULL, NULL, NULL);
        close(stream->fd);
        stream->fd = -1;
    }
}

static void stream_end(FrameStream *stream)
{
    frame_stream_close(stream);
    stream->closed(stream);
}

static FrameStream *stream_of(NetClientState *nc)
{
    /* Clients of streams begin with the client, the stream is next. */
    return (FrameStream *)((char *)nc + sizeof(NetClientState));
}

/* The peer took a frame it had refused: go on reading. */
static void frame_taken(NetClientState *nc, ssize_t len)
{
    FrameStream *stream = stream_of(nc);

    stream->read_paused = false;
    if (stream->fd >= 0) {
        stream_watch(stream);
    }
}

/* Takes what is there; false when the peer of the client wants no more. */
static bool stream_take(FrameStream *stream, const uint8_t *buf, size_t len)
{
    bool more = true;

    while (len) {
        uint8_t *to = stream->need ? stream->frame : stream->length;
        uint32_t want = stream->need ? stream->need : 4;
        uint32_t n = MIN(len, want - stream->have);

        memcpy(to + stream->have, buf, n);
        buf += n;
        len -= n;
        stream->have += n;
        if (stream->have < want) {
            break;
        }
        stream->have = 0;
        if (!stream->need) {
            stream->need = ldl_be_p(stream->length);
            if (stream->need > sizeof(stream->frame)) {
                error_report("%s: a frame of %u bytes is announced, %zu is "
                             "the most: closing the connection",
                             stream->nc->name, stream->need,
                             sizeof(stream->frame));
                stream_end(stream);
                return false;
            }
        } else {
            uint32_t size = stream->need;

            stream->need = 0;
            more = qemu_send_packet_async(stream->nc, stream->frame, size,
                                          frame_taken) != 0 && more;
        }
    }
    return more;
}

static void stream_readable(void *opaque)
{
    FrameStream *stream = opaque;
    uint8_t buf[16384];
    ssize_t n;

    do {
        n = recv(stream->fd, buf, sizeof(buf), 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return;
    }
    if (n <= 0) {
        stream_end(stream);
        return;
    }
    /* Reading waits until the peer has taken what it was given. */
    if (!stream_take(stream, buf, n) && stream->fd >= 0) {
        stream->read_paused = true;
        stream_watch(stream);
    }
}

static void stream_writable(void *opaque)
{
    FrameStream *stream = opaque;

    stream->send_paused = false;
    stream_watch(stream);
    qemu_flush_queued_packets(stream->nc);
}

/*
 * A frame the socket took only part of is offered again (0 was returned),
 * and goes on where it stopped.
 */
ssize_t frame_stream_send(FrameStream *stream, const struct iovec *iov,
                          int iovcnt)
{
    size_t size = iov_size(iov, iovcnt);
    uint8_t length[4];
    g_autofree struct iovec *all = NULL;
    ssize_t n;

    if (stream->fd < 0) {
        return size;
    }
    stl_be_p(length, size);
    all = g_new(struct iovec, iovcnt + 1);
    all[0] = (struct iovec) { length, sizeof(length) };
    memcpy(all + 1, iov, iovcnt * sizeof(*iov));
    n = iov_send(stream->fd, all, iovcnt + 1, stream->sent,
                 size + sizeof(length) - stream->sent);
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        stream->sent = 0;
        return -errno;
    }
    stream->sent += MAX(n, 0);
    if (stream->sent < size + sizeof(length)) {
        stream->send_paused = true;
        stream_watch(stream);
        return 0;
    }
    stream->sent = 0;
    return size;
}
