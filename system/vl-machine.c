/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -machine, -accel, -cpu, -smp, -m and -boot, and the machine they make. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qapi/visitor.h"
#include "qemu/accel.h"
#include "qemu/cutils.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qemu/option.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"
#include "target/i386/cpu.h"
#include "vl.h"

/*** Options ***/

void vl_set_machine_member(const char *key, const char *value)
{
    if (!vl.machine) {
        vl.machine = json_object();
    }
    json_object_set_new(vl.machine, key, json_string(value));
}

static void print_machines(void)
{
    g_autofree char *text = machine_help_text();

    printf("%s", text);
    exit(0);
}

static void print_machine_properties(void)
{
    MachineClass *mc = vl_select_machine(&error_fatal);

    type_print_class_properties(object_class_get_name(OBJECT_CLASS(mc)));
    exit(0);
}

bool vl_merge_machine(const json_t *opts, Error **errp)
{
    if (!vl.machine) {
        vl.machine = json_object();
    }
    keyval_merge(vl.machine, opts, errp);
    return true;
}

void vl_opt_machine(const char *arg, Error **errp)
{
    bool help = false;
    json_t *opts = keyval_parse(arg, "type", &help, errp);
    const char *type;

    if (!opts) {
        return;
    }
    vl_merge_machine(opts, errp);
    json_decref(opts);
    type = json_get_str(vl.machine, "type");
    if (help && type) {
        print_machine_properties();
    }
    if (help || (type && is_help_option(type))) {
        print_machines();
    }
}

void vl_opt_accel(const char *arg, Error **errp)
{
    bool help = false;
    json_t *opts = keyval_parse_flat(arg, "accel", &help, errp);
    const char *name;

    if (!opts) {
        return;
    }
    name = json_get_str(opts, "accel");
    if (help || !name || is_help_option(name)) {
        accel_print_help();
        exit(0);
    }
    vl_note(&vl.accels, arg, opts, false);
}

void vl_opt_cpu(const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        x86_cpu_list();
        exit(0);
    }
    vl.cpu = arg;
}

void vl_opt_smp(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse(arg, "cpus", NULL, errp);
    json_t *wrapped;

    if (opts) {
        wrapped = json_pack("{so}", "smp", opts);
        vl_merge_machine(wrapped, errp);
        json_decref(wrapped);
    }
}

void vl_opt_boot(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse(arg, "order", NULL, errp);
    json_t *wrapped;

    if (opts) {
        wrapped = json_pack("{so}", "boot", opts);
        vl_merge_machine(wrapped, errp);
        json_decref(wrapped);
    }
}

/* A size without a unit counts MiB here, bytes elsewhere. */
static bool set_memory_size(const char *text, Error **errp)
{
    g_autofree char *with_unit = NULL;
    uint64_t size;

    if (!*text) {
        error_setg(errp, "missing 'size' option value");
        return false;
    }
    if (g_ascii_isdigit(text[strlen(text) - 1])) {
        with_unit = g_strconcat(text, "M", NULL);
        text = with_unit;
    }
    if (!parse_option_size("size", text, &size, errp)) {
        return false;
    }
    if (size == 0) {
        return true;            /* the machine's default */
    }
    vl.custom_ram_size = true;
    json_object_set_new(vl.memory, "size",
                        json_string_nocheck(text));
    return true;
}

bool vl_merge_memory(const json_t *opts, Error **errp)
{
    static const char *const keys[] = { "size", "slots", "maxmem", NULL };
    const char *maxmem = json_get_str(opts, "maxmem");
    const char *slots = json_get_str(opts, "slots");
    const char *size = json_get_str(opts, "size");
    uint64_t value;

    if (!vl_check_keys(opts, keys, errp)) {
        return false;
    }
    if (!vl.memory) {
        vl.memory = json_object();
    }
    if (size && !set_memory_size(size, errp)) {
        return false;
    }
    if (maxmem) {
        if (!parse_option_size("maxmem", maxmem, &value, errp)) {
            return false;
        }
        json_object_set_new(vl.memory, "max-size", json_string(maxmem));
    }
    if (slots) {
        if (!parse_option_number("slots", slots, &value, errp)) {
            return false;
        }
        json_object_set_new(vl.memory, "slots", json_string(slots));
    }
    return true;
}

void vl_opt_memory(const char *arg, Error **errp)
{
    json_t *opts = keyval_parse_flat(arg, "size", NULL, errp);

    if (opts) {
        vl_merge_memory(opts, errp);
        json_decref(opts);
    }
}

/*** The machine ***/

MachineClass *vl_select_machine(Error **errp)
{
    const char *name = json_get_str(vl.machine, "type");
    GSList *machines;
    MachineClass *mc;

    machines = object_class_get_list(TYPE_MACHINE, false);
    mc = name ? find_machine(name, machines) : find_default_machine(machines);
    g_slist_free(machines);
    if (!mc) {
        error_setg(errp, name ? "unsupported machine type"
                              : "No machine specified, and there is no "
                                "default");
        error_append_hint(errp, "Use -machine help to list supported "
                          "machines\n");
    }
    return mc;
}

