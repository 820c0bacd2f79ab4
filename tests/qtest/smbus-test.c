/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SMBus hosts of both boards, and the EEPROMs behind them. */
#include "qemu/osdep.h"
#include "pci.h"
#include "qtest.h"

enum { STS, CNT = 2, CMD, SLVA, D0, D1, BLOCK_DB, AUX_CTL = 0xd };

#define BUSY 0x01
#define INTR 0x02
#define DEV_ERR 0x04
#define BYTE_DONE 0x80
#define START 0x40
#define LAST_BYTE 0x20
#define INTREN 0x01
#define E32B 0x02

/* SMB_CMD. */
#define QUICK 0x00
#define BYTE 0x04
#define BYTE_DATA 0x08
#define WORD_DATA 0x0c
#define BLOCK 0x14
#define I2C_READ 0x18

#define EEPROM 0x50
#define NOBODY 0x30

static uint16_t base;

/* Where firmware puts it; again after each reset. */
static void place_registers(QTest *t, const char *board)
{
    if (!strcmp(board, "q35")) {
        PciFn *f = pci_at(t, 0, 0x1f, 3);

        base = 0x700;
        pci_cfg_write(f, 0x20, base | 1, 4);
        pci_cfg_write(f, 4, 1, 2);
        pci_cfg_write(f, 0x40, 1, 1);
        g_free(f);
    } else {
        base = 0xb100;
    }
}

static QTest *start(const char *board)
{
    QTest *t = qtest_start("-machine %s -nodefaults", board);

    place_registers(t, board);
    return t;
}

static void out(QTest *t, uint8_t reg, uint8_t val)
{
    qtest_out(t, base + reg, val, 1);
}

static uint8_t in(QTest *t, uint8_t reg)
{
    return qtest_in(t, base + reg, 1);
}

/* Starts a command and polls for its end; the status. */
static uint8_t command(QTest *t, uint8_t what, uint8_t address, bool read,
                       uint8_t code)
{
    uint8_t sts;

    out(t, STS, 0xff);
    out(t, SLVA, address << 1 | read);
    out(t, CMD, code);
    out(t, CNT, what | START);
    do {
        sts = in(t, STS);
    } while ((sts & BUSY) && !(sts & BYTE_DONE));
    return sts;
}

static void test_commands(gconstpointer board)
{
    QTest *t = start(board);

    /* All eight are there, blank. */
    for (int i = 0; i < 8; i++) {
        g_assert_cmphex(command(t, QUICK, EEPROM + i, false, 0), ==, INTR);
        out(t, D0, 0xff);
        g_assert_cmphex(command(t, BYTE_DATA, EEPROM + i, true, 7), ==, INTR);
        g_assert_cmphex(in(t, D0), ==, 0);
    }
    g_assert_cmphex(command(t, QUICK, NOBODY, false, 0), ==, DEV_ERR);
    g_assert_cmphex(command(t, BYTE_DATA, NOBODY, true, 0), ==, DEV_ERR);

    out(t, D0, 0x34);
    g_assert_cmphex(command(t, BYTE_DATA, EEPROM, false, 0x10), ==, INTR);
    out(t, D0, 0x78);
    out(t, D1, 0x56);
    g_assert_cmphex(command(t, WORD_DATA, EEPROM, false, 0xff), ==, INTR);
    /* It wrapped. */
    g_assert_cmphex(command(t, BYTE_DATA, EEPROM, true, 0), ==, INTR);
    g_assert_cmphex(in(t, D0), ==, 0x56);
    g_assert_cmphex(command(t, WORD_DATA, EEPROM, true, 0xff), ==, INTR);
    g_assert_cmphex(in(t, D0), ==, 0x78);
    g_assert_cmphex(in(t, D1), ==, 0x56);
    /* Send the address, then receive from there on. */
    g_assert_cmphex(command(t, BYTE, EEPROM, false, 0x10), ==, INTR);
    g_assert_cmphex(command(t, BYTE, EEPROM, true, 0), ==, INTR);
    g_assert_cmphex(in(t, D0), ==, 0x34);
    /* The others have memories of their own. */
    g_assert_cmphex(command(t, BYTE_DATA, EEPROM + 1, true, 0x10), ==, INTR);
    g_assert_cmphex(in(t, D0), ==, 0);

    /* What was written goes with a reset, and so do registers. */
    out(t, D1, 0x55);
    json_decref(qtest_qmp(t, "system_reset", NULL));
    json_decref(qtest_wait_event(t, "RESET"));
    place_registers(t, board);
    for (int reg = CMD; reg <= D1; reg++) {
        g_assert_cmphex(in(t, reg), ==, 0);
    }
    g_assert_cmphex(command(t, BYTE_DATA, EEPROM, true, 0x10), ==, INTR);
    g_assert_cmphex(in(t, D0), ==, 0);
    qtest_quit(t);
}

