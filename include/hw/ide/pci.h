/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI IDE functions: two channels with a bus master each. */
#ifndef HW_IDE_PCI_H
#define HW_IDE_PCI_H

#include "hw/ide/internal.h"
#include "hw/pci/pci_device.h"

#define TYPE_PCI_IDE "pci-ide"
OBJECT_DECLARE_SIMPLE_TYPE(PCIIDEState, PCI_IDE)

/* A channel's DMA engine (SFF-8038i, Programming Interface). */
typedef struct BMDMAState {
    uint8_t cmd;
    uint8_t status;
    uint32_t addr;              /* of the table of descriptors */

    /* Where in the table it is; _addr and _len: what is left of an entry. */
    uint32_t cur_addr;
    uint32_t cur_prd_last;
    uint32_t cur_prd_addr;
    uint32_t cur_prd_len;

    IDEBus *bus;
    PCIIDEState *pci_dev;
    MemoryRegion extra_io;      /* command and status */
    MemoryRegion addr_ioport;
    qemu_irq irq;               /* the bus's line, after it passed here */

    /* For the stream only. */
    uint8_t migration_compat_status;
    uint8_t migration_retry_unit;
    int64_t migration_retry_sector_num;
    uint32_t migration_retry_nsector;
} BMDMAState;

struct PCIIDEState {
    PCIDevice parent_obj;

    IDEBus bus[2];
    BMDMAState bmdma[2];
    MemoryRegion bmdma_bar;
};

/* The engine of a channel whose bus and line are there. */
void bmdma_init(IDEBus *bus, BMDMAState *bm, PCIIDEState *d);
/* BAR 4: both engines. */
void bmdma_setup_bar(PCIIDEState *d);

extern const VMStateDescription vmstate_ide_pci;

#endif /* HW_IDE_PCI_H */
