/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PC's ACPI tables of fixed layout.  ACPI specification 6.4: FADT 5.2.9,
 * FACS 5.2.10, MADT 5.2.12; IA-PC HPET specification 1.0a, 3.2.4; PCI
 * Firmware specification 3.1, 4.1.2 (MCFG); Microsoft's "Windows ACPI
 * Emulated Devices Table" 1.0.
 */
#include "qemu/osdep.h"
#include "acpi-internal.h"
#include "hw/intc/apic.h"
#include "hw/southbridge/ich9.h"

#define FACS_SIZE 64

unsigned acpi_build_facs(AcpiTables *t)
{
    unsigned start = t->blob->len;

    acpi_put_bytes(t, "FACS", 4);
    acpi_put(t, FACS_SIZE, 4);
    g_array_set_size(t->blob, start + FACS_SIZE);
    return start;
}

/*** FADT ***/

#define FADT_WBINVD (1u << 0)
#define FADT_PROC_C1 (1u << 2)
#define FADT_SLP_BUTTON (1u << 5)       /* none as a fixed feature */
#define FADT_RTC_S4 (1u << 7)
#define FADT_RESET_REG_SUP (1u << 10)
#define FADT_USE_PLATFORM_CLOCK (1u << 15)
#define FADT_FORCE_APIC_CLUSTER_MODEL (1u << 18)

#define FADT_BOOT_8042 (1u << 1)

#define APM_COMMAND_PORT 0xb2
#define RTC_CENTURY 0x32
#define NO_C_STATE 0x0fff       /* a latency above 100 and 1000 us */
#define RESET_PORT 0xcf9
#define RESET_VALUE 0x0f

/* PM1 events, control, and the timer, from the base of the block on. */
#define PM1_EVT 0
#define PM1_CNT 4
#define PM_TMR 8
#define PM1_EVT_LEN 4
#define PM1_CNT_LEN 2
#define PM_TMR_LEN 4

static uint32_t fadt_flags(const AcpiMachine *m)
{
    uint32_t flags = FADT_WBINVD | FADT_PROC_C1 | FADT_SLP_BUTTON |
                     FADT_RTC_S4 | FADT_USE_PLATFORM_CLOCK;

    if (m->q35) {
        flags |= FADT_RESET_REG_SUP;
    }
    /* More than a flat logical destination can name. */
    if (MACHINE(m->pcms)->smp.max_cpus > 8) {
        flags |= FADT_FORCE_APIC_CLUSTER_MODEL;
    }
    return flags;
}

/* Revision 1: fields up to the flags. */
static void put_fadt_1(AcpiTables *t, const AcpiMachine *m, unsigned facs,
                       unsigned dsdt)
{
    acpi_put_pointer(t, facs, 4);
    acpi_put_pointer(t, dsdt, 4);
    acpi_put(t, 1, 1);                  /* interrupt model: several APICs */
    acpi_put(t, 0, 1);                  /* profile: unspecified */
    acpi_put(t, m->sci_int, 2);
    acpi_put(t, APM_COMMAND_PORT, 4);
    acpi_put(t, m->enable_cmd, 1);
    acpi_put(t, m->disable_cmd, 1);
    acpi_put(t, 0, 2);                  /* no S4BIOS, no P-state control */
    acpi_put(t, m->pm_base + PM1_EVT, 4);
    acpi_put(t, 0, 4);                  /* PM1b */
    acpi_put(t, m->pm_base + PM1_CNT, 4);
    acpi_put(t, 0, 4);                  /* PM1b */
    acpi_put(t, 0, 4);                  /* PM2 */
    acpi_put(t, m->pm_base + PM_TMR, 4);
    acpi_put(t, m->gpe0, 4);
    acpi_put(t, 0, 4);                  /* GPE1 */
    acpi_put(t, PM1_EVT_LEN, 1);
    acpi_put(t, PM1_CNT_LEN, 1);
    acpi_put(t, 0, 1);
    acpi_put(t, PM_TMR_LEN, 1);
    acpi_put(t, m->gpe0_len, 1);
    acpi_put(t, 0, 3);                  /* GPE1 length and base; _CST */
    acpi_put(t, NO_C_STATE, 2);
    acpi_put(t, NO_C_STATE, 2);
    acpi_put(t, 0, 4);                  /* cache flush: WBINVD does it */
    acpi_put(t, 0, 2);                  /* no duty cycle */
    acpi_put(t, 0, 2);                  /* alarms have no day, no month */
    acpi_put(t, RTC_CENTURY, 1);
    acpi_put(t, m->q35 && acpi_has_i8042(m) ? FADT_BOOT_8042 : 0, 2);
    acpi_put(t, 0, 1);
    acpi_put(t, fadt_flags(m), 4);
}

