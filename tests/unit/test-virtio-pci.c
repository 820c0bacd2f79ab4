/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest notifiers of virtio PCI devices: what another process or thread (an
 * irqfd's place) signals becomes the queue's MSI-X message, stays pending
 * while the vector is masked, and follows it when the driver moves it.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "hw/pci/msix.h"
#include "hw/virtio/virtio-bus.h"
#include "hw/virtio/virtio-pci.h"
#include "pci-testbus.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

#define VECTORS 4
#define DATA 0x70

typedef struct Fixture {
    PCIBus *bus;
    PCIDevice *dev;
    VirtIODevice *vdev;
    VirtQueue *vq;
    VirtioBusClass *k;
    hwaddr table, pba;
} Fixture;

static void write_entry(Fixture *f, unsigned vector, bool masked)
{
    hwaddr entry = f->table + PCI_MSIX_ENTRY_SIZE * vector;

    pci_testbus_write(f->bus, entry, PCI_TESTBUS_MSI_BASE, 8);
    pci_testbus_write(f->bus, entry + 8, DATA + vector, 4);
    pci_testbus_write(f->bus, entry + 12, masked, 4);
}

static void fixture_init(Fixture *f)
{
    uint32_t table, pba;
    hwaddr bar;

    f->bus = pci_testbus_new();
    f->dev = pci_testbus_add(f->bus, "virtio-rng-pci", -1, &error_abort);
    f->vdev = virtio_bus_get_device(&VIRTIO_PCI(f->dev)->bus);
    f->vq = virtio_get_queue(f->vdev, 0);
    f->k = VIRTIO_BUS_GET_CLASS(&VIRTIO_PCI(f->dev)->bus);
    table = pci_testbus_cfg_read(f->dev, f->dev->msix_cap + PCI_MSIX_TABLE,
                                 4);
    pba = pci_testbus_cfg_read(f->dev, f->dev->msix_cap + PCI_MSIX_PBA, 4);
    g_assert_cmpuint(table & PCI_MSIX_TABLE_BIR, ==, pba & PCI_MSIX_PBA_BIR);
    bar = pci_testbus_map_bar(f->dev, table & PCI_MSIX_TABLE_BIR);
    f->table = bar + (table & PCI_MSIX_TABLE_OFFSET);
    f->pba = bar + (pba & PCI_MSIX_PBA_OFFSET);
    pci_testbus_cfg_write(f->dev, f->dev->msix_cap + PCI_MSIX_FLAGS,
                          PCI_MSIX_FLAGS_ENABLE, 2);
    for (unsigned v = 0; v < 2; v++) {
        write_entry(f, v, false);
        msix_vector_use(f->dev, v);
    }
    virtio_queue_set_vector(f->vdev, 0, 1);
    g_assert_true(f->k->query_guest_notifiers(DEVICE(f->dev)));
    g_assert_cmpint(f->k->set_guest_notifiers(DEVICE(f->dev), 1, true), ==,
                    0);
    pci_testbus_clear_messages();
}

static void fixture_end(Fixture *f)
{
    g_assert_cmpint(f->k->set_guest_notifiers(DEVICE(f->dev), 1, false), ==,
                    0);
    pci_testbus_free(f->bus);
}

static void signal_queue(Fixture *f)
{
    event_notifier_set(virtio_queue_get_guest_notifier(f->vq));
    for (int n = 0; n < 8; n++) {
        g_main_context_iteration(NULL, false);
    }
}

static bool is_pending(Fixture *f, unsigned vector)
{
    return pci_testbus_read(f->bus, f->pba, 8) >> vector & 1;
}

static void expect_message(unsigned vector)
{
    g_assert_cmpuint(pci_testbus_messages(), ==, 1);
    g_assert_cmphex(pci_testbus_message(0)->data, ==, DATA + vector);
    pci_testbus_clear_messages();
}

static void test_delivery(void)
{
    Fixture f;

    fixture_init(&f);
    for (int i = 0; i < 3; i++) {
        signal_queue(&f);
        expect_message(1);
    }
    fixture_end(&f);
}

static void test_masked(void)
{
    Fixture f;

    fixture_init(&f);
    write_entry(&f, 1, true);
    signal_queue(&f);
    g_assert_cmpuint(pci_testbus_messages(), ==, 0);
    g_assert_true(is_pending(&f, 1));
    g_assert_false(is_pending(&f, 0));
    write_entry(&f, 1, false);
    for (int n = 0; n < 8; n++) {
        g_main_context_iteration(NULL, false);
    }
    expect_message(1);
    g_assert_false(is_pending(&f, 1));
    signal_queue(&f);
    expect_message(1);
    fixture_end(&f);
}

/* Nobody looked at the pending bit: the signal itself has waited. */
static void test_masked_unseen(void)
{
    Fixture f;

    fixture_init(&f);
    write_entry(&f, 1, true);
    signal_queue(&f);
    write_entry(&f, 1, false);
    for (int n = 0; n < 8; n++) {
        g_main_context_iteration(NULL, false);
    }
    expect_message(1);
    fixture_end(&f);
}

static void test_new_vector(void)
{
    Fixture f;

    fixture_init(&f);
    virtio_queue_set_vector(f.vdev, 0, 0);
    signal_queue(&f);
    expect_message(0);
    virtio_queue_set_vector(f.vdev, 0, VIRTIO_NO_VECTOR);
    signal_queue(&f);
    g_assert_cmpuint(pci_testbus_messages(), ==, 0);
    fixture_end(&f);
}

static void test_twice(void)
{
    Fixture f;

    fixture_init(&f);
    g_assert_cmpint(f.k->set_guest_notifiers(DEVICE(f.dev), 1, true), ==,
                    -EBUSY);
    signal_queue(&f);
    expect_message(1);
    fixture_end(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    pci_testbus_init();
    qemu_init_main_loop(&error_abort);
    g_test_add_func("/virtio-pci/notifier/delivery", test_delivery);
    g_test_add_func("/virtio-pci/notifier/masked", test_masked);
    g_test_add_func("/virtio-pci/notifier/masked-unseen", test_masked_unseen);
    g_test_add_func("/virtio-pci/notifier/new-vector", test_new_vector);
    g_test_add_func("/virtio-pci/notifier/twice", test_twice);
    return g_test_run();
}
