/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The slot numbering capability: PCI-to-PCI Bridge Architecture 1.2 chapter
 * 13.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/pci/slotid_cap.h"
#include "qapi/error.h"

#define SLOTID_CAP_SIZE 4
#define SLOTS_MAX (PCI_SLOT_MAX - 1)

int slotid_cap_init(PCIDevice *d, int nslots, uint8_t chassis,
                    unsigned offset, Error **errp)
{
    int cap;

    if (!chassis) {
        error_setg(errp, "Bridge chassis not specified. Each bridge is "
                   "required to be assigned a unique chassis id > 0.");
        return -EINVAL;
    }
    if (nslots < 0 || nslots > SLOTS_MAX) {
        error_setg(errp, "a bridge cannot have %d slots", nslots);
        return -EINVAL;
    }
    cap = pci_add_capability(d, PCI_CAP_ID_SLOTID, offset, SLOTID_CAP_SIZE,
                             errp);
    if (cap < 0) {
        return cap;
    }
    d->config[cap + PCI_SID_ESR] = (nslots & PCI_SID_ESR_NSLOTS) |
                                   PCI_SID_ESR_FIC;
    d->cmask[cap + PCI_SID_ESR] = 0xff;
    d->config[cap + PCI_SID_CHASSIS_NR] = chassis;
    /* Software may number chassis anew. */
    d->wmask[cap + PCI_SID_CHASSIS_NR] = 0xff;
    d->cap_present |= QEMU_PCI_CAP_SLOTID;
    return 0;
}

void slotid_cap_cleanup(PCIDevice *d)
{
    if (d->cap_present & QEMU_PCI_CAP_SLOTID) {
        pci_del_capability(d, PCI_CAP_ID_SLOTID, SLOTID_CAP_SIZE);
        d->cap_present &= ~QEMU_PCI_CAP_SLOTID;
    }
}
