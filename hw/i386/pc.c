/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PC: what the boards "pc" and "q35" have in common.
 *
 * A board adds a host bridge and a table of chips (pc_piix.c, pc_q35.c).
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "hw/i386/acpi-build.h"
#include "hw/i386/pc-internal.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "sysemu/blockdev.h"
#include "sysemu/sysemu.h"
#include "target/i386/cpu.h"

/*** Ports without a chip ***/

/* POST codes go to 0x80; systems write there to waste a microsecond. */
static uint64_t silent_port_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static void silent_port_write(void *opaque, hwaddr addr, uint64_t data,
                              unsigned size)
{
}

static const MemoryRegionOps silent_port_ops = {
    .read = silent_port_read,
    .write = silent_port_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

/* 0xf0 clears the coprocessor's busy latch, which nobody sets. */
static void add_silent_ports(PCMachineState *pcms)
{
    memory_region_init_io(&pcms->ioport80, NULL, &silent_port_ops, NULL,
                          "ioport80", 1);
    memory_region_add_subregion(get_system_io(), 0x80, &pcms->ioport80);
    memory_region_init_io(&pcms->ioportf0, NULL, &silent_port_ops, NULL,
                          "ioportF0", 1);
    memory_region_add_subregion(get_system_io(), 0xf0, &pcms->ioportf0);
}

/*** The board ***/

static void pc_machine_done(Notifier *notifier, void *data)
{
    PCMachineState *pcms = container_of(notifier, PCMachineState,
                                        machine_done);

    pc_cmos_set_cpus(pcms);
    pc_cmos_set_disks(pcms);
    pc_fw_cfg_machine_done(pcms);
    pc_smbios_setup(pcms);
    acpi_setup(pcms);
}

void pc_machine_init(MachineState *ms)
{
    PCMachineState *pcms = PC_MACHINE(ms);
    PCMachineClass *pcmc = PC_MACHINE_GET_CLASS(pcms);
    X86MachineState *x86ms = X86_MACHINE(ms);

    if (machine_usb(ms)) {
        error_setg(&error_fatal, "there is no USB host controller in this "
                   "program: machine property 'usb' must be off");
    }
    pc_split_ram(pcms);
    x86_cpus_init(x86ms);
    sysbus_create_simple("kvmvapic", -1, NULL);

    pcms->pci_memory = g_new(MemoryRegion, 1);
    memory_region_init(pcms->pci_memory, NULL, "pci", UINT64_MAX);
    pc_memory_init(pcms);

    x86ms->gsi = qemu_allocate_irqs(gsi_handler, &pcms->gsi_state,
                                    GSI_NUM_PINS);
    pcmc->create_host(pcms);
    add_silent_ports(pcms);
    pc_create_chips(pcms, pcmc->chips);
}

/*** Hot-plug ***/

static HotplugHandler *pc_get_hotplug_handler(MachineState *machine,
                                              DeviceState *dev)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_CPU)) {
        return HOTPLUG_HANDLER(machine);
    }
    return NULL;
}

/* Processors come by -smp only, until there is ACPI to announce others. */
static void pc_device_pre_plug(HotplugHandler *handler, DeviceState *dev,
                               Error **errp)
{
    if (dev->hotplugged) {
        error_setg(errp, "this machine does not support hot-plug of "
                   "processors");
    }
}

static void pc_device_plug(HotplugHandler *handler, DeviceState *dev,
                           Error **errp)
{
}

static void pc_device_unplug(HotplugHandler *handler, DeviceState *dev,
                             Error **errp)
{
    error_setg(errp, "this machine does not support unplug of %s",
               object_get_typename(OBJECT(dev)));
}

/*** Properties ***/

typedef struct PCSwitch {
    const char *name;
    const char *description;
    size_t offset;
} PCSwitch;

