/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of a DVD-ROM drive: MMC-5 (READ, READ CD, READ TOC, GET
 * CONFIGURATION, GET EVENT STATUS NOTIFICATION, MECHANISM STATUS, READ DISC
 * INFORMATION, READ DVD STRUCTURE, SET SPEED) and the primary ones of SPC-3.
 * A medium has one session with one data track; one of more than 80 minutes
 * is a DVD.
 */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"
#include "qemu/bswap.h"

#define CD_MAX_BLOCKS (80 * 60 * 75)
#define LEAD_IN 150             /* frames before block 0 */
#define TRACK_LEAD_OUT 0xaa

#define PROFILE_CD 0x0008
#define PROFILE_DVD 0x0010

#define EVENT_CLASS_MEDIA 4

static bool medium_present(IDEState *s)
{
    return !s->tray_open && s->nb_sectors > 0;
}

static unsigned medium_blocks(IDEState *s)
{
    return MIN(s->nb_sectors / 4, UINT32_MAX);
}

static bool medium_is_dvd(IDEState *s)
{
    return medium_present(s) && medium_blocks(s) > CD_MAX_BLOCKS;
}

static void invalid_field(IDEState *s)
{
    atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST, ASC_INV_FIELD_IN_CMD_PACKET);
}

/*** Who it is ***/

static void cmd_test_unit_ready(IDEState *s, const uint8_t *packet)
{
    atapi_cmd_ok(s);
}

static void cmd_request_sense(IDEState *s, const uint8_t *packet)
{
    uint8_t *buf = s->io_buffer;

    buf[0] = 0x80 | 0x70;       /* valid, current */
    buf[2] = s->sense_key;
    buf[7] = 10;
    buf[12] = s->asc;
    /* The attention was paid. */
    if (s->sense_key == SENSE_UNIT_ATTENTION) {
        s->sense_key = SENSE_NONE;
    }
    atapi_reply(s, 18, packet[4]);
}

static void put_padded(uint8_t *buf, const char *text, int size)
{
    size_t len = MIN(strlen(text), size);

    memset(buf, ' ', size);
    memcpy(buf, text, len);
}

/* Identification descriptors: serial number, and names as a PC has them. */
static int vpd_identification(IDEState *s, uint8_t *buf)
{
    uint8_t *p = buf + 4;

    p[0] = 0x02;                /* ASCII */
    p[1] = 0x00;                /* vendor specific */
    p[3] = 20;
    put_padded(p + 4, s->drive_serial_str, 20);
    p += 4 + 20;

    p[0] = 0x02;
    p[1] = 0x01;                /* T10 vendor id */
    p[3] = 8 + 40 + 20;
    put_padded(p + 4, "ATA", 8);
    put_padded(p + 12, s->drive_model_str, 40);
    put_padded(p + 52, s->drive_serial_str, 20);
    p += 4 + 8 + 40 + 20;

    if (s->wwn) {
        p[0] = 0x01;            /* binary */
        p[1] = 0x03;            /* NAA */
        p[3] = 8;
        stq_be_p(p + 4, s->wwn);
        p += 4 + 8;
    }
    return p - buf;
}

static void inquiry_vpd(IDEState *s, const uint8_t *packet, int max)
{
    uint8_t *buf = s->io_buffer;
    int len;

    buf[0] = 0x05;
    buf[1] = packet[2];
    if (packet[2] == 0x00) {    /* the pages there are */
        buf[4] = 0x00;
        buf[5] = 0x83;
        len = 6;
    } else if (packet[2] == 0x83) {
        len = vpd_identification(s, buf);
    } else {
        invalid_field(s);
        return;
    }
    buf[3] = len - 4;
    atapi_reply(s, len, max);
}

static void cmd_inquiry(IDEState *s, const uint8_t *packet)
{
    uint8_t *buf = s->io_buffer;

    if (packet[1] & 1) {
        inquiry_vpd(s, packet, packet[4]);
        return;
    }
    buf[0] = 0x05;              /* CD/DVD */
    buf[1] = 0x80;              /* removable */
    buf[2] = 0x00;
    buf[3] = 0x21;              /* ATAPI-2 */
    buf[4] = 36 - 5;
    put_padded(buf + 8, "QEMU", 8);
    put_padded(buf + 16, "QEMU DVD-ROM", 16);
    put_padded(buf + 32, s->version, 4);
    atapi_reply(s, 36, packet[4]);
}

