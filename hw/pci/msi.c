/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MSI capability: PCI Local Bus 3.0 sections 6.8.1 and 6.8.3.
 *
 * All state is in configuration space.  Pending bits are set from any thread
 * and so change atomically; who clears one is who sends its message.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/range.h"

#define MSI_VECTORS_MAX 32

/* Fields of Message Control, as counts are encoded: log2. */
#define QMASK_SHIFT 1
#define QSIZE_SHIFT 4

bool msi_nonbroken;

/* Where the registers are, which depends on what the function can do. */
static uint8_t *msi_flags(const PCIDevice *d)
{
    return d->config + d->msi_cap + PCI_MSI_FLAGS;
}

static uint16_t msi_control(const PCIDevice *d)
{
    return pci_get_word(msi_flags(d));
}

static unsigned msi_data_offset(uint16_t flags)
{
    return flags & PCI_MSI_FLAGS_64BIT ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32;
}

static unsigned msi_mask_offset(uint16_t flags)
{
    return flags & PCI_MSI_FLAGS_64BIT ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32;
}

static unsigned msi_pending_offset(uint16_t flags)
{
    return msi_mask_offset(flags) + 4;
}

static uint8_t msi_cap_size(uint16_t flags)
{
    return flags & PCI_MSI_FLAGS_MASKBIT ? msi_pending_offset(flags) + 4
                                         : msi_data_offset(flags) + 2;
}

/* The byte with a vector's pending bit; only with PCI_MSI_FLAGS_MASKBIT. */
static uint8_t *msi_pending_byte(PCIDevice *d, unsigned vector)
{
    return d->config + d->msi_cap + msi_pending_offset(msi_control(d)) +
           vector / 8;
}

static uint32_t msi_mask_bits(const PCIDevice *d)
{
    uint16_t flags = msi_control(d);

    if (!(flags & PCI_MSI_FLAGS_MASKBIT)) {
        return 0;
    }
    return pci_get_long(d->config + d->msi_cap + msi_mask_offset(flags));
}

static unsigned msi_vectors_max(const PCIDevice *d)
{
    return 1u << ((msi_control(d) & PCI_MSI_FLAGS_QMASK) >> QMASK_SHIFT);
}

/*** Set-up ***/

int msi_init(PCIDevice *d, uint8_t offset, unsigned int nr_vectors,
             bool msi64bit, bool msi_per_vector_mask, Error **errp)
{
    unsigned order = ctz32(nr_vectors);
    uint16_t flags;
    uint8_t *wmask;
    int cap;

    if (!msi_nonbroken) {
        error_setg(errp, "MSI is not supported by the interrupt controller");
        return -ENOTSUP;
    }
    assert(is_power_of_2(nr_vectors) && nr_vectors <= MSI_VECTORS_MAX);

    flags = order << QMASK_SHIFT;
    flags |= msi64bit ? PCI_MSI_FLAGS_64BIT : 0;
    flags |= msi_per_vector_mask ? PCI_MSI_FLAGS_MASKBIT : 0;
    cap = pci_add_capability(d, PCI_CAP_ID_MSI, offset, msi_cap_size(flags),
                             errp);
    if (cap < 0) {
        return cap;
    }
    d->msi_cap = cap;
    d->cap_present |= QEMU_PCI_CAP_MSI;
    d->msi_prepare_message = msi_prepare_message;

    pci_set_word(msi_flags(d), flags);
    wmask = d->wmask + cap;
    pci_set_word(wmask + PCI_MSI_FLAGS,
                 PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE);
    pci_set_long(wmask + PCI_MSI_ADDRESS_LO, 0xfffffffc);
    if (msi64bit) {
        pci_set_long(wmask + PCI_MSI_ADDRESS_HI, 0xffffffff);
    }
    pci_set_word(wmask + msi_data_offset(flags), 0xffff);
    if (msi_per_vector_mask) {
        pci_set_long(wmask + msi_mask_offset(flags),
                     UINT32_MAX >> (MSI_VECTORS_MAX - nr_vectors));
        /* Pending bits come and go; software just cannot write them. */
        pci_set_long(d->cmask + cap + msi_pending_offset(flags), 0);
    }
    return 0;
}

