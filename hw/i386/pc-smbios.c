/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PC's SMBIOS structures, for firmware to place. */
#include "qemu/osdep.h"
#include "hw/firmware/smbios.h"
#include "hw/i386/pc-internal.h"
#include "qapi/error.h"
#include "target/i386/cpu.h"

#define SMBIOS_ANCHOR_FILE "etc/smbios/smbios-anchor"
#define SMBIOS_TABLES_FILE "etc/smbios/smbios-tables"

/* CPUID leaf 1: signature, and features of EDX above it. */
static uint64_t processor_id(void)
{
    X86CPU *cpu = X86_CPU(first_cpu);
    Object *obj = OBJECT(cpu);
    uint32_t family = object_property_get_uint(obj, "family", &error_abort);
    uint32_t model = object_property_get_uint(obj, "model", &error_abort);
    uint32_t stepping = object_property_get_uint(obj, "stepping",
                                                 &error_abort);
    uint32_t signature = stepping | (model & 0xf) << 4 | (model >> 4) << 16 |
                         MIN(family, 0xf) << 8 |
                         (family > 0xf ? family - 0xf : 0) << 20;

    return (uint64_t)cpu->env.features[FEAT_1_EDX] << 32 | signature;
}

void pc_smbios_setup(PCMachineState *pcms)
{
    MachineState *ms = MACHINE(pcms);
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    /* Of a socket, whatever is between it and them. */
    unsigned cores = ms->smp.dies * ms->smp.clusters * ms->smp.cores;
    const SmbiosArea areas[] = {
        { 0, x86ms->below_4g_mem_size },
        { x86ms->above_4g_mem_start, x86ms->above_4g_mem_size },
    };
    SmbiosMachine m = {
        .manufacturer = "QEMU",
        .product = mc->desc,
        .version = mc->name,
        .processor_id = processor_id(),
        .sockets = ms->smp.sockets,
        .cores = cores,
        .threads = cores * ms->smp.threads,
        .ram_size = ms->ram_size,
        .areas = areas,
        .n_areas = x86ms->above_4g_mem_size ? 2 : 1,
    };
    bool is_64 = !strcmp(pcms->smbios_entry_point_type, "64");
    SmbiosTables t;
    gsize len;

    smbios_build(&m, is_64 ? SMBIOS_ENTRY_POINT_TYPE_64
                           : SMBIOS_ENTRY_POINT_TYPE_32, &t, &error_fatal);
    len = t.tables->len;
    fw_cfg_add_file(x86ms->fw_cfg, SMBIOS_TABLES_FILE,
                    g_byte_array_free(t.tables, false), len);
    len = t.anchor->len;
    fw_cfg_add_file(x86ms->fw_cfg, SMBIOS_ANCHOR_FILE,
                    g_byte_array_free(t.anchor, false), len);
}