/*** Reading ***/

static void read_blocks(IDEState *s, uint32_t lba, uint32_t count, int size)
{
    uint64_t total = medium_blocks(s);

    if (!count) {
        atapi_cmd_ok(s);
    } else if (lba >= total || count > total - lba) {
        atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE);
    } else if (count > INT32_MAX / size) {
        invalid_field(s);       /* more than one reply can be */
    } else {
        atapi_read_sectors(s, lba, count, size);
    }
}

static void cmd_read10(IDEState *s, const uint8_t *packet)
{
    read_blocks(s, ldl_be_p(packet + 2), lduw_be_p(packet + 7), 2048);
}

static void cmd_read12(IDEState *s, const uint8_t *packet)
{
    read_blocks(s, ldl_be_p(packet + 2), ldl_be_p(packet + 6), 2048);
}

static void cmd_read_cd(IDEState *s, const uint8_t *packet)
{
    uint32_t lba = ldl_be_p(packet + 2);
    uint32_t count = packet[6] << 16 | packet[7] << 8 | packet[8];

    if (!count) {
        atapi_cmd_ok(s);
        return;
    }
    switch (packet[9] & 0xf8) {
    case 0x00:                  /* nothing of them */
        atapi_cmd_ok(s);
        break;
    case 0x10:                  /* user data */
        read_blocks(s, lba, count, 2048);
        break;
    case 0xf8:                  /* all */
        read_blocks(s, lba, count, 2352);
        break;
    default:
        invalid_field(s);
        break;
    }
}

static void cmd_seek(IDEState *s, const uint8_t *packet)
{
    if (ldl_be_p(packet + 2) > medium_blocks(s)) {
        atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST, ASC_LBA_OUT_OF_RANGE);
    } else {
        atapi_cmd_ok(s);
    }
}

static void cmd_read_capacity(IDEState *s, const uint8_t *packet)
{
    stl_be_p(s->io_buffer, medium_blocks(s) - 1);
    stl_be_p(s->io_buffer + 4, 2048);
    atapi_reply(s, 8, 8);
}

/*** READ TOC/PMA/ATIP ***/

/* An address as four bytes: blocks, or 0, minute, second, frame. */
static void put_address(uint8_t *p, uint32_t block, bool msf)
{
    if (msf) {
        block += LEAD_IN;
        p[0] = 0;
        p[1] = block / 75 / 60;
        p[2] = block / 75 % 60;
        p[3] = block % 75;
    } else {
        stl_be_p(p, block);
    }
}

static uint8_t *put_track(uint8_t *p, uint8_t control, uint8_t track,
                          uint32_t block, bool msf)
{
    p[0] = 0;
    p[1] = control;
    p[2] = track;
    p[3] = 0;
    put_address(p + 4, block, msf);
    return p + 8;
}

static int toc_tracks(IDEState *s, uint8_t first, bool msf)
{
    uint8_t *buf = s->io_buffer, *p = buf + 4;

    if (first > 1 && first != TRACK_LEAD_OUT) {
        return -1;
    }
    if (first <= 1) {
        p = put_track(p, 0x14, 1, 0, msf);
    }
    p = put_track(p, 0x16, TRACK_LEAD_OUT, medium_blocks(s), msf);
    return p - buf;
}

/* One entry of 11 bytes of the full table. */
static uint8_t *put_raw(uint8_t *p, uint8_t point)
{
    memset(p, 0, 11);
    p[0] = 1;                   /* session */
    p[1] = 0x14;
    p[3] = point;
    return p + 11;
}

static int toc_raw(IDEState *s, bool msf)
{
    uint8_t *buf = s->io_buffer, *p = buf + 4;

    p = put_raw(p, 0xa0);       /* the first track is ... */
    p[-3] = 1;
    p = put_raw(p, 0xa1);       /* the last */
    p[-3] = 1;
    p = put_raw(p, 0xa2);       /* the lead-out */
    put_address(p - 4, medium_blocks(s), msf);
    p = put_raw(p, 1);
    put_address(p - 4, 0, msf);
    return p - buf;
}

