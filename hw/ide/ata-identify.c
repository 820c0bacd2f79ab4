/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IDENTIFY DEVICE (ATA8-ACS 7.16) and IDENTIFY PACKET DEVICE (7.17): 256
 * words by which a drive tells what it is.
 */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"
#include "qemu/bswap.h"

typedef struct Word {
    uint8_t nr;
    uint16_t val;
} Word;

static void put(IDEState *s, unsigned word, uint16_t val)
{
    stw_le_p(s->identify_data + 2 * word, val);
}

static void put_words(IDEState *s, const Word *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put(s, words[i].nr, words[i].val);
    }
}

/* Two characters a word, the first in the upper byte; padded with blanks. */
static void put_text(IDEState *s, unsigned word, const char *text,
                     unsigned len)
{
    uint8_t *p = s->identify_data + 2 * word;

    for (unsigned i = 0; i < len; i++) {
        p[i ^ 1] = *text ? *text++ : ' ';
    }
}

static void put_names(IDEState *s)
{
    put_text(s, 10, s->drive_serial_str, 20);
    put_text(s, 23, s->version, 8);
    put_text(s, 27, s->drive_model_str, 40);
}

static void put_wwn(IDEState *s)
{
    if (s->wwn) {
        put(s, 84, 0x4100);
        put(s, 87, 0x4100);
        for (int i = 0; i < 4; i++) {
            put(s, 108 + i, s->wwn >> (48 - 16 * i));
        }
    }
}

/* SATA: the depth of the queue less one, and that there is one. */
static void put_ncq(IDEState *s)
{
    if (s->ncq_queues) {
        put(s, 75, 31);
        put(s, 76, 0x0100);
    }
}

void ata_identify_wcache(IDEState *s)
{
    /* SMART is on; so is the cache. */
    if (s->drive_kind == IDE_HD) {
        put(s, 85, blk_enable_write_cache(s->blk) ? 0x4021 : 0x4001);
    }
}

void ata_identify_size(IDEState *s)
{
    uint64_t lba28 = MIN(s->nb_sectors, ATA_LBA28_MAX);

    put(s, 60, lba28);
    put(s, 61, lba28 >> 16);
    for (int i = 0; i < 4; i++) {
        put(s, 100 + i, s->nb_sectors >> 16 * i);
    }
}

static const Word disk_words[] = {
    { 0, 0x0040 },              /* a fixed disk */
    { 5, 512 },                 /* bytes a sector */
    { 20, 3 },                  /* buffer: dual ported, with look-ahead */
    { 21, 512 },                /* ... of so many sectors */
    { 22, 4 },                  /* bytes of ECC on READ LONG */
    { 47, 0x8000 | IDE_MAX_MULT_SECTORS },
    { 48, 1 },                  /* 32-bit accesses to the data register */
    { 49, 0x0b00 },             /* IORDY, LBA, DMA */
    { 51, 0x0200 },             /* PIO mode, DMA mode */
    { 52, 0x0200 },
    { 53, 7 },                  /* words 54-58, 64-70 and 88 are valid */
    { 62, 7 },                  /* single word DMA 0 to 2 */
    { 63, 7 },                  /* multiword DMA 0 to 2 */
    { 64, 3 },                  /* PIO 3 and 4 */
    { 65, 120 },                /* ns a cycle */
    { 66, 120 },
    { 67, 120 },
    { 68, 120 },
    { 80, 0x00f0 },             /* ATA/ATAPI-4 to -7 */
    { 81, 0x0016 },             /* revision of the last */
    { 82, 0x4021 },             /* NOP, write cache, SMART */
    { 83, 0x7400 },             /* FLUSH CACHE (EXT), 48 bits */
    { 84, 0x4000 },
    { 86, 0x3400 },             /* what of 83 is on */
    { 87, 0x4000 },
    { 88, 0x203f },             /* Ultra DMA 0 to 5, 5 is on */
    { 93, 0x6001 },             /* 80 wires, by jumper */
};

static void put_default_chs(IDEState *s)
{
    put(s, 1, s->cylinders);
    put(s, 3, s->dev->conf.heads);
    put(s, 4, 512 * s->dev->conf.secs);
    put(s, 6, s->dev->conf.secs);
}

/* What the host has set: the geometry, and the sectors of a block. */
static void put_current_modes(IDEState *s)
{
    unsigned capacity = s->cylinders * s->heads * s->sectors;

    put(s, 54, s->cylinders);
    put(s, 55, s->heads);
    put(s, 56, s->sectors);
    put(s, 57, capacity);
    put(s, 58, capacity >> 16);
    put(s, 59, s->mult_sectors ? 0x0100 | s->mult_sectors : 0);
}

void ata_identify(IDEState *s)
{
    if (s->identify_set) {
        put_current_modes(s);
        return;
    }
    memset(s->identify_data, 0, sizeof(s->identify_data));
    put_words(s, disk_words, ARRAY_SIZE(disk_words));
    put_names(s);
    put_default_chs(s);
    put_current_modes(s);
    put_ncq(s);
    put_wwn(s);
    ata_identify_wcache(s);
    ata_identify_size(s);
    put(s, 106, 0x6000 | get_physical_block_exp(&s->dev->conf));
    if (s->dev->conf.discard_granularity) {
        put(s, 69, 0x4000);     /* reads after TRIM are the same */
        put(s, 169, 1);
    }
    put(s, 217, s->rotation_rate);
    s->identify_set = 1;
}

static const Word packet_words[] = {
    { 0, 0x85c0 },              /* CD-ROM; DRQ within 50 us; 12-byte packets */
    { 20, 3 },
    { 21, 512 },
    { 22, 4 },
    { 48, 1 },
    { 49, 0x0300 },             /* LBA, DMA */
    { 53, 7 },
    { 62, 7 },
    { 63, 7 },
    { 64, 3 },
    { 65, 180 },
    { 66, 180 },
    { 67, 300 },
    { 68, 180 },
    { 71, 30 },                 /* ns to bus release and to service */
    { 72, 30 },
    { 80, 0x001e },             /* ATA to ATA/ATAPI-4 */
    { 88, 0x203f },
};

void atapi_identify(IDEState *s)
{
    if (s->identify_set) {
        return;
    }
    memset(s->identify_data, 0, sizeof(s->identify_data));
    put_words(s, packet_words, ARRAY_SIZE(packet_words));
    put_names(s);
    put_ncq(s);
    put_wwn(s);
    s->identify_set = 1;
}
