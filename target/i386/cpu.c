/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 processors as devices: types, properties, features and reset.
 *
 * State after reset: Intel SDM volume 3A, table 9-1.  Each model of
 * cpu-models.c is a type, each bit of cpu-features.c a property.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/intc/apic.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"
#include "target/i386/cpu.h"

#define MISC_ENABLE_MWAIT (1u << 18)

/*** Reset ***/

static void set_segment(SegmentCache *sc, uint32_t selector, uint64_t base,
                        uint32_t limit, uint32_t flags)
{
    *sc = (SegmentCache) { selector, base, limit, flags };
}

/*
 * What CPUID leaf 1 says in EAX: family and model have four bits each, and
 * extensions for what does not fit.
 */
static uint32_t signature(const X86CPUModel *m)
{
    uint32_t family = MIN(m->family, 15);

    return (uint32_t)(m->family - family) << 20 |
           (uint32_t)(m->model >> 4) << 16 | family << 8 |
           (m->model & 15) << 4 | m->stepping;
}

static void x86_cpu_reset(DeviceState *dev)
{
    X86CPU *cpu = X86_CPU(dev);
    CPUX86State *env = &cpu->env;
    const uint32_t data = DESC_P_MASK | DESC_S_MASK | DESC_W_MASK |
                          DESC_A_MASK;

    X86_CPU_GET_CLASS(cpu)->parent_reset(dev);
    memset(env, 0, offsetof(CPUX86State, end_reset_fields));

    env->cr[0] = CR0_ET_MASK | CR0_NW_MASK | CR0_CD_MASK;
    env->a20_mask = ~0;
    env->smbase = 0x30000;

    env->idt.limit = 0xffff;
    env->gdt.limit = 0xffff;
    env->ldt.limit = 0xffff;
    env->ldt.flags = DESC_P_MASK | (2 << DESC_TYPE_SHIFT);
    env->tr.limit = 0xffff;
    env->tr.flags = DESC_P_MASK | (11 << DESC_TYPE_SHIFT);
    set_segment(&env->segs[R_CS], 0xf000, 0xffff0000, 0xffff,
                DESC_P_MASK | DESC_S_MASK | DESC_CS_MASK | DESC_R_MASK |
                DESC_A_MASK);
    for (int i = 0; i < ARRAY_SIZE(env->segs); i++) {
        if (i != R_CS) {
            set_segment(&env->segs[i], 0, 0, 0xffff, data);
        }
    }
    env->eip = 0xfff0;
    env->eflags = 0x2;
    env->regs[R_EDX] = signature(X86_CPU_GET_CLASS(cpu)->model);

    env->fpuc = 0x37f;
    env->mxcsr = 0x1f80;
    env->xcr0 = 1;
    env->pat = 0x0007040600070406ULL;
    env->dr[6] = 0xffff0ff0;
    env->dr[7] = 0x400;
    env->msr_ia32_misc_enable = 1;
    if (env->features[FEAT_1_ECX] & CPUID_EXT_MONITOR) {
        env->msr_ia32_misc_enable |= MISC_ENABLE_MWAIT;
    }
    env->hflags = HF_ADDSEG_MASK;
    env->hflags2 = HF2_GIF_MASK | HF2_VGIF_MASK;
    env->exception_nr = -1;
    env->interrupt_injected = -1;

    CPU(cpu)->halted = !cpu_is_bsp(cpu);
}

static void x86_cpu_machine_reset(void *opaque)
{
    cpu_reset(CPU(opaque));
}

void x86_cpu_set_a20(X86CPU *cpu, int a20_state)
{
    a20_state = a20_state != 0;
    if (a20_state != ((cpu->env.a20_mask >> 20) & 1)) {
        cpu->env.a20_mask = ~(1 << 20) | (a20_state << 20);
    }
}

/*** Features ***/