/* What -machine says that is no property of the machine. */
static void take_out_accel(Error **errp)
{
    const char *accel = json_get_str(vl.machine, "accel");
    g_auto(GStrv) names = NULL;

    if (!accel) {
        return;
    }
    if (vl.accels) {
        error_setg(errp, "The -accel and \"-machine accel=\" options are "
                   "incompatible");
        return;
    }
    names = g_strsplit(accel, ":", 0);
    for (char **name = names; *name; name++) {
        if (**name) {
            vl_note(&vl.accels, *name, json_pack("{ss}", "accel", *name),
                    false);
        }
    }
    json_object_del(vl.machine, "accel");
}

/* Old machine properties that belong to accelerators: accepted, unused. */
static void take_out_accel_properties(void)
{
    static const char *const names[] = {
        "kernel-irqchip", "kernel_irqchip", "kvm-shadow-mem", "igd-passthru",
    };

    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        json_object_del(vl.machine, names[i]);
    }
}

/* Loading a kernel is firmware's and a running processor's business. */
static bool refuse_kernel(Error **errp)
{
    static const char *const names[] = { "kernel", "initrd", "append" };

    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        const char *value = json_get_str(vl.machine, names[i]);

        if (value && *value) {
            error_setg(errp, "-machine %s=%s: QEMU has this property, this "
                       "program does not load kernels", names[i], value);
            return false;
        }
    }
    return true;
}

/* -machine memory-backend=, until that object exists. */
static char *memory_backend_id;

bool vl_create_machine(Error **errp)
{
    ERRP_GUARD();
    MachineClass *mc;
    Object *obj;

    if (!vl.machine) {
        vl.machine = json_object();
    }
    take_out_accel(errp);
    if (*errp) {
        return false;
    }
    mc = vl_select_machine(errp);
    if (!mc) {
        return false;
    }
    if (mc->deprecation_reason) {
        warn_report("Machine type '%s' is deprecated: %s", mc->name,
                    mc->deprecation_reason);
    }
    take_out_accel_properties();
    if (!refuse_kernel(errp)) {
        return false;
    }
    object_set_machine_compat_props(mc->compat_props);

    obj = object_new_with_class(OBJECT_CLASS(mc));
    current_machine = MACHINE(obj);
    object_property_add_child(object_get_root(), "machine", obj);

    json_object_del(vl.machine, "type");
    memory_backend_id = g_strdup(json_get_str(vl.machine, "memory-backend"));
    json_object_del(vl.machine, "memory-backend");
    if (!object_set_properties_from_keyval(obj, vl.machine, false, errp)) {
        return false;
    }
    phase_advance(PHASE_MACHINE_CREATED);
    return true;
}

bool vl_start_accel(Error **errp)
{
    json_t *list = json_array();
    bool ok;

    for (unsigned i = 0; vl.accels && i < vl.accels->len; i++) {
        json_array_append(list, ((VLItem *)vl.accels->pdata[i])->opts);
    }
    ok = accel_configure(current_machine, list, errp);
    json_decref(list);
    if (ok) {
        phase_advance(PHASE_ACCEL_CREATED);
    }
    return ok;
}

/* A backend that -machine memory-backend= names settles RAM's size. */
static bool use_memory_backend(Error **errp)
{
    Object *backend = object_resolve_path_type(memory_backend_id,
                                               TYPE_MEMORY_BACKEND, NULL);
    g_autofree char *text = NULL;
    uint64_t size, wanted;

    if (!backend) {
        error_setg(errp, "Memory backend '%s' not found", memory_backend_id);
        return false;
    }
    size = object_property_get_uint(backend, "size", &error_abort);
    if (vl.custom_ram_size) {
        parse_option_size("size", json_get_str(vl.memory, "size"), &wanted,
                          &error_abort);
        if (wanted != size) {
            error_setg(errp, "Size specified by -m option must match size of "
                       "explicitly specified 'memory-backend' property");
            return false;
        }
    }
    if (vl.mem_path) {
        error_setg(errp, "'-mem-path' can't be used together with "
                   "'-machine memory-backend'");
        return false;
    }
    if (!vl.memory) {
        vl.memory = json_object();
    }
    text = g_strdup_printf("%" PRIu64, size);
    json_object_set_new(vl.memory, "size", json_string(text));
    return object_property_set_link(OBJECT(current_machine), "memory-backend",
                                    backend, errp);
}

bool vl_set_memory(Error **errp)
{
    json_t *wrapped;
    bool ok;

    if (memory_backend_id && !use_memory_backend(errp)) {
        return false;
    }
    if (!vl.memory) {
        vl.memory = json_object();
    }
    wrapped = json_pack("{sO}", "memory", vl.memory);
    ok = object_set_properties_from_keyval(OBJECT(current_machine), wrapped,
                                           false, errp);
    json_decref(wrapped);
    return ok;
}

bool vl_choose_cpu(Error **errp)
{
    ERRP_GUARD();
    MachineClass *mc = MACHINE_GET_CLASS(current_machine);

    current_machine->cpu_type = mc->default_cpu_type;
    if (vl.cpu) {
        current_machine->cpu_type = parse_cpu_option(CPU_RESOLVING_TYPE,
                                                     vl.cpu, errp);
        if (*errp) {
            return false;
        }
    }
    return true;
}

bool vl_init_board(Error **errp)
{
    ERRP_GUARD();

    machine_run_board_init(current_machine, vl.mem_path, errp);
    return !*errp;
}
