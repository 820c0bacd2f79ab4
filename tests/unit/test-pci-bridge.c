/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bridges: what their windows let through, and hot-plug by the standard
 * controller (SHPC) and by the slot registers of a root port; errors that are
 * injected below a root port.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie_port.h"
#include "hw/qdev-properties.h"
#include "pci-fixture.h"
#include "pci-testbus.h"
#include "qapi/error.h"

static PCIBus *root, *below;
static PCIDevice *bridge;

static void cfg_write(unsigned offset, uint32_t val, unsigned len)
{
    pci_testbus_cfg_write(bridge, offset, val, len);
}

static uint32_t cfg_read(unsigned offset, unsigned len)
{
    return pci_testbus_cfg_read(bridge, offset, len);
}

static void realize(PCIDevice *d, PCIBus *bus)
{
    pci_realize_and_unref(d, bus, &error_abort);
}

/* A conventional bridge with its SHPC. */
static void set_up_bridge(void)
{
    root = pci_testbus_new();
    bridge = pci_new(PCI_DEVFN(2, 0), "pci-bridge");
    qdev_prop_set_uint8(DEVICE(bridge), "chassis_nr", 1);
    qdev_prop_set_string(DEVICE(bridge), "msi", "off");
    realize(bridge, root);
    below = pci_bridge_get_sec_bus(PCI_BRIDGE(bridge));
    cfg_write(PCI_PRIMARY_BUS, 0x00010100, 4);
}

static void set_up_port(void)
{
    root = pci_testbus_new();
    bridge = pci_new(PCI_DEVFN(2, 0), "pcie-root-port");
    qdev_prop_set_uint8(DEVICE(bridge), "chassis", 1);
    realize(bridge, root);
    below = pci_bridge_get_sec_bus(PCI_BRIDGE(bridge));
    cfg_write(PCI_PRIMARY_BUS, 0x00010100, 4);
}

static void tear_down(void)
{
    pci_testbus_free(root);
}

/* Plugged in while the machine runs. */
static PCIDevice *plug(const char *type, int devfn)
{
    PCIDevice *d = pci_new(devfn, type);

    DEVICE(d)->hotplugged = 1;
    realize(d, below);
    return d;
}

static void ask_unplug(PCIDevice *d, Error **errp)
{
    hotplug_handler_unplug_request(qdev_get_hotplug_handler(DEVICE(d)),
                                   DEVICE(d), errp);
}

/*** Windows ***/

#define BAR0 0xd0000000
#define BAR2 0xd1000000

static PCIDevice *add_mapped(void)
{
    PCIDevice *d = pci_testbus_add(below, TYPE_PCI_FIXTURE, PCI_DEVFN(3, 0),
                                   &error_abort);

    pci_testbus_cfg_write(d, PCI_BASE_ADDRESS_0, BAR0, 4);
    pci_testbus_cfg_write(d, PCI_BASE_ADDRESS_1, 0x2000, 4);
    pci_testbus_cfg_write(d, PCI_BASE_ADDRESS_2, BAR2, 4);
    pci_testbus_cfg_write(d, PCI_COMMAND, PCI_COMMAND_MEMORY |
                          PCI_COMMAND_IO | PCI_COMMAND_MASTER, 2);
    return d;
}

static bool reaches(hwaddr addr, uint8_t bar)
{
    return pci_testbus_read(root, addr, 1) == 0xb0 + bar;
}

static bool reaches_io(hwaddr port)
{
    uint8_t byte = 0;

    address_space_read(pci_testbus_io(root), port, MEMTXATTRS_UNSPECIFIED,
                       &byte, 1);
    return byte == 0xb1;
}

