/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base of all x86 machines: processors and their numbers, interrupts,
 * and the options they share.
 *
 * APIC ids are built from the topology as the Intel SDM, volume 3A section
 * 9.9.1, has firmware and systems take them apart: each level gets as many
 * bits as its count needs.
 */
#include "qemu/osdep.h"
#include "hw/intc/apic.h"
#include "hw/i386/x86.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qapi/qapi-types.h"
#include "qapi/visitor.h"
#include "qemu/units.h"
#include "sysemu/numa.h"
#include "sysemu/reset.h"
#include "target/i386/cpu.h"

/*** APIC ids ***/

typedef struct X86Topology {
    unsigned dies, cores, threads;
} X86Topology;

typedef struct X86TopoIds {
    unsigned package, die, core, thread;
} X86TopoIds;

static unsigned width_for(unsigned count)
{
    unsigned bits = 0;

    while ((1u << bits) < count) {
        bits++;
    }
    return bits;
}

static X86Topology topology_of(const MachineState *ms)
{
    return (X86Topology) { ms->smp.dies, ms->smp.cores, ms->smp.threads };
}

static X86TopoIds topo_ids_from_index(X86Topology t, unsigned index)
{
    return (X86TopoIds) {
        .thread = index % t.threads,
        .core = index / t.threads % t.cores,
        .die = index / (t.threads * t.cores) % t.dies,
        .package = index / (t.threads * t.cores * t.dies),
    };
}

static uint32_t apic_id_from_topo_ids(X86Topology t, X86TopoIds ids)
{
    unsigned core_at = width_for(t.threads);
    unsigned die_at = core_at + width_for(t.cores);
    unsigned package_at = die_at + width_for(t.dies);

    return ids.package << package_at | ids.die << die_at |
           ids.core << core_at | ids.thread;
}

uint32_t x86_cpu_apic_id_from_index(X86MachineState *x86ms,
                                    unsigned cpu_index)
{
    X86Topology t = topology_of(MACHINE(x86ms));

    return apic_id_from_topo_ids(t, topo_ids_from_index(t, cpu_index));
}

/*** Processors ***/

static const CPUArchIdList *x86_possible_cpu_arch_ids(MachineState *ms)
{
    X86Topology t = topology_of(ms);
    unsigned n = ms->smp.max_cpus;

    if (ms->possible_cpus) {
        return ms->possible_cpus;
    }
    ms->possible_cpus = g_malloc0(sizeof(CPUArchIdList) +
                                  sizeof(CPUArchId) * n);
    ms->possible_cpus->len = n;
    for (unsigned i = 0; i < n; i++) {
        CPUArchId *slot = &ms->possible_cpus->cpus[i];
        X86TopoIds ids = topo_ids_from_index(t, i);

        slot->type = ms->cpu_type;
        slot->vcpus_count = 1;
        slot->arch_id = apic_id_from_topo_ids(t, ids);
        slot->props.has_socket_id = true;
        slot->props.socket_id = ids.package;
        if (ms->smp.dies > 1) {
            slot->props.has_die_id = true;
            slot->props.die_id = ids.die;
        }
        slot->props.has_core_id = true;
        slot->props.core_id = ids.core;
        slot->props.has_thread_id = true;
        slot->props.thread_id = ids.thread;
    }
    return ms->possible_cpus;
}

static CPUArchId *find_cpu_slot(MachineState *ms, uint32_t apic_id)
{
    const CPUArchIdList *list = x86_possible_cpu_arch_ids(ms);

    for (int i = 0; i < list->len; i++) {
        if (list->cpus[i].arch_id == apic_id) {
            return &ms->possible_cpus->cpus[i];
        }
    }
    return NULL;
}

static CpuInstanceProperties
x86_cpu_index_to_props(MachineState *ms, unsigned cpu_index)
{
    return x86_possible_cpu_arch_ids(ms)->cpus[cpu_index].props;
}

static int64_t x86_get_default_cpu_node_id(const MachineState *ms, int idx)
{
    X86Topology t = topology_of(ms);

    return topo_ids_from_index(t, idx).package;
}

