/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The function under test of the MSI-X tests (msix-fixture.h). */
#include "qemu/osdep.h"
#include "migration/qemu-file.h"
#include "msix-fixture.h"
#include "pci-testbus.h"
#include "qapi/error.h"
#include "qemu/module.h"

#define TYPE_MSIX_FIXTURE "msix-fixture"
OBJECT_DECLARE_SIMPLE_TYPE(MSIXFixture, MSIX_FIXTURE)

#define PM_CAP 0x40

GArray *fixture_events;
static PCIBus *bus;

static void record_event(PCIDevice *dev, const MSIXEvent *event)
{
    RecordedEvent e = { event->type, event->reason, event->vector };

    g_array_append_val(fixture_events, e);
}

static const MSIXObserver recorder = { .event = record_event };

void fixture_stop_recording(void)
{
    msix_observer_remove(&recorder);
}

static void msix_fixture_realize(PCIDevice *dev, Error **errp)
{
    MSIXFixture *f = MSIX_FIXTURE(dev);

    memory_region_init(&f->bar0, OBJECT(dev), "bar0", FIXTURE_BAR_SIZE);
    memory_region_init(&f->bar2, OBJECT(dev), "bar2", FIXTURE_BAR_SIZE);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &f->bar0);
    pci_register_bar(dev, 2, PCI_BASE_ADDRESS_SPACE_MEMORY, &f->bar2);
    pci_add_capability(dev, PCI_CAP_ID_PM, PM_CAP, PCI_PM_SIZEOF,
                       &error_abort);
    pci_set_word(dev->config + PM_CAP + PCI_PM_CTRL,
                 PCI_PM_CTRL_NO_SOFT_RESET);
    pci_set_word(dev->wmask + PM_CAP + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
    dev->config[PCI_INTERRUPT_PIN] = 1;
    f->fail_use_of = -1;
}

static void msix_fixture_exit(PCIDevice *dev)
{
    MSIXFixture *f = MSIX_FIXTURE(dev);

    if (f->table == FIXTURE_BAR4) {
        msix_uninit_exclusive_bar(dev);
    } else {
        msix_uninit(dev, &f->bar0, &f->bar2);
    }
}

static void msix_fixture_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = msix_fixture_realize;
    pc->exit = msix_fixture_exit;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = 0xfffe;
    pc->class_id = PCI_CLASS_OTHERS;
}

static const TypeInfo msix_fixture_types[] = {
    {
        .name = TYPE_MSIX_FIXTURE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(MSIXFixture),
        .class_init = msix_fixture_class_init,
        .interfaces = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE }, { }
        },
    },
};
DEFINE_TYPES(msix_fixture_types)

PCIDevice *fixture_dev(MSIXFixture *f)
{
    return &f->parent_obj;
}

static void map(MSIXFixture *f, unsigned bar, uint32_t addr)
{
    guest_cfg_write(f, PCI_BASE_ADDRESS_0 + 4 * bar, addr, 4);
}

MSIXFixture *fixture_new(void)
{
    MSIXFixture *f;

    if (!fixture_events) {
        pci_testbus_init();
        fixture_events = g_array_new(FALSE, FALSE, sizeof(RecordedEvent));
    }
    bus = pci_testbus_new();
    f = MSIX_FIXTURE(pci_testbus_add(bus, TYPE_MSIX_FIXTURE, -1,
                                     &error_abort));
    map(f, 0, FIXTURE_BAR0);
    map(f, 2, FIXTURE_BAR2);
    guest_cfg_write(f, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
                    2);
    g_array_set_size(fixture_events, 0);
    msix_observer_add(&recorder);
    return f;
}

static void use_all(MSIXFixture *f)
{
    PCIDevice *dev = fixture_dev(f);

    for (unsigned v = 0; v < msix_nr_vectors_allocated(dev); v++) {
        g_assert_cmpint(msix_vector_use(dev, v), ==, 0);
    }
}

MSIXFixture *fixture_msix(unsigned n)
{
    MSIXFixture *f = fixture_new();

    g_assert_cmpint(msix_init(fixture_dev(f), n, &f->bar0, 0, 0, &f->bar2, 2,
                              0, 0, &error_abort), ==, 0);
    f->table = FIXTURE_BAR0;
    f->pba = FIXTURE_BAR2;
    use_all(f);
    return f;
}

MSIXFixture *fixture_exclusive(unsigned n)
{
    MSIXFixture *f = fixture_new();
    PCIDevice *dev = fixture_dev(f);

    g_assert_cmpint(msix_init_exclusive_bar(dev, n, 4, &error_abort), ==, 0);
    map(f, 4, FIXTURE_BAR4);
    f->table = FIXTURE_BAR4;
    f->pba = FIXTURE_BAR4 + (guest_cfg_read(f, dev->msix_cap + PCI_MSIX_PBA,
                                            4) & PCI_MSIX_PBA_OFFSET);
    use_all(f);
    return f;
}