static const PCSwitch pc_switches[] = {
    { "smbus", "Enable/disable system management bus",
      offsetof(PCMachineState, smbus_enabled) },
    { "sata", "Enable/disable Serial ATA bus",
      offsetof(PCMachineState, sata_enabled) },
    { "hpet", "Enable/disable high precision event timer emulation",
      offsetof(PCMachineState, hpet_enabled) },
    { "i8042", NULL, offsetof(PCMachineState, i8042_enabled) },
    { "default-bus-bypass-iommu", NULL,
      offsetof(PCMachineState, default_bus_bypass_iommu) },
};

static void pc_switch_get(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    const PCSwitch *o = opaque;

    visit_type_bool(v, name, (bool *)((char *)obj + o->offset), errp);
}

static void pc_switch_set(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    const PCSwitch *o = opaque;

    visit_type_bool(v, name, (bool *)((char *)obj + o->offset), errp);
}

static void pc_get_vmport(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_enum(v, name, (int *)&PC_MACHINE(obj)->vmport,
                    &OnOffAuto_lookup, errp);
}

static void pc_set_vmport(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_enum(v, name, (int *)&PC_MACHINE(obj)->vmport,
                    &OnOffAuto_lookup, errp);
}

static void pc_get_max_ram_below_4g(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    visit_type_size(v, name, &X86_MACHINE(obj)->max_ram_below_4g, errp);
}

static void pc_set_max_ram_below_4g(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp)
{
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value > 4 * GiB) {
        error_setg(errp, "Machine option 'max-ram-below-4g=%" PRIu64
                   "' expects size less than or equal to 4G", value);
        return;
    }
    if (value < 1 * MiB) {
        warn_report("Only %" PRIu64 " bytes of RAM below the 4GiB boundary,"
                    "BIOS may not work with less than 1MiB", value);
    }
    X86_MACHINE(obj)->max_ram_below_4g = value;
}

static void pc_get_max_fw_size(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    visit_type_size(v, name, &PC_MACHINE(obj)->max_fw_size, errp);
}

static void pc_set_max_fw_size(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    /* Beyond lie the I/O APIC and the local APICs. */
    if (value > 16 * MiB) {
        error_setg(errp, "User specified max allowed firmware size %" PRIu64
                   " is greater than 16MiB.  If combined firmware size "
                   "exceeds 16MiB the system may not boot, or experience "
                   "intermittent stability issues.", value);
        return;
    }
    PC_MACHINE(obj)->max_fw_size = value;
}

static void pc_get_smbios_ep(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_str(v, name, &PC_MACHINE(obj)->smbios_entry_point_type, errp);
}

static void pc_set_smbios_ep(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    PCMachineState *pcms = PC_MACHINE(obj);
    g_autofree char *value = NULL;

    if (!visit_type_str(v, name, &value, errp)) {
        return;
    }
    if (strcmp(value, "32") && strcmp(value, "64")) {
        error_setg(errp, "Invalid parameter '%s'", value);
        return;
    }
    g_free(pcms->smbios_entry_point_type);
    pcms->smbios_entry_point_type = g_steal_pointer(&value);
}

static void pc_get_device_memory_size(Object *obj, Visitor *v,
                                      const char *name, void *opaque,
                                      Error **errp)
{
    MachineState *ms = MACHINE(obj);
    int64_t value = ms->device_memory
                    ? memory_region_size(&ms->device_memory->mr) : 0;

    visit_type_int(v, name, &value, errp);
}

/*** Type ***/

static void pc_machine_initfn(Object *obj)
{
    PCMachineState *pcms = PC_MACHINE(obj);

    pcms->vmport = ON_OFF_AUTO_AUTO;
    pcms->max_fw_size = 8 * MiB;
    pcms->smbios_entry_point_type = g_strdup("32");
    pcms->smbus_enabled = true;
    pcms->sata_enabled = true;
    pcms->hpet_enabled = true;
    pcms->i8042_enabled = true;
    pcms->machine_done.notify = pc_machine_done;
    qemu_add_machine_init_done_notifier(&pcms->machine_done);
}

