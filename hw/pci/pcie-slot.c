/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slots of root and downstream ports, and native hot-plug: PCI Express Base
 * sections 6.7.3 (registers and events) and 7.5.3.9 to 7.5.3.11.
 *
 * The slot has an attention button, two indicators, and perhaps a power
 * controller.  Plugging in pushes the button as a person would.  To take a
 * device out the button is pushed too; the device goes when software has
 * switched the slot's power and its indicator off.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie_port.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/range.h"
#include "qemu/timer.h"
#include "trace.h"

/* Events have the same bit in Slot Status as their enables in Control. */
#define SLOT_EVENTS (PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_ABP | \
                     PCI_EXP_SLTSTA_CC)

#define AIC(ind) ((ind) << 6)
#define PIC(ind) ((ind) << 8)

/* How long a second push cancels the first (6.7.1.5). */
#define BUTTON_CANCEL_MS 5000

static uint8_t *slot_config(const PCIDevice *d, int reg)
{
    return d->config + d->exp.exp_cap + reg;
}

static uint16_t slot_control(const PCIDevice *d)
{
    return pci_get_word(slot_config(d, PCI_EXP_SLTCTL));
}

static uint16_t slot_status(const PCIDevice *d)
{
    return pci_get_word(slot_config(d, PCI_EXP_SLTSTA));
}

static uint32_t slot_capabilities(const PCIDevice *d)
{
    return pci_get_long(slot_config(d, PCI_EXP_SLTCAP));
}

static PCIBus *slot_bus(PCIDevice *d)
{
    return pci_bridge_get_sec_bus(PCI_BRIDGE(d));
}

void pcie_cap_slot_get(PCIDevice *d, uint16_t *slt_ctl, uint16_t *slt_sta)
{
    *slt_ctl = slot_control(d);
    *slt_sta = slot_status(d);
}

/*** Power ***/

static bool slot_has_power_controller(const PCIDevice *d)
{
    return slot_capabilities(d) & PCI_EXP_SLTCAP_PCP;
}

static bool slot_power_is_off(uint16_t control)
{
    return control & PCI_EXP_SLTCTL_PCC;
}

static bool indicator_is(uint16_t control, unsigned ind)
{
    return (control & PCI_EXP_SLTCTL_PIC) == PIC(ind);
}

static void set_device_power(PCIBus *bus, PCIDevice *d, void *opaque)
{
    bool *power = opaque;

    pci_set_power(d, *power);
}

static void slot_update_power(PCIDevice *d)
{
    bool power = !slot_has_power_controller(d) ||
                 !slot_power_is_off(slot_control(d));

    pci_for_each_device_under_bus(slot_bus(d), set_device_power, &power);
}

void pcie_cap_slot_enable_power(PCIDevice *d)
{
    if (slot_has_power_controller(d)) {
        pci_word_test_and_clear_mask(slot_config(d, PCI_EXP_SLTCTL),
                                     PCI_EXP_SLTCTL_PCC);
        slot_update_power(d);
    }
}

/*** Events (6.7.3.4) ***/

static bool slot_event_enabled(const PCIDevice *d)
{
    uint16_t control = slot_control(d);

    return (control & PCI_EXP_SLTCTL_HPIE) &&
           (slot_status(d) & control & SLOT_EVENTS);
}

/* Messages are sent when the condition arises; INTx follows its level. */
static void slot_notify(PCIDevice *d)
{
    bool was = d->exp.hpev_notified;

    d->exp.hpev_notified = slot_event_enabled(d);
    if (was == d->exp.hpev_notified) {
        return;
    }
    trace_pcie_slot_event(d->name, slot_control(d), slot_status(d));
    if (msix_enabled(d)) {
        if (!was) {
            msix_notify(d, pcie_cap_flags_get_vector(d));
        }
    } else if (msi_enabled(d)) {
        if (!was) {
            msi_notify(d, pcie_cap_flags_get_vector(d));
        }
    } else {
        pci_set_irq(d, d->exp.hpev_notified || pcie_aer_root_intx(d));
    }
}

static void slot_event(PCIDevice *d, uint16_t events)
{
    pci_word_test_and_set_mask(slot_config(d, PCI_EXP_SLTSTA), events);
    slot_notify(d);
}

void pcie_cap_slot_push_attention_button(PCIDevice *d)
{
    slot_event(d, PCI_EXP_SLTSTA_ABP);
}

/*** Registers ***/

