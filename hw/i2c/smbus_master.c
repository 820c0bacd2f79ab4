/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMBus commands, on the master's side: specification 2.0, section 5.5. */
#include "qemu/osdep.h"
#include "hw/i2c/smbus_master.h"

int smbus_quick_command(I2CBus *bus, uint8_t addr, int read)
{
    if (i2c_start_transfer(bus, addr, read)) {
        return -1;
    }
    i2c_end_transfer(bus);
    return 0;
}

/* Writes; with @end the transfer is over, else a read may follow. */
static int send_bytes(I2CBus *bus, uint8_t addr, const uint8_t *data, int len,
                      bool end)
{
    bool refused = false;

    if (i2c_start_send(bus, addr)) {
        return -1;
    }
    for (int i = 0; i < len && !refused; i++) {
        refused = i2c_send(bus, data[i]) != 0;
    }
    if (end || refused) {
        i2c_end_transfer(bus);
    }
    return refused ? -1 : 0;
}

/* A read; the first one or, after a command, its second half. */
static int recv_bytes(I2CBus *bus, uint8_t addr, uint8_t *data, int len)
{
    if (i2c_start_recv(bus, addr)) {
        i2c_end_transfer(bus);
        return -1;
    }
    for (int i = 0; i < len; i++) {
        data[i] = i2c_recv(bus);
    }
    i2c_nack(bus);
    i2c_end_transfer(bus);
    return 0;
}

int smbus_receive_byte(I2CBus *bus, uint8_t addr)
{
    uint8_t data;

    return recv_bytes(bus, addr, &data, 1) ? -1 : data;
}

int smbus_send_byte(I2CBus *bus, uint8_t addr, uint8_t data)
{
    return send_bytes(bus, addr, &data, 1, true);
}

int smbus_read_byte(I2CBus *bus, uint8_t addr, uint8_t command)
{
    uint8_t data;

    return send_bytes(bus, addr, &command, 1, false) ||
           recv_bytes(bus, addr, &data, 1) ? -1 : data;
}

int smbus_write_byte(I2CBus *bus, uint8_t addr, uint8_t command, uint8_t data)
{
    const uint8_t bytes[] = { command, data };

    return send_bytes(bus, addr, bytes, sizeof(bytes), true);
}

int smbus_read_word(I2CBus *bus, uint8_t addr, uint8_t command)
{
    uint8_t data[2];

    return send_bytes(bus, addr, &command, 1, false) ||
           recv_bytes(bus, addr, data, 2) ? -1 : data[0] | data[1] << 8;
}

int smbus_write_word(I2CBus *bus, uint8_t addr, uint8_t command,
                     uint16_t data)
{
    const uint8_t bytes[] = { command, data, data >> 8 };

    return send_bytes(bus, addr, bytes, sizeof(bytes), true);
}

int smbus_read_block(I2CBus *bus, uint8_t addr, uint8_t command,
                     uint8_t *data, int len, bool recv_len, bool send_cmd)
{
    int got;

    if (send_cmd && send_bytes(bus, addr, &command, 1, false)) {
        return -1;
    }
    if (i2c_start_recv(bus, addr)) {
        i2c_end_transfer(bus);
        return -1;
    }
    got = recv_len ? i2c_recv(bus) : len;
    if (got > len) {
        got = 0;                /* nonsense: more than a block can have */
    }
    for (int i = 0; i < got; i++) {
        data[i] = i2c_recv(bus);
    }
    i2c_nack(bus);
    i2c_end_transfer(bus);
    return got;
}

int smbus_write_block(I2CBus *bus, uint8_t addr, uint8_t command,
                      uint8_t *data, int len, bool send_len)
{
    uint8_t bytes[2 + 32];
    int n = 0;

    len = MIN(len, 32);
    bytes[n++] = command;
    if (send_len) {
        bytes[n++] = len;
    }
    memcpy(bytes + n, data, len);
    return send_bytes(bus, addr, bytes, n + len, true);
}
