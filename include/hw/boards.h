/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines: a class for each board and version of it, and the one object of
 * such a class that the program runs, at /machine.
 */
#ifndef HW_BOARDS_H
#define HW_BOARDS_H

#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "hw/qdev-core.h"
#include "qapi/qapi-types.h"
#include "qemu/module.h"
#include "qemu/notify.h"
#include "qom/object.h"

#define TYPE_MACHINE_SUFFIX "-machine"
#define MACHINE_TYPE_NAME(machinename) (machinename TYPE_MACHINE_SUFFIX)

#define TYPE_MACHINE "machine"
#undef MACHINE
OBJECT_DECLARE_TYPE(MachineState, MachineClass, MACHINE)

/* The running machine; NULL before there is one. */
extern MachineState *current_machine;

/*
 * The class of that name or alias, and the default one; NULL for none.  From
 * a list of classes, or with a NULL list from all there are.
 */
MachineClass *find_machine(const char *name, GSList *machines);
MachineClass *find_default_machine(GSList *machines);

/*
 * Creates memory (in files below mem_path, if that is not NULL), CPUs and
 * devices; once, when the object's properties are set.
 */
void machine_run_board_init(MachineState *machine, const char *mem_path,
                            Error **errp);
bool machine_usb(MachineState *machine);
int machine_phandle_start(MachineState *machine);
bool machine_dump_guest_core(MachineState *machine);
bool machine_mem_merge(MachineState *machine);
bool machine_require_guest_memfd(MachineState *machine);

/* Where a CPU sits; has_x says that x means something. */
typedef struct CpuInstanceProperties {
    bool has_node_id;
    int64_t node_id;
    bool has_socket_id;
    int64_t socket_id;
    bool has_die_id;
    int64_t die_id;
    bool has_cluster_id;
    int64_t cluster_id;
    bool has_core_id;
    int64_t core_id;
    bool has_thread_id;
    int64_t thread_id;
} CpuInstanceProperties;

/* query-hotpluggable-cpus: an array of objects; a new reference. */
json_t *machine_query_hotpluggable_cpus(MachineState *machine);
void machine_set_cpu_numa_node(MachineState *machine,
                               const CpuInstanceProperties *props,
                               Error **errp);

/* The value of "smp": -smp's members, each with its has_ flag. */
typedef struct SMPConfiguration {
    bool has_cpus;
    int64_t cpus;
    bool has_sockets;
    int64_t sockets;
    bool has_dies;
    int64_t dies;
    bool has_clusters;
    int64_t clusters;
    bool has_cores;
    int64_t cores;
    bool has_threads;
    int64_t threads;
    bool has_maxcpus;
    int64_t maxcpus;
} SMPConfiguration;

/* Completes and checks config, and sets ms->smp. */
void machine_parse_smp_config(MachineState *ms,
                              const SMPConfiguration *config, Error **errp);

/* The value of "boot": -boot's members; strings are owned. */
typedef struct BootConfiguration {
    char *order;
    char *once;
    bool has_menu;
    bool menu;
    char *splash;
    bool has_splash_time;
    int64_t splash_time;
    bool has_reboot_timeout;
    int64_t reboot_timeout;
    bool has_strict;
    bool strict;
} BootConfiguration;

/*
 * System bus devices that -device may create on this machine.  Both strings
 * are type names; a device of a subtype qualifies.
 */
void machine_class_allow_dynamic_sysbus_dev(MachineClass *mc,
                                            const char *type);
bool device_type_is_dynamic_sysbus(MachineClass *mc, const char *type);
bool device_is_dynamic_sysbus(MachineClass *mc, DeviceState *dev);

/* arch_id and the object of one CPU slot. */
typedef struct CPUArchId {
    uint64_t arch_id;
    int64_t vcpus_count;
    CpuInstanceProperties props;
    Object *cpu;                /* NULL while the slot is empty */
    const char *type;
} CPUArchId;

typedef struct {
    int len;
    CPUArchId cpus[];
} CPUArchIdList;

typedef struct {
    bool prefer_sockets;        /* omitted counts: more sockets, not cores */
    bool dies_supported;
    bool clusters_supported;
    bool has_clusters;
} SMPCompatProps;

typedef struct CpuTopology {
    unsigned int cpus;
    unsigned int sockets;
    unsigned int dies;
    unsigned int clusters;
    unsigned int cores;
    unsigned int threads;
    unsigned int max_cpus;
} CpuTopology;

typedef struct DeviceMemoryState {
    hwaddr base;
    MemoryRegion mr;
    AddressSpace as;            /* for finding free ranges only */
    uint64_t dimm_size;
    uint64_t used_region_size;
    unsigned int required_memslots;
    unsigned int used_memslots;
    unsigned int memslots_auto_decision_active;
} DeviceMemoryState;

struct MachineClass {
    /*< private >*/
    ObjectClass parent_class;
    /*< public >*/

    const char *family;         /* same for all versions of a board */
    char *name;                 /* the class's, without "-machine" */
    const char *alias;
    const char *desc;
    const char *deprecation_reason;

