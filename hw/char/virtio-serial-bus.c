/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio console device: virtio 1.2, section 5.3.
 *
 * Each port has a queue each way.  A pair of control queues, behind those of
 * port 0, tells the guest which ports there are and either side when the
 * other opens or closes one.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-bus.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "virtio-serial-internal.h"

#define PORT_QUEUE_SIZE 128
#define CONTROL_QUEUE_SIZE 32

/* Two queues a port, and two of control. */
#define PORTS_MAX (VIRTIO_QUEUE_MAX / 2 - 1)

#define NO_PORT UINT32_MAX

static bool multiport(VirtIOSerial *vser)
{
    return virtio_vdev_has_feature(VIRTIO_DEVICE(vser),
                                   VIRTIO_CONSOLE_F_MULTIPORT);
}

/*** Ports ***/

VirtIOSerialPort *virtio_serial_find_port(VirtIOSerial *vser, uint32_t id)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (port->id == id) {
            return port;
        }
    }
    return NULL;
}

static VirtIOSerialPort *find_port_by_name(VirtIOSerial *vser,
                                           const char *name)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (port->name && !strcmp(port->name, name)) {
            return port;
        }
    }
    return NULL;
}

static VirtIOSerialPort *find_port_by_vq(VirtIOSerial *vser, VirtQueue *vq)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (port->ivq == vq || port->ovq == vq) {
            return port;
        }
    }
    return NULL;
}

static bool number_taken(VirtIOSerial *vser, uint32_t id)
{
    return vser->ports_map[id / 32] & 1u << id % 32;
}

/*** Control messages to the guest (5.3.6.2) ***/

static size_t send_control_bytes(VirtIOSerial *vser, const void *buf,
                                 size_t len)
{
    VirtQueueElement *elem;
    VirtQueue *vq = vser->c_ivq;

    if (!virtio_queue_ready(vq)) {
        return 0;
    }
    elem = virtqueue_pop(vq, sizeof(*elem));
    if (!elem) {
        return 0;
    }
    len = iov_from_buf(elem->in_sg, elem->in_num, 0, buf, len);
    virtqueue_push(vq, elem, len);
    virtio_notify(VIRTIO_DEVICE(vser), vq);
    g_free(elem);
    return len;
}

void virtio_serial_send_event(VirtIOSerial *vser, uint32_t port_id,
                              uint16_t event, uint16_t value)
{
    struct virtio_console_control msg = {
        .id = cpu_to_le32(port_id),
        .event = cpu_to_le16(event),
        .value = cpu_to_le16(value),
    };

    if (multiport(vser)) {
        send_control_bytes(vser, &msg, sizeof(msg));
    }
}

static void send_name(VirtIOSerialPort *port)
{
    struct virtio_console_control msg = {
        .id = cpu_to_le32(port->id),
        .event = cpu_to_le16(VIRTIO_CONSOLE_PORT_NAME),
        .value = cpu_to_le16(1),
    };
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, (uint8_t *)&msg, sizeof(msg));
    g_byte_array_append(bytes, (const uint8_t *)port->name,
                        strlen(port->name) + 1);
    send_control_bytes(port->vser, bytes->data, bytes->len);
}

/*** Data of the guest ***/

static void drop_element(VirtIOSerialPort *port, bool give_back)
{
    if (!port->elem) {
        return;
    }
    if (give_back) {
        virtqueue_push(port->ovq, port->elem, 0);
    } else {
        virtqueue_detach_element(port->ovq, port->elem, 0);
    }
    g_clear_pointer(&port->elem, g_free);
}

/* Nobody listens: whatever waits has been sent, as far as it knows. */
static void discard_output(VirtIOSerialPort *port)
{
    bool had = port->elem;

    if (!virtio_queue_ready(port->ovq)) {
        return;
    }
    drop_element(port, true);
    if (virtqueue_drop_all(port->ovq) || had) {
        virtio_notify(VIRTIO_DEVICE(port->vser), port->ovq);
    }
}

/* Hands one element over; false where the port wants no more. */
static bool hand_over(VirtIOSerialPort *port)
{
    VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_GET_CLASS(port);

    while (port->iov_idx < port->elem->out_num) {
        const struct iovec *iov = &port->elem->out_sg[port->iov_idx];
        size_t left = iov->iov_len - port->iov_offset;
        ssize_t taken = k->have_data(port, (uint8_t *)iov->iov_base +
                                     port->iov_offset, left);

        if (!port->elem) {
            return false;       /* closed on the way */
        }
        if (port->throttled) {
            port->iov_offset += MIN(MAX(taken, 0), left);
            return false;
        }
        port->iov_offset = 0;
        port->iov_idx++;
    }
    return true;
}

