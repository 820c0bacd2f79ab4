/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console device in a migration stream: the configuration, the numbers
 * of the ports, and for each who is connected and what was half sent.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "virtio-serial-internal.h"

typedef struct LoadedPort {
    VirtIOSerialPort *port;
    bool host_connected;        /* on the other side */
} LoadedPort;

/* What is left to say once the machine runs: guests must be there to hear. */
struct VirtIOSerialPostLoad {
    QEMUTimer *timer;
    unsigned int num;
    LoadedPort *loaded;
};

/*** Save ***/

static void save_port(VirtIODevice *vdev, VirtIOSerialPort *port,
                      QEMUFile *f)
{
    qemu_put_be32(f, port->id);
    qemu_put_byte(f, port->guest_connected);
    qemu_put_byte(f, port->host_connected);
    qemu_put_be32(f, port->elem != NULL);
    if (port->elem) {
        qemu_put_be32(f, port->iov_idx);
        qemu_put_be64(f, port->iov_offset);
        qemu_put_virtqueue_element(vdev, f, port->elem);
    }
}

void virtio_serial_save(VirtIODevice *vdev, QEMUFile *f)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    uint32_t words = DIV_ROUND_UP(vser->serial.max_virtserial_ports, 32);
    VirtIOSerialPort *port;
    uint32_t num = 0, i;

    qemu_put_be16(f, 0);        /* columns, rows: never known */
    qemu_put_be16(f, 0);
    qemu_put_be32(f, vser->serial.max_virtserial_ports);
    for (i = 0; i < words; i++) {
        qemu_put_be32(f, vser->ports_map[i]);
    }
    QTAILQ_FOREACH(port, &vser->ports, next) {
        num++;
    }
    qemu_put_be32(f, num);
    QTAILQ_FOREACH(port, &vser->ports, next) {
        save_port(vdev, port, f);
    }
}

/*** Load ***/

void virtio_serial_forget_post_load(VirtIOSerial *vser)
{
    if (vser->post_load) {
        timer_free(vser->post_load->timer);
        g_free(vser->post_load->loaded);
        g_clear_pointer(&vser->post_load, g_free);
    }
}

static void tell_ports(void *opaque)
{
    VirtIOSerial *vser = opaque;
    unsigned int i;

    for (i = 0; i < vser->post_load->num; i++) {
        LoadedPort *l = &vser->post_load->loaded[i];
        VirtIOSerialPort *port = l->port;
        VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_GET_CLASS(port);

        if (l->host_connected != port->host_connected) {
            virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_OPEN,
                                     port->host_connected);
        }
        if (k->set_guest_connected) {
            k->set_guest_connected(port, port->guest_connected);
        }
    }
    virtio_serial_forget_post_load(vser);
}

static int load_element(VirtIODevice *vdev, VirtIOSerialPort *port,
                        QEMUFile *f)
{
    port->iov_idx = qemu_get_be32(f);
    port->iov_offset = qemu_get_be64(f);
    port->elem = qemu_get_virtqueue_element(vdev, f, sizeof(*port->elem));
    if (port->iov_idx > port->elem->out_num ||
        (port->iov_idx < port->elem->out_num &&
         port->iov_offset > port->elem->out_sg[port->iov_idx].iov_len)) {
        error_report("virtio-serial: port %u sent more than it had",
                     port->id);
        return -EINVAL;
    }
    /* What it is about to send goes on as throttling ends. */
    virtio_serial_throttle_port(port, false);
    return 0;
}

static int load_port(VirtIODevice *vdev, LoadedPort *l, QEMUFile *f)
{
    uint32_t id = qemu_get_be32(f);

    l->port = virtio_serial_find_port(VIRTIO_SERIAL(vdev), id);
    if (!l->port) {
        error_report("virtio-serial: port %u is not here", id);
        return -EINVAL;
    }
    l->port->guest_connected = qemu_get_byte(f);
    l->host_connected = qemu_get_byte(f);
    return qemu_get_be32(f) ? load_element(vdev, l->port, f) : 0;
}

static int load_ports(VirtIODevice *vdev, QEMUFile *f, uint32_t num)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    uint32_t i;

    virtio_serial_forget_post_load(vser);
    vser->post_load = g_new0(struct VirtIOSerialPostLoad, 1);
    vser->post_load->loaded = g_new0(LoadedPort, num);
    vser->post_load->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, tell_ports,
                                          vser);
    for (i = 0; i < num; i++) {
        int ret = load_port(vdev, &vser->post_load->loaded[i], f);

        if (ret) {
            virtio_serial_forget_post_load(vser);
            return ret;
        }
    }
    vser->post_load->num = num;
    timer_mod(vser->post_load->timer, 1);
    return 0;
}

int virtio_serial_load(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    uint32_t max = vser->serial.max_virtserial_ports;
    uint32_t words = DIV_ROUND_UP(max, 32);
    uint32_t i, num, got;

    qemu_get_be16(f);
    qemu_get_be16(f);
    got = qemu_get_be32(f);
    /* The map is in words: with as many of them the numbers fit. */
    if (DIV_ROUND_UP(got, 32) != words) {
        error_report("virtio-serial: %u ports at most, here %u", got, max);
        return -EINVAL;
    }
    for (i = 0; i < words; i++) {
        if (qemu_get_be32(f) != vser->ports_map[i]) {
            error_report("virtio-serial: other ports than here");
            return -EINVAL;
        }
    }
    num = qemu_get_be32(f);
    if (num > max) {
        error_report("virtio-serial: %u ports, of %u", num, max);
        return -EINVAL;
    }
    return num ? load_ports(vdev, f, num) : 0;
}
