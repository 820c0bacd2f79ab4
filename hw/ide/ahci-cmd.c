/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The work of an AHCI port (AHCI 1.3.1, clauses 4 to 6): fetching commands,
 * giving them to the drive, moving their data, and the FISes that tell of it
 * (Serial ATA 2.6, 10.3).
 */
#include "qemu/osdep.h"
#include "hw/ide/ahci.h"
#include "qemu/bswap.h"
#include "qemu/log.h"

/* Where FISes go in the area (4.2.1). */
#define RES_FIS_PIO_SETUP 0x20
#define RES_FIS_D2H 0x40

#define FIS_H2D 0x27
#define FIS_D2H 0x34
#define FIS_PIO_SETUP 0x5f
#define FIS_H2D_COMMAND 0x80    /* not: device control */
#define FIS_INTERRUPT 0x40
#define FIS_TO_HOST 0x20

#define CMD_ATAPI 0x20u
#define CMD_HEADER_SIZE 32
#define CMD_PRDBC 4             /* bytes moved, in the header */
#define TABLE_ACMD 0x40
#define TABLE_PRDT 0x80
#define PRD_SIZE 16
#define PRD_BATCH 64

enum { STATE_RUN, STATE_RESET };

MemTxResult ahci_dma_rw(AHCIPort *p, uint64_t addr, void *buf, uint64_t len,
                        DMADirection dir)
{
    MemReentrancyGuard *guard =
        &DEVICE(p->hba->container)->mem_reentrancy_guard;
    bool engaged = guard->engaged_in_io;
    MemTxResult res;

    guard->engaged_in_io = true;
    res = pci_dma_rw(p->hba->container, addr, buf, len, dir,
                     MEMTXATTRS_UNSPECIFIED);
    guard->engaged_in_io = engaged;
    return res;
}

static uint64_t list_addr(AHCIPort *p)
{
    return (uint64_t)p->port_regs.lst_addr_hi << 32 |
           (p->port_regs.lst_addr & ~0x3ffu);
}

static uint64_t fis_addr(AHCIPort *p)
{
    return (uint64_t)p->port_regs.fis_addr_hi << 32 |
           (p->port_regs.fis_addr & ~0xffu);
}

/*** FISes to the host ***/

static void send_fis(AHCIPort *p, unsigned offset, void *fis, unsigned len)
{
    if (ahci_dma_rw(p, fis_addr(p) + offset, fis, len,
                    DMA_DIRECTION_FROM_DEVICE) != MEMTX_OK) {
        qemu_log_mask(LOG_GUEST_ERROR, "ahci: FIS area at 0x%" PRIx64
                      " is no memory\n", fis_addr(p));
    }
}

/* What the Register and the PIO Setup FIS have in common. */
static void fill_registers(IDEState *s, uint8_t *fis)
{
    fis[2] = s->status;
    fis[3] = s->error;
    fis[4] = s->sector;
    fis[5] = s->lcyl;
    fis[6] = s->hcyl;
    fis[7] = s->select;
    fis[8] = s->hob_sector;
    fis[9] = s->hob_lcyl;
    fis[10] = s->hob_hcyl;
    fis[12] = s->nsector;
    fis[13] = s->nsector >> 8;
}

bool ahci_write_d2h(AHCIPort *p, bool interrupt)
{
    IDEState *s = &p->port.ifs[0];
    uint8_t fis[20] = { FIS_D2H, interrupt ? FIS_INTERRUPT : 0 };
    uint32_t causes = interrupt ? PORT_IRQ_D2H_REG_FIS : 0;

    if (!s->blk || !(p->port_regs.cmd & PORT_CMD_FIS_RX)) {
        return false;
    }
    fill_registers(s, fis);
    send_fis(p, RES_FIS_D2H, fis, sizeof(fis));
    p->port_regs.tfdata = s->error << 8 | s->status;
    if (s->status & ATA_SR_ERR) {
        causes |= PORT_IRQ_TF_ERR;
    }
    ahci_raise(p, causes);
    return true;
}

