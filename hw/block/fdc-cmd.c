/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of the 82078 (data sheet 290468, 5 "Command set"): seeks,
 * modes and status; those that move data end up in fdc-transfer.c.
 */
#include "qemu/osdep.h"
#include "fdc-internal.h"

#define FD_VERSION 0x90         /* enhanced controller */
#define FD_PART_ID 0x41

#define SR3_WRITE_PROTECTED 0x40
#define SR3_READY 0x20          /* and the bit below: always 1 */
#define SR3_TRACK0 0x10
#define SR3_TWO_SIDED 0x08

/* The drive that a command names in its first parameter. */
static FDrive *select_drive(FDCtrl *f)
{
    f->cur_drv = f->fifo[1] & FD_DOR_SELMASK;
    return fdc_current(f);
}

/*** Modes and identities ***/

static void cmd_unimplemented(FDCtrl *f, int arg)
{
    f->fifo[0] = FD_SR0_INVCMD;
    fdc_result_phase(f, 1);
}

static void cmd_version(FDCtrl *f, int arg)
{
    f->fifo[0] = FD_VERSION;
    fdc_result_phase(f, 1);
}

static void cmd_part_id(FDCtrl *f, int arg)
{
    f->fifo[0] = FD_PART_ID;
    fdc_result_phase(f, 1);
}

static void cmd_specify(FDCtrl *f, int arg)
{
    f->timer0 = f->fifo[1] >> 4 & 0x0f;
    f->timer1 = f->fifo[2] >> 1;
    /* Non-DMA mode: the data comes through the data register. */
    if (f->fifo[2] & 1) {
        f->dor &= ~FD_DOR_DMAEN;
    } else {
        f->dor |= FD_DOR_DMAEN;
    }
    fdc_result_phase(f, 0);
}

static void cmd_configure(FDCtrl *f, int arg)
{
    f->config = f->fifo[2];
    f->precomp_trk = f->fifo[3];
    fdc_result_phase(f, 0);
}

static void cmd_lock(FDCtrl *f, int arg)
{
    f->lock = f->fifo[0] >> 7;
    f->fifo[0] = f->lock << 4;
    fdc_result_phase(f, 1);
}

static void cmd_perpendicular(FDCtrl *f, int arg)
{
    if (f->fifo[1] & 0x80) {
        fdc_current(f)->perpendicular = f->fifo[1] & 0x07;
    }
    fdc_result_phase(f, 0);
}

static void cmd_powerdown_mode(FDCtrl *f, int arg)
{
    f->pwrd = f->fifo[1];
    f->fifo[0] = f->fifo[1];
    fdc_result_phase(f, 1);
}

static void cmd_option(FDCtrl *f, int arg)
{
    fdc_result_phase(f, 0);
}

static void cmd_dumpreg(FDCtrl *f, int arg)
{
    FDrive *drv = fdc_current(f);

    f->fifo[0] = f->drives[0].track;
    f->fifo[1] = f->drives[1].track;
    f->fifo[2] = 0;
    f->fifo[3] = 0;
    f->fifo[4] = f->timer0;
    f->fifo[5] = f->timer1 << 1 | !!(f->dor & FD_DOR_DMAEN);
    f->fifo[6] = drv->last_sect;
    f->fifo[7] = f->lock << 7 | drv->perpendicular << 2;
    f->fifo[8] = f->config;
    f->fifo[9] = f->precomp_trk;
    fdc_result_phase(f, 10);
}

static void cmd_save(FDCtrl *f, int arg)
{
    FDrive *drv = fdc_current(f);

    memset(f->fifo, 0, 15);
    f->fifo[2] = f->drives[0].track;
    f->fifo[3] = f->drives[1].track;
    f->fifo[6] = f->timer0;
    f->fifo[7] = f->timer1;
    f->fifo[8] = drv->last_sect;
    f->fifo[9] = f->lock << 7 | drv->perpendicular << 2;
    f->fifo[10] = f->config;
    f->fifo[11] = f->precomp_trk;
    f->fifo[12] = f->pwrd;
    fdc_result_phase(f, 15);
}

