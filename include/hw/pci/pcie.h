/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI Express capability and the extended capabilities: PCI Express Base
 * chapter 7.
 */
#ifndef QEMU_PCIE_H
#define QEMU_PCIE_H

#include "hw/hotplug.h"
#include "hw/pci/pci_regs.h"
#include "hw/pci/pcie_aer.h"
#include "hw/pci/pcie_regs.h"

typedef enum PCIExpressIndicator {
    PCI_EXP_INDICATOR_RESERVED = 0,
    PCI_EXP_INDICATOR_ON = 1,
    PCI_EXP_INDICATOR_BLINK = 2,
    PCI_EXP_INDICATOR_OFF = 3,
} PCIExpressIndicator;

/* The part of a PCIDevice that is about PCI Express. */
struct PCIExpressDevice {
    /* Offsets in configuration space; 0 where the capability is absent. */
    uint8_t exp_cap;
    uint8_t pm_cap;             /* power management: any PCI function */
    uint16_t aer_cap;
    uint16_t ats_cap;
    uint16_t acs_cap;

    /* A hot-plug event was announced and none was cleared since. */
    bool hpev_notified;

    PCIEAERLog aer_log;
};

#define COMPAT_PROP_PCP "power_controller_present"

/*
 * The capability itself, at @offset or where there is room (0); @type is
 * PCI_EXP_TYPE_*.  The endpoint variants pick the type that the bus asks for
 * (integrated on a root bus).  Returns the offset, or a negative error.
 */
int pcie_cap_init(PCIDevice *dev, uint8_t offset, uint8_t type, uint8_t port,
                  Error **errp);
int pcie_cap_v1_init(PCIDevice *dev, uint8_t offset, uint8_t type,
                     uint8_t port);
int pcie_endpoint_cap_init(PCIDevice *dev, uint8_t offset);
int pcie_endpoint_cap_v1_init(PCIDevice *dev, uint8_t offset);
void pcie_cap_exit(PCIDevice *dev);
void pcie_cap_v1_exit(PCIDevice *dev);

uint8_t pcie_cap_get_type(const PCIDevice *dev);
/* Interrupt message number: which vector tells of slot and root events. */
void pcie_cap_flags_set_vector(PCIDevice *dev, uint8_t vector);
uint8_t pcie_cap_flags_get_vector(PCIDevice *dev);

void pcie_cap_deverr_init(PCIDevice *dev);
void pcie_cap_deverr_reset(PCIDevice *dev);

void pcie_cap_lnkctl_init(PCIDevice *dev);
void pcie_cap_lnkctl_reset(PCIDevice *dev);

/* Slot registers of a downstream port, and what software's writes cause. */
void pcie_cap_slot_init(PCIDevice *dev, PCIESlot *s);
void pcie_cap_slot_reset(PCIDevice *dev);
void pcie_cap_slot_get(PCIDevice *dev, uint16_t *slt_ctl, uint16_t *slt_sta);
/* @old_*: from pcie_cap_slot_get() before the write took effect. */
void pcie_cap_slot_write_config(PCIDevice *dev, uint16_t old_slt_ctl,
                                uint16_t old_slt_sta, uint32_t addr,
                                uint32_t val, int len);
int pcie_cap_slot_post_load(void *opaque, int version_id);
void pcie_cap_slot_push_attention_button(PCIDevice *dev);
void pcie_cap_slot_enable_power(PCIDevice *dev);

void pcie_cap_root_init(PCIDevice *dev);
void pcie_cap_root_reset(PCIDevice *dev);

/* Function Level Reset: announces it, and carries it out when written. */
void pcie_cap_flr_init(PCIDevice *dev);
void pcie_cap_flr_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                               int len);

/* ARI forwarding of a downstream port. */
void pcie_cap_arifwd_init(PCIDevice *dev);
void pcie_cap_arifwd_reset(PCIDevice *dev);
bool pcie_cap_is_arifwd_enabled(const PCIDevice *dev);

/*
 * Extended capabilities.  @offset is always given, at least 0x100; the chain
 * is kept in order of addition.
 */
uint16_t pcie_find_capability(PCIDevice *dev, uint16_t cap_id);
void pcie_add_capability(PCIDevice *dev, uint16_t cap_id, uint8_t cap_ver,
                         uint16_t offset, uint16_t size);

/* Link Status of a port follows what its partner can do. */
void pcie_sync_bridge_lnk(PCIDevice *dev);

void pcie_acs_init(PCIDevice *dev, uint16_t offset);
void pcie_acs_reset(PCIDevice *dev);

void pcie_ari_init(PCIDevice *dev, uint16_t offset, uint16_t nextfn);
void pcie_dev_ser_num_init(PCIDevice *dev, uint16_t offset, uint64_t ser_num);
void pcie_ats_init(PCIDevice *dev, uint16_t offset, bool aligned);

/* Hot-plug handler of a slot. */
void pcie_cap_slot_pre_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp);
void pcie_cap_slot_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp);
void pcie_cap_slot_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                             Error **errp);
void pcie_cap_slot_unplug_request_cb(HotplugHandler *hotplug_dev,
                                     DeviceState *dev, Error **errp);

#endif /* QEMU_PCIE_H */
