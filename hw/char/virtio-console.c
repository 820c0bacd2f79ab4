/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports of the virtio console device that end in a character device:
 * virtconsole, for a console, and virtserialport, for any other channel.
 */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-serial.h"
#include "qapi/error.h"
#include "qapi/qmp-event.h"
#include "qemu/module.h"

#define TYPE_VIRTIO_CONSOLE_SERIAL_PORT "virtserialport"
#define TYPE_VIRTIO_CONSOLE "virtconsole"

typedef struct VirtConsole {
    VirtIOSerialPort parent_obj;
    CharBackend chr;
    guint watch;                /* waits until the device takes more */
} VirtConsole;

/* Both types have the same instance. */
static VirtConsole *console_of(VirtIOSerialPort *port)
{
    return container_of(port, VirtConsole, parent_obj);
}

static bool is_console(VirtIOSerialPort *port)
{
    return VIRTIO_SERIAL_PORT_GET_CLASS(port)->is_console;
}

/*** From the guest ***/

static gboolean device_writable(void *do_not_use, GIOCondition cond,
                                void *opaque)
{
    VirtConsole *con = opaque;

    con->watch = 0;
    virtio_serial_throttle_port(&con->parent_obj, false);
    return G_SOURCE_REMOVE;
}

static ssize_t have_data(VirtIOSerialPort *port, const uint8_t *buf,
                         ssize_t len)
{
    VirtConsole *con = console_of(port);
    ssize_t taken;

    if (!qemu_chr_fe_backend_connected(&con->chr)) {
        return len;
    }
    taken = MAX(qemu_chr_fe_write(&con->chr, buf, len), 0);
    /*
     * A console that nobody reads must not stop its guest: what does not go
     * out at once is lost.  Other channels wait.
     */
    if (taken < len && !is_console(port)) {
        virtio_serial_throttle_port(port, true);
        if (!con->watch) {
            con->watch = qemu_chr_fe_add_watch(&con->chr, G_IO_OUT | G_IO_HUP,
                                               device_writable, con);
        }
    }
    return taken;
}

static void set_guest_connected(VirtIOSerialPort *port, int connected)
{
    DeviceState *dev = DEVICE(port);

    if (!is_console(port)) {
        qemu_chr_fe_set_open(&console_of(port)->chr, connected);
    }
    if (dev->id) {
        qapi_event_send("VSERPORT_CHANGE",
                        json_pack("{s:s, s:b}", "id", dev->id,
                                  "open", connected));
    }
}

static void guest_writable(VirtIOSerialPort *port)
{
    qemu_chr_fe_accept_input(&console_of(port)->chr);
}

/*** From the character device ***/

static int chr_can_read(void *opaque)
{
    VirtConsole *con = opaque;

    return virtio_serial_guest_ready(&con->parent_obj);
}

static void chr_read(void *opaque, const uint8_t *buf, int size)
{
    VirtConsole *con = opaque;

    virtio_serial_write(&con->parent_obj, buf, size);
}

static void cancel_watch(VirtConsole *con)
{
    if (con->watch) {
        g_source_remove(con->watch);
        con->watch = 0;
    }
}

static void chr_event(void *opaque, QEMUChrEvent event)
{
    VirtConsole *con = opaque;

    if (event == CHR_EVENT_OPENED) {
        virtio_serial_open(&con->parent_obj);
    } else if (event == CHR_EVENT_CLOSED) {
        cancel_watch(con);
        virtio_serial_close(&con->parent_obj);
    }
}

static int chr_be_change(void *opaque);

static void set_handlers(VirtConsole *con)
{
    bool console = is_console(&con->parent_obj);

    /* A console counts as open at the host's end, whoever is there. */
    qemu_chr_fe_set_handlers(&con->chr, chr_can_read, chr_read,
                             console ? NULL : chr_event, chr_be_change, con,
                             NULL, console);
}

/* Another device in the place of the old one. */
static int chr_be_change(void *opaque)
{
    VirtConsole *con = opaque;

    set_handlers(con);
    if (con->watch) {
        cancel_watch(con);
        con->watch = qemu_chr_fe_add_watch(&con->chr, G_IO_OUT | G_IO_HUP,
                                           device_writable, con);
        if (!con->watch) {
            virtio_serial_throttle_port(&con->parent_obj, false);
        }
    }
    return 0;
}

static void enable_backend(VirtIOSerialPort *port, bool enable)
{
    VirtConsole *con = console_of(port);

    if (!qemu_chr_fe_backend_connected(&con->chr)) {
        return;
    }
    if (enable) {
        set_handlers(con);
    } else {
        qemu_chr_fe_set_handlers(&con->chr, NULL, NULL, NULL, NULL, NULL,
                                 NULL, false);
    }
}

/*** Life cycle ***/

static void console_realize(DeviceState *dev, Error **errp)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtConsole *con = console_of(port);

    if (port->id == 0 && !is_console(port)) {
        error_setg(errp, "Port number 0 on virtio-serial devices reserved "
                   "for virtconsole devices for backward compatibility.");
        return;
    }
    if (!qemu_chr_fe_backend_connected(&con->chr)) {
        return;
    }
    if (is_console(port)) {
        virtio_serial_open(port);
    }
    set_handlers(con);
}

static void console_unrealize(DeviceState *dev)
{
    cancel_watch(console_of(VIRTIO_SERIAL_PORT(dev)));
}

static Property port_properties[] = {
    DEFINE_PROP_CHR("chardev", VirtConsole, chr),
    DEFINE_PROP_END_OF_LIST(),
};

static void port_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_CLASS(klass);

    k->realize = console_realize;
    k->unrealize = console_unrealize;
    k->have_data = have_data;
    k->set_guest_connected = set_guest_connected;
    k->enable_backend = enable_backend;
    k->guest_writable = guest_writable;
    device_class_set_props(dc, port_properties);
}

static const TypeInfo port_info = {
    .name = TYPE_VIRTIO_CONSOLE_SERIAL_PORT,
    .parent = TYPE_VIRTIO_SERIAL_PORT,
    .instance_size = sizeof(VirtConsole),
    .class_init = port_class_init,
};

static void console_class_init(ObjectClass *klass, void *data)
{
    VIRTIO_SERIAL_PORT_CLASS(klass)->is_console = true;
}

static const TypeInfo console_info = {
    .name = TYPE_VIRTIO_CONSOLE,
    .parent = TYPE_VIRTIO_CONSOLE_SERIAL_PORT,
    .class_init = console_class_init,
};

static void virtio_console_register_types(void)
{
    type_register_static(&port_info);
    type_register_static(&console_info);
}

type_init(virtio_console_register_types)
