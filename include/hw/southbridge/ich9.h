/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The LPC function of the ICH9 south bridge. */
#ifndef HW_SOUTHBRIDGE_ICH9_H
#define HW_SOUTHBRIDGE_ICH9_H

#include "hw/acpi/ich9.h"
#include "hw/isa/apm.h"
#include "hw/isa/isa.h"
#include "hw/pci/pci.h"

#define TYPE_ICH9_LPC_DEVICE "ICH9-LPC"
OBJECT_DECLARE_SIMPLE_TYPE(ICH9LPCState, ICH9_LPC_DEVICE)

#define TYPE_ICH9_SMB_DEVICE "ICH9-SMB"

/* Output lines: global system interrupts. */
#define ICH9_GPIO_GSI "gsi"
#define ICH9_GPIO_GSI_NUM 24

/* Bits of the SMI features. */
#define ICH9_LPC_SMI_F_BROADCAST_BIT 0
#define ICH9_LPC_SMI_F_CPU_HOTPLUG_BIT 1
#define ICH9_LPC_SMI_F_CPU_HOT_UNPLUG_BIT 2
#define ICH9_LPC_SMI_NEGOTIATED_FEAT_PROP "x-smi-negotiated-features"

#define ICH9_LPC_NB_PIRQS 8     /* PIRQA to PIRQH */
#define ICH9_CC_SIZE (16 * 1024)
#define ICH9_CC_ADDR_MASK (ICH9_CC_SIZE - 1)

struct ICH9LPCState {
    /*< private >*/
    PCIDevice d;
    /*< public >*/

    /* The PIRQ of each pin of each slot, from the chip configuration. */
    uint8_t irr[PCI_SLOT_MAX][PCI_NUM_PINS];
    PCIBus *root_bus;           /* whose lines are routed */

    APMState apm;
    ICH9LPCPMRegs pm;
    uint32_t sci_level;
    uint8_t sci_gsi;
    bool spkr_hi;               /* the strap that forbids TCO reboots */

    /* What firmware may ask of SMIs, asks for, and gets: ICH9_LPC_SMI_F_*. */
    uint64_t smi_host_features;
    uint8_t smi_guest_features_le[8];
    uint8_t smi_features_ok;
    uint64_t smi_negotiated_features;

    uint8_t chip_config[ICH9_CC_SIZE];
    MemoryRegion rcrb_mem;
    uint8_t rst_cnt;
    MemoryRegion rst_cnt_mem;

    qemu_irq gsi[ICH9_GPIO_GSI_NUM];
    ISABus *isa_bus;
};

/*
 * System management interrupts (ich9_smi.c): the APM port and the watchdog
 * raise them; firmware negotiates by fw_cfg who gets them.
 */
void ich9_smi_init(ICH9LPCState *lpc);
void ich9_smi_reset(ICH9LPCState *lpc);
void ich9_generate_smi(ICH9LPCState *lpc);
extern const VMStateDescription vmstate_ich9_smi_feat;

/* Takes @bus's interrupt lines. */
void ich9_lpc_route_pci_irqs(ICH9LPCState *lpc, PCIBus *bus);

#endif