void x86_cpu_new(X86MachineState *x86ms, int64_t apic_id, Error **errp)
{
    MachineState *ms = MACHINE(x86ms);
    CPUArchId *slot = find_cpu_slot(ms, apic_id);
    Object *cpu = object_new(ms->cpu_type);

    if (!object_property_set_uint(cpu, "apic-id", apic_id, errp)) {
        goto out;
    }
    if (slot) {
        object_property_set_int(cpu, "socket-id", slot->props.socket_id,
                                &error_abort);
        object_property_set_int(cpu, "die-id", slot->props.die_id,
                                &error_abort);
        object_property_set_int(cpu, "core-id", slot->props.core_id,
                                &error_abort);
        object_property_set_int(cpu, "thread-id", slot->props.thread_id,
                                &error_abort);
        numa_cpu_pre_plug(slot, DEVICE(cpu), &error_abort);
    }
    if (qdev_realize(DEVICE(cpu), NULL, errp) && slot) {
        slot->cpu = cpu;
    }
out:
    object_unref(cpu);
}

void x86_cpus_init(X86MachineState *x86ms)
{
    MachineState *ms = MACHINE(x86ms);
    const CPUArchIdList *slots = x86_possible_cpu_arch_ids(ms);

    for (int i = 0; i < slots->len; i++) {
        x86ms->apic_id_limit = MAX(x86ms->apic_id_limit,
                                   slots->cpus[i].arch_id + 1);
    }
    x86ms->boot_cpus = ms->smp.cpus;
    for (unsigned i = 0; i < ms->smp.cpus; i++) {
        x86_cpu_new(x86ms, slots->cpus[i].arch_id, &error_fatal);
    }
}

/*** Interrupts ***/

/* Both controllers see a line; firmware and systems use one of them. */
void gsi_handler(void *opaque, int n, int level)
{
    GSIState *s = opaque;

    if (n < ISA_NUM_IRQS) {
        qemu_set_irq(s->i8259_irq[n], level);
    }
    if (n < IOAPIC_NUM_PINS) {
        qemu_set_irq(s->ioapic_irq[n], level);
    }
}

/* The 8259s' output: to each processor whose APIC lets it through. */
static void pic_output(void *opaque, int irq, int level)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        DeviceState *apic = X86_CPU(cs)->apic_state;

        if (apic) {
            if (apic_accept_pic_intr(apic)) {
                apic_deliver_pic_intr(apic, level);
            }
        } else if (level) {
            cpu_interrupt(cs, CPU_INTERRUPT_HARD);
        } else {
            cpu_reset_interrupt(cs, CPU_INTERRUPT_HARD);
        }
    }
}

qemu_irq x86_allocate_cpu_irq(void)
{
    return qemu_allocate_irq(pic_output, NULL, 0);
}

/*
 * The APICs come last: what the other chips' resets do to their lines is not
 * to be remembered there.
 */
static void x86_machine_reset(MachineState *machine, ShutdownCause reason)
{
    CPUState *cs;

    qemu_devices_reset(reason);
    CPU_FOREACH(cs) {
        DeviceState *apic = X86_CPU(cs)->apic_state;

        if (apic) {
            device_legacy_reset(apic);
        }
    }
}

/*** Options ***/

bool x86_machine_is_smm_enabled(const X86MachineState *x86ms)
{
    return x86ms->smm != ON_OFF_AUTO_OFF;
}

bool x86_machine_is_acpi_enabled(const X86MachineState *x86ms)
{
    return x86ms->acpi != ON_OFF_AUTO_OFF;
}

typedef struct OnOffAutoOption {
    const char *name;
    const char *description;
    size_t offset;
} OnOffAutoOption;

static const OnOffAutoOption x86_switches[] = {
    { X86_MACHINE_SMM, "Enable SMM", offsetof(X86MachineState, smm) },
    { X86_MACHINE_ACPI, "Enable ACPI", offsetof(X86MachineState, acpi) },
    { X86_MACHINE_PIT, "Enable i8254 PIT", offsetof(X86MachineState, pit) },
    { X86_MACHINE_PIC, "Enable i8259 PIC", offsetof(X86MachineState, pic) },
};

static void x86_switch_get(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    const OnOffAutoOption *o = opaque;

    visit_type_enum(v, name, (int *)((char *)obj + o->offset),
                    &OnOffAuto_lookup, errp);
}

static void x86_switch_set(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    const OnOffAutoOption *o = opaque;

    visit_type_enum(v, name, (int *)((char *)obj + o->offset),
                    &OnOffAuto_lookup, errp);
}

