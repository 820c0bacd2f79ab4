/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An EEPROM of 256 bytes (Atmel AT24C02): a write sets the address and may
 * store bytes from there on, a read goes on from there.
 *
 * The eight of a PC are where firmware looks for the memory modules' SPD.
 */
#include "qemu/osdep.h"
#include "hw/i2c/smbus_eeprom.h"
#include "hw/i2c/smbus_slave.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

#define TYPE_SMBUS_EEPROM "smbus-eeprom"
OBJECT_DECLARE_SIMPLE_TYPE(SMBusEEPROMDevice, SMBUS_EEPROM)

#define SMBUS_EEPROM_SIZE 256

struct SMBusEEPROMDevice {
    SMBusDevice smbusdev;

    uint8_t data[SMBUS_EEPROM_SIZE];
    uint8_t init_data[SMBUS_EEPROM_SIZE];
    uint8_t offset;             /* wraps, as the chip's does */
    bool accessed;              /* so that streams must have it */
};

static uint8_t eeprom_receive_byte(SMBusDevice *dev)
{
    SMBusEEPROMDevice *eeprom = SMBUS_EEPROM(dev);

    eeprom->accessed = true;
    return eeprom->data[eeprom->offset++];
}

static int eeprom_write_data(SMBusDevice *dev, uint8_t *buf, uint8_t len)
{
    SMBusEEPROMDevice *eeprom = SMBUS_EEPROM(dev);

    eeprom->accessed = true;
    eeprom->offset = buf[0];
    for (int i = 1; i < len; i++) {
        eeprom->data[eeprom->offset++] = buf[i];
    }
    return 0;
}

static bool eeprom_vmstate_needed(void *opaque)
{
    SMBusEEPROMDevice *eeprom = opaque;

    return eeprom->accessed || smbus_vmstate_needed(&eeprom->smbusdev);
}

static const VMStateDescription vmstate_smbus_eeprom = {
    .name = "smbus-eeprom",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = eeprom_vmstate_needed,
    .fields = (VMStateField[]) {
        VMSTATE_SMBUS_DEVICE(smbusdev, SMBusEEPROMDevice),
        VMSTATE_UINT8_ARRAY(data, SMBusEEPROMDevice, SMBUS_EEPROM_SIZE),
        VMSTATE_UINT8(offset, SMBusEEPROMDevice),
        VMSTATE_BOOL(accessed, SMBusEEPROMDevice),
        VMSTATE_END_OF_LIST()
    },
};

static void eeprom_reset(DeviceState *dev)
{
    SMBusEEPROMDevice *eeprom = SMBUS_EEPROM(dev);

    memcpy(eeprom->data, eeprom->init_data, SMBUS_EEPROM_SIZE);
    eeprom->offset = 0;
}

static void eeprom_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    SMBusDeviceClass *sc = SMBUS_DEVICE_CLASS(klass);

    dc->reset = eeprom_reset;
    dc->vmsd = &vmstate_smbus_eeprom;
    sc->receive_byte = eeprom_receive_byte;
    sc->write_data = eeprom_write_data;
    /* Its contents come from the board. */
    dc->user_creatable = false;
}

static const TypeInfo eeprom_info = {
    .name = TYPE_SMBUS_EEPROM,
    .parent = TYPE_SMBUS_DEVICE,
    .instance_size = sizeof(SMBusEEPROMDevice),
    .class_init = eeprom_class_init,
};

static void eeprom_register_types(void)
{
    type_register_static(&eeprom_info);
}

type_init(eeprom_register_types)

void smbus_eeprom_init_one(I2CBus *bus, uint8_t address, uint8_t *eeprom_buf)
{
    I2CSlave *dev = i2c_slave_new(TYPE_SMBUS_EEPROM, address);

    memcpy(SMBUS_EEPROM(dev)->init_data, eeprom_buf, SMBUS_EEPROM_SIZE);
    i2c_slave_realize_and_unref(dev, bus, &error_fatal);
}

void smbus_eeprom_init(I2CBus *bus, int nb_eeprom, const uint8_t *eeprom_spd,
                       int size)
{
    for (int i = 0; i < nb_eeprom; i++) {
        uint8_t data[SMBUS_EEPROM_SIZE] = { 0 };
        int part = MIN(MAX(size - i * SMBUS_EEPROM_SIZE, 0),
                       SMBUS_EEPROM_SIZE);

        if (part) {
            memcpy(data, eeprom_spd + i * SMBUS_EEPROM_SIZE, part);
        }
        smbus_eeprom_init_one(bus, 0x50 + i, data);
    }
}
