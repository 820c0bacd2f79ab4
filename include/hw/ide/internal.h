/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ATA drives, the bus that they share, and what a host adapter does for them.
 *
 * A drive executes one command at a time (its NCQ commands apart, which the
 * AHCI adapter runs).  Data goes by PIO, through io_buffer, or by DMA, when
 * the adapter has been told where in memory.
 */
#ifndef HW_IDE_INTERNAL_H
#define HW_IDE_INTERNAL_H

#include "exec/ioport.h"
#include "hw/block/block.h"
#include "hw/ide.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qom/object.h"
#include "sysemu/block-backend.h"
#include "sysemu/dma.h"

#define TYPE_IDE_DEVICE "ide-device"
OBJECT_DECLARE_SIMPLE_TYPE(IDEDevice, IDE_DEVICE)

/*** Registers (ATA8-ACS 6, ATA/ATAPI-7 volume 2) ***/

enum {
    ATA_REG_DATA,
    ATA_REG_ERROR,              /* written: features */
    ATA_REG_NSECTOR,
    ATA_REG_SECTOR,
    ATA_REG_LCYL,
    ATA_REG_HCYL,
    ATA_REG_DEVICE,
    ATA_REG_STATUS,             /* written: command */
};

#define ATA_SR_ERR 0x01
#define ATA_SR_DRQ 0x08
#define ATA_SR_DSC 0x10         /* seek complete; packet devices: service */
#define ATA_SR_DF 0x20
#define ATA_SR_DRDY 0x40
#define ATA_SR_BSY 0x80

#define ATA_ERR_ABRT 0x04
#define ATA_ERR_MCR 0x08
#define ATA_ERR_IDNF 0x10
#define ATA_ERR_UNC 0x40
#define ATA_ERR_ICRC 0x80

#define ATA_DEV_SLAVE 0x10
#define ATA_DEV_LBA 0x40
#define ATA_DEV_ALWAYS1 0xa0

#define ATA_CTL_NIEN 0x02
#define ATA_CTL_SRST 0x04
#define ATA_CTL_HOB 0x80

/* Interrupt reason, in the sector count of a packet device. */
#define ATAPI_IR_COD 0x01
#define ATAPI_IR_IO 0x02

#define ATA_DMA_FEATURE 0x01    /* of PACKET: data goes by DMA */

#define ATAPI_PACKET_SIZE 12

#define IDE_BUFFER_SECTORS 256
#define IDE_BUFFER_SIZE (IDE_BUFFER_SECTORS * 512 + 4)
#define IDE_MAX_MULT_SECTORS 16

/* Where sector addressing without LBA ends, and the 28-bit one. */
#define ATA_LBA28_MAX ((1ULL << 28) - 1)

typedef enum IDEDriveKind {
    IDE_HD,
    IDE_CD,
} IDEDriveKind;

/*
 * What follows when the guest (or the adapter) has moved all of a block of
 * PIO data.  The numbers go into the stream.
 */
typedef enum IDEPioNext {
    IDE_PIO_SECTOR_READ,        /* more sectors, if any */
    IDE_PIO_SECTOR_WRITE,       /* io_buffer to the medium */
    IDE_PIO_STOP,               /* the command is done */
    IDE_PIO_ATAPI_REPLY,        /* more of a packet command's reply */
    IDE_PIO_ATAPI_PACKET,       /* there is a packet to execute */
    IDE_PIO_NOTHING,
} IDEPioNext;

/*
 * What a command that met an error with the policy "stop" does when the
 * machine goes on: bits of IDEBus.error_status, sent in the stream.
 */
#define IDE_RETRY_MASK 0xf8
#define IDE_RETRY_READ 0x20     /* with one of those below */
#define IDE_RETRY_DMA 0x08
#define IDE_RETRY_PIO 0x10
#define IDE_RETRY_ATAPI 0x20    /* without one of those above */
#define IDE_RETRY_FLUSH 0x40
#define IDE_RETRY_TRIM 0x80     /* with IDE_RETRY_DMA */
#define IDE_RETRY_HBA 0x100     /* the adapter's own business */

typedef enum IDEDMACmd {
    IDE_DMA_READ,
    IDE_DMA_WRITE,
    IDE_DMA_TRIM,
    IDE_DMA_ATAPI,
} IDEDMACmd;

