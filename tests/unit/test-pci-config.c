/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space: masks, capabilities, BARs, the command register,
 * power states, bus mastering, reset.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_host.h"
#include "hw/qdev-properties.h"
#include "pci-fixture.h"
#include "pci-testbus.h"
#include "qapi/error.h"

static PCIBus *bus;
static PCIDevice *dev;

static void set_up(const char *type)
{
    bus = pci_testbus_new();
    dev = pci_testbus_add(bus, type, PCI_DEVFN(3, 0), &error_abort);
}

static void tear_down(void)
{
    pci_testbus_free(bus);
}

static uint32_t cfg_read(unsigned offset, unsigned len)
{
    return pci_testbus_cfg_read(dev, offset, len);
}

static void cfg_write(unsigned offset, uint32_t val, unsigned len)
{
    pci_testbus_cfg_write(dev, offset, val, len);
}

/* Writes all ones and reads back: the writable bits of a doubleword. */
static uint32_t probe(unsigned offset)
{
    uint32_t old = cfg_read(offset, 4);
    uint32_t val;

    cfg_write(offset, 0xffffffff, 4);
    val = cfg_read(offset, 4);
    cfg_write(offset, old, 4);
    return val;
}

static uint64_t memory_at(uint64_t addr)
{
    return pci_testbus_read(bus, addr, 1);
}

static uint8_t port_at(uint64_t addr)
{
    uint8_t val = 0xee;

    address_space_read(pci_testbus_io(bus), addr, MEMTXATTRS_UNSPECIFIED,
                       &val, 1);
    return val;
}

static void test_identity(void)
{
    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmphex(cfg_read(PCI_VENDOR_ID, 4), ==, 0xfffd1b36);
    g_assert_cmphex(cfg_read(PCI_REVISION_ID, 4), ==, 0x02000003);
    g_assert_cmphex(cfg_read(PCI_SUBSYSTEM_VENDOR_ID, 4), ==, 0x11001af4);
    g_assert_cmphex(cfg_read(PCI_HEADER_TYPE, 1), ==, 0);
    for (unsigned i = 0; i < 4; i++) {
        cfg_write(i, 0x55, 1);
    }
    g_assert_cmphex(cfg_read(PCI_VENDOR_ID, 4), ==, 0xfffd1b36);
    tear_down();
}

