/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The master's side of SMBus commands (specification 2.0, section 5.5).
 * What can fail returns -1, data or a length otherwise.
 */
#ifndef HW_SMBUS_MASTER_H
#define HW_SMBUS_MASTER_H

#include "hw/i2c/i2c.h"

int smbus_quick_command(I2CBus *bus, uint8_t addr, int read);
int smbus_receive_byte(I2CBus *bus, uint8_t addr);
int smbus_send_byte(I2CBus *bus, uint8_t addr, uint8_t data);
int smbus_read_byte(I2CBus *bus, uint8_t addr, uint8_t command);
int smbus_write_byte(I2CBus *bus, uint8_t addr, uint8_t command,
                     uint8_t data);
int smbus_read_word(I2CBus *bus, uint8_t addr, uint8_t command);
int smbus_write_word(I2CBus *bus, uint8_t addr, uint8_t command,
                     uint16_t data);

/*
 * Up to @len bytes.  With @recv_len the device says how many it has (SMBus
 * block), without it gives @len (I2C block); with @send_cmd a write of the
 * command comes first.
 */
int smbus_read_block(I2CBus *bus, uint8_t addr, uint8_t command,
                     uint8_t *data, int len, bool recv_len, bool send_cmd);
int smbus_write_block(I2CBus *bus, uint8_t addr, uint8_t command,
                      uint8_t *data, int len, bool send_len);

#endif