static void cmd_read_toc(IDEState *s, const uint8_t *packet)
{
    uint8_t *buf = s->io_buffer;
    bool msf = packet[1] & 2;
    int max = lduw_be_p(packet + 7);
    int len;

    /* The format is in the low bits of byte 2, or where SFF-8020 has it. */
    switch (packet[9] >> 6) {
    case 0:
        len = toc_tracks(s, packet[6], msf);
        break;
    case 1:                     /* sessions: one, at 0 */
        len = 12;
        break;
    case 2:
        len = toc_raw(s, msf);
        break;
    default:
        len = -1;
        break;
    }
    if (len < 0) {
        invalid_field(s);
        return;
    }
    stw_be_p(buf, len - 2);
    buf[2] = 1;                 /* first and last track (or session) */
    buf[3] = 1;
    atapi_reply(s, len, max);
}

static void cmd_read_disc_information(IDEState *s, const uint8_t *packet)
{
    uint8_t *buf = s->io_buffer;

    if (packet[1] & 7) {
        invalid_field(s);
        return;
    }
    buf[1] = 32;
    buf[2] = 0x0e;              /* the last session is complete, finalized */
    buf[3] = 1;                 /* first track */
    buf[4] = 1;                 /* sessions */
    buf[5] = 1;                 /* first and last track of the last session */
    buf[6] = 1;
    buf[7] = 0x20;              /* unrestricted use */
    buf[8] = 0x00;              /* CD-ROM */
    atapi_reply(s, 34, lduw_be_p(packet + 7));
}

/*** READ DVD STRUCTURE ***/

/* How it is made: the same for all layers. */
static int dvd_physical(IDEState *s, uint8_t *buf)
{
    uint32_t last = medium_blocks(s) - 1;

    stw_be_p(buf, 2048 + 2);
    buf[4] = 0x01;              /* DVD-ROM, version 1 */
    buf[5] = 0x0f;              /* 120 mm; no rate given */
    buf[6] = 0x01;              /* one layer, read only */
    buf[7] = 0x00;
    stl_be_p(buf + 8, 0);       /* first sector */
    stl_be_p(buf + 12, last);
    stl_be_p(buf + 16, last);
    return 2048 + 4;
}

static int dvd_copyright(IDEState *s, uint8_t *buf)
{
    stw_be_p(buf, 4 + 2);       /* none, for all regions */
    return 4 + 4;
}

static int dvd_manufacturer(IDEState *s, uint8_t *buf)
{
    stw_be_p(buf, 2048 + 2);
    return 2048 + 4;
}

static int dvd_list(IDEState *s, uint8_t *buf)
{
    static const struct {
        uint8_t format;
        uint16_t len;
    } formats[] = {
        { 0x00, 2048 + 4 }, { 0x01, 4 + 4 }, { 0x03, 188 + 4 },
        { 0x04, 2048 + 4 },
    };
    uint8_t *p = buf + 4;

    for (int i = 0; i < ARRAY_SIZE(formats); i++, p += 4) {
        p[0] = formats[i].format;
        p[1] = 0x40;            /* can be read */
        stw_be_p(p + 2, formats[i].len);
    }
    stw_be_p(buf, p - buf - 2);
    return p - buf;
}

static void cmd_read_dvd_structure(IDEState *s, const uint8_t *packet)
{
    uint8_t *buf = s->io_buffer;
    uint8_t format = packet[7];
    int max = lduw_be_p(packet + 8);
    int len = -ASC_INV_FIELD_IN_CMD_PACKET;

    if (format < 0xff && !medium_is_dvd(s)) {
        len = -ASC_INCOMPATIBLE_FORMAT;
    } else if (packet[1] == 0) {
        len = format == 0x00 ? dvd_physical(s, buf) :
              format == 0x01 ? dvd_copyright(s, buf) :
              format == 0x04 ? dvd_manufacturer(s, buf) :
              format == 0xff ? dvd_list(s, buf) : len;
    }
    if (len < 0) {
        atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST, -len);
    } else {
        atapi_reply(s, len, max);
    }
}

/*** What it can, and what happened ***/

