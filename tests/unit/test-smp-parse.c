/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -smp and the other structured properties of machines. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/module.h"

static void set_common(MachineClass *mc)
{
    mc->desc = "test machine";
    mc->max_cpus = 288;
    mc->default_ram_size = 128 * 1024 * 1024;
    mc->default_boot_order = "cad";
}

static void cores_machine_init(MachineClass *mc)
{
    set_common(mc);
    mc->smp_props.dies_supported = true;
}

static void sockets_machine_init(MachineClass *mc)
{
    set_common(mc);
    mc->min_cpus = 2;
    mc->smp_props.prefer_sockets = true;
    mc->smp_props.clusters_supported = true;
}

DEFINE_MACHINE("cores", cores_machine_init)
DEFINE_MACHINE("sockets", sockets_machine_init)

typedef struct SmpCase {
    const char *machine;
    const char *json;
    CpuTopology expected;
    const char *error;
} SmpCase;

#define TOPO(cpus_, s, d, cl, co, t, max) \
    { .cpus = cpus_, .sockets = s, .dies = d, .clusters = cl, .cores = co, \
      .threads = t, .max_cpus = max }

static const SmpCase cases[] = {
    { "cores", "{}", TOPO(1, 1, 1, 1, 1, 1, 1) },
    { "cores", "{'cpus':4}", TOPO(4, 1, 1, 1, 4, 1, 4) },
    { "sockets", "{'cpus':4}", TOPO(4, 4, 1, 1, 1, 1, 4) },
    { "cores", "{'cpus':4,'sockets':2}", TOPO(4, 2, 1, 1, 2, 1, 4) },
    { "cores", "{'cpus':4,'threads':2}", TOPO(4, 1, 1, 1, 2, 2, 4) },
    { "cores", "{'cpus':4,'dies':2}", TOPO(4, 1, 2, 1, 2, 1, 4) },
    { "cores", "{'cpus':1,'maxcpus':4}", TOPO(1, 1, 1, 1, 4, 1, 4) },
    { "cores", "{'maxcpus':4}", TOPO(4, 1, 1, 1, 4, 1, 4) },
    { "cores", "{'sockets':2,'cores':3,'threads':2}",
      TOPO(12, 2, 1, 1, 3, 2, 12) },
    { "sockets", "{'cpus':8,'clusters':2,'cores':2}",
      TOPO(8, 2, 1, 2, 2, 1, 8) },
    { "cores", "{'cpus':-1}", .error = "Invalid CPU topology: CPU topology "
      "parameters must be greater than zero" },
    { "cores", "{'cpus':2,'threads':-2}", .error = "Invalid CPU topology: CPU "
      "topology parameters must be greater than zero" },
    { "cores", "{'cpus':300}", .error =
      "Invalid SMP CPUs 300. The max CPUs supported by machine 'cores' is "
      "288" },
    { "sockets", "{'cpus':1}", .error =
      "Invalid SMP CPUs 1. The min CPUs supported by machine 'sockets' is "
      "2" },
    { "cores", "{'cpus':2,'sockets':3}", .error =
      "Invalid CPU topology: product of the hierarchy must match maxcpus: "
      "sockets (3) * dies (1) * cores (0) * threads (1) != maxcpus (2)" },
    { "cores", "{'cpus':4,'sockets':2,'cores':1,'threads':1}", .error =
      "Invalid CPU topology: product of the hierarchy must match maxcpus: "
      "sockets (2) * dies (1) * cores (1) * threads (1) != maxcpus (4)" },
    { "cores", "{'cpus':4,'maxcpus':2}", .error =
      "Invalid CPU topology: maxcpus must be equal to or greater than smp: "
      "sockets (1) * dies (1) * cores (2) * threads (1) == maxcpus (2) < "
      "smp_cpus (4)" },
    { "cores", "{'cpus':4,'clusters':2}", .error =
      "clusters not supported by this machine's CPU topology" },
    { "sockets", "{'cpus':4,'dies':2}", .error =
      "dies not supported by this machine's CPU topology" },
    { "sockets", "{'cpus':4,'cores':3}", .error =
      "Invalid CPU topology: product of the hierarchy must match maxcpus: "
      "sockets (1) * clusters (1) * cores (3) * threads (1) != maxcpus (4)" },
    /* Products that do not fit in any integer. */
    { "cores", "{'sockets':65536,'cores':65536,'threads':65536}", .error =
      "Invalid SMP CPUs 4294967295. The max CPUs supported by machine "
      "'cores' is 288" },
    { "cores", "{'cores':9223372036854775807}", .error =
      "Invalid SMP CPUs 4294967295. The max CPUs supported by machine "
      "'cores' is 288" },
    { "cores", "{'cpus':4,'foo':0}", .error =
      "Parameter 'smp.foo' is unexpected" },
    { "cores", "{'cores':'x'}", .error =
      "Invalid parameter type for 'smp.cores', expected: integer" },
};

static MachineState *new_machine(const char *name)
{
    g_autofree char *type = g_strconcat(name, TYPE_MACHINE_SUFFIX, NULL);

    return MACHINE(object_new(type));
}

