/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slots of a machine for CPUs, as clients and NUMA see them. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"

/* Members of a position, for JSON and for comparing. */
static const struct {
    const char *name;
    size_t has;
    size_t value;
} members[] = {
#define MEMBER(text, field) \
    { text, offsetof(CpuInstanceProperties, has_##field), \
      offsetof(CpuInstanceProperties, field) }
    MEMBER("node-id", node_id),
    MEMBER("socket-id", socket_id),
    MEMBER("die-id", die_id),
    MEMBER("cluster-id", cluster_id),
    MEMBER("core-id", core_id),
    MEMBER("thread-id", thread_id),
#undef MEMBER
};

static bool has(const CpuInstanceProperties *p, int i)
{
    return *(const bool *)((const char *)p + members[i].has);
}

static int64_t value(const CpuInstanceProperties *p, int i)
{
    return *(const int64_t *)((const char *)p + members[i].value);
}

static json_t *position_to_json(const CpuInstanceProperties *p)
{
    json_t *obj = json_object();
    int i;

    for (i = 0; i < ARRAY_SIZE(members); i++) {
        if (has(p, i)) {
            json_object_set_new(obj, members[i].name,
                                json_integer(value(p, i)));
        }
    }
    return obj;
}

json_t *machine_query_hotpluggable_cpus(MachineState *machine)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);
    json_t *list = json_array();
    const CPUArchIdList *slots;
    int i;

    if (!mc->possible_cpu_arch_ids) {
        return list;
    }
    /* Newest first, as clients know it. */
    slots = mc->possible_cpu_arch_ids(machine);
    for (i = slots->len - 1; i >= 0; i--) {
        const CPUArchId *slot = &slots->cpus[i];
        json_t *item = json_pack("{s:s, s:I, s:o}",
                                 "type", slot->type,
                                 "vcpus-count", (json_int_t)slot->vcpus_count,
                                 "props", position_to_json(&slot->props));

        if (slot->cpu) {
            g_autofree char *path = object_get_canonical_path(slot->cpu);

            json_object_set_new(item, "qom-path", json_string(path));
        }
        json_array_append_new(list, item);
    }
    return list;
}

/* Whether slot is one of those that props names; node-id apart. */
static bool matches(const CpuInstanceProperties *slot,
                    const CpuInstanceProperties *props)
{
    int i;

    for (i = 1; i < ARRAY_SIZE(members); i++) {
        if (has(props, i) && value(props, i) != value(slot, i)) {
            return false;
        }
    }
    return true;
}

static bool all_supported(const CpuInstanceProperties *slot,
                          const CpuInstanceProperties *props, Error **errp)
{
    int i;

    for (i = 1; i < ARRAY_SIZE(members); i++) {
        if (has(props, i) && !has(slot, i)) {
            error_setg(errp, "%s is not supported", members[i].name);
            return false;
        }
    }
    return true;
}

void machine_set_cpu_numa_node(MachineState *machine,
                               const CpuInstanceProperties *props,
                               Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);
    bool found = false;
    int i;

    if (!mc->possible_cpu_arch_ids) {
        error_setg(errp, "mapping of CPUs to NUMA node is not supported");
        return;
    }
    mc->possible_cpu_arch_ids(machine);
    for (i = 0; i < machine->possible_cpus->len; i++) {
        CpuInstanceProperties *slot = &machine->possible_cpus->cpus[i].props;

        if (!all_supported(slot, props, errp)) {
            return;
        }
        if (!matches(slot, props)) {
            continue;
        }
        if (slot->has_node_id && slot->node_id != props->node_id) {
            error_setg(errp, "CPU is already assigned to node-id: %" PRId64,
                       slot->node_id);
            return;
        }
        found = true;
        slot->has_node_id = true;
        slot->node_id = props->node_id;
    }
    if (!found) {
        error_setg(errp, "no match found");
    }
}
