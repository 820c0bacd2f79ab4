/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATA commands that move sectors, by PIO and by DMA (ATA8-ACS clause 7),
 * FLUSH CACHE and TRIM (DATA SET MANAGEMENT).
 */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"
#include "qemu/bswap.h"

static bool is_ext(uint8_t cmd)
{
    return cmd == 0x24 || cmd == 0x25 || cmd == 0x29 || cmd == 0x34 ||
           cmd == 0x35 || cmd == 0x39 || cmd == 0x42;
}

/* Sectors outside the disk are an error before anything is moved. */
static bool refuse_range(IDEState *s, uint64_t count, enum BlockAcctType type)
{
    if (ata_range_ok(s, ata_get_sector(s), count)) {
        return false;
    }
    block_acct_invalid(blk_get_stats(s->blk), type);
    return true;
}

/* Of the command, by PIO: the sectors of the next block. */
static unsigned block_sectors(IDEState *s)
{
    return MIN(MIN(s->nsector, (uint32_t)s->req_nb_sectors),
               IDE_BUFFER_SECTORS);
}

static void advance(IDEState *s, unsigned sectors)
{
    ata_set_sector(s, ata_get_sector(s) + sectors);
    s->nsector -= sectors;
}

/* Before each step: from where it is taken up after an error. */
static void note_step(IDEState *s)
{
    s->bus->retry_unit = s->unit;
    s->bus->retry_sector_num = ata_get_sector(s);
    s->bus->retry_nsector = s->nsector;
}

static void pio_abort(IDEState *s)
{
    ide_abort(s);
    ide_bus_set_irq(s->bus);
    ide_cmd_done(s);
}

/*** Reading by PIO ***/

static void sector_read_cb(void *opaque, int ret)
{
    IDEState *s = opaque;
    unsigned n;

    if (!ide_pio_request_ended(s, ret)) {
        return;
    }
    s->status &= ~ATA_SR_BSY;
    if (ret && ide_handle_error(s, -ret, IDE_RETRY_PIO | IDE_RETRY_READ)) {
        return;
    }
    block_acct_done(blk_get_stats(s->blk), &s->acct);
    n = block_sectors(s);
    advance(s, n);
    ide_pio_start(s, 0, n * 512, IDE_PIO_SECTOR_READ);
    ide_bus_set_irq(s->bus);
}

void ata_sector_read(IDEState *s)
{
    unsigned n = block_sectors(s);

    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    s->error = 0;
    if (!n) {
        ide_pio_halt(s);
        ide_cmd_done(s);
        return;
    }
    s->status |= ATA_SR_BSY;
    if (refuse_range(s, n, BLOCK_ACCT_READ)) {
        pio_abort(s);
        return;
    }
    note_step(s);
    qemu_iovec_init_buf(&s->qiov, s->io_buffer, n * 512);
    block_acct_start(blk_get_stats(s->blk), &s->acct, n * 512,
                     BLOCK_ACCT_READ);
    s->pio_aiocb = blk_aio_preadv(s->blk, ata_get_sector(s) * 512, &s->qiov,
                                  0, sector_read_cb, s);
}

bool ata_read_pio(IDEState *s, uint8_t cmd)
{
    if (s->drive_kind == IDE_CD) {
        /* Drivers of old know by this that it is a packet device. */
        ide_set_signature(s);
        ide_abort(s);
        return true;
    }
    ata_complete_nsector(s, is_ext(cmd));
    s->req_nb_sectors = 1;
    ata_sector_read(s);
    return false;
}

bool ata_read_multiple(IDEState *s, uint8_t cmd)
{
    if (!s->mult_sectors) {
        ide_abort(s);
        return true;
    }
    ata_complete_nsector(s, is_ext(cmd));
    s->req_nb_sectors = s->mult_sectors;
    ata_sector_read(s);
    return false;
}

/*** Writing by PIO ***/

static void sector_write_cb(void *opaque, int ret)
{
    IDEState *s = opaque;

    if (!ide_pio_request_ended(s, ret)) {
        return;
    }
    s->status &= ~ATA_SR_BSY;
    if (ret && ide_handle_error(s, -ret, IDE_RETRY_PIO)) {
        return;
    }
    block_acct_done(blk_get_stats(s->blk), &s->acct);
    advance(s, block_sectors(s));
    if (s->nsector) {
        ide_pio_start(s, 0, block_sectors(s) * 512, IDE_PIO_SECTOR_WRITE);
    } else {
        ide_pio_halt(s);
        ide_cmd_done(s);
    }
    ide_bus_set_irq(s->bus);
}

