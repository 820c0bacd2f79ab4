/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a PC's firmware finds in the memory of the clock: sizes of RAM, the
 * boot order, equipment, disks.  Offsets are those of the IBM PC/AT, and of
 * Bochs where the AT has none.
 */
#include "qemu/osdep.h"
#include "hw/i386/pc-internal.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "sysemu/sysemu.h"

#define CMOS_DISK_TYPES 0x12
#define CMOS_EQUIPMENT 0x14
#define CMOS_BASE_MEMORY 0x15           /* KiB, in two bytes, as the next */
#define CMOS_EXTENDED_MEMORY 0x17       /* KiB from 1 MiB on */
#define CMOS_DISK_EXTENDED_TYPE 0x19
#define CMOS_DISK_GEOMETRY 0x1b         /* nine bytes a disk */
#define CMOS_EXTENDED_MEMORY_POST 0x30  /* what POST found of it */
#define CMOS_MEMORY_16M 0x34            /* 64 KiB units from 16 MiB on */
#define CMOS_BOOT_THIRD 0x38            /* and bit 0: no check of floppies */
#define CMOS_DISK_TRANSLATION 0x39
#define CMOS_BOOT 0x3d
#define CMOS_MEMORY_4G 0x5b             /* 64 KiB units from 4 GiB on */
#define CMOS_CPUS 0x5f                  /* but one */

#define EQUIPMENT_FPU 0x02
#define EQUIPMENT_MOUSE 0x04

/* The least significant byte first. */
static void set_bytes(ISADevice *rtc, int offset, uint64_t value, int n)
{
    for (int i = 0; i < n; i++) {
        rtc_set_memory(rtc, offset + i, value >> (8 * i) & 0xff);
    }
}

/*** Memory ***/

static uint64_t above(uint64_t size, uint64_t start, uint64_t unit,
                      uint64_t limit)
{
    return size > start ? MIN((size - start) / unit, limit) : 0;
}

static void set_memory(ISADevice *rtc, X86MachineState *x86ms)
{
    uint64_t low = x86ms->below_4g_mem_size;
    uint64_t extended = above(low, 1 * MiB, KiB, 65535);

    set_bytes(rtc, CMOS_BASE_MEMORY, MIN(low / KiB, 640), 2);
    set_bytes(rtc, CMOS_EXTENDED_MEMORY, extended, 2);
    set_bytes(rtc, CMOS_EXTENDED_MEMORY_POST, extended, 2);
    set_bytes(rtc, CMOS_MEMORY_16M, above(low, 16 * MiB, 64 * KiB, 65535), 2);
    set_bytes(rtc, CMOS_MEMORY_4G, x86ms->above_4g_mem_size / (64 * KiB), 3);
}

/*** Boot order ***/

#define MAX_BOOT_DEVICES 3

/* Four bits, 0 for what a BIOS knows nothing about. */
static int boot_code(char device)
{
    switch (device) {
    case 'a':
    case 'b':
        return 1;
    case 'c':
        return 2;
    case 'd':
        return 3;
    case 'n':
        return 4;
    default:
        return 0;
    }
}

static void set_boot(void *opaque, const char *order, Error **errp)
{
    ISADevice *rtc = opaque;
    int codes[MAX_BOOT_DEVICES] = { 0 };

    if (strlen(order) > MAX_BOOT_DEVICES) {
        error_setg(errp, "Too many boot devices for PC");
        return;
    }
    for (int i = 0; order[i]; i++) {
        codes[i] = boot_code(order[i]);
        if (!codes[i]) {
            error_setg(errp, "Invalid boot device for PC: '%c'", order[i]);
            return;
        }
    }
    rtc_set_memory(rtc, CMOS_BOOT, codes[1] << 4 | codes[0]);
    rtc_set_memory(rtc, CMOS_BOOT_THIRD, codes[2] << 4 | !fd_bootchk);
}

/*** Processors, disks ***/

/* More than fit are told by fw_cfg only. */
void pc_cmos_set_cpus(PCMachineState *pcms)
{
    unsigned cpus = X86_MACHINE(pcms)->boot_cpus;

    rtc_set_memory(pcms->rtc, CMOS_CPUS, cpus > 256 ? 0 : cpus - 1);
}

void pc_cmos_set_disk(PCMachineState *pcms, int unit, unsigned cylinders,
                      unsigned heads, unsigned sectors, int translation)
{
    const uint8_t geometry[] = {
        cylinders, cylinders >> 8, heads, 0xff, 0xff,
        0xc0 | (heads > 8) << 3, cylinders, cylinders >> 8, sectors,
    };
    ISADevice *rtc = pcms->rtc;
    uint8_t types = rtc_get_memory(rtc, CMOS_DISK_TYPES);
    uint8_t translations = rtc_get_memory(rtc, CMOS_DISK_TRANSLATION);

    /* The type of each is "see the extended type", and that is 47. */
    rtc_set_memory(rtc, CMOS_DISK_TYPES, types | (unit ? 0x0f : 0xf0));
    rtc_set_memory(rtc, CMOS_DISK_EXTENDED_TYPE + unit, 47);
    for (int i = 0; i < ARRAY_SIZE(geometry); i++) {
        rtc_set_memory(rtc, CMOS_DISK_GEOMETRY + 9 * unit + i, geometry[i]);
    }
    rtc_set_memory(rtc, CMOS_DISK_TRANSLATION,
                   (translations & ~(3 << 2 * unit)) |
                   (translation & 3) << 2 * unit);
}

/*** Birth ***/

void pc_prepare_rtc(PCMachineState *pcms, DeviceState *dev)
{
    qdev_prop_set_int32(dev, "base_year", 0);   /* the century says it */
}

void pc_wire_rtc(PCMachineState *pcms, DeviceState *dev)
{
    ISADevice *rtc = ISA_DEVICE(dev);
    MachineState *ms = MACHINE(pcms);

    pcms->rtc = rtc;
    object_property_add_alias(OBJECT(pcms), "rtc-time", OBJECT(rtc), "date");
    qdev_connect_gpio_out(dev, 0, pcms->hpet
                          ? qdev_get_gpio_in(pcms->hpet, HPET_LEGACY_RTC_INT)
                          : X86_MACHINE(pcms)->gsi[RTC_ISA_IRQ]);

    set_memory(rtc, X86_MACHINE(pcms));
    pc_cmos_set_cpus(pcms);
    rtc_set_memory(rtc, CMOS_EQUIPMENT, EQUIPMENT_FPU | EQUIPMENT_MOUSE);
    qemu_register_boot_set(set_boot, rtc);
    set_boot(rtc, ms->boot_config.order, &error_fatal);
}
