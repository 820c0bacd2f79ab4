/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Migration of functions: the bytes, what must agree, and streams that lie.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci-internal.h"
#include "migration/qemu-file.h"
#include "pci-fixture.h"
#include "pci-testbus.h"
#include "qapi/error.h"

static PCIBus *bus;
static PCIDevice *dev;

#define CONFIG_AT 4                         /* after version_id */
#define PINS_AT(size) (CONFIG_AT + (size))  /* four be32 */

static void set_up(const char *type)
{
    bus = pci_testbus_new();
    dev = pci_testbus_add(bus, type, PCI_DEVFN(3, 0), &error_abort);
}

static void tear_down(void)
{
    pci_testbus_free(bus);
}

static GByteArray *save(const VMStateDescription *vmsd, void *opaque)
{
    GByteArray *bytes = g_byte_array_new();
    QEMUFile *f = qemu_file_new_memory_output(bytes);

    g_assert_cmpint(vmstate_save_state(f, vmsd, opaque, NULL), ==, 0);
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    return bytes;
}

static int load(const VMStateDescription *vmsd, void *opaque,
                const GByteArray *bytes)
{
    QEMUFile *f = qemu_file_new_memory_input(bytes->data, bytes->len);
    int ret = vmstate_load_state(f, vmsd, opaque, vmsd->version_id);

    qemu_fclose(f);
    return ret;
}

static void test_layout(void)
{
    GByteArray *bytes;

    set_up(TYPE_PCI_FIXTURE);
    pci_set_irq(dev, 1);
    bytes = save(&vmstate_pci_device, dev);
    g_assert_cmpuint(bytes->len, ==, 4 + 256 + 16);
    g_assert_cmphex(ldl_be_p(bytes->data), ==, 2);
    g_assert_cmpint(memcmp(bytes->data + CONFIG_AT, dev->config, 256), ==, 0);
    g_assert_cmphex(ldl_be_p(bytes->data + PINS_AT(256)), ==, 1);
    g_assert_cmphex(ldl_be_p(bytes->data + PINS_AT(256) + 4), ==, 0);
    g_byte_array_unref(bytes);
    tear_down();

    set_up(TYPE_PCI_FIXTURE_EXPRESS);
    bytes = save(&vmstate_pci_device, dev);
    g_assert_cmpuint(bytes->len, ==, 4 + 4096 + 16);
    g_byte_array_unref(bytes);
    tear_down();
}

static void test_bus_layout(void)
{
    GByteArray *bytes;

    set_up(TYPE_PCI_FIXTURE);
    pci_set_irq(dev, 1);
    bytes = save(&vmstate_pcibus, bus);
    g_assert_cmpuint(bytes->len, ==, 4 + 4 * 4);
    g_assert_cmphex(ldl_be_p(bytes->data), ==, 4);
    g_assert_cmphex(ldl_be_p(bytes->data + 4 + 4 * 3), ==, 1);
    /* Counts that the functions do not bear out are not believed. */
    stl_be_p(bytes->data + 4, 0x7fffffff);
    stl_be_p(bytes->data + 4 + 4 * 3, -5);
    g_assert_cmpint(load(&vmstate_pcibus, bus, bytes), ==, 0);
    g_assert_cmpint(pci_bus_get_irq_level(bus, 0), ==, 0);
    g_assert_cmpint(bus->irq_count[3], ==, 1);
    stl_be_p(bytes->data, 5);
    g_assert_cmpint(load(&vmstate_pcibus, bus, bytes), <, 0);
    g_byte_array_unref(bytes);
    tear_down();
}

