/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What users of the block layer need to name: sectors, flags, permissions. */
#ifndef BLOCK_BLOCK_H
#define BLOCK_BLOCK_H

#include "block/accounting.h"
#include "block/aio.h"
#include "qapi/qapi-types.h"
#include "qemu/iov.h"

#define BDRV_SECTOR_BITS 9
#define BDRV_SECTOR_SIZE (1ULL << BDRV_SECTOR_BITS)

/* One request moves no more than this. */
#define BDRV_REQUEST_MAX_SECTORS \
    MIN_CONST((uint64_t)SIZE_MAX >> BDRV_SECTOR_BITS, \
              (uint64_t)INT_MAX >> BDRV_SECTOR_BITS)
#define BDRV_REQUEST_MAX_BYTES (BDRV_REQUEST_MAX_SECTORS << BDRV_SECTOR_BITS)

/* No image is longer: a multiple of every alignment there is. */
#define BDRV_MAX_ALIGNMENT (1L << 30)
#define BDRV_MAX_LENGTH (INT64_MAX & ~(uint64_t)(BDRV_MAX_ALIGNMENT - 1))

/* How one request is to be done. */
typedef enum {
    BDRV_REQ_COPY_ON_READ = 0x1,
    BDRV_REQ_ZERO_WRITE = 0x2,
    BDRV_REQ_MAY_UNMAP = 0x4,       /* zeroes may become a hole */
    BDRV_REQ_FUA = 0x10,            /* on stable storage when it ends */
    BDRV_REQ_WRITE_COMPRESSED = 0x20,
    BDRV_REQ_WRITE_UNCHANGED = 0x40,
    BDRV_REQ_SERIALISING = 0x80,
    BDRV_REQ_NO_FALLBACK = 0x100,   /* -ENOTSUP rather than slow */
    BDRV_REQ_PREFETCH = 0x200,
    BDRV_REQ_NO_WAIT = 0x400,
} BdrvRequestFlags;

/* How an image is opened. */
#define BDRV_O_RDWR 0x0002
#define BDRV_O_RESIZE 0x0004
#define BDRV_O_SNAPSHOT 0x0008
#define BDRV_O_TEMPORARY 0x0010
#define BDRV_O_NOCACHE 0x0020       /* past the host's page cache */
#define BDRV_O_NATIVE_AIO 0x0080
#define BDRV_O_NO_BACKING 0x0100
#define BDRV_O_NO_FLUSH 0x0200      /* flushes do nothing */
#define BDRV_O_COPY_ON_READ 0x0400
#define BDRV_O_INACTIVE 0x0800
#define BDRV_O_CHECK 0x1000
#define BDRV_O_ALLOW_RDWR 0x2000
#define BDRV_O_UNMAP 0x4000         /* discards reach the host */
#define BDRV_O_PROTOCOL 0x8000
#define BDRV_O_NO_IO 0x10000
#define BDRV_O_AUTO_RDONLY 0x20000
#define BDRV_O_IO_URING 0x40000

/* What the user of a node does, and what it lets others do, at a time. */
enum {
    BLK_PERM_CONSISTENT_READ = 0x01,
    BLK_PERM_WRITE = 0x02,
    BLK_PERM_WRITE_UNCHANGED = 0x04,
    BLK_PERM_RESIZE = 0x08,
    BLK_PERM_ALL = 0x0f,
};

typedef struct BlockSizes {
    uint32_t phys;
    uint32_t log;
} BlockSizes;

typedef struct HDGeometry {
    uint32_t heads;
    uint32_t sectors;
    uint32_t cylinders;
} HDGeometry;

/* What a node may be made to refuse while something else needs it. */
typedef enum BlockOpType {
    BLOCK_OP_TYPE_BACKUP_SOURCE,
    BLOCK_OP_TYPE_BACKUP_TARGET,
    BLOCK_OP_TYPE_CHANGE,
    BLOCK_OP_TYPE_COMMIT_SOURCE,
    BLOCK_OP_TYPE_COMMIT_TARGET,
    BLOCK_OP_TYPE_DATAPLANE,
    BLOCK_OP_TYPE_DRIVE_DEL,
    BLOCK_OP_TYPE_EJECT,
    BLOCK_OP_TYPE_EXTERNAL_SNAPSHOT,
    BLOCK_OP_TYPE_INTERNAL_SNAPSHOT,
    BLOCK_OP_TYPE_INTERNAL_SNAPSHOT_DELETE,
    BLOCK_OP_TYPE_MIRROR_SOURCE,
    BLOCK_OP_TYPE_MIRROR_TARGET,
    BLOCK_OP_TYPE_RESIZE,
    BLOCK_OP_TYPE_STREAM,
    BLOCK_OP_TYPE_REPLACE,
    BLOCK_OP_TYPE_MAX,
} BlockOpType;

/*
 * Migration: leave images to the other side (flushed; 0 or -errno), or take
 * them, which may find them in use.  Again is as good as once.
 */
int bdrv_inactivate_all(void);
bool bdrv_activate_all(Error **errp);

/* Waits for the end of every request of every node. */
void bdrv_drain_all(void);
/* Flushes every node; 0 or the first -errno. */
int bdrv_flush_all(void);

#endif /* BLOCK_BLOCK_H */