/* One of the two drives that a bus can have. */
struct IDEState {
    IDEBus *bus;
    uint8_t unit;
    IDEDriveKind drive_kind;
    BlockBackend *blk;          /* NULL: there is no drive */
    IDEDevice *dev;

    /* What it is. */
    int cylinders, heads, sectors, chs_trans;
    uint64_t nb_sectors;
    int32_t mult_sectors;
    int32_t identify_set;
    uint8_t identify_data[512];
    char drive_serial_str[21];
    char drive_model_str[41];
    char version[9];
    uint64_t wwn;
    uint16_t rotation_rate;
    bool ncq_queues;
    uint32_t serial_nr;         /* of the default serial number */

    /* The registers, and their previous contents ("high order byte"). */
    uint8_t feature;
    uint8_t error;
    uint32_t nsector;
    uint8_t sector;
    uint8_t lcyl;
    uint8_t hcyl;
    uint8_t hob_feature;
    uint8_t hob_nsector;
    uint8_t hob_sector;
    uint8_t hob_lcyl;
    uint8_t hob_hcyl;
    uint8_t select;
    uint8_t status;
    uint8_t lba48;              /* the command at hand is an EXT one */

    /* PIO: what is left of the block is at cur_io_buffer_offset. */
    uint8_t *io_buffer;
    int32_t io_buffer_total_len;
    int32_t cur_io_buffer_offset;
    int32_t cur_io_buffer_len;
    uint8_t end_transfer_fn_idx; /* IDEPioNext */
    bool pio_pending, pio_running;
    int32_t req_nb_sectors;     /* sectors to a block of data */

    /* DMA. */
    IDEDMACmd dma_cmd;
    QEMUSGList sg;
    int32_t dma_now;            /* bytes of the transfer under way */

    /* Requests to the medium. */
    BlockAIOCB *pio_aiocb;
    bool canceling;
    QEMUIOVector qiov;
    BlockAcctCookie acct;
    uint8_t *trim_list;
    unsigned trim_pos, trim_len;

    /* Packet devices. */
    uint8_t sense_key;
    uint8_t asc;
    bool tray_open;
    bool tray_locked;
    uint8_t cdrom_changed;
    struct {
        bool new_media;
        bool eject_request;
    } events;
    int32_t packet_transfer_size;       /* bytes of the reply still to go */
    int32_t elementary_transfer_size;   /* of these, in this block */
    int32_t io_buffer_index;            /* where the next ones are ... */
    int32_t io_buffer_size;             /* ... and how far they go */
    int fill_sectors;                   /* being read into the buffer */
    int64_t lba;                /* next sector to read; -1: all is read */
    int32_t cd_sector_size;
    bool atapi_dma;

    /* SMART. */
    uint8_t smart_enabled;
    uint8_t smart_autosave;
    int smart_errors;
    uint8_t smart_selftest_count;
    uint8_t *smart_selftest_data;
};

/*
 * The adapter's part.  Unless it says otherwise a function is optional; all
 * get the bus, whose ->host is the adapter's own.
 */
typedef struct IDEHostOps {
    /*
     * The drive has a DMA command.  The adapter calls ide_dma_run() when (or
     * if) its engine is started.
     */
    void (*start_dma)(IDEBus *bus);
    /*
     * Adds guest memory for the next @limit bytes to s->sg, which is empty
     * and initialized here.  The bytes added, which may be less; negative:
     * the descriptors are bad.  Required for DMA.
     */
    int32_t (*prepare)(IDEBus *bus, int32_t limit);
    /* So many of them were moved. */
    void (*commit)(IDEBus *bus, uint32_t bytes);
    /* The transfer is over; @complete: all of it was made. */
    void (*dma_done)(IDEBus *bus, bool complete);
    /*
     * There is a block of PIO data in io_buffer, or to be put there; the
     * adapter moves it at once.  NULL: the guest uses the data register.
     */
    void (*pio_transfer)(IDEBus *bus);
    /* A command ended. */
    void (*cmd_done)(IDEBus *bus);
    /* The machine goes on: before any command is taken up again. */
    void (*restart)(IDEBus *bus);
    /* A DMA command is: begin with the descriptors. */
    void (*restart_dma)(IDEBus *bus);
    void (*reset)(IDEBus *bus);
} IDEHostOps;

struct IDEBus {
    BusState qbus;
    IDEDevice *master, *slave;
    IDEState ifs[2];
    int bus_id;
    int max_units;

