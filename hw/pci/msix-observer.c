/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sharing of the MSI-X observer hook (MSIX.md row 20).
 *
 * msix.c calls one observer.  While there is only one, it is installed as it
 * is; from the second on a dispatcher stands in between.  The list is a small
 * array that is replaced whole, never changed: notifies come from any thread.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix-observer.h"
#include "qemu/atomic.h"
#include "qemu/rcu.h"

typedef struct ObserverList {
    struct rcu_head rcu;
    unsigned n;
    const MSIXObserver *observer[];
} ObserverList;

static ObserverList *observers;

static bool msix_observers_admit(PCIDevice *dev, unsigned vector)
{
    RCU_READ_LOCK_GUARD();
    const ObserverList *list = qatomic_rcu_read(&observers);

    for (unsigned i = 0; list && i < list->n; i++) {
        if (list->observer[i]->admit &&
            !list->observer[i]->admit(dev, vector)) {
            return false;
        }
    }
    return true;
}

static void msix_observers_event(PCIDevice *dev, const MSIXEvent *event)
{
    RCU_READ_LOCK_GUARD();
    const ObserverList *list = qatomic_rcu_read(&observers);

    for (unsigned i = 0; list && i < list->n; i++) {
        list->observer[i]->event(dev, event);
    }
}

static const MSIXObserver dispatcher = {
    .admit = msix_observers_admit,
    .event = msix_observers_event,
};

static void msix_observers_install(ObserverList *list)
{
    ObserverList *old = observers;

    qatomic_rcu_set(&observers, list);
    qatomic_set(&msix_observer, list->n == 0 ? NULL :
                list->n == 1 ? list->observer[0] : &dispatcher);
    if (old) {
        g_free_rcu(old, rcu);
    }
}

static ObserverList *msix_observers_copy_without(const MSIXObserver *observer)
{
    unsigned n = observers ? observers->n : 0;
    ObserverList *list = g_malloc0(sizeof(*list) +
                                   (n + 1) * sizeof(list->observer[0]));

    for (unsigned i = 0; i < n; i++) {
        if (observers->observer[i] != observer) {
            list->observer[list->n++] = observers->observer[i];
        }
    }
    return list;
}

void msix_observer_add(const MSIXObserver *observer)
{
    ObserverList *list = msix_observers_copy_without(observer);

    list->observer[list->n++] = observer;
    msix_observers_install(list);
}

void msix_observer_remove(const MSIXObserver *observer)
{
    msix_observers_install(msix_observers_copy_without(observer));
}
