/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The "chardev" property: the id of a character device, claimed when set. */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qapi/visitor.h"

static void get_chr(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    CharBackend *be = object_field_prop_ptr(obj, opaque);
    char *label = (char *)(be->chr && be->chr->label ? be->chr->label : "");

    visit_type_str(v, name, &label, errp);
}

static void set_chr(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    ERRP_GUARD();
    CharBackend *be = object_field_prop_ptr(obj, opaque);
    g_autofree char *label = NULL;
    Chardev *chr;

    if (!visit_type_str(v, name, &label, errp)) {
        return;
    }
    if (!*label) {
        qemu_chr_fe_deinit(be, false);
        return;
    }
    chr = qemu_chr_find(label);
    if (!chr) {
        error_set_from_qdev_prop_error(errp, -ENOENT, obj, name, label);
        return;
    }
    if (chr == be->chr) {
        return;
    }
    qemu_chr_fe_deinit(be, false);
    if (!qemu_chr_fe_init(be, chr, errp)) {
        error_prepend(errp, "Property '%s.%s' can't take value '%s': ",
                      object_get_typename(obj), name, label);
    }
}

static void release_chr(Object *obj, const char *name, void *opaque)
{
    qemu_chr_fe_deinit(object_field_prop_ptr(obj, opaque), false);
}

const PropertyInfo qdev_prop_chr = {
    .name = "str",
    .description = "ID of a chardev to use as a backend",
    .get = get_chr,
    .set = set_chr,
    .release = release_chr,
};

void qdev_prop_set_chr(DeviceState *dev, const char *name, Chardev *value)
{
    object_property_set_str(OBJECT(dev), name,
                            value && value->label ? value->label : "",
                            &error_abort);
}
