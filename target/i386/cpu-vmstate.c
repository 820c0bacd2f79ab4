/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A processor's state on its way between machines.
 *
 * Sections "cpu_common" and "cpu" with the processor's index.  Registers that
 * few guests touch travel in subsections, when they are not as reset leaves
 * them.
 */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "target/i386/cpu.h"

/*** Segments, wide registers, memory types ***/

static const VMStateDescription vmstate_segment = {
    .name = "segment",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(selector, SegmentCache),
        VMSTATE_UINT64(base, SegmentCache),
        VMSTATE_UINT32(limit, SegmentCache),
        VMSTATE_UINT32(flags, SegmentCache),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_mtrr_var = {
    .name = "mtrr_var",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(base, MTRRVar),
        VMSTATE_UINT64(mask, MTRRVar),
        VMSTATE_END_OF_LIST()
    },
};

/* A register's two parts go at different times: 128 bits, then 128 more. */
#define VMSTATE_LANE(_n) \
    VMS_FIELD_("_q_ZMMReg[" stringify(_n) "]", NULL, 0, VMS_SINGLE, \
               vmstate_offset_value(X86VectorReg, lane[_n], uint64_t), \
               vms_info_(vmstate_info_uint64, sizeof(uint64_t)))

static const VMStateDescription vmstate_xmm = {
    .name = "xmm_reg",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LANE(0),
        VMSTATE_LANE(1),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_ymmh = {
    .name = "ymmh_reg",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_LANE(2),
        VMSTATE_LANE(3),
        VMSTATE_END_OF_LIST()
    },
};

#define VMSTATE_VECTORS(_part, _v, _vmsd) \
    VMS_FIELD_("env.xmm_regs[" stringify(_part) "]", NULL, _v, \
               VMS_STRUCT | VMS_ARRAY, \
               vmstate_offset_array(X86CPU, env.vregs, X86VectorReg, \
                                    CPU_NB_REGS), \
               .num = CPU_NB_REGS, vms_vmsd_(_vmsd, sizeof(X86VectorReg)))

/*** The x87 ***/

typedef struct FPRegTmp {
    X86FPReg *parent;
    uint64_t mantissa;
    uint16_t exponent;
} FPRegTmp;

static int fpreg_pre_save(void *opaque)
{
    FPRegTmp *tmp = opaque;

    tmp->mantissa = ldq_le_p(tmp->parent->bytes);
    tmp->exponent = lduw_le_p(tmp->parent->bytes + 8);
    return 0;
}

static int fpreg_post_load(void *opaque, int version_id)
{
    FPRegTmp *tmp = opaque;

    stq_le_p(tmp->parent->bytes, tmp->mantissa);
    stw_le_p(tmp->parent->bytes + 8, tmp->exponent);
    return 0;
}

