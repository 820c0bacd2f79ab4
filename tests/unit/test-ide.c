/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core of IDE without a machine: sector addresses, the registers of a
 * bus, PIO through an adapter that moves blocks itself, and streams with
 * values that no drive has.
 */
#include "qemu/osdep.h"
#include "block/block_int.h"
#include "hw/ide/internal.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/main-loop.h"
#include "qdev-fixture.h"
#include "sysemu/blockdev.h"

#define DISK_SECTORS 4096

static TestDev *adapter;
static IDEBus bus;
static unsigned blocks;         /* that the adapter below moved */
static size_t bytes;
static bool ended;

/* An adapter that takes each block of PIO at once, as AHCI does. */
static void take_block(IDEBus *b)
{
    IDEState *s = ide_active(b);

    blocks++;
    bytes += s->cur_io_buffer_len;
}

static void note_end(IDEBus *b)
{
    ended = true;
}

static const IDEHostOps taking_ops = {
    .pio_transfer = take_block,
    .cmd_done = note_end,
};

static void plug(const char *type, const char *node, unsigned unit)
{
    DeviceState *dev = qdev_new(type);

    qdev_prop_set_uint32(dev, "unit", unit);
    object_property_set_str(OBJECT(dev), "drive", node, &error_abort);
    qdev_realize_and_unref(dev, &bus.qbus, &error_abort);
}

static void make_node(const char *name)
{
    blockdev_add_json(json_pack("{s:s, s:s, s:I, s:b}", "driver", "null-co",
                                "node-name", name, "size",
                                (json_int_t)DISK_SECTORS * 512,
                                "read-zeroes", true), &error_abort);
}

static IDEState *disk(void)
{
    return &bus.ifs[0];
}

static IDEState *cdrom(void)
{
    return &bus.ifs[1];
}

static void wait_idle(IDEState *s)
{
    while (s->status & ATA_SR_BSY) {
        main_loop_wait(false);
    }
}

static void select_unit(unsigned unit)
{
    bus.ops = &ide_host_pio_only;
    ide_bus_reset(&bus);
    ide_reg_write(&bus, ATA_REG_DEVICE, unit ? 0xf0 : 0xe0);
    blocks = bytes = 0;
    ended = false;
}

/*** Addresses ***/

static void test_sector_addresses(void)
{
    IDEState *s = disk();
    static const int64_t sectors[] = {
        0, 1, 62, 63, 1007, 1008, 65535, 1032191,
    };

    select_unit(0);
    for (int i = 0; i < ARRAY_SIZE(sectors); i++) {
        s->select = 0xa0;
        ata_set_sector(s, sectors[i]);
        g_assert_cmpint(ata_get_sector(s), ==, sectors[i]);
        g_assert_cmpint(s->sector, >=, 1);
        g_assert_cmpint(s->sector, <=, 63);
        s->select = 0xe0;
        s->lba48 = 0;
        ata_set_sector(s, sectors[i] << 8);
        g_assert_cmpint(ata_get_sector(s), ==, sectors[i] << 8);
        s->lba48 = 1;
        ata_set_sector(s, sectors[i] << 27);
        g_assert_cmpint(ata_get_sector(s), ==, sectors[i] << 27);
    }
    /* Sector numbers begin with 1: 0 is before the disk. */
    s->select = 0xa0;
    s->lcyl = s->hcyl = s->sector = 0;
    g_assert_false(ata_range_ok(s, ata_get_sector(s), 1));
    g_assert_true(ata_range_ok(s, DISK_SECTORS - 1, 1));
    g_assert_false(ata_range_ok(s, DISK_SECTORS - 1, 2));
    g_assert_false(ata_range_ok(s, UINT64_MAX, 2));
    /* A host that sets no sectors a track gets no division by zero. */
    s->nsector = 0;
    ide_reg_write(&bus, ATA_REG_NSECTOR, 0);
    ide_reg_write(&bus, ATA_REG_STATUS, 0x91);
    s->select = 0xa0;
    ata_set_sector(s, 1000);
    s->heads = 16;
    s->sectors = 63;
}

