/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PCI host of unit tests: see pci-testbus.h.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_host.h"
#include "hw/qdev-properties.h"
#include "pci-testbus.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"

#define TYPE_PCI_TESTBUS_HOST "pci-testbus-host"
OBJECT_DECLARE_SIMPLE_TYPE(TestHost, PCI_TESTBUS_HOST)

#define NR_LINES 4
#define IO_SIZE 0x10000

struct TestHost {
    PCIHostState parent_obj;

    MemoryRegion memory;
    MemoryRegion ram;
    MemoryRegion recorder;
    MemoryRegion io;
    AddressSpace memory_as;
    AddressSpace io_as;
    hwaddr next_address;
    int level[NR_LINES];
    unsigned changes[NR_LINES];
};

static GArray *messages;

/*** The recorder ***/

static MemTxResult recorder_write(void *opaque, hwaddr addr, uint64_t data,
                                  unsigned size, MemTxAttrs attrs)
{
    PCITestMessage message = {
        .address = PCI_TESTBUS_MSI_BASE + addr,
        .data = data,
        .size = size,
        .requester_id = attrs.requester_id,
    };

    g_array_append_val(messages, message);
    return MEMTX_OK;
}

static MemTxResult recorder_read(void *opaque, hwaddr addr, uint64_t *data,
                                 unsigned size, MemTxAttrs attrs)
{
    *data = 0;
    return MEMTX_OK;
}

static const MemoryRegionOps recorder_ops = {
    .read_with_attrs = recorder_read,
    .write_with_attrs = recorder_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

unsigned pci_testbus_messages(void)
{
    return messages->len;
}

const PCITestMessage *pci_testbus_message(unsigned n)
{
    g_assert_cmpuint(n, <, messages->len);
    return &g_array_index(messages, PCITestMessage, n);
}

void pci_testbus_clear_messages(void)
{
    g_array_set_size(messages, 0);
}

/*** The host ***/

static TestHost *host_of(PCIBus *bus)
{
    while (bus->parent_dev) {
        bus = pci_get_bus(bus->parent_dev);
    }
    return PCI_TESTBUS_HOST(BUS(bus)->parent);
}

static void host_set_irq(void *opaque, int line, int level)
{
    TestHost *host = opaque;

    g_assert_cmpint(line, <, NR_LINES);
    host->level[line] = level;
    host->changes[line]++;
}

static AddressSpace *host_iommu(PCIBus *bus, void *opaque, int devfn)
{
    TestHost *host = opaque;

    return &host->memory_as;
}

static const char *host_root_bus_path(PCIHostState *host, PCIBus *bus)
{
    return "0000:00";
}

static void host_init(Object *obj)
{
    TestHost *host = PCI_TESTBUS_HOST(obj);

    memory_region_init(&host->memory, obj, "test-memory", UINT64_MAX);
    memory_region_init_ram_nomigrate(&host->ram, obj, "test-ram",
                                     PCI_TESTBUS_RAM_SIZE, &error_abort);
    memory_region_add_subregion(&host->memory, 0, &host->ram);
    memory_region_init_io(&host->recorder, obj, &recorder_ops, host,
                          "test-messages", PCI_TESTBUS_MSI_SIZE);
    memory_region_add_subregion(&host->memory, PCI_TESTBUS_MSI_BASE,
                                &host->recorder);
    memory_region_init(&host->io, obj, "test-io", IO_SIZE);
    address_space_init(&host->memory_as, &host->memory, "test-memory");
    address_space_init(&host->io_as, &host->io, "test-io");
    host->next_address = PCI_TESTBUS_MMIO_BASE;
}

static void host_class_init(ObjectClass *oc, void *data)
{
    PCI_HOST_BRIDGE_CLASS(oc)->root_bus_path = host_root_bus_path;
}

static const TypeInfo host_types[] = {
    {
        .name = TYPE_PCI_TESTBUS_HOST,
        .parent = TYPE_PCI_HOST_BRIDGE,
        .instance_size = sizeof(TestHost),
        .instance_init = host_init,
        .class_init = host_class_init,
    },
};

DEFINE_TYPES(host_types)

/*** For tests ***/

void pci_testbus_init(void)
{
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    memory_map_init();
    msi_nonbroken = true;
    messages = g_array_new(false, false, sizeof(PCITestMessage));
}

static PCIBus *new_bus(const char *bus_type)
{
    DeviceState *dev = qdev_new(TYPE_PCI_TESTBUS_HOST);
    TestHost *host = PCI_TESTBUS_HOST(dev);
    PCIBus *bus;

    bus = pci_root_bus_new(dev, "testbus", &host->memory, &host->io, 0,
                           bus_type);
    PCI_HOST_BRIDGE(host)->bus = bus;
    pci_bus_irqs(bus, host_set_irq, host, NR_LINES);
    pci_bus_map_irqs(bus, pci_swizzle_map_irq_fn);
    pci_setup_iommu(bus, host_iommu, host);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_abort);
    pci_testbus_clear_messages();
    return bus;
}

