/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol between host and ATA drives: the command block registers with
 * their previous contents, device selection, PIO data, DMA hand-shake,
 * interrupts and resets (ATA/ATAPI-7 volume 2, clauses 5 to 9), and what
 * becomes of a command whose back end failed.
 */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"
#include "hw/irq.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"
#include "sysemu/runstate.h"

/*** Interrupts ***/

void ide_bus_set_irq(IDEBus *bus)
{
    if (!(bus->cmd & ATA_CTL_NIEN)) {
        qemu_irq_raise(bus->irq);
    }
}

void ide_bus_ack(IDEBus *bus)
{
    qemu_irq_lower(bus->irq);
}

void ide_cmd_done(IDEState *s)
{
    if (s->bus->ops->cmd_done) {
        s->bus->ops->cmd_done(s->bus);
    }
}

void ide_abort(IDEState *s)
{
    ide_pio_halt(s);
    s->status = ATA_SR_DRDY | ATA_SR_ERR;
    s->error = ATA_ERR_ABRT;
}

/*** PIO data ***/

static void pio_stop(IDEState *s)
{
    ide_pio_halt(s);
    ide_cmd_done(s);
}

static void (*const pio_next[])(IDEState *s) = {
    [IDE_PIO_SECTOR_READ] = ata_sector_read,
    [IDE_PIO_SECTOR_WRITE] = ata_sector_write,
    [IDE_PIO_STOP] = pio_stop,
    [IDE_PIO_ATAPI_REPLY] = atapi_reply_next,
    [IDE_PIO_ATAPI_PACKET] = atapi_execute,
    [IDE_PIO_NOTHING] = ide_pio_halt,
};

/* Notes where a command would begin again. */
static void note_for_retry(IDEState *s)
{
    s->bus->retry_unit = s->unit;
    s->bus->retry_sector_num = ata_get_sector(s);
    s->bus->retry_nsector = s->nsector;
}

bool ide_pio_is_out(IDEState *s)
{
    return s->end_transfer_fn_idx != IDE_PIO_SECTOR_WRITE &&
           s->end_transfer_fn_idx != IDE_PIO_ATAPI_PACKET;
}

/* The block is through. */
static void pio_end(IDEState *s)
{
    s->status &= ~ATA_SR_DRQ;
    pio_next[s->end_transfer_fn_idx](s);
}

void ide_pio_start(IDEState *s, int32_t offset, int32_t size, IDEPioNext next)
{
    note_for_retry(s);
    s->cur_io_buffer_offset = offset;
    s->cur_io_buffer_len = size;
    s->end_transfer_fn_idx = next;
    if (!(s->status & ATA_SR_ERR)) {
        s->status |= ATA_SR_DRQ;
    }
    s->pio_pending = true;
    /* One block can lead to the next: a loop, not a recursion. */
    if (!s->bus->ops->pio_transfer || s->pio_running) {
        return;
    }
    s->pio_running = true;
    while (s->pio_pending) {
        s->pio_pending = false;
        s->bus->ops->pio_transfer(s->bus);
        s->cur_io_buffer_len = 0;
        pio_end(s);
    }
    s->pio_running = false;
}

void ide_pio_halt(IDEState *s)
{
    s->end_transfer_fn_idx = IDE_PIO_STOP;
    s->cur_io_buffer_offset = 0;
    s->cur_io_buffer_len = 0;
    s->pio_pending = false;
    s->status &= ~ATA_SR_DRQ;
}

uint32_t ide_data_read(IDEBus *bus, unsigned size)
{
    IDEState *s = ide_active(bus);
    uint32_t val = 0;

    if (!(s->status & ATA_SR_DRQ) || !ide_pio_is_out(s) ||
        s->cur_io_buffer_len < size) {
        return 0;
    }
    memcpy(&val, s->io_buffer + s->cur_io_buffer_offset, size);
    s->cur_io_buffer_offset += size;
    s->cur_io_buffer_len -= size;
    if (!s->cur_io_buffer_len) {
        pio_end(s);
    }
    return size == 2 ? le16_to_cpu((uint16_t)val) : le32_to_cpu(val);
}

void ide_data_write(IDEBus *bus, uint32_t val, unsigned size)
{
    IDEState *s = ide_active(bus);

    if (!(s->status & ATA_SR_DRQ) || ide_pio_is_out(s) ||
        s->cur_io_buffer_len < size) {
        return;
    }
    val = cpu_to_le32(val);
    memcpy(s->io_buffer + s->cur_io_buffer_offset, &val, size);
    s->cur_io_buffer_offset += size;
    s->cur_io_buffer_len -= size;
    if (!s->cur_io_buffer_len) {
        pio_end(s);
    }
}

