/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floppy disk controller 82078 (Intel data sheet 290468), as its
 * registers show it: the phases of a command, resets and interrupts.
 *
 * There are two drives; select codes 2 and 3 are the same two.
 */
#include "qemu/osdep.h"
#include "fdc-internal.h"
#include "hw/irq.h"
#include "qemu/log.h"

/* Ports. */
enum {
    FD_SRA = 0, FD_SRB, FD_DOR, FD_TDR, FD_MSR, FD_FIFO, FD_CTL = 7,
};

#define FD_SRA_INTPEND 0x80
#define FD_SRA_NDRV2 0x40
#define FD_SRB_DRV0 0x20
#define FD_SRB_BASE 0xc0
#define FD_DOR_MOTEN 0x30
#define FD_TDR_BOOTSEL 0x0c
#define FD_DSR_SWRESET 0x80
#define FD_DSR_POWERDOWN 0x40
#define FD_DSR_RATE 0x03
#define FD_DIR_DSKCHG 0x80
#define RESET_SENSE_COUNT 4

FDrive *fdc_drive(FDCtrl *f, unsigned nr)
{
    return &f->drives[nr % MAX_FD];
}

FDrive *fdc_current(FDCtrl *f)
{
    return fdc_drive(f, f->cur_drv);
}

/*** Interrupts and phases ***/

void fdc_raise_irq(FDCtrl *f)
{
    if (!(f->sra & FD_SRA_INTPEND)) {
        qemu_irq_raise(f->irq);
        f->sra |= FD_SRA_INTPEND;
    }
    f->reset_sensei = 0;
}

void fdc_lower_irq(FDCtrl *f)
{
    f->status0 = 0;
    if (f->sra & FD_SRA_INTPEND) {
        qemu_irq_lower(f->irq);
        f->sra &= ~FD_SRA_INTPEND;
    }
}

void fdc_command_phase(FDCtrl *f)
{
    f->phase = FD_PHASE_COMMAND;
    f->data_dir = FD_DIR_WRITE;
    f->data_pos = 0;
    f->data_len = 1;            /* the code, which tells how many follow */
    f->msr &= ~(FD_MSR_CMDBUSY | FD_MSR_DIO);
    f->msr |= FD_MSR_RQM;
}

void fdc_result_phase(FDCtrl *f, unsigned len)
{
    if (!len) {
        fdc_command_phase(f);
        return;
    }
    f->phase = FD_PHASE_RESULT;
    f->data_dir = FD_DIR_READ;
    f->data_len = len;
    f->data_pos = 0;
    f->msr |= FD_MSR_CMDBUSY | FD_MSR_RQM | FD_MSR_DIO;
}

void fdc_reset(FDCtrl *f, bool raise)
{
    fdc_lower_irq(f);
    fdc_cancel(f);
    timer_del(f->result_timer);
    f->sra = f->drives[1].blk ? 0 : FD_SRA_NDRV2;
    f->srb = FD_SRB_BASE;
    f->cur_drv = 0;
    f->dor = FD_DOR_NRESET | FD_DOR_DMAEN;
    f->msr = FD_MSR_RQM;
    f->reset_sensei = 0;
    f->data_state = 0;
    f->status0 = 0;
    for (int i = 0; i < MAX_FD; i++) {
        fdc_drive_recalibrate(&f->drives[i]);
    }
    fdc_command_phase(f);
    if (raise) {
        fdc_raise_irq(f);
        f->status0 |= FD_SR0_RDYCHG;
        f->reset_sensei = RESET_SENSE_COUNT;
    }
}

/*** Registers ***/

static void write_dor(FDCtrl *f, uint8_t val)
{
    /* Motors show in status register B, and which drive is selected. */
    f->srb = (f->srb & ~0x03) | (val & FD_DOR_MOTEN) >> 4;
    if (val & 1) {
        f->srb |= FD_SRB_DRV0;
    } else {
        f->srb &= ~FD_SRB_DRV0;
    }
    if (!(val & FD_DOR_NRESET)) {
        if (f->dor & FD_DOR_NRESET) {
            fdc_cancel(f);
            timer_del(f->result_timer);
        }
    } else if (!(f->dor & FD_DOR_NRESET)) {
        fdc_reset(f, true);
        f->dsr &= ~FD_DSR_POWERDOWN;
    }
    f->cur_drv = val & FD_DOR_SELMASK;
    f->dor = val;
}

static void write_dsr(FDCtrl *f, uint8_t val)
{
    if (!(f->dor & FD_DOR_NRESET)) {
        qemu_log_mask(LOG_GUEST_ERROR, "fdc: data rate select while in "
                      "reset\n");
        return;
    }
    /* This reset ends by itself. */
    if (val & FD_DSR_SWRESET) {
        fdc_reset(f, true);
    }
    f->dsr = val & ~FD_DSR_SWRESET;
}

static uint8_t read_msr(FDCtrl *f)
{
    if (!(f->dor & FD_DOR_NRESET)) {
        return 0;
    }
    f->dsr &= ~FD_DSR_POWERDOWN;
    return f->msr;
}