/* Revision 3 adds a reset register, and addresses in their long form. */
static void put_fadt_3(AcpiTables *t, const AcpiMachine *m, unsigned dsdt)
{
    acpi_put_address(t, ACPI_SPACE_IO, 8, RESET_PORT);
    acpi_put(t, RESET_VALUE, 1);
    acpi_put(t, 0, 3);
    acpi_put(t, 0, 8);                  /* FACS: the short pointer counts */
    acpi_put_pointer(t, dsdt, 8);
    acpi_put_address(t, ACPI_SPACE_IO, 8 * PM1_EVT_LEN, m->pm_base + PM1_EVT);
    acpi_put_address(t, ACPI_SPACE_MEMORY, 0, 0);
    acpi_put_address(t, ACPI_SPACE_IO, 8 * PM1_CNT_LEN, m->pm_base + PM1_CNT);
    acpi_put_address(t, ACPI_SPACE_MEMORY, 0, 0);
    acpi_put_address(t, ACPI_SPACE_MEMORY, 0, 0);
    acpi_put_address(t, ACPI_SPACE_IO, 8 * PM_TMR_LEN, m->pm_base + PM_TMR);
    acpi_put_address(t, ACPI_SPACE_IO, 8 * m->gpe0_len, m->gpe0);
    acpi_put_address(t, ACPI_SPACE_MEMORY, 0, 0);
}

void acpi_build_fadt(AcpiTables *t, const AcpiMachine *m, unsigned facs,
                     unsigned dsdt)
{
    unsigned start = acpi_table_begin(t, "FACP", m->q35 ? 3 : 1);

    put_fadt_1(t, m, facs, dsdt);
    if (m->q35) {
        put_fadt_3(t, m, dsdt);
    }
    acpi_table_end(t, start, true);
}

/*** MADT ***/

enum {
    MADT_LOCAL_APIC = 0, MADT_IO_APIC = 1, MADT_OVERRIDE = 2,
    MADT_LOCAL_NMI = 4, MADT_X2APIC = 9, MADT_X2APIC_NMI = 10,
};

#define MADT_PCAT_COMPAT 1      /* there are 8259s, too */
#define MADT_ENABLED 1
#define INTI_ACTIVE_HIGH 0x1
#define INTI_LEVEL 0xc
/* The highest id that an xAPIC can have. */
#define XAPIC_ID_MAX 254

/* The lines that PCI interrupts are routed to. */
static const uint8_t pci_isa_irqs[] = { 5, 9, 10, 11 };

static void put_processor(AcpiTables *t, unsigned uid, uint32_t apic_id,
                          bool present)
{
    if (apic_id <= XAPIC_ID_MAX) {
        acpi_put(t, MADT_LOCAL_APIC, 1);
        acpi_put(t, 8, 1);
        acpi_put(t, uid, 1);
        acpi_put(t, apic_id, 1);
        acpi_put(t, present ? MADT_ENABLED : 0, 4);
    } else {
        acpi_put(t, MADT_X2APIC, 1);
        acpi_put(t, 16, 1);
        acpi_put(t, 0, 2);
        acpi_put(t, apic_id, 4);
        acpi_put(t, present ? MADT_ENABLED : 0, 4);
        acpi_put(t, uid, 4);
    }
}