static void flush_output(VirtIOSerialPort *port)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(port->vser);

    if (!virtio_queue_ready(port->ovq)) {
        return;
    }
    while (!port->throttled) {
        if (!port->elem) {
            port->elem = virtqueue_pop(port->ovq, sizeof(*port->elem));
            port->iov_idx = 0;
            port->iov_offset = 0;
        }
        if (!port->elem || !hand_over(port)) {
            break;
        }
        drop_element(port, true);
    }
    virtio_notify(vdev, port->ovq);
}

static void handle_output(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerialPort *port = find_port_by_vq(VIRTIO_SERIAL(vdev), vq);

    if (!port || !port->host_connected) {
        /* There is no port, or nobody at the other end of it. */
        if (virtqueue_drop_all(vq)) {
            virtio_notify(vdev, vq);
        }
    } else if (!port->throttled) {
        flush_output(port);
    }
}

static void throttling_over(void *opaque)
{
    VirtIOSerialPort *port = opaque;

    if (port->host_connected) {
        flush_output(port);
    }
}

void virtio_serial_throttle_port(VirtIOSerialPort *port, bool throttle)
{
    port->throttled = throttle;
    if (!throttle) {
        qemu_bh_schedule(port->bh);
    }
}

/*** Data for the guest ***/

ssize_t virtio_serial_write(VirtIOSerialPort *port, const uint8_t *buf,
                            size_t size)
{
    size_t sent = 0;

    if (!port || !port->host_connected || !port->guest_connected ||
        !virtio_queue_ready(port->ivq)) {
        return 0;
    }
    while (sent < size) {
        VirtQueueElement *elem = virtqueue_pop(port->ivq, sizeof(*elem));
        size_t len;

        if (!elem) {
            break;
        }
        len = iov_from_buf(elem->in_sg, elem->in_num, 0, buf + sent,
                           size - sent);
        virtqueue_push(port->ivq, elem, len);
        g_free(elem);
        sent += len;
    }
    if (sent) {
        virtio_notify(VIRTIO_DEVICE(port->vser), port->ivq);
    }
    return sent;
}

size_t virtio_serial_guest_ready(VirtIOSerialPort *port)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(port->vser);
    unsigned int bytes;

    if (!virtio_queue_ready(port->ivq) ||
        !(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK) ||
        !port->guest_connected) {
        return 0;
    }
    virtqueue_get_avail_bytes(port->ivq, &bytes, NULL, 4096, 0);
    return bytes;
}

static void handle_input(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerialPort *port = find_port_by_vq(VIRTIO_SERIAL(vdev), vq);
    VirtIOSerialPortClass *k;

    if (!port) {
        return;
    }
    k = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    if (port->guest_connected && k->guest_writable) {
        k->guest_writable(port);
    }
}

/*** The two ends ***/

int virtio_serial_open(VirtIOSerialPort *port)
{
    if (!port->host_connected) {
        port->host_connected = true;
        virtio_serial_send_event(port->vser, port->id,
                                 VIRTIO_CONSOLE_PORT_OPEN, 1);
    }
    return 0;
}

int virtio_serial_close(VirtIOSerialPort *port)
{
    port->host_connected = false;
    /* If there is data that a throttled port was to get, it never will. */
    port->throttled = false;
    discard_output(port);
    virtio_serial_send_event(port->vser, port->id, VIRTIO_CONSOLE_PORT_OPEN,
                             0);
    return 0;
}

static void set_guest_connected(VirtIOSerialPort *port, bool connected)
{
    VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_GET_CLASS(port);

    port->guest_connected = connected;
    if (k->set_guest_connected) {
        k->set_guest_connected(port, connected);
    }
}

/*** Control messages of the guest ***/

static void port_ready(VirtIOSerialPort *port)
{
    VirtIOSerial *vser = port->vser;
    VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_GET_CLASS(port);

    if (k->is_console) {
        virtio_serial_send_event(vser, port->id,
                                 VIRTIO_CONSOLE_CONSOLE_PORT, 1);
    }
    if (port->name) {
        send_name(port);
    }
    if (port->host_connected) {
        virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_OPEN, 1);
    }
    if (k->guest_ready) {
        k->guest_ready(port);
    }
}