static void test_counts(void)
{
    IDEState *s = disk();

    s->nsector = 0;
    ata_complete_nsector(s, false);
    g_assert_cmpuint(s->nsector, ==, 256);
    s->nsector = 0;
    s->hob_nsector = 0;
    ata_complete_nsector(s, true);
    g_assert_cmpuint(s->nsector, ==, 65536);
    s->nsector = 0x34;
    s->hob_nsector = 0x12;
    ata_complete_nsector(s, true);
    g_assert_cmphex(s->nsector, ==, 0x1234);
}

/*** Registers ***/

static void test_previous_contents(void)
{
    select_unit(0);
    ide_reg_write(&bus, ATA_REG_NSECTOR, 0x11);
    ide_reg_write(&bus, ATA_REG_NSECTOR, 0x22);
    g_assert_cmphex(ide_reg_read(&bus, ATA_REG_NSECTOR), ==, 0x22);
    ide_ctl_write(&bus, ATA_CTL_HOB);
    g_assert_cmphex(ide_reg_read(&bus, ATA_REG_NSECTOR), ==, 0x11);
    /* Any write leaves that view. */
    ide_reg_write(&bus, ATA_REG_SECTOR, 1);
    g_assert_cmphex(ide_reg_read(&bus, ATA_REG_NSECTOR), ==, 0x22);
}

static void test_busy_drive_is_deaf(void)
{
    select_unit(0);
    ide_reg_write(&bus, ATA_REG_NSECTOR, 2);
    ide_reg_write(&bus, ATA_REG_SECTOR, 5);
    ide_reg_write(&bus, ATA_REG_STATUS, 0x20);
    g_assert_cmphex(disk()->status & ATA_SR_BSY, !=, 0);
    ide_reg_write(&bus, ATA_REG_SECTOR, 99);
    ide_reg_write(&bus, ATA_REG_DEVICE, 0xf0);
    ide_reg_write(&bus, ATA_REG_STATUS, 0xec);
    wait_idle(disk());
    g_assert_cmpuint(bus.unit, ==, 0);
    g_assert_cmpuint(ide_reg_read(&bus, ATA_REG_SECTOR), ==, 6);
    for (int i = 0; i < 256; i++) {
        g_assert_cmphex(ide_data_read(&bus, 2), ==, 0);
    }
    /* The wrong direction, and more than there is. */
    wait_idle(disk());
    ide_data_write(&bus, 0x1234, 2);
    g_assert_cmpint(disk()->cur_io_buffer_len, ==, 512);
    for (int i = 0; i < 1000; i++) {
        ide_data_read(&bus, 4);
    }
    g_assert_cmphex(ide_alt_status(&bus), ==, 0x50);
}

static void test_reset_with_a_request(void)
{
    for (int i = 0; i < 50; i++) {
        select_unit(0);
        ide_reg_write(&bus, ATA_REG_NSECTOR, 8);
        ide_reg_write(&bus, ATA_REG_STATUS, i & 1 ? 0x20 : 0xe7);
        if (i & 2) {
            main_loop_wait(true);
        }
        ide_ctl_write(&bus, ATA_CTL_SRST);
        ide_ctl_write(&bus, 0);
        g_assert_null(disk()->pio_aiocb);
        g_assert_cmphex(ide_alt_status(&bus), ==, 0x50);
    }
}

/* What ends well while it is canceled leads to no further request. */
static void test_reset_ends_the_command(void)
{
    select_unit(0);
    bus.ops = &taking_ops;
    ide_reg_write(&bus, ATA_REG_NSECTOR, 8);
    ide_reg_write(&bus, ATA_REG_STATUS, 0x20);
    ide_ctl_write(&bus, ATA_CTL_SRST);
    ide_ctl_write(&bus, 0);
    for (int i = 0; i < 20; i++) {
        main_loop_wait(true);
    }
    g_assert_cmpuint(blocks, ==, 0);
    g_assert_cmphex(ide_alt_status(&bus), ==, 0x50);
    bus.ops = &ide_host_pio_only;
}

/*** Blocks that the adapter moves ***/

static void test_adapter_moves_blocks(void)
{
    select_unit(0);
    bus.ops = &taking_ops;
    ide_reg_write(&bus, ATA_REG_NSECTOR, 40);
    ide_reg_write(&bus, ATA_REG_STATUS, 0xc4);
    while (!ended) {
        main_loop_wait(false);
    }
    g_assert_cmpuint(blocks, ==, 3);
    g_assert_cmpuint(bytes, ==, 40 * 512);
    bus.ops = &ide_host_pio_only;
}

