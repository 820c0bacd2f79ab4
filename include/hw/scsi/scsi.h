/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SCSI devices on a host bus adapter (SAM-5, SPC-4).
 *
 * An adapter owns a bus with a SCSIBusInfo of callbacks.  For each command it
 * makes a request with scsi_req_new() and starts it with scsi_req_enqueue(),
 * whose result is how much data will move: above zero from the device, below
 * to it.  Then scsi_req_continue() lets the data flow: either in pieces
 * through transfer_data(), with another scsi_req_continue() for each, or all
 * at once where get_sg_list() says where the guest's memory is.  In the end
 * comes exactly one of complete() and cancel().
 *
 * Requests are reference-counted: the maker's reference, and one while the
 * request is enqueued.  Everything happens under the big lock.
 */
#ifndef QEMU_HW_SCSI_H
#define QEMU_HW_SCSI_H

#include "block/aio.h"
#include "hw/block/block.h"
#include "hw/qdev-core.h"
#include "qemu/notify.h"
#include "scsi/utils.h"
#include "sysemu/dma.h"

#define MAX_SCSI_DEVS 255

typedef struct SCSIBus SCSIBus;
typedef struct SCSIBusInfo SCSIBusInfo;
typedef struct SCSIDevice SCSIDevice;
typedef struct SCSIRequest SCSIRequest;
typedef struct SCSIReqOps SCSIReqOps;

/* What the adapter says of a request that ended without a status. */
enum {
    SCSI_HOST_OK,
    SCSI_HOST_NO_LUN,
    SCSI_HOST_BUSY,
    SCSI_HOST_TIME_OUT,
    SCSI_HOST_BAD_RESPONSE,
    SCSI_HOST_ABORTED,
    SCSI_HOST_ERROR = 0x07,
    SCSI_HOST_RESET = 0x08,
    SCSI_HOST_TRANSPORT_DISRUPTED = 0xe,
    SCSI_HOST_TARGET_FAILURE = 0x10,
    SCSI_HOST_RESERVATION_ERROR = 0x11,
    SCSI_HOST_ALLOCATION_FAILURE = 0x12,
    SCSI_HOST_MEDIUM_ERROR = 0x13,
};

struct SCSIRequest {
    SCSIBus *bus;
    SCSIDevice *dev;
    const SCSIReqOps *ops;
    uint32_t refcount;
    uint32_t tag;
    uint32_t lun;
    int16_t status;             /* -1 until it is known */
    int16_t host_status;        /* -1, or SCSI_HOST_* */
    void *hba_private;
    uint64_t residual;
    SCSICommand cmd;
    NotifierList cancel_notifiers;

    /* Autosense, for status CHECK CONDITION. */
    uint8_t sense[SCSI_SENSE_BUF_SIZE];
    uint32_t sense_len;
    bool enqueued;
    bool io_canceled;
    bool retry;
    bool dma_started;
    BlockAIOCB *aiocb;
    QEMUSGList *sg;             /* the adapter's, or NULL */

    QTAILQ_ENTRY(SCSIRequest) next;
};

#define TYPE_SCSI_DEVICE "scsi-device"
OBJECT_DECLARE_TYPE(SCSIDevice, SCSIDeviceClass, SCSI_DEVICE)

struct SCSIDeviceClass {
    DeviceClass parent_class;

    void (*realize)(SCSIDevice *dev, Error **errp);
    void (*unrealize)(SCSIDevice *dev);
    /* Other than scsi_bus_parse_cdb(): 0, or -1 for a command unknown. */
    int (*parse_cdb)(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                     size_t buf_len, void *hba_private);
    SCSIRequest *(*alloc_req)(SCSIDevice *s, uint32_t tag, uint32_t lun,
                              uint8_t *buf, void *hba_private);
    /* The guest has seen the device's unit attention. */
    void (*unit_attention_reported)(SCSIDevice *s);
};

struct SCSIDevice {
    DeviceState qdev;

    VMChangeStateEntry *vmsentry;
    uint32_t id;
    BlockConf conf;
    SCSISense unit_attention;
    bool sense_is_ua;           /* what is in sense[] is one of those */
    uint8_t sense[SCSI_SENSE_BUF_SIZE];
    uint32_t sense_len;
    QTAILQ_HEAD(, SCSIRequest) requests;
    uint32_t channel;
    uint32_t lun;               /* UINT32_MAX: the first that is free */
    int blocksize;
    int type;                   /* TYPE_DISK, TYPE_ROM */
    uint64_t wwn;
    uint64_t port_wwn;
    int scsi_version;
    int default_scsi_version;
};

extern const VMStateDescription vmstate_scsi_device;

#define VMSTATE_SCSI_DEVICE(_field, _state) { \
    .name = stringify(_field), \
    .size = sizeof(SCSIDevice), \
    .vmsd = &vmstate_scsi_device, \
    .flags = VMS_STRUCT, \
    .offset = vmstate_offset_value(_state, _field, SCSIDevice), \
}

struct SCSIReqOps {
    size_t size;                /* of the structure that begins with one */
    void (*init_req)(SCSIRequest *req);
    void (*free_req)(SCSIRequest *req);
    /* Bytes to come from the device (> 0) or go to it (< 0). */
    int32_t (*send_command)(SCSIRequest *req, uint8_t *buf);
    void (*read_data)(SCSIRequest *req);
    void (*write_data)(SCSIRequest *req);
    uint8_t *(*get_buf)(SCSIRequest *req);