static void test_header_masks(void)
{
    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmphex(probe(PCI_COMMAND) & 0xffff, ==,
                    PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
                    PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
    g_assert_cmphex(probe(PCI_CACHE_LINE_SIZE), ==, 0x000000ff);
    g_assert_cmphex(probe(PCI_INTERRUPT_LINE), ==, 0x000001ff);
    g_assert_cmphex(probe(PCI_CAPABILITY_LIST), ==, FIXTURE_MSI);
    tear_down();
}

static void test_write_one_to_clear(void)
{
    set_up(TYPE_PCI_FIXTURE);
    pci_word_test_and_set_mask(dev->config + PCI_STATUS,
                               PCI_STATUS_SIG_SYSTEM_ERROR |
                               PCI_STATUS_DETECTED_PARITY);
    cfg_write(PCI_STATUS, 0, 2);
    g_assert_cmphex(cfg_read(PCI_STATUS, 2), ==,
                    PCI_STATUS_CAP_LIST | PCI_STATUS_SIG_SYSTEM_ERROR |
                    PCI_STATUS_DETECTED_PARITY);
    /* One byte of the register, written by way of a doubleword. */
    cfg_write(PCI_COMMAND, (uint32_t)PCI_STATUS_SIG_SYSTEM_ERROR << 16, 4);
    g_assert_cmphex(cfg_read(PCI_STATUS, 2), ==,
                    PCI_STATUS_CAP_LIST | PCI_STATUS_DETECTED_PARITY);
    cfg_write(PCI_STATUS + 1, 0xff, 1);
    g_assert_cmphex(cfg_read(PCI_STATUS, 2), ==, PCI_STATUS_CAP_LIST);
    tear_down();
}

static void test_sizing(void)
{
    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmphex(probe(PCI_BASE_ADDRESS_0), ==, 0xfffff000);
    g_assert_cmphex(probe(PCI_BASE_ADDRESS_1), ==, 0xffffffe1);
    g_assert_cmphex(probe(PCI_BASE_ADDRESS_2), ==, 0xfff0000c);
    g_assert_cmphex(probe(PCI_BASE_ADDRESS_3), ==, 0xffffffff);
    g_assert_cmphex(probe(PCI_BASE_ADDRESS_4), ==, 0);
    g_assert_cmphex(probe(PCI_BASE_ADDRESS_5), ==, 0xfffffff0);
    g_assert_cmphex(probe(PCI_ROM_ADDRESS), ==, 0);
    tear_down();
}

static void test_command_maps(void)
{
    set_up(TYPE_PCI_FIXTURE);
    cfg_write(PCI_BASE_ADDRESS_0, 0xc0000000, 4);
    cfg_write(PCI_BASE_ADDRESS_1, 0xc000, 4);
    g_assert_cmphex(memory_at(0xc0000000), ==, 0);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    g_assert_cmphex(memory_at(0xc0000000), ==, 0xb0);
    g_assert_cmphex(port_at(0xc000), !=, 0xb1);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_IO, 2);
    g_assert_cmphex(port_at(0xc000), ==, 0xb1);
    g_assert_cmphex(port_at(0xc020), !=, 0xb1);
    cfg_write(PCI_COMMAND, PCI_COMMAND_IO, 1);
    g_assert_cmphex(memory_at(0xc0000000), ==, 0);
    g_assert_cmphex(port_at(0xc01f), ==, 0xb1);
    tear_down();
}

static void test_bar_moves(void)
{
    set_up(TYPE_PCI_FIXTURE);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    cfg_write(PCI_BASE_ADDRESS_0, 0xc0000000, 4);
    g_assert_cmphex(memory_at(0xc0000fff), ==, 0xb0);
    /* A byte of the register moves it; the bits below the size do not. */
    cfg_write(PCI_BASE_ADDRESS_0 + 3, 0xd0, 1);
    g_assert_cmphex(memory_at(0xc0000000), ==, 0);
    g_assert_cmphex(memory_at(0xd0000000), ==, 0xb0);
    cfg_write(PCI_BASE_ADDRESS_0, 0xff, 1);
    g_assert_cmphex(memory_at(0xd0000000), ==, 0xb0);
    tear_down();
}

static void test_bar_64bit(void)
{
    set_up(TYPE_PCI_FIXTURE);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    cfg_write(PCI_BASE_ADDRESS_2, 0xd0000000, 4);
    g_assert_cmphex(memory_at(0xd0000000), ==, 0xb2);
    cfg_write(PCI_BASE_ADDRESS_3, 0x12, 4);
    g_assert_cmphex(memory_at(0xd0000000), ==, 0);
    g_assert_cmphex(memory_at(0x12d00fffffULL), ==, 0xb2);
    g_assert_cmphex(pci_get_bar_addr(dev, 2), ==, 0x12d0000000ULL);
    tear_down();
}

/* Sizing with decoding on must not put anything over RAM or the end. */
static void test_bar_nowhere(void)
{
    static const uint64_t nowhere[] = { 0, 0xfffff000 };

    set_up(TYPE_PCI_FIXTURE);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_IO, 2);
    for (unsigned i = 0; i < G_N_ELEMENTS(nowhere); i++) {
        cfg_write(PCI_BASE_ADDRESS_0, 0xc0000000, 4);
        g_assert_cmphex(pci_get_bar_addr(dev, 0), ==, 0xc0000000);
        cfg_write(PCI_BASE_ADDRESS_0, nowhere[i], 4);
        g_assert_cmphex(pci_get_bar_addr(dev, 0), ==, PCI_BAR_UNMAPPED);
    }
    cfg_write(PCI_BASE_ADDRESS_2, 0xffffffff, 4);
    cfg_write(PCI_BASE_ADDRESS_3, 0xffffffff, 4);
    g_assert_cmphex(pci_get_bar_addr(dev, 2), ==, PCI_BAR_UNMAPPED);
    cfg_write(PCI_BASE_ADDRESS_1, 0xffffffff, 4);
    g_assert_cmphex(pci_get_bar_addr(dev, 1), ==, PCI_BAR_UNMAPPED);
    tear_down();
}

