/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the interrupt pins of the root bus's devices go: ACPI specification
 * 6.4, section 6.2.13 (_PRT), and PCI interrupt link devices.
 *
 * The PIIX3 has four links, each routed to an ISA line by a register in its
 * configuration space.  The ICH9 has eight; a system that uses the I/O APIC
 * finds each at an input of its own, which is described by a link that
 * cannot be changed.
 */
#include "qemu/osdep.h"
#include "acpi-internal.h"

#define PIRQ_NUM_PINS 4

/* What routes in stock firmware, too. */
#define POSSIBLE_IRQS "Interrupt 3 5 10 11"

/*
 * A register holds the line, or has bit 7 set; the links' methods share two
 * that take its value.
 */
static void add_link_methods(Aml *aml)
{
    aml_asm(aml, "Method IQST 1 {"
                 "  If And Arg0 0x80 Nil { Return 0x09 }"
                 "  Return 0x0b }"
                 "Method IQCR 1s {"
                 "  Name RES ResourceTemplate { Interrupt 1 0 }"
                 "  CreateDWordField RES 5 LINE"
                 "  If LLess Arg0 0x80 { Store And Arg0 0x0f Nil LINE }"
                 "  Return RES }");
}

static void add_link(Aml *aml, const char *name, unsigned uid,
                     const char *reg)
{
    aml_asm(aml, "Device %s {"
                 "  Name _HID EisaId PNP0C0F"
                 "  Name _UID %u"
                 "  Name _PRS ResourceTemplate { " POSSIBLE_IRQS " }"
                 "  Method _STA 0 { Return IQST %s }"
                 "  Method _DIS 0 { Or %s 0x80 %s }"
                 "  Method _CRS 0 { Return IQCR %s }"
                 "  Method _SRS 1 {"
                 "    CreateDWordField Arg0 5 LINE"
                 "    Store LINE %s } }",
            name, uid, reg, reg, reg, reg, reg);
}

/* A link that is wired: it tells where, and takes no other setting. */
static void add_fixed_link(Aml *aml, const char *name, unsigned uid,
                           unsigned gsi, bool status)
{
    aml_asm(aml, "Device %s {"
                 "  Name _HID EisaId PNP0C0F"
                 "  Name _UID %u"
                 "  Name _PRS ResourceTemplate { Interrupt 1 %u }"
                 "  Name _CRS ResourceTemplate { Interrupt 1 %u }"
                 "  Method _DIS 0 { }"
                 "  Method _SRS 1 { }",
            name, uid, gsi, gsi);
    if (status) {
        aml_asm(aml, "Method _STA 0 { Return 0x0b }");
    }
    aml_asm(aml, "}");
}

static void begin_table(Aml *aml, const char *name)
{
    aml_asm(aml, "Name %s Package %u {", name, PCI_SLOT_MAX * PIRQ_NUM_PINS);
}

static void add_route(Aml *aml, unsigned slot, unsigned pin,
                      const char *prefix, char link)
{
    aml_asm(aml, "Package 4 { 0x%x %u %s%c 0 }", slot << 16 | 0xffff, pin,
            prefix, link);
}

/*** PIIX3 ***/

/*
 * Pins rotate by slot, so that slot 1's first is link A.  The power
 * management function there interrupts at its first pin, but past the links.
 */
static void add_piix_routing(Aml *aml)
{
    aml_asm(aml, "Scope _SB { Scope PCI0 {");
    begin_table(aml, "_PRT");
    for (unsigned slot = 0; slot < PCI_SLOT_MAX; slot++) {
        for (unsigned pin = 0; pin < PIRQ_NUM_PINS; pin++) {
            bool sci = slot == 1 && pin == 0;

            add_route(aml, slot, pin, "LNK",
                      sci ? 'S' : 'A' + (slot + pin + 3) % PIRQ_NUM_PINS);
        }
    }
    aml_asm(aml, "} }");
    add_link_methods(aml);
    add_link(aml, "LNKA", 0, "PRQ0");
    add_link(aml, "LNKB", 1, "PRQ1");
    add_link(aml, "LNKC", 2, "PRQ2");
    add_link(aml, "LNKD", 3, "PRQ3");
    add_fixed_link(aml, "LNKS", 4, 9, true);
    aml_asm(aml, "}");
}

/*** ICH9 ***/

/* Slots of functions that have the chip's own routes (D25IR to D31IR). */
static bool has_own_route(unsigned slot)
{
    return slot >= 25 && slot != 30;
}

static void add_ich9_table(Aml *aml, const char *name, const char *prefix)
{
    begin_table(aml, name);
    for (unsigned slot = 0; slot < PCI_SLOT_MAX; slot++) {
        for (unsigned pin = 0; pin < PIRQ_NUM_PINS; pin++) {
            /* Others rotate among E to H; slot 30 is a bridge's. */
            unsigned turn = slot == 30 ? pin
                                       : (slot + pin) % PIRQ_NUM_PINS;

            add_route(aml, slot, pin, prefix,
                      has_own_route(slot) ? 'A' + pin : 'E' + turn);
        }
    }
    aml_asm(aml, "}");
}

static void add_ich9_routing(Aml *aml)
{
    aml_asm(aml, "Name PICF 0"
                 " Method _PIC 1 { Store Arg0 PICF }"
                 " Scope _SB { Scope PCI0 {");
    add_ich9_table(aml, "PRTP", "LNK");
    add_ich9_table(aml, "PRTA", "GSI");
    aml_asm(aml, "Method _PRT 0 {"
                 "  If LEqual PICF 0 { Return PRTP }"
                 "  Return PRTA }"
                 "}");
    add_link_methods(aml);
    for (unsigned i = 0; i < 8; i++) {
        char name[] = { 'L', 'N', 'K', 'A' + i, 0 };
        char reg[] = { 'P', 'R', 'Q', 'A' + i, 0 };

        add_link(aml, name, i, reg);
    }
    for (unsigned i = 0; i < 8; i++) {
        char name[] = { 'G', 'S', 'I', 'A' + i, 0 };

        add_fixed_link(aml, name, 16 + i, 16 + i, false);
    }
    aml_asm(aml, "}");
}

void acpi_dsdt_add_routing(Aml *aml, const AcpiMachine *m)
{
    if (m->q35) {
        add_ich9_routing(aml);
    } else {
        add_piix_routing(aml);
    }
}