static void test_round_trip(void)
{
    GByteArray *bytes;

    set_up(TYPE_PCI_FIXTURE);
    pci_testbus_cfg_write(dev, PCI_BASE_ADDRESS_0, 0xc0000000, 4);
    pci_testbus_cfg_write(dev, PCI_COMMAND, PCI_COMMAND_MEMORY |
                          PCI_COMMAND_MASTER, 2);
    pci_testbus_cfg_write(dev, FIXTURE_MSI + PCI_MSI_MASK_64, 1, 4);
    pci_testbus_cfg_write(dev, FIXTURE_MSI + PCI_MSI_FLAGS,
                          PCI_MSI_FLAGS_ENABLE, 2);
    msi_notify(dev, 0);
    bytes = save(&vmstate_pci_device, dev);
    tear_down();

    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmpint(load(&vmstate_pci_device, dev, bytes), ==, 0);
    g_assert_cmphex(pci_testbus_read(bus, 0xc0000000, 1), ==, 0xb0);
    g_assert_true(msi_enabled(dev));
    g_assert_cmpuint(pci_testbus_messages(), ==, 0);
    pci_testbus_cfg_write(dev, FIXTURE_MSI + PCI_MSI_ADDRESS_LO,
                          PCI_TESTBUS_MSI_BASE, 4);
    pci_testbus_cfg_write(dev, FIXTURE_MSI + PCI_MSI_MASK_64, 0, 4);
    g_assert_cmpuint(pci_testbus_messages(), ==, 1);
    g_byte_array_unref(bytes);
    tear_down();
}

static void test_irq(void)
{
    GByteArray *bytes;

    set_up(TYPE_PCI_FIXTURE);
    pci_set_irq(dev, 1);
    bytes = save(&vmstate_pci_device, dev);
    tear_down();
    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmpint(load(&vmstate_pci_device, dev, bytes), ==, 0);
    /* The line's level travels with what it leads to: no call here. */
    g_assert_cmpuint(pci_testbus_irq_changes(bus, 3), ==, 0);
    g_assert_cmpint(pci_bus_get_irq_level(bus, 3), ==, 1);
    g_assert_true(pci_testbus_cfg_read(dev, PCI_STATUS, 2) &
                  PCI_STATUS_INTERRUPT);
    pci_set_irq(dev, 0);
    g_assert_cmpuint(pci_testbus_irq_changes(bus, 3), ==, 1);
    g_assert_cmpint(pci_testbus_irq_level(bus, 3), ==, 0);
    g_byte_array_unref(bytes);
    tear_down();
}