static void test_past_the_end(void)
{
    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmphex(cfg_read(0x100, 4), ==, 0xffffffff);
    g_assert_cmphex(cfg_read(0xffc, 4), ==, 0xffffffff);
    cfg_write(0x100, 0, 4);
    cfg_write(0xfc, 0x11223344, 4);
    cfg_write(0xfe, 0xaabbccdd, 4);
    g_assert_cmphex(cfg_read(0xfc, 4), ==, 0xccdd3344);
    g_assert_cmphex(cfg_read(0xff, 4), ==, 0xcc);
    tear_down();
}

static void test_express_space(void)
{
    set_up(TYPE_PCI_FIXTURE_EXPRESS);
    g_assert_cmphex(cfg_read(FIXTURE_AER, 4) & 0xffff, ==,
                    PCI_EXT_CAP_ID_ERR);
    cfg_write(0xffc, 0x11223344, 4);
    g_assert_cmphex(cfg_read(0xffc, 4), ==, 0x11223344);
    g_assert_cmphex(cfg_read(0x1000, 4), ==, 0xffffffff);
    tear_down();

    /* A conventional bus does not carry the offsets past 0xff. */
    bus = pci_testbus_new_conventional();
    dev = pci_testbus_add(bus, TYPE_PCI_FIXTURE_EXPRESS, -1, &error_abort);
    g_assert_cmphex(cfg_read(FIXTURE_AER, 4), ==, 0xffffffff);
    g_assert_cmphex(cfg_read(0xfe, 4) & 0xffff, ==, 0);
    tear_down();
}

static void test_capabilities(void)
{
    g_autoptr(Error) err = NULL;
    int cap;

    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmphex(pci_find_capability(dev, PCI_CAP_ID_PM), ==, FIXTURE_PM);
    g_assert_cmphex(pci_find_capability(dev, PCI_CAP_ID_MSI), ==,
                    FIXTURE_MSI);
    g_assert_cmphex(pci_find_capability(dev, PCI_CAP_ID_VPD), ==, 0);

    /* The hole between the two is 8 bytes. */
    cap = pci_add_capability(dev, PCI_CAP_ID_VPD, 0, 8, &error_abort);
    g_assert_cmphex(cap, ==, FIXTURE_PM + 8);
    g_assert_cmphex(cfg_read(PCI_CAPABILITY_LIST, 1), ==, cap);
    g_assert_cmphex(cfg_read(cap, 2), ==, FIXTURE_MSI << 8 | PCI_CAP_ID_VPD);
    g_assert_cmphex(probe(cap + 4), ==, 0);
    cap = pci_add_capability(dev, PCI_CAP_ID_VNDR, 0, 5, &error_abort);
    g_assert_cmphex(cap, ==, FIXTURE_MSI + 0x18);
    cap = pci_add_capability(dev, PCI_CAP_ID_SLOTID, 0, 4, &error_abort);
    g_assert_cmphex(cap, ==, FIXTURE_MSI + 0x20);

    g_assert_cmpint(pci_add_capability(dev, PCI_CAP_ID_AGP, 0x54, 8, &err),
                    ==, -EINVAL);
    g_assert_nonnull(strstr(error_get_pretty(err), "overlaps existing"));
    g_assert_nonnull(strstr(error_get_pretty(err), "0x5 at offset 0x50"));

    pci_del_capability(dev, PCI_CAP_ID_VPD, 8);
    g_assert_cmphex(pci_find_capability(dev, PCI_CAP_ID_VPD), ==, 0);
    g_assert_cmphex(pci_find_capability(dev, PCI_CAP_ID_MSI), ==,
                    FIXTURE_MSI);
    g_assert_cmphex(probe(FIXTURE_PM + 8), ==, 0xffffffff);
    pci_del_capability(dev, PCI_CAP_ID_VPD, 8);
    tear_down();
}

