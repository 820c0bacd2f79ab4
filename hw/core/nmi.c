/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Delivery of the "nmi" command to whoever in the machine handles it. */
#include "qemu/osdep.h"
#include "hw/nmi.h"
#include "qapi/error.h"

typedef struct NMISearch {
    int cpu_index;
    Error *err;
    bool found;
} NMISearch;

/*
 * A handler is asked before what is below it: one that is found there, too,
 * is asked as well, as several buses may each have their own.
 */
static int deliver_below(Object *obj, void *opaque)
{
    NMISearch *s = opaque;
    Object *n = object_dynamic_cast(obj, TYPE_NMI);

    if (n) {
        s->found = true;
        NMI_GET_CLASS(n)->nmi_monitor_handler(NMI(n), s->cpu_index, &s->err);
        if (s->err) {
            return -1;
        }
    }
    return object_child_foreach(obj, deliver_below, s);
}

void nmi_monitor_handle(int cpu_index, Error **errp)
{
    NMISearch s = { .cpu_index = cpu_index };

    object_child_foreach(object_get_root(), deliver_below, &s);
    if (!s.found) {
        error_setg(errp, "machine does not provide NMIs");
    } else {
        error_propagate(errp, s.err);
    }
}

static const TypeInfo nmi_types[] = {
    {
        .name = TYPE_NMI,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(NMIClass),
    },
};

DEFINE_TYPES(nmi_types)
