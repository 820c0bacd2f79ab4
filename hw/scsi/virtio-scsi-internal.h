/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the virtio SCSI device say to each other. */
#ifndef HW_SCSI_VIRTIO_SCSI_INTERNAL_H
#define HW_SCSI_VIRTIO_SCSI_INTERNAL_H

#include "hw/virtio/virtio-scsi.h"
#include "qemu/iov.h"

#define VIRTIO_SCSI_REQ_HEAD offsetof(struct virtio_scsi_cmd_req, cdb)
#define VIRTIO_SCSI_RESP_HEAD offsetof(struct virtio_scsi_cmd_resp, sense)

/* A request of any queue. */
typedef struct VirtIOSCSIReq {
    VirtQueueElement elem;      /* first, for virtqueue_pop() */
    VirtIOSCSI *dev;
    VirtQueue *vq;
    QEMUSGList sgl;             /* data, as much as the command moves */
    size_t data_size;           /* all that the driver gave room for */
    SCSIXferMode mode;          /* what that is for */
    SCSIRequest *sreq;
    int waiting_for;            /* cancellations, of a task management */
    struct virtio_scsi_cmd_req cmd;
    struct virtio_scsi_cmd_resp resp;
} VirtIOSCSIReq;

/* virtio-scsi.c */
VirtIOSCSIReq *virtio_scsi_pop_req(VirtIOSCSI *s, VirtQueue *vq);
void virtio_scsi_free_req(VirtIOSCSIReq *req);
/* Hands it back with @len bytes in its in buffers, and frees it. */
void virtio_scsi_push_req(VirtIOSCSIReq *req, size_t len);
/* The address of a unit in the virtio format (5.6.6.1), or NULL. */
SCSIDevice *virtio_scsi_device_get(VirtIOSCSI *s, const uint8_t *lun);
int virtio_scsi_lun(const uint8_t *lun);
/* The driver sent what cannot be: the device stops until it is reset. */
void virtio_scsi_bad_req(VirtIOSCSIReq *req, const char *what);

/* virtio-scsi-ctrl.c: the control and the event queue. */
void virtio_scsi_handle_ctrl(VirtIODevice *vdev, VirtQueue *vq);
void virtio_scsi_handle_event(VirtIODevice *vdev, VirtQueue *vq);
void virtio_scsi_push_event(VirtIOSCSI *s, SCSIDevice *dev, uint32_t event,
                            uint32_t reason);

#endif /* HW_SCSI_VIRTIO_SCSI_INTERNAL_H */