static void write_pio_setup(AHCIPort *p, uint16_t len, bool to_host,
                            bool interrupt)
{
    IDEState *s = &p->port.ifs[0];
    uint8_t fis[20] = {
        FIS_PIO_SETUP,
        (interrupt ? FIS_INTERRUPT : 0) | (to_host ? FIS_TO_HOST : 0),
    };

    if (!(p->port_regs.cmd & PORT_CMD_FIS_RX)) {
        return;
    }
    fill_registers(s, fis);
    /* The status when the data is through. */
    fis[15] = s->status & ~ATA_SR_DRQ;
    stw_le_p(fis + 16, len);
    send_fis(p, RES_FIS_PIO_SETUP, fis, sizeof(fis));
    p->port_regs.tfdata = s->error << 8 | s->status;
    ahci_raise(p, (interrupt ? PORT_IRQ_PIOS_FIS : 0) |
               (s->status & ATA_SR_ERR ? PORT_IRQ_TF_ERR : 0));
}

void ahci_init_d2h(AHCIPort *p)
{
    IDEState *s = &p->port.ifs[0];

    if (p->init_d2h_sent || !ahci_write_d2h(p, true)) {
        return;
    }
    p->init_d2h_sent = true;
    p->port_regs.sig = s->hcyl << 24 | s->lcyl << 16 | s->sector << 8 |
                       (s->nsector & 0xff);
}

/*** A command's header and regions ***/

bool ahci_read_header(AHCIPort *p, unsigned slot, AHCICmdHeader *h)
{
    uint32_t raw[4];

    if (ahci_dma_rw(p, list_addr(p) + slot * CMD_HEADER_SIZE, raw,
                    sizeof(raw), DMA_DIRECTION_TO_DEVICE) != MEMTX_OK) {
        return false;
    }
    h->opts = le32_to_cpu(raw[0]);
    h->table = (uint64_t)le32_to_cpu(raw[3]) << 32 |
               (le32_to_cpu(raw[2]) & ~0x7fu);
    return true;
}

/* Adds what is left of one entry; false: that was enough. */
static bool add_region(const uint32_t *prd, uint32_t *used, QEMUSGList *sg,
                       uint32_t *total, uint32_t limit)
{
    uint64_t addr = (uint64_t)le32_to_cpu(prd[1]) << 32 |
                    le32_to_cpu(prd[0]);
    uint32_t size = (le32_to_cpu(prd[3]) & 0x3fffff) + 1;
    uint32_t len = MIN(size - *used, limit - *total);

    qemu_sglist_add(sg, addr + *used, len);
    *total += len;
    *used += len;
    return *used == size;
}

uint32_t ahci_add_regions(AHCIPort *p, const AHCICmdHeader *h,
                          uint32_t *index, uint32_t *used, QEMUSGList *sg,
                          uint32_t limit)
{
    uint32_t count = h->opts >> 16, total = 0;
    uint32_t prds[PRD_BATCH][4];

    while (*index < count && total < limit) {
        uint32_t n = MIN(count - *index, PRD_BATCH);

        if (ahci_dma_rw(p, h->table + TABLE_PRDT + *index * PRD_SIZE, prds,
                        n * PRD_SIZE, DMA_DIRECTION_TO_DEVICE) != MEMTX_OK) {
            break;
        }
        for (uint32_t i = 0; i < n && total < limit; i++) {
            if (add_region(prds[i], used, sg, &total, limit)) {
                *used = 0;
                (*index)++;
            }
        }
    }
    return total;
}

static void add_to_prdbc(AHCIPort *p, uint32_t bytes)
{
    uint32_t val;

    p->prd_moved += bytes;
    val = cpu_to_le32(p->prd_moved);
    if (p->busy_slot != -1) {
        ahci_dma_rw(p, list_addr(p) + p->busy_slot * CMD_HEADER_SIZE +
                    CMD_PRDBC, &val, sizeof(val), DMA_DIRECTION_FROM_DEVICE);
    }
}

static void rewind_regions(AHCIPort *p)
{
    p->prd_index = 0;
    p->prd_used = 0;
    p->prd_moved = 0;
}

/*** What the drive asks for ***/