    const IDEHostOps *ops;
    void *host;
    BlockAIOCB *dma_aiocb;      /* of the DMA command under way */
    bool dma_ready;             /* the drive waits for the engine */

    uint8_t unit;               /* the drive that is selected */
    uint8_t cmd;                /* device control register */
    qemu_irq irq;
    PortioList portio_list, portio2_list;

    QEMUBH *restart_bh;
    VMChangeStateEntry *vmstate;

    /* The command that waits for the machine to go on. */
    int32_t error_status;
    uint8_t retry_unit;
    int64_t retry_sector_num;
    uint32_t retry_nsector;
};

struct IDEDevice {
    DeviceState qdev;

    uint32_t unit;              /* -1: the first free one */
    BlockConf conf;
    int32_t chs_trans;
    char *version;
    char *serial;
    char *model;
    uint64_t wwn;
    uint16_t rotation_rate;
};

static inline IDEState *ide_active(IDEBus *bus)
{
    return &bus->ifs[bus->unit];
}

/* What the drives of a bus without an adapter's ops get. */
extern const IDEHostOps ide_host_pio_only;

/*** core.c: registers, interrupts, command and reset protocol ***/

/* Makes the drives of a bus; the adapter sets ops and host afterwards. */
void ide_bus_init_drives(IDEBus *bus);
void ide_bus_reset(IDEBus *bus);
/* Gives a bus its interrupt line, and has it restart commands. */
void ide_bus_register_restart(IDEBus *bus);
void ide_bus_set_irq(IDEBus *bus);
/* Without touching the status: the guest's acknowledgement. */
void ide_bus_ack(IDEBus *bus);

/* The two blocks of ports (8 at @iobase, 1 at @iobase2), legacy places. */
void ide_init_ioport(IDEBus *bus, ISADevice *isa, int iobase, int iobase2);

/* Registers as numbered above; the data register by ide_data_*(). */
void ide_reg_write(IDEBus *bus, unsigned reg, uint8_t val);
uint8_t ide_reg_read(IDEBus *bus, unsigned reg);
uint8_t ide_alt_status(IDEBus *bus);
void ide_ctl_write(IDEBus *bus, uint8_t val);
uint32_t ide_data_read(IDEBus *bus, unsigned size);
void ide_data_write(IDEBus *bus, uint32_t val, unsigned size);
/* The register file has what a command needs. */
void ide_exec_cmd(IDEBus *bus, uint8_t cmd);
/* Of one drive: power-on or COMRESET, and SRST; both stop what it does. */
void ide_drive_reset(IDEState *s);
void ide_soft_reset(IDEState *s);
void ide_set_signature(IDEState *s);
/* Ends a command with the error "aborted"; status only. */
void ide_abort(IDEState *s);
/* Ends the requests of the drives, waiting for those with memory mapped. */
void ide_cancel_requests(IDEBus *bus);
/* Of a callback of pio_aiocb: whether the command is still wanted. */
bool ide_pio_request_ended(IDEState *s, int ret);
/* The engine was stopped: lets the DMA under way end. */
void ide_drain_dma(IDEBus *bus);

/* Announces a block of @size bytes at io_buffer + @offset. */
void ide_pio_start(IDEState *s, int32_t offset, int32_t size,
                   IDEPioNext next);
void ide_pio_halt(IDEState *s);
/* Whether the data goes from the drive to the host. */
bool ide_pio_is_out(IDEState *s);

/* A command is over, with the status as it stands. */
void ide_cmd_done(IDEState *s);

/* Announces DMA of the kind; the adapter will call ide_dma_run(). */
void ide_dma_start(IDEState *s, IDEDMACmd what);
void ide_dma_run(IDEBus *bus);
/* Between @buf and the memory in s->sg, but never the adapter's registers. */
void ide_dma_copy(IDEState *s, uint8_t *buf, int32_t len, bool to_memory);
/* DMA is over; the guest gets its interrupt from the caller. */
void ide_dma_finish(IDEState *s, bool complete);
/*
 * An error of the back end.  True: the policy stopped the machine, or has
 * ended the command with an error; false: to be ignored.
 */
bool ide_handle_error(IDEState *s, int error, int retry);

/*** ata.c and its neighbours: commands of a disk ***/

/* Completion of an elementary step; @true: the command is over. */
typedef bool IDECommandFn(IDEState *s, uint8_t cmd);