static uint8_t read_fifo(FDCtrl *f)
{
    uint8_t val;

    f->dsr &= ~FD_DSR_POWERDOWN;
    if (!(f->msr & FD_MSR_RQM) || !(f->msr & FD_MSR_DIO)) {
        qemu_log_mask(LOG_GUEST_ERROR, "fdc: data register read without "
                      "data\n");
        return 0;
    }
    if (f->phase == FD_PHASE_EXECUTION) {
        return fdc_pio_read(f);
    }
    val = f->fifo[f->data_pos % FD_SECTOR_LEN];
    if (++f->data_pos >= f->data_len) {
        fdc_command_phase(f);
        fdc_lower_irq(f);
    }
    return val;
}

static void write_fifo(FDCtrl *f, uint8_t val)
{
    if (!(f->dor & FD_DOR_NRESET)) {
        return;
    }
    f->dsr &= ~FD_DSR_POWERDOWN;
    if (!(f->msr & FD_MSR_RQM) || (f->msr & FD_MSR_DIO)) {
        qemu_log_mask(LOG_GUEST_ERROR, "fdc: data register written while it "
                      "takes none\n");
        return;
    }
    if (f->phase == FD_PHASE_EXECUTION) {
        fdc_pio_write(f, val);
        return;
    }
    if (f->data_pos == 0) {
        f->data_len = 1 + fdc_command_params(val);
        f->msr |= FD_MSR_CMDBUSY;
    }
    f->fifo[f->data_pos++] = val;
    if (f->data_pos == f->data_len) {
        fdc_execute(f);
    }
}

uint32_t fdc_port_read(FDCtrl *f, unsigned port)
{
    switch (port & 7) {
    case FD_SRA:
        return f->sra;
    case FD_SRB:
        return f->srb;
    case FD_DOR:
        return f->dor;
    case FD_TDR:
        return f->tdr;
    case FD_MSR:
        return read_msr(f);
    case FD_FIFO:
        return read_fifo(f);
    case FD_CTL:
        return fdc_current(f)->media_changed ? FD_DIR_DSKCHG : 0;
    default:
        return 0xff;
    }
}

void fdc_port_write(FDCtrl *f, unsigned port, uint8_t val)
{
    switch (port & 7) {
    case FD_DOR:
        write_dor(f, val);
        break;
    case FD_TDR:
        if (f->dor & FD_DOR_NRESET) {
            f->tdr = val & FD_TDR_BOOTSEL;
        }
        break;
    case FD_MSR:
        write_dsr(f, val);
        break;
    case FD_FIFO:
        write_fifo(f, val);
        break;
    case FD_CTL:
        if (f->dor & FD_DOR_NRESET) {
            f->dsr = (f->dsr & ~FD_DSR_RATE) | (val & FD_DSR_RATE);
        }
        break;
    }
}

/*** State ***/

static int media_changed_pre_load(void *opaque)
{
    FDrive *drive = opaque;

    drive->media_changed = 1;
    return 0;
}

static bool media_changed_needed(void *opaque)
{
    FDrive *drive = opaque;

    return fdc_drive_has_medium(drive) && drive->media_changed != 1;
}

static const VMStateDescription vmstate_media_changed = {
    .name = "fdrive/media_changed",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = media_changed_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(media_changed, FDrive),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_media_rate = {
    .name = "fdrive/media_rate",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(media_rate, FDrive),
        VMSTATE_END_OF_LIST()
    },
};

static bool perpendicular_needed(void *opaque)
{
    FDrive *drive = opaque;

    return drive->perpendicular != 0;
}

static const VMStateDescription vmstate_perpendicular = {
    .name = "fdrive/perpendicular",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = perpendicular_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(perpendicular, FDrive),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_fdrive = {
    .name = "fdrive",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = media_changed_pre_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(head, FDrive),
        VMSTATE_UINT8(track, FDrive),
        VMSTATE_UINT8(sect, FDrive),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_media_changed,
        &vmstate_media_rate,
        &vmstate_perpendicular,
        NULL
    },
};

static bool reset_sensei_needed(void *opaque)
{
    FDCtrl *f = opaque;

    return f->reset_sensei != 0;
}

static const VMStateDescription vmstate_reset_sensei = {
    .name = "fdc/reset_sensei",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = reset_sensei_needed,
    .fields = (VMStateField[]) {
        VMSTATE_INT32(reset_sensei, FDCtrl),
        VMSTATE_END_OF_LIST()
    },
};

static bool result_timer_needed(void *opaque)
{
    FDCtrl *f = opaque;

    return timer_pending(f->result_timer);
}

static const VMStateDescription vmstate_result_timer = {
    .name = "fdc/result_timer",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = result_timer_needed,
    .fields = (VMStateField[]) {
        VMSTATE_TIMER_PTR(result_timer, FDCtrl),
        VMSTATE_END_OF_LIST()
    },
};

