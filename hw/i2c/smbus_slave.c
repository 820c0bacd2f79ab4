/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMBus commands out of I2C's starts and bytes, on the device's side: SMBus
 * specification 2.0, section 5.5.
 *
 * A command is an optional write (command code, then data) and an optional
 * read after a repeated start.  Neither is a quick command.
 */
#include "qemu/osdep.h"
#include "hw/i2c/smbus_slave.h"
#include "migration/vmstate.h"
#include "qemu/log.h"

/* SMBusDevice.mode; the numbers are those of streams. */
enum {
    SMBUS_IDLE = 0,
    SMBUS_WRITE_DATA = 1,
    SMBUS_READ_DATA = 2,
    SMBUS_DONE = 3,             /* the master has read all it wants */
    SMBUS_CONFUSED = -1,        /* until the end of the transfer */
};

static void confused(SMBusDevice *dev, const char *why)
{
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s\n",
                  object_get_typename(OBJECT(dev)), why);
    dev->mode = SMBUS_CONFUSED;
}

static void command_written(SMBusDevice *dev)
{
    SMBusDeviceClass *sc = SMBUS_DEVICE_GET_CLASS(dev);

    if (sc->write_data) {
        sc->write_data(dev, dev->data_buf, dev->data_len);
    }
}

static void quick_command(SMBusDevice *dev, bool read)
{
    SMBusDeviceClass *sc = SMBUS_DEVICE_GET_CLASS(dev);

    if (sc->quick_cmd) {
        sc->quick_cmd(dev, read);
    }
}

static void start_recv(SMBusDevice *dev)
{
    switch (dev->mode) {
    case SMBUS_IDLE:
        dev->data_len = 0;
        dev->mode = SMBUS_READ_DATA;
        break;
    case SMBUS_WRITE_DATA:
        if (!dev->data_len) {
            confused(dev, "read after a write of nothing");
            break;
        }
        command_written(dev);
        dev->mode = SMBUS_READ_DATA;
        break;
    default:
        confused(dev, "start of a read in the middle of a command");
        break;
    }
}

static void finish(SMBusDevice *dev)
{
    if (dev->mode == SMBUS_WRITE_DATA && dev->data_len) {
        command_written(dev);
    } else if ((dev->mode == SMBUS_WRITE_DATA ||
                dev->mode == SMBUS_READ_DATA) && !dev->data_len) {
        quick_command(dev, dev->mode == SMBUS_READ_DATA);
    }
    dev->mode = SMBUS_IDLE;
    dev->data_len = 0;
}

static int smbus_i2c_event(I2CSlave *s, enum i2c_event event)
{
    SMBusDevice *dev = SMBUS_DEVICE(s);

    switch (event) {
    case I2C_START_SEND:
        if (dev->mode == SMBUS_IDLE) {
            dev->mode = SMBUS_WRITE_DATA;
            dev->data_len = 0;
        } else {
            confused(dev, "start of a write in the middle of a command");
        }
        break;
    case I2C_START_RECV:
        start_recv(dev);
        break;
    case I2C_FINISH:
        finish(dev);
        break;
    case I2C_NACK:
        if (dev->mode == SMBUS_READ_DATA) {
            dev->mode = SMBUS_DONE;
        }
        break;
    default:
        return -1;
    }
    return 0;
}

static uint8_t smbus_i2c_recv(I2CSlave *s)
{
    SMBusDevice *dev = SMBUS_DEVICE(s);
    SMBusDeviceClass *sc = SMBUS_DEVICE_GET_CLASS(dev);

    if (dev->mode != SMBUS_READ_DATA) {
        return 0xff;
    }
    /* Something was read: it is no quick command. */
    dev->data_len = MAX(dev->data_len, 1);
    return sc->receive_byte ? sc->receive_byte(dev) : 0xff;
}

static int smbus_i2c_send(I2CSlave *s, uint8_t data)
{
    SMBusDevice *dev = SMBUS_DEVICE(s);

    if (dev->mode != SMBUS_WRITE_DATA) {
        return -1;
    }
    if (dev->data_len >= sizeof(dev->data_buf)) {
        confused(dev, "too much data in a command");
        return -1;
    }
    dev->data_buf[dev->data_len++] = data;
    return 0;
}

bool smbus_vmstate_needed(SMBusDevice *dev)
{
    return dev->mode != SMBUS_IDLE;
}

static int smbus_post_load(void *opaque, int version_id)
{
    SMBusDevice *dev = opaque;

    return dev->data_len < 0 || dev->data_len > SMBUS_DATA_MAX_LEN ? -EINVAL
                                                                   : 0;
}

const VMStateDescription vmstate_smbus_device = {
    .name = TYPE_SMBUS_DEVICE,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = smbus_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_I2C_SLAVE(i2c, SMBusDevice),
        VMSTATE_INT32(mode, SMBusDevice),
        VMSTATE_INT32(data_len, SMBusDevice),
        VMSTATE_UINT8_ARRAY(data_buf, SMBusDevice, SMBUS_DATA_MAX_LEN),
        VMSTATE_END_OF_LIST()
    },
};

static void smbus_device_class_init(ObjectClass *klass, void *data)
{
    I2CSlaveClass *sc = I2C_SLAVE_CLASS(klass);

    sc->event = smbus_i2c_event;
    sc->recv = smbus_i2c_recv;
    sc->send = smbus_i2c_send;
}

static const TypeInfo smbus_device_info = {
    .name = TYPE_SMBUS_DEVICE,
    .parent = TYPE_I2C_SLAVE,
    .instance_size = sizeof(SMBusDevice),
    .abstract = true,
    .class_size = sizeof(SMBusDeviceClass),
    .class_init = smbus_device_class_init,
};

static void smbus_device_register_types(void)
{
    type_register_static(&smbus_device_info);
}

type_init(smbus_device_register_types)
