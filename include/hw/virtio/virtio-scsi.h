/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio SCSI host device: virtio 1.2, section 5.6. */
#ifndef QEMU_VIRTIO_SCSI_H
#define QEMU_VIRTIO_SCSI_H

#include "hw/scsi/scsi.h"
#include "hw/virtio/virtio.h"
#include "standard-headers/linux/virtio_scsi.h"

#define TYPE_VIRTIO_SCSI_COMMON "virtio-scsi-common"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSCSICommon, VIRTIO_SCSI_COMMON)

#define TYPE_VIRTIO_SCSI "virtio-scsi-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOSCSI, VIRTIO_SCSI)

#define VIRTIO_SCSI_MAX_CHANNEL 0
#define VIRTIO_SCSI_MAX_TARGET 255
#define VIRTIO_SCSI_MAX_LUN 16383

/* Control and event queue come before the request queues. */
#define VIRTIO_SCSI_VQ_NUM_FIXED 2

/* One for each processor, chosen by the transport. */
#define VIRTIO_SCSI_AUTO_NUM_QUEUES UINT32_MAX

struct VirtIOSCSIConf {
    uint32_t num_queues;
    uint32_t virtqueue_size;
    bool seg_max_adjust;
    uint32_t max_sectors;
    uint32_t cmd_per_lun;
};

struct VirtIOSCSICommon {
    VirtIODevice parent_obj;
    VirtIOSCSIConf conf;
    /* As the driver sets them. */
    uint32_t sense_size;
    uint32_t cdb_size;
    VirtQueue *ctrl_vq;
    VirtQueue *event_vq;
    VirtQueue **cmd_vqs;
};

struct VirtIOSCSI {
    VirtIOSCSICommon parent_obj;
    SCSIBus bus;
    int resetting;
    bool events_dropped;
    uint32_t host_features;
};

#endif /* QEMU_VIRTIO_SCSI_H */