static void device_ready(VirtIOSerial *vser)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_ADD, 1);
    }
}

static void handle_message(VirtIOSerial *vser,
                           const struct virtio_console_control *msg)
{
    const char *name = VIRTIO_DEVICE(vser)->name;
    uint16_t event = le16_to_cpu(msg->event);
    uint16_t value = le16_to_cpu(msg->value);
    uint32_t id = le32_to_cpu(msg->id);
    VirtIOSerialPort *port = virtio_serial_find_port(vser, id);

    if (event == VIRTIO_CONSOLE_DEVICE_READY) {
        if (value) {
            device_ready(vser);
        } else {
            qemu_log_mask(LOG_GUEST_ERROR, "%s: the guest failed to set up "
                          "the device\n", name);
        }
        return;
    }
    if (!port) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: event %u for port %u, which is "
                      "not there\n", name, event, id);
        return;
    }
    if (event == VIRTIO_CONSOLE_PORT_READY) {
        if (value) {
            port_ready(port);
        } else {
            qemu_log_mask(LOG_GUEST_ERROR, "%s: the guest failed to set up "
                          "port %u\n", name, id);
        }
    } else if (event == VIRTIO_CONSOLE_PORT_OPEN) {
        set_guest_connected(port, value);
    }
}

static void handle_control_out(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem))) != NULL) {
        struct virtio_console_control msg;

        if (iov_to_buf(elem->out_sg, elem->out_num, 0, &msg, sizeof(msg)) ==
            sizeof(msg)) {
            handle_message(vser, &msg);
        }
        virtqueue_push(vq, elem, 0);
        g_free(elem);
    }
    virtio_notify(vdev, vq);
}

static void handle_control_in(VirtIODevice *vdev, VirtQueue *vq)
{
}

/*** Configuration, features, status ***/

static uint64_t get_features(VirtIODevice *vdev, uint64_t features,
                             Error **errp)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);

    features |= vser->host_features;
    if (vser->bus.max_nr_ports > 1) {
        virtio_add_feature(&features, VIRTIO_CONSOLE_F_MULTIPORT);
    }
    return features;
}

static void get_config(VirtIODevice *vdev, uint8_t *config)
{
    struct virtio_console_config cfg = {
        .max_nr_ports =
            cpu_to_le32(VIRTIO_SERIAL(vdev)->serial.max_virtserial_ports),
    };

    memcpy(config, &cfg, vdev->config_len);
}

static VirtIOSerialPort *first_connected_console(VirtIOSerial *vser)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (VIRTIO_SERIAL_PORT_GET_CLASS(port)->is_console &&
            port->host_connected) {
            return port;
        }
    }
    return NULL;
}

/* A character of a guest that has not come as far as setting up queues. */
static void set_config(VirtIODevice *vdev, const uint8_t *config)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    struct virtio_console_config *cfg = (void *)config;
    VirtIOSerialPort *port;
    uint8_t byte;

    if (!virtio_has_feature(vser->host_features,
                            VIRTIO_CONSOLE_F_EMERG_WRITE) ||
        !cfg->emerg_wr) {
        return;
    }
    byte = le32_to_cpu(cfg->emerg_wr);
    cfg->emerg_wr = 0;
    port = first_connected_console(vser);
    if (port) {
        VIRTIO_SERIAL_PORT_GET_CLASS(port)->have_data(port, &byte, 1);
    }
}

static void guest_reset(VirtIOSerial *vser)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        drop_element(port, false);
        if (port->guest_connected) {
            set_guest_connected(port, false);
        }
    }
}

static void set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPort *port = virtio_serial_find_port(vser, 0);

    /* Without control messages port 0 is open while the driver is there. */
    if (port && !multiport(vser) && status & VIRTIO_CONFIG_S_DRIVER_OK) {
        port->guest_connected = true;
    }
    if (!(status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        guest_reset(vser);
    }
    QTAILQ_FOREACH(port, &vser->ports, next) {
        VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_GET_CLASS(port);

        if (k->enable_backend) {
            k->enable_backend(port, vdev->vm_running);
        }
    }
}

static void reset(VirtIODevice *vdev)
{
    guest_reset(VIRTIO_SERIAL(vdev));
}

/*** The bus ***/