    void (*init)(MachineState *state);
    void (*reset)(MachineState *state, ShutdownCause reason);
    void (*wakeup)(MachineState *state);
    int (*kvm_type)(MachineState *machine, const char *arg);

    int block_default_type;     /* a BlockInterfaceType */
    int units_per_default_bus;
    int max_cpus;
    int min_cpus;
    int default_cpus;
    unsigned int no_serial:1,
        no_parallel:1,
        no_floppy:1,
        no_cdrom:1,
        no_sdcard:1,
        pci_allow_0_address:1,
        legacy_fw_cfg_order:1;
    bool is_default;
    const char *default_machine_opts;
    const char *default_boot_order;
    const char *default_display;
    const char *default_nic;
    GPtrArray *compat_props;    /* of GlobalProperty */
    const char *hw_version;
    ram_addr_t default_ram_size;
    const char *default_cpu_type;
    bool default_kernel_irqchip_split;
    bool option_rom_has_mr;
    bool rom_file_has_mr;
    int minimum_page_bits;
    bool has_hotpluggable_cpus;
    bool ignore_memory_transaction_failures;
    int numa_mem_align_shift;
    const char * const *valid_cpu_types;
    GSList *allowed_dynamic_sysbus_devices;     /* of char * */
    bool auto_enable_numa_with_memhp;
    bool auto_enable_numa_with_memdev;
    bool ignore_boot_device_suffixes;
    bool smbus_no_migration_support;
    bool nvdimm_supported;
    bool numa_mem_supported;
    bool auto_enable_numa;
    bool cpu_cluster_has_numa_boundary;
    SMPCompatProps smp_props;
    const char *default_ram_id;

    HotplugHandler *(*get_hotplug_handler)(MachineState *machine,
                                           DeviceState *dev);
    bool (*hotplug_allowed)(MachineState *state, DeviceState *dev,
                            Error **errp);
    CpuInstanceProperties (*cpu_index_to_instance_props)(MachineState *machine,
                                                         unsigned cpu_index);
    const CPUArchIdList *(*possible_cpu_arch_ids)(MachineState *machine);
    int64_t (*get_default_cpu_node_id)(const MachineState *ms, int idx);
    ram_addr_t (*fixup_ram_size)(ram_addr_t size);
};

struct MachineState {
    /*< private >*/
    Object parent_obj;

    /*< public >*/
    void *fdt;
    char *dtb;
    char *dumpdtb;
    int phandle_start;
    char *dt_compatible;
    bool dump_guest_core;
    bool mem_merge;
    bool require_guest_memfd;
    bool usb;
    bool usb_disabled;
    char *firmware;
    bool iommu;
    bool suppress_vmdesc;
    bool enable_graphics;
    ConfidentialGuestSupport *cgs;
    HostMemoryBackend *memdev;

    /* Where the RAM of memdev, or RAM made for -m, is seen. */
    MemoryRegion *ram;
    DeviceMemoryState *device_memory;

    ram_addr_t ram_size;
    ram_addr_t maxram_size;
    uint64_t ram_slots;
    BootConfiguration boot_config;
    char *kernel_filename;
    char *kernel_cmdline;
    char *initrd_filename;
    const char *cpu_type;
    AccelState *accelerator;
    CPUArchIdList *possible_cpus;
    CpuTopology smp;
    struct NVDIMMState *nvdimms_state;
    struct NumaState *numa_state;
};

/*
 * Where room for memory that is plugged in later ends, in whole GiB; 0 where
 * there is none.
 */
uint64_t machine_device_memory_end(const MachineState *ms);

/*
 * A board without versions:
 *
 *     static void foo_machine_init(MachineClass *mc) { mc->desc = ...; }
 *     DEFINE_MACHINE("foo", foo_machine_init)
 */
#define DEFINE_MACHINE(namestr, machine_initfn) \
    static void machine_initfn##_class_init(ObjectClass *oc, void *data) \
    { \
        MachineClass *mc = MACHINE_CLASS(oc); \
        machine_initfn(mc); \
    } \
    static const TypeInfo machine_initfn##_typeinfo = { \
        .name = MACHINE_TYPE_NAME(namestr), \
        .parent = TYPE_MACHINE, \
        .class_init = machine_initfn##_class_init, \
    }; \
    static void machine_initfn##_register_types(void) \
    { \
        type_register_static(&machine_initfn##_typeinfo); \
    } \
    type_init(machine_initfn##_register_types)

/*
 * What changed after each release.  A machine of version v applies the lists
 * from the newest release down to v.
 */
extern GlobalProperty hw_compat_7_1[];
extern const size_t hw_compat_7_1_len;

/* Adds to mc->compat_props; the array must live for ever. */
void compat_props_add(GPtrArray *arr, GlobalProperty props[], size_t nelem);

/* The text of -machine help, and query-machines' array. */
char *machine_help_text(void);
json_t *machine_query_machines(void);

#endif /* HW_BOARDS_H */