static void test_capability_space_runs_out(void)
{
    g_autoptr(Error) err = NULL;
    int n = 0;

    set_up(TYPE_PCI_FIXTURE);
    while (pci_add_capability(dev, PCI_CAP_ID_VNDR, 0, 16, &err) >= 0) {
        g_assert_cmpint(++n, <, 13);
    }
    g_assert_nonnull(err);
    error_free(g_steal_pointer(&err));
    g_assert_cmpint(pci_add_capability(dev, PCI_CAP_ID_VNDR, 0xfc, 8, &err),
                    ==, -EINVAL);
    g_assert_nonnull(err);
    /* Also with the list written over by software, where it is not fixed. */
    dev->config[PCI_CAPABILITY_LIST] = 0x80;
    dev->config[0x81] = 0x80;
    g_assert_cmphex(pci_find_capability(dev, PCI_CAP_ID_AGP), ==, 0);
    tear_down();
}

static void test_bus_master(void)
{
    uint32_t val = 0x12345678;

    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmpint(pci_dma_write(dev, 0x1000, &val, 4), !=, MEMTX_OK);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    g_assert_cmpint(pci_dma_write(dev, 0x1000, &val, 4), ==, MEMTX_OK);
    g_assert_cmphex(pci_testbus_read(bus, 0x1000, 4), ==, val);
    g_assert_cmpint(stw_be_pci_dma(dev, 0x1004, 0x0102,
                                   MEMTXATTRS_UNSPECIFIED), ==, MEMTX_OK);
    g_assert_cmphex(pci_testbus_read(bus, 0x1004, 2), ==, 0x0201);
    cfg_write(PCI_COMMAND, 0, 2);
    g_assert_cmpint(pci_dma_read(dev, 0x1000, &val, 4), !=, MEMTX_OK);
    tear_down();
}

static void set_power_state(unsigned state)
{
    cfg_write(FIXTURE_PM + PCI_PM_CTRL, state, 1);
}

static unsigned power_state(void)
{
    return cfg_read(FIXTURE_PM + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK;
}

static void test_d3hot(void)
{
    uint32_t val = 0;

    set_up(TYPE_PCI_FIXTURE);
    cfg_write(PCI_BASE_ADDRESS_0, 0xc0000000, 4);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 2);
    pci_set_irq(dev, 1);
    set_power_state(3);
    g_assert_cmphex(power_state(), ==, 3);
    g_assert_cmphex(memory_at(0xc0000000), ==, 0);
    g_assert_cmpint(pci_dma_read(dev, 0x1000, &val, 4), !=, MEMTX_OK);
    g_assert_cmpint(pci_testbus_irq_level(bus, 3), ==, 0);
    /* Configuration space is all there is. */
    g_assert_cmphex(cfg_read(PCI_VENDOR_ID, 4), ==, 0xfffd1b36);
    cfg_write(PCI_BASE_ADDRESS_0, 0xc1000000, 4);
    g_assert_cmphex(memory_at(0xc1000000), ==, 0);
    g_assert_cmpuint(pci_fixture(dev)->resets, ==, 0);

    /* Without No_Soft_Reset, waking is a reset; the PME context stays. */
    cfg_write(FIXTURE_PM + PCI_PM_CTRL, PCI_PM_CTRL_PME_ENABLE, 2);
    g_assert_cmpuint(pci_fixture(dev)->resets, ==, 1);
    g_assert_cmphex(cfg_read(PCI_COMMAND, 2), ==, 0);
    g_assert_cmphex(cfg_read(PCI_BASE_ADDRESS_0, 4), ==, 0);
    g_assert_cmphex(cfg_read(FIXTURE_PM + PCI_PM_CTRL, 2), ==,
                    PCI_PM_CTRL_PME_ENABLE);
    tear_down();
}

