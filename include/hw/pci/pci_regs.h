/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration space layout: the kernel's header is the list. */
#ifndef HW_PCI_PCI_REGS_H
#define HW_PCI_PCI_REGS_H

#include <linux/pci_regs.h>

#endif /* HW_PCI_PCI_REGS_H */
