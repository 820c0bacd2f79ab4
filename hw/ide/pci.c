/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bus master DMA of PCI IDE functions: SFF-8038i revision 1.0, with a
 * command and a status register and the address of a table of physical region
 * descriptors for each channel.
 */
#include "qemu/osdep.h"
#include "hw/ide/pci.h"
#include "hw/irq.h"
#include "qemu/log.h"

#define BM_CMD_START 0x01
#define BM_CMD_TO_MEMORY 0x08

#define BM_STATUS_ACTIVE 0x01
#define BM_STATUS_ERROR 0x02
#define BM_STATUS_INT 0x04
#define BM_STATUS_CAPABLE 0x60  /* drive 0, drive 1: as software says */

/* Error bits that older streams have in the status, as in IDEBus. */
#define COMPAT_ERROR_BITS (IDE_RETRY_DMA | IDE_RETRY_PIO | IDE_RETRY_READ | \
                           IDE_RETRY_FLUSH)

#define PRD_SIZE 8
#define PRD_LAST 0x80000000
/* A table does not cross a boundary of this. */
#define PRD_TABLE_BOUNDARY 0x10000

/*** The descriptors ***/

static void rewind_table(BMDMAState *bm)
{
    bm->cur_addr = bm->addr;
    bm->cur_prd_last = 0;
    bm->cur_prd_addr = 0;
    bm->cur_prd_len = 0;
}

/* The next entry; false: there is none. */
static bool next_entry(BMDMAState *bm)
{
    PCIDevice *dev = PCI_DEVICE(bm->pci_dev);
    uint32_t prd[2];

    if (bm->cur_prd_last) {
        return false;
    }
    if (bm->cur_addr != bm->addr &&
        bm->cur_addr % PRD_TABLE_BOUNDARY == 0) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: PRD table at 0x%" PRIx32
                      " without end\n", dev->name, bm->addr);
        return false;
    }
    if (pci_dma_read(dev, bm->cur_addr, prd, sizeof(prd)) != MEMTX_OK) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: no PRD table at 0x%" PRIx32 "\n",
                      dev->name, bm->cur_addr);
        return false;
    }
    bm->cur_addr += PRD_SIZE;
    bm->cur_prd_addr = le32_to_cpu(prd[0]) & ~1u;
    bm->cur_prd_last = le32_to_cpu(prd[1]) & PRD_LAST;
    bm->cur_prd_len = le32_to_cpu(prd[1]) & 0xfffe;
    if (!bm->cur_prd_len) {
        bm->cur_prd_len = 0x10000;
    }
    return true;
}

static int32_t bmdma_prepare(IDEBus *bus, int32_t limit)
{
    BMDMAState *bm = bus->host;
    IDEState *s = ide_active(bus);
    int32_t total = 0;

    pci_dma_sglist_init(&s->sg, PCI_DEVICE(bm->pci_dev), 1);
    while (total < limit) {
        uint32_t len;

        if (!bm->cur_prd_len && !next_entry(bm)) {
            break;
        }
        len = MIN(bm->cur_prd_len, limit - total);
        qemu_sglist_add(&s->sg, bm->cur_prd_addr, len);
        bm->cur_prd_addr += len;
        bm->cur_prd_len -= len;
        total += len;
    }
    return total;
}

/*** The engine ***/

static void bmdma_start_dma(IDEBus *bus)
{
    BMDMAState *bm = bus->host;

    rewind_table(bm);
    if (bm->status & BM_STATUS_ACTIVE) {
        ide_dma_run(bus);
    }
}

/* Active stays set where the table had more than the drive. */
static void bmdma_dma_done(IDEBus *bus, bool complete)
{
    BMDMAState *bm = bus->host;

    if (!complete || (!bm->cur_prd_len && bm->cur_prd_last)) {
        bm->status &= ~BM_STATUS_ACTIVE;
    }
    bm->cur_prd_len = 0;
}

static void bmdma_restart_dma(IDEBus *bus)
{
    rewind_table(bus->host);
}

