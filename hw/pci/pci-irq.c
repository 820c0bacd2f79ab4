/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INTx: from a function's pin through bridges to a line of the root bus (PCI
 * Local Bus 3.0 section 2.2.6, PCI-to-PCI Bridge Architecture 9.1).
 *
 * Three views of a pin differ and are all kept: what the device asserts
 * (intx_level); what it may signal, as no message mechanism is on and it is
 * awake (irq_state, which Interrupt Status shows and the stream carries);
 * and what the bus counts, as Interrupt Disable is off (intx_on_bus).
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "pci-internal.h"
#include "qemu/error-report.h"
#include "trace.h"

/* The root bus and its line for a pin; -1 where a map function errs. */
static int pci_root_line(PCIDevice *d, int pin, PCIBus **root)
{
    PCIBus *bus;

    for (;;) {
        int from = pin;

        bus = pci_get_bus(d);
        if (!bus->map_irq) {
            return -1;
        }
        pin = bus->map_irq(d, pin);
        trace_pci_route_irq(PCI_SLOT(d->devfn), from, pin);
        if (!bus->parent_dev || bus->set_irq) {
            break;
        }
        d = bus->parent_dev;
    }
    *root = bus;
    return pin >= 0 && pin < bus->nirq ? pin : -1;
}

static void pci_count_pin(PCIDevice *d, int pin, int change)
{
    PCIBus *root;
    int line = pci_root_line(d, pin, &root);

    if (line < 0) {
        return;
    }
    /* A line may have been mapped elsewhere since: never below nobody. */
    root->irq_count[line] = MAX(root->irq_count[line] + change, 0);
    if (root->set_irq) {
        root->set_irq(root->irq_opaque, line, root->irq_count[line] != 0);
    }
}

static void pci_update_irq_status(PCIDevice *d)
{
    if (d->irq_state) {
        d->config[PCI_STATUS] |= PCI_STATUS_INTERRUPT;
    } else {
        d->config[PCI_STATUS] &= ~PCI_STATUS_INTERRUPT;
    }
}

