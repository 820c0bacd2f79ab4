/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message signalled interrupts, the capability without a table in memory
 * space: PCI Local Bus 3.0 section 6.8.1.
 *
 * Called with the big lock held, except msi_notify() and msi_send_message(),
 * which need none as long as the device outlives the call.  A device without
 * MSI is never enabled, and every function does nothing for it.
 */
#ifndef QEMU_MSI_H
#define QEMU_MSI_H

#include "hw/pci/pci.h"

/* What one vector writes: 32 bits of data to an address. */
struct MSIMessage {
    uint64_t address;
    uint32_t data;
};

/* Set by a board whose interrupt controller takes messages. */
extern bool msi_nonbroken;

/*
 * Gives @dev @nr_vectors (a power of two, 1 to 32) vectors in a capability at
 * @offset, or where there is room if that is 0, with a 64-bit address and
 * mask bits as told.  Returns 0; -ENOTSUP where the platform has no working
 * MSI; -EINVAL where the capability overlaps another.  @errp says which.
 */
int msi_init(PCIDevice *dev, uint8_t offset, unsigned int nr_vectors,
             bool msi64bit, bool msi_per_vector_mask, Error **errp);
void msi_uninit(PCIDevice *dev);

/* Disabled, no message, nothing masked or pending. */
void msi_reset(PCIDevice *dev);

bool msi_enabled(const PCIDevice *dev);

/* Vectors that software allowed (Multiple Message Enable), while enabled. */
unsigned int msi_nr_vectors_allocated(const PCIDevice *dev);

static inline bool msi_present(const PCIDevice *dev)
{
    return dev->cap_present & QEMU_PCI_CAP_MSI;
}

/* The message of a vector as it would be sent. */
MSIMessage msi_get_message(PCIDevice *dev, unsigned int vector);
MSIMessage msi_prepare_message(PCIDevice *dev, unsigned int vector);

/* Programs address and data on behalf of the platform's firmware. */
void msi_set_message(PCIDevice *dev, MSIMessage msg);

/* False where the capability has no mask bits. */
bool msi_is_masked(const PCIDevice *dev, unsigned int vector);

/*
 * Masks or unmasks from the device's side, with the effects of a guest write:
 * a pending vector is sent on unmask.  Fails for a vector out of range or a
 * capability without mask bits.
 */
void msi_set_mask(PCIDevice *dev, int vector, bool mask, Error **errp);

/*
 * Signals @vector: sent, or pending where masked.  A vector that software
 * did not allow shares the message of one that it did (6.8.1.3: the low bits
 * of the data).  Ignored while MSI is off, or while MSI-X is on.
 */
void msi_notify(PCIDevice *dev, unsigned int vector);

/* Puts the message on the bus: a 4-byte write by the function. */
void msi_send_message(PCIDevice *dev, MSIMessage msg);

/* Takes notice of @len bytes written at @addr, already in dev->config. */
void msi_write_config(PCIDevice *dev, uint32_t addr, uint32_t val, int len);

#endif /* QEMU_MSI_H */