void ata_sector_write(IDEState *s)
{
    unsigned n = block_sectors(s);

    s->status = ATA_SR_DRDY | ATA_SR_DSC | ATA_SR_BSY;
    if (refuse_range(s, n, BLOCK_ACCT_WRITE)) {
        pio_abort(s);
        return;
    }
    note_step(s);
    qemu_iovec_init_buf(&s->qiov, s->io_buffer, n * 512);
    block_acct_start(blk_get_stats(s->blk), &s->acct, n * 512,
                     BLOCK_ACCT_WRITE);
    s->pio_aiocb = blk_aio_pwritev(s->blk, ata_get_sector(s) * 512, &s->qiov,
                                   0, sector_write_cb, s);
}

static bool begin_write(IDEState *s, uint8_t cmd, int sectors)
{
    ata_complete_nsector(s, is_ext(cmd));
    s->req_nb_sectors = sectors;
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    ide_pio_start(s, 0, block_sectors(s) * 512, IDE_PIO_SECTOR_WRITE);
    return false;
}

bool ata_write_pio(IDEState *s, uint8_t cmd)
{
    return begin_write(s, cmd, 1);
}

bool ata_write_multiple(IDEState *s, uint8_t cmd)
{
    if (!s->mult_sectors) {
        ide_abort(s);
        return true;
    }
    return begin_write(s, cmd, s->mult_sectors);
}

/*** TRIM: entries of 48 bits of sector and 16 bits of count ***/

static void dma_next(IDEState *s);
static void dma_error(IDEState *s);

static void trim_cb(void *opaque, int ret);

/* The next range of those in io_buffer, or all are done. */
static void trim_next(IDEState *s)
{
    while (s->trim_pos < s->trim_len) {
        uint64_t entry = ldq_le_p(s->io_buffer + 8 * s->trim_pos);
        uint64_t sector = entry & 0xffffffffffffULL;
        uint32_t count = entry >> 48;

        s->trim_pos++;
        if (!count) {
            continue;
        }
        if (!ata_range_ok(s, sector, count)) {
            block_acct_invalid(blk_get_stats(s->blk), BLOCK_ACCT_UNMAP);
            s->bus->dma_aiocb = NULL;
            dma_error(s);
            return;
        }
        block_acct_start(blk_get_stats(s->blk), &s->acct,
                         (int64_t)count * 512, BLOCK_ACCT_UNMAP);
        s->bus->dma_aiocb = blk_aio_pdiscard(s->blk, sector * 512,
                                             (int64_t)count * 512, trim_cb,
                                             s);
        return;
    }
    s->bus->dma_aiocb = NULL;
    s->nsector -= s->dma_now / 512;
    if (s->bus->ops->commit) {
        s->bus->ops->commit(s->bus, s->dma_now);
    }
    dma_next(s);
}

static void trim_cb(void *opaque, int ret)
{
    IDEState *s = opaque;

    s->bus->dma_aiocb = NULL;
    if (ret == -ECANCELED) {
        return;
    }
    if (ret && ide_handle_error(s, -ret, IDE_RETRY_DMA | IDE_RETRY_TRIM)) {
        return;
    }
    block_acct_done(blk_get_stats(s->blk), &s->acct);
    trim_next(s);
}

bool ata_trim(IDEState *s, uint8_t cmd)
{
    ata_complete_nsector(s, true);
    s->status = ATA_SR_DRDY | ATA_SR_DSC | ATA_SR_DRQ;
    ide_dma_start(s, IDE_DMA_TRIM);
    return false;
}

/*** DMA ***/

static void dma_error(IDEState *s)
{
    ide_abort(s);
    ide_bus_set_irq(s->bus);
    ide_dma_finish(s, false);
}

static void dma_cb(void *opaque, int ret)
{
    IDEState *s = opaque;

    s->bus->dma_aiocb = NULL;
    if (ret == -ECANCELED) {
        return;
    }
    if (ret && ide_handle_error(s, -ret, s->dma_cmd == IDE_DMA_READ ?
                                IDE_RETRY_DMA | IDE_RETRY_READ :
                                IDE_RETRY_DMA)) {
        return;
    }
    block_acct_done(blk_get_stats(s->blk), &s->acct);
    if (s->bus->ops->commit) {
        s->bus->ops->commit(s->bus, s->dma_now);
    }
    advance(s, s->dma_now / 512);
    dma_next(s);
}

