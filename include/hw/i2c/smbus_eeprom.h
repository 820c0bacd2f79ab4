/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EEPROMs of 256 bytes on the SMBus, as memory modules have them. */
#ifndef HW_SMBUS_EEPROM_H
#define HW_SMBUS_EEPROM_H

#include "exec/cpu-common.h"
#include "hw/i2c/i2c.h"

/* One at @address, with a copy of the 256 bytes at @eeprom_buf. */
void smbus_eeprom_init_one(I2CBus *bus, uint8_t address,
                           uint8_t *eeprom_buf);
/* @nb_eeprom of them from 0x50 on; the first ones hold @size bytes' data. */
void smbus_eeprom_init(I2CBus *bus, int nb_eeprom, const uint8_t *eeprom_spd,
                       int size);

#endif
