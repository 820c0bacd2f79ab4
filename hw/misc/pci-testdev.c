/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI device for testing how writes reach devices (docs/specs/pci-testdev
 * in QEMU describes it).
 *
 * Its memory and its I/O BAR show a header.  Writing a number to its first
 * byte selects a test; the header then says which data to write at which
 * offset, and counts the writes that arrived.  Of the three tests of each BAR
 * two put an event notifier at the place, so that the write ends there: for
 * any data ("wildcard"), or for the right data only.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/event_notifier.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "qom/object.h"

#define TYPE_PCI_TEST_DEV "pci-testdev"
OBJECT_DECLARE_SIMPLE_TYPE(PCITestDevState, PCI_TEST_DEV)

/* What the guest reads at offset 0 of either BAR; the name follows. */
typedef struct TestHeader {
    uint8_t test;               /* the only byte that can be written */
    uint8_t width;              /* of the data, in bytes */
    uint8_t pad[2];
    uint32_t offset;
    uint32_t data;
    uint32_t count;
} QEMU_PACKED TestHeader;

#define MEM_BAR_SIZE 4096
#define IO_BAR_SIZE 256

/* Test n of both lists is written at the n-th byte of the BAR's middle. */
#define MEM_TEST_OFFSET (MEM_BAR_SIZE / 2)
#define IO_TEST_OFFSET (IO_BAR_SIZE / 2)

#define DATA 0xfa
#define DATA_WILDCARD 0xce

static const struct TestKind {
    const char *name;
    bool io;
    bool eventfd;
    bool match_data;
} kinds[] = {
    { "mmio-no-eventfd", false, false, false },
    { "mmio-wildcard-eventfd", false, true, false },
    { "mmio-datamatch-eventfd", false, true, true },
    { "portio-no-eventfd", true, false, false },
    { "portio-wildcard-eventfd", true, true, false },
    { "portio-datamatch-eventfd", true, true, true },
};

#define FIRST_IO_TEST 3
#define NO_TEST (-1)

struct PCITestDevState {
    PCIDevice parent_obj;
    MemoryRegion mmio;
    MemoryRegion portio;
    MemoryRegion membar;

    int current;                /* index of kinds, or NO_TEST */
    uint32_t count;
    EventNotifier notifier;     /* of the current test */
    uint64_t membar_size;
};

static TestHeader header(int n)
{
    const struct TestKind *k = &kinds[n];

    return (TestHeader) {
        .test = n,
        .width = 1,
        .offset = cpu_to_le32((k->io ? IO_TEST_OFFSET : MEM_TEST_OFFSET) + n),
        .data = cpu_to_le32(k->eventfd && !k->match_data ? DATA_WILDCARD
                                                          : DATA),
    };
}

/*** Selecting ***/

typedef void EventfdChange(MemoryRegion *mr, hwaddr addr, unsigned size,
                           bool match_data, uint64_t data, EventNotifier *e);

static void change_notifier(PCITestDevState *d, EventfdChange *change)
{
    const struct TestKind *k = &kinds[d->current];
    TestHeader h = header(d->current);

    change(k->io ? &d->portio : &d->mmio, le32_to_cpu(h.offset), h.width,
           k->match_data, le32_to_cpu(h.data), &d->notifier);
}

static void stop_test(PCITestDevState *d)
{
    if (d->current != NO_TEST && kinds[d->current].eventfd) {
        change_notifier(d, memory_region_del_eventfd);
        event_notifier_cleanup(&d->notifier);
    }
    d->current = NO_TEST;
}

static void start_test(PCITestDevState *d, int n)
{
    stop_test(d);
    if (n >= ARRAY_SIZE(kinds) ||
        (kinds[n].eventfd && event_notifier_init(&d->notifier, 0) < 0)) {
        return;
    }
    d->current = n;
    d->count = 0;
    if (kinds[n].eventfd) {
        change_notifier(d, memory_region_add_eventfd);
    }
}

/*** The BARs: everything by the byte ***/

