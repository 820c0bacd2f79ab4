/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file driver's state, and the system calls of its threads. */
#ifndef BLOCK_FILE_H
#define BLOCK_FILE_H

#include "block-internal.h"

typedef struct FileState {
    int fd;
    char *filename;
    bool io_uring;
    bool lock;
    uint64_t held_perm, held_unshared;
    /* What the file system turned out not to have; set by threads. */
    bool has_zero_range, has_punch_hole;
    uint64_t write_gen;         /* writes that ended */
    uint64_t flushed_gen;       /* those on the disk */
    int lost_writes;            /* -errno of a flush that failed */
    /* One flush at a time serves all who wait for writes before it. */
    BdrvRequest flush;
    bool flushing;
    BdrvWork *waiting;          /* of requests; progress: up to which write */
    bool no_nowait;             /* reads cannot be tried */
    size_t now_bytes;           /* read so, and not yet told */
    uint64_t discard_nb_ok, discard_nb_failed, discard_bytes_ok;
} FileState;

/* The request's buffers from req->progress on, as req->iov and _niov. */
void file_map_iov(BdrvRequest *req);
/* Whether it was there to be read without waiting. */
bool file_read_now(BlockDriverState *bs, BdrvRequest *req);
/* Serves it by system calls: 0 or -errno.  Any thread. */
int file_run(BdrvWork *work);

#endif /* BLOCK_FILE_H */
