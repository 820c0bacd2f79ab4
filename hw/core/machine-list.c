/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines there are, for -machine help and query-machines. */
#include "qemu/osdep.h"
#include "hw/boards.h"

/*
 * Families in reverse alphabetical order, versions of one newest first, as a
 * reader expects the versions of a board to stand together.
 */
static int compare(const void *a, const void *b)
{
    const MachineClass *x = a, *y = b;

    if (!x->family != !y->family) {
        return x->family ? -1 : 1;
    }
    if (x->family && strcmp(x->family, y->family)) {
        return strcmp(x->family, y->family);
    }
    return x->family ? strcmp(y->name, x->name) : strcmp(x->name, y->name);
}

char *machine_help_text(void)
{
    GSList *list = g_slist_sort(object_class_get_list(TYPE_MACHINE, false),
                                compare);
    GString *text = g_string_new("Supported machines are:\n");
    GSList *el;

    for (el = list; el; el = el->next) {
        MachineClass *mc = el->data;

        if (mc->alias) {
            g_string_append_printf(text, "%-20s %s (alias of %s)\n",
                                   mc->alias, mc->desc, mc->name);
        }
        g_string_append_printf(text, "%-20s %s%s%s\n", mc->name, mc->desc,
                               mc->is_default ? " (default)" : "",
                               mc->deprecation_reason ? " (deprecated)" : "");
    }
    g_slist_free(list);
    return g_string_free(text, false);
}

static json_t *describe(const MachineClass *mc)
{
    json_t *info = json_pack("{s:s, s:b, s:i, s:b, s:b}",
        "name", mc->name,
        "numa-mem-supported", mc->numa_mem_supported,
        "cpu-max", mc->max_cpus ? mc->max_cpus : 1,
        "deprecated", mc->deprecation_reason != NULL,
        "hotpluggable-cpus", mc->has_hotpluggable_cpus);

    if (mc->is_default) {
        json_object_set_new(info, "is-default", json_true());
    }
    if (mc->alias) {
        json_object_set_new(info, "alias", json_string(mc->alias));
    }
    if (mc->default_cpu_type) {
        json_object_set_new(info, "default-cpu-type",
                            json_string(mc->default_cpu_type));
    }
    if (mc->default_ram_id) {
        json_object_set_new(info, "default-ram-id",
                            json_string(mc->default_ram_id));
    }
    return info;
}

json_t *machine_query_machines(void)
{
    GSList *list = object_class_get_list(TYPE_MACHINE, false);
    json_t *result = json_array();
    GSList *el;

    for (el = list; el; el = el->next) {
        json_array_append_new(result, describe(el->data));
    }
    g_slist_free(list);
    return result;
}