static void cmd_get_configuration(IDEState *s, const uint8_t *packet)
{
    uint8_t *buf = s->io_buffer, *p = buf + 8;
    uint16_t profile = medium_is_dvd(s) ? PROFILE_DVD :
                       medium_present(s) ? PROFILE_CD : 0;

    /* There is one feature: the list of profiles. */
    if (packet[2] || packet[3]) {
        invalid_field(s);
        return;
    }
    stw_be_p(buf + 6, profile);
    p[2] = 0x03;                /* persistent, current */
    p[3] = 8;
    stw_be_p(p + 4, PROFILE_DVD);
    p[6] = profile == PROFILE_DVD;
    stw_be_p(p + 8, PROFILE_CD);
    p[10] = profile == PROFILE_CD;
    stl_be_p(buf, 20 - 4);
    atapi_reply(s, 20, lduw_be_p(packet + 7));
}

/* What happened, and what there is.  An open tray keeps it for later. */
static void media_event(IDEState *s, uint8_t *p)
{
    if (s->tray_open) {
        p[1] = 0x01;
        return;
    }
    p[1] = blk_is_inserted(s->blk) ? 0x02 : 0x00;
    if (s->events.new_media) {
        p[0] = 0x02;
        s->events.new_media = false;
    } else if (s->events.eject_request) {
        p[0] = 0x01;
        s->events.eject_request = false;
    }
}

static void cmd_get_event_status(IDEState *s, const uint8_t *packet)
{
    uint8_t *buf = s->io_buffer;
    int len = 4;

    /* Waiting for events is for queueing drives. */
    if (!(packet[1] & 1)) {
        invalid_field(s);
        return;
    }
    buf[3] = 1 << EVENT_CLASS_MEDIA;
    if (packet[4] & 1 << EVENT_CLASS_MEDIA) {
        buf[2] = EVENT_CLASS_MEDIA;
        media_event(s, buf + 4);
        len = 8;
        buf[1] = 4;
    } else {
        buf[2] = 0x80;          /* none of these */
    }
    atapi_reply(s, len, lduw_be_p(packet + 7));
}

static void cmd_mechanism_status(IDEState *s, const uint8_t *packet)
{
    s->io_buffer[5] = 1;        /* slots */
    atapi_reply(s, 8, lduw_be_p(packet + 8));
}

static int mode_page(IDEState *s, uint8_t page, uint8_t *p)
{
    static const uint8_t recovery[] = {
        0x01, 0x06, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00,
    };
    static const uint8_t audio[16] = { 0x0e, 0x0e, 0x00, 0x00, 0x24 };
    static const uint8_t capabilities[] = {
        0x2a, 0x14,
        0x3b,                   /* reads CD-R, CD-RW, DVD-ROM, -R, -RAM */
        0x00,                   /* writes nothing */
        0x71,                   /* mode 2, sessions, audio */
        0x60,                   /* UPC, ISRC */
        0x29,                   /* tray, ejects, locks */
        0x00,
        0x02, 0xc0,             /* KB/s at most: 4 times that of audio */
        0x00, 0x02,             /* levels of volume */
        0x02, 0x00,             /* KiB of buffer */
        0x02, 0xc0,             /* KB/s now */
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    };

    switch (page) {
    case 0x01:
        memcpy(p, recovery, sizeof(recovery));
        return sizeof(recovery);
    case 0x0e:
        memcpy(p, audio, sizeof(audio));
        return sizeof(audio);
    case 0x2a:
        memcpy(p, capabilities, sizeof(capabilities));
        if (s->tray_locked) {
            p[6] |= 0x02;
        }
        return sizeof(capabilities);
    default:
        return -1;
    }
}

static void cmd_mode_sense10(IDEState *s, const uint8_t *packet)
{
    uint8_t *buf = s->io_buffer;
    int control = packet[2] >> 6;
    int len;

    if (control == 3) {
        atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST, ASC_SAVING_NOT_SUPPORTED);
        return;
    }
    /* Nothing can be changed, and only the current values are known. */
    len = control ? -1 : mode_page(s, packet[2] & 0x3f, buf + 8);
    if (len < 0) {
        invalid_field(s);
        return;
    }
    stw_be_p(buf, 8 + len - 2);
    buf[2] = 0x70;              /* the medium: as SFF-8020 said */
    atapi_reply(s, 8 + len, lduw_be_p(packet + 7));
}

/*** The tray ***/

static void cmd_prevent_allow(IDEState *s, const uint8_t *packet)
{
    s->tray_locked = packet[4] & 1;
    blk_lock_medium(s->blk, s->tray_locked);
    atapi_cmd_ok(s);
}

