/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mode parameters of disks: SPC-4, 6.11 to 6.14 and 7.5; SBC-3, 6.5; for
 * CD-ROMs MMC-6, 7; the geometry pages as SCSI-2 had them (9.3.3).
 *
 * The one thing that a guest can change is whether there is a write cache.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "sysemu/block-backend.h"
#include "scsi-disk.h"

typedef struct ModePage {
    uint8_t code;
    uint8_t length;             /* without the header of two */
    bool disk, rom;
    uint32_t quirk;             /* only with it; 0: always */
    /* @changeable: a mask of what the guest may set, in place of values. */
    void (*fill)(SCSIDiskState *s, uint8_t *p, bool changeable);
} ModePage;

#define ROTATION_RATE 5400

static void fill_error_recovery(SCSIDiskState *s, uint8_t *p, bool changeable)
{
    /* Reallocates while writing; for a CD-ROM, the retries of a read. */
    if (disk_is_rom(s)) {
        p[2] = 0x80;
        p[3] = changeable ? 0 : 0x20;
    } else if (!changeable) {
        p[2] = 0x80;
    }
}

static void put_be24(uint8_t *p, uint32_t value)
{
    p[0] = value >> 16;
    stw_be_p(p + 1, value);
}

static void fill_geometry(SCSIDiskState *s, uint8_t *p, bool changeable)
{
    BlockConf *conf = &s->qdev.conf;

    if (changeable) {
        return;
    }
    put_be24(&p[2], conf->cyls);
    p[5] = conf->heads;
    /* Precompensation and reduced current never begin. */
    put_be24(&p[6], conf->cyls);
    put_be24(&p[9], conf->cyls);
    stw_be_p(&p[12], 200);
    memset(&p[14], 0xff, 3);    /* no landing zone */
    stw_be_p(&p[20], ROTATION_RATE);
}

static void fill_flexible_geometry(SCSIDiskState *s, uint8_t *p,
                                   bool changeable)
{
    BlockConf *conf = &s->qdev.conf;

    if (changeable) {
        return;
    }
    stw_be_p(&p[2], 5000);      /* kbit/s */
    p[4] = conf->heads;
    p[5] = conf->secs;
    stw_be_p(&p[6], s->qdev.blocksize);
    stw_be_p(&p[8], conf->cyls);
    stw_be_p(&p[10], conf->cyls);
    stw_be_p(&p[12], conf->cyls);
    /* Steps, settling, motor: as short as can be said. */
    stw_be_p(&p[14], 1);
    p[16] = 1;
    stw_be_p(&p[17], 1);
    p[19] = 1;
    p[20] = 1;
    stw_be_p(&p[28], ROTATION_RATE);
}

#define CACHING_WCE 0x04

static void fill_caching(SCSIDiskState *s, uint8_t *p, bool changeable)
{
    if (changeable || blk_enable_write_cache(s->qdev.conf.blk)) {
        p[2] = CACHING_WCE;
    }
}

/* No sound comes out of it. */
static void fill_audio(SCSIDiskState *s, uint8_t *p, bool changeable)
{
}

static void fill_capabilities(SCSIDiskState *s, uint8_t *p, bool changeable)
{
    if (changeable) {
        return;
    }
    p[2] = 0x3b;                /* reads CD-R, CD-RW, DVD-ROM, DVD-R, -RAM */
    p[4] = 0x7f;                /* plays audio, composite, digital, mode 2 */
    p[5] = 0xff;                /* sub-channels, ISRC, bar code */
    p[6] = 0x2d | (s->tray_locked ? 2 : 0);     /* a tray that locks */
    stw_be_p(&p[8], 50 * 176);  /* kB/s */
    stw_be_p(&p[10], 2);        /* levels of volume */
    stw_be_p(&p[12], 2048);     /* KiB of buffer */
    stw_be_p(&p[14], 16 * 176);
    stw_be_p(&p[18], 16 * 176);
    stw_be_p(&p[20], 16 * 176);
}

/* What the original says, to be recognized by the system's own driver. */
static void fill_apple_vendor(SCSIDiskState *s, uint8_t *p, bool changeable)
{
    if (!changeable) {
        memcpy(&p[10], "APPLE COMPUTER, INC   ", 22);
    }
}

