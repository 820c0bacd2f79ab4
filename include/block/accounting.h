/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many requests a disk served, how much they moved and how long they
 * took, for query-blockstats.
 *
 * A device brackets each request with _start and one of _done or _failed;
 * what it refuses before asking the back end is _invalid.
 */
#ifndef BLOCK_ACCOUNTING_H
#define BLOCK_ACCOUNTING_H

#include "qapi/qapi-types.h"
#include "qemu/thread.h"

enum BlockAcctType {
    BLOCK_ACCT_NONE = 0,
    BLOCK_ACCT_READ,
    BLOCK_ACCT_WRITE,
    BLOCK_ACCT_FLUSH,
    BLOCK_ACCT_UNMAP,
    BLOCK_MAX_IOTYPE,
};

typedef struct BlockAcctStats {
    QemuMutex lock;             /* of all that follows */
    uint64_t nr_bytes[BLOCK_MAX_IOTYPE];
    uint64_t nr_ops[BLOCK_MAX_IOTYPE];
    uint64_t invalid_ops[BLOCK_MAX_IOTYPE];
    uint64_t failed_ops[BLOCK_MAX_IOTYPE];
    uint64_t merged[BLOCK_MAX_IOTYPE];
    uint64_t total_time_ns[BLOCK_MAX_IOTYPE];
    int64_t last_access_time_ns;
    bool account_invalid;
    bool account_failed;
} BlockAcctStats;

/* One request, from its start to its end. */
typedef struct BlockAcctCookie {
    int64_t bytes;
    int64_t start_time_ns;
    enum BlockAcctType type;
} BlockAcctCookie;

void block_acct_init(BlockAcctStats *stats);
void block_acct_cleanup(BlockAcctStats *stats);
/* Whether those count as accesses too; AUTO leaves what is there. */
void block_acct_setup(BlockAcctStats *stats, enum OnOffAuto account_invalid,
                      enum OnOffAuto account_failed);

void block_acct_start(BlockAcctStats *stats, BlockAcctCookie *cookie,
                      int64_t bytes, enum BlockAcctType type);
/* No effect on a cookie that was not started or that has ended. */
void block_acct_done(BlockAcctStats *stats, BlockAcctCookie *cookie);
void block_acct_failed(BlockAcctStats *stats, BlockAcctCookie *cookie);
void block_acct_invalid(BlockAcctStats *stats, enum BlockAcctType type);
/* @num_requests were made one with another. */
void block_acct_merge_done(BlockAcctStats *stats, enum BlockAcctType type,
                           int num_requests);
/* Since the last access, in ns of the realtime clock. */
int64_t block_acct_idle_time_ns(BlockAcctStats *stats);

#endif /* BLOCK_ACCOUNTING_H */
