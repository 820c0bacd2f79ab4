/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I2C bus and SMBus commands, with devices that log what they see. */
#include "qemu/osdep.h"
#include "hw/i2c/smbus_master.h"
#include "hw/i2c/smbus_slave.h"
#include "qapi/error.h"
#include "qdev-fixture.h"

/*** A slave that logs its wires ***/

#define TYPE_WIRE "test-i2c-wire"
OBJECT_DECLARE_SIMPLE_TYPE(Wire, WIRE)

struct Wire {
    I2CSlave parent_obj;
    bool refuse_start;
    bool refuse_data;
};

static int wire_event(I2CSlave *s, enum i2c_event event)
{
    static const char *const names[] = {
        [I2C_START_RECV] = "R", [I2C_START_SEND] = "W", [I2C_FINISH] = "P",
        [I2C_NACK] = "N",
    };

    test_log_add("%x%s", s->address, names[event]);
    return WIRE(s)->refuse_start && event != I2C_FINISH;
}

static int wire_send(I2CSlave *s, uint8_t data)
{
    test_log_add("%x<%02x", s->address, data);
    return WIRE(s)->refuse_data;
}

static uint8_t wire_recv(I2CSlave *s)
{
    test_log_add("%x>", s->address);
    return s->address;
}

static void wire_class_init(ObjectClass *oc, void *data)
{
    I2CSlaveClass *sc = I2C_SLAVE_CLASS(oc);

    sc->event = wire_event;
    sc->send = wire_send;
    sc->recv = wire_recv;
}

/*** A device that logs its commands ***/

#define TYPE_LOGGER "test-smbus-logger"

static void logger_quick(SMBusDevice *dev, uint8_t read)
{
    test_log_add("quick%u", read);
}

static int logger_write(SMBusDevice *dev, uint8_t *buf, uint8_t len)
{
    for (int i = 0; i < len; i++) {
        test_log_add("%s%02x", i ? "" : "write:", buf[i]);
    }
    return 0;
}

/* Counts up: the first byte of a block is its length. */
static uint8_t logger_receive(SMBusDevice *dev)
{
    static uint8_t next = 1;

    test_log_add("read");
    next = next % 4 + 1;
    return next;
}

static void logger_class_init(ObjectClass *oc, void *data)
{
    SMBusDeviceClass *sc = SMBUS_DEVICE_CLASS(oc);

    sc->quick_cmd = logger_quick;
    sc->write_data = logger_write;
    sc->receive_byte = logger_receive;
}

static const TypeInfo types[] = {
    {
        .name = TYPE_WIRE,
        .parent = TYPE_I2C_SLAVE,
        .instance_size = sizeof(Wire),
        .class_init = wire_class_init,
    },
    {
        .name = TYPE_LOGGER,
        .parent = TYPE_SMBUS_DEVICE,
        .instance_size = sizeof(SMBusDevice),
        .class_init = logger_class_init,
    },
};

DEFINE_TYPES(types)

/*** A bus with both ***/

static TestDev *root;
static I2CBus *bus;
static Wire *wire[2];

static void set_up(void)
{
    root = test_dev_create(TYPE_TEST_ROOT, "root", NULL);
    bus = i2c_init_bus(DEVICE(root), "i2c");
    for (int i = 0; i < 2; i++) {
        wire[i] = WIRE(i2c_slave_create_simple(bus, TYPE_WIRE, 0x10 + i));
    }
    i2c_slave_create_simple(bus, TYPE_LOGGER, 0x20);
    g_string_truncate(test_log, 0);
}

static void tear_down(void)
{
    test_dev_delete(root);
    g_string_truncate(test_log, 0);
}

static void test_transfer(void)
{
    set_up();
    g_assert_false(i2c_bus_busy(bus));
    g_assert_cmpint(i2c_start_send(bus, 0x11), ==, 0);
    g_assert_true(i2c_bus_busy(bus));
    g_assert_cmpint(i2c_send(bus, 0xab), ==, 0);
    /* A repeated start turns around. */
    g_assert_cmpint(i2c_start_recv(bus, 0x11), ==, 0);
    g_assert_cmphex(i2c_recv(bus), ==, 0x11);
    i2c_nack(bus);
    i2c_end_transfer(bus);
    assert_log("11W 11<ab 11R 11> 11N 11P");
    g_assert_false(i2c_bus_busy(bus));

    /* Nobody there: nothing happens, and reads find the pulled-up line. */
    g_assert_cmpint(i2c_start_send(bus, 0x55), !=, 0);
    g_assert_cmpint(i2c_send(bus, 1), !=, 0);
    g_assert_cmphex(i2c_recv(bus), ==, 0xff);
    i2c_end_transfer(bus);
    assert_log("");
    tear_down();
}

