/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several observers on the one hook of msix.h, and the statistics, which are
 * the first of them.
 */
#ifndef HW_PCI_MSIX_OBSERVER_H
#define HW_PCI_MSIX_OBSERVER_H

#include "hw/pci/msix.h"

/*
 * Adds or removes an observer.  Each sees every event, in the order they were
 * added; a message is admitted only if all admit it.  @observer must stay
 * valid until removed.  Called with the big lock held.
 */
void msix_observer_add(const MSIXObserver *observer);
void msix_observer_remove(const MSIXObserver *observer);

/* What happened to one vector since the device was made or counts reset. */
typedef struct MSIXVectorStats {
    uint64_t sent;
    uint64_t pended;
    uint64_t dropped[MSIX_DROP__MAX];   /* by reason */
} MSIXVectorStats;

/* Starts counting, for all devices; before that every count is 0. */
void msix_stats_start(void);

/*
 * Counts of a vector of @dev, or of the notifies that named no vector of its
 * table (@vector == -1).  All zero where nothing was counted.
 */
MSIXVectorStats msix_stats_get(const PCIDevice *dev, int vector);

/* Sum of the dropped counts. */
uint64_t msix_stats_dropped(const MSIXVectorStats *stats);

/* In words: "unused", "bus-master-off", "d3hot", "refused". */
const char *msix_drop_reason_str(MSIXDropReason reason);

/* Frees what is kept for @dev; called when the function goes away. */
void msix_stats_free(PCIDevice *dev);

#endif /* HW_PCI_MSIX_OBSERVER_H */
