/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of ATA disks (ATA8-ACS clause 7, ATA/ATAPI-7 for the older
 * ones) and which of them packet devices have; here are those that move no
 * sectors.
 */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"
#include "qemu/host-utils.h"

/*** Sector addresses ***/

int64_t ata_get_sector(IDEState *s)
{
    int64_t low = s->hcyl << 16 | s->lcyl << 8 | s->sector;

    if (!(s->select & ATA_DEV_LBA)) {
        return ((int64_t)(s->hcyl << 8 | s->lcyl) * s->heads +
                (s->select & 0x0f)) * s->sectors + s->sector - 1;
    }
    if (s->lba48) {
        return (int64_t)s->hob_hcyl << 40 | (int64_t)s->hob_lcyl << 32 |
               (int64_t)s->hob_sector << 24 | low;
    }
    return (int64_t)(s->select & 0x0f) << 24 | low;
}

static void set_chs(IDEState *s, int64_t sector)
{
    int per_cylinder = s->heads * s->sectors;
    unsigned cylinder, rest;

    if (per_cylinder <= 0) {
        return;
    }
    cylinder = sector / per_cylinder;
    rest = sector % per_cylinder;
    s->hcyl = cylinder >> 8;
    s->lcyl = cylinder;
    s->select = (s->select & 0xf0) | (rest / s->sectors & 0x0f);
    s->sector = rest % s->sectors + 1;
}

void ata_set_sector(IDEState *s, int64_t sector)
{
    if (!(s->select & ATA_DEV_LBA)) {
        set_chs(s, sector);
        return;
    }
    s->sector = sector;
    s->lcyl = sector >> 8;
    s->hcyl = sector >> 16;
    if (s->lba48) {
        s->hob_sector = sector >> 24;
        s->hob_lcyl = sector >> 32;
        s->hob_hcyl = sector >> 40;
    } else {
        s->select = (s->select & 0xf0) | (sector >> 24 & 0x0f);
    }
}

void ata_complete_nsector(IDEState *s, bool ext)
{
    s->lba48 = ext;
    if (ext) {
        s->nsector |= s->hob_nsector << 8;
    }
    if (!s->nsector) {
        s->nsector = ext ? 65536 : 256;
    }
}

bool ata_range_ok(IDEState *s, uint64_t sector, uint64_t count)
{
    uint64_t total;

    blk_get_geometry(s->blk, &total);
    return sector <= total && count <= total - sector;
}

/*** Commands without data ***/

static bool cmd_nop(IDEState *s, uint8_t cmd)
{
    return true;
}

/* NOP proper always fails; what it did to a queue there is none of. */
static bool cmd_abort(IDEState *s, uint8_t cmd)
{
    ide_abort(s);
    return true;
}

static bool cmd_identify(IDEState *s, uint8_t cmd)
{
    if (s->drive_kind == IDE_CD) {
        ide_set_signature(s);
        ide_abort(s);
        return true;
    }
    ata_identify(s);
    memcpy(s->io_buffer, s->identify_data, sizeof(s->identify_data));
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    ide_pio_start(s, 0, 512, IDE_PIO_STOP);
    ide_bus_set_irq(s->bus);
    return false;
}

static bool cmd_identify_packet(IDEState *s, uint8_t cmd)
{
    atapi_identify(s);
    memcpy(s->io_buffer, s->identify_data, sizeof(s->identify_data));
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    ide_pio_start(s, 0, 512, IDE_PIO_STOP);
    ide_bus_set_irq(s->bus);
    return false;
}

static bool cmd_packet(IDEState *s, uint8_t cmd)
{
    /* Overlapped packets are not offered. */
    if (s->feature & 0x02) {
        ide_abort(s);
        return true;
    }
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    s->atapi_dma = s->feature & ATA_DMA_FEATURE;
    if (s->atapi_dma) {
        s->dma_cmd = IDE_DMA_ATAPI;
    }
    s->nsector = ATAPI_IR_COD;
    ide_pio_start(s, 0, ATAPI_PACKET_SIZE, IDE_PIO_ATAPI_PACKET);
    return false;
}

static bool cmd_device_reset(IDEState *s, uint8_t cmd)
{
    uint8_t slave = s->select & ATA_DEV_SLAVE;

    ide_cancel_requests(s->bus);
    s->bus->dma_ready = false;
    ide_soft_reset(s);
    s->error = 0;
    s->select |= slave;
    s->status = 0;              /* without DRDY, as packet devices say it */
    return false;
}

