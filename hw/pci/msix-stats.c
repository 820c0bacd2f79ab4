/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts of what MSI-X vectors did (MSIX.md rows 11, 20 and 21): an observer
 * that `info msix` and `query-msix` read.
 *
 * The counters hang on the PCIDevice, so that counting costs no look-up.  A
 * vector is as a rule notified by one thread; two that share one may lose a
 * count, never more.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix-observer.h"
#include "qemu/atomic.h"
#include "trace.h"

struct MSIXStats {
    unsigned n;
    /* Index 0 is for notifies that named no vector, i + 1 for vector i. */
    MSIXVectorStats vector[];
};

static const char *const drop_reason_str[MSIX_DROP__MAX] = {
    [MSIX_DROP_NONE] = "none",
    [MSIX_DROP_UNUSED] = "unused",
    [MSIX_DROP_BUS_MASTER] = "bus-master-off",
    [MSIX_DROP_D3HOT] = "d3hot",
    [MSIX_DROP_REFUSED] = "refused",
};

const char *msix_drop_reason_str(MSIXDropReason reason)
{
    return reason < MSIX_DROP__MAX ? drop_reason_str[reason] : "unknown";
}

static struct MSIXStats *msix_stats_new(PCIDevice *dev)
{
    unsigned n = msix_nr_vectors_allocated(dev);
    struct MSIXStats *stats, *other;

    stats = g_malloc0(sizeof(*stats) + (n + 1) * sizeof(stats->vector[0]));
    stats->n = n;
    other = qatomic_cmpxchg(&dev->msix_stats, NULL, stats);
    if (other) {
        g_free(stats);
        return other;
    }
    return stats;
}

static void count(uint64_t *counter)
{
    qatomic_set(counter, qatomic_read(counter) + 1);
}

static void msix_stats_event(PCIDevice *dev, const MSIXEvent *event)
{
    struct MSIXStats *stats;
    MSIXVectorStats *v;

    if (event->type > MSIX_EVENT_DROPPED) {
        return;
    }
    stats = qatomic_read(&dev->msix_stats);
    if (unlikely(!stats)) {
        stats = msix_stats_new(dev);
    }
    v = &stats->vector[(unsigned)event->vector < stats->n ?
                       event->vector + 1 : 0];
    switch (event->type) {
    case MSIX_EVENT_SENT:
        count(&v->sent);
        break;
    case MSIX_EVENT_PENDED:
        count(&v->pended);
        break;
    default:
        count(&v->dropped[event->reason]);
        trace_msix_dropped(dev->name, event->vector,
                           msix_drop_reason_str(event->reason));
        break;
    }
}

static const MSIXObserver stats_observer = { .event = msix_stats_event };

void msix_stats_start(void)
{
    msix_observer_add(&stats_observer);
}

MSIXVectorStats msix_stats_get(const PCIDevice *dev, int vector)
{
    const struct MSIXStats *stats = qatomic_read(&dev->msix_stats);

    if (!stats || vector >= (int)stats->n || vector < -1) {
        return (MSIXVectorStats) { 0 };
    }
    return stats->vector[vector + 1];
}

uint64_t msix_stats_dropped(const MSIXVectorStats *stats)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < MSIX_DROP__MAX; i++) {
        sum += stats->dropped[i];
    }
    return sum;
}

void msix_stats_free(PCIDevice *dev)
{
    g_clear_pointer(&dev->msix_stats, g_free);
}
