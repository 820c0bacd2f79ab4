/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X for PCI functions: PCI Local Bus 3.0 section 6.8.2, PCI Express Base
 * sections 6.1.4 and 7.7.2.
 *
 * Unless a function says otherwise it is called with the big lock held, does
 * nothing (or answers "no") for a device without MSI-X, and accepts any
 * vector number: one past the table is never used, always masked, and
 * nothing is ever sent for it.
 */
#ifndef QEMU_MSIX_H
#define QEMU_MSIX_H

#include "hw/pci/msi.h"
#include "hw/pci/pci.h"

/* Table Size is an 11-bit field that holds the count less one. */
#define MSIX_MAX_VECTORS 2048

/*
 * Makes @dev capable of @nentries MSI-X vectors.
 *
 * The table goes to @table_offset (bytes) of @table_bar, which is or becomes
 * BAR @table_bar_nr, the pending bit array to @pba_offset of @pba_bar; the
 * two may be the same region.  The capability is placed at @cap_pos in
 * configuration space, or where there is room if that is 0.  All vectors
 * start masked, unused and not pending; MSI-X starts disabled.
 *
 * Returns 0; -ENOTSUP where the platform cannot deliver MSI
 * (msi_nonbroken is false); -EINVAL where the count is not in 1 to 2048 or
 * the structures overlap, do not fit, or are not 8-byte aligned, or where
 * @cap_pos is taken.  A failure leaves @dev untouched and sets @errp.
 */
int msix_init(PCIDevice *dev, unsigned nentries,
              MemoryRegion *table_bar, uint8_t table_bar_nr,
              unsigned table_offset, MemoryRegion *pba_bar,
              uint8_t pba_bar_nr, unsigned pba_offset, uint8_t cap_pos,
              Error **errp);

/*
 * The same with a memory BAR of its own, @bar_nr, which it registers.  The
 * layout is part of the migration contract: 4 KiB with the table at 0 and
 * the PBA at 2 KiB for up to 128 vectors; above that the PBA follows the
 * table and the size is the next power of two that holds both.
 */
int msix_init_exclusive_bar(PCIDevice *dev, unsigned nentries,
                            uint8_t bar_nr, Error **errp);

/*
 * Undo msix_init() and msix_init_exclusive_bar().  Routes still in use are
 * released first.  The regions must be those given to msix_init().
 */
void msix_uninit(PCIDevice *dev, MemoryRegion *table_bar,
                 MemoryRegion *pba_bar);
void msix_uninit_exclusive_bar(PCIDevice *dev);

/*
 * Takes notice of a configuration write of @len bytes at @addr.  Called after
 * the bytes are in dev->config; only a write that covers the upper byte of
 * Message Control, where the enable and function mask bits are, matters.
 */
void msix_write_config(PCIDevice *dev, uint32_t addr, uint32_t val, int len);

/* Back to the state after msix_init(); use counts and notifiers stay. */
void msix_reset(PCIDevice *dev);

/* Whether the function has the capability, and whether it is switched on. */
int msix_present(PCIDevice *dev);
int msix_enabled(PCIDevice *dev);
/* Number of vectors, 0 without MSI-X. */
unsigned int msix_nr_vectors_allocated(const PCIDevice *dev);

/* Masked by its own bit, by the function mask, or by MSI-X being off. */
bool msix_is_masked(PCIDevice *dev, unsigned vector);
bool msix_is_pending(PCIDevice *dev, unsigned vector);

/*
 * The message of an entry as it would be sent (through
 * dev->msix_prepare_message where the platform sets that).  All zero for a
 * vector out of range.
 */
MSIMessage msix_get_message(PCIDevice *dev, unsigned vector);
/*
 * Programs and unmasks an entry on behalf of the platform's firmware, with
 * the effects that the same guest writes would have.
 */
void msix_set_message(PCIDevice *dev, int vector, MSIMessage msg);
/* Writes an entry's mask bit with the effects of a guest write. */
void msix_set_mask(PCIDevice *dev, int vector, bool mask);

/*
 * Signals @vector: sends its message, or sets its pending bit where masked.
 * Ignored for a vector that is not in use.  Needs no lock as long as the
 * device outlives the call.
 */
void msix_notify(PCIDevice *dev, unsigned vector);

/*
 * The pending bit alone, for devices whose causes behave like levels.
 * Setting it sends nothing, also for an unmasked vector.  No lock needed.
 */
void msix_set_pending(PCIDevice *dev, unsigned vector);
void msix_clr_pending(PCIDevice *dev, int vector);

