/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs: the list of them, their common state, and -cpu. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/atomic.h"

CPUTailQ cpus = QTAILQ_HEAD_INITIALIZER(cpus);
__thread CPUState *current_cpu;
void (*cpu_kick_hook)(CPUState *cpu);

/*** The list ***/

static int next_index(void)
{
    CPUState *cpu;
    int next = 0;

    CPU_FOREACH(cpu) {
        next = MAX(next, cpu->cpu_index + 1);
    }
    return next;
}

void cpu_list_add(CPUState *cpu)
{
    /* A model that needs its index early has done it before. */
    if (QTAILQ_IN_USE(cpu, node)) {
        return;
    }
    if (cpu->cpu_index == UNASSIGNED_CPU_INDEX) {
        cpu->cpu_index = next_index();
    }
    QTAILQ_INSERT_TAIL(&cpus, cpu, node);
}

void cpu_list_remove(CPUState *cpu)
{
    if (QTAILQ_IN_USE(cpu, node)) {
        QTAILQ_REMOVE(&cpus, cpu, node);
        cpu->cpu_index = UNASSIGNED_CPU_INDEX;
    }
}

CPUState *qemu_get_cpu(int index)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        if (cpu->cpu_index == index) {
            return cpu;
        }
    }
    return NULL;
}

CPUState *cpu_by_arch_id(int64_t id)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        if (CPU_GET_CLASS(cpu)->get_arch_id(cpu) == id) {
            return cpu;
        }
    }
    return NULL;
}

bool cpu_exists(int64_t id)
{
    return cpu_by_arch_id(id) != NULL;
}

/*** Models ***/

ObjectClass *cpu_class_by_name(const char *typename, const char *cpu_model)
{
    CPUClass *cc = CPU_CLASS(object_class_by_name(typename));

    return cc && cc->class_by_name ? cc->class_by_name(cpu_model) : NULL;
}

CPUState *cpu_create(const char *typename, Error **errp)
{
    CPUState *cpu = CPU(object_new(typename));
    bool ok = qdev_realize(DEVICE(cpu), NULL, errp);

    object_unref(OBJECT(cpu));
    return ok ? cpu : NULL;
}

/*** Signals ***/

void qemu_cpu_kick(CPUState *cpu)
{
    if (cpu_kick_hook) {
        cpu_kick_hook(cpu);
    }
}

void cpu_interrupt(CPUState *cpu, int mask)
{
    qatomic_or(&cpu->interrupt_request, mask);
    if (!qemu_cpu_is_self(cpu)) {
        qemu_cpu_kick(cpu);
    }
}

void cpu_reset_interrupt(CPUState *cpu, int mask)
{
    qatomic_and(&cpu->interrupt_request, ~mask);
}

void cpu_exit(CPUState *cpu)
{
    qatomic_set(&cpu->exit_request, true);
}

void cpu_set_pc(CPUState *cpu, vaddr addr)
{
    CPUClass *cc = CPU_GET_CLASS(cpu);

    if (cc->set_pc) {
        cc->set_pc(cpu, addr);
    }
}

void cpu_reset(CPUState *cpu)
{
    device_cold_reset(DEVICE(cpu));
}

/*** Migration ***/

const VMStateDescription vmstate_cpu_common = {
    .name = "cpu_common",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(halted, CPUState),
        VMSTATE_UINT32(interrupt_request, CPUState),
        VMSTATE_END_OF_LIST()
    },
};

/*** Type ***/

static void cpu_common_reset(DeviceState *dev)
{
    CPUState *cpu = CPU(dev);

    cpu->interrupt_request = 0;
    cpu->halted = cpu->start_powered_off;
    cpu->exception_index = -1;
    cpu->crash_occurred = false;
}

static int64_t index_as_arch_id(CPUState *cpu)
{
    return cpu->cpu_index;
}

static bool never_has_work(CPUState *cpu)
{
    return false;
}

static ObjectClass *type_as_model(const char *cpu_model)
{
    ObjectClass *oc = object_class_by_name(cpu_model);

    return oc && object_class_dynamic_cast(oc, TYPE_CPU) &&
           !object_class_is_abstract(oc) ? oc : NULL;
}

/* "feature=value,..." become defaults of all CPUs of that type. */
static void features_to_globals(const char *typename, char *features,
                                Error **errp)
{
    static bool done;
    char *item, *rest = NULL;

    /* Each hot-plugged CPU would add them again. */
    if (done || !features) {
        return;
    }
    done = true;
    for (item = strtok_r(features, ",", &rest); item;
         item = strtok_r(NULL, ",", &rest)) {
        char *value = strchr(item, '=');
        GlobalProperty *prop;

        if (!value) {
            error_setg(errp, "Expected key=value format, found %s.", item);
            return;
        }
        prop = g_new0(GlobalProperty, 1);
        prop->driver = typename;
        prop->property = g_strndup(item, value - item);
        prop->value = g_strdup(value + 1);
        qdev_prop_register_global(prop);
    }
}

static void cpu_common_realize(DeviceState *dev, Error **errp)
{
    CPUState *cpu = CPU(dev);

    cpu_list_add(cpu);
    /* A CPU that is plugged into a running machine starts by itself. */
    if (dev->hotplugged) {
        cpu->stop = false;
        qemu_cpu_kick(cpu);
    }
}

static void cpu_common_unrealize(DeviceState *dev)
{
    cpu_list_remove(CPU(dev));
}

static void cpu_common_init(Object *obj)
{
    CPUState *cpu = CPU(obj);

    cpu->cpu_index = UNASSIGNED_CPU_INDEX;
    cpu->cluster_index = UNASSIGNED_CLUSTER_INDEX;
    cpu->nr_cores = 1;
    cpu->nr_threads = 1;
    cpu->kvm_fd = -1;
    cpu->stopped = true;
}

static Property cpu_common_properties[] = {
    DEFINE_PROP_BOOL("start-powered-off", CPUState, start_powered_off, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void cpu_common_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    CPUClass *cc = CPU_CLASS(oc);

    cc->class_by_name = type_as_model;
    cc->parse_features = features_to_globals;
    cc->get_arch_id = index_as_arch_id;
    cc->has_work = never_has_work;
    set_bit(DEVICE_CATEGORY_CPU, dc->categories);
    dc->realize = cpu_common_realize;
    dc->unrealize = cpu_common_unrealize;
    dc->reset = cpu_common_reset;
    device_class_set_props(dc, cpu_common_properties);
    /* With -device only where a machine gives CPUs addresses. */
    dc->user_creatable = false;
}

static const TypeInfo cpu_types[] = {
    {
        .name = TYPE_CPU,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(CPUState),
        .instance_init = cpu_common_init,
        .abstract = true,
        .class_size = sizeof(CPUClass),
        .class_init = cpu_common_class_init,
    },
};

DEFINE_TYPES(cpu_types)

const char *parse_cpu_option(const char *typename, const char *cpu_option,
                             Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(cpu_option, ",", 2);
    Error *err = NULL;
    ObjectClass *oc;

    if (!parts[0]) {
        error_setg(errp, "-cpu option cannot be empty");
        return NULL;
    }
    oc = cpu_class_by_name(typename, parts[0]);
    if (!oc) {
        error_setg(errp, "unable to find CPU model '%s'", parts[0]);
        return NULL;
    }
    CPU_CLASS(oc)->parse_features(object_class_get_name(oc), parts[1], &err);
    error_propagate(errp, err);
    return err ? NULL : object_class_get_name(oc);
}
