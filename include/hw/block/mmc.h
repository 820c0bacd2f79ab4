/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What CD and DVD drives say of themselves and their media: MMC-6, clause 6.
 * A medium is one session with one track of data; longer than a CD can be, it
 * is a DVD with one layer.
 *
 * Each writes an answer to @out, all of its bytes, and returns its length, or
 * -1 where a field of the command is wrong.
 */
#ifndef HW_BLOCK_MMC_H
#define HW_BLOCK_MMC_H

#include "scsi/constants.h"

#define MMC_BLOCK_SIZE 2048

/* Room that every answer fits into. */
#define MMC_ANSWER_MAX (4 + 2048)

/* The profile (MMC_PROFILE_*) of a drive whose medium has @blocks blocks. */
uint16_t mmc_profile(bool present, uint64_t blocks);

/* READ TOC: tracks from @first on, sessions, or the lead-in (@format 0 - 2). */
int mmc_read_toc(uint8_t *out, int format, uint8_t first, bool msf,
                 uint32_t blocks);

/* GET CONFIGURATION with the list of profiles as its only feature, ... */
int mmc_get_configuration(uint8_t *out, uint16_t profile);
/* ... and another behind the @len bytes that are there. */
int mmc_add_feature(uint8_t *out, int len, uint16_t code, uint8_t flags,
                    const void *data, uint8_t size);

/*
 * GET EVENT STATUS NOTIFICATION for these classes of events: 4, or 8 if media
 * are among them; bytes 4 and 5 are then for MMC_MEDIA_* and MMC_TRAY_*.
 */
int mmc_get_event_status(uint8_t *out, uint8_t classes);

#define MMC_MEDIA_EJECT_REQUESTED 1
#define MMC_MEDIA_NEW 2
#define MMC_TRAY_OPEN 1
#define MMC_TRAY_MEDIUM 2

/* READ DISC INFORMATION; @type is that of the information. */
int mmc_read_disc_information(uint8_t *out, uint8_t type);

int mmc_mechanism_status(uint8_t *out);

/* READ DVD STRUCTURE of a DVD, or format 0xff: of the drive. */
int mmc_read_dvd_structure(uint8_t *out, uint8_t format, uint32_t blocks);

#endif