static void print_port(Monitor *mon, DeviceState *qdev, int indent)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(qdev);

    monitor_printf(mon, "%*sport %d, guest %s, host %s, throttle %s\n",
                   indent, "", port->id,
                   port->guest_connected ? "on" : "off",
                   port->host_connected ? "on" : "off",
                   port->throttled ? "on" : "off");
}

static void bus_class_init(ObjectClass *klass, void *data)
{
    BUS_CLASS(klass)->print_dev = print_port;
}

static const TypeInfo bus_info = {
    .name = TYPE_VIRTIO_SERIAL_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(VirtIOSerialBus),
    .class_init = bus_class_init,
};

/*** A port comes and goes ***/

static uint32_t free_number(VirtIOSerial *vser)
{
    uint32_t id;

    for (id = 1; id < vser->bus.max_nr_ports; id++) {
        if (!number_taken(vser, id)) {
            break;
        }
    }
    return id;
}

/* Chooses the port's number where it has none; false if it cannot have it. */
static bool assign_number(VirtIOSerial *vser, VirtIOSerialPort *port,
                          Error **errp)
{
    bool console = VIRTIO_SERIAL_PORT_GET_CLASS(port)->is_console;

    if (port->id == NO_PORT) {
        /* Drivers without multiport know port 0, and that as a console. */
        port->id = console && !virtio_serial_find_port(vser, 0)
                   ? 0 : free_number(vser);
    } else if (virtio_serial_find_port(vser, port->id)) {
        error_setg(errp, "virtio-serial-bus: A port already exists at id %u",
                   port->id);
        return false;
    }
    if (port->id == 0 && !console) {
        error_setg(errp, "Port number 0 on virtio-serial devices reserved "
                   "for virtconsole devices for backward compatibility.");
        return false;
    }
    if (port->id >= vser->bus.max_nr_ports) {
        error_setg(errp, "virtio-serial-bus: Out-of-range port id specified, "
                   "max. allowed: %u", vser->bus.max_nr_ports - 1);
        return false;
    }
    return true;
}

static void port_realize(DeviceState *dev, Error **errp)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    VirtIOSerialBus *bus = VIRTIO_SERIAL_BUS(qdev_get_parent_bus(dev));
    VirtIOSerial *vser = bus->vser;
    Error *err = NULL;

    port->vser = vser;
    if (port->name && find_port_by_name(vser, port->name)) {
        error_setg(errp, "virtio-serial-bus: A port already exists by name "
                   "%s", port->name);
        return;
    }
    if (!assign_number(vser, port, errp)) {
        return;
    }
    port->ivq = vser->ivqs[port->id];
    port->ovq = vser->ovqs[port->id];
    port->bh = qemu_bh_new_guarded(throttling_over, port,
                                   &dev->mem_reentrancy_guard);
    k->realize(dev, &err);
    if (err) {
        g_clear_pointer(&port->bh, qemu_bh_delete);
        error_propagate(errp, err);
        return;
    }

    QTAILQ_INSERT_TAIL(&vser->ports, port, next);
    vser->ports_map[port->id / 32] |= 1u << port->id % 32;
    virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_ADD, 1);
    virtio_notify_config(VIRTIO_DEVICE(vser));
}

static void port_unrealize(DeviceState *dev)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    VirtIOSerial *vser = port->vser;

    qemu_bh_delete(port->bh);
    /* The numbers are the device's again; the guest lets the port go. */
    vser->ports_map[port->id / 32] &= ~(1u << port->id % 32);
    discard_output(port);
    virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_REMOVE, 1);
    QTAILQ_REMOVE(&vser->ports, port, next);
    if (k->unrealize) {
        k->unrealize(dev);
    }
}

static Property port_properties[] = {
    DEFINE_PROP_UINT32("nr", VirtIOSerialPort, id, NO_PORT),
    DEFINE_PROP_STRING("name", VirtIOSerialPort, name),
    DEFINE_PROP_END_OF_LIST(),
};

static void port_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_INPUT, k->categories);
    k->bus_type = TYPE_VIRTIO_SERIAL_BUS;
    k->realize = port_realize;
    k->unrealize = port_unrealize;
    device_class_set_props(k, port_properties);
}

static const TypeInfo port_info = {
    .name = TYPE_VIRTIO_SERIAL_PORT,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(VirtIOSerialPort),
    .class_size = sizeof(VirtIOSerialPortClass),
    .class_init = port_class_init,
    .abstract = true,
};