void msi_uninit(PCIDevice *d)
{
    if (!msi_present(d)) {
        return;
    }
    pci_del_capability(d, PCI_CAP_ID_MSI, msi_cap_size(msi_control(d)));
    d->cap_present &= ~QEMU_PCI_CAP_MSI;
    d->msi_cap = 0;
    d->msi_prepare_message = NULL;
}

void msi_reset(PCIDevice *d)
{
    uint8_t *cap = d->config + d->msi_cap;
    uint16_t flags;

    if (!msi_present(d)) {
        return;
    }
    flags = msi_control(d) & ~(PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE);
    pci_set_word(cap + PCI_MSI_FLAGS, flags);
    pci_set_long(cap + PCI_MSI_ADDRESS_LO, 0);
    if (flags & PCI_MSI_FLAGS_64BIT) {
        pci_set_long(cap + PCI_MSI_ADDRESS_HI, 0);
    }
    pci_set_word(cap + msi_data_offset(flags), 0);
    if (flags & PCI_MSI_FLAGS_MASKBIT) {
        pci_set_long(cap + msi_mask_offset(flags), 0);
        pci_set_long(cap + msi_pending_offset(flags), 0);
    }
}

/*** State ***/

bool msi_enabled(const PCIDevice *d)
{
    return msi_present(d) && (msi_control(d) & PCI_MSI_FLAGS_ENABLE);
}

unsigned int msi_nr_vectors_allocated(const PCIDevice *d)
{
    unsigned n;

    if (!msi_present(d)) {
        return 0;
    }
    n = 1u << ((msi_control(d) & PCI_MSI_FLAGS_QSIZE) >> QSIZE_SHIFT);
    return MIN(n, msi_vectors_max(d));
}

bool msi_is_masked(const PCIDevice *d, unsigned int vector)
{
    return vector < MSI_VECTORS_MAX && msi_present(d) &&
           (msi_mask_bits(d) & (1u << vector));
}

/*
 * Software shall not enable more than Multiple Message Capable says; what it
 * gets if it does is all there are.
 */
void msi_clamp_vectors(PCIDevice *d)
{
    uint16_t flags = msi_control(d);
    uint16_t max = (flags & PCI_MSI_FLAGS_QMASK) >> QMASK_SHIFT;

    if ((flags & PCI_MSI_FLAGS_QSIZE) >> QSIZE_SHIFT > max) {
        flags &= ~PCI_MSI_FLAGS_QSIZE;
        pci_set_word(msi_flags(d), flags | max << QSIZE_SHIFT);
    }
}

/*** Messages ***/

MSIMessage msi_prepare_message(PCIDevice *d, unsigned int vector)
{
    const uint8_t *cap = d->config + d->msi_cap;
    uint16_t flags = msi_control(d);
    unsigned n = msi_nr_vectors_allocated(d);
    MSIMessage msg;

    msg.address = flags & PCI_MSI_FLAGS_64BIT
                  ? pci_get_quad(cap + PCI_MSI_ADDRESS_LO)
                  : pci_get_long(cap + PCI_MSI_ADDRESS_LO);
    /* With several vectors the function owns the low bits (6.8.1.3). */
    msg.data = pci_get_word(cap + msi_data_offset(flags));
    msg.data = (msg.data & ~(n - 1)) | (vector & (n - 1));
    return msg;
}

MSIMessage msi_get_message(PCIDevice *d, unsigned int vector)
{
    if (!msi_present(d)) {
        return (MSIMessage) { 0 };
    }
    return d->msi_prepare_message(d, vector);
}

