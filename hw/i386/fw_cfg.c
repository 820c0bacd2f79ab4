/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a PC tells its firmware through fw_cfg: sizes, processors, the memory
 * map (E820), which is all that firmware needs to start without tables.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/core/cpu.h"
#include "hw/i386/pc-internal.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "sysemu/numa.h"

#define FW_CFG_IO_BASE 0x510

/* Items of the architecture. */
#define FW_CFG_IRQ0_OVERRIDE (FW_CFG_ARCH_LOCAL + 2)
#define FW_CFG_HPET (FW_CFG_ARCH_LOCAL + 4)

#define E820_RAM 1
#define E820_RESERVED 2

/* Addresses that AMD's HyperTransport keeps to itself. */
#define AMD_HT_START 0xfd00000000ULL
#define AMD_HT_SIZE 0x300000000ULL

typedef struct QEMU_PACKED E820Entry {
    uint64_t address;
    uint64_t length;
    uint32_t type;
} E820Entry;

/* One HPET, as the firmware's ACPI tables name it. */
typedef struct QEMU_PACKED HPETItem {
    uint8_t count;
    uint32_t event_timer_block_id;
    uint64_t address;
    uint16_t min_tick;
    uint8_t page_prot;
    uint8_t others[7 * 15];
} HPETItem;

static void e820_add(GArray *table, uint64_t address, uint64_t length,
                     uint32_t type)
{
    E820Entry e = {
        cpu_to_le64(address), cpu_to_le64(length), cpu_to_le32(type),
    };

    g_array_append_val(table, e);
}

/* Above this firmware may place 64-bit BARs. */
static void add_reserved_memory_end(PCMachineState *pcms, FWCfgState *fw_cfg)
{
    uint64_t end = cpu_to_le64(machine_device_memory_end(MACHINE(pcms)));

    if (end) {
        fw_cfg_add_file(fw_cfg, "etc/reserved-memory-end",
                        g_memdup2(&end, sizeof(end)), sizeof(end));
    }
}

static bool is_amd(CPUState *cpu)
{
    g_autofree char *vendor = object_property_get_str(OBJECT(cpu), "vendor",
                                                      &error_abort);

    return !strcmp(vendor, "AuthenticAMD");
}

static void add_e820(PCMachineState *pcms, FWCfgState *fw_cfg)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);
    GArray *table = g_array_new(false, false, sizeof(E820Entry));
    size_t len;

    if (is_amd(first_cpu)) {
        e820_add(table, AMD_HT_START, AMD_HT_SIZE, E820_RESERVED);
    }
    e820_add(table, 0, x86ms->below_4g_mem_size, E820_RAM);
    if (x86ms->above_4g_mem_size) {
        e820_add(table, x86ms->above_4g_mem_start, x86ms->above_4g_mem_size,
                 E820_RAM);
    }
    len = table->len * sizeof(E820Entry);
    fw_cfg_add_file(fw_cfg, "etc/e820", g_array_free(table, FALSE), len);
}

/* Added once the HPET, if any, is known: the item is there in any case. */
static void add_hpet(PCMachineState *pcms, FWCfgState *fw_cfg)
{
    HPETItem *item = g_new0(HPETItem, 1);

    item->count = UINT8_MAX;
    if (pcms->hpet_enabled) {
        item->count = 1;
        item->event_timer_block_id = cpu_to_le32(
            0x8086a001 | (object_property_get_uint(OBJECT(pcms->hpet),
                                                   "timers", &error_abort) -
                          1) << 8);
        item->address = cpu_to_le64(HPET_BASE);
    }
    fw_cfg_add_bytes(fw_cfg, FW_CFG_HPET, item, sizeof(*item));
}

/*
 * FW_CFG_NUMA: how many nodes, a node number for each APIC id, the size of
 * each node.
 */
static void add_numa(PCMachineState *pcms, FWCfgState *fw_cfg)
{
    MachineState *ms = MACHINE(pcms);
    NumaState *numa = ms->numa_state;
    uint32_t limit = X86_MACHINE(pcms)->apic_id_limit;
    size_t n = 1 + limit + numa->num_nodes;
    uint64_t *item = g_new0(uint64_t, n);

    item[0] = cpu_to_le64(numa->num_nodes);
    for (int i = 0; i < ms->possible_cpus->len; i++) {
        const CPUArchId *slot = &ms->possible_cpus->cpus[i];

        if (slot->props.has_node_id) {
            item[1 + slot->arch_id] = cpu_to_le64(slot->props.node_id);
        }
    }
    for (int i = 0; i < numa->num_nodes; i++) {
        item[1 + limit + i] = cpu_to_le64(numa->nodes[i].node_mem);
    }
    fw_cfg_add_bytes(fw_cfg, FW_CFG_NUMA, item, n * sizeof(uint64_t));
}

FWCfgState *pc_fw_cfg_init(PCMachineState *pcms)
{
    MachineState *ms = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    FWCfgState *fw_cfg = fw_cfg_init_io_dma(FW_CFG_IO_BASE,
                                            FW_CFG_IO_BASE + 4,
                                            &address_space_memory);

    fw_cfg_add_i16(fw_cfg, FW_CFG_NB_CPUS, x86ms->boot_cpus);
    /*
     * Not the number of processors: SeaBIOS wants one above the highest APIC
     * id, and has no other way to learn it.
     */
    fw_cfg_add_i16(fw_cfg, FW_CFG_MAX_CPUS, x86ms->apic_id_limit);
    fw_cfg_add_i64(fw_cfg, FW_CFG_RAM_SIZE, ms->ram_size);
    fw_cfg_add_i32(fw_cfg, FW_CFG_IRQ0_OVERRIDE, 1);
    add_e820(pcms, fw_cfg);
    add_reserved_memory_end(pcms, fw_cfg);
    add_numa(pcms, fw_cfg);
    return fw_cfg;
}

/* Processors may have come by -device since. */
void pc_fw_cfg_machine_done(PCMachineState *pcms)
{
    X86MachineState *x86ms = X86_MACHINE(pcms);

    fw_cfg_modify_i16(x86ms->fw_cfg, FW_CFG_NB_CPUS, x86ms->boot_cpus);
    add_hpet(pcms, x86ms->fw_cfg);
}
