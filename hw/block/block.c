/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The common part of disk devices (hw/block/block.h). */
#include "qemu/osdep.h"
#include "hw/block/block.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "sysemu/block-backend.h"

bool blk_check_size_and_read_all(BlockBackend *blk, void *buf, hwaddr size,
                                 Error **errp)
{
    int64_t length = blk_getlength(blk);
    int ret;

    if (length < 0) {
        error_setg_errno(errp, -length, "can't get size of block backend "
                         "'%s'", blk_name(blk));
        return false;
    }
    if (length != size) {
        error_setg(errp, "device requires %" HWADDR_PRIu " bytes, block "
                   "backend '%s' provides %" PRId64 " bytes", size,
                   blk_name(blk), length);
        return false;
    }
    ret = blk_pread(blk, 0, size, buf, 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "can't read block backend '%s'",
                         blk_name(blk));
        return false;
    }
    return true;
}

/*** Block sizes ***/

static bool check_blocksizes(const BlockConf *conf, Error **errp)
{
    const uint32_t block = conf->logical_block_size;

    if (block > conf->physical_block_size) {
        error_setg(errp, "logical_block_size > physical_block_size not "
                   "supported");
    } else if (conf->min_io_size % block) {
        error_setg(errp, "min_io_size must be a multiple of "
                   "logical_block_size");
    } else if (conf->min_io_size / block > UINT16_MAX) {
        /* Devices tell it as 16 bits that count blocks. */
        error_setg(errp, "min_io_size must not exceed %u logical blocks",
                   UINT16_MAX);
    } else if (conf->opt_io_size % block) {
        error_setg(errp, "opt_io_size must be a multiple of "
                   "logical_block_size");
    } else if (conf->discard_granularity != UINT32_MAX &&
               conf->discard_granularity % block) {
        error_setg(errp, "discard_granularity must be a multiple of "
                   "logical_block_size");
    } else {
        return true;
    }
    return false;
}

bool blkconf_blocksizes(BlockConf *conf, Error **errp)
{
    BlockSizes sizes = { BDRV_SECTOR_SIZE, BDRV_SECTOR_SIZE };
    int ret = conf->backend_defaults == ON_OFF_AUTO_OFF
              ? 0 : blk_probe_blocksizes(conf->blk, &sizes);

    if (ret < 0) {
        sizes = (BlockSizes) { BDRV_SECTOR_SIZE, BDRV_SECTOR_SIZE };
    }
    if (!conf->physical_block_size) {
        conf->physical_block_size = sizes.phys;
    }
    if (!conf->logical_block_size) {
        conf->logical_block_size = sizes.log;
    }
    return check_blocksizes(conf, errp);
}

/*** What the drive is to be like ***/

bool blkconf_apply_backend_options(BlockConf *conf, bool readonly,
                                   bool resizable, Error **errp)
{
    BlockBackend *blk = conf->blk;
    uint64_t perm = BLK_PERM_CONSISTENT_READ;
    uint64_t shared = BLK_PERM_CONSISTENT_READ | BLK_PERM_WRITE_UNCHANGED;

    if (!readonly) {
        perm |= BLK_PERM_WRITE;
    }
    if (resizable) {
        shared |= BLK_PERM_RESIZE;
    }
    if (conf->share_rw) {
        shared |= BLK_PERM_WRITE;
    }
    if (blk_set_perm(blk, perm, shared, errp) < 0) {
        return false;
    }
    /* What "auto" leaves as it is stays "auto" to whoever asks. */
    if (conf->wce != ON_OFF_AUTO_AUTO) {
        blk_set_enable_write_cache(blk, conf->wce == ON_OFF_AUTO_ON);
    }
    blk_set_on_error(blk, conf->rerror != BLOCKDEV_ON_ERROR_AUTO
                          ? conf->rerror : blk_get_on_error(blk, true),
                     conf->werror != BLOCKDEV_ON_ERROR_AUTO
                     ? conf->werror : blk_get_on_error(blk, false));
    block_acct_setup(blk_get_stats(blk), conf->account_invalid,
                     conf->account_failed);
    return true;
}