static void test_block_buffer(gconstpointer board)
{
    QTest *t = start(board);

    out(t, AUX_CTL, E32B);
    in(t, CNT);                         /* the buffer's start */
    out(t, D0, 3);
    for (int i = 1; i <= 3; i++) {
        out(t, BLOCK_DB, i * 0x11);
    }
    g_assert_cmphex(command(t, BLOCK, EEPROM, false, 0x20), ==, INTR);
    g_assert_cmphex(command(t, BYTE_DATA, EEPROM, true, 0x20), ==, INTR);
    g_assert_cmphex(in(t, D0), ==, 3);
    g_assert_cmphex(command(t, BLOCK, EEPROM, true, 0x20), ==, INTR);
    g_assert_cmphex(in(t, D0), ==, 3);
    g_assert_cmphex(in(t, BLOCK_DB), ==, 0x11);
    in(t, CNT);
    for (int i = 1; i <= 3; i++) {
        g_assert_cmphex(in(t, BLOCK_DB), ==, i * 0x11);
    }
    /* Less than announced. */
    in(t, CNT);
    out(t, D0, 5);
    out(t, BLOCK_DB, 0);
    g_assert_cmphex(command(t, BLOCK, EEPROM, false, 0x20), ==, DEV_ERR);
    qtest_quit(t);
}

static void test_block_bytes(void)
{
    QTest *t = start("q35");
    static const uint8_t data[] = { 0xa1, 0xb2, 0xc3 };

    out(t, D0, sizeof(data));
    out(t, BLOCK_DB, data[0]);
    g_assert_cmphex(command(t, BLOCK, EEPROM, false, 0x40), ==,
                    BUSY | BYTE_DONE);
    for (int i = 1; i < sizeof(data); i++) {
        out(t, BLOCK_DB, data[i]);
        out(t, STS, BYTE_DONE);
        g_assert_cmphex(in(t, STS), ==, BUSY | BYTE_DONE);
    }
    out(t, STS, BYTE_DONE);
    g_assert_cmphex(in(t, STS), ==, INTR);

    g_assert_cmphex(command(t, BLOCK, EEPROM, true, 0x40), ==,
                    BUSY | BYTE_DONE);
    g_assert_cmphex(in(t, D0), ==, sizeof(data));
    for (int i = 0; i < sizeof(data); i++) {
        g_assert_cmphex(in(t, BLOCK_DB), ==, data[i]);
        if (i == sizeof(data) - 2) {
            out(t, CNT, BLOCK | LAST_BYTE);
        }
        if (i < sizeof(data) - 1) {
            out(t, STS, BYTE_DONE);
        }
    }
    g_assert_cmphex(in(t, STS), ==, INTR);

    /* I2C: no length on the wire, the offset in D1. */
    out(t, D0, 2);
    out(t, D1, 0x41);
    g_assert_cmphex(command(t, I2C_READ, EEPROM, false, 0), ==,
                    BUSY | BYTE_DONE);
    g_assert_cmphex(in(t, BLOCK_DB), ==, data[0]);
    qtest_quit(t);
}

/* The ICH9's interrupt is INTA# of 1f.3: PIRQ A, input 16. */
static void test_irq(void)
{
    QTest *t = start("q35");
    PciFn *f = pci_at(t, 0, 0x1f, 3);

    qtest_irq_intercept_in(t, "ioapic");
    out(t, SLVA, EEPROM << 1);
    out(t, CNT, QUICK | START | INTREN);
    g_assert_true(qtest_irq_level(t, 16));
    g_assert_cmphex(pci_cfg_read(f, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT,
                    ==, PCI_STATUS_INTERRUPT);
    out(t, STS, INTR);
    g_assert_false(qtest_irq_level(t, 16));
    /* A soft reset of the host lets go of it, too. */
    out(t, CNT, QUICK | START | INTREN);
    g_assert_true(qtest_irq_level(t, 16));
    pci_cfg_write(f, 0x40, 0x09, 1);
    g_assert_cmphex(pci_cfg_read(f, 0x40, 1), ==, 1);
    g_assert_false(qtest_irq_level(t, 16));
    /* Disabled, its ports are nobody's. */
    pci_cfg_write(f, 0x40, 0, 1);
    g_assert_cmphex(in(t, STS), ==, 0xff);
    g_free(f);
    qtest_quit(t);
}

/* Byte by byte past the end: it goes round, and ends nowhere. */
static void test_hostile(void)
{
    QTest *t = start("q35");

    out(t, D0, 0xff);
    g_assert_cmphex(command(t, BLOCK, EEPROM, false, 0), ==,
                    BUSY | BYTE_DONE);
    for (int i = 0; i < 100; i++) {
        out(t, BLOCK_DB, i);
        out(t, STS, 0xff);
        in(t, STS);
    }
    out(t, CNT, 0x02);
    for (int cmd = 0; cmd < 256; cmd++) {
        out(t, CNT, cmd);
        in(t, STS);
        in(t, STS);
        out(t, STS, 0xff);
        in(t, BLOCK_DB);
    }
    qtest_quit(t);
}

static void test_off(void)
{
    QTest *t = qtest_start("-machine q35,smbus=off");
    g_autofree char *tree = qtest_hmp(t, "info qtree");
    PciFn *f = pci_at(t, 0, 0x1f, 3);

    g_assert_cmphex(pci_cfg_read(f, 0, 4), ==, 0xffffffff);
    g_assert_null(strstr(tree, "smbus-eeprom"));
    g_free(f);
    qtest_quit(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/smbus/q35/commands", "q35", test_commands);
    g_test_add_data_func("/smbus/pc/commands", "pc", test_commands);
    g_test_add_data_func("/smbus/q35/block-buffer", "q35", test_block_buffer);
    g_test_add_data_func("/smbus/pc/block-buffer", "pc", test_block_buffer);
    g_test_add_func("/smbus/block-bytes", test_block_bytes);
    g_test_add_func("/smbus/irq", test_irq);
    g_test_add_func("/smbus/hostile", test_hostile);
    g_test_add_func("/smbus/off", test_off);
    return g_test_run();
}