static const VMStateDescription vmstate_fpreg_tmp = {
    .name = "fpreg_tmp",
    .pre_save = fpreg_pre_save,
    .post_load = fpreg_post_load,
    .fields = (const VMStateField[]) {
        VMS_FIELD_("tmp_mant", NULL, 0, VMS_SINGLE,
                   vmstate_offset_value(FPRegTmp, mantissa, uint64_t),
                   vms_info_(vmstate_info_uint64, sizeof(uint64_t))),
        VMS_FIELD_("tmp_exp", NULL, 0, VMS_SINGLE,
                   vmstate_offset_value(FPRegTmp, exponent, uint16_t),
                   vms_info_(vmstate_info_uint16, sizeof(uint16_t))),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_fpreg = {
    .name = "fpreg",
    .fields = (const VMStateField[]) {
        VMSTATE_WITH_TMP(X86FPReg, FPRegTmp, vmstate_fpreg_tmp),
        VMSTATE_END_OF_LIST()
    },
};

/*** Subsections ***/

/* One register, sent when it is not @_usual. */
#define ONE_REGISTER(_name, _field, _macro, _usual) \
    static bool _field##_needed(void *opaque) \
    { \
        return ((X86CPU *)opaque)->env._field != (_usual); \
    } \
    static const VMStateDescription vmstate_##_field = { \
        .name = "cpu/" _name, \
        .version_id = 1, \
        .minimum_version_id = 1, \
        .needed = _field##_needed, \
        .fields = (const VMStateField[]) { \
            _macro(env._field, X86CPU), \
            VMSTATE_END_OF_LIST() \
        }, \
    }

ONE_REGISTER("poll_control_msr", poll_control_msr, VMSTATE_UINT64, 1);
ONE_REGISTER("msr_ia32_misc_enable", msr_ia32_misc_enable, VMSTATE_UINT64, 1);
ONE_REGISTER("tsc_khz", tsc_khz, VMSTATE_INT64, 0);
ONE_REGISTER("pkru", pkru, VMSTATE_UINT32, 0);
ONE_REGISTER("pkrs", pkrs, VMSTATE_UINT32, 0);

static bool fpop_ip_dp_needed(void *opaque)
{
    CPUX86State *env = &((X86CPU *)opaque)->env;

    return env->fpop || env->fpip || env->fpdp;
}

static const VMStateDescription vmstate_fpop_ip_dp = {
    .name = "cpu/fpop_ip_dp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = fpop_ip_dp_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16(env.fpop, X86CPU),
        VMSTATE_UINT64(env.fpip, X86CPU),
        VMSTATE_UINT64(env.fpdp, X86CPU),
        VMSTATE_END_OF_LIST()
    },
};

/*** The whole ***/

/* A stream need not have the subsections: reset values stand then. */
static int cpu_pre_load(void *opaque)
{
    CPUX86State *env = &((X86CPU *)opaque)->env;

    env->poll_control_msr = 1;
    env->msr_ia32_misc_enable = 1;
    env->fpop = env->fpip = env->fpdp = 0;
    env->pkru = env->pkrs = 0;
    return 0;
}

static int cpu_post_load(void *opaque, int version_id)
{
    CPUX86State *env = &((X86CPU *)opaque)->env;

    /* 1 stood for registers of 64 bits, which nothing has written since. */
    if (env->fpregs_format_vmstate) {
        return -EINVAL;
    }
    return 0;
}