int pci_irq_disabled_by_guest(PCIDevice *d)
{
    return pci_get_word(d->config + PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE;
}

void pci_intx_update(PCIDevice *d)
{
    bool allowed = d->intx_level && pci_is_awake(d) && !msi_enabled(d) &&
                   !msix_enabled(d);
    uint8_t on_bus, changed;

    d->irq_state = allowed ? d->intx_level : 0;
    pci_update_irq_status(d);
    on_bus = pci_irq_disabled_by_guest(d) ? 0 : d->irq_state;
    changed = on_bus ^ d->intx_on_bus;
    d->intx_on_bus = on_bus;
    for (int pin = 0; changed; pin++, changed >>= 1) {
        if (changed & 1) {
            pci_count_pin(d, pin, on_bus & (1 << pin) ? 1 : -1);
        }
    }
}

void pci_intx_release(PCIDevice *d)
{
    d->intx_level = 0;
    pci_intx_update(d);
}

void pci_device_deassert_intx(PCIDevice *d)
{
    pci_intx_update(d);
}

/*
 * The bus counts what the sender's bus counted, whatever else was on; the
 * next change brings the views together.
 */
void pci_intx_loaded(PCIDevice *d, uint8_t pins)
{
    d->intx_level = pins;
    d->irq_state = pins;
    d->intx_on_bus = pci_irq_disabled_by_guest(d) ? 0 : pins;
    pci_update_irq_status(d);
    pci_bus_recount_irqs(pci_device_root_bus(d));
}

static void pci_irq_handler(void *opaque, int pin, int level)
{
    PCIDevice *d = opaque;
    uint8_t bit = 1 << pin;
    uint8_t levels = level ? d->intx_level | bit : d->intx_level & ~bit;

    if (levels != d->intx_level) {
        d->intx_level = levels;
        pci_intx_update(d);
    }
}

void pci_set_irq(PCIDevice *d, int level)
{
    int pin = pci_intx(d);

    if (pin >= 0 && pin < PCI_NUM_PINS) {
        pci_irq_handler(d, pin, level);
    }
}

qemu_irq pci_allocate_irq(PCIDevice *d)
{
    int pin = pci_intx(d);

    assert(pin >= 0 && pin < PCI_NUM_PINS);
    return qemu_allocate_irq(pci_irq_handler, d, pin);
}

int pci_swizzle_map_irq_fn(PCIDevice *d, int pin)
{
    return pci_swizzle(PCI_SLOT(d->devfn), pin);
}

/*** Root buses ***/

void pci_bus_irqs(PCIBus *bus, pci_set_irq_fn set_irq, void *irq_opaque,
                  int nirq)
{
    bus->set_irq = set_irq;
    bus->irq_opaque = irq_opaque;
    bus->nirq = nirq;
    g_free(bus->irq_count);
    bus->irq_count = g_new0(int, nirq);
}

void pci_bus_map_irqs(PCIBus *bus, pci_map_irq_fn map_irq)
{
    bus->map_irq = map_irq;
}

void pci_bus_irqs_cleanup(PCIBus *bus)
{
    bus->set_irq = NULL;
    bus->map_irq = NULL;
    bus->irq_opaque = NULL;
    bus->nirq = 0;
    g_free(bus->irq_count);
    bus->irq_count = NULL;
}

int pci_bus_get_irq_level(PCIBus *bus, int line)
{
    return line >= 0 && line < bus->nirq && bus->irq_count[line] != 0;
}

static void pci_recount_device(PCIBus *bus, PCIDevice *d, void *opaque)
{
    PCIBus *root;

    for (int pin = 0; pin < PCI_NUM_PINS; pin++) {
        if (d->intx_on_bus & (1 << pin)) {
            int line = pci_root_line(d, pin, &root);

            if (line >= 0) {
                root->irq_count[line]++;
            }
        }
    }
}

static void pci_recount_bus(PCIBus *bus, void *opaque)
{
    pci_for_each_device_under_bus(bus, pci_recount_device, NULL);
}

void pci_bus_recount_irqs(PCIBus *bus)
{
    if (bus->nirq) {
        memset(bus->irq_count, 0, bus->nirq * sizeof(bus->irq_count[0]));
        pci_for_each_bus(bus, pci_recount_bus, NULL);
    }
}

/*** Routes around us ***/

void pci_bus_set_route_irq_fn(PCIBus *bus, pci_route_irq_fn fn)
{
    assert(pci_bus_is_root(bus));
    bus->route_intx_to_irq = fn;
}

PCIINTxRoute pci_device_route_intx_to_irq(PCIDevice *d, int pin)
{
    PCIBus *root;
    int line = pci_root_line(d, pin, &root);

    if (line < 0 || !root->route_intx_to_irq) {
        return (PCIINTxRoute) { .mode = PCI_INTX_DISABLED, .irq = -1 };
    }
    return root->route_intx_to_irq(root->irq_opaque, line);
}

bool pci_intx_route_changed(PCIINTxRoute *old, PCIINTxRoute *new)
{
    return old->mode != new->mode || old->irq != new->irq;
}

void pci_device_set_intx_routing_notifier(PCIDevice *d,
                                          PCIINTxRoutingNotifier notifier)
{
    d->intx_routing_notifier = notifier;
}

static void pci_notify_device(PCIBus *bus, PCIDevice *d, void *opaque)
{
    if (d->intx_routing_notifier) {
        d->intx_routing_notifier(d);
    }
}

static void pci_notify_bus(PCIBus *bus, void *opaque)
{
    pci_for_each_device_under_bus(bus, pci_notify_device, NULL);
}

/*
 * The chipset maps pins to other lines from now on: levels that are asserted
 * move along.
 */
void pci_bus_fire_intx_routing_notifier(PCIBus *bus)
{
    g_autofree int *old = g_memdup2(bus->irq_count,
                                    bus->nirq * sizeof(bus->irq_count[0]));

    pci_bus_recount_irqs(bus);
    for (int line = 0; line < bus->nirq; line++) {
        if (bus->set_irq && !old[line] != !bus->irq_count[line]) {
            bus->set_irq(bus->irq_opaque, line, bus->irq_count[line] != 0);
        }
    }
    pci_for_each_bus(bus, pci_notify_bus, NULL);
}