/*** The device ***/

static void add_queues(VirtIOSerial *vser)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vser);
    uint32_t i;

    vser->ivqs = g_new(VirtQueue *, vser->bus.max_nr_ports);
    vser->ovqs = g_new(VirtQueue *, vser->bus.max_nr_ports);
    for (i = 0; i < vser->bus.max_nr_ports; i++) {
        vser->ivqs[i] = virtio_add_queue(vdev, PORT_QUEUE_SIZE, handle_input);
        vser->ovqs[i] = virtio_add_queue(vdev, PORT_QUEUE_SIZE,
                                         handle_output);
        if (i == 0) {
            vser->c_ivq = virtio_add_queue(vdev, CONTROL_QUEUE_SIZE,
                                           handle_control_in);
            vser->c_ovq = virtio_add_queue(vdev, CONTROL_QUEUE_SIZE,
                                           handle_control_out);
        }
    }
}

static void device_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSerial *vser = VIRTIO_SERIAL(dev);
    size_t config_size = sizeof(struct virtio_console_config);

    if (!vser->serial.max_virtserial_ports) {
        error_setg(errp, "Maximum number of serial ports not specified");
        return;
    }
    if (vser->serial.max_virtserial_ports > PORTS_MAX) {
        error_setg(errp, "maximum ports supported: %u", PORTS_MAX);
        return;
    }
    if (!virtio_has_feature(vser->host_features,
                            VIRTIO_CONSOLE_F_EMERG_WRITE)) {
        config_size = offsetof(struct virtio_console_config, emerg_wr);
    }
    virtio_init(vdev, VIRTIO_ID_CONSOLE, config_size);

    qbus_init(&vser->bus, sizeof(vser->bus), TYPE_VIRTIO_SERIAL_BUS, dev,
              vdev->bus_name);
    qbus_set_hotplug_handler(BUS(&vser->bus), OBJECT(vser));
    vser->bus.vser = vser;
    vser->bus.max_nr_ports = vser->serial.max_virtserial_ports;
    QTAILQ_INIT(&vser->ports);
    vser->ports_map = g_new0(uint32_t, DIV_ROUND_UP(vser->bus.max_nr_ports,
                                                    32));
    /* A port 0 that is no console would be taken for one. */
    vser->ports_map[0] |= 1u << 0;
    add_queues(vser);
}

static void device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSerial *vser = VIRTIO_SERIAL(dev);
    int n;

    virtio_serial_forget_post_load(vser);
    for (n = virtio_get_num_queues(vdev) - 1; n >= 0; n--) {
        virtio_del_queue(vdev, n);
    }
    g_clear_pointer(&vser->ivqs, g_free);
    g_clear_pointer(&vser->ovqs, g_free);
    g_clear_pointer(&vser->ports_map, g_free);
    qbus_set_hotplug_handler(BUS(&vser->bus), NULL);
    virtio_cleanup(vdev);
}

static const VMStateDescription vmstate_virtio_serial = {
    .name = "virtio-console",
    .version_id = 3,
    .minimum_version_id = 3,
    .fields = (VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static Property virtio_serial_properties[] = {
    DEFINE_PROP_UINT32("max_ports", VirtIOSerial, serial.max_virtserial_ports,
                       31),
    DEFINE_PROP_BIT64("emergency-write", VirtIOSerial, host_features,
                      VIRTIO_CONSOLE_F_EMERG_WRITE, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void virtio_serial_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_serial_properties);
    dc->vmsd = &vmstate_virtio_serial;
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
    vdc->realize = device_realize;
    vdc->unrealize = device_unrealize;
    vdc->get_features = get_features;
    vdc->get_config = get_config;
    vdc->set_config = set_config;
    vdc->set_status = set_status;
    vdc->reset = reset;
    vdc->save = virtio_serial_save;
    vdc->load = virtio_serial_load;
    HOTPLUG_HANDLER_CLASS(klass)->unplug = qdev_simple_device_unplug_cb;
}

static const TypeInfo virtio_serial_info = {
    .name = TYPE_VIRTIO_SERIAL,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOSerial),
    .class_init = virtio_serial_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    }
};

static void virtio_serial_register_types(void)
{
    type_register_static(&bus_info);
    type_register_static(&port_info);
    type_register_static(&virtio_serial_info);
}

type_init(virtio_serial_register_types)