static void cmd_start_stop_unit(IDEState *s, const uint8_t *packet)
{
    bool start = packet[4] & 1;
    bool load_eject = packet[4] & 2;

    /* Power conditions are not of interest; nor is spinning. */
    if (packet[4] & 0xf0 || !load_eject) {
        atapi_cmd_ok(s);
        return;
    }
    if (!start && !s->tray_open && s->tray_locked) {
        atapi_cmd_error(s, blk_is_inserted(s->blk) ? SENSE_NOT_READY
                                                   : SENSE_ILLEGAL_REQUEST,
                        ASC_MEDIA_REMOVAL_PREVENTED);
        return;
    }
    if (s->tray_open != !start) {
        blk_eject(s->blk, !start);
        s->tray_open = !start;
    }
    atapi_cmd_ok(s);
}

static void cmd_set_speed(IDEState *s, const uint8_t *packet)
{
    atapi_cmd_ok(s);
}

/*** The table ***/

#define ALLOW_UA 0x01           /* also when there is a unit attention */
#define CHECK_READY 0x02        /* needs a medium */
#define NO_DATA 0x04            /* the host's limit of a block is no matter */

typedef struct PacketCommand {
    void (*fn)(IDEState *s, const uint8_t *packet);
    uint8_t flags;
} PacketCommand;

static const PacketCommand commands[256] = {
    [0x00] = { cmd_test_unit_ready, CHECK_READY | NO_DATA },
    [0x03] = { cmd_request_sense, ALLOW_UA },
    [0x12] = { cmd_inquiry, ALLOW_UA },
    [0x1b] = { cmd_start_stop_unit, NO_DATA },
    [0x1e] = { cmd_prevent_allow, NO_DATA },
    [0x25] = { cmd_read_capacity, CHECK_READY },
    [0x28] = { cmd_read10, CHECK_READY },
    [0x2b] = { cmd_seek, CHECK_READY | NO_DATA },
    [0x43] = { cmd_read_toc, CHECK_READY },
    [0x46] = { cmd_get_configuration, ALLOW_UA },
    [0x4a] = { cmd_get_event_status, ALLOW_UA },
    [0x51] = { cmd_read_disc_information, CHECK_READY },
    [0x5a] = { cmd_mode_sense10, 0 },
    [0xa8] = { cmd_read12, CHECK_READY },
    [0xad] = { cmd_read_dvd_structure, CHECK_READY },
    [0xbb] = { cmd_set_speed, NO_DATA },
    [0xbd] = { cmd_mechanism_status, 0 },
    [0xbe] = { cmd_read_cd, CHECK_READY },
};

/* A new medium is told in two steps; true: by the error of this command. */
static bool tell_of_change(IDEState *s, const PacketCommand *c)
{
    if ((c->flags & ALLOW_UA) || s->tray_open || !s->cdrom_changed ||
        !blk_is_inserted(s->blk)) {
        return false;
    }
    if (s->cdrom_changed == 1) {
        s->cdrom_changed = 2;
        atapi_cmd_error(s, SENSE_NOT_READY, ASC_MEDIUM_NOT_PRESENT);
    } else {
        s->cdrom_changed = 0;
        atapi_cmd_error(s, SENSE_UNIT_ATTENTION, ASC_MEDIUM_MAY_HAVE_CHANGED);
    }
    return true;
}

void atapi_dispatch(IDEState *s, const uint8_t *packet)
{
    const PacketCommand *c = &commands[packet[0]];

    if (tell_of_change(s, c)) {
        return;
    }
    if (!c->fn) {
        atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST, ASC_ILLEGAL_OPCODE);
        return;
    }
    if ((c->flags & CHECK_READY) &&
        (!medium_present(s) || !blk_is_inserted(s->blk))) {
        atapi_cmd_error(s, SENSE_NOT_READY, ASC_MEDIUM_NOT_PRESENT);
        return;
    }
    /* A reply by PIO in blocks of nothing cannot be. */
    if (!(c->flags & NO_DATA) && !s->atapi_dma && s->lcyl == 0 &&
        s->hcyl == 0) {
        ide_abort(s);
        ide_cmd_done(s);
        ide_bus_set_irq(s->bus);
        return;
    }
    c->fn(s, packet);
}