/* The same bytes as SAVE gives, behind a byte of padding each. */
static void cmd_restore(FDCtrl *f, int arg)
{
    FDrive *drv = fdc_current(f);

    f->drives[0].track = f->fifo[3];
    f->drives[1].track = f->fifo[4];
    f->timer0 = f->fifo[7];
    f->timer1 = f->fifo[8];
    drv->last_sect = f->fifo[9];
    f->lock = f->fifo[10] >> 7;
    drv->perpendicular = f->fifo[10] >> 2 & 0x0f;
    f->config = f->fifo[11];
    f->precomp_trk = f->fifo[12];
    f->pwrd = f->fifo[13];
    fdc_result_phase(f, 0);
}

/*** Status and seeks ***/

/* After a reset each of the four drives has "changed". */
static void cmd_sense_interrupt(FDCtrl *f, int arg)
{
    FDrive *drv = fdc_current(f);

    if (f->reset_sensei > 0) {
        int drive = 4 - f->reset_sensei--;

        f->fifo[0] = FD_SR0_RDYCHG | drive;
        f->fifo[1] = fdc_drive(f, drive)->track;
    } else if (!(f->sra & 0x80)) {
        /* There was no interrupt. */
        cmd_unimplemented(f, 0);
        return;
    } else {
        f->fifo[0] = (f->status0 & ~(FD_SR0_HEAD | FD_DOR_SELMASK)) |
                     (f->cur_drv & 1);
        f->fifo[1] = drv->track;
    }
    fdc_result_phase(f, 2);
    fdc_lower_irq(f);
    f->status0 = FD_SR0_RDYCHG;
}

static void cmd_sense_drive(FDCtrl *f, int arg)
{
    FDrive *drv = select_drive(f);

    drv->head = f->fifo[1] >> 2 & 1;
    f->fifo[0] = (drv->ro ? SR3_WRITE_PROTECTED : 0) |
                 (drv->track == 0 ? SR3_TRACK0 : 0) | drv->head << 2 |
                 (f->cur_drv & 1) | SR3_READY | SR3_TWO_SIDED;
    fdc_result_phase(f, 1);
}

static void seek_done(FDCtrl *f)
{
    fdc_result_phase(f, 0);
    f->status0 |= FD_SR0_SEEK;
    fdc_raise_irq(f);
}

static void cmd_recalibrate(FDCtrl *f, int arg)
{
    fdc_drive_recalibrate(select_drive(f));
    seek_done(f);
}

static void cmd_seek(FDCtrl *f, int arg)
{
    FDrive *drv = select_drive(f);

    fdc_drive_seek(drv, drv->head, f->fifo[2], drv->sect, true);
    seek_done(f);
}

/* @arg: the direction, to the middle being 1. */
static void cmd_relative_seek(FDCtrl *f, int arg)
{
    FDrive *drv = select_drive(f);
    int track = drv->track + arg * f->fifo[2];

    track = MAX(0, MIN(track, drv->max_track ? drv->max_track - 1 : 0));
    fdc_drive_seek(drv, drv->head, track, drv->sect, true);
    seek_done(f);
}

/* A sector has to pass by. */
static void cmd_read_id(FDCtrl *f, int arg)
{
    FDrive *drv = select_drive(f);

    drv->head = f->fifo[1] >> 2 & 1;
    f->phase = FD_PHASE_EXECUTION;
    f->msr &= ~FD_MSR_RQM;
    timer_mod(f->result_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
              NANOSECONDS_PER_SECOND / 50);
}

void fdc_result_timer(void *opaque)
{
    FDCtrl *f = opaque;
    FDrive *drv = fdc_current(f);

    if (drv->last_sect) {
        drv->sect = drv->sect % drv->last_sect + 1;
    }
    if (!fdc_drive_has_medium(drv) || (f->dsr & 3) != drv->media_rate) {
        fdc_stop_transfer(f, FD_SR0_ABNTERM, FD_SR1_MA, 0);
    } else {
        fdc_stop_transfer(f, 0, 0, 0);
    }
}

