/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMART (ATA8-ACS 7.52; the layout of the data is that of SFF-8035i): the
 * attributes of a disk in good health, its logs and self-tests, which always
 * pass at once.
 */
#include "qemu/osdep.h"
#include "hw/ide/internal.h"

enum {
    SMART_READ_DATA = 0xd0,
    SMART_READ_THRESH = 0xd1,
    SMART_ATTR_AUTOSAVE = 0xd2,
    SMART_EXECUTE_OFFLINE = 0xd4,
    SMART_READ_LOG = 0xd5,
    SMART_ENABLE = 0xd8,
    SMART_DISABLE = 0xd9,
    SMART_STATUS = 0xda,
};

#define SELFTEST_ENTRY 24
#define SELFTEST_MAX 21
#define SELFTEST_INDEX 508

typedef struct Attribute {
    uint8_t id;
    uint16_t flags;
    uint8_t value, worst;
    uint8_t raw[6];
    uint8_t threshold;
} Attribute;

static const Attribute attributes[] = {
    /* raw read error rate */
    { 0x01, 0x0003, 0x64, 0x64, { }, 0x06 },
    /* spin-up time */
    { 0x03, 0x0003, 0x64, 0x64, { 0x10 }, 0x00 },
    /* start and stop count */
    { 0x04, 0x0002, 0x64, 0x64, { 0x64 }, 0x14 },
    /* reallocated sectors */
    { 0x05, 0x0003, 0x64, 0x64, { }, 0x24 },
    /* power-on hours */
    { 0x09, 0x0003, 0x64, 0x64, { 0x01 }, 0x00 },
    /* power cycles */
    { 0x0c, 0x0003, 0x64, 0x64, { }, 0x00 },
    /* airflow temperature: 31 degrees, the highest and lowest too */
    { 0xbe, 0x0003, 0x45, 0x45, { 0x1f, 0x00, 0x1f, 0x1f }, 0x32 },
};

/* The bytes of a page add up to 0. */
static void seal(uint8_t *page)
{
    uint8_t sum = 0;

    for (int i = 0; i < 511; i++) {
        sum += page[i];
    }
    page[511] = -sum;
}

static void fill_data(IDEState *s, uint8_t *page)
{
    page[0] = 1;
    for (int i = 0; i < ARRAY_SIZE(attributes); i++) {
        const Attribute *a = &attributes[i];
        uint8_t *p = page + 2 + 12 * i;

        p[0] = a->id;
        stw_le_p(p + 1, a->flags);
        p[3] = a->value;
        p[4] = a->worst;
        memcpy(p + 5, a->raw, sizeof(a->raw));
    }
    /* Off-line collection: done, and saved by itself or not. */
    page[362] = 0x02 | (s->smart_autosave ? 0x80 : 0);
    page[363] = s->smart_selftest_data[SELFTEST_INDEX]
                ? s->smart_selftest_data[3 + SELFTEST_ENTRY *
                    (s->smart_selftest_data[SELFTEST_INDEX] - 1)] : 0;
    stw_le_p(page + 364, 0x0120);       /* seconds that it takes */
    page[367] = 0x19;           /* what of it there is: tests, at once */
    stw_le_p(page + 368, 0x0003);       /* saves before power goes */
    page[370] = 0x01;           /* error log */
    page[372] = 2;              /* minutes of the short test */
    page[373] = 54;             /* and of the long one */
    page[374] = 1;
}

static void fill_thresholds(uint8_t *page)
{
    page[0] = 1;
    for (int i = 0; i < ARRAY_SIZE(attributes); i++) {
        page[2 + 12 * i] = attributes[i].id;
        page[3 + 12 * i] = attributes[i].threshold;
    }
}

static bool send_page(IDEState *s)
{
    seal(s->io_buffer);
    s->status = ATA_SR_DRDY | ATA_SR_DSC;
    ide_pio_start(s, 0, 512, IDE_PIO_STOP);
    ide_bus_set_irq(s->bus);
    return false;
}

static bool read_log(IDEState *s)
{
    uint8_t *page = s->io_buffer;

    memset(page, 0, 512);
    switch (s->sector) {
    case 0x01:                  /* summary of errors: none */
        page[0] = 1;
        return send_page(s);
    case 0x06:                  /* self-tests */
        memcpy(page, s->smart_selftest_data, 512);
        page[0] = 1;
        return send_page(s);
    default:
        ide_abort(s);
        return true;
    }
}

static bool run_selftest(IDEState *s)
{
    uint8_t *log = s->smart_selftest_data;
    uint8_t *entry;

    if (s->sector > 2) {
        ide_abort(s);
        return true;
    }
    if (log[SELFTEST_INDEX] == SELFTEST_MAX) {
        log[SELFTEST_INDEX] = 0;
    }
    entry = log + 2 + SELFTEST_ENTRY * log[SELFTEST_INDEX]++;
    entry[0] = s->sector;
    entry[1] = 0x00;            /* passed */
    stw_le_p(entry + 2, 0x1234);        /* hours of life */
    return true;
}

bool ata_smart(IDEState *s, uint8_t cmd)
{
    if (s->hcyl != 0xc2 || s->lcyl != 0x4f ||
        (!s->smart_enabled && s->feature != SMART_ENABLE)) {
        ide_abort(s);
        return true;
    }
    switch (s->feature) {
    case SMART_ENABLE:
        s->smart_enabled = 1;
        return true;
    case SMART_DISABLE:
        s->smart_enabled = 0;
        return true;
    case SMART_ATTR_AUTOSAVE:
        if (s->nsector == 0x00) {
            s->smart_autosave = 0;
        } else if (s->nsector == 0xf1) {
            s->smart_autosave = 1;
        }
        return true;
    case SMART_STATUS:          /* the cylinder stays: all is well */
        return true;
    case SMART_READ_DATA:
        memset(s->io_buffer, 0, 512);
        fill_data(s, s->io_buffer);
        return send_page(s);
    case SMART_READ_THRESH:
        memset(s->io_buffer, 0, 512);
        fill_thresholds(s->io_buffer);
        return send_page(s);
    case SMART_READ_LOG:
        return read_log(s);
    case SMART_EXECUTE_OFFLINE:
        return run_selftest(s);
    default:
        ide_abort(s);
        return true;
    }
}
