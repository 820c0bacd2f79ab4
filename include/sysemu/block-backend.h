/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disk controller holds of the block layer: a drive, which may have a
 * medium (a graph of nodes) in it or not.
 *
 * Offsets and lengths are bytes; results are 0, a length, or -errno.  All
 * of it is for the main loop's thread with the BQL held.  A completion
 * callback runs there, from the loop: never from inside the call that
 * submitted.  Requests outside the medium end with -EIO, without a medium
 * with -ENOMEDIUM.
 */
#ifndef BLOCK_BACKEND_H
#define BLOCK_BACKEND_H

#include "block/block.h"
#include "qemu/notify.h"

/* What a device tells of itself; each may be NULL. */
typedef struct BlockDevOps {
    /* The medium came (@load) or is going; a failure only on loading. */
    void (*change_media_cb)(void *opaque, bool load, Error **errp);
    /* Somebody wants the medium; @force: will take it. */
    void (*eject_request_cb)(void *opaque, bool force);
    bool (*is_tray_open)(void *opaque);
    bool (*is_medium_locked)(void *opaque);
    void (*resize_cb)(void *opaque);
    /* Between these no new requests; _poll: still finishing some. */
    void (*drained_begin)(void *opaque);
    void (*drained_end)(void *opaque);
    bool (*drained_poll)(void *opaque);
} BlockDevOps;

/*** Making and finding ***/

/* An empty drive without a name; one reference.  @ctx: the main one. */
BlockBackend *blk_new(AioContext *ctx, uint64_t perm, uint64_t shared_perm);
BlockBackend *blk_new_with_bs(BlockDriverState *bs, uint64_t perm,
                              uint64_t shared_perm, Error **errp);
void blk_ref(BlockBackend *blk);
/* NULL is allowed. */
void blk_unref(BlockBackend *blk);
int blk_get_refcnt(BlockBackend *blk);

/* "" where it has none. */
const char *blk_name(const BlockBackend *blk);
BlockBackend *blk_by_name(const char *name);
/* Those with names; all; NULL begins and ends. */
BlockBackend *blk_next(BlockBackend *blk);
BlockBackend *blk_all_next(BlockBackend *blk);
/* Gives it a name, by which monitors then hold a reference. */
bool monitor_add_blk(BlockBackend *blk, const char *name, Error **errp);
void monitor_remove_blk(BlockBackend *blk);

/* The root node; NULL: no medium. */
BlockDriverState *blk_bs(BlockBackend *blk);
int blk_insert_bs(BlockBackend *blk, BlockDriverState *bs, Error **errp);
void blk_remove_bs(BlockBackend *blk);
int blk_set_perm(BlockBackend *blk, uint64_t perm, uint64_t shared_perm,
                 Error **errp);
void blk_get_perm(BlockBackend *blk, uint64_t *perm, uint64_t *shared_perm);

/*** The device on it ***/

/* -EBUSY if it has one.  The drive is held until _detach, the device not. */
int blk_attach_dev(BlockBackend *blk, DeviceState *dev);
void blk_detach_dev(BlockBackend *blk, DeviceState *dev);
DeviceState *blk_get_attached_dev(BlockBackend *blk);
/* Its id or its path; "" without a device.  The caller frees it. */
char *blk_get_attached_dev_id(BlockBackend *blk);
BlockBackend *blk_by_dev(void *dev);
BlockBackend *blk_by_qdev_id(const char *id, Error **errp);
void blk_set_dev_ops(BlockBackend *blk, const BlockDevOps *ops, void *opaque);

/* What of the ops says; false where it says nothing. */
bool blk_dev_has_removable_media(BlockBackend *blk);
bool blk_dev_has_tray(BlockBackend *blk);
bool blk_dev_is_tray_open(BlockBackend *blk);
bool blk_dev_is_medium_locked(BlockBackend *blk);
void blk_dev_eject_request(BlockBackend *blk, bool force);
void blk_dev_change_media_cb(BlockBackend *blk, bool load, Error **errp);

/* The guest moved the tray: DEVICE_TRAY_MOVED. */
void blk_eject(BlockBackend *blk, bool eject_flag);
void blk_lock_medium(BlockBackend *blk, bool locked);

/*** What it is ***/

bool blk_is_inserted(BlockBackend *blk);
/* With a medium, and the tray closed. */
bool blk_is_available(BlockBackend *blk);
bool blk_is_writable(BlockBackend *blk);
/* Whether a writing user could be let in. */
bool blk_supports_write_perm(BlockBackend *blk);
bool blk_is_sg(BlockBackend *blk);
int64_t blk_getlength(BlockBackend *blk);
/* In sectors of 512 bytes; 0 without a medium. */
void blk_get_geometry(BlockBackend *blk, uint64_t *nb_sectors_ptr);
int64_t blk_nb_sectors(BlockBackend *blk);
int blk_probe_blocksizes(BlockBackend *blk, BlockSizes *bsz);
int blk_probe_geometry(BlockBackend *blk, HDGeometry *geo);
int blk_get_flags(BlockBackend *blk);

/* What requests are best (or must be: alignment) multiples of, in bytes. */
uint32_t blk_get_request_alignment(BlockBackend *blk);
uint32_t blk_get_max_transfer(BlockBackend *blk);
uint64_t blk_get_max_hw_transfer(BlockBackend *blk);
int blk_get_max_iov(BlockBackend *blk);
int blk_get_max_hw_iov(BlockBackend *blk);
/* Memory that needs no bounce buffer; qemu_vfree() it.  _try_: or NULL. */
void *blk_blockalign(BlockBackend *blk, size_t size);
void *blk_try_blockalign(BlockBackend *blk, size_t size);

