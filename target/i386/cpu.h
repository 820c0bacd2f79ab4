/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of an x86 processor: Intel SDM volumes 3A and 4, AMD64 APM 2.
 *
 * No accelerator of this program executes instructions, so the state is what
 * reset puts in it, what a stream brings and what monitors show.
 */
#ifndef I386_CPU_H
#define I386_CPU_H

#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "target/i386/cpu-features.h"

#define TYPE_X86_CPU "x86_64-cpu"
#define X86_CPU_TYPE_SUFFIX "-" TYPE_X86_CPU
#define X86_CPU_TYPE_NAME(name) (name X86_CPU_TYPE_SUFFIX)
#define CPU_RESOLVING_TYPE TYPE_X86_CPU

typedef struct X86CPU X86CPU;
typedef struct X86CPUClass X86CPUClass;
DECLARE_OBJ_CHECKERS(X86CPU, X86CPUClass, X86_CPU, TYPE_X86_CPU)

enum {
    R_EAX, R_ECX, R_EDX, R_EBX, R_ESP, R_EBP, R_ESI, R_EDI,
    CPU_NB_REGS = 16,
};

enum { R_ES, R_CS, R_SS, R_DS, R_FS, R_GS };

/* Flags of a descriptor, as in its second doubleword. */
#define DESC_TYPE_SHIFT 8
#define DESC_S_MASK (1 << 12)
#define DESC_P_MASK (1 << 15)
#define DESC_CS_MASK (1 << 11)
#define DESC_R_MASK (1 << 9)
#define DESC_W_MASK (1 << 9)
#define DESC_A_MASK (1 << 8)

#define CR0_PE_MASK (1u << 0)
#define CR0_ET_MASK (1u << 4)
#define CR0_NW_MASK (1u << 29)
#define CR0_CD_MASK (1u << 30)
#define CR0_PG_MASK (1u << 31)

/* Bits of feature words that the model itself looks at. */
#define CPUID_MCE (1u << 7)     /* FEAT_1_EDX */
#define CPUID_APIC (1u << 9)    /* FEAT_1_EDX */
#define CPUID_MCA (1u << 14)    /* FEAT_1_EDX */
#define CPUID_EXT_MONITOR (1u << 3)     /* FEAT_1_ECX */
#define CPUID_EXT_X2APIC (1u << 21)

/* Interrupt requests beyond the common ones. */
#define CPU_INTERRUPT_POLL CPU_INTERRUPT_TGT_EXT_1
#define CPU_INTERRUPT_SMI CPU_INTERRUPT_TGT_EXT_2
#define CPU_INTERRUPT_NMI CPU_INTERRUPT_TGT_EXT_3
#define CPU_INTERRUPT_MCE CPU_INTERRUPT_TGT_EXT_4
#define CPU_INTERRUPT_VIRQ CPU_INTERRUPT_TGT_INT_0
#define CPU_INTERRUPT_SIPI CPU_INTERRUPT_TGT_INT_1
#define CPU_INTERRUPT_TPR CPU_INTERRUPT_TGT_INT_2
#define CPU_INTERRUPT_INIT CPU_INTERRUPT_RESET

/* What shows in streams beside the registers that the flags come from. */
#define HF_ADDSEG_MASK (1u << 6)
#define HF2_GIF_MASK (1u << 0)
#define HF2_VGIF_MASK (1u << 8)

#define MCG_CTL_P (1ull << 8)
#define MCG_SER_P (1ull << 24)

#define X86_MCE_BANKS 10
#define X86_MTRR_FIXED 11
#define X86_MTRR_VARIABLE 8

typedef struct SegmentCache {
    uint32_t selector;
    uint64_t base;
    uint32_t limit;
    uint32_t flags;
} SegmentCache;

typedef struct MTRRVar {
    uint64_t base;
    uint64_t mask;
} MTRRVar;

/* As the processor keeps it in memory: 64 bits of mantissa, 16 of the rest. */
typedef struct X86FPReg {
    uint8_t bytes[10];
} X86FPReg;

/* XMM, YMM, ZMM are its first 2, 4, 8 lanes. */
typedef struct X86VectorReg {
    uint64_t lane[8];
} X86VectorReg;

