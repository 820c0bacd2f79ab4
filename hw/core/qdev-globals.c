/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -global: values that a user puts in the place of properties' defaults. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

static GPtrArray *globals;

void qdev_prop_register_global(GlobalProperty *prop)
{
    if (!globals) {
        globals = g_ptr_array_new();
    }
    g_ptr_array_add(globals, prop);
}

const GlobalProperty *qdev_find_global_prop(Object *obj, const char *name)
{
    unsigned i;

    for (i = 0; globals && i < globals->len; i++) {
        const GlobalProperty *p = globals->pdata[i];

        if (object_dynamic_cast(obj, p->driver) &&
            strcmp(p->property, name) == 0) {
            return p;
        }
    }
    return NULL;
}

int qdev_prop_check_globals(void)
{
    unsigned i;
    int ret = 0;

    for (i = 0; globals && i < globals->len; i++) {
        GlobalProperty *p = globals->pdata[i];
        ObjectClass *oc;

        if (p->used) {
            continue;
        }
        oc = object_class_by_name(p->driver);
        if (!oc || !object_class_dynamic_cast(oc, TYPE_DEVICE)) {
            warn_report("global %s.%s has invalid class name", p->driver,
                        p->property);
            ret = 1;
        } else if (!DEVICE_CLASS(oc)->hotpluggable) {
            /* Another could still be plugged in, which would use it. */
            warn_report("global %s.%s=%s not used", p->driver, p->property,
                        p->value);
            ret = 1;
        }
    }
    return ret;
}

void qdev_prop_set_globals(DeviceState *dev)
{
    Error *err = NULL;

    if (!globals) {
        return;
    }
    /* A device plugged in later only gets a warning for a bad one. */
    object_apply_global_props(OBJECT(dev), globals,
                              dev->hotplugged ? NULL : &err);
    if (err && !dev->global_error) {
        /* Creation cannot fail, so realize will. */
        dev->global_error = err;
    } else {
        error_free(err);
    }
}