void fixture_free(MSIXFixture *f)
{
    msix_observer_remove(&recorder);
    pci_testbus_clear_messages();
    pci_testbus_free(bus);
    bus = NULL;
}

uint64_t guest_read(uint64_t addr, unsigned size)
{
    return pci_testbus_read(bus, addr, size);
}

void guest_write(uint64_t addr, uint64_t val, unsigned size)
{
    pci_testbus_write(bus, addr, val, size);
}

uint32_t guest_cfg_read(MSIXFixture *f, unsigned addr, unsigned size)
{
    return pci_testbus_cfg_read(fixture_dev(f), addr, size);
}

void guest_cfg_write(MSIXFixture *f, unsigned addr, uint32_t val,
                     unsigned size)
{
    pci_testbus_cfg_write(fixture_dev(f), addr, val, size);
}

void guest_enable(MSIXFixture *f, bool enable, bool mask_all)
{
    guest_cfg_write(f, fixture_dev(f)->msix_cap + PCI_MSIX_FLAGS,
                    (enable ? PCI_MSIX_FLAGS_ENABLE : 0) |
                    (mask_all ? PCI_MSIX_FLAGS_MASKALL : 0), 2);
}

void guest_program(MSIXFixture *f, unsigned vector, uint64_t addr,
                   uint32_t data)
{
    uint64_t entry = f->table + vector * PCI_MSIX_ENTRY_SIZE;

    guest_write(entry, addr, 8);
    guest_write(entry + PCI_MSIX_ENTRY_DATA, data, 4);
}

void guest_mask(MSIXFixture *f, unsigned vector, bool mask)
{
    guest_write(f->table + vector * PCI_MSIX_ENTRY_SIZE +
                PCI_MSIX_ENTRY_VECTOR_CTRL, mask, 4);
}

bool guest_pending(MSIXFixture *f, unsigned vector)
{
    return guest_read(f->pba + vector / 32 * 4, 4) >> (vector % 32) & 1;
}

uint64_t vector_address(unsigned vector)
{
    return PCI_TESTBUS_MSI_BASE + 4 * vector;
}

uint32_t vector_data(unsigned vector)
{
    return 0x4000 + vector;
}

void guest_program_all(MSIXFixture *f)
{
    for (unsigned v = 0; v < msix_nr_vectors_allocated(fixture_dev(f)); v++) {
        guest_program(f, v, vector_address(v), vector_data(v));
        guest_mask(f, v, false);
    }
}

bool fixture_intx(void)
{
    for (int line = 0; line < 4; line++) {
        if (pci_testbus_irq_level(bus, line)) {
            return true;
        }
    }
    return false;
}

unsigned messages_taken(MSIMessage *last)
{
    unsigned n = pci_testbus_messages();

    if (n && last) {
        const PCITestMessage *m = pci_testbus_message(n - 1);

        *last = (MSIMessage) { m->address, m->data };
        g_assert_cmpuint(m->size, ==, 4);
    }
    pci_testbus_clear_messages();
    return n;
}

static int use(PCIDevice *dev, unsigned vector, MSIMessage msg)
{
    MSIXFixture *f = MSIX_FIXTURE(dev);

    if ((int)vector == f->fail_use_of) {
        return -ENOSPC;
    }
    g_assert_cmpint(f->routed[vector], ==, 0);
    f->routed[vector] = 1;
    f->route_message[vector] = msg;
    f->uses++;
    return 0;
}

static void release(PCIDevice *dev, unsigned vector)
{
    MSIXFixture *f = MSIX_FIXTURE(dev);

    g_assert_cmpint(f->routed[vector], ==, 1);
    f->routed[vector] = 0;
    f->releases++;
}

static void poll_vectors(PCIDevice *dev, unsigned first, unsigned end)
{
    MSIXFixture *f = MSIX_FIXTURE(dev);

    f->polls++;
    f->poll_first = first;
    f->poll_end = end;
}

int fixture_set_notifiers(MSIXFixture *f)
{
    return msix_set_vector_notifiers(fixture_dev(f), use, release,
                                     poll_vectors);
}

GByteArray *fixture_save(MSIXFixture *f)
{
    GByteArray *out = g_byte_array_new();
    QEMUFile *file = qemu_file_new_memory_output(out);

    g_assert_cmpint(vmstate_save_state(file, &vmstate_msix, fixture_dev(f),
                                       NULL), ==, 0);
    g_assert_cmpint(qemu_fclose(file), ==, 0);
    return out;
}

int fixture_load(MSIXFixture *f, const void *buf, size_t len)
{
    QEMUFile *file = qemu_file_new_memory_input(buf, len);
    int ret = vmstate_load_state(file, &vmstate_msix, fixture_dev(f), 0);

    qemu_fclose(file);
    return ret;
}