static void test_memory_windows(void)
{
    PCIDevice *d;

    set_up_bridge();
    d = add_mapped();
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_IO, 2);

    /* Closed: the limit is below the base. */
    cfg_write(PCI_MEMORY_BASE, 0xcff0d000, 4);
    cfg_write(PCI_PREF_MEMORY_BASE, 0x0000fff0, 4);
    g_assert_false(reaches(BAR0, 0));
    g_assert_false(reaches(BAR2, 2));
    /* One MiB, the least. */
    cfg_write(PCI_MEMORY_BASE, 0xd000d000, 4);
    g_assert_true(reaches(BAR0, 0));
    g_assert_true(reaches(BAR0 + FIXTURE_BAR0_SIZE - 1, 0));
    g_assert_false(reaches(BAR2, 2));
    /* Prefetchable memory may go through the other window, too. */
    cfg_write(PCI_PREF_MEMORY_BASE, 0xd100d100, 4);
    g_assert_true(reaches(BAR2, 2));
    cfg_write(PCI_PREF_MEMORY_BASE, 0x0000fff0, 4);
    cfg_write(PCI_MEMORY_BASE, 0xd100d000, 4);
    g_assert_true(reaches(BAR2, 2));
    g_assert_cmphex(pci_bridge_get_base(bridge,
                    PCI_BASE_ADDRESS_SPACE_MEMORY), ==, 0xd0000000);
    g_assert_cmphex(pci_bridge_get_limit(bridge,
                    PCI_BASE_ADDRESS_SPACE_MEMORY), ==, 0xd10fffff);
    /* Windows begin and end at any MiB. */
    pci_testbus_cfg_write(d, PCI_BASE_ADDRESS_0, BAR0 + 0x500000, 4);
    cfg_write(PCI_MEMORY_BASE, 0xd040d040, 4);
    g_assert_false(reaches(BAR0 + 0x500000, 0));
    cfg_write(PCI_MEMORY_BASE, 0xd060d060, 4);
    g_assert_false(reaches(BAR0 + 0x500000, 0));
    cfg_write(PCI_MEMORY_BASE, 0xd050d050, 4);
    g_assert_true(reaches(BAR0 + 0x500000, 0));
    /* The bridge itself decodes nothing. */
    cfg_write(PCI_COMMAND, PCI_COMMAND_IO, 2);
    g_assert_false(reaches(BAR0 + 0x500000, 0));
    tear_down();
}

static void test_window_above_4g(void)
{
    PCIDevice *d;

    set_up_bridge();
    d = add_mapped();
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    pci_testbus_cfg_write(d, PCI_BASE_ADDRESS_3, 0x12, 4);
    cfg_write(PCI_PREF_MEMORY_BASE, 0xd100d100, 4);
    g_assert_false(reaches(0x1200000000 + BAR2, 2));
    cfg_write(PCI_PREF_BASE_UPPER32, 0x12, 4);
    cfg_write(PCI_PREF_LIMIT_UPPER32, 0x12, 4);
    g_assert_true(reaches(0x1200000000 + BAR2, 2));
    g_assert_false(reaches(BAR2, 2));
    tear_down();
}

static void test_io_window(void)
{
    set_up_bridge();
    add_mapped();
    cfg_write(PCI_COMMAND, PCI_COMMAND_IO, 2);
    cfg_write(PCI_IO_BASE, 0x10f0, 2);
    g_assert_false(reaches_io(0x2000));
    cfg_write(PCI_IO_BASE, 0x2020, 2);
    g_assert_true(reaches_io(0x2000));
    g_assert_true(reaches_io(0x201f));
    cfg_write(PCI_IO_BASE, 0x4030, 2);
    g_assert_false(reaches_io(0x2000));
    cfg_write(PCI_IO_BASE, 0x2020, 2);
    cfg_write(PCI_COMMAND, 0, 2);
    g_assert_false(reaches_io(0x2000));
    tear_down();
}

