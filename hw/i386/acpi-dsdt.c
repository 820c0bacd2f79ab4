/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DSDT: what of a PC cannot be discovered.  ACPI specification 6.4,
 * chapters 5.3 (namespace), 6 (devices), 7.4 (sleep states), 8.4
 * (processors); PCI Firmware specification 3.1, section 4.5 (_OSC).
 */
#include "qemu/osdep.h"
#include "acpi-internal.h"

#define HPET_SIZE 0x400
#define FW_CFG_BASE 0x510
#define FW_CFG_SIZE 12
#define VGA_START 0xa0000
#define VGA_END 0xbffff
#define PCI_CONFIG_PORTS 0xcf8

/* ARI, AER, PME and SHPC are the system's, native hot-plug when not ours. */
#define OSC_GRANTED 0x1e
#define OSC_NATIVE_HOTPLUG 0x01

static void add_host_bridge(Aml *aml, const AcpiMachine *m)
{
    if (!m->q35) {
        aml_asm(aml, "Scope _SB { Device PCI0 {"
                     "  Name _HID EisaId PNP0A03"
                     "  Name _ADR 0  Name _UID 0 } }");
        return;
    }
    aml_asm(aml, "Scope _SB { Device PCI0 {"
                 "  Name _HID EisaId PNP0A08"
                 "  Name _CID EisaId PNP0A03"
                 "  Name _ADR 0  Name _UID 0"
                 "  Method _OSC 4 {"
                 "    CreateDWordField Arg3 0 STAT"
                 "    If LNot LEqual Arg0"
                 "        ToUUID 33db4d5b-1ff7-401c-9657-7441c03dd766 {"
                 "      Or STAT 4 STAT"           /* not this UUID */
                 "      Return Arg3 }"
                 "    CreateDWordField Arg3 8 CTRL"
                 "    And CTRL 0x%x Local0"
                 "    If LNot LEqual Arg1 One {"
                 "      Or STAT 8 STAT }"         /* not this revision */
                 "    If LNot LEqual Local0 CTRL {"
                 "      Or STAT 16 STAT }"        /* not all granted */
                 "    Store Local0 CTRL"
                 "    Return Arg3 } }",
            m->pcihp_base ? OSC_GRANTED : OSC_GRANTED | OSC_NATIVE_HOTPLUG);
    /* What MCFG names must be reserved, too (4.1.2 there). */
    if (m->ecam_size) {
        aml_asm(aml, "Device DRAC {"
                     "  Name _HID \"PNP0C01\""
                     "  Name _CRS ResourceTemplate {"
                     "    DWordMemory 0 0x%" PRIx64 " 0x%" PRIx64 " } }",
                m->ecam_base, m->ecam_base + m->ecam_size - 1);
    }
    aml_asm(aml, "}");
}

/* Memory below 4 GiB without the ECAM window, which may lie within. */
static void add_low_windows(Aml *aml, const AcpiMachine *m)
{
    uint64_t start = m->hole_start, end = m->hole_end;
    uint64_t ecam_end = m->ecam_base + m->ecam_size;

    if (m->ecam_size && start < ecam_end && m->ecam_base < end) {
        if (start < m->ecam_base) {
            aml_asm(aml, "DWordMemory 0 0x%" PRIx64 " 0x%" PRIx64, start,
                    m->ecam_base - 1);
        }
        start = ecam_end;
    }
    if (start < end) {
        aml_asm(aml, "DWordMemory 0 0x%" PRIx64 " 0x%" PRIx64, start,
                end - 1);
    }
}

static void add_host_windows(Aml *aml, const AcpiMachine *m)
{
    aml_asm(aml, "Scope \\_SB.PCI0 { Name _CRS ResourceTemplate {"
                 "  WordBus 0 0xff"
                 "  IO 0x%x 0x%x 1 8"
                 "  WordIO 0 0x%x"
                 "  WordIO 0x%x 0xffff"
                 "  DWordMemory 1 0x%x 0x%x",
            PCI_CONFIG_PORTS, PCI_CONFIG_PORTS, PCI_CONFIG_PORTS - 1,
            PCI_CONFIG_PORTS + 8, VGA_START, VGA_END);
    add_low_windows(aml, m);
    if (m->hole64_start < m->hole64_end) {
        aml_asm(aml, "QWordMemory 1 0x%" PRIx64 " 0x%" PRIx64,
                m->hole64_start, m->hole64_end - 1);
    }
    aml_asm(aml, "} }");
}

