/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data between the medium and the host (82078, 5.1 "Data transfer commands"):
 * a sector at a time through the FIFO, by the DMA controller or by the
 * processor, until the host ends it by terminal count or the last sector of
 * the track is through.
 */
#include "qemu/osdep.h"
#include "fdc-internal.h"
#include "qemu/log.h"

/* FORMAT TRACK: cylinder, head, sector and size of each sector. */
#define FORMAT_ID_SIZE 4

static bool is_format(FDCtrl *f)
{
    return f->data_state & FD_STATE_FORMAT;
}

static unsigned unit_size(FDCtrl *f)
{
    return is_format(f) ? FORMAT_ID_SIZE : FD_SECTOR_LEN;
}

static bool by_dma(FDCtrl *f)
{
    return !(f->msr & FD_MSR_NONDMA);
}

static void hold_dreq(FDCtrl *f, bool hold)
{
    IsaDmaClass *k = f->dma ? ISADMA_GET_CLASS(f->dma) : NULL;

    if (k && hold) {
        k->hold_DREQ(f->dma, f->dma_chann);
    } else if (k) {
        k->release_DREQ(f->dma, f->dma_chann);
    }
}

void fdc_cancel(FDCtrl *f)
{
    if (f->aiocb) {
        /* It may end well after all: nothing is to follow. */
        f->canceling = true;
        blk_aio_cancel(f->aiocb);
        f->canceling = false;
        f->aiocb = NULL;
    }
    hold_dreq(f, false);
}

void fdc_stop_transfer(FDCtrl *f, uint8_t st0, uint8_t st1, uint8_t st2)
{
    FDrive *drv = fdc_current(f);

    f->status0 &= ~(FD_DOR_SELMASK | FD_SR0_HEAD);
    f->status0 |= (f->cur_drv & 1) | (drv->head ? FD_SR0_HEAD : 0) | st0;
    f->status1 = st1;
    f->status2 = st2;
    f->fifo[0] = f->status0;
    f->fifo[1] = st1;
    f->fifo[2] = st2;
    f->fifo[3] = drv->track;
    f->fifo[4] = drv->head;
    f->fifo[5] = drv->sect;
    f->fifo[6] = FD_SECTOR_SC;
    hold_dreq(f, false);
    f->msr &= ~FD_MSR_NONDMA;
    f->data_state = 0;
    fdc_result_phase(f, 7);
    fdc_raise_irq(f);
}

/*** From sector to sector ***/

/* The next one; false: that was the last one of the command. */
static bool next_sector(FDCtrl *f)
{
    FDrive *drv = fdc_current(f);
    uint8_t head = drv->head, track = drv->track;
    bool more = true;

    if (drv->sect < drv->last_sect && drv->sect != f->eot) {
        drv->sect++;
        return true;
    }
    if ((f->data_state & FD_STATE_MULTI) && head == 0 && drv->heads > 1) {
        head = 1;
    } else {
        more = false;
        head = f->data_state & FD_STATE_MULTI ? 0 : head;
        track++;
        f->status0 |= FD_SR0_SEEK;
    }
    fdc_drive_seek(drv, head, track, 1, true);
    return more;
}

static void go_on(FDCtrl *f);

static void request_done(FDCtrl *f, int ret, enum BlockAcctType type)
{
    FDrive *drv = fdc_current(f);

    if (ret < 0) {
        BlockErrorAction action =
            blk_get_error_action(drv->blk, type == BLOCK_ACCT_READ, -ret);

        block_acct_failed(blk_get_stats(drv->blk), &f->acct);
        blk_error_action(drv->blk, action == BLOCK_ERROR_ACTION_STOP
                         ? BLOCK_ERROR_ACTION_REPORT : action,
                         type == BLOCK_ACCT_READ, -ret);
        return;
    }
    block_acct_done(blk_get_stats(drv->blk), &f->acct);
}