static char *x86_get_oem_id(Object *obj, Error **errp)
{
    return g_strdup(X86_MACHINE(obj)->oem_id);
}

static void set_oem(char **field, const char *name, const char *value,
                    size_t limit, Error **errp)
{
    if (strlen(value) > limit) {
        error_setg(errp, "User specified %s value is bigger than %zu bytes "
                   "in size", name, limit);
        return;
    }
    g_free(*field);
    *field = g_strdup(value);
}

static void x86_set_oem_id(Object *obj, const char *value, Error **errp)
{
    set_oem(&X86_MACHINE(obj)->oem_id, X86_MACHINE_OEM_ID, value, 6, errp);
}

static char *x86_get_oem_table_id(Object *obj, Error **errp)
{
    return g_strdup(X86_MACHINE(obj)->oem_table_id);
}

static void x86_set_oem_table_id(Object *obj, const char *value, Error **errp)
{
    set_oem(&X86_MACHINE(obj)->oem_table_id, X86_MACHINE_OEM_TABLE_ID, value,
            8, errp);
}

static void x86_get_bus_lock(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &X86_MACHINE(obj)->bus_lock_ratelimit, errp);
}

static void x86_set_bus_lock(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &X86_MACHINE(obj)->bus_lock_ratelimit, errp);
}

static void x86_machine_initfn(Object *obj)
{
    X86MachineState *x86ms = X86_MACHINE(obj);

    x86ms->smm = ON_OFF_AUTO_AUTO;
    x86ms->acpi = ON_OFF_AUTO_AUTO;
    x86ms->pit = ON_OFF_AUTO_AUTO;
    x86ms->pic = ON_OFF_AUTO_AUTO;
    x86ms->oem_id = g_strdup("BOCHS ");
    x86ms->oem_table_id = g_strdup("BXPC    ");
    x86ms->above_4g_mem_start = 4 * GiB;
}

static void x86_machine_finalize(Object *obj)
{
    X86MachineState *x86ms = X86_MACHINE(obj);

    g_free(x86ms->oem_id);
    g_free(x86ms->oem_table_id);
}

static void x86_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    X86MachineClass *x86mc = X86_MACHINE_CLASS(oc);

    mc->reset = x86_machine_reset;
    mc->cpu_index_to_instance_props = x86_cpu_index_to_props;
    mc->get_default_cpu_node_id = x86_get_default_cpu_node_id;
    mc->possible_cpu_arch_ids = x86_possible_cpu_arch_ids;
    x86mc->fwcfg_dma_enabled = true;

    for (int i = 0; i < ARRAY_SIZE(x86_switches); i++) {
        const OnOffAutoOption *o = &x86_switches[i];

        object_class_property_add(oc, o->name, "OnOffAuto", x86_switch_get,
                                  x86_switch_set, NULL, (void *)o);
        object_class_property_set_description(oc, o->name, o->description);
    }
    object_class_property_add_str(oc, X86_MACHINE_OEM_ID, x86_get_oem_id,
                                  x86_set_oem_id);
    object_class_property_set_description(oc, X86_MACHINE_OEM_ID,
        "OEMID of ACPI table headers, up to 6 bytes");
    object_class_property_add_str(oc, X86_MACHINE_OEM_TABLE_ID,
                                  x86_get_oem_table_id, x86_set_oem_table_id);
    object_class_property_set_description(oc, X86_MACHINE_OEM_TABLE_ID,
        "OEM Table ID of ACPI table headers, up to 8 bytes");
    object_class_property_add(oc, X86_MACHINE_BUS_LOCK_RATELIMIT, "uint64_t",
                              x86_get_bus_lock, x86_set_bus_lock, NULL, NULL);
    object_class_property_set_description(oc, X86_MACHINE_BUS_LOCK_RATELIMIT,
        "Bus locks a second that a guest may take");
}

static const TypeInfo x86_machine_info = {
    .name = TYPE_X86_MACHINE,
    .parent = TYPE_MACHINE,
    .abstract = true,
    .instance_size = sizeof(X86MachineState),
    .instance_init = x86_machine_initfn,
    .instance_finalize = x86_machine_finalize,
    .class_size = sizeof(X86MachineClass),
    .class_init = x86_machine_class_init,
};

static void x86_machine_register_types(void)
{
    type_register_static(&x86_machine_info);
}

type_init(x86_machine_register_types)