/*** Geometry ***/

static bool in_range(uint32_t value, const char *name, unsigned max,
                     Error **errp)
{
    if (value < 1 || value > max) {
        error_setg(errp, "%s must be between 1 and %u", name, max);
        return false;
    }
    return true;
}

bool blkconf_geometry(BlockConf *conf, int *ptrans, unsigned cyls_max,
                      unsigned heads_max, unsigned secs_max, Error **errp)
{
    if (!conf->cyls && !conf->heads && !conf->secs) {
        hd_geometry_guess(conf->blk, &conf->cyls, &conf->heads, &conf->secs,
                          ptrans);
    } else if (ptrans && *ptrans == BIOS_ATA_TRANSLATION_AUTO) {
        *ptrans = hd_bios_chs_auto_trans(conf->cyls, conf->heads,
                                         conf->secs);
    }
    if (!conf->cyls && !conf->heads && !conf->secs) {
        return true;
    }
    return in_range(conf->cyls, "cyls", cyls_max, errp) &&
           in_range(conf->heads, "heads", heads_max, errp) &&
           in_range(conf->secs, "secs", secs_max, errp);
}

int hd_bios_chs_auto_trans(uint32_t cyls, uint32_t heads, uint32_t secs)
{
    return cyls <= 1024 && heads <= 16 && secs <= 63
           ? BIOS_ATA_TRANSLATION_NONE : BIOS_ATA_TRANSLATION_LBA;
}

/*
 * The geometry that whoever made the partition table went by: where a
 * partition ends is a cylinder's end.  False if the table does not say.
 */
static bool geometry_of_table(BlockBackend *blk, uint64_t sectors,
                              uint32_t *cyls, uint32_t *heads, uint32_t *secs)
{
    enum { TABLE = 0x1be, ENTRY = 16, END_HEAD = 5, END_SEC = 6, SIZE = 12 };
    uint8_t mbr[BDRV_SECTOR_SIZE];

    if (blk_pread(blk, 0, sizeof(mbr), mbr, 0) < 0 ||
        mbr[510] != 0x55 || mbr[511] != 0xaa) {
        return false;
    }
    for (const uint8_t *e = mbr + TABLE; e < mbr + 510; e += ENTRY) {
        uint32_t h = e[END_HEAD] + 1, s = e[END_SEC] & 0x3f;

        if (ldl_le_p(e + SIZE) && e[END_HEAD] && s) {
            uint64_t c = sectors / (h * s);

            if (c >= 1 && c <= 16383) {
                *cyls = c;
                *heads = h;
                *secs = s;
                return true;
            }
        }
    }
    return false;
}

void hd_geometry_guess(BlockBackend *blk, uint32_t *pcyls, uint32_t *pheads,
                       uint32_t *psecs, int *ptrans)
{
    uint64_t sectors;
    uint32_t cyls, heads, secs;
    int trans = BIOS_ATA_TRANSLATION_AUTO;
    bool known;

    blk_get_geometry(blk, &sectors);
    known = geometry_of_table(blk, sectors, &cyls, &heads, &secs);
    if (known && heads <= 16) {
        *pcyls = cyls;
        *pheads = heads;
        *psecs = secs;
        trans = hd_bios_chs_auto_trans(cyls, heads, secs);
    } else {
        /* ATA's largest: 16 heads, 63 sectors. */
        *pheads = 16;
        *psecs = 63;
        *pcyls = MIN(MAX(sectors / (16 * 63), 2), 16383);
        if (known) {
            /* The table is in the BIOS's terms, so it translates. */
            trans = (uint64_t)*pcyls * *pheads <= 131072
                    ? BIOS_ATA_TRANSLATION_LARGE : BIOS_ATA_TRANSLATION_LBA;
        } else {
            trans = hd_bios_chs_auto_trans(*pcyls, *pheads, *psecs);
        }
    }
    if (ptrans && *ptrans == BIOS_ATA_TRANSLATION_AUTO) {
        *ptrans = trans;
    }
}
