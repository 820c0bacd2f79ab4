/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The LPC function of the ICH9 south bridge. */
#ifndef HW_SOUTHBRIDGE_ICH9_H
#define HW_SOUTHBRIDGE_ICH9_H

#include "hw/isa/apm.h"
#include "hw/isa/isa.h"
#include "hw/pci/pci.h"

#define TYPE_ICH9_LPC_DEVICE "ICH9-LPC"
OBJECT_DECLARE_SIMPLE_TYPE(ICH9LPCState, ICH9_LPC_DEVICE)

/* Output lines: global system interrupts. */
#define ICH9_GPIO_GSI "gsi"
#define ICH9_GPIO_GSI_NUM 24

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
    uint32_t sci_level;
    uint32_t sci_gsi;
    bool spkr_hi;               /* the strap that forbids TCO reboots */

    uint8_t chip_config[ICH9_CC_SIZE];
    MemoryRegion rcrb_mem;
    uint8_t rst_cnt;
    MemoryRegion rst_cnt_mem;

    qemu_irq gsi[ICH9_GPIO_GSI_NUM];
    ISABus *isa_bus;
};

/* Takes @bus's interrupt lines. */
void ich9_lpc_route_pci_irqs(ICH9LPCState *lpc, PCIBus *bus);

#endif