static void feature_get(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    const X86Feature *f = opaque;
    bool value = X86_CPU(obj)->env.features[f->word] >> f->bit & 1;

    visit_type_bool(v, name, &value, errp);
}

static void feature_set(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    const X86Feature *f = opaque;
    X86CPU *cpu = X86_CPU(obj);
    bool value;

    if (DEVICE(obj)->realized) {
        qdev_prop_set_after_realize(DEVICE(obj), name, errp);
        return;
    }
    if (visit_type_bool(v, name, &value, errp)) {
        cpu->env.features[f->word] &= ~(1u << f->bit);
        cpu->env.features[f->word] |= (uint32_t)value << f->bit;
    }
}

static GlobalProperty *new_global(const char *type, const char *name,
                                  const char *value)
{
    GlobalProperty *prop = g_new0(GlobalProperty, 1);
    char *dashed = g_strdelimit(g_strdup(name), "_", '-');

    prop->driver = g_strdup(type);
    prop->property = dashed;
    prop->value = g_strdup(value);
    return prop;
}

/* The old spelling "+feature,-feature" overrides the new one. */
static void x86_cpu_parse_features(const char *typename, char *features,
                                   Error **errp)
{
    g_autoptr(GPtrArray) late = g_ptr_array_new();
    char *word, *save = NULL;

    for (word = features ? strtok_r(features, ",", &save) : NULL; word;
         word = strtok_r(NULL, ",", &save)) {
        char *value = strchr(word, '=');

        if (*word == '+' || *word == '-') {
            g_ptr_array_add(late, new_global(typename, word + 1,
                                             *word == '+' ? "on" : "off"));
            continue;
        }
        if (value) {
            *value++ = '\0';
        }
        qdev_prop_register_global(new_global(typename, word,
                                             value ? value : "on"));
    }
    for (unsigned i = 0; i < late->len; i++) {
        qdev_prop_register_global(late->pdata[i]);
    }
}

/*** Properties of the model ***/

typedef struct X86ModelProperty {
    const char *name;
    size_t offset;              /* in X86CPUModel */
} X86ModelProperty;

static const X86ModelProperty model_numbers[] = {
    { "family", offsetof(X86CPUModel, family) },
    { "model", offsetof(X86CPUModel, model) },
    { "stepping", offsetof(X86CPUModel, stepping) },
    { "level", offsetof(X86CPUModel, level) },
    { "xlevel", offsetof(X86CPUModel, xlevel) },
};

static const X86CPUModel *model_of(Object *obj)
{
    return X86_CPU_GET_CLASS(obj)->model;
}

static void model_number_get(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    const X86ModelProperty *p = opaque;
    int64_t value = *(const uint32_t *)((const char *)model_of(obj) +
                                        p->offset);

    visit_type_int(v, name, &value, errp);
}

static char *model_vendor_get(Object *obj, Error **errp)
{
    return g_strdup(model_of(obj)->vendor);
}

static char *model_id_get(Object *obj, Error **errp)
{
    return g_strdup(model_of(obj)->model_id);
}

static void feature_words_get(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    static const char *const registers[] = { "EAX", "ECX", "EDX", "EBX" };
    X86CPU *cpu = X86_CPU(obj);
    json_t *list = json_array();

    for (int w = 0; w < FEATURE_WORDS; w++) {
        const FeatureWordInfo *wi = &x86_feature_words[w];
        json_t *item = json_pack("{s:I, s:s, s:I}",
                                 "cpuid-input-eax", (json_int_t)wi->eax,
                                 "cpuid-register", registers[wi->reg],
                                 "features",
                                 (json_int_t)cpu->env.features[w]);

        if (wi->needs_ecx) {
            json_object_set_new(item, "cpuid-input-ecx",
                                json_integer(wi->ecx));
        }
        json_array_append_new(list, item);
    }
    visit_type_any(v, name, &list, errp);
    json_decref(list);
}

/*** Memory as the processor sees it ***/

/*
 * All processors share one view for SMM, as they share one for the rest: a
 * change of the memory map is then worked out once.
 */