static void pc_machine_finalize(Object *obj)
{
    PCMachineState *pcms = PC_MACHINE(obj);

    qemu_remove_machine_init_done_notifier(&pcms->machine_done);
    g_free(pcms->smbios_entry_point_type);
    g_free(pcms->pcspk_audiodev);
}

static void pc_machine_class_properties(ObjectClass *oc)
{
    for (int i = 0; i < ARRAY_SIZE(pc_switches); i++) {
        const PCSwitch *o = &pc_switches[i];

        object_class_property_add(oc, o->name, "bool", pc_switch_get,
                                  pc_switch_set, NULL, (void *)o);
        if (o->description) {
            object_class_property_set_description(oc, o->name,
                                                  o->description);
        }
    }
    object_class_property_add(oc, PC_MACHINE_VMPORT, "OnOffAuto",
                              pc_get_vmport, pc_set_vmport, NULL, NULL);
    object_class_property_set_description(oc, PC_MACHINE_VMPORT,
        "Enable vmport (pc & q35)");
    object_class_property_add(oc, PC_MACHINE_MAX_RAM_BELOW_4G, "size",
                              pc_get_max_ram_below_4g,
                              pc_set_max_ram_below_4g, NULL, NULL);
    object_class_property_set_description(oc, PC_MACHINE_MAX_RAM_BELOW_4G,
        "Maximum ram below the 4G boundary (32bit boundary)");
    object_class_property_add(oc, PC_MACHINE_MAX_FW_SIZE, "size",
                              pc_get_max_fw_size, pc_set_max_fw_size,
                              NULL, NULL);
    object_class_property_set_description(oc, PC_MACHINE_MAX_FW_SIZE,
        "Maximum combined firmware size");
    object_class_property_add(oc, PC_MACHINE_SMBIOS_EP, "str",
                              pc_get_smbios_ep, pc_set_smbios_ep, NULL, NULL);
    object_class_property_set_description(oc, PC_MACHINE_SMBIOS_EP,
        "SMBIOS Entry Point type [32, 64]");
    object_class_property_add(oc, PC_MACHINE_DEVMEM_REGION_SIZE, "int",
                              pc_get_device_memory_size, NULL, NULL, NULL);
}

static void pc_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    mc->init = pc_machine_init;
    mc->wakeup = pc_machine_wakeup;
    mc->get_hotplug_handler = pc_get_hotplug_handler;
    mc->default_boot_order = "cad";
    mc->default_cpu_type = X86_CPU_TYPE_NAME("qemu64");
    mc->default_ram_id = "pc.ram";
    mc->default_ram_size = 128 * MiB;
    mc->block_default_type = IF_IDE;
    mc->max_cpus = 255;
    mc->nvdimm_supported = false;
    mc->has_hotpluggable_cpus = true;
    mc->auto_enable_numa_with_memhp = true;
    mc->auto_enable_numa_with_memdev = true;
    mc->smp_props.dies_supported = true;
    hc->pre_plug = pc_device_pre_plug;
    hc->plug = pc_device_plug;
    hc->unplug_request = pc_device_unplug;
    hc->unplug = pc_device_unplug;
    pc_machine_class_properties(oc);
}

static const TypeInfo pc_machine_info = {
    .name = TYPE_PC_MACHINE,
    .parent = TYPE_X86_MACHINE,
    .abstract = true,
    .instance_size = sizeof(PCMachineState),
    .instance_init = pc_machine_initfn,
    .instance_finalize = pc_machine_finalize,
    .class_size = sizeof(PCMachineClass),
    .class_init = pc_machine_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_HOTPLUG_HANDLER },
        { }
    },
};

static void pc_machine_register_types(void)
{
    type_register_static(&pc_machine_info);
}

type_init(pc_machine_register_types)
