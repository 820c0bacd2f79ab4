/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cards of -nic and -net on PCI. */
#ifndef HW_NET_PCI_NIC_H
#define HW_NET_PCI_NIC_H

#include "hw/pci/pci.h"

/*
 * Models that -nic and -net can name on a board with PCI, sorted; the array
 * ends with NULL, g_ptr_array_unref() it.
 */
GPtrArray *pci_nic_models(void);

/*
 * Makes the card @nd on @bus: of its own model or of the first in
 * @default_models (NULL-terminated) that this program has, at its own address
 * or the next free one.  NULL without @errp where the model was left open and
 * none of these is here.
 */
PCIDevice *pci_nic_init(NICInfo *nd, PCIBus *bus,
                        const char *const *default_models, Error **errp);

#endif