const VMStateDescription vmstate_x86_cpu = {
    .name = "cpu",
    .version_id = 12,
    .minimum_version_id = 11,
    .pre_load = cpu_pre_load,
    .post_load = cpu_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(env.regs, X86CPU, CPU_NB_REGS),
        VMSTATE_UINT64(env.eip, X86CPU),
        VMSTATE_UINT64(env.eflags, X86CPU),
        VMSTATE_UINT32(env.hflags, X86CPU),
        VMSTATE_UINT16(env.fpuc, X86CPU),
        VMSTATE_UINT16(env.fpus_vmstate, X86CPU),
        VMSTATE_UINT16(env.fptag_vmstate, X86CPU),
        VMSTATE_UINT16(env.fpregs_format_vmstate, X86CPU),
        VMSTATE_STRUCT_ARRAY(env.fpregs, X86CPU, 8, 0, vmstate_fpreg,
                             X86FPReg),
        VMSTATE_STRUCT_ARRAY(env.segs, X86CPU, 6, 0, vmstate_segment,
                             SegmentCache),
        VMSTATE_STRUCT(env.ldt, X86CPU, 0, vmstate_segment, SegmentCache),
        VMSTATE_STRUCT(env.tr, X86CPU, 0, vmstate_segment, SegmentCache),
        VMSTATE_STRUCT(env.gdt, X86CPU, 0, vmstate_segment, SegmentCache),
        VMSTATE_STRUCT(env.idt, X86CPU, 0, vmstate_segment, SegmentCache),
        VMSTATE_UINT32(env.sysenter_cs, X86CPU),
        VMSTATE_UINT64(env.sysenter_esp, X86CPU),
        VMSTATE_UINT64(env.sysenter_eip, X86CPU),
        VMSTATE_UINT64(env.cr[0], X86CPU),
        VMSTATE_UINT64(env.cr[2], X86CPU),
        VMSTATE_UINT64(env.cr[3], X86CPU),
        VMSTATE_UINT64(env.cr[4], X86CPU),
        VMSTATE_UINT64_ARRAY(env.dr, X86CPU, 8),
        VMSTATE_INT32(env.a20_mask, X86CPU),
        VMSTATE_UINT32(env.mxcsr, X86CPU),
        VMSTATE_VECTORS(0, 0, vmstate_xmm),
        VMSTATE_UINT64(env.efer, X86CPU),
        VMSTATE_UINT64(env.star, X86CPU),
        VMSTATE_UINT64(env.lstar, X86CPU),
        VMSTATE_UINT64(env.cstar, X86CPU),
        VMSTATE_UINT64(env.fmask, X86CPU),
        VMSTATE_UINT64(env.kernelgsbase, X86CPU),
        VMSTATE_UINT32(env.smbase, X86CPU),
        VMSTATE_UINT64(env.pat, X86CPU),
        VMSTATE_UINT32(env.hflags2, X86CPU),
        VMSTATE_UINT64(env.vm_hsave, X86CPU),
        VMSTATE_UINT64(env.vm_vmcb, X86CPU),
        VMSTATE_UINT64(env.tsc_offset, X86CPU),
        VMSTATE_UINT64(env.intercept, X86CPU),
        VMSTATE_UINT16(env.intercept_cr_read, X86CPU),
        VMSTATE_UINT16(env.intercept_cr_write, X86CPU),
        VMSTATE_UINT16(env.intercept_dr_read, X86CPU),
        VMSTATE_UINT16(env.intercept_dr_write, X86CPU),
        VMSTATE_UINT32(env.intercept_exceptions, X86CPU),
        VMSTATE_UINT8(env.v_tpr, X86CPU),
        VMSTATE_UINT64_ARRAY(env.mtrr_fixed, X86CPU, X86_MTRR_FIXED),
        VMSTATE_UINT64(env.mtrr_deftype, X86CPU),
        VMSTATE_STRUCT_ARRAY(env.mtrr_var, X86CPU, X86_MTRR_VARIABLE, 0,
                             vmstate_mtrr_var, MTRRVar),
        VMSTATE_INT32(env.interrupt_injected, X86CPU),
        VMSTATE_UINT32(env.mp_state, X86CPU),
        VMSTATE_UINT64(env.tsc, X86CPU),
        VMSTATE_INT32(env.exception_nr, X86CPU),
        VMSTATE_UINT8(env.soft_interrupt, X86CPU),
        VMSTATE_UINT8(env.nmi_injected, X86CPU),
        VMSTATE_UINT8(env.nmi_pending, X86CPU),
        VMSTATE_UINT8(env.has_error_code, X86CPU),
        VMSTATE_UINT32(env.sipi_vector, X86CPU),
        VMSTATE_UINT64(env.mcg_cap, X86CPU),
        VMSTATE_UINT64(env.mcg_status, X86CPU),
        VMSTATE_UINT64(env.mcg_ctl, X86CPU),
        VMSTATE_UINT64_ARRAY(env.mce_banks, X86CPU, X86_MCE_BANKS * 4),
        VMSTATE_UINT64(env.tsc_aux, X86CPU),
        VMSTATE_UINT64(env.system_time_msr, X86CPU),
        VMSTATE_UINT64(env.wall_clock_msr, X86CPU),
        /* Version 12 brought what AVX needs. */
        VMSTATE_UINT64_V(env.xcr0, X86CPU, 12),
        VMSTATE_UINT64_V(env.xstate_bv, X86CPU, 12),
        VMSTATE_VECTORS(1, 12, vmstate_ymmh),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const []) {
        &vmstate_poll_control_msr,
        &vmstate_fpop_ip_dp,
        &vmstate_msr_ia32_misc_enable,
        &vmstate_tsc_khz,
        &vmstate_pkru,
        &vmstate_pkrs,
        NULL
    },
};
