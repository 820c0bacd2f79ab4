/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INQUIRY of disks, and their vital product data (SPC-4, 6.4 and 7.8). */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "sysemu/block-backend.h"
#include "scsi-disk.h"

#define INQUIRY_MAX 256
#define SERIAL_MAX 36           /* of what the pages take */
#define DESIGNATOR_MAX 20

typedef struct Page {
    uint8_t code;
    /* Bytes after the header of four. */
    int (*fill)(SCSIDiskState *s, uint8_t *out);
    bool (*is_there)(SCSIDiskState *s);
} Page;

static bool has_serial(SCSIDiskState *s)
{
    return s->serial;
}

static bool is_disk(SCSIDiskState *s)
{
    return !disk_is_rom(s);
}

static int put_text(uint8_t *out, const char *text, size_t max)
{
    size_t len = MIN(strlen(text), max);

    memcpy(out, text, len);
    return len;
}

static int page_serial(SCSIDiskState *s, uint8_t *out)
{
    return put_text(out, s->serial, SERIAL_MAX);
}

/*** Device identification (7.8.6) ***/

/* The header of a designator: code set, association and type, length. */
static uint8_t *put_designator(uint8_t *out, uint8_t code_set, uint8_t kind,
                               uint8_t len)
{
    out[0] = code_set;
    out[1] = kind;
    out[3] = len;
    return out + 4;
}

static int page_identification(SCSIDiskState *s, uint8_t *out)
{
    uint8_t *p = out;

    if (s->device_id && *s->device_id) {
        int len = MIN(strlen(s->device_id), DESIGNATOR_MAX);

        p = put_designator(p, 2, 0, len);           /* ASCII, vendor's own */
        p += put_text(p, s->device_id, len);
    }
    if (s->qdev.wwn) {
        p = put_designator(p, 1, 3, 8);             /* binary, NAA */
        stq_be_p(p, s->qdev.wwn);
        p += 8;
    }
    if (s->qdev.port_wwn) {
        p = put_designator(p, 0x61, 0x93, 8);       /* SAS, of the port */
        stq_be_p(p, s->qdev.port_wwn);
        p += 8;
    }
    if (s->port_index) {
        p = put_designator(p, 0x61, 0x94, 4);       /* relative port */
        stw_be_p(p + 2, s->port_index);
        p += 4;
    }
    return p - out;
}

/*** Limits and kind of medium (SBC-3, 6.6) ***/

static int page_block_limits(SCSIDiskState *s, uint8_t *out)
{
    BlockConf *conf = &s->qdev.conf;
    uint32_t block = s->qdev.blocksize;
    uint64_t most = MIN_NON_ZERO(s->max_io_size,
                                 (uint64_t)blk_get_max_transfer(conf->blk));
    uint64_t io = most / block;

    out -= 4;                   /* offsets as the standard counts them */
    out[4] = 1;                 /* WSNZ: writing zero blocks is refused */
    stw_be_p(&out[6], MIN(conf->min_io_size / block, UINT16_MAX));
    stl_be_p(&out[8], MIN(io, UINT32_MAX));
    stl_be_p(&out[12], conf->opt_io_size / block);
    stl_be_p(&out[20], MIN(s->max_unmap_size / block, UINT32_MAX));
    stl_be_p(&out[24], 255);    /* descriptors of an UNMAP */
    stl_be_p(&out[28], conf->discard_granularity / block);
    stq_be_p(&out[36], io);     /* WRITE SAME */
    return 0x3c;
}

static int page_characteristics(SCSIDiskState *s, uint8_t *out)
{
    stw_be_p(out, s->rotation_rate);
    return 0x3c;
}

/* Unmapping, by UNMAP and by both WRITE SAMEs; thin or resource provisioned. */
static int page_provisioning(SCSIDiskState *s, uint8_t *out)
{
    out[1] = 0xe0;
    out[2] = s->qdev.conf.discard_granularity ? 2 : 1;
    return 4;
}

static const Page pages[] = {
    { 0x80, page_serial, has_serial },
    { 0x83, page_identification },
    { 0xb0, page_block_limits, is_disk },
    { 0xb1, page_characteristics, is_disk },
    { 0xb2, page_provisioning, is_disk },
};

static bool is_there(SCSIDiskState *s, const Page *page)
{
    return !page->is_there || page->is_there(s);
}

static int vital_data(SCSIDiskState *s, uint8_t code, uint8_t *out)
{
    int len = -1;

    if (!code) {
        len = 0;
        out[4 + len++] = 0x00;
        for (int i = 0; i < ARRAY_SIZE(pages); i++) {
            if (is_there(s, &pages[i])) {
                out[4 + len++] = pages[i].code;
            }
        }
    }
    for (int i = 0; i < ARRAY_SIZE(pages); i++) {
        if (pages[i].code == code && is_there(s, &pages[i])) {
            len = pages[i].fill(s, out + 4);
        }
    }
    if (len < 0) {
        return -1;
    }
    out[0] = s->qdev.type;
    out[1] = code;
    stw_be_p(&out[2], len);
    return len + 4;
}

/*** Standard data (6.4.2) ***/

static void put_padded(uint8_t *out, const char *text, size_t size)
{
    size_t len = strnlen(text, size);

    memset(out, ' ', size);
    memcpy(out, text, len);
}

int disk_inquiry(SCSIDiskReq *r, uint8_t *out)
{
    SCSIDiskState *s = disk_of(r);
    const uint8_t *cdb = r->req.cmd.buf;
    int len;

    memset(out, 0, INQUIRY_MAX);
    if (cdb[1] & 1) {
        return vital_data(s, cdb[2], out);
    }
    if (cdb[2]) {
        return -1;              /* a page code is for those */
    }
    len = MIN(MAX(r->req.cmd.xfer, 36), INQUIRY_MAX);
    out[0] = s->qdev.type;
    out[1] = disk_has(s, SCSI_DISK_F_REMOVABLE) ? 0x80 : 0;
    out[2] = s->qdev.scsi_version;
    out[3] = 2 | 0x10;          /* response format; hierarchical numbers */
    out[4] = len - 5;
    out[7] = 0x10 | (r->req.bus->info->tcq ? 2 : 0);
    put_padded(&out[8], s->vendor, 8);
    put_padded(&out[16], s->product, 16);
    memcpy(&out[32], s->version, MIN(strlen(s->version), 4));
    return len;
}
