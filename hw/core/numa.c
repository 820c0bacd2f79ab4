/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NUMA nodes of a machine: from -numa options to RAM, CPU slots and
 * distances (ACPI 6.4, sections 5.2.16 and 5.2.17, is who reads them).
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "machine-internal.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-types.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "sysemu/numa.h"

/*** Options ***/

static bool assign_cpus(MachineState *ms, const uint16List *cpus,
                        uint16_t node, Error **errp)
{
    ERRP_GUARD();
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    for (; cpus; cpus = cpus->next) {
        CpuInstanceProperties props;

        if (cpus->value >= ms->smp.max_cpus) {
            error_setg(errp, "CPU index (%" PRIu16 ") should be smaller than "
                       "maxcpus (%u)", cpus->value, ms->smp.max_cpus);
            return false;
        }
        props = mc->cpu_index_to_instance_props(ms, cpus->value);
        props.has_node_id = true;
        props.node_id = node;
        machine_set_cpu_numa_node(ms, &props, errp);
        if (*errp) {
            return false;
        }
        ms->numa_state->nodes[node].has_cpu = true;
    }
    return true;
}

static HostMemoryBackend *find_memdev(NumaState *numa, const char *id,
                                      Error **errp)
{
    Object *obj = object_resolve_path_type(id, TYPE_MEMORY_BACKEND, NULL);

    if (!obj) {
        error_setg(errp, "memdev=%s: there is no memory backend of this name",
                   id);
        return NULL;
    }
    for (int i = 0; i < MAX_NODES; i++) {
        if (numa->nodes[i].node_memdev == MEMORY_BACKEND(obj)) {
            error_setg(errp, "memory backend %s is used multiple times. Each "
                       "-numa option must use a different memdev value.", id);
            return NULL;
        }
    }
    return MEMORY_BACKEND(obj);
}

/* Adds a node; false with @errp set when it cannot be. */
static bool add_node(MachineState *ms, uint16_t node, const uint16List *cpus,
                     const char *memdev, Error **errp)
{
    NumaState *numa = ms->numa_state;
    HostMemoryBackend *backend = NULL;

    if (node >= MAX_NODES) {
        error_setg(errp, "Max number of NUMA nodes reached: %" PRIu16, node);
        return false;
    }
    if (numa->nodes[node].present) {
        error_setg(errp, "Duplicate NUMA nodeid: %" PRIu16, node);
        return false;
    }
    if (memdev && !(backend = find_memdev(numa, memdev, errp))) {
        return false;
    }
    if (!assign_cpus(ms, cpus, node, errp)) {
        return false;
    }
    if (backend) {
        object_ref(OBJECT(backend));
        numa->nodes[node].node_memdev = backend;
        numa->nodes[node].node_mem = backend->size;
    }
    numa->nodes[node].present = true;
    numa->nodes[node].initiator = MAX_NODES;
    numa->num_nodes++;
    return true;
}

typedef struct NodeOptions {
    bool has_nodeid, has_cpus, has_mem, has_memdev, has_initiator;
    uint16_t nodeid, initiator;
    uint16List *cpus;
    uint64_t mem;
    char *memdev;
} NodeOptions;

static bool visit_node(Visitor *v, NodeOptions *o, Error **errp)
{
    return
        (!visit_optional(v, "nodeid", &o->has_nodeid) ||
         visit_type_uint16(v, "nodeid", &o->nodeid, errp)) &&
        (!visit_optional(v, "cpus", &o->has_cpus) ||
         visit_type_uint16List(v, "cpus", &o->cpus, errp)) &&
        (!visit_optional(v, "mem", &o->has_mem) ||
         visit_type_size(v, "mem", &o->mem, errp)) &&
        (!visit_optional(v, "memdev", &o->has_memdev) ||
         visit_type_str(v, "memdev", &o->memdev, errp)) &&
        (!visit_optional(v, "initiator", &o->has_initiator) ||
         visit_type_uint16(v, "initiator", &o->initiator, errp)) &&
        visit_check_struct(v, errp);
}

