/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of hw/pci share with each other, and with the monitor.
 */
#ifndef HW_PCI_PCI_INTERNAL_H
#define HW_PCI_PCI_INTERNAL_H

#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"

/* All host bridges, newest first. */
typedef QLIST_HEAD(PCIHostStateList, PCIHostState) PCIHostStateList;
extern PCIHostStateList pci_host_bridges;

/*
 * What a class of functions is called: by people ("Ethernet controller";
 * NULL: no name known) and by firmware ("ethernet").
 */
typedef struct PCIClassName {
    uint16_t class;
    uint16_t mask;              /* of class, for fw_name */
    const char *desc;
    const char *fw_name;
} PCIClassName;
const char *pci_class_desc(uint16_t class);
const char *pci_class_fw_name(uint16_t class);

/*
 * Whether the function takes part in anything but configuration cycles: its
 * slot has power and it is in D0 (PCI PM 1.2 section 5.4.1).
 */
static inline bool pci_is_awake(const PCIDevice *d)
{
    return d->has_power && d->pm_state == 0;
}

/* pci-config.c */
void pci_config_alloc(PCIDevice *d);
void pci_config_free(PCIDevice *d);
/* Header registers and their masks, for a class and type of header. */
void pci_config_init_header(PCIDevice *d);
void pci_config_reset(PCIDevice *d);
/* All that follows from what configuration space holds, without INTx. */
void pci_config_changed(PCIDevice *d);

/* pci-bar.c */
void pci_update_mappings(PCIDevice *d);
void pci_unregister_bars(PCIDevice *d);
void pci_bars_reset(PCIDevice *d);
int pci_bar(const PCIDevice *d, int reg);

/* pci-irq.c */
/* Puts on the bus what the device asserts and the registers allow. */
void pci_intx_update(PCIDevice *d);
/* The device lets go of all pins. */
void pci_intx_release(PCIDevice *d);
/* The stream's view: the pins that the bus saw asserted. */
void pci_intx_loaded(PCIDevice *d, uint8_t pins);
/* Counts anew who asserts the lines of a root bus; without calls. */
void pci_bus_recount_irqs(PCIBus *bus);

/* pci-dma.c */
void pci_bus_master_init(PCIDevice *d);
void pci_bus_master_exit(PCIDevice *d);
void pci_bus_master_update(PCIDevice *d);
PCIReqIDCache pci_requester(PCIDevice *d);
void pci_msi_trigger(PCIDevice *d, MSIMessage msg);

/* pci-rom.c */
bool pci_add_option_rom(PCIDevice *d, bool is_default, Error **errp);
void pci_del_option_rom(PCIDevice *d);

/* pci.c */
/*
 * The function by which software learns of @d and those with it: function 0
 * of its slot, or of slot 0 where the bus is a link (PCI Express Base 7.3.1).
 */
PCIDevice *pci_get_function_0(PCIDevice *d);
/* Back to the state after power-on; not what is below a bridge. */
void pci_do_device_reset(PCIDevice *d);

/* msi.c */
/* Makes the enabled vector count one that the device has. */
void msi_clamp_vectors(PCIDevice *d);

/* pcie_aer.c */
/* Whether a root port asserts INTx for errors that were reported to it. */
bool pcie_aer_root_intx(const PCIDevice *d);

/* pci-vmstate.c */
extern const VMStateDescription vmstate_pcibus;

#endif /* HW_PCI_PCI_INTERNAL_H */
