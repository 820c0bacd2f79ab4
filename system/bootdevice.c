/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot order: letters (-boot) and indices (bootindex= of devices), and
 * the lists of firmware paths made from the latter.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/queue.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"

/*** Letters ***/

static QEMUBootSetHandler *set_handler;
static void *set_opaque;

void qemu_register_boot_set(QEMUBootSetHandler *func, void *opaque)
{
    set_handler = func;
    set_opaque = opaque;
}

void validate_bootdevices(const char *devices, Error **errp)
{
    uint32_t seen = 0;
    const char *p;

    /* a, b: floppies; c to m: disks; d by custom a CD; n to p: networks. */
    for (p = devices; *p; p++) {
        uint32_t bit;

        if (*p < 'a' || *p > 'p') {
            error_setg(errp, "Invalid boot device '%c'", *p);
            return;
        }
        bit = UINT32_C(1) << (*p - 'a');
        if (seen & bit) {
            error_setg(errp, "Boot device '%c' was given twice", *p);
            return;
        }
        seen |= bit;
    }
}

void qemu_boot_set(const char *boot_order, Error **errp)
{
    Error *err = NULL;

    if (!set_handler) {
        error_setg(errp, "no function defined to set boot device list for "
                   "this architecture");
        return;
    }
    validate_bootdevices(boot_order, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    set_handler(set_opaque, boot_order, errp);
}

void restore_boot_order(void *opaque)
{
    static bool first = true;
    char *normal = opaque;

    /* The machine's first reset begins the boot that "once" is about. */
    if (first) {
        first = false;
        return;
    }
    if (set_handler) {
        qemu_boot_set(normal, NULL);
    }
    qemu_unregister_reset(restore_boot_order, normal);
    g_free(normal);
}

/*** Indices ***/

typedef struct BootEntry {
    QTAILQ_ENTRY(BootEntry) link;
    int32_t bootindex;
    DeviceState *dev;
    char *suffix;
} BootEntry;

/* By rising index. */
static QTAILQ_HEAD(, BootEntry) order = QTAILQ_HEAD_INITIALIZER(order);

void del_boot_device_path(DeviceState *dev, const char *suffix)
{
    BootEntry *e;

    QTAILQ_FOREACH(e, &order, link) {
        if (e->dev == dev &&
            (!suffix || g_strcmp0(e->suffix, suffix) == 0)) {
            QTAILQ_REMOVE(&order, e, link);
            g_free(e->suffix);
            g_free(e);
            return;
        }
    }
}

void check_boot_index(int32_t bootindex, Error **errp)
{
    BootEntry *e;

    QTAILQ_FOREACH(e, &order, link) {
        if (bootindex >= 0 && e->bootindex == bootindex) {
            error_setg(errp, "The bootindex %d has already been used",
                       bootindex);
            return;
        }
    }
}

void add_boot_device_path(int32_t bootindex, DeviceState *dev,
                          const char *suffix)
{
    BootEntry *e, *other;

    if (dev) {
        del_boot_device_path(dev, suffix);
    }
    if (bootindex < 0) {
        return;
    }
    e = g_new0(BootEntry, 1);
    e->bootindex = bootindex;
    e->dev = dev;
    e->suffix = g_strdup(suffix);
    QTAILQ_FOREACH(other, &order, link) {
        if (other->bootindex > bootindex) {
            QTAILQ_INSERT_BEFORE(other, e, link);
            return;
        }
    }
    QTAILQ_INSERT_TAIL(&order, e, link);
}

DeviceState *get_boot_device(uint32_t position)
{
    BootEntry *e;

    QTAILQ_FOREACH(e, &order, link) {
        if (position-- == 0) {
            return e->dev;
        }
    }
    return NULL;
}

/* The firmware's name for a device, and for the part that is booted. */
static char *boot_path(DeviceState *dev, bool ignore_suffixes,
                       const char *suffix)
{
    g_autofree char *path = NULL;
    g_autofree char *own = NULL;

    if (dev) {
        path = qdev_get_fw_dev_path(dev);
    }
    if (ignore_suffixes) {
        suffix = NULL;
    } else if (dev) {
        own = qdev_get_own_fw_dev_path_from_handler(dev->parent_bus, dev);
    }
    return g_strconcat(path ? path : "", own ? own : suffix ? suffix : "",
                       NULL);
}

static bool machine_ignores_suffixes(void)
{
    return current_machine &&
        MACHINE_GET_CLASS(current_machine)->ignore_boot_device_suffixes;
}

/* Lines, with a NUL for the last end; what firmware reads from fw_cfg. */
static char *finish_list(GString *list, size_t *size)
{
    if (list->len) {
        list->str[list->len - 1] = '\0';
    }
    *size = list->len;
    if (!list->len) {
        g_string_free(list, true);
        return NULL;
    }
    return g_string_free(list, false);
}

char *get_boot_devices_list(size_t *size)
{
    GString *list = g_string_new(NULL);
    bool ignore_suffixes = machine_ignores_suffixes();
    BootEntry *e;

    QTAILQ_FOREACH(e, &order, link) {
        g_autofree char *path = boot_path(e->dev, ignore_suffixes, e->suffix);

        g_string_append_printf(list, "%s\n", path);
    }
    if (list->len && current_machine &&
        current_machine->boot_config.has_strict &&
        current_machine->boot_config.strict) {
        g_string_append(list, "HALT\n");
    }
    return finish_list(list, size);
}

/*** Geometry hints ***/

typedef struct GeometryEntry {
    QTAILQ_ENTRY(GeometryEntry) link;
    DeviceState *dev;
    char *suffix;
    uint32_t cyls;
    uint32_t heads;
    uint32_t secs;
} GeometryEntry;

static QTAILQ_HEAD(, GeometryEntry) geometries =
    QTAILQ_HEAD_INITIALIZER(geometries);

void add_boot_device_lchs(DeviceState *dev, const char *suffix,
                          uint32_t lcyls, uint32_t lheads, uint32_t lsecs)
{
    GeometryEntry *e;

    if (!lcyls && !lheads && !lsecs) {
        return;
    }
    e = g_new0(GeometryEntry, 1);
    e->dev = dev;
    e->suffix = g_strdup(suffix);
    e->cyls = lcyls;
    e->heads = lheads;
    e->secs = lsecs;
    QTAILQ_INSERT_TAIL(&geometries, e, link);
}

void del_boot_device_lchs(DeviceState *dev, const char *suffix)
{
    GeometryEntry *e;

    QTAILQ_FOREACH(e, &geometries, link) {
        if (e->dev == dev &&
            (!suffix || g_strcmp0(e->suffix, suffix) == 0)) {
            QTAILQ_REMOVE(&geometries, e, link);
            g_free(e->suffix);
            g_free(e);
            return;
        }
    }
}

char *get_boot_devices_lchs_list(size_t *size)
{
    GString *list = g_string_new(NULL);
    GeometryEntry *e;

    QTAILQ_FOREACH(e, &geometries, link) {
        g_autofree char *path = boot_path(e->dev, false, e->suffix);

        g_string_append_printf(list, "%s %" PRIu32 " %" PRIu32 " %" PRIu32
                               "\n", path, e->cyls, e->heads, e->secs);
    }
    return finish_list(list, size);
}

/*** The "bootindex" property ***/

typedef struct BootIndexProperty {
    int32_t *bootindex;
    char *suffix;
    DeviceState *dev;
} BootIndexProperty;

static void get_bootindex(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    BootIndexProperty *prop = opaque;

    visit_type_int32(v, name, prop->bootindex, errp);
}

static void set_bootindex(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    BootIndexProperty *prop = opaque;
    Error *err = NULL;
    int32_t value;

    if (!visit_type_int32(v, name, &value, errp)) {
        return;
    }
    if (value != *prop->bootindex) {
        check_boot_index(value, &err);
    }
    if (err) {
        error_propagate(errp, err);
        return;
    }
    *prop->bootindex = value;
    add_boot_device_path(value, prop->dev, prop->suffix);
}

static void release_bootindex(Object *obj, const char *name, void *opaque)
{
    BootIndexProperty *prop = opaque;

    del_boot_device_path(prop->dev, prop->suffix);
    g_free(prop->suffix);
    g_free(prop);
}

void device_add_bootindex_property(Object *obj, int32_t *bootindex,
                                   const char *name, const char *suffix,
                                   DeviceState *dev)
{
    BootIndexProperty *prop = g_new0(BootIndexProperty, 1);

    prop->bootindex = bootindex;
    prop->suffix = g_strdup(suffix);
    prop->dev = dev;
    object_property_add(obj, name, "int32", get_bootindex, set_bootindex,
                        release_bootindex, prop);
    *bootindex = -1;
}
