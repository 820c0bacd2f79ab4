/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of SCSI: operation codes (SPC-4, SBC-3, MMC-6), status codes
 * (SAM-5, 5.3.1), sense keys (SPC-4, 4.5.6), device types (6.6.2).
 */
#ifndef SCSI_CONSTANTS_H
#define SCSI_CONSTANTS_H

#define TEST_UNIT_READY 0x00
#define REZERO_UNIT 0x01
#define REQUEST_SENSE 0x03
#define FORMAT_UNIT 0x04
#define READ_6 0x08
#define WRITE_6 0x0a
#define INQUIRY 0x12
#define MODE_SELECT 0x15
#define RESERVE 0x16
#define RELEASE 0x17
#define MODE_SENSE 0x1a
#define START_STOP 0x1b
#define SEND_DIAGNOSTIC 0x1d
#define ALLOW_MEDIUM_REMOVAL 0x1e
#define READ_CAPACITY_10 0x25
#define READ_10 0x28
#define WRITE_10 0x2a
#define SEEK_10 0x2b
#define WRITE_VERIFY_10 0x2e
#define VERIFY_10 0x2f
#define SYNCHRONIZE_CACHE 0x35
#define WRITE_SAME_10 0x41
#define UNMAP 0x42
#define READ_TOC 0x43
#define GET_CONFIGURATION 0x46
#define GET_EVENT_STATUS_NOTIFICATION 0x4a
#define READ_DISC_INFORMATION 0x51
#define MODE_SELECT_10 0x55
#define RESERVE_10 0x56
#define RELEASE_10 0x57
#define MODE_SENSE_10 0x5a
#define READ_16 0x88
#define WRITE_16 0x8a
#define WRITE_VERIFY_16 0x8e
#define VERIFY_16 0x8f
#define WRITE_SAME_16 0x93
#define SERVICE_ACTION_IN_16 0x9e
#define REPORT_LUNS 0xa0
#define READ_12 0xa8
#define WRITE_12 0xaa
#define READ_DVD_STRUCTURE 0xad
#define WRITE_VERIFY_12 0xae
#define VERIFY_12 0xaf
#define MECHANISM_STATUS 0xbd

/* Service actions of SERVICE_ACTION_IN_16. */
#define SAI_READ_CAPACITY_16 0x10

/* Status. */
#define GOOD 0x00
#define CHECK_CONDITION 0x02
#define CONDITION_GOOD 0x04
#define BUSY 0x08
#define INTERMEDIATE_GOOD 0x10
#define RESERVATION_CONFLICT 0x18
#define COMMAND_TERMINATED 0x22
#define TASK_SET_FULL 0x28
#define ACA_ACTIVE 0x30
#define TASK_ABORTED 0x40

/* Sense keys. */
#define NO_SENSE 0x00
#define RECOVERED_ERROR 0x01
#define NOT_READY 0x02
#define MEDIUM_ERROR 0x03
#define HARDWARE_ERROR 0x04
#define ILLEGAL_REQUEST 0x05
#define UNIT_ATTENTION 0x06
#define DATA_PROTECT 0x07
#define BLANK_CHECK 0x08
#define ABORTED_COMMAND 0x0b

/* Peripheral device types. */
#define TYPE_DISK 0x00
#define TYPE_ROM 0x05
#define TYPE_NOT_PRESENT 0x1f
#define TYPE_NO_LUN 0x7f

/* Mode pages (SPC-4, 7.5; SBC-3, 6.5; MMC-6, 7). */
#define MODE_PAGE_R_W_ERROR 0x01
#define MODE_PAGE_HD_GEOMETRY 0x04
#define MODE_PAGE_FLEXIBLE_DISK_GEOMETRY 0x05
#define MODE_PAGE_CACHING 0x08
#define MODE_PAGE_AUDIO_CTL 0x0e
#define MODE_PAGE_CAPABILITIES 0x2a
#define MODE_PAGE_ALLS 0x3f

/* Profiles of drives (MMC-6, 5.3.1). */
#define MMC_PROFILE_NONE 0x0000
#define MMC_PROFILE_CD_ROM 0x0008
#define MMC_PROFILE_DVD_ROM 0x0010

#endif /* SCSI_CONSTANTS_H */
