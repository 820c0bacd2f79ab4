/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands of CD and DVD drives: MMC-6, clause 6.  A medium is one track of
 * data; longer than a CD can be, it is a DVD with one layer.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sysemu/block-backend.h"
#include "scsi-disk.h"

#define CD_BLOCK 2048

/* 80 minutes of 60 seconds of 75 frames. */
#define CD_MAX_BLOCKS (80 * 60 * 75)

static bool medium_is_dvd(SCSIDiskState *s)
{
    return blk_is_inserted(s->qdev.conf.blk) &&
           disk_nb_blocks(s) > CD_MAX_BLOCKS;
}

static bool medium_is_cd(SCSIDiskState *s)
{
    return blk_is_inserted(s->qdev.conf.blk) &&
           disk_nb_blocks(s) <= CD_MAX_BLOCKS;
}

/*** READ TOC (6.25) ***/

#define LEAD_OUT 0xaa
#define DATA_TRACK 0x14         /* ADR 1; data, recorded without pause */

/* An address: in blocks, or in minutes, seconds and frames from the start. */
static uint8_t *put_address(uint8_t *p, uint32_t block, bool msf)
{
    if (!msf) {
        stl_be_p(p, block);
    } else {
        block += 150;           /* the two seconds before the first one */
        p[0] = 0;
        p[1] = block / 75 / 60;
        p[2] = block / 75 % 60;
        p[3] = block % 75;
    }
    return p + 4;
}

static uint8_t *put_track(uint8_t *p, uint8_t track, uint32_t block, bool msf)
{
    p[0] = 0;
    p[1] = DATA_TRACK | (track == LEAD_OUT ? 2 : 0);
    p[2] = track;
    p[3] = 0;
    return put_address(p + 4, block, msf);
}

static int finish_toc(uint8_t *out, uint8_t *end)
{
    stw_be_p(out, end - out - 2);
    out[2] = 1;                 /* first and last track, or session */
    out[3] = 1;
    return end - out;
}

static int toc_of_tracks(SCSIDiskState *s, uint8_t *out, uint8_t first,
                         bool msf)
{
    uint8_t *p = out + 4;

    if (first > 1 && first != LEAD_OUT) {
        return -1;
    }
    if (first <= 1) {
        p = put_track(p, 1, 0, msf);
    }
    p = put_track(p, LEAD_OUT, disk_nb_blocks(s), msf);
    return finish_toc(out, p);
}

static int toc_of_sessions(uint8_t *out)
{
    memset(out, 0, 12);
    return finish_toc(out, out + 12);
}

/* As it stands in the lead-in: points A0 to A2, then the track. */
static int toc_raw(SCSIDiskState *s, uint8_t *out, bool msf)
{
    static const uint8_t points[] = { 0xa0, 0xa1, 0xa2, 1 };
    uint8_t *p = out + 4;

    for (int i = 0; i < ARRAY_SIZE(points); i++) {
        memset(p, 0, 11);
        p[0] = 1;               /* session */
        p[1] = DATA_TRACK;
        p[3] = points[i];
        if (points[i] == 0xa2) {
            put_address(&p[7], disk_nb_blocks(s), msf);
        } else if (points[i] == 1) {
            put_address(&p[7], 0, msf);
        } else {
            p[8] = 1;           /* first and last track */
        }
        p += 11;
    }
    return finish_toc(out, p);
}

int disk_read_toc(SCSIDiskReq *r, uint8_t *out)
{
    SCSIDiskState *s = disk_of(r);
    const uint8_t *cdb = r->req.cmd.buf;
    bool msf = cdb[1] & 2;

    switch (cdb[2] & 0xf) {
    case 0:
        return toc_of_tracks(s, out, cdb[6], msf);
    case 1:
        return toc_of_sessions(out);
    case 2:
        return toc_raw(s, out, msf);
    default:
        return -1;
    }
}

/*** GET CONFIGURATION (6.5) ***/

static uint8_t *put_feature(uint8_t *p, uint16_t code, uint8_t flags,
                            const void *data, uint8_t len)
{
    stw_be_p(p, code);
    p[2] = flags;               /* version << 2, persistent, current */
    p[3] = len;
    memcpy(p + 4, data, len);
    return p + 4 + len;
}

