/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be set with -machine x,property=value on every machine. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "sysemu/hostmem.h"
#include "machine-internal.h"

/*** Strings and booleans that are just fields ***/

#define STRING_PROPERTY(field) \
    static char *get_##field(Object *obj, Error **errp) \
    { \
        return g_strdup(MACHINE(obj)->field); \
    } \
    static void set_##field(Object *obj, const char *value, Error **errp) \
    { \
        g_free(MACHINE(obj)->field); \
        MACHINE(obj)->field = g_strdup(value); \
    }

#define BOOL_PROPERTY(field) \
    static bool get_##field(Object *obj, Error **errp) \
    { \
        return MACHINE(obj)->field; \
    } \
    static void set_##field(Object *obj, bool value, Error **errp) \
    { \
        MACHINE(obj)->field = value; \
    }

STRING_PROPERTY(kernel_filename)
STRING_PROPERTY(initrd_filename)
STRING_PROPERTY(kernel_cmdline)
STRING_PROPERTY(dtb)
STRING_PROPERTY(dumpdtb)
STRING_PROPERTY(dt_compatible)
STRING_PROPERTY(firmware)
BOOL_PROPERTY(dump_guest_core)
BOOL_PROPERTY(enable_graphics)
BOOL_PROPERTY(suppress_vmdesc)

typedef struct StringProperty {
    const char *name;
    char *(*get)(Object *obj, Error **errp);
    void (*set)(Object *obj, const char *value, Error **errp);
    const char *description;
} StringProperty;

typedef struct BoolProperty {
    const char *name;
    bool (*get)(Object *obj, Error **errp);
    void (*set)(Object *obj, bool value, Error **errp);
    const char *description;
} BoolProperty;

static bool get_mem_merge(Object *obj, Error **errp)
{
    return MACHINE(obj)->mem_merge;
}

static void set_mem_merge(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->mem_merge = value;
}

/* Three states: nobody said anything, on, off. */
static bool get_usb(Object *obj, Error **errp)
{
    return MACHINE(obj)->usb;
}

static void set_usb(Object *obj, bool value, Error **errp)
{
    MACHINE(obj)->usb = value;
    MACHINE(obj)->usb_disabled = !value;
}

/* The older way to say confidential-guest-support. */
static char *get_memory_encryption(Object *obj, Error **errp)
{
    Object *cgs = (Object *)MACHINE(obj)->cgs;

    return cgs ? g_strdup(object_get_canonical_path_component(cgs)) : NULL;
}

static void set_memory_encryption(Object *obj, const char *value,
                                  Error **errp)
{
    Object *cgs = object_resolve_path_component(object_get_objects_root(),
                                                value);

    if (!cgs) {
        error_setg(errp, "No such memory encryption object '%s'", value);
        return;
    }
    object_property_set_link(obj, "confidential-guest-support", cgs, errp);
}

static const StringProperty strings[] = {
    { "kernel", get_kernel_filename, set_kernel_filename,
      "Linux kernel image file" },
    { "initrd", get_initrd_filename, set_initrd_filename,
      "Linux initial ramdisk file" },
    { "append", get_kernel_cmdline, set_kernel_cmdline,
      "Linux kernel command line" },
    { "dtb", get_dtb, set_dtb, "Linux kernel device tree file" },
    { "dumpdtb", get_dumpdtb, set_dumpdtb,
      "Dump current dtb to a file and quit" },
    { "dt-compatible", get_dt_compatible, set_dt_compatible,
      "Overrides the \"compatible\" property of the dt root node" },
    { "firmware", get_firmware, set_firmware, "Firmware image" },
    { "memory-encryption", get_memory_encryption, set_memory_encryption,
      "Set memory encryption object to use" },
};

static const BoolProperty bools[] = {
    { "dump-guest-core", get_dump_guest_core, set_dump_guest_core,
      "Include guest memory in a core dump" },
    { "mem-merge", get_mem_merge, set_mem_merge,
      "Enable/disable memory merge support" },
    { "usb", get_usb, set_usb, "Set on/off to enable/disable usb" },
    { "graphics", get_enable_graphics, set_enable_graphics,
      "Set on/off to enable/disable graphics emulation" },
    { "suppress-vmdesc", get_suppress_vmdesc, set_suppress_vmdesc,
      "Set on to disable self-describing migration" },
};

static void get_phandle_start(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    int64_t value = MACHINE(obj)->phandle_start;

    visit_type_int(v, name, &value, errp);
}

static void set_phandle_start(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    int64_t value;

    if (visit_type_int(v, name, &value, errp)) {
        MACHINE(obj)->phandle_start = value;
    }
}

typedef struct VisitorProperty {
    const char *name;
    const char *type;
    ObjectPropertyAccessor *get;
    ObjectPropertyAccessor *set;
    const char *description;
} VisitorProperty;

static const VisitorProperty others[] = {
    { "smp", "SMPConfiguration", machine_get_smp, machine_set_smp,
      "CPU topology" },
    { "boot", "BootConfiguration", machine_get_boot, machine_set_boot,
      "Boot configuration" },
    { "memory", "MemorySizeConfiguration", machine_get_mem, machine_set_mem,
      "Memory size configuration" },
    { "phandle-start", "int", get_phandle_start, set_phandle_start,
      "The first phandle ID we may generate dynamically" },
};

static void allow_before_init(const Object *obj, const char *name,
                              Object *value, Error **errp)
{
    if (phase_check(PHASE_MACHINE_INITIALIZED)) {
        error_setg(errp, "Property '%s' is fixed once the machine is there",
                   name);
    }
}

static void check_memdev(const Object *obj, const char *name, Object *value,
                         Error **errp)
{
    if (value && host_memory_backend_is_mapped(MEMORY_BACKEND(value))) {
        error_setg(errp, "memory backend '%s' is already in use",
                   object_get_canonical_path_component(value));
        return;
    }
    allow_before_init(obj, name, value, errp);
}

void machine_class_add_properties(ObjectClass *oc)
{
    int i;

    for (i = 0; i < ARRAY_SIZE(strings); i++) {
        object_class_property_add_str(oc, strings[i].name, strings[i].get,
                                      strings[i].set);
        object_class_property_set_description(oc, strings[i].name,
                                              strings[i].description);
    }
    for (i = 0; i < ARRAY_SIZE(bools); i++) {
        object_class_property_add_bool(oc, bools[i].name, bools[i].get,
                                       bools[i].set);
        object_class_property_set_description(oc, bools[i].name,
                                              bools[i].description);
    }
    for (i = 0; i < ARRAY_SIZE(others); i++) {
        object_class_property_add(oc, others[i].name, others[i].type,
                                  others[i].get, others[i].set, NULL, NULL);
        object_class_property_set_description(oc, others[i].name,
                                              others[i].description);
    }

    object_class_property_add_link(oc, "memory-backend", TYPE_MEMORY_BACKEND,
                                   offsetof(MachineState, memdev),
                                   check_memdev, OBJ_PROP_LINK_STRONG);
    object_class_property_set_description(oc, "memory-backend",
        "Set RAM backend: the ID of a memory-backend-* object");
    object_class_property_add_link(oc, "confidential-guest-support",
                                   "confidential-guest-support",
                                   offsetof(MachineState, cgs),
                                   allow_before_init, OBJ_PROP_LINK_STRONG);
    object_class_property_set_description(oc, "confidential-guest-support",
        "Set confidential guest scheme to support");
}
