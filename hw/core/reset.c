/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of functions that make up a system reset. */
#include "qemu/osdep.h"
#include "qemu/queue.h"
#include "sysemu/reset.h"

typedef struct ResetEntry {
    QTAILQ_ENTRY(ResetEntry) entry;
    QEMUResetHandler *func;
    void *opaque;
    bool skip_on_snapshot_load;
} ResetEntry;

static QTAILQ_HEAD(, ResetEntry) handlers = QTAILQ_HEAD_INITIALIZER(handlers);

static void add(QEMUResetHandler *func, void *opaque, bool skip)
{
    ResetEntry *re = g_new0(ResetEntry, 1);

    re->func = func;
    re->opaque = opaque;
    re->skip_on_snapshot_load = skip;
    QTAILQ_INSERT_TAIL(&handlers, re, entry);
}

void qemu_register_reset(QEMUResetHandler *func, void *opaque)
{
    add(func, opaque, false);
}

void qemu_register_reset_nosnapshotload(QEMUResetHandler *func, void *opaque)
{
    add(func, opaque, true);
}

void qemu_unregister_reset(QEMUResetHandler *func, void *opaque)
{
    ResetEntry *re;

    QTAILQ_FOREACH(re, &handlers, entry) {
        if (re->func == func && re->opaque == opaque) {
            QTAILQ_REMOVE(&handlers, re, entry);
            g_free(re);
            return;
        }
    }
}

void qemu_devices_reset(ShutdownCause reason)
{
    ResetEntry *re, *next;

    QTAILQ_FOREACH_SAFE(re, &handlers, entry, next) {
        if (reason != SHUTDOWN_CAUSE_SNAPSHOT_LOAD ||
            !re->skip_on_snapshot_load) {
            re->func(re->opaque);
        }
    }
}