static void apply_node(MachineState *ms, const NodeOptions *o, Error **errp)
{
    if (o->has_mem && o->has_memdev) {
        error_setg(errp, "numa configuration should use either mem= or "
                   "memdev=,mixing both is not allowed");
    } else if (o->has_mem) {
        error_setg(errp, "Parameter -numa node,mem is not supported by this "
                   "machine type");
        error_append_hint(errp, "Use -numa node,memdev instead\n");
    } else if (o->has_initiator) {
        error_setg(errp, "ACPI Heterogeneous Memory Attribute Table (HMAT) "
                   "is not there: 'initiator' cannot be used");
    } else {
        add_node(ms, o->has_nodeid ? o->nodeid : ms->numa_state->num_nodes,
                 o->cpus, o->memdev, errp);
    }
}

static void set_node(MachineState *ms, Visitor *v, Error **errp)
{
    NodeOptions o = { 0 };
    uint16List *next;

    if (visit_node(v, &o, errp)) {
        apply_node(ms, &o, errp);
    }
    for (; o.cpus; o.cpus = next) {
        next = o.cpus->next;
        g_free(o.cpus);
    }
    g_free(o.memdev);
}

static void set_distance(MachineState *ms, Visitor *v, Error **errp)
{
    NumaState *numa = ms->numa_state;
    uint16_t src, dst;
    uint8_t val;

    if (!visit_type_uint16(v, "src", &src, errp) ||
        !visit_type_uint16(v, "dst", &dst, errp) ||
        !visit_type_uint8(v, "val", &val, errp) ||
        !visit_check_struct(v, errp)) {
        return;
    }
    if (src >= MAX_NODES || dst >= MAX_NODES) {
        error_setg(errp, "Parameter '%s' expects an integer between 0 and %d",
                   src >= MAX_NODES ? "src" : "dst", MAX_NODES - 1);
    } else if (!numa->nodes[src].present || !numa->nodes[dst].present) {
        error_setg(errp, "Source/Destination NUMA node is missing. Please "
                   "use '-numa node' option to declare it first.");
    } else if (val < NUMA_DISTANCE_MIN) {
        error_setg(errp, "NUMA distance (%" PRIu8 ") is invalid, it "
                   "shouldn't be less than %d.", val, NUMA_DISTANCE_MIN);
    } else if (src == dst && val != NUMA_DISTANCE_MIN) {
        error_setg(errp, "Local distance of node %d should be %d.", src,
                   NUMA_DISTANCE_MIN);
    } else {
        numa->nodes[src].distance[dst] = val;
        numa->have_numa_distance = true;
    }
}

static bool visit_id(Visitor *v, const char *name, bool *has, int64_t *id,
                     Error **errp)
{
    return !visit_optional(v, name, has) || visit_type_int(v, name, id, errp);
}

static void set_cpu(MachineState *ms, Visitor *v, Error **errp)
{
    ERRP_GUARD();
    NumaState *numa = ms->numa_state;
    CpuInstanceProperties p = { 0 };

    if (!visit_id(v, "node-id", &p.has_node_id, &p.node_id, errp) ||
        !visit_id(v, "socket-id", &p.has_socket_id, &p.socket_id, errp) ||
        !visit_id(v, "die-id", &p.has_die_id, &p.die_id, errp) ||
        !visit_id(v, "cluster-id", &p.has_cluster_id, &p.cluster_id, errp) ||
        !visit_id(v, "core-id", &p.has_core_id, &p.core_id, errp) ||
        !visit_id(v, "thread-id", &p.has_thread_id, &p.thread_id, errp) ||
        !visit_check_struct(v, errp)) {
        return;
    }
    if (!p.has_node_id) {
        error_setg(errp, "Missing mandatory node-id property");
    } else if (p.node_id < 0 || p.node_id >= MAX_NODES ||
               !numa->nodes[p.node_id].present) {
        error_setg(errp, "Invalid node-id=%" PRId64 ", NUMA node must be "
                   "defined with -numa node,nodeid=ID before it's used with "
                   "-numa cpu,node-id=ID", p.node_id);
    } else {
        machine_set_cpu_numa_node(ms, &p, errp);
        if (!*errp) {
            numa->nodes[p.node_id].has_cpu = true;
        }
    }
}

