/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every CPU model has in common: a number, a reset, an interrupt flag, a
 * thread to run it.  Models are in target/, threads in accel/.
 */
#ifndef QEMU_CPU_H
#define QEMU_CPU_H

#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "hw/qdev-core.h"
#include "qemu/queue.h"
#include "qemu/thread.h"
#include "qom/object.h"

#define TYPE_CPU "cpu"
typedef struct CPUClass CPUClass;
DECLARE_OBJ_CHECKERS(CPUState, CPUClass, CPU, TYPE_CPU)

/* CPU_GET_CLASS without the check, and a cast likewise. */
#define CPU_CAST(obj) ((CPUState *)(obj))

typedef uint64_t vaddr;
#define VADDR_PRId PRId64
#define VADDR_PRIu PRIu64
#define VADDR_PRIx PRIx64

struct CPUClass {
    /*< private >*/
    DeviceClass parent_class;
    /*< public >*/

    /* From a -cpu name to the class; NULL for a name it does not know. */
    ObjectClass *(*class_by_name)(const char *cpu_model);
    void (*parse_features)(const char *typename, char *str, Error **errp);

    bool (*has_work)(CPUState *cpu);
    void (*dump_state)(CPUState *cpu, FILE *f, int flags);
    int64_t (*get_arch_id)(CPUState *cpu);
    bool (*get_paging_enabled)(const CPUState *cpu);
    void (*set_pc)(CPUState *cpu, vaddr value);
    vaddr (*get_pc)(CPUState *cpu);

    const char *deprecation_note;
    int reset_dump_flags;
};

struct CPUState {
    /*< private >*/
    DeviceState parent_obj;
    /*< public >*/

    int nr_cores;
    int nr_threads;

    QemuThread *thread;
    int thread_id;
    bool running;
    bool thread_kicked;
    bool created;
    bool stop;                  /* asked to stop */
    bool stopped;               /* has stopped */
    bool start_powered_off;
    bool unplug;
    bool crash_occurred;
    bool exit_request;

    uint32_t interrupt_request; /* CPU_INTERRUPT_* bits that are up */
    int singlestep_enabled;

    AddressSpace *as;           /* what the CPU sees */
    MemoryRegion *memory;
    void *env_ptr;              /* the model's registers */

    QTAILQ_ENTRY(CPUState) node;

    int cpu_index;              /* UNASSIGNED_CPU_INDEX until realize */
    int cluster_index;
    uint32_t halted;
    int32_t exception_index;

    bool vcpu_dirty;
    int kvm_fd;
    void *accel_data;           /* of the accelerator */
};

typedef QTAILQ_HEAD(CPUTailQ, CPUState) CPUTailQ;
extern CPUTailQ cpus;

/* Section "cpu_common" of each CPU, registered by its model. */
extern const VMStateDescription vmstate_cpu_common;

#define first_cpu QTAILQ_FIRST(&cpus)
#define CPU_NEXT(cpu) QTAILQ_NEXT(cpu, node)
#define CPU_FOREACH(cpu) QTAILQ_FOREACH(cpu, &cpus, node)
#define CPU_FOREACH_SAFE(cpu, next_cpu) \
    QTAILQ_FOREACH_SAFE(cpu, &cpus, node, next_cpu)

extern __thread CPUState *current_cpu;

#define UNASSIGNED_CPU_INDEX -1
#define UNASSIGNED_CLUSTER_INDEX -1

/* Interrupt requests common to all models; TGT bits are the model's. */
#define CPU_INTERRUPT_HARD      0x0002
#define CPU_INTERRUPT_EXITTB    0x0004
#define CPU_INTERRUPT_HALT      0x0020
#define CPU_INTERRUPT_DEBUG     0x0080
#define CPU_INTERRUPT_RESET     0x0400
#define CPU_INTERRUPT_TGT_EXT_0 0x0008
#define CPU_INTERRUPT_TGT_EXT_1 0x0010
#define CPU_INTERRUPT_TGT_EXT_2 0x0040
#define CPU_INTERRUPT_TGT_EXT_3 0x0200
#define CPU_INTERRUPT_TGT_EXT_4 0x1000
#define CPU_INTERRUPT_TGT_INT_0 0x0100
#define CPU_INTERRUPT_TGT_INT_1 0x0800
#define CPU_INTERRUPT_TGT_INT_2 0x2000

/* Puts cpu in the list, with the next free index unless it has one. */
void cpu_list_add(CPUState *cpu);
void cpu_list_remove(CPUState *cpu);

CPUState *qemu_get_cpu(int index);
bool cpu_exists(int64_t id);
CPUState *cpu_by_arch_id(int64_t id);

void cpu_reset(CPUState *cpu);
ObjectClass *cpu_class_by_name(const char *typename, const char *cpu_model);

/* Creates and realizes one, held by the tree; NULL with *errp. */
CPUState *cpu_create(const char *typename, Error **errp);

/*
 * "model,feature=on" to a type derived from typename; features become global
 * properties.  NULL with *errp.
 */
const char *parse_cpu_option(const char *typename, const char *cpu_option,
                             Error **errp);

static inline bool cpu_has_work(CPUState *cpu)
{
    CPUClass *cc = CPU_GET_CLASS(cpu);

    return cc->has_work && cc->has_work(cpu);
}

/*
 * Raises bits for the CPU and has the accelerator notice.  Lowering needs no
 * notice.
 */
void cpu_interrupt(CPUState *cpu, int mask);
void cpu_reset_interrupt(CPUState *cpu, int mask);
void cpu_exit(CPUState *cpu);
void cpu_set_pc(CPUState *cpu, vaddr addr);

/* Set by the accelerator: makes cpu look at its flags; may be NULL. */
extern void (*cpu_kick_hook)(CPUState *cpu);
void qemu_cpu_kick(CPUState *cpu);

static inline bool qemu_cpu_is_self(CPUState *cpu)
{
    return current_cpu == cpu;
}

static inline bool cpu_in_exclusive_context(const CPUState *cpu)
{
    return false;
}

#endif /* QEMU_CPU_H */