static void test_d3hot_no_soft_reset(void)
{
    set_up(TYPE_PCI_FIXTURE);
    dev->config[FIXTURE_PM + PCI_PM_CTRL] = PCI_PM_CTRL_NO_SOFT_RESET;
    cfg_write(PCI_BASE_ADDRESS_0, 0xc0000000, 4);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    pci_set_irq(dev, 1);
    set_power_state(3);
    g_assert_cmphex(memory_at(0xc0000000), ==, 0);
    set_power_state(0);
    g_assert_cmpuint(pci_fixture(dev)->resets, ==, 0);
    g_assert_cmphex(memory_at(0xc0000000), ==, 0xb0);
    g_assert_cmpint(pci_testbus_irq_level(bus, 3), ==, 1);
    tear_down();
}

static void test_power_states_missing(void)
{
    set_up(TYPE_PCI_FIXTURE);
    set_power_state(1);
    g_assert_cmphex(power_state(), ==, 1);
    /* D2 is not there: nothing happens. */
    set_power_state(2);
    g_assert_cmphex(power_state(), ==, 1);
    set_power_state(0);
    g_assert_cmphex(power_state(), ==, 0);
    g_assert_cmpuint(pci_fixture(dev)->resets, ==, 0);
    tear_down();
}

static void test_reset(void)
{
    set_up(TYPE_PCI_FIXTURE);
    cfg_write(PCI_BASE_ADDRESS_0, 0xc0000000, 4);
    cfg_write(PCI_BASE_ADDRESS_3, 5, 4);
    cfg_write(PCI_COMMAND, 0xffff, 2);
    cfg_write(PCI_INTERRUPT_LINE, 11, 1);
    cfg_write(PCI_CACHE_LINE_SIZE, 16, 1);
    cfg_write(FIXTURE_MSI + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE, 2);
    set_power_state(3);
    pci_device_reset(dev);
    g_assert_cmphex(cfg_read(PCI_COMMAND, 2), ==, 0);
    g_assert_cmphex(cfg_read(PCI_BASE_ADDRESS_0, 4), ==, 0);
    g_assert_cmphex(cfg_read(PCI_BASE_ADDRESS_1, 4), ==, 1);
    g_assert_cmphex(cfg_read(PCI_BASE_ADDRESS_2, 4), ==, 0xc);
    g_assert_cmphex(cfg_read(PCI_BASE_ADDRESS_3, 4), ==, 0);
    g_assert_cmphex(cfg_read(PCI_INTERRUPT_LINE, 1), ==, 0);
    g_assert_cmphex(cfg_read(PCI_CACHE_LINE_SIZE, 1), ==, 0);
    g_assert_cmphex(power_state(), ==, 0);
    g_assert_false(msi_enabled(dev));
    g_assert_cmphex(pci_get_bar_addr(dev, 0), ==, PCI_BAR_UNMAPPED);
    g_assert_false(memory_region_is_mapped(&pci_fixture(dev)->bar0));
    tear_down();
}

static void test_function_level_reset(void)
{
    set_up(TYPE_PCI_FIXTURE_EXPRESS);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    cfg_write(FIXTURE_EXP + PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_BCR_FLR, 2);
    g_assert_cmpuint(pci_fixture(dev)->resets, ==, 1);
    g_assert_cmphex(cfg_read(PCI_COMMAND, 2), ==, 0);
    g_assert_cmphex(cfg_read(FIXTURE_EXP + PCI_EXP_DEVCTL, 2), ==, 0);
    cfg_write(FIXTURE_EXP + PCI_EXP_DEVCTL, 0, 2);
    g_assert_cmpuint(pci_fixture(dev)->resets, ==, 1);
    tear_down();
}