static void dma_submit(IDEState *s)
{
    int64_t offset = ata_get_sector(s) * 512;
    bool read = s->dma_cmd == IDE_DMA_READ;

    dma_acct_start(s->blk, &s->acct, &s->sg,
                   read ? BLOCK_ACCT_READ : BLOCK_ACCT_WRITE);
    if (read) {
        s->bus->dma_aiocb = dma_blk_read(s->blk, &s->sg, offset, 512, dma_cb,
                                         s);
    } else {
        s->bus->dma_aiocb = dma_blk_write(s->blk, &s->sg, offset, 512,
                                          dma_cb, s);
    }
}

static void dma_next(IDEState *s)
{
    int32_t want = s->nsector * 512, got;

    if (!s->nsector) {
        s->status = ATA_SR_DRDY | ATA_SR_DSC;
        ide_bus_set_irq(s->bus);
        ide_dma_finish(s, true);
        return;
    }
    if (s->dma_cmd == IDE_DMA_TRIM) {
        want = MIN(want, IDE_BUFFER_SECTORS * 512);
    }
    qemu_sglist_destroy(&s->sg);
    got = s->bus->ops->prepare(s->bus, want);
    if (got < want) {
        /*
         * The host gave less memory than the command has data: it stays
         * without its interrupt, by which the driver knows.
         */
        s->status = ATA_SR_DRDY | ATA_SR_DSC;
        ide_dma_finish(s, false);
        return;
    }
    if (s->dma_cmd != IDE_DMA_TRIM &&
        refuse_range(s, s->nsector, s->dma_cmd == IDE_DMA_READ ?
                     BLOCK_ACCT_READ : BLOCK_ACCT_WRITE)) {
        dma_error(s);
        return;
    }
    s->dma_now = want;
    if (s->dma_cmd == IDE_DMA_TRIM) {
        ide_dma_copy(s, s->io_buffer, want, false);
        s->trim_pos = 0;
        s->trim_len = want / 8;
        trim_next(s);
    } else {
        dma_submit(s);
    }
}

void ata_dma_run(IDEState *s)
{
    s->status |= ATA_SR_DRDY | ATA_SR_DSC | ATA_SR_DRQ;
    dma_next(s);
}

void ata_dma_retry(IDEState *s)
{
    s->bus->dma_ready = true;
    ata_dma_run(s);
}

static bool begin_dma(IDEState *s, uint8_t cmd, IDEDMACmd what)
{
    ata_complete_nsector(s, is_ext(cmd));
    s->status = ATA_SR_DRDY | ATA_SR_DSC | ATA_SR_DRQ;
    ide_dma_start(s, what);
    return false;
}

bool ata_read_dma(IDEState *s, uint8_t cmd)
{
    return begin_dma(s, cmd, IDE_DMA_READ);
}

bool ata_write_dma(IDEState *s, uint8_t cmd)
{
    return begin_dma(s, cmd, IDE_DMA_WRITE);
}

/*** READ VERIFY, FLUSH CACHE ***/

/* The back end keeps its data safe itself. */
bool ata_verify(IDEState *s, uint8_t cmd)
{
    ata_complete_nsector(s, is_ext(cmd));
    return true;
}

static void flush_cb(void *opaque, int ret)
{
    IDEState *s = opaque;

    if (!ide_pio_request_ended(s, ret)) {
        return;
    }
    if (ret && ide_handle_error(s, -ret, IDE_RETRY_FLUSH)) {
        return;
    }
    block_acct_done(blk_get_stats(s->blk), &s->acct);
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    ide_cmd_done(s);
    ide_bus_set_irq(s->bus);
}

void ata_flush_cache(IDEState *s)
{
    s->status |= ATA_SR_BSY;
    note_step(s);
    block_acct_start(blk_get_stats(s->blk), &s->acct, 0, BLOCK_ACCT_FLUSH);
    s->pio_aiocb = blk_aio_flush(s->blk, flush_cb, s);
}

bool ata_flush(IDEState *s, uint8_t cmd)
{
    ata_flush_cache(s);
    return false;
}