int disk_get_configuration(SCSIDiskReq *r, uint8_t *out)
{
    SCSIDiskState *s = disk_of(r);
    bool cd = medium_is_cd(s), dvd = medium_is_dvd(s);
    uint8_t profiles[] = {
        0, MMC_PROFILE_DVD_ROM, dvd, 0,
        0, MMC_PROFILE_CD_ROM, cd, 0,
    };
    static const uint8_t core[] = { 0, 0, 0, 1, 1, 0, 0, 0 };   /* SCSI */
    static const uint8_t removable[] = { 0x39, 0, 0, 0 };       /* a tray */
    uint8_t *p = out + 8;

    memset(out, 0, 8);
    stw_be_p(&out[6], dvd ? MMC_PROFILE_DVD_ROM : cd ? MMC_PROFILE_CD_ROM
                                                     : MMC_PROFILE_NONE);
    p = put_feature(p, 0x0000, 0x03, profiles, sizeof(profiles));
    p = put_feature(p, 0x0001, 0x0b, core, sizeof(core));
    p = put_feature(p, 0x0003, 0x0b, removable, sizeof(removable));
    stl_be_p(out, p - out - 4);
    return p - out;
}

/*** GET EVENT STATUS NOTIFICATION (6.6) ***/

#define CLASS_MEDIA 4

enum {
    MEDIA_NO_CHANGE,
    MEDIA_EJECT_REQUESTED,
    MEDIA_NEW,
};

int disk_get_event_status(SCSIDiskReq *r, uint8_t *out)
{
    SCSIDiskState *s = disk_of(r);
    const uint8_t *cdb = r->req.cmd.buf;
    BlockBackend *blk = s->qdev.conf.blk;

    /* Without the polled bit it would wait for something to happen. */
    if (!(cdb[1] & 1)) {
        return -1;
    }
    memset(out, 0, 8);
    out[3] = 1 << CLASS_MEDIA;
    if (!(cdb[4] & 1 << CLASS_MEDIA)) {
        out[1] = 2;
        out[2] = 0x80;          /* none of the classes asked for */
        return 4;
    }
    out[1] = 4;
    out[2] = CLASS_MEDIA;
    if (s->eject_request) {
        out[4] = MEDIA_EJECT_REQUESTED;
        s->eject_request = false;
    } else if (s->media_event) {
        if (blk_is_inserted(blk)) {
            out[4] = MEDIA_NEW;
        }
        s->media_event = false;
    }
    out[5] = (s->tray_open ? 1 : 0) |
             (!s->tray_open && blk_is_inserted(blk) ? 2 : 0);
    return 8;
}

/*** What is on the medium, and what the drive does ***/

int disk_read_disc_information(SCSIDiskReq *r, uint8_t *out)
{
    if (r->req.cmd.buf[1] & 7) {
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

int disk_mechanism_status(SCSIDiskReq *r, uint8_t *out)
{
    memset(out, 0, 8);
    out[5] = 1;                 /* slots */
    return 8;
}

/*** READ DVD STRUCTURE (6.23) ***/

static int structure_physical(SCSIDiskState *s, uint8_t *p)
{
    uint32_t last = disk_nb_blocks(s) - 1;

    p[0] = 1;                   /* DVD-ROM, version 1 */
    p[1] = 0x0f;                /* 120 mm, any rate */
    p[2] = 1;                   /* one layer, read-only */
    p[3] = 0;                   /* densities */
    stl_be_p(&p[4], 0);
    stl_be_p(&p[8], last);
    stl_be_p(&p[12], last);
    return 2048;
}

/* Formats with their sizes; bit 6 of the second byte: can be read. */
static int structure_list(uint8_t *p)
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

int disk_read_dvd_structure(SCSIDiskReq *r, uint8_t *out)
{
    SCSIDiskState *s = disk_of(r);
    const uint8_t *cdb = r->req.cmd.buf;
    uint8_t format = cdb[7];
    int len;

    if (s->tray_open || !blk_is_inserted(s->qdev.conf.blk)) {
        disk_fail(r, SENSE_CODE(NO_MEDIUM));
        return -3;
    }
    if (cdb[1] & 0xf) {
        return -1;              /* of another kind of medium */
    }
    if (format < 0xc0 && !medium_is_dvd(s)) {
        disk_fail(r, SENSE_CODE(INCOMPATIBLE_FORMAT));
        return -3;
    }
    memset(out, 0, 4 + 2048);
    switch (format) {
    case 0x00:
        if (cdb[6]) {
            return -1;          /* a second layer */
        }
        len = structure_physical(s, out + 4);
        break;
    case 0x01:
        len = 4;                /* no protection */
        break;
    case 0x04:
        len = 2048;             /* manufacturing data: none */
        break;
    case 0xff:
        len = structure_list(out + 4);
        break;
    default:
        return -1;
    }
    stw_be_p(out, len + 2);
    return len + 4;
}
