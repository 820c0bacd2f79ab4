/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NUMA nodes: which RAM and which CPUs are near each other (-numa).
 *
 * MachineState.numa_state is NULL for machines without such nodes.
 */
#ifndef SYSEMU_NUMA_H
#define SYSEMU_NUMA_H

#include "hw/boards.h"
#include "sysemu/hostmem.h"

/* Distances, as ACPI's SLIT has them. */
#define NUMA_DISTANCE_MIN 10
#define NUMA_DISTANCE_DEFAULT 20
#define NUMA_DISTANCE_MAX 254
#define NUMA_DISTANCE_UNREACHABLE 255

typedef struct NodeInfo {
    uint64_t node_mem;          /* bytes of RAM */
    HostMemoryBackend *node_memdev;
    bool present;
    bool has_cpu;
    bool has_gi;
    uint16_t initiator;
    uint8_t distance[MAX_NODES];        /* 0: not given */
} NodeInfo;

typedef struct NumaState {
    int num_nodes;
    bool have_numa_distance;    /* distances were given: SLIT is wanted */
    bool hmat_enabled;
    NodeInfo nodes[MAX_NODES];
} NumaState;

typedef struct NumaNodeMem {
    uint64_t node_mem;
    uint64_t node_plugged_mem;
} NumaNodeMem;

/*
 * One -numa option: QAPI's NumaOptions with values as strings.  @errp says
 * what is wrong with it.
 */
void set_numa_options(MachineState *ms, json_t *opts, Error **errp);

/*
 * Checks the nodes once all options are there, completes distances and makes
 * ms->ram of the nodes' memory; called by machine_run_board_init().
 */
bool numa_complete_configuration(MachineState *ms, Error **errp);

/*
 * A CPU's "node-id" must be that of its slot, which it gets when it has none.
 */
void numa_cpu_pre_plug(const CPUArchId *slot, DeviceState *dev, Error **errp);

/* How much RAM each of the first num_nodes nodes has. */
void query_numa_node_mem(NumaNodeMem node_mem[], MachineState *ms);

#endif