static X86CPU *smm_view_owner;

static void make_smm_view(X86CPU *cpu)
{
    MemoryRegion *smram;

    memory_region_init(&cpu->smm_root, OBJECT(cpu), "memory", UINT64_MAX);
    memory_region_init_alias(&cpu->smm_memory, OBJECT(cpu), "memory",
                             get_system_memory(), 0, UINT64_MAX);
    memory_region_add_subregion_overlap(&cpu->smm_root, 0, &cpu->smm_memory,
                                        0);
    smram = (MemoryRegion *)object_resolve_path("/machine/smram", NULL);
    if (smram) {
        memory_region_init_alias(&cpu->smm_ram, OBJECT(cpu), "smram", smram,
                                 0, 4 * GiB);
        memory_region_add_subregion_overlap(&cpu->smm_root, 0, &cpu->smm_ram,
                                            1);
    }
    smm_view_owner = cpu;
}

static void x86_cpu_machine_done(Notifier *n, void *unused)
{
    X86CPU *cpu = container_of(n, X86CPU, machine_done);
    g_autofree char *name = NULL;

    if (!smm_view_owner) {
        make_smm_view(cpu);
    }
    name = g_strdup_printf("cpu-smm-%d", CPU(cpu)->cpu_index);
    address_space_init(&cpu->smm_address_space, &smm_view_owner->smm_root,
                       name);
    cpu->smm_view_made = true;
}

static void init_address_space(X86CPU *cpu)
{
    CPUState *cs = CPU(cpu);
    g_autofree char *name = g_strdup_printf("cpu-memory-%d", cs->cpu_index);

    address_space_init(&cpu->address_space, get_system_memory(), name);
    cs->as = &cpu->address_space;
    cs->memory = get_system_memory();

    cpu->machine_done.notify = x86_cpu_machine_done;
    qemu_add_machine_init_done_notifier(&cpu->machine_done);
}

/*** Realize ***/

/* The first APIC's registers stand for all: see hw/intc/apic.c. */
static void map_apic(APICState *apic)
{
    static bool mapped;

    if (!mapped) {
        memory_region_add_subregion_overlap(get_system_memory(),
                                            APIC_DEFAULT_ADDRESS,
                                            &apic->io_memory,
                                            APIC_SPACE_PRIORITY);
        mapped = true;
    }
}

/* Several processors cannot do without, whatever CPUID says. */
static bool create_apic(X86CPU *cpu, Error **errp)
{
    APICState *apic;
    Object *obj;

    if (!(cpu->env.features[FEAT_1_EDX] & CPUID_APIC) &&
        current_machine->smp.max_cpus == 1) {
        return true;
    }
    obj = object_new(TYPE_APIC);
    object_property_add_child(OBJECT(cpu), "lapic", obj);
    object_unref(obj);
    apic = APIC(obj);
    apic->cpu = CPU(cpu);
    qdev_prop_set_uint32(DEVICE(apic), "id", cpu->apic_id);
    if (!qdev_realize(DEVICE(apic), NULL, errp)) {
        return false;
    }
    cpu->apic_state = DEVICE(apic);
    map_apic(apic);
    return true;
}

/* Machine checks: banks that stay silent. */
static void init_mce(X86CPU *cpu)
{
    const uint32_t wanted = CPUID_MCE | CPUID_MCA;
    CPUX86State *env = &cpu->env;

    if (X86_CPU_GET_CLASS(cpu)->model->family < 6 ||
        (env->features[FEAT_1_EDX] & wanted) != wanted) {
        return;
    }
    env->mcg_cap = MCG_CTL_P | MCG_SER_P | X86_MCE_BANKS;
    env->mcg_ctl = ~0ull;
    for (int i = 0; i < X86_MCE_BANKS; i++) {
        env->mce_banks[i * 4] = ~0ull;
    }
}

