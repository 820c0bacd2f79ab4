/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Native command queueing (ATA8-ACS 4.16 and 7.22, AHCI 1.3.1 clause 5.5): up
 * to 32 reads and writes at a time, each by its tag, which end in any order
 * and are reported by Set Device Bits FISes.
 */
#include "qemu/osdep.h"
#include "hw/ide/ahci.h"
#include "qemu/bswap.h"
#include "qemu/log.h"

#define READ_FPDMA_QUEUED 0x60
#define WRITE_FPDMA_QUEUED 0x61

#define RES_FIS_SDB 0x58
#define FIS_SDB 0xa1

bool ahci_is_ncq(uint8_t cmd)
{
    return cmd == READ_FPDMA_QUEUED || cmd == WRITE_FPDMA_QUEUED;
}

/*** Ends ***/

static void write_sdb(AHCIPort *p)
{
    IDEState *s = &p->port.ifs[0];
    uint8_t status = s->status & 0x77;
    uint8_t fis[8] = { FIS_SDB, 0x40, status, s->error };
    uint64_t at = (uint64_t)p->port_regs.fis_addr_hi << 32 |
                  (p->port_regs.fis_addr & ~0xffu);

    stl_le_p(fis + 4, p->finished);
    p->port_regs.scr_act &= ~p->finished;
    p->finished = 0;
    if (!(p->port_regs.cmd & PORT_CMD_FIS_RX)) {
        return;
    }
    ahci_dma_rw(p, at + RES_FIS_SDB, fis, sizeof(fis),
                DMA_DIRECTION_FROM_DEVICE);
    p->port_regs.tfdata = s->error << 8 | status |
                          (p->port_regs.tfdata & 0x88);
    /* With an error its cause is the one that software looks for. */
    ahci_raise(p, s->status & ATA_SR_ERR ? PORT_IRQ_TF_ERR
                                         : PORT_IRQ_SDB_FIS);
}

static void set_error(NCQTransfer *t)
{
    IDEState *s = &t->port->port.ifs[0];

    s->error = ATA_ERR_ABRT;
    s->status = ATA_SR_DRDY | ATA_SR_ERR;
    qemu_sglist_destroy(&t->sglist);
    t->used = false;
    t->halt = false;
}

static void finish(NCQTransfer *t)
{
    AHCIPort *p = t->port;

    if (!(p->port.ifs[0].status & ATA_SR_ERR)) {
        p->finished |= 1u << t->tag;
    }
    qemu_sglist_destroy(&t->sglist);
    t->used = false;
    write_sdb(p);
}

static void fail(NCQTransfer *t)
{
    set_error(t);
    write_sdb(t->port);
}

/* True: that was it for now. */
static bool handle_error(NCQTransfer *t, int error)
{
    IDEState *s = &t->port->port.ifs[0];
    bool is_read = t->cmd == READ_FPDMA_QUEUED;
    BlockErrorAction action = blk_get_error_action(s->blk, is_read, error);

    if (action == BLOCK_ERROR_ACTION_STOP) {
        t->halt = true;
        s->bus->error_status |= IDE_RETRY_HBA;
    } else if (action == BLOCK_ERROR_ACTION_REPORT) {
        block_acct_failed(blk_get_stats(s->blk), &t->acct);
        fail(t);
    }
    blk_error_action(s->blk, action, is_read, error);
    return action != BLOCK_ERROR_ACTION_IGNORE;
}

static void ncq_cb(void *opaque, int ret)
{
    NCQTransfer *t = opaque;
    IDEState *s = &t->port->port.ifs[0];

    t->aiocb = NULL;
    if (ret == -ECANCELED || !t->used) {
        return;
    }
    if (ret < 0 && handle_error(t, -ret)) {
        return;
    }
    block_acct_done(blk_get_stats(s->blk), &t->acct);
    if (!(s->status & ATA_SR_ERR)) {
        s->status = ATA_SR_DRDY | ATA_SR_DSC;
    }
    finish(t);
}

/*** Beginnings ***/

