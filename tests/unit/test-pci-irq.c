/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INTx, what holds it back, and MSI.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "pci-fixture.h"
#include "pci-testbus.h"
#include "qapi/error.h"

static PCIBus *bus;
static PCIDevice *dev;

/* Slot 3, pin A: line 3 of the test bus. */
#define SLOT 3
#define LINE 3

#define MSI_FLAGS (FIXTURE_MSI + PCI_MSI_FLAGS)
#define MSI_ADDRESS (FIXTURE_MSI + PCI_MSI_ADDRESS_LO)
#define MSI_DATA (FIXTURE_MSI + PCI_MSI_DATA_64)
#define MSI_MASK (FIXTURE_MSI + PCI_MSI_MASK_64)
#define MSI_PENDING (FIXTURE_MSI + PCI_MSI_PENDING_64)

static void set_up(void)
{
    bus = pci_testbus_new();
    dev = pci_testbus_add(bus, TYPE_PCI_FIXTURE, PCI_DEVFN(SLOT, 0),
                          &error_abort);
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

static int level(void)
{
    return pci_testbus_irq_level(bus, LINE);
}

static bool status(void)
{
    return cfg_read(PCI_STATUS, 2) & PCI_STATUS_INTERRUPT;
}

/*** INTx ***/

static void test_level(void)
{
    set_up();
    pci_set_irq(dev, 1);
    g_assert_cmpint(level(), ==, 1);
    g_assert_true(status());
    g_assert_cmpint(pci_bus_get_irq_level(bus, LINE), ==, 1);
    pci_set_irq(dev, 1);
    g_assert_cmpuint(pci_testbus_irq_changes(bus, LINE), ==, 1);
    pci_set_irq(dev, 0);
    g_assert_cmpint(level(), ==, 0);
    g_assert_false(status());
    g_assert_cmpint(pci_bus_get_irq_level(bus, LINE), ==, 0);
    tear_down();
}

static void test_shared(void)
{
    PCIDevice *other;

    set_up();
    other = pci_testbus_add(bus, TYPE_PCI_FIXTURE, PCI_DEVFN(SLOT + 4, 0),
                            &error_abort);
    pci_set_irq(dev, 1);
    pci_set_irq(other, 1);
    pci_set_irq(dev, 0);
    g_assert_cmpint(level(), ==, 1);
    pci_set_irq(other, 0);
    g_assert_cmpint(level(), ==, 0);
    tear_down();
}

static void test_swizzle(void)
{
    set_up();
    for (int slot = 4; slot < 8; slot++) {
        PCIDevice *d = pci_testbus_add(bus, TYPE_PCI_FIXTURE,
                                       PCI_DEVFN(slot, 0), &error_abort);

        for (int pin = 0; pin < 4; pin++) {
            int line = (slot + pin) % 4;
            qemu_irq irq;

            pci_config_set_interrupt_pin(d->config, pin + 1);
            irq = pci_allocate_irq(d);
            qemu_irq_raise(irq);
            g_assert_cmpint(pci_testbus_irq_level(bus, line), ==, 1);
            qemu_irq_lower(irq);
            g_assert_cmpint(pci_testbus_irq_level(bus, line), ==, 0);
            qemu_free_irq(irq);
        }
    }
    tear_down();
}

static void test_no_pin(void)
{
    set_up();
    pci_config_set_interrupt_pin(dev->config, 0);
    pci_set_irq(dev, 1);
    pci_config_set_interrupt_pin(dev->config, 77);
    pci_set_irq(dev, 1);
    for (int line = 0; line < 4; line++) {
        g_assert_cmpint(pci_testbus_irq_level(bus, line), ==, 0);
    }
    tear_down();
}

static void test_disable(void)
{
    set_up();
    pci_set_irq(dev, 1);
    cfg_write(PCI_COMMAND, PCI_COMMAND_INTX_DISABLE, 2);
    g_assert_cmpint(level(), ==, 0);
    /* Interrupt Status tells nevertheless (6.2.3). */
    g_assert_true(status());
    pci_set_irq(dev, 0);
    pci_set_irq(dev, 1);
    g_assert_cmpint(level(), ==, 0);
    cfg_write(PCI_COMMAND, 0, 2);
    g_assert_cmpint(level(), ==, 1);
    tear_down();
}

/* MSIX.md row 9, and the same for MSI. */
static void test_messages_replace_intx(void)
{
    set_up();
    g_assert_cmpint(msix_init_exclusive_bar(dev, 1, 4, &error_abort), ==, 0);
    pci_set_irq(dev, 1);
    cfg_write(MSI_FLAGS, PCI_MSI_FLAGS_ENABLE, 2);
    g_assert_cmpint(level(), ==, 0);
    g_assert_false(status());
    cfg_write(dev->msix_cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE, 2);
    cfg_write(MSI_FLAGS, 0, 2);
    g_assert_cmpint(level(), ==, 0);
    pci_set_irq(dev, 0);
    pci_set_irq(dev, 1);
    g_assert_cmpint(level(), ==, 0);
    cfg_write(dev->msix_cap + PCI_MSIX_FLAGS, 0, 2);
    g_assert_cmpint(level(), ==, 1);
    g_assert_true(status());
    cfg_write(MSI_FLAGS, PCI_MSI_FLAGS_ENABLE, 2);
    pci_set_irq(dev, 0);
    cfg_write(MSI_FLAGS, 0, 2);
    g_assert_cmpint(level(), ==, 0);
    msix_uninit_exclusive_bar(dev);
    tear_down();
}

static void test_reset_and_unplug(void)
{
    set_up();
    pci_set_irq(dev, 1);
    pci_device_reset(dev);
    g_assert_cmpint(level(), ==, 0);
    pci_set_irq(dev, 1);
    g_assert_cmpint(level(), ==, 1);
    pci_testbus_remove(dev);
    g_assert_cmpint(level(), ==, 0);
    g_assert_cmpint(pci_bus_get_irq_level(bus, LINE), ==, 0);
    tear_down();
}

static int turn;

static int turning_map(PCIDevice *d, int pin)
{
    return (pin + turn) % 5;        /* 4 is no line */
}

static void test_map_changes(void)
{
    set_up();
    turn = 0;
    pci_bus_map_irqs(bus, turning_map);
    pci_set_irq(dev, 1);
    g_assert_cmpint(pci_testbus_irq_level(bus, 0), ==, 1);
    turn = 1;
    pci_bus_fire_intx_routing_notifier(bus);
    g_assert_cmpint(pci_testbus_irq_level(bus, 0), ==, 0);
    g_assert_cmpint(pci_testbus_irq_level(bus, 1), ==, 1);
    /* Unannounced: what was counted elsewhere does not go below nothing. */
    turn = 2;
    pci_set_irq(dev, 0);
    pci_set_irq(dev, 1);
    pci_set_irq(dev, 0);
    g_assert_cmpint(pci_testbus_irq_level(bus, 2), ==, 0);
    turn = 4;
    pci_set_irq(dev, 1);
    pci_set_irq(dev, 0);
    tear_down();
}

static PCIINTxRoute route_to(void *opaque, int line)
{
    return (PCIINTxRoute) { .mode = PCI_INTX_ENABLED, .irq = 16 + line };
}

static unsigned notified;

static void count_notification(PCIDevice *d)
{
    notified++;
}

static void test_route(void)
{
    PCIINTxRoute route, other;

    set_up();
    route = pci_device_route_intx_to_irq(dev, 0);
    g_assert_cmpint(route.mode, ==, PCI_INTX_DISABLED);
    pci_bus_set_route_irq_fn(bus, route_to);
    other = pci_device_route_intx_to_irq(dev, 0);
    g_assert_cmpint(other.mode, ==, PCI_INTX_ENABLED);
    g_assert_cmpint(other.irq, ==, 16 + LINE);
    g_assert_true(pci_intx_route_changed(&route, &other));
    g_assert_false(pci_intx_route_changed(&other, &other));
    pci_device_set_intx_routing_notifier(dev, count_notification);
    pci_bus_fire_intx_routing_notifier(bus);
    g_assert_cmpuint(notified, ==, 1);
    tear_down();
}

/*** MSI ***/

static void program_msi(unsigned log2_vectors)
{
    cfg_write(PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    cfg_write(MSI_ADDRESS, PCI_TESTBUS_MSI_BASE, 4);
    cfg_write(MSI_DATA, 0x4321, 2);
    cfg_write(MSI_FLAGS, log2_vectors << 4 | PCI_MSI_FLAGS_ENABLE, 2);
}

static void assert_message(unsigned n, uint32_t data)
{
    const PCITestMessage *m;

    g_assert_cmpuint(pci_testbus_messages(), ==, n);
    if (n) {
        m = pci_testbus_message(n - 1);
        g_assert_cmphex(m->address, ==, PCI_TESTBUS_MSI_BASE);
        g_assert_cmphex(m->data, ==, data);
        g_assert_cmpuint(m->size, ==, 4);
        g_assert_cmphex(m->requester_id, ==, PCI_DEVFN(SLOT, 0));
    }
    pci_testbus_clear_messages();
}

static void test_msi_registers(void)
{
    set_up();
    /* 64-bit, masks, 8 vectors. */
    g_assert_cmphex(cfg_read(MSI_FLAGS, 2), ==,
                    PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT | 3 << 1);
    cfg_write(MSI_ADDRESS, 0xffffffff, 4);
    g_assert_cmphex(cfg_read(MSI_ADDRESS, 4), ==, 0xfffffffc);
    cfg_write(MSI_MASK, 0xffffffff, 4);
    g_assert_cmphex(cfg_read(MSI_MASK, 4), ==, 0xff);
    cfg_write(MSI_PENDING, 0xffffffff, 4);
    g_assert_cmphex(cfg_read(MSI_PENDING, 4), ==, 0);
    tear_down();
}

static void test_msi_notify(void)
{
    set_up();
    msi_notify(dev, 0);
    assert_message(0, 0);
    program_msi(0);
    msi_notify(dev, 0);
    assert_message(1, 0x4321);
    /* Not as many as asked for: they share what there is. */
    msi_notify(dev, 5);
    assert_message(1, 0x4321);
    msi_notify(dev, 99);
    assert_message(1, 0x4321);
    program_msi(3);
    g_assert_cmpuint(msi_nr_vectors_allocated(dev), ==, 8);
    msi_notify(dev, 5);
    assert_message(1, 0x4325);
    program_msi(1);
    msi_notify(dev, 5);
    assert_message(1, 0x4321);
    msi_notify(dev, 4);
    assert_message(1, 0x4320);
    tear_down();
}

/* More vectors enabled than there are, which ends the stock emulator. */
static void test_msi_too_many(void)
{
    set_up();
    for (unsigned log2_vectors = 4; log2_vectors < 8; log2_vectors++) {
        /* Just a number while MSI is off. */
        cfg_write(MSI_FLAGS, log2_vectors << 4, 2);
        g_assert_cmpuint(msi_nr_vectors_allocated(dev), ==, 8);
        program_msi(log2_vectors);
        g_assert_cmphex(cfg_read(MSI_FLAGS, 2) & PCI_MSI_FLAGS_QSIZE, ==,
                        3 << 4);
        g_assert_cmpuint(msi_nr_vectors_allocated(dev), ==, 8);
        msi_notify(dev, 7);
        assert_message(1, 0x4327);
        /* The byte alone. */
        cfg_write(MSI_FLAGS, 0x70, 1);
        g_assert_cmpuint(msi_nr_vectors_allocated(dev), ==, 8);
    }
    tear_down();
}

static void test_msi_masks(void)
{
    g_autoptr(Error) err = NULL;

    set_up();
    program_msi(3);
    cfg_write(MSI_MASK, 0x24, 4);
    g_assert_true(msi_is_masked(dev, 2));
    g_assert_false(msi_is_masked(dev, 3));
    msi_notify(dev, 2);
    msi_notify(dev, 5);
    msi_notify(dev, 5);
    assert_message(0, 0);
    g_assert_cmphex(cfg_read(MSI_PENDING, 4), ==, 0x24);
    /* Delivered once, on unmasking, by a byte. */
    cfg_write(MSI_MASK, 0x04, 1);
    assert_message(1, 0x4325);
    g_assert_cmphex(cfg_read(MSI_PENDING, 4), ==, 0x04);
    cfg_write(MSI_MASK, 0x04, 4);
    assert_message(0, 0);
    /* Off and on again keeps it pending; unmasked while off, it comes then. */
    cfg_write(MSI_FLAGS, 0x30, 2);
    cfg_write(MSI_MASK, 0, 4);
    assert_message(0, 0);
    cfg_write(MSI_FLAGS, 0x30 | PCI_MSI_FLAGS_ENABLE, 2);
    assert_message(1, 0x4322);
    g_assert_cmphex(cfg_read(MSI_PENDING, 4), ==, 0);

    msi_set_mask(dev, 1, true, &error_abort);
    msi_notify(dev, 1);
    assert_message(0, 0);
    msi_set_mask(dev, 1, false, &error_abort);
    assert_message(1, 0x4321);
    msi_set_mask(dev, 8, true, &err);
    g_assert_nonnull(err);
    tear_down();
}

static void test_msi_no_message(void)
{
    set_up();
    program_msi(0);
    cfg_write(PCI_COMMAND, 0, 2);
    msi_notify(dev, 0);
    assert_message(0, 0);
    cfg_write(PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    cfg_write(FIXTURE_PM + PCI_PM_CTRL, 3, 1);
    msi_notify(dev, 0);
    assert_message(0, 0);
    tear_down();
}

/* MSIX.md row 10. */
static void test_msix_wins(void)
{
    set_up();
    g_assert_cmpint(msix_init_exclusive_bar(dev, 1, 4, &error_abort), ==, 0);
    program_msi(0);
    cfg_write(dev->msix_cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE, 2);
    msi_notify(dev, 0);
    assert_message(0, 0);
    cfg_write(dev->msix_cap + PCI_MSIX_FLAGS, 0, 2);
    msi_notify(dev, 0);
    assert_message(1, 0x4321);
    msix_uninit_exclusive_bar(dev);
    tear_down();
}

static void test_msi_kinds(void)
{
    static const struct {
        bool bits64, masks;
        unsigned size;
    } kinds[] = {
        { false, false, 0x0a }, { true, false, 0x0e },
        { false, true, 0x14 }, { true, true, 0x18 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        MSIMessage msg;

        set_up();
        msi_uninit(dev);
        g_assert_false(msi_present(dev));
        msi_notify(dev, 0);
        msi_reset(dev);
        msi_write_config(dev, FIXTURE_MSI, 0, 4);
        g_assert_cmpuint(msi_nr_vectors_allocated(dev), ==, 0);
        g_assert_cmpint(msi_init(dev, 0xa0, 32, kinds[i].bits64,
                                 kinds[i].masks, &error_abort), ==, 0);
        /* The rest of the doubleword stays the device's. */
        cfg_write(0xa0 + kinds[i].size, 0xff, 1);
        g_assert_cmphex(cfg_read(0xa0 + kinds[i].size, 1), ==, 0xff);
        msi_set_message(dev, (MSIMessage) {
            .address = 0x1234567800ULL, .data = 0x99 });
        msg = msi_get_message(dev, 0);
        g_assert_cmphex(msg.address, ==, kinds[i].bits64 ? 0x1234567800ULL
                                                         : 0x34567800);
        g_assert_cmphex(msg.data, ==, 0x99);
        g_assert_cmphex(pci_get_msi_message(dev, 0).data, ==, 0x99);
        cfg_write(0xa2, PCI_MSI_FLAGS_QSIZE, 2);
        g_assert_cmpuint(msi_nr_vectors_allocated(dev), ==, 32);
        msi_reset(dev);
        g_assert_cmphex(msi_get_message(dev, 0).address, ==, 0);
        g_assert_cmpuint(msi_nr_vectors_allocated(dev), ==, 1);
        tear_down();
    }
}

static void test_msi_broken_platform(void)
{
    g_autoptr(Error) err = NULL;

    set_up();
    msi_uninit(dev);
    msi_nonbroken = false;
    g_assert_cmpint(msi_init(dev, 0, 1, true, false, &err), ==, -ENOTSUP);
    g_assert_nonnull(err);
    msi_nonbroken = true;
    tear_down();
}

static const struct { const char *name; void (*test)(void); } tests[] = {
    { "intx/level", test_level },
    { "intx/shared", test_shared },
    { "intx/swizzle", test_swizzle },
    { "intx/no-pin", test_no_pin },
    { "intx/disable", test_disable },
    { "intx/messages-replace-it", test_messages_replace_intx },
    { "intx/reset-and-unplug", test_reset_and_unplug },
    { "intx/map-changes", test_map_changes },
    { "intx/route", test_route },
    { "msi/registers", test_msi_registers },
    { "msi/notify", test_msi_notify },
    { "msi/too-many", test_msi_too_many },
    { "msi/masks", test_msi_masks },
    { "msi/no-message", test_msi_no_message },
    { "msi/msix-wins", test_msix_wins },
    { "msi/kinds", test_msi_kinds },
    { "msi/broken-platform", test_msi_broken_platform },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    pci_testbus_init();
    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/pci/irq/%s",
                                                tests[i].name);

        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}