/* Two bytes to a block: as many rounds of a loop, not calls in calls. */
static void test_tiny_blocks(void)
{
    uint8_t *packet = cdrom()->io_buffer;

    select_unit(1);
    ide_reg_write(&bus, ATA_REG_ERROR, 0);
    ide_reg_write(&bus, ATA_REG_LCYL, 2);
    ide_reg_write(&bus, ATA_REG_HCYL, 0);
    ide_reg_write(&bus, ATA_REG_STATUS, 0xa0);
    g_assert_cmphex(ide_alt_status(&bus) & ATA_SR_DRQ, !=, 0);
    memset(packet, 0, 12);
    packet[0] = 0x28;
    packet[7] = 1;              /* 256 blocks */
    bus.ops = &taking_ops;
    cdrom()->status &= ~ATA_SR_DRQ;
    atapi_execute(cdrom());
    while (!ended) {
        main_loop_wait(false);
    }
    g_assert_cmphex(cdrom()->status, ==, 0x50);
    g_assert_cmpuint(bytes, ==, 256 * 2048);
    g_assert_cmpuint(blocks, ==, 256 * 1024);
    bus.ops = &ide_host_pio_only;
}

/*** Streams ***/

static int load_drive(void)
{
    return vmstate_ide_drive.post_load(disk(), 3);
}

static int load_pio(void)
{
    const VMStateDescription *pio = vmstate_ide_drive.subsections[0];

    g_assert_cmpstr(pio->name, ==, "ide_drive/pio_state");
    return pio->post_load(disk(), 1);
}

static void test_bad_streams(void)
{
    IDEState *s = disk();

    select_unit(0);
    g_assert_cmpint(load_drive(), ==, 0);
    s->nsector = 65537;
    g_assert_cmpint(load_drive(), <, 0);
    s->nsector = 1;
    s->mult_sectors = 17;
    g_assert_cmpint(load_drive(), <, 0);
    s->mult_sectors = 16;

    g_assert_cmpint(load_pio(), ==, 0);
    s->cur_io_buffer_offset = IDE_BUFFER_SIZE - 10;
    s->cur_io_buffer_len = 12;
    g_assert_cmpint(load_pio(), <, 0);
    s->cur_io_buffer_offset = -1;
    g_assert_cmpint(load_pio(), <, 0);
    s->cur_io_buffer_offset = s->cur_io_buffer_len = 0;
    s->end_transfer_fn_idx = IDE_PIO_NOTHING + 1;
    g_assert_cmpint(load_pio(), <, 0);
    s->end_transfer_fn_idx = IDE_PIO_STOP;
    s->req_nb_sectors = 257;
    g_assert_cmpint(load_pio(), <, 0);
    s->req_nb_sectors = 0;

    bus.unit = 2;
    g_assert_cmpint(vmstate_ide_bus.post_load(&bus, 1), <, 0);
    bus.unit = 0;
    g_assert_cmpint(vmstate_ide_bus.post_load(&bus, 1), ==, 0);
}

int main(int argc, char **argv)
{
    int ret;

    qemu_init_main_loop(&error_abort);
    test_qdev_init(&argc, &argv);
    make_node("disk");
    make_node("cd");
    adapter = test_dev_create(TYPE_TEST_ROOT, "adapter", NULL);
    ide_bus_init(&bus, sizeof(bus), DEVICE(adapter), 0, 2);
    qbus_realize(&bus.qbus, &error_abort);
    plug("ide-hd", "disk", 0);
    plug("ide-cd", "cd", 1);

    g_test_add_func("/ide/sector-addresses", test_sector_addresses);
    g_test_add_func("/ide/counts", test_counts);
    g_test_add_func("/ide/previous-contents", test_previous_contents);
    g_test_add_func("/ide/busy-drive-is-deaf", test_busy_drive_is_deaf);
    g_test_add_func("/ide/reset-with-a-request", test_reset_with_a_request);
    g_test_add_func("/ide/reset-ends-the-command",
                    test_reset_ends_the_command);
    g_test_add_func("/ide/adapter-moves-blocks", test_adapter_moves_blocks);
    g_test_add_func("/ide/tiny-blocks", test_tiny_blocks);
    g_test_add_func("/ide/bad-streams", test_bad_streams);
    ret = g_test_run();
    test_dev_delete(adapter);
    return ret;
}
