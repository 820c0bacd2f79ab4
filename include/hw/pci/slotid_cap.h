/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slot numbering of a bridge: PCI-to-PCI Bridge Architecture 1.2, 13. */
#ifndef PCI_SLOTID_CAP_H
#define PCI_SLOTID_CAP_H

/*
 * Adds the capability: @nslots expansion slots behind @dev, in chassis
 * @chassis (not 0).  The offset 0 means "where there is room".  0 or a
 * negative error.
 */
int slotid_cap_init(PCIDevice *dev, int nslots, uint8_t chassis,
                    unsigned offset, Error **errp);
void slotid_cap_cleanup(PCIDevice *dev);

#endif /* PCI_SLOTID_CAP_H */