/* DMA of what is below goes through while the bridge may master the bus. */
static void test_bus_master(void)
{
    PCIDevice *d;
    uint32_t word = 0x12345678;

    set_up_bridge();
    d = add_mapped();
    cfg_write(PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    g_assert_cmpint(pci_dma_write(d, 0x1000, &word, 4), ==, MEMTX_OK);
    g_assert_cmphex(pci_testbus_read(root, 0x1000, 4), ==, 0x12345678);
    tear_down();
}

/*** SHPC ***/

#define CMD_SLOT(state, power) ((state) | (power) << 2)
enum { POWER_ONLY = 1, ENABLE, DISABLE };
enum { ON = 1, BLINK, OFF };

/* The capability's window on the registers. */
static unsigned shpc_cap(void)
{
    return pci_find_capability(bridge, PCI_CAP_ID_SHPC);
}

static uint32_t shpc_read(unsigned reg)
{
    cfg_write(shpc_cap() + 2, reg / 4, 1);
    return cfg_read(shpc_cap() + 4, 4);
}

static void shpc_write(unsigned reg, uint32_t val)
{
    cfg_write(shpc_cap() + 2, reg / 4, 1);
    cfg_write(shpc_cap() + 4, val, 4);
}

static uint32_t slot_register(int slot)
{
    return shpc_read(0x24 + 4 * (slot - 1));
}

/* Code in byte 0 of register 0x14, target in byte 1. */
static uint16_t shpc_command(uint8_t code, int slot)
{
    shpc_write(0x14, slot << 8 | code);
    return shpc_read(0x14) >> 16;
}

static void clear_slot_events(int slot)
{
    shpc_write(0x24 + 4 * (slot - 1),
               slot_register(slot) | 0x1f << 16);
}

static void test_shpc_cycle(void)
{
    PCIDevice *d;

    set_up_bridge();
    /* 31 slots from device 1 on, numbered upwards, with buttons. */
    g_assert_cmphex(shpc_read(0x0c), ==, 0xe001011f);
    /* Disabled and dark, empty, its latch open. */
    g_assert_cmphex(slot_register(3) & 0xdff, ==, 0xd0f);
    d = plug(TYPE_PCI_FIXTURE, PCI_DEVFN(3, 0));
    /* Present, latch closed; button, latch and presence events. */
    g_assert_cmphex(slot_register(3) & 0xd00, ==, 0);
    g_assert_cmphex((slot_register(3) >> 16) & 0x1f, ==, 0xd);
    clear_slot_events(3);
    g_assert_cmphex((slot_register(3) >> 16) & 0x1f, ==, 0);
    g_assert_cmphex(shpc_command(CMD_SLOT(POWER_ONLY, BLINK), 3) & 0xe, ==,
                    0);
    g_assert_cmphex(shpc_command(CMD_SLOT(ENABLE, ON), 3) & 0xe, ==, 0);
    g_assert_cmphex(slot_register(3) & 0xf, ==, CMD_SLOT(ENABLE, ON));

    ask_unplug(d, &error_abort);
    g_assert_cmphex((slot_register(3) >> 16) & 0x1f, ==, 4);
    g_assert_true(below->devices[PCI_DEVFN(3, 0)] == d);
    /* Off but still lit: it stays. */
    shpc_command(CMD_SLOT(0, BLINK), 3);
    g_assert_nonnull(below->devices[PCI_DEVFN(3, 0)]);
    shpc_command(CMD_SLOT(DISABLE, OFF), 3);
    g_assert_null(below->devices[PCI_DEVFN(3, 0)]);
    g_assert_cmphex(slot_register(3) & 0xd00, ==, 0xd00);

    /* A slot that is off lets go at once. */
    d = plug(TYPE_PCI_FIXTURE, PCI_DEVFN(3, 0));
    ask_unplug(d, &error_abort);
    g_assert_null(below->devices[PCI_DEVFN(3, 0)]);
    tear_down();
}

static void test_shpc_refusals(void)
{
    PCIDevice *d;
    Error *err = NULL;

    set_up_bridge();
    /* Slots and commands that there are not: invalid command, or mode. */
    g_assert_cmphex(shpc_command(CMD_SLOT(ENABLE, ON), 0) & 0xe, ==, 4);
    g_assert_cmphex(shpc_command(0x41, 0) & 0xe, ==, 8);
    g_assert_cmphex(shpc_command(0x4a, 0) & 0xe, ==, 4);
    g_assert_cmphex(shpc_command(0xff, 31) & 0xe, ==, 4);
    g_assert_cmphex(shpc_command(0x40, 0) & 0xe, ==, 0);
    /* An enabled slot does not go back to power only. */
    shpc_command(CMD_SLOT(ENABLE, ON), 5);
    g_assert_cmphex(shpc_command(CMD_SLOT(POWER_ONLY, ON), 5) & 0xe, ==, 4);
    /* Past the registers there is nothing. */
    shpc_write(0x3fc, 0xffffffff);
    g_assert_cmphex(shpc_read(0x3fc), ==, 0);

    d = pci_new(PCI_DEVFN(0, 0), TYPE_PCI_FIXTURE);
    DEVICE(d)->hotplugged = 1;
    g_assert_false(pci_realize_and_unref(d, below, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "Unsupported PCI slot 0"));
    error_free(err);
    tear_down();
}

/* Commands for all slots reach those with a device, if none is enabled. */
static void test_shpc_all_slots(void)
{
    set_up_bridge();
    plug(TYPE_PCI_FIXTURE, PCI_DEVFN(1, 0));
    plug(TYPE_PCI_FIXTURE, PCI_DEVFN(2, 0));
    g_assert_cmphex(shpc_command(0x48, 0) & 0xe, ==, 0);
    g_assert_cmphex(slot_register(1) & 0xf, ==, CMD_SLOT(POWER_ONLY, ON));
    g_assert_cmphex(slot_register(2) & 0xf, ==, CMD_SLOT(POWER_ONLY, ON));
    g_assert_cmphex(slot_register(3) & 0xf, ==, CMD_SLOT(DISABLE, OFF));
    g_assert_cmphex(shpc_command(0x49, 0) & 0xe, ==, 0);
    g_assert_cmphex(slot_register(2) & 0xf, ==, CMD_SLOT(ENABLE, ON));
    g_assert_cmphex(slot_register(3) & 0xf, ==, CMD_SLOT(DISABLE, OFF));
    g_assert_cmphex(shpc_command(0x48, 0) & 0xe, ==, 4);
    g_assert_cmphex(shpc_command(0x49, 0) & 0xe, ==, 4);
    tear_down();
}

static void test_shpc_interrupt(void)
{
    set_up_bridge();
    /* Unmask all of slot 3 and the global mask: an event interrupts. */
    shpc_write(0x20, 0xe);
    shpc_write(0x24 + 4 * 2, 0);
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 0);
    plug(TYPE_PCI_FIXTURE, PCI_DEVFN(3, 0));
    g_assert_cmphex(shpc_read(0x18), ==, 1u << 3);
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 1);
    clear_slot_events(3);
    g_assert_cmphex(shpc_read(0x18), ==, 0);
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 0);
    tear_down();
}

