/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I2C bus: NXP UM10204.  One master addresses one or (with the general
 * call) many slaves, then bytes go one way until it ends or turns around.
 */
#ifndef QEMU_I2C_H
#define QEMU_I2C_H

#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qom/object.h"

enum i2c_event {
    I2C_START_RECV,             /* the master will read */
    I2C_START_SEND,             /* the master will write */
    I2C_START_SEND_ASYNC,
    I2C_FINISH,
    I2C_NACK,                   /* the master does not want another byte */
};

typedef struct I2CNode I2CNode;
typedef QLIST_HEAD(I2CNodeList, I2CNode) I2CNodeList;

#define TYPE_I2C_SLAVE "i2c-slave"
OBJECT_DECLARE_TYPE(I2CSlave, I2CSlaveClass, I2C_SLAVE)

#define TYPE_I2C_BUS "i2c-bus"
OBJECT_DECLARE_SIMPLE_TYPE(I2CBus, I2C_BUS)

#define I2C_BROADCAST 0x00

struct I2CSlaveClass {
    DeviceClass parent_class;

    /* A byte from the master; nonzero refuses it. */
    int (*send)(I2CSlave *s, uint8_t data);
    void (*send_async)(I2CSlave *s, uint8_t data);
    /* A byte for the master: it cannot be refused. */
    uint8_t (*recv)(I2CSlave *s);
    /* Nonzero refuses a start. */
    int (*event)(I2CSlave *s, enum i2c_event event);
    /* Adds the devices at @address to @current_devs; NULL: @candidate. */
    bool (*match_and_add)(I2CSlave *candidate, uint8_t address,
                          bool broadcast, I2CNodeList *current_devs);
};

struct I2CSlave {
    DeviceState qdev;

    uint8_t address;            /* property of the same name: 7 bits */
};

struct I2CNode {
    I2CSlave *elt;
    QLIST_ENTRY(I2CNode) next;
};

struct I2CBus {
    BusState qbus;

    I2CNodeList current_devs;   /* addressed now */
    uint8_t saved_address;      /* of the transfer under way, for streams */
    bool broadcast;
};

I2CBus *i2c_init_bus(DeviceState *parent, const char *name);
bool i2c_bus_busy(I2CBus *bus);

/*
 * A (repeated) start; 0 if somebody took it, -1 or the slave's refusal.
 * Every start wants an end.
 */
int i2c_start_transfer(I2CBus *bus, uint8_t address, bool is_recv);
int i2c_start_recv(I2CBus *bus, uint8_t address);
int i2c_start_send(I2CBus *bus, uint8_t address);
void i2c_end_transfer(I2CBus *bus);
void i2c_nack(I2CBus *bus);

/* 0 if all that are addressed took the byte. */
int i2c_send(I2CBus *bus, uint8_t data);
/* 0xff where nobody is, or who is cannot answer. */
uint8_t i2c_recv(I2CBus *bus);

/* Who answers to @address joins @current_devs; false for nobody. */
bool i2c_scan_bus(I2CBus *bus, uint8_t address, bool broadcast,
                  I2CNodeList *current_devs);

I2CSlave *i2c_slave_new(const char *name, uint8_t addr);
I2CSlave *i2c_slave_create_simple(I2CBus *bus, const char *name,
                                  uint8_t addr);
bool i2c_slave_realize_and_unref(I2CSlave *dev, I2CBus *bus, Error **errp);
void i2c_slave_set_address(I2CSlave *dev, uint8_t address);

extern const VMStateDescription vmstate_i2c_slave;

#define VMSTATE_I2C_SLAVE(_field, _state) \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_i2c_slave, I2CSlave)

#endif
