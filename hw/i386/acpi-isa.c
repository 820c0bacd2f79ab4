/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices behind the ISA bridge in the DSDT: their identities and what
 * ports and lines they have.
 */
#include "qemu/osdep.h"
#include "acpi-internal.h"
#include "hw/block/fdc.h"
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

/*
 * A drive (ACPI 6.3, 9.8.2, as INT 13h with AH=8 has it): the most that media
 * for it have, last cylinder, sectors and last head; then the BIOS's table of
 * its timing.
 */
static void add_floppy_drive(Aml *aml, int unit, FloppyDriveType type)
{
    static const struct {
        uint8_t cmos_type, cylinder, sectors;
    } limits[] = {
        [FLOPPY_DRIVE_TYPE_144] = { 4, 82, 24 },
        [FLOPPY_DRIVE_TYPE_288] = { 5, 79, 48 },
        [FLOPPY_DRIVE_TYPE_120] = { 2, 82, 20 },
    };

    aml_asm(aml, "Device FLP%c {"
                 "  Name _ADR %d"
                 "  Name _FDI Package 16 { %d %u %u %u 1 0xaf 2 0x25 2 0x12"
                 "    0x1b 0xff 0x6c 0xf6 0x0f 8 } }",
            'A' + unit, unit, unit, limits[type].cmos_type,
            limits[type].cylinder, limits[type].sectors);
}

/* One tape drive that nobody knows of (_FDE's 2), as ever in PCs. */
static void add_fdc(Aml *aml, DeviceState *dev)
{
    bool present[MAX_FD];

    /* Others, elsewhere, are for drivers that are told so. */
    if (get(dev, "iobase") != 0x3f0) {
        return;
    }
    aml_asm(aml, "Device FDC0 {"
                 "  Name _HID EisaId PNP0700"
                 "  Name _CRS ResourceTemplate {"
                 "    IO 0x3f2 0x3f2 0 4  IO 0x3f7 0x3f7 0 1"
                 "    IRQ 6  DMA 2 }");
    for (int i = 0; i < MAX_FD; i++) {
        FloppyDriveType type = isa_fdc_get_drive_type(ISA_DEVICE(dev), i);

        present[i] = type < FLOPPY_DRIVE_TYPE_NONE;
        if (present[i]) {
            add_floppy_drive(aml, i, type);
        }
    }
    aml_asm(aml, "  Name _FDE Buffer {"
                 "    %d 0 0 0  %d 0 0 0  0 0 0 0  0 0 0 0  2 0 0 0 } }",
            present[0], present[1]);
}

static const struct {
    const char *type;
    void (*add)(Aml *aml, DeviceState *dev);
} isa_devices[] = {
    { TYPE_ISA_FDC, add_fdc },
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