/*** DMA ***/

void ide_dma_start(IDEState *s, IDEDMACmd what)
{
    note_for_retry(s);
    s->dma_cmd = what;
    s->bus->dma_ready = true;
    if (s->bus->ops->start_dma) {
        s->bus->ops->start_dma(s->bus);
    }
}

void ide_dma_run(IDEBus *bus)
{
    IDEState *s = ide_active(bus);

    if (!bus->dma_ready || bus->dma_aiocb || s->pio_aiocb || !s->blk) {
        return;
    }
    if (s->dma_cmd == IDE_DMA_ATAPI) {
        atapi_dma_run(s);
    } else {
        ata_dma_run(s);
    }
}

void ide_dma_copy(IDEState *s, uint8_t *buf, int32_t len, bool to_memory)
{
    MemReentrancyGuard *guard = &s->bus->qbus.parent->mem_reentrancy_guard;
    bool engaged = guard->engaged_in_io;

    guard->engaged_in_io = true;
    if (to_memory) {
        dma_buf_read(buf, len, NULL, &s->sg, MEMTXATTRS_UNSPECIFIED);
    } else {
        dma_buf_write(buf, len, NULL, &s->sg, MEMTXATTRS_UNSPECIFIED);
    }
    guard->engaged_in_io = engaged;
}

void ide_dma_finish(IDEState *s, bool complete)
{
    IDEBus *bus = s->bus;

    bus->dma_ready = false;
    bus->dma_aiocb = NULL;
    bus->retry_unit = -1;
    bus->retry_sector_num = 0;
    bus->retry_nsector = 0;
    qemu_sglist_destroy(&s->sg);
    if (bus->ops->dma_done) {
        bus->ops->dma_done(bus, complete);
    }
}

/*** Errors of the back end ***/

/* Whether the policy for reads applies. */
static bool is_read_error(int retry)
{
    if (retry & (IDE_RETRY_DMA | IDE_RETRY_PIO)) {
        return retry & IDE_RETRY_READ;
    }
    return retry == IDE_RETRY_ATAPI;
}

bool ide_handle_error(IDEState *s, int error, int retry)
{
    bool is_read = is_read_error(retry);
    BlockErrorAction action = blk_get_error_action(s->blk, is_read, error);

    if (action == BLOCK_ERROR_ACTION_STOP) {
        s->bus->retry_unit = s->unit;
        s->bus->error_status = retry;
    } else if (action == BLOCK_ERROR_ACTION_REPORT) {
        block_acct_failed(blk_get_stats(s->blk), &s->acct);
        if (retry & IDE_RETRY_DMA) {
            ide_abort(s);
            ide_bus_set_irq(s->bus);
            ide_dma_finish(s, false);
        } else if (retry == IDE_RETRY_ATAPI) {
            atapi_io_error(s, error);
        } else {
            ide_abort(s);
            ide_bus_set_irq(s->bus);
            ide_cmd_done(s);
        }
    }
    blk_error_action(s->blk, action, is_read, error);
    return action != BLOCK_ERROR_ACTION_IGNORE;
}

static void restart_disk(IDEState *s, int what)
{
    IDEBus *bus = s->bus;

    if (what & IDE_RETRY_DMA) {
        ata_set_sector(s, bus->retry_sector_num);
        s->nsector = bus->retry_nsector;
        if (bus->ops->restart_dma) {
            bus->ops->restart_dma(bus);
        }
        s->dma_cmd = what & IDE_RETRY_TRIM ? IDE_DMA_TRIM :
                     what & IDE_RETRY_READ ? IDE_DMA_READ : IDE_DMA_WRITE;
        ata_dma_retry(s);
    } else if (what & IDE_RETRY_PIO) {
        if (what & IDE_RETRY_READ) {
            ata_sector_read(s);
        } else {
            ata_sector_write(s);
        }
    } else if (what & IDE_RETRY_FLUSH) {
        ata_flush_cache(s);
    }
}

static void restart_bh(void *opaque)
{
    IDEBus *bus = opaque;
    int what = bus->error_status;
    IDEState *s = &bus->ifs[bus->retry_unit & 1];

    qemu_bh_delete(bus->restart_bh);
    bus->restart_bh = NULL;
    bus->error_status = 0;
    if (bus->ops->restart) {
        bus->ops->restart(bus);
    }
    if (!what || !s->blk) {
        return;
    }
    if (what == IDE_RETRY_ATAPI) {
        atapi_restart(s);
    } else {
        restart_disk(s, what);
    }
}