static void read_cb(void *opaque, int ret)
{
    FDCtrl *f = opaque;

    f->aiocb = NULL;
    if (f->canceling || ret == -ECANCELED) {
        return;
    }
    request_done(f, ret, BLOCK_ACCT_READ);
    if (ret < 0) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM, FD_SR1_DE, FD_SR2_DD);
        return;
    }
    memcpy(f->fifo, f->sector, FD_SECTOR_LEN);
    go_on(f);
}

/* A seek can end behind the last track, where nothing is. */
static bool on_medium(FDCtrl *f, FDrive *drv)
{
    if (drv->track < drv->max_track) {
        return true;
    }
    fdc_stop_transfer(f, f->status0 | FD_SR0_ABNTERM, FD_SR1_ND, 0);
    return false;
}

static void read_sector(FDCtrl *f)
{
    FDrive *drv = fdc_current(f);

    if (!fdc_drive_has_medium(drv)) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM, 0, 0);
        return;
    }
    if (!on_medium(f, drv)) {
        return;
    }
    f->msr &= ~FD_MSR_RQM;
    hold_dreq(f, false);
    qemu_iovec_init_buf(&f->qiov, f->sector, FD_SECTOR_LEN);
    block_acct_start(blk_get_stats(drv->blk), &f->acct, FD_SECTOR_LEN,
                     BLOCK_ACCT_READ);
    f->aiocb = blk_aio_preadv(drv->blk,
                              fdc_drive_sector(drv) * FD_SECTOR_LEN,
                              &f->qiov, 0, read_cb, f);
}

/* The sector is through: what now? */
static void sector_done(FDCtrl *f, bool end)
{
    bool more = next_sector(f);

    if (end || !more || f->data_pos >= f->data_len) {
        fdc_stop_transfer(f, f->status0 & FD_SR0_SEEK, 0, 0);
    } else if (f->data_dir == FD_DIR_WRITE) {
        go_on(f);
    } else {
        read_sector(f);
    }
}

static void write_cb(void *opaque, int ret)
{
    FDCtrl *f = opaque;

    f->aiocb = NULL;
    if (f->canceling || ret == -ECANCELED) {
        return;
    }
    request_done(f, ret, BLOCK_ACCT_WRITE);
    if (ret < 0) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM, FD_SR1_DE, FD_SR2_DD);
    } else if (!is_format(f)) {
        sector_done(f, f->end_after_write);
    } else if (f->end_after_write || f->data_pos >= f->data_len) {
        fdc_stop_transfer(f, f->status0 & FD_SR0_SEEK, 0, 0);
    } else {
        go_on(f);
    }
}

/* Where a sector id of FORMAT TRACK says, if there is such a place. */
static bool place_by_id(FDCtrl *f)
{
    FDrive *drv = fdc_current(f);

    return f->fifo[3] == FD_SECTOR_SC &&
           fdc_drive_seek(drv, f->fifo[1], f->fifo[0], f->fifo[2], true) <=
               FD_SEEK_MOVED && f->fifo[2] > 0;
}

/* The FIFO goes to the medium; @end: and that is all. */
static void write_sector(FDCtrl *f, bool end)
{
    FDrive *drv = fdc_current(f);

    if (!fdc_drive_has_medium(drv) || drv->ro) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM | FD_SR0_SEEK, FD_SR1_NW, 0);
        return;
    }
    if (is_format(f)) {
        if (!place_by_id(f)) {
            fdc_stop_transfer(f, FD_SR0_ABNTERM, FD_SR1_EC, 0);
            return;
        }
        memset(f->sector, f->format_fill, FD_SECTOR_LEN);
    } else {
        memcpy(f->sector, f->fifo, FD_SECTOR_LEN);
    }
    if (!on_medium(f, drv)) {
        return;
    }
    f->end_after_write = end;
    f->msr &= ~FD_MSR_RQM;
    hold_dreq(f, false);
    qemu_iovec_init_buf(&f->qiov, f->sector, FD_SECTOR_LEN);
    block_acct_start(blk_get_stats(drv->blk), &f->acct, FD_SECTOR_LEN,
                     BLOCK_ACCT_WRITE);
    f->aiocb = blk_aio_pwritev(drv->blk,
                               fdc_drive_sector(drv) * FD_SECTOR_LEN,
                               &f->qiov, 0, write_cb, f);
}