static json_t *parse(const char *text)
{
    g_autofree char *json = g_strdup(text);
    json_t *value;
    char *p;

    for (p = json; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    value = json_loads(json, JSON_DECODE_ANY, NULL);
    g_assert_nonnull(value);
    return value;
}

/* Sets a property from JSON; NULL or the error's text. */
static char *set(MachineState *ms, const char *name, const char *text)
{
    json_t *value = parse(text);
    Error *err = NULL;
    char *message = NULL;

    if (!object_property_set_json(OBJECT(ms), name, value, &err)) {
        message = g_strdup(error_get_pretty(err));
        error_free(err);
    }
    json_decref(value);
    return message;
}

static void test_smp(void)
{
    int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        const SmpCase *c = &cases[i];
        MachineState *ms = new_machine(c->machine);
        g_autofree char *error = set(ms, "smp", c->json);

        g_test_message("%s %s", c->machine, c->json);
        g_assert_cmpstr(error, ==, c->error);
        if (!c->error) {
            g_assert_cmpmem(&ms->smp, sizeof(ms->smp), &c->expected,
                            sizeof(c->expected));
        } else {
            g_assert_cmpuint(ms->smp.cpus, ==,
                             MACHINE_GET_CLASS(ms)->default_cpus);
        }
        object_unref(OBJECT(ms));
    }
}

static void assert_property(MachineState *ms, const char *name,
                            const char *expected)
{
    json_t *value = object_property_get_json(OBJECT(ms), name, &error_abort);
    json_t *wanted = parse(expected);
    g_autofree char *text = json_dumps(value, JSON_ENCODE_ANY);

    g_test_message("%s: %s", name, text);
    g_assert_true(json_equal(value, wanted));
    json_decref(value);
    json_decref(wanted);
}

static void test_smp_read(void)
{
    MachineState *ms = new_machine("cores");

    g_assert_null(set(ms, "smp", "{'cpus':2,'maxcpus':4}"));
    assert_property(ms, "smp", "{'cpus':2,'maxcpus':4,'sockets':1,'dies':1,"
                    "'clusters':1,'cores':4,'threads':1}");
    object_unref(OBJECT(ms));
}

static void test_boot(void)
{
    MachineState *ms = new_machine("cores");
    char *error;

    assert_property(ms, "boot", "{'order':'cad'}");
    g_assert_null(set(ms, "boot", "{'once':'n','menu':true,"
                      "'splash-time':5,'strict':false}"));
    assert_property(ms, "boot", "{'order':'cad','once':'n','menu':true,"
                    "'splash-time':5,'strict':false}");
    error = set(ms, "boot", "{'order':'zz'}");
    g_assert_cmpstr(error, ==, "Invalid boot device 'z'");
    g_free(error);
    error = set(ms, "boot", "{'once':'aa'}");
    g_assert_cmpstr(error, ==, "Boot device 'a' was given twice");
    g_free(error);
    error = set(ms, "boot", "{'order':'c','foo':1}");
    g_assert_cmpstr(error, ==, "Parameter 'boot.foo' is unexpected");
    g_free(error);
    assert_property(ms, "boot", "{'order':'cad','once':'n','menu':true,"
                    "'splash-time':5,'strict':false}");
    object_unref(OBJECT(ms));
}

static void test_memory(void)
{
    static const struct {
        const char *json;
        const char *expected;
        const char *error;
    } memory_cases[] = {
        { "{}", "{'size':134217728}" },
        { "{'size':67108864}", "{'size':67108864}" },
        { "{'size':67108865}", "{'size':67117056}" },
        { "{'size':67108864,'max-size':134217728,'slots':2}",
          "{'size':67108864,'max-size':134217728,'slots':2}" },
        { "{'size':67108864,'max-size':67108864,'slots':0}",
          "{'size':67108864}" },
        { "{'size':16777216,'max-size':8}", NULL,
          "invalid value of maxmem: maximum memory size (0x8) must be at "
          "least the initial memory size (0x1000000)" },
        { "{'size':67108864,'max-size':67108864,'slots':2}", NULL,
          "invalid value of maxmem: memory slots were specified but maximum "
          "memory size (0x4000000) is equal to the initial memory size "
          "(0x4000000)" },
        { "{'slots':2}", NULL, "slots specified but no max-size" },
        { "{'size':9223372036854775807,'foo':1}", NULL,
          "Parameter 'memory.foo' is unexpected" },
    };
    int i;

    for (i = 0; i < ARRAY_SIZE(memory_cases); i++) {
        MachineState *ms = new_machine("cores");
        g_autofree char *error = set(ms, "memory", memory_cases[i].json);

        g_test_message("%s", memory_cases[i].json);
        g_assert_cmpstr(error, ==, memory_cases[i].error);
        if (memory_cases[i].expected) {
            assert_property(ms, "memory", memory_cases[i].expected);
        }
        object_unref(OBJECT(ms));
    }
}