static void vm_state_changed(void *opaque, bool running, RunState state)
{
    IDEBus *bus = opaque;

    if (running && !bus->restart_bh) {
        bus->restart_bh = qemu_bh_new_guarded(
            restart_bh, bus, &bus->qbus.parent->mem_reentrancy_guard);
        qemu_bh_schedule(bus->restart_bh);
    }
}

void ide_bus_register_restart(IDEBus *bus)
{
    bus->vmstate = qemu_add_vm_change_state_handler(vm_state_changed, bus);
}

/*** Resets ***/

void ide_set_signature(IDEState *s)
{
    s->select &= ~0x0f;         /* the head */
    s->nsector = 1;
    s->sector = 1;
    if (s->drive_kind == IDE_CD) {
        atapi_set_signature(s);
    } else if (s->blk) {
        s->lcyl = 0;
        s->hcyl = 0;
    } else {
        s->lcyl = 0xff;
        s->hcyl = 0xff;
    }
}

/*
 * A transfer that has guest memory mapped is waited for, so that half of it
 * is not on the medium.
 */
void ide_drain_dma(IDEBus *bus)
{
    IDEState *s = ide_active(bus);

    if (bus->dma_ready && s->blk && (bus->dma_aiocb || s->pio_aiocb)) {
        blk_drain(s->blk);
    }
}

/*
 * The request may end well after all, and its callback must not go on to the
 * next one.
 */
static void cancel_pio(IDEState *s)
{
    if (s->pio_aiocb) {
        s->canceling = true;
        blk_aio_cancel(s->pio_aiocb);
        s->canceling = false;
        s->pio_aiocb = NULL;
    }
}

bool ide_pio_request_ended(IDEState *s, int ret)
{
    s->pio_aiocb = NULL;
    return !s->canceling && ret != -ECANCELED;
}

void ide_cancel_requests(IDEBus *bus)
{
    if (bus->dma_aiocb) {
        ide_drain_dma(bus);
    }
    cancel_pio(&bus->ifs[0]);
    cancel_pio(&bus->ifs[1]);
}

/* Whatever was locked or left open: the machine starts again. */
static void reset_tray(IDEState *s)
{
    if (s->blk && s->tray_locked) {
        blk_lock_medium(s->blk, false);
    }
    s->tray_locked = false;
    s->tray_open = false;
}

void ide_drive_reset(IDEState *s)
{
    cancel_pio(s);
    s->mult_sectors = IDE_MAX_MULT_SECTORS;
    s->feature = s->error = 0;
    s->nsector = s->sector = 0;
    s->lcyl = s->hcyl = 0;
    s->hob_feature = s->hob_nsector = s->hob_sector = 0;
    s->hob_lcyl = s->hob_hcyl = 0;
    s->lba48 = 0;
    s->select = ATA_DEV_ALWAYS1;
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    s->sense_key = s->asc = 0;
    s->cdrom_changed = 0;
    s->packet_transfer_size = 0;
    s->elementary_transfer_size = 0;
    s->io_buffer_index = 0;
    s->cd_sector_size = 0;
    s->atapi_dma = false;
    reset_tray(s);
    s->req_nb_sectors = 0;
    s->events.eject_request = false;
    s->events.new_media = false;
    ide_set_signature(s);
    ide_pio_halt(s);
}

void ide_bus_reset(IDEBus *bus)
{
    ide_cancel_requests(bus);
    bus->dma_ready = false;
    bus->unit = 0;
    bus->cmd = 0;
    bus->error_status = 0;
    for (int i = 0; i < 2; i++) {
        qemu_sglist_destroy(&bus->ifs[i].sg);
        ide_drive_reset(&bus->ifs[i]);
    }
    if (bus->ops->reset) {
        bus->ops->reset(bus);
    }
}

/* What SRST does to a drive (ATA8-ACS, software reset). */
void ide_soft_reset(IDEState *s)
{
    ide_pio_halt(s);
    s->status = s->drive_kind == IDE_CD ? 0 : ATA_SR_DRDY | ATA_SR_DSC;
    s->mult_sectors = IDE_MAX_MULT_SECTORS;
    s->select = ATA_DEV_ALWAYS1;
    s->feature = 0;
    s->hob_feature = s->hob_nsector = s->hob_sector = 0;
    s->hob_lcyl = s->hob_hcyl = 0;
    s->sense_key = s->asc = 0;
    reset_tray(s);
    ide_set_signature(s);
    s->error = 0x01;            /* diagnostics: passed */
}

