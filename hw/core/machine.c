/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base class of machines: defaults, versions' compatibility lists, and
 * the steps from a configured object to a board with memory, CPUs, devices.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "sysemu/hostmem.h"
#include "sysemu/numa.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"
#include "machine-internal.h"

MachineState *current_machine;

/*** Versions ***/

/* What 7.2 changed that a 7.1 guest could see. */
GlobalProperty hw_compat_7_1[] = {
    { "virtio-device", "queue_reset", "false" },
    { "virtio-rng-pci", "vectors", "0" },
    { "virtio-rng-pci-transitional", "vectors", "0" },
    { "virtio-rng-pci-non-transitional", "vectors", "0" },
};
const size_t hw_compat_7_1_len = G_N_ELEMENTS(hw_compat_7_1);

void compat_props_add(GPtrArray *arr, GlobalProperty props[], size_t nelem)
{
    size_t i;

    for (i = 0; i < nelem; i++) {
        g_ptr_array_add(arr, &props[i]);
    }
}

/*** Which machines there are ***/

static MachineClass *search(GSList *machines, const char *name)
{
    GSList *el;

    for (el = machines; el; el = el->next) {
        MachineClass *mc = el->data;

        if (name ? strcmp(mc->name, name) == 0 ||
                   g_strcmp0(mc->alias, name) == 0
                 : mc->is_default) {
            return mc;
        }
    }
    return NULL;
}

static MachineClass *search_all(GSList *machines, const char *name)
{
    GSList *all = machines;
    MachineClass *mc;

    if (!machines) {
        all = object_class_get_list(TYPE_MACHINE, false);
    }
    mc = search(all, name);
    if (!machines) {
        g_slist_free(all);
    }
    return mc;
}

MachineClass *find_machine(const char *name, GSList *machines)
{
    g_autofree char *type = NULL;
    ObjectClass *oc;

    /* By its own name there is no need to make all classes. */
    type = g_strconcat(name, TYPE_MACHINE_SUFFIX, NULL);
    oc = object_class_by_name(type);
    if (oc && !object_class_is_abstract(oc) &&
        object_class_dynamic_cast(oc, TYPE_MACHINE)) {
        return MACHINE_CLASS(oc);
    }
    return search_all(machines, name);
}

MachineClass *find_default_machine(GSList *machines)
{
    return search_all(machines, NULL);
}

/*** Queries ***/

bool machine_usb(MachineState *machine)
{
    return machine->usb;
}

int machine_phandle_start(MachineState *machine)
{
    return machine->phandle_start;
}

bool machine_dump_guest_core(MachineState *machine)
{
    return machine->dump_guest_core;
}

bool machine_mem_merge(MachineState *machine)
{
    return machine->mem_merge;
}

bool machine_require_guest_memfd(MachineState *machine)
{
    return machine->require_guest_memfd;
}

/*** System bus devices from the command line ***/

void machine_class_allow_dynamic_sysbus_dev(MachineClass *mc,
                                            const char *type)
{
    mc->allowed_dynamic_sysbus_devices =
        g_slist_prepend(mc->allowed_dynamic_sysbus_devices, g_strdup(type));
}

bool device_type_is_dynamic_sysbus(MachineClass *mc, const char *type)
{
    ObjectClass *oc = object_class_by_name(type);
    GSList *el;

    for (el = mc->allowed_dynamic_sysbus_devices; oc && el; el = el->next) {
        if (object_class_dynamic_cast(oc, el->data)) {
            return true;
        }
    }
    return false;
}

bool device_is_dynamic_sysbus(MachineClass *mc, DeviceState *dev)
{
    return object_dynamic_cast(OBJECT(dev), TYPE_SYS_BUS_DEVICE) &&
        device_type_is_dynamic_sysbus(mc, object_get_typename(OBJECT(dev)));
}

/*** Building the board ***/

static bool check_cpu_type(MachineState *machine, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);
    ObjectClass *oc;
    int i;

    if (!machine->cpu_type) {
        return true;
    }
    oc = object_class_by_name(machine->cpu_type);
    for (i = 0; mc->valid_cpu_types && mc->valid_cpu_types[i]; i++) {
        if (object_class_dynamic_cast(oc, mc->valid_cpu_types[i])) {
            break;
        }
    }
    if (mc->valid_cpu_types && !mc->valid_cpu_types[i]) {
        error_setg(errp, "Invalid CPU type: %s", machine->cpu_type);
        return false;
    }
    if (oc && CPU_CLASS(oc)->deprecation_note) {
        warn_report("CPU model %s is deprecated -- %s", machine->cpu_type,
                    CPU_CLASS(oc)->deprecation_note);
    }
    return true;
}

/* Makes the backend that plain -m stands for, /objects/<default_ram_id>. */
static bool make_default_memdev(MachineState *ms, const char *path,
                                Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    g_autofree char *size = g_strdup_printf("%" PRIu64, ms->ram_size);
    Object *obj;

    obj = path ?
        object_new_with_props(TYPE_MEMORY_BACKEND_FILE,
                              object_get_objects_root(), mc->default_ram_id,
                              errp, "mem-path", path, "size", size,
                              "x-use-canonical-path-for-ramblock-id", "off",
                              NULL) :
        object_new_with_props(TYPE_MEMORY_BACKEND_RAM,
                              object_get_objects_root(), mc->default_ram_id,
                              errp, "size", size,
                              "x-use-canonical-path-for-ramblock-id", "off",
                              NULL);
    return obj && object_property_set_link(OBJECT(ms), "memory-backend", obj,
                                           errp);
}