PCIBus *pci_testbus_new(void)
{
    return new_bus(TYPE_PCIE_BUS);
}

PCIBus *pci_testbus_new_conventional(void)
{
    return new_bus(TYPE_PCI_BUS);
}

void pci_testbus_free(PCIBus *bus)
{
    TestHost *host = host_of(bus);

    qdev_unrealize(DEVICE(host));
    address_space_destroy(&host->memory_as);
    address_space_destroy(&host->io_as);
    object_unparent(OBJECT(host));
}

PCIDevice *pci_testbus_add(PCIBus *bus, const char *type, int devfn,
                           Error **errp)
{
    PCIDevice *dev = pci_new(devfn, type);

    /* The bus holds it from here on. */
    return pci_realize_and_unref(dev, bus, errp) ? dev : NULL;
}

void pci_testbus_remove(PCIDevice *dev)
{
    object_unparent(OBJECT(dev));
}

uint32_t pci_testbus_cfg_read(PCIDevice *dev, unsigned offset, unsigned len)
{
    return pci_host_config_read_common(dev, offset, pci_config_size(dev),
                                       len);
}

void pci_testbus_cfg_write(PCIDevice *dev, unsigned offset, uint32_t val,
                           unsigned len)
{
    pci_host_config_write_common(dev, offset, pci_config_size(dev), val,
                                 len);
}

AddressSpace *pci_testbus_memory(PCIBus *bus)
{
    return &host_of(bus)->memory_as;
}

AddressSpace *pci_testbus_io(PCIBus *bus)
{
    return &host_of(bus)->io_as;
}

uint64_t pci_testbus_read(PCIBus *bus, hwaddr addr, unsigned len)
{
    uint8_t buf[8] = { 0 };

    g_assert_cmpuint(len, <=, sizeof(buf));
    address_space_read(pci_testbus_memory(bus), addr, MEMTXATTRS_UNSPECIFIED,
                       buf, len);
    return ldq_le_p(buf);
}

void pci_testbus_write(PCIBus *bus, hwaddr addr, uint64_t val, unsigned len)
{
    uint8_t buf[8];

    g_assert_cmpuint(len, <=, sizeof(buf));
    stq_le_p(buf, val);
    address_space_write(pci_testbus_memory(bus), addr, MEMTXATTRS_UNSPECIFIED,
                        buf, len);
}

hwaddr pci_testbus_map_bar(PCIDevice *dev, int bar)
{
    TestHost *host = host_of(pci_get_bus(dev));
    pcibus_t size = dev->io_regions[bar].size;
    unsigned offset = PCI_BASE_ADDRESS_0 + 4 * bar;
    hwaddr addr = ROUND_UP(host->next_address, size);

    g_assert_cmpuint(size, >, 0);
    host->next_address = addr + size;
    pci_testbus_cfg_write(dev, offset, addr, 4);
    if (dev->io_regions[bar].type & PCI_BASE_ADDRESS_MEM_TYPE_64) {
        pci_testbus_cfg_write(dev, offset + 4, addr >> 32, 4);
    }
    pci_testbus_cfg_write(dev, PCI_COMMAND,
                          pci_testbus_cfg_read(dev, PCI_COMMAND, 2) |
                          PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 2);
    return addr;
}

int pci_testbus_irq_level(PCIBus *bus, int line)
{
    return host_of(bus)->level[line];
}

unsigned pci_testbus_irq_changes(PCIBus *bus, int line)
{
    return host_of(bus)->changes[line];
}