void set_numa_options(MachineState *ms, json_t *opts, Error **errp)
{
    Visitor *v;
    int type;

    if (!ms->numa_state) {
        error_setg(errp, "NUMA is not supported by this machine-type");
        return;
    }
    v = json_input_visitor_new_keyval(opts);
    if (visit_start_struct(v, NULL, NULL, 0, errp)) {
        if (visit_type_enum(v, "type", &type, &NumaOptionsType_lookup,
                            errp)) {
            switch (type) {
            case NUMA_OPTIONS_TYPE_NODE:
                set_node(ms, v, errp);
                break;
            case NUMA_OPTIONS_TYPE_DIST:
                set_distance(ms, v, errp);
                break;
            case NUMA_OPTIONS_TYPE_CPU:
                set_cpu(ms, v, errp);
                break;
            default:
                error_setg(errp, "ACPI Heterogeneous Memory Attribute Table "
                           "(HMAT) is not there: '%s' cannot be used",
                           NumaOptionsType_str(type));
                break;
            }
        }
        visit_end_struct(v, NULL);
    }
    visit_free(v);
}

/*** Completion ***/

/* RAM that may be plugged in, and a backend for it, need a node to be in. */
static void add_default_node(MachineState *ms)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    if (ms->numa_state->num_nodes == 0 &&
        ((ms->ram_slots && mc->auto_enable_numa_with_memhp) ||
         mc->auto_enable_numa)) {
        add_node(ms, 0, NULL, NULL, &error_abort);
        ms->numa_state->nodes[0].node_mem = ms->ram_size;
    }
}

static bool check_nodes(MachineState *ms, Error **errp)
{
    NumaState *numa = ms->numa_state;
    uint64_t total = 0;
    int last = -1;

    for (int i = 0; i < MAX_NODES; i++) {
        last = numa->nodes[i].present ? i : last;
    }
    /* The highest gap first. */
    for (int i = last; i >= 0; i--) {
        if (!numa->nodes[i].present) {
            error_setg(errp, "numa: Node ID missing: %d", i);
            return false;
        }
        total += numa->nodes[i].node_mem;
    }
    if (numa->num_nodes && total != ms->ram_size) {
        error_setg(errp, "total memory for NUMA nodes (0x%" PRIx64 ") should "
                   "equal RAM size (0x%" PRIx64 ")", total,
                   (uint64_t)ms->ram_size);
        return false;
    }
    return true;
}

/* Whether some pair has different distances there and back. */
static bool is_asymmetric(const NumaState *numa)
{
    for (int i = 0; i < numa->num_nodes; i++) {
        for (int k = 0; k < i; k++) {
            uint8_t there = numa->nodes[i].distance[k];
            uint8_t back = numa->nodes[k].distance[i];

            if (there && back && there != back) {
                return true;
            }
        }
    }
    return false;
}

/*
 * A distance given one way holds both ways, unless it is plain that ways
 * differ; then all must be given.
 */
static bool complete_distances(NumaState *numa, Error **errp)
{
    bool asymmetric = is_asymmetric(numa);

    if (!numa->have_numa_distance) {
        return true;
    }
    for (int i = 0; i < numa->num_nodes; i++) {
        numa->nodes[i].distance[i] = NUMA_DISTANCE_MIN;
        for (int k = i + 1; k < numa->num_nodes; k++) {
            uint8_t *there = &numa->nodes[i].distance[k];
            uint8_t *back = &numa->nodes[k].distance[i];

            if (!*there && !*back) {
                error_setg(errp, "The distance between node %d and %d is "
                           "missing, at least one distance value between "
                           "each nodes should be provided.", i, k);
                return false;
            }
            if (asymmetric && (!*there || !*back)) {
                error_setg(errp, "At least one asymmetrical pair of "
                           "distances is given, please provide distances for "
                           "both directions of all node pairs.");
                return false;
            }
            *there = *there ? *there : *back;
            *back = *back ? *back : *there;
        }
    }
    return true;
}

/* RAM is a container of the nodes' memory, one after the other. */
static bool make_ram(MachineState *ms, Error **errp)
{
    NumaState *numa = ms->numa_state;
    MemoryRegion *ram;
    uint64_t at = 0;
    bool any = false;

    for (int i = 0; i < numa->num_nodes; i++) {
        any |= numa->nodes[i].node_memdev != NULL;
    }
    if (!any) {
        return true;
    }
    if (ms->memdev) {
        error_setg(errp, "'-numa node,memdev' and '-machine memory-backend' "
                   "properties are mutually exclusive");
        return false;
    }
    ram = g_new(MemoryRegion, 1);
    memory_region_init(ram, OBJECT(ms), MACHINE_GET_CLASS(ms)->default_ram_id,
                       ms->ram_size);
    for (int i = 0; i < numa->num_nodes; i++) {
        HostMemoryBackend *backend = numa->nodes[i].node_memdev;
        MemoryRegion *part;

        if (!backend) {
            continue;
        }
        part = host_memory_backend_get_memory(backend);
        host_memory_backend_set_mapped(backend, true);
        memory_region_add_subregion(ram, at, part);
        vmstate_register_ram_global(part);
        at += memory_region_size(part);
    }
    ms->ram = ram;
    return true;
}