static bool cmd_diagnostic(IDEState *s, uint8_t cmd)
{
    IDEBus *bus = s->bus;

    /* Both drives perform it, and drive 0 is selected then. */
    for (int i = 0; i < 2; i++) {
        bus->ifs[i].select &= ~(ATA_DEV_SLAVE | ATA_DEV_LBA);
        ide_set_signature(&bus->ifs[i]);
        bus->ifs[i].error = 0x01;
        bus->ifs[i].status = bus->ifs[i].drive_kind == IDE_CD
                             ? 0 : ATA_SR_DRDY | ATA_SR_DSC;
    }
    bus->unit = 0;
    s->error = 0x01;
    ide_cmd_done(s);
    ide_bus_set_irq(bus);
    return false;
}

static bool cmd_set_chs(IDEState *s, uint8_t cmd)
{
    s->heads = (s->select & 0x0f) + 1;
    s->sectors = s->nsector;
    return true;
}

static bool cmd_check_power(IDEState *s, uint8_t cmd)
{
    s->nsector = 0xff;          /* active, or idle */
    return true;
}

/* What flash cards have at this code: nothing wears out here. */
static bool cmd_wear_level(IDEState *s, uint8_t cmd)
{
    s->nsector = 0;
    return true;
}

static bool cmd_read_native_max(IDEState *s, uint8_t cmd)
{
    bool ext = cmd == 0x27;

    /* Of no meaning without a capacity or with cylinders. */
    if (!s->nb_sectors) {
        ide_abort(s);
        return true;
    }
    ata_complete_nsector(s, ext);
    ata_set_sector(s, ext ? s->nb_sectors - 1
                          : MIN(s->nb_sectors - 1, ATA_LBA28_MAX));
    return true;
}

static bool cmd_set_multiple(IDEState *s, uint8_t cmd)
{
    uint8_t n = s->nsector;

    if (n > IDE_MAX_MULT_SECTORS || (n && !is_power_of_2(n))) {
        ide_abort(s);
    } else {
        s->mult_sectors = n;
    }
    return true;
}

/* The list of ranges comes by DMA. */
static bool cmd_data_set_management(IDEState *s, uint8_t cmd)
{
    if (s->feature == 0x01 && s->identify_set && s->blk) {
        return ata_trim(s, cmd);
    }
    ide_abort(s);
    return true;
}

/*** SET FEATURES ***/

static void put_id(IDEState *s, int word, uint16_t val)
{
    stw_le_p(s->identify_data + 2 * word, val);
}

static bool set_transfer_mode(IDEState *s)
{
    uint8_t mode = s->nsector & 7;

    switch (s->nsector >> 3) {
    case 0:                     /* PIO default */
    case 1:                     /* PIO with flow control */
        put_id(s, 62, 0x07);
        put_id(s, 63, 0x07);
        put_id(s, 88, 0x3f);
        break;
    case 2:                     /* single word DMA */
        put_id(s, 62, 0x07 | 1 << (mode + 8));
        put_id(s, 63, 0x07);
        put_id(s, 88, 0x3f);
        break;
    case 4:                     /* multiword DMA */
        put_id(s, 62, 0x07);
        put_id(s, 63, 0x07 | 1 << (mode + 8));
        put_id(s, 88, 0x3f);
        break;
    case 8:                     /* Ultra DMA */
        put_id(s, 62, 0x07);
        put_id(s, 63, 0x07);
        put_id(s, 88, 0x3f | 1 << (mode + 8));
        break;
    default:
        return false;
    }
    return true;
}

static bool set_write_cache(IDEState *s, bool on)
{
    blk_set_enable_write_cache(s->blk, on);
    ata_identify_wcache(s);
    if (!on) {
        /* What is in the cache has to go out. */
        ata_flush_cache(s);
        return false;
    }
    return true;
}

static bool cmd_set_features(IDEState *s, uint8_t cmd)
{
    if (s->drive_kind == IDE_HD) {
        ata_identify(s);
    } else {
        atapi_identify(s);
    }
    switch (s->feature) {
    case 0x02:
        return set_write_cache(s, true);
    case 0x82:
        return set_write_cache(s, false);
    case 0x03:
        if (!set_transfer_mode(s)) {
            ide_abort(s);
        }
        return true;
    case 0xaa:                  /* read look-ahead on, off */
    case 0x55:
    case 0x05:                  /* advanced power management */
    case 0x85:
    case 0x69:
    case 0x67:
    case 0x96:
    case 0x9a:
    case 0x42:                  /* acoustic management */
    case 0xc2:
    case 0xcc:                  /* defaults stay over a reset, or not */
    case 0x66:
        return true;
    default:
        ide_abort(s);
        return true;
    }
}