static int32_t host_prepare(IDEBus *bus, int32_t limit)
{
    AHCIPort *p = bus->host;
    IDEState *s = &bus->ifs[0];

    pci_dma_sglist_init(&s->sg, p->hba->container, 1);
    return ahci_add_regions(p, &p->header, &p->prd_index, &p->prd_used,
                            &s->sg, limit);
}

static void host_commit(IDEBus *bus, uint32_t bytes)
{
    add_to_prdbc(bus->host, bytes);
}

static void move_data(AHCIPort *p, IDEState *s, bool to_host)
{
    uint8_t *buf = s->io_buffer + s->cur_io_buffer_offset;
    int32_t len = host_prepare(&p->port, s->cur_io_buffer_len);

    /* Without memory there is nothing to write. */
    if (!to_host) {
        memset(buf + len, 0, s->cur_io_buffer_len - len);
    }
    ide_dma_copy(s, buf, len, to_host);
    qemu_sglist_destroy(&s->sg);
    add_to_prdbc(p, len);
}

static void host_pio_transfer(IDEBus *bus)
{
    AHCIPort *p = bus->host;
    IDEState *s = &bus->ifs[0];
    bool to_host = ide_pio_is_out(s);

    if (s->end_transfer_fn_idx == IDE_PIO_ATAPI_PACKET) {
        write_pio_setup(p, s->cur_io_buffer_len, false, false);
        if (ahci_dma_rw(p, p->header.table + TABLE_ACMD, s->io_buffer,
                        ATAPI_PACKET_SIZE,
                        DMA_DIRECTION_TO_DEVICE) != MEMTX_OK) {
            memset(s->io_buffer, 0xff, ATAPI_PACKET_SIZE);
        }
        return;
    }
    /* The host knows of the first block of a write without being told. */
    write_pio_setup(p, s->cur_io_buffer_len, to_host,
                    to_host || p->done_first_drq);
    p->done_first_drq = true;
    move_data(p, s, to_host);
}

/* The engine is always on. */
static void host_start_dma(IDEBus *bus)
{
    ide_dma_run(bus);
}

static void command_ended(AHCIPort *p)
{
    IDEState *s = &p->port.ifs[0];

    if (p->busy_slot == -1) {
        return;
    }
    if (s->status & ATA_SR_ERR) {
        /* It stays issued until software starts the port anew. */
        p->failed |= 1u << p->busy_slot & p->port_regs.cmd_issue;
    } else {
        p->port_regs.cmd_issue &= ~(1u << p->busy_slot);
    }
    p->busy_slot = -1;
    ahci_write_d2h(p, true);
    if (p->port_regs.cmd_issue && !p->running) {
        qemu_bh_schedule(p->bh);
    }
}

static void host_cmd_done(IDEBus *bus)
{
    command_ended(bus->host);
}

static void host_dma_done(IDEBus *bus, bool complete)
{
    command_ended(bus->host);
}

static void host_restart_dma(IDEBus *bus)
{
    rewind_regions(bus->host);
}

static void host_restart(IDEBus *bus)
{
    ahci_ncq_restart(bus->host);
    ahci_check_cmds(bus->host);
}

const IDEHostOps ahci_host_ops = {
    .start_dma = host_start_dma,
    .prepare = host_prepare,
    .commit = host_commit,
    .dma_done = host_dma_done,
    .pio_transfer = host_pio_transfer,
    .cmd_done = host_cmd_done,
    .restart = host_restart,
    .restart_dma = host_restart_dma,
};

/*** Commands ***/

bool ahci_port_is_busy(AHCIPort *p)
{
    return p->port.ifs[0].status & (ATA_SR_BSY | ATA_SR_DRQ) ||
           p->busy_slot != -1;
}

/* Device control: two FISes, the first with SRST set, the second without. */
static void control_fis(AHCIPort *p, const uint8_t *cfis)
{
    bool srst = cfis[15] & ATA_CTL_SRST;

    if (p->port_state == STATE_RUN && srst) {
        p->port_state = STATE_RESET;
    } else if (p->port_state == STATE_RESET && !srst) {
        p->port_regs.tfdata |= ATA_SR_BSY;
        p->reset_wanted = true;
        qemu_bh_schedule(p->bh);
    }
}