bool ata_read_pio(IDEState *s, uint8_t cmd);
bool ata_read_multiple(IDEState *s, uint8_t cmd);
bool ata_write_pio(IDEState *s, uint8_t cmd);
bool ata_write_multiple(IDEState *s, uint8_t cmd);
bool ata_read_dma(IDEState *s, uint8_t cmd);
bool ata_write_dma(IDEState *s, uint8_t cmd);
bool ata_flush(IDEState *s, uint8_t cmd);
bool ata_trim(IDEState *s, uint8_t cmd);
bool ata_verify(IDEState *s, uint8_t cmd);
bool ata_smart(IDEState *s, uint8_t cmd);

void ata_sector_read(IDEState *s);
void ata_sector_write(IDEState *s);
void ata_dma_run(IDEState *s);
void ata_dma_retry(IDEState *s);
void ata_flush_cache(IDEState *s);

/* The sector that the registers name, and back. */
int64_t ata_get_sector(IDEState *s);
void ata_set_sector(IDEState *s, int64_t sector);
/* Sector count 0 is 256 or 65536. */
void ata_complete_nsector(IDEState *s, bool ext);
bool ata_range_ok(IDEState *s, uint64_t sector, uint64_t count);

/* The 512 bytes of IDENTIFY (PACKET) DEVICE in identify_data. */
void ata_identify(IDEState *s);
void atapi_identify(IDEState *s);
void ata_identify_wcache(IDEState *s);
/* The medium grew or shrank. */
void ata_identify_size(IDEState *s);

/*** atapi.c, atapi-cmd.c: packet devices ***/

void atapi_packet_cmd(IDEState *s);     /* PACKET: fetch the packet */
void atapi_execute(IDEState *s);        /* it is in io_buffer */
void atapi_reply_next(IDEState *s);
void atapi_dma_run(IDEState *s);
/* Goes on with the reply after an error that stopped the machine. */
void atapi_restart(IDEState *s);
void atapi_io_error(IDEState *s, int error);
void atapi_reply(IDEState *s, int size, int max_size);
void atapi_read_sectors(IDEState *s, int64_t lba, unsigned count,
                        int sector_size);
void atapi_cmd_ok(IDEState *s);
void atapi_cmd_error(IDEState *s, int sense_key, int asc);
void atapi_dispatch(IDEState *s, const uint8_t *packet);
void atapi_set_signature(IDEState *s);
void atapi_medium_changed(IDEState *s, bool load);
void atapi_eject_request(IDEState *s, bool force);
/* SPC/MMC sense data. */
enum {
    SENSE_NONE = 0,
    SENSE_NOT_READY = 2,
    SENSE_MEDIUM_ERROR = 3,
    SENSE_ILLEGAL_REQUEST = 5,
    SENSE_UNIT_ATTENTION = 6,

    ASC_UNRECOVERED_READ_ERROR = 0x11,
    ASC_ILLEGAL_OPCODE = 0x20,
    ASC_LBA_OUT_OF_RANGE = 0x21,
    ASC_INV_FIELD_IN_CMD_PACKET = 0x24,
    ASC_MEDIUM_MAY_HAVE_CHANGED = 0x28,
    ASC_SAVING_NOT_SUPPORTED = 0x39,
    ASC_INCOMPATIBLE_FORMAT = 0x30,
    ASC_MEDIUM_NOT_PRESENT = 0x3a,
    ASC_MEDIA_REMOVAL_PREVENTED = 0x53,
};

/*** qdev.c, vmstate.c ***/

/* A bus below @dev named as its ("ide.N"). */
void ide_bus_init(IDEBus *bus, size_t size, DeviceState *dev, int bus_id,
                  int max_units);
/* Fills s from the device's properties. */
bool ide_init_drive(IDEState *s, IDEDevice *dev, IDEDriveKind kind,
                    Error **errp);
void ide_exit_drive(IDEState *s);

extern const VMStateDescription vmstate_ide_bus;
extern const VMStateDescription vmstate_ide_drive;

#define VMSTATE_IDE_BUS(_field, _state) \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_ide_bus, IDEBus)
#define VMSTATE_IDE_BUS_ARRAY(_field, _state, _num) \
    VMSTATE_STRUCT_ARRAY(_field, _state, _num, 1, vmstate_ide_bus, IDEBus)
#define VMSTATE_IDE_DRIVES(_field, _state) \
    VMSTATE_STRUCT_ARRAY(_field, _state, 2, 3, vmstate_ide_drive, IDEState)

#endif /* HW_IDE_INTERNAL_H */
