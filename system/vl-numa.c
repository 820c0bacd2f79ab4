/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -numa: noted first, as its nodes name objects and CPUs. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/keyval.h"
#include "sysemu/numa.h"
#include "vl.h"

void vl_opt_numa(const char *arg, Error **errp)
{
    static const char *const lists[] = { "cpus", NULL };
    json_t *opts = keyval_parse_flat_lists(arg, "type", lists, NULL, errp);

    if (opts) {
        vl_note(&vl.numa, arg, opts, false);
    }
}

static void add_numa_option(VLItem *item, Error **errp)
{
    set_numa_options(current_machine, item->opts, errp);
}

bool vl_set_numa(Error **errp)
{
    return vl_foreach(vl.numa, add_numa_option, errp);
}
