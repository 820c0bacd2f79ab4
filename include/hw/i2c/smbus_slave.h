/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device on the System Management Bus (SMBus specification 2.0): whole
 * commands instead of I2C's starts and bytes.
 */
#ifndef HW_SMBUS_SLAVE_H
#define HW_SMBUS_SLAVE_H

#include "hw/i2c/i2c.h"

#define TYPE_SMBUS_DEVICE "smbus-device"
OBJECT_DECLARE_TYPE(SMBusDevice, SMBusDeviceClass, SMBUS_DEVICE)

struct SMBusDeviceClass {
    I2CSlaveClass parent_class;

    /* A transfer without data; @read is the direction bit.  May be NULL. */
    void (*quick_cmd)(SMBusDevice *dev, uint8_t read);
    /*
     * What the master wrote: command code, then data, at least one byte.
     * Called when that is over: at the end, or before it reads.  Nonzero
     * says that it is nonsense, too late for the master to hear.
     */
    int (*write_data)(SMBusDevice *dev, uint8_t *buf, uint8_t len);
    /* The next byte of an answer; for blocks, the first is the length. */
    uint8_t (*receive_byte)(SMBusDevice *dev);
};

#define SMBUS_DATA_MAX_LEN 34   /* command, length, 32 bytes of a block */

struct SMBusDevice {
    I2CSlave i2c;

    /* Of the protocol, not of the device. */
    int32_t mode;
    int32_t data_len;
    uint8_t data_buf[SMBUS_DATA_MAX_LEN];
};

extern const VMStateDescription vmstate_smbus_device;

#define VMSTATE_SMBUS_DEVICE(_field, _state) \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_smbus_device, SMBusDevice)

/* Whether a transfer is under way that a stream must have. */
bool smbus_vmstate_needed(SMBusDevice *dev);

#endif