static void load_registers(IDEState *s, const uint8_t *cfis)
{
    s->feature = cfis[3];
    s->sector = cfis[4];
    s->lcyl = cfis[5];
    s->hcyl = cfis[6];
    s->select = cfis[7];
    s->hob_sector = cfis[8];
    s->hob_lcyl = cfis[9];
    s->hob_hcyl = cfis[10];
    s->hob_feature = cfis[11];
    s->nsector = cfis[12];
    s->hob_nsector = cfis[13];
}

static void start_command(AHCIPort *p, unsigned slot, const uint8_t *cfis,
                          const AHCICmdHeader *h)
{
    p->header = *h;
    rewind_regions(p);
    p->done_first_drq = false;
    p->busy_slot = slot;
    load_registers(&p->port.ifs[0], cfis);
    add_to_prdbc(p, 0);
    ide_exec_cmd(&p->port, cfis[2]);
    /* A reset of a packet device tells nothing by itself. */
    if (p->busy_slot != -1 &&
        !(p->port.ifs[0].status & (ATA_SR_BSY | ATA_SR_DRQ)) &&
        !p->port.error_status) {
        command_ended(p);
    }
}

/* One of cmd_issue; false: it has to wait, or cannot be. */
static bool take_up(AHCIPort *p, unsigned slot)
{
    uint8_t cfis[64];
    AHCICmdHeader h;

    if (!ahci_read_header(p, slot, &h) ||
        ahci_dma_rw(p, h.table, cfis, sizeof(cfis),
                    DMA_DIRECTION_TO_DEVICE) != MEMTX_OK) {
        qemu_log_mask(LOG_GUEST_ERROR, "ahci: command %u of port %d is not "
                      "in memory\n", slot, p->port_no);
        p->failed |= 1u << slot;
        ahci_raise(p, PORT_IRQ_HBUS_ERR);
        return false;
    }
    if (cfis[0] != FIS_H2D || (cfis[1] & 0x0f)) {
        /* Nobody there that takes it. */
        p->port_regs.cmd_issue &= ~(1u << slot);
        return true;
    }
    if (!(cfis[1] & FIS_H2D_COMMAND)) {
        p->port_regs.cmd_issue &= ~(1u << slot);
        control_fis(p, cfis);
        return true;
    }
    if (ahci_port_is_busy(p)) {
        return false;
    }
    if (ahci_is_ncq(cfis[2])) {
        if (!ahci_ncq_start(p, slot, cfis, &h)) {
            p->failed |= 1u << slot;
        }
        return true;
    }
    start_command(p, slot, cfis, &h);
    return true;
}

void ahci_check_cmds(AHCIPort *p)
{
    if (!(p->port_regs.cmd & PORT_CMD_START) || !p->port.ifs[0].blk ||
        p->running || p->reset_wanted) {
        return;
    }
    p->running = true;
    for (unsigned slot = 0; slot < AHCI_MAX_CMDS && !p->reset_wanted;
         slot++) {
        if (p->port_regs.cmd_issue & ~p->failed & 1u << slot) {
            take_up(p, slot);
        }
    }
    p->running = false;
    /* One that was passed by, as the drive was busy with a shorter one. */
    if ((p->port_regs.cmd_issue & ~p->failed) && !ahci_port_is_busy(p)) {
        qemu_bh_schedule(p->bh);
    }
}

void ahci_port_reset(AHCIPort *p)
{
    IDEState *s = &p->port.ifs[0];

    p->reset_wanted = false;
    ahci_ncq_cancel(p);
    ide_bus_reset(&p->port);
    p->port_state = STATE_RUN;
    p->port_regs.scr_stat = 0;
    p->port_regs.scr_err = 0;
    p->port_regs.scr_act = 0;
    p->port_regs.tfdata = 0x7f;
    p->port_regs.sig = 0xffffffff;
    p->port_regs.cmd_issue = 0;
    p->failed = 0;
    p->finished = 0;
    p->busy_slot = -1;
    p->init_d2h_sent = false;
    if (s->blk) {
        s->status = ATA_SR_DSC | ATA_SR_DF |
                    (s->drive_kind == IDE_CD ? ATA_SR_DRDY : 0);
        s->error = 0x01;        /* diagnostics: passed */
    }
    ahci_init_d2h(p);
}
