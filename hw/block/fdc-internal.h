/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the floppy disk controller's model share. */
#ifndef HW_BLOCK_FDC_INTERNAL_H
#define HW_BLOCK_FDC_INTERNAL_H

#include "exec/ioport.h"
#include "hw/block/block.h"
#include "hw/block/fdc.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qemu/timer.h"
#include "sysemu/block-backend.h"

#define FD_SECTOR_LEN 512
#define FD_SECTOR_SC 2          /* the code of that length */

/* Main status. */
#define FD_MSR_CMDBUSY 0x10
#define FD_MSR_NONDMA 0x20
#define FD_MSR_DIO 0x40
#define FD_MSR_RQM 0x80

/* Digital output. */
#define FD_DOR_SELMASK 0x03
#define FD_DOR_NRESET 0x04
#define FD_DOR_DMAEN 0x08

/* Result status registers (82078, 6). */
#define FD_SR0_HEAD 0x04
#define FD_SR0_SEEK 0x20
#define FD_SR0_ABNTERM 0x40
#define FD_SR0_INVCMD 0x80
#define FD_SR0_RDYCHG 0xc0
#define FD_SR1_MA 0x01          /* no address mark */
#define FD_SR1_NW 0x02          /* not writable */
#define FD_SR1_ND 0x04          /* no such sector */
#define FD_SR1_DE 0x20          /* data error */
#define FD_SR1_EC 0x80          /* end of cylinder */
#define FD_SR2_SNS 0x04         /* scan not satisfied */
#define FD_SR2_SEH 0x08         /* scan equal hit */
#define FD_SR2_DD 0x20          /* data error in the data field */

#define FD_CONFIG_EIS 0x40      /* implied seek */
#define FD_STATE_MULTI 0x01
#define FD_STATE_FORMAT 0x02

typedef enum FDPhase {
    FD_PHASE_UNKNOWN,           /* to be found out, after a load */
    FD_PHASE_COMMAND,
    FD_PHASE_EXECUTION,
    FD_PHASE_RESULT,
} FDPhase;

typedef enum FDDir {
    FD_DIR_WRITE,
    FD_DIR_READ,
    FD_DIR_SCANE,
    FD_DIR_SCANL,
    FD_DIR_SCANH,
    FD_DIR_VERIFY,
} FDDir;

typedef struct FDCtrl FDCtrl;

/* A drive with what is in it.  Names of saved fields are the stream's. */
typedef struct FDrive {
    FDCtrl *fdctrl;
    BlockBackend *blk;          /* NULL: there is no drive */
    BlockConf *conf;
    FloppyDriveType drive;
    uint8_t perpendicular;
    uint8_t head;
    uint8_t track;
    uint8_t sect;
    uint8_t last_sect;          /* sectors a track of the medium */
    uint8_t max_track;
    uint8_t heads;
    bool ro;
    uint8_t media_changed;
    uint8_t media_rate;
} FDrive;

typedef struct FloppyBus {
    BusState bus;
    FDCtrl *fdc;
} FloppyBus;

struct FDCtrl {
    DeviceState *owner;
    qemu_irq irq;
    IsaDma *dma;
    int32_t dma_chann;
    FloppyBus bus;
    FloppyDriveType drive_types[MAX_FD];        /* as asked for */
    FloppyDriveType fallback;

    uint8_t sra, srb, dor, dor_vmstate, tdr, dsr, msr;
    uint8_t cur_drv;
    uint8_t status0, status1, status2;
    uint8_t phase;              /* FDPhase */
    uint8_t fifo[FD_SECTOR_LEN];
    uint32_t data_pos, data_len;
    uint8_t data_state, data_dir;
    uint8_t eot;
    uint8_t timer0, timer1;
    uint8_t precomp_trk, config, lock, pwrd;
    uint8_t num_floppies;
    FDrive drives[MAX_FD];
    int32_t reset_sensei;
    QEMUTimer *result_timer;

    /* One request to the medium at a time; then the transfer goes on. */
    BlockAIOCB *aiocb;
    bool canceling;
    QEMUIOVector qiov;
    BlockAcctCookie acct;
    uint8_t sector[FD_SECTOR_LEN];      /* what the request moves */
    uint8_t format_fill;
    bool end_after_write;       /* terminal count was reached */
};

/*** fdc.c: registers ***/

void fdc_reset(FDCtrl *f, bool raise);
void fdc_raise_irq(FDCtrl *f);
void fdc_lower_irq(FDCtrl *f);
void fdc_command_phase(FDCtrl *f);
/* @len bytes of fifo are the result; 0: there is none. */
void fdc_result_phase(FDCtrl *f, unsigned len);
FDrive *fdc_drive(FDCtrl *f, unsigned nr);
FDrive *fdc_current(FDCtrl *f);
uint32_t fdc_port_read(FDCtrl *f, unsigned port);
void fdc_port_write(FDCtrl *f, unsigned port, uint8_t val);
void fdc_realize(FDCtrl *f, DeviceState *owner);
void fdc_unrealize(FDCtrl *f);
extern const VMStateDescription vmstate_fdc;

/*** fdc-cmd.c: commands ***/

/* How many bytes the command has behind its code. */
unsigned fdc_command_params(uint8_t code);
/* All of the command is in fifo. */
void fdc_execute(FDCtrl *f);
void fdc_result_timer(void *opaque);

/*** fdc-transfer.c: data between medium and host ***/

void fdc_start_transfer(FDCtrl *f, FDDir dir);
void fdc_start_format(FDCtrl *f);
void fdc_stop_transfer(FDCtrl *f, uint8_t st0, uint8_t st1, uint8_t st2);
/* The data register while a transfer goes by the processor. */
uint8_t fdc_pio_read(FDCtrl *f);
void fdc_pio_write(FDCtrl *f, uint8_t val);
int fdc_dma_handler(void *opaque, int nchan, int dma_pos, int dma_len);
void fdc_cancel(FDCtrl *f);

/*** fdc-drive.c: drives and media ***/

/* The medium was changed, or found at the start. */
void fdc_drive_revalidate(FDrive *drv);
bool fdc_drive_has_medium(FDrive *drv);
uint64_t fdc_drive_sector(FDrive *drv);
/* To a place; FD_SEEK_*. */
typedef enum FDSeek {
    FD_SEEK_SAME_TRACK,
    FD_SEEK_MOVED,
    FD_SEEK_NO_TRACK,
    FD_SEEK_NO_SECTOR,
    FD_SEEK_NOT_IMPLIED,
} FDSeek;
FDSeek fdc_drive_seek(FDrive *drv, uint8_t head, uint8_t track,
                      uint8_t sect, bool implied);
void fdc_drive_recalibrate(FDrive *drv);

#define TYPE_FLOPPY_BUS "floppy-bus"
#define TYPE_FLOPPY_DRIVE "floppy"
void fdc_bus_init(FDCtrl *f, DeviceState *owner);

#endif /* HW_BLOCK_FDC_INTERNAL_H */