static void put_override(AcpiTables *t, uint8_t irq, uint32_t gsi,
                         uint16_t flags)
{
    acpi_put(t, MADT_OVERRIDE, 1);
    acpi_put(t, 10, 1);
    acpi_put(t, 0, 1);                  /* ISA */
    acpi_put(t, irq, 1);
    acpi_put(t, gsi, 4);
    acpi_put(t, flags, 2);
}

/* NMI is at LINT1 of all processors. */
static void put_nmi(AcpiTables *t, bool x2apic)
{
    if (x2apic) {
        acpi_put(t, MADT_X2APIC_NMI, 1);
        acpi_put(t, 12, 1);
        acpi_put(t, 0, 2);
        acpi_put(t, 0xffffffff, 4);
        acpi_put(t, 1, 1);
        acpi_put(t, 0, 3);
    } else {
        acpi_put(t, MADT_LOCAL_NMI, 1);
        acpi_put(t, 6, 1);
        acpi_put(t, 0xff, 1);
        acpi_put(t, 0, 2);
        acpi_put(t, 1, 1);
    }
}

void acpi_build_madt(AcpiTables *t, const AcpiMachine *m)
{
    MachineState *ms = MACHINE(m->pcms);
    const CPUArchIdList *slots =
        MACHINE_GET_CLASS(ms)->possible_cpu_arch_ids(ms);
    unsigned start = acpi_table_begin(t, "APIC", 1);
    bool x2apic = false;

    acpi_put(t, APIC_DEFAULT_ADDRESS, 4);
    acpi_put(t, MADT_PCAT_COMPAT, 4);
    for (int i = 0; i < slots->len; i++) {
        put_processor(t, i, slots->cpus[i].arch_id, slots->cpus[i].cpu);
        x2apic |= slots->cpus[i].arch_id > XAPIC_ID_MAX;
    }

    acpi_put(t, MADT_IO_APIC, 1);
    acpi_put(t, 12, 1);
    acpi_put(t, 0, 2);                  /* its id */
    acpi_put(t, IO_APIC_DEFAULT_ADDRESS, 4);
    acpi_put(t, 0, 4);                  /* first GSI */

    /* The timer's line is the I/O APIC's input 2 (FW_CFG_IRQ0_OVERRIDE). */
    put_override(t, 0, 2, 0);
    for (int i = 0; i < ARRAY_SIZE(pci_isa_irqs); i++) {
        put_override(t, pci_isa_irqs[i], pci_isa_irqs[i],
                     INTI_ACTIVE_HIGH | INTI_LEVEL);
    }
    put_nmi(t, x2apic);
    acpi_table_end(t, start, true);
}

/*** Others ***/

void acpi_build_hpet(AcpiTables *t, const AcpiMachine *m)
{
    unsigned start;

    if (!m->pcms->hpet_enabled) {
        return;
    }
    start = acpi_table_begin(t, "HPET", 1);
    acpi_put(t, 0x8086a201, 4);         /* three 64-bit comparators */
    acpi_put_address(t, ACPI_SPACE_MEMORY, 0, HPET_BASE);
    acpi_put(t, 0, 1);                  /* number */
    acpi_put(t, 0, 2);                  /* least ticks of a period */
    acpi_put(t, 0, 1);                  /* nothing about its page */
    acpi_table_end(t, start, true);
}

void acpi_build_mcfg(AcpiTables *t, const AcpiMachine *m)
{
    unsigned start;

    if (!m->ecam_size) {
        return;
    }
    start = acpi_table_begin(t, "MCFG", 1);
    acpi_put(t, 0, 8);
    acpi_put(t, m->ecam_base, 8);
    acpi_put(t, 0, 2);                  /* segment */
    acpi_put(t, 0, 1);
    acpi_put(t, (m->ecam_size >> 20) - 1, 1);
    acpi_put(t, 0, 4);
    acpi_table_end(t, start, true);
}

/* Bit 1: one read of the PM timer suffices. */
void acpi_build_waet(AcpiTables *t)
{
    unsigned start = acpi_table_begin(t, "WAET", 1);

    acpi_put(t, 1u << 1, 4);
    acpi_table_end(t, start, true);
}
