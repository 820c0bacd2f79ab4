/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QMP commands about the board, its CPUs and memory.
 */
#include "qemu/osdep.h"

#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "monitor-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-commands.h"
#include "qapi/qapi-types.h"
#include "qemu/uuid.h"
#include "sysemu/accel-flags.h"
#include "sysemu/hostmem.h"
#include "sysemu/runstate.h"

bool monitor_cpu_exists(int64_t index)
{
    return index >= 0 && index <= INT_MAX && qemu_get_cpu(index);
}

/* ---- machines ---- */

json_t *qmp_query_target(json_t *args, Error **errp)
{
    return json_pack("{s:s}", "arch", SysEmuTarget_str(SYS_EMU_TARGET_X86_64));
}

json_t *qmp_query_machines(json_t *args, Error **errp)
{
    return machine_query_machines();
}

json_t *qmp_query_current_machine(json_t *args, Error **errp)
{
    return json_pack("{s:b}", "wakeup-suspend-support",
                     (int)qemu_wakeup_suspend_enabled());
}

json_t *qmp_query_uuid(json_t *args, Error **errp)
{
    char text[UUID_FMT_LEN + 1];

    qemu_uuid_unparse(&qemu_uuid, text);
    return json_pack("{s:s}", "UUID", text);
}

json_t *qmp_query_kvm(json_t *args, Error **errp)
{
    bool present = type_exists("kvm-accel");

    return json_pack("{s:b, s:b}", "enabled", (int)kvm_allowed,
                     "present", (int)present);
}

/* ---- CPUs ---- */

static void add_prop(json_t *props, const char *name, bool has, int64_t value)
{
    if (has) {
        json_object_set_new(props, name, json_integer(value));
    }
}

static json_t *cpu_place(CPUState *cpu)
{
    MachineClass *mc = MACHINE_GET_CLASS(current_machine);
    CpuInstanceProperties p;
    json_t *props;

    if (!mc->cpu_index_to_instance_props) {
        return NULL;
    }
    p = mc->cpu_index_to_instance_props(current_machine, cpu->cpu_index);
    props = json_object();
    add_prop(props, "node-id", p.has_node_id, p.node_id);
    add_prop(props, "socket-id", p.has_socket_id, p.socket_id);
    add_prop(props, "die-id", p.has_die_id, p.die_id);
    add_prop(props, "cluster-id", p.has_cluster_id, p.cluster_id);
    add_prop(props, "core-id", p.has_core_id, p.core_id);
    add_prop(props, "thread-id", p.has_thread_id, p.thread_id);
    return props;
}

json_t *qmp_query_cpus_fast(json_t *args, Error **errp)
{
    json_t *list = json_array();
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        g_autofree char *path = object_get_canonical_path(OBJECT(cpu));
        json_t *info = json_pack("{s:i, s:s, s:i, s:s}",
            "cpu-index", cpu->cpu_index, "qom-path", path ?: "",
            "thread-id", cpu->thread_id,
            "target", SysEmuTarget_str(SYS_EMU_TARGET_X86_64));
        json_t *place = cpu_place(cpu);

        if (place) {
            json_object_set_new(info, "props", place);
        }
        json_array_append_new(list, info);
    }
    return list;
}

json_t *qmp_query_hotpluggable_cpus(json_t *args, Error **errp)
{
    if (!current_machine ||
        !MACHINE_GET_CLASS(current_machine)->has_hotpluggable_cpus) {
        error_setg(errp, "The feature 'query-hotpluggable-cpus' is not "
                   "enabled");
        return NULL;
    }
    return machine_query_hotpluggable_cpus(current_machine);
}

/* ---- memory ---- */

json_t *qmp_query_memory_size_summary(json_t *args, Error **errp)
{
    json_t *info = json_object();

    json_object_set_new(info, "base-memory",
                        json_uinteger(current_machine->ram_size));
    json_object_set_new(info, "plugged-memory", json_integer(0));
    return info;
}

static void copy_property(json_t *info, Object *obj, const char *name)
{
    json_t *value = object_property_get_json(obj, name, NULL);

    if (value) {
        json_object_set_new(info, name, value);
    }
}

static int add_memdev(Object *obj, void *opaque)
{
    static const char *const names[] = {
        "size", "merge", "dump", "prealloc", "share", "reserve", "policy",
        "host-nodes",
    };
    json_t *info;

    if (!object_dynamic_cast(obj, TYPE_MEMORY_BACKEND)) {
        return 0;
    }
    info = json_pack("{s:s}", "id", object_get_canonical_path_component(obj));
    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        copy_property(info, obj, names[i]);
    }
    if (!json_has(info, "host-nodes")) {
        json_object_set_new(info, "host-nodes", json_array());
    }
    json_array_append_new(opaque, info);
    return 0;
}

json_t *qmp_query_memdev(json_t *args, Error **errp)
{
    json_t *list = json_array();

    object_child_foreach_recursive(object_get_objects_root(), add_memdev,
                                   list);
    return list;
}

/* More than any machine has: the file would only fill with zeros. */
#define PMEMSAVE_MAX (1ull << 46)

json_t *qmp_pmemsave(json_t *args, Error **errp)
{
    const char *filename = json_get_str(args, "filename");
    uint64_t addr = json_get_int(args, "val", 0);
    uint64_t left = json_get_int(args, "size", 0);
    g_autofree uint8_t *buf = g_malloc(64 * 1024);
    json_t *result = NULL;
    FILE *f;

    if (left > PMEMSAVE_MAX) {
        error_setg(errp, "Parameter 'size' expects a size up to 64 TiB");
        return NULL;
    }
    f = fopen(filename, "wb");
    if (!f) {
        error_setg_file_open(errp, errno, filename);
        return NULL;
    }
    while (left) {
        size_t n = MIN(left, 64 * 1024);

        address_space_read(&address_space_memory, addr,
                           MEMTXATTRS_UNSPECIFIED, buf, n);
        if (fwrite(buf, 1, n, f) != n) {
            error_setg_errno(errp, errno, "writing memory to '%s' failed",
                             filename);
            goto out;
        }
        addr += n;
        left -= n;
    }
    result = json_object();
out:
    if (fclose(f) && result) {
        error_setg_errno(errp, errno, "writing memory to '%s' failed",
                         filename);
        g_clear_pointer(&result, json_decref);
    }
    return result;
}

/* ---- text for people ---- */

static json_t *info_as_text(const char *line, Error **errp)
{
    g_autofree char *text = monitor_run_hmp_line(line, -1, errp);
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", 0);
    g_autofree char *joined = g_strjoinv("\n", lines);
    json_t *info = json_object();

    json_object_set_new(info, "human-readable-text",
                        json_string_any(joined));
    return info;
}

json_t *qmp_x_query_irq(json_t *args, Error **errp)
{
    return info_as_text("info irq", errp);
}

json_t *qmp_x_query_ramblock(json_t *args, Error **errp)
{
    return info_as_text("info ramblock", errp);
}

json_t *qmp_x_query_roms(json_t *args, Error **errp)
{
    return info_as_text("info roms", errp);
}