/* There is a sector in the FIFO, or room for one: the host's turn. */
static void go_on(FDCtrl *f)
{
    if (f->data_dir == FD_DIR_VERIFY) {
        f->data_pos = MIN(f->data_pos + FD_SECTOR_LEN, f->data_len);
        sector_done(f, false);
        return;
    }
    if (by_dma(f)) {
        hold_dreq(f, true);
        return;
    }
    f->msr |= FD_MSR_RQM;
    if (f->data_dir == FD_DIR_READ) {
        f->msr |= FD_MSR_DIO;
    }
    fdc_raise_irq(f);
}

/*** The host's side: DMA ***/

/* Compares with what the host has; false: the scan is over. */
static bool scan(FDCtrl *f, unsigned at, const uint8_t *host, unsigned len)
{
    int ret = memcmp(host, f->fifo + at, len);

    if (ret == 0) {
        fdc_stop_transfer(f, 0, 0, FD_SR2_SEH);
        return false;
    }
    if ((ret < 0 && f->data_dir == FD_DIR_SCANL) ||
        (ret > 0 && f->data_dir == FD_DIR_SCANH)) {
        fdc_stop_transfer(f, 0, 0, 0);
        return false;
    }
    return true;
}

/* Up to the end of the sector; false: the transfer is over. */
static bool dma_move(FDCtrl *f, int nchan, int dma_pos, unsigned at,
                     unsigned len)
{
    IsaDmaClass *k = ISADMA_GET_CLASS(f->dma);
    uint8_t host[FD_SECTOR_LEN];

    switch (f->data_dir) {
    case FD_DIR_READ:
        k->write_memory(f->dma, nchan, f->fifo + at, dma_pos, len);
        return true;
    case FD_DIR_WRITE:
        k->read_memory(f->dma, nchan, f->fifo + at, dma_pos, len);
        return true;
    default:
        k->read_memory(f->dma, nchan, host, dma_pos, len);
        return scan(f, at, host, len);
    }
}

int fdc_dma_handler(void *opaque, int nchan, int dma_pos, int dma_len)
{
    FDCtrl *f = opaque;
    unsigned at, len;
    bool end;

    if (f->phase != FD_PHASE_EXECUTION || f->aiocb ||
        timer_pending(f->result_timer) || (f->msr & FD_MSR_RQM) ||
        dma_pos < 0 || dma_pos >= dma_len || f->data_pos >= f->data_len) {
        return dma_pos;
    }
    at = f->data_pos % unit_size(f);
    len = MIN(unit_size(f) - at, f->data_len - f->data_pos);
    len = MIN(len, dma_len - dma_pos);
    if (!dma_move(f, nchan, dma_pos, at, len)) {
        return dma_pos + len;
    }
    f->data_pos += len;
    dma_pos += len;
    end = dma_pos == dma_len || f->data_pos == f->data_len;
    if (!end && f->data_pos % unit_size(f)) {
        return dma_pos;
    }
    if (f->data_dir == FD_DIR_WRITE) {
        /* The rest of the last sector is zero. */
        memset(f->fifo + at + len, 0, FD_SECTOR_LEN - at - len);
        write_sector(f, end);
    } else if (end && (f->data_dir == FD_DIR_SCANE ||
                       f->data_dir == FD_DIR_SCANL ||
                       f->data_dir == FD_DIR_SCANH)) {
        fdc_stop_transfer(f, f->status0 & FD_SR0_SEEK, 0, FD_SR2_SNS);
    } else {
        sector_done(f, end);
    }
    return dma_pos;
}

/*** The host's side: the processor ***/

uint8_t fdc_pio_read(FDCtrl *f)
{
    uint8_t val = f->fifo[f->data_pos % FD_SECTOR_LEN];

    fdc_lower_irq(f);
    if (++f->data_pos >= f->data_len) {
        fdc_stop_transfer(f, f->status0 & FD_SR0_SEEK, 0, 0);
    } else if (f->data_pos % FD_SECTOR_LEN == 0) {
        sector_done(f, false);
    }
    return val;
}