static void bmdma_reset(IDEBus *bus)
{
    BMDMAState *bm = bus->host;

    bm->cmd = 0;
    bm->status = 0;
    bm->addr = 0;
    rewind_table(bm);
}

static const IDEHostOps bmdma_ops = {
    .start_dma = bmdma_start_dma,
    .prepare = bmdma_prepare,
    .dma_done = bmdma_dma_done,
    .restart_dma = bmdma_restart_dma,
    .reset = bmdma_reset,
};

/* The engine notes interrupts of the drive. */
static void bmdma_irq(void *opaque, int n, int level)
{
    BMDMAState *bm = opaque;

    if (level) {
        bm->status |= BM_STATUS_INT;
    }
    qemu_set_irq(bm->irq, level);
}

/*** Registers ***/

static void write_command(BMDMAState *bm, uint8_t val)
{
    if ((val ^ bm->cmd) & BM_CMD_START) {
        if (!(val & BM_CMD_START)) {
            ide_drain_dma(bm->bus);
            bm->status &= ~BM_STATUS_ACTIVE;
        } else {
            rewind_table(bm);
            if (!(bm->status & BM_STATUS_ACTIVE)) {
                bm->status |= BM_STATUS_ACTIVE;
                ide_dma_run(bm->bus);
            }
        }
    }
    bm->cmd = val & (BM_CMD_START | BM_CMD_TO_MEMORY);
}

static void write_status(BMDMAState *bm, uint8_t val)
{
    bm->status = (val & BM_STATUS_CAPABLE) |
                 (bm->status & BM_STATUS_ACTIVE) |
                 (bm->status & ~val & (BM_STATUS_ERROR | BM_STATUS_INT));
}

static uint64_t bmdma_read(void *opaque, hwaddr addr, unsigned size)
{
    BMDMAState *bm = opaque;

    if (size != 1) {
        return ((uint64_t)1 << 8 * size) - 1;
    }
    return addr == 0 ? bm->cmd : addr == 2 ? bm->status : 0xff;
}

static void bmdma_write(void *opaque, hwaddr addr, uint64_t val,
                        unsigned size)
{
    if (size != 1) {
        return;
    }
    if (addr == 0) {
        write_command(opaque, val);
    } else if (addr == 2) {
        write_status(opaque, val);
    }
}

static const MemoryRegionOps bmdma_io_ops = {
    .read = bmdma_read,
    .write = bmdma_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static uint64_t addr_read(void *opaque, hwaddr addr, unsigned size)
{
    BMDMAState *bm = opaque;
    uint32_t mask = size == 4 ? UINT32_MAX : (1u << 8 * size) - 1;

    return bm->addr >> 8 * addr & mask;
}

static void addr_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    BMDMAState *bm = opaque;
    uint32_t mask = (size == 4 ? UINT32_MAX : (1u << 8 * size) - 1)
                    << 8 * addr;

    bm->addr = ((bm->addr & ~mask) | (val << 8 * addr & mask)) & ~3u;
}

static const MemoryRegionOps bmdma_addr_ops = {
    .read = addr_read,
    .write = addr_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

void bmdma_init(IDEBus *bus, BMDMAState *bm, PCIIDEState *d)
{
    bus->ops = &bmdma_ops;
    bus->host = bm;
    bm->bus = bus;
    bm->pci_dev = d;
    bm->irq = bus->irq;
    bus->irq = qemu_allocate_irq(bmdma_irq, bm, 0);
}

void bmdma_setup_bar(PCIIDEState *d)
{
    memory_region_init(&d->bmdma_bar, OBJECT(d), "piix-bmdma-container", 16);
    for (int i = 0; i < 2; i++) {
        BMDMAState *bm = &d->bmdma[i];

        memory_region_init_io(&bm->extra_io, OBJECT(d), &bmdma_io_ops, bm,
                              "piix-bmdma", 4);
        memory_region_add_subregion(&d->bmdma_bar, i * 8, &bm->extra_io);
        memory_region_init_io(&bm->addr_ioport, OBJECT(d), &bmdma_addr_ops,
                              bm, "bmdma", 4);
        memory_region_add_subregion(&d->bmdma_bar, i * 8 + 4,
                                    &bm->addr_ioport);
    }
}

/*** Drives of the board ***/

void pci_ide_create_devs(PCIDevice *dev)
{
    PCIIDEState *d = PCI_IDE(dev);

    for (int bus = 0; bus < 2; bus++) {
        for (int unit = 0; unit < MAX_IDE_DEVS; unit++) {
            DriveInfo *drive = drive_get(IF_IDE, bus, unit);

            if (drive) {
                ide_create_drive(&d->bus[bus], unit, drive);
            }
        }
    }
}

/*** State ***/

static bool current_needed(void *opaque)
{
    BMDMAState *bm = opaque;

    return bm->cur_prd_len != 0;
}

static const VMStateDescription vmstate_bmdma_current = {
    .name = "ide bmdma/current",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = current_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(cur_addr, BMDMAState),
        VMSTATE_UINT32(cur_prd_last, BMDMAState),
        VMSTATE_UINT32(cur_prd_addr, BMDMAState),
        VMSTATE_UINT32(cur_prd_len, BMDMAState),
        VMSTATE_END_OF_LIST()
    },
};

