/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the virtio block device share. */
#ifndef VIRTIO_BLK_INTERNAL_H
#define VIRTIO_BLK_INTERNAL_H

#include "hw/virtio/virtio-blk.h"
#include "sysemu/block-backend.h"

/* Serves what waits in a queue. */
void virtio_blk_handle_output(VirtIODevice *vdev, VirtQueue *vq);
/* Serves again what failed and was kept. */
void virtio_blk_retry(VirtIOBlock *s);
/* Forgets that: the driver will not hear of it. */
void virtio_blk_drop_failed(VirtIOBlock *s);

/* Whether these sectors are whole blocks of the disk. */
bool virtio_blk_range_ok(VirtIOBlock *s, uint64_t sector, uint64_t bytes);

#endif /* VIRTIO_BLK_INTERNAL_H */