/*
 * Reference-counted use of vectors: only one in use delivers or pends, and
 * the last unuse drops what is pending.  msix_vector_use() returns 0, or
 * -EINVAL for a vector out of range.  An unuse without a use is harmless.
 */
int msix_vector_use(PCIDevice *dev, unsigned vector);
void msix_vector_unuse(PCIDevice *dev, unsigned vector);
void msix_unuse_all_vectors(PCIDevice *dev);

/*
 * Routing hooks, for who delivers around msix_notify() (irqfd and the like).
 *
 * @use is called with the message when a vector becomes deliverable,
 * @release when it ceases to be; the two are in balance for each vector at
 * all times, and a message that changes while deliverable is a release and a
 * use.  @poll (may be NULL) is called before the guest reads pending bits,
 * to mark those of vectors @first to @end - 1 that fired meanwhile.
 *
 * Vectors that are deliverable already are used at once; if @use fails for
 * one, those before it are released, no hook stays set, and its negative
 * error is returned.  A @use that fails later leaves the vector without a
 * route: msix_notify() goes on to serve it, and the next change tries again.
 */
int msix_set_vector_notifiers(PCIDevice *dev,
                              MSIVectorUseNotifier use_notifier,
                              MSIVectorReleaseNotifier release_notifier,
                              MSIVectorPollNotifier poll_notifier);
void msix_unset_vector_notifiers(PCIDevice *dev);

/*
 * Migration: the table, 16 bytes an entry, then one pending bit a vector in
 * ceil(n / 8) bytes.  The control word travels with configuration space,
 * which must be loaded before.  msix_load() reports a bad stream, marks @f
 * failed and leaves the device as it was; so does vmstate_msix.
 */
void msix_save(PCIDevice *dev, QEMUFile *f);
void msix_load(PCIDevice *dev, QEMUFile *f);

/*
 * Whether @config, a configuration space about to be loaded into @dev, has
 * MSI-X of the same vector count as the device.  False sets @errp, naming
 * both counts.
 */
bool msix_config_loadable(PCIDevice *dev, const uint8_t *config,
                          Error **errp);

extern const VMStateDescription vmstate_msix;

#define VMSTATE_MSIX_TEST(field_, state_, test_) {               \
    .name = stringify(field_),                                   \
    .field_exists = (test_),                                     \
    .size = sizeof(PCIDevice),                                   \
    .vmsd = &vmstate_msix,                                       \
    .flags = VMS_STRUCT,                                         \
    .offset = vmstate_offset_value(state_, field_, PCIDevice),   \
}

#define VMSTATE_MSIX(field_, state_) VMSTATE_MSIX_TEST(field_, state_, NULL)

/*
 * Observation.  One observer sees all that happens to MSI-X state, in order,
 * in the thread where it happens; statistics, timeline and fault injection
 * stand on it (msix-observer.h lets several share it).
 */
typedef enum MSIXEventType {
    MSIX_EVENT_SENT,            /* message on its way to the bus */
    MSIX_EVENT_PENDED,          /* masked: the pending bit is set instead */
    MSIX_EVENT_DROPPED,         /* lost: see reason */
    MSIX_EVENT_MASK,            /* one vector's own mask bit */
    MSIX_EVENT_UNMASK,
    MSIX_EVENT_ENABLE,          /* the function: vector is -1 */
    MSIX_EVENT_DISABLE,
    MSIX_EVENT_CONFIG,          /* Message Control written */
    MSIX_EVENT__MAX
} MSIXEventType;

typedef enum MSIXDropReason {
    MSIX_DROP_NONE,
    MSIX_DROP_UNUSED,           /* no such vector, or not in use */
    MSIX_DROP_BUS_MASTER,       /* the Bus Master bit is off */
    MSIX_DROP_D3HOT,            /* the function is not in D0 */
    MSIX_DROP_REFUSED,          /* the observer did not admit it */
    MSIX_DROP__MAX
} MSIXDropReason;

typedef struct MSIXEvent {
    MSIXEventType type;
    MSIXDropReason reason;      /* of a DROPPED event */
    int vector;                 /* -1 for events of the whole function */
    MSIMessage message;         /* of a SENT event */
} MSIXEvent;

typedef struct MSIXObserver {
    /* Asked before a message leaves; false drops it.  May be NULL. */
    bool (*admit)(PCIDevice *dev, unsigned vector);
    /* Told of what happened. */
    void (*event)(PCIDevice *dev, const MSIXEvent *event);
} MSIXObserver;

/* NULL when nobody looks.  Set with the big lock held. */
extern const MSIXObserver *msix_observer;

#endif /* QEMU_MSIX_H */