static void test_refusals(void)
{
    set_up();
    wire[0]->refuse_start = true;
    g_assert_cmpint(i2c_start_send(bus, 0x10), !=, 0);
    assert_log("10W");
    /* Refused, the bus is free. */
    g_assert_false(i2c_bus_busy(bus));
    wire[1]->refuse_data = true;
    g_assert_cmpint(smbus_write_byte(bus, 0x11, 1, 2), ==, -1);
    assert_log("11W 11<01 11P");
    g_assert_false(i2c_bus_busy(bus));
    tear_down();
}

/* The general call reaches all that there are. */
static void test_general_call(void)
{
    set_up();
    g_assert_cmpint(i2c_start_send(bus, 0), ==, 0);
    g_assert_cmpint(i2c_send(bus, 0x06), ==, 0);
    i2c_end_transfer(bus);
    g_assert_nonnull(strstr(test_log->str, "10W"));
    g_assert_nonnull(strstr(test_log->str, "11W"));
    g_assert_nonnull(strstr(test_log->str, "10<06"));
    g_assert_nonnull(strstr(test_log->str, "11<06"));
    g_assert_nonnull(strstr(test_log->str, "write:06"));
    tear_down();
}

static void test_commands(void)
{
    uint8_t block[32] = { 7, 8, 9 };

    set_up();
    g_assert_cmpint(smbus_quick_command(bus, 0x20, 0), ==, 0);
    assert_log("quick0");
    g_assert_cmpint(smbus_quick_command(bus, 0x20, 1), ==, 0);
    assert_log("quick1");
    g_assert_cmpint(smbus_send_byte(bus, 0x20, 0x55), ==, 0);
    assert_log("write:55");
    g_assert_cmpint(smbus_write_word(bus, 0x20, 1, 0x3456), ==, 0);
    assert_log("write:01 56 34");
    g_assert_cmpint(smbus_receive_byte(bus, 0x20), ==, 2);
    assert_log("read");
    g_assert_cmpint(smbus_read_byte(bus, 0x20, 0x66), ==, 3);
    assert_log("write:66 read");
    g_assert_cmphex(smbus_read_word(bus, 0x20, 0x77), ==, 0x0104);
    assert_log("write:77 read read");
    g_assert_cmpint(smbus_write_block(bus, 0x20, 0x88, block, 3, true), ==,
                    0);
    assert_log("write:88 03 07 08 09");
    g_assert_cmpint(smbus_write_block(bus, 0x20, 0x88, block, 2, false), ==,
                    0);
    assert_log("write:88 07 08");
    /* The device says two. */
    g_assert_cmpint(smbus_read_block(bus, 0x20, 0x99, block, 32, true, true),
                    ==, 2);
    assert_log("write:99 read read read");
    g_assert_cmphex(block[0], ==, 3);
    g_assert_cmphex(block[1], ==, 4);
    /* More than there is room for is nonsense. */
    g_assert_cmpint(smbus_read_block(bus, 0x20, 0x99, block, 0, true, true),
                    ==, 0);
    g_assert_cmpint(smbus_read_byte(bus, 0x30, 0), ==, -1);
    g_assert_cmpint(smbus_quick_command(bus, 0x30, 0), ==, -1);
    tear_down();
}

/* What is no command: the device is spared it, and is fine afterwards. */
static void test_confusion(void)
{
    set_up();
    /* A read after a write of nothing. */
    i2c_start_send(bus, 0x20);
    i2c_start_recv(bus, 0x20);
    g_assert_cmphex(i2c_recv(bus), ==, 0xff);
    i2c_end_transfer(bus);
    assert_log("");
    /* More than any command has. */
    i2c_start_send(bus, 0x20);
    for (int i = 0; i < SMBUS_DATA_MAX_LEN; i++) {
        g_assert_cmpint(i2c_send(bus, i), ==, 0);
    }
    g_assert_cmpint(i2c_send(bus, 0), !=, 0);
    i2c_end_transfer(bus);
    assert_log("");
    g_assert_cmpint(smbus_send_byte(bus, 0x20, 0x42), ==, 0);
    assert_log("write:42");
    tear_down();
}

int main(int argc, char **argv)
{
    test_qdev_init(&argc, &argv);
    g_test_add_func("/smbus/transfer", test_transfer);
    g_test_add_func("/smbus/refusals", test_refusals);
    g_test_add_func("/smbus/general-call", test_general_call);
    g_test_add_func("/smbus/commands", test_commands);
    g_test_add_func("/smbus/confusion", test_confusion);
    return g_test_run();
}
