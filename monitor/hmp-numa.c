/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "info numa" */
#include "qemu/osdep.h"

#include "hw/core/cpu.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "sysemu/numa.h"

static void print_cpus(Monitor *mon, int node)
{
    CPUState *cpu;

    monitor_printf(mon, "node %d cpus:", node);
    CPU_FOREACH(cpu) {
        if (object_property_find(OBJECT(cpu), "node-id") &&
            object_property_get_int(OBJECT(cpu), "node-id", &error_abort) ==
            node) {
            monitor_printf(mon, " %d", cpu->cpu_index);
        }
    }
    monitor_printf(mon, "\n");
}

static void info_numa(Monitor *mon, const json_t *args)
{
    NumaState *numa = current_machine->numa_state;
    g_autofree NumaNodeMem *mem = NULL;

    monitor_printf(mon, "%d nodes\n", numa ? numa->num_nodes : 0);
    if (!numa || !numa->num_nodes) {
        return;
    }
    mem = g_new0(NumaNodeMem, numa->num_nodes);
    query_numa_node_mem(mem, current_machine);
    for (int i = 0; i < numa->num_nodes; i++) {
        print_cpus(mon, i);
        monitor_printf(mon, "node %d size: %" PRIu64 " MB\n", i,
                       (mem[i].node_mem + mem[i].node_plugged_mem) >> 20);
        monitor_printf(mon, "node %d plugged: %" PRIu64 " MB\n", i,
                       mem[i].node_plugged_mem >> 20);
    }
}

static const HMPCommand commands[] = {
    { "numa", "", "", "show the NUMA nodes", info_numa },
    { }
};

static void hmp_numa_init(void)
{
    hmp_register_info(commands);
}
hmp_init(hmp_numa_init);