void fdc_pio_write(FDCtrl *f, uint8_t val)
{
    unsigned at = f->data_pos % unit_size(f);
    bool end;

    fdc_lower_irq(f);
    f->fifo[at] = val;
    end = ++f->data_pos >= f->data_len;
    if (end || at == unit_size(f) - 1) {
        memset(f->fifo + at + 1, 0, FD_SECTOR_LEN - at - 1);
        write_sector(f, end);
    }
}

/*** Beginnings ***/

static void begin(FDCtrl *f, FDDir dir)
{
    f->data_dir = dir;
    f->data_pos = 0;
    f->phase = FD_PHASE_EXECUTION;
    f->msr |= FD_MSR_CMDBUSY;
    f->msr &= ~(FD_MSR_RQM | FD_MSR_DIO);
    f->end_after_write = false;
    if (!(f->dor & FD_DOR_DMAEN) && dir != FD_DIR_VERIFY) {
        f->msr |= FD_MSR_NONDMA;
        if (dir != FD_DIR_READ && dir != FD_DIR_WRITE) {
            qemu_log_mask(LOG_GUEST_ERROR, "fdc: scan without DMA\n");
            fdc_stop_transfer(f, FD_SR0_ABNTERM, 0, 0);
            return;
        }
    }
    if (dir == FD_DIR_WRITE) {
        go_on(f);
    } else {
        read_sector(f);
    }
}

/* How much the command can move at most, by its parameters. */
static uint32_t transfer_length(FDCtrl *f, uint8_t sect)
{
    int sectors = f->fifo[6] - sect + 1;

    if (f->fifo[5] == 0) {
        return f->fifo[8];
    }
    if (f->fifo[0] & 0x80) {
        sectors += f->fifo[6];
    }
    return MAX(sectors, 0) * (128u << MIN(f->fifo[5], 7));
}

void fdc_start_transfer(FDCtrl *f, FDDir dir)
{
    FDrive *drv = fdc_current(f);
    uint8_t track = f->fifo[2], head = f->fifo[3], sect = f->fifo[4];

    f->status0 = 0;
    switch (fdc_drive_seek(drv, head, track, sect,
                           f->config & FD_CONFIG_EIS)) {
    case FD_SEEK_NO_TRACK:
    case FD_SEEK_NOT_IMPLIED:
        fdc_stop_transfer(f, FD_SR0_ABNTERM, 0, 0);
        f->fifo[3] = track;
        f->fifo[4] = head;
        f->fifo[5] = sect;
        return;
    case FD_SEEK_NO_SECTOR:
        fdc_stop_transfer(f, FD_SR0_ABNTERM, FD_SR1_EC, 0);
        f->fifo[3] = track;
        f->fifo[4] = head;
        f->fifo[5] = sect;
        return;
    case FD_SEEK_MOVED:
        f->status0 |= FD_SR0_SEEK;
        break;
    case FD_SEEK_SAME_TRACK:
        break;
    }
    if ((f->dsr & 3) != drv->media_rate) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM, FD_SR1_MA, 0);
        return;
    }
    f->data_state = f->fifo[0] & 0x80 ? FD_STATE_MULTI : 0;
    f->eot = f->fifo[6];
    f->data_len = transfer_length(f, sect);
    if (!f->data_len) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM, FD_SR1_EC, 0);
        return;
    }
    begin(f, dir);
}

void fdc_start_format(FDCtrl *f)
{
    FDrive *drv = fdc_current(f);

    f->status0 = 0;
    drv->head = f->fifo[1] >> 2 & 1;
    if (f->fifo[2] != FD_SECTOR_SC || !f->fifo[3] ||
        !fdc_drive_has_medium(drv)) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM, FD_SR1_MA, 0);
        return;
    }
    if (drv->ro) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM | FD_SR0_SEEK, FD_SR1_NW, 0);
        return;
    }
    f->data_state = FD_STATE_FORMAT;
    f->data_len = FORMAT_ID_SIZE * f->fifo[3];
    f->format_fill = f->fifo[5];
    begin(f, FD_DIR_WRITE);
}
