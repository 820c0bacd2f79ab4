/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command descriptor blocks: which fields a code has, and how much data it
 * moves which way (SPC-4, 4.3; SBC-3, clause 5; MMC-6, clause 6).
 */
#include "qemu/osdep.h"
#include "hw/scsi/scsi.h"
#include "qemu/bswap.h"

int scsi_cdb_length(const uint8_t *buf)
{
    static const int8_t of_group[8] = { 6, 10, 10, -1, 16, 12, -1, -1 };

    return of_group[buf[0] >> 5];
}

uint32_t scsi_data_cdb_xfer(const uint8_t *buf)
{
    /* In READ(6) and WRITE(6), zero stands for 256 blocks. */
    return buf[0] >> 5 == 0 && !buf[4] ? 256 : scsi_cdb_xfer(buf);
}

uint32_t scsi_cdb_xfer(const uint8_t *buf)
{
    switch (scsi_cdb_length(buf)) {
    case 6:
        return buf[4];
    case 10:
        return lduw_be_p(&buf[7]);
    case 12:
        return ldl_be_p(&buf[6]);
    case 16:
        return ldl_be_p(&buf[10]);
    default:
        return 0;
    }
}

static uint64_t cdb_lba(const uint8_t *buf, int len)
{
    switch (len) {
    case 6:
        return ldl_be_p(buf) & 0x1fffff;
    case 10:
    case 12:
        return ldl_be_p(&buf[2]);
    case 16:
        return ldq_be_p(&buf[2]);
    default:
        return UINT64_MAX;
    }
}

/* What the length field counts, or where else the length is. */
typedef enum Unit {
    NOTHING,
    BYTES,                      /* the usual field */
    BLOCKS,
    ONE_BLOCK,                  /* unless bit 0 of byte 1 says none */
    CHECKED_BLOCKS,             /* verify: what bits 1 and 2 of byte 1 say */
    CAPACITY,                   /* 8 bytes, always */
    BYTES_AT_3,
    BYTES_AT_8,
} Unit;

typedef struct CodeInfo {
    uint8_t code;
    SCSIXferMode mode;
    Unit unit;
} CodeInfo;

#define IN SCSI_XFER_FROM_DEV
#define OUT SCSI_XFER_TO_DEV

/* Codes that are not here move nothing. */
static const CodeInfo codes[] = {
    { REQUEST_SENSE, IN, BYTES },
    { READ_6, IN, BLOCKS },
    { WRITE_6, OUT, BLOCKS },
    { INQUIRY, IN, BYTES_AT_3 },
    { MODE_SELECT, OUT, BYTES },
    { MODE_SENSE, IN, BYTES },
    { READ_CAPACITY_10, IN, CAPACITY },
    { READ_10, IN, BLOCKS },
    { WRITE_10, OUT, BLOCKS },
    { WRITE_VERIFY_10, OUT, BLOCKS },
    { VERIFY_10, OUT, CHECKED_BLOCKS },
    { WRITE_SAME_10, OUT, ONE_BLOCK },
    { UNMAP, OUT, BYTES },
    { READ_TOC, IN, BYTES },
    { GET_CONFIGURATION, IN, BYTES },
    { GET_EVENT_STATUS_NOTIFICATION, IN, BYTES },
    { READ_DISC_INFORMATION, IN, BYTES },
    { MODE_SELECT_10, OUT, BYTES },
    { MODE_SENSE_10, IN, BYTES },
    { READ_16, IN, BLOCKS },
    { WRITE_16, OUT, BLOCKS },
    { WRITE_VERIFY_16, OUT, BLOCKS },
    { VERIFY_16, OUT, CHECKED_BLOCKS },
    { WRITE_SAME_16, OUT, ONE_BLOCK },
    { SERVICE_ACTION_IN_16, IN, BYTES },
    { REPORT_LUNS, IN, BYTES },
    { READ_12, IN, BLOCKS },
    { WRITE_12, OUT, BLOCKS },
    { READ_DVD_STRUCTURE, IN, BYTES_AT_8 },
    { WRITE_VERIFY_12, OUT, BLOCKS },
    { VERIFY_12, OUT, CHECKED_BLOCKS },
    { MECHANISM_STATUS, IN, BYTES_AT_8 },
};

static uint64_t length_of(Unit unit, const uint8_t *buf, uint64_t block)
{
    switch (unit) {
    case BYTES:
        return scsi_cdb_xfer(buf);
    case BLOCKS:
        return scsi_data_cdb_xfer(buf) * block;
    case ONE_BLOCK:
        return buf[1] & 1 ? 0 : block;
    case CHECKED_BLOCKS:
        if (!(buf[1] & 2)) {
            return 0;
        }
        return buf[1] & 4 ? block : scsi_data_cdb_xfer(buf) * block;
    case CAPACITY:
        return 8;
    case BYTES_AT_3:
        return lduw_be_p(&buf[3]);
    case BYTES_AT_8:
        return lduw_be_p(&buf[8]);
    default:
        return 0;
    }
}

int scsi_req_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                       size_t buf_len)
{
    int len = scsi_cdb_length(buf);

    if (len < 0 || len > buf_len) {
        return -1;
    }
    cmd->len = len;
    cmd->lba = cdb_lba(buf, len);
    cmd->xfer = 0;
    cmd->mode = SCSI_XFER_NONE;
    for (int i = 0; i < ARRAY_SIZE(codes); i++) {
        if (codes[i].code == buf[0]) {
            cmd->xfer = length_of(codes[i].unit, buf, dev->blocksize);
            /* Verifying and writing nothing but zeroes need no data. */
            if (cmd->xfer || codes[i].unit < ONE_BLOCK ||
                codes[i].unit > CHECKED_BLOCKS) {
                cmd->mode = codes[i].mode;
            }
            break;
        }
    }
    return 0;
}