static void execute(NCQTransfer *t)
{
    IDEState *s = &t->port->port.ifs[0];
    bool read = t->cmd == READ_FPDMA_QUEUED;

    t->halt = false;
    dma_acct_start(s->blk, &t->acct, &t->sglist,
                   read ? BLOCK_ACCT_READ : BLOCK_ACCT_WRITE);
    if (read) {
        t->aiocb = dma_blk_read(s->blk, &t->sglist, t->lba * 512, 512,
                                ncq_cb, t);
    } else {
        t->aiocb = dma_blk_write(s->blk, &t->sglist, t->lba * 512, 512,
                                 ncq_cb, t);
    }
}

/* The memory of the command; false: less than there is data. */
static bool gather(NCQTransfer *t, const AHCICmdHeader *h)
{
    uint32_t index = 0, used = 0, size = t->sector_count * 512;

    pci_dma_sglist_init(&t->sglist, t->port->hba->container, 1);
    return ahci_add_regions(t->port, h, &index, &used, &t->sglist,
                            size) == size;
}

static void decode(NCQTransfer *t, const uint8_t *cfis, unsigned slot)
{
    t->cmd = cfis[2];
    t->slot = slot;
    t->sector_count = cfis[3] | cfis[11] << 8;
    if (!t->sector_count) {
        t->sector_count = 65536;
    }
    t->lba = (uint64_t)cfis[10] << 40 | (uint64_t)cfis[9] << 32 |
             (uint64_t)cfis[8] << 24 | cfis[6] << 16 | cfis[5] << 8 |
             cfis[4];
}

bool ahci_ncq_start(AHCIPort *p, unsigned slot, const uint8_t *cfis,
                    const AHCICmdHeader *h)
{
    IDEState *s = &p->port.ifs[0];
    uint8_t tag = cfis[12] >> 3;
    NCQTransfer *t = &p->ncq_tfs[tag];

    if (t->used) {
        /* A tag that is in use ends nothing but the peace of the driver. */
        qemu_log_mask(LOG_GUEST_ERROR, "ahci: tag %d of port %d is in use\n",
                      tag, p->port_no);
        s->error = ATA_ERR_ABRT;
        s->status = ATA_SR_DRDY | ATA_SR_ERR;
        ahci_write_d2h(p, false);
        return false;
    }
    t->used = true;
    t->tag = tag;
    decode(t, cfis, slot);
    if (s->drive_kind != IDE_HD || !gather(t, h)) {
        set_error(t);
        if (s->drive_kind == IDE_HD) {
            ahci_raise(p, PORT_IRQ_OVERFLOW);
        }
        ahci_write_d2h(p, false);
        return false;
    }
    /* The drive has taken it: the slot is free. */
    s->error = 0;
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    ahci_write_d2h(p, false);
    p->port_regs.cmd_issue &= ~(1u << slot);
    if (!ata_range_ok(s, t->lba, t->sector_count)) {
        block_acct_invalid(blk_get_stats(s->blk),
                           t->cmd == READ_FPDMA_QUEUED ? BLOCK_ACCT_READ
                                                       : BLOCK_ACCT_WRITE);
        fail(t);
        return true;
    }
    execute(t);
    return true;
}

/*** Resets, stops and migration ***/

void ahci_ncq_cancel(AHCIPort *p)
{
    for (int i = 0; i < AHCI_MAX_CMDS; i++) {
        NCQTransfer *t = &p->ncq_tfs[i];

        t->halt = false;
        t->used = false;
        if (t->aiocb) {
            blk_aio_cancel(t->aiocb);
            t->aiocb = NULL;
        }
        qemu_sglist_destroy(&t->sglist);
    }
}

void ahci_ncq_restart(AHCIPort *p)
{
    for (int i = 0; i < AHCI_MAX_CMDS; i++) {
        NCQTransfer *t = &p->ncq_tfs[i];

        if (t->used && t->halt && !t->aiocb) {
            execute(t);
        }
    }
}

int ahci_ncq_post_load(AHCIPort *p)
{
    for (int i = 0; i < AHCI_MAX_CMDS; i++) {
        NCQTransfer *t = &p->ncq_tfs[i];
        AHCICmdHeader h;

        t->port = p;
        if (!t->used && !t->halt) {
            continue;
        }
        if (!t->used || !t->halt || !ahci_is_ncq(t->cmd) || t->tag != i ||
            t->slot >= AHCI_MAX_CMDS || t->sector_count > 65536) {
            return -EINVAL;
        }
        if (!ahci_read_header(p, t->slot, &h) || !gather(t, &h)) {
            return -EINVAL;
        }
    }
    return 0;
}
