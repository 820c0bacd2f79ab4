/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PACKET protocol (ATA/ATAPI-7 volume 2, 9.5 to 9.9): how packets come,
 * replies go in blocks that the host limits, and sense data is left behind.
 * What the packets mean is in atapi-cmd.c.
 */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"

#define RAW_SECTOR_SIZE 2352

void atapi_set_signature(IDEState *s)
{
    s->lcyl = 0x14;
    s->hcyl = 0xeb;
}

/*** Ends ***/

static void finish(IDEState *s)
{
    bool dma = s->bus->dma_ready;

    s->packet_transfer_size = 0;
    s->elementary_transfer_size = 0;
    s->nsector = (s->nsector & ~7) | ATAPI_IR_IO | ATAPI_IR_COD;
    ide_pio_halt(s);
    ide_bus_set_irq(s->bus);
    if (dma) {
        ide_dma_finish(s, !(s->status & ATA_SR_ERR));
    } else {
        ide_cmd_done(s);
    }
}

void atapi_cmd_ok(IDEState *s)
{
    s->error = 0;
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    finish(s);
}

void atapi_cmd_error(IDEState *s, int sense_key, int asc)
{
    s->error = sense_key << 4;
    s->status = ATA_SR_DRDY | ATA_SR_ERR;
    s->sense_key = sense_key;
    s->asc = asc;
    finish(s);
}

void atapi_io_error(IDEState *s, int error)
{
    if (error == ENOMEDIUM) {
        atapi_cmd_error(s, SENSE_NOT_READY, ASC_MEDIUM_NOT_PRESENT);
    } else {
        atapi_cmd_error(s, SENSE_MEDIUM_ERROR, ASC_UNRECOVERED_READ_ERROR);
    }
}

/*** Sectors into io_buffer ***/

static int available(IDEState *s)
{
    return s->io_buffer_size - s->io_buffer_index;
}

static uint8_t to_bcd(unsigned val)
{
    return val / 10 << 4 | val % 10;
}

/* Sync, header with address and mode 1; no error correction (ECMA-130 14). */
static void frame_sector(uint8_t *raw, int64_t lba)
{
    unsigned frame = lba + 150;

    memset(raw, 0xff, 12);
    raw[0] = raw[11] = 0x00;
    raw[12] = to_bcd(frame / 75 / 60 % 100);
    raw[13] = to_bcd(frame / 75 % 60);
    raw[14] = to_bcd(frame % 75);
    raw[15] = 0x01;
    memset(raw + 16 + 2048, 0, RAW_SECTOR_SIZE - 16 - 2048);
}

/* How many sectors the reply still needs, and the buffer has room for. */
static int sectors_to_fill(IDEState *s)
{
    int need = s->packet_transfer_size - available(s);
    int room = IDE_BUFFER_SECTORS * 512 - s->io_buffer_size;

    return MIN(DIV_ROUND_UP(need, s->cd_sector_size),
               room / s->cd_sector_size);
}

/* From user data behind each other to sectors of the size asked for. */
static void spread_sectors(IDEState *s, uint8_t *start, int n)
{
    if (s->cd_sector_size == 2048) {
        return;
    }
    for (int i = n - 1; i >= 0; i--) {
        uint8_t *raw = start + i * RAW_SECTOR_SIZE;

        memmove(raw + 16, start + i * 2048, 2048);
        frame_sector(raw, s->lba + i);
    }
}

static void reply_go_on(IDEState *s)
{
    if (s->atapi_dma) {
        atapi_dma_run(s);
    } else {
        atapi_reply_next(s);
    }
}

static void fill_cb(void *opaque, int ret)
{
    IDEState *s = opaque;

    if (!ide_pio_request_ended(s, ret)) {
        return;
    }
    if (ret < 0 && ide_handle_error(s, -ret, IDE_RETRY_ATAPI)) {
        return;
    }
    block_acct_done(blk_get_stats(s->blk), &s->acct);
    s->status &= ~ATA_SR_BSY;
    spread_sectors(s, s->io_buffer + s->io_buffer_size, s->fill_sectors);
    s->io_buffer_size += s->fill_sectors * s->cd_sector_size;
    s->lba += s->fill_sectors;
    reply_go_on(s);
}

/* More of a READ: what is left moves to the front. */
static void fill_buffer(IDEState *s)
{
    int n;

    memmove(s->io_buffer, s->io_buffer + s->io_buffer_index, available(s));
    s->io_buffer_size = available(s);
    s->io_buffer_index = 0;
    n = s->fill_sectors = sectors_to_fill(s);
    s->status = (s->status & ~ATA_SR_DRQ) | ATA_SR_BSY;
    qemu_iovec_init_buf(&s->qiov, s->io_buffer + s->io_buffer_size, n * 2048);
    block_acct_start(blk_get_stats(s->blk), &s->acct, n * 2048,
                     BLOCK_ACCT_READ);
    s->pio_aiocb = blk_aio_preadv(s->blk, s->lba * 2048, &s->qiov, 0, fill_cb,
                                  s);
}

/* A reply that came here from another program may be cut short. */
static bool reply_is_lost(IDEState *s)
{
    if (s->elementary_transfer_size <= 0 &&
        (s->lba != -1 || available(s) >= s->packet_transfer_size)) {
        return false;
    }
    atapi_cmd_error(s, SENSE_MEDIUM_ERROR, ASC_UNRECOVERED_READ_ERROR);
    return true;
}