static void fill_vendor_specific(SCSIDiskState *s, uint8_t *p,
                                 bool changeable)
{
}

#define QUIRK(name) (1u << SCSI_DISK_QUIRK_MODE_PAGE_##name)

/* In the order of "all pages". */
static const ModePage pages[] = {
    { MODE_PAGE_R_W_ERROR, 0x0a, true, true, 0, fill_error_recovery },
    { MODE_PAGE_HD_GEOMETRY, 0x16, true, false, 0, fill_geometry },
    { MODE_PAGE_FLEXIBLE_DISK_GEOMETRY, 0x1e, true, false, 0,
      fill_flexible_geometry },
    { MODE_PAGE_CACHING, 0x12, true, true, 0, fill_caching },
    { MODE_PAGE_AUDIO_CTL, 0x0e, false, true, 0, fill_audio },
    { MODE_PAGE_CAPABILITIES, 0x14, false, true, 0, fill_capabilities },
    { 0x30, 0x1e, true, true, QUIRK(APPLE_VENDOR), fill_apple_vendor },
    { 0x00, 0x02, true, true, QUIRK(VENDOR_SPECIFIC_APPLE),
      fill_vendor_specific },
};

static bool has_page(SCSIDiskState *s, const ModePage *page)
{
    if (page->quirk && !(s->quirks & page->quirk)) {
        return false;
    }
    return disk_is_rom(s) ? page->rom : page->disk;
}

/* The page at @p, whose bytes are zero; its length. */
static int put_page(SCSIDiskState *s, const ModePage *page, uint8_t *p,
                    bool changeable)
{
    p[0] = page->code;
    p[1] = page->length;
    page->fill(s, p, changeable);
    return page->length + 2;
}

/*** MODE SENSE ***/

enum { CURRENT, CHANGEABLE, DEFAULT, SAVED };

static int put_block_descriptor(SCSIDiskState *s, uint8_t *p)
{
    uint64_t blocks = disk_nb_blocks(s);

    /* What does not fit is said by zero. */
    stl_be_p(p, blocks > 0xffffff ? 0 : blocks);
    stl_be_p(p + 4, s->qdev.blocksize);
    return 8;
}

static bool wants_block_descriptor(SCSIDiskState *s, const uint8_t *cdb)
{
    bool dbd = cdb[1] & 8;

    if (disk_is_rom(s) &&
        !(s->quirks & 1u << SCSI_DISK_QUIRK_MODE_SENSE_ROM_USE_DBD)) {
        return false;
    }
    return !dbd && disk_nb_blocks(s);
}

static uint8_t device_specific(SCSIDiskState *s)
{
    uint8_t value = 0;

    if (!disk_is_rom(s)) {
        if (disk_has(s, SCSI_DISK_F_DPOFUA)) {
            value |= 0x10;
        }
        if (!blk_is_writable(s->qdev.conf.blk)) {
            value |= 0x80;
        }
    }
    return value;
}

int disk_mode_sense(SCSIDiskReq *r, uint8_t *out)
{
    SCSIDiskState *s = disk_of(r);
    const uint8_t *cdb = r->req.cmd.buf;
    uint8_t code = cdb[2] & 0x3f, control = cdb[2] >> 6;
    bool is_long = cdb[0] == MODE_SENSE_10, any = false;
    int head = is_long ? 8 : 4, descriptor = 0;
    uint8_t *p = out + head;

    if (wants_block_descriptor(s, cdb)) {
        descriptor = put_block_descriptor(s, p);
        p += descriptor;
    }
    if (control == SAVED) {
        return -2;
    }
    for (int i = 0; i < ARRAY_SIZE(pages); i++) {
        /* Page 0 has no format of its own: it can only be set. */
        bool asked = pages[i].code &&
                     (code == pages[i].code || code == MODE_PAGE_ALLS);

        if (asked && has_page(s, &pages[i])) {
            p += put_page(s, &pages[i], p, control == CHANGEABLE);
            any = true;
        }
    }
    if (!any) {
        return -1;
    }
    if (is_long) {
        stw_be_p(out, p - out - 2);
        out[3] = device_specific(s);
        out[7] = descriptor;
    } else {
        out[0] = p - out - 1;
        out[2] = device_specific(s);
        out[3] = descriptor;
    }
    return p - out;
}