/*** The table ***/

#define HD 0x01
#define CD 0x02
#define DSC 0x04                /* a seek is complete afterwards */

typedef struct Command {
    IDECommandFn *fn;
    uint8_t flags;
} Command;

static const Command commands[256] = {
    [0x00] = { cmd_abort, HD | CD },                    /* NOP */
    [0x06] = { cmd_data_set_management, HD },
    [0x08] = { cmd_device_reset, CD },
    [0x10] = { cmd_nop, HD | DSC },                     /* RECALIBRATE */
    [0x20] = { ata_read_pio, HD | CD },                 /* READ SECTOR(S) */
    [0x21] = { ata_read_pio, HD },
    [0x24] = { ata_read_pio, HD },                      /* ... EXT */
    [0x25] = { ata_read_dma, HD },                      /* READ DMA EXT */
    [0x27] = { cmd_read_native_max, HD | DSC },
    [0x29] = { ata_read_multiple, HD },                 /* ... EXT */
    [0x30] = { ata_write_pio, HD },                     /* WRITE SECTOR(S) */
    [0x31] = { ata_write_pio, HD },
    [0x34] = { ata_write_pio, HD },                     /* ... EXT */
    [0x35] = { ata_write_dma, HD },                     /* WRITE DMA EXT */
    [0x39] = { ata_write_multiple, HD },                /* ... EXT */
    [0x3c] = { ata_write_pio, HD },                     /* WRITE VERIFY */
    [0x40] = { ata_verify, HD | DSC },
    [0x41] = { ata_verify, HD | DSC },
    [0x42] = { ata_verify, HD | DSC },                  /* ... EXT */
    [0x70] = { cmd_nop, HD | DSC },                     /* SEEK */
    [0x90] = { cmd_diagnostic, HD | CD },
    [0x91] = { cmd_set_chs, HD | DSC },
    [0x94] = { cmd_nop, HD },                           /* power modes */
    [0x95] = { cmd_nop, HD },
    [0x96] = { cmd_nop, HD },
    [0x97] = { cmd_nop, HD },
    [0x98] = { cmd_check_power, HD | DSC },
    [0x99] = { cmd_nop, HD },
    [0xa0] = { cmd_packet, CD },
    [0xa1] = { cmd_identify_packet, CD },
    [0xb0] = { ata_smart, HD | DSC },
    [0xc4] = { ata_read_multiple, HD },
    [0xc5] = { ata_write_multiple, HD },
    [0xc6] = { cmd_set_multiple, HD | DSC },
    [0xc8] = { ata_read_dma, HD },
    [0xc9] = { ata_read_dma, HD },
    [0xca] = { ata_write_dma, HD },
    [0xcb] = { ata_write_dma, HD },
    [0xe0] = { cmd_nop, HD },                           /* power modes */
    [0xe1] = { cmd_nop, HD },
    [0xe2] = { cmd_nop, HD },
    [0xe3] = { cmd_nop, HD },
    [0xe5] = { cmd_check_power, HD | DSC },
    [0xe6] = { cmd_nop, HD },
    [0xe7] = { ata_flush, HD | CD },                    /* FLUSH CACHE */
    [0xea] = { ata_flush, HD },                         /* ... EXT */
    [0xec] = { cmd_identify, HD | CD },
    [0xef] = { cmd_set_features, HD | CD | DSC },
    [0xf5] = { cmd_wear_level, HD | DSC },
    [0xf8] = { cmd_read_native_max, HD | DSC },
};

void ide_exec_cmd(IDEBus *bus, uint8_t cmd)
{
    IDEState *s = ide_active(bus);
    const Command *c = &commands[cmd];

    if (!s->blk) {
        return;
    }
    if ((s->status & (ATA_SR_BSY | ATA_SR_DRQ)) &&
        !(cmd == 0x08 && s->drive_kind == IDE_CD)) {
        return;
    }
    if (!c->fn || !(c->flags & (s->drive_kind == IDE_CD ? CD : HD))) {
        ide_abort(s);
        ide_cmd_done(s);
        ide_bus_set_irq(bus);
        return;
    }
    s->status = ATA_SR_DRDY | ATA_SR_BSY;
    s->error = 0;
    if (!c->fn(s, cmd)) {
        return;
    }
    s->status &= ~ATA_SR_BSY;
    if ((c->flags & DSC) && !s->error) {
        s->status |= ATA_SR_DSC;
    }
    ide_cmd_done(s);
    ide_bus_set_irq(bus);
}