/*** Replies by PIO ***/

/* The most that the host takes in one block, and is no odd part. */
static int block_limit(IDEState *s)
{
    int limit = s->lcyl | s->hcyl << 8;

    if (limit == 0xffff) {
        limit--;
    }
    if (s->packet_transfer_size > limit) {
        return limit & 1 ? limit - 1 : limit;
    }
    return s->packet_transfer_size;
}

void atapi_reply_next(IDEState *s)
{
    int size;

    if (s->packet_transfer_size <= 0) {
        atapi_cmd_ok(s);
        return;
    }
    if (reply_is_lost(s)) {
        return;
    }
    size = block_limit(s);
    if (size <= 0) {
        /* The limit was made 0 or 1 between two blocks. */
        atapi_cmd_error(s, SENSE_ILLEGAL_REQUEST,
                        ASC_INV_FIELD_IN_CMD_PACKET);
        return;
    }
    if (available(s) < size) {
        fill_buffer(s);
        return;
    }
    s->lcyl = size;
    s->hcyl = size >> 8;
    s->nsector = (s->nsector & ~7) | ATAPI_IR_IO;
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    s->packet_transfer_size -= size;
    s->io_buffer_index += size;
    /* The data register moves words: an odd end gets a byte of padding. */
    ide_pio_start(s, s->io_buffer_index - size, ROUND_UP(size, 2),
                  IDE_PIO_ATAPI_REPLY);
    ide_bus_set_irq(s->bus);
}

/*** Replies by DMA ***/

/* As much of the buffer as the host has memory for; false: it is full. */
static bool dma_move(IDEState *s, int size)
{
    int32_t got;

    qemu_sglist_destroy(&s->sg);
    got = s->bus->ops->prepare(s->bus, size);
    if (got > 0) {
        got = MIN(got, size);
        ide_dma_copy(s, s->io_buffer + s->io_buffer_index, got, true);
        if (s->bus->ops->commit) {
            s->bus->ops->commit(s->bus, got);
        }
        s->io_buffer_index += got;
        s->packet_transfer_size -= got;
    }
    return got == size;
}

void atapi_dma_run(IDEState *s)
{
    s->status = ATA_SR_DRDY | ATA_SR_DSC | ATA_SR_DRQ;
    while (s->packet_transfer_size > 0) {
        if (!available(s) && s->lba != -1) {
            fill_buffer(s);
            return;
        }
        if (!available(s)) {
            reply_is_lost(s);
            return;
        }
        if (!dma_move(s, MIN(available(s), s->packet_transfer_size))) {
            /* The host wanted no more than that. */
            s->status = ATA_SR_DRDY | ATA_SR_DSC;
            s->nsector = (s->nsector & ~7) | ATAPI_IR_IO | ATAPI_IR_COD;
            ide_dma_finish(s, false);
            return;
        }
    }
    atapi_cmd_ok(s);
}

void atapi_restart(IDEState *s)
{
    if (s->packet_transfer_size > 0 && s->cd_sector_size) {
        if (s->atapi_dma) {
            s->bus->dma_ready = true;
        }
        reply_go_on(s);
    } else {
        atapi_io_error(s, EIO);
    }
}

/*** Beginnings ***/

static void begin_reply(IDEState *s)
{
    s->elementary_transfer_size = 0;
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    if (s->packet_transfer_size <= 0) {
        atapi_cmd_ok(s);
    } else if (s->atapi_dma) {
        s->status |= ATA_SR_DRQ | (s->lba != -1 ? ATA_SR_BSY : 0);
        ide_dma_start(s, IDE_DMA_ATAPI);
    } else {
        atapi_reply_next(s);
    }
}

void atapi_reply(IDEState *s, int size, int max_size)
{
    s->lba = -1;
    s->packet_transfer_size = MIN(size, max_size);
    s->io_buffer_index = 0;
    s->io_buffer_size = size;
    begin_reply(s);
}

void atapi_read_sectors(IDEState *s, int64_t lba, unsigned count,
                        int sector_size)
{
    s->lba = lba;
    s->packet_transfer_size = count * sector_size;
    s->cd_sector_size = sector_size;
    s->io_buffer_index = 0;
    s->io_buffer_size = 0;
    begin_reply(s);
}

void atapi_execute(IDEState *s)
{
    uint8_t packet[ATAPI_PACKET_SIZE];

    memcpy(packet, s->io_buffer, sizeof(packet));
    /* The reply is made where the packet was. */
    memset(s->io_buffer, 0, 4096);
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    atapi_dispatch(s, packet);
}

/*** The medium comes and goes ***/

void atapi_medium_changed(IDEState *s, bool load)
{
    uint64_t sectors = 0;

    if (s->blk) {
        blk_get_geometry(s->blk, &sectors);
    }
    s->nb_sectors = sectors;
    /* First there is none, then there is another one. */
    s->cdrom_changed = 1;
    s->tray_open = !load;
    s->events.new_media = true;
    s->events.eject_request = false;
    ide_bus_set_irq(s->bus);
}

void atapi_eject_request(IDEState *s, bool force)
{
    s->events.eject_request = true;
    if (force) {
        s->tray_locked = false;
    }
}
