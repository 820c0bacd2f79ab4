/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the block layer: nodes, the drivers that serve them, and requests.
 *
 * A node is an image in some format, or a file; a format's node has the node
 * of its file as a child.  A request travels down the graph as one structure,
 * which each driver may change (an offset added) and hand to its child, or
 * answer.  A driver that needs several requests to serve one makes its own.
 *
 * All of it belongs to the main loop's thread, with the BQL.  The one rule
 * about completion: bdrv_submit() never calls back, whatever happens.
 */
#ifndef BLOCK_INT_H
#define BLOCK_INT_H

#include <jansson.h>

#include "block/block.h"
#include "qemu/queue.h"

/* Beside BDRV_O_*: the format was guessed. */
#define BDRV_O_PROBED 0x1000000

#define BDRV_NODE_NAME_MAX 31
/* Deepest nesting of options and of nodes. */
#define BDRV_MAX_DEPTH 16

typedef enum BdrvOp {
    BDRV_OP_READ,
    BDRV_OP_WRITE,
    BDRV_OP_ZEROES,
    BDRV_OP_DISCARD,
    BDRV_OP_FLUSH,
} BdrvOp;

typedef struct BdrvRequest BdrvRequest;
typedef struct BdrvChild BdrvChild;
typedef struct BlockDriver BlockDriver;

/* A piece of work for another thread, then back in the main loop. */
typedef struct BdrvWork BdrvWork;
struct BdrvWork {
    int (*run)(BdrvWork *work);         /* any thread, no BQL */
    void (*done)(BdrvWork *work);       /* main loop */
    int ret;
    BdrvWork *next;
};

struct BdrvRequest {
    /* Set by who makes it. */
    BdrvOp op;
    BdrvRequestFlags flags;
    int64_t offset;
    int64_t bytes;
    QEMUIOVector *qiov;         /* READ and WRITE: @bytes of it... */
    size_t qiov_offset;         /* ... from there on */
    void (*done)(BdrvRequest *req, int ret);

    /* Of the node that answers it. */
    BlockDriverState *bs;
    BdrvWork work;
    size_t progress;
    struct iovec *iov;
    int niov;
    bool iov_owned;
    int64_t start, end;         /* while tracked for overlaps */
    void (*tracked_done)(BdrvRequest *req, int ret);
    QTAILQ_ENTRY(BdrvRequest) track;
};

typedef struct BlockLimits {
    uint32_t request_alignment; /* offsets and lengths, a power of two */
    uint32_t mem_alignment;     /* buffers */
    uint32_t max_transfer;      /* 0: none */
    int max_iov;
    uint32_t pdiscard_alignment;
} BlockLimits;

typedef enum BdrvDetectZeroes {
    BDRV_DETECT_ZEROES_OFF,
    BDRV_DETECT_ZEROES_ON,
    BDRV_DETECT_ZEROES_UNMAP,
} BdrvDetectZeroes;

/* An edge of the graph: a user of a node and what it needs of it. */
struct BdrvChild {
    BlockDriverState *bs;
    const char *name;           /* "root", "file" */
    BlockDriverState *parent;   /* or NULL and: */
    BlockBackend *blk;
    uint64_t perm;
    uint64_t shared_perm;
    QLIST_ENTRY(BdrvChild) next_parent;
};

struct BlockDriver {
    const char *name;
    size_t instance_size;
    /* Speaks to the outside: has no file below, but a file name. */
    bool is_protocol;
    /* What the option for the node below is called; NULL: "file". */
    const char *child_key;
    /* "null-co" of "null-co://"; NULL-terminated. */
    const char *const *protocols;

    /* How sure the driver is that @buf begins such an image; 0: no. */
    int (*probe)(const uint8_t *buf, size_t len);
    /* For a name that a protocol prefix led here: fills @options. */
    bool (*parse_filename)(const char *filename, json_t *options,
                           Error **errp);
    /*
     * Takes what it knows out of @options (bdrv_opt_*); what it leaves is an
     * error.  bs->file is open, where the driver has one.
     */
    bool (*open)(BlockDriverState *bs, json_t *options, Error **errp);
    void (*close)(BlockDriverState *bs);

    void (*submit)(BlockDriverState *bs, BdrvRequest *req);
    int64_t (*getlength)(BlockDriverState *bs);
    /* Bytes that it takes on the host, or negative. */
    int64_t (*allocated)(BlockDriverState *bs);
    int (*truncate)(BlockDriverState *bs, int64_t offset, bool exact,
                    PreallocMode prealloc, Error **errp);
    void (*refresh_limits)(BlockDriverState *bs);
    /* Whether users may have and let have these; see bdrv_refresh_perms(). */
    bool (*set_perm)(BlockDriverState *bs, uint64_t perm, uint64_t shared,
                     Error **errp);
    int (*probe_blocksizes)(BlockDriverState *bs, BlockSizes *bsz);
    /* Submit what was held back since the plug. */
    void (*plug)(BlockDriverState *bs);
    void (*unplug)(BlockDriverState *bs);
    /* Adds its part to what query-blockstats says; may be NULL. */
    json_t *(*stats)(BlockDriverState *bs);
    /* The name that people know it by; NULL: none can be given. */
    char *(*filename)(BlockDriverState *bs);
};

