/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choice of an accelerator.
 *
 * QEMU's other accelerators are known by name: scripts that offer several
 * ("-accel kvm -accel tcg -accel qtest") work, and are told what is passed
 * over.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/json.h"
#include "qemu/accel.h"
#include "qemu/error-report.h"

static AccelState *accelerator;

static const char *const absent_accels[] = {
    "tcg", "kvm", "xen", "hax", "hvf", "nvmm", "whpx",
};

static bool accel_is_absent(const char *name)
{
    for (int i = 0; i < ARRAY_SIZE(absent_accels); i++) {
        if (!strcmp(absent_accels[i], name)) {
            return true;
        }
    }
    return false;
}

AccelClass *accel_find(const char *name)
{
    g_autofree char *type = g_strconcat(name, ACCEL_CLASS_SUFFIX, NULL);
    ObjectClass *oc = object_class_by_name(type);

    return oc ? (AccelClass *)object_class_dynamic_cast(oc, TYPE_ACCEL) : NULL;
}

AccelState *current_accel(void)
{
    return accelerator;
}

int accel_init_machine(AccelState *accel, MachineState *ms)
{
    AccelClass *acc = ACCEL_GET_CLASS(accel);
    int ret;

    ms->accelerator = accel;
    *acc->allowed = true;
    ret = acc->init_machine(ms);
    if (ret < 0) {
        ms->accelerator = NULL;
        *acc->allowed = false;
        return ret;
    }
    accelerator = accel;
    object_set_accelerator_compat_props(acc->compat_props);
    return 0;
}

void accel_setup_post(MachineState *ms)
{
    AccelClass *acc = ACCEL_GET_CLASS(ms->accelerator);

    if (acc->setup_post) {
        acc->setup_post(ms, ms->accelerator);
    }
}

/* One element of the list; false if it cannot be used, which was reported. */
static bool accel_try(MachineState *ms, const json_t *opts)
{
    const char *name = json_get_str(opts, "accel");
    AccelClass *acc = accel_find(name);
    AccelState *accel;
    Error *err = NULL;
    json_t *props;
    int ret;

    if (!acc) {
        if (accel_is_absent(name)) {
            warn_report("-accel %s: not built in, this program has qtest only",
                        name);
        } else {
            error_report("-accel %s: invalid accelerator %s", name, name);
        }
        return false;
    }

    accel = ACCEL(object_new_with_class(OBJECT_CLASS(acc)));
    object_apply_compat_props(OBJECT(accel));
    props = json_copy((json_t *)opts);
    json_object_del(props, "accel");
    object_set_properties_from_keyval(OBJECT(accel), props, false, &err);
    json_decref(props);
    if (err) {
        error_reportf_err(err, "-accel %s: ", name);
        object_unref(OBJECT(accel));
        return false;
    }
    ret = accel_init_machine(accel, ms);
    if (ret < 0) {
        error_report("failed to initialize %s: %s", name, strerror(-ret));
        object_unref(OBJECT(accel));
        return false;
    }
    return true;
}

bool accel_configure(MachineState *ms, const json_t *list, Error **errp)
{
    g_autoptr(GString) names = NULL;
    json_t *opts;
    size_t i;

    if (json_array_size(list) == 0) {
        json_t *fallback = json_pack("{ss}", "accel", "qtest");
        bool ok;

        warn_report("no accelerator chosen: using -accel qtest, "
                    "which runs no vCPU");
        ok = accel_try(ms, fallback);
        json_decref(fallback);
        if (!ok) {
            error_setg(errp, "no accelerator is usable");
        }
        return ok;
    }

    names = g_string_new("");
    json_array_foreach(list, i, opts) {
        if (accel_try(ms, opts)) {
            return true;
        }
        g_string_append_printf(names, "%s%s", i ? ", " : "",
                               json_get_str(opts, "accel"));
    }
    error_setg(errp, "no usable accelerator among: %s; use -accel qtest",
               names->str);
    return false;
}

static void print_accel(ObjectClass *oc, void *opaque)
{
    const char *type = object_class_get_name(oc);
    size_t len = strlen(type) - strlen(ACCEL_CLASS_SUFFIX);

    printf("%.*s\n", (int)len, type);
}

void accel_print_help(void)
{
    printf("Accelerators supported in QEMU binary:\n");
    object_class_foreach(print_accel, TYPE_ACCEL, false, NULL);
}

static const TypeInfo accel_type = {
    .name = TYPE_ACCEL,
    .parent = TYPE_OBJECT,
    .class_size = sizeof(AccelClass),
    .instance_size = sizeof(AccelState),
    .abstract = true,
};

static void register_accel_types(void)
{
    type_register_static(&accel_type);
}

type_init(register_accel_types);
