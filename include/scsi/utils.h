/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands and sense data as bytes: what every SCSI user needs to parse. */
#ifndef SCSI_UTILS_H
#define SCSI_UTILS_H

#include "scsi/constants.h"

#define SCSI_CMD_BUF_SIZE 16
#define SCSI_SENSE_LEN 18       /* of the fixed format */
#define SCSI_SENSE_BUF_SIZE 252

typedef enum SCSIXferMode {
    SCSI_XFER_NONE,
    SCSI_XFER_FROM_DEV,
    SCSI_XFER_TO_DEV,
} SCSIXferMode;

/* A command descriptor block, parsed. */
typedef struct SCSICommand {
    uint8_t buf[SCSI_CMD_BUF_SIZE];
    int len;                    /* of it, in bytes */
    size_t xfer;                /* bytes that the command moves */
    uint64_t lba;               /* or UINT64_MAX where it has none */
    SCSIXferMode mode;
} SCSICommand;

typedef struct SCSISense {
    uint8_t key;
    uint8_t asc;                /* additional sense code */
    uint8_t ascq;               /* its qualifier */
} SCSISense;

/* 6, 10, 12 or 16 by the code's group; -1 where the group says nothing. */
int scsi_cdb_length(const uint8_t *buf);
/* The transfer length field, in whatever unit the command has. */
uint32_t scsi_cdb_xfer(const uint8_t *buf);
uint32_t scsi_data_cdb_xfer(const uint8_t *buf);

/* What a back end's -errno (as a positive number) means; GOOD if nothing. */
int scsi_sense_from_errno(int errno_value, SCSISense *sense);
/* The fixed (18 bytes) or descriptor format (8) of @sense; its length. */
int scsi_build_sense_buf(uint8_t *buf, size_t max_size, SCSISense sense,
                         bool fixed_sense);
int scsi_build_sense(uint8_t *buf, SCSISense sense);
/* Reads either format; all zero where there is none. */
SCSISense scsi_parse_sense_buf(const uint8_t *in_buf, int in_len);
/* From one of the formats to the one asked for; the length. */
int scsi_convert_sense(uint8_t *in_buf, int in_len, uint8_t *buf, int len,
                       bool fixed);

/* Names as SPC-4's table of them has (annex E). */
#define SENSE_CODE(x) sense_code_##x
#define SCSI_SENSE_CODES(X)                                     \
    X(NO_SENSE, NO_SENSE, 0x00, 0x00)                           \
    X(LUN_NOT_READY, NOT_READY, 0x04, 0x03)                     \
    X(NO_MEDIUM, NOT_READY, 0x3a, 0x00)                         \
    X(NOT_READY_REMOVAL_PREVENTED, NOT_READY, 0x53, 0x02)       \
    X(READ_ERROR, MEDIUM_ERROR, 0x11, 0x00)                     \
    X(TARGET_FAILURE, HARDWARE_ERROR, 0x44, 0x00)               \
    X(INVALID_OPCODE, ILLEGAL_REQUEST, 0x20, 0x00)              \
    X(LBA_OUT_OF_RANGE, ILLEGAL_REQUEST, 0x21, 0x00)            \
    X(INVALID_FIELD, ILLEGAL_REQUEST, 0x24, 0x00)               \
    X(INVALID_PARAM, ILLEGAL_REQUEST, 0x26, 0x00)               \
    X(INVALID_PARAM_LEN, ILLEGAL_REQUEST, 0x1a, 0x00)           \
    X(LUN_NOT_SUPPORTED, ILLEGAL_REQUEST, 0x25, 0x00)           \
    X(SAVING_PARAMS_NOT_SUPPORTED, ILLEGAL_REQUEST, 0x39, 0x00) \
    X(INCOMPATIBLE_FORMAT, ILLEGAL_REQUEST, 0x30, 0x00)         \
    X(ILLEGAL_REQ_REMOVAL_PREVENTED, ILLEGAL_REQUEST, 0x53, 0x02) \
    X(IO_ERROR, ABORTED_COMMAND, 0x00, 0x06)                    \
    X(COMMAND_ABORTED, ABORTED_COMMAND, 0x2f, 0x00)             \
    X(LUN_FAILURE, ABORTED_COMMAND, 0x3e, 0x01)                 \
    X(OVERLAPPED_COMMANDS, ABORTED_COMMAND, 0x4e, 0x00)         \
    X(MEDIUM_CHANGED, UNIT_ATTENTION, 0x28, 0x00)               \
    X(RESET, UNIT_ATTENTION, 0x29, 0x00)                        \
    X(SCSI_BUS_RESET, UNIT_ATTENTION, 0x29, 0x02)               \
    X(CAPACITY_CHANGED, UNIT_ATTENTION, 0x2a, 0x09)             \
    X(REPORTED_LUNS_CHANGED, UNIT_ATTENTION, 0x3f, 0x0e)        \
    X(UNIT_ATTENTION_NO_MEDIUM, UNIT_ATTENTION, 0x3a, 0x00)     \
    X(SPACE_ALLOC_FAILED, DATA_PROTECT, 0x27, 0x07)             \
    X(WRITE_PROTECTED, DATA_PROTECT, 0x27, 0x00)

#define DECLARE_SENSE_CODE(name, key, asc, ascq) \
    extern const SCSISense sense_code_##name;
SCSI_SENSE_CODES(DECLARE_SENSE_CODE)
#undef DECLARE_SENSE_CODE

#endif /* SCSI_UTILS_H */
