/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I2C bus and its slaves: NXP UM10204, section 3.1. */
#include "qemu/osdep.h"
#include "hw/i2c/i2c.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"

/* The address of a bus where nothing is addressed. */
#define NOBODY 0xff

static void forget_devices(I2CBus *bus)
{
    I2CNode *node, *next;

    QLIST_FOREACH_SAFE(node, &bus->current_devs, next, next) {
        QLIST_REMOVE(node, next);
        g_free(node);
    }
    bus->broadcast = false;
}

/*** Who is addressed ***/

static bool add_if_matching(I2CSlave *candidate, uint8_t address,
                            bool broadcast, I2CNodeList *current_devs)
{
    I2CNode *node;

    if (candidate->address != address && !broadcast) {
        return false;
    }
    node = g_new(I2CNode, 1);
    node->elt = candidate;
    QLIST_INSERT_HEAD(current_devs, node, next);
    return true;
}

bool i2c_scan_bus(I2CBus *bus, uint8_t address, bool broadcast,
                  I2CNodeList *current_devs)
{
    bool found = false;
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->qbus.children, sibling) {
        I2CSlave *candidate = I2C_SLAVE(kid->child);
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(candidate);

        found |= sc->match_and_add(candidate, address, broadcast,
                                   current_devs);
        if (found && !broadcast) {
            break;
        }
    }
    return found;
}

bool i2c_bus_busy(I2CBus *bus)
{
    return !QLIST_EMPTY(&bus->current_devs);
}

/*** Transfers ***/

static int tell(I2CSlave *s, enum i2c_event event)
{
    I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(s);

    return sc->event ? sc->event(s, event) : 0;
}

int i2c_start_transfer(I2CBus *bus, uint8_t address, bool is_recv)
{
    enum i2c_event event = is_recv ? I2C_START_RECV : I2C_START_SEND;
    bool repeated = i2c_bus_busy(bus);
    I2CNode *node;

    /* A repeated start reaches who is addressed already. */
    if (!repeated) {
        bus->broadcast = address == I2C_BROADCAST;
        if (!i2c_scan_bus(bus, address, bus->broadcast, &bus->current_devs)) {
            bus->broadcast = false;
            return -1;
        }
    }
    bus->saved_address = address;
    QLIST_FOREACH(node, &bus->current_devs, next) {
        int refusal = tell(node->elt, event);

        if (refusal && !bus->broadcast) {
            if (!repeated) {
                forget_devices(bus);
            }
            return refusal;
        }
    }
    return 0;
}

int i2c_start_recv(I2CBus *bus, uint8_t address)
{
    return i2c_start_transfer(bus, address, true);
}

int i2c_start_send(I2CBus *bus, uint8_t address)
{
    return i2c_start_transfer(bus, address, false);
}

void i2c_end_transfer(I2CBus *bus)
{
    I2CNode *node;

    QLIST_FOREACH(node, &bus->current_devs, next) {
        tell(node->elt, I2C_FINISH);
    }
    forget_devices(bus);
}

void i2c_nack(I2CBus *bus)
{
    I2CNode *node;

    QLIST_FOREACH(node, &bus->current_devs, next) {
        tell(node->elt, I2C_NACK);
    }
}

int i2c_send(I2CBus *bus, uint8_t data)
{
    bool refused = QLIST_EMPTY(&bus->current_devs);
    I2CNode *node;

    QLIST_FOREACH(node, &bus->current_devs, next) {
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(node->elt);

        refused |= !sc->send || sc->send(node->elt, data);
    }
    return refused ? -1 : 0;
}

uint8_t i2c_recv(I2CBus *bus)
{
    I2CNode *node = QLIST_FIRST(&bus->current_devs);
    I2CSlaveClass *sc;

    /* Several would pull at the line at once. */
    if (!node || bus->broadcast) {
        return 0xff;
    }
    sc = I2C_SLAVE_GET_CLASS(node->elt);
    return sc->recv ? sc->recv(node->elt) : 0xff;
}

/*** State ***/

static int bus_pre_save(void *opaque)
{
    I2CBus *bus = opaque;

    bus->saved_address = NOBODY;
    if (i2c_bus_busy(bus)) {
        bus->saved_address = bus->broadcast
            ? I2C_BROADCAST : QLIST_FIRST(&bus->current_devs)->elt->address;
    }
    return 0;
}

/* Devices come after the bus; those there now are enough to find them. */
static int bus_post_load(void *opaque, int version_id)
{
    I2CBus *bus = opaque;

    forget_devices(bus);
    if (bus->saved_address != NOBODY) {
        bus->broadcast = bus->saved_address == I2C_BROADCAST;
        i2c_scan_bus(bus, bus->saved_address, bus->broadcast,
                     &bus->current_devs);
    }
    return 0;
}

static const VMStateDescription vmstate_i2c_bus = {
    .name = "i2c_bus",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = bus_pre_save,
    .post_load = bus_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(saved_address, I2CBus),
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_i2c_slave = {
    .name = "I2CSlave",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(address, I2CSlave),
        VMSTATE_END_OF_LIST()
    },
};

/*** Birth ***/

I2CBus *i2c_init_bus(DeviceState *parent, const char *name)
{
    I2CBus *bus = I2C_BUS(qbus_new(TYPE_I2C_BUS, parent, name));

    QLIST_INIT(&bus->current_devs);
    bus->saved_address = NOBODY;
    vmstate_register(NULL, VMSTATE_INSTANCE_ID_ANY, &vmstate_i2c_bus, bus);
    return bus;
}

I2CSlave *i2c_slave_new(const char *name, uint8_t addr)
{
    DeviceState *dev = qdev_new(name);

    qdev_prop_set_uint8(dev, "address", addr);
    return I2C_SLAVE(dev);
}

bool i2c_slave_realize_and_unref(I2CSlave *dev, I2CBus *bus, Error **errp)
{
    return qdev_realize_and_unref(DEVICE(dev), BUS(bus), errp);
}

I2CSlave *i2c_slave_create_simple(I2CBus *bus, const char *name, uint8_t addr)
{
    I2CSlave *dev = i2c_slave_new(name, addr);

    i2c_slave_realize_and_unref(dev, bus, &error_abort);
    return dev;
}

void i2c_slave_set_address(I2CSlave *dev, uint8_t address)
{
    dev->address = address;
}

static void i2c_bus_finalize(Object *obj)
{
    I2CBus *bus = I2C_BUS(obj);

    forget_devices(bus);
    vmstate_unregister(NULL, &vmstate_i2c_bus, bus);
}

static Property i2c_slave_properties[] = {
    DEFINE_PROP_UINT8("address", I2CSlave, address, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void i2c_slave_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_MISC, k->categories);
    k->bus_type = TYPE_I2C_BUS;
    device_class_set_props(k, i2c_slave_properties);
    I2C_SLAVE_CLASS(klass)->match_and_add = add_if_matching;
}

static const TypeInfo i2c_types[] = {
    {
        .name = TYPE_I2C_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(I2CBus),
        .instance_finalize = i2c_bus_finalize,
    },
    {
        .name = TYPE_I2C_SLAVE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(I2CSlave),
        .abstract = true,
        .class_size = sizeof(I2CSlaveClass),
        .class_init = i2c_slave_class_init,
    },
};

DEFINE_TYPES(i2c_types)
