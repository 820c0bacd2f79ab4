/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports of processors that come and go: QEMU's "ACPI CPU hotplug interface".
 *
 * At first they are a map, a bit for each APIC ID whose processor is there.
 * Who writes 0 to it finds registers from then on:
 *
 *   0  write: number of the processor that the others speak of
 *      read: upper half of its APIC ID, after command 3
 *   4  write: acknowledge events, eject; read: enabled, events
 *   5  write: command
 *   8  data of the command
 *
 * No processor is plugged or ejected here: the registers tell of those that
 * there are, and keep for a migrated guest what it was in the middle of.
 */
#include "qemu/osdep.h"
#include "hw/acpi/cpu.h"
#include "hw/boards.h"
#include "qapi/qapi-events.h"
#include "qapi/qmp-event.h"
#include "qemu/log.h"

#define LEGACY_SIZE 32
#define REGISTERS_SIZE 12

#define SELECTOR 0              /* read: DATA_HIGH */
#define FLAGS 4
#define COMMAND 5
#define DATA 8

#define FLAG_ENABLED 0x01
#define FLAG_INSERTING 0x02
#define FLAG_REMOVING 0x04
#define FLAG_EJECT 0x08
#define FLAG_FIRMWARE_EJECT 0x10

enum {
    COMMAND_NEXT_EVENT,
    COMMAND_OST_EVENT,
    COMMAND_OST_STATUS,
    COMMAND_APIC_ID,
    N_COMMANDS
};

/* The machine's processors; NULL where there is no machine (tests). */
static const CPUArchIdList *slots(void)
{
    MachineState *ms = (MachineState *)object_dynamic_cast(
        qdev_get_machine(), TYPE_MACHINE);
    MachineClass *mc = ms ? MACHINE_GET_CLASS(ms) : NULL;

    return mc && mc->possible_cpu_arch_ids ? mc->possible_cpu_arch_ids(ms) :
                                             NULL;
}

/*** The map ***/

static uint64_t legacy_read(void *opaque, hwaddr addr, unsigned size)
{
    const CPUArchIdList *list = slots();
    uint8_t bits = 0;

    for (int i = 0; list && i < list->len; i++) {
        if (list->cpus[i].cpu && list->cpus[i].arch_id / 8 == addr) {
            bits |= 1 << list->cpus[i].arch_id % 8;
        }
    }
    return bits;
}

static void legacy_write(void *opaque, hwaddr addr, uint64_t val,
                         unsigned size)
{
    if (addr == 0 && val == 0) {
        acpi_cpu_hotplug_leave_legacy(opaque);
    }
}

static const MemoryRegionOps legacy_ops = {
    .read = legacy_read,
    .write = legacy_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 1,
    .valid.max_access_size = 1,
};

/*** Registers ***/

static uint32_t read_flags(const CPUHotplugState *s)
{
    const AcpiCpuStatus *dev = &s->devs[s->selector];

    return (slots()->cpus[s->selector].cpu ? FLAG_ENABLED : 0) |
           (dev->is_inserting ? FLAG_INSERTING : 0) |
           (dev->is_removing ? FLAG_REMOVING : 0) |
           (dev->fw_remove ? FLAG_FIRMWARE_EJECT : 0);
}

static uint64_t registers_read(void *opaque, hwaddr addr, unsigned size)
{
    CPUHotplugState *s = opaque;
    uint64_t id;

    if (s->selector >= s->dev_count) {
        return 0;
    }
    id = s->command == COMMAND_APIC_ID ?
         slots()->cpus[s->selector].arch_id : 0;
    switch (addr) {
    case SELECTOR:
        return id >> 32;
    case FLAGS:
        return read_flags(s);
    case DATA:
        return s->command == COMMAND_NEXT_EVENT ? s->selector : (uint32_t)id;
    default:
        return 0;
    }
}

static void write_flags(CPUHotplugState *s, uint32_t val)
{
    AcpiCpuStatus *dev = &s->devs[s->selector];

    if (val & FLAG_INSERTING) {
        dev->is_inserting = false;
    } else if (val & FLAG_REMOVING) {
        dev->is_removing = false;
    } else if (val & FLAG_EJECT) {
        qemu_log_mask(LOG_GUEST_ERROR, "acpi: processor %" PRIu32 " cannot "
                      "be ejected\n", s->selector);
    } else if ((val & FLAG_FIRMWARE_EJECT) && s->selector != 0 &&
               slots()->cpus[s->selector].cpu) {
        /* Any but the boot processor may go. */
        dev->fw_remove = !dev->fw_remove;
    }
}