/* The board takes the backend's memory; nobody else may from now on. */
static void consume_memdev(MachineState *ms)
{
    ms->ram = host_memory_backend_get_memory(ms->memdev);
    host_memory_backend_set_mapped(ms->memdev, true);
    vmstate_register_ram_global(ms->ram);
}

void machine_run_board_init(MachineState *machine, const char *mem_path,
                            Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);

    /* A board without memory has an address space nevertheless. */
    memory_map_init();
    if (!check_cpu_type(machine, errp)) {
        return;
    }
    if (machine->numa_state && !numa_complete_configuration(machine, errp)) {
        return;
    }
    if (mc->default_ram_id && machine->ram_size && !machine->memdev &&
        !machine->ram &&
        !make_default_memdev(machine, mem_path, errp)) {
        return;
    }
    if (machine->memdev) {
        if (machine->memdev->size != machine->ram_size) {
            error_setg(errp, "Machine memory size does not match the size "
                       "of the memory backend");
            return;
        }
        consume_memdev(machine);
    }
    option_rom_has_mr = mc->option_rom_has_mr;
    rom_file_has_mr = mc->rom_file_has_mr;
    mc->init(machine);
    phase_advance(PHASE_MACHINE_INITIALIZED);
}

/*** Completion ***/

static NotifierList init_done_notifiers =
    NOTIFIER_LIST_INITIALIZER(init_done_notifiers);

void qemu_add_machine_init_done_notifier(Notifier *notify)
{
    notifier_list_add(&init_done_notifiers, notify);
    if (phase_check(PHASE_MACHINE_READY)) {
        notify->notify(notify, NULL);
    }
}

void qemu_remove_machine_init_done_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

static void reset_system_bus(void *opaque)
{
    resettable_reset(OBJECT(sysbus_get_default()), RESET_TYPE_COLD);
}

void qdev_machine_creation_done(Error **errp)
{
    const BootConfiguration *boot = &current_machine->boot_config;

    if (boot->once) {
        Error *err = NULL;

        qemu_boot_set(boot->once, &err);
        if (err) {
            error_propagate(errp, err);
            return;
        }
        qemu_register_reset(restore_boot_order, g_strdup(boot->order));
    }
    phase_advance(PHASE_MACHINE_READY);

    /* Devices and buses below the system bus; the rest registered itself. */
    qemu_register_reset(reset_system_bus, NULL);
    notifier_list_notify(&init_done_notifiers, NULL);
    if (rom_check_and_register_reset() < 0) {
        error_setg(errp, "ROM images overlap");
    }
}

/*** Type ***/

static void machine_init(Object *obj)
{
    MachineState *ms = MACHINE(obj);
    MachineClass *mc = MACHINE_GET_CLASS(obj);

    /* Parts of /machine that clients expect even on an empty board. */
    container_get(obj, "/peripheral");
    container_get(obj, "/peripheral-anon");

    ms->dump_guest_core = true;
    ms->mem_merge = true;
    ms->enable_graphics = true;
    ms->kernel_cmdline = g_strdup("");
    ms->ram_size = mc->default_ram_size;
    ms->maxram_size = mc->default_ram_size;
    ms->smp = (CpuTopology) {
        .cpus = mc->default_cpus,
        .sockets = 1,
        .dies = 1,
        .clusters = 1,
        .cores = 1,
        .threads = 1,
        .max_cpus = mc->default_cpus,
    };
    ms->boot_config.order = machine_default_boot_order(ms);
    machine_init_numa(ms);
}

static void machine_finalize(Object *obj)
{
    MachineState *ms = MACHINE(obj);

    machine_free_boot_config(ms);
    machine_free_numa(ms);
    g_free(ms->kernel_filename);
    g_free(ms->initrd_filename);
    g_free(ms->kernel_cmdline);
    g_free(ms->dtb);
    g_free(ms->dumpdtb);
    g_free(ms->dt_compatible);
    g_free(ms->firmware);
    g_free(ms->device_memory);
    g_free(ms->possible_cpus);
}

static void machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->default_ram_size = 128 * MiB;
    mc->rom_file_has_mr = true;
    mc->numa_mem_align_shift = 23;
    machine_class_add_properties(oc);
}

static void machine_class_base_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->max_cpus = mc->max_cpus ? mc->max_cpus : 1;
    mc->min_cpus = mc->min_cpus ? mc->min_cpus : 1;
    mc->default_cpus = mc->default_cpus ? mc->default_cpus : 1;
    if (!object_class_is_abstract(oc)) {
        const char *type = object_class_get_name(oc);

        assert(g_str_has_suffix(type, TYPE_MACHINE_SUFFIX));
        mc->name = g_strndup(type,
                             strlen(type) - strlen(TYPE_MACHINE_SUFFIX));
        mc->compat_props = g_ptr_array_new();
    }
}

static const TypeInfo machine_types[] = {
    {
        .name = TYPE_MACHINE,
        .parent = TYPE_OBJECT,
        .abstract = true,
        .class_size = sizeof(MachineClass),
        .class_init = machine_class_init,
        .class_base_init = machine_class_base_init,
        .instance_size = sizeof(MachineState),
        .instance_init = machine_init,
        .instance_finalize = machine_finalize,
    },
};

DEFINE_TYPES(machine_types)
