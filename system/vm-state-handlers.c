/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who act when the machine starts and stops, in order of priority. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "qemu/queue.h"
#include "sysemu/runstate.h"
#include "trace.h"

struct VMChangeStateEntry {
    VMChangeStateHandler *cb;
    VMChangeStateHandler *prepare_cb;
    void *opaque;
    int priority;
    QTAILQ_ENTRY(VMChangeStateEntry) entries;
};

typedef QTAILQ_HEAD(, VMChangeStateEntry) EntryList;

/* By rising priority; equal ones in order of registration. */
static EntryList entries = QTAILQ_HEAD_INITIALIZER(entries);

VMChangeStateEntry *qemu_add_vm_change_state_handler_prio_full(
        VMChangeStateHandler *cb, VMChangeStateHandler *prepare_cb,
        void *opaque, int priority)
{
    VMChangeStateEntry *e = g_new0(VMChangeStateEntry, 1);
    VMChangeStateEntry *other;

    e->cb = cb;
    e->prepare_cb = prepare_cb;
    e->opaque = opaque;
    e->priority = priority;

    QTAILQ_FOREACH(other, &entries, entries) {
        if (other->priority > priority) {
            QTAILQ_INSERT_BEFORE(other, e, entries);
            return e;
        }
    }
    QTAILQ_INSERT_TAIL(&entries, e, entries);
    return e;
}

VMChangeStateEntry *qemu_add_vm_change_state_handler_prio(
        VMChangeStateHandler *cb, void *opaque, int priority)
{
    return qemu_add_vm_change_state_handler_prio_full(cb, NULL, opaque,
                                                      priority);
}

VMChangeStateEntry *qemu_add_vm_change_state_handler(VMChangeStateHandler *cb,
                                                     void *opaque)
{
    return qemu_add_vm_change_state_handler_prio(cb, opaque, 0);
}

VMChangeStateEntry *qdev_add_vm_change_state_handler(DeviceState *dev,
                                                     VMChangeStateHandler *cb,
                                                     void *opaque)
{
    const DeviceState *d = dev;
    int depth = 0;

    /* A controller starts before the devices that sit behind it. */
    for (; d && d->parent_bus; d = d->parent_bus->parent) {
        depth++;
    }
    return qemu_add_vm_change_state_handler_prio(cb, opaque, depth);
}

void qemu_del_vm_change_state_handler(VMChangeStateEntry *e)
{
    QTAILQ_REMOVE(&entries, e, entries);
    g_free(e);
}

static void start(RunState state)
{
    VMChangeStateEntry *e, *next;

    QTAILQ_FOREACH_SAFE(e, &entries, entries, next) {
        if (e->prepare_cb) {
            e->prepare_cb(e->opaque, true, state);
        }
    }
    QTAILQ_FOREACH_SAFE(e, &entries, entries, next) {
        e->cb(e->opaque, true, state);
    }
}

static void stop(RunState state)
{
    VMChangeStateEntry *e, *next;

    QTAILQ_FOREACH_REVERSE_SAFE(e, &entries, entries, next) {
        if (e->prepare_cb) {
            e->prepare_cb(e->opaque, false, state);
        }
    }
    QTAILQ_FOREACH_REVERSE_SAFE(e, &entries, entries, next) {
        e->cb(e->opaque, false, state);
    }
}

void vm_state_notify(bool running, RunState state)
{
    trace_vm_state_notify(running, RunState_str(state));
    if (running) {
        start(state);
    } else {
        stop(state);
    }
}
