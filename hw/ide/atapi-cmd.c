/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of a DVD-ROM drive: MMC-5 (READ, READ CD, READ TOC, GET
 * CONFIGURATION, GET EVENT STATUS NOTIFICATION, MECHANISM STATUS, READ DISC
 * INFORMATION, READ DVD STRUCTURE, SET SPEED) and the primary ones of SPC-3.
 * What the medium is about is the same on other buses (hw/block/mmc.c).
 */
#include "qemu/osdep.h"
#include "hw/block/mmc.h"
#include "hw/ide/internal.h"
#include "qemu/bswap.h"

static bool medium_present(IDEState *s)
{
    return !s->tray_open && s->nb_sectors > 0;
}

static unsigned medium_blocks(IDEState *s)
{
    return MIN(s->nb_sectors / 4, UINT32_MAX);
}

static uint16_t profile(IDEState *s)
{
    return mmc_profile(medium_present(s), medium_blocks(s));
}

static void invalid_field(IDEState *s)
{
    atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST, ASC_INV_FIELD_IN_CMD_PACKET);
}

/* An answer of MMC: its length, or -1. */
static void reply_or_refuse(IDEState *s, int len, int max)
{
    if (len < 0) {
        invalid_field(s);
    } else {
        atapi_reply(s, len, max);
    }
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

/*** The medium, what it can, and what happened ***/

static void cmd_read_toc(IDEState *s, const uint8_t *packet)
{
    /* The format is in the low bits of byte 2, or where SFF-8020 has it. */
    int len = mmc_read_toc(s->io_buffer, packet[9] >> 6, packet[6],
                           packet[1] & 2, medium_blocks(s));

    reply_or_refuse(s, len, lduw_be_p(packet + 7));
}

static void cmd_read_disc_information(IDEState *s, const uint8_t *packet)
{
    int len = mmc_read_disc_information(s->io_buffer, packet[1] & 7);

    reply_or_refuse(s, len, lduw_be_p(packet + 7));
}

static void cmd_read_dvd_structure(IDEState *s, const uint8_t *packet)
{
    uint8_t format = packet[7];
    int len = -1;

    if (format < 0xff && profile(s) != MMC_PROFILE_DVD_ROM) {
        atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST, ASC_INCOMPATIBLE_FORMAT);
        return;
    }
    if (packet[1] == 0) {
        len = mmc_read_dvd_structure(s->io_buffer, format, medium_blocks(s));
    }
    reply_or_refuse(s, len, lduw_be_p(packet + 8));
}

static void cmd_get_configuration(IDEState *s, const uint8_t *packet)
{
    /* There is one feature: the list of profiles. */
    if (packet[2] || packet[3]) {
        invalid_field(s);
        return;
    }
    atapi_reply(s, mmc_get_configuration(s->io_buffer, profile(s)),
                lduw_be_p(packet + 7));
}

/* What happened, and what there is.  An open tray keeps it for later. */
static void media_event(IDEState *s, uint8_t *p)
{
    if (s->tray_open) {
        p[1] = MMC_TRAY_OPEN;
        return;
    }
    p[1] = blk_is_inserted(s->blk) ? MMC_TRAY_MEDIUM : 0;
    if (s->events.new_media) {
        p[0] = MMC_MEDIA_NEW;
        s->events.new_media = false;
    } else if (s->events.eject_request) {
        p[0] = MMC_MEDIA_EJECT_REQUESTED;
        s->events.eject_request = false;
    }
}

static void cmd_get_event_status(IDEState *s, const uint8_t *packet)
{
    int len;

    /* Waiting for events is for queueing drives. */
    if (!(packet[1] & 1)) {
        invalid_field(s);
        return;
    }
    len = mmc_get_event_status(s->io_buffer, packet[4]);
    if (len > 4) {
        media_event(s, s->io_buffer + 4);
    } else {
        s->io_buffer[1] = 0;    /* as QEMU counts nothing on this bus */
    }
    atapi_reply(s, len, lduw_be_p(packet + 7));
}

static void cmd_mechanism_status(IDEState *s, const uint8_t *packet)
{
    atapi_reply(s, mmc_mechanism_status(s->io_buffer),
                lduw_be_p(packet + 8));
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