void pcie_cap_slot_init(PCIDevice *d, PCIESlot *s)
{
    bool power_controller = d->cap_present & QEMU_PCIE_SLTCAP_PCP;
    uint32_t cap = PCI_EXP_SLTCAP_EIP | PCI_EXP_SLTCAP_PIP |
                   PCI_EXP_SLTCAP_AIP | PCI_EXP_SLTCAP_ABP;
    uint16_t writable = PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_AIC |
                        PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_CCIE |
                        PCI_EXP_SLTCTL_PDCE | PCI_EXP_SLTCTL_ABPE;
    uint16_t control = PIC(PCI_EXP_SLTCTL_IND_OFF) |
                       AIC(PCI_EXP_SLTCTL_IND_OFF);

    if (power_controller) {
        cap |= PCI_EXP_SLTCAP_PCP;
        writable |= PCI_EXP_SLTCTL_PCC;
        control |= PCI_EXP_SLTCTL_PCC;
    }
    if (s->hotplug && s->native_hotplug) {
        cap |= PCI_EXP_SLTCAP_HPS | PCI_EXP_SLTCAP_HPC;
    }
    cap |= (uint32_t)s->slot << PCI_EXP_SLTCAP_PSN_SHIFT;

    pci_word_test_and_set_mask(slot_config(d, PCI_EXP_FLAGS),
                               PCI_EXP_FLAGS_SLOT);
    pci_set_long(slot_config(d, PCI_EXP_SLTCAP), cap);
    pci_set_word(slot_config(d, PCI_EXP_SLTCTL), control);
    pci_set_word(d->wmask + d->exp.exp_cap + PCI_EXP_SLTCTL, writable);
    pci_set_word(d->w1cmask + d->exp.exp_cap + PCI_EXP_SLTSTA, SLOT_EVENTS);
    pci_set_word(d->cmask + d->exp.exp_cap + PCI_EXP_SLTSTA, 0);
    d->exp.hpev_notified = false;
    qbus_set_hotplug_handler(BUS(slot_bus(d)), OBJECT(d));
}

/* A slot with a device in it is on when the machine starts. */
void pcie_cap_slot_reset(PCIDevice *d)
{
    bool populated = slot_bus(d)->devices[0];
    uint16_t control = AIC(PCI_EXP_SLTCTL_IND_OFF);

    if (slot_has_power_controller(d)) {
        control |= populated ? PIC(PCI_EXP_SLTCTL_IND_ON)
                             : PIC(PCI_EXP_SLTCTL_IND_OFF) |
                               PCI_EXP_SLTCTL_PCC;
    }
    pci_set_word(slot_config(d, PCI_EXP_SLTCTL), control);
    pci_word_test_and_clear_mask(slot_config(d, PCI_EXP_SLTSTA),
                                 PCI_EXP_SLTSTA_EIS | SLOT_EVENTS);
    slot_update_power(d);
    slot_notify(d);
}

int pcie_cap_slot_post_load(void *opaque, int version_id)
{
    PCIDevice *d = opaque;

    d->exp.hpev_notified = slot_event_enabled(d);
    slot_update_power(d);
    return 0;
}

/*** Taking devices out ***/

static void eject_device(PCIBus *bus, PCIDevice *d, void *opaque)
{
    HotplugHandler *handler = qdev_get_hotplug_handler(DEVICE(d));

    hotplug_handler_unplug(handler, DEVICE(d), &error_abort);
    object_unparent(OBJECT(d));
}

static void slot_eject(PCIDevice *d)
{
    pci_for_each_device_under_bus_reverse(slot_bus(d), eject_device, NULL);
    pci_word_test_and_clear_mask(slot_config(d, PCI_EXP_SLTSTA),
                                 PCI_EXP_SLTSTA_PDS);
    pci_word_test_and_clear_mask(slot_config(d, PCI_EXP_LNKSTA),
                                 PCI_EXP_LNKSTA_DLLLA);
    slot_event(d, PCI_EXP_SLTSTA_PDC);
}

static void find_requested(PCIBus *bus, PCIDevice *d, void *opaque)
{
    bool *requested = opaque;

    *requested |= d->qdev.pending_deleted_event;
}

/*
 * Power off, and the light off that tells a person to pull.  Without a power
 * controller the light alone says little: somebody must want to pull, too.
 */
static bool slot_is_released(PCIDevice *d, uint16_t control)
{
    bool off = slot_power_is_off(control);

    if (!slot_has_power_controller(d)) {
        pci_for_each_device_under_bus(slot_bus(d), find_requested, &off);
    }
    return off && indicator_is(control, PCI_EXP_SLTCTL_IND_OFF);
}

/* All events that a slot can have, some of which this one never has. */
#define SLOT_EVENTS_KNOWN (SLOT_EVENTS | PCI_EXP_SLTSTA_PFD | \
                           PCI_EXP_SLTSTA_MRLSC)

/*
 * Drivers clear all events when they start, and would lose one that they did
 * not see: a write of ones to events that were not there clears nothing.
 */
static void slot_status_written(PCIDevice *d, uint16_t old_status,
                                uint32_t addr, uint32_t val, int len)
{
    int shift = (int)(d->exp.exp_cap + PCI_EXP_SLTSTA - addr) * 8;
    uint16_t written = shift >= 0 ? val >> shift : val << -shift;

    if (written & ~old_status & SLOT_EVENTS_KNOWN) {
        pci_word_test_and_set_mask(slot_config(d, PCI_EXP_SLTSTA),
                                   old_status & SLOT_EVENTS);
    }
    slot_notify(d);
}