typedef struct CPUX86State {
    /* Registers that a reset clears come first; see the mark below. */
    uint64_t regs[CPU_NB_REGS];
    uint64_t eip;
    uint64_t eflags;
    uint32_t hflags;
    uint32_t hflags2;

    SegmentCache segs[6];
    SegmentCache ldt;
    SegmentCache tr;
    SegmentCache gdt;
    SegmentCache idt;

    uint64_t cr[5];
    uint64_t dr[8];
    int32_t a20_mask;

    uint16_t fpuc;
    uint16_t fpus_vmstate;      /* status word, stack pointer included */
    uint16_t fptag_vmstate;     /* a bit a register: set when in use */
    uint16_t fpregs_format_vmstate;     /* 0: 80 bits */
    X86FPReg fpregs[8];
    uint16_t fpop;              /* the last instruction: opcode, places */
    uint64_t fpip;
    uint64_t fpdp;
    uint32_t mxcsr;
    X86VectorReg vregs[CPU_NB_REGS];
    uint64_t xcr0;
    uint64_t xstate_bv;

    uint32_t sysenter_cs;
    uint64_t sysenter_esp;
    uint64_t sysenter_eip;
    uint64_t efer;
    uint64_t star;
    uint64_t lstar;
    uint64_t cstar;
    uint64_t fmask;
    uint64_t kernelgsbase;
    uint64_t tsc;
    uint64_t tsc_offset;
    uint64_t tsc_aux;
    uint32_t pkru;
    uint32_t pkrs;
    uint64_t pat;
    uint64_t mtrr_fixed[X86_MTRR_FIXED];
    uint64_t mtrr_deftype;
    MTRRVar mtrr_var[X86_MTRR_VARIABLE];
    uint64_t msr_ia32_misc_enable;
    uint64_t poll_control_msr;
    uint64_t system_time_msr;
    uint64_t wall_clock_msr;
    uint32_t smbase;

    uint64_t vm_hsave;
    uint64_t vm_vmcb;
    uint64_t intercept;
    uint16_t intercept_cr_read;
    uint16_t intercept_cr_write;
    uint16_t intercept_dr_read;
    uint16_t intercept_dr_write;
    uint32_t intercept_exceptions;
    uint8_t v_tpr;

    int32_t exception_nr;
    int32_t interrupt_injected;
    uint8_t soft_interrupt;
    uint8_t has_error_code;
    uint8_t nmi_injected;
    uint8_t nmi_pending;
    uint32_t sipi_vector;
    uint32_t mp_state;

    /* What a reset leaves alone. */
    struct {} end_reset_fields;

    int64_t tsc_khz;            /* 0: the destination's */
    uint64_t mcg_cap;
    uint64_t mcg_status;
    uint64_t mcg_ctl;
    uint64_t mce_banks[X86_MCE_BANKS * 4];

    uint32_t features[FEATURE_WORDS];
} CPUX86State;

struct X86CPU {
    /*< private >*/
    CPUState parent_obj;
    /*< public >*/

    CPUX86State env;

    uint32_t apic_id;
    int32_t node_id;
    int32_t socket_id;
    int32_t die_id;
    int32_t core_id;
    int32_t thread_id;
    DeviceState *apic_state;

    /* What the processor sees, and what it sees in SMM. */
    AddressSpace address_space;
    AddressSpace smm_address_space;
    MemoryRegion smm_root;
    MemoryRegion smm_memory;
    MemoryRegion smm_ram;
    bool smm_view_made;
    Notifier machine_done;
};

struct X86CPUClass {
    /*< private >*/
    CPUClass parent_class;
    /*< public >*/

    const struct X86CPUModel *model;
    DeviceRealize parent_realize;
    DeviceUnrealize parent_unrealize;
    DeviceReset parent_reset;
};

#define UNASSIGNED_APIC_ID 0xffffffffu

extern const VMStateDescription vmstate_x86_cpu;

/* Prints the list of -cpu help. */
void x86_cpu_list(void);

/* A line that carries the A20 gate's state to @cpu. */
void x86_cpu_set_a20(X86CPU *cpu, int a20_state);

/* True for processor number 0, the one that starts. */
static inline bool cpu_is_bsp(X86CPU *cpu)
{
    return CPU(cpu)->cpu_index == 0;
}

#endif
