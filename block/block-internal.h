/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of block/ share beyond the drivers' interface. */
#ifndef BLOCK_INTERNAL_H
#define BLOCK_INTERNAL_H

#include "block/block_int.h"

/* Registers a driver at program start. */
#define bdrv_init(driver) \
    static void __attribute__((constructor)) do_bdrv_init_##driver(void) \
    { \
        bdrv_register(&driver); \
    }

/*** io-uring.c ***/

/* Whether this host lets us; made on first use. */
bool bdrv_uring_available(Error **errp);
/*
 * READ, WRITE or FLUSH on @fd: req->iov, _niov from req->progress on.  The
 * driver's @again is called where less than all was done; req->done at the
 * end.
 */
void bdrv_uring_submit(int fd, BdrvRequest *req);
void bdrv_uring_plug(void);
void bdrv_uring_unplug(void);
/* Completes what is finished; true if any. */
bool bdrv_uring_reap(void);

/*** file-lock.c ***/

/* Moves the locks on @fd from what was held to these; false: busy. */
bool bdrv_file_lock(int fd, const char *filename, uint64_t *held_perm,
                    uint64_t *held_shared, uint64_t perm, uint64_t shared,
                    Error **errp);

#endif /* BLOCK_INTERNAL_H */