static void bus_soft_reset(IDEBus *bus)
{
    ide_cancel_requests(bus);
    bus->dma_ready = false;
    for (int i = 0; i < bus->max_units; i++) {
        ide_soft_reset(&bus->ifs[i]);
    }
    bus->unit = 0;
}

/*** Registers ***/

static bool bus_is_empty(IDEBus *bus)
{
    return !bus->ifs[0].blk && !bus->ifs[1].blk;
}

uint8_t ide_alt_status(IDEBus *bus)
{
    IDEState *s = ide_active(bus);

    return s->blk ? s->status : 0;
}

uint8_t ide_reg_read(IDEBus *bus, unsigned reg)
{
    IDEState *s = ide_active(bus);
    bool hob = bus->cmd & ATA_CTL_HOB;

    if (bus_is_empty(bus) && reg != ATA_REG_STATUS) {
        return 0;
    }
    switch (reg) {
    case ATA_REG_ERROR:
        return !s->blk ? 0 : hob ? s->hob_feature : s->error;
    case ATA_REG_NSECTOR:
        return hob ? s->hob_nsector : s->nsector;
    case ATA_REG_SECTOR:
        return hob ? s->hob_sector : s->sector;
    case ATA_REG_LCYL:
        return hob ? s->hob_lcyl : s->lcyl;
    case ATA_REG_HCYL:
        return hob ? s->hob_hcyl : s->hcyl;
    case ATA_REG_DEVICE:
        return s->select;
    default:
        ide_bus_ack(bus);
        return ide_alt_status(bus);
    }
}

/* Both drives take what is written; an EXT command uses the old value too. */
static void write_file_register(IDEState *s, unsigned reg, uint8_t val)
{
    switch (reg) {
    case ATA_REG_ERROR:
        s->hob_feature = s->feature;
        s->feature = val;
        break;
    case ATA_REG_NSECTOR:
        s->hob_nsector = s->nsector;
        s->nsector = val;
        break;
    case ATA_REG_SECTOR:
        s->hob_sector = s->sector;
        s->sector = val;
        break;
    case ATA_REG_LCYL:
        s->hob_lcyl = s->lcyl;
        s->lcyl = val;
        break;
    case ATA_REG_HCYL:
        s->hob_hcyl = s->hcyl;
        s->hcyl = val;
        break;
    case ATA_REG_DEVICE:
        s->select = val | ATA_DEV_ALWAYS1;
        break;
    }
}

void ide_reg_write(IDEBus *bus, unsigned reg, uint8_t val)
{
    if (reg == ATA_REG_STATUS) {
        bus->cmd &= ~ATA_CTL_HOB;
        ide_bus_ack(bus);
        ide_exec_cmd(bus, val);
        return;
    }
    /* A drive that is busy or has data does not look. */
    if (ide_active(bus)->status & (ATA_SR_BSY | ATA_SR_DRQ)) {
        return;
    }
    bus->cmd &= ~ATA_CTL_HOB;
    write_file_register(&bus->ifs[0], reg, val);
    write_file_register(&bus->ifs[1], reg, val);
    if (reg == ATA_REG_DEVICE) {
        bus->unit = !!(val & ATA_DEV_SLAVE);
    }
}

void ide_ctl_write(IDEBus *bus, uint8_t val)
{
    bool rises = (val & ~bus->cmd) & ATA_CTL_SRST;

    bus->cmd = val;
    if (rises) {
        bus_soft_reset(bus);
    }
}

/*** The adapter's default, and setting up ***/

const IDEHostOps ide_host_pio_only = { };

/* Each place for a drive counts, whether there is one or not. */
static uint32_t serial_numbers = 1;

void ide_bus_init_drives(IDEBus *bus)
{
    bus->ops = &ide_host_pio_only;
    for (int i = 0; i < 2; i++) {
        IDEState *s = &bus->ifs[i];

        s->bus = bus;
        s->unit = i;
        s->serial_nr = serial_numbers++;
        s->io_buffer_total_len = IDE_BUFFER_SIZE;
        s->status = ATA_SR_DRDY | ATA_SR_DSC;
        s->select = ATA_DEV_ALWAYS1;
        s->end_transfer_fn_idx = IDE_PIO_STOP;
    }
}
