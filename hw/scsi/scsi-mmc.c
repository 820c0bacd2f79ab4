/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands of CD and DVD drives: MMC-6, clause 6.  The bytes of the answers
 * are those of drives on other buses, too (hw/block/mmc.c).
 */
#include "qemu/osdep.h"
#include "hw/block/mmc.h"
#include "sysemu/block-backend.h"
#include "scsi-disk.h"

static uint16_t profile(SCSIDiskState *s)
{
    return mmc_profile(blk_is_inserted(s->qdev.conf.blk), disk_nb_blocks(s));
}

int disk_read_toc(SCSIDiskReq *r, uint8_t *out)
{
    const uint8_t *cdb = r->req.cmd.buf;

    return mmc_read_toc(out, cdb[2] & 0xf, cdb[6], cdb[1] & 2,
                        disk_nb_blocks(disk_of(r)));
}

int disk_get_configuration(SCSIDiskReq *r, uint8_t *out)
{
    static const uint8_t core[] = { 0, 0, 0, 1, 1, 0, 0, 0 };   /* SCSI */
    static const uint8_t removable[] = { 0x39, 0, 0, 0 };       /* a tray */
    int len = mmc_get_configuration(out, profile(disk_of(r)));

    len = mmc_add_feature(out, len, 0x0001, 0x0b, core, sizeof(core));
    return mmc_add_feature(out, len, 0x0003, 0x0b, removable,
                           sizeof(removable));
}

static void media_event(SCSIDiskState *s, uint8_t *p)
{
    bool inserted = blk_is_inserted(s->qdev.conf.blk);

    if (s->eject_request) {
        p[0] = MMC_MEDIA_EJECT_REQUESTED;
        s->eject_request = false;
    } else if (s->media_event) {
        if (inserted) {
            p[0] = MMC_MEDIA_NEW;
        }
        s->media_event = false;
    }
    p[1] = s->tray_open ? MMC_TRAY_OPEN : inserted ? MMC_TRAY_MEDIUM : 0;
}

int disk_get_event_status(SCSIDiskReq *r, uint8_t *out)
{
    const uint8_t *cdb = r->req.cmd.buf;
    int len;

    /* Without the polled bit it would wait for something to happen. */
    if (!(cdb[1] & 1)) {
        return -1;
    }
    len = mmc_get_event_status(out, cdb[4]);
    if (len > 4) {
        media_event(disk_of(r), out + 4);
    }
    return len;
}

int disk_read_disc_information(SCSIDiskReq *r, uint8_t *out)
{
    return mmc_read_disc_information(out, r->req.cmd.buf[1] & 7);
}

int disk_mechanism_status(SCSIDiskReq *r, uint8_t *out)
{
    return mmc_mechanism_status(out);
}

int disk_read_dvd_structure(SCSIDiskReq *r, uint8_t *out)
{
    SCSIDiskState *s = disk_of(r);
    const uint8_t *cdb = r->req.cmd.buf;
    uint8_t format = cdb[7];

    if (s->tray_open || !blk_is_inserted(s->qdev.conf.blk)) {
        disk_fail(r, SENSE_CODE(NO_MEDIUM));
        return -3;
    }
    if (cdb[1] & 0xf) {
        return -1;              /* of another kind of medium */
    }
    if (format < 0xc0 && profile(s) != MMC_PROFILE_DVD_ROM) {
        disk_fail(r, SENSE_CODE(INCOMPATIBLE_FORMAT));
        return -3;
    }
    if (format == 0 && cdb[6]) {
        return -1;              /* a second layer */
    }
    return mmc_read_dvd_structure(out, format, disk_nb_blocks(s));
}