/*** Slot of a root port ***/

static unsigned exp_cap(void)
{
    return pci_find_capability(bridge, PCI_CAP_ID_EXP);
}

static uint16_t slot_status(void)
{
    return cfg_read(exp_cap() + PCI_EXP_SLTSTA, 2);
}

static void slot_control(uint16_t val)
{
    cfg_write(exp_cap() + PCI_EXP_SLTCTL, val, 2);
}

#define POWER_OFF PCI_EXP_SLTCTL_PCC
#define LIGHT(ind) ((ind) << 8)
#define INTERRUPTS (PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_ABPE | \
                    PCI_EXP_SLTCTL_PDCE)

static void test_slot_interrupt(void)
{
    PCIDevice *d;

    set_up_port();
    slot_control(INTERRUPTS | POWER_OFF | LIGHT(OFF));
    cfg_write(exp_cap() + PCI_EXP_SLTSTA, slot_status(), 2);
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 0);
    d = plug(TYPE_PCI_FIXTURE_EXPRESS, 0);
    g_assert_cmphex(slot_status() & 0x49, ==, 0x49);
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 1);
    cfg_write(exp_cap() + PCI_EXP_SLTSTA, slot_status(), 2);
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 0);

    /* Power decides whether the function answers. */
    g_assert_false(d->has_power);
    slot_control(INTERRUPTS | LIGHT(ON));
    g_assert_true(d->has_power);

    ask_unplug(d, &error_abort);
    g_assert_cmphex(slot_status() & 0x49, ==, 0x41);
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 1);
    slot_control(INTERRUPTS | POWER_OFF | LIGHT(BLINK));
    g_assert_nonnull(below->devices[0]);
    slot_control(INTERRUPTS | POWER_OFF | LIGHT(OFF));
    g_assert_null(below->devices[0]);
    g_assert_cmphex(slot_status() & (PCI_EXP_SLTSTA_PDS |
                                     PCI_EXP_SLTSTA_PDC), ==,
                    PCI_EXP_SLTSTA_PDC);
    tear_down();
}

/* Functions before the first are unseen, and can just go. */
static void test_slot_functions(void)
{
    PCIDevice *d;

    set_up_port();
    slot_control(POWER_OFF | LIGHT(OFF));
    d = plug(TYPE_PCI_FIXTURE_EXPRESS, 1);
    g_assert_cmphex(slot_status() & 0x49, ==, 0);
    ask_unplug(d, &error_abort);
    g_assert_null(below->devices[1]);
    tear_down();
}

