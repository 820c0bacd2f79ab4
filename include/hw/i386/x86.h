/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all x86 boards have in common: processors, RAM split, firmware. */
#ifndef HW_I386_X86_H
#define HW_I386_X86_H

#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/intc/ioapic.h"
#include "hw/isa/isa.h"
#include "hw/nvram/fw_cfg.h"

#define TYPE_X86_MACHINE MACHINE_TYPE_NAME("x86")
OBJECT_DECLARE_TYPE(X86MachineState, X86MachineClass, X86_MACHINE)

/* Inputs of the I/O APIC are the global system interrupts. */
#define GSI_NUM_PINS IOAPIC_NUM_PINS
#define IO_APIC_DEFAULT_ADDRESS 0xfec00000
#define HPET_BASE 0xfed00000

struct X86MachineClass {
    /*< private >*/
    MachineClass parent;
    /*< public >*/

    /* Old boards whose APIC ids or memory differ would say so here. */
    bool fwcfg_dma_enabled;
};

struct X86MachineState {
    /*< private >*/
    MachineState parent;
    /*< public >*/

    DeviceState *ioapic;
    qemu_irq *gsi;
    FWCfgState *fw_cfg;

    uint64_t above_4g_mem_start;
    ram_addr_t below_4g_mem_size;
    ram_addr_t above_4g_mem_size;
    uint64_t max_ram_below_4g;  /* from the user; 0 leaves it to the board */

    uint16_t boot_cpus;
    uint32_t apic_id_limit;     /* above every id there can be */

    OnOffAuto smm;
    OnOffAuto acpi;
    OnOffAuto pit;
    OnOffAuto pic;
    char *oem_id;
    char *oem_table_id;
    uint64_t bus_lock_ratelimit;
};

#define X86_MACHINE_SMM "smm"
#define X86_MACHINE_ACPI "acpi"
#define X86_MACHINE_PIT "pit"
#define X86_MACHINE_PIC "pic"
#define X86_MACHINE_OEM_ID "x-oem-id"
#define X86_MACHINE_OEM_TABLE_ID "x-oem-table-id"
#define X86_MACHINE_BUS_LOCK_RATELIMIT "bus-lock-ratelimit"

/* Levels of the global system interrupts' inputs at the two controllers. */
typedef struct GSIState {
    qemu_irq i8259_irq[ISA_NUM_IRQS];
    qemu_irq ioapic_irq[IOAPIC_NUM_PINS];
} GSIState;

/* A line into GSIState @opaque. */
void gsi_handler(void *opaque, int n, int level);

/* A line for the 8259s' output. */
qemu_irq x86_allocate_cpu_irq(void);

/* The APIC id of processor number @cpu_index. */
uint32_t x86_cpu_apic_id_from_index(X86MachineState *x86ms,
                                    unsigned cpu_index);
/* Creates the processors that -smp asks for. */
void x86_cpus_init(X86MachineState *x86ms);
void x86_cpu_new(X86MachineState *x86ms, int64_t apic_id, Error **errp);

/*
 * The firmware image at the end of the first 4 GiB, its last 128 KiB below
 * 1 MiB too.
 */
void x86_bios_rom_init(MachineState *ms, const char *default_firmware,
                       MemoryRegion *rom_memory, bool isapc_ram_fw);

bool x86_machine_is_smm_enabled(const X86MachineState *x86ms);
bool x86_machine_is_acpi_enabled(const X86MachineState *x86ms);

#endif
