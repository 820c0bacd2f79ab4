/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ethernet frames over a byte stream: a 32-bit big-endian length, then the
 * frame.  What `socket` and `stream` back ends speak.
 */
#ifndef NET_FRAMES_H
#define NET_FRAMES_H

#include "net-impl.h"

/* One connection of a client, which owns it. */
typedef struct FrameStream {
    NetClientState *nc;
    int fd;                     /* -1: not connected */
    bool send_paused;           /* the other end takes nothing now */
    bool read_paused;           /* nor does our peer */
    size_t sent;                /* of the frame that was cut short */
    uint8_t length[4];
    uint32_t need, have;        /* of the frame being read; 0: its length */
    uint8_t frame[NET_BUFSIZE];
    /* The connection is gone and closed. */
    void (*closed)(struct FrameStream *stream);
} FrameStream;

/* Takes over @fd; frames that come go to the client's peer. */
void frame_stream_open(FrameStream *stream, NetClientState *nc, int fd,
                       void (*closed)(FrameStream *stream));
void frame_stream_close(FrameStream *stream);
/* For a client's receive functions. */
ssize_t frame_stream_send(FrameStream *stream, const struct iovec *iov,
                          int iovcnt);

#endif
