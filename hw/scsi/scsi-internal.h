/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the SCSI core say to each other. */
#ifndef HW_SCSI_INTERNAL_H
#define HW_SCSI_INTERNAL_H

#include "hw/scsi/scsi.h"
#include "sysemu/blockdev.h"

/* scsi-request.c */
/* A request that waited for the machine to run. */
void scsi_req_go_on(SCSIRequest *req);
/* One from a stream: in flight, but not started. */
void scsi_req_enqueue_loaded(SCSIRequest *req);

/* scsi-target.c: the answers that need no device; NULL where it must ask. */
const SCSIReqOps *scsi_core_answers(SCSIDevice *d, uint32_t lun, bool parsed,
                                    const uint8_t *cdb);

#endif /* HW_SCSI_INTERNAL_H */
