/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PIIX3 south bridge's function 0: the bridge to ISA. */
#ifndef HW_SOUTHBRIDGE_PIIX_H
#define HW_SOUTHBRIDGE_PIIX_H

#include "hw/isa/isa.h"
#include "hw/pci/pci.h"

#define TYPE_PIIX3_PCI_DEVICE "pci-piix3"
#define TYPE_PIIX3_DEVICE "PIIX3"
OBJECT_DECLARE_SIMPLE_TYPE(PIIX3State, PIIX3_PCI_DEVICE)

#define PIIX_NUM_PIRQS 4        /* PIRQA to PIRQD */
#define PIIX_NUM_PIC_IRQS 16

/* The reset control register. */
#define PIIX_RCR_IOPORT 0xcf9

struct PIIX3State {
    /*< private >*/
    PCIDevice dev;
    /*< public >*/

    PCIBus *root_bus;
    qemu_irq *pic;              /* the sixteen ISA lines */
    ISABus *isa_bus;

    /* Levels of PIRQA to PIRQD, for the stream. */
    int32_t pci_irq_levels_vmstate[PIIX_NUM_PIRQS];

    uint8_t rcr;
    MemoryRegion rcr_mem;
};

/* Takes @bus's interrupt lines and drives @pic. */
void piix3_route_pci_irqs(PIIX3State *s, PCIBus *bus, qemu_irq *pic);

#endif
