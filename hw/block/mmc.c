/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers of CD and DVD drives, on whatever bus: MMC-6, clause 6. */
#include "qemu/osdep.h"
#include "hw/block/mmc.h"
#include "qemu/bswap.h"

/* 80 minutes of 60 seconds of 75 frames. */
#define CD_MAX_BLOCKS (80 * 60 * 75)
#define LEAD_IN 150             /* frames before block 0: two seconds */

uint16_t mmc_profile(bool present, uint64_t blocks)
{
    return !present ? MMC_PROFILE_NONE :
           blocks > CD_MAX_BLOCKS ? MMC_PROFILE_DVD_ROM : MMC_PROFILE_CD_ROM;
}

/*** READ TOC (6.25) ***/

#define LEAD_OUT 0xaa
#define DATA_TRACK 0x14         /* ADR 1; data, recorded without pause */

/* An address: in blocks, or in minutes, seconds and frames from the start. */
static void put_address(uint8_t *p, uint32_t block, bool msf)
{
    if (!msf) {
        stl_be_p(p, block);
    } else {
        block += LEAD_IN;
        p[0] = 0;
        p[1] = block / 75 / 60;
        p[2] = block / 75 % 60;
        p[3] = block % 75;
    }
}

static uint8_t *put_track(uint8_t *p, uint8_t track, uint32_t block, bool msf)
{
    p[0] = 0;
    p[1] = DATA_TRACK | (track == LEAD_OUT ? 2 : 0);
    p[2] = track;
    p[3] = 0;
    put_address(p + 4, block, msf);
    return p + 8;
}

static uint8_t *put_tracks(uint8_t *p, uint8_t first, bool msf,
                           uint32_t blocks)
{
    if (first <= 1) {
        p = put_track(p, 1, 0, msf);
    }
    return put_track(p, LEAD_OUT, blocks, msf);
}

/* As it stands in the lead-in: points A0 to A2, then the track. */
static uint8_t *put_lead_in(uint8_t *p, bool msf, uint32_t blocks)
{
    static const uint8_t points[] = { 0xa0, 0xa1, 0xa2, 1 };

    for (int i = 0; i < ARRAY_SIZE(points); i++, p += 11) {
        memset(p, 0, 11);
        p[0] = 1;               /* session */
        p[1] = DATA_TRACK;
        p[3] = points[i];
        if (points[i] == 0xa2) {
            put_address(&p[7], blocks, msf);
        } else if (points[i] == 1) {
            put_address(&p[7], 0, msf);
        } else {
            p[8] = 1;           /* first and last track */
        }
    }
    return p;
}

int mmc_read_toc(uint8_t *out, int format, uint8_t first, bool msf,
                 uint32_t blocks)
{
    uint8_t *end = out + 4;

    switch (format) {
    case 0:
        if (first > 1 && first != LEAD_OUT) {
            return -1;
        }
        end = put_tracks(end, first, msf, blocks);
        break;
    case 1:                     /* one session, at 0 */
        memset(end, 0, 8);
        end += 8;
        break;
    case 2:
        end = put_lead_in(end, msf, blocks);
        break;
    default:
        return -1;
    }
    stw_be_p(out, end - out - 2);
    out[2] = 1;                 /* first and last track, or session */
    out[3] = 1;
    return end - out;
}

/*** GET CONFIGURATION (6.5) ***/

int mmc_add_feature(uint8_t *out, int len, uint16_t code, uint8_t flags,
                    const void *data, uint8_t size)
{
    uint8_t *p = out + len;

    stw_be_p(p, code);
    p[2] = flags;               /* version << 2, persistent, current */
    p[3] = size;
    memcpy(p + 4, data, size);
    len += 4 + size;
    stl_be_p(out, len - 4);
    return len;
}

int mmc_get_configuration(uint8_t *out, uint16_t profile)
{
    const uint8_t list[] = {
        0, MMC_PROFILE_DVD_ROM, profile == MMC_PROFILE_DVD_ROM, 0,
        0, MMC_PROFILE_CD_ROM, profile == MMC_PROFILE_CD_ROM, 0,
    };

    memset(out, 0, 8);
    stw_be_p(&out[6], profile);
    return mmc_add_feature(out, 8, 0x0000, 0x03, list, sizeof(list));
}

/*** GET EVENT STATUS NOTIFICATION (6.6) ***/

#define CLASS_MEDIA 4

int mmc_get_event_status(uint8_t *out, uint8_t classes)
{
    bool media = classes & 1 << CLASS_MEDIA;
    int len = media ? 8 : 4;

    memset(out, 0, len);
    out[1] = media ? 4 : 2;
    out[2] = media ? CLASS_MEDIA : 0x80;    /* none of those asked for */
    out[3] = 1 << CLASS_MEDIA;
    return len;
}

/*** What is on the medium, and what the drive does ***/

int mmc_read_disc_information(uint8_t *out, uint8_t type)
{
    if (type) {
        return -1;              /* track resources, POW: none */
    }
    memset(out, 0, 34);
    stw_be_p(out, 32);
    out[2] = 0x0e;              /* finalized, its last session complete */
    out[3] = 1;                 /* first track, sessions, and of the last */
    out[4] = 1;                 /* session the first and last track */
    out[5] = 1;
    out[6] = 1;
    out[7] = 0x20;              /* for unrestricted use */
    return 34;
}

int mmc_mechanism_status(uint8_t *out)
{
    memset(out, 0, 8);
    out[5] = 1;                 /* slots */
    return 8;
}

/*** READ DVD STRUCTURE (6.23) ***/

static int put_physical(uint8_t *p, uint32_t blocks)
{
    p[0] = 1;                   /* DVD-ROM, version 1 */
    p[1] = 0x0f;                /* 120 mm, any rate */
    p[2] = 1;                   /* one layer, read-only */
    p[3] = 0;                   /* densities */
    stl_be_p(&p[4], 0);         /* first and last block */
    stl_be_p(&p[8], blocks - 1);
    stl_be_p(&p[12], blocks - 1);
    return 2048;
}

/* Formats with their sizes; bit 6 of the second byte: can be read. */
static int put_formats(uint8_t *p)
{
    static const struct {
        uint8_t code;
        uint16_t size;
    } list[] = { { 0, 2052 }, { 1, 8 }, { 3, 192 }, { 4, 2052 } };

    for (int i = 0; i < ARRAY_SIZE(list); i++) {
        p[0] = list[i].code;
        p[1] = 0x40;
        stw_be_p(&p[2], list[i].size);
        p += 4;
    }
    return 4 * ARRAY_SIZE(list);
}

int mmc_read_dvd_structure(uint8_t *out, uint8_t format, uint32_t blocks)
{
    int len;

    memset(out, 0, MMC_ANSWER_MAX);
    switch (format) {
    case 0x00:
        len = put_physical(out + 4, blocks);
        break;
    case 0x01:
        len = 4;                /* no protection, for all regions */
        break;
    case 0x04:
        len = 2048;             /* manufacturing data: none */
        break;
    case 0xff:
        len = put_formats(out + 4);
        break;
    default:
        return -1;
    }
    stw_be_p(out, len + 2);
    return len + 4;
}
