/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about drives share. */
#ifndef BLOCK_BACKEND_INTERNAL_H
#define BLOCK_BACKEND_INTERNAL_H

#include "block-internal.h"
#include "sysemu/block-backend.h"
#include "sysemu/blockdev.h"

struct BlockBackend {
    char *name;                 /* NULL: monitors do not see it */
    int refcnt;
    BdrvChild *root;            /* NULL: no medium */
    DriveInfo *dinfo;           /* of -drive */
    DeviceState *dev;
    const BlockDevOps *dev_ops;
    void *dev_opaque;
    unsigned in_flight;
    bool inactive;              /* the image is another process's now */
    bool enable_write_cache;
    bool allow_write_beyond_eof;
    bool empty_read_only;       /* what a medium is to be, while none is */
    uint64_t perm, shared_perm; /* wanted, also while inactive */
    BlockdevOnError on_read_error, on_write_error;
    bool iostatus_enabled;
    BlockDeviceIoStatus iostatus;
    BlockAcctStats stats;
    NotifierList remove_notifiers, insert_notifiers;
    Error *op_blocker;
    QTAILQ_ENTRY(BlockBackend) link;
};

#endif /* BLOCK_BACKEND_INTERNAL_H */
