/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses: who may be where, what is refused and how, and the options that
 * every function has.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "pci-fixture.h"
#include "pci-testbus.h"
#include "qapi/error.h"

static PCIBus *bus;

static PCIDevice *add_with(int devfn, const char *property, const char *value,
                           Error **errp)
{
    PCIDevice *d = pci_new(devfn, TYPE_PCI_FIXTURE);

    if (property) {
        object_property_parse(OBJECT(d), property, value, &error_abort);
    }
    return pci_realize_and_unref(d, bus, errp) ? d : NULL;
}

static PCIDevice *add(int devfn)
{
    return add_with(devfn, NULL, NULL, &error_abort);
}

static PCIDevice *add_multi(int devfn)
{
    return add_with(devfn, "multifunction", "on", &error_abort);
}

static void refused(int devfn, const char *property, const char *value,
                    const char *message)
{
    g_autoptr(Error) err = NULL;

    g_assert_null(add_with(devfn, property, value, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
}

static void test_automatic(void)
{
    bus = pci_testbus_new();
    g_assert_cmpint(add(-1)->devfn, ==, PCI_DEVFN(0, 0));
    add(PCI_DEVFN(1, 0));
    g_assert_cmpint(add(-1)->devfn, ==, PCI_DEVFN(2, 0));
    /* A slot with another function only is no place for a single one. */
    add(PCI_DEVFN(3, 5));
    g_assert_cmpint(add(-1)->devfn, ==, PCI_DEVFN(4, 0));
    g_assert_cmpint(add_multi(-1)->devfn, ==, PCI_DEVFN(3, 0));
    bus->slot_reserved_mask = 1u << 5 | 1u << 6;
    g_assert_cmpint(add(-1)->devfn, ==, PCI_DEVFN(7, 0));
    refused(PCI_DEVFN(5, 0), NULL, NULL, "PCI: slot 5 function 0 not "
            "available for pci-fixture, reserved");
    for (int slot = 8; slot < 32; slot++) {
        g_assert_cmpint(add(-1)->devfn, ==, PCI_DEVFN(slot, 0));
    }
    refused(-1, NULL, NULL, "PCI: no slot/function available for "
            "pci-fixture, all in use or reserved");
    pci_testbus_free(bus);
}

static void test_in_use(void)
{
    PCIDevice *d;

    bus = pci_testbus_new();
    d = add(PCI_DEVFN(4, 0));
    refused(PCI_DEVFN(4, 0), NULL, NULL, "PCI: slot 4 function 0 not "
            "available for pci-fixture, in use by pci-fixture,id=(null)");
    d->qdev.id = g_strdup("nic0");
    refused(PCI_DEVFN(4, 0), NULL, NULL, "PCI: slot 4 function 0 not "
            "available for pci-fixture, in use by pci-fixture,id=nic0");
    /* It is as before, and free once it is gone. */
    g_assert_cmphex(pci_testbus_cfg_read(d, 0, 4), ==, 0xfffd1b36);
    pci_testbus_remove(d);
    add(PCI_DEVFN(4, 0));
    pci_testbus_free(bus);
}

static void test_multifunction(void)
{
    PCIDevice *d;

    bus = pci_testbus_new();
    add(PCI_DEVFN(5, 0));
    refused(PCI_DEVFN(5, 2), NULL, NULL, "PCI: single function device can't "
            "be populated in function 5.2");
    add(PCI_DEVFN(6, 2));
    refused(PCI_DEVFN(6, 0), NULL, NULL, "PCI: 6.0 indicates single "
            "function, but 6.2 is already populated.");
    d = add_multi(PCI_DEVFN(6, 0));
    g_assert_cmphex(pci_testbus_cfg_read(d, PCI_HEADER_TYPE, 1), ==,
                    PCI_HEADER_TYPE_MULTI_FUNCTION);
    add(PCI_DEVFN(6, 7));
    g_assert_true(pci_find_device(bus, 0, PCI_DEVFN(6, 0)) == d);
    g_assert_null(pci_find_device(bus, 0, PCI_DEVFN(6, 1)));
    g_assert_null(pci_find_device(bus, 1, PCI_DEVFN(6, 0)));
    pci_testbus_free(bus);
}

static void test_hotplug_order(void)
{
    PCIDevice *d;
    g_autoptr(Error) err = NULL;

    bus = pci_testbus_new();
    add_multi(PCI_DEVFN(7, 0));
    d = pci_new(PCI_DEVFN(7, 1), TYPE_PCI_FIXTURE);
    DEVICE(d)->hotplugged = true;
    g_assert_false(pci_realize_and_unref(d, bus, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "PCI: slot 7 function 0 "
                    "already occupied by pci-fixture, new func pci-fixture "
                    "cannot be exposed to guest.");

    /* Function 1 is hidden until function 0 comes. */
    d = pci_new(PCI_DEVFN(8, 1), TYPE_PCI_FIXTURE);
    DEVICE(d)->hotplugged = true;
    pci_realize_and_unref(d, bus, &error_abort);
    g_assert_cmphex(pci_testbus_cfg_read(d, 0, 4), ==, 0xffffffff);
    pci_testbus_cfg_write(d, PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    add_multi(PCI_DEVFN(8, 0));
    g_assert_cmphex(pci_testbus_cfg_read(d, 0, 4), ==, 0xfffd1b36);
    g_assert_cmphex(pci_testbus_cfg_read(d, PCI_COMMAND, 2), ==, 0);
    pci_testbus_free(bus);
}

static void test_addr_property(void)
{
    static const struct {
        const char *text;
        int devfn;
    } good[] = {
        { "4", PCI_DEVFN(4, 0) }, { "04.0", PCI_DEVFN(4, 0) },
        { "1f.7", PCI_DEVFN(31, 7) }, { "06", PCI_DEVFN(6, 0) },
    };
    static const char *const bad[] = { "20", "3.8", "zz", "3.", "-2" };

    bus = pci_testbus_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++) {
        PCIDevice *d = add_with(-1, "addr", good[i].text, &error_abort);

        g_assert_cmpint(d->devfn, ==, good[i].devfn);
        pci_testbus_remove(d);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        PCIDevice *d = pci_new(-1, TYPE_PCI_FIXTURE);
        g_autoptr(Error) err = NULL;

        g_assert_false(object_property_parse(OBJECT(d), "addr", bad[i],
                                             &err));
        object_unref(OBJECT(d));
    }
    pci_testbus_free(bus);
}

static void test_acpi_index(void)
{
    PCIDevice *d;

    bus = pci_testbus_new();
    d = add_with(-1, "acpi-index", "3", &error_abort);
    refused(-1, "acpi-index", "3",
            "a PCI device with acpi-index = 3 already exist");
    refused(-1, "acpi-index", "16384",
            "acpi-index should be less or equal to 16383");
    pci_testbus_remove(d);
    add_with(-1, "acpi-index", "3", &error_abort);
    /* A device that fails to realize keeps nothing. */
    add(PCI_DEVFN(9, 0));
    d = pci_new(PCI_DEVFN(9, 0), TYPE_PCI_FIXTURE);
    qdev_prop_set_uint32(DEVICE(d), "acpi-index", 4);
    g_assert_false(pci_realize_and_unref(d, bus, NULL));
    add_with(-1, "acpi-index", "4", &error_abort);
    pci_testbus_free(bus);
}

static void test_failover(void)
{
    bus = pci_testbus_new();
    refused(-1, "failover_pair_id", "x",
            "failover_pair_id: network failover is not supported");
    add_with(-1, "failover_pair_id", "", &error_abort);
    pci_testbus_free(bus);
}

/*** Option ROMs ***/

static char *rom_file(const void *contents, size_t size)
{
    char *path;
    int fd = g_file_open_tmp("test-rom-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, contents, size), ==, size);
    close(fd);
    return path;
}

static void test_rom(void)
{
    uint8_t image[5000] = { 0x55, 0xaa, 10 };
    g_autofree char *path = NULL;
    PCIDevice *d;

    bus = pci_testbus_new();
    image[4999] = 0x77;
    path = rom_file(image, sizeof(image));
    d = add_with(-1, "romfile", path, &error_abort);
    g_assert_cmpuint(d->romsize, ==, 8192);
    pci_testbus_cfg_write(d, PCI_ROM_ADDRESS, 0xffffffff, 4);
    g_assert_cmphex(pci_testbus_cfg_read(d, PCI_ROM_ADDRESS, 4), ==,
                    0xffffe001);
    pci_testbus_cfg_write(d, PCI_ROM_ADDRESS, 0xc8000000, 4);
    pci_testbus_cfg_write(d, PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
    g_assert_cmphex(pci_testbus_read(bus, 0xc8000000, 2), ==, 0);
    pci_testbus_cfg_write(d, PCI_ROM_ADDRESS, 0xc8000001, 4);
    g_assert_cmphex(pci_testbus_read(bus, 0xc8000000, 2), ==, 0xaa55);
    g_assert_cmphex(pci_testbus_read(bus, 0xc8000000 + 4999, 1), ==, 0x77);
    g_assert_cmphex(pci_testbus_read(bus, 0xc8000000 + 8191, 1), ==, 0);
    /* ROM it is. */
    pci_testbus_write(bus, 0xc8000000, 0, 2);
    g_assert_cmphex(pci_testbus_read(bus, 0xc8000000, 2), ==, 0xaa55);
    pci_testbus_remove(d);
    d = add_with(-1, "romfile", path, &error_abort);
    pci_testbus_free(bus);
    unlink(path);
}

static void test_rom_refusals(void)
{
    g_autofree char *path = rom_file("", 0);
    g_autofree char *message = NULL;
    g_autofree char *larger = rom_file("12345", 5);
    g_autofree char *too_large = NULL;
    PCIDevice *d;
    g_autoptr(Error) err = NULL;

    bus = pci_testbus_new();
    refused(-1, "romfile", "/no/such/file",
            "failed to find romfile \"/no/such/file\"");
    message = g_strdup_printf("romfile \"%s\" is empty", path);
    refused(-1, "romfile", path, message);
    refused(-1, "romsize", "3", "ROM size 3 is not a power of two");

    d = pci_new(-1, TYPE_PCI_FIXTURE);
    qdev_prop_set_string(DEVICE(d), "romfile", larger);
    qdev_prop_set_uint32(DEVICE(d), "romsize", 4);
    g_assert_false(pci_realize_and_unref(d, bus, &err));
    too_large = g_strdup_printf("romfile \"%s\" (5 bytes) is too large for "
                                "ROM size 4", larger);
    g_assert_cmpstr(error_get_pretty(err), ==, too_large);
    error_free(g_steal_pointer(&err));

    /* Nor is one for the firmware, without a BAR. */
    d = pci_new(-1, TYPE_PCI_FIXTURE);
    qdev_prop_set_string(DEVICE(d), "romfile", "/no/such/file");
    qdev_prop_set_uint32(DEVICE(d), "rombar", 0);
    g_assert_false(pci_realize_and_unref(d, bus, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "failed to find romfile \"/no/such/file\"");
    unlink(path);
    unlink(larger);
    pci_testbus_free(bus);
}

static void test_paths(void)
{
    PCIDevice *d;
    g_autofree char *path = NULL;
    g_autofree char *fw_path = NULL;
    g_autofree char *fw_path2 = NULL;

    bus = pci_testbus_new();
    d = add_multi(PCI_DEVFN(0x1c, 0));
    path = qdev_get_dev_path(DEVICE(d));
    g_assert_cmpstr(path, ==, "0000:00:1c.0");
    fw_path = BUS_GET_CLASS(bus)->get_fw_dev_path(DEVICE(d));
    g_assert_cmpstr(fw_path, ==, "ethernet@1c");
    d = add(PCI_DEVFN(0x1c, 3));
    pci_config_set_class(d->config, 0x00ff);
    fw_path2 = BUS_GET_CLASS(bus)->get_fw_dev_path(DEVICE(d));
    g_assert_cmpstr(fw_path2, ==, "pci1b36,fffd@1c,3");
    pci_testbus_free(bus);
}

static const struct { const char *name; void (*test)(void); } tests[] = {
    { "automatic", test_automatic },
    { "in-use", test_in_use },
    { "multifunction", test_multifunction },
    { "hotplug-order", test_hotplug_order },
    { "addr-property", test_addr_property },
    { "acpi-index", test_acpi_index },
    { "failover", test_failover },
    { "rom/read", test_rom },
    { "rom/refusals", test_rom_refusals },
    { "paths", test_paths },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    pci_testbus_init();
    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/pci/address/%s",
                                                tests[i].name);

        g_test_add_func(path, tests[i].test);
    }
    return g_test_run();
}
