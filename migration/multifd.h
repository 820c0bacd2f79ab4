/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multifd: pages of RAM over connections of their own, while the main stream
 * keeps everything else.
 *
 * Each connection begins with a MultifdInit.  Then come packets: a header of
 * constant length that names up to MULTIFD_PAGES pages of one block, and
 * their content, plain or as the next piece of one compressed stream per
 * connection.  At the end of each part of the "ram" section every connection
 * carries a packet with MULTIFD_SYNC, and the destination brings all of them
 * and the main stream to that point before any goes on.
 */
#ifndef MIGRATION_MULTIFD_H
#define MIGRATION_MULTIFD_H

#include "exec/ramblock.h"
#include "migration/channel.h"
#include "migration/migration.h"

#define MULTIFD_MAGIC 0x11223344
#define MULTIFD_VERSION 1
#define MULTIFD_PAGES 128

#define MULTIFD_SYNC (1 << 0)
/* How the content is compressed. */
#define MULTIFD_METHOD_MASK (7 << 1)
#define MULTIFD_METHOD_NONE (0 << 1)
#define MULTIFD_METHOD_ZLIB (1 << 1)
#define MULTIFD_METHOD_ZSTD (2 << 1)

/* All numbers are big-endian. */
typedef struct QEMU_PACKED MultifdInit {
    uint32_t magic;
    uint32_t version;
    uint8_t uuid[16];
    uint8_t id;                 /* from 0 */
    uint8_t unused1[7];
    uint64_t unused2[4];
} MultifdInit;
QEMU_BUILD_BUG_ON(sizeof(MultifdInit) != 64);

typedef struct QEMU_PACKED MultifdHeader {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t pages_alloc;       /* length of offset[] */
    uint32_t pages;             /* used of it */
    uint32_t content_len;       /* bytes behind the header */
    uint64_t packet_num;
    uint64_t unused[4];
    char block[256];
    uint64_t offset[MULTIFD_PAGES];
} MultifdHeader;

/* Pages of one block. */
typedef struct MultifdBatch {
    RAMBlock *rb;
    uint32_t n;
    uint64_t offset[MULTIFD_PAGES];
} MultifdBatch;

/* One end of one connection's compressed stream. */
typedef struct MultifdCodec MultifdCodec;

/* @method: MULTIFD_METHOD_*; NULL with @errp set. */
MultifdCodec *multifd_codec_new(int method, bool compress, Error **errp);
void multifd_codec_free(MultifdCodec *c);
/* The method that the parameters ask for. */
int multifd_method(void);
/* The content of @batch as @iov pieces, valid until the next call: how many
 * there are, or -1. */
int multifd_encode(MultifdCodec *c, const MultifdBatch *batch,
                   struct iovec *iov, uint32_t *len, Error **errp);
/* Reads @len bytes of content from @ch into the pages. */
bool multifd_decode(MultifdCodec *c, MigChannel *ch,
                    const MultifdBatch *batch, uint32_t len, Error **errp);

/* --- Source --- */

/* Connects and starts the threads; the migration thread.  False with the
 * migration failed. */
bool multifd_send_start(MigrationState *s);
bool multifd_send_active(void);
/* Takes a page; it goes out with others. */
void multifd_send_page(RAMBlock *rb, uint64_t offset);
/* Everything so far is on its way, and marked as a point to meet at. */
bool multifd_send_sync(void);
/* Bytes that went over the connections since the last call. */
uint64_t multifd_take_sent_bytes(void);
/* Any thread: ends all connections. */
void multifd_send_shutdown(void);
void multifd_send_stop(void);

/* --- Destination --- */

/* The next connection, in the main loop: owns @ch. */
void multifd_recv_accept(MigChannel *ch);
/* Whether as many have come as the parameter says. */
bool multifd_recv_complete(void);
/* The main stream is at a point to meet at. */
bool multifd_recv_sync(Error **errp);
/* True if a connection failed, with its error. */
bool multifd_recv_error(Error **errp);
/* Ends all connections; without the big lock. */
void multifd_recv_stop(void);

#endif /* MIGRATION_MULTIFD_H */