/* The first that has something to tell, from the selected one on, around. */
static void select_next_event(CPUHotplugState *s)
{
    for (uint32_t i = 0; i < s->dev_count; i++) {
        uint32_t n = (s->selector + i) % s->dev_count;

        if (s->devs[n].is_inserting || s->devs[n].is_removing ||
            s->devs[n].fw_remove) {
            s->selector = n;
            return;
        }
    }
}

static void tell_status(uint32_t n, const AcpiCpuStatus *dev)
{
    g_autofree char *slot = NULL;

    if (!qapi_event_wanted()) {
        return;
    }
    slot = g_strdup_printf("%" PRIu32, n);
    qapi_event_send(QAPI_EVENT_ACPI_DEVICE_OST,
                    json_pack("{s:{s:s, s:s, s:I, s:I}}", "info",
                              "slot", slot, "slot-type", "CPU",
                              "source", (json_int_t)dev->ost_event,
                              "status", (json_int_t)dev->ost_status));
}

static void write_data(CPUHotplugState *s, uint32_t val)
{
    AcpiCpuStatus *dev = &s->devs[s->selector];

    if (s->command == COMMAND_OST_EVENT) {
        dev->ost_event = val;
    } else if (s->command == COMMAND_OST_STATUS) {
        dev->ost_status = val;
        tell_status(s->selector, dev);
    }
}

static void registers_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    CPUHotplugState *s = opaque;

    if (addr == SELECTOR) {
        s->selector = val;
    } else if (s->selector >= s->dev_count) {
        qemu_log_mask(LOG_GUEST_ERROR, "acpi: there is no processor %" PRIu32
                      "\n", s->selector);
    } else if (addr == FLAGS) {
        write_flags(s, val);
    } else if (addr == COMMAND && val < N_COMMANDS) {
        s->command = val;
        if (val == COMMAND_NEXT_EVENT) {
            select_next_event(s);
        }
    } else if (addr == DATA) {
        write_data(s, val);
    }
}

static const MemoryRegionOps registers_ops = {
    .read = registers_read,
    .write = registers_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
};

/*** Life ***/

void acpi_cpu_hotplug_leave_legacy(CPUHotplugState *s)
{
    if (!*s->legacy) {
        return;
    }
    *s->legacy = false;
    memory_region_transaction_begin();
    memory_region_set_enabled(&s->legacy_reg, false);
    memory_region_set_enabled(&s->ctrl_reg, true);
    memory_region_transaction_commit();
}

void acpi_cpu_hotplug_init(CPUHotplugState *s, Object *owner,
                           MemoryRegion *io, hwaddr base, bool *legacy)
{
    const CPUArchIdList *list = slots();

    s->legacy = legacy;
    s->dev_count = list ? list->len : 0;
    s->devs = g_new0(AcpiCpuStatus, s->dev_count);
    memory_region_init_io(&s->legacy_reg, owner, &legacy_ops, s,
                          "acpi-cpu-hotplug", LEGACY_SIZE);
    memory_region_init_io(&s->ctrl_reg, owner, &registers_ops, s,
                          "acpi-cpu-hotplug", REGISTERS_SIZE);
    memory_region_set_enabled(&s->legacy_reg, *legacy);
    memory_region_set_enabled(&s->ctrl_reg, !*legacy);
    memory_region_add_subregion(io, base, &s->legacy_reg);
    memory_region_add_subregion(io, base, &s->ctrl_reg);
}

/*** State ***/

static const VMStateDescription vmstate_device = {
    .name = "CPU hotplug device state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(is_inserting, AcpiCpuStatus),
        VMSTATE_BOOL(is_removing, AcpiCpuStatus),
        VMSTATE_UINT32(ost_event, AcpiCpuStatus),
        VMSTATE_UINT32(ost_status, AcpiCpuStatus),
        VMSTATE_END_OF_LIST()
    },
};

static int cpu_hotplug_pre_load(void *opaque)
{
    acpi_cpu_hotplug_leave_legacy(opaque);
    return 0;
}

const VMStateDescription vmstate_cpu_hotplug = {
    .name = "CPU hotplug state",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = cpu_hotplug_pre_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(selector, CPUHotplugState),
        VMSTATE_UINT8(command, CPUHotplugState),
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(devs, CPUHotplugState, dev_count,
                                             vmstate_device, AcpiCpuStatus),
        VMSTATE_END_OF_LIST()
    },
};