static bool interlock_toggled(PCIDevice *d, uint32_t addr, uint32_t val,
                              int len)
{
    uint32_t byte = d->exp.exp_cap + PCI_EXP_SLTCTL + 1;

    return range_covers_byte(addr, len, byte) &&
           (val >> (8 * (byte - addr)) & (PCI_EXP_SLTCTL_EIC >> 8));
}

void pcie_cap_slot_write_config(PCIDevice *d, uint16_t old_slt_ctl,
                                uint16_t old_slt_sta, uint32_t addr,
                                uint32_t val, int len)
{
    uint16_t control = slot_control(d);

    if (ranges_overlap(addr, len, d->exp.exp_cap + PCI_EXP_SLTSTA, 2)) {
        slot_status_written(d, old_slt_sta, addr, val, len);
    }
    if (!ranges_overlap(addr, len, d->exp.exp_cap + PCI_EXP_SLTCTL, 2)) {
        return;
    }
    if (interlock_toggled(d, addr, val, len)) {
        pci_set_word(slot_config(d, PCI_EXP_SLTSTA),
                     slot_status(d) ^ PCI_EXP_SLTSTA_EIS);
    }
    if ((slot_status(d) & PCI_EXP_SLTSTA_PDS) &&
        slot_is_released(d, control) && !slot_is_released(d, old_slt_ctl)) {
        slot_eject(d);
    }
    slot_update_power(d);
    slot_notify(d);
    /* Commands are carried out at once (6.7.3.2). */
    slot_event(d, PCI_EXP_SLTSTA_CC);
}

/*** Hot-plug handler ***/

static const char *port_name(PCIDevice *d)
{
    return d->qdev.id ? d->qdev.id : "";
}

static bool slot_locked(PCIDevice *d, Error **errp)
{
    if (slot_status(d) & PCI_EXP_SLTSTA_EIS) {
        error_setg(errp, "the slot is electromechanically locked");
        return true;
    }
    return false;
}

void pcie_cap_slot_pre_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp)
{
    PCIDevice *port = PCI_DEVICE(hotplug_dev);

    if (dev->hotplugged &&
        !(slot_capabilities(port) & PCI_EXP_SLTCAP_HPC)) {
        error_setg(errp, "Hot-plug failed: unsupported by the port device "
                   "'%s'", port_name(port));
        return;
    }
    slot_locked(port, errp);
}

void pcie_cap_slot_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp)
{
    PCIDevice *port = PCI_DEVICE(hotplug_dev);
    PCIDevice *d = PCI_DEVICE(dev);
    bool function0 = pci_get_function_0(d);

    /* Functions plugged before function 0 appear together with it. */
    if (!dev->hotplugged || function0) {
        pci_word_test_and_set_mask(slot_config(port, PCI_EXP_SLTSTA),
                                   PCI_EXP_SLTSTA_PDS);
        if (port->cap_present & QEMU_PCIE_LNKSTA_DLLLA) {
            pci_word_test_and_set_mask(slot_config(port, PCI_EXP_LNKSTA),
                                       PCI_EXP_LNKSTA_DLLLA);
        }
    }
    if (!dev->hotplugged) {
        /* There from the start; the reset to come switches the slot on. */
        return;
    }
    slot_update_power(port);
    if (function0) {
        slot_event(port, PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_ABP);
    }
}

void pcie_cap_slot_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                             Error **errp)
{
    qdev_unrealize(dev);
}

void pcie_cap_slot_unplug_request_cb(HotplugHandler *hotplug_dev,
                                     DeviceState *dev, Error **errp)
{
    PCIDevice *port = PCI_DEVICE(hotplug_dev);
    PCIDevice *d = PCI_DEVICE(dev);
    uint16_t control = slot_control(port);

    if (!(slot_capabilities(port) & PCI_EXP_SLTCAP_HPC)) {
        error_setg(errp, "Hot-unplug failed: unsupported by the port device "
                   "'%s'", port_name(port));
        return;
    }
    if (slot_locked(port, errp)) {
        return;
    }
    if (PCI_FUNC(d->devfn) && !pci_get_bus(d)->devices[0]) {
        /* Software never saw it: it can just go. */
        eject_device(pci_get_bus(d), d, NULL);
        return;
    }
    if (indicator_is(control, PCI_EXP_SLTCTL_IND_BLINK)) {
        error_setg(errp, "Hot-unplug failed: guest is busy (power indicator "
                   "blinking)");
        return;
    }
    /* Software that pushes the button back says so by doing nothing. */
    dev->pending_deleted_event = true;
    dev->pending_deleted_expires_ms =
        qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + BUTTON_CANCEL_MS;
    if (slot_has_power_controller(port) && slot_power_is_off(control) &&
        indicator_is(control, PCI_EXP_SLTCTL_IND_OFF)) {
        slot_eject(port);
        return;
    }
    pcie_cap_slot_push_attention_button(port);
}
