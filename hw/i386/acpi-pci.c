/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI functions in the DSDT, and the methods of hot-plug: ACPI specification
 * 6.4, sections 6.1.1 (_ADR), 6.3.3 (_EJx) and 5.6.6 (notifications); PCI
 * Firmware specification 3.1, section 4.6.7 (_DSM of device labels).
 *
 * The ports of hw/acpi/pcihp.c are about the bus that was selected; mutex
 * BLCK makes a selection and what follows one.  A bus that takes part in
 * hot-plug has its number, BSEL, and a device for each slot; of other buses
 * the functions that are there from the start suffice.
 */
#include "qemu/osdep.h"
#include "acpi-internal.h"
#include "hw/acpi/pcihp.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"

/* Values of notifications. */
#define NOTIFY_DEVICE_CHECK 1
#define NOTIFY_EJECT_REQUEST 3

/* The device label's _DSM: revision 2 on, function 7; and what _DSM has. */
#define LABEL_UUID "e5c937d0-3553-4d7a-9117-ea4d19c3434d"
#define LABEL_FUNCTIONS 0x81    /* 0 and 7 */

static void add_ports(Aml *aml, const AcpiMachine *m)
{
    aml_asm(aml, "OpRegion HPRT 1 0x%x 0x%x"
                 " Field HPRT 0x43 {"           /* by doublewords */
                 "  HPUP 32 HPDN 32 HPEJ 32 _ 32 HPSL 32 HPIX 32 }"
                 " Mutex BLCK 0", m->pcihp_base, m->pcihp_len);
}

/* EJSL(bus, slot): takes the slot's devices out. */
static void add_eject_method(Aml *aml)
{
    aml_asm(aml, "Method EJSL 2 {"
                 "  Acquire BLCK 0xffff"
                 "  Store Arg0 HPSL"
                 "  Store ShiftLeft 1 Arg1 Nil HPEJ"
                 "  Release BLCK }");
}

/*
 * LABL(uuid, revision, function, bus, slot): the _DSM of a slot, by which a
 * system gives an interface a name that does not depend on its place.  There
 * is an index to tell unless it reads as 0 or ones.
 */
static void add_label_method(Aml *aml)
{
    aml_asm(aml, "Method LABL 5s {"
                 "  If LNot LEqual Arg0 ToUUID " LABEL_UUID " {"
                 "    Return Buffer { 0 } }"
                 "  If LLess Arg1 2 { Return Buffer { 0 } }"
                 "  Acquire BLCK 0xffff"
                 "  Store Arg3 HPSL"
                 "  Store ShiftLeft 1 Arg4 Nil HPIX"
                 "  Store HPIX Local0"
                 "  Release BLCK"
                 "  If LOr LEqual Local0 0 LEqual Local0 0xffffffff {"
                 "    Return Buffer { 0 } }"
                 "  If LEqual Arg2 0 { Return Buffer { 0x%x } }"
                 "  If LEqual Arg2 7 {"
                 "    Store Package 2 { 0 \"\" } Local1"
                 "    Store Local0 Index Local1 0 Nil"
                 "    Return Local1 }"
                 "  Return Buffer { 0 } }", LABEL_FUNCTIONS);
}

void acpi_dsdt_add_pci_methods(Aml *aml, const AcpiMachine *m)
{
    if (!m->pcihp_base) {
        return;
    }
    aml_asm(aml, "Scope _SB.PCI0 {");
    add_ports(aml, m);
    add_eject_method(aml);
    add_label_method(aml);
    aml_asm(aml, "}");
}

/*** Functions ***/

static bool is_fixed_bridge(PCIDevice *d)
{
    return object_dynamic_cast(OBJECT(d), TYPE_PCI_BRIDGE) &&
           !DEVICE(d)->hotplugged;
}

static bool is_video(PCIDevice *d)
{
    return pci_get_byte(d->config + PCI_CLASS_DEVICE + 1) ==
           PCI_CLASS_DISPLAY_VGA >> 8;
}

/*
 * Which functions there is something to tell about: the first of each slot
 * stands for the slot, others are there when something is behind them.
 */
static bool is_described(PCIDevice *d)
{
    return !PCI_FUNC(d->devfn) || is_fixed_bridge(d) ||
           object_dynamic_cast(OBJECT(d), "ICH9-SMB");
}

static void add_bus(Aml *aml, const AcpiMachine *m, PCIBus *bus);

static bool is_isa_bridge(const AcpiMachine *m, PCIDevice *d)
{
    return BUS(m->pcms->isa_bus)->parent == DEVICE(d);
}

/*
 * The registers that route interrupts belong to the ISA bridge, their names
 * to the links.
 */
static void add_isa_bridge(Aml *aml, const AcpiMachine *m)
{
    if (m->q35) {
        aml_asm(aml, "OpRegion PIRQ 2 0x60 0x0c"
                     " Scope \\_SB { Field PCI0.SF8.PIRQ 1 {"
                     "  PRQA 8 PRQB 8 PRQC 8 PRQD 8 _ 32"
                     "  PRQE 8 PRQF 8 PRQG 8 PRQH 8 } }");
    } else {
        aml_asm(aml, "OpRegion P40C 2 0x60 4"
                     " Scope \\_SB { Field PCI0.S08.P40C 1 {"
                     "  PRQ0 8 PRQ1 8 PRQ2 8 PRQ3 8 } }");
    }
    acpi_dsdt_add_isa_devices(aml, m);
}

