/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which processors and memory are near each other, and how far apart the
 * others are: ACPI specification 6.4, SRAT 5.2.16, SLIT 5.2.17.
 */
#include "qemu/osdep.h"
#include "acpi-internal.h"
#include "qemu/units.h"
#include "sysemu/numa.h"

enum { SRAT_APIC = 0, SRAT_MEMORY = 1, SRAT_X2APIC = 2 };

#define SRAT_ENABLED (1u << 0)
#define SRAT_HOT_PLUGGABLE (1u << 1)
#define XAPIC_ID_MAX 254

/* Where video memory and ROMs cut RAM in two. */
#define HOLE_START (640 * KiB)
#define HOLE_END (1 * MiB)

static void put_processor(AcpiTables *t, uint32_t apic_id, uint32_t node)
{
    if (apic_id <= XAPIC_ID_MAX) {
        acpi_put(t, SRAT_APIC, 1);
        acpi_put(t, 16, 1);
        acpi_put(t, node, 1);
        acpi_put(t, apic_id, 1);
        acpi_put(t, SRAT_ENABLED, 4);
        acpi_put(t, 0, 1);
        acpi_put(t, node >> 8, 3);
        acpi_put(t, 0, 4);
    } else {
        acpi_put(t, SRAT_X2APIC, 1);
        acpi_put(t, 24, 1);
        acpi_put(t, 0, 2);
        acpi_put(t, node, 4);
        acpi_put(t, apic_id, 4);
        acpi_put(t, SRAT_ENABLED, 4);
        acpi_put(t, 0, 4);
        acpi_put(t, 0, 4);
    }
}

static void put_memory(AcpiTables *t, uint64_t base, uint64_t len,
                       uint32_t node, uint32_t flags)
{
    acpi_put(t, SRAT_MEMORY, 1);
    acpi_put(t, 40, 1);
    acpi_put(t, node, 4);
    acpi_put(t, 0, 2);
    acpi_put(t, base, 8);
    acpi_put(t, len, 8);
    acpi_put(t, 0, 4);
    acpi_put(t, flags, 4);
    acpi_put(t, 0, 8);
}

/*
 * A node's memory is a piece of RAM counted without holes; the guest sees it
 * in up to three pieces.
 */
static void put_node_memory(AcpiTables *t, X86MachineState *x86ms,
                            uint32_t node, uint64_t start, uint64_t end)
{
    uint64_t below = x86ms->below_4g_mem_size;
    const struct {
        uint64_t start, end, at;        /* of RAM; guest address of start */
    } pieces[] = {
        { 0, HOLE_START, 0 },
        { HOLE_END, below, HOLE_END },
        { below, UINT64_MAX, x86ms->above_4g_mem_start },
    };

    for (int i = 0; i < ARRAY_SIZE(pieces); i++) {
        uint64_t from = MAX(start, pieces[i].start);
        uint64_t to = MIN(end, pieces[i].end);

        if (from < to) {
            put_memory(t, pieces[i].at + (from - pieces[i].start), to - from,
                       node, SRAT_ENABLED);
        }
    }
}

static bool has_nodes(const AcpiMachine *m)
{
    MachineState *ms = MACHINE(m->pcms);

    return ms->numa_state && ms->numa_state->num_nodes;
}

void acpi_build_srat(AcpiTables *t, const AcpiMachine *m)
{
    MachineState *ms = MACHINE(m->pcms);
    const CPUArchIdList *slots =
        MACHINE_GET_CLASS(ms)->possible_cpu_arch_ids(ms);
    uint64_t ram = 0;
    unsigned start;

    if (!has_nodes(m)) {
        return;
    }
    start = acpi_table_begin(t, "SRAT", 1);
    acpi_put(t, 1, 4);                  /* as the specification demands */
    acpi_put(t, 0, 8);
    for (int i = 0; i < slots->len; i++) {
        put_processor(t, slots->cpus[i].arch_id,
                      slots->cpus[i].props.node_id);
    }
    for (int i = 0; i < ms->numa_state->num_nodes; i++) {
        uint64_t size = ms->numa_state->nodes[i].node_mem;

        put_node_memory(t, X86_MACHINE(ms), i, ram, ram + size);
        ram += size;
    }
    if (ms->device_memory) {
        put_memory(t, ms->device_memory->base,
                   memory_region_size(&ms->device_memory->mr),
                   ms->numa_state->num_nodes - 1,
                   SRAT_ENABLED | SRAT_HOT_PLUGGABLE);
    }
    acpi_table_end(t, start, true);
}

void acpi_build_slit(AcpiTables *t, const AcpiMachine *m)
{
    NumaState *numa = MACHINE(m->pcms)->numa_state;
    unsigned start;

    if (!has_nodes(m) || !numa->have_numa_distance) {
        return;
    }
    start = acpi_table_begin(t, "SLIT", 1);
    acpi_put(t, numa->num_nodes, 8);
    for (int i = 0; i < numa->num_nodes; i++) {
        for (int j = 0; j < numa->num_nodes; j++) {
            acpi_put(t, numa->nodes[i].distance[j], 1);
        }
    }
    acpi_table_end(t, start, true);
}