void msi_set_message(PCIDevice *d, MSIMessage msg)
{
    uint8_t *cap = d->config + d->msi_cap;
    uint16_t flags;

    if (!msi_present(d)) {
        return;
    }
    flags = msi_control(d);
    pci_set_long(cap + PCI_MSI_ADDRESS_LO, msg.address);
    if (flags & PCI_MSI_FLAGS_64BIT) {
        pci_set_long(cap + PCI_MSI_ADDRESS_HI, msg.address >> 32);
    }
    pci_set_word(cap + msi_data_offset(flags), msg.data);
}

void msi_send_message(PCIDevice *d, MSIMessage msg)
{
    d->msi_trigger(d, msg);
}

static bool msi_take_pending(PCIDevice *d, unsigned vector)
{
    uint8_t bit = 1u << (vector % 8);

    return qatomic_fetch_and(msi_pending_byte(d, vector), (uint8_t)~bit) &
           bit;
}

static void msi_deliver_pending(PCIDevice *d, unsigned vector)
{
    if (msi_take_pending(d, vector)) {
        msi_send_message(d, msi_get_message(d, vector));
    }
}

void msi_notify(PCIDevice *d, unsigned int vector)
{
    if (!msi_enabled(d)) {
        return;
    }
    if (unlikely(msix_enabled(d))) {
        if (!d->msi_conflict_logged) {
            d->msi_conflict_logged = true;
            qemu_log_mask(LOG_GUEST_ERROR, "%s: MSI and MSI-X both enabled, "
                          "MSI-X is used\n", d->name);
        }
        return;
    }
    vector &= msi_nr_vectors_allocated(d) - 1;
    if (!msi_is_masked(d, vector)) {
        msi_send_message(d, msi_get_message(d, vector));
        return;
    }
    qatomic_or(msi_pending_byte(d, vector), (uint8_t)(1u << (vector % 8)));
    /* Unmasked meanwhile, by who saw nothing pending? */
    if (!msi_is_masked(d, vector)) {
        msi_deliver_pending(d, vector);
    }
}

/* After a change of masks, or with MSI switched on. */
static void msi_deliver_open(PCIDevice *d)
{
    uint16_t flags = msi_control(d);
    uint32_t open;

    if (!(flags & PCI_MSI_FLAGS_MASKBIT) || !msi_enabled(d) ||
        msix_enabled(d)) {
        return;
    }
    open = ~msi_mask_bits(d) &
           (UINT32_MAX >> (MSI_VECTORS_MAX - msi_nr_vectors_allocated(d))) &
           pci_get_long(d->config + d->msi_cap + msi_pending_offset(flags));
    for (; open; open &= open - 1) {
        unsigned vector = ctz32(open);

        /* A message may write to this very function. */
        if (msi_enabled(d) && !msi_is_masked(d, vector)) {
            msi_deliver_pending(d, vector);
        }
    }
}

void msi_set_mask(PCIDevice *d, int vector, bool mask, Error **errp)
{
    uint8_t *reg;
    uint32_t bits;

    if (!msi_present(d) ||
        !(msi_control(d) & PCI_MSI_FLAGS_MASKBIT)) {
        error_setg(errp, "%s: MSI vectors cannot be masked", d->name);
        return;
    }
    if (vector < 0 || vector >= msi_vectors_max(d)) {
        error_setg(errp, "%s: there is no MSI vector %d", d->name, vector);
        return;
    }
    reg = d->config + d->msi_cap + msi_mask_offset(msi_control(d));
    bits = pci_get_long(reg) & ~(1u << vector);
    pci_set_long(reg, bits | ((uint32_t)mask << vector));
    msi_deliver_open(d);
}

void msi_write_config(PCIDevice *d, uint32_t addr, uint32_t val, int len)
{
    if (!msi_present(d) ||
        !ranges_overlap(addr, len, d->msi_cap,
                        msi_cap_size(msi_control(d)))) {
        return;
    }
    /* A count above the capable is only wrong once it is used. */
    if (msi_enabled(d)) {
        msi_clamp_vectors(d);
    }
    msi_deliver_open(d);
}
