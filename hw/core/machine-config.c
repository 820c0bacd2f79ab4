/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine properties made of members: smp, boot and memory.  Here between
 * visitors and C structures; what they mean is in machine*.c.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/units.h"
#include "sysemu/sysemu.h"
#include "machine-internal.h"

/*** Optional members ***/

static bool visit_opt_int(Visitor *v, const char *name, bool *has,
                          int64_t *value, Error **errp)
{
    return !visit_optional(v, name, has) ||
           visit_type_int(v, name, value, errp);
}

static bool visit_opt_size(Visitor *v, const char *name, bool *has,
                           uint64_t *value, Error **errp)
{
    return !visit_optional(v, name, has) ||
           visit_type_size(v, name, value, errp);
}

static bool visit_opt_bool(Visitor *v, const char *name, bool *has,
                           bool *value, Error **errp)
{
    return !visit_optional(v, name, has) ||
           visit_type_bool(v, name, value, errp);
}

static bool visit_opt_str(Visitor *v, const char *name, char **value,
                          Error **errp)
{
    bool has = *value != NULL;

    return !visit_optional(v, name, &has) ||
           visit_type_str(v, name, value, errp);
}

/* What ends each visit of a structure whose members went well or not. */
static bool end_struct(Visitor *v, bool ok, Error **errp)
{
    if (ok && visit_is_input(v)) {
        ok = visit_check_struct(v, errp);
    }
    visit_end_struct(v, NULL);
    return ok;
}

/*** smp ***/

static bool visit_smp(Visitor *v, const char *name, SMPConfiguration *c,
                      Error **errp)
{
    bool ok;

    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return false;
    }
    ok = visit_opt_int(v, "cpus", &c->has_cpus, &c->cpus, errp) &&
         visit_opt_int(v, "sockets", &c->has_sockets, &c->sockets, errp) &&
         visit_opt_int(v, "dies", &c->has_dies, &c->dies, errp) &&
         visit_opt_int(v, "clusters", &c->has_clusters, &c->clusters,
                       errp) &&
         visit_opt_int(v, "cores", &c->has_cores, &c->cores, errp) &&
         visit_opt_int(v, "threads", &c->has_threads, &c->threads, errp) &&
         visit_opt_int(v, "maxcpus", &c->has_maxcpus, &c->maxcpus, errp);
    return end_struct(v, ok, errp);
}

void machine_get_smp(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    const CpuTopology *t = &MACHINE(obj)->smp;
    SMPConfiguration c = {
        .has_cpus = true, .cpus = t->cpus,
        .has_sockets = true, .sockets = t->sockets,
        .has_dies = true, .dies = t->dies,
        .has_clusters = true, .clusters = t->clusters,
        .has_cores = true, .cores = t->cores,
        .has_threads = true, .threads = t->threads,
        .has_maxcpus = true, .maxcpus = t->max_cpus,
    };

    visit_smp(v, name, &c, errp);
}

void machine_set_smp(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    SMPConfiguration c = { };

    if (visit_smp(v, name, &c, errp)) {
        machine_parse_smp_config(MACHINE(obj), &c, errp);
    }
}

/*** boot ***/

void machine_free_boot_config(MachineState *ms)
{
    g_free(ms->boot_config.order);
    g_free(ms->boot_config.once);
    g_free(ms->boot_config.splash);
    memset(&ms->boot_config, 0, sizeof(ms->boot_config));
}

char *machine_default_boot_order(MachineState *ms)
{
    const char *order = MACHINE_GET_CLASS(ms)->default_boot_order;

    return g_strdup(order ? order : "");
}

static bool visit_boot(Visitor *v, const char *name, BootConfiguration *c,
                       Error **errp)
{
    bool ok;

    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return false;
    }
    ok = visit_opt_str(v, "order", &c->order, errp) &&
         visit_opt_str(v, "once", &c->once, errp) &&
         visit_opt_bool(v, "menu", &c->has_menu, &c->menu, errp) &&
         visit_opt_str(v, "splash", &c->splash, errp) &&
         visit_opt_int(v, "splash-time", &c->has_splash_time,
                       &c->splash_time, errp) &&
         visit_opt_int(v, "reboot-timeout", &c->has_reboot_timeout,
                       &c->reboot_timeout, errp) &&
         visit_opt_bool(v, "strict", &c->has_strict, &c->strict, errp);
    return end_struct(v, ok, errp);
}

static bool check_devices(const char *devices, Error **errp)
{
    Error *err = NULL;

    if (devices) {
        validate_bootdevices(devices, &err);
    }
    error_propagate(errp, err);
    return !err;
}