/* Where the bits of the status and those of errors collide. */
static bool status_needed(void *opaque)
{
    BMDMAState *bm = opaque;

    return bm->status & COMPAT_ERROR_BITS;
}

static const VMStateDescription vmstate_bmdma_status = {
    .name = "ide bmdma/status",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = status_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(status, BMDMAState),
        VMSTATE_END_OF_LIST()
    },
};

static int bmdma_pre_save(void *opaque)
{
    BMDMAState *bm = opaque;

    bm->migration_retry_unit = bm->bus->retry_unit;
    bm->migration_retry_sector_num = bm->bus->retry_sector_num;
    bm->migration_retry_nsector = bm->bus->retry_nsector;
    bm->migration_compat_status =
        (bm->status & ~COMPAT_ERROR_BITS) |
        (bm->bus->error_status & COMPAT_ERROR_BITS);
    return 0;
}

static int bmdma_post_load(void *opaque, int version_id)
{
    BMDMAState *bm = opaque;

    if (!(bm->status & COMPAT_ERROR_BITS)) {
        bm->status = bm->migration_compat_status & ~COMPAT_ERROR_BITS;
    }
    /* The bus comes behind; it has its own, where there was an error. */
    bm->bus->error_status |= bm->migration_compat_status & COMPAT_ERROR_BITS;
    if (bm->bus->error_status) {
        bm->bus->retry_unit = bm->migration_retry_unit;
        bm->bus->retry_sector_num = bm->migration_retry_sector_num;
        bm->bus->retry_nsector = bm->migration_retry_nsector;
    }
    return 0;
}

static const VMStateDescription vmstate_bmdma = {
    .name = "ide bmdma",
    .version_id = 3,
    .minimum_version_id = 0,
    .pre_save = bmdma_pre_save,
    .post_load = bmdma_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(cmd, BMDMAState),
        VMSTATE_UINT8(migration_compat_status, BMDMAState),
        VMSTATE_UINT32(addr, BMDMAState),
        VMSTATE_INT64(migration_retry_sector_num, BMDMAState),
        VMSTATE_UINT32(migration_retry_nsector, BMDMAState),
        VMSTATE_UINT8(migration_retry_unit, BMDMAState),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_bmdma_current,
        &vmstate_bmdma_status,
        NULL
    },
};

const VMStateDescription vmstate_ide_pci = {
    .name = "ide",
    .version_id = 3,
    .minimum_version_id = 0,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCIIDEState),
        VMSTATE_STRUCT_ARRAY(bmdma, PCIIDEState, 2, 0, vmstate_bmdma,
                             BMDMAState),
        VMSTATE_IDE_BUS_ARRAY(bus, PCIIDEState, 2),
        VMSTATE_IDE_DRIVES(bus[0].ifs, PCIIDEState),
        VMSTATE_IDE_DRIVES(bus[1].ifs, PCIIDEState),
        VMSTATE_END_OF_LIST()
    },
};
