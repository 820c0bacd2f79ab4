/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio block device: virtio 1.2, section 5.2. */
#ifndef QEMU_VIRTIO_BLK_H
#define QEMU_VIRTIO_BLK_H

#include "block/accounting.h"
#include "hw/block/block.h"
#include "hw/virtio/virtio.h"
#include "qemu/iov.h"
#include "qemu/queue.h"
#include "qom/object.h"
#include "standard-headers/linux/virtio_blk.h"

#define TYPE_VIRTIO_BLK "virtio-blk-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOBlock, VIRTIO_BLK)

/* num-queues: one a processor, as far as vectors go. */
#define VIRTIO_BLK_AUTO_NUM_QUEUES UINT16_MAX

struct VirtIOBlkConf {
    BlockConf conf;
    IOThread *iothread;
    char *serial;
    uint32_t request_merging;
    uint16_t num_queues;
    uint16_t queue_size;
    bool seg_max_adjust;
    bool report_discard_granularity;
    uint32_t max_discard_sectors;
    uint32_t max_write_zeroes_sectors;
    bool x_enable_wce_if_config_wce;
};

typedef struct VirtIOBlockReq VirtIOBlockReq;

/* A request between the ring and the drive. */
struct VirtIOBlockReq {
    VirtQueueElement elem;
    VirtIOBlock *dev;
    VirtQueue *vq;
    uint8_t *status;            /* in the driver's memory */
    IOVDiscardUndo undo_in, undo_out;
    struct virtio_blk_outhdr out;
    QEMUIOVector qiov;          /* the data, without header and status */
    uint64_t sector;
    size_t in_len;
    bool is_read;
    BlockAcctCookie acct;
    VirtIOBlockReq *merged;     /* served by the same transfer */
    QTAILQ_ENTRY(VirtIOBlockReq) next;
};

struct VirtIOBlock {
    VirtIODevice parent_obj;
    BlockBackend *blk;
    VirtIOBlkConf conf;
    unsigned short sector_mask; /* of a logical block, in sectors */
    bool original_wce;          /* what a reset goes back to */
    uint64_t host_features;
    size_t config_size;
    /* Failed, to be tried again when the machine goes on. */
    QTAILQ_HEAD(, VirtIOBlockReq) failed;
    QEMUBH *retry_bh;
    VMChangeStateEntry *change;
};

#endif /* QEMU_VIRTIO_BLK_H */