/* Ports of the board that no PCI function shows in a BAR. */
static void add_reserved_ports(Aml *aml, const char *name, const char *uid,
                               uint32_t base, uint32_t len)
{
    aml_asm(aml, "Scope \\_SB.PCI0 { Device %s {"
                 "  Name _HID \"PNP0A06\""
                 "  Name _UID \"%s\""
                 "  Name _STA 0x0b"
                 "  Name _CRS ResourceTemplate { IO 0x%x 0x%x 1 %u } } }",
            name, uid, base, base, len);
}

/* Firmware may have switched it off: then it reads as ones or zeros. */
static void add_hpet(Aml *aml, const AcpiMachine *m)
{
    if (!m->pcms->hpet_enabled) {
        return;
    }
    aml_asm(aml, "Scope _SB { Device HPET {"
                 "  Name _HID EisaId PNP0103"
                 "  Name _UID 0"
                 "  OpRegion HREG 0 0x%x 0x%x"
                 "  Field HREG 0x13 { REV 16 HVID 16 HPER 32 }"
                 "  Method _STA 0 {"
                 "    If LOr LEqual HVID 0 LEqual HVID 0xffff {"
                 "      Return 0 }"
                 "    If LOr LEqual HPER 0 LGreater HPER 100000000 {"
                 "      Return 0 }"
                 "    Return 0x0f }"
                 "  Name _CRS ResourceTemplate { Memory32 0 0x%x 0x%x }"
                 "} }", HPET_BASE, HPET_SIZE, HPET_BASE, HPET_SIZE);
}

/*
 * What processors there are and can be.  Their number is the board's for
 * good: an empty slot stays one.
 */
static void add_processors(Aml *aml, const AcpiMachine *m)
{
    MachineState *ms = MACHINE(m->pcms);
    const CPUArchIdList *slots =
        MACHINE_GET_CLASS(ms)->possible_cpu_arch_ids(ms);

    aml_asm(aml, "Scope _SB { Device CPUS {"
                 "  Name _HID \"ACPI0010\""
                 "  Name _CID EisaId PNP0A05");
    for (int i = 0; i < slots->len; i++) {
        uint64_t apic_id = slots->cpus[i].arch_id;

        if (i < 255 && apic_id < 255) {
            aml_asm(aml, "Processor C%03X %d 0 0 {", i, i);
        } else {
            aml_asm(aml, "Device C%03X { Name _HID \"ACPI0007\" Name _UID %d",
                    i, i);
        }
        aml_asm(aml, "Name _STA 0x%x }", slots->cpus[i].cpu ? 0x0f : 0);
    }
    aml_asm(aml, "} }");
}

/* Sleep types of the PM1 control register; there is one of them. */
static void add_sleep_states(Aml *aml, const AcpiMachine *m)
{
    if (!m->s3_disabled) {
        aml_asm(aml, "Name \\_S3 Package 4 { 1 1 0 0 }");
    }
    if (!m->s4_disabled) {
        aml_asm(aml, "Name \\_S4 Package 4 { %u %u 0 0 }", m->s4_val,
                m->s4_val);
    }
    aml_asm(aml, "Name \\_S5 Package 4 { 0 0 0 0 }");
}

/* With DMA its registers are three, without a hole. */
static void add_fw_cfg(Aml *aml)
{
    aml_asm(aml, "Scope \\_SB.PCI0 { Device FWCF {"
                 "  Name _HID \"QEMU0002\""
                 "  Name _STA 0x0b"
                 "  Name _CRS ResourceTemplate { IO 0x%x 0x%x 1 %u } } }",
            FW_CFG_BASE, FW_CFG_BASE, FW_CFG_SIZE);
}

unsigned acpi_build_dsdt(AcpiTables *t, const AcpiMachine *m)
{
    unsigned start = acpi_table_begin(t, "DSDT", 1);
    g_autoptr(Aml) aml = aml_new();
    const uint8_t *bytes;
    size_t len;

    add_host_bridge(aml, m);
    acpi_dsdt_add_pci_methods(aml, m);
    acpi_dsdt_add_routing(aml, m);
    add_hpet(aml, m);
    add_processors(aml, m);
    add_host_windows(aml, m);
    add_reserved_ports(aml, "GPE0", "GPE0 resources", m->gpe0, m->gpe0_len);
    if (m->pcihp_base) {
        add_reserved_ports(aml, "PHPR", "PCI Hotplug resources",
                           m->pcihp_base, m->pcihp_len);
    }
    add_sleep_states(aml, m);
    add_fw_cfg(aml);
    acpi_dsdt_add_pci_devices(aml, m);

    bytes = aml_bytes(aml, &len);
    acpi_put_bytes(t, bytes, len);
    acpi_table_end(t, start, false);
    return start;
}