struct BlockDriverState {
    const BlockDriver *drv;
    void *opaque;               /* the driver's, instance_size */
    char node_name[BDRV_NODE_NAME_MAX + 1];
    bool auto_named;
    bool monitor_owned;         /* blockdev-add's reference */
    int refcnt;
    int open_flags;
    bool read_only;
    BdrvDetectZeroes detect_zeroes;
    BlockLimits bl;
    int64_t length;             /* multiple of 512 */
    uint64_t wr_highest_offset;
    char *filename;             /* what it was opened by */
    json_t *options;            /* what was given for it, for queries */
    BdrvChild *file;
    QLIST_HEAD(, BdrvChild) parents;
    uint64_t perm, shared_perm; /* of all parents */
    /* Requests, where they may have to wait for each other. */
    QTAILQ_HEAD(, BdrvRequest) tracked;
    QTAILQ_HEAD(, BdrvRequest) waiting;
    QTAILQ_ENTRY(BlockDriverState) node;
};

/*** graph.c: nodes and who uses them ***/

void bdrv_register(const BlockDriver *drv);
const BlockDriver *bdrv_find_format(const char *name);
const BlockDriver *bdrv_find_protocol(const char *filename, Error **errp);
const BlockDriver *bdrv_next_driver(const BlockDriver *drv);

BlockDriverState *bdrv_find_node(const char *node_name);
BlockDriverState *bdrv_next_node(BlockDriverState *bs);
BlockDriverState *bdrv_new(const BlockDriver *drv, const char *node_name,
                           Error **errp);
void bdrv_ref(BlockDriverState *bs);
void bdrv_unref(BlockDriverState *bs);

/* A use of @bs; takes over the caller's reference, also on failure. */
BdrvChild *bdrv_child_new(BlockDriverState *bs, const char *name,
                          BlockDriverState *parent, BlockBackend *blk,
                          uint64_t perm, uint64_t shared, Error **errp);
void bdrv_child_free(BdrvChild *child);
/* 0 or -EPERM; nothing changed on failure. */
int bdrv_child_set_perm(BdrvChild *child, uint64_t perm, uint64_t shared,
                        Error **errp);
/* What a user is called in messages, for g_free(). */
char *bdrv_child_user(const BdrvChild *child);

bool bdrv_is_inactive(const BlockDriverState *bs);

/*** open.c ***/

/*
 * A node from @filename (may be NULL) and @options, a tree that is consumed.
 * @flags are BDRV_O_* that the options do not say.  NULL on error.
 */
BlockDriverState *bdrv_open(const char *filename, json_t *options, int flags,
                            Error **errp);
/* What of @options its driver takes: string, size, bool, choice. */
bool bdrv_opt_str(json_t *options, const char *key, char **value,
                  Error **errp);
bool bdrv_opt_size(json_t *options, const char *key, uint64_t *value,
                   bool *given, Error **errp);
bool bdrv_opt_bool(json_t *options, const char *key, bool *value,
                   Error **errp);
/* @words ends with NULL; *@value becomes the index of one of them. */
bool bdrv_opt_choice(json_t *options, const char *key,
                     const char *const *words, int *value, Error **errp);
/* "a.b": x becomes "a": { "b": x }; @options is consumed. */
json_t *bdrv_opts_nest(json_t *options, Error **errp);

/* The format of an image that begins like this; never NULL. */
const char *bdrv_probe(const uint8_t *buf, size_t len);
#define BDRV_PROBE_SIZE 2048

/*** io.c ***/

/* Starts it; the result comes to req->done, from the main loop. */
void bdrv_submit(BlockDriverState *bs, BdrvRequest *req);
/* Calls req->done soon. */
void bdrv_complete_later(BdrvRequest *req, int ret);
/* One step of waiting for something: completions, or a round of the loop. */
void bdrv_wait_step(void);
#define BDRV_WAIT_WHILE(cond) \
    do { while (cond) { bdrv_wait_step(); } } while (0)
/* Starts it and waits. */
int bdrv_do(BlockDriverState *bs, BdrvOp op, int64_t offset, int64_t bytes,
            QEMUIOVector *qiov, BdrvRequestFlags flags);
int bdrv_pread(BlockDriverState *bs, int64_t offset, int64_t bytes,
               void *buf);
int64_t bdrv_getlength(BlockDriverState *bs);
int bdrv_refresh_length(BlockDriverState *bs);
int bdrv_truncate(BlockDriverState *bs, int64_t offset, bool exact,
                  PreallocMode prealloc, Error **errp);

/*** thread-pool.c ***/

/* Runs work->run in a thread, then work->done in the main loop. */
void bdrv_work_submit(BdrvWork *work);
/* Calls work->done of what threads have finished; true if any. */
bool bdrv_work_reap(void);
/* Calls work->done soon, as if a thread had run it. */
void bdrv_work_finish(BdrvWork *work);

/*** backend.c: what the graph asks of drives ***/

char *blk_child_user(BlockBackend *blk);
void blk_node_resized(BlockBackend *blk);
bool blk_set_inactive(BlockBackend *blk, bool inactive, Error **errp);

/*** query.c ***/

/* What people would name the node by, for g_free(). */
char *bdrv_filename(BlockDriverState *bs);

#endif /* BLOCK_INT_H */