/*** Transfers ***/

static void cmd_transfer(FDCtrl *f, int dir)
{
    select_drive(f);
    fdc_start_transfer(f, dir);
}

/* The media have no sectors that are marked as deleted. */
static void cmd_read_deleted(FDCtrl *f, int arg)
{
    FDrive *drv = select_drive(f);

    drv->head = f->fifo[1] >> 2 & 1;
    fdc_stop_transfer(f, FD_SR0_ABNTERM | FD_SR0_SEEK, 0, 0);
}

static void cmd_format(FDCtrl *f, int arg)
{
    select_drive(f);
    fdc_start_format(f);
}

/*** The table ***/

typedef struct Command {
    uint8_t mask, code;         /* bits that name it, and how */
    uint8_t params;
    int8_t arg;
    void (*fn)(FDCtrl *f, int arg);
} Command;

static const Command commands[] = {
    { 0x1f, 0x06, 8, FD_DIR_READ, cmd_transfer },       /* READ DATA */
    { 0x3f, 0x05, 8, FD_DIR_WRITE, cmd_transfer },      /* WRITE DATA */
    { 0xff, 0x0f, 2, 0, cmd_seek },
    { 0xff, 0x08, 0, 0, cmd_sense_interrupt },
    { 0xff, 0x07, 1, 0, cmd_recalibrate },
    { 0xbf, 0x0d, 5, 0, cmd_format },
    { 0xbf, 0x02, 8, FD_DIR_READ, cmd_transfer },       /* READ TRACK */
    { 0xbf, 0x0a, 1, 0, cmd_read_id },
    { 0x1f, 0x0c, 8, 0, cmd_read_deleted },
    { 0xff, 0x12, 1, 0, cmd_perpendicular },
    { 0x1f, 0x16, 8, FD_DIR_VERIFY, cmd_transfer },
    { 0xff, 0x04, 1, 0, cmd_sense_drive },
    { 0xff, 0x03, 2, 0, cmd_specify },
    { 0xff, 0x13, 3, 0, cmd_configure },
    { 0xff, 0x17, 1, 0, cmd_powerdown_mode },
    { 0xff, 0x33, 1, 0, cmd_option },
    { 0xff, 0x8f, 2, -1, cmd_relative_seek },           /* out */
    { 0xff, 0xcf, 2, 1, cmd_relative_seek },            /* in */
    { 0xff, 0x0e, 0, 0, cmd_dumpreg },
    { 0x7f, 0x14, 0, 0, cmd_lock },
    { 0xff, 0x18, 0, 0, cmd_part_id },
    { 0x1f, 0x11, 8, FD_DIR_SCANE, cmd_transfer },      /* SCAN EQUAL */
    { 0x1f, 0x19, 8, FD_DIR_SCANL, cmd_transfer },      /* ... LOW */
    { 0x1f, 0x1d, 8, FD_DIR_SCANH, cmd_transfer },      /* ... HIGH */
    { 0x3f, 0x09, 8, FD_DIR_WRITE, cmd_transfer },      /* WRITE DELETED */
    { 0xff, 0x2e, 0, 0, cmd_save },
    { 0xff, 0x4e, 17, 0, cmd_restore },
    { 0xff, 0x10, 0, 0, cmd_version },
};

static const Command *find_command(uint8_t code)
{
    static const Command unknown = { 0, 0, 0, 0, cmd_unimplemented };

    for (int i = 0; i < ARRAY_SIZE(commands); i++) {
        if ((code & commands[i].mask) == commands[i].code) {
            return &commands[i];
        }
    }
    return &unknown;
}

unsigned fdc_command_params(uint8_t code)
{
    return find_command(code)->params;
}

void fdc_execute(FDCtrl *f)
{
    const Command *c = find_command(f->fifo[0]);

    c->fn(f, c->arg);
}