/*** MODE SELECT ***/

/* NULL where everything in the list can be; else what is wrong with it. */
static const SCSISense *check_page(SCSIDiskState *s, const uint8_t *p, int len)
{
    uint8_t mask[64] = { 0 }, now[64] = { 0 };

    for (int i = 0; i < ARRAY_SIZE(pages); i++) {
        const ModePage *page = &pages[i];

        if (page->code != (p[0] & 0x3f) || !has_page(s, page)) {
            continue;
        }
        if (len != page->length + 2) {
            if (s->quirks & 1u << SCSI_DISK_QUIRK_MODE_PAGE_TRUNCATED &&
                len < page->length + 2) {
                return NULL;
            }
            return &SENSE_CODE(INVALID_PARAM_LEN);
        }
        put_page(s, page, now, false);
        put_page(s, page, mask, true);
        for (int b = 2; b < len; b++) {
            if ((now[b] ^ p[b]) & ~mask[b]) {
                return &SENSE_CODE(INVALID_PARAM);
            }
        }
        return NULL;
    }
    return &SENSE_CODE(INVALID_PARAM);
}

static void apply_page(SCSIDiskState *s, const uint8_t *p, int len)
{
    if ((p[0] & 0x3f) == MODE_PAGE_CACHING && len > 2) {
        blk_set_enable_write_cache(s->qdev.conf.blk, p[2] & CACHING_WCE);
    }
}

/* Each page of the list: checked, and with @apply carried out. */
static const SCSISense *walk_pages(SCSIDiskState *s, const uint8_t *p,
                                   int left, bool apply)
{
    while (left > 0) {
        const SCSISense *wrong;
        int len;

        if (left < 2) {
            return &SENSE_CODE(INVALID_PARAM_LEN);
        }
        if (p[0] & 0x40) {
            return &SENSE_CODE(INVALID_PARAM);      /* subpages: none */
        }
        len = p[1] + 2;
        if (len > left) {
            if (!(s->quirks & 1u << SCSI_DISK_QUIRK_MODE_PAGE_TRUNCATED)) {
                return &SENSE_CODE(INVALID_PARAM_LEN);
            }
            len = left;
        }
        if (apply) {
            apply_page(s, p, len);
        } else {
            wrong = check_page(s, p, len);
            if (wrong) {
                return wrong;
            }
        }
        p += len;
        left -= len;
    }
    return NULL;
}

void disk_mode_select(SCSIDiskReq *r, const uint8_t *in)
{
    SCSIDiskState *s = disk_of(r);
    const uint8_t *cdb = r->req.cmd.buf;
    int len = r->req.cmd.xfer, head, descriptor;
    const SCSISense *wrong;

    /* Pages in the standard's format, and none to be saved. */
    if ((cdb[1] & 0x11) != 0x10) {
        disk_fail(r, SENSE_CODE(INVALID_FIELD));
        return;
    }
    head = cdb[0] == MODE_SELECT ? 4 : 8;
    if (len < head) {
        disk_fail(r, SENSE_CODE(INVALID_PARAM_LEN));
        return;
    }
    descriptor = head == 4 ? in[3] : lduw_be_p(&in[6]);
    if (descriptor > len - head) {
        disk_fail(r, SENSE_CODE(INVALID_PARAM_LEN));
        return;
    }
    if (descriptor && descriptor != 8) {
        disk_fail(r, SENSE_CODE(INVALID_PARAM));
        return;
    }
    in += head + descriptor;
    len -= head + descriptor;
    wrong = walk_pages(s, in, len, false);
    if (wrong) {
        disk_fail(r, *wrong);
        return;
    }
    walk_pages(s, in, len, true);
    if (!blk_enable_write_cache(s->qdev.conf.blk)) {
        /* What is in the cache must not stay there (SBC-3, 6.5.5). */
        disk_synchronize(r);
        return;
    }
    scsi_req_complete(&r->req, GOOD);
}