uint64_t machine_device_memory_end(const MachineState *ms)
{
    DeviceMemoryState *dm = ms->device_memory;

    return dm ? ROUND_UP(dm->base + memory_region_size(&dm->mr), 1 * GiB) : 0;
}

/* Times that firmware can be told, in milliseconds. */
static bool check_time(const char *key, bool given, int64_t value,
                       int64_t least, Error **errp)
{
    if (given && (value < least || value > UINT16_MAX)) {
        error_setg(errp, "%s is invalid, it should be a value between %"
                   PRId64 " and %d", key, least, UINT16_MAX);
        return false;
    }
    return true;
}

void machine_get_boot(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    visit_boot(v, name, &MACHINE(obj)->boot_config, errp);
}

void machine_set_boot(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    MachineState *ms = MACHINE(obj);
    BootConfiguration c = { };

    if (!visit_boot(v, name, &c, errp) || !check_devices(c.order, errp) ||
        !check_devices(c.once, errp) ||
        !check_time("splash-time", c.has_splash_time, c.splash_time, 0,
                    errp) ||
        !check_time("reboot-timeout", c.has_reboot_timeout,
                    c.reboot_timeout, -1, errp)) {
        g_free(c.order);
        g_free(c.once);
        g_free(c.splash);
        return;
    }
    if (!c.order) {
        c.order = machine_default_boot_order(ms);
    }
    machine_free_boot_config(ms);
    ms->boot_config = c;
}

/*** memory ***/

void machine_get_mem(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    MachineState *ms = MACHINE(obj);
    bool has_size = true;
    bool has_slots = ms->ram_slots != 0;
    uint64_t size = ms->ram_size;
    uint64_t max_size = ms->maxram_size;
    bool ok;

    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    ok = visit_opt_size(v, "size", &has_size, &size, errp) &&
         visit_opt_size(v, "max-size", &has_slots, &max_size, errp) &&
         visit_opt_int(v, "slots", &has_slots, (int64_t *)&ms->ram_slots,
                       errp);
    end_struct(v, ok, errp);
}

/* What ACPI's memory hot-plug can tell of. */
#define RAM_SLOTS_MAX 256

typedef struct MemorySize {
    bool has_size;
    uint64_t size;
    bool has_max_size;
    uint64_t max_size;
    bool has_slots;
    uint64_t slots;
} MemorySize;

static bool check_max_size(const MemorySize *m, uint64_t size, Error **errp)
{
    if (m->max_size < size) {
        error_setg(errp, "invalid value of maxmem: maximum memory size (0x%"
                   PRIx64 ") must be at least the initial memory size (0x%"
                   PRIx64 ")", m->max_size, size);
        return false;
    }
    if (m->has_slots && m->slots && m->max_size == size) {
        error_setg(errp, "invalid value of maxmem: memory slots were "
                   "specified but maximum memory size (0x%" PRIx64 ") is "
                   "equal to the initial memory size (0x%" PRIx64 ")",
                   m->max_size, size);
        return false;
    }
    return true;
}

void machine_set_mem(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    MachineState *ms = MACHINE(obj);
    MachineClass *mc = MACHINE_GET_CLASS(obj);
    MemorySize m = { };
    uint64_t size;
    bool ok;

    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    ok = visit_opt_size(v, "size", &m.has_size, &m.size, errp) &&
         visit_opt_size(v, "max-size", &m.has_max_size, &m.max_size, errp) &&
         (!visit_optional(v, "slots", &m.has_slots) ||
          visit_type_uint64(v, "slots", &m.slots, errp));
    if (!end_struct(v, ok, errp)) {
        return;
    }

    size = m.has_size ? m.size : mc->default_ram_size;
    if (size > HWADDR_MAX - 8191) {
        error_setg(errp, "ram size too large");
        return;
    }
    size = ROUND_UP(size, 8192);
    if (mc->fixup_ram_size) {
        size = mc->fixup_ram_size(size);
    }
    if (m.slots > RAM_SLOTS_MAX) {
        error_setg(errp, "unsupported amount of memory slots: %" PRIu64,
                   m.slots);
        return;
    }
    if (m.has_max_size) {
        if (!check_max_size(&m, size, errp)) {
            return;
        }
    } else if (m.has_slots) {
        error_setg(errp, "slots specified but no max-size");
        return;
    }
    ms->ram_size = size;
    ms->maxram_size = m.has_max_size ? m.max_size : size;
    ms->ram_slots = m.slots;
}