static void test_plain_properties(void)
{
    MachineState *ms = new_machine("cores");

    g_assert_null(set(ms, "usb", "false"));
    g_assert_true(!ms->usb && ms->usb_disabled);
    g_assert_null(set(ms, "usb", "true"));
    g_assert_true(machine_usb(ms) && !ms->usb_disabled);
    g_assert_null(set(ms, "kernel", "'vmlinuz'"));
    g_assert_cmpstr(ms->kernel_filename, ==, "vmlinuz");
    g_assert_cmpstr(ms->kernel_cmdline, ==, "");
    g_assert_null(set(ms, "append", "'quiet'"));
    g_assert_cmpstr(ms->kernel_cmdline, ==, "quiet");
    g_assert_null(set(ms, "phandle-start", "5"));
    g_assert_cmpint(machine_phandle_start(ms), ==, 5);
    g_assert_true(machine_mem_merge(ms) && machine_dump_guest_core(ms));
    object_unref(OBJECT(ms));
}

static void test_find(void)
{
    g_assert_cmpstr(find_machine("cores", NULL)->name, ==, "cores");
    g_assert_cmpstr(find_machine("none", NULL)->desc, ==, "empty machine");
    g_assert_null(find_machine("zz", NULL));
    g_assert_null(find_default_machine(NULL));
}

static void test_lists(void)
{
    g_autofree char *help = machine_help_text();
    json_t *list = machine_query_machines();
    size_t i;
    json_t *item;
    int found = 0;

    g_assert_true(g_str_has_prefix(help, "Supported machines are:\n"));
    g_assert_nonnull(strstr(help, "\nnone                 empty machine\n"));
    json_array_foreach(list, i, item) {
        if (!strcmp(json_string_value(json_object_get(item, "name")),
                    "sockets")) {
            g_assert_cmpint(json_integer_value(json_object_get(item,
                                               "cpu-max")), ==, 288);
            found++;
        }
    }
    g_assert_cmpint(found, ==, 1);
    json_decref(list);
}

/*** CPU slots ***/

static const CPUArchIdList *two_slots(MachineState *ms)
{
    int i;

    if (ms->possible_cpus) {
        return ms->possible_cpus;
    }
    ms->possible_cpus = g_malloc0(sizeof(CPUArchIdList) +
                                  2 * sizeof(CPUArchId));
    ms->possible_cpus->len = 2;
    for (i = 0; i < 2; i++) {
        CPUArchId *slot = &ms->possible_cpus->cpus[i];

        slot->arch_id = i;
        slot->vcpus_count = 1;
        slot->type = "test-cpu";
        slot->props.has_socket_id = true;
        slot->props.socket_id = i;
    }
    return ms->possible_cpus;
}

static void test_cpu_slots(void)
{
    MachineState *ms = new_machine("cores");
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    CpuInstanceProperties props = { .has_node_id = true, .node_id = 3 };
    Error *err = NULL;
    json_t *list, *wanted;

    machine_set_cpu_numa_node(ms, &props, &err);
    g_assert_nonnull(err);
    error_free(err);
    err = NULL;

    mc->possible_cpu_arch_ids = two_slots;
    props.has_socket_id = true;
    props.socket_id = 1;
    machine_set_cpu_numa_node(ms, &props, &error_abort);
    props.socket_id = 5;
    machine_set_cpu_numa_node(ms, &props, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "no match found");
    error_free(err);
    err = NULL;
    props.has_core_id = true;
    machine_set_cpu_numa_node(ms, &props, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "core-id is not supported");
    error_free(err);

    list = machine_query_hotpluggable_cpus(ms);
    wanted = parse("[{'type':'test-cpu','vcpus-count':1,"
                   "'props':{'socket-id':1,'node-id':3}},"
                   "{'type':'test-cpu','vcpus-count':1,"
                   "'props':{'socket-id':0}}]");
    g_assert_true(json_equal(list, wanted));
    json_decref(list);
    json_decref(wanted);
    mc->possible_cpu_arch_ids = NULL;
    object_unref(OBJECT(ms));
}

static void test_dynamic_sysbus(void)
{
    MachineClass *mc = find_machine("cores", NULL);

    g_assert_false(device_type_is_dynamic_sysbus(mc, "or-irq"));
    machine_class_allow_dynamic_sysbus_dev(mc, TYPE_DEVICE);
    g_assert_true(device_type_is_dynamic_sysbus(mc, "or-irq"));
    g_assert_false(device_type_is_dynamic_sysbus(mc, "no-such-type"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/machine/smp", test_smp);
    g_test_add_func("/machine/smp-read", test_smp_read);
    g_test_add_func("/machine/boot", test_boot);
    g_test_add_func("/machine/memory", test_memory);
    g_test_add_func("/machine/plain-properties", test_plain_properties);
    g_test_add_func("/machine/find", test_find);
    g_test_add_func("/machine/lists", test_lists);
    g_test_add_func("/machine/cpu-slots", test_cpu_slots);
    g_test_add_func("/machine/dynamic-sysbus", test_dynamic_sysbus);
    return g_test_run();
}
