/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio console device (virtio 1.2, section 5.3) and the bus of its
 * ports.  A port device derives from TYPE_VIRTIO_SERIAL_PORT and says in its
 * class what to do with data of the guest.
 */
#ifndef QEMU_VIRTIO_SERIAL_H
#define QEMU_VIRTIO_SERIAL_H

#include "hw/virtio/virtio.h"
#include "qom/object.h"
#include "standard-headers/linux/virtio_console.h"

struct virtio_serial_conf {
    uint32_t max_virtserial_ports;
};

#define TYPE_VIRTIO_SERIAL_PORT "virtio-serial-port"
OBJECT_DECLARE_TYPE(VirtIOSerialPort, VirtIOSerialPortClass,
                    VIRTIO_SERIAL_PORT)

typedef struct VirtIOSerial VirtIOSerial;

#define TYPE_VIRTIO_SERIAL_BUS "virtio-serial-bus"
typedef struct VirtIOSerialBus VirtIOSerialBus;
DECLARE_INSTANCE_CHECKER(VirtIOSerialBus, VIRTIO_SERIAL_BUS,
                         TYPE_VIRTIO_SERIAL_BUS)

struct VirtIOSerialPortClass {
    DeviceClass parent_class;

    /* A console, which drivers treat as one; else a plain channel. */
    bool is_console;

    DeviceRealize realize;
    DeviceUnrealize unrealize;

    /* The guest opened or closed its end. */
    void (*set_guest_connected)(VirtIOSerialPort *port, int guest_connected);

    /* The machine runs, or not: whether to take data from outside. */
    void (*enable_backend)(VirtIOSerialPort *port, bool enable);

    /* The guest has set the port up. */
    void (*guest_ready)(VirtIOSerialPort *port);

    /* The guest made buffers to receive into. */
    void (*guest_writable)(VirtIOSerialPort *port);

    /*
     * Data of the guest: how much was taken.  Where that is not all, the
     * port throttles itself, and gets the rest once it stops to.
     */
    ssize_t (*have_data)(VirtIOSerialPort *port, const uint8_t *buf,
                         ssize_t len);
};

struct VirtIOSerialPort {
    DeviceState dev;

    QTAILQ_ENTRY(VirtIOSerialPort) next;
    VirtIOSerial *vser;
    VirtQueue *ivq;             /* to the guest */
    VirtQueue *ovq;             /* from it */
    char *name;                 /* the guest finds the port by it */
    uint32_t id;

    /* What the guest sends, as far as have_data() got. */
    VirtQueueElement *elem;
    uint32_t iov_idx;
    uint64_t iov_offset;

    QEMUBH *bh;                 /* goes on after throttling */
    bool guest_connected;
    bool host_connected;
    bool throttled;
};

struct VirtIOSerialBus {
    BusState qbus;
    VirtIOSerial *vser;
    uint32_t max_nr_ports;
};

struct VirtIOSerial {
    VirtIODevice parent_obj;

    VirtQueue *c_ivq;           /* control */
    VirtQueue *c_ovq;
    VirtQueue **ivqs;           /* by port */
    VirtQueue **ovqs;
    VirtIOSerialBus bus;
    QTAILQ_HEAD(, VirtIOSerialPort) ports;
    uint32_t *ports_map;        /* numbers in use */
    struct VirtIOSerialPostLoad *post_load;
    virtio_serial_conf serial;
    uint64_t host_features;
};

#define TYPE_VIRTIO_SERIAL "virtio-serial-device"
DECLARE_INSTANCE_CHECKER(VirtIOSerial, VIRTIO_SERIAL, TYPE_VIRTIO_SERIAL)

/*** For port devices ***/

/* The host's end is open, or closed; tells the guest. */
int virtio_serial_open(VirtIOSerialPort *port);
int virtio_serial_close(VirtIOSerialPort *port);

/* Sends to the guest: how much it has buffers for. */
ssize_t virtio_serial_write(VirtIOSerialPort *port, const uint8_t *buf,
                            size_t size);

/* How much it would take at least; 0 where it does not listen. */
size_t virtio_serial_guest_ready(VirtIOSerialPort *port);

/* Throttled, a port gets no data. */
void virtio_serial_throttle_port(VirtIOSerialPort *port, bool throttle);

#endif /* QEMU_VIRTIO_SERIAL_H */