/* A volatile cache before the medium, from the guest's point of view. */
bool blk_enable_write_cache(BlockBackend *blk);
void blk_set_enable_write_cache(BlockBackend *blk, bool wce);
void blk_set_allow_write_beyond_eof(BlockBackend *blk, bool allow);
void blk_set_allow_aio_context_change(BlockBackend *blk, bool allow);
void blk_set_disable_request_queuing(BlockBackend *blk, bool disable);

/* The context of its requests; only the main one can be set. */
AioContext *blk_get_aio_context(BlockBackend *blk);
int blk_set_aio_context(BlockBackend *blk, AioContext *new_context,
                        Error **errp);

/* Called when a medium went, and when one came. */
void blk_add_remove_bs_notifier(BlockBackend *blk, Notifier *notify);
void blk_add_insert_bs_notifier(BlockBackend *blk, Notifier *notify);

bool blk_op_is_blocked(BlockBackend *blk, BlockOpType op, Error **errp);
void blk_op_unblock(BlockBackend *blk, BlockOpType op, Error *reason);
void blk_op_block_all(BlockBackend *blk, Error *reason);
void blk_op_unblock_all(BlockBackend *blk, Error *reason);

/*** Errors ***/

void blk_set_on_error(BlockBackend *blk, BlockdevOnError on_read_error,
                      BlockdevOnError on_write_error);
BlockdevOnError blk_get_on_error(BlockBackend *blk, bool is_read);
/* What the policy says of @error, a positive errno. */
BlockErrorAction blk_get_error_action(BlockBackend *blk, bool is_read,
                                      int error);
/* Does it: BLOCK_IO_ERROR, and for _STOP a stop of the machine. */
void blk_error_action(BlockBackend *blk, BlockErrorAction action,
                      bool is_read, int error);

/* Kept only where both policies can stop the machine. */
void blk_iostatus_enable(BlockBackend *blk);
void blk_iostatus_disable(BlockBackend *blk);
void blk_iostatus_reset(BlockBackend *blk);
void blk_iostatus_set_err(BlockBackend *blk, int error);
bool blk_iostatus_is_enabled(const BlockBackend *blk);
BlockDeviceIoStatus blk_iostatus(const BlockBackend *blk);

BlockAcctStats *blk_get_stats(BlockBackend *blk);

/*** Requests ***/

BlockAIOCB *blk_aio_preadv(BlockBackend *blk, int64_t offset,
                           QEMUIOVector *qiov, BdrvRequestFlags flags,
                           BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pwritev(BlockBackend *blk, int64_t offset,
                            QEMUIOVector *qiov, BdrvRequestFlags flags,
                            BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pwrite_zeroes(BlockBackend *blk, int64_t offset,
                                  int64_t bytes, BdrvRequestFlags flags,
                                  BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes,
                             BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_flush(BlockBackend *blk, BlockCompletionFunc *cb,
                          void *opaque);
/* Waits for the end; the callback has been called. */
void blk_aio_cancel(BlockAIOCB *acb);
/* Asks for an early end; the callback comes, with -ECANCELED or a result. */
void blk_aio_cancel_async(BlockAIOCB *acb);
/* For requests that fail before they begin: @cb gets @ret from the loop. */
BlockAIOCB *blk_abort_aio_request(BlockBackend *blk, BlockCompletionFunc *cb,
                                  void *opaque, int ret);
/* As qemu_aio_get(), for a request of a device's own. */
void *blk_aio_get(const AIOCBInfo *aiocb_info, BlockBackend *blk,
                  BlockCompletionFunc *cb, void *opaque);

/* The same and waiting for the end: for setting up, not for guests' I/O. */
int blk_pread(BlockBackend *blk, int64_t offset, int64_t bytes, void *buf,
              BdrvRequestFlags flags);
int blk_pwrite(BlockBackend *blk, int64_t offset, int64_t bytes,
               const void *buf, BdrvRequestFlags flags);
int blk_preadv(BlockBackend *blk, int64_t offset, int64_t bytes,
               QEMUIOVector *qiov, BdrvRequestFlags flags);
int blk_pwritev(BlockBackend *blk, int64_t offset, int64_t bytes,
                QEMUIOVector *qiov, BdrvRequestFlags flags);
int blk_pwrite_zeroes(BlockBackend *blk, int64_t offset, int64_t bytes,
                      BdrvRequestFlags flags);
int blk_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes);
int blk_flush(BlockBackend *blk);
int blk_truncate(BlockBackend *blk, int64_t offset, bool exact,
                 PreallocMode prealloc, BdrvRequestFlags flags, Error **errp);
int blk_make_zero(BlockBackend *blk, BdrvRequestFlags flags);

/* Between these requests may be held back, to be submitted together. */
void blk_io_plug(BlockBackend *blk);
void blk_io_unplug(BlockBackend *blk);

/* Keep blk_drain() waiting for work of the device's own. */
void blk_inc_in_flight(BlockBackend *blk);
void blk_dec_in_flight(BlockBackend *blk);
/* Waits for the end of all its requests (of all drives). */
void blk_drain(BlockBackend *blk);
void blk_drain_all(void);

#endif /* BLOCK_BACKEND_H */