    void (*save_request)(QEMUFile *f, SCSIRequest *req);
    /* 0, or -errno where the stream cannot be. */
    int (*load_request)(QEMUFile *f, SCSIRequest *req);
};

struct SCSIBusInfo {
    int tcq;                    /* more than one command at a time */
    int max_channel, max_target, max_lun;
    void (*transfer_data)(SCSIRequest *req, uint32_t arg);
    void (*fail)(SCSIRequest *req);
    void (*complete)(SCSIRequest *req, size_t residual);
    void (*cancel)(SCSIRequest *req);
    /* The device has something to say without being asked. */
    void (*change)(SCSIBus *bus, SCSIDevice *dev, SCSISense sense);
    QEMUSGList *(*get_sg_list)(SCSIRequest *req);

    void (*save_request)(QEMUFile *f, SCSIRequest *req);
    /* What becomes the request's hba_private; NULL where it cannot be. */
    void *(*load_request)(QEMUFile *f, SCSIRequest *req);
    void (*free_request)(SCSIBus *bus, void *priv);
};

#define TYPE_SCSI_BUS "SCSI"
OBJECT_DECLARE_SIMPLE_TYPE(SCSIBus, SCSI_BUS)

struct SCSIBus {
    BusState qbus;
    int busnr;
    SCSISense unit_attention;   /* for whichever device is asked next */
    const SCSIBusInfo *info;
};

/*** Buses and devices ***/

/* @bus_name: NULL for one made from the adapter's. */
void scsi_bus_init_named(SCSIBus *bus, size_t bus_size, DeviceState *host,
                         const SCSIBusInfo *info, const char *bus_name);
static inline void scsi_bus_init(SCSIBus *bus, size_t bus_size,
                                 DeviceState *host, const SCSIBusInfo *info)
{
    scsi_bus_init_named(bus, bus_size, host, info, NULL);
}

static inline SCSIBus *scsi_bus_from_device(SCSIDevice *d)
{
    return DO_UPCAST(SCSIBus, qbus, d->qdev.parent_bus);
}

/*
 * The device at an address.  Where the target has none with that LUN, one of
 * its others; NULL where there is no target.
 */
SCSIDevice *scsi_device_find(SCSIBus *bus, int channel, int target, int lun);
/* The same for another thread: with a reference, and NULL for one leaving. */
SCSIDevice *scsi_device_get(SCSIBus *bus, int channel, int target, int lun);

/* Ends all its requests; the guest will see @sense. */
void scsi_device_purge_requests(SCSIDevice *sdev, SCSISense sense);
/* The guest sees it at its next command, unless a graver one waits. */
void scsi_device_set_ua(SCSIDevice *sdev, SCSISense sense);
/* The same, and tells the adapter that there is something. */
void scsi_device_report_change(SCSIDevice *dev, SCSISense sense);
void scsi_device_unit_attention_reported(SCSIDevice *dev);
/* Sense of the last command that failed, as REQUEST SENSE; the length. */
int scsi_device_get_sense(SCSIDevice *dev, uint8_t *buf, int len, bool fixed);

/*** Requests ***/

/* For alloc_req: zeroed from the end of SCSIRequest on. */
SCSIRequest *scsi_req_alloc(const SCSIReqOps *reqops, SCSIDevice *d,
                            uint32_t tag, uint32_t lun, void *hba_private);
/* @buf_len bytes of CDB; what cannot be is answered when it is enqueued. */
SCSIRequest *scsi_req_new(SCSIDevice *d, uint32_t tag, uint32_t lun,
                          uint8_t *buf, size_t buf_len, void *hba_private);
int32_t scsi_req_enqueue(SCSIRequest *req);
SCSIRequest *scsi_req_ref(SCSIRequest *req);
void scsi_req_unref(SCSIRequest *req);

/* Fills cmd by the CDB; -1 for a command of a group that is nobody's. */
int scsi_bus_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                       size_t buf_len, void *hba_private);
int scsi_req_parse_cdb(SCSIDevice *dev, SCSICommand *cmd, uint8_t *buf,
                       size_t buf_len);
void scsi_req_build_sense(SCSIRequest *req, SCSISense sense);
void scsi_req_print(SCSIRequest *req);
/* Go on with the data. */
void scsi_req_continue(SCSIRequest *req);
/* What devices call: there are @len bytes in get_buf(), or room for them. */
void scsi_req_data(SCSIRequest *req, int len);
void scsi_req_complete(SCSIRequest *req, int status);
void scsi_req_complete_failed(SCSIRequest *req, int host_status);
uint8_t *scsi_req_get_buf(SCSIRequest *req);
int scsi_req_get_sense(SCSIRequest *req, uint8_t *buf, int len);
/* Ends it now. */
void scsi_req_cancel(SCSIRequest *req);
/* Ends it as soon as may be; @notifier (or NULL) is called then. */
void scsi_req_cancel_async(SCSIRequest *req, Notifier *notifier);
void scsi_req_cancel_complete(SCSIRequest *req);
/* Will be done again when the machine runs. */
void scsi_req_retry(SCSIRequest *req);

/* Answers for commands that end in the core. */
extern const SCSIReqOps scsi_reqops_invalid_field;
extern const SCSIReqOps scsi_reqops_invalid_opcode;
extern const SCSIReqOps scsi_reqops_unit_attention;
extern const SCSIReqOps scsi_reqops_target;

#endif /* QEMU_HW_SCSI_H */
