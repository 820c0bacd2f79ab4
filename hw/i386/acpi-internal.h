/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that build a PC's ACPI tables say to each other. */
#ifndef HW_I386_ACPI_INTERNAL_H
#define HW_I386_ACPI_INTERNAL_H

#include "hw/acpi/acpi-tables.h"
#include "hw/acpi/aml.h"
#include "hw/i386/pc.h"

/* What the tables tell of the machine, besides what PCMachineState has. */
typedef struct AcpiMachine {
    PCMachineState *pcms;
    bool q35;                   /* ICH9; else PIIX4 */

    /* Power management; ports are 0 where firmware left them. */
    uint16_t sci_int;
    uint8_t enable_cmd, disable_cmd;
    uint32_t pm_base;
    uint32_t gpe0, gpe0_len;
    bool s3_disabled, s4_disabled;
    uint8_t s4_val;
    uint16_t pcihp_base, pcihp_len;     /* 0: no ACPI PCI hot-plug */
    bool pcihp_bridges;

    /* Windows of the host bridge; both ends 0 for none. */
    uint32_t hole_start, hole_end;
    uint64_t hole64_start, hole64_end;
    uint64_t ecam_base, ecam_size;
} AcpiMachine;

/* acpi-fixed.c: each appends its table, if the machine has what it tells. */
unsigned acpi_build_facs(AcpiTables *t);
void acpi_build_fadt(AcpiTables *t, const AcpiMachine *m, unsigned facs,
                     unsigned dsdt);
void acpi_build_madt(AcpiTables *t, const AcpiMachine *m);
void acpi_build_hpet(AcpiTables *t, const AcpiMachine *m);
void acpi_build_mcfg(AcpiTables *t, const AcpiMachine *m);
void acpi_build_waet(AcpiTables *t);

/* acpi-numa.c */
void acpi_build_srat(AcpiTables *t, const AcpiMachine *m);
void acpi_build_slit(AcpiTables *t, const AcpiMachine *m);

/* acpi-dsdt.c; returns where it is. */
unsigned acpi_build_dsdt(AcpiTables *t, const AcpiMachine *m);

/* acpi-routing.c: interrupt links and the routing of the root bus. */
void acpi_dsdt_add_routing(Aml *aml, const AcpiMachine *m);

/* acpi-pci.c: methods for hot-plug, and the devices of all buses. */
void acpi_dsdt_add_pci_methods(Aml *aml, const AcpiMachine *m);
void acpi_dsdt_add_pci_devices(Aml *aml, const AcpiMachine *m);

/* acpi-isa.c: the devices behind the ISA bridge. */
void acpi_dsdt_add_isa_devices(Aml *aml, const AcpiMachine *m);
bool acpi_has_i8042(const AcpiMachine *m);

#endif
