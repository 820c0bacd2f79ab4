/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moving a processor's registers between its model and an accelerator that
 * holds them while it runs.  Nothing runs here, so the model is always right.
 */
#ifndef QEMU_HW_ACCEL_H
#define QEMU_HW_ACCEL_H

#include "hw/core/cpu.h"
#include "sysemu/kvm.h"

static inline void cpu_synchronize_state(CPUState *cpu)
{
}

static inline void cpu_synchronize_post_reset(CPUState *cpu)
{
}

static inline void cpu_synchronize_post_init(CPUState *cpu)
{
}

static inline void cpu_synchronize_pre_loadvm(CPUState *cpu)
{
}

#endif