static void test_slot_power(void)
{
    set_up(TYPE_PCI_FIXTURE);
    cfg_write(PCI_BASE_ADDRESS_0, 0xc0000000, 4);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    pci_set_power(dev, false);
    g_assert_cmphex(cfg_read(PCI_VENDOR_ID, 4), ==, 0xffffffff);
    g_assert_cmphex(memory_at(0xc0000000), ==, 0);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    pci_set_power(dev, true);
    g_assert_cmphex(cfg_read(PCI_COMMAND, 2), ==, 0);
    tear_down();
}

static void test_mechanism_1(void)
{
    PCIHostState *host;
    MemoryRegion *conf, *data;
    uint64_t val;

    set_up(TYPE_PCI_FIXTURE);
    host = PCI_HOST_BRIDGE(BUS(bus)->parent);
    conf = &host->conf_mem;
    data = &host->data_mem;
    memory_region_init_io(conf, OBJECT(host), &pci_host_conf_le_ops, host,
                          "conf", 4);
    memory_region_init_io(data, OBJECT(host), &pci_host_data_le_ops, host,
                          "data", 4);
#define READ(mr, addr, size) ({                                         \
        memory_region_dispatch_read(mr, addr, &val, size,               \
                                    MEMTXATTRS_UNSPECIFIED);            \
        val; })
#define WRITE(mr, addr, v, size)                                        \
        memory_region_dispatch_write(mr, addr, v, size,                 \
                                     MEMTXATTRS_UNSPECIFIED)
    WRITE(conf, 0, 0x80001800, MO_32);
    g_assert_cmphex(READ(conf, 0, MO_32), ==, 0x80001800);
    g_assert_cmphex(READ(data, 0, MO_32), ==, 0xfffd1b36);
    g_assert_cmphex(READ(data, 2, MO_16), ==, 0xfffd);
    g_assert_cmphex(READ(data, 3, MO_8), ==, 0xff);
    /* Narrow writes to the address register pass by. */
    WRITE(conf, 0, 0, MO_16);
    WRITE(conf, 3, 0, MO_8);
    g_assert_cmphex(READ(conf, 0, MO_32), ==, 0x80001800);
    /* Nobody there, another bus, not enabled. */
    WRITE(conf, 0, 0x80002000, MO_32);
    g_assert_cmphex(READ(data, 0, MO_32), ==, 0xffffffff);
    g_assert_cmphex(READ(data, 0, MO_8), ==, 0xff);
    WRITE(data, 0, 0, MO_32);
    WRITE(conf, 0, 0x80011800, MO_32);
    g_assert_cmphex(READ(data, 0, MO_32), ==, 0xffffffff);
    WRITE(conf, 0, 0x00001800, MO_32);
    g_assert_cmphex(READ(data, 0, MO_32), ==, 0xffffffff);
    WRITE(data, 0, 0, MO_32);
#undef READ
#undef WRITE
    tear_down();
}

static const struct { const char *name; void (*test)(void); } tests[] = {
    { "identity", test_identity },
    { "header-masks", test_header_masks },
    { "write-one-to-clear", test_write_one_to_clear },
    { "bar/sizing", test_sizing },
    { "bar/command-maps", test_command_maps },
    { "bar/moves", test_bar_moves },
    { "bar/64-bit", test_bar_64bit },
    { "bar/nowhere", test_bar_nowhere },
    { "past-the-end", test_past_the_end },
    { "express-space", test_express_space },
    { "capabilities", test_capabilities },
    { "capability-space-runs-out", test_capability_space_runs_out },
    { "bus-master", test_bus_master },
    { "power/d3hot", test_d3hot },
    { "power/no-soft-reset", test_d3hot_no_soft_reset },
    { "power/states-missing", test_power_states_missing },
    { "power/slot", test_slot_power },
    { "reset", test_reset },
    { "function-level-reset", test_function_level_reset },
    { "mechanism-1", test_mechanism_1 },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    pci_testbus_init();
    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/pci/config/%s",
                                                tests[i].name);

        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}
