/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What -device help prints: devices by category, and a device's properties. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qemu/qemu-print.h"

static const char *const category_names[DEVICE_CATEGORY_MAX + 1] = {
    [DEVICE_CATEGORY_BRIDGE] = "Controller/Bridge/Hub",
    [DEVICE_CATEGORY_USB] = "USB",
    [DEVICE_CATEGORY_STORAGE] = "Storage",
    [DEVICE_CATEGORY_NETWORK] = "Network",
    [DEVICE_CATEGORY_INPUT] = "Input",
    [DEVICE_CATEGORY_DISPLAY] = "Display",
    [DEVICE_CATEGORY_SOUND] = "Sound",
    [DEVICE_CATEGORY_MISC] = "Misc",
    [DEVICE_CATEGORY_CPU] = "CPU",
    [DEVICE_CATEGORY_WATCHDOG] = "Watchdog",
    [DEVICE_CATEGORY_MAX] = "Uncategorized",
};

static bool in_category(DeviceClass *dc, int category)
{
    return category == DEVICE_CATEGORY_MAX
           ? bitmap_empty(dc->categories, DEVICE_CATEGORY_MAX)
           : test_bit(category, dc->categories);
}

static void print_device(ObjectClass *oc)
{
    const char *name = object_class_get_name(oc);
    const char *alias = qdev_find_alias(name);
    DeviceClass *dc = DEVICE_CLASS(oc);

    qemu_printf("name \"%s\"", name);
    if (dc->bus_type) {
        qemu_printf(", bus %s", dc->bus_type);
    }
    if (alias) {
        qemu_printf(", alias \"%s\"", alias);
    }
    if (dc->desc) {
        qemu_printf(", desc \"%s\"", dc->desc);
    }
    qemu_printf("\n");
}

void qdev_print_devices(void)
{
    GSList *list = object_class_get_list_sorted(TYPE_DEVICE, false);
    bool printed = false;

    for (int category = 0; category <= DEVICE_CATEGORY_MAX; category++) {
        bool headed = false;

        for (GSList *e = list; e; e = e->next) {
            DeviceClass *dc = DEVICE_CLASS(e->data);

            if (!dc->user_creatable || !in_category(dc, category)) {
                continue;
            }
            if (!headed) {
                qemu_printf("%s%s devices:\n", printed ? "\n" : "",
                            category_names[category]);
                headed = printed = true;
            }
            print_device(e->data);
        }
    }
    g_slist_free(list);
}

/*** Properties of one device ***/

/* Such properties are about the object, not about the device. */
static bool is_plumbing(const char *name)
{
    static const char *const names[] = {
        "type", "realized", "hotpluggable", "hotplugged", "parent_bus",
    };

    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        if (!strcmp(name, names[i])) {
            return true;
        }
    }
    return g_str_has_prefix(name, "legacy-");
}

static int compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * An instance knows more than its class: properties come with instance_init,
 * too.
 */
static GPtrArray *collect_properties(ObjectClass *oc)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    Object *obj = object_new_with_class(oc);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        if (!is_plumbing(prop->name)) {
            g_ptr_array_add(lines,
                            object_property_help(prop->name, prop->type,
                                                 prop->defval,
                                                 prop->description));
        }
    }
    object_unref(obj);
    g_ptr_array_sort(lines, compare_text);
    return lines;
}

bool qdev_print_device_help(const char *driver, Error **errp)
{
    g_autoptr(GPtrArray) lines = NULL;
    const char *type = qdev_resolve_alias(driver);
    ObjectClass *oc = object_class_by_name(type);

    if (!oc || !object_class_dynamic_cast(oc, TYPE_DEVICE)) {
        error_setg(errp, "'%s' is not a valid device model name", driver);
        return false;
    }
    if (object_class_is_abstract(oc)) {
        error_setg(errp, "Parameter 'driver' expects a non-abstract device "
                   "type");
        return false;
    }
    lines = collect_properties(oc);
    qemu_printf(lines->len ? "%s options:\n" : "There are no options for %s.\n",
                driver);
    for (unsigned i = 0; i < lines->len; i++) {
        qemu_printf("%s\n", (char *)lines->pdata[i]);
    }
    return true;
}