/* Video comes back from sleep without help. */
static void add_video(Aml *aml)
{
    aml_asm(aml, "Method _S1D 0 { Return 0 }"
                 " Method _S2D 0 { Return 0 }"
                 " Method _S3D 0 { Return 0 }");
}

static void add_slot_methods(Aml *aml, unsigned slot, bool can_eject)
{
    aml_asm(aml, "Name ASUN %u"
                 " Method _DSM 4s { Return LABL Arg0 Arg1 Arg2 BSEL ASUN }",
            slot);
    if (can_eject) {
        aml_asm(aml, "Name _SUN %u"
                     " Method _EJ0 1 { EJSL BSEL _SUN }", slot);
    }
}

/* @d is NULL for an empty slot. */
static bool can_eject(PCIDevice *d)
{
    return !d || (DEVICE_GET_CLASS(d)->hotpluggable && !is_fixed_bridge(d));
}

static void add_function(Aml *aml, const AcpiMachine *m, PCIDevice *d,
                         int devfn, bool in_hotplug_bus)
{
    aml_asm(aml, "Device S%02X { Name _ADR 0x%x", devfn,
            PCI_SLOT(devfn) << 16 | PCI_FUNC(devfn));
    if (in_hotplug_bus) {
        add_slot_methods(aml, PCI_SLOT(devfn), can_eject(d));
    }
    if (d && is_isa_bridge(m, d)) {
        add_isa_bridge(aml, m);
    } else if (d && is_video(d)) {
        add_video(aml);
    } else if (d && is_fixed_bridge(d)) {
        add_bus(aml, m, pci_bridge_get_sec_bus(PCI_BRIDGE(d)));
    }
    aml_asm(aml, "}");
}

/*** Buses ***/

/* A link has one slot. */
static int bus_slots(PCIBus *bus)
{
    return pci_bus_is_express(bus) && !pci_bus_is_root(bus) ? 1
                                                            : PCI_SLOT_MAX;
}

/* Whether PCNT of this bus has anything to do. */
static bool needs_count(const AcpiMachine *m, PCIDevice *d)
{
    return d && m->pcihp_bridges && is_fixed_bridge(d);
}

/*
 * PCNT, with BLCK held: reads who came and who is asked to go, notifies, and
 * goes on to the buses below.
 */
static void add_count_method(Aml *aml, const AcpiMachine *m, PCIBus *bus,
                             int bsel)
{
    aml_asm(aml, "Method PCNT 0 {");
    if (bsel >= 0) {
        aml_asm(aml, "Store %d HPSL  Store HPUP Local0  Store HPDN Local1",
                bsel);
    }
    for (int slot = 0; bsel >= 0 && slot < bus_slots(bus); slot++) {
        int devfn = PCI_DEVFN(slot, 0);

        if (can_eject(bus->devices[devfn])) {
            aml_asm(aml, "If And Local0 0x%x Nil { Notify S%02X %d }"
                         " If And Local1 0x%x Nil { Notify S%02X %d }",
                    1u << slot, devfn, NOTIFY_DEVICE_CHECK,
                    1u << slot, devfn, NOTIFY_EJECT_REQUEST);
        }
    }
    for (int devfn = 0; devfn < PCI_DEVFN_MAX; devfn++) {
        if (needs_count(m, bus->devices[devfn])) {
            aml_asm(aml, "^S%02X.PCNT", devfn);
        }
    }
    aml_asm(aml, "}");
}

static void add_bus(Aml *aml, const AcpiMachine *m, PCIBus *bus)
{
    int bsel = m->pcihp_base ? acpi_pcihp_get_bsel(bus) : -1;

    if (bsel >= 0) {
        aml_asm(aml, "Name BSEL %d", bsel);
    }
    for (int devfn = 0; devfn < bus_slots(bus) * PCI_FUNC_MAX; devfn++) {
        PCIDevice *d = bus->devices[devfn];

        if (d ? is_described(d) : bsel >= 0 && !PCI_FUNC(devfn)) {
            add_function(aml, m, d, devfn, bsel >= 0);
        }
    }
    if (m->pcihp_bridges || bsel >= 0) {
        add_count_method(aml, m, bus, bsel);
    }
}

void acpi_dsdt_add_pci_devices(Aml *aml, const AcpiMachine *m)
{
    aml_asm(aml, "Scope \\_SB { Scope PCI0 {");
    add_bus(aml, m, m->pcms->bus);
    aml_asm(aml, "} }"
                 " Scope _GPE { Name _HID \"ACPI0006\"");
    if (m->pcihp_base) {
        aml_asm(aml, "Method _E01 0 {"
                     "  Acquire \\_SB.PCI0.BLCK 0xffff"
                     "  \\_SB.PCI0.PCNT"
                     "  Release \\_SB.PCI0.BLCK }");
    }
    aml_asm(aml, "}");
}