/* As the main status has it, where that tells. */
static FDPhase guess_phase(FDCtrl *f)
{
    if (f->msr & FD_MSR_NONDMA) {
        return FD_PHASE_EXECUTION;
    }
    if (!(f->msr & FD_MSR_RQM)) {
        return FD_PHASE_EXECUTION;
    }
    return f->msr & FD_MSR_DIO ? FD_PHASE_RESULT : FD_PHASE_COMMAND;
}

static bool phase_needed(void *opaque)
{
    FDCtrl *f = opaque;

    return guess_phase(f) != f->phase;
}

static const VMStateDescription vmstate_phase = {
    .name = "fdc/phase",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = phase_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(phase, FDCtrl),
        VMSTATE_END_OF_LIST()
    },
};

static int fdc_pre_save(void *opaque)
{
    FDCtrl *f = opaque;

    f->dor_vmstate = f->dor | (f->cur_drv & FD_DOR_SELMASK);
    return 0;
}

static int fdc_pre_load(void *opaque)
{
    FDCtrl *f = opaque;

    f->phase = FD_PHASE_UNKNOWN;
    return 0;
}

static int fdc_post_load(void *opaque, int version_id)
{
    FDCtrl *f = opaque;

    f->cur_drv = f->dor_vmstate & FD_DOR_SELMASK;
    f->dor = f->dor_vmstate;
    if (f->phase == FD_PHASE_UNKNOWN) {
        f->phase = guess_phase(f);
    }
    if (f->phase > FD_PHASE_RESULT || f->data_dir > FD_DIR_VERIFY) {
        return -EINVAL;
    }
    /* What is in the FIFO ends within it, a transfer's data does not. */
    if (f->phase != FD_PHASE_EXECUTION &&
        (f->data_len > FD_SECTOR_LEN || f->data_pos >= f->data_len)) {
        return -EINVAL;
    }
    if (f->phase == FD_PHASE_EXECUTION && f->data_pos > f->data_len) {
        return -EINVAL;
    }
    return 0;
}

const VMStateDescription vmstate_fdc = {
    .name = "fdc",
    .version_id = 2,
    .minimum_version_id = 2,
    .pre_save = fdc_pre_save,
    .pre_load = fdc_pre_load,
    .post_load = fdc_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(sra, FDCtrl),
        VMSTATE_UINT8(srb, FDCtrl),
        VMSTATE_UINT8(dor_vmstate, FDCtrl),
        VMSTATE_UINT8(tdr, FDCtrl),
        VMSTATE_UINT8(dsr, FDCtrl),
        VMSTATE_UINT8(msr, FDCtrl),
        VMSTATE_UINT8(status0, FDCtrl),
        VMSTATE_UINT8(status1, FDCtrl),
        VMSTATE_UINT8(status2, FDCtrl),
        VMSTATE_UINT8_ARRAY(fifo, FDCtrl, FD_SECTOR_LEN),
        VMSTATE_UINT32(data_pos, FDCtrl),
        VMSTATE_UINT32(data_len, FDCtrl),
        VMSTATE_UINT8(data_state, FDCtrl),
        VMSTATE_UINT8(data_dir, FDCtrl),
        VMSTATE_UINT8(eot, FDCtrl),
        VMSTATE_UINT8(timer0, FDCtrl),
        VMSTATE_UINT8(timer1, FDCtrl),
        VMSTATE_UINT8(precomp_trk, FDCtrl),
        VMSTATE_UINT8(config, FDCtrl),
        VMSTATE_UINT8(lock, FDCtrl),
        VMSTATE_UINT8(pwrd, FDCtrl),
        VMSTATE_UINT8_EQUAL(num_floppies, FDCtrl, NULL),
        VMSTATE_STRUCT_ARRAY(drives, FDCtrl, MAX_FD, 1, vmstate_fdrive,
                             FDrive),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *[]) {
        &vmstate_reset_sensei,
        &vmstate_result_timer,
        &vmstate_phase,
        NULL
    },
};

/*** Setting up ***/

void fdc_realize(FDCtrl *f, DeviceState *owner)
{
    f->owner = owner;
    f->num_floppies = MAX_FD;
    f->config = FD_CONFIG_EIS | 0x20;   /* implied seek, no polling */
    f->result_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, fdc_result_timer, f);
    for (int i = 0; i < MAX_FD; i++) {
        f->drives[i].fdctrl = f;
        f->drives[i].drive = FLOPPY_DRIVE_TYPE_NONE;
        f->drives[i].media_changed = 1;
        fdc_drive_revalidate(&f->drives[i]);
    }
    if (f->dma) {
        IsaDmaClass *k = ISADMA_GET_CLASS(f->dma);

        k->register_channel(f->dma, f->dma_chann, fdc_dma_handler, f);
    }
    fdc_bus_init(f, owner);
    fdc_reset(f, false);
}

void fdc_unrealize(FDCtrl *f)
{
    fdc_cancel(f);
    timer_free(f->result_timer);
    f->result_timer = NULL;
}
