/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices behind the ISA bridge in the DSDT: their identities and what
 * ports and lines they have.
 */
#include "qemu/osdep.h"
#include "acpi-internal.h"
#include "hw/isa/isa.h"
#include "qapi/error.h"

#define SERIAL_PORTS 8
#define PARALLEL_PORTS 8

static unsigned get(DeviceState *dev, const char *name)
{
    return object_property_get_uint(OBJECT(dev), name, &error_abort);
}

/* Both devices are one chip's. */
static void add_i8042(Aml *aml, DeviceState *dev)
{
    aml_asm(aml, "Device KBD {"
                 "  Name _HID EisaId PNP0303"
                 "  Name _STA 0x0f"
                 "  Name _CRS ResourceTemplate {"
                 "    IO 0x60 0x60 1 1  IO 0x64 0x64 1 1  IRQ 1 } }"
                 "Device MOU {"
                 "  Name _HID EisaId PNP0F13"
                 "  Name _STA 0x0f"
                 "  Name _CRS ResourceTemplate { IRQ 12 } }");
}

static void add_rtc(Aml *aml, DeviceState *dev)
{
    aml_asm(aml, "Device RTC {"
                 "  Name _HID EisaId PNP0B00"
                 "  Name _CRS ResourceTemplate {"
                 "    IO 0x70 0x70 1 8  IRQ 8 } }");
}

static void add_serial(Aml *aml, DeviceState *dev)
{
    unsigned number = get(dev, "index") + 1;

    aml_asm(aml, "Device COM%u {"
                 "  Name _HID EisaId PNP0501"
                 "  Name _UID %u"
                 "  Name _STA 0x0f"
                 "  Name _CRS ResourceTemplate {"
                 "    IO 0x%x 0x%x 0 %u  IRQ %u } }",
            number, number, get(dev, "iobase"), get(dev, "iobase"),
            SERIAL_PORTS, get(dev, "irq"));
}

static void add_parallel(Aml *aml, DeviceState *dev)
{
    unsigned number = get(dev, "index") + 1;

    aml_asm(aml, "Device LPT%u {"
                 "  Name _HID EisaId PNP0400"
                 "  Name _UID %u"
                 "  Name _STA 0x0f"
                 "  Name _CRS ResourceTemplate {"
                 "    IO 0x%x 0x%x 8 %u  IRQ %u } }",
            number, number, get(dev, "iobase"), get(dev, "iobase"),
            PARALLEL_PORTS, get(dev, "irq"));
}

static const struct {
    const char *type;
    void (*add)(Aml *aml, DeviceState *dev);
} isa_devices[] = {
    { "i8042", add_i8042 },
    { "mc146818rtc", add_rtc },
    { "isa-serial", add_serial },
    { "isa-parallel", add_parallel },
};

void acpi_dsdt_add_isa_devices(Aml *aml, const AcpiMachine *m)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &BUS(m->pcms->isa_bus)->children, sibling) {
        for (int i = 0; i < ARRAY_SIZE(isa_devices); i++) {
            if (object_dynamic_cast(OBJECT(kid->child),
                                    isa_devices[i].type)) {
                isa_devices[i].add(aml, kid->child);
            }
        }
    }
}

bool acpi_has_i8042(const AcpiMachine *m)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &BUS(m->pcms->isa_bus)->children, sibling) {
        if (object_dynamic_cast(OBJECT(kid->child), "i8042")) {
            return true;
        }
    }
    return false;
}
