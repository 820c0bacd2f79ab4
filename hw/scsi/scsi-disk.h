/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the SCSI disks say to each other. */
#ifndef HW_SCSI_DISK_H
#define HW_SCSI_DISK_H

#include "block/accounting.h"
#include "hw/scsi/scsi.h"
#include "qemu/iov.h"

#define TYPE_SCSI_DISK_BASE "scsi-disk-base"
OBJECT_DECLARE_SIMPLE_TYPE(SCSIDiskState, SCSI_DISK_BASE)

enum {
    SCSI_DISK_F_REMOVABLE = 0,
    SCSI_DISK_F_DPOFUA = 1,
};

/* Odd things that old Macintosh systems expect of drives. */
enum {
    SCSI_DISK_QUIRK_MODE_PAGE_APPLE_VENDOR = 0,
    SCSI_DISK_QUIRK_MODE_SENSE_ROM_USE_DBD = 1,
    SCSI_DISK_QUIRK_MODE_PAGE_VENDOR_SPECIFIC_APPLE = 2,
    SCSI_DISK_QUIRK_MODE_PAGE_TRUNCATED = 3,
};

struct SCSIDiskState {
    SCSIDevice qdev;
    uint32_t features;
    uint32_t quirks;
    bool media_changed;
    bool media_event;           /* GET EVENT STATUS NOTIFICATION tells it */
    bool eject_request;
    bool tray_open;
    bool tray_locked;
    uint16_t port_index;
    uint16_t rotation_rate;     /* per minute; 1: none */
    uint64_t max_unmap_size;
    uint64_t max_io_size;
    char *version;
    char *serial;
    char *vendor;
    char *product;
    char *device_id;
};

typedef struct SCSIDiskReq {
    SCSIRequest req;
    /* In units of 512 bytes, whatever the drive's blocks are. */
    uint64_t sector;
    uint32_t sector_count;
    uint32_t buflen;
    bool started;
    bool fua;                   /* flush when it is written */
    struct iovec iov;
    QEMUIOVector qiov;
    BlockAcctCookie acct;
    struct UnmapState *unmap;
} SCSIDiskReq;

static inline SCSIDiskReq *disk_req(SCSIRequest *req)
{
    return DO_UPCAST(SCSIDiskReq, req, req);
}

static inline SCSIDiskState *disk_of(SCSIDiskReq *r)
{
    return DO_UPCAST(SCSIDiskState, qdev, r->req.dev);
}

static inline bool disk_is_rom(const SCSIDiskState *s)
{
    return s->qdev.type == TYPE_ROM;
}

static inline bool disk_has(const SCSIDiskState *s, int feature)
{
    return s->features & 1u << feature;
}

/* Blocks of the drive; 0 without a medium. */
uint64_t disk_nb_blocks(SCSIDiskState *s);

/* Answers with a failure; for the result of a send_command. */
int32_t disk_fail(SCSIDiskReq *r, SCSISense sense);

/*
 * True if the request needs no more work, as it was cancelled or failed; then
 * it has been answered or waits for the machine to go on.
 */
bool disk_ended_early(SCSIDiskReq *r, int ret);

/* scsi-disk-io.c */
extern const SCSIReqOps scsi_disk_dma_reqops;
/* Commands that write zeros, patterns or holes: they answer themselves. */
void disk_unmap(SCSIDiskReq *r, const uint8_t *list);
void disk_write_same(SCSIDiskReq *r, const uint8_t *block);
void disk_synchronize(SCSIDiskReq *r);
bool disk_lba_in_range(SCSIDiskState *s, uint64_t lba, uint64_t count);

/* scsi-disk-cmd.c */
extern const SCSIReqOps scsi_disk_emulate_reqops;

/* scsi-inquiry.c: bytes in @out, which has room for 256, or -1. */
int disk_inquiry(SCSIDiskReq *r, uint8_t *out);

/* scsi-mode.c: bytes in @out (4 KiB), -1: invalid field, -2: no saving. */
int disk_mode_sense(SCSIDiskReq *r, uint8_t *out);
void disk_mode_select(SCSIDiskReq *r, const uint8_t *in);

/* scsi-mmc.c: the same, by command; -3: answered. */
int disk_read_toc(SCSIDiskReq *r, uint8_t *out);
int disk_get_configuration(SCSIDiskReq *r, uint8_t *out);
int disk_get_event_status(SCSIDiskReq *r, uint8_t *out);
int disk_read_disc_information(SCSIDiskReq *r, uint8_t *out);
int disk_read_dvd_structure(SCSIDiskReq *r, uint8_t *out);
int disk_mechanism_status(SCSIDiskReq *r, uint8_t *out);

#endif /* HW_SCSI_DISK_H */