static void test_slot_busy(void)
{
    PCIDevice *d;
    Error *err = NULL;

    set_up_port();
    d = plug(TYPE_PCI_FIXTURE_EXPRESS, 0);
    slot_control(LIGHT(BLINK));
    ask_unplug(d, &err);
    g_assert_nonnull(strstr(error_get_pretty(err), "guest is busy"));
    error_free(err);
    /* Locked in, as the interlock says. */
    slot_control(LIGHT(ON) | PCI_EXP_SLTCTL_EIC);
    err = NULL;
    ask_unplug(d, &err);
    g_assert_nonnull(strstr(error_get_pretty(err), "locked"));
    error_free(err);
    tear_down();
}

/*** Errors ***/

static unsigned aer(unsigned reg)
{
    return bridge->exp.aer_cap + reg;
}

static PCIDevice *set_up_errors(void)
{
    PCIDevice *d;

    set_up_port();
    d = pci_testbus_add(below, TYPE_PCI_FIXTURE_EXPRESS, 0, &error_abort);
    cfg_write(PCI_COMMAND, PCI_COMMAND_SERR | PCI_COMMAND_MASTER, 2);
    cfg_write(PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_SERR, 2);
    cfg_write(exp_cap() + PCI_EXP_DEVCTL, 0xf, 2);
    pci_testbus_cfg_write(d, PCI_COMMAND, PCI_COMMAND_SERR |
                          PCI_COMMAND_MASTER, 2);
    pci_testbus_cfg_write(d, FIXTURE_EXP + PCI_EXP_DEVCTL, 0xf, 2);
    return d;
}

static PCIEAERErr make_error(PCIDevice *d, uint32_t status, uint16_t flags)
{
    return (PCIEAERErr) {
        .status = status,
        .source_id = pci_get_bdf(d),
        .flags = flags | PCIE_AER_ERR_HEADER_VALID,
        .header = { 1, 2, 3, 4 },
    };
}

static void test_correctable(void)
{
    PCIDevice *d = set_up_errors();
    PCIEAERErr err = make_error(d, PCI_ERR_COR_RCVR,
                                PCIE_AER_ERR_IS_CORRECTABLE);

    cfg_write(aer(PCI_ERR_ROOT_COMMAND), PCI_ERR_ROOT_CMD_COR_EN, 4);
    pci_testbus_cfg_write(d, FIXTURE_AER + PCI_ERR_COR_MASK, 0, 4);
    g_assert_cmpint(pcie_aer_inject_error(d, &err), ==, 0);
    g_assert_cmphex(pci_testbus_cfg_read(d, FIXTURE_AER + PCI_ERR_COR_STATUS,
                                         4), ==, PCI_ERR_COR_RCVR);
    g_assert_cmphex(cfg_read(aer(PCI_ERR_ROOT_STATUS), 4) & 0x7f, ==,
                    PCI_ERR_ROOT_COR_RCV);
    g_assert_cmphex(cfg_read(aer(PCI_ERR_ROOT_ERR_SRC), 2), ==, 0x100);
    /* INTx, as MSI is off, until software clears the status. */
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 1);
    pcie_aer_inject_error(d, &err);
    g_assert_true(cfg_read(aer(PCI_ERR_ROOT_STATUS), 4) &
                  PCI_ERR_ROOT_MULTI_COR_RCV);
    cfg_write(aer(PCI_ERR_ROOT_STATUS), 0x7f, 4);
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 0);

    /* Masked by the function: status alone. */
    pci_testbus_cfg_write(d, FIXTURE_AER + PCI_ERR_COR_MASK,
                          PCI_ERR_COR_RCVR, 4);
    pcie_aer_inject_error(d, &err);
    g_assert_cmphex(cfg_read(aer(PCI_ERR_ROOT_STATUS), 4) & 0x7f, ==, 0);
    tear_down();
}