static void x86_cpu_realize(DeviceState *dev, Error **errp)
{
    X86CPUClass *xcc = X86_CPU_GET_CLASS(dev);
    CPUState *cs = CPU(dev);
    X86CPU *cpu = X86_CPU(dev);
    Error *err = NULL;

    if (cpu->apic_id == UNASSIGNED_APIC_ID) {
        error_setg(errp, "processors cannot be plugged in this "
                   "program: -smp says how many there are");
        return;
    }
    /* Puts it in the list: it has a number from here on. */
    xcc->parent_realize(dev, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    init_address_space(cpu);

    /* There is no thread; monitors show the one that holds the state. */
    cs->thread_id = getpid();
    cs->stopped = true;
    cs->created = true;

    cpu_reset(cs);
    init_mce(cpu);
    vmstate_register(NULL, cs->cpu_index, &vmstate_cpu_common, cs);
    vmstate_register(NULL, cs->cpu_index, &vmstate_x86_cpu, cpu);
    if (!create_apic(cpu, errp)) {
        vmstate_unregister(NULL, &vmstate_x86_cpu, cpu);
        vmstate_unregister(NULL, &vmstate_cpu_common, cs);
        qemu_remove_machine_init_done_notifier(&cpu->machine_done);
        address_space_destroy(&cpu->address_space);
        xcc->parent_unrealize(dev);
        return;
    }
    qemu_register_reset(x86_cpu_machine_reset, cpu);
}

static void x86_cpu_unrealize(DeviceState *dev)
{
    X86CPU *cpu = X86_CPU(dev);

    qemu_unregister_reset(x86_cpu_machine_reset, cpu);
    vmstate_unregister(NULL, &vmstate_x86_cpu, cpu);
    vmstate_unregister(NULL, &vmstate_cpu_common, CPU(cpu));
    qemu_remove_machine_init_done_notifier(&cpu->machine_done);
    X86_CPU_GET_CLASS(dev)->parent_unrealize(dev);
    if (cpu->smm_view_made) {
        address_space_destroy(&cpu->smm_address_space);
    }
    address_space_destroy(&cpu->address_space);
}

static void x86_cpu_initfn(Object *obj)
{
    X86CPU *cpu = X86_CPU(obj);
    const X86CPUModel *model = model_of(obj);

    CPU(obj)->env_ptr = &cpu->env;
    if (model) {
        memcpy(cpu->env.features, model->features,
               sizeof(cpu->env.features));
    }
}

/*** Types ***/

static int64_t x86_cpu_get_arch_id(CPUState *cs)
{
    return X86_CPU(cs)->apic_id;
}

static bool x86_cpu_get_paging_enabled(const CPUState *cs)
{
    return X86_CPU(cs)->env.cr[0] & CR0_PG_MASK;
}

static void x86_cpu_set_pc(CPUState *cs, vaddr value)
{
    X86_CPU(cs)->env.eip = value;
}

static vaddr x86_cpu_get_pc(CPUState *cs)
{
    CPUX86State *env = &X86_CPU(cs)->env;

    return env->segs[R_CS].base + env->eip;
}

static bool x86_cpu_has_work(CPUState *cs)
{
    return cs->interrupt_request & (CPU_INTERRUPT_HARD | CPU_INTERRUPT_NMI |
                                    CPU_INTERRUPT_SMI | CPU_INTERRUPT_INIT |
                                    CPU_INTERRUPT_SIPI | CPU_INTERRUPT_MCE);
}

static ObjectClass *x86_cpu_class_by_name(const char *cpu_model)
{
    g_autofree char *name = g_strconcat(cpu_model, X86_CPU_TYPE_SUFFIX, NULL);

    return object_class_by_name(name);
}

static Property x86_cpu_properties[] = {
    DEFINE_PROP_UINT32("apic-id", X86CPU, apic_id, UNASSIGNED_APIC_ID),
    DEFINE_PROP_INT32("thread-id", X86CPU, thread_id, -1),
    DEFINE_PROP_INT32("core-id", X86CPU, core_id, -1),
    DEFINE_PROP_INT32("die-id", X86CPU, die_id, -1),
    DEFINE_PROP_INT32("socket-id", X86CPU, socket_id, -1),
    DEFINE_PROP_INT32("node-id", X86CPU, node_id, -1),
    DEFINE_PROP_END_OF_LIST(),
};

static void x86_cpu_class_init(ObjectClass *oc, void *data)
{
    X86CPUClass *xcc = X86_CPU_CLASS(oc);
    CPUClass *cc = CPU_CLASS(oc);
    DeviceClass *dc = DEVICE_CLASS(oc);

    device_class_set_parent_realize(dc, x86_cpu_realize,
                                    &xcc->parent_realize);
    device_class_set_parent_unrealize(dc, x86_cpu_unrealize,
                                      &xcc->parent_unrealize);
    device_class_set_parent_reset(dc, x86_cpu_reset, &xcc->parent_reset);
    device_class_set_props(dc, x86_cpu_properties);
    dc->user_creatable = true;

    cc->class_by_name = x86_cpu_class_by_name;
    cc->parse_features = x86_cpu_parse_features;
    cc->has_work = x86_cpu_has_work;
    cc->get_arch_id = x86_cpu_get_arch_id;
    cc->get_paging_enabled = x86_cpu_get_paging_enabled;
    cc->set_pc = x86_cpu_set_pc;
    cc->get_pc = x86_cpu_get_pc;

    for (int i = 0; i < ARRAY_SIZE(model_numbers); i++) {
        object_class_property_add(oc, model_numbers[i].name, "int",
                                  model_number_get, NULL, NULL,
                                  (void *)&model_numbers[i]);
    }
    object_class_property_add_str(oc, "vendor", model_vendor_get, NULL);
    object_class_property_add_str(oc, "model-id", model_id_get, NULL);
    object_class_property_add(oc, "feature-words", "X86CPUFeatureWordInfo",
                              feature_words_get, NULL, NULL, NULL);
    for (int i = 0; i < x86_features_count; i++) {
        object_class_property_add(oc, x86_features[i].name, "bool",
                                  feature_get, feature_set, NULL,
                                  (void *)&x86_features[i]);
    }
}

static const TypeInfo x86_cpu_type = {
    .name = TYPE_X86_CPU,
    .parent = TYPE_CPU,
    .instance_size = sizeof(X86CPU),
    .instance_align = __alignof__(X86CPU),
    .instance_init = x86_cpu_initfn,
    .abstract = true,
    .class_size = sizeof(X86CPUClass),
    .class_init = x86_cpu_class_init,
};

/* Known by name, so that who asks for it is told what is missing. */
static void x86_cpu_host_realize(DeviceState *dev, Error **errp)
{
    error_setg(errp, "CPU model 'host' requires KVM, which is not built in");
}

static void x86_cpu_host_class_init(ObjectClass *oc, void *data)
{
    static const X86CPUModel host = {
        .name = "host",
        .vendor = "",
        .model_id = "",
    };

    X86_CPU_CLASS(oc)->model = &host;
    DEVICE_CLASS(oc)->realize = x86_cpu_host_realize;
}

static const TypeInfo x86_cpu_host_type = {
    .name = X86_CPU_TYPE_NAME("host"),
    .parent = TYPE_X86_CPU,
    .class_init = x86_cpu_host_class_init,
};

/* All models in one list. */
static GPtrArray *list_models(void)
{
    GPtrArray *list = g_ptr_array_sized_new(96);

    for (int t = 0; x86_cpu_model_tables[t]; t++) {
        for (const X86CPUModel *m = x86_cpu_model_tables[t]; m->name; m++) {
            g_ptr_array_add(list, (void *)m);
        }
    }
    return list;
}

static const X86CPUModel *find_model(const char *name)
{
    for (int t = 0; x86_cpu_model_tables[t]; t++) {
        for (const X86CPUModel *m = x86_cpu_model_tables[t]; m->name; m++) {
            if (!strcmp(m->name, name)) {
                return m;
            }
        }
    }
    return NULL;
}

static void x86_cpu_model_class_init(ObjectClass *oc, void *data)
{
    const X86CPUAlias *alias = data;

    X86_CPU_CLASS(oc)->model = alias->target ? find_model(alias->target)
                                             : find_model(alias->name);
}

/* A type for each name; the class finds its model when it is made. */
static void register_models(void)
{
    static const char suffix[] = X86_CPU_TYPE_SUFFIX;
    g_autoptr(GPtrArray) models = list_models();
    int n = models->len + x86_cpu_aliases_count;
    TypeInfo *types = g_new0(TypeInfo, n);
    X86CPUAlias *names = g_new0(X86CPUAlias, n);

    for (int i = 0; i < n; i++) {
        size_t len;
        char *type;

        if (i < models->len) {
            names[i].name = ((X86CPUModel *)models->pdata[i])->name;
        } else {
            names[i] = x86_cpu_aliases[i - models->len];
        }
        len = strlen(names[i].name);
        type = g_malloc(len + sizeof(suffix));
        memcpy(type, names[i].name, len);
        memcpy(type + len, suffix, sizeof(suffix));
        types[i].name = type;
        types[i].parent = TYPE_X86_CPU;
        types[i].class_init = x86_cpu_model_class_init;
        types[i].class_data = &names[i];
    }
    type_register_static_array(types, n);
}

static void x86_cpu_register_types(void)
{
    type_register_static(&x86_cpu_type);
    type_register_static(&x86_cpu_host_type);
    register_models();
}

type_init(x86_cpu_register_types)

/*** -cpu help ***/

typedef struct CPUListLine {
    const char *name;
    char *text;
} CPUListLine;

/* Models that stand for no processor come last. */
static bool is_special(const char *name)
{
    return !strcmp(name, "base") || !strcmp(name, "host") ||
           !strcmp(name, "max");
}

static int compare_lines(const void *a, const void *b)
{
    const CPUListLine *x = a, *y = b;
    int special = is_special(x->name) - is_special(y->name);

    return special ? special : strcmp(x->name, y->name);
}

static char *alias_text(const X86CPUAlias *a)
{
    size_t len = strlen(a->name);

    if (!strncmp(a->name, a->target, len) &&
        !strcmp(a->target + len, "-v1")) {
        return g_strdup("(alias configured by machine type)");
    }
    return g_strdup_printf("(alias of %s)", a->target);
}

static void print_models(void)
{
    g_autoptr(GPtrArray) models = list_models();
    int n = models->len + x86_cpu_aliases_count;
    CPUListLine *lines = g_new0(CPUListLine, n);

    for (int i = 0; i < n; i++) {
        if (i < models->len) {
            const X86CPUModel *m = models->pdata[i];

            lines[i].name = m->name;
            lines[i].text = g_strdup(m->desc);
        } else {
            const X86CPUAlias *a = &x86_cpu_aliases[i - models->len];

            lines[i].name = a->name;
            lines[i].text = alias_text(a);
        }
    }
    qsort(lines, n, sizeof(*lines), compare_lines);
    for (int i = 0; i < n; i++) {
        printf("x86 %-20s  %s\n", lines[i].name, lines[i].text);
        g_free(lines[i].text);
    }
    g_free(lines);
}

void x86_cpu_list(void)
{
    int column = 0;

    printf("Available CPUs:\n");
    print_models();
    printf("\nRecognized CPUID flags:\n");
    for (int i = 0; i < x86_features_count; i++) {
        if (column + strlen(x86_features[i].name) + 1 > 76) {
            printf("\n");
            column = 0;
        }
        column += printf("%s%s", column ? " " : "  ", x86_features[i].name);
    }
    printf("\n");
}