static void test_d3hot(void)
{
    GByteArray *bytes;

    set_up(TYPE_PCI_FIXTURE);
    pci_testbus_cfg_write(dev, PCI_BASE_ADDRESS_0, 0xc0000000, 4);
    pci_testbus_cfg_write(dev, PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    pci_testbus_cfg_write(dev, FIXTURE_PM + PCI_PM_CTRL, 3, 1);
    bytes = save(&vmstate_pci_device, dev);
    tear_down();
    set_up(TYPE_PCI_FIXTURE);
    g_assert_cmpint(load(&vmstate_pci_device, dev, bytes), ==, 0);
    g_assert_cmphex(pci_testbus_read(bus, 0xc0000000, 1), ==, 0);
    pci_testbus_cfg_write(dev, FIXTURE_PM + PCI_PM_CTRL, 0, 1);
    g_assert_cmpuint(pci_fixture(dev)->resets, ==, 1);
    g_byte_array_unref(bytes);
    tear_down();
}

/* Of another device, or of one whose BARs or capabilities differ. */
static void test_mismatch(void)
{
    static const unsigned fixed[] = {
        PCI_VENDOR_ID, PCI_DEVICE_ID + 1, PCI_REVISION_ID, PCI_HEADER_TYPE,
        PCI_CAPABILITY_LIST, PCI_BASE_ADDRESS_0, FIXTURE_PM, FIXTURE_MSI + 2,
    };

    set_up(TYPE_PCI_FIXTURE);
    for (unsigned i = 0; i < G_N_ELEMENTS(fixed); i++) {
        g_autofree uint8_t *before = g_memdup2(dev->config, 256);
        GByteArray *bytes = save(&vmstate_pci_device, dev);

        bytes->data[CONFIG_AT + fixed[i]] ^= 2;
        bytes->data[CONFIG_AT + PCI_INTERRUPT_LINE] = 9;
        g_assert_cmpint(load(&vmstate_pci_device, dev, bytes), ==, -EINVAL);
        g_assert_cmpint(memcmp(before, dev->config, 256), ==, 0);
        g_byte_array_unref(bytes);
    }
    tear_down();
}

static void test_lies(void)
{
    GByteArray *bytes;

    set_up(TYPE_PCI_FIXTURE);
    bytes = save(&vmstate_pci_device, dev);
    /* MSI with more vectors than there are. */
    bytes->data[CONFIG_AT + FIXTURE_MSI + PCI_MSI_FLAGS] |= 0x71;
    g_assert_cmpint(load(&vmstate_pci_device, dev, bytes), ==, 0);
    g_assert_cmpuint(msi_nr_vectors_allocated(dev), ==, 8);
    /* A pin that is neither up nor down; a newer version. */
    stl_be_p(bytes->data + PINS_AT(256) + 8, 2);
    g_assert_cmpint(load(&vmstate_pci_device, dev, bytes), ==, -EINVAL);
    stl_be_p(bytes->data + PINS_AT(256) + 8, 0);
    stl_be_p(bytes->data, 3);
    g_assert_cmpint(load(&vmstate_pci_device, dev, bytes), <, 0);
    stl_be_p(bytes->data, 2);
    for (unsigned len = 0; len < bytes->len; len += 7) {
        GByteArray part = { .data = bytes->data, .len = len };

        g_assert_cmpint(load(&vmstate_pci_device, dev, &part), <, 0);
    }
    g_byte_array_unref(bytes);
    tear_down();
}

static void test_aer_log(void)
{
    PCIEAERErr err = { .status = PCI_ERR_UNC_POISON_TLP, .source_id = 0x18,
                       .flags = PCIE_AER_ERR_HEADER_VALID,
                       .header = { 1, 2, 3, 4 } };
    PCIEAERLog *log;
    GByteArray *bytes;

    set_up(TYPE_PCI_FIXTURE_EXPRESS);
    log = &dev->exp.aer_log;
    log->log[0] = err;
    log->log_num = 1;
    bytes = save(&vmstate_pcie_aer_log, log);
    g_assert_cmpuint(bytes->len, ==, 2 + 2 + 4 + 2 + 2 + 16 + 16);
    memset(&log->log[0], 0, sizeof(err));
    log->log_num = 0;
    g_assert_cmpint(load(&vmstate_pcie_aer_log, log, bytes), ==, 0);
    g_assert_cmpuint(log->log_num, ==, 1);
    g_assert_cmpint(memcmp(&log->log[0], &err, sizeof(err)), ==, 0);
    /* More than fit; another size; an error that is none. */
    stw_be_p(bytes->data, 3);
    g_assert_cmpint(load(&vmstate_pcie_aer_log, log, bytes), <, 0);
    stw_be_p(bytes->data, 1);
    stw_be_p(bytes->data + 2, 8);
    g_assert_cmpint(load(&vmstate_pcie_aer_log, log, bytes), <, 0);
    stw_be_p(bytes->data + 2, 2);
    stl_be_p(bytes->data + 4, 0);
    g_assert_cmpint(load(&vmstate_pcie_aer_log, log, bytes), <, 0);
    log->log_num = 0;
    g_byte_array_unref(bytes);
    tear_down();
}

static const struct { const char *name; void (*test)(void); } tests[] = {
    { "layout", test_layout },
    { "bus-layout", test_bus_layout },
    { "round-trip", test_round_trip },
    { "irq", test_irq },
    { "d3hot", test_d3hot },
    { "mismatch", test_mismatch },
    { "lies", test_lies },
    { "aer-log", test_aer_log },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    pci_testbus_init();
    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/pci/vmstate/%s",
                                                tests[i].name);

        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}