static void test_uncorrectable(void)
{
    PCIDevice *d = set_up_errors();
    PCIEAERErr err = make_error(d, PCI_ERR_UNC_POISON_TLP, 0);

    cfg_write(aer(PCI_ERR_ROOT_COMMAND), PCI_ERR_ROOT_CMD_NONFATAL_EN |
              PCI_ERR_ROOT_CMD_FATAL_EN, 4);
    pci_testbus_cfg_write(d, FIXTURE_AER + PCI_ERR_UNCOR_MASK, 0, 4);
    pci_testbus_cfg_write(d, FIXTURE_AER + PCI_ERR_UNCOR_SEVER, 0, 4);
    pcie_aer_inject_error(d, &err);
    g_assert_cmphex(cfg_read(aer(PCI_ERR_ROOT_STATUS), 4) & 0x7f, ==,
                    PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV);
    /* The header that caused it is kept. */
    for (int i = 0; i < 4; i++) {
        g_assert_cmphex(pci_testbus_cfg_read(d, FIXTURE_AER +
                                             PCI_ERR_HEADER_LOG + 4 * i, 4),
                        ==, bswap32(i + 1));
    }
    g_assert_cmpint(pci_testbus_irq_level(root, 2), ==, 1);
    cfg_write(aer(PCI_ERR_ROOT_STATUS), 0x7f, 4);

    /* The same, fatal. */
    pci_testbus_cfg_write(d, FIXTURE_AER + PCI_ERR_UNCOR_STATUS, ~0u, 4);
    pci_testbus_cfg_write(d, FIXTURE_AER + PCI_ERR_UNCOR_SEVER,
                          PCI_ERR_UNC_POISON_TLP, 4);
    pcie_aer_inject_error(d, &err);
    g_assert_true(cfg_read(aer(PCI_ERR_ROOT_STATUS), 4) &
                  PCI_ERR_ROOT_FATAL_RCV);
    tear_down();
}

/* More errors than the log holds, two here: they are dropped, not kept. */
static void test_error_flood(void)
{
    PCIDevice *d = set_up_errors();
    static const uint32_t kinds[] = {
        PCI_ERR_UNC_POISON_TLP, PCI_ERR_UNC_COMP_TIME, PCI_ERR_UNC_UNX_COMP,
        PCI_ERR_UNC_MALF_TLP, PCI_ERR_UNC_ECRC, PCI_ERR_UNC_UNSUP,
    };

    pci_testbus_cfg_write(d, FIXTURE_AER + PCI_ERR_UNCOR_MASK, 0, 4);
    pci_testbus_cfg_write(d, FIXTURE_AER + PCI_ERR_CAP, 1u << 10, 4);
    for (int i = 0; i < 600; i++) {
        PCIEAERErr err = make_error(d, kinds[i % ARRAY_SIZE(kinds)], 0);

        pcie_aer_inject_error(d, &err);
    }
    g_assert_cmpuint(d->exp.aer_log.log_num, <=, 2);
    tear_down();
}

static void test_error_refusals(void)
{
    PCIDevice *plain, *d = set_up_errors();
    PCIEAERErr err = make_error(d, 0, 0);

    g_assert_cmpint(pcie_aer_inject_error(d, &err), <, 0);
    err.status = 3;             /* more than one bit */
    g_assert_cmpint(pcie_aer_inject_error(d, &err), <, 0);
    plain = pci_testbus_add(root, TYPE_PCI_FIXTURE, PCI_DEVFN(5, 0),
                            &error_abort);
    err.status = PCI_ERR_UNC_ECRC;
    g_assert_cmpint(pcie_aer_inject_error(plain, &err), ==, -ENOSYS);
    tear_down();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    pci_testbus_init();
    g_test_add_func("/bridge/memory-windows", test_memory_windows);
    g_test_add_func("/bridge/window-above-4g", test_window_above_4g);
    g_test_add_func("/bridge/io-window", test_io_window);
    g_test_add_func("/bridge/bus-master", test_bus_master);
    g_test_add_func("/shpc/cycle", test_shpc_cycle);
    g_test_add_func("/shpc/refusals", test_shpc_refusals);
    g_test_add_func("/shpc/all-slots", test_shpc_all_slots);
    g_test_add_func("/shpc/interrupt", test_shpc_interrupt);
    g_test_add_func("/slot/interrupt", test_slot_interrupt);
    g_test_add_func("/slot/functions", test_slot_functions);
    g_test_add_func("/slot/busy", test_slot_busy);
    g_test_add_func("/aer/correctable", test_correctable);
    g_test_add_func("/aer/uncorrectable", test_uncorrectable);
    g_test_add_func("/aer/flood", test_error_flood);
    g_test_add_func("/aer/refusals", test_error_refusals);
    return g_test_run();
}