static void describe_slot(GString *text, const CpuInstanceProperties *p)
{
    const char *comma = "";

    g_string_append_c(text, '[');
#define PART(field, name) \
    if (p->has_##field) { \
        g_string_append_printf(text, "%s" name ": %" PRId64, comma, \
                               p->field); \
        comma = ", "; \
    }
    PART(socket_id, "socket-id");
    PART(die_id, "die-id");
    PART(cluster_id, "cluster-id");
    PART(core_id, "core-id");
    PART(thread_id, "thread-id");
#undef PART
    g_string_append_c(text, ']');
}

/*
 * Nodes for CPUs that no option spoke of: as the machine likes it where no
 * option spoke of CPUs at all; else node 0, with a warning.
 */
static void place_cpus(MachineState *ms)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    NumaState *numa = ms->numa_state;
    g_autoptr(GString) left = g_string_new(NULL);
    bool any = false;

    mc->possible_cpu_arch_ids(ms);
    for (int i = 0; i < ms->possible_cpus->len; i++) {
        any |= ms->possible_cpus->cpus[i].props.has_node_id;
    }
    for (int i = 0; i < ms->possible_cpus->len; i++) {
        CpuInstanceProperties *p = &ms->possible_cpus->cpus[i].props;

        if (p->has_node_id) {
            continue;
        }
        p->has_node_id = true;
        if (any) {
            g_string_append_printf(left, "%sCPU %d ", left->len ? ", " : "",
                                   i);
            describe_slot(left, p);
            p->node_id = 0;
        } else {
            p->node_id = mc->get_default_cpu_node_id(ms, i) %
                         numa->num_nodes;
        }
        numa->nodes[p->node_id].has_cpu = true;
    }
    if (left->len) {
        warn_report("CPU(s) not present in any NUMA nodes: %s", left->str);
        warn_report("All CPU(s) up to maxcpus should be described in NUMA "
                    "config, ability to start up with partial NUMA mappings "
                    "is obsoleted and will be removed in future");
    }
}

bool numa_complete_configuration(MachineState *ms, Error **errp)
{
    add_default_node(ms);
    if (!check_nodes(ms, errp) ||
        !complete_distances(ms->numa_state, errp) || !make_ram(ms, errp)) {
        return false;
    }
    if (ms->numa_state->num_nodes) {
        place_cpus(ms);
    }
    return true;
}

/*** The machine at work ***/

void numa_cpu_pre_plug(const CPUArchId *slot, DeviceState *dev, Error **errp)
{
    int64_t node = object_property_get_int(OBJECT(dev), "node-id",
                                           &error_abort);

    if (!slot->props.has_node_id) {
        return;
    }
    if (node == -1) {
        object_property_set_int(OBJECT(dev), "node-id", slot->props.node_id,
                                errp);
    } else if (node != slot->props.node_id) {
        error_setg(errp, "invalid node-id, must be %" PRId64,
                   slot->props.node_id);
    }
}

void query_numa_node_mem(NumaNodeMem node_mem[], MachineState *ms)
{
    for (int i = 0; i < ms->numa_state->num_nodes; i++) {
        node_mem[i].node_mem = ms->numa_state->nodes[i].node_mem;
        node_mem[i].node_plugged_mem = 0;
    }
}

void machine_init_numa(MachineState *ms)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    if (mc->cpu_index_to_instance_props && mc->get_default_cpu_node_id) {
        ms->numa_state = g_new0(NumaState, 1);
    }
}

void machine_free_numa(MachineState *ms)
{
    for (int i = 0; ms->numa_state && i < MAX_NODES; i++) {
        object_unref(OBJECT(ms->numa_state->nodes[i].node_memdev));
    }
    g_free(ms->numa_state);
}