static uint64_t testdev_read(void *opaque, hwaddr addr, unsigned size)
{
    PCITestDevState *d = opaque;
    const char *name;
    TestHeader h;

    if (d->current == NO_TEST) {
        return 0;
    }
    if (addr < sizeof(h)) {
        h = header(d->current);
        h.count = cpu_to_le32(d->count);
        return ((uint8_t *)&h)[addr];
    }
    name = kinds[d->current].name;
    addr -= sizeof(h);
    return addr < strlen(name) ? name[addr] : 0;
}

static void testdev_write(PCITestDevState *d, hwaddr addr, uint64_t val,
                          bool io)
{
    TestHeader h;

    if (addr == offsetof(TestHeader, test)) {
        /* Each BAR counts its own tests from 0; the header, all of them. */
        start_test(d, val < FIRST_IO_TEST ? val + (io ? FIRST_IO_TEST : 0)
                                          : ARRAY_SIZE(kinds));
        return;
    }
    if (d->current == NO_TEST || kinds[d->current].io != io) {
        return;
    }
    h = header(d->current);
    if (addr == le32_to_cpu(h.offset) && val == le32_to_cpu(h.data)) {
        d->count++;
    }
}

static void mmio_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    testdev_write(opaque, addr, val, false);
}

static void portio_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    testdev_write(opaque, addr, val, true);
}

static const MemoryRegionOps mmio_ops = {
    .read = testdev_read,
    .write = mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 1, .max_access_size = 1 },
};

static const MemoryRegionOps portio_ops = {
    .read = testdev_read,
    .write = portio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 1, .max_access_size = 1 },
};

/*** The function ***/

static void testdev_realize(PCIDevice *dev, Error **errp)
{
    PCITestDevState *d = PCI_TEST_DEV(dev);

    d->current = NO_TEST;
    if (d->membar_size && (!is_power_of_2(d->membar_size) ||
                           d->membar_size < 16)) {
        error_setg(errp, "membar must be a power of two, 16 at least");
        return;
    }

    memory_region_init_io(&d->mmio, OBJECT(d), &mmio_ops, d,
                          "pci-testdev-mmio", MEM_BAR_SIZE);
    memory_region_init_io(&d->portio, OBJECT(d), &portio_ops, d,
                          "pci-testdev-portio", IO_BAR_SIZE);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &d->mmio);
    pci_register_bar(dev, 1, PCI_BASE_ADDRESS_SPACE_IO, &d->portio);
    if (d->membar_size) {
        memory_region_init(&d->membar, OBJECT(d), "pci-testdev-membar",
                           d->membar_size);
        pci_register_bar(dev, 2, PCI_BASE_ADDRESS_SPACE_MEMORY |
                         PCI_BASE_ADDRESS_MEM_PREFETCH |
                         PCI_BASE_ADDRESS_MEM_TYPE_64, &d->membar);
    }
}

static void testdev_exit(PCIDevice *dev)
{
    stop_test(PCI_TEST_DEV(dev));
}

static void testdev_reset(DeviceState *qdev)
{
    stop_test(PCI_TEST_DEV(qdev));
}

static Property testdev_properties[] = {
    DEFINE_PROP_SIZE("membar", PCITestDevState, membar_size, 0),
    DEFINE_PROP_END_OF_LIST(),
};

static void testdev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = testdev_realize;
    k->exit = testdev_exit;
    k->vendor_id = PCI_VENDOR_ID_REDHAT;
    k->device_id = PCI_DEVICE_ID_REDHAT_TEST;
    k->revision = 0x00;
    k->class_id = PCI_CLASS_OTHERS;
    dc->desc = "PCI Test Device";
    dc->reset = testdev_reset;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, testdev_properties);
}

static const TypeInfo testdev_info = {
    .name = TYPE_PCI_TEST_DEV,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(PCITestDevState),
    .class_init = testdev_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void testdev_register_types(void)
{
    type_register_static(&testdev_info);
}

type_init(testdev_register_types)
